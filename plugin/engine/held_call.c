/* What is held across a call.
 *
 *     set(&c, &x)       the exit state of set: *c's word holds what its second argument points to
 *     reset(c)          the exit state of reset: *c's word holds something else
 *     atexit(f)         model: f is registered until further notice
 *     ext(c)            unknown: what c points to may have been changed: nothing is known of it
 *
 * An unknown function may change whatever it can reach: what it was passed, exported data, and static
 * data that other functions of the unit write. It may also end a registration. Everything else stays
 * as it is; so a warning across such a call is certain as far as C's customs go.
 */
#include "held.h"

#include "models.h"

#include <stdlib.h>
#include <string.h>

/* ---- forgetting ---- */

static bool listed(const place_list *l, uint32_t place);

/* Adds every place that can be reached from the ones in L. */
static void close_over(struct held *h, place_list *l) {
    for (uint32_t i = 0; i < l->len; i++) {
        for (uint32_t k = 0; k < h->now.len; k++) {
            const struct fact *f = &h->now.at[k];
            if (f->place == l->at[i] && held_is_address(&f->target) &&
                !listed(l, f->target.obj))
                vec_push(l, f->target.obj);
        }
        for (uint32_t k = 0; l->at[i] < HELD_SYM && k < h->g->objs.len; k++) {
            const struct object *o = &h->g->objs.at[k];
            if (o->kind == OBJ_POINTEE && o->depth && o->parent == l->at[i] && !listed(l, k))
                vec_push(l, k);
        }
    }
}

static bool listed(const place_list *l, uint32_t place) {
    for (uint32_t i = 0; i < l->len; i++)
        if (l->at[i] == place)
            return true;
    return false;
}

/* Whether somebody an unknown function could be, or call, writes this static data. */
static bool others_write(const struct held *h, uint32_t sym) {
    const struct esc_symbol *s = &h->g->unit->syms.at[sym];
    if (!(s->flags & ESC_SYM_LOCAL) || (s->flags & ESC_SYM_TAKEN))
        return true;
    return s->writers > 1 || (s->writers == 1 && h->g->unit->fns.at[s->writer] != h->f);
}

static void forget_static_data(struct held *h) {
    place_list places = {0};
    for (uint32_t i = 0; i < h->now.len; i++) {
        uint32_t place = h->now.at[i].place;
        if (place < HELD_NOTHING && (place & HELD_SYM) && !listed(&places, place) &&
            others_write(h, place & ~(uint32_t)HELD_SYM))
            vec_push(&places, place);
    }
    for (uint32_t i = 0; i < places.len; i++)
        held_forget(h, places.at[i]);
    vec_free(&places);
}

static void forget_registrations(struct held *h) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->now.len; i++)
        if (h->now.at[i].place != HELD_REGISTERED)
            h->now.at[n++] = h->now.at[i];
    h->now.len = n;
}

static void argument_targets(struct held *h, uint32_t stmt, uint32_t arg, target_list *out) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    if (arg >= s->n)
        return;
    const struct esc_ref *r = &s->refs[arg];
    uint32_t n = r->kind == ESC_VAR || r->kind == ESC_MEM ? esc_words(r->off, r->size) : 1;
    for (uint32_t w = 0; w < n && w < 16; w++)
        held_value(h, r, w, out, stmt);
}

/* What the arguments point to (and, if DEEP, whatever can be reached from there) may have changed. */
static void forget_arguments(struct held *h, uint32_t stmt, bool deep) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    place_list places = {0};
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->refs[i].flags & ESC_REF_READS && !deep)
            continue;
        target_list l = {0};
        argument_targets(h, stmt, i, &l);
        for (uint32_t k = 0; k < l.len; k++)
            if (held_is_address(&l.at[k]))
                vec_push(&places, l.at[k].obj);
        vec_free(&l);
    }
    if (deep)
        close_over(h, &places);
    for (uint32_t i = 0; i < places.len; i++)
        held_forget(h, places.at[i]);
    vec_free(&places);
}

/* ---- models ---- */

static void path_targets(struct held *h, uint32_t stmt, struct esc_path p, target_list *out) {
    if (p.base < 0)
        return;
    argument_targets(h, stmt, (uint32_t)p.base, out);
    for (unsigned d = 0; d < p.derefs; d++) {
        target_list next = {0};
        for (uint32_t i = 0; i < out->len; i++)
            if (held_is_address(&out->at[i]) && out->at[i].off != ESC_ANY)
                held_read(h, out->at[i].obj, out->at[i].off, &next);
        vec_free(out);
        *out = next;
    }
}

