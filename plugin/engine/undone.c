/* Undone stores: what is stored in memory that outlives the call, and always taken out again.
 *
 *     ctx->current = &x;      x is reachable from the caller's memory, for a while:
 *     work(ctx);              until here work may look at it,
 *     ctx->current = 0;       and when the function returns nothing holds it: x stays
 *
 * The graph knows no order, so at first the store counts as a leak. From the solved graph each such store
 * is looked at once more, word by word: it is undone if on every way from it to the function's exit
 * its place is overwritten, by a statement or by a callee that always does so, and nothing happens before
 * that could make more of it. If some store turns out to be undone the graph is made again without it.
 *
 * What is stored for a while can be read meanwhile. All of it goes to the node `ambient`, which flows
 * into everything that is loaded from the world or from the caller's memory by a statement on the way, and from
 * objects of the function's own that others can reach: a pointer from there may be to one of these. The function's callers may
 * have undone stores of their own: `ambient` also holds the address of one inert object, AMBIENT, that
 * stands for all they have stored. Where it turns up says what a call may do with that:
 *
 *     T *current(void) { return g; }          AMBIENT in the result: it RETURNS, and the caller's
 *                                             ambient values are in the call's result
 *     void log(void) { last = g; }            AMBIENT in the leak: it KEEPS
 *     void put(T *p) { g->p = p; }            something stored through AMBIENT: KEEPS as well
 *     void both(T *p) { put(p); }             calls what KEEPS: KEEPS
 *
 * A call that keeps, or of code nobody knows, or that waits for other code, ends the hope that a store
 * is undone; so do asm and volatile accesses. Other threads cannot look without one of these, by the rules
 * of C. No variable whose address is stored for a while may be born or die meanwhile.
 *
 * In a recursive component functions start without flags, which only grow with the rounds, and a callee of
 * the component overwrites nothing. Each store walks each block once at most: a bounded number of
 * blocks, a bounded number of stores.
 */
#include "graph.h"
#include "models.h"

#include <stdlib.h>

enum {
    MAX_BLOCKS = 200, /* that a walk may enter */
    MAX_COPIES = 16,  /* of a name that are followed back */
    MAX_KILLS = 8,    /* places of a function that its callers are told of */
};

/* A word of memory that outlives the call: of a symbol, or behind a name. */
struct place {
    bool symbol;   /* what base is */
    uint32_t base; /* symbol, or name */
    int32_t off;   /* bytes */
};

struct walk {
    struct esc_graph *g;
    struct esc_fn *f;
    bool calls_matter; /* the way ends in failure where a call, or another access, may keep */
    bool *stored;      /* by object: it can be reached from what is stored for a while */
    bool mark;         /* statements on the way are `within` */
};

/* ---- places ---- */

/* The place that BASE, a name, and OFF bytes lead to, seen through copies. */
static struct place place_behind(struct esc_fn *f, uint32_t base, int32_t off)
{
    struct place p = {false, esc_same(f, base), off};
    for (int i = 0; i < MAX_COPIES; i++) {
        const struct esc_name *n = &f->ssa.at[p.base];
        if (n->stmt == UINT32_MAX || n->from.len)
            break;
        const struct esc_stmt *s = &f->stmts.at[n->stmt];
        if (s->kind != ESC_STMT_ASSIGN || s->n != 1 || s->dst.size != ESC_WORD)
            break;
        const struct esc_ref *r = &s->refs[0];
        if (r->kind == ESC_ADDR && (r->var & ESC_SYM) && r->off != ESC_ANY)
            return (struct place){true, r->var & ~ESC_SYM, p.off + r->off};
        if (r->kind != ESC_VAR || !esc_is_ssa(f, r->var) || r->size != ESC_WORD ||
            r->off % ESC_WORD || r->add == ESC_ANY)
            break;
        p.base = esc_same(f, f->names.at[r->names]);
        p.off += r->add;
    }
    return p;
}

/* Where reference R stands, if that is a known place in memory that may outlive the call. */
static bool place_of(struct esc_fn *f, const struct esc_ref *r, struct place *p)
{
    if (r->off == ESC_ANY || r->size == 0 || (r->flags & ESC_REF_VOLATILE))
        return false;
    if (r->kind == ESC_VAR && (r->var & ESC_SYM))
        *p = (struct place){true, r->var & ~ESC_SYM, r->off};
    else if (r->kind == ESC_MEM && esc_is_ssa(f, r->var))
        *p = place_behind(f, f->names.at[r->names], r->off);
    else
        return false;
    return true;
}

