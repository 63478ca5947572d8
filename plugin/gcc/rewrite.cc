/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rewrite.cc: moves variables to the heap.

   A moved variable x gets a pointer x.heap; what mentions x goes through it:

     x = {CLOBBER};             x.heap = __goe_new (&type);
     x = 1;                     *x.heap = 1;
     p = &x;             =>     p = x.heap;
     f (&x.next);               t = &x.heap->next; f (t);
     x = {CLOBBER(eol)};        asm volatile ("" : : "g" (x.heap)); x.heap = 0;

   Each execution of the begin marker makes a new object, which is what a loop body needs, or has the first
   reference make it (births.cc). The empty
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
#include "closures.h"
#include "options.h"
#include "rewrite.h"
#include "rewrite_parts.h"
#include "runtime_abi.h"

namespace
{

struct rewriter {
    function *fn;
    decisions &d;
    moved_vars vars;
    std::vector<lazy_allocation> lazy; /* references that may find no object */
    hash_set<gimple *> late;           /* begin markers that make none */
    hash_set<gimple *> dead_ends;      /* end markers that never find one */
    hash_set<tree> moved_vlas;         /* pointers of variable-length arrays on the heap */
    std::vector<gimple *> bounded; /* allocations whose block goes on the stack if there is room */

    rewriter(function *f, decisions &dec) : fn(f), d(dec) {}
    bool run(void);

  private:
    void collect(void);
    void allocate_parameters(void);
    void keep_parameters(void);
    void insert_lazy(const lazy_allocation &l);
    void rewrite_block(basic_block bb);
    void promote_the_bounded(void);
    gimple *new_object(const moved_var &v);
};

/* ---- what can move ------------------------------------------------------------------------- */

gimple *build_keep_alive(tree pointer)
{
    vec<tree, va_gc> *inputs = NULL;
    tree constraint = build_tree_list(NULL_TREE, build_string(2, "g"));
    vec_safe_push(inputs, build_tree_list(constraint, pointer));
    gasm *keep = gimple_build_asm_vec("", inputs, NULL, NULL, NULL);
    gimple_asm_set_volatile(keep, true);
    return keep;
}

gimple *no_object(tree pointer)
{
    return gimple_build_assign(pointer, build_zero_cst(TREE_TYPE(pointer)));
}

/* The end of a life: keeps the object's base in the frame until here. */
void end_life(gimple_stmt_iterator *gsi, tree pointer, bool forget)
{
    gsi_insert_before(gsi, build_keep_alive(pointer), GSI_SAME_STMT);
    if (forget)
        gsi_insert_before(gsi, no_object(pointer), GSI_SAME_STMT);
}

} // namespace

tree local_variable(tree type, const char *name)
{
    tree v = build_decl(DECL_SOURCE_LOCATION(current_function_decl), VAR_DECL,
                        name ? get_identifier(name) : NULL_TREE, type);
    DECL_CONTEXT(v) = current_function_decl;
    DECL_ARTIFICIAL(v) = 1;
    DECL_IGNORED_P(v) = 1;
    TREE_USED(v) = 1;
    DECL_SEEN_IN_BIND_EXPR_P(v) = 1; /* it has no block; ivopts gimplifies addresses anew */
    suppress_warning(v);
    layout_decl(v, 0);
    add_local_decl(cfun, v);
    return v;
}

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
    else if (is_va_list(TREE_TYPE(decl)))
        why = "it is a va_list";
    else if (DECL_HAS_VALUE_EXPR_P(decl))
        why = "it stands for another object";
    else if (!DECL_SIZE_UNIT(decl) || !tree_fits_uhwi_p(DECL_SIZE_UNIT(decl)))
        why = "its size is not constant";
    else if (DECL_NAME(decl) && IDENTIFIER_POINTER(DECL_NAME(decl))[0] == '.')
        why = "it belongs to the compiler";
    else if (lookup_attribute("naked", DECL_ATTRIBUTES(DECL_CONTEXT(decl))))
        why = "its function has no frame";
    if (why && why_not)
        *why_not = why;
    return !why;
}

/* ---- allocation ------------------------------------------------------------------------------ */

gimple *rewriter::new_object(const moved_var &v)
{
    unsigned align = MAX(DECL_ALIGN_UNIT(v.decl), TYPE_ALIGN_UNIT(TREE_TYPE(v.decl)));
    gcall *call = new_object_call(TREE_TYPE(v.decl), align, DECL_SIZE_UNIT(v.decl), false);
    gimple_call_set_lhs(call, v.heap);
    gimple_set_location(call, DECL_SOURCE_LOCATION(v.decl));
    return call;
}

