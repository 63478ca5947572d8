/* The judge: gives a program to the engine and compares its answers with what was seen.
 *
 * What was seen is a lower bound of what can happen, so an answer may say more; it must not say less.
 * Only definite warnings are held against the upper bound: where every path was followed to its end and
 * none was undefined, one must have come true.
 *
 * A program may also be judged in two parts, as if its functions stood in two files: each part is
 * solved with what the other wrote down, again and again until neither has anything new to say.
 */
#include "brute.h"
#include "engine/models.h"
#include "engine/summary_io.h"
#include "engine/summary_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fault_name[NFAULTS] = {"none",    "not moved", "not extended",
                                         "block",   "promotion", "leak",
                                         "warning", "option",    "unstable"};

struct judge {
    const struct prog *p;
    const struct flat *flats;
    const struct truth *t;
    struct esc_fn *fn[MAX_FNS];
    uint32_t part; /* functions to be built, as bits; the others are declared only */
    unsigned ignore;
    struct answer *a;
};

/* ---- building ---- */

static void complain(void *data, const char *file, unsigned line, unsigned column,
                     const char *message)
{
    (void)data;
    fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, message);
    abort();
}

static const struct esc_models *models(void)
{
    static struct esc_models *m;
    if (!m) {
        m = esc_models_new(&esc_models_builtin);
        esc_models_parse(m, "brute", brute_models, strlen(brute_models), complain, NULL);
    }
    return m;
}

static void build_stmt(struct esc_fn *f, const struct fstmt *fs, uint32_t site)
{
    const struct bstmt *s = fs->s;
    switch (fs->kind) {
    case F_BEGIN:
        esc_begin(f, fs->var, site);
        break;
    case F_END:
        esc_end(f, fs->var, site);
        break;
    case F_BRANCH:
        esc_branch(f, s->refs[0], (enum esc_relation)s->relation, s->refs[1], site);
        break;
    case B_ASSIGN:
        esc_assign(f, s->dst, s->refs, s->n, site);
        break;
    case B_CALL:
        esc_call(f, s->dst, s->callee, s->signature, s->refs, s->n, site);
        break;
    case B_RETURN:
        esc_return(f, s->refs[0], site);
        break;
    case B_ASM:
        esc_asm(f, s->refs, s->outs, s->refs + s->outs, s->n - s->outs, s->memory, site);
        break;
    case B_VA_START:
        esc_va_start(f, s->refs[0], site);
        break;
    case B_VA_ARG:
        esc_va_arg(f, s->dst, s->refs[0], site);
        break;
    default:
        abort();
    }
}

static void build_fn(struct esc_fn *f, const struct bfn *b, const struct flat *fl)
{
    for (uint32_t i = 1; i < b->nscopes; i++)
        esc_scope(f, b->parent[i]);
    for (uint32_t i = 0; i < b->nvars; i++) {
        struct esc_var v = b->vars[i];
        v.name = b->names[i];
        esc_local(f, &v);
    }
    for (uint32_t k = 0; k < fl->nblocks; k++) {
        esc_block(f);
        for (uint32_t i = fl->block[k].first; i < fl->block[k].end; i++)
            build_stmt(f, &fl->stmt[i], i);
    }
    for (uint32_t k = 0; k < fl->nblocks; k++)
        for (uint32_t i = 0; i < fl->block[k].nsucc; i++)
            esc_edge(f, k, fl->block[k].succ[i]);
}

/* What the part that is being built sees of symbol SYM. */
static uint32_t flags_of(const struct judge *j, uint32_t sym)
{
    uint32_t flags = j->p->sym[sym].flags, first = j->part & 1;
    if (sym < j->p->nfns)
        return flags | (j->part >> sym & 1 ? 0 : ESC_SYM_REPLACE);
    return j->p->sym[sym].kind == ESC_SYM_DATA && !first ? flags & ~(uint32_t)ESC_SYM_READONLY
                                                         : flags;
}

static struct esc_unit *build(struct judge *j, uint32_t budget, bool decisions_only)
{
    const struct prog *p = j->p;
    struct esc_options opt = {.extern_keeps = p->extern_keeps,
                              .explain = budget % 2,
                              .held = true,
                              .decisions_only = decisions_only,
                              .large = p->large,
                              .budget = budget,
                              .models = models()};
    struct esc_unit *u = esc_unit_new(&opt);
    for (uint32_t i = 0; i < p->nsyms; i++) {
        const struct bsym *s = &p->sym[i];
        esc_symbol(u, (enum esc_symbol_kind)s->kind, s->name, flags_of(j, i), s->size);
        if (s->signature)
            esc_symbol_signature(u, ESC_SYM | i, s->signature);
    }
    for (uint32_t i = 0; i < p->nsyms; i++) {
        const struct bsym *s = &p->sym[i];
        if (s->also >= 0)
            esc_symbol_alias(u, ESC_SYM | i, ESC_SYM | (uint32_t)s->also);
        for (int w = 0; w < 3 && (flags_of(j, i) & ESC_SYM_READONLY); w++)
            if (s->init[w] >= 0)
                esc_symbol_init(u, ESC_SYM | i, w * 8, ESC_SYM | (uint32_t)s->init[w], 0);
    }
    for (uint32_t i = 0; i < p->nfns; i++)
        if (j->part >> i & 1)
            j->fn[i] = esc_define(u, ESC_SYM | i);
    for (uint32_t i = 0; i < p->nfns; i++)
        if (j->part >> i & 1)
            build_fn(j->fn[i], &p->fn[i], &j->flats[i]);
    return u;
}

