/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower_expr.cc: expressions, variables and symbols, in the engine's terms.

   A reference is a base and an offset in bytes: get_ref_base_and_extent takes COMPONENT_REFs,
   ARRAY_REFs and MEM_REFs apart; an index that is not constant makes the offset unknown.

     s.f.g        contents of s at an offset
     p->f         memory at p, plus an offset
     a[i]         contents of a, somewhere
     &p->f        the value of p, plus an offset

   Values that cannot hold an address (floating point, products, comparisons) are ESC_NONE. Integers
   are followed like pointers, narrow ones only through copies, loads and stores (a pointer may be
   copied byte by byte). */
#include "compat.h"
#include "adapter.h"
#include "lower_expr.h"
#include "rewrite.h"

/* ---- variables ---- */

bool may_be_variable(tree decl)
{
    return (VAR_P(decl) && !is_global_var(decl)) || TREE_CODE(decl) == PARM_DECL ||
           TREE_CODE(decl) == RESULT_DECL;
}

static uint32_t size_of(tree size)
{
    if (!size || TREE_CODE(size) != INTEGER_CST || TREE_INT_CST_NUNITS(size) != 1)
        return 0;
    unsigned HOST_WIDE_INT n = TREE_INT_CST_LOW(size);
    return n < UINT32_MAX ? (uint32_t)n : 0;
}

bool type_has_pointers(tree type)
{
    if (POINTER_TYPE_P(type))
        return true;
    if (TREE_CODE(type) == ARRAY_TYPE)
        return type_has_pointers(TREE_TYPE(type));
    if (RECORD_OR_UNION_TYPE_P(type))
        for (tree f = TYPE_FIELDS(type); f; f = DECL_CHAIN(f))
            if (TREE_CODE(f) == FIELD_DECL && type_has_pointers(TREE_TYPE(f)))
                return true;
    return false;
}

static uint32_t type_flags(tree type)
{
    return INTEGRAL_TYPE_P(type) && TYPE_UNSIGNED(type) ? ESC_UNSIGNED : 0;
}

static bool has(tree decl, const char *attribute)
{
    return lookup_attribute(attribute, DECL_ATTRIBUTES(decl)) != NULL_TREE;
}

esc_var describe_variable(lowered_fn *f, tree decl)
{
    esc_var v = {};
    if (TREE_CODE(decl) == SSA_NAME) { /* a temporary of the gimplifier, set once */
        v.size = size_of(TYPE_SIZE_UNIT(TREE_TYPE(decl)));
        v.flags = ESC_ARTIFICIAL | type_flags(TREE_TYPE(decl));
        return v;
    }
    v.flags |= type_flags(TREE_TYPE(decl));
    v.name = DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl)) : NULL;
    if (v.name && startswith(v.name, "__atomic_")) /* the front end's temporaries */
        v.flags |= ESC_ARTIFICIAL;
    v.size = size_of(DECL_SIZE_UNIT(decl));
    if (TREE_ADDRESSABLE(decl))
        v.flags |= ESC_ADDRESSED;
    if (type_has_pointers(TREE_TYPE(decl)))
        v.flags |= ESC_POINTERS;
    if (has(decl, "goe_stack"))
        v.flags |= ESC_PIN_STACK;
    if (has(decl, "goe_heap"))
        v.flags |= ESC_PIN_HEAP;
    if (has(decl, "goe_noescape"))
        v.flags |= ESC_NOESCAPE;
    if (has(decl, "goe_escapes"))
        v.flags |= ESC_ESCAPES;
    if (TREE_CODE(decl) == RESULT_DECL || DECL_ARTIFICIAL(decl))
        v.flags |= ESC_ARTIFICIAL;
    if (v.name && TREE_CODE(decl) == PARM_DECL &&
        startswith(v.name, ".omp_data")) /* of an OpenMP region's body */
        v.flags |= ESC_SHARED;
    if (VAR_P(decl) && C_DECL_COMPOUND_LITERAL_P(decl))
        v.flags |= ESC_LITERAL;
    if (!can_move(decl))
        v.flags |= ESC_FIXED;
    uint32_t scope = f->scopes.get(decl);
    if (scope != MAP_NONE)
        v.scope = scope;
    return v;
}

