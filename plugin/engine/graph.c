/* The escape graph and its solver: an inclusion-based points-to analysis over one function.
 *
 * Nodes hold sets of addresses (object, offset). The SSA names are nodes, and so is every word of an
 * object that somebody touches (a cell). Go's edges carry a number of dereferences; here a copy
 * (0) and an address (-1) are edges and set members, a load (1) and a store are constraints that
 * turn into edges as the set of their pointer grows. So a store through a pointer goes to what that
 * pointer may point to, and to nothing else:
 *
 *     q = &a; *q = &x;      set(q) = {a}; hence edge "&x" -> cell(a, 0): x is reachable from a only
 *
 * Objects and their cells are made in object.c, constraints are carried out in constraint.c.
 *
 * The solver propagates differences (Pearce, Kelly, Hankin 2004): a node's set only grows, and only
 * what is new since its last visit travels. Addresses are numbered as they are met and sets are bits,
 * so 64 of them cross a plain edge at a time. It terminates because there are finitely many objects
 * and each has at most so many offsets that arithmetic can make; the work is O(edges * set words *
 * times news arrives), and the budget bounds it.
 */
#include "graph.h"

#include <stdlib.h>

enum {
    MAX_OFF = 1 << 16,    /* offsets further away are unknown ones */
    MANY_EDGES = 12,      /* nodes with more look for a double in a map */
    LOOK_AGAIN = 8,       /* steps a node until the next look for cycles */
    MAX_ADDRS = 1u << 20, /* numbers of addresses; a function that meets more gives up */
};

static const struct limits limits[ESC_LEVELS] = {
    {5, 3, 48, 96, 24, 80000, 400},
    {2, 1, 16, 32, 4, 15000, 60},
    {1, 1, 64, 4, 0, 200000, 400},
};

const struct limits *graph_limits(const struct esc_graph *g)
{
    return &limits[g->fn->level];
}

bool graph_coarsest(const struct esc_graph *g)
{
    return g->fn->level + 1 == ESC_LEVELS;
}

/* ---- addresses ---- */

/* Whether offsets into O mean nothing. */
static bool without_offsets(const struct object *o)
{
    return o->kind == OBJ_WORLD || o->kind == OBJ_FUNC || o->kind == OBJ_BEYOND ||
           o->kind == OBJ_AMBIENT;
}

/* Offsets far from the object, or of objects that have none, are not worth telling apart. */
static addr_t normal(const struct esc_graph *g, addr_t a)
{
    const struct object *o = &g->objs.at[addr_obj(a)];
    int32_t off = addr_off(a);
    if (without_offsets(o))
        return addr(addr_obj(a), 0);
    if (off == ESC_ANY || o->collapsed || off > MAX_OFF || off < -MAX_OFF ||
        (o->kind == OBJ_POINTEE && graph_coarsest(g)))
        return addr(addr_obj(a), ESC_ANY);
    return a;
}

/* Whether OBJ, once it leaks, may be taken for the world. What a parameter itself points to is told apart: of
 * function pointers there the callers may know better. An explanation needs to see where addresses went. */
static bool worldly(const struct esc_graph *g, uint32_t obj)
{
    const struct object *o = &g->objs.at[obj];
    return !g->explains && (o->kind != OBJ_POINTEE || o->depth > 0);
}

/* The number of address A, which is normal. */
static uint32_t number_of(struct esc_graph *g, addr_t a)
{
    uint32_t id = map_get(&g->addr_id, a);
    if (id != MAP_NONE)
        return id;
    id = g->addrs.len;
    if (id == MAX_ADDRS) {
        g->gave_up = true;
        return 0;
    }
    vec_push(&g->addrs, a);
    vec_push(&g->lower, g->objs.at[addr_obj(a)].numbers);
    g->objs.at[addr_obj(a)].numbers = id;
    map_set(&g->addr_id, a, id);
    if (addr_off(a) == ESC_ANY)
        g->objs.at[addr_obj(a)].anywhere = id;
    if (g->objs.at[addr_obj(a)].leaked && worldly(g, addr_obj(a)))
        bits_add(&g->worldly, &g->arena, id);
    return id;
}

