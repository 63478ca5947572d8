/* SPDX-License-Identifier: BSL-1.0
 *
 * os.c: what the collector asks of the kernel: memory, messages, clocks.
 *
 * Invariants: every mapping made here is entered in H.own before anybody else learns of it, so that the
 * search for roots never takes the collector's tables for the program's memory. Nothing here calls
 * malloc or stdio: it all must work while the other threads are stopped, perhaps inside those. For the
 * same reason files are read and tables mapped by system calls, and memory is set and copied here: the
 * functions of libc may belong to a sanitizer, in which some thread has just been stopped.
 *
 * Worked example: the first slab. mmap(4 MB) rarely comes aligned; so 8 MB are mapped and the ends cut
 * off. The next slab asks for the 4 MB right below, which the kernel grants if they are free; neighbours
 * become one mapping and one entry of H.own.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

union heap_page goe__heap_page __attribute__((aligned(65536))) = {
    .h = {.lock = 0},
};

enum { META_CHUNK = 1 << 20, HUGE_CHUNK = 8 << 20, HUGE_PAGE = 2 << 20 };

static void write_line(const char *format, va_list args)
{
    char text[512] = "goescape: ";
    size_t n = strlen(text);
    int len = vsnprintf(text + n, sizeof text - n - 1, format, args);
    n += len < 0 ? 0 : (size_t)len;
    if (n > sizeof text - 2)
        n = sizeof text - 2;
    text[n++] = '\n';
    ssize_t written = write(2, text, n); /* one write: lines of threads do not mix */
    (void)written;
}

void goe__say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(format, args);
    va_end(args);
}

void goe__die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(format, args);
    va_end(args);
    abort();
}

long goe__futex(volatile uint32_t *at, int op, uint32_t value, const struct timespec *timeout)
{
    return syscall(SYS_futex, at, op, value, timeout, NULL, 0);
}

enum {
    SPINS = 40, /* looks at the lock before the kernel is asked to wait: about a microsecond */
    STARVES_NS = 1000000,      /* so long a thread waits for the lock before others stand back */
    STANDS_BACK_NS = 20000000, /* so long they do, at most: it may be gone */
};

/* Who wakes up when the lock becomes free finds it taken again by a thread that takes it again and again, as for one
 * collection after the other; on a busy machine for seconds. So from some time on newcomers let it pass. */
static void stand_back(uint32_t who)
{
    const struct timespec most = {0, STANDS_BACK_NS};
    if (who == (uint32_t)goe__tid())
        return; /* in a handler that has interrupted it */
    if (goe__futex(&H.starving, FUTEX_WAIT_PRIVATE, who, &most) && errno == ETIMEDOUT)
        __atomic_compare_exchange_n(&H.starving, &who, 0, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED);
}

