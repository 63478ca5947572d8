/* The escape graph of one function: nodes that hold addresses, and constraints between them.
 *
 * See graph.c for the idea; build.c makes a graph from statements, call.c adds what calls do,
 * summary.c boils a solved graph down to what callers need, verdict.c reads the answers off it.
 */
#ifndef ESC_GRAPH_H
#define ESC_GRAPH_H

#include "../util/bits.h"
#include "../util/heap.h"
#include "ir.h"

/* What an address may point into. */
enum obj_kind {
    OBJ_WORLD,   /* every object nobody here can name: globals, what has escaped, strings */
    OBJ_VAR,     /* a variable of the function that lives in memory; id = variable */
    OBJ_POINTEE, /* what a parameter points to, or what that points to; id = parameter */
    OBJ_ANSWER,  /* what the result of a call through a parameter points to; id = call record */
    OBJ_BEYOND,  /* all that can be reached from there; id = call record */
    OBJ_ALLOC,   /* memory from an allocating call; id = statement */
    OBJ_FRESH,   /* objects a callee made and handed back; id = call record */
    OBJ_FUNC,    /* a function; id = symbol */
    OBJ_DATA,    /* read-only data with a known initialiser; id = symbol */
    OBJ_RESULT,  /* not an object: the function's result, word by word */
    OBJ_VARARGS, /* the unnamed arguments of the function */
    OBJ_AMBIENT, /* what callers have stored for a while in memory that this one sees: undone.c */
};

/* A word of an object that somebody reads or writes by a known offset. */
struct cell {
    int32_t word;    /* offset / ESC_WORD */
    uint32_t node;   /* holds what may be read there */
    uint32_t stored; /* POINTEE: what this function stored there; NO_NODE: nothing */
    bool entered;    /* POINTEE: what the caller left there has been added to node */
};

struct object {
    uint8_t kind;           /* enum obj_kind */
    uint8_t depth;          /* POINTEE: dereferences from the parameter, 0 = what it points to */
    bool collapsed;         /* too many cells: every access is to an unknown offset */
    bool leaked;            /* reachable from the world */
    bool lent;              /* an unknown function may have written into it */
    bool swallows;          /* POINTEE: stands for all that it reaches, too (coarse levels) */
    bool open;              /* POINTEE: the child for unknown offsets is there */
    uint32_t id;            /* see enum obj_kind */
    uint32_t parent;        /* POINTEE: object whose word held its address; itself at depth 0 */
    int32_t off;            /* POINTEE: that word, or ESC_ANY; depth 0: word of the parameter */
    uint32_t size;          /* bytes; 0: unknown */
    uint32_t anywhere;      /* number of its address at an unknown offset; 0: never met */
    uint32_t numbers;       /* the highest of the numbers of its addresses; 0: none */
    uint32_t all;           /* node with what any word may hold; UINT32_MAX: none yet */
    uint32_t any;           /* node stored to all words; UINT32_MAX: none yet */
    uint32_t moved_offs;    /* how many offsets arithmetic made of its address */
    VEC(struct cell) cells; /* in the graph's arena */
};

/* Address of an object plus an offset, packed. Sets hold its number in esc_graph.addrs. */
typedef uint64_t addr_t;
static inline addr_t addr(uint32_t obj, int32_t off)
{
    return (addr_t)obj << 32 | (uint32_t)off;
}
static inline uint32_t addr_obj(addr_t a)
{
    return (uint32_t)(a >> 32);
}
static inline int32_t addr_off(addr_t a)
{
    return (int32_t)(uint32_t)a;
}

enum filter {
    PASS_ALL,   /* every address flows */
    PASS_LOCAL, /* addresses of this function's own objects; all others count as the world */
    PASS_WIDE, /* every address, but other than to an object's beginning they are to anywhere in it */
    PASS_STEP, /* the same, of addresses in what parameter `param` points to */
};

struct edge {
    uint32_t to;    /* node that receives */
    int32_t add;    /* added to each address; ESC_ANY: an unknown amount */
    uint32_t why;   /* statement it stands for */
    uint8_t filter; /* enum filter */
    uint16_t param; /* STEP */
};

