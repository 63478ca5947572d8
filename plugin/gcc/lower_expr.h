/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower_expr.h: the parts of lowering, between lower.cc, lower_call.cc, lower_expr.cc, lower_cond.cc and lower_notes.cc. */
#ifndef GOE_LOWER_EXPR_H
#define GOE_LOWER_EXPR_H

#include "lower.h"

/* Whether DECL is an automatic variable, parameter or result of the function being lowered. */
bool may_be_variable(tree decl);
/* What the engine should know of DECL; its name belongs to GCC. */
esc_var describe_variable(lowered_fn *f, tree decl);
uint32_t add_variable(lowered_fn *f, tree decl, gimple *call, const esc_var &v);
/* The engine's number of a local variable, made at its first mention. */
uint32_t lower_variable(lowered_fn *f, tree decl);
/* The engine's symbol of a function or a variable of static storage, with its initialiser. */
uint32_t lower_symbol(lowered_unit *u, tree decl);

/* A reference to what EXPR names, to be written or read. */
esc_ref lower_ref(lowered_unit *u, lowered_fn *f, tree expr);
/* The value of operand EXPR, an address included. */
esc_ref lower_value(lowered_unit *u, lowered_fn *f, tree expr);
/* The pointer that a memory reference or a call goes through, as a reference of kind ESC_VAR, ESC_ADDR,
   ESC_MEM or ESC_UNKNOWN: a constant is a place that nobody here declared. */
esc_ref lower_pointer(lowered_unit *u, lowered_fn *f, tree pointer);
bool is_function_pointer(tree type);
/* Whether TYPE is a pointer or holds one. */
bool type_has_pointers(tree type);
/* Whether a value of TYPE can hold neither an address nor a byte of one: numbers that are wider than
   a character and have no pointer's width. (The bytes of an object may be copied as characters, and
   by no other narrow type.) */
bool is_plain(tree type);
/* Memory at OFF from what POINTER (kind ESC_VAR) holds. */
esc_ref lower_through(lowered_unit *u, lowered_fn *f, esc_ref pointer, int64_t off, uint32_t size);
/* The values that may flow into the left-hand side of STMT. */
void lower_rhs(lowered_unit *u, lowered_fn *f, gassign *stmt, std::vector<esc_ref> *out);

/* lower_cond.cc. A condition at the end of a block, as one test after another, each in a block of its
   own: all of them (or one of them) must hold; for the condition, or for its opposite. */
struct lowered_tests {
    std::vector<uint32_t>
        blocks; /* the block itself, and those of the further tests; empty: one test */
    bool all, inverted;
};
/* The engine's relation for a comparison by CODE; false: CODE is none. */
bool relation_of(enum tree_code code, enum esc_relation *relation);
lowered_tests lower_cond(lowered_unit *u, lowered_fn *f, gcond *cond, uint32_t block);

/* lower_call.cc. */
void lower_call(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site);

/* lower_notes.cc. Whether numbers and tests of function FN are worth notes. */
bool follows_numbers(function *fn);
/* What STMT says of numbers; before the statement itself is made. */
void lower_notes(lowered_unit *u, lowered_fn *f, gassign *stmt);

#endif
