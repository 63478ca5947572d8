/* OPTIONS: m warn=none */
/*
 * Too large for the stack: such a variable moves for its size alone. Pointers stored in it have not
 * escaped for that; Go says they have.
 */
#include <goescape.h>
#include <stddef.h>

int number;

void large_and_read(void)
{
    char x[1 << 20]; /* MOVED x */
    x[0] = 1;
    number = x[0];
}
void large_and_handed_down(char *p, int i) /* STAYS p */
{
    p[i] = 1;
}
void large_user(int i)
{
    char x[200000]; /* MOVED x */
    char y[100000]; /* STAYS y */
    large_and_handed_down(x, i);
    large_and_handed_down(y, i);
}

void contents_of_large(int **x, int **y) /* STAYS x */ /* GO: LEAKS CONTENT x */ /* STAYS y */
{
    int *a[10] = {*y};
    int *b[40000] = {*x}; /* MOVED b */
    number = *a[0] + *b[0];
}
void pointers_in_large(int *x, int *y) /* STAYS x */ /* GO: LEAKS x */ /* STAYS y */
{
    int *a[10] = {y};
    int *b[40000] = {x}; /* MOVED b */
    number = *a[0] + *b[0];
}
void local_in_large(void)
{
    int i = 1; /* STAYS i */ /* GO: MOVED i */
    int *b[40000]; /* MOVED b */
    b[0] = &i;
    number = *b[0];
}
struct large {
    int *s;
    int i[65537];
};
void large_new(int *x) /* STAYS x */ /* GO: LEAKS x */
{
    struct large *b = goe_new(struct large); /* NOTE "goe_new(struct large) escapes to heap" */
    b->s = x;
    number = *b->s;
}
void large_make(int *y) /* STAYS y */ /* GO: LEAKS y */
{
    int **b = goe_make(int *, 65537); /* NOTE "goe_make(int *, 65537) escapes to heap" */
    b[0] = y;
    number = *b[0];
}
void limit_reached(void)
{
    char just[131072]; /* STAYS just */
    char over[131073]; /* MOVED over */
    large_and_handed_down(just, 1);
    large_and_handed_down(over, 1);
}

/* A function bound to a large value. */
struct many {
    int *at[20000];
};
struct bound {
    int (*fn)(const struct many *);
    const struct many *self;
};

static int many_first(const struct many *m) { return *m->at[0]; } /* STAYS m */

int bound_to_large(void)
{
    int i = 1; /* STAYS i */ /* GO: MOVED i */
    struct many m; /* MOVED m */
    m.at[0] = &i;
    struct bound b = {many_first, &m};
    return b.fn(b.self);
}
