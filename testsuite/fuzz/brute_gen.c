/* The generator: random programs whose statements mostly make sense.
 *
 * All pointers are alike and all objects a few words, so that any operand fits nearly anywhere; most
 * registers start with the address of something. What a path then does wrong (a null pointer, an
 * offset outside the object) the interpreter sees, and leaves that path out of account.
 */
#include "brute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 8, NSIGNATURES = 4, MAX_DEPTH = 3 };

const char brute_models[] = "m_same(p): return = p\n"
                            "m_keep(p): keep p\n"
                            "m_keep_content(p): keep *p\n"
                            "m_store(d, s): *d = s\n"
                            "m_store_deep(d, s): **d = s\n"
                            "m_copy(d, s): *d = *s\n"
                            "m_load(p): return = *p\n"
                            "m_call(f, p): call f(p)\n"
                            "m_call_content(f, p): call f(*p, p)\n"
                            "m_register(f, p): register f(p)\n"
                            "m_fresh(): return = new\n"
                            "m_wrap(p): return = new; *return = p\n"
                            "m_static(): return = static\n"
                            "m_nothing(p): nothing\n";

/* Functions without a body: name, arguments; the first four are unknown, the rest modelled. */
static const struct {
    const char *name;
    uint8_t nargs;
    uint32_t flags;
} externs[] = {
    {"ext1", 1, 0},
    {"ext2", 2, 0},
    {"pure1", 1, ESC_SYM_KEEPS_NOTHING},
    {"ifunc1", 1, ESC_SYM_CHOSEN},
    {"malloc", 1, 0},
    {"free", 1, 0},
    {"m_same", 1, 0},
    {"m_keep", 1, 0},
    {"m_keep_content", 1, 0},
    {"m_store", 2, 0},
    {"m_store_deep", 2, 0},
    {"m_copy", 2, 0},
    {"m_load", 1, 0},
    {"m_call", 2, 0},
    {"m_call_content", 2, 0},
    {"m_register", 2, 0},
    {"m_fresh", 0, 0},
    {"m_wrap", 1, 0},
    {"m_static", 0, 0},
    {"m_nothing", 1, 0},
};
enum { NEXTERNS = sizeof externs / sizeof *externs, EXT_IFUNC = 3, EXT_MALLOC = 4, EXT_FREE = 5 };

/* Arguments of functions by signature; 0 fits all. */
static const uint8_t args_of[NSIGNATURES] = {1, 0, 1, 2};

struct gen {
    struct prog *p;
    struct bfn *f;
    uint64_t rng;
    uint32_t scope;     /* where the next statement stands */
    unsigned depth;     /* constructs around it */
    unsigned loops;     /* loops around it */
    uint32_t labels;    /* numbers handed out */
    uint32_t first_ext; /* symbol of externs[0] */
    uint32_t ndata;     /* data symbols; the first is symbol nfns */
    /* A program's character: how likely these are, in percent. */
    unsigned calls, indirect; /* calls; those through pointers, and functions as values */
    unsigned heap;            /* malloc and free among calls of functions without a body */
    unsigned jumps;
    unsigned blocks; /* constructs that hold statements */
    unsigned odd;    /* unknown offsets */
    unsigned halves; /* accesses of or at half a word */
    unsigned length; /* statements of a function, about */
    unsigned undone; /* stores that are taken back */
    bool quiet;      /* only functions of the program are called, by name, and no asm */
    uint32_t plain;  /* functions, as bits, with no variable in memory: nothing is decided there */
    bool all_plain;  /* the one at hand is such */
};

uint32_t rnd(uint64_t *state, uint32_t n)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(((x ^ x >> 31) >> 32) * n >> 32);
}

static uint32_t below(struct gen *g, uint32_t n)
{
    return rnd(&g->rng, n);
}

static bool chance(struct gen *g, unsigned percent)
{
    return below(g, 100) < percent;
}

/* ---- operands ---- */

static bool visible(const struct gen *g, uint32_t var)
{
    uint32_t scope = g->f->vars[var].scope;
    for (uint32_t s = g->scope;; s = g->f->parent[s]) {
        if (s == scope)
            return true;
        if (s == 0)
            return false;
    }
}

enum want { REGISTER, MEMORY, EITHER, LARGE };

