/* What is equal to what on the path that is being searched.
 *
 *     if (c->on) g = &x;  if (c->on) g = 0;         both loads are the same number
 *     n = 0;  v[n] = p;  n++;                       n is 0, then 1
 *     if (flags & 1) ...  flags |= 4;  flags & 1    the same bits, for | 4 leaves them alone
 *     strcmp(s, "a") ... strcmp(s, "a")             the same answer: it changes nothing
 *
 * Every name has a canonical one, the first that was computed alike. A load is equal to what this function
 * has stored there, or to an earlier load, until it stores there again: for callers and callees that change
 * flags meanwhile are not certain to do so. To take too much for equal only costs warnings. Linear in the names
 * of the path for each that is computed.
 */
#include "held_search.h"

static bool same_ref(const struct held_search *s, const struct esc_ref *a, const struct esc_ref *b)
{
    struct esc_fn *f = s->h->f;
    if (a->kind != b->kind || a->off != b->off || a->size != b->size || a->add != b->add)
        return false;
    if ((a->kind == ESC_VAR || a->kind == ESC_MEM) && esc_is_ssa(f, a->var))
        return esc_is_ssa(f, b->var) && s->canon[esc_same(f, f->names.at[a->names])] ==
                                            s->canon[esc_same(f, f->names.at[b->names])];
    return a->kind == ESC_CONST || a->var == b->var;
}

/* The name that NAME has the bits of MASK from: flags |= 2 leaves the others as they were. */
static uint32_t bits_from(const struct held_search *s, uint32_t name, uint32_t mask)
{
    for (int steps = 0; steps < 8; steps++) {
        name = s->canon[name];
        const struct esc_name *n = &s->h->f->ssa.at[name];
        if (n->stmt == UINT32_MAX || n->from.len)
            break;
        const struct esc_stmt *note = held_note(s->h, n->stmt, ESC_NOTE_BITS);
        uint32_t changed = note ? (uint32_t)note->dst.off : 0;
        if (!note && (note = held_note(s->h, n->stmt, ESC_NOTE_MASK)))
            changed = ~(uint32_t)note->dst.off;
        uint32_t from = note && !(changed & mask) ? held_name(s->h, &note->refs[0]) : UINT32_MAX;
        if (from == UINT32_MAX)
            break;
        name = from;
    }
    return name;
}

/* Both statements pick the same bits of the same number. */
static bool same_bits(const struct held_search *s, uint32_t a, uint32_t b)
{
    const struct esc_stmt *x = held_note(s->h, a, ESC_NOTE_MASK);
    const struct esc_stmt *y = held_note(s->h, b, ESC_NOTE_MASK);
    if (!x || !y || x->dst.off != y->dst.off)
        return false;
    uint32_t from = held_name(s->h, &x->refs[0]), other = held_name(s->h, &y->refs[0]);
    uint32_t mask = (uint32_t)x->dst.off;
    return from != UINT32_MAX && other != UINT32_MAX &&
           bits_from(s, from, mask) == bits_from(s, other, mask);
}

/* Both call the same function, which changes nothing, for the same arguments: strcmp (s, "a"). */
static bool same_question(const struct held_search *s, const struct esc_stmt *x,
                          const struct esc_stmt *y)
{
    if (x->kind != ESC_STMT_CALL || y->kind != ESC_STMT_CALL || x->n != y->n ||
        x->outs != y->outs || x->callee.kind != ESC_ADDR || y->callee.var != x->callee.var ||
        !(x->callee.var & ESC_SYM) ||
        !(s->h->u->syms.at[x->callee.var & ~ESC_SYM].flags & ESC_SYM_KEEPS_NOTHING))
        return false;
    for (uint32_t i = 0; i < x->n; i++)
        if (!same_ref(s, &x->refs[i], &y->refs[i]))
            return false;
    return true;
}

