/* Held: a flow-sensitive look at functions from which some address escapes.
 *
 * The verdicts say what might outlive; a warning needs more: on some path the address is certainly
 * still held when its variable dies. So here stores kill what was there before, and a flow counts
 * only if every step of it was unambiguous.
 *
 *     g = &x; work(); g = 0;          nothing is held at the exit: no warning
 *     c->buf = x; ...; return;        *c at buf's offset holds x: a warning at the store
 *
 * State: facts "word at OFF of PLACE may hold TARGET" at each point, and for each SSA name the
 * addresses it may hold. Places are the function's own objects, what parameters and static data
 * point to, and static data. A forward dataflow, iterated to its fixpoint: facts join by union; a
 * word that was written on one path only also holds HELD_BEFORE. What a callee leaves behind comes
 * from its exit state (held_exit.c), the same facts in terms of its parameters.
 *
 * Only functions with a variable that moves or whose lifetime is extended are looked at: correct
 * programs have few. Exit states of others are made when a function that is looked at calls them.
 * A block is done again only when facts at its start, or a name it uses, have grown; both grow to a
 * bound. A function whose facts or steps exceed their budget is given up: then nothing is known of
 * it, which is a warning less, never one too many.
 */
#include "held.h"

#include <stdlib.h>

enum { MAX_BLOCKS = 4000, MAX_BEFORE = 8, MAX_JOINED = 800 };

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p)
        abort();
    return p;
}

/* ---- blocks ---- */

static bool is_phi_of(const struct held *h, uint32_t name, uint32_t block)
{
    const struct esc_name *n = &h->f->ssa.at[name];
    return n->stmt == UINT32_MAX && n->block == block && n->same == name;
}

static void grow_phi(struct held *h, uint32_t phi, const struct target *t)
{
    if (target_vec_add(&h->val[phi], t))
        for (uint32_t k = h->use_at[phi]; k < h->use_at[phi + 1]; k++)
            h->dirty[h->use[k]] = true;
}

/* T has come from PRED to block B, which is number BLOCK. */
static void set_merge(struct target *t, const struct esc_block *b, uint32_t pred, uint32_t block)
{
    if (t->merge != HELD_NO_BLOCK || b->preds.len < 2)
        return;
    t->block = pred;
    t->merge = block;
}

static void do_phis(struct held *h, uint32_t block)
{
    struct esc_fn *f = h->f;
    const struct esc_block *b = &f->blocks.at[block];
    for (uint32_t p = h->phi_at[block]; p < h->phi_at[block + 1]; p++) {
        const struct esc_name *n = &f->ssa.at[h->phi[p]];
        for (uint32_t k = 0; k < n->from.len && k < b->preds.len; k++) {
            uint32_t from = esc_same(f, n->from.at[k]), pred = b->preds.at[k];
            if (!h->reached[pred] || held_refused(h, pred, block))
                continue;
            for (uint32_t j = 0; j < h->val[from].len; j++) {
                struct target t = h->val[from].at[j];
                if (!held_passes(h, from, &t, pred, block))
                    continue;
                set_merge(&t, b, pred, block);
                grow_phi(h, h->phi[p], &t);
            }
        }
    }
}

