/* The interpreter: runs a program along many paths, or all of them, and writes down what it saw.
 *
 * Wherever C or the engine's statements leave something open (which way a branch goes, which word an
 * unknown offset is, what an unknown function does) choose() decides: first every combination in
 * turn; if those are too many, at random. Every function is started with a caller's memory that comes
 * into being as it is looked at: in tree form (each word its own object, so that it is known which
 * parameter an address came from) or with aliases, globals and functions in it.
 *
 * Storage never goes away here: an object lives on as if it had been moved, and what is noted is that
 * somebody could reach or did use it after its end. That is exactly what must not be on a stack.
 * An access that C does not define (a null pointer, an offset outside the object, freed memory) does
 * nothing, as if the program had asked before; the path counts as undefined.
 */
#include "brute_run.h"

#include <stdlib.h>
#include <string.h>

/* ---- statements ---- */

static void note_passed(struct run *r, const struct args *a)
{
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t h = 0; h + 1 < a->size[i]; h += 2) {
            struct value v = joined(&a->at[i][h]);
            const struct object *o = object(r, v.obj);
            if (v.obj && o->kind == K_LOCAL && (o->ended || o->reborn) && !over(r, o->owner))
                r->t->fn[o->fn].var[o->id] |= SEEN_PASSED;
        }
}

static void do_call(struct run *r, const struct bstmt *s, int32_t stmt)
{
    struct args a = {.n = 0};
    for (uint32_t i = 0; i < s->n; i++, a.n++) {
        a.size[i] = read_ref(r, &s->refs[i], a.at[i]);
        a.flags[i] = s->refs[i].flags;
    }
    note_passed(r, &a);
    struct value callee = {0, 0};
    bool direct = s->callee.kind == ESC_ADDR;
    if (!direct)
        callee = read_value(r, &s->callee);
    uint16_t result = new_object(r, K_ARGUMENTS, 24);
    struct value v = direct ? call_symbol(r, s->callee.var & ~ESC_SYM, &a, stmt, result)
                            : call_value(r, callee, s->signature, &a, result);
    if (v.obj != LAZY) { /* not a function of the unit */
        object(r, result)->data[0] = (struct frag){v, 0, BY_STORE};
        object(r, result)->data[1] = (struct frag){v, 1, BY_STORE};
    }
    write_ref(r, &s->dst, object(r, result)->data);
}

static void do_asm(struct run *r, const struct bstmt *s)
{
    struct value in[MAX_REFS];
    uint32_t n = 0;
    for (uint32_t i = s->outs; i < s->n; i++)
        in[n++] = read_value(r, &s->refs[i]);
    if (s->memory && n > 1 && choose(r, 2)) {
        struct value to = in[choose(r, n)];
        if (can_access(r, to) && object(r, to.obj)->kind != K_DATA)
            store_value(r, to, ESC_ANY, in[choose(r, n)]);
    }
    if (s->memory && r->p->extern_keeps)
        for (uint32_t i = 0; i < n; i++)
            keep(r, in[i]);
    for (uint32_t i = 0; i < s->outs; i++)
        write_value(r, &s->refs[i], n && choose(r, 2) ? in[choose(r, n)] : world_value(r));
}

static void do_begin(struct run *r, uint32_t var)
{
    struct frame *f = frame(r);
    const struct esc_var *v = &r->p->fn[f->fn].vars[var];
    if (f->var[var])
        object(r, f->var[var])->reborn = true;
    uint16_t obj = new_object(r, K_LOCAL, v->size);
    struct object *o = object(r, obj);
    o->fn = f->fn;
    o->id = (uint16_t)var;
    o->owner = f->activation;
    for (uint32_t h = 0; h < o->halves; h++)
        o->data[h].by = BY_NOBODY;
    f->var[var] = obj;
}

static void do_assign(struct run *r, const struct bstmt *s)
{
    struct frag value[MAX_VALUE];
    const struct esc_ref *from = &s->refs[choose(r, s->n)];
    struct frame *f = frame(r);
    if (from->kind == ESC_ADDR && !(from->var & ESC_SYM) &&
        (r->p->fn[f->fn].vars[from->var].flags & ESC_ALLOCA)) {
        do_begin(r, from->var); /* each execution makes a block of its own */
        object(r, f->var[from->var])->halves = 6;
        for (uint32_t i = 1; i < r->nobjs; i++)
            if (r->obj[i].kind == K_LOCAL && r->obj[i].owner == f->activation &&
                r->obj[i].id == from->var)
                r->obj[i].reborn = false;
    }
    uint32_t n = read_ref(r, from, value);
    if (n > s->dst.size / HALF)
        n = s->dst.size / HALF;
    write_ref(r, &s->dst, value);
}