/* if (x.heap == 0) x.heap = __goe_new (...), before the statement; without the test if it would always hold. */
void rewriter::insert_lazy(const lazy_allocation &l)
{
    const moved_var &v = vars.list[l.var];
    gimple_stmt_iterator gsi = gsi_for_stmt(l.stmt);
    if (l.first) {
        gsi_insert_before(&gsi, new_object(v), GSI_SAME_STMT);
        return;
    }
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
    for (moved_var &v : vars.list) {
        if (TREE_CODE(v.decl) != PARM_DECL) {
            if (v.start_null)
                gimple_seq_add_stmt(&seq, no_object(v.heap));
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
        vars.index.put(decl, vars.list.size());
        vars.list.push_back({decl, heap, false});
    };
    std::vector<tree> locals;
    tree v;
    unsigned i;
    FOR_EACH_LOCAL_DECL (fn, i, v)
        if (VAR_P(v) && d.move.contains(v))
            locals.push_back(v);
    /* FOR_EACH_LOCAL_DECL walks backwards. */
    for (size_t k = locals.size(); k-- > 0;)
        if (!vars.index.get(locals[k]))
            add(locals[k]);
    for (v = DECL_ARGUMENTS(fn->decl); v; v = DECL_CHAIN(v))
        if (d.move.contains(v))
            add(v);
}

void rewriter::rewrite_block(basic_block bb)
{
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi);) {
        gimple *stmt = gsi_stmt(gsi);
        tree decl;
        int i;
        if ((decl = marker_begins(stmt))) {
            if ((i = vars.find(decl)) >= 0)
                gsi_insert_before(&gsi,
                                  late.contains(stmt) ? no_object(vars.list[i].heap)
                                                      : new_object(vars.list[i]),
                                  GSI_SAME_STMT);
            else if (DECL_HAS_VALUE_EXPR_P(decl) &&
                     moved_vlas.contains(TREE_OPERAND(DECL_VALUE_EXPR(decl), 0))) {
                tree pointer = TREE_OPERAND(DECL_VALUE_EXPR(decl), 0);
                gsi_insert_before(&gsi, no_object(pointer), GSI_SAME_STMT);
            }
            gsi_remove(&gsi, true);
            continue;
        }
        if ((decl = marker_ends(stmt))) {
            if ((i = vars.find(decl)) >= 0) {
                if (!dead_ends.contains(stmt))
                    end_life(&gsi, vars.list[i].heap, true);
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
            if (TREE_CODE(marked) == ADDR_EXPR && vars.find(TREE_OPERAND(marked, 0)) >= 0) {
                gsi_remove(&gsi, true);
                continue;
            }
        }
        if (d.move_calls.contains(stmt))
            move_alloca(&gsi);
        else if (d.promote.contains(stmt) && !fits_frame(stmt))
            bounded.push_back(stmt);
        else if (d.promote.contains(stmt))
            promote_allocation(&gsi);
        else if (d.retype.contains(stmt))
            type_allocation(&gsi);
        else if (d.drop.contains(stmt)) {
            gsi_remove(&gsi, true);
            continue;
        }
        if (!gsi_end_p(gsi) && !vars.list.empty())
            rewrite_operands(&gsi, &vars);
        if (!gsi_end_p(gsi))
            gsi_next(&gsi);
    }
}

void rewriter::promote_the_bounded(void)
{
    if (bounded.empty())
        return;
    gimple *room = make_room();
    basic_block entry = split_edge(single_succ_edge(ENTRY_BLOCK_PTR_FOR_FN(fn)));
    gimple_stmt_iterator gsi = gsi_start_bb(entry);
    gsi_insert_after(&gsi, room, GSI_NEW_STMT);
    for (gimple *call : bounded)
        promote_bounded(call, gimple_assign_lhs(room));
    if (current_loops)
        loops_state_set(fn, LOOPS_NEED_FIXUP);
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

/* Parameters have no markers: their bases stay in the frame until each return. */
void rewriter::keep_parameters(void)
{
    edge e;
    edge_iterator ei;
    FOR_EACH_EDGE (e, ei, EXIT_BLOCK_PTR_FOR_FN(fn)->preds) {
        gimple_stmt_iterator last = gsi_last_bb(e->src);
        if (gsi_end_p(last) || gimple_code(gsi_stmt(last)) != GIMPLE_RETURN)
            continue;
        for (const moved_var &v : vars.list)
            if (TREE_CODE(v.decl) == PARM_DECL)
                gsi_insert_before(&last, build_keep_alive(v.heap), GSI_SAME_STMT);
    }
}

bool rewriter::run(void)
{
    d.extend.for_each(remove_markers_of);
    bool changed = rewrite_closures(fn, d);
    collect();
    if (vars.list.empty() && !d.change_calls()) {
        remove_own_markers();
        return changed;
    }
    if (!vars.list.empty()) {
        find_late_births(&vars, &late);
        analyse_lives(&vars, &late, &lazy, &dead_ends);
    }
    for (const lazy_allocation &l : lazy)
        insert_lazy(l);
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            if (d.move_calls.contains(gsi_stmt(s)))
                if (tree pointer = vla_pointer(s))
                    moved_vlas.add(pointer);
    FOR_EACH_BB_FN (bb, fn)
        rewrite_block(bb);
    promote_the_bounded();
    allocate_parameters();
    keep_parameters();
    for (const moved_var &v : vars.list)
        describe_for_debugger(v);
    remove_own_markers();
    free_dominance_info(fn, CDI_DOMINATORS);
    free_dominance_info(fn, CDI_POST_DOMINATORS);
    if (current_loops && !lazy.empty())
        loops_state_set(fn, LOOPS_NEED_FIXUP);
    return true;
}

/* Whether there is nothing to do in FN: most functions have no variable whose address is taken. */
static bool stays(function *fn, const decisions &d)
{
    return d.move.is_empty() && d.extend.is_empty() && !d.change_calls() && !has_nests() &&
           !has_markers(fn);
}

/* GCC folds functions of equal bodies into one without a look at their static chains, and then inlines one
   that wants a chain where none is passed: moving a variable keeps functions apart for long enough. */
void rewrite_function(function *fn, decisions &d)
{
    if (stays(fn, d))
        return;
    if (fn->static_chain_decl && !lookup_attribute("no_icf", DECL_ATTRIBUTES(fn->decl)))
        DECL_ATTRIBUTES(fn->decl) =
            tree_cons(get_identifier("no_icf"), NULL_TREE, DECL_ATTRIBUTES(fn->decl));
    push_cfun(fn);
    if (rewriter(fn, d).run())
        cgraph_edge::rebuild_edges();
    pop_cfun();
}
