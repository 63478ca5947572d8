/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h: what report.cc has to say, and its other reader, the file of `report=FILE`. */
#ifndef GOE_RECORD_H
#define GOE_RECORD_H

#include "lower.h"

/* Something to be said: a note or a warning. */
struct message {
    location_t at;              /* where it is printed */
    unsigned order;             /* tie-breaker: order of discovery */
    std::string text;           /* a note's text */
    const lowered_fn *f;        /* the function it is about */
    const esc_warning *warning; /* a warning instead of a note */
    uint32_t var;               /* the variable a note is about, for its explanation */
    uint32_t stmt;              /* the allocation it is about instead, or UINT32_MAX */
    const char *kind;           /* for the record: what it is about ("variable", ...) */
    const char *verdict;        /* what was decided, in one word ("moved", ...) */
    std::string name;           /* of the variable, or the allocation as it was written */
    std::string reason;         /* why; empty: there is nothing to give a reason for */
};

/* Why, in words that complete "x moved: ...". */
const char *reason_text(unsigned reason);

/* The steps that led to M, oldest first; their number. */
uint32_t message_flow(const message &m, const esc_step **out);

/* Where step S of M stands. */
location_t step_location(const lowered_unit *u, const message &m, const esc_step &s);

/* Appends MESSAGES of unit U, in their order, to the file of option `report`, all at once: other
   compilations may be writing to it. A file that cannot be written is one error. */
void record(const lowered_unit *u, const std::vector<message> &messages);

#endif
