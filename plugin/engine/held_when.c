/* When: on what it depends that a function leaves something behind, as far as a caller can tell.
 *
 *     char *get(char *b, int copy) { return copy ? strdup(b) : b; }
 *         the result holds what b points to if copy == 0: get(x, 1) does not return x
 *     char *get(struct str *s, char *b) { return s->copy ? strdup(b) : b; }
 *         hidden: it depends on memory, of which callers know more than we do; so it is not certain
 *     void push(char *b) { if (!full()) queue = b; }
 *         open: a call decides, and it may be so whoever calls
 *     char *skip(char *b) { while (*b == ' ') b++; return b; }
 *         whatever *b is, the result points into b: it does not vary
 *
 * The conditions are those of the block that the fact's path went through and of the edge by which
 * it met others. Where ways meet that not all come from, more than they decide: that is hidden, too.
 * Linear in their number, but for a search of at most MAX_AVOID blocks each.
 */
#include "held.h"

enum { MAX_LEAVES = 32, MAX_AVOID = 64 };

/* ---- what a fact depends on ---- */

/* NAME is what word *WORD of parameter *PARAM was when the function was entered. */
static bool is_entry(const struct held *h, uint32_t name, uint32_t *param, uint32_t *word)
{
    const struct esc_name *n = &h->f->ssa.at[name];
    if (n->stmt != UINT32_MAX || n->block != 0 || n->from.len || n->var >= h->f->nparams)
        return false;
    *param = n->var;
    *word = n->word;
    return true;
}

static void depend_on(const struct held *h, const struct condition *c, struct exit_fact *e)
{
    bool cast;
    uint32_t name = held_original(h, c->name, &cast), stmt = h->f->ssa.at[name].stmt;
    if (stmt != UINT32_MAX && h->f->stmts.at[stmt].kind == ESC_STMT_CALL)
        return;
    e->open = false;
    struct exit_if when = {.relation = c->relation, .value = c->value};
    e->hidden |= c->address && held_is_pointee(h, c->obj);
    if (!is_entry(h, name, &when.param, &when.word)) {
        int32_t value;
        e->hidden |= !held_constant(h, name, &value);
    } else if (!cast && !c->address && e->nifs < EXIT_MAX_IFS) {
        e->ifs[e->nifs++] = when;
    }
}

/* Whether control can come from block FROM to the end of the function without passing BLOCK. */
static bool can_avoid(const struct held *h, uint32_t from, uint32_t block)
{
    uint32_t todo[MAX_AVOID], len = 1;
    todo[0] = from;
    for (uint32_t i = 0; i < len; i++) {
        const struct esc_block *b = &h->f->blocks.at[todo[i]];
        for (uint32_t k = 0; k < b->succs.len; k++) {
            uint32_t to = b->succs.at[k], seen = 0;
            if (to == ESC_EXIT || len == MAX_AVOID)
                return true;
            while (seen < len && todo[seen] != to)
                seen++;
            if (to != block && seen == len)
                todo[len++] = to;
        }
    }
    return false;
}

/* Whether the conditions known of BLOCK are all that it takes to come there: wherever several ways
 * meet, all ways do. */
static bool is_explained(const struct held *h, uint32_t block)
{
    while (block != 0) {
        const struct esc_block *b = &h->f->blocks.at[block];
        struct condition c;
        bool single = b->preds.len == 1;
        if (!single && can_avoid(h, b->idom, block))
            return false;
        if (single && h->f->blocks.at[b->idom].succs.len > 1 && can_avoid(h, b->idom, block) &&
            !held_edge_condition(h, b->idom, block, &c))
            return false;
        block = b->idom;
    }
    return true;
}

void held_depends(const struct held *h, const struct target *t, struct exit_fact *e)
{
    struct condition c;
    e->open = true;
    if (t->given != HELD_NO_BLOCK) {
        c = (struct condition){.name = t->given, .relation = t->compared, .value = t->bound};
        depend_on(h, &c, e);
    }
    if (t->block >= h->f->blocks.len)
        return;
    if (t->merge != HELD_NO_BLOCK && held_edge_condition(h, t->block, t->merge, &c))
        depend_on(h, &c, e);
    for (uint32_t k = h->cond[t->block]; k; k = h->conds.at[k].up)
        depend_on(h, &h->conds.at[k], e);
    e->hidden |= !is_explained(h, t->block);
    if (h->f->recursive) /* the values are those of the last call, not of the first */
        e->nifs = 0;
}

/* ---- the result ---- */

/* Values that the result is chosen from, each once. */
struct leaves {
    uint32_t name[MAX_LEAVES];
    uint32_t len;
    uint32_t obj; /* the object that all so far are addresses of; HELD_NOTHING: none yet */
    bool varies;
};

static void add_object(struct leaves *l, uint32_t obj)
{
    l->varies |= l->obj != HELD_NOTHING && l->obj != obj;
    l->obj = obj;
}

