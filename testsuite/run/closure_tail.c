/* A nested function that calls itself last of all, through its parent, and so with another frame each time:
   Knuth's "man or boy". Inlining makes a call of itself out of it, which is no loop. */
#include "run.h"

typedef double number(void);

static number *kept; /* so that the closures are on the heap */

static double one(void) { return 1; }
static double minus(void) { return -1; }
static double zero(void) { return 0; }

static double a(int k, number x1, number x2, number x3, number x4, number x5)
{
    double b(void)
    {
        k = k - 1;
        return a(k, b, x1, x2, x3, x4);
    }
    kept = b;
    if (k <= 0)
        return x4() + x5();
    return b();
}

int main(void)
{
    for (int i = 0; i <= 10; i++)
        printf("%g\n", a(i, one, minus, minus, one, zero));
    return 0;
}
