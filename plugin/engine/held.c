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
 * addresses it may hold. Places are the function's own objects, what parameters point to, and static
 * data. A forward dataflow, iterated to its fixpoint: facts join by union; a word that was written on
 * one path only also holds HELD_BEFORE. What a callee leaves behind comes from its exit state, the
 * same facts in terms of its parameters.
 *
 * Only functions with a variable that moves or whose lifetime is extended are looked at, and those
 * whose exit state a caller may need; correct programs have few of the former. Each round costs
 * O(statements * facts); rounds are bounded by MAX_ROUNDS, and a function with more than MAX_FACTS
 * facts is given up silently (a warning less, never one too many).
 */
#include "held.h"

#include <stdlib.h>

enum { MAX_ROUNDS = 12, MAX_FACTS = 400, MAX_TARGETS = 12, MAX_BLOCKS = 4000 };

/* ---- lists ---- */

bool held_is_address(const struct target *t) {
    return t->obj != HELD_NOTHING && t->obj != HELD_BEFORE;
}

void target_add(target_list *l, struct target t) {
    for (uint32_t i = 0; i < l->len; i++)
        if (l->at[i].obj == t.obj && l->at[i].off == t.off && l->at[i].block == t.block)
            return;
    if (l->len < MAX_TARGETS)
        vec_push(l, t);
}

static bool same_fact(const struct fact *a, const struct fact *b) {
    return a->place == b->place && a->off == b->off && a->target.obj == b->target.obj &&
           a->target.off == b->target.off && a->target.via == b->target.via;
}

static bool add_fact(fact_list *l, struct fact f) {
    for (uint32_t i = 0; i < l->len; i++)
        if (same_fact(&l->at[i], &f))
            return false;
    if (l->len >= MAX_FACTS)
        return false;
    vec_push(l, f);
    return true;
}

static bool knows(const fact_list *l, uint32_t place, int32_t off) {
    for (uint32_t i = 0; i < l->len; i++)
        if (l->at[i].place == place && l->at[i].off == off)
            return true;
    return false;
}

/* ---- memory ---- */

static struct target plain_target(uint32_t obj, int32_t off, uint32_t stmt, uint32_t block) {
    return (struct target){obj, off, stmt, stmt, block, HELD_NO_BLOCK};
}

/* What the caller left in the word at OFF of PLACE. */
uint32_t held_child(struct held *h, uint32_t place, int32_t off) {
    struct esc_graph *g = h->g;
    uint64_t key = (uint64_t)place << 32 | (uint32_t)off;
    uint32_t obj = map_get(&h->children, key);
    if (obj != MAP_NONE)
        return obj;
    const struct object *o = &g->objs.at[place];
    uint32_t id = o->id, depth = o->depth + 1u;
    obj = object_new(g, OBJ_POINTEE, id, 0);
    g->objs.at[obj].depth = (uint8_t)depth;
    g->objs.at[obj].parent = place;
    g->objs.at[obj].off = off;
    map_set(&h->children, key, obj);
    return obj;
}

static bool is_pointee(const struct held *h, uint32_t place) {
    return place < h->g->objs.len && h->g->objs.at[place].kind == OBJ_POINTEE;
}

void held_read(struct held *h, uint32_t place, int32_t off, target_list *out) {
    bool before = true;
    if (off == ESC_ANY || place >= HELD_NOTHING)
        return;
    for (uint32_t i = 0; i < h->now.len; i++) {
        const struct fact *f = &h->now.at[i];
        if (f->place != place || f->off != off)
            continue;
        if (f->target.obj == HELD_BEFORE)
            continue;
        target_add(out, f->target);
    }
    if (knows(&h->now, place, off)) {
        before = false;
        for (uint32_t i = 0; i < h->now.len; i++)
            before |= h->now.at[i].place == place && h->now.at[i].off == off &&
                      h->now.at[i].target.obj == HELD_BEFORE;
    }
    if (before && is_pointee(h, place) && h->g->objs.at[place].depth < 3)
        target_add(out, plain_target(held_child(h, place, off), 0, UINT32_MAX, 0));
}

