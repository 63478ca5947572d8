/* The abstract program: one tree that is interpreted, and printed as C and as Go.
 *
 * It is the common subset of the two languages: integers, pointers to anything, structs by value,
 * arrays with constant indices, function pointers, calls as statements of their own (so that the
 * two languages' evaluation orders cannot differ), conditionals, counted loops, blocks; and, where asked for,
 * closures: functions nested in others, made where a variable is declared with one (`t3 v9 = f7;`), with the
 * variables in scope as they are at that moment.
 *
 * Every variable has a name of its own within its program, so a compiler's note "moved to heap: v7"
 * names one declaration.  Statements are never unlinked: the reducer and the pruner set flags
 * (`dead`, `unwrap`, ...) which the interpreter and the printers respect; a snapshot of the flags
 * is a snapshot of the program. */
#ifndef ORACLE_PROG_H
#define ORACLE_PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum type_kind {
    T_INT,    /* int, always in 0..0xffff */
    T_PTR,    /* pointer to `to` */
    T_STRUCT, /* struct s<id> with `nfields` fields f0, f1, ... */
    T_ARRAY,  /* `n` elements of `to`; only in variables and fields */
    T_FUNC,   /* pointer to a function of signature `sig` */
    T_VOID,   /* result of a function that has none */
};

enum { MAX_FIELDS = 8, MAX_PARAMS = 6, MAX_STEPS = 10, MAX_TYPES = 256 };

struct sig;

struct type {
    enum type_kind kind;
    int id;                         /* number within the program; names struct types and walkers */
    struct type *to;                /* T_PTR, T_ARRAY: the element */
    struct type *ptr;               /* the type "pointer to this", once made */
    int n;                          /* T_ARRAY: elements */
    int nfields;                    /* T_STRUCT: fields in use */
    struct type *field[MAX_FIELDS]; /* T_STRUCT: their types */
    bool drop[MAX_FIELDS];          /* T_STRUCT: the reducer took the field away */
    struct sig *sig;                /* T_FUNC: signature */
    int ncells;                     /* interpreter cells of a value: one a scalar */
    bool walk;                      /* printers: a walker for pointers to this is needed */
    bool used;                      /* printers: the (struct, function) type is mentioned */
};

/* A function type.  `fuel` functions take a leading int that bounds recursion. */
struct sig {
    struct type *result; /* T_VOID: none */
    int nparams;         /* not counting fuel */
    struct type *param[MAX_PARAMS];
    bool drop[MAX_PARAMS]; /* the reducer took the parameter away */
    bool fuel;             /* takes a leading fuel argument */
};

struct fn;

struct var {
    struct type *type;
    int id;        /* its name is v<id>; globals g<id> */
    struct fn *fn; /* NULL: a global */
    int slot;      /* index among its function's variables (globals: among those) */
    bool param;    /* a parameter */
    bool counter;  /* a loop counter: read only, address never taken */
    /* What the interpreter found. */
    bool executed;   /* its declaration was executed */
    bool addr_taken; /* printers: some live expression takes its address */
    bool used_after; /* an instance was ACCESSED after its call had returned */
    bool used_next;  /* an instance was accessed after the next had begun */
    bool used_block; /* an instance was accessed after its block had ended */
    bool held_after; /* an instance was still reachable when its call returned */
    bool held_next;  /* an instance was still reachable when the next began */
    /* What the compilers said. */
    enum said {
        SILENT,        /* nothing */
        STAYS,         /* does not escape */
        EXTENDED,      /* lifetime extended to function */
        MOVED,         /* moved to heap */
    } said;            /* goescape at -O0 */
    enum said said_o2; /* and at -O2 */
    bool go_moved;     /* Go: moved to heap */
};

enum step_kind {
    P_DEREF, /* follow the pointer */
    P_FIELD, /* field i */
    P_INDEX, /* element i */
};

/* An lvalue: a variable and what is done to it. */
struct path {
    struct var *var;
    struct type *type; /* of the whole */
    int nsteps;
    struct step {
        enum step_kind kind;
        int i;             /* P_FIELD, P_INDEX: which */
        struct type *type; /* type after this step */
    } step[MAX_STEPS];
};

enum expr_kind {
    E_INT,  /* constant i */
    E_ZERO, /* the zero value of type: 0, null, all fields zero */
    E_FN,   /* function fn as a value; nested in the current one only as a declaration's whole value */
    E_LOAD, /* contents of path */
    E_ADDR, /* address of path */
    E_BIN,  /* op on integers a, b */
    E_AGG,  /* struct or array of elem[] */
};

