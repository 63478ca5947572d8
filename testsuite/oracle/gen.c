/* The generator: a seed gives a program that is typed, terminates, and follows no null pointer.
 *
 * Types, globals and signatures are made first, then the bodies.  An expression of a wanted type
 * is found by listing what the variables in scope lead to within a few steps (`v1.f0`, `*v2`,
 * `v3->f1[2]`) and drawing one: loads of that type, and for pointers addresses of the pointee's
 * type.  So the statement `v3->f1 = &v7` needs no case of its own, and each variable's address
 * travels through whatever types the program happens to have.
 *
 * Termination: see enum fn_class; what still takes too long is dropped by the step budget.
 * Null pointers: the first run guards the statements that met one, then what no run reached is
 * pruned, so that nothing is in the program that the interpreter cannot judge. */
#include "prog.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CAND = 4096, MAX_SCOPE = 128, MAX_POOL = 64, BUDGET = 40000, MAX_DEREFS = 3 };

struct body {
    struct stmt *first, **last;
};

struct gen {
    struct prog *p;
    const struct gen_options *o;
    struct rng rng;
    struct type *tint, *tvoid;
    struct type *pool[MAX_POOL]; /* types a local may have, repeated by weight */
    int npool;
    struct fn *fn;                /* being generated */
    struct var *scope[MAX_SCOPE]; /* locals in scope */
    int nscope;
    struct body *out;           /* where statements go */
    int left;                   /* statements this function may still get */
    int loops;                  /* loops around */
    struct path cand[MAX_CAND]; /* candidates of the search under way */
    int weight[MAX_CAND];
    int ncand;
};

static int below(struct gen *g, int n)
{
    return rng_below(&g->rng, n);
}
static bool chance(struct gen *g, int percent)
{
    return rng_chance(&g->rng, percent);
}

static void pool_add(struct gen *g, struct type *t, int weight)
{
    while (weight-- > 0 && g->npool < MAX_POOL)
        g->pool[g->npool++] = t;
}

static struct type *pool_pick(struct gen *g)
{
    return g->pool[below(g, g->npool)];
}

/* ---- paths ---- */

static void cand_add(struct gen *g, const struct path *path, int weight)
{
    if (g->ncand == MAX_CAND)
        return;
    g->cand[g->ncand] = *path;
    g->weight[g->ncand++] = weight;
}

/* Adds what `path` leads to, itself included, where its type is `want` (NULL: any scalar or
 * struct).  Depth-first, at most MAX_DEREFS dereferences and five steps, so it terminates. */
static void search(struct gen *g, struct path *path, const struct type *want, int derefs,
                   int weight)
{
    struct type *t = path->type;
    if (want ? t == want : t->kind != T_ARRAY)
        cand_add(g, path, weight);
    if (path->nsteps >= 5)
        return;
    struct step *s = &path->step[path->nsteps];
    int n = t->kind == T_STRUCT ? t->nfields : t->kind == T_ARRAY ? t->n : t->kind == T_PTR;
    if (t->kind == T_PTR && derefs == MAX_DEREFS)
        return;
    if (weight > 2)
        weight = t->kind == T_PTR ? weight * 2 / 3 : weight * 4 / 5;
    path->nsteps++;
    for (int i = 0; i < n; i++) {
        s->i = i;
        s->kind = t->kind == T_PTR ? P_DEREF : t->kind == T_STRUCT ? P_FIELD : P_INDEX;
        path->type = s->type = t->kind == T_STRUCT ? t->field[i] : t->to;
        search(g, path, want, derefs + (t->kind == T_PTR), weight);
    }
    path->nsteps--;
    path->type = t;
}

enum purpose { READ, WRITE, ADDRESS };

