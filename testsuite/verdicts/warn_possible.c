/* OPTIONS: mode=check warn=possible */
/*
 * warn=possible: every address that might outlive its variable by the rule that decides what moves,
 * whether or not a later statement takes it back. It is for reviews, not for every build.
 */
#include <stdlib.h>

struct frame {
    struct frame *up;
};

int cond(void);
void work(void);
void on_event(void *);
void each_item(void (*)(void *), void *);
int look(const void *) __attribute__((pure));
extern int *g;
extern struct frame *top;
extern int shared;

int *returned(void)
{
    int x = 1;
    return &x; /* WARN "address of local variable 'x' is returned" */
}

void reset_later(void)
{
    int x = 1;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    work();
    g = NULL;
}

void popped_later(void)
{
    struct frame f = {top};
    top = &f; /* WARN "address of local variable 'f' is stored in 'top', which outlives it" */
    work();
    top = f.up;
}

void out_reset_later(int **out)
{
    int x = 1;
    *out = &x; /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
    work();
    *out = NULL;
}

void before_exit(void)
{
    int x = 1;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    exit(1);
}

void unknown_callback(void)
{
    int x = 1;
    each_item(on_event, &x); /* WARN "'x' is captured by a callback registered with 'each_item'" */
}

int *one_path(int c)
{
    int x = 1;
    int *p = c ? &x : NULL;
    return p; /* WARN "address of local variable 'x' is returned" */
}

/* Nothing escapes, by any rule. */

int stays(void)
{
    int x = 1;
    int *p = &x;
    return *p;
}

int *overwritten(void)
{
    int x = 1;
    int *p = &x;
    *p = 2;
    p = &shared;
    return p;
}

void lent(void)
{
    int x = 1;
    shared = look(&x);
}

int *static_local(void)
{
    static int x;
    return &x;
}
