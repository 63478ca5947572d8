/* Functions that only compare: what they say on the path at hand.
 *
 *     static bool list_empty(const struct list *l) { return l->next == l; }
 *
 *     struct list mine = {&mine, &mine};
 *     while (!list_empty(&mine))           not entered: mine.next is &mine
 *         move(mine.next, others);
 *
 * What such a function compares, here its argument and a word of what that points to, is looked up where it
 * is called. Only addresses are compared, and only if each side certainly is one, or a constant. Linear in the
 * statements of the function, which must all be assignments to names.
 */
#include "held.h"

enum { MAX_STEPS = 8, MAX_STMTS = 24 };

/* A side of the comparison: an address, or a number that is none. */
struct side {
    struct target at;
    bool number;
    int32_t value; /* of the number */
};

/* The statement of G that returns something, if all others assign to names; else NULL. */
static const struct esc_stmt *only_return(const struct esc_fn *g)
{
    const struct esc_stmt *found = NULL;
    if (!g->ssa_built || g->stmts.len > MAX_STMTS)
        return NULL;
    for (uint32_t i = 0; i < g->stmts.len; i++) {
        const struct esc_stmt *s = &g->stmts.at[i];
        if (s->kind == ESC_STMT_RETURN && !found)
            found = s;
        else if (s->kind != ESC_STMT_ASSIGN ||
                 (!s->note && (s->dst.kind != ESC_VAR || !esc_is_ssa(g, s->dst.var))))
            return NULL;
    }
    return found;
}

/* The name of G whose value R is; UINT32_MAX: it is none, or one that is computed of another. */
static uint32_t name_of(struct esc_fn *g, const struct esc_ref *r)
{
    if (r->kind != ESC_VAR || r->add || !esc_is_ssa(g, r->var))
        return UINT32_MAX;
    return esc_same(g, g->names.at[r->names]);
}

/* What R, of a function G that only assigns to names, is a copy of. */
static const struct esc_ref *origin_of(struct esc_fn *g, const struct esc_ref *r)
{
    for (int i = 0; i < MAX_STEPS; i++) {
        uint32_t name = name_of(g, r);
        if (name == UINT32_MAX || g->ssa.at[name].stmt == UINT32_MAX || g->ssa.at[name].from.len)
            return r;
        const struct esc_stmt *s = &g->stmts.at[g->ssa.at[name].stmt];
        if (s->n != 1 || s->dst.off % ESC_WORD || esc_words(s->dst.off, s->dst.size) != 1)
            return r;
        r = &s->refs[0];
    }
    return r;
}

/* The comparison whose truth R is, or NULL. */
static const struct esc_stmt *test_behind(struct esc_fn *g, const struct esc_ref *r)
{
    uint32_t name = name_of(g, origin_of(g, r));
    uint32_t stmt = name == UINT32_MAX ? UINT32_MAX : g->ssa.at[name].stmt;
    if (stmt == UINT32_MAX || stmt == 0 || g->ssa.at[name].from.len)
        return NULL;
    const struct esc_stmt *note = &g->stmts.at[stmt - 1];
    return note->note == ESC_NOTE_TEST && note->block == g->stmts.at[stmt].block ? note : NULL;
}

/* The one address that NAME of G, one of its parameters, is at the call. */
static bool argument_at(struct held *h, uint32_t call, struct esc_fn *g, uint32_t name,
                        struct targets *out)
{
    const struct esc_name *n = &g->ssa.at[name];
    const struct esc_stmt *s = &h->f->stmts.at[call];
    if (n->stmt != UINT32_MAX || n->from.len || n->block != 0 || n->var >= g->nparams ||
        n->var >= s->n || n->word || (g->vars.at[n->var].flags & (ESC_VARARGS | ESC_CHAIN)))
        return false;
    held_value(h, &s->refs[n->var], 0, out, call);
    return out->len == 1 && held_is_address(&out->at[0]) && out->at[0].off != ESC_ANY;
}

/* What R, an operand of G, is at the call; false: nobody knows. */
static bool side_at(struct held *h, uint32_t call, struct esc_fn *g, const struct esc_ref *r,
                    struct side *side)
{
    struct targets l = {.len = 0}, p = {.len = 0};
    r = origin_of(g, r);
    *side = (struct side){.number = r->kind == ESC_CONST, .value = r->off};
    if (side->number)
        return true;
    if (r->add || (r->kind != ESC_ADDR && r->size != ESC_WORD))
        return false;
    uint32_t name = name_of(g, r);
    if (r->kind == ESC_ADDR && (r->var & ESC_SYM)) {
        l.len = 1;
        l.at[0] = held_target(HELD_SYM | (r->var & ~ESC_SYM), r->off, call, 0);
    } else if (name != UINT32_MAX) {
        argument_at(h, call, g, name, &l);
    } else if (r->kind == ESC_VAR && (r->var & ESC_SYM)) {
        held_read(h, HELD_SYM | (r->var & ~ESC_SYM), r->off, &l);
    } else if (r->kind == ESC_MEM && esc_is_ssa(g, r->var)) {
        struct esc_ref pointer = esc_value(r->var, 0, ESC_WORD);
        pointer.names = r->names;
        name = name_of(g, origin_of(g, &pointer));
        if (name != UINT32_MAX && argument_at(h, call, g, name, &p))
            held_read(h, p.at[0].obj, p.at[0].off + r->off, &l);
    }
    side->at = l.at[0];
    return l.len == 1 && held_is_address(&l.at[0]) && l.at[0].off != ESC_ANY && !l.at[0].guess;
}

/* Something of this function's: whatever is known to be something else is not equal to it. */
static bool is_own(const struct held *h, const struct side *s)
{
    uint8_t kind = s->number ? OBJ_WORLD : held_kind(h, s->at.obj);
    return (kind == OBJ_VAR || kind == OBJ_ALLOC) && s->at.off >= 0;
}

/* Whether A and B are equal; false in KNOWN: they may be. */
static bool are_equal(const struct held *h, const struct side *a, const struct side *b, bool *known)
{
    *known = true;
    if (a->number && b->number)
        return a->value == b->value;
    if (!a->number && !b->number && a->at.obj == b->at.obj)
        return a->at.off == b->at.off;
    *known = is_own(h, a) || is_own(h, b);
    return false;
}

bool held_ask(struct held *h, uint32_t call, int32_t *answer)
{
    const struct esc_stmt *s = &h->f->stmts.at[call];
    if (s->callee.kind != ESC_ADDR || !(s->callee.var & ESC_SYM))
        return false;
    const struct esc_symbol *sym = &h->u->syms.at[s->callee.var & ~ESC_SYM];
    const struct esc_stmt *back =
        sym->fn && !(sym->flags & ESC_SYM_REPLACE) ? only_return(sym->fn) : NULL;
    const struct esc_stmt *test = back ? test_behind(sym->fn, &back->refs[0]) : NULL;
    struct side a, b;
    if (!test || !side_at(h, call, sym->fn, &test->refs[0], &a) ||
        !side_at(h, call, sym->fn, &test->refs[1], &b))
        return false;
    bool known, equal = are_equal(h, &a, &b, &known);
    *answer = equal == (test->relation == ESC_EQ);
    return known;
}
