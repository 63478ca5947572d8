/* What certainly is still held when a variable dies: the flow-sensitive question behind warnings.
 *
 * held.c runs the analysis of a function, held_state.c keeps the facts, held_stmt.c says what
 * statements do, held_call.c what calls do, held_bytes.c what loops over bytes do, held_exit.c what a
 * function leaves behind for its callers, held_apply.c what that means there, held_given.c what it
 * does if it is handed a certain function, held_when.c under which conditions, held_path.c which paths
 * exist, held_warn.c turns the facts at the end into warnings, held_confirm.c finds a path for each, with
 * held_ask.c for what is known of results there, and held_search.h. Shared by all of them.
 */
#ifndef ESC_HELD_H
#define ESC_HELD_H

#include "graph.h"
#include "models.h"

/* Places and targets. Below HELD_SYM: an object of the function (struct held_obj). */
enum {
    HELD_SYM = 0x40000000,      /* | symbol: static data, or a function */
    HELD_NOTHING = 0x7ffffff0,  /* target: something else was written there */
    HELD_BEFORE,                /* target: what was there when the function was entered */
    HELD_DEAD,                  /* place: variables whose block has ended; by variable's object */
    HELD_STALE,                 /* place: names that hold an address of an earlier life; by name */
    HELD_REGISTERED,            /* place: what is kept until further notice; by who keeps it */
    HELD_RESULT,                /* place: the function's result */
    HELD_RETURNED = 0x7fffffff, /* target.call: it is this function's own result */
    HELD_NO_BLOCK = UINT32_MAX,
};

enum {
    HELD_MAX_TARGETS = 12,
    HELD_SET_SIZE = 32,    /* numbers that a set of escape.h can have */
    HELD_MAX_WORDS = 64,   /* of one access that are told apart */
    HELD_MAX_WAITING = 12, /* analyses that wait for one another */
    HELD_MAX_PARAMS = 64,  /* that esc_exit_state.calls_params has bits for */
};

/* An address that a place or a name may hold, and how it got there. */
struct target {
    uint32_t obj;     /* HELD_SYM | symbol, object, HELD_NOTHING or HELD_BEFORE */
    int32_t off;      /* bytes or ESC_ANY */
    uint32_t origin;  /* statement that took the address */
    uint32_t via;     /* statement that put it here */
    uint32_t block;   /* a block every path that has it went through */
    uint32_t merge;   /* where that path met others; HELD_NO_BLOCK: nowhere yet */
    uint32_t call;    /* only if the result of this call is as follows; HELD_NO_BLOCK: always */
    int32_t value;    /* compared with that result */
    uint32_t given;   /* only if this name is as follows; HELD_NO_BLOCK: always */
    int32_t bound;    /* compared with that name */
    uint8_t relation; /* enum esc_relation: result RELATION value */
    uint8_t compared; /* enum esc_relation: given COMPARED bound */
    bool stale;       /* of a life of the variable that has ended */
    bool guess;       /* one of the words it was read from holds it: only good for a suspicion that
                         held_confirm.c looks at */
    bool again;       /* it has come by `merge` again since: how it met others there says no more
                         what the phis are */
};

/* "The word at OFF of PLACE may hold TARGET", on some path to here. */
struct fact {
    uint32_t place;
    int32_t off;
    struct target target;
};

typedef VEC(struct target) target_vec; /* what an SSA name holds */
typedef VEC(struct fact) fact_list;    /* sorted by place and offset */

typedef VEC(uint32_t) place_list;

/* A handful of targets, on the stack. */
struct targets {
    uint32_t len;
    struct target at[HELD_MAX_TARGETS];
};