static void drop(fact_list *l, uint32_t place, int32_t off, bool any_off) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->len; i++)
        if (l->at[i].place != place || (!any_off && l->at[i].off != off))
            l->at[n++] = l->at[i];
    l->len = n;
}

void held_forget(struct held *h, uint32_t place) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->now.len; i++) {
        struct fact f = h->now.at[i];
        if (f.place == place) {
            f.target.obj = HELD_NOTHING;
            f.target.off = 0;
        }
        bool twice = false;
        for (uint32_t k = 0; k < n && !twice; k++)
            twice = f.place == place && same_fact(&h->now.at[k], &f);
        if (!twice)
            h->now.at[n++] = f;
    }
    h->now.len = n;
}

void held_write(struct held *h, uint32_t place, int32_t off, const target_list *l, uint32_t stmt,
                bool strong) {
    uint32_t block = h->f->stmts.at[stmt].block;
    if (off == ESC_ANY)
        strong = false;
    if (strong)
        drop(&h->now, place, off, false);
    bool any = false;
    for (uint32_t i = 0; i < l->len; i++) {
        struct target t = l->at[i];
        if (!held_is_address(&t) || !held_feasible(h, &t, block))
            continue;
        t.via = stmt;
        if (t.merge == HELD_NO_BLOCK)
            t.block = block;
        add_fact(&h->now, (struct fact){place, off, t});
        any = true;
    }
    if (strong && !any)
        add_fact(&h->now, (struct fact){place, off, plain_target(HELD_NOTHING, 0, stmt, block)});
    /* v[i] = &x; v[i] = 0: most likely the same word, so nothing is certain any more. */
    if (off == ESC_ANY && !any && !(h->f->stmts.at[stmt].dst.flags & ESC_REF_NUMBER))
        drop(&h->now, place, ESC_ANY, false);
}

/* ---- references ---- */

static uint32_t place_of(struct held *h, uint32_t var) {
    return var & ESC_SYM ? HELD_SYM | (var & ~ESC_SYM) : object_of_var(h->g, var);
}

static void value_of_name(struct held *h, uint32_t name, int32_t add, uint32_t stmt,
                          target_list *out) {
    uint32_t block = h->f->stmts.at[stmt].block;
    name = esc_same(h->f, name);
    for (uint32_t i = 0; i < h->val[name].len; i++) {
        struct target t = h->val[name].at[i];
        if (held_is_address(&t) && !held_may_equal(h, name, &t, block))
            continue;
        t.off = t.off == ESC_ANY || add == ESC_ANY ? ESC_ANY : t.off + add;
        target_add(out, t);
    }
}

static int32_t at_word(int32_t off, uint32_t word) {
    return off == ESC_ANY ? ESC_ANY : off + (int32_t)(word * ESC_WORD);
}

/* The pointer behind a reference to memory. */
static void pointer_value(struct held *h, const struct esc_ref *r, uint32_t stmt, target_list *out) {
    struct esc_ref p = esc_value(r->var, 0, ESC_WORD);
    p.names = r->names;
    held_value(h, &p, 0, out, stmt);
}

/* Word number WORD of the value of R is added to OUT. */
void held_value(struct held *h, const struct esc_ref *r, uint32_t word, target_list *out,
                uint32_t stmt) {
    if (r->flags & ESC_REF_PLAIN)
        return;
    target_list l = {0};
    switch (r->kind) {
    case ESC_ADDR:
        target_add(out, plain_target(place_of(h, r->var), r->off, stmt, h->f->stmts.at[stmt].block));
        return;
    case ESC_VAR:
        if (esc_is_ssa(h->f, r->var))
            value_of_name(h, h->f->names.at[r->names + word], 0, stmt, &l);
        else
            held_read(h, place_of(h, r->var), at_word(r->off, word), &l);
        break;
    case ESC_MEM: {
        target_list p = {0};
        pointer_value(h, r, stmt, &p);
        /* An ambiguous pointer says nothing certain of what it reads. */
        if (p.len == 1 && held_is_address(&p.at[0]) && p.at[0].off != ESC_ANY && r->off != ESC_ANY)
            held_read(h, p.at[0].obj, p.at[0].off + at_word(r->off, word), &l);
        vec_free(&p);
        break;
    }
    default:
        return;
    }
    for (uint32_t i = 0; i < l.len; i++) {
        struct target t = l.at[i];
        if (r->add)
            t.off = t.off == ESC_ANY || r->add == ESC_ANY ? ESC_ANY : t.off + r->add;
        target_add(out, t);
    }
    vec_free(&l);
}

