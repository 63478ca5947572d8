/* The facts of the analysis behind warnings, and what reading and writing does to them.
 *
 *     p->buf = &x;      (what p points to, 8) holds x
 *     p->buf = 0;       (what p points to, 8) holds nothing we know: x is gone
 *     q = p->next;      q holds "what the word at 0 of *p held at entry", an object of its own
 *     v[i] = &x;        (v, unknown offset) holds x: somewhere in v
 *
 * Facts are kept sorted by place and offset, so that a word is found in O(log facts) and two states
 * are joined in one pass. Variables and heap blocks of the function need no record of what was
 * overwritten: what is not recorded is not known. Static data and what parameters point to do: what
 * is not recorded there is what the caller left.
 */
#include "held.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FACTS = 600, MAX_DEPTH = 3, MAX_SLOTS = 16 };

static bool outside(const struct held *h, uint32_t place);

/* ---- lists ---- */

bool held_is_address(const struct target *t)
{
    return t->obj != HELD_NOTHING && t->obj != HELD_BEFORE;
}

struct target held_target(uint32_t obj, int32_t off, uint32_t stmt, uint32_t block)
{
    return (struct target){.obj = obj,
                           .off = off,
                           .origin = stmt,
                           .via = stmt,
                           .block = block,
                           .merge = HELD_NO_BLOCK,
                           .call = HELD_NO_BLOCK,
                           .given = HELD_NO_BLOCK};
}

static bool same_target(const struct target *a, const struct target *b)
{
    return a->obj == b->obj && a->off == b->off && a->block == b->block && a->stale == b->stale &&
           a->guess == b->guess;
}

void target_add(struct targets *l, const struct target *t)
{
    for (uint32_t i = 0; i < l->len; i++)
        if (same_target(&l->at[i], t))
            return;
    if (l->len < HELD_MAX_TARGETS)
        l->at[l->len++] = *t;
}

void targets_unify(struct targets *l)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->len; i++) {
        uint32_t k = 0;
        while (k < n && (l->at[k].obj != l->at[i].obj || l->at[k].off != l->at[i].off))
            k++;
        if (k == n)
            l->at[n++] = l->at[i];
        else
            l->at[k].merge = HELD_NO_BLOCK;
    }
    l->len = n;
}

bool target_vec_add(target_vec *l, const struct target *t)
{
    for (uint32_t i = 0; i < l->len; i++)
        if (same_target(&l->at[i], t))
            return false;
    if (l->len >= HELD_MAX_TARGETS)
        return false;
    vec_push(l, *t);
    return true;
}

void held_spend(struct held *h, uint64_t steps)
{
    h->steps += steps;
    uint64_t budget = 20000 + 300 * (uint64_t)h->f->stmts.len;
    if (h->steps > budget)
        h->gave_up = true;
}

static bool before(const struct fact *f, uint32_t place, int32_t off)
{
    return f->place < place || (f->place == place && f->off < off);
}

/* The first fact that is not before the word at OFF of PLACE. */
uint32_t fact_find(const fact_list *l, uint32_t place, int32_t off)
{
    uint32_t low = 0, high = l->len;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (before(&l->at[mid], place, off))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool same_word(const struct fact *f, uint32_t place, int32_t off)
{
    return f->place == place && f->off == off;
}

static bool same_fact(const struct target *a, const struct target *b)
{
    return a->obj == b->obj && a->off == b->off && a->via == b->via && a->stale == b->stale &&
           a->call == b->call && a->relation == b->relation && a->value == b->value;
}

static bool knows(const fact_list *l, uint32_t place, int32_t off)
{
    uint32_t i = fact_find(l, place, off);
    return i < l->len && same_word(&l->at[i], place, off);
}

/* Adds F behind what is known of its word; false if it was known. */
bool fact_add(struct held *h, fact_list *l, const struct fact *f)
{
    uint32_t i = fact_find(l, f->place, f->off);
    for (; i < l->len && same_word(&l->at[i], f->place, f->off); i++)
        if (same_fact(&l->at[i].target, &f->target))
            return false;
    if (l->len >= MAX_FACTS) {
        h->gave_up = true;
        return false;
    }
    struct fact copy = *f;
    vec_push(l, copy);
    memmove(&l->at[i + 1], &l->at[i], (l->len - 1 - i) * sizeof *l->at);
    l->at[i] = copy;
    return true;
}

/* Removes the facts [from, to). */
static void cut(fact_list *l, uint32_t from, uint32_t to)
{
    if (from == to)
        return;
    memmove(&l->at[from], &l->at[to], (l->len - to) * sizeof *l->at);
    l->len -= to - from;
}

static void drop_word(fact_list *l, uint32_t place, int32_t off)
{
    uint32_t from = fact_find(l, place, off), to = from;
    while (to < l->len && same_word(&l->at[to], place, off))
        to++;
    cut(l, from, to);
}

void held_filter(struct held *h, bool (*keep)(struct held *, const struct fact *, uint32_t),
                 uint32_t arg)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->now.len; i++)
        if (keep(h, &h->now.at[i], arg))
            h->now.at[n++] = h->now.at[i];
    h->now.len = n;
}

