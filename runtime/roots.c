/* SPDX-License-Identifier: BSL-1.0
 *
 * roots.c: where a C program may keep pointers.
 *
 * Idea: everywhere. Rather than knowing globals, thread-local storage, malloc, coroutine stacks and what
 * else there may be, look at the memory map: each readable mapping that is private, or shared but no
 * device, is a root, minus what the collector has mapped for itself. Only pages that exist are read, and of
 * private file mappings only those that were written (a program's text and constants have no pointers into
 * the heap). The kernel tells both through PAGEMAP_SCAN or /proc/self/pagemap.
 *
 * Of a thread's stack only the part at and above its stack pointer counts, if it is certain that the
 * memory below is that same stack: the main thread's ("[stack]"), or a mapping of exactly the size that
 * pthread_create uses (with the guard page, before glibc 2.28), above its guard page, with the thread's control block at
 * its upper end. Any other
 * stack (coroutines, alternate stacks, own stacks) is scanned as memory, all of it.
 *
 * Worked example: 7f12..000-7f12..800000 rw-p, the stack of a thread stopped with its stack pointer at
 * 7f12..7fe340: scanned are the words from there to 7f12..800000, among them the registers, which the kernel
 * and the handler have put there.
 *
 * It is the calling thread's map that is read, not /proc/self/maps: that is empty when the main thread has
 * ended before the others.
 *
 * The map is read completely before the first mark is cleared: where that fails, nothing is freed.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

/* PROCMAP_QUERY, Linux 6.11. */
struct procmap_query {
    uint64_t size;          /* of this */
    uint64_t query_flags;   /* QUERY_NEXT */
    uint64_t query_addr;    /* the mapping at or after this */
    uint64_t vma_start;     /* out: first byte */
    uint64_t vma_end;       /* out: one past the last */
    uint64_t vma_flags;     /* out: 1 readable, 2 writable, 4 executable, 8 shared */
    uint64_t vma_page_size; /* out: unused here, as what follows but the name */
    uint64_t vma_offset, inode;
    uint32_t dev_major, dev_minor;
    uint32_t vma_name_size; /* in: room, 0: no name wanted */
    uint32_t build_id_size;
    uint64_t vma_name_addr; /* where to put it */
    uint64_t build_id_addr;
};

#define PROCMAP_QUERY_CODE _IOWR('f', 17, struct procmap_query)
enum { QUERY_NEXT = 16, QUERY_RIGHTS = 7, QUERY_SHARED = 8 };

#define PAGEMAP_SCAN_CODE _IOWR('f', 16, struct pm_scan_arg)

enum {
    REGIONS = 256,
    MAPS_BUFFER = 1 << 16,
    MAX_AREAS = 1 << 16,
    ENTRIES = 4096,
    MOST_CLUSTER = 1 << 30
};
#define WIDEST ((uintptr_t)64 << 30) /* bytes of a mapping that is read in parts (foreign.c) */

/* A mapping to look at. */
struct area {
    uintptr_t lo;    /* first byte */
    uintptr_t hi;    /* one past the last */
    uintptr_t guard; /* lowest byte of the inaccessible mapping right below; lo if there is none */
    bool shared;     /* with other processes, or a file: read by way of the kernel */
    bool memory;     /* shared, and not kept on a disk */
    bool huge;       /* shared, of huge pages that the system has set apart (hugetlb) */
    bool secret;     /* shared, and not even the kernel reads it */
    bool stack;      /* the kernel calls it the main thread's stack */
    bool done;       /* a stack that goe__roots_mark_stacks() has seen to */
};

/* What the search needs; allocated on first use, on pages that are no roots. */
static struct roots_state {
    struct area *areas;                  /* found in the map */
    size_t n;                            /* how many */
    struct page_region regions[REGIONS]; /* pages of one area */
    char text[MAPS_BUFFER];              /* of /proc/self/maps */
    uint64_t copy[PAGE];                 /* of shared pages, and of others while the program runs */
    uint64_t entries[ENTRIES];           /* of /proc/self/pagemap */
    uintptr_t start_context;             /* where coroutines of makecontext() return to */
    size_t page;                         /* the page size */
    size_t stack_size;                   /* pthread_create's default */
    pid_t pid;                           /* of the process, so of the main thread */
    pid_t tid;                           /* of the collecting thread */
    struct file pagemap;                 /* /proc/self/pagemap, open during a collection */
    bool hidden;        /* there may be closures mixed up in a way that marking does not see */
    bool running;       /* the program does: what was mapped may not be any more */
    uintptr_t on_stack; /* an address on the main thread's stack */
    bool no_query;      /* the kernel lacks PROCMAP_QUERY */
    bool no_scan;       /* the kernel lacks PAGEMAP_SCAN */
} * R;

