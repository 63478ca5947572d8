/* The unit: which function is solved when.
 *
 * Callees come before callers (callgraph.c). Where only decisions count, functions with no address of their own
 * to decide on, whom nobody calls who has, are not looked at; often they are half of a unit. Inside a component
 * every function starts with no summary (nothing flows anywhere) and is solved again whenever the summary of a
 * function it calls has grown, so mutual recursion is as precise as straight code. What an indirect call may reach is
 * the merge of the summaries of its class; a component's classes are looked at when no function waits any more,
 * so that growth of many members costs their callers one more round.
 *
 * Summaries only grow and are finite; a function whose summary grows too often, or that exceeds its budget,
 * is solved more coarsely from then on, and at the last level taken to keep everything. Work on a
 * component is thus linear in its functions, times a constant number of rounds.
 *
 * A function's solved graph is kept, to grow when it is solved again (grow.c) and for the verdicts; once the
 * graphs of a component have taken too much memory, those of other functions are made again each time.
 */
#include "callgraph.h"
#include "held.h"
#include "summary.h"
#include "targets.h"

#include <stdlib.h>

enum {
    MAX_ROUNDS = 18,  /* times a summary may grow before the function is solved more coarsely */
    MANY_ROUNDS = 6,  /* the same in a component of many functions */
    LAST_ROUNDS = 30, /* the same at the last level, before the function is given up */
    LARGE = 300,      /* statements of a function that is solved as rarely as can be */
    VAST = 256,       /* functions of a component that is solved coarsely from the start */
    MANY = 16, /* functions of a component with fewer rounds, and fewer calls left to callers */
    MAX_KEPT = 128 << 20, /* bytes of graphs of a component that are kept */
};

/* The functions of a component that wait to be solved, by their turn. */
struct worklist {
    struct esc_unit *u;
    struct heap heap; /* of esc_fn.id */
};

static void drop_graph(struct esc_fn *f)
{
    if (f->graph)
        f->unit->kept -= f->graph->kept;
    graph_free(f->graph);
    f->graph = NULL;
}

static void make_graph(struct esc_fn *f)
{
    drop_graph(f);
    f->graph = graph_new(f);
    graph_build(f->graph);
}

/* F's graph is kept for later if there is room. */
static void keep_graph(struct esc_fn *f)
{
    struct esc_graph *g = f->graph;
    uint64_t size = graph_size(g), *kept = &f->unit->kept;
    *kept -= g->kept;
    g->kept = *kept + size <= MAX_KEPT ? size : 0;
    *kept += g->kept;
    if (!g->kept)
        drop_graph(f);
}

static void solve_graph(struct esc_fn *f)
{
    if (f->graph && graph_grow(f->graph) && !f->graph->gave_up) {
        if (undone_find(f->graph))
            make_graph(f);
        return;
    }
    undone_forget(f);
    make_graph(f);
    if (!f->graph->gave_up && undone_find(f->graph))
        make_graph(f);
}

/* True if the summary has grown. */
static bool solve_fn(struct esc_fn *f)
{
    uint32_t rounds = f->unit->many ? MANY_ROUNDS : MAX_ROUNDS;
    if (f->rounds >= rounds && f->level + 1 < ESC_LEVELS) {
        f->rounds = 0;
        f->level++;
    }
    for (;;) {
        solve_graph(f);
        if (!f->graph->gave_up && f->rounds <= LAST_ROUNDS) {
            bool asked = !f->asks_nobody, grown = summary_make(f->graph), flags = undone_flags(f);
            grown |= flags;
            f->blurred_grew |= flags;
            if (asked && f->asks_nobody)
                continue;
            keep_graph(f);
            f->rounds += grown;
            return grown;
        }
        if (f->level + 1 == ESC_LEVELS)
            break;
        f->level++;
    }
    f->gave_up = true;
    undone_flags(f);
    summary_make_worst(f);
    return true;
}

/* Explanations come from a graph of their own, so that nobody's verdict depends on who wants to know: a
 * graph that remembers where addresses came from cannot merge its nodes, and takes other steps. */
static void explain_fn(struct esc_fn *f)
{
    if (!f->unit->opt.explain || f->gave_up)
        return;
    drop_graph(f);
    f->graph = graph_new(f);
    f->graph->explains = true;
    f->graph->budget *= 8;
    graph_build(f->graph);
    if (!f->graph->gave_up)
        verdicts_explain(f->graph);
}

static void put(struct worklist *w, struct esc_fn *f)
{
    if (f->waits || f->gave_up)
        return;
    f->waits = true;
    heap_put(&w->heap, f->turn, f->id);
}

static struct esc_fn *take(struct worklist *w)
{
    struct esc_fn *first = w->u->fns.at[heap_take(&w->heap)];
    first->waits = false;
    return first;
}

/* Some summary that the N callers FNS have seen has grown; BLURRED: also as those at the last level see it. */
static void put_callers(struct worklist *w, const uint32_t *fns, uint32_t n, bool blurred)
{
    for (uint32_t i = 0; i < n; i++) {
        struct esc_fn *f = w->u->fns.at[fns[i]];
        if (blurred || f->level + 1 < ESC_LEVELS)
            put(w, f);
    }
}

/* F's summary has grown: so have the classes it is a member of. */
static void grow_class(struct esc_unit *u, struct esc_class *k, const struct esc_fn *f)
{
    if (!call_merges(u, k, f->sym))
        return;
    if (!k->merged)
        k->merged = merge_new();
    if (!merge_add(k->merged, f->summary))
        return;
    k->grown = true;
    summary_free(k->said);
    k->said = NULL;
}

