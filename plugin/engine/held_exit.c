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
 *     void keep(int n, ...) { va_list ap; va_start(ap, n); g = va_arg(ap, int *); va_end(ap); }
 *         g holds what stands in word 0 of the unnamed arguments: the first of them
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
    if (t->call != HELD_NO_BLOCK)
        e.when = t->call == HELD_RETURNED || t->call == m->result_call;
    held_depends(m->h, t, &e);
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
    if (m->x->facts.at[m->x->facts.len - 1].hidden)
        m->x->facts.len--;
}

static void add_facts_of(struct maker *m, uint32_t obj)
{
    const fact_list *l = &m->h->at_exit;
    for (uint32_t i = fact_find(l, obj, ESC_ANY); i < l->len && l->at[i].place == obj; i++)
        add_fact(m, exit_place(m, obj), &l->at[i]);
}

/* A caller cannot tell by what a word was left alone on one path and written on another, unless by
 * the function's result. Where it cannot, nothing is certain of the word.
 *
 *     if (c->full) return -1; c->buf = b; return 0;       certain: -1 and before, 0 and b
 *     if (c->on) c->buf = b;                              uncertain: nothing
 *     if (random()) c->buf = b;                           b, for it may be so whatever c is
 *     if (c->on) { c->buf = 0; c->on = 0; }               the same, and so it is taken for cleared
 *     return c->copy ? dup(b) : b;                        nothing; nor what c->buf = of the same */
static bool exclude(const struct exit_if *a, const struct exit_if *b)
{
    struct condition x = {.relation = a->relation, .value = a->value};
    struct condition y = {.relation = b->relation, .value = b->value};
    return a->param == b->param && a->word == b->word && held_contradict(&x, &y);
}

static bool same_outcome(const struct exit_fact *a, const struct exit_fact *b)
{
    for (uint8_t i = 0; i < a->nifs; i++)
        for (uint8_t k = 0; k < b->nifs; k++)
            if (exclude(&a->ifs[i], &b->ifs[k]))
                return false;
    return !a->when || !b->when || (a->relation == b->relation && a->value == b->value);
}

static bool contradicts(const struct exit_fact *a, const struct exit_fact *b)
{
    bool address = a->target < HELD_NOTHING;
    if (a->hidden && address && b->target < HELD_NOTHING && a->target != b->target)
        return same_outcome(a, b);
    if (a->target == b->target || (address && b->target < HELD_NOTHING))
        return false;
    return !(address && a->open && b->target == HELD_BEFORE) && same_outcome(a, b);
}

static void make_certain(const struct held *h, struct esc_exit_state *x)
{
    bool varies = held_result_varies(h);
    for (uint32_t from = 0, to; from < x->facts.len; from = to) {
        const struct exit_fact *f = &x->facts.at[from];
        for (to = from + 1; to < x->facts.len && x->facts.at[to].place == f->place &&
                            x->facts.at[to].off == f->off;)
            to++;
        uint8_t kind = x->places.at[f->place].kind;
        for (uint32_t i = from; i < to && kind == EXIT_RESULT; i++)
            if (x->facts.at[i].hidden && varies)
                x->facts.at[i].target = HELD_NOTHING;
        if (kind != EXIT_POINTEE && kind != EXIT_SYMBOL)
            continue;
        bool doubt[HELD_MAX_TARGETS] = {false};
        for (uint32_t i = from; i < to && i < from + HELD_MAX_TARGETS; i++)
            for (uint32_t k = from; k < to; k++)
                doubt[i - from] |= contradicts(&x->facts.at[i], &x->facts.at[k]);
        for (uint32_t i = from; i < to; i++)
            if (i >= from + HELD_MAX_TARGETS || doubt[i - from])
                x->facts.at[i].target = HELD_NOTHING;
    }
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
    x->calls_params = h->calls_params;
    vec_push(&x->places, ((struct exit_place){EXIT_RESULT, 0, 0, 0, 0}));
    vec_push(&x->places, ((struct exit_place){EXIT_REGISTERED, 0, 0, 0, 0}));
    for (uint32_t i = 0; i < h->forgotten.len; i++) {
        uint32_t place = exit_place(&m, h->forgotten.at[i]);
        struct exit_fact e = {.place = place, .off = ESC_ANY, .target = HELD_NOTHING};
        if (place != HELD_NOTHING)
            vec_push(&x->facts, e);
    }
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
    make_certain(h, x);
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

static void apply_word(struct mapping *m, uint32_t from, uint32_t to)
{
    struct held *h = m->h;
    const struct exit_fact *first = &m->x->facts.at[from];
    struct target all[4 * HELD_MAX_TARGETS];
    struct targets now = {.len = 0};
    uint32_t n = word_targets(m, from, to, all, 4 * HELD_MAX_TARGETS);
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
    apply_facts(&m, false);
    held_define_nothing(h, held_result_of(h, stmt), stmt);
    apply_facts(&m, true);
    h->writes |= x->writes;
    h->calls_out |= x->calls_out;
    free(m.places);
    free(m.done);
}