/* Whether L has the fact F, however it came there. */
static bool has_fact(const fact_list *l, const struct fact *f)
{
    const struct target *t = &f->target;
    for (uint32_t i = fact_find(l, f->place, f->off);
         i < l->len && same_word(&l->at[i], f->place, f->off); i++) {
        const struct target *o = &l->at[i].target;
        if (o->obj == t->obj && o->off == t->off && o->stale == t->stale && o->call == t->call &&
            o->relation == t->relation && o->value == t->value)
            return true;
    }
    return false;
}

void held_keep_common(struct held *h, const fact_list *other)
{
    fact_list mine = h->now;
    h->now = (fact_list){0};
    for (uint32_t i = 0; i < mine.len; i++)
        if (has_fact(other, &mine.at[i]))
            fact_add(h, &h->now, &mine.at[i]);
    for (int both = 0; both < 2; both++) {
        const fact_list *l = both ? other : &mine;
        for (uint32_t i = 0; i < l->len; i++) {
            struct fact f = l->at[i];
            if (!outside(h, f.place) || has_fact(both ? &mine : other, &f))
                continue;
            f.target = held_target(HELD_NOTHING, 0, f.target.via, f.target.block);
            fact_add(h, &h->now, &f);
        }
    }
    vec_free(&mine);
}

/* ---- objects ---- */

static uint32_t object_new_here(struct held *h, struct held_obj o)
{
    vec_push(&h->objs, o);
    return h->objs.len - 1;
}

uint8_t held_kind(const struct held *h, uint32_t place)
{
    return place < h->objs.len ? h->objs.at[place].kind : OBJ_WORLD;
}

bool held_is_pointee(const struct held *h, uint32_t place)
{
    return held_kind(h, place) == OBJ_POINTEE;
}

/* Static data, and what is reached from there or from a parameter: the caller sees it. */
static bool outside(const struct held *h, uint32_t place)
{
    return held_is_pointee(h, place) || (place >= HELD_SYM && place < HELD_NOTHING);
}

/* What word WORD of parameter PARAM points to. */
uint32_t held_param(struct held *h, uint32_t param, uint32_t word)
{
    uint64_t key = (uint64_t)HELD_RESULT << 32 | param << 6 | word;
    uint32_t obj = map_get(&h->children, key);
    if (obj != MAP_NONE)
        return obj;
    obj = object_new_here(h, (struct held_obj){.kind = OBJ_POINTEE, .id = param});
    h->objs.at[obj].parent = obj;
    h->objs.at[obj].off = (int32_t)word;
    map_set(&h->children, key, obj);
    return obj;
}

/* Memory that the call STMT made: the NUMBERth kind of it. */
uint32_t held_alloc(struct held *h, uint32_t stmt, uint32_t number)
{
    uint64_t key = (uint64_t)(0x80000000u | number) << 32 | stmt; /* no place is that big */
    uint32_t obj = map_get(&h->children, key);
    if (obj != MAP_NONE)
        return obj;
    obj = object_new_here(h, (struct held_obj){.kind = OBJ_ALLOC, .id = stmt});
    map_set(&h->children, key, obj);
    return obj;
}

