/* Pool: blocks that come and go.
 *
 * The analysis makes thousands of short vectors and small tables for each unit. Their owners know how
 * large they are, so blocks need no header: there is a list of free ones for each power of two, and
 * to take one or give it back costs a few instructions. Blocks are cut from slabs, which are freed when
 * the last block has come back; large ones are malloc's. Under AddressSanitizer all are, so that it
 * sees their ends.
 *
 *     int *p = pool_take(3 * sizeof *p);         pool_size: 32 bytes
 *     pool_give(p, 3 * sizeof *p);
 */
#include "pool.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
enum { LARGEST = 0 };
#else
enum { LARGEST = 4096 }; /* bytes of a block that comes from a slab */
#endif
enum { SMALLEST = 32, LISTS = 8, SLAB = 64 * 1024 - 64 };

struct block {
    struct block *next; /* of the free ones */
};

struct slab {
    struct slab *older;
    char pad[SMALLEST - sizeof(struct slab *)]; /* keeps blocks aligned */
};

static struct {
    struct block *free[LISTS]; /* blocks of SMALLEST << i bytes */
    struct slab *slabs;        /* the newest first */
    char *at;                  /* what is left of it */
    size_t left;
    size_t taken; /* blocks in use */
} pool;

static unsigned list_of(size_t size)
{
    return size <= SMALLEST ? 0 : 64u - (unsigned)__builtin_clzll(size - 1) - 5;
}

size_t pool_size(size_t size)
{
    return size > LARGEST ? size : (size_t)SMALLEST << list_of(size);
}

static void *checked(void *p)
{
    if (!p) {
        fprintf(stderr, "goescape: out of memory\n");
        abort();
    }
    return p;
}

static void *cut(size_t size)
{
    if (size > pool.left) {
        struct slab *s = checked(malloc(sizeof *s + SLAB));
        s->older = pool.slabs;
        pool.slabs = s;
        pool.at = (char *)(s + 1);
        pool.left = SLAB;
    }
    void *p = pool.at;
    pool.at += size;
    pool.left -= size;
    return p;
}

void *pool_take(size_t size)
{
    if (size > LARGEST)
        return checked(malloc(size));
    unsigned list = list_of(size);
    struct block *b = pool.free[list];
    pool.taken++;
    if (!b)
        return cut((size_t)SMALLEST << list);
    pool.free[list] = b->next;
    return b;
}

static void free_slabs(void)
{
    for (struct slab *s = pool.slabs, *older; s; s = older) {
        older = s->older;
        free(s);
    }
    memset(&pool, 0, sizeof pool);
}

void pool_give(void *p, size_t size)
{
    if (size > LARGEST) {
        free(p);
        return;
    }
    unsigned list = list_of(size);
    struct block *b = p;
    b->next = pool.free[list];
    pool.free[list] = b;
    if (--pool.taken == 0)
        free_slabs();
}

void *pool_move(void *p, size_t size, size_t bigger)
{
    if (size > LARGEST)
        return checked(realloc(p, bigger));
    void *to = memcpy(pool_take(bigger), p, size);
    pool_give(p, size);
    return to;
}

void pool_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
