/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slots.cc: where the unit keeps its pointers to functions.

   The engine (targets.c) wants to know which functions a call through a pointer may reach where the
   pointer itself was read from memory that nobody can follow. This file walks the unit once, before it
   is lowered, and tells it of every place that has a name, the slots, and of what goes in and out:

     o->run = f;                  slot of the field ops.run holds f
     static fn *hook = g;         slot of hook holds g
     hook = o->run;               ops.run flows to hook
     o->arg = (void *) f;         f can be anywhere
     p = &o->run;                 so can whatever ops.run holds; and ops.run holds whatever is anywhere
     (struct b *) a               fields of function pointers at the same offset flow to one another

   slot_types.cc says what follows from the last of these. A field is one slot for all objects of its type.
   Fields can be filled by other files, so what is anywhere flows there; static variables, locals, and
   parameters and results of functions that only this file can call hold just what is stored in them.

   That a function pointer stored as `struct a`'s field is not read as `struct b`'s is what C's rules on
   the types of accesses say; casts that show in the source are followed all the same. With
   -fno-strict-aliasing, be it for one function, no slots are told, and none with extern=escape: other
   files may then copy function pointers from one field to another. */
#include "compat.h"
#include "adapter.h"
#include "lower_expr.h"
#include "options.h"
#include "slot_types.h"
#include "slots.h"

namespace
{

struct finder {
    lowered_unit *u;
    slot_types types;
    hash_set<tree> bodies;      /* functions whose body is walked */
    hash_set<tree> initialised; /* variables whose initialiser has been walked */
    tree fndecl;                /* the function at hand */
    gimple *stmt;               /* its statement at hand */

    explicit finder(lowered_unit *unit) : u(unit), types(unit) {}
};

} // namespace

static tree function_named(tree value)
{
    return TREE_CODE(value) == ADDR_EXPR && TREE_CODE(TREE_OPERAND(value, 0)) == FUNCTION_DECL
               ? TREE_OPERAND(value, 0)
               : NULL_TREE;
}

/* ---- slots ---- */

/* Whether others than this file can call FNDECL, or this file without naming it. */
static bool called_from_elsewhere(tree fndecl)
{
    cgraph_node *node = cgraph_node::get(fndecl);
    return TREE_PUBLIC(fndecl) || !node || node->address_taken ||
           lookup_attribute("used", DECL_ATTRIBUTES(fndecl));
}

static uint32_t new_slot(lowered_unit *u, tree key, bool filled, bool read)
{
    uint32_t slot = esc_slot(u->esc);
    u->slots.put(key, slot);
    if (filled)
        esc_slot_flow(u->esc, ESC_SLOT_ANYWHERE, slot);
    if (read)
        esc_slot_flow(u->esc, slot, ESC_SLOT_ANYWHERE);
    return slot;
}

/* The slot of a field, a variable or a parameter. */
uint32_t slot_of_decl(lowered_unit *u, tree decl)
{
    uint32_t known = u->slots.get(decl);
    if (known != MAP_NONE)
        return known;
    if (TREE_CODE(decl) == FIELD_DECL) {
        bool overlaid = TREE_CODE(DECL_CONTEXT(decl)) != RECORD_TYPE;
        return new_slot(u, decl, true, overlaid);
    }
    if (TREE_CODE(decl) == PARM_DECL)
        return new_slot(u, decl, !DECL_CONTEXT(decl) || called_from_elsewhere(DECL_CONTEXT(decl)),
                        false);
    bool shared = VAR_P(decl) && is_global_var(decl) &&
                  (TREE_PUBLIC(decl) || DECL_EXTERNAL(decl) || DECL_PRESERVE_P(decl));
    return new_slot(u, decl, shared, shared);
}

/* The slot of what FNDECL, whose body is here, returns. */
static uint32_t slot_of_result(lowered_unit *u, tree fndecl)
{
    uint32_t known = u->slots.get(fndecl);
    return known != MAP_NONE ? known : new_slot(u, fndecl, false, called_from_elsewhere(fndecl));
}

