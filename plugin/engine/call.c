/* What a call does: by the callee's summary, by its model, or by the rule for unknown functions.
 *
 *     set(&c, &x);        summary of set, if its body is in the unit and will be the one that runs
 *     strchr(s, 'a')      model: return = s
 *     ext(&x)             unknown: x is lent for the call (extern=borrow) or kept (extern=escape)
 *     p->fn(&x)           whatever the points-to set of p->fn says, found while solving
 *
 * A function pointer that comes from the caller leaves the call to the caller (it goes into the
 * summary); for the function's own objects, which the caller never sees, every function of the unit
 * that the pointer's slot may hold counts as called, and the unknown one if it may be there (targets.c).
 */
#include "summary.h"
#include "targets.h"

#include "models.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_SEPARATE = 8, /* members of a class that a call looks at one by one */
};

static void flow_words(struct esc_graph *g, struct words w, uint32_t to, uint32_t why)
{
    for (uint32_t i = 0; i < w.n; i++)
        node_flow(g, w.node[i], to, 0, why);
}

static void flow_into(struct esc_graph *g, uint32_t from, struct words w, uint32_t why)
{
    for (uint32_t i = 0; i < w.n; i++)
        node_flow(g, from, w.node[i], 0, why);
}

static void add_to_words(struct esc_graph *g, struct words w, addr_t a, uint32_t why)
{
    for (uint32_t i = 0; i < w.n; i++)
        node_add(g, w.node[i], a, why);
}

struct call *call_new(struct esc_graph *g, uint32_t stmt, uint32_t nargs)
{
    struct call *c = ARENA_NEW(&g->arena, struct call);
    c->stmt = stmt;
    c->id = g->made_calls++;
    c->callee = c->fp = UINT32_MAX;
    c->fresh = c->answer = c->beyond = NO_OBJ;
    c->args = arena_alloc(&g->arena, nargs * sizeof *c->args);
    return c;
}

/* ---- models ---- */

/* A node with the values that PATH names at this call. */
static uint32_t path_node(struct esc_graph *g, struct call *c, const struct esc_model *m,
                          struct esc_path p)
{
    uint32_t node = node_new(g), why = c->stmt;
    if (p.base >= 0) {
        if ((uint32_t)p.base < c->nargs)
            flow_words(g, c->args[p.base], node, why);
    } else if (p.base == ESC_BASE_VARARGS) {
        for (uint32_t i = m->nparams; i < c->nargs; i++)
            flow_words(g, c->args[i], node, why);
    } else if (p.base == ESC_BASE_RETURN) {
        flow_words(g, c->result, node, why);
    } else if (p.base == ESC_BASE_STATIC) {
        node_add(g, node, addr(OBJ_THE_WORLD, 0), why);
    } else if (p.base == ESC_BASE_NEW) {
        if (c->fresh == NO_OBJ)
            c->fresh = object_new(g, m->alloc.size >= 0 ? OBJ_ALLOC : OBJ_FRESH, why, 0);
        node_add(g, node, addr(c->fresh, 0), why);
    }
    for (unsigned d = 0; d < p.derefs; d++) {
        uint32_t next = node_new(g);
        node_load(g, node, ESC_ANY, next, why);
        node = next;
    }
    return node;
}

static bool one_word_pointee(const struct call *c, struct esc_path p)
{
    return p.base >= 0 && p.derefs == 1 && (uint32_t)p.base < c->nargs &&
           (c->args[p.base].flags & ESC_REF_PTRPTR);
}

static void model_flow(struct esc_graph *g, struct call *c, const struct esc_model *m,
                       const struct esc_effect *e)
{
    struct esc_path dst = e->dst, src = e->src;
    if (dst.base == ESC_BASE_RETURN && dst.derefs == 0) {
        flow_into(g, path_node(g, c, m, src), c->result, c->stmt);
        return;
    }
    struct esc_path holder = {dst.base, (uint8_t)(dst.derefs - 1)};
    uint32_t to = path_node(g, c, m, holder);
    if (src.derefs > 0 && !one_word_pointee(c, dst)) {
        struct esc_path source = {src.base, (uint8_t)(src.derefs - 1)};
        node_copy(g, to, ESC_ANY, path_node(g, c, m, source), ESC_ANY, 0, c->stmt);
        return;
    }
    node_store(g, to, one_word_pointee(c, dst) ? 0 : ESC_ANY, path_node(g, c, m, src), c->stmt);
}

