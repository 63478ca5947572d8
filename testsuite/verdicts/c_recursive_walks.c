/* OPTIONS: m warn=none */
/* Recursion that goes on behind its own argument: p + 1, the rest of an array. */
#include <stdlib.h>

struct node {
    struct node *car, *cdr;
};
struct node *kept;

/* Keeps what the array holds, and not the array. */
static struct node *make(int n, struct node **all) /* LEAKS CONTENT all */
{
    struct node *r = malloc(sizeof *r); /* NOTE "malloc(16) escapes to heap" */
    r->car = all[0];
    r->cdr = n == 1 ? 0 : make(n - 1, all + 1);
    return r;
}
struct node *two(struct node *a, struct node *b) /* LEAKS a */ /* LEAKS b */
{
    struct node *all[2] = {a, b}; /* STAYS all */
    return make(2, all);
}

/* Keeps a word of the array itself, at the end. */
static void last(int n, struct node *all) /* LEAKS all */
{
    if (n == 1)
        kept = all;
    else
        last(n - 1, all + 1);
}
void three(void)
{
    struct node all[3] = {0}; /* MOVED all */
    last(3, all);
}

/* Stores into the array, ever further on. */
static void fill(int n, struct node **all, struct node *with) /* STAYS all */ /* LEAKS with TO all 0 */
{
    all[0] = with;
    if (n > 1)
        fill(n - 1, all + 1, with);
}
struct node *filled(void)
{
    struct node *all[3], x = {0}, y = {0}; /* STAYS all */ /* MOVED x */ /* STAYS y */
    struct node *others[3]; /* STAYS others */
    fill(3, all, &x);
    fill(3, others, &y);
    return all[2];
}