void open_slot(lowered_unit *u, uint32_t slot)
{
    if (slot == ESC_SLOT_ANYWHERE)
        return;
    esc_slot_flow(u->esc, slot, ESC_SLOT_ANYWHERE);
    esc_slot_flow(u->esc, ESC_SLOT_ANYWHERE, slot);
}

/* The slot that PLACE, of a function pointer's type or an array of them, belongs to. */
static uint32_t slot_of_place(lowered_unit *u, tree place)
{
    while (TREE_CODE(place) == ARRAY_REF || TREE_CODE(place) == ARRAY_RANGE_REF)
        place = TREE_OPERAND(place, 0);
    if (DECL_P(place) || TREE_CODE(place) == SSA_NAME)
        return TREE_CODE(place) == FUNCTION_DECL ? ESC_SLOT_ANYWHERE : slot_of_decl(u, place);
    if (TREE_CODE(place) != COMPONENT_REF)
        return ESC_SLOT_ANYWHERE;
    uint32_t slot = slot_of_decl(u, TREE_OPERAND(place, 1));
    for (tree t = place; handled_component_p(t); t = TREE_OPERAND(t, 0))
        if (TREE_CODE(t) == VIEW_CONVERT_EXPR ||
            (TREE_CODE(t) == COMPONENT_REF &&
             TREE_CODE(TREE_TYPE(TREE_OPERAND(t, 0))) != RECORD_TYPE)) {
            open_slot(u, slot); /* in a union: what another member stored there */
            break;
        }
    return slot;
}

/* The value of operand VALUE goes to slot TO. */
static void value_flows(lowered_unit *u, tree value, uint32_t to)
{
    if (TREE_CODE(value) == WITH_SIZE_EXPR)
        value = TREE_OPERAND(value, 0);
    if (tree fndecl = function_named(value)) {
        uint32_t sym = lower_symbol(u, fndecl);
        esc_slot_holds(u->esc, to, sym);
        if (TREE_PUBLIC(fndecl) && to != ESC_SLOT_ANYWHERE) /* others can name it as well */
            esc_slot_holds(u->esc, ESC_SLOT_ANYWHERE, sym);
    } else if (CONSTANT_CLASS_P(value)) {
        return;
    } else if (is_function_pointer(TREE_TYPE(value)) && TREE_CODE(value) != ADDR_EXPR) {
        uint32_t from = slot_of_place(u, value);
        if (from != to)
            esc_slot_flow(u->esc, from, to);
    } else if (to != ESC_SLOT_ANYWHERE) {
        esc_slot_flow(u->esc, ESC_SLOT_ANYWHERE, to);
    }
}

static uint32_t slot_stored(lowered_unit *u, tree place)
{
    return is_function_pointer(TREE_TYPE(place)) ? slot_of_place(u, place) : ESC_SLOT_ANYWHERE;
}

/* ---- operands ---- */

static void walk_initialiser(finder *f, tree var);

/* What the address of PLACE lets anybody reach. */
static void address_taken(finder *f, tree place)
{
    if (TREE_CODE(place) == FUNCTION_DECL || TREE_CODE(place) == LABEL_DECL)
        return;
    if (keeps_function_pointers(TREE_TYPE(place)))
        open_slot(f->u, slot_of_place(f->u, place));
}

/* Whether walk_statement looks at OPERAND of STMT by itself. */
static bool claims(const gimple *stmt, tree operand)
{
    switch (gimple_code(stmt)) {
    case GIMPLE_ASSIGN:
    case GIMPLE_CALL:
    case GIMPLE_RETURN:
    case GIMPLE_COND:
        for (unsigned i = 0; i < gimple_num_ops(stmt); i++)
            if (gimple_op(stmt, i) == operand)
                return true;
        return false;
    default:
        return false;
    }
}

/* T is a part of an operand: the address of a slot, an access that takes one type for another, a
   variable, or the name of a function that walk_statement does not look at. */
