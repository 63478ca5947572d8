/* Exit states: what a function leaves behind, and what that means at a call of it.
 *
 *     void set(struct ctx *c, char *b) { c->buf = b; }
 *         (what c points to, 8) holds what b points to
 *     int push(struct ctx *c, char *b) { if (c->n) return -1; c->buf = b; return 0; }
 *         the same, only if the result is 0; and else what was there before
 *     struct ctx *make(char *b) { struct ctx *c = malloc(sizeof *c); c->buf = b; return c; }
 *         result holds FRESH 0; (FRESH 0, 8) holds what b points to
 *     void later(void *p) { atexit_with(f, p); }
 *         kept by atexit_with: what p points to
 *
 * The facts at the exit are translated into places that a caller can name: what parameters point to,
 * static data, objects made here, the result. At a call each place becomes what it is there, and the
 * facts are written in the order of their words. Linear in the size of the state.
 */
#include "held.h"

#include <stdlib.h>

/* ---- making ---- */

struct maker {
    struct held *h;
    struct esc_exit_state *x;
    struct map index;     /* place -> index among the places of x */
    VEC(uint32_t) fresh;  /* objects made here that a caller sees; by number */
    uint32_t result_call; /* the call whose result is the function's result, or HELD_NO_BLOCK */
};

static uint32_t add_place(struct maker *m, uint32_t place, struct exit_place p)
{
    vec_push(&m->x->places, p);
    map_set(&m->index, place, m->x->places.len - 1);
    return m->x->places.len - 1;
}

/* PLACE in the caller's terms; HELD_NOTHING: it has no name there. */
static uint32_t exit_place(struct maker *m, uint32_t place)
{
    struct held *h = m->h;
    uint32_t known = map_get(&m->index, place);
    if (known != MAP_NONE)
        return known;
    if (place >= HELD_SYM && place < HELD_NOTHING)
        return add_place(m, place,
                         (struct exit_place){EXIT_SYMBOL, 0, place & ~(uint32_t)HELD_SYM, 0, 0});
    if (place >= HELD_NOTHING || held_kind(h, place) == OBJ_VAR)
        return HELD_NOTHING;
    const struct held_obj *o = &h->objs.at[place];
    if (o->kind == OBJ_ALLOC) {
        vec_push(&m->fresh, place);
        return add_place(m, place, (struct exit_place){EXIT_FRESH, 0, m->fresh.len - 1, 0, 0});
    }
    struct exit_place p = {EXIT_POINTEE, o->depth, o->id, 0, o->off};
    if (o->depth) {
        p.parent = exit_place(m, o->parent);
        if (p.parent == HELD_NOTHING)
            return HELD_NOTHING;
    }
    return add_place(m, place, p);
}

static void add_fact(struct maker *m, uint32_t place, const struct fact *f)
{
    const struct target *t = &f->target;
    struct exit_fact e = {.place = place, .off = f->off, .target = t->obj, .target_off = t->off};
    if (held_is_address(t))
        e.target = t->stale ? HELD_NOTHING : exit_place(m, t->obj);
    if (e.target != HELD_NOTHING && t->call != HELD_NO_BLOCK)
        e.when = t->call == HELD_RETURNED || t->call == m->result_call;
    e.relation = t->relation;
    e.value = t->value;
    vec_push(&m->x->facts, e);
}

/* Who keeps what it was given: only where the caller can tell whether that has happened. */
static void add_registered(struct maker *m, uint32_t place, const struct fact *f)
{
    const struct target *t = &f->target;
    if (t->call != HELD_NO_BLOCK && t->call != HELD_RETURNED && t->call != m->result_call)
        return;
    if (!held_is_address(t) || t->stale || exit_place(m, t->obj) == HELD_NOTHING)
        return;
    add_fact(m, place, f);
}

static void add_facts_of(struct maker *m, uint32_t obj)
{
    const fact_list *l = &m->h->at_exit;
    for (uint32_t i = fact_find(l, obj, ESC_ANY); i < l->len && l->at[i].place == obj; i++)
        add_fact(m, exit_place(m, obj), &l->at[i]);
}

static uint32_t result_call(const struct held *h)
{
    if (h->returned == UINT32_MAX)
        return HELD_NO_BLOCK;
    const struct esc_name *n = &h->f->ssa.at[h->returned];
    if (n->stmt == UINT32_MAX || h->f->stmts.at[n->stmt].kind != ESC_STMT_CALL)
        return HELD_NO_BLOCK;
    return n->stmt;
}