static bool same_value(const struct held_search *s, uint32_t a, uint32_t b)
{
    const struct esc_name *n = &s->h->f->ssa.at[a], *m = &s->h->f->ssa.at[b];
    if (n->stmt == UINT32_MAX || m->stmt == UINT32_MAX || n->from.len || m->from.len)
        return false;
    const struct esc_stmt *x = &s->h->f->stmts.at[n->stmt], *y = &s->h->f->stmts.at[m->stmt];
    if (same_question(s, x, y) || same_bits(s, n->stmt, m->stmt))
        return true;
    if (x->kind != ESC_STMT_ASSIGN || y->kind != ESC_STMT_ASSIGN || x->n != y->n || x->n == 0 ||
        x->signature != y->signature || x->dst.size != y->dst.size ||
        n->word - (uint32_t)x->dst.off / ESC_WORD != m->word - (uint32_t)y->dst.off / ESC_WORD)
        return false;
    for (uint32_t i = 0; i < x->n; i++)
        if (!same_ref(s, &x->refs[i], &y->refs[i]) || (x->refs[i].flags & ESC_REF_VOLATILE))
            return false;
    return true;
}

struct number path_number(const struct held_search *s, uint32_t name)
{
    uint32_t canon = s->canon[name];
    if (s->number[name].known)
        return s->number[name];
    for (uint32_t i = 0; i < s->known.len; i++) {
        const struct known *k = &s->known.at[i];
        if (k->name == canon && k->other == UINT32_MAX && k->relation == ESC_EQ)
            return (struct number){.known = true, .value = k->value};
    }
    return s->number[name];
}

/* NAME is read where a statement of this path has stored: it is what was stored. */
static bool read_back(struct held_search *s, uint32_t name)
{
    const struct esc_fn *f = s->h->f;
    const struct esc_name *n = &f->ssa.at[name];
    if (n->stmt == UINT32_MAX || n->from.len || f->stmts.at[n->stmt].kind != ESC_STMT_ASSIGN ||
        f->stmts.at[n->stmt].n != 1)
        return false;
    const struct esc_ref *r = &f->stmts.at[n->stmt].refs[0];
    for (uint32_t i = 0; i < s->stores.len && !(r->flags & ESC_REF_VOLATILE); i++) {
        const struct esc_stmt *store = &f->stmts.at[s->stores.at[i]];
        if (!same_ref(s, r, &store->dst))
            continue;
        const struct esc_ref *value = &store->refs[0];
        uint32_t from = held_name(s->h, value);
        s->number[name].plain |= value->kind == ESC_NONE;
        if (value->kind == ESC_CONST)
            vec_push(&s->known, ((struct known){name, UINT32_MAX, value->off, ESC_EQ}));
        if (from != UINT32_MAX) {
            s->canon[name] = s->canon[from];
            s->number[name] = path_number(s, from);
        }
        return true;
    }
    return false;
}

/* The number that NAME, which has just been computed, is. */
static struct number compute(const struct held_search *s, uint32_t name)
{
    const struct held *h = s->h;
    const struct esc_name *n = &h->f->ssa.at[name];
    struct number r = {.known = false};
    if (n->stmt == UINT32_MAX || n->from.len || h->f->stmts.at[n->stmt].kind != ESC_STMT_ASSIGN)
        return r;
    const struct esc_stmt *stmt = &h->f->stmts.at[n->stmt];
    const struct esc_stmt *sum = held_note(h, n->stmt, ESC_NOTE_SUM);
    const struct esc_ref *of = sum ? &sum->refs[0] : stmt->n == 1 ? &stmt->refs[0] : NULL;
    uint32_t from = of ? held_source_name(h, of) : UINT32_MAX;
    if (of && of->kind == ESC_CONST)
        r = (struct number){.known = true, .value = of->off};
    else if (of && of->kind == ESC_NONE)
        r.plain = true;
    else if (from != UINT32_MAX)
        r = path_number(s, from);
    if (sum)
        r.value = (int32_t)((uint32_t)r.value + (uint32_t)sum->dst.off);
    bool cast = of && (of->flags & ESC_REF_CAST);
    r.known &= r.value >= 0 && r.value <= (sum || cast ? INT8_MAX : INT32_MAX);
    return r;
}

