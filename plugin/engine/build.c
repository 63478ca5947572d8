/* From statements to constraints: what each statement lets flow where.
 *
 * A reference is read as a row of nodes, one a word, and written the same way:
 *
 *     p = &x          {x} into the node of name p.1
 *     p = q + 8       edge q.3 -> p.1, adding 8
 *     p = *q          load constraint on q.3
 *     s = *q          one load a word (s is a small register aggregate)
 *     *p = *q         a copy constraint (both in memory)
 *     g = p           edge to the leak node (g is a global)
 *
 * Large or oddly aligned values are blurred: one node stands for all their words.
 */
#include "graph.h"
#include "targets.h"

#include <stdlib.h>

enum { MAX_VALUE_WORDS = 16 };

static struct words new_words(struct esc_graph *g, uint32_t n, bool blurred)
{
    struct words w = {.n = n, .blurred = blurred};
    w.node = arena_alloc(&g->arena, n * sizeof *w.node);
    return w;
}

static struct words one_word(struct esc_graph *g, uint32_t node)
{
    struct words w = new_words(g, 1, false);
    w.node[0] = node;
    return w;
}

static bool is_symbol(uint32_t var)
{
    return var & ESC_SYM;
}

/* A node that holds address A and never more, so that one will do wherever it is read; but an explanation
 * asks for the statement. */
static uint32_t constant(struct esc_graph *g, addr_t a, uint32_t why)
{
    uint32_t node = g->explains ? MAP_NONE : map_get(&g->constants, a);
    if (node == MAP_NONE) {
        node = node_new(g);
        node_add(g, node, a, why);
        if (!g->explains)
            map_set(&g->constants, a, node);
    }
    return node;
}

/* A node with what statement WHY loads from the world. */
static uint32_t loaded_from_world(struct esc_graph *g, uint32_t why)
{
    bool usual = !g->explains && undone_ambient(g, why) == g->callers;
    if (usual && g->world != NO_NODE)
        return g->world;
    uint32_t node = node_new(g);
    node_add(g, node, addr(OBJ_THE_WORLD, 0), why);
    node_flow(g, undone_ambient(g, why), node, 0, why);
    if (usual)
        g->world = node;
    return node;
}

/* The object a direct reference names. */
static uint32_t object_named(struct esc_graph *g, uint32_t var)
{
    return is_symbol(var) ? object_of_sym(g, var & ~ESC_SYM) : object_of_var(g, var);
}

static int32_t plus(int32_t off, uint32_t bytes)
{
    return off == ESC_ANY ? ESC_ANY : off + (int32_t)bytes;
}

/* How many words a value of this reference has, and whether they are kept apart. */
static uint32_t width(const struct esc_ref *r, bool *blurred)
{
    uint32_t n = esc_words(r->off, r->size);
    *blurred = r->off == ESC_ANY || r->size == 0 || n > MAX_VALUE_WORDS ||
               (n > 1 && r->off % ESC_WORD != 0);
    return *blurred ? 1 : n;
}

/* The bytes that are accessed from R's offset on begin word N of the value. An access within one word is one to that
 * word: where pointers are to words it touches no other, and elsewhere the word straddles all that it can touch. */
static int32_t word_at(const struct esc_ref *r, uint32_t n, bool blurred)
{
    if (blurred)
        return ESC_ANY;
    bool within_one = esc_words(r->off, r->size) == 1;
    return plus(r->off - (within_one ? (int32_t)esc_within(r->off) : 0), n * ESC_WORD);
}

static struct words shifted(struct esc_graph *g, struct words w, int32_t add, uint32_t why)
{
    if (add == 0)
        return w;
    struct words v = new_words(g, w.n, w.blurred);
    for (uint32_t i = 0; i < w.n; i++) {
        v.node[i] = node_new(g);
        node_flow(g, w.node[i], v.node[i], add, why);
    }
    return v;
}