static void set_name(struct held *h, uint32_t name, const target_list *l, uint32_t stmt) {
    target_list *v = &h->val[name];
    uint32_t before = v->len;
    for (uint32_t i = 0; i < l->len; i++) {
        struct target t = l->at[i];
        t.via = stmt;
        if (held_is_address(&t))
            target_add(v, t);
    }
    h->changed |= v->len != before;
}

/* Word WORD of destination DST receives the targets. */
void held_define(struct held *h, const struct esc_ref *dst, uint32_t word, const target_list *l,
                 uint32_t stmt) {
    if (dst->kind == ESC_VAR && esc_is_ssa(h->f, dst->var)) {
        set_name(h, h->f->names.at[dst->names + word], l, stmt);
    } else if (dst->kind == ESC_VAR) {
        held_write(h, place_of(h, dst->var), at_word(dst->off, word), l, stmt, true);
    } else if (dst->kind == ESC_MEM) {
        target_list p = {0};
        pointer_value(h, dst, stmt, &p);
        for (uint32_t i = 0; i < p.len; i++)
            if (held_is_address(&p.at[i])) {
                int32_t off = p.at[i].off == ESC_ANY ? ESC_ANY : at_word(dst->off, word);
                held_write(h, p.at[i].obj, off == ESC_ANY ? ESC_ANY : p.at[i].off + off, l, stmt,
                           p.len == 1);
            }
        h->writes |= p.len == 0;
        vec_free(&p);
    }
}

/* ---- statements ---- */

/* Reading or writing through a pointer to a variable whose block has ended. */
static void check_use(struct held *h, const struct esc_ref *r, uint32_t stmt) {
    if (!h->warning || r->kind != ESC_MEM)
        return;
    target_list p = {0};
    pointer_value(h, r, stmt, &p);
    for (uint32_t i = 0; i < p.len; i++)
        held_warn_use(h, &p.at[i], stmt);
    vec_free(&p);
}

static uint32_t word_count(const struct esc_ref *r) {
    uint32_t n = esc_words(r->off, r->size);
    return n > 64 ? 64 : n;
}

static void do_assign(struct held *h, uint32_t stmt) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    uint32_t n = s->dst.kind == ESC_VAR || s->dst.kind == ESC_MEM ? word_count(&s->dst) : 0;
    VEC(target_list) words = {0}; /* all are read before any is written: they may overlap */
    for (uint32_t w = 0; w < n; w++) {
        target_list l = {0};
        for (uint32_t k = 0; k < s->n; k++)
            if (w < word_count(&s->refs[k]) || s->refs[k].kind == ESC_ADDR)
                held_value(h, &s->refs[k], w, &l, stmt);
        vec_push(&words, l);
    }
    for (uint32_t w = 0; w < n; w++) {
        held_define(h, &s->dst, w, &words.at[w], stmt);
        vec_free(&words.at[w]);
    }
    vec_free(&words);
}

static void do_return(struct held *h, uint32_t stmt) {
    const struct esc_ref *r = &h->f->stmts.at[stmt].refs[0];
    uint32_t n = r->kind == ESC_VAR || r->kind == ESC_MEM ? word_count(r) : 1;
    h->number |= (r->flags & ESC_REF_NUMBER) != 0;
    for (uint32_t w = 0; w < n; w++) {
        target_list l = {0};
        held_value(h, r, w, &l, stmt);
        for (uint32_t i = 0; i < l.len; i++) {
            struct target t = l.at[i];
            bool named = r->kind == ESC_VAR && !(r->var & ESC_SYM) && h->f->vars.at[r->var].name;
            if (named || r->kind == ESC_ADDR || t.via == UINT32_MAX)
                t.via = stmt; /* else: the statement that chose the value to return */
            t.block = t.merge == HELD_NO_BLOCK ? h->f->stmts.at[stmt].block : t.block;
            add_fact(&h->result, (struct fact){HELD_RESULT, (int32_t)(w * ESC_WORD), t});
        }
        vec_free(&l);
    }
}