static bool same_base(const struct place *a, const struct place *b)
{
    return a->symbol == b->symbol && a->base == b->base;
}

/* Whether writing SIZE bytes at BY overwrites the word at P. */
static bool overwrites(const struct place *by, uint32_t size, const struct place *p)
{
    return same_base(by, p) && by->off <= p->off &&
           (int64_t)by->off + size >= (int64_t)p->off + ESC_WORD;
}

/* ---- what statements do ---- */

/* The function of the unit that call S certainly is of, and whose body is here, or NULL. */
static struct esc_fn *callee_of(const struct esc_fn *f, const struct esc_stmt *s)
{
    if (s->callee.kind != ESC_ADDR || !(s->callee.var & ESC_SYM))
        return NULL;
    const struct esc_symbol *sym = &f->unit->syms.at[s->callee.var & ~ESC_SYM];
    if (!sym->fn || !sym->fn->blocks.len || (sym->flags & (ESC_SYM_REPLACE | ESC_SYM_CHOSEN)) ||
        sym->also != UINT32_MAX)
        return NULL;
    return sym->fn->summary || sym->fn->scc == f->scc ? sym->fn : NULL;
}

/* Whether a model says all that call S does, and that no other code runs meanwhile. */
static bool modelled(const struct esc_fn *f, const struct esc_stmt *s)
{
    if (s->callee.kind != ESC_ADDR || !(s->callee.var & ESC_SYM))
        return false;
    const struct esc_symbol *sym = &f->unit->syms.at[s->callee.var & ~ESC_SYM];
    if (sym->fn || sym->also != UINT32_MAX || (sym->flags & ESC_SYM_CHOSEN))
        return false;
    const struct esc_model *m = symbol_model(f->unit, s->callee.var & ~ESC_SYM);
    if (!m || !esc_model_fits(m, sym->name, s->n) || esc_model_waits(m))
        return false;
    for (size_t i = 0; i < m->neffects; i++)
        if (m->effects[i].kind == ESC_EFFECT_CALL || m->effects[i].kind == ESC_EFFECT_REGISTER)
            return false;
    return true;
}

static bool is_volatile(const struct esc_stmt *s)
{
    bool any = s->dst.flags & ESC_REF_VOLATILE;
    for (uint32_t i = 0; i < s->n; i++)
        any |= (s->refs[i].flags & ESC_REF_VOLATILE) != 0;
    return any;
}

/* Whether statement S may run code, or be seen by code, of which nothing is known. */
static bool is_opaque(const struct esc_fn *f, const struct esc_stmt *s)
{
    if (s->kind == ESC_STMT_ASM || is_volatile(s))
        return true;
    if (s->kind != ESC_STMT_CALL)
        return false;
    const struct esc_fn *callee = callee_of(f, s);
    return callee ? callee->ambient & ESC_AMBIENT_OPAQUE : !modelled(f, s);
}

/* The place of the caller's that the callee's place K is, at call S. */
static bool place_at_call(struct esc_fn *f, const struct esc_stmt *s, const struct esc_kill *k,
                          struct place *p)
{
    if (k->symbol) {
        *p = (struct place){true, k->base, k->off};
        return true;
    }
    if (k->base >= s->n)
        return false;
    const struct esc_ref *r = &s->refs[k->base];
    if (r->kind == ESC_ADDR && (r->var & ESC_SYM) && r->off != ESC_ANY) {
        *p = (struct place){true, r->var & ~ESC_SYM, r->off + k->off};
        return true;
    }
    if (r->kind != ESC_VAR || !esc_is_ssa(f, r->var) || r->size != ESC_WORD || r->off % ESC_WORD ||
        r->add == ESC_ANY)
        return false;
    *p = place_behind(f, f->names.at[r->names], r->add + k->off);
    return true;
}

