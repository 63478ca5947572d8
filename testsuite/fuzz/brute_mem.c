/* The interpreter's memory: objects, words, what can be reached, what a function lets leak.
 *
 * An object is an array of halves (four bytes each); every half says which half of which value it is.
 * The caller's memory, and global data, is lazy: a word gets its value when somebody looks, so a run
 * only ever chooses what it depends on.
 */
#include "brute_run.h"

#include <string.h>

/* Out of steps or room: the path ends here. */
_Noreturn void stop(struct run *r)
{
    r->cut = true;
    longjmp(r->out, 1);
}

uint32_t choose(struct run *r, uint32_t n)
{
    if (n <= 1)
        return 0;
    if (r->random)
        return rnd(&r->rng, n);
    if (r->nchoices == MAX_CHOICES)
        stop(r);
    if (r->nchoices == r->given) {
        r->pick[r->given] = 0;
        r->width[r->given++] = (uint8_t)n;
    }
    return r->pick[r->nchoices++];
}

/* ---- objects ---- */

uint16_t new_object(struct run *r, enum okind kind, uint32_t size)
{
    if (r->nobjs == MAX_OBJS)
        stop(r);
    struct object *o = &r->obj[r->nobjs];
    memset(o, 0, sizeof *o);
    o->kind = (uint8_t)kind;
    o->halves = (uint8_t)(size / HALF < MAX_HALVES ? size / HALF : MAX_HALVES);
    return (uint16_t)r->nobjs++;
}

bool over(const struct run *r, uint16_t activation)
{
    return r->ended[activation / 16 % 64] & 1u << activation % 16;
}

struct object *object(struct run *r, uint16_t obj)
{
    return &r->obj[obj];
}

uint16_t new_external(struct run *r, uint8_t param, uint8_t level)
{
    uint16_t obj = new_object(r, K_EXTERNAL, EXT_HALVES * HALF);
    struct object *o = object(r, obj);
    o->param = param;
    o->level = level;
    for (int i = 0; i < EXT_HALVES; i++)
        o->data[i] = (struct frag){{LAZY, 0}, (uint8_t)(i & 1), BY_CALLER};
    return obj;
}

/* Objects 1 .. nsyms are the symbols. */
struct value symbol_value(uint32_t sym)
{
    return (struct value){(uint16_t)(sym + 1), 0};
}

bool outside_can_name(const struct bsym *s)
{
    return !(s->flags & ESC_SYM_LOCAL) || (s->flags & ESC_SYM_TAKEN);
}

/* An address that the world may hold. */
struct value world_value(struct run *r)
{
    const struct prog *p = r->p;
    switch (choose(r, 7)) {
    case 0:
    case 1:
    case 2:
        return (struct value){new_external(r, NO_PARAM, 0), 0};
    case 6:
        return (struct value){0, 0};
    case 3: { /* something that was let out */
        if (r->nkept)
            return (struct value){r->kept[choose(r, r->nkept)], 0};
        break;
    }
    case 4: {
        uint32_t sym = p->nfns + choose(r, p->nsyms - p->nfns);
        if (p->sym[sym].kind == ESC_SYM_DATA && outside_can_name(&p->sym[sym]))
            return symbol_value(sym);
        break;
    }
    default: {
        uint32_t sym = choose(r, p->nfns);
        if (!r->tree && (p->sym[sym].flags & ESC_SYM_TAKEN))
            return symbol_value(sym);
        break;
    }
    }
    return (struct value){new_external(r, NO_PARAM, 0), 0};
}

