/* SPDX-License-Identifier: BSL-1.0
 *
 * alloc.c: handing out cells: a bump pointer for each thread and layout.
 *
 * Invariants:
 *  - a cell between a cursor's bump and limit is unmarked, unreachable and belongs to that thread alone;
 *  - the address of a new cell is in a register from before limit is read until the caller has it, so a
 *    collection in between finds it. The collection then empties the cursor (limit = NO_RUN), and a thread that
 *    was about to store bump does no harm;
 *  - t->busy is set while a cursor is in use. A signal handler that allocates meanwhile gets a large
 *    object from a reserve, without a lock (emergency()).
 *  - cells of runs hold anything; who takes one zeroes what must be zero before anybody else sees it. A
 *    collection that comes first may follow stale words: it then keeps some garbage once more.
 *
 * A cursor in the cache of a thread is known by its key, which says all there is to know of a small layout
 * (see __goe_take in goescape.h, which is this file's fast path, inlined in programs as well). Two layouts may
 * want the same place: who comes first has it until a collection finds it idle, the other one makes do
 * with the cursors by size.
 *
 * Cells are handed out downwards, and so are runs and blocks of a slab: most pointers lead from younger objects to older
 * ones, so whoever follows them, as the program or as marking, goes upwards, which is how processors fetch ahead best.
 *
 * Worked example: marks 0b01110010 of a block with eight cells. Cell 1, 4, 5, 6 are live; the runs are
 * [7,8), [2,4), [0,1): three refills allocate four objects (7, 3, 2, 0) and never touch a live one.
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    SWEEP_AT_ONCE = 4,  /* slabs, in search of a block with room */
    TRIAL_BYTES = 4096, /* of a layout with pointers before it gets blocks of its own */
    KEY_SIZE = 16383,   /* the part of a key that is the size */
    AHEAD = 32,         /* words of thunks that will be written soon */
};

static inline __attribute__((always_inline)) void zero_words(void *p, size_t n)
{
    uint64_t *w = p;
    if (unlikely(n > 16)) {
        memset(p, 0, n * 8);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        w[i] = 0;
        barrier(); /* few: no call of memset */
    }
}

/* The limit of a cursor without cells: no address reaches it. */
#define NO_RUN ((char *)UINTPTR_MAX)

/* The next cell of a run, or null at its end. See __goe_take. */
static inline void *bump(struct cursor *c)
{
    uintptr_t at = (uintptr_t)c->bump - c->cell;
    __asm__ volatile("" : "+r"(at) : : "memory"); /* from here on in a register */
    if (unlikely(at < (uintptr_t)c->limit))
        return NULL;
    c->bump = (char *)at;
    barrier();
    return (char *)at;
}

/* What the run of a cursor counts as used so far. */
static uint64_t run_used(const struct cursor *c)
{
    return c->end ? (uint64_t)(c->end - c->bump) : 0;
}

static void count_run(struct cursor *c)
{
    if (!c->end)
        return;
    uint64_t used = run_used(c);
    H.total_bytes += used;
    H.total_objects += used / c->cell;
    H.allocated -= (uint64_t)(c->bump - c->limit);
    c->end = NULL;
}

/* The run of a cursor that is not used again is given up: the rest of it can be had by others. */
static void drop_run(struct cursor *c)
{
    count_run(c);
    struct block *b = c->block;
    b->pos += (uint32_t)((uint64_t)(c->bump - c->limit) / c->cell);
    b->taken = false;
    if (b->pos) {
        b->next = b->kind->avail;
        b->kind->avail = b;
    }
}

static void cursor_reset(struct cursor *c)
{
    count_run(c);
    c->limit = NO_RUN; /* first: bump alone never admits an allocation */
    c->bump = NULL;
    c->block = NULL;
}

void goe__cursors_reset(struct thread *t)
{
    for (struct cursor *c = t->active, *next; c; c = next) {
        next = c->next != c ? c->next : NULL;
        c->next = NULL;
        cursor_reset(c);
    }
    t->active = NULL;
}

