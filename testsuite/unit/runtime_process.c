/* Invariant: a collection is not noticed by the rest of the process, and whatever a process does to itself
 * (limits, forks of all kinds, shared memory, ending) a collection does not lose an object over it. */
#include "runtime_probe.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The status of a child that runs fn(). */
static int in_child(int (*fn)(void))
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit(fn());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

static uint64_t collections(void)
{
    struct goe_stats s;

    goe_stats(&s);
    return s.collections;
}

/* ---- errno ---- */

static volatile int done;
static void *allocates(void *unused)
{
    while (!done)
        goe_alloc(200);
    return unused;
}

static void *allocates_and_collects(void *unused)
{
    while (!done) {
        goe_alloc(200000);
        goe_gc();
    }
    return unused;
}

/* A moved variable is allocated where the program does not expect a call at all. */
START_TEST(errno_survives_an_allocation)
{
    pthread_t t[2];

    done = 0;
    pthread_create(&t[0], NULL, allocates, NULL);
    pthread_create(&t[1], NULL, allocates_and_collects, NULL);
    errno = 12345;
    for (int i = 0; i < probe_steps(300000); i++) {
        goe_alloc(i % 1000 ? 100 : 100000);
        ck_assert_int_eq(errno, 12345);
    }
    done = 1;
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
}
END_TEST

static void *first_allocation(void *result)
{
    errno = 12345;
    goe_alloc(100);
    *(int *)result = errno;
    return NULL;
}

START_TEST(errno_survives_a_thread_s_first_allocation)
{
    pthread_t t;
    int result = 0;

    pthread_create(&t, NULL, first_allocation, &result);
    pthread_join(t, NULL);
    ck_assert_int_eq(result, 12345);
}
END_TEST

/* ---- limits ---- */

static sem_t ready, go;
static void *holds(void *unused)
{
    void *volatile mine[PROBES];

    for (int i = 0; i < PROBES; i++)
        mine[i] = probe_new(i);
    sem_post(&ready);
    while (sem_wait(&go))
        ;
    goe_keep_alive((void *)mine);
    return unused;
}

/* Threads are stopped by a signal that is queued, but there may be no room in the queue. */
START_TEST(no_signal_can_be_queued)
{
    struct rlimit none = {0, 0};
    pthread_t t[5];

    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    done = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_SIGPENDING, &none), 0);
    for (int i = 0; i < 5; i++)
        pthread_create(&t[i], NULL, i ? allocates : holds, NULL);
    while (sem_wait(&ready))
        ;
    for (int i = 0; i < 20; i++) {
        uint64_t before = collections();
        PROBES_HELD();
        ck_assert_uint_gt(collections(), before);
    }
    done = 1;
    sem_post(&go);
    for (int i = 0; i < 5; i++)
        pthread_join(t[i], NULL);
}
END_TEST

