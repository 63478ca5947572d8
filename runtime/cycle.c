/* SPDX-License-Identifier: BSL-1.0
 *
 * cycle.c: collections that run beside the program, on a thread of their own.
 *
 * Idea: mark while the program changes what is being marked, and afterwards look again at what it has
 * changed (Boehm, Demers, Shenker 1991). The kernel knows: pages are write-protected asynchronously (gen.c),
 * so no store of the program needs a barrier, wherever it was compiled. One cycle:
 *
 *     protect    all pages of the heap that may hold pointers; from now on writes are noted
 *     begin      a stop of some 50 us: what the stacks of all threads hold
 *     mark       from these and from globals, malloc'ed and mapped memory, while the program runs
 *     rounds     scan what is marked on pages written meanwhile, until these are few
 *     end        a stop: roots again, pages written since the last round; finalizers
 *     sweep      slab by slab, while the program runs
 *
 * A cycle for the young keeps the marks of the last one and begins with the rounds.
 *
 * Invariants:
 *  - marks are made in slab->work; slab->marks, by which threads allocate, stays what the last collection
 *    left. They change places when the world stands still;
 *  - a page is protected before what is on it is scanned, so whatever is written later is scanned again. What
 *    was guessed while the program ran only ever adds marks; that nothing is missed follows from
 *    the end alone, in which all roots and all pages written since they were last scanned are seen to;
 *  - new objects are found like others, by who points to them: their pages count as written;
 *  - blocks are not freed and do not change their layout while marking; slabs are not unmapped;
 *  - the state of marking, of roots and of written pages (mark.c; maps.c, pages.c, roots.c, foreign.c; gen.c)
 *    belongs to this thread from PHASE_WANTED to PHASE_SWEEP. Whoever wants to collect himself cancels first and
 *    waits. A cancelled cycle has protected pages that no one looked at, so the next collection is a full one.
 *
 * Worked example: x->next = y; z = w->next; w->next = 0, while the marker has seen x and not yet w. What z
 * points to hangs on a register only. If it is stored nowhere, the end finds it there; if it is stored into
 * x, the page of x is written after it was protected, and x is scanned again.
 */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    STACK_BYTES = 1 << 20,    /* of the collector thread, thread-local storage included */
    WORTH_A_THREAD = 2 << 20, /* bytes live; less is marked in a stop of a millisecond */
    MOSTLY_ROOTS = 4,       /* times as many bytes outside of the heap take about as long to read */
    SHORT = 1 << 20,        /* bytes surviving a minor collection, which the program waits for */
    FEW_BYTES = 512 << 10,  /* written since the last round: the end can deal with that */
    MUCH_MEMORY = 32 << 20, /* outside of the heap; less is looked at in each round */
    COLLAPSE_AT_ONCE = 16,  /* pages of 2 MB made before a cycle */
    SLOW_NS = 3000000,      /* for two of them: more is too long */
    MOST_LEFT_SMALL = 64,   /* cycles for which none are made after that */
    MOST_ROUNDS = 8,
    MOST_FAILURES = 3,    /* of cycles in a row, before the world is stopped for each instead */
    FIRST_PACE = 30,      /* ns for a unit of work, before that is known */
    BESIDE = 2,           /* times as long as in a stop a cycle takes, until one has been seen */
    PATIENCE = 4,         /* a stop makes this part of what a cycle took too long forgotten */
    CALM = 2,             /* so many looks must agree that cycles are affordable */
    LOOKS = 8,            /* how often, while the room is used up, whether a cycle is affordable */
    LAST_LOOK = 64,       /* and this part of it before its end: the haste may have ended lately */
    MOST_HASTE = 4,       /* part of the room left that may be used up by the end of a cycle */
    MOST_HASTE_SMALL = 4, /* of a small heap, by CPU time: its stops are short */
};

