/* Confirm: whether there is one path on which a warning is true.
 *
 * The facts of held.c are those of all paths together, and what a block is known to stand under are
 * the branches that dominate it. So a fact may survive where conditions are correlated in ways that no
 * single block shows:
 *
 *     if (!own) p = &x; if (n) p = q; if (own && !n) return p;
 *     if (c->on) g = &x; work(); if (c->on) g = 0;
 *
 * Before a warning is given, the function is therefore carried out once more along one path after the
 * other, with the same rules but without merging anything, until one shows it. A path is followed only
 * as long as its conditions agree. Names are equal if they are computed alike: a load of the same
 * place counts as the same number, or as what was stored there, until this function stores there, for callers and callees that
 * change flags meanwhile are not certain to do so. A block is entered at most twice on a path.
 *
 * Depth first, towards the statement the warning is about and from there to the exit. Only warnings
 * are looked at, so few functions are; a search that takes more than MAX_STEPS blocks is given up, and
 * then there is no warning.
 */
#include "held.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 3000, MAX_ENTRIES = 2, MAX_DEPTH = 400, FAR = UINT16_MAX };

/* NAME (less OTHER, if there is one) RELATION VALUE, on the path at hand. */
struct known {
    uint32_t name;  /* canonical */
    uint32_t other; /* canonical; UINT32_MAX: none */
    int32_t value;
    uint8_t relation;
};

/* What is known of a number. */
struct number {
    bool known;
    bool plain; /* not which, but that it is one: nothing that carries an address */
    int32_t value;
};

struct held_search {
    struct held *h;
    uint32_t goal;         /* block of the statement the warning is about */
    uint32_t steps;        /* blocks carried out so far */
    uint32_t *canon;       /* by name: on this path, the name it is equal to */
    struct number *number; /* by name: on this path */
    uint8_t *entries;      /* by block: how often it is on the path */
    uint32_t limit;        /* how often a block may be on a path */
    uint16_t
        *to_goal; /* by block: how many edges it is to the goal, at least; FAR: there is no way */
    uint16_t *to_exit; /* likewise to the function's exit */
    uint32_t *def;     /* the names defined in block b: def[def_at[b] .. def_at[b + 1]) */
    uint32_t *def_at;  /* see def */
    VEC(struct known) known;
    VEC(uint32_t) seen; /* names computed on this path, none like another */
    VEC(uint32_t)
    stores;         /* statements of this path that store one value, none where another does */
    bool exhausted; /* the search was given up */
};

/* ---- what is equal ---- */

static bool same_ref(const struct held_search *s, const struct esc_ref *a, const struct esc_ref *b)
{
    struct esc_fn *f = s->h->f;
    if (a->kind != b->kind || a->off != b->off || a->size != b->size || a->add != b->add)
        return false;
    if ((a->kind == ESC_VAR || a->kind == ESC_MEM) && esc_is_ssa(f, a->var))
        return esc_is_ssa(f, b->var) && s->canon[esc_same(f, f->names.at[a->names])] ==
                                            s->canon[esc_same(f, f->names.at[b->names])];
    return a->kind == ESC_CONST || a->var == b->var;
}

/* The name that NAME has the bits of MASK from: flags |= 2 leaves the others as they were. */
static uint32_t bits_from(const struct held_search *s, uint32_t name, uint32_t mask)
{
    for (int steps = 0; steps < 8; steps++) {
        name = s->canon[name];
        const struct esc_name *n = &s->h->f->ssa.at[name];
        if (n->stmt == UINT32_MAX || n->from.len)
            break;
        const struct esc_stmt *note = held_note(s->h, n->stmt, ESC_NOTE_BITS);
        uint32_t changed = note ? (uint32_t)note->dst.off : 0;
        if (!note && (note = held_note(s->h, n->stmt, ESC_NOTE_MASK)))
            changed = ~(uint32_t)note->dst.off;
        uint32_t from = note && !(changed & mask) ? held_name(s->h, &note->refs[0]) : UINT32_MAX;
        if (from == UINT32_MAX)
            break;
        name = from;
    }
    return name;
}

