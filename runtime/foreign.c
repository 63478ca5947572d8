/* SPDX-License-Identifier: BSL-1.0
 *
 * foreign.c: memory of the program's own that need not be read again.
 *
 * Idea: a program may hold much more memory than the heap, of malloc say, in which there are few pointers to objects,
 * and of which little changes from one collection to the next. A page that held no such pointer, and was not written
 * since, holds none now: an address becomes a pointer to an object only after that object exists. Which pages were
 * written the kernel says, as for old objects (gen.c). So such memory is write-protected asynchronously, and a
 * collection reads the pages written since the last one, and those that had pointers.
 *
 * It is looked at in parts of 2 MB. A part begins to be watched when it has been there for some collections; one
 * much of which is written each time is left alone for a while, longer each time, for its first writes cost the
 * program more than reading it costs the collector.
 *
 * Invariants:
 *  - of a part that is watched each page is protected, or counts as written, or was read after it was protected and held
 *    addresses of the heap only if its bit is set in `holds`;
 *  - pages are protected, and bits changed, in stops only, and before the pages are read. What is looked at while the
 *    program runs changes nothing here;
 *  - the kernel refuses to protect memory that was mapped anew, moved, or is a forked child's (CHECK_ASYNC): it is
 *    then read as if it was seen for the first time.
 *
 * Worked example: a table of 500 MB from malloc that refers to objects in one page of a hundred. The second collection
 * protects and reads it all; the third asks the kernel what was written, reads that and one page of a hundred.
 */
#include "internal.h"

enum {
    PART = FOREIGN_PART,
    PART_PAGES = PART / PAGE,
    FIRST_PARTS = 1 << 10,
    KNOWN_AFTER = 1,     /* collections that have seen a part before it is watched */
    LEAST_WAIT = 8,      /* of these for which one is left alone, at first */
    MOST_WAIT = 64,      /* and in the end */
    OFTEN = 8,           /* it is, if more than this part of its pages is read each time */
    WORTH_IT = 16 << 20, /* bytes of roots; less is read at once */
    UNREAD_COST = 32,    /* to know that so many bytes are unchanged costs as much as to read one */
    NEW_COST = 4,  /* before it is known how much is changed each time: that it will be a quarter */
    REGIONS = 256, /* of written pages at a time */
    LISTED = 64,   /* and of pages that exist */
};

/* 2 MB of the program's memory. */
struct part {
    uintptr_t at;                    /* a multiple of their size */
    uint64_t holds[PART_PAGES / 64]; /* bit set: the page had addresses of the heap */
    uint8_t wait;                    /* collections before it is to be watched */
    uint8_t next_wait;               /* and how many the next time */
    bool watched;                    /* see above */
};

/* In order of their addresses. */
struct parts {
    struct part *at; /* the items */
    size_t n;        /* how many */
    size_t cap;      /* room */
};

static struct foreign {
    struct parts old; /* as the last collection left them */
    struct parts now; /* as this one makes them */
    size_t next;      /* in old: none before it is still to come */
    bool on;          /* in this collection */
    uint64_t last;    /* bytes outside of the heap at the last one, read or not */
    uint64_t unread;  /* by this one */
    uint64_t once;    /* read by this one, but not by the next if it does not change */
    uint64_t changed[PART_PAGES / 64];   /* of the part at hand: pages that were read */
    struct page_region regions[REGIONS]; /* of the part at hand: written */
    struct page_region listed[LISTED];   /* and there */
} * F;

static bool grow(struct parts *p)
{
    size_t cap = p->cap ? p->cap * 2 : FIRST_PARTS;
    struct part *at = goe__own_map(cap * sizeof *at);
    if (!at)
        return false;
    if (p->cap) {
        goe__copy(at, p->at, p->n * sizeof *at);
        goe__own_unmap(p->at, p->cap * sizeof *at);
    }
    p->at = at;
    p->cap = cap;
    return true;
}

