/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis.h: the engine's verdicts on a unit, for the passes that report and rewrite. */
#ifndef GOE_ANALYSIS_H
#define GOE_ANALYSIS_H

#include "lower.h"
#include "rewrite.h"

/* Lowers and solves the unit made of FUNCTIONS; models that cannot be read are errors. */
lowered_unit *analyse(const std::vector<cgraph_node *> &functions);

/* What the verdicts mean for function F: what moves, what lives longer, what gets its type. */
void decide(const lowered_unit *u, const lowered_fn *f, decisions *d);

/* report.cc: the -m notes and the warnings of the whole unit, in the order of the source. */
void report(const lowered_unit *u);

#endif
