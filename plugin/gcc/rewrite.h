/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rewrite.h: carries out what the analysis decided about one function. */
#ifndef GOE_REWRITE_H
#define GOE_REWRITE_H

#include "rare_set.h"

/* What becomes of the variables and allocations of one function. Everything not named stays as it
   is. The sets are only asked, never walked, so that the output does not depend on addresses. */
struct decisions {
    rare_set<tree> move;   /* VAR_DECLs and PARM_DECLs that go to the heap: can_move holds */
    rare_set<tree> extend; /* VAR_DECLs that stay but live as long as the function */
    rare_set<gimple *> move_calls; /* calls of alloca, and those that allocate a variable-length
                                      array: the memory comes from the heap */
    rare_set<gimple *> promote;    /* calls of malloc, calloc, goe_new, goe_make whose block becomes
                                   a local buffer, reborn at the call: can_promote holds */
    rare_set<gimple *> drop;       /* calls of free that only ever free promoted blocks */
    rare_set<gimple *> retype;     /* calls of __goe_new_zero and __goe_make whose type is known and
                                   that become their typed variants */
    rare_set<gimple *> closures;   /* calls that make a nested function a value (closure_made): the
                                    value becomes a closure on the heap */
    rare_set<gimple *> thunks; /* likewise; the value becomes a thunk of the runtime, but what it
                                      captures stays in its frame on the stack */
    rare_set<gimple *> demote; /* calls of __goe_box (boxed_variable): the captured variable stays
                                  on the stack */
    /* Whether calls change: allocations become others, or go. */
    bool change_calls() const
    {
        return !move_calls.is_empty() || !promote.is_empty() || !retype.is_empty() ||
               !drop.is_empty();
    }
};

/* Whether local variable or parameter DECL can go to the heap at all; if not and WHY_NOT is
   given, a phrase that says why. */
bool can_move(tree decl, const char **why_not = NULL);

/* Whether TYPE is va_list or an array of it: GCC must see those as variables. */
bool is_va_list(tree type);

/* Whether CALL allocates stack memory of a size known at run time: alloca or a variable-length
   array. */
bool is_alloca(gimple *call);

/* Whether the block that CALL (malloc, calloc, __goe_new_zero, __goe_make) allocates could be on the
   stack, by its size: a constant that fits a local buffer. With promote=all any size of malloc will do. */
bool can_promote(gimple *call);

/* Rewrites FN, which has a control-flow graph and no SSA form, and brings the call graph up to date. No
   markers remain. */
void rewrite_function(function *fn, decisions &d);

#endif
