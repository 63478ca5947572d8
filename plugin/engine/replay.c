/* Applying a summary to a call.
 *
 * Its flows are replayed as constraints on the caller's graph: a POINTEE becomes a node that loads from its
 * parent's node, so that one summary object stands for as many of the caller's as it has to, and aliases
 * between parameters need no thought. Linear in the size of the summary.
 */
#include "summary.h"

#include <stdlib.h>

enum { WIDEN_ROUNDS = 5 }; /* growths after which recursion widens its arguments */

struct moved {
    uint32_t obj; /* summary object */
    int32_t off;  /* bytes from where its node points */
    uint32_t node;
};

struct applier {
    struct esc_graph *g;
    struct call *c;
    const struct esc_summary *s;
    const struct esc_fn *callee; /* NULL: several */
    uint32_t of;                 /* the callee's symbol, or SUM_CLASS | number of the class */
    bool recursive;              /* of the caller's own component */
    uint32_t *node;          /* summary object -> node with the caller's objects it stands for */
    VEC(struct moved) moved; /* nodes with those objects at an offset */
    struct call **calls;     /* summary call -> the call made of it here */
};

static void join(struct esc_graph *g, struct words w, int32_t word, uint32_t to, bool widened,
                 uint32_t why)
{
    for (uint32_t i = 0; i < w.n; i++)
        if (w.blurred || word == ESC_ANY || (uint32_t)word == i)
            (widened ? node_flow_widened(g, w.node[i], to, why)
                     : node_flow(g, w.node[i], to, 0, why));
}

/* The arguments that become parameter PARAM of the callee flow to node TO. */
static void join_argument(struct applier *a, uint32_t param, int32_t word, uint32_t to)
{
    struct esc_graph *g = a->g;
    struct call *c = a->c;
    uint32_t flags = a->callee ? a->callee->vars.at[param].flags : 0, named = 0;
    for (uint32_t i = 0; a->callee && i < a->callee->nparams; i++)
        named += !(a->callee->vars.at[i].flags & (ESC_VARARGS | ESC_CHAIN));
    bool chained = false;
    /* f(p + 1) inside f(p) would teach f one word more each round. */
    bool widened = a->recursive && g->fn->rounds >= WIDEN_ROUNDS;
    for (uint32_t i = 0; i < c->nargs; i++) {
        bool chain = c->args[i].flags & ESC_REF_CHAIN;
        chained |= chain;
        bool mine = flags & ESC_CHAIN     ? chain
                    : flags & ESC_VARARGS ? !chain && i >= named
                                          : !chain && i == param;
        if (mine)
            join(g, c->args[i], word, to, widened, c->stmt);
    }
    /* Called through a pointer, a nested function finds its chain behind that pointer. */
    if ((flags & ESC_CHAIN) && !chained && c->fp != UINT32_MAX)
        node_flow(g, c->fp, to, 0, c->stmt);
}

static uint32_t node_of(struct applier *a, uint32_t obj)
{
    struct esc_graph *g = a->g;
    if (a->node[obj] != NO_NODE)
        return a->node[obj];
    const struct sum_obj *o = &a->s->objs.at[obj];
    uint32_t node = node_new(g);
    a->node[obj] = node;
    switch (o->kind) {
    case OBJ_POINTEE:
        if (o->depth == 0)
            join_argument(a, o->id, o->off, node);
        else
            node_load(g, node_of(a, o->parent), o->off == ESC_ANY ? ESC_ANY : o->off * ESC_WORD,
                      node, a->c->stmt);
        break;
    case OBJ_ANSWER:
        join(g, a->calls[o->id]->result, ESC_ANY, node, false, a->c->stmt);
        break;
    case OBJ_BEYOND:
        for (uint32_t i = 0; i < a->calls[o->id]->result.n; i++)
            node_load(g, a->calls[o->id]->result.node[i], ESC_ANY, node, a->c->stmt);
        node_load(g, node, ESC_ANY, node, a->c->stmt);
        break;
    case OBJ_FRESH:
        if (a->c->fresh == NO_OBJ)
            a->c->fresh = object_new(g, OBJ_FRESH, a->c->stmt, 0);
        node_add(g, node, addr(a->c->fresh, 0), a->c->stmt);
        break;
    case OBJ_FUNC:
    case OBJ_DATA:
        node_add(g, node, addr(object_of_sym(g, o->id), 0), a->c->stmt);
        break;
    default:
        node_add(g, node, addr(OBJ_THE_WORLD, 0), a->c->stmt);
        break;
    }
    return node;
}

/* The node with what summary object OBJ stands for, OFF bytes on. */
static uint32_t moved_node(struct applier *a, uint32_t obj, int32_t off)
{
    uint32_t node = node_of(a, obj);
    if (off == 0 || a->s->objs.at[obj].kind == OBJ_WORLD)
        return node;
    for (uint32_t i = 0; i < a->moved.len; i++)
        if (a->moved.at[i].obj == obj && a->moved.at[i].off == off)
            return a->moved.at[i].node;
    struct moved m = {obj, off, node_new(a->g)};
    vec_push_in(&a->g->arena, &a->moved, m);
    node_flow(a->g, node, m.node, off, a->c->stmt);
    return m.node;
}

