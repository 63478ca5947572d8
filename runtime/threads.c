/* SPDX-License-Identifier: BSL-1.0
 *
 * threads.c: who the threads are, and how all of them stand still.
 *
 * Idea: nobody registers. At each stop /proc/self/task says which threads there are, and each gets a
 * signal; its handler waits until the collection is over. A thread counts as stopped when it has said so;
 * when a last look at the list finds no new one, none can appear, for only running threads make threads.
 *
 * The signal is number 33, which glibc keeps for setuid() in threaded programs: it is the one signal that
 * no thread can block through libc, that sigwait() leaves alone and that programs cannot take. Ours carry
 * SI_TIMER and the address of the slot; all others go on to the handler that was there before. They say that they are a
 * timer's because timers do not survive exec: one that is on its way to a thread that calls execve just then would end
 * the new program, which has no handler for it.
 *
 * Invariants: handlers run with all signals blocked, so nothing of the program runs while the world is
 * stopped; the handler touches only its slot and libc-free code; the collector holds H.lock before it
 * stops anybody, so no stopped thread is inside the allocator's critical sections.
 *
 * A child of vfork() runs in this memory, as the thread that made it, which the kernel lets wait meanwhile. It
 * cannot stop the other threads, so it does not collect. When it waits for the lock, it answers for that thread.
 *
 * Not stoppable, and harmless: threads that have exited (a zombie main thread), kernel workers (io_uring).
 * They are told by what /proc says of them (tasks.c) when they do not answer.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

__thread struct thread *goe__self __attribute__((tls_model("initial-exec")));

/* What compiled code sees in a thread that has not allocated yet: always busy. */
static const struct {
    int busy;
} nobody = {1};
#define NOBODY ((struct __goe_local *)(uintptr_t)&nobody)
__thread struct __goe_local *__goe_self __attribute__((tls_model("initial-exec"))) =
    (struct __goe_local *)&nobody;

enum {
    SLOT_CHUNK = 64,       /* slots allocated at a time */
    SLOT_CHUNKS = 1024,    /* so many chunks at most */
    PATIENCE_NS = 2000000, /* before asking /proc about a silent thread */
    SAY_AFTER = 500,       /* times as long it says whom it waits for */
    GIVE_UP_AFTER = 2500,  /* and then collects another time */
    LONG_BLOCKED = 4,      /* as a thread has all signals blocked only for a moment */
    DEAF_AFTER = 250,      /* or that soon, if that thread has been waited for in vain before */
    MOST_RECOUNTS = 1000,  /* of threads, while their list and their number disagree */
    KEYS_AT_HAND = 32,     /* glibc allocates memory for others, which a signal handler must not */
    RED_ZONE = 128,        /* below the stack pointer, still in use (x86-64) */
};

/* The kernel's idea of a handler, which sigaction() does not let us set for this signal. */
struct kernel_action {
    void (*handler)(int, siginfo_t *, void *); /* or SIG_DFL, SIG_IGN */
    unsigned long flags;                       /* SA_... */
    void (*restorer)(void);                    /* x86 returns through it */
    uint64_t mask;                             /* blocked meanwhile */
};

/* The stopping machinery. */
static struct stop_state_all {
    struct stopped *chunk[SLOT_CHUNKS]; /* slots, never moved */
    size_t n;                           /* slots in use, at the front */
    volatile uint32_t epoch;            /* number of the stop under way or the last */
    volatile uint32_t released;         /* threads stopped for this epoch may go on */
    volatile uint32_t acked;            /* how many have answered; futex */
    struct kernel_action old;           /* who had the signal before */
    bool handled;                       /* the signal is ours */
    bool bare;                          /* not all that were sent this time could be queued */
    pid_t pid;                          /* of this process */
    volatile pid_t *home;               /* the process this memory belongs to; zero after a fork */
    bool begun_by_child; /* or zero because a child of vfork came first, who cannot tell */
    enum { COUNT_UNKNOWN, COUNT_RIGHT, COUNT_WRONG } count; /* does the kernel count threads? */
    pid_t deaf;         /* a thread that did not answer; 0: none yet */
    struct tasks tasks; /* the list, open while threads are being stopped */
} S;

pid_t goe__tid(void)
{
    return (pid_t)syscall(SYS_gettid);
}

