/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis.cc: asks the engine, and turns its answers into orders for rewrite.cc. */
#include "compat.h"
#include "adapter.h"
#include "analysis.h"
#include "closures.h"
#include "options.h"
#include "summaries.h"
#include "../engine/models.h"

static void report_model_error(void *, const char *file, unsigned line, unsigned column,
                               const char *message)
{
    location_t at = UNKNOWN_LOCATION;
    if (line) {
        linemap_add(line_table, LC_ENTER, 0, xstrdup(file), line);
        at = linemap_line_start(line_table, line, 512);
        if (column)
            at = linemap_position_for_column(line_table, column);
        linemap_add(line_table, LC_LEAVE, 0, NULL, 0);
    }
    if (line)
        error_at(at, "%s", message);
    else
        error("%s: %s", file, message);
}

/* The function models in force; they live as long as the compilation. */
static const esc_models *models(void)
{
    static esc_models *all;
    if (!all) {
        all = esc_models_new(&esc_models_builtin);
        if (options.models_)
            esc_models_load(all, options.models_, report_model_error, NULL);
    }
    return all;
}

lowered_unit *analyse(const std::vector<cgraph_node *> &functions)
{
    esc_options o = {};
    o.extern_keeps = options.extern_ == EXTERN_ESCAPE;
    o.explain = options.m_ == 2 || options.warn_ == WARN_POSSIBLE || options.report_;
    bool shown = !inhibit_warnings || options.report_; /* -w */
    o.held = options.warn_ != WARN_NONE && (shown || options.summaries_);
    o.decisions_only = options.m_ == 0 && !options.report_ && !options.summaries_;
    o.large = options.large_ > UINT32_MAX ? UINT32_MAX : (uint32_t)options.large_;
    o.models = models();
    lowered_unit *u = new lowered_unit(o);
    lower_unit(u, functions);
    if (options.summaries_)
        believe_summaries(u);
    esc_solve(u->esc);
    return u;
}

static bool calls(gimple *stmt, const char *name)
{
    tree fndecl = gimple_call_fndecl(stmt);
    return fndecl && DECL_NAME(fndecl) && id_equal(DECL_NAME(fndecl), name);
}

static void decide_allocations(const lowered_unit *u, const lowered_fn *f, decisions *d)
{
    const esc_alloc *a;
    const uint32_t *frees;
    if (options.promote_ == PROMOTE_OFF)
        return;
    uint32_t n = esc_fn_allocs(f->esc, &a);
    for (uint32_t i = 0; i < n; i++)
        if (a[i].promoted)
            d->promote.add(u->sites[a[i].site]);
    n = esc_fn_dropped_frees(f->esc, &frees);
    for (uint32_t i = 0; i < n; i++)
        d->drop.add(u->sites[frees[i]]);
}

/* Calls whose fate follows from what they are: typed allocations, boxes of captured variables. */
static void decide_call(const lowered_fn *f, gimple *stmt, decisions *d)
{
    if (!is_gimple_call(stmt))
        return;
    if ((calls(stmt, "__goe_new_zero") || calls(stmt, "__goe_make")) && !d->promote.contains(stmt))
        d->retype.add(stmt);
    tree captured = boxed_variable(stmt);
    uint32_t var = captured ? f->vars.get(captured) : MAP_NONE;
    if (captured && (var == MAP_NONE || esc_fn_var(f->esc, var)->verdict != ESC_MOVED))
        d->demote.add(stmt);
}

void decide(const lowered_unit *u, const lowered_fn *f, decisions *d)
{
    for (uint32_t i = 0; i < esc_fn_nvars(f->esc); i++) {
        const esc_var *v = esc_fn_var(f->esc, i);
        tree decl = f->decls[i];
        gimple *call = f->calls[i];
        if (v->flags & ESC_CAPTURED) {
            continue; /* below: it may have two calls */
        } else if (v->flags & ESC_CLOSURE) {
            if (v->verdict == ESC_MOVED && !(v->flags & ESC_FIXED))
                d->closures.add(call);
        } else if (v->verdict == ESC_MOVED && call)
            d->move_calls.add(call);
        else if (v->verdict == ESC_MOVED && decl && can_move(decl))
            d->move.add(decl);
        else if (v->verdict == ESC_EXTENDED && decl)
            d->extend.add(decl);
    }
    decide_allocations(u, f, d);
    basic_block bb;
    FOR_EACH_BB_FN (bb, f->fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            decide_call(f, gsi_stmt(s), d);
}