/* Both statements pick the same bits of the same number. */
static bool same_bits(const struct held_search *s, uint32_t a, uint32_t b)
{
    const struct esc_stmt *x = held_note(s->h, a, ESC_NOTE_MASK);
    const struct esc_stmt *y = held_note(s->h, b, ESC_NOTE_MASK);
    if (!x || !y || x->dst.off != y->dst.off)
        return false;
    uint32_t from = held_name(s->h, &x->refs[0]), other = held_name(s->h, &y->refs[0]);
    uint32_t mask = (uint32_t)x->dst.off;
    return from != UINT32_MAX && other != UINT32_MAX &&
           bits_from(s, from, mask) == bits_from(s, other, mask);
}

/* Both call the same function, which changes nothing, for the same arguments: strcmp (s, "a"). */
static bool same_question(const struct held_search *s, const struct esc_stmt *x,
                          const struct esc_stmt *y)
{
    if (x->kind != ESC_STMT_CALL || y->kind != ESC_STMT_CALL || x->n != y->n ||
        x->outs != y->outs || x->callee.kind != ESC_ADDR || y->callee.var != x->callee.var ||
        !(x->callee.var & ESC_SYM) ||
        !(s->h->u->syms.at[x->callee.var & ~ESC_SYM].flags & ESC_SYM_KEEPS_NOTHING))
        return false;
    for (uint32_t i = 0; i < x->n; i++)
        if (!same_ref(s, &x->refs[i], &y->refs[i]))
            return false;
    return true;
}

static bool same_value(const struct held_search *s, uint32_t a, uint32_t b)
{
    const struct esc_name *n = &s->h->f->ssa.at[a], *m = &s->h->f->ssa.at[b];
    if (n->stmt == UINT32_MAX || m->stmt == UINT32_MAX || n->from.len || m->from.len)
        return false;
    const struct esc_stmt *x = &s->h->f->stmts.at[n->stmt], *y = &s->h->f->stmts.at[m->stmt];
    if (same_question(s, x, y) || same_bits(s, n->stmt, m->stmt))
        return true;
    if (x->kind != ESC_STMT_ASSIGN || y->kind != ESC_STMT_ASSIGN || x->n != y->n || x->n == 0 ||
        x->signature != y->signature || x->dst.size != y->dst.size ||
        n->word - (uint32_t)x->dst.off / ESC_WORD != m->word - (uint32_t)y->dst.off / ESC_WORD)
        return false;
    for (uint32_t i = 0; i < x->n; i++)
        if (!same_ref(s, &x->refs[i], &y->refs[i]) || (x->refs[i].flags & ESC_REF_VOLATILE))
            return false;
    return true;
}

/* The number that NAME is on this path, as computed or by a branch. */
static struct number number_of(const struct held_search *s, uint32_t name)
{
    uint32_t canon = s->canon[name];
    if (s->number[name].known)
        return s->number[name];
    for (uint32_t i = 0; i < s->known.len; i++) {
        const struct known *k = &s->known.at[i];
        if (k->name == canon && k->other == UINT32_MAX && k->relation == ESC_EQ)
            return (struct number){.known = true, .value = k->value};
    }
    return s->number[name];
}

/* NAME is read where a statement of this path has stored: it is what was stored. */
static bool read_back(struct held_search *s, uint32_t name)
{
    const struct esc_fn *f = s->h->f;
    const struct esc_name *n = &f->ssa.at[name];
    if (n->stmt == UINT32_MAX || n->from.len || f->stmts.at[n->stmt].kind != ESC_STMT_ASSIGN ||
        f->stmts.at[n->stmt].n != 1)
        return false;
    const struct esc_ref *r = &f->stmts.at[n->stmt].refs[0];
    for (uint32_t i = 0; i < s->stores.len && !(r->flags & ESC_REF_VOLATILE); i++) {
        const struct esc_stmt *store = &f->stmts.at[s->stores.at[i]];
        if (!same_ref(s, r, &store->dst))
            continue;
        const struct esc_ref *value = &store->refs[0];
        uint32_t from = held_name(s->h, value);
        s->number[name].plain |= value->kind == ESC_NONE;
        if (value->kind == ESC_CONST)
            vec_push(&s->known, ((struct known){name, UINT32_MAX, value->off, ESC_EQ}));
        if (from != UINT32_MAX) {
            s->canon[name] = s->canon[from];
            s->number[name] = number_of(s, from);
        }
        return true;
    }
    return false;
}

