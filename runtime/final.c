/* SPDX-License-Identifier: BSL-1.0
 *
 * final.c: finalizers: a last call for objects that have become unreachable.
 *
 * Invariants: the table holds objects weakly, their arguments strongly; a finalizer is ready only if its
 * object is reachable neither from the roots nor from another object with a finalizer, so the referring
 * one goes first and members of a cycle never go; a ready object and all it reaches stay alive until its
 * function has returned; functions run on a thread of their own, made when the first is ready, outside of all
 * locks, so they may allocate, block and set finalizers.
 *
 * Worked example: file -> buffer, both with finalizers, both unreachable. This collection marks what each
 * reaches beyond itself: buffer, not file. So file is ready (it might flush into buffer); buffer is after a
 * later collection.
 */
#include "internal.h"

#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static size_t home(uintptr_t obj)
{
    return (size_t)((obj * 0x9E3779B97F4A7C15u) >> 32) & (H.final_cap - 1);
}

static struct final *find(uintptr_t obj)
{
    if (!H.final_cap)
        return NULL;
    size_t i = home(obj);
    for (; H.finals[i].obj; i = (i + 1) & (H.final_cap - 1))
        if (H.finals[i].obj == obj)
            break;
    return &H.finals[i];
}

static bool table_grow(void)
{
    if ((H.nfinals + 1) * 2 <= H.final_cap)
        return true;
    size_t old_cap = H.final_cap, cap = old_cap ? old_cap * 2 : 256;
    struct final *old = H.finals, *at = goe__own_map(cap * sizeof *at);
    if (!at)
        return false;
    H.finals = at;
    H.final_cap = cap;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].obj)
            *find(old[i].obj) = old[i];
    if (old)
        goe__own_unmap(old, old_cap * sizeof *old);
    return true;
}

/* Empties a slot and moves up those that probing had pushed past it. */
static void table_remove(struct final *f)
{
    size_t mask = H.final_cap - 1, hole = (size_t)(f - H.finals);
    H.nfinals--;
    for (size_t i = (hole + 1) & mask; H.finals[i].obj; i = (i + 1) & mask) {
        size_t want = home(H.finals[i].obj);
        if (((i - want) & mask) >= ((i - hole) & mask)) {
            H.finals[hole] = H.finals[i];
            hole = i;
        }
    }
    H.finals[hole].obj = 0;
}

static bool queue_grow(void)
{
    if (H.queue_len < H.queue_cap)
        return true;
    size_t cap = H.queue_cap ? H.queue_cap * 2 : 128;
    struct final *at = goe__own_map(cap * sizeof *at);
    if (!at)
        return false;
    for (size_t i = 0; i < H.queue_len; i++)
        at[i] = H.queue[(H.queue_head + i) % H.queue_cap];
    if (H.queue)
        goe__own_unmap(H.queue, H.queue_cap * sizeof *at);
    H.queue = at;
    H.queue_cap = cap;
    H.queue_head = 0;
    return true;
}

void goe__final_roots(void)
{
    for (size_t i = 0; i < H.queue_len; i++) {
        const struct final *f = &H.queue[(H.queue_head + i) % H.queue_cap];
        goe__mark_word(f->obj);
        goe__mark_word((uintptr_t)f->arg);
    }
    for (size_t i = 0; i < H.final_cap; i++)
        if (H.finals[i].obj)
            goe__mark_word((uintptr_t)H.finals[i].arg);
}

static bool unmarked(const struct final *f, struct object *o)
{
    return f->obj && goe__resolve(f->obj, o) && !goe__is_marked(o);
}

