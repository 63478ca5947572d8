/* Graphs come and go with every function that is solved, so the storage of one is used for the next.
 *
 * A unit keeps the empty graphs of functions that are done, as many as were alive at once; those of huge
 * functions go back to the system.
 */
#include "replay.h"

#include <stdlib.h>

enum {
    HUGE_NODES = 1 << 14, /* nodes of a graph that is not kept */
    WIDEN_ROUNDS = 5,     /* growths after which recursion widens its arguments */
};

/* All the vectors, and all the maps, of a graph that are not in its arena. */
#define VECTORS(DO)                                                                                \
    DO(nodes)                                                                                      \
    DO(addrs)                                                                                      \
    DO(lower)                                                                                      \
    DO(causes)                                                                                     \
    DO(objs) DO(copies) DO(also) DO(frees) DO(stores) DO(calls) DO(replays) DO(found) DO(work.items)
#define MAPS(DO)                                                                                   \
    DO(addr_id)                                                                                    \
    DO(edge_seen)                                                                                  \
    DO(cause_of)                                                                                   \
    DO(one_call) DO(same_call) DO(constants) DO(applied) DO(shared_calls) DO(sym_obj) DO(children)

static void forget_replays(struct esc_graph *g)
{
    for (uint32_t i = 0; i < g->replays.len; i++)
        summary_free(g->replays.at[i]->held);
    g->replays.len = 0;
}

/* Makes G as if newly made, but for the storage it has. */
static void empty(struct esc_graph *g)
{
    forget_replays(g);
    struct esc_graph old = *g;
    *g = (struct esc_graph){.arena = old.arena};
    arena_reset(&g->arena);
#define KEEP(v) g->v = old.v, g->v.len = 0;
    VECTORS(KEEP)
#undef KEEP
#define KEEP(m) g->m = old.m, map_clear(&g->m);
    MAPS(KEEP)
#undef KEEP
}

static void release(struct esc_graph *g)
{
    forget_replays(g);
#define RELEASE(v) vec_free(&g->v);
    VECTORS(RELEASE)
#undef RELEASE
#define RELEASE(m) map_free(&g->m);
    MAPS(RELEASE)
#undef RELEASE
    arena_free(&g->arena);
    free(g);
}

static struct esc_graph *storage(struct esc_unit *u)
{
    struct esc_graph *g = u->spare;
    if (g)
        u->spare = g->next_spare;
    else
        g = calloc(1, sizeof *g);
    if (!g)
        abort();
    g->next_spare = NULL;
    return g;
}

bool graph_widens(const struct esc_fn *f)
{
    return f->rounds >= WIDEN_ROUNDS && !f->unit->many; /* of many, soon all are coarser */
}

struct esc_graph *graph_new(struct esc_fn *f)
{
    struct esc_graph *g = storage(f->unit);
    g->fn = f;
    g->unit = f->unit;
    g->level = f->level;
    g->asks_nobody = f->asks_nobody;
    g->widens = graph_widens(f);
    g->budget =
        graph_limits(g)->base + (uint64_t)graph_limits(g)->each * (f->ssa.len + f->stmts.len);
    if (g->unit->opt.budget)
        g->budget = g->unit->opt.budget;
    for (uint32_t i = 0; i < f->ssa.len; i++)
        node_new(g);
    vec_push(&g->addrs, addr(OBJ_THE_WORLD, 0));
    vec_push(&g->lower, 0);
    map_set(&g->addr_id, addr(OBJ_THE_WORLD, 0), 0);
    object_new(g, OBJ_WORLD, 0, 0);
    g->result = object_new(g, OBJ_RESULT, 0, 0);
    g->varargs = NO_OBJ;
    g->world = NO_NODE;
    g->leak = node_new(g);
    g->lend = node_new(g);
    g->freed = node_new(g);
    g->undone = node_new(g);
    g->ambient = node_new(g);
    g->callers = node_new(g);
    g->through = node_new(g);
    g->empty = node_new(g);
    g->sink = node_new(g);
    addr_t inert = addr(object_new(g, OBJ_AMBIENT, 0, 0), 0);
    node_add(g, g->callers, inert, UINT32_MAX);
    g->inert = map_get(&g->addr_id, inert);
    node_add_callers(g, g->ambient, UINT32_MAX);
    node_flow(g, g->undone, g->ambient, 0, UINT32_MAX);
    node_flow(g, g->undone, g->lend, 0, UINT32_MAX);
    node_flow(g, g->undone, g->freed, 0, UINT32_MAX);
    vec_push_in(&g->arena, &g->nodes.at[g->leak].constraints,
                ((struct constraint){ON_LEAK, 0, 0, UINT32_MAX}));
    vec_push_in(&g->arena, &g->nodes.at[g->lend].constraints,
                ((struct constraint){ON_LEND, 0, 0, UINT32_MAX}));
    g->var_obj = arena_alloc(&g->arena, f->vars.len * sizeof *g->var_obj);
    for (uint32_t i = 0; i < f->vars.len; i++)
        g->var_obj[i] = NO_OBJ;
    return g;
}

void graph_free(struct esc_graph *g)
{
    if (!g)
        return;
    if (g->nodes.cap >= HUGE_NODES) {
        release(g);
        return;
    }
    struct esc_unit *u = g->unit;
    empty(g);
    g->next_spare = u->spare;
    u->spare = g;
}

uint64_t graph_size(const struct esc_graph *g)
{
    uint64_t size = g->arena.total;
#define ADD(v) size += g->v.cap * sizeof *g->v.at;
    VECTORS(ADD)
#undef ADD
    return size;
}

void graphs_release(struct esc_unit *u)
{
    for (struct esc_graph *g; (g = u->spare);) {
        u->spare = g->next_spare;
        release(g);
    }
}
