/* Paths: which flows can have happened, given the conditions a block stands under.
 *
 *     if (c) p = &x; else p = q;
 *     if (!c) return p;              here c == 0, but &x came along where c != 0: it was not &x
 *
 *     have = 0; if (...) { p = &x; have = 1; }
 *     if (!have) return p;           where &x came from, have is 1
 *
 *     for (n = 0; ; n++) if (n == 9) return;
 *                                    what came there where n is 0 is there the next time, too
 *
 *     if (p == &x) return 0;
 *     return p;                      p is not &x here
 *
 *     p = &x; if (p == 0) return;    never taken: the edge is refused, until something is found that
 *                                    lets it be taken
 *
 * A block's conditions are those of its dominators' branches. SSA names do not change, so a condition
 * that held once holds for good (within one iteration; across iterations this may lose a warning,
 * never add one). Cost: conditions of a block times conditions of another, both bounded.
 */
#include "held.h"

#include <stdlib.h>

enum {
    MAX_CONDITIONS = 16,
    MAX_CASES = 64,
    MAX_NAMES = 24,
    MAX_REFUSED = 64,
    PAGE = 4096, /* no object lies so near to the ends of memory */
};

uint8_t held_negated(uint8_t relation)
{
    static const uint8_t other[] = {
        [ESC_EQ] = ESC_NE, [ESC_NE] = ESC_EQ, [ESC_LT] = ESC_GE,     [ESC_LE] = ESC_GT,
        [ESC_GT] = ESC_LE, [ESC_GE] = ESC_LT, [ESC_IN] = ESC_NOT_IN, [ESC_NOT_IN] = ESC_IN};
    return other[relation];
}

/* The name that R is all of, perhaps converted to another type. */
uint32_t held_source_name(const struct held *h, const struct esc_ref *r)
{
    if (r->kind != ESC_VAR || r->add || !esc_is_ssa(h->f, r->var) || r->size > ESC_WORD ||
        (r->flags & (ESC_REF_BITS | ESC_REF_VOLATILE)))
        return UINT32_MAX;
    uint32_t size = h->f->vars.at[r->var].size,
             within = size - (uint32_t)r->off / ESC_WORD * ESC_WORD;
    if (r->off % ESC_WORD || r->size < (within < ESC_WORD ? within : ESC_WORD))
        return UINT32_MAX;
    return esc_same(h->f, h->f->names.at[r->names]);
}

uint32_t held_name(const struct held *h, const struct esc_ref *r)
{
    return r->flags & ESC_REF_CAST ? UINT32_MAX : held_source_name(h, r);
}

/* Whether VALUE is the same number in every integer type. */
static bool fits_all(int32_t value)
{
    return value >= 0 && value <= INT8_MAX;
}

/* The object that R, a parameter as it was handed over, points to; HELD_NOTHING: it is none. */
static uint32_t parameter_object(const struct held *h, const struct esc_ref *r)
{
    bool cast;
    uint32_t name = held_name(h, r);
    if (name == UINT32_MAX)
        return HELD_NOTHING;
    name = held_original(h, name, &cast);
    const struct esc_name *n = &h->f->ssa.at[name];
    const target_vec *v = &h->val[name];
    if (cast || n->stmt != UINT32_MAX || n->block != 0 || n->from.len || v->len != 1 ||
        v->at[0].off != 0)
        return HELD_NOTHING;
    return v->at[0].obj;
}

/* A comparison with a parameter tells whether something is what that points to. */
static bool parameter_condition(const struct held *h, const struct esc_stmt *s, struct condition *c)
{
    if (c->relation != ESC_EQ && c->relation != ESC_NE)
        return false;
    uint32_t second = parameter_object(h, &s->refs[1]);
    c->address = true;
    c->obj = second != HELD_NOTHING ? second : parameter_object(h, &s->refs[0]);
    c->name = held_name(h, &s->refs[second == HELD_NOTHING]);
    return c->obj != HELD_NOTHING && c->name != UINT32_MAX;
}

