/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower_call.cc: from calls to the engine's statements.

   Most are a call there too: what is called, the arguments with what their types say, the result. Those of
   GCC's own functions whose effect is simpler, or finer, become that: a small memcpy an assignment, an atomic
   exchange two, alloca an object. And so do the calls that GCC makes of what Go calls a closure: a captured
   variable begins, a nested function becomes a value. */
#include "compat.h"
#include "adapter.h"
#include "lower.h"
#include "lower_expr.h"
#include "closures.h"
#include "rewrite.h"
#include "slots.h"

/* Which kind of value a type is, for comparing function types. */
static unsigned value_class(tree type)
{
    if (VOID_TYPE_P(type))
        return 1;
    if (POINTER_TYPE_P(type))
        return 2;
    if (INTEGRAL_TYPE_P(type))
        return 3;
    if (SCALAR_FLOAT_TYPE_P(type))
        return 4;
    return 5 + (tree_fits_uhwi_p(TYPE_SIZE_UNIT(type)) ? tree_to_uhwi(TYPE_SIZE_UNIT(type)) : 0);
}

uint32_t signature_of(tree fntype)
{
    if (!fntype || TREE_CODE(fntype) != FUNCTION_TYPE || !prototype_p(fntype))
        return 0;
    uint32_t h = 17;
    for (tree a = TYPE_ARG_TYPES(fntype); a; a = TREE_CHAIN(a))
        h = h * 31 + value_class(TREE_VALUE(a));
    return h ? h : 1;
}

static bool is_void_pointer(tree type)
{
    return POINTER_TYPE_P(type) && VOID_TYPE_P(TREE_TYPE(type));
}

static bool like(tree a, tree b)
{
    return TYPE_MAIN_VARIANT(TREE_TYPE(a)) == TYPE_MAIN_VARIANT(TREE_TYPE(b));
}

/* What the type of argument ARG, declared as PARAM_TYPE (or NULL), says to the engine. */
static uint16_t argument_flags(tree arg, tree param_type, tree result_type)
{
    tree type = param_type ? param_type : TREE_TYPE(arg);
    uint16_t flags = 0;
    if (is_void_pointer(type))
        flags |= ESC_REF_VOIDP;
    if (is_function_pointer(type))
        flags |= ESC_REF_FNPTR;
    if (POINTER_TYPE_P(type) && POINTER_TYPE_P(TREE_TYPE(type)))
        flags |= ESC_REF_PTRPTR;
    if (POINTER_TYPE_P(type) && TYPE_READONLY(TREE_TYPE(type)))
        flags |= ESC_REF_READS;
    else if (POINTER_TYPE_P(type))
        flags |= ESC_REF_WRITES;
    if (result_type && POINTER_TYPE_P(type) && POINTER_TYPE_P(result_type) &&
        (!param_type || (like(type, result_type) && (!TYPE_READONLY(TREE_TYPE(type)) ||
                                                     TYPE_READONLY(TREE_TYPE(result_type))))))
        flags |= ESC_REF_LIKE;
    return flags;
}

/* The first argument of a call of type FNTYPE that its format string speaks of, or UINT_MAX. Such an
   argument is text or a number to be printed: what the function returns is never it. */
static unsigned first_formatted(tree fntype)
{
    tree format = fntype ? lookup_attribute("format", TYPE_ATTRIBUTES(fntype)) : NULL_TREE;
    if (!format || list_length(TREE_VALUE(format)) != 3)
        return UINT_MAX;
    tree first = TREE_VALUE(TREE_CHAIN(TREE_CHAIN(TREE_VALUE(format))));
    if (!tree_fits_uhwi_p(first) || tree_to_uhwi(first) == 0)
        return UINT_MAX;
    return (unsigned)tree_to_uhwi(first) - 1;
}

static uint16_t declared_flags(tree param)
{
    if (!param)
        return 0;
    if (lookup_attribute("goe_escapes", DECL_ATTRIBUTES(param)))
        return ESC_REF_KEEP;
    return lookup_attribute("goe_noescape", DECL_ATTRIBUTES(param)) ? ESC_REF_BORROW : 0;
}

static esc_ref result_ref(lowered_fn *f, lowered_unit *u, gimple *call)
{
    tree lhs = gimple_call_lhs(call);
    return lhs ? lower_ref(u, f, lhs) : esc_none();
}

/* A number for the constants among CALL's arguments. */
static uint32_t constants_of(gcall *call)
{
    inchash::hash h;
    for (unsigned i = 0; i < gimple_call_num_args(call); i++)
        if (is_gimple_min_invariant(gimple_call_arg(call, i)))
            inchash::add_expr(gimple_call_arg(call, i), h);
        else
            h.add_int(i);
    return h.end();
}

