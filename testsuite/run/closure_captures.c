/* What a closure can capture: arrays, structs, arrays of variable length, parameters of every kind,
 * volatile variables, and variables of a block that control enters in the middle. */
#include <stdarg.h>
#include "run.h"

typedef int fn(int);
typedef int get(void);
struct big { int a[50]; };
struct point { int x, y; };

static fn *aggregates(void)
{
    int a[10] = {[3] = 5};
    struct point s = {1, 2};
    int f(int i)
    {
        s.x++;
        a[i] += s.x;
        return a[i] + s.y;
    }
    a[4] = 7;
    return f;
}
static fn *variable_length(int n)
{
    int v[n];
    int f(int i) { return v[i]++ + n; }

    for (int i = 0; i < n; i++)
        v[i] = i;
    return f;
}
static fn *struct_parameter(struct big b)
{
    int f(int i) { return b.a[i]++; }

    return f;
}
static fn *volatile_parameter(volatile int v)
{
    volatile int w = v;
    int f(int x)
    {
        v += x;
        w++;
        return v + w;
    }
    return f;
}
static get *variadic(int n, ...)
{
    int sum = 0;
    va_list ap;
    int f(void) { return sum + n++; }

    va_start(ap, n);
    for (int i = 0; i < n; i++)
        sum += va_arg(ap, int);
    va_end(ap);
    return f;
}
static get *literal(int k)
{
    struct point *p = &(struct point){k, 0};
    int f(void) { return p->x + p->y++; }

    return f;
}
static get *by_switch(int c)
{
    switch (c) {
        int y;
    case 0:
        y = 3;
        __attribute__((fallthrough));
    case 1: {
        int f(void) { return y++; }
        y = c + 40;
        return f;
    }
    }
    return 0;
}
static get *by_goto(int c)
{
    if (c)
        goto in;
    {
        int y;
        y = 5;
    in:;
        int f(void) { return y++; }
        y = c + 7;
        return f;
    }
}
static int *address(int n)
{
    int total = n;
    void twice(void) { total *= 2; }

    twice();
    return &total;
}

int main(void)
{
    fn *a = aggregates(), *v = variable_length(5), *w = variable_length(6);
    struct big b = {{1, 2, 3}};
    fn *s = struct_parameter(b), *vol = volatile_parameter(3);
    get *n = variadic(3, 10, 20, 30), *l = literal(4);

    clobber();
    printf("%d", a(3));
    printf(" %d", a(4));
    printf(" %d\n", a(3));
    printf("%d", v(3));
    printf(" %d", v(3));
    printf(" %d\n", w(5));
    printf("%d", s(1));
    printf(" %d %d\n", s(1), b.a[1]);
    printf("%d", vol(2));
    printf(" %d\n", vol(1));
    printf("%d", n());
    printf(" %d\n", n());
    printf("%d", l());
    printf(" %d\n", l());
    printf("%d %d %d %d\n", by_switch(0)(), by_switch(1)(), by_goto(0)(), by_goto(1)());
    printf("%d\n", *address(21));
    return 0;
}