/* The runtime's system calls come by here. */
static bool no_map; /* the memory map cannot be read */
long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list args;

    va_start(args, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    if (!real)
        real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    if (no_map && number == SYS_openat && strstr((const char *)a[1], "/maps")) {
        errno = EMFILE;
        return -1;
    }
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Of which each third lives, among cells that are free. */
static uint64_t *thirds[5000];
static void thirds_are_whole(void)
{
    for (uint64_t i = 0; i < sizeof thirds / sizeof *thirds; i++)
        ck_assert_uint_eq(*thirds[i], i);
}

START_TEST(map_cannot_be_read)
{
    for (uint64_t i = 0; i < sizeof thirds / sizeof *thirds; i++) {
        for (int k = 0; k < 3; k++)
            thirds[i] = goe_alloc(24);
        *thirds[i] = i;
    }
    goe_gc();
    uint64_t before = collections();
    for (int round = 0; round < 3; round++) {
        no_map = true;
        goe_gc();
        for (int i = 0; i < 30000; i++)
            memset(goe_alloc(24), 0xff, 24);
        ck_assert(probe_stress() || collections() == before);
        thirds_are_whole();
        no_map = false;
        goe_gc();
        ck_assert_uint_gt(collections(), before);
        before = collections();
        thirds_are_whole();
    }
}
END_TEST

/* From here on the system gives no more memory. */
static void no_more_memory(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%ld", &pages) != 1)
        abort();
    fclose(f);
    rlim_t now = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    setrlimit(RLIMIT_AS, &(struct rlimit){now, now});
}

/* Objects that each point to many others before they lead on: more are to be looked at than the collector has room to
 * note. */
static void *wide;
static int marks_wide_objects(void)
{
    enum { WORDS = 60, DEEP = 5000, LEAVES = DEEP * WORDS };
    static const struct __goe_type t = {WORDS * 8, 8, WORDS, NULL};
    static uint64_t *leaf[LEAVES];
    void **last = NULL;

    goe_gc(); /* now it has its tables */
    for (int i = 0; i < LEAVES; i++)
        leaf[i] = goe_alloc(16);
    for (int i = 0; i < DEEP; i++) {
        void **p = __goe_new_typed(&t);
        p[0] = last;
        for (int w = 1; w < WORDS; w++) { /* far from one another */
            uint64_t **at = &leaf[w * DEEP + i];
            **at = (uint64_t)w;
            p[w] = *at;
            *at = NULL;
        }
        last = p;
    }
    memset(leaf, 0, sizeof leaf);
    wide = last;
    no_more_memory();
    goe_gc();
    for (; last; last = last[0])
        for (int w = 1; w < WORDS; w++)
            if (*(uint64_t *)last[w] != (uint64_t)w)
                return 1;
    return 0;
}

/* Likewise many large ones. */
static void **large[3000];
static int marks_large_objects(void)
{
    enum { N = sizeof large / sizeof *large, WORDS = 2100 };

    goe_gc();
    for (int i = 0; i < N; i++) {
        large[i] = goe_alloc(WORDS * 8);
        large[i][WORDS - 1] = goe_alloc(16);
        *(int *)large[i][WORDS - 1] = i;
    }
    no_more_memory();
    goe_gc();
    for (int i = 0; i < N; i++)
        if (*(int *)large[i][WORDS - 1] != i)
            return 1;
    return 0;
}

START_TEST(no_memory_to_mark)
{
    if (probe_stress())
        return; /* each collection marks what is there, which grows to 300000 objects */
    ck_assert_int_eq(in_child(marks_wide_objects), 0);
    ck_assert_int_eq(in_child(marks_large_objects), 0);
}
END_TEST

/* ---- rights, and threads that are not the program's ---- */

/* Still collects, and loses nothing. */
static int still_collects(void)
{
    uint64_t before = collections();
    static void *held_here[PROBES];

    for (int i = 0; i < PROBES; i++)
        held_here[i] = probe_new(i);
    probe_collect();
    probe_collect();
    if (collections() < before + 2)
        return 1;
    if (probe_alive() != PROBES)
        return 2;
    memset(held_here, 0, sizeof held_here);
    probe_collect();
    return probe_alive() <= PROBE_LINGER ? 0 : 3;
}

/* As daemons do. Most of /proc/self is then another user's. */
static int without_rights(void)
{
    pthread_t t;

    goe_gc();
    if (getuid() == 0 && (setgid(65534) || setuid(65534)))
        return 9;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return 8;
    done = 0;
    pthread_create(&t, NULL, allocates, NULL);
    int result = still_collects();
    done = 1;
    pthread_join(t, NULL);
    return result;
}

START_TEST(privileges_dropped)
{
    ck_assert_int_eq(in_child(without_rights), 0);
}
END_TEST

/* glibc changes a user number in all threads, by the signal that stops them here. */
static int changes_users(void)
{
    pthread_t t[4];

    alarm(50);
    done = 0;
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, i % 2 ? allocates_and_collects : allocates, NULL);
    for (int i = 0; i < 500; i++)
        if (setuid(getuid()) || setgid(getgid()))
            return 9;
    done = 1;
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    return still_collects();
}

