/* Writes the code of AArch64 thunks to stdout, for a disassembler: for the first and the last thunk of a block. */
#include <stdio.h>

#include "internal.h"

int main(void)
{
    unsigned char code[2 * CLOSURE_CELL];

    goe__thunk_aarch64(code, CLOSURE_APART);
    goe__thunk_aarch64(code + CLOSURE_CELL, CLOSURE_APART - (BLOCK_SIZE - CLOSURE_CELL) / 2);
    return fwrite(code, sizeof code, 1, stdout) != 1;
}