uint32_t add_variable(lowered_fn *f, tree decl, gimple *call, const esc_var &v)
{
    uint32_t id = esc_local(f->esc, &v);
    f->decls.push_back(decl);
    f->calls.push_back(call);
    if (decl)
        f->vars.put(decl, id);
    return id;
}

uint32_t lower_variable(lowered_fn *f, tree decl)
{
    uint32_t known = f->vars.get(decl);
    if (known != MAP_NONE)
        return known;
    return add_variable(f, decl, NULL, describe_variable(f, decl));
}

/* ---- symbols ---- */

/* The addresses in static initialiser INIT, which starts at OFF in symbol SYM. */
static void lower_initializer(lowered_unit *u, uint32_t sym, tree init, HOST_WIDE_INT off)
{
    STRIP_NOPS(init);
    if (TREE_CODE(init) == CONSTRUCTOR) {
        unsigned i;
        tree index, value;
        HOST_WIDE_INT next = off;
        FOR_EACH_CONSTRUCTOR_ELT(CONSTRUCTOR_ELTS(init), i, index, value)
        {
            HOST_WIDE_INT at = next, size = size_of(TYPE_SIZE_UNIT(TREE_TYPE(value)));
            if (index && TREE_CODE(index) == FIELD_DECL)
                at = off + int_byte_position(index);
            else if (index && tree_fits_shwi_p(index))
                at = off + tree_to_shwi(index) * size;
            else if (index && TREE_CODE(index) == RANGE_EXPR)
                at = ESC_ANY;
            lower_initializer(u, sym, value, at);
            next = at == ESC_ANY ? next : at + size;
        }
        return;
    }
    if (TREE_CODE(init) == COMPOUND_LITERAL_EXPR)
        return lower_initializer(u, sym, DECL_INITIAL(COMPOUND_LITERAL_EXPR_DECL(init)), off);
    poly_int64 add = 0;
    if (TREE_CODE(init) == POINTER_PLUS_EXPR) {
        init = TREE_OPERAND(init, 0);
        STRIP_NOPS(init);
    }
    if (TREE_CODE(init) != ADDR_EXPR)
        return;
    tree base = get_addr_base_and_unit_offset(TREE_OPERAND(init, 0), &add);
    if (!base)
        base = get_base_address(TREE_OPERAND(init, 0));
    if (base && (TREE_CODE(base) == FUNCTION_DECL || (VAR_P(base) && is_global_var(base))))
        esc_symbol_init(u->esc, sym, off > INT32_MAX ? ESC_ANY : (int32_t)off,
                        lower_symbol(u, base), 0);
}

static uint32_t symbol_flags(tree decl)
{
    uint32_t flags = 0;
    bool binds = decl_binds_to_current_def_p(decl);
    if (!TREE_PUBLIC(decl))
        flags |= ESC_SYM_LOCAL;
    cgraph_node *node = TREE_CODE(decl) == FUNCTION_DECL ? cgraph_node::get(decl) : NULL;
    if (node ? node->address_taken
             : TREE_ADDRESSABLE(decl)) /* a call alone marks a function, too */
        flags |= ESC_SYM_TAKEN;
    if (!binds || DECL_WEAK(decl) || has(decl, "ifunc"))
        flags |= ESC_SYM_REPLACE;
    if (has(decl, "ifunc"))
        flags |= ESC_SYM_CHOSEN;
    if (TREE_CODE(decl) == FUNCTION_DECL) {
        if (TREE_THIS_VOLATILE(decl))
            flags |= ESC_SYM_NORETURN;
        if (flags_from_decl_or_type(decl) & ECF_RETURNS_TWICE)
            flags |= ESC_SYM_TWICE;
        if (DECL_PURE_P(decl) || TREE_READONLY(decl))
            flags |= ESC_SYM_KEEPS_NOTHING;
    } else {
        if (TREE_READONLY(decl) && binds && DECL_INITIAL(decl) &&
            DECL_INITIAL(decl) != error_mark_node && !DECL_EXTERNAL(decl) &&
            !TREE_THIS_VOLATILE(decl))
            flags |= ESC_SYM_READONLY;
        if (DECL_THREAD_LOCAL_P(decl))
            flags |= ESC_SYM_THREAD;
    }
    return flags;
}