static void do_va_start(struct run *r, const struct bstmt *s)
{
    struct value v = {frame(r)->args, 0};
    if (v.obj)
        store_value(r, read_value(r, &s->refs[0]), 0, v);
}

static void do_va_arg(struct run *r, const struct bstmt *s)
{
    struct value list = read_value(r, &s->refs[0]), at = load(r, list, 0);
    if (at.obj == 0 || object(r, at.obj)->kind != K_ARGUMENTS ||
        over(r, object(r, at.obj)->owner)) {
        r->undefined = true;
        write_value(r, &s->dst, (struct value){0, 0});
        return;
    }
    struct value v = load(r, at, 0);
    at.off += 8;
    store_value(r, list, 0, at);
    write_value(r, &s->dst, v);
}

/* Whether REF is a register that nothing was stored in, or only what was not set either. */
static bool unset(struct run *r, const struct esc_ref *ref)
{
    return ref->kind == ESC_VAR && object(r, object_of(r, ref->var))->data[ref->off / HALF].by == BY_NOBODY;
}

/* Whether REF is put together from parts of several values, or lacks a part: some number. */
static bool is_pieced(struct run *r, const struct esc_ref *ref)
{
    struct frag f[MAX_VALUE];
    read_ref(r, ref, f);
    struct value whole = joined(f);
    return !whole.obj && !whole.off && (f[0].v.obj || f[0].v.off || f[1].v.obj || f[1].v.off);
}

static bool holds(struct run *r, const struct bstmt *s)
{
    if (unset(r, &s->refs[0]) || unset(r, &s->refs[1])) {
        r->undefined = true;
        return choose(r, 2);
    }
    if (is_pieced(r, &s->refs[0]) || is_pieced(r, &s->refs[1]))
        return choose(r, 2);
    struct value a = read_value(r, &s->refs[0]), b = read_value(r, &s->refs[1]);
    if ((a.obj || b.obj) && s->relation > ESC_NE)
        return choose(r, 2);
    bool equal = a.obj == b.obj && a.off == b.off;
    switch (s->relation) {
    case ESC_EQ:
        return equal;
    case ESC_NE:
        return !equal;
    case ESC_LT:
        return a.off < b.off;
    case ESC_LE:
        return a.off <= b.off;
    case ESC_GT:
        return a.off > b.off;
    default:
        return a.off >= b.off;
    }
}

/* Carries out a statement; true if it was a branch whose condition holds. */
static bool do_stmt(struct run *r, const struct flat *fl, uint32_t id, uint16_t result)
{
    const struct fstmt *f = &fl->stmt[id];
    const struct bstmt *s = f->s;
    r->t->steps++;
    if (r->steps++ > MAX_STEPS)
        stop(r);
    switch (f->kind) {
    case F_BEGIN:
        do_begin(r, f->var);
        break;
    case F_END:
        object(r, frame(r)->var[f->var])->ended = true;
        break;
    case F_BRANCH:
        return holds(r, s);
    case B_ASSIGN:
        do_assign(r, s);
        break;
    case B_CALL:
        do_call(r, s, (int32_t)id);
        break;
    case B_RETURN: {
        struct frag value[MAX_VALUE];
        read_ref(r, &s->refs[0], value);
        for (uint32_t i = 0; i < 6; i++)
            object(r, result)->data[i] = value[i];
        break;
    }
    case B_ASM:
        do_asm(r, s);
        break;
    case B_VA_START:
        do_va_start(r, s);
        break;
    case B_VA_ARG:
        do_va_arg(r, s);
        break;
    default:
        break;
    }
    return false;
}

/* ---- functions ---- */

