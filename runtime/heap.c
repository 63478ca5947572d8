/* SPDX-License-Identifier: BSL-1.0
 *
 * heap.c: slabs, blocks and large objects: where cells come from and where they go.
 *
 * Invariants:
 *  - a block is in the pool exactly if its bit in slab->free is set, and then its ncells is 0, so that no
 *    stale pointer finds an object there;
 *  - blocks are taken from the lowest slab that has one, so a heap of short-lived objects goes round in
 *    the same few megabytes, which stay in the cache, and there downwards (see alloc.c);
 *  - a block not in slab->dirty is all zero.
 *
 * Worked example: goe_make(char, 100000) is a large object of 100001 bytes (one past the end counts): four
 * blocks in a row, the first BLOCK_LARGE, three BLOCK_LARGE_TAIL with back = 1, 2, 3. An address in the
 * third block finds back = 2, so the first block, so the object.
 */
#include "internal.h"

#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>

enum {
    GROWTH_NS = 10000000, /* of CPU time between two slabs, when a program allocates in haste */
    TOUCH_NS = 5000000,   /* and since half a slab ago, if so that a huge page is not much of it */
    SWEEP_IN_SEARCH = 8,  /* slabs, in search of room for one large object */
};

/* Cells grow by 8 (or 16) bytes up to 136, then by an eighth of the power of two below. */
static void size_classes(unsigned a, uint32_t step)
{
    uint32_t n = 0, cell = MIN_CELL;
    while (cell <= MAX_CELL && n < CLASSES) {
        H.class_cell[a][n++] = cell;
        uint32_t next = cell + step;
        if (next > 128 + step) {
            uint32_t power = 128;
            while (power * 2 + step <= cell)
                power *= 2;
            next = cell + (power / 8 > step ? power / 8 : step);
        }
        cell = next;
    }
    if (H.class_cell[a][n - 1] < MAX_CELL && n < CLASSES)
        H.class_cell[a][n++] = MAX_CELL;
    uint32_t c = 0;
    for (uint32_t words = 0; words <= MAX_CELL / 8; words++) {
        while (c + 1 < n && H.class_cell[a][c] < words * 8)
            c++;
        H.class_of[a][words] = (uint8_t)c;
    }
    if (n > H.nclasses)
        H.nclasses = n;
}

/* Whether cells of a layout may hold a jmp_buf, on x86-64 (see hidden.c): 8 long, an int, and signals in 16 long. */
static bool may_have_jmp_buf(uint8_t mode, uint32_t nwords, uint64_t map)
{
    enum { REGISTERS = 8, SIGNALS = 16, WORDS = sizeof(jmp_buf) / 8 };
    if (!MIXED_BITS || nwords < WORDS)
        return false;
    const uint64_t signals = (((uint64_t)1 << SIGNALS) - 1) << (REGISTERS + 1);
    const uint64_t words = signals | (((uint64_t)1 << REGISTERS) - 1);
    for (uint32_t at = 0; mode == MODE_MAP && at + WORDS <= nwords; at++)
        if ((map >> at & words) == words)
            return true;
    return mode == MODE_ALL;
}

void goe__kind_setup(struct kind *k, uint32_t cell, uint32_t align, uint8_t mode, uint32_t nwords,
                     uint64_t map)
{
    k->cell = cell;
    k->align = align;
    k->mode = mode;
    k->nwords = nwords;
    k->map = map;
    if (!H.nshapes)
        H.nshapes = 1;
    k->shape = (uint16_t)H.nshapes++;
    struct shape *s = &H.shapes[k->shape];
    s->recip = (uint32_t)((((uint64_t)1 << 32) + cell / 8 - 1) / (cell / 8));
    s->cell = cell;
    s->ncells = (uint16_t)(BLOCK_SIZE / cell);
    s->n = (uint8_t)nwords;
    s->map = mode == MODE_ALL && nwords ? ~(uint64_t)0 >> (nwords < 64 ? 64 - nwords : 0) : map;
    s->scan = mode == MODE_NONE                     ? SCAN_NONE
              : may_have_jmp_buf(mode, nwords, map) ? SCAN_SLOW
              : mode == MODE_MAP                    ? SCAN_MAP
              : mode == MODE_ALL && nwords <= 64    ? SCAN_ALL
                                                    : SCAN_SLOW;
}

