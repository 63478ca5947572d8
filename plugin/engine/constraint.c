/* What constraints do with the addresses that reach them.
 *
 * A load or store waits at the node of its pointer; each address that arrives there turns it into an
 * edge between the word it names and the value:
 *
 *     q = *p:  p receives the address of a  ->  edge cell(a, 0) -> q
 *     *p = q:  p receives the address of a  ->  edge q -> cell(a, 0)
 *
 * What is stored in the world leaks; what is loaded from there is of the world.
 */
#include "graph.h"

static int32_t sum(int32_t a, int32_t b)
{
    return a == ESC_ANY || b == ESC_ANY ? ESC_ANY : a + b;
}

/* True if an access to a word at OFF touches the next word as well. */
static bool straddles(int32_t off)
{
    return off != ESC_ANY && off % ESC_WORD != 0;
}

/* What is stored for a while, and may be loaded in statement STMT from memory of others, comes to TO. */
static void load_ambient(struct esc_graph *g, uint32_t stmt, uint32_t to)
{
    uint32_t ambient = undone_ambient(g, stmt);
    if (ambient == g->callers)
        node_add_callers(g, to, stmt);
    else
        node_flow(g, ambient, to, 0, stmt);
}

static void load_one(struct esc_graph *g, addr_t a, const struct constraint *c)
{
    uint32_t obj = addr_obj(a);
    const struct object *o = &g->objs.at[obj];
    if (o->kind == OBJ_FUNC || o->kind == OBJ_AMBIENT)
        return;
    bool others = o->kind == OBJ_WORLD || callers_object(o->kind);
    if ((others && c->kind != ON_LOAD_PLAIN) || undone_may_hold(g, obj, c->why))
        load_ambient(g, c->why, c->other);
    if (o->kind == OBJ_WORLD) {
        node_add(g, c->other, a, c->why);
        return;
    }
    int32_t off = sum(addr_off(a), c->off);
    bool plain = c->kind == ON_LOAD_PLAIN;
    if (c->kind == ON_LOAD_LOOP)
        object_walk(g, obj, off);
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
    if (o->kind == OBJ_AMBIENT) {
        node_flow(g, c->other, g->through, 0, c->why);
        return;
    }
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
    if (d->kind == OBJ_FUNC || s->kind == OBJ_FUNC || s->kind == OBJ_AMBIENT)
        return;
    int32_t doff = sum(addr_off(to), c->to_off), soff = sum(addr_off(from), c->from_off);
    if (s->kind == OBJ_WORLD) {
        uint32_t world = node_new(g);
        node_add(g, world, addr(OBJ_THE_WORLD, 0), c->why);
        load_ambient(g, c->why, world);
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
        if (callers_object(g->objs.at[addr_obj(from)].kind) ||
            undone_may_hold(g, addr_obj(from), c->why)) {
            store.other = undone_ambient(g, c->why);
            store_one(g, addr(addr_obj(to), sum(doff, at)), &store);
        }
    }
}

static void copy_all(struct esc_graph *g, uint32_t copy, addr_t a, bool is_target)
{
    struct copy c = g->copies.at[copy];
    uint32_t other = is_target ? c.from : c.to;
    addr_t b; /* what arrives later meets A when it is propagated */
    for (uint32_t id = 0; node_next(g, other, &id, &b); id++) {
        g->steps++;
        copy_one(g, &c, is_target ? a : b, is_target ? b : a);
    }
}

/* Whether nobody can store into O what the graph would have to follow. */
static bool holds_nothing_of_ours(const struct object *o)
{
    return o->kind == OBJ_WORLD || o->kind == OBJ_FUNC || o->kind == OBJ_DATA ||
           o->kind == OBJ_AMBIENT;
}

/* OBJ can be reached from the world: so can what it holds, and anybody may write to it. (What a caller's
 * object held at entry is the caller's affair.) */
static void leak_one(struct esc_graph *g, uint32_t obj)
{
    struct object *o = &g->objs.at[obj];
    if (o->leaked || holds_nothing_of_ours(o))
        return;
    o->leaked = true;
    graph_leaks(g, obj);
    node_add(g, object_any(g, obj), addr(OBJ_THE_WORLD, 0), UINT32_MAX);
    if (callers_object(g->objs.at[obj].kind))
        object_leak_stored(g, obj);
    else
        node_flow(g, object_all(g, obj), g->leak, 0, UINT32_MAX);
}

/* OBJ was handed to an unknown function, which may have stored addresses of its own there. */
static void lend_one(struct esc_graph *g, uint32_t obj)
{
    struct object *o = &g->objs.at[obj];
    if (o->lent || holds_nothing_of_ours(o))
        return;
    o->lent = true;
    node_add(g, object_any(g, obj), addr(OBJ_THE_WORLD, 0), UINT32_MAX);
    if (!callers_object(g->objs.at[obj].kind))
        node_flow(g, object_all(g, obj), g->lend, 0, UINT32_MAX);
}

void constraint_apply(struct esc_graph *g, addr_t a, const struct constraint *c)
{
    switch (c->kind) {
    case ON_LOAD:
    case ON_LOAD_PLAIN:
    case ON_LOAD_LOOP:
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
    case ON_OWN:
        if (own_object(g->objs.at[addr_obj(a)].kind))
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
