/* The call graph and the order in which its functions are solved.
 *
 * Nodes are the unit's functions, its data with initialisers, and the classes of functions that an
 * indirect call may reach; an edge leads from whoever calls or mentions to what is called or
 * mentioned. Strongly connected components are handed on in the order in which Tarjan's algorithm
 * closes them: callees first.
 *
 *     f calls g, mentions table, and calls a pointer of signature s:
 *         f -> g, f -> table, f -> class s;  table -> its handlers;  class s -> its members
 *
 * Functions that nobody wants, directly or for a caller, are left out when their component is closed: the order of the
 * others must not depend on who wants what, or verdicts would where an analysis reaches its limits.
 *
 * Tables and classes are nodes of their own so that the graph stays linear in the program: a function
 * that mentions a table of 100,000 handlers has one edge, not 100,000.
 */
#include "callgraph.h"
#include "summary.h"
#include "targets.h"

#include <stdlib.h>
#include <string.h>

struct search {
    struct esc_unit *u;
    const struct component_user *user;
    uint32_t nfns, ndata; /* nodes: functions, then data symbols, then classes */
    uint32_t *node;       /* by symbol: its node, or UINT32_MAX */
    uint32_t *data;       /* by node - nfns: the data symbol */
    uint32_t *seen;       /* by node: 1 + the last node that has an edge to it */
    uint32_t *index;      /* by node: discovery number, 0 = not yet */
    uint32_t *low;        /* Tarjan's low link */
    bool *open;           /* on the stack */
    bool *needed;         /* by node: what is wanted leads there; NULL: all is */
    VEC(uint32_t) stack;  /* nodes of components not yet closed */
    VEC(uint32_t) edges;  /* out-edges of the nodes being visited, one after the other */
    VEC(uint32_t) fns;    /* functions of the component being closed */
    uint32_t counter;     /* discovery numbers handed out */
    uint32_t components;  /* components closed */
};

static void add_node(struct search *s, uint32_t from, uint32_t to)
{
    if (to == from && from < s->nfns)
        s->u->fns.at[from]->recursive = true;
    if (to != UINT32_MAX && s->seen[to] != from + 1) {
        s->seen[to] = from + 1;
        vec_push(&s->edges, to);
    }
}

static void add_class(struct search *s, uint32_t from, uint32_t class)
{
    add_node(s, from, s->nfns + s->ndata + class);
}

/* A function of another unit calls what its summary leaves to the caller. */
static void add_left_calls(struct search *s, uint32_t from, const struct esc_fn *callee)
{
    if (callee && callee->elsewhere)
        for (uint32_t i = 0; i < callee->summary->calls.len; i++)
            add_class(s, from,
                      class_find(s->u, callee->summary->calls.at[i].signature, TARGETS_ALL));
}

static void add_symbol(struct search *s, uint32_t from, uint32_t sym)
{
    for (; sym != UINT32_MAX; sym = s->u->syms.at[sym].also) {
        add_node(s, from, s->node[sym]);
        add_left_calls(s, from, s->u->syms.at[sym].fn);
        if (s->u->syms.at[sym].flags & ESC_SYM_CHOSEN)
            add_class(s, from, class_find(s->u, s->u->syms.at[sym].signature, TARGETS_ALL));
    }
}

static void edges_of_fn(struct search *s, uint32_t node)
{
    const struct esc_fn *f = s->u->fns.at[node];
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_stmt *st = &f->stmts.at[i];
        for (uint32_t k = 0; k < st->n; k++)
            if ((st->refs[k].kind == ESC_ADDR || st->refs[k].kind == ESC_VAR) &&
                (st->refs[k].var & ESC_SYM))
                add_symbol(s, node, st->refs[k].var & ~ESC_SYM);
        if (st->kind != ESC_STMT_CALL)
            continue;
        if (st->callee.kind != ESC_ADDR)
            add_class(s, node, class_find(s->u, st->signature, targets_of(s->u, st->slot)));
        else if (st->callee.var & ESC_SYM)
            add_symbol(s, node, st->callee.var & ~ESC_SYM);
    }
}

static void edges_of(struct search *s, uint32_t node)
{
    if (node < s->nfns) {
        edges_of_fn(s, node);
    } else if (node < s->nfns + s->ndata) {
        const struct esc_symbol *d = &s->u->syms.at[s->data[node - s->nfns]];
        for (uint32_t i = 0; i < d->inits.len; i++)
            add_symbol(s, node, d->inits.at[i].to);
    } else {
        const struct esc_class *c = &s->u->classes.at[node - s->nfns - s->ndata];
        for (uint32_t i = 0; i < c->members.len; i++)
            add_symbol(s, node, c->members.at[i]);
        if (c->base != NO_CLASS)
            add_class(s, node, c->base);
    }
}

