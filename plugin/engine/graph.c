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
 * Objects outside the function are stood for by what parameters point to (POINTEE), made on demand
 * by loads: p->next is a POINTEE whose parent is *p. Beyond some depth, or number (`limits`), what
 * stands in the same word of any object further away is one object, a limit, with several parents
 * (`also`): a list's nodes stay apart from what its nodes hold. Two POINTEEs may be one object at run time; that is sound
 * because summaries are constraints, not answers: the caller applies them to sets of its own, where
 * such aliases have met.
 *
 * Unknown offsets: `any` of an object flows into every cell, every cell flows into `all`.
 *
 *     a[i] = p;     set(p) -> any(a)         q = a[3]:  cell(a, 3) -> q, and any(a) -> cell(a, 3)
 *
 * The solver propagates differences (Pearce, Kelly, Hankin 2004): a node's set only grows, and only
 * what is new since its last visit travels. It terminates because there are finitely many objects
 * and each has at most so many offsets that arithmetic can make; every address travels each edge
 * once, so the work is O(edges * set size), and the budget bounds it.
 */
#include "graph.h"

#include <assert.h>
#include <stdlib.h>

enum {
    MAX_LIMITS = 32,   /* limits of a function beyond its POINTEEs */
    MAX_OFF = 1 << 16, /* offsets further away are unknown ones */
    LONG_SET = 12,     /* sets longer than this have an index */
};

/* How finely a function is looked at. One that exceeds its budget is solved again more coarsely; at
 * the last level a parameter points to one object that stands for all it reaches. */
static const struct limits {
    unsigned depth;      /* dereferences that POINTEEs tell apart */
    unsigned loop_depth; /* the same in recursive functions, whose paths grow with every round */
    uint32_t pointees;   /* POINTEEs of a function */
    uint32_t cells;      /* cells of an object */
    uint32_t offs;       /* offsets that arithmetic makes of one object's address */
    uint32_t base, each; /* steps it may take: base + each * (names + statements) */
} limits[ESC_LEVELS] = {
    {5, 3, 96, 96, 24, 60000, 100},
    {1, 1, 12, 32, 4, 10000, 50},
    {0, 0, 0, 4, 0, 200000, 400},
};

static const struct limits *limit(const struct esc_graph *g)
{
    return &limits[g->fn->level];
}

struct esc_graph *graph_new(struct esc_fn *f)
{
    struct esc_graph *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    g->fn = f;
    g->unit = f->unit;
    g->budget = limit(g)->base + (uint64_t)limit(g)->each * (f->ssa.len + f->stmts.len);
    if (g->unit->opt.budget)
        g->budget = g->unit->opt.budget;
    for (uint32_t i = 0; i < f->ssa.len; i++)
        node_new(g);
    object_new(g, OBJ_WORLD, 0, 0);
    g->result = object_new(g, OBJ_RESULT, 0, 0);
    g->varargs = NO_OBJ;
    g->leak = node_new(g);
    g->lend = node_new(g);
    g->freed = node_new(g);
    g->empty = node_new(g);
    g->sink = node_new(g);
    vec_push(&g->nodes.at[g->leak].constraints, ((struct constraint){ON_LEAK, 0, 0, UINT32_MAX}));
    vec_push(&g->nodes.at[g->lend].constraints, ((struct constraint){ON_LEND, 0, 0, UINT32_MAX}));
    g->var_obj = arena_alloc(&g->arena, f->vars.len * sizeof *g->var_obj);
    for (uint32_t i = 0; i < f->vars.len; i++)
        g->var_obj[i] = NO_OBJ;
    return g;
}

void graph_free(struct esc_graph *g)
{
    if (!g)
        return;
    for (uint32_t i = 0; i < g->nodes.len; i++) {
        struct node *n = &g->nodes.at[i];
        vec_free(&n->set);
        vec_free(&n->causes);
        vec_free(&n->edges);
        vec_free(&n->constraints);
        map_free(&n->index);
    }
    for (uint32_t i = 0; i < g->objs.len; i++)
        vec_free(&g->objs.at[i].cells);
    for (uint32_t i = 0; i < g->calls.len; i++)
        map_free(&g->calls.at[i]->applied);
    vec_free(&g->nodes);
    vec_free(&g->objs);
    vec_free(&g->copies);
    vec_free(&g->also);
    vec_free(&g->frees);
    vec_free(&g->calls);
    vec_free(&g->work);
    vec_free(&g->found);
    map_free(&g->shared_calls);
    map_free(&g->sym_obj);
    map_free(&g->children);
    arena_free(&g->arena);
    free(g);
}