struct expr {
    enum expr_kind kind;
    struct type *type;
    bool zero;                     /* the reducer made it the zero value */
    int i;                         /* E_INT: value; E_BIN: operator + - ^ as a character */
    struct fn *fn;                 /* E_FN */
    struct path path;              /* E_LOAD, E_ADDR */
    struct expr *a, *b;            /* E_BIN */
    struct expr *elem[MAX_FIELDS]; /* E_AGG */
    unsigned style;                /* C printer: how to disguise it (profile c only) */
};

struct call {
    struct fn *fn;   /* callee, or */
    struct path via; /* the function pointer called when fn is NULL */
    struct sig *sig;
    struct expr *fuel; /* fuel argument when sig->fuel */
    struct expr *arg[MAX_PARAMS];
};

enum cond_kind {
    C_RND,    /* one in n of the calls of rnd() */
    C_LESS,   /* a < n */
    C_NOTNIL, /* pointer path is not null */
};

struct cond {
    enum cond_kind kind;
    int n;
    struct expr *a; /* C_LESS: an int; C_NOTNIL: a load */
};

enum stmt_kind {
    S_DECL,   /* var = e or call */
    S_ASSIGN, /* lhs = e, or plain variable lhs = call */
    S_CALL,   /* call, result dropped */
    S_IF,     /* cond body els */
    S_LOOP,   /* n times body, counter var */
    S_BLOCK,  /* body */
    S_RETURN, /* e or call or nothing */
    S_BREAK,
    S_CONTINUE,
    S_MIX, /* fold e (an int, or all that a pointer leads to) into the checksum */
};

struct stmt {
    enum stmt_kind kind;
    int id;          /* index in prog->stmt */
    struct var *var; /* S_DECL, S_LOOP */
    struct path lhs; /* S_ASSIGN */
    struct expr *e;  /* may be NULL when call is not */
    struct call *call;
    struct cond cond; /* S_IF */
    int n;            /* S_LOOP: how often; negative: rnd() % -n times */
    struct stmt *body, *els, *next;
    unsigned style; /* C printer: how to disguise it (profile c only) */
    /* Flags: see the head of this file. */
    struct flags {
        bool dead;   /* does not exist */
        bool guard;  /* done only if every pointer it follows is non-null */
        bool unwrap; /* S_IF, S_LOOP, S_BLOCK: only the body, in a block */
        bool noelse; /* S_IF: els does not exist */
        bool zero;   /* S_DECL, S_ASSIGN, S_RETURN: e and call are the zero value */
    } f;
    bool hit;       /* interpreter: was executed */
    bool guard_hit; /* interpreter: its guard held at least once */
};

/* Classes order the functions: one may call what comes later; C_REC also itself and each other. */
enum fn_class {
    F_TOP,  /* called from earlier F_TOP only; makes calls of every kind */
    F_REC,  /* has fuel; calls F_REC, and everything later */
    F_LEAF, /* calls later F_LEAF, and function pointers to F_CB */
    F_CB,   /* called through pointers; calls nothing through pointers itself */
};

struct fn {
    int id; /* its name is f<id> */
    enum fn_class cls;
    struct sig *sig;
    struct type *type; /* T_FUNC type when it can be a callback, or NULL */
    struct fn *parent; /* the function it is nested in, or NULL */
    struct var *fuel;  /* the fuel parameter or NULL */
    struct var *param[MAX_PARAMS];
    int nvars; /* parameters and locals, numbered by var->slot */
    struct stmt *body;
    bool called; /* interpreter: was executed */
    bool needed; /* printers: mentioned by live code of needed functions */
};

enum { MAX_FNS = 48, MAX_GLOBALS = 12, MAX_VARS = 600, MAX_STMTS = 900 };

struct prog {
    uint64_t seed;
    int ntypes, nfns, nglobals, nvars, nstmts;
    struct type *type[MAX_TYPES];
    struct fn *fn[MAX_FNS];
    struct var *global[MAX_GLOBALS];
    struct var *var[MAX_VARS]; /* locals and parameters by id */
    struct stmt *stmt[MAX_STMTS];
    struct fn *entry;
    int rounds;        /* main calls entry this many times */
    int runs;     /* further runs, from other random states, that the interpreter takes facts from */
    uint32_t sum;      /* checksum the interpreter computed */
    bool cprofile;     /* print C disguised: memcpy, casts, unions, ... */
    struct chunk *mem; /* all memory of the program */
};

enum { INT_MASK = 0xffff, WALK_DEPTH = 4, FIRST_SUM = 17 };

/* Random numbers (splitmix64). */
struct rng {
    uint64_t s;
};
uint64_t rng_next(struct rng *r);
int rng_below(struct rng *r, int n); /* 0..n-1 */
bool rng_chance(struct rng *r, int percent);

