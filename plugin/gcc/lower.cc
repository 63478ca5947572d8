/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower.cc: from GIMPLE to the engine's statements.

   Runs on functions that have a control-flow graph and no SSA form. It translates and decides
   nothing: each statement becomes what it does to addresses.

     p = &s.f;        p = address of s + offset of f
     p = q + 8;       p = q, plus 8
     *p = a[i];       memory at p = contents of a at an unknown offset
     n = a * b;       nothing: a product carries no address
     x = {CLOBBER};   begin (or end) of x

   Here are functions and statements; lower_call.cc has calls, lower_expr.cc turns expressions into references,
   lower_cond.cc the condition at a block's end into tests, lower_notes.cc sees what is known of numbers. */
#include "compat.h"
#include "adapter.h"
#include "lower.h"
#include "lower_expr.h"
#include "slots.h"

lowered_unit::lowered_unit(const esc_options &o) : esc(esc_unit_new(&o)) {}

lowered_unit::~lowered_unit()
{
    esc_unit_free(esc);
    for (lowered_fn *f : fns)
        delete f;
}

tree nested_function(const lowered_fn *f, uint32_t var)
{
    for (auto &c : f->closures)
        if (c.second == var)
            return c.first;
    gcc_unreachable();
}

location_t variable_location(const lowered_fn *f, uint32_t var)
{
    if (esc_fn_var(f->esc, var)->flags & ESC_CLOSURE)
        return DECL_SOURCE_LOCATION(nested_function(f, var));
    if (f->decls[var])
        return DECL_SOURCE_LOCATION(f->decls[var]);
    return f->calls[var] ? gimple_location(f->calls[var]) : UNKNOWN_LOCATION;
}

/* ---- variables ---- */

static void lower_scopes(lowered_fn *f, tree block, uint32_t scope)
{
    for (tree v = BLOCK_VARS(block); v && scope; v = DECL_CHAIN(v))
        f->scopes.put(v, scope);
    for (tree b = BLOCK_SUBBLOCKS(block); b; b = BLOCK_CHAIN(b))
        lower_scopes(f, b, esc_scope(f->esc, scope));
}

static uint32_t lower_param(lowered_fn *f, tree decl, uint32_t extra)
{
    esc_var v = describe_variable(f, decl);
    v.flags |= ESC_PARAM | extra;
    return add_variable(f, decl, NULL, v);
}

static void lower_params(lowered_fn *f)
{
    tree fndecl = f->fn->decl;
    for (tree p = DECL_ARGUMENTS(fndecl); p; p = DECL_CHAIN(p))
        lower_param(f, p, 0);
    if (f->fn->static_chain_decl)
        lower_param(f, f->fn->static_chain_decl, ESC_CHAIN | ESC_ARTIFICIAL);
    if (stdarg_p(TREE_TYPE(fndecl)) || !prototype_p(TREE_TYPE(fndecl))) {
        esc_var v = {};
        v.name = "...";
        v.flags = ESC_PARAM | ESC_VARARGS | ESC_ARTIFICIAL;
        add_variable(f, NULL_TREE, NULL, v);
    }
}

/* Variable-length arrays live behind a pointer: their memory becomes a variable of its own. */
static void lower_vlas(lowered_fn *f)
{
    tree v;
    unsigned i;
    FOR_EACH_LOCAL_DECL (f->fn, i, v)
        if (VAR_P(v) && DECL_HAS_VALUE_EXPR_P(v) && TREE_CODE(DECL_VALUE_EXPR(v)) == INDIRECT_REF &&
            !tree_fits_uhwi_p(
                DECL_SIZE_UNIT(v))) { /* of constant size: a captured variable's box */
            esc_var memory = describe_variable(f, v);
            memory.size = 0;
            memory.flags = (memory.flags & ~ESC_FIXED) | ESC_VLA | ESC_ADDRESSED;
            f->vlas.put(TREE_OPERAND(DECL_VALUE_EXPR(v), 0), add_variable(f, v, NULL, memory));
        }
}

