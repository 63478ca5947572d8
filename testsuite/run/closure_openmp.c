/* OPTIONS: -fopenmp */
/* Closures beside OpenMP: they are what they are elsewhere, but for a parent that has directives in it. */
#include "run.h"

typedef int fn(int);

static fn *adder(int by)
{
    int total = 0;
    int add(int x) { return total += x + by; }

    return add;
}
static int parallel_sum(int n)
{
    int sum = 0;
    int square(int x) { return x * x + 0 * n; }
#pragma omp parallel for reduction(+ : sum)
    for (int i = 0; i < n; i++)
        sum += square(i);
    return sum;
}

int main(void)
{
    fn *a = adder(5), *b = adder(100);

    clobber();
    printf("%d", a(1));
    printf(" %d", a(2));
    printf(" %d\n", b(1));
    printf("%d\n", parallel_sum(100));
    return 0;
}
