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
    return h->u->syms.at[sym].name;
}

/* A place in the words of the source: g, *out, **p. */
static const char *place_name(struct held *h, uint32_t place)
{
    char text[128];
    if (place & HELD_SYM)
        return symbol_name(h, place & ~(uint32_t)HELD_SYM);
    const struct held_obj *o = &h->objs.at[place];
    if (o->kind != OBJ_POINTEE)
        return "heap memory";
    bool data = o->id >= HELD_SYM;
    if (!data && h->f->vars.at[o->id].flags & ESC_SHARED) /* a parameter the source does not name */
        return "memory that threads share";
    const char *name =
        data ? symbol_name(h, o->id & ~(uint32_t)HELD_SYM) : h->f->vars.at[o->id].name;
    snprintf(text, sizeof text, "%.*s%.100s", o->depth + !data, "********",
             name ? name : "argument");
    return arena_strdup(&h->u->arena, text);
}

/* Who keeps what was registered: the function BY, called by STMT itself or somewhere below it. */
static const char *kept_by(struct held *h, uint32_t stmt, uint32_t by, bool *callback)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    const char *name = by == ESC_NOVAR ? "a function pointer" : symbol_name(h, by);
    const struct esc_model *m = by != ESC_NOVAR ? symbol_model(h->u, by) : NULL;
    bool itself = s->callee.kind == ESC_ADDR && (s->callee.var & ~ESC_SYM) == by;
    *callback = false;
    for (uint32_t i = 0; i < s->n; i++)
        *callback |= (s->refs[i].flags & ESC_REF_FNPTR) != 0;
    for (size_t i = 0; m && !itself && i < m->neffects; i++)
        *callback |= m->effects[i].kind == ESC_EFFECT_REGISTER;
    if (*callback)
        return name;
    char text[160];
    snprintf(text, sizeof text, "memory kept by %.120s", name);
    return arena_strdup(&h->u->arena, text);
}

static void add_step(struct esc_warning *w, struct esc_step *steps, uint32_t site, const char *text)
{
    steps[w->nsteps++] = (struct esc_step){site, text};
}

static void warn(struct held *h, enum esc_warning_kind kind, const struct target *t, uint32_t stmt,
                 const char *name)
{
    struct esc_fn *f = h->f;
    if (held_kind(h, t->obj) != OBJ_VAR)
        return;
    /* uintptr_t low = (uintptr_t)&x: a number that nobody will follow, as far as types tell. */
    if (kind == ESC_WARN_STORED && stmt != UINT32_MAX &&
        (f->stmts.at[stmt].dst.flags & ESC_REF_NUMBER))
        return;
    uint32_t var = t->obj;
    const struct esc_var *v = &f->vars.at[var];
    if (v->verdict == ESC_STAYS || (!v->name && !(v->flags & (ESC_LITERAL | ESC_ALLOCA))))
        return;
    if (h->confirm) {
        h->confirmed |= h->confirm->kind == kind && h->confirm->var == var &&
                        h->confirm_at == stmt && held_on_path(h, t);
        return;
    }
    uint64_t key = (uint64_t)var << 34 | (uint64_t)kind << 32;
    if (kind != ESC_WARN_USED) /* of uses, the first is enough */
        key |= stmt;
    if (stmt == UINT32_MAX || !map_add(&h->warned, key))
        return;
    struct esc_warning w = {
        .kind = kind, .var = var, .site = f->stmts.at[stmt].site, .name = name, .definite = true};
    struct esc_step *steps = arena_alloc(&h->u->arena, 3 * sizeof *steps);
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
    vec_push(&h->warned_at, stmt);
}

/* Every target of the facts about PLACE, and of heap blocks found there, is held from outside. */
static void warn_place(struct held *h, uint32_t place, const char *name, struct map *seen)
{
    if (!map_add(seen, place))
        return;
    uint32_t i = fact_find(&h->at_exit, place, ESC_ANY);
    for (; i < h->at_exit.len && h->at_exit.at[i].place == place; i++) {
        const struct target *t = &h->at_exit.at[i].target;
        uint8_t kind = held_kind(h, t->obj);
        if (kind == OBJ_VAR)
            warn(h, ESC_WARN_STORED, t, t->via, name);
        else if (kind == OBJ_ALLOC)
            warn_place(h, t->obj, name, seen);
    }
}

void held_warn_exit(struct held *h)
{
    struct map seen = {0};
    bool is_main = strcmp(symbol_name(h, h->f->sym), "main") == 0;
    for (uint32_t i = 0; i < h->result.len && !h->number; i++) {
        const struct target *t = &h->result.at[i].target;
        uint8_t kind = held_kind(h, t->obj);
        if (kind == OBJ_VAR)
            warn(h, ESC_WARN_RETURNED, t, t->via, NULL);
        else if (kind == OBJ_ALLOC)
            warn_place(h, t->obj, "heap memory", &seen);
    }
    /* Static data first: g rather than *g where both lead there. */
    for (uint32_t n = h->at_exit.len, at = fact_find(&h->at_exit, HELD_SYM, ESC_ANY), k = 0; k < n;
         k++) {
        const struct fact *f = &h->at_exit.at[(at + k) % n];
        if (f->place == HELD_REGISTERED) {
            bool callback;
            const char *name = kept_by(h, f->target.via, (uint32_t)f->off, &callback);
            if (is_main && !callback && held_hands_out(h, (uint32_t)f->off))
                continue; /* nobody looks there when main has returned */
            warn(h, callback ? ESC_WARN_CAPTURED : ESC_WARN_STORED, &f->target, f->target.via,
                 name);
        } else if (held_is_pointee(h, f->place) ||
                   (f->place >= HELD_SYM && f->place < HELD_NOTHING)) {
            bool data = f->place >= HELD_SYM || h->objs.at[f->place].id >= HELD_SYM;
            if (!is_main || !data) /* what main leaves in static data is gone with the process */
                warn_place(h, f->place, place_name(h, f->place), &seen);
        }
    }
    map_free(&seen);
}

void held_warn_use(struct held *h, const struct target *t, uint32_t stmt)
{
    if (held_kind(h, t->obj) != OBJ_VAR)
        return;
    bool dead = t->stale;
    uint32_t i = fact_find(&h->now, HELD_DEAD, (int32_t)t->obj);
    for (; i < h->now.len && h->now.at[i].place == HELD_DEAD && h->now.at[i].off == (int32_t)t->obj;
         i++)
        dead |= held_feasible(h, &h->now.at[i].target, h->f->stmts.at[stmt].block);
    if (dead)
        warn(h, ESC_WARN_USED, t, stmt, NULL);
}
