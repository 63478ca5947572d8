/* SPDX-License-Identifier: BSL-1.0
 *
 * hidden.c: pointers to closures that are not in memory as such.
 *
 * Idea: some places take a function pointer, a closure's thunk perhaps, and keep it where a scan for addresses
 * does not see it.
 *  - The kernel keeps signal handlers. It tells them: 64 calls of sigaction.
 *  - glibc keeps the functions given to atexit, on_exit and at_quick_exit mixed up with a secret number, so that
 *    who overwrites them cannot choose what runs. The number is no secret to the process itself. The first 32
 *    lie in libc's own data, the others in blocks from calloc(). fopencookie keeps its functions mixed up likewise, in the
 *    FILE that it allocates. So wherever there may be pointers, each word is also looked at turned back.
 * Nothing of this is done until the program has made a closure.
 *
 * setjmp on x86-64 hides pointers to objects likewise: it saves rbp mixed up, the frame pointer, which compiled code uses as it
 * does any other register. A coroutine that has left by longjmp may have the only pointer there. Such words are
 * looked for by marking itself, in all places (goe__may_be_mixed), and with them those of functions.
 *
 * Worked example: atexit(say), where `say` is a thunk at 0x7f10'0000'8040. The word in libc's data is
 * rol(0x7f10'0000'8040 ^ guard, 17), on x86-64; turned back, it is the address again and marks the thunk.
 * What is no such word turns into some number, which marks a thunk with a chance of one in millions.
 */
#include "internal.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the system call fills in. */
struct disposition {
    uintptr_t handler; /* the function, or SIG_DFL, SIG_IGN */
    uint64_t flags;    /* SA_... */
    void *restorer;    /* where a handler returns to */
    uint64_t mask;     /* signals blocked meanwhile */
};

bool goe__hidden_any(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++)
        if (H.slab_list[i]->closures)
            return true;
    return false;
}

void goe__hidden_signals(void)
{
    struct disposition d;
    for (int sig = 1; sig <= 64; sig++)
        if (syscall(SYS_rt_sigaction, sig, NULL, &d, 8) == 0)
            goe__mark_word(d.handler);
}

/* The number glibc mixes function pointers with; elsewhere something that is of no use, and does no harm. */
static uintptr_t guard(void)
{
    uintptr_t g = 0;
#if defined(__x86_64__)
    __asm__("mov %%fs:0x30, %0" : "=r"(g));
#elif defined(__aarch64__)
    /* It is out of reach, but setjmp stores the stack pointer mixed up in the same way. */
    jmp_buf env;
    uintptr_t sp;
    if (_setjmp(env) == 0) {
        __asm__("mov %0, sp" : "=r"(sp));
        g = ((uintptr_t *)(void *)env)[13] ^ sp;
    }
#endif
    return g;
}

uint64_t goe__hidden_key(void)
{
    uintptr_t g = guard();
#ifdef __x86_64__
    g = g << 17 | g >> 47;
#endif
    return g;
}

__attribute__((no_sanitize_address)) bool goe__hidden_words(uintptr_t from, uintptr_t to)
{
    bool found = false;
    const uint64_t key = goe__hidden_key();
    const uintptr_t low = H.lo, span = H.hi - H.lo;
    for (uintptr_t at = (from + 7) & ~(uintptr_t)7; at + 8 <= to; at += 8) {
        uintptr_t p = goe__unmix(*(uintptr_t *)at, key);
        if (unlikely(p - low < span)) {
            goe__mark_word(p);
            found = true;
        }
    }
    return found;
}