uint64_t goe__handed_out(const struct thread *t, uint64_t *objects)
{
    uint64_t bytes = 0;
    for (const struct cursor *c = t->active; c; c = c->next != c ? c->next : NULL) {
        uint64_t used = run_used(c);
        bytes += used;
        *objects += used ? used / c->cell : 0;
    }
    return bytes;
}

/* One past the last of the cells below `below` that is unmarked, or marked where flip has all bits; 0: none is. */
static uint32_t last_free(const uint64_t *marks, uint32_t below, uint64_t flip)
{
    for (uint32_t rest; below; below -= rest) {
        uint32_t w = (below - 1) / 64;
        rest = below - w * 64;
        uint64_t bits = ~(marks[w] ^ flip) << (64 - rest);
        if (bits)
            return below - (uint32_t)__builtin_clzll(bits);
    }
    return 0;
}

/* Gives the cursor the next run of its block, if there is one. */
static bool next_run(struct cursor *c)
{
    struct block *b = c->block;
    if (!b || !b->pos)
        return false;
    struct slab *s = goe__block_slab(b);
    uint32_t to = last_free(s->marks[b->slot], b->pos, 0);
    if (!to) {
        b->pos = 0;
        return false;
    }
    uint32_t from = last_free(s->marks[b->slot], to, ~(uint64_t)0);
    if (H.opt.stress)
        from = to - 1;
    b->pos = from;
    char *base = goe__block_base(s, b->slot);
    char *lo = base + (size_t)from * b->cell;
    char *hi = base + (size_t)to * b->cell;
    c->end = hi;
    c->bump = hi;
    c->limit = lo;
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
    if (unlikely(due(t)) && !goe__borrowed()) {
        int saved = errno;
        t->stress = 0;
        if (H.opt.stress || !goe__cycle_due(t))
            goe__collect(t, H.opt.stress ? "stress" : "growth", false);
        errno = saved;
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
    c->limit = NO_RUN; /* of one just zeroed, too */
    if (H.opt.stress)
        collect_if_due(t);
    c->kind = k;
    c->cell = k->cell;
    for (bool desperate = false; !next_run(c);) {
        if (c->block) {
            c->block->taken = false;
            c->block = NULL;
        }
        if (!H.opt.stress)
            collect_if_due(t);
        for (int i = 0; i < SWEEP_AT_ONCE && !k->avail && goe__sweep_next(); i++)
            ;
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

static void fill_reserve(struct reserve *r)
{
    struct slab *s = goe__slab_reserve();
    __atomic_store_n(&r->next, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&r->slab, s, __ATOMIC_RELEASE);
}

/* Makes the reserves that emergency() takes from, before they are needed. With the lock held. One that is used up becomes
 * an ordinary slab, and what is left of the second takes its place: so there is a whole one left, however little of the
 * first is. */
static void stock_reserve(void)
{
    struct reserve *first = &H.reserve[0], *second = &H.reserve[1];
    if (likely(!used_up(first) && !used_up(second)))
        return;
    if (used_up(first)) {
        struct slab *s = second->slab;
        /* Whoever is about to claim there gives up. */
        __atomic_store_n(&first->slab, NULL, __ATOMIC_RELEASE);
        __atomic_store_n(&second->slab, NULL, __ATOMIC_RELEASE);
        uint32_t next = __atomic_exchange_n(&second->next, SLAB_BLOCKS, __ATOMIC_ACQ_REL);
        __atomic_store_n(&first->next, next, __ATOMIC_RELAXED);
        __atomic_store_n(&first->slab, s, __ATOMIC_RELEASE);
        if (used_up(first))
            fill_reserve(first);
    }
    fill_reserve(second);
}

/* Refills one of the thread's own cursors, which a collection has to know of. */
static void *refill_own(struct thread *t, struct cursor *c, struct kind *k)
{
    stock_reserve();
    refill(t, c, k);
    if (!c->next) {
        c->next = t->active ? t->active : c;
        t->active = c;
    }
    return bump(c);
}

/* Claims n blocks in a row of a reserve. */
static char *claim(uint32_t n, struct slab **slab, uint32_t *slot)
{
    for (unsigned i = 0; i < 2; i++) {
        struct slab *s = __atomic_load_n(&H.reserve[i].slab, __ATOMIC_ACQUIRE);
        if (!s)
            continue;
        uint32_t at = __atomic_fetch_add(&H.reserve[i].next, n, __ATOMIC_ACQ_REL);
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

/* One cell of the class of this size, not zeroed. */
static void *sized(struct thread *t, unsigned mode, size_t size, unsigned wide)
{
    unsigned class = H.class_of[wide][size / 8 + 1];
    struct cursor *c = &t->sized[mode][wide][class];
    t->busy = 1;
    barrier();
    void *p = bump(c);
    if (unlikely(!p)) {
        goe__enter(t);
        p = refill_own(t, c, &H.sized[mode][wide][class]);
        goe__unlock();
    }
    barrier();
    t->busy = 0;
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
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other)) {
        const struct __goe_type plain = {size, (uint32_t)align, 0, NULL};
        return mode == MODE_NONE ? other->make_typed(&plain, 1)
                                 : other->new_zero(size, align, NULL);
    }
    struct thread *t = goe__self ? goe__self : goe__thread();
    if (unlikely(t->busy))
        return emergency(size, align);
    if (unlikely(align > 16 && size < (size_t)1 << 40))
        return odd(t, size, align, mode);
    if (likely(size < MAX_CELL))
        return memset(sized(t, mode, size, align > 8), 0, size);
    struct kind layout = {.mode = mode};
    return large(t, size, align, &layout, 0, true);
}

/* The key of a type's layout; 0: it has none, being large, empty or aligned to more than 16 bytes. */
static inline uint64_t type_key(const struct __goe_type *type)
{
    uint64_t map = 0;
    if (unlikely(type->size >= MAX_CELL || type->align > 16))
        return 0;
    if (type->nwords > __GOE_KEY_WORDS)
        return __goe_key(type->size, type->align, type->nwords) | __GOE_KEY_ALL;
    if (type->nwords)
        map =
            (type->ptrmap ? type->ptrmap[0] : ~(uint64_t)0) & (~(uint64_t)0 >> (64 - type->nwords));
    return __goe_key(type->size, type->align, map);
}

/* The layout that a key tells of; null: there are too many. */
static struct kind *key_kind(uint64_t key, unsigned *mode)
{
    size_t size = key & KEY_SIZE;
    unsigned wide = key >> 14 & 1;
    uint64_t map = (key & ~__GOE_KEY_ALL) >> 15;
    *mode = map ? MODE_ALL : MODE_NONE;
    if (!map)
        return &H.sized[MODE_NONE][wide][H.class_of[wide][size / 8 + 1]];
    uint32_t words = key & __GOE_KEY_ALL ? (uint32_t)map : 64 - (uint32_t)__builtin_clzll(map);
    uint32_t align = wide ? 16 : 8, cell = (uint32_t)__goe_cell(size, align, map);
    bool dense = key & __GOE_KEY_ALL || map == ~(uint64_t)0 >> (64 - words);
    return goe__kind_intern(cell, align, dense ? MODE_ALL : MODE_MAP, words, dense ? 0 : map);
}

/* Whether a layout with pointers is still too rare for blocks of its own. */
static bool on_trial(struct kind *k, size_t size)
{
    if (k->trial >= TRIAL_BYTES)
        return false;
    k->trial += (uint32_t)size + 16;
    return true;
}

__attribute__((noinline)) void *__goe_refill(uint64_t key)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other))
        return other->refill(key);
    struct thread *t = goe__self ? goe__self : goe__thread();
    size_t size = key & KEY_SIZE;
    unsigned wide = key >> 14 & 1, mode;
    if (t->busy)
        return emergency(size, wide ? 16 : 8);
    goe__enter(t);
    struct cursor *c = &t->keyed[__goe_slot(key)];
    if (c->key != key) {
        struct kind *k = c->end ? NULL : key_kind(key, &mode);
        if (!k || (mode != MODE_NONE && on_trial(k, size))) {
            goe__leave(t);
            return sized(t, (key & ~__GOE_KEY_ALL) >> 15 ? MODE_ALL : MODE_NONE, size, wide);
        }
        c->key = key;
        c->kind = k;
    }
    void *p = refill_own(t, c, c->kind);
    goe__leave(t);
    return p;
}