/* ---- statements ---- */

static void lower_asm(lowered_unit *u, lowered_fn *f, gasm *stmt, uint32_t site)
{
    std::vector<esc_ref> outs, ins;
    bool memory = false;
    for (unsigned i = 0; i < gimple_asm_noutputs(stmt); i++)
        outs.push_back(lower_ref(u, f, TREE_VALUE(gimple_asm_output_op(stmt, i))));
    for (unsigned i = 0; i < gimple_asm_ninputs(stmt); i++)
        ins.push_back(lower_value(u, f, TREE_VALUE(gimple_asm_input_op(stmt, i))));
    for (unsigned i = 0; i < gimple_asm_nclobbers(stmt); i++)
        memory |=
            strcmp(TREE_STRING_POINTER(TREE_VALUE(gimple_asm_clobber_op(stmt, i))), "memory") == 0;
    esc_asm(f->esc, outs.data(), (uint32_t)outs.size(), ins.data(), (uint32_t)ins.size(), memory,
            site);
}

/* A vector or complex operation may put any word of its operands into any word of its result. */
static void lower_vector(lowered_fn *f, esc_ref to, const std::vector<esc_ref> &from, uint32_t site)
{
    std::vector<esc_ref> words;
    for (esc_ref r : from)
        for (uint32_t at = 0; at < (r.kind == ESC_VAR || r.kind == ESC_MEM ? r.size : 1); at += 8) {
            esc_ref word = r;
            word.off = r.off == ESC_ANY ? ESC_ANY : r.off + (int32_t)at;
            word.size = MIN(8, r.size - at);
            words.push_back(word);
        }
    for (uint32_t at = 0; at < to.size; at += 8) {
        esc_ref word = to;
        word.off = to.off == ESC_ANY ? ESC_ANY : to.off + (int32_t)at;
        word.size = MIN(8, to.size - at);
        esc_assign(f->esc, word, words.data(), (uint32_t)words.size(), site);
    }
}

/* A number for what STMT computes: its operator and its constants. */
static uint32_t operation_of(gassign *stmt)
{
    inchash::hash h;
    h.add_int(gimple_assign_rhs_code(stmt));
    for (unsigned i = 1; i < gimple_num_ops(stmt); i++)
        if (CONSTANT_CLASS_P(gimple_op(stmt, i)))
            inchash::add_expr(gimple_op(stmt, i), h);
    return h.end();
}

static void lower_assign(lowered_unit *u, lowered_fn *f, gassign *stmt, uint32_t site)
{
    tree lhs = gimple_assign_lhs(stmt);
    if (gimple_clobber_p(stmt)) {
        tree begins = marker_begins(stmt), ends = marker_ends(stmt);
        if (begins && may_be_variable(begins))
            esc_begin(f->esc, lower_variable(f, begins), site);
        else if (ends && may_be_variable(ends))
            esc_end(f->esc, lower_variable(f, ends), site);
        return;
    }
    std::vector<esc_ref> &from = u->from;
    from.clear();
    lower_rhs(u, f, stmt, &from);
    esc_ref to = lower_ref(u, f, lhs);
    bool bytes = TREE_CODE(lhs) == MEM_REF && /* a small memcpy, folded to an integer's move */
                 TYPE_REF_CAN_ALIAS_ALL(TREE_TYPE(TREE_OPERAND(lhs, 1)));
    if (INTEGRAL_TYPE_P(TREE_TYPE(lhs)) && !bytes)
        to.flags |= ESC_REF_NUMBER;
    if ((VECTOR_TYPE_P(TREE_TYPE(lhs)) || TREE_CODE(TREE_TYPE(lhs)) == COMPLEX_TYPE) &&
        gimple_assign_rhs_class(stmt) != GIMPLE_SINGLE_RHS) {
        lower_vector(f, to, from, site);
        return;
    }
    if (to.kind == ESC_NONE && from.empty())
        return;
    lower_notes(u, f, stmt);
    uint32_t id = esc_assign(f->esc, to, from.data(), (uint32_t)from.size(), site);
    if (gimple_assign_rhs_class(stmt) != GIMPLE_SINGLE_RHS)
        esc_assign_operation(f->esc, id, operation_of(stmt));
}