static struct words read_direct(struct esc_graph *g, const struct esc_ref *r, uint32_t why)
{
    struct esc_fn *f = g->fn;
    if (esc_is_ssa(f, r->var)) {
        uint32_t n = esc_words(r->off, r->size);
        struct words w = new_words(g, n, false);
        for (uint32_t i = 0; i < n; i++)
            w.node[i] = esc_same(f, f->names.at[r->names + i]);
        return w;
    }
    uint32_t obj = object_named(g, r->var);
    if (obj == OBJ_THE_WORLD || g->objs.at[obj].kind == OBJ_FUNC) {
        bool ambient = obj == OBJ_THE_WORLD && !(r->flags & ESC_REF_PLAIN);
        struct words w = one_word(g, ambient ? loaded_from_world(g, why)
                                             : constant(g, addr(OBJ_THE_WORLD, 0), why));
        w.blurred = true;
        return w;
    }
    bool blurred;
    uint32_t n = width(r, &blurred);
    struct words w = new_words(g, n, blurred);
    for (uint32_t i = 0; i < n; i++)
        w.node[i] = object_read(g, obj, word_at(r, i, blurred), r->flags & ESC_REF_PLAIN);
    for (uint32_t i = 0; i < n && undone_may_hold(g, obj, why); i++) {
        uint32_t all = node_new(g);
        node_flow(g, w.node[i], all, 0, why);
        node_flow(g, g->ambient, all, 0, why);
        w.node[i] = all;
    }
    return w;
}

static struct words read_memory(struct esc_graph *g, const struct esc_ref *r, uint32_t pointer,
                                uint32_t why)
{
    bool blurred;
    uint32_t n = width(r, &blurred);
    struct words w = new_words(g, n, blurred);
    for (uint32_t i = 0; i < n; i++) {
        w.node[i] = node_new(g);
        int32_t off = word_at(r, i, blurred);
        if (r->flags & ESC_REF_PLAIN)
            node_load_plain(g, pointer, off, w.node[i], why);
        else
            node_load(g, pointer, off, w.node[i], why);
    }
    return w;
}

/* The node of the pointer that a reference to memory goes through. */
static uint32_t pointer_of(struct esc_graph *g, const struct esc_ref *r, uint32_t why)
{
    struct esc_ref p = esc_value(r->var, 0, ESC_WORD);
    p.names = r->names;
    return read_direct(g, &p, why).node[0];
}

static struct words read_ref(struct esc_graph *g, const struct esc_ref *r, uint32_t why)
{
    struct words w = {0};
    switch (r->kind) {
    case ESC_NONE:
    case ESC_CONST:
        break;
    case ESC_VAR:
        w = shifted(g, read_direct(g, r, why), r->add, why);
        break;
    case ESC_MEM:
        w = shifted(g, read_memory(g, r, pointer_of(g, r, why), why), r->add, why);
        break;
    case ESC_ADDR: {
        uint32_t obj = object_named(g, r->var);
        w = one_word(g, constant(g, addr(obj, r->off), why));
        break;
    }
    case ESC_UNKNOWN:
        w = one_word(g, constant(g, addr(OBJ_THE_WORLD, 0), why));
        w.blurred = true;
        break;
    }
    w.flags = r->flags;
    w.size = r->size;
    return w;
}

/* Nodes that, filled, mean a write to the reference. */
static struct words write_ref(struct esc_graph *g, const struct esc_ref *r, uint32_t why)
{
    struct words w = {0};
    struct esc_fn *f = g->fn;
    bool blurred;
    if (r->kind == ESC_UNKNOWN) { /* a store to an address from nowhere */
        w = one_word(g, node_new(g));
        w.blurred = true;
        node_flow(g, w.node[0], g->leak, 0, why);
        return w;
    }
    if (r->kind != ESC_VAR && r->kind != ESC_MEM)
        return w;
    if (r->kind == ESC_VAR && esc_is_ssa(f, r->var)) {
        uint32_t n = esc_words(r->off, r->size);
        w = new_words(g, n, false);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t name = f->names.at[r->names + i];
            w.node[i] = name; /* a definition is never merged into another name */
            for (uint32_t k = 0; k < f->ssa.at[name].from.len; k++)
                node_flow(g, esc_same(f, f->ssa.at[name].from.at[k]), name, 0, why);
        }
        return w;
    }
    uint32_t n = width(r, &blurred);
    w = new_words(g, n, blurred);
    uint32_t pointer = r->kind == ESC_MEM ? pointer_of(g, r, why) : NO_NODE;
    for (uint32_t i = 0; i < n; i++) {
        int32_t off = word_at(r, i, blurred);
        if (r->kind == ESC_MEM) {
            w.node[i] = node_new(g);
            node_store(g, pointer, off, w.node[i], why);
            continue;
        }
        uint32_t obj = object_named(g, r->var);
        if (obj == OBJ_THE_WORLD || g->objs.at[obj].kind != OBJ_VAR) {
            w.node[i] = node_new(g);
            node_flow(g, w.node[i], g->leak, 0, why);
        } else {
            w.node[i] = object_write(g, obj, off);
        }
    }
    return w;
}

