/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adapter.h: what the files of the GCC adapter offer one another.

   The way of a unit through them:

     plugin.cc    loads, registers the callbacks and passes below
     returns.cc   PRE_GENERICIZE: undoes the front end's `return (&x, 0)`
     lifetime.cc  GIMPLE, before "lower": marks where the life of each local begins and ends
     pass.cc      IPA, before "*free_lang_data": each function, callees first: decide, rewrite
     rewrite.cc   moves variables to the heap (rewrite.h)
     runtime_abi.cc  declarations of what the rewritten code calls, type descriptors */
#ifndef GOE_ADAPTER_H
#define GOE_ADAPTER_H

/* returns.cc */
void restore_returns(tree fndecl);

/* lifetime.cc: markers. A marker is a clobber of the variable: `x = {CLOBBER}` where the life of x
   begins, `x = {CLOBBER(eol)}` where it ends. For a variable-length array the variable is the array
   itself (which has a DECL_VALUE_EXPR). Only what can be moved at all has them. */
opt_pass *make_lifetime_pass(gcc::context *ctxt);
/* The variable whose life begins (ends) at STMT, or NULL_TREE. */
tree marker_begins(gimple *stmt);
tree marker_ends(gimple *stmt);
/* Removes every marker of DECL from the current function, and the marks of AddressSanitizer that
   say the same: the life of DECL is then that of the function. */
void remove_markers_of(tree decl);
/* Whether FN has any markers. */
bool has_markers(function *fn);
/* Removes all markers of the current function that GCC would not have put there itself. */
void remove_own_markers(void);

/* pass.cc */
opt_pass *make_goescape_pass(gcc::context *ctxt);

/* attributes.cc */
void register_attributes(void);
/* The function is declared so that neither analysis nor rewriting may touch it. */
bool leave_alone(tree fndecl);

/* pragmas.cc: #pragma goescape. */
void register_pragmas(void);
/* Whether the source wants no warning at this place. */
bool silenced_at(location_t at);

#endif
