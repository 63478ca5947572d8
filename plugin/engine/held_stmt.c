/* What a statement does to the facts.
 *
 *     q->buf = p          the word at buf of what q points to holds what p holds
 *     { int x; ... }      at the end of the block x is dead; in a loop, who holds its address at the
 *                         next turn holds that of an earlier life
 *     v[n] = p            by the note in front of it the word n, if n is a known number
 *     va_arg(ap, T *)     the next word of the unnamed arguments
 *
 * In the last round, and along a path, what is used is held against what is dead. Linear in the words
 * that a statement touches and the facts about them. Calls: held_call.c.
 */
#include "held.h"

enum { MAX_INDEX = 100000 };

/* Reading or writing through a pointer to a variable whose block has ended. */
static void check_use(struct held *h, const struct esc_ref *r, uint32_t stmt)
{
    if (r->kind != ESC_MEM)
        return;
    struct targets p;
    p.len = 0;
    h->guessing = true;
    held_pointer(h, r, stmt, &p);
    h->guessing = false;
    for (uint32_t i = 0; i < p.len; i++)
        held_warn_use(h, &p.at[i], stmt);
}

/* Reference R of assignment STMT, with the index that a note tells, if that is a known number. */
static struct esc_ref located(const struct held *h, uint32_t stmt, struct esc_ref r,
                              enum esc_note kind)
{
    const struct esc_stmt *note = r.off == ESC_ANY ? held_note(h, stmt, kind) : NULL;
    int32_t index;
    if (!note || r.kind != ESC_VAR || !held_number(h, &note->refs[0], &index) || index < 0 ||
        index > MAX_INDEX)
        return r;
    int64_t off = note->dst.off + (int64_t)index * note->dst.size;
    if (off + r.size <= INT32_MAX)
        r.off = (int32_t)off;
    return r;
}

static uint32_t word_count(const struct esc_ref *r)
{
    uint32_t n = esc_words(r->off, r->size);
    return n > HELD_MAX_WORDS ? HELD_MAX_WORDS : n;
}

/* What stands somewhere in the object that R reads as a whole. */
static void read_somewhere(struct held *h, const struct esc_ref *r, uint32_t stmt,
                           struct targets *out)
{
    struct targets p;
    p.len = 0;
    if (r->kind == ESC_VAR && !(r->var & ESC_SYM)) /* also of one in SSA form: see do_assign */
        p.at[p.len++] = held_target(r->var, 0, stmt, 0);
    else if (r->kind == ESC_MEM)
        held_pointer(h, r, stmt, &p);
    if (p.len != 1 || !held_is_address(&p.at[0]))
        return;
    uint32_t i = fact_find(&h->now, p.at[0].obj, ESC_ANY);
    for (; i < h->now.len && h->now.at[i].place == p.at[0].obj && h->now.at[i].off == ESC_ANY; i++)
        target_add(out, &h->now.at[i].target);
}

/* The storage of an object has come to an end, or has not begun: nothing stands in it. */
static bool not_of_object(struct held *h, const struct fact *f, uint32_t obj)
{
    (void)h;
    return f->place != obj && (f->place != HELD_DEAD || f->target.obj != obj);
}

static bool stays_as_it_is(const struct esc_ref *src, const struct esc_ref *dst)
{
    return src->kind == dst->kind && src->kind == ESC_MEM && src->var == dst->var &&
           src->off == dst->off && src->size == dst->size;
}