static bool starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Whether pointers may be kept in a mapping with these permissions and this name. */
static bool may_hold(const char *perms, const char *name)
{
    if (perms[0] != 'r')
        return false;
    if (starts(name, "[v")) /* vdso, vvar, vsyscall */
        return false;
    if (starts(name, "anon_inode:"))
        return false;
    if (starts(name, "/dev/") && !starts(name, "/dev/zero") && !starts(name, "/dev/shm/") &&
        !starts(name, "/dev/hugepages/"))
        return false;
    return perms[3] == 'p' || perms[1] == 'w';
}

/* Whether a shared mapping of this name has pages that are nowhere else: they stay when a process that has it mapped
 * lets go of them, and a forked child has them, though neither's page table says so. */
static bool is_memory(const char *name)
{
    return starts(name, "/dev/zero") || starts(name, "/dev/shm/") || starts(name, "/memfd:") ||
           starts(name, "/SYSV") || starts(name, "/secretmem");
}

/* Whether a mapping is one of huge pages. Any name may be such a file's; but part of one cannot be resized, not even to
 * the size it has, which for others is nothing to do. */
static bool is_huge(uintptr_t lo, uintptr_t hi)
{
    enum { LEAST = 1 << 16 }; /* bytes of such a page, on any processor */
    return ((lo | hi) & (LEAST - 1)) == 0 &&
           syscall(SYS_mremap, lo + R->page, R->page, R->page, 0) == -1 && errno == EINVAL;
}

static struct area area_of(uintptr_t lo, uintptr_t hi, uintptr_t guard, bool shared,
                           const char *name, bool stack)
{
    bool huge = shared && is_huge(lo, hi);
    return (struct area){
        .lo = lo,
        .hi = hi,
        .guard = guard,
        .shared = shared,
        .memory = huge || (shared && is_memory(name)),
        .huge = huge,
        .secret = shared && starts(name, "/secretmem"),
        .stack = stack,
    };
}

static const char *hex(const char *s, uintptr_t *out)
{
    uintptr_t v = 0;
    for (;; s++) {
        unsigned d = (unsigned char)*s;
        if (d - '0' < 10)
            v = v * 16 + (d - '0');
        else if ((d | 32) - 'a' < 6)
            v = v * 16 + ((d | 32) - 'a' + 10);
        else
            break;
    }
    *out = v;
    return s;
}

/* One line: "lo-hi perms offset device inode  name". */
static bool take_line(const char *s, uintptr_t *last_hi, uintptr_t *last_guard)
{
    uintptr_t lo, hi;
    s = hex(s, &lo);
    s = hex(s + 1, &hi);
    const char *perms = ++s;
    for (int fields = 0; *s && fields < 4; fields++) {
        while (*s && *s != ' ')
            s++;
        while (*s == ' ')
            s++;
    }
    uintptr_t guard = *last_hi == lo && *last_guard ? *last_guard : lo;
    *last_hi = hi;
    *last_guard = perms[0] == '-' && perms[1] == '-' && perms[2] == '-' ? lo : 0;
    if (!may_hold(perms, s))
        return true;
    if (R->n == MAX_AREAS)
        return false;
    R->areas[R->n++] = area_of(lo, hi, guard, perms[3] == 's', s, starts(s, "[stack]"));
    return true;
}