/* The number of address A with ADD added. */
static uint32_t number_of_sum(struct esc_graph *g, addr_t a, int32_t add)
{
    struct object *o = &g->objs.at[addr_obj(a)];
    addr_t b = addr(addr_obj(a), ESC_ANY);
    if (add != ESC_ANY && addr_off(a) != ESC_ANY)
        b = normal(g, addr(addr_obj(a), addr_off(a) + add));
    if (without_offsets(o))
        b = normal(g, b);
    else if (addr_off(b) != ESC_ANY && map_get(&g->addr_id, b) == MAP_NONE &&
             ++o->moved_offs > graph_limits(g)->offs)
        b = addr(addr_obj(a), ESC_ANY);
    return number_of(g, b);
}

/* As node_covers, for a node that has not been merged. */
static bool covered(const struct esc_graph *g, uint32_t node, addr_t a)
{
    uint32_t anywhere = g->objs.at[addr_obj(a)].anywhere;
    return anywhere && addr_off(a) != ESC_ANY && bits_has(&g->nodes.at[node].set, anywhere);
}

/* ---- nodes ---- */

uint32_t node_new(struct esc_graph *g)
{
    uint32_t n = g->nodes.len;
    vec_push(&g->nodes, ((struct node){.same = n, .rank = UINT32_MAX}));
    return n;
}

uint32_t node_same(struct esc_graph *g, uint32_t node)
{
    uint32_t n = node;
    while (g->nodes.at[n].same != n)
        n = g->nodes.at[n].same;
    for (uint32_t next; node != n; node = next) {
        next = g->nodes.at[node].same;
        g->nodes.at[node].same = n;
    }
    return n;
}

/* As node_same, for a graph that does not change. */
static uint32_t merged_into(const struct esc_graph *g, uint32_t node)
{
    while (g->nodes.at[node].same != node)
        node = g->nodes.at[node].same;
    return node;
}

bool node_next(const struct esc_graph *g, uint32_t node, uint32_t *id, addr_t *a)
{
    *id = bits_next(&g->nodes.at[merged_into(g, node)].set, *id);
    if (*id == BITS_END)
        return false;
    *a = g->addrs.at[*id];
    return true;
}

bool node_covers(const struct esc_graph *g, uint32_t node, addr_t a)
{
    return covered(g, merged_into(g, node), a);
}

bool node_has(const struct esc_graph *g, uint32_t node, uint32_t id)
{
    return bits_has(&g->nodes.at[merged_into(g, node)].set, id);
}

bool node_equal(struct esc_graph *g, uint32_t a, uint32_t b)
{
    return bits_equal(&g->nodes.at[node_same(g, a)].set, &g->nodes.at[node_same(g, b)].set);
}

void node_enqueue(struct esc_graph *g, uint32_t node)
{
    if (g->nodes.at[node].queued)
        return;
    g->nodes.at[node].queued = true;
    heap_put(&g->work, g->nodes.at[node].rank, node);
}

/* Takes the node of the lowest rank out of the worklist. */
static uint32_t dequeue(struct esc_graph *g)
{
    uint32_t node = heap_take(&g->work);
    g->nodes.at[node].queued = false;
    return node;
}

static void remember(struct esc_graph *g, uint32_t node, uint32_t id, struct cause cause)
{
    map_set(&g->cause_of, (uint64_t)node << 32 | id, g->causes.len);
    vec_push(&g->causes, cause);
}

static void insert(struct esc_graph *g, uint32_t node, uint32_t id, struct cause cause)
{
    struct node *n = &g->nodes.at[node];
    if (!bits_add(&n->set, &g->arena, id))
        return;
    bits_add(&n->news, &g->arena, id);
    if (g->explains)
        remember(g, node, id, cause);
    node_enqueue(g, node);
}

void node_add_callers(struct esc_graph *g, uint32_t node, uint32_t why)
{
    insert(g, node_same(g, node), g->inert, (struct cause){NO_NODE, g->inert, why});
}

void node_add(struct esc_graph *g, uint32_t node, addr_t a, uint32_t why)
{
    uint32_t id = number_of(g, normal(g, a));
    insert(g, node_same(g, node), id, (struct cause){NO_NODE, id, why});
}

/* Whether address A is to anywhere in its object once it has crossed edge E. */
static bool widened(const struct esc_graph *g, const struct edge *e, addr_t a)
{
    const struct object *o = &g->objs.at[addr_obj(a)];
    if (addr_off(a) == 0)
        return false;
    return e->filter == PASS_WIDE ||
           (e->filter == PASS_STEP && o->kind == OBJ_POINTEE && o->depth == 0 && o->id == e->param);
}

