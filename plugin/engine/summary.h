/* What callers need to know of a function: its solved graph, boiled down to what they can see.
 *
 *     void set(struct ctx *c, T *v) { c->slot = v; }
 *         objects: 0 = *c, 1 = *v           flow: cell(0, slot) <- address of 1
 *     T *next(struct node *n) { return n->next; }
 *         objects: 0 = *n, 1 = *n->next     flow: result word 0 <- address of 1
 */
#ifndef ESC_SUMMARY_H
#define ESC_SUMMARY_H

#include "graph.h"

struct sum_obj {
    uint8_t kind;    /* enum obj_kind: WORLD, POINTEE, ANSWER, BEYOND, FUNC, DATA, FRESH */
    uint8_t depth;   /* POINTEE: dereferences from the parameter */
    uint32_t id;     /* POINTEE: parameter; FUNC, DATA: symbol; ANSWER, BEYOND: index among calls */
    uint32_t parent; /* POINTEE: summary object it hangs on; depth 0: itself */
    int32_t off;     /* POINTEE: word of the parent (of the parameter at depth 0), or ESC_ANY */
};

enum sum_target {
    TO_LEAK,   /* escapes to the world */
    TO_LEND,   /* is written to by an unknown function */
    TO_FREED,  /* may be freed */
    TO_RESULT, /* the result, at to_off */
    TO_CELL,   /* memory of object `to`, at to_off */
    TO_CHILD,  /* the word at to_off of `from` held, at entry, the address of object `to` */
    TO_FP,     /* function pointer of call `to` */
    TO_ARG, /* argument number to_off / MAX_ARG_WORDS of call `to`, word to_off % MAX_ARG_WORDS */
};

enum { MAX_ARG_WORDS = 64 };

struct sum_flow {
    uint8_t target;   /* enum sum_target */
    uint32_t to;      /* CELL: summary object; FP, ARG: call */
    int32_t to_off;   /* bytes or ESC_ANY; ARG: see above */
    uint32_t from;    /* summary object whose address flows */
    int32_t from_off; /* plus this; ESC_ANY: an unknown offset */
};

/* A call through a function pointer that comes from the caller: for the caller to resolve. */
struct sum_call {
    uint32_t nargs;      /* arguments */
    uint32_t nresult;    /* words of its result that are used */
    uint32_t signature;  /* of the function type */
    uint32_t targets;    /* what the pointer may hold: targets.h */
    uint8_t *arg_words;  /* words of each argument */
    uint16_t *arg_flags; /* enum esc_ref_flag of each */
};

struct esc_summary {
    VEC(struct sum_obj) objs;
    VEC(struct sum_flow) flows; /* sorted, distinct */
    VEC(struct sum_call) calls;
    uint32_t holders; /* who want it to stay when its owner frees it */
};

enum { MAX_CALLS = 6 };           /* calls left to the caller; the arguments of others leak */
enum { SUM_CLASS = 0x80000000u }; /* with a class's number, where else a symbol's stands */

/* Frees S, which may be NULL, unless it is held: then by one holder less. */
void summary_free(struct esc_summary *s);
/* S, which now stays until it is freed once more. */
struct esc_summary *summary_hold(struct esc_summary *s);
/* order.c */
int summary_compare_flows(const void *a, const void *b); /* the order they are sorted in */
void summary_sort(struct esc_summary *);                 /* flows; drops what is there twice */
void summary_order(struct esc_summary *);                /* objects and flows */
/* Whether A, which may be NULL, says what B says; both are in order. */
bool summary_same(const struct esc_summary *a, const struct esc_summary *b);
/* alike.c. For each object of the graph the one that stands for it in the summary, in the graph's arena.
 * DEFERRED: by call, its number among those left to the caller, or UINT32_MAX. */
uint32_t *objects_alike(struct esc_graph *, const uint32_t *deferred);
/* replay.c. Does to call C what the members of class CLASS do, taken together. */
void summary_apply_class(struct esc_graph *, struct call *c, uint32_t class);

/* fold.c. What S says, told less finely. The caller frees it. */
enum fold {
    NOT_FOLDED, /* as it was made */
    FOLDED,     /* one object a word for all beyond one dereference */
    BLURRED,    /* and no words told apart */
};
/* What A and B say. The caller frees it. */
struct esc_summary *summary_union(const struct esc_summary *a, const struct esc_summary *b);
struct esc_summary *summary_fold(const struct esc_summary *s, enum fold);
/* Whether what S says of a call is decided by the arguments: it makes no object, and leaves no call to the caller. */
bool summary_of_arguments(const struct esc_summary *s);
/* Whether both calls have arguments, results and targets of the same kind. */
bool summary_same_form(const struct sum_call *a, const struct sum_call *b);
/* *BLURRED, which is S blurred; made now, if nobody has asked for it yet. */
const struct esc_summary *summary_blurred(struct esc_summary **blurred,
                                          const struct esc_summary *s);
/* S has grown: so may *BLURRED, if it is there. True if those who have seen it should look again. */
bool summary_blur_again(struct esc_summary **blurred, const struct esc_summary *s);
struct esc_merge;
struct esc_merge *merge_new(void);
struct esc_merge *merge_new_folded(enum fold);
void merge_free(struct esc_merge *);
/* Adds what S says; true if that was news. S stays the caller's. */
bool merge_add(struct esc_merge *, const struct esc_summary *s);
/* All that was added; valid until the next merge_add. */
const struct esc_summary *merge_summary(const struct esc_merge *);

#endif