/* ---- in two parts ---- */

static void broken(void *data, const char *file, unsigned line, const char *message)
{
    (void)data;
    fprintf(stderr, "%s:%u: %s\n", file, line, message);
    abort();
}

static void add_file(struct esc_store *store, const char *name, const char *records)
{
    struct text t = {0};
    text_put(&t, "goescape summaries %d\nabi brute\nsource %016llx 0 /dev/null\n%s", TEXT_FORMAT,
             (unsigned long long)text_hash("", 0), records);
    if (!esc_store_add(store, name, t.at, t.size))
        abort();
    free(t.at);
}

/* Solves the part at hand, which knows what itself and the other part wrote. */
static struct esc_unit *solve_part(struct judge *j, uint32_t budget, const char *mine,
                                   const char *other, struct esc_store **store)
{
    struct esc_unit *u = build(j, budget, false);
    *store = esc_store_open("/no/such/folder", "brute", broken, NULL);
    add_file(*store, "mine", mine);
    add_file(*store, "other", other);
    esc_store_attach(*store, u, NULL, NULL);
    esc_solve(u);
    return u;
}

static char *written_by(struct esc_unit *u, struct esc_store *store, unsigned round)
{
    struct esc_export *exports;
    char *text;
    size_t size;
    esc_summaries_text(u, store, round, "mine", &text, &size, &exports);
    free(exports);
    return text;
}

enum { MAX_SETTLE = 10 }; /* as goescape-cc --settle */

/* What each part writes when the other's is known; false: they do not come to an end. */
static bool settle(struct judge *j, const uint32_t part[2], uint32_t budget, char *text[2])
{
    bool changed = true;
    for (unsigned i = 0; i < 2; i++)
        text[i] = calloc(1, 1);
    for (unsigned round = 1; round <= MAX_SETTLE && changed; round++) {
        changed = false;
        for (unsigned me = 0; me < 2; me++) {
            struct esc_store *store;
            j->part = part[me];
            struct esc_unit *u = solve_part(j, budget, text[me], text[!me], &store);
            char *now = written_by(u, store, round);
            esc_unit_free(u);
            esc_store_free(store);
            changed |= strcmp(now, text[me]) != 0;
            free(text[me]);
            text[me] = now;
        }
    }
    return !changed;
}

/* ---- judging ---- */

__attribute__((format(printf, 3, 4))) static void fault(struct judge *j, enum fault f,
                                                        const char *format, ...)
{
    if (j->a->fault != FAULT_NONE || (j->ignore & 1u << f))
        return;
    va_list ap;
    va_start(ap, format);
    j->a->fault = f;
    vsnprintf(j->a->text, sizeof j->a->text, format, ap);
    va_end(ap);
}

static void judge_var(struct judge *j, uint32_t fn, uint32_t var)
{
    const struct esc_var *v = esc_fn_var(j->fn[fn], var);
    uint8_t seen = j->t->fn[fn].var[var];
    const char *name = j->p->fn[fn].names[var];
    bool lifetime = !(v->flags & (ESC_ALLOCA | ESC_FIXED)); /* else nobody could do it */
    bool must =
        (seen & (SEEN_RESULT | SEEN_STORED | SEEN_AFTER)) || (lifetime && (seen & SEEN_REBORN));
    bool moved = v->verdict == ESC_MOVED;
    if (must && !moved)
        fault(j, FAULT_MOVED, "f%u: %s outlives (seen %x), verdict %u", fn, name, seen, v->verdict);
    if (lifetime && (seen & SEEN_ENDED) && v->verdict == ESC_STAYS)
        fault(j, FAULT_EXTENDED, "f%u: %s outlives its block and stays", fn, name);
    if ((v->flags & ESC_PIN_HEAP) && !moved)
        fault(j, FAULT_OPTION, "f%u: %s is to be on the heap and is not", fn, name);
    if (j->p->large && v->size > j->p->large && !moved && !esc_fn_gave_up(j->fn[fn]) &&
        !(v->flags & (ESC_PARAM | ESC_PIN_STACK | ESC_FIXED)))
        fault(j, FAULT_OPTION, "f%u: %s is large and stays", fn, name);
    if (moved && v->reason == ESC_WHY_NONE)
        fault(j, FAULT_OPTION, "f%u: %s is moved for no reason", fn, name);
    if (!(v->flags & ESC_ADDRESSED))
        return;
    j->a->moved += moved;
    j->a->must += must;
    j->a->extended += v->verdict == ESC_EXTENDED;
    j->a->stays += v->verdict == ESC_STAYS;
}