/* What is kept where P says so; `*p` is every word from there to the end of p's pointee. */
static void kept_targets(struct held *h, uint32_t stmt, struct esc_path p, target_list *out) {
    if (p.derefs == 0) {
        path_targets(h, stmt, p, out);
        return;
    }
    target_list at = {0};
    p.derefs--;
    path_targets(h, stmt, p, &at);
    for (uint32_t i = 0; i < at.len; i++)
        for (uint32_t k = 0; held_is_address(&at.at[i]) && k < h->now.len; k++)
            if (h->now.at[k].place == at.at[i].obj && h->now.at[k].off >= at.at[i].off)
                held_read(h, at.at[i].obj, h->now.at[k].off, out);
    vec_free(&at);
}

/* Everything that by the model is kept for good or until something that has a name. */
static void model_keeps(struct held *h, uint32_t stmt, const struct esc_model *m, target_list *out) {
    for (size_t i = 0; i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        if ((e->kind != ESC_EFFECT_KEEP && e->kind != ESC_EFFECT_REGISTER) || e->open_end)
            continue;
        kept_targets(h, stmt, e->src, out);
        for (uint8_t k = 0; k < e->nargs; k++)
            kept_targets(h, stmt, e->args[k], out);
    }
}

/* A function that, by some model, ends what another began. */
static bool ends_something(const struct esc_models *models, struct held *h, const char *name) {
    for (uint32_t i = 0; i < h->now.len; i++) {
        const struct fact *f = &h->now.at[i];
        if (f->place != HELD_REGISTERED || f->target.via == UINT32_MAX)
            continue;
        const struct esc_ref *callee = &h->f->stmts.at[f->target.via].callee;
        if (callee->kind != ESC_ADDR)
            continue;
        const char *began = h->g->unit->syms.at[callee->var & ~ESC_SYM].name;
        const struct esc_model *m = esc_models_find(models, began);
        for (size_t k = 0; m && k < m->neffects; k++)
            for (const char *const *u = m->effects[k].until; u && *u; u++)
                if (!strcmp(*u, name))
                    return true;
    }
    return false;
}

static void call_model(struct held *h, uint32_t stmt, const struct esc_model *m) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    target_list result = {0}, kept = {0};
    struct {
        target_list to, from;
    } stores[8];
    unsigned nstores = 0;
    if (ends_something(h->g->unit->opt.models, h, m->name))
        forget_registrations(h);
    if (m->yields) {
        forget_static_data(h);
        forget_registrations(h);
        h->calls_out = true;
    }
    for (size_t i = 0; i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        if (e->kind == ESC_EFFECT_FLOW && e->dst.base == ESC_BASE_RETURN && e->dst.derefs == 0) {
            if (e->src.base >= 0)
                path_targets(h, stmt, e->src, &result);
        } else if (e->kind == ESC_EFFECT_FLOW && e->dst.base >= 0 && e->src.derefs == 0 &&
                   nstores < 8) {
            struct esc_path holder = {e->dst.base, (uint8_t)(e->dst.derefs - 1)};
            memset(&stores[nstores], 0, sizeof stores[nstores]);
            path_targets(h, stmt, holder, &stores[nstores].to);
            path_targets(h, stmt, e->src, &stores[nstores].from);
            nstores++;
        }
    }
    model_keeps(h, stmt, m, &kept);
    forget_arguments(h, stmt, false);
    for (unsigned i = 0; i < nstores; i++) {
        for (uint32_t k = 0; k < stores[i].to.len; k++)
            if (held_is_address(&stores[i].to.at[k]))
                held_write(h, stores[i].to.at[k].obj, stores[i].to.at[k].off, &stores[i].from, stmt,
                           stores[i].to.len == 1);
        vec_free(&stores[i].to);
        vec_free(&stores[i].from);
    }
    held_write(h, HELD_REGISTERED, 0, &kept, stmt, false);
    vec_free(&kept);
    for (size_t i = 0; i < m->neffects; i++) {
        if (m->effects[i].kind == ESC_EFFECT_CALL) {
            forget_arguments(h, stmt, true);
            forget_static_data(h);
        }
    }
    for (uint32_t i = 0; i < h->g->objs.len; i++)
        if (h->g->objs.at[i].kind == OBJ_ALLOC && h->g->objs.at[i].id == stmt && m->neffects)
            for (size_t k = 0; k < m->neffects; k++)
                if (m->effects[k].kind == ESC_EFFECT_FLOW && m->effects[k].src.base == ESC_BASE_NEW &&
                    m->effects[k].dst.base == ESC_BASE_RETURN && m->effects[k].dst.derefs == 0)
                    target_add(&result, (struct target){i, 0, stmt, stmt, s->block, HELD_NO_BLOCK});
    held_define(h, &s->dst, 0, &result, stmt);
    vec_free(&result);
}

/* ---- functions of the unit ---- */