/* ---- nodes ---- */

uint32_t node_new(struct esc_graph *g)
{
    vec_push(&g->nodes, (struct node){0});
    return g->nodes.len - 1;
}

bool node_has(const struct node *n, addr_t a)
{
    if (n->index.cap)
        return map_get(&n->index, a) != MAP_NONE;
    for (uint32_t i = 0; i < n->set.len; i++)
        if (n->set.at[i] == a)
            return true;
    return false;
}

static void enqueue(struct esc_graph *g, uint32_t node)
{
    if (!g->nodes.at[node].queued) {
        g->nodes.at[node].queued = true;
        vec_push(&g->work, node);
    }
}

/* Offsets far from the object, or of objects that have none, are not worth telling apart. */
static addr_t normal(const struct esc_graph *g, addr_t a)
{
    const struct object *o = &g->objs.at[addr_obj(a)];
    int32_t off = addr_off(a);
    if (o->kind == OBJ_WORLD || o->kind == OBJ_FUNC || o->kind == OBJ_ANSWER)
        return addr(addr_obj(a), 0);
    if (off == ESC_ANY || o->collapsed || off > MAX_OFF || off < -MAX_OFF)
        return addr(addr_obj(a), ESC_ANY);
    return a;
}

static void insert(struct esc_graph *g, uint32_t node, addr_t a, struct cause cause)
{
    a = normal(g, a);
    struct node *n = &g->nodes.at[node];
    if (node_has(n, a) || (addr_off(a) != ESC_ANY && node_has(n, addr(addr_obj(a), ESC_ANY))))
        return;
    vec_push(&n->set, a);
    if (g->unit->opt.explain)
        vec_push(&n->causes, cause);
    if (n->index.cap)
        map_add(&n->index, a);
    else if (n->set.len > LONG_SET)
        for (uint32_t i = 0; i < n->set.len; i++)
            map_add(&n->index, n->set.at[i]);
    enqueue(g, node);
}

void node_add(struct esc_graph *g, uint32_t node, addr_t a, uint32_t why)
{
    insert(g, node, a, (struct cause){NO_NODE, a, why});
}

static void flow_one(struct esc_graph *g, uint32_t from, addr_t a, const struct edge *e)
{
    addr_t b = a;
    struct object *o = &g->objs.at[addr_obj(a)];
    if (e->filter == PASS_LOCAL && o->kind != OBJ_VAR && o->kind != OBJ_ALLOC &&
        o->kind != OBJ_FRESH && o->kind != OBJ_VARARGS) {
        /* Where the callee stores our objects there, it is out of our hands. */
        insert(g, e->to, addr(OBJ_THE_WORLD, 0), (struct cause){from, a, e->why});
        return;
    }
    if (e->add == ESC_ANY || addr_off(a) == ESC_ANY) {
        b = addr(addr_obj(a), ESC_ANY);
    } else if (e->add) {
        b = normal(g, addr(addr_obj(a), addr_off(a) + e->add));
        if (addr_off(b) != ESC_ANY && !node_has(&g->nodes.at[e->to], b) &&
            ++o->moved_offs > limit(g)->offs)
            b = addr(addr_obj(a), ESC_ANY);
    }
    insert(g, e->to, b, (struct cause){from, a, e->why});
}

static void add_edge(struct esc_graph *g, uint32_t from, struct edge e)
{
    if (from == e.to && e.add == 0)
        return;
    struct node *n = &g->nodes.at[from];
    for (uint32_t i = 0; i < n->edges.len && i < 16; i++)
        if (n->edges.at[i].to == e.to && n->edges.at[i].add == e.add &&
            n->edges.at[i].filter == e.filter)
            return;
    vec_push(&n->edges, e);
    graph_spend(g, n->done);
    for (uint32_t i = 0; i < g->nodes.at[from].done && !g->gave_up; i++)
        flow_one(g, from, g->nodes.at[from].set.at[i], &e);
}

void node_flow(struct esc_graph *g, uint32_t from, uint32_t to, int32_t add, uint32_t why)
{
    add_edge(g, from, (struct edge){to, add, why, PASS_ALL});
}

void node_flow_own(struct esc_graph *g, uint32_t from, uint32_t to, uint32_t why)
{
    add_edge(g, from, (struct edge){to, 0, why, PASS_LOCAL});
}