/* What the caller left in the word at OFF of PLACE. */
uint32_t held_child(struct held *h, uint32_t place, int32_t off)
{
    uint64_t key = (uint64_t)place << 32 | (uint32_t)off;
    uint32_t obj = map_get(&h->children, key);
    if (obj != MAP_NONE)
        return obj;
    struct held_obj o = {.kind = OBJ_POINTEE, .depth = 1, .id = place, .parent = place, .off = off};
    if (place < HELD_SYM) {
        o.depth = (uint8_t)(h->objs.at[place].depth + 1);
        o.id = h->objs.at[place].id;
        o.sibling = h->objs.at[place].child;
    }
    h->rooted |= o.id >= HELD_SYM;
    obj = object_new_here(h, o);
    if (place < HELD_SYM)
        h->objs.at[place].child = obj;
    map_set(&h->children, key, obj);
    return obj;
}

/* ---- reading ---- */

/* Every word of a small variable holds an address, so any of them does. Of a table that is never
 * written, one of those that stand in it. */
static void read_any(struct held *h, uint32_t place, struct targets *out)
{
    if (place >= HELD_SYM) {
        const struct esc_symbol *s = &h->u->syms.at[place & ~(uint32_t)HELD_SYM];
        for (uint32_t i = 0; (s->flags & ESC_SYM_READONLY) && i < s->inits.len; i++) {
            struct target t = held_target(HELD_SYM | (s->inits.at[i].to & ~ESC_SYM),
                                          s->inits.at[i].add, UINT32_MAX, 0);
            target_add(out, &t);
        }
    }
    if (held_kind(h, place) != OBJ_VAR)
        return;
    uint32_t size = h->f->vars.at[h->objs.at[place].id].size, words = size / ESC_WORD, n = 0;
    if (size % ESC_WORD || words == 0 || words > MAX_SLOTS)
        return;
    struct targets found = {.len = 0};
    int32_t last = -ESC_WORD;
    for (uint32_t i = fact_find(&h->now, place, ESC_ANY);
         i < h->now.len && h->now.at[i].place == place; i++) {
        const struct fact *f = &h->now.at[i];
        if (!held_is_address(&f->target) || f->target.merge != HELD_NO_BLOCK)
            return;
        if (f->off != last && f->off != last + ESC_WORD)
            return;
        n += f->off != last;
        last = f->off;
        target_add(&found, &f->target);
    }
    for (uint32_t i = 0; n == words && i < found.len; i++)
        target_add(out, &found.at[i]);
}

void held_guess(struct held *h, uint32_t place, struct targets *out)
{
    uint32_t i = fact_find(&h->now, place, ESC_ANY);
    for (; held_kind(h, place) == OBJ_VAR && i < h->now.len && h->now.at[i].place == place; i++) {
        struct target t = h->now.at[i].target;
        t.guess = true;
        if (held_kind(h, t.obj) == OBJ_VAR)
            target_add(out, &t);
    }
}

/* What a word holds that nobody here has written: known for read-only data. */
static void read_entry(struct held *h, uint32_t place, int32_t off, struct targets *out)
{
    struct target t = held_target(0, 0, UINT32_MAX, 0);
    if (place >= HELD_SYM) {
        const struct esc_symbol *s = &h->u->syms.at[place & ~(uint32_t)HELD_SYM];
        if (s->kind != ESC_SYM_DATA)
            return;
        if (s->flags & ESC_SYM_READONLY) {
            for (uint32_t i = 0; i < s->inits.len; i++)
                if (s->inits.at[i].off == off) {
                    t.obj = HELD_SYM | (s->inits.at[i].to & ~ESC_SYM);
                    t.off = s->inits.at[i].add;
                    target_add(out, &t);
                }
            return;
        }
    } else if (h->objs.at[place].depth >= MAX_DEPTH) {
        return;
    }
    t.obj = held_child(h, place, off);
    target_add(out, &t);
}

void held_read(struct held *h, uint32_t place, int32_t off, struct targets *out)
{
    if (place >= HELD_NOTHING)
        return;
    if (off == ESC_ANY) {
        read_any(h, place, out);
        return;
    }
    uint32_t i = fact_find(&h->now, place, off);
    bool entry = i == h->now.len || !same_word(&h->now.at[i], place, off);
    for (; i < h->now.len && same_word(&h->now.at[i], place, off); i++) {
        if (h->now.at[i].target.obj == HELD_BEFORE)
            entry = true;
        else
            target_add(out, &h->now.at[i].target);
    }
    if (entry && outside(h, place))
        read_entry(h, place, off, out);
}

/* ---- writing ---- */

