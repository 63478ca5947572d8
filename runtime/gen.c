/* SPDX-License-Identifier: BSL-1.0
 *
 * gen.c: collections of the young: most objects die young, so look at those alone.
 *
 * Idea: sticky marks. A minor collection does not clear the marks of the last one: what is marked is old and
 * stays; marking visits only what is not. An old object that was written since may point to a young one, so all
 * old objects on written pages are scanned again. Which pages those are the kernel says: after each
 * collection pages of old objects are write-protected by userfaultfd in its asynchronous mode (Linux
 * 6.7), in which the first write to a page costs a fault but no message, and PAGEMAP_SCAN lists the
 * pages written. Writes by system calls and by code compiled elsewhere count like others.
 *
 * Invariants:
 *  - a block's bit in slab->clean is set only if each of its pages is protected or counts as written since a
 *    collection, and nobody allocates from it; blocks without the bit are scanned whole;
 *  - when anything fails (no such kernel, a forked child, descriptors closed by the program), pages count
 *    as written and collections are full ones.
 *
 * Worked example: a tree of 100 MB is built and then only read, while small trees come and go. The first
 * full collection marks and protects it. Minor ones find none of its pages written and cost what is
 * alive of the small trees.
 *
 * What survives only because it was being used just then is dead soon after, but would be old: it would stay, be scanned
 * again and again, and keep alive what it points to until the next full collection. So what survives in a block that
 * was empty before is young once more: the next minor collection clears the block's marks. It follows that old objects
 * may point to young ones that were there when they became old. Nothing is protected after such a collection, so all
 * that has become old since pages were protected last is scanned. Where that becomes much, or most survives again, it is
 * left out once, or for a while.
 *
 * Where most young objects survive, minor collections only add to the work: after one in which more than
 * half did, the next few collections are full.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* userfaultfd's interface; the headers of older systems lack the parts used here. */
struct uffd_api {
    uint64_t api;      /* 0xaa */
    uint64_t features; /* wanted */
    uint64_t ioctls;   /* out */
};
struct uffd_register {
    uint64_t start, len; /* range */
    uint64_t mode;       /* 2: write protection */
    uint64_t ioctls;     /* out */
};
struct uffd_protect {
    uint64_t start, len; /* range */
    uint64_t mode;       /* 1: protect, 0: not */
};
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif
#define UFFD_API_CALL      _IOWR(0xaa, 0x3f, struct uffd_api)
#define UFFD_REGISTER_CALL _IOWR(0xaa, 0x00, struct uffd_register)
#define UFFD_PROTECT_CALL  _IOWR(0xaa, 0x06, struct uffd_protect)

enum {
    USER_MODE_ONLY = 1, /* flag of the system call */
    WP_ASYNC = 1 << 15, /* feature */
    REGIONS = 128,
    COLLAPSE_EVERY = 16,      /* collections */
    MOST_ROOMY = 8,           /* blocks with room in 2 MB that are worth protecting */
    SOME_DEMOTED = 256 << 10, /* bytes from which one can tell how many of them survive */
    MUCH_OPEN =
        1 << 15, /* old objects that each minor collection scans, though nobody writes to them */
    AHEAD = 16,  /* blocks that are opened with one that is allocated from */
    AT_ONCE = 8, /* minor collections whose survivors are old at once, if most survive again */
    MOST_BACKOFF = 16, /* full collections in a row before trying minor ones again */
};

static struct gen {
    int fd;                /* userfaultfd; negative: none */
    bool tried;            /* to open it */
    unsigned survival;     /* of what was young, in 1/256; more if that is not known */
    unsigned backoff;      /* full collections still to come */
    unsigned next_backoff; /* and how many next time */
    bool protected;        /* pages were, after the last collection */
    uint64_t open;         /* old objects in blocks that are not protected, at the last minor one */
    uint64_t least_open;   /* and at the first one after pages were protected */
    unsigned at_once;      /* minor collections still to come whose survivors are old at once */
    char *
        spare; /* of the thread that collects beside the program: 2 MB in it are touched at times */
    struct page_region regions[REGIONS]; /* written pages */
} * G;

