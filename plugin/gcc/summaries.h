/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summaries.h: what other units' functions do, for this unit; and this one's, for them. */
#ifndef GOE_SUMMARIES_H
#define GOE_SUMMARIES_H

#include "lower.h"

/* Lets functions without a body do what the folder of `summaries=DIR` says. Before esc_solve. */
void believe_summaries(lowered_unit *u);
/* A note for the reader of -m: where it stands and what it says. */
struct summary_note {
    location_t at;
    const lowered_fn *f; /* the function whose call it is about */
    std::string text;
};
/* For each function that the unit calls, whose summary was believed and whose was not. */
std::vector<summary_note> summary_notes(const lowered_unit *u);
/* Writes the summaries of this unit, and ties its object to those that were believed. */
void save_summaries(lowered_unit *u);

#endif
