/* The interpreter: runs a program and finds out which variables truly outlive their lifetimes.
 *
 * Each execution of a declaration (and each passing of a parameter) makes a new object; nothing is
 * ever freed, so a pointer always leads to the object it was made from.  Two ways to outlive:
 *
 *   after  the object's call has returned
 *   next   the same declaration has been executed again in the same call
 *
 * and two degrees: `used` when the object was then read or written (a compiler that left it on the
 * stack computes something else), `held` when it was still reachable at that moment from a global,
 * from a variable in scope in a live call, or from the value being returned.  used implies held,
 * not the reverse: what holds it may never be looked at again.
 *
 *     int *f(void) { int x = 1; return &x; }      mix(*f());   x: used_after
 *     for (...) { int y = i; q = &y; }                         y: held_next; used_next if q is
 *                                                                 followed after y's next instance
 *
 * What a closure holds is not followed: programs with closures are judged by what they use and print.
 *
 * A random number generator inside the program (`rnd`) drives its branches; it is part of the
 * program's state and starts from the same value in C, in Go and here.  A verdict has to hold for
 * every way the branches may go, so the facts are those of many runs from other values too; such
 * a run ends where it would follow a null pointer, which is no valid program. */
#include "prog.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct obj;
struct frame;

/* One scalar.  obj == NULL: null pointer, or a number, or a function. */
struct cell {
    struct obj *obj;
    int at; /* offset in obj, or the number */
    struct fn *fn;
    struct frame *env; /* closure: the frame it was made in, as it was */
};

struct obj {
    struct var *var;
    struct frame *frame; /* NULL: a global */
    bool in_scope;       /* its variable can be named */
    unsigned mark;       /* epoch of the last marking that reached it */
    struct cell cell[];
};

struct frame {
    struct frame *caller;
    struct fn *fn;
    struct frame *env; /* of a closure: where the variables around it are */
    bool alive;
    struct obj *newest[]; /* by slot: the variable's newest object */
};

enum { ARENA = 64 << 20, MARK_STACK = 1 << 16, MAX_DEPTH = 200 };

struct interp {
    struct prog *p;
    long budget;
    bool repair;
    uint32_t rnd, sum;
    struct obj *global[MAX_GLOBALS];
    struct frame *top;
    int depth;
    struct cell *pending; /* a value under way: of a return, of a declaration */
    int npending;         /* its cells */
    unsigned epoch;
    struct obj **stack; /* marking */
    int nstack;
    char *arena;
    size_t used;
    jmp_buf out;
};

static void stop(struct interp *in)
{
    longjmp(in->out, 1);
}

static void *in_alloc(struct interp *in, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (in->used + n > ARENA)
        stop(in);
    void *at = in->arena + in->used;
    in->used += n;
    return memset(at, 0, n);
}

static int rnd(struct interp *in)
{
    in->rnd = in->rnd * 1103515245u + 12345u;
    return (int)((in->rnd >> 16) & 0x7fff);
}

static void mix(struct interp *in, uint32_t x)
{
    in->sum = in->sum * 31 + x;
}

/* ---- reachability ---- */

static void mark_obj(struct interp *in, struct obj *o)
{
    if (!o || o->mark == in->epoch)
        return;
    if (in->nstack == MARK_STACK)
        stop(in);
    o->mark = in->epoch;
    in->stack[in->nstack++] = o;
}

/* Marks what the roots reach.  Each object is pushed once, so it is linear in what is live. */
static void mark_all(struct interp *in)
{
    in->epoch++;
    for (int i = 0; i < in->p->nglobals; i++)
        mark_obj(in, in->global[i]);
    for (struct frame *f = in->top; f; f = f->caller)
        for (int i = 0; i < f->fn->nvars; i++)
            if (f->newest[i] && f->newest[i]->in_scope)
                mark_obj(in, f->newest[i]);
    for (int i = 0; i < in->npending; i++)
        mark_obj(in, in->pending[i].obj);
    while (in->nstack) {
        struct obj *o = in->stack[--in->nstack];
        for (int i = 0; i < o->var->type->ncells; i++)
            mark_obj(in, o->cell[i].obj);
    }
}

