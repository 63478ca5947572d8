/* Lifetimes: what of a variable outlives its birth or its block, though not its function.
 *
 * Verdicts' rules 2 and 3. A variable born in a loop moves if, at its next birth, something that is
 * still live can reach the object of an earlier iteration. What is still reachable after its block ended,
 * but no longer, has its lifetime extended. Live are names that are used later, and memory variables
 * declared outside the loop (the block).
 *
 *     for (...) { int x; p = &x; use(*p); }     p is dead at x's birth: x stays
 *     for (...) { int x; list[n++] = &x; }      list is declared outside: x moves
 *     { int x; p = &x; } use(*p);               x is extended
 *
 * Each question walks backwards from x over the nodes that hold it and visits every node once;
 * variables that are born or die together ask together first, and one by one only if one of them is
 * still held. The liveness of a name costs the blocks of its live range.
 */
#include "graph.h"

#include <stdlib.h>

/* Who holds whom, backwards; made only if some variable is born in a loop or dies before the end. */
struct holders {
    struct esc_graph *g;
    VEC(uint32_t) * of;  /* object -> nodes whose set has it */
    uint32_t *owner;     /* node -> object it is a cell of, or NO_OBJ */
    uint32_t *use_start; /* name -> its first use in `uses`; one more at the end */
    uint32_t *uses;      /* statements, or block | PHI_USE */
    uint32_t nuses;      /* how many */
};

enum { PHI_USE = 0x80000000u };

static void count_use(struct holders *h, uint32_t name, uint32_t use, bool fill)
{
    name = esc_same(h->g->fn, name);
    if (fill)
        h->uses[--h->use_start[name + 1]] = use;
    else
        h->use_start[name + 1]++;
}

static void count_ref(struct holders *h, const struct esc_ref *r, uint32_t stmt, bool fill)
{
    struct esc_fn *f = h->g->fn;
    if ((r->kind != ESC_VAR && r->kind != ESC_MEM) || !esc_is_ssa(f, r->var))
        return;
    uint32_t n = r->kind == ESC_VAR ? esc_words(r->off, r->size) : 1;
    for (uint32_t i = 0; i < n; i++)
        count_use(h, f->names.at[r->names + i], stmt, fill);
}

static void count_uses(struct holders *h, bool fill)
{
    struct esc_fn *f = h->g->fn;
    for (uint32_t i = 0; i < f->order.len; i++) {
        const struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = b->first; k < b->end; k++) {
            const struct esc_stmt *s = &f->stmts.at[k];
            if (s->kind == ESC_STMT_BRANCH || s->kind == ESC_STMT_SWITCH || s->note)
                continue; /* comparing an address keeps nothing alive */
            count_ref(h, &s->callee, k, fill);
            if (s->dst.kind == ESC_MEM)
                count_ref(h, &s->dst, k, fill);
            for (uint32_t j = 0; j < s->n; j++)
                if (s->kind != ESC_STMT_ASM || j >= s->outs || s->refs[j].kind == ESC_MEM)
                    count_ref(h, &s->refs[j], k, fill);
        }
    }
    for (uint32_t i = 0; i < f->ssa.len; i++) {
        const struct esc_name *n = &f->ssa.at[i];
        if (n->same != i)
            continue;
        for (uint32_t k = 0; k < n->from.len; k++) {
            if (n->stmt != UINT32_MAX)
                count_use(h, n->from.at[k], n->stmt, fill);
            else if (k < f->blocks.at[n->block].preds.len)
                count_use(h, n->from.at[k], f->blocks.at[n->block].preds.at[k] | PHI_USE, fill);
        }
    }
}