enum constraint_kind {
    ON_LOAD,       /* for each address here: its word at off flows to node `other` */
    ON_LOAD_PLAIN, /* the same, but for what the caller left there */
    ON_LOAD_LOOP,  /* as ON_LOAD, and `other` is this node: a list is walked */
    ON_STORE,      /* for each address here: node `other` flows to its word at off */
    ON_COPY_TO,    /* this is the destination pointer of copy `other` */
    ON_COPY_FROM,  /* this is the source pointer of copy `other` */
    ON_CALL,       /* this is the function pointer of call `other` */
    ON_OWN,        /* this is an argument of call `other`, which waits for objects of our own */
    ON_LEAK,       /* this node's objects are reachable from the world */
    ON_LEND,       /* this node's objects may be written by an unknown function */
};

struct constraint {
    uint8_t kind;   /* enum constraint_kind */
    uint32_t other; /* node, copy or call */
    int32_t off;    /* bytes, or ESC_ANY */
    uint32_t why;   /* statement it stands for */
};

/* Where an address in a set came from (only if the graph explains). */
struct cause {
    uint32_t node; /* the node it flowed from; UINT32_MAX: it was born here */
    uint32_t id;   /* the address as it stood there */
    uint32_t why;  /* statement that let it flow */
};

struct node {
    struct bits set;        /* numbers of the addresses it may hold */
    struct bits news;       /* those of them that have not been propagated */
    uint32_t same;          /* the node it was merged with; itself if it stands on its own */
    uint32_t rank;          /* position in the order of flow, at the last look (cycles.c) */
    bool queued;            /* waits in the worklist */
    VEC(struct edge) edges; /* in the graph's arena */
    VEC(struct constraint) constraints; /* likewise */
};

/* CHILD is also what the word at WORD of PARENT held at entry (graph.c: limits). */
struct also {
    uint32_t child, parent; /* POINTEEs */
    int32_t word;           /* or ESC_ANY */
};

/* *to = *from, size bytes (0: unknown). */
struct copy {
    uint32_t to, from;        /* nodes of the two pointers */
    int32_t to_off, from_off; /* added to them */
    uint32_t size;
    uint32_t why;
};

/* An argument, or a result: one node a word. */
struct words {
    uint32_t *node; /* nodes */
    uint32_t n;     /* how many; 0: carries no address */
    bool blurred;   /* one node stands for every word */
    uint16_t flags; /* enum esc_ref_flag */
    uint32_t size;  /* bytes of the value, as far as known */
};

struct call {
    uint32_t stmt;      /* the statement it stands for */
    uint32_t callee;    /* symbol called directly, or UINT32_MAX */
    uint32_t fp;        /* node of the function pointer, or UINT32_MAX */
    uint32_t signature; /* of the function type */
    uint32_t targets;   /* what its pointer may hold, where that does not show: targets.h */
    struct words *args; /* arguments in order, the static chain last */
    uint32_t nargs;
    struct words result; /* nodes that receive the result */
    uint32_t id;         /* its number among all calls of the graph */
    uint32_t applied;    /* how many symbols' effect has been added (esc_graph.applied) */
    bool unknown;        /* the unknown function's effect has been added */
    bool guessed;        /* every function of its class has been added */
    bool deferred;       /* goes to the summary: the function pointer is the caller's */
    bool own_only;       /* `own` of a deferred call: waits for an object of ours in an argument */
    uint32_t fresh;      /* its FRESH object, or UINT32_MAX */
    uint32_t answer;     /* its ANSWER object, or UINT32_MAX */
    uint32_t beyond;     /* its BEYOND object, or UINT32_MAX */
    bool registered;     /* a captured callback (verdicts' reason) */
    bool recursive;      /* from the summary of a function of the same component */
};

/* A word stored in memory that outlives the call. */
struct outer_store {
    uint32_t stmt, word; /* which word of the statement's destination */
    uint32_t node;       /* what is stored there */
};

/* Call `call` may be of object `obj`. */
struct found_call {
    uint32_t call;
    uint32_t obj;
};

/* A direct call of free. */
struct free_call {
    uint32_t stmt; /* the call */
    uint32_t node; /* its argument */
};