/* Before roots are read in a stop. all: this time without regard to what is known. */
void goe__foreign_begin(bool all)
{
    if (!F && !(F = goe__own_alloc(sizeof *F)))
        return;
    F->next = F->unread = F->once = F->now.n = 0;
    F->on = !all && F->last >= WORTH_IT && goe__gen_ready();
}

/* After they were read, H.root_bytes of them: what will it cost to read them the next time, in bytes? */
void goe__foreign_end(void)
{
    H.root_cost = H.root_bytes;
    if (!F)
        return;
    F->last = H.root_bytes + F->unread;
    if (!F->on) {
        if (F->last >= WORTH_IT && goe__gen_ready())
            H.root_cost /= NEW_COST;
        return;
    }
    H.root_cost += (F->unread + F->once) / UNREAD_COST - F->once;
    struct parts spare = F->old;
    F->old = F->now;
    F->now = spare;
    F->on = false;
}

/* A forked child's pages are not protected. */
void goe__foreign_child(void)
{
    if (F)
        F->old.n = F->last = 0;
}

bool goe__foreign_on(void)
{
    return F && F->on;
}

/* What is known of the part at AT: they are asked for in order. The copy, which may change; null without memory:
 * then it is forgotten. */
static struct part *renew(uintptr_t at)
{
    if (F->now.n == F->now.cap && !grow(&F->now))
        return NULL;
    struct part *p = &F->now.at[F->now.n++];
    while (F->next < F->old.n && F->old.at[F->next].at < at)
        F->next++;
    if (F->next < F->old.n && F->old.at[F->next].at == at)
        *p = F->old.at[F->next];
    else
        *p = (struct part){.at = at, .wait = F->old.n ? KNOWN_AFTER : 0, .next_wait = LEAST_WAIT};
    return p;
}