/* The numbers in IDS, which node FROM holds, cross edge E. */
static void flow(struct esc_graph *g, uint32_t from, const struct bits *ids, const struct edge *e)
{
    g->steps += 1 + ids->len;
    if (e->add == 0 && e->filter == PASS_ALL) {
        struct node *to = &g->nodes.at[e->to];
        if (g->explains)
            for (uint32_t i = 0; (i = bits_next(ids, i)) != BITS_END; i++)
                if (!bits_has(&to->set, i))
                    remember(g, e->to, i, (struct cause){from, i, e->why});
        if (bits_union(&to->set, &to->news, ids, &g->arena))
            node_enqueue(g, e->to);
        return;
    }
    for (uint32_t i = 0; (i = bits_next(ids, i)) != BITS_END; i++) {
        addr_t a = g->addrs.at[i];
        uint32_t id = i;
        g->steps++;
        if (e->filter == PASS_LOCAL && !own_object(g->objs.at[addr_obj(a)].kind))
            id = 0; /* where the callee stores our objects there, it is out of our hands */
        else if (widened(g, e, a))
            id = number_of_sum(g, a, ESC_ANY);
        else if (e->add && !covered(g, from, a))
            id = number_of_sum(g, a, e->add);
        else if (e->add)
            continue;
        insert(g, e->to, id, (struct cause){from, i, e->why});
    }
}

void graph_leaks(struct esc_graph *g, uint32_t obj)
{
    if (!worldly(g, obj))
        return;
    for (uint32_t id = g->objs.at[obj].numbers; id; id = g->lower.at[id])
        bits_add(&g->worldly, &g->arena, id);
}

/* Of what leaks the world's address is handed on instead. */
static void make_worldly(struct esc_graph *g, struct bits *ids)
{
    if (bits_meet(ids, &g->worldly)) {
        bits_remove(ids, &g->worldly);
        bits_add(ids, &g->arena, 0);
    }
}

/* What NODE has propagated already. Valid until the next call, or the next change of the node. */
static const struct bits *done(struct esc_graph *g, uint32_t node)
{
    const struct node *n = &g->nodes.at[node];
    if (!n->news.len && !bits_meet(&n->set, &g->worldly))
        return &n->set;
    bits_minus(&g->rest, &n->set, &n->news, &g->arena);
    make_worldly(g, &g->rest);
    return &g->rest;
}

static bool seen_edge(struct esc_graph *g, uint32_t from, const struct edge *e)
{
    const struct node *n = &g->nodes.at[from];
    for (uint32_t i = 0; i < n->edges.len && i < MANY_EDGES; i++)
        if (n->edges.at[i].to == e->to && n->edges.at[i].add == e->add &&
            n->edges.at[i].filter == e->filter && n->edges.at[i].param == e->param)
            return true;
    return n->edges.len > MANY_EDGES && e->add == 0 && e->filter == PASS_ALL &&
           !map_add(&g->edge_seen, (uint64_t)from << 32 | e->to);
}

static void add_edge(struct esc_graph *g, uint32_t from, struct edge e)
{
    from = node_same(g, from);
    e.to = node_same(g, e.to);
    if ((from == e.to && e.add == 0) || seen_edge(g, from, &e))
        return;
    vec_push_in(&g->arena, &g->nodes.at[from].edges, e);
    if (!g->gave_up)
        flow(g, from, done(g, from), &e);
    graph_spend(g, 1);
}

void node_flow(struct esc_graph *g, uint32_t from, uint32_t to, int32_t add, uint32_t why)
{
    add_edge(g, from, (struct edge){to, add, why, PASS_ALL, 0});
}

void node_flow_own(struct esc_graph *g, uint32_t from, uint32_t to, uint32_t why)
{
    add_edge(g, from, (struct edge){to, 0, why, PASS_LOCAL, 0});
}

void node_flow_widened(struct esc_graph *g, uint32_t from, uint32_t to, uint32_t why)
{
    add_edge(g, from, (struct edge){to, 0, why, PASS_WIDE, 0});
}

void node_flow_step(struct esc_graph *g, uint32_t from, uint32_t to, uint32_t param, uint32_t why)
{
    if (param <= UINT16_MAX)
        add_edge(g, from, (struct edge){to, 0, why, PASS_STEP, (uint16_t)param});
    else
        node_flow_widened(g, from, to, why);
}

