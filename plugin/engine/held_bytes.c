/* Loops that copy bytes: what is copied may be addresses.
 *
 *     for (i = 0; i < sizeof p; i++) to[i] = from[i];
 *
 * is taken for memcpy (to, from, sizeof p) where its byte is stored. What it takes to be one: both
 * pointers are known, the index is the same, it counts from 0 by 1, and the byte is stored in the very block
 * that the loop's condition leads to, by which the index is less than a constant, a multiple of the word. A
 * loop that leaves some bytes out, stores something else in between, or turns the bytes around, has
 * another condition, index or value and is none. Linear in the index's definitions.
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

/* NAME is INDEX plus 1. */
static bool is_next(const struct held *h, uint32_t name, uint32_t index)
{
    const struct esc_name *n = &h->f->ssa.at[name];
    if (n->stmt == UINT32_MAX || n->from.len)
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[n->stmt];
    const struct esc_stmt *sum = held_note(h, n->stmt, ESC_NOTE_SUM);
    struct esc_ref of = sum ? sum->refs[0] : s->n == 1 ? s->refs[0] : esc_none();
    int32_t add = sum ? sum->dst.off : of.add;
    of.add = 0;
    uint32_t from = held_name(h, &of);
    bool cast;
    return s->kind == ESC_STMT_ASSIGN && add == 1 && from != UINT32_MAX &&
           held_original(h, from, &cast) == index;
}

/* INDEX is 0 at first, and one more at each turn. */
static bool counts_from_zero(const struct held *h, uint32_t index)
{
    const struct esc_name *n = &h->f->ssa.at[index];
    bool begins = false;
    for (uint32_t i = 0; n->stmt == UINT32_MAX && i < n->from.len; i++) {
        uint32_t from = esc_same(h->f, n->from.at[i]);
        int32_t value;
        if (held_constant(h, from, &value) && value == 0)
            begins = true;
        else if (!is_next(h, from, index))
            return false;
    }
    return begins;
}

/* The constant that INDEX is less than by the condition that leads to BLOCK; 0: there is none. */
static uint32_t bound_of(const struct held *h, uint32_t index, uint32_t block)
{
    uint32_t k = h->cond[block];
    const struct condition *c = &h->conds.at[k];
    bool cast;
    if (k == 0 || k == h->cond[h->f->blocks.at[block].idom] || c->address ||
        held_original(h, c->name, &cast) != index)
        return 0;
    if (c->relation == ESC_IN) {
        uint32_t n = 0;
        while (n < HELD_SET_SIZE && ((uint32_t)c->value >> n & 1))
            n++;
        return n == HELD_SET_SIZE || (uint32_t)c->value >> n == 0 ? n : 0; /* 0 to n - 1 */
    }
    if (c->value <= 0)
        return 0;
    return c->relation == ESC_LT || c->relation == ESC_NE ? (uint32_t)c->value
           : c->relation == ESC_LE                        ? (uint32_t)c->value + 1
                                                          : 0;
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
    if (!from || to_index != from_index || !counts_from_zero(h, to_index))
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