void held_path_phis(struct held *h, uint32_t block, uint32_t pred, uint32_t *from)
{
    const struct esc_block *b = &h->f->blocks.at[block];
    uint32_t first = h->phi_at[block], n = h->phi_at[block + 1] - first;
    target_vec *val = zeroed(n, sizeof *val);
    for (uint32_t i = 0; i < n; i++) { /* all are read before any is written */
        const struct esc_name *phi = &h->f->ssa.at[h->phi[first + i]];
        from[i] = UINT32_MAX;
        for (uint32_t k = 0; k < phi->from.len && k < b->preds.len; k++) {
            if (b->preds.at[k] != pred)
                continue;
            from[i] = esc_same(h->f, phi->from.at[k]);
            for (uint32_t j = 0; j < h->val[from[i]].len; j++) {
                struct target t = h->val[from[i]].at[j];
                if (!held_passes(h, from[i], &t, pred, block))
                    continue;
                set_merge(&t, b, pred, block);
                target_vec_add(&val[i], &t);
            }
            break;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (from[i] == UINT32_MAX) /* what was there when the function was entered */
            continue;
        vec_free(&h->val[h->phi[first + i]]);
        h->val[h->phi[first + i]] = val[i];
    }
    free(val);
}

static bool about_memory(const struct fact *f)
{
    return f->place < HELD_NOTHING && f->place != HELD_RESULT;
}

/* An edge along which facts flow, and what was found out about it last. */
struct crossing {
    uint32_t pred, to;     /* blocks; `to` may be ESC_EXIT */
    bool merges;           /* several edges lead there */
    bool tests;            /* control comes along here only where ... */
    struct condition when; /* ... this holds */
    bool known;            /* the result that is returned is a constant on this path */
    int32_t value;         /* that constant */
    uint32_t null;         /* a name that is null here, or UINT32_MAX */
    uint32_t block, merge; /* where the last fact came from ... */
    bool again;            /* ... as its target says ... */
    bool passes;           /* ... and whether it can have come along here */
};

/* The edge from PRED to TO; if a constant is returned that way, which. */
static void start_crossing(struct held *h, struct crossing *c, uint32_t pred, uint32_t to)
{
    *c = (struct crossing){.pred = pred, .to = to, .block = HELD_NO_BLOCK};
    c->null = UINT32_MAX;
    if (to == ESC_EXIT)
        return;
    c->tests = held_edge_condition(h, pred, to, &c->when);
    if (c->tests && !c->when.address && c->when.relation == ESC_EQ && c->when.value == 0)
        c->null = c->when.name;
    const struct esc_block *b = &h->f->blocks.at[to];
    c->merges = b->preds.len > 1;
    if (!c->merges || h->returned == UINT32_MAX || !is_phi_of(h, h->returned, to))
        return;
    const struct esc_name *n = &h->f->ssa.at[h->returned];
    for (uint32_t k = 0; k < b->preds.len && k < n->from.len; k++)
        if (b->preds.at[k] == pred)
            c->known = held_constant(h, n->from.at[k], &c->value);
}

static void tag(const struct crossing *c, struct target *t)
{
    if (!c->known)
        return;
    t->call = HELD_RETURNED;
    t->relation = ESC_EQ;
    t->value = c->value;
}

/* c = make(); if (!c) ...: there, what make has put into the new object is not. */
static bool never_made(const struct held *h, const struct crossing *c, uint32_t place)
{
    if (c->null == UINT32_MAX || held_kind(h, place) != OBJ_ALLOC)
        return false;
    const target_vec *v = &h->val[c->null];
    for (uint32_t i = 0; i < v->len; i++)
        if (v->at[i].obj == place)
            return true;
    return false;
}

/* Whether T, which was possible where control comes from, is so once it has crossed: all but the edge itself
 * was looked at before. */
static bool still_feasible(const struct held *h, struct crossing *c, const struct target *t)
{
    if (c->block == HELD_NO_BLOCK || t->block != c->block || t->merge != c->merge ||
        t->again != c->again) {
        c->block = t->block;
        c->merge = t->merge;
        c->again = t->again;
        c->passes = !(c->tests && held_refutes(h, &c->when, t));
    }
    return c->passes && (t->block == HELD_NO_BLOCK || held_given_holds(h, t, c->to));
}

/* F as it is when control has crossed; false if it is gone. */
static bool cross(struct held *h, struct crossing *c, struct fact *f)
{
    struct target *t = &f->target;
    if (c->to == ESC_EXIT)
        return true;
    if (f->place == HELD_STALE && is_phi_of(h, (uint32_t)f->off, c->to))
        return false;
    if (held_failed(h, t, c->to, c->tests ? &c->when : NULL) || never_made(h, c, f->place))
        return false;
    bool before = t->obj == HELD_BEFORE;
    if (!before && f->place < HELD_NOTHING && !still_feasible(h, c, t))
        return false;
    if (f->place != HELD_DEAD && f->place != HELD_STALE)
        tag(c, t);
    if (before) /* it keeps the edge where it was found that a word had not been written */
        return true;
    if (t->merge == HELD_NO_BLOCK && c->merges) {
        t->block = c->pred;
        t->merge = c->to;
    } else if (t->merge == c->to && t->block != c->pred) {
        t->again = true;
    }
    return true;
}

/* HELD_BEFORE tells along which edge the word was left alone: callers who know that control did not
 * go there know that it was written. More than MAX_BEFORE such edges are not told apart. */
static void join_push_before(struct held *h, uint32_t word, const struct fact *f)
{
    const struct target *b = &f->target;
    uint32_t n = 0;
    for (uint32_t i = word; i < h->spare.len; i++) {
        const struct target *a = &h->spare.at[i].target;
        if (a->obj != HELD_BEFORE || a->call != b->call || a->value != b->value)
            continue;
        if ((a->block == b->block && a->merge == b->merge) || a->block == HELD_NO_BLOCK)
            return;
        n++;
    }
    struct fact all = *f;
    if (n == MAX_BEFORE || b->block == HELD_NO_BLOCK) {
        uint32_t kept = word;
        for (uint32_t i = word; i < h->spare.len; i++) {
            const struct target *a = &h->spare.at[i].target;
            if (a->obj != HELD_BEFORE || a->call != b->call || a->value != b->value)
                h->spare.at[kept++] = h->spare.at[i];
        }
        h->spare.len = kept;
        all.target.block = all.target.merge = HELD_NO_BLOCK;
        h->widened = true;
    }
    vec_push(&h->spare, all);
}

static void join_push(struct held *h, uint32_t word, const struct fact *f)
{
    if (f->target.obj == HELD_BEFORE) {
        join_push_before(h, word, f);
        return;
    }
    held_spend(h, (h->spare.len - word) / 2); /* all that is known of the word is looked at */
    for (uint32_t i = word; i < h->spare.len; i++) {
        struct target *a = &h->spare.at[i].target;
        const struct target *b = &f->target;
        if (a->obj == b->obj && a->off == b->off && a->via == b->via && a->stale == b->stale &&
            a->call == b->call && a->value == b->value) {
            h->widened |= b->again && !a->again;
            a->again |= b->again;
            return;
        }
    }
    vec_push(&h->spare, *f);
}

/* F says that control has come to TO from PRED without writing the word. If PRED only passes control on,
 * what it came from tells more: return; after if (!a || !b). */
static void push_passing(struct held *h, uint32_t at, struct fact f, uint32_t pred, uint32_t to)
{
    const struct esc_block *b = &h->f->blocks.at[pred];
    if (b->preds.len < 2 || b->preds.len > MAX_BEFORE || b->succs.len != 1) {
        f.target.block = pred;
        f.target.merge = to == ESC_EXIT ? HELD_NO_BLOCK : to;
        join_push(h, at, &f);
        return;
    }
    for (uint32_t k = 0; k < b->preds.len; k++)
        if (h->flowed[b->preds.at[k]]) {
            f.target.block = b->preds.at[k];
            f.target.merge = pred;
            join_push(h, at, &f);
        }
}

/* A word of which nothing was said by the edges that came before this one, or by this one (NOW). */
static void push_before(struct held *h, const struct crossing *c, const struct fact *word,
                        uint32_t at, bool now)
{
    struct fact f = *word;
    if (now) {
        tag(c, &f.target);
        push_passing(h, at, f, c->pred, c->to);
        return;
    }
    if (c->to == ESC_EXIT) {
        join_push(h, at, &f);
        return;
    }
    const struct esc_block *b = &h->f->blocks.at[c->to];
    held_spend(h, b->preds.len);
    for (uint32_t k = 0; k < b->preds.len; k++) {
        struct crossing other;
        if (b->preds.at[k] == c->pred || !h->flowed[b->preds.at[k]])
            continue;
        start_crossing(h, &other, b->preds.at[k], c->to);
        f = *word;
        tag(&other, &f.target);
        push_passing(h, at, f, b->preds.at[k], c->to);
    }
}

/* Names that are merged of stale ones are stale. */
static void stale_phis(struct held *h, const struct crossing *c, fact_list *into)
{
    uint32_t first = fact_find(&h->now, HELD_STALE, INT32_MIN);
    if (c->to == ESC_EXIT || first == h->now.len || h->now.at[first].place != HELD_STALE)
        return;
    const struct esc_block *b = &h->f->blocks.at[c->to];
    for (uint32_t p = h->phi_at[c->to]; p < h->phi_at[c->to + 1]; p++) {
        const struct esc_name *n = &h->f->ssa.at[h->phi[p]];
        for (uint32_t k = 0; k < b->preds.len && k < n->from.len; k++) {
            if (b->preds.at[k] != c->pred)
                continue;
            int32_t from = (int32_t)esc_same(h->f, n->from.at[k]);
            for (uint32_t i = fact_find(&h->now, HELD_STALE, from);
                 i < h->now.len && h->now.at[i].place == HELD_STALE && h->now.at[i].off == from;
                 i++) {
                struct fact f = h->now.at[i];
                f.off = (int32_t)h->phi[p];
                if (fact_add(h, into, &f))
                    h->dirty[c->to] = true;
            }
        }
    }
}

/* Facts at the end of PRED become facts at the start of TO; true if there were new ones. One pass
 * over both sorted lists, word by word. */
static bool flow_into(struct held *h, fact_list *into, bool *reached, uint32_t pred, uint32_t to)
{
    struct crossing c;
    bool first = !*reached;
    *reached = true;
    start_crossing(h, &c, pred, to);
    h->spare.len = 0;
    h->widened = false;
    held_spend(h, into->len + h->now.len + 1);
    for (uint32_t a = 0, b = 0; a < into->len || b < h->now.len;) {
        bool left = b == h->now.len, right = a == into->len;
        if (!left && !right) {
            const struct fact *x = &into->at[a], *y = &h->now.at[b];
            left = x->place < y->place || (x->place == y->place && x->off < y->off);
            right = y->place < x->place || (x->place == y->place && y->off < x->off);
        }
        const struct fact *at = right ? &h->now.at[b] : &into->at[a];
        struct fact entry = {at->place, at->off, held_target(HELD_BEFORE, 0, 0, HELD_NO_BLOCK)};
        uint32_t word = h->spare.len;
        for (; !right && a < into->len && into->at[a].place == entry.place &&
               into->at[a].off == entry.off;
             a++)
            vec_push(&h->spare, into->at[a]);
        uint32_t crossed = h->spare.len;
        for (; !left && b < h->now.len && h->now.at[b].place == entry.place &&
               h->now.at[b].off == entry.off;
             b++) {
            struct fact f = h->now.at[b];
            if (cross(h, &c, &f))
                join_push(h, word, &f);
        }
        bool outside =
            (entry.place >= HELD_SYM && about_memory(&entry)) || held_is_pointee(h, entry.place);
        if (!left && outside && h->spare.len == crossed && (right || first)) {
            struct fact f = entry; /* all of it was about paths that do not lead here */
            f.target.obj = HELD_NOTHING;
            tag(&c, &f.target);
            join_push(h, word, &f);
        }
        if (!first && left != right && outside && h->spare.len > word)
            push_before(h, &c, &entry, word, left);
    }
    h->gave_up |= h->spare.len > MAX_JOINED;
    bool changed = h->widened || h->spare.len != into->len;
    if (changed) {
        fact_list old = *into;
        *into = h->spare;
        h->spare = old;
    }
    stale_phis(h, &c, into);
    return changed || first;
}

void held_path_edge(struct held *h, uint32_t pred, uint32_t to)
{
    fact_list into = {0}, old = h->now;
    bool reached = false;
    flow_into(h, &into, &reached, pred, to);
    h->now = into;
    vec_free(&old);
}

static void do_block(struct held *h, uint32_t block)
{
    const struct esc_block *b = &h->f->blocks.at[block];
    do_phis(h, block);
    h->now.len = 0;
    for (uint32_t i = 0; i < h->in[block].len; i++)
        vec_push(&h->now, h->in[block].at[i]);
    held_enter_loop(h, block);
    held_spend(h, b->end - b->first + 1);
    for (uint32_t i = b->first; i < b->end && !h->gave_up; i++)
        held_stmt(h, i);
    for (uint32_t k = 0; k < b->succs.len; k++) {
        uint32_t s = b->succs.at[k];
        if (!held_taken(h, block, s))
            continue;
        if (s == ESC_EXIT)
            flow_into(h, &h->at_exit, &h->exits, block, ESC_EXIT);
        else if (flow_into(h, &h->in[s], &h->reached[s], block, s))
            h->dirty[s] = true;
    }
    h->flowed[block] = true;
}

/* ---- a function ---- */

static void find_returned(struct held *h)
{
    h->returned = UINT32_MAX;
    for (uint32_t i = 0; i < h->f->stmts.len; i++) {
        const struct esc_stmt *s = &h->f->stmts.at[i];
        if (s->kind != ESC_STMT_RETURN || h->f->blocks.at[s->block].order == UINT32_MAX)
            continue;
        uint32_t name = held_name(h, &s->refs[0]);
        if (name == UINT32_MAX || (h->returned != UINT32_MAX && h->returned != name)) {
            h->returned = UINT32_MAX;
            return;
        }
        h->returned = name;
    }
    bool cast;
    uint32_t original = h->returned == UINT32_MAX ? 0 : held_original(h, h->returned, &cast);
    if (h->returned != UINT32_MAX && !cast)
        h->returned = original;
}

static void last_round(struct held *h)
{
    h->exits = false;
    h->at_exit.len = 0;
    h->result.len = 0;
    h->warning = true;
    for (uint32_t i = 0; i < h->f->order.len && !h->gave_up; i++)
        if (h->reached[h->f->order.at[i]])
            do_block(h, h->f->order.at[i]);
}

/* In reverse postorder, so that without loops every block is done once. */
static void run(struct held *h)
{
    bool again = true, once = true;
    h->reached[0] = h->dirty[0] = true;
    for (uint32_t round = 0; again && !h->gave_up; round++) {
        again = false;
        for (uint32_t i = 0; i < h->f->order.len && !h->gave_up; i++) {
            uint32_t b = h->f->order.at[i];
            if (!h->dirty[b] || !h->reached[b])
                continue;
            h->dirty[b] = false;
            do_block(h, b);
            again = true;
            once &= round == 0;
        }
        again |= !again && held_take_refused(h);
    }
    if (h->suspects || !once)
        last_round(h);
}

/* ---- tables ---- */

static void each_use(struct held *h, void (*see)(struct held *, uint32_t name, uint32_t block))
{
    struct esc_fn *f = h->f;
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_stmt *s = &f->stmts.at[i];
        for (uint32_t k = 0; k <= s->n + 1; k++) {
            const struct esc_ref *r = k < s->n ? &s->refs[k] : k == s->n ? &s->dst : &s->callee;
            bool memory = r->kind == ESC_MEM;
            if ((r->kind != ESC_VAR && !memory) || !esc_is_ssa(f, r->var) || (k == s->n && !memory))
                continue;
            uint32_t n = memory ? 1 : esc_words(r->off, r->size);
            for (uint32_t w = 0; w < n; w++) {
                uint32_t name = esc_same(f, f->names.at[r->names + w]);
                if (f->ssa.at[name].block != s->block) /* else: seen before it is used */
                    see(h, name, s->block);
            }
        }
    }
    for (uint32_t p = 0; p < h->phi_at[f->blocks.len]; p++) {
        const struct esc_name *n = &f->ssa.at[h->phi[p]];
        for (uint32_t k = 0; k < n->from.len; k++)
            see(h, esc_same(f, n->from.at[k]), n->block);
    }
}