START_TEST(user_changed_while_collecting)
{
    ck_assert_int_eq(in_child(changes_users), 0);
}
END_TEST

/* Threads that libc makes for a timer, each for one call. */
static volatile int rings;
static void rung(union sigval value)
{
    uint64_t **list = NULL;

    for (int i = 0; i < 500; i++) {
        uint64_t **link = goe_alloc(24);
        link[0] = (uint64_t *)(void *)list;
        list = link;
    }
    int n = 0;
    for (; list; list = (uint64_t **)(void *)list[0])
        n++;
    *(int *)value.sival_ptr |= n != 500;
    __atomic_fetch_add(&rings, 1, __ATOMIC_SEQ_CST);
}

START_TEST(timers_threads)
{
    static int wrong;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD};
    timer_t timer;

    event.sigev_notify_function = rung;
    event.sigev_value.sival_ptr = &wrong;
    ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    for (int next = 1; next <= probe_steps(100) + 5; next++) { /* one at a time, however slow this machine is */
        timer_settime(timer, 0, &(struct itimerspec){{0, 0}, {0, 100000}}, NULL);
        while (rings < next)
            goe_gc();
    }
    timer_delete(timer);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

/* A thread of the kernel's among those of the process, which no signal reaches. */
START_TEST(io_uring_has_a_thread)
{
    enum { SETUP = 425, SQPOLL = 2 };
    uint32_t parameters[30] = {0, 0, SQPOLL};
    int ring = (int)syscall(SETUP, 8, parameters);

    if (ring < 0) /* not here, or not for us */
        return;
    ck_assert_int_eq(still_collects(), 0);
    close(ring);
}
END_TEST

/* ---- shared memory ---- */

/* What is in it counts as long as it is mapped, whoever has touched it: a pointer may have been left there by the
 * process that this one was forked from, or by this one before it let go of the pages. */
enum { SHARED_BYTES = 4 << 20 };
static void **shared;
static const struct shared_kind {
    const char *name;
    int flags;  /* for mmap, beside MAP_SHARED; or */
    int system; /* for shmget; -1: mapped */
    int huge;   /* needs pages that the administrator has set apart (vm.nr_hugepages) */
} shared_kinds[] = {
    {"anonymous", MAP_ANONYMOUS, -1, 0},
    {"System V", 0, 0, 0},
    {"anonymous, huge pages", MAP_ANONYMOUS | MAP_HUGETLB, -1, 1},
    {"System V, huge pages", 0, SHM_HUGETLB, 1},
};
enum { SHARED_KINDS = sizeof shared_kinds / sizeof *shared_kinds };

static int child_collects(void)
{
    probe_collect();
    return probe_alive() == PROBES ? 0 : 1;
}

/* Maps memory of a kind and puts the only pointers into its second half. False: this system has none. */
static bool fill_shared(const struct shared_kind *kind)
{
    if (kind->system >= 0) {
        int id = shmget(IPC_PRIVATE, SHARED_BYTES, IPC_CREAT | 0600 | kind->system);
        shared = id < 0 ? MAP_FAILED : shmat(id, NULL, 0);
        if (id >= 0)
            shmctl(id, IPC_RMID, NULL); /* it goes with its last user */
    } else
        shared = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | kind->flags, -1, 0);
    if (shared == MAP_FAILED && kind->huge)
        return false;
    ck_assert_msg(shared != MAP_FAILED, "no memory: %s", kind->name);
    shared += SHARED_BYTES / 2 / sizeof *shared + 5000;
    for (int i = 0; i < PROBES; i++)
        shared[i] = probe_new(i);
    return true;
}

static void *shared_begin(void)
{
    return (char *)(void *)shared - SHARED_BYTES / 2 - 5000 * sizeof *shared;
}

