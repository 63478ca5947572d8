/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.cc: says what was decided: Go's -m notes, and warnings with the path that led there.

   Notes and warnings of the whole unit are collected and then printed in the order of the source,
   so that the output does not depend on the order of the analysis. A note stands where the variable
   or parameter is declared, a warning at the statement that lets the address escape. */
#include "compat.h"
#include "adapter.h"
#include "analysis.h"
#include "closures.h"
#include "options.h"
#include "diagnostics.h"
#include "lower_expr.h"
#include "record.h"
#include "summaries.h"

struct report_state {
    const lowered_unit *u;
    std::vector<message> messages;
};

/* Whether every decision is to be collected, and not only what is said without -m. */
static bool notes_wanted(void)
{
    return options.m_ > 0 || options.report_;
}

std::string display_name(const esc_var *v)
{
    if (v->flags & ESC_LITERAL)
        return "compound literal";
    if (v->flags & ESC_ALLOCA)
        return "alloca memory";
    return v->name ? v->name : "temporary";
}

/* Adds a note about variable VAR of F. */
static message &add_note(report_state *s, location_t at, const lowered_fn *f, uint32_t var,
                         const char *verdict, const std::string &text, const std::string &reason)
{
    const esc_var *v = var == ESC_NOVAR ? NULL : esc_fn_var(f->esc, var);
    s->messages.push_back({at, (unsigned)s->messages.size(), text, f, NULL, var, UINT32_MAX,
                           v && (v->flags & ESC_PARAM) ? "parameter" : "variable", verdict,
                           v ? display_name(v) : "", reason});
    return s->messages.back();
}

/* Whether memory LEVEL dereferences away from a value of TYPE can hold addresses, by its type. */
static bool carries(tree type, unsigned level)
{
    if (TREE_CODE(type) == ARRAY_TYPE)
        return carries(TREE_TYPE(type), level);
    if (level == 0)
        return VOID_TYPE_P(type) || !COMPLETE_TYPE_P(type) || type_has_pointers(type);
    if (POINTER_TYPE_P(type))
        return carries(TREE_TYPE(type), level - 1);
    if (!RECORD_OR_UNION_TYPE_P(type))
        return true;
    for (tree f = TYPE_FIELDS(type); f; f = DECL_CHAIN(f))
        if (TREE_CODE(f) == FIELD_DECL && type_has_pointers(TREE_TYPE(f)) &&
            carries(TREE_TYPE(f), level))
            return true;
    return false;
}

/* Whether what leaks by L can be an address at all, as far as types tell: copying the characters of
   a string is a flow of its contents, but nobody wants to hear of it. */
static bool worth_a_note(const lowered_fn *f, uint32_t param, const esc_leak &l)
{
    tree type = TREE_TYPE(f->decls[param]);
    tree result = TREE_TYPE(TREE_TYPE(f->fn->decl));
    if (l.kind == esc_leak::ESC_LEAK_CONTENT)
        return carries(type, 1);
    if (l.kind == esc_leak::ESC_LEAK_RESULT && !type_has_pointers(result) &&
        (l.level > 0 || !INTEGRAL_TYPE_P(result) || TYPE_PRECISION(result) < POINTER_SIZE))
        return false;
    return l.level == 0 || carries(type, l.level);
}

static void report_params(report_state *s, const lowered_fn *f)
{
    for (uint32_t p = 0; p < esc_fn_nvars(f->esc); p++) {
        const esc_var *v = esc_fn_var(f->esc, p);
        if (!(v->flags & ESC_PARAM))
            break;
        if (!(v->flags & ESC_POINTERS) || (v->flags & ESC_ARTIFICIAL) || !v->name)
            continue;
        esc_leak leaks[16];
        uint32_t n = esc_fn_leaks(f->esc, p, leaks, 16);
        location_t at = variable_location(f, p);
        std::string name = v->name;
        bool quiet = true;
        for (uint32_t i = 0; i < n && i < 16; i++) {
            if (!worth_a_note(f, p, leaks[i]))
                continue;
            quiet = false;
            std::string level = std::to_string(leaks[i].level);
            switch (leaks[i].kind) {
            case esc_leak::ESC_LEAK_HEAP:
                add_note(s, at, f, p, "leaks", "leaking param: " + name, "it is kept");
                break;
            case esc_leak::ESC_LEAK_CONTENT:
                add_note(s, at, f, p, "leaks", "leaking param content: " + name,
                         "what it points to is kept");
                break;
            case esc_leak::ESC_LEAK_RESULT:
                add_note(s, at, f, p, "leaks",
                         "leaking param: " + name + " to result level=" + level,
                         "it flows to the result");
                break;
            case esc_leak::ESC_LEAK_PARAM: {
                const char *to = esc_fn_var(f->esc, leaks[i].to)->name;
                add_note(s, at, f, p, "leaks",
                         "leaking param: " + name + " to param " + (to ? to : "?") +
                             " level=" + level,
                         "it flows to another parameter");
                break;
            }
            default:
                break;
            }
        }
        if (quiet)
            add_note(s, at, f, p, "stays", name + " does not escape", "");
    }
}

