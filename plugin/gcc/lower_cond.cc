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

/* What NAME is set to, if that is computed for the condition at the end of block BB. What was a switch
   with one range has variables instead of names; they are set in its last statements. */
static gassign *computed_in(tree name, basic_block bb)
{
    if (VAR_P(name) && DECL_ARTIFICIAL(name) && is_gimple_reg(name)) {
        gimple_stmt_iterator i = gsi_last_bb(bb);
        for (int n = 0; n < 3 && !gsi_end_p(i); n++, gsi_prev(&i))
            if (gimple_get_lhs(gsi_stmt(i)) == name)
                return dyn_cast<gassign *>(gsi_stmt(i));
    }
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

/* DEF converts a number to a type that is as wide, or wider. */
static bool is_widened(gassign *def)
{
    tree to = TREE_TYPE(gimple_assign_lhs(def)), from = TREE_TYPE(gimple_assign_rhs1(def));
    return CONVERT_EXPR_CODE_P(gimple_assign_rhs_code(def)) && INTEGRAL_TYPE_P(to) &&
           INTEGRAL_TYPE_P(from) && TYPE_PRECISION(from) <= TYPE_PRECISION(to);
}

bool relation_of(enum tree_code code, enum esc_relation *relation)
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

/* A test whether a number lies between two, as GCC's front end writes it: (unsigned) n - LOW <= HIGH - LOW.
   True if both are below 32: *N is in the set of *BITS then, or not. */
static bool is_range_test(enum tree_code code, tree lhs, tree rhs, basic_block bb, tree *n,
                          uint32_t *bits, enum esc_relation *relation)
{
    bool within = code == LE_EXPR || code == LT_EXPR;
    HOST_WIDE_INT low = 0;
    if ((!within && code != GT_EXPR && code != GE_EXPR) || !INTEGRAL_TYPE_P(TREE_TYPE(lhs)) ||
        !TYPE_UNSIGNED(TREE_TYPE(lhs)) || !tree_fits_shwi_p(rhs))
        return false;
    HOST_WIDE_INT high = tree_to_shwi(rhs) - (code == LT_EXPR || code == GE_EXPR);
    gassign *def = computed_in(lhs, bb);
    if (def && gimple_assign_rhs_code(def) == PLUS_EXPR &&
        TREE_CODE(gimple_assign_rhs2(def)) == INTEGER_CST) {
        low = -sext_hwi(TREE_INT_CST_LOW(gimple_assign_rhs2(def)), TYPE_PRECISION(TREE_TYPE(lhs)));
        lhs = gimple_assign_rhs1(def);
        def = computed_in(lhs, bb);
    }
    if (def && is_widened(def))
        lhs = gimple_assign_rhs1(def);
    if (low < 0 || low >= 32 || high < 0 || low + high >= 32)
        return false;
    *n = lhs;
    *bits = 0;
    for (HOST_WIDE_INT i = low; i <= low + high; i++)
        *bits |= 1u << i;
    *relation = within ? ESC_IN : ESC_NOT_IN;
    return true;
}

/* What truth value LHS, which is (CODE) or is not 0, is the opposite of, with the opposite CODE: if (!b). */
static tree without_not(tree lhs, basic_block bb, enum tree_code *code)
{
    gassign *def = computed_in(lhs, bb);
    for (; def && gimple_assign_rhs_code(def) == BIT_NOT_EXPR; def = computed_in(lhs, bb)) {
        lhs = gimple_assign_rhs1(def);
        *code = *code == EQ_EXPR ? NE_EXPR : EQ_EXPR;
    }
    return lhs;
}

static void lower_test(lowered_unit *u, lowered_fn *f, enum tree_code code, tree lhs, tree rhs,
                       basic_block bb, uint32_t site)
{
    enum esc_relation relation;
    uint32_t bits;
    tree n;
    if ((code == EQ_EXPR || code == NE_EXPR) && integer_zerop(rhs) && is_truth(lhs))
        lhs = without_not(lhs, bb, &code);
    if (is_range_test(code, lhs, rhs, bb, &n, &bits, &relation)) {
        esc_branch(f->esc, lower_value(u, f, n), relation, esc_const((int32_t)bits), site);
        return;
    }
    if (!relation_of(code, &relation))
        return;
    if ((relation == ESC_EQ || relation == ESC_NE) && TREE_CODE(lhs) == ADDR_EXPR)
        std::swap(lhs, rhs); /* the variable first, what it is compared with second */
    esc_branch(f->esc, lower_value(u, f, lhs), relation, lower_value(u, f, rhs), site);
}

/* A test whether VALUE is not 0: of what is compared for it, if that is a comparison. */
static void lower_truth(lowered_unit *u, lowered_fn *f, tree value, basic_block bb, uint32_t site)
{
    gassign *def = computed_in(value, bb);
    if (def && is_widened(def)) {
        value = gimple_assign_rhs1(def);
        def = computed_in(value, bb);
    }
    if (def && TREE_CODE_CLASS(gimple_assign_rhs_code(def)) == tcc_comparison)
        lower_test(u, f, gimple_assign_rhs_code(def), gimple_assign_rhs1(def),
                   gimple_assign_rhs2(def), bb, site);
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
    bool several = (code == BIT_IOR_EXPR || (code == BIT_AND_EXPR && is_truth(lhs))) &&
                   integer_zerop(gimple_cond_rhs(cond)) &&
                   (t.inverted || gimple_cond_code(cond) == NE_EXPR);
    uint32_t site = (uint32_t)u->sites.size();
    u->sites.push_back(cond);
    if (!several) {
        t.inverted = false;
        lower_test(u, f, gimple_cond_code(cond), lhs, gimple_cond_rhs(cond), bb, site);
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