/* Adds the values of LABEL to OF, which are those of other labels of the same block: a constant, a set
 * of numbers below 32, or NONE, which is all that has no other label. */
static void add_case(tree label, esc_ref *of, bool first)
{
    tree low = CASE_LOW(label), high = CASE_HIGH(label) ? CASE_HIGH(label) : low;
    bool known = low && tree_fits_shwi_p(low) && tree_fits_shwi_p(high);
    HOST_WIDE_INT from = known ? tree_to_shwi(low) : 0, to = known ? tree_to_shwi(high) : 0;
    if (known && first && from == to && from >= INT32_MIN && from <= INT32_MAX) {
        *of = esc_const((int32_t)from);
        return;
    }
    bool single = of->kind == ESC_CONST && !(of->flags & ESC_REF_SET);
    bool small = known && from >= 0 && to < 32 && (!single || (of->off >= 0 && of->off < 32));
    if (!small || (!first && of->kind == ESC_NONE)) {
        *of = esc_none();
        return;
    }
    uint32_t set = first ? 0 : single ? 1u << of->off : (uint32_t)of->off;
    for (; from <= to; from++)
        set |= 1u << from;
    *of = esc_const((int32_t)set);
    of->flags |= ESC_REF_SET;
}

/* For each edge out of the block, in order: the cases it is for. */
static void lower_switch(lowered_unit *u, lowered_fn *f, gswitch *stmt, uint32_t site)
{
    std::map<int, esc_ref> only; /* by block */
    for (unsigned i = 0; i < gimple_switch_num_labels(stmt); i++) {
        tree label = gimple_switch_label(stmt, i);
        int to = label_to_block(f->fn, CASE_LABEL(label))->index;
        bool first = !only.count(to);
        add_case(label, &only[to], first);
    }
    std::vector<esc_ref> of;
    edge e;
    edge_iterator ei;
    FOR_EACH_EDGE (e, ei, gimple_bb(stmt)->succs)
        of.push_back(only.count(e->dest->index) ? only[e->dest->index] : esc_none());
    esc_switch(f->esc, lower_value(u, f, gimple_switch_index(stmt)), of.data(), (uint32_t)of.size(),
               site);
}

static void lower_stmt(lowered_unit *u, lowered_fn *f, gimple *stmt)
{
    uint32_t site = (uint32_t)u->sites.size();
    u->sites.push_back(stmt);
    switch (gimple_code(stmt)) {
    case GIMPLE_ASSIGN:
        lower_assign(u, f, as_a<gassign *>(stmt), site);
        break;
    case GIMPLE_CALL:
        lower_call(u, f, as_a<gcall *>(stmt), site);
        break;
    case GIMPLE_SWITCH:
        lower_switch(u, f, as_a<gswitch *>(stmt), site);
        break;
    case GIMPLE_RETURN:
        if (tree value = gimple_return_retval(as_a<greturn *>(stmt))) {
            esc_ref result = lower_value(u, f, value);
            if (INTEGRAL_TYPE_P(TREE_TYPE(value)))
                result.flags |= ESC_REF_NUMBER;
            esc_return(f->esc, result, site);
        }
        break;
    case GIMPLE_ASM:
        lower_asm(u, f, as_a<gasm *>(stmt), site);
        break;
    default: /* conditions: lower_body; labels, gotos: no address flows */
        break;
    }
}