/* What holds where control leaves BLOCK for its first (TRUTH) or its second successor. */
static bool branch_condition(const struct held *h, uint32_t block, bool truth, struct condition *c)
{
    const struct esc_block *b = &h->f->blocks.at[block];
    if (b->first == b->end || b->succs.len != 2 || b->succs.at[0] == b->succs.at[1])
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[b->end - 1];
    if (s->kind != ESC_STMT_BRANCH)
        return false;
    const struct esc_ref *value = &s->refs[1];
    *c = (struct condition){.name = held_name(h, &s->refs[0])};
    c->relation = truth ? s->relation : held_negated(s->relation);
    if (c->name == UINT32_MAX)
        return false;
    if (value->kind == ESC_CONST) {
        c->value = value->off;
        return true;
    }
    if (value->kind == ESC_ADDR && value->off == 0) {
        c->address = true;
        c->obj = value->var & ESC_SYM ? HELD_SYM | (value->var & ~ESC_SYM) : value->var;
        return true;
    }
    return parameter_condition(h, s, c);
}

/* The numbers below HELD_SET_SIZE that the cases R of a switch are, as bits. */
static uint32_t set_of(const struct esc_ref *r)
{
    if (r->kind != ESC_CONST)
        return 0;
    if (r->flags & ESC_REF_SET)
        return (uint32_t)r->off;
    return r->off >= 0 && r->off < HELD_SET_SIZE ? UINT32_C(1) << r->off : 0;
}

/* What holds where switch S goes to a successor that has no cases of its own: none of the others. */
static bool no_case(const struct esc_stmt *s, struct condition *c)
{
    uint32_t set = 0, n = 0;
    int32_t only = 0;
    for (uint32_t i = 1; i < s->n; i++) {
        set |= set_of(&s->refs[i]);
        if (s->refs[i].kind != ESC_CONST)
            continue;
        only = s->refs[i].off;
        n += s->refs[i].flags & ESC_REF_SET ? 2 : 1;
    }
    c->relation = n == 1 ? ESC_NE : ESC_NOT_IN;
    c->value = n == 1 ? only : (int32_t)set;
    return n == 1 || set != 0;
}

/* What holds where control goes from PRED, which ends in a switch, to BLOCK. */
static bool switch_condition(const struct held *h, uint32_t pred, uint32_t block,
                             struct condition *c)
{
    const struct esc_block *p = &h->f->blocks.at[pred];
    if (p->first == p->end || p->succs.len > MAX_CASES ||
        h->f->stmts.at[p->end - 1].kind != ESC_STMT_SWITCH)
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[p->end - 1];
    uint32_t k = 0;
    while (k < p->succs.len && p->succs.at[k] != block)
        k++;
    if (k + 1 >= s->n)
        return false;
    const struct esc_ref *of = &s->refs[k + 1];
    bool set = of->flags & ESC_REF_SET;
    *c = (struct condition){
        .name = held_name(h, &s->refs[0]), .relation = set ? ESC_IN : ESC_EQ, .value = of->off};
    return c->name != UINT32_MAX && (of->kind == ESC_CONST || no_case(s, c));
}

bool held_edge_condition(const struct held *h, uint32_t pred, uint32_t block, struct condition *c)
{
    const struct esc_block *p = &h->f->blocks.at[pred];
    if (p->succs.len == 2 && branch_condition(h, pred, p->succs.at[0] == block, c))
        return true;
    return switch_condition(h, pred, block, c);
}

bool held_edge_comparison(const struct held *h, uint32_t pred, uint32_t block, uint32_t *name,
                          uint8_t *relation, uint32_t *other)
{
    const struct esc_block *b = &h->f->blocks.at[pred];
    if (b->first == b->end || b->succs.len != 2 || b->succs.at[0] == b->succs.at[1])
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[b->end - 1];
    if (s->kind != ESC_STMT_BRANCH)
        return false;
    *name = held_name(h, &s->refs[0]);
    *other = held_name(h, &s->refs[1]);
    *relation = b->succs.at[0] == block ? s->relation : held_negated(s->relation);
    return *name != UINT32_MAX && *other != UINT32_MAX;
}

