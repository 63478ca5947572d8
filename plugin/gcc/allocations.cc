/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allocations.cc: calls that allocate, moved between stack and heap.

     alloca (n), arrays of variable length   ->  __goe_new_array (&type, n)
     malloc (24)                             ->  &buffer
     __goe_new_zero (size, align, "T", 0)    ->  __goe_new_typed (&T)

   Which call deserves what is decided elsewhere. */
#include "compat.h"
#include "rewrite.h"
#include "options.h"
#include "rewrite_parts.h"
#include "runtime_abi.h"

bool is_alloca(gimple *stmt)
{
    return gimple_call_builtin_p(stmt, BUILT_IN_ALLOCA) ||
           gimple_call_builtin_p(stmt, BUILT_IN_ALLOCA_WITH_ALIGN) ||
           gimple_call_builtin_p(stmt, BUILT_IN_ALLOCA_WITH_ALIGN_AND_MAX);
}

tree vla_pointer(gimple_stmt_iterator gsi)
{
    gcall *call = as_a<gcall *>(gsi_stmt(gsi));
    tree lhs = gimple_call_lhs(call);
    if (!gimple_call_alloca_for_var_p(call) || !lhs)
        return NULL_TREE;
    /* The call sets it, or the conversion that follows. */
    gsi_next_nondebug(&gsi);
    if (!gsi_end_p(gsi) && is_gimple_assign(gsi_stmt(gsi)) &&
        gimple_assign_rhs1(gsi_stmt(gsi)) == lhs)
        return gimple_assign_lhs(gsi_stmt(gsi));
    return lhs;
}

/* alloca (n) -> __goe_new_array (&type, n) */
void move_alloca(gimple_stmt_iterator *gsi)
{
    gcall *call = as_a<gcall *>(gsi_stmt(*gsi));
    tree lhs = gimple_call_lhs(call);
    tree element = void_type_node;
    unsigned align = BIGGEST_ALIGNMENT / BITS_PER_UNIT;
    if (gimple_call_num_args(call) > 1)
        align = tree_to_uhwi(gimple_call_arg(call, 1)) / BITS_PER_UNIT;
    tree pointer = vla_pointer(*gsi);
    if (pointer && POINTER_TYPE_P(TREE_TYPE(pointer)) &&
        TREE_CODE(TREE_TYPE(TREE_TYPE(pointer))) == ARRAY_TYPE)
        element = strip_array_types(TREE_TYPE(TREE_TYPE(pointer)));
    gcall *heap = gimple_build_call(runtime_decl(RT_NEW_ARRAY), 2, type_descriptor(element, align),
                                    gimple_call_arg(call, 0));
    gimple_call_set_lhs(heap, lhs);
    gimple_set_location(heap, gimple_location(call));
    gsi_replace(gsi, heap, false);
}

namespace
{

/* The function of the C library or of goescape.h that STMT calls, as far as they are known here. */
enum allocator { NO_ALLOCATOR, A_MALLOC, A_CALLOC, A_NEW, A_MAKE };

allocator called_allocator(gimple *stmt)
{
    if (!is_gimple_call(stmt))
        return NO_ALLOCATOR;
    if (gimple_call_builtin_p(stmt, BUILT_IN_MALLOC))
        return A_MALLOC;
    if (gimple_call_builtin_p(stmt, BUILT_IN_CALLOC))
        return A_CALLOC;
    tree fn = gimple_call_fndecl(stmt);
    if (!fn || !DECL_NAME(fn) || !TREE_PUBLIC(fn))
        return NO_ALLOCATOR;
    if (id_equal(DECL_NAME(fn), "__goe_new_zero") && gimple_call_num_args(stmt) == 4)
        return A_NEW;
    if (id_equal(DECL_NAME(fn), "__goe_make") && gimple_call_num_args(stmt) == 5)
        return A_MAKE;
    return NO_ALLOCATOR;
}

} // namespace

/* The size in bytes of the block that STMT allocates if it is a constant that fits a local buffer, else -1. */
static HOST_WIDE_INT buffer_size(gimple *stmt)
{
    static const HOST_WIDE_INT limit = 65536; /* bytes: Go's bound for implicit stack variables */
    allocator a = called_allocator(stmt);
    if (a == NO_ALLOCATOR)
        return -1;
    bool product = a == A_CALLOC || a == A_MAKE;
    unsigned HOST_WIDE_INT size = 1;
    for (unsigned i = 0; i < (product ? 2 : 1); i++) {
        tree arg = gimple_call_arg(stmt, i);
        if (!tree_fits_uhwi_p(arg) || tree_to_uhwi(arg) > (unsigned HOST_WIDE_INT)limit)
            return -1;
        size *= tree_to_uhwi(arg);
    }
    return size > 0 && size <= (unsigned HOST_WIDE_INT)limit ? (HOST_WIDE_INT)size : -1;
}

bool fits_frame(gimple *call)
{
    return buffer_size(call) >= 0;
}

bool can_promote(gimple *call)
{
    return fits_frame(call) || (options.promote_ == PROMOTE_ALL && gimple_call_lhs(call) &&
                                called_allocator(call) == A_MALLOC);
}