static void add_leaf(const struct held *h, struct leaves *l, uint32_t name)
{
    name = esc_same(h->f, name);
    for (uint32_t i = 0; i < l->len; i++)
        if (l->name[i] == name)
            return;
    l->varies |= l->len == MAX_LEAVES;
    if (l->len < MAX_LEAVES)
        l->name[l->len++] = name;
}

static void add_value(const struct held *h, struct leaves *l, const struct esc_ref *r,
                      uint32_t word)
{
    if (r->kind == ESC_ADDR)
        add_object(l, r->var & ESC_SYM ? HELD_SYM | (r->var & ~ESC_SYM) : r->var);
    else if (r->kind == ESC_VAR && esc_is_ssa(h->f, r->var) && word < esc_words(r->off, r->size))
        add_leaf(h, l, h->f->names.at[r->names + word]);
    else
        l->varies = true;
}

static void follow(const struct held *h, struct leaves *l)
{
    for (uint32_t i = 0; i < l->len && !l->varies; i++) {
        const struct esc_name *n = &h->f->ssa.at[l->name[i]];
        const target_vec *v = &h->val[l->name[i]];
        uint32_t param, word;
        if (n->stmt == UINT32_MAX && !is_entry(h, l->name[i], &param, &word)) {
            for (uint32_t k = 0; k < n->from.len; k++)
                add_leaf(h, l, n->from.at[k]);
            l->varies |= n->from.len == 0;
            continue;
        }
        const struct esc_stmt *s = n->stmt == UINT32_MAX ? NULL : &h->f->stmts.at[n->stmt];
        if (s && s->kind == ESC_STMT_ASSIGN && s->n && n->from.len == 0 &&
            s->refs[0].kind != ESC_MEM) {
            for (uint32_t k = 0; k < s->n; k++)
                add_value(h, l, &s->refs[k], n->word - (uint32_t)s->dst.off / ESC_WORD);
            continue;
        }
        l->varies |= v->len == 0;
        for (uint32_t k = 0; k < v->len; k++) {
            l->varies |= v->at[k].guess;
            add_object(l, v->at[k].obj);
        }
    }
}

bool held_result_varies(const struct held *h)
{
    struct leaves l = {.obj = HELD_NOTHING};
    for (uint32_t i = 0; i < h->f->stmts.len; i++) {
        const struct esc_stmt *s = &h->f->stmts.at[i];
        if (s->kind == ESC_STMT_RETURN && h->f->blocks.at[s->block].order != UINT32_MAX)
            add_value(h, &l, &s->refs[0], 0);
    }
    follow(h, &l);
    return l.varies;
}

/* ---- at a call ---- */

/* Whether NAME, used in BLOCK, can be as W says. */
static bool name_agrees(const struct held *h, uint32_t name, uint32_t block,
                        const struct exit_if *w, struct target *t)
{
    int32_t value;
    struct condition c = {.name = name, .relation = w->relation, .value = w->value};
    if (held_constant(h, name, &value))
        return held_holds(value, w->relation, w->value);
    for (uint32_t k = h->cond[block]; k; k = h->conds.at[k].up)
        if (held_contradict(&c, &h->conds.at[k]))
            return false;
    if (t->given == HELD_NO_BLOCK) {
        t->given = name;
        t->compared = w->relation;
        t->bound = w->value;
    }
    return true;
}

bool held_settled(const struct held *h, uint32_t stmt, const struct exit_fact *f,
                  const struct target *t)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    for (uint32_t i = 0; i < f->nifs; i++) {
        const struct exit_if *w = &f->ifs[i];
        const struct esc_ref *r = w->param < s->n ? &s->refs[w->param] : NULL;
        uint32_t name = r && w->word == 0 ? held_name(h, r) : UINT32_MAX;
        int32_t value;
        bool number =
            r && (r->kind == ESC_CONST || (r->kind == ESC_ADDR && held_is_nowhere(w->value)));
        bool given = name != UINT32_MAX && t->given == name && t->compared == w->relation &&
                     t->bound == w->value;
        if (!number && !given && (name == UINT32_MAX || !held_constant(h, name, &value)))
            return false;
    }
    return true;
}

bool held_agrees(const struct held *h, uint32_t stmt, const struct exit_fact *f, struct target *t)
{
    const struct esc_stmt *s = &h->f->stmts.at[stmt];
    for (uint32_t i = 0; i < f->nifs; i++) {
        const struct exit_if *w = &f->ifs[i];
        if (w->param >= s->n)
            continue;
        const struct esc_ref *r = &s->refs[w->param];
        uint32_t name = w->word == 0 ? held_name(h, r) : UINT32_MAX;
        bool agrees = true;
        if (r->kind == ESC_CONST)
            agrees = held_holds(r->off, w->relation, w->value);
        else if (r->kind == ESC_ADDR && held_is_nowhere(w->value))
            agrees = w->relation != ESC_EQ;
        else if (name != UINT32_MAX)
            agrees = name_agrees(h, name, s->block, w, t);
        if (!agrees)
            return false;
    }
    return true;
}