static void do_assign(struct held *h, uint32_t stmt)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    if (s->dst.kind == ESC_MEM && s->dst.size == 1 && held_copy_bytes(h, stmt))
        return;
    struct targets words[HELD_MAX_WORDS]; /* all are read before any is written: they may overlap */
    struct targets any;
    any.len = 0;
    struct esc_ref dst = located(h, stmt, s->dst, ESC_NOTE_DST);
    uint32_t n = dst.kind == ESC_VAR || dst.kind == ESC_MEM ? word_count(&dst) : 0;
    for (uint32_t w = 0; w < n; w++) {
        words[w].len = 0;
        for (uint32_t k = 0; k < s->n; k++) {
            struct esc_ref src = located(h, stmt, s->refs[k], ESC_NOTE_SRC);
            if (s->n > 1 && stays_as_it_is(&src, &dst)) /* a compare-and-swap that fails */
                continue;
            if (w < word_count(&src) || src.kind == ESC_ADDR)
                held_value(h, &src, w, &words[w], stmt);
            if (words[w].len == 0 && !h->path && src.off == ESC_ANY && src.kind == ESC_VAR &&
                held_note(h, stmt, ESC_NOTE_SRC) && !(src.var & ESC_SYM))
                held_guess(h, src.var, &words[w]);
        }
    }
    if (n > 1 && s->n == 1)
        read_somewhere(h, &s->refs[0], stmt, &any);
    held_define_far(h, &dst, stmt);
    for (uint32_t w = 0; w < n; w++)
        held_define(h, &dst, w, &words[w], stmt);
    /* A word of a variable in SSA form has a name; what stands in one of them is a fact of the whole. */
    if (n > 1 && s->dst.kind == ESC_VAR && esc_is_ssa(h->f, s->dst.var))
        held_filter(h, not_of_object, s->dst.var);
    if (any.len && s->dst.kind == ESC_VAR)
        held_write(h, s->dst.var & ESC_SYM ? HELD_SYM | (s->dst.var & ~ESC_SYM) : s->dst.var,
                   ESC_ANY, &any, stmt, false);
}

static void return_targets(struct held *h, const struct targets *l, int32_t off, uint32_t stmt)
{
    const struct esc_ref *r = &h->f->stmts.at[stmt].refs[0];
    bool named = r->kind == ESC_VAR && !(r->var & ESC_SYM) && h->f->vars.at[r->var].name;
    for (uint32_t i = 0; i < l->len; i++) {
        struct fact f = {HELD_RESULT, off, l->at[i]};
        if (named || r->kind == ESC_ADDR || f.target.via == UINT32_MAX)
            f.target.via = stmt; /* else: the statement that chose the value to return */
        if (f.target.merge == HELD_NO_BLOCK)
            f.target.block = h->f->stmts.at[stmt].block;
        fact_add(h, &h->result, &f);
    }
}

static void do_return(struct held *h, uint32_t stmt)
{
    const struct esc_ref *r = &h->f->stmts.at[stmt].refs[0];
    uint32_t n = r->kind == ESC_VAR || r->kind == ESC_MEM ? word_count(r) : 1;
    struct targets l;
    h->number |= (r->flags & ESC_REF_NUMBER) != 0;
    for (uint32_t w = 0; w < n; w++) {
        l.len = 0;
        held_value(h, r, w, &l, stmt);
        return_targets(h, &l, (int32_t)(w * ESC_WORD), stmt);
    }
    l.len = 0;
    if (n > 1)
        read_somewhere(h, r, stmt, &l);
    return_targets(h, &l, ESC_ANY, stmt);
}

/* A variable in a loop is born again: whoever holds its address holds that of an earlier life. */
static void make_stale(struct held *h, uint32_t obj, uint32_t stmt)
{
    for (uint32_t i = 0; i < h->now.len; i++)
        if (h->now.at[i].target.obj == obj && h->now.at[i].place < HELD_DEAD)
            h->now.at[i].target.stale = true;
    for (uint32_t name = 0; name < h->f->ssa.len; name++)
        for (uint32_t i = 0; i < h->val[name].len; i++)
            if (h->val[name].at[i].obj == obj) {
                struct fact f = {HELD_STALE, (int32_t)name,
                                 held_target(obj, 0, stmt, h->f->stmts.at[stmt].block)};
                fact_add(h, &h->now, &f);
            }
}

