/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frames.h: which boxes and which copy of FRAME are parts of one object. */
#ifndef GOE_FRAMES_H
#define GOE_FRAMES_H

#include "closures.h"

/* An object made where several boxes come to life. */
struct scope_object {
    basic_block home;            /* where it is made: all its boxes are in there */
    std::vector<gimple *> boxes; /* the calls of __goe_box */
    std::vector<tree> fields;    /* the FIELD_DECL of each, once laid out */
    tree copy;                   /* that of the copy of FRAME, or NULL_TREE */
    tree record;                 /* its type, once laid out */
    tree pointer;                /* a local that points to it, likewise */
};

/* Adds a field to a record that is not laid out yet; its fields are in reverse order. */
tree add_field(tree record, tree type, unsigned align);

/* Whether a copy of a frame takes over FIELD. */
bool field_is_copied(tree field);

/* A record with those fields of frame type FRAME that a copy has, each where it is in FRAME, and often
   much smaller; FRAME itself where their places cannot be kept so. */
tree copied_part(tree frame);

class frame_plan
{
  public:
    /* For the current function FN: BOXES are the calls of __goe_box that become allocations and for
       whose variable shareable holds, CLOSURES those that become closures on a copy of FN's own
       FRAME; both in the order of the blocks. Blocks must not change before everything below was
       called. Time: blocks times closures. */
    frame_plan(function *fn, const std::vector<gimple *> &boxes,
               const std::vector<gimple *> &closures);
    /* Whether VARIABLE is small enough to share an object. */
    static bool shareable(tree variable);
    /* The box made at GSI as the address of a part of an object, which is made before GSI if this
       is its first part; NULL_TREE: an object of its own. Boxes must be asked for in order. */
    tree box_in_object(gimple_stmt_iterator *gsi);
    /* A local, set before GSI, that points to where the closure made at SITE has its copy of FRAME;
       NULL_TREE: a new object. It has type copied_part (the FRAME). */
    tree shared_copy(gimple_stmt_iterator *gsi, gimple *site);

  private:
    std::vector<gimple *> sites;
    std::vector<scope_object> objects;
    hash_map<gimple *, size_t> object_of_box;
    hash_map<gimple *, int> position;      /* of a statement in the function */
    hash_map<basic_block, int> last_store; /* position of the last store into FRAME */
    int copy_in = -1;                      /* the object with the copy of FRAME, or -1 */
    bool settled(basic_block bb, basic_block home);
    bool holds_copy(const scope_object &g);
};

#endif