static void add_constraint(struct esc_graph *g, uint32_t node, struct constraint c)
{
    node = node_same(g, node);
    vec_push_in(&g->arena, &g->nodes.at[node].constraints, c);
    addr_t a;
    for (uint32_t id = 0; node_next(g, node, &id, &a) && !g->gave_up; id++)
        if (!bits_has(&g->nodes.at[node].news, id)) {
            graph_spend(g, 1);
            constraint_apply(g, a, &c);
        }
}

void node_load(struct esc_graph *g, uint32_t pointer, int32_t off, uint32_t to, uint32_t why)
{
    add_constraint(g, pointer, (struct constraint){ON_LOAD, to, off, why});
}

void node_load_plain(struct esc_graph *g, uint32_t pointer, int32_t off, uint32_t to, uint32_t why)
{
    add_constraint(g, pointer, (struct constraint){ON_LOAD_PLAIN, to, off, why});
}

void node_walk(struct esc_graph *g, uint32_t node, int32_t off, uint32_t why)
{
    add_constraint(g, node, (struct constraint){ON_LOAD_LOOP, node, off, why});
}

void node_store(struct esc_graph *g, uint32_t pointer, int32_t off, uint32_t from, uint32_t why)
{
    add_constraint(g, pointer, (struct constraint){ON_STORE, from, off, why});
}

void node_copy(struct esc_graph *g, uint32_t to, int32_t to_off, uint32_t from, int32_t from_off,
               uint32_t size, uint32_t why)
{
    vec_push(&g->copies, ((struct copy){to, from, to_off, from_off, size, why}));
    uint32_t id = g->copies.len - 1;
    add_constraint(g, from, (struct constraint){ON_COPY_FROM, id, 0, why});
    add_constraint(g, to, (struct constraint){ON_COPY_TO, id, 0, why});
}

void node_on_call(struct esc_graph *g, uint32_t fp, uint32_t call, uint32_t why)
{
    add_constraint(g, fp, (struct constraint){ON_CALL, call, 0, why});
}

void node_on_own(struct esc_graph *g, uint32_t argument, uint32_t call, uint32_t why)
{
    add_constraint(g, argument, (struct constraint){ON_OWN, call, 0, why});
}

/* ---- solving ---- */

void graph_spend(struct esc_graph *g, uint64_t steps)
{
    g->steps += steps;
    if (g->steps > g->budget)
        g->gave_up = true;
}

/* The news of a node travel together, counted as done first: edges and constraints that are added
 * meanwhile see them among the done ones and send them themselves. */
static void propagate(struct esc_graph *g, uint32_t node)
{
    struct node *n = &g->nodes.at[node];
    struct bits news = n->news;
    n->news = g->delta;
    bits_clear(&n->news);
    g->delta = news;
    make_worldly(g, &g->delta);
    uint32_t edges = n->edges.len, constraints = n->constraints.len;
    for (uint32_t i = 0; i < edges && !g->gave_up; i++) {
        struct edge e = g->nodes.at[node].edges.at[i];
        e.to = node_same(g, e.to);
        if (e.to != node || e.add)
            flow(g, node, &g->delta, &e);
    }
    for (uint32_t k = 0; constraints && (k = bits_next(&g->delta, k)) != BITS_END; k++) {
        addr_t a = g->addrs.at[k];
        if (covered(g, node, a))
            continue;
        g->steps += constraints;
        for (uint32_t i = 0; i < constraints && !g->gave_up; i++) {
            struct constraint c = g->nodes.at[node].constraints.at[i];
            constraint_apply(g, a, &c);
        }
        graph_spend(g, 0);
    }
}

void graph_solve(struct esc_graph *g)
{
    if (!g->looked_at) { /* an order of flow to begin with */
        graph_merge_cycles(g);
        g->looked_at = g->steps + 1;
    }
    while ((g->work.items.len || g->found_at < g->found.len) && !g->gave_up) {
        if (g->found_at < g->found.len) {
            struct found_call c = g->found.at[g->found_at++];
            call_found(g, c.call, c.obj);
            continue;
        }
        if (g->steps > g->looked_at + LOOK_AGAIN * (uint64_t)g->nodes.len) {
            graph_merge_cycles(g);
            g->looked_at = g->steps;
            continue;
        }
        propagate(g, dequeue(g));
        graph_spend(g, 0);
    }
}
