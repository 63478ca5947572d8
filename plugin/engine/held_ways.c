/* Which way control can go on the path that is being searched.
 *
 *     if (n > 5) ...  if (n <= 3)              not after n > 5
 *     big = n > 5;  if (big) ...  if (n <= 3)  nor where big was true
 *     p = &x;  while (p) ...                   not past it
 *     q = l->next;  l->next = &x;  if (q == &x)    nor here: q was read before
 *     for (e = v; e < v + 3; e++)              not past it at once
 *
 * What a branch says is kept as NAME (less OTHER) RELATION VALUE, by canonical names, and a way is open if some
 * number is as all that is kept of its name says. Addresses are compared where both are known. Quadratic in what
 * is known of one name, which is little.
 */
#include "held_search.h"

static bool same_number(const struct known *a, const struct known *b)
{
    return a->name == b->name && a->other == b->other;
}

/* Whether X is as K and all that is known of the same number say. */
static bool satisfies(const struct held_search *s, const struct known *k, int64_t x)
{
    const struct esc_fn *f = s->h->f;
    bool natural = f->vars.at[f->ssa.at[k->name].var].flags & ESC_UNSIGNED;
    if (!held_holds(x, k->relation, k->value) || (x < 0 && natural && k->other == UINT32_MAX))
        return false;
    for (uint32_t i = 0; i < s->known.len; i++)
        if (same_number(&s->known.at[i], k) &&
            !held_holds(x, s->known.at[i].relation, s->known.at[i].value))
            return false;
    return true;
}

/* Whether some number is as K and all that is known of it say. If there is one, then there is one next to
 * a bound, next to what is excluded, or very large, or very small. */
static bool agrees(const struct held_search *s, const struct known *k)
{
    bool set = k->relation >= ESC_IN;
    if (satisfies(s, k, INT64_MAX) || satisfies(s, k, INT64_MIN))
        return true;
    for (int64_t x = (int64_t)k->value - 1; x <= (int64_t)k->value + 1; x++)
        if (satisfies(s, k, x))
            return true;
    for (uint32_t i = 0; i < s->known.len; i++) {
        if (!same_number(&s->known.at[i], k))
            continue;
        set |= s->known.at[i].relation >= ESC_IN;
        for (int64_t d = -1; d <= 1; d++)
            if (satisfies(s, k, s->known.at[i].value + d))
                return true;
    }
    for (int64_t x = -1; set && x <= HELD_SET_SIZE; x++)
        if (satisfies(s, k, x))
            return true;
    return false;
}

static uint8_t mirrored(uint8_t relation)
{
    static const uint8_t other[] = {[ESC_EQ] = ESC_EQ, [ESC_NE] = ESC_NE, [ESC_LT] = ESC_GT,
                                    [ESC_LE] = ESC_GE, [ESC_GT] = ESC_LT, [ESC_GE] = ESC_LE};
    return other[relation];
}

/* On this path NAME is a number that no object has for its address. */
static bool is_plain_number(const struct held_search *s, uint32_t name)
{
    return s->number[name].plain || path_number(s, name).known;
}

/* Whether statement S takes the address of variable VAR, other than to compare it. */
static bool takes_address(const struct esc_stmt *s, uint32_t var)
{
    if (s->kind == ESC_STMT_BRANCH || s->kind == ESC_STMT_SWITCH || s->note != ESC_NOTE_NONE)
        return false;
    for (uint32_t i = 0; i < s->n; i++)
        if (s->refs[i].kind == ESC_ADDR && s->refs[i].var == var)
            return true;
    return false;
}

/* Whether NAME can be the address of OBJ, which nobody has until this path takes it: what was computed, read or
 * passed before that is another.
 *
 *     q = h->next;  q->prev = &x;  if (q == &x)      never
 */
static bool may_be_known(const struct held_search *s, uint32_t obj, uint32_t name)
{
    const struct esc_fn *f = s->h->f;
    if (held_kind(s->h, obj) != OBJ_VAR)
        return true;
    const struct esc_name *n = &f->ssa.at[s->canon[name]];
    uint32_t turn = s->made[s->canon[name]];
    for (uint32_t t = 0; t <= turn && t < s->trail.len; t++) {
        const struct esc_block *b = &f->blocks.at[s->trail.at[t]];
        uint32_t end = t < turn ? b->end : n->stmt == UINT32_MAX ? b->first : n->stmt + 1;
        for (uint32_t i = b->first; i < end && i < b->end; i++)
            if (takes_address(&f->stmts.at[i], obj))
                return true;
    }
    return false;
}

