/* A list that is lost as soon as one of its objects is: sandbox.c and faults.c look whether theirs are still there.
 * Each allocates in its own way, by a function new_node() that it defines. */
#include <stddef.h>

struct node {
    struct node *next;
    long value; /* its place: the last object made comes first and has the highest */
};

static struct node *new_node(void);

/* A list of N objects. */
static struct node *list(long n)
{
    struct node *l = NULL;

    for (long i = 0; i < n; i++) {
        struct node *x = new_node();
        x->next = l;
        x->value = i;
        l = x;
    }
    return l;
}

/* L is a list as list(N) made it. */
static int is_list(const struct node *l, long n)
{
    for (; l && l->value == n - 1; l = l->next)
        n--;
    return !l && n == 0;
}
