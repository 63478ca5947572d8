/* One full collection: CPU ns for each live object of 32 bytes. usage: full order|random [MB]
 * With -DBOEHM it measures libgc on the same graph. */
#include "bench.h"

#ifdef BOEHM
#include <gc.h>
#define COLLECT() GC_gcollect()
#else
#define COLLECT() goe_gc()
#endif

struct node {
    struct node *a, *b;
    long payload; /* 24 bytes, in a cell of 32 */
};

#ifdef BOEHM
#define NEW_NODE() ((struct node *)GC_MALLOC(sizeof(struct node)))
#else
DESCRIBE(node_type, struct node, 2);
#define NEW_NODE() NEW(node_type, struct node)
#endif

static struct node **all; /* while the graph is built */
static size_t
    *order; /* where in memory the nodes lie, in the order a depth-first walk meets them */

/* Links the n nodes from `first` on into a balanced tree; its root. */
static struct node *link_tree(size_t first, size_t n)
{
    if (!n)
        return NULL;
    struct node *root = all[order[first]];
    size_t left = (n - 1) / 2;

    root->a = link_tree(first + 1, left);
    root->b = link_tree(first + 1 + left, n - 1 - left);
    return root;
}

int main(int argc, char **argv)
{
    int shuffled = argc > 1 && strcmp(argv[1], "random") == 0;
    size_t n = (size_t)(argc > 2 ? atoi(argv[2]) : 256) << 15;
    order = malloc(n * sizeof *order);

#ifdef BOEHM
    GC_INIT();
    all = GC_MALLOC(n * sizeof *all);
#else
    all = __goe_make(n, sizeof *all, 8, "node");
#endif
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
        all[i] = NEW_NODE();
        all[i]->a = all[i]->b = NULL;
    }
    uint64_t r = 88172645463325252u;
    for (size_t i = n; shuffled && i-- > 1;) {
        r ^= r << 13;
        r ^= r >> 7;
        r ^= r << 17;
        size_t j = r % (i + 1), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    struct node *volatile root = link_tree(0, n);
    memset(all, 0, n * sizeof *all);
    memset(order, 0, n * sizeof *order);
    free(order);
    all = NULL;
    COLLECT();
    double start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    enum { ROUNDS = 3 };
    for (int i = 0; i < ROUNDS; i++)
        COLLECT();
    printf("%.2f\n", (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)(n * ROUNDS) * 1e9);
    return root == NULL;
}