/* Whether NAME, by what it is on this path, can be to an object's address as C says. */
static bool address_agrees(const struct held_search *s, uint32_t name, const struct condition *c)
{
    const target_vec *v = &s->h->val[name];
    if (c->relation == ESC_NE)
        return v->len != 1 || v->at[0].obj != c->obj || v->at[0].off != 0;
    if (c->relation != ESC_EQ)
        return true;
    uint8_t kind = v->len == 1 ? held_kind(s->h, v->at[0].obj) : OBJ_WORLD;
    bool data = v->len == 1 && v->at[0].obj >= HELD_SYM && held_kind(s->h, c->obj) == OBJ_VAR;
    bool other = (kind == OBJ_VAR || kind == OBJ_ALLOC || data) && v->at[0].obj != c->obj;
    bool within =
        v->len == 1 && v->at[0].obj == c->obj && v->at[0].off != 0 && v->at[0].off != ESC_ANY;
    return !other && !within && !(held_is_solid(s->h, c->obj) && is_plain_number(s, name)) &&
           may_be_known(s, c->obj, name);
}

/* By C NAME is null though it was set on this path: null is what it is where it was not set.
 *
 *     T *saved = 0; if (c) { saved = p; p = &x; } ... if (saved) p = saved;
 *
 * What is read from memory, or points behind something, may be a zero, too, but who asks so does not
 * expect it. */
static bool was_set(const struct held_search *s, uint32_t name, const struct condition *c)
{
    const struct esc_fn *f = s->h->f;
    const struct esc_name *phi = &f->ssa.at[name], *n = &f->ssa.at[s->canon[name]];
    int32_t value;
    if (c->relation != ESC_EQ || c->value != 0 || f->vars.at[phi->var].size != ESC_WORD ||
        n->stmt == UINT32_MAX || n->from.len || f->stmts.at[n->stmt].kind != ESC_STMT_ASSIGN ||
        f->stmts.at[n->stmt].n != 1)
        return false;
    const struct esc_ref *r = &f->stmts.at[n->stmt].refs[0];
    bool loaded = r->kind == ESC_MEM || (r->kind == ESC_VAR && !esc_is_ssa(f, r->var));
    if (!loaded && r->add == 0)
        return false;
    for (uint32_t i = 0; phi->stmt == UINT32_MAX && i < phi->from.len; i++)
        if (held_constant(s->h, esc_same(s->h->f, phi->from.at[i]), &value) && value == 0)
            return true;
    return false;
}

/* By C a name is a number near 0, but on this path it is an address. Only that of a symbol that another may
 * replace can be null: it may be weak. */
static bool is_elsewhere(const struct held_search *s, const struct condition *c)
{
    const struct held *h = s->h;
    const target_vec *v = &h->val[c->name];
    if (c->relation != ESC_EQ || !held_is_nowhere(c->value) || v->len != 1)
        return false;
    uint32_t obj = v->at[0].obj;
    if (obj >= HELD_SYM)
        return obj < HELD_NOTHING &&
               (c->value || !(h->u->syms.at[obj & ~(uint32_t)HELD_SYM].flags & ESC_SYM_REPLACE));
    return held_kind(h, obj) == OBJ_VAR && h->f->vars.at[obj].size > 0;
}

/* Whether control can go somewhere: no; yes; yes if K agrees with what is known. */
enum way { BLOCKED, OPEN, OPEN_IF };

static enum way way_by_address(const struct held_search *s, const struct condition *c)
{
    struct condition of = *c;
    of.name = s->canon[c->name];
    return address_agrees(s, c->name, c) && held_name_may(s->h, &of) ? OPEN : BLOCKED;
}

static enum way way_by_number(const struct held_search *s, const struct condition *c,
                              struct known *k)
{
    struct condition of = *c;
    struct number known = path_number(s, c->name);
    int32_t value;
    if (was_set(s, c->name, c) || is_elsewhere(s, c))
        return BLOCKED;
    if (known.known)
        return held_holds(known.value, c->relation, c->value) ? OPEN : BLOCKED;
    of.name = s->canon[c->name];
    if (held_constant(s->h, of.name, &value))
        return held_holds(value, c->relation, c->value) ? OPEN : BLOCKED;
    if (!held_name_may(s->h, &of))
        return BLOCKED;
    *k = (struct known){of.name, UINT32_MAX, c->value, c->relation};
    return OPEN_IF;
}

/* Both of K's names are addresses within one object: their difference. */
static bool difference(const struct held *h, const struct known *k, int64_t *by)
{
    const target_vec *a = &h->val[k->name], *b = &h->val[k->other];
    if (a->len != 1 || b->len != 1 || a->at[0].obj != b->at[0].obj || a->at[0].off == ESC_ANY ||
        b->at[0].off == ESC_ANY)
        return false;
    *by = (int64_t)a->at[0].off - b->at[0].off;
    return true;
}

/* K's names have been compared at the end of block AT: they may be equal to others, or constants. */
static enum way way_by_names(const struct held_search *s, uint32_t at, struct known *k)
{
    const struct held *h = s->h;
    int64_t by;
    int32_t value;
    if (s->entries[at] < PATH_MAX_ENTRIES &&
        difference(h, k, &by)) /* the last turn stands for others */
        return held_holds(by, k->relation, 0) ? OPEN : BLOCKED;
    k->name = s->canon[k->name];
    k->other = s->canon[k->other];
    if (k->other < k->name || held_constant(h, k->name, &value))
        *k = (struct known){k->other, k->name, 0, mirrored(k->relation)};
    if (!held_constant(h, k->other, &k->value)) {
        k->value = 0;
        return OPEN_IF;
    }
    if (held_constant(h, k->name, &value))
        return held_holds(value, k->relation, k->value) ? OPEN : BLOCKED;
    k->other = UINT32_MAX;
    return OPEN_IF;
}

