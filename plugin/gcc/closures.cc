/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closures.cc: turns nested functions used as values into closures on the heap.

   GCC makes a nested function a value through a trampoline, code that it writes into the parent's
   frame; both die with the parent. A converted closure lives on its own:

     p = __builtin_adjust_trampoline (&FRAME.1.add);

       copy = __goe_new (&FRAME_type);  copy->total.box = FRAME.1.total.box;  ...
       p = __goe_closure (add, copy);

   The copy has all fields of the frame but the trampolines and the buffer for gotos out of nested
   functions, which say where the parent is on the stack: a nested function that may use those is
   not converted (find_jumps). Nor does it have FRAME_BASE.PARENT, which leads debuggers to the
   parent's stack frame. Where the frame has a link to that of the parent's parent (__chain), that
   one is copied as well, to the outermost. The runtime's thunk calls the
   function with the copy as its static chain. Captured variables are boxed (captures.cc), so copy
   and frame share them.

   Invariant: a nested function that may run on a copied frame never uses a trampoline or jump buffer
   of that frame, because the copy has none. settle_closures converts what this demands. Once no use of a
   trampoline is left, its initialisation goes too, and with it the executable stack. */
#include "compat.h"
#include "adapter.h"
#include "closures.h"
#include "flat.h"
#include "frames.h"
#include "options.h"
#include "rewrite_parts.h"
#include "runtime_abi.h"

/* What find_trampolines found; trees stay alive through the functions that contain them. */
static hash_map<tree, tree> *functions_of; /* trampoline field of a frame -> &nested function */
static hash_set<tree> *fields_in_use;      /* trampoline fields that are used and must be set */
static hash_map<tree, tree> *demoted;      /* captured variable -> the local it is demoted to */
static hash_map<tree, tree> *captured_by;  /* field of a frame that holds a box -> the variable */
/* Nested function -> types of the frames whose jump buffers it, or what it calls or names, uses. */
static hash_map<tree, hash_set<tree> *> *jumps_to;

/* If *TP is the jump buffer in some frame that is not the current function's own, adds the frame's
   type to DATA. */
static tree find_jump_buffer(tree *tp, int *, void *data)
{
    if (TREE_CODE(*tp) == COMPONENT_REF && DECL_NAME(TREE_OPERAND(*tp, 1)) &&
        id_equal(DECL_NAME(TREE_OPERAND(*tp, 1)), "__nl_goto_buf") && !VAR_P(TREE_OPERAND(*tp, 0)))
        ((hash_set<tree> *)((walk_stmt_info *)data)->info)
            ->add(TYPE_MAIN_VARIANT(TREE_TYPE(TREE_OPERAND(*tp, 0))));
    return NULL_TREE;
}

/* The type of FN's own frame, or NULL_TREE. */
static tree own_frame(function *fn)
{
    tree v;
    unsigned i;
    FOR_EACH_LOCAL_DECL (fn, i, v)
        if (VAR_P(v) && DECL_NONLOCAL_FRAME(v))
            return TYPE_MAIN_VARIANT(TREE_TYPE(v));
    return NULL_TREE;
}

/* Which nested functions cannot run on a copied frame, because they need its jump buffer. A need goes
   from a nested function to those that call or name it, but for the one whose frame it is. Each
   round but the last adds one of finitely many pairs. */
