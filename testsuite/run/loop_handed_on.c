/* What an iteration leaves in a pointer is handed on to a variable of the next one, before the pointer is set anew: a
 * variable, and a block, of two iterations are in use at once. */
#include "run.h"

#include <stdlib.h>

static __attribute__((noipa)) void look(int **at)
{
    (void)at;
}

static __attribute__((noipa)) int variables(void)
{
    int *p = 0, sum = 0;
    for (int i = 0; i < 4; i++) {
        int *last = p;
        look(&last);
        {
            int x = i;
            p = &x;
        }
        if (last)
            sum = sum * 10 + *last;
    }
    return sum;
}

static __attribute__((noipa)) int blocks(void)
{
    int *p = 0, sum = 0;
    for (int i = 0; i < 4; i++) {
        int *last = p;
        look(&last);
        p = malloc(sizeof *p);
        *p = i;
        if (last)
            sum = sum * 10 + *last;
    }
    return sum;
}

int main(void)
{
    printf("%d %d\n", variables(), blocks());
    return 0;
}