/* What stands in a word of the caller's memory, now that somebody looks. */
static struct value entry_value(struct run *r, uint16_t obj, uint16_t word)
{
    struct object *o = object(r, obj);
    uint8_t level = o->level, param = o->param;
    struct value v = {0, 0};
    if (level + 1 >= MAX_LEVEL)
        return v;
    unsigned kind = choose(r, r->tree ? 5 : 10);
    if (kind == 4)
        return v;
    if (kind >= 5 && kind < 8) { /* an alias */
        uint16_t other = (uint16_t)(1 + choose(r, r->nobjs - 1));
        const struct object *a = object(r, other);
        if (a->kind == K_EXTERNAL ||
            (a->kind == K_DATA && outside_can_name(&r->p->sym[other - 1])) ||
            (a->kind == K_FUNCTION && other - 1u < r->p->nfns &&
             (r->p->sym[other - 1].flags & ESC_SYM_TAKEN)))
            return (struct value){other, 0};
    }
    if (kind >= 8)
        return world_value(r);
    v.obj = new_external(r, param, param == NO_PARAM ? 0 : (uint8_t)(level + 1));
    object(r, v.obj)->owner = obj;
    object(r, v.obj)->in_word = word;
    return v;
}

/* ---- words ---- */

static void look(struct run *r, uint16_t obj, uint32_t half)
{
    struct object *o = object(r, obj);
    if (o->data[half].v.obj != LAZY)
        return;
    uint32_t word = half & ~1u;
    struct value v = entry_value(r, obj, (uint16_t)word);
    for (uint32_t i = word; i < word + 2; i++)
        if (object(r, obj)->data[i].v.obj == LAZY)
            object(r, obj)->data[i].v = v;
}

/* The value two neighbouring halves make. */
struct value joined(const struct frag *a)
{
    struct value none = {0, 0};
    if (a[0].v.obj == 0 || a[0].v.obj == LAZY)
        return a[0].v.obj == 0 && a[0].half == 0 ? a[0].v : none;
    if (a[0].half != 0 || a[1].half != 1 || a[1].v.obj != a[0].v.obj || a[1].v.off != a[0].v.off)
        return none;
    return a[0].v;
}

static void note_use(struct run *r, uint16_t obj)
{
    struct object *o = object(r, obj);
    if (o->kind != K_LOCAL && o->kind != K_HEAP)
        return;
    struct fn_truth *t = &r->t->fn[o->fn];
    uint8_t *bits = o->kind == K_LOCAL ? &t->var[o->id] : &t->alloc[o->id];
    if (over(r, o->owner))
        *bits |= SEEN_AFTER;
    else if (o->reborn)
        *bits |= SEEN_REBORN;
    else if (o->ended)
        *bits |= SEEN_ENDED;
}

bool is_data(const struct object *o)
{
    return o->kind != K_FUNCTION;
}

static struct place nowhere(struct run *r)
{
    r->undefined = true;
    return (struct place){0, 0};
}

/* Where an access of SIZE bytes at pointer V + OFF goes; obj is 0 if that is undefined. */
static struct place access_at(struct run *r, struct value v, int32_t off, uint32_t size)
{
    if (v.obj == 0 || !is_data(object(r, v.obj)))
        return nowhere(r);
    const struct object *o = object(r, v.obj);
    int32_t at = off == ESC_ANY ? (int32_t)(8 * choose(r, (o->halves + 1u) / 2)) : v.off + off;
    if (o->freed || at < 0 || at % HALF || (uint32_t)at + size > o->halves * HALF)
        return nowhere(r);
    note_use(r, v.obj);
    return (struct place){v.obj, (uint32_t)at / HALF};
}

struct frame *frame(struct run *r)
{
    return r->top;
}

uint16_t object_of(struct run *r, uint32_t var)
{
    return var & ESC_SYM ? (uint16_t)((var & ~ESC_SYM) + 1) : frame(r)->var[var];
}

static struct value pointer_in(struct run *r, uint32_t var);

static struct place place_of(struct run *r, const struct esc_ref *ref)
{
    if (ref->kind == ESC_MEM)
        return access_at(r, pointer_in(r, ref->var), ref->off, ref->size);
    return access_at(r, (struct value){object_of(r, ref->var), 0}, ref->off, ref->size);
}

static struct value moved(struct run *r, struct value v, int32_t add)
{
    if (v.obj == 0)
        return (struct value){0, add == ESC_ANY ? (int32_t)choose(r, 2) : v.off + add};
    if (add == 0)
        return v;
    if (add != ESC_ANY)
        v.off += add;
    else if (is_data(object(r, v.obj)))
        v.off = (int32_t)(8 * choose(r, (object(r, v.obj)->halves + 1u) / 2));
    return v;
}

