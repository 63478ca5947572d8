/* Paths: which flows can have happened, given the conditions a block stands under.
 *
 *     if (c) p = &x; else p = q;
 *     if (!c) return p;              here c == 0, but &x came along where c != 0: it was not &x
 *
 *     have = 0; if (...) { p = &x; have = 1; }
 *     if (!have) return p;           where &x came from, have is 1
 *
 *     if (p == &x) return 0;
 *     return p;                      p is not &x here
 *
 * A block's conditions are those of its dominators' branches. SSA names do not change, so a condition
 * that held once holds for good (within one iteration; across iterations this may lose a warning,
 * never add one). Cost: conditions of a block times conditions of another, both bounded.
 */
#include "held.h"

enum { MAX_CONDITIONS = 16 };

static uint8_t negated(uint8_t relation)
{
    static const uint8_t other[] = {[ESC_EQ] = ESC_NE, [ESC_NE] = ESC_EQ, [ESC_LT] = ESC_GE,
                                    [ESC_LE] = ESC_GT, [ESC_GT] = ESC_LE, [ESC_GE] = ESC_LT};
    return other[relation];
}

/* The name whose value R is, or UINT32_MAX. */
static uint32_t name_of(struct held *h, const struct esc_ref *r)
{
    if (r->kind != ESC_VAR || r->add || !esc_is_ssa(h->f, r->var) || r->size > ESC_WORD)
        return UINT32_MAX;
    return esc_same(h->f, h->f->names.at[r->names]);
}

static bool branch_condition(struct held *h, uint32_t block, bool truth, struct condition *c)
{
    const struct esc_block *b = &h->f->blocks.at[block];
    if (b->first == b->end || b->succs.len != 2 || b->succs.at[0] == b->succs.at[1])
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[b->end - 1];
    if (s->kind != ESC_STMT_BRANCH)
        return false;
    const struct esc_ref *value = &s->refs[1];
    *c = (struct condition){.name = name_of(h, &s->refs[0])};
    c->relation = truth ? s->relation : negated(s->relation);
    if (c->name == UINT32_MAX)
        return false;
    if (value->kind == ESC_CONST) {
        c->value = value->off;
        return true;
    }
    if (value->kind == ESC_ADDR && value->off == 0) {
        c->address = true;
        c->obj = value->var & ESC_SYM ? HELD_SYM | (value->var & ~ESC_SYM)
                                      : object_of_var(h->g, value->var);
        return true;
    }
    return false;
}

void held_conditions(struct held *h)
{
    struct esc_fn *f = h->f;
    esc_dominators(f);
    for (uint32_t i = 1; i < f->order.len; i++) {
        uint32_t id = f->order.at[i];
        const struct esc_block *b = &f->blocks.at[id];
        for (uint32_t k = 0; k < h->conds[b->idom].len; k++)
            vec_push(&h->conds[id], h->conds[b->idom].at[k]);
        struct condition c;
        if (b->preds.len != 1 || h->conds[id].len >= MAX_CONDITIONS)
            continue;
        const struct esc_block *p = &f->blocks.at[b->preds.at[0]];
        if (branch_condition(h, b->preds.at[0], p->succs.at[0] == id, &c))
            vec_push(&h->conds[id], c);
    }
}

static bool holds(int64_t x, uint8_t relation, int64_t value)
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
    default:
        return x >= value;
    }
}

