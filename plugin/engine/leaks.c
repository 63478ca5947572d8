/* Leaks: the summary of a parameter in the words of Go's -m.
 *
 *     leaking param: p                      p itself reaches memory that outlives the call
 *     leaking param content: p              only something that p points to does
 *     leaking param: p to result level=1    *p is returned
 *     leaking param: p to param q level=0   p is stored in what q points to
 *
 * Levels count dereferences, as in Go; what flows into an object that the function made and hands
 * out counts as leaking to the heap. Linear in the size of the summary.
 */
#include "summary.h"

/* Leaks found so far; of several to one destination the shallowest counts, as in Go. */
struct leaks {
    struct esc_leak *out; /* the caller's array */
    uint32_t max, n;      /* its size; how many leaks there are */
};

static void add(struct leaks *l, struct esc_leak leak)
{
    for (uint32_t i = 0; i < l->n && i < l->max; i++)
        if (l->out[i].kind == leak.kind && l->out[i].to == leak.to) {
            if (leak.level < l->out[i].level)
                l->out[i].level = leak.level;
            return;
        }
    if (l->n < l->max)
        l->out[l->n] = leak;
    l->n++;
}

/* What is put back where it was found is nothing to speak of. */
static bool put_back(const struct sum_flow *f, const struct sum_obj *from)
{
    return from->depth && from->parent == f->to && f->from_off == 0 && from->off != ESC_ANY &&
           f->to_off == from->off * ESC_WORD;
}

/* Whether a function nobody knows keeps argument ARG of call C. A call left to the caller may be of
 * one, and what it does with the argument is not known to be less. */
static bool unknown_keeps(const struct esc_fn *f, const struct sum_call *c, uint32_t arg)
{
    bool fn = false, data = false;
    uint16_t flags = c->arg_flags[arg];
    for (uint32_t i = 0; i < c->nargs; i++) {
        fn |= (c->arg_flags[i] & ESC_REF_FNPTR) != 0;
        data |= (c->arg_flags[i] & ESC_REF_VOIDP) != 0;
    }
    if (flags & (ESC_REF_BORROW | ESC_REF_KEEP))
        return flags & ESC_REF_KEEP;
    return f->unit->opt.extern_keeps || (fn && data && (flags & (ESC_REF_FNPTR | ESC_REF_VOIDP)));
}

uint32_t esc_fn_leaks(const struct esc_fn *f, uint32_t param, struct esc_leak *out, uint32_t max)
{
    const struct esc_summary *s = f->summary;
    struct leaks l = {out, max, 0};
    uint32_t heap = UINT32_MAX; /* the shallowest level that reaches the heap */
    if (!s)
        return 0;
    for (uint32_t i = 0; i < s->flows.len; i++) {
        const struct sum_flow *fl = &s->flows.at[i];
        const struct sum_obj *from = &s->objs.at[fl->from];
        if (from->kind != OBJ_POINTEE || from->id != param)
            continue;
        bool leaks =
            fl->target == TO_LEAK ||
            (fl->target == TO_CELL && (s->objs.at[fl->to].kind != OBJ_POINTEE ||
                                       (f->vars.at[s->objs.at[fl->to].id].flags & ESC_CHAIN))) ||
            (fl->target == TO_ARG &&
             unknown_keeps(f, &s->calls.at[fl->to], (uint32_t)fl->to_off / MAX_ARG_WORDS));
        if (leaks && from->depth < heap)
            heap = from->depth;
    }
    if (heap == 0)
        add(&l, (struct esc_leak){ESC_LEAK_HEAP, 0, 0});
    else if (heap != UINT32_MAX)
        add(&l, (struct esc_leak){ESC_LEAK_CONTENT, 0, 0});
    for (uint32_t i = 0; i < s->flows.len; i++) {
        const struct sum_flow *fl = &s->flows.at[i];
        const struct sum_obj *from = &s->objs.at[fl->from];
        if (from->kind != OBJ_POINTEE || from->id != param || from->depth >= heap)
            continue;
        if (fl->target == TO_RESULT)
            add(&l, (struct esc_leak){ESC_LEAK_RESULT, from->depth, 0});
        else if (fl->target == TO_CELL && s->objs.at[fl->to].kind == OBJ_POINTEE &&
                 fl->to != fl->from && !put_back(fl, from))
            add(&l, (struct esc_leak){ESC_LEAK_PARAM, from->depth, s->objs.at[fl->to].id});
    }
    return l.n;
}