static bool suits(const struct esc_var *v, enum want want)
{
    if (v->flags & (ESC_VARARGS | ESC_ALLOCA))
        return false;
    switch (want) {
    case REGISTER:
        return !(v->flags & ESC_ADDRESSED) && v->size == WORD;
    case MEMORY:
        return v->flags & ESC_ADDRESSED;
    case LARGE:
        return v->size > WORD;
    default:
        return true;
    }
}

static uint32_t pick(struct gen *g, enum want want)
{
    uint32_t found = ESC_NOVAR, n = 0;
    for (uint32_t i = 0; i < g->f->nvars; i++)
        if (suits(&g->f->vars[i], want) && visible(g, i) && below(g, ++n) == 0)
            found = i;
    return found;
}

static uint32_t a_register(struct gen *g)
{
    return pick(g, REGISTER); /* there is always one: r0 */
}

static uint32_t data_symbol(struct gen *g)
{
    return ESC_SYM | (g->p->nfns + below(g, g->ndata));
}

/* The address of a function of the unit or of an unknown one. */
static struct esc_ref function_address(struct gen *g)
{
    uint32_t sym = chance(g, 85) ? below(g, g->p->nfns) : g->first_ext + below(g, 2);
    g->p->sym[sym].flags |= ESC_SYM_TAKEN;
    return esc_addr(ESC_SYM | sym, 0);
}

static struct esc_ref data_address(struct gen *g)
{
    uint32_t sym = data_symbol(g);
    g->p->sym[sym & ~ESC_SYM].flags |= ESC_SYM_TAKEN;
    return esc_addr(sym, 0);
}

static int32_t a_word(struct gen *g, uint32_t size)
{
    if (size > WORD && chance(g, g->halves))
        return (int32_t)(HALF + WORD * below(g, size / WORD - 1));
    if (chance(g, 55) || size <= WORD)
        return 0;
    return (int32_t)(WORD * below(g, size / WORD));
}

/* The address of memory that is a local's. */
static struct esc_ref local_address(struct gen *g)
{
    uint32_t v = pick(g, MEMORY);
    if (v == ESC_NOVAR)
        return esc_none();
    return esc_addr(v, chance(g, 85) ? 0 : a_word(g, g->f->vars[v].size));
}

static struct esc_ref through(struct gen *g, uint32_t size)
{
    int32_t off = chance(g, 60) ? 0 : (int32_t)(WORD * below(g, 3));
    if (chance(g, g->halves))
        off = (int32_t)(HALF * below(g, 5));
    if (chance(g, g->odd))
        off = ESC_ANY;
    return esc_mem(a_register(g), off, size);
}

/* Contents of a variable, one word. */
static struct esc_ref word_of(struct gen *g, uint32_t v)
{
    const struct esc_var *var = &g->f->vars[v];
    bool anywhere = (var->flags & ESC_ADDRESSED) && chance(g, g->odd);
    if (!(var->flags & ESC_ADDRESSED)) /* registers have no words across words */
        return esc_value(v, (int32_t)(WORD * below(g, var->size / WORD)), WORD);
    return esc_value(v, anywhere ? ESC_ANY : a_word(g, var->size), WORD);
}

/* Something that can be read as one word. */
static struct esc_ref source(struct gen *g)
{
    uint32_t v, kind = below(g, 100);
    struct esc_ref r = esc_none();
    if (chance(g, g->indirect / 3))
        return function_address(g);
    if (kind < 26) {
        r = esc_value(a_register(g), 0, WORD);
        if (chance(g, 12))
            r.add = chance(g, 60) ? WORD : chance(g, 50) ? -WORD : ESC_ANY;
    } else if (kind < 52) {
        r = local_address(g);
    } else if (kind < 68) {
        r = through(g, WORD);
        if (chance(g, 5))
            r.add = chance(g, 60) ? WORD : ESC_ANY;
    } else if (kind < 80) {
        r = (v = pick(g, EITHER)) == ESC_NOVAR ? r : word_of(g, v);
    } else if (kind < 85) {
        r = esc_value(data_symbol(g), 0, WORD);
    } else if (kind < 89) {
        r = data_address(g);
    } else if (kind < 93) {
        r = function_address(g);
    } else if (kind < 95) {
        r = esc_const((int32_t)below(g, 3));
    } else if (chance(g, g->odd)) {
        r.kind = ESC_UNKNOWN;
    }
    return r;
}

