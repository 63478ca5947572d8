/* SPDX-License-Identifier: BSL-1.0
 *
 * mark.c: finding everything that can be reached.
 *
 * Idea: a mark stack of addresses in memory of its own, and in front of it a short queue: an address that
 * is popped is prefetched and enters the queue, and the one that entered long ago leaves it and is looked
 * at, when its cache lines have arrived (Cher, Hosking, Vitek 2004). So many structures are followed in turn. An object
 * in the cache line of the one before skips the queue.
 *
 * There is another way, and walk.c finds out which is faster: alone, where an object in the block of the one before
 * skips the queue, too. Walking a structure in the order it lies in memory is what processors foresee best. They are
 * told where such a walk will be after a few more steps of the last kind; and for what enters the queue, where it will
 * be if it goes as the last one did.
 *
 * Addresses that are looked at once more, of which nearly all lead to what is marked, go through a ring of their own first.
 *
 * Invariants: what is marked is on the stack, in the queue, or all its children have been pushed; a word
 * that points to no object is dropped; nothing here writes to objects. Terminates because each object is
 * scanned once, when its mark bit turns from 0 to 1.
 *
 * Worked example: a root word 0x7f..208 in a block of 24-byte cells: cell 21 (offset 520 / 24), whatever
 * byte of it is meant. Its bit is 0: set it, push the words its layout names.
 *
 * If the stack cannot grow for want of memory, addresses are dropped, and afterwards all marked objects
 * are scanned again until nothing is dropped any more: slow, but nothing is lost.
 */
#include "internal.h"

#include <string.h>

enum {
    QUEUE = 64,            /* addresses under way from memory */
    ASKED = 64,            /* likewise, whose objects are probably marked */
    FIRST_STACK = 1 << 16, /* entries */
    CHUNK_WORDS = 512,     /* of a large object scanned at once, so that the stack stays short */
    FIRST_SPANS = 1 << 10, /* entries */
    STRIDE = 16,    /* steps of the last kind ahead that are fetched meanwhile, walking alone */
    LINE = 64,      /* bytes that are fetched at a time */
    MOST_LINES = 8, /* of a walk to come that are fetched */
    FEW = 20, /* objects that GOESCAPE=verify=1 marks in one way, before it does in the other */
    FEW_WORDS = 64, /* the most of an object that are pushed at once */
};

/* A part of a large object that is still to be scanned. */
struct span {
    uint64_t *at;    /* the next word */
    uint64_t *end;   /* one past the last */
    uint64_t map;    /* which words of a period; unused if period is 0 */
    uint32_t period; /* words; 0: each word */
};

/* An address whose object is probably marked, and where that is said, which is on its way from memory. */
struct asked {
    const uint64_t *mark; /* the word */
    uint64_t bit;         /* in it */
    uintptr_t p;          /* the address */
};

/* The state of marking; on pages that are no roots. */
static struct mark_state {
    uintptr_t *stack;          /* addresses to look at */
    size_t n;                  /* entries, the first of which is null */
    size_t cap;                /* room */
    struct span *spans;        /* parts of large objects */
    size_t nspans;             /* entries */
    size_t span_cap;           /* room */
    bool dropped;              /* an address found no room */
    bool concurrent;           /* the program runs meanwhile */
    bool check;                /* what is pushed must be marked already */
    bool again;                /* most of what memory outside of the heap points to is marked */
    volatile bool cancelled;   /* by a thread that wants to collect itself */
    uint64_t key;              /* of words that setjmp has mixed up */
    struct walk walk;          /* one structure at a time, or many */
    struct asked asked[ASKED]; /* a ring */
    unsigned nasked;           /* entries */
    unsigned next_asked;       /* the place for the next, of the oldest one if it is full */
    uintptr_t *volatile limit; /* the stack is to be looked after beyond this; null: at once */
} * M;

