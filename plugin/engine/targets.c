/* Which functions a call through a pointer may reach, where the pointer itself does not tell.
 *
 * Pointers to functions are kept in few places, and the front end knows them by name: a field of a
 * struct type, a variable, a parameter. Each is a slot. What is stored in a slot by name, and what
 * flows there from other slots, is all that it holds; a place the front end cannot name (memory
 * behind a `void *`, another file) is part of slot ESC_SLOT_ANYWHERE, and what can be filled from there
 * says so by a flow.
 *
 *     static const struct ops disk = {disk_read, disk_write};    slot ops.read holds disk_read
 *     o->read = hook;                                            hook flows to ops.read
 *     o->read(&x);      reaches what ops.read holds and the call's signature fits: never disk_write
 *
 * The idea is that of multi-layer types (Lu and Hu, CCS 2019), made a flow analysis of its own: inclusion
 * of sets, without a heap model, over slots only. It takes O(flows * slots / 64) steps at worst and ends
 * because sets only grow.
 *
 * Slots that hold the same share one set. A class is a set together with a signature; as most sets
 * include what is anywhere, a class names only what it has beyond that, and its base has the rest.
 * So the classes together stay linear in the program.
 */
#include "targets.h"
#include "summary.h"

#include <assert.h>

/* ---- what slots hold ---- */

/* Bits of sets: 0 is a function of another file, 1 + N the Nth function symbol. */
enum { UNKNOWN_FUNCTION };

static uint32_t bit_of(uint32_t sym)
{
    return 1 + sym;
}

/* Whether S is a function of known behaviour that a pointer may lead to. */
static bool is_target(const struct esc_symbol *s)
{
    return s->kind == ESC_SYM_FUNC && (s->flags & ESC_SYM_TAKEN) && s->fn;
}

/* Functions that stand in no slot can be anywhere. */
static void place_the_rest(struct esc_unit *u)
{
    struct bits *anywhere = &u->slots.at[ESC_SLOT_ANYWHERE].holds;
    bits_add(anywhere, &u->arena, UNKNOWN_FUNCTION);
    for (uint32_t i = 0; i < u->syms.len; i++)
        if (is_target(&u->syms.at[i]) && !u->syms.at[i].placed)
            bits_add(anywhere, &u->arena, bit_of(i));
}

static void propagate(struct esc_unit *u)
{
    VEC(uint32_t) work = {0};
    struct bits scratch = {0};
    for (uint32_t i = 0; i < u->slots.len; i++) {
        u->slots.at[i].waits = true;
        vec_push(&work, i);
    }
    while (work.len) {
        struct esc_slot *from = &u->slots.at[work.at[--work.len]];
        from->waits = false;
        for (uint32_t i = 0; i < from->flows.len; i++) {
            struct esc_slot *to = &u->slots.at[from->flows.at[i]];
            if (to == from || !bits_union(&to->holds, &scratch, &from->holds, &u->arena) ||
                to->waits)
                continue;
            to->waits = true;
            vec_push(&work, from->flows.at[i]);
        }
    }
    vec_free(&work);
}

/* The number of the set that equals HOLDS. */
static uint32_t intern(struct esc_unit *u, struct map *known, const struct bits *holds)
{
    uint64_t hash = 14695981039346656037u;
    for (uint32_t i = 0; (i = bits_next(holds, i)) != BITS_END; i++)
        hash = (hash ^ i) * 1099511628211u;
    for (;; hash++) {
        uint32_t set = map_get(known, hash);
        if (set == MAP_NONE) {
            map_set(known, hash, u->targets.len);
            vec_push(&u->targets, *holds);
            return u->targets.len - 1;
        }
        if (bits_equal(&u->targets.at[set], holds))
            return set;
    }
}

