/* Explanations: why a variable or block had to move, step by step.
 *
 * Only if the unit explains, every address in a set carries its cause: the node it came from and the
 * statement that let it flow. So the way back from the place where it escapes is a chain of causes:
 *
 *     p = &x;  s->p = p;  return s;
 *     x: "its address is taken" (p = &x), "stored" (s->p = p); then s's own way: "returned" (return s)
 *
 * Steps without a statement (entry values, cells) are left out, as are repetitions of one statement.
 * A chain never visits an (node, address) pair twice, because a cause always arrived earlier.
 */
#include "graph.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_STEPS = 24, MAX_STATIONS = 6 };

static const char *callee_name(const struct esc_graph *g, const struct esc_stmt *s)
{
    return s->callee.kind == ESC_ADDR && (s->callee.var & ESC_SYM)
               ? g->unit->syms.at[s->callee.var & ~ESC_SYM].name
               : "a function pointer";
}

/* What statement STMT does with an address; FIRST: it is where the address was taken. */
static const char *step_text(struct esc_graph *g, uint32_t stmt, bool first, const char *what)
{
    const struct esc_stmt *s = &g->fn->stmts.at[stmt];
    char text[256];
    const char *verb = "flows on";
    if (s->kind == ESC_STMT_CALL)
        snprintf(text, sizeof text, "%s is passed to '%.100s'", what, callee_name(g, s));
    else {
        if (s->kind == ESC_STMT_RETURN)
            verb = "is returned";
        else if (s->kind == ESC_STMT_ASM)
            verb = "is given to an asm";
        else if (s->kind == ESC_STMT_ASSIGN && s->dst.kind == ESC_MEM)
            verb = first ? "is taken and stored through a pointer" : "is stored through a pointer";
        else if (s->kind == ESC_STMT_ASSIGN && s->dst.kind == ESC_VAR && (s->dst.var & ESC_SYM)) {
            snprintf(text, sizeof text, "%s is stored in '%.100s'", what,
                     g->unit->syms.at[s->dst.var & ~ESC_SYM].name);
            return arena_strdup(&g->unit->arena, text);
        } else if (first)
            verb = "is taken";
        snprintf(text, sizeof text, "%s %s", what, verb);
    }
    return arena_strdup(&g->unit->arena, text);
}

struct chain {
    struct esc_step steps[MAX_STEPS]; /* newest first while it is being made */
    uint32_t n;
};

static void add(struct chain *c, uint32_t site, const char *text)
{
    if (c->n < MAX_STEPS)
        c->steps[c->n++] = (struct esc_step){site, text};
}

/* The steps that brought address number ID into NODE, newest first; returns the newest's statement. */
static uint32_t trace(struct esc_graph *g, uint32_t node, uint32_t id, const char *what,
                      struct chain *c)
{
    uint32_t last = UINT32_MAX, newest = UINT32_MAX;
    for (;;) {
        uint32_t i = map_get(&g->cause_of, (uint64_t)node << 32 | id);
        if (i == MAP_NONE)
            return newest;
        struct cause cause = g->causes.at[i];
        bool born = cause.node == NO_NODE;
        if (cause.why != UINT32_MAX && (cause.why != last || born)) {
            if (cause.why == last && c->n)
                c->n--; /* taken and used in one statement: the better text wins */
            add(c, g->fn->stmts.at[cause.why].site, step_text(g, cause.why, born, what));
            last = cause.why;
            if (newest == UINT32_MAX)
                newest = last;
        }
        if (born)
            return newest;
        node = cause.node;
        id = cause.id;
    }
}

/* The number of an address of OBJ in NODE's set. */
static uint32_t member(const struct esc_graph *g, uint32_t node, uint32_t obj)
{
    addr_t a;
    for (uint32_t id = 0; node_next(g, node, &id, &a); id++)
        if (addr_obj(a) == obj)
            return id;
    return BITS_END;
}

static const char *object_text(struct esc_graph *g, uint32_t obj)
{
    const struct object *o = &g->objs.at[obj];
    char text[128];
    const char *name = o->kind == OBJ_VAR ? g->fn->vars.at[o->id].name : NULL;
    if (o->kind == OBJ_VAR && name)
        snprintf(text, sizeof text, "address of '%.80s'", name);
    else
        snprintf(text, sizeof text, "%s", o->kind == OBJ_VAR ? "its address" : "the block");
    return arena_strdup(&g->unit->arena, text);
}

/* The statement that let variable OBJ out may be worth a warning, for those who want all of them. */
static void warn_possible(struct esc_graph *g, uint32_t obj, uint32_t stmt, uint8_t reason,
                          const struct esc_explained *e)
{
    const struct esc_stmt *s = &g->fn->stmts.at[stmt];
    if (s->kind == ESC_STMT_ASSIGN && s->n && (s->refs[0].flags & ESC_REF_PLAIN))
        return; /* a piece of an address: it moves the variable, but is no pointer to it */
    struct esc_warning w = {.kind = ESC_WARN_STORED,
                            .var = g->objs.at[obj].id,
                            .site = s->site,
                            .name = "memory",
                            .steps = e->steps,
                            .nsteps = e->nsteps};
    if (s->kind == ESC_STMT_CALL) {
        bool callback = false;
        for (uint32_t i = 0; i < s->n; i++)
            callback |= (s->refs[i].flags & ESC_REF_FNPTR) != 0;
        w.name = callee_name(g, s);
        if (callback)
            w.kind = ESC_WARN_CAPTURED;
    } else if (s->kind == ESC_STMT_ASSIGN && s->dst.kind == ESC_VAR && (s->dst.var & ESC_SYM)) {
        w.name = g->unit->syms.at[s->dst.var & ~ESC_SYM].name;
    } else if (s->kind == ESC_STMT_RETURN ||
               (reason == ESC_WHY_RESULT &&
                !(s->kind == ESC_STMT_ASSIGN && s->dst.kind == ESC_MEM))) {
        w.kind = ESC_WARN_RETURNED;
    }
    vec_push(&g->fn->warnings, w);
}

/* Object OBJ was reached through node VIA[OBJ], a cell of HOLDER[OBJ] or a root. */
void explain(struct esc_graph *g, uint32_t obj, uint8_t reason, const uint32_t *via,
             const uint32_t *holder)
{
    struct esc_fn *f = g->fn;
    struct chain all = {.n = 0};
    uint32_t what = obj, newest = UINT32_MAX;
    bool variable = g->objs.at[obj].kind == OBJ_VAR;
    for (int station = 0; station < MAX_STATIONS && obj != NO_OBJ && via[obj] != NO_NODE;
         station++) {
        struct chain c = {.n = 0};
        uint32_t last = trace(g, via[obj], member(g, via[obj], obj), object_text(g, obj), &c);
        if (newest == UINT32_MAX)
            newest = last;
        while (c.n)
            add(&all, c.steps[c.n - 1].site, c.steps[c.n - 1].text), c.n--;
        obj = holder[obj];
    }
    if (!all.n)
        return;
    struct esc_explained e = {g->objs.at[what].id | (variable ? 0 : ESC_SYM), all.n,
                              arena_copy(&g->unit->arena, all.steps, all.n * sizeof *all.steps)};
    vec_push(&f->explained, e);
    if (variable && newest != UINT32_MAX)
        warn_possible(g, what, newest, reason, &e);
}
