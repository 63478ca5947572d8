/* SPDX-License-Identifier: BSL-1.0
 *
 * pages.c: which pages of a mapping there are, and the pointers on them.
 *
 * Idea: only pages that exist are read, and of private file mappings only those that were written (a program's
 * text and constants have no pointers into the heap). The kernel tells both through PAGEMAP_SCAN or
 * /proc/self/pagemap; of shared memory, of which another process may have pages that this one has not touched,
 * mincore tells.
 *
 * Invariants:
 *  - a page is read where it lies only if it is private and present, and the program stands still; or where the
 *    kernel does not copy it (secret memory, a filter that forbids the calls). All else is copied by the kernel, to
 *    which a page that is not there is an error, and no signal;
 *  - where the kernel does not tell which pages exist, all are read. While the program runs it may be less than
 *    that: what it finds then is a first guess;
 *  - nothing here allocates once the state is there.
 *
 * Worked example: 1 GB of malloc'd memory, of which the program has written the first page and the last: the kernel
 * lists two regions of 4 KB, and these are read. When the last one is swapped out, it is listed as such, and copied.
 */
#include "roots.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGEMAP_SCAN_CODE _IOWR('f', 16, struct pm_scan_arg)

enum { REGIONS = 256, ENTRIES = 4096 };

/* What reading needs; on pages that are no roots. */
static struct pages_state {
    struct page_region regions[REGIONS]; /* pages as PAGEMAP_SCAN lists them */
    uint64_t copy[PAGE];                 /* of shared pages, and of others while the program runs */
    uint64_t entries[ENTRIES];           /* of /proc/self/pagemap */
    size_t page;                         /* the page size */
    struct file pagemap;                 /* /proc/self/pagemap, open during a collection */
    bool hidden;  /* there may be closures mixed up in a way that marking does not see */
    bool running; /* the program does: what was mapped may not be any more */
    bool no_scan; /* the kernel lacks PAGEMAP_SCAN */
} * P;

bool goe__pages_init(void)
{
    P = goe__own_map(sizeof *P);
    if (!P)
        return false;
    P->pagemap.fd = -1;
    P->page = (size_t)sysconf(_SC_PAGESIZE);
    return true;
}

size_t goe__page_size(void)
{
    return P->page;
}

void *goe__pages_buffer(size_t *room)
{
    *room = sizeof P->copy;
    return P ? P->copy : NULL;
}

void goe__pages_hidden(bool on)
{
    P->hidden = on;
}

void goe__pages_running(bool on)
{
    P->running = on;
}

void goe__pagemap_open(void)
{
    goe__file_open(&P->pagemap, "/proc/thread-self/pagemap");
}

void goe__pagemap_close(void)
{
    goe__file_close(&P->pagemap);
}

bool goe__pagemap_works(void)
{
    return !P->no_scan && P->pagemap.fd >= 0;
}

long goe__pagemap_scan(struct pm_scan_arg *arg)
{
    if (P->pagemap.fd < 0)
        return -EBADF;
    long n = syscall(SYS_ioctl, P->pagemap.fd, PAGEMAP_SCAN_CODE, arg);
    return n < 0 ? -errno : n;
}

long goe__pagemap_next(struct pm_scan_arg *arg)
{
    long n;
    do
        n = goe__pagemap_scan(arg);
    while (n == -EINTR);
    if (n >= 0 && arg->walk_end <= arg->start)
        return -EIO;
    if (n >= 0)
        arg->start = arg->walk_end;
    return n;
}

struct pm_scan_arg goe__pagemap_arg(uintptr_t from, uintptr_t to, bool shared)
{
    uint64_t without = CAT_PFNZERO | (shared ? 0 : CAT_FILE);
    return (struct pm_scan_arg){
        .size = sizeof(struct pm_scan_arg),
        .start = from,
        .end = to,
        .vec = (uintptr_t)P->regions,
        .vec_len = REGIONS,
        .category_inverted = without,
        .category_mask = without,
        .category_anyof_mask = CAT_PRESENT | CAT_SWAPPED,
        .return_mask = CAT_PRESENT,
    };
}

/* Copies N bytes at LO through the kernel: how many, or -1; errno is EFAULT if they cannot be
 * read at all. It is this thread that is asked for, because the main one may have ended; where a filter
 * forbids the call, the same can be had from a file. Sanitizers watch libc's function, so it is not called. */
ssize_t goe__copy_memory(void *at, uintptr_t lo, size_t n)
{
    struct iovec to = {at, n}, from = {(void *)lo, n};
    ssize_t got = syscall(SYS_process_vm_readv, goe__tid(), &to, 1, &from, 1, 0);
    if (got > 0 || errno == EFAULT)
        return got;
    int saved = errno, mem = goe__open("/proc/thread-self/mem");
    if (mem < 0) {
        errno = saved;
        return -1;
    }
    got = syscall(SYS_pread64, mem, at, n, (off_t)lo);
    saved = got == 0 || (got < 0 && errno == EIO) ? EFAULT : errno;
    syscall(SYS_close, mem);
    errno = saved;
    return got > 0 ? got : -1;
}