/* Whether newcomers stand back for this thread from now on. */
static bool starves(uint64_t since)
{
    uint32_t nobody = 0;
    return goe__now() - since > STARVES_NS &&
           __atomic_compare_exchange_n(&H.starving, &nobody, (uint32_t)goe__tid(), false,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static bool try_lock(struct thread *t, uint32_t taken)
{
    uint32_t none = 0;
    if (t)
        t->busy = 1;
    barrier();
    if (__atomic_compare_exchange_n(&H.lock, &none, taken, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return true;
    barrier();
    if (t)
        t->busy = 0;
    return false;
}

/* The lock is held for a fraction of a microsecond most of the time, and to wait in the kernel takes several. */
static bool spin(struct thread *t)
{
    for (unsigned i = 0; i < SPINS; i++) {
        if (!__atomic_load_n(&H.lock, __ATOMIC_RELAXED))
            return try_lock(t, 1);
#if defined __x86_64__
        __builtin_ia32_pause();
#elif defined __aarch64__
        __asm__ volatile("yield");
#endif
    }
    return false;
}

/* Waits for the lock, which was taken just now. */
static __attribute__((noinline)) void wait_for_lock(struct thread *t)
{
    const struct timespec soon = {0, 1000000};
    uint64_t since = goe__now();
    bool borrowed = goe__borrowed(), first = false;
    do {
        uint32_t taken = 1;
        if (__atomic_compare_exchange_n(&H.lock, &taken, 2, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED) ||
            taken == 2) {
            if (borrowed)
                goe__stop_answer();
            goe__futex(&H.lock, FUTEX_WAIT_PRIVATE, 2, borrowed ? &soon : NULL);
            first = starves(since) || first;
        }
    } while (!try_lock(t, 2));
    uint32_t me = (uint32_t)goe__tid();
    if (first &&
        __atomic_compare_exchange_n(&H.starving, &me, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        goe__futex(&H.starving, FUTEX_WAKE_PRIVATE, INT_MAX, NULL);
}

/* The lock of the heap. A thread is busy exactly while it holds it, not while it waits: a signal handler
 * that comes in between may take it for itself. */
void goe__lock(struct thread *t)
{
    uint32_t starving = __atomic_load_n(&H.starving, __ATOMIC_RELAXED);
    if (likely(!starving && try_lock(t, 1)))
        return;
    int saved = errno;
    if (starving)
        stand_back(starving);
    if (!spin(t))
        wait_for_lock(t);
    errno = saved;
}

bool goe__unlock(void)
{
    if (__atomic_exchange_n(&H.lock, 0, __ATOMIC_RELEASE) != 2)
        return false;
    goe__futex(&H.lock, FUTEX_WAKE_PRIVATE, 1, NULL);
    return true;
}

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t goe__now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t goe__cpu(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t goe__process_cpu(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

int goe__open(const char *path)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
}

long goe__read(int fd, void *at, size_t n)
{
    return syscall(SYS_read, fd, at, n);
}

void goe__close(int fd)
{
    syscall(SYS_close, fd);
}

static bool identify(int fd, struct file *f)
{
    struct stat st;
    if (fd < 0 || syscall(SYS_fstat, fd, &st))
        return false;
    *f = (struct file){fd, st.st_dev, st.st_ino};
    return true;
}

bool goe__file_open(struct file *f, const char *path)
{
    int fd = goe__open(path);
    f->fd = -1;
    if (identify(fd, f))
        return true;
    if (fd >= 0 && errno != EBADF)
        goe__close(fd);
    return false;
}

bool goe__file_kept(const struct file *f)
{
    struct file now;
    return identify(f->fd, &now) && now.dev == f->dev && now.ino == f->ino;
}

void goe__file_close(struct file *f)
{
    if (goe__file_kept(f))
        goe__close(f->fd);
    f->fd = -1;
}

void *goe__map(size_t bytes)
{
    long p = syscall(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == -1 ? NULL : (void *)p;
}

void goe__unmap(void *p, size_t bytes)
{
    syscall(SYS_munmap, p, bytes);
}

/* A set holds so many ranges that running out of them is running out of memory; its pages are only taken
 * when they are written. */
enum { RANGES_BYTES = 1 << 20 };

bool goe__ranges_init(struct ranges *r)
{
    if (r->at)
        return true;
    r->at = goe__map(RANGES_BYTES);
    if (!r->at)
        return false;
    r->cap = RANGES_BYTES / sizeof *r->at;
    return goe__ranges_add(&H.own, (uintptr_t)r->at, (uintptr_t)r->at + RANGES_BYTES);
}

/* Adds [lo, hi) to a sorted set of disjoint ranges, joining neighbours. Linear in the ranges. */
bool goe__ranges_add(struct ranges *r, uintptr_t lo, uintptr_t hi)
{
    if (!goe__ranges_init(r) || r->n == r->cap)
        return false;
    size_t i = r->n;
    while (i > 0 && r->at[i - 1].lo > lo) {
        r->at[i] = r->at[i - 1];
        i--;
    }
    r->at[i] = (struct range){lo, hi};
    r->n++;
    size_t out = i > 0 ? i - 1 : i; /* join what touches or overlaps, from the left neighbour on */
    for (size_t in = out + 1; in < r->n; in++) {
        if (r->at[in].lo > r->at[out].hi)
            r->at[++out] = r->at[in];
        else if (r->at[in].hi > r->at[out].hi)
            r->at[out].hi = r->at[in].hi;
    }
    r->n = out + 1;
    return true;
}

/* Takes [lo, hi) out again; it need not be one entry. */
static void ranges_remove(struct ranges *r, uintptr_t lo, uintptr_t hi)
{
    size_t out = 0;
    uintptr_t tail_lo = 0, tail_hi = 0; /* what is left above hi when an entry is split */
    for (size_t in = 0; in < r->n; in++) {
        struct range x = r->at[in];
        if (x.hi <= lo || x.lo >= hi) {
            r->at[out++] = x;
            continue;
        }
        if (x.hi > hi) {
            tail_lo = hi;
            tail_hi = x.hi;
        }
        if (x.lo < lo)
            r->at[out++] = (struct range){x.lo, lo};
        else if (x.hi > hi) {
            r->at[out++] = (struct range){hi, x.hi};
            tail_hi = 0;
        }
    }
    r->n = out;
    if (tail_hi > tail_lo)
        goe__ranges_add(r, tail_lo, tail_hi);
}

void *goe__own_map(size_t bytes)
{
    void *p = goe__map(bytes);
    if (p && !goe__ranges_add(&H.own, (uintptr_t)p, (uintptr_t)p + bytes)) {
        goe__unmap(p, bytes);
        return NULL;
    }
    if (p)
        H.meta_bytes += bytes;
    return p;
}

void goe__own_unmap(void *p, size_t bytes)
{
    ranges_remove(&H.own, (uintptr_t)p, (uintptr_t)p + bytes);
    H.meta_bytes -= bytes;
    goe__unmap(p, bytes);
}

/* The bytes at p may reach into the next 2 MB of tables. As with slabs, a program that is not in haste is not to wait until the
 * kernel has cleared a huge page: the collector's thread may have touched it before, else small ones must do. */
static void touch_ahead(const char *p, size_t bytes)
{
    char *next = (char *)(((uintptr_t)p + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
    if (p + bytes <= next || next >= H.meta.end || H.hasty)
        return;
    if (next == __atomic_load_n(&H.meta_touched, __ATOMIC_RELAXED) || H.collector == goe__tid())
        return;
    int saved = errno;
    madvise(next, (size_t)(H.meta.end - next), MADV_NOHUGEPAGE);
    errno = saved;
}

/* The next bytes of a chunk, or of a new one: huge pages, in a heap of some size. */
static void *cut(struct chunk *c, size_t bytes)
{
    if (bytes > (size_t)(c->end - c->next)) {
        size_t size = bytes > META_CHUNK ? (bytes + PAGE - 1) & ~(size_t)(PAGE - 1) : META_CHUNK;
        bool huge = c->next && bytes <= META_CHUNK;
        if (huge)
            size = HUGE_CHUNK;
        int saved = errno;
        char *p = huge && c->spare ? c->spare : goe__own_map(size);
        if (huge && c->spare)
            c->spare = NULL;
        else if (p && huge)
            madvise(p, size, MADV_HUGEPAGE);
        errno = saved;
        if (!p)
            return NULL;
        c->next = p;
        c->end = p + size;
    }
    char *p = c->next;
    c->next += bytes;
    return p;
}

void *goe__own_alloc(size_t bytes)
{
    bytes = (bytes + 63) & ~(size_t)63;
    char *p = cut(&H.meta, bytes);
    if (p)
        touch_ahead(p, bytes);
    return p;
}

void *goe__own_alloc_apart(size_t bytes)
{
    return cut(&H.meta_apart, (bytes + 63) & ~(size_t)63);
}

char *goe__own_ahead(void)
{
    struct chunk *c = &H.meta;
    char *next = (char *)(((uintptr_t)c->next | (HUGE_PAGE - 1)) + 1);
    if (!c->next || next < c->end)
        return c->next ? next : NULL;
    if (!c->spare && (c->spare = goe__own_map(HUGE_CHUNK)))
        madvise(c->spare, HUGE_CHUNK, MADV_HUGEPAGE);
    return c->spare;
}

/* Whether a heap that begins at `place` may come to lie where malloc's free chunks seem to point. glibc (from 2.32 on) keeps
 * their links mixed with their own addresses, which makes of those near the program's end other ones some GB away. */
static bool chunks_point_to(uintptr_t place, uintptr_t end_of_data)
{
    const uintptr_t before = (uintptr_t)1 << 30, behind = (uintptr_t)8 << 30;
    return (end_of_data ^ end_of_data >> 12) - (place - before) < before + behind;
}

/* Where the heap should begin: some GB from the program, where the upper bits of addresses are the same, for a jump from a
 * closure's thunk to its function takes twice as long on some processors if bits 35 and up differ; and not where malloc's
 * chunks seem to point, if there is such a place. malloc's heap, which grows from the program's end, has room enough. */
static uintptr_t near_program(void)
{
    static const signed char gigabytes[] = {8, -12, 12, -16, 16, -20, 20};
    uintptr_t at = getauxval(AT_ENTRY), end = (uintptr_t)syscall(SYS_brk, 0), second = 0;
    const uint16_t *random = (const uint16_t *)getauxval(AT_RANDOM);
    if (!at || !random)
        return 0;
    uintptr_t shift = (uintptr_t)(*random & 1023) << SLAB_SHIFT;
    for (size_t i = 0; i < sizeof gigabytes; i++) {
        uintptr_t place = at + ((uintptr_t)gigabytes[i] << 30) + shift;
        place &= ~((uintptr_t)SLAB_SIZE - 1);
        if (place >> 35 != at >> 35)
            continue;
        if (!chunks_point_to(place, end))
            return place;
        if (!second)
            second = place;
    }
    return second;
}

/* Maps at just this address; null if that is taken. */
static char *map_at(uintptr_t at, size_t bytes)
{
    void *p = mmap((void *)at, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED || (uintptr_t)p == at)
        return p == MAP_FAILED ? NULL : p;
    goe__unmap(p, bytes);
    return NULL;
}

/* Maps count * 4 MB at an address that is a multiple of 4 MB: where there is already some of it, right beside
 * that, so that it is one mapping and within the table's window. */
static void *map_slabs(size_t count, bool huge)
{
    size_t bytes = count << SLAB_SHIFT;
    char *p = NULL;
    if (!H.nslabs) {
        uintptr_t at = near_program();
        p = at ? map_at(at, bytes) : NULL;
        H.upwards = p != NULL;
    } else {
        uintptr_t hi = H.hi > H.mapped_hi ? H.hi : H.mapped_hi; /* some may not be in use yet */
        uintptr_t lo = H.mapped_lo && H.mapped_lo < H.lo ? H.mapped_lo : H.lo;
        if (H.upwards)
            p = map_at(hi, bytes);
        if (p)
            H.mapped_hi = (uintptr_t)p + bytes;
        else if (lo > bytes && (p = map_at(lo - bytes, bytes)))
            H.mapped_lo = (uintptr_t)p;
    }
    if (!p) {
        char *wide = mmap(NULL, bytes + SLAB_SIZE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (wide == MAP_FAILED)
            return NULL;
        p = (char *)(((uintptr_t)wide + SLAB_SIZE - 1) & ~((uintptr_t)SLAB_SIZE - 1));
        if (p > wide)
            goe__unmap(wide, (size_t)(p - wide));
        size_t tail = (size_t)(wide + SLAB_SIZE - p);
        if (tail)
            goe__unmap(p + bytes, tail);
    }
    if (!goe__ranges_add(&H.own, (uintptr_t)p, (uintptr_t)p + bytes)) {
        goe__unmap(p, bytes);
        return NULL;
    }
    H.mapped_bytes += bytes;
    if (H.nslabs) /* not the first: a small program stays small */
        madvise(p, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return p;
}

void *goe__map_slabs(size_t count, bool huge)
{
    int saved = errno;
    void *p = map_slabs(count, huge);
    errno = saved;
    return p;
}

/* The first slab becomes huge pages, too: at once, where the kernel can (Linux 6.1), for it is in use. */
void goe__settle(void)
{
    enum { COLLAPSE = 25 }; /* MADV_COLLAPSE */
    if (!H.nslabs)
        return;
    char *first = H.slab_list[H.nslabs - 1]->base; /* slabs are laid downwards */
    if (!madvise(first, SLAB_SIZE, MADV_HUGEPAGE))
        madvise(first, SLAB_SIZE, COLLAPSE);
}

void goe__unmap_slabs(void *p, size_t count)
{
    size_t bytes = count << SLAB_SHIFT;
    ranges_remove(&H.own, (uintptr_t)p, (uintptr_t)p + bytes);
    H.mapped_bytes -= bytes;
    goe__unmap(p, bytes);
}
