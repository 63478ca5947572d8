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
 * as long as its conditions agree (held_ways.c), by what is equal on it (held_equal.c). A block is
 * entered at most twice on a path.
 *
 * Depth first, towards the statement the warning is about and from there to the exit. Only warnings
 * are looked at, so few functions are; a search that takes more than MAX_STEPS blocks is given up, and
 * then there is no warning.
 */
#include "held_search.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 3000, MAX_DEPTH = 400, FAR = UINT16_MAX };

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
    uint16_t *made;        /* likewise */
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
    o->made = calloc(n + 1, sizeof *o->made);
    if (!o->val || !o->canon || !o->number || !o->made)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        uint32_t name = s->def[first + i];
        for (uint32_t k = 0; k < h->val[name].len; k++)
            vec_push(&o->val[i], h->val[name].at[k]);
        o->canon[i] = s->canon[name];
        o->number[i] = s->number[name];
        o->made[i] = s->made[name];
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
        s->made[name] = o->made[i];
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
    free(o->made);
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

/* PHI is NOW for the last time, which stands for all turns that follow: only where it goes is known, and that
 * it is no address. */
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
        number[i] = path_number(s, from[i]);
        from[i] = s->canon[from[i]];
    }
    for (uint32_t i = 0; i < n; i++) {
        if (from[i] != UINT32_MAX)
            s->canon[phi[i]] = from[i];
        if (s->entries[block] == PATH_MAX_ENTRIES) {
            remember_direction(s, phi[i], number[i]);
            number[i].plain |= number[i].known;
            number[i].known = false;
        }
        s->number[phi[i]] = number[i];
    }
    free(number);
    free(from);
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
    for (uint32_t i = s->def_at[block]; i < s->def_at[block + 1]; i++)
        s->made[s->def[i]] = (uint16_t)(s->trail.len - 1);
    for (uint32_t i = b->first; i < b->end && !h->gave_up; i++) {
        held_stmt(h, i);
        path_follow(s, i);
        path_overwrite(s, i);
        for (; next < s->def_at[block + 1] && h->f->ssa.at[s->def[next]].stmt <= i; next++)
            path_define(s, s->def[next]);
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
    if ((!passed && s->to_goal[to] == FAR) || held_refused(h, block, to) ||
        !path_take(s, block, to))
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
    vec_push(&s->trail, block);
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
    s->trail.len--;
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
        s->made[i] = 0;
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
    s.made = calloc(f->ssa.len + 1, sizeof *s.made);
    s.entries = calloc(f->blocks.len + 1, sizeof *s.entries);
    s.to_goal = calloc(f->blocks.len + 1, sizeof *s.to_goal);
    s.to_exit = calloc(f->blocks.len + 1, sizeof *s.to_exit);
    s.def = calloc(f->ssa.len + 1, sizeof *s.def);
    s.def_at = calloc(f->blocks.len + 2, sizeof *s.def_at);
    if (!s.canon || !s.number || !s.made || !s.entries || !s.to_goal || !s.to_exit || !s.def ||
        !s.def_at)
        abort();
    find_definitions(&s);
    h->path = &s;
    for (uint32_t i = first; i < f->warnings.len; i++) {
        const struct esc_warning *w = &f->warnings.at[i];
        uint32_t stmt = h->warned_at.at[i - first];
        if (confirm(&s, w, stmt, 1) || confirm(&s, w, stmt, PATH_MAX_ENTRIES))
            f->warnings.at[n++] = *w;
    }
    f->warnings.len = n;
    h->gave_up = false;
    h->path = NULL;
    h->confirm = NULL;
    free(s.canon);
    free(s.number);
    free(s.made);
    free(s.entries);
    free(s.to_goal);
    free(s.to_exit);
    free(s.def);
    free(s.def_at);
    vec_free(&s.trail);
    vec_free(&s.known);
    vec_free(&s.seen);
    vec_free(&s.stores);
}
