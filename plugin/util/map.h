/* Map from 64-bit keys to 32-bit values. See map.c. */
#ifndef ESC_MAP_H
#define ESC_MAP_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Owns its table. Not thread-safe. Zero-initialise before use. */
struct map {
    struct map_slot *slots; /* open-addressing table, a power of two of them; NULL while empty */
    uint32_t cap;           /* number of slots */
    uint32_t len;           /* keys present */
};

enum { MAP_NONE = 0xffffffffu }; /* "no such key"; not usable as a value */

/* The value of KEY, or MAP_NONE. Expected O(1). */
uint32_t map_get(const struct map *m, uint64_t key);
/* Sets KEY to VALUE (not MAP_NONE), whether present or not. Expected O(1) amortised. */
void map_set(struct map *m, uint64_t key, uint32_t value);
/* Adds KEY with value 0; true if it was not there yet. */
bool map_add(struct map *m, uint64_t key);
/* Takes all keys out; the table may stay. O(keys). */
void map_clear(struct map *m);
/* Frees the table; the map is empty and usable again. */
void map_free(struct map *m);

/* A 64-bit hash of a string, for use as a key (FNV-1a). */
uint64_t map_hash_string(const char *s);

#ifdef __cplusplus
}
#endif

#endif
