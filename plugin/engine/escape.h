/* The escape analysis engine: what a front end hands in, and what it gets back.
 *
 * A unit holds functions and globals (symbols). A function is a control-flow graph of a few kinds of
 * statement over its variables. esc_solve() decides, callees before callers, for every variable whose
 * address is taken and for every allocation whether it may stay on the stack, and which addresses are
 * certainly still held when their variable dies.
 *
 *     struct esc_unit *u = esc_unit_new(&(struct esc_options){.large = 131072});
 *     uint32_t f = esc_symbol(u, ESC_SYM_FUNC, "f", 0);
 *     struct esc_fn *fn = esc_define(u, f);
 *     uint32_t x = esc_local(fn, &(struct esc_var){.name = "x", .size = 4, .flags = ESC_ADDRESSED});
 *     uint32_t b = esc_block(fn);
 *     esc_return(fn, esc_addr(x, 0));                // return &x;
 *     esc_edge(fn, b, ESC_EXIT);
 *     esc_solve(u);
 *     esc_fn_var(fn, x)->verdict                     // ESC_MOVED
 *
 * Nothing here knows GCC. A unit is used from one thread; all that hangs on it is freed with it.
 */
#ifndef ESC_ESCAPE_H
#define ESC_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct esc_unit;
struct esc_fn;
struct esc_models;

/* ---- options ---- */

struct esc_options {
    bool extern_keeps; /* unknown functions keep what they are handed (Go's rule) */
    bool explain;      /* remember why each address flowed where it did */
    bool held;         /* look for addresses certainly held at the end (warnings) */
    /* Functions in which nothing is to be decided are left out, unless others call them: what
     * they do with their parameters is not known then. */
    bool decisions_only;
    uint32_t large;                  /* a bigger local moves to the heap; 0: never */
    uint32_t budget;                 /* constraint-solving steps a function may take; 0: default */
    const struct esc_models *models; /* what functions without a body do; NULL: nothing is known */
};

/* ---- symbols ---- */

/* Index of a symbol with this bit set stands wherever a variable index may stand. */
#define ESC_SYM   0x80000000u
#define ESC_NOVAR 0x7fffffffu
#define ESC_ANY   INT32_MIN  /* an offset nobody knows */
#define ESC_EXIT  UINT32_MAX /* the function's exit as the target of an edge */

enum esc_symbol_kind {
    ESC_SYM_FUNC, /* a function, with or without a body */
    ESC_SYM_DATA, /* a variable of static storage duration */
};

enum esc_symbol_flag {
    ESC_SYM_LOCAL = 1,          /* internal linkage: nobody outside the unit can name it */
    ESC_SYM_TAKEN = 2,          /* address taken somewhere (a function: may be called indirectly) */
    ESC_SYM_READONLY = 4,       /* never written after its initialiser, which is fully given */
    ESC_SYM_REPLACE = 8,        /* interposable: its body, if any, may not be the one that runs */
    ESC_SYM_NORETURN = 16,      /* a function that does not return */
    ESC_SYM_KEEPS_NOTHING = 32, /* pure, const, or declared to keep nothing */
    ESC_SYM_THREAD = 64,        /* thread-local data */
    ESC_SYM_TWICE = 256,        /* a function that may return again: setjmp */
    ESC_SYM_CHOSEN = 128,       /* ifunc: a function of its signature, chosen at run time */
};

/* ---- variables ---- */

enum esc_var_flag {
    ESC_ADDRESSED = 1, /* its address is taken: it lives in memory */
    ESC_PARAM = 2,     /* a parameter; parameters are declared first, in order */
    ESC_POINTERS = 4,  /* its type holds pointers: worth a note of its own */
    ESC_PIN_STACK = 8, /* goe_stack: must not move */
    ESC_PIN_HEAP = 16, /* goe_heap: always moves */
    ESC_NOESCAPE = 32, /* goe_noescape parameter: keeps nothing of what it is given */
    ESC_ESCAPES = 64,  /* goe_escapes parameter: keeps what it is given */
    ESC_ALLOCA = 128,  /* not a variable but the memory of an alloca */
    ESC_LITERAL = 256, /* a compound literal */
    ESC_VLA = 512,     /* the memory of a variable-length array */
    ESC_FIXED = 1024,  /* the front end cannot move it (a va_list, a frame of nested functions) */
    ESC_ARTIFICIAL = 2048, /* the compiler's own: decided, not reported */
    ESC_VARARGS = 4096,    /* stands for all unnamed arguments of this function; a parameter */
    ESC_CHAIN = 8192,      /* the static chain of a nested function; a parameter */
    ESC_CAPTURED = 16384,  /* a variable that nested functions capture */
    ESC_CLOSURE = 32768,   /* not a variable but a nested function's value, with what it captured */
    ESC_UNSIGNED = 65536,  /* its type is of numbers that are not negative */
    ESC_SHARED = 131072,   /* several threads have what it points to; a parameter */
};