/* The frame on top is about to go: which of its objects will be missed?  Older instances need no
 * look: one that is reachable now was so when the next began, and is held_next already. */
static void frame_ends(struct interp *in)
{
    struct frame *f = in->top;
    bool ask = false;
    for (int i = 0; i < f->fn->nvars; i++) {
        struct obj *o = f->newest[i];
        if (o) {
            o->in_scope = false;
            ask |= o->var->addr_taken && !o->var->held_after;
        }
    }
    f->alive = false;
    if (!ask)
        return;
    mark_all(in);
    for (int i = 0; i < f->fn->nvars; i++)
        if (f->newest[i] && f->newest[i]->mark == in->epoch)
            f->newest[i]->var->held_after = true;
}

static struct obj *instance(struct interp *in, struct frame *f, struct var *v)
{
    struct obj *old = f->newest[v->slot];
    if (old && v->addr_taken && !v->held_next) {
        mark_all(in);
        if (old->mark == in->epoch)
            v->held_next = true;
    }
    struct obj *o = in_alloc(in, sizeof *o + (size_t)v->type->ncells * sizeof o->cell[0]);
    o->var = v;
    o->frame = f;
    o->in_scope = true;
    f->newest[v->slot] = o;
    v->executed = true;
    return o;
}

/* ---- memory ---- */

struct place {
    struct obj *obj;
    int at;
};

static void access(struct obj *o)
{
    if (!o->frame)
        return;
    if (!o->frame->alive)
        o->var->used_after = o->var->held_after = true;
    else if (o->frame->newest[o->var->slot] != o)
        o->var->used_next = o->var->held_next = true;
    else if (!o->in_scope)
        o->var->used_block = true;
}

/* The object that V means now: the newest of the current call or, in a closure, the one that was the newest
 * when it was made. */
static struct obj *object_of(struct interp *in, const struct var *v)
{
    if (!v->fn)
        return in->global[v->slot];
    struct frame *f = in->top;
    while (f->fn != v->fn)
        f = f->env;
    return f->newest[v->slot];
}

static struct frame *snapshot(struct interp *in)
{
    size_t size = sizeof *in->top + (size_t)in->top->fn->nvars * sizeof in->top->newest[0];
    return memcpy(in_alloc(in, size), in->top, size);
}

/* False: a null pointer is in the way.  Dereferencing reads the pointer, which is an access. */
static bool locate(struct interp *in, const struct path *path, struct place *pl)
{
    struct var *v = path->var;
    struct type *t = v->type;
    pl->obj = object_of(in, v);
    pl->at = 0;
    for (int i = 0; i < path->nsteps; i++) {
        const struct step *s = &path->step[i];
        if (s->kind == P_DEREF) {
            access(pl->obj);
            struct cell *c = &pl->obj->cell[pl->at];
            if (!c->obj)
                return false;
            pl->at = c->at;
            pl->obj = c->obj;
        } else {
            pl->at += type_field_cell(t, s->i);
        }
        t = s->type;
    }
    return true;
}

struct guard {
    struct interp *in;
    bool ok;
};

static void guard_path(void *ctx, const struct path *path, bool address)
{
    struct guard *g = ctx;
    struct place pl;
    (void)address;
    if (g->ok)
        g->ok = locate(g->in, path, &pl);
}

/* May the statement be done?  Reads what its guard reads, in the guard's order. */
static bool guard_holds(struct interp *in, struct stmt *s)
{
    struct guard g = {in, true};
    stmt_paths(s, guard_path, &g);
    if (s->call && !s->call->fn && g.ok && !s->f.zero) {
        struct place pl;
        locate(in, &s->call->via, &pl);
        access(pl.obj);
        g.ok = pl.obj->cell[pl.at].fn != NULL;
    }
    if (!g.ok) {
        if (!s->f.guard && !in->repair)
            stop(in);
        s->f.guard = true;
    }
    return g.ok;
}

