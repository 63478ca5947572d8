/* SPDX-License-Identifier: GPL-3.0-or-later */
/* returns.cc: gives `return &x` its address back.

   GCC's C front end knows that a returned address of a local is worth nothing and returns a null
   pointer in its place: `return &x;` becomes `return (&x, 0);`. With this plugin the address is
   worth something, so the second operand goes before the function is lowered. Only the front end
   makes a COMPOUND_EXPR without a location under RETURN_EXPR whose second operand is a null
   pointer, and only where the function returns a pointer; a comma written in the source has a
   location. */
#include "compat.h"
#include "adapter.h"
#include "rare_set.h"

/* Whether T is an expression without side effects: then no statement is in it. */
static bool is_pure(tree t)
{
    switch (TREE_CODE_CLASS(TREE_CODE(t))) {
    case tcc_constant:
    case tcc_declaration:
    case tcc_reference:
    case tcc_comparison:
    case tcc_unary:
    case tcc_binary:
        return !TREE_SIDE_EFFECTS(t);
    case tcc_expression:
        return TREE_CODE(t) == ADDR_EXPR && !TREE_SIDE_EFFECTS(t);
    default:
        return false;
    }
}

/* SEEN: expressions that may stand in several places. */
static tree undo_return(tree *tp, int *walk_subtrees, void *seen)
{
    if (TREE_CODE(*tp) == SAVE_EXPR || TREE_CODE(*tp) == TARGET_EXPR)
        *walk_subtrees = !((rare_set<tree> *)seen)->add(*tp);
    if (TREE_CODE(*tp) != RETURN_EXPR || !TREE_OPERAND(*tp, 0)) {
        *walk_subtrees &= !is_pure(*tp);
        return NULL_TREE;
    }
    tree *value = &TREE_OPERAND(*tp, 0);
    if (TREE_CODE(*value) == MODIFY_EXPR || TREE_CODE(*value) == INIT_EXPR)
        value = &TREE_OPERAND(*value, 1);
    while (CONVERT_EXPR_P(*value) && TREE_CODE(TREE_OPERAND(*value, 0)) == COMPOUND_EXPR)
        value = &TREE_OPERAND(*value, 0);
    if (TREE_CODE(*value) == COMPOUND_EXPR && POINTER_TYPE_P(TREE_TYPE(*value)) &&
        integer_zerop(TREE_OPERAND(*value, 1)) && EXPR_LOCATION(*value) == UNKNOWN_LOCATION)
        *value = fold_convert(TREE_TYPE(*value), TREE_OPERAND(*value, 0));
    return NULL_TREE;
}

/* PLUGIN_PRE_GENERICIZE is told of outermost functions only; the nested ones hang on the
   call-graph node. */
void restore_returns(tree fndecl)
{
    rare_set<tree> seen;
    if (POINTER_TYPE_P(TREE_TYPE(TREE_TYPE(fndecl))))
        walk_tree(&DECL_SAVED_TREE(fndecl), undo_return, &seen, NULL);
    for (cgraph_node *n = first_nested_function(cgraph_node::get_create(fndecl)); n;
         n = next_nested_function(n))
        restore_returns(n->decl);
}
