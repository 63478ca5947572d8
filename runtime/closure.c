/* SPDX-License-Identifier: BSL-1.0
 *
 * closure.c: the code of thunks.
 *
 * Idea: a closure is a pointer to code that loads the static chain and jumps to the nested function. The
 * code is the same for all and is written once for a whole block, then made executable and never written
 * again; the two words that differ lie in the next block, on writable pages, at the same distance from
 * each thunk. No page is ever writable and executable.
 *
 *     block n    (r-x)  endbr64; mov 32768(%thunk), %r11; mov 32776(%thunk), %r10; jmp *%r11
 *     block n+1  (rw-)  function, chain
 *
 * A thunk is a cell like others: the program holds the address of its code, which marks it, and marking it
 * marks what the chain points to.
 */
#include "internal.h"

#include <string.h>
#include <sys/mman.h>

#if defined(__x86_64__)
static const unsigned char code[CLOSURE_CELL] = {
    0xf3, 0x0f, 0x1e, 0xfa,                   /* endbr64 */
    0x4c, 0x8b, 0x1d, 0xf5, 0x7f, 0x00, 0x00, /* mov 32768-11(%rip), %r11: the function */
    0x4c, 0x8b, 0x15, 0xf6, 0x7f, 0x00, 0x00, /* mov 32776-18(%rip), %r10: the static chain */
    0x41, 0xff, 0xe3,                         /* jmp *%r11 */
    0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
};
#elif defined(__aarch64__)
static const uint32_t code[CLOSURE_CELL / 4] = {
    0xd503245f, /* bti c */
    0x5803ffF1, /* ldr x17, .+32764: the function */
    0x58040012, /* ldr x18, .+32768: the static chain */
    0xd61f0220, /* br x17 */
    0xd4200000, 0xd4200000, 0xd4200000, 0xd4200000,
};
#else
#error "write the thunk of this architecture"
#endif

void goe__closure_block(struct block *b)
{
    char *base = goe__block_base(goe__block_slab(b), b->slot);
    for (size_t i = 0; i < BLOCK_SIZE; i += CLOSURE_CELL)
        goe__copy(base + i, code, sizeof code);
    __builtin___clear_cache(base, base + BLOCK_SIZE);
    if (mprotect(base, BLOCK_SIZE, PROT_READ | PROT_EXEC))
        goe__die("closures need memory that can be made executable, which this system forbids");
}