void held_forget(struct held *h, uint32_t place)
{
    uint32_t from = fact_find(&h->now, place, ESC_ANY), n = from, i = from;
    bool keep = outside(h, place);
    if (keep && map_add(&h->children, (uint64_t)HELD_NOTHING << 32 | place))
        vec_push(&h->forgotten, place);
    for (; i < h->now.len && h->now.at[i].place == place; i++) {
        struct fact f = h->now.at[i];
        if (!keep || (n > from && h->now.at[n - 1].off == f.off))
            continue;
        f.target.obj = HELD_NOTHING;
        f.target.off = 0;
        f.target.call = HELD_NO_BLOCK;
        h->now.at[n++] = f;
    }
    cut(&h->now, n, i);
}

void held_forget_from(struct held *h, uint32_t place, int32_t off)
{
    if (held_kind(h, place) != OBJ_VAR || off <= 0) {
        held_forget(h, place);
        return;
    }
    drop_word(&h->now, place, ESC_ANY);
    uint32_t from = fact_find(&h->now, place, off), to = from;
    while (to < h->now.len && h->now.at[to].place == place)
        to++;
    cut(&h->now, from, to);
}

/* A word of something reached from static data, or found in memory, is written: so may be the same
 * word of whatever else was handed to the function, for it may be the same object. */
static void forget_aliases(struct held *h, uint32_t place, int32_t off)
{
    bool any = h->objs.at[place].id >= HELD_SYM || h->objs.at[place].depth > 0;
    if (!any && !h->rooted)
        return;
    for (uint32_t i = 0; i < h->now.len && h->now.at[i].place < HELD_SYM; i++) {
        struct fact *f = &h->now.at[i];
        if (f->place == place || f->off != off || !held_is_pointee(h, f->place))
            continue;
        if (any || h->objs.at[f->place].id >= HELD_SYM)
            f->target.obj = HELD_NOTHING;
    }
}

static void doubt(struct held *h, uint32_t place, int32_t off)
{
    uint32_t n = 0, from = fact_find(&h->now, place, off), i = from;
    for (; i < h->now.len && same_word(&h->now.at[i], place, off); i++) {
        uint8_t kind = held_kind(h, h->now.at[i].target.obj);
        if (kind != OBJ_VAR && kind != OBJ_ALLOC)
            h->now.at[from + n++] = h->now.at[i];
    }
    bool lost = from + n < i;
    cut(&h->now, from + n, i);
    if (lost && outside(h, place)) {
        struct fact f = {place, off, held_target(HELD_NOTHING, 0, UINT32_MAX, 0)};
        fact_add(h, &h->now, &f);
    }
}

/* The bytes [FROM, TO) of PLACE are overwritten, CERTAINly or perhaps: no address of which they are
 * a part is there any more. What begins at FROM is left to the caller. */
static void overwrite_parts(struct held *h, uint32_t place, int32_t from, int32_t to, bool certain)
{
    for (uint32_t i = fact_find(&h->now, place, from - ESC_WORD + 1);
         i < h->now.len && h->now.at[i].place == place && h->now.at[i].off < to;) {
        int32_t off = h->now.at[i].off;
        bool address = held_is_address(&h->now.at[i].target);
        if (off == from || (!certain && !address)) {
            i++;
        } else if (outside(h, place)) {
            h->now.at[i++].target = held_target(HELD_NOTHING, 0, UINT32_MAX, 0);
        } else {
            cut(&h->now, i, i + 1);
        }
    }
}

