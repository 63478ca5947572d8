/* Building a unit: what the front end calls while it lowers. No decisions here.
 *
 * Invariants after building: parameters come first among the variables; statements are grouped by
 * block in the order of the blocks; every variable index in a reference is below vars.len or is a
 * symbol.
 */
#include "targets.h"
#include "held.h"
#include "summary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct esc_unit *esc_unit_new(const struct esc_options *opt)
{
    struct esc_unit *u = calloc(1, sizeof *u);
    if (!u)
        abort();
    u->opt = *opt;
    esc_slot(u); /* ESC_SLOT_ALL */
    esc_slot(u); /* ESC_SLOT_ANYWHERE */
    return u;
}

static void free_fn(struct esc_fn *f)
{
    for (uint32_t i = 0; i < f->blocks.len; i++) {
        vec_free(&f->blocks.at[i].succs);
        vec_free(&f->blocks.at[i].preds);
    }
    for (uint32_t i = 0; i < f->ssa.len; i++)
        vec_free(&f->ssa.at[i].from);
    vec_free(&f->ssa);
    vec_free(&f->names);
    vec_free(&f->vars);
    vec_free(&f->scopes);
    vec_free(&f->blocks);
    vec_free(&f->stmts);
    vec_free(&f->loops);
    vec_free(&f->order);
    vec_free(&f->callers);
    vec_free(&f->kills);
    vec_free(&f->allocs);
    vec_free(&f->dropped_frees);
    vec_free(&f->warnings);
    vec_free(&f->explained);
    summary_free(f->summary);
    summary_free(f->blurred);
    exit_state_free(f->exit);
}

void esc_unit_free(struct esc_unit *u)
{
    if (!u)
        return;
    for (uint32_t i = 0; i < u->fns.len; i++)
        free_fn(u->fns.at[i]);
    for (uint32_t i = 0; i < u->elsewhere.len; i++)
        free_fn(u->elsewhere.at[i]);
    for (uint32_t i = 0; i < u->syms.len; i++)
        vec_free(&u->syms.at[i].inits);
    targets_free(u);
    map_free(&u->ends);
    vec_free(&u->syms);
    vec_free(&u->fns);
    vec_free(&u->elsewhere);
    arena_free(&u->arena);
    free(u);
}

uint32_t esc_symbol(struct esc_unit *u, enum esc_symbol_kind kind, const char *name, uint32_t flags,
                    uint32_t size)
{
    struct esc_symbol s = {.name = arena_strdup(&u->arena, name),
                           .kind = (uint8_t)kind,
                           .flags = flags,
                           .size = size,
                           .writer = UINT32_MAX,
                           .also = UINT32_MAX};
    vec_push(&u->syms, s);
    return ESC_SYM | (u->syms.len - 1);
}

void esc_symbol_signature(struct esc_unit *u, uint32_t sym, uint32_t signature)
{
    u->syms.at[sym & ~ESC_SYM].signature = signature;
}

void esc_symbol_alias(struct esc_unit *u, uint32_t sym, uint32_t target)
{
    u->syms.at[sym & ~ESC_SYM].also = target & ~ESC_SYM;
}

void esc_symbol_init(struct esc_unit *u, uint32_t sym, int32_t off, uint32_t to, int32_t add)
{
    struct esc_init i = {off, to & ~ESC_SYM, add};
    vec_push(&u->syms.at[sym & ~ESC_SYM].inits, i);
}

const struct esc_model *symbol_model(struct esc_unit *u, uint32_t sym)
{
    struct esc_symbol *s = &u->syms.at[sym];
    if (!s->sought && u->opt.models)
        s->model = esc_models_find(u->opt.models, s->name);
    s->sought = true;
    return s->model;
}

uint32_t esc_slot(struct esc_unit *u)
{
    vec_push(&u->slots, (struct esc_slot){0});
    return u->slots.len - 1;
}

void esc_slot_flow(struct esc_unit *u, uint32_t from, uint32_t to)
{
    assert(from != ESC_SLOT_ALL && to != ESC_SLOT_ALL && from < u->slots.len && to < u->slots.len);
    vec_push(&u->slots.at[from].flows, to);
}

void esc_slot_holds(struct esc_unit *u, uint32_t slot, uint32_t sym)
{
    assert(slot != ESC_SLOT_ALL && u->syms.at[sym & ~ESC_SYM].kind == ESC_SYM_FUNC);
    u->syms.at[sym & ~ESC_SYM].placed = true;
    bits_add(&u->slots.at[slot].holds, &u->arena, 1 + (sym & ~ESC_SYM));
}

