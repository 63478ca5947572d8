/* SPDX-License-Identifier: BSL-1.0
 *
 * collect.c: one collection from beginning to end, and when the next is due.
 *
 * The steps: stop all threads; read the memory map; take back the unused runs of all threads; clear the
 * marks; mark from the roots; see to finalizers; sort the blocks; let the threads run.
 *
 * Pacing: as Go's GOGC. With L bytes live and R bytes of roots scanned, the next collection comes after
 * (L + R) * gcpercent / 100 more bytes are allocated (the roots count, for they have to be scanned again), but
 * not before `minheap` bytes, or up to four times that where collections cost more than a sixteenth of the
 * time between them, and earlier if the memory limit says so. Small heaps may grow by twice as much: up to
 * 32 MB of room.
 *
 * Worked example: 100 MB live, 2 MB of globals and malloc'ed memory, gcpercent 100: the next collection
 * is due 102 MB of allocation later, with at most 202 MB in use.
 */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bytes of all blocks somebody has, without those that only wait for emergencies. */
static size_t used_bytes(void)
{
    size_t blocks = H.used_blocks;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t next = __atomic_load_n(&H.reserve[i].next, __ATOMIC_RELAXED);
        if (H.reserve[i].slab && next < SLAB_BLOCKS)
            blocks -= SLAB_BLOCKS - next;
    }
    return blocks << BLOCK_SHIFT;
}

enum {
    NURSERIES = 2,    /* minor collections in the room to the next full one, if nothing survives */
    MOST_COSTLY = 16, /* a collection should cost less than this part of what lies between two */
    MOST_LEAST = 4,   /* times minheap: what cost may raise it to */
    SETTLED = 4,      /* collections after which a program is one that allocates much */
    LATE = 8 << 20,   /* bytes that the heap may grow by beyond its goal, while a cycle ends */
    FEW_BYTES = 1 << 20,      /* surviving a minor one: its cost is not that of marking */
    TRIAL_NURSERY = 16 << 20, /* bytes before a minor one that is not expected to be worth it */
    WORTH_HUGE = 8 << 20,     /* bytes live; less fits the processor's table of small pages */
    SOME_HUGE =
        8, /* pages of 2 MB made in a stop: marking is faster by what they cost the next time */
    HUGE_NS = 1000000, /* within which that should be: to get the memory may take a system long */
    QUARTER_SECOND = 250,     /* in ms */
    WORTH_WATCHING = 1 << 20, /* bytes live; less is marked faster than its pages are watched */
};

bool goe__over_limit(size_t more)
{
    return H.limit && used_bytes() + more > H.limit;
}

/* At how much of the room a cycle beside the program is looked for. The earlier the less memory; but collections of a
 * small heap would come often for little. */
static uint64_t begin_beside(uint64_t left)
{
    uint64_t half = left / 2 < SMALL_HEAP / 2 ? left / 2 : SMALL_HEAP / 2;
    return left / 6 > half ? left / 6 : half;
}

/* Decides when the next collection comes and whether it may be a minor one. */
void goe__pace(bool minor)
{
    uint64_t percent = H.percent < 0 ? 100 : (uint64_t)H.percent;
    uint64_t least = H.least;
    if (!minor) {
        uint64_t live = H.live - H.floating;
        uint64_t room = (live + H.root_cost) / 100 * percent;
        if (room < SMALL_HEAP)
            room = room * 2 < SMALL_HEAP ? room * 2 : SMALL_HEAP;
        if (room < least)
            room = least;
        uint64_t used = used_bytes();
        if (H.limit && used < H.limit && room > H.limit - used && H.limit - used > BLOCK_SIZE)
            room = H.limit - used;
        H.goal = live + room;
        if (H.goal < H.live + least)
            H.goal = H.live + least;
        H.share = room / NURSERIES > least ? room / NURSERIES : least;
        H.next_full = !goe__gen_pays();
    }
    uint64_t left = H.goal > H.live ? H.goal - H.live : 0;
    H.nursery = H.share;
    if (goe__gen_expected(H.nursery) > H.nursery / 2 && H.nursery > TRIAL_NURSERY)
        H.nursery = TRIAL_NURSERY; /* to see whether that is still so */
    if (left <= H.nursery || (minor && !goe__gen_paid()))
        H.next_full = true;
    else if (goe__gen_expected(left) < FEW_BYTES && H.live < SMALL_HEAP)
        H.nursery = left; /* what survives is the same, and looked at half as often */
    H.trigger = H.next_full ? (left > least / 2 ? left : least / 2) : H.nursery;
    H.room = H.hard = H.trigger;
    if (goe__cycle_possible()) {
        if (H.next_full) { /* the rest is for what is allocated meanwhile */
            H.trigger = begin_beside(left);
            if (minor && !H.limit)
                H.hard += LATE; /* too little is left for that, after a minor one */
        } else {
            H.room += H.nursery / 4; /* for a second look whether there is time */
            H.hard += H.nursery;
        }
    }
    goe__cycle_paced();
}

