/* Invariant: all that holds for one stack holds for those of all threads, whatever they are doing; and
 * threads may come and go while the world stops. */
#include "runtime_probe.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t ready, go;
static void *held[PROBES];
extern char **environ;

/* Waits on `go` with the only pointers in its frame. */
static void wait_with_probes(void)
{
    void *volatile mine[PROBES];

    for (int i = 0; i < PROBES; i++)
        mine[i] = probe_new(i);
    sem_post(&ready);
    while (sem_wait(&go) && errno == EINTR)
        ;
    goe_keep_alive((void *)mine);
}

static void *holder(void *unused)
{
    wait_with_probes();
    return unused;
}

static void *holder_all_blocked(void *unused)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    wait_with_probes();
    return unused;
}

static void *holder_sigwait(void *unused)
{
    void *volatile mine[PROBES];
    sigset_t all;
    int sig;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    for (int i = 0; i < PROBES; i++)
        mine[i] = probe_new(i);
    sem_post(&ready);
    sigwait(&all, &sig);
    goe_keep_alive((void *)mine);
    return unused;
}

/* Never in a system call while the collector runs. */
static volatile int spin;
static void *holder_spinning(void *unused)
{
    void *volatile mine[PROBES];

    for (int i = 0; i < PROBES; i++)
        mine[i] = probe_new(i);
    sem_post(&ready);
    while (spin)
        ;
    goe_keep_alive((void *)mine);
    return unused;
}

static void *waits(void *unused)
{
    sem_post(&ready);
    while (sem_wait(&go) && errno == EINTR)
        ;
    return unused;
}

/* Takes over the stack of a thread that has ended, which libc keeps, and wipes it. */
static void *wiper(void *unused)
{
    probe_wipe_stack();
    return unused;
}

static uint64_t collections(void)
{
    struct goe_stats s;

    goe_stats(&s);
    return s.collections;
}

static void with_thread(void *(*fn)(void *), pthread_attr_t *attr)
{
    uint64_t before = collections();
    pthread_t t;

    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    spin = 1;
    ck_assert_int_eq(pthread_create(&t, attr, fn, NULL), 0);
    while (sem_wait(&ready))
        ;
    PROBES_HELD();
    PROBES_HELD();
    ck_assert_uint_ge(collections(), before + 2);
    spin = 0;
    sem_post(&go);
    pthread_kill(t, SIGURG);
    if (fn == holder_sigwait)
        pthread_kill(t, SIGUSR1);
    pthread_join(t, NULL);
    ck_assert_int_eq(pthread_create(&t, attr, wiper, NULL), 0);
    pthread_join(t, NULL);
    PROBES_GONE();
}

START_TEST(in_a_system_call)
{
    with_thread(holder, NULL);
}
END_TEST

START_TEST(all_signals_blocked)
{
    with_thread(holder_all_blocked, NULL);
}
END_TEST

START_TEST(in_sigwait)
{
    with_thread(holder_sigwait, NULL);
}
END_TEST

START_TEST(never_in_a_system_call)
{
    with_thread(holder_spinning, NULL);
}
END_TEST

START_TEST(smallest_stack)
{
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN) + (1 << 15)); /* wiper */
    with_thread(holder, &attr);
}
END_TEST

START_TEST(own_stack_memory)
{
    pthread_attr_t attr;
    void *stack = malloc(1 << 18);

    pthread_attr_init(&attr);
    pthread_attr_setstack(&attr, (void *)(((uintptr_t)stack + 4095) & ~(uintptr_t)4095), 1 << 17);
    with_thread(holder, &attr);
    free(stack);
}
END_TEST

/* What is below such a stack in the same memory is not its dead part. */
START_TEST(memory_below_a_stack)
{
    enum { ROOM = 1 << 20, SIZE = 1 << 17 };
    pthread_attr_t attr;
    pthread_t t;
    char *memory = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void **place = (void **)(void *)(memory + 5000);

    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    pthread_attr_init(&attr);
    pthread_attr_setstack(&attr, memory + ROOM - SIZE, SIZE);
    ck_assert_int_eq(pthread_create(&t, &attr, waits, NULL), 0);
    while (sem_wait(&ready))
        ;
    for (int i = 0; i < PROBES; i++)
        place[i] = probe_new(i);
    PROBES_HELD();
    memset(place, 0, PROBES * sizeof *place);
    PROBES_GONE();
    sem_post(&go);
    pthread_join(t, NULL);
    munmap(memory, ROOM);
}
END_TEST

