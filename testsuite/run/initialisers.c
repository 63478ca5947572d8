/* Initialisers that mention the variable itself or its neighbours. */
#include "run.h"

struct node { struct node *next, *prev; int v; };

static struct node *self(void) { struct node n = {&n, &n, 1}; return &n; }
static struct node *pair(void)
{
    struct node a = {.v = 2}, b = {&a, &a, 3};

    a.next = a.prev = &b;
    return &a;
}
static struct node *in_array(void)
{
    struct node n[3] = {{&n[1], &n[2], 4}, {&n[2], &n[0], 5}, {&n[0], &n[1], 6}};

    return n;
}
static int **mixed(void)
{
    int x = 7, y = 8;
    int *t[] = {[3] = &x, [1] = &y};

    t[0] = t[1];
    t[2] = t[3];
    return t;
}
static int *sized(void) { int a[] = {1, 2, [9] = 10}; return &a[sizeof a / sizeof *a - 1]; }
static void **own_address(void) { void *p = &p; return &p; }
static int *partial(int i) { int a[10] = {[3] = 33}; a[i]++; return a; }

int main(void)
{
    struct node *s = self(), *p = pair(), *a = in_array();
    int **m = mixed(), *z = sized(), *pa = partial(3), *pb = partial(4);
    void **o = own_address();

    clobber();
    printf("%d %d\n", s->next->prev->v, s->next == s);
    printf("%d %d %d\n", p->v, p->next->v, p->next->next == p);
    printf("%d %d %d %d\n", a->v, a->next->v, a->next->next->v, a->prev->next->v);
    printf("%d %d %d %d %d\n", *m[0], *m[1], *m[2], *m[3], *z);
    printf("%d %d %d %d %d\n", *o == (void *)o, pa[3], pa[4], pb[3], pb[4]);
    return 0;
}
