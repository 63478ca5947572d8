/* The interpreter's insides, shared by brute_mem.c (objects and words), brute_call.c (what calls do) and
 * brute_run.c (statements, functions, paths). */
#ifndef BRUTE_RUN_H
#define BRUTE_RUN_H

#include "brute.h"

#include <setjmp.h>

enum {
    MAX_OBJS = 300,  /* of a run */
    MAX_HALVES = 16, /* of an object */
    MAX_CHOICES = 400,
    MAX_STEPS = 240, /* statements of a run */
    MAX_NESTING = 4, /* activations at a time */
    MAX_KEPT = 24,
    EXT_HALVES = 12, /* of an object of the caller's */
    NO_PARAM = 255,  /* of an object of the world's */
};

enum okind { K_LOCAL, K_HEAP, K_EXTERNAL, K_DATA, K_FUNCTION, K_ARGUMENTS };

struct value {
    uint16_t obj; /* 0: a number */
    int32_t off;  /* bytes; the number */
};
enum { LAZY = UINT16_MAX }; /* obj: a word of the caller's that nobody has looked at yet */

enum origin {
    BY_STORE,
    BY_CALLER, /* EXTERNAL: as it was at entry */
    BY_NOBODY, /* as it was when a variable was born, or a copy of that */
};

struct frag {
    struct value v;
    uint8_t half; /* which half of it */
    uint8_t by;   /* enum origin */
};

struct object {
    uint8_t kind;     /* enum okind */
    uint8_t fn;       /* LOCAL, HEAP: whose */
    uint8_t param;    /* EXTERNAL: from which parameter, or NO_PARAM */
    uint8_t level;    /* EXTERNAL: dereferences from it */
    uint16_t id;      /* LOCAL: variable; HEAP: statement; others: symbol */
    uint16_t owner;   /* LOCAL, HEAP: activation; EXTERNAL: the object whose word it was in */
    uint16_t in_word; /* EXTERNAL: that word */
    uint8_t halves;   /* its size */
    bool ended, reborn, freed;
    uint16_t mark; /* last walk that came by */
    struct frag data[MAX_HALVES];
};

struct frame {
    uint16_t activation;
    uint8_t fn;
    uint16_t var[MAX_VARS]; /* objects */
    uint16_t args;          /* ARGUMENTS object */
    struct frame *caller;
};

struct run {
    const struct prog *p;
    const struct flat *flats;
    struct truth *t;
    struct object obj[MAX_OBJS];
    uint32_t nobjs;
    uint16_t ended[64]; /* activations that are over: a bit each, see over() */
    uint16_t activations;
    uint16_t kept[MAX_KEPT];
    uint32_t nkept;
    uint16_t walk;
    struct frame *top;
    uint32_t steps, nesting;
    bool tree;      /* form of the caller's memory */
    bool undefined; /* something was left out that is undefined */
    bool cut;       /* the path ended early */
    jmp_buf out;
    /* choices */
    bool random;
    uint64_t rng;
    uint8_t pick[MAX_CHOICES], width[MAX_CHOICES];
    uint32_t nchoices, given;
};

/* Where an access goes. */
struct place {
    uint16_t obj;  /* 0: nowhere */
    uint32_t half; /* where in it */
};

enum { MAX_VALUE = 6 }; /* halves of a value */

/* Goes through all that can be reached; what it came by has the run's walk as its mark. */
struct walker {
    struct run *r;
    uint16_t todo[MAX_OBJS]; /* reached so far */
    uint32_t n;              /* how many */
};

struct args {
    struct frag at[MAX_REFS][MAX_VALUE];
    uint32_t size[MAX_REFS];  /* halves */
    uint16_t flags[MAX_REFS]; /* enum esc_ref_flag */
    uint32_t n;               /* how many */
};

/* ---- brute_mem.c ---- */
_Noreturn void stop(struct run *);         /* out of steps or room: the path ends here */
uint32_t choose(struct run *, uint32_t n); /* below N */
uint16_t new_object(struct run *, enum okind, uint32_t size);
uint16_t new_external(struct run *, uint8_t param, uint8_t level);
struct object *object(struct run *, uint16_t obj);
bool over(const struct run *, uint16_t activation);
bool is_data(const struct object *);
bool outside_can_name(const struct bsym *);
struct value symbol_value(uint32_t sym);
struct value world_value(struct run *);   /* an address that the world may hold */
struct value joined(const struct frag *); /* the value that two neighbouring halves make */
struct frame *frame(struct run *);
uint16_t object_of(struct run *, uint32_t var);
uint32_t read_ref(struct run *, const struct esc_ref *, struct frag *out); /* how many halves */
struct value read_value(struct run *, const struct esc_ref *);
void write_ref(struct run *, const struct esc_ref *, const struct frag *from);
void write_value(struct run *, const struct esc_ref *, struct value);
struct value load(struct run *, struct value pointer, int32_t off);
void store_value(struct run *, struct value pointer, int32_t off, struct value);
void reach(struct walker *, uint16_t obj);
void reach_contents(struct walker *, uint16_t obj);
void reach_all(struct walker *);
/* What was reached by the last walk and belongs to ACTIVATION outlives it. */
void note_outliving(struct run *, uint16_t activation, uint8_t bit);
/* The function that was started returned RESULT (an object made to hold it). */
void note_leaks(struct run *, uint8_t fn, uint16_t result);

/* ---- brute_call.c ---- */
/* Both return the value, or {LAZY}: a function of the program, which left it in RESULT. */
struct value call_symbol(struct run *, uint32_t sym, const struct args *, int32_t stmt,
                         uint16_t result);
struct value call_value(struct run *, struct value callee, uint32_t signature, const struct args *,
                        uint16_t result);
bool can_access(struct run *, struct value);
void keep(struct run *, struct value); /* the world has it from now on */

/* ---- brute_run.c ---- */
struct value run_fn(struct run *, uint8_t fn, const struct args *, uint16_t result);

#endif
