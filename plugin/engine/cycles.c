/* Cycles of plain edges: all their nodes hold the same in the end, so they are made one.
 *
 *     for (p = list; p; p = p->next)      p.1 -> p.2 -> cell(next) -> p.1: one node
 *
 * Whoever stores pointers into what he has loaded makes such cycles, and news would go round and round
 * in them. From time to time (graph_solve) all strongly connected components are looked for (Tarjan
 * 1972, without recursion) and merged; the order in which they are found ranks the nodes, so that the
 * worklist hands news on along the flow (Pereira and Berlin 2009 do the same in waves). A look costs
 * the edges there are, and is only taken when as many steps have been made.
 *
 * An explanation asks which node an address came from, so in a graph that explains nodes are only
 * ranked.
 */
#include "graph.h"

#include <stdlib.h>

struct visit {
    uint32_t node, next; /* next: the edge to be looked at */
};

struct search {
    struct esc_graph *g;
    uint32_t *index;        /* by node: discovery number; 0: not yet */
    uint32_t *low;          /* Tarjan's low link; 0: its component is closed */
    VEC(struct visit) path; /* nodes being visited */
    VEC(uint32_t) open;     /* nodes of components not yet closed */
    uint32_t counter;       /* discovery numbers handed out */
    uint32_t rank;          /* of the component closed last */
    uint32_t *seen;         /* by node: 1 + the node whose edges were last seen to lead there */
};

static bool plain(const struct edge *e)
{
    return e->add == 0 && e->filter == PASS_ALL;
}

/* All that node FROM is and has becomes INTO's. */
static void merge(struct esc_graph *g, uint32_t into, uint32_t from)
{
    struct node *a = &g->nodes.at[into], *b = &g->nodes.at[from];
    struct bits ignored = {0};
    b->same = into;
    bits_union(&a->set, &ignored, &b->set, &g->arena);
    for (uint32_t i = 0; i < b->edges.len; i++)
        vec_push_in(&g->arena, &a->edges, b->edges.at[i]);
    for (uint32_t i = 0; i < b->constraints.len; i++)
        vec_push_in(&g->arena, &a->constraints, b->constraints.at[i]);
    b->set = b->news = (struct bits){0};
    b->edges.len = b->constraints.len = 0;
}

/* Edges that have come to lead nowhere else, or twice to the same node, go. */
static void tidy(struct search *s, uint32_t node)
{
    struct node *n = &s->g->nodes.at[node];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n->edges.len; i++) {
        struct edge e = n->edges.at[i];
        e.to = node_same(s->g, e.to);
        if (plain(&e)) {
            if (e.to == node || s->seen[e.to] == node + 1)
                continue;
            s->seen[e.to] = node + 1;
        }
        n->edges.at[kept++] = e;
    }
    n->edges.len = kept;
}

static void close_component(struct search *s, uint32_t root)
{
    struct esc_graph *g = s->g;
    uint32_t start = s->open.len;
    while (s->open.at[--start] != root)
        continue;
    s->rank--;
    bool cycle = s->open.len - start > 1 && !g->explains;
    for (uint32_t i = start; i < s->open.len; i++) {
        uint32_t n = s->open.at[i];
        s->low[n] = 0;
        g->nodes.at[n].rank = s->rank;
        if (cycle && n != root)
            merge(g, root, n);
    }
    s->open.len = start;
    if (!cycle)
        return;
    tidy(s, root);
    /* What one of them had propagated the others may not have. */
    struct node *r = &g->nodes.at[root];
    static const struct bits none;
    bits_minus(&r->news, &r->set, &none, &g->arena);
}

/* NODE is seen first. Where it leads nowhere it is a component of its own; else it is visited. */
static void discover(struct search *s, uint32_t node)
{
    struct node *n = &s->g->nodes.at[node];
    s->index[node] = ++s->counter;
    if (!n->edges.len) {
        n->rank = --s->rank;
        return;
    }
    s->low[node] = s->counter;
    vec_push(&s->open, node);
    vec_push(&s->path, ((struct visit){node, 0}));
}

static void search(struct search *s, uint32_t start)
{
    struct esc_graph *g = s->g;
    discover(s, start);
    while (s->path.len) {
        struct visit *top = &vec_last(&s->path);
        uint32_t n = top->node, depth = s->path.len;
        for (; top->next < g->nodes.at[n].edges.len; top->next++) {
            const struct edge *e = &g->nodes.at[n].edges.at[top->next];
            if (!plain(e))
                continue;
            uint32_t to = node_same(g, e->to);
            if (!s->index[to]) {
                discover(s, to);
                if (s->path.len > depth) /* looked at again on return, to take its low link */
                    break;
            }
            if (s->low[to] && s->low[to] < s->low[n])
                s->low[n] = s->low[to];
        }
        if (s->path.len > depth)
            continue;
        s->path.len--;
        if (s->low[n] == s->index[n])
            close_component(s, n);
    }
}

void graph_merge_cycles(struct esc_graph *g)
{
    uint32_t n = g->nodes.len;
    struct search s = {.g = g, .rank = UINT32_MAX};
    s.index = calloc(n + 1, sizeof *s.index);
    s.low = calloc(n + 1, sizeof *s.low);
    s.seen = calloc(n + 1, sizeof *s.seen);
    if (!s.index || !s.low || !s.seen)
        abort();
    for (uint32_t i = 0; i < n; i++)
        if (g->nodes.at[i].same == i && !s.index[i])
            search(&s, i);
    g->work.items.len = 0;
    for (uint32_t i = 0; i < n; i++) {
        g->nodes.at[i].queued = false;
        if (g->nodes.at[i].same == i && g->nodes.at[i].news.len)
            node_enqueue(g, i);
    }
    free(s.index);
    free(s.low);
    free(s.seen);
    vec_free(&s.path);
    vec_free(&s.open);
}