/* Whether the word at P is overwritten by statement S. */
static bool kills(struct esc_fn *f, const struct esc_stmt *s, const struct place *p)
{
    struct place by;
    if ((s->kind == ESC_STMT_ASSIGN || s->kind == ESC_STMT_CALL || s->kind == ESC_STMT_VA_ARG) &&
        place_of(f, &s->dst, &by) && overwrites(&by, s->dst.size, p))
        return true;
    if (s->kind != ESC_STMT_CALL)
        return false;
    const struct esc_fn *callee = callee_of(f, s);
    if (!callee || callee->scc == f->scc)
        return false;
    for (uint32_t i = 0; i < callee->kills.len; i++)
        if (place_at_call(f, s, &callee->kills.at[i], &by) && overwrites(&by, ESC_WORD, p))
            return true;
    return false;
}

/* ---- walking ---- */

enum step { GOES_ON, OVERWRITTEN, FAILS };

static enum step step(struct walk *w, uint32_t stmt, const struct place *p)
{
    struct esc_fn *f = w->f;
    const struct esc_stmt *s = &f->stmts.at[stmt];
    if (w->calls_matter) {
        if (is_opaque(f, s))
            return FAILS;
        if (s->kind == ESC_STMT_CALL) {
            const struct esc_fn *callee = callee_of(f, s);
            if (callee && (callee->ambient & ESC_AMBIENT_KEEPS))
                return FAILS;
        }
        if (s->kind == ESC_STMT_BEGIN || s->kind == ESC_STMT_END) {
            uint32_t obj = w->g->var_obj[s->dst.var];
            if (obj != NO_OBJ && w->stored[obj])
                return FAILS;
        }
    }
    if (!p->symbol && f->ssa.at[p->base].stmt == stmt)
        return FAILS; /* from here on the name is another address */
    return kills(f, s, p) ? OVERWRITTEN : GOES_ON;
}

/* Whether entering BLOCK gives the place's name another value. */
static bool renames(const struct esc_fn *f, uint32_t block, const struct place *p)
{
    if (p->symbol)
        return false;
    const struct esc_name *n = &f->ssa.at[p->base];
    return n->stmt == UINT32_MAX && n->block == block && n->from.len;
}

/* Whether the word at P is overwritten on every way from statement STMT of BLOCK to the exit. */
static bool always_overwritten(struct walk *w, uint32_t block, uint32_t stmt, const struct place *p)
{
    struct esc_fn *f = w->f;
    struct map seen = {0};
    VEC(uint32_t) todo = {0};
    bool ok = true;
    for (uint32_t at = 0;; at++) {
        const struct esc_block *b = &f->blocks.at[block];
        enum step here = GOES_ON;
        for (; stmt < b->end && here == GOES_ON; stmt++) {
            f->stmts.at[stmt].within |= w->mark;
            here = step(w, stmt, p);
        }
        ok = here != FAILS;
        for (uint32_t i = 0; ok && here == GOES_ON && i < b->succs.len; i++) {
            uint32_t to = b->succs.at[i];
            ok = to != ESC_EXIT && !renames(f, to, p) && seen.len < MAX_BLOCKS;
            if (ok && map_add(&seen, to))
                vec_push(&todo, to);
        }
        if (!ok || at >= todo.len)
            break;
        block = todo.at[at];
        stmt = f->blocks.at[block].first;
    }
    map_free(&seen);
    vec_free(&todo);
    return ok;
}

/* ---- which stores ---- */

/* Marks what can be reached from the objects in NODE; false: that cannot be followed. */
static void reach(struct esc_graph *g, uint32_t node, bool *stored)
{
    VEC(uint32_t) todo = {0};
    vec_push(&todo, node);
    for (uint32_t i = 0; i < todo.len; i++) {
        addr_t a;
        for (uint32_t id = 0; node_next(g, todo.at[i], &id, &a); id++) {
            uint32_t obj = addr_obj(a);
            const struct object *o = &g->objs.at[obj];
            if (stored[obj])
                continue;
            stored[obj] = true;
            for (uint32_t k = 0; own_object(o->kind) && k < o->cells.len; k++)
                vec_push(&todo, o->cells.at[k].node);
            if (own_object(o->kind) && o->any != NO_NODE)
                vec_push(&todo, o->any);
        }
    }
    vec_free(&todo);
}

/* Whether NODE holds what would escape by a store: an address of the function's own, or its caller's. */
static bool worth_while(const struct esc_graph *g, uint32_t node)
{
    addr_t a;
    for (uint32_t id = 0; node_next(g, node, &id, &a); id++) {
        uint8_t kind = g->objs.at[addr_obj(a)].kind;
        if (kind == OBJ_VAR || kind == OBJ_POINTEE || kind == OBJ_ALLOC)
            return true;
    }
    return false;
}

