/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pass.cc: the one pass that sees the whole unit.

   It runs before everything interprocedural, on functions that have a control-flow graph and
   nothing else: no SSA form, nothing inlined, the same at -O0 and -O3. Every function is visited,
   callees before callers, so that the analysis knows what a callee does when it meets a call. */
#include "compat.h"
#include "adapter.h"
#include "analysis.h"
#include "closures.h"
#include "options.h"
#include "rewrite.h"
#include "runtime_abi.h"
#include "summaries.h"
#include "../util/pool.h"

/* select=all: everything that can move does. */
static void decide_all(function *fn, decisions *d)
{
    tree v;
    unsigned i;
    FOR_EACH_LOCAL_DECL (fn, i, v)
        if (VAR_P(v) && can_move(v))
            d->move.add(v);
    for (v = DECL_ARGUMENTS(fn->decl); v; v = DECL_CHAIN(v))
        if (can_move(v))
            d->move.add(v);
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            if (is_alloca(gsi_stmt(s)))
                d->move_calls.add(gsi_stmt(s));
}

/* Closures and captured variables of FN where nobody decided otherwise: on the heap, or all on the
   stack. */
static void decide_closures(function *fn, bool heap, decisions *d)
{
    basic_block bb;
    closure_site site;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            if (heap && closure_made(gsi_stmt(s), &site))
                d->closures.add(gsi_stmt(s));
            else if (!heap && boxed_variable(gsi_stmt(s)))
                d->demote.add(gsi_stmt(s));
}

/* select=all: no analysis. */
static void decide_everything(const std::vector<cgraph_node *> &functions,
                              std::vector<decisions> &d)
{
    for (size_t i = 0; i < functions.size(); i++) {
        function *fn = DECL_STRUCT_FUNCTION(functions[i]->decl);
        bool move = options.mode_ == MODE_HEAPIFY && !leave_alone(functions[i]->decl);
        if (move)
            decide_all(fn, &d[i]);
        decide_closures(fn, move, &d[i]);
    }
}

/* Analysis and report; in check mode nothing is decided for the heap. */
static void decide_what_escapes(const std::vector<cgraph_node *> &functions,
                                std::vector<decisions> &d)
{
    lowered_unit *u = analyse(functions);
    report(u);
    if (options.summaries_ && !seen_error())
        save_summaries(u);
    bool move = options.mode_ == MODE_HEAPIFY && !seen_error();
    hash_map<function *, const lowered_fn *> lowered;
    for (const lowered_fn *f : u->fns)
        lowered.put(f->fn, f);
    for (size_t i = 0; i < functions.size(); i++) {
        function *fn = DECL_STRUCT_FUNCTION(functions[i]->decl);
        const lowered_fn **f = lowered.get(fn);
        if (move && f)
            decide(u, *f, &d[i]);
        else
            decide_closures(fn, false, &d[i]);
    }
    delete u;
    pool_trim(); /* GCC's own memory is mapped elsewhere: it would not use what lies free here */
}

/* The functions of the unit that have a body, callees first; members of a cycle stand together. A
   body that -fgimple gave in SSA form is nothing that C can say: it is left out. */
static std::vector<cgraph_node *> functions_callees_first(void)
{
    cgraph_node **order = XCNEWVEC(cgraph_node *, symtab->cgraph_count);
    int n = ipa_reduced_postorder(order, true, NULL);
    std::vector<cgraph_node *> functions;
    hash_set<cgraph_node *> seen;
    auto add = [&](cgraph_node *node) {
        if (node->has_gimple_body_p() && gimple_has_body_p(node->decl) &&
            DECL_STRUCT_FUNCTION(node->decl) && DECL_STRUCT_FUNCTION(node->decl)->cfg &&
            !gimple_in_ssa_p(DECL_STRUCT_FUNCTION(node->decl)) && !seen.add(node))
            functions.push_back(node);
    };
    for (int i = 0; i < n; i++) {
        vec<cgraph_node *> cycle = ipa_get_nodes_in_cycle(order[i]);
        for (cgraph_node *node : cycle)
            add(node);
        cycle.release();
    }
    ipa_free_postorder_info();
    free(order);
    /* The order leaves out what it takes to be unavailable this early. */
    cgraph_node *node;
    FOR_EACH_FUNCTION_WITH_GIMPLE_BODY (node)
        add(node);
    return functions;
}

/* GCC asks at every pass over every function whether a plugin wants to hear of it. This one does not from
   here on; if it is the only one, that question is what it costs the rest of the compilation. */
static void want_no_more_callbacks(void)
{
    unsigned plugins = 0;
    for (unsigned i = 0; i < save_decoded_options_count; i++)
        plugins += save_decoded_options[i].opt_index == OPT_fplugin_;
    if (plugins == 1)
        flag_plugin_added = false;
}

namespace
{

const pass_data goescape_data = {
    SIMPLE_IPA_PASS, "goescape", OPTGROUP_NONE, TV_PLUGIN_RUN, 0, 0, 0, 0, 0,
};

class goescape_pass : public simple_ipa_opt_pass
{
  public:
    goescape_pass(gcc::context *ctxt) : simple_ipa_opt_pass(goescape_data, ctxt) {}
    unsigned int execute(function *) final override
    {
        std::vector<cgraph_node *> functions = functions_callees_first();
        std::vector<decisions> d(functions.size());
        find_trampolines(functions);
        if (options.select_ == SELECT_ALL)
            decide_everything(functions, d);
        else
            decide_what_escapes(functions, d);
        settle_closures(functions, d);
        for (size_t i = 0; i < functions.size(); i++)
            rewrite_function(DECL_STRUCT_FUNCTION(functions[i]->decl), d[i]);
        for (cgraph_node *node : functions)
            describe_captures(DECL_STRUCT_FUNCTION(node->decl));
        finish_runtime_use();
        want_no_more_callbacks();
        return 0;
    }
};

} // namespace

opt_pass *make_goescape_pass(gcc::context *ctxt)
{
    return new goescape_pass(ctxt);
}
