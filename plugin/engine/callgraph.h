/* Which functions may call which, and what hides behind a pointer to function. See callgraph.c. */
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

void classes_make(struct esc_unit *);
void classes_free(struct esc_unit *);
void class_add(struct esc_unit *, uint32_t signature);
/* The class of a signature that some call or function of the unit has. */
uint32_t class_find(const struct esc_unit *, uint32_t signature);
/* call.c: true if calls of the class see symbol SYM, a member, only in the merge. */
bool call_merges(const struct esc_unit *, const struct esc_class *, uint32_t sym);

#endif
