/* OPTIONS: m warn=none */
/* The same for functions after a pragma. */
#include "c_slots.h"

static void keeps(int *p) { kept = p; } /* LEAKS p */
void fill(struct one *o) { o->run = keeps; } /* STAYS o */
#pragma GCC optimize("no-strict-aliasing")
void by_other_type(void)
{
    int x = 1; /* MOVED x */
    some_two()->run(&x);
}