static bool call(unsigned long what, void *arg)
{
    int saved = errno;
    bool ok = syscall(SYS_ioctl, G->fd, what, arg) == 0;
    errno = saved;
    return ok;
}

/* Opens userfaultfd; silently does without. With the lock held. */
static void gen_open(void)
{
    if (!G && !(G = goe__own_alloc(sizeof *G)))
        return;
    G->tried = true;
    G->next_backoff = 1;
    G->survival = 256;
    H.aging = true;
    G->fd = -1;
    if (!H.opt.generations || H.tsan || H.valgrind)
        return;
    G->fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY);
    struct uffd_api api = {.api = 0xaa, .features = WP_ASYNC};
    if (G->fd >= 0 && !call(UFFD_API_CALL, &api)) {
        goe__close(G->fd);
        G->fd = -1;
    }
    for (uint32_t i = 0; i < H.nslabs; i++)
        H.slab_list[i]->watched = false;
}

/* Whether the descriptor is still ours: the program may have closed it and opened something else. */
static bool still_ours(void)
{
    static const char name[] = "anon_inode:[userfaultfd]";
    char path[48] = "/proc/thread-self/fd/", target[sizeof name];
    size_t n = sizeof "/proc/thread-self/fd/" - 1;
    char digits[12];
    int d = 0;
    for (int fd = G->fd; d == 0 || fd; fd /= 10)
        digits[d++] = (char)('0' + fd % 10);
    while (d > 0)
        path[n++] = digits[--d];
    path[n] = 0;
    if (syscall(SYS_readlinkat, AT_FDCWD, path, target, sizeof target) != sizeof name - 1)
        return false;
    for (size_t i = 0; i < sizeof name - 1; i++)
        if (target[i] != name[i])
            return false;
    return true;
}

static void forget_all(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        s->watched = false;
        s->clean[0] = s->clean[1] = 0;
    }
}

/* Whether the next collection may be a minor one, so far as the kernel goes. */
bool goe__gen_ready(void)
{
    if (!G || !G->tried)
        gen_open();
    if (!G || G->fd < 0)
        return false;
    if (!still_ours()) {
        G->fd = -1;
        forget_all();
        return false;
    }
    return true;
}

/* A forked child has the descriptor of its parent's memory, and no protection of its own. */
void goe__gen_child(void)
{
    if (!G || !G->tried)
        return;
    if (G->fd >= 0 && still_ours())
        goe__close(G->fd);
    G->tried = false;
    forget_all();
}

/* Scans what is old on the page-aligned range [lo, hi) of a block. */
static void mark_old(struct slab *s, uint32_t slot, uintptr_t lo, uintptr_t hi)
{
    struct block *b = &s->blocks[slot];
    if (b->state == BLOCK_LARGE || b->state == BLOCK_LARGE_TAIL) {
        struct object o;
        if (!goe__resolve(lo, &o) || !goe__is_marked(&o) || o.block->mode == MODE_NONE)
            return;
        uintptr_t end = (uintptr_t)o.base + o.block->size;
        goe__mark_range(lo, hi < end ? hi : end);
        return;
    }
    if (b->ncells == 0 || b->mode == MODE_NONE)
        return;
    uintptr_t base = (uintptr_t)goe__block_base(s, slot);
    uint32_t from = (uint32_t)(lo - base) / b->cell, to = (uint32_t)(hi - 1 - base) / b->cell;
    goe__mark_cells(s, slot, from, to);
}

static bool is_clean(const struct slab *s, uint32_t slot)
{
    return s->clean[slot / 64] >> (slot % 64) & 1;
}

/* Of a minor collection that has demoted what is not old: other blocks have nothing old. */
static void mark_open_blocks(struct slab *s)
{
    for (uint32_t slot = 0; slot < SLAB_BLOCKS; slot++) {
        const struct block *b = &s->blocks[slot];
        bool cells = b->state == BLOCK_CELLS;
        if (is_clean(s, slot) || (cells && b->age != AGE_OLD))
            continue;
        uintptr_t at = (uintptr_t)goe__block_base(s, slot);
        mark_old(s, slot, at, at + BLOCK_SIZE);
        G->open += cells ? b->live : 0;
    }
}