void held_write(struct held *h, uint32_t place, int32_t off, const struct targets *l, uint32_t stmt,
                bool strong)
{
    uint32_t block = h->f->stmts.at[stmt].block;
    if (place >= HELD_NOTHING)
        return;
    if (off == ESC_ANY)
        strong = false;
    if (strong)
        drop_word(&h->now, place, off);
    if (strong && held_is_pointee(h, place) && !(h->f->stmts.at[stmt].dst.flags & ESC_REF_NUMBER))
        forget_aliases(h, place, off);
    bool any = false;
    if (!strong && off != ESC_ANY) /* perhaps here: what was here is not certain any more */
        doubt(h, place, off);
    if (!strong && off != ESC_ANY && outside(h, place) && !knows(&h->now, place, off)) {
        struct fact f = {place, off, held_target(HELD_BEFORE, 0, stmt, block)};
        fact_add(h, &h->now, &f);
    }
    for (uint32_t i = 0; i < l->len; i++) {
        struct fact f = {place, off, l->at[i]};
        if (!held_is_address(&f.target) || f.target.guess || !held_feasible(h, &f.target, block))
            continue;
        f.target.via = stmt;
        if (f.target.merge == HELD_NO_BLOCK)
            f.target.block = block;
        fact_add(h, &h->now, &f);
        any = true;
    }
    if (any)
        return;
    if (strong && outside(h, place)) {
        struct fact f = {place, off, held_target(HELD_NOTHING, 0, stmt, block)};
        fact_add(h, &h->now, &f);
    }
    /* v[i] = &x; v[i] = 0: most likely the same word, so nothing is certain any more. In a loop over
     * all of v it is any word. */
    if (h->f->stmts.at[stmt].dst.flags & ESC_REF_NUMBER)
        return;
    drop_word(&h->now, place, ESC_ANY);
    if (off == ESC_ANY && h->f->blocks.at[block].loop)
        overwrite_parts(h, place, INT32_MIN / 2, INT32_MAX, false);
}

/* What T says is so only if what BY depends on is so, too; false: T has no room for both. */
static bool add_given(struct target *t, const struct target *by)
{
    if (by->given == HELD_NO_BLOCK)
        return true;
    if (t->given != HELD_NO_BLOCK)
        return t->given == by->given && t->compared == by->compared && t->bound == by->bound;
    t->given = by->given;
    t->compared = by->compared;
    t->bound = by->bound;
    return true;
}

void held_compose(struct held *h, uint32_t place, int32_t off, const struct target *t, uint32_t n)
{
    struct fact old[HELD_MAX_TARGETS];
    uint32_t nold = 0, i = fact_find(&h->now, place, off);
    for (; i < h->now.len && same_word(&h->now.at[i], place, off) && nold < HELD_MAX_TARGETS; i++)
        old[nold++] = h->now.at[i];
    if (nold == 0)
        old[nold++] = (struct fact){place, off, held_target(HELD_BEFORE, 0, UINT32_MAX, 0)};
    drop_word(&h->now, place, off);
    if (held_is_pointee(h, place))
        forget_aliases(h, place, off);
    for (uint32_t k = 0; k < n; k++) {
        struct fact f = {place, off, t[k]};
        if (held_is_address(&f.target) || (f.target.obj == HELD_NOTHING && outside(h, place)))
            fact_add(h, &h->now, &f);
        for (i = 0; f.target.obj == HELD_BEFORE && i < nold; i++) {
            struct fact kept = old[i];
            if (kept.target.call == HELD_NO_BLOCK) {
                kept.target.call = f.target.call;
                kept.target.relation = f.target.relation;
                kept.target.value = f.target.value;
            }
            if (!add_given(&kept.target, &f.target))
                kept.target = held_target(HELD_NOTHING, 0, f.target.via, f.target.block);
            if (held_is_address(&kept.target) || outside(h, place))
                fact_add(h, &h->now, &kept);
        }
    }
}

void held_store_anywhere(struct held *h)
{
    held_forget_handed_out(h);
    for (uint32_t i = 0; i < h->now.len; i++) {
        struct fact *f = &h->now.at[i];
        uint8_t kind = held_kind(h, f->target.obj);
        if (outside(h, f->place) && (kind == OBJ_VAR || kind == OBJ_ALLOC))
            f->target.obj = HELD_NOTHING;
    }
}

void held_register(struct held *h, uint32_t by, const struct targets *l, uint32_t stmt)
{
    uint32_t block = h->f->stmts.at[stmt].block;
    for (uint32_t i = 0; i < l->len; i++) {
        struct fact f = {HELD_REGISTERED, (int32_t)by, l->at[i]};
        if (!held_is_address(&f.target) || !held_feasible(h, &f.target, block))
            continue;
        f.target.via = stmt;
        if (f.target.merge == HELD_NO_BLOCK)
            f.target.block = block;
        fact_add(h, &h->now, &f);
    }
}

/* ---- references ---- */

static uint32_t place_of(uint32_t var)
{
    return var & ESC_SYM ? HELD_SYM | (var & ~ESC_SYM) : var;
}

