/* An iterator: the place in a tree's walk is what the closure captures. */
#include <stdbool.h>
#include <stdio.h>

struct tree {
    struct tree *left, *right;
    int value;
};

typedef bool iterator(int *value);

static struct tree *insert(struct tree *t, int value)
{
    if (!t)
        return &(struct tree){NULL, NULL, value};
    if (value < t->value)
        t->left = insert(t->left, value);
    else
        t->right = insert(t->right, value);
    return t;
}

static iterator *in_order(struct tree *t)
{
    struct tree *path[32];
    int depth = 0;
    bool next(int *value)
    {
        for (; t; t = t->left)
            path[depth++] = t;
        if (!depth)
            return false;
        struct tree *here = path[--depth];
        *value = here->value;
        t = here->right;
        return true;
    }

    return next;
}

int main(void)
{
    static const int values[] = {5, 2, 8, 1, 9, 3};
    struct tree *root = NULL;

    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        root = insert(root, values[i]);

    iterator *next = in_order(root);
    for (int v; next(&v);)
        printf("%d ", v);
    printf("\n");
    return 0;
}