static struct holders *holders_new(struct esc_graph *g)
{
    struct holders *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    h->g = g;
    h->of = calloc(g->objs.len + 1, sizeof *h->of);
    h->owner = malloc((g->nodes.len + 1) * sizeof *h->owner);
    h->use_start = calloc(g->fn->ssa.len + 2, sizeof *h->use_start);
    if (!h->of || !h->owner || !h->use_start)
        abort();
    for (uint32_t i = 0; i < g->nodes.len; i++)
        h->owner[i] = NO_OBJ;
    for (uint32_t i = 0; i < g->objs.len; i++) {
        const struct object *o = &g->objs.at[i];
        for (uint32_t k = 0; k < o->cells.len; k++)
            h->owner[o->cells.at[k].node] = i;
        if (o->any != NO_NODE)
            h->owner[o->any] = i;
    }
    for (uint32_t i = 0; i < g->nodes.len; i++) {
        if (i >= g->fn->ssa.len && h->owner[i] == NO_OBJ)
            continue;
        addr_t a;
        for (uint32_t id = 0; node_next(g, i, &id, &a); id++)
            vec_push(&h->of[addr_obj(a)], i);
    }
    count_uses(h, false);
    for (uint32_t i = 0; i <= g->fn->ssa.len; i++)
        h->use_start[i + 1] += h->use_start[i];
    h->nuses = h->use_start[g->fn->ssa.len + 1];
    h->uses = malloc((h->nuses + 1) * sizeof *h->uses);
    if (!h->uses)
        abort();
    count_uses(h, true); /* fills from the end: use_start[n + 1] ends up at the start of n's uses */
    return h;
}

static void holders_free(struct holders *h)
{
    if (!h)
        return;
    for (uint32_t i = 0; i < h->g->objs.len; i++)
        vec_free(&h->of[i]);
    free(h->of);
    free(h->owner);
    free(h->use_start);
    free(h->uses);
    free(h);
}

/* True if NAME is defined before and used from statement STMT of BLOCK on. */
static bool live_after(struct holders *h, uint32_t name, uint32_t block, uint32_t stmt)
{
    struct esc_fn *f = h->g->fn;
    const struct esc_name *n = &f->ssa.at[name];
    struct map in = {0}; /* blocks at whose start it is live */
    VEC(uint32_t) todo = {0};
    bool out = false, later_use = false;
    uint32_t first = h->use_start[name + 1];
    uint32_t end = name + 1 < f->ssa.len ? h->use_start[name + 2] : h->nuses;
    for (uint32_t i = first; i < end; i++) {
        uint32_t use = h->uses[i];
        bool phi = use & PHI_USE;
        uint32_t at = phi ? use & ~PHI_USE : f->stmts.at[use].block;
        if (at == block)
            phi ? (out = true) : (later_use |= use >= stmt);
        bool before = n->block == at && (n->stmt == UINT32_MAX || phi || n->stmt < use);
        if (!before && map_add(&in, at))
            vec_push(&todo, at);
    }
    for (uint32_t i = 0; i < todo.len; i++) {
        const struct esc_block *b = &f->blocks.at[todo.at[i]];
        if (todo.at[i] == n->block && n->stmt == UINT32_MAX)
            continue;
        for (uint32_t k = 0; k < b->preds.len; k++) {
            uint32_t p = b->preds.at[k];
            out |= p == block;
            if (p != n->block && map_add(&in, p))
                vec_push(&todo, p);
        }
    }
    bool defined = map_get(&in, block) != MAP_NONE ||
                   (n->block == block && (n->stmt == UINT32_MAX || n->stmt < stmt));
    map_free(&in);
    vec_free(&todo);
    return defined && (out || later_use);
}

static bool loop_encloses(const struct esc_fn *f, uint32_t outer, uint32_t inner)
{
    while (inner != 0 && inner != outer)
        inner = f->loops.at[inner].parent;
    return inner == outer;
}

/* The question put to the holders of an object: does one of them live on past this point? */
struct question {
    uint32_t obj;   /* whose address */
    uint32_t block; /* where: before statement stmt of this block */
    uint32_t stmt;
    bool next_birth; /* rule 2: the point is a birth of obj; else rule 3: its end */
    bool held_since; /* answer: something born earlier in this iteration may hold it */
};

