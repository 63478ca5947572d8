/* What certainly is still held when a variable dies. See held.c. */
#ifndef ESC_HELD_H
#define ESC_HELD_H

#include "graph.h"

/* Adds FN's definite warnings (esc_fn_warnings) and leaves its exit state for callers. */
void held(struct esc_graph *);

#endif