static bool find_path(struct gen *g, const struct type *want, enum purpose why, struct path *found)
{
    g->ncand = 0;
    for (int i = 0; i < g->nscope + g->p->nglobals; i++) {
        struct var *v = i < g->nscope ? g->scope[i] : g->p->global[i - g->nscope];
        if (v->counter && (why != READ || v->fn != g->fn))
            continue;
        struct path path = {.var = v, .type = v->type};
        int weight = v->fn ? v->param ? 14 : 12 : why == WRITE ? 5 : 2;
        if (why == ADDRESS && i < g->nscope)
            weight *= 2;
        search(g, &path, want, 0, weight);
    }
    int total = 0;
    for (int i = 0; i < g->ncand; i++)
        total += g->weight[i];
    if (!total)
        return false;
    int at = below(g, total);
    for (int i = 0; i < g->ncand; i++)
        if ((at -= g->weight[i]) < 0) {
            *found = g->cand[i];
            return true;
        }
    return false;
}

/* ---- statements and variables ---- */

static struct stmt *emit(struct gen *g, enum stmt_kind kind)
{
    struct prog *p = g->p;
    if (p->nstmts == MAX_STMTS)
        abort();
    struct stmt *s = prog_alloc(p, sizeof *s);
    s->kind = kind;
    s->id = p->nstmts;
    s->style = (unsigned)rng_next(&g->rng);
    p->stmt[p->nstmts++] = s;
    return s;
}

static void append(struct gen *g, struct stmt *s)
{
    *g->out->last = s;
    g->out->last = &s->next;
}

static struct var *var_new(struct gen *g, struct type *t)
{
    struct prog *p = g->p;
    if (p->nvars == MAX_VARS)
        abort();
    struct var *v = prog_alloc(p, sizeof *v);
    v->type = t;
    v->id = p->nvars;
    v->fn = g->fn;
    v->slot = g->fn->nvars++;
    p->var[p->nvars++] = v;
    return v;
}

static void enter_scope(struct gen *g, struct var *v)
{
    if (g->nscope < MAX_SCOPE)
        g->scope[g->nscope++] = v;
}

/* ---- expressions ---- */

static struct expr *expr_new(struct gen *g, enum expr_kind k, struct type *t)
{
    struct expr *e = prog_alloc(g->p, sizeof *e);
    e->kind = k;
    e->type = t;
    e->style = (unsigned)rng_next(&g->rng);
    return e;
}

static struct expr *gen_expr(struct gen *g, struct type *t, int depth);

static struct expr *gen_agg(struct gen *g, struct type *t, int depth)
{
    struct expr *e = expr_new(g, E_AGG, t);
    int n = t->kind == T_STRUCT ? t->nfields : t->n;
    for (int i = 0; i < n; i++)
        e->elem[i] = gen_expr(g, t->kind == T_STRUCT ? t->field[i] : t->to, depth + 1);
    return e;
}

static struct expr *path_expr(struct gen *g, enum expr_kind k, struct type *t,
                              const struct path *path)
{
    struct expr *e = expr_new(g, k, t);
    e->path = *path;
    return e;
}

static struct expr *gen_int(struct gen *g, int depth)
{
    struct path path;
    if (depth < 3 && chance(g, 20)) {
        struct expr *e = expr_new(g, E_BIN, g->tint);
        e->i = chance(g, 60) ? '+' : '^';
        e->a = gen_int(g, depth + 1);
        e->b = gen_int(g, depth + 1);
        return e;
    }
    if (chance(g, 55) && find_path(g, g->tint, READ, &path))
        return path_expr(g, E_LOAD, g->tint, &path);
    struct expr *e = expr_new(g, E_INT, g->tint);
    e->i = below(g, 10);
    return e;
}

/* Declares a local of type t in front of the statement being made. */
static struct var *gen_decl(struct gen *g, struct type *t, int depth)
{
    struct stmt *s = emit(g, S_DECL);
    if (g->left > 0)
        g->left--;
    s->e = gen_expr(g, t, depth + 1);
    s->var = var_new(g, t);
    append(g, s);
    enter_scope(g, s->var);
    return s->var;
}

