/* The engine's own view of a unit: symbols, functions, blocks, statements. See escape.h for meaning. */
#ifndef ESC_IR_H
#define ESC_IR_H

#include "../util/arena.h"
#include "../util/bits.h"
#include "../util/map.h"
#include "../util/vec.h"
#include "escape.h"

enum { ESC_LEVELS = 3 }; /* degrees of precision: graph.c */
enum { ESC_WORD = 8 };   /* cells, names and summaries are kept by words of this many bytes */

enum esc_stmt_kind {
    ESC_STMT_ASSIGN,   /* dst = merge of refs[0..n) */
    ESC_STMT_CALL,     /* dst = callee(refs[0..n)) */
    ESC_STMT_RETURN,   /* result = refs[0] */
    ESC_STMT_BEGIN,    /* storage of dst.var is born */
    ESC_STMT_END,      /* storage of dst.var dies */
    ESC_STMT_ASM,      /* refs[0..outs) written, the rest read; `memory`: all of memory too */
    ESC_STMT_VA_START, /* *refs[0] points to the unnamed arguments */
    ESC_STMT_VA_ARG,   /* dst = **refs[0] */
    ESC_STMT_BRANCH,   /* refs[0] relation refs[1] decides between the block's two successors */
    ESC_STMT_SWITCH, /* successor k is taken only if refs[0] is refs[k + 1], or one of them: esc_switch */
};

/* An assignment to nothing (dst.kind ESC_NONE) is a note about the statement behind it. */
enum esc_note {
    ESC_NOTE_NONE,
    ESC_NOTE_DST,  /* its destination lies at dst.off + dst.size * refs[0] */
    ESC_NOTE_SRC,  /* its operand lies there */
    ESC_NOTE_SUM,  /* it assigns refs[0] + dst.off */
    ESC_NOTE_TEST, /* it assigns whether refs[0] relation refs[1] */
    ESC_NOTE_MASK, /* it assigns refs[0] & dst.off */
    ESC_NOTE_BITS, /* it assigns refs[0] with other bits where dst.off has ones */
};

struct esc_stmt {
    uint8_t kind;          /* enum esc_stmt_kind */
    uint8_t note;          /* ASSIGN to nothing: enum esc_note */
    bool memory;           /* ASM: clobbers memory */
    uint16_t undone;       /* ASSIGN: words whose store is undone before the exit (undone.c) */
    bool within;           /* some undone store is not undone yet here */
    bool dead;             /* ASSIGN: overwritten before anything reads it (dead.c) */
    uint8_t relation;      /* BRANCH, note of a test: enum esc_relation */
    uint32_t site;         /* the front end's */
    uint32_t block;        /* where it stands */
    struct esc_ref dst;    /* what it defines; kind ESC_NONE if nothing */
    struct esc_ref callee; /* CALL */
    uint32_t signature;    /* CALL: of the function type called; ASSIGN: the operation */
    uint32_t slot;         /* CALL: where a pointer called through was kept */
    uint32_t outs;         /* ASM: how many of refs are outputs; CALL: a number for its constants */
    uint32_t n;            /* how many refs */
    struct esc_ref *refs;  /* operands */
};

struct esc_block {
    uint32_t first, end; /* statements [first, end) */
    VEC(uint32_t) succs; /* blocks control may go to; ESC_EXIT among them */
    VEC(uint32_t) preds; /* blocks it may come from */
    uint32_t order;      /* position in reverse postorder; UINT32_MAX: unreachable */
    uint32_t loop;       /* innermost loop (cfg.c) */
    uint32_t idom;       /* immediate dominator (esc_dominators); its own for the entry */
};

struct esc_loop {
    uint32_t parent; /* enclosing loop; loop 0 is the function itself */
    uint32_t header; /* its head, unless irregular */
    bool irregular;  /* a cycle with several entries: nothing finer is known */
};

