/* Nested statements laid out as blocks.
 *
 *     while (?) { int x; if (?) break; }
 *         b1: -> b2, b5      b2: begin x -> b3, b4      b3: end x -> b5      b4: end x -> b1
 *
 * Storage ends on every way out of a block, as the compiler's clobbers do; what comes after a jump in
 * its list starts a block that nothing leads to.
 */
#include "brute.h"

#include <string.h>

enum { NOWHERE = UINT32_MAX - 1, MAX_LABELS = 8 };

struct layout {
    const struct bfn *f;
    struct flat *out;
    uint32_t scope;                   /* where we are */
    uint32_t head, tail;              /* of the innermost loop */
    uint32_t loop_scope;              /* the scope around it */
    uint32_t label[MAX_LABELS];       /* block, once known */
    uint32_t label_scope[MAX_LABELS]; /* its scope; NOWHERE: no such label */
    uint32_t waiting[MAX_LABELS][MAX_FLAT / 8],
        nwaiting[MAX_LABELS]; /* edges: block * 4 + number */
    bool full;
};

static uint32_t new_block(struct layout *l)
{
    struct flat *o = l->out;
    if (o->nblocks == MAX_FLAT - 1) {
        l->full = true;
        return o->nblocks - 1;
    }
    if (o->nblocks)
        o->block[o->nblocks - 1].end = o->nstmts;
    o->block[o->nblocks] = (struct fblock){.first = o->nstmts, .end = o->nstmts};
    return o->nblocks++;
}

static void edge(struct layout *l, uint32_t from, uint32_t to)
{
    struct fblock *b = &l->out->block[from];
    if (b->nsucc < 3)
        b->succ[b->nsucc++] = to;
}

static void emit(struct layout *l, uint8_t kind, uint8_t var, const struct bstmt *s)
{
    struct flat *o = l->out;
    if (o->nstmts == MAX_FLAT - 1) {
        l->full = true;
        return;
    }
    o->stmt[o->nstmts++] = (struct fstmt){kind, var, s};
    o->block[o->nblocks - 1].end = o->nstmts;
}

static uint32_t here(const struct layout *l)
{
    return l->out->nblocks - 1;
}

/* The end of storage of all that is left when control goes out to scope OUTER. */
static void leave(struct layout *l, uint32_t outer)
{
    for (uint32_t s = l->scope; l->f->ends && s != outer; s = l->f->parent[s])
        for (uint32_t v = l->f->nvars; v-- > 0;)
            if (l->f->vars[v].scope == s && (l->f->vars[v].flags & ESC_ADDRESSED))
                emit(l, F_END, (uint8_t)v, NULL);
}

static void births(struct layout *l, uint32_t scope)
{
    for (uint32_t v = 0; v < l->f->nvars; v++)
        if (l->f->vars[v].scope == scope && !(l->f->vars[v].flags & (ESC_PARAM | ESC_ALLOCA)))
            emit(l, F_BEGIN, (uint8_t)v, NULL);
}

static bool inside(const struct bfn *f, uint32_t outer, uint32_t inner)
{
    while (inner != outer && inner != 0)
        inner = f->parent[inner];
    return inner == outer;
}

static void lay(struct layout *l, const struct bstmt *s);

static void lay_scope(struct layout *l, const struct bstmt *s)
{
    uint32_t outer = l->scope;
    l->scope = s->scope;
    births(l, s->scope);
    lay(l, s->first);
    leave(l, outer);
    l->scope = outer;
}

static void branch(struct layout *l, const struct bstmt *s)
{
    if (s->cond)
        emit(l, F_BRANCH, 0, s);
}

static void lay_if(struct layout *l, const struct bstmt *s)
{
    branch(l, s);
    uint32_t top = here(l), then = new_block(l);
    edge(l, top, then);
    lay(l, s->first);
    uint32_t then_end = here(l), other_end = NOWHERE;
    if (s->other) {
        edge(l, top, new_block(l));
        lay(l, s->other);
        other_end = here(l);
    }
    uint32_t join = new_block(l);
    if (s->kind == B_SWITCH)
        edge(l, top, join);
    edge(l, then_end, join);
    edge(l, other_end == NOWHERE ? top : other_end, join);
}