struct esc_graph {
    struct esc_fn *fn;
    struct esc_unit *unit;
    struct arena arena;      /* for all that is not a malloc'ed vector below */
    VEC(struct node) nodes;  /* the first ssa.len are the names */
    VEC(addr_t) addrs;       /* every address met, by number; 0 is the world's */
    VEC(uint32_t) lower;     /* by number: the next lower one of the same object's; 0: none */
    struct map addr_id;      /* address -> its number */
    struct bits delta, rest; /* scratch: what is being propagated; what was before */
    struct bits worldly;     /* numbers of addresses of what leaks */
    struct map edge_seen;    /* plain edges of nodes that have many: from << 32 | to */
    bool explains;           /* remembers causes; its nodes are not merged */
    struct map cause_of;     /* node << 32 | number -> its cause, if the graph explains */
    VEC(struct cause) causes;
    VEC(struct object) objs; /* 0 is the world */
    VEC(struct copy) copies;
    VEC(struct call *) calls;
    VEC(struct replay *) replays; /* summaries that may come to say more, and their calls: grow.c */
    bool final;           /* it is not to grow: something was done because there was no more */
    uint8_t level;        /* the function's, when it was made */
    bool asks_nobody;     /* likewise */
    bool widens;          /* recursion widens its arguments, as in f(p + 1), called by g(p) */
    uint32_t made_calls;  /* calls made so far, for their ids */
    struct map applied;   /* (call's id, symbol) whose effect has been added */
    struct map one_call;  /* callee and form -> the one call of it, coarsely (call.c) */
    struct map same_call; /* hash of callee and arguments -> call that did what they do (call.c) */
    struct map constants; /* address -> node that holds it alone (build.c) */
    uint32_t world;       /* node: what is loaded from the world; NO_NODE: none yet */
    struct map shared_calls;      /* (statement, function, number) -> call that its summary left */
    VEC(struct found_call) found; /* function pointers that turned out to hold something */
    uint32_t found_at;            /* the first of them not dealt with */
    struct heap work;             /* nodes with news, by the rank each had when it came there */
    uint64_t looked_at;           /* steps at the last look for cycles */
    uint32_t leak;                /* node: what the world can reach */
    uint32_t lend;                /* node: what unknown functions may write to */
    uint32_t empty, sink;         /* nodes: read and written outside every object */
    uint32_t undone;              /* node: what is stored for a while where others see it */
    uint32_t ambient;             /* node: the same, and AMBIENT */
    uint32_t callers;             /* node: AMBIENT only */
    uint32_t inert;               /* number of AMBIENT's address */
    uint32_t through;             /* node: what is stored through an ambient address of callers */
    VEC(struct outer_store) stores; /* those that may turn out to be undone */
    uint32_t freed;                 /* node: what may be freed, other than by `frees` */
    VEC(struct free_call) frees;    /* direct calls of free */
    uint32_t result;                /* RESULT object */
    uint32_t varargs;               /* VARARGS object, or UINT32_MAX */
    uint32_t *var_obj;              /* by variable: its object or UINT32_MAX */
    struct map sym_obj;             /* symbol -> FUNC or DATA object */
    struct map children;            /* (object, word) -> POINTEE object */
    VEC(struct also) also;          /* further parents of POINTEEs */
    uint32_t pointees;              /* POINTEE objects made so far */
    uint64_t steps;                 /* work done, against the budget */
    uint64_t budget;                /* steps it may take */
    bool gave_up;                   /* out of budget */
    uint64_t kept;                  /* its size, if it is kept and counts in the unit's: unit.c */
    struct esc_graph *next_spare;   /* the next of the unit's empty graphs, if this is one */
};

enum { OBJ_THE_WORLD = 0, NO_NODE = UINT32_MAX, NO_OBJ = UINT32_MAX };

/* How finely a function is looked at. One that exceeds its budget is solved again more coarsely; at
 * the last level a parameter points to one object that stands for all it reaches. */
struct limits {
    unsigned depth;      /* dereferences that POINTEEs tell apart */
    unsigned loop_depth; /* the same in recursive functions, whose paths grow with every round */
    uint32_t pointees;   /* POINTEEs of a function */
    uint32_t cells;      /* cells of an object */
    uint32_t offs;       /* offsets that arithmetic makes of one object's address */
    uint32_t base, each; /* steps it may take: base + each * (names + statements) */
};

