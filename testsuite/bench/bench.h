/* SPDX-License-Identifier: BSL-1.0
 *
 * bench.h: one source, two heaps. Each program here is built twice: with -DMALLOC it uses malloc and free
 * (or is linked with another malloc), without it the collected heap, through the descriptors that the
 * plugin would emit, and no free.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef MALLOC
#define DESCRIBE(name, T, words) extern int name##_is_malloced
#define NEW(name, T)             ((T *)malloc(sizeof(T)))
#define FREE(p)                  free(p)
#define COLLECTED                0
#else
#include "goescape.h"
/* T's first `words` words are pointers. */
#define DESCRIBE(name, T, words)                                                                   \
    static const struct __goe_type name = {sizeof(T), _Alignof(T), words, NULL}
#define NEW(name, T) ((T *)__goe_new_inline(&name))
#define FREE(p)      ((void)(p))
#define COLLECTED    1
#endif

static inline double cpu_seconds(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