static uintptr_t interrupted_sp(const ucontext_t *uc)
{
#if defined(__x86_64__)
    return (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    return (uintptr_t)uc->uc_mcontext.sp;
#else
#error "how does one find the stack pointer of an interrupted thread here?"
#endif
}

static struct stopped *slot_at(size_t i)
{
    return &S.chunk[i / SLOT_CHUNK][i % SLOT_CHUNK];
}

/* The slot of the calling thread, if it is to stop; else null. */
static struct stopped *own_slot(void)
{
    pid_t tid = goe__tid();
    for (size_t i = 0; i < S.n; i++)
        if (slot_at(i)->tid == tid &&
            (slot_at(i)->state == STOP_SENT || slot_at(i)->state == STOP_ACKED))
            return slot_at(i);
    return NULL;
}

/* Of two stops. Who sleeps for long may find that the one it answered to is over, and a later one that came to
 * nothing. */
static bool is_before(uint32_t released, uint32_t epoch)
{
    return (int32_t)(released - epoch) < 0;
}

/* Tells who stops this thread where its stack begins, and in the handler. */
static void answer(struct stopped *slot, uintptr_t sp, uintptr_t handler_sp)
{
    slot->sp = sp;
    slot->handler_sp = handler_sp;
    slot->tp = (uintptr_t)__builtin_thread_pointer();
    __atomic_store_n(&slot->state, STOP_ACKED, __ATOMIC_RELEASE);
    __atomic_fetch_add(&S.acked, 1, __ATOMIC_RELEASE);
    goe__futex(&S.acked, FUTEX_WAKE_PRIVATE, 1, NULL);
}

/* Waits until the stop is over. */
static void await_release(uint32_t epoch)
{
    uint32_t now;
    while (is_before(now = __atomic_load_n(&S.released, __ATOMIC_ACQUIRE), epoch))
        goe__futex(&S.released, FUTEX_WAIT_PRIVATE, now, NULL);
}

/* In every thread but the collecting one. */
__attribute__((used, visibility("hidden"))) void goe__on_stop(int sig, siginfo_t *info,
                                                              void *context);
void goe__on_stop(int sig, siginfo_t *info, void *context)
{
    int saved = errno;
    struct stopped *slot = info->si_value.sival_ptr;
    bool bare = info->si_code == SI_USER && !slot &&
                (!info->si_pid || info->si_pid == S.pid); /* see send_bare() */
    if (bare)
        slot = own_slot();
    if (!(bare || (info->si_code == SI_TIMER && info->si_pid == S.pid)) || !slot) {
        if ((uintptr_t)S.old.handler > (uintptr_t)SIG_IGN)
            S.old.handler(sig, info, context);
        errno = saved;
        return;
    }
    uint32_t epoch = __atomic_load_n(&slot->epoch, __ATOMIC_ACQUIRE);
    uint32_t now = __atomic_load_n(&S.released, __ATOMIC_ACQUIRE);
    if (slot->tid == goe__tid() && is_before(now, epoch)) {
        if (slot->state == STOP_SENT) {
            const ucontext_t *uc = context;
            uintptr_t sp = interrupted_sp(uc);
            uintptr_t alt = (uintptr_t)uc->uc_stack.ss_sp;
            bool on_alt = !(uc->uc_stack.ss_flags & SS_DISABLE) && sp - alt < uc->uc_stack.ss_size;
            /* the handler's frame, and what it has spilled */
            answer(slot, on_alt ? 0 : sp - RED_ZONE, (uintptr_t)__builtin_frame_address(0) - 512);
        } /* else a child of vfork has answered, and ended meanwhile */
        await_release(epoch);
    }
    errno = saved;
}

#ifdef __x86_64__
/* Where the kernel returns to from a handler. gdb knows frames with these two instructions. */
__asm__(".text\n.type goe__restore,@function\n"
        "\tnop\n" /* unwinders look one byte before the return address */
        "goe__restore:\n\tmov $15,%rax\n\tsyscall\n"
        ".size goe__restore,.-goe__restore\n");
void goe__restore(void) __attribute__((visibility("hidden")));
#endif

/* What is installed: a copy of this library that does not find another (copies.c) knows it by the word in front. */
#define HANDLER_MARK "goe-stop"
__asm__(".text\n.balign 16\n\t.ascii \"" HANDLER_MARK "\"\n"
        ".type goe__stop_handler,@function\n"
#if defined(__x86_64__)
        "goe__stop_handler:\n\tendbr64\n\tjmp goe__on_stop\n"
#else
        "goe__stop_handler:\n\thint #34\n\tb goe__on_stop\n" /* bti c */
#endif
        ".size goe__stop_handler,.-goe__stop_handler\n");
void goe__stop_handler(int sig, siginfo_t *info, void *context)
    __attribute__((visibility("hidden")));

/* Whether a handler is that of another copy. */
static bool is_rival(uintptr_t handler)
{
    char mark[sizeof HANDLER_MARK - 1];
    return handler > (uintptr_t)SIG_IGN &&
           goe__copy_memory(mark, handler - sizeof mark, sizeof mark) == sizeof mark &&
           memcmp(mark, HANDLER_MARK, sizeof mark) == 0;
}

/* Sees to it that the signal is ours; libc may have taken it (back) meanwhile, then that is chained. Where the kernel
 * refuses, as in a sandbox, no thread may get the signal: it would end the process, or say nothing to us. */
static void install_handler(void)
{
    struct kernel_action now = {0};
    if (syscall(SYS_rt_sigaction, STOP_SIGNAL, NULL, &now, 8) || now.handler == goe__stop_handler)
        return;
    if (is_rival((uintptr_t)now.handler))
        goe__die(
            "two copies of the goescape runtime collect in this process and know nothing of each other: open the "
            "library that brings the second one by dlopen, not dlmopen");
    struct kernel_action ours = {
        .handler = goe__stop_handler,
        .flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK,
        .mask = ~(uint64_t)0,
    };
#ifdef __x86_64__
    ours.flags |= 0x04000000; /* SA_RESTORER */
    ours.restorer = goe__restore;
#endif
    S.old = now;
    S.handled = syscall(SYS_rt_sigaction, STOP_SIGNAL, &ours, NULL, 8) == 0;
}

struct stopped *goe__stopped(size_t i)
{
    return i < S.n ? slot_at(i) : NULL;
}

static struct stopped *slot_of(pid_t tid)
{
    for (size_t i = 0; i < S.n; i++)
        if (slot_at(i)->tid == tid)
            return slot_at(i);
    size_t i = S.n;
    if (i == (size_t)SLOT_CHUNK * SLOT_CHUNKS)
        return NULL;
    if (!S.chunk[i / SLOT_CHUNK]) {
        S.chunk[i / SLOT_CHUNK] = goe__own_alloc(SLOT_CHUNK * sizeof(struct stopped));
        if (!S.chunk[i / SLOT_CHUNK])
            return NULL;
    }
    S.n++;
    struct stopped *slot = slot_at(i);
    slot->state = STOP_NONE;
    slot->tid = tid;
    return slot;
}

/* Sends the signal where none can be queued for a thread: too many are. One for the process comes nevertheless, bare of
 * all else, and to this thread first. Any other may take it, as it has to stop as well; so it is sent again to who does
 * not answer. */
static bool send_bare(pid_t tid)
{
    S.bare = true;
    return syscall(SYS_kill, tid, STOP_SIGNAL) == 0;
}

/* Sends the signal. 1: it is on its way; 0: the thread is gone; -1: it cannot be sent. */
static int send(struct stopped *slot)
{
    siginfo_t info;
    if (!S.handled)
        return -1;
    goe__fill(&info, 0, sizeof info);
    info.si_signo = STOP_SIGNAL;
    info.si_code = SI_TIMER;
    info.si_pid = S.pid;
    info.si_uid = getuid();
    info.si_value.sival_ptr = slot;
    if (syscall(SYS_rt_tgsigqueueinfo, S.pid, slot->tid, STOP_SIGNAL, &info) == 0)
        return 1;
    if (errno == EAGAIN && send_bare(slot->tid))
        return 1;
    return errno == ESRCH ? 0 : -1;
}

/* Signals every thread that is new in the list. Returns how many those were, -1 on failure. The list may end early, so the
 * kernel's count has to agree: what is known does not become more, and a thread missed was counted before. */
static int signal_new(pid_t self, bool *all_known)
{
    if (!goe__tasks_begin(&S.tasks))
        return -1;
    int sent = 0;
    size_t seen = 0;
    pid_t tid;
    while ((tid = goe__tasks_next(&S.tasks)) > 0) {
        struct stopped *slot = slot_of(tid);
        if (!slot)
            return -1;
        seen++;
        if (tid == self || tid == H.collector || slot->state != STOP_NONE)
            continue;
        *all_known = false;
        __atomic_store_n(&slot->epoch, S.epoch, __ATOMIC_RELEASE);
        __atomic_store_n(&slot->state, STOP_SENT, __ATOMIC_RELEASE);
        int how = send(slot);
        if (how < 0)
            return -1;
        if (how)
            sent++;
        else
            slot->state = STOP_GONE;
    }
    if (tid < 0)
        return -1;
    if (seen != S.tasks.count && S.count == COUNT_RIGHT)
        *all_known = false;
    return sent;
}

/* Finds out whether the system is one that counts threads, while they run. */
static void try_count(void)
{
    S.count = COUNT_WRONG;
    for (int tries = 0; tries < 20 && S.count == COUNT_WRONG; tries++) {
        size_t seen = 0;
        if (!goe__tasks_begin(&S.tasks))
            return;
        while (goe__tasks_next(&S.tasks) > 0)
            seen++;
        if (seen == S.tasks.count)
            S.count = COUNT_RIGHT;
    }
}

/* Says once for whom all wait. */
static void say_deaf(pid_t tid)
{
    char name[64];
    goe__task_name(tid, name, sizeof name);
    goe__say(
        "a collection waits for thread %d (%s), which does not answer signal %d; without it nothing is freed",
        (int)tid, name, STOP_SIGNAL);
}

/* Waits until each signalled thread has answered or turns out to be gone. False: one of them does neither. It is
 * the waits that count, for this process may be what is held up. */
static bool await_all(void)
{
    uint64_t since = goe__now();
    for (unsigned waits = 0;; waits++) {
        uint32_t acked = __atomic_load_n(&S.acked, __ATOMIC_ACQUIRE);
        size_t waiting = 0;
        pid_t silent = 0;
        bool late = goe__now() - since > PATIENCE_NS;
        for (size_t i = 0; i < S.n; i++) {
            struct stopped *slot = slot_at(i);
            if (__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) != STOP_SENT)
                continue;
            if (late && (goe__task_gone(slot->tid) ||
                         (waits > LONG_BLOCKED && goe__task_of_emulator(slot->tid)))) {
                int sent = STOP_SENT;
                __atomic_compare_exchange_n(&slot->state, &sent, STOP_GONE, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_ACQUIRE);
                continue;
            }
            if (late && S.bare)
                send_bare(slot->tid);
            waiting++;
            silent = slot->tid;
        }
        if (!waiting)
            return true;
        if (waits == SAY_AFTER && !S.deaf)
            say_deaf(silent);
        if (waits >= (silent == S.deaf ? DEAF_AFTER : GIVE_UP_AFTER)) {
            S.deaf = silent;
            return false;
        }
        struct timespec wait = {0, PATIENCE_NS};
        if (goe__futex(&S.acked, FUTEX_WAIT_PRIVATE, acked, &wait) == 0)
            waits -= waits > 0; /* somebody has answered */
    }
}