/* Reads REF into halves; their number. */
uint32_t read_ref(struct run *r, const struct esc_ref *ref, struct frag *out)
{
    struct value v = {0, 0};
    uint32_t n = ref->size / HALF;
    memset(out, 0, MAX_VALUE * sizeof *out);
    switch (ref->kind) {
    case ESC_ADDR:
        v = moved(r, (struct value){object_of(r, ref->var), 0}, ref->off);
        break;
    case ESC_UNKNOWN:
        v = world_value(r);
        break;
    case ESC_CONST:
        v.off = ref->off;
        break;
    case ESC_NONE: /* some number */
        v.off = (int32_t)choose(r, 2);
        break;
    case ESC_VAR:
    case ESC_MEM: {
        struct place at = place_of(r, ref);
        for (uint32_t i = 0; i < n && i < MAX_VALUE && at.obj; i++) {
            look(r, at.obj, at.half + i);
            out[i] = object(r, at.obj)->data[at.half + i];
            if (out[i].by == BY_CALLER)
                out[i].by = BY_STORE;
        }
        if (!ref->add)
            return n;
        v = moved(r, joined(out), ref->add);
        break;
    }
    default:
        break;
    }
    out[0] = (struct frag){v, 0, BY_STORE};
    out[1] = (struct frag){v, 1, BY_STORE};
    return 2;
}

struct value read_value(struct run *r, const struct esc_ref *ref)
{
    struct frag f[MAX_VALUE];
    read_ref(r, ref, f);
    return joined(f);
}

static struct value pointer_in(struct run *r, uint32_t var)
{
    struct esc_ref ref = esc_value(var, 0, 8);
    return read_value(r, &ref);
}

static void store(struct run *r, struct place at, const struct frag *from, uint32_t n)
{
    struct object *o = object(r, at.obj);
    if (!at.obj || (o->kind == K_DATA && (r->p->sym[at.obj - 1].flags & ESC_SYM_READONLY))) {
        r->undefined = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) { /* the other half must not come into being later */
        uint32_t h = at.half + i;
        if ((h & 1 ? h == at.half : i + 1 == n) && o->data[h ^ 1].v.obj == LAZY &&
            (h ^ 1) < o->halves)
            look(r, at.obj, h ^ 1);
    }
    for (uint32_t i = 0; i < n; i++)
        object(r, at.obj)->data[at.half + i] = from[i];
}

/* How much of a write of SIZE bytes at V + OFF falls into the object: one that ends outside has written
 * what is inside, though it is not defined either. */
static uint32_t inside(struct run *r, struct value v, int32_t off, uint32_t size)
{
    if (v.obj == 0 || !is_data(object(r, v.obj)) || off == ESC_ANY)
        return size;
    int32_t at = v.off + off, end = object(r, v.obj)->halves * HALF;
    if (at < 0 || at >= end || at + (int32_t)size <= end)
        return size;
    r->undefined = true;
    return (uint32_t)(end - at);
}

void write_ref(struct run *r, const struct esc_ref *ref, const struct frag *from)
{
    if (ref->kind != ESC_VAR && ref->kind != ESC_MEM)
        return;
    struct value v = ref->kind == ESC_MEM ? pointer_in(r, ref->var)
                                          : (struct value){object_of(r, ref->var), 0};
    uint32_t size = inside(r, v, ref->off, ref->size);
    store(r, access_at(r, v, ref->off, size), from, size / HALF);
}

void write_value(struct run *r, const struct esc_ref *ref, struct value v)
{
    struct frag f[MAX_VALUE] = {{v, 0, BY_STORE}, {v, 1, BY_STORE}};
    write_ref(r, ref, f);
}

struct value load(struct run *r, struct value p, int32_t off)
{
    struct place at = access_at(r, p, off, 8);
    if (!at.obj)
        return (struct value){0, 0};
    look(r, at.obj, at.half);
    return joined(&object(r, at.obj)->data[at.half]);
}

