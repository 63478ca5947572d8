/* Dead stores: what is overwritten before anything can read it flows nowhere.
 *
 *     g = &x; g = 0;              the first store is dead: x does not escape
 *     p->f = &x; n++; p->f = 0;   likewise, p being the same name
 *     g = &x; h = g; g = 0;       not dead: g is read
 *     g = &x; f(); g = 0;         not dead: f may read g
 *
 * Only within a block, only between accesses of the same bytes through the same base, and never if
 * the object is volatile or atomic: then a handler or another thread may look. The search ahead stops
 * after MAX_AHEAD statements, so the cost is linear.
 */
#include "ir.h"

enum { MAX_AHEAD = 24 };

/* Whether the destination is memory at a known place. */
static bool known_place(const struct esc_fn *f, const struct esc_ref *d)
{
    if ((d->flags & ESC_REF_VOLATILE) || d->off == ESC_ANY || d->size == 0)
        return false;
    if (d->kind == ESC_VAR)
        return (d->var & ESC_SYM) || !esc_is_ssa(f, d->var);
    return d->kind == ESC_MEM && esc_is_ssa(f, d->var);
}

/* Whether storing to B overwrites all that storing to A has written. */
static bool covers(struct esc_fn *f, const struct esc_ref *b, const struct esc_ref *a)
{
    if (b->kind != a->kind || !known_place(f, b) || b->off > a->off ||
        b->off + (int64_t)b->size < a->off + (int64_t)a->size)
        return false;
    if (a->kind == ESC_VAR)
        return a->var == b->var;
    return esc_same(f, f->names.at[a->names]) == esc_same(f, f->names.at[b->names]);
}

/* Whether reading R may read what was stored to D. Two different variables never overlap. */
static bool may_read(const struct esc_fn *f, const struct esc_ref *r, const struct esc_ref *d)
{
    if (r->kind == ESC_MEM)
        return true;
    if (r->kind != ESC_VAR || esc_is_ssa(f, r->var))
        return false;
    return d->kind == ESC_MEM || r->var == d->var;
}

static bool is_dead(struct esc_fn *f, uint32_t stmt, uint32_t end)
{
    const struct esc_ref *d = &f->stmts.at[stmt].dst;
    for (uint32_t i = stmt + 1; i < end && i <= stmt + MAX_AHEAD; i++) {
        const struct esc_stmt *s = &f->stmts.at[i];
        if (s->kind == ESC_STMT_BEGIN || s->kind == ESC_STMT_END)
            continue;
        if (s->kind != ESC_STMT_ASSIGN)
            return false;
        for (uint32_t k = 0; k < s->n; k++)
            if (may_read(f, &s->refs[k], d))
                return false;
        if (covers(f, &s->dst, d))
            return true;
    }
    return false;
}

void esc_dead_stores(struct esc_fn *f)
{
    for (uint32_t i = 0; i < f->order.len; i++) {
        const struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = b->first; k < b->end; k++) {
            struct esc_stmt *s = &f->stmts.at[k];
            if (s->kind == ESC_STMT_ASSIGN && known_place(f, &s->dst))
                s->dead = is_dead(f, k, b->end);
        }
    }
}
