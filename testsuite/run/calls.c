/* Addresses that travel through calls: identity, selection, recursion, function pointers, tables. */
#include "run.h"

static int *same(int *p) { return p; }
static int *pick(int *a, int *b, int which) { return which ? a : b; }
static int *down(int *p, int n) { return n ? down(p, n - 1) : p; }
static int *ping(int *p, int n);
static int *pong(int *p, int n) { return n ? ping(p, n - 1) : p; }
static int *ping(int *p, int n) { return n ? pong(p, n - 1) : p; }
static inline int *through_inline(int *p) { return p; }
__attribute__((noinline)) static int *not_inlined(int *p) { return p; }
static int *first(int **a) { return a[0]; }
static int read(const int *p) { return *p; }
static void apply(void (*f)(int *), int *p) { f(p); }
static int *global;
static void keep(int *p) { global = p; }
static void increment(int *p) { ++*p; }
typedef int *transform(int *);
static transform *const table[] = {same, through_inline, not_inlined};

static int *via_same(void) { int x = 1; return same(&x); }
static int *via_pick(int w) { int x = 2, y = 3; return pick(&x, &y, w); }
static int *via_down(void) { int x = 4; return down(&x, 10); }
static int *via_ping(void) { int x = 5; return ping(&x, 7); }
static int *via_table(int i) { int x = 6 + i; return table[i](&x); }
static int *via_first(void) { int x = 9; int *a[2] = {&x, NULL}; return first(a); }
static void via_apply(void) { int x = 10; apply(increment, &x); apply(keep, &x); }
static int by_read(void) { int x = 12; return read(&x) + read(same(&x)); }
static int *made_below(int n)
{
    int x = n;

    if (n == 0)
        return &x;
    return made_below(n - 1);
}
static int *sum_above(int *above, int n)
{
    int mine = *above + n;

    return n ? sum_above(&mine, n - 1) : same(&mine);
}
static int *chosen(int deep)
{
    int x = 20, y = 21, *p = &x;

    for (int i = 0; i < deep; i++)
        p = p == &x ? &y : &x;
    return p;
}

int main(void)
{
    int zero = 0;
    int *a = via_same(), *b = via_pick(1), *c = via_pick(0), *d = via_down(), *e = via_ping();
    int *t0 = via_table(0), *t1 = via_table(1), *t2 = via_table(2), *f = via_first();
    int *m = made_below(5), *s = sum_above(&zero, 4), *c2 = chosen(2), *c3 = chosen(3);

    via_apply();
    clobber();
    printf("%d %d %d %d %d\n", *a, *b, *c, *d, *e);
    printf("%d %d %d %d\n", *t0, *t1, *t2, *f);
    printf("%d %d\n", *global, by_read());
    printf("%d %d %d %d\n", *m, *s, *c2, *c3);
    return 0;
}
