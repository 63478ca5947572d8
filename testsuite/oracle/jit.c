/* The naive truth, compiled: random programs through libgccjit, every variable on the heap.
 *
 *     jit [-n N] [-s SEED] [-O LEVEL] [-b BATCH] [-T] [-f]      -f: with closures
 *
 * The same abstract programs that the C printer gives to the plugin become libgccjit functions here,
 * in which each execution of a declaration, and each parameter, takes a new object from libgoescape.
 * Nothing is decided, so nothing can be decided wrongly: the checksum must be the interpreter's, and
 * through it that of the C program compiled with the plugin.  Half of the objects carry a type
 * descriptor, half are scanned conservatively.  With GOESCAPE=stress=1 the collector meets frames
 * and registers that no C front end laid out.
 *
 *     int v3 = 5;  int *v4 = &v3;      v3 = goe_alloc(4); *v3 = 5;
 *                                      v4 = goe_alloc(8); *v4 = v3;
 *
 * A function as a value is a record, of its address and, for a closure, where the variables are that it
 * uses of the functions around it; functions that can be values take their record first.
 *
 *     t9 v5 = f7;                      v5 = goe_alloc(8); *v5 = r = goe_alloc(16); r[0] = f7; r[1] = v3;
 *     v5(2);                           (*v5)[0](*v5, 2);
 */
#include "prog.h"

#include "goescape.h"

#include <libgccjit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A descriptor outlives its program, as the runtime demands: it is never freed. */
struct descriptor {
    struct __goe_type type;
    uint64_t ptrmap[8];
};

/* What a type is in the batch's context, and how it lies in memory. */
struct layout {
    gcc_jit_type *type;
    gcc_jit_struct *st;               /* T_STRUCT */
    gcc_jit_field *field[MAX_FIELDS]; /* T_STRUCT */
    size_t size, align;
    size_t offset[MAX_FIELDS]; /* T_STRUCT */
    struct descriptor *desc;   /* what the runtime is told of it */
};

struct jit {
    gcc_jit_context *cx;
    struct prog *p;
    char tag[16];
    struct layout layout[MAX_TYPES]; /* by type id */
    gcc_jit_function *fn[MAX_FNS];
    gcc_jit_lvalue *global[MAX_GLOBALS];
    gcc_jit_lvalue *box[MAX_VARS]; /* local pointer to the variable's newest object */
    bool uses[MAX_FNS][MAX_VARS];  /* by closure: variables of functions around it */
    gcc_jit_function *cur;         /* function being built */
    const struct fn *fcur;
    gcc_jit_block *at; /* where code goes; NULL: unreachable */
    gcc_jit_block *onbreak, *oncontinue;
    gcc_jit_type *tint, *tunsigned, *tvoid, *tptr, *tsize;
    int ntemps;
};

/* ---- what compiled code calls ---- */

static uint32_t state, sum;

static int host_rnd(void)
{
    state = state * 1103515245u + 12345u;
    return (int)(state >> 16 & 0x7fff);
}

static void host_mix(int x)
{
    sum = sum * 31 + (uint32_t)x;
}

static struct layout *walked; /* layouts of the program under way */

static uint32_t walk(const char *p, const struct type *t, int depth);

static uint32_t walk_value(const char *p, const struct type *t, uint32_t h, int depth)
{
    const struct layout *l = &walked[t->id];
    int x;
    const char *q;
    switch (t->kind) {
    case T_INT:
        memcpy(&x, p, sizeof x);
        return h * 31 + (uint32_t)x;
    case T_PTR:
        memcpy(&q, p, sizeof q);
        return h * 31 + walk(q, t->to, depth - 1);
    case T_FUNC:
        memcpy(&q, p, sizeof q);
        return h * 31 + (q != NULL);
    case T_STRUCT:
        for (int i = 0; i < t->nfields; i++)
            h = walk_value(p + l->offset[i], t->field[i], h, depth);
        return h;
    case T_ARRAY:
        for (int i = 0; i < t->n; i++)
            h = walk_value(p + (size_t)i * walked[t->to->id].size, t->to, h, depth);
        return h;
    case T_VOID:
        break;
    }
    return h;
}

static uint32_t walk(const char *p, const struct type *t, int depth)
{
    return !p ? 7 : !depth ? 9 : walk_value(p, t, 5, depth);
}

static void host_mix_pointer(const void *p, const void *type)
{
    host_mix((int)walk(p, type, WALK_DEPTH));
}

/* ---- types ---- */

