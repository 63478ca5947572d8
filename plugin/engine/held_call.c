/* What is held across a call.
 *
 *     set(&c, &x)       the exit state of set: *c's word holds what its second argument points to
 *     reset(c)          the exit state of reset: *c's word holds something else
 *     atexit(f)         model: f is registered until further notice
 *     ext(c)            unknown: what c points to may have been changed: nothing is known of it
 *     table[i](&x)      any of the table's functions: what all of them leave behind
 *
 * An unknown function may change whatever it can reach: what it was passed, exported data, and static
 * data that other functions of the unit write. It may also end a registration. Everything else stays
 * as it is; so a warning across such a call is certain as far as C's customs go.
 */
#include "held.h"

#include "models.h"

#include <string.h>

/* ---- forgetting ---- */

/* Adds PLACE, each once in a walk. */
static void visit(struct held *h, place_list *l, uint32_t place)
{
    if (place < HELD_SYM) {
        if (h->objs.at[place].mark == h->walk)
            return;
        h->objs.at[place].mark = h->walk;
    } else {
        for (uint32_t i = 0; i < l->len; i++)
            if (l->at[i] == place)
                return;
    }
    vec_push(l, place);
}

/* Adds every place that can be reached from the ones in L. */
static void close_over(struct held *h, place_list *l)
{
    for (uint32_t i = 0; i < l->len; i++) {
        uint32_t place = l->at[i];
        uint32_t k = fact_find(&h->now, place, ESC_ANY);
        for (; k < h->now.len && h->now.at[k].place == place; k++)
            if (held_is_address(&h->now.at[k].target))
                visit(h, l, h->now.at[k].target.obj);
        for (k = place < HELD_SYM ? h->objs.at[place].child : 0; k; k = h->objs.at[k].sibling)
            visit(h, l, k);
    }
}

/* Whether somebody an unknown function could be, or call, writes this static data. */
static bool others_write(const struct held *h, uint32_t sym)
{
    const struct esc_symbol *s = &h->u->syms.at[sym];
    if (!(s->flags & ESC_SYM_LOCAL) || (s->flags & ESC_SYM_TAKEN))
        return true;
    return s->writers > 1 || (s->writers == 1 && h->u->fns.at[s->writer] != h->f);
}

/* Whether what is reached from ROOT, static data or a parameter, is other functions', or (if THREADS) other threads'. */
static bool others_reach(const struct held *h, uint32_t root, bool threads)
{
    return root >= HELD_SYM || (threads && h->f->vars.at[root].flags & ESC_SHARED);
}

/* What others may have written: static data and what is reached from there; if THREADS, also what they share. */
static void forget_outside(struct held *h, bool threads)
{
    for (uint32_t i = h->rooted || threads ? 0 : fact_find(&h->now, HELD_SYM, ESC_ANY);
         i < h->now.len;) {
        uint32_t place = h->now.at[i].place;
        if (place >= HELD_NOTHING)
            break;
        bool data = place >= HELD_SYM && others_write(h, place & ~(uint32_t)HELD_SYM);
        bool behind = held_is_pointee(h, place) && others_reach(h, h->objs.at[place].id, threads);
        if (data || behind)
            held_forget(h, place);
        while (i < h->now.len && h->now.at[i].place <= place)
            i++;
    }
}

void held_forget_static_data(struct held *h)
{
    forget_outside(h, false);
}

void held_forget_shared(struct held *h)
{
    forget_outside(h, true);
}

static bool not_registered(struct held *h, const struct fact *f, uint32_t arg)
{
    (void)h, (void)arg;
    return f->place != HELD_REGISTERED;
}

void held_forget_registrations(struct held *h)
{
    uint32_t i = fact_find(&h->now, HELD_REGISTERED, ESC_ANY);
    if (i < h->now.len && h->now.at[i].place == HELD_REGISTERED)
        held_filter(h, not_registered, 0);
}