static bool grow_locked(void **at, size_t *cap, size_t item)
{
    size_t bytes = *cap * item;
    void *p = goe__own_map(bytes * 2);
    if (!p)
        return false;
    goe__copy(p, *at, bytes);
    goe__own_unmap(*at, bytes);
    *at = p;
    *cap *= 2;
    if (!M->cancelled)
        M->limit = M->stack + M->cap - FEW_WORDS;
    return true;
}

/* The table of what the collector has mapped is under the lock, which is held when the world is stopped. */
static bool grow(void **at, size_t *cap, size_t item)
{
    if (!M->concurrent)
        return grow_locked(at, cap, item);
    goe__lock(NULL);
    bool ok = !M->cancelled && grow_locked(at, cap, item);
    goe__unlock();
    return ok;
}

void goe__mark_begin(bool concurrent)
{
    if (!M) {
        M = goe__own_alloc(sizeof *M);
        if (M) {
            M->stack = goe__own_map(FIRST_STACK * sizeof *M->stack);
            M->spans = goe__own_map(FIRST_SPANS * sizeof *M->spans);
        }
        if (!M || !M->stack || !M->spans)
            goe__die("out of memory: no room for the mark stack");
        M->cap = FIRST_STACK;
        M->span_cap = FIRST_SPANS;
        goe__walk_init(&M->walk);
    }
    M->n = 1; /* above the null */
    M->nspans = 0;
    M->nasked = M->next_asked = 0;
    M->dropped = M->cancelled = M->check = M->again = false;
    M->concurrent = concurrent;
    M->key = goe__hidden_key();
    M->limit = M->stack + M->cap - FEW_WORDS;
    H.marked_bytes = H.marked_objects = 0;
    for (uint32_t i = 0; i < H.nshapes; i++)
        H.shapes[i].marked = 0;
}

/* The upper 16 bits of a word do not count: pointers with tags, and programs that box them. */
static inline uintptr_t strip(uint64_t w)
{
    return w & 0xffffffffffff;
}

/* GOESCAPE=verify=1 looks at all roots a second time. */
static __attribute__((noinline)) void check(uintptr_t p)
{
    struct object o;
    if (goe__resolve(p, &o) && !goe__is_marked(&o))
        goe__die("verify: the object at %p, which a root holds, was not marked", (void *)o.base);
}

static inline void push(uint64_t word)
{
    uintptr_t p = strip(word);
    if (p - H.lo >= H.hi - H.lo)
        return;
    if (unlikely(M->check)) {
        check(p);
        return;
    }
    if (unlikely(M->n == M->cap) && !grow((void **)&M->stack, &M->cap, sizeof *M->stack)) {
        M->dropped = true;
        return;
    }
    M->stack[M->n++] = p;
}

static inline __attribute__((always_inline)) void answer(const struct asked *a)
{
    if (!(*a->mark & a->bit))
        push(a->p);
}

/* Pushes the address p soon, unless the small object there is marked already. Many such addresses lead all over the tables
 * of marks, so each waits until a few more have come. */
static inline __attribute__((always_inline)) void push_unmarked(uintptr_t p)
{
    const struct slab *s = H.slabs[(p - H.window) >> SLAB_SHIFT];
    if (unlikely(!s))
        return;
    uint32_t slot = (uint32_t)(p >> BLOCK_SHIFT) % SLAB_BLOCKS;
    const struct shape *shape = &H.shapes[s->shape[slot]];
    uint32_t cell = (uint32_t)((p % BLOCK_SIZE / 8 * shape->recip) >> 32);
    if (unlikely(cell >= shape->ncells)) {
        push(p);
        return;
    }
    struct asked *a = &M->asked[M->next_asked];
    M->next_asked = (M->next_asked + 1) % ASKED;
    if (likely(M->nasked == ASKED))
        answer(a);
    else
        M->nasked++;
    a->mark = &s->work[slot][cell / 64];
    a->bit = (uint64_t)1 << (cell % 64);
    a->p = p;
    __builtin_prefetch(a->mark);
}