enum esc_verdict {
    ESC_STAYS,    /* may live on the stack until its block ends */
    ESC_EXTENDED, /* on the stack, but until the function returns */
    ESC_MOVED,    /* must live on the heap */
};

enum esc_reason {
    ESC_WHY_NONE,   /* it does not escape */
    ESC_WHY_RESULT, /* reachable from what the function returns */
    ESC_WHY_STORED, /* reachable from memory that outlives the call: globals, callers' objects */
    ESC_WHY_KEPT,   /* handed to a function that keeps it */
    ESC_WHY_LOOP,   /* an earlier iteration's object is still reachable when the next is born */
    ESC_WHY_LARGE,  /* too large for the stack */
    ESC_WHY_ASKED,  /* goe_heap */
    ESC_WHY_BUDGET, /* the analysis gave up on the function */
};

struct esc_var {
    const char *name; /* for explanations; NULL: a temporary */
    uint32_t size;    /* bytes; 0: unknown */
    uint32_t flags;   /* enum esc_var_flag */
    uint32_t scope;   /* its block (esc_scope), 0: the function's outermost */
    uint32_t tag;     /* the front end's own, never read here */
    /* Filled in by esc_solve: */
    uint8_t verdict; /* enum esc_verdict */
    uint8_t reason;  /* enum esc_reason */
};

/* ---- expressions ---- */

enum esc_ref_kind {
    ESC_NONE,    /* carries no address: a constant, a floating-point number */
    ESC_VAR,     /* the contents of `var` at [off, off + size), plus `add` */
    ESC_ADDR,    /* the address of `var` plus off */
    ESC_MEM,     /* the contents of memory at (pointer `var`) + off, size bytes, plus `add` */
    ESC_UNKNOWN, /* an address from nowhere: any object that has escaped */
    ESC_CONST,   /* the integer `off`; only comparisons care */
};

enum esc_relation {
    ESC_EQ,
    ESC_NE,
    ESC_LT,
    ESC_LE,
    ESC_GT,
    ESC_GE,
    ESC_IN,     /* one of the numbers 0 to 31 whose bits are set in the other, a constant */
    ESC_NOT_IN, /* none of them */
};

enum esc_ref_flag {
    ESC_REF_VOIDP = 1,   /* argument of type pointer to void */
    ESC_REF_FNPTR = 2,   /* argument of function pointer type */
    ESC_REF_LIKE = 4,    /* argument whose type is the call's result type */
    ESC_REF_CHAIN = 8,   /* the static chain, last among the arguments */
    ESC_REF_KEEP = 16,   /* declared: the callee keeps this argument */
    ESC_REF_BORROW = 32, /* declared: the callee keeps nothing of this argument */
    ESC_REF_PTRPTR = 64, /* argument of a type pointer to pointer: what it points to is one word */
    ESC_REF_NUMBER =
        128, /* destination, or what is returned, of integer type: no definite warning */
    ESC_REF_PLAIN = 128,     /* a number that can at most be a piece of an address: never warns */
    ESC_REF_FITS = 512,      /* result of an allocation that could be a local buffer, by its size */
    ESC_REF_VOLATILE = 1024, /* an access that others may see between two statements */
    ESC_REF_CAST = 2048,     /* a number that may be another after the conversion */
    ESC_REF_BITS = 4096,     /* a bit-field: others may stand in the same bytes */
    ESC_REF_SET = 16384,     /* of a switch: not one number but the bits of those below 32 */
    ESC_REF_WRITES = 8192,   /* argument of a type pointer to what is not const */
    ESC_REF_READS = 256,     /* argument of a type pointer to const: the callee only reads there */
};

struct esc_ref {
    uint16_t kind;  /* enum esc_ref_kind */
    uint16_t flags; /* enum esc_ref_flag */
    uint32_t var;   /* variable, or symbol with ESC_SYM */
    int32_t off;    /* bytes, or ESC_ANY */
    uint32_t size;  /* bytes read or written; 0: unknown */
    int32_t add;    /* added to the value read; ESC_ANY: an unknown amount */
    uint32_t names; /* internal: first of its words' values in esc_fn.names */
};