bool held_hands_out(const struct held *h, uint32_t by)
{
    const struct esc_model *m = by != ESC_NOVAR ? symbol_model(h->u, by) : NULL;
    for (size_t i = 0; m && i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        if (e->kind == ESC_EFFECT_FLOW && e->dst.base == ESC_BASE_RETURN && e->dst.derefs == 0 &&
            e->src.base == ESC_BASE_STATIC)
            return true;
    }
    return false;
}

static bool not_handed_out(struct held *h, const struct fact *f, uint32_t arg)
{
    (void)arg;
    return f->place != HELD_REGISTERED || !held_hands_out(h, (uint32_t)f->off);
}

void held_forget_handed_out(struct held *h)
{
    uint32_t i = fact_find(&h->now, HELD_REGISTERED, ESC_ANY);
    if (i < h->now.len && h->now.at[i].place == HELD_REGISTERED)
        held_filter(h, not_handed_out, 0);
}

static void argument_targets(struct held *h, uint32_t stmt, uint32_t arg, struct targets *out)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    if (arg >= s->n)
        return;
    const struct esc_ref *r = &s->refs[arg];
    uint32_t n = r->kind == ESC_VAR || r->kind == ESC_MEM ? esc_words(r->off, r->size) : 1;
    for (uint32_t w = 0; w < n && w < 16; w++)
        held_value(h, r, w, out, stmt);
}

/* The callee may write through argument R, a pointer found in memory of which nobody knows where it
 * points. (What a call has just returned is taken to be something else than what is held.) */
static bool points_anywhere(const struct held *h, const struct esc_ref *r)
{
    if (!(r->flags & ESC_REF_WRITES) || r->kind == ESC_ADDR || r->kind == ESC_CONST)
        return false;
    uint32_t name = held_name(h, r);
    bool cast;
    if (name == UINT32_MAX)
        return r->kind == ESC_MEM || r->kind == ESC_VAR;
    uint32_t stmt = h->f->ssa.at[held_original(h, name, &cast)].stmt;
    if (stmt == UINT32_MAX || h->f->stmts.at[stmt].kind != ESC_STMT_ASSIGN)
        return false;
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    return s->n == 1 && (s->refs[0].kind == ESC_MEM || s->refs[0].kind == ESC_VAR);
}

/* What the arguments point to (and, if DEEP, whatever can be reached from there) may have changed. */
void held_forget_arguments(struct held *h, uint32_t stmt, bool deep)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    place_list places = {0};
    bool anywhere = false;
    h->walk++;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->refs[i].flags & ESC_REF_READS && !deep)
            continue;
        struct targets l;
        l.len = 0;
        argument_targets(h, stmt, i, &l);
        for (uint32_t k = 0; k < l.len; k++)
            if (!held_is_address(&l.at[k]))
                continue;
            else if (deep)
                visit(h, &places, l.at[k].obj);
            else /* t.at = t.buf; strcpy(t.at, s): what stands before t.buf is as it was */
                held_forget_from(h, l.at[k].obj, l.at[k].off);
        anywhere |= deep && l.len == 0 && points_anywhere(h, &s->refs[i]);
    }
    if (anywhere)
        held_store_anywhere(h);
    if (deep)
        close_over(h, &places);
    for (uint32_t i = 0; i < places.len; i++)
        held_forget(h, places.at[i]);
    held_spend(h, places.len);
    vec_free(&places);
}

/* ---- models ---- */