static void apply_flow(struct applier *a, const struct sum_flow *f)
{
    struct esc_graph *g = a->g;
    struct call *c = a->c;
    uint32_t from = moved_node(a, f->from, f->from_off), why = c->stmt;
    switch (f->target) {
    case TO_LEAK:
        node_flow(g, from, g->leak, 0, why);
        break;
    case TO_LEND:
        node_flow(g, from, g->lend, 0, why);
        break;
    case TO_FREED:
        node_flow(g, from, g->freed, 0, why);
        break;
    case TO_RESULT:
        for (uint32_t i = 0; i < c->result.n; i++)
            if (c->result.blurred || f->to_off == ESC_ANY || f->to_off / ESC_WORD == (int32_t)i)
                node_flow(g, from, c->result.node[i], 0, why);
        break;
    case TO_CHILD:
        if (f->from == f->to)
            node_walk(g, from, f->to_off, why);
        else
            node_load(g, from, f->to_off, node_of(a, f->to), why);
        break;
    case TO_CELL:
        node_store(g, node_of(a, f->to), f->to_off, from, why);
        break;
    case TO_FP:
        node_flow(g, from, a->calls[f->to]->fp, 0, why);
        break;
    case TO_ARG: {
        struct words *arg = &a->calls[f->to]->args[f->to_off / MAX_ARG_WORDS];
        node_flow(g, from, arg->node[f->to_off % MAX_ARG_WORDS], 0, why);
        break;
    }
    }
}

static struct words fresh_words(struct esc_graph *g, uint32_t n)
{
    struct words w = {.n = n};
    w.node = arena_alloc(&g->arena, n * sizeof *w.node);
    for (uint32_t i = 0; i < n; i++)
        w.node[i] = node_new(g);
    return w;
}

static struct call *new_call(struct applier *a, const struct sum_call *sc)
{
    struct esc_graph *g = a->g;
    struct call *c = call_new(g, a->c->stmt, sc->nargs);
    c->fp = node_new(g);
    c->signature = sc->signature;
    c->targets = sc->targets;
    c->recursive = a->c->recursive || a->recursive;
    c->nargs = sc->nargs;
    for (uint32_t i = 0; i < sc->nargs; i++) {
        c->args[i] = fresh_words(g, sc->arg_words[i]);
        c->args[i].flags = sc->arg_flags[i];
    }
    c->result = fresh_words(g, sc->nresult);
    return c;
}

/* One statement may apply a summary many times, through functions that call one another by pointers.
 * All of them share one call for each call the summary leaves open, or there would be no end. */
static struct call *shared_call(struct applier *a, uint32_t number)
{
    struct esc_graph *g = a->g;
    uint64_t key = ((uint64_t)a->c->stmt * MAX_CALLS + number) << 32 | a->of;
    uint32_t id = map_get(&g->shared_calls, key);
    if (id == MAP_NONE) {
        id = g->calls.len;
        vec_push(&g->calls, new_call(a, &a->s->calls.at[number]));
        map_set(&g->shared_calls, key, id);
    }
    return g->calls.at[id];
}

void summary_replay(struct esc_graph *g, struct call *c, const struct esc_summary *s,
                    const struct esc_fn *callee, uint32_t of, bool recursive, bool result_only)
{
    if (g->gave_up || (result_only && c->result.n == 0))
        return;
    struct applier a = {.g = g, .c = c, .s = s, .callee = callee, .recursive = recursive};
    a.of = callee ? callee->sym : SUM_CLASS | of;
    a.node = malloc((s->objs.len + 1) * sizeof *a.node);
    a.calls = malloc((s->calls.len + 1) * sizeof *a.calls);
    if (!a.node || !a.calls)
        abort();
    for (uint32_t i = 0; i < s->objs.len; i++)
        a.node[i] = NO_NODE;
    uint32_t had = g->calls.len;
    for (uint32_t i = 0; i < s->calls.len; i++)
        a.calls[i] = shared_call(&a, i);
    graph_spend(g, 8 * s->flows.len);
    for (uint32_t i = 0; i < s->flows.len; i++)
        if (!result_only || s->flows.at[i].target == TO_RESULT || s->flows.at[i].target == TO_CHILD)
            apply_flow(&a, &s->flows.at[i]);
    for (uint32_t i = had, n = g->calls.len; i < n; i++)
        node_on_call(g, g->calls.at[i]->fp, i, c->stmt);
    free(a.node);
    free(a.calls);
}

void summary_apply(struct esc_graph *g, struct call *c, struct esc_fn *callee, bool result_only)
{
    bool recursive = callee->scc == g->fn->scc;
    if (recursive && (!callee->callers.len || vec_last(&callee->callers) != g->fn->id))
        vec_push(&callee->callers, g->fn->id);
    if (!callee->summary)
        return;
    undone_called(g, c, callee);
    const struct esc_summary *s = callee->summary;
    if (graph_coarsest(g))
        s = summary_blurred(&callee->blurred, s);
    summary_replay(g, c, s, callee, 0, recursive, result_only);
}