static struct cycle {
    bool minor;                /* the cycle under way is for the young */
    unsigned failures;         /* cycles in a row that came to nothing, and were not cancelled */
    bool broken;               /* no thread can be had, or memory ran out: never again */
    uint64_t began;            /* when the cycle under way was asked for */
    uint64_t before;           /* bytes in use and allocated when it began to mark */
    uint64_t pace;             /* ns that cycles take for a unit of work() */
    uint64_t cost;             /* likewise, of the collector's CPU time */
    bool measured;             /* pace and cost are of cycles, not guessed from a stop */
    uint64_t cpu;              /* that when the cycle under way began */
    uint64_t seen_cpu;         /* the CPU time of the process at seen_at */
    uint64_t seen_at;          /* when affordable() was asked last, or the last collection ended */
    uint64_t seen;             /* and what had been allocated by then */
    unsigned calm;             /* looks in a row at which a cycle was affordable */
    unsigned leave_small;      /* cycles before which no pages of 2 MB are made */
    unsigned next_leave_small; /* how many the last time; 0: none */
    pid_t pid;                 /* the process whose thread it is */
    uint32_t random;           /* for concurrent=2, which shuffles */
} C;

static void set_phase(enum phase phase)
{
    __atomic_store_n(&H.phase, phase, __ATOMIC_RELEASE);
    goe__futex(&H.phase, FUTEX_WAKE_PRIVATE, INT_MAX, NULL);
}

/* GOESCAPE=concurrent=2: lets the program come in between, for a different while each time. */
static uint32_t shuffle(uint32_t most)
{
    if (H.opt.concurrent < 2)
        return most;
    C.random = C.random * 1664525 + 1013904223;
    for (uint32_t n = C.random >> 28; n > 0; n--)
        sched_yield();
    return (C.random >> 16) % (most + 1);
}

/* Unlocks, for a moment. Who waits takes longer to wake up than this thread to lock again, which it does for each slab:
 * he would wait for all of them. */
static void let_others(void)
{
    const struct timespec moment = {0, 20000};
    if (goe__unlock())
        nanosleep(&moment, NULL);
}

/* The i-th slab; others may come in below, then one is seen twice. */
static struct slab *slab_number(uint32_t i)
{
    goe__lock(NULL);
    struct slab *s = i < H.nslabs ? H.slab_list[i] : NULL;
    let_others();
    return s;
}

/* Touches what tables will be made of next, so that no other thread waits for the kernel to clear it. */
static void touch_tables(void)
{
    goe__lock(NULL);
    char *table = goe__own_ahead();
    goe__unlock();
    if (!table)
        return;
    /* It may be in use by now: nothing changes in it. */
    __atomic_fetch_or(table, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&H.meta_touched, table, __ATOMIC_RELAXED);
}

static bool marks_room(struct slab *s)
{
    return s->other || (s->other = goe__own_alloc_apart(sizeof s->own_marks));
}

/* Does something in a short stop. False: it has failed, or nothing was done, for the cycle is over or a thread cannot be
 * stopped. */
static bool in_a_stop(bool (*what)(void))
{
    goe__lock(NULL);
    uint64_t start = goe__now();
    bool stopped = !goe__mark_failed() && goe__stop_world(), ok = stopped && what();
    if (stopped) {
        goe__start_world();
        goe__note_pause(goe__now() - start);
    }
    goe__unlock();
    return ok;
}

/* Gets ready; false: it cannot be. */
static bool prepare(void)
{
    struct slab *s;
    goe__lock(NULL);
    bool ok = !H.cancel && goe__gen_ready() && goe__gen_watch_all();
    for (uint32_t i = 0; ok && i < H.nslabs; i++)
        ok = marks_room(H.slab_list[i]);
    if (ok)
        goe__mark_begin(true);
    if (ok && C.minor) {
        goe__mark_again();
        H.marked_bytes = H.live;
        H.marked_objects = H.live_objects;
    }
    goe__unlock();
    if (!ok || !in_a_stop(goe__roots_find)) /* there nobody else can open a file */
        return false;
    for (uint32_t i = 0; (s = slab_number(i)); i++) {
        if (!s->other)
            continue;
        if (C.minor)
            goe__copy(s->other, s->marks, sizeof s->own_marks);
        else
            goe__fill(s->other, 0, sizeof s->own_marks);
        if (!C.minor)
            goe__gen_round(s, false);
    }
    goe__lock(NULL);
    ok = !H.cancel;
    for (uint32_t i = 0; ok && i < H.nslabs; i++)
        ok = marks_room(H.slab_list[i]);
    for (uint32_t i = 0; ok && i < H.nslabs; i++)
        H.slab_list[i]->work = H.slab_list[i]->other;
    if (ok) {
        C.before = H.live + H.allocated;
        set_phase(PHASE_MARK);
    }
    goe__unlock();
    return ok;
}