static void set_bits(struct jit *j, const struct type *t, size_t at, uint64_t *map)
{
    if (t->kind == T_PTR || t->kind == T_FUNC)
        map[at / 8 / 64] |= 1ull << (at / 8 % 64);
    for (int i = 0; t->kind == T_STRUCT && i < t->nfields; i++)
        set_bits(j, t->field[i], at + j->layout[t->id].offset[i], map);
    for (int i = 0; t->kind == T_ARRAY && i < t->n; i++)
        set_bits(j, t->to, at + (size_t)i * j->layout[t->to->id].size, map);
}

static void lay_out(struct jit *j, const struct type *t)
{
    struct layout *l = &j->layout[t->id];
    if (l->size || t->kind == T_VOID)
        return;
    l->size = l->align = t->kind == T_INT ? 4 : 8;
    if (t->kind == T_ARRAY) {
        lay_out(j, t->to);
        l->align = j->layout[t->to->id].align;
        l->size = (size_t)t->n * j->layout[t->to->id].size;
    }
    if (t->kind == T_STRUCT) {
        l->size = 0;
        l->align = 1;
        for (int i = 0; i < t->nfields; i++) {
            lay_out(j, t->field[i]);
            const struct layout *f = &j->layout[t->field[i]->id];
            l->offset[i] = (l->size + f->align - 1) & ~(f->align - 1);
            l->size = l->offset[i] + f->size;
            l->align = f->align > l->align ? f->align : l->align;
        }
        l->size = (l->size + l->align - 1) & ~(l->align - 1);
    }
    if (l->size / 8 > sizeof l->desc->ptrmap * 8)
        abort();
    if (!(l->desc = calloc(1, sizeof *l->desc)))
        abort();
    uint64_t *map = l->desc->ptrmap;
    set_bits(j, t, 0, map);
    l->desc->type =
        (struct __goe_type){.size = l->size, .align = (uint32_t)l->align, .ptrmap = map};
    for (size_t w = 0; w < l->size / 8; w++)
        if (map[w / 64] >> (w % 64) & 1)
            l->desc->type.nwords = (uint32_t)w + 1;
}

static gcc_jit_type *jtype(struct jit *j, const struct type *t)
{
    struct layout *l = &j->layout[t->id];
    char name[32];
    if (l->type)
        return l->type;
    switch (t->kind) {
    case T_INT:
        return l->type = j->tint;
    case T_VOID:
        return l->type = j->tvoid;
    case T_PTR:
        return l->type = gcc_jit_type_get_pointer(jtype(j, t->to));
    case T_ARRAY:
        return l->type = gcc_jit_context_new_array_type(j->cx, NULL, jtype(j, t->to), t->n);
    case T_STRUCT:
        snprintf(name, sizeof name, "%ss%d", j->tag, t->id);
        l->st = gcc_jit_context_new_opaque_struct(j->cx, NULL, name);
        return l->type = gcc_jit_struct_as_type(l->st);
    case T_FUNC:
        return l->type = gcc_jit_type_get_pointer(j->tptr); /* words of its record */
    }
    return NULL;
}

/* Pointer to a function of signature SIG that takes its record first. */
static gcc_jit_type *code_type(struct jit *j, const struct sig *sig)
{
    gcc_jit_type *param[MAX_PARAMS + 2];
    int n = 0;
    param[n++] = gcc_jit_type_get_pointer(j->tptr);
    if (sig->fuel)
        param[n++] = j->tint;
    for (int i = 0; i < sig->nparams; i++)
        param[n++] = jtype(j, sig->param[i]);
    return gcc_jit_context_new_function_ptr_type(j->cx, NULL, jtype(j, sig->result), n, param, 0);
}

/* Fields are set once all types have names; nested structs come first, their ids are smaller. */
static void make_types(struct jit *j)
{
    struct prog *p = j->p;
    for (int i = 0; i < p->ntypes; i++) {
        const struct type *t = p->type[i];
        lay_out(j, t);
        if (t->kind == T_STRUCT)
            jtype(j, t);
    }
    for (int i = 0; i < p->ntypes; i++) {
        const struct type *t = p->type[i];
        struct layout *l = &j->layout[i];
        char name[8];
        if (t->kind != T_STRUCT)
            continue;
        for (int k = 0; k < t->nfields; k++) {
            snprintf(name, sizeof name, "f%d", k);
            l->field[k] = gcc_jit_context_new_field(j->cx, NULL, jtype(j, t->field[k]), name);
        }
        gcc_jit_struct_set_fields(l->st, NULL, t->nfields, l->field);
    }
}

/* ---- expressions ---- */

