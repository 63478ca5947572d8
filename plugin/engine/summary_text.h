/* The words of summary files, shared by who writes and who reads them. See summary_io.h. */
#ifndef ESC_SUMMARY_TEXT_H
#define ESC_SUMMARY_TEXT_H

#include "summary_io.h"

#include "held.h"
#include "summary.h"

enum {
    TEXT_FORMAT = 2,        /* of the files and of what they say: a change of either is a new one */
    TEXT_MAX_NAME = 1000,   /* bytes of a symbol's name */
    TEXT_MAX_PARAMS = 1000, /* parameters of a function, arguments of a call */
};

/* By enum sum_target: how a flow begins. */
static const char *const text_targets[] = {
    [TO_LEAK] = "leak", [TO_LEND] = "lend",   [TO_FREED] = "free", [TO_RESULT] = "result",
    [TO_CELL] = "cell", [TO_CHILD] = "child", [TO_FP] = "callee",  [TO_ARG] = "argument",
};

/* By enum esc_relation: of a function's result to a number. */
static const char *const text_relations[] = {
    [ESC_EQ] = "eq", [ESC_NE] = "ne", [ESC_LT] = "lt", [ESC_LE] = "le",
    [ESC_GT] = "gt", [ESC_GE] = "ge", [ESC_IN] = "in", [ESC_NOT_IN] = "notin",
};

/* Text that grows. */
struct text {
    char *at;    /* malloc'ed */
    size_t size; /* bytes there */
    size_t room; /* bytes allocated */
};

__attribute__((format(printf, 2, 3))) void text_put(struct text *, const char *format, ...);
/* A number that differs where the bytes do, but for one case in 2^64. Linear. */
uint64_t text_hash(const char *p, size_t size);
/* The contents of PATH, malloc'ed; NULL: errno says why it cannot be read. */
char *text_of_file(const char *path, size_t *size);
/* Whether other units can name S. */
bool text_is_public(const struct esc_symbol *s);
/* summary_export.c: S as other units may know it. The caller frees it. */
struct esc_summary *summary_exported(const struct esc_unit *, const struct esc_summary *s);
/* Whether NAME can stand in a record: no space or control character, not too long. */
bool text_is_name(const char *name);

/* Adds the record of F as it is. NAMES: hash of a name -> static variables of UNIT that bear it. */
void text_put_function(struct text *, struct esc_unit *unit, const struct map *names,
                       struct esc_fn *f);

/* A record that has been read. Symbols it names are the unit's. */
struct text_function {
    struct esc_summary *summary;
    struct esc_exit_state *exit; /* unknown, if the record has none */
    uint8_t *params;             /* by parameter: '-', 'v' or 'c' */
    uint32_t nparams;
};

/* What is wrong with a text. */
struct text_error {
    unsigned line;     /* of the text, from 1 */
    char message[160]; /* one line */
};

/* What a record names becomes a symbol. */
struct text_symbols {
    /* The symbol of KIND called NAME, LOCAL to the record's unit or known to all. */
    uint32_t (*find)(void *data, enum esc_symbol_kind kind, const char *name, bool local);
    void *data;
};

/* Reads the record of SIZE bytes at P, which begins at line LINE of its file. False: it says
 * something that no summary can, *ERROR tells what, and nothing is kept. */
bool text_read_function(const char *p, size_t size, unsigned line, const struct text_symbols *,
                        struct text_function *out, struct text_error *error);
void text_function_free(struct text_function *);

/* ---- the store, for who writes ---- */

/* A function's record as it was. */
struct text_old {
    struct text_function f; /* summary NULL: there was none */
    const char *exit;       /* what it said of its exit */
    size_t exit_size;       /* bytes of that */
};

/* What FILE said of F, which is of UNIT, when its sources were what they are. */
void store_old(struct esc_store *, const char *file, struct esc_unit *unit, const struct esc_fn *f,
               struct text_old *);

#endif