/* Whether the place is one of the world's, or of the caller's, and of nobody else. */
static bool outlives(const struct esc_graph *g, const struct place *p)
{
    addr_t a;
    bool any = false;
    if (p->symbol)
        return true;
    for (uint32_t id = 0; node_next(g, p->base, &id, &a); id++) {
        uint8_t kind = g->objs.at[addr_obj(a)].kind;
        if (kind != OBJ_WORLD && !callers_object(kind) && kind != OBJ_AMBIENT)
            return false;
        any = true;
    }
    return any;
}

/* Whether what stands at P may be read in pieces, as a number of 16 or 32 bits, by reference R: such
 * reads see what the function itself stored (object_read). */
static bool reads_piece(const struct esc_graph *g, const struct esc_ref *r, const struct place *p)
{
    struct esc_fn *f = g->fn;
    struct place at;
    if (!(r->flags & ESC_REF_PLAIN) || (r->kind != ESC_VAR && r->kind != ESC_MEM))
        return false;
    if (r->kind == ESC_VAR && !(r->var & ESC_SYM))
        return false;
    if (!place_of(f, r, &at))
        return true;
    if (same_base(&at, p))
        return at.off < p->off + ESC_WORD && at.off + (int64_t)r->size > p->off;
    if (p->symbol || at.symbol)
        return false;
    addr_t a, b;
    for (uint32_t i = 0; node_next(g, at.base, &i, &a); i++)
        for (uint32_t k = 0; node_next(g, p->base, &k, &b); k++)
            if (addr_obj(a) == addr_obj(b)) /* of the caller's, or the world */
                return true;
    return false;
}

static bool read_in_pieces(const struct esc_graph *g, const struct place *p)
{
    const struct esc_fn *f = g->fn;
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_stmt *s = &f->stmts.at[i];
        for (uint32_t k = 0; s->kind == ESC_STMT_ASSIGN && k < s->n; k++)
            if (reads_piece(g, &s->refs[k], p))
                return true;
    }
    return false;
}

static struct place word_at(struct place p, uint32_t word)
{
    p.off += (int32_t)(word * ESC_WORD);
    return p;
}

/* Marks the variables that others can reach, by g->leak or the callers' memory: an undone store through a pointer of
 * theirs may be into one of these. */
static void find_exposed(struct esc_graph *g)
{
    struct esc_fn *f = g->fn;
    bool *seen = arena_alloc(&g->arena, g->objs.len * sizeof *seen);
    reach(g, g->leak, seen);
    reach(g, g->lend, seen);
    for (uint32_t i = 0; i < g->objs.len; i++) {
        const struct object *o = &g->objs.at[i];
        for (uint32_t k = 0; callers_object(o->kind) && k < o->cells.len; k++)
            if (o->cells.at[k].stored != NO_NODE)
                reach(g, o->cells.at[k].stored, seen);
        if (callers_object(o->kind) && o->any != NO_NODE)
            reach(g, o->any, seen);
    }
    for (uint32_t v = 0; v < f->vars.len; v++)
        f->exposed[v] = g->var_obj[v] != NO_OBJ && seen[g->var_obj[v]];
}

bool undone_find(struct esc_graph *g)
{
    struct esc_fn *f = g->fn;
    bool any = false;
    if (f->level > 0 || !g->stores.len)
        return false;
    struct walk w = {g, f, true, arena_alloc(&g->arena, g->objs.len * sizeof(bool)), false};
    for (uint32_t i = 0; i < g->stores.len; i++) {
        const struct outer_store *s = &g->stores.at[i];
        if (worth_while(g, s->node))
            reach(g, s->node, w.stored);
    }
    for (uint32_t i = 0; i < f->vars.len; i++)
        if (g->var_obj[i] != NO_OBJ && w.stored[g->var_obj[i]] &&
            (f->vars.at[i].flags & (ESC_ALLOCA | ESC_VLA)))
            return false; /* has no birth of its own to look out for */
    for (uint32_t i = 0; i < g->stores.len; i++) {
        const struct outer_store *s = &g->stores.at[i];
        struct esc_stmt *st = &f->stmts.at[s->stmt];
        struct place p;
        if (!worth_while(g, s->node) || !place_of(f, &st->dst, &p))
            continue;
        p = word_at(p, s->word);
        if (!outlives(g, &p) || !always_overwritten(&w, st->block, s->stmt + 1, &p) ||
            read_in_pieces(g, &p))
            continue;
        st->undone |= (uint16_t)(1u << s->word);
        w.mark = any = true;
        always_overwritten(&w, st->block, s->stmt + 1, &p);
        w.mark = false;
    }
    if (any) {
        if (!f->exposed)
            f->exposed = arena_alloc(&g->unit->arena, f->vars.len * sizeof *f->exposed);
        find_exposed(g);
    }
    return any;
}