static bool promoted(const struct esc_alloc *allocs, uint32_t n, uint32_t stmt)
{
    for (uint32_t i = 0; i < n; i++)
        if (allocs[i].stmt == stmt && allocs[i].promoted)
            return true;
    return false;
}

static bool dropped(const uint32_t *frees, uint32_t n, uint32_t stmt)
{
    for (uint32_t i = 0; i < n; i++)
        if (frees[i] == stmt)
            return true;
    return false;
}

static void judge_blocks(struct judge *j, uint32_t fn)
{
    const struct fn_truth *t = &j->t->fn[fn];
    const struct esc_alloc *allocs;
    const uint32_t *frees;
    uint32_t n = esc_fn_allocs(j->fn[fn], &allocs), nf = esc_fn_dropped_frees(j->fn[fn], &frees);
    for (uint32_t i = 0; i < n; i++) {
        const struct esc_alloc *a = &allocs[i];
        uint8_t seen = t->alloc[a->stmt];
        bool out = seen & (SEEN_RESULT | SEEN_STORED | SEEN_AFTER);
        j->a->promoted += a->promoted;
        if (out && !a->escapes)
            fault(j, FAULT_ALLOC, "f%u: block of statement %u outlives", fn, a->stmt);
        if ((seen & SEEN_REBORN) && !a->loops && !a->escapes)
            fault(j, FAULT_ALLOC, "f%u: block of statement %u outlives its iteration", fn, a->stmt);
        if (!a->promoted)
            continue;
        if (out || (seen & SEEN_REBORN) || t->freed_afar[a->stmt])
            fault(j, FAULT_PROMOTED,
                  "f%u: block of statement %u is promoted (seen %x, freed afar %d)", fn, a->stmt,
                  seen, t->freed_afar[a->stmt]);
        for (int k = 0; k < 8 && t->freed_at[a->stmt][k]; k++)
            if (!dropped(frees, nf, t->freed_at[a->stmt][k] - 1u))
                fault(j, FAULT_PROMOTED, "f%u: block of %u is promoted, and freed at %u", fn,
                      a->stmt, t->freed_at[a->stmt][k] - 1u);
    }
    for (uint32_t i = 0; i < nf; i++) {
        if (t->frees_others[frees[i]])
            fault(j, FAULT_PROMOTED, "f%u: the free at %u is dropped and frees others' blocks", fn,
                  frees[i]);
        for (int k = 0; k < 8 && t->frees[frees[i]][k]; k++)
            if (!promoted(allocs, n, t->frees[frees[i]][k] - 1u))
                fault(j, FAULT_PROMOTED, "f%u: the free at %u is dropped and frees the block of %u",
                      fn, frees[i], t->frees[frees[i]][k] - 1u);
    }
}

static void judge_param(struct judge *j, uint32_t fn, uint32_t param)
{
    struct esc_leak leak[16];
    uint32_t n = esc_fn_leaks(j->fn[fn], param, leak, 16);
    const struct param_truth *t = &j->t->fn[fn].param[param];
    const char *name = j->p->fn[fn].names[param];
    bool heap = false, content = false;
    unsigned result = NOT_SEEN, to[MAX_PARAMS] = {NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN};
    for (uint32_t i = 0; i < n && i < 16; i++) {
        heap |= leak[i].kind == ESC_LEAK_HEAP;
        content |= leak[i].kind == ESC_LEAK_CONTENT;
        if (leak[i].kind == ESC_LEAK_RESULT)
            result = leak[i].level;
        if (leak[i].kind == ESC_LEAK_PARAM && leak[i].to < MAX_PARAMS)
            to[leak[i].to] = leak[i].level;
    }
    if (heap)
        return;
    if (t->heap == 0 || (t->heap != NOT_SEEN && !content))
        fault(j, FAULT_LEAK, "f%u: %s leaks to the world, level %u", fn, name, t->heap);
    if (t->result < result && !(content && t->result))
        fault(j, FAULT_LEAK, "f%u: %s leaks to the result, level %u", fn, name, t->result);
    for (uint32_t q = 0; q < MAX_PARAMS; q++)
        if (t->param[q] < to[q] && !(content && t->param[q]))
            fault(j, FAULT_LEAK, "f%u: %s leaks to *%s, level %u", fn, name, j->p->fn[fn].names[q],
                  t->param[q]);
}