static void path_targets(struct held *h, uint32_t stmt, const struct esc_model *m,
                         struct esc_path p, struct targets *out)
{
    out->len = 0;
    if (p.base == ESC_BASE_NEW) {
        struct target t = held_target(held_alloc(h, stmt, 0), 0, stmt, h->f->stmts.at[stmt].block);
        target_add(out, &t);
    } else if (p.base == ESC_BASE_VARARGS) {
        for (uint32_t i = m->nparams; i < h->f->stmts.at[stmt].n; i++)
            argument_targets(h, stmt, i, out);
    } else if (p.base >= 0) {
        argument_targets(h, stmt, (uint32_t)p.base, out);
    }
    for (unsigned d = 0; d < p.derefs; d++) {
        struct targets next;
        next.len = 0;
        for (uint32_t i = 0; i < out->len; i++)
            if (held_is_address(&out->at[i]) && out->at[i].off != ESC_ANY)
                held_read(h, out->at[i].obj, out->at[i].off, &next);
        *out = next;
    }
}

/* What is kept where P says so; `*p` is every word from there to the end of p's pointee. */
static void kept_targets(struct held *h, uint32_t stmt, const struct esc_model *m,
                         struct esc_path p, struct targets *out)
{
    struct targets at;
    if (p.derefs == 0) {
        path_targets(h, stmt, m, p, &at);
        for (uint32_t i = 0; i < at.len; i++)
            target_add(out, &at.at[i]);
        return;
    }
    p.derefs--;
    path_targets(h, stmt, m, p, &at);
    for (uint32_t i = 0; i < at.len; i++) {
        if (!held_is_address(&at.at[i]))
            continue;
        uint32_t k = fact_find(&h->now, at.at[i].obj, at.at[i].off);
        for (; k < h->now.len && h->now.at[k].place == at.at[i].obj; k++)
            held_read(h, at.at[i].obj, h->now.at[k].off, out);
    }
}

/* Whether effect E happens, as far as its `if` tells: a number behind it is looked at, a name makes T
 * depend on it. */
static bool effect_given(const struct held *h, uint32_t stmt, const struct esc_effect *e,
                         struct target *t)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    if (!e->given)
        return true;
    const struct esc_ref *r = e->given_param < s->n ? &s->refs[e->given_param] : NULL;
    uint32_t name = r && r->kind == ESC_VAR ? held_name(h, r) : UINT32_MAX;
    int32_t value;
    if (r && r->kind == ESC_CONST)
        return r->off == e->given_value;
    if (name == UINT32_MAX)
        return false;
    if (held_constant(h, name, &value))
        return value == e->given_value;
    if (t->given != HELD_NO_BLOCK)
        return false;
    t->given = name;
    t->compared = ESC_EQ;
    t->bound = e->given_value;
    return true;
}

/* Everything that by the model is kept for good or until something that has a name. */
static void model_keeps(struct held *h, uint32_t stmt, const struct esc_model *m,
                        struct targets *out)
{
    out->len = 0;
    for (size_t i = 0; i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        if ((e->kind != ESC_EFFECT_KEEP && e->kind != ESC_EFFECT_REGISTER) || e->open_end)
            continue;
        struct targets l;
        l.len = 0;
        kept_targets(h, stmt, m, e->src, &l);
        for (uint8_t k = 0; k < e->nargs; k++)
            kept_targets(h, stmt, m, e->args[k], &l);
        for (uint32_t k = 0; k < l.len; k++)
            if (effect_given(h, stmt, e, &l.at[k]))
                target_add(out, &l.at[k]);
    }
    for (uint32_t i = 0; i < out->len; i++) {
        if (m->fails == ESC_FAILS_NEVER)
            continue;
        out->at[i].call = stmt;
        out->at[i].relation = m->fails == ESC_FAILS_ZERO ? ESC_NE : ESC_EQ;
        out->at[i].value = 0;
    }
}

/* Whether NAME ends what the function SYM has kept. */
static bool ends(const struct held *h, const char *name, uint32_t sym)
{
    const struct esc_model *m = symbol_model(h->u, sym);
    for (size_t k = 0; m && k < m->neffects; k++)
        for (const char *const *u = m->effects[k].until; u && *u; u++)
            if (!strcmp(*u, name))
                return true;
    return false;
}