bool undone_may_hold(const struct esc_graph *g, uint32_t obj, uint32_t stmt)
{
    const struct object *o = &g->objs.at[obj];
    return stmt != UINT32_MAX && g->fn->stmts.at[stmt].within && own_object(o->kind) &&
           (o->kind != OBJ_VAR || g->fn->exposed[o->id]);
}

void undone_forget(struct esc_fn *f)
{
    for (uint32_t i = 0; i < f->stmts.len; i++)
        f->stmts.at[i].undone = 0, f->stmts.at[i].within = false;
}

void undone_store(struct esc_graph *g, uint32_t stmt, struct words *to)
{
    struct esc_stmt *s = &g->fn->stmts.at[stmt];
    struct place p;
    if (to->blurred || to->n > 16 || s->dst.off % ESC_WORD || s->dst.size % ESC_WORD ||
        !place_of(g->fn, &s->dst, &p))
        return;
    for (uint32_t i = 0; i < to->n; i++) {
        if (s->undone & 1u << i) {
            to->node[i] = node_new(g);
            g->final = true; /* what is undone now need not be when callees do more */
            node_flow(g, to->node[i], g->undone, 0, stmt);
        } else {
            vec_push(&g->stores, ((struct outer_store){stmt, i, to->node[i]}));
        }
    }
}

/* ---- what callers need to know ---- */

static bool holds_ambient(const struct esc_graph *g, uint32_t node)
{
    addr_t a;
    for (uint32_t id = 0; node_next(g, node, &id, &a); id++)
        if (g->objs.at[addr_obj(a)].kind == OBJ_AMBIENT)
            return true;
    return false;
}

/* Whether something that is not the world's own is stored through an ambient pointer. */
static bool stores_through(const struct esc_graph *g)
{
    addr_t a;
    for (uint32_t id = 0; node_next(g, g->through, &id, &a); id++) {
        uint8_t kind = g->objs.at[addr_obj(a)].kind;
        if (kind != OBJ_WORLD && kind != OBJ_FUNC && kind != OBJ_DATA)
            return true;
    }
    return false;
}

static bool keeps_ambient(struct esc_graph *g)
{
    bool *seen = arena_alloc(&g->arena, g->objs.len * sizeof *seen);
    bool keeps = holds_ambient(g, g->leak) || stores_through(g);
    const struct object *r = &g->objs.at[g->result];
    for (uint32_t k = 0; k < r->cells.len; k++)
        reach(g, r->cells.at[k].node, seen);
    if (r->any != NO_NODE)
        reach(g, r->any, seen);
    reach(g, g->leak, seen);
    for (uint32_t i = 0; i < g->objs.len && !keeps; i++) {
        const struct object *o = &g->objs.at[i];
        if (!callers_object(o->kind))
            continue;
        for (uint32_t k = 0; k < o->cells.len; k++)
            if (o->cells.at[k].stored != NO_NODE) {
                keeps |= holds_ambient(g, o->cells.at[k].stored);
                reach(g, o->cells.at[k].stored, seen);
            }
        if (o->any != NO_NODE) {
            keeps |= holds_ambient(g, o->any);
            reach(g, o->any, seen);
        }
    }
    for (uint32_t i = 0; i < g->objs.len && !keeps; i++) {
        const struct object *o = &g->objs.at[i];
        if (!seen[i] || !own_object(o->kind))
            continue;
        for (uint32_t k = 0; k < o->cells.len; k++)
            keeps |= holds_ambient(g, o->cells.at[k].node);
        keeps |= o->any != NO_NODE && holds_ambient(g, o->any);
    }
    return keeps;
}

