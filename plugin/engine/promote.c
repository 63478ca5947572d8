/* Promotion: which heap blocks may live on the stack.
 *
 * A block whose allocation neither escapes nor survives into the next iteration could as well be a
 * local buffer, provided nobody frees it behind our back:
 *
 *     char *p = malloc(64); fill(p); free(p);      both calls go, p is a local buffer
 *     char *p = c ? malloc(64) : q; free(p);       the free may be of q: nothing is promoted
 *     ext(p)                                       an unknown function may free: not promoted
 *
 * A direct call of free is dropped if all it may free is promoted; a block is promoted only if every
 * free it may reach is dropped. The greatest such set is found by striking out until nothing changes:
 * at most one round for each block. Collected blocks (goe_new, goe_make) are never freed.
 */
#include "graph.h"

/* Whether the set of NODE consists of the beginnings of blocks that are still candidates. */
static bool only_candidates(const struct esc_graph *g, uint32_t node, const bool *candidate)
{
    addr_t a;
    uint32_t n = 0;
    for (uint32_t id = 0; node_next(g, node, &id, &a); id++, n++)
        if (!candidate[addr_obj(a)] || addr_off(a) != 0)
            return false;
    return n > 0;
}

void promote(struct esc_graph *g)
{
    struct esc_fn *f = g->fn;
    if (!f->allocs.len)
        return;
    bool *candidate = arena_alloc(&g->arena, g->objs.len * sizeof *candidate);
    for (uint32_t i = 0; i < f->allocs.len; i++) {
        const struct esc_alloc *a = &f->allocs.at[i];
        candidate[a->object] =
            !a->escapes && !a->loops && (f->stmts.at[a->stmt].dst.flags & ESC_REF_FITS);
    }
    addr_t at;
    for (uint32_t id = 0; node_next(g, g->freed, &id, &at); id++)
        candidate[addr_obj(at)] = false;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < g->frees.len; i++) {
            uint32_t node = g->frees.at[i].node;
            if (only_candidates(g, node, candidate))
                continue;
            for (uint32_t id = 0; node_next(g, node, &id, &at); id++) {
                changed |= candidate[addr_obj(at)];
                candidate[addr_obj(at)] = false;
            }
        }
    }
    for (uint32_t i = 0; i < f->allocs.len; i++)
        f->allocs.at[i].promoted = candidate[f->allocs.at[i].object];
    for (uint32_t i = 0; i < g->frees.len; i++)
        if (only_candidates(g, g->frees.at[i].node, candidate))
            vec_push(&f->dropped_frees, f->stmts.at[g->frees.at[i].stmt].site);
}