/* An object that the function can name. The first nvars are its variables. */
struct held_obj {
    uint8_t kind;     /* OBJ_VAR, OBJ_POINTEE or OBJ_ALLOC */
    uint8_t depth;    /* POINTEE: dereferences from the parameter; from static data: at least 1 */
    uint32_t id;      /* VAR: variable; POINTEE: parameter or HELD_SYM | symbol; ALLOC: statement */
    uint32_t parent;  /* POINTEE: place whose word held its address; itself at depth 0 */
    int32_t off;      /* POINTEE: that word; depth 0: word of the parameter */
    uint32_t child;   /* first POINTEE that hangs on it; 0: none */
    uint32_t sibling; /* the next one of the same parent; 0: none */
    uint32_t mark;    /* last walk that came by */
};

/* What is known to be so wherever control has come through a block: name RELATION value. */
struct condition {
    uint32_t name;    /* SSA name */
    uint8_t relation; /* enum esc_relation */
    bool address;     /* compared with the address of `obj`, not with a number */
    uint32_t obj;     /* object or HELD_SYM | symbol */
    int32_t value;    /* the number */
    uint32_t up;      /* the condition of an outer block; 0: none */
    uint32_t hot;     /* the innermost from here outwards that can refute something; 0: none */
};

/* An edge between two blocks. */
struct held_edge {
    uint32_t pred, to;
};

enum exit_kind { EXIT_POINTEE, EXIT_SYMBOL, EXIT_FRESH, EXIT_RESULT, EXIT_REGISTERED };

/* What a function leaves behind, in terms a caller understands. */
struct exit_place {
    uint8_t kind;    /* enum exit_kind */
    uint8_t depth;   /* POINTEE: dereferences */
    uint32_t id;     /* parameter, symbol, or number of the FRESH object */
    uint32_t parent; /* POINTEE: index of the place it hangs on */
    int32_t off;     /* POINTEE: word of the parent, or of the parameter */
};
/* Parameter PARAM, or a word of it, RELATION VALUE when the function was called. */
struct exit_if {
    uint32_t param;
    uint32_t word;
    int32_t value;
    uint8_t relation;
};
enum { EXIT_MAX_IFS = 3 };
struct exit_fact {
    uint32_t place;  /* index into places */
    int32_t off;     /* bytes; REGISTERED: symbol of who keeps it */
    uint32_t target; /* index into places; HELD_NOTHING, HELD_BEFORE */
    int32_t target_off;
    bool open;        /* no more depends on the caller than on chance */
    bool hidden;      /* depends on memory that the caller may have set, or not */
    bool when;        /* only if the function's result is as follows */
    uint8_t relation; /* enum esc_relation */
    uint8_t nifs;     /* ... and only if all of these hold */
    int32_t value;
    struct exit_if ifs[EXIT_MAX_IFS];
};
struct esc_exit_given;
struct esc_exit_state {
    VEC(struct exit_place) places;
    VEC(struct exit_fact) facts; /* those of a word stand together */
    bool writes;                 /* it may write to memory in ways the facts do not tell */
    bool calls_out;              /* it may call functions nobody here knows */
    bool ends;                   /* it may end what others keep */
    bool unknown;                /* nothing is known: to be taken for a function without a body */
    uint64_t calls_params;       /* bit p: it calls the function that parameter p points to */
    VEC(struct esc_exit_given *) given; /* if such a parameter is known: held_given.c */
};

