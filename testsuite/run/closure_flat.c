/* Frames whose variables all come to life in one place, where the closure needs no copy of them, and frames that
 * only look so. */
#include "run.h"

typedef int fn(int);

/* The parent calls its nested functions itself, before and after it makes closures of them. */
static fn *called_directly(int by)
{
    int total = 0;
    int add(int x) { return total += x + by; }
    int twice(int x) { return add(x) + add(x); }

    add(1);
    fn *f = twice;
    add(2);
    total += 100;
    return f;
}

/* What is captured lives in an inner block, and a call comes before the block. */
static fn *inner_block(int n)
{
    int seen = 0;
    int look(int x) { return seen += x; }

    look(5);
    for (int i = 0; i < n; i++) {
        int mine = i * 10;
        int get(int x) { return mine += x + seen; }
        if (i == n - 1)
            return get;
        get(1);
    }
    return look;
}

/* Only the block has captured variables: a flat frame that is made anew in each iteration. */
static int sum_of_iterations(int n)
{
    static fn *all[16];
    int sum = 0;

    for (int i = 0; i < n; i++) {
        int a = i, b = 2 * i;
        int step(int x) { return a += b += x; }
        step(1);
        all[i] = step;
        step(1);
    }
    for (int i = 0; i < n; i++)
        sum = sum * 3 + all[i](i);
    return sum;
}

/* A nested function that makes values of itself and of its neighbour. */
static fn *from_within(int depth)
{
    int count = depth;
    fn *last = NULL;
    int leaf(int x) { return x + count++; }
    int grow(int x)
    {
        last = count > 0 ? grow : leaf;
        count -= x;
        return count * 10 + (last != NULL);
    }

    grow(1);
    fn *f = last;
    f(depth);
    return last;
}

/* A neighbour stays on GCC's own trampoline. */
static int twice_by(fn *f) { return f(1) + f(2); }
static fn *mixed(int base)
{
    int kept(int x) { return base += x; }
    int local(int x) { return base -= x; }

    if (twice_by(local) > 0)
        base++;
    return kept;
}

/* All kinds of variables in one object. */
struct odd {
    char c;
    unsigned bits : 5;
    int *where;
};
static fn *kinds(char c, double d, int *p)
{
    struct odd s = {c, 9, p};
    volatile short v = 3;
    __int128 wide = 1;
    _Bool yes = 1;
    char text[7] = "abc";
    int all(int x)
    {
        s.bits++;
        v++;
        wide <<= x;
        d += 0.5;
        text[1]++;
        yes = !yes;
        return s.c + (int)s.bits + *s.where + v + (int)(wide >> 1) + (int)d + text[1] + yes +
               ((unsigned long)&wide % sizeof wide != 0) * 100000;
    }

    return all;
}

/* A closure in a closure: the outer frame has no copy, the inner one has. */
static fn *two_levels(int a)
{
    int b = a + 1;
    fn *inner(int c)
    {
        int d = c * b;
        int deep(int x) { return a += b += c += d += x; }
        return deep;
    }

    fn *f = inner(2);
    b += 10;
    f(1);
    fn *(*make)(int) = inner;
    return make(f(0) % 10);
}

/* A jump back, over the head of the block. */
static int again(void)
{
    fn *made[3];
    int n = 0, sum = 0;
next:;
    {
        int x = n, y = 7;
        int f(int z) { return x += y += z; }
        made[n++] = f;
        if (n < 3)
            goto next;
    }
    for (int i = 0; i < 3; i++)
        sum = sum * 100 + made[i](i);
    return sum;
}

/* Calls F with 1, G with 2 and F with 3, in this order. */
static void show(fn *f, fn *g)
{
    int a = f(1), b = g(2), c = f(3);
    printf("%d %d %d\n", a, b, c);
}

int main(void)
{
    int five = 5;

    show(called_directly(3), called_directly(4));
    show(inner_block(3), inner_block(4));
    printf("%d\n", sum_of_iterations(6));
    show(from_within(2), from_within(-2));
    show(mixed(10), mixed(20));
    show(kinds('a', 2.25, &five), kinds('b', 1.5, &five));
    show(two_levels(1), two_levels(2));
    printf("%d\n", again());
    return 0;
}
