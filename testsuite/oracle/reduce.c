/* The reducer: makes a failing program small by deleting, as long as it fails the same way.
 *
 * A step sets flags (a statement is dead, an expression is zero, a field is gone); a declaration
 * takes its variable's users with it.  The interpreter then judges the new program, guards where
 * needed, prunes what no longer runs; a step after which the fault is gone is undone.  Every kept
 * step removes something for good, so it ends; at most STEPS programs are tried. */
#include "prog.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 3000, MAX_EXPRS = 4096 };

struct reducer {
    const struct setup *su;
    struct prog *p;
    enum fault fault;
    int steps;
    struct flags saved[MAX_STMTS];
    struct expr *expr[MAX_EXPRS];
    int nexprs;
};

static void save(struct reducer *r)
{
    for (int i = 0; i < r->p->nstmts; i++)
        r->saved[i] = r->p->stmt[i]->f;
}

static void restore(struct reducer *r)
{
    for (int i = 0; i < r->p->nstmts; i++)
        r->p->stmt[i]->f = r->saved[i];
}

/* Is the program, as the flags have it, legal and still at fault? */
static bool fails(struct reducer *r)
{
    struct finding f;
    if (!prog_valid(r->p))
        return false;
    for (int i = 0; i < r->p->nstmts; i++)
        r->p->stmt[i]->f.guard = false;
    if (interp_run(r->p, 100000, true) != RUN_OK)
        return false;
    prog_prune(r->p);
    if (interp_run(r->p, 200000, true) != RUN_OK || r->steps++ > STEPS)
        return false;
    interp_explore(r->p, 200000);
    unsigned wanted = 1u << r->fault;
    if (r->su->go && r->fault == FAULT_COARSE)
        wanted |= 1u << FAULT_COARSE;
    check_programs(r->su, &r->p, 1, wanted, &f);
    return f.faults & 1u << r->fault;
}

struct users {
    const struct var *var;
    bool found;
};

static void is_user(void *ctx, const struct path *path, bool address)
{
    struct users *u = ctx;
    (void)address;
    u->found |= path->var == u->var;
}

static void kill_stmt(struct reducer *r, struct stmt *s)
{
    s->f.dead = true;
    if (s->kind != S_DECL && s->kind != S_LOOP)
        return;
    for (int i = 0; i < r->p->nstmts; i++) {
        struct users u = {s->var, false};
        if (r->p->stmt[i]->f.dead)
            continue;
        stmt_paths(r->p->stmt[i], is_user, &u);
        if (u.found)
            kill_stmt(r, r->p->stmt[i]);
    }
}

static bool try_kill(struct reducer *r, int from, int to)
{
    bool any = false;
    save(r);
    for (int i = from; i < to; i++)
        if (!r->p->stmt[i]->f.dead) {
            any = true;
            kill_stmt(r, r->p->stmt[i]);
        }
    if (any && fails(r))
        return true;
    restore(r);
    return false;
}

/* Try one flag of one statement. */
static bool try_flag(struct reducer *r, bool *flag)
{
    if (*flag)
        return false;
    save(r);
    *flag = true;
    if (fails(r))
        return true;
    restore(r);
    return false;
}

/* Try a flag outside the statements (a field, a parameter, an expression). */
static bool try_other(struct reducer *r, bool *flag)
{
    if (*flag)
        return false;
    save(r);
    *flag = true;
    if (fails(r))
        return true;
    *flag = false;
    restore(r);
    return false;
}

static void collect(struct reducer *r, struct expr *e)
{
    if (!e || e->zero || r->nexprs == MAX_EXPRS)
        return;
    if (e->kind != E_ZERO && !(e->kind == E_INT && !e->i))
        r->expr[r->nexprs++] = e;
    collect(r, e->a);
    collect(r, e->b);
    for (int i = 0; i < MAX_FIELDS; i++)
        collect(r, e->elem[i]);
}

static bool simplify(struct reducer *r)
{
    struct prog *p = r->p;
    bool any = false;
    for (int i = 0; i < p->nstmts; i++) {
        struct stmt *s = p->stmt[i];
        if (s->f.dead)
            continue;
        if (s->kind == S_IF || s->kind == S_LOOP || s->kind == S_BLOCK)
            any |= try_flag(r, &s->f.unwrap);
        if (s->els && !s->f.dead)
            any |= try_flag(r, &s->f.noelse);
        if ((s->kind == S_DECL || s->kind == S_ASSIGN || s->kind == S_RETURN) && (s->e || s->call))
            any |= try_flag(r, &s->f.zero);
    }
    r->nexprs = 0;
    for (int i = 0; i < p->nstmts; i++) {
        struct stmt *s = p->stmt[i];
        if (s->f.dead || s->f.zero)
            continue;
        collect(r, s->e);
        for (int k = 0; s->call && k < s->call->sig->nparams; k++)
            if (!s->call->sig->drop[k])
                collect(r, s->call->arg[k]);
    }
    for (int i = 0; i < r->nexprs; i++)
        any |= try_other(r, &r->expr[i]->zero);
    for (int i = 0; i < p->nfns; i++)
        for (int k = 0; k < p->fn[i]->sig->nparams; k++)
            if (p->fn[i]->needed)
                any |= try_other(r, &p->fn[i]->sig->drop[k]);
    for (int i = 0; i < p->ntypes; i++)
        for (int k = 0; k < p->type[i]->nfields; k++)
            if (p->type[i]->used)
                any |= try_other(r, &p->type[i]->drop[k]);
    return any;
}

void reduce_program(const struct setup *su, struct prog *p, enum fault fault)
{
    static struct reducer *r;
    if (!r && !(r = malloc(sizeof *r)))
        abort();
    memset(r, 0, sizeof *r);
    r->su = su;
    r->p = p;
    r->fault = fault;
    if (!fails(r)) /* it fails only in company */
        return;
    for (bool any = true; any && r->steps < STEPS;) {
        any = false;
        for (int size = p->nstmts / 4; size >= 1; size /= 2)
            for (int at = 0; at < p->nstmts; at += size)
                any |= try_kill(r, at, at + size < p->nstmts ? at + size : p->nstmts);
        any |= simplify(r);
    }
    while (p->rounds > 1) {
        int rounds = p->rounds;
        p->rounds = 1;
        save(r);
        if (fails(r))
            break;
        restore(r);
        p->rounds = rounds;
        break;
    }
    save(r);
    fails(r); /* leaves the facts of the final program */
}
