/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flat.cc: frames without boxes.

   Boxes make closures right whatever a function does, at the price of a pointer for each variable and
   of a copy of FRAME for each closure. Most functions that make closures need neither: all that is
   captured comes to life in one place, and every closure and every direct call of a nested function
   comes after it. Then the object that holds the variables can be the static chain itself, and where
   a variable lies in it is known:

     FRAME.1.total.box = __goe_box (7);        g = __goe_new (&{int total; int by});
     FRAME.1.by.box = __goe_box (8);           FRAME.1.total.box = &g->total;  ...
     p = closure of (add, FRAME.1)       =>    p = __goe_closure (add, g);
     add (3) [chain: &FRAME.1]                 add (3) [chain: g]
     in add:  t = CHAIN->total.box             t = CHAIN + offset of total

   The parent goes on using its boxes, which GCC dissolves when it optimises, for FRAME's address is not
   taken any more.

   Invariant: where a pointer to a flat FRAME type is a static chain, it points to such an object. So
   every value that such a pointer comes from must be seen here: anything unknown that happens to a
   FRAME makes it an ordinary one. Time: linear in the statements. */
#include "compat.h"
#include "adapter.h"
#include "flat.h"
#include "frames.h"
#include "rewrite_parts.h"
#include "runtime_abi.h"

namespace
{

/* What is found out about a frame that may become flat. */
struct candidate {
    flat_frame flat;            /* what it will be */
    std::vector<gimple *> uses; /* direct calls and closures that need the object to be there */
    unsigned stores;            /* into its boxes, by its function */
    bool good;                  /* nothing speaks against it so far */
};

hash_map<tree, candidate *> *candidates; /* by type of FRAME */
hash_map<tree, tree> *offsets;           /* field of FRAME -> offset in the object */

candidate *candidate_of(tree type)
{
    candidate **c = candidates->get(TYPE_MAIN_VARIANT(type));
    return c ? *c : NULL;
}

/* The mention T of a box in a frame: only the function itself may store it, and a load must be
   nothing but that, to a register. */
void look_at_box(candidate *c, tree t, gimple *stmt)
{
    tree base = TREE_OPERAND(t, 0);
    bool own = VAR_P(base), alone = gimple_assign_single_p(stmt);
    if (alone && own && gimple_assign_lhs(stmt) == t)
        c->stores++;
    else if (!alone || gimple_assign_rhs1(stmt) != t || !is_gimple_reg(gimple_assign_lhs(stmt)) ||
             (!own && (TREE_CODE(base) != MEM_REF || !integer_zerop(TREE_OPERAND(base, 1)) ||
                       TREE_CODE(TREE_OPERAND(base, 0)) == ADDR_EXPR)))
        c->good = false;
}

/* The mention of a whole frame. */
void look_at_frame(candidate *c, tree t, gimple *stmt)
{
    if (!VAR_P(t))
        c->good = false;
    else if (gimple_clobber_p(stmt) || gimple_call_builtin_p(stmt, BUILT_IN_INIT_TRAMPOLINE))
        ;
    else if (is_gimple_call(stmt) && gimple_call_chain(stmt) &&
             TREE_CODE(gimple_call_chain(stmt)) == ADDR_EXPR &&
             TREE_OPERAND(gimple_call_chain(stmt), 0) == t)
        c->uses.push_back(stmt);
    else
        c->good = false;
}

tree look_at(tree *tp, int *walk_subtrees, void *data)
{
    gimple *stmt = (gimple *)((walk_stmt_info *)data)->info;
    tree t = *tp;
    candidate *c;
    if (TREE_CODE(t) == COMPONENT_REF && (c = candidate_of(TREE_TYPE(TREE_OPERAND(t, 0))))) {
        if (field_is_copied(TREE_OPERAND(t, 1)))
            look_at_box(c, t, stmt);
        *walk_subtrees = 0;
    } else if ((VAR_P(t) || TREE_CODE(t) == MEM_REF) && (c = candidate_of(TREE_TYPE(t))))
        look_at_frame(c, t, stmt);
    return NULL_TREE;
}

tree frame_variable(function *fn)
{
    tree v;
    unsigned i;
    FOR_EACH_LOCAL_DECL (fn, i, v)
        if (VAR_P(v) && DECL_NONLOCAL_FRAME(v))
            return v;
    return NULL_TREE;
}

/* The field of FRAME that the box made at S is stored in, or NULL_TREE. */
tree stored_in(gimple_stmt_iterator s)
{
    tree value = gimple_call_lhs(gsi_stmt(s));
    for (gsi_next_nondebug(&s); value && !gsi_end_p(s); gsi_next_nondebug(&s)) {
        gimple *stmt = gsi_stmt(s);
        if (!gimple_assign_single_p(stmt) || gimple_assign_rhs1(stmt) != value)
            break;
        value = gimple_assign_lhs(stmt);
        if (TREE_CODE(value) == COMPONENT_REF)
            return VAR_P(TREE_OPERAND(value, 0)) ? TREE_OPERAND(value, 1) : NULL_TREE;
    }
    return NULL_TREE;
}

/* FN's frame, if its fields are boxes for which D has decided heap objects, all made in one place. */
candidate *propose(function *fn, decisions &d)
{
    tree frame = frame_variable(fn);
    if (!frame)
        return NULL;
    candidate *c = new candidate();
    c->flat.fn = fn;
    c->good = true;
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); c->good && !gsi_end_p(s); gsi_next(&s)) {
            tree variable = boxed_variable(gsi_stmt(s)), field;
            if (!variable)
                continue;
            if (c->flat.boxes.empty())
                c->flat.home = bb;
            field = stored_in(s);
            c->good = bb == c->flat.home && field && !box_stays_on_stack(gsi_stmt(s), d) &&
                      frame_plan::shareable(variable);
            c->flat.boxes.push_back(gsi_stmt(s));
            c->flat.fields.push_back(field);
        }
    size_t fields = 0;
    for (tree f = TYPE_FIELDS(TREE_TYPE(frame)); f; f = DECL_CHAIN(f)) {
        if (TREE_CODE(f) == FIELD_DECL && DECL_NAME(f) && id_equal(DECL_NAME(f), "__nl_goto_buf"))
            c->good = false;
        if (!field_is_copied(f))
            continue;
        fields++;
        if (std::count(c->flat.fields.begin(), c->flat.fields.end(), f) != 1)
            c->good = false;
    }
    if (!c->good || fields == 0 || fields != c->flat.boxes.size()) {
        delete c;
        return NULL;
    }
    candidates->put(TYPE_MAIN_VARIANT(TREE_TYPE(frame)), c);
    return c;
}