/* The child's page table does not have the pages until it touches them. */
START_TEST(shared_memory_in_a_forked_child)
{
    if (fill_shared(&shared_kinds[_i]))
        ck_assert_int_eq(in_child(child_collects), 0);
}
END_TEST

/* Nor does this process's have them after this, although the memory keeps what is in it. */
START_TEST(shared_memory_let_go_of)
{
    if (!fill_shared(&shared_kinds[_i]))
        return;
    PROBES_HELD();
    if (madvise(shared_begin(), SHARED_BYTES, MADV_DONTNEED) && shared_kinds[_i].huge)
        return; /* before Linux 5.18 */
    PROBES_HELD();
    memset(shared, 0, PROBES * sizeof *shared);
    PROBES_GONE();
}
END_TEST

/* Where it is not mapped nobody looks for what it holds. */
START_TEST(shared_memory_unmapped)
{
    if (!fill_shared(&shared_kinds[_i]))
        return;
    if (shared_kinds[_i].system >= 0)
        ck_assert_int_eq(shmdt(shared_begin()), 0);
    else
        ck_assert_int_eq(munmap(shared_begin(), SHARED_BYTES), 0);
    PROBES_GONE();
}
END_TEST

/* ---- vfork ---- */

/* The child runs in this process's memory, but its threads are not the child's. */
static void *held[1];
static void *holds_and_allocates(void *unused)
{
    while (!done) {
        uint64_t **list = NULL;
        for (int i = 0; i < 2000; i++) {
            uint64_t **link = goe_alloc(32);
            link[0] = (uint64_t *)(void *)list;
            link[1] = (uint64_t *)(uintptr_t)i;
            list = link;
        }
        for (int i = 2000; i-- > 0; list = (uint64_t **)(void *)list[0])
            if (!list || list[1] != (uint64_t *)(uintptr_t)i)
                return NULL;
    }
    return unused;
}