struct esc_exit_state *held_make_exit(struct held *h)
{
    struct esc_exit_state *x = calloc(1, sizeof *x);
    struct maker m = {.h = h, .x = x, .result_call = result_call(h)};
    if (!x)
        abort();
    x->writes = h->writes;
    x->calls_out = h->calls_out;
    vec_push(&x->places, ((struct exit_place){EXIT_RESULT, 0, 0, 0, 0}));
    vec_push(&x->places, ((struct exit_place){EXIT_REGISTERED, 0, 0, 0, 0}));
    for (uint32_t i = 0; i < h->at_exit.len; i++) {
        const struct fact *f = &h->at_exit.at[i];
        if (f->place == HELD_REGISTERED) {
            add_registered(&m, 1, f);
        } else if (f->place < HELD_NOTHING && held_kind(h, f->place) != OBJ_ALLOC) {
            uint32_t place = exit_place(&m, f->place);
            if (place != HELD_NOTHING)
                add_fact(&m, place, f);
        }
    }
    for (uint32_t i = 0; i < h->result.len; i++)
        add_fact(&m, 0, &h->result.at[i]);
    for (uint32_t i = 0; i < m.fresh.len; i++)
        add_facts_of(&m, m.fresh.at[i]);
    map_free(&m.index);
    vec_free(&m.fresh);
    return x;
}

/* ---- at a call ---- */

struct mapping {
    struct held *h;
    uint32_t stmt;
    const struct esc_fn *callee;
    const struct esc_exit_state *x;
    struct targets *places; /* by place of the exit state: what it is here */
    bool *done;             /* has been worked out */
};

static int32_t sum(int32_t a, int32_t b)
{
    return a == ESC_ANY || b == ESC_ANY ? ESC_ANY : a + b;
}

static const struct targets *map_place(struct mapping *m, uint32_t place)
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
        uint32_t flags = m->callee->vars.at[p->id].flags;
        if (p->id < s->n && !(flags & (ESC_CHAIN | ESC_VARARGS)) && p->off != ESC_ANY &&
            (p->off == 0 || s->refs[p->id].kind == ESC_VAR || s->refs[p->id].kind == ESC_MEM))
            held_value(h, &s->refs[p->id], (uint32_t)p->off, l, m->stmt);
    } else if (p->kind == EXIT_POINTEE) {
        const struct targets *up = map_place(m, p->parent);
        if (up->len == 1 && held_is_address(&up->at[0]) && p->off != ESC_ANY &&
            up->at[0].off != ESC_ANY)
            held_read(h, up->at[0].obj, up->at[0].off + p->off, l);
    }
    return l;
}

/* What the facts [from, to), all of one word, say that it holds. */
static bool word_targets(struct mapping *m, uint32_t from, uint32_t to, struct targets *now)
{
    bool kept = false;
    now->len = 0;
    for (uint32_t i = from; i < to; i++) {
        const struct exit_fact *f = &m->x->facts.at[i];
        kept |= f->target == HELD_BEFORE;
        if (f->target >= HELD_NOTHING)
            continue;
        const struct targets *l = map_place(m, f->target);
        for (uint32_t k = 0; k < l->len; k++) {
            struct target t = l->at[k];
            t.off = sum(t.off, f->target_off);
            if (f->when && f->place != 0) {
                t.call = m->stmt;
                t.relation = f->relation;
                t.value = f->value;
            }
            target_add(now, &t);
        }
    }
    return kept;
}

static void apply_word(struct mapping *m, uint32_t from, uint32_t to)
{
    struct held *h = m->h;
    const struct exit_fact *first = &m->x->facts.at[from];
    struct targets now;
    bool kept = word_targets(m, from, to, &now);
    switch (m->x->places.at[first->place].kind) {
    case EXIT_RESULT: {
        const struct esc_ref *dst = &h->f->stmts.at[m->stmt].dst;
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
        for (uint32_t i = 0; i < at.len; i++)
            if (held_is_address(&at.at[i]))
                held_write(h, at.at[i].obj, sum(at.at[i].off, first->off), &now, m->stmt,
                           at.len == 1 && !kept);
    }
    }
}

void held_apply_exit(struct held *h, uint32_t stmt, const struct esc_fn *callee,
                     const struct esc_exit_state *x)
{
    struct mapping m = {.h = h, .stmt = stmt, .callee = callee, .x = x};
    m.places = malloc((x->places.len + 1) * sizeof *m.places);
    m.done = calloc(x->places.len + 1, sizeof *m.done);
    if (!m.places || !m.done)
        abort();
    for (uint32_t i = 0; i < x->places.len; i++)
        m.places[i].len = 0;
    for (uint32_t i = 0; i < x->places.len; i++)
        map_place(&m, i);
    if (x->writes)
        held_forget_arguments(h, stmt, true);
    if (x->calls_out || x->writes)
        held_forget_static_data(h);
    if (x->calls_out)
        held_forget_registrations(h);
    held_spend(h, x->facts.len);
    for (uint32_t i = 0, end; i < x->facts.len; i = end) {
        const struct exit_fact *f = &x->facts.at[i];
        for (end = i + 1; end < x->facts.len && x->facts.at[end].place == f->place &&
                          x->facts.at[end].off == f->off;)
            end++;
        apply_word(&m, i, end);
    }
    h->writes |= x->writes;
    h->calls_out |= x->calls_out;
    free(m.places);
    free(m.done);
}
