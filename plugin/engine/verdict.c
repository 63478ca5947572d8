/* Verdicts: what the solved graph says of each variable and allocation.
 *
 * 1. Everything reachable from what outlives the call (the result, the world, the caller's objects)
 *    moves. Reachable means: in the set of a cell of something reachable. A callee's objects and heap
 *    blocks are only stations on the way: storing &x in a block that dies here moves nothing.
 * 2. A variable born in a loop moves if the object of an earlier iteration is still reachable at its
 *    next birth.
 * 3. What is still reachable after its block ended, but no longer, has its lifetime extended.
 *
 * Rules 2 and 3 are lifetime.c's. Rule 1 visits each object once.
 */
#include "graph.h"

#include <stdlib.h>

/* ---- rule 1 ---- */

struct reach {
    struct esc_graph *g;
    uint8_t *why;       /* by object: enum esc_reason it was reached with, or 0 */
    uint32_t *via;      /* by object: the node it was reached through, or NO_NODE */
    uint32_t *holder;   /* by object: whose cell that node is; NO_OBJ: a root */
    VEC(uint32_t) todo; /* objects whose contents are still to be visited */
};

static void reach_node(struct reach *r, uint32_t node, uint32_t holder, uint8_t why)
{
    addr_t a;
    for (uint32_t id = 0; node_next(r->g, node, &id, &a); id++) {
        uint32_t obj = addr_obj(a);
        if (r->why[obj] == ESC_WHY_NONE) {
            r->why[obj] = why;
            r->via[obj] = node;
            r->holder[obj] = holder;
            vec_push(&r->todo, obj);
        }
    }
}

static void reach_contents(struct reach *r, uint32_t obj, uint8_t why)
{
    const struct object *o = &r->g->objs.at[obj];
    bool root = o->kind == OBJ_RESULT || callers_object(o->kind);
    uint32_t holder = root ? NO_OBJ : obj;
    for (uint32_t i = 0; i < o->cells.len; i++)
        reach_node(r, o->cells.at[i].node, holder, why);
    if (o->any != NO_NODE)
        reach_node(r, o->any, holder, why);
}

static void reach_all(struct reach *r)
{
    struct esc_graph *g = r->g;
    reach_contents(r, g->result, ESC_WHY_RESULT);
    for (uint32_t i = 0; i < r->todo.len; i++)
        reach_contents(r, r->todo.at[i], ESC_WHY_RESULT);
    reach_node(r, g->leak, NO_OBJ, ESC_WHY_KEPT);
    for (uint32_t i = 0; i < g->objs.len; i++)
        if (callers_object(g->objs.at[i].kind))
            reach_contents(r, i, ESC_WHY_STORED);
    for (uint32_t i = 0; i < r->todo.len; i++)
        reach_contents(r, r->todo.at[i], r->why[r->todo.at[i]]);
}

/* ---- all variables ---- */

static void everything_moves(struct esc_fn *f)
{
    for (uint32_t i = 0; i < f->vars.len; i++)
        if (f->vars.at[i].flags &
            (ESC_ADDRESSED | ESC_VLA | ESC_ALLOCA | ESC_CAPTURED | ESC_CLOSURE)) {
            f->vars.at[i].verdict = ESC_MOVED;
            f->vars.at[i].reason = ESC_WHY_BUDGET;
        }
}

void verdict_set(struct esc_var *v, uint8_t verdict, uint8_t reason)
{
    v->verdict = verdict;
    v->reason = reason;
}

static void decide_by_reach(struct esc_graph *g, const struct reach *r)
{
    struct esc_fn *f = g->fn;
    for (uint32_t i = 0; i < f->vars.len; i++) {
        struct esc_var *v = &f->vars.at[i];
        uint32_t obj = g->var_obj[i], large = g->unit->opt.large;
        if ((v->flags & ESC_PIN_HEAP) && !(v->flags & ESC_FIXED))
            verdict_set(v, ESC_MOVED, ESC_WHY_ASKED);
        else if (obj != NO_OBJ && r->why[obj])
            verdict_set(v, ESC_MOVED, r->why[obj]);
        else if (large && v->size > large && !(v->flags & (ESC_PARAM | ESC_PIN_STACK | ESC_FIXED)))
            verdict_set(v, ESC_MOVED, ESC_WHY_LARGE);
    }
}

static struct reach reach_new(struct esc_graph *g)
{
    struct reach r = {.g = g, .why = calloc(g->objs.len + 1, 1)};
    r.via = malloc((g->objs.len + 1) * sizeof *r.via);
    r.holder = malloc((g->objs.len + 1) * sizeof *r.holder);
    if (!r.why || !r.via || !r.holder)
        abort();
    for (uint32_t i = 0; i < g->objs.len; i++)
        r.via[i] = r.holder[i] = NO_NODE;
    reach_all(&r);
    return r;
}

static void reach_free(struct reach *r)
{
    vec_free(&r->todo);
    free(r->why);
    free(r->via);
    free(r->holder);
}

void verdicts(struct esc_graph *g)
{
    if (g->fn->gave_up) {
        everything_moves(g->fn);
        return;
    }
    struct reach r = reach_new(g);
    decide_by_reach(g, &r);
    lifetimes(g, r.why);
    reach_free(&r);
}

void verdicts_explain(struct esc_graph *g)
{
    struct reach r = reach_new(g);
    for (uint32_t i = 0; i < g->objs.len; i++) {
        const struct object *o = &g->objs.at[i];
        bool moved = o->kind == OBJ_VAR && g->fn->vars.at[o->id].verdict == ESC_MOVED;
        if (r.why[i] && (moved || o->kind == OBJ_ALLOC))
            explain(g, i, r.why[i], r.via, r.holder);
    }
    reach_free(&r);
}
