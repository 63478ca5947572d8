/* SPDX-License-Identifier: BSL-1.0
 *
 * alloc.c: handing out cells: a bump pointer for each thread and layout.
 *
 * Invariants:
 *  - a cell between a cursor's bump and limit is unmarked, unreachable and belongs to that thread alone;
 *  - the address of a new cell is in a register from before bump moves until the caller has it, so a
 *    collection in between finds it. The collection then empties the cursor (limit = 0), and a thread that
 *    was about to store bump does no harm;
 *  - t->busy is set while a cursor is in use. A signal handler that allocates meanwhile gets a large
 *    object from a reserve, without a lock (emergency()).
 *  - runs of kinds with zero_run hold zeros; other objects have their pointer words zeroed one by one.
 *
 * Worked example: marks 0b01110010 of a block with eight cells. Cell 1, 4, 5, 6 are live; the runs are
 * [0,1), [2,4), [7,8): three refills allocate four objects and never touch a live one.
 */
#include "internal.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    ZERO_CHUNK = 8192,  /* a zeroed run is at most so long, to be in the nearest cache when used */
    TRIAL_BYTES = 4096, /* of a type before it gets blocks of its own */
};

static inline uint32_t type_hash(const struct __goe_type *type)
{
    return (uint32_t)(((uint64_t)(uintptr_t)type * 0x9E3779B97F4A7C15u) >> 57);
}

static inline void zero_words(void *p, size_t n)
{
    uint64_t *w = p;
    for (size_t i = 0; i < n; i++)
        w[i] = 0;
}

/* The next cell of a run, or null at its end. */
static inline void *bump(struct cursor *c)
{
    char *p = c->bump;
    if (unlikely(p + c->cell > c->limit))
        return NULL;
    c->bump = p + c->cell;
    __asm__ volatile(""
                     :
                     : "r"(p)
                     : "memory"); /* p itself stays in a register, not only p + cell */
    return p;
}

/* What the run of a cursor counts as used so far. */
static uint64_t run_used(const struct cursor *c)
{
    char *end = c->bump < c->limit ? c->bump : c->limit;
    return c->start && end > c->start ? (uint64_t)(end - c->start) : 0;
}

static void count_run(struct cursor *c)
{
    if (!c->start)
        return;
    uint64_t used = run_used(c);
    H.total_bytes += used;
    H.total_objects += used / c->cell;
    H.allocated -= (uint64_t)(c->limit - c->start) - used;
    c->start = NULL;
}

/* The run is given up. The rest of it can be had again if it is the last of the block handed out. */
static void drop_run(struct cursor *c)
{
    count_run(c);
    struct block *b = c->block;
    if (b) {
        uint32_t end =
            (uint32_t)(c->limit - goe__block_base(goe__block_slab(b), b->slot)) / c->cell;
        uint32_t rest = c->bump < c->limit ? (uint32_t)(c->limit - c->bump) / c->cell : 0;
        if (c->limit && b->pos == end)
            b->pos -= rest;
        b->taken = false;
        if (b->pos < b->ncells) {
            b->next = b->kind->avail;
            b->kind->avail = b;
        }
    }
    c->bump = c->limit = NULL;
    c->block = NULL;
}

static void cursor_reset(struct cursor *c)
{
    count_run(c);
    c->limit = NULL; /* first: bump alone never admits an allocation */
    c->bump = NULL;
    c->block = NULL;
}

void goe__cursors_reset(struct thread *t)
{
    for (unsigned i = 0; i < CURSORS; i++)
        cursor_reset(&t->types[i]);
    for (unsigned m = 0; m < 3; m++)
        for (unsigned a = 0; a < 2; a++)
            for (unsigned c = 0; c < H.nclasses; c++)
                cursor_reset(&t->sized[m][a][c]);
}

uint64_t goe__handed_out(const struct thread *t, uint64_t *objects)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < CURSORS + 3 * 2 * CLASSES; i++) {
        const struct cursor *c = i < CURSORS ? &t->types[i] : &t->sized[0][0][0] + (i - CURSORS);
        uint64_t used = run_used(c);
        bytes += used;
        *objects += used ? used / c->cell : 0;
    }
    return bytes;
}

