/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagnostics.cc: the wording of warnings, and the event path beneath them.

   One line names the variable and what happened to its address; then GCC prints the events: where
   the variable is declared, through what its address flowed, where it escapes. The path, the CWE
   number and the location reach JSON and SARIF as well. */
#include "compat.h"
#include "adapter.h"
#include "closures.h"
#include "diagnostics.h"
#include "options.h"

/* "local variable 'x'", "parameter 'p'", ... */
static std::string subject(const esc_var *v)
{
    if (v->flags & (ESC_LITERAL | ESC_ALLOCA))
        return display_name(v);
    std::string quoted = std::string(open_quote) + display_name(v) + close_quote;
    if (v->flags & ESC_PARAM)
        return "parameter " + quoted;
    if (v->flags & ESC_CLOSURE)
        return "nested function " + quoted;
    return (v->flags & ESC_VLA ? "variable-length array " : "local variable ") + quoted;
}

/* Why the nested function's value VAR of F is no closure on the heap though it escapes, or NULL. */
static const char *why_on_stack(const lowered_fn *f, uint32_t var)
{
    if (!(esc_fn_var(f->esc, var)->flags & ESC_CLOSURE))
        return NULL;
    closure_site site;
    return closure_made(f->calls[var], &site) ? why_not_closure(site) : NULL;
}

std::string warning_text(const esc_fn *f, const esc_warning &w)
{
    std::string text = "address of " + subject(esc_fn_var(f, w.var));
    std::string name = std::string(open_quote) + (w.name ? w.name : "memory") + close_quote;
    switch (w.kind) {
    case ESC_WARN_RETURNED:
        return text + " is returned";
    case ESC_WARN_STORED:
        return text + " is stored in " + name + ", which outlives it";
    case ESC_WARN_CAPTURED:
        return text + " is captured by a callback registered with " + name;
    case ESC_WARN_USED:
        return text + " is used after its block ended";
    }
    gcc_unreachable();
}

bool emit_warning(const lowered_unit *u, const lowered_fn *f, const esc_warning &w, bool moved)
{
    location_t at = expansion_point_location(gimple_location(u->sites[w.site]));
    if (at == UNKNOWN_LOCATION)
        at = variable_location(f, w.var);
    if (silenced_at(at))
        return false;
    auto_diagnostic_group group;
    gcc_rich_location where(at);
    event_path path;
    for (uint32_t i = 0; i < w.nsteps; i++) {
        location_t step = w.steps[i].site == UINT32_MAX
                              ? variable_location(f, w.var)
                              : gimple_location(u->sites[w.steps[i].site]);
        path.add_event(step, f->fn->decl, 0, "%s", w.steps[i].text);
    }
    if (w.nsteps)
        where.set_path(&path);
    diagnostic_metadata meta;
    meta.add_cwe(562);
    if (!warning_meta(&where, meta, 0, "%s [goescape]", warning_text(f->esc, w).c_str()))
        return false;
    if (moved)
        inform(variable_location(f, w.var), "moved to heap: %s",
               display_name(esc_fn_var(f->esc, w.var)).c_str());
    const char *why = why_on_stack(f, w.var);
    if (why && options.m_ == 0) /* else -m says so there */
        inform(variable_location(f, w.var), "%qs stays on the stack: %s",
               display_name(esc_fn_var(f->esc, w.var)).c_str(), why);
    else if (!why && options.mode_ == MODE_CHECK &&
             (esc_fn_var(f->esc, w.var)->flags & ESC_CLOSURE))
        inform(at, "fix: make what it uses global, or compile with %<mode=heapify%>");
    else if (!why && options.mode_ == MODE_CHECK)
        inform(at, w.kind == ESC_WARN_USED
                       ? G_("fix: declare it outside the block, or compile with %<mode=heapify%>")
                       : G_("fix: make it static, allocate it, or compile with %<mode=heapify%>"));
    return true;
}
