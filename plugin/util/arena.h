/* Arena: memory that is freed all at once. See arena.c. */
#ifndef ESC_ARENA_H
#define ESC_ARENA_H

#include <stddef.h>
#include <string.h>

struct arena_chunk;

/* Owns every block handed out from it. Not thread-safe. Zero-initialise before use. */
struct arena {
    struct arena_chunk *head; /* newest chunk, the one allocated from; NULL while empty */
    char *at;                 /* the first byte of it that is free */
    size_t left;              /* bytes from there to its end */
    size_t total;             /* bytes taken from the system, all chunks */
};

enum { ARENA_ALIGN = 16 };

/* AddressSanitizer knows of each block, and of a gap behind it, as if they were malloc's. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { ARENA_GAP = ARENA_ALIGN };
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
enum { ARENA_GAP = 0 };
#endif

/* Makes room for NEED bytes in a new chunk. */
void arena_grow(struct arena *a, size_t need);

/* SIZE bytes that hold anything, aligned for any object; never NULL (aborts when memory is out). O(1). */
static inline void *arena_raw(struct arena *a, size_t size)
{
    size_t least = size < ARENA_ALIGN ? ARENA_ALIGN : size;
    size_t room = ((least + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1)) + ARENA_GAP;
    if (room > a->left)
        arena_grow(a, room);
    char *p = a->at;
    a->at += room;
    a->left -= room;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    return p;
}

/* The same, zeroed. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
    return memset(arena_raw(a, size), 0, size);
}

/* A copy of the LEN bytes at P. */
void *arena_copy(struct arena *a, const void *p, size_t len);
/* A copy of the string S. */
char *arena_strdup(struct arena *a, const char *s);
/* Empties the arena, which keeps its newest chunk, the largest, for what comes. */
void arena_reset(struct arena *a);
/* Frees everything; the arena is empty and usable again. */
void arena_free(struct arena *a);

#define ARENA_NEW(a, T)      ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))

#endif