static void count_use(struct held *h, uint32_t name, uint32_t block)
{
    (void)block;
    h->use_at[name + 1]++;
}

static void note_use(struct held *h, uint32_t name, uint32_t block)
{
    h->use[h->use_at[name]++] = block;
}

/* From counts at n + 1 to where each begins; after noting, everything has moved on by one. */
static void begin_lists(uint32_t *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        at[i + 1] += at[i];
}

static void shift_lists(uint32_t *at, uint32_t n)
{
    for (uint32_t i = n; i > 0; i--)
        at[i] = at[i - 1];
    at[0] = 0;
}

static void index_names(struct held *h)
{
    struct esc_fn *f = h->f;
    uint32_t names = f->ssa.len, blocks = f->blocks.len;
    h->phi_at = zeroed(blocks + 1, sizeof *h->phi_at);
    for (uint32_t i = 0; i < names; i++)
        if (f->ssa.at[i].same == i && f->ssa.at[i].stmt == UINT32_MAX)
            h->phi_at[f->ssa.at[i].block + 1]++;
    begin_lists(h->phi_at, blocks);
    h->phi = zeroed(h->phi_at[blocks], sizeof *h->phi);
    for (uint32_t i = 0; i < names; i++)
        if (f->ssa.at[i].same == i && f->ssa.at[i].stmt == UINT32_MAX)
            h->phi[h->phi_at[f->ssa.at[i].block]++] = i;
    shift_lists(h->phi_at, blocks);
    h->use_at = zeroed(names + 1, sizeof *h->use_at);
    each_use(h, count_use);
    begin_lists(h->use_at, names);
    h->use = zeroed(h->use_at[names], sizeof *h->use);
    each_use(h, note_use);
    shift_lists(h->use_at, names);
}