static struct esc_ref target(struct gen *g)
{
    uint32_t v, kind = below(g, 100);
    if (kind < 42)
        return esc_value(a_register(g), 0, WORD);
    if (kind < 68)
        return through(g, WORD);
    if (kind < 92 && (v = pick(g, EITHER)) != ESC_NOVAR)
        return word_of(g, v);
    return esc_value(data_symbol(g), 0, WORD);
}

/* A place of SIZE bytes: a struct to be copied, or half a word. */
static struct esc_ref place(struct gen *g, uint32_t size)
{
    for (int i = 0; i < 6; i++) {
        uint32_t v = pick(g, size > WORD ? LARGE : EITHER);
        if (v == ESC_NOVAR || chance(g, 35))
            return through(g, size);
        const struct esc_var *var = &g->f->vars[v];
        if (var->size < size)
            continue;
        int32_t off = (int32_t)(size < WORD ? HALF * below(g, var->size / HALF)
                                            : WORD * below(g, (var->size - size) / WORD + 1));
        return esc_value(v, off, size);
    }
    return through(g, size);
}

/* ---- statements ---- */

static struct bstmt *new_stmt(struct gen *g, enum bkind kind)
{
    struct prog *p = g->p;
    if (p->npool == p->max) {
        fprintf(stderr, "engine_brute: a program of more than %u statements\n", p->max);
        abort();
    }
    struct bstmt *s = &p->pool[p->npool++];
    memset(s, 0, sizeof *s);
    s->kind = (uint8_t)kind;
    s->dst = s->callee = esc_none();
    return s;
}

static struct bstmt *make_assign(struct gen *g)
{
    struct bstmt *s = new_stmt(g, B_ASSIGN);
    unsigned kind = below(g, 100);
    uint32_t size = kind < 10 ? 2 * WORD : kind < 14 ? 3 * WORD : WORD;
    if (chance(g, g->halves))
        size = chance(g, 80) ? HALF : HALF + WORD;
    s->n = 1;
    if (size != WORD) {
        s->dst = place(g, size);
        s->refs[0] = place(g, size);
        return s;
    }
    s->dst = target(g);
    s->refs[0] = source(g);
    if (chance(g, 6))
        s->refs[s->n++] = source(g);
    return s;
}

static struct bstmt *make_alloca(struct gen *g)
{
    for (uint32_t i = 0; i < g->f->nvars; i++)
        if (g->f->vars[i].flags & ESC_ALLOCA) {
            struct bstmt *s = new_stmt(g, B_ASSIGN);
            s->dst = esc_value(a_register(g), 0, WORD);
            s->refs[0] = esc_addr(i, 0);
            s->n = 1;
            return s;
        }
    return make_assign(g);
}

static struct esc_ref argument(struct gen *g, bool unknown)
{
    struct esc_ref r = source(g);
    if (chance(g, 40))
        r = local_address(g);
    if (unknown && chance(g, 12))
        r.flags |= ESC_REF_READS;
    if (unknown && chance(g, 8))
        r.flags |= ESC_REF_KEEP;
    else if (unknown && chance(g, 8))
        r.flags |= ESC_REF_BORROW;
    if (unknown && chance(g, 20))
        r.flags |= ESC_REF_LIKE;
    return r;
}

static void result_of(struct gen *g, struct bstmt *s)
{
    if (chance(g, 70))
        s->dst = chance(g, 75) ? esc_value(a_register(g), 0, WORD) : target(g);
}

static void call_function(struct gen *g, struct bstmt *s, uint32_t fn)
{
    const struct bfn *f = &g->p->fn[fn];
    uint32_t named = f->nparams - f->variadic;
    for (uint32_t i = 0; i < named; i++)
        s->refs[s->n++] = f->vars[i].size > WORD ? place(g, f->vars[i].size) : argument(g, false);
    for (uint32_t i = 0; f->variadic && i < 2; i++)
        s->refs[s->n++] = argument(g, false);
    s->callee = esc_addr(ESC_SYM | fn, 0);
    s->signature = (uint8_t)g->p->sym[fn].signature;
    result_of(g, s);
}