/* Stops all other threads; false: not all of them. */
static bool stop_all(pid_t self)
{
    if (S.count == COUNT_UNKNOWN)
        try_count();
    for (int recounts = 0;;) {
        bool all_known = true;
        int sent = signal_new(self, &all_known);
        recounts = sent > 0 ? 0 : recounts + 1;
        if (sent < 0 || recounts == MOST_RECOUNTS)
            return false;
        if (all_known)
            return true;
        if (!await_all())
            return false;
    }
}

/* Stops all other threads. False if that cannot be done now: then all run. */
bool goe__stop_world(void)
{
    install_handler();
    S.pid = getpid();
    S.epoch++;
    S.bare = false;
    S.acked = 0;
    S.n = 0;
    S.tasks.fd = -1;
    bool ok = stop_all(goe__tid());
    goe__tasks_close(&S.tasks); /* while nobody else can open a file, if all stand still */
    if (ok)
        S.deaf = 0;
    else
        goe__start_world();
    return ok;
}

void goe__start_world(void)
{
    __atomic_store_n(&S.released, S.epoch, __ATOMIC_RELEASE);
    if (S.n > 1)
        goe__futex(&S.released, FUTEX_WAKE_PRIVATE, INT_MAX, NULL);
}

/* Ends the use of a thread struct: its runs go back at the next collection. With the lock held. */
static void retire(struct thread *t)
{
    goe__cursors_reset(t);
    t->busy = 0;
    t->tid = 0;
    t->dead = true;
}

