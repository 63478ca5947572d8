/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pragmas.cc: #pragma goescape, by which a source silences single warnings.

       #pragma goescape push
       #pragma goescape ignored     from here on, statements are not warned about
       top = &here;
       #pragma goescape pop         as before the push

   A plugin cannot give its warnings a name that `#pragma GCC diagnostic` knows. So each pragma is
   remembered with its place, in the order of the source, and a warning asks which one came last
   before its statement. Only warnings are silenced: what moves moves. */
#include "compat.h"
#include "adapter.h"

/* c-family/c-pragma.h, which no other file needs. Weak, for only the C front end has it. */
typedef void (*pragma_handler)(cpp_reader *);
extern __attribute__((weak)) void c_register_pragma(const char *space, const char *name,
                                                    pragma_handler handler);

struct change {
    location_t at; /* of the pragma */
    bool silent;   /* from there on */
};
static std::vector<change> changes;
static std::vector<bool> pushed;

static bool silent_now(void)
{
    return !changes.empty() && changes.back().silent;
}

static void on_ignored(cpp_reader *)
{
    changes.push_back({input_location, true});
}

static void on_warning(cpp_reader *)
{
    changes.push_back({input_location, false});
}

static void on_push(cpp_reader *)
{
    pushed.push_back(silent_now());
}

static void on_pop(cpp_reader *)
{
    if (pushed.empty()) {
        warning_at(input_location, OPT_Wpragmas, "%<#pragma goescape pop%> without a %<push%>");
        return;
    }
    changes.push_back({input_location, pushed.back()});
    pushed.pop_back();
}

void register_pragmas(void)
{
    if (!&c_register_pragma)
        return;
    c_register_pragma("goescape", "push", on_push);
    c_register_pragma("goescape", "pop", on_pop);
    c_register_pragma("goescape", "ignored", on_ignored);
    c_register_pragma("goescape", "warning", on_warning);
}

bool silenced_at(location_t at)
{
    bool silent = false;
    for (const change &c : changes)
        if (linemap_location_before_p(line_table, c.at, at))
            silent = c.silent;
    return silent;
}
