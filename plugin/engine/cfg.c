/* The shape of a function: which blocks run, in what order, and inside which loops.
 *
 * Reverse postorder comes from one depth-first walk. Loops come from strongly connected components,
 * taken apart recursively: a component is a loop; without its header, the components that remain are
 * the loops inside it. A component that is entered in several places is an irregular loop: it is not
 * taken apart, and whoever asks must assume that any statement in it may follow any other.
 *
 *     for (;;) { A; for (;;) B; }     loop 1 = {A, B}, header A; loop 2 = {B}, parent 1
 *
 * Each level of nesting costs O(edges); the walk terminates because every component loses its header.
 */
#include "ir.h"

#include <stdlib.h>

static void reverse_postorder(struct esc_fn *f)
{
    struct frame {
        uint32_t block, next;
    };
    VEC(struct frame) stack = {0};
    VEC(uint32_t) post = {0};
    struct map seen = {0};
    map_add(&seen, 0);
    vec_push(&stack, ((struct frame){0, 0}));
    while (stack.len) {
        struct frame *top = &vec_last(&stack);
        struct esc_block *b = &f->blocks.at[top->block];
        if (top->next == b->succs.len) {
            vec_push(&post, top->block);
            stack.len--;
            continue;
        }
        uint32_t s = b->succs.at[top->next++];
        if (s != ESC_EXIT && map_add(&seen, s))
            vec_push(&stack, ((struct frame){s, 0}));
    }
    for (uint32_t i = post.len; i-- > 0;) {
        f->blocks.at[post.at[i]].order = f->order.len;
        vec_push(&f->order, post.at[i]);
    }
    for (uint32_t i = 0; i < f->order.len; i++) {
        struct esc_block *b = &f->blocks.at[f->order.at[i]];
        for (uint32_t k = 0; k < b->succs.len; k++)
            if (b->succs.at[k] != ESC_EXIT)
                vec_push(&f->blocks.at[b->succs.at[k]].preds, f->order.at[i]);
    }
    vec_free(&stack);
    vec_free(&post);
    map_free(&seen);
}

/* Working state of the component search; arrays are indexed by block. */
struct search {
    struct esc_fn *f;
    uint32_t *region; /* which call of find_loops a block belongs to now */
    uint32_t *index;  /* Tarjan: discovery number, 0 = not yet */
    uint32_t *low;    /* Tarjan: lowest number reachable */
    bool *on_stack;   /* Tarjan: in a component not yet closed */
    uint32_t regions; /* regions handed out */
    uint32_t counter; /* discovery numbers handed out */
};

static void find_loops(struct search *s, const uint32_t *blocks, uint32_t n, uint32_t parent);

static bool loops_to_itself(const struct esc_block *b, uint32_t id)
{
    for (uint32_t i = 0; i < b->succs.len; i++)
        if (b->succs.at[i] == id)
            return true;
    return false;
}

/* Makes a loop of the N blocks of one component and looks for the loops inside it. */
static void make_loop(struct search *s, uint32_t *blocks, uint32_t n, uint32_t region,
                      uint32_t parent)
{
    struct esc_fn *f = s->f;
    uint32_t id = f->loops.len, entries = 0, header = blocks[0];
    uint32_t inner = ++s->regions;
    for (uint32_t i = 0; i < n; i++) {
        s->region[blocks[i]] = inner;
        f->blocks.at[blocks[i]].loop = id;
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct esc_block *b = &f->blocks.at[blocks[i]];
        bool entered = blocks[i] == 0;
        for (uint32_t k = 0; k < b->preds.len; k++)
            entered |= s->region[b->preds.at[k]] != inner;
        if (entered) {
            entries++;
            header = blocks[i];
        }
    }
    struct esc_loop l = {.parent = parent, .header = header, .irregular = entries > 1};
    vec_push(&f->loops, l);
    if (!l.irregular) {
        VEC(uint32_t) rest = {0};
        for (uint32_t i = 0; i < n; i++)
            if (blocks[i] != header)
                vec_push(&rest, blocks[i]);
        s->region[header] = region;
        find_loops(s, rest.at, rest.len, id);
        vec_free(&rest);
    }
}

