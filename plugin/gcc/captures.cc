/* SPDX-License-Identifier: GPL-3.0-or-later */
/* captures.cc: gives variables that nested functions share a box of their own.

   GCC keeps what a nested function captures in one FRAME object of the parent's activation. A
   closure that outlives the parent needs its variables elsewhere, and a closure made in a loop body
   needs those of its iteration. So before a function is lowered, each captured variable v that
   could matter is replaced by *v.box, where v.box points to an object made at the head of v's
   block:

     {                                 {
       int total = 0;                    v.box = __goe_box (7);
       int add (int x)                   int total = 0;          means *v.box = 0
         { return total += x; }          ...
       return add;                       { return *v.box += x; }
     }                                 }

   Now v.box is what is captured, a pointer that is set once a life of the block: a copy of FRAME
   taken when the closure is made holds the right boxes for ever. __goe_box (7) stands for "the
   object of captured variable 7" until the IPA pass makes it an allocation or, where nothing
   outlives the function, the address of a local (closures.cc).

   A variable is boxed when its address is taken or when some nested function of the nest is used as
   a value. Nests with OpenMP directives are left alone: their data-sharing clauses name variables. A
   captured parameter is first copied to a variable of its name, because the parameter itself has no
   place but the one it came in.

   Two lists must survive GCC's garbage collector from here to the IPA pass: see boxed. */
#include "compat.h"
#include "adapter.h"
#include "closures.h"
#include "options.h"

/* The declaration of __goe_box, and a TREE_LIST of the boxed variables in order, newest first;
   both are GC roots. */
static tree box_decl, boxed;
static unsigned boxed_count;
static bool nests;                    /* a nested function has been seen */
static std::set<unsigned> left_alone; /* DECL_UIDs of the outermost functions of nests not boxed */

static const struct ggc_root_tab roots[] = {
    {&box_decl, 1, sizeof box_decl, &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node},
    {&boxed, 1, sizeof boxed, &gt_ggc_mx_tree_node, &gt_pch_nx_tree_node},
    LAST_GGC_ROOT_TAB,
};

const struct ggc_root_tab *capture_roots(void)
{
    return roots;
}

bool has_nests(void)
{
    return nests;
}

tree boxed_variable(gimple *call)
{
    if (!box_decl || !is_gimple_call(call) || gimple_call_fndecl(call) != box_decl)
        return NULL_TREE;
    unsigned at = boxed_count - 1 - tree_to_uhwi(gimple_call_arg(call, 0));
    tree list = boxed;
    while (at--)
        list = TREE_CHAIN(list);
    return TREE_VALUE(list);
}

static tree outermost(tree fndecl)
{
    while (tree parent = decl_function_context(fndecl))
        fndecl = parent;
    return fndecl;
}

bool nest_is_boxed(tree fndecl)
{
    return !left_alone.count(DECL_UID(outermost(fndecl)));
}

