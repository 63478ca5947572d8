/* Vector: growth behind the macros of vec.h. Capacity doubles, so n pushes cost O(n). */
#include "vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *vec_grow(void *at, uint32_t *cap, size_t elem)
{
    uint32_t bigger = *cap ? *cap * 2 : 4;
    void *p = bigger > *cap ? realloc(at, bigger * elem) : NULL;
    if (!p) {
        fprintf(stderr, "goescape: out of memory\n");
        abort();
    }
    *cap = bigger;
    return p;
}

void *vec_grow_in(struct arena *a, const void *at, uint32_t *cap, uint32_t len, size_t elem)
{
    uint32_t bigger = *cap ? *cap * 2 : 2;
    void *p = arena_alloc(a, bigger * elem);
    if (len)
        memcpy(p, at, len * elem);
    *cap = bigger;
    return p;
}

void vec_release(void *at)
{
    free(at);
}
