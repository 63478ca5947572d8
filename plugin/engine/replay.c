/* Applying a summary to a call.
 *
 * Its flows are replayed as constraints on the caller's graph: a POINTEE becomes a node that loads from its
 * parent's node, so that one summary object stands for as many of the caller's as it has to, and aliases
 * between parameters need no thought. Linear in the size of the summary.
 */
#include "replay.h"

static bool has_word(const struct words *w, int32_t word, uint32_t i)
{
    return w->blurred || word == ESC_ANY || (uint32_t)word == i;
}

/* Word WORD of argument W becomes parameter PARAM, which flows to node TO. f(p + 1) inside f(p) would teach f one
 * word more each round, so from the start it is any word; what other recursion hands on is so after some
 * rounds. */
static void join(const struct replay *r, struct words w, uint32_t param, int32_t word, uint32_t to)
{
    struct esc_graph *g = r->g;
    for (uint32_t i = 0; i < w.n; i++) {
        if (!has_word(&w, word, i))
            continue;
        if (r->recursive && g->widens)
            node_flow_widened(g, w.node[i], to, r->c->stmt);
        else if (r->callee == g->fn)
            node_flow_step(g, w.node[i], to, param, r->c->stmt);
        else
            node_flow(g, w.node[i], to, 0, r->c->stmt);
    }
}

/* The arguments that become parameter PARAM of the callee flow to node TO. */
static void join_argument(struct replay *r, uint32_t param, int32_t word, uint32_t to)
{
    struct esc_graph *g = r->g;
    struct call *c = r->c;
    uint32_t flags = r->callee ? r->callee->vars.at[param].flags : 0, named = 0;
    for (uint32_t i = 0; r->callee && i < r->callee->nparams; i++)
        named += !(r->callee->vars.at[i].flags & (ESC_VARARGS | ESC_CHAIN));
    bool chained = false;
    for (uint32_t i = 0; i < c->nargs; i++) {
        bool chain = c->args[i].flags & ESC_REF_CHAIN;
        chained |= chain;
        bool mine = flags & ESC_CHAIN     ? chain
                    : flags & ESC_VARARGS ? !chain && i >= named
                                          : !chain && i == param;
        if (mine)
            join(r, c->args[i], param, word, to);
    }
    /* Called through a pointer, a nested function finds its chain behind that pointer. */
    if ((flags & ESC_CHAIN) && !chained && c->fp != UINT32_MAX)
        node_flow(g, c->fp, to, 0, c->stmt);
}

static uint32_t node_of(struct replay *r, uint32_t obj)
{
    struct esc_graph *g = r->g;
    if (r->node[obj] != NO_NODE)
        return r->node[obj];
    const struct sum_obj *o = &r->s->objs.at[obj];
    uint32_t node = node_new(g);
    r->node[obj] = node;
    switch (o->kind) {
    case OBJ_POINTEE:
        if (o->depth == 0)
            join_argument(r, o->id, o->off, node);
        else
            node_load(g, node_of(r, o->parent), o->off == ESC_ANY ? ESC_ANY : o->off * ESC_WORD,
                      node, r->c->stmt);
        break;
    case OBJ_ANSWER:
        for (uint32_t i = 0; i < r->calls[o->id]->result.n; i++)
            node_flow(g, r->calls[o->id]->result.node[i], node, 0, r->c->stmt);
        break;
    case OBJ_BEYOND:
        for (uint32_t i = 0; i < r->calls[o->id]->result.n; i++)
            node_load(g, r->calls[o->id]->result.node[i], ESC_ANY, node, r->c->stmt);
        node_load(g, node, ESC_ANY, node, r->c->stmt);
        break;
    case OBJ_FRESH:
        if (r->c->fresh == NO_OBJ)
            r->c->fresh = object_new(g, OBJ_FRESH, r->c->stmt, 0);
        node_add(g, node, addr(r->c->fresh, 0), r->c->stmt);
        break;
    case OBJ_FUNC:
    case OBJ_DATA:
        node_add(g, node, addr(object_of_sym(g, o->id), 0), r->c->stmt);
        break;
    default:
        node_add(g, node, addr(OBJ_THE_WORLD, 0), r->c->stmt);
        break;
    }
    return node;
}

/* The node with what summary object OBJ stands for, OFF bytes on. */
static uint32_t moved_node(struct replay *r, uint32_t obj, int32_t off)
{
    uint32_t node = node_of(r, obj);
    if (off == 0 || r->s->objs.at[obj].kind == OBJ_WORLD)
        return node;
    for (uint32_t i = 0; i < r->moved.len; i++)
        if (r->moved.at[i].obj == obj && r->moved.at[i].off == off)
            return r->moved.at[i].node;
    struct moved m = {obj, off, node_new(r->g)};
    vec_push_in(&r->g->arena, &r->moved, m);
    node_flow(r->g, node, m.node, off, r->c->stmt);
    return m.node;
}