/* Whether all uses of C find the object made. */
bool made_before_use(const candidate &c)
{
    const flat_frame &f = c.flat;
    hash_set<gimple *> late; /* statements of the home block after the last box */
    for (gimple_stmt_iterator s = gsi_for_stmt(f.boxes.back()); !gsi_end_p(s); gsi_next(&s))
        late.add(gsi_stmt(s));
    bool good = true;
    push_cfun(f.fn);
    calculate_dominance_info(CDI_DOMINATORS);
    for (gimple *use : c.uses)
        if (gimple_bb(use) == f.home ? !late.contains(use)
                                     : !dominated_by_p(CDI_DOMINATORS, gimple_bb(use), f.home))
            good = false;
    free_dominance_info(CDI_DOMINATORS);
    pop_cfun();
    return good;
}

/* The type of the object of F, and where the variables lie in it. */
void lay_out(flat_frame *f)
{
    f->record = make_node(RECORD_TYPE);
    for (gimple *box : f->boxes) {
        tree v = boxed_variable(box);
        f->parts.push_back(
            add_field(f->record, TREE_TYPE(v), MAX(DECL_ALIGN(v), TYPE_ALIGN(TREE_TYPE(v)))));
    }
    TYPE_FIELDS(f->record) = nreverse(TYPE_FIELDS(f->record));
    layout_type(f->record);
    for (size_t i = 0; i < f->parts.size(); i++)
        offsets->put(f->fields[i], byte_position(f->parts[i]));
}

} // namespace

void find_flat_frames(const std::vector<cgraph_node *> &functions, std::vector<decisions> &d,
                      hash_set<tree> &in_use)
{
    candidates = new hash_map<tree, candidate *>;
    offsets = new hash_map<tree, tree>;
    std::vector<candidate *> all;
    for (size_t i = 0; i < functions.size(); i++)
        if (candidate *c = propose(DECL_STRUCT_FUNCTION(functions[i]->decl), d[i]))
            all.push_back(c);
    if (all.empty())
        return;
    for (cgraph_node *node : functions) {
        basic_block bb;
        FOR_EACH_BB_FN (bb, DECL_STRUCT_FUNCTION(node->decl))
            for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
                walk_stmt_info wi = {};
                wi.info = gsi_stmt(s);
                walk_gimple_op(gsi_stmt(s), look_at, &wi);
                closure_site site;
                if (!closure_made(gsi_stmt(s), &site) || !VAR_P(site.frame))
                    continue;
                if (candidate *c = candidate_of(TREE_TYPE(site.frame)))
                    c->uses.push_back(gsi_stmt(s));
            }
    }
    for (candidate *c : all) {
        tree type = TYPE_MAIN_VARIANT(TREE_TYPE(frame_variable(c->flat.fn)));
        for (tree f = TYPE_FIELDS(type); f; f = DECL_CHAIN(f))
            c->good &= !in_use.contains(f);
        if (c->good && c->stores == c->flat.boxes.size() && !c->uses.empty() && made_before_use(*c))
            lay_out(&c->flat);
        else {
            candidates->remove(type);
            delete c;
        }
    }
}