/* graph_new.c */
struct esc_graph *graph_new(struct esc_fn *);
/* Whether recursion widens its arguments by now. */
bool graph_widens(const struct esc_fn *);
void graph_free(struct esc_graph *);    /* its storage stays with the unit */
void graphs_release(struct esc_unit *); /* until here */
/* About how many bytes it takes. */
uint64_t graph_size(const struct esc_graph *);
/* graph.c */
const struct limits *graph_limits(const struct esc_graph *);
bool graph_coarsest(const struct esc_graph *); /* at the last of the levels */
void graph_solve(struct esc_graph *);          /* to the fixpoint, or until the budget is spent */
void graph_spend(struct esc_graph *, uint64_t steps); /* counts work against the budget */
uint32_t node_new(struct esc_graph *);
/* Adds one address to a node. */
void node_add(struct esc_graph *, uint32_t node, addr_t, uint32_t why);
/* Adds AMBIENT's, as an edge from node `callers` would. */
void node_add_callers(struct esc_graph *, uint32_t node, uint32_t why);
void node_flow(struct esc_graph *, uint32_t from, uint32_t to, int32_t add, uint32_t why);
void node_flow_own(struct esc_graph *, uint32_t from, uint32_t to, uint32_t why);
void node_flow_widened(struct esc_graph *, uint32_t from, uint32_t to, uint32_t why);
void node_flow_step(struct esc_graph *, uint32_t from, uint32_t to, uint32_t param, uint32_t why);
void node_load(struct esc_graph *, uint32_t pointer, int32_t off, uint32_t to, uint32_t why);
void node_load_plain(struct esc_graph *, uint32_t pointer, int32_t off, uint32_t to, uint32_t why);
/* All that is reached from what NODE holds, along the word at OFF. */
void node_walk(struct esc_graph *, uint32_t node, int32_t off, uint32_t why);
void node_store(struct esc_graph *, uint32_t pointer, int32_t off, uint32_t from, uint32_t why);
void node_copy(struct esc_graph *, uint32_t to, int32_t to_off, uint32_t from, int32_t from_off,
               uint32_t size, uint32_t why);
void node_on_call(struct esc_graph *, uint32_t fp, uint32_t call, uint32_t why);
void node_on_own(struct esc_graph *, uint32_t argument, uint32_t call, uint32_t why);
/* The node that NODE has been merged with. */
uint32_t node_same(struct esc_graph *, uint32_t node);
bool node_equal(struct esc_graph *, uint32_t a, uint32_t b);
/* The first address of NODE's set whose number is at least *ID, which is set to it; false: none.
 *     for (uint32_t id = 0; node_next(g, node, &id, &a); id++) */
bool node_next(const struct esc_graph *, uint32_t node, uint32_t *id, addr_t *a);
/* True if NODE also holds the object's address at an unknown offset: then A adds nothing. */
bool node_covers(const struct esc_graph *g, uint32_t node, addr_t a);
/* Whether NODE's set has the address of number ID. */
bool node_has(const struct esc_graph *g, uint32_t node, uint32_t id);

/* OBJ leaks: from now on the world's address flows in place of its own, where that may be. */
void graph_leaks(struct esc_graph *, uint32_t obj);
/* cycles.c: merges the nodes of cycles of plain edges, and ranks all. */
void graph_merge_cycles(struct esc_graph *);
/* graph.c: NODE has news. */
void node_enqueue(struct esc_graph *, uint32_t node);

/* constraint.c: the address has arrived where constraint C waits. */
void constraint_apply(struct esc_graph *, addr_t, const struct constraint *c);

/* object.c */
uint32_t object_new(struct esc_graph *, enum obj_kind, uint32_t id, uint32_t size);
uint32_t object_of_var(struct esc_graph *, uint32_t var);
uint32_t object_of_sym(struct esc_graph *, uint32_t sym);
uint32_t object_of_param(struct esc_graph *, uint32_t param, int32_t word);
/* True if objects of this kind are the function's own: its caller has never seen them. */
bool own_object(uint8_t kind);
/* The objects that outlive the call and are the caller's to name. */
bool callers_object(uint8_t kind);
/* Nodes to read from and to write to for the word at byte offset OFF of OBJ. A PLAIN read sees what
 * this function stored there, but not what its caller may have left. */