/* Descriptors are known by address. When a library is unloaded and another comes to lie there, the same
 * address may mean another layout, so all caches forget. Racing owners only see a miss. */
void goe__forget_types(void)
{
    if (!__atomic_load_n(&H.ready, __ATOMIC_ACQUIRE))
        return;
    struct thread *self = goe__thread();
    goe__enter(self);
    for (struct thread *t = H.threads; t; t = t->next)
        for (unsigned i = 0; i < CURSORS; i++)
            __atomic_store_n(&t->types[i].type, NULL, __ATOMIC_RELAXED);
    goe__leave(self);
}

/* The first unmarked cell at or after `from`, or ncells. */
static uint32_t next_free(const uint64_t *marks, uint32_t from, uint32_t ncells, uint64_t flip)
{
    for (uint32_t w = from / 64; w * 64 < ncells; w++) {
        uint64_t bits = ~(marks[w] ^ flip);
        if (w == from / 64)
            bits &= ~(uint64_t)0 << (from % 64);
        if (bits) {
            uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(bits);
            return i < ncells ? i : ncells;
        }
    }
    return ncells;
}

/* Gives the cursor the next run of its block, if there is one. */
static bool next_run(struct cursor *c)
{
    struct block *b = c->block;
    if (!b || b->pos >= b->ncells)
        return false;
    struct slab *s = goe__block_slab(b);
    uint32_t from = next_free(s->marks[b->slot], b->pos, b->ncells, 0);
    if (from == b->ncells) {
        b->pos = from;
        return false;
    }
    uint32_t to = next_free(s->marks[b->slot], from, b->ncells, ~(uint64_t)0);
    if (H.opt.stress)
        to = from + 1;
    else if (c->kind->zero_run && (to - from) * b->cell > ZERO_CHUNK)
        to = from + (ZERO_CHUNK + b->cell - 1) / b->cell;
    b->pos = to;
    char *base = goe__block_base(s, b->slot);
    char *lo = base + (size_t)from * b->cell;
    char *hi = base + (size_t)to * b->cell;
    if (c->kind->zero_run)
        goe__fill(lo, 0, (size_t)(hi - lo));
    c->start = lo;
    c->bump = lo;
    c->limit = hi;
    H.allocated += (uint64_t)(hi - lo);
    return true;
}

static bool due(struct thread *t)
{
    if (H.opt.stress)
        return ++t->stress >= (uint64_t)H.opt.stress;
    return H.allocated >= H.trigger && H.percent >= 0;
}

static void collect_if_due(struct thread *t)
{
    if (unlikely(due(t))) {
        t->stress = 0;
        goe__collect(t, H.opt.stress ? "stress" : "growth", false);
    }
}

static void no_memory(size_t size)
{
    if (H.limit)
        goe__die("out of memory: %zu bytes wanted, %zu in use, the limit is %zu "
                 "(goe_set_memory_limit or GOESCAPE=limit=)",
                 size, H.used_blocks << BLOCK_SHIFT, (size_t)H.limit);
    goe__die("out of memory: %zu bytes wanted, %zu in use, and the system has no more", size,
             H.used_blocks << BLOCK_SHIFT);
}

/* Finds the cursor a new run, collecting before the heap grows. With the lock held. */
static void refill(struct thread *t, struct cursor *c, struct kind *k)
{
    count_run(c);
    if (H.opt.stress)
        collect_if_due(t);
    c->kind = k;
    c->cell = k->cell;
    c->zero_words = k->zero_run ? 0 : (uint16_t)k->nwords;
    c->all_words = k->zero_run ? 0 : (uint16_t)(k->cell / 8);
    for (bool desperate = false; !next_run(c);) {
        if (c->block) {
            c->block->taken = false;
            c->block = NULL;
        }
        if (!H.opt.stress)
            collect_if_due(t);
        struct block *b = k->avail;
        if (b) {
            k->avail = b->next;
        } else if (!(b = goe__block_take(k))) {
            if (desperate)
                no_memory(k->cell);
            desperate = true;
            goe__collect(t, "memory", true);
            continue;
        }
        b->next = NULL;
        b->taken = b->used = true;
        goe__gen_release(goe__block_slab(b), b->slot);
        c->block = b;
    }
}