/* Finds the components among BLOCKS (all in one region) and makes a loop of each that cycles. */
static void find_loops(struct search *s, const uint32_t *blocks, uint32_t n, uint32_t parent)
{
    struct frame {
        uint32_t block, next;
    };
    struct esc_fn *f = s->f;
    VEC(struct frame) work = {0};
    VEC(uint32_t) open = {0};
    VEC(uint32_t) found = {0};   /* blocks of all cyclic components, one after the other */
    VEC(uint32_t) lengths = {0}; /* of each component */
    if (n == 0)
        return;
    uint32_t region = s->region[blocks[0]];
    for (uint32_t i = 0; i < n; i++)
        s->index[blocks[i]] = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (s->index[blocks[i]])
            continue;
        vec_push(&work, ((struct frame){blocks[i], 0}));
        while (work.len) {
            struct frame *top = &vec_last(&work);
            uint32_t b = top->block;
            if (top->next == 0) {
                s->index[b] = s->low[b] = ++s->counter;
                s->on_stack[b] = true;
                vec_push(&open, b);
            }
            const struct esc_block *blk = &f->blocks.at[b];
            bool descended = false;
            while (top->next < blk->succs.len) {
                uint32_t t = blk->succs.at[top->next++];
                if (t == ESC_EXIT || s->region[t] != region)
                    continue;
                if (!s->index[t]) {
                    vec_push(&work, ((struct frame){t, 0}));
                    descended = true;
                    break;
                }
                if (s->on_stack[t] && s->index[t] < s->low[b])
                    s->low[b] = s->index[t];
            }
            if (descended)
                continue;
            work.len--;
            if (work.len) {
                uint32_t up = vec_last(&work).block;
                if (s->low[b] < s->low[up])
                    s->low[up] = s->low[b];
            }
            if (s->low[b] != s->index[b])
                continue;
            uint32_t start = open.len;
            do
                s->on_stack[open.at[--start]] = false;
            while (open.at[start] != b);
            if (open.len - start > 1 || loops_to_itself(blk, b)) {
                vec_push(&lengths, open.len - start);
                for (uint32_t k = start; k < open.len; k++)
                    vec_push(&found, open.at[k]);
            }
            open.len = start;
        }
    }
    for (uint32_t i = 0, at = 0; i < lengths.len; at += lengths.at[i++])
        make_loop(s, found.at + at, lengths.at[i], region, parent);
    vec_free(&work);
    vec_free(&open);
    vec_free(&found);
    vec_free(&lengths);
}

void esc_cfg(struct esc_fn *f)
{
    if (f->order.len)
        return;
    reverse_postorder(f);
    vec_push(&f->loops, ((struct esc_loop){0, 0, false}));
    uint32_t n = f->blocks.len;
    struct search s = {.f = f,
                       .region = calloc(n, sizeof(uint32_t)),
                       .index = calloc(n, sizeof(uint32_t)),
                       .low = calloc(n, sizeof(uint32_t)),
                       .on_stack = calloc(n, sizeof(bool))};
    if (!s.region || !s.index || !s.low || !s.on_stack)
        abort();
    for (uint32_t i = 0; i < n; i++)
        s.region[i] = UINT32_MAX; /* unreachable blocks belong to no region */
    for (uint32_t i = 0; i < f->order.len; i++)
        s.region[f->order.at[i]] = 0;
    find_loops(&s, f->order.at, f->order.len, 0);
    free(s.region);
    free(s.index);
    free(s.low);
    free(s.on_stack);
}

/* Walks up from two blocks to the first that dominates both. */
static uint32_t common(const struct esc_fn *f, uint32_t a, uint32_t b)
{
    while (a != b)
        if (f->blocks.at[a].order > f->blocks.at[b].order)
            a = f->blocks.at[a].idom;
        else
            b = f->blocks.at[b].idom;
    return a;
}

void esc_dominators(struct esc_fn *f)
{
    bool changed = true;
    for (uint32_t i = 0; i < f->order.len; i++)
        f->blocks.at[f->order.at[i]].idom = UINT32_MAX;
    f->blocks.at[0].idom = 0;
    while (changed) {
        changed = false;
        for (uint32_t i = 1; i < f->order.len; i++) {
            struct esc_block *b = &f->blocks.at[f->order.at[i]];
            uint32_t best = UINT32_MAX;
            for (uint32_t k = 0; k < b->preds.len; k++)
                if (f->blocks.at[b->preds.at[k]].idom != UINT32_MAX)
                    best = best == UINT32_MAX ? b->preds.at[k] : common(f, best, b->preds.at[k]);
            changed |= best != b->idom;
            b->idom = best;
        }
    }
}