struct held {
    struct esc_unit *u;
    struct esc_fn *f;
    VEC(struct held_obj) objs;
    target_vec *val;               /* by SSA name: the addresses it may hold */
    fact_list *in;                 /* by block: facts at its start */
    bool *reached;                 /* by block: some path from the entry leads there */
    bool *dirty;                   /* by block: has to be looked at again */
    bool *flowed;                  /* by block: its end has flowed into its successors */
    uint32_t *cond;                /* by block: index of the innermost condition, 0: none */
    uint8_t *tested;               /* by SSA name: conditions that can meet, up to 2 */
    VEC(struct held_edge) refused; /* edges that by all that is known are never taken */
    VEC(struct condition) conds;   /* held_path.c; 0 is none */
    fact_list now;                 /* facts at the statement being looked at */
    fact_list spare;               /* room for a join */
    fact_list at_exit;             /* facts at the function's end, all paths */
    fact_list result;              /* what is returned: word at off of the result */
    uint32_t *phi, *phi_at;        /* the phis of block b: phi[phi_at[b] .. phi_at[b + 1]) */
    uint32_t *use, *use_at;        /* the blocks that use name n: use[use_at[n] .. use_at[n + 1]) */
    uint32_t returned;             /* the name that is returned, or UINT32_MAX */
    uint32_t walk;                 /* number of the last walk over objects */
    uint32_t depth;                /* how many analyses wait for this one */
    uint64_t steps;                /* work done, against the budget */
    bool exits;                    /* at_exit has been set */
    bool widened;                  /* a fact that was known is now true of more paths */
    bool gave_up;                  /* too many facts, or out of budget: nothing is known */
    bool suspects;                 /* some variable moves or has its lifetime extended */
    bool warning;                  /* last round: uses of dead variables are reported */
    bool guessing;                 /* what is read may be a guess */
    bool writes, calls_out, ends;  /* see esc_exit_state */
    uint64_t calls_params;         /* likewise */
    uint32_t given_param;          /* this parameter ... */
    uint32_t given_sym;            /* ... is this function; ESC_NOVAR: nothing is given */
    bool several;                  /* the call at hand may be of several functions: no result */
    bool number;                   /* what is returned is of integer type */
    bool rooted;                   /* some POINTEE hangs on static data */
    struct map children;           /* (place, word) -> object, and other things found again */
    place_list forgotten;          /* places outside of which any word may have changed */
    struct map warned;             /* (variable, kind) already warned about */
    place_list warned_at;          /* the statement of each warning */
    /* held_confirm.c */
    struct held_search *path;          /* the search for a path that confirms; NULL: not yet */
    const struct esc_warning *confirm; /* the warning to confirm */
    uint32_t confirm_at;               /* its statement */
    bool confirmed;                    /* there is a path on which it is true */
};

/* held.c */
void held_unit(struct esc_unit *);
void exit_state_free(struct esc_exit_state *);
struct esc_exit_state *held_nothing_known(void);
/* What calling F leaves behind; NULL: nothing is known. Worked out on demand; DEPTH: for whom. */
const struct esc_exit_state *held_exit_of(struct esc_unit *, struct esc_fn *f, uint32_t depth);

/* The exit state of F if its parameter PARAM is the function SYM. */
struct esc_exit_state *held_look_given(struct esc_unit *, struct esc_fn *f, uint32_t depth,
                                       uint32_t param, uint32_t sym);

/* held_given.c */
/* T is called: if it is a parameter, that is noted. */
void held_calls_param(struct held *, const struct target *t);
/* The exit state of F as STMT calls it, F's GENERAL one if nothing better is known. */
const struct esc_exit_state *held_exit_given(struct held *, uint32_t stmt, struct esc_fn *f,
                                             const struct esc_exit_state *general);
void held_free_given(struct esc_exit_state *);

/* held_bytes.c: the assignment STMT is one of a loop that copies bytes; if so, all are copied. */
bool held_copy_bytes(struct held *, uint32_t stmt);

/* held_ask.c: what the call STMT returns on the path at hand, if its function only compares addresses. */
bool held_ask(struct held *, uint32_t stmt, int32_t *answer);

/* held_stmt.c: one statement. */
void held_stmt(struct held *, uint32_t stmt);

/* held.c */
/* One path: the phis of BLOCK, coming from PRED (FROM: what each is there), and the
 * facts on the edge from PRED to TO. */
void held_path_phis(struct held *, uint32_t block, uint32_t pred, uint32_t *from);
void held_path_edge(struct held *, uint32_t pred, uint32_t to);

/* held_confirm.c */
/* Takes the warnings back that are true on no path. */
void held_confirm(struct held *);
/* What NAME is on the path at hand, if it is a known number there. */
bool held_number_on_path(const struct held *, uint32_t name, int32_t *value);
/* Whether what T depends on is so on the path at hand. */
bool held_on_path(const struct held *, const struct target *t);

