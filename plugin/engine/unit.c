/* The unit: which function is solved when.
 *
 * Callees come before callers (callgraph.c). Inside a component every function starts with no summary
 * (nothing flows anywhere) and is solved again whenever the summary of a function it calls has grown,
 * so mutual recursion is as precise as straight code. What an indirect call may reach is the merge of
 * the summaries of its class; a component's classes are looked at when no function waits any more, so
 * that growth of many members costs their callers one more round.
 *
 * Summaries only grow and are finite; a function that is solved too often, or that exceeds its budget,
 * is solved more coarsely from then on, and at the last level taken to keep everything. Work on a
 * component is thus linear in its functions, times a constant number of rounds.
 *
 * A component of a few functions keeps their solved graphs for the verdicts; of many, memory matters
 * more, and each is solved once more in the end.
 */
#include "callgraph.h"
#include "held.h"
#include "summary.h"

#include <stdlib.h>

enum {
    MAX_ROUNDS = 18, /* times a function is solved before it is solved more coarsely */
    MANY_ROUNDS = 6, /* the same in a component of many functions */
    MAX_GRAPHS = 16, /* functions of a component whose graphs are kept */
};

enum state { IDLE, WAITS }; /* esc_fn.state */

typedef VEC(uint32_t) worklist;

static void drop_graph(struct esc_fn *f)
{
    graph_free(f->graph);
    f->graph = NULL;
}

static void solve_graph(struct esc_fn *f)
{
    drop_graph(f);
    f->graph = graph_new(f);
    graph_build(f->graph);
}

/* True if the summary has grown. */
static bool solve_fn(struct esc_fn *f)
{
    uint32_t rounds = f->unit->drop_graphs ? MANY_ROUNDS : MAX_ROUNDS;
    if (f->rounds++ % rounds == rounds - 1 && f->level + 1 < ESC_LEVELS)
        f->level++;
    for (;;) {
        solve_graph(f);
        if (!f->graph->gave_up && f->rounds <= (ESC_LEVELS + 1) * rounds) {
            bool grown = summary_make(f->graph);
            if (f->unit->drop_graphs)
                drop_graph(f);
            return grown;
        }
        if (f->level + 1 == ESC_LEVELS)
            break;
        f->level++;
    }
    f->gave_up = true;
    summary_make_worst(f);
    return true;
}

static void again(struct esc_unit *u, const uint32_t *callers, uint32_t n, worklist *work)
{
    for (uint32_t i = 0; i < n; i++) {
        struct esc_fn *f = u->fns.at[callers[i]];
        if (f->state == WAITS || f->gave_up)
            continue;
        f->state = WAITS;
        vec_push(work, f->id);
    }
}

/* F's summary has grown: so have the classes it is a member of. */
static void grow_class(struct esc_unit *u, struct esc_class *k, const struct esc_fn *f)
{
    if (!call_merges(u, k, f->sym))
        return;
    if (!k->merged)
        k->merged = merge_new();
    k->grown |= merge_add(k->merged, f->summary);
}

static void grow_classes(struct esc_unit *u, const struct esc_fn *f)
{
    const struct esc_symbol *s = &u->syms.at[f->sym];
    if (!(s->flags & ESC_SYM_TAKEN))
        return;
    for (uint32_t i = 1; i < u->classes.len && s->signature == 0; i++)
        grow_class(u, &u->classes.at[i], f);
    if (s->signature)
        grow_class(u, &u->classes.at[class_find(u, s->signature)], f);
    grow_class(u, &u->classes.at[0], f);
}

static void solve_all(struct esc_unit *u, worklist *work)
{
    for (uint32_t at = 0; at < work->len;) {
        for (; at < work->len; at++) {
            struct esc_fn *f = u->fns.at[work->at[at]];
            f->state = IDLE;
            if (f->gave_up || !solve_fn(f))
                continue;
            grow_classes(u, f);
            again(u, f->callers.at, f->callers.len, work);
        }
        work->len = at = 0;
        for (uint32_t i = 0; i < u->classes.len; i++) {
            struct esc_class *k = &u->classes.at[i];
            if (k->grown)
                again(u, k->callers.at, k->callers.len, work);
            k->grown = false;
        }
    }
}

static void solve_component(struct esc_unit *u, const uint32_t *fns, uint32_t n)
{
    worklist work = {0};
    bool keep = n <= MAX_GRAPHS;
    for (uint32_t i = n; i-- > 0;) {
        struct esc_fn *f = u->fns.at[fns[i]];
        esc_cfg(f);
        esc_ssa(f);
        esc_dead_stores(f);
        f->recursive |= n > 1;
        f->state = WAITS;
        vec_push(&work, fns[i]);
    }
    u->drop_graphs = !keep;
    solve_all(u, &work);
    for (uint32_t i = 0; i < n; i++) {
        struct esc_fn *f = u->fns.at[fns[keep ? i : n - 1 - i]];
        if (!keep && !f->gave_up) {
            solve_graph(f);
            f->gave_up = f->graph->gave_up;
        }
        verdicts(f->graph);
        promote(f->graph);
        drop_graph(f);
    }
    vec_free(&work);
}

/* Who stores to a data symbol by name: a call can only change what somebody else writes. */
static void count_writers(struct esc_unit *u)
{
    for (uint32_t n = 0; n < u->fns.len; n++) {
        struct esc_fn *f = u->fns.at[n];
        for (uint32_t i = 0; i < f->stmts.len; i++) {
            struct esc_ref *d = &f->stmts.at[i].dst;
            if (d->kind != ESC_VAR || !(d->var & ESC_SYM))
                continue;
            struct esc_symbol *s = &u->syms.at[d->var & ~ESC_SYM];
            if (s->writer != n) {
                s->writer = n;
                s->writers++;
            }
        }
    }
}

void esc_solve(struct esc_unit *u)
{
    static const struct component_user user = {solve_component};
    count_writers(u);
    classes_make(u);
    components_callees_first(u, &user);
    if (u->opt.held)
        held_unit(u);
}
