/* What the exit state of a function means at a call of it.
 *
 *     set(&c, &x)            *c's word holds what its second argument points to: c.buf holds x
 *     p = make(&x)           a new object, of this call; p holds it, and it holds x
 *
 * Each place of the exit state becomes what it is here, and the facts are written in the order of their
 * words. The function was looked at as if all its places were different ones. If two of them are one here,
 *
 *     static void shift(struct n *a, struct n *b, int *v) { b->p = v; a->p = 0; }
 *     shift(n, n, &x);
 *
 * then of a word that both write nothing is known, nor of what was read through one of them where the other
 * writes: which came first, the exit state does not say. Linear in the size of the state, unless places
 * are one: then quadratic in the facts about them.
 */
#include "held.h"

#include <stdlib.h>

struct mapping {
    struct held *h;
    uint32_t stmt;
    const struct esc_fn *callee;
    const struct esc_exit_state *x;
    struct targets *places; /* by place of the exit state: what it is here */
    bool *done;             /* has been worked out */
    bool *shared;           /* by place: another one may be the same object here */
    bool shares;            /* some are */
};

static int32_t sum(int32_t a, int32_t b)
{
    return a == ESC_ANY || b == ESC_ANY ? ESC_ANY : a + b;
}

/* The argument of the call that PARAM of the callee is, or NULL. */
static const struct esc_ref *argument(const struct mapping *m, uint32_t param)
{
    const struct esc_stmt *s = &m->h->f->stmts.at[m->stmt];
    uint32_t flags = m->callee->vars.at[param].flags;
    const struct esc_ref *last = s->n ? &s->refs[s->n - 1] : NULL;
    if (flags & ESC_VARARGS)
        return NULL;
    if (flags & ESC_CHAIN)
        return last && (last->flags & ESC_REF_CHAIN) ? last : NULL;
    return param < s->n && !(s->refs[param].flags & ESC_REF_CHAIN) ? &s->refs[param] : NULL;
}

/* The unnamed argument that the word at OFF of the callee's unnamed arguments is, or NULL. */
static const struct esc_ref *unnamed_argument(const struct mapping *m, int32_t off)
{
    const struct esc_stmt *s = &m->h->f->stmts.at[m->stmt];
    uint32_t named = 0;
    while (named < m->callee->nparams &&
           !(m->callee->vars.at[named].flags & (ESC_CHAIN | ESC_VARARGS)))
        named++;
    if (off < 0 || off % ESC_WORD ||
        (uint32_t)off / ESC_WORD >= s->n - (named < s->n ? named : s->n))
        return NULL;
    const struct esc_ref *r = &s->refs[named + (uint32_t)off / ESC_WORD];
    return r->flags & ESC_REF_CHAIN ? NULL : r;
}

static bool is_unnamed(const struct mapping *m, const struct exit_place *p)
{
    return p->kind == EXIT_POINTEE && p->depth == 0 &&
           (m->callee->vars.at[p->id].flags & ESC_VARARGS);
}

static struct targets *map_place(struct mapping *m, uint32_t place)
{
    const struct exit_place *p = &m->x->places.at[place];
    struct targets *l = &m->places[place];
    struct held *h = m->h;
    const struct esc_stmt *s = &h->f->stmts.at[m->stmt];
    struct target t = held_target(0, 0, m->stmt, s->block);
    if (m->done[place])
        return l;
    m->done[place] = true;
    if (p->kind == EXIT_SYMBOL) {
        t.obj = HELD_SYM | p->id;
        target_add(l, &t);
    } else if (p->kind == EXIT_FRESH) {
        t.obj = held_alloc(h, m->stmt, p->id);
        target_add(l, &t);
    } else if (p->kind == EXIT_POINTEE && p->depth == 0) {
        const struct esc_ref *r = argument(m, p->id);
        if (r && p->off != ESC_ANY && (p->off == 0 || r->kind == ESC_VAR || r->kind == ESC_MEM))
            held_value(h, r, (uint32_t)p->off, l, m->stmt);
    } else if (p->kind == EXIT_POINTEE && is_unnamed(m, &m->x->places.at[p->parent])) {
        const struct esc_ref *r = unnamed_argument(m, p->off);
        if (r)
            held_value(h, r, 0, l, m->stmt);
    } else if (p->kind == EXIT_POINTEE) {
        struct targets up = *map_place(m, p->parent);
        targets_unify(&up);
        if (up.len == 1 && held_is_address(&up.at[0]) && p->off != ESC_ANY &&
            up.at[0].off != ESC_ANY)
            held_read(h, up.at[0].obj, up.at[0].off + p->off, l);
    }
    return l;
}

