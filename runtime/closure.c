/* SPDX-License-Identifier: BSL-1.0
 *
 * closure.c: the code of thunks.
 *
 * Idea: a closure is a pointer to code that loads the static chain and jumps to the nested function. The
 * code is written once for a whole block, then made executable and never written again; function and chain
 * lie in another block, on writable pages. No page is ever writable and executable.
 *
 *     block n       (r-x)  thunk i at 32 i: endbr64; mov words, %r11; mov words + 8, %r10; jmp *%r11
 *     block n + 16  (rw-)  words i at 16 i: function, chain
 *
 * So making a closure writes 16 bytes, and the code never comes into the data cache.
 *
 * A thunk is a cell like others: the program holds the address of its code, which marks it, and marking it
 * marks what the chain points to.
 */
#include "internal.h"

#include <string.h>
#include <sys/mman.h>

_Static_assert(CLOSURE_APART < 1 << 20, "aarch64 reaches no further");

static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

void goe__thunk_x86_64(unsigned char code[CLOSURE_CELL], uint32_t apart)
{
    static const unsigned char pattern[CLOSURE_CELL] = {
        0xf3, 0x0f, 0x1e, 0xfa,                /* endbr64 */
        0x4c, 0x8b, 0x1d, 0,    0,    0,    0, /* mov disp(%rip), %r11: the function */
        0x4c, 0x8b, 0x15, 0,    0,    0,    0, /* mov disp(%rip), %r10: the static chain */
        0x41, 0xff, 0xe3,                      /* jmp *%r11 */
        0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, /* int3 */
    };
    goe__copy(code, pattern, sizeof pattern);
    put32(code + 7, apart - 11); /* from the end of the instruction */
    put32(code + 14, apart + 8 - 18);
}

void goe__thunk_aarch64(unsigned char code[CLOSURE_CELL], uint32_t apart)
{
    /* ldr xN, .+offset: the offset in words lies in bits 5 to 23 */
    put32(code, 0xd503245f);                                /* bti c */
    put32(code + 4, 0x58000011 | (apart - 4) / 4 << 5);     /* ldr x17: the function */
    put32(code + 8, 0x58000012 | (apart + 8 - 8) / 4 << 5); /* ldr x18: the static chain */
    put32(code + 12, 0xd61f0220);                           /* br x17, which may enter at bti c */
    for (int i = 16; i < CLOSURE_CELL; i += 4)
        put32(code + i, 0xd4200000); /* brk #0 */
}

void goe__closure_block(struct block *b)
{
    char *base = goe__block_base(goe__block_slab(b), b->slot);
    for (char *cell = base; cell < base + BLOCK_SIZE; cell += CLOSURE_CELL) {
        uint32_t apart = (uint32_t)((char *)goe__closure_words(cell) - cell);
#if defined(__x86_64__)
        goe__thunk_x86_64((unsigned char *)cell, apart);
#elif defined(__aarch64__)
        goe__thunk_aarch64((unsigned char *)cell, apart);
#else
#error "write the thunk of this architecture"
#endif
    }
    __builtin___clear_cache(base, base + BLOCK_SIZE);
    if (mprotect(base, BLOCK_SIZE, PROT_READ | PROT_EXEC))
        goe__die("closures need memory that can be made executable, which this system forbids");
}
