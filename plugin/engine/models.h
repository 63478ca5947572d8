/* models.h - what functions without a body do with the pointers handed to them.
 *
 * A model says of each pointer argument where it goes: into the result, into memory that another
 * argument points to, into memory that outlives the call, into a callback. What it does not
 * mention does not happen: the argument is borrowed for the duration of the call.
 *
 * The built-in models are written in plugin/models/x.model, turned into one constant table by
 * plugin/models/generate.c and compiled in. Users add files in the same language (docs/models.md).
 *
 *     memcpy(dst, src, n): *dst = *src; return = dst
 *
 * is {FLOW, dst = {0, 1}, src = {1, 1}}, {FLOW, dst = {RETURN, 0}, src = {0, 0}}.
 *
 * Nothing here is global: a table is constant, and everything read at run time hangs on one
 * struct esc_models. Not thread-safe while files are being added; finding is.
 */
#ifndef ESC_MODELS_H
#define ESC_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where a path starts, when it is not a parameter (those are numbered from 0). */
enum esc_base {
    ESC_BASE_RETURN = -1,  /* the function's result; only on the left of a flow */
    ESC_BASE_NEW = -2,     /* a pointer to memory that is new at each call and nobody else's */
    ESC_BASE_STATIC = -3,  /* a pointer to memory that is not the caller's: to store in it is to
                              keep, to load from it gives `static` again */
    ESC_BASE_VARARGS = -4, /* every variadic argument; as the last argument of a callback: all of
                              them, from that position on */
    ESC_BASE_NONE = -5,    /* `_`, an argument of a callback that carries nothing of the caller's */
};

/* What the result says when the function has done nothing of what its effects say. */
enum esc_fails {
    ESC_FAILS_NEVER,   /* nothing: the effects always happen, or nobody can tell */
    ESC_FAILS_ZERO,    /* zero or a null pointer: it failed */
    ESC_FAILS_NONZERO, /* anything but zero: it failed */
};

/* A value named by a model: start at `base`, load `derefs` times. */
struct esc_path {
    int16_t base;   /* parameter index, or an enum esc_base */
    uint8_t derefs; /* 0: the pointer itself; 1: what its pointee holds (any field); ... */
};

enum esc_effect_kind {
    ESC_EFFECT_FLOW,     /* dst = src. Adds to what dst may hold, never replaces it. dst is the
                            result, or memory (derefs >= 1) reached from the result, a parameter or
                            the variadic arguments: the last deref of dst is the store. With derefs
                            on both sides bytes are copied, any field to any field. */
    ESC_EFFECT_KEEP,     /* src is stored in memory that outlives the call: it and all that can be
                            reached from it escape */
    ESC_EFFECT_CALL,     /* the function (or functions) in src are called with args before the call
                            returns; their result goes nowhere */
    ESC_EFFECT_REGISTER, /* the same, later: src, args and the callback's result are kept */
    ESC_EFFECT_FREE,     /* the block src points to must come from malloc's family: it is released,
                            resized or measured. It is not kept. */
};

struct esc_effect {
    enum esc_effect_kind kind;
    struct esc_path dst;         /* FLOW: what receives; else {ESC_BASE_NONE, 0} */
    struct esc_path src;         /* FLOW: the source; KEEP, FREE: the pointer; CALL, REGISTER: the
                                     callee (with derefs: any function the pointee holds) */
    const struct esc_path *args; /* CALL, REGISTER: the callback's arguments in order */
    uint8_t nargs;               /* number of args */
    bool open_end;               /* `until ...`: ends by something the model cannot name, so what
                                     is kept need not be held for good */
    const char *const *until;    /* NULL-terminated names of functions that end it (KEEP, REGISTER:
                                     no longer held; source `new`: released); NULL: kept for good,
                                     or released by `free` */
    bool given;                  /* KEEP, REGISTER, `if ...`: it happens only if ... */
    uint8_t given_param;         /* ... this parameter ... */
    int32_t given_value;         /* ... is this number */
};