START_TEST(stack_inside_another_stack)
{
    pthread_attr_t attr;
    char stack[1 << 18];

    pthread_attr_init(&attr);
    pthread_attr_setstack(&attr, (void *)(((uintptr_t)stack + 4095) & ~(uintptr_t)4095), 1 << 17);
    with_thread(holder, &attr);
}
END_TEST

#ifdef __x86_64__
/* A thread that libc knows nothing of: no stack of libc's, no thread-local storage of its own. */
static volatile int bare_state; /* 1: it has the probes; 2: it is to end; 3: it does */
static __attribute__((noinline)) int bare_thread(void *from)
{
    void *volatile mine[PROBES];

    for (int i = 0; i < PROBES; i++) {
        mine[i] = ((void **)from)[i];
        ((void **)from)[i] = NULL;
    }
    bare_state = 1;
    while (bare_state != 2)
        ;
    goe_keep_alive((void *)mine);
    for (int i = 0; i < PROBES; i++)
        mine[i] = NULL;
    bare_state = 3;
    syscall(SYS_exit, 0);
    return 0;
}

START_TEST(made_by_clone)
{
    char *stack = malloc(1 << 16);

    for (int i = 0; i < PROBES; i++)
        held[i] = probe_new(i);
    bare_state = 0;
    ck_assert_int_gt(clone(bare_thread, stack + (1 << 16),
                           CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                               CLONE_SYSVSEM,
                           held),
                     0);
    while (bare_state != 1)
        sched_yield();
    PROBES_HELD();
    bare_state = 2;
    while (bare_state != 3)
        sched_yield();
    PROBES_GONE();
}
END_TEST
#endif

#ifdef __x86_64__
/* Takes a few probes from an array into registers, or below its stack pointer, and spins: int *state is 1 once they
 * are there, and to be 2 when it is to end. */
enum { TAKEN = 10 };
__asm__(".text\n"
        "in_registers:\n"
        "\tpush %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "\tmov (%rdi), %rbx; mov 8(%rdi), %rbp; mov 16(%rdi), %r8; mov 24(%rdi), %r9; mov 32(%rdi), %r10\n"
        "\tmov 40(%rdi), %r11; mov 48(%rdi), %r12; mov 56(%rdi), %r13; mov 64(%rdi), %r14\n"
        "\tmovq 72(%rdi), %xmm15\n"
        "\tmov $10, %ecx; xor %eax, %eax; rep stosq; xor %edi, %edi; xor %edx, %edx\n"
        "\tmovl $1, (%rsi)\n"
        "1:\tpause; cmpl $2, (%rsi); jne 1b\n"
        "\txor %r8d, %r8d; xor %r9d, %r9d; xor %r10d, %r10d; xor %r11d, %r11d; pxor %xmm15, %xmm15\n"
        "\tpop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "\tret\n"
        "in_the_red_zone:\n"
        "\txor %ecx, %ecx\n"
        "1:\tmov (%rdi, %rcx, 8), %rax; movq $0, (%rdi, %rcx, 8); mov %rax, -120(%rsp, %rcx, 8)\n"
        "\tinc %ecx; cmp $10, %ecx; jne 1b\n"
        "\txor %eax, %eax; movl $1, (%rsi)\n"
        "2:\tpause; cmpl $2, (%rsi); jne 2b\n"
        "\tret\n");
void in_registers(void **from, volatile int *state), in_the_red_zone(void **from, volatile int *state);

static void (*takes)(void **, volatile int *);
static volatile int taker_state;
static bool elsewhere; /* handlers run on a stack of their own */
static void *taker(void *unused)
{
    static char memory[1 << 16];
    stack_t alternate = {.ss_sp = memory, .ss_size = sizeof memory};

    if (elsewhere)
        sigaltstack(&alternate, NULL);
    takes(held, &taker_state);
    alternate.ss_flags = SS_DISABLE;
    sigaltstack(&alternate, NULL);
    return unused;
}

/* The thread's stack has another's guard page above it, so that it is known to be one. */
static void with_taker(void (*fn)(void **, volatile int *), bool apart)
{
    pthread_t above, t;

    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    for (int i = 0; i < PROBES; i++)
        held[i] = probe_new(i);
    takes = fn;
    elsewhere = apart;
    taker_state = 0;
    pthread_create(&above, NULL, waits, NULL);
    pthread_create(&t, NULL, taker, NULL);
    while (taker_state != 1)
        sched_yield();
    for (int i = 0; i < TAKEN; i++)
        ck_assert_ptr_null(held[i]);
    PROBES_HELD();
    taker_state = 2;
    sem_post(&go);
    pthread_join(t, NULL);
    pthread_join(above, NULL);
}

