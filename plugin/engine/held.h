/* What certainly is still held when a variable dies: the flow-sensitive question behind warnings.
 *
 * held.c runs the analysis, held_call.c says what calls do, held_path.c which paths exist,
 * held_warn.c turns the facts at the end into warnings. Shared by those four.
 */
#ifndef ESC_HELD_H
#define ESC_HELD_H

#include "graph.h"
#include "models.h"

/* Places and targets. Below HELD_SYM: an object of the escape graph. */
enum {
    HELD_SYM = 0x40000000,     /* | symbol: static data */
    HELD_NOTHING = 0x7ffffff0, /* target: something else was written there */
    HELD_BEFORE,               /* target: what was there when the function was entered */
    HELD_DEAD,                 /* place: variables whose block has ended */
    HELD_REGISTERED,           /* place: callbacks and what was kept until further notice */
    HELD_RESULT,               /* place: the function's result */
    HELD_NO_BLOCK = UINT32_MAX,
};

/* An address that a place or a name may hold, and how it got there. */
struct target {
    uint32_t obj;    /* HELD_SYM | symbol, graph object, HELD_NOTHING or HELD_BEFORE */
    int32_t off;     /* bytes or ESC_ANY */
    uint32_t origin; /* statement that took the address */
    uint32_t via;    /* statement that put it here */
    uint32_t block;  /* a block every path that has it went through */
    uint32_t merge;  /* where that path met others; HELD_NO_BLOCK: nowhere yet */
};

/* "The word at OFF of PLACE may hold TARGET", on some path to here. */
struct fact {
    uint32_t place;
    int32_t off;
    struct target target;
};

typedef VEC(struct target) target_list;
typedef VEC(struct fact) fact_list;
typedef VEC(uint32_t) place_list;

/* What is known to be so wherever control has come through a block: name RELATION value. */
struct condition {
    uint32_t name;    /* SSA name */
    uint8_t relation; /* enum esc_relation */
    bool address;     /* compared with the address of `obj`, not with a number */
    uint32_t obj;     /* graph object or HELD_SYM | symbol */
    int32_t value;    /* the number */
};

/* What a function leaves behind, in terms a caller understands. */
struct exit_place {
    uint8_t kind;    /* OBJ_POINTEE; OBJ_WORLD: symbol; OBJ_RESULT */
    uint8_t depth;   /* POINTEE: dereferences */
    uint32_t id;     /* parameter or symbol */
    uint32_t parent; /* POINTEE: index of the place it hangs on */
    int32_t off;     /* POINTEE: word of the parent, or of the parameter */
};
struct exit_fact {
    uint32_t place;  /* index into places */
    int32_t off;     /* bytes */
    uint32_t target; /* index into places; HELD_NOTHING, HELD_BEFORE */
    int32_t target_off;
};
struct esc_exit_state {
    VEC(struct exit_place) places;
    VEC(struct exit_fact) facts;
    bool returns;   /* some path reaches the exit */
    bool writes;    /* it may write to memory in ways the facts do not tell */
    bool calls_out; /* it may call functions nobody here knows */
};

struct held {
    struct esc_graph *g;
    struct esc_fn *f;
    target_list *val;              /* by SSA name: the addresses it may hold */
    fact_list *in;                 /* by block: facts at its start */
    bool *reached;                 /* by block: some path from the entry leads there */
    VEC(struct condition) * conds; /* by block: held_path.c */
    fact_list now;                 /* facts at the statement being looked at */
    fact_list at_exit;             /* facts at the function's end, all paths */
    fact_list result;              /* what is returned: word at off of the result */
    VEC(uint32_t) * phis;          /* by block: the phis that stand at its start */
    bool exits;                    /* at_exit has been set */
    bool changed;                  /* some name's list grew in this round */
    bool warning;                  /* last round: uses of dead variables are reported */
    bool writes, calls_out;        /* see esc_exit_state */
    bool number;                   /* what is returned is of integer type */
    struct map children;           /* (place, word) -> POINTEE object standing for what was there */
    struct map warned;             /* (variable, kind) already warned about */
};

/* held.c */
void held(struct esc_graph *);
void exit_state_free(struct esc_exit_state *);
void held_value(struct held *, const struct esc_ref *, uint32_t word, target_list *out,
                uint32_t stmt);
void held_read(struct held *, uint32_t place, int32_t off, target_list *out);
void held_write(struct held *, uint32_t place, int32_t off, const target_list *, uint32_t stmt,
                bool strong);
void held_forget(struct held *, uint32_t place); /* nothing is known of this place any more */
void held_define(struct held *, const struct esc_ref *dst, uint32_t word, const target_list *,
                 uint32_t stmt);
void target_add(target_list *, struct target);
bool held_is_address(const struct target *);
uint32_t held_child(struct held *, uint32_t place, int32_t off);

/* held_call.c */
void held_call(struct held *, uint32_t stmt);
/* What the result of the call STMT says about its having failed (by its model). */
enum esc_fails held_call_fails(const struct held *, uint32_t stmt);
/* At the start of BLOCK: forget the registrations that a loop which begins here may end. */
void held_enter_loop(struct held *, uint32_t block);

/* held_path.c */
void held_conditions(struct held *);
/* Whether some path that made T can have come through BLOCK. */
bool held_feasible(const struct held *, const struct target *t, uint32_t block);
/* Whether the call that put T where it is has failed where control goes from PRED to BLOCK. */
bool held_failed(struct held *, const struct target *t, uint32_t pred, uint32_t block);
/* Whether name N, used in BLOCK, can have the value T there. */
bool held_may_equal(const struct held *, uint32_t name, const struct target *t, uint32_t block);
/* NAME (ESC_NOVAR: nothing that has a name) may be T on the edge from PRED to BLOCK. */
bool held_passes(struct held *, uint32_t name, const struct target *t, uint32_t pred,
                 uint32_t block);

/* held_warn.c */
void held_warn_exit(struct held *);
void held_warn_use(struct held *, const struct target *, uint32_t stmt);

#endif