/* Nothing waits any more. */
static void answer_all(void)
{
    for (unsigned i = 0; i < M->nasked; i++)
        answer(&M->asked[i]);
    M->nasked = M->next_asked = 0;
}

/* Where a jmp_buf may be. */
static inline void push_mixed_too(uint64_t word)
{
    push(word);
    if (unlikely(goe__may_be_mixed(word, M->key)))
        push(goe__unmix(word, M->key));
}

static void push_span(uint64_t *at, uint64_t *end, uint64_t map, uint32_t period)
{
    if (at >= end)
        return;
    if (M->nspans == M->span_cap && !grow((void **)&M->spans, &M->span_cap, sizeof *M->spans)) {
        M->dropped = true;
        return;
    }
    M->spans[M->nspans++] = (struct span){at, end, map, period};
}

/* Pushes the words of the next chunk of the last span. */
static void scan_span(void)
{
    struct span *s = &M->spans[M->nspans - 1];
    uint64_t *at = s->at;
    uint64_t *end = s->end;
    if (s->period == 0) {
        if (end - at > CHUNK_WORDS)
            end = at + CHUNK_WORDS;
        s->at = end;
        if (end == s->end)
            M->nspans--;
        for (; at < end; at++)
            push_mixed_too(*at);
        return;
    }
    uint64_t map = s->map;
    uint32_t period = s->period;
    uint64_t *stop = end - at > CHUNK_WORDS ? at + CHUNK_WORDS : end;
    uint64_t *next = at;
    while (next < stop)
        next += period;
    s->at = next;
    if (next >= end)
        M->nspans--;
    for (; at < next; at += period)
        for (uint64_t m = map; m; m &= m - 1) {
            uint64_t *w = at + __builtin_ctzll(m);
            if (w < end)
                push_mixed_too(*w);
        }
}

static inline void scan_cell(const struct block *b, char *base)
{
    uint64_t *w = (uint64_t *)(void *)base;
    switch (b->mode) {
    case MODE_NONE:
        break;
    case MODE_ALL:
        if (b->nwords > CHUNK_WORDS) {
            push_span(w, w + b->nwords, 0, 0);
            break;
        }
        for (uint32_t i = b->nwords; i-- > 0;)
            push_mixed_too(w[i]);
        break;
    case MODE_MAP:
        for (uint64_t m = b->map; m; m &= m - 1)
            push_mixed_too(w[__builtin_ctzll(m)]);
        break;
    case MODE_CLOSURE:
        push((uintptr_t)goe__closure_words(base)[1]);
        break;
    }
}

static void scan_large(const struct block *b, char *base)
{
    uint64_t *w = (uint64_t *)(void *)base;
    if (b->mode == MODE_ALL)
        push_span(w, w + b->size / 8, 0, 0);
    else if (b->mode == MODE_MAP)
        push_span(w, w + b->size / 8, b->map, b->period);
}

/* A cell of many words, or a thunk. */
static void scan_slowly(uintptr_t obj)
{
    struct slab *s = goe__slab_at(obj);
    scan_cell(&s->blocks[(obj >> BLOCK_SHIFT) % SLAB_BLOCKS], (char *)obj);
}

/* The rarer case of an address in a large object, or in none. */
static void visit_large(uintptr_t p)
{
    struct object o;
    if (!goe__resolve(p, &o) || o.block->state != BLOCK_LARGE)
        return;
    uint64_t *mark = o.slab->work[o.block->slot];
    if (*mark & 1)
        return;
    *mark |= 1;
    H.marked_bytes += o.block->size;
    H.marked_objects++;
    scan_large(o.block, o.base);
}

/* An address whose object has been found and whose cache lines are on their way. */
struct incoming {
    uint64_t *mark;      /* the word of its mark */
    const uint64_t *obj; /* its words */
    struct shape *shape; /* its layout */
    uint64_t cell;       /* its number; the lower six bits are the mark's in its word */
};