/* Memory beyond what may be allocated before the next collection goes back to the system. To clear its pages again
 * costs more than a collection of what could be on them, and a heap that was larger a short while ago may soon be
 * again: it shrinks by an eighth in a quarter of a second, and at a time. all: at once. */
void goe__give_back(bool all)
{
    uint64_t room = H.goal > H.live ? H.goal - H.live : 0, used = used_bytes();
    uint64_t now = goe__now(), passed = (now - H.reached) / 1000000;
    if (passed > QUARTER_SECOND)
        passed = QUARTER_SECOND;
    H.reach -= all ? H.reach : H.reach / 8 * passed / QUARTER_SECOND;
    H.reached = now;
    goe__trim(H.reach > used + room ? H.reach - used : room);
}

/* Where collections take more than their share of the process's CPU time, as with little that lives and small
 * objects, they become rarer, within bounds: beyond them memory leaves the cache, which costs more. */
static void adapt(uint64_t start, uint64_t end)
{
    uint64_t between = start - H.last_end, cost = end - start, least = (uint64_t)H.opt.minheap;
    if (cost > between / MOST_COSTLY && H.least < least * MOST_LEAST)
        H.least *= 2;
    else if (cost < between / MOST_COSTLY / 8 && H.least > least)
        H.least /= 2;
    H.last_end = end;
}

void goe__trace(const char *why, uint64_t start, uint64_t stopped, uint64_t marked, uint64_t end,
                uint64_t before)
{
    static const char *const unit = "MB";
    goe__say(
        "gc %llu (%s): %llu->%llu %s live, %llu objects, %llu KB roots, stop %llu mark %llu sweep %llu us,"
        " heap %llu %s, next after %llu %s",
        (unsigned long long)H.stats.collections, why, (unsigned long long)(before >> 20),
        (unsigned long long)(H.live >> 20), unit, (unsigned long long)H.live_objects,
        (unsigned long long)(H.root_bytes >> 10), (unsigned long long)((stopped - start) / 1000),
        (unsigned long long)((marked - stopped) / 1000),
        (unsigned long long)((end - marked) / 1000), (unsigned long long)(H.mapped_bytes >> 20),
        unit, (unsigned long long)(H.trigger >> 20), unit);
}

static void clear_marks(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        if (s->nfree < SLAB_BLOCKS)
            goe__fill(s->marks, 0, sizeof s->own_marks);
    }
}

/* All threads give up their runs, and those that are gone their structs. World stopped. */
void goe__cursors_drop(void)
{
    goe__threads_reap();
    for (struct thread *t = H.threads; t; t = t->next)
        goe__cursors_reset(t);
}

/* After marking: what lives, what was freed. World stopped. */
void goe__collect_account(bool minor)
{
    uint64_t known = H.live + H.allocated;
    uint64_t known_objects = H.live_objects + H.total_objects - H.known_objects;
    uint64_t young = H.allocated + H.demoted, survived = H.marked_bytes + H.demoted - H.live;
    if (H.reach < used_bytes())
        H.reach = used_bytes();
    H.live = H.marked_bytes;
    H.live_objects = H.marked_objects;
    if (known > H.live)
        H.stats.freed_bytes += known - H.live;
    if (known_objects > H.live_objects)
        H.stats.freed_objects += known_objects - H.live_objects;
    H.known_objects = H.total_objects;
    H.allocated = H.floating = 0;
    if (minor) {
        goe__gen_outcome(young, survived);
        H.stats.minor++;
    }
    H.stats.collections++;
}

void goe__note_pause(uint64_t ns)
{
    H.stats.pause_total_ns += ns;
    if (ns > H.stats.pause_max_ns)
        H.stats.pause_max_ns = ns;
}

