/* SPDX-License-Identifier: BSL-1.0
 *
 * verify.c: GOESCAPE=verify=1: the heap's invariants, checked after each marking.
 *
 * Checked: the table of slabs and the list agree; the counts of free and used blocks are right; free blocks
 * have no cells; large objects are whole; no mark beyond the last cell; and the ones that matter: what a
 * marked object's layout says it points to is marked, too, and so is what roots hold, all of which are read again.
 *
 * Worked example: an object at cell 7 is marked, its word 1 points into cell 9 of another block whose mark
 * is missing: marking lost an object that the program can reach. The program stops with both addresses.
 */
#include "internal.h"

static void child(const struct object *o, uint64_t word)
{
    struct object to;
    if (goe__resolve(word & 0xffffffffffff, &to) && !goe__is_marked(&to))
        goe__die("verify: the object at %p, reachable from %p, was not marked", (void *)to.base,
                 (void *)o->base);
}

static void check_children(const struct object *o)
{
    const struct block *b = o->block;
    const uint64_t *w = (const uint64_t *)(void *)o->base;
    bool large = b->state == BLOCK_LARGE;
    uint64_t n = large ? b->size / 8 : b->nwords;
    if (b->mode == MODE_ALL) {
        for (uint64_t i = 0; i < n; i++)
            child(o, w[i]);
    } else if (b->mode == MODE_MAP) {
        uint64_t period = large ? b->period : n;
        for (uint64_t at = 0; at < n; at += period)
            for (uint64_t m = b->map; m; m &= m - 1)
                if (at + (uint64_t)__builtin_ctzll(m) < n)
                    child(o, w[at + (uint64_t)__builtin_ctzll(m)]);
    } else if (b->mode == MODE_CLOSURE) {
        child(o, (uintptr_t)goe__closure_words(o->base)[1]);
    }
}

static void check_block(struct slab *s, uint32_t slot)
{
    struct block *b = &s->blocks[slot];
    char *base = goe__block_base(s, slot);
    bool in_pool = s->free[slot / 64] >> (slot % 64) & 1;
    if (b->slot != slot || (in_pool && (b->ncells || b->state != BLOCK_FREE)))
        goe__die("verify: block %u of the slab at %p is described wrongly", slot, (void *)s->base);
    if (b->state == BLOCK_LARGE) {
        for (size_t i = 1; i <= b->size >> BLOCK_SHIFT; i++) {
            struct object o;
            if (!goe__resolve((uintptr_t)base + (i << BLOCK_SHIFT), &o) || o.base != base)
                goe__die("verify: the large object at %p is not whole", (void *)base);
        }
        struct object o = {s, b, 0, base};
        if (goe__is_marked(&o))
            check_children(&o);
    }
    for (uint32_t c = 0; c < MARK_WORDS * 64; c++) {
        struct object o = {s, b, c, base + (size_t)c * b->cell};
        if (!goe__is_marked(&o) || (b->state == BLOCK_LARGE && c == 0))
            continue;
        if (c >= b->ncells)
            goe__die("verify: block %u of the slab at %p has a mark beyond its end", slot,
                     (void *)s->base);
        check_children(&o);
    }
}

/* All roots once more, of which nothing counts as known: what they hold is marked. */
static void check_roots(uintptr_t sp)
{
    uint64_t bytes = H.root_bytes, cost = H.root_cost;
    goe__mark_check(true);
    goe__roots_mark(sp);
    goe__mark_check(false);
    H.root_bytes = bytes;
    H.root_cost = cost;
}

void goe__verify(uintptr_t sp)
{
    size_t used = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->index != i || goe__slab_at((uintptr_t)s->base) != s)
            goe__die("verify: the slab at %p is not where the table says", (void *)s->base);
        uint32_t free = 0;
        for (uint32_t slot = 0; slot < SLAB_BLOCKS; slot++) {
            check_block(s, slot);
            free += s->free[slot / 64] >> (slot % 64) & 1;
        }
        if (free != s->nfree)
            goe__die("verify: the slab at %p has %u free blocks, counted as %u", (void *)s->base,
                     free, s->nfree);
        used += SLAB_BLOCKS - free;
    }
    if (used != H.used_blocks)
        goe__die("verify: %zu blocks are in use, counted as %zu", used, H.used_blocks);
    check_roots(sp);
}
