/* Vector: growth behind the macros of vec.h. Capacity doubles, so n pushes cost O(n). */
#include "vec.h"

#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *vec_grow(void *at, uint32_t *cap, size_t elem)
{
    size_t size = *cap * elem, bigger = pool_size(size ? 2 * size : 4 * elem);
    if (bigger / elem > UINT32_MAX) {
        fprintf(stderr, "goescape: out of memory\n");
        abort();
    }
    *cap = (uint32_t)(bigger / elem);
    return size ? pool_move(at, size, bigger) : pool_take(bigger);
}

void *vec_grow_in(struct arena *a, const void *at, uint32_t *cap, uint32_t len, size_t elem)
{
    uint32_t bigger = *cap ? *cap * 2 : 2;
    void *p = arena_raw(a, bigger * elem);
    if (len)
        memcpy(p, at, len * elem);
    *cap = bigger;
    return p;
}

void vec_release(void *at, size_t size)
{
    pool_give(at, size);
}
