/* GCBench, after Ellis, Kovac and Boehm: trees built top-down and bottom-up beside a long-lived tree and a
 * large array of numbers. */
#include "bench.h"

enum { STRETCH = 18, LONG_LIVED = 16, LEAST = 4, MOST = 16, ARRAY = 500000, REPEAT = 8 };

struct node {
    struct node *left;
    struct node *right;
    int i, j; /* payload */
};

DESCRIBE(node_type, struct node, 2);

static struct node *new_node(struct node *l, struct node *r)
{
    struct node *n = NEW(node_type, struct node);

    n->left = l;
    n->right = r;
    n->i = n->j = 0;
    return n;
}

static int size(int depth)
{
    return (1 << (depth + 1)) - 1;
}

static void populate(int depth, struct node *n)
{
    if (depth <= 0)
        return;
    n->left = new_node(NULL, NULL);
    n->right = new_node(NULL, NULL);
    populate(depth - 1, n->left);
    populate(depth - 1, n->right);
}

static struct node *make(int depth)
{
    if (depth <= 0)
        return new_node(NULL, NULL);
    struct node *l = make(depth - 1), *r = make(depth - 1);
    return new_node(l, r);
}

static void drop(struct node *n)
{
    if (COLLECTED || !n)
        return;
    drop(n->left);
    drop(n->right);
    FREE(n);
}

static double *numbers(void)
{
#ifdef MALLOC
    return calloc(ARRAY, sizeof(double));
#else
    static const struct __goe_type number = {8, 8, 0, NULL};
    return __goe_make_typed(&number, ARRAY);
#endif
}

int main(void)
{
    for (int repeat = 0; repeat < REPEAT; repeat++) {
        drop(make(STRETCH));
        struct node *kept = new_node(NULL, NULL);
        populate(LONG_LIVED, kept);
        double *array = numbers();
        for (int i = 1; i < ARRAY / 2; i++)
            array[i] = 1.0 / i;
        for (int depth = LEAST; depth <= MOST; depth += 2) {
            int rounds = 2 * size(STRETCH) / size(depth);
            for (int i = 0; i < rounds; i++) {
                struct node *n = new_node(NULL, NULL);
                populate(depth, n);
                drop(n);
            }
            for (int i = 0; i < rounds; i++)
                drop(make(depth));
        }
        if (!kept->left || array[1000] != 1.0 / 1000)
            return 1;
        drop(kept);
        if (!COLLECTED)
            FREE(array);
    }
    return 0;
}
