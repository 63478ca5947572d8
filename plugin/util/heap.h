/* Priority queue: a binary heap of small keys with a number each. See heap.c. */
#ifndef ESC_HEAP_H
#define ESC_HEAP_H

#include "vec.h"

struct heap_item {
    uint32_t key; /* the lowest comes out first */
    uint32_t id;  /* the owner's own */
};

/* Owns its storage; free it with vec_free(&h->items). Not thread-safe. Zero-initialise before use. */
struct heap {
    VEC(struct heap_item) items; /* items.len of them wait; parent of I is (I - 1) / 2 */
};

/* Adds ID with KEY; the same id may be there several times. O(log n). */
void heap_put(struct heap *, uint32_t key, uint32_t id);
/* Takes out the id with the lowest key, of equals any, always the same. The heap must not be empty.
 * O(log n). */
uint32_t heap_take(struct heap *);

#endif
