/* Nested functions that outlive their parent keep its variables: one set a call of the parent, one a
 * loop iteration, shared by all closures of the same scope and by the parent itself. */
#include "run.h"

typedef int fn(int);
typedef int get(void);

static fn *adder(int by)
{
    int total = 0;
    int add(int x) { return total += x + by; }

    return add;
}
static void pair(get **next, get **look)
{
    int n = 0;
    int step(void) { return ++n; }
    int show(void) { return n; }

    *next = step;
    *look = show;
    n = 10;
}
static void in_loop(get **out, int n)
{
    int shared = 0;

    for (int i = 0; i < n; i++) {
        int k = i * 10;
        int f(void) { return k++ + ++shared * 100; }

        out[i] = f;
    }
}
static fn *compose(fn *f, fn *g)
{
    int both(int x) { return f(g(x)); }

    return both;
}
static fn *recursive(void)
{
    int calls = 0;
    int f(int n) { calls++; return n <= 1 ? calls : f(n - 1); }

    return f;
}
static fn *through_itself(void)
{
    int n = 0;
    fn *me;
    int f(int x) { n += x; return x > 0 ? me(x - 1) : n; }

    me = f;
    return f;
}
static fn *at_depth(int depth, int want)
{
    int g(int x) { return x + depth * 100; }

    return depth == want ? g : at_depth(depth + 1, want);
}

int main(void)
{
    fn *a = adder(5), *b = adder(100), *c, *r;
    get *next, *look, *l[4];

    clobber();
    printf("%d", a(1));
    printf(" %d", a(2));
    printf(" %d\n", b(1));
    pair(&next, &look);
    clobber();
    next();
    next();
    printf("%d\n", look());
    in_loop(l, 4);
    clobber();
    printf("%d", l[2]());
    printf(" %d", l[3]());
    printf(" %d\n", l[2]());
    c = compose(adder(1), adder(10));
    clobber();
    printf("%d", c(1));
    printf(" %d\n", c(1));
    r = recursive();
    printf("%d", r(5));
    printf(" %d\n", r(3));
    printf("%d %d\n", through_itself()(3), at_depth(0, 3)(7));
    return 0;
}
