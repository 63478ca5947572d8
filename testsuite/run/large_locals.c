/* Locals beyond the stack's size, in frames that recurse. */
#include "run.h"

enum { BIG = 32 << 20 };

static int touch(char *p, int n) { p[0] = 1; p[n - 1] = 2; return p[0] + p[n - 1]; }
static int one(void) { char a[BIG]; return touch(a, BIG); }
static int each_loop(void)
{
    int sum = 0;

    for (int i = 0; i < 20; i++) {
        char a[BIG];

        sum += touch(a, BIG);
    }
    return sum;
}
static int deep(int n) { char a[256 << 10]; a[n] = 1; return n ? deep(n - 1) + touch(a, sizeof a) : 0; }
static char *returned(void) { char a[BIG]; touch(a, BIG); return a; }

int main(void)
{
    char *p;

    printf("%d %d %d\n", one(), each_loop(), deep(100));
    p = returned();
    clobber();
    printf("%d %d\n", p[0], p[BIG - 1]);
    return 0;
}
