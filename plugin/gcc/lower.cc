/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower.cc: from GIMPLE to the engine's statements.

   Runs on functions that have a control-flow graph and no SSA form. It translates and decides
   nothing: each statement becomes what it does to addresses.

     p = &s.f;        p = address of s + offset of f
     p = q + 8;       p = q, plus 8
     *p = a[i];       memory at p = contents of a at an unknown offset
     n = a * b;       nothing: a product carries no address
     x = {CLOBBER};   begin (or end) of x

   lower_expr.cc turns expressions into references; here are functions, statements and calls. */
#include "compat.h"
#include "adapter.h"
#include "lower.h"
#include "lower_expr.h"
#include "closures.h"
#include "rewrite.h"
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

/* ---- calls ---- */

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

static void lower_call(lowered_unit *u, lowered_fn *f, gcall *call, uint32_t site)
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

/* Numbers are followed only where that pays: notes about them cost statements. */
static bool finds_index(gimple *stmt)
{
    int64_t off, scale;
    return gimple_assign_single_p(stmt) &&
           (pointer_at_index(gimple_assign_lhs(stmt), &off, &scale) ||
            pointer_at_index(gimple_assign_rhs1(stmt), &off, &scale) || copies_byte(stmt));
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
    note_sum(u, f, stmt);
    note_test(u, f, stmt);
    note_bits(u, f, stmt);
    note_index(u, f, lhs, true);
    if (gimple_assign_single_p(stmt))
        note_index(u, f, gimple_assign_rhs1(stmt), false);
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
    f->has_numbers = has_addressed(fn);
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator i = gsi_start_bb(bb); !f->has_numbers && !gsi_end_p(i);
             gsi_next(&i))
            f->has_numbers = finds_index(gsi_stmt(i));
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
