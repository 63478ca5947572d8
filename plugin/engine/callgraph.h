/* Which functions may call which, and the order that follows from it. See callgraph.c. */
#ifndef ESC_CALLGRAPH_H
#define ESC_CALLGRAPH_H

#include "ir.h"

/* Whoever wants the components. */
struct component_user {
    /* The N functions of one component; all their callees outside it have been through here. */
    void (*component)(struct esc_unit *, const uint32_t *fns, uint32_t n);
    /* Whether FN is wanted for its own sake; NULL: all are. */
    bool (*wants)(const struct esc_fn *fn);
};

/* Calls USER for each component with a function that is wanted or may be called by one, callees first; the order is
 * the same whatever is wanted. Linear in statements, initialisers and members. */
void components_callees_first(struct esc_unit *, const struct component_user *);

#endif