/* The kind of a layout, made if it is new; null when there are too many. Linear probing over the table. */
struct kind *goe__kind_intern(uint32_t cell, uint32_t align, uint8_t mode, uint32_t nwords,
                              uint64_t map)
{
    for (uint32_t i = 0; i < H.nkinds; i++) {
        struct kind *k = &H.kinds[i];
        if (k->cell == cell && k->align == align && k->mode == mode && k->nwords == nwords &&
            k->map == map)
            return k;
    }
    if (H.nkinds == MAX_KINDS)
        return NULL;
    struct kind *k = &H.kinds[H.nkinds++];
    goe__kind_setup(k, cell, align, mode, nwords, map);
    return k;
}

void goe__heap_init(void)
{
    size_classes(0, 8);
    size_classes(1, 16);
    for (unsigned a = 0; a < 2; a++)
        for (unsigned c = 0; c < CLASSES; c++) {
            uint32_t cell = H.class_cell[a][c];
            if (!cell)
                continue;
            goe__kind_setup(&H.sized[0][a][c], cell, a ? 16 : 8, MODE_NONE, 0, 0);
            goe__kind_setup(&H.sized[1][a][c], cell, a ? 16 : 8, MODE_ALL, cell / 8, 0);
            goe__kind_setup(&H.sized[2][a][c], CLOSURE_CELL, 16, MODE_CLOSURE, 0, 0);
        }
}

static void slab_enter(struct slab *s)
{
    uint32_t i = H.nslabs++;
    for (; i > 0 && H.slab_list[i - 1]->base > s->base; i--) {
        H.slab_list[i] = H.slab_list[i - 1];
        H.slab_list[i]->index = i;
    }
    H.slab_list[i] = s;
    s->index = i;
    H.slabs[((uintptr_t)s->base - H.window) >> SLAB_SHIFT] = s;
    if (!H.lo || (uintptr_t)s->base < H.lo)
        H.lo = (uintptr_t)s->base;
    if ((uintptr_t)s->base + SLAB_SIZE > H.hi)
        H.hi = (uintptr_t)s->base + SLAB_SIZE;
    H.first_free = 0;
}

/* The table window is laid around the first slab. */
static bool table_init(uintptr_t first)
{
    size_t table = WINDOW_SLABS * sizeof *H.slabs;
    H.slabs = goe__own_map(table);
    H.slab_list = goe__own_map(table);
    if (!H.slabs || !H.slab_list)
        return false;
    uintptr_t half = (uintptr_t)(WINDOW_SLABS / 2) << SLAB_SHIFT;
    H.window = first > half ? first - half : 0;
    H.slab_cap = WINDOW_SLABS;
    return true;
}

/* Whether the program builds something large, so that few long waits for the kernel are better than many
 * short ones; else the program is to be interrupted as little as can be. */
static bool growing(uint64_t ns)
{
    uint64_t now = goe__process_cpu(), before = H.mapped_at;
    H.mapped_at = now;
    H.hasty = now - before < ns || !H.opt.concurrent;
    return H.hasty;
}

/* Somebody is about to touch the first of 2 MB of a slab. As one page they take the kernel from 0.1 to 10 ms to clear,
 * which only a program in haste is to wait for at once. */
static void touch(struct slab *s, uint32_t half)
{
    if (s->huge >> half & 1 && !s->dirty[half] && !growing(TOUCH_NS)) {
        int saved = errno; /* a kernel without huge pages refuses */
        madvise(goe__block_base(s, half * 64), SLAB_SIZE / 2, MADV_NOHUGEPAGE);
        errno = saved;
        s->huge &= (uint8_t) ~(1u << half);
    }
}