static void grow_classes(struct esc_unit *u, const struct esc_fn *f)
{
    const struct esc_symbol *s = &u->syms.at[f->sym];
    for (uint32_t i = 0; i < s->classes.len; i++)
        grow_class(u, &u->classes.at[s->classes.at[i]], f);
}

/* From now on the callers of class K see what it has come to say. */
static void tell_callers(struct worklist *w, struct esc_class *k)
{
    k->grown = false;
    put_callers(w, k->callers.at, k->callers.len,
                summary_blur_again(&k->blurred, merge_summary(k->merged)));
}

static void solve_all(struct worklist *w)
{
    struct esc_unit *u = w->u;
    while (w->heap.items.len) {
        struct esc_fn *f = take(w);
        if (solve_fn(f)) {
            grow_classes(u, f);
            put_callers(w, f->callers.at, f->callers.len, f->blurred_grew);
        }
        for (uint32_t i = 0; !w->heap.items.len && i < u->classes.len; i++)
            if (u->classes.at[i].grown)
                tell_callers(w, &u->classes.at[i]);
    }
}

/* The function of F's component that statement I of it calls by name, or NULL. */
static struct esc_fn *called(const struct esc_fn *f, uint32_t i)
{
    const struct esc_stmt *s = &f->stmts.at[i];
    if (s->kind != ESC_STMT_CALL || s->callee.kind != ESC_ADDR || !(s->callee.var & ESC_SYM))
        return NULL;
    struct esc_fn *g = f->unit->syms.at[s->callee.var & ~ESC_SYM].fn;
    return g && g->scc == f->scc ? g : NULL;
}

/* Gives each function its turn: postorder over the calls by name; the large ones, which cost most, come
 * when no other waits. */
static void take_turns(struct esc_unit *u, const uint32_t *fns, uint32_t n)
{
    struct visit {
        struct esc_fn *f;
        uint32_t at; /* the next statement to look at */
    };
    VEC(struct visit) open = {0};
    uint32_t turn = 0;
    for (uint32_t i = 0; i < n; i++)
        u->fns.at[fns[i]]->turn = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        struct esc_fn *root = u->fns.at[fns[i]];
        if (root->turn != UINT32_MAX)
            continue;
        root->turn = 0;
        vec_push(&open, ((struct visit){root, 0}));
        while (open.len) {
            struct visit *v = &vec_last(&open);
            struct esc_fn *next = NULL;
            while (v->at < v->f->stmts.len && !next) {
                next = called(v->f, v->at++);
                next = next && next->turn == UINT32_MAX ? next : NULL;
            }
            if (next) {
                next->turn = 0; /* being visited */
                vec_push(&open, ((struct visit){next, 0}));
            } else {
                v->f->turn = turn++ + (v->f->stmts.len > LARGE ? n : 0);
                open.len--;
            }
        }
    }
    vec_free(&open);
}

static void solve_component(struct esc_unit *u, const uint32_t *fns, uint32_t n)
{
    struct worklist work = {.u = u};
    take_turns(u, fns, n);
    for (uint32_t i = n; i-- > 0;) {
        struct esc_fn *f = u->fns.at[fns[i]];
        esc_cfg(f);
        esc_ssa(f);
        esc_dead_stores(f);
        f->recursive |= n > 1;
        if (n > VAST)
            f->level = ESC_LEVELS - 1;
        put(&work, f);
    }
    u->many = n > MANY;
    solve_all(&work);
    for (uint32_t i = 0; i < n; i++) {
        struct esc_fn *f = u->fns.at[fns[i]];
        if (!f->graph && !f->gave_up) {
            solve_graph(f);
            f->gave_up = f->graph->gave_up;
        }
        undone_kills(f);
        verdicts(f->graph);
        promote(f->graph);
        explain_fn(f);
        drop_graph(f);
    }
    vec_free(&work.heap.items);
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

static bool is_candidate(const struct esc_ref *r)
{
    return r->kind == ESC_ADDR && !(r->var & ESC_SYM);
}

/* Whether there is something to decide in F: a variable's address is taken, a block could be a local buffer. */
static bool decides(const struct esc_fn *f)
{
    uint32_t large = f->unit->opt.large;
    for (uint32_t i = 0; i < f->vars.len; i++)
        if ((f->vars.at[i].flags &
             (ESC_ADDRESSED | ESC_VLA | ESC_ALLOCA | ESC_CAPTURED | ESC_CLOSURE | ESC_PIN_HEAP)) ||
            (large && f->vars.at[i].size > large))
            return true;
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_stmt *s = &f->stmts.at[i];
        if (s->dst.flags & ESC_REF_FITS)
            return true;
        for (uint32_t k = 0; k < s->n; k++)
            if (is_candidate(&s->refs[k]))
                return true;
    }
    return false;
}

void esc_solve(struct esc_unit *u)
{
    const struct component_user user = {solve_component, u->opt.decisions_only ? decides : NULL};
    count_writers(u);
    targets_make(u);
    for (uint32_t i = 0; i < u->elsewhere.len; i++)
        grow_classes(u, u->elsewhere.at[i]);
    components_callees_first(u, &user);
    graphs_release(u);
    if (u->opt.held)
        held_unit(u);
}
