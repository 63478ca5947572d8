/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frames.cc: one object for what a closure needs, instead of one for each part.

   A closure is a copy of its parent's FRAME, and each captured variable has a box. Boxes that come
   to life together, in one basic block, are parts of one object; and so is the copy, if it is the
   only one that the life of those boxes needs:

     FRAME.1.total.box = __goe_box (7);        g = __goe_new (&{FRAME copy; int total; int by});
     FRAME.1.by.box = __goe_box (8);           FRAME.1.total.box = &g->total;
     ...                                 =>    FRAME.1.by.box = &g->by;
     p = closure of FRAME.1                    g->copy = FRAME.1;  p = closure of &g->copy

   All closures made in one life of g may share g->copy if they would copy the same: between g and a
   closure, and from one closure to the next, nothing but a new g is stored into FRAME.

   A part keeps the whole object alive, so large variables keep boxes of their own. */
#include "compat.h"
#include "adapter.h"
#include "frames.h"
#include "rewrite_parts.h"
#include "runtime_abi.h"

enum { MOST_BYTES = 64, MOST_ALIGN = 16 }; /* of a variable that shares an object */

/* Whether STMT stores into a field of the current function's FRAME that copies take over. */
static bool stores_into_frame(gimple *stmt)
{
    tree lhs = gimple_get_lhs(stmt);
    while (lhs && handled_component_p(lhs) && handled_component_p(TREE_OPERAND(lhs, 0)))
        lhs = TREE_OPERAND(lhs, 0);
    if (!lhs || TREE_CODE(lhs) != COMPONENT_REF || !VAR_P(TREE_OPERAND(lhs, 0)) ||
        !DECL_NONLOCAL_FRAME(TREE_OPERAND(lhs, 0)))
        return false;
    tree name = DECL_NAME(TREE_OPERAND(lhs, 1));
    return !name || !id_equal(name, "FRAME_BASE.PARENT");
}

tree add_field(tree record, tree type, unsigned align)
{
    tree f = build_decl(UNKNOWN_LOCATION, FIELD_DECL, NULL_TREE, type);
    DECL_CONTEXT(f) = record;
    SET_DECL_ALIGN(f, align);
    DECL_USER_ALIGN(f) = 1;
    DECL_CHAIN(f) = TYPE_FIELDS(record);
    TYPE_FIELDS(record) = f;
    return f;
}

bool field_is_copied(tree field)
{
    tree name = DECL_NAME(field);
    return TREE_CODE(field) == FIELD_DECL && !is_trampoline(field) &&
           !(name && (id_equal(name, "__nl_goto_buf") || id_equal(name, "FRAME_BASE.PARENT")));
}

tree copied_part(tree frame)
{
    tree part = make_node(RECORD_TYPE);
    SET_TYPE_ALIGN(part, TYPE_ALIGN(frame));
    std::vector<tree> from;
    for (tree f = TYPE_FIELDS(frame); f; f = DECL_CHAIN(f)) {
        if (!field_is_copied(f))
            continue;
        add_field(part, TREE_TYPE(f), DECL_ALIGN(f));
        DECL_NAME(TYPE_FIELDS(part)) = DECL_NAME(f);
        from.push_back(f);
    }
    if (from.empty())
        return frame;
    TYPE_FIELDS(part) = nreverse(TYPE_FIELDS(part));
    layout_type(part);
    tree kept = TYPE_FIELDS(part);
    for (tree f : from) {
        if (!tree_int_cst_equal(bit_position(f), bit_position(kept)))
            return frame;
        kept = DECL_CHAIN(kept);
    }
    return part;
}

bool frame_plan::shareable(tree variable)
{
    unsigned align = MAX(DECL_ALIGN_UNIT(variable), TYPE_ALIGN_UNIT(TREE_TYPE(variable)));
    return tree_to_uhwi(DECL_SIZE_UNIT(variable)) <= MOST_BYTES && align <= MOST_ALIGN;
}

/* Whether no store into FRAME can happen after the closure is made at BB before a new object is
   made at HOME. */
bool frame_plan::settled(basic_block bb, basic_block home)
{
    hash_set<basic_block> seen;
    std::vector<basic_block> todo{bb};
    while (!todo.empty()) {
        basic_block from = todo.back();
        todo.pop_back();
        edge e;
        edge_iterator ei;
        FOR_EACH_EDGE (e, ei, from->succs) {
            if (e->dest == home || seen.add(e->dest))
                continue;
            if (last_store.get(e->dest))
                return false;
            todo.push_back(e->dest);
        }
    }
    return true;
}

