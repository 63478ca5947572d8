/* Addresses that pass through `...`, and moved variables beside a va_list. */
#include "run.h"
#include <stdarg.h>

static int *kept[4];

static void keep_all(int n, ...)
{
    va_list ap;

    va_start(ap, n);
    for (int i = 0; i < n; i++)
        kept[i] = va_arg(ap, int *);
    va_end(ap);
}
static void keeps(void) { int a = 1, b = 2; static int c = 3; keep_all(3, &a, &b, &c); }

static int *last(int n, ...)
{
    va_list ap;
    int *p = NULL;

    va_start(ap, n);
    while (n--)
        p = va_arg(ap, int *);
    va_end(ap);
    return p;
}
static int *returns(void) { int a = 4, b = 5; return last(2, &a, &b); }

static int *vsum(int n, va_list ap)
{
    int sum = 0;

    while (n--)
        sum += va_arg(ap, int);
    return &sum;
}
static int *sum(int n, ...)
{
    va_list ap, copy;
    int *a, *b, total;

    va_start(ap, n);
    va_copy(copy, ap);
    a = vsum(n, ap);
    b = vsum(n, copy);
    va_end(copy);
    va_end(ap);
    total = *a + *b;
    return &total;
}

static char *format(const char *f, ...)
{
    char buf[64];
    va_list ap;

    va_start(ap, f);
    vsnprintf(buf, sizeof buf, f, ap);
    va_end(ap);
    return buf;
}
static void printed(void) { int n; printf("abc%n", &n); printf(" %d\n", n); }

int main(void)
{
    int *r, *s;
    char *a = format("%d-%s", 7, "x"), *b = format("%.1f", 2.5);

    keeps();
    r = returns();
    s = sum(3, 10, 20, 30);
    clobber();
    printf("%d %d %d %d %d %s %s\n", *kept[0], *kept[1], *kept[2], *r, *s, a, b);
    printed();
    return 0;
}