/* An argument of a call as the source would have it, or "..." for what only GIMPLE names. */
static std::string argument_text(gimple *call, unsigned i)
{
    tree arg = gimple_call_arg(call, i);
    if (TREE_CODE(arg) == SSA_NAME || (DECL_P(arg) && !DECL_NAME(arg)))
        return "...";
    char *text = print_generic_expr_to_str(arg);
    std::string s = text;
    free(text);
    return s;
}

/* The allocation as it was written: goe_new(T), goe_make(T, n), malloc(n). */
static std::string allocation_text(gimple *call)
{
    tree fndecl = gimple_call_fndecl(call);
    const char *name = fndecl ? IDENTIFIER_POINTER(DECL_NAME(fndecl)) : "call";
    bool one = strcmp(name, "__goe_new_zero") == 0, many = strcmp(name, "__goe_make") == 0;
    if (one || many) {
        tree type = gimple_call_arg(call, one ? 2 : 3);
        const char *text = c_getstr(type);
        std::string inside = text ? text : "...";
        return one ? "goe_new(" + inside + ")"
                   : "goe_make(" + inside + ", " + argument_text(call, 0) + ")";
    }
    std::string s = std::string(name) + "(";
    for (unsigned i = 0; i < gimple_call_num_args(call); i++)
        s += (i ? ", " : "") + argument_text(call, i);
    return s + ")";
}

static bool is_goe(gimple *call)
{
    tree fndecl = gimple_call_fndecl(call);
    return fndecl && startswith(IDENTIFIER_POINTER(DECL_NAME(fndecl)), "__goe_");
}

/* Whether goe_new or goe_make asks for more than a local may have. */
static bool too_large(gimple *call)
{
    if (!is_goe(call) || !options.large_)
        return false;
    bool many = gimple_call_num_args(call) >= 5;
    tree n = many ? gimple_call_arg(call, 0) : NULL_TREE,
         size = gimple_call_arg(call, many ? 1 : 0);
    if (!tree_fits_uhwi_p(size) || (n && !tree_fits_uhwi_p(n)))
        return false;
    unsigned HOST_WIDE_INT count = n ? tree_to_uhwi(n) : 1;
    return count && tree_to_uhwi(size) > options.large_ / count;
}

static void report_allocations(report_state *s, const lowered_fn *f)
{
    const esc_alloc *a;
    uint32_t n = esc_fn_allocs(f->esc, &a);
    for (uint32_t i = 0; i < n; i++) {
        gimple *call = s->u->sites[a[i].site];
        bool large = too_large(call);
        bool moved = a[i].promoted && options.promote_ != PROMOTE_OFF &&
                     options.mode_ == MODE_HEAPIFY && !is_goe(call);
        bool escapes = a[i].escapes || a[i].loops || large;
        const char *fate = escapes ? " escapes to heap"
                           : moved ? " moved to stack"
                                   : " does not escape";
        location_t at = linemap_resolve_location(line_table, gimple_location(call),
                                                 LRK_MACRO_EXPANSION_POINT, NULL);
        std::string text = allocation_text(call);
        message &m =
            add_note(s, at, f, ESC_NOVAR,
                     escapes ? "escapes"
                     : moved ? "promoted"
                             : "stays",
                     text + fate, large ? reason_text(ESC_WHY_LARGE) : reason_text(a[i].reason));
        m.kind = "allocation";
        m.name = text;
        m.stmt = a[i].stmt;
    }
}