struct mapping {
    struct held *h;
    uint32_t stmt;
    const struct esc_fn *callee;
    const struct esc_exit_state *x;
    target_list *places; /* by place of the exit state: what it is here */
    bool *done;          /* has been worked out */
};

static const target_list *map_place(struct mapping *m, uint32_t place) {
    const struct exit_place *p = &m->x->places.at[place];
    target_list *l = &m->places[place];
    struct held *h = m->h;
    if (m->done[place])
        return l;
    m->done[place] = true;
    uint32_t block = h->f->stmts.at[m->stmt].block;
    if (p->kind == OBJ_WORLD) {
        target_add(l, (struct target){HELD_SYM | p->id, 0, m->stmt, m->stmt, block, HELD_NO_BLOCK});
    } else if (p->kind == OBJ_POINTEE && p->depth == 0) {
        const struct esc_stmt *s = &h->f->stmts.at[m->stmt];
        uint32_t flags = m->callee->vars.at[p->id].flags;
        if (p->id < s->n && !(flags & (ESC_CHAIN | ESC_VARARGS)) && p->off != ESC_ANY &&
            (p->off == 0 || s->refs[p->id].kind == ESC_VAR || s->refs[p->id].kind == ESC_MEM))
            held_value(h, &s->refs[p->id], (uint32_t)p->off, l, m->stmt);
    } else if (p->kind == OBJ_POINTEE) {
        const target_list *up = map_place(m, p->parent);
        if (up->len == 1 && held_is_address(&up->at[0]) && up->at[0].off != ESC_ANY &&
            p->off != ESC_ANY)
            held_read(h, up->at[0].obj, up->at[0].off + p->off, l);
    }
    return l;
}

/* One word of one place at the callee's exit. */
static void apply_word(struct mapping *m, uint32_t place, int32_t off) {
    struct held *h = m->h;
    target_list now = {0};
    bool kept = false;
    for (uint32_t i = 0; i < m->x->facts.len; i++) {
        const struct exit_fact *f = &m->x->facts.at[i];
        if (f->place != place || f->off != off)
            continue;
        kept |= f->target == HELD_BEFORE;
        if (f->target >= HELD_NOTHING)
            continue;
        const target_list *l = map_place(m, f->target);
        for (uint32_t k = 0; k < l->len; k++) {
            struct target t = l->at[k];
            t.off = t.off == ESC_ANY || f->target_off == ESC_ANY ? ESC_ANY : t.off + f->target_off;
            target_add(&now, t);
        }
    }
    if (m->x->places.at[place].kind == OBJ_RESULT) {
        const struct esc_ref *dst = &h->f->stmts.at[m->stmt].dst;
        uint32_t word = off == ESC_ANY ? 0 : (uint32_t)off / ESC_WORD;
        if ((dst->kind == ESC_VAR || dst->kind == ESC_MEM) && word < esc_words(dst->off, dst->size))
            held_define(h, dst, word, &now, m->stmt);
    } else {
        const target_list *to = &m->places[place];
        for (uint32_t i = 0; i < to->len; i++)
            if (held_is_address(&to->at[i])) {
                int32_t at = to->at[i].off == ESC_ANY || off == ESC_ANY ? ESC_ANY
                                                                       : to->at[i].off + off;
                held_write(h, to->at[i].obj, at, &now, m->stmt, to->len == 1 && !kept);
            }
    }
    vec_free(&now);
}

static void call_known(struct held *h, uint32_t stmt, const struct esc_fn *callee) {
    const struct esc_exit_state *x = callee->exit;
    struct mapping m = {.h = h, .stmt = stmt, .callee = callee, .x = x};
    m.places = calloc(x->places.len + 1, sizeof *m.places);
    m.done = calloc(x->places.len + 1, sizeof *m.done);
    if (!m.places || !m.done)
        abort();
    for (uint32_t i = 0; i < x->places.len; i++)
        map_place(&m, i);
    if (x->writes)
        forget_arguments(h, stmt, true);
    if (x->calls_out || x->writes)
        forget_static_data(h);
    if (x->calls_out)
        forget_registrations(h);
    for (uint32_t i = 0; i < x->facts.len; i++) {
        bool first = true;
        for (uint32_t k = 0; k < i && first; k++)
            first = x->facts.at[k].place != x->facts.at[i].place ||
                    x->facts.at[k].off != x->facts.at[i].off;
        if (first)
            apply_word(&m, x->facts.at[i].place, x->facts.at[i].off);
    }
    h->writes |= x->writes;
    h->calls_out |= x->calls_out;
    for (uint32_t i = 0; i < x->places.len; i++)
        vec_free(&m.places[i]);
    free(m.places);
    free(m.done);
}

/* ---- calls ---- */