bool held_holds(int64_t x, uint8_t relation, int64_t value)
{
    switch (relation) {
    case ESC_EQ:
        return x == value;
    case ESC_NE:
        return x != value;
    case ESC_LT:
        return x < value;
    case ESC_LE:
        return x <= value;
    case ESC_GT:
        return x > value;
    case ESC_GE:
        return x >= value;
    default: /* in the set, or not */
        return (x >= 0 && x < HELD_SET_SIZE && ((uint32_t)value >> x & 1)) == (relation == ESC_IN);
    }
}

/* Whether one of the numbers next to A's bound, or of its set, satisfies both. */
static bool agree_at(const struct condition *a, const struct condition *b)
{
    bool set = a->relation == ESC_IN;
    int64_t from = set ? 0 : (int64_t)a->value - 1,
            to = set ? HELD_SET_SIZE : (int64_t)a->value + 2;
    for (int64_t x = from; x < to; x++)
        if (held_holds(x, a->relation, a->value) && held_holds(x, b->relation, b->value))
            return true;
    return false;
}

/* What is in no set is so many numbers that only few other conditions leave none of them. */
static bool leaves_few(const struct condition *c)
{
    return c->relation == ESC_EQ || c->relation == ESC_IN;
}

/* No number satisfies both. It is enough to try the numbers next to either bound. */
bool held_contradict(const struct condition *a, const struct condition *b)
{
    if (a->name != b->name || a->address || b->address)
        return false;
    if (a->relation == ESC_NOT_IN)
        return leaves_few(b) && !agree_at(b, a);
    if (b->relation == ESC_NOT_IN)
        return leaves_few(a) && !agree_at(a, b);
    return !agree_at(a, b) && !agree_at(b, a);
}

/* What NAME is a copy of, perhaps converted; NULL: it is more than a copy. */
static const struct esc_ref *copied(const struct held *h, uint32_t name)
{
    const struct esc_name *n = &h->f->ssa.at[name];
    if (n->stmt == UINT32_MAX || n->from.len)
        return NULL;
    const struct esc_stmt *s = &h->f->stmts.at[n->stmt];
    if (s->kind != ESC_STMT_ASSIGN || s->n != 1 || s->dst.size > ESC_WORD ||
        (s->dst.flags & ESC_REF_BITS))
        return NULL;
    return &s->refs[0];
}

/* The constant that NAME is, if it is one. */
bool held_constant(const struct held *h, uint32_t name, int32_t *value)
{
    bool cast;
    const struct esc_ref *r = copied(h, held_original(h, name, &cast));
    if (!r || r->kind != ESC_CONST || (cast && !fits_all(r->off)))
        return false;
    *value = r->off;
    return true;
}

const struct esc_stmt *held_note(const struct held *h, uint32_t stmt, enum esc_note note)
{
    const struct esc_block *b = &h->f->blocks.at[h->f->stmts.at[stmt].block];
    while (stmt-- > b->first) {
        const struct esc_stmt *s = &h->f->stmts.at[stmt];
        if (s->kind != ESC_STMT_ASSIGN || s->note == ESC_NOTE_NONE)
            return NULL;
        if (s->note == note)
            return s;
    }
    return NULL;
}

bool held_number(const struct held *h, const struct esc_ref *r, int32_t *value)
{
    uint32_t name = held_name(h, r);
    if (r->kind == ESC_CONST) {
        *value = r->off;
        return true;
    }
    if (name == UINT32_MAX)
        return false;
    return h->path ? held_number_on_path(h, name, value) : held_constant(h, name, value);
}

/* ---- edges that are never taken ---- */

bool held_is_nowhere(int32_t value)
{
    return abs(value) <= PAGE;
}

bool held_is_solid(const struct held *h, uint32_t obj)
{
    if (obj < HELD_SYM)
        return held_kind(h, obj) == OBJ_VAR && h->f->vars.at[obj].size > 0;
    const struct esc_symbol *s = &h->u->syms.at[obj & ~(uint32_t)HELD_SYM];
    return (s->flags & ESC_SYM_LOCAL) && !(s->flags & ESC_SYM_REPLACE) && (s->fn || s->size > 0);
}

/* Whether the addresses of A and B, which are not the same, may be equal: of symbols, one may be
 * another name for the other. */