void goe__final_mark(void)
{
    if (!H.nfinals)
        return;
    struct object o;
    for (size_t i = 0; i < H.final_cap; i++) /* what they refer to stays, whoever goes first */
        if (unmarked(&H.finals[i], &o)) {
            goe__mark_children(&o);
            goe__mark_drain();
        }
    size_t ready = H.queue_len;
    for (size_t i = 0; i < H.final_cap; i++)
        if (unmarked(&H.finals[i], &o) && queue_grow())
            H.queue[(H.queue_head + H.queue_len++) % H.queue_cap] = H.finals[i];
    for (size_t i = ready; i < H.queue_len; i++) {
        const struct final *f = &H.queue[(H.queue_head + i) % H.queue_cap];
        table_remove(find(f->obj));
    }
    for (size_t i = 0; i < H.final_cap; i++) /* no room in the queue: next time */
        if (unmarked(&H.finals[i], &o))
            goe__mark_word(H.finals[i].obj);
    for (size_t i = ready; i < H.queue_len; i++)
        goe__mark_word(H.queue[(H.queue_head + i) % H.queue_cap].obj);
    goe__mark_drain();
}

static void *run_finalizers(void *unused)
{
    struct thread *t = goe__thread();
    H.final_tid = goe__tid();
    for (;;) {
        goe__enter(t);
        if (!H.queue_len) {
            uint32_t news = H.queue_news;
            goe__leave(t);
            goe__threads_wait(&H.queue_news, news);
            continue;
        }
        struct final f = H.queue[H.queue_head];
        H.queue_head = (H.queue_head + 1) % H.queue_cap;
        H.queue_len--;
        goe__leave(t);
        f.fn((void *)f.obj, f.arg);
        goe_keep_alive((void *)f.obj);
        goe__fill(&f, 0, sizeof f);
        goe_keep_alive(&f);
        __atomic_fetch_add(&H.stats.finalizers_run, 1, __ATOMIC_RELAXED);
    }
    return unused;
}

/* Starts the thread, or wakes it. The lock is held, and dropped while a thread is made: that may allocate
 * and so call malloc, which the program may have replaced by something that comes here. In a signal handler, which may
 * have interrupted malloc, it waits for the next occasion. */
void goe__final_wake(struct thread *t)
{
    if (!H.queue_len)
        return;
    if (H.final_thread) {
        __atomic_fetch_add(&H.queue_news, 1, __ATOMIC_RELEASE);
        goe__futex(&H.queue_news, FUTEX_WAKE_PRIVATE, 1, NULL);
        return;
    }
    if (t && (H.phase != PHASE_NONE || goe__may_be_in_handler()))
        return;
    H.final_thread = true;
    pthread_attr_t attr;
    pthread_t thread;
    uint64_t others = ~((uint64_t)1 << (STOP_SIGNAL - 1)), old;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &others, &old, 8);
    goe__unlock(); /* but stay busy */
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attr, run_finalizers, NULL);
    pthread_attr_destroy(&attr);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    goe__lock(t);
    if (failed)
        H.final_thread = false; /* the next collection tries again */
}

/* A forked child has no such thread; what was ready still is. */
void goe__final_child(void)
{
    H.final_thread = false;
    H.final_tid = 0;
}

void goe_set_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg)
{
    const struct goe_copy *other = goe__elsewhere();
    if (unlikely(other)) {
        other->set_finalizer(p, fn, arg);
        return;
    }
    struct thread *t = goe__thread();
    goe__enter(t);
    struct object o;
    if (!goe__resolve((uintptr_t)p, &o) || o.base != (char *)p)
        goe__die("goe_set_finalizer(%p): not the start of an object of this heap", p);
    struct final *f = find((uintptr_t)p);
    if (!fn) {
        if (f && f->obj)
            table_remove(f);
    } else {
        if (!f || !f->obj) {
            if (!table_grow())
                goe__die("out of memory: no room for another finalizer");
            f = find((uintptr_t)p);
            H.nfinals++;
        }
        *f = (struct final){(uintptr_t)p, fn, arg};
    }
    if (!H.final_thread)
        goe__final_wake(t);
    goe__leave(t);
    goe_keep_alive(p);
}