void replay_flow(struct replay *r, const struct sum_flow *f)
{
    struct esc_graph *g = r->g;
    struct call *c = r->c;
    uint32_t from = moved_node(r, f->from, f->from_off), why = c->stmt;
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
            node_load(g, from, f->to_off, node_of(r, f->to), why);
        break;
    case TO_CELL:
        node_store(g, node_of(r, f->to), f->to_off, from, why);
        break;
    case TO_FP:
        node_flow(g, from, r->calls[f->to]->fp, 0, why);
        break;
    case TO_ARG: {
        struct words *arg = &r->calls[f->to]->args[f->to_off / MAX_ARG_WORDS];
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

static struct call *new_call(struct replay *r, const struct sum_call *sc)
{
    struct esc_graph *g = r->g;
    struct call *c = call_new(g, r->c->stmt, sc->nargs);
    c->fp = node_new(g);
    c->signature = sc->signature;
    c->targets = sc->targets;
    c->recursive = r->c->recursive || r->recursive;
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
static struct call *shared_call(struct replay *r, uint32_t number)
{
    struct esc_graph *g = r->g;
    uint64_t key = ((uint64_t)r->c->stmt * MAX_CALLS + number) << 32 | r->of;
    uint32_t id = map_get(&g->shared_calls, key);
    if (id == MAP_NONE) {
        id = g->calls.len;
        vec_push(&g->calls, new_call(r, &r->s->calls.at[number]));
        map_set(&g->shared_calls, key, id);
    }
    return g->calls.at[id];
}

void replay_begin(struct replay *r, const struct esc_summary *s)
{
    struct arena *a = &r->g->arena;
    r->s = s;
    r->node = arena_alloc(a, (s->objs.len + 1) * sizeof *r->node);
    r->calls = arena_alloc(a, (s->calls.len + 1) * sizeof *r->calls);
    for (uint32_t i = 0; i < s->objs.len; i++)
        r->node[i] = NO_NODE;
    r->had_calls = r->g->calls.len;
    for (uint32_t i = 0; i < s->calls.len; i++)
        r->calls[i] = shared_call(r, i);
}

bool replay_matters(const struct replay *r, const struct sum_flow *f)
{
    return !r->result_only || f->target == TO_RESULT || f->target == TO_CHILD;
}

void replay_end(struct replay *r)
{
    struct esc_graph *g = r->g;
    for (uint32_t i = r->had_calls, n = g->calls.len; i < n; i++)
        node_on_call(g, g->calls.at[i]->fp, i, r->c->stmt);
}

static void replay_all(struct replay *r, const struct esc_summary *s)
{
    replay_begin(r, s);
    graph_spend(r->g, 8 * s->flows.len);
    for (uint32_t i = 0; i < s->flows.len; i++)
        if (replay_matters(r, &s->flows.at[i]))
            replay_flow(r, &s->flows.at[i]);
    replay_end(r);
}

static struct esc_summary *said_by_class(struct esc_class *k)
{
    if (!k->said && k->merged)
        k->said = summary_fold(merge_summary(k->merged), NOT_FOLDED);
    return k->said;
}

struct esc_summary *replay_seen(const struct replay *r)
{
    struct esc_class *k = r->callee ? NULL : &r->g->unit->classes.at[r->of & ~SUM_CLASS];
    struct esc_summary *s = k ? said_by_class(k) : r->callee->summary;
    struct esc_summary **blurred = k ? &k->blurred : &r->callee->blurred;
    if (!s || !graph_coarsest(r->g))
        return s;
    summary_blurred(blurred, s);
    return *blurred;
}

/* Does what ONCE sees of its callee; within a component, now and, since that may come to be more, later. */
static void apply(const struct replay *once)
{
    struct esc_graph *g = once->g;
    struct esc_summary *s = replay_seen(once);
    struct replay r = *once, *kept = &r;
    if (r.recursive) {
        kept = ARENA_NEW(&g->arena, struct replay);
        *kept = r;
        kept->held = s ? summary_hold(s) : NULL;
        vec_push(&g->replays, kept);
    }
    if (!s)
        return;
    if (r.callee)
        undone_called(g, r.c, r.callee);
    if (!g->gave_up && (!r.result_only || r.c->result.n))
        replay_all(kept, s);
}

void summary_apply(struct esc_graph *g, struct call *c, struct esc_fn *callee, bool result_only)
{
    struct replay r = {.g = g, .c = c, .callee = callee, .of = callee->sym};
    r.recursive = callee->scc == g->fn->scc;
    r.result_only = result_only;
    if (r.recursive && (!callee->callers.len || vec_last(&callee->callers) != g->fn->id))
        vec_push(&callee->callers, g->fn->id);
    apply(&r);
}

void summary_apply_class(struct esc_graph *g, struct call *c, uint32_t class)
{
    struct replay r = {.g = g, .c = c, .of = SUM_CLASS | class};
    r.recursive = g->unit->classes.at[class].scc == g->fn->scc;
    apply(&r);
}
