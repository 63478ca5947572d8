/* SPDX-License-Identifier: BSL-1.0
 *
 * roots.c: where a C program may keep pointers.
 *
 * Idea: in each mapping that maps.c lists, minus what the collector has mapped for itself, on the pages that
 * pages.c finds there, and in what goe_add_roots names.
 *
 * Of a thread's stack only the part at and above its stack pointer counts, if it is certain that the
 * memory below is that same stack: the main thread's ("[stack]"), or a mapping of exactly the size that
 * pthread_create uses (with the guard page, before glibc 2.28), above its guard page, with the thread's control
 * block at its upper end. Any other stack (coroutines, alternate stacks, own stacks) is scanned as memory, all
 * of it.
 *
 * There may be thousands of mappings, and each takes a system call: private ones close together are asked about at
 * once, as a cluster. Large ones are read in parts, of which foreign.c may know that they have not changed.
 *
 * Invariants:
 *  - what is skipped is certain to hold no pointer that the program uses: our own memory, the unused part of a
 *    stack, parts that have not changed;
 *  - what is read in a stop is complete. What is read while the program runs is a first guess, which only adds marks.
 *
 * Worked example: 7f12..000-7f12..800000 rw-p, the stack of a thread stopped with its stack pointer at
 * 7f12..7fe340: scanned are the words from there to 7f12..800000, among them the registers, which the kernel
 * and the handler have put there.
 */
#include "roots.h"

#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

enum { MOST_CLUSTER = 1 << 30 };
#define WIDEST ((uintptr_t)64 << 30) /* bytes of a mapping that is read in parts (foreign.c) */

/* What the search needs; on pages that are no roots. */
static struct roots_state {
    const struct areas *areas; /* the mappings to look at */
    uintptr_t start_context;   /* where coroutines of makecontext() return to */
    size_t stack_size;         /* pthread_create's default */
    pid_t pid;                 /* of the process, so of the main thread */
    pid_t tid;                 /* of the collecting thread */
} * R;

static void nothing(void) {}

/* The address that a function started by makecontext() returns to. On a stack it tells of coroutines. */
static uintptr_t learn_start_context(void)
{
    ucontext_t uc;
    if (getcontext(&uc))
        return 0;
    uc.uc_stack.ss_sp = goe__pages_buffer(&uc.uc_stack.ss_size);
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
    const struct areas *areas = goe__maps_init();
    struct roots_state *r = areas && goe__pages_init() ? goe__own_map(sizeof *r) : NULL;
    if (!r)
        return false;
    r->areas = areas;
    pthread_attr_t attr;
    if (pthread_getattr_default_np(&attr) == 0) {
        pthread_attr_getstacksize(&attr, &r->stack_size);
        pthread_attr_destroy(&attr);
    }
    r->start_context = learn_start_context();
    R = r;
    return true;
}

/* Before the world stops for the first time: this may call malloc. */
bool goe__roots_init(void)
{
    return R || state_init();
}

bool goe__roots_find(void)
{
    if (!R || !goe__maps_read())
        return false;
    goe__pagemap_open();
    return true;
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
            return a->lo; /* of a coroutine or handler on a part of this: others may wait below */
    return floor;
}

/* [lo, hi), which is a mapping or what is the program's of it: in parts of which more may be known, and the rest. */
static void each_part(const struct area *a, uintptr_t lo, uintptr_t hi, bool running)
{
    uintptr_t first = (lo + FOREIGN_PART - 1) & ~(uintptr_t)(FOREIGN_PART - 1);
    uintptr_t unknown = lo; /* from here on nothing has been looked at */
    for (uintptr_t at = first; at < hi && hi - at >= FOREIGN_PART; at += FOREIGN_PART) {
        uint64_t before = H.root_bytes;
        if (running ? !goe__foreign_peek(at, goe__pages_mark, a)
                    : !goe__foreign_part(at, lo, hi, goe__pages_mark, a)) {
            H.root_bytes = before; /* what was read before that failed is read again */
            continue;
        }
        if (unknown < at)
            goe__pages_scan(a, unknown, at);
        unknown = at + FOREIGN_PART;
    }
    if (unknown < hi)
        goe__pages_scan(a, unknown, hi);
}