/* ---- children of vfork ---- */

/* The number of this thread, in the process that the memory belongs to: libc still has it in a child of vfork,
 * and a mutex shows it. */
static pid_t lender(void)
{
    pthread_mutex_t m = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    pthread_mutex_lock(&m);
    pid_t tid = m.__data.__owner;
    pthread_mutex_unlock(&m);
    return tid;
}

bool goe__home_init(void)
{
    enum { WIPE_ON_FORK = 18 }; /* MADV_WIPEONFORK, Linux 4.14 */
    volatile pid_t *home = goe__own_map(PAGE);
    if (!home)
        return false;
    S.begun_by_child = goe__tid() != lender();
    *home = S.begun_by_child ? 0 : getpid();
    if (madvise((void *)(uintptr_t)home, PAGE, WIPE_ON_FORK) == 0)
        S.home = home;
    return true;
}

bool goe__borrowed(void)
{
    if (!S.home)
        return false;
    pid_t pid = getpid();
    if (!*S.home) { /* memory of our own, after a fork */
        if (S.begun_by_child && goe__tid() != lender())
            return true; /* or not */
        *S.home = pid;
    }
    return *S.home != pid;
}

/* The thread that lent its memory is to stop, and cannot: its registers are what they were at vfork, so in the
 * frames above this one. This process waits for the lock, which is held by who stops it; it stands still as that
 * thread would, so that nothing on its stack changes while that is looked at. */
