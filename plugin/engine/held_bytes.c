/* Loops that copy bytes: what is copied may be addresses.
 *
 *     for (i = 0; i < sizeof p; i++) to[i] = from[i];
 *
 * is taken for memcpy (to, from, sizeof p) where its byte is stored. What it takes to be one: both
 * pointers are known, the index is the same, it starts at 0, and where the byte is stored it is less
 * than a constant, a multiple of the word. A loop that stores something else in between, or turns the
 * bytes around, has another index or another value and is none. Linear in the conditions there.
 */
#include "held.h"

enum { MAX_BYTES = 512 };

/* The assignment that defines what R is a name of, or NULL. */
static const struct esc_stmt *definition(const struct held *h, const struct esc_ref *r)
{
    if (r->kind != ESC_VAR || r->add || !esc_is_ssa(h->f, r->var))
        return NULL;
    const struct esc_name *n = &h->f->ssa.at[esc_same(h->f, h->f->names.at[r->names])];
    if (n->stmt == UINT32_MAX || n->from.len || h->f->stmts.at[n->stmt].kind != ESC_STMT_ASSIGN)
        return NULL;
    return &h->f->stmts.at[n->stmt];
}

/* The pointer that memory reference R goes through, less an index, which is *INDEX; or NULL. */
static const struct esc_ref *indexed(const struct held *h, const struct esc_ref *r, uint32_t *index)
{
    struct esc_ref p = esc_value(r->var, 0, ESC_WORD);
    p.names = r->names;
    if (r->kind != ESC_MEM || r->off != 0 || r->size != 1 || (r->flags & ESC_REF_VOLATILE))
        return NULL;
    const struct esc_stmt *s = definition(h, &p);
    if (!s || s->n != 2 || s->refs[1].kind != ESC_VAR || !esc_is_ssa(h->f, s->refs[1].var))
        return NULL;
    bool cast;
    *index = held_original(h, h->f->names.at[s->refs[1].names], &cast);
    return &s->refs[0];
}

/* INDEX begins at 0. */
static bool begins_at_zero(const struct held *h, uint32_t index)
{
    const struct esc_name *n = &h->f->ssa.at[index];
    int32_t value;
    for (uint32_t i = 0; n->stmt == UINT32_MAX && i < n->from.len; i++)
        if (held_constant(h, esc_same(h->f, n->from.at[i]), &value))
            return value == 0;
    return false;
}

/* The constant that INDEX is less than in BLOCK; 0: there is none. */
static uint32_t bound_of(const struct held *h, uint32_t index, uint32_t block)
{
    for (uint32_t k = h->cond[block]; k; k = h->conds.at[k].up) {
        const struct condition *c = &h->conds.at[k];
        bool cast;
        if (c->address || held_original(h, c->name, &cast) != index)
            continue;
        uint32_t set = (uint32_t)c->value, n = 0;
        while (n < HELD_SET_SIZE && (set >> n & 1))
            n++;
        if (c->relation == ESC_IN && (n == HELD_SET_SIZE || set >> n == 0))
            return n; /* 0 to n - 1 */
        if (c->value <= 0)
            continue;
        if (c->relation == ESC_LT || c->relation == ESC_NE)
            return (uint32_t)c->value;
        if (c->relation == ESC_LE)
            return (uint32_t)c->value + 1;
    }
    return 0;
}

/* The one address that pointer R, an index away from what is copied, holds. */
static bool start_of(struct held *h, const struct esc_ref *r, uint32_t stmt, struct target *t)
{
    struct targets l;
    struct esc_ref p = *r;
    p.add = 0;
    l.len = 0;
    held_value(h, &p, 0, &l, stmt);
    if (p.kind == ESC_ADDR && p.off == ESC_ANY)
        return false;
    *t = l.at[0];
    return l.len == 1 && held_is_address(t) && t->off != ESC_ANY && t->off % ESC_WORD == 0;
}

bool held_copy_bytes(struct held *h, uint32_t stmt)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    uint32_t to_index, from_index;
    const struct esc_ref *to = s->n == 1 ? indexed(h, &s->dst, &to_index) : NULL;
    const struct esc_stmt *load = to ? definition(h, &s->refs[0]) : NULL;
    const struct esc_ref *from =
        load && load->n == 1 ? indexed(h, &load->refs[0], &from_index) : NULL;
    if (!from || to_index != from_index || !begins_at_zero(h, to_index))
        return false;
    uint32_t size = bound_of(h, to_index, s->block);
    struct target dst, src;
    if (size == 0 || size > MAX_BYTES || size % ESC_WORD || !start_of(h, to, stmt, &dst) ||
        !start_of(h, from, stmt, &src))
        return false;
    for (uint32_t at = 0; at < size; at += ESC_WORD) {
        struct targets word;
        word.len = 0;
        held_read(h, src.obj, src.off + (int32_t)at, &word);
        held_write(h, dst.obj, dst.off + (int32_t)at, &word, stmt, true);
    }
    return true;
}