static bool may_coincide(const struct held *h, uint32_t a, uint32_t b)
{
    if (a >= HELD_SYM && b >= HELD_SYM)
        return true;
    return (a < HELD_SYM && !held_is_solid(h, a)) || (b < HELD_SYM && !held_is_solid(h, b));
}

/* Whether the address of VAR plus OFF can satisfy C. */
static bool address_may(const struct held *h, uint32_t var, int32_t off, const struct condition *c)
{
    uint32_t obj = var & ESC_SYM ? HELD_SYM | (var & ~ESC_SYM) : var;
    bool equal = c->address && c->obj == obj && off == 0;
    if (c->relation != ESC_EQ && c->relation != ESC_NE)
        return true;
    if (!c->address &&
        (!held_is_nowhere(c->value) || off < 0 || off > PAGE || !held_is_solid(h, obj)))
        return true;
    if (c->address && c->obj == obj && off == ESC_ANY)
        return true;
    if (c->address && c->obj != obj && (off != 0 || may_coincide(h, obj, c->obj)))
        return true;
    return equal == (c->relation == ESC_EQ);
}

static bool refused(const struct held *h, uint32_t pred, uint32_t to)
{
    for (uint32_t i = 0; i < h->refused.len; i++)
        if (h->refused.at[i].pred == pred && h->refused.at[i].to == to)
            return true;
    return false;
}

/* Names to look at, each once, in search of one value that satisfies a condition. */
struct search {
    uint32_t name[MAX_NAMES];
    uint32_t len;
    bool cast; /* some of them are converted on the way */
};

static bool search_add(struct search *s, uint32_t name)
{
    for (uint32_t i = 0; i < s->len; i++)
        if (s->name[i] == name)
            return true;
    if (s->len == MAX_NAMES)
        return false;
    s->name[s->len++] = name;
    return true;
}

/* Whether NAME, given what has been reached so far, may have a value that satisfies C. A phi may be
 * what comes along the edges that are taken. */
bool held_name_may(const struct held *h, const struct condition *c)
{
    struct search todo = {.len = 0};
    search_add(&todo, esc_same(h->f, c->name));
    for (uint32_t i = 0; i < todo.len; i++) {
        const struct esc_name *n = &h->f->ssa.at[todo.name[i]];
        if (n->stmt == UINT32_MAX) {
            const struct esc_block *b = &h->f->blocks.at[n->block];
            bool given = h->given_sym != ESC_NOVAR && n->var == h->given_param && n->from.len == 0;
            if (given && !address_may(h, h->given_sym | ESC_SYM, 0, c))
                continue;
            if (n->from.len == 0 || n->from.len != b->preds.len)
                return true;
            for (uint32_t k = 0; k < n->from.len; k++)
                if (h->flowed[b->preds.at[k]] && !refused(h, b->preds.at[k], n->block) &&
                    !search_add(&todo, esc_same(h->f, n->from.at[k])))
                    return true;
            continue;
        }
        const struct esc_stmt *s = &h->f->stmts.at[n->stmt];
        bool number = s->kind == ESC_STMT_ASSIGN && (s->n == 0 || s->refs[0].kind == ESC_NONE);
        if (number && s->n <= 1 && c->address && c->relation == ESC_EQ && held_is_solid(h, c->obj))
            continue; /* it has nothing to do with an address */
        const struct esc_ref *r = copied(h, todo.name[i]);
        if (r && r->kind == ESC_CONST && !c->address) {
            if (held_holds(r->off, c->relation, c->value) || (todo.cast && !fits_all(r->off)))
                return true;
        } else if (r && r->kind == ESC_ADDR) {
            if (address_may(h, r->var, r->add ? ESC_ANY : r->off, c))
                return true;
        } else {
            uint32_t from = r ? held_source_name(h, r) : UINT32_MAX;
            if (from == UINT32_MAX || !search_add(&todo, from))
                return true;
            todo.cast |= (r->flags & ESC_REF_CAST) != 0;
        }
    }
    return false;
}

bool held_taken(struct held *h, uint32_t pred, uint32_t to)
{
    struct condition c;
    if (to == ESC_EXIT)
        return true;
    bool known = refused(h, pred, to);
    if ((!known && h->refused.len == MAX_REFUSED) || !held_edge_condition(h, pred, to, &c) ||
        held_name_may(h, &c))
        return true;
    if (!known)
        vec_push(&h->refused, ((struct held_edge){pred, to}));
    return false;
}

