/* The search for a path on which a warning is true: what it knows while it is under way.
 *
 * held_confirm.c walks, held_equal.c says what is equal to what on the path so far, held_ways.c which way
 * control can go. Shared by those three.
 */
#ifndef ESC_HELD_SEARCH_H
#define ESC_HELD_SEARCH_H

#include "held.h"

enum { PATH_MAX_ENTRIES = 2 }; /* how often a block may be on a path */

/* NAME (less OTHER, if there is one) RELATION VALUE, on the path at hand. */
struct known {
    uint32_t name;    /* canonical */
    uint32_t other;   /* canonical; UINT32_MAX: none */
    int32_t value;    /* the number, or the difference */
    uint8_t relation; /* enum esc_relation */
};

/* What is known of a number. */
struct number {
    bool known;    /* which it is: value */
    bool plain;    /* not which, but that it is one: nothing that carries an address */
    int32_t value; /* if known */
};

struct held_search {
    struct held *h;        /* the function, and its facts on the path so far */
    uint32_t goal;         /* block of the statement the warning is about */
    uint32_t steps;        /* blocks carried out so far */
    uint32_t limit;        /* how often a block may be on a path */
    uint32_t *canon;       /* by name: on this path, the name it is equal to */
    struct number *number; /* by name: on this path */
    uint16_t *made; /* by name: how many blocks were on the path before the one that computed it */
    uint8_t *entries;        /* by block: how often it is on the path */
    uint16_t *to_goal;       /* by block: edges to the goal, at least; FAR: there is no way */
    uint16_t *to_exit;       /* likewise to the function's exit */
    uint32_t *def;           /* the names defined in block b: def[def_at[b] .. def_at[b + 1]) */
    uint32_t *def_at;        /* see def */
    VEC(uint32_t) trail;     /* the blocks of this path, from the entry on */
    VEC(struct known) known; /* what branches of this path have said */
    VEC(uint32_t) seen;      /* names computed on this path, none like another */
    VEC(uint32_t) stores;    /* statements of it that store one value, none where another does */
    bool exhausted;          /* the search was given up */
};

/* held_equal.c */
/* The number that NAME is on this path, as computed or by a branch. */
struct number path_number(const struct held_search *, uint32_t name);
/* NAME has been computed: what it is equal to. */
void path_define(struct held_search *, uint32_t name);
/* Forgets the numbers that were read where statement STMT stores, and remembers what it stores. */
void path_overwrite(struct held_search *, uint32_t stmt);

/* held_ways.c */
/* Whether control can go on from PRED to TO on this path; what is known then is added. */
bool path_take(struct held_search *, uint32_t pred, uint32_t to);
/* Statement STMT reads or writes through pointers: these are not null. */
void path_follow(struct held_search *, uint32_t stmt);

#endif
