/* Each activation has variables of its own, which may outlive it. */
#include "run.h"
#include "goescape.h"

struct node { struct node *left, *right; int v; };
struct frame { struct frame *up; int depth; };

static struct node *tree(int lo, int hi)
{
    struct node n = {NULL, NULL, (lo + hi) / 2};

    if (lo > hi)
        return NULL;
    n.left = tree(lo, n.v - 1);
    n.right = tree(n.v + 1, hi);
    return &n;
}

static int sum(struct node *n) { return n ? sum(n->left) + n->v + sum(n->right) : 0; }

static struct frame *walk(struct frame *up, int depth)
{
    struct frame f = {up, depth};

    return depth == 50 ? &f : walk(&f, depth + 1);
}

static int *fib(int n)
{
    int x = n;

    if (n > 1) {
        int *a = fib(n - 1), *b = fib(n - 2);

        x = *a + *b;
    }
    return &x;
}

static struct node *insert(struct node *root, int v)
{
    struct node n = {NULL, NULL, v};

    if (!root)
        return &n;
    if (v < root->v)
        root->left = insert(root->left, v);
    else
        root->right = insert(root->right, v);
    return root;
}

static int odd(int n, int **out);
static int even(int n, int **out)
{
    int here = 2 * n;

    *out = &here;
    return n == 0 ? 1 : odd(n - 1, out);
}
static int odd(int n, int **out)
{
    int here = 3 * n;

    *out = &here;
    return n == 0 ? 0 : even(n - 1, out);
}

int main(void)
{
    struct node *t = tree(1, 100), *s = NULL;
    struct frame *f = walk(NULL, 0);
    int depths = 0, *fb = fib(15), *last;

    for (int i = 0; i < 200; i++)
        s = insert(s, (i * 73) % 200);
    printf("%d ", even(7, &last));
    clobber();
    goe_gc();
    printf("%d\n", *last);
    for (; f; f = f->up)
        depths += f->depth;
    printf("%d %d %d %d\n", sum(t), depths, *fb, sum(s));
    return 0;
}