/* One object, all of it zero or only the words that may hold pointers. */
static inline __attribute__((always_inline)) void *one(const struct __goe_type *type, bool all)
{
    uint64_t key = type_key(type);
    if (unlikely(!key))
        return allocate(type->size, type->align, type->nwords ? MODE_ALL : MODE_NONE);
    void *p = __goe_get(key, 0);
    zero_words(p, all ? (type->size + 7) / 8 : type->nwords);
    return p;
}

__attribute__((malloc)) void *__goe_new(const struct __goe_type *type)
{
    return one(type, false);
}

__attribute__((malloc)) void *__goe_new_typed(const struct __goe_type *type)
{
    return one(type, true);
}

__attribute__((malloc)) void *__goe_new_small(uint64_t key, size_t size)
{
    (void)size;
    void *p = __goe_get(key, 0);
    uint64_t map = (key & ~__GOE_KEY_ALL) >> 15;
    zero_words(p, key & __GOE_KEY_ALL ? map : map ? 64 - (size_t)__builtin_clzll(map) : 0);
    return p;
}

__attribute__((malloc)) void *__goe_new_zeroed(uint64_t key, size_t size)
{
    void *p = __goe_get(key, 0);
    zero_words(p, (size + 7) / 8);
    return p;
}

/* An array of elements of a type, `bytes` long. Small ones are scanned word by word; large ones by the
 * repeated map, when elements are whole words and the map is short. */