static void see(finder *f, tree t)
{
    switch (TREE_CODE(t)) {
    case ADDR_EXPR:
        if (function_named(t) && !claims(f->stmt, t))
            value_flows(f->u, t, ESC_SLOT_ANYWHERE);
        address_taken(f, TREE_OPERAND(t, 0));
        break;
    case MEM_REF:
    case TARGET_MEM_REF: {
        tree pointed = TREE_TYPE(TREE_TYPE(TREE_OPERAND(t, 0)));
        if (TREE_CODE(t) == MEM_REF && integer_zerop(TREE_OPERAND(t, 1))) {
            f->types.relate(pointed, TREE_TYPE(t));
        } else if (TYPE_MAIN_VARIANT(pointed) != TYPE_MAIN_VARIANT(TREE_TYPE(t))) {
            f->types.open(pointed);
            f->types.open(TREE_TYPE(t));
        }
        break;
    }
    case VIEW_CONVERT_EXPR:
        f->types.relate(TREE_TYPE(TREE_OPERAND(t, 0)), TREE_TYPE(t));
        break;
    case VAR_DECL:
    case CONST_DECL:
        walk_initialiser(f, t);
        break;
    default:
        break;
    }
}

static tree see_part(tree *tp, int *, void *f)
{
    see((finder *)f, *tp);
    return NULL_TREE;
}

/* Sees every part of operand T. */
static void walk_operand(finder *f, tree t)
{
    for (;; t = TREE_OPERAND(t, 0))
        switch (TREE_CODE(t)) {
        case ARRAY_REF:
            if (DECL_P(TREE_OPERAND(t, 1)))
                see(f, TREE_OPERAND(t, 1));
            break;
        case ADDR_EXPR:
        case MEM_REF:
        case COMPONENT_REF:
        case VIEW_CONVERT_EXPR:
            see(f, t);
            break;
        case TREE_LIST: /* of asm */
            walk_operand(f, TREE_VALUE(t));
            return;
        default:
            if (DECL_P(t))
                see(f, t);
            else if (TREE_CODE(t) != SSA_NAME && !CONSTANT_CLASS_P(t))
                walk_tree(&t, see_part, f, NULL);
            return;
        }
}

/* ---- initialisers ---- */

static tree walk_rest(tree *tp, int *, void *data)
{
    finder *f = (finder *)data;
    if (TREE_CODE(*tp) == ADDR_EXPR) {
        if (function_named(*tp))
            value_flows(f->u, *tp, ESC_SLOT_ANYWHERE);
        address_taken(f, TREE_OPERAND(*tp, 0));
    }
    return NULL_TREE;
}

/* INIT initialises a place of TYPE that belongs to slot TO. */
static void walk_init(finder *f, tree init, tree type, uint32_t to)
{
    f->types.relate_pointers(type, TREE_TYPE(init));
    STRIP_NOPS(init);
    if (TREE_CODE(init) == COMPOUND_LITERAL_EXPR) {
        walk_init(f, DECL_INITIAL(COMPOUND_LITERAL_EXPR_DECL(init)), type, to);
        return;
    }
    if (TREE_CODE(init) != CONSTRUCTOR) {
        f->types.relate_pointers(type, TREE_TYPE(init));
        if (function_named(init))
            value_flows(f->u, init, to);
        else
            walk_tree_without_duplicates(&init, walk_rest, f);
        return;
    }
    unsigned i;
    tree index, value;
    FOR_EACH_CONSTRUCTOR_ELT(CONSTRUCTOR_ELTS(init), i, index, value)
    {
        bool field = index && TREE_CODE(index) == FIELD_DECL;
        uint32_t slot = to;
        if (field)
            slot = keeps_function_pointers(TREE_TYPE(index)) ? slot_of_decl(f->u, index)
                                                             : ESC_SLOT_ANYWHERE;
        tree inner = field                           ? TREE_TYPE(index)
                     : TREE_CODE(type) == ARRAY_TYPE ? TREE_TYPE(type)
                                                     : TREE_TYPE(value);
        walk_init(f, value, inner, slot);
    }
}

static void walk_initialiser(finder *f, tree var)
{
    if ((VAR_P(var) && !is_global_var(var)) || f->initialised.add(var))
        return;
    tree init = DECL_INITIAL(var);
    if (init && init != error_mark_node)
        walk_init(f, init, TREE_TYPE(var),
                  keeps_function_pointers(TREE_TYPE(var)) ? slot_of_decl(f->u, var)
                                                          : ESC_SLOT_ANYWHERE);
}

