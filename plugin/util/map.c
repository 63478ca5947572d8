/* Map from 64-bit keys to 32-bit values: open addressing, linear probing, load at most 1/2.
 *
 * There is no removal, so a probe ends at the first empty slot. A slot holds its value plus one, so
 * that an empty one, MAP_NONE plus one, is zero. Iteration is not offered: its order would depend on hashes, and output must not.
 *
 *     struct map m = {0};
 *     map_set(&m, 42, 7);
 *     map_get(&m, 42);     // 7
 *     map_get(&m, 43);     // MAP_NONE
 */
#include "map.h"

#include "pool.h"

#include <string.h>

enum { SPARSE = 32 }; /* slots a key, beyond which a new table is cheaper than to clear this one */

struct map_slot {
    uint64_t key;   /* meaningful if the slot is not empty */
    uint32_t above; /* the value plus one; 0: the slot is empty */
};

/* Where to look for KEY first: every bit of it reaches the highest bits of the product. */
static uint32_t home(const struct map *m, uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> (__builtin_clzll(m->cap) + 1));
}

static inline struct map_slot *find(const struct map *m, uint64_t key)
{
    uint32_t i = home(m, key);
    while (m->slots[i].above && m->slots[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static void grow(struct map *m)
{
    struct map bigger = {.cap = m->cap ? m->cap * 2 : 16, .len = m->len};
    size_t size = bigger.cap * sizeof *bigger.slots;
    bigger.slots = memset(pool_take(size), 0, size);
    for (uint32_t i = 0; i < m->cap; i++)
        if (m->slots[i].above)
            *find(&bigger, m->slots[i].key) = m->slots[i];
    map_free(m);
    *m = bigger;
}

uint32_t map_get(const struct map *m, uint64_t key)
{
    return m->cap ? find(m, key)->above - 1 : (uint32_t)MAP_NONE;
}

void map_set(struct map *m, uint64_t key, uint32_t value)
{
    if (2 * (m->len + 1) > m->cap)
        grow(m);
    struct map_slot *s = find(m, key);
    if (!s->above) {
        s->key = key;
        m->len++;
    }
    s->above = value + 1;
}

bool map_add(struct map *m, uint64_t key)
{
    if (2 * (m->len + 1) > m->cap)
        grow(m);
    struct map_slot *s = find(m, key);
    if (s->above)
        return false;
    s->key = key;
    s->above = 1;
    m->len++;
    return true;
}

void map_clear(struct map *m)
{
    if (m->cap > SPARSE * m->len && m->len) {
        map_free(m);
        return;
    }
    if (m->len)
        memset(m->slots, 0, m->cap * sizeof *m->slots);
    m->len = 0;
}

void map_free(struct map *m)
{
    if (m->cap)
        pool_give(m->slots, m->cap * sizeof *m->slots);
    *m = (struct map){0};
}

uint64_t map_hash_string(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return h;
}