/* Value FROM flows into TO, word by word where both sides keep words apart. */
static void flow(struct esc_graph *g, struct words to, struct words from, uint32_t why)
{
    if (to.blurred || from.blurred) {
        for (uint32_t i = 0; i < to.n; i++)
            for (uint32_t k = 0; k < from.n; k++)
                node_flow(g, from.node[k], to.node[i], 0, why);
        return;
    }
    for (uint32_t i = 0; i < to.n && i < from.n; i++)
        node_flow(g, from.node[i], to.node[i], 0, why);
}

/* A node holding the address of what a memory reference names; its offset is left to the caller. */
static uint32_t place(struct esc_graph *g, const struct esc_ref *r, uint32_t why)
{
    if (r->kind == ESC_MEM)
        return pointer_of(g, r, why);
    return constant(g, addr(object_named(g, r->var), 0), why);
}

static bool in_memory(const struct esc_graph *g, const struct esc_ref *r)
{
    return r->kind == ESC_MEM || (r->kind == ESC_VAR && !esc_is_ssa(g->fn, r->var));
}

static void build_assign(struct esc_graph *g, const struct esc_stmt *s, uint32_t id)
{
    if (s->dst.kind == ESC_NONE || s->dead)
        return;
    if (s->n == 1 && in_memory(g, &s->dst) && in_memory(g, &s->refs[0]) &&
        (s->dst.size > ESC_WORD || s->dst.size == 0)) {
        node_copy(g, place(g, &s->dst, id), s->dst.off, place(g, &s->refs[0], id), s->refs[0].off,
                  s->dst.size, id);
        return;
    }
    struct words to = write_ref(g, &s->dst, id);
    if (in_memory(g, &s->dst))
        undone_store(g, id, &to);
    for (uint32_t i = 0; i < s->n; i++)
        flow(g, to, read_ref(g, &s->refs[i], id), id);
}

/* The node of the pointer that a call goes through; a number may be the address of any function. */
static uint32_t pointer_called(struct esc_graph *g, const struct esc_ref *r, uint32_t why)
{
    struct words w = read_ref(g, r, why);
    return w.n ? w.node[0] : constant(g, addr(OBJ_THE_WORLD, 0), why);
}

static void build_call(struct esc_graph *g, const struct esc_stmt *s, uint32_t id)
{
    struct call *c = call_new(g, id, s->n);
    c->signature = s->signature;
    c->targets = targets_of(g->unit, s->slot);
    c->nargs = s->n;
    for (uint32_t i = 0; i < s->n; i++)
        c->args[i] = read_ref(g, &s->refs[i], id);
    c->result = write_ref(g, &s->dst, id);
    c->result.size = s->dst.size;
    if (s->callee.kind == ESC_ADDR && is_symbol(s->callee.var))
        c->callee = s->callee.var & ~ESC_SYM;
    else if (s->callee.kind != ESC_NONE)
        c->fp = pointer_called(g, &s->callee, id);
    call_add(g, c);
}

static void build_return(struct esc_graph *g, const struct esc_stmt *s, uint32_t id)
{
    struct words from = read_ref(g, &s->refs[0], id);
    struct words to = new_words(g, from.n, from.blurred);
    for (uint32_t i = 0; i < from.n; i++)
        to.node[i] = object_write(g, g->result, from.blurred ? ESC_ANY : (int32_t)(i * ESC_WORD));
    flow(g, to, from, id);
}

/* An asm may copy any input to any output; if it clobbers memory, it may also store any input where
 * another one points, and otherwise uses them as an unknown function would. */
static void build_asm(struct esc_graph *g, const struct esc_stmt *s, uint32_t id)
{
    uint32_t mix = node_new(g);
    for (uint32_t i = s->outs; i < s->n; i++) {
        struct words in = read_ref(g, &s->refs[i], id);
        for (uint32_t k = 0; k < in.n; k++) {
            node_flow(g, in.node[k], mix, 0, id);
            if (s->memory)
                node_flow(g, in.node[k], g->unit->opt.extern_keeps ? g->leak : g->lend, 0, id);
        }
    }
    for (uint32_t i = s->outs; s->memory && s->n - s->outs > 1 && i < s->n; i++) {
        struct words in = read_ref(g, &s->refs[i], id);
        for (uint32_t k = 0; k < in.n; k++)
            node_store(g, in.node[k], ESC_ANY, mix, id);
    }
    if (s->outs)
        node_add(g, mix, addr(OBJ_THE_WORLD, 0), id);
    for (uint32_t i = 0; i < s->outs; i++) {
        struct words out = write_ref(g, &s->refs[i], id), all = one_word(g, mix);
        all.blurred = true;
        flow(g, out, all, id);
    }
}