static struct bstmt *make_call(struct gen *g)
{
    struct bstmt *s = new_stmt(g, B_CALL);
    unsigned kind = below(g, 100);
    if (g->quiet || kind < 60 - g->indirect / 2) {
        call_function(g, s, below(g, g->p->nfns));
        return s;
    }
    if (kind < 60 + g->indirect / 2) { /* through a pointer */
        s->signature = (uint8_t)below(g, NSIGNATURES);
        s->callee = chance(g, 60)   ? esc_value(a_register(g), 0, WORD)
                    : chance(g, 60) ? through(g, WORD)
                                    : esc_value(data_symbol(g), 0, WORD);
        for (uint32_t i = 0; i < args_of[s->signature]; i++)
            s->refs[s->n++] = argument(g, false);
        result_of(g, s);
        return s;
    }
    uint32_t e = below(g, NEXTERNS);
    if (chance(g, g->heap))
        e = chance(g, 60) ? EXT_MALLOC : EXT_FREE;
    s->callee = esc_addr(ESC_SYM | (g->first_ext + e), 0);
    for (uint32_t i = 0; i < externs[e].nargs; i++)
        s->refs[s->n++] = argument(g, e < 2);
    if (e == 1 && chance(g, 20)) {
        s->refs[0] = function_address(g);
        s->refs[0].flags = ESC_REF_FNPTR;
        s->refs[1].flags |= ESC_REF_VOIDP;
    }
    if (strncmp(externs[e].name, "m_call", 6) == 0 && chance(g, 80))
        s->refs[0] = function_address(g);
    if (e == EXT_MALLOC) {
        s->refs[0] = esc_none();
        s->dst = esc_value(a_register(g), 0, WORD);
        s->dst.flags = ESC_REF_FITS;
    } else if (e == EXT_FREE) {
        s->refs[0] = esc_value(a_register(g), 0, WORD);
    } else {
        result_of(g, s);
    }
    return s;
}

static struct bstmt *make_asm(struct gen *g)
{
    struct bstmt *s = new_stmt(g, B_ASM);
    s->outs = (uint8_t)below(g, 2);
    s->memory = chance(g, 40);
    for (unsigned i = 0; i < s->outs; i++)
        s->refs[s->n++] = esc_value(a_register(g), 0, WORD);
    for (unsigned i = 1 + below(g, 2); i-- > 0;)
        s->refs[s->n++] = argument(g, false);
    return s;
}

static struct bstmt *make_variadic(struct gen *g)
{
    uint32_t list = g->f->nparams; /* the first local of a variadic function is its va_list */
    struct bstmt *s = new_stmt(g, chance(g, 30) ? B_VA_START : B_VA_ARG);
    s->refs[0] = esc_addr(list, 0);
    s->n = 1;
    if (s->kind == B_VA_ARG)
        s->dst = target(g);
    return s;
}

static void make_condition(struct gen *g, struct bstmt *s)
{
    s->cond = chance(g, 35);
    if (!s->cond)
        return;
    s->relation = chance(g, 80) ? (uint8_t)below(g, 2) : (uint8_t)below(g, 6);
    s->refs[0] = esc_value(a_register(g), 0, WORD);
    s->refs[1] = esc_const(chance(g, 70) ? 0 : 1);
    if (s->relation < 2 && chance(g, 25))
        s->refs[1] = local_address(g);
    if (s->refs[1].kind == ESC_NONE)
        s->refs[1] = esc_const(0);
    s->n = 2;
}

static struct bstmt *make_list(struct gen *g, unsigned n);

static struct bstmt *make_scope(struct gen *g)
{
    struct bfn *f = g->f;
    if (f->nscopes == MAX_SCOPES || f->nvars + 3 > MAX_VARS)
        return make_assign(g);
    struct bstmt *s = new_stmt(g, B_SCOPE);
    uint32_t outer = g->scope;
    s->scope = (uint8_t)f->nscopes;
    f->parent[f->nscopes++] = (uint8_t)outer;
    g->scope = s->scope;
    for (unsigned i = 0, n = 1 + below(g, 2); i < n; i++) {
        bool memory = (i == 0 || chance(g, 50)) && !g->all_plain;
        f->vars[f->nvars] = (struct esc_var){.size = memory ? WORD * (1 + below(g, 3)) : WORD,
                                             .flags = memory ? ESC_ADDRESSED : 0,
                                             .scope = s->scope};
        snprintf(f->names[f->nvars], sizeof f->names[0], "%c%u", memory ? 'x' : 'r', f->nvars);
        f->nvars++;
    }
    g->depth++;
    s->first = make_list(g, 2 + below(g, 4));
    g->depth--;
    g->scope = outer;
    return s;
}

