/* SPDX-License-Identifier: BSL-1.0
 *
 * warm.h: memory that is there before a program is measured. A virtual machine may have given back to its host what
 * nobody used for two seconds, and the first touch of it then costs up to 2 ms for each MB: that depends on what ran
 * before, not on the program. WARM=0 in the environment leaves it out.
 */
#ifndef WARM_H
#define WARM_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Touches and frees `mb` MB, but no more than half of what is free. */
static inline void warm_up(long mb)
{
    enum { MB = 1 << 20, PAGE = 4096 };
    const char *choice = getenv("WARM");
    long most = sysconf(_SC_AVPHYS_PAGES) / (MB / sysconf(_SC_PAGESIZE)) / 2;

    if (choice && atoi(choice) == 0)
        return;
    size_t bytes = (size_t)(mb < most ? mb : most) * MB;
    char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return;
    madvise(p, bytes, MADV_HUGEPAGE);
    for (size_t at = 0; at < bytes; at += PAGE)
        ((volatile char *)p)[at] = 1;
    munmap(p, bytes);
}

#endif