/* The block that `return = new(...)` or `return = zero(...)` returns. */
struct esc_model_alloc {
    int8_t size;     /* parameter with the size in bytes, -1: not said (no plain allocator) */
    int8_t count;    /* parameter that multiplies size, -1: none */
    int8_t align;    /* parameter with the alignment, -1: that of malloc */
    bool zeroed;     /* the bytes are zero, else undefined */
    bool promotable; /* the function does nothing but return this block, aligned as malloc aligns
                        and released by `free` (or anything whose model says `free`): stack memory
                        can stand for it */
};

struct esc_model {
    const char *name;             /* the function's name */
    const char *file;             /* where the model stands, for explanations */
    unsigned line;                /* line in `file` */
    const char *const *params;    /* names of the parameters, nparams of them */
    uint8_t nparams;              /* fixed parameters */
    bool variadic;                /* `...` follows them */
    bool noreturn;                /* the call does not come back */
    bool yields;                  /* other code of the program may run before it returns: another
                                         thread, a signal handler, a coroutine, a constructor */
    enum esc_fails fails;         /* which result means that nothing has happened */
    struct esc_model_alloc alloc; /* what it allocates; size -1 when it does not */
    const struct esc_effect *effects; /* in the order written */
    size_t neffects;                  /* 0: every argument is merely borrowed */
};

/* A sorted set of models. */
struct esc_model_table {
    const struct esc_model *models; /* sorted by name (strcmp), names distinct */
    size_t count;                   /* number of models */
};

/* The built-in models (libc, POSIX, pthreads, GCC's builtins), made by plugin/models/generate.c. */
extern const struct esc_model_table esc_models_builtin;

/* Models from files, with a table of built-in ones behind them. */
struct esc_models;

/* Receives one error in a model file: where (line and column count from 1; 0 when the file as a
   whole is meant) and one line of text that names the fix. */
typedef void esc_model_report(void *data, const char *file, unsigned line, unsigned column,
                              const char *message);

/* A set that holds the models of `builtin` (which must outlive it; may be NULL). */
struct esc_models *esc_models_new(const struct esc_model_table *builtin);
void esc_models_free(struct esc_models *models);

/* Adds the models in text[0..size), which came from `file`; they go before all earlier ones of the
   same name. Each error is reported, its line is dropped and the rest is still read. Returns the
   number of errors. Time O(n log n). The text is not needed afterwards. */
unsigned esc_models_parse(struct esc_models *models, const char *file, const char *text,
                          size_t size, esc_model_report *report, void *data);

/* Reads `file` and adds its models as above. */
unsigned esc_models_load(struct esc_models *models, const char *file, esc_model_report *report,
                         void *data);

/* The model of the function, or NULL. Understands the compiler's and libc's spellings of one
   function: __builtin_memcpy, __memcpy_chk, __builtin___memcpy_chk, __isoc99_sscanf, __isoc23_strtol,
   and an assembler name's leading `*`. A call of such a spelling may have more arguments than the
   model has parameters, the effects name only those that stand at the same place. O(log n). */
const struct esc_model *esc_models_find(const struct esc_models *models, const char *name);

/* Whether a call with that many arguments can be one of the function the model (found under `name`)
   describes: guards against a program's own function that bears the name of a libc function. */
bool esc_model_fits(const struct esc_model *model, const char *name, unsigned nargs);

/* Whether a function of that name ends (`until`) what some other keeps. Linear in all models. */
bool esc_models_ends(const struct esc_models *models, const char *name);

/* The tables added from files, oldest first (the built-in one is not among them). */
size_t esc_models_table_count(const struct esc_models *models);
struct esc_model_table esc_models_table(const struct esc_models *models, size_t index);

/* Whether another thread may have run, and this one have waited for it, before the call returns: because
   the model says so, or (of the built-in ones) because the function talks to the system. */
bool esc_model_waits(const struct esc_model *model);

/* Writes the effect as it stands in a model file ("*dst = *src"), for explanations. Returns the
   length of the whole text like snprintf; buf is always terminated when size > 0. */
size_t esc_effect_text(const struct esc_model *model, const struct esc_effect *effect, char *buf,
                       size_t size);

/* The same for the whole line: "memcpy(dst, src, n): *dst = *src; return = dst". */
size_t esc_model_text(const struct esc_model *model, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
