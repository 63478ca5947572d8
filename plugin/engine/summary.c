/* Making a summary from a solved graph.
 *
 * Roots are what the caller can see: the result, what leaks, what parameters point to, the arguments of calls
 * left to the caller. Every address found there becomes a flow. Objects the function made itself
 * (allocations, moved variables, what its callees made) are merged into one FRESH object, whose contents
 * are flows in turn; of the caller's, those that need not be told apart are one (alike.c).
 *
 * Linear in the size of what is read. A summary only ever refers to objects of bounded depth and number, so
 * the fixpoint over a recursive component is finite.
 */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

void summary_free(struct esc_summary *s)
{
    if (!s || s->holders) {
        if (s)
            s->holders--;
        return;
    }
    vec_free(&s->objs);
    vec_free(&s->flows);
    for (uint32_t i = 0; i < s->calls.len; i++) {
        free(s->calls.at[i].arg_words);
        free(s->calls.at[i].arg_flags);
    }
    vec_free(&s->calls);
    free(s);
}

struct esc_summary *summary_hold(struct esc_summary *s)
{
    s->holders++;
    return s;
}

enum {
    MAX_SUMMARY = 200, /* flows; a summary of more is folded */
    STEADY_ROUNDS = 3, /* growths after which what was said once is not taken back */
};

struct maker {
    struct esc_graph *g;
    struct esc_summary *s;
    uint32_t *index;    /* graph object -> summary object, or NO_OBJ */
    uint32_t *same;     /* graph object -> the one that stands for it (alike.c) */
    uint32_t nindex;    /* graph objects there were at the start */
    uint32_t fresh;     /* the FRESH summary object, or NO_OBJ */
    VEC(uint32_t) todo; /* graph objects whose contents are still to be written down */
    uint32_t *deferred; /* graph call -> summary call; MAX_CALLS: one too many */
};

static uint32_t add_obj(struct maker *m, struct sum_obj o)
{
    vec_push(&m->s->objs, o);
    return m->s->objs.len - 1;
}

static uint32_t obj_index(struct maker *m, uint32_t obj)
{
    const struct object *o = &m->g->objs.at[obj];
    if (m->index[obj] != NO_OBJ)
        return m->index[obj];
    if (m->same[obj] != obj)
        return m->index[obj] = obj_index(m, m->same[obj]);
    vec_push(&m->todo, obj);
    if (own_object(o->kind)) {
        if (m->fresh == NO_OBJ)
            m->fresh = add_obj(m, (struct sum_obj){.kind = OBJ_FRESH});
        return m->index[obj] = m->fresh;
    }
    struct sum_obj so = {o->kind, o->depth, o->id, 0, o->off};
    if (o->kind == OBJ_ANSWER || o->kind == OBJ_BEYOND) {
        so.id = m->deferred[o->id];
        if (so.id == MAX_CALLS)
            so.kind = OBJ_WORLD;
        for (uint32_t i = 0; so.kind == o->kind && i < m->s->objs.len; i++)
            if (m->s->objs.at[i].kind == o->kind && m->s->objs.at[i].id == so.id)
                return m->index[obj] = i;
    }
    if (o->kind == OBJ_POINTEE && o->depth)
        so.parent = obj_index(m, o->parent);
    uint32_t i = add_obj(m, so);
    if (o->kind != OBJ_POINTEE || o->depth == 0)
        m->s->objs.at[i].parent = i;
    return m->index[obj] = i;
}

/* What the world can reach is the world's: that it leaks says all, but where it is handed on to a call. */
static void add_flow(struct maker *m, uint8_t target, uint32_t to, int32_t to_off, addr_t a)
{
    if (m->g->objs.at[addr_obj(a)].leaked && target != TO_LEAK && target < TO_FP) {
        if (target == TO_FREED)
            return;
        a = addr(OBJ_THE_WORLD, 0);
    }
    int32_t off = addr_off(a);
    if (m->g->objs.at[addr_obj(a)].kind == OBJ_AMBIENT || m->same[addr_obj(a)] != addr_obj(a))
        return;
    uint32_t from = obj_index(m, addr_obj(a));
    vec_push(&m->s->flows, ((struct sum_flow){target, to, to_off, from, off}));
}