void store_value(struct run *r, struct value p, int32_t off, struct value v)
{
    struct frag f[2] = {{v, 0, BY_STORE}, {v, 1, BY_STORE}};
    store(r, access_at(r, p, off, 8), f, 2);
}

/* ---- what outlives ---- */

void reach(struct walker *w, uint16_t obj)
{
    struct object *o = object(w->r, obj);
    if (obj == 0 || obj == LAZY || o->mark == w->r->walk)
        return;
    o->mark = w->r->walk;
    w->todo[w->n++] = obj;
}

void reach_contents(struct walker *w, uint16_t obj)
{
    const struct object *o = object(w->r, obj);
    for (uint32_t i = 0; i + 1 < o->halves && !o->freed; i++) { /* nobody may look into freed memory */
        struct value v = joined(&o->data[i]);
        if (v.obj)
            reach(w, v.obj);
    }
}

void reach_all(struct walker *w)
{
    for (uint32_t i = 0; i < w->n; i++)
        reach_contents(w, w->todo[i]);
}

void note_outliving(struct run *r, uint16_t activation, uint8_t bit)
{
    for (uint32_t i = 1; i < r->nobjs; i++) {
        struct object *o = object(r, (uint16_t)i);
        if (o->mark != r->walk || o->owner != activation)
            continue;
        if (o->kind == K_LOCAL)
            r->t->fn[o->fn].var[o->id] |= bit;
        else if (o->kind == K_HEAP)
            r->t->fn[o->fn].alloc[o->id] |= bit;
    }
}

/* ---- leaks ---- */

static void least(uint8_t *level, uint8_t l)
{
    if (l < *level)
        *level = l;
}

/* Every address of the caller's that stands in OBJ, to where TO says: 0 the world, -1 the result,
 * else what a parameter points to, plus 1. */
static void leaks_in(struct run *r, struct fn_truth *t, uint16_t obj, int to)
{
    const struct object *o = object(r, obj);
    for (uint32_t i = 0; i + 1 < o->halves && !o->freed; i++) {
        struct value v = joined(&o->data[i]);
        if (!v.obj || (o->kind == K_EXTERNAL && o->data[i].by == BY_CALLER))
            continue;
        const struct object *e = object(r, v.obj);
        if (e->kind != K_EXTERNAL || e->param == NO_PARAM)
            continue;
        if (e->owner == obj && e->in_word == i && e->level)
            continue; /* put back where it was found */
        if (to <= 0)
            least(to ? &t->param[e->param].result : &t->param[e->param].heap, e->level);
        else if (to - 1 != e->param)
            least(&t->param[e->param].param[to - 1], e->level);
    }
}

/* The function that was started returned RESULT (an object made to hold it). */
void note_leaks(struct run *r, uint8_t fn, uint16_t result)
{
    struct walker w = {.r = r};
    struct fn_truth *t = &r->t->fn[fn];
    leaks_in(r, t, result, -1);
    r->walk++;
    reach(&w, result);
    for (uint32_t i = 1; i < r->nobjs; i++) {
        const struct object *o = object(r, (uint16_t)i);
        if (o->kind == K_EXTERNAL || o->kind == K_DATA)
            reach(&w, (uint16_t)i);
    }
    for (uint32_t i = 0; i < r->nkept; i++) {
        const struct object *e = object(r, r->kept[i]);
        if (e->kind == K_EXTERNAL && e->param != NO_PARAM)
            least(&t->param[e->param].heap, e->level);
        reach(&w, r->kept[i]);
    }
    reach_all(&w);
    for (uint32_t i = 1; i < r->nobjs; i++) {
        const struct object *o = object(r, (uint16_t)i);
        if (o->mark != r->walk || i == result || o->kind == K_FUNCTION)
            continue;
        leaks_in(r, t, (uint16_t)i,
                 o->kind == K_EXTERNAL && o->param != NO_PARAM ? o->param + 1 : 0);
    }
}