/* ---- statements ---- */

static void walk_assign(finder *f, gassign *stmt)
{
    tree lhs = gimple_assign_lhs(stmt), rhs = gimple_assign_rhs1(stmt);
    enum tree_code code = gimple_assign_rhs_code(stmt);
    if (gimple_clobber_p(stmt) || TREE_CODE_CLASS(code) == tcc_comparison)
        return;
    if (get_gimple_rhs_class(code) == GIMPLE_SINGLE_RHS || CONVERT_EXPR_CODE_P(code)) {
        if (POINTER_TYPE_P(TREE_TYPE(lhs)))
            f->types.relate_pointers(TREE_TYPE(lhs), TREE_TYPE(rhs));
        else if (AGGREGATE_TYPE_P(TREE_TYPE(lhs)))
            f->types.relate(TREE_TYPE(lhs), TREE_TYPE(rhs));
    }
    if (AGGREGATE_TYPE_P(TREE_TYPE(lhs)))
        return; /* an initialiser of zeros, or the same fields on both sides */
    uint32_t to = slot_stored(f->u, lhs);
    for (unsigned i = code == COND_EXPR ? 2 : 1; i < gimple_num_ops(stmt); i++)
        value_flows(f->u, gimple_op(stmt, i), to);
}

/* The function of this file whose body runs when FNDECL is called, or NULL. */
static tree body_called(finder *f, tree fndecl)
{
    cgraph_node *node = fndecl ? cgraph_node::get(fndecl) : NULL;
    if (!node || DECL_WEAK(fndecl) || lookup_attribute("ifunc", DECL_ATTRIBUTES(fndecl)) ||
        !decl_binds_to_current_def_p(fndecl))
        return NULL_TREE;
    if (node->alias && node->analyzed)
        fndecl = node->ultimate_alias_target()->decl;
    return f->bodies.contains(fndecl) ? fndecl : NULL_TREE;
}

static bool copies_bytes(gcall *call)
{
    return gimple_call_builtin_p(call, BUILT_IN_MEMCPY) ||
           gimple_call_builtin_p(call, BUILT_IN_MEMMOVE) ||
           gimple_call_builtin_p(call, BUILT_IN_MEMPCPY);
}

static void walk_call(finder *f, gcall *call)
{
    tree fndecl = body_called(f, gimple_call_fndecl(call)), fntype = gimple_call_fntype(call);
    tree param = fndecl ? DECL_ARGUMENTS(fndecl) : NULL_TREE;
    tree type = fntype ? TYPE_ARG_TYPES(fntype) : NULL_TREE;
    for (unsigned i = 0; i < gimple_call_num_args(call); i++) {
        tree arg = gimple_call_arg(call, i);
        bool kept = param && is_function_pointer(TREE_TYPE(param));
        value_flows(f->u, arg, kept ? slot_of_decl(f->u, param) : ESC_SLOT_ANYWHERE);
        if (param || (type && !VOID_TYPE_P(TREE_VALUE(type))))
            f->types.relate_pointers(param ? TREE_TYPE(param) : TREE_VALUE(type), TREE_TYPE(arg));
        param = param ? DECL_CHAIN(param) : NULL_TREE;
        type = type ? TREE_CHAIN(type) : NULL_TREE;
    }
    if (copies_bytes(call))
        f->types.relate_pointers(TREE_TYPE(gimple_call_arg(call, 0)),
                                 TREE_TYPE(gimple_call_arg(call, 1)));
    tree lhs = gimple_call_lhs(call);
    if (!lhs)
        return;
    if (fntype)
        f->types.relate_pointers(TREE_TYPE(lhs), TREE_TYPE(fntype));
    if (!is_function_pointer(TREE_TYPE(lhs)))
        return;
    bool known = fndecl && is_function_pointer(TREE_TYPE(TREE_TYPE(fndecl)));
    esc_slot_flow(f->u->esc, known ? slot_of_result(f->u, fndecl) : ESC_SLOT_ANYWHERE,
                  slot_of_place(f->u, lhs));
}