static gcc_jit_rvalue *number(struct jit *j, int n)
{
    return gcc_jit_context_new_rvalue_from_int(j->cx, j->tint, n);
}

static gcc_jit_rvalue *address_constant(struct jit *j, const void *p)
{
    return gcc_jit_context_new_rvalue_from_ptr(j->cx, j->tptr, (void *)(uintptr_t)p);
}

/* A call of one of our functions through its address, so that nothing need be exported. */
static gcc_jit_rvalue *call_host(struct jit *j, void (*f)(void), gcc_jit_type *result, int n,
                                 gcc_jit_type **param, gcc_jit_rvalue **arg)
{
    gcc_jit_type *ft = gcc_jit_context_new_function_ptr_type(j->cx, NULL, result, n, param, 0);
    void *address;
    memcpy(&address, &f, sizeof address);
    gcc_jit_rvalue *fp = gcc_jit_context_new_rvalue_from_ptr(j->cx, ft, address);
    return gcc_jit_context_new_call_through_ptr(j->cx, NULL, fp, n, arg);
}

static gcc_jit_lvalue *temp(struct jit *j, gcc_jit_type *t)
{
    char name[32];
    snprintf(name, sizeof name, "t%d", j->ntemps++);
    return gcc_jit_function_new_local(j->cur, NULL, t, name);
}

static void assign(struct jit *j, gcc_jit_lvalue *to, gcc_jit_rvalue *from)
{
    gcc_jit_block_add_assignment(j->at, NULL, to, from);
}

static gcc_jit_lvalue *step(struct jit *j, gcc_jit_lvalue *lv, const struct type *t,
                            const struct step *s)
{
    gcc_jit_rvalue *rv = gcc_jit_lvalue_as_rvalue(lv);
    if (s->kind == P_DEREF)
        return gcc_jit_rvalue_dereference(rv, NULL);
    if (s->kind == P_FIELD)
        return gcc_jit_lvalue_access_field(lv, NULL, j->layout[t->id].field[s->i]);
    return gcc_jit_context_new_array_access(j->cx, NULL, rv, number(j, s->i));
}

/* The lvalue after the first n steps. */
static gcc_jit_lvalue *path_lvalue(struct jit *j, const struct path *path, int n)
{
    struct var *v = path->var;
    const struct type *t = v->type;
    gcc_jit_lvalue *lv =
        v->fn ? gcc_jit_rvalue_dereference(gcc_jit_lvalue_as_rvalue(j->box[v->id]), NULL)
              : j->global[v->slot];
    for (int i = 0; i < n; t = path->step[i++].type)
        lv = step(j, lv, t, &path->step[i]);
    return lv;
}

static void store_expr(struct jit *j, gcc_jit_lvalue *to, const struct type *t,
                       const struct expr *e);

static gcc_jit_lvalue *word(struct jit *j, gcc_jit_rvalue *record, int i)
{
    return gcc_jit_context_new_array_access(j->cx, NULL, record, number(j, i));
}

/* A new record for function F, made where control is. */
static gcc_jit_rvalue *record_of(struct jit *j, const struct fn *f)
{
    int n = 1;
    for (int i = 0; i < j->p->nvars; i++)
        n += j->uses[f->id][i];
    gcc_jit_rvalue *size = gcc_jit_context_new_rvalue_from_long(j->cx, j->tsize, 8L * n);
    gcc_jit_rvalue *made =
        call_host(j, (void (*)(void))goe_alloc, j->tptr, 1, &j->tsize, &size);
    gcc_jit_lvalue *record = temp(j, gcc_jit_type_get_pointer(j->tptr));
    gcc_jit_rvalue *r = gcc_jit_lvalue_as_rvalue(record);
    assign(j, record,
           gcc_jit_context_new_cast(j->cx, NULL, made, gcc_jit_type_get_pointer(j->tptr)));
    assign(j, word(j, r, 0),
           gcc_jit_context_new_bitcast(j->cx, NULL,
                                       gcc_jit_function_get_address(j->fn[f->id], NULL), j->tptr));
    for (int i = 0, k = 1; i < j->p->nvars; i++)
        if (j->uses[f->id][i])
            assign(j, word(j, r, k++),
                   gcc_jit_context_new_cast(j->cx, NULL, gcc_jit_lvalue_as_rvalue(j->box[i]),
                                            j->tptr));
    return r;
}