static void report_variable(report_state *s, const lowered_fn *f, uint32_t i)
{
    const esc_var *v = esc_fn_var(f->esc, i);
    bool memory = v->flags & (ESC_ADDRESSED | ESC_ALLOCA | ESC_VLA);
    bool moved = v->verdict == ESC_MOVED, left = moved && (v->flags & ESC_FIXED);
    if (!notes_wanted() && !moved)
        return;
    location_t at = variable_location(f, i);
    if (moved && (v->flags & ESC_PIN_STACK))
        error_at(at, "%qs is declared %<goe_stack%> but must be moved to the heap",
                 display_name(v).c_str());
    if (!notes_wanted() || ((v->flags & ESC_ARTIFICIAL) && !(v->flags & ESC_LITERAL)))
        return;
    std::string name = display_name(v);
    if (left) {
        const char *why = "it cannot be moved";
        if (f->decls[i])
            can_move(f->decls[i], &why);
        add_note(s, at, f, i, "escapes", name + " escapes but stays on the stack: " + why, why);
    } else if (moved) {
        add_note(s, at, f, i, "moved", "moved to heap: " + name, reason_text(v->reason));
    } else if (v->verdict == ESC_EXTENDED) {
        add_note(s, at, f, i, "extended", "lifetime extended to function: " + name,
                 reason_text(v->reason));
    } else if (memory && !(v->flags & ESC_PARAM)) {
        add_note(s, at, f, i, "stays", name + " does not escape", "");
    }
}

/* Whether nested function FNDECL is made a value somewhere that must be a closure on the heap; sets
   *WHY_NOT to a phrase if it cannot be one. */
static bool literal_escapes(const lowered_unit *u, tree fndecl, const char **why_not)
{
    closure_site site;
    for (const lowered_fn *f : u->fns)
        for (auto &c : f->closures)
            if (c.first == fndecl && esc_fn_var(f->esc, c.second)->verdict == ESC_MOVED) {
                if (closure_made(f->calls[c.second], &site))
                    *why_not = why_not_closure(site);
                return true;
            }
    return false;
}

static bool certainly_warned(const lowered_fn *f, uint32_t var)
{
    const esc_warning *w;
    uint32_t n = esc_fn_warnings(f->esc, &w);
    for (uint32_t i = 0; i < n; i++)
        if (w[i].var == var && w[i].definite)
            return true;
    return false;
}

/* Whether W is a warning under the options given. */
static bool wanted(const lowered_fn *f, const esc_warning &w)
{
    const esc_var *v = esc_fn_var(f->esc, w.var);
    bool closure = v->flags & ESC_CLOSURE;
    if (options.warn_ == WARN_NONE || (!v->name && !(v->flags & (ESC_LITERAL | ESC_ALLOCA))) ||
        ((v->flags & ESC_ARTIFICIAL) && !(v->flags & ESC_LITERAL) && !closure))
        return false;
    /* In heapify mode a closure may outlive its parent: it is made to. */
    if (closure && options.mode_ != MODE_CHECK && !(v->flags & ESC_FIXED))
        return false;
    return w.definite || (options.warn_ == WARN_POSSIBLE && !certainly_warned(f, w.var));
}

static const char *warning_reason(esc_warning_kind kind)
{
    switch (kind) {
    case ESC_WARN_RETURNED:
        return "its address is returned";
    case ESC_WARN_STORED:
        return "its address is stored in memory that outlives it";
    case ESC_WARN_CAPTURED:
        return "its address is captured by a callback";
    case ESC_WARN_USED:
        return "its address is used after its block ended";
    }
    gcc_unreachable();
}