namespace
{

/* What one walk over an outermost function and all functions nested in it finds out. */
struct nest {
    std::vector<tree> functions;  /* the outermost first */
    std::vector<tree> captured;   /* variables of one used in another */
    hash_set<tree> seen;          /* the same as a set */
    hash_set<tree> callees;       /* operands that only say what is called */
    std::vector<tree> values;     /* addresses of nested functions, used as values */
    hash_set<tree> capturing;     /* functions in which a variable of another is used */
    hash_map<tree, tree> shadows; /* captured parameter -> its copy */
    hash_set<tree> visited;       /* expressions in which parameters were replaced */
    tree function;                /* being walked */
    bool parallel;                /* there are OpenMP directives */
};

bool is_nested(nest *n, tree fndecl)
{
    for (size_t i = 1; i < n->functions.size(); i++)
        if (n->functions[i] == fndecl)
            return true;
    return false;
}

void collect_functions(nest *n, tree fndecl)
{
    n->functions.push_back(fndecl);
    for (cgraph_node *c = first_nested_function(cgraph_node::get_create(fndecl)); c;
         c = next_nested_function(c))
        collect_functions(n, c->decl);
}

/* Variables whose place in FRAME cannot be a box are left to GCC. */
bool can_box(tree decl)
{
    if (VAR_P(decl) && (is_global_var(decl) || DECL_HARD_REGISTER(decl)))
        return false;
    return !DECL_HAS_VALUE_EXPR_P(decl) && DECL_SIZE_UNIT(decl) &&
           tree_fits_uhwi_p(DECL_SIZE_UNIT(decl));
}

tree look(tree *tp, int *walk_subtrees, void *data)
{
    nest *n = (nest *)data;
    tree t = *tp;
    switch (TREE_CODE(t)) {
    case CALL_EXPR:
        if (CALL_EXPR_FN(t))
            n->callees.add(CALL_EXPR_FN(t));
        break;
    case ADDR_EXPR:
        if (TREE_CODE(TREE_OPERAND(t, 0)) == FUNCTION_DECL && !n->callees.contains(t) &&
            is_nested(n, TREE_OPERAND(t, 0)))
            n->values.push_back(t);
        break;
    case VAR_DECL:
    case PARM_DECL:
        if (DECL_CONTEXT(t) && TREE_CODE(DECL_CONTEXT(t)) == FUNCTION_DECL &&
            DECL_CONTEXT(t) != n->function && can_box(t)) {
            n->capturing.add(n->function);
            if (!n->seen.add(t))
                n->captured.push_back(t);
        }
        break;
    default:
        if (TYPE_P(t))
            *walk_subtrees = 0;
        n->parallel |= TREE_CODE(t) >= OACC_PARALLEL && TREE_CODE(t) <= OMP_TARGET_EXIT_DATA;
        break;
    }
    return NULL_TREE;
}

/* ---- rewriting the trees --------------------------------------------------------------------- */

void prepend(tree bind, tree stmt)
{
    tree body = NULL_TREE;
    append_to_statement_list_force(stmt, &body);
    append_to_statement_list_force(BIND_EXPR_BODY(bind), &body);
    BIND_EXPR_BODY(bind) = body;
}

/* BODY without statement lists of one statement around it. */
tree only_statement(tree body)
{
    while (body && TREE_CODE(body) == STATEMENT_LIST && !tsi_end_p(tsi_start(body)) &&
           tsi_one_before_end_p(tsi_start(body)))
        body = tsi_stmt(tsi_start(body));
    return body;
}

/* The outermost block of FNDECL; made if there is none. */
tree outer_bind(tree fndecl)
{
    tree body = only_statement(DECL_SAVED_TREE(fndecl));
    if (TREE_CODE(body) == BIND_EXPR)
        return body;
    tree bind = build3(BIND_EXPR, void_type_node, NULL_TREE, DECL_SAVED_TREE(fndecl), NULL_TREE);
    TREE_SIDE_EFFECTS(bind) = 1;
    DECL_SAVED_TREE(fndecl) = bind;
    return bind;
}

/* Whether control can come into BIND other than at its head, by a label that a goto could name or
   by a case label of a switch around it. */
tree enters(tree *tp, int *walk_subtrees, void *in_switch)
{
    if (TYPE_P(*tp))
        *walk_subtrees = 0;
    if (TREE_CODE(*tp) == SWITCH_EXPR || TREE_CODE(*tp) == SWITCH_STMT) {
        *walk_subtrees = 0; /* its case labels are its own */
        bool inside = true;
        return walk_tree_without_duplicates(&TREE_OPERAND(*tp, 1), enters, &inside);
    }
    if (TREE_CODE(*tp) == CASE_LABEL_EXPR)
        return *(bool *)in_switch ? NULL_TREE : *tp;
    return TREE_CODE(*tp) == LABEL_EXPR && DECL_NAME(LABEL_EXPR_LABEL(*tp)) ? *tp : NULL_TREE;
}

bool has_side_entry(tree bind)
{
    bool in_switch = false;
    return walk_tree_without_duplicates(&BIND_EXPR_BODY(bind), enters, &in_switch) != NULL_TREE;
}

/* If the BIND in DATA is the body of the switch *TP, puts its tree STMT before the switch. */
struct before_switch {
    tree bind, stmt;
};

tree put_before_switch(tree *tp, int *walk_subtrees, void *data)
{
    before_switch *b = (before_switch *)data;
    if (TYPE_P(*tp))
        *walk_subtrees = 0;
    if ((TREE_CODE(*tp) != SWITCH_EXPR && TREE_CODE(*tp) != SWITCH_STMT) ||
        only_statement(TREE_OPERAND(*tp, 1)) != b->bind)
        return NULL_TREE;
    tree list = NULL_TREE;
    append_to_statement_list_force(b->stmt, &list);
    append_to_statement_list_force(*tp, &list);
    *tp = list;
    return list;
}

struct bind_search {
    tree variable;
    tree found;
};

tree declares(tree *tp, int *walk_subtrees, void *data)
{
    bind_search *s = (bind_search *)data;
    if (TYPE_P(*tp))
        *walk_subtrees = 0;
    if (TREE_CODE(*tp) == BIND_EXPR)
        for (tree v = BIND_EXPR_VARS(*tp); v; v = DECL_CHAIN(v))
            if (v == s->variable)
                return s->found = *tp;
    return NULL_TREE;
}

tree make_box_call(tree variable, tree pointer)
{
    if (!box_decl) {
        tree type = build_function_type_list(ptr_type_node, unsigned_type_node, NULL_TREE);
        box_decl = build_fn_decl("__goe_box", type);
        DECL_IS_MALLOC(box_decl) = 1;
        TREE_NOTHROW(box_decl) = 1;
        DECL_ATTRIBUTES(box_decl) = tree_cons(get_identifier("leaf"), NULL_TREE, NULL_TREE);
    }
    boxed = tree_cons(NULL_TREE, variable, boxed);
    tree number = build_int_cst(unsigned_type_node, boxed_count++);
    tree call = build_call_expr_loc(DECL_SOURCE_LOCATION(variable), box_decl, 1, number);
    return build2_loc(DECL_SOURCE_LOCATION(variable), MODIFY_EXPR, TREE_TYPE(pointer), pointer,
                      fold_convert(TREE_TYPE(pointer), call));
}

/* Replaces captured parameters by their copies, except where va_start names them. */
tree use_shadows(tree *tp, int *walk_subtrees, void *data)
{
    nest *n = (nest *)data;
    if (TYPE_P(*tp) || (!DECL_P(*tp) && n->visited.add(*tp)))
        *walk_subtrees = 0;
    else if (TREE_CODE(*tp) == PARM_DECL) {
        if (tree *shadow = n->shadows.get(*tp))
            *tp = *shadow;
    } else if (TREE_CODE(*tp) == CALL_EXPR) {
        tree callee = get_callee_fndecl(*tp);
        if (callee && fndecl_built_in_p(callee, BUILT_IN_VA_START)) {
            walk_tree(&CALL_EXPR_ARG(*tp, 0), use_shadows, data, NULL);
            *walk_subtrees = 0;
        }
    }
    return NULL_TREE;
}

/* In sizes that the type of a parameter of DATA's function mentions, replaces captured parameters of
   functions around it. Its own must stay what they are, in all places that share the expressions:
   such sizes are computed on entry, before any copy is made. */
tree use_outer_shadows(tree *tp, int *walk_subtrees, void *data)
{
    nest *n = (nest *)data;
    if (TYPE_P(*tp) || (!DECL_P(*tp) && n->visited.add(*tp)))
        *walk_subtrees = 0;
    else if (TREE_CODE(*tp) == PARM_DECL && DECL_CONTEXT(*tp) != n->function)
        if (tree *shadow = n->shadows.get(*tp))
            *tp = *shadow;
    return NULL_TREE;
}

void settle_sizes(nest *n, tree type)
{
    while (type && variably_modified_type_p(type, NULL_TREE)) {
        if (TREE_CODE(type) == ARRAY_TYPE && TYPE_DOMAIN(type))
            walk_tree(&TYPE_MAX_VALUE(TYPE_DOMAIN(type)), use_outer_shadows, n, NULL);
        walk_tree(&TYPE_SIZE(type), use_outer_shadows, n, NULL);
        walk_tree(&TYPE_SIZE_UNIT(type), use_outer_shadows, n, NULL);
        type = TREE_TYPE(type);
    }
}

void copy_parameter(tree parm, tree shadow)
{
    tree bind = outer_bind(DECL_CONTEXT(parm));
    tree block = BIND_EXPR_BLOCK(bind);
    bool same = block && BLOCK_VARS(block) == BIND_EXPR_VARS(bind);
    DECL_CHAIN(shadow) = BIND_EXPR_VARS(bind);
    BIND_EXPR_VARS(bind) = shadow;
    if (same)
        BLOCK_VARS(block) = shadow;
    tree value = parm;
    if (TYPE_MAIN_VARIANT(TREE_TYPE(parm)) != TYPE_MAIN_VARIANT(TREE_TYPE(shadow)))
        value = fold_convert(TREE_TYPE(shadow), parm);
    prepend(bind,
            build2_loc(DECL_SOURCE_LOCATION(parm), INIT_EXPR, TREE_TYPE(shadow), shadow, value));
}

tree make_shadow(tree parm)
{
    tree shadow =
        build_decl(DECL_SOURCE_LOCATION(parm), VAR_DECL, DECL_NAME(parm), TREE_TYPE(parm));
    DECL_CONTEXT(shadow) = DECL_CONTEXT(parm);
    TREE_ADDRESSABLE(shadow) = TREE_ADDRESSABLE(parm);
    TREE_THIS_VOLATILE(shadow) = TREE_THIS_VOLATILE(parm);
    TREE_SIDE_EFFECTS(shadow) = TREE_SIDE_EFFECTS(parm);
    TREE_USED(shadow) = DECL_READ_P(shadow) = 1;
    suppress_warning(shadow);
    layout_decl(shadow, 0);
    return shadow;
}

void box(tree variable)
{
    tree fndecl = DECL_CONTEXT(variable);
    bind_search s = {variable, NULL_TREE};
    walk_tree_without_duplicates(&DECL_SAVED_TREE(fndecl), declares, &s);
    if (!s.found)
        return;
    std::string name =
        std::string(DECL_NAME(variable) ? IDENTIFIER_POINTER(DECL_NAME(variable)) : "v") + ".box";
    tree pointer =
        build_decl(DECL_SOURCE_LOCATION(variable), VAR_DECL, get_identifier(name.c_str()),
                   build_pointer_type(TREE_TYPE(variable)));
    DECL_CONTEXT(pointer) = fndecl;
    DECL_ARTIFICIAL(pointer) = DECL_IGNORED_P(pointer) = TREE_USED(pointer) = 1;
    suppress_warning(pointer);
    layout_decl(pointer, 0);
    tree object = build1(INDIRECT_REF, TREE_TYPE(variable), pointer);
    TREE_THIS_NOTRAP(object) = 1;
    TREE_THIS_VOLATILE(object) = TREE_SIDE_EFFECTS(object) = TREE_THIS_VOLATILE(variable);
    SET_DECL_VALUE_EXPR(variable, object);
    DECL_HAS_VALUE_EXPR_P(variable) = 1;

    tree outer = outer_bind(fndecl);
    bool side_entry = outer != s.found && has_side_entry(s.found);
    tree home = side_entry ? outer : s.found;
    DECL_CHAIN(pointer) = BIND_EXPR_VARS(home);
    BIND_EXPR_VARS(home) = pointer;
    if (side_entry) {
        before_switch b = {s.found, make_box_call(variable, pointer)};
        if (walk_tree_without_duplicates(&DECL_SAVED_TREE(fndecl), put_before_switch, &b))
            return; /* the head of such a block is never reached */
        prepend(outer, b.stmt);
    }
    prepend(s.found, make_box_call(variable, pointer));
}

} // namespace

