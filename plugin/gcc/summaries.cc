/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summaries.cc: calls across files, by way of the folder of `summaries=DIR`.

   The engine reads, compares and writes files (engine/summary_io.h). Here is what only the compiler
   knows: which declarations may be believed, which sources the unit was made from, and how objects
   are tied together.

   A belief must come true when the program is linked. So an object that was compiled with some
   function's summary refers to a symbol which only an object with that very summary defines:

       a.o (calls keep):  section .goescape.summaries refers to  __goe_recompile.keep.1f2e3d4c5b6a7980
       b.o (has keep):    defines it

   If b.o is made anew and keep does something else, or another keep is linked, the linker reports the
   symbol as undefined, and a.o has to be compiled again. A reference takes eight bytes of the program,
   a symbol none. They are hidden: they join objects of one program or library, where no other function
   can take keep's place. For the same reason -fPIC code believes summaries of hidden functions only. */
#include "compat.h"
#include "adapter.h"
#include "lower_expr.h"
#include "options.h"
#include "summaries.h"
#include "../engine/summary_io.h"

extern "C++" __attribute__((weak)) struct cpp_reader *parse_in;
extern __attribute__((weak)) class mkdeps *cpp_get_deps(cpp_reader *);
extern __attribute__((weak)) cpp_options *cpp_get_options(cpp_reader *);
extern __attribute__((weak)) void deps_add_dep(class mkdeps *, const char *);

/* Lives as long as the compilation: the engine's unit refers to it. */
static esc_store *store;

static void report_broken(void *, const char *file, unsigned line, const char *message)
{
    if (line)
        warning_at(UNKNOWN_LOCATION, 0, "%s:%u: %s: the summary is not used", file, line, message);
    else
        warning_at(UNKNOWN_LOCATION, 0, "%s: %s: the summary is not used", file, message);
}

/* What must be equal where a summary is made and where it is used. */
static std::string abi(void)
{
    return std::to_string(POINTER_SIZE) + " " + std::to_string(LONG_TYPE_SIZE) + " " +
           std::to_string(tree_to_uhwi(TYPE_SIZE(long_double_type_node))) +
           (options.extern_ == EXTERN_ESCAPE ? " extern=escape" : " extern=borrow");
}

/* ---- believing ---- */

struct declarations {
    std::map<uint32_t, tree> of; /* engine symbol -> FUNCTION_DECL */
};

/* Whether SYM, declared here or named by another summary, is sure to be the function of that name in
   the same program. */
static bool may_believe(void *data, uint32_t sym)
{
    const declarations *d = static_cast<const declarations *>(data);
    auto found = d->of.find(sym);
    if (found == d->of.end())
        return !flag_shlib;
    tree decl = found->second;
    return !DECL_WEAK(decl) && !gimple_has_body_p(decl) &&
           (!flag_shlib || DECL_VISIBILITY(decl) != VISIBILITY_DEFAULT);
}

void believe_summaries(lowered_unit *u)
{
    declarations d;
    for (tree decl : u->declared)
        if (TREE_CODE(decl) == FUNCTION_DECL) {
            uint32_t sym = u->symbols.get(decl);
            d.of[sym] = decl;
            esc_symbol_signature(u->esc, sym, signature_of(TREE_TYPE(decl)));
        }
    store = esc_store_open(options.summaries_, abi().c_str(), report_broken, NULL);
    esc_store_attach(store, u->esc, may_believe, &d);
}

/* ---- telling ---- */

static std::string note_text(const esc_import &i)
{
    std::string name = std::string("'") + i.name + "'", unit = i.unit;
    switch (i.trust) {
    case ESC_TRUSTED:
        return name + " is judged by its summary from " + unit;
    case ESC_DOUBTED:
        return name + " is judged by several summaries, which differ, and as an unknown function";
    case ESC_STALE:
        return "the summary of " + name + " from " + unit + " is not used: " + i.why +
               " has changed";
    case ESC_OTHER:
        return "the summary of " + name + " from " + unit +
               " is not used: it is declared differently here";
    default:
        return "the summary of " + name + " from " + unit + " is not used: it cannot be read";
    }
}

