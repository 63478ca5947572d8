/* SPDX-License-Identifier: BSL-1.0
 *
 * maps.c: which memory of the process may hold pointers.
 *
 * Idea: everything. Rather than knowing globals, thread-local storage, malloc, coroutine stacks and what
 * else there may be, read the memory map: each readable mapping that is private, or shared but no device, is a
 * root. The kernel answers questions about it (Linux 6.11) or writes it down as text.
 *
 * Invariants:
 *  - it is the calling thread's map that is read, not /proc/self/maps: that is empty when the main thread has
 *    ended before the others;
 *  - it is read completely, and known to be ours, before the first mark is cleared: where that fails, nothing
 *    is freed;
 *  - the areas are in order of their addresses, and do not overlap.
 *
 * Worked example, of a map as text:
 *
 *     55d0..000-55d0..800 r-xp ... /usr/bin/true     a root; that none of it was written is for pages.c to know
 *     7f12..000-7f12..001 ---p                       none; but what follows has it below as a guard
 *     7f12..001-7f12..801 rw-p                       a root: the stack of a thread, by its size and guard (roots.c)
 *     7f13..000-7f13..400 rw-s ... /dev/dri/card0    none: a device
 *     7f14..000-7f14..010 rw-s ... /memfd:ring       a root, shared, of memory
 *     7ffc..000-7ffc..210 rw-p ... [stack]           a root: the main thread's stack
 *     7ffc..210-7ffc..250 r--p ... [vvar]            none: the kernel's
 */
#include "roots.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
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

enum { MAPS_BUFFER = 1 << 16, MAX_AREAS = 1 << 16 };

/* What is known of the map; on pages that are no roots. */
static struct maps_state {
    struct areas found;     /* the roots in it, when it was read last */
    char text[MAPS_BUFFER]; /* lines of the map as text, or the name of a mapping */
    uintptr_t on_stack;     /* an address on the main thread's stack */
    bool no_query;          /* the kernel lacks PROCMAP_QUERY */
} * A;

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
    size_t page = goe__page_size();
    return ((lo | hi) & (LEAST - 1)) == 0 && syscall(SYS_mremap, lo + page, page, page, 0) == -1 &&
           errno == EINVAL;
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

/* False: there is no room. */
static bool add(struct area a)
{
    if (A->found.n == MAX_AREAS)
        return false;
    A->found.at[A->found.n++] = a;
    return true;
}

/* The number at S; where it ends. */
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
    return add(area_of(lo, hi, guard, perms[3] == 's', s, starts(s, "[stack]")));
}

/* The map as text. */
static bool read_text(int fd)
{
    A->found.n = 0;
    size_t have = 0;
    uintptr_t last_hi = 0, last_guard = 0;
    bool ok = true;
    for (;;) {
        ssize_t n = goe__read(fd, A->text + have, MAPS_BUFFER - 1 - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            ok = ok && n == 0;
            break;
        }
        have += (size_t)n;
        A->text[have] = 0;
        char *line = A->text;
        for (char *end; ok && (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            ok = take_line(line, &last_hi, &last_guard);
        }
        have -= (size_t)(line - A->text);
        goe__copy(A->text, line, have);
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
            *known = A->found.n > 0 || errno == ENOENT;
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
        A->text[0] = 0;
        if (shared && q.vma_flags & 2) {
            q.query_addr = lo;
            q.vma_name_addr = (uintptr_t)A->text;
            q.vma_name_size = PAGE;
            if (syscall(SYS_ioctl, fd, PROCMAP_QUERY_CODE, &q))
                return false;
        }
        if (may_hold(perms, A->text) &&
            !add(area_of(lo, hi, guard, shared, A->text, A->on_stack - lo < hi - lo)))
            return false;
    }
}

/* All roots, in whichever way the kernel tells of them. */
static bool read_maps(void)
{
    struct file maps;
    if (!goe__file_open(&maps, "/proc/thread-self/maps"))
        return false;
    A->found.n = 0;
    bool known = false, ok = !A->no_query && read_queries(maps.fd, &known);
    if (!known && goe__file_kept(&maps)) {
        A->no_query = true;
        ok = read_text(maps.fd);
    }
    goe__file_close(&maps);
    return ok;
}

/* Whether the collector's own data is in a mapping that was found: else the map is not ours. */
static bool is_ours(void)
{
    uintptr_t own = (uintptr_t)&H;
    for (size_t i = 0; i < A->found.n; i++)
        if (own - A->found.at[i].lo < A->found.at[i].hi - A->found.at[i].lo)
            return true;
    return false;
}

bool goe__maps_read(void)
{
    return read_maps() && is_ours();
}

const struct areas *goe__maps_init(void)
{
    struct maps_state *a = goe__own_map(sizeof *a);
    if (!a || !(a->found.at = goe__own_map(MAX_AREAS * sizeof *a->found.at)))
        return NULL;
    a->on_stack = getauxval(AT_RANDOM); /* the kernel puts it above main's frame */
    A = a;
    return &A->found;
}

/* The root at or after AT, or as many as there are. By halves. */
static size_t area_at(uintptr_t at)
{
    size_t lo = 0, hi = A->found.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (A->found.at[mid].hi <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool goe__maps_end(uintptr_t at, uintptr_t *end)
{
    size_t i = A ? area_at(at) : 0;
    if (!A || i == A->found.n || at < A->found.at[i].lo)
        return false;
    *end = A->found.at[i].hi;
    return true;
}