static struct bstmt *make_construct(struct gen *g, enum bkind kind)
{
    if (g->depth >= MAX_DEPTH)
        return make_assign(g);
    if (kind == B_SCOPE)
        return make_scope(g);
    struct bstmt *s = new_stmt(g, kind);
    if (kind != B_SWITCH)
        make_condition(g, s);
    g->depth++;
    g->loops += kind == B_LOOP;
    if (kind == B_LOOP && chance(g, 60))
        s->first = make_scope(g);
    else
        s->first = make_list(g, 1 + below(g, 3));
    if ((kind == B_IF && chance(g, 50)) || kind == B_SWITCH)
        s->other = make_list(g, 1 + below(g, 2));
    g->loops -= kind == B_LOOP;
    g->depth--;
    return s;
}

static struct bstmt *assign(struct gen *g, struct esc_ref dst, struct esc_ref src)
{
    struct bstmt *s = new_stmt(g, B_ASSIGN);
    s->dst = dst;
    s->refs[0] = src;
    s->n = 1;
    return s;
}

/* while (?) { q = *p; q = *q; int x; ...; *p = &x or a block that holds it; }: what one iteration
 * leaves behind and the next one may find. */
static struct bstmt *make_carrying_loop(struct gen *g)
{
    if (g->depth >= MAX_DEPTH || g->f->nscopes == MAX_SCOPES || g->f->nvars + 3 > MAX_VARS)
        return make_assign(g);
    uint32_t p = a_register(g), q = a_register(g);
    struct bstmt *s = new_stmt(g, B_LOOP), **end = &s->first;
    if (chance(g, 60)) {
        *end = assign(g, esc_value(q, 0, WORD), esc_mem(p, 0, WORD));
        end = &(*end)->next;
    }
    *end = make_scope(g);
    if ((*end)->kind != B_SCOPE)
        return s;
    uint32_t outer = g->scope;
    g->scope = (*end)->scope;
    struct bstmt *first = (*end)->first, **inner = &(*end)->first;
    if (chance(g, 70)) {
        *inner = assign(g, esc_value(q, 0, WORD), esc_mem(q, 0, WORD));
        inner = &(*inner)->next;
    }
    *inner = first;
    while (*inner)
        inner = &(*inner)->next;
    uint32_t x = pick(g, MEMORY), m = a_register(g);
    struct esc_ref what = x == ESC_NOVAR ? data_address(g) : esc_addr(x, 0);
    if (chance(g, 40)) {
        *inner = assign(g, esc_mem(m, 0, WORD), what);
        inner = &(*inner)->next;
        *inner = assign(g, esc_mem(p, 0, WORD), esc_value(m, 0, WORD));
    } else {
        *inner = assign(g, chance(g, 50) ? esc_mem(p, 0, WORD) : esc_value(p, 0, WORD), what);
    }
    g->scope = outer;
    return s;
}

/* q = *p; *p = &x; ...; *p = q, or 0: a store that is taken back, mostly on every way. P may be static
 * data, too, and another function may do the taking back. */
static struct bstmt *make_undone(struct gen *g)
{
    struct esc_ref at = chance(g, 50) ? esc_value(data_symbol(g), 0, WORD)
                                      : esc_mem(a_register(g), 0, WORD);
    struct bstmt *first = NULL, **end = &first;
    uint32_t q = a_register(g);
    bool restored = chance(g, 40);
    if (restored) {
        *end = assign(g, esc_value(q, 0, WORD), at);
        end = &(*end)->next;
    }
    *end = assign(g, at, chance(g, 80) ? local_address(g) : source(g));
    end = &(*end)->next;
    *end = make_list(g, 1 + below(g, 3));
    while (*end)
        end = &(*end)->next;
    if (chance(g, 85))
        *end = assign(g, at, restored ? esc_value(q, 0, WORD) : esc_none());
    return first;
}

static struct bstmt *make_return(struct gen *g)
{
    struct bstmt *s = new_stmt(g, B_RETURN);
    s->refs[0] = source(g);
    if (chance(g, 10))
        s->refs[0] = place(g, 2 * WORD);
    s->n = 1;
    return s;
}

