/* Random programs of the engine's own statements, and the truth about them.
 *
 *     brute_gen.c     makes a program: functions of nested statements
 *     brute_flat.c    lays it out as blocks, as the engine and the interpreter both see it
 *     brute_run.c     runs it (with brute_mem.c and brute_call.c), along all paths or many, and notes what outlives what
 *     brute_judge.c   hands it to the engine and holds the answers against what was seen
 *     brute_print.c   shows a program
 *     engine_brute.c  the command: seeds, reduction, statistics
 *
 * Variables and symbols of a program have the numbers that the engine will give them, so operands
 * are plain esc_refs. Memory is bytes in groups of four (a half): half a pointer is no pointer, but
 * copied together with the other half it is one again.
 */
#ifndef BRUTE_H
#define BRUTE_H

#include "engine/escape.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MAX_FNS = 6,     /* functions of a program */
    MAX_SYMS = 32,   /* symbols: functions first, then data, then functions without a body */
    MAX_VARS = 28,   /* variables of a function */
    MAX_SCOPES = 10, /* blocks of a function */
    MAX_REFS = 5,    /* operands of a statement */
    MAX_FLAT = 400,  /* statements of a function once laid out */
    MAX_PARAMS = 4,  /* parameters of a function */
    HALF = 4,        /* bytes */
};

/* ---- programs ---- */

enum bkind {
    B_ASSIGN,   /* dst = one of refs */
    B_CALL,     /* dst = callee(refs) */
    B_RETURN,   /* return refs[0] */
    B_ASM,      /* refs[0..outs) written, the others read */
    B_VA_START, /* the list at refs[0] */
    B_VA_ARG,   /* dst = next of the list at refs[0] */
    B_SCOPE,    /* { first } with the variables of `scope` */
    B_IF,       /* if (refs[0] relation refs[1], or anyhow) first else other */
    B_LOOP,     /* while (as above) first */
    B_BREAK,    /* out of the innermost loop */
    B_CONTINUE, /* to its head */
    B_LABEL,    /* where gotos to `scope` go (the label's number) */
    B_GOTO,     /* goto the label numbered `scope` */
    B_SWITCH,   /* one of first, other, or neither */
};

struct bstmt {
    uint8_t kind;          /* enum bkind */
    bool gone;             /* taken out by the reducer */
    bool hollow;           /* its statements stand, but not the construct around them */
    bool cond;             /* IF, LOOP: there is a condition; else either way is possible */
    bool memory;           /* ASM */
    uint8_t relation;      /* enum esc_relation */
    uint8_t n, outs;       /* operands; of ASM: how many are outputs */
    uint8_t scope;         /* SCOPE; LABEL and GOTO: the label */
    uint8_t signature;     /* CALL */
    struct esc_ref dst;    /* ASSIGN, CALL, VA_ARG */
    struct esc_ref callee; /* CALL */
    struct esc_ref refs[MAX_REFS];
    struct bstmt *first, *other; /* statements inside */
    struct bstmt *next;          /* statement behind */
};

struct bfn {
    struct esc_var vars[MAX_VARS];
    char names[MAX_VARS][8];    /* of the variables */
    uint32_t nvars, nparams;    /* unnamed arguments count as a parameter */
    uint8_t parent[MAX_SCOPES]; /* of each scope */
    uint32_t nscopes;
    bool variadic;
    bool ends;          /* storage ends where a block is left; else only births are marked */
    struct bstmt *body; /* its statements */
};

struct bsym {
    char name[16];
    uint8_t kind; /* enum esc_symbol_kind */
    uint32_t flags;
    uint32_t size;      /* data */
    uint32_t signature; /* functions */
    int32_t also;       /* functions: what else it may be; -1 */
    int32_t init[3];    /* READONLY: symbol whose address each word holds; -1 */
};

struct prog {
    struct bfn fn[MAX_FNS];
    uint32_t nfns;
    struct bsym sym[MAX_SYMS];
    uint32_t nsyms;
    bool extern_keeps;   /* esc_options */
    uint32_t large;      /* esc_options */
    struct bstmt *pool;  /* all statements */
    uint32_t npool, max; /* used, room */
};

/* ---- laid out ---- */

enum { F_BEGIN = 100, F_END, F_BRANCH }; /* kinds of flat statements beside bkind's */