/* A value of the function in SSA form: one word of a register variable, defined once. */
struct esc_name {
    uint32_t var;       /* the variable it is a version of */
    uint32_t word;      /* which word of it */
    uint32_t block;     /* where it is defined (merged, for a phi) */
    uint32_t stmt;      /* the defining statement; UINT32_MAX: a phi or the value at entry */
    uint32_t same;      /* the name this one turned out to be; itself if it stands on its own */
    VEC(uint32_t) from; /* a phi's operands, one a predecessor */
};

/* What a call of the function may do with what its callers store for a while (undone.c). */
enum esc_ambient {
    ESC_AMBIENT_RETURNS = 1, /* hand it back */
    ESC_AMBIENT_KEEPS = 2,   /* put it, or something of its own, where it is not looked for */
    ESC_AMBIENT_OPAQUE = 4,  /* run code of which nothing is known, or wait for other code */
};

/* A word of memory that is overwritten in every call of the function that returns. */
struct esc_kill {
    bool symbol;   /* it is a symbol's; else behind a parameter */
    uint32_t base; /* symbol, or parameter */
    int32_t off;   /* bytes */
};

/* What is known of one function: everything the analysis phases hand on to each other. */
struct esc_fn {
    struct esc_unit *unit;
    uint32_t sym;                 /* index among the unit's symbols, without ESC_SYM */
    VEC(struct esc_var) vars;     /* parameters first */
    uint32_t nparams;             /* how many of them are parameters */
    VEC(uint32_t) scopes;         /* parent of each scope; scope 0 is its own parent */
    VEC(struct esc_block) blocks; /* block 0 is the entry */
    VEC(struct esc_stmt) stmts;   /* grouped by block */
    VEC(struct esc_loop) loops;   /* cfg.c */
    VEC(uint32_t) order;          /* reachable blocks in reverse postorder */
    /* ssa.c */
    VEC(struct esc_name) ssa; /* all names */
    VEC(uint32_t) names;      /* words of operands -> ssa; sliced by esc_ref.names */
    uint32_t *nwords;         /* by variable: words kept in SSA form; 0: lives in memory */
    bool ssa_built;           /* the above is there */
    /* unit.c */
    uint32_t scc;               /* its strongly connected component in the call graph */
    uint32_t rounds;            /* how often its summary has grown at this level */
    bool recursive;             /* may be called again while it runs */
    uint8_t level;              /* how coarsely it is solved, below ESC_LEVELS (graph.c) */
    uint8_t folds;              /* how its summary is folded: enum fold of summary.h */
    bool asks_nobody;           /* would leave too many calls to its callers: leaves none */
    bool blurred_grew;          /* when the summary last grew */
    bool waits;                 /* in the worklist of its component: unit.c */
    uint32_t turn;              /* its place in the component's order, callees first */
    uint32_t id;                /* its index among the unit's functions */
    uint8_t ambient;            /* enum esc_ambient bits */
    bool *exposed;              /* by variable: others can reach it; NULL: no store is undone */
    VEC(struct esc_kill) kills; /* undone.c */
    bool gave_up;               /* out of budget: everything escapes */
    bool elsewhere;             /* of another unit: parameters, summary and exit are all there is */
    VEC(uint32_t) callers;      /* functions of its component that have used its summary */
    struct esc_graph *graph;    /* the solved graph, while its SCC is being worked on */
    struct esc_summary *summary; /* what callers need; grows while the SCC is solved */
    struct esc_summary *blurred; /* the same, for callers solved coarsely; or NULL */
    struct esc_exit_state *exit; /* held.c: what certainly is held at its exit */
    /* results */
    VEC(struct esc_alloc) allocs;
    VEC(uint32_t) dropped_frees; /* sites */
    VEC(struct esc_warning) warnings;
    VEC(struct esc_explained) explained;
};

struct esc_explained {
    uint32_t key;           /* variable, or statement with ESC_SYM set */
    uint32_t nsteps;        /* how many */
    struct esc_step *steps; /* oldest first */
};

struct esc_init {
    int32_t off; /* where in the data symbol */
    uint32_t to; /* symbol index without ESC_SYM */
    int32_t add; /* added to its address */
};

