/* What the executed tests share.  They print what the same program prints in Go: a variable exists as
 * long as something points at it.  clobber() overwrites the part of the stack that functions just
 * left have used, so that a pointer to a variable that is gone shows garbage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline, unused)) static void clobber(void)
{
    volatile unsigned char dead[4096];

    for (unsigned i = 0; i < sizeof dead; i++)
        dead[i] = 0xA5;
}