static void start_params(struct held *h)
{
    struct esc_fn *f = h->f;
    uint32_t name = 0;
    for (uint32_t p = 0; p < f->nparams; p++)
        for (uint32_t w = 0; w < f->nwords[p]; w++, name++)
            if (f->vars.at[p].size >= ESC_WORD && !(f->vars.at[p].flags & ESC_VARARGS)) {
                struct target t = held_target(held_param(h, p, w), 0, UINT32_MAX, 0);
                if (p == h->given_param && h->given_sym != ESC_NOVAR && w == 0)
                    t.obj = HELD_SYM | h->given_sym;
                target_vec_add(&h->val[name], &t);
            }
    for (uint32_t p = 0; p < f->nparams; p++) {
        const struct esc_var *v = &f->vars.at[p];
        uint32_t words = v->size / ESC_WORD;
        if (esc_is_ssa(f, p) || (v->flags & ESC_VARARGS))
            continue;
        for (uint32_t w = 0; w < words && w < 16; w++) {
            struct fact e = {p, (int32_t)(w * ESC_WORD),
                             held_target(held_param(h, p, w), 0, UINT32_MAX, 0)};
            fact_add(h, &h->in[0], &e);
        }
    }
}

static void open_tables(struct held *h)
{
    uint32_t blocks = h->f->blocks.len, names = h->f->ssa.len;
    h->val = zeroed(names, sizeof *h->val);
    h->in = zeroed(blocks, sizeof *h->in);
    h->reached = zeroed(blocks, sizeof *h->reached);
    h->dirty = zeroed(blocks, sizeof *h->dirty);
    h->flowed = zeroed(blocks, sizeof *h->flowed);
    for (uint32_t i = 0; i < h->f->vars.len; i++)
        vec_push(&h->objs, ((struct held_obj){.kind = OBJ_VAR, .id = i}));
    index_names(h);
    start_params(h);
    held_conditions(h);
    find_returned(h);
}

