/* Folding: summaries that say less in fewer words, and several summaries as one.
 *
 * A summary tells apart what a parameter points to by the path that leads there; on recursive data
 * that is many objects and, since each may have been linked to each, their square in flows. Folded, an
 * object stands for everything that can be reached beyond one dereference; blurred, the words of an
 * object are one, too. What a parameter points to and what is found there always stay apart: a callee
 * that copies *p does not keep p.
 *
 *     not folded:  p->next <- p->next->next,  p->next->next <- p, ...      (hundreds)
 *     folded:      p->next <- p->next, p->next <- p      p->next stands for all that is behind p
 *
 * The merge of several summaries (of all functions an indirect call may reach) is a set of flows that
 * only grows: summaries are added as they are made, in time linear in their size, and when there are
 * more than MAX_FLOWS the merge folds, then blurs itself. Then at most a few flows a
 * pair of parameters are left, so it grows a bounded number of times and the fixpoint over functions
 * that call one another through pointers comes quickly.
 *
 * Sound: a folded object is the union of what it stands for; functions and read-only data become the
 * world, through which every function whose address is taken can be called; offsets become unknown.
 */
#include "summary.h"

#include <stdlib.h>

enum { MAX_FLOWS = 96 }; /* flows before a merge folds itself; twice that, once folded */

struct esc_merge {
    struct esc_summary *s; /* what has been added */
    struct map objs;       /* key of an object -> its index in s */
    struct map flows;      /* hash of a flow -> its index in s */
    enum fold fold;        /* how much it tells apart */
};

struct esc_merge *merge_new_folded(enum fold fold)
{
    struct esc_merge *m = calloc(1, sizeof *m);
    if (!m || !(m->s = calloc(1, sizeof *m->s)))
        abort();
    m->fold = fold;
    return m;
}

void merge_free(struct esc_merge *m)
{
    if (!m)
        return;
    summary_free(m->s);
    map_free(&m->objs);
    map_free(&m->flows);
    free(m);
}

const struct esc_summary *merge_summary(const struct esc_merge *m)
{
    return m->s;
}

