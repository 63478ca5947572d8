/* OPTIONS: m warn=none */
/* goe_noescape, goe_escapes, goe_heap, goe_stack, goe_nocheck. */
#include <goescape.h>

int *kept;
int number;

void keeps(int *p goe_escapes);
void borrows(int *p goe_noescape);
void borrows_callback(void (*fn)(void *), void *data goe_noescape);
void callback(void *p) { number = *(int *)p; } /* STAYS p */

void parameters(void)
{
    int a = 1; /* MOVED a */
    int b = 1; /* STAYS b */
    int c = 1; /* STAYS c */
    keeps(&a);
    borrows(&b);
    borrows_callback(callback, &c);
}
/* On a parameter of a function with a body: the body is believed, the attribute adds. */
void body_keeps(int *p goe_escapes) { number = *p; } /* LEAKS p */
void body_user(void)
{
    int x = 1; /* MOVED x */
    body_keeps(&x);
}
/* goe_heap: moves although it need not. */
int always(void)
{
    goe_heap int x = 1; /* MOVED x */
    int *p = &x;
    return *p;
}
/* Nobody can tell where a variable is whose address is never taken. */
int always_untaken(void)
{
    goe_heap int x = 1;
    return x;
}
/* goe_stack: stays, and need not move. */
int never(void)
{
    goe_stack int x = 1; /* STAYS x */
    int *p = &x;
    return *p;
}
int *never_but_must(void)
{
    goe_stack int x = 1; /* ERROR "x.* is declared .*goe_stack.* but must be moved to the heap" */ /* MOVED x */
    return &x;
}
/* goe_nocheck: the function is left alone, its callers know nothing of it. */
goe_nocheck int *left_alone(int *p)
{
    int x = 1;
    kept = &x;
    return p;
}