static void eval(struct interp *in, const struct expr *e, struct cell *to)
{
    struct place pl;
    if (e->zero) {
        memset(to, 0, (size_t)e->type->ncells * sizeof *to);
        return;
    }
    switch (e->kind) {
    case E_INT:
        to[0] = (struct cell){.at = e->i};
        break;
    case E_ZERO:
        memset(to, 0, (size_t)e->type->ncells * sizeof *to);
        break;
    case E_FN:
        to[0] = (struct cell){.fn = e->fn, .env = e->fn->parent ? snapshot(in) : NULL};
        break;
    case E_LOAD:
        if (!locate(in, &e->path, &pl))
            stop(in);
        access(pl.obj);
        memmove(to, &pl.obj->cell[pl.at], (size_t)e->type->ncells * sizeof *to);
        break;
    case E_ADDR:
        if (!locate(in, &e->path, &pl))
            stop(in);
        to[0] = (struct cell){.obj = pl.obj, .at = pl.at};
        break;
    case E_BIN: {
        struct cell a, b;
        eval(in, e->a, &a);
        eval(in, e->b, &b);
        to[0] = (struct cell){.at = e->i == '-'   ? a.at - b.at
                                    : e->i == '+' ? (a.at + b.at) & INT_MASK
                                                  : a.at ^ b.at};
        break;
    }
    case E_AGG:
        for (int i = 0; i < MAX_FIELDS && e->elem[i]; i++)
            eval(in, e->elem[i], to + type_field_cell(e->type, i));
        break;
    }
}

static uint32_t walk(struct interp *in, const struct cell *c, const struct type *t, int depth);

static uint32_t walk_value(struct interp *in, struct obj *o, int at, const struct type *t,
                           uint32_t h, int depth)
{
    switch (t->kind) {
    case T_INT:
        return h * 31 + (uint32_t)o->cell[at].at;
    case T_PTR:
        return h * 31 + walk(in, &o->cell[at], t->to, depth - 1);
    case T_FUNC:
        return h * 31 + (o->cell[at].fn != NULL);
    case T_STRUCT:
        for (int i = 0; i < t->nfields; i++)
            if (!t->drop[i])
                h = walk_value(in, o, at + type_field_cell(t, i), t->field[i], h, depth);
        return h;
    case T_ARRAY:
        for (int i = 0; i < t->n; i++)
            h = walk_value(in, o, at + type_field_cell(t, i), t->to, h, depth);
        return h;
    case T_VOID:
        break;
    }
    return h;
}

static uint32_t walk(struct interp *in, const struct cell *c, const struct type *t, int depth)
{
    if (in->budget-- < 0)
        stop(in);
    if (!c->obj)
        return 7;
    if (!depth)
        return 9;
    access(c->obj);
    return walk_value(in, c->obj, c->at, t, 5, depth);
}

/* ---- execution ---- */

enum flow { NEXT, BREAK, CONTINUE, RETURN };

static enum flow run_body(struct interp *in, struct stmt *s, struct cell *result);

static void call_fn(struct interp *in, struct fn *fn, struct frame *env, const struct cell *fuel,
                    struct cell **arg, struct cell *result)
{
    size_t nvars = (size_t)fn->nvars;
    struct frame *f = in_alloc(in, sizeof *f + nvars * sizeof f->newest[0]);
    if (++in->depth > MAX_DEPTH)
        stop(in);
    f->caller = in->top;
    f->fn = fn;
    f->env = env;
    f->alive = true;
    fn->called = true;
    if (fuel)
        instance(in, f, fn->fuel)->cell[0] = *fuel;
    for (int i = 0; i < fn->sig->nparams; i++) {
        struct obj *o = instance(in, f, fn->param[i]);
        memcpy(o->cell, arg[i], (size_t)fn->param[i]->type->ncells * sizeof o->cell[0]);
    }
    in->top = f;
    if (!fuel || fuel->at > 0)
        run_body(in, fn->body, result);
    in->pending = result;
    in->npending = fn->sig->result->ncells;
    frame_ends(in);
    in->npending = 0;
    in->top = f->caller;
    in->depth--;
}