static struct expr *gen_pointer(struct gen *g, struct type *t, int depth)
{
    struct path path;
    int what = below(g, 100);
    if (what < 3 && depth > 0)
        return expr_new(g, E_ZERO, t);
    if (what < 38 && find_path(g, t, READ, &path))
        return path_expr(g, E_LOAD, t, &path);
    if (what < 80 && find_path(g, t->to, ADDRESS, &path))
        return path_expr(g, E_ADDR, t, &path);
    if (depth < 3 && g->left > 0 && g->nscope < MAX_SCOPE) {
        path = (struct path){.var = gen_decl(g, t->to, depth + 1), .type = t->to};
        return path_expr(g, E_ADDR, t, &path);
    }
    if (find_path(g, t->to, ADDRESS, &path))
        return path_expr(g, E_ADDR, t, &path);
    return expr_new(g, E_ZERO, t);
}

static struct expr *gen_fn_value(struct gen *g, struct type *t)
{
    struct path path;
    if (chance(g, g->o->closures ? 85 : 30) && find_path(g, t, READ, &path))
        return path_expr(g, E_LOAD, t, &path);
    struct fn *of[MAX_FNS];
    int n = 0;
    for (int i = 0; i < g->p->nfns; i++)
        if (g->p->fn[i]->type == t && !g->p->fn[i]->parent)
            of[n++] = g->p->fn[i];
    struct expr *e = expr_new(g, E_FN, t);
    e->fn = of[below(g, n)];
    return e;
}

static struct expr *gen_expr(struct gen *g, struct type *t, int depth)
{
    struct path path;
    switch (t->kind) {
    case T_INT:
        return gen_int(g, depth);
    case T_PTR:
        return gen_pointer(g, t, depth);
    case T_FUNC:
        return gen_fn_value(g, t);
    case T_STRUCT:
        if (chance(g, 35) && find_path(g, t, READ, &path))
            return path_expr(g, E_LOAD, t, &path);
        if (depth > 3 || chance(g, 5))
            return expr_new(g, E_ZERO, t);
        return gen_agg(g, t, depth);
    case T_ARRAY:
        if (depth > 3 || chance(g, 5))
            return expr_new(g, E_ZERO, t);
        return gen_agg(g, t, depth);
    case T_VOID:
        break;
    }
    return NULL;
}

/* ---- calls ---- */

/* Closures call nothing, and are called through pointers only. */
static bool may_call(const struct fn *from, const struct fn *to)
{
    if (from->parent || to->parent)
        return false;
    if (from->cls == F_REC && to->cls == F_REC)
        return true;
    return to->id > from->id && (from->cls != F_LEAF || to->cls == F_LEAF);
}

static void gen_args(struct gen *g, struct call *c)
{
    if (c->sig->fuel) {
        struct expr *n = expr_new(g, E_INT, g->tint);
        n->i = 1 + below(g, 3);
        c->fuel = n;
        if (g->fn->fuel) {
            struct path path = {.var = g->fn->fuel, .type = g->tint};
            n->i = 1;
            c->fuel = expr_new(g, E_BIN, g->tint);
            c->fuel->i = '-';
            c->fuel->a = path_expr(g, E_LOAD, g->tint, &path);
            c->fuel->b = n;
        }
    }
    for (int i = 0; i < c->sig->nparams; i++)
        c->arg[i] = gen_expr(g, c->sig->param[i], 1);
}

static struct call *gen_call(struct gen *g)
{
    struct prog *p = g->p;
    struct call *c = prog_alloc(p, sizeof *c);
    if (g->fn->cls != F_CB && chance(g, g->o->closures ? 60 : 30)) {
        struct type *t = NULL;
        for (int tries = 0; tries < 4 && !t; tries++) {
            t = p->type[below(g, p->ntypes)];
            if (t->kind != T_FUNC || (t->sig->fuel && g->fn->cls == F_LEAF))
                t = NULL;
        }
        if (t && find_path(g, t, READ, &c->via)) {
            c->sig = t->sig;
            gen_args(g, c);
            return c;
        }
    }
    struct fn *of[MAX_FNS];
    int n = 0;
    for (int i = 0; i < p->nfns; i++)
        if (may_call(g->fn, p->fn[i]))
            of[n++] = p->fn[i];
    if (!n)
        return NULL;
    c->fn = of[below(g, n)];
    c->sig = c->fn->sig;
    gen_args(g, c);
    return c;
}

