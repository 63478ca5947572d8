/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rewrite.cc: moves variables to the heap.

   A moved variable x gets a pointer x.heap; what mentions x goes through it:

     x = {CLOBBER};             x.heap = __goe_new (&type);
     x = 1;                     *x.heap = 1;
     p = &x;             =>     p = x.heap;
     f (&x.next);               t = &x.heap->next; f (t);
     x = {CLOBBER(eol)};        asm volatile ("" : : "g" (x.heap)); x.heap = 0;

   Each execution of the begin marker makes a new object, which is what a loop body needs. The empty
   asm keeps the object's base in the frame until the variable's scope ends: a correct program never
   depends on pointers the collector cannot see. A jump into the scope goes around the begin marker,
   so a forward dataflow (may x.heap be null here? may it be an object?) finds the references where
   the answer is not "certainly an object"; those allocate first if it is null.

   Parameters are allocated and copied on entry. Variable-length arrays and alloca change in their
   allocation only, because their uses go through a pointer already.

   Invariants: the function has a CFG, no SSA form and no PHIs, before and after; no statement
   mentions a moved variable afterwards; its DECL_VALUE_EXPR says `*x.heap` for the debugger. */
#include "compat.h"
#include "adapter.h"
#include "options.h"
#include "rewrite.h"
#include "runtime_abi.h"

namespace
{

/* One variable on its way to the heap. */
struct moved_var {
    tree decl;       /* the variable: VAR_DECL or PARM_DECL */
    tree heap;       /* its pointer, a VAR_DECL */
    bool start_null; /* the pointer must be null at function entry: something may look at it
                         before an object was made */
};

/* A statement that must make the object of a variable first, if there is none. */
struct lazy_allocation {
    gimple *stmt;
    unsigned var;
};

struct rewriter {
    function *fn;
    const decisions &d;
    std::vector<moved_var> vars;
    hash_map<tree, unsigned> index; /* declaration -> position in vars */
    std::vector<lazy_allocation> lazy;
    hash_set<gimple *> dead_ends; /* end markers met with no object, ever */
    hash_set<tree> moved_vlas;    /* pointers of variable-length arrays on the heap */
    bool changed;

    rewriter(function *f, const decisions &dec) : fn(f), d(dec), changed(false) {}
    bool run(void);

  private:
    void collect(void);
    void analyse_lives(void);
    void allocate_parameters(void);
    void insert_lazy(const lazy_allocation &l);
    void rewrite_block(basic_block bb);
    void rewrite_operands(gimple_stmt_iterator *gsi);
    void rewrite_alloca(gimple_stmt_iterator *gsi);
    void note_moved_vla(gimple_stmt_iterator gsi);
    void promote(gimple_stmt_iterator *gsi);
    void retype(gimple_stmt_iterator *gsi);
    gimple *new_object(const moved_var &v);
    void end_life(gimple_stmt_iterator *gsi, tree pointer, bool forget);
    int var_index(tree decl)
    {
        unsigned *i = index.get(decl);
        return i ? (int)*i : -1;
    }
    void references(gimple *stmt, std::vector<unsigned> *out);
};

/* ---- what can move ------------------------------------------------------------------------- */

bool is_va_list(tree type)
{
    while (TREE_CODE(type) == ARRAY_TYPE &&
           TYPE_MAIN_VARIANT(type) != TYPE_MAIN_VARIANT(va_list_type_node))
        type = TREE_TYPE(type);
    if (TYPE_MAIN_VARIANT(type) == TYPE_MAIN_VARIANT(va_list_type_node))
        return true;
    return TREE_CODE(va_list_type_node) == ARRAY_TYPE &&
           TYPE_MAIN_VARIANT(type) == TYPE_MAIN_VARIANT(TREE_TYPE(va_list_type_node));
}

/* ---- building blocks ----------------------------------------------------------------------- */

tree local_variable(tree type, const char *name)
{
    tree v = build_decl(DECL_SOURCE_LOCATION(current_function_decl), VAR_DECL,
                        name ? get_identifier(name) : NULL_TREE, type);
    DECL_CONTEXT(v) = current_function_decl;
    DECL_ARTIFICIAL(v) = 1;
    DECL_IGNORED_P(v) = 1;
    TREE_USED(v) = 1;
    suppress_warning(v);
    layout_decl(v, 0);
    add_local_decl(cfun, v);
    return v;
}

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

gimple *build_keep_alive(tree pointer)
{
    vec<tree, va_gc> *inputs = NULL;
    tree constraint = build_tree_list(NULL_TREE, build_string(2, "g"));
    vec_safe_push(inputs, build_tree_list(constraint, pointer));
    gasm *keep = gimple_build_asm_vec("", inputs, NULL, NULL, NULL);
    gimple_asm_set_volatile(keep, true);
    return keep;
}

} // namespace