/* What the stacks hold now. World stopped. */
static bool mark_stacks(void)
{
    goe__mark_running(false);
    goe__roots_mark_stacks();
    goe__final_roots();
    goe__mark_running(true);
    return true;
}

/* Scans what was written; how many bytes of pages that was. */
static size_t look_at_pages(void)
{
    uint64_t start = goe__now();
    struct slab *s;
    size_t bytes = 0;
    for (uint32_t i = 0; (s = slab_number(i)) && !goe__mark_failed(); i++) {
        bytes += goe__gen_round(s, true);
        goe__mark_drain();
    }
    if (H.opt.trace > 1)
        goe__say("  %zu KB of pages written, scanned in %llu us", bytes >> 10,
                 (unsigned long long)((goe__now() - start) / 1000));
    return bytes;
}

static void mark_beside(void)
{
    shuffle(0);
    in_a_stop(mark_stacks);
    goe__mark_drain();
    shuffle(0);
    goe__roots_mark_running();
    goe__mark_drain();
    goe__mark_again();
    uint32_t rounds = shuffle(MOST_ROUNDS);
    for (size_t before = SIZE_MAX; rounds-- > 0 && !goe__mark_failed();) {
        size_t bytes = look_at_pages();
        in_a_stop(mark_stacks);
        goe__mark_drain();
        if (H.root_bytes < MUCH_MEMORY || before == SIZE_MAX) {
            goe__roots_mark_running(); /* what is new may hang there only */
            goe__mark_drain();
        }
        if (bytes < FEW_BYTES || bytes > before / 4 * 3)
            break;
        before = bytes;
        shuffle(0);
    }
    shuffle(0);
}

/* The last step of marking; the world stands still and the lock is held. */
static void mark_rest(void)
{
    goe__mark_running(false);
    uint64_t start = goe__now(), c0 = goe__cpu(), before = goe__marked_so_far();
    goe__roots_mark((uintptr_t)__builtin_frame_address(0) - 256);
    uint64_t roots = goe__now(), c1 = goe__cpu(), after = goe__marked_so_far();
    size_t bytes = 0;
    for (uint32_t i = 0; i < H.nslabs; i++) {
        bytes += goe__gen_round(H.slab_list[i], true);
        goe__mark_drain();
    }
    if (H.opt.trace > 1)
        goe__say(
            "  end: roots %llu (cpu %llu) us, %llu objects; %zu KB of pages %llu (cpu %llu) us, %llu objects",
            (unsigned long long)(roots - start) / 1000, (unsigned long long)(c1 - c0) / 1000,
            (unsigned long long)(after - before), bytes >> 10,
            (unsigned long long)(goe__now() - roots) / 1000,
            (unsigned long long)(goe__cpu() - c1) / 1000,
            (unsigned long long)(goe__marked_so_far() - after));
    goe__final_roots();
    goe__mark_drain();
    goe__final_mark();
    goe__mark_end();
    if (H.opt.verify)
        goe__verify((uintptr_t)__builtin_frame_address(0) - 256);
}

/* What a collection of so many objects has to look at, in objects. */
static uint64_t work(uint64_t objects)
{
    return objects + H.root_bytes / 64 + 1;
}

/* Of what was found alive, bytes that have died while the cycle marked, or were allocated then and have died. If that dies as
 * what there was before did, as much is alive of it. Without this a program that replaces its data in haste would get the
 * more room the more garbage it makes. now: bytes that are in use or were. */
