/* Priority queue: worklists that want callees first, or what lies upstream first.
 *
 *     struct heap h = {0};
 *     heap_put(&h, 7, 100);
 *     heap_put(&h, 3, 200);
 *     heap_take(&h);              200
 *
 * Invariant: no item's key is lower than its parent's.
 */
#include "heap.h"

#include <assert.h>

void heap_put(struct heap *h, uint32_t key, uint32_t id)
{
    struct heap_item item = {key, id};
    vec_push(&h->items, item);
    uint32_t i = h->items.len - 1;
    for (; i && h->items.at[(i - 1) / 2].key > key; i = (i - 1) / 2)
        h->items.at[i] = h->items.at[(i - 1) / 2];
    h->items.at[i] = item;
}

uint32_t heap_take(struct heap *h)
{
    assert(h->items.len > 0);
    struct heap_item *at = h->items.at;
    uint32_t id = at[0].id, i = 0, n = --h->items.len;
    struct heap_item last = at[n];
    for (uint32_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && at[child + 1].key < at[child].key)
            child++;
        if (at[child].key >= last.key)
            break;
        at[i] = at[child];
    }
    if (n)
        at[i] = last;
    return id;
}