/* The number that NAME, which has just been computed, is. */
static struct number compute(const struct held_search *s, uint32_t name)
{
    const struct held *h = s->h;
    const struct esc_name *n = &h->f->ssa.at[name];
    struct number r = {.known = false};
    if (n->stmt == UINT32_MAX || n->from.len || h->f->stmts.at[n->stmt].kind != ESC_STMT_ASSIGN)
        return r;
    const struct esc_stmt *stmt = &h->f->stmts.at[n->stmt];
    const struct esc_stmt *sum = held_note(h, n->stmt, ESC_NOTE_SUM);
    const struct esc_ref *of = sum ? &sum->refs[0] : stmt->n == 1 ? &stmt->refs[0] : NULL;
    uint32_t from = of ? held_source_name(h, of) : UINT32_MAX;
    if (of && of->kind == ESC_CONST)
        r = (struct number){.known = true, .value = of->off};
    else if (of && of->kind == ESC_NONE)
        r.plain = true;
    else if (from != UINT32_MAX)
        r = number_of(s, from);
    if (sum)
        r.value = (int32_t)((uint32_t)r.value + (uint32_t)sum->dst.off);
    bool cast = of && (of->flags & ESC_REF_CAST);
    r.known &= r.value >= 0 && r.value <= (sum || cast ? INT8_MAX : INT32_MAX);
    return r;
}

bool held_number_on_path(const struct held *h, uint32_t name, int32_t *value)
{
    const struct number *n = &h->path->number[esc_same(h->f, name)];
    *value = n->value;
    return n->known;
}

/* NAME has been computed: what it is equal to. */
static void define(struct held_search *s, uint32_t name)
{
    const struct esc_name *n = &s->h->f->ssa.at[name];
    int32_t answer;
    if (n->stmt != UINT32_MAX && s->h->f->stmts.at[n->stmt].kind == ESC_STMT_CALL &&
        held_ask(s->h, n->stmt, &answer))
        vec_push(&s->known, ((struct known){name, UINT32_MAX, answer, ESC_EQ}));
    s->number[name] = compute(s, name);
    bool cast;
    uint32_t from = held_original(s->h, name, &cast);
    s->canon[name] = name;
    if (from != name && !cast) {
        s->canon[name] = s->canon[from];
        return;
    }
    if (read_back(s, name))
        return;
    for (uint32_t i = 0; i < s->seen.len; i++)
        if (same_value(s, s->seen.at[i], name)) {
            s->canon[name] = s->seen.at[i];
            return;
        }
    vec_push(&s->seen, name);
}

/* Forgets what was read at DST, and what was stored there. */
static void forget_place(struct held_search *s, const struct esc_ref *dst)
{
    const struct esc_fn *f = s->h->f;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->seen.len; i++) {
        uint32_t def = f->ssa.at[s->seen.at[i]].stmt;
        bool lost = false;
        for (uint32_t k = 0; def != UINT32_MAX && k < f->stmts.at[def].n; k++) {
            const struct esc_ref *r = &f->stmts.at[def].refs[k];
            struct esc_ref to = *dst;
            to.add = r->add;
            lost |= same_ref(s, r, &to);
        }
        if (!lost)
            s->seen.at[n++] = s->seen.at[i];
    }
    s->seen.len = n;
    n = 0;
    for (uint32_t i = 0; i < s->stores.len; i++)
        if (!same_ref(s, &f->stmts.at[s->stores.at[i]].dst, dst))
            s->stores.at[n++] = s->stores.at[i];
    s->stores.len = n;
}

static bool holds_address(struct held *h, const struct esc_ref *r, uint32_t stmt)
{
    struct targets now = {.len = 0};
    held_value(h, r, 0, &now, stmt);
    for (uint32_t k = 0; k < now.len; k++)
        if (held_is_address(&now.at[k]))
            return true;
    return false;
}

/* A call may have stored the address that is being followed where a constant stood before: then that
 * constant is no longer there. */
static void forget_constants(struct held_search *s, uint32_t call)
{
    const struct esc_fn *f = s->h->f;
    place_list lost = {0};
    for (uint32_t i = 0; i < s->stores.len; i++) {
        const struct esc_stmt *store = &f->stmts.at[s->stores.at[i]];
        if (store->dst.kind == ESC_VAR && store->refs[0].kind == ESC_CONST &&
            holds_address(s->h, &store->dst, call))
            vec_push(&lost, s->stores.at[i]);
    }
    for (uint32_t i = 0; i < lost.len; i++)
        forget_place(s, &f->stmts.at[lost.at[i]].dst);
    vec_free(&lost);
}