uint32_t lower_symbol(lowered_unit *u, tree decl)
{
    /* What an alias does is what its target does. */
    if (TREE_CODE(decl) == FUNCTION_DECL)
        if (cgraph_node *node = cgraph_node::get(decl))
            if (node->alias && node->analyzed && !DECL_WEAK(decl) && !has(decl, "ifunc"))
                decl = node->ultimate_alias_target()->decl;
    uint32_t known = u->symbols.get(decl);
    if (known != MAP_NONE)
        return known;
    bool function = TREE_CODE(decl) == FUNCTION_DECL;
    const char *name = function          ? IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(decl))
                       : DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl))
                                         : "static storage";
    if (function && !TREE_PUBLIC(decl) && DECL_NAME(decl))
        name = IDENTIFIER_POINTER(DECL_NAME(decl));
    uint32_t flags = symbol_flags(decl);
    uint32_t sym = esc_symbol(u->esc, function ? ESC_SYM_FUNC : ESC_SYM_DATA, name, flags,
                              function ? 0 : size_of(DECL_SIZE_UNIT(decl)));
    u->symbols.put(decl, sym);
    u->declared.push_back(decl);
    if (function)
        if (cgraph_node *node = cgraph_node::get(decl))
            if (node->alias && node->analyzed && DECL_WEAK(decl))
                esc_symbol_alias(u->esc, sym, lower_symbol(u, node->ultimate_alias_target()->decl));
    if (!function && DECL_INITIAL(decl) && DECL_INITIAL(decl) != error_mark_node)
        lower_initializer(u, sym, DECL_INITIAL(decl), 0);
    return sym;
}

/* ---- references ---- */

static int32_t offset_of(int64_t off)
{
    return off > INT32_MAX / 2 || off < INT32_MIN / 2 ? ESC_ANY : (int32_t)off;
}

static int32_t sum(int32_t a, int64_t b)
{
    return a == ESC_ANY ? ESC_ANY : offset_of(a + b);
}

static esc_ref unknown(void)
{
    esc_ref r = esc_none();
    r.kind = ESC_UNKNOWN;
    return r;
}

esc_ref lower_through(lowered_unit *, lowered_fn *, esc_ref pointer, int64_t off, uint32_t size)
{
    esc_ref r = esc_mem(pointer.var,
                        pointer.add == ESC_ANY || off == ESC_ANY ? ESC_ANY
                                                                 : sum(offset_of(off), pointer.add),
                        size);
    return r;
}

/* Whether EXPR, of a known size, is a variable or what a pointer points to: its own base, at offset 0. */
static bool is_base(tree expr)
{
    switch (TREE_CODE(expr)) {
    case SSA_NAME:
    case VAR_DECL:
    case PARM_DECL:
    case RESULT_DECL:
        break;
    case MEM_REF:
        if (TREE_CODE(TREE_OPERAND(expr, 0)) == ADDR_EXPR)
            return false;
        break;
    default:
        return false;
    }
    tree size = TYPE_SIZE(TREE_TYPE(expr));
    return size && TREE_CODE(size) == INTEGER_CST && !flag_unconstrained_commons;
}