flat_frame *flat_frame_of(tree type)
{
    candidate *c = candidates ? candidate_of(type) : NULL;
    return c ? &c->flat : NULL;
}

tree flat_offset(tree field)
{
    tree *offset = offsets ? offsets->get(field) : NULL;
    return offset ? *offset : NULL_TREE;
}

/* The current function's pointer to the object of F. */
static tree object_pointer(flat_frame *f)
{
    if (!f->pointer)
        f->pointer = local_variable(build_pointer_type(f->record), NULL);
    return f->pointer;
}

tree flat_chain(tree frame)
{
    return VAR_P(frame) ? object_pointer(flat_frame_of(TREE_TYPE(frame))) : TREE_OPERAND(frame, 0);
}

/* __goe_box becomes the address of a part of F's object; the first one makes it. */
static void make_part(gimple_stmt_iterator *gsi, flat_frame *f, size_t i)
{
    gimple *box = gsi_stmt(*gsi);
    tree pointer = object_pointer(f), variable = boxed_variable(box);
    location_t at = gimple_location(box);
    if (i == 0) {
        gcall *make = new_object_call(f->record, TYPE_ALIGN_UNIT(f->record),
                                      TYPE_SIZE_UNIT(f->record), false);
        gimple_call_set_lhs(make, pointer);
        gimple_set_location(make, at);
        gsi_insert_before(gsi, make, GSI_SAME_STMT);
    }
    tree part = build3(COMPONENT_REF, TREE_TYPE(variable), build_simple_mem_ref(pointer),
                       f->parts[i], NULL_TREE);
    tree lhs = gimple_call_lhs(box);
    gimple *address =
        gimple_build_assign(lhs, fold_convert(TREE_TYPE(lhs), build_fold_addr_expr(part)));
    gimple_set_location(address, at);
    gsi_replace(gsi, address, false);
}

/* GCC makes a jump of a function's tail call of itself if its arguments are registers, and does not look at
   static chains. It never had to: where they differ, one is the address of a FRAME, and with that of a
   local about no call is a tail call. Once the chain is a pointer to the heap nothing else holds it back. */
static void forbid_tail_recursion(tree fndecl)
{
    if (!fndecl || !opt_for_fn(fndecl, flag_optimize_sibling_calls))
        return;
    tree own = DECL_FUNCTION_SPECIFIC_OPTIMIZATION(fndecl);
    cl_optimization saved;
    cl_optimization_save(&saved, &global_options, &global_options_set);
    cl_optimization_restore(&global_options, &global_options_set,
                            TREE_OPTIMIZATION(own ? own : optimization_default_node));
    global_options.x_flag_optimize_sibling_calls = 0;
    DECL_FUNCTION_SPECIFIC_OPTIMIZATION(fndecl) =
        build_optimization_node(&global_options, &global_options_set);
    cl_optimization_restore(&global_options, &global_options_set, &saved);
}

bool rewrite_flat(gimple_stmt_iterator *gsi)
{
    gimple *stmt = gsi_stmt(*gsi);
    if (boxed_variable(stmt)) {
        tree field = stored_in(*gsi);
        flat_frame *f = field && flat_offset(field) ? flat_frame_of(DECL_CONTEXT(field)) : NULL;
        if (!f)
            return false;
        size_t i = std::find(f->boxes.begin(), f->boxes.end(), stmt) - f->boxes.begin();
        make_part(gsi, f, i);
        return true;
    }
    if (is_gimple_call(stmt) && gimple_call_chain(stmt) &&
        TREE_CODE(gimple_call_chain(stmt)) == ADDR_EXPR) {
        tree frame = TREE_OPERAND(gimple_call_chain(stmt), 0);
        if (!flat_frame_of(TREE_TYPE(frame)))
            return false;
        gimple_call_set_chain(as_a<gcall *>(stmt), flat_chain(frame));
        forbid_tail_recursion(gimple_call_fndecl(stmt));
        return true;
    }
    if (!gimple_assign_single_p(stmt) || TREE_CODE(gimple_assign_rhs1(stmt)) != COMPONENT_REF)
        return false;
    tree box = gimple_assign_rhs1(stmt), offset = flat_offset(TREE_OPERAND(box, 1));
    if (!offset || TREE_CODE(TREE_OPERAND(box, 0)) != MEM_REF)
        return false;
    gimple_assign_set_rhs_with_ops(gsi, POINTER_PLUS_EXPR, TREE_OPERAND(TREE_OPERAND(box, 0), 0),
                                   fold_convert(sizetype, offset));
    return true;
}