bool held_refused(const struct held *h, uint32_t pred, uint32_t to)
{
    return h->refused.len && refused(h, pred, to);
}

bool held_take_refused(struct held *h)
{
    uint32_t n = 0, all = h->refused.len;
    for (uint32_t i = 0; i < all; i++) {
        struct held_edge e = h->refused.at[i];
        struct condition c;
        if (held_edge_condition(h, e.pred, e.to, &c) && !held_name_may(h, &c))
            h->refused.at[n++] = e;
        else
            h->dirty[e.pred] = true;
    }
    h->refused.len = n;
    return n < all;
}

/* ---- conditions ---- */

void held_conditions(struct held *h)
{
    struct esc_fn *f = h->f;
    uint32_t *depth = calloc(f->blocks.len + 1, sizeof *depth);
    h->cond = calloc(f->blocks.len + 1, sizeof *h->cond);
    h->tested = calloc(f->ssa.len + 1, sizeof *h->tested);
    if (!depth || !h->cond || !h->tested)
        abort();
    esc_dominators(f);
    vec_push(&h->conds, ((struct condition){.name = UINT32_MAX}));
    for (uint32_t i = 1; i < f->order.len; i++) {
        uint32_t id = f->order.at[i];
        const struct esc_block *b = &f->blocks.at[id];
        struct condition c;
        h->cond[id] = h->cond[b->idom];
        depth[id] = depth[b->idom];
        if (b->preds.len != 1 || depth[id] >= MAX_CONDITIONS ||
            !held_edge_condition(h, b->preds.at[0], id, &c))
            continue;
        c.up = h->cond[id];
        h->cond[id] = h->conds.len;
        depth[id]++;
        /* The sides of one branch meet only in a loop. */
        const struct esc_block *p = &f->blocks.at[b->preds.at[0]];
        if (h->tested[c.name] < 2 && (p->loop || p->succs.len != 2 || p->succs.at[0] == id))
            h->tested[c.name]++;
        vec_push(&h->conds, c);
    }
    for (uint32_t i = 1; i < h->conds.len; i++) { /* outer ones come first */
        struct condition *c = &h->conds.at[i];
        bool phi = f->ssa.at[c->name].stmt == UINT32_MAX;
        c->hot = h->tested[c->name] > 1 || phi ? i : h->conds.at[c->up].hot;
    }
    free(depth);
}

/* What a phi of block MERGE is on the path that came from block PRED. */
static bool phi_constant(const struct held *h, uint32_t name, uint32_t pred, uint32_t merge,
                         int32_t *value)
{
    const struct esc_name *n = &h->f->ssa.at[name];
    if (n->stmt != UINT32_MAX || n->block != merge)
        return false;
    const struct esc_block *b = &h->f->blocks.at[merge];
    for (uint32_t k = 0; k < b->preds.len && k < n->from.len; k++)
        if (b->preds.at[k] == pred)
            return held_constant(h, n->from.at[k], value);
    return false;
}

/* Between block MERGE and a block that NAME's definition dominates, NAME is defined anew. */
static bool defined_since(const struct held *h, uint32_t name, uint32_t merge)
{
    const struct esc_fn *f = h->f;
    for (uint32_t b = f->ssa.at[name].block;; b = f->blocks.at[b].idom) {
        if (b == merge)
            return true;
        if (f->blocks.at[b].order <= f->blocks.at[merge].order)
            return false;
    }
}

/* The first condition from K outwards that can refute something. */
static uint32_t outwards(const struct held *h, uint32_t k)
{
    return h->conds.at[k].hot;
}