/* Maps `count` adjacent slabs and describes them as all free; null without memory. */
static struct slab *slabs_new(uint32_t count)
{
    bool hasty = growing(GROWTH_NS), stocked = count == 1 && H.nstock;
    bool huge = hasty && !stocked && H.nslabs;
    char *base = stocked ? H.stock[--H.nstock] : goe__map_slabs(count, huge);
    goe__cycle_stock();
    if (!base)
        return NULL;
    if (!H.slabs && !table_init((uintptr_t)base))
        return NULL;
    uintptr_t last = (uintptr_t)base + (((size_t)count - 1) << SLAB_SHIFT);
    if ((uintptr_t)base < H.window || (last - H.window) >> SLAB_SHIFT >= WINDOW_SLABS) {
        goe__unmap_slabs(base, count);
        return NULL;
    }
    goe__tools_slab(base, (size_t)count << SLAB_SHIFT);
    struct slab *first = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct slab *s = H.spare;
        if (s) {
            H.spare = s->next_spare;
            goe__fill(s, 0, sizeof *s);
        } else if (!(s = goe__own_alloc(sizeof *s))) {
            goe__unmap_slabs(base + ((size_t)i << SLAB_SHIFT), count - i);
            return NULL; /* what was entered before stays, free */
        }
        s->base = base + ((size_t)i << SLAB_SHIFT);
        s->marks = s->work = s->own_marks;
        s->huge = huge ? 3 : 0;
        if (H.phase == PHASE_MARK) {
            s->other = goe__own_alloc(sizeof s->own_marks);
            if (s->other)
                s->work = s->other;
            else
                goe__mark_cancel();
        }
        for (uint32_t b = 0; b < SLAB_BLOCKS; b++)
            s->blocks[b].slot = (uint8_t)b;
        goe__fill(s->free, 0xff, sizeof s->free);
        s->nfree = SLAB_BLOCKS;
        slab_enter(s);
        goe__gen_new(s);
        if (!first)
            first = s;
    }
    return first;
}

static inline bool bit(const uint64_t *set, uint32_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

/* Takes blocks [slot, slot + n) out of the pool. Returns how many of them may hold old data. */
uint32_t goe__slab_use(struct slab *s, uint32_t slot, uint32_t n)
{
    uint32_t dirty = 0;
    for (uint32_t i = slot; i < slot + n; i++) {
        uint64_t b = (uint64_t)1 << (i % 64);
        s->free[i / 64] &= ~b;
        goe__gen_release(s, i);
        if (s->dirty[i / 64] & b)
            dirty++;
        s->dirty[i / 64] |= b;
        goe__fill(s->marks[i], 0, sizeof s->marks[i]);
    }
    s->nfree -= n;
    H.used_blocks += n;
    return dirty;
}

static void block_setup(struct block *b, struct kind *k)
{
    b->cell = k->cell;
    b->recip = (uint32_t)((((uint64_t)1 << 32) + k->cell / 8 - 1) / (k->cell / 8));
    b->mode = k->mode;
    b->nwords = k->nwords;
    b->map = k->map;
    b->kind = k;
    b->next = NULL;
    b->pos = BLOCK_SIZE / k->cell;
    b->taken = b->used = true;
    b->age = k->mode == MODE_CLOSURE ? AGE_OLD : AGE_FRESH;
    b->state = BLOCK_CELLS;
    __atomic_store_n(&b->ncells, (uint16_t)(BLOCK_SIZE / k->cell), __ATOMIC_RELEASE);
    __atomic_store_n(&goe__block_slab(b)->shape[b->slot], k->shape, __ATOMIC_RELEASE);
}

static void sweep_slab(struct slab *s, bool minor);

/* Lowest slab with a run of n free blocks, and where; count of slabs times constant. A single one is the slab's last. */
static struct slab *find_run(uint32_t n, uint32_t *slot)
{
    bool first = true;
    unsigned swept = 0;
    for (uint32_t i = H.first_free; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->nfree && first) {
            H.first_free = i;
            first = false;
        }
        if (s->nfree < n || s->closures || s == H.reserve[0].slab || s == H.reserve[1].slab)
            continue;
        if (s->unswept) {
            if (n > 1 && swept++ == SWEEP_IN_SEARCH)
                return NULL; /* rather a new slab than a long search */
            sweep_slab(s, false);
            if (s->nfree < n)
                continue;
        }
        if (n == 1) {
            *slot = s->free[1] ? 127 - (uint32_t)__builtin_clzll(s->free[1])
                               : 63 - (uint32_t)__builtin_clzll(s->free[0]);
            return s;
        }
        for (uint32_t b = 0, run = 0; b < SLAB_BLOCKS; b++) {
            run = bit(s->free, b) ? run + 1 : 0;
            if (run == n) {
                *slot = b + 1 - n;
                return s;
            }
        }
    }
    return NULL;
}