static void do_scope(struct held *h, uint32_t stmt, bool begins) {
    uint32_t var = h->f->stmts.at[stmt].dst.var, block = h->f->stmts.at[stmt].block;
    uint32_t obj = object_of_var(h->g, var), n = 0;
    for (uint32_t i = 0; i < h->now.len; i++) {
        const struct fact *f = &h->now.at[i];
        if (f->place == obj || (f->place == HELD_DEAD && f->target.obj == obj))
            continue;
        h->now.at[n++] = *f;
    }
    h->now.len = n;
    if (!begins)
        add_fact(&h->now, (struct fact){HELD_DEAD, 0, plain_target(obj, 0, stmt, block)});
}

static void do_asm(struct held *h, uint32_t stmt) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    target_list none = {0};
    for (uint32_t i = 0; i < s->outs; i++)
        for (uint32_t w = 0; w < word_count(&s->refs[i]); w++)
            held_define(h, &s->refs[i], w, &none, stmt);
    if (s->memory) { /* it may have written anywhere: only which blocks have ended is still known */
        uint32_t n = 0;
        for (uint32_t i = 0; i < h->now.len; i++)
            if (h->now.at[i].place == HELD_DEAD)
                h->now.at[n++] = h->now.at[i];
        h->now.len = n;
        h->writes = h->calls_out = true;
    }
}

static void do_stmt(struct held *h, uint32_t id) {
    const struct esc_stmt *s = &h->f->stmts.at[id];
    check_use(h, &s->dst, id);
    for (uint32_t k = 0; k < s->n; k++)
        check_use(h, &s->refs[k], id);
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
    default:
        break;
    }
}

/* ---- blocks ---- */

static void do_phis(struct held *h, uint32_t block) {
    struct esc_fn *f = h->f;
    for (uint32_t p = 0; p < h->phis[block].len; p++) {
        uint32_t i = h->phis[block].at[p];
        const struct esc_name *n = &f->ssa.at[i];
        const struct esc_block *b = &f->blocks.at[block];
        for (uint32_t k = 0; k < n->from.len && k < b->preds.len; k++) {
            target_list l = h->val[esc_same(f, n->from.at[k])];
            for (uint32_t j = 0; j < l.len; j++) {
                struct target t = l.at[j];
                if (!held_passes(h, esc_same(f, n->from.at[k]), &t, b->preds.at[k], block))
                    continue;
                if (t.merge == HELD_NO_BLOCK && b->preds.len > 1) {
                    t.block = b->preds.at[k];
                    t.merge = block;
                }
                uint32_t before = h->val[i].len;
                target_add(&h->val[i], t);
                h->changed |= h->val[i].len != before;
                l = h->val[esc_same(f, n->from.at[k])];
            }
        }
    }
}

/* Facts at the end of PRED become facts at the start of BLOCK; true if there were new ones. */
static bool flow_into(struct held *h, fact_list *into, bool *first, uint32_t pred, uint32_t merge) {
    bool changed = false, was_first = !*first;
    *first = true;
    if (!was_first)
        for (uint32_t i = 0; i < into->len; i++) {
            struct fact f = into->at[i];
            if (f.place != HELD_DEAD && f.place != HELD_REGISTERED && !knows(&h->now, f.place, f.off))
                changed |= add_fact(into, (struct fact){f.place, f.off,
                                                        plain_target(HELD_BEFORE, 0, 0, 0)});
        }
    uint32_t had = into->len;
    for (uint32_t i = 0; i < h->now.len; i++) {
        struct fact f = h->now.at[i];
        if (f.place == HELD_REGISTERED && held_failed(h, &f.target, pred, merge))
            continue;
        if (merge != ESC_EXIT && !(held_feasible(h, &f.target, merge) &&
                                   held_passes(h, ESC_NOVAR, &f.target, pred, merge)))
            f.target = plain_target(HELD_NOTHING, 0, f.target.via, pred);
        if (!was_first && f.place != HELD_DEAD && f.place != HELD_REGISTERED) {
            bool known = false;
            for (uint32_t k = 0; k < had && !known; k++)
                known = into->at[k].place == f.place && into->at[k].off == f.off;
            if (!known)
                changed |= add_fact(into, (struct fact){f.place, f.off,
                                                        plain_target(HELD_BEFORE, 0, 0, 0)});
        }
        if (f.target.merge == HELD_NO_BLOCK && merge != ESC_EXIT &&
            h->f->blocks.at[merge].preds.len > 1) {
            f.target.block = pred;
            f.target.merge = merge;
        }
        changed |= add_fact(into, f);
    }
    return changed || was_first;
}