/* As held_refutes, for a T that has come along some way. */
static bool refutes(const struct held *h, const struct condition *c, const struct target *t)
{
    int32_t value;
    struct condition edge;
    bool chosen = t->merge != HELD_NO_BLOCK && !t->again && h->f->ssa.at[c->name].block == t->merge;
    if (h->tested[c->name] > 1 &&
        (t->merge == HELD_NO_BLOCK || !defined_since(h, c->name, t->merge)))
        for (uint32_t k = outwards(h, h->cond[t->block]); k; k = outwards(h, h->conds.at[k].up))
            if (held_contradict(c, &h->conds.at[k]))
                return true;
    if (h->tested[c->name] > 1 && t->merge != HELD_NO_BLOCK &&
        !defined_since(h, c->name, t->merge) && held_edge_condition(h, t->block, t->merge, &edge) &&
        held_contradict(c, &edge))
        return true;
    return chosen && !c->address && phi_constant(h, c->name, t->block, t->merge, &value) &&
           !held_holds(value, c->relation, c->value);
}

bool held_refutes(const struct held *h, const struct condition *c, const struct target *t)
{
    return t->block != HELD_NO_BLOCK && refutes(h, c, t);
}

/* Where C holds, NAME is not T. */
static bool denies(const struct condition *c, uint32_t name, const struct target *t)
{
    if (c->name != name)
        return false;
    if (!c->address)
        return c->relation == ESC_EQ && c->value == 0;
    return (c->relation == ESC_EQ && c->obj != t->obj) ||
           (c->relation == ESC_NE && c->obj == t->obj && t->off == 0);
}

bool held_given_holds(const struct held *h, const struct target *t, uint32_t block)
{
    if (t->given == HELD_NO_BLOCK)
        return true;
    struct condition given = {.name = t->given, .relation = t->compared, .value = t->bound};
    for (uint32_t k = h->cond[block]; k; k = h->conds.at[k].up)
        if (held_contradict(&given, &h->conds.at[k]))
            return false;
    return true;
}

bool held_feasible(const struct held *h, const struct target *t, uint32_t block)
{
    if (t->block == HELD_NO_BLOCK)
        return true;
    if (!held_given_holds(h, t, block))
        return false;
    if (t->merge == HELD_NO_BLOCK && h->cond[t->block] == h->cond[block])
        return true;
    for (uint32_t k = outwards(h, h->cond[block]); k; k = outwards(h, h->conds.at[k].up))
        if (refutes(h, &h->conds.at[k], t))
            return false;
    return true;
}

bool held_may_equal(const struct held *h, uint32_t name, const struct target *t, uint32_t block)
{
    if (!held_feasible(h, t, block))
        return false;
    for (uint32_t k = h->cond[block]; k; k = h->conds.at[k].up)
        if (denies(&h->conds.at[k], name, t))
            return false;
    return true;
}

bool held_passes(struct held *h, uint32_t name, const struct target *t, uint32_t pred,
                 uint32_t block)
{
    struct condition c;
    if (!held_may_equal(h, name, t, pred))
        return false;
    if (!held_edge_condition(h, pred, block, &c))
        return true;
    return !held_refutes(h, &c, t) && !denies(&c, name, t);
}

uint32_t held_original(const struct held *h, uint32_t name, bool *cast)
{
    name = esc_same(h->f, name);
    *cast = false;
    for (int steps = 0; steps < 8; steps++) {
        const struct esc_ref *r = copied(h, name);
        uint32_t from = r ? held_source_name(h, r) : UINT32_MAX;
        if (from == UINT32_MAX)
            break;
        *cast |= (r->flags & ESC_REF_CAST) != 0;
        name = from;
    }
    return name;
}

/* Where C holds, the call whose result is what DONE says has not succeeded. */
static bool has_failed(const struct held *h, const struct condition *done, struct condition c)
{
    bool cast;
    c.name = held_original(h, c.name, &cast);
    return held_contradict(done, &c) &&
           (!cast || (done->relation == ESC_EQ && fits_all(done->value)));
}

bool held_failed(struct held *h, const struct target *t, uint32_t block,
                 const struct condition *edge)
{
    if (t->call >= h->f->stmts.len || block == ESC_EXIT)
        return false;
    uint32_t result = held_name(h, &h->f->stmts.at[t->call].dst);
    if (result == UINT32_MAX)
        return false;
    struct condition done = {.name = result, .relation = t->relation, .value = t->value};
    if (edge && has_failed(h, &done, *edge))
        return true;
    for (uint32_t k = h->cond[block]; k; k = h->conds.at[k].up)
        if (has_failed(h, &done, h->conds.at[k]))
            return true;
    return false;
}