static void lay_loop(struct layout *l, const struct bstmt *s)
{
    uint32_t head = l->head, tail = l->tail, scope = l->loop_scope, before = here(l);
    uint32_t top = new_block(l);
    edge(l, before, top);
    branch(l, s);
    uint32_t body = new_block(l);
    edge(l, top, body);
    /* The block behind the loop must have a number before its place is known: an empty one here. */
    uint32_t out = new_block(l);
    edge(l, top, out);
    uint32_t first = new_block(l);
    edge(l, body, first);
    l->head = top;
    l->tail = out;
    l->loop_scope = l->scope;
    lay(l, s->first);
    edge(l, here(l), top);
    l->head = head;
    l->tail = tail;
    l->loop_scope = scope;
    edge(l, out, new_block(l));
}

static void jump(struct layout *l, uint32_t to, uint32_t scope)
{
    leave(l, scope);
    edge(l, here(l), to);
    new_block(l);
}

static void lay_goto(struct layout *l, uint32_t label)
{
    uint32_t scope = l->label_scope[label];
    if (scope == NOWHERE || !inside(l->f, scope, l->scope))
        return; /* there is no such label, or it is inside a block we are not in */
    leave(l, scope);
    uint32_t from = here(l);
    if (l->label[label] == NOWHERE && l->nwaiting[label] < MAX_FLAT / 8)
        l->waiting[label][l->nwaiting[label]++] = from;
    else if (l->label[label] != NOWHERE)
        edge(l, from, l->label[label]);
    new_block(l);
}

static void lay_label(struct layout *l, uint32_t label)
{
    uint32_t before = here(l), b = new_block(l);
    edge(l, before, b);
    l->label[label] = b;
    for (uint32_t i = 0; i < l->nwaiting[label]; i++)
        edge(l, l->waiting[label][i], b);
}

static void lay_one(struct layout *l, const struct bstmt *s)
{
    switch (s->kind) {
    case B_SCOPE:
        lay_scope(l, s);
        break;
    case B_IF:
    case B_SWITCH:
        lay_if(l, s);
        break;
    case B_LOOP:
        lay_loop(l, s);
        break;
    case B_BREAK:
    case B_CONTINUE:
        if (l->head != NOWHERE)
            jump(l, s->kind == B_BREAK ? l->tail : l->head, l->loop_scope);
        break;
    case B_LABEL:
        lay_label(l, s->scope);
        break;
    case B_GOTO:
        lay_goto(l, s->scope);
        break;
    case B_RETURN:
        emit(l, B_RETURN, 0, s);
        jump(l, ESC_EXIT, l->scope);
        break;
    default:
        emit(l, s->kind, 0, s);
        break;
    }
}

static void lay(struct layout *l, const struct bstmt *s)
{
    for (; s && !l->full; s = s->next) {
        if (s->gone)
            continue;
        if (s->hollow) {
            lay(l, s->first);
            lay(l, s->other);
        } else {
            lay_one(l, s);
        }
    }
}

static void find_labels(struct layout *l, const struct bstmt *s, uint32_t scope)
{
    for (; s; s = s->next) {
        if (s->gone)
            continue;
        if (s->kind == B_LABEL)
            l->label_scope[s->scope] = scope;
        find_labels(l, s->first, s->kind == B_SCOPE && !s->hollow ? s->scope : scope);
        find_labels(l, s->other, scope);
    }
}

void each_stmt(struct bstmt *s, void (*f)(void *, struct bstmt *), void *context)
{
    for (; s; s = s->next) {
        if (s->gone)
            continue;
        f(context, s);
        each_stmt(s->first, f, context);
        each_stmt(s->other, f, context);
    }
}

bool flatten(const struct prog *p, uint32_t fn, struct flat *out)
{
    struct layout l = {.f = &p->fn[fn], .out = out, .head = NOWHERE, .tail = NOWHERE};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < (int)MAX_LABELS; i++)
        l.label[i] = l.label_scope[i] = NOWHERE;
    find_labels(&l, p->fn[fn].body, 0);
    new_block(&l);
    births(&l, 0);
    lay(&l, p->fn[fn].body);
    edge(&l, here(&l), ESC_EXIT);
    return !l.full;
}
