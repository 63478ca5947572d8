/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compat.h: GCC's headers, and everything that differs between GCC 12 and 16.

   Every file of the adapter includes this one and no header of GCC's by itself. A difference
   between compiler versions is settled here under one name, so that the rest of the adapter
   reads as if there were one GCC. */
#ifndef GOE_COMPAT_H
#define GOE_COMPAT_H

#define INCLUDE_ALGORITHM
#define INCLUDE_MEMORY
#define INCLUDE_STRING
#define INCLUDE_VECTOR
#define INCLUDE_MAP
#define INCLUDE_SET

/* The order matters: each of GCC's headers counts on the ones before it. */
#include "gcc-plugin.h"
#include "plugin-version.h"
#include "config.h"
#include "system.h"
#include "coretypes.h"
#include "backend.h"
#include "target.h"
#include "tm.h"
#include "tree.h"
#include "gimple.h"
#include "tree-pass.h"
#include "ssa.h"
#include "cgraph.h"
#include "diagnostic-core.h"
#include "diagnostic.h"
#include "attribs.h"
#include "stringpool.h"
#include "fold-const.h"
#include "stor-layout.h"
#include "calls.h"
#include "cfganal.h"
#include "cfghooks.h"
#include "cfgloop.h"
#include "gimple-iterator.h"
#include "gimple-walk.h"
#include "gimplify.h"
#include "gimplify-me.h"
#include "langhooks.h"
#include "opts.h"
#include "output.h"
#include "toplev.h"
#include "tree-cfg.h"
#include "tree-dfa.h"
#include "tree-eh.h"
#include "tree-into-ssa.h"
#include "tree-iterator.h"
#include "tree-nested.h"
#include "tree-pretty-print.h"
#include "varasm.h"
#include "context.h"
#include "cgraph.h"
#include "ipa-utils.h"
#include "builtins.h"
#include "internal-fn.h"
#include "intl.h"
#include "gcc-rich-location.h"
#include "asan.h"
#include "cpplib.h"
#include "json.h"
#include <sys/file.h>

#if GCCPLUGIN_VERSION_MAJOR >= 16
#include "diagnostics/metadata.h"
#include "diagnostics/paths.h"
#include "simple-diagnostic-path.h"
#include "tree-logical-location.h"
using diagnostic_metadata = diagnostics::metadata;
#else
#include "diagnostic-event-id.h"
#include "diagnostic-metadata.h"
#include "diagnostic-path.h"
#if GCCPLUGIN_VERSION_MAJOR >= 15
#include "simple-diagnostic-path.h"
#endif
#endif

/* The printer for texts of events: like the compiler's, without the "file:line: warning:" that it
   puts before each of its lines. */
struct event_printer {
#if GCCPLUGIN_VERSION_MAJOR >= 15
    std::unique_ptr<pretty_printer> printer = global_dc->clone_printer();
#else
    std::unique_ptr<pretty_printer> printer{global_dc->printer->clone()};
#endif
    event_printer()
    {
        pp_set_prefix(printer.get(), NULL);
    }
};

/* The path of events beneath a diagnostic. */
struct event_path : private event_printer, public simple_diagnostic_path {
#if GCCPLUGIN_VERSION_MAJOR >= 16
    event_path()
        : simple_diagnostic_path(static_cast<const tree_logical_location_manager &>(
                                     *global_dc->get_logical_location_manager()),
                                 printer.get())
    {
    }
#else
    event_path() : simple_diagnostic_path(printer.get()) {}
#endif
};

/* VALUE as JSON, on one line. */
static inline std::string json_text(const json::value &value)
{
    pretty_printer printer;
#if GCCPLUGIN_VERSION_MAJOR >= 14
    value.print(&printer, false);
#else
    value.print(&printer);
#endif
    return pp_formatted_text(&printer);
}

/* What ends a variable's life in GIMPLE: `x = {CLOBBER(eol)}`. */
#if GCCPLUGIN_VERSION_MAJOR >= 14
#define GOE_CLOBBER_END   CLOBBER_STORAGE_END
#define GOE_CLOBBER_BEGIN CLOBBER_STORAGE_BEGIN
#else
#define GOE_CLOBBER_END   CLOBBER_EOL
#define GOE_CLOBBER_BEGIN CLOBBER_UNDEF
#endif

/* From GCC 14 on, -ftrampoline-impl=heap makes trampolines on a heap of libgcc's, by calls that look
   different. Has the usual ones made instead; true if those were wanted. */
static inline bool goe_usual_trampolines(void)
{
#if GCCPLUGIN_VERSION_MAJOR >= 14
    bool heap = flag_trampoline_impl == TRAMPOLINE_IMPL_HEAP;
    flag_trampoline_impl = TRAMPOLINE_IMPL_STACK;
    return heap;
#else
    return false;
#endif
}

/* Registers the attributes of namespace goescape. The table ends with an empty row before GCC 14 and
   has none from then on. */
template <size_t n> static inline void goe_register_scoped(const attribute_spec (&table)[n])
{
#if GCCPLUGIN_VERSION_MAJOR >= 14
    static scoped_attribute_specs specs = {"goescape", {table, n}};
    register_scoped_attributes(specs);
#else
    register_scoped_attributes(table, "goescape");
#endif
}

/* Says that ADDRESS, of a nested function that captures variables, is a value. GCC 16's front end marks
   the addresses of nested functions that capture nothing, and forgets the types of their parameters:
   `int f (int (*a)[n])` got no static chain where only this `n` is its parent's. */
static inline void goe_need_trampoline(tree address)
{
#if GCCPLUGIN_VERSION_MAJOR >= 16
    TREE_NO_TRAMPOLINE(address) = 0;
#else
    (void)address;
#endif
}

/* The flag of a section that --gc-sections must not drop, where the assembler knows one. */
#if HAVE_GAS_SHF_GNU_RETAIN
#define GOE_RETAIN "R"
#else
#define GOE_RETAIN ""
#endif

/* c-tree.h, which declares too much to be included: whether a VAR_DECL is a compound literal's. */
#define C_DECL_COMPOUND_LITERAL_P(decl) DECL_LANG_FLAG_5(VAR_DECL_CHECK(decl))

#endif
