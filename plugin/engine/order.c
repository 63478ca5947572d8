/* Summaries in order: two that say the same are the same.
 *
 * A graph finds its objects in the order its worklist takes, which says nothing. Here they are sorted by how
 * far and by which path they are reached, and flows by what they say; so that a summary which is
 * made again is only taken to have grown if it has.
 */
#include "summary.h"

#include <stdlib.h>

int summary_compare_flows(const void *pa, const void *pb)
{
    const struct sum_flow *a = pa, *b = pb;
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    if (a->to_off != b->to_off)
        return a->to_off < b->to_off ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->from_off > b->from_off) - (a->from_off < b->from_off);
}

void summary_sort(struct esc_summary *s)
{
    if (!s->flows.len)
        return;
    qsort(s->flows.at, s->flows.len, sizeof *s->flows.at, summary_compare_flows);
    uint32_t n = 1;
    for (uint32_t i = 1; i < s->flows.len; i++)
        if (summary_compare_flows(&s->flows.at[n - 1], &s->flows.at[i]) != 0)
            s->flows.at[n++] = s->flows.at[i];
    s->flows.len = n;
}

/* What an object is sorted by among those that have as many above them. */
struct place {
    struct sum_obj obj; /* its parent already by the new number */
    uint32_t old;       /* its number before */
};

static int compare_places(const void *pa, const void *pb)
{
    const struct sum_obj *a = &((const struct place *)pa)->obj,
                         *b = &((const struct place *)pb)->obj;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    if (a->depth && a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    return (a->off > b->off) - (a->off < b->off);
}

/* Sorts the N objects of one level, makes equal ones one, and notes their numbers from FIRST on; how
 * many are left. */
static uint32_t number_places(struct place *places, uint32_t n, uint32_t first, uint32_t *number)
{
    uint32_t kept = 0;
    if (n)
        qsort(places, n, sizeof *places, compare_places);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || compare_places(&places[kept - 1], &places[i]) != 0)
            places[kept++] = places[i];
        number[places[i].old] = first + kept - 1;
    }
    return kept;
}

/* What held an object's address in some word need not be said to have held it in a known one. */
static void drop_implied(struct esc_summary *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->flows.len; i++) {
        struct sum_flow f = s->flows.at[i], any = f;
        const struct sum_obj *o = &s->objs.at[f.to];
        any.to_off = ESC_ANY;
        bool first = f.target == TO_CHILD && o->parent == f.from && o->depth;
        if (f.target == TO_CHILD &&
            ((first && (o->off == ESC_ANY || o->off * ESC_WORD == f.to_off)) ||
             (f.to_off != ESC_ANY &&
              bsearch(&any, s->flows.at, n, sizeof any, summary_compare_flows))))
            continue;
        s->flows.at[n++] = f;
    }
    s->flows.len = n;
}

void summary_order(struct esc_summary *s)
{
    uint32_t *number = calloc(s->objs.len + 1u, sizeof *number), n = 0;
    uint32_t *above = calloc(s->objs.len + 1u, sizeof *above);
    struct place *places = calloc(s->objs.len + 1u, sizeof *places);
    if (!number || !above || !places)
        abort();
    for (uint32_t i = 0; i < s->objs.len; i++)
        if (s->objs.at[i].kind == OBJ_POINTEE && s->objs.at[i].depth)
            above[i] = above[s->objs.at[i].parent] + 1;
    for (uint32_t level = 0, left = s->objs.len; left; level++) {
        uint32_t here = 0;
        for (uint32_t i = 0; i < s->objs.len; i++) {
            struct sum_obj o = s->objs.at[i];
            if (above[i] != level)
                continue;
            o.parent = number[o.parent];
            places[n + here++] = (struct place){o, i};
        }
        left -= here;
        n += number_places(places + n, here, n, number);
    }
    s->objs.len = n;
    for (uint32_t i = 0; i < n; i++) {
        s->objs.at[i] = places[i].obj;
        if (s->objs.at[i].kind != OBJ_POINTEE || s->objs.at[i].depth == 0)
            s->objs.at[i].parent = i;
    }
    for (uint32_t i = 0; i < s->flows.len; i++) {
        struct sum_flow *f = &s->flows.at[i];
        f->from = number[f->from];
        if (f->target == TO_CELL || f->target == TO_CHILD)
            f->to = number[f->to];
    }
    summary_sort(s);
    drop_implied(s);
    free(number);
    free(above);
    free(places);
}

bool summary_same(const struct esc_summary *a, const struct esc_summary *b)
{
    if (!a || a->objs.len != b->objs.len || a->flows.len != b->flows.len ||
        a->calls.len != b->calls.len)
        return false;
    for (uint32_t i = 0; i < a->objs.len; i++) {
        const struct sum_obj *x = &a->objs.at[i], *y = &b->objs.at[i];
        if (x->kind != y->kind || x->id != y->id || x->parent != y->parent || x->off != y->off)
            return false;
    }
    for (uint32_t i = 0; i < a->flows.len; i++)
        if (summary_compare_flows(&a->flows.at[i], &b->flows.at[i]) != 0)
            return false;
    return true;
}