static void gen_mix_of(struct gen *g, struct path path)
{
    if (path.type->kind != T_PTR && path.type->kind != T_INT)
        return;
    struct stmt *s = emit(g, S_MIX);
    s->e = path_expr(g, E_LOAD, path.type, &path);
    append(g, s);
}

static void gen_call_stmt(struct gen *g)
{
    struct call *c = gen_call(g);
    if (!c)
        return;
    struct type *r = c->sig->result;
    int what = r->kind == T_VOID ? 100 : below(g, 100);
    if (what < 65) {
        struct stmt *s = emit(g, S_DECL);
        s->call = c;
        s->var = var_new(g, r);
        append(g, s);
        enter_scope(g, s->var);
        if (chance(g, 40))
            gen_mix_of(g, (struct path){.var = s->var, .type = r});
        return;
    }
    struct stmt *s = emit(g, S_CALL);
    s->call = c;
    if (what < 85)
        for (int i = g->nscope - 1; i >= 0; i--)
            if (g->scope[i]->type == r && !g->scope[i]->counter) {
                s->kind = S_ASSIGN;
                s->lhs = (struct path){.var = g->scope[i], .type = r};
                break;
            }
    append(g, s);
}

/* ---- statements ---- */

static void gen_stmt(struct gen *g, int depth);

static struct stmt *gen_body(struct gen *g, int n, int depth)
{
    struct body body = {.last = &body.first}, *saved = g->out;
    int nscope = g->nscope;
    g->out = &body;
    while (n-- > 0 && g->left > 0)
        gen_stmt(g, depth);
    g->out = saved;
    g->nscope = nscope;
    return body.first;
}

static void gen_cond(struct gen *g, struct cond *c)
{
    struct path path;
    int what = below(g, 100);
    c->kind = C_RND;
    c->n = 2 + below(g, 2);
    if (what < 20) {
        c->kind = C_LESS;
        c->a = gen_int(g, 0);
        c->n = 1 + below(g, 12);
    } else if (what < 30 && find_path(g, NULL, READ, &path) && path.type->kind == T_PTR) {
        c->kind = C_NOTNIL;
        c->a = path_expr(g, E_LOAD, path.type, &path);
    }
}

static void gen_return(struct gen *g)
{
    struct stmt *s = emit(g, S_RETURN);
    struct type *r = g->fn->sig->result;
    if (r->kind != T_VOID)
        s->e = gen_expr(g, r, 0);
    append(g, s);
}

static void gen_assign(struct gen *g)
{
    struct path path;
    struct type *want = chance(g, 75) ? pool_pick(g) : NULL;
    if (want && want->kind == T_ARRAY)
        want = want->to;
    if (want && want->kind == T_INT && chance(g, 60))
        want = type_ptr(g->p, g->tint);
    if (!find_path(g, want, WRITE, &path))
        return;
    struct expr *e = gen_expr(g, path.type, 1);
    struct stmt *s = emit(g, S_ASSIGN);
    s->lhs = path;
    s->e = e;
    append(g, s);
}