/* The function SYM, by its model, may end what another began. */
static bool not_ended_by(struct held *h, const struct fact *f, uint32_t sym)
{
    if (f->place != HELD_REGISTERED)
        return true;
    const struct esc_model *m = symbol_model(h->u, sym);
    return !ends(h, m->name, (uint32_t)f->off);
}

/* One `*p = value` of a model. */
struct store {
    struct targets to, from;
};

enum { MAX_STORES = 8 };

/* The stores of M, with what they read before anything is written. */
static unsigned model_stores(struct held *h, uint32_t stmt, const struct esc_model *m,
                             struct store *stores)
{
    unsigned n = 0;
    for (size_t i = 0; i < m->neffects && n < MAX_STORES; i++) {
        const struct esc_effect *e = &m->effects[i];
        if (e->kind != ESC_EFFECT_FLOW || e->dst.base < 0 || e->src.derefs)
            continue;
        struct esc_path holder = {e->dst.base, (uint8_t)(e->dst.derefs - 1)};
        path_targets(h, stmt, m, holder, &stores[n].to);
        path_targets(h, stmt, m, e->src, &stores[n].from);
        for (unsigned k = 0; holder.derefs && k < n; k++) /* *p = new; **p = q */
            for (uint32_t j = 0; j < stores[k].from.len; j++)
                if (held_kind(h, stores[k].from.at[j].obj) == OBJ_ALLOC) {
                    stores[n].to.len = 0;
                    target_add(&stores[n].to, &stores[k].from.at[j]);
                }
        n++;
    }
    return n;
}

/* `*p = new` stands before effect N, which reads P: what it finds there is the new memory. */
static bool made_by(const struct esc_model *m, size_t n, struct esc_path p)
{
    for (size_t i = 0; i < n; i++) {
        const struct esc_effect *e = &m->effects[i];
        if (e->kind == ESC_EFFECT_FLOW && e->src.base == ESC_BASE_NEW && e->dst.base == p.base &&
            e->dst.derefs == p.derefs)
            return true;
    }
    return false;
}

static void model_result(struct held *h, uint32_t stmt, const struct esc_model *m,
                         struct targets *result)
{
    result->len = 0;
    for (size_t i = 0; i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        if (e->kind != ESC_EFFECT_FLOW || e->dst.base != ESC_BASE_RETURN || e->dst.derefs)
            continue;
        struct targets l;
        path_targets(h, stmt, m,
                     made_by(m, i, e->src) ? (struct esc_path){ESC_BASE_NEW, 0} : e->src, &l);
        for (uint32_t k = 0; k < l.len; k++)
            target_add(result, &l.at[k]);
    }
}

static const struct esc_exit_state *exit_of(struct held *h, uint32_t sym)
{
    const struct esc_symbol *s = &h->u->syms.at[sym];
    if (!s->fn || (s->flags & ESC_SYM_REPLACE))
        return NULL;
    return held_exit_of(h->u, s->fn, h->depth);
}

/* Whether the functions that E calls are all known to change nothing that matters. */
static bool harmless(struct held *h, uint32_t stmt, const struct esc_model *m,
                     const struct esc_effect *e)
{
    struct targets l;
    path_targets(h, stmt, m, e->src, &l);
    for (uint32_t i = 0; i < l.len; i++) {
        if (l.at[i].obj < HELD_SYM || l.at[i].obj >= HELD_NOTHING)
            return false;
        const struct esc_exit_state *x = exit_of(h, l.at[i].obj & ~(uint32_t)HELD_SYM);
        if (!x || x->writes || x->calls_out)
            return false;
        for (uint32_t k = 0; k < x->facts.len; k++)
            if (x->places.at[x->facts.at[k].place].kind != EXIT_RESULT)
                return false;
    }
    return l.len == 1 && l.at[0].merge == HELD_NO_BLOCK;
}