/* Whether nothing can happen between the births A and B: both stand in a row of births. */
static bool born_together(const struct esc_fn *f, uint32_t a, uint32_t b)
{
    if (a > b)
        return born_together(f, b, a);
    for (uint32_t i = a; i <= b; i++)
        if (f->stmts.at[i].kind != ESC_STMT_BEGIN || f->stmts.at[i].block != f->stmts.at[a].block)
            return false;
    return true;
}

static bool memory_lives_on(struct holders *h, struct question *q, uint32_t holder,
                            const uint32_t *birth)
{
    struct esc_fn *f = h->g->fn;
    const struct object *o = &h->g->objs.at[holder], *x = &h->g->objs.at[q->obj];
    if (o->kind != OBJ_VAR || holder == q->obj)
        return false;
    uint32_t in = f->vars.at[o->id].scope;
    uint32_t scope = x->kind == OBJ_VAR ? f->vars.at[x->id].scope : UINT32_MAX;
    if (!q->next_birth)
        return in != scope && (in == 0 || esc_scope_outside(f, in, scope));
    uint32_t born = birth[o->id];
    if (born == UINT32_MAX)
        return true;
    uint32_t outer = f->blocks.at[f->stmts.at[born].block].loop,
             inner = f->blocks.at[q->block].loop;
    if (f->loops.at[inner].irregular || f->loops.at[outer].irregular)
        return true;
    if (outer != inner && loop_encloses(f, outer, inner))
        return true;
    if (x->kind != OBJ_VAR || birth[x->id] == UINT32_MAX || !born_together(f, born, birth[x->id]))
        q->held_since = true;
    return false;
}

/* True if some object of the N in OBJS, all of which the question may be put for, is held by what lives on,
 * and was not born in this iteration of a loop. */
static bool are_held(struct holders *h, const uint32_t *objs, uint32_t n, struct question *q,
                     const uint32_t *birth)
{
    struct map seen = {0};
    VEC(uint32_t) todo = {0};
    bool found = false;
    for (uint32_t i = 0; i < n; i++)
        if (map_add(&seen, objs[i]))
            vec_push(&todo, objs[i]);
    for (uint32_t i = 0; i < todo.len && !found; i++) {
        uint32_t obj = todo.at[i];
        for (uint32_t k = 0; k < h->of[obj].len && !found; k++) {
            uint32_t node = h->of[obj].at[k];
            if (node < h->g->fn->ssa.len) {
                found = live_after(h, node, q->block, q->stmt);
            } else {
                uint32_t holder = h->owner[node];
                found = memory_lives_on(h, q, holder, birth);
                if (map_add(&seen, holder))
                    vec_push(&todo, holder);
            }
        }
    }
    map_free(&seen);
    vec_free(&todo);
    return found;
}

/* True if some object of the N in OBJS lives on. What was born earlier in the same iteration may have been given
 * an address only by what was there when the iteration began:
 *
 *     for (...) { T *last = p; look(&last); { int x; p = &x; } use(*last); }      p hands on x to last
 */
static bool some_live_on(struct holders *h, const uint32_t *objs, uint32_t n,
                         const struct question *asked, const uint32_t *birth)
{
    struct esc_fn *f = h->g->fn;
    struct question q = *asked;
    if (are_held(h, objs, n, &q, birth))
        return true;
    if (!q.held_since)
        return false;
    q.block = f->loops.at[f->blocks.at[q.block].loop].header;
    q.stmt = f->blocks.at[q.block].first;
    return are_held(h, objs, n, &q, birth);
}

static bool lives_on(struct holders *h, const struct question *q, const uint32_t *birth)
{
    return some_live_on(h, &q->obj, 1, q, birth);
}

/* True if the verdict on the variable that is born or dies at statement STMT may hang on that. What
 * dies with the function was decided by what the function leaves behind. */