/* Forgets the numbers that were read where statement ID stores, and remembers what it stores. */
static void overwrite(struct held_search *s, uint32_t id)
{
    const struct esc_fn *f = s->h->f;
    const struct esc_stmt *stmt = &f->stmts.at[id];
    if (stmt->kind == ESC_STMT_CALL)
        forget_constants(s, id);
    if (stmt->dst.kind != ESC_MEM && (stmt->dst.kind != ESC_VAR || esc_is_ssa(f, stmt->dst.var)))
        return;
    forget_place(s, &stmt->dst);
    if (stmt->kind == ESC_STMT_ASSIGN && stmt->n == 1 &&
        (stmt->refs[0].kind == ESC_CONST || stmt->refs[0].kind == ESC_NONE ||
         held_name(s->h, &stmt->refs[0]) != UINT32_MAX))
        vec_push(&s->stores, id);
}

/* ---- conditions ---- */

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
    return s->number[name].plain || number_of(s, name).known;
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
    bool other = (kind == OBJ_VAR || kind == OBJ_ALLOC) && v->at[0].obj != c->obj;
    return !other && !(held_is_solid(s->h, c->obj) && is_plain_number(s, name));
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

static bool is_null(const struct condition *c)
{
    return c->relation == ESC_EQ && c->value == 0;
}

/* On this path NAME is the address of a variable. */
static bool is_variable(const struct held_search *s, uint32_t name)
{
    const target_vec *v = &s->h->val[name];
    return v->len == 1 && held_kind(s->h, v->at[0].obj) == OBJ_VAR &&
           s->h->f->vars.at[v->at[0].obj].size > 0;
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
    struct number known = number_of(s, c->name);
    int32_t value;
    if (was_set(s, c->name, c) || (is_null(c) && is_variable(s, c->name)))
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
    if (s->entries[at] < MAX_ENTRIES && difference(h, k, &by)) /* the last turn stands for others */
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

/* Whether control can go on from PRED to TO on this path; what is known then is added. */
static bool take(struct held_search *s, uint32_t pred, uint32_t to)
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

/* ---- the walk ---- */

/* Whether what has happened so far can still make the warning true, its statement being behind. */
static bool is_held(const struct held *h)
{
    if (h->confirm->kind == ESC_WARN_RETURNED)
        return true;
    for (uint32_t i = 0; i < h->now.len && h->confirm->kind != ESC_WARN_USED; i++)
        if (h->now.at[i].target.obj == h->confirm->var && h->now.at[i].place < HELD_DEAD)
            return true;
        else if (h->now.at[i].target.obj == h->confirm->var &&
                 h->now.at[i].place == HELD_REGISTERED)
            return true;
    return false;
}

/* What a block changes, to be put back. */
struct saved {
    fact_list now;
    target_vec *val;       /* of the block's names, in the order of def */
    uint32_t *canon;       /* likewise */
    struct number *number; /* likewise */
    uint32_t *seen;        /* s->seen as it was */
    uint32_t nseen;
    uint32_t *stores; /* s->stores as it was */
    uint32_t nstores;
    struct known *known; /* s->known as it was */
    uint32_t nknown;
};

static void *copy_of(const void *from, size_t size)
{
    void *p = malloc(size + 1);
    if (!p)
        abort();
    if (size)
        memcpy(p, from, size);
    return p;
}

static void save(struct held_search *s, uint32_t block, struct saved *o)
{
    struct held *h = s->h;
    uint32_t first = s->def_at[block], n = s->def_at[block + 1] - first;
    memset(o, 0, sizeof *o);
    for (uint32_t i = 0; i < h->now.len; i++)
        vec_push(&o->now, h->now.at[i]);
    o->val = calloc(n + 1, sizeof *o->val);
    o->canon = calloc(n + 1, sizeof *o->canon);
    o->number = calloc(n + 1, sizeof *o->number);
    if (!o->val || !o->canon || !o->number)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        uint32_t name = s->def[first + i];
        for (uint32_t k = 0; k < h->val[name].len; k++)
            vec_push(&o->val[i], h->val[name].at[k]);
        o->canon[i] = s->canon[name];
        o->number[i] = s->number[name];
    }
    o->nseen = s->seen.len;
    o->seen = copy_of(s->seen.at, s->seen.len * sizeof *o->seen);
    o->nstores = s->stores.len;
    o->stores = copy_of(s->stores.at, s->stores.len * sizeof *o->stores);
    o->nknown = s->known.len;
    o->known = copy_of(s->known.at, s->known.len * sizeof *o->known);
}