static void find_jumps(const std::vector<cgraph_node *> &functions)
{
    hash_map<tree, hash_set<tree> *> named; /* function -> nested functions it calls or names */
    for (cgraph_node *node : functions) {
        hash_set<tree> *needs = new hash_set<tree>, *names = new hash_set<tree>;
        jumps_to->put(node->decl, needs);
        named.put(node->decl, names);
        walk_stmt_info wi = {};
        wi.info = needs;
        basic_block bb;
        FOR_EACH_BB_FN (bb, DECL_STRUCT_FUNCTION(node->decl))
            for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
                walk_gimple_op(gsi_stmt(s), find_jump_buffer, &wi);
                closure_site site;
                if (closure_made(gsi_stmt(s), &site))
                    names->add(site.function);
                else if (is_gimple_call(gsi_stmt(s)) && gimple_call_chain(gsi_stmt(s)) &&
                         gimple_call_fndecl(gsi_stmt(s)))
                    names->add(gimple_call_fndecl(gsi_stmt(s)));
            }
    }
    for (bool again = true; again;) {
        again = false;
        for (cgraph_node *node : functions) {
            hash_set<tree> *needs = *jumps_to->get(node->decl);
            tree own = own_frame(DECL_STRUCT_FUNCTION(node->decl));
            for (tree callee : **named.get(node->decl)) {
                hash_set<tree> **more = jumps_to->get(callee);
                if (!more || *more == needs)
                    continue;
                for (tree frame : **more)
                    again |= frame != own && !needs->add(frame);
            }
        }
    }
    for (cgraph_node *node : functions)
        delete *named.get(node->decl);
}

void find_trampolines(const std::vector<cgraph_node *> &functions)
{
    functions_of = new hash_map<tree, tree>;
    fields_in_use = new hash_set<tree>;
    demoted = new hash_map<tree, tree>;
    captured_by = new hash_map<tree, tree>;
    jumps_to = new hash_map<tree, hash_set<tree> *>;
    if (!has_nests())
        return;
    for (cgraph_node *node : functions) {
        basic_block bb;
        FOR_EACH_BB_FN (bb, DECL_STRUCT_FUNCTION(node->decl))
            for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
                gimple *stmt = gsi_stmt(s);
                if (!gimple_call_builtin_p(stmt, BUILT_IN_INIT_TRAMPOLINE))
                    continue;
                tree place = gimple_call_arg(stmt, 0);
                if (TREE_CODE(place) == ADDR_EXPR &&
                    TREE_CODE(TREE_OPERAND(place, 0)) == COMPONENT_REF)
                    functions_of->put(TREE_OPERAND(TREE_OPERAND(place, 0), 1),
                                      gimple_call_arg(stmt, 1));
            }
    }
    if (!functions_of->is_empty()) /* else nothing can become a closure */
        find_jumps(functions);
}

bool is_trampoline(tree field)
{
    return functions_of->get(field) != NULL;
}

/* The trampoline CALL is about: a COMPONENT_REF of a frame. Its address is the argument, or was
   computed into the argument a few statements before. */
static tree trampoline_of(gimple *call)
{
    tree arg = gimple_call_arg(call, 0);
    if (TREE_CODE(arg) != ADDR_EXPR) {
        gimple_stmt_iterator s = gsi_for_stmt(call);
        for (gsi_prev(&s); !gsi_end_p(s); gsi_prev(&s))
            if (gimple_get_lhs(gsi_stmt(s)) == arg)
                break;
        if (gsi_end_p(s) || !gimple_assign_single_p(gsi_stmt(s)))
            return NULL_TREE;
        arg = gimple_assign_rhs1(gsi_stmt(s));
    }
    if (TREE_CODE(arg) != ADDR_EXPR || TREE_CODE(TREE_OPERAND(arg, 0)) != COMPONENT_REF)
        return NULL_TREE;
    return TREE_OPERAND(arg, 0);
}

bool closure_made(gimple *stmt, closure_site *site)
{
    if (!has_nests() || !functions_of || !gimple_call_builtin_p(stmt, BUILT_IN_ADJUST_TRAMPOLINE))
        return false;
    tree trampoline = trampoline_of(stmt);
    tree *function = trampoline ? functions_of->get(TREE_OPERAND(trampoline, 1)) : NULL;
    if (!function)
        return false;
    site->call = as_a<gcall *>(stmt);
    site->function = TREE_OPERAND(*function, 0);
    site->frame = TREE_OPERAND(trampoline, 0);
    return true;
}

static tree field_named(tree record, const char *name)
{
    for (tree f = TYPE_FIELDS(record); f; f = DECL_CHAIN(f))
        if (TREE_CODE(f) == FIELD_DECL && DECL_NAME(f) && id_equal(DECL_NAME(f), name))
            return f;
    return NULL_TREE;
}