static void lower_plain_call(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site)
{
    tree fndecl = gimple_call_fndecl(call), fntype = gimple_call_fntype(call);
    tree param_type = fntype ? TYPE_ARG_TYPES(fntype) : NULL_TREE;
    tree param = fndecl ? DECL_ARGUMENTS(fndecl) : NULL_TREE;
    tree result_type = fntype ? TREE_TYPE(fntype) : NULL_TREE;
    unsigned formatted = first_formatted(fntype);
    std::vector<esc_ref> &args = u->args;
    args.clear();
    for (unsigned i = 0; i < gimple_call_num_args(call); i++) {
        tree arg = gimple_call_arg(call, i);
        esc_ref r = lower_value(u, f, arg);
        r.flags = argument_flags(
            arg,
            param_type && TREE_VALUE(param_type) != void_type_node ? TREE_VALUE(param_type) : NULL,
            i < formatted ? result_type : NULL_TREE);
        r.flags |= declared_flags(param) | (is_plain(TREE_TYPE(arg)) ? ESC_REF_PLAIN : 0);
        args.push_back(r);
        param_type = param_type ? TREE_CHAIN(param_type) : NULL_TREE;
        param = param ? DECL_CHAIN(param) : NULL_TREE;
    }
    if (gimple_call_chain(call)) {
        esc_ref chain = lower_value(u, f, gimple_call_chain(call));
        chain.flags |= ESC_REF_CHAIN;
        args.push_back(chain);
    }
    esc_ref callee =
        fndecl ? esc_addr(lower_symbol(u, fndecl), 0) : lower_pointer(u, f, gimple_call_fn(call));
    esc_ref result = result_ref(f, u, call);
    if (can_promote(call))
        result.flags |= ESC_REF_FITS;
    uint32_t stmt = esc_call(f->esc, result, callee, signature_of(fntype), args.data(),
                             (uint32_t)args.size(), site);
    if (!fndecl)
        esc_call_through(f->esc, stmt, slot_of_call(u, call));
    else if (DECL_PURE_P(fndecl) || TREE_READONLY(fndecl))
        esc_call_constants(f->esc, stmt, constants_of(call));
}

/* The memory that pointer argument ARG points to, SIZE bytes of it. */
static esc_ref pointee(lowered_unit *u, lowered_fn *f, tree arg, uint32_t size)
{
    esc_ref p = lower_value(u, f, arg);
    if (p.kind == ESC_ADDR)
        return esc_value(p.var, p.off, size);
    if (p.kind == ESC_VAR)
        return lower_through(u, f, p, 0, size);
    return p;
}

static void lower_alloca(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site)
{
    tree lhs = gimple_call_lhs(call);
    if (!lhs)
        return;
    uint32_t memory = f->vlas.get(lhs);
    if (memory != MAP_NONE) {
        f->calls[memory] = call;
    } else {
        esc_var v = {};
        v.name = "alloca";
        v.flags = ESC_ALLOCA | ESC_ADDRESSED;
        memory = add_variable(f, NULL_TREE, call, v);
    }
    esc_ref src = esc_addr(memory, 0);
    esc_assign(f->esc, lower_ref(u, f, lhs), &src, 1, site);
}

static bool has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Who looks at an atomic object may have waited for another thread: as a barrier, whose model says
   so, tells the engine. */
static void lower_waiting(lowered_unit *u, lowered_fn *f, const char *name, uint32_t site)
{
    if (!strstr(name, "load") && !strstr(name, "compare") && !strstr(name, "test_and_set"))
        return;
    tree barrier = builtin_decl_explicit(BUILT_IN_SYNC_SYNCHRONIZE);
    esc_ref callee = esc_addr(lower_symbol(u, barrier), 0);
    esc_call(f->esc, esc_none(), callee, signature_of(TREE_TYPE(barrier)), NULL, 0, site);
}

/* __atomic_* and __sync_*: argument 0 points to the object; the _n forms pass values, the others
   pointers to them. What was there goes to the result first, unless that is the new value. A
   comparison may fail and an arithmetic operation keeps what was there: then both are stored. */
