/* goto and switch into and out of scopes, computed goto, leaving loops early. */
#include "run.h"

static int *kept[8];

static void into_scope(int jump)
{
    int n = 0;

    if (jump)
        goto inside;
    {
        int x;

        x = 1;
        kept[n++] = &x;
    inside:
        x = 2;
        kept[n++] = &x;
    }
    clobber();
    printf("%d %d\n", *kept[0], *kept[n - 1]);
}

static void switch_into(int c)
{
    switch (c) {
        int x;
    case 0:
        x = 10;
        kept[0] = &x;
        break;
    case 1:
        x = 11;
        kept[0] = &x;
        /* fall through */
    default:
        x = 12;
        kept[1] = &x;
    }
    clobber();
    printf("%d %d\n", *kept[0], *kept[1]);
}

static void computed(void)
{
    static const void *const code[] = {&&one, &&two, &&one, &&stop};
    int pc = 0, n = 0;

    goto *code[pc];
one: {
    int x = 20 + n;

    kept[n++] = &x;
    goto *code[++pc];
}
two: {
    int y = 30 + n;

    kept[n++] = &y;
    goto *code[++pc];
}
stop:
    clobber();
    printf("%d %d %d\n", *kept[0], *kept[1], *kept[2]);
}

static int *leave_early(int at)
{
    for (int i = 0;; i++) {
        int x = i;

        for (int j = 0;; j++) {
            int y = 100 * i + j;

            if (y == at)
                return &y;
            if (j == 9)
                break;
        }
        if (x == at)
            goto out;
        continue;
    out:
        return &x;
    }
}

/* The jump stays in the block, so that x is one variable: C says so. */
static void backwards(void)
{
    int n = 0;

    {
    again:;
        int x = n;

        kept[n++] = &x;
        if (n < 4)
            goto again;
    }
    clobber();
    printf("%d %d %d %d\n", *kept[0], *kept[1], *kept[2], *kept[3]);
}

static void duff(int n)
{
    int i = 0;

    switch (n % 2) {
        do {
            int x;
    case 1:
            x = i;
            kept[i++] = &x;
    case 0:
            x = i + 50;
            kept[i++] = &x;
        } while (i < 4);
    }
    clobber();
    for (int j = 0; j < i; j++)
        printf("%d%c", *kept[j], j < i - 1 ? ' ' : '\n');
}

int main(void)
{
    into_scope(0);
    into_scope(1);
    switch_into(0);
    switch_into(1);
    switch_into(2);
    computed();
    printf("%d %d\n", *leave_early(104), *leave_early(10));
    backwards();
    duff(1);
    duff(2);
    return 0;
}