/* What drain_stack() works on. The next address is in a register rather than on the stack, for what is read there is what
 * everything else waits for; and null at the bottom of the stack, so that it needs no other end. */
struct drain {
    uintptr_t next;       /* the address to look at; 0: there is none */
    uintptr_t *top;       /* of the stack, above the last entry */
    uintptr_t lo, span;   /* the heap */
    struct incoming near; /* the latest object that arrived */
    const uint64_t
        *from;  /* the latest that came out of the queue: since then a walk led from it to near */
    bool alone; /* one structure at a time: see walk.c */
    uint32_t left; /* objects until that is looked at */
};

/* Sees to it that the next object's words find room; what does not is dropped. All of it is, when another
 * thread has cancelled, the null at the bottom taken, too. */
static __attribute__((noinline)) uintptr_t *make_room(uintptr_t *top)
{
    M->n = (size_t)(top - M->stack);
    if (M->cancelled) {
        M->n = 0;
    } else if (!grow((void **)&M->stack, &M->cap, sizeof *M->stack)) {
        M->dropped = true;
        M->n -= FEW_WORDS * 2;
    }
    return M->stack + M->n;
}

/* One or the other, without a branch. */
static inline uintptr_t choose(bool which, uintptr_t yes, uintptr_t no)
{
    return no ^ ((yes ^ no) & -(uintptr_t)which);
}

/* Takes an object's words that may be addresses in the heap; the stack has room. Without a branch on what they are:
 * half of all words are null. */
static inline __attribute__((always_inline)) void take_words(struct drain *d, const uint64_t *w,
                                                             const struct shape *shape)
{
    const uintptr_t lo = d->lo, span = d->span;
    uintptr_t *top = d->top;
    if (likely(shape->scan == SCAN_ALL && shape->n <= 2)) {
        uintptr_t first = strip(w[0]), below = top[-1];
        bool in = first - lo < span;
        if (shape->n == 2) {
            uintptr_t second = strip(w[1]);
            bool too = second - lo < span;
            top[0] = second;
            d->next = choose(in, first, choose(too, second, below));
            d->top = top + in + too - 1;
        } else {
            d->next = choose(in, first, below);
            d->top = top + in - 1;
        }
        return;
    }
    if (shape->scan == SCAN_ALL) {
        for (uint32_t i = shape->n; i-- > 0;) {
            uintptr_t p = strip(w[i]);
            *top = p;
            top += p - lo < span;
        }
    } else if (likely(shape->scan == SCAN_MAP)) {
        for (uint64_t m = shape->map; m; m &= m - 1) {
            uintptr_t p = strip(w[__builtin_ctzll(m)]);
            *top = p;
            top += p - lo < span;
        }
    }
    d->next = *--top;
    d->top = top;
}

/* Marks the object d->near, and takes what it holds. */
static inline __attribute__((always_inline)) void arrive(struct drain *d)
{
    struct incoming *in = &d->near;
    uint64_t marks = *in->mark, bit = (uint64_t)1 << (in->cell & 63);
    if (marks & bit) {
        d->next = *--d->top;
        return;
    }
    *in->mark = marks | bit;
    in->shape->marked++;
    if (unlikely(--d->left == 0)) {
        d->left = H.opt.verify ? FEW : WALK_SAMPLE;
        d->alone = H.opt.verify ? !d->alone : goe__walk_turn(&M->walk, goe__now());
    }
    if (likely(in->shape->scan != SCAN_SLOW)) {
        take_words(d, in->obj, in->shape);
    } else {
        M->n = (size_t)(d->top - M->stack);
        scan_slowly((uintptr_t)in->obj);
        M->n--;
        d->top = M->stack + M->n;
        d->next = *d->top;
    }
    if (unlikely(d->top > M->limit)) {
        d->top = make_room(d->top);
        if (d->top == M->stack)
            d->next = 0;
    }
}

/* Where the object that p is in begins. Most pointers are to the beginning: then what is read there does not wait for the
 * multiplications, because the processor has guessed the branch. */
