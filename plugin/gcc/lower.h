/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lower.h: from the unit's GIMPLE to the engine's statements, and back from its verdicts. */
#ifndef GOE_LOWER_H
#define GOE_LOWER_H

#include "../engine/escape.h"
#include "../util/map.h"

/* What the engine calls a tree: a variable, a symbol, a scope, a slot. */
class numbers
{
  public:
    numbers() = default;
    numbers(const numbers &) = delete;
    ~numbers() { map_free(&of); }
    /* The number of T, or MAP_NONE. */
    uint32_t get(tree t) const { return map_get(&of, (uintptr_t)t); }
    void put(tree t, uint32_t number) { map_set(&of, (uintptr_t)t, number); }

  private:
    struct map of = {};
};

/* A function of the unit and what the engine knows it by. */
struct lowered_fn {
    function *fn;                /* GCC's */
    esc_fn *esc;                 /* the engine's; belongs to the unit */
    numbers vars;                /* DECL -> engine variable */
    std::vector<tree> decls;     /* engine variable -> DECL; NULL_TREE: an alloca's memory */
    std::vector<gimple *> calls; /* engine variable -> the alloca that makes it, or NULL */
    numbers vlas;                /* pointer behind a variable-length array -> its memory */
    numbers scopes;              /* DECL -> engine scope, but for the outermost */
    bool has_numbers = false;    /* its numbers and tests are worth a note (note_sum) */
    bool uses_chain = false;     /* a nested function that refers to its parent's frame */
    std::vector<std::pair<tree, uint32_t>> closures; /* nested function made a value, its object */
};

/* Everything of one translation unit. Trees and statements in it live as long as the pass runs. */
struct lowered_unit {
    esc_unit *esc;                   /* freed by the destructor */
    std::vector<lowered_fn *> fns;   /* in the order given; owned */
    numbers symbols;                 /* DECL -> engine symbol */
    std::vector<tree> declared;      /* their keys */
    numbers slots;                   /* field, variable, function (its result) -> engine slot */
    bool has_slots = false;          /* the above is there (slots.cc) */
    std::vector<gimple *> sites;     /* engine site -> statement */
    std::vector<esc_ref> from, args; /* scratch, for a statement's right-hand side and a call */
    explicit lowered_unit(const esc_options &);
    ~lowered_unit();
};

/* Lowers the bodies of FUNCTIONS. */
void lower_unit(lowered_unit *, const std::vector<cgraph_node *> &functions);

/* A number that is equal for function types whose functions may be called through one another. */
uint32_t signature_of(tree fntype);

/* The nested function whose value the ESC_CLOSURE variable VAR is. */
tree nested_function(const lowered_fn *, uint32_t var);

/* Where the memory of variable VAR comes from: its declaration, or its alloca. */
location_t variable_location(const lowered_fn *, uint32_t var);

#endif