/* What the facts [from, to), all of one word, say that it holds. */
static uint32_t word_targets(struct mapping *m, uint32_t from, uint32_t to, struct target *out,
                             uint32_t max)
{
    uint32_t n = 0, block = m->h->f->stmts.at[m->stmt].block;
    for (uint32_t i = from; i < to; i++) {
        const struct exit_fact *f = &m->x->facts.at[i];
        struct targets self = {.len = 1}, *l = &self;
        if (f->target >= HELD_NOTHING)
            self.at[0] = held_target(f->target, 0, m->stmt, block);
        else
            l = map_place(m, f->target);
        for (uint32_t k = 0; k < l->len && n < max; k++) {
            struct target t = l->at[k];
            if (!held_agrees(m->h, m->stmt, f, &t))
                continue;
            if (t.obj == HELD_BEFORE && !held_settled(m->h, m->stmt, f, &t))
                t = held_target(HELD_NOTHING, 0, m->stmt, block);
            t.off = sum(t.off, f->target_off);
            t.via = m->stmt;
            if (t.merge == HELD_NO_BLOCK)
                t.block = block;
            if (f->when && f->place != 0) {
                t.call = m->stmt;
                t.relation = f->relation;
                t.value = f->value;
            }
            if (!held_is_address(&t) || held_feasible(m->h, &t, block))
                out[n++] = t;
        }
        if (l->len == 0 && n < max) /* an address, but nobody here can tell which */
            out[n++] = held_target(HELD_NOTHING, 0, m->stmt, block);
    }
    if (n == 0) /* none of it under these conditions */
        out[n++] = held_target(HELD_NOTHING, 0, m->stmt, block);
    return n;
}

/* ---- places that are one here ---- */

static bool is_memory(const struct mapping *m, uint32_t place)
{
    uint8_t kind = m->x->places.at[place].kind;
    return kind == EXIT_POINTEE || kind == EXIT_SYMBOL;
}

static void find_shared(struct mapping *m)
{
    struct map owner = {0};
    for (uint32_t p = 0; p < m->x->places.len; p++)
        for (uint32_t i = 0; is_memory(m, p) && i < m->places[p].len; i++) {
            uint32_t obj = m->places[p].at[i].obj, other = map_get(&owner, obj);
            if (!held_is_address(&m->places[p].at[i]) || other == p)
                continue;
            if (other == MAP_NONE)
                map_set(&owner, obj, p);
            else
                m->shares = m->shared[p] = m->shared[other] = true;
        }
    map_free(&owner);
}

static bool overlap(int32_t a, int32_t b)
{
    return a == ESC_ANY || b == ESC_ANY || (a > b - ESC_WORD && a < b + ESC_WORD);
}

/* Whether a place other than BY, which is the same object here, has the word at OFF of T written. */
static bool others_write(const struct mapping *m, uint32_t by, const struct target *t, int32_t off)
{
    for (uint32_t i = 0; i < m->x->facts.len; i++) {
        const struct exit_fact *f = &m->x->facts.at[i];
        if (f->place == by || !m->shared[f->place] || f->target == HELD_BEFORE)
            continue;
        const struct targets *l = &m->places[f->place];
        for (uint32_t k = 0; k < l->len; k++)
            if (l->at[k].obj == t->obj && overlap(sum(l->at[k].off, f->off), sum(t->off, off)))
                return true;
    }
    return false;
}

static bool any_others_write(const struct mapping *m, uint32_t by, int32_t off)
{
    for (uint32_t i = 0; m->shared[by] && i < m->places[by].len; i++)
        if (others_write(m, by, &m->places[by].at[i], off))
            return true;
    return false;
}

/* What was read where another place writes may have been read after that; and so what lies behind it. */
static void forget_read(struct mapping *m)
{
    for (uint32_t c = 0; c < m->x->places.len; c++) {
        const struct exit_place *p = &m->x->places.at[c];
        if (p->kind == EXIT_POINTEE && p->depth > 0 &&
            !is_unnamed(m, &m->x->places.at[p->parent]) &&
            (m->places[p->parent].len == 0 || any_others_write(m, p->parent, p->off)))
            m->places[c].len = 0;
    }
}