static struct bstmt *make_jump(struct gen *g)
{
    unsigned kind = below(g, 100);
    struct bstmt *jump;
    if (kind < 35 && g->loops) {
        jump = new_stmt(g, chance(g, 50) ? B_BREAK : B_CONTINUE);
    } else if (kind < 60) {
        jump = make_return(g);
    } else if (kind < 75 && g->labels < 4) {
        jump = new_stmt(g, B_LABEL);
        jump->scope = (uint8_t)g->labels++;
        return jump;
    } else {
        jump = new_stmt(g, B_GOTO);
        jump->scope = (uint8_t)below(g, 4);
    }
    struct bstmt *s = new_stmt(g, B_IF);
    make_condition(g, s);
    s->first = jump;
    return s;
}

static struct bstmt *make_stmt(struct gen *g)
{
    unsigned kind = below(g, 100);
    if (kind < g->calls)
        return make_call(g);
    kind = below(g, 100);
    if (kind < g->blocks) {
        kind = below(g, 16);
        if (kind >= 14)
            return make_carrying_loop(g);
        return make_construct(g, kind < 4    ? B_SCOPE
                                 : kind < 9  ? B_IF
                                 : kind < 13 ? B_LOOP
                                             : B_SWITCH);
    }
    if (chance(g, g->undone))
        return make_undone(g);
    if (chance(g, g->jumps))
        return make_jump(g);
    if (chance(g, 20) && g->f->variadic)
        return make_variadic(g);
    if (kind >= 97)
        return make_alloca(g);
    if (kind >= 95 && !g->quiet)
        return make_asm(g);
    return make_assign(g);
}

static struct bstmt *make_list(struct gen *g, unsigned n)
{
    struct bstmt *first = NULL, **end = &first;
    while (n-- > 0) {
        *end = make_stmt(g);
        while (*end)
            end = &(*end)->next;
    }
    return first;
}

/* ---- functions ---- */

static void add_var(struct gen *g, char letter, uint32_t size, uint32_t flags)
{
    struct bfn *f = g->f;
    f->vars[f->nvars] = (struct esc_var){.size = size, .flags = flags};
    snprintf(f->names[f->nvars], sizeof f->names[0], "%c%u", letter, f->nvars);
    f->nvars++;
}

/* What callers need to know of a function. */
static void make_head(struct gen *g, uint32_t fn)
{
    struct bfn *f = g->f = &g->p->fn[fn];
    struct bsym *s = &g->p->sym[fn];
    uint32_t memory = g->plain >> fn & 1 ? 0 : ESC_ADDRESSED;
    f->nscopes = 1;
    f->ends = chance(g, 85);
    snprintf(s->name, sizeof s->name, "f%u", fn);
    s->kind = ESC_SYM_FUNC;
    s->also = -1;
    s->signature = below(g, NSIGNATURES);
    for (unsigned i = 0; i < args_of[s->signature]; i++)
        add_var(g, 'p', WORD, ESC_PARAM | (chance(g, 20) ? memory : 0));
    if (s->signature == 0 && chance(g, 40)) {
        s->signature = 9; /* nobody calls it through a pointer */
        if (chance(g, 50))
            add_var(g, 'p', 2 * WORD, ESC_PARAM | (chance(g, 30) ? memory : 0));
        else
            add_var(g, 'p', WORD, ESC_PARAM);
        if ((f->variadic = chance(g, 40) && memory))
            add_var(g, '.', 0, ESC_PARAM | ESC_VARARGS | ESC_ARTIFICIAL);
    }
    f->nparams = f->nvars;
    if (f->variadic)
        add_var(g, 'l', 3 * WORD, ESC_ADDRESSED | ESC_FIXED);
    if (chance(g, 60))
        s->flags |= ESC_SYM_LOCAL;
    if (chance(g, 4))
        s->flags |= ESC_SYM_REPLACE;
}