__attribute__((noinline)) void goe__stop_answer(void)
{
    __builtin_unwind_init();
    pid_t tid = lender();
    for (size_t i = 0; i < S.n; i++) {
        struct stopped *slot = slot_at(i);
        if (slot->tid != tid || __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) != STOP_SENT)
            continue;
        uint32_t epoch = __atomic_load_n(&slot->epoch, __ATOMIC_ACQUIRE);
        uintptr_t sp = (uintptr_t)__builtin_frame_address(0) - 512;
        answer(slot, sp, sp);
        await_release(epoch);
    }
}

/* Threads that ended without telling (exit by a system call, or after the last round of destructors). */
void goe__threads_reap(void)
{
    pid_t self = goe__tid();
    for (struct thread *t = H.threads; t; t = t->next) {
        bool alive = t->dead || t->tid == self;
        for (size_t i = 0; i < S.n && !alive; i++)
            alive = slot_at(i)->tid == t->tid && slot_at(i)->state == STOP_ACKED;
        if (!alive)
            retire(t);
    }
}

static void on_thread_exit(void *value)
{
    struct thread *t = value;
    if (t != goe__self || t->busy)
        return;
    goe__enter(t);
    __goe_self = NOBODY;
    goe__self = NULL;
    retire(t);
    goe__unlock();
}

/* This thread's struct. The first call in a thread attaches it, with signals blocked: a handler that
 * allocates must find it attached or not, nothing in between. */
struct thread *goe__thread(void)
{
    if (goe__self)
        return goe__self;
    uint64_t others = ~((uint64_t)1 << (STOP_SIGNAL - 1)),
             old; /* who waits for the lock must be stoppable */
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &others, &old, 8);
    int saved = errno;
    goe__init();
    goe__lock(NULL);
    pid_t tid = goe__borrowed() ? lender() : goe__tid();
    struct thread *t = NULL, *unused = NULL;
    for (struct thread *i = H.threads; i; i = i->next) {
        if (i->dead)
            unused = i;
        else if (i->tid == tid)
            t = i; /* of a thread that had our number before and did not say good-bye */
    }
    if (t)
        retire(t);
    else
        t = unused;
    if (t) {
        goe__fill(t->keyed, 0, sizeof t->keyed);
        t->dead = false;
    } else {
        t = goe__own_alloc(sizeof *t);
        if (!t)
            goe__die("out of memory: no room for a thread's tables");
        t->next = H.threads;
        H.threads = t;
    }
    t->tid = tid;
    t->stress = 0;
    goe__unlock();
    if (!old || H.exit_key < KEYS_AT_HAND)
        pthread_setspecific(H.exit_key, t); /* else a collection finds out */
    goe__self = t;
    __goe_self = &t->local;
    errno = saved;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    return t;
}