static inline struct esc_ref esc_none(void)
{
    struct esc_ref r = {ESC_NONE, 0, ESC_NOVAR, 0, 0, 0, 0};
    return r;
}
static inline struct esc_ref esc_const(int32_t value)
{
    struct esc_ref r = {ESC_CONST, 0, ESC_NOVAR, value, 0, 0, 0};
    return r;
}
static inline struct esc_ref esc_value(uint32_t var, int32_t off, uint32_t size)
{
    struct esc_ref r = {ESC_VAR, 0, var, off, size, 0, 0};
    return r;
}
static inline struct esc_ref esc_addr(uint32_t var, int32_t off)
{
    struct esc_ref r = {ESC_ADDR, 0, var, off, 8, 0, 0};
    return r;
}
static inline struct esc_ref esc_mem(uint32_t pointer, int32_t off, uint32_t size)
{
    struct esc_ref r = {ESC_MEM, 0, pointer, off, size, 0, 0};
    return r;
}

/* ---- building ---- */

struct esc_unit *esc_unit_new(const struct esc_options *);
void esc_unit_free(struct esc_unit *);

/* A new symbol's index (with ESC_SYM). NAME is copied. SIZE is given for data, 0 for functions. */
uint32_t esc_symbol(struct esc_unit *, enum esc_symbol_kind, const char *name, uint32_t flags,
                    uint32_t size);
/* Functions of equal signatures may stand for one another in an indirect call; 0 fits every one. */
void esc_symbol_signature(struct esc_unit *, uint32_t sym, uint32_t signature);
/* Calling symbol SYM may run the body of symbol TARGET (a weak alias). */
void esc_symbol_alias(struct esc_unit *, uint32_t sym, uint32_t target);
/* Data symbol SYM holds, at OFF from the start, the address of symbol TO plus ADD. */
void esc_symbol_init(struct esc_unit *, uint32_t sym, int32_t off, uint32_t to, int32_t add);

/* Slots: where pointers to functions are kept, as far as the front end can name it (a field of a struct
 * type, a variable, a parameter). The two below are always there. See targets.c. */
#define ESC_SLOT_ALL      0u /* of a call: nothing is known of its pointer */
#define ESC_SLOT_ANYWHERE 1u /* whatever has no name, in this file or another */
uint32_t esc_slot(struct esc_unit *);
/* What slot FROM holds may be stored in slot TO. */
void esc_slot_flow(struct esc_unit *, uint32_t from, uint32_t to);
/* Function SYM's address may be stored in SLOT. A function whose address is taken and that stands in no
 * slot is ANYWHERE; one that stands in some is nowhere else. */
void esc_slot_holds(struct esc_unit *, uint32_t slot, uint32_t sym);

/* Gives symbol SYM a body, to be built by the calls below. Valid until esc_unit_free. */
struct esc_fn *esc_define(struct esc_unit *, uint32_t sym);
uint32_t esc_scope(struct esc_fn *, uint32_t parent);        /* a block inside another */
uint32_t esc_local(struct esc_fn *, const struct esc_var *); /* *var is copied; name is not */
uint32_t esc_block(struct esc_fn *);                         /* statements go to the newest */
void esc_edge(struct esc_fn *, uint32_t from, uint32_t to);  /* `to` may be ESC_EXIT */

/* Each returns the statement's index; SITE is the front end's own and comes back in warnings. */
uint32_t esc_assign(struct esc_fn *, struct esc_ref dst, const struct esc_ref *src, uint32_t nsrc,
                    uint32_t site);
/* Notes about numbers, for warnings; they mean nothing to the verdicts. The next statement is an
 * assignment whose destination (DST) or only operand is the contents of a variable at OFF + SCALE *
 * INDEX. */
uint32_t esc_note_index(struct esc_fn *, bool dst, struct esc_ref index, int32_t off,
                        uint32_t scale);
/* The next statement assigns A + ADD. */
uint32_t esc_note_sum(struct esc_fn *, struct esc_ref a, int32_t add);
/* The next statement assigns A & MASK; it assigns A, but for some of the bits of MASK. */
uint32_t esc_note_mask(struct esc_fn *, struct esc_ref a, int32_t mask);
uint32_t esc_note_bits(struct esc_fn *, struct esc_ref a, int32_t mask);
/* The next statement assigns 1 if A RELATION B, else 0. */
uint32_t esc_note_test(struct esc_fn *, struct esc_ref a, enum esc_relation, struct esc_ref b);
/* What assignment STMT computes of its operands: two of equal OPERATION and operands compute the same. */
void esc_assign_operation(struct esc_fn *, uint32_t stmt, uint32_t operation);
uint32_t esc_call(struct esc_fn *, struct esc_ref dst, struct esc_ref callee, uint32_t signature,
                  const struct esc_ref *args, uint32_t nargs, uint32_t site);