static void add_set(struct maker *m, uint8_t target, uint32_t to, int32_t to_off, uint32_t node)
{
    addr_t a;
    for (uint32_t id = 0; node_next(m->g, node, &id, &a); id++)
        if (!node_covers(m->g, node, a))
            add_flow(m, target, to, to_off, a);
}

/* What was stored in one word of an object, other than in all of them, or by whom it was handed to. */
static void add_cell(struct maker *m, uint32_t obj, int32_t word, uint32_t node)
{
    const struct object *o = &m->g->objs.at[obj];
    int32_t off = word == ESC_ANY ? ESC_ANY : word * ESC_WORD;
    bool known_world = o->leaked || o->lent;
    uint32_t any = word == ESC_ANY ? NO_NODE : o->any;
    addr_t a;
    for (uint32_t id = 0; node_next(m->g, node, &id, &a); id++) {
        if (node_covers(m->g, node, a) || (any != NO_NODE && node_has(m->g, any, id)) ||
            (known_world && addr_obj(a) == OBJ_THE_WORLD))
            continue;
        add_flow(m, TO_CELL, obj_index(m, obj), off, a);
    }
}

static void add_contents(struct maker *m, uint32_t obj)
{
    struct object *o = &m->g->objs.at[obj];
    if (o->kind == OBJ_WORLD || o->kind == OBJ_FUNC || o->kind == OBJ_DATA || m->same[obj] != obj ||
        o->leaked)
        return;
    for (uint32_t i = 0; i < m->g->objs.at[obj].cells.len; i++) {
        const struct cell *c = &m->g->objs.at[obj].cells.at[i];
        uint32_t node = own_object(m->g->objs.at[obj].kind) ? c->node : c->stored;
        if (node != NO_NODE)
            add_cell(m, obj, c->word, node);
    }
    if (m->g->objs.at[obj].any != NO_NODE)
        add_cell(m, obj, ESC_ANY, m->g->objs.at[obj].any);
}

static bool same_form(const struct call *a, const struct call *b)
{
    if (a->nargs != b->nargs || a->result.n != b->result.n || a->signature != b->signature ||
        a->targets != b->targets)
        return false;
    for (uint32_t i = 0; i < a->nargs; i++)
        if (a->args[i].n != b->args[i].n)
            return false;
    return true;
}

static bool same_call(struct esc_graph *g, const struct call *a, const struct call *b)
{
    if (!same_form(a, b) || !node_equal(g, a->fp, b->fp))
        return false;
    for (uint32_t i = 0; i < a->nargs; i++) {
        for (uint32_t w = 0; w < a->args[i].n; w++)
            if (!node_equal(g, a->args[i].node[w], b->args[i].node[w]))
                return false;
    }
    return true;
}

/* The number of another call that CALL may share; LOOSELY: although the arguments differ. */
static uint32_t shared_number(const struct maker *m, uint32_t call, uint32_t n, bool loosely)
{
    struct esc_graph *g = m->g;
    const struct call *c = g->calls.at[call];
    for (uint32_t k = 0; k < g->calls.len; k++) {
        const struct call *o = g->calls.at[k];
        if (k == call || m->deferred[k] >= n)
            continue;
        if (same_call(g, o, c) || (loosely && same_form(o, c)))
            return m->deferred[k];
    }
    return UINT32_MAX;
}

/* Gives each call left to the caller its number; calls that are the same share one. A call that came
 * back through recursion shares that of any call of the same form, or there would be one for each
 * depth; so do calls beyond MAX_CALLS. Failing that, the function is to ask nobody. */
static void number_deferred(struct maker *m)
{
    struct esc_graph *g = m->g;
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->calls.len; i++)
        m->deferred[i] = UINT32_MAX;
    for (int recursive = 0; recursive < 2; recursive++)
        for (uint32_t i = 0; i < g->calls.len; i++) {
            if (!g->calls.at[i]->deferred || g->calls.at[i]->recursive != recursive)
                continue;
            m->deferred[i] = shared_number(m, i, n, recursive || n == MAX_CALLS);
            if (m->deferred[i] == UINT32_MAX)
                m->deferred[i] = n < MAX_CALLS ? n++ : MAX_CALLS;
            g->fn->asks_nobody |= m->deferred[i] == MAX_CALLS;
        }
}