static bool is_stale(const struct held *h, uint32_t name, uint32_t obj)
{
    uint32_t i = fact_find(&h->now, HELD_STALE, (int32_t)name);
    for (; i < h->now.len && same_word(&h->now.at[i], HELD_STALE, (int32_t)name); i++)
        if (h->now.at[i].target.obj == obj)
            return true;
    return false;
}

static void value_of_name(struct held *h, uint32_t name, uint32_t stmt, struct targets *out)
{
    uint32_t block = h->f->stmts.at[stmt].block;
    name = esc_same(h->f, name);
    const target_vec *v = &h->val[name];
    for (uint32_t i = 0; i < v->len; i++) {
        struct target t = v->at[i];
        if ((t.guess && !h->guessing) || !held_may_equal(h, name, &t, block))
            continue;
        t.stale |= is_stale(h, name, t.obj);
        target_add(out, &t);
    }
}

static int32_t at_word(int32_t off, uint32_t word)
{
    return off == ESC_ANY ? ESC_ANY : off + (int32_t)(word * ESC_WORD);
}

static int32_t sum(int32_t a, int32_t b)
{
    return a == ESC_ANY || b == ESC_ANY ? ESC_ANY : a + b;
}

/* How many bytes of its word WORD an access covers: an address is there only if it is all of them. */
static uint32_t bytes_of_word(const struct held *h, const struct esc_ref *r, uint32_t word)
{
    bool named = r->kind == ESC_VAR && esc_is_ssa(h->f, r->var); /* names are of aligned words */
    uint32_t from = named ? (uint32_t)r->off % ESC_WORD : 0, to = from + r->size;
    uint32_t low = word * ESC_WORD, high = low + ESC_WORD;
    if (r->size == 0)
        return ESC_WORD;
    low = low > from ? low : from;
    high = high < to ? high : to;
    return high > low ? high - low : 0;
}

/* The pointer behind a reference to memory. */
void held_pointer(struct held *h, const struct esc_ref *r, uint32_t stmt, struct targets *out)
{
    struct esc_ref p = esc_value(r->var, 0, ESC_WORD);
    p.names = r->names;
    held_value(h, &p, 0, out, stmt);
    targets_unify(out);
}

/* Of an ambiguous pointer: what was put there on the path on which it points there. */
static void read_on_path(struct held *h, const struct target *p, int32_t off, struct targets *out)
{
    struct targets l = {.len = 0};
    if (p->merge == HELD_NO_BLOCK || !held_is_address(p))
        return;
    held_read(h, p->obj, sum(p->off, off), &l);
    for (uint32_t i = 0; i < l.len; i++)
        if (l.at[i].block == p->block && l.at[i].merge == p->merge)
            target_add(out, &l.at[i]);
}

void held_value(struct held *h, const struct esc_ref *r, uint32_t word, struct targets *out,
                uint32_t stmt)
{
    struct targets l;
    bool access = r->kind == ESC_VAR || r->kind == ESC_MEM;
    l.len = 0;
    if ((r->flags & ESC_REF_PLAIN) || (access && bytes_of_word(h, r, word) < ESC_WORD))
        return;
    switch (r->kind) {
    case ESC_ADDR: {
        struct target t = held_target(place_of(r->var), r->off, stmt, h->f->stmts.at[stmt].block);
        target_add(out, &t);
        return;
    }
    case ESC_VAR:
        if (esc_is_ssa(h->f, r->var))
            value_of_name(h, h->f->names.at[r->names + word], stmt, &l);
        else
            held_read(h, place_of(r->var), at_word(r->off, word), &l);
        break;
    case ESC_MEM: {
        struct targets p;
        p.len = 0;
        held_pointer(h, r, stmt, &p);
        int32_t off = at_word(r->off, word);
        if (p.len == 1 && held_is_address(&p.at[0]))
            held_read(h, p.at[0].obj, sum(p.at[0].off, off), &l);
        for (uint32_t i = 0; p.len > 1 && i < p.len; i++)
            read_on_path(h, &p.at[i], off, &l);
        break;
    }
    default:
        return;
    }
    for (uint32_t i = 0; i < l.len; i++) {
        if (r->add)
            l.at[i].off = sum(l.at[i].off, r->add);
        target_add(out, &l.at[i]);
    }
}

