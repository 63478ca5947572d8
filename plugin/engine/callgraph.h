/* Which functions may call which, and the order that follows from it. See callgraph.c. */
#ifndef ESC_CALLGRAPH_H
#define ESC_CALLGRAPH_H

#include "ir.h"

/* Whoever wants the components. */
struct component_user {
    /* The N functions of one component; all their callees outside it have been through here. */
    void (*component)(struct esc_unit *, const uint32_t *fns, uint32_t n);
};

/* Calls USER for each component, callees first. Linear in statements, initialisers and members. */
void components_callees_first(struct esc_unit *, const struct component_user *);

#endif