/* A number for the constants among the arguments of CALL: two calls of equal numbers have the same. */
void esc_call_constants(struct esc_fn *, uint32_t call, uint32_t number);
/* Call statement CALL goes through a pointer that SLOT held. */
void esc_call_through(struct esc_fn *, uint32_t call, uint32_t slot);
uint32_t esc_return(struct esc_fn *, struct esc_ref value, uint32_t site);
uint32_t esc_begin(struct esc_fn *, uint32_t var, uint32_t site); /* var's storage is (re)born */
uint32_t esc_end(struct esc_fn *, uint32_t var, uint32_t site);   /* var's storage dies */
uint32_t esc_asm(struct esc_fn *, const struct esc_ref *outs, uint32_t nouts,
                 const struct esc_ref *ins, uint32_t nins, bool memory, uint32_t site);
/* The block ends by comparing A with B: its first successor is where the relation holds. */
uint32_t esc_branch(struct esc_fn *, struct esc_ref a, enum esc_relation, struct esc_ref b,
                    uint32_t site);
/* The block ends by choosing among its N successors by VALUE: the Kth is taken only if it is the
 * constant OF[K], or one of the set OF[K] (ESC_REF_SET); if that is none of both, only if it is not the
 * constant, nor one of the set, of another. */
uint32_t esc_switch(struct esc_fn *, struct esc_ref value, const struct esc_ref *of, uint32_t n,
                    uint32_t site);
/* va_start(ap): AP addresses the va_list. va_arg: dst = next argument of the list at AP. */
uint32_t esc_va_start(struct esc_fn *, struct esc_ref ap, uint32_t site);
uint32_t esc_va_arg(struct esc_fn *, struct esc_ref dst, struct esc_ref ap, uint32_t site);

/* Decides everything. Call once. */
void esc_solve(struct esc_unit *);

/* ---- results ---- */

uint32_t esc_fn_nvars(const struct esc_fn *);
const struct esc_var *esc_fn_var(const struct esc_fn *, uint32_t var);
/* True if the budget ran out and everything in FN was taken to escape. */
bool esc_fn_gave_up(const struct esc_fn *);
/* True if FN was too large, or its recursion too wide, to be looked at as finely as others. */
bool esc_fn_coarse(const struct esc_fn *);

/* What a function does with a parameter, for Go's -m notes. */
struct esc_leak {
    enum { ESC_LEAK_NONE, ESC_LEAK_HEAP, ESC_LEAK_CONTENT, ESC_LEAK_RESULT, ESC_LEAK_PARAM } kind;
    uint32_t
        level;   /* RESULT, PARAM: dereferences before the value flows on; 0: the pointer itself */
    uint32_t to; /* PARAM: the parameter (variable index) whose pointee receives it */
};
/* Up to MAX leaks of parameter PARAM in a stable order; the number there are. */
uint32_t esc_fn_leaks(const struct esc_fn *, uint32_t param, struct esc_leak *out, uint32_t max);

/* Allocation made by the call statement STMT. */
struct esc_alloc {
    uint32_t stmt;   /* the call */
    uint32_t site;   /* and the front end's number of it */
    bool escapes;    /* the block may outlive the call of the function */
    bool loops;      /* or an earlier iteration's is still reachable at the next */
    uint8_t reason;  /* enum esc_reason */
    uint32_t object; /* internal: its object in the graph */
    bool promoted;   /* a local buffer can stand for it */
};
/* Sites of the calls of free that only ever free promoted blocks. */
uint32_t esc_fn_dropped_frees(const struct esc_fn *, const uint32_t **out);
uint32_t esc_fn_allocs(const struct esc_fn *, const struct esc_alloc **out);

enum esc_warning_kind {
    ESC_WARN_RETURNED, /* address of x is returned */
    ESC_WARN_STORED,   /* ... is stored in NAME, which outlives it */
    ESC_WARN_CAPTURED, /* ... is captured by a callback registered with NAME */
    ESC_WARN_USED,     /* ... is used after its block ended */
};
struct esc_step {
    uint32_t site;    /* the statement's site, or the variable's declaration (site == UINT32_MAX) */
    const char *text; /* what happens there, ready to print */
};
struct esc_warning {
    enum esc_warning_kind kind;
    uint32_t var;                 /* the variable whose address it is */
    uint32_t site;                /* where it stands */
    const char *name;             /* STORED, CAPTURED: see above */
    const struct esc_step *steps; /* the flow that led there, oldest first */
    uint32_t nsteps;
    bool definite; /* certainly still held; else merely possible */
};
uint32_t esc_fn_warnings(const struct esc_fn *, const struct esc_warning **out);
/* Why VAR moved: the flow, oldest first (needs options.explain); the number of steps. */
uint32_t esc_fn_explain(const struct esc_fn *, uint32_t var, const struct esc_step **out);
/* Allocation-site likewise. */
uint32_t esc_fn_explain_alloc(const struct esc_fn *, uint32_t stmt, const struct esc_step **out);

#ifdef __cplusplus
}
#endif

#endif