static void mark_clean_blocks(struct slab *s, uintptr_t lo, uintptr_t hi)
{
    while (lo < hi) {
        uint32_t slot = (uint32_t)(lo >> BLOCK_SHIFT) % SLAB_BLOCKS;
        uintptr_t end = (lo | (BLOCK_SIZE - 1)) + 1;
        if (end > hi)
            end = hi;
        if (is_clean(s, slot))
            mark_old(s, slot, lo, end);
        lo = end;
    }
}

static void mark_whole(struct slab *s, uintptr_t lo, uintptr_t hi)
{
    for (; lo < hi; lo = (lo | (BLOCK_SIZE - 1)) + 1) {
        uintptr_t end = (lo | (BLOCK_SIZE - 1)) + 1;
        mark_old(s, (uint32_t)(lo >> BLOCK_SHIFT) % SLAB_BLOCKS, lo, end < hi ? end : hi);
    }
}

/* Hands to `scan`, unless it is null, the pages of [lo, hi) that were written since they were protected, or what is left
 * where that cannot be known, as when the program has closed our descriptor; with PROTECT_MATCHING, protects them again
 * before. Returns their bytes. */
static size_t each_written(struct slab *s, uintptr_t lo, uintptr_t hi, uint64_t flags,
                           void (*scan)(struct slab *, uintptr_t, uintptr_t))
{
    size_t bytes = 0;
    struct pm_scan_arg arg = {
        .size = sizeof arg,
        .flags = flags,
        .start = lo,
        .end = hi,
        .vec = (uintptr_t)G->regions,
        .vec_len = REGIONS,
        .category_mask = CAT_WRITTEN,
        .return_mask = CAT_WRITTEN,
    };
    while (arg.start < hi) {
        long n = goe__pagemap_next(&arg);
        if (n < 0) {
            if (scan)
                scan(s, arg.start, hi);
            return bytes + (hi - arg.start);
        }
        for (long r = 0; r < n; r++) {
            bytes += G->regions[r].end - G->regions[r].start;
            if (scan)
                scan(s, G->regions[r].start, G->regions[r].end);
        }
    }
    return bytes;
}

/* From the first block of a slab that is in use and clean to the last: outside is nothing to be looked for. Returns how many
 * blocks that is. */
static uint32_t clean_blocks(const struct slab *s, uint32_t *first)
{
    uint64_t low = s->clean[0] & ~s->free[0], high = s->clean[1] & ~s->free[1];
    if (!(low | high))
        return 0;
    *first = (uint32_t)(low ? __builtin_ctzll(low) : 64 + __builtin_ctzll(high));
    uint32_t last = (uint32_t)(high ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll(low));
    return last + 1 - *first;
}

/* Old objects that may have been written since the last collection. */
void goe__gen_mark_dirty(void)
{
    G->open = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        uintptr_t base = (uintptr_t)s->base;
        if (s->nfree == SLAB_BLOCKS)
            continue;
        if (s->closures) { /* small, and the chains lie elsewhere than the code */
            for (uint32_t slot = 0; slot < SLAB_BLOCKS; slot++)
                mark_old(s, slot, base + ((uintptr_t)slot << BLOCK_SHIFT),
                         base + ((uintptr_t)(slot + 1) << BLOCK_SHIFT));
            goe__mark_drain();
            continue;
        }
        mark_open_blocks(s);
        goe__mark_drain();
        uint32_t from, n = clean_blocks(s, &from);
        if (n)
            each_written(s, base + ((uintptr_t)from << BLOCK_SHIFT),
                         base + ((uintptr_t)(from + n) << BLOCK_SHIFT), 0, mark_clean_blocks);
        goe__mark_drain();
    }
}

/* World stopped, nothing marked yet: what has survived one minor collection is young again. */
void goe__gen_demote(void)
{
    H.demoted = H.demoted_objects = H.kept = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        for (uint32_t slot = 0; slot < SLAB_BLOCKS; slot++) {
            struct block *b = &s->blocks[slot];
            if (b->state != BLOCK_CELLS || b->age != AGE_ONCE)
                continue;
            goe__fill(s->marks[slot], 0, sizeof s->marks[slot]);
            H.demoted += (uint64_t)b->live * b->cell;
            H.demoted_objects += b->live;
        }
    }
}