static void model_callback(struct esc_graph *g, struct call *c, const struct esc_model *m,
                           const struct esc_effect *e)
{
    uint32_t extra =
        e->nargs && e->args[e->nargs - 1].base == ESC_BASE_VARARGS && c->nargs > m->nparams
            ? c->nargs - m->nparams
            : 0;
    struct call *cb = call_new(g, c->stmt, e->nargs + extra);
    cb->fp = path_node(g, c, m, e->src);
    for (uint32_t i = 0; i < e->nargs; i++) {
        if (e->args[i].base == ESC_BASE_VARARGS && extra) {
            for (uint32_t k = m->nparams; k < c->nargs; k++)
                cb->args[cb->nargs++] = c->args[k];
            break;
        }
        struct words w = {.n = 0};
        if (e->args[i].base != ESC_BASE_NONE) {
            w.n = 1;
            w.node = arena_alloc(&g->arena, sizeof *w.node);
            w.node[0] = path_node(g, c, m, e->args[i]);
        }
        cb->args[cb->nargs++] = w;
    }
    call_add(g, cb);
}

static void apply_model(struct esc_graph *g, struct call *c, const struct esc_model *m)
{
    for (size_t i = 0; i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        switch (e->kind) {
        case ESC_EFFECT_FLOW:
            model_flow(g, c, m, e);
            break;
        case ESC_EFFECT_KEEP:
            node_flow(g, path_node(g, c, m, e->src), g->leak, 0, c->stmt);
            break;
        case ESC_EFFECT_REGISTER:
            c->registered = true;
            node_flow(g, path_node(g, c, m, e->src), g->leak, 0, c->stmt);
            for (uint32_t k = 0; k < e->nargs; k++)
                node_flow(g, path_node(g, c, m, e->args[k]), g->leak, 0, c->stmt);
            break;
        case ESC_EFFECT_CALL:
            model_callback(g, c, m, e);
            break;
        case ESC_EFFECT_FREE:
            if (c->callee != UINT32_MAX && strcmp(m->name, "free") == 0)
                vec_push(&g->frees, ((struct free_call){c->stmt, path_node(g, c, m, e->src)}));
            else
                node_flow(g, path_node(g, c, m, e->src), g->freed, 0, c->stmt);
            break;
        }
    }
}

/* ---- unknown functions ---- */

/* A function pointer and a void * handed over together: a callback with its data is registered. */
static bool looks_registered(const struct call *c)
{
    bool fn = false, data = false;
    for (uint32_t i = 0; i < c->nargs; i++) {
        fn |= (c->args[i].flags & ESC_REF_FNPTR) != 0;
        data |= (c->args[i].flags & ESC_REF_VOIDP) != 0;
    }
    return fn && data;
}

void call_unknown(struct esc_graph *g, struct call *c)
{
    if (c->unknown)
        return;
    c->unknown = true;
    bool registered = looks_registered(c), keeps = g->unit->opt.extern_keeps;
    for (uint32_t i = 0; i < c->nargs; i++) {
        uint16_t flags = c->args[i].flags;
        bool keep = keeps || (registered && (flags & (ESC_REF_VOIDP | ESC_REF_FNPTR)));
        if (flags & ESC_REF_BORROW)
            keep = false;
        if (flags & ESC_REF_KEEP)
            keep = true;
        flow_words(g, c->args[i], keep ? g->leak : g->lend, c->stmt);
        if (!(flags & (ESC_REF_BORROW | ESC_REF_READS)))
            flow_words(g, c->args[i], g->freed, c->stmt);
        if (flags & ESC_REF_LIKE)
            for (uint32_t w = 0; w < c->args[i].n; w++)
                flow_into(g, c->args[i].node[w], c->result, c->stmt);
    }
    c->registered |= registered;
    add_to_words(g, c->result, addr(OBJ_THE_WORLD, 0), c->stmt);
}

