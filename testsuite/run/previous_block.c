/* A block of an earlier iteration is still used: no local buffer can stand for both. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>

static void previous(void)
{
    int *prev = 0, *cur = 0;
    for (int i = 0; i < 3; i++) {
        prev = cur;
        cur = malloc(sizeof *cur);
        *cur = i;
    }
    printf("%d %d\n", *prev, *cur);
}

static void before_previous(void)
{
    int *oldest = 0, *old = 0, *now = 0;
    int i = 0;
    do {
        oldest = old;
        old = now;
        now = malloc(sizeof *now);
        *now = i * i;
    } while (++i < 5);
    printf("%d %d %d\n", *oldest, *old, *now);
}

int main(void)
{
    previous();
    before_previous();
    return 0;
}