static void do_block(struct held *h, uint32_t block) {
    const struct esc_block *b = &h->f->blocks.at[block];
    do_phis(h, block);
    h->now.len = 0;
    for (uint32_t i = 0; i < h->in[block].len; i++)
        vec_push(&h->now, h->in[block].at[i]);
    held_enter_loop(h, block);
    for (uint32_t i = b->first; i < b->end; i++)
        do_stmt(h, i);
    for (uint32_t k = 0; k < b->succs.len; k++) {
        uint32_t s = b->succs.at[k];
        if (s == ESC_EXIT)
            flow_into(h, &h->at_exit, &h->exits, block, ESC_EXIT);
        else
            h->changed |= flow_into(h, &h->in[s], &h->reached[s], block, s);
    }
}

static void start_params(struct held *h) {
    struct esc_fn *f = h->f;
    uint32_t name = 0;
    for (uint32_t p = 0; p < f->nparams; p++)
        for (uint32_t w = 0; w < f->nwords[p]; w++, name++)
            if (f->vars.at[p].size >= ESC_WORD && !(f->vars.at[p].flags & ESC_VARARGS))
                target_add(&h->val[name],
                           plain_target(object_of_param(h->g, p, (int32_t)w), 0, UINT32_MAX, 0));
    for (uint32_t p = 0; p < f->nparams; p++) {
        const struct esc_var *v = &f->vars.at[p];
        uint32_t words = v->size / ESC_WORD;
        if (esc_is_ssa(f, p) || (v->flags & ESC_VARARGS))
            continue;
        for (uint32_t w = 0; w < words && w < 16; w++) {
            struct target t = plain_target(object_of_param(h->g, p, (int32_t)w), 0, UINT32_MAX, 0);
            add_fact(&h->in[0], (struct fact){object_of_var(h->g, p), (int32_t)(w * ESC_WORD), t});
        }
    }
}

static void run(struct held *h) {
    h->reached[0] = true;
    start_params(h);
    h->changed = true;
    for (int round = 0; round < MAX_ROUNDS && h->changed; round++) {
        h->changed = false;
        h->exits = false;
        h->at_exit.len = 0;
        h->result.len = 0;
        for (uint32_t i = 0; i < h->f->order.len; i++)
            if (h->reached[h->f->order.at[i]])
                do_block(h, h->f->order.at[i]);
    }
    h->warning = true;
    h->exits = false;
    h->at_exit.len = 0;
    h->result.len = 0;
    for (uint32_t i = 0; i < h->f->order.len; i++)
        if (h->reached[h->f->order.at[i]])
            do_block(h, h->f->order.at[i]);
}

/* ---- the exit state ---- */

static uint32_t exit_place(struct held *h, struct esc_exit_state *x, uint32_t place) {
    struct exit_place p = {0};
    if (place & HELD_SYM && place < HELD_NOTHING) {
        p = (struct exit_place){OBJ_WORLD, 0, place & ~(uint32_t)HELD_SYM, 0, 0};
    } else if (is_pointee(h, place)) {
        const struct object *o = &h->g->objs.at[place];
        p = (struct exit_place){OBJ_POINTEE, o->depth, o->id, 0, o->off};
        if (o->depth)
            p.parent = exit_place(h, x, o->parent);
        if (o->depth && p.parent == HELD_NOTHING)
            return HELD_NOTHING;
    } else {
        return HELD_NOTHING;
    }
    for (uint32_t i = 0; i < x->places.len; i++) {
        const struct exit_place *q = &x->places.at[i];
        if (q->kind == p.kind && q->depth == p.depth && q->id == p.id && q->off == p.off &&
            (p.kind == OBJ_WORLD || p.depth == 0 || q->parent == p.parent))
            return i;
    }
    vec_push(&x->places, p);
    return x->places.len - 1;
}