static void build_va_start(struct esc_graph *g, const struct esc_stmt *s, uint32_t id)
{
    if (g->varargs == NO_OBJ)
        return;
    uint32_t list = node_new(g);
    node_add(g, list, addr(g->varargs, ESC_ANY), id);
    struct words ap = read_ref(g, &s->refs[0], id);
    if (ap.n)
        node_store(g, ap.node[0], ESC_ANY, list, id);
}

static void build_va_arg(struct esc_graph *g, const struct esc_stmt *s, uint32_t id)
{
    struct words ap = read_ref(g, &s->refs[0], id), to = write_ref(g, &s->dst, id);
    if (!ap.n)
        return;
    uint32_t list = node_new(g), value = node_new(g);
    node_load(g, ap.node[0], ESC_ANY, list, id);
    node_load(g, list, ESC_ANY, value, id);
    struct words from = one_word(g, value);
    from.blurred = true;
    flow(g, to, from, id);
}

static void build_stmt(struct esc_graph *g, uint32_t id)
{
    const struct esc_stmt *s = &g->fn->stmts.at[id];
    switch (s->kind) {
    case ESC_STMT_ASSIGN:
        build_assign(g, s, id);
        break;
    case ESC_STMT_CALL:
        build_call(g, s, id);
        break;
    case ESC_STMT_RETURN:
        build_return(g, s, id);
        break;
    case ESC_STMT_ASM:
        build_asm(g, s, id);
        break;
    case ESC_STMT_VA_START:
        build_va_start(g, s, id);
        break;
    case ESC_STMT_VA_ARG:
        build_va_arg(g, s, id);
        break;
    case ESC_STMT_BEGIN:
    case ESC_STMT_END:
    case ESC_STMT_BRANCH:
    case ESC_STMT_SWITCH:
        break;
    }
}

/* Each word of each parameter points to an object of the caller's. */
static void build_params(struct esc_graph *g)
{
    struct esc_fn *f = g->fn;
    uint32_t name = 0;
    for (uint32_t p = 0; p < f->nparams; p++) {
        const struct esc_var *v = &f->vars.at[p];
        if (v->flags & ESC_VARARGS) {
            g->varargs = object_new(g, OBJ_VARARGS, p, 0);
            node_add(g, object_write(g, g->varargs, ESC_ANY),
                     addr(object_of_param(g, p, ESC_ANY), ESC_ANY), UINT32_MAX);
            continue;
        }
        uint32_t words = (v->size + ESC_WORD - 1) / ESC_WORD;
        bool blurred = !esc_is_ssa(f, p) && words > MAX_VALUE_WORDS;
        for (uint32_t w = 0; w < (blurred ? 1 : words); w++) {
            uint32_t node = esc_is_ssa(f, p)
                                ? name++
                                : object_write(g, object_of_var(g, p),
                                               blurred ? ESC_ANY : (int32_t)(w * ESC_WORD));
            uint32_t obj = object_of_param(g, p, blurred ? ESC_ANY : (int32_t)w);
            node_add(g, node, addr(obj, 0), UINT32_MAX);
            if (v->flags & ESC_ESCAPES)
                node_add(g, g->leak, addr(obj, 0), UINT32_MAX);
        }
    }
}

static void build_phis(struct esc_graph *g)
{
    struct esc_fn *f = g->fn;
    for (uint32_t i = 0; i < f->ssa.len; i++) {
        const struct esc_name *n = &f->ssa.at[i];
        if (n->same != i || n->stmt != UINT32_MAX)
            continue;
        for (uint32_t k = 0; k < n->from.len; k++)
            node_flow(g, esc_same(f, n->from.at[k]), i, 0, UINT32_MAX);
    }
}

/* Indirect calls of which nothing was found to be called: anybody's function. */
static bool call_the_unknown(struct esc_graph *g)
{
    bool any = false;
    for (uint32_t i = 0; i < g->calls.len; i++) {
        struct call *c = g->calls.at[i];
        if (c->fp != UINT32_MAX && !c->unknown && !c->deferred && !c->guessed && c->applied == 0) {
            call_unknown(g, c);
            any = g->final = true;
        }
    }
    return any;
}

void graph_settle(struct esc_graph *g)
{
    do
        graph_solve(g);
    while (!g->gave_up && call_the_unknown(g));
}

void graph_build(struct esc_graph *g)
{
    struct esc_fn *f = g->fn;
    build_params(g);
    build_phis(g);
    for (uint32_t i = 0; i < f->order.len; i++) {
        const struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = b->first; k < b->end; k++)
            build_stmt(g, k);
    }
    graph_settle(g);
}
