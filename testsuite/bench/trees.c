/* Binary trees (the Computer Language Benchmarks Game): a long-lived tree, and many that die at once.
 * usage: trees DEPTH */
#include "bench.h"

struct node {
    struct node *left; /* both null in a leaf */
    struct node *right;
};

DESCRIBE(node_type, struct node, 2);

static struct node *make(int depth)
{
    struct node *n = NEW(node_type, struct node);

    n->left = n->right = NULL;
    if (depth > 0) {
        n->left = make(depth - 1);
        n->right = make(depth - 1);
    }
    return n;
}

static int check(const struct node *n)
{
    return n->left ? 1 + check(n->left) + check(n->right) : 1;
}

static void drop(struct node *n)
{
    if (COLLECTED)
        return;
    if (n->left) {
        drop(n->left);
        drop(n->right);
    }
    FREE(n);
}

int main(int argc, char **argv)
{
    int most = argc > 1 ? atoi(argv[1]) : 18, least = 4;
    struct node *stretch = make(most + 1);

    printf("stretch %d\n", check(stretch));
    drop(stretch);
    stretch = NULL;
    struct node *kept = make(most);
    for (int depth = least; depth <= most; depth += 2) {
        int rounds = 1 << (most - depth + least), sum = 0;
        for (int i = 0; i < rounds; i++) {
            struct node *n = make(depth);
            sum += check(n);
            drop(n);
        }
        printf("%d trees of depth %d: %d\n", rounds, depth, sum);
    }
    printf("kept %d\n", check(kept));
    drop(kept);
    return 0;
}