static uint32_t exit_target(struct held *h, struct esc_exit_state *x, const struct target *t) {
    return held_is_address(t) ? exit_place(h, x, t->obj) : t->obj;
}

static void make_exit_state(struct held *h) {
    struct esc_exit_state *x = calloc(1, sizeof *x);
    if (!x)
        abort();
    x->returns = h->exits;
    x->writes = h->writes || h->at_exit.len >= MAX_FACTS;
    x->calls_out = h->calls_out;
    for (uint32_t i = 0; i < h->at_exit.len; i++) {
        const struct fact *f = &h->at_exit.at[i];
        uint32_t place = f->place < HELD_NOTHING ? exit_place(h, x, f->place) : HELD_NOTHING;
        if (place == HELD_NOTHING)
            continue;
        struct exit_fact e = {place, f->off, exit_target(h, x, &f->target), f->target.off};
        vec_push(&x->facts, e);
    }
    vec_push(&x->places, ((struct exit_place){OBJ_RESULT, 0, 0, 0, 0}));
    uint32_t result = x->places.len - 1;
    for (uint32_t i = 0; i < h->result.len; i++) {
        const struct fact *f = &h->result.at[i];
        struct exit_fact e = {result, f->off, exit_target(h, x, &f->target), f->target.off};
        vec_push(&x->facts, e);
    }
    exit_state_free(h->f->exit);
    h->f->exit = x;
}

void exit_state_free(struct esc_exit_state *x) {
    if (!x)
        return;
    vec_free(&x->places);
    vec_free(&x->facts);
    free(x);
}

/* ---- all of it ---- */

static bool worth_it(const struct esc_graph *g) {
    const struct esc_fn *f = g->fn;
    if (f->gave_up || f->blocks.len > MAX_BLOCKS)
        return false;
    for (uint32_t i = 0; i < f->vars.len; i++)
        if (f->vars.at[i].verdict != ESC_STAYS)
            return true;
    for (uint32_t i = 0; i < f->nparams; i++)
        if (f->vars.at[i].size >= ESC_WORD)
            return true;
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_ref *d = &f->stmts.at[i].dst;
        if (d->kind == ESC_VAR && (d->var & ESC_SYM))
            return true;
    }
    return false;
}

void held(struct esc_graph *g) {
    if (!worth_it(g))
        return;
    struct held h = {.g = g, .f = g->fn};
    uint32_t blocks = g->fn->blocks.len, names = g->fn->ssa.len;
    h.val = calloc(names + 1, sizeof *h.val);
    h.in = calloc(blocks + 1, sizeof *h.in);
    h.reached = calloc(blocks + 1, sizeof *h.reached);
    h.conds = calloc(blocks + 1, sizeof *h.conds);
    h.phis = calloc(blocks + 1, sizeof *h.phis);
    if (!h.val || !h.in || !h.reached || !h.conds || !h.phis)
        abort();
    for (uint32_t i = 0; i < names; i++)
        if (g->fn->ssa.at[i].same == i && g->fn->ssa.at[i].stmt == UINT32_MAX)
            vec_push(&h.phis[g->fn->ssa.at[i].block], i);
    held_conditions(&h);
    run(&h);
    held_warn_exit(&h);
    make_exit_state(&h);
    for (uint32_t i = 0; i < names; i++)
        vec_free(&h.val[i]);
    for (uint32_t i = 0; i < blocks; i++) {
        vec_free(&h.in[i]);
        vec_free(&h.conds[i]);
        vec_free(&h.phis[i]);
    }
    free(h.phis);
    free(h.val);
    free(h.in);
    free(h.reached);
    free(h.conds);
    vec_free(&h.now);
    vec_free(&h.at_exit);
    vec_free(&h.result);
    map_free(&h.children);
    map_free(&h.warned);
}