/* ---- objects ---- */

uint32_t object_new(struct esc_graph *g, enum obj_kind kind, uint32_t id, uint32_t size)
{
    struct object o = {.kind = (uint8_t)kind,
                       .id = id,
                       .size = size,
                       .parent = g->objs.len,
                       .all = NO_NODE,
                       .any = NO_NODE};
    vec_push(&g->objs, o);
    return g->objs.len - 1;
}

uint32_t object_of_var(struct esc_graph *g, uint32_t var)
{
    if (g->var_obj[var] == NO_OBJ)
        g->var_obj[var] = object_new(g, OBJ_VAR, var, g->fn->vars.at[var].size);
    return g->var_obj[var];
}

static uint32_t data_object(struct esc_graph *g, uint32_t sym);

uint32_t object_of_sym(struct esc_graph *g, uint32_t sym)
{
    uint32_t obj = map_get(&g->sym_obj, sym);
    if (obj != MAP_NONE)
        return obj;
    const struct esc_symbol *s = &g->unit->syms.at[sym];
    if (s->kind == ESC_SYM_FUNC) {
        obj = object_new(g, OBJ_FUNC, sym, 0);
        map_set(&g->sym_obj, sym, obj);
    } else if (s->flags & ESC_SYM_READONLY) {
        obj = data_object(g, sym);
    } else {
        obj = OBJ_THE_WORLD;
        map_set(&g->sym_obj, sym, obj);
    }
    return obj;
}

/* Read-only data: its cells hold what the initialiser says. */
static uint32_t data_object(struct esc_graph *g, uint32_t sym)
{
    uint32_t obj = object_new(g, OBJ_DATA, sym, g->unit->syms.at[sym].size);
    map_set(&g->sym_obj, sym, obj);
    for (uint32_t i = 0; i < g->unit->syms.at[sym].inits.len; i++) {
        struct esc_init in = g->unit->syms.at[sym].inits.at[i];
        uint32_t to = object_of_sym(g, in.to);
        node_add(g, object_write(g, obj, in.off), addr(to, in.add), UINT32_MAX);
    }
    return obj;
}

static uint32_t child_of(struct esc_graph *g, uint32_t parent, uint32_t param, int32_t word,
                         unsigned depth)
{
    uint64_t key = (uint64_t)(parent + 1) << 32 | (uint32_t)word;
    if (depth == 0)
        key = (uint64_t)param << 32 | (uint32_t)word | (uint64_t)1 << 63;
    uint32_t obj = map_get(&g->children, key);
    if (obj != MAP_NONE)
        return obj;
    obj = object_new(g, OBJ_POINTEE, param, 0);
    g->pointees++;
    g->objs.at[obj].depth = (uint8_t)depth;
    g->objs.at[obj].off = word;
    if (depth)
        g->objs.at[obj].parent = parent;
    map_set(&g->children, key, obj);
    return obj;
}

uint32_t object_of_param(struct esc_graph *g, uint32_t param, int32_t word)
{
    return child_of(g, 0, param, word, 0);
}

static unsigned depth_limit(const struct esc_graph *g)
{
    return g->fn->recursive ? limit(g)->loop_depth : limit(g)->depth;
}

/* The limit for WORD, now also a child of OBJ. A key's high bits tell it from a real child's. */
static uint32_t limit_of(struct esc_graph *g, uint32_t obj, int32_t word)
{
    uint32_t param = g->objs.at[obj].id;
    int32_t own = g->pointees >= limit(g)->pointees + MAX_LIMITS ? ESC_ANY : word;
    uint64_t key = (uint64_t)param << 32 | (uint32_t)own | (uint64_t)3 << 62;
    uint32_t limit = map_get(&g->children, key);
    if (limit == MAP_NONE) {
        limit = child_of(g, obj, param, word, depth_limit(g));
        map_set(&g->children, key, limit);
    }
    vec_push(&g->also, ((struct also){limit, obj, word}));
    return limit;
}

