/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attributes.cc: the attributes that goescape.h gives names to.

   goe_noescape, goe_escapes   on a parameter (or its type's function): it is not kept; it is
   goe_stack, goe_heap         on a local variable: never move it; always move it
   goe_nocheck                 on a function: leave it alone; GCC's own naked and interrupt, whose
                               code may call nothing, and transaction_safe mean that as well

   They only mark the declaration; who asks looks them up in DECL_ATTRIBUTES. */
#include "compat.h"
#include "adapter.h"

/* Where an attribute may stand, by its name. */
static tree check_place(tree *node, tree name, tree, int, bool *no_add)
{
    const char *id = IDENTIFIER_POINTER(name);
    const char *place = NULL;
    if (id_equal(name, "goe_noescape") || id_equal(name, "goe_escapes"))
        place = TREE_CODE(*node) == PARM_DECL ? NULL : "a parameter";
    else if (id_equal(name, "goe_stack") || id_equal(name, "goe_heap"))
        place = VAR_P(*node) && !is_global_var(*node) ? NULL : "a local variable";
    else
        place = TREE_CODE(*node) == FUNCTION_DECL ? NULL : "a function";
    if (place) {
        warning(OPT_Wattributes, "attribute %qs belongs to %s: ignored", id, place);
        *no_add = true;
    }
    return NULL_TREE;
}

static const struct attribute_spec goescape_attributes[] = {
    /* name, min and max arguments, declaration, type, function type, changes the type's identity,
       handler, exclusions */
    {"goe_noescape", 0, 0, true, false, false, false, check_place, NULL},
    {"goe_escapes", 0, 0, true, false, false, false, check_place, NULL},
    {"goe_stack", 0, 0, true, false, false, false, check_place, NULL},
    {"goe_heap", 0, 0, true, false, false, false, check_place, NULL},
    {"goe_nocheck", 0, 0, true, false, false, false, check_place, NULL},
    {NULL, 0, 0, false, false, false, false, NULL, NULL},
};

/* [[goescape::stack]] and so on: the same attributes by their names in C23. */
static tree add_plain(tree *node, tree name, tree args, int flags, bool *no_add)
{
    std::string plain = std::string("goe_") + IDENTIFIER_POINTER(name);
    tree id = get_identifier(plain.c_str());
    check_place(node, id, args, flags, no_add);
    if (!*no_add && DECL_P(*node))
        DECL_ATTRIBUTES(*node) = tree_cons(id, NULL_TREE, DECL_ATTRIBUTES(*node));
    *no_add = true;
    return NULL_TREE;
}

static const struct attribute_spec scoped_attributes[] = {
    {"noescape", 0, 0, true, false, false, false, add_plain, NULL},
    {"escapes", 0, 0, true, false, false, false, add_plain, NULL},
    {"stack", 0, 0, true, false, false, false, add_plain, NULL},
    {"heap", 0, 0, true, false, false, false, add_plain, NULL},
    {"nocheck", 0, 0, true, false, false, false, add_plain, NULL},
#if GCCPLUGIN_VERSION_MAJOR < 14
    {NULL, 0, 0, false, false, false, false, NULL, NULL},
#endif
};

/* A memory transaction (-fgnu-tm) can take back neither asm nor what the runtime does. */
static bool has_transactions(tree fndecl)
{
    if (lookup_attribute("transaction_safe", TYPE_ATTRIBUTES(TREE_TYPE(fndecl))))
        return true;
    basic_block bb;
    FOR_EACH_BB_FN (bb, DECL_STRUCT_FUNCTION(fndecl)) {
        gimple_stmt_iterator last = gsi_last_bb(bb);
        if (!gsi_end_p(last) && gimple_code(gsi_stmt(last)) == GIMPLE_TRANSACTION)
            return true;
    }
    return false;
}

bool leave_alone(tree fndecl)
{
    return lookup_attribute("goe_nocheck", DECL_ATTRIBUTES(fndecl)) ||
           lookup_attribute("naked", DECL_ATTRIBUTES(fndecl)) ||
           lookup_attribute("interrupt", TYPE_ATTRIBUTES(TREE_TYPE(fndecl))) ||
           (flag_tm && has_transactions(fndecl));
}

void register_attributes(void)
{
    for (const attribute_spec *a = goescape_attributes; a->name; a++)
        register_attribute(a);
    goe_register_scoped(scoped_attributes);
}
