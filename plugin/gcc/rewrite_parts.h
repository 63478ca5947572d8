/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rewrite_parts.h: what rewrite.cc, lives.cc, operands.cc and allocations.cc share. */
#ifndef GOE_REWRITE_PARTS_H
#define GOE_REWRITE_PARTS_H

/* One variable on its way to the heap. */
struct moved_var {
    tree decl;       /* the variable: VAR_DECL or PARM_DECL */
    tree heap;       /* its pointer, a VAR_DECL */
    bool start_null; /* the pointer must be null at function entry: something may look at it
                        before an object was made */
};

/* The variables of one function that move. */
struct moved_vars {
    std::vector<moved_var> list;    /* in the order of their declaration, parameters last */
    hash_map<tree, unsigned> index; /* declaration -> position in list */

    int find(tree decl)
    {
        unsigned *i = DECL_P(decl) ? index.get(decl) : NULL;
        return i ? (int)*i : -1;
    }
};

/* A statement that must make the object of a variable first, if there is none. */
struct lazy_allocation {
    gimple *stmt; /* the reference */
    unsigned var; /* position in moved_vars */
    bool first;   /* there is none yet, on any way */
};

/* births.cc: finds, for the current function, the begin markers that make no object: the first reference does. */
void find_late_births(moved_vars *vars, hash_set<gimple *> *late);

/* lives.cc: finds, for the current function, the references that may find no object (LAZY) and the
   end markers that never find one (DEAD_ENDS), and sets start_null of the variables. LATE: from
   find_late_births. */
void analyse_lives(moved_vars *vars, hash_set<gimple *> *late, std::vector<lazy_allocation> *lazy,
                   hash_set<gimple *> *dead_ends);
/* The moved variables STMT mentions, each once; none if it is one that does nothing. */
void mentions(gimple *stmt, moved_vars *vars, std::vector<unsigned> *out);

/* operands.cc: replaces every mention of a moved variable in the statement at GSI; what must be
   computed for it first is inserted before. */
void rewrite_operands(gimple_stmt_iterator *gsi, moved_vars *vars);
/* `*POINTER` as an object declared like DECL. */
tree object_of(tree pointer, tree decl);

/* allocations.cc: a call at GSI becomes another. The pointer that an alloca for a variable-length
   array ends up in (the variable its DECL_VALUE_EXPR goes through), or NULL_TREE. */
tree vla_pointer(gimple_stmt_iterator gsi);
void move_alloca(gimple_stmt_iterator *gsi);
void promote_allocation(gimple_stmt_iterator *gsi);
/* Whether promote_allocation can carry out the promotion of CALL; if not, promote_bounded can. That one
   makes blocks, and takes what is left of ROOM (a variable, see there) for the function's stack. */
bool fits_frame(gimple *call);
void promote_bounded(gimple *call, tree room);
/* The variable that promote_bounded wants, and what sets it when the function begins. */
gimple *make_room(void);
void type_allocation(gimple_stmt_iterator *gsi);

/* rewrite.cc: a new artificial local of the current function; NAME may be NULL. */
tree local_variable(tree type, const char *name);

#endif
