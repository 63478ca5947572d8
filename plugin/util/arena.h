/* Arena: memory that is freed all at once. See arena.c. */
#ifndef ESC_ARENA_H
#define ESC_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* Owns every block handed out from it. Not thread-safe. Zero-initialise before use. */
struct arena {
    struct arena_chunk *head; /* newest chunk, the one allocated from; NULL while empty */
    size_t left;              /* bytes still free at the end of the newest chunk */
    size_t total;             /* bytes taken from the system, all chunks */
};

/* SIZE zeroed bytes, aligned for any object; never NULL (aborts when memory is out). O(1). */
void *arena_alloc(struct arena *a, size_t size);
/* A copy of the LEN bytes at P. */
void *arena_copy(struct arena *a, const void *p, size_t len);
/* A copy of the string S. */
char *arena_strdup(struct arena *a, const char *s);
/* Empties the arena, which keeps its newest chunk, the largest, for what comes. Linear in what that had handed
 * out. */
void arena_reset(struct arena *a);
/* Frees everything; the arena is empty and usable again. */
void arena_free(struct arena *a);

#define ARENA_NEW(a, T)      ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))

#endif