/* Where EXPR (not an address) lies: its base, and its offset in bytes or ESC_ANY. */
static tree base_of(tree expr, int64_t *off)
{
    if (is_base(expr)) {
        *off = 0;
        return expr;
    }
    poly_int64 offset, size, max_size;
    bool reverse;
    tree base = get_ref_base_and_extent(expr, &offset, &size, &max_size, &reverse);
    HOST_WIDE_INT bits;
    *off = ESC_ANY;
    if (known_size_p(max_size) && known_eq(size, max_size) && offset.is_constant(&bits))
        *off = bits >= 0 ? bits / BITS_PER_UNIT : -((-bits + BITS_PER_UNIT - 1) / BITS_PER_UNIT);
    return base;
}

static uint32_t access_size(tree expr)
{
    uint32_t size = size_of(TYPE_SIZE_UNIT(TREE_TYPE(expr)));
    if (TREE_CODE(expr) == COMPONENT_REF && DECL_BIT_FIELD(TREE_OPERAND(expr, 1)))
        return size ? size : 1;
    return size;
}

esc_ref lower_pointer(lowered_unit *u, lowered_fn *f, tree pointer)
{
    esc_ref p = lower_value(u, f, pointer);
    return p.kind == ESC_NONE || p.kind == ESC_CONST ? unknown() : p;
}

static esc_ref lower_access(lowered_unit *u, lowered_fn *f, tree expr);

esc_ref lower_ref(lowered_unit *u, lowered_fn *f, tree expr)
{
    esc_ref r = lower_access(u, f, expr);
    if (TREE_THIS_VOLATILE(expr) || TYPE_VOLATILE(TREE_TYPE(expr)) || TYPE_ATOMIC(TREE_TYPE(expr)))
        r.flags |= ESC_REF_VOLATILE;
    if (TREE_CODE(expr) == COMPONENT_REF && DECL_BIT_FIELD(TREE_OPERAND(expr, 1)))
        r.flags |= ESC_REF_BITS;
    return r;
}

static esc_ref lower_access(lowered_unit *u, lowered_fn *f, tree expr)
{
    if (TREE_CODE(expr) == WITH_SIZE_EXPR)
        expr = TREE_OPERAND(expr, 0);
    int64_t off;
    tree base = base_of(expr, &off);
    uint32_t size = access_size(expr);
    if (TREE_CODE(base) == MEM_REF || TREE_CODE(base) == TARGET_MEM_REF ||
        TREE_CODE(base) == INDIRECT_REF) {
        int64_t more = 0;
        if (TREE_CODE(base) == MEM_REF) {
            poly_int64 o = mem_ref_offset(base).force_shwi();
            HOST_WIDE_INT constant;
            more = o.is_constant(&constant) ? constant : 0;
        } else if (TREE_CODE(base) == TARGET_MEM_REF) {
            off = ESC_ANY;
        }
        esc_ref p = lower_pointer(u, f, TREE_OPERAND(base, 0));
        int64_t at = off == ESC_ANY ? (int64_t)ESC_ANY : off + more;
        if (p.kind == ESC_ADDR)
            return esc_value(p.var, at == ESC_ANY ? ESC_ANY : sum(p.off, at), size);
        if (p.kind == ESC_VAR)
            return lower_through(u, f, p, at, size);
        return p;
    }
    if (TREE_CODE(base) == SSA_NAME || may_be_variable(base)) {
        if (VAR_P(base) && DECL_HARD_REGISTER(base))
            return unknown();
        f->uses_chain |= base == f->fn->static_chain_decl;
        return esc_value(lower_variable(f, base), off == ESC_ANY ? ESC_ANY : offset_of(off), size);
    }
    if (VAR_P(base))
        return esc_value(lower_symbol(u, base), off == ESC_ANY ? ESC_ANY : offset_of(off), size);
    return esc_none();
}