/* A store that is overwritten later in the same block: `g = &v; ...; g = 0`. */
static void gen_killed(struct gen *g, int depth)
{
    struct type *t = type_ptr(g->p, chance(g, 50) ? g->tint : pool_pick(g));
    struct path path;
    if (t->to->kind == T_ARRAY || !find_path(g, t, WRITE, &path))
        return;
    struct expr *e = gen_expr(g, t, 1);
    struct stmt *s = emit(g, S_ASSIGN);
    s->lhs = path;
    s->e = e;
    append(g, s);
    for (int n = below(g, 3); n > 0; n--)
        gen_stmt(g, depth + 1);
    if (chance(g, 50))
        gen_mix_of(g, path);
    s = emit(g, S_ASSIGN);
    s->lhs = path;
    s->e = expr_new(g, E_ZERO, t);
    append(g, s);
}

static void gen_if(struct gen *g, int depth)
{
    struct stmt *s = emit(g, S_IF);
    gen_cond(g, &s->cond);
    append(g, s);
    s->body = gen_body(g, 1 + below(g, 3), depth + 1);
    if (chance(g, 35))
        s->els = gen_body(g, 1 + below(g, 2), depth + 1);
    if (!chance(g, 20))
        return;
    /* leave early */
    struct stmt **last = &s->body;
    while (*last)
        last = &(*last)->next;
    struct body body = {.last = &body.first}, *saved = g->out;
    int nscope = g->nscope;
    g->out = &body;
    if (g->loops && chance(g, 60))
        append(g, emit(g, chance(g, 50) ? S_BREAK : S_CONTINUE));
    else if (depth)
        gen_return(g);
    g->out = saved;
    g->nscope = nscope;
    *last = body.first;
}

static void gen_loop(struct gen *g, int depth)
{
    struct stmt *s = emit(g, S_LOOP);
    s->n = chance(g, 70) ? 2 + below(g, 2) : -(2 + below(g, 3));
    s->var = var_new(g, g->tint);
    s->var->counter = true;
    append(g, s);
    int nscope = g->nscope;
    enter_scope(g, s->var);
    g->loops++;
    s->body = gen_body(g, 2 + below(g, 4), depth + 1);
    g->loops--;
    g->nscope = nscope;
}

static void gen_mix(struct gen *g)
{
    struct path path;
    struct type *want = chance(g, 20) ? g->tint : pool_pick(g);
    if (want->kind != T_INT && want->kind != T_ARRAY && chance(g, 60)) {
        want = type_ptr(g->p, want);
        if (chance(g, 30) && find_path(g, want->to, ADDRESS, &path)) {
            struct stmt *s = emit(g, S_MIX);
            s->e = path_expr(g, E_ADDR, want, &path);
            append(g, s);
            return;
        }
    }
    if ((want->kind == T_INT || want->kind == T_PTR) && find_path(g, want, READ, &path))
        gen_mix_of(g, path);
}

static struct fn *gen_fn(struct gen *g, enum fn_class cls, struct sig *sig);

/* A closure of a type that a called function may be of, kept in a new variable. */
static void gen_closure(struct gen *g)
{
    struct fn *around = g->fn;
    struct body body = {.last = &body.first}, *out = g->out;
    int nscope = g->nscope, left = g->left, loops = g->loops;
    struct type *t = NULL;
    for (int i = 0; i < g->p->ntypes && !t; i++)
        if (g->p->type[i]->kind == T_FUNC && !g->p->type[i]->sig->fuel)
            t = g->p->type[i];
    if (!t || g->p->nfns == MAX_FNS || (around->parent && around->parent->parent) ||
        nscope + MAX_PARAMS >= MAX_SCOPE || g->p->nvars > MAX_VARS / 2 ||
        g->p->nstmts > MAX_STMTS / 2)
        return;
    struct fn *f = gen_fn(g, F_CB, t->sig);
    f->type = t;
    f->parent = around;
    g->out = &body;
    g->loops = 0;
    g->left = 2 + below(g, g->o->size / 2);
    for (int i = 0; i < t->sig->nparams; i++)
        enter_scope(g, f->param[i]);
    while (g->left > 0)
        gen_stmt(g, 0);
    g->left = 2;
    if (t->sig->result->kind != T_VOID)
        gen_return(g);
    f->body = body.first;
    g->fn = around;
    g->out = out;
    g->nscope = nscope;
    g->left = left;
    g->loops = loops;
    struct stmt *s = emit(g, S_DECL);
    s->e = expr_new(g, E_FN, t);
    s->e->fn = f;
    s->var = var_new(g, t);
    append(g, s);
    enter_scope(g, s->var);
    if (around->parent || !chance(g, 40))
        return;
    s = emit(g, S_CALL);
    s->call = prog_alloc(g->p, sizeof *s->call);
    s->call->via = (struct path){.var = g->scope[g->nscope - 1], .type = t};
    s->call->sig = t->sig;
    gen_args(g, s->call);
    append(g, s);
}