/* e as a value: aggregates are made up in a local that nobody points to. */
static gcc_jit_rvalue *value(struct jit *j, const struct expr *e)
{
    switch (e->kind) {
    case E_INT:
        return number(j, e->i);
    case E_FN:
        return record_of(j, e->fn);
    case E_LOAD:
        return gcc_jit_lvalue_as_rvalue(path_lvalue(j, &e->path, e->path.nsteps));
    case E_ADDR:
        return gcc_jit_lvalue_get_address(path_lvalue(j, &e->path, e->path.nsteps), NULL);
    case E_BIN: {
        gcc_jit_rvalue *a = value(j, e->a), *b = value(j, e->b);
        enum gcc_jit_binary_op op = e->i == '-'   ? GCC_JIT_BINARY_OP_MINUS
                                    : e->i == '+' ? GCC_JIT_BINARY_OP_PLUS
                                                  : GCC_JIT_BINARY_OP_BITWISE_XOR;
        a = gcc_jit_context_new_binary_op(j->cx, NULL, op, j->tint, a, b);
        return e->i != '+'
                   ? a
                   : gcc_jit_context_new_binary_op(j->cx, NULL, GCC_JIT_BINARY_OP_BITWISE_AND,
                                                   j->tint, a, number(j, INT_MASK));
    }
    case E_ZERO:
    case E_AGG: {
        gcc_jit_lvalue *lv = temp(j, jtype(j, e->type));
        store_expr(j, lv, e->type, e);
        return gcc_jit_lvalue_as_rvalue(lv);
    }
    }
    return NULL;
}

static void store_zero(struct jit *j, gcc_jit_lvalue *to, const struct type *t)
{
    struct step s = {.kind = t->kind == T_ARRAY ? P_INDEX : P_FIELD};
    switch (t->kind) {
    case T_INT:
        assign(j, to, number(j, 0));
        break;
    case T_PTR:
    case T_FUNC:
        assign(j, to, gcc_jit_context_null(j->cx, jtype(j, t)));
        break;
    case T_STRUCT:
    case T_ARRAY:
        for (s.i = 0; s.i < (t->kind == T_ARRAY ? t->n : t->nfields); s.i++)
            store_zero(j, step(j, to, t, &s), t->kind == T_ARRAY ? t->to : t->field[s.i]);
        break;
    case T_VOID:
        break;
    }
}

static void store_expr(struct jit *j, gcc_jit_lvalue *to, const struct type *t,
                       const struct expr *e)
{
    struct step s = {.kind = t->kind == T_ARRAY ? P_INDEX : P_FIELD};
    if (e->kind == E_ZERO) {
        store_zero(j, to, t);
        return;
    }
    if (e->kind != E_AGG) {
        assign(j, to, value(j, e));
        return;
    }
    for (s.i = 0; s.i < MAX_FIELDS && e->elem[s.i]; s.i++)
        store_expr(j, step(j, to, t, &s), t->kind == T_ARRAY ? t->to : t->field[s.i], e->elem[s.i]);
}

static gcc_jit_rvalue *call_value(struct jit *j, const struct call *c)
{
    gcc_jit_rvalue *arg[MAX_PARAMS + 2], *record = NULL;
    int n = 0;
    if (!c->fn)
        record = arg[n++] = gcc_jit_lvalue_as_rvalue(path_lvalue(j, &c->via, c->via.nsteps));
    else if (c->fn->type)
        arg[n++] = gcc_jit_context_null(j->cx, gcc_jit_type_get_pointer(j->tptr));
    if (c->fuel)
        arg[n++] = value(j, c->fuel);
    for (int i = 0; i < c->sig->nparams; i++)
        arg[n++] = value(j, c->arg[i]);
    if (c->fn)
        return gcc_jit_context_new_call(j->cx, NULL, j->fn[c->fn->id], n, arg);
    gcc_jit_rvalue *code = gcc_jit_context_new_bitcast(
        j->cx, NULL, gcc_jit_lvalue_as_rvalue(word(j, record, 0)), code_type(j, c->sig));
    return gcc_jit_context_new_call_through_ptr(j->cx, NULL, code, n, arg);
}

/* ---- statements ---- */

static gcc_jit_block *block(struct jit *j)
{
    return gcc_jit_function_new_block(j->cur, NULL);
}

static void jump(struct jit *j, gcc_jit_block *to)
{
    if (j->at)
        gcc_jit_block_end_with_jump(j->at, NULL, to);
    j->at = NULL;
}

static void branch(struct jit *j, gcc_jit_rvalue *test, gcc_jit_block *yes, gcc_jit_block *no)
{
    gcc_jit_block_end_with_conditional(j->at, NULL, test, yes, no);
    j->at = yes;
}

