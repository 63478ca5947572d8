/* Which of the objects that parameters lead to a function's callers need not tell apart.
 *
 * The solver tells them apart by the path there, so a list of strings handed to an unknown function is five
 * objects that are all lent, freed, and may be stored in one another: the square of five in flows, and
 * callers replay every one. Objects with the same flows from, to and below them are alike. One of them
 * stands for all in the summary, with their parents for parents (TO_CHILD); a chain of them becomes one that
 * is its own parent:
 *
 *     free 2, free 3, result 2, result 3          3 = what 2 holds at +8, and alike
 *     free 2, result 2, child 2 +8 of 2           2 stands for both
 *
 * Nothing is lost: objects that are alike stand in the same sets, at the same offsets, and sets that are equal
 * are stored in them, so what a flow between two of them says of one pair it says of all. (Only where
 * the solver had cut a path short does a loop say more than the path did; what is cut short was a loop
 * already.)
 *
 * What is compared are two independent 64-bit sums over hashes. Equal sets are looked into once, so the
 * work is linear in the nodes that callers see and in what stands in different sets. Objects below are compared
 * by the one that stands for them, in passes until nothing changes, at most one for each dereference.
 */
#include "summary.h"

#include <stdlib.h>

/* What is counted of an object besides where it stands, which enum sum_target says. */
enum { HOLDS = TO_ARG + 1, LEADS_TO };

/* Sums over what is compared. */
struct sums {
    uint64_t a, b;
};

/* Nodes with equal sets, and what the caller sees them as. */
struct set_seen {
    uint32_t node;
    struct sums as;
    struct sums
        in_calls; /* the same, of calls left to the caller alone: it matters of what leaks */
};

struct likeness {
    struct esc_graph *g;
    VEC(struct set_seen) sets;
    struct map set_at;  /* hash of a set -> the first of `sets` to look at */
    struct sums *own;   /* by object: where it stands, and what stands there */
    struct sums *below; /* by object: its children, in this pass */
    bool *matters;      /* by object: it or something below it will be in the summary */
    uint32_t *same;     /* by object: the one that stands for it */
};

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

/* The kind is spread over all bits first: kind 4, number 5 is not kind 5, number 4. */
static void count(struct sums *s, uint64_t kind, uint64_t x, uint64_t y)
{
    uint64_t h = mix(mix(mix(0x2545f4914f6cdd1du, kind), x), y);
    s->a += h * 0x9e3779b97f4a7c15u;
    s->b += mix(h, 0xc4ceb9fe1a85ec53u);
}

/* The number of the set that NODE holds. */
static uint32_t set_of(struct likeness *l, uint32_t node)
{
    struct esc_graph *g = l->g;
    node = node_same(g, node);
    uint64_t hash = bits_hash(&g->nodes.at[node].set);
    uint32_t i = map_get(&l->set_at, hash);
    for (; i != MAP_NONE && i < l->sets.len; i++)
        if (node_equal(g, l->sets.at[i].node, node))
            return i;
    i = l->sets.len;
    vec_push(&l->sets, ((struct set_seen){node, {0, 0}, {0, 0}}));
    if (map_get(&l->set_at, hash) == MAP_NONE)
        map_set(&l->set_at, hash, i);
    return i;
}

/* Callers see what NODE holds as KIND, number X, word Y. The number of its set. */
static uint32_t seen_as(struct likeness *l, uint32_t node, enum sum_target kind, uint64_t x,
                        uint64_t y)
{
    uint32_t set = set_of(l, node);
    count(&l->sets.at[set].as, kind, x, y);
    if (kind >= TO_FP)
        count(&l->sets.at[set].in_calls, kind, x, y);
    return set;
}

/* NODE is word WORD of object OBJ. */
static void look_at_word(struct likeness *l, uint32_t obj, int32_t word, uint32_t node)
{
    if (node != NO_NODE)
        count(&l->own[obj], HOLDS, seen_as(l, node, TO_CELL, obj, (uint32_t)word), (uint32_t)word);
}

/* What is stored in object OBJ. */
static void look_into(struct likeness *l, uint32_t obj)
{
    const struct object *o = &l->g->objs.at[obj];
    for (uint32_t i = 0; i < o->cells.len; i++) {
        const struct cell *c = &o->cells.at[i];
        look_at_word(l, obj, c->word, callers_object(o->kind) ? c->stored : c->node);
    }
    look_at_word(l, obj, ESC_ANY, o->any);
}

static void look_at_calls(struct likeness *l, const uint32_t *deferred)
{
    const struct esc_graph *g = l->g;
    for (uint32_t i = 0; i < g->calls.len; i++) {
        const struct call *c = g->calls.at[i];
        if (deferred[i] == UINT32_MAX)
            continue;
        seen_as(l, c->fp, TO_FP, deferred[i], 0);
        for (uint32_t k = 0; k < c->nargs; k++)
            for (uint32_t w = 0; w < c->args[k].n; w++)
                seen_as(l, c->args[k].node[w], TO_ARG, deferred[i], (uint64_t)k << 32 | w);
    }
}