static void make_sets(struct esc_unit *u)
{
    struct map known = {0};
    struct bits all = {0};
    for (uint32_t i = 0; i < u->syms.len; i++)
        if (is_target(&u->syms.at[i]))
            bits_add(&all, &u->arena, bit_of(i));
    bits_add(&all, &u->arena, UNKNOWN_FUNCTION);
    /* Not interned: a slot's set that is equal would have this number, and so lose its base. */
    vec_push(&u->targets, all);
    for (uint32_t i = ESC_SLOT_ANYWHERE; i < u->slots.len; i++)
        u->slots.at[i].targets = intern(u, &known, &u->slots.at[i].holds);
    assert(u->slots.at[ESC_SLOT_ANYWHERE].targets == TARGETS_ANYWHERE);
    map_free(&known);
}

uint32_t targets_of(const struct esc_unit *u, uint32_t slot)
{
    return u->slots.at[slot].targets;
}

/* ---- classes ---- */

static bool fits(const struct esc_symbol *s, uint32_t signature)
{
    return signature == 0 || s->signature == 0 || s->signature == signature;
}

static uint64_t class_key(uint32_t signature, uint32_t targets)
{
    return (uint64_t)targets << 32 | signature;
}

uint32_t class_find(const struct esc_unit *u, uint32_t signature, uint32_t targets)
{
    return map_get(&u->class_of, class_key(signature, targets));
}

static uint32_t class_add(struct esc_unit *u, uint32_t signature, uint32_t targets)
{
    uint32_t class = class_find(u, signature, targets), base = NO_CLASS;
    if (class != MAP_NONE)
        return class;
    const struct bits *set = &u->targets.at[targets], *rest = NULL;
    bool unknown = bits_has(set, UNKNOWN_FUNCTION);
    if (unknown && targets > TARGETS_ANYWHERE) {
        base = class_add(u, signature, TARGETS_ANYWHERE);
        rest = &u->targets.at[TARGETS_ANYWHERE];
    }
    class = u->classes.len;
    map_set(&u->class_of, class_key(signature, targets), class);
    vec_push(&u->classes,
             ((struct esc_class){.signature = signature, .base = base, .unknown = unknown}));
    for (uint32_t i = 1; (i = bits_next(set, i)) != BITS_END; i++) {
        struct esc_symbol *s = &u->syms.at[i - 1];
        if ((rest && bits_has(rest, i)) || !fits(s, signature))
            continue;
        vec_push(&u->classes.at[class].members, i - 1);
        vec_push_in(&u->arena, &s->classes, class);
    }
    return class;
}

static void make_classes(struct esc_unit *u)
{
    class_add(u, 0, TARGETS_ALL);
    for (uint32_t i = 0; i < u->elsewhere.len; i++)
        for (uint32_t k = 0; k < u->elsewhere.at[i]->summary->calls.len; k++)
            class_add(u, u->elsewhere.at[i]->summary->calls.at[k].signature, TARGETS_ALL);
    for (uint32_t i = 0; i < u->syms.len; i++)
        if (u->syms.at[i].flags & ESC_SYM_CHOSEN)
            class_add(u, u->syms.at[i].signature, TARGETS_ALL);
    for (uint32_t i = 0; i < u->fns.len; i++)
        for (uint32_t k = 0; k < u->fns.at[i]->stmts.len; k++) {
            const struct esc_stmt *s = &u->fns.at[i]->stmts.at[k];
            if (s->kind == ESC_STMT_CALL && s->callee.kind != ESC_ADDR)
                class_add(u, s->signature, targets_of(u, s->slot));
        }
}

void targets_make(struct esc_unit *u)
{
    place_the_rest(u);
    propagate(u);
    make_sets(u);
    make_classes(u);
}

void targets_free(struct esc_unit *u)
{
    for (uint32_t i = 0; i < u->classes.len; i++) {
        vec_free(&u->classes.at[i].members);
        vec_free(&u->classes.at[i].callers);
        merge_free(u->classes.at[i].merged);
        summary_free(u->classes.at[i].said);
        summary_free(u->classes.at[i].blurred);
    }
    for (uint32_t i = 0; i < u->slots.len; i++)
        vec_free(&u->slots.at[i].flows);
    vec_free(&u->slots);
    vec_free(&u->targets);
    vec_free(&u->classes);
    map_free(&u->class_of);
}