/* Marks from words where they lie; whether any was an address of the heap. */
static bool mark_words(uintptr_t lo, uintptr_t hi)
{
    bool found = goe__mark_range(lo, hi);
    if (unlikely(P->hidden))
        found |= goe__hidden_words(lo, hi);
    return found;
}

/* Reads through the kernel: a page of a file that was cut off meanwhile gives an error, not a signal. */
static bool mark_shared(uintptr_t lo, uintptr_t hi)
{
    bool found = false;
    while (lo < hi) {
        size_t n = hi - lo < sizeof P->copy ? hi - lo : sizeof P->copy;
        ssize_t got = goe__copy_memory(P->copy, lo, n);
        if (got > 0) {
            found |= mark_words((uintptr_t)P->copy, (uintptr_t)P->copy + (size_t)got);
            lo += (size_t)got;
        } else if (P->running && errno != EFAULT) {
            break; /* not allowed here: it has to wait */
        } else if (errno == EFAULT) {
            lo = (lo | (P->page - 1)) + 1; /* this page is not there after all */
        } else {
            found |= mark_words(lo, lo + n); /* not allowed here: read it directly */
            lo += n;
        }
    }
    return found;
}

/* What is not present is swapped out or, from Linux 6.13 on, a guard page that faults when it is read
 * though its mapping is readable (glibc 2.42 makes those at the ends of stacks): copied, not read. Secret memory cannot be
 * copied, nor be cut off, and is not looked at while the program runs. */
bool goe__pages_mark(const void *area, uintptr_t lo, uintptr_t hi, bool present)
{
    const struct area *a = area;
    H.root_bytes += hi - lo;
    bool copied = a->shared ? !a->secret : !present || P->running;
    bool found = copied ? mark_shared(lo, hi) : mark_words(lo, hi);
    if (found)
        goe__mark_drain();
    return found;
}

/* By /proc/self/pagemap: bit 63 present, 62 swapped, 61 of a file or shared. */
static void scan_by_pagemap(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    for (uintptr_t page = lo & ~(P->page - 1); page < hi;) {
        size_t want = (hi - page + P->page - 1) / P->page;
        ssize_t got = -1;
        if (P->pagemap.fd >= 0)
            got = syscall(SYS_pread64, P->pagemap.fd, P->entries,
                          (want < ENTRIES ? want : ENTRIES) * 8, (off_t)(page / P->page * 8));
        if (got < 8) { /* no such file: every page, if it can be read */
            goe__pages_mark(a, page > lo ? page : lo, hi, false);
            return;
        }
        uintptr_t from = 0, to = 0; /* the run of pages being gathered */
        bool present = false;       /* whether these are present, all or none */
        for (size_t i = 0; i < (size_t)got / 8; i++, page += P->page) {
            if (P->entries[i] >> 62 == 0 || (!a->shared && P->entries[i] >> 61 & 1))
                continue;
            if (to != page || present != P->entries[i] >> 63) {
                if (to)
                    goe__pages_mark(a, from > lo ? from : lo, to < hi ? to : hi, present);
                from = page;
                present = P->entries[i] >> 63;
            }
            to = page + P->page;
        }
        if (to)
            goe__pages_mark(a, from > lo ? from : lo, to < hi ? to : hi, present);
    }
}

/* Of memory that is shared: the pages that anybody has. What the system has swapped out is not among them. Of huge pages
 * the kernel tells only what this process has touched: all are read. */
static void scan_resident(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    unsigned char *in = (unsigned char *)P->entries; /* bit 0: the page is in memory */
    for (uintptr_t page = lo & ~(P->page - 1); page < hi;) {
        size_t n = (hi - page + P->page - 1) / P->page;
        if (n > sizeof P->entries)
            n = sizeof P->entries;
        bool unknown = a->huge || syscall(SYS_mincore, page, n * P->page, in) != 0;
        for (size_t i = 0, run; i < n; i += run + 1) {
            for (run = 0; i + run < n && (unknown || in[i + run] & 1); run++)
                ;
            uintptr_t from = page + i * P->page, to = from + run * P->page;
            if (run)
                goe__pages_mark(a, from > lo ? from : lo, to < hi ? to : hi, false);
        }
        page += n * P->page;
    }
}

void goe__pages_scan(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    if (a->memory) {
        scan_resident(a, lo, hi);
        return;
    }
    if (!goe__pagemap_works()) {
        scan_by_pagemap(a, lo, hi);
        return;
    }
    struct pm_scan_arg arg =
        goe__pagemap_arg(lo & ~(P->page - 1), (hi + P->page - 1) & ~(P->page - 1), a->shared);
    while (arg.start < arg.end) {
        long n = goe__pagemap_next(&arg);
        if (n < 0 && P->running)
            return; /* the program may have closed the file */
        if (n < 0) {
            P->no_scan = n == -ENOTTY || n == -EINVAL;
            scan_by_pagemap(a, arg.start > lo ? arg.start : lo, hi);
            return;
        }
        for (long i = 0; i < n; i++)
            goe__pages_mark(a, P->regions[i].start > lo ? P->regions[i].start : lo,
                            P->regions[i].end < hi ? P->regions[i].end : hi,
                            P->regions[i].categories & CAT_PRESENT);
    }
}