static gcc_jit_rvalue *not_null(struct jit *j, gcc_jit_lvalue *lv, const struct type *t)
{
    return gcc_jit_context_new_comparison(j->cx, NULL, GCC_JIT_COMPARISON_NE,
                                          gcc_jit_lvalue_as_rvalue(lv),
                                          gcc_jit_context_null(j->cx, jtype(j, t)));
}

struct guards {
    struct jit *j;
    gcc_jit_block *fail;
};

static void guard_path(void *ctx, const struct path *path, bool address)
{
    struct guards *g = ctx;
    (void)address;
    for (int i = 0; i < path->nsteps; i++)
        if (path->step[i].kind == P_DEREF) {
            const struct type *t = i ? path->step[i - 1].type : path->var->type;
            branch(g->j, not_null(g->j, path_lvalue(g->j, path, i), t), block(g->j), g->fail);
        }
}

/* Tests the statement's guard; where it fails control goes to `fail`. */
static void guard(struct jit *j, const struct stmt *s, gcc_jit_block *fail)
{
    struct guards g = {j, fail};
    if (!s->f.guard)
        return;
    stmt_paths(s, guard_path, &g);
    if (s->call && !s->call->fn && !s->f.zero) {
        const struct path *via = &s->call->via;
        branch(j, not_null(j, path_lvalue(j, via, via->nsteps), via->type), block(j), fail);
    }
}

/* A new object for v, not yet in its box. */
static gcc_jit_lvalue *new_object(struct jit *j, const struct var *v)
{
    struct layout *l = &j->layout[v->type->id];
    gcc_jit_type *pt = gcc_jit_type_get_pointer(jtype(j, v->type));
    gcc_jit_lvalue *box = temp(j, pt);
    gcc_jit_rvalue *made;
    if (v->id % 2) {
        gcc_jit_rvalue *arg[1] = {address_constant(j, &l->desc->type)};
        made = call_host(j, (void (*)(void))__goe_new_typed, j->tptr, 1, &j->tptr, arg);
    } else {
        gcc_jit_rvalue *arg[1] = {
            gcc_jit_context_new_rvalue_from_long(j->cx, j->tsize, (long)l->size)};
        made = call_host(j, (void (*)(void))goe_alloc, j->tptr, 1, &j->tsize, arg);
    }
    assign(j, box, gcc_jit_context_new_cast(j->cx, NULL, made, pt));
    return box;
}

static gcc_jit_lvalue *behind(gcc_jit_lvalue *box)
{
    return gcc_jit_rvalue_dereference(gcc_jit_lvalue_as_rvalue(box), NULL);
}

static void build_body(struct jit *j, const struct stmt *s);

static void build_decl(struct jit *j, const struct stmt *s)
{
    const struct type *t = s->var->type;
    gcc_jit_block *after = block(j);
    gcc_jit_lvalue *box = new_object(j, s->var);
    store_zero(j, behind(box), t);
    guard(j, s, after);
    if (s->call && !s->f.zero)
        assign(j, behind(box), call_value(j, s->call));
    else if (!s->f.zero)
        store_expr(j, behind(box), t, s->e);
    jump(j, after);
    j->at = after;
    assign(j, j->box[s->var->id], gcc_jit_lvalue_as_rvalue(box));
}

static gcc_jit_rvalue *random_number(struct jit *j, int n)
{
    gcc_jit_rvalue *r = call_host(j, (void (*)(void))host_rnd, j->tint, 0, NULL, NULL);
    return gcc_jit_context_new_binary_op(j->cx, NULL, GCC_JIT_BINARY_OP_MODULO, j->tint, r,
                                         number(j, n));
}

static void build_if(struct jit *j, const struct stmt *s)
{
    gcc_jit_block *yes = block(j), *no = block(j), *after = block(j);
    gcc_jit_rvalue *test;
    guard(j, s, no);
    if (s->cond.kind == C_NOTNIL)
        test =
            not_null(j, path_lvalue(j, &s->cond.a->path, s->cond.a->path.nsteps), s->cond.a->type);
    else if (s->cond.kind == C_LESS)
        test = gcc_jit_context_new_comparison(j->cx, NULL, GCC_JIT_COMPARISON_LT,
                                              value(j, s->cond.a), number(j, s->cond.n));
    else
        test = gcc_jit_context_new_comparison(j->cx, NULL, GCC_JIT_COMPARISON_EQ,
                                              random_number(j, s->cond.n), number(j, 0));
    branch(j, test, yes, no);
    build_body(j, s->body);
    jump(j, after);
    j->at = no;
    build_body(j, s->els);
    jump(j, after);
    j->at = after;
}