/* Pure and const functions, and those declared to keep nothing: the result may still be an argument. */
static void call_keeps_nothing(struct esc_graph *g, struct call *c)
{
    for (uint32_t i = 0; i < c->nargs; i++)
        for (uint32_t w = 0; w < c->args[i].n; w++)
            flow_into(g, c->args[i].node[w], c->result, c->stmt);
    add_to_words(g, c->result, addr(OBJ_THE_WORLD, 0), c->stmt);
}

/* ---- calls ---- */

static void keep_declared(struct esc_graph *g, struct call *c)
{
    for (uint32_t i = 0; i < c->nargs; i++)
        if (c->args[i].flags & ESC_REF_KEEP)
            flow_words(g, c->args[i], g->leak, c->stmt);
}

static void call_class(struct esc_graph *g, struct call *c, uint32_t class);

/* Coarsely, all calls of one function (or of one class) with as many arguments are one call, whose
 * arguments are anything that any of them passes, and whose result is any of theirs. */
static struct call *call_shared(struct esc_graph *g, struct call *c, uint32_t callee)
{
    bool chained = c->nargs && (c->args[c->nargs - 1].flags & ESC_REF_CHAIN);
    uint64_t key = (uint64_t)callee << 32 | c->nargs << 1 | chained;
    uint32_t id = map_get(&g->one_call, key);
    if (id == MAP_NONE) {
        struct call *one = call_new(g, c->stmt, c->nargs);
        one->callee = c->callee;
        one->fp = node_new(g);
        one->signature = c->signature;
        one->targets = c->targets;
        one->nargs = c->nargs;
        for (uint32_t i = 0; i <= c->nargs; i++) {
            struct words w = {arena_alloc(&g->arena, sizeof *w.node), 1, true, 0, 0};
            w.node[0] = node_new(g);
            if (i == c->nargs)
                one->result = w;
            else
                one->args[i] = w;
        }
        if (chained)
            one->args[c->nargs - 1].flags = ESC_REF_CHAIN;
        id = g->calls.len;
        vec_push(&g->calls, one);
        map_set(&g->one_call, key, id);
    }
    struct call *one = g->calls.at[id];
    for (uint32_t i = 0; i < c->nargs; i++)
        flow_words(g, c->args[i], one->args[i].node[0], c->stmt);
    if (c->fp != UINT32_MAX)
        node_flow(g, c->fp, one->fp, 0, c->stmt);
    flow_into(g, one->result.node[0], c->result, c->stmt);
    return one;
}

static bool same_arguments(const struct call *a, const struct call *b)
{
    if (a->nargs != b->nargs)
        return false;
    for (uint32_t i = 0; i < a->nargs; i++) {
        const struct words *x = &a->args[i], *y = &b->args[i];
        if (x->n != y->n || x->blurred != y->blurred || x->flags != y->flags || x->size != y->size)
            return false;
        for (uint32_t w = 0; w < x->n; w++)
            if (x->node[w] != y->node[w])
                return false;
    }
    return true;
}

/* Whether CALLEE was called before with the very same arguments as in call C, and where the same was stored for
 * a while; then what that did need not be
 * done again, but for the result. Not so where calls differ all the same: by an object that each makes, or
 * by calls left to the caller. */
static bool called_before(struct esc_graph *g, struct call *c, const struct esc_fn *callee)
{
    const struct esc_summary *s = callee->summary;
    if (g->explains || !s || c->callee != callee->sym || !summary_of_arguments(s))
        return false;
    uint64_t hash = callee->sym;
    for (uint32_t i = 0; i < c->nargs; i++)
        for (uint32_t w = 0; w < c->args[i].n; w++)
            hash = (hash ^ c->args[i].node[w]) * 0x9e3779b97f4a7c15u + i;
    uint32_t id = map_get(&g->same_call, hash);
    if (id != MAP_NONE) {
        const struct call *one = g->calls.at[id];
        return one->callee == c->callee && same_arguments(one, c) &&
               undone_ambient(g, one->stmt) == undone_ambient(g, c->stmt);
    }
    for (id = g->calls.len; g->calls.at[--id] != c;)
        continue;
    map_set(&g->same_call, hash, id);
    return false;
}

