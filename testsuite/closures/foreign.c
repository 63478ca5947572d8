/* A closure made by hand, for a machine that is emulated: the function adds what its static chain points to. */
#include <stdio.h>

#include "goescape.h"

__asm__(".globl add_chain\nadd_chain:\n\tldr w1, [x18]\n\tadd w0, w0, w1\n\tret\n");
int add_chain(int);
typedef int fn(int);

int main(void)
{
    enum { N = 2500 }; /* more than two blocks of thunks */
    static fn *made[N];
    int bad = 0;

    for (int i = 0; i < N; i++) {
        int *n = goe_new(int);
        *n = i;
        made[i] = (fn *)__goe_closure((void *)add_chain, n);
    }
    for (int i = 0; i < N; i++)
        bad += made[i](7) != i + 7;
    puts(bad ? "bad" : "ok");
    return bad;
}