static void lower_atomic(lowered_unit *u, lowered_fn *f, gcall *call, const char *name,
                         uint32_t site)
{
    bool by_pointer = strcmp(name, "__atomic_load") == 0 || strcmp(name, "__atomic_store") == 0 ||
                      strcmp(name, "__atomic_exchange") == 0 ||
                      strcmp(name, "__atomic_compare_exchange") == 0;
    bool loads = strstr(name, "_load"), compares = strstr(name, "_compare_"),
         swaps = strstr(name, "compare_and_swap"), sums = strstr(name, "fetch");
    unsigned n = gimple_call_num_args(call), first = 0;
    if (by_pointer && n && INTEGRAL_TYPE_P(TREE_TYPE(gimple_call_arg(call, 0))))
        first = 1;                                  /* the library's form: its size comes first */
    unsigned at = compares ? first + 2 : first + 1; /* the new value, or where it stands */
    if (first >= n)
        return;
    esc_ref object = pointee(u, f, gimple_call_arg(call, first), by_pointer ? 0 : 8);
    object.flags |= ESC_REF_VOLATILE;
    auto operand = [&](unsigned i) {
        tree arg = gimple_call_arg(call, i);
        return by_pointer && POINTER_TYPE_P(TREE_TYPE(arg)) ? pointee(u, f, arg, 0)
                                                            : lower_value(u, f, arg);
    };
    esc_ref value = at < n && !loads ? operand(at) : esc_none();
    esc_ref both[2] = {object, value};
    for (int i = 0; i < 2 && sums; i++)
        if (both[i].kind == ESC_VAR || both[i].kind == ESC_MEM)
            both[i].add = ESC_ANY;
    bool after = gimple_call_lhs(call) && sums && !strstr(name, "c_fetch_"); /* __sync_fetch_... */
    if (gimple_call_lhs(call) && !by_pointer && !after)
        esc_assign(f->esc, result_ref(f, u, call), &object, 1, site);
    for (unsigned i = first + 1; by_pointer && i < n; i++) /* ... and to where it is to be put */
        if (i != at || loads)
            if (POINTER_TYPE_P(TREE_TYPE(gimple_call_arg(call, i))))
                esc_assign(f->esc, operand(i), &object, 1, site);
    if (!by_pointer && compares && !swaps && n > 1 &&
        POINTER_TYPE_P(TREE_TYPE(gimple_call_arg(call, 1))))
        esc_assign(f->esc, pointee(u, f, gimple_call_arg(call, 1), 8), &object, 1, site);
    if (!loads)
        esc_assign(f->esc, object, sums || compares ? both : &value, sums || compares ? 2 : 1,
                   site);
    if (after)
        esc_assign(f->esc, result_ref(f, u, call), both, 2, site);
}

/* Builtins whose effect is simpler, or finer, than a call. True if CALL was one. */
static bool lower_builtin(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site)
{
    tree fndecl = gimple_call_fndecl(call);
    const char *name = IDENTIFIER_POINTER(DECL_NAME(fndecl));
    auto arg = [&](unsigned i) { return gimple_call_arg(call, i); };
    auto assign_result = [&](esc_ref from) {
        if (gimple_call_lhs(call))
            esc_assign(f->esc, result_ref(f, u, call), &from, 1, site);
    };
    switch (DECL_FUNCTION_CODE(fndecl)) {
    CASE_BUILT_IN_ALLOCA:
        lower_alloca(u, f, call, site);
        return true;
    case BUILT_IN_MEMCPY:
    case BUILT_IN_MEMMOVE: {
        tree size = arg(2);
        if (!tree_fits_uhwi_p(size) || tree_to_uhwi(size) > 4096)
            return false;
        esc_ref from = pointee(u, f, arg(1), tree_to_uhwi(size));
        esc_assign(f->esc, pointee(u, f, arg(0), tree_to_uhwi(size)), &from, 1, site);
        assign_result(lower_value(u, f, arg(0)));
        return true;
    }
    case BUILT_IN_VA_START:
        esc_va_start(f->esc, lower_value(u, f, arg(0)), site);
        return true;
    case BUILT_IN_VA_COPY: {
        esc_ref from = pointee(u, f, arg(1), 24);
        esc_assign(f->esc, pointee(u, f, arg(0), 24), &from, 1, site);
        return true;
    }
    case BUILT_IN_INIT_TRAMPOLINE: /* what it holds shows where it is used: lower_closure */
        return true;
    case BUILT_IN_ADJUST_TRAMPOLINE:
        assign_result(pointee(u, f, arg(0), 8));
        return true;
    case BUILT_IN_EXPECT:
    case BUILT_IN_EXPECT_WITH_PROBABILITY:
    case BUILT_IN_ASSUME_ALIGNED:
        assign_result(lower_value(u, f, arg(0)));
        return true;
    case BUILT_IN_VA_END:
    case BUILT_IN_STACK_SAVE:
    case BUILT_IN_STACK_RESTORE:
    case BUILT_IN_FRAME_ADDRESS:
    case BUILT_IN_RETURN_ADDRESS:
    case BUILT_IN_OBJECT_SIZE:
    case BUILT_IN_CONSTANT_P:
    case BUILT_IN_PREFETCH:
    case BUILT_IN_UNREACHABLE:
    case BUILT_IN_TRAP:
        return true;
    default:
        if (has_prefix(name, "__atomic_") || has_prefix(name, "__sync_")) {
            lower_atomic(u, f, call, name, site);
            lower_waiting(u, f, name, site);
            return true;
        }
        return false;
    }
}

