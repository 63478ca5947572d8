/* Writing summaries: a solved unit's functions as the text that summary_io.h shows.
 *
 * Only what other units can rely on is written: functions of external linkage whose body certainly is
 * the one that runs. Their summaries have been put into the terms of other units (summary_export.c).
 *
 * An exit state speaks of static data by name. Where two static variables of the unit share one, a
 * name would say too little, and the function's exit state is not written.
 *
 * Linear in the size of the summaries.
 */
#include "summary_io.h"

#include "held.h"
#include "summary.h"
#include "summary_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_number(struct text *t, int32_t number)
{
    if (number == ESC_ANY)
        text_put(t, " *");
    else
        text_put(t, " %" PRId32, number);
}

/* ---- summaries ---- */

static void put_object(struct text *t, const struct esc_unit *u, const struct sum_obj *o)
{
    static const char *const kinds[] = {[OBJ_WORLD] = "world",
                                        [OBJ_FRESH] = "fresh",
                                        [OBJ_FUNC] = "function",
                                        [OBJ_ANSWER] = "answer",
                                        [OBJ_BEYOND] = "beyond"};
    if (o->kind != OBJ_POINTEE)
        text_put(t, "object %s", kinds[o->kind]);
    if (o->kind == OBJ_FUNC)
        text_put(t, " %s", u->syms.at[o->id].name);
    else if (o->kind == OBJ_ANSWER || o->kind == OBJ_BEYOND)
        text_put(t, " %" PRIu32, o->id);
    else if (o->kind == OBJ_POINTEE && o->depth)
        text_put(t, "object behind %" PRIu32 " %d", o->parent, o->depth);
    else if (o->kind == OBJ_POINTEE)
        text_put(t, "object param %" PRIu32, o->id);
    if (o->kind == OBJ_POINTEE)
        put_number(t, o->off);
    text_put(t, "\n");
}

static void put_flow(struct text *t, const struct sum_flow *f)
{
    uint8_t target = f->target;
    text_put(t, "%s", text_targets[target]);
    if (target == TO_CELL || target == TO_CHILD || target == TO_FP || target == TO_ARG)
        text_put(t, " %" PRIu32, f->to);
    if (target == TO_RESULT || target == TO_CELL || target == TO_CHILD || target == TO_ARG)
        put_number(t, f->to_off);
    text_put(t, " %" PRIu32, f->from);
    put_number(t, f->from_off);
    text_put(t, "\n");
}

static void put_summary(struct text *t, const struct esc_unit *u, const struct esc_summary *all)
{
    struct esc_summary *s = summary_exported(u, all);
    for (uint32_t i = 0; i < s->calls.len; i++) {
        const struct sum_call *c = &s->calls.at[i];
        text_put(t, "call %" PRIx32 " %" PRIu32 " %" PRIu32, c->signature, c->nresult, c->nargs);
        for (uint32_t k = 0; k < c->nargs; k++)
            text_put(t, " %d:%x", c->arg_words[k], c->arg_flags[k]);
        text_put(t, "\n");
    }
    for (uint32_t i = 0; i < s->objs.len; i++)
        put_object(t, u, &s->objs.at[i]);
    for (uint32_t i = 0; i < s->flows.len; i++)
        put_flow(t, &s->flows.at[i]);
    summary_free(s);
}

/* ---- exit states ---- */

static bool can_name(const struct esc_unit *u, const struct map *names, uint32_t sym)
{
    const struct esc_symbol *s = &u->syms.at[sym];
    return text_is_name(s->name) && ((s->kind == ESC_SYM_FUNC) || !(s->flags & ESC_SYM_LOCAL) ||
                                     map_get(names, map_hash_string(s->name)) == 1);
}

static bool registrar(const struct esc_exit_state *x, const struct exit_fact *f)
{
    return x->places.at[f->place].kind == EXIT_REGISTERED;
}

static bool can_tell(const struct esc_unit *u, const struct map *names,
                     const struct esc_exit_state *x)
{
    for (uint32_t i = 0; i < x->places.len; i++)
        if (x->places.at[i].kind == EXIT_SYMBOL && !can_name(u, names, x->places.at[i].id))
            return false;
    for (uint32_t i = 0; i < x->facts.len; i++) {
        const struct exit_fact *f = &x->facts.at[i];
        if (registrar(x, f) &&
            ((uint32_t)f->off >= u->syms.len || !can_name(u, names, (uint32_t)f->off)))
            return false;
    }
    return true;
}

static void put_place(struct text *t, const struct esc_unit *u, const struct exit_place *p)
{
    switch (p->kind) {
    case EXIT_RESULT:
        text_put(t, "place result");
        break;
    case EXIT_REGISTERED:
        text_put(t, "place kept");
        break;
    case EXIT_FRESH:
        text_put(t, "place fresh %" PRIu32, p->id);
        break;
    case EXIT_SYMBOL: {
        const struct esc_symbol *s = &u->syms.at[p->id];
        bool local = s->flags & ESC_SYM_LOCAL, function = s->kind == ESC_SYM_FUNC;
        text_put(t, "place %s%s %s", local ? "static-" : "", function ? "function" : "data",
                 s->name);
        break;
    }
    default:
        if (p->depth)
            text_put(t, "place behind %" PRIu32 " %d", p->parent, p->depth);
        else
            text_put(t, "place param %" PRIu32, p->id);
        put_number(t, p->off);
    }
    text_put(t, "\n");
}

