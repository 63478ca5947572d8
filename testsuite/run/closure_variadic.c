/* A captured va_list stays in its function's frame, where what it points to is, and is shared. */
#include <stdarg.h>
#include "run.h"

static int (*kept)(void);

static int kept_before_the_start(int n, ...)
{
    va_list ap;
    int next(void) { return va_arg(ap, int); }
    int sum = 0;

    kept = next;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        sum = sum * 10 + kept();
    va_end(ap);
    return sum;
}
static int only_called(int n, ...)
{
    va_list ap;
    int next(void) { return va_arg(ap, int); }
    int sum = 0;

    va_start(ap, n);
    for (int i = 0; i < n; i++)
        sum = sum * 10 + next();
    va_end(ap);
    return sum;
}
static int parameter(int n, va_list ap)
{
    int next(void) { return va_arg(ap, int); }
    int sum = 0;

    kept = next;
    for (int i = 0; i < n; i++)
        sum = sum * 10 + kept();
    return sum;
}
static int handed_on(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    int sum = parameter(n, ap);
    va_end(ap);
    return sum;
}
static double array_of_them(int n, ...)
{
    va_list ap[2];
    double next(void) { return va_arg(ap[n & 1], double); }
    double sum = 0;

    va_start(ap[0], n);
    va_copy(ap[1], ap[0]);
    for (; n > 0; n--)
        sum = sum * 10 + next();
    va_end(ap[1]);
    va_end(ap[0]);
    return sum;
}

int main(void)
{
    printf("%d\n", kept_before_the_start(8, 1, 2, 3, 4, 5, 6, 7, 8));
    printf("%d\n", only_called(3, 7, 8, 9));
    printf("%d\n", handed_on(7, 1, 2, 3, 4, 5, 6, 7));
    printf("%.0f\n", array_of_them(6, 1., 2., 3., 4., 5., 6.));
    return 0;
}