static esc_ref lower_address(lowered_unit *u, lowered_fn *f, tree expr)
{
    tree object = TREE_OPERAND(expr, 0);
    if (TREE_CODE(object) == FUNCTION_DECL)
        return esc_addr(lower_symbol(u, object), 0);
    esc_ref r = lower_ref(u, f, object);
    switch (r.kind) {
    case ESC_VAR:
        return esc_addr(r.var, r.off);
    case ESC_MEM: {
        esc_ref p = esc_value(r.var, 0, 8);
        p.add = r.off;
        return p;
    }
    default: /* a string, a label, an address in hardware */
        return r;
    }
}

esc_ref lower_value(lowered_unit *u, lowered_fn *f, tree expr)
{
    if (TREE_CODE(expr) == ADDR_EXPR)
        return lower_address(u, f, expr);
    if (TREE_CODE(expr) == WITH_SIZE_EXPR)
        return lower_value(u, f, TREE_OPERAND(expr, 0));
    if (TREE_CODE(expr) == INTEGER_CST && tree_fits_shwi_p(expr) &&
        offset_of(tree_to_shwi(expr)) == tree_to_shwi(expr))
        return esc_const((int32_t)tree_to_shwi(expr));
    if (CONSTANT_CLASS_P(expr) || TREE_CODE(expr) == LABEL_DECL)
        return esc_none();
    if (TREE_CODE(expr) == FUNCTION_DECL)
        return esc_addr(lower_symbol(u, expr), 0);
    if (TREE_CODE(expr) == SSA_NAME || DECL_P(expr) || handled_component_p(expr) ||
        TREE_CODE(expr) == MEM_REF || TREE_CODE(expr) == TARGET_MEM_REF)
        return lower_ref(u, f, expr);
    return esc_none();
}

/* ---- right-hand sides ---- */

static bool is_narrow(tree type)
{
    return INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) < POINTER_SIZE;
}

bool is_function_pointer(tree type)
{
    return POINTER_TYPE_P(type) && FUNC_OR_METHOD_TYPE_P(TREE_TYPE(type));
}

bool is_plain(tree type)
{
    if (TREE_CODE(type) == BOOLEAN_TYPE || SCALAR_FLOAT_TYPE_P(type))
        return true;
    return is_narrow(type) && TYPE_PRECISION(type) != CHAR_TYPE_SIZE;
}

/* Whether numbers of type FROM stay what they are when converted to TO. */
static bool keeps_value(tree to, tree from)
{
    if (!INTEGRAL_TYPE_P(to) || !INTEGRAL_TYPE_P(from))
        return true;
    unsigned a = TYPE_PRECISION(to), b = TYPE_PRECISION(from);
    return TYPE_UNSIGNED(to) == TYPE_UNSIGNED(from) ? a >= b : TYPE_UNSIGNED(from) && a > b;
}

static void add_value(lowered_unit *u, lowered_fn *f, tree expr, int32_t add,
                      std::vector<esc_ref> *out)
{
    esc_ref r = lower_value(u, f, expr);
    if (r.kind == ESC_NONE || (r.kind == ESC_CONST && add == ESC_ANY))
        return;
    if (r.kind == ESC_CONST) { /* as a pointer: an object nobody here declared, or none */
        out->push_back(POINTER_TYPE_P(TREE_TYPE(expr)) && r.off != 0 ? unknown() : r);
        return;
    }
    if (is_plain(TREE_TYPE(expr)))
        r.flags |= ESC_REF_PLAIN;
    if (r.kind == ESC_ADDR)
        r.off = add == ESC_ANY || r.off == ESC_ANY ? ESC_ANY : sum(r.off, add);
    else
        r.add = add == ESC_ANY || r.add == ESC_ANY ? ESC_ANY : sum(r.add, add);
    out->push_back(r);
}