START_TEST(registers)
{
    with_taker(in_registers, false);
    with_taker(in_registers, true);
}
END_TEST

START_TEST(red_zone)
{
    with_taker(in_the_red_zone, false);
    with_taker(in_the_red_zone, true);
}
END_TEST
#endif

/* The start argument is the only pointer until the thread runs. */
static void *takes_argument(void *arg)
{
    return *(uint64_t *)arg == probe_word(3) ? arg : NULL;
}

START_TEST(start_argument_and_result)
{
    for (int round = 0; round < 50; round++) {
        pthread_t t;
        void *result;

        ck_assert_int_eq(pthread_create(&t, NULL, takes_argument, probe_new(3)), 0);
        goe_gc();
        pthread_join(t, &result);
        ck_assert_ptr_nonnull(result);
    }
}
END_TEST

/* Threads that are born, allocate and die while others collect. */
static void *short_lived(void *unused)
{
    void **list = NULL;

    for (int i = 0; i < 200; i++) {
        void **link = goe_alloc(16);
        link[0] = list;
        link[1] = (void *)(uintptr_t)(i + 1);
        list = link;
    }
    uintptr_t sum = 0;
    for (; list; list = list[0])
        sum += (uintptr_t)list[1];
    return sum == 200 * 201 / 2 ? unused : NULL;
}

static volatile int stop_collecting;
static void *collector(void *unused)
{
    while (!stop_collecting)
        goe_gc();
    return unused;
}

/* Each hands a list to a thread that it makes, and ends. */
enum { CHAINS = 4, LINKS = 30 };
struct chain {
    void **list; /* of LINKS numbers, from 1 on */
    long left;   /* threads still to come */
    int wrong;   /* lists that were damaged */
};

static void *next_thread(void *arg)
{
    struct chain *c = arg;
    pthread_t t;
    void **list = c->list, **mine = NULL;
    uintptr_t sum = 0;

    c->list = NULL;
    for (void **l = list; l; l = l[0])
        sum += (uintptr_t)l[1];
    c->wrong += sum != LINKS * (LINKS + 1) / 2;
    for (uintptr_t i = 1; i <= LINKS; i++) {
        void **link = goe_alloc(16);
        link[0] = mine;
        link[1] = (void *)i;
        mine = link;
    }
    struct chain *next = goe_alloc(sizeof *next);
    *next = (struct chain){mine, c->left - 1, c->wrong};
    if (next->wrong || next->left == 0 || pthread_create(&t, NULL, next_thread, next)) {
        held[0] = next;
        sem_post(&ready);
    } else {
        pthread_detach(t);
    }
    return NULL;
}

/* A thread that has been told to stop, and makes another one before it does; which then has no pointer at rest. */
static void *volatile here[PROBES], *volatile there[PROBES];
static volatile int told, moved;
static void *moves(void *unused)
{
    uint64_t none = 0;

    while (!told)
        ;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
    while (!stop_collecting) {
        for (int i = 0; i < PROBES; i++) {
            void *p = here[i];
            here[i] = NULL;
            there[i] = p;
        }
        moved++;
        for (int i = PROBES; i-- > 0;) {
            void *p = there[i];
            there[i] = NULL;
            here[i] = p;
        }
    }
    return unused;
}

static void *makes_a_thread(void *unused)
{
    uint64_t stop = (uint64_t)1 << 32, old, pending = 0;
    pthread_t t;

    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &stop, &old, 8);
    sem_post(&ready);
    while (!(pending & stop))
        syscall(SYS_rt_sigpending, &pending, 8);
    if (pthread_create(&t, NULL, moves, NULL))
        abort();
    told = 1;
    for (int from = moved; moved == from;)
        ; /* it runs */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    pthread_join(t, NULL);
    return unused;
}

START_TEST(thread_made_on_the_way_to_a_stop)
{
    for (int round = 0; round < 20; round++) {
        pthread_t t;
        sem_init(&ready, 0, 0);
        told = stop_collecting = 0;
        for (int i = 0; i < PROBES; i++)
            here[i] = probe_new(i);
        pthread_create(&t, NULL, makes_a_thread, NULL);
        while (sem_wait(&ready))
            ;
        probe_collect();
        stop_collecting = 1;
        pthread_join(t, NULL);
        ck_assert_int_eq(probe_alive(), PROBES);
    }
}
END_TEST