static void make_body(struct gen *g, uint32_t fn)
{
    struct bfn *f = g->f = &g->p->fn[fn];
    g->scope = g->depth = g->loops = g->labels = 0;
    g->all_plain = g->plain >> fn & 1;
    for (unsigned i = 2 + below(g, 2); i-- > 0;)
        add_var(g, 'r', WORD, 0);
    for (unsigned i = 1 + below(g, 3); i-- > 0 && !g->all_plain;) {
        uint32_t flags = ESC_ADDRESSED;
        if (chance(g, 3))
            flags |= chance(g, 50) ? ESC_PIN_HEAP : ESC_PIN_STACK;
        add_var(g, 'x', chance(g, 3) ? 64 : WORD * (1 + below(g, 3)), flags);
    }
    if (chance(g, 20))
        add_var(g, 's', 2 * WORD, 0);
    if (chance(g, 12) && !g->all_plain)
        add_var(g, 'a', 0, ESC_ADDRESSED | ESC_ALLOCA);
    struct bstmt **end = &f->body;
    for (uint32_t i = 0; i < f->nvars; i++) {
        if (!suits(&f->vars[i], REGISTER) || (f->vars[i].flags & ESC_PARAM) || chance(g, 25))
            continue;
        struct bstmt *s = new_stmt(g, B_ASSIGN);
        s->dst = esc_value(i, 0, WORD);
        s->refs[0] = chance(g, 70) ? local_address(g) : source(g);
        s->n = 1;
        *end = s;
        end = &s->next;
    }
    *end = make_list(g, g->length / 2 + below(g, g->length));
    while (*end)
        end = &(*end)->next;
    if (chance(g, 75))
        *end = make_return(g);
}

static void make_data(struct gen *g)
{
    g->ndata = 2 + below(g, 3);
    for (uint32_t i = 0; i < g->ndata; i++) {
        struct bsym *s = &g->p->sym[g->p->nsyms++];
        snprintf(s->name, sizeof s->name, "g%u", i);
        s->kind = ESC_SYM_DATA;
        s->also = s->init[0] = s->init[1] = s->init[2] = -1;
        s->size = WORD * (1 + below(g, 3));
        if (chance(g, 25))
            s->flags |= ESC_SYM_LOCAL;
        if (i == 0 || !chance(g, 25))
            continue;
        s->flags |= ESC_SYM_READONLY;
        for (uint32_t w = 0; w < s->size / WORD; w++) {
            uint32_t to = chance(g, 60) ? below(g, g->p->nfns) : g->p->nfns + below(g, i);
            s->init[w] = (int32_t)to;
            g->p->sym[to].flags |= ESC_SYM_TAKEN;
        }
    }
}

void prog_make(struct prog *p, uint64_t seed)
{
    struct gen g = {.p = p, .rng = seed * 0x2545f4914f6cdd1du + 1};
    memset(p, 0, sizeof *p);
    p->max = 4000;
    p->pool = calloc(p->max, sizeof *p->pool);
    if (!p->pool)
        abort();
    p->nfns = 1 + below(&g, MAX_FNS);
    p->nsyms = p->nfns;
    p->extern_keeps = chance(&g, 20);
    p->large = chance(&g, 30) ? 40 : 0;
    g.calls = 10 + below(&g, 30);
    g.indirect = chance(&g, 30) ? 20 + below(&g, 60) : 10;
    g.heap = chance(&g, 25) ? 40 + below(&g, 50) : 10;
    g.jumps = chance(&g, 60) ? below(&g, 12) : 0;
    g.blocks = chance(&g, 25) ? 0 : 10 + below(&g, 30);
    g.odd = chance(&g, 60) ? 0 : below(&g, 12);
    g.halves = chance(&g, 70) ? 0 : 5 + below(&g, 25);
    g.length = 4 + below(&g, 12);
    g.quiet = chance(&g, 40);
    g.undone = chance(&g, g.quiet ? 80 : 20) ? 10 + below(&g, 30) : 0;
    if (seed % 4 == 3)
        g.plain = below(&g, 1u << p->nfns);
    for (uint32_t i = 0; i < p->nfns; i++)
        make_head(&g, i);
    make_data(&g);
    g.first_ext = p->nsyms;
    for (uint32_t i = 0; i < NEXTERNS; i++) {
        struct bsym *s = &p->sym[p->nsyms++];
        snprintf(s->name, sizeof s->name, "%.15s", externs[i].name);
        if (strlen(externs[i].name) >= sizeof s->name)
            s->name[0] = '?';
        s->kind = ESC_SYM_FUNC;
        s->flags = externs[i].flags;
        s->also = -1;
    }
    if (chance(&g, 15)) /* a weak alias */
        p->sym[g.first_ext].also = (int32_t)below(&g, p->nfns);
    for (uint32_t i = 0; i < p->nfns; i++)
        make_body(&g, i);
}

void prog_free(struct prog *p)
{
    free(p->pool);
    p->pool = NULL;
}
