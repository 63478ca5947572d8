/* What nobody can reach any more is collected.
 *
 * A list of 100,000 nodes is built and forgotten, ten times over; the eleventh is kept.  Each node is
 * an ordinary local of `push` whose address is returned.  goe_stats tells what the collector did.
 */
#include <goescape.h>
#include <stdio.h>

enum { NODES = 100000 };

struct node {
    struct node *next;
    int value;
};

static struct node *push(struct node *list, int value)
{
    struct node n = {list, value};

    return &n;
}

__attribute__((noinline)) static struct node *build(void)
{
    struct node *list = NULL;

    for (int i = 0; i < NODES; i++)
        list = push(list, i);
    return list;
}

int main(void)
{
    struct goe_stats before, after;
    struct node *list = NULL;
    long sum = 0;

    for (int round = 0; round <= 10; round++)
        list = build();
    goe_stats(&before);
    goe_gc();
    goe_stats(&after);

    for (struct node *n = list; n; n = n->next)
        sum += n->value;
    printf("the list we kept adds up to %ld\n", sum);
    printf("before: at least %d nodes allocated: %s\n", 11 * NODES,
           before.allocated_objects >= 11 * NODES ? "yes" : "no");
    printf("after:  %s were freed, the %d in use were not\n",
           after.freed_objects >= 9 * NODES ? "more than 900000" : "too few", NODES);
    printf("live:   %s\n", after.live_objects < 2 * NODES ? "little more than the list" : "too much");
    return 0;
}