static void add_sum(lowered_unit *u, lowered_fn *f, gassign *stmt, bool minus,
                    std::vector<esc_ref> *out)
{
    tree a = gimple_assign_rhs1(stmt), b = gimple_assign_rhs2(stmt);
    if (TREE_CODE(b) == INTEGER_CST) {
        wide_int w = wi::to_wide(b);
        HOST_WIDE_INT by =
            wi::fits_shwi_p(w) || TYPE_PRECISION(TREE_TYPE(b)) == 64 ? w.to_shwi() : 0;
        int32_t add = !minus ? offset_of(by) : by == HOST_WIDE_INT_MIN ? ESC_ANY : offset_of(-by);
        add_value(u, f, a, add, out);
        return;
    }
    add_value(u, f, a, ESC_ANY, out);
    add_value(u, f, b, ESC_ANY, out);
}

/* One of two values, of which OUT holds those that matter: not certainly the one that it holds. */
static void either(std::vector<esc_ref> *out)
{
    if (out->size() == 1)
        out->push_back(esc_none());
}

void lower_rhs(lowered_unit *u, lowered_fn *f, gassign *stmt, std::vector<esc_ref> *out)
{
    tree type = TREE_TYPE(gimple_assign_lhs(stmt));
    enum tree_code code = gimple_assign_rhs_code(stmt);
    tree rhs1 = gimple_assign_rhs1(stmt);
    if (get_gimple_rhs_class(code) != GIMPLE_SINGLE_RHS &&
        (SCALAR_FLOAT_TYPE_P(type) || TREE_CODE(type) == BOOLEAN_TYPE ||
         TREE_CODE_CLASS(code) == tcc_comparison))
        return;
    switch (code) {
    case CONSTRUCTOR: {
        unsigned i;
        tree value;
        FOR_EACH_CONSTRUCTOR_VALUE(CONSTRUCTOR_ELTS(rhs1), i, value)
        add_value(u, f, value, ESC_ANY, out);
        return;
    }
    case POINTER_PLUS_EXPR:
        add_sum(u, f, stmt, false, out);
        return;
    case PLUS_EXPR:
    case MINUS_EXPR:
        if (!is_narrow(type))
            add_sum(u, f, stmt, code == MINUS_EXPR, out);
        return;
    case MULT_EXPR:
    case TRUNC_DIV_EXPR:
    case TRUNC_MOD_EXPR:
    case EXACT_DIV_EXPR:
    case POINTER_DIFF_EXPR:
    case FIX_TRUNC_EXPR:
    case TRUTH_NOT_EXPR:
    case TRUTH_AND_EXPR:
    case TRUTH_OR_EXPR:
    case TRUTH_XOR_EXPR:
        return;
    case COND_EXPR:
        add_value(u, f, gimple_assign_rhs2(stmt), 0, out);
        add_value(u, f, gimple_assign_rhs3(stmt), 0, out);
        either(out);
        return;
    case MIN_EXPR:
    case MAX_EXPR:
        add_value(u, f, rhs1, 0, out);
        add_value(u, f, gimple_assign_rhs2(stmt), 0, out);
        either(out);
        return;
    CASE_CONVERT:
    case VIEW_CONVERT_EXPR:
        if (SCALAR_FLOAT_TYPE_P(TREE_TYPE(rhs1)))
            return;
        add_value(u, f, TREE_CODE(rhs1) == VIEW_CONVERT_EXPR ? TREE_OPERAND(rhs1, 0) : rhs1, 0,
                  out);
        for (esc_ref &r : *out)
            if (!keeps_value(type, TREE_TYPE(rhs1)))
                r.flags |= ESC_REF_CAST;
        return;
    default:
        break;
    }
    if (get_gimple_rhs_class(code) == GIMPLE_SINGLE_RHS) {
        add_value(u, f, rhs1, 0, out);
        return;
    }
    /* Whatever else combines its operands: shifts, masks, vector operations. */
    for (unsigned i = 1; i < gimple_num_ops(stmt); i++)
        add_value(u, f, gimple_op(stmt, i), ESC_ANY, out);
}