static void *array(const struct __goe_type *type, size_t bytes, bool zeroed)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other && !type->size))
        return other->new_zero(0, type->align, NULL);
    if (unlikely(other))
        return zeroed ? other->make_typed(type, bytes / type->size) : other->new_array(type, bytes);
    if (bytes == type->size && zeroed)
        return __goe_new_typed(type);
    if (bytes == type->size)
        return __goe_new(type);
    if (type->nwords == 0) {
        if (bytes < MAX_CELL && type->align <= 16) {
            struct thread *t = goe__self ? goe__self : goe__thread();
            if (t->busy)
                return emergency(bytes, type->align);
            void *p = sized(t, MODE_NONE, bytes, type->align > 8);
            return zeroed ? memset(p, 0, bytes) : p;
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

/* A thunk when the thread's run of them is at its end. */
static __attribute__((noinline)) char *thunk_slowly(void)
{
    struct thread *t = goe__self ? goe__self : goe__thread();
    if (t->busy)
        goe__die("a closure was made in a signal handler that interrupted the allocator");
    goe__enter(t);
    char *p = refill_own(t, &t->sized[2][0][0], &H.sized[2][0][0]);
    goe__leave(t);
    return p;
}

/* A thunk: a cell of code, whose words (function, chain) lie on writable pages. Before the words are set
 * they are what an earlier thunk had. */
void *__goe_closure(void *fn, void *chain)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other))
        return other->closure(fn, chain);
    struct thread *t = goe__self;
    char *p = NULL;
    if (likely(t && !t->busy)) {
        t->busy = 1;
        barrier();
        p = bump(&t->sized[2][0][0]);
        barrier();
        t->busy = 0;
    }
    if (unlikely(!p))
        p = thunk_slowly();
    void **words = goe__closure_words(p);
    __builtin_prefetch(words - AHEAD, 1);
    words[0] = fn;
    words[1] = chain;
    goe_keep_alive(chain);
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
}
