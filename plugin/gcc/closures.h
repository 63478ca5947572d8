/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closures.h: nested functions that may outlive their parent, and what they capture.

   What the analysis meets in GIMPLE:

     FRAME.1.total.box = __goe_box (7);           a captured variable comes to life: boxed_variable
     __builtin_init_trampoline (&FRAME.1.add, add, &FRAME.1);        GCC's own lowering, at entry
     p = __builtin_adjust_trampoline (&FRAME.1.add);         add as a value: closure_made

   A converted closure is an object that holds a copy of *FRAME.1, that is, the boxes in it. */
#ifndef GOE_CLOSURES_H
#define GOE_CLOSURES_H

#include "rewrite.h"

/* captures.cc: whether the unit has nested functions. If it has none, nothing below is there. */
bool has_nests(void);

/* Boxes the captured variables of outermost function FNDECL and of all functions
   nested in it; at PRE_GENERICIZE. */
void box_captures(tree fndecl);
const struct ggc_root_tab *capture_roots(void);

/* The captured variable whose object STMT makes (a call of __goe_box), or NULL_TREE. A captured
   parameter is represented by a VAR_DECL of its name and location. */
tree boxed_variable(gimple *stmt);

/* Whether the captured variables of the nest that FNDECL belongs to have boxes where they need them:
   else its frames must not be copied. */
bool nest_is_boxed(tree fndecl);

/* A place where a nested function becomes a value. */
struct closure_site {
    gcall *call;   /* __builtin_adjust_trampoline */
    tree function; /* the nested FUNCTION_DECL */
    tree frame;    /* its parent's frame: a VAR_DECL FRAME.n, or a MEM_REF of a chain pointer */
};

/* closures.cc: collects the trampolines of the unit, once and before anything below; FUNCTIONS are
   those with a body. */
void find_trampolines(const std::vector<cgraph_node *> &functions);
/* Whether FIELD of a frame holds a trampoline. */
bool is_trampoline(tree field);
/* Whether STMT makes nested function a value; fills *SITE then. */
bool closure_made(gimple *stmt, closure_site *site);

/* Why the value made at SITE cannot be a closure on the heap, as a phrase; NULL if it can. */
const char *why_not_closure(const closure_site &site);

/* Adds to D (one set of decisions a function, in the order of FUNCTIONS) the closures that must be
   converted because another one is: a frame that is copied has no working trampoline. */
void settle_closures(const std::vector<cgraph_node *> &functions, std::vector<decisions> &d);

/* Whether the captured variable made by BOX stays on the stack, going by the decisions D for its function. */
bool box_stays_on_stack(gimple *box, decisions &d);

/* Carries out D.closures, D.thunks and D.demote in the current function; every call of __goe_box is gone
   afterwards, and a trampoline that nobody uses. True if anything changed. */
bool rewrite_closures(function *fn, decisions &d);

/* Shows the debugger what nested function FN captured, under the variables' own names; once all
   functions were rewritten. */
void describe_captures(function *fn);

#endif