struct esc_fn *esc_define(struct esc_unit *u, uint32_t sym)
{
    struct esc_fn *f = ARENA_NEW(&u->arena, struct esc_fn);
    f->unit = u;
    f->id = u->fns.len;
    f->sym = sym & ~ESC_SYM;
    vec_push(&f->scopes, 0);
    u->syms.at[f->sym].fn = f;
    vec_push(&u->fns, f);
    return f;
}

uint32_t esc_scope(struct esc_fn *f, uint32_t parent)
{
    assert(parent < f->scopes.len);
    vec_push(&f->scopes, parent);
    return f->scopes.len - 1;
}

uint32_t esc_local(struct esc_fn *f, const struct esc_var *v)
{
    assert(v->scope < f->scopes.len);
    assert(!(v->flags & ESC_PARAM) || f->nparams == f->vars.len);
    vec_push(&f->vars, *v);
    if (v->flags & ESC_PARAM)
        f->nparams++;
    return f->vars.len - 1;
}

uint32_t esc_block(struct esc_fn *f)
{
    if (f->blocks.len)
        vec_last(&f->blocks).end = f->stmts.len;
    struct esc_block b = {.first = f->stmts.len, .end = f->stmts.len, .order = UINT32_MAX};
    vec_push(&f->blocks, b);
    return f->blocks.len - 1;
}

void esc_edge(struct esc_fn *f, uint32_t from, uint32_t to)
{
    vec_push(&f->blocks.at[from].succs, to);
}

static uint32_t add_stmt(struct esc_fn *f, struct esc_stmt s, const struct esc_ref *refs,
                         uint32_t n)
{
    assert(f->blocks.len > 0);
    s.block = f->blocks.len - 1;
    s.n = n;
    s.refs = n ? arena_copy(&f->unit->arena, refs, n * sizeof *refs) : NULL;
    vec_push(&f->stmts, s);
    vec_last(&f->blocks).end = f->stmts.len;
    return f->stmts.len - 1;
}

static uint32_t add_note(struct esc_fn *f, enum esc_note note, struct esc_ref a, int32_t off,
                         uint32_t scale)
{
    struct esc_stmt s = {.kind = ESC_STMT_ASSIGN, .note = (uint8_t)note, .dst = esc_none()};
    s.dst.off = off;
    s.dst.size = scale;
    return add_stmt(f, s, &a, 1);
}

uint32_t esc_note_index(struct esc_fn *f, bool dst, struct esc_ref index, int32_t off,
                        uint32_t scale)
{
    return add_note(f, dst ? ESC_NOTE_DST : ESC_NOTE_SRC, index, off, scale);
}

uint32_t esc_note_mask(struct esc_fn *f, struct esc_ref a, int32_t mask)
{
    return add_note(f, ESC_NOTE_MASK, a, mask, 0);
}

uint32_t esc_note_bits(struct esc_fn *f, struct esc_ref a, int32_t mask)
{
    return add_note(f, ESC_NOTE_BITS, a, mask, 0);
}

uint32_t esc_note_test(struct esc_fn *f, struct esc_ref a, enum esc_relation relation,
                       struct esc_ref b)
{
    struct esc_ref both[] = {a, b};
    struct esc_stmt s = {.kind = ESC_STMT_ASSIGN,
                         .note = ESC_NOTE_TEST,
                         .relation = (uint8_t)relation,
                         .dst = esc_none()};
    return add_stmt(f, s, both, 2);
}

uint32_t esc_note_sum(struct esc_fn *f, struct esc_ref a, int32_t add)
{
    return add_note(f, ESC_NOTE_SUM, a, add, 0);
}

uint32_t esc_assign(struct esc_fn *f, struct esc_ref dst, const struct esc_ref *src, uint32_t nsrc,
                    uint32_t site)
{
    return add_stmt(f, (struct esc_stmt){.kind = ESC_STMT_ASSIGN, .site = site, .dst = dst}, src,
                    nsrc);
}

void esc_assign_operation(struct esc_fn *f, uint32_t stmt, uint32_t operation)
{
    f->stmts.at[stmt].signature = operation;
}

uint32_t esc_call(struct esc_fn *f, struct esc_ref dst, struct esc_ref callee, uint32_t signature,
                  const struct esc_ref *args, uint32_t nargs, uint32_t site)
{
    struct esc_stmt s = {
        .kind = ESC_STMT_CALL, .site = site, .dst = dst, .callee = callee, .signature = signature};
    return add_stmt(f, s, args, nargs);
}

void esc_call_constants(struct esc_fn *f, uint32_t call, uint32_t number)
{
    assert(f->stmts.at[call].kind == ESC_STMT_CALL);
    f->stmts.at[call].outs = number;
}

void esc_call_through(struct esc_fn *f, uint32_t call, uint32_t slot)
{
    assert(f->stmts.at[call].kind == ESC_STMT_CALL && slot < f->unit->slots.len);
    f->stmts.at[call].slot = slot;
}

