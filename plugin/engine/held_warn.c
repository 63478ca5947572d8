/* Warnings: what the facts at the end of a function, or at a use, amount to.
 *
 * At the exit, whoever is reachable from the result, from static data, from what the caller passed
 * or from a registered callback must not be a local. Heap blocks of the function are stations on the
 * way. A warning stands at the statement that stored (or chose) the address, and carries the steps:
 * where the address was taken, where it escapes.
 */
#include "held.h"

#include <stdio.h>
#include <string.h>

static const char *symbol_name(const struct held *h, uint32_t sym)
{
    return h->g->unit->syms.at[sym].name;
}

/* A place in the words of the source: g, *out, **p. */
static const char *place_name(struct held *h, uint32_t place)
{
    char text[128];
    if (place & HELD_SYM)
        return symbol_name(h, place & ~(uint32_t)HELD_SYM);
    const struct object *o = &h->g->objs.at[place];
    if (o->kind != OBJ_POINTEE)
        return "heap memory";
    const char *name = h->f->vars.at[o->id].name;
    snprintf(text, sizeof text, "%.*s%s", o->depth + 1, "********", name ? name : "argument");
    return arena_strdup(&h->g->unit->arena, text);
}

static const char *kept_by(struct held *h, uint32_t stmt, bool *callback)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    *callback = false;
    for (uint32_t i = 0; i < s->n; i++)
        *callback |= (s->refs[i].flags & ESC_REF_FNPTR) != 0;
    const char *name = s->callee.kind == ESC_ADDR && (s->callee.var & ESC_SYM)
                           ? symbol_name(h, s->callee.var & ~ESC_SYM)
                           : "a function pointer";
    if (*callback)
        return name;
    char text[160];
    snprintf(text, sizeof text, "memory kept by %.120s", name);
    return arena_strdup(&h->g->unit->arena, text);
}

static void add_step(struct esc_warning *w, struct esc_step *steps, uint32_t site, const char *text)
{
    steps[w->nsteps++] = (struct esc_step){site, text};
}

static void warn(struct held *h, enum esc_warning_kind kind, const struct target *t, uint32_t stmt,
                 const char *name)
{
    struct esc_fn *f = h->f;
    if (t->obj >= HELD_SYM || h->g->objs.at[t->obj].kind != OBJ_VAR)
        return;
    /* uintptr_t low = (uintptr_t)&x: a number that nobody will follow, as far as types tell. */
    if (kind == ESC_WARN_STORED && stmt != UINT32_MAX &&
        (f->stmts.at[stmt].dst.flags & ESC_REF_NUMBER))
        return;
    uint32_t var = h->g->objs.at[t->obj].id;
    const struct esc_var *v = &f->vars.at[var];
    if (v->verdict == ESC_STAYS || (!v->name && !(v->flags & (ESC_LITERAL | ESC_ALLOCA))))
        return;
    uint64_t key = (uint64_t)var << 34 | (uint64_t)kind << 32;
    if (kind != ESC_WARN_USED) /* of uses, the first is enough */
        key |= stmt;
    if (stmt == UINT32_MAX || !map_add(&h->warned, key))
        return;
    struct esc_warning w = {
        .kind = kind, .var = var, .site = f->stmts.at[stmt].site, .name = name, .definite = true};
    struct esc_step *steps = arena_alloc(&h->g->unit->arena, 3 * sizeof *steps);
    if (v->name)
        add_step(&w, steps, UINT32_MAX, "declared here");
    if (t->origin != UINT32_MAX && t->origin != stmt)
        add_step(&w, steps, f->stmts.at[t->origin].site, "its address is taken here");
    add_step(&w, steps, w.site,
             kind == ESC_WARN_USED ? "used here, after its block ended"
             : kind == ESC_WARN_RETURNED
                 ? "its address leaves the function here"
                 : "its address is still held there when the function ends");
    w.steps = steps;
    vec_push(&f->warnings, w);
}

/* Every target of the facts about PLACE, and of heap blocks found there, is held from outside. */
static void warn_place(struct held *h, uint32_t place, const char *name, struct map *seen)
{
    if (!map_add(seen, place))
        return;
    for (uint32_t i = 0; i < h->at_exit.len; i++) {
        const struct fact *f = &h->at_exit.at[i];
        if (f->place != place || !held_is_address(&f->target) || f->target.obj >= HELD_SYM)
            continue;
        uint8_t kind = h->g->objs.at[f->target.obj].kind;
        if (kind == OBJ_VAR)
            warn(h, ESC_WARN_STORED, &f->target, f->target.via, name);
        else if (kind == OBJ_ALLOC || kind == OBJ_FRESH)
            warn_place(h, f->target.obj, name, seen);
    }
}

void held_warn_exit(struct held *h)
{
    struct map seen = {0};
    bool is_main = strcmp(symbol_name(h, h->f->sym), "main") == 0;
    for (uint32_t i = 0; i < h->result.len; i++) {
        const struct target *t = &h->result.at[i].target;
        if (t->obj >= HELD_SYM || h->number)
            continue;
        uint8_t kind = h->g->objs.at[t->obj].kind;
        if (kind == OBJ_VAR)
            warn(h, ESC_WARN_RETURNED, t, t->via, NULL);
        else if (kind == OBJ_ALLOC || kind == OBJ_FRESH)
            warn_place(h, t->obj, "heap memory", &seen);
    }
    for (uint32_t i = 0; i < h->at_exit.len; i++) {
        const struct fact *f = &h->at_exit.at[i];
        if (f->place == HELD_REGISTERED) {
            bool callback;
            const char *name = kept_by(h, f->target.via, &callback);
            warn(h, callback ? ESC_WARN_CAPTURED : ESC_WARN_STORED, &f->target, f->target.via,
                 name);
        } else if (f->place < HELD_NOTHING && (f->place & HELD_SYM)) {
            if (!is_main) /* what main leaves in static data is gone with the process */
                warn_place(h, f->place, place_name(h, f->place), &seen);
        } else if (f->place < HELD_SYM && h->g->objs.at[f->place].kind == OBJ_POINTEE) {
            warn_place(h, f->place, place_name(h, f->place), &seen);
        }
    }
    map_free(&seen);
}

void held_warn_use(struct held *h, const struct target *t, uint32_t stmt)
{
    if (!h->warning || t->obj >= HELD_SYM || h->g->objs.at[t->obj].kind != OBJ_VAR)
        return;
    for (uint32_t i = 0; i < h->now.len; i++) {
        const struct fact *f = &h->now.at[i];
        if (f->place == HELD_DEAD && f->target.obj == t->obj &&
            held_feasible(h, &f->target, h->f->stmts.at[stmt].block))
            warn(h, ESC_WARN_USED, t, stmt, NULL);
    }
}