/* No number satisfies both. It is enough to try the numbers next to either bound. */
static bool contradict(const struct condition *a, const struct condition *b)
{
    if (a->name != b->name || a->address || b->address)
        return false;
    int64_t candidates[] = {(int64_t)a->value - 1, a->value, (int64_t)a->value + 1,
                            (int64_t)b->value - 1, b->value, (int64_t)b->value + 1};
    for (unsigned i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (holds(candidates[i], a->relation, a->value) &&
            holds(candidates[i], b->relation, b->value))
            return false;
    return true;
}

/* The constant that NAME is, if it is one. */
static bool constant_of(const struct held *h, uint32_t name, int32_t *value)
{
    for (int steps = 0; steps < 8; steps++) {
        name = esc_same(h->f, name);
        uint32_t stmt = h->f->ssa.at[name].stmt;
        if (stmt == UINT32_MAX || h->f->ssa.at[name].from.len)
            return false;
        const struct esc_stmt *s = &h->f->stmts.at[stmt];
        if (s->kind != ESC_STMT_ASSIGN || s->n != 1)
            return false;
        if (s->refs[0].kind == ESC_CONST) {
            *value = s->refs[0].off;
            return true;
        }
        if (s->refs[0].kind != ESC_VAR || s->refs[0].add || !esc_is_ssa(h->f, s->refs[0].var))
            return false;
        name = h->f->names.at[s->refs[0].names];
    }
    return false;
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
            return constant_of(h, n->from.at[k], value);
    return false;
}

/* Where C holds, T cannot have come along the way it did. */
static bool refutes(const struct held *h, const struct condition *c, const struct target *t)
{
    int32_t value;
    for (uint32_t k = 0; k < h->conds[t->block].len; k++)
        if (contradict(c, &h->conds[t->block].at[k]))
            return true;
    return !c->address && t->merge != HELD_NO_BLOCK &&
           phi_constant(h, c->name, t->block, t->merge, &value) &&
           !holds(value, c->relation, c->value);
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

/* BLOCK stands under a condition between constants that does not hold. */
static bool impossible(const struct held *h, uint32_t block)
{
    for (uint32_t i = 0; i < h->conds[block].len; i++) {
        const struct condition *c = &h->conds[block].at[i];
        int32_t value;
        if (!c->address && constant_of(h, c->name, &value) && !holds(value, c->relation, c->value))
            return true;
    }
    return false;
}

bool held_feasible(const struct held *h, const struct target *t, uint32_t block)
{
    if (t->block == HELD_NO_BLOCK)
        return true;
    if (impossible(h, t->block))
        return false;
    for (uint32_t i = 0; i < h->conds[block].len; i++)
        if (refutes(h, &h->conds[block].at[i], t))
            return false;
    return true;
}

bool held_may_equal(const struct held *h, uint32_t name, const struct target *t, uint32_t block)
{
    if (!held_feasible(h, t, block))
        return false;
    for (uint32_t i = 0; i < h->conds[block].len; i++)
        if (denies(&h->conds[block].at[i], name, t))
            return false;
    return true;
}

bool held_passes(struct held *h, uint32_t name, const struct target *t, uint32_t pred,
                 uint32_t block)
{
    struct condition c;
    const struct esc_block *p = &h->f->blocks.at[pred];
    if (!held_may_equal(h, name, t, pred))
        return false;
    if (p->succs.len != 2 || !branch_condition(h, pred, p->succs.at[0] == block, &c))
        return true;
    return !(t->block != HELD_NO_BLOCK && refutes(h, &c, t)) && !denies(&c, name, t);
}

/* The name that NAME is a copy of. */
static uint32_t original(const struct held *h, uint32_t name)
{
    for (int steps = 0; steps < 8; steps++) {
        name = esc_same(h->f, name);
        uint32_t stmt = h->f->ssa.at[name].stmt;
        if (stmt == UINT32_MAX || h->f->ssa.at[name].from.len)
            break;
        const struct esc_stmt *s = &h->f->stmts.at[stmt];
        if (s->kind != ESC_STMT_ASSIGN || s->n != 1 || s->refs[0].kind != ESC_VAR ||
            s->refs[0].add || !esc_is_ssa(h->f, s->refs[0].var))
            break;
        name = h->f->names.at[s->refs[0].names];
    }
    return name;
}

bool held_failed(struct held *h, const struct target *t, uint32_t pred, uint32_t block)
{
    enum esc_fails fails = held_call_fails(h, t->via);
    if (fails == ESC_FAILS_NEVER || block == ESC_EXIT)
        return false;
    uint32_t result = name_of(h, &h->f->stmts.at[t->via].dst);
    if (result == UINT32_MAX)
        return false;
    struct condition done = {result, fails == ESC_FAILS_ZERO ? ESC_NE : ESC_EQ, false, 0, 0}, c;
    const struct esc_block *p = &h->f->blocks.at[pred];
    if (branch_condition(h, pred, p->succs.at[0] == block, &c)) {
        c.name = original(h, c.name);
        if (contradict(&done, &c))
            return true;
    }
    for (uint32_t i = 0; i < h->conds[block].len; i++) {
        c = h->conds[block].at[i];
        c.name = original(h, c.name);
        if (contradict(&done, &c))
            return true;
    }
    return false;
}