/* Decides whether what survives the next minor collection is young once more. Not if it would go on like that, nor if much has
 * become old since pages were protected last: then they are to be protected again. */
void goe__gen_aged(void)
{
    if (G->protected) {
        G->protected = false;
        G->least_open = G->open;
    }
    if (H.demoted >= SOME_DEMOTED && H.kept > H.demoted / 2)
        G->at_once = AT_ONCE;
    else if (G->at_once)
        G->at_once--;
    else if (G->open > G->least_open + MUCH_OPEN)
        G->at_once = 1;
    H.aging = !G->at_once;
    H.demoted = H.demoted_objects = 0;
}

/* Whether what is written to a block matters, so that the kernel should note it. Blocks that somebody
 * allocates from are written all the time: they count as such without a fault for each page. */
static bool tracked(const struct slab *s, uint32_t slot)
{
    const struct block *b = &s->blocks[slot];
    uint8_t state = __atomic_load_n(&b->state, __ATOMIC_ACQUIRE);
    if (state == BLOCK_CELLS)
        return b->mode != MODE_NONE && !b->taken;
    struct object o;
    return (state == BLOCK_LARGE || state == BLOCK_LARGE_TAIL) &&
           goe__resolve((uintptr_t)goe__block_base(s, slot), &o) && o.block->mode != MODE_NONE;
}

/* One slab: what was written to it since the last time? With scan, what is marked there is scanned again.
 * Returns how many bytes those pages are. */
size_t goe__gen_round(struct slab *s, bool scan)
{
    uintptr_t base = (uintptr_t)s->base;
    size_t bytes = 0;
    if (s->closures || !s->watched) {
        if (scan)
            for (uint32_t slot = 0; slot < SLAB_BLOCKS; slot++)
                if (s->blocks[slot].state != BLOCK_DATA)
                    mark_old(s, slot, base + ((uintptr_t)slot << BLOCK_SHIFT),
                             base + ((uintptr_t)(slot + 1) << BLOCK_SHIFT));
        return 0;
    }
    for (uint32_t slot = 0, n; slot < SLAB_BLOCKS; slot += n) {
        uintptr_t lo = base + ((uintptr_t)slot << BLOCK_SHIFT);
        n = 1;
        if (tracked(s, slot)) {
            while (slot + n < SLAB_BLOCKS && tracked(s, slot + n))
                n++;
            bytes += each_written(s, lo, lo + ((uintptr_t)n << BLOCK_SHIFT),
                                  PROTECT_MATCHING | CHECK_ASYNC, scan ? mark_whole : NULL);
        } else if (scan && s->blocks[slot].taken) {
            mark_old(s, slot, lo, lo + BLOCK_SIZE);
        }
    }
    return bytes;
}

bool goe__gen_register(uintptr_t lo, uintptr_t hi)
{
    struct uffd_register r = {.start = lo, .len = hi - lo, .mode = 2};
    return call(UFFD_REGISTER_CALL, &r);
}

static bool watch(struct slab *s)
{
    s->watched = goe__gen_register((uintptr_t)s->base, (uintptr_t)s->base + SLAB_SIZE);
    return s->watched;
}

static bool protect(struct slab *s, uint32_t slot, uint32_t n, bool on)
{
    struct uffd_protect p = {
        .start = (uintptr_t)goe__block_base(s, slot),
        .len = (uint64_t)n << BLOCK_SHIFT,
        .mode = on,
    };
    return call(UFFD_PROTECT_CALL, &p);
}

/* Whether a block holds old objects with pointers, and nobody is about to write to it. */
static bool worth_protecting(const struct slab *s, uint32_t slot)
{
    const struct block *b = &s->blocks[slot];
    if (b->state == BLOCK_CELLS)
        return b->mode != MODE_NONE && b->live > 0;
    if (b->state == BLOCK_LARGE)
        return b->mode != MODE_NONE;
    if (b->state != BLOCK_LARGE_TAIL)
        return false;
    struct object o;
    return goe__resolve((uintptr_t)goe__block_base(s, slot), &o) && o.block->mode != MODE_NONE;
}