static void add_call_sets(struct maker *m, uint32_t id, const struct call *c)
{
    add_set(m, TO_FP, id, 0, c->fp);
    for (uint32_t i = 0; i < c->nargs; i++)
        for (uint32_t w = 0; w < c->args[i].n && w < MAX_ARG_WORDS; w++)
            add_set(m, TO_ARG, id, (int32_t)(i * MAX_ARG_WORDS + w), c->args[i].node[w]);
}

static void add_deferred(struct maker *m, uint32_t call)
{
    const struct call *c = m->g->calls.at[call];
    uint32_t id = m->deferred[call];
    if (id == MAX_CALLS) {
        for (uint32_t i = 0; i < c->nargs; i++)
            for (uint32_t w = 0; w < c->args[i].n; w++)
                add_set(m, TO_LEAK, 0, 0, c->args[i].node[w]);
        return;
    }
    if (id < m->s->calls.len) {
        add_call_sets(m, id, c);
        return;
    }
    struct sum_call sc = {.nargs = c->nargs,
                          .nresult = c->result.n,
                          .signature = c->signature,
                          .targets = c->targets};
    sc.arg_words = calloc(c->nargs + 1, 1);
    sc.arg_flags = calloc(c->nargs + 1, sizeof *sc.arg_flags);
    if (!sc.arg_words || !sc.arg_flags)
        abort();
    for (uint32_t i = 0; i < c->nargs; i++) {
        sc.arg_words[i] = (uint8_t)(c->args[i].n < MAX_ARG_WORDS ? c->args[i].n : MAX_ARG_WORDS);
        sc.arg_flags[i] = c->args[i].flags;
    }
    vec_push(&m->s->calls, sc);
    add_call_sets(m, id, c);
}

static void collect(struct maker *m)
{
    struct esc_graph *g = m->g;
    const struct object *r = &g->objs.at[g->result];
    for (uint32_t i = 0; i < r->cells.len; i++)
        add_set(m, TO_RESULT, 0, r->cells.at[i].word * ESC_WORD, r->cells.at[i].node);
    if (r->any != NO_NODE)
        add_set(m, TO_RESULT, 0, ESC_ANY, r->any);
    for (uint32_t i = 0; i < g->frees.len; i++)
        add_set(m, TO_FREED, 0, 0, g->frees.at[i].node);
    for (uint32_t number = 0; number <= MAX_CALLS; number++)
        for (uint32_t i = 0; i < g->calls.len; i++)
            if (m->deferred[i] == number)
                add_deferred(m, i);
    for (uint32_t i = 0; i < m->nindex; i++)
        if (callers_object(g->objs.at[i].kind))
            add_contents(m, i);
    for (uint32_t i = 0; i < m->todo.len; i++)
        if (own_object(g->objs.at[m->todo.at[i]].kind))
            add_contents(m, m->todo.at[i]);
    /* Own objects matter here only if the caller can see them some other way. */
    addr_t a;
    uint32_t from[] = {[TO_LEAK] = g->leak, [TO_LEND] = g->lend, [TO_FREED] = g->freed};
    for (uint8_t k = TO_LEAK; k <= TO_FREED; k++)
        for (uint32_t id = 0; node_next(g, from[k], &id, &a); id++) {
            uint8_t kind = g->objs.at[addr_obj(a)].kind;
            if (kind == OBJ_WORLD || kind == OBJ_FUNC || kind == OBJ_DATA ||
                (own_object(kind) && m->index[addr_obj(a)] == NO_OBJ) ||
                node_covers(g, from[k], a) || (k == TO_LEND && g->objs.at[addr_obj(a)].leaked))
                continue;
            add_flow(m, k, 0, 0, k == TO_FREED ? a : addr(addr_obj(a), 0)); /* the whole object */
        }
}