/* Whether SYM, by its model M, ends what some other function keeps. */
static bool may_end(struct held *h, uint32_t sym, const struct esc_model *m)
{
    uint32_t known = map_get(&h->u->ends, sym);
    if (known == MAP_NONE) {
        known = esc_models_ends(h->u->opt.models, m->name);
        map_set(&h->u->ends, sym, known);
    }
    return known;
}

static void call_model(struct held *h, uint32_t stmt, const struct esc_model *m)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    uint32_t sym = s->callee.var & ~ESC_SYM;
    struct targets result, kept;
    struct store stores[MAX_STORES];
    bool calls = false;
    held_filter(h, not_ended_by, sym);
    h->ends = h->ends || may_end(h, sym, m);
    if (m->yields) {
        held_forget_shared(h);
        held_forget_registrations(h);
        h->calls_out = true;
    }
    model_result(h, stmt, m, &result);
    unsigned nstores = model_stores(h, stmt, m, stores);
    model_keeps(h, stmt, m, &kept);
    for (size_t i = 0; i < m->neffects; i++)
        calls |= m->effects[i].kind == ESC_EFFECT_CALL && !harmless(h, stmt, m, &m->effects[i]);
    held_forget_arguments(h, stmt, calls);
    if (calls) /* tsearch compares before it stores */
        held_forget_static_data(h);
    for (unsigned i = 0; i < nstores; i++)
        for (uint32_t k = 0; k < stores[i].to.len; k++)
            if (held_is_address(&stores[i].to.at[k]))
                held_write(h, stores[i].to.at[k].obj, stores[i].to.at[k].off, &stores[i].from, stmt,
                           stores[i].to.len == 1);
    held_register(h, sym, &kept, stmt);
    held_define_nothing(h, held_result_of(h, stmt), stmt);
    held_define(h, held_result_of(h, stmt), 0, &result, stmt);
}

/* ---- calls ---- */

/* Of several functions one is called: nothing is known of the result. */
const struct esc_ref *held_result_of(const struct held *h, uint32_t stmt)
{
    static const struct esc_ref nowhere = {.kind = ESC_NONE, .var = ESC_NOVAR};
    return h->several ? &nowhere : &h->f->stmts.at[stmt].dst;
}

static void call_unknown_here(struct held *h, uint32_t stmt)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    struct targets l;
    held_forget_arguments(h, stmt, true);
    held_forget_shared(h);
    held_forget_registrations(h);
    h->calls_out = h->writes = true;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!(s->refs[i].flags & ESC_REF_KEEP))
            continue;
        l.len = 0;
        argument_targets(h, stmt, i, &l);
        held_register(h, s->callee.kind == ESC_ADDR ? s->callee.var & ~ESC_SYM : ESC_NOVAR, &l,
                      stmt);
    }
    held_define_nothing(h, held_result_of(h, stmt), stmt);
}

/* The model of function SYM for a call with NARGS arguments, if that is how it is to be understood. */
static const struct esc_model *model_of(const struct held *h, uint32_t sym, uint32_t nargs)
{
    const struct esc_symbol *s = &h->u->syms.at[sym];
    const struct esc_model *m = s->fn ? NULL : symbol_model(h->u, sym);
    return m && esc_model_fits(m, s->name, nargs) ? m : NULL;
}

/* ---- loops ---- */

static bool loop_contains(const struct esc_fn *f, uint32_t loop, uint32_t block)
{
    for (uint32_t l = f->blocks.at[block].loop; l; l = f->loops.at[l].parent)
        if (l == loop)
            return true;
    return false;
}

/* What the calls of a loop may do to what was kept before it. */
struct loop_calls {
    bool unknown; /* one of them, or another thread meanwhile, may end anything */
    bool waits;   /* one of them waits for another thread */
    bool ends;    /* one of them ends what SYM keeps */
};