/* Whether the effect of SYM on C has not been added yet; from now on it has. */
static bool first_time(struct esc_graph *g, struct call *c, uint32_t sym)
{
    bool first = map_add(&g->applied, (uint64_t)c->id << 32 | sym);
    c->applied += first;
    return first;
}

static void call_symbol(struct esc_graph *g, struct call *c, uint32_t sym)
{
    if (!first_time(g, c, sym))
        return;
    const struct esc_symbol *s = &g->unit->syms.at[sym];
    if (s->also != UINT32_MAX)
        call_symbol(g, c, s->also);
    if (s->flags & ESC_SYM_CHOSEN)
        call_class(g, c, class_find(g->unit, s->signature, TARGETS_ALL));
    const struct esc_model *m = NULL;
    if (s->fn && !s->fn->summary && s->fn->scc != g->fn->scc) {
        /* A call the call graph did not foresee: nothing is known of it yet. */
        for (uint32_t i = 0; i < c->nargs; i++)
            flow_words(g, c->args[i], g->leak, c->stmt);
        call_keeps_nothing(g, c);
        return;
    }
    if (s->fn && !(s->flags & ESC_SYM_REPLACE)) {
        struct call *one = graph_coarsest(g) ? call_shared(g, c, sym) : c;
        if (one == c || first_time(g, one, sym))
            summary_apply(g, one, s->fn, one == c && called_before(g, c, s->fn));
        keep_declared(g, c);
        return;
    }
    if (!s->fn)
        m = symbol_model(g->unit, sym);
    if (m && esc_model_fits(m, s->name, c->nargs)) {
        apply_model(g, c, m);
        return;
    }
    if (s->fn)
        summary_apply(g, c, s->fn, false);
    if (s->flags & ESC_SYM_KEEPS_NOTHING)
        call_keeps_nothing(g, c);
    else
        call_unknown(g, c);
}

/* Nothing but its summary matters of this function. */
static bool plain_member(const struct esc_symbol *s)
{
    const struct esc_fn *f = s->fn;
    if (!f || (s->flags & (ESC_SYM_REPLACE | ESC_SYM_CHOSEN)) || s->also != UINT32_MAX)
        return false;
    return !f->nparams || !(f->vars.at[f->nparams - 1].flags & (ESC_VARARGS | ESC_CHAIN));
}

bool call_merges(const struct esc_unit *u, const struct esc_class *k, uint32_t sym)
{
    return k->members.len > MAX_SEPARATE && plain_member(&u->syms.at[sym]);
}

/* The members of a class: one by one if they are few, else as one whose summary is the merge of theirs. */
static void call_class(struct esc_graph *g, struct call *c, uint32_t class)
{
    struct esc_unit *u = g->unit;
    struct esc_class *k = &u->classes.at[class];
    bool own = k->scc == g->fn->scc;
    if (own && (!k->callers.len || vec_last(&k->callers) != g->fn->id))
        vec_push(&k->callers, g->fn->id);
    if (g->fn->level > 0) {
        struct call *one = call_shared(g, c, SUM_CLASS | class);
        keep_declared(g, c);
        if (one->guessed)
            return;
        one->guessed = true;
        c = one;
    }
    for (uint32_t i = 0; i < k->members.len; i++)
        if (!k->scc || !call_merges(u, k, k->members.at[i]))
            call_symbol(g, c, k->members.at[i]);
    if (k->scc && k->members.len > MAX_SEPARATE) {
        summary_apply_class(g, c, class);
        keep_declared(g, c);
    }
}