bool can_move(tree decl, const char **why_not)
{
    const char *why = NULL;
    if (!VAR_P(decl) && TREE_CODE(decl) != PARM_DECL)
        why = "it is not a variable";
    else if (VAR_P(decl) && is_global_var(decl))
        why = "it is static";
    else if (!TREE_ADDRESSABLE(decl))
        why = "its address is not taken";
    else if (VAR_P(decl) && DECL_HARD_REGISTER(decl))
        why = "it is bound to a register";
    else if (VAR_P(decl) && DECL_NONLOCAL_FRAME(decl))
        why = "it is the frame of nested functions";
    else if (DECL_HAS_VALUE_EXPR_P(decl))
        why = "it stands for another object";
    else if (!DECL_SIZE_UNIT(decl) || !tree_fits_uhwi_p(DECL_SIZE_UNIT(decl)))
        why = "its size is not constant";
    else if (is_va_list(TREE_TYPE(decl)))
        why = "it is a va_list";
    else if (DECL_NAME(decl) && IDENTIFIER_POINTER(DECL_NAME(decl))[0] == '.')
        why = "it belongs to the compiler";
    else if (lookup_attribute("naked", DECL_ATTRIBUTES(DECL_CONTEXT(decl))))
        why = "its function has no frame";
    if (why && why_not)
        *why_not = why;
    return !why;
}

bool is_alloca(gimple *stmt)
{
    return gimple_call_builtin_p(stmt, BUILT_IN_ALLOCA) ||
           gimple_call_builtin_p(stmt, BUILT_IN_ALLOCA_WITH_ALIGN) ||
           gimple_call_builtin_p(stmt, BUILT_IN_ALLOCA_WITH_ALIGN_AND_MAX);
}

/* ---- which references find no object --------------------------------------------------------- */

/* The moved variables STMT mentions, each once. */
void rewriter::references(gimple *stmt, std::vector<unsigned> *out)
{
    struct search {
        rewriter *self;
        std::vector<unsigned> *out;
    } s = {this, out};
    auto look = [](tree *tp, int *walk_subtrees, void *data) -> tree {
        search *found = (search *)data;
        if (TYPE_P(*tp))
            *walk_subtrees = 0;
        int i = DECL_P(*tp) ? found->self->var_index(*tp) : -1;
        bool known = i < 0;
        for (unsigned seen : *found->out)
            known |= (int)seen == i;
        if (!known)
            found->out->push_back(i);
        return NULL_TREE;
    };
    for (unsigned i = 0; i < gimple_num_ops(stmt); i++)
        if (tree *op = gimple_op_ptr(stmt, i))
            walk_tree(op, look, &s, NULL);
}

/* Forward dataflow over the CFG: in which state each variable's pointer may be. A bit in `null`:
   it may be null; in `object`: it may point to an object. Two bits a variable and block, each of
   which is set at most once: it ends after O (blocks * variables) changes. Finds the references
   that must allocate and the end markers that have nothing to end. */
