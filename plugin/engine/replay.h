/* A summary applied to a call: replay.c; and what it came to say since: grow.c. */
#ifndef ESC_REPLAY_H
#define ESC_REPLAY_H

#include "summary.h"

struct moved {
    uint32_t obj; /* summary object */
    int32_t off;  /* bytes from where its node points */
    uint32_t node;
};

/* In the arena of its graph if it is kept there, to be grown. */
struct replay {
    struct esc_graph *g;
    struct call *c;
    const struct esc_summary *s; /* what is, or was, replayed; NULL: nothing yet */
    struct esc_summary *held;    /* the same, if it is kept: is not freed meanwhile */
    struct esc_fn *callee;       /* NULL: several */
    uint32_t of;                 /* the callee's symbol, or SUM_CLASS | number of the class */
    bool recursive;              /* of the caller's own component */
    bool result_only;            /* all but the result has been done by another call */
    uint32_t had_calls;          /* of the graph, when this began */
    uint32_t *node;          /* summary object -> node with the caller's objects it stands for */
    VEC(struct moved) moved; /* nodes with those objects at an offset; in the graph's arena */
    uint32_t *was;           /* by object of what is seen now: its number in `held`, or NO_OBJ */
    struct call **calls;     /* summary call -> the call made of it here */
};

/* What R's graph may see by now of the callee, or of the class; NULL: nothing yet. */
struct esc_summary *replay_seen(const struct replay *r);
/* R begins to replay S, none of whose objects has a node; its flows, those that matter to R, one by one; and its
 * end. */
void replay_begin(struct replay *r, const struct esc_summary *s);
bool replay_matters(const struct replay *r, const struct sum_flow *f);
void replay_flow(struct replay *r, const struct sum_flow *f);
void replay_end(struct replay *r);

#endif