/* The map as text. */
static bool read_text(int fd)
{
    R->n = 0;
    size_t have = 0;
    uintptr_t last_hi = 0, last_guard = 0;
    bool ok = true;
    for (;;) {
        ssize_t n = goe__read(fd, R->text + have, MAPS_BUFFER - 1 - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            ok = ok && n == 0;
            break;
        }
        have += (size_t)n;
        R->text[have] = 0;
        char *line = R->text;
        for (char *end; ok && (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            ok = take_line(line, &last_hi, &last_guard);
        }
        have -= (size_t)(line - R->text);
        goe__copy(R->text, line, have);
    }
    return ok;
}

/* The map by queries, Linux 6.11: cheaper than text. Whether the kernel can is in *known. Names are asked for
 * only where they matter, which is shared mappings: PAGEMAP_SCAN, which such a kernel has, does not
 * report the pages of devices, of vdso and vvar. */
static bool read_queries(int fd, bool *known)
{
    uintptr_t at = 0, last_hi = 0, last_guard = 0;
    *known = true;
    for (;;) {
        struct procmap_query q = {
            .size = sizeof q,
            .query_flags = QUERY_NEXT,
            .query_addr = at,
        };
        if (syscall(SYS_ioctl, fd, PROCMAP_QUERY_CODE, &q)) {
            *known = R->n > 0 || errno == ENOENT;
            return errno == ENOENT; /* that was the last */
        }
        uintptr_t lo = q.vma_start, hi = q.vma_end;
        uintptr_t guard = last_hi == lo && last_guard ? last_guard : lo;
        last_hi = hi;
        last_guard = q.vma_flags & QUERY_RIGHTS ? 0 : lo;
        at = hi;
        bool shared = q.vma_flags & QUERY_SHARED;
        char perms[5] = {q.vma_flags & 1 ? 'r' : '-', q.vma_flags & 2 ? 'w' : '-', '-',
                         shared ? 's' : 'p', 0};
        R->text[0] = 0;
        if (shared && q.vma_flags & 2) {
            q.query_addr = lo;
            q.vma_name_addr = (uintptr_t)R->text;
            q.vma_name_size = PAGE;
            if (syscall(SYS_ioctl, fd, PROCMAP_QUERY_CODE, &q))
                return false;
        }
        if (!may_hold(perms, R->text))
            continue;
        if (R->n == MAX_AREAS)
            return false;
        R->areas[R->n++] = area_of(lo, hi, guard, shared, R->text, R->on_stack - lo < hi - lo);
    }
}

static bool read_maps(void)
{
    struct file maps;
    if (!goe__file_open(&maps, "/proc/thread-self/maps"))
        return false;
    R->n = 0;
    bool known = false, ok = !R->no_query && read_queries(maps.fd, &known);
    if (!known && goe__file_kept(&maps)) {
        R->no_query = true;
        R->n = 0;
        ok = read_text(maps.fd);
    }
    goe__file_close(&maps);
    return ok;
}

static void nothing(void) {}

/* The address that a function started by makecontext() returns to. On a stack it tells of coroutines. */
static uintptr_t learn_start_context(void)
{
    ucontext_t uc;
    if (getcontext(&uc))
        return 0;
    uc.uc_stack.ss_sp = R->text;
    uc.uc_stack.ss_size = sizeof R->text;
    uc.uc_link = NULL;
    makecontext(&uc, nothing, 0);
#if defined(__x86_64__)
    return *(uintptr_t *)uc.uc_mcontext.gregs[REG_RSP];
#else
    return (uintptr_t)uc.uc_mcontext.regs[30];
#endif
}

static bool state_init(void)
{
    R = goe__own_map(sizeof *R);
    if (!R)
        return false;
    R->pagemap.fd = -1;
    R->areas = goe__own_map(MAX_AREAS * sizeof *R->areas);
    if (!R->areas)
        return false;
    R->on_stack = getauxval(AT_RANDOM); /* the kernel puts it above main's frame */
    R->page = (size_t)sysconf(_SC_PAGESIZE);
    pthread_attr_t attr;
    if (pthread_getattr_default_np(&attr) == 0) {
        pthread_attr_getstacksize(&attr, &R->stack_size);
        pthread_attr_destroy(&attr);
    }
    R->start_context = learn_start_context();
    return true;
}

/* Before the world stops for the first time: this may call malloc. */
bool goe__roots_init(void)
{
    return R || state_init();
}

bool goe__roots_find(void)
{
    if (!R || !R->areas || !read_maps())
        return false;
    bool sane = false; /* a map without the collector's own data is not ours */
    for (size_t i = 0; i < R->n && !sane; i++)
        sane = (uintptr_t)&H - R->areas[i].lo < R->areas[i].hi - R->areas[i].lo;
    if (!sane)
        return false;
    goe__pagemap_open();
    return true;
}

bool goe__pagemap_open(void)
{
    return goe__file_open(&R->pagemap, "/proc/thread-self/pagemap");
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

static bool mark_words(uintptr_t lo, uintptr_t hi)
{
    bool found = goe__mark_range(lo, hi);
    if (unlikely(R->hidden))
        found |= goe__hidden_words(lo, hi);
    return found;
}

/* Reads through the kernel: a page of a file that was cut off meanwhile gives an error, not a signal. */
static bool mark_shared(uintptr_t lo, uintptr_t hi)
{
    bool found = false;
    while (lo < hi) {
        size_t n = hi - lo < sizeof R->copy ? hi - lo : sizeof R->copy;
        ssize_t got = goe__copy_memory(R->copy, lo, n);
        if (got > 0) {
            found |= mark_words((uintptr_t)R->copy, (uintptr_t)R->copy + (size_t)got);
            lo += (size_t)got;
        } else if (R->running && errno != EFAULT) {
            break; /* not allowed here: it has to wait */
        } else if (errno == EFAULT) {
            lo = (lo | (R->page - 1)) + 1; /* this page is not there after all */
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
static bool mark_pages(const void *area, uintptr_t lo, uintptr_t hi, bool present)
{
    const struct area *a = area;
    H.root_bytes += hi - lo;
    bool copied = a->shared ? !a->secret : !present || R->running;
    bool found = copied ? mark_shared(lo, hi) : mark_words(lo, hi);
    if (found)
        goe__mark_drain();
    return found;
}

/* By /proc/self/pagemap: bit 63 present, 62 swapped, 61 of a file or shared. */
static void scan_by_pagemap(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    for (uintptr_t page = lo & ~(R->page - 1); page < hi;) {
        size_t want = (hi - page + R->page - 1) / R->page;
        ssize_t got = -1;
        if (R->pagemap.fd >= 0)
            got = syscall(SYS_pread64, R->pagemap.fd, R->entries,
                          (want < ENTRIES ? want : ENTRIES) * 8, (off_t)(page / R->page * 8));
        if (got < 8) { /* no such file: every page, if it can be read */
            mark_pages(a, page > lo ? page : lo, hi, false);
            return;
        }
        uintptr_t from = 0, to = 0; /* the run of pages being gathered */
        bool present = false;       /* whether these are present, all or none */
        for (size_t i = 0; i < (size_t)got / 8; i++, page += R->page) {
            if (R->entries[i] >> 62 == 0 || (!a->shared && R->entries[i] >> 61 & 1))
                continue;
            if (to != page || present != R->entries[i] >> 63) {
                if (to)
                    mark_pages(a, from > lo ? from : lo, to < hi ? to : hi, present);
                from = page;
                present = R->entries[i] >> 63;
            }
            to = page + R->page;
        }
        if (to)
            mark_pages(a, from > lo ? from : lo, to < hi ? to : hi, present);
    }
}

long goe__pagemap_scan(struct pm_scan_arg *arg)
{
    if (R->pagemap.fd < 0)
        return -EBADF;
    long n = syscall(SYS_ioctl, R->pagemap.fd, PAGEMAP_SCAN_CODE, arg);
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

/* Asks for pages that exist; of private mappings those that are not just a file's. */
static struct pm_scan_arg scan_arg(uintptr_t from, uintptr_t to, bool shared)
{
    uint64_t without = CAT_PFNZERO | (shared ? 0 : CAT_FILE);
    return (struct pm_scan_arg){
        .size = sizeof(struct pm_scan_arg),
        .start = from,
        .end = to,
        .vec = (uintptr_t)R->regions,
        .vec_len = REGIONS,
        .category_inverted = without,
        .category_mask = without,
        .category_anyof_mask = CAT_PRESENT | CAT_SWAPPED,
        .return_mask = CAT_PRESENT,
    };
}

/* Of memory that is shared: the pages that anybody has. What the system has swapped out is not among them. Of huge pages
 * the kernel tells only what this process has touched: all are read. */
static void scan_resident(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    unsigned char *in = (unsigned char *)R->entries; /* bit 0: the page is in memory */
    for (uintptr_t page = lo & ~(R->page - 1); page < hi;) {
        size_t n = (hi - page + R->page - 1) / R->page;
        if (n > sizeof R->entries)
            n = sizeof R->entries;
        bool unknown = a->huge || syscall(SYS_mincore, page, n * R->page, in) != 0;
        for (size_t i = 0, run; i < n; i += run + 1) {
            for (run = 0; i + run < n && (unknown || in[i + run] & 1); run++)
                ;
            uintptr_t from = page + i * R->page, to = from + run * R->page;
            if (run)
                mark_pages(a, from > lo ? from : lo, to < hi ? to : hi, false);
        }
        page += n * R->page;
    }
}

/* The pages of [lo, hi) that exist. */
static void scan_present(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    if (a->memory) {
        scan_resident(a, lo, hi);
        return;
    }
    if (R->no_scan || R->pagemap.fd < 0) {
        scan_by_pagemap(a, lo, hi);
        return;
    }
    struct pm_scan_arg arg =
        scan_arg(lo & ~(R->page - 1), (hi + R->page - 1) & ~(R->page - 1), a->shared);
    while (arg.start < arg.end) {
        long n = goe__pagemap_next(&arg);
        if (n < 0 && R->running)
            return; /* the program may have closed the file */
        if (n < 0) {
            R->no_scan = n == -ENOTTY || n == -EINVAL;
            scan_by_pagemap(a, arg.start > lo ? arg.start : lo, hi);
            return;
        }
        for (long i = 0; i < n; i++)
            mark_pages(a, R->regions[i].start > lo ? R->regions[i].start : lo,
                       R->regions[i].end < hi ? R->regions[i].end : hi,
                       R->regions[i].categories & CAT_PRESENT);
    }
}

/* Lowers *floor to what thread `tid` stopped at sp can still use of an area that sp lies in. */
static void lower(const struct area *a, uintptr_t sp, uintptr_t tp, pid_t tid, uintptr_t *floor,
                  bool *owned)
{
    bool thread_s =
        a->guard < a->lo && (a->hi - a->lo == R->stack_size || a->hi - a->guard == R->stack_size);
    bool own = a->stack ? tid == R->pid : thread_s && tp > sp && tp < a->hi;
    *owned = *owned || own;
    if (sp < *floor)
        *floor = sp;
}

/* Whether word W, with what follows it up to END, says of an alternate stack that W is on it, and that the kernel has
 * forgotten it (SS_AUTODISARM): that is in the frame of a handler that runs on it, as a stack_t. */
static bool is_disarmed(const uintptr_t *w, const uintptr_t *end)
{
    const uint32_t disarm = (uint32_t)1 << 31;
    return end - w > 2 && ((uint32_t)w[1] & ~(uint32_t)SS_ONSTACK) == disarm && w[0] &&
           w[0] <= (uintptr_t)w && (uintptr_t)w - w[0] < w[2] && w[2] >> 40 == 0;
}

/* Where to begin scanning an area: at its lowest word, unless it is a stack whose owner is known to be in
 * it, and no coroutine runs on it. */
static uintptr_t area_floor(const struct area *a, uintptr_t self_sp, uintptr_t self_tp)
{
    uintptr_t floor = a->hi;
    bool owned = false;
    if (self_sp - a->lo < a->hi - a->lo && goe__mark_checks())
        return self_sp; /* below it are the addresses of what the collector has looked at since */
    if (self_sp - a->lo < a->hi - a->lo)
        lower(a, self_sp, self_tp, R->tid, &floor, &owned);
    for (size_t i = 0; goe__stopped(i); i++) {
        const struct stopped *t = goe__stopped(i);
        if (t->state != STOP_ACKED)
            continue;
        bool handler_here = t->handler_sp - a->lo < a->hi - a->lo;
        if (t->sp - a->lo < a->hi - a->lo)
            lower(a, handler_here && t->handler_sp < t->sp ? t->handler_sp : t->sp, t->tp, t->tid,
                  &floor, &owned);
        else if (handler_here)
            return a->lo; /* an alternate stack in the middle of something */
    }
    if (!owned)
        return a->lo;
    const uintptr_t *end = (uintptr_t *)a->hi;
    for (const uintptr_t *w = (uintptr_t *)((floor + 7) & ~(uintptr_t)7); w < end; w++)
        if ((*w == R->start_context && *w) || is_disarmed(w, end))
            return a
                ->lo; /* a coroutine or a handler whose stack is part of this one: others may wait below */
    return floor;
}

/* [lo, hi), which is a mapping or what is the program's of it: in parts of which more may be known, and the rest. */
static void scan_parts(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    uintptr_t first = (lo + FOREIGN_PART - 1) & ~(uintptr_t)(FOREIGN_PART - 1);
    uintptr_t unknown = lo; /* from here on nothing has been looked at */
    for (uintptr_t at = first; at < hi && hi - at >= FOREIGN_PART; at += FOREIGN_PART) {
        uint64_t before = H.root_bytes;
        if (R->running ? !goe__foreign_peek(at, mark_pages, a)
                       : !goe__foreign_part(at, lo, hi, mark_pages, a)) {
            H.root_bytes = before; /* what was read before that failed is read again */
            continue;
        }
        if (unknown < at)
            scan_present(a, unknown, at);
        unknown = at + FOREIGN_PART;
    }
    if (unknown < hi)
        scan_present(a, unknown, hi);
}

/* Whether a mapping is read in parts: not if there is little of it, or much of nothing. */
static bool in_parts(const struct area *a, uintptr_t from)
{
    return !a->shared && !a->stack && from == a->lo && a->hi - a->lo >= FOREIGN_PART * 2 &&
           a->hi - a->lo <= WIDEST && !R->no_scan && R->pagemap.fd >= 0;
}

static void scan_area(const struct area *a, uintptr_t sp, uintptr_t tp)
{
    uintptr_t lo = area_floor(a, sp, tp);
    lo &= ~(uintptr_t)7;
    void (*scan)(const struct area *, uintptr_t, uintptr_t) =
        goe__foreign_on() && in_parts(a, lo) ? scan_parts : scan_present;
    /* Minus what is ours: sorted ranges, of which the area may hold several. */
    for (size_t i = 0; i < H.own.n && lo < a->hi; i++) {
        struct range own = H.own.at[i];
        if (own.hi <= lo)
            continue;
        if (own.lo >= a->hi)
            break;
        if (own.lo > lo)
            scan(a, lo, own.lo);
        lo = own.hi;
    }
    if (lo < a->hi)
        scan(a, lo, a->hi);
}

/* Whether something of ours is mapped in [lo, hi). */
static bool has_own(uintptr_t lo, uintptr_t hi)
{
    for (size_t i = 0; i < H.own.n; i++)
        if (H.own.at[i].hi > lo)
            return H.own.at[i].lo < hi;
    return false;
}

/* How many areas from the i-th on can be looked at with one call: private ones close together. */
static size_t cluster(size_t i)
{
    size_t n = 0;
    while (i + n < R->n && !R->areas[i + n].shared &&
           !(goe__foreign_on() && in_parts(&R->areas[i + n], R->areas[i + n].lo)) &&
           R->areas[i + n].hi - R->areas[i].lo < MOST_CLUSTER &&
           !has_own(R->areas[i].lo, R->areas[i + n].hi))
        n++;
    return n;
}

/* Scans the n areas from `a` on, of which the kernel lists the pages all at once. False: it cannot. */
static bool scan_cluster(const struct area *a, size_t n, uintptr_t sp, uintptr_t tp)
{
    struct pm_scan_arg arg = scan_arg(a[0].lo, a[n - 1].hi, false);
    size_t at = 0; /* the area the next page may be in */
    uintptr_t floor = area_floor(&a[0], sp, tp);
    while (arg.start < arg.end) {
        long got = goe__pagemap_next(&arg);
        if (got < 0)
            return false; /* what has been marked is marked; the areas are scanned one by one */
        for (long r = 0; r < got; r++) {
            const struct page_region *p = &R->regions[r];
            while (at < n && a[at].hi <= p->start)
                if (++at < n)
                    floor = area_floor(&a[at], sp, tp);
            for (size_t i = at; i < n && a[i].lo < p->end; i++) {
                if (i > at) {
                    at = i;
                    floor = area_floor(&a[at], sp, tp);
                }
                uintptr_t lo = p->start > floor ? p->start : floor & ~(uintptr_t)7;
                uintptr_t hi = p->end < a[i].hi ? p->end : a[i].hi;
                if (lo < hi)
                    mark_pages(&a[i], lo, hi, p->categories & CAT_PRESENT);
            }
        }
    }
    return true;
}

/* The root at or after AT, or R->n. */
static size_t area_at(uintptr_t at)
{
    size_t lo = 0, hi = R->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (R->areas[mid].hi <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void *goe__roots_buffer(size_t *room)
{
    *room = sizeof R->copy;
    return R ? R->copy : NULL;
}

bool goe__roots_end(uintptr_t at, uintptr_t *end)
{
    size_t i = R ? area_at(at) : 0;
    if (!R || i == R->n || at < R->areas[i].lo)
        return false;
    *end = R->areas[i].hi;
    return true;
}

void goe__roots_mark(uintptr_t sp)
{
    H.root_bytes = 0;
    bool closures = goe__hidden_any();
    R->hidden = closures && !MIXED_BITS;
    if (closures)
        goe__hidden_signals();
    goe__foreign_begin(goe__mark_checks());
    uintptr_t tp = (uintptr_t)__builtin_thread_pointer();
    stack_t alt;
    if (sigaltstack(NULL, &alt) == 0 && alt.ss_flags & SS_ONSTACK)
        sp = 0; /* the thread's own stack is not this one; both are scanned whole */
    R->pid = getpid();
    R->tid = goe__tid();
    for (size_t i = 0, n; i < R->n; i += n) {
        n = R->no_scan || R->pagemap.fd < 0 ? 0 : cluster(i);
        if (n > 1 && scan_cluster(&R->areas[i], n, sp, tp))
            continue;
        n = 1;
        scan_area(&R->areas[i], sp, tp);
    }
    for (size_t i = 0; i < H.nroots; i++) {
        goe__mark_range(H.roots[i].lo, H.roots[i].hi);
        H.root_bytes += H.roots[i].hi - H.roots[i].lo;
    }
    goe__foreign_end();
    goe__mark_drain();
}

/* Pushes what the stacks hold of which it is certain where they begin, so that what hangs on them is found
 * early. The world is stopped by the collector's own thread. */
void goe__roots_mark_stacks(void)
{
    R->pid = getpid();
    R->tid = goe__tid();
    for (size_t i = 0; i < R->n; i++) {
        struct area *a = &R->areas[i];
        bool here = false;
        for (size_t t = 0; goe__stopped(t) && !here; t++)
            here =
                goe__stopped(t)->state == STOP_ACKED && goe__stopped(t)->sp - a->lo < a->hi - a->lo;
        if (!here)
            continue;
        uintptr_t floor = area_floor(a, 0, 0);
        a->done = floor > a->lo;
        if (a->done)
            goe__mark_range(floor, a->hi);
    }
}

/* The next part of [lo, hi) that is not the collector's own. */
static bool next_foreign(uintptr_t *lo, uintptr_t hi, uintptr_t *end)
{
    goe__lock(NULL);
    *end = hi;
    for (size_t i = 0; i < H.own.n && *lo < hi; i++) {
        struct range own = H.own.at[i];
        if (own.hi <= *lo)
            continue;
        if (own.lo <= *lo) {
            *lo = own.hi;
            continue;
        }
        if (own.lo < *end)
            *end = own.lo;
        break;
    }
    goe__unlock();
    return *lo < hi;
}

/* While the program runs: whatever is missed or gone by now is seen to when it is stopped. */
void goe__roots_mark_running(void)
{
    H.root_bytes = 0;
    if (R->no_scan || R->pagemap.fd < 0)
        return;
    R->running = true;
    for (size_t i = 0; i < R->n && !goe__mark_failed(); i++) {
        struct area *a = &R->areas[i];
        if (a->done || a->shared)
            continue;
        bool parts = in_parts(a, a->lo);
        for (uintptr_t lo = a->lo, end; next_foreign(&lo, a->hi, &end); lo = end)
            (parts ? scan_parts : scan_present)(a, lo, end);
    }
    R->running = false;
}

/* In a forked child of a process that was collecting. */
void goe__roots_child(void)
{
    R->running = false;
    goe__roots_done();
}

void goe__roots_done(void)
{
    goe__file_close(&R->pagemap);
}