static void put_fact(struct text *t, const struct esc_unit *u, const struct esc_exit_state *x,
                     const struct exit_fact *f)
{
    text_put(t, "fact %" PRIu32, f->place);
    if (registrar(x, f))
        text_put(t, " %s", u->syms.at[f->off].name);
    else
        put_number(t, f->off);
    if (f->target == HELD_BEFORE)
        text_put(t, " before");
    else if (f->target >= HELD_NOTHING)
        text_put(t, " nothing");
    else
        text_put(t, " %" PRIu32, f->target);
    put_number(t, f->target_off);
    text_put(t, f->open ? " open" : f->hidden ? " hidden" : " -");
    if (f->when)
        text_put(t, " %s %" PRId32, text_relations[f->relation], f->value);
    else
        text_put(t, " always");
    for (uint8_t i = 0; i < f->nifs; i++)
        text_put(t, " if %" PRIu32 " %" PRIu32 " %s %" PRId32, f->ifs[i].param, f->ifs[i].word,
                 text_relations[f->ifs[i].relation], f->ifs[i].value);
    text_put(t, "\n");
}

static void put_exit(struct text *t, const struct esc_unit *u, const struct esc_exit_state *x)
{
    bool calls = x->calls_out || x->ends; /* who is called may end it */
    text_put(t, "exit %s\n",
             x->writes && calls ? "writes,calls"
             : x->writes        ? "writes"
             : calls            ? "calls"
                                : "-");
    for (uint32_t i = 0; i < x->places.len; i++)
        put_place(t, u, &x->places.at[i]);
    for (uint32_t i = 0; i < x->facts.len; i++)
        put_fact(t, u, x, &x->facts.at[i]);
}

/* ---- functions ---- */

static bool is_exported(const struct esc_unit *u, const struct esc_fn *f)
{
    const struct esc_symbol *s = &u->syms.at[f->sym];
    return f->summary && f->nparams <= TEXT_MAX_PARAMS && text_is_public(s) &&
           !(s->flags & (ESC_SYM_REPLACE | ESC_SYM_CHOSEN)) && s->also == UINT32_MAX &&
           strcmp(s->name, "main") != 0;
}

static void put_head(struct text *t, const struct esc_symbol *s, const struct esc_fn *f)
{
    text_put(t, "function %s %" PRIx32 " %" PRIu32 "\n", s->name, s->signature, f->nparams);
    for (uint32_t i = 0; i < f->nparams; i++) {
        uint32_t flags = f->vars.at[i].flags;
        text_put(t, "param %s\n", flags & ESC_VARARGS ? "v" : flags & ESC_CHAIN ? "c" : "-");
    }
}

void text_put_function(struct text *t, struct esc_unit *u, const struct map *names,
                       struct esc_fn *f)
{
    const struct esc_exit_state *x = held_exit_of(u, f, 0);
    put_head(t, &u->syms.at[f->sym], f);
    put_summary(t, u, f->summary);
    if (x && can_tell(u, names, x))
        put_exit(t, u, x);
    text_put(t, "end\n");
}

/* F's record as it is written: of a bounded size, and no less than OLD, if units are to come to rest. */
static struct esc_export export_function(struct text *t, struct esc_unit *u,
                                         const struct map *names, struct esc_fn *f,
                                         const struct text_old *old, unsigned round)
{
    const struct esc_symbol *s = &u->syms.at[f->sym];
    bool blurs = round >= BLUR_ROUND;
    struct esc_merge *m = merge_new_folded(NOT_FOLDED);
    struct esc_summary *now = summary_exported(u, f->summary);
    size_t start = t->size;
    if (old->f.summary)
        merge_add(m, old->f.summary);
    if (merge_add(m, now) && old->f.summary && blurs) {
        merge_free(m);
        m = merge_new_folded(BLURRED);
        merge_add(m, old->f.summary);
        merge_add(m, now);
    }
    summary_free(now);
    put_head(t, s, f);
    put_summary(t, u, merge_summary(m));
    merge_free(m);
    struct esc_export out = {s->name, text_hash(t->at + start, t->size - start)};
    const struct esc_exit_state *x = held_exit_of(u, f, 0);
    size_t exit = t->size;
    if (x && can_tell(u, names, x))
        put_exit(t, u, x);
    if (blurs && old->f.summary &&
        (t->size - exit != old->exit_size || memcmp(t->at + exit, old->exit, old->exit_size) != 0))
        t->size = exit; /* it will not settle: nothing is known of it */
    text_put(t, "end\n");
    return out;
}

uint32_t esc_summaries_text(struct esc_unit *u, struct esc_store *store, unsigned round,
                            const char *file, char **text, size_t *size,
                            struct esc_export **exports)
{
    struct text t = {0};
    struct map names = {0};
    struct esc_export *out = malloc((u->fns.len + 1) * sizeof *out);
    uint32_t n = 0;
    if (!out)
        abort();
    for (uint32_t i = 0; i < u->syms.len; i++) {
        const struct esc_symbol *s = &u->syms.at[i];
        if (s->kind != ESC_SYM_DATA || !(s->flags & ESC_SYM_LOCAL))
            continue;
        uint64_t key = map_hash_string(s->name);
        uint32_t had = map_get(&names, key);
        map_set(&names, key, had == MAP_NONE ? 1 : had + 1);
    }
    text_put(&t, "%s", "");
    for (uint32_t i = 0; i < u->fns.len; i++) {
        struct esc_fn *f = u->fns.at[i];
        struct text_old old = {0};
        if (!is_exported(u, f))
            continue;
        if (store && round >= WIDEN_ROUND)
            store_old(store, file, u, f, &old);
        out[n++] = export_function(&t, u, &names, f, &old, round);
        text_function_free(&old.f);
    }
    map_free(&names);
    *text = t.at;
    *size = t.size;
    *exports = out;
    return n;
}