void goe__enter(struct thread *t)
{
    if (unlikely(goe__cycle_late())) {
        t->busy = 0; /* nothing is in hand yet: a handler may allocate meanwhile */
        barrier();
        goe__cycle_wait();
    }
    goe__lock(t);
}

void goe__leave(struct thread *t)
{
    goe__unlock();
    barrier();
    t->busy = 0;
}

void goe__threads_init(void)
{
    if (pthread_key_create(&H.exit_key, on_thread_exit))
        goe__die("no thread key is left: the program uses all PTHREAD_KEYS_MAX of them");
}

/* After fork: of all threads only the calling one is here, under a new number. */
void goe__threads_child(void)
{
    for (struct thread *t = H.threads; t; t = t->next)
        if (t == goe__self)
            t->tid = goe__tid();
        else if (!t->dead)
            retire(t);
    S.n = 0;
    S.released = S.epoch;
    if (S.home)
        *S.home = getpid();
}

/* Whether W is where a handler for one of these signals returns to. */
static bool returns_from_handler(uintptr_t w, const uintptr_t *restorer, unsigned n)
{
#ifdef __x86_64__
    for (unsigned i = 0; i < n; i++)
        if (w == restorer[i])
            return true;
    return false;
#else
    enum { VDSO = 1 << 16 }; /* bytes, at most; the kernel has it there */
    (void)n;
    return w - restorer[0] < VDSO;
#endif
}

/* Whether such a word is on the stack from SP on, or that cannot be told. What is known of its end may be old. */
static bool on_stack(uintptr_t sp, const uintptr_t *restorer, unsigned n)
{
    uintptr_t end;
    size_t room;
    const uintptr_t *words = goe__pages_buffer(&room); /* an alternate stack may be small */
    if (!words || !goe__maps_end(sp, &end))
        return true;
    while (sp < end) {
        size_t want = end - sp < room ? end - sp : room;
        ssize_t got = goe__copy_memory((void *)(uintptr_t)words, sp, want);
        if (got < (ssize_t)sizeof *words)
            return errno != EFAULT;
        for (size_t i = 0; i < (size_t)got / sizeof *words; i++)
            if (returns_from_handler(words[i], restorer, n))
                return true;
        sp += (uintptr_t)got & ~(sizeof *words - 1);
    }
    return false;
}

/* Whether this may be a signal handler, where nothing may be done that calls malloc, as making a thread does.
 * Handlers run with their signal blocked, unless it is installed with SA_NODEFER, and what they return to lies on the
 * stack. A thread may have signals blocked for other reasons: to wait for them, or to leave them to other threads. With
 * the lock held, and no cycle under way. */
bool goe__may_be_in_handler(void)
{
    uint64_t blocked = 0;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, 8);
    uintptr_t restorer[64];
    unsigned n = 0;
    for (int sig = 1; sig <= 64; sig++) {
        struct kernel_action action = {0};
        syscall(SYS_rt_sigaction, sig, NULL, &action, 8);
        if (sig == STOP_SIGNAL || !(blocked >> (sig - 1) & 1 || action.flags & SA_NODEFER))
            continue;
#ifdef __x86_64__
        uintptr_t to = (uintptr_t)action.restorer; /* null: it never had a handler */
#else
        uintptr_t to = getauxval(AT_SYSINFO_EHDR);
        if (!to)
            return true;
#endif
        if (to && (n == 0 || restorer[n - 1] != to))
            restorer[n++] = to;
    }
    stack_t alt;
    return n > 0 && (sigaltstack(NULL, &alt) || alt.ss_flags & SS_ONSTACK ||
                     on_stack((uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)7, restorer, n));
}

/* Waits for *at to change from value; ends the process if it has no threads left but the runtime's own. */
void goe__threads_wait(volatile uint32_t *at, uint32_t value)
{
    static int ended;
    const struct timespec second = {1, 0};
    if (goe__futex(at, FUTEX_WAIT_PRIVATE, value, &second) && errno == ETIMEDOUT &&
        goe__tasks_ended() && !__atomic_exchange_n(&ended, 1, __ATOMIC_RELAXED))
        exit(0); /* main() has called pthread_exit */
}