static inline const uint64_t *object_at(uintptr_t p, uint64_t cell, uint64_t bytes)
{
    uintptr_t at = (p & ~(uintptr_t)(BLOCK_SIZE - 1)) + cell * bytes;
    if (likely(at == p)) {
        __asm__("" : "+r"(p)); /* not known to be the same as at */
        return (uint64_t *)p;
    }
    return (uint64_t *)at;
}

/* Fetches what a walk from obj meets if it goes as the last one did. */
static inline __attribute__((always_inline)) void foresee(const struct drain *d,
                                                          const uint64_t *obj)
{
    intptr_t walk = (intptr_t)d->near.obj - (intptr_t)d->from;
    if (walk < MOST_LINES * LINE && walk > -MOST_LINES * LINE)
        return;
    for (intptr_t i = 1, line = walk < 0 ? -LINE : LINE; i <= MOST_LINES; i++)
        __builtin_prefetch((const char *)obj + line * i);
}

/* The object in the block of d->near that p is in; false: none. */
static inline __attribute__((always_inline)) bool neighbour(const struct drain *d, uintptr_t p,
                                                            struct incoming *in)
{
    const struct incoming *near = &d->near;
    uint64_t cell = (p % BLOCK_SIZE / 8 * near->shape->recip) >> 32;
    if (unlikely(cell >= near->shape->ncells))
        return false;
    in->shape = near->shape;
    in->mark = near->mark + (cell / 64 - near->cell / 64);
    in->cell = cell;
    in->obj = object_at(p, cell, near->shape->cell);
    return true;
}

/* The small object anywhere that p is in, its mark on its way; false: none. */
static inline __attribute__((always_inline)) bool find(struct slab *const *slabs, uintptr_t p,
                                                       struct incoming *in)
{
    struct slab *s = slabs[p >> SLAB_SHIFT];
    if (unlikely(!s))
        return false;
    uint32_t slot = (uint32_t)(p >> BLOCK_SHIFT) % SLAB_BLOCKS;
    struct shape *shape = &H.shapes[s->shape[slot]];
    uint32_t cell = (uint32_t)((p % BLOCK_SIZE / 8 * shape->recip) >> 32);
    if (unlikely(cell >= shape->ncells))
        return false;
    in->shape = shape;
    in->mark = &s->work[slot][cell / 64];
    in->cell = cell;
    in->obj = object_at(p, cell, shape->cell);
    __builtin_prefetch(in->mark, 1);
    return true;
}

/* Marks everything on the stack, and what it leads to, but for spans. The queue begins full of places that
 * are marked already, and is emptied whenever the stack is. */
static void drain_stack(void)
{
    static uint64_t marked = ~(uint64_t)0;
    const struct incoming nothing = {&marked, (uint64_t *)UINTPTR_MAX, &H.shapes[0], 0};
    struct incoming queue[QUEUE];
    struct slab *const *slabs = H.slabs - (H.window >> SLAB_SHIFT);
    struct drain d = {0,       M->stack + M->n, H.lo,          H.hi - H.lo,
                      nothing, nothing.obj,     M->walk.alone, M->walk.left};
    if (M->n == 1)
        return;
    for (unsigned i = 0; i < QUEUE; i++)
        queue[i] = nothing;
    unsigned head = 0, empty = 0; /* entries that have been taken out since the last one came in */
    goe__walk_resume(&M->walk, goe__now());
    d.next = *--d.top;
    for (;;) {
        uintptr_t p = d.next;
        struct incoming in;
        if ((p ^ (uintptr_t)d.near.obj) < BLOCK_SIZE) {
            if (unlikely(!neighbour(&d, p, &in))) {
                d.next = *--d.top;
                continue;
            }
            if (d.alone)
                __builtin_prefetch((void *)(p + (p - (uintptr_t)d.near.obj) * STRIDE));
            if (d.alone || ((uintptr_t)in.obj ^ (uintptr_t)d.near.obj) < LINE) {
                d.near = in;
                arrive(&d);
                continue;
            }
            __builtin_prefetch(in.obj);
            empty = 0;
        } else if (likely(p)) {
            if (unlikely(!find(slabs, p, &in))) {
                M->n = (size_t)(d.top - M->stack);
                visit_large(p);
                M->n--;
                d.top = M->stack + M->n;
                d.next = *d.top;
                continue;
            }
            __builtin_prefetch(in.obj);
            if (d.alone)
                foresee(&d, in.obj);
            empty = 0;
        } else {
            d.top++; /* the null stays */
            if (empty == QUEUE)
                break;
            in = nothing;
            empty++;
        }
        d.near = queue[head];
        d.from = d.near.obj;
        queue[head] = in;
        head = (head + 1) % QUEUE;
        arrive(&d);
    }
    M->walk.left = d.left;
    goe__walk_pause(&M->walk, goe__now());
    M->n = 1;
}