static void scan_parts(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    each_part(a, lo, hi, false);
}

/* Likewise while the program runs. */
static void peek_parts(const struct area *a, uintptr_t lo, uintptr_t hi)
{
    each_part(a, lo, hi, true);
}

/* Whether a mapping is read in parts: not if there is little of it, or much of nothing. */
static bool in_parts(const struct area *a, uintptr_t from)
{
    return !a->shared && !a->stack && from == a->lo && a->hi - a->lo >= FOREIGN_PART * 2 &&
           a->hi - a->lo <= WIDEST && goe__pagemap_works();
}

static void scan_area(const struct area *a, uintptr_t sp, uintptr_t tp)
{
    uintptr_t lo = area_floor(a, sp, tp);
    lo &= ~(uintptr_t)7;
    void (*scan)(const struct area *, uintptr_t, uintptr_t) =
        goe__foreign_on() && in_parts(a, lo) ? scan_parts : goe__pages_scan;
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
    while (i + n < R->areas->n && !R->areas->at[i + n].shared &&
           !(goe__foreign_on() && in_parts(&R->areas->at[i + n], R->areas->at[i + n].lo)) &&
           R->areas->at[i + n].hi - R->areas->at[i].lo < MOST_CLUSTER &&
           !has_own(R->areas->at[i].lo, R->areas->at[i + n].hi))
        n++;
    return n;
}

/* Scans the n areas from `a` on, of which the kernel lists the pages all at once. False: it cannot. */
static bool scan_cluster(const struct area *a, size_t n, uintptr_t sp, uintptr_t tp)
{
    struct pm_scan_arg arg = goe__pagemap_arg(a[0].lo, a[n - 1].hi, false);
    const struct page_region *regions = (struct page_region *)(uintptr_t)arg.vec;
    size_t at = 0; /* the area the next page may be in */
    uintptr_t floor = area_floor(&a[0], sp, tp);
    while (arg.start < arg.end) {
        long got = goe__pagemap_next(&arg);
        if (got < 0)
            return false; /* what has been marked is marked; the areas are scanned one by one */
        for (long r = 0; r < got; r++) {
            const struct page_region *p = &regions[r];
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
                    goe__pages_mark(&a[i], lo, hi, p->categories & CAT_PRESENT);
            }
        }
    }
    return true;
}

void goe__roots_mark(uintptr_t sp)
{
    H.root_bytes = 0;
    bool closures = goe__hidden_any();
    goe__pages_hidden(closures && !MIXED_BITS);
    if (closures)
        goe__hidden_signals();
    goe__foreign_begin(goe__mark_checks());
    uintptr_t tp = (uintptr_t)__builtin_thread_pointer();
    stack_t alt;
    if (!goe__mark_checks() && sigaltstack(NULL, &alt) == 0 && alt.ss_flags & SS_ONSTACK)
        sp = 0; /* the thread's own stack is not this one; both are scanned whole */
    R->pid = getpid();
    R->tid = goe__tid();
    for (size_t i = 0, n; i < R->areas->n; i += n) {
        n = goe__pagemap_works() ? cluster(i) : 0;
        if (n > 1 && scan_cluster(&R->areas->at[i], n, sp, tp))
            continue;
        n = 1;
        scan_area(&R->areas->at[i], sp, tp);
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
    for (size_t i = 0; i < R->areas->n; i++) {
        struct area *a = &R->areas->at[i];
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
    if (!goe__pagemap_works())
        return;
    goe__pages_running(true);
    for (size_t i = 0; i < R->areas->n && !goe__mark_failed(); i++) {
        struct area *a = &R->areas->at[i];
        if (a->done || a->shared)
            continue;
        bool parts = in_parts(a, a->lo);
        for (uintptr_t lo = a->lo, end; next_foreign(&lo, a->hi, &end); lo = end)
            (parts ? peek_parts : goe__pages_scan)(a, lo, end);
    }
    goe__pages_running(false);
}

/* In a forked child of a process that was collecting. */
void goe__roots_child(void)
{
    goe__pages_running(false);
    goe__roots_done();
}

void goe__roots_done(void)
{
    goe__pagemap_close();
}