static void gen_stmt(struct gen *g, int depth)
{
    if (g->left <= 0)
        return;
    g->left--;
    if (g->o->closures && chance(g, 12)) {
        gen_closure(g);
        return;
    }
    int what = below(g, 100);
    if (what < 24 && g->nscope < MAX_SCOPE)
        gen_decl(g, pool_pick(g), 0);
    else if (what < 54)
        gen_assign(g);
    else if (what < 60)
        gen_killed(g, depth);
    else if (what < 76)
        gen_call_stmt(g);
    else if (what < 84 && depth < 3)
        gen_if(g, depth);
    else if (what < 91 && depth < 3)
        gen_loop(g, depth);
    else if (what < 93 && depth < 3) {
        struct stmt *s = emit(g, S_BLOCK);
        append(g, s);
        s->body = gen_body(g, 2 + below(g, 3), depth + 1);
    } else
        gen_mix(g);
}

/* ---- the program ---- */

static struct type *gen_struct(struct gen *g, struct type *t, struct type **st, int i, int nst)
{
    struct type *pint = type_ptr(g->p, g->tint);
    t->nfields = 2 + below(g, 3);
    for (int k = 0; k < t->nfields; k++) {
        int what = below(g, 100);
        struct type *f = pint;
        if (what < 20)
            f = g->tint;
        else if (what < 28)
            f = type_ptr(g->p, pint);
        else if (what < 50)
            f = type_ptr(g->p, st[below(g, nst)]);
        else if (what < 58 && i > 0)
            f = st[below(g, i)];
        else if (what < 68) {
            f = type_new(g->p, T_ARRAY);
            f->to = chance(g, 70) ? pint : type_ptr(g->p, st[below(g, nst)]);
            f->n = 2 + below(g, 2);
            type_layout(f);
        }
        t->field[k] = f;
    }
    type_layout(t);
    return t;
}

static void gen_types(struct gen *g)
{
    struct prog *p = g->p;
    g->tint = type_new(p, T_INT);
    g->tvoid = type_new(p, T_VOID);
    struct type *pint = type_ptr(p, g->tint), *ppint = type_ptr(p, pint);
    struct type *st[3];
    int nst = 1 + below(g, 3);
    for (int i = 0; i < nst; i++)
        st[i] = type_new(p, T_STRUCT);
    for (int i = 0; i < nst; i++)
        gen_struct(g, st[i], st, i, nst);
    pool_add(g, g->tint, 14);
    pool_add(g, pint, 14);
    pool_add(g, ppint, 4);
    if (chance(g, 20))
        pool_add(g, type_ptr(p, ppint), 1);
    for (int i = 0; i < nst; i++) {
        pool_add(g, st[i], 5);
        pool_add(g, type_ptr(p, st[i]), 5);
        if (chance(g, 30))
            pool_add(g, type_ptr(p, type_ptr(p, st[i])), 2);
    }
    struct type *a = type_new(p, T_ARRAY);
    a->to = chance(g, 70) ? pint : type_ptr(p, st[below(g, nst)]);
    a->n = 2 + below(g, 2);
    type_layout(a);
    pool_add(g, a, 3);
}

static struct type *gen_value_type(struct gen *g)
{
    struct type *t;
    do
        t = pool_pick(g);
    while (t->kind == T_ARRAY);
    return t;
}