/* The first of `count` adjacent slabs that are all free, or null. */
static struct slab *find_slabs(uint32_t count)
{
    for (uint32_t i = H.first_free, run = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->nfree < SLAB_BLOCKS || s->closures)
            run = 0;
        else if (run && H.slab_list[i - 1]->base + SLAB_SIZE != s->base)
            run = 1;
        else
            run++;
        if (run == count)
            return H.slab_list[i + 1 - count];
    }
    return NULL;
}

/* Bits of the slots that code is in, of 64 slots; their words are in the slots CLOSURE_BLOCKS further up. */
#define CODE_SLOTS 0x0000ffff0000ffff

/* A block of code and one for its words, in a slab kept for such: its pages cannot be used otherwise. Code lies
 * together, so that the kernel has few mappings to keep. */
static struct block *closure_block(struct kind *k)
{
    struct slab *s = NULL;
    for (uint32_t i = 0; i < H.nslabs && !s; i++)
        if (H.slab_list[i]->closures && H.slab_list[i]->nfree)
            s = H.slab_list[i];
    if (s && s->unswept)
        sweep_slab(s, false);
    if (!s) {
        s = slabs_new(1);
        if (!s)
            return NULL;
        s->closures = true;
    }
    uint64_t low = s->free[0] & CODE_SLOTS, high = s->free[1] & CODE_SLOTS;
    uint32_t slot =
        high ? 127 - (uint32_t)__builtin_clzll(high) : 63 - (uint32_t)__builtin_clzll(low);
    goe__slab_use(s, slot, 1);
    goe__slab_use(s, slot + CLOSURE_BLOCKS, 1);
    struct block *b = &s->blocks[slot];
    b[CLOSURE_BLOCKS].state = BLOCK_DATA;
    goe__closure_block(b);
    block_setup(b, k);
    return b;
}

struct block *goe__block_take(struct kind *k)
{
    if (goe__over_limit(BLOCK_SIZE))
        return NULL;
    if (k->mode == MODE_CLOSURE)
        return closure_block(k);
    uint32_t slot = SLAB_BLOCKS - 1;
    struct slab *s = find_run(1, &slot);
    if (!s) {
        s = slabs_new(1);
        if (!s)
            return NULL;
    }
    touch(s, slot / 64);
    if (goe__slab_use(s, slot, 1))
        goe__renew(goe__block_base(s, slot), BLOCK_SIZE);
    struct block *b = &s->blocks[slot];
    block_setup(b, k);
    return b;
}

void goe__block_free(struct slab *s, uint32_t slot)
{
    struct block *b = &s->blocks[slot];
    b->ncells = 0;
    s->shape[slot] = 0;
    b->state = BLOCK_FREE;
    b->kind = NULL;
    b->taken = b->used = false;
    s->free[slot / 64] |= (uint64_t)1 << (slot % 64);
    s->nfree++;
    H.used_blocks--;
    if (s->index < H.first_free)
        H.first_free = s->index;
}

/* A slab whose blocks are all taken, but by nobody: for emergencies. It has no marks yet, so they need no clearing, which
 * would touch the pages that they are on. */
struct slab *goe__slab_reserve(void)
{
    struct slab *s = slabs_new(1);
    if (!s)
        return NULL;
    goe__fill(s->free, 0, sizeof s->free);
    goe__fill(s->dirty, 0xff, sizeof s->dirty);
    s->nfree = 0;
    H.used_blocks += SLAB_BLOCKS;
    return s;
}

/* Takes the large object that starts at block b apart, across slabs if it spans several. */
static void large_free(struct block *b)
{
    struct slab *s = goe__block_slab(b);
    uintptr_t p = (uintptr_t)goe__block_base(s, b->slot);
    size_t n = (b->size >> BLOCK_SHIFT) + 1;
    for (size_t i = 0; i < n; i++, p += BLOCK_SIZE)
        goe__block_free(goe__slab_at(p), (uint32_t)(p >> BLOCK_SHIFT) % SLAB_BLOCKS);
}