static void judge_warnings(struct judge *j, uint32_t fn)
{
    static const uint8_t confirms[] = {
        [ESC_WARN_RETURNED] = SEEN_RESULT,
        [ESC_WARN_STORED] = SEEN_RESULT | SEEN_STORED | SEEN_AFTER,
        [ESC_WARN_CAPTURED] = SEEN_STORED,
        [ESC_WARN_USED] = SEEN_ENDED | SEEN_REBORN | SEEN_PASSED | SEEN_AFTER,
    };
    const struct fn_truth *t = &j->t->fn[fn];
    const struct esc_warning *w;
    uint32_t n = esc_fn_warnings(j->fn[fn], &w);
    for (uint32_t i = 0; i < n; i++) {
        if (!w[i].definite)
            continue;
        j->a->warnings++;
        if (t->var[w[i].var] & confirms[w[i].kind])
            continue;
        j->a->unconfirmed++;
        if (t->complete && !t->undefined)
            fault(j, FAULT_WARNING, "f%u: warning of kind %u about %s at %u is true on no path", fn,
                  w[i].kind, j->p->fn[fn].names[w[i].var], w[i].site);
    }
}

/* A number that two equal sets of answers share; DECISIONS: of those only that decide something. */
static uint64_t digest(struct judge *j, bool decisions)
{
    uint64_t h = 1;
    for (uint32_t f = 0; f < j->p->nfns; f++) {
        const struct esc_warning *w;
        const struct esc_alloc *a;
        uint32_t n = esc_fn_warnings(j->fn[f], &w), na = esc_fn_allocs(j->fn[f], &a);
        for (uint32_t i = 0; i < esc_fn_nvars(j->fn[f]); i++)
            h = h * 31 + esc_fn_var(j->fn[f], i)->verdict * 16u + esc_fn_var(j->fn[f], i)->reason;
        for (uint32_t i = 0; i < n; i++)
            h = h * 31 + w[i].site * 1024u + w[i].var * 8u + (unsigned)w[i].kind * 2u +
                w[i].definite;
        for (uint32_t i = 0; i < na; i++)
            if (!decisions || a[i].promoted)
                h = h * 31 + a[i].stmt * 8u + a[i].escapes * 4u + a[i].loops * 2u + a[i].promoted;
    }
    return h;
}

static void judge_functions(struct judge *j)
{
    for (uint32_t f = 0; f < j->p->nfns; f++) {
        if (!(j->part >> f & 1))
            continue;
        j->a->gave_up += esc_fn_gave_up(j->fn[f]);
        for (uint32_t v = 0; v < j->p->fn[f].nvars; v++)
            judge_var(j, f, v);
        judge_blocks(j, f);
        for (uint32_t v = 0; v < j->p->fn[f].nparams; v++)
            judge_param(j, f, v);
        judge_warnings(j, f);
    }
}

/* The digest of another run on the same program. */
static uint64_t solve_again(struct judge *j, bool decisions)
{
    struct esc_unit *u = build(j, 0, decisions);
    esc_solve(u);
    uint64_t d = digest(j, decisions);
    esc_unit_free(u);
    return d;
}

void judge(const struct prog *p, const struct flat *flats, const struct truth *t, uint32_t budget,
           unsigned ignore, struct answer *a)
{
    struct judge j = {.p = p, .flats = flats, .t = t, .ignore = ignore, .a = a};
    memset(a, 0, sizeof *a);
    j.part = (1u << p->nfns) - 1;
    struct esc_unit *u = build(&j, budget, false);
    esc_solve(u);
    judge_functions(&j);
    uint64_t all = digest(&j, false), decisions = digest(&j, true);
    esc_unit_free(u);
    if (budget)
        return;
    if (solve_again(&j, false) != all)
        fault(&j, FAULT_UNSTABLE, "two runs give two answers");
    if (solve_again(&j, true) != decisions)
        fault(&j, FAULT_UNSTABLE, "asked for decisions only, it decides something else");
}

bool judge_parts(const struct prog *p, const struct flat *flats, const struct truth *t,
                 uint32_t part, uint32_t budget, unsigned ignore, struct answer *a)
{
    struct judge j = {.p = p, .flats = flats, .t = t, .ignore = ignore, .a = a};
    uint32_t all = (1u << p->nfns) - 1, parts[2] = {part & all, ~part & all};
    char *text[2];
    memset(a, 0, sizeof *a);
    bool settled = settle(&j, parts, budget, text);
    for (unsigned i = 0; settled && i < 2; i++) {
        struct esc_store *store;
        j.part = parts[i];
        struct esc_unit *u = solve_part(&j, budget, text[i], text[!i], &store);
        judge_functions(&j);
        esc_unit_free(u);
        esc_store_free(store);
    }
    free(text[0]);
    free(text[1]);
    return settled;
}