START_TEST(vfork_child_allocates)
{
    pthread_t t[2];

    done = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, holds_and_allocates, held);
    for (int i = 0; i < 60; i++) {
        int status;
        pid_t child = vfork();
        if (child == 0) {
            for (int n = 0; n < 20000; n++)
                goe_alloc(100);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
    done = 1;
    for (int i = 0; i < 2; i++) {
        void *result;
        pthread_join(t[i], &result);
        ck_assert_ptr_eq(result, held);
    }
}
END_TEST

static volatile unsigned collected;
static void *collects(void *unused)
{
    for (; !done; collected++)
        goe_gc();
    return unused;
}

/* Who collects waits for the parent, that for the child, and that for who collects. */
START_TEST(vfork_child_waits_for_a_collection)
{
    pthread_t t;
    int status;

    done = 0;
    pthread_create(&t, NULL, collects, NULL);
    pid_t child = vfork();
    if (child == 0) {
        uint64_t enough = collections() + 20;
        time_t end = time(NULL) + 50;
        goe_alloc(20000); /* no more: it is never written, so that gigabytes would take no time */
        while (collections() < enough && time(NULL) < end)
            ;
        _exit(collections() < enough);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    done = 1;
    pthread_join(t, NULL);
}
END_TEST

/* So far apart that a collection takes long to read them all. */
enum { MOVING = 1 << 12, APART = 1 << 10 };
static void **moving;
static void move_about(void)
{
    for (unsigned before = collected; collected == before;)
        for (int i = 0; i < MOVING / 2; i++) {
            void **a = &moving[i * APART], **b = &moving[(MOVING - 1 - i) * APART], *p = *a;
            *a = *b;
            *b = p;
        }
}

/* Whether a process that has been stopped waits for a lock, so that it holds none. */
static int waits_for_lock(pid_t pid)
{
    enum { FUTEX_WAIT_PRIVATE = 128 };
    char path[64];
    int call = -1;
    unsigned operation = 0;

    snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%d %*x %x", &call, &operation) != 2)
        call = -1;
    if (f)
        fclose(f);
    return call == SYS_futex && operation == FUTEX_WAIT_PRIVATE;
}

/* Kills who is named while it waits for a collection. */
static void kills(volatile pid_t *whom)
{
    const struct timespec moment = {0, 1000000};

    for (;; nanosleep(&moment, NULL)) {
        pid_t pid = *whom;
        if (!pid || kill(pid, SIGSTOP))
            continue;
        for (int looks = 0; looks < 100 && *whom; looks++)
            if (waits_for_lock(pid)) {
                *whom = 0;
                kill(pid, SIGKILL);
            }
        kill(pid, SIGCONT);
    }
}

/* A child has answered for the thread that made it, and ends before the collection does. That thread must not run on. */
START_TEST(vfork_child_killed_in_a_collection)
{
    pthread_t t;
    volatile pid_t *whom =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    pid_t killer = fork();
    if (killer == 0)
        kills(whom);
    moving = malloc(MOVING * APART * sizeof *moving);
    memset(moving, 1, MOVING * APART * sizeof *moving);
    for (int i = 0; i < MOVING; i++)
        moving[i * APART] = goe_alloc(24);
    done = 0;
    pthread_create(&t, NULL, collects, NULL);
    for (int i = 0; i < probe_steps(20); i++) {
        int status;
        pid_t child = vfork();
        if (child == 0) {
            prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* the other may look */
            *whom = getpid();
            for (;;)
                collections();
        }
        move_about(); /* until the collection ends */
        ck_assert_int_eq(waitpid(child, &status, 0), child);
    }
    done = 1;
    pthread_join(t, NULL);
    kill(killer, SIGKILL);
    ck_assert_int_eq(waitpid(killer, NULL, 0), killer);
}
END_TEST

/* The first allocation of all is a vfork child's. The process collects nevertheless. */
static int vfork_child_is_first(void)
{
    pid_t child = vfork();

    if (child == 0)
        _exit(goe_alloc(24) ? 0 : 1);
    if (waitpid(child, NULL, 0) != child)
        return 1;
    goe_gc();
    return collections() == 1 ? 0 : 2;
}

START_TEST(vfork_child_allocates_first)
{
    ck_assert_int_eq(in_child(vfork_child_is_first), 0);
}
END_TEST

/* ---- exec ---- */

static void *executes(void *unused)
{
    usleep(1000);
    execl("/bin/true", "true", (char *)NULL);
    return unused;
}

static int first_executes; /* the first thread does, else another */

/* A signal of the collector's that is on its way meanwhile must not reach the new program, whichever thread calls it. */
static int executes_while_collecting(void)
{
    pthread_t t;

    done = 0;
    pthread_create(&t, NULL, collects, NULL);
    pthread_create(&t, NULL, allocates, NULL);
    if (first_executes)
        executes(NULL);
    pthread_create(&t, NULL, executes, NULL);
    allocates(NULL);
    return 99;
}

START_TEST(exec_while_collecting)
{
    for (int i = 0; i < 100; i++) {
        first_executes = i % 2;
        ck_assert_int_eq(in_child(executes_while_collecting), 0);
    }
}
END_TEST

/* ---- the beginning and the end ---- */

static pthread_barrier_t together;
static void *allocates_first(void *unused)
{
    pthread_barrier_wait(&together);
    return goe_alloc(24) ? unused : NULL;
}

/* Two threads make the process's first allocations at once; and none of the program's keys is touched. */
static int first_at_once(void)
{
    pthread_t t[4];
    pthread_key_t key;

    if (pthread_key_create(&key, NULL))
        return 1;
    pthread_barrier_init(&together, NULL, 4);
    for (int i = 0; i < 4; i++)
        if (pthread_create(&t[i], NULL, allocates_first, NULL))
            return 2;
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    return pthread_getspecific(key) ? 3 : 0;
}

START_TEST(first_allocations_at_once)
{
    for (int i = 0; i < 300; i++)
        ck_assert_int_eq(in_child(first_at_once), 0);
}
END_TEST

static volatile int finalized;
static void finalize(void *p, void *arg)
{
    (void)p;
    (void)arg;
    finalized = 1;
}

static __attribute__((noinline)) void make_finalizable(void)
{
    for (int i = 0; i < 100; i++)
        goe_set_finalizer(goe_alloc(32), finalize, NULL);
}

static int ends_by_pthread_exit(void)
{
    alarm(20);
    make_finalizable();
    while (!finalized)
        probe_collect();
    pthread_exit(NULL);
}

START_TEST(the_finalizers_thread_keeps_no_process)
{
    ck_assert_int_eq(in_child(ends_by_pthread_exit), 0);
}
END_TEST

/* ---- a signal handler that interrupts malloc ---- */

static volatile int handled;
static bool hides; /* the handler takes itself away while it runs; else its signal is not blocked */

static void on_signal_collects(int sig)
{
    struct sigaction mine, none = {.sa_handler = SIG_DFL};

    static volatile int inside;
    if (inside)
        return;
    inside = 1;
    if (hides)
        sigaction(sig, &none, &mine);
    handled++;
    for (int i = 0; i < 8; i++)
        goe_alloc(10000);
    inside = 0;
    if (hides)
        sigaction(sig, &mine, NULL);
}

static void *pesters(void *thread)
{
    while (!done) {
        pthread_kill(*(pthread_t *)thread, SIGUSR1);
        for (int seen = handled, i = 0; handled == seen && i < 1000000 && !done; i++)
            __asm__ volatile("");
    }
    return NULL;
}

/* Collections and finalizers in there must not call malloc, by way of pthread_create. */
static int interrupts_malloc(void)
{
    pthread_t me = pthread_self(), t;
    struct sigaction action = {.sa_handler = on_signal_collects, .sa_flags = hides ? 0 : SA_NODEFER};
    void *p[64] = {0};

    alarm(60);
    setenv("GOESCAPE", "minheap=64k", 1);
    make_finalizable();
    sigaction(SIGUSR1, &action, NULL);
    done = 0;
    pthread_create(&t, NULL, pesters, &me);
    for (unsigned n = 0; handled < 400; n++) {
        free(p[n % 64]);
        p[n % 64] = malloc(5000 + n % 100 * 3000);
    }
    done = 1;
    pthread_join(t, NULL);
    return 0;
}

START_TEST(handler_interrupts_malloc)
{
    for (int i = 0; i < 6; i++, hides = !hides)
        ck_assert_int_eq(in_child(interrupts_malloc), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runtime_process");
    TCase *c = tcase_create("process");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, errno_survives_an_allocation);
    tcase_add_test(c, errno_survives_a_thread_s_first_allocation);
    tcase_add_test(c, no_signal_can_be_queued);
    tcase_add_test(c, map_cannot_be_read);
    tcase_add_test(c, no_memory_to_mark);
    tcase_add_test(c, privileges_dropped);
    tcase_add_test(c, user_changed_while_collecting);
    tcase_add_test(c, timers_threads);
    tcase_add_test(c, io_uring_has_a_thread);
    tcase_add_loop_test(c, shared_memory_in_a_forked_child, 0, SHARED_KINDS);
    tcase_add_loop_test(c, shared_memory_let_go_of, 0, SHARED_KINDS);
    tcase_add_loop_test(c, shared_memory_unmapped, 0, SHARED_KINDS);
    tcase_add_test(c, vfork_child_allocates);
    tcase_add_test(c, vfork_child_waits_for_a_collection);
    tcase_add_test(c, vfork_child_killed_in_a_collection);
    tcase_add_test(c, vfork_child_allocates_first);
    tcase_add_test(c, exec_while_collecting);
    tcase_add_test(c, first_allocations_at_once);
    tcase_add_test(c, the_finalizers_thread_keeps_no_process);
    tcase_add_test(c, handler_interrupts_malloc);
    suite_add_tcase(s, c);
    return probe_main(s);
}
