/* What calls do in the interpreter: functions of the program, models, and functions nobody knows.
 *
 * An unknown function does what the analysis assumes of it, no more: it writes its own addresses where it
 * is let, keeps what it is declared to keep (or everything, if the unit says so), and other code of the
 * program may run meanwhile, which writes wherever the world can reach.
 */
#include "brute_run.h"

#include <string.h>

void keep(struct run *r, struct value v)
{
    if (v.obj && r->nkept < MAX_KEPT)
        r->kept[r->nkept++] = v.obj;
    else if (v.obj)
        stop(r);
}

static struct value arg(const struct args *a, uint32_t i)
{
    return i < a->n ? joined(a->at[i]) : (struct value){0, 0};
}

bool can_access(struct run *r, struct value v)
{
    return v.obj && is_data(object(r, v.obj)) && !object(r, v.obj)->freed &&
           object(r, v.obj)->halves >= 2;
}

static void add_once(uint16_t list[8], uint16_t what)
{
    for (int i = 0; i < 8 && list[i] != what; i++)
        if (list[i] == 0) {
            list[i] = what;
            return;
        }
}

static void free_block(struct run *r, struct value v, int32_t stmt)
{
    if (v.obj == 0)
        return;
    struct object *o = object(r, v.obj);
    if (o->kind == K_EXTERNAL && v.off == 0) {
        o->freed = true;
        if (stmt >= 0)
            r->t->fn[frame(r)->fn].frees_others[stmt] = true;
        return;
    }
    if (o->kind != K_HEAP || v.off || o->freed) {
        r->undefined = true;
        return;
    }
    o->freed = true;
    struct fn_truth *t = &r->t->fn[o->fn];
    if (stmt < 0 || o->owner != frame(r)->activation) {
        t->freed_afar[o->id] = true;
        if (stmt >= 0)
            r->t->fn[frame(r)->fn].frees_others[stmt] = true;
        return;
    }
    add_once(t->freed_at[o->id], (uint16_t)(stmt + 1));
    add_once(t->frees[stmt], (uint16_t)(o->id + 1));
}

/* The address of something the world can reach. */
static struct value reachable_value(struct run *r)
{
    const struct prog *p = r->p;
    struct value v = {0, 0};
    if (r->nkept && choose(r, 2))
        v.obj = r->kept[choose(r, r->nkept)];
    else
        v = symbol_value(p->nfns + choose(r, p->nsyms - p->nfns));
    if (v.obj && v.obj <= p->nsyms &&
        (p->sym[v.obj - 1].kind != ESC_SYM_DATA || !outside_can_name(&p->sym[v.obj - 1])))
        v.obj = 0;
    for (uint32_t i = choose(r, 3); i > 0 && can_access(r, v); i--)
        v = load(r, v, ESC_ANY);
    return v;
}

/* What the world may do whenever other code runs: write where it can, call what it knows. */
static void world_acts(struct run *r)
{
    struct value at = reachable_value(r);
    if (can_access(r, at))
        store_value(r, at, ESC_ANY, choose(r, 2) ? reachable_value(r) : world_value(r));
    uint32_t fn = choose(r, r->p->nfns + 2);
    if (fn >= r->p->nfns || r->tree || !outside_can_name(&r->p->sym[fn]))
        return;
    struct args a = {.n = 0};
    const struct bfn *f = &r->p->fn[fn];
    for (uint32_t i = 0; i < f->nparams && !f->variadic; i++, a.n++)
        for (uint32_t h = 0; h < f->vars[i].size / HALF; h += 2) {
            struct value v = choose(r, 2) ? reachable_value(r) : world_value(r);
            a.at[i][h] = (struct frag){v, 0, BY_STORE};
            a.at[i][h + 1] = (struct frag){v, 1, BY_STORE};
            a.size[i] = h + 2;
        }
    run_fn(r, (uint8_t)fn, &a, 0);
}