uint32_t object_read(struct esc_graph *, uint32_t obj, int32_t off, bool plain);
uint32_t object_write(struct esc_graph *, uint32_t obj, int32_t off);
/* The word at OFF of OBJ is walked along, as a list is: beyond one dereference, what the caller left there is
 * from now on not told apart from OBJ, unless it has been already. */
void object_walk(struct esc_graph *, uint32_t obj, int32_t off);

/* What the function stores in OBJ, which is the caller's, leaks. */
void object_leak_stored(struct esc_graph *, uint32_t obj);

/* What OBJ holds in any word: node to read from; and what is stored in all of them. */
uint32_t object_all(struct esc_graph *, uint32_t obj);
uint32_t object_any(struct esc_graph *, uint32_t obj);

/* build.c: all statements of the function; solved. */
void graph_build(struct esc_graph *);
/* build.c: solves, and calls the unknown function where nothing was found to be called. */
void graph_settle(struct esc_graph *);
/* grow.c: adds to a solved graph what callees have come to do, and solves it again; false: it is to be made
 * again instead, and may have changed. */
bool graph_grow(struct esc_graph *);
/* call.c: what call CALL waits for, its function pointer or an argument, may hold OBJ's address. */
void call_found(struct esc_graph *, uint32_t call, uint32_t obj);
/* A new call for statement STMT, of nobody yet, with room for NARGS arguments; to be handed to call_add. */
struct call *call_new(struct esc_graph *, uint32_t stmt, uint32_t nargs);
/* What call CALL does, where nothing was found to call. */
void call_unknown(struct esc_graph *, struct call *);
void call_add(struct esc_graph *, struct call *);
/* undone.c: looks for undone stores in a solved graph; true if there are any. They are marked in the
 * statements, for the graph to be made again. */
bool undone_find(struct esc_graph *);
void undone_forget(struct esc_fn *);
/* Statement STMT stores in memory what flows into TO: remembers it, or diverts what is undone. */
void undone_store(struct esc_graph *, uint32_t stmt, struct words *to);
/* The node with what a load from the world or the callers' memory in statement STMT finds there besides. */
uint32_t undone_ambient(const struct esc_graph *, uint32_t stmt);
/* Whether OBJ, one of the function's own, may hold such in statement STMT, too. */
bool undone_may_hold(const struct esc_graph *, uint32_t obj, uint32_t stmt);
/* Call C is of CALLEE, which may return what is ambient. */
void undone_called(struct esc_graph *, const struct call *c, const struct esc_fn *callee);
/* What F's calls mean to undone stores; true if that is more than before. */
bool undone_flags(struct esc_fn *);
/* Which words F always overwrites; when its component is done. */
void undone_kills(struct esc_fn *);
/* replay.c */
/* What CALLEE does is done to a call; RESULT_ONLY: all but the result has been. */
void summary_apply(struct esc_graph *, struct call *, struct esc_fn *callee, bool result_only);
/* summary.c */
/* Makes FN's summary from its solved graph; true if it says more than before. */
bool summary_make(struct esc_graph *);
/* The summary of a function nothing is known of: everything it is given is kept. */
void summary_make_worst(struct esc_fn *);
/* verdict.c */
void verdicts(struct esc_graph *);
/* Explains what was moved, and which blocks escape, by a second graph that explains. */
void verdicts_explain(struct esc_graph *);
void verdict_set(struct esc_var *, uint8_t verdict, uint8_t reason);
/* lifetime.c: of what rule 1 leaves: WHY, by object, is its enum esc_reason. Lists the allocations. */
void lifetimes(struct esc_graph *, const uint8_t *why);
/* explain.c: the steps by which OBJ came to where it was reached, and a possible warning. */
void explain(struct esc_graph *, uint32_t obj, uint8_t reason, const uint32_t *via,
             const uint32_t *holder);
/* promote.c: after the verdicts. */
void promote(struct esc_graph *);

#endif