/* With the lock held, all signals blocked and the callee-saved registers in a frame above. */
static __attribute__((noinline)) void collect(const char *why, bool full, bool asked)
{
    uint64_t start = goe__now(), cpu = goe__process_cpu();
    if (!goe__stop_world() || !goe__roots_find()) {
        goe__start_world();
        H.trigger = H.allocated + H.allocated / 2 + (uint64_t)H.opt.minheap; /* try again later */
        return;
    }
    uint64_t stopped = goe__now();
    goe__cursors_drop();
    bool can_watch = H.live >= WORTH_WATCHING && goe__gen_ready();
    bool minor = can_watch && !full && !H.next_full && H.stats.collections > 0;
    uint64_t working = minor ? 0 : goe__cpu();
    uint64_t known = H.live + H.allocated;
    goe__tools_quiet(true);
    if (!minor)
        clear_marks();
    goe__mark_begin(false);
    if (minor) {
        goe__mark_again();
        goe__gen_demote();
        H.marked_bytes = H.live - H.demoted;
        H.marked_objects = H.live_objects - H.demoted_objects;
    }
    goe__roots_mark((uintptr_t)__builtin_frame_address(0) - 256);
    if (minor)
        goe__gen_mark_dirty();
    goe__final_roots();
    goe__mark_drain();
    goe__final_mark();
    goe__mark_end();
    if (H.opt.verify)
        goe__verify((uintptr_t)__builtin_frame_address(0));
    goe__tools_quiet(false);
    uint64_t marked = goe__now();
    bool aging = minor && H.aging;
    goe__collect_account(minor);
    if (!minor)
        goe__cycle_guess(goe__cpu() - working);
    goe__sweep(minor);
    if (minor)
        goe__gen_aged();
    unsigned most = asked ? UINT_MAX : 0; /* who asks for a collection has the time */
    if (!minor && H.live >= WORTH_HUGE && !most)
        most = SOME_HUGE;
    for (uint32_t i = 0; most && can_watch && i < H.nslabs; i++) {
        goe__gen_collapse(H.slab_list[i], &most, false);
        if (!asked && goe__now() - marked > HUGE_NS)
            break;
    }
    adapt(cpu, goe__process_cpu());
    goe__pace(minor);
    if (can_watch && !minor)
        goe__gen_open_roomy();
    if (can_watch && !H.next_full && !aging)
        goe__gen_protect(!minor);
    goe__roots_done();
    if (H.stats.collections == SETTLED)
        goe__settle();
    goe__start_world();
    uint64_t end = goe__now();
    if (!minor)
        goe__give_back(asked);
    goe__note_pause(end - start);
    if (H.opt.trace)
        goe__trace(minor ? "minor" : why, start, stopped, marked, end, known);
}

/* Collects. The caller holds the lock and is busy. */
void goe__collect(struct thread *t, const char *why, bool full)
{
    if (H.in_gc || goe__borrowed())
        return;
    int saved = errno;
    goe__cycle_cancel(t);
    H.in_gc = 1;
    uint64_t all = ~(uint64_t)0, old;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &old, 8);
    __builtin_unwind_init(); /* this frame now holds all callee-saved registers */
    collect(why, full, H.asked);
    H.in_gc = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    goe__final_wake(t);
    errno = saved;
}

/* A fork in a signal handler that interrupted the allocator cannot wait for the lock: it goes on without,
 * and the child must not allocate (nor may it by POSIX). */
static bool fork_locked;

static void before_fork(void)
{
    if (goe__self && goe__self->busy)
        return;
    goe__lock(goe__self);
    fork_locked = true;
}

static void after_fork_parent(void)
{
    if (!fork_locked)
        return;
    fork_locked = false;
    goe__unlock();
    barrier();
    if (goe__self)
        goe__self->busy = 0;
}

static void after_fork_child(void)
{
    if (!fork_locked)
        return;
    fork_locked = false;
    H.lock = H.starving = 0;
    H.in_gc = 0; /* the collecting thread, which is not here, may have dropped the lock */
    if (goe__self)
        goe__self->busy = 0;
    goe__threads_child();
    goe__cycle_child();
    goe__gen_child();
    goe__foreign_child();
    goe__final_child();
}

static void begin(void)
{
    goe__options_read();
    goe__threads_init();
    pthread_atfork(before_fork, after_fork_parent, after_fork_child);
    if (H.opt.stats)
        atexit(goe__stats_print);
}

/* What has to exist before an allocation in a signal handler can be the first: cheap. Who comes second waits,
 * with signals blocked like the first, until it does. */