static bool asks(const struct esc_graph *g, const uint8_t *why, uint32_t stmt, uint32_t loop)
{
    const struct esc_stmt *s = &g->fn->stmts.at[stmt];
    if (s->kind != ESC_STMT_BEGIN && s->kind != ESC_STMT_END)
        return false;
    const struct esc_var *v = &g->fn->vars.at[s->dst.var];
    uint32_t obj = g->var_obj[s->dst.var];
    return obj != NO_OBJ && !why[obj] && v->verdict != ESC_MOVED &&
           !(v->flags & (ESC_ALLOCA | ESC_FIXED)) &&
           (s->kind == ESC_STMT_BEGIN ? loop != 0 : v->scope != 0);
}

/* True if variables of one scope are born (or die) at both statements, which follow one another. */
static bool same_point(const struct esc_fn *f, uint32_t a, uint32_t b)
{
    const struct esc_stmt *s = &f->stmts.at[a], *t = &f->stmts.at[b];
    return (s->kind == ESC_STMT_BEGIN || s->kind == ESC_STMT_END) && s->kind == t->kind &&
           f->vars.at[s->dst.var].scope == f->vars.at[t->dst.var].scope;
}

/* V is still reachable at its next birth, or after its end. */
static void decide_outlived(struct esc_var *v, bool next_birth)
{
    if (next_birth)
        verdict_set(v, ESC_MOVED, ESC_WHY_LOOP);
    else if (v->verdict == ESC_STAYS)
        verdict_set(v, ESC_EXTENDED, ESC_WHY_NONE);
}

void lifetimes(struct esc_graph *g, const uint8_t *why)
{
    struct esc_fn *f = g->fn;
    struct holders *h = NULL;
    uint32_t *birth = malloc((f->vars.len + 1) * sizeof *birth); /* variable -> its BEGIN */
    if (!birth)
        abort();
    for (uint32_t i = 0; i < f->vars.len; i++)
        birth[i] = UINT32_MAX;
    for (uint32_t i = 0; i < f->order.len; i++) {
        const struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = b->first; k < b->end; k++)
            if (f->stmts.at[k].kind == ESC_STMT_BEGIN &&
                birth[f->stmts.at[k].dst.var] == UINT32_MAX)
                birth[f->stmts.at[k].dst.var] = k;
    }
    VEC(uint32_t) group = {0}; /* objects that are born, or die, at one point */
    for (uint32_t i = 0; i < f->order.len; i++) {
        const struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = b->first; k < b->end;) {
            uint32_t first = k;
            group.len = 0;
            do {
                if (asks(g, why, k, b->loop))
                    vec_push(&group, g->var_obj[f->stmts.at[k].dst.var]);
                k++;
            } while (k < b->end && same_point(f, first, k));
            if (!group.len)
                continue;
            if (!h)
                h = holders_new(g);
            struct question q = {group.at[0], f->order.at[i], k,
                                 f->stmts.at[first].kind == ESC_STMT_BEGIN, false};
            if (group.len > 1 && !some_live_on(h, group.at, group.len, &q, birth))
                continue;
            for (uint32_t j = 0; j < group.len; j++) {
                q.obj = group.at[j];
                if (lives_on(h, &q, birth))
                    decide_outlived(&f->vars.at[g->objs.at[q.obj].id], q.next_birth);
            }
        }
    }
    vec_free(&group);
    for (uint32_t i = 0; i < g->objs.len; i++) {
        if (g->objs.at[i].kind != OBJ_ALLOC)
            continue;
        uint32_t stmt = g->objs.at[i].id, block = f->stmts.at[stmt].block;
        struct esc_alloc a = {stmt, f->stmts.at[stmt].site, why[i] != 0, false, why[i], i, false};
        if (!a.escapes && f->blocks.at[block].loop) {
            if (!h)
                h = holders_new(g);
            struct question q = {i, block, stmt, true, false};
            a.loops = f->stmts.at[stmt].dst.kind != ESC_NONE && lives_on(h, &q, birth);
            if (a.loops)
                a.reason = ESC_WHY_LOOP;
        }
        vec_push(&f->allocs, a);
    }
    holders_free(h);
    free(birth);
}