static struct sig *gen_sig(struct gen *g, bool fuel, int fewest)
{
    struct sig *s = prog_alloc(g->p, sizeof *s);
    s->fuel = fuel;
    s->result = chance(g, 25) ? g->tvoid : gen_value_type(g);
    s->nparams = fewest + below(g, 4);
    for (int i = 0; i < s->nparams; i++) {
        struct type *t = gen_value_type(g);
        s->param[i] = chance(g, 50) && t->kind != T_PTR ? type_ptr(g->p, t) : t;
    }
    return s;
}

static struct fn *gen_fn(struct gen *g, enum fn_class cls, struct sig *sig)
{
    struct fn *f = prog_alloc(g->p, sizeof *f);
    f->id = g->p->nfns;
    f->cls = cls;
    f->sig = sig;
    g->p->fn[g->p->nfns++] = f;
    g->fn = f;
    if (sig->fuel) {
        f->fuel = var_new(g, g->tint);
        f->fuel->param = f->fuel->counter = true;
    }
    for (int i = 0; i < sig->nparams; i++) {
        f->param[i] = var_new(g, sig->param[i]);
        f->param[i]->param = true;
    }
    return f;
}

static void gen_fns(struct gen *g)
{
    struct prog *p = g->p;
    struct type *cb = NULL, *rec = NULL;
    p->entry = gen_fn(g, F_TOP, gen_sig(g, false, 0));
    p->entry->sig->result = g->tvoid;
    p->entry->sig->nparams = 0;
    for (int n = below(g, 3); n > 0; n--)
        gen_fn(g, F_TOP, gen_sig(g, false, 0));
    if (chance(g, 45))
        for (int n = 1 + below(g, 2); n > 0; n--) {
            struct fn *f = gen_fn(g, F_REC, rec && chance(g, 50) ? rec->sig : gen_sig(g, true, 1));
            if (!rec && chance(g, 30)) {
                rec = type_new(p, T_FUNC);
                rec->sig = f->sig;
            }
            if (rec && f->sig == rec->sig)
                f->type = rec;
        }
    for (int n = 1 + below(g, 4); n > 0; n--)
        gen_fn(g, F_LEAF, gen_sig(g, false, 1));
    if (chance(g, 50) || g->o->closures) {
        cb = type_new(p, T_FUNC);
        cb->sig = gen_sig(g, false, 1);
        for (int n = 1 + below(g, 3); n > 0; n--)
            gen_fn(g, F_CB, cb->sig)->type = cb;
    }
    /* closures are handed up */
    for (int i = 1; g->o->closures && i < p->nfns; i++)
        if (!p->fn[i]->type && chance(g, 30))
            p->fn[i]->sig->result = cb;
    /* callbacks are passed down and kept */
    for (int k = 0; k < 2; k++) {
        struct type *t = k ? rec : cb;
        if (!t)
            continue;
        pool_add(g, t, g->o->closures ? 10 : 3);
        for (int i = 1; i < p->nfns; i++) {
            struct fn *f = p->fn[i];
            if (f->cls == F_CB || f->type || !chance(g, 40) || f->sig->nparams == MAX_PARAMS)
                continue;
            g->fn = f;
            f->sig->param[f->sig->nparams] = t;
            f->param[f->sig->nparams] = var_new(g, t);
            f->param[f->sig->nparams++]->param = true;
        }
    }
}

/* Some structs carry a callback with their data. */
static void gen_fn_fields(struct gen *g)
{
    struct prog *p = g->p;
    for (int i = 0; i < p->ntypes; i++) {
        struct type *t = p->type[i];
        if (t->kind != T_FUNC || !chance(g, 40))
            continue;
        for (int k = 0; k < p->ntypes; k++)
            if (p->type[k]->kind == T_STRUCT && chance(g, 50)) {
                p->type[k]->field[p->type[k]->nfields++] = t;
                break;
            }
    }
    /* by-value nesting only goes to structs made earlier; arrays hold pointers */
    for (int i = 0; i < p->ntypes; i++)
        type_layout(p->type[i]);
}