void goe__init_process(void)
{
    int begun = __atomic_load_n(&H.begun, __ATOMIC_ACQUIRE);
    if (begun == 2)
        return;
    uint64_t others = ~((uint64_t)1 << (STOP_SIGNAL - 1)), old;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &others, &old, 8);
    begun = 0;
    if (__atomic_compare_exchange_n(&H.begun, &begun, 1, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        H.other = goe__copies_find();
        if (!H.other)
            begin();
        __atomic_store_n(&H.begun, 2, __ATOMIC_RELEASE);
    }
    while (__atomic_load_n(&H.begun, __ATOMIC_ACQUIRE) != 2)
        sched_yield();
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
}

void goe__init(void)
{
    if (likely(__atomic_load_n(&H.ready, __ATOMIC_ACQUIRE)))
        return;
    goe__init_process();
    bool roots = true;
    goe__lock(NULL);
    if (!H.ready) {
        goe__ranges_init(&H.own);
        goe__ranges_add(&H.own, (uintptr_t)&goe__heap_page, (uintptr_t)(&goe__heap_page + 1));
        goe__tools_init();
        goe__heap_init();
        H.percent = H.opt.gcpercent;
        H.limit = (uint64_t)H.opt.limit;
        H.trigger = H.nursery = H.least = (uint64_t)H.opt.minheap;
        H.next_full = true;
        if (H.limit && H.limit / 2 < H.trigger)
            H.trigger = H.limit / 2;
        roots = goe__roots_init() && goe__home_init();
        __atomic_store_n(&H.ready, 1, __ATOMIC_RELEASE);
    }
    goe__unlock();
    if (!roots)
        goe__die("out of memory: no room for the collector's tables");
}

void goe_gc(void)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other)) {
        other->gc();
        return;
    }
    struct thread *t = goe__thread();
    if (t->busy)
        return; /* in a signal handler that interrupted the allocator: it cannot be done now */
    goe__enter(t);
    H.asked = true;
    goe__collect(t, "asked for", true);
    H.asked = false;
    goe__leave(t);
}

int goe_set_gc_percent(int percent)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other))
        return other->set_gc_percent(percent);
    struct thread *t = goe__thread();
    goe__enter(t);
    int old = (int)H.percent;
    H.percent = percent < 0 ? -1 : percent;
    goe__pace(false);
    goe__leave(t);
    return old;
}

size_t goe_set_memory_limit(size_t bytes)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other))
        return other->set_memory_limit(bytes);
    struct thread *t = goe__thread();
    goe__enter(t);
    size_t old = (size_t)H.limit;
    H.limit = bytes;
    goe__pace(false);
    goe__leave(t);
    return old;
}

void goe_stats(struct goe_stats *out)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other)) {
        other->stats(out);
        return;
    }
    struct thread *t = goe__thread();
    bool nested = t->busy;
    if (!nested)
        goe__enter(t);
    *out = H.stats;
    out->allocated_bytes = H.total_bytes;
    out->allocated_objects = H.total_objects;
    for (struct thread *i = H.threads; i; i = i->next)
        out->allocated_bytes += goe__handed_out(i, &out->allocated_objects);
    out->live_bytes = H.live;
    out->live_objects = H.live_objects;
    out->heap_bytes = H.mapped_bytes;
    out->meta_bytes = H.meta_bytes;
    out->root_bytes = H.root_bytes;
    if (!nested)
        goe__leave(t);
}

void goe_add_roots(void *p, size_t n)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other)) {
        other->add_roots(p, n);
        return;
    }
    struct thread *t = goe__thread();
    goe__enter(t);
    if (H.nroots == H.roots_cap) {
        size_t cap = H.roots_cap ? H.roots_cap * 2 : PAGE / sizeof *H.roots;
        struct range *at = goe__own_map(cap * sizeof *at);
        if (!at)
            goe__die("out of memory: no room for another root");
        if (H.nroots) {
            goe__copy(at, H.roots, H.nroots * sizeof *at);
            goe__own_unmap(H.roots, H.roots_cap * sizeof *at);
        }
        H.roots = at;
        H.roots_cap = cap;
    }
    H.roots[H.nroots++] = (struct range){(uintptr_t)p, (uintptr_t)p + n};
    goe__leave(t);
}

void goe_remove_roots(void *p, size_t n)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other)) {
        other->remove_roots(p, n);
        return;
    }
    struct thread *t = goe__thread();
    goe__enter(t);
    for (size_t i = 0; i < H.nroots; i++)
        if (H.roots[i].lo == (uintptr_t)p && H.roots[i].hi == (uintptr_t)p + n) {
            H.roots[i] = H.roots[--H.nroots];
            break;
        }
    goe__leave(t);
}