static void build_loop(struct jit *j, const struct stmt *s)
{
    gcc_jit_block *head = block(j), *body = block(j), *next = block(j), *after = block(j);
    gcc_jit_block *onbreak = j->onbreak, *oncontinue = j->oncontinue;
    gcc_jit_lvalue *i, *n = temp(j, j->tint);
    assign(j, j->box[s->var->id], gcc_jit_lvalue_as_rvalue(new_object(j, s->var)));
    i = behind(j->box[s->var->id]);
    assign(j, i, number(j, 0));
    assign(j, n, s->n < 0 ? random_number(j, -s->n) : number(j, s->n));
    jump(j, head);
    j->at = head;
    branch(j,
           gcc_jit_context_new_comparison(j->cx, NULL, GCC_JIT_COMPARISON_LT,
                                          gcc_jit_lvalue_as_rvalue(i), gcc_jit_lvalue_as_rvalue(n)),
           body, after);
    j->onbreak = after;
    j->oncontinue = next;
    build_body(j, s->body);
    jump(j, next);
    j->at = next;
    gcc_jit_block_add_assignment_op(next, NULL, i, GCC_JIT_BINARY_OP_PLUS, number(j, 1));
    jump(j, head);
    j->onbreak = onbreak;
    j->oncontinue = oncontinue;
    j->at = after;
}

static void build_return(struct jit *j, const struct stmt *s)
{
    const struct type *r = j->fcur->sig->result;
    if (r->kind == T_VOID) {
        gcc_jit_block_end_with_void_return(j->at, NULL);
    } else {
        gcc_jit_lvalue *lv = temp(j, jtype(j, r));
        if (!s || s->f.zero)
            store_zero(j, lv, r);
        else if (s->call)
            assign(j, lv, call_value(j, s->call));
        else
            store_expr(j, lv, r, s->e);
        gcc_jit_block_end_with_return(j->at, NULL, gcc_jit_lvalue_as_rvalue(lv));
    }
    j->at = NULL;
}

static void build_mix(struct jit *j, const struct expr *e)
{
    if (e->type->kind == T_PTR) {
        gcc_jit_type *param[2] = {j->tptr, j->tptr};
        gcc_jit_rvalue *arg[2] = {gcc_jit_context_new_cast(j->cx, NULL, value(j, e), j->tptr),
                                  address_constant(j, e->type->to)};
        gcc_jit_block_add_eval(
            j->at, NULL, call_host(j, (void (*)(void))host_mix_pointer, j->tvoid, 2, param, arg));
    } else {
        gcc_jit_rvalue *arg[1] = {value(j, e)};
        gcc_jit_block_add_eval(j->at, NULL,
                               call_host(j, (void (*)(void))host_mix, j->tvoid, 1, &j->tint, arg));
    }
}

/* Statements that are plain code, once their guard has held. */
static void build_plain(struct jit *j, const struct stmt *s)
{
    gcc_jit_lvalue *to;
    switch (s->kind) {
    case S_ASSIGN:
        to = path_lvalue(j, &s->lhs, s->lhs.nsteps);
        if (s->f.zero)
            store_zero(j, to, s->lhs.type);
        else if (s->call)
            assign(j, to, call_value(j, s->call));
        else
            assign(j, to, value(j, s->e)); /* as a whole: the value may read what it overwrites */
        break;
    case S_CALL:
        gcc_jit_block_add_eval(j->at, NULL, call_value(j, s->call));
        break;
    case S_RETURN:
        build_return(j, s);
        break;
    case S_BREAK:
        jump(j, j->onbreak);
        break;
    case S_CONTINUE:
        jump(j, j->oncontinue);
        break;
    case S_MIX:
        build_mix(j, s->e);
        break;
    default:
        break;
    }
}

static void build_body(struct jit *j, const struct stmt *s)
{
    for (; s && j->at; s = s->next) {
        if (s->f.dead)
            continue;
        if (s->kind == S_DECL) {
            build_decl(j, s);
        } else if (s->kind == S_IF) {
            build_if(j, s);
        } else if (s->kind == S_LOOP) {
            build_loop(j, s);
        } else if (s->kind == S_BLOCK) {
            build_body(j, s->body);
        } else {
            gcc_jit_block *after = s->f.guard ? block(j) : NULL;
            guard(j, s, after);
            build_plain(j, s);
            if (after) {
                jump(j, after);
                j->at = after;
            }
        }
    }
}

