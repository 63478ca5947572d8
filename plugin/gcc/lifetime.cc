/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lifetime.cc: remembers where the life of each local begins and ends.

   By the time whole functions can be analysed their blocks are gone: only a control-flow graph is
   left. So a pass that runs while the blocks still stand leaves markers that survive lowering:

     {                                x = {CLOBBER};            <- begins
       int x;                         try {
       use (&x);            =>          use (&x);
     }                                } finally {
                                        x = {CLOBBER(eol)};     <- ends
                                      }

   GCC puts most of the end markers itself. Where it puts none (volatile variables,
   -fstack-reuse=none, variable-length arrays) we do. A clobber takes no address, and the finally
   clause covers every way out of the block: goto, return, break.

   Invariant: in the IPA pass a variable of a block is alive only between a begin and an end marker,
   except where a jump went around the begin marker (goto or switch into the block). Parameters,
   and what the gimplifier declares for the whole function, live from entry to exit. */
#include "compat.h"
#include "adapter.h"
#include "options.h"

/* Whether DECL, found in a block, is a variable whose life must be known. */
static bool needs_markers(tree decl)
{
    if (!VAR_P(decl) || is_global_var(decl) || DECL_HARD_REGISTER(decl) ||
        DECL_CONTEXT(decl) != current_function_decl)
        return false;
    if (DECL_HAS_VALUE_EXPR_P(decl))
        return TREE_CODE(DECL_VALUE_EXPR(decl)) == INDIRECT_REF &&
               VAR_P(TREE_OPERAND(DECL_VALUE_EXPR(decl), 0)) &&
               !poly_int_tree_p(DECL_SIZE_UNIT(decl));
    return TREE_ADDRESSABLE(decl);
}

/* Whether GCC itself ends the life of DECL with a clobber. */
static bool gcc_ends(tree decl)
{
    return !TREE_THIS_VOLATILE(decl) && !DECL_HAS_VALUE_EXPR_P(decl) && flag_stack_reuse != SR_NONE;
}

static tree marked_variable(gimple *stmt, bool end)
{
    if (!gimple_clobber_p(stmt) || !VAR_P(gimple_assign_lhs(stmt)))
        return NULL_TREE;
    auto kind = CLOBBER_KIND(gimple_assign_rhs1(stmt));
    return kind == (end ? GOE_CLOBBER_END : GOE_CLOBBER_BEGIN) ? gimple_assign_lhs(stmt)
                                                               : NULL_TREE;
}

tree marker_begins(gimple *stmt)
{
    return marked_variable(stmt, false);
}

tree marker_ends(gimple *stmt)
{
    return marked_variable(stmt, true);
}

static gimple *build_marker(tree decl, bool end)
{
    tree clobber = build_clobber(TREE_TYPE(decl), end ? GOE_CLOBBER_END : GOE_CLOBBER_BEGIN);
    return gimple_build_assign(decl, clobber);
}

/* The variables that GCC's finally clause around the body of BIND ends. */
static void collect_ends(gbind *bind, hash_set<tree> *ended)
{
    for (gimple_stmt_iterator i = gsi_start(*gimple_bind_body_ptr(bind)); !gsi_end_p(i);
         gsi_next(&i)) {
        gtry *t = dyn_cast<gtry *>(gsi_stmt(i));
        if (!t || gimple_try_kind(t) != GIMPLE_TRY_FINALLY)
            continue;
        gimple_seq cleanup = gimple_try_cleanup(t);
        for (gimple_stmt_iterator c = gsi_start(cleanup); !gsi_end_p(c); gsi_next(&c))
            if (tree decl = marker_ends(gsi_stmt(c)))
                ended->add(decl);
    }
}

/* Whether V may be what the gimplifier puts a result in that is returned in registers. The return statement
   stands behind all blocks once they are lowered, and reads it there: its life must not end with a block. */
static bool may_be_result(tree v)
{
    tree fn = current_function_decl, type = TREE_TYPE(TREE_TYPE(fn));
    return DECL_ARTIFICIAL(v) && TYPE_MAIN_VARIANT(TREE_TYPE(v)) == TYPE_MAIN_VARIANT(type) &&
           !aggregate_value_p(DECL_RESULT(fn), fn);
}

/* Whether V is too large for the stack: it will move, so it is treated as if its address were taken,
   even if it is not. */
static bool is_large(tree v)
{
    return VAR_P(v) && !is_global_var(v) && AGGREGATE_TYPE_P(TREE_TYPE(v)) && options.large_ &&
           options.mode_ == MODE_HEAPIFY && !DECL_HAS_VALUE_EXPR_P(v) && DECL_SIZE_UNIT(v) &&
           tree_fits_uhwi_p(DECL_SIZE_UNIT(v)) &&
           tree_to_uhwi(DECL_SIZE_UNIT(v)) > options.large_ && !may_be_result(v);
}