static void restore(struct held_search *s, uint32_t block, struct saved *o)
{
    struct held *h = s->h;
    uint32_t first = s->def_at[block], n = s->def_at[block + 1] - first;
    fact_list now = h->now;
    h->now = o->now;
    vec_free(&now);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t name = s->def[first + i];
        vec_free(&h->val[name]);
        h->val[name] = o->val[i];
        s->canon[name] = o->canon[i];
        s->number[name] = o->number[i];
    }
    s->seen.len = s->known.len = s->stores.len = 0;
    for (uint32_t i = 0; i < o->nseen; i++)
        vec_push(&s->seen, o->seen[i]);
    for (uint32_t i = 0; i < o->nstores; i++)
        vec_push(&s->stores, o->stores[i]);
    for (uint32_t i = 0; i < o->nknown; i++)
        vec_push(&s->known, o->known[i]);
    free(o->val);
    free(o->canon);
    free(o->number);
    free(o->seen);
    free(o->stores);
    free(o->known);
}

/* A block of a loop comes by again: what was known of its names was about other values. */
static void forget_names_of(struct held_search *s, uint32_t block)
{
    const struct esc_fn *f = s->h->f;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->known.len; i++) {
        const struct known *k = &s->known.at[i];
        if (f->ssa.at[k->name].block != block &&
            (k->other == UINT32_MAX || f->ssa.at[k->other].block != block))
            s->known.at[n++] = *k;
    }
    s->known.len = n;
    n = 0;
    for (uint32_t i = 0; i < s->seen.len; i++)
        if (f->ssa.at[s->seen.at[i]].block != block)
            s->seen.at[n++] = s->seen.at[i];
    s->seen.len = n;
    n = 0;
    for (uint32_t i = 0; i < s->stores.len; i++)
        if (s->entries[block] < 2 || f->stmts.at[s->stores.at[i]].refs[0].kind == ESC_CONST)
            s->stores.at[n++] = s->stores.at[i];
    s->stores.len = n;
}

/* PHI is NOW for the last time, which stands for all turns that follow: only where it goes is known. */
static void remember_direction(struct held_search *s, uint32_t phi, struct number now)
{
    const struct number *old = &s->number[phi];
    if (now.known && old->known && now.value != old->value)
        vec_push(&s->known, ((struct known){s->canon[phi], UINT32_MAX, now.value,
                                            now.value > old->value ? ESC_GE : ESC_LE}));
}

/* The phis of BLOCK become what comes from PRED. */
static void enter_phis(struct held_search *s, uint32_t block, uint32_t pred)
{
    struct held *h = s->h;
    const uint32_t *phi = &h->phi[h->phi_at[block]];
    uint32_t n = h->phi_at[block + 1] - h->phi_at[block];
    uint32_t *from = copy_of(phi, n * sizeof *from);
    held_path_phis(h, block, pred, from);
    struct number *number = calloc(n + 1, sizeof *number);
    if (!number)
        abort();
    for (uint32_t i = 0; i < n; i++) { /* all are read before any is written */
        if (from[i] == UINT32_MAX)
            continue;
        number[i] = number_of(s, from[i]);
        from[i] = s->canon[from[i]];
    }
    for (uint32_t i = 0; i < n; i++) {
        if (from[i] != UINT32_MAX)
            s->canon[phi[i]] = from[i];
        if (s->entries[block] == MAX_ENTRIES) {
            remember_direction(s, phi[i], number[i]);
            number[i] = (struct number){.known = false};
        }
        s->number[phi[i]] = number[i];
    }
    free(number);
    free(from);
}

/* Statement ID reads or writes through pointers: these are not null. */
static void followed(struct held_search *s, uint32_t id)
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