struct fstmt {
    uint8_t kind;          /* bkind, or one of the above */
    uint8_t var;           /* BEGIN, END */
    const struct bstmt *s; /* all others */
};
struct fblock {
    uint32_t first, end; /* statements */
    uint32_t succ[3];    /* ESC_EXIT is one */
    uint32_t nsucc;
};
struct flat {
    struct fstmt stmt[MAX_FLAT];
    struct fblock block[MAX_FLAT];
    uint32_t nstmts, nblocks;
};

/* ---- the truth ---- */

enum {
    SEEN_RESULT = 1,  /* reachable from the result when its function returned */
    SEEN_STORED = 2,  /* reachable from memory that outlives the function */
    SEEN_REBORN = 4,  /* used after its next birth */
    SEEN_ENDED = 8,   /* used after its storage ended */
    SEEN_PASSED = 16, /* handed to a call after its storage ended */
    SEEN_AFTER = 32,  /* used after its function returned */
};

enum { MAX_LEVEL = 8, NOT_SEEN = 255 };

struct param_truth {
    uint8_t heap;              /* least dereferences of what reached the world */
    uint8_t result;            /* ... the result */
    uint8_t param[MAX_PARAMS]; /* ... what another parameter points to */
};

struct fn_truth {
    uint8_t var[MAX_VARS];       /* SEEN_ bits */
    uint8_t alloc[MAX_FLAT];     /* by call: the same of the blocks it made */
    bool freed_afar[MAX_FLAT];   /* ... a block was freed by another activation, or unknown code */
    bool frees_others[MAX_FLAT]; /* by call of free: it freed a block of another activation */
    uint16_t freed_at[MAX_FLAT][8]; /* by allocating call: calls of free that freed a block, +1 */
    uint16_t frees[MAX_FLAT][8];    /* by call of free: calls that made what it freed, +1 */
    struct param_truth param[MAX_PARAMS];
    bool complete;  /* all paths from this function's entry were followed to their ends */
    bool undefined; /* some path did what C does not define */
};

struct truth {
    struct fn_truth fn[MAX_FNS];
    uint64_t runs, steps;
};

/* ---- brute_gen.c ---- */
uint32_t rnd(uint64_t *state, uint32_t n); /* below N */
void prog_make(struct prog *, uint64_t seed);
void prog_free(struct prog *);
extern const char brute_models[]; /* models of the functions without a body */

/* ---- brute_flat.c ---- */
bool flatten(const struct prog *, uint32_t fn, struct flat *); /* false: too long */
/* The statements of FN's tree, in order; F is called for each that is there. */
void each_stmt(struct bstmt *, void (*f)(void *, struct bstmt *), void *);

/* ---- brute_run.c ---- */
/* Runs all of P; EFFORT multiplies the number of paths. */
void find_truth(const struct prog *, const struct flat *flats, unsigned effort, struct truth *);

/* ---- brute_judge.c ---- */
enum fault {
    FAULT_NONE,
    FAULT_MOVED,    /* a variable outlives its function (or iteration) and was not moved */
    FAULT_EXTENDED, /* a variable outlives its block and stays */
    FAULT_ALLOC,    /* a block outlives its function and was said not to */
    FAULT_PROMOTED, /* ... and was promoted, or a free of it stays, or one that is needed goes */
    FAULT_LEAK,     /* a parameter leaks and was said not to */
    FAULT_WARNING,  /* a definite warning that comes true on no path */
    FAULT_OPTION,   /* goe_heap or large disregarded */
    FAULT_UNSTABLE, /* a second run gave another answer */
    NFAULTS,
};
extern const char *const fault_name[NFAULTS];

struct answer {
    enum fault fault;     /* the first found */
    char text[200];       /* about it */
    uint32_t moved, must; /* variables moved; that must */
    uint32_t extended;    /* variables extended */
    uint32_t stays;       /* addressed variables that stay */
    uint32_t gave_up;     /* functions the engine gave up on */
    uint32_t promoted;    /* blocks */
    uint32_t warnings, unconfirmed;
};
/* What the engine, given BUDGET, answers. IGNORE: bits of faults not looked for. */
void judge(const struct prog *, const struct flat *flats, const struct truth *, uint32_t budget,
           unsigned ignore, struct answer *);
/* The same of a program whose functions stand in two files: those with bits in PART, and the others.
 * False: what they tell each other came to no end, and nothing was judged. */
bool judge_parts(const struct prog *, const struct flat *flats, const struct truth *, uint32_t part,
                 uint32_t budget, unsigned ignore, struct answer *);

/* ---- brute_print.c ---- */
void prog_print(const struct prog *);

#endif