static void gen_globals(struct gen *g)
{
    for (int n = 2 + below(g, 3); n > 0; n--) {
        struct var *v = prog_alloc(g->p, sizeof *v);
        v->type = pool_pick(g);
        if (v->type->kind == T_INT)
            v->type = type_ptr(g->p, g->tint);
        v->id = v->slot = g->p->nglobals;
        g->p->global[g->p->nglobals++] = v;
    }
}

static void gen_fn_body(struct gen *g, struct fn *f)
{
    struct body body = {.last = &body.first};
    int size = g->o->size;
    g->fn = f;
    g->nscope = 0;
    g->loops = 0;
    g->out = &body;
    for (int i = 0; i < f->sig->nparams; i++)
        enter_scope(g, f->param[i]);
    int n = 1 + below(g, size / 2);
    if (f->cls == F_TOP)
        n = size / 2 + below(g, size);
    else if (f->cls == F_REC || chance(g, 40))
        n = 2 + below(g, size);
    g->left = n + n / 2 + 4;
    while (n-- > 0 && g->left > 0) {
        gen_stmt(g, 0);
        if (f->cls == F_TOP && n % 2)
            gen_call_stmt(g);
    }
    g->left = 2;
    if (f == g->p->entry)
        for (int i = 0; i < g->p->nglobals; i++) {
            struct var *v = g->p->global[i];
            if (v->type->kind == T_PTR)
                gen_mix_of(g, (struct path){.var = v, .type = v->type});
            if (v->type->kind != T_STRUCT && v->type->kind != T_ARRAY)
                continue;
            struct path path = {.var = v, .nsteps = 1};
            int nf = v->type->kind == T_STRUCT ? v->type->nfields : v->type->n;
            for (int k = 0; k < nf; k++) {
                bool st = v->type->kind == T_STRUCT;
                path.type = st ? v->type->field[k] : v->type->to;
                path.step[0] = (struct step){st ? P_FIELD : P_INDEX, k, path.type};
                gen_mix_of(g, path);
            }
        }
    else if (f->sig->result->kind != T_VOID)
        gen_return(g);
    f->body = body.first;
}

/* Has it a few address-taken variables at all? */
static bool interesting(const struct prog *p)
{
    int n = 0;
    for (int i = 0; i < p->nvars; i++)
        n += p->var[i]->executed && p->var[i]->addr_taken;
    return n >= 3;
}

struct prog *gen_program(uint64_t seed, const struct gen_options *o)
{
    static struct gen *g;
    if (!g && !(g = malloc(sizeof *g)))
        abort();
    /* A program over budget is replaced by the next one of the same seed. */
    for (uint64_t attempt = 0;; attempt++) {
        memset(g, 0, offsetof(struct gen, cand));
        g->o = o;
        g->rng.s = seed * 0x2545f4914f6cdd1du + attempt * 0x9e3779b1u + 1;
        g->p = prog_new(seed);
        g->p->cprofile = o->cprofile;
        g->p->rounds = 6;
        g->p->runs = o->runs;
        gen_types(g);
        gen_fns(g);
        gen_fn_fields(g);
        gen_globals(g);
        for (int i = 0, n = g->p->nfns; i < n; i++) /* closures get theirs at once */
            gen_fn_body(g, g->p->fn[i]);
        if (interp_run(g->p, BUDGET, true) == RUN_OK) {
            prog_prune(g->p);
            /* Pruning leaves the execution as it was; the second run judges what is left. */
            if (interp_run(g->p, 2 * BUDGET, true) == RUN_OK && interesting(g->p)) {
                interp_explore(g->p, 2 * BUDGET);
                return g->p;
            }
        }
        prog_free(g->p);
    }
}