bool undone_flags(struct esc_fn *f)
{
    struct esc_graph *g = f->graph;
    uint8_t flags = f->ambient;
    if (f->gave_up || f->level > 0 || g->gave_up) {
        flags = ESC_AMBIENT_RETURNS | ESC_AMBIENT_KEEPS | ESC_AMBIENT_OPAQUE;
    } else {
        for (uint32_t i = 0; i < f->order.len && !(flags & ESC_AMBIENT_OPAQUE); i++) {
            const struct esc_block *b = &f->blocks.at[f->order.at[i]];
            for (uint32_t k = b->first; k < b->end; k++) {
                const struct esc_stmt *s = &f->stmts.at[k];
                const struct esc_fn *callee = s->kind == ESC_STMT_CALL ? callee_of(f, s) : NULL;
                if (is_opaque(f, s))
                    flags |= ESC_AMBIENT_OPAQUE;
                if (callee) /* what it keeps its summary does not say */
                    flags |= callee->ambient & ESC_AMBIENT_KEEPS;
            }
        }
        const struct object *r = &g->objs.at[g->result];
        for (uint32_t k = 0; k < r->cells.len; k++)
            if (holds_ambient(g, r->cells.at[k].node))
                flags |= ESC_AMBIENT_RETURNS;
        if (r->any != NO_NODE && holds_ambient(g, r->any))
            flags |= ESC_AMBIENT_RETURNS;
        if (keeps_ambient(g))
            flags |= ESC_AMBIENT_KEEPS;
    }
    bool grown = flags != f->ambient;
    f->ambient = flags;
    return grown;
}

uint32_t undone_ambient(const struct esc_graph *g, uint32_t stmt)
{
    return stmt == UINT32_MAX || g->fn->stmts.at[stmt].within ? g->ambient : g->callers;
}

void undone_called(struct esc_graph *g, const struct call *c, const struct esc_fn *callee)
{
    for (uint32_t i = 0; callee && (callee->ambient & ESC_AMBIENT_RETURNS) && i < c->result.n; i++)
        node_flow(g, undone_ambient(g, c->stmt), c->result.node[i], 0, c->stmt);
}

static void add_kill(struct walk *w, const struct place *p)
{
    struct esc_fn *f = w->f;
    struct esc_kill k = {p->symbol, p->base, p->off};
    if (!p->symbol) { /* a name means nothing to callers, unless it is a parameter's value */
        const struct esc_name *n = &f->ssa.at[p->base];
        if (n->stmt != UINT32_MAX || n->block != 0 || n->from.len || n->var >= f->nparams ||
            n->word || f->nwords[n->var] != 1)
            return;
        k.base = n->var;
    }
    for (uint32_t i = 0; i < f->kills.len; i++)
        if (f->kills.at[i].symbol == k.symbol && f->kills.at[i].base == k.base &&
            f->kills.at[i].off == k.off)
            return;
    if (f->kills.len < MAX_KILLS && f->order.len &&
        always_overwritten(w, f->order.at[0], f->blocks.at[f->order.at[0]].first, p))
        vec_push(&f->kills, k);
}

void undone_kills(struct esc_fn *f)
{
    struct walk w = {NULL, f, false, NULL, false};
    if (f->gave_up || f->ambient & (ESC_AMBIENT_OPAQUE | ESC_AMBIENT_KEEPS))
        return; /* nobody will ask */
    for (uint32_t i = 0; i < f->order.len; i++) {
        const struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = b->first; k < b->end && f->kills.len < MAX_KILLS; k++) {
            const struct esc_stmt *s = &f->stmts.at[k];
            struct place p;
            if ((s->kind == ESC_STMT_ASSIGN || s->kind == ESC_STMT_CALL) &&
                place_of(f, &s->dst, &p) && p.off % ESC_WORD == 0)
                for (uint32_t word = 0; (word + 1) * ESC_WORD <= s->dst.size && word < 16; word++) {
                    struct place at = word_at(p, word);
                    add_kill(&w, &at);
                }
            const struct esc_fn *callee = s->kind == ESC_STMT_CALL ? callee_of(f, s) : NULL;
            for (uint32_t i2 = 0; callee && callee->scc != f->scc && i2 < callee->kills.len; i2++)
                if (place_at_call(f, s, &callee->kills.at[i2], &p))
                    add_kill(&w, &p);
        }
    }
}
