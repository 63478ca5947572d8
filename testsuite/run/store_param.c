/* Addresses stored where a parameter points: out-parameters, fields, elements, several levels. */
#include "run.h"

struct item { int *value; struct item *next; };

static void out(int **p) { int x = 1; *p = &x; }
static void out2(int ***p) { int x = 2; int *q = &x; *p = &q; }
static void field(struct item *it) { int x = 3; it->value = &x; }
static void element(int **a, int i) { int x = 40 + i; a[i] = &x; }
static void append(struct item **list, int v)
{
    int x = v;
    struct item it = {&x, *list};

    *list = &it;
}
static void deep(struct item *it) { int x = 5; it->next->value = &x; }
static void set(int **p, int *v) { *p = v; }
static void twice(int **p) { int x = 6; int **q = p; set(q, &x); }
static void swap(int **a, int **b) { int *t = *a; *a = *b; *b = t; }
static void bytes(void *to) { int x = 7; int *p = &x; memcpy(to, &p, sizeof p); }
static void only_inside(void)
{
    int x = 8, *p;

    set(&p, &x);
    printf("%d\n", *p);
}

int main(void)
{
    int *p, **pp, *a[3], *l = NULL, *r = NULL;
    struct item it, second = {0}, *list = NULL;

    out(&p);
    clobber();
    printf("%d\n", *p);
    out2(&pp);
    clobber();
    printf("%d\n", **pp);
    field(&it);
    clobber();
    printf("%d\n", *it.value);
    for (int i = 0; i < 3; i++)
        element(a, i);
    clobber();
    printf("%d %d %d\n", *a[0], *a[1], *a[2]);
    for (int i = 0; i < 5; i++)
        append(&list, i);
    clobber();
    for (struct item *i = list; i; i = i->next)
        printf("%d%c", *i->value, i->next ? ' ' : '\n');
    it.next = &second;
    deep(&it);
    clobber();
    printf("%d\n", *second.value);
    twice(&p);
    clobber();
    printf("%d\n", *p);
    out(&l);
    twice(&r);
    swap(&l, &r);
    clobber();
    printf("%d %d\n", *l, *r);
    bytes(&p);
    clobber();
    printf("%d\n", *p);
    only_inside();
    return 0;
}
