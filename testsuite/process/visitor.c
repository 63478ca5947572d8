/* A library for host.c to open: a list on the collected heap, and a collection. */
#include "goescape.h"

struct node {
    struct node *next;
};

__attribute__((visibility("default"))) long visit(long n)
{
    struct node *list = NULL;
    long found = 0;

    for (long i = 0; i < n; i++) {
        struct node *x = goe_new(struct node);
        x->next = list;
        list = x;
    }
    goe_gc();
    for (; list; list = list->next)
        found++;
    return found;
}