static void start_params(struct run *r, struct frame *f, const struct args *a)
{
    const struct bfn *fn = &r->p->fn[f->fn];
    uint32_t named = fn->nparams - fn->variadic;
    for (uint32_t i = 0; i < fn->nparams; i++) {
        f->var[i] = 0;
        if (i >= named)
            break;
        do_begin(r, i);
        for (uint32_t h = 0; h < fn->vars[i].size / HALF && i < a->n; h++)
            object(r, f->var[i])->data[h] = a->at[i][h];
    }
    if (!fn->variadic)
        return;
    f->args = new_object(r, K_ARGUMENTS, 8 * (a->n > named ? a->n - named : 0));
    object(r, f->args)->owner = f->activation;
    for (uint32_t i = named; i < a->n; i++)
        for (uint32_t h = 0; h < 2; h++)
            object(r, f->args)->data[2 * (i - named) + h] = a->at[i][h];
}

static void note_return(struct run *r, struct frame *f, uint16_t result)
{
    struct walker w = {.r = r};
    r->walk++;
    reach_contents(&w, result);
    reach_all(&w);
    note_outliving(r, f->activation, SEEN_RESULT);
    w.n = 0;
    r->walk++;
    for (uint32_t i = 0; i < r->nkept; i++)
        reach(&w, r->kept[i]);
    for (uint32_t i = 1; i < r->nobjs; i++)
        if (r->obj[i].kind == K_EXTERNAL || r->obj[i].kind == K_DATA)
            reach(&w, (uint16_t)i);
    for (struct frame *c = f->caller; c; c = c->caller)
        for (uint32_t v = 0; v < r->p->fn[c->fn].nvars; v++)
            reach(&w, c->var[v]);
    reach_all(&w);
    note_outliving(r, f->activation, SEEN_STORED);
    r->ended[f->activation / 16 % 64] |= (uint16_t)(1u << f->activation % 16);
}

static void clear(struct run *r, uint16_t obj)
{
    struct object *o = object(r, obj);
    bool constant = o->kind == K_DATA && (r->p->sym[obj - 1].flags & ESC_SYM_READONLY);
    for (uint32_t h = 0; h < o->halves && !constant; h++)
        o->data[h] = (struct frag){{0, 0}, (uint8_t)(h & 1), BY_STORE};
}

/* A call too deep: as if it had returned, for a program that never ends shows nothing. But whatever the
 * function always overwrites it must not have left as it was. */
static void cut_off(struct run *r, const struct args *a)
{
    r->undefined = true;
    for (uint16_t i = 1; i <= r->p->nsyms; i++)
        if (object(r, i)->kind == K_DATA)
            clear(r, i);
    for (uint32_t i = 0; i < a->n; i++) {
        struct value v = joined(a->at[i]);
        if (v.obj && object(r, v.obj)->kind == K_EXTERNAL)
            clear(r, v.obj);
    }
}

struct value run_fn(struct run *r, uint8_t fn, const struct args *a, uint16_t result)
{
    const struct flat *fl = &r->flats[fn];
    struct frame f = {.activation = ++r->activations, .fn = fn, .caller = r->top};
    if (r->activations > 1000)
        stop(r);
    if (r->nesting == MAX_NESTING) {
        cut_off(r, a);
        return (struct value){0, 0};
    }
    r->nesting++;
    if (!result)
        result = new_object(r, K_ARGUMENTS, 24);
    r->top = &f;
    start_params(r, &f, a);
    for (uint32_t b = 0; b != ESC_EXIT;) {
        const struct fblock *block = &fl->block[b];
        bool branch = false, truth = false;
        for (uint32_t i = block->first; i < block->end; i++) {
            truth = do_stmt(r, fl, i, result);
            branch = fl->stmt[i].kind == F_BRANCH;
        }
        if (r->steps++ > MAX_STEPS || block->nsucc == 0)
            stop(r);
        b = block->succ[branch && block->nsucc == 2 ? !truth : choose(r, block->nsucc)];
    }
    note_return(r, &f, result);
    r->top = f.caller;
    r->nesting--;
    return (struct value){LAZY, 0};
}

