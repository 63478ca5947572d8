/* Abstract programs: memory, types, and what the printers need to know about live code.
 *
 * A program's memory is a list of chunks freed at once.  Types are made once each within a program,
 * so pointer equality is type equality. */
#include "prog.h"

#include <stdlib.h>
#include <string.h>

struct chunk {
    struct chunk *next;
    size_t used;
    _Alignas(16) char data[64 * 1024];
};

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int rng_below(struct rng *r, int n)
{
    return (int)(rng_next(r) % (uint64_t)n);
}

bool rng_chance(struct rng *r, int percent)
{
    return rng_below(r, 100) < percent;
}

struct prog *prog_new(uint64_t seed)
{
    struct prog *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->seed = seed;
    return p;
}

void prog_free(struct prog *p)
{
    if (!p)
        return;
    for (struct chunk *c = p->mem, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(p);
}

void *prog_alloc(struct prog *p, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (n > sizeof p->mem->data)
        abort();
    if (!p->mem || p->mem->used + n > sizeof p->mem->data) {
        struct chunk *c = malloc(sizeof *c);
        if (!c)
            abort();
        c->next = p->mem;
        c->used = 0;
        p->mem = c;
    }
    void *at = p->mem->data + p->mem->used;
    p->mem->used += n;
    return memset(at, 0, n);
}

struct type *type_new(struct prog *p, enum type_kind k)
{
    if (p->ntypes == MAX_TYPES)
        abort();
    struct type *t = prog_alloc(p, sizeof *t);
    t->kind = k;
    t->id = p->ntypes;
    t->ncells = k == T_VOID ? 0 : 1;
    p->type[p->ntypes++] = t;
    return t;
}

struct type *type_ptr(struct prog *p, struct type *to)
{
    if (!to->ptr) {
        to->ptr = type_new(p, T_PTR);
        to->ptr->to = to;
    }
    return to->ptr;
}

void type_layout(struct type *t)
{
    if (t->kind == T_ARRAY) {
        t->ncells = t->n * t->to->ncells;
    } else if (t->kind == T_STRUCT) {
        t->ncells = 0;
        for (int i = 0; i < t->nfields; i++)
            t->ncells += t->field[i]->ncells;
    }
}

int type_field_cell(const struct type *t, int i)
{
    if (t->kind == T_ARRAY)
        return i * t->to->ncells;
    int at = 0;
    for (int k = 0; k < i; k++)
        at += t->field[k]->ncells;
    return at;
}

void expr_paths(const struct expr *e, path_fn *f, void *ctx)
{
    if (!e || e->zero)
        return;
    switch (e->kind) {
    case E_LOAD:
    case E_ADDR:
        f(ctx, &e->path, e->kind == E_ADDR);
        break;
    case E_BIN:
        expr_paths(e->a, f, ctx);
        expr_paths(e->b, f, ctx);
        break;
    case E_AGG:
        for (int i = 0; i < MAX_FIELDS; i++)
            if (!e->type->drop[i])
                expr_paths(e->elem[i], f, ctx);
        break;
    case E_INT:
    case E_ZERO:
    case E_FN:
        break;
    }
}

void stmt_paths(const struct stmt *s, path_fn *f, void *ctx)
{
    if (s->kind == S_ASSIGN)
        f(ctx, &s->lhs, false);
    if (s->kind == S_IF)
        expr_paths(s->cond.a, f, ctx);
    if (s->f.zero)
        return;
    expr_paths(s->e, f, ctx);
    if (s->call) {
        if (!s->call->fn)
            f(ctx, &s->call->via, false);
        expr_paths(s->call->fuel, f, ctx);
        for (int i = 0; i < s->call->sig->nparams; i++)
            if (!s->call->sig->drop[i])
                expr_paths(s->call->arg[i], f, ctx);
    }
}

struct fn *nested_fn(const struct stmt *s)
{
    if (s->kind != S_DECL || s->f.zero || s->call || s->e->zero || s->e->kind != E_FN ||
        !s->e->fn->parent)
        return NULL;
    return s->e->fn;
}

/* Which functions an expression mentions. */
static void expr_fns(const struct expr *e, void (*f)(void *, struct fn *), void *ctx)
{
    if (!e || e->zero)
        return;
    if (e->kind == E_FN)
        f(ctx, e->fn);
    if (e->kind == E_AGG)
        for (int i = 0; i < MAX_FIELDS; i++)
            if (!e->type->drop[i])
                expr_fns(e->elem[i], f, ctx);
}

static void stmt_fns(const struct stmt *s, void (*f)(void *, struct fn *), void *ctx)
{
    if (s->f.zero)
        return;
    expr_fns(s->e, f, ctx);
    if (s->call) {
        if (s->call->fn)
            f(ctx, s->call->fn);
        for (int i = 0; i < s->call->sig->nparams; i++)
            if (!s->call->sig->drop[i])
                expr_fns(s->call->arg[i], f, ctx);
    }
}

/* Scope check: `live` says which variables a live declaration has put in scope. */
struct scope {
    bool live[MAX_VARS];
    bool ok;
};

static void check_path(void *ctx, const struct path *path, bool address)
{
    struct scope *sc = ctx;
    (void)address;
    if (path->var->fn && !sc->live[path->var->id])
        sc->ok = false;
    const struct type *t = path->var->type;
    for (int i = 0; i < path->nsteps; t = path->step[i++].type)
        if (path->step[i].kind == P_FIELD && t->drop[path->step[i].i])
            sc->ok = false;
}

static void check_fn(struct scope *sc, const struct fn *f);

static void check_body(struct scope *sc, const struct stmt *s)
{
    const struct stmt *first = s;
    for (; s; s = s->next) {
        if (s->f.dead)
            continue;
        stmt_paths(s, check_path, sc);
        if (nested_fn(s))
            check_fn(sc, nested_fn(s));
        if (s->kind == S_DECL)
            sc->live[s->var->id] = true;
        if (s->kind == S_LOOP && !s->f.unwrap)
            sc->live[s->var->id] = true;
        check_body(sc, s->body);
        if (s->kind == S_LOOP)
            sc->live[s->var->id] = false;
        if (!s->f.noelse && !s->f.unwrap)
            check_body(sc, s->els);
    }
    for (s = first; s; s = s->next)
        if (s->kind == S_DECL)
            sc->live[s->var->id] = false;
}

static void check_fn(struct scope *sc, const struct fn *f)
{
    if (f->fuel)
        sc->live[f->fuel->id] = true;
    for (int k = 0; k < f->sig->nparams; k++)
        sc->live[f->param[k]->id] = !f->sig->drop[k];
    check_body(sc, f->body);
}

bool prog_valid(struct prog *p)
{
    struct scope sc = {.ok = true};
    for (int i = 0; i < p->nfns; i++)
        if (!p->fn[i]->parent)
            check_fn(&sc, p->fn[i]);
    return sc.ok;
}

static void use_type(struct type *t)
{
    if (!t || t->used)
        return;
    t->used = true;
    use_type(t->to);
    for (int i = 0; i < t->nfields; i++)
        if (!t->drop[i])
            use_type(t->field[i]);
    if (t->sig) {
        use_type(t->sig->result);
        for (int i = 0; i < t->sig->nparams; i++)
            if (!t->sig->drop[i])
                use_type(t->sig->param[i]);
    }
}

/* A walker of pointers to `t` walks what the pointers inside `t` lead to. */
static void use_walker(struct type *t, bool pointee)
{
    if (pointee) {
        if (t->walk)
            return;
        t->walk = true;
    }
    if (t->kind == T_PTR)
        use_walker(t->to, true);
    if (t->kind == T_ARRAY)
        use_walker(t->to, false);
    for (int i = 0; i < t->nfields; i++)
        if (!t->drop[i])
            use_walker(t->field[i], false);
}

static void use_path(void *ctx, const struct path *path, bool address)
{
    (void)ctx;
    if (!path->var->fn) {
        path->var->executed = true;
        use_type(path->var->type);
    }
    if (!address)
        return;
    for (int i = 0; i < path->nsteps; i++)
        if (path->step[i].kind == P_DEREF)
            return;
    path->var->addr_taken = true;
}

static void use_fn(void *ctx, struct fn *f);

static void use_body(const struct stmt *s, struct prog *p)
{
    for (; s; s = s->next) {
        if (s->f.dead)
            continue;
        stmt_paths(s, use_path, p);
        stmt_fns(s, use_fn, p);
        if (s->kind == S_DECL)
            use_type(s->var->type);
        if (s->kind == S_MIX && s->e->type->kind == T_PTR)
            use_walker(s->e->type->to, true);
        use_body(s->body, p);
        if (!s->f.noelse && !s->f.unwrap)
            use_body(s->els, p);
    }
}

static void use_fn(void *ctx, struct fn *f)
{
    if (f->needed)
        return;
    f->needed = true;
    use_type(f->sig->result);
    for (int i = 0; i < f->sig->nparams; i++)
        if (!f->sig->drop[i])
            use_type(f->sig->param[i]);
    use_body(f->body, ctx);
}

void prog_mark_used(struct prog *p)
{
    for (int i = 0; i < p->nfns; i++)
        p->fn[i]->needed = false;
    for (int i = 0; i < p->ntypes; i++)
        p->type[i]->walk = p->type[i]->used = false;
    for (int i = 0; i < p->nvars; i++)
        p->var[i]->addr_taken = false;
    for (int i = 0; i < p->nglobals; i++)
        p->global[i]->executed = false;
    use_fn(p, p->entry);
}