/* Whatever the pointer of the call may hold by its type and its slot. */
static void call_guess(struct esc_graph *g, struct call *c)
{
    if (c->guessed)
        return;
    c->guessed = true;
    uint32_t class = class_find(g->unit, c->signature, c->targets);
    uint32_t base = g->unit->classes.at[class].base;
    bool unknown = g->unit->classes.at[class].unknown;
    call_class(g, c, class);
    if (base != NO_CLASS)
        call_class(g, c, base);
    if (unknown)
        call_unknown(g, c);
}

/* The same call, seeing only this function's own objects: what the caller cannot resolve for us. It
 * does something only when the first of them arrives among its arguments. */
static void call_own_objects(struct esc_graph *g, struct call *c)
{
    struct call *own = ARENA_NEW(&g->arena, struct call);
    *own = *c;
    own->fp = own->callee = UINT32_MAX;
    own->deferred = false;
    own->own_only = true;
    own->id = g->made_calls++;
    own->applied = 0;
    own->args = arena_alloc(&g->arena, c->nargs * sizeof *own->args);
    uint32_t id = g->calls.len;
    vec_push(&g->calls, own);
    for (uint32_t i = 0; i < c->nargs; i++) {
        own->args[i] = c->args[i];
        own->args[i].node = arena_alloc(&g->arena, c->args[i].n * sizeof *own->args[i].node);
        for (uint32_t w = 0; w < c->args[i].n; w++) {
            own->args[i].node[w] = node_new(g);
            node_on_own(g, own->args[i].node[w], id, c->stmt);
            node_flow_own(g, c->args[i].node[w], own->args[i].node[w], c->stmt);
        }
    }
}

/* Whether the caller is asked what the function pointer O, which is his, may be. In a component of many
 * functions, most of which would hand the question on, only if it is an argument itself. */
static bool asks_caller(const struct esc_graph *g, const struct object *o)
{
    if (g->fn->asks_nobody)
        return false;
    if (o->depth == 0)
        return !graph_coarsest(g);
    return g->fn->level == 0 && !g->unit->many;
}

/* Whether the guess at call C covers function SYM. */
static bool guess_covers(const struct esc_graph *g, const struct call *c, uint32_t sym)
{
    const struct esc_symbol *s = &g->unit->syms.at[sym];
    uint32_t class = class_find(g->unit, c->signature, c->targets);
    for (uint32_t i = 0; i < s->classes.len; i++)
        if (s->classes.at[i] == class || s->classes.at[i] == g->unit->classes.at[class].base)
            return true;
    return false;
}

void call_found(struct esc_graph *g, uint32_t call, uint32_t obj)
{
    struct call *c = g->calls.at[call];
    const struct object *o = &g->objs.at[obj];
    if (c->own_only) {
        call_guess(g, c);
        return;
    }
    switch (o->kind) {
    case OBJ_FUNC: /* coarsely, many are as good as all */
        if (g->fn->level > 0 && c->applied >= MAX_SEPARATE && guess_covers(g, c, o->id))
            call_guess(g, c);
        else
            call_symbol(g, c, o->id);
        break;
    case OBJ_WORLD:
        call_guess(g, c);
        break;
    case OBJ_POINTEE:
    case OBJ_ANSWER:
    case OBJ_BEYOND:
        if (o->kind != OBJ_POINTEE || !asks_caller(g, o)) {
            call_guess(g, c);
            break;
        }
        if (c->deferred)
            break;
        c->deferred = true;
        c->answer = object_new(g, OBJ_ANSWER, call, 0);
        add_to_words(g, c->result, addr(c->answer, 0), c->stmt);
        call_own_objects(g, c);
        break;
    default: /* data called as code: a nested function's trampoline, whose function is there too */
        break;
    }
}

void call_add(struct esc_graph *g, struct call *c)
{
    uint32_t id = g->calls.len;
    vec_push(&g->calls, c);
    if (c->callee != UINT32_MAX)
        call_symbol(g, c, c->callee);
    else if (c->fp != UINT32_MAX)
        node_on_call(g, c->fp, id, c->stmt);
}
