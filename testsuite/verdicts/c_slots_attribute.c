/* OPTIONS: m warn=none */
/* One function in which any pointer may be used to access anything is enough: fields tell nothing apart. */
#include "c_slots.h"

static void keeps(int *p) { kept = p; } /* LEAKS p */
void fill(struct one *o) { o->run = keeps; } /* STAYS o */
__attribute__((optimize("no-strict-aliasing"))) void by_other_type(void)
{
    int x = 1; /* MOVED x */
    some_two()->run(&x);
}