/* ---- the facts ---- */

static void apply_word(struct mapping *m, uint32_t from, uint32_t to)
{
    struct held *h = m->h;
    const struct exit_fact *first = &m->x->facts.at[from];
    struct target all[4 * HELD_MAX_TARGETS];
    struct targets now = {.len = 0};
    uint32_t n = word_targets(m, from, to, all, 4 * HELD_MAX_TARGETS);
    if (m->shares && is_memory(m, first->place) && any_others_write(m, first->place, first->off)) {
        n = 1;
        all[0] = held_target(HELD_NOTHING, 0, m->stmt, h->f->stmts.at[m->stmt].block);
    }
    for (uint32_t i = 0; i < n; i++)
        if (held_is_address(&all[i]))
            target_add(&now, &all[i]);
    switch (m->x->places.at[first->place].kind) {
    case EXIT_RESULT: {
        const struct esc_ref *dst = held_result_of(h, m->stmt);
        uint32_t word = first->off == ESC_ANY ? 0 : (uint32_t)first->off / ESC_WORD;
        if ((dst->kind == ESC_VAR || dst->kind == ESC_MEM) && first->off != ESC_ANY &&
            word < esc_words(dst->off, dst->size))
            held_define(h, dst, word, &now, m->stmt);
        break;
    }
    case EXIT_REGISTERED:
        held_register(h, (uint32_t)first->off, &now, m->stmt);
        break;
    default: {
        struct targets at = *map_place(m, first->place);
        targets_unify(&at);
        if (at.len == 0)
            held_store_anywhere(h);
        if (first->off == ESC_ANY && now.len == 0) { /* any word of it may have changed */
            for (uint32_t i = 0; i < at.len; i++)
                held_forget(h, at.at[i].obj);
            break;
        }
        if (at.len == 1 && held_is_address(&at.at[0]) && at.at[0].off != ESC_ANY &&
            first->off != ESC_ANY)
            held_compose(h, at.at[0].obj, at.at[0].off + first->off, all, n);
        else
            for (uint32_t i = 0; i < at.len; i++)
                if (held_is_address(&at.at[i]))
                    held_write(h, at.at[i].obj, sum(at.at[i].off, first->off), &now, m->stmt,
                               false);
    }
    }
}

/* The facts about the RESULT, or all others, word by word. */
static void apply_facts(struct mapping *m, bool result)
{
    const struct esc_exit_state *x = m->x;
    for (uint32_t i = 0, end; i < x->facts.len; i = end) {
        const struct exit_fact *f = &x->facts.at[i];
        for (end = i + 1; end < x->facts.len && x->facts.at[end].place == f->place &&
                          x->facts.at[end].off == f->off;)
            end++;
        if ((x->places.at[f->place].kind == EXIT_RESULT) == result)
            apply_word(m, i, end);
    }
}

void held_apply_exit(struct held *h, uint32_t stmt, const struct esc_fn *callee,
                     const struct esc_exit_state *x)
{
    struct mapping m = {.h = h, .stmt = stmt, .callee = callee, .x = x};
    m.places = malloc((x->places.len + 1) * sizeof *m.places);
    m.done = calloc(x->places.len + 1, sizeof *m.done);
    m.shared = calloc(x->places.len + 1, sizeof *m.shared);
    if (!m.places || !m.done || !m.shared)
        abort();
    for (uint32_t i = 0; i < x->places.len; i++)
        m.places[i].len = 0;
    for (uint32_t i = 0; i < x->places.len; i++)
        map_place(&m, i);
    find_shared(&m);
    if (m.shares)
        forget_read(&m);
    if (x->writes)
        held_forget_arguments(h, stmt, true);
    if (x->calls_out)
        held_forget_shared(h);
    else if (x->writes)
        held_forget_static_data(h);
    if (x->calls_out || x->ends)
        held_forget_registrations(h);
    held_spend(h, x->facts.len);
    apply_facts(&m, false);
    held_define_nothing(h, held_result_of(h, stmt), stmt);
    apply_facts(&m, true);
    h->writes |= x->writes;
    h->calls_out |= x->calls_out;
    h->ends |= x->ends;
    free(m.places);
    free(m.done);
    free(m.shared);
}