/* A function nobody knows anything of, but what its caller declared. */
static struct value call_unknown(struct run *r, const struct args *a)
{
    bool fnptr = false, voidp = false;
    for (uint32_t i = 0; i < a->n; i++) {
        fnptr |= (a->flags[i] & ESC_REF_FNPTR) != 0;
        voidp |= (a->flags[i] & ESC_REF_VOIDP) != 0;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        uint16_t f = a->flags[i];
        bool kept = r->p->extern_keeps || (fnptr && voidp && (f & (ESC_REF_VOIDP | ESC_REF_FNPTR)));
        kept = (kept && !(f & ESC_REF_BORROW)) || (f & ESC_REF_KEEP);
        for (uint32_t h = 0; kept && h + 1 < a->size[i]; h += 2)
            keep(r, joined(&a->at[i][h]));
    }
    if (choose(r, 3) == 2)
        world_acts(r);
    for (uint32_t i = 0; i < a->n; i++) {
        struct value v = arg(a, i);
        if (a->flags[i] & ESC_REF_READS || !can_access(r, v))
            continue;
        switch (choose(r, 5)) {
        case 1: /* writes there */
            if (object(r, v.obj)->kind != K_DATA)
                store_value(r, v, ESC_ANY, world_value(r));
            break;
        case 2: { /* and further down */
            struct value next = load(r, v, ESC_ANY);
            if (can_access(r, next) && object(r, next.obj)->kind != K_DATA)
                store_value(r, next, ESC_ANY, world_value(r));
            break;
        }
        case 3:
            if (!(a->flags[i] & ESC_REF_BORROW) && object(r, v.obj)->kind == K_HEAP && v.off == 0)
                free_block(r, v, -1);
            break;
        default:
            break;
        }
    }
    for (uint32_t i = 0; i < a->n; i++)
        if ((a->flags[i] & ESC_REF_LIKE) && choose(r, 2))
            return arg(a, i);
    return world_value(r);
}

/* One of the values in what P points to, wherever it stands. */
static struct value content_of(struct run *r, struct value p)
{
    if (!can_access(r, p))
        return (struct value){0, 0};
    return load(r, p, (int32_t)(HALF * choose(r, object(r, p.obj)->halves)) - p.off);
}

/* The models of brute_gen.c, carried out. */
static struct value call_model(struct run *r, const char *name, const struct args *a, int32_t stmt)
{
    struct value none = {0, 0}, x = arg(a, 0), y = arg(a, 1);
    if (!strcmp(name, "malloc") || !strcmp(name, "m_fresh") || !strcmp(name, "m_wrap")) {
        if (choose(r, 6) == 5)
            return none;
        struct value v = {new_object(r, K_HEAP, 24), 0};
        struct object *o = object(r, v.obj);
        o->fn = frame(r)->fn;
        o->owner = frame(r)->activation;
        o->id = (uint16_t)stmt;
        for (uint32_t i = 1; i < v.obj; i++) {
            struct object *e = object(r, (uint16_t)i);
            if (e->kind == K_HEAP && e->owner == o->owner && e->fn == o->fn && e->id == o->id)
                e->reborn = true;
        }
        if (name[2] == 'w')
            store_value(r, v, ESC_ANY, x);
        return v;
    }
    if (!strcmp(name, "free"))
        free_block(r, x, stmt);
    else if (!strcmp(name, "m_same"))
        return x;
    else if (!strcmp(name, "m_keep"))
        keep(r, x);
    else if (!strcmp(name, "m_keep_content"))
        keep(r, content_of(r, x));
    else if (!strcmp(name, "m_store"))
        store_value(r, x, ESC_ANY, y);
    else if (!strcmp(name, "m_store_deep"))
        store_value(r, load(r, x, ESC_ANY), ESC_ANY, y);
    else if (!strcmp(name, "m_copy"))
        store_value(r, x, ESC_ANY, load(r, y, ESC_ANY));
    else if (!strcmp(name, "m_load"))
        return load(r, x, ESC_ANY);
    else if (!strcmp(name, "m_static"))
        return world_value(r);
    else if (!strcmp(name, "m_register"))
        keep(r, x), keep(r, y);
    else if (!strncmp(name, "m_call", 6)) {
        struct args b = {.n = 1};
        struct value first = name[6] ? load(r, y, ESC_ANY) : y;
        b.at[0][0] = (struct frag){first, 0, BY_STORE};
        b.at[0][1] = (struct frag){first, 1, BY_STORE};
        b.size[0] = 2;
        if (name[6]) {
            b.n = 2;
            b.at[1][0] = (struct frag){y, 0, BY_STORE};
            b.at[1][1] = (struct frag){y, 1, BY_STORE};
            b.size[1] = 2;
        }
        call_value(r, x, 0, &b, 0);
    }
    return none;
}

