/* Closures in closures: each level's variables live as long as a closure needs them. */
#include "run.h"

typedef int get(void);
typedef int fn(int);
typedef get *maker(int);

static maker *two_levels(int a)
{
    get *middle(int c)
    {
        int inner(void) { return a++ * 10 + c; }
        return inner;
    }
    return middle;
}
static get *three_levels(int a)
{
    int b = a + 1;
    get *second(int c)
    {
        int d = c + 1;
        get *third(int e)
        {
            int f(void) { return a++ * 10000 + b++ * 1000 + c++ * 100 + d++ * 10 + e++; }
            return f;
        }
        return third(d + 1);
    }
    return second(b + 1);
}
/* A closure that makes a sibling a value does so on its copy of the frame. */
static fn *sibling(int k)
{
    int calls = 0;
    int helper(int x) { return calls++ + x; }
    int f(int x)
    {
        fn *h = helper;
        return h(x) * k;
    }
    return f;
}
static fn *sorts(void)
{
    int down = 1;
    int order(const void *a, const void *b)
    {
        int d = *(const int *)a - *(const int *)b;
        return down ? -d : d;
    }
    int f(int n)
    {
        int a[3] = {2, 9, 4};
        qsort(a, 3, sizeof *a, order);
        down = !down;
        return a[n];
    }
    return f;
}

int main(void)
{
    maker *m = two_levels(4);
    get *x = m(1), *y = m(2), *z = three_levels(1);
    fn *s = sibling(3), *o = sorts();

    clobber();
    printf("%d", x());
    printf(" %d", y());
    printf(" %d\n", x());
    printf("%d", z());
    printf(" %d\n", z());
    printf("%d", s(1));
    printf(" %d\n", s(1));
    printf("%d", o(0));
    printf(" %d", o(0));
    printf(" %d\n", o(0));
    return 0;
}
