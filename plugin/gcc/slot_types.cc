/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slot_types.cc: types that are taken for one another.

   A field is a slot of its own (slots.cc) because C lets no object be accessed as two struct types. Where
   the source does it all the same, by a cast, a copy or a view, fields that stand at the same offset hold
   each other's pointers; where they do not match, what either type holds can be anywhere:

     struct a { int n; fn *f; };   struct b { int m; fn *g; };   struct c { long l[2]; };
     (struct b *) a                a.f and b.g flow to one another
     (struct c *) a                a.f is open */
#include "compat.h"
#include "lower_expr.h"
#include "slot_types.h"

static tree without_arrays(tree type)
{
    while (TREE_CODE(type) == ARRAY_TYPE)
        type = TREE_TYPE(type);
    return type;
}

bool keeps_function_pointers(tree type)
{
    return is_function_pointer(without_arrays(type));
}

bool slot_types::holds(tree type)
{
    type = TYPE_MAIN_VARIANT(without_arrays(type));
    if (is_function_pointer(type))
        return true;
    if (!RECORD_OR_UNION_TYPE_P(type))
        return false;
    if (bool *known = holders.get(type))
        return *known;
    bool found = false;
    for (tree field = TYPE_FIELDS(type); field && !found; field = DECL_CHAIN(field))
        found = TREE_CODE(field) == FIELD_DECL && holds(TREE_TYPE(field));
    holders.put(type, found);
    return found;
}

void slot_types::open(tree type)
{
    type = without_arrays(type);
    if (!RECORD_OR_UNION_TYPE_P(type) || !holds(type))
        return;
    for (tree field = TYPE_FIELDS(type); field; field = DECL_CHAIN(field)) {
        if (TREE_CODE(field) != FIELD_DECL)
            continue;
        if (keeps_function_pointers(TREE_TYPE(field)))
            open_slot(u, slot_of_decl(u, field));
        else
            open(TREE_TYPE(field));
    }
}

bool slot_types::lay_out(tree type, HOST_WIDE_INT at, layout *out)
{
    for (tree field = TYPE_FIELDS(type); field; field = DECL_CHAIN(field)) {
        if (TREE_CODE(field) != FIELD_DECL)
            continue;
        if (!tree_fits_shwi_p(bit_position(field)))
            return false;
        HOST_WIDE_INT off = at + int_byte_position(field);
        tree inner = TREE_TYPE(field);
        if (TREE_CODE(inner) == RECORD_TYPE) {
            if (!lay_out(inner, off, out))
                return false;
        } else if (RECORD_OR_UNION_TYPE_P(without_arrays(inner))) {
            return false;
        } else {
            out->push_back({off, field});
        }
    }
    return true;
}

bool slot_types::relate_layouts(const layout &a, const layout &b)
{
    for (auto &x : a)
        for (auto &y : b) {
            if (x.first != y.first || x.second == y.second)
                continue;
            bool mine = is_function_pointer(TREE_TYPE(x.second)),
                 theirs = is_function_pointer(TREE_TYPE(y.second));
            if (mine && theirs) {
                uint32_t s = slot_of_decl(u, x.second), t = slot_of_decl(u, y.second);
                esc_slot_flow(u->esc, s, t);
                esc_slot_flow(u->esc, t, s);
            } else if (mine || theirs || keeps_function_pointers(TREE_TYPE(x.second)) ||
                       keeps_function_pointers(TREE_TYPE(y.second))) {
                return false;
            }
        }
    return true;
}

void slot_types::relate(tree type, tree other)
{
    type = TYPE_MAIN_VARIANT(without_arrays(type));
    other = TYPE_MAIN_VARIANT(without_arrays(other));
    if (type == other || VOID_TYPE_P(type) || VOID_TYPE_P(other) || FUNC_OR_METHOD_TYPE_P(type) ||
        FUNC_OR_METHOD_TYPE_P(other) || (!holds(type) && !holds(other)))
        return;
    auto is_byte = [](tree t) { return INTEGRAL_TYPE_P(t) && TYPE_PRECISION(t) == CHAR_TYPE_SIZE; };
    if (is_byte(type) || is_byte(other))
        return;
    if (!related.insert({MIN(type, other), MAX(type, other)}).second)
        return;
    layout a, b;
    if (TREE_CODE(type) == RECORD_TYPE && TREE_CODE(other) == RECORD_TYPE && lay_out(type, 0, &a) &&
        lay_out(other, 0, &b) && relate_layouts(a, b))
        return;
    open(type);
    open(other);
}

void slot_types::relate_pointers(tree type, tree other)
{
    if (POINTER_TYPE_P(type) && POINTER_TYPE_P(other))
        relate(TREE_TYPE(type), TREE_TYPE(other));
}