/* ---- functions ---- */

static void declare_fn(struct jit *j, struct fn *f)
{
    gcc_jit_param *param[MAX_PARAMS + 2];
    char name[32];
    int n = 0;
    if (f->type)
        param[n++] = gcc_jit_context_new_param(j->cx, NULL, gcc_jit_type_get_pointer(j->tptr),
                                               "record");
    if (f->fuel)
        param[n++] = gcc_jit_context_new_param(j->cx, NULL, j->tint, "fuel");
    for (int i = 0; i < f->sig->nparams; i++) {
        snprintf(name, sizeof name, "a%d", i);
        param[n++] = gcc_jit_context_new_param(j->cx, NULL, jtype(j, f->sig->param[i]), name);
    }
    snprintf(name, sizeof name, "%sf%d", j->tag, f->id);
    j->fn[f->id] = gcc_jit_context_new_function(
        j->cx, NULL, f == j->p->entry ? GCC_JIT_FUNCTION_EXPORTED : GCC_JIT_FUNCTION_INTERNAL,
        jtype(j, f->sig->result), name, n, param, 0);
}

static void box_param(struct jit *j, const struct var *v, int n)
{
    gcc_jit_lvalue *box = new_object(j, v);
    gcc_jit_param *param = gcc_jit_function_get_param(j->cur, n);
    assign(j, j->box[v->id], gcc_jit_lvalue_as_rvalue(box));
    assign(j, behind(box), gcc_jit_param_as_rvalue(param));
}

/* Takes the places of the variables around F from its record. */
static void unpack(struct jit *j, const struct fn *f)
{
    gcc_jit_rvalue *record = gcc_jit_param_as_rvalue(gcc_jit_function_get_param(j->cur, 0));
    for (int i = 0, k = 1; i < j->p->nvars; i++) {
        char name[16];
        if (!j->uses[f->id][i])
            continue;
        gcc_jit_type *type = gcc_jit_type_get_pointer(jtype(j, j->p->var[i]->type));
        snprintf(name, sizeof name, "v%d", i);
        j->box[i] = gcc_jit_function_new_local(j->cur, NULL, type, name);
        assign(j, j->box[i],
               gcc_jit_context_new_cast(
                   j->cx, NULL, gcc_jit_lvalue_as_rvalue(word(j, record, k++)), type));
    }
}

struct user {
    struct jit *j;
    const struct fn *f;
};

static void use(void *ctx, const struct path *path, bool address)
{
    struct user *u = ctx;
    (void)address;
    if (path->var->fn && path->var->fn != u->f)
        u->j->uses[u->f->id][path->var->id] = true;
}

static void find_uses(struct jit *j, const struct fn *f, const struct stmt *s)
{
    struct user u = {j, f};
    for (; s; s = s->next) {
        if (s->f.dead)
            continue;
        stmt_paths(s, use, &u);
        const struct fn *inner = nested_fn(s);
        if (inner)
            find_uses(j, inner, inner->body);
        for (int i = 0; inner && i < j->p->nvars; i++)
            if (j->uses[inner->id][i] && j->p->var[i]->fn != f)
                j->uses[f->id][i] = true;
        find_uses(j, f, s->body);
        find_uses(j, f, s->els);
    }
}

static void build_fn(struct jit *j, struct fn *f)
{
    int n = 0;
    j->cur = j->fn[f->id];
    j->fcur = f;
    j->at = block(j);
    for (int i = 0; i < j->p->nvars; i++) {
        char name[16];
        struct var *v = j->p->var[i];
        snprintf(name, sizeof name, "v%d", i);
        if (v->fn == f)
            j->box[i] = gcc_jit_function_new_local(
                j->cur, NULL, gcc_jit_type_get_pointer(jtype(j, v->type)), name);
    }
    if (f->parent)
        unpack(j, f);
    n += f->type != NULL;
    if (f->fuel) {
        gcc_jit_block *on = block(j), *out = block(j);
        box_param(j, f->fuel, n++);
        branch(j,
               gcc_jit_context_new_comparison(j->cx, NULL, GCC_JIT_COMPARISON_GT,
                                              gcc_jit_lvalue_as_rvalue(behind(j->box[f->fuel->id])),
                                              number(j, 0)),
               on, out);
        j->at = out;
        build_return(j, NULL);
        j->at = on;
    }
    for (int i = 0; i < f->sig->nparams; i++)
        box_param(j, f->param[i], n++);
    build_body(j, f->body);
    if (j->at)
        build_return(j, NULL);
}