/* One edge E out of BB, whose blocks are numbered. */
static void lower_edge(lowered_fn *f, edge e, uint32_t from, const std::vector<uint32_t> &number)
{
    esc_edge(f->esc, from,
             e->dest == EXIT_BLOCK_PTR_FOR_FN(f->fn) ? ESC_EXIT : number[e->dest->index]);
}

static void lower_body(lowered_unit *u, lowered_fn *f)
{
    function *fn = f->fn;
    std::vector<uint32_t> number(last_basic_block_for_fn(fn) + 1, ESC_EXIT);
    std::map<int, lowered_tests> tests; /* by block: the condition at its end, if it is several */
    basic_block bb;
    edge e;
    edge_iterator ei;
    f->has_numbers = follows_numbers(fn);
    uint32_t entry = esc_block(f->esc);
    FOR_EACH_BB_FN (bb, fn) {
        uint32_t block = number[bb->index] = esc_block(f->esc);
        for (gimple_stmt_iterator i = gsi_start_bb(bb); !gsi_end_p(i); gsi_next(&i))
            if (gcond *cond = dyn_cast<gcond *>(gsi_stmt(i))) {
                lowered_tests t = lower_cond(u, f, cond, block);
                if (!t.blocks.empty())
                    tests[bb->index] = t;
            } else
                lower_stmt(u, f, gsi_stmt(i));
    }
    FOR_EACH_EDGE (e, ei, ENTRY_BLOCK_PTR_FOR_FN(fn)->succs)
        esc_edge(f->esc, entry, number[e->dest->index]);
    FOR_EACH_BB_FN (bb, fn) {
        edge yes, no; /* in any order in the block: what was a switch has the other one */
        auto t = tests.find(bb->index);
        if (t == tests.end() && EDGE_COUNT(bb->succs) == 2 &&
            EDGE_SUCC(bb, 0)->flags & (EDGE_TRUE_VALUE | EDGE_FALSE_VALUE)) {
            extract_true_false_edges_from_block(bb, &yes, &no);
            lower_edge(f, yes, number[bb->index], number);
            lower_edge(f, no, number[bb->index], number);
            continue;
        }
        if (t == tests.end()) {
            FOR_EACH_EDGE (e, ei, bb->succs)
                lower_edge(f, e, number[bb->index], number);
            continue;
        }
        extract_true_false_edges_from_block(bb, &yes, &no);
        const std::vector<uint32_t> &blocks = t->second.blocks;
        if (t->second.inverted)
            std::swap(yes, no);
        for (size_t i = 0; i < blocks.size(); i++)
            for (bool truth : {true, false})
                if (i + 1 < blocks.size() && truth == t->second.all)
                    esc_edge(f->esc, blocks[i], blocks[i + 1]);
                else
                    lower_edge(f, truth ? yes : no, blocks[i], number);
    }
}

static void lower_function(lowered_unit *u, cgraph_node *node)
{
    lowered_fn *f = new lowered_fn;
    f->fn = DECL_STRUCT_FUNCTION(node->decl);
    f->decls.reserve(16);
    f->calls.reserve(16);
    uint32_t sym = lower_symbol(u, node->decl);
    f->esc = esc_define(u->esc, sym);
    u->fns.push_back(f);
    push_cfun(f->fn);
    if (DECL_INITIAL(node->decl) && TREE_CODE(DECL_INITIAL(node->decl)) == BLOCK)
        lower_scopes(f, DECL_INITIAL(node->decl), 0);
    lower_params(f);
    lower_vlas(f);
    lower_body(u, f);
    pop_cfun();
}

void lower_unit(lowered_unit *u, const std::vector<cgraph_node *> &functions)
{
    for (cgraph_node *node : functions)
        esc_symbol_signature(u->esc, lower_symbol(u, node->decl),
                             signature_of(TREE_TYPE(node->decl)));
    find_slots(u, functions);
    for (cgraph_node *node : functions)
        if (!leave_alone(node->decl) &&
            !DECL_EXTERNAL(node->decl)) /* an inline version: another body may run */
            lower_function(u, node);
}
