/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h: the plugin's options as its other parts see them. The table is options.def. */
#ifndef GOE_OPTIONS_H
#define GOE_OPTIONS_H

/* The values of each choice, in the order of options.def. */
enum goe_mode { MODE_HEAPIFY, MODE_CHECK, MODE_OFF };
enum goe_warn { WARN_DEFINITE, WARN_POSSIBLE, WARN_NONE };
enum goe_extern { EXTERN_BORROW, EXTERN_ESCAPE };
enum goe_promote { PROMOTE_ON, PROMOTE_OFF, PROMOTE_ALL };
enum goe_closures { CLOSURES_ON, CLOSURES_NOEXEC, CLOSURES_OFF };
enum goe_select { SELECT_ESCAPING, SELECT_ALL };

/* What the command line said. A choice holds the index of its value in the table (so that `m` is
   its number), a text is NULL when not given. Strings belong to GCC's command line. */
struct goe_options {
#define GOE_CHOICE(key, values, bare, help) int key##_;
#define GOE_TEXT(key, metavar, help)        const char *key##_;
#define GOE_NUMBER(key, value, help)        unsigned long key##_;
#include "options.def"
};

extern goe_options options;

/* The option table as the text of `--help=plugin` and of the manual page. */
extern const char options_help[];

/* Reads the ARGC arguments ARGV of plugin NAME into `options`. An unknown key or a wrong value is
   an error that lists the valid ones; returns false then. */
bool parse_options(const char *name, int argc, const struct plugin_argument *argv);

#endif
