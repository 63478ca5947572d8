/* A parameter is a local variable: its address may be returned, too. */
#include "run.h"
#include <stdarg.h>

struct big { int a[20]; };
struct pair { int *first, *second; };

static int *same(int n) { return &n; }
static int *changed(int n) { n *= 2; int *p = &n; n++; return p; }
static struct big *copy(struct big b) { b.a[0]++; return &b; }
static int *element(struct big b) { return &b.a[7]; }
static int **pointer(int *p) { return &p; }
static struct pair both(int a, int b) { return (struct pair){&a, &b}; }
static double *ninth(int a, int b, int c, int d, int e, int f, int g, int h, double i)
{
    (void)(a + b + c + d + e + f + g + h);
    return &i;
}
static int *conditional(int a, int b, int c) { return c ? &a : &b; }
static int *before_dots(int n, ...)
{
    va_list ap;
    int sum = 0;

    va_start(ap, n);
    for (int i = 0; i < n; i++)
        sum += va_arg(ap, int);
    va_end(ap);
    n = sum;
    return &n;
}
static int *old_style(n) int n; { return &n; }
static char *narrow(char c, short s) { c += s; return &c; }
static int (*table(int a[3]))[3] { static int t[3]; for (int i = 0; i < 3; i++) t[i] = a[i]; return &t; }

int main(void)
{
    struct big one = {{1}};
    int x = 5;
    int *a = same(1), *b = same(2), *c = changed(10);
    struct big *b1 = copy(one), *b2 = copy(*b1);
    int *el = (one.a[7] = 70, element(one));
    int **pp = pointer(&x);
    struct pair p = both(3, 4);
    double *d = ninth(1, 2, 3, 4, 5, 6, 7, 8, 9.5);
    int *l = conditional(100, 200, 1), *r = conditional(100, 200, 0);
    int *v = before_dots(3, 10, 20, 30);
    int *k = old_style(6);
    char *n = narrow('a', 2);

    clobber();
    printf("%d %d %d\n", *a, *b, *c);
    printf("%d %d %d\n", one.a[0], b1->a[0], b2->a[0]);
    printf("%d\n", *el);
    **pp = 50;
    printf("%d %d\n", x, *pp == &x);
    printf("%d %d\n", *p.first, *p.second);
    printf("%.1f\n", *d);
    printf("%d %d\n", *l, *r);
    printf("%d %d %c\n", *v, *k, *n);
    printf("%d\n", (*table((int[]){7, 8, 9}))[2]);
    return 0;
}
