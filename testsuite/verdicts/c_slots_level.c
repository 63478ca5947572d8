/* OPTIONS: m warn=none */
/* A level that leaves the rules out of its reckoning still promises that they hold. */
#include "c_slots.h"

static void keeps(int *p) { kept = p; } /* LEAKS p */
void fill(struct one *o) { o->run = keeps; } /* STAYS o */
__attribute__((optimize("O1"))) void by_other_type(void)
{
    int x = 1; /* STAYS x */
    some_two()->run(&x);
}