static void call_unknown_here(struct held *h, uint32_t stmt) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    target_list none = {0};
    forget_arguments(h, stmt, true);
    forget_static_data(h);
    forget_registrations(h);
    h->calls_out = h->writes = true;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!(s->refs[i].flags & ESC_REF_KEEP))
            continue;
        target_list l = {0};
        argument_targets(h, stmt, i, &l);
        held_write(h, HELD_REGISTERED, 0, &l, stmt, false);
        vec_free(&l);
    }
    if (s->dst.kind == ESC_VAR || s->dst.kind == ESC_MEM)
        for (uint32_t w = 0; w < esc_words(s->dst.off, s->dst.size) && w < 64; w++)
            held_define(h, &s->dst, w, &none, stmt);
}

/* ---- loops and failures ---- */

/* The model of the function that STMT calls, if that is how the call is to be understood. */
static const struct esc_model *model_of(const struct held *h, uint32_t stmt) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    const struct esc_unit *u = h->g->unit;
    if (s->kind != ESC_STMT_CALL || s->callee.kind != ESC_ADDR || !(s->callee.var & ESC_SYM))
        return NULL;
    const struct esc_symbol *sym = &u->syms.at[s->callee.var & ~ESC_SYM];
    const struct esc_model *m =
        !sym->fn && u->opt.models ? esc_models_find(u->opt.models, sym->name) : NULL;
    return m && esc_model_fits(m, sym->name, s->n) ? m : NULL;
}

enum esc_fails held_call_fails(const struct held *h, uint32_t stmt) {
    const struct esc_model *m = stmt < h->f->stmts.len ? model_of(h, stmt) : NULL;
    return m ? m->fails : ESC_FAILS_NEVER;
}

static bool loop_contains(const struct esc_fn *f, uint32_t loop, uint32_t block) {
    for (uint32_t l = f->blocks.at[block].loop; l; l = f->loops.at[l].parent)
        if (l == loop)
            return true;
    return false;
}

/* Whether a call in the loop may end what was registered before it. */
static bool loop_ends_something(struct held *h, uint32_t loop) {
    for (uint32_t i = 0; i < h->f->order.len; i++) {
        const struct esc_block *b = &h->f->blocks.at[h->f->order.at[i]];
        if (!loop_contains(h->f, loop, h->f->order.at[i]))
            continue;
        for (uint32_t k = b->first; k < b->end; k++) {
            if (h->f->stmts.at[k].kind != ESC_STMT_CALL)
                continue;
            const struct esc_model *m = model_of(h, k);
            if (!m || m->yields || ends_something(h->g->unit->opt.models, h, m->name))
                return true;
        }
    }
    return false;
}

/* for (i = 0; i < n; i++) pthread_join(t[i], NULL) joins at least one thread: somebody started them.
 * So a loop that may end a registration ends those that were there before it. */
void held_enter_loop(struct held *h, uint32_t block) {
    uint32_t loop = h->f->blocks.at[block].loop, n = 0, nregistered = 0;
    if (!loop || h->f->loops.at[loop].irregular || h->f->loops.at[loop].header != block)
        return;
    for (uint32_t i = 0; i < h->now.len; i++)
        nregistered += h->now.at[i].place == HELD_REGISTERED;
    if (!nregistered || !loop_ends_something(h, loop))
        return;
    for (uint32_t i = 0; i < h->now.len; i++) {
        uint32_t via = h->now.at[i].target.via;
        if (h->now.at[i].place != HELD_REGISTERED ||
            (via < h->f->stmts.len && loop_contains(h->f, loop, h->f->stmts.at[via].block)))
            h->now.at[n++] = h->now.at[i];
    }
    h->now.len = n;
}

/* ---- all calls ---- */

void held_call(struct held *h, uint32_t stmt) {
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    struct esc_unit *u = h->g->unit;
    if (h->warning)
        for (uint32_t i = 0; i < s->n; i++) {
            target_list l = {0};
            argument_targets(h, stmt, i, &l);
            for (uint32_t k = 0; k < l.len; k++)
                held_warn_use(h, &l.at[k], stmt);
            vec_free(&l);
        }
    if (s->callee.kind == ESC_ADDR && (s->callee.var & ESC_SYM)) {
        const struct esc_symbol *sym = &u->syms.at[s->callee.var & ~ESC_SYM];
        const struct esc_model *m = model_of(h, stmt);
        if (sym->fn && sym->fn->exit && !(sym->flags & ESC_SYM_REPLACE)) {
            call_known(h, stmt, sym->fn);
            return;
        }
        if (m) {
            call_model(h, stmt, m);
            return;
        }
        if (!sym->fn && (sym->flags & ESC_SYM_KEEPS_NOTHING)) {
            target_list none = {0};
            held_define(h, &s->dst, 0, &none, stmt);
            return;
        }
    }
    call_unknown_here(h, stmt);
}