/* p = malloc (24) -> p = &buffer */
void promote_allocation(gimple_stmt_iterator *gsi)
{
    gimple *call = gsi_stmt(*gsi);
    HOST_WIDE_INT size = buffer_size(call);
    gcc_assert(size > 0);
    tree lhs = gimple_call_lhs(call);
    if (!lhs) {
        gsi_remove(gsi, true);
        return;
    }
    allocator a = called_allocator(call);
    unsigned align = BIGGEST_ALIGNMENT;
    if (a == A_NEW || a == A_MAKE)
        align = tree_to_uhwi(gimple_call_arg(call, a == A_NEW ? 1 : 2)) * BITS_PER_UNIT;
    tree buffer = local_variable(build_array_type_nelts(char_type_node, size), "goe.block");
    SET_DECL_ALIGN(buffer, align);
    DECL_USER_ALIGN(buffer) = 1;
    TREE_ADDRESSABLE(buffer) = 1;
    if (a != A_MALLOC) {
        gimple *zero = gimple_build_assign(buffer, build_constructor(TREE_TYPE(buffer), NULL));
        gimple_set_location(zero, gimple_location(call));
        gsi_insert_before(gsi, zero, GSI_SAME_STMT);
    }
    tree address = build_fold_addr_expr(buffer);
    gimple *take;
    if (is_gimple_reg(lhs))
        take = gimple_build_assign(lhs, fold_convert(TREE_TYPE(lhs), address));
    else {
        tree t = local_variable(TREE_TYPE(lhs), NULL);
        gsi_insert_before(gsi, gimple_build_assign(t, fold_convert(TREE_TYPE(t), address)),
                          GSI_SAME_STMT);
        take = gimple_build_assign(lhs, t);
    }
    gimple_set_location(take, gimple_location(call));
    gsi_replace(gsi, take, true);
}

gimple *make_room(void)
{
    return gimple_build_assign(local_variable(size_type_node, "goe.room"),
                               build_int_cst(size_type_node, 65536));
}

/* p = malloc (n) -> if (n < room) { room = MAX (room - n, 64) - 64; p = alloca (n); } else p = malloc (n)

   A loop or a recursion thus ends on the heap and not beyond the stack. What is freed no longer is then
   lost: this is for testing promotion on programs that allocate what they do not know the size of. */
void promote_bounded(gimple *call, tree room)
{
    tree lhs = gimple_call_lhs(call), size = gimple_call_arg(call, 0);
    tree block = local_variable(TREE_TYPE(lhs), NULL);
    basic_block test = gimple_bb(call);
    gimple_stmt_iterator gsi = gsi_for_stmt(call);
    gsi_prev(&gsi);
    edge refuse =
        gsi_end_p(gsi) ? split_block_after_labels(test) : split_block(test, gsi_stmt(gsi));
    basic_block heap = refuse->dest, join = split_block(heap, call)->dest;
    basic_block stack = create_empty_bb(test);
    if (current_loops)
        add_bb_to_loop(stack, test->loop_father);
    refuse->flags = (refuse->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
    refuse->probability = profile_probability::even();
    make_edge(test, stack, EDGE_TRUE_VALUE)->probability = profile_probability::even();
    make_single_succ_edge(stack, join, EDGE_FALLTHRU);
    stack->count = profile_count::uninitialized();
    gsi = gsi_last_bb(test);
    gsi_insert_after(&gsi, gimple_build_cond(LT_EXPR, size, room, NULL_TREE, NULL_TREE),
                     GSI_NEW_STMT);

    tree cost = build_int_cst(size_type_node, 64), left = local_variable(size_type_node, NULL);
    gcall *take = gimple_build_call(builtin_decl_explicit(BUILT_IN_ALLOCA_WITH_ALIGN), 2, size,
                                    build_int_cst(size_type_node, BIGGEST_ALIGNMENT));
    gimple_call_set_lhs(take, block);
    gimple_set_location(take, gimple_location(call));
    notice_special_calls(take);
    gimple_seq seq = NULL;
    gimple_seq_add_stmt(&seq, gimple_build_assign(left, MINUS_EXPR, room, size));
    gimple_seq_add_stmt(&seq, gimple_build_assign(left, MAX_EXPR, left, cost));
    gimple_seq_add_stmt(&seq, gimple_build_assign(room, MINUS_EXPR, left, cost));
    gimple_seq_add_stmt(&seq, take);
    gsi = gsi_start_bb(stack);
    gsi_insert_seq_after(&gsi, seq, GSI_NEW_STMT);

    gimple_call_set_lhs(call, block);
    gsi = gsi_after_labels(join);
    gsi_insert_before(&gsi, gimple_build_assign(lhs, block), GSI_SAME_STMT);
}

/* __goe_new_zero (size, align, "T", (T *) 0) -> __goe_new_typed (&T); __goe_make likewise. */
void type_allocation(gimple_stmt_iterator *gsi)
{
    gimple *call = gsi_stmt(*gsi);
    allocator a = called_allocator(call);
    if (a != A_NEW && a != A_MAKE)
        return;
    tree witness = gimple_call_arg(call, a == A_NEW ? 3 : 4);
    if (!POINTER_TYPE_P(TREE_TYPE(witness)))
        return;
    tree type = TREE_TYPE(TREE_TYPE(witness));
    tree size = gimple_call_arg(call, a == A_NEW ? 0 : 1),
         align = gimple_call_arg(call, a == A_NEW ? 1 : 2);
    if (!tree_fits_uhwi_p(size) || !tree_fits_uhwi_p(align) || int_size_in_bytes(type) <= 0 ||
        tree_to_uhwi(size) != (unsigned HOST_WIDE_INT)int_size_in_bytes(type))
        return;
    gcall *typed = a == A_NEW ? new_object_call(type, tree_to_uhwi(align), size, true)
                              : gimple_build_call(runtime_decl(RT_MAKE_TYPED), 2,
                                                  type_descriptor(type, tree_to_uhwi(align)),
                                                  gimple_call_arg(call, 0));
    gimple_call_set_lhs(typed, gimple_call_lhs(call));
    gimple_set_location(typed, gimple_location(call));
    gsi_replace(gsi, typed, false);
}