static void mark_bind(gbind *bind)
{
    gimple_seq begins = NULL, ends = NULL;
    hash_set<tree> ended;
    bool collected = false;
    for (tree v = gimple_bind_vars(bind); v; v = DECL_CHAIN(v)) {
        if (is_large(v))
            TREE_ADDRESSABLE(v) = 1;
        if (!needs_markers(v))
            continue;
        if (!collected)
            collect_ends(bind, &ended);
        collected = true;
        gimple_seq_add_stmt(&begins, build_marker(v, false));
        if (!ended.contains(v))
            gimple_seq_add_stmt(&ends, build_marker(v, true));
    }
    if (!begins)
        return;
    gimple_seq body = gimple_bind_body(bind);
    if (ends) {
        gimple_seq wrapped = NULL;
        gimple_seq_add_stmt(&wrapped, gimple_build_try(body, ends, GIMPLE_TRY_FINALLY));
        body = wrapped;
    }
    gimple_seq_add_seq(&begins, body);
    gimple_bind_set_body(bind, begins);
}

/* A begin of somebody else's (OpenMP's private variables) would be taken for ours; what it means there
   is an end. */
static void mark_assign(gimple *stmt)
{
    if (tree decl = marker_begins(stmt))
        gimple_assign_set_rhs1(stmt, build_clobber(TREE_TYPE(decl), GOE_CLOBBER_END));
}

static void mark_seq(gimple_seq seq);

/* What stands below one of the rarer statements: those of OpenMP, and of transactions. */
static tree mark_stmt(gimple_stmt_iterator *gsi, bool *handled, struct walk_stmt_info *)
{
    gimple *stmt = gsi_stmt(*gsi);
    *handled = gimple_code(stmt) == GIMPLE_BIND;
    if (gbind *bind = dyn_cast<gbind *>(stmt)) {
        mark_seq(gimple_bind_body(bind));
        mark_bind(bind);
    } else {
        mark_assign(stmt);
    }
    return NULL_TREE;
}

/* Puts markers into the blocks of SEQ, the inner ones first: what is found in a block is not ours yet. */
static void mark_seq(gimple_seq seq)
{
    for (gimple_stmt_iterator i = gsi_start(seq); !gsi_end_p(i); gsi_next(&i)) {
        gimple *stmt = gsi_stmt(i);
        struct walk_stmt_info wi;
        switch (gimple_code(stmt)) {
        case GIMPLE_ASSIGN:
            mark_assign(stmt);
            break;
        case GIMPLE_BIND:
            mark_seq(gimple_bind_body(as_a<gbind *>(stmt)));
            mark_bind(as_a<gbind *>(stmt));
            break;
        case GIMPLE_TRY:
            mark_seq(gimple_try_eval(as_a<gtry *>(stmt)));
            mark_seq(gimple_try_cleanup(as_a<gtry *>(stmt)));
            break;
        default:
            if (!gimple_has_substatements(stmt))
                break;
            memset(&wi, 0, sizeof wi);
            walk_gimple_stmt(&i, mark_stmt, NULL, &wi);
        }
    }
}

bool has_markers(function *fn)
{
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator i = gsi_start_bb(bb); !gsi_end_p(i); gsi_next(&i))
            if (gimple_clobber_p(gsi_stmt(i)))
                return true;
    return false;
}

/* Removes the markers for which UNWANTED says so. */
template <typename F> static void remove_markers(F unwanted)
{
    basic_block bb;
    FOR_EACH_BB_FN (bb, cfun)
        for (gimple_stmt_iterator i = gsi_start_bb(bb); !gsi_end_p(i);)
            if (unwanted(gsi_stmt(i)))
                gsi_remove(&i, true);
            else
                gsi_next(&i);
}

void remove_markers_of(tree decl)
{
    remove_markers([decl](gimple *stmt) {
        if (marker_begins(stmt) == decl || marker_ends(stmt) == decl)
            return true;
        if (!gimple_call_internal_p(stmt, IFN_ASAN_MARK))
            return false;
        tree marked = gimple_call_arg(stmt, 1);
        return TREE_CODE(marked) == ADDR_EXPR && TREE_OPERAND(marked, 0) == decl;
    });
}

void remove_own_markers(void)
{
    remove_markers([](gimple *stmt) {
        tree ended = marker_ends(stmt);
        return marker_begins(stmt) || (ended && !gcc_ends(ended));
    });
}

namespace
{

const pass_data lifetime_data = {
    GIMPLE_PASS, "goescape_lifetime", OPTGROUP_NONE, TV_PLUGIN_RUN, PROP_gimple_any, 0, 0, 0, 0,
};

class lifetime_pass : public gimple_opt_pass
{
  public:
    lifetime_pass(gcc::context *ctxt) : gimple_opt_pass(lifetime_data, ctxt) {}
    unsigned int execute(function *fn) final override
    {
        mark_seq(gimple_body(fn->decl));
        return 0;
    }
};

} // namespace

opt_pass *make_lifetime_pass(gcc::context *ctxt)
{
    return new lifetime_pass(ctxt);
}