/* Whether all closures can use a copy of FRAME in the object made in O's block. */
bool frame_plan::holds_copy(const scope_object &o)
{
    for (gimple *site : sites) {
        basic_block bb = gimple_bb(site);
        int *store = last_store.get(bb);
        if (!dominated_by_p(CDI_DOMINATORS, bb, o.home) || (store && bb != o.home) ||
            (store && *store > *position.get(site)) || !settled(bb, o.home))
            return false;
    }
    return !sites.empty();
}

frame_plan::frame_plan(function *fn, const std::vector<gimple *> &boxes,
                       const std::vector<gimple *> &closures)
    : sites(closures)
{
    if (boxes.empty())
        return;
    int at = 0;
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
            position.put(gsi_stmt(s), ++at);
            if (stores_into_frame(gsi_stmt(s)))
                last_store.put(bb, at);
        }
    for (gimple *box : boxes) {
        if (objects.empty() || objects.back().home != gimple_bb(box))
            objects.push_back({gimple_bb(box), {}, {}, NULL_TREE, NULL_TREE, NULL_TREE});
        objects.back().boxes.push_back(box);
    }
    calculate_dominance_info(CDI_DOMINATORS);
    for (size_t i = 0; i < objects.size(); i++)
        if (holds_copy(objects[i]) &&
            (copy_in < 0 || dominated_by_p(CDI_DOMINATORS, objects[i].home, objects[copy_in].home)))
            copy_in = (int)i;
    free_dominance_info(CDI_DOMINATORS);
    for (size_t i = 0; i < objects.size(); i++)
        for (gimple *box : objects[i].boxes)
            object_of_box.put(box, i);
}

/* Lays out object O, whose boxes stand for VARIABLES, with a copy of type FRAME if that is not
   NULL_TREE, and makes it before GSI. */
static void make_object(gimple_stmt_iterator *gsi, scope_object &o, tree frame)
{
    o.record = make_node(RECORD_TYPE);
    if (frame)
        o.copy = add_field(o.record, frame, TYPE_ALIGN(frame));
    for (gimple *box : o.boxes) {
        tree v = boxed_variable(box);
        o.fields.push_back(
            add_field(o.record, TREE_TYPE(v), MAX(DECL_ALIGN(v), TYPE_ALIGN(TREE_TYPE(v)))));
    }
    TYPE_FIELDS(o.record) = nreverse(TYPE_FIELDS(o.record));
    layout_type(o.record);
    o.pointer = local_variable(build_pointer_type(o.record), NULL);
    gcall *make =
        new_object_call(o.record, TYPE_ALIGN_UNIT(o.record), TYPE_SIZE_UNIT(o.record), false);
    gimple_call_set_lhs(make, o.pointer);
    gimple_set_location(make, gimple_location(o.boxes[0]));
    gsi_insert_before(gsi, make, GSI_SAME_STMT);
}

static tree part(const scope_object &o, tree field)
{
    return build_fold_addr_expr(
        build3(COMPONENT_REF, TREE_TYPE(field), build_simple_mem_ref(o.pointer), field, NULL_TREE));
}

tree frame_plan::box_in_object(gimple_stmt_iterator *gsi)
{
    gimple *box = gsi_stmt(*gsi);
    size_t *i = object_of_box.get(box);
    if (!i)
        return NULL_TREE;
    scope_object &o = objects[*i];
    bool with_copy = (int)*i == copy_in;
    if (o.boxes.size() == 1 && !with_copy)
        return NULL_TREE;
    if (!o.record) {
        closure_site site;
        tree frame = NULL_TREE;
        if (with_copy && closure_made(sites[0], &site))
            frame = copied_part(TYPE_MAIN_VARIANT(TREE_TYPE(site.frame)));
        make_object(gsi, o, frame);
    }
    for (size_t k = 0; k < o.boxes.size(); k++)
        if (o.boxes[k] == box)
            return part(o, o.fields[k]);
    gcc_unreachable();
}

tree frame_plan::shared_copy(gimple_stmt_iterator *gsi, gimple *site)
{
    if (copy_in < 0 || std::find(sites.begin(), sites.end(), site) == sites.end())
        return NULL_TREE;
    const scope_object &o = objects[copy_in];
    tree type = build_pointer_type_for_mode(TREE_TYPE(o.copy), ptr_mode, true);
    tree copy = local_variable(type, NULL);
    gsi_insert_before(gsi, gimple_build_assign(copy, fold_convert(type, part(o, o.copy))),
                      GSI_SAME_STMT);
    return copy;
}
