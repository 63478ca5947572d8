/* Growing a solved graph when summaries have grown.
 *
 * In a recursive component a summary says more after its callers have seen it. Their graphs are kept, with what they
 * have seen, so that only what is new need be replayed: objects that both summaries name have their
 * nodes already, and flows that both have are done.
 *
 *     round 1    free_list: frees 0                                      0 = *list
 *     round 2    free_list: frees 0, frees 1, child 0 +8 of 1            1 is new, so are two flows
 *
 * What only the old summary had stays: it was true when it was said, and a function that may do more still may do
 * that. Mostly the same is said by way of fewer objects (alike.c), which is no loss but of time, so where half
 * of it is put in another way the graph is made again; also where something else than summaries has changed, or
 * what was done depends on there being nothing more, or so many objects have been met that no others are told apart.
 * The result is what a graph made from nothing would come to, up to the order in which limits were reached.
 */
#include "replay.h"

/* Which object of OLD each of S is, or NO_OBJ; in the graph's arena. Both are in order, so the next is looked for
 * behind the last that was found. */
static uint32_t *find_objects(struct esc_graph *g, const struct esc_summary *old,
                              const struct esc_summary *s)
{
    uint32_t *was = arena_alloc(&g->arena, (s->objs.len + 1) * sizeof *was), next = 0;
    for (uint32_t i = 0; i < s->objs.len; i++) {
        const struct sum_obj *o = &s->objs.at[i];
        bool hangs = o->kind == OBJ_POINTEE && o->depth; /* on a parent, which stands before it */
        was[i] = NO_OBJ;
        for (uint32_t k = 0, n = old->objs.len; k < n && was[i] == NO_OBJ; k++) {
            uint32_t at = next + k < n ? next + k : next + k - n;
            const struct sum_obj *p = &old->objs.at[at];
            if (o->kind == p->kind && o->id == p->id && o->depth == p->depth && o->off == p->off &&
                (!hangs || was[o->parent] == p->parent))
                was[i] = at;
        }
        if (was[i] != NO_OBJ)
            next = was[i] + 1 < old->objs.len ? was[i] + 1 : 0;
    }
    return was;
}

/* Whether R sees its flows in order; else it is the merge of a class, which only ever adds some behind the others. */
static bool in_order(const struct replay *r)
{
    return r->callee || graph_coarsest(r->g);
}

/* Whether OLD, which R has seen, has flow F. *AT: where the next is looked for. */
static bool had_flow(const struct replay *r, const struct esc_summary *old,
                     const struct sum_flow *f, uint32_t *at)
{
    struct sum_flow then = *f;
    then.from = r->was[f->from];
    if (f->target == TO_CELL || f->target == TO_CHILD)
        then.to = r->was[f->to];
    if (then.from == NO_OBJ || then.to == NO_OBJ)
        return false;
    while (in_order(r) && *at < old->flows.len &&
           summary_compare_flows(&old->flows.at[*at], &then) < 0)
        ++*at;
    bool had = *at < old->flows.len && summary_compare_flows(&old->flows.at[*at], &then) == 0;
    *at += had;
    return had;
}

/* Whether calls left to the caller by A, the first ones, have the same form in B. */
static bool same_calls(const struct esc_summary *a, const struct esc_summary *b)
{
    if (a->calls.len > b->calls.len)
        return false;
    for (uint32_t i = 0; i < a->calls.len; i++)
        if (!summary_same_form(&a->calls.at[i], &b->calls.at[i]))
            return false;
    return true;
}

/* Whether S says most of what R has seen; fills in `was`. */
static bool says_most(struct replay *r, const struct esc_summary *s)
{
    uint32_t had = 0, at = 0;
    r->was = find_objects(r->g, r->held, s);
    for (uint32_t i = 0; i < s->flows.len; i++)
        had += had_flow(r, r->held, &s->flows.at[i], &at);
    return had >= r->held->flows.len / 2;
}

/* Whether what R has come to see can be added to what it had. */
static bool may_add(struct replay *r, const struct esc_summary *s)
{
    if (r->result_only && !summary_of_arguments(s))
        return false;
    return !r->held || (same_calls(r->held, s) && says_most(r, s));
}

/* Whether so many objects have been met that others are no longer told apart. Old flows had their part in that,
 * and a new graph may do with fewer; where a function is looked at coarsely there are few in any case. */
static bool at_limits(const struct esc_graph *g)
{
    return g->level == 0 && g->pointees >= graph_limits(g)->pointees;
}

static bool may_grow(const struct esc_graph *g)
{
    const struct esc_fn *f = g->fn;
    if (g->final || at_limits(g) || g->level != f->level || g->asks_nobody != f->asks_nobody ||
        g->widens != graph_widens(f))
        return false;
    for (uint32_t i = 0; i < g->replays.len; i++) {
        struct replay *r = g->replays.at[i];
        const struct esc_summary *s = replay_seen(r);
        if (s && s != r->held && !may_add(r, s))
            return false;
    }
    return true;
}

/* The nodes that R made for objects, as OLD, are those of its objects now. */
static void keep_nodes(struct replay *r, const struct replay *old)
{
    const uint32_t *was = r->was;
    for (uint32_t i = 0; i < r->s->objs.len; i++) {
        if (was[i] == NO_OBJ)
            continue;
        r->node[i] = old->node[was[i]];
        for (uint32_t k = 0; k < old->moved.len; k++) {
            struct moved m = old->moved.at[k];
            if (m.obj == was[i])
                vec_push_in(&r->g->arena, &r->moved, ((struct moved){i, m.off, m.node}));
        }
    }
}

static void grow(struct replay *r, struct esc_summary *s)
{
    struct esc_graph *g = r->g;
    struct replay old = *r;
    uint32_t at = 0;
    r->moved.at = NULL;
    r->moved.len = r->moved.cap = 0;
    replay_begin(r, s);
    if (old.s)
        keep_nodes(r, &old);
    for (uint32_t i = 0; i < s->flows.len; i++)
        if (replay_matters(r, &s->flows.at[i]) &&
            !(old.s && had_flow(r, old.s, &s->flows.at[i], &at))) {
            graph_spend(g, 8);
            replay_flow(r, &s->flows.at[i]);
        }
    replay_end(r);
}

/* What R has come to see, if it is more than it had, is done. */
static void catch_up(struct replay *r)
{
    struct esc_graph *g = r->g;
    struct esc_summary *s = replay_seen(r), *had = r->held;
    if (!s)
        return;
    if (r->callee)
        undone_called(g, r->c, r->callee); /* the callee's flags may be more in any case */
    if (s == had)
        return;
    r->held = summary_hold(s);
    if (!r->result_only || r->c->result.n)
        grow(r, s);
    summary_free(had);
}

bool graph_grow(struct esc_graph *g)
{
    if (!may_grow(g))
        return false;
    for (uint32_t i = 0, n = g->replays.len; i < n && !g->gave_up; i++)
        catch_up(g->replays.at[i]);
    graph_settle(g);
    return !at_limits(g);
}