static bool used_up(const struct reserve *r)
{
    return !r->slab || __atomic_load_n(&r->next, __ATOMIC_RELAXED) >= SLAB_BLOCKS;
}

/* Makes the reserves that emergency() takes from, before they are needed. With the lock held. One that is
 * used up becomes an ordinary slab. */
static void stock_reserve(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct reserve *r = &H.reserve[i];
        if (likely(!used_up(r)))
            continue;
        r->slab = NULL;
        struct slab *s = goe__slab_reserve();
        __atomic_store_n(&r->next, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&r->slab, s, __ATOMIC_RELEASE);
    }
}

/* Claims n blocks in a row of a reserve. */
static char *claim(uint32_t n, struct slab **slab, uint32_t *slot)
{
    for (unsigned i = 0; i < 2; i++) {
        struct slab *s = __atomic_load_n(&H.reserve[i].slab, __ATOMIC_ACQUIRE);
        if (!s)
            continue;
        uint32_t at = __atomic_fetch_add(&H.reserve[i].next, n, __ATOMIC_RELAXED);
        if (at + n <= SLAB_BLOCKS && s == __atomic_load_n(&H.reserve[i].slab, __ATOMIC_ACQUIRE)) {
            *slab = s;
            *slot = at;
            return goe__block_base(s, at);
        }
    }
    return NULL;
}

/* An allocation in a signal handler that interrupted this thread in the allocator: one or more whole
 * blocks of the reserve, claimed atomically, scanned conservatively. All signals are blocked meanwhile,
 * so that no collection sees a block claimed but not described. */
static void *emergency(size_t size, size_t align)
{
    sigset_t all, old;
    goe__fill(&all, 0xff, sizeof all);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &old, 8);
    struct slab *s;
    uint32_t n = (uint32_t)(size >> BLOCK_SHIFT) + 1, slot;
    char *p = size < SLAB_SIZE / 2 && align <= BLOCK_SIZE ? claim(n, &s, &slot) : NULL;
    if (!p)
        goe__die(
            "out of memory: a signal handler allocated too much while it interrupted the allocator");
    for (uint32_t i = n; i-- > 0;) {
        struct block *b = &s->blocks[slot + i];
        b->kind = NULL;
        b->back = i;
        b->size = size;
        b->mode = MODE_ALL;
        b->nwords = (uint32_t)(size / 8);
        b->period = 0;
        b->used = true;
        barrier();
        b->state = i ? BLOCK_LARGE_TAIL : BLOCK_LARGE;
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    return p;
}

/* Allocates one cell of the class of this size. zeroed: all of it; else its pointer words. */
static void *sized(struct thread *t, unsigned mode, size_t size, unsigned wide, bool zeroed)
{
    unsigned class = H.class_of[wide][size / 8 + 1];
    struct cursor *c = &t->sized[mode][wide][class];
    t->busy = 1;
    barrier();
    void *p = bump(c);
    if (unlikely(!p)) {
        goe__enter(t);
        stock_reserve();
        refill(t, c, &H.sized[mode][wide][class]);
        p = bump(c);
        goe__unlock();
    }
    size_t n = c->all_words;
    barrier();
    t->busy = 0;
    if (zeroed && n)
        memset(p, 0, size);
    return p;
}

static void *large(struct thread *t, size_t size, size_t align, const struct kind *layout,
                   uint32_t period, bool zero)
{
    goe__enter(t);
    stock_reserve();
    H.allocated += size;
    collect_if_due(t);
    void *p = goe__large_alloc(size, align, layout, period, zero);
    if (!p) {
        goe__collect(t, "memory", true);
        p = goe__large_alloc(size, align, layout, period, zero);
        if (!p)
            no_memory(size);
    }
    H.total_bytes += size;
    H.total_objects++;
    goe__leave(t);
    return p;
}

