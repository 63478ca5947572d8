/* Exit states: what a function leaves behind.
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
 * static data, objects made here, the result. What they mean at a call: held_apply.c. Linear in the size
 * of the state, which is bounded.
 */
#include "held.h"

#include <stdlib.h>

/* Of a function that leaves more behind callers know nothing: most of that is fields it has set, and all of it
 * would go on to its callers, and theirs. */
enum { MAX_FACTS = 40 };

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
    x->ends = h->ends;
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
    map_free(&m.index);
    vec_free(&m.fresh);
    if (x->facts.len <= MAX_FACTS) {
        make_certain(h, x);
        return x;
    }
    exit_state_free(x);
    return held_nothing_known();
}