/* Carries BLOCK out, control having come from PRED. */
static void carry_out(struct held_search *s, uint32_t block, uint32_t pred)
{
    struct held *h = s->h;
    const struct esc_block *b = &h->f->blocks.at[block];
    forget_names_of(s, block);
    enter_phis(s, block, pred);
    held_enter_loop(h, block);
    uint32_t next = s->def_at[block];
    while (next < s->def_at[block + 1] && h->f->ssa.at[s->def[next]].stmt == UINT32_MAX)
        next++; /* phis, which come first */
    for (uint32_t i = next; i < s->def_at[block + 1]; i++)
        vec_free(&h->val[s->def[i]]);
    for (uint32_t i = b->first; i < b->end && !h->gave_up; i++) {
        held_stmt(h, i);
        followed(s, i);
        overwrite(s, i);
        for (; next < s->def_at[block + 1] && h->f->ssa.at[s->def[next]].stmt <= i; next++)
            define(s, s->def[next]);
    }
}

static void walk(struct held_search *s, uint32_t block, uint32_t pred, uint32_t depth);

/* Goes on from BLOCK to TO, if that is possible. */
static void go_on(struct held_search *s, uint32_t block, uint32_t to, bool passed, uint32_t depth)
{
    struct held *h = s->h;
    uint32_t nknown = s->known.len;
    if (to == ESC_EXIT) {
        h->at_exit.len = 0;
        for (uint32_t i = 0; i < h->now.len; i++)
            vec_push(&h->at_exit, h->now.at[i]);
        held_warn_exit(h);
        h->result.len = 0;
        return;
    }
    if ((!passed && s->to_goal[to] == FAR) || held_refused(h, block, to) || !take(s, block, to))
        return;
    fact_list before = {0};
    for (uint32_t i = 0; i < h->now.len; i++)
        vec_push(&before, h->now.at[i]);
    held_path_edge(h, block, to);
    if (!passed || s->to_goal[to] != FAR || is_held(h))
        walk(s, to, block, depth + 1);
    fact_list after = h->now;
    h->now = before;
    vec_free(&after);
    s->known.len = nknown;
}

static uint32_t distance(const struct held_search *s, uint32_t to, bool passed)
{
    return to == ESC_EXIT ? 0 : passed ? s->to_exit[to] + 1u : s->to_goal[to] + 1u;
}

static void walk(struct held_search *s, uint32_t block, uint32_t pred, uint32_t depth)
{
    struct held *h = s->h;
    const struct esc_block *b = &h->f->blocks.at[block];
    if (s->entries[block] == s->limit)
        return;
    if (s->steps++ >= MAX_STEPS || depth == MAX_DEPTH || h->gave_up) {
        s->exhausted = true;
        return;
    }
    struct saved old;
    save(s, block, &old);
    s->entries[block]++;
    carry_out(s, block, pred);
    bool passed = s->entries[s->goal] > 0;
    for (uint32_t near = 0, next; near != UINT32_MAX; near = next) { /* the nearest first */
        next = UINT32_MAX;
        for (uint32_t k = 0; k < b->succs.len && !h->confirmed && !s->exhausted; k++) {
            uint32_t d = distance(s, b->succs.at[k], passed);
            if (d == near)
                go_on(s, block, b->succs.at[k], passed, depth);
            else if (d > near && d < next)
                next = d;
        }
    }
    s->entries[block]--;
    restore(s, block, &old);
}

/* ---- all of it ---- */

/* A value that is there when the function is entered stays what it is. */
static bool is_defined(const struct esc_fn *f, uint32_t name)
{
    const struct esc_name *n = &f->ssa.at[name];
    return n->same == name && (n->stmt != UINT32_MAX || n->from.len);
}

static void find_definitions(struct held_search *s)
{
    const struct esc_fn *f = s->h->f;
    for (uint32_t i = 0; i < f->ssa.len; i++)
        if (is_defined(f, i))
            s->def_at[f->ssa.at[i].block + 1]++;
    for (uint32_t i = 0; i < f->blocks.len; i++)
        s->def_at[i + 1] += s->def_at[i];
    /* Phis first, then by statement: names are numbered in that order but for phis. */
    uint32_t *at = copy_of(s->def_at, f->blocks.len * sizeof *at);
    for (int phis = 1; phis >= 0; phis--)
        for (uint32_t i = 0; i < f->ssa.len; i++)
            if (is_defined(f, i) && (f->ssa.at[i].stmt == UINT32_MAX) == (phis == 1))
                s->def[at[f->ssa.at[i].block]++] = i;
    free(at);
}

