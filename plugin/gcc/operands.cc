/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operands.cc: makes the operands of a statement go to the heap.

   Of a moved x only three things can be seen in an operand: the object itself or a part of it
   (x, x.f[i]), its address (&x), or the address of a part (&x.f). The first becomes a reference
   through x.heap, the second x.heap itself; the third is no constant any more and needs a
   temporary unless it is all the statement assigns to a register:

     f (&x.f, x.g)   ->   t = &(*x.heap).f; f (t, (*x.heap).g)

   Operands may be shared between statements, so they are copied before they change. */
#include "compat.h"
#include "rewrite_parts.h"

/* `*POINTER` as an object declared like DECL. */
tree object_of(tree pointer, tree decl)
{
    tree type = TREE_TYPE(decl);
    tree ref = build2(MEM_REF, type, pointer, build_int_cst(build_pointer_type(type), 0));
    TREE_THIS_NOTRAP(ref) = 1;
    TREE_THIS_VOLATILE(ref) = TREE_SIDE_EFFECTS(ref) = TREE_THIS_VOLATILE(decl);
    suppress_warning(ref, OPT_Wuninitialized);
    return ref;
}

namespace
{

/* Replaces mentions of moved variables within one operand of a statement. */
struct operand_rewriter {
    moved_vars *vars;
    gimple_stmt_iterator *gsi; /* temporaries are made before this statement */

    const moved_var *find(tree decl)
    {
        int i = vars->find(decl);
        return i < 0 ? NULL : &vars->list[i];
    }
    bool mentions(tree expr);
    bool reference(tree *tp);
    void address(tree *tp, bool whole_rhs);
    void rewrite(tree *tp, bool whole_rhs);
};

bool operand_rewriter::mentions(tree expr)
{
    auto look = [](tree *tp, int *walk_subtrees, void *data) -> tree {
        if (TYPE_P(*tp))
            *walk_subtrees = 0;
        return ((operand_rewriter *)data)->find(*tp) ? *tp : NULL_TREE;
    };
    return walk_tree_without_duplicates(&expr, look, this) != NULL_TREE;
}

/* *TP is a reference to memory or its address's operand: a chain of components down to a
   variable or a MEM_REF. Replaces the variable by its object; true if it did. */
bool operand_rewriter::reference(tree *tp)
{
    bool done = false;
    for (; handled_component_p(*tp); tp = &TREE_OPERAND(*tp, 0))
        for (int i = 1; i < TREE_OPERAND_LENGTH(*tp); i++)
            if (TREE_OPERAND(*tp, i))
                rewrite(&TREE_OPERAND(*tp, i), false);
    if (const moved_var *v = find(*tp)) {
        *tp = object_of(v->heap, v->decl);
        return true;
    }
    if (TREE_CODE(*tp) == MEM_REF || TREE_CODE(*tp) == TARGET_MEM_REF)
        done = mentions(TREE_OPERAND(*tp, 0)), rewrite(&TREE_OPERAND(*tp, 0), false);
    return done;
}

/* *TP is an ADDR_EXPR. */
void operand_rewriter::address(tree *tp, bool whole_rhs)
{
    tree type = TREE_TYPE(*tp);
    if (const moved_var *v = find(TREE_OPERAND(*tp, 0))) {
        *tp = v->heap;
        return;
    }
    if (!reference(&TREE_OPERAND(*tp, 0)))
        return;
    recompute_tree_invariant_for_addr_expr(*tp);
    if (whole_rhs)
        return;
    tree temporary = local_variable(type, NULL);
    gimple *take = gimple_build_assign(temporary, *tp);
    gimple_set_location(take, gimple_location(gsi_stmt(*gsi)));
    gsi_insert_before(gsi, take, GSI_SAME_STMT);
    *tp = temporary;
}

void operand_rewriter::rewrite(tree *tp, bool whole_rhs)
{
    switch (TREE_CODE(*tp)) {
    case ADDR_EXPR:
        address(tp, whole_rhs);
        break;
    case TREE_LIST: /* an operand of asm: (constraint, expression) */
        rewrite(&TREE_VALUE(*tp), false);
        break;
    case CONSTRUCTOR: {
        constructor_elt *e;
        for (unsigned i = 0; vec_safe_iterate(CONSTRUCTOR_ELTS(*tp), i, &e); i++)
            rewrite(&e->value, false);
        break;
    }
    case WITH_SIZE_EXPR:
        rewrite(&TREE_OPERAND(*tp, 0), false);
        break;
    case MEM_REF:
    case TARGET_MEM_REF:
    case VAR_DECL:
    case PARM_DECL:
        reference(tp);
        break;
    default:
        if (handled_component_p(*tp))
            reference(tp);
        else if (EXPR_P(*tp))
            for (int i = 0; i < TREE_OPERAND_LENGTH(*tp); i++)
                if (TREE_OPERAND(*tp, i))
                    rewrite(&TREE_OPERAND(*tp, i), false);
        break;
    }
}

} // namespace

void rewrite_operands(gimple_stmt_iterator *gsi, moved_vars *vars)
{
    gimple *stmt = gsi_stmt(*gsi);
    operand_rewriter r = {vars, gsi};
    bool any = false;
    for (unsigned i = 0; i < gimple_num_ops(stmt); i++) {
        tree op = gimple_op(stmt, i);
        if (!op || !r.mentions(op))
            continue;
        any = true;
        if (TREE_CODE(op) == TREE_LIST) /* asm: unshare_expr does not go into lists */
            op = build_tree_list(TREE_PURPOSE(op), unshare_expr(TREE_VALUE(op)));
        else
            op = unshare_expr(op);
        bool whole_rhs = i == 1 && gimple_assign_single_p(stmt) &&
                         is_gimple_reg(gimple_assign_lhs(stmt)); /* a store takes only a value */
        r.rewrite(&op, whole_rhs);
        gimple_set_op(stmt, i, op);
    }
    if (any && gimple_assign_single_p(stmt))
        gimple_assign_set_rhs_code(stmt, TREE_CODE(gimple_assign_rhs1(stmt)));
}
