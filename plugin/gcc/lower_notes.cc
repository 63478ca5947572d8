/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower_notes.cc: what is known of numbers, as notes for the engine beside its statements.

   A number carries no address, but says which of several an address is: a[i] after i = 0; i = i + 1;, what holds
   behind if (n > 5), the flags of which one says that p is set. Notes cost, so they are made only in functions
   where they can be of use (follows_numbers). */
#include "compat.h"
#include "adapter.h"
#include "lower.h"
#include "lower_expr.h"

/* Whether EXPR may be a pointer in an array that is a variable, at an index that is no constant. */
static bool may_be_at_index(tree expr)
{
    if (!handled_component_p(expr) || !POINTER_TYPE_P(TREE_TYPE(expr)))
        return false;
    bool indexed = false;
    for (; handled_component_p(expr); expr = TREE_OPERAND(expr, 0))
        indexed |= TREE_CODE(expr) == ARRAY_REF && TREE_CODE(TREE_OPERAND(expr, 1)) != INTEGER_CST;
    return indexed && VAR_P(expr);
}

/* a[i].f, a pointer in an array that is a variable: i, and where a[0].f lies. Else NULL_TREE. */
static tree pointer_at_index(tree expr, int64_t *off, int64_t *scale)
{
    tree index = NULL_TREE;
    if (!may_be_at_index(expr))
        return NULL_TREE;
    for (*off = 0; handled_component_p(expr); expr = TREE_OPERAND(expr, 0)) {
        if (TREE_CODE(expr) == COMPONENT_REF) {
            tree field = TREE_OPERAND(expr, 1);
            if (!tree_fits_shwi_p(DECL_FIELD_OFFSET(field)))
                return NULL_TREE;
            *off += int_byte_position(field);
            continue;
        }
        if (TREE_CODE(expr) != ARRAY_REF || !integer_zerop(array_ref_low_bound(expr)) ||
            !tree_fits_shwi_p(array_ref_element_size(expr)))
            return NULL_TREE;
        tree i = TREE_OPERAND(expr, 1);
        int64_t size = tree_to_shwi(array_ref_element_size(expr));
        if (tree_fits_shwi_p(i)) {
            *off += tree_to_shwi(i) * size;
        } else if (!index) {
            index = i;
            *scale = size;
        } else {
            return NULL_TREE;
        }
    }
    return VAR_P(expr) && index && is_gimple_reg(index) ? index : NULL_TREE;
}

static void note_index(lowered_unit *u, lowered_fn *f, tree expr, bool dst)
{
    int64_t off, scale;
    tree index = pointer_at_index(expr, &off, &scale);
    if (index && off >= 0 && off <= INT32_MAX && scale <= INT32_MAX)
        esc_note_index(f->esc, dst, lower_value(u, f, index), (int32_t)off, (uint32_t)scale);
}

/* i = i + 1, in a function where i may be such an index. */
static void note_sum(lowered_unit *u, lowered_fn *f, gassign *stmt)
{
    enum tree_code code = gimple_assign_rhs_code(stmt);
    if (!f->has_numbers || (code != PLUS_EXPR && code != MINUS_EXPR) ||
        !INTEGRAL_TYPE_P(TREE_TYPE(gimple_assign_lhs(stmt))) ||
        !tree_fits_shwi_p(gimple_assign_rhs2(stmt)))
        return;
    HOST_WIDE_INT add = tree_to_shwi(gimple_assign_rhs2(stmt));
    if (add > -INT16_MAX && add < INT16_MAX)
        esc_note_sum(f->esc, lower_value(u, f, gimple_assign_rhs1(stmt)),
                     (int32_t)(code == PLUS_EXPR ? add : -add));
}

/* bool big = n > 5; if (big) .... And a function that only compares is what its callers ask: while
   (!list_empty (&l)). It has one block, the way out and what GCC puts before and behind them. */
enum { MAX_ASKED_BLOCKS = 5 };
static void note_test(lowered_unit *u, lowered_fn *f, gimple *stmt)
{
    enum esc_relation relation;
    if ((f->has_numbers || n_basic_blocks_for_fn(f->fn) <= MAX_ASKED_BLOCKS) &&
        relation_of(gimple_assign_rhs_code(stmt), &relation))
        esc_note_test(f->esc, lower_value(u, f, gimple_assign_rhs1(stmt)), relation,
                      lower_value(u, f, gimple_assign_rhs2(stmt)));
}

/* to[i] = from[i]: the bytes may be those of an address. */
static bool copies_byte(gimple *stmt)
{
    tree lhs = gimple_assign_lhs(stmt), type = TREE_TYPE(lhs);
    return TREE_CODE(lhs) == MEM_REF && INTEGRAL_TYPE_P(type) &&
           TYPE_PRECISION(type) == BITS_PER_UNIT && !CONSTANT_CLASS_P(gimple_assign_rhs1(stmt));
}

/* flags & 4; flags |= 2, which leaves the other untouched. */
static void note_bits(lowered_unit *u, lowered_fn *f, gimple *stmt)
{
    enum tree_code code = gimple_assign_rhs_code(stmt);
    if (!f->has_numbers || (code != BIT_AND_EXPR && code != BIT_IOR_EXPR && code != BIT_XOR_EXPR) ||
        TREE_CODE(gimple_assign_rhs2(stmt)) != INTEGER_CST ||
        TYPE_PRECISION(TREE_TYPE(gimple_assign_lhs(stmt))) > 32)
        return;
    int32_t bits = (int32_t)TREE_INT_CST_LOW(gimple_assign_rhs2(stmt));
    esc_ref of = lower_value(u, f, gimple_assign_rhs1(stmt));
    if (code == BIT_AND_EXPR)
        esc_note_mask(f->esc, of, bits);
    else
        esc_note_bits(f->esc, of, bits);
}

/* Only where some variable can be held is it of use to know which paths there are. */
static bool has_addressed(function *fn)
{
    unsigned i;
    tree var;
    FOR_EACH_LOCAL_DECL (fn, i, var)
        if (TREE_ADDRESSABLE(var) && !TREE_STATIC(var))
            return true;
    return false;
}

static bool finds_index(gimple *stmt)
{
    int64_t off, scale;
    return gimple_assign_single_p(stmt) &&
           (pointer_at_index(gimple_assign_lhs(stmt), &off, &scale) ||
            pointer_at_index(gimple_assign_rhs1(stmt), &off, &scale) || copies_byte(stmt));
}

bool follows_numbers(function *fn)
{
    if (has_addressed(fn))
        return true;
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator i = gsi_start_bb(bb); !gsi_end_p(i); gsi_next(&i))
            if (finds_index(gsi_stmt(i)))
                return true;
    return false;
}

void lower_notes(lowered_unit *u, lowered_fn *f, gassign *stmt)
{
    note_sum(u, f, stmt);
    note_test(u, f, stmt);
    note_bits(u, f, stmt);
    note_index(u, f, gimple_assign_lhs(stmt), true);
    if (gimple_assign_single_p(stmt))
        note_index(u, f, gimple_assign_rhs1(stmt), false);
}