/* Whether much of 2 MB is about to be allocated from. To protect the rest would break up a huge page, and marking takes
 * three times as long on small ones; so all of it counts as written. */
static bool roomy(const struct slab *s, uint32_t half)
{
    unsigned n = 0;
    for (uint32_t slot = half * 64; slot < half * 64 + 64; slot++)
        n += s->blocks[slot].state == BLOCK_CELLS && s->blocks[slot].live < s->blocks[slot].ncells;
    return n > MOST_ROOMY;
}

/* Lets all of a roomy half count as written. Whether it does. */
static bool open_if_roomy(struct slab *s, uint32_t half)
{
    return roomy(s, half) && protect(s, half * 64, 64, false);
}

/* After a collection, world stopped: protects what became old. renew: also what was written meanwhile. */
void goe__gen_protect(bool renew)
{
    G->protected = true;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->nfree == SLAB_BLOCKS || s->closures || (!s->watched && !watch(s)))
            continue;
        bool skip[2] = {roomy(s, 0), roomy(s, 1)};
        for (uint32_t slot = 0; slot < SLAB_BLOCKS;) {
            uint32_t n = 0;
            while (slot + n < SLAB_BLOCKS && !skip[(slot + n) / 64] &&
                   (renew || !is_clean(s, slot + n)) && worth_protecting(s, slot + n))
                n++;
            if (n && protect(s, slot, n, true))
                for (uint32_t j = slot; j < slot + n; j++)
                    s->clean[j / 64] |= (uint64_t)1 << (j % 64);
            slot += n + 1;
        }
    }
}

/* After a full collection, world stopped: what is about to be allocated from counts as written from now on, 2 MB at a time.
 * Else each block would take a call of the kernel when it is taken, with the lock held. */
void goe__gen_open_roomy(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        for (uint32_t half = 0; half < 2; half++)
            if (s->clean[half] && open_if_roomy(s, half))
                s->clean[half] = 0;
    }
}

/* A slab was mapped: its pages count as written from the start, and as others once they were looked at. */
void goe__gen_new(struct slab *s)
{
    if (G && G->tried && G->fd >= 0)
        watch(s);
}

bool goe__gen_watch_all(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++)
        if (!H.slab_list[i]->watched && !H.slab_list[i]->closures && !watch(H.slab_list[i]))
            return false;
    return true;
}

/* After a concurrent collection all that is written to a slab is noted; but where much of it is about to be allocated
 * from, which would take a call of the kernel for each block and break the huge page up, all counts as written. */
void goe__gen_clean(struct slab *s)
{
    if (!s->watched || s->closures)
        return;
    for (uint32_t half = 0; half < 2; half++) {
        s->clean[half] = open_if_roomy(s, half) ? 0 : ~(uint64_t)0;
    }
}

/* Whether 2 MB at `at` are one page, as far as can be known. World stopped. */
static bool is_huge(uintptr_t at)
{
    struct page_region region;
    struct pm_scan_arg arg = {
        .size = sizeof arg,
        .start = at,
        .end = at + SLAB_SIZE / 2,
        .vec = (uintptr_t)&region,
        .vec_len = 1,
        .category_mask = CAT_HUGE,
        .return_mask = CAT_HUGE,
    };
    return goe__pagemap_scan(&arg) == 1 && region.start == at && region.end == arg.end;
}

/* The kernel is about to copy to a huge page with the map locked, for which the program's page faults wait. A virtual machine
 * may have to get its memory from a host first, which takes some 5 ms; so one is touched and given back right before,
 * without that lock, for the kernel then takes the same again. */
static void provide_huge(void)
{
    if (!G->spare) {
        goe__lock(NULL);
        G->spare = goe__own_map(SLAB_SIZE);
        goe__unlock();
    }
    if (!G->spare)
        return;
    char *huge =
        (char *)(((uintptr_t)G->spare + SLAB_SIZE / 2 - 1) & ~(uintptr_t)(SLAB_SIZE / 2 - 1));
    madvise(huge, SLAB_SIZE / 2, MADV_HUGEPAGE);
    *(volatile char *)huge = 0;
    madvise(huge, SLAB_SIZE / 2, MADV_DONTNEED);
}

