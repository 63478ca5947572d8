/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h: the records of a report file, as goescape-report's parts see them. */
#ifndef GOE_TOOLS_REPORT_H
#define GOE_TOOLS_REPORT_H

#include <stddef.h>
#include <stdio.h>

/* A step of the flow that led to a decision. Strings belong to the record. */
struct step {
    const char *file; /* NULL: that of the record */
    int line, column; /* counted from 1 */
    const char *text; /* what happens there */
};

/* One decision: one line of the file. A text that the line did not give is "". */
struct record {
    const char *file;
    int line, column; /* counted from 1 */
    const char *function;
    const char *kind;    /* variable, parameter, allocation, closure, warning */
    const char *name;    /* of the variable, or the allocation as it was written */
    const char *verdict; /* stays, extended, moved, leaks, escapes, promoted, warning */
    const char *reason;  /* why */
    const char *text;    /* the note or warning of the compiler */
    struct step *flow;   /* nflow steps, oldest first */
    size_t nflow;
    size_t order; /* where it stood in the input */
    void *json;   /* owns the strings */
};

struct records {
    struct record *at; /* n records; after sort_records by file, line and column */
    size_t n, room;
};

/* Adds the records of the file that IN reads, called NAME in errors. A line that is none is one
   error on stderr, and the rest is read. Returns the number of such lines. */
size_t read_records(struct records *, FILE *in, const char *name);

/* Orders them by file, line and column, and drops what was said before: a header's functions are
   compiled, and recorded, in many units. */
void sort_records(struct records *);

void free_records(struct records *);

/* Writes a self-contained page to OUT; the sources are looked for in folder SOURCE. */
void write_html(const struct records *, FILE *out, const char *source);

/* Memory or the end of the program, with an error. */
void *grow(void *p, size_t size);

#endif