static void add_parent(struct maker *m, uint32_t child, uint32_t parent, int32_t word)
{
    int32_t off = word == ESC_ANY ? ESC_ANY : word * ESC_WORD;
    uint32_t to = obj_index(m, child), from = obj_index(m, parent);
    vec_push(&m->s->flows, ((struct sum_flow){TO_CHILD, to, off, from, 0}));
}

/* Further parents of what is mentioned: of limits, and of objects that others stand for; each may mention
 * more. */
static void collect_parents(struct maker *m)
{
    struct esc_graph *g = m->g;
    bool *done = arena_alloc(&g->arena, (m->nindex + g->also.len + 1) * sizeof *done);
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < m->nindex; i++)
            if (!done[i] && m->same[i] != i && m->index[m->same[i]] != NO_OBJ) {
                done[i] = more = true;
                add_parent(m, i, g->objs.at[i].parent, g->objs.at[i].off);
            }
        for (uint32_t i = 0; i < g->also.len; i++) {
            struct also a = g->also.at[i];
            if (!done[m->nindex + i] && m->index[m->same[a.child]] != NO_OBJ) {
                done[m->nindex + i] = more = true;
                add_parent(m, a.child, a.parent, a.word);
            }
        }
    }
}

/* Makes S the summary of F; true if it is not the one it had. */
static bool set_summary(struct esc_fn *f, struct esc_summary *s)
{
    bool changed = !summary_same(f->summary, s);
    summary_free(f->summary);
    f->summary = s;
    f->blurred_grew = changed && summary_blur_again(&f->blurred, s);
    return changed;
}

static struct esc_summary *fold_to(struct esc_summary *s, enum fold how)
{
    struct esc_summary *folded = summary_fold(s, how);
    summary_free(s);
    return folded;
}

static struct esc_summary *add_old(struct esc_summary *s, const struct esc_summary *old)
{
    struct esc_summary *both = summary_union(old, s);
    summary_free(s);
    return both;
}

bool summary_make(struct esc_graph *g)
{
    struct esc_summary *s = calloc(1, sizeof *s);
    struct maker m = {.g = g, .s = s, .fresh = NO_OBJ, .nindex = g->objs.len};
    m.index = malloc((g->objs.len + 1) * sizeof *m.index);
    m.deferred = malloc((g->calls.len + 1) * sizeof *m.deferred);
    if (!s || !m.index || !m.deferred)
        abort();
    for (uint32_t i = 0; i < g->objs.len; i++)
        m.index[i] = NO_OBJ;
    number_deferred(&m);
    m.same = objects_alike(g, m.deferred);
    collect(&m);
    collect_parents(&m);
    /* Once folded, always folded: summaries must grow, or callers would be solved for ever. */
    if (g->fn->rounds >= STEADY_ROUNDS && g->fn->summary)
        m.s = s = add_old(s, g->fn->summary);
    summary_order(s);
    if (g->fn->folds)
        m.s = s = fold_to(s, g->fn->folds);
    while (s->flows.len > MAX_SUMMARY && g->fn->folds < BLURRED)
        m.s = s = fold_to(s, ++g->fn->folds);
    if (g->fn->folds)
        summary_order(s);
    free(m.index);
    free(m.deferred);
    vec_free(&m.todo);
    return set_summary(g->fn, s);
}

void summary_make_worst(struct esc_fn *f)
{
    struct esc_summary *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    vec_push(&s->objs, ((struct sum_obj){.kind = OBJ_WORLD}));
    vec_push(&s->flows, ((struct sum_flow){TO_RESULT, 0, ESC_ANY, 0, 0}));
    for (uint32_t p = 0; p < f->nparams; p++) {
        uint32_t i = s->objs.len;
        vec_push(&s->objs, ((struct sum_obj){OBJ_POINTEE, 0, p, i, ESC_ANY}));
        vec_push(&s->flows, ((struct sum_flow){TO_LEAK, 0, 0, i, ESC_ANY}));
        vec_push(&s->flows, ((struct sum_flow){TO_FREED, 0, 0, i, ESC_ANY}));
        vec_push(&s->flows, ((struct sum_flow){TO_RESULT, 0, ESC_ANY, i, ESC_ANY}));
    }
    summary_sort(s);
    set_summary(f, s);
}
