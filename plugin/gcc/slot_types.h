/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slot_types.h: types that are taken for one another, and what that means for slots. See slot_types.cc. */
#ifndef GOE_SLOT_TYPES_H
#define GOE_SLOT_TYPES_H

#include "lower.h"

/* slots.cc: the slot of a field, a variable or a parameter. */
uint32_t slot_of_decl(lowered_unit *u, tree decl);
/* slots.cc: what SLOT holds can be anywhere, and the other way round. */
void open_slot(lowered_unit *u, uint32_t slot);

/* Whether TYPE is a function pointer or an array of them. */
bool keeps_function_pointers(tree type);

class slot_types
{
  public:
    explicit slot_types(lowered_unit *unit) : u(unit) {}
    /* Whatever function pointers objects of TYPE hold can be anywhere. */
    void open(tree type);
    /* An object is accessed both as TYPE and as OTHER. */
    void relate(tree type, tree other);
    /* The same of what they point to, if both are pointers. */
    void relate_pointers(tree type, tree other);

  private:
    typedef std::vector<std::pair<HOST_WIDE_INT, tree>> layout; /* offset, FIELD_DECL; in order */
    lowered_unit *u;
    hash_map<tree, bool> holders;            /* type -> whether a function pointer is in it */
    std::set<std::pair<tree, tree>> related; /* types that have been related */
    /* Whether TYPE is or has a function pointer. */
    bool holds(tree type);
    /* The scalar fields of TYPE and of the structs in it; false if unions or arrays of structs are there. */
    static bool lay_out(tree type, HOST_WIDE_INT at, layout *out);
    /* Fields that stand at the same offset of two struct types are one; false if one is a function pointer, or
       an array of them, and the other something else. */
    bool relate_layouts(const layout &a, const layout &b);
};

#endif