static void lower_internal_call(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site)
{
    if (gimple_call_internal_fn(call) == IFN_VA_ARG) {
        esc_va_arg(f->esc, result_ref(f, u, call), lower_value(u, f, gimple_call_arg(call, 0)),
                   site);
        return;
    }
    if (!gimple_call_lhs(call))
        return;
    std::vector<esc_ref> from;
    for (unsigned i = 0; i < gimple_call_num_args(call); i++)
        from.push_back(lower_value(u, f, gimple_call_arg(call, i)));
    for (esc_ref &r : from)
        r.add = r.kind == ESC_VAR ? ESC_ANY : 0;
    esc_assign(f->esc, result_ref(f, u, call), from.data(), (uint32_t)from.size(), site);
}

/* A captured variable comes to life: its object is born at CALL, and at every execution of it. A block
   that can be entered from the side has two such calls for one variable. */
static void lower_capture(lowered_unit *u, lowered_fn *f, gcall *call, tree decl, uint32_t site)
{
    uint32_t var = f->vars.get(decl);
    if (var == MAP_NONE) {
        esc_var v = describe_variable(f, decl);
        v.flags = (v.flags & ~(ESC_ADDRESSED | ESC_FIXED | ESC_ARTIFICIAL)) | ESC_CAPTURED;
        if (is_va_list(TREE_TYPE(decl)))
            v.flags |= ESC_FIXED;
        var = add_variable(f, decl, call, v);
    }
    f->calls[var] = call;
    esc_ref object = esc_addr(var, 0);
    esc_begin(f->esc, var, site);
    esc_assign(f->esc, result_ref(f, u, call), &object, 1, site);
}

static tree is_chain(tree *tp, int *, void *chain)
{
    return *tp == chain ? *tp : NULL_TREE;
}

/* Whether nested function FNDECL looks at its parent's frame. Without optimisation GCC gives all of
   them a static chain. */
static bool reads_chain(tree fndecl)
{
    function *fn = DECL_STRUCT_FUNCTION(fndecl);
    if (!fn || !fn->cfg)
        return true;
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            for (unsigned i = 0; i < gimple_num_ops(gsi_stmt(s)); i++)
                if (walk_tree_without_duplicates(gimple_op_ptr(gsi_stmt(s), i), is_chain,
                                                 fn->static_chain_decl))
                    return true;
    return false;
}

/* A nested function becomes a value: the function, together with an object that holds what its
   parent's frame held at that moment. */
static void lower_closure(lowered_unit *u, lowered_fn *f, const closure_site &c, uint32_t site)
{
    esc_var v = {};
    v.name = DECL_NAME(c.function) ? IDENTIFIER_POINTER(DECL_NAME(c.function)) : "func literal";
    v.flags = ESC_CLOSURE | ESC_ARTIFICIAL | (why_not_closure(c) ? ESC_FIXED : 0);
    v.size =
        TYPE_SIZE_UNIT(TREE_TYPE(c.frame)) && tree_fits_uhwi_p(TYPE_SIZE_UNIT(TREE_TYPE(c.frame)))
            ? (uint32_t)tree_to_uhwi(TYPE_SIZE_UNIT(TREE_TYPE(c.frame)))
            : 0;
    uint32_t var = add_variable(f, NULL_TREE, c.call, v);
    f->closures.push_back({c.function, var});
    esc_ref frame = lower_ref(u, f, c.frame);
    esc_ref value[] = {esc_addr(lower_symbol(u, c.function), 0), esc_addr(var, 0)};
    esc_begin(f->esc, var, site);
    esc_assign(f->esc, esc_value(var, 0, v.size), &frame, reads_chain(c.function) ? 1 : 0, site);
    esc_assign(f->esc, result_ref(f, u, c.call), value, 2, site);
}

void lower_call(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site)
{
    closure_site closure;
    if (tree captured = boxed_variable(call)) {
        lower_capture(u, f, call, captured, site);
        return;
    }
    if (closure_made(call, &closure)) {
        lower_closure(u, f, closure, site);
        return;
    }
    if (gimple_call_internal_p(call))
        lower_internal_call(u, f, call, site);
    else if (!gimple_call_builtin_p(call, BUILT_IN_NORMAL) || !lower_builtin(u, f, call, site))
        lower_plain_call(u, f, call, site);
}