static void walk_return(finder *f, tree value)
{
    tree type = TREE_TYPE(TREE_TYPE(f->fndecl));
    f->types.relate_pointers(type, TREE_TYPE(value));
    value_flows(f->u, value,
                is_function_pointer(type) ? slot_of_result(f->u, f->fndecl) : ESC_SLOT_ANYWHERE);
}

static void walk_asm(finder *f, gasm *stmt)
{
    auto open = [&](tree operand) {
        if (!function_named(operand) && keeps_function_pointers(TREE_TYPE(operand)))
            open_slot(f->u, slot_of_place(f->u, operand));
    };
    for (unsigned i = 0; i < gimple_asm_noutputs(stmt); i++)
        open(TREE_VALUE(gimple_asm_output_op(stmt, i)));
    for (unsigned i = 0; i < gimple_asm_ninputs(stmt); i++)
        open(TREE_VALUE(gimple_asm_input_op(stmt, i)));
}

static void walk_statement(finder *f, gimple *stmt)
{
    f->stmt = stmt;
    if (gassign *assign = dyn_cast<gassign *>(stmt)) {
        walk_assign(f, assign);
    } else if (gcall *call = dyn_cast<gcall *>(stmt)) {
        walk_call(f, call);
    } else if (gasm *as = dyn_cast<gasm *>(stmt)) {
        walk_asm(f, as);
    } else if (greturn *ret = dyn_cast<greturn *>(stmt)) {
        if (gimple_return_retval(ret))
            walk_return(f, gimple_return_retval(ret));
    }
    for (unsigned i = 0; i < gimple_num_ops(stmt); i++)
        if (gimple_op(stmt, i))
            walk_operand(f, gimple_op(stmt, i));
}

/* Whether the source says that pointers of FNDECL access objects as other types than their own, by an
   attribute or a pragma. A level at which GCC makes nothing of the rules does not say so. */
static bool breaks_aliasing(tree fndecl)
{
    tree own = DECL_FUNCTION_SPECIFIC_OPTIMIZATION(fndecl);
    if (!own)
        return false;
    std::unique_ptr<gcc_options> opts(new gcc_options(global_options)),
        set(new gcc_options(global_options_set));
    cl_optimization_restore(opts.get(), set.get(), TREE_OPTIMIZATION(own));
    return set->x_flag_strict_aliasing && !opts->x_flag_strict_aliasing;
}

/* Whether the unit follows the rules that make slots worth something. */
static bool slots_hold_good(const finder *f)
{
    if (options.extern_ == EXTERN_ESCAPE ||
        (OPTION_SET_P(flag_strict_aliasing) && !flag_strict_aliasing))
        return false;
    cgraph_node *node;
    FOR_EACH_FUNCTION_WITH_GIMPLE_BODY (node)
        if (!const_cast<finder *>(f)->bodies.contains(
                node->decl) || /* nobody looks at what it stores */
            breaks_aliasing(node->decl))
            return false;
    return true;
}

void find_slots(lowered_unit *u, const std::vector<cgraph_node *> &functions)
{
    finder f(u);
    for (cgraph_node *node : functions)
        f.bodies.add(node->decl);
    if (!slots_hold_good(&f))
        return;
    u->has_slots = true;
    varpool_node *var;
    FOR_EACH_VARIABLE(var)
    walk_initialiser(&f, var->decl);
    for (cgraph_node *node : functions) {
        f.fndecl = node->decl;
        basic_block bb;
        FOR_EACH_BB_FN (bb, DECL_STRUCT_FUNCTION(node->decl))
            for (gimple_stmt_iterator i = gsi_start_bb(bb); !gsi_end_p(i); gsi_next(&i))
                walk_statement(&f, gsi_stmt(i));
    }
}

uint32_t slot_of_call(lowered_unit *u, gcall *call)
{
    tree callee = gimple_call_fn(call);
    return u->has_slots && callee && is_function_pointer(TREE_TYPE(callee))
               ? slot_of_place(u, callee)
               : ESC_SLOT_ALL;
}