static uint64_t floating(uint64_t now)
{
    uint64_t meanwhile = now - C.before;
    if (H.live <= meanwhile)
        return 0;
    uint64_t old = H.live - meanwhile;
    return old < C.before
               ? (uint64_t)((double)meanwhile * (double)(C.before - old) / (double)C.before)
               : 0;
}

/* Stops the world and completes the marks. With the lock held. */
static bool finish(void)
{
    uint64_t start = goe__now();
    if (goe__mark_failed() || !goe__stop_world())
        return false;
    goe__roots_done();
    if (!goe__roots_find()) {
        goe__start_world();
        return false;
    }
    uint64_t stopped = goe__now(), known = H.live + H.allocated;
    goe__cursors_drop();
    mark_rest();
    uint64_t marked = goe__now();
    for (uint32_t i = 0; i < H.nslabs; i++) {
        struct slab *s = H.slab_list[i];
        s->other = s->marks;
        s->marks = s->work;
    }
    C.failures = 0;
    goe__collect_account(C.minor);
    if (!C.minor) {
        H.floating = floating(known);
        C.measured = true;
        C.pace = (C.pace + (marked - C.began) / work(H.live_objects)) / 2;
        C.cost = (C.cost + (goe__cpu() - C.cpu) / work(H.live_objects)) / 2;
    }
    goe__sweep_begin();
    H.sweep_clean = true;
    goe__pace(C.minor);
    H.phase = PHASE_SWEEP;
    goe__roots_done(); /* while nobody else can open a file */
    goe__start_world();
    uint64_t end = goe__now();
    goe__note_pause(end - start);
    if (H.opt.trace)
        goe__trace(C.minor ? "minor, beside" : "beside", start, stopped, marked, end, known);
    return true;
}

static void abandon(void)
{
    for (uint32_t i = 0; i < H.nslabs; i++)
        H.slab_list[i]->work = H.slab_list[i]->marks;
    H.next_full = true;
    H.trigger = H.allocated; /* it is to be tried again, or done otherwise */
    if (!H.cancel && ++C.failures == MOST_FAILURES)
        C.broken = true;
    H.cancel = false;
    set_phase(PHASE_NONE);
}

static void sweep_beside(void)
{
    for (;;) {
        goe__lock(NULL);
        if (H.phase != PHASE_SWEEP || !goe__sweep_next())
            break;
        let_others();
        shuffle(0);
    }
    if (H.phase == PHASE_SWEEP) {
        if (!C.minor)
            goe__give_back(false);
        set_phase(PHASE_NONE);
    }
    goe__final_wake(NULL);
    goe__unlock();
}

/* Before a full cycle, which protects everything anew: what was made one page counts as written as a whole, and if it
 * stayed so, each minor collection would look at all of it. Meanwhile the program's first writes to pages wait, for
 * 5 ms where the system has to have the memory from a host first: then it is not done again for some cycles. */
static void collapse_some(void)
{
    unsigned most = COLLAPSE_AT_ONCE;
    struct slab *s;
    if (C.leave_small) {
        C.leave_small--;
        return;
    }
    for (uint32_t i = 0; most && !H.cancel && (s = slab_number(i)); i++) {
        uint64_t start = goe__now();
        goe__gen_collapse(s, &most, true);
        if (goe__now() - start > SLOW_NS) {
            C.next_leave_small = C.next_leave_small ? C.next_leave_small * 2 : 4;
            if (C.next_leave_small > MOST_LEFT_SMALL)
                C.next_leave_small = MOST_LEFT_SMALL;
            C.leave_small = C.next_leave_small;
            return;
        }
    }
    C.next_leave_small = 0;
}

/* Huge pages take long to clear: the program does not wait for that, but takes small ones if the stock is
 * empty. */
