/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower_cond.cc: conditions, test by test.

   Where it is cheap to compute both, GCC's front end makes one test of `a != 0 && b != 1`:

       _1 = a != 0;  _2 = b != 1;  _3 = _1 & _2;  if (_3 != 0)

   and whether it is cheap depends on -O. For the engine both are the same: a test of a, and then, in a
   block of its own, a test of b. */
#include "compat.h"
#include "adapter.h"
#include "lower.h"
#include "lower_expr.h"

/* What NAME is set to, if that is computed for the condition at the end of block BB. */
static gassign *computed_in(tree name, basic_block bb)
{
    if (TREE_CODE(name) != SSA_NAME)
        return NULL;
    gimple *def = SSA_NAME_DEF_STMT(name);
    return def && gimple_bb(def) == bb ? dyn_cast<gassign *>(def) : NULL;
}

static bool is_truth(tree value)
{
    return TREE_CODE(TREE_TYPE(value)) == BOOLEAN_TYPE;
}

/* Adds what VALUE is made of by operator CODE, from left to right. */
static void add_tests(tree value, enum tree_code code, basic_block bb, std::vector<tree> *out)
{
    gassign *def = computed_in(value, bb);
    if (!def || gimple_assign_rhs_code(def) != code || out->size() > 8) {
        out->push_back(value);
        return;
    }
    add_tests(gimple_assign_rhs1(def), code, bb, out);
    add_tests(gimple_assign_rhs2(def), code, bb, out);
}

static bool relation_of(enum tree_code code, enum esc_relation *relation)
{
    switch (code) {
    case EQ_EXPR:
        *relation = ESC_EQ;
        return true;
    case NE_EXPR:
        *relation = ESC_NE;
        return true;
    case LT_EXPR:
        *relation = ESC_LT;
        return true;
    case LE_EXPR:
        *relation = ESC_LE;
        return true;
    case GT_EXPR:
        *relation = ESC_GT;
        return true;
    case GE_EXPR:
        *relation = ESC_GE;
        return true;
    default:
        return false;
    }
}

static void lower_test(lowered_unit *u, lowered_fn *f, enum tree_code code, tree lhs, tree rhs,
                       uint32_t site)
{
    enum esc_relation relation;
    if (!relation_of(code, &relation))
        return;
    if ((relation == ESC_EQ || relation == ESC_NE) && TREE_CODE(lhs) == ADDR_EXPR)
        std::swap(lhs, rhs); /* the variable first, what it is compared with second */
    esc_branch(f->esc, lower_value(u, f, lhs), relation, lower_value(u, f, rhs), site);
}

/* A test of truth value VALUE: of what is compared for it, if that is a comparison. */
static void lower_truth(lowered_unit *u, lowered_fn *f, tree value, basic_block bb, uint32_t site)
{
    gassign *def = computed_in(value, bb);
    if (def && TREE_CODE_CLASS(gimple_assign_rhs_code(def)) == tcc_comparison)
        lower_test(u, f, gimple_assign_rhs_code(def), gimple_assign_rhs1(def),
                   gimple_assign_rhs2(def), site);
    else
        esc_branch(f->esc, lower_value(u, f, value), ESC_NE, esc_const(0), site);
}

/* BLOCK: where the statements before the condition are. */
lowered_tests lower_cond(lowered_unit *u, lowered_fn *f, gcond *cond, uint32_t block)
{
    lowered_tests t = {{}, true, gimple_cond_code(cond) == EQ_EXPR};
    tree lhs = gimple_cond_lhs(cond);
    basic_block bb = gimple_bb(cond);
    gassign *def = computed_in(lhs, bb);
    enum tree_code code = def ? gimple_assign_rhs_code(def) : ERROR_MARK;
    bool several = (code == BIT_AND_EXPR || code == BIT_IOR_EXPR) && is_truth(lhs) &&
                   integer_zerop(gimple_cond_rhs(cond)) &&
                   (t.inverted || gimple_cond_code(cond) == NE_EXPR);
    uint32_t site = (uint32_t)u->sites.size();
    u->sites.push_back(cond);
    if (!several) {
        lower_test(u, f, gimple_cond_code(cond), lhs, gimple_cond_rhs(cond), site);
        return t;
    }
    std::vector<tree> parts;
    add_tests(lhs, code, bb, &parts);
    t.all = code == BIT_AND_EXPR;
    for (size_t i = 0; i < parts.size(); i++) {
        t.blocks.push_back(i ? esc_block(f->esc) : block);
        lower_truth(u, f, parts[i], bb, site);
    }
    return t;
}