struct esc_symbol {
    const char *name;
    uint32_t flags;                /* enum esc_symbol_flag */
    uint32_t size;                 /* data: bytes */
    uint32_t signature;            /* function: see esc_symbol_signature */
    uint8_t kind;                  /* enum esc_symbol_kind */
    struct esc_fn *fn;             /* its body, if there is one */
    VEC(struct esc_init) inits;    /* data: addresses in its initialiser */
    uint32_t writers;              /* data: how many functions store to it by name */
    uint32_t writer;               /* data: the last of them */
    uint32_t also;                 /* function: the symbol it may stand for; UINT32_MAX: none */
    bool placed;                   /* function: it stands in some slot */
    bool sought;                   /* function: its model has been looked up ... */
    const struct esc_model *model; /* ... and is this one; NULL: there is none */
    VEC(uint32_t) classes;         /* function: classes it is a member of; in the unit's arena */
};

/* A place that keeps function pointers, or all places of its kind. */
struct esc_slot {
    struct bits holds;   /* functions it may hold (targets.c) */
    VEC(uint32_t) flows; /* slots that are filled from it */
    uint32_t targets;    /* the set it holds: index into esc_unit.targets */
    bool waits;          /* in the worklist of targets.c */
};

struct esc_merge;

/* The functions that a call through a pointer of some signature and slot may reach (targets.c). */
struct esc_class {
    uint32_t signature;          /* 0: fits all */
    uint32_t base;               /* class whose members are its own, too; NO_CLASS: none */
    bool unknown;                /* a function of another file may be reached as well */
    VEC(uint32_t) members;       /* symbols of functions */
    VEC(uint32_t) callers;       /* functions of its own component that have used it */
    uint32_t scc;                /* component it belongs to; 0: not closed yet */
    struct esc_merge *merged;    /* what its members do, taken together; NULL: too few to merge */
    struct esc_summary *said;    /* the same, for callers to hold; NULL: to be made when one asks */
    struct esc_summary *blurred; /* the same, for callers solved coarsely; or NULL */
    bool grown;                  /* merged says more than its callers have seen */
};

struct esc_unit {
    struct arena arena; /* all that lives as long as the unit */
    struct esc_options opt;
    VEC(struct esc_symbol) syms;
    VEC(struct esc_fn *) fns;       /* in order of definition */
    VEC(struct esc_fn *) elsewhere; /* functions of other units whose summary is known */
    VEC(struct esc_slot) slots;     /* where function pointers are kept */
    VEC(struct bits) targets;       /* distinct sets of functions that slots hold: targets.c */
    VEC(struct esc_class) classes;  /* what may hide behind pointers to functions: targets.c */
    struct map class_of;            /* signature and set -> class */
    struct map ends; /* held_call.c: symbol -> 1: it ends what others keep; 0: it does not */
    struct esc_graph *spare; /* empty graphs, for their storage: graph_new.c */
    uint64_t kept;           /* bytes of solved graphs that are kept: unit.c */
    bool many;               /* the component at hand has many functions: unit.c */
};

/* ir.c: the model of function SYM by its name, or NULL. */
const struct esc_model *symbol_model(struct esc_unit *, uint32_t sym);
/* cfg.c: order, preds, loops. */
void esc_cfg(struct esc_fn *);
/* The immediate dominator of every reachable block (Cooper, Harvey, Kennedy 2001). */
void esc_dominators(struct esc_fn *);
/* ssa.c: names of every operand. */
void esc_ssa(struct esc_fn *);
/* dead.c: marks stores that nothing reads; after esc_ssa. */
void esc_dead_stores(struct esc_fn *);
/* The name NAME stands for. */
uint32_t esc_same(struct esc_fn *, uint32_t name);
/* Number of words of an access of SIZE bytes at OFF (at least 1). */
uint32_t esc_words(int32_t off, uint32_t size);
/* Bytes from the beginning of its word to OFF, a known offset that may be negative. */
uint32_t esc_within(int32_t off);
/* True if references to VAR go through names rather than memory. */
bool esc_is_ssa(const struct esc_fn *, uint32_t var);
/* True if scope OUTER contains scope INNER and is not it. */
bool esc_scope_outside(const struct esc_fn *, uint32_t outer, uint32_t inner);

#endif