uint32_t esc_return(struct esc_fn *f, struct esc_ref value, uint32_t site)
{
    return add_stmt(f, (struct esc_stmt){.kind = ESC_STMT_RETURN, .site = site}, &value, 1);
}

uint32_t esc_begin(struct esc_fn *f, uint32_t var, uint32_t site)
{
    struct esc_stmt s = {.kind = ESC_STMT_BEGIN, .site = site, .dst = {.var = var}};
    return add_stmt(f, s, NULL, 0);
}

uint32_t esc_end(struct esc_fn *f, uint32_t var, uint32_t site)
{
    struct esc_stmt s = {.kind = ESC_STMT_END, .site = site, .dst = {.var = var}};
    return add_stmt(f, s, NULL, 0);
}

uint32_t esc_asm(struct esc_fn *f, const struct esc_ref *outs, uint32_t nouts,
                 const struct esc_ref *ins, uint32_t nins, bool memory, uint32_t site)
{
    struct esc_stmt s = {.kind = ESC_STMT_ASM, .site = site, .memory = memory, .outs = nouts};
    VEC(struct esc_ref) all = {0};
    for (uint32_t i = 0; i < nouts; i++)
        vec_push(&all, outs[i]);
    for (uint32_t i = 0; i < nins; i++)
        vec_push(&all, ins[i]);
    uint32_t id = add_stmt(f, s, all.at, all.len);
    vec_free(&all);
    return id;
}

uint32_t esc_branch(struct esc_fn *f, struct esc_ref a, enum esc_relation relation,
                    struct esc_ref b, uint32_t site)
{
    struct esc_ref both[] = {a, b};
    struct esc_stmt s = {.kind = ESC_STMT_BRANCH, .relation = (uint8_t)relation, .site = site};
    return add_stmt(f, s, both, 2);
}

uint32_t esc_switch(struct esc_fn *f, struct esc_ref value, const struct esc_ref *of, uint32_t n,
                    uint32_t site)
{
    VEC(struct esc_ref) all = {0};
    vec_push(&all, value);
    for (uint32_t i = 0; i < n; i++)
        vec_push(&all, of[i]);
    uint32_t id =
        add_stmt(f, (struct esc_stmt){.kind = ESC_STMT_SWITCH, .site = site}, all.at, all.len);
    vec_free(&all);
    return id;
}

uint32_t esc_va_start(struct esc_fn *f, struct esc_ref ap, uint32_t site)
{
    return add_stmt(f, (struct esc_stmt){.kind = ESC_STMT_VA_START, .site = site}, &ap, 1);
}

uint32_t esc_va_arg(struct esc_fn *f, struct esc_ref dst, struct esc_ref ap, uint32_t site)
{
    return add_stmt(f, (struct esc_stmt){.kind = ESC_STMT_VA_ARG, .site = site, .dst = dst}, &ap,
                    1);
}

bool esc_scope_outside(const struct esc_fn *f, uint32_t outer, uint32_t inner)
{
    while (inner != 0) {
        inner = f->scopes.at[inner];
        if (inner == outer)
            return true;
    }
    return false;
}

uint32_t esc_fn_nvars(const struct esc_fn *f)
{
    return f->vars.len;
}

const struct esc_var *esc_fn_var(const struct esc_fn *f, uint32_t var)
{
    return &f->vars.at[var];
}

bool esc_fn_gave_up(const struct esc_fn *f)
{
    return f->gave_up;
}

bool esc_fn_coarse(const struct esc_fn *f)
{
    return f->level > 0;
}

uint32_t esc_fn_allocs(const struct esc_fn *f, const struct esc_alloc **out)
{
    *out = f->allocs.at;
    return f->allocs.len;
}

uint32_t esc_fn_dropped_frees(const struct esc_fn *f, const uint32_t **out)
{
    *out = f->dropped_frees.at;
    return f->dropped_frees.len;
}

uint32_t esc_fn_warnings(const struct esc_fn *f, const struct esc_warning **out)
{
    *out = f->warnings.at;
    return f->warnings.len;
}

static uint32_t explained(const struct esc_fn *f, uint32_t key, const struct esc_step **out)
{
    for (uint32_t i = 0; i < f->explained.len; i++)
        if (f->explained.at[i].key == key) {
            *out = f->explained.at[i].steps;
            return f->explained.at[i].nsteps;
        }
    *out = NULL;
    return 0;
}

uint32_t esc_fn_explain(const struct esc_fn *f, uint32_t var, const struct esc_step **out)
{
    return explained(f, var, out);
}

uint32_t esc_fn_explain_alloc(const struct esc_fn *f, uint32_t stmt, const struct esc_step **out)
{
    return explained(f, stmt | ESC_SYM, out);
}