const char *why_not_closure(const closure_site &site)
{
    if (options.closures_ == CLOSURES_OFF)
        return "closures are off";
    if (!nest_is_boxed(site.function))
        return "its function has OpenMP directives";
    hash_set<tree> **jumps = jumps_to->get(site.function);
    return jumps && !(*jumps)->is_empty() ? "it may jump into its parent" : NULL;
}

void settle_closures(const std::vector<cgraph_node *> &functions, std::vector<decisions> &d)
{
    if (!has_nests())
        return;
    hash_set<tree> copied; /* types of frames of which there may be copies */
    struct place {
        size_t function;
        closure_site site;
    };
    std::vector<place> open; /* sites not converted so far */
    auto convert = [&](size_t i, const closure_site &s) {
        d[i].closures.add(s.call);
        for (tree type = TYPE_MAIN_VARIANT(TREE_TYPE(s.frame));;) {
            copied.add(type);
            tree chain = field_named(type, "__chain");
            if (!chain)
                break;
            type = TYPE_MAIN_VARIANT(TREE_TYPE(TREE_TYPE(chain)));
        }
    };
    for (size_t i = 0; i < functions.size(); i++) {
        basic_block bb;
        FOR_EACH_BB_FN (bb, DECL_STRUCT_FUNCTION(functions[i]->decl))
            for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
                closure_site site;
                if (!closure_made(gsi_stmt(s), &site))
                    continue;
                if (why_not_closure(site))
                    d[i].closures.remove(site.call);
                if (d[i].closures.contains(site.call))
                    convert(i, site);
                else
                    open.push_back({i, site});
            }
    }
    /* Each round converts at least one site of a finite number. */
    for (bool again = true; again;) {
        again = false;
        for (size_t k = 0; k < open.size(); k++) {
            const place p = open[k];
            if (VAR_P(p.site.frame) || why_not_closure(p.site) ||
                !copied.contains(TYPE_MAIN_VARIANT(TREE_TYPE(p.site.frame))))
                continue;
            convert(p.function, p.site);
            open.erase(open.begin() + k--);
            again = true;
        }
    }
    hash_set<tree> on_stack; /* trampoline fields of closures that stay in their frame */
    for (const place &p : open) {
        tree field = TREE_OPERAND(trampoline_of(p.site.call), 1);
        on_stack.add(field);
        if (options.closures_ == CLOSURES_NOEXEC && options.mode_ == MODE_HEAPIFY)
            d[p.function].thunks.add(p.site.call);
        else
            fields_in_use->add(field);
    }
    find_flat_frames(functions, d, on_stack);
}

/* Statements before GSI that copy FRAME and the frames around it, to where COPY points or, if that is
   NULL_TREE, to a new object; the pointer to the copy. Nested functions read the copy as a FRAME, so it
   is written through a pointer that may alias anything. */
static tree copy_frame(gimple_stmt_iterator *gsi, tree frame, tree copy)
{
    tree type = copied_part(TYPE_MAIN_VARIANT(TREE_TYPE(frame)));
    if (copy)
        type = TREE_TYPE(TREE_TYPE(copy));
    else {
        copy = local_variable(build_pointer_type_for_mode(type, ptr_mode, true), NULL);
        gcall *make = new_object_call(type, TYPE_ALIGN_UNIT(type), TYPE_SIZE_UNIT(type), false);
        gimple_call_set_lhs(make, copy);
        gsi_insert_before(gsi, make, GSI_SAME_STMT);
    }
    tree to = TYPE_FIELDS(type);
    for (tree f = TYPE_FIELDS(TREE_TYPE(frame)); f; f = DECL_CHAIN(f)) {
        if (!field_is_copied(f))
            continue;
        while (!field_is_copied(to))
            to = DECL_CHAIN(to);
        tree value = build3(COMPONENT_REF, TREE_TYPE(f), unshare_expr(frame), f, NULL_TREE);
        if (is_gimple_reg_type(TREE_TYPE(f))) {
            tree temporary = local_variable(TYPE_MAIN_VARIANT(TREE_TYPE(f)), NULL);
            gsi_insert_before(gsi, gimple_build_assign(temporary, value), GSI_SAME_STMT);
            value = temporary;
            if (DECL_NAME(f) && id_equal(DECL_NAME(f), "__chain") &&
                !flat_frame_of(TREE_TYPE(TREE_TYPE(f))))
                value = copy_frame(gsi, build_simple_mem_ref(temporary), NULL_TREE);
        }
        tree place =
            build3(COMPONENT_REF, TREE_TYPE(to), build_simple_mem_ref(copy), to, NULL_TREE);
        gsi_insert_before(gsi, gimple_build_assign(place, value), GSI_SAME_STMT);
        to = DECL_CHAIN(to);
    }
    return copy;
}

