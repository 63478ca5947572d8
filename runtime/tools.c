/* SPDX-License-Identifier: BSL-1.0
 *
 * tools.c: living with sanitizers and valgrind.
 *
 * The collector reads memory that was never initialised, keeps pointers where leak checkers do not look,
 * and gives memory of one thread to another without any lock the program knows. So:
 *  - LeakSanitizer is told that slabs may hold pointers;
 *  - under ThreadSanitizer memory changes its owner only in whole blocks, which are mapped anew: that makes
 *    it forget who used them. Half-empty blocks are not reused, so the heap is larger there;
 *  - under valgrind errors are not reported while a collection marks, and what it wrote counts as defined.
 *
 * Worked example: thread A's object dies, thread B gets its cell and writes: a race to ThreadSanitizer,
 * which saw no lock between the two. With the block mapped anew, it is fresh memory.
 */
#include "internal.h"

#include <sys/mman.h>

#pragma GCC visibility push(default)
void __lsan_register_root_region(const void *p, size_t n) __attribute__((weak));
void __tsan_init(void) __attribute__((weak));
#pragma GCC visibility pop

/* valgrind's requests: five instructions that do nothing elsewhere. */
enum {
    RUNNING_ON_VALGRIND = 0x1001,
    CHANGE_REPORTING = 0x1801, /* by 1: off, by -1: on again */
    MAKE_DEFINED = 0x4d430002, /* memcheck's */
};

static uintptr_t request(uintptr_t what, uintptr_t a, uintptr_t b)
{
    uintptr_t args[6] = {what, a, b, 0, 0, 0}, result = 0;
#if defined(__x86_64__)
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi\n\t"
                     "rolq $61, %%rdi; rolq $51, %%rdi\n\t"
                     "xchgq %%rbx, %%rbx"
                     : "+d"(result)
                     : "a"(args)
                     : "cc", "memory");
#elif defined(__aarch64__)
    __asm__ volatile("mov x3, %1\n\tmov x4, %2\n\t"
                     "ror x12, x12, #3; ror x12, x12, #13\n\t"
                     "ror x12, x12, #51; ror x12, x12, #61\n\t"
                     "orr x10, x10, x10\n\tmov %0, x3"
                     : "=r"(result)
                     : "r"(result), "r"(args)
                     : "cc", "memory", "x3", "x4");
#endif
    return result;
}

void goe__tools_init(void)
{
    H.tsan = __tsan_init != NULL;
    H.valgrind = request(RUNNING_ON_VALGRIND, 0, 0) != 0;
}

void goe__tools_slab(void *p, size_t bytes)
{
    if (__lsan_register_root_region)
        __lsan_register_root_region(p, bytes);
}

bool goe__renew(void *p, size_t bytes)
{
    return H.tsan && mmap(p, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == p;
}

void goe__tools_quiet(bool on)
{
    if (!H.valgrind)
        return;
    if (on) {
        request(CHANGE_REPORTING, 1, 0);
        return;
    }
    request(MAKE_DEFINED, (uintptr_t)&H, sizeof H);
    for (uint32_t i = 0; i < H.nslabs; i++)
        request(MAKE_DEFINED, (uintptr_t)H.slab_list[i], sizeof *H.slab_list[i]);
    request(CHANGE_REPORTING, (uintptr_t)-1, 0);
}