static void define_name(struct held *h, uint32_t name, const struct targets *l, uint32_t stmt)
{
    drop_word(&h->now, HELD_STALE, (int32_t)name);
    for (uint32_t i = 0; i < l->len; i++) {
        struct target t = l->at[i];
        t.via = stmt;
        if (!held_is_address(&t))
            continue;
        if (t.stale) {
            struct fact f = {HELD_STALE, (int32_t)name, t};
            fact_add(h, &h->now, &f);
            t.stale = false;
        }
        if (target_vec_add(&h->val[name], &t))
            for (uint32_t k = h->use_at[name]; k < h->use_at[name + 1]; k++)
                h->dirty[h->use[k]] = true;
    }
}

/* BYTES from OFF of PLACE on, a word or less, receive the targets. */
static void write_bytes(struct held *h, uint32_t place, int32_t off, uint32_t bytes,
                        const struct targets *l, uint32_t stmt, bool strong)
{
    static const struct targets none = {.len = 0};
    int32_t to = off + (int32_t)bytes;
    if (off != ESC_ANY)
        overwrite_parts(h, place, off, to, strong);
    if (off == ESC_ANY || bytes == ESC_WORD)
        held_write(h, place, off, l, stmt, strong);
    else
        for (int32_t at = off & -ESC_WORD; at < to; at += ESC_WORD)
            held_write(h, place, at, &none, stmt, strong);
}

/* Word WORD of destination DST receives the targets. */
void held_define(struct held *h, const struct esc_ref *dst, uint32_t word, const struct targets *l,
                 uint32_t stmt)
{
    static const struct targets none = {.len = 0};
    uint32_t bytes = bytes_of_word(h, dst, word);
    if (bytes < ESC_WORD)
        l = &none;
    if (dst->kind == ESC_VAR && esc_is_ssa(h->f, dst->var)) {
        define_name(h, h->f->names.at[dst->names + word], l, stmt);
    } else if (dst->kind == ESC_VAR) {
        write_bytes(h, place_of(dst->var), at_word(dst->off, word), bytes, l, stmt, true);
    } else if (dst->kind == ESC_MEM) {
        struct targets p;
        p.len = 0;
        held_pointer(h, dst, stmt, &p);
        for (uint32_t i = 0; i < p.len; i++) {
            struct targets here = *l;
            for (uint32_t k = 0; p.len > 1 && k < here.len; k++)
                if (here.at[k].merge == HELD_NO_BLOCK) {
                    here.at[k].block = p.at[i].block;
                    here.at[k].merge = p.at[i].merge;
                }
            if (held_is_address(&p.at[i]))
                write_bytes(h, p.at[i].obj, sum(p.at[i].off, at_word(dst->off, word)), bytes, &here,
                            stmt, p.len == 1);
        }
        h->writes |= p.len == 0;
        if (p.len == 0 && !(dst->flags & ESC_REF_NUMBER) &&
            (dst->size == 0 || dst->size >= ESC_WORD))
            held_store_anywhere(h);
    }
}

void held_define_far(struct held *h, const struct esc_ref *dst, uint32_t stmt)
{
    struct targets p = {.len = 0};
    int32_t far = HELD_MAX_WORDS * ESC_WORD;
    bool memory = dst->kind == ESC_MEM || (dst->kind == ESC_VAR && !esc_is_ssa(h->f, dst->var));
    if (!memory || dst->off == ESC_ANY || esc_words(dst->off, dst->size) <= HELD_MAX_WORDS)
        return;
    if (dst->kind == ESC_VAR)
        held_forget_from(h, place_of(dst->var), dst->off + far);
    else
        held_pointer(h, dst, stmt, &p);
    for (uint32_t i = 0; i < p.len; i++)
        if (held_is_address(&p.at[i]))
            held_forget_from(h, p.at[i].obj, sum(p.at[i].off, dst->off + far));
}

void held_define_nothing(struct held *h, const struct esc_ref *dst, uint32_t stmt)
{
    const struct targets none = {.len = 0};
    if (dst->kind != ESC_VAR && dst->kind != ESC_MEM)
        return;
    held_define_far(h, dst, stmt);
    uint32_t n = esc_words(dst->off, dst->size);
    for (uint32_t w = 0; w < n && w < HELD_MAX_WORDS; w++)
        held_define(h, dst, w, &none, stmt);
}