void rewriter::analyse_lives(void)
{
    struct state {
        bitmap_head null, object;         /* at the end of the block */
        bitmap_head set_null, set_object; /* what the block leaves behind, whatever came in */
    };
    int blocks = last_basic_block_for_fn(fn);
    std::vector<state> at(blocks);
    for (state &s : at)
        for (bitmap b : {&s.null, &s.object, &s.set_null, &s.set_object})
            bitmap_initialize(b, &bitmap_default_obstack);
    auto step = [&](gimple *stmt, auto set_object, auto set_null, auto refer) {
        if (is_gimple_debug(stmt) || gimple_call_internal_p(stmt, IFN_ASAN_MARK))
            return;
        tree decl;
        int i;
        if ((decl = marker_begins(stmt)) && (i = var_index(decl)) >= 0)
            set_object((unsigned)i);
        else if ((decl = marker_ends(stmt)) && (i = var_index(decl)) >= 0)
            set_null((unsigned)i);
        else {
            std::vector<unsigned> refs;
            references(stmt, &refs);
            for (unsigned r : refs)
                if (TREE_CODE(vars[r].decl) != PARM_DECL)
                    refer(r);
        }
    };

    basic_block bb;
    FOR_EACH_BB_FN(bb, fn)
    {
        state &here = at[bb->index];
        auto object = [&](unsigned i) {
            bitmap_set_bit(&here.set_object, i);
            bitmap_clear_bit(&here.set_null, i);
        };
        auto null = [&](unsigned i) {
            bitmap_set_bit(&here.set_null, i);
            bitmap_clear_bit(&here.set_object, i);
        };
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            step(gsi_stmt(s), object, null, object);
    }
    for (unsigned i = 0; i < vars.size(); i++)
        bitmap_set_bit(&at[ENTRY_BLOCK].null, i);

    auto incoming = [&](basic_block b, bitmap null, bitmap object) {
        edge e;
        edge_iterator ei;
        FOR_EACH_EDGE(e, ei, b->preds)
        {
            bitmap_ior_into(null, &at[e->src->index].null);
            bitmap_ior_into(object, &at[e->src->index].object);
        }
    };
    int *order = XNEWVEC(int, n_basic_blocks_for_fn(fn));
    int n = pre_and_rev_post_order_compute(NULL, order, false);
    for (bool again = true; again;) {
        again = false;
        for (int i = 0; i < n; i++) {
            basic_block b = BASIC_BLOCK_FOR_FN(fn, order[i]);
            state &s = at[b->index];
            auto_bitmap null, object;
            incoming(b, null, object);
            bitmap_and_compl_into(null, &s.set_object);
            bitmap_ior_into(null, &s.set_null);
            bitmap_and_compl_into(object, &s.set_null);
            bitmap_ior_into(object, &s.set_object);
            again |= bitmap_ior_into(&s.null, null);
            again |= bitmap_ior_into(&s.object, object);
        }
    }
    free(order);

    FOR_EACH_BB_FN(bb, fn)
    {
        auto_bitmap null, object;
        incoming(bb, null, object);
        gimple *stmt = NULL;
        auto refer = [&](unsigned i) {
            if (bitmap_bit_p(null, i)) {
                lazy.push_back({stmt, i});
                vars[i].start_null = true;
            }
            bitmap_clear_bit(null, i);
            bitmap_set_bit(object, i);
        };
        auto born = [&](unsigned i) {
            bitmap_clear_bit(null, i);
            bitmap_set_bit(object, i);
        };
        auto dies = [&](unsigned i) {
            if (!bitmap_bit_p(object, i))
                dead_ends.add(stmt);
            else if (bitmap_bit_p(null, i))
                vars[i].start_null = true;
            bitmap_set_bit(null, i);
            bitmap_clear_bit(object, i);
        };
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
            stmt = gsi_stmt(s);
            step(stmt, born, dies, refer);
        }
    }
    for (state &s : at)
        for (bitmap b : {&s.null, &s.object, &s.set_null, &s.set_object})
            bitmap_clear(b);
}

/* ---- allocation ------------------------------------------------------------------------------ */

gimple *rewriter::new_object(const moved_var &v)
{
    unsigned align = MAX(DECL_ALIGN_UNIT(v.decl), TYPE_ALIGN_UNIT(TREE_TYPE(v.decl)));
    gcall *call =
        gimple_build_call(runtime_decl(RT_NEW), 2, type_descriptor(TREE_TYPE(v.decl), align),
                          fold_convert(size_type_node, DECL_SIZE_UNIT(v.decl)));
    gimple_call_set_lhs(call, v.heap);
    gimple_set_location(call, DECL_SOURCE_LOCATION(v.decl));
    return call;
}