static void close_component(struct search *s, uint32_t root)
{
    uint32_t start = s->stack.len;
    s->components++;
    while (s->stack.at[--start] != root)
        continue;
    s->fns.len = 0;
    for (uint32_t i = start; i < s->stack.len; i++) {
        uint32_t n = s->stack.at[i];
        s->open[n] = false;
        if (n < s->nfns) {
            s->u->fns.at[n]->scc = s->components;
            vec_push(&s->fns, n);
        } else if (n >= s->nfns + s->ndata) {
            s->u->classes.at[n - s->nfns - s->ndata].scc = s->components;
        }
    }
    s->stack.len = start;
    if (s->fns.len && (!s->needed || s->needed[root]))
        s->user->component(s->u, s->fns.at, s->fns.len);
}

static void visit(struct search *s, uint32_t start)
{
    struct frame {
        uint32_t node, first, next; /* its edges are [first, ...) of s->edges */
    };
    VEC(struct frame) work = {0};
    vec_push(&work, ((struct frame){start, 0, 0}));
    while (work.len) {
        struct frame *top = &vec_last(&work);
        uint32_t n = top->node;
        if (!s->index[n]) {
            s->index[n] = s->low[n] = ++s->counter;
            s->open[n] = true;
            vec_push(&s->stack, n);
            top->first = top->next = s->edges.len;
            edges_of(s, n);
        }
        bool descended = false;
        while (top->next < s->edges.len) {
            uint32_t c = s->edges.at[top->next];
            if (!s->index[c]) { /* looked at again on return, to take its low link */
                vec_push(&work, ((struct frame){c, 0, 0}));
                descended = true;
                break;
            }
            if (s->open[c] && s->low[c] < s->low[n])
                s->low[n] = s->low[c];
            top->next++;
        }
        if (descended)
            continue;
        s->edges.len = top->first;
        work.len--;
        if (s->low[n] == s->index[n])
            close_component(s, n);
    }
    vec_free(&work);
}

static void *array(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p)
        abort();
    return p;
}

static void need(struct search *s, uint32_t node)
{
    if (s->needed[node])
        return;
    s->needed[node] = true;
    vec_push(&s->stack, node);
}

/* What is wanted, and all that it leads to, of N nodes. */
static void find_needed(struct search *s, uint32_t n)
{
    s->needed = array(n, sizeof *s->needed);
    for (uint32_t i = 0; i < s->nfns; i++)
        if (s->user->wants(s->u->fns.at[i]))
            need(s, i);
    while (s->stack.len) {
        s->edges.len = 0;
        edges_of(s, s->stack.at[--s->stack.len]);
        for (uint32_t i = 0; i < s->edges.len; i++)
            need(s, s->edges.at[i]);
    }
    s->edges.len = 0;
    memset(s->seen, 0, n * sizeof *s->seen);
}

void components_callees_first(struct esc_unit *u, const struct component_user *user)
{
    struct search s = {.u = u, .user = user, .nfns = u->fns.len};
    s.node = array(u->syms.len, sizeof *s.node);
    s.data = array(u->syms.len, sizeof *s.data);
    for (uint32_t i = 0; i < u->syms.len; i++) {
        s.node[i] = UINT32_MAX;
        if (u->syms.at[i].inits.len) {
            s.node[i] = s.nfns + s.ndata;
            s.data[s.ndata++] = i;
        }
    }
    for (uint32_t i = 0; i < u->fns.len; i++)
        s.node[u->fns.at[i]->sym] = i;
    uint32_t n = s.nfns + s.ndata + u->classes.len;
    s.seen = array(n, sizeof *s.seen);
    s.index = array(n, sizeof *s.index);
    s.low = array(n, sizeof *s.low);
    s.open = array(n, sizeof *s.open);
    if (user->wants)
        find_needed(&s, n);
    for (uint32_t i = 0; i < s.nfns; i++)
        if (!s.index[i])
            visit(&s, i);
    vec_free(&s.stack);
    vec_free(&s.edges);
    vec_free(&s.fns);
    free(s.node);
    free(s.data);
    free(s.seen);
    free(s.index);
    free(s.low);
    free(s.open);
    free(s.needed);
}
