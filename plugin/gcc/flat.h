/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flat.h: frames that closures need no copy of, because the object with the variables replaces them. */
#ifndef GOE_FLAT_H
#define GOE_FLAT_H

#include "closures.h"

/* A FRAME all of whose captured variables lie in one object. */
struct flat_frame {
    function *fn;                /* whose frame it is */
    basic_block home;            /* where the object is made */
    std::vector<gimple *> boxes; /* the calls of __goe_box, in order */
    std::vector<tree> fields;    /* of FRAME: what each is stored in */
    std::vector<tree> parts;     /* FIELD_DECLs of record: where its variable lies */
    tree record;                 /* the object's type */
    tree pointer;                /* a local of fn that points to the latest one, once in use */
};

/* Finds them in the whole unit, once it is known what becomes a closure (D, in the order of
   FUNCTIONS) and IN_USE, the trampoline fields that stay in use. */
void find_flat_frames(const std::vector<cgraph_node *> &functions, std::vector<decisions> &d,
                      hash_set<tree> &in_use);

/* That of frame type TYPE, or NULL. */
flat_frame *flat_frame_of(tree type);

/* If FIELD of a frame held a box that a flat frame makes unnecessary, the offset of its variable in
   the object, a tree; else NULL_TREE. */
tree flat_offset(tree field);

/* The pointer to the object that stands for FRAME (as in closure_site) in the current function. */
tree flat_chain(tree frame);

/* Rewrites the statement at GSI of the current function, if it has to do with a flat frame: a box, a
   direct call of a nested function, or a look at a box through a static chain. True if it did. */
bool rewrite_flat(gimple_stmt_iterator *gsi);

#endif