/* The value made at SITE becomes a thunk that calls the function with static chain CHAIN. */
static void make_thunk(gimple_stmt_iterator *gsi, const closure_site &site, tree chain)
{
    gcall *thunk =
        gimple_build_call(runtime_decl(RT_CLOSURE), 2, build_fold_addr_expr(site.function), chain);
    gimple_call_set_lhs(thunk, gimple_call_lhs(site.call));
    gimple_set_location(thunk, gimple_location(site.call));
    gsi_replace(gsi, thunk, false);
}

static void convert_site(gimple_stmt_iterator *gsi, const closure_site &site, frame_plan *plan)
{
    make_thunk(gsi, site,
               flat_frame_of(TREE_TYPE(site.frame))
                   ? flat_chain(site.frame)
                   : copy_frame(gsi, site.frame, plan->shared_copy(gsi, site.call)));
}

/* __goe_box (7) becomes an allocation or, demoted, the address of a local. */
static void make_box(gimple_stmt_iterator *gsi, tree variable, bool demote, frame_plan *plan)
{
    gimple *call = gsi_stmt(*gsi), *stmt;
    tree lhs = gimple_call_lhs(call);
    if (demote) {
        bool known;
        tree &local = demoted->get_or_insert(variable, &known);
        if (!known) {
            local = local_variable(TREE_TYPE(variable), NULL);
            SET_DECL_ALIGN(local, DECL_ALIGN(variable));
            TREE_ADDRESSABLE(local) = 1;
            DECL_NONALIASED(local) = 0;
        }
        stmt = gimple_build_assign(lhs, fold_convert(TREE_TYPE(lhs), build_fold_addr_expr(local)));
    } else if (tree place = plan->box_in_object(gsi)) {
        stmt = gimple_build_assign(lhs, fold_convert(TREE_TYPE(lhs), place));
    } else {
        unsigned align = MAX(DECL_ALIGN_UNIT(variable), TYPE_ALIGN_UNIT(TREE_TYPE(variable)));
        stmt = new_object_call(TREE_TYPE(variable), align, DECL_SIZE_UNIT(variable), false);
        gimple_call_set_lhs(stmt, lhs);
    }
    gimple_set_location(stmt, gimple_location(call));
    gsi_replace(gsi, stmt, false);
}

/* The debugger finds VARIABLE through the frame's field that the box set at NEXT is stored in. */
static void describe_box(gimple_stmt_iterator next, tree variable)
{
    tree lhs = gimple_get_lhs(gsi_stmt(next));
    gsi_next_nondebug(&next);
    for (tree value = lhs; !gsi_end_p(next); gsi_next_nondebug(&next)) {
        gimple *s = gsi_stmt(next);
        if (!is_gimple_assign(s) || gimple_assign_rhs1(s) != value)
            break;
        value = gimple_assign_lhs(s);
        if (TREE_CODE(value) != COMPONENT_REF)
            continue;
        captured_by->put(TREE_OPERAND(value, 1), variable);
        SET_DECL_VALUE_EXPR(variable,
                            build1(INDIRECT_REF, TREE_TYPE(variable), unshare_expr(value)));
        break;
    }
}