/* What the caller may have left at WORD (or ESC_ANY) of POINTEE obj is added to node. */
static void enter(struct esc_graph *g, uint32_t obj, int32_t word, uint32_t node)
{
    struct object *o = &g->objs.at[obj];
    if (o->kind == OBJ_ANSWER) {
        node_add(g, node, addr(obj, ESC_ANY), UINT32_MAX);
        return;
    }
    if (g->fn->level > 0 && (o->depth >= depth_limit(g) || g->pointees >= limit(g)->pointees)) {
        if (!o->swallows)
            vec_push(&g->also, ((struct also){obj, obj, ESC_ANY}));
        o->swallows = true;
        node_add(g, node, addr(obj, ESC_ANY), UINT32_MAX);
        return;
    }
    if (o->depth >= depth_limit(g) || g->pointees >= limit(g)->pointees) {
        node_add(g, node, addr(limit_of(g, obj, word), 0), UINT32_MAX);
        return;
    }
    uint32_t child = child_of(g, obj, o->id, word, o->depth + 1u);
    node_add(g, node, addr(child, 0), UINT32_MAX);
}

static uint32_t all_of(struct esc_graph *g, uint32_t obj)
{
    if (g->objs.at[obj].all == NO_NODE) {
        uint32_t all = node_new(g);
        struct object *o = &g->objs.at[obj];
        o->all = all;
        for (uint32_t i = 0; i < o->cells.len; i++)
            node_flow(g, g->objs.at[obj].cells.at[i].node, all, 0, UINT32_MAX);
        if (o->any != NO_NODE)
            node_flow(g, g->objs.at[obj].any, all, 0, UINT32_MAX);
    }
    return g->objs.at[obj].all;
}

static uint32_t any_of(struct esc_graph *g, uint32_t obj)
{
    if (g->objs.at[obj].any == NO_NODE) {
        uint32_t any = node_new(g);
        struct object *o = &g->objs.at[obj];
        o->any = any;
        for (uint32_t i = 0; i < o->cells.len; i++)
            node_flow(g, any, g->objs.at[obj].cells.at[i].node, 0, UINT32_MAX);
        if (o->all != NO_NODE)
            node_flow(g, any, g->objs.at[obj].all, 0, UINT32_MAX);
    }
    return g->objs.at[obj].any;
}

/* The cell of OBJ at byte OFF, or NULL where cells do not tell offsets apart. */
static struct cell *cell_at(struct esc_graph *g, uint32_t obj, int32_t off)
{
    struct object *o = &g->objs.at[obj];
    if (off == ESC_ANY || o->collapsed || o->kind == OBJ_ANSWER)
        return NULL;
    int32_t word = off >= 0 ? off / ESC_WORD : -((-off + ESC_WORD - 1) / ESC_WORD);
    for (uint32_t i = 0; i < o->cells.len; i++)
        if (o->cells.at[i].word == word)
            return &o->cells.at[i];
    if (o->cells.len >= limit(g)->cells) {
        o->collapsed = true;
        return NULL;
    }
    uint32_t node = node_new(g);
    o = &g->objs.at[obj];
    vec_push(&o->cells, ((struct cell){word, node, NO_NODE, false}));
    if (o->all != NO_NODE)
        node_flow(g, node, o->all, 0, UINT32_MAX);
    if (o->any != NO_NODE)
        node_flow(g, o->any, node, 0, UINT32_MAX);
    return &vec_last(&g->objs.at[obj].cells);
}

/* A known offset beyond a known size: a list head taken for an element, say. Such an access is not
 * valid C wherever it is carried out, so it reads and writes nothing. */
static bool outside(const struct esc_graph *g, uint32_t obj, int32_t off)
{
    const struct object *o = &g->objs.at[obj];
    return o->size && off != ESC_ANY && !o->collapsed &&
           (off <= -ESC_WORD || (off >= 0 && (uint32_t)off >= o->size));
}

static bool callers_own(const struct object *o)
{
    return o->kind == OBJ_POINTEE || o->kind == OBJ_ANSWER;
}

uint32_t object_read(struct esc_graph *g, uint32_t obj, int32_t off, bool plain)
{
    assert(obj != OBJ_THE_WORLD);
    if (outside(g, obj, off))
        return g->empty;
    struct cell *c = cell_at(g, obj, off);
    if (!c) {
        uint32_t all = all_of(g, obj);
        if (!plain && callers_own(&g->objs.at[obj]) && !g->objs.at[obj].open) {
            g->objs.at[obj].open = true;
            enter(g, obj, ESC_ANY, all);
        }
        return all;
    }
    uint32_t node = c->node;
    if (!plain && callers_own(&g->objs.at[obj]) && !c->entered) {
        c->entered = true;
        enter(g, obj, c->word, node);
    }
    return node;
}