/* held_state.c */
bool held_is_address(const struct target *);
struct target held_target(uint32_t obj, int32_t off, uint32_t stmt, uint32_t block);
void target_add(struct targets *, const struct target *);
/* The same address by several paths counts once: for pointers, where the path does not matter. */
void targets_unify(struct targets *);
bool target_vec_add(target_vec *, const struct target *);
void held_spend(struct held *, uint64_t steps);
bool fact_add(struct held *, fact_list *, const struct fact *);
uint32_t fact_find(const fact_list *, uint32_t place, int32_t off);
uint32_t held_param(struct held *, uint32_t param, uint32_t word);
uint32_t held_alloc(struct held *, uint32_t stmt, uint32_t number);
uint32_t held_child(struct held *, uint32_t place, int32_t off);
bool held_is_pointee(const struct held *, uint32_t place);
uint8_t held_kind(const struct held *, uint32_t place); /* of an object; else OBJ_WORLD */
void held_read(struct held *, uint32_t place, int32_t off, struct targets *out);
/* What some word of variable PLACE holds, as guesses. */
void held_guess(struct held *, uint32_t place, struct targets *out);
void held_write(struct held *, uint32_t place, int32_t off, const struct targets *, uint32_t stmt,
                bool strong);
/* The word at OFF of PLACE becomes what the N facts say, HELD_BEFORE being what it is now. */
void held_compose(struct held *, uint32_t place, int32_t off, const struct target *, uint32_t n);
/* Something is stored through a pointer nobody knows: what is held outside may be there no more. */
void held_store_anywhere(struct held *);
void held_register(struct held *, uint32_t by, const struct targets *, uint32_t stmt);
void held_forget(struct held *, uint32_t place); /* nothing is known of this place any more */
void held_forget_from(struct held *, uint32_t place,
                      int32_t off); /* nor of its words from OFF on */
/* Leaves only what is so by OTHER, too. */
void held_keep_common(struct held *, const fact_list *other);
/* Leaves only the facts for which KEEP is true. */
void held_filter(struct held *, bool (*keep)(struct held *, const struct fact *, uint32_t),
                 uint32_t arg);
/* Word number WORD of the value of a reference is added to OUT. */
void held_value(struct held *, const struct esc_ref *, uint32_t word, struct targets *out,
                uint32_t stmt);
void held_pointer(struct held *, const struct esc_ref *, uint32_t stmt, struct targets *out);
void held_define(struct held *, const struct esc_ref *dst, uint32_t word, const struct targets *,
                 uint32_t stmt);
/* Nothing is known any more of DST; of the words of DST that are too many to be told apart. */
void held_define_nothing(struct held *, const struct esc_ref *dst, uint32_t stmt);
void held_define_far(struct held *, const struct esc_ref *dst, uint32_t stmt);

/* held_call.c */
void held_call(struct held *, uint32_t stmt);
/* What receives the result of the call STMT. */
const struct esc_ref *held_result_of(const struct held *, uint32_t stmt);
/* At the start of BLOCK: forget the registrations that a loop which begins here may end. */
void held_enter_loop(struct held *, uint32_t block);
void held_forget_arguments(struct held *, uint32_t stmt, bool deep);
void held_forget_static_data(struct held *);
/* Likewise, and what threads share (OpenMP): another of them may have run. */
void held_forget_shared(struct held *);
void held_forget_registrations(struct held *);
/* Whether the function BY, by its model, returns pointers to memory where it keeps things. */
bool held_hands_out(const struct held *, uint32_t by);
/* What is kept in memory that the keeper has handed out: hsearch (e, ENTER)->key = strdup (key). */
void held_forget_handed_out(struct held *);

/* held_exit.c */
struct esc_exit_state *held_make_exit(struct held *);

/* held_apply.c */
void held_apply_exit(struct held *, uint32_t stmt, const struct esc_fn *callee,
                     const struct esc_exit_state *);