bool held_number_on_path(const struct held *h, uint32_t name, int32_t *value)
{
    const struct number *n = &h->path->number[esc_same(h->f, name)];
    *value = n->value;
    return n->known;
}

void path_define(struct held_search *s, uint32_t name)
{
    const struct esc_name *n = &s->h->f->ssa.at[name];
    int32_t answer;
    if (n->stmt != UINT32_MAX && s->h->f->stmts.at[n->stmt].kind == ESC_STMT_CALL &&
        held_ask(s->h, n->stmt, &answer))
        vec_push(&s->known, ((struct known){name, UINT32_MAX, answer, ESC_EQ}));
    s->number[name] = compute(s, name);
    bool cast;
    uint32_t from = held_original(s->h, name, &cast);
    s->canon[name] = name;
    if (from != name && !cast) {
        s->canon[name] = s->canon[from];
        return;
    }
    if (read_back(s, name))
        return;
    for (uint32_t i = 0; i < s->seen.len; i++)
        if (same_value(s, s->seen.at[i], name)) {
            s->canon[name] = s->seen.at[i];
            return;
        }
    vec_push(&s->seen, name);
}

/* Forgets what was read at DST, and what was stored there. */
static void forget_place(struct held_search *s, const struct esc_ref *dst)
{
    const struct esc_fn *f = s->h->f;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->seen.len; i++) {
        uint32_t def = f->ssa.at[s->seen.at[i]].stmt;
        bool lost = false;
        for (uint32_t k = 0; def != UINT32_MAX && k < f->stmts.at[def].n; k++) {
            const struct esc_ref *r = &f->stmts.at[def].refs[k];
            struct esc_ref to = *dst;
            to.add = r->add;
            lost |= same_ref(s, r, &to);
        }
        if (!lost)
            s->seen.at[n++] = s->seen.at[i];
    }
    s->seen.len = n;
    n = 0;
    for (uint32_t i = 0; i < s->stores.len; i++)
        if (!same_ref(s, &f->stmts.at[s->stores.at[i]].dst, dst))
            s->stores.at[n++] = s->stores.at[i];
    s->stores.len = n;
}

static bool holds_address(struct held *h, const struct esc_ref *r, uint32_t stmt)
{
    struct targets now = {.len = 0};
    held_value(h, r, 0, &now, stmt);
    for (uint32_t k = 0; k < now.len; k++)
        if (held_is_address(&now.at[k]))
            return true;
    return false;
}

/* A call may have stored the address that is being followed where a constant stood before: then that
 * constant is no longer there. */
static void forget_constants(struct held_search *s, uint32_t call)
{
    const struct esc_fn *f = s->h->f;
    place_list lost = {0};
    for (uint32_t i = 0; i < s->stores.len; i++) {
        const struct esc_stmt *store = &f->stmts.at[s->stores.at[i]];
        if (store->dst.kind == ESC_VAR && store->refs[0].kind == ESC_CONST &&
            holds_address(s->h, &store->dst, call))
            vec_push(&lost, s->stores.at[i]);
    }
    for (uint32_t i = 0; i < lost.len; i++)
        forget_place(s, &f->stmts.at[lost.at[i]].dst);
    vec_free(&lost);
}

void path_overwrite(struct held_search *s, uint32_t id)
{
    const struct esc_fn *f = s->h->f;
    const struct esc_stmt *stmt = &f->stmts.at[id];
    if (stmt->kind == ESC_STMT_CALL)
        forget_constants(s, id);
    if (stmt->dst.kind != ESC_MEM && (stmt->dst.kind != ESC_VAR || esc_is_ssa(f, stmt->dst.var)))
        return;
    forget_place(s, &stmt->dst);
    if (stmt->kind == ESC_STMT_ASSIGN && stmt->n == 1 &&
        (stmt->refs[0].kind == ESC_CONST || stmt->refs[0].kind == ESC_NONE ||
         held_name(s->h, &stmt->refs[0]) != UINT32_MAX))
        vec_push(&s->stores, id);
}
