/* Objects and their cells: what a function's addresses point into, and what stands there.
 *
 * Objects outside the function are stood for by what parameters point to (POINTEE), made on demand
 * by loads: p->next is a POINTEE whose parent is *p. Beyond some depth, or number (`limits`), what
 * stands in the same word of any object further away is one object, a limit, with several parents
 * (`also`): a list's nodes stay apart from what its nodes hold. Two POINTEEs may be one object at run
 * time; that is sound because summaries are constraints, not answers: the caller applies them to sets
 * of its own, where such aliases have met.
 *
 * Unknown offsets: `any` of an object flows into every cell, every cell flows into `all`.
 *
 *     a[i] = p;     set(p) -> any(a)         q = a[3]:  cell(a, 3) -> q, and any(a) -> cell(a, 3)
 */
#include "graph.h"

#include <assert.h>

enum { MAX_LIMITS = 32 }; /* limits of a function beyond its POINTEEs */

bool own_object(uint8_t kind)
{
    return kind == OBJ_VAR || kind == OBJ_ALLOC || kind == OBJ_FRESH || kind == OBJ_VARARGS;
}

bool callers_object(uint8_t kind)
{
    return kind == OBJ_POINTEE || kind == OBJ_ANSWER || kind == OBJ_BEYOND;
}

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
    return g->fn->recursive ? graph_limits(g)->loop_depth : graph_limits(g)->depth;
}

/* The limit for WORD, now also a child of OBJ. A key's high bits tell it from a real child's. */
static uint32_t limit_of(struct esc_graph *g, uint32_t obj, int32_t word)
{
    uint32_t param = g->objs.at[obj].id;
    int32_t own = g->pointees >= graph_limits(g)->pointees + MAX_LIMITS ? ESC_ANY : word;
    uint64_t key = (uint64_t)param << 32 | (uint32_t)own | (uint64_t)3 << 62;
    uint32_t limit = map_get(&g->children, key);
    if (limit == MAP_NONE) {
        limit = child_of(g, obj, param, word, depth_limit(g));
        map_set(&g->children, key, limit);
    }
    vec_push(&g->also, ((struct also){limit, obj, word}));
    return limit;
}

/* The object for what is reached from OBJ, an ANSWER or BEYOND. */
static uint32_t beyond(struct esc_graph *g, uint32_t obj)
{
    struct call *c = g->calls.at[g->objs.at[obj].id];
    if (c->beyond == NO_OBJ)
        c->beyond = object_new(g, OBJ_BEYOND, g->objs.at[obj].id, 0);
    return c->beyond;
}

/* What the caller may have left at WORD (or ESC_ANY) of obj, which is his, is added to node. */
static void enter(struct esc_graph *g, uint32_t obj, int32_t word, uint32_t node)
{
    struct object *o = &g->objs.at[obj];
    if (o->kind == OBJ_ANSWER || o->kind == OBJ_BEYOND) {
        node_add(g, node, addr(beyond(g, obj), 0), UINT32_MAX);
        return;
    }
    if (g->fn->level > 0 &&
        (o->depth >= depth_limit(g) || g->pointees >= graph_limits(g)->pointees)) {
        if (!o->swallows)
            vec_push(&g->also, ((struct also){obj, obj, ESC_ANY}));
        o->swallows = true;
        node_add(g, node, addr(obj, ESC_ANY), UINT32_MAX);
        return;
    }
    if (o->depth >= depth_limit(g) || g->pointees >= graph_limits(g)->pointees) {
        node_add(g, node, addr(limit_of(g, obj, word), 0), UINT32_MAX);
        return;
    }
    uint32_t child = child_of(g, obj, o->id, word, o->depth + 1u);
    node_add(g, node, addr(child, 0), UINT32_MAX);
}

uint32_t object_all(struct esc_graph *g, uint32_t obj)
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

uint32_t object_any(struct esc_graph *g, uint32_t obj)
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
    if (off == ESC_ANY || o->collapsed || o->kind == OBJ_BEYOND)
        return NULL;
    int32_t word = off >= 0 ? off / ESC_WORD : -((-off + ESC_WORD - 1) / ESC_WORD);
    for (uint32_t i = 0; i < o->cells.len; i++)
        if (o->cells.at[i].word == word)
            return &o->cells.at[i];
    if (o->cells.len >= graph_limits(g)->cells) {
        o->collapsed = true;
        return NULL;
    }
    uint32_t node = node_new(g);
    o = &g->objs.at[obj];
    vec_push_in(&g->arena, &o->cells, ((struct cell){word, node, NO_NODE, false}));
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

uint32_t object_read(struct esc_graph *g, uint32_t obj, int32_t off, bool plain)
{
    assert(obj != OBJ_THE_WORLD);
    if (outside(g, obj, off))
        return g->empty;
    struct cell *c = cell_at(g, obj, off);
    if (!c) {
        uint32_t all = object_all(g, obj);
        if (!plain && callers_object(g->objs.at[obj].kind) && !g->objs.at[obj].open) {
            g->objs.at[obj].open = true;
            enter(g, obj, ESC_ANY, all);
        }
        return all;
    }
    uint32_t node = c->node;
    if (!plain && callers_object(g->objs.at[obj].kind) && !c->entered) {
        c->entered = true;
        enter(g, obj, c->word, node);
    }
    return node;
}

/* The caller's own object OBJ is also what it held at WORD. */
static void enter_itself(struct esc_graph *g, uint32_t obj, int32_t word, uint32_t node)
{
    vec_push(&g->also, ((struct also){obj, obj, word}));
    node_add(g, node, addr(obj, 0), UINT32_MAX);
}

void object_walk(struct esc_graph *g, uint32_t obj, int32_t off)
{
    const struct object *o = &g->objs.at[obj];
    if (o->kind != OBJ_POINTEE || o->depth == 0 || outside(g, obj, off))
        return;
    struct cell *c = cell_at(g, obj, off);
    bool *entered = c ? &c->entered : &g->objs.at[obj].open;
    if (*entered)
        return;
    *entered = true;
    enter_itself(g, obj, c ? c->word : ESC_ANY, c ? c->node : object_all(g, obj));
}

uint32_t object_write(struct esc_graph *g, uint32_t obj, int32_t off)
{
    assert(obj != OBJ_THE_WORLD);
    if (outside(g, obj, off))
        return g->sink;
    struct cell *c = cell_at(g, obj, off);
    if (!c)
        return object_any(g, obj);
    if (!callers_object(g->objs.at[obj].kind))
        return c->node;
    if (c->stored == NO_NODE) {
        uint32_t node = c->node, stored = node_new(g);
        c->stored = stored;
        node_flow(g, stored, node, 0, UINT32_MAX);
        if (g->objs.at[obj].leaked)
            node_flow(g, stored, g->leak, 0, UINT32_MAX);
        return stored;
    }
    return c->stored;
}

void object_leak_stored(struct esc_graph *g, uint32_t obj)
{
    node_flow(g, object_any(g, obj), g->leak, 0, UINT32_MAX);
    for (uint32_t i = 0; i < g->objs.at[obj].cells.len; i++) {
        uint32_t stored = g->objs.at[obj].cells.at[i].stored;
        if (stored != NO_NODE)
            node_flow(g, stored, g->leak, 0, UINT32_MAX);
    }
}
