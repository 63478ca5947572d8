/* Names: register variables in static single assignment form, word by word.
 *
 * A variable whose address is never taken, whose size is small and whose every access is at a known
 * offset is kept as one name per word and definition, so that flows through it are flow-sensitive:
 *
 *     p = &x; use(p); p = 0; return p;          p.1 = &x; use(p.1); p.2 = 0; return p.2
 *     s.p = &x; use(s); s.p = 0; return s;      the same, by words of s
 *
 * All other variables live in memory and are reached through cells (graph.c).
 *
 * The form is built on demand (after Braun et al., "Simple and Efficient Construction of Static
 * Single Assignment Form", CC 2013), without dominators and without recursion: first every block is
 * numbered locally, a read that the block does not define becomes a name "value at entry"; then a
 * worklist resolves each such name to a copy (one predecessor) or a phi (several), asking for further
 * entry names. It ends because there is at most one entry name for each block and word; it only makes
 * those that some read needs, so phis are pruned.
 */
#include "ir.h"

#include <stdlib.h>

enum { MAX_WORDS = 16 };

/* State of one function's construction. */
struct builder {
    struct esc_fn *f;
    uint32_t *base;        /* by variable: number of its first word among all words */
    struct map out;        /* (block, word number) -> name at the block's end, so far */
    VEC(uint32_t) pending; /* entry names whose operands are still to be found */
};

uint32_t esc_within(int32_t off)
{
    return (uint32_t)(off % ESC_WORD + ESC_WORD) % ESC_WORD;
}

uint32_t esc_words(int32_t off, uint32_t size)
{
    if (off == ESC_ANY || size == 0)
        return 1;
    return (esc_within(off) + size + ESC_WORD - 1) / ESC_WORD;
}

bool esc_is_ssa(const struct esc_fn *f, uint32_t var)
{
    return var < f->vars.len && f->nwords[var] > 0;
}

uint32_t esc_same(struct esc_fn *f, uint32_t name)
{
    uint32_t root = name;
    while (f->ssa.at[root].same != root)
        root = f->ssa.at[root].same;
    while (f->ssa.at[name].same != root) {
        uint32_t next = f->ssa.at[name].same;
        f->ssa.at[name].same = root;
        name = next;
    }
    return root;
}

static void look_at(struct esc_fn *f, const struct esc_ref *r)
{
    if (r->kind == ESC_NONE || r->kind == ESC_UNKNOWN || r->kind == ESC_CONST ||
        r->var >= f->vars.len)
        return;
    struct esc_var *v = &f->vars.at[r->var];
    if (r->kind == ESC_ADDR)
        f->nwords[r->var] = 0;
    else if (r->kind == ESC_VAR &&
             (r->off == ESC_ANY || r->off < 0 || r->size == 0 || r->off + r->size > v->size ||
              (r->off % ESC_WORD && r->off % ESC_WORD + r->size > ESC_WORD)))
        f->nwords[r->var] = 0;
}

/* Decides which variables are kept as names. */
static void choose(struct esc_fn *f)
{
    f->nwords = arena_alloc(&f->unit->arena, f->vars.len * sizeof *f->nwords);
    for (uint32_t i = 0; i < f->vars.len; i++) {
        const struct esc_var *v = &f->vars.at[i];
        uint32_t words = (v->size + ESC_WORD - 1) / ESC_WORD;
        bool memory = v->flags & (ESC_ADDRESSED | ESC_ALLOCA | ESC_VLA | ESC_VARARGS);
        f->nwords[i] = !memory && words <= MAX_WORDS ? words : 0;
    }
    for (uint32_t i = 0; i < f->stmts.len; i++) {
        const struct esc_stmt *s = &f->stmts.at[i];
        look_at(f, &s->dst);
        look_at(f, &s->callee);
        for (uint32_t k = 0; k < s->n; k++)
            look_at(f, &s->refs[k]);
    }
}

static uint32_t new_name(struct esc_fn *f, uint32_t var, uint32_t word, uint32_t block,
                         uint32_t stmt)
{
    struct esc_name n = {
        .var = var, .word = word, .block = block, .stmt = stmt, .same = f->ssa.len};
    vec_push(&f->ssa, n);
    return f->ssa.len - 1;
}

static uint64_t key(uint32_t block, uint32_t number)
{
    return (uint64_t)block << 32 | number;
}

/* The name of a word at this point of BLOCK; a new entry name if the block has none yet. */
static uint32_t read_word(struct builder *b, uint32_t block, uint32_t var, uint32_t word)
{
    uint32_t number = b->base[var] + word;
    uint32_t name = map_get(&b->out, key(block, number));
    if (name == MAP_NONE) {
        name = new_name(b->f, var, word, block, UINT32_MAX);
        map_set(&b->out, key(block, number), name);
        vec_push(&b->pending, name);
    }
    return name;
}

static void use(struct builder *b, uint32_t block, struct esc_ref *r)
{
    struct esc_fn *f = b->f;
    if ((r->kind != ESC_VAR && r->kind != ESC_MEM) || !esc_is_ssa(f, r->var))
        return;
    uint32_t word = r->kind == ESC_VAR ? (uint32_t)r->off / ESC_WORD : 0;
    uint32_t n = r->kind == ESC_VAR ? esc_words(r->off, r->size) : 1;
    r->names = f->names.len;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t name = read_word(b, block, r->var, word + i);
        vec_push(&f->names, name);
    }
}