static void close_tables(struct held *h)
{
    for (uint32_t i = 0; i < h->f->ssa.len; i++)
        vec_free(&h->val[i]);
    for (uint32_t i = 0; i < h->f->blocks.len; i++)
        vec_free(&h->in[i]);
    free(h->val);
    free(h->in);
    free(h->reached);
    free(h->dirty);
    free(h->flowed);
    free(h->cond);
    free(h->tested);
    free(h->phi);
    free(h->phi_at);
    free(h->use);
    free(h->use_at);
    vec_free(&h->objs);
    vec_free(&h->conds);
    vec_free(&h->refused);
    vec_free(&h->now);
    vec_free(&h->spare);
    vec_free(&h->at_exit);
    vec_free(&h->result);
    vec_free(&h->forgotten);
    map_free(&h->children);
    map_free(&h->warned);
    vec_free(&h->warned_at);
}

/* ---- all of it ---- */

static bool has_suspects(const struct esc_fn *f)
{
    for (uint32_t i = 0; i < f->vars.len; i++)
        if (f->vars.at[i].verdict != ESC_STAYS)
            return true;
    return false;
}

struct esc_exit_state *held_nothing_known(void)
{
    struct esc_exit_state *x = zeroed(1, sizeof *x);
    x->unknown = true;
    return x;
}