std::vector<summary_note> summary_notes(const lowered_unit *u)
{
    std::map<uint32_t, const esc_import *> imports;
    std::vector<summary_note> notes;
    const esc_import *all;
    uint32_t n = store ? esc_store_imports(store, &all) : 0;
    for (uint32_t i = 0; i < n; i++)
        imports[all[i].sym] = &all[i];
    for (const lowered_fn *f : u->fns) {
        basic_block bb;
        FOR_EACH_BB_FN (bb, f->fn)
            for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
                tree decl = is_gimple_call(gsi_stmt(s)) ? gimple_call_fndecl(gsi_stmt(s)) : NULL;
                auto found = decl ? imports.find(u->symbols.get(decl)) : imports.end();
                if (found == imports.end())
                    continue;
                notes.push_back({gimple_location(gsi_stmt(s)), f, note_text(*found->second)});
                imports.erase(found);
            }
    }
    return notes;
}

/* ---- writing ---- */

/* The unit's sources but for the system's headers, the main one first, each once. */
static std::vector<const char *> sources(void)
{
    std::vector<const char *> files = {main_input_filename};
    std::set<std::string> seen = {main_input_filename};
    for (unsigned i = 0; i < LINEMAPS_ORDINARY_USED(line_table); i++) {
        const line_map_ordinary *map = LINEMAPS_ORDINARY_MAP_AT(line_table, i);
        const char *name = ORDINARY_MAP_FILE_NAME(map);
        if (!ORDINARY_MAP_IN_SYSTEM_HEADER_P(map) && name && *name && *name != '<' &&
            seen.insert(name).second)
            files.push_back(name);
    }
    return files;
}

/* The object's name without its suffix, which is what the driver makes of -o. */
static const char *object_name(void)
{
    return aux_base_name && *aux_base_name ? aux_base_name : main_input_basename;
}

static std::string tie(const char *function, uint64_t hash)
{
    char text[32];
    snprintf(text, sizeof text, ".%016llx", (unsigned long long)hash);
    return std::string("\"__goe_recompile.") + (function + (*function == '*')) + text + "\"";
}

/* Defines the symbols of the functions written, and refers to those of the functions believed. The
   references are loaded, for not every linker looks at others, and kept by --gc-sections. */
static void tie_object(const esc_export *exports, uint32_t nexports)
{
    std::string text;
    const esc_import *imports;
    uint32_t n = esc_store_imports(store, &imports);
    for (uint32_t i = 0; i < nexports; i++) {
        std::string symbol = tie(exports[i].name, exports[i].hash);
        text += "\t.globl\t" + symbol + "\n\t.hidden\t" + symbol + "\n" + symbol + ":\n";
    }
    for (uint32_t i = 0; i < n; i++)
        if (imports[i].trust == ESC_TRUSTED) {
            std::string symbol = tie(imports[i].name, imports[i].hash);
            text += "\t.hidden\t" + symbol + (POINTER_SIZE == 64 ? "\n\t.quad\t" : "\n\t.long\t") +
                    symbol + " - .\n";
        }
    if (text.empty())
        return;
    text = "\t.pushsection\t.goescape.summaries,\"a" GOE_RETAIN "\",@progbits\n" + text +
           "\t.popsection\n";
    symtab->finalize_toplevel_asm(build_string(text.size() + 1, text.c_str()));
}

void save_summaries(lowered_unit *u)
{
    char *text, *problem = NULL, *file = esc_store_file(options.summaries_, object_name());
    size_t size;
    esc_export *exports;
    if (!file) {
        error("goescape: summaries=%s: %m", options.summaries_);
        return;
    }
    uint32_t n =
        esc_summaries_text(u->esc, store, esc_store_round(store), file, &text, &size, &exports);
    std::vector<const char *> files = sources();
    esc_store_write(options.summaries_, file, abi().c_str(), files.data(), (uint32_t)files.size(),
                    text, size, &problem);
    if (problem)
        error("goescape: summaries=%s: %s", options.summaries_, problem);
    if (options.mode_ == MODE_HEAPIFY)
        tie_object(exports, n);
    free(problem);
    free(text);
    free(file);
    free(exports);
}