static uint64_t hash(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static bool equal_objs(const struct sum_obj *a, const struct sum_obj *b)
{
    return a->kind == b->kind && a->depth == b->depth && a->id == b->id && a->off == b->off &&
           (a->depth == 0 || a->parent == b->parent);
}

/* The index of object O; its parent is an index of the merge already. */
static uint32_t intern_obj(struct esc_merge *m, struct sum_obj o)
{
    uint64_t key = hash(hash(hash(o.kind, o.depth), o.id), (uint32_t)o.off);
    key = hash(key, o.depth ? o.parent : UINT32_MAX);
    uint32_t i = map_get(&m->objs, key);
    for (; i != MAP_NONE && i < m->s->objs.len; i++)
        if (equal_objs(&m->s->objs.at[i], &o))
            return i;
    i = m->s->objs.len;
    if (o.depth == 0)
        o.parent = i;
    vec_push(&m->s->objs, o);
    if (map_get(&m->objs, key) == MAP_NONE)
        map_set(&m->objs, key, i);
    return i;
}

/* True if the flow is new. Two flows of one hash are told apart by a search, which never happens. */
static bool intern_flow(struct esc_merge *m, struct sum_flow f)
{
    uint64_t key = hash(hash(hash(f.target, f.to), (uint32_t)f.to_off), f.from);
    key = hash(key, (uint32_t)f.from_off);
    uint32_t i = map_get(&m->flows, key);
    for (; i != MAP_NONE && i < m->s->flows.len; i++) {
        const struct sum_flow *x = &m->s->flows.at[i];
        if (x->target == f.target && x->to == f.to && x->to_off == f.to_off && x->from == f.from &&
            x->from_off == f.from_off)
            return false;
    }
    if (map_get(&m->flows, key) == MAP_NONE)
        map_set(&m->flows, key, m->s->flows.len);
    vec_push(&m->s->flows, f);
    return true;
}

/* ---- adding ---- */

/* Where the parts of the summary being added are in the merge. */
struct adding {
    struct esc_merge *m;
    const struct esc_summary *from;
    bool grew;      /* something was new */
    uint32_t *obj;  /* its object -> ours */
    uint32_t *call; /* its call -> ours; MAX_CALLS: one too many */
};

static uint32_t add_object(struct adding *a, uint32_t i)
{
    struct esc_merge *m = a->m;
    struct sum_obj o = a->from->objs.at[i];
    bool folded = m->fold != NOT_FOLDED;
    if (o.kind == OBJ_POINTEE) {
        if (folded && o.depth > 1) { /* everything beyond is one */
            uint32_t up = add_object(a, o.parent);
            a->grew |= intern_flow(m, (struct sum_flow){TO_CHILD, up, ESC_ANY, up, 0});
            return up;
        }
        if (o.depth)
            o.parent = add_object(a, o.parent);
        if (m->fold == BLURRED)
            o.off = ESC_ANY;
    } else if (o.kind == OBJ_ANSWER || o.kind == OBJ_BEYOND) {
        o.id = a->call[o.id];
        if (o.id == MAX_CALLS)
            o = (struct sum_obj){.kind = OBJ_WORLD};
    } else if (folded && (o.kind == OBJ_FUNC || o.kind == OBJ_DATA)) {
        o = (struct sum_obj){.kind = OBJ_WORLD};
    }
    return intern_obj(m, o);
}

bool summary_of_arguments(const struct esc_summary *s)
{
    for (uint32_t i = 0; i < s->objs.len; i++)
        if (s->objs.at[i].kind == OBJ_FRESH)
            return false;
    return s->calls.len == 0;
}

bool summary_same_form(const struct sum_call *a, const struct sum_call *b)
{
    if (a->nargs != b->nargs || a->nresult != b->nresult || a->signature != b->signature ||
        a->targets != b->targets)
        return false;
    for (uint32_t i = 0; i < a->nargs; i++)
        if (a->arg_words[i] != b->arg_words[i] || a->arg_flags[i] != b->arg_flags[i])
            return false;
    return true;
}

static uint32_t add_call(struct esc_merge *m, const struct sum_call *c, bool *grew)
{
    for (uint32_t i = 0; i < m->s->calls.len; i++)
        if (summary_same_form(&m->s->calls.at[i], c))
            return i;
    if (m->s->calls.len == MAX_CALLS)
        return MAX_CALLS;
    struct sum_call copy = *c;
    copy.arg_words = calloc(c->nargs + 1, sizeof *copy.arg_words);
    copy.arg_flags = calloc(c->nargs + 1, sizeof *copy.arg_flags);
    if (!copy.arg_words || !copy.arg_flags)
        abort();
    for (uint32_t i = 0; i < c->nargs; i++) {
        copy.arg_words[i] = c->arg_words[i];
        copy.arg_flags[i] = c->arg_flags[i];
    }
    vec_push(&m->s->calls, copy);
    *grew = true;
    return m->s->calls.len - 1;
}

static bool add_flow(struct adding *a, struct sum_flow f)
{
    struct esc_merge *m = a->m;
    f.from = a->obj[f.from];
    if (f.target == TO_CHILD) {
        f.to = a->obj[f.to];
        if (m->s->objs.at[f.from].kind == OBJ_WORLD || m->s->objs.at[f.to].kind == OBJ_WORLD)
            return false;
        if (m->fold != NOT_FOLDED && f.to == f.from)
            f.to_off = ESC_ANY;
        return intern_flow(m, f);
    }
    if (m->fold != NOT_FOLDED && m->s->objs.at[f.from].kind != OBJ_WORLD)
        f.from_off = ESC_ANY;
    if (f.target == TO_CELL) {
        f.to = a->obj[f.to];
        if (m->fold == BLURRED)
            f.to_off = ESC_ANY;
        if (m->s->objs.at[f.to].kind == OBJ_WORLD)
            f = (struct sum_flow){TO_LEAK, 0, 0, f.from, f.from_off};
    } else if (f.target == TO_FP || f.target == TO_ARG) {
        f.to = a->call[f.to];
        if (f.to == MAX_CALLS && f.target == TO_FP)
            return false;
        if (f.to == MAX_CALLS)
            f = (struct sum_flow){TO_LEAK, 0, 0, f.from, f.from_off};
    } else if (f.target == TO_RESULT && m->fold != NOT_FOLDED) {
        f.to_off = ESC_ANY;
    }
    if (m->s->objs.at[f.from].kind == OBJ_WORLD)
        f.from_off = 0;
    return intern_flow(m, f);
}

static bool add_all(struct esc_merge *m, const struct esc_summary *s)
{
    struct adding a = {.m = m, .from = s};
    a.obj = malloc((s->objs.len + 1) * sizeof *a.obj);
    a.call = malloc((s->calls.len + 1) * sizeof *a.call);
    if (!a.obj || !a.call)
        abort();
    for (uint32_t i = 0; i < s->calls.len; i++)
        a.call[i] = add_call(m, &s->calls.at[i], &a.grew);
    for (uint32_t i = 0; i < s->objs.len; i++)
        a.obj[i] = add_object(&a, i);
    for (uint32_t i = 0; i < s->flows.len; i++)
        a.grew |= add_flow(&a, s->flows.at[i]);
    free(a.obj);
    free(a.call);
    return a.grew;
}

/* Adds M's own flows to an empty merge of fewer dereferences. */
static void fold(struct esc_merge *m, enum fold how)
{
    struct esc_merge *less = merge_new_folded(how);
    add_all(less, m->s);
    struct esc_merge old = *m;
    *m = *less;
    *less = old;
    merge_free(less);
}

bool merge_add(struct esc_merge *m, const struct esc_summary *s)
{
    bool grew = add_all(m, s);
    if (m->s->flows.len > MAX_FLOWS && m->fold < FOLDED)
        fold(m, FOLDED);
    if (m->s->flows.len > 2 * MAX_FLOWS && m->fold < BLURRED)
        fold(m, BLURRED);
    return grew;
}

struct esc_merge *merge_new(void)
{
    return merge_new_folded(NOT_FOLDED);
}

static struct esc_summary *take(struct esc_merge *m)
{
    struct esc_summary *s = m->s;
    m->s = NULL;
    merge_free(m);
    return s;
}

struct esc_summary *summary_union(const struct esc_summary *a, const struct esc_summary *b)
{
    struct esc_merge *m = merge_new();
    add_all(m, a);
    add_all(m, b);
    return take(m);
}

struct esc_summary *summary_fold(const struct esc_summary *s, enum fold how)
{
    struct esc_merge *m = merge_new_folded(how);
    add_all(m, s);
    return take(m);
}

const struct esc_summary *summary_blurred(struct esc_summary **blurred, const struct esc_summary *s)
{
    if (!*blurred) {
        *blurred = summary_fold(s, BLURRED);
        summary_order(*blurred);
    }
    return *blurred;
}

bool summary_blur_again(struct esc_summary **blurred, const struct esc_summary *s)
{
    struct esc_summary *old = *blurred;
    *blurred = NULL;
    if (!old)
        return true;
    bool changed = !summary_same(old, summary_blurred(blurred, s));
    summary_free(old);
    return changed;
}