static void run_call(struct interp *in, const struct call *c, struct cell *result)
{
    struct cell *arg[MAX_PARAMS], fuel;
    struct fn *fn = c->fn;
    struct frame *env = NULL;
    if (!fn) {
        struct place pl;
        locate(in, &c->via, &pl);
        access(pl.obj);
        fn = pl.obj->cell[pl.at].fn;
        env = pl.obj->cell[pl.at].env;
    }
    if (c->fuel)
        eval(in, c->fuel, &fuel);
    for (int i = 0; i < c->sig->nparams; i++) {
        arg[i] = in_alloc(in, (size_t)c->sig->param[i]->ncells * sizeof **arg);
        eval(in, c->arg[i], arg[i]);
    }
    call_fn(in, fn, env, c->fuel ? &fuel : NULL, arg, result);
}

/* The value of a declaration, an assignment or a return statement. */
static struct cell *run_value(struct interp *in, struct stmt *s, const struct type *t, bool ok)
{
    struct cell *value = in_alloc(in, (size_t)t->ncells * sizeof *value);
    if (s->f.zero || !ok)
        return value;
    if (s->call)
        run_call(in, s->call, value);
    else
        eval(in, s->e, value);
    return value;
}

static bool run_cond(struct interp *in, const struct cond *c)
{
    struct cell v;
    if (c->kind == C_RND)
        return rnd(in) % c->n == 0;
    eval(in, c->a, &v);
    return c->kind == C_LESS ? v.at < c->n : v.obj != NULL;
}

static void end_scope(struct interp *in, struct stmt *s)
{
    for (; s; s = s->next)
        if (s->kind == S_DECL && in->top->newest[s->var->slot])
            in->top->newest[s->var->slot]->in_scope = false;
}

static enum flow run_loop(struct interp *in, struct stmt *s, struct cell *result)
{
    int n = s->n < 0 ? rnd(in) % -s->n : s->n;
    struct obj *o = instance(in, in->top, s->var);
    enum flow flow = NEXT;
    for (int i = 0; i < n && flow != RETURN; i++) {
        if (in->budget-- < 0)
            stop(in);
        o->cell[0].at = i;
        flow = run_body(in, s->body, result);
        if (flow == BREAK)
            break;
    }
    o->in_scope = false;
    return flow == RETURN ? RETURN : NEXT;
}

static enum flow run_stmt(struct interp *in, struct stmt *s, struct cell *result)
{
    struct place pl;
    s->hit = true;
    if (s->f.unwrap)
        return run_body(in, s->body, result);
    bool ok = guard_holds(in, s);
    s->guard_hit |= ok;
    switch (s->kind) {
    case S_DECL: {
        struct cell *value = run_value(in, s, s->var->type, ok);
        in->pending = value;
        in->npending = s->var->type->ncells;
        struct obj *o = instance(in, in->top, s->var);
        in->npending = 0;
        memcpy(o->cell, value, (size_t)s->var->type->ncells * sizeof *value);
        return NEXT;
    }
    case S_ASSIGN:
        if (!ok)
            return NEXT;
        if (s->call && !s->f.zero) {
            struct cell *value = run_value(in, s, s->lhs.type, true);
            locate(in, &s->lhs, &pl);
            memcpy(&pl.obj->cell[pl.at], value, (size_t)s->lhs.type->ncells * sizeof *value);
        } else {
            struct cell *value = run_value(in, s, s->lhs.type, true);
            locate(in, &s->lhs, &pl);
            access(pl.obj);
            memcpy(&pl.obj->cell[pl.at], value, (size_t)s->lhs.type->ncells * sizeof *value);
        }
        return NEXT;
    case S_CALL:
        if (ok)
            run_value(in, s, s->call->sig->result, true);
        return NEXT;
    case S_IF:
        if (ok && run_cond(in, &s->cond))
            return run_body(in, s->body, result);
        return s->f.noelse ? NEXT : run_body(in, s->els, result);
    case S_LOOP:
        return run_loop(in, s, result);
    case S_BLOCK:
        return run_body(in, s->body, result);
    case S_RETURN:
        if (!ok)
            return NEXT;
        if (in->top->fn->sig->result->kind != T_VOID) {
            struct type *t = in->top->fn->sig->result;
            struct cell *value = run_value(in, s, t, true);
            memcpy(result, value, (size_t)t->ncells * sizeof *value);
        }
        return RETURN;
    case S_BREAK:
        return BREAK;
    case S_CONTINUE:
        return CONTINUE;
    case S_MIX: {
        struct cell v;
        if (!ok)
            return NEXT;
        eval(in, s->e, &v);
        mix(in,
            s->e->type->kind == T_PTR ? walk(in, &v, s->e->type->to, WALK_DEPTH) : (uint32_t)v.at);
        return NEXT;
    }
    }
    return NEXT;
}