START_TEST(threads_make_threads)
{
    pthread_t gc, t;
    struct chain first[CHAINS];

    sem_init(&ready, 0, 0);
    stop_collecting = 0;
    pthread_create(&gc, NULL, collector, NULL);
    for (int i = 0; i < CHAINS; i++) {
        first[i] = (struct chain){NULL, probe_stress() ? 5 : 100, -1}; /* the first finds no list */
        pthread_create(&t, NULL, next_thread, &first[i]);
        pthread_detach(t);
    }
    for (int i = 0; i < CHAINS; i++) {
        while (sem_wait(&ready))
            ;
        ck_assert_int_eq(((struct chain *)held[0])->wrong, 0);
    }
    stop_collecting = 1;
    pthread_join(gc, NULL);
}
END_TEST

START_TEST(threads_come_and_go)
{
    pthread_t gc, t[8];

    stop_collecting = 0;
    pthread_create(&gc, NULL, collector, NULL);
    for (int round = 0, rounds = probe_stress() ? 4 : 60; round < rounds; round++) {
        for (int i = 0; i < 8; i++)
            ck_assert_int_eq(pthread_create(&t[i], NULL, short_lived, held), 0);
        for (int i = 0; i < 8; i++) {
            void *result;
            pthread_join(t[i], &result);
            ck_assert_ptr_eq(result, held);
        }
    }
    stop_collecting = 1;
    pthread_join(gc, NULL);
}
END_TEST

/* Destructors of thread-specific data that allocate, in every round there is. */
static pthread_key_t late_key;
static volatile int rounds;
static void late(void *value)
{
    uint64_t *p = goe_alloc(24);

    *p = *(uint64_t *)value + 1;
    rounds++;
    pthread_setspecific(late_key, p);
}

static void *sets_key(void *unused)
{
    pthread_setspecific(late_key, goe_alloc(24));
    return unused;
}

START_TEST(destructors_allocate)
{
    ck_assert_int_eq(pthread_key_create(&late_key, late), 0);
    for (int i = 0; i < 20; i++) {
        pthread_t t;
        pthread_create(&t, NULL, sets_key, NULL);
        pthread_join(t, NULL);
        goe_gc();
    }
    ck_assert_int_eq(rounds, 20 * PTHREAD_DESTRUCTOR_ITERATIONS);
}
END_TEST

static void *cancelled(void *unused)
{
    for (;;) {
        goe_alloc(100);
        pthread_testcancel();
    }
    return unused;
}

START_TEST(cancellation)
{
    for (int i = 0; i < 30; i++) {
        pthread_t t;
        pthread_create(&t, NULL, cancelled, NULL);
        goe_gc();
        pthread_cancel(t);
        goe_gc();
        pthread_join(t, NULL);
    }
    goe_gc();
}
END_TEST

/* The main thread of a process may end before the others. */
static void *after_main(void *unused)
{
    wait_with_probes();
    return unused;
}
static void *outlives_main(void *unused)
{
    pthread_t t;

    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    pthread_create(&t, NULL, after_main, NULL);
    while (sem_wait(&ready))
        ;
    for (int i = 0; i < 5; i++)
        probe_collect();
    if (probe_alive() != PROBES)
        _exit(1);
    sem_post(&go);
    pthread_join(t, NULL);
    pthread_create(&t, NULL, wiper, NULL);
    pthread_join(t, NULL);
    probe_collect();
    _exit(probe_alive() <= PROBE_LINGER ? 0 : 2);
    return unused;
}