static void build_program(struct jit *j, gcc_jit_context *cx, struct prog *p, int number)
{
    char name[32];
    memset(j, 0, sizeof *j);
    j->cx = cx;
    j->p = p;
    snprintf(j->tag, sizeof j->tag, "p%d", number);
    j->tint = gcc_jit_context_get_type(cx, GCC_JIT_TYPE_INT);
    j->tvoid = gcc_jit_context_get_type(cx, GCC_JIT_TYPE_VOID);
    j->tptr = gcc_jit_context_get_type(cx, GCC_JIT_TYPE_VOID_PTR);
    j->tsize = gcc_jit_context_get_type(cx, GCC_JIT_TYPE_SIZE_T);
    prog_mark_used(p);
    make_types(j);
    for (int i = 0; i < p->nglobals; i++) {
        snprintf(name, sizeof name, "%sg%d", j->tag, i);
        j->global[i] = gcc_jit_context_new_global(cx, NULL, GCC_JIT_GLOBAL_INTERNAL,
                                                  jtype(j, p->global[i]->type), name);
    }
    for (int i = 0; i < p->nfns; i++)
        if (p->fn[i]->needed) {
            declare_fn(j, p->fn[i]);
            if (!p->fn[i]->parent)
                find_uses(j, p->fn[i], p->fn[i]->body);
        }
    for (int i = 0; i < p->nfns; i++)
        if (p->fn[i]->needed)
            build_fn(j, p->fn[i]);
}

/* ---- the driver ---- */

static int run_batch(unsigned long seed, int n, int level, bool tap, bool closures)
{
    struct gen_options gen = {.size = 12, .closures = closures};
    struct prog **p = calloc((size_t)n, sizeof(struct prog *));
    struct jit *j = calloc((size_t)n, sizeof *j);
    gcc_jit_context *cx = gcc_jit_context_acquire();
    int failed = 0;
    if (!p || !j || !cx)
        abort();
    gcc_jit_context_set_int_option(cx, GCC_JIT_INT_OPTION_OPTIMIZATION_LEVEL, level);
    gcc_jit_context_set_bool_allow_unreachable_blocks(cx, 1);
    gcc_jit_context_add_command_line_option(cx, "-fno-strict-aliasing");
    for (int i = 0; i < n; i++) {
        p[i] = gen_program(seed + (unsigned long)i, &gen);
        build_program(&j[i], cx, p[i], i);
    }
    gcc_jit_result *result = gcc_jit_context_compile(cx);
    for (int i = 0; i < n; i++) {
        char name[32];
        void *code;
        void (*entry)(void);
        snprintf(name, sizeof name, "p%df0", i);
        code = result ? gcc_jit_result_get_code(result, name) : NULL;
        memcpy(&entry, &code, sizeof entry);
        state = (uint32_t)p[i]->seed;
        sum = FIRST_SUM;
        walked = j[i].layout;
        for (int r = 0; code && r < p[i]->rounds; r++) {
            entry();
            host_mix(r);
        }
        bool ok = code && sum == p[i]->sum;
        failed += !ok;
        if (tap || !ok)
            printf("%sok jit program %llu -O%d\n", ok ? "" : "not ", (unsigned long long)p[i]->seed,
                   level);
        fflush(stdout);
    }
    gcc_jit_result_release(result);
    gcc_jit_context_release(cx);
    for (int i = 0; i < n; i++)
        prog_free(p[i]);
    free(p);
    free(j);
    return failed;
}

int main(int argc, char **argv)
{
    unsigned long seed = 1;
    int n = 100, level = 2, batch = 10, failed = 0, opt;
    bool tap = false, closures = false;
    while ((opt = getopt(argc, argv, "n:s:O:b:Tf")) != -1) {
        switch (opt) {
        case 'n':
            n = atoi(optarg);
            break;
        case 's':
            seed = strtoul(optarg, NULL, 0);
            break;
        case 'O':
            level = atoi(optarg);
            break;
        case 'b':
            batch = atoi(optarg);
            break;
        case 'T':
            tap = true;
            break;
        case 'f':
            closures = true;
            break;
        default:
            fputs("usage: jit [-n N] [-s SEED] [-O LEVEL] [-b BATCH] [-T] [-f]\n", stderr);
            return 2;
        }
    }
    for (int i = 0; i < n; i += batch)
        failed += run_batch(seed + (unsigned long)i, n - i < batch ? n - i : batch, level, tap,
                            closures);
    printf("jit: %d passed, %d failed\n", n - failed, failed);
    return failed ? 1 : 0;
}