/* Sees to it that there is room for what the next object leads to. */
static void drain_half(void)
{
    while (M->n > M->cap / 2 || M->nspans > M->span_cap / 2) {
        drain_stack();
        if (M->nspans)
            scan_span();
    }
}

/* Scans every marked object again, after addresses were dropped. What is marked already leads to nothing that would be
 * dropped now, so something new is marked each time, or it was the last. */
static void rescan_all(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        for (uint32_t slot = 0; slot < SLAB_BLOCKS; slot++) {
            struct block *b = &s->blocks[slot];
            char *base = goe__block_base(s, slot);
            if (b->state == BLOCK_LARGE && s->work[slot][0] & 1) {
                scan_large(b, base);
                drain_half();
            }
            for (uint32_t c = 0; c < b->ncells; c++)
                if (s->work[slot][c / 64] >> (c % 64) & 1) {
                    scan_cell(b, base + (size_t)c * b->cell);
                    drain_half();
                }
        }
    }
}

void goe__mark_drain(void)
{
    answer_all();
    for (;;) {
        drain_stack();
        if (M->cancelled) {
            M->n = 1;
            M->nspans = 0;
            return;
        }
        if (M->nspans) {
            scan_span();
        } else if (M->dropped && !M->concurrent) {
            M->dropped = false;
            rescan_all();
        } else if (M->n == 1) {
            return;
        }
    }
}

void goe__mark_word(uintptr_t w)
{
    push(w);
}

/* Looks at n words; whether one is an address in the heap. */
static inline __attribute__((always_inline, no_sanitize_address)) bool push_words(const uint64_t *w,
                                                                                  size_t n)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        uintptr_t p = strip(w[i]);
        if (unlikely(goe__may_be_mixed(w[i], M->key)) && p - H.lo >= H.hi - H.lo)
            p = strip(goe__unmix(w[i], M->key));
        if (p - H.lo >= H.hi - H.lo)
            continue;
        found = true;
        if (M->again)
            push_unmarked(p);
        else
            push(p);
    }
    return found;
}

/* Whether one of four words may be one that setjmp has mixed up. */
static inline __attribute__((always_inline, no_sanitize_address)) bool any_mixed(const uint64_t *w,
                                                                                 uint32_t key)
{
#ifdef __x86_64__
    typedef uint32_t vec __attribute__((vector_size(16), aligned(8), may_alias));
    const vec *v = (const vec *)w, even = {0, 2, 4, 6};
    vec low = __builtin_shuffle(v[0], v[1], even);
    vec none = ((low ^ key) & (uint32_t)MIXED_BITS) == 0;
    return __builtin_ia32_movmskps((__attribute__((vector_size(16))) float)none) != 0;
#else
    (void)w;
    (void)key;
    return false;
#endif
}