static void report_function(report_state *s, const lowered_fn *f)
{
    tree fndecl = f->fn->decl;
    if (in_system_header_at(DECL_SOURCE_LOCATION(fndecl)))
        return;
    if (notes_wanted() && decl_function_context(fndecl) && f->uses_chain) {
        const char *why_not = NULL;
        bool escapes = literal_escapes(s->u, fndecl, &why_not);
        std::string text = !escapes  ? "func literal does not escape"
                           : why_not ? "func literal escapes but stays on the stack: "
                                     : "func literal escapes to heap";
        message &m =
            add_note(s, DECL_SOURCE_LOCATION(fndecl), f, ESC_NOVAR, escapes ? "escapes" : "stays",
                     why_not ? text + why_not : text, why_not ? why_not : "");
        m.kind = "closure";
        m.name = function_name(f->fn);
    }
    if (notes_wanted()) {
        report_params(s, f);
        report_allocations(s, f);
    }
    for (uint32_t i = 0; i < esc_fn_nvars(f->esc); i++)
        report_variable(s, f, i);
    const esc_warning *w;
    uint32_t n = esc_fn_warnings(f->esc, &w);
    for (uint32_t i = 0; i < n; i++)
        if (wanted(f, w[i]))
            s->messages.push_back(
                {expansion_point_location(gimple_location(s->u->sites[w[i].site])),
                 (unsigned)s->messages.size(), "", f, &w[i], w[i].var, UINT32_MAX, "warning",
                 "warning", display_name(esc_fn_var(f->esc, w[i].var)), warning_reason(w[i].kind)});
}

static bool before(const message &a, const message &b)
{
    expanded_location x = expand_location(a.at), y = expand_location(b.at);
    int files = x.file && y.file ? strcmp(x.file, y.file) : (x.file != NULL) - (y.file != NULL);
    if (files != 0)
        return files < 0;
    if (x.line != y.line)
        return x.line < y.line;
    if (x.column != y.column)
        return x.column < y.column;
    return a.order < b.order;
}

static void print_explanation(const lowered_unit *u, const message &m)
{
    const esc_step *steps;
    uint32_t n = message_flow(m, &steps);
    for (uint32_t i = 0; i < n; i++)
        inform(step_location(u, m, steps[i]), "  flow: %s", steps[i].text);
}

static bool moves(const lowered_fn *f, uint32_t var)
{
    const esc_var *v = esc_fn_var(f->esc, var);
    return v->verdict == ESC_MOVED && !(v->flags & ESC_FIXED);
}

/* Whether N says again what M has said just before: a parameter that is captured, a literal used
   twice. */
static bool repeats(const message &m, const message &n)
{
    return !m.warning && !n.warning && n.at == m.at && n.text == m.text && n.f == m.f &&
           n.var != ESC_NOVAR && (esc_fn_var(n.f->esc, n.var)->flags & (ESC_CAPTURED | ESC_PARAM));
}

/* Where the analysis has not done its best, a verdict may be coarser than the program. */
static void print_limits(const lowered_unit *u)
{
    for (const lowered_fn *f : u->fns)
        if (esc_fn_gave_up(f->esc))
            inform(DECL_SOURCE_LOCATION(f->fn->decl),
                   "too large to analyse, all in it escapes: %qD", f->fn->decl);
        else if (esc_fn_coarse(f->esc))
            inform(DECL_SOURCE_LOCATION(f->fn->decl), "too large to analyse in full: %qD",
                   f->fn->decl);
}

void report(const lowered_unit *u)
{
    if (options.m_ > 0)
        print_limits(u);
    report_state s = {u, {}};
    for (const lowered_fn *f : u->fns)
        report_function(&s, f);
    for (const summary_note &n : summary_notes(u))
        add_note(&s, n.at, n.f, ESC_NOVAR, "known", n.text, "").kind = "summary";
    std::sort(s.messages.begin(), s.messages.end(), before);
    s.messages.erase(std::unique(s.messages.begin(), s.messages.end(), repeats), s.messages.end());
    std::set<std::pair<const lowered_fn *, uint32_t>> noted;
    for (const message &m : s.messages)
        if (m.warning) {
            /* Under -m the note stands at the declaration; else beneath the first warning. */
            bool note = options.m_ == 0 && options.mode_ == MODE_HEAPIFY && moves(m.f, m.var) &&
                        !noted.count({m.f, m.var});
            if (emit_warning(u, m.f, *m.warning, note) && note)
                noted.insert({m.f, m.var});
        } else if (options.m_ > 0) {
            inform(m.at, "%s", m.text.c_str());
            if (options.m_ == 2)
                print_explanation(u, m);
        }
    if (options.report_)
        record(u, s.messages);
}