/* Makes huge pages of what is full of objects: a page of 2 MB that was protected and then written has become
 * 512 small ones, and those that were mapped one by one are small from the start. Marking in random order takes half
 * the time on huge ones. At most so many of them; each once in a while. Unprotected pages count as written. beside: the
 * program runs. */
void goe__gen_collapse(struct slab *s, unsigned *most, bool beside)
{
    uint32_t now = (uint32_t)H.stats.collections + 1;
    if (s->closures || (s->collapsed && now - s->collapsed < COLLAPSE_EVERY))
        return;
    for (uint32_t half = 0; half < 2 && *most > 0; half++) {
        if (s->free[half] || (!beside && is_huge((uintptr_t)goe__block_base(s, half * 64))))
            continue;
        s->collapsed = now;
        --*most;
        if (s->watched)
            protect(s, half * 64, 64, false);
        if (beside)
            provide_huge();
        madvise(goe__block_base(s, half * 64), SLAB_SIZE / 2, MADV_HUGEPAGE);
        madvise(goe__block_base(s, half * 64), SLAB_SIZE / 2, MADV_COLLAPSE);
    }
}

/* Whether somebody is likely to allocate from a block soon. */
static bool has_room(const struct slab *s, uint32_t slot)
{
    const struct block *b = &s->blocks[slot];
    return s->free[slot / 64] >> (slot % 64) & 1 ||
           (b->state == BLOCK_CELLS && b->live < b->ncells);
}

/* Somebody will write to this block, and probably to those before it that have room: saves a fault for each page, and a call
 * of the kernel for each block. They count as written. */
void goe__gen_release(struct slab *s, uint32_t slot)
{
    if (!is_clean(s, slot))
        return;
    uint32_t n = 0, most = slot % 64 + 1 < AHEAD ? slot % 64 + 1 : AHEAD;
    do
        s->clean[slot / 64] &= ~((uint64_t)1 << ((slot - n++) % 64));
    while (n < most && is_clean(s, slot - n) && has_room(s, slot - n));
    if (G && G->fd >= 0)
        protect(s, slot + 1 - n, n, false);
}

static void back_off(void)
{
    G->backoff = G->next_backoff;
    if (G->next_backoff < MOST_BACKOFF)
        G->next_backoff *= 2;
}

/* How a minor collection went, which decides about the next ones. */
void goe__gen_outcome(uint64_t allocated, uint64_t survived)
{
    G->survival = allocated ? (unsigned)(survived / (allocated / 256 + 1)) : 0;
    if (survived <= allocated / 2) {
        G->next_backoff = 1;
        return;
    }
    back_off();
}

/* Whether the last one was. */
bool goe__gen_paid(void)
{
    return !G || G->backoff == 0;
}

uint64_t goe__gen_expected(uint64_t bytes)
{
    return G ? bytes / 256 * G->survival : bytes;
}

/* Whether most of what lives lies where it is not worth protecting: a minor collection would look at it all. */
static bool mostly_roomy(void)
{
    uint64_t all = 0, there = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        const struct slab *s = H.slab_list[i];
        for (uint32_t half = 0; half < 2; half++) {
            uint64_t live = 0;
            for (uint32_t slot = half * 64; slot < half * 64 + 64; slot++)
                if (s->blocks[slot].state == BLOCK_CELLS)
                    live += (uint64_t)s->blocks[slot].live * s->blocks[slot].cell;
            all += live;
            there += roomy(s, half) ? live : 0;
        }
    }
    return there > all / 2;
}

/* Whether minor collections are worth trying in the cycle that begins. */
bool goe__gen_pays(void)
{
    if (!G || G->fd < 0)
        return false;
    if (G->backoff == 0 && !mostly_roomy())
        return true;
    if (G->backoff == 0)
        back_off();
    G->backoff--;
    return false;
}
