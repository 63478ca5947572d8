/* OPTIONS: mode=heapify */
/*
 * Without -m a warning is followed by the note of what becomes of the variable, once; variables
 * that move without a warning, and those that stay, are silent.
 */
#include <stddef.h>

void work(void);
extern int *g, *g2;

int *returned(void)
{
    int x = 1; /* MOVED x */
    return &x; /* WARN "address of local variable 'x' is returned" */
}

int *parameter(int p) /* MOVED p */
{
    return &p; /* WARN "address of parameter 'p' is returned" */
}

void stored_twice(void)
{
    int x = 1; /* MOVED x */
    g = &x;    /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    g2 = &x;   /* WARN "address of local variable 'x' is stored in 'g2', which outlives it" */
}

int *returned_twice(int c)
{
    int x = c; /* MOVED x */
    if (c)
        return &x; /* WARN "address of local variable 'x' is returned" */
    return &x;     /* WARN "address of local variable 'x' is returned" */
}

/* WARN and NOTE of a literal stand on one line: it is declared where it is used. */
int *literal(void)
{
    return &(int){3}; /* WARN "is returned" */ /* NOTE "moved to heap: compound literal" */
}

/* The address is taken back: it moves, for that is the sound rule, but nobody is told. */
void reset(void)
{
    int x = 1;
    g = &x;
    work();
    g = NULL;
}

int stays(void)
{
    int x = 1;
    int *p = &x;
    return *p;
}