/* How far it is from each block to those in TODO, which are at 0. */
static void find_distances(const struct held_search *s, uint16_t *at, place_list *todo)
{
    const struct esc_fn *f = s->h->f;
    for (uint32_t i = 0; i < todo->len; i++) {
        const struct esc_block *b = &f->blocks.at[todo->at[i]];
        for (uint32_t k = 0; k < b->preds.len; k++)
            if (at[b->preds.at[k]] == FAR) {
                at[b->preds.at[k]] = (uint16_t)(at[todo->at[i]] + 1);
                vec_push(todo, b->preds.at[k]);
            }
    }
}

static void measure(struct held_search *s)
{
    const struct esc_fn *f = s->h->f;
    place_list goal = {0}, ends = {0};
    for (uint32_t i = 0; i < f->blocks.len; i++) {
        s->to_goal[i] = i == s->goal ? 0 : FAR;
        s->to_exit[i] = FAR;
        for (uint32_t k = 0; k < f->blocks.at[i].succs.len; k++)
            if (f->blocks.at[i].succs.at[k] == ESC_EXIT)
                s->to_exit[i] = 0;
        if (s->to_exit[i] == 0)
            vec_push(&ends, i);
    }
    vec_push(&goal, s->goal);
    find_distances(s, s->to_goal, &goal);
    find_distances(s, s->to_exit, &ends);
    vec_free(&goal);
    vec_free(&ends);
}

/* Whether warning W, about statement STMT, is true on some path that enters no block more often than
 * LIMIT times. */
static bool confirm(struct held_search *s, const struct esc_warning *w, uint32_t stmt,
                    uint32_t limit)
{
    struct held *h = s->h;
    s->goal = h->f->stmts.at[stmt].block;
    s->limit = limit;
    s->steps = 0;
    s->exhausted = h->gave_up = false;
    s->known.len = s->seen.len = s->stores.len = 0;
    measure(s);
    for (uint32_t i = 0; i < h->f->ssa.len; i++) {
        s->canon[i] = i;
        s->number[i] = (struct number){.known = false};
    }
    h->now.len = h->result.len = 0;
    for (uint32_t i = 0; i < h->in[0].len; i++)
        vec_push(&h->now, h->in[0].at[i]);
    h->confirm = w;
    h->confirm_at = stmt;
    h->confirmed = false;
    h->steps = 0;
    walk(s, 0, UINT32_MAX, 0);
    return h->confirmed;
}

void held_confirm(struct held *h)
{
    struct esc_fn *f = h->f;
    struct held_search s = {.h = h};
    uint32_t first = f->warnings.len - h->warned_at.len, n = first; /* others were there before */
    if (h->warned_at.len == 0)
        return;
    s.canon = calloc(f->ssa.len + 1, sizeof *s.canon);
    s.number = calloc(f->ssa.len + 1, sizeof *s.number);
    s.entries = calloc(f->blocks.len + 1, sizeof *s.entries);
    s.to_goal = calloc(f->blocks.len + 1, sizeof *s.to_goal);
    s.to_exit = calloc(f->blocks.len + 1, sizeof *s.to_exit);
    s.def = calloc(f->ssa.len + 1, sizeof *s.def);
    s.def_at = calloc(f->blocks.len + 2, sizeof *s.def_at);
    if (!s.canon || !s.number || !s.entries || !s.to_goal || !s.to_exit || !s.def || !s.def_at)
        abort();
    find_definitions(&s);
    h->path = &s;
    for (uint32_t i = first; i < f->warnings.len; i++) {
        const struct esc_warning *w = &f->warnings.at[i];
        uint32_t stmt = h->warned_at.at[i - first];
        if (confirm(&s, w, stmt, 1) || confirm(&s, w, stmt, MAX_ENTRIES))
            f->warnings.at[n++] = *w;
    }
    f->warnings.len = n;
    h->gave_up = false;
    h->path = NULL;
    h->confirm = NULL;
    free(s.canon);
    free(s.number);
    free(s.entries);
    free(s.to_goal);
    free(s.to_exit);
    free(s.def);
    free(s.def_at);
    vec_free(&s.known);
    vec_free(&s.seen);
    vec_free(&s.stores);
}