static void make_symbols(struct run *r)
{
    const struct prog *p = r->p;
    r->nobjs = 1;
    for (uint32_t i = 0; i < p->nsyms; i++) {
        const struct bsym *s = &p->sym[i];
        uint16_t obj = new_object(r, s->kind == ESC_SYM_DATA ? K_DATA : K_FUNCTION, s->size);
        struct object *o = object(r, obj);
        o->level = MAX_LEVEL;
        o->param = NO_PARAM;
        o->owner = 0;
        for (uint32_t h = 0; h < o->halves; h++)
            o->data[h] = (struct frag){{0, 0}, (uint8_t)(h & 1), BY_STORE};
        for (uint32_t w = 0; (s->flags & ESC_SYM_READONLY) && w < s->size / 8; w++)
            if (s->init[w] >= 0)
                o->data[2 * w].v = o->data[2 * w + 1].v = symbol_value((uint32_t)s->init[w]);
        if (s->kind == ESC_SYM_DATA && !(s->flags & ESC_SYM_READONLY)) {
            o->level = 0;
            for (uint32_t h = 0; h < o->halves; h++)
                o->data[h].v.obj = LAZY;
        }
    }
}

static void start_args(struct run *r, uint8_t fn, struct args *a)
{
    const struct bfn *f = &r->p->fn[fn];
    for (uint32_t i = 0; i < f->nparams; i++) {
        bool rest = f->vars[i].flags & ESC_VARARGS;
        uint32_t words = rest ? 2 : f->vars[i].size / 8;
        for (uint32_t w = 0; w < words; w++) {
            struct value v = {0, 0};
            unsigned kind = choose(r, r->tree ? 5 : 8);
            if (kind >= 5)
                v = world_value(r);
            if (kind < 4)
                v.obj = new_external(r, (uint8_t)i, 0);
            struct frag *to = rest ? a->at[a->n] : &a->at[a->n][2 * w];
            to[0] = (struct frag){v, 0, BY_STORE};
            to[1] = (struct frag){v, 1, BY_STORE};
            a->size[a->n] = rest ? 2 : 2 * words;
            a->n += rest;
        }
        a->n += !rest;
    }
}

static void start(struct run *r, uint8_t fn)
{
    struct args a = {.n = 0};
    start_args(r, fn, &a);
    uint16_t result = new_object(r, K_ARGUMENTS, 24);
    run_fn(r, fn, &a, result);
    if (r->tree)
        note_leaks(r, fn, result);
}

/* One path from the entry of FN. */
static void run_path(struct run *r, uint8_t fn)
{
    r->activations = r->nkept = 0;
    r->walk = 0;
    r->steps = r->nesting = 0;
    r->top = NULL;
    r->undefined = r->cut = false;
    r->nchoices = 0;
    memset(r->ended, 0, sizeof r->ended);
    make_symbols(r);
    r->t->runs++;
    if (!setjmp(r->out))
        start(r, fn);
}

static bool next_choices(struct run *r)
{
    r->given = r->nchoices;
    while (r->given && r->pick[r->given - 1] + 1 == r->width[r->given - 1])
        r->given--;
    if (!r->given)
        return false;
    r->pick[r->given - 1]++;
    return true;
}

static void explore(struct run *r, uint8_t fn, unsigned effort)
{
    struct fn_truth *t = &r->t->fn[fn];
    for (int tree = 0; tree < 2; tree++) {
        r->tree = tree;
        r->random = false;
        r->given = 0;
        bool all = false;
        for (unsigned i = 0; i < 20 * effort && !all; i++) {
            run_path(r, fn);
            t->undefined |= r->undefined;
            t->complete &= !r->cut;
            all = !next_choices(r);
        }
        t->complete &= all;
        r->random = true;
        for (unsigned i = 0; i < 40 * effort && !all; i++) {
            run_path(r, fn);
            t->undefined |= r->undefined;
        }
    }
}

void find_truth(const struct prog *p, const struct flat *flats, unsigned effort, struct truth *t)
{
    struct run *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    memset(t, 0, sizeof *t);
    r->p = p;
    r->flats = flats;
    r->t = t;
    r->rng = 1;
    for (uint32_t f = 0; f < p->nfns; f++) {
        t->fn[f].complete = true;
        for (int i = 0; i < MAX_PARAMS; i++)
            memset(&t->fn[f].param[i], NOT_SEEN, sizeof t->fn[f].param[i]);
    }
    for (uint32_t f = 0; f < p->nfns; f++)
        explore(r, (uint8_t)f, effort);
    free(r);
}
