/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slots.h: where the unit keeps its pointers to functions. See slots.cc. */
#ifndef GOE_SLOTS_H
#define GOE_SLOTS_H

#include "lower.h"

/* Tells the engine of every slot of the unit, FUNCTIONS being those that have a body, and of all that
   is stored there. Before any call is lowered. */
void find_slots(lowered_unit *, const std::vector<cgraph_node *> &functions);
/* The slot that the function pointer of the indirect call CALL was kept in. */
uint32_t slot_of_call(lowered_unit *, gcall *call);

#endif
