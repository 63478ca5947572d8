/* The unit: which function is solved when.
 *
 * Callees come before callers: strongly connected components of the call graph, in the order in
 * which Tarjan's algorithm closes them. Inside a component every function starts with no summary
 * (nothing flows anywhere) and is solved again whenever the summary of a function it calls has grown,
 * so mutual recursion is as precise as straight code. Summaries only grow and are finite; MAX_ROUNDS
 * bounds the repetition, and a function that exceeds it is taken to keep everything.
 *
 * The call graph has an edge for every function that is called, whose address is mentioned, or that
 * an indirect call of its signature might reach.
 */
#include "held.h"
#include "summary.h"

#include <stdlib.h>

enum { MAX_ROUNDS = 24 };

struct scc_search {
    struct esc_unit *u;
    uint32_t *index;     /* by function number: discovery order, 0 = not yet */
    uint32_t *low;       /* Tarjan's low link */
    bool *open;          /* on the stack */
    VEC(uint32_t) stack; /* functions of components not yet closed */
    uint32_t counter;    /* discovery numbers handed out */
    uint32_t components; /* components closed */
    struct map number;   /* symbol -> function number */
};

/* Every function a function may call. */
struct callee_list {
    VEC(uint32_t) at; /* function numbers, with repetitions */
};

/* Whatever an indirect call of this signature may reach. */
static void add_signature(struct scc_search *s, struct callee_list *l, uint32_t signature)
{
    for (uint32_t n = 0; n < s->u->fns.len; n++)
        if (esc_may_be_called(&s->u->syms.at[s->u->fns.at[n]->sym], signature))
            vec_push(&l->at, n);
}

static void add_symbol(struct scc_search *s, struct callee_list *l, uint32_t var)
{
    if (!(var & ESC_SYM))
        return;
    uint32_t sym = var & ~ESC_SYM;
    uint32_t n = map_get(&s->number, sym);
    if (n != MAP_NONE)
        vec_push(&l->at, n);
    const struct esc_symbol *data = &s->u->syms.at[sym];
    if (data->also != UINT32_MAX)
        add_symbol(s, l, ESC_SYM | data->also);
    if (data->flags & ESC_SYM_CHOSEN)
        add_signature(s, l, data->signature);
    for (uint32_t i = 0; i < data->inits.len; i++) {
        n = map_get(&s->number, data->inits.at[i].to);
        if (n != MAP_NONE)
            vec_push(&l->at, n);
    }
}

static void callees(struct scc_search *s, const struct esc_fn *f, struct callee_list *l)
{
    struct map seen = {0};
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_stmt *st = &f->stmts.at[i];
        for (uint32_t k = 0; k < st->n; k++)
            if (st->refs[k].kind == ESC_ADDR || st->refs[k].kind == ESC_VAR)
                add_symbol(s, l, st->refs[k].var);
        if (st->kind != ESC_STMT_CALL)
            continue;
        if (st->callee.kind == ESC_ADDR) {
            add_symbol(s, l, st->callee.var);
        } else if (map_add(&seen, st->signature)) {
            add_signature(s, l, st->signature);
        }
    }
    map_free(&seen);
}

/* ---- solving one component ---- */

static bool solve_fn(struct esc_fn *f)
{
    graph_free(f->graph);
    f->rounds++;
    f->graph = graph_new(f);
    graph_build(f->graph);
    if (f->graph->gave_up || f->rounds > MAX_ROUNDS) {
        bool first = !f->gave_up;
        f->gave_up = true;
        if (first)
            summary_make_worst(f);
        return first;
    }
    return summary_make(f->graph);
}

static void solve_component(struct esc_unit *u, const uint32_t *fns, uint32_t n)
{
    struct map in = {0};
    VEC(uint32_t) work = {0};
    for (uint32_t i = n; i-- > 0;) {
        struct esc_fn *f = u->fns.at[fns[i]];
        esc_cfg(f);
        esc_ssa(f);
        esc_dead_stores(f);
        map_set(&in, fns[i], 1); /* 1: waits in the worklist */
        f->recursive = n > 1;
        for (uint32_t k = 0; k < f->callers.len; k++)
            f->recursive |= f->callers.at[k] == fns[i];
        vec_push(&work, fns[i]);
    }
    for (uint32_t at = 0; at < work.len; at++) {
        struct esc_fn *f = u->fns.at[work.at[at]];
        map_set(&in, work.at[at], 2);
        if (f->gave_up || !solve_fn(f))
            continue;
        for (uint32_t i = 0; i < f->callers.len; i++)
            if (map_get(&in, f->callers.at[i]) == 2) {
                map_set(&in, f->callers.at[i], 1);
                vec_push(&work, f->callers.at[i]);
            }
    }
    for (uint32_t i = 0; i < n; i++) {
        verdicts(u->fns.at[fns[i]]->graph);
        promote(u->fns.at[fns[i]]->graph);
    }
    if (u->opt.held)
        for (uint32_t i = n; i-- > 0;)
            held(u->fns.at[fns[i]]->graph);
    for (uint32_t i = 0; i < n; i++) {
        graph_free(u->fns.at[fns[i]]->graph);
        u->fns.at[fns[i]]->graph = NULL;
    }
    map_free(&in);
    vec_free(&work);
}

/* ---- the order ---- */

static void close_component(struct scc_search *s, uint32_t root)
{
    uint32_t start = s->stack.len;
    do {
        uint32_t n = s->stack.at[--start];
        s->open[n] = false;
        s->u->fns.at[n]->scc = s->components + 1;
    } while (s->stack.at[start] != root);
    s->components++;
    solve_component(s->u, s->stack.at + start, s->stack.len - start);
    s->stack.len = start;
}

static void search(struct scc_search *s, uint32_t start)
{
    struct frame {
        uint32_t fn, next;
        struct callee_list list;
    };
    VEC(struct frame) work = {0};
    vec_push(&work, ((struct frame){.fn = start}));
    while (work.len) {
        struct frame *top = &vec_last(&work);
        uint32_t n = top->fn;
        if (!s->index[n]) {
            s->index[n] = s->low[n] = ++s->counter;
            s->open[n] = true;
            vec_push(&s->stack, n);
            callees(s, s->u->fns.at[n], &top->list);
        }
        bool descended = false;
        while (top->next < top->list.at.len) {
            uint32_t c = top->list.at.at[top->next++];
            if (!s->index[c]) {
                top->next--; /* looked at again on return, to take its low link */
                vec_push(&work, ((struct frame){.fn = c}));
                descended = true;
                break;
            }
            vec_push(&s->u->fns.at[c]->callers, n);
            if (s->open[c] && s->low[c] < s->low[n])
                s->low[n] = s->low[c];
        }
        if (descended)
            continue;
        vec_free(&top->list.at);
        work.len--;
        if (s->low[n] == s->index[n])
            close_component(s, n);
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
    uint32_t n = u->fns.len;
    struct scc_search s = {.u = u,
                           .index = calloc(n + 1, sizeof(uint32_t)),
                           .low = calloc(n + 1, sizeof(uint32_t)),
                           .open = calloc(n + 1, sizeof(bool))};
    if (!s.index || !s.low || !s.open)
        abort();
    for (uint32_t i = 0; i < n; i++)
        map_set(&s.number, u->fns.at[i]->sym, i);
    count_writers(u);
    for (uint32_t i = 0; i < n; i++)
        if (!s.index[i])
            search(&s, i);
    map_free(&s.number);
    vec_free(&s.stack);
    free(s.index);
    free(s.low);
    free(s.open);
}