void box_captures(tree fndecl)
{
    if (!first_nested_function(cgraph_node::get_create(fndecl)))
        return;
    nests = true;
    nest n;
    n.parallel = false;
    collect_functions(&n, fndecl);
    for (tree f : n.functions) {
        n.function = f;
        walk_tree_without_duplicates(&DECL_SAVED_TREE(f), look, &n);
    }
    if (n.parallel || options.closures_ == CLOSURES_OFF) {
        left_alone.insert(DECL_UID(fndecl));
        return;
    }
    for (tree address : n.values)
        if (n.capturing.contains(TREE_OPERAND(address, 0)))
            goe_need_trampoline(address);
    std::vector<tree> variables, parameters;
    for (tree v : n.captured)
        if (!n.values.empty() || TREE_ADDRESSABLE(v)) {
            tree variable = v;
            if (TREE_CODE(v) == PARM_DECL) {
                variable = make_shadow(v);
                n.shadows.put(v, variable);
                parameters.push_back(v);
            }
            variables.push_back(variable);
        }
    if (!parameters.empty()) {
        for (tree f : n.functions) {
            n.function = f;
            for (tree p = DECL_ARGUMENTS(f); p; p = DECL_CHAIN(p))
                settle_sizes(&n, TREE_TYPE(p));
        }
        for (tree f : n.functions)
            walk_tree(&DECL_SAVED_TREE(f), use_shadows, &n, NULL);
        for (tree p : parameters)
            copy_parameter(p, *n.shadows.get(p));
    }
    for (tree v : variables)
        box(v);
}