START_TEST(main_thread_gone)
{
    pid_t child = fork();

    if (child == 0) {
        pthread_t t;
        pthread_create(&t, NULL, outlives_main, NULL);
        pthread_exit(NULL);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* ---- fork and friends ---- */

static int child_collects(void)
{
    for (int i = 0; i < 3; i++)
        probe_collect();
    if (probe_alive() != PROBES)
        return 1;
    memset(held, 0, sizeof held);
    probe_collect();
    if (probe_alive() > PROBE_LINGER)
        return 2;
    pthread_t t[4]; /* and threads of its own */
    for (int i = 0; i < 4; i++)
        if (pthread_create(&t[i], NULL, short_lived, held))
            return 3;
    for (int i = 0; i < 4; i++) {
        void *result;
        if (!short_lived(held) || pthread_join(t[i], &result) || !result)
            return 4;
    }
    return 0;
}

static int forked(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(child_collects());
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

START_TEST(fork_child_and_parent_collect)
{
    for (int i = 0; i < PROBES; i++)
        held[i] = probe_new(i);
    ck_assert_int_eq(forked(), 0);
    PROBES_HELD();
}
END_TEST

static void *allocates(void *unused)
{
    while (!stop_collecting)
        goe_alloc(64);
    return unused;
}

static void *forks(void *unused)
{
    (void)unused;
    return (void *)(intptr_t)forked();
}

START_TEST(fork_from_a_thread_while_others_allocate)
{
    pthread_t t[3];

    for (int i = 0; i < PROBES; i++)
        held[i] = probe_new(i);
    stop_collecting = 0;
    pthread_create(&t[0], NULL, allocates, NULL);
    pthread_create(&t[1], NULL, allocates, NULL);
    for (int i = 0; i < 10; i++) {
        void *status;
        pthread_create(&t[2], NULL, forks, NULL);
        pthread_join(t[2], &status);
        ck_assert_ptr_eq(status, NULL);
    }
    stop_collecting = 1;
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
    PROBES_HELD();
}
END_TEST

START_TEST(spawn_while_collecting)
{
    pthread_t gc;

    stop_collecting = 0;
    pthread_create(&gc, NULL, collector, NULL);
    for (int i = 0; i < 20; i++) {
        char *argv[] = {"true", NULL};
        pid_t child;
        int status;
        ck_assert_int_eq(posix_spawnp(&child, "true", NULL, NULL, argv, environ), 0);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
        if ((child = vfork()) == 0) {
            execlp("true", "true", (char *)NULL);
            _exit(1);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
    stop_collecting = 1;
    pthread_join(gc, NULL);
}
END_TEST

START_TEST(daemonised)
{
    for (int i = 0; i < PROBES; i++)
        held[i] = probe_new(i);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        for (int fd = 0; fd < 1024; fd++)
            close(fd);
        if (chdir("/"))
            _exit(9);
        _exit(child_collects());
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* No signal reaches it: not even libc's own are let through. */
static void *deaf(void *unused)
{
    uint64_t all = ~(uint64_t)0, old;

    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, 8);
    sem_post(&ready);
    while (sem_wait(&go) && errno == EINTR)
        ;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
    sem_post(&ready);
    while (sem_wait(&go) && errno == EINTR)
        ;
    return unused;
}

/* A thread that cannot be stopped is not waited for for ever: nothing is freed until it can be. */
START_TEST(one_thread_does_not_answer)
{
    pthread_t t;
    struct goe_stats before, after;

    if (probe_stress())
        return; /* the probes would be gone before */
    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    for (int i = 0; i < PROBES; i++)
        probe_new(i);
    goe_stats(&before);
    ck_assert_int_eq(pthread_create(&t, NULL, deaf, NULL), 0);
    sem_wait(&ready);
    PROBES_HELD();
    goe_stats(&after);
    ck_assert_uint_eq(after.collections, before.collections);
    sem_post(&go);
    sem_wait(&ready);
    PROBES_GONE();
    sem_post(&go);
    pthread_join(t, NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runtime_threads");
    TCase *c = tcase_create("stacks"), *f = tcase_create("fork");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, in_a_system_call);
    tcase_add_test(c, all_signals_blocked);
    tcase_add_test(c, in_sigwait);
    tcase_add_test(c, never_in_a_system_call);
    tcase_add_test(c, smallest_stack);
    tcase_add_test(c, own_stack_memory);
    tcase_add_test(c, stack_inside_another_stack);
    tcase_add_test(c, memory_below_a_stack);
#ifdef __x86_64__
    tcase_add_test(c, made_by_clone);
    tcase_add_test(c, registers);
    tcase_add_test(c, red_zone);
#endif
    tcase_add_test(c, start_argument_and_result);
    tcase_add_test(c, threads_come_and_go);
    tcase_add_test(c, threads_make_threads);
    tcase_add_test(c, thread_made_on_the_way_to_a_stop);
    tcase_add_test(c, destructors_allocate);
    tcase_add_test(c, cancellation);
    tcase_add_test(c, one_thread_does_not_answer);
    suite_add_tcase(s, c);
    tcase_set_timeout(f, 60);
    tcase_add_test(f, main_thread_gone);
    tcase_add_test(f, fork_child_and_parent_collect);
    tcase_add_test(f, fork_from_a_thread_while_others_allocate);
    tcase_add_test(f, spawn_while_collecting);
    tcase_add_test(f, daemonised);
    suite_add_tcase(s, f);
    return probe_main(s);
}