static enum flow run_body(struct interp *in, struct stmt *first, struct cell *result)
{
    enum flow flow = NEXT;
    for (struct stmt *s = first; s && flow == NEXT; s = s->next) {
        if (s->f.dead)
            continue;
        if (in->budget-- < 0)
            stop(in);
        flow = run_stmt(in, s, result);
    }
    end_scope(in, first);
    return flow;
}

static struct interp *interp(void)
{
    static struct interp in; /* its arenas are kept from run to run */
    if (!in.arena && !(in.arena = malloc(ARENA)))
        abort();
    if (!in.stack && !(in.stack = malloc(MARK_STACK * sizeof *in.stack)))
        abort();
    return &in;
}

/* One run whose random numbers start from RND; the facts of earlier ones are kept. */
static enum run_result run_from(struct prog *p, uint32_t rnd, long budget, bool repair)
{
    struct interp *in = interp();
    in->p = p;
    in->budget = budget;
    in->repair = repair;
    in->rnd = rnd;
    in->sum = FIRST_SUM;
    in->used = 0;
    in->top = NULL;
    in->npending = 0;
    in->depth = 0;
    in->nstack = 0;
    if (setjmp(in->out))
        return RUN_BUDGET;
    for (int i = 0; i < p->nglobals; i++) {
        struct type *t = p->global[i]->type;
        struct obj *o = in_alloc(in, sizeof *o + (size_t)t->ncells * sizeof o->cell[0]);
        o->var = p->global[i];
        o->in_scope = true;
        in->global[i] = o;
    }
    for (int r = 0; r < p->rounds; r++) {
        call_fn(in, p->entry, NULL, NULL, NULL, NULL);
        mix(in, (uint32_t)r);
    }
    return RUN_OK;
}

enum run_result interp_run(struct prog *p, long budget, bool repair)
{
    prog_mark_used(p);
    for (int i = 0; i < p->nvars; i++) {
        struct var *v = p->var[i];
        v->executed = v->used_after = v->used_next = v->held_after = v->held_next = v->used_block =
            false;
    }
    for (int i = 0; i < p->nstmts; i++)
        p->stmt[i]->hit = p->stmt[i]->guard_hit = false;
    for (int i = 0; i < p->nfns; i++)
        p->fn[i]->called = false;
    enum run_result r = run_from(p, (uint32_t)p->seed, budget, repair);
    if (r == RUN_OK)
        p->sum = interp()->sum;
    return r;
}

void interp_explore(struct prog *p, long budget)
{
    for (int i = 1; i <= p->runs; i++)
        run_from(p, (uint32_t)p->seed + (uint32_t)i * 0x9e3779b1u, budget, false);
}

void prog_prune(struct prog *p)
{
    for (int i = 0; i < p->nstmts; i++) {
        struct stmt *s = p->stmt[i];
        bool value = s->kind == S_DECL;
        if (!s->hit)
            s->f.dead = true;
        else if (s->f.guard && !s->guard_hit && value)
            s->f.zero = true;
        else if (s->f.guard && !s->guard_hit && s->kind != S_IF)
            s->f.dead = true;
    }
}