static struct loop_calls calls_of_loop(struct held *h, uint32_t loop, uint32_t sym)
{
    struct loop_calls l = {false, false, false};
    for (uint32_t i = 0; i < h->f->order.len; i++) {
        const struct esc_block *b = &h->f->blocks.at[h->f->order.at[i]];
        if (!loop_contains(h->f, loop, h->f->order.at[i]))
            continue;
        for (uint32_t k = b->first; k < b->end; k++) {
            const struct esc_stmt *s = &h->f->stmts.at[k];
            if (s->kind != ESC_STMT_CALL)
                continue;
            bool named = s->callee.kind == ESC_ADDR && (s->callee.var & ESC_SYM);
            const struct esc_model *m = named ? model_of(h, s->callee.var & ~ESC_SYM, s->n) : NULL;
            l.unknown |= !m || m->yields;
            l.waits |= m && m->yields;
            l.ends |= m && sym != ESC_NOVAR && ends(h, m->name, sym);
        }
    }
    return l;
}

static bool outlives_loop(struct held *h, const struct fact *f, uint32_t loop)
{
    uint32_t via = f->target.via;
    if (f->place != HELD_REGISTERED ||
        (via < h->f->stmts.len && loop_contains(h->f, loop, h->f->stmts.at[via].block)))
        return true;
    struct loop_calls l = calls_of_loop(h, loop, (uint32_t)f->off);
    return !l.unknown && !l.ends;
}

/* for (i = 0; i < n; i++) pthread_join(t[i], NULL) joins at least one thread: somebody started them.
 * So a loop that may end a registration ends those that were there before it. And
 * while (!w.done) pthread_cond_wait(...) has waited even if it need not: done is set where w is
 * taken out of the queue. */
void held_enter_loop(struct held *h, uint32_t block)
{
    uint32_t loop = h->f->blocks.at[block].loop;
    if (!loop || h->f->loops.at[loop].irregular || h->f->loops.at[loop].header != block)
        return;
    uint32_t i = fact_find(&h->now, HELD_REGISTERED, ESC_ANY);
    if (i < h->now.len && h->now.at[i].place == HELD_REGISTERED)
        held_filter(h, outlives_loop, loop);
    if (h->suspects && h->now.len && calls_of_loop(h, loop, ESC_NOVAR).waits)
        held_forget_shared(h);
}

/* ---- all calls ---- */

/* Whether the callee reads pointers in what argument ARG points to: an array of pointers, or what its
 * model says it goes through. */
static bool reads_through(const struct held *h, uint32_t stmt, uint32_t arg)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    uint16_t flags = s->refs[arg].flags;
    if ((flags & ESC_REF_READS) && !(flags & ESC_REF_VOIDP))
        return true;
    const struct esc_model *m = s->callee.kind == ESC_ADDR && (s->callee.var & ESC_SYM)
                                    ? model_of(h, s->callee.var & ~ESC_SYM, s->n)
                                    : NULL;
    for (size_t i = 0; m && i < m->neffects; i++)
        if (m->effects[i].kind == ESC_EFFECT_FLOW && m->effects[i].src.base == (int)arg &&
            m->effects[i].src.derefs)
            return true;
    return false;
}

/* char *v[] = {&x}; f(v), x being dead: f uses x. Of an array of pointers all are used; of anything
 * else the first word. */
static void check_behind(struct held *h, uint32_t stmt, uint32_t arg, const struct target *t)
{
    bool all = h->f->stmts.at[stmt].refs[arg].flags & ESC_REF_PTRPTR;
    if (held_kind(h, t->obj) != OBJ_VAR || t->off == ESC_ANY || !reads_through(h, stmt, arg))
        return;
    for (uint32_t i = fact_find(&h->now, t->obj, t->off);
         i < h->now.len && h->now.at[i].place == t->obj && (all || h->now.at[i].off == t->off); i++)
        held_warn_use(h, &h->now.at[i].target, stmt);
}