/* Scans memory for addresses in the heap, of which most words are none, so four are tested at a time. Whether it has any. */
__attribute__((no_sanitize_address)) bool goe__mark_range(uintptr_t lo, uintptr_t hi)
{
    const uint64_t *w = (uint64_t *)((lo + 7) & ~(uintptr_t)7),
                   *end = (uint64_t *)(hi & ~(uintptr_t)7);
    const uintptr_t low = H.lo, span = H.hi - H.lo;
    const uint32_t key = (uint32_t)M->key;
    bool found = false;
    for (; end - w >= 4; w += 4)
        if (unlikely(any_mixed(w, key) | (strip(w[0]) - low < span) | (strip(w[1]) - low < span) |
                     (strip(w[2]) - low < span) | (strip(w[3]) - low < span)))
            found |= push_words(w, 4);
    return w < end ? found | push_words(w, (size_t)(end - w)) : found;
}

/* Scans the marked ones of a block's cells [from, to]. Nearly all they point to is marked already when an old object is
 * looked at once more, so that is seen to first: pushing and fetching it would cost several times as much. */
void goe__mark_cells(struct slab *s, uint32_t slot, uint32_t from, uint32_t to)
{
    const struct block *b = &s->blocks[slot];
    const struct shape *shape = &H.shapes[s->shape[slot]];
    const uintptr_t lo = H.lo, span = H.hi - H.lo;
    const uint64_t *marks = s->work[slot];
    char *base = goe__block_base(s, slot);
    for (uint32_t i = from / 64; i <= to / 64 && i < MARK_WORDS; i++) {
        uint64_t bits = marks[i];
        if (i == from / 64)
            bits &= ~(uint64_t)0 << (from % 64);
        if (i == to / 64 && to % 64 < 63)
            bits &= ((uint64_t)2 << (to % 64)) - 1;
        for (; bits; bits &= bits - 1) {
            uint64_t *w =
                (uint64_t *)(void *)(base +
                                     (size_t)(i * 64 + (uint32_t)__builtin_ctzll(bits)) * b->cell);
            if (unlikely(shape->scan == SCAN_SLOW)) {
                scan_cell(b, (char *)w);
                continue;
            }
            for (uint64_t m = shape->map; m; m &= m - 1) {
                uintptr_t p = strip(w[__builtin_ctzll(m)]);
                if (p - lo < span)
                    push_unmarked(p);
            }
        }
    }
}

void goe__mark_children(const struct object *o)
{
    if (o->block->state == BLOCK_LARGE)
        scan_large(o->block, o->base);
    else
        scan_cell(o->block, o->base);
}

bool goe__is_marked(const struct object *o)
{
    return o->slab->work[o->block->slot][o->cell / 64] >> (o->cell % 64) & 1;
}

uint64_t goe__marked_so_far(void)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < H.nshapes; i++)
        n += H.shapes[i].marked;
    return n;
}

bool goe__mark_failed(void)
{
    return M->cancelled || (M->concurrent && M->dropped);
}

/* Whether the program runs beside, and others may take the lock. */
void goe__mark_running(bool on)
{
    M->concurrent = on;
}

void goe__mark_cancel(void)
{
    if (!M)
        return;
    M->cancelled = true;
    M->limit = NULL;
}

/* From now on most of what is found outside of the heap, or on written pages, has been found before. */
void goe__mark_again(void)
{
    M->again = true;
}

void goe__mark_check(bool on)
{
    M->check = on;
}

bool goe__mark_checks(void)
{
    return M->check;
}

/* Gives back what an unusually deep heap took. */
void goe__mark_end(void)
{
    for (uint32_t i = 0; i < H.nshapes; i++) {
        H.marked_objects += H.shapes[i].marked;
        H.marked_bytes += H.shapes[i].marked * H.shapes[i].cell;
    }
    if (M->cap > FIRST_STACK * 64) {
        goe__own_unmap(M->stack, M->cap * sizeof *M->stack);
        M->stack = goe__own_map(FIRST_STACK * sizeof *M->stack);
        M->cap = FIRST_STACK;
        if (!M->stack)
            goe__die("out of memory: no room for the mark stack");
    }
}