static bool bit(const uint64_t *set, size_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

static size_t count(const uint64_t *set)
{
    size_t n = 0;
    for (size_t i = 0; i < PART_PAGES / 64; i++)
        n += (size_t)__builtin_popcountll(set[i]);
    return n;
}

/* What is done with a page. */
typedef void visitor(struct part *p, size_t page, bool present, goe__reader *read,
                     const void *area);

/* Visits those pages of [lo, hi), in a part, that exist. False: the kernel does not know. */
static bool each_page(struct part *p, uintptr_t lo, uintptr_t hi, visitor *visit, goe__reader *read,
                      const void *area)
{
    struct pm_scan_arg arg = {
        .size = sizeof arg,
        .start = lo,
        .end = hi,
        .vec = (uintptr_t)F->listed,
        .vec_len = LISTED,
        .category_inverted = CAT_PFNZERO | CAT_FILE,
        .category_mask = CAT_PFNZERO | CAT_FILE,
        .category_anyof_mask = CAT_PRESENT | CAT_SWAPPED,
        .return_mask = CAT_PRESENT,
    };
    while (arg.start < hi) {
        long n = goe__pagemap_next(&arg);
        if (n < 0)
            return false;
        for (long r = 0; r < n; r++)
            for (uintptr_t at = F->listed[r].start; at < F->listed[r].end; at += PAGE)
                visit(p, (at - p->at) / PAGE, F->listed[r].categories & CAT_PRESENT, read, area);
    }
    return true;
}

/* Likewise those that were written since they were protected last, or may have been. Asked for nothing else, the kernel is
 * several times as fast; it then tells of holes, too. visit may be null. */
static bool each_written(struct part *p, uint64_t flags, visitor *visit, goe__reader *read,
                         const void *area)
{
    struct pm_scan_arg arg = {
        .size = sizeof arg,
        .flags = flags,
        .start = p->at,
        .end = p->at + PART,
        .vec = (uintptr_t)F->regions,
        .vec_len = REGIONS,
        .category_mask = CAT_WRITTEN,
        .return_mask = CAT_WRITTEN,
    };
    while (arg.start < arg.end) {
        long n = goe__pagemap_next(&arg);
        if (n < 0)
            return false;
        for (long r = 0; r < n && visit; r++)
            if (!each_page(p, F->regions[r].start, F->regions[r].end, visit, read, area))
                return false;
    }
    return true;
}

/* Reads a page that has changed, and notes whether it holds addresses. */
static void note_page(struct part *p, size_t i, bool present, goe__reader *read, const void *area)
{
    uint64_t b = (uint64_t)1 << (i % 64);
    uintptr_t at = p->at + i * PAGE;
    F->changed[i / 64] |= b;
    p->holds[i / 64] &= ~b;
    if (read(area, at, at + PAGE, present))
        p->holds[i / 64] |= b;
}

/* Likewise, but notes nothing. */
static void read_page(struct part *p, size_t i, bool present, goe__reader *read, const void *area)
{
    uintptr_t at = p->at + i * PAGE;
    F->changed[i / 64] |= (uint64_t)1 << (i % 64);
    read(area, at, at + PAGE, present);
}

/* Reads what has not changed and holds addresses; what is not read is counted. */
static void read_holders(const struct part *p, goe__reader *read, const void *area)
{
    for (size_t i = 0; i < PART_PAGES; i++)
        if (bit(p->holds, i) && !bit(F->changed, i)) {
            read(area, p->at + i * PAGE, p->at + (i + 1) * PAGE, false);
            F->changed[i / 64] |= (uint64_t)1 << (i % 64);
        }
    F->unread += PART - count(F->changed) * PAGE;
}

static void leave_alone(struct part *p)
{
    p->watched = false;
    p->wait = p->next_wait;
    p->next_wait = p->next_wait < MOST_WAIT ? (uint8_t)(p->next_wait * 2) : MOST_WAIT;
}

/* Protects a part of the mapping [lo, hi), and reads it. */
static bool watch(struct part *p, uintptr_t lo, uintptr_t hi, goe__reader *read, const void *area)
{
    goe__fill(p->holds, 0, sizeof p->holds);
    if (!goe__gen_register(lo, hi) ||
        !each_written(p, PROTECT_MATCHING | CHECK_ASYNC, NULL, read, area) ||
        !each_page(p, p->at, p->at + PART, note_page, read, area)) {
        leave_alone(p);
        return false;
    }
    p->watched = true;
    if (count(p->holds) > PART_PAGES / OFTEN || !count(F->changed))
        leave_alone(p);
    else
        F->once += (count(F->changed) - count(p->holds)) * PAGE;
    return true;
}

/* The part at AT of the mapping [lo, hi): reads what has to be read of it, in a stop. False: that is all of it. */
bool goe__foreign_part(uintptr_t at, uintptr_t lo, uintptr_t hi, goe__reader *read,
                       const void *area)
{
    struct part *p = renew(at);
    if (!p)
        return false;
    goe__fill(F->changed, 0, sizeof F->changed);
    if (!p->watched) {
        if (p->wait == 0)
            return watch(p, lo, hi, read, area);
        p->wait--;
        return false;
    }
    if (!each_written(p, PROTECT_MATCHING | CHECK_ASYNC, note_page, read, area)) {
        leave_alone(p);
        return false;
    }
    read_holders(p, read, area);
    if (count(F->changed) > PART_PAGES / OFTEN)
        leave_alone(p);
    return true;
}

/* Likewise while the program runs: a first guess, which changes nothing. */
bool goe__foreign_peek(uintptr_t at, goe__reader *read, const void *area)
{
    size_t lo = 0, hi = F ? F->old.n : 0, n = hi;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (F->old.at[mid].at < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == n || F->old.at[lo].at != at || !F->old.at[lo].watched)
        return false;
    goe__fill(F->changed, 0, sizeof F->changed);
    if (!each_written(&F->old.at[lo], 0, read_page, read, area))
        return false;
    read_holders(&F->old.at[lo], read, area);
    return true;
}