static void check_arguments(struct held *h, uint32_t stmt)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    for (uint32_t i = 0; i < s->n; i++) {
        struct targets l;
        l.len = 0;
        h->guessing = true;
        argument_targets(h, stmt, i, &l);
        h->guessing = false;
        for (uint32_t k = 0; k < l.len; k++) {
            held_warn_use(h, &l.at[k], stmt);
            if (held_is_address(&l.at[k]) && !l.at[k].guess)
                check_behind(h, stmt, i, &l.at[k]);
        }
    }
}

enum { MAX_CALLEES = 8 };

/* The functions that may be called, at most MAX_CALLEES; 0: nobody knows. */
static uint32_t callees_of(struct held *h, uint32_t stmt, uint32_t *sym)
{
    const struct esc_ref *r = &h->f->stmts.at[stmt].callee;
    struct targets l;
    l.len = 0;
    if (r->kind == ESC_ADDR) {
        *sym = r->var & ~ESC_SYM;
        return (r->var & ESC_SYM) != 0;
    }
    held_value(h, r, 0, &l, stmt);
    if (l.len == 1)
        held_calls_param(h, &l.at[0]);
    for (uint32_t i = 0; i < l.len; i++) {
        const struct target *t = &l.at[i];
        if (i == MAX_CALLEES || t->obj < HELD_SYM || t->obj >= HELD_NOTHING ||
            t->merge != HELD_NO_BLOCK || t->off != 0)
            return 0;
        sym[i] = t->obj & ~(uint32_t)HELD_SYM;
        if (h->u->syms.at[sym[i]].kind != ESC_SYM_FUNC)
            return 0;
    }
    return l.len;
}

static bool not_dead(struct held *h, const struct fact *f, uint32_t arg)
{
    (void)h, (void)arg;
    return f->place != HELD_DEAD;
}

static void call_one(struct held *h, uint32_t stmt, uint32_t sym)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    const struct esc_exit_state *x = exit_of(h, sym);
    const struct esc_model *m = s->callee.kind == ESC_ADDR ? model_of(h, sym, s->n) : NULL;
    struct esc_fn *callee = h->u->syms.at[sym].fn;
    if (x)
        held_apply_exit(h, stmt, callee, held_exit_given(h, stmt, callee, x));
    else if (m)
        call_model(h, stmt, m);
    else if (!callee && (h->u->syms.at[sym].flags & ESC_SYM_KEEPS_NOTHING))
        held_define_nothing(h, held_result_of(h, stmt), stmt);
    else
        call_unknown_here(h, stmt);
}

/* One of N functions is called: afterwards is so what is so whichever it was. */
static void call_several(struct held *h, uint32_t stmt, const uint32_t *sym, uint32_t n)
{
    fact_list before = {0}, common = {0};
    for (uint32_t i = 0; i < h->now.len; i++)
        vec_push(&before, h->now.at[i]);
    h->several = true;
    for (uint32_t i = 0; i < n; i++) {
        h->now.len = 0;
        for (uint32_t k = 0; k < before.len; k++)
            vec_push(&h->now, before.at[k]);
        call_one(h, stmt, sym[i]);
        if (i > 0)
            held_keep_common(h, &common);
        common.len = 0;
        for (uint32_t k = 0; k < h->now.len; k++)
            vec_push(&common, h->now.at[k]);
    }
    h->several = false;
    held_define_nothing(h, held_result_of(h, stmt), stmt);
    vec_free(&before);
    vec_free(&common);
}

void held_call(struct held *h, uint32_t stmt)
{
    uint32_t sym[MAX_CALLEES], n = callees_of(h, stmt, sym);
    /* setjmp returns again only as long as the block it stands in has not ended. */
    if (n == 1 && (h->u->syms.at[sym[0]].flags & ESC_SYM_TWICE))
        held_filter(h, not_dead, 0);
    if (h->warning)
        check_arguments(h, stmt);
    if (n == 0)
        call_unknown_here(h, stmt);
    else if (n == 1)
        call_one(h, stmt, sym[0]);
    else
        call_several(h, stmt, sym, n);
}