uint32_t object_write(struct esc_graph *g, uint32_t obj, int32_t off)
{
    assert(obj != OBJ_THE_WORLD);
    if (outside(g, obj, off))
        return g->sink;
    struct cell *c = cell_at(g, obj, off);
    if (!c)
        return any_of(g, obj);
    if (!callers_own(&g->objs.at[obj]))
        return c->node;
    if (c->stored == NO_NODE) {
        uint32_t node = c->node, stored = node_new(g);
        c->stored = stored;
        node_flow(g, stored, node, 0, UINT32_MAX);
        return stored;
    }
    return c->stored;
}

/* ---- constraints ---- */

static int32_t sum(int32_t a, int32_t b)
{
    return a == ESC_ANY || b == ESC_ANY ? ESC_ANY : a + b;
}

/* True if an access to a word at OFF touches the next word as well. */
static bool straddles(int32_t off)
{
    return off != ESC_ANY && off % ESC_WORD != 0;
}

static void load_one(struct esc_graph *g, addr_t a, const struct constraint *c)
{
    uint32_t obj = addr_obj(a);
    const struct object *o = &g->objs.at[obj];
    if (o->kind == OBJ_FUNC)
        return;
    if (o->kind == OBJ_WORLD) {
        node_add(g, c->other, a, c->why);
        return;
    }
    int32_t off = sum(addr_off(a), c->off);
    bool plain = c->kind == ON_LOAD_PLAIN;
    node_flow(g, object_read(g, obj, off, plain), c->other, 0, c->why);
    if (straddles(off) && !plain)
        node_flow(g, object_read(g, obj, off + ESC_WORD - 1, plain), c->other, 0, c->why);
}

static void store_one(struct esc_graph *g, addr_t a, const struct constraint *c)
{
    uint32_t obj = addr_obj(a);
    const struct object *o = &g->objs.at[obj];
    if (o->kind == OBJ_FUNC)
        return;
    if (o->kind == OBJ_WORLD || o->kind == OBJ_DATA) {
        node_flow(g, c->other, g->leak, 0, c->why);
        return;
    }
    int32_t off = sum(addr_off(a), c->off);
    node_flow(g, c->other, object_write(g, obj, off), 0, c->why);
    if (straddles(off))
        node_flow(g, c->other, object_write(g, obj, off + ESC_WORD - 1), 0, c->why);
}

/* The bytes at FROM are copied to TO, for one pair of addresses. */
static void copy_one(struct esc_graph *g, const struct copy *c, addr_t to, addr_t from)
{
    const struct object *d = &g->objs.at[addr_obj(to)], *s = &g->objs.at[addr_obj(from)];
    if (d->kind == OBJ_FUNC || s->kind == OBJ_FUNC)
        return;
    int32_t doff = sum(addr_off(to), c->to_off), soff = sum(addr_off(from), c->from_off);
    if (s->kind == OBJ_WORLD) {
        uint32_t world = node_new(g);
        node_add(g, world, addr(OBJ_THE_WORLD, 0), c->why);
        store_one(g, addr(addr_obj(to), ESC_ANY), &(struct constraint){ON_STORE, world, 0, c->why});
        return;
    }
    bool exact = doff != ESC_ANY && soff != ESC_ANY && (doff - soff) % ESC_WORD == 0 && c->size &&
                 c->size <= 32 * ESC_WORD && !d->collapsed && !s->collapsed;
    uint32_t words = exact ? esc_words(soff, c->size) : 1;
    for (uint32_t i = 0; i < words; i++) {
        int32_t at = exact ? (int32_t)(i * ESC_WORD) : ESC_ANY;
        uint32_t source = object_read(g, addr_obj(from), sum(soff, at), false);
        struct constraint store = {ON_STORE, source, 0, c->why};
        store_one(g, addr(addr_obj(to), sum(doff, at)), &store);
    }
}

static void copy_all(struct esc_graph *g, uint32_t id, addr_t a, bool is_target)
{
    struct copy c = g->copies.at[id];
    uint32_t other = is_target ? c.from : c.to;
    uint32_t n = g->nodes.at[other].set.len; /* what arrives later meets A when it is propagated */
    for (uint32_t i = 0; i < n; i++) {
        addr_t b = g->nodes.at[other].set.at[i];
        g->steps++;
        copy_one(g, &c, is_target ? a : b, is_target ? b : a);
    }
}