/* A cell of a layout that has cursors of no thread: rare alignments. */
static void *odd(struct thread *t, size_t size, size_t align, uint8_t mode)
{
    size_t cell = (size + align) & ~(align - 1);
    if (align > SLAB_SIZE)
        goe__die("an alignment of %zu bytes is more than the heap can give (4194304)", align);
    struct kind layout = {.mode = mode, .nwords = (uint32_t)(cell / 8)};
    if (cell > MAX_CELL)
        return large(t, size, align, &layout, 0, true);
    goe__enter(t);
    stock_reserve();
    struct kind *k = goe__kind_intern((uint32_t)cell, (uint32_t)align, mode,
                                      mode == MODE_NONE ? 0 : (uint32_t)(cell / 8), 0);
    if (!k) {
        goe__leave(t);
        return large(t, size, align, &layout, 0, true);
    }
    struct cursor c = {0};
    refill(t, &c, k);
    void *p = bump(&c);
    memset(p, 0, size);
    drop_run(&c);
    goe__leave(t);
    return p;
}

/* Zeroed memory without a descriptor. */
static void *allocate(size_t size, size_t align, uint8_t mode)
{
    struct thread *t = goe__self ? goe__self : goe__thread();
    if (unlikely(t->busy))
        return emergency(size, align);
    if (unlikely(align > 16 && size < (size_t)1 << 40))
        return odd(t, size, align, mode);
    if (likely(size < MAX_CELL))
        return sized(t, mode, size, align > 8, true);
    struct kind layout = {.mode = mode};
    return large(t, size, align, &layout, 0, true);
}

/* The layout of one object of a type. */
static struct kind *type_kind(const struct __goe_type *type)
{
    size_t align = type->align < 8 ? 8 : type->align;
    size_t cell = (type->size + align) & ~(align - 1);
    if (cell < MIN_CELL)
        cell = MIN_CELL;
    unsigned wide = align > 8;
    unsigned class = H.class_of[wide][type->size / 8 + 1];
    if (type->nwords == 0)
        return &H.sized[MODE_NONE][wide][class];
    if (!type->ptrmap || type->nwords > 64)
        return goe__kind_intern((uint32_t)cell, (uint32_t)align, MODE_ALL, type->nwords, 0);
    uint64_t map = type->ptrmap[0];
    if (type->nwords < 64)
        map &= ((uint64_t)1 << type->nwords) - 1;
    if (map == 0)
        return &H.sized[MODE_NONE][wide][class];
    uint32_t words = 64 - (uint32_t)__builtin_clzll(map);
    bool dense = map == (words < 64 ? ((uint64_t)1 << words) - 1 : ~(uint64_t)0);
    return goe__kind_intern((uint32_t)cell, (uint32_t)align, dense ? MODE_ALL : MODE_MAP, words,
                            dense ? 0 : map);
}

static void *new_slow(const struct __goe_type *type, bool zeroed) __attribute__((noinline));
static void *new_slow(const struct __goe_type *type, bool zeroed)
{
    struct thread *t = goe__self ? goe__self : goe__thread();
    size_t size = type->size;
    if (t->busy)
        return emergency(size, type->align);
    uint8_t mode = type->nwords ? MODE_ALL : MODE_NONE;
    if (type->align > 16 || size >= MAX_CELL)
        return allocate(size, type->align, mode);
    goe__enter(t);
    struct cursor *c = &t->types[type_hash(type)];
    if (c->type != type) {
        if (c->block)
            drop_run(c);
        *c = (struct cursor){.type = type, .kind = type_kind(type)};
        if (c->kind && c->kind->proven) /* two types may take turns in one slot of the cache */
            c->trial = TRIAL_BYTES;
    }
    if (mode == MODE_NONE || !c->kind || c->trial < TRIAL_BYTES) {
        c->trial += (uint32_t)size + 16;
        if (mode != MODE_NONE || c->trial < TRIAL_BYTES || !c->kind) {
            goe__leave(t);
            return sized(t, mode, size, type->align > 8, zeroed);
        }
    }
    c->kind->proven = mode != MODE_NONE;
    stock_reserve();
    refill(t, c, c->kind);
    void *p = bump(c);
    size_t n = zeroed ? c->all_words : c->zero_words;
    goe__unlock();
    zero_words(p, n);
    barrier();
    t->busy = 0;
    return p;
}

__attribute__((malloc)) void *__goe_new(const struct __goe_type *type)
{
    struct thread *t = goe__self;
    if (likely(t && !t->busy)) {
        t->busy = 1;
        barrier();
        struct cursor *c = &t->types[type_hash(type)];
        void *p;
        if (likely(c->type == type) && likely((p = bump(c)) != NULL)) {
            size_t n = c->zero_words;
            barrier();
            t->busy = 0;
            if (n)
                zero_words(p, n);
            return p;
        }
        barrier();
        t->busy = 0;
    }
    return new_slow(type, false);
}