static void define_word(struct builder *b, uint32_t block, uint32_t stmt, uint32_t var,
                        uint32_t word, bool partial)
{
    uint32_t old = partial ? read_word(b, block, var, word) : 0;
    uint32_t name = new_name(b->f, var, word, block, stmt);
    if (partial)
        vec_push(&b->f->ssa.at[name].from, old);
    map_set(&b->out, key(block, b->base[var] + word), name);
    vec_push(&b->f->names, name);
}

static void define(struct builder *b, uint32_t block, uint32_t stmt, struct esc_ref *r)
{
    struct esc_fn *f = b->f;
    if (r->kind != ESC_VAR || !esc_is_ssa(f, r->var))
        return;
    uint32_t size = f->vars.at[r->var].size, first = (uint32_t)r->off / ESC_WORD;
    uint32_t n = esc_words(r->off, r->size);
    uint32_t mark = f->names.len;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = (first + i) * ESC_WORD,
                 to = from + ESC_WORD < size ? from + ESC_WORD : size;
        bool partial = (uint32_t)r->off > from || (uint32_t)r->off + r->size < to;
        define_word(b, block, stmt, r->var, first + i, partial);
    }
    r->names = mark;
}

static void number_block(struct builder *b, uint32_t block)
{
    struct esc_fn *f = b->f;
    const struct esc_block *blk = &f->blocks.at[block];
    for (uint32_t i = blk->first; i < blk->end; i++) {
        struct esc_stmt *s = &f->stmts.at[i];
        use(b, block, &s->callee);
        for (uint32_t k = s->kind == ESC_STMT_ASM ? s->outs : 0; k < s->n; k++)
            use(b, block, &s->refs[k]);
        if (s->dst.kind == ESC_MEM)
            use(b, block, &s->dst);
        for (uint32_t k = 0; s->kind == ESC_STMT_ASM && k < s->outs; k++)
            if (s->refs[k].kind == ESC_MEM)
                use(b, block, &s->refs[k]);
        for (uint32_t k = 0; s->kind == ESC_STMT_ASM && k < s->outs; k++)
            define(b, block, i, &s->refs[k]);
        if (s->kind == ESC_STMT_BEGIN && esc_is_ssa(f, s->dst.var)) {
            s->dst.names = f->names.len;
            for (uint32_t w = 0; w < f->nwords[s->dst.var]; w++)
                define_word(b, block, i, s->dst.var, w, false);
        } else {
            define(b, block, i, &s->dst);
        }
    }
}

/* Finds the operands of entry name NAME. */
static void resolve(struct builder *b, uint32_t name)
{
    struct esc_fn *f = b->f;
    uint32_t block = f->ssa.at[name].block, var = f->ssa.at[name].var, word = f->ssa.at[name].word;
    const struct esc_block *blk = &f->blocks.at[block];
    for (uint32_t i = 0; i < blk->preds.len; i++) {
        uint32_t from = read_word(b, blk->preds.at[i], var, word);
        vec_push(&f->ssa.at[name].from, from);
    }
    if (block != 0 && blk->preds.len == 1)
        f->ssa.at[name].same = f->ssa.at[name].from.at[0];
}

/* Phis that merge one name only with itself stand for that name. One round finds nearly all; a phi
 * that is missed costs precision of nothing but the list of names that are live. */
static void drop_trivial_phis(struct esc_fn *f)
{
    bool changed = true;
    for (int round = 0; changed && round < 4; round++) {
        changed = false;
        for (uint32_t i = 0; i < f->ssa.len; i++) {
            struct esc_name *n = &f->ssa.at[i];
            if (n->same != i || n->stmt != UINT32_MAX || n->block == 0 || n->from.len == 0)
                continue;
            uint32_t only = UINT32_MAX;
            bool trivial = true;
            for (uint32_t k = 0; k < n->from.len && trivial; k++) {
                uint32_t s = esc_same(f, n->from.at[k]);
                if (s == i || s == only)
                    continue;
                trivial = only == UINT32_MAX;
                only = s;
            }
            if (trivial && only != UINT32_MAX) {
                n->same = only;
                changed = true;
            }
        }
    }
}

void esc_ssa(struct esc_fn *f)
{
    if (f->ssa_built)
        return;
    f->ssa_built = true;
    choose(f);
    struct builder b = {.f = f, .base = calloc(f->vars.len + 1, sizeof(uint32_t))};
    if (!b.base)
        abort();
    for (uint32_t i = 0; i < f->vars.len; i++)
        b.base[i + 1] = b.base[i] + f->nwords[i];
    /* The entry values of parameters come first: names 0, 1, ... in order of their words. */
    for (uint32_t p = 0; p < f->nparams; p++)
        for (uint32_t w = 0; w < f->nwords[p]; w++)
            read_word(&b, 0, p, w);
    for (uint32_t i = 0; i < f->order.len; i++)
        number_block(&b, f->order.at[i]);
    for (uint32_t i = 0; i < b.pending.len; i++)
        resolve(&b, b.pending.at[i]);
    drop_trivial_phis(f);
    map_free(&b.out);
    vec_free(&b.pending);
    free(b.base);
}