static bool can_look_at(const struct esc_fn *f)
{
    return !f->gave_up && f->blocks.len <= MAX_BLOCKS && f->ssa_built;
}

/* Looks at F: its warnings, and its exit state. While that lasts nothing is known of F. */
static void look_at(struct esc_unit *u, struct esc_fn *f, uint32_t depth)
{
    f->exit = held_nothing_known();
    if (!can_look_at(f))
        return;
    struct held h = {
        .u = u, .f = f, .depth = depth, .given_sym = ESC_NOVAR, .suspects = has_suspects(f)};
    open_tables(&h);
    run(&h);
    if (!h.gave_up) {
        if (h.suspects)
            held_warn_exit(&h);
        exit_state_free(f->exit);
        f->exit = held_make_exit(&h);
        held_confirm(&h);
    }
    close_tables(&h);
}

struct esc_exit_state *held_look_given(struct esc_unit *u, struct esc_fn *f, uint32_t depth,
                                       uint32_t param, uint32_t sym)
{
    if (!can_look_at(f) || !esc_is_ssa(f, param))
        return held_nothing_known();
    struct held h = {.u = u, .f = f, .depth = depth, .given_param = param, .given_sym = sym};
    open_tables(&h);
    run(&h);
    struct esc_exit_state *x = h.gave_up ? held_nothing_known() : held_make_exit(&h);
    close_tables(&h);
    return x;
}

const struct esc_exit_state *held_exit_of(struct esc_unit *u, struct esc_fn *f, uint32_t depth)
{
    if (!f->exit && depth < HELD_MAX_WAITING)
        look_at(u, f, depth + 1);
    return f->exit && !f->exit->unknown ? f->exit : NULL;
}

void held_unit(struct esc_unit *u)
{
    for (uint32_t i = 0; i < u->fns.len; i++)
        if (!u->fns.at[i]->exit && has_suspects(u->fns.at[i]))
            look_at(u, u->fns.at[i], 0);
}

void exit_state_free(struct esc_exit_state *x)
{
    if (!x)
        return;
    held_free_given(x);
    vec_free(&x->places);
    vec_free(&x->facts);
    free(x);
}
