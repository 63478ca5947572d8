/* Nested functions that do not outlive their parent work as GNU C says: called, handed to a function
 * that only calls back, left by a goto into the parent. */
#include "run.h"

static int called(int n)
{
    int sum = 0;
    void add(int k) { sum += k; }

    for (int i = 0; i < n; i++)
        add(i);
    return sum;
}
static int sorted(int *a, int n)
{
    int calls = 0;
    int order(const void *x, const void *y)
    {
        calls++;
        return *(const int *)x - *(const int *)y;
    }
    qsort(a, n, sizeof *a, order);
    return calls > 0;
}
static void apply(void (*f)(int), int n)
{
    for (int i = 0; i < n; i++)
        f(i);
}
static int left_by_goto(int n)
{
    __label__ out;
    int sum = 0;
    void f(int k)
    {
        sum += k;
        if (k == n)
            goto out;
    }
    apply(f, 100);
out:
    return sum;
}
static int left_directly(int n)
{
    __label__ out;
    int found = 0;
    void f(int k)
    {
        if (k == 3) {
            found = k;
            goto out;
        }
        f(k + 1);
    }
    f(0);
out:
    return found + n;
}

int main(void)
{
    int a[5] = {5, 3, 9, 1, 7};

    printf("%d %d %d %d\n", called(5), sorted(a, 5), a[0], a[4]);
    printf("%d %d\n", left_by_goto(5), left_directly(4));
    return 0;
}