static bool fits(const struct prog *p, uint32_t fn, uint32_t signature, const struct args *a)
{
    const struct bfn *f = &p->fn[fn];
    uint32_t mine = p->sym[fn].signature;
    if (f->variadic || a->n != f->nparams || (signature && mine && signature != mine))
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (f->vars[i].size != a->size[i] * HALF)
            return false;
    return true;
}

/* A function of the unit whose address somebody has, or none: -1. */
static int some_function(struct run *r, uint32_t signature, const struct args *a)
{
    uint32_t fn = choose(r, r->p->nfns);
    bool can = (r->p->sym[fn].flags & ESC_SYM_TAKEN) && fits(r->p, fn, signature, a);
    return can ? (int)fn : -1;
}

struct value call_symbol(struct run *r, uint32_t sym, const struct args *a, int32_t stmt,
                         uint16_t result)
{
    const struct prog *p = r->p;
    const struct bsym *s = &p->sym[sym];
    if (s->also >= 0 && fits(p, (uint32_t)s->also, 0, a) && choose(r, 2))
        return call_symbol(r, (uint32_t)s->also, a, stmt, result);
    if (s->flags & ESC_SYM_CHOSEN) {
        int fn = some_function(r, 0, a);
        if (fn >= 0)
            return call_symbol(r, (uint32_t)fn, a, stmt, result);
    }
    if (sym < p->nfns && !((s->flags & ESC_SYM_REPLACE) && choose(r, 2)))
        return run_fn(r, (uint8_t)sym, a, result);
    if (s->flags & ESC_SYM_KEEPS_NOTHING)
        return a->n && choose(r, 2) ? arg(a, choose(r, a->n)) : world_value(r);
    bool modelled = sym >= p->nfns && (s->name[0] == 'm' || !strcmp(s->name, "free"));
    return modelled ? call_model(r, s->name, a, stmt) : call_unknown(r, a);
}

static struct value undefined_call(struct run *r)
{
    r->undefined = true;
    return (struct value){0, 0};
}

/* A call through a pointer. */
struct value call_value(struct run *r, struct value callee, uint32_t signature,
                        const struct args *a, uint16_t result)
{
    const struct object *o = object(r, callee.obj);
    if (callee.obj == 0 || callee.off)
        return undefined_call(r);
    if (o->kind == K_EXTERNAL) { /* the caller's, or the world's: it may as well be one of ours */
        int fn = r->tree ? -1 : some_function(r, signature, a);
        return fn >= 0 ? run_fn(r, (uint8_t)fn, a, result) : call_unknown(r, a);
    }
    if (o->kind != K_FUNCTION)
        return undefined_call(r);
    uint32_t sym = callee.obj - 1u;
    if (sym < r->p->nfns && !fits(r->p, sym, signature, a))
        return undefined_call(r);
    if (sym >= r->p->nfns && a->n != (r->p->sym[sym].name[3] == '2' ? 2 : 1))
        return undefined_call(r);
    return call_symbol(r, sym, a, 0, result);
}