/* An object of its own blocks. layout says what to scan (nwords is of one period). Null: no memory. */
void *goe__large_alloc(size_t size, size_t align, const struct kind *layout, uint32_t period,
                       bool zero)
{
    if (size > (size_t)WINDOW_SLABS << (SLAB_SHIFT - 1) || goe__over_limit(size))
        return NULL;
    size_t n = (size >> BLOCK_SHIFT) + 1; /* one byte more than size: one past the end */
    uint32_t slot = 0;
    struct slab *s = NULL;
    if (n <= SLAB_BLOCKS && align <= BLOCK_SIZE)
        s = find_run((uint32_t)n, &slot);
    if (!s) {
        uint32_t count = (uint32_t)((n + SLAB_BLOCKS - 1) / SLAB_BLOCKS);
        slot = 0;
        s = find_slabs(count);
        if (!s && !(s = slabs_new(count)))
            return NULL;
    }
    char *base = goe__block_base(s, slot);
    uint32_t dirty = 0;
    for (size_t i = 0; i < n; i++) {
        uintptr_t p = (uintptr_t)base + (i << BLOCK_SHIFT);
        struct slab *t = goe__slab_at(p);
        uint32_t at = (uint32_t)(p >> BLOCK_SHIFT) % SLAB_BLOCKS;
        dirty += goe__slab_use(t, at, 1);
        struct block *b = &t->blocks[at];
        b->ncells = 0;
        t->shape[at] = 0;
        b->kind = NULL;
        b->used = true;
        b->taken = false;
        b->back = (uint32_t)i;
        if (i)
            __atomic_store_n(&b->state, BLOCK_LARGE_TAIL, __ATOMIC_RELEASE);
    }
    struct block *b = &s->blocks[slot];
    b->size = size;
    b->mode = layout->mode;
    b->map = layout->map;
    b->nwords = layout->nwords;
    b->period = period;
    if (dirty && goe__renew(base, n << BLOCK_SHIFT))
        dirty = 0;
    if (dirty && (zero || layout->mode != MODE_NONE))
        goe__fill(base, 0, size);
    __atomic_store_n(&b->state, BLOCK_LARGE, __ATOMIC_RELEASE);
    return base;
}

bool goe__resolve(uintptr_t p, struct object *out)
{
    struct slab *s = goe__slab_at(p);
    if (!s)
        return false;
    uint32_t slot = (uint32_t)(p >> BLOCK_SHIFT) % SLAB_BLOCKS;
    struct block *b = &s->blocks[slot];
    if (b->ncells) {
        uint32_t cell = (uint32_t)((p % BLOCK_SIZE / 8 * b->recip) >> 32);
        if (cell >= b->ncells)
            return false;
        *out = (struct object){s, b, cell, goe__block_base(s, slot) + (size_t)cell * b->cell};
        return true;
    }
    uint8_t state = __atomic_load_n(&b->state, __ATOMIC_ACQUIRE);
    if (state == BLOCK_LARGE_TAIL) {
        uintptr_t first = (p & ~(uintptr_t)(BLOCK_SIZE - 1)) - ((uintptr_t)b->back << BLOCK_SHIFT);
        s = goe__slab_at(first);
        slot = (uint32_t)(first >> BLOCK_SHIFT) % SLAB_BLOCKS;
        b = &s->blocks[slot];
    } else if (state != BLOCK_LARGE) {
        return false;
    }
    *out = (struct object){s, b, 0, goe__block_base(s, slot)};
    return p <= (uintptr_t)out->base + b->size;
}

size_t goe__object_size(const struct object *o)
{
    return o->block->state == BLOCK_LARGE ? o->block->size : o->block->cell;
}

static uint32_t count_marks(const uint64_t *marks, uint32_t ncells)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < (ncells + 63) / 64; i++)
        n += (uint32_t)__builtin_popcountll(marks[i]);
    return n;
}

/* Fills the unmarked cells of a block with a pattern, so that a use after free shows. */
static void poison(struct slab *s, struct block *b)
{
    for (uint32_t c = 0; c < b->ncells; c++)
        if (!bit(s->marks[b->slot], c))
            goe__fill(goe__block_base(s, b->slot) + (size_t)c * b->cell, 0xdb, b->cell);
}

/* Sorts the blocks of a slab by what marking left: empty ones go to the pool, those with room to their
 * kind's list, lowest first. minor: only blocks that were allocated from, or were young, have changed. Linear in blocks, not in
 * objects. */
