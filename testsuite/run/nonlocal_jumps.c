/* setjmp and longjmp with variables on the heap: memory, so their last values survive the jump. */
#include "run.h"
#include <setjmp.h>

static jmp_buf env;
static int *kept;

static void raise_it(int *p) { ++*p; longjmp(env, 2); }

static int *protect(void)
{
    volatile int x = 1;

    kept = (int *)&x;
    if (setjmp(env) == 0) {
        x = 5;
        raise_it(kept);
    }
    x += 10;
    return kept;
}

static int retry(void)
{
    volatile int tries = 0;
    int *each[3];

    if (setjmp(env) < 3) {
        volatile int x = tries * 10;

        each[tries] = (int *)&x;
        kept = each[tries];
        if (++tries < 3)
            longjmp(env, tries);
    }
    return tries;
}

static sigjmp_buf senv;
static int *after_sigsetjmp(int n)
{
    int x = n;

    kept = &x;
    if (sigsetjmp(senv, 1) == 0) {
        *kept += 1;
        siglongjmp(senv, 1);
    }
    return kept;
}

int main(void)
{
    int *p = protect();

    clobber();
    printf("%d\n", *p);
    printf("%d\n", retry());
    clobber();
    printf("%d\n", *kept);
    p = after_sigsetjmp(40);
    clobber();
    printf("%d\n", *p);
    return 0;
}