/* prog.c */
struct prog *prog_new(uint64_t seed);
void prog_free(struct prog *p);
void *prog_alloc(struct prog *p, size_t n); /* zeroed, lives as long as p */
struct type *type_new(struct prog *p, enum type_kind k);
struct type *type_ptr(struct prog *p, struct type *to);
void type_layout(struct type *t);                 /* computes ncells once the fields are set */
int type_field_cell(const struct type *t, int i); /* cell offset of field or element i */
bool prog_valid(struct prog *p);                  /* every live use has a live declaration */
void prog_mark_used(struct prog *p);              /* sets needed, used, walk, addr_taken */

/* Calls back for each path, expression-wise, in evaluation order. */
typedef void path_fn(void *ctx, const struct path *path, bool address);
void expr_paths(const struct expr *e, path_fn *f, void *ctx);
struct fn *nested_fn(const struct stmt *s);                   /* the closure it makes, or NULL */
void stmt_paths(const struct stmt *s, path_fn *f, void *ctx); /* of this statement alone */

/* gen.c: a program from its seed; NULL when the seed's program runs away. */
struct gen_options {
    int size;      /* statements a function, roughly */
    bool cprofile; /* C only, disguised */
    int runs;      /* further runs from other random states */
    bool closures; /* with nested functions */
};
struct prog *gen_program(uint64_t seed, const struct gen_options *o);

/* interp.c */
enum run_result {
    RUN_OK,     /* finished; sum and the variables' facts are set */
    RUN_BUDGET, /* too many steps */
};
/* With `repair`, a statement that follows a null pointer becomes guarded and the run goes on as if
 * it had always been; without it that is RUN_BUDGET also. */
enum run_result interp_run(struct prog *p, long budget, bool repair);
/* Runs it from other random states and adds what they find to the variables' facts. */
void interp_explore(struct prog *p, long budget);
void prog_prune(struct prog *p); /* marks what was never executed dead */

/* check.c: runs programs through the compilers and judges them. */
enum fault {
    FAULT_CRASH,    /* the compiler failed or crashed on it */
    FAULT_UNSOUND,  /* an object is used after its lifetime and its variable was not moved */
    FAULT_HELD,     /* an object is held (not used) after its lifetime and was not moved */
    FAULT_OUTPUT,   /* a run differs from the interpreter */
    FAULT_COARSE,   /* a variable is moved that Go does not move */
    FAULT_SILENT,   /* an address-taken local got no verdict */
    FAULT_LEVEL,    /* verdicts differ between -O0 and -O2 */
    FAULT_NEEDLESS, /* moved, and never held: counted, not a failure */
    FAULT_GO,       /* Go contradicts the interpreter: the oracle itself is wrong */
    NFAULTS
};
extern const char *const fault_name[NFAULTS];

struct setup {
    const char *gcc;    /* compiler */
    const char *plugin; /* goescape.so, NULL: only C and Go against the interpreter */
    const char *lib;    /* libgoescape.a */
    const char *args;   /* further compiler arguments */
    bool go;            /* compare with Go */
    bool stress;        /* also run with GOESCAPE=stress=1 */
    bool moved_all;     /* select=all: verdicts are not judged, only output */
    bool cprofile;      /* C only, disguised */
    bool closures;      /* programs with closures: what these hold is not known to the interpreter */
    const char *dir;    /* scratch folder */
};

struct finding {
    unsigned faults;                   /* bit set of 1 << enum fault */
    struct var *var[NFAULTS];          /* the first variable concerned */
    char what[NFAULTS][128];           /* details */
    int needed, held, moved, go_moved; /* variables, for the ratios; needed: used */
};

/* Judges n programs by one compilation for each level, looking only for the faults in `wanted`. */
void check_programs(const struct setup *su, struct prog **p, int n, unsigned wanted,
                    struct finding *f);

/* reduce.c: deletes what it can from p while check_programs finds the same fault. */
void reduce_program(const struct setup *su, struct prog *p, enum fault fault);

/* disguise.c: other C for the same load, address or store (profile c). */
const char *disguise_load(unsigned style, const char *type, const char *lvalue, bool pointer);
const char *disguise_callee(unsigned style, const char *fn);
const char *disguise_pointer(unsigned style, const char *type, const char *value);
void disguise_store(FILE *out, unsigned style, const char *type, const char *lvalue,
                    const char *value, bool aggregate);

/* print.c: `tag` goes in front of every name, so that many programs fit one file. */
enum lang { LANG_C, LANG_GO };
void print_prelude(FILE *out, enum lang lang, bool cprofile); /* once a file */
void print_program(FILE *out, struct prog *p, enum lang lang, const char *tag);
void print_main(FILE *out, enum lang lang, struct prog **p, int n, char (*tag)[16]);

#endif
