/* A summary as other units may know it, in an order that depends on nothing but what it says.
 *
 * What has no name out there turns into what stands for it: a static function or read-only data into
 * the world (as in fold.c), since any other unit can only treat its address as an unknown one. A call
 * that is left to the caller has been carried out already for the functions of this unit, so these are
 * left out of what it may be of. Objects that nothing mentions are dropped.
 *
 * The order matters because units wait for one another's summaries to change no more: objects are
 * sorted by what they are, those behind others level by level, and flows by their numbers.
 *
 * O(n log n) in the size of the summary.
 */
#include "summary_text.h"

#include "targets.h"

#include <stdlib.h>
#include <string.h>

bool text_is_public(const struct esc_symbol *s)
{
    return !(s->flags & ESC_SYM_LOCAL) && text_is_name(s->name);
}

/* Whether summary object O is the world to other units. */
static bool is_world(const struct esc_unit *u, const struct sum_obj *o)
{
    bool named = o->kind == OBJ_FUNC && text_is_public(&u->syms.at[o->id]);
    return o->kind != OBJ_POINTEE && o->kind != OBJ_ANSWER && o->kind != OBJ_BEYOND &&
           o->kind != OBJ_FRESH && !named;
}

/* What an object is sorted by, field by field. */
struct key {
    uint8_t kind;     /* enum obj_kind */
    const char *name; /* FUNC: of the symbol; else "" */
    uint32_t of;      /* POINTEE: parameter, or number of the parent; ANSWER, BEYOND: call */
    int32_t off;      /* POINTEE */
    uint8_t depth;    /* POINTEE */
    uint32_t old;     /* its number before; not compared */
};

static int compare_keys(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;
    int names = strcmp(a->name, b->name);
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (names != 0)
        return names;
    if (a->of != b->of)
        return a->of < b->of ? -1 : 1;
    if (a->off != b->off)
        return a->off < b->off ? -1 : 1;
    return (a->depth > b->depth) - (a->depth < b->depth);
}

struct exporter {
    const struct esc_unit *u;
    const struct esc_summary *from;
    struct esc_summary *to;
    bool *mentioned;  /* by old number: some flow, or a mentioned object's path, needs it */
    uint32_t *number; /* by old number: the new one */
    uint32_t *level;  /* by old number: objects on the way to it */
};

static struct key key_of(const struct exporter *e, uint32_t i)
{
    const struct sum_obj *o = &e->from->objs.at[i];
    struct key k = {.kind = is_world(e->u, o) ? OBJ_WORLD : o->kind, .name = "", .old = i};
    if (k.kind == OBJ_FUNC)
        k.name = e->u->syms.at[o->id].name;
    if (k.kind == OBJ_ANSWER || k.kind == OBJ_BEYOND)
        k.of = o->id;
    if (k.kind == OBJ_POINTEE) {
        k.of = o->depth ? e->number[o->parent] : o->id;
        k.off = o->off;
        k.depth = o->depth;
    }
    return k;
}

/* The mentioned objects of one level, in order; equal ones become one. */
static void export_level(struct exporter *e, uint32_t level)
{
    VEC(struct key) keys = {0};
    for (uint32_t i = 0; i < e->from->objs.len; i++)
        if (e->mentioned[i] && e->level[i] == level)
            vec_push(&keys, key_of(e, i));
    if (keys.len)
        qsort(keys.at, keys.len, sizeof *keys.at, compare_keys);
    for (uint32_t i = 0; i < keys.len; i++) {
        struct sum_obj o = e->from->objs.at[keys.at[i].old];
        if (i == 0 || compare_keys(&keys.at[i - 1], &keys.at[i]) != 0) {
            uint32_t at = e->to->objs.len;
            if (keys.at[i].kind == OBJ_WORLD)
                o = (struct sum_obj){.kind = OBJ_WORLD};
            o.parent = o.kind == OBJ_POINTEE && o.depth ? e->number[o.parent] : at;
            vec_push(&e->to->objs, o);
        }
        e->number[keys.at[i].old] = e->to->objs.len - 1;
    }
    vec_free(&keys);
}

/* Flow F as other units may know it; false: they need not. */
static bool export_flow(const struct exporter *e, struct sum_flow *f)
{
    bool from = is_world(e->u, &e->from->objs.at[f->from]);
    bool to =
        (f->target == TO_CELL || f->target == TO_CHILD) && is_world(e->u, &e->from->objs.at[f->to]);
    if (f->target == TO_CELL && to)
        *f = (struct sum_flow){TO_LEAK, 0, 0, f->from, f->from_off};
    if (from && (f->target <= TO_FREED || f->target == TO_CHILD))
        return false;
    if (f->target == TO_CHILD && to)
        return false;
    if (f->target == TO_FP && from && e->from->objs.at[f->from].kind == OBJ_FUNC)
        return false;
    if (from)
        f->from_off = 0;
    return true;
}

static void export_calls(struct exporter *e)
{
    for (uint32_t i = 0; i < e->from->calls.len; i++) {
        struct sum_call c = e->from->calls.at[i];
        uint8_t *words = calloc(c.nargs + 1, sizeof *words);
        uint16_t *flags = calloc(c.nargs + 1, sizeof *flags);
        if (!words || !flags)
            abort();
        memcpy(words, c.arg_words, c.nargs * sizeof *words);
        memcpy(flags, c.arg_flags, c.nargs * sizeof *flags);
        c.arg_words = words;
        c.arg_flags = flags;
        c.targets = TARGETS_ALL; /* a number of this unit's own */
        vec_push(&e->to->calls, c);
    }
}

static void mention(struct exporter *e, uint32_t obj)
{
    const struct sum_obj *o = &e->from->objs.at[obj];
    e->mentioned[obj] = true;
    while (o->kind == OBJ_POINTEE && o->depth && !e->mentioned[o->parent]) {
        e->mentioned[o->parent] = true;
        o = &e->from->objs.at[o->parent];
    }
}

struct esc_summary *summary_exported(const struct esc_unit *u, const struct esc_summary *s)
{
    size_t n = s->objs.len + 1;
    struct exporter e = {u,
                         s,
                         calloc(1, sizeof *e.to),
                         calloc(n, sizeof *e.mentioned),
                         calloc(n, sizeof *e.number),
                         calloc(n, sizeof *e.level)};
    if (!e.to || !e.mentioned || !e.number || !e.level)
        abort();
    uint32_t levels = 1;
    for (uint32_t i = 0; i < s->flows.len; i++) {
        struct sum_flow f = s->flows.at[i];
        if (!export_flow(&e, &f))
            continue;
        mention(&e, f.from);
        if (f.target == TO_CELL || f.target == TO_CHILD)
            mention(&e, f.to);
    }
    for (uint32_t i = 0; i < s->objs.len; i++) {
        const struct sum_obj *o = &s->objs.at[i];
        if (o->kind == OBJ_POINTEE && o->depth)
            e.level[i] = e.level[o->parent] + 1;
        levels = e.level[i] >= levels ? e.level[i] + 1 : levels;
    }
    for (uint32_t level = 0; level < levels; level++)
        export_level(&e, level);
    for (uint32_t i = 0; i < s->flows.len; i++) {
        struct sum_flow f = s->flows.at[i];
        if (!export_flow(&e, &f))
            continue;
        f.from = e.number[f.from];
        if (f.target == TO_CELL || f.target == TO_CHILD)
            f.to = e.number[f.to];
        vec_push(&e.to->flows, f);
    }
    export_calls(&e);
    summary_sort(e.to);
    free(e.mentioned);
    free(e.number);
    free(e.level);
    return e.to;
}