void *__goe_new_typed(const struct __goe_type *type)
{
    struct thread *t = goe__self;
    if (likely(t && !t->busy)) {
        t->busy = 1;
        barrier();
        struct cursor *c = &t->types[type_hash(type)];
        void *p;
        if (likely(c->type == type) && likely((p = bump(c)) != NULL)) {
            size_t n = c->all_words;
            barrier();
            t->busy = 0;
            if (n)
                zero_words(p, n);
            return p;
        }
        barrier();
        t->busy = 0;
    }
    return new_slow(type, true);
}

/* An array of elements of a type, `bytes` long. Small ones are scanned word by word; large ones by the
 * repeated map, when elements are whole words and the map is short. */
static void *array(const struct __goe_type *type, size_t bytes, bool zeroed)
{
    if (bytes == type->size && zeroed)
        return __goe_new_typed(type);
    if (bytes == type->size)
        return __goe_new(type);
    if (type->nwords == 0) {
        if (bytes < MAX_CELL && type->align <= 16) {
            struct thread *t = goe__self ? goe__self : goe__thread();
            return t->busy ? emergency(bytes, type->align)
                           : sized(t, MODE_NONE, bytes, type->align > 8, zeroed);
        }
        return allocate(bytes, type->align, MODE_NONE);
    }
    struct thread *t = goe__self ? goe__self : goe__thread();
    if (bytes < MAX_CELL || type->size % 8 || !type->ptrmap || type->nwords > 64 || t->busy ||
        type->size > UINT32_MAX)
        return allocate(bytes, type->align, MODE_ALL);
    struct kind layout = {.mode = MODE_MAP, .map = type->ptrmap[0], .nwords = type->nwords};
    if (type->nwords < 64)
        layout.map &= ((uint64_t)1 << type->nwords) - 1;
    return large(t, bytes, type->align, &layout, (uint32_t)(type->size / 8), zeroed);
}

void *__goe_new_array(const struct __goe_type *type, size_t bytes)
{
    return array(type, bytes, false);
}

static size_t array_bytes(size_t n, size_t size, const char *name)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
        goe__die("goe_make(%s, %zu): %zu elements of %zu bytes are more than memory can hold", name,
                 n, n, size);
    return bytes;
}

void *__goe_make_typed(const struct __goe_type *type, size_t n)
{
    return array(type, array_bytes(n, type->size, "T"), true);
}

void *__goe_new_zero(size_t size, size_t align, const char *type, ...)
{
    (void)type;
    return allocate(size, align, MODE_ALL);
}

void *__goe_make(size_t n, size_t size, size_t align, const char *type, ...)
{
    return allocate(array_bytes(n, size, type), align, MODE_ALL);
}

void *goe_alloc(size_t size)
{
    return allocate(array_bytes(size, 1, "char"), 16, MODE_ALL);
}

/* A thunk: a cell of code, whose words (function, chain) lie one block further up, on writable pages. */
void *__goe_closure(void *fn, void *chain)
{
    struct thread *t = goe__self ? goe__self : goe__thread();
    if (t->busy)
        goe__die("a closure was made in a signal handler that interrupted the allocator");
    struct cursor *c = &t->sized[2][0][0];
    t->busy = 1;
    barrier();
    char *p = bump(c);
    if (unlikely(!p)) {
        goe__enter(t);
        stock_reserve();
        refill(t, c, &H.sized[2][0][0]);
        p = bump(c);
        goe__unlock();
    }
    void **words = (void **)(void *)(p + BLOCK_SIZE);
    words[0] = fn;
    words[1] = chain;
    goe_keep_alive(chain);
    barrier();
    t->busy = 0;
    return p;
}

void __goe_init(unsigned abi_version, const char *unit)
{
    if (abi_version != GOE_ABI_VERSION)
        goe__die(
            "%s was compiled for version %u of the goescape runtime, this library is version %u: "
            "compile it anew, or link the library that belongs to the plugin",
            unit ? unit : "a unit", abi_version, GOE_ABI_VERSION);
    goe__init_process();
    goe__forget_types();
}