static bool fill_stock(void)
{
    goe__lock(NULL);
    while (H.phase != PHASE_WANTED && goe__stock_wanted()) {
        char *p = goe__map_slabs(1, true);
        goe__unlock();
        if (!p)
            return false;
        for (size_t i = 0; i < SLAB_SIZE;
             i += PAGE) /* a system call would keep others from mapping */
            ((volatile char *)p)[i] = 0;
        goe__lock(NULL);
        H.stock[H.nstock++] = p;
    }
    goe__unlock();
    touch_tables();
    return true;
}

void goe__cycle_stock(void)
{
    if (H.collector && H.phase == PHASE_NONE)
        goe__futex(&H.phase, FUTEX_WAKE_PRIVATE, INT_MAX, NULL);
}

static void *run(void *unused)
{
    H.collector = goe__tid();
    for (bool room = true;;) {
        uint32_t phase = __atomic_load_n(&H.phase, __ATOMIC_ACQUIRE);
        if (phase == PHASE_NONE && room && goe__stock_wanted()) {
            room = fill_stock();
            continue;
        }
        if (phase != PHASE_WANTED) {
            goe__threads_wait(&H.phase, phase);
            continue;
        }
        C.cpu = goe__cpu();
        if (!C.minor)
            collapse_some();
        bool ok = prepare();
        if (ok)
            mark_beside();
        goe__lock(NULL);
        ok = ok && finish();
        goe__roots_done();
        if (ok)
            set_phase(PHASE_SWEEP);
        else
            abandon();
        goe__unlock();
        if (ok)
            sweep_beside();
        room = fill_stock();
    }
    return unused;
}

/* Makes the thread: with a stack that is no root, and no signals but those libc itself sends. The lock is
 * dropped meanwhile, as in goe__final_wake(). */
static bool make_thread(struct thread *t)
{
    if (C.pid == getpid())
        return true;
    if (goe__may_be_in_handler())
        return false;
    void *stack = goe__own_map(STACK_BYTES);
    if (!stack)
        return false;
    C.pid = getpid();
    uint64_t others = ~((uint64_t)1 << (STOP_SIGNAL - 1)), old;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &others, &old, 8);
    goe__unlock(); /* but stay busy */
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstack(&attr, stack, STACK_BYTES);
    int failed = pthread_create(&thread, &attr, run, NULL);
    pthread_attr_destroy(&attr);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    goe__lock(t);
    if (failed) {
        C.broken = true;
        set_phase(PHASE_NONE); /* another thread may have counted on it */
    }
    return !failed;
}

/* Whether the stop at the end of a cycle is much shorter than a whole collection: it reads the roots again. */
static bool worth_it(void)
{
    return H.live >= SMALL_HEAP ||
           (H.live >= WORTH_A_THREAD && H.root_cost / MOSTLY_ROOTS <= H.live);
}

bool goe__cycle_possible(void)
{
    if (!H.opt.concurrent || C.broken || H.opt.stress)
        return false;
    return (worth_it() || H.opt.concurrent > 1) && H.stats.collections > 0 && goe__gen_ready();
}

/* Threads that allocate wait here, before they have anything in hand, for a cycle that is late. */
void goe__cycle_wait(void)
{
    int saved = errno;
    while (goe__cycle_late() && !goe__borrowed()) {
        uint32_t phase = __atomic_load_n(&H.phase, __ATOMIC_ACQUIRE);
        if (phase == PHASE_WANTED || phase == PHASE_MARK)
            goe__futex(&H.phase, FUTEX_WAIT_PRIVATE, phase, NULL);
    }
    errno = saved;
}

/* Goes a part of the way from what cycles took to what a stop tells of them, if that is less. */
static void hope(uint64_t *known, uint64_t guess)
{
    if (!C.measured)
        *known = guess;
    else if (*known > guess)
        *known -= (*known - guess) / PATIENCE;
}

/* A full collection in a stop marked for so long, of CPU time: a first idea of how long a cycle takes. Later, that one
 * which was kept waiting by the system need not say for ever that none is affordable. */
void goe__cycle_guess(uint64_t ns)
{
    if (H.live < WORTH_A_THREAD)
        return;
    uint64_t guess = BESIDE * ns / work(H.live_objects) + 1;
    hope(&C.pace, guess);
    hope(&C.cost, guess);
}