void describe_captures(function *fn)
{
    tree block = DECL_INITIAL(fn->decl), chain = fn->static_chain_decl;
    if (!chain || !block || TREE_CODE(block) != BLOCK || debug_info_level <= DINFO_LEVEL_TERSE)
        return;
    tree pointer = chain;
    while (pointer) {
        tree frame = TREE_TYPE(TREE_TYPE(pointer)), outer = NULL_TREE;
        tree object = build1(INDIRECT_REF, frame, pointer);
        for (tree f = TYPE_FIELDS(frame); f; f = DECL_CHAIN(f)) {
            tree value = build3(COMPONENT_REF, TREE_TYPE(f), unshare_expr(object), f, NULL_TREE);
            if (DECL_NAME(f) && id_equal(DECL_NAME(f), "__chain"))
                outer = value;
            tree *variable = captured_by->get(f);
            if (!variable)
                continue;
            tree shown = build_decl(DECL_SOURCE_LOCATION(*variable), VAR_DECL, DECL_NAME(*variable),
                                    TREE_TYPE(*variable));
            DECL_CONTEXT(shown) = fn->decl;
            TREE_USED(shown) = 1;
            suppress_warning(shown);
            layout_decl(shown, 0);
            if (tree offset = flat_offset(f))
                value = fold_build_pointer_plus(unshare_expr(pointer), offset);
            SET_DECL_VALUE_EXPR(shown, build1(INDIRECT_REF, TREE_TYPE(*variable), value));
            DECL_HAS_VALUE_EXPR_P(shown) = 1;
            DECL_CHAIN(shown) = BLOCK_VARS(block);
            BLOCK_VARS(block) = shown;
        }
        pointer = outer;
    }
}

/* A va_list stays in the frame: it points into that anyway. */
bool box_stays_on_stack(gimple *box, decisions &d)
{
    return d.demote.contains(box) || is_va_list(TREE_TYPE(boxed_variable(box)));
}

static frame_plan plan_frames(function *fn, decisions &d)
{
    std::vector<gimple *> boxes, sites;
    tree frame = own_frame(fn);
    if (frame && flat_frame_of(frame))
        return frame_plan(fn, boxes, sites);
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
            closure_site site;
            tree variable = boxed_variable(gsi_stmt(s));
            if (variable && !box_stays_on_stack(gsi_stmt(s), d) && frame_plan::shareable(variable))
                boxes.push_back(gsi_stmt(s));
            else if (d.closures.contains(gsi_stmt(s)) && closure_made(gsi_stmt(s), &site) &&
                     VAR_P(site.frame))
                sites.push_back(gsi_stmt(s));
        }
    return frame_plan(fn, boxes, sites);
}

bool rewrite_closures(function *fn, decisions &d)
{
    if (!has_nests())
        return false;
    bool changed = false;
    frame_plan plan = plan_frames(fn, d);
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s);) {
            gimple *stmt = gsi_stmt(s);
            closure_site site;
            if (gimple_call_builtin_p(stmt, BUILT_IN_INIT_TRAMPOLINE)) {
                tree place = TREE_OPERAND(gimple_call_arg(stmt, 0), 0);
                if (TREE_CODE(place) == COMPONENT_REF &&
                    !fields_in_use->contains(TREE_OPERAND(place, 1))) {
                    gsi_remove(&s, true);
                    changed = true;
                    continue;
                }
            } else if (tree variable = boxed_variable(stmt)) {
                if (!rewrite_flat(&s))
                    make_box(&s, variable, box_stays_on_stack(stmt, d), &plan);
                describe_box(s, variable);
                changed = true;
            } else if (rewrite_flat(&s)) {
                changed = true;
            } else if (d.closures.contains(stmt) && closure_made(stmt, &site)) {
                convert_site(&s, site, &plan);
                changed = true;
            } else if (d.thunks.contains(stmt) && closure_made(stmt, &site)) {
                make_thunk(&s, site, build_fold_addr_expr(unshare_expr(site.frame)));
                changed = true;
            }
            gsi_next(&s);
        }
    return changed;
}