/* Fills in `own`. */
static void look_at_all(struct likeness *l, const uint32_t *deferred)
{
    struct esc_graph *g = l->g;
    addr_t a;
    for (uint32_t i = 0; i < g->objs.len; i++)
        if ((callers_object(g->objs.at[i].kind) || own_object(g->objs.at[i].kind) ||
             i == g->result) &&
            !g->objs.at[i].leaked)
            look_into(l, i);
    for (uint32_t i = 0; i < g->objs.len; i++)
        if (g->objs.at[i].leaked || g->objs.at[i].lent)
            count(&l->own[i], g->objs.at[i].leaked ? TO_LEAK : TO_LEND, 0, 0);
    seen_as(l, g->freed, TO_FREED, 0, 0);
    for (uint32_t i = 0; i < g->frees.len; i++)
        seen_as(l, g->frees.at[i].node, TO_FREED, 0, 0);
    look_at_calls(l, deferred);
    for (uint32_t i = 0; i < l->sets.len; i++) {
        const struct set_seen *s = &l->sets.at[i];
        for (uint32_t id = 0; node_next(g, s->node, &id, &a); id++) {
            struct sums *own = &l->own[addr_obj(a)];
            const struct sums *as = g->objs.at[addr_obj(a)].leaked ? &s->in_calls : &s->as;
            if (node_covers(g, s->node, a) || (as->a == 0 && as->b == 0))
                continue;
            own->a += mix(as->a, (uint32_t)addr_off(a));
            own->b += mix(as->b, (uint32_t)addr_off(a));
        }
    }
}

static bool may_be_alike(const struct object *o)
{
    return o->kind == OBJ_POINTEE && o->depth > 0;
}

/* Fills in `matters`: what leads to something that matters does so itself. */
static void find_what_matters(struct likeness *l)
{
    const struct esc_graph *g = l->g;
    for (uint32_t i = 0; i < g->objs.len; i++)
        l->matters[i] = l->own[i].a || l->own[i].b;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = g->objs.len; i-- > 0;) /* children were made after their first parents */
            if (l->matters[i])
                l->matters[g->objs.at[i].parent] = true;
        for (uint32_t i = 0; i < g->also.len; i++) {
            const struct also *a = &g->also.at[i];
            more |= l->matters[a->child] && !l->matters[a->parent];
            l->matters[a->parent] |= l->matters[a->child];
        }
    }
}

static void count_child(struct likeness *l, uint32_t parent, uint32_t child, int32_t word)
{
    if (l->matters[child])
        count(&l->below[parent], LEADS_TO, l->same[child], (uint32_t)word);
}

static void count_children(struct likeness *l)
{
    const struct esc_graph *g = l->g;
    for (uint32_t i = 0; i < g->objs.len; i++)
        l->below[i] = (struct sums){0, 0};
    for (uint32_t i = 0; i < g->also.len; i++) {
        const struct also *a = &g->also.at[i];
        const struct object *child = &g->objs.at[a->child]; /* whose first parent is among them */
        if (a->parent != child->parent || a->word != child->off)
            count_child(l, a->parent, a->child, a->word);
    }
    for (uint32_t i = 0; i < g->objs.len; i++)
        if (may_be_alike(&g->objs.at[i]))
            count_child(l, g->objs.at[i].parent, i, g->objs.at[i].off);
}

/* One pass; true if more objects turned out to be alike. The shallowest stands for the others. */
static bool find_alike(struct likeness *l)
{
    const struct esc_graph *g = l->g;
    struct map first = {0}; /* sums -> object */
    bool more = false;
    unsigned deepest = 0;
    count_children(l);
    for (uint32_t i = 0; i < g->objs.len; i++)
        if (may_be_alike(&g->objs.at[i]) && g->objs.at[i].depth > deepest)
            deepest = g->objs.at[i].depth;
    for (unsigned depth = 1; depth <= deepest; depth++)
        for (uint32_t i = 0; i < g->objs.len; i++) {
            const struct object *o = &g->objs.at[i];
            if (!may_be_alike(o) || o->depth != depth || l->same[i] != i || !l->matters[i])
                continue;
            struct sums s = {l->own[i].a + l->below[i].a, l->own[i].b + l->below[i].b};
            uint64_t key = mix(mix(s.a, s.b), o->id);
            uint32_t other = map_get(&first, key);
            if (other == MAP_NONE) {
                map_set(&first, key, i);
            } else if (l->own[other].a + l->below[other].a == s.a &&
                       l->own[other].b + l->below[other].b == s.b &&
                       g->objs.at[other].id == o->id) {
                l->same[i] = other;
                more = true;
            }
        }
    map_free(&first);
    for (uint32_t i = 0; more && i < g->objs.len; i++)
        l->same[i] = l->same[l->same[i]];
    return more;
}

uint32_t *objects_alike(struct esc_graph *g, const uint32_t *deferred)
{
    uint32_t n = g->objs.len;
    struct likeness l = {.g = g};
    l.own = arena_alloc(&g->arena, n * sizeof *l.own);
    l.below = arena_alloc(&g->arena, n * sizeof *l.below);
    l.matters = arena_alloc(&g->arena, n * sizeof *l.matters);
    l.same = arena_alloc(&g->arena, n * sizeof *l.same);
    look_at_all(&l, deferred);
    find_what_matters(&l);
    for (uint32_t i = 0; i < n; i++)
        l.same[i] = i;
    while (find_alike(&l))
        continue;
    vec_free(&l.sets);
    map_free(&l.set_at);
    return l.same;
}