/* if (x.heap == 0) x.heap = __goe_new (...), before the statement. */
void rewriter::insert_lazy(const lazy_allocation &l)
{
    const moved_var &v = vars[l.var];
    gimple_stmt_iterator gsi = gsi_for_stmt(l.stmt);
    basic_block test = gsi_bb(gsi);
    gsi_prev(&gsi);
    edge skip = gsi_end_p(gsi) ? split_block_after_labels(test) : split_block(test, gsi_stmt(gsi));
    basic_block join = skip->dest;
    basic_block make = create_empty_bb(test);
    if (current_loops)
        add_bb_to_loop(make, test->loop_father);
    skip->flags = (skip->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
    skip->probability = profile_probability::likely();
    edge enter = make_edge(test, make, EDGE_TRUE_VALUE);
    enter->probability = profile_probability::unlikely();
    make_single_succ_edge(make, join, EDGE_FALLTHRU);
    make->count = profile_count::uninitialized();
    gimple_stmt_iterator end = gsi_last_bb(test);
    gcond *cond =
        gimple_build_cond(EQ_EXPR, v.heap, build_zero_cst(TREE_TYPE(v.heap)), NULL_TREE, NULL_TREE);
    gsi_insert_after(&end, cond, GSI_NEW_STMT);
    gimple_stmt_iterator in = gsi_start_bb(make);
    gsi_insert_after(&in, new_object(v), GSI_NEW_STMT);
}

/* Entry code: null pointers that are looked at early, parameters copied to their objects. */
void rewriter::allocate_parameters(void)
{
    gimple_seq seq = NULL;
    for (moved_var &v : vars) {
        if (TREE_CODE(v.decl) != PARM_DECL) {
            if (v.start_null)
                gimple_seq_add_stmt(&seq,
                                    gimple_build_assign(v.heap, build_zero_cst(TREE_TYPE(v.heap))));
            continue;
        }
        gimple_seq_add_stmt(&seq, new_object(v));
        TREE_ADDRESSABLE(v.decl) = 0;
        tree value = v.decl;
        if (is_gimple_reg_type(TREE_TYPE(value)) && !is_gimple_reg(value)) {
            tree copy = local_variable(TYPE_MAIN_VARIANT(TREE_TYPE(value)), NULL);
            gimple_seq_add_stmt(&seq, gimple_build_assign(copy, value));
            value = copy;
        }
        gimple_seq_add_stmt(&seq, gimple_build_assign(object_of(v.heap, v.decl), value));
    }
    if (!seq)
        return;
    basic_block entry = split_edge(single_succ_edge(ENTRY_BLOCK_PTR_FOR_FN(fn)));
    gimple_stmt_iterator gsi = gsi_start_bb(entry);
    gsi_insert_seq_after(&gsi, seq, GSI_NEW_STMT);
}

/* The end of a life: keeps the object's base in the frame until here. */
void rewriter::end_life(gimple_stmt_iterator *gsi, tree pointer, bool forget)
{
    gsi_insert_before(gsi, build_keep_alive(pointer), GSI_SAME_STMT);
    if (forget)
        gsi_insert_before(gsi, gimple_build_assign(pointer, build_zero_cst(TREE_TYPE(pointer))),
                          GSI_SAME_STMT);
}

/* ---- operands -------------------------------------------------------------------------------- */

namespace
{

/* Replaces mentions of moved variables within one operand of a statement. */
struct operand_rewriter {
    hash_map<tree, unsigned> *index;
    const std::vector<moved_var> *vars;
    gimple_stmt_iterator *gsi; /* temporaries are made before this statement */

    const moved_var *find(tree decl)
    {
        unsigned *i = DECL_P(decl) ? index->get(decl) : NULL;
        return i ? &(*vars)[*i] : NULL;
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

void rewriter::rewrite_operands(gimple_stmt_iterator *gsi)
{
    gimple *stmt = gsi_stmt(*gsi);
    operand_rewriter r = {&index, &vars, gsi};
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
        bool whole_rhs = i == 1 && gimple_assign_single_p(stmt);
        r.rewrite(&op, whole_rhs);
        gimple_set_op(stmt, i, op);
    }
    if (any && gimple_assign_single_p(stmt))
        gimple_assign_set_rhs_code(stmt, TREE_CODE(gimple_assign_rhs1(stmt)));
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* The pointer to a variable-length array that the alloca at GSI makes is set by the call or by the
   conversion that follows it. */
void rewriter::note_moved_vla(gimple_stmt_iterator gsi)
{
    gcall *call = as_a<gcall *>(gsi_stmt(gsi));
    if (!gimple_call_alloca_for_var_p(call) || !gimple_call_lhs(call))
        return;
    moved_vlas.add(gimple_call_lhs(call));
    gsi_next_nondebug(&gsi);
    if (!gsi_end_p(gsi) && is_gimple_assign(gsi_stmt(gsi)) &&
        gimple_assign_rhs1(gsi_stmt(gsi)) == gimple_call_lhs(call))
        moved_vlas.add(gimple_assign_lhs(gsi_stmt(gsi)));
}

/* alloca (n) -> __goe_new_array (&type, n) */
void rewriter::rewrite_alloca(gimple_stmt_iterator *gsi)
{
    gcall *call = as_a<gcall *>(gsi_stmt(*gsi));
    tree lhs = gimple_call_lhs(call);
    tree element = void_type_node;
    unsigned align = BIGGEST_ALIGNMENT / BITS_PER_UNIT;
    if (gimple_call_num_args(call) > 1)
        align = tree_to_uhwi(gimple_call_arg(call, 1)) / BITS_PER_UNIT;
    if (gimple_call_alloca_for_var_p(call) && lhs) {
        gimple_stmt_iterator next = *gsi;
        gsi_next_nondebug(&next);
        tree pointer = lhs;
        if (!gsi_end_p(next) && is_gimple_assign(gsi_stmt(next)) &&
            gimple_assign_rhs1(gsi_stmt(next)) == lhs)
            pointer = gimple_assign_lhs(gsi_stmt(next));
        if (POINTER_TYPE_P(TREE_TYPE(pointer)) &&
            TREE_CODE(TREE_TYPE(TREE_TYPE(pointer))) == ARRAY_TYPE)
            element = strip_array_types(TREE_TYPE(TREE_TYPE(pointer)));
    }
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

HOST_WIDE_INT
can_promote(gimple *stmt)
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

/* p = malloc (24) -> p = &buffer */
void rewriter::promote(gimple_stmt_iterator *gsi)
{
    gimple *call = gsi_stmt(*gsi);
    HOST_WIDE_INT size = can_promote(call);
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

/* __goe_new_zero (size, align, "T", (T *) 0) -> __goe_new_typed (&T); __goe_make likewise. */
void rewriter::retype(gimple_stmt_iterator *gsi)
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
    tree descriptor = type_descriptor(type, tree_to_uhwi(align));
    gcall *typed = a == A_NEW ? gimple_build_call(runtime_decl(RT_NEW_TYPED), 1, descriptor)
                              : gimple_build_call(runtime_decl(RT_MAKE_TYPED), 2, descriptor,
                                                  gimple_call_arg(call, 0));
    gimple_call_set_lhs(typed, gimple_call_lhs(call));
    gimple_set_location(typed, gimple_location(call));
    gsi_replace(gsi, typed, false);
}

/* ---- the function ---------------------------------------------------------------------------- */

/* The variables to move, in the order of their declaration. */
void rewriter::collect(void)
{
    auto add = [&](tree decl) {
        gcc_assert(can_move(decl));
        std::string name = DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl)) : "literal";
        tree heap = local_variable(build_pointer_type(TREE_TYPE(decl)), (name + ".heap").c_str());
        DECL_SOURCE_LOCATION(heap) = DECL_SOURCE_LOCATION(decl);
        DECL_IGNORED_P(heap) = 0;
        index.put(decl, vars.size());
        vars.push_back({decl, heap, false});
    };
    std::vector<tree> locals;
    tree v;
    unsigned i;
    FOR_EACH_LOCAL_DECL(fn, i, v)
    if (VAR_P(v) && const_cast<decisions &>(d).move.contains(v))
        locals.push_back(v);
    /* FOR_EACH_LOCAL_DECL walks backwards. */
    for (size_t k = locals.size(); k-- > 0;)
        if (!index.get(locals[k]))
            add(locals[k]);
    for (v = DECL_ARGUMENTS(fn->decl); v; v = DECL_CHAIN(v))
        if (const_cast<decisions &>(d).move.contains(v))
            add(v);
}

void rewriter::rewrite_block(basic_block bb)
{
    decisions &ask = const_cast<decisions &>(d);
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi);) {
        gimple *stmt = gsi_stmt(gsi);
        tree decl;
        int i;
        if ((decl = marker_begins(stmt))) {
            if ((i = var_index(decl)) >= 0)
                gsi_insert_before(&gsi, new_object(vars[i]), GSI_SAME_STMT);
            else if (DECL_HAS_VALUE_EXPR_P(decl) &&
                     moved_vlas.contains(TREE_OPERAND(DECL_VALUE_EXPR(decl), 0))) {
                tree pointer = TREE_OPERAND(DECL_VALUE_EXPR(decl), 0);
                gsi_insert_before(&gsi,
                                  gimple_build_assign(pointer, build_zero_cst(TREE_TYPE(pointer))),
                                  GSI_SAME_STMT);
            }
            gsi_remove(&gsi, true);
            continue;
        }
        if ((decl = marker_ends(stmt))) {
            if ((i = var_index(decl)) >= 0) {
                if (!dead_ends.contains(stmt))
                    end_life(&gsi, vars[i].heap, true);
                gsi_remove(&gsi, true);
                continue;
            }
            if (DECL_HAS_VALUE_EXPR_P(decl)) {
                tree pointer = TREE_OPERAND(DECL_VALUE_EXPR(decl), 0);
                if (moved_vlas.contains(pointer))
                    end_life(&gsi, pointer, false);
            }
            gsi_next(&gsi); /* what GCC would not have put there goes below, all at once */
            continue;
        }
        if (gimple_call_internal_p(stmt, IFN_ASAN_MARK)) {
            tree marked = gimple_call_arg(stmt, 1);
            if (TREE_CODE(marked) == ADDR_EXPR && var_index(TREE_OPERAND(marked, 0)) >= 0) {
                gsi_remove(&gsi, true);
                continue;
            }
        }
        if (ask.move_calls.contains(stmt))
            rewrite_alloca(&gsi);
        else if (ask.promote.contains(stmt))
            promote(&gsi);
        else if (ask.retype.contains(stmt))
            retype(&gsi);
        else if (ask.drop.contains(stmt)) {
            gsi_remove(&gsi, true);
            continue;
        }
        if (!gsi_end_p(gsi) && !vars.empty())
            rewrite_operands(&gsi);
        if (!gsi_end_p(gsi))
            gsi_next(&gsi);
    }
}

/* What the debugger shows for a moved variable. A parameter keeps its own (stale) place, so a
   variable of the same name in the function's block stands before it. */
static void describe_for_debugger(const moved_var &v)
{
    tree shown = v.decl;
    if (TREE_CODE(shown) == PARM_DECL) {
        if (!DECL_NAME(shown) || !DECL_INITIAL(current_function_decl) ||
            TREE_CODE(DECL_INITIAL(current_function_decl)) != BLOCK)
            return;
        shown = build_decl(DECL_SOURCE_LOCATION(v.decl), VAR_DECL, DECL_NAME(v.decl),
                           TREE_TYPE(v.decl));
        DECL_CONTEXT(shown) = current_function_decl;
        DECL_ARTIFICIAL(shown) = 0;
        TREE_USED(shown) = 1;
        suppress_warning(shown);
        layout_decl(shown, 0);
        tree block = DECL_INITIAL(current_function_decl);
        DECL_CHAIN(shown) = BLOCK_VARS(block);
        BLOCK_VARS(block) = shown;
    }
    SET_DECL_VALUE_EXPR(shown, object_of(v.heap, v.decl));
    DECL_HAS_VALUE_EXPR_P(shown) = 1;
}

bool rewriter::run(void)
{
    decisions &ask = const_cast<decisions &>(d);
    for (tree decl : ask.extend)
        remove_markers_of(decl);
    collect();
    changed = !vars.empty() || !ask.move_calls.is_empty() || !ask.promote.is_empty() ||
              !ask.retype.is_empty() || !ask.drop.is_empty();
    if (!changed) {
        remove_own_markers();
        return false;
    }
    basic_block bb;
    FOR_EACH_BB_FN(bb, fn)
    for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
        if (ask.move_calls.contains(gsi_stmt(s)))
            note_moved_vla(s);
    if (!vars.empty())
        analyse_lives();
    for (const lazy_allocation &l : lazy)
        insert_lazy(l);
    FOR_EACH_BB_FN(bb, fn)
    rewrite_block(bb);
    allocate_parameters();
    /* Parameters have no markers: their bases stay in the frame until each return. */
    edge e;
    edge_iterator ei;
    for (const moved_var &v : vars) {
        if (TREE_CODE(v.decl) == PARM_DECL)
            FOR_EACH_EDGE(e, ei, EXIT_BLOCK_PTR_FOR_FN(fn)->preds)
            {
                gimple_stmt_iterator last = gsi_last_bb(e->src);
                if (!gsi_end_p(last) && gimple_code(gsi_stmt(last)) == GIMPLE_RETURN)
                    gsi_insert_before(&last, build_keep_alive(v.heap), GSI_SAME_STMT);
            }
        describe_for_debugger(v);
    }
    remove_own_markers();
    free_dominance_info(fn, CDI_DOMINATORS);
    free_dominance_info(fn, CDI_POST_DOMINATORS);
    if (current_loops && !lazy.empty())
        loops_state_set(fn, LOOPS_NEED_FIXUP);
    return true;
}

bool rewrite_function(function *fn, const decisions &d)
{
    return rewriter(fn, d).run();
}