void goe__cycle_paced(void)
{
    C.seen_at = goe__now();
    C.seen_cpu = goe__process_cpu();
    C.seen = H.allocated;
}

/* Whether a cycle that begins now is over long before the room is used up, going by how fast memory was taken since the
 * last look. Otherwise the threads would have to wait for it, and so much work done twice would be for nothing. Beside a
 * program that fills a small heap again and again a cycle would run most of the time. */
static bool affordable(bool minor)
{
    uint64_t objects = H.live_objects;
    if (minor)
        objects = objects * (goe__gen_expected(H.allocated) >> 10) / ((H.live >> 10) + 1);
    double took = (double)(C.pace ? C.pace : FIRST_PACE) * (double)work(objects);
    double costs = (double)(C.cost ? C.cost : FIRST_PACE) * (double)work(objects);
    double ns = (double)(goe__now() - C.seen_at) + 1;
    double cpu = (double)(goe__process_cpu() - C.seen_cpu) + 1;
    double bytes = (double)(int64_t)(H.allocated - C.seen);
    uint64_t least = H.room / LOOKS; /* what it gets in any case */
    double left = (double)(H.hard > H.allocated + least ? H.hard - H.allocated : least);
    goe__cycle_paced();
    bool calm = bytes / ns * took < left / MOST_HASTE &&
                (H.live >= SMALL_HEAP || bytes / cpu * costs < left / MOST_HASTE_SMALL);
    C.calm = calm ? C.calm + 1 : 0;
    return C.calm >= CALM || (C.calm && H.allocated >= H.room); /* there is no other look */
}

/* What will have been allocated when it is looked at again whether a cycle is affordable. */
static uint64_t next_look(void)
{
    uint64_t next = H.allocated + H.room / LOOKS, last = H.room - H.room / LAST_LOOK;
    if (next < last)
        return next;
    return H.allocated < last ? last : H.room;
}

/* A collection is due: starts one beside the program, unless it is under way. False: it has to be done here
 * and now. */
bool goe__cycle_due(struct thread *t)
{
    if (H.phase == PHASE_SWEEP) {
        for (int i = 0; goe__sweep_next(); i++)
            if (i == 4 && H.allocated < H.hard)
                return true;
        set_phase(PHASE_NONE);
    }
    if (H.phase == PHASE_NONE) {
        if (!goe__cycle_possible())
            return false;
        bool minor = !H.next_full;
        if (minor && H.opt.concurrent < 2 && goe__gen_expected(H.allocated) < SHORT)
            return false;
        if (H.opt.concurrent < 2 && !affordable(minor)) {
            if (H.allocated >= H.room)
                return false;
            H.trigger = next_look();
            return true;
        }
        if (!make_thread(t) || H.phase != PHASE_NONE)
            return false;
        if (H.hard < H.allocated + H.room / LOOKS)
            H.hard = H.allocated + H.room / LOOKS;
        C.minor = minor;
        C.began = goe__now();
        set_phase(PHASE_WANTED);
    }
    return true;
}

/* Somebody wants to collect himself. */
void goe__cycle_cancel(struct thread *t)
{
    while (H.phase == PHASE_WANTED || H.phase == PHASE_MARK) {
        H.cancel = true;
        goe__mark_cancel();
        uint32_t phase = H.phase;
        goe__unlock();
        goe__futex(&H.phase, FUTEX_WAIT_PRIVATE, phase, NULL);
        goe__lock(t);
    }
    while (goe__sweep_next())
        ;
    H.phase = PHASE_NONE;
}

/* A forked child has the heap as it was, and no such thread. */
void goe__cycle_child(void)
{
    if (H.phase == PHASE_WANTED || H.phase == PHASE_MARK) {
        goe__roots_child();
        H.next_full = true;
    }
    for (uint32_t i = 0; i < H.nslabs; i++)
        H.slab_list[i]->work = H.slab_list[i]->marks;
    H.phase = PHASE_NONE;
    H.cancel = false;
    H.collector = 0;
    C.pid = 0;
}
