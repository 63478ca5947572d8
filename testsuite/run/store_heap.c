/* Addresses whose only copy lies in malloc'ed memory, seen by the collector as well. */
#include "run.h"
#include "goescape.h"

struct node { struct node *next; int *value; };

static struct node *push(struct node *list, int v)
{
    int x = v;
    struct node *n = malloc(sizeof *n);

    n->value = &x;
    n->next = list;
    return n;
}

static int **table(int n)
{
    int **t = malloc(n * sizeof *t);

    for (int i = 0; i < n; i++) {
        int square = i * i;

        t[i] = &square;
    }
    return t;
}

static int **grow(int **t, int n, int more)
{
    int x = 1000 + more;

    t = realloc(t, (n + 1) * sizeof *t);
    t[n] = &x;
    return t;
}

int main(void)
{
    struct node *list = NULL;
    int **t, sum = 0;

    for (int i = 0; i < 1000; i++)
        list = push(list, i);
    t = table(10);
    clobber();
    goe_gc();
    for (struct node *n = list; n; n = n->next)
        sum += *n->value;
    printf("%d\n", sum);
    for (int i = 10; i < 13; i++)
        t = grow(t, i, i);
    clobber();
    goe_gc();
    for (int i = 0; i < 13; i++)
        printf("%d%c", *t[i], i < 12 ? ' ' : '\n');
    free(t);
    while (list) {
        struct node *next = list->next;

        free(list);
        list = next;
    }
    goe_gc();
    return 0;
}