/* OBJ can be reached from the world: so can what it holds, and anybody may write to it. */
static void leak_one(struct esc_graph *g, uint32_t obj)
{
    struct object *o = &g->objs.at[obj];
    if (o->leaked || o->kind == OBJ_WORLD || o->kind == OBJ_FUNC || o->kind == OBJ_DATA)
        return;
    o->leaked = true;
    node_add(g, any_of(g, obj), addr(OBJ_THE_WORLD, 0), UINT32_MAX);
    if (!callers_own(&g->objs.at[obj]))
        node_flow(g, all_of(g, obj), g->leak, 0, UINT32_MAX);
}

/* OBJ was handed to an unknown function, which may have stored addresses of its own there. */
static void lend_one(struct esc_graph *g, uint32_t obj)
{
    struct object *o = &g->objs.at[obj];
    if (o->lent || o->kind == OBJ_WORLD || o->kind == OBJ_FUNC || o->kind == OBJ_DATA)
        return;
    o->lent = true;
    node_add(g, any_of(g, obj), addr(OBJ_THE_WORLD, 0), UINT32_MAX);
    if (!callers_own(&g->objs.at[obj]))
        node_flow(g, all_of(g, obj), g->lend, 0, UINT32_MAX);
}

static void apply(struct esc_graph *g, addr_t a, const struct constraint *c)
{
    switch (c->kind) {
    case ON_LOAD:
    case ON_LOAD_PLAIN:
        load_one(g, a, c);
        break;
    case ON_STORE:
        store_one(g, a, c);
        break;
    case ON_COPY_TO:
        copy_all(g, c->other, a, true);
        break;
    case ON_COPY_FROM:
        copy_all(g, c->other, a, false);
        break;
    case ON_CALL: /* not at once: a call adds constraints, which may find further calls */
        vec_push(&g->found, ((struct found_call){c->other, addr_obj(a)}));
        break;
    case ON_LEAK:
        leak_one(g, addr_obj(a));
        break;
    case ON_LEND:
        lend_one(g, addr_obj(a));
        break;
    }
}

static void add_constraint(struct esc_graph *g, uint32_t node, struct constraint c)
{
    vec_push(&g->nodes.at[node].constraints, c);
    graph_spend(g, g->nodes.at[node].done);
    for (uint32_t i = 0; i < g->nodes.at[node].done && !g->gave_up; i++)
        apply(g, g->nodes.at[node].set.at[i], &c);
}

void node_load(struct esc_graph *g, uint32_t pointer, int32_t off, uint32_t to, uint32_t why)
{
    add_constraint(g, pointer, (struct constraint){ON_LOAD, to, off, why});
}

void node_load_plain(struct esc_graph *g, uint32_t pointer, int32_t off, uint32_t to, uint32_t why)
{
    add_constraint(g, pointer, (struct constraint){ON_LOAD_PLAIN, to, off, why});
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

/* ---- solving ---- */

void graph_spend(struct esc_graph *g, uint64_t steps)
{
    g->steps += steps;
    if (g->steps > g->budget)
        g->gave_up = true;
}

static void propagate(struct esc_graph *g, uint32_t node)
{
    while (g->nodes.at[node].done < g->nodes.at[node].set.len && !g->gave_up) {
        /* One address at a time, counted as done first: edges and constraints that are added while
         * it travels see it among the done ones and send it themselves. */
        addr_t a = g->nodes.at[node].set.at[g->nodes.at[node].done++];
        uint32_t edges = g->nodes.at[node].edges.len;
        uint32_t constraints = g->nodes.at[node].constraints.len;
        g->steps += 1 + edges + constraints;
        for (uint32_t i = 0; i < edges; i++) {
            struct edge e = g->nodes.at[node].edges.at[i];
            flow_one(g, node, a, &e);
        }
        for (uint32_t i = 0; i < constraints; i++) {
            struct constraint c = g->nodes.at[node].constraints.at[i];
            apply(g, a, &c);
        }
    }
}

void graph_solve(struct esc_graph *g)
{
    while ((g->work_at < g->work.len || g->found_at < g->found.len) && !g->gave_up) {
        if (g->found_at < g->found.len) {
            struct found_call c = g->found.at[g->found_at++];
            call_found(g, c.call, c.obj);
            continue;
        }
        uint32_t node = g->work.at[g->work_at++];
        g->nodes.at[node].queued = false;
        propagate(g, node);
        if (g->work_at > 4096 && g->work_at * 2 > g->work.len) {
            for (uint32_t i = g->work_at; i < g->work.len; i++)
                g->work.at[i - g->work_at] = g->work.at[i];
            g->work.len -= g->work_at;
            g->work_at = 0;
        }
        graph_spend(g, 0);
    }
}
