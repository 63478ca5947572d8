/* What a function leaves behind if it is told which function a parameter points to.
 *
 *     void apply(void (*f)(int *), int *v) { f(v); }
 *     apply(set_global, &x);
 *
 * By itself apply calls nobody knows whom, and its exit state says so. For a call that hands it a
 * function of this unit, it is looked at again with that parameter standing for that function: then
 * the call inside is one of set_global, and the exit state that of this apply alone.
 *
 * That happens only for functions that call through a parameter (exit states note through which), for
 * one parameter at a time and for at most MAX_GIVEN functions each; what was found is kept beside the
 * general exit state. So the cost is bounded by a constant times that of the general ones.
 */
#include "held.h"

#include <stdlib.h>

enum { MAX_GIVEN = 6 };

/* The exit state of a function whose parameter PARAM is the function SYM. */
struct esc_exit_given {
    uint32_t param, sym;
    struct esc_exit_state *exit;
};

void held_calls_param(struct held *h, const struct target *t)
{
    if (held_kind(h, t->obj) != OBJ_POINTEE || t->off != 0)
        return;
    const struct held_obj *o = &h->objs.at[t->obj];
    if (o->depth == 0 && o->off == 0 && o->id < HELD_MAX_PARAMS)
        h->calls_params |= UINT64_C(1) << o->id;
}

/* The function that argument ARG of the call STMT is, or ESC_NOVAR. If it is a parameter of the
 * caller, the caller calls through that one. */
static uint32_t function_given(struct held *h, uint32_t stmt, uint32_t arg)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    struct targets l;
    l.len = 0;
    if (arg >= s->n)
        return ESC_NOVAR;
    held_value(h, &s->refs[arg], 0, &l, stmt);
    if (l.len != 1 || l.at[0].merge != HELD_NO_BLOCK)
        return ESC_NOVAR;
    held_calls_param(h, &l.at[0]);
    uint32_t sym = l.at[0].obj & ~(uint32_t)HELD_SYM;
    if (l.at[0].obj < HELD_SYM || l.at[0].obj >= HELD_NOTHING || l.at[0].off != 0 ||
        h->u->syms.at[sym].kind != ESC_SYM_FUNC)
        return ESC_NOVAR;
    return sym;
}

static const struct esc_exit_state *look_up(struct held *h, struct esc_fn *f, uint32_t param,
                                            uint32_t sym)
{
    for (uint32_t i = 0; i < f->exit->given.len; i++)
        if (f->exit->given.at[i]->param == param && f->exit->given.at[i]->sym == sym)
            return f->exit->given.at[i]->exit;
    if (f->exit->given.len == MAX_GIVEN || h->depth >= HELD_MAX_WAITING)
        return NULL;
    struct esc_exit_given *g = malloc(sizeof *g);
    if (!g)
        abort();
    *g = (struct esc_exit_given){param, sym, NULL};
    vec_push(&f->exit->given, g); /* while it is looked at, nothing is known of it */
    g->exit = held_look_given(h->u, f, h->depth + 1, param, sym);
    return g->exit;
}

const struct esc_exit_state *held_exit_given(struct held *h, uint32_t stmt, struct esc_fn *f,
                                             const struct esc_exit_state *general)
{
    for (uint32_t p = 0; p < f->nparams && p < HELD_MAX_PARAMS; p++) {
        if (!(general->calls_params >> p & 1))
            continue;
        uint32_t sym = function_given(h, stmt, p);
        const struct esc_exit_state *x =
            sym == ESC_NOVAR || f->elsewhere || f == h->f ? NULL : look_up(h, f, p, sym);
        if (x && !x->unknown)
            return x;
    }
    return general;
}

void held_free_given(struct esc_exit_state *x)
{
    for (uint32_t i = 0; i < x->given.len; i++) {
        exit_state_free(x->given.at[i]->exit);
        free(x->given.at[i]);
    }
    vec_free(&x->given);
}