/* Whether K is possible; if so, it is known from now on. */
static bool learn(struct held_search *s, enum way way, const struct known *k)
{
    if (way != OPEN_IF)
        return way == OPEN;
    if (!agrees(s, k))
        return false;
    vec_push(&s->known, *k);
    return true;
}

/* The note of the comparison whose truth NAME is, or NULL. */
static const struct esc_stmt *test_of(const struct held *h, uint32_t name)
{
    bool cast;
    const struct esc_name *n = &h->f->ssa.at[held_original(h, name, &cast)];
    return n->stmt == UINT32_MAX || n->from.len ? NULL : held_note(h, n->stmt, ESC_NOTE_TEST);
}

/* big = n > 5; if (big) ..., at the end of block AT: n > 5 there, or not. */
static bool learn_test(struct held_search *s, uint32_t at, const struct condition *c)
{
    const struct held *h = s->h;
    bool truth = c->relation == ESC_NE ? c->value == 0 : c->value == 1;
    const struct esc_stmt *test = test_of(h, c->name);
    if (!test || (c->relation != ESC_EQ && c->relation != ESC_NE) || c->value < 0 || c->value > 1)
        return true;
    uint8_t relation = truth ? test->relation : held_negated(test->relation);
    const struct esc_ref *value = &test->refs[1];
    struct known k = {held_name(h, &test->refs[0]), held_name(h, value), 0, relation};
    if (k.name == UINT32_MAX)
        return true;
    if (value->kind == ESC_CONST) {
        const struct condition of = {.name = k.name, .relation = relation, .value = value->off};
        enum way way = way_by_number(s, &of, &k);
        return learn(s, way, &k);
    }
    return k.other == UINT32_MAX || learn(s, way_by_names(s, at, &k), &k);
}

bool path_take(struct held_search *s, uint32_t pred, uint32_t to)
{
    struct condition c;
    struct known k = {.other = UINT32_MAX};
    bool single = held_edge_condition(s->h, pred, to, &c);
    enum way way = !single ? OPEN : c.address ? way_by_address(s, &c) : way_by_number(s, &c, &k);
    if (way == OPEN && (!single || c.address) &&
        held_edge_comparison(s->h, pred, to, &k.name, &k.relation, &k.other))
        way = way_by_names(s, pred, &k);
    return learn(s, way, &k) && (!single || c.address || learn_test(s, pred, &c));
}

/* NAME is computed in a way that nothing here follows: n > 0, or strlen (s). What branches know of n,
 * or of another strlen (s), is then not known of it. */
static bool is_computed(const struct held *h, uint32_t name)
{
    bool cast;
    const struct esc_name *n = &h->f->ssa.at[held_original(h, name, &cast)];
    if (n->stmt == UINT32_MAX)
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[n->stmt];
    return s->kind != ESC_STMT_ASSIGN || s->n != 1 || s->refs[0].kind == ESC_NONE ||
           s->refs[0].add != 0;
}

bool held_on_path(const struct held *h, const struct target *t)
{
    const struct held_search *s = h->path;
    struct known k = {.other = UINT32_MAX};
    if (t->given != HELD_NO_BLOCK && t->given < h->f->ssa.len) {
        k = (struct known){s->canon[t->given], UINT32_MAX, t->bound, t->compared};
        int32_t value;
        if (!agrees(s, &k) || is_computed(h, k.name))
            return false;
        if (held_constant(h, k.name, &value) && !held_holds(value, t->compared, t->bound))
            return false;
    }
    if (t->call >= h->f->stmts.len)
        return true;
    uint32_t result = held_name(h, &h->f->stmts.at[t->call].dst);
    if (result == UINT32_MAX)
        return true;
    k = (struct known){s->canon[result], UINT32_MAX, t->value, t->relation};
    return agrees(s, &k);
}

void path_follow(struct held_search *s, uint32_t id)
{
    const struct esc_stmt *stmt = &s->h->f->stmts.at[id];
    for (uint32_t i = 0; i <= stmt->n; i++) {
        const struct esc_ref *r = i < stmt->n ? &stmt->refs[i] : &stmt->dst;
        if (r->kind != ESC_MEM || !esc_is_ssa(s->h->f, r->var))
            continue;
        struct known k = {s->canon[esc_same(s->h->f, s->h->f->names.at[r->names])], UINT32_MAX, 0,
                          ESC_NE};
        bool there = false;
        for (uint32_t j = 0; j < s->known.len; j++)
            there |= s->known.at[j].name == k.name && s->known.at[j].other == UINT32_MAX;
        if (!there)
            vec_push(&s->known, k);
    }
}
