/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagnostics.h: one warning, with CWE and event path, through GCC's own machinery. */
#ifndef GOE_DIAGNOSTICS_H
#define GOE_DIAGNOSTICS_H

#include "lower.h"

/* Prints W of function F, with the note that its variable was moved if MOVED, unless the user turned
   warnings off; true if it was printed. */
bool emit_warning(const lowered_unit *u, const lowered_fn *f, const esc_warning &w, bool moved);

/* Its text: "address of local variable 'x' is returned". */
std::string warning_text(const esc_fn *f, const esc_warning &w);

/* How a variable is called in messages. */
std::string display_name(const esc_var *v);

#endif
