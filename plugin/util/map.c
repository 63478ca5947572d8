/* Map from 64-bit keys to 32-bit values: open addressing, linear probing, load at most 1/2.
 *
 * There is no removal, so a probe ends at the first empty slot. An empty slot is one whose value is
 * MAP_NONE. Iteration is not offered: its order would depend on hashes, and output must not.
 *
 *     struct map m = {0};
 *     map_set(&m, 42, 7);
 *     map_get(&m, 42);     // 7
 *     map_get(&m, 43);     // MAP_NONE
 */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>

enum { SPARSE = 32 }; /* slots a key, beyond which a new table is cheaper than to clear this one */

struct map_slot {
    uint64_t key;   /* meaningful if value is not MAP_NONE */
    uint32_t value; /* MAP_NONE: the slot is empty */
};

/* Finaliser of splitmix64: every input bit reaches every output bit. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static struct map_slot *find(const struct map *m, uint64_t key)
{
    uint32_t i = (uint32_t)mix(key) & (m->cap - 1);
    while (m->slots[i].value != MAP_NONE && m->slots[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static void grow(struct map *m)
{
    struct map bigger = {.cap = m->cap ? m->cap * 2 : 16, .len = m->len};
    bigger.slots = malloc(bigger.cap * sizeof *bigger.slots);
    if (!bigger.slots) {
        fprintf(stderr, "goescape: out of memory\n");
        abort();
    }
    for (uint32_t i = 0; i < bigger.cap; i++)
        bigger.slots[i].value = MAP_NONE;
    for (uint32_t i = 0; i < m->cap; i++)
        if (m->slots[i].value != MAP_NONE)
            *find(&bigger, m->slots[i].key) = m->slots[i];
    free(m->slots);
    *m = bigger;
}

uint32_t map_get(const struct map *m, uint64_t key)
{
    return m->cap ? find(m, key)->value : (uint32_t)MAP_NONE;
}

void map_set(struct map *m, uint64_t key, uint32_t value)
{
    if (2 * (m->len + 1) > m->cap)
        grow(m);
    struct map_slot *s = find(m, key);
    if (s->value == MAP_NONE) {
        s->key = key;
        m->len++;
    }
    s->value = value;
}

bool map_add(struct map *m, uint64_t key)
{
    if (2 * (m->len + 1) > m->cap)
        grow(m);
    struct map_slot *s = find(m, key);
    if (s->value != MAP_NONE)
        return false;
    s->key = key;
    s->value = 0;
    m->len++;
    return true;
}

void map_clear(struct map *m)
{
    if (m->cap > SPARSE * m->len && m->len) {
        map_free(m);
        return;
    }
    for (uint32_t i = 0; m->len && i < m->cap; i++)
        m->slots[i].value = MAP_NONE;
    m->len = 0;
}

void map_free(struct map *m)
{
    free(m->slots);
    *m = (struct map){0};
}

uint64_t map_hash_string(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return h;
}