/* held_when.c */
/* On what it depends that T is at the function's exit: E's ifs, open and hidden. */
void held_depends(const struct held *, const struct target *t, struct exit_fact *e);
/* Whether the function may return something else than addresses of one object. */
bool held_result_varies(const struct held *);
/* Whether F, of CALLEE's exit state, can be so after the call STMT; if that depends on a name of the
 * caller, T says so. */
bool held_agrees(const struct held *, uint32_t stmt, const struct exit_fact *f, struct target *t);
/* Whether what T, of which that is so, says covers all that F depends on. */
bool held_settled(const struct held *, uint32_t stmt, const struct exit_fact *f,
                  const struct target *t);

/* held_path.c */
void held_conditions(struct held *);
/* Whether control may go from PRED to TO, given the blocks reached so far; else it is refused. */
bool held_taken(struct held *, uint32_t pred, uint32_t to);
bool held_refused(const struct held *, uint32_t pred, uint32_t to);
/* The edges refused that, by what has been reached meanwhile, may be taken: their blocks are dirty
 * again. False if there is none. */
bool held_take_refused(struct held *);
/* Whether T cannot have come along the way it did, where C holds. */
bool held_refutes(const struct held *, const struct condition *c, const struct target *t);
/* Whether what T was given can be so in BLOCK. */
bool held_given_holds(const struct held *, const struct target *t, uint32_t block);
/* Whether some path that made T can have come through BLOCK. */
bool held_feasible(const struct held *, const struct target *t, uint32_t block);
/* Whether the call that T depends on has failed where control comes to BLOCK along an edge where EDGE (NULL: nothing
 * more) holds. */
bool held_failed(struct held *, const struct target *t, uint32_t block,
                 const struct condition *edge);
/* Whether name N, used in BLOCK, can have the value T there. */
bool held_may_equal(const struct held *, uint32_t name, const struct target *t, uint32_t block);
/* NAME may be T on the edge from PRED to BLOCK. */
bool held_passes(struct held *, uint32_t name, const struct target *t, uint32_t pred,
                 uint32_t block);
/* Whether VALUE is so near to 0 that no object lies there. */
bool held_is_nowhere(int32_t value);
/* Whether OBJ is something that certainly is there: neither empty nor a weak symbol. */
bool held_is_solid(const struct held *, uint32_t obj);
/* The constant that NAME is, if it is one. */
bool held_constant(const struct held *, uint32_t name, int32_t *value);
/* The note of that kind about statement STMT, or NULL. */
const struct esc_stmt *held_note(const struct held *, uint32_t stmt, enum esc_note);
/* The number that R is: a constant, or on the path at hand. */
bool held_number(const struct held *, const struct esc_ref *r, int32_t *value);
/* What is known where control has come from PRED to BLOCK; false: nothing. */
bool held_edge_condition(const struct held *, uint32_t pred, uint32_t block, struct condition *);
/* The two names that are compared there: their difference RELATION 0. */
bool held_edge_comparison(const struct held *, uint32_t pred, uint32_t block, uint32_t *name,
                          uint8_t *relation, uint32_t *other);
/* Whether C's name, given what has been reached, may have a value that satisfies C. */
bool held_name_may(const struct held *, const struct condition *c);
/* No number satisfies both conditions. */
bool held_contradict(const struct condition *, const struct condition *);
/* The relation that holds where RELATION does not. */
uint8_t held_negated(uint8_t relation);
bool held_holds(int64_t x, uint8_t relation, int64_t value);
/* The name that NAME is a copy of; CAST: converted to another type on the way. */
uint32_t held_original(const struct held *, uint32_t name, bool *cast);
/* The name that R is all of, perhaps converted to another type; or UINT32_MAX. */
uint32_t held_source_name(const struct held *, const struct esc_ref *r);
/* The name whose value R is: all of it, as it stands; or UINT32_MAX. */
uint32_t held_name(const struct held *h, const struct esc_ref *r);

/* held_warn.c */
void held_warn_exit(struct held *);
void held_warn_use(struct held *, const struct target *, uint32_t stmt);

#endif
