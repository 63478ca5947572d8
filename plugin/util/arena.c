/* Arena: memory that is freed all at once.
 *
 * Blocks are cut from chunks that double in size, so a unit of any size costs a logarithmic number
 * of calls to malloc, and the analysis never frees single objects. A block is zeroed when it is handed
 * out, not the chunk as a whole: the arenas of small functions use little of theirs.
 *
 *     struct arena a = {0};
 *     struct node *n = ARENA_NEW(&a, struct node);
 *     arena_free(&a);                      // n is gone
 */
#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 16 * 1024, LAST_CHUNK = 4 * 1024 * 1024 };

struct arena_chunk {
    struct arena_chunk *older; /* the chunk filled before this one */
    size_t size;               /* usable bytes that follow this header */
    char pad[ARENA_ALIGN -
             (sizeof(void *) + sizeof(size_t)) % ARENA_ALIGN]; /* keeps those aligned */
};

void arena_grow(struct arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : FIRST_CHUNK;
    if (size > LAST_CHUNK)
        size = LAST_CHUNK;
    if (size < need)
        size = need;
    struct arena_chunk *c = malloc(sizeof *c + size);
    if (!c) {
        fprintf(stderr, "goescape: out of memory\n");
        abort();
    }
    c->older = a->head;
    c->size = size;
    a->head = c;
    a->at = (char *)(c + 1);
    a->left = size;
    a->total += size;
    ASAN_POISON_MEMORY_REGION(a->at, size);
}

void *arena_copy(struct arena *a, const void *p, size_t len)
{
    void *q = arena_raw(a, len);
    if (len)
        memcpy(q, p, len);
    return q;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_copy(a, s, strlen(s) + 1);
}

void arena_reset(struct arena *a)
{
    if (!a->head)
        return;
    struct arena rest = {.head = a->head->older};
    arena_free(&rest);
    a->head->older = NULL;
    a->at = (char *)(a->head + 1);
    a->left = a->total = a->head->size;
    ASAN_POISON_MEMORY_REGION(a->at, a->left);
}

void arena_free(struct arena *a)
{
    while (a->head) {
        struct arena_chunk *older = a->head->older;
        free(a->head);
        a->head = older;
    }
    *a = (struct arena){0};
}