static void do_scope(struct held *h, uint32_t stmt, bool begins)
{
    uint32_t obj = h->f->stmts.at[stmt].dst.var, block = h->f->stmts.at[stmt].block;
    if (obj & ESC_SYM)
        return;
    held_filter(h, not_of_object, obj);
    bool suspect = h->f->vars.at[obj].verdict != ESC_STAYS;
    if (begins && suspect && h->f->blocks.at[block].loop)
        make_stale(h, obj, stmt);
    if (!begins && suspect) {
        struct fact f = {HELD_DEAD, (int32_t)obj, held_target(obj, 0, stmt, block)};
        fact_add(h, &h->now, &f);
    }
}

static bool survives_asm(struct held *h, const struct fact *f, uint32_t arg)
{
    (void)h, (void)arg;
    return f->place == HELD_DEAD || f->place == HELD_STALE;
}

static void do_asm(struct held *h, uint32_t stmt)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    for (uint32_t i = 0; i < s->outs; i++)
        held_define_nothing(h, &s->refs[i], stmt);
    if (s->memory) { /* it may have written anywhere: only which blocks have ended is still known */
        held_filter(h, survives_asm, 0);
        h->writes = h->calls_out = true;
    }
}

/* A va_list holds an address in the unnamed arguments, which are taken for an array of words; what
 * stands in a word at entry is an argument. */
static void do_va_start(struct held *h, uint32_t stmt)
{
    struct targets list, start;
    uint32_t p = 0;
    list.len = start.len = 0;
    while (p < h->f->nparams && !(h->f->vars.at[p].flags & ESC_VARARGS))
        p++;
    if (p < h->f->nparams) {
        struct target t = held_target(held_param(h, p, 0), 0, stmt, h->f->stmts.at[stmt].block);
        target_add(&start, &t);
    }
    held_value(h, &h->f->stmts.at[stmt].refs[0], 0, &list, stmt);
    for (uint32_t i = 0; i < list.len; i++)
        if (held_is_address(&list.at[i]))
            held_write(h, list.at[i].obj, list.at[i].off, &start, stmt, list.len == 1);
}

static void do_va_arg(struct held *h, uint32_t stmt)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    struct targets list, at, value;
    list.len = at.len = value.len = 0;
    held_value(h, &s->refs[0], 0, &list, stmt);
    bool known = list.len == 1 && held_is_address(&list.at[0]) && list.at[0].off != ESC_ANY;
    if (known)
        held_read(h, list.at[0].obj, list.at[0].off, &at);
    if (at.len == 1 && held_is_address(&at.at[0]) && at.at[0].off != ESC_ANY) {
        if (s->dst.size == ESC_WORD)
            held_read(h, at.at[0].obj, at.at[0].off, &value);
        at.at[0].off += ESC_WORD;
    } else {
        at.len = 0;
    }
    for (uint32_t i = 0; i < list.len; i++)
        if (held_is_address(&list.at[i]))
            held_write(h, list.at[i].obj, list.at[i].off, &at, stmt, list.len == 1);
    held_define_nothing(h, &s->dst, stmt);
    if (value.len)
        held_define(h, &s->dst, 0, &value, stmt);
}

void held_stmt(struct held *h, uint32_t id)
{
    const struct esc_stmt *s = &h->f->stmts.at[id];
    if (h->warning) {
        check_use(h, &s->dst, id);
        for (uint32_t k = 0; k < s->n; k++)
            check_use(h, &s->refs[k], id);
    }
    switch (s->kind) {
    case ESC_STMT_ASSIGN:
        do_assign(h, id);
        break;
    case ESC_STMT_CALL:
        held_call(h, id);
        break;
    case ESC_STMT_RETURN:
        do_return(h, id);
        break;
    case ESC_STMT_BEGIN:
    case ESC_STMT_END:
        do_scope(h, id, s->kind == ESC_STMT_BEGIN);
        break;
    case ESC_STMT_ASM:
        do_asm(h, id);
        break;
    case ESC_STMT_VA_START:
        do_va_start(h, id);
        break;
    case ESC_STMT_VA_ARG:
        do_va_arg(h, id);
        break;
    default:
        break;
    }
}