static void sweep_slab(struct slab *s, bool minor)
{
    if (s->unswept) {
        s->unswept = false;
        H.unswept--;
    }
    if (s->nfree == SLAB_BLOCKS)
        return;
    for (uint32_t slot = SLAB_BLOCKS; slot-- > 0;) {
        struct block *b = &s->blocks[slot];
        if (b->state == BLOCK_LARGE) {
            b->used = false;
            if (!(s->marks[slot][0] & 1)) {
                if (H.opt.verify)
                    goe__fill(goe__block_base(s, slot), 0xdb, b->size);
                large_free(b);
            }
            continue;
        }
        if (b->state != BLOCK_CELLS)
            continue;
        bool changed = b->used || !minor || b->age == AGE_ONCE;
        uint32_t before = b->live;
        if (changed)
            b->live = count_marks(s->marks[slot], b->ncells);
        uint32_t live = b->live;
        if (minor && b->age == AGE_ONCE)
            H.kept += (uint64_t)(live < before ? live : before) * b->cell;
        b->age = minor && H.aging && b->age == AGE_FRESH ? AGE_ONCE : AGE_OLD;
        b->pos = b->ncells;
        b->taken = b->used = false;
        if (H.opt.verify && b->mode != MODE_CLOSURE && changed)
            poison(s, b);
        if (live == 0 && b->mode != MODE_CLOSURE) {
            goe__block_free(s, slot);
        } else if (live < b->ncells && (!H.tsan || b->mode == MODE_CLOSURE)) {
            b->next = b->kind->avail;
            b->kind->avail = b;
        }
    }
    if (H.sweep_clean)
        goe__gen_clean(s);
}

/* After marking, world stopped: nobody allocates from a block before its slab is swept. The reserves are swept
 * at once, for those who allocate there take no lock. */
void goe__sweep_begin(void)
{
    for (unsigned m = 0; m < 3; m++)
        for (unsigned a = 0; a < 2; a++)
            for (unsigned c = 0; c < CLASSES; c++)
                H.sized[m][a][c].avail = NULL;
    for (uint32_t i = 0; i < H.nkinds; i++)
        H.kinds[i].avail = NULL;
    H.unswept = H.sweep_at = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        s->unswept = s->nfree < SLAB_BLOCKS;
        H.unswept += s->unswept;
    }
    for (unsigned i = 0; i < 2; i++)
        if (H.reserve[i].slab)
            sweep_slab(H.reserve[i].slab, false);
}

/* Sweeps the lowest slab that is not. */
bool goe__sweep_next(void)
{
    for (; H.unswept && H.sweep_at < H.nslabs; H.sweep_at++) {
        struct slab *s = H.slab_list[H.sweep_at];
        if (!s->unswept)
            continue;
        sweep_slab(s, false);
        return true;
    }
    H.sweep_at = 0;
    return H.unswept > 0;
}

void goe__sweep(bool minor)
{
    H.sweep_clean = false;
    goe__sweep_begin();
    for (uint32_t i = H.nslabs; i-- > 0;)
        if (H.slab_list[i]->unswept)
            sweep_slab(H.slab_list[i], minor);
}

/* Whether the collector's thread should map a slab ahead of need, and touch its pages, so that no other
 * thread waits for the kernel to clear them. */
bool goe__stock_wanted(void)
{
    uint64_t want = H.live >> 5 >> SLAB_SHIFT;
    return H.nstock < STOCK && H.nstock < want && !goe__over_limit((H.nstock + 1) * SLAB_SIZE);
}

/* World running: of the slabs that are empty, those beyond `room` bytes of free blocks go back to the system. They stay
 * mapped and read as zero. */
void goe__trim(uint64_t room)
{
    uint64_t kept = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->nfree < SLAB_BLOCKS)
            kept += (uint64_t)s->nfree << BLOCK_SHIFT;
    }
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->nfree < SLAB_BLOCKS || s->closures || !(s->dirty[0] | s->dirty[1]))
            continue;
        kept += SLAB_SIZE;
        if (kept <= room + SLAB_SIZE || madvise(s->base, SLAB_SIZE, MADV_DONTNEED))
            continue;
        s->dirty[0] = s->dirty[1] = 0;
        s->huge = 3; /* perhaps */
    }
}
