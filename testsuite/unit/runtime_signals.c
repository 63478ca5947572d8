/* Invariant: signals change nothing: handlers may allocate wherever they interrupt, run on any stack, and
 * coroutines' stacks are memory like other memory. */
#include "runtime_probe.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

struct link {
    struct link *next; /* the one allocated before */
    uint64_t sum;      /* next->sum + 1 */
};

static struct link *volatile chain; /* built by the handler */
static volatile unsigned handled;
static volatile unsigned since; /* what the handler has allocated since interrupted() last did */

/* The interrupted thread may wait for a collection for long, on a busy machine, and what handlers may take meanwhile
 * has an end: 128 blocks at least, from one refill of the reserve to the next, between which `since` is set to 0 once. */
enum { AT_A_TIME = 60 };

static void on_signal_allocates(int sig)
{
    (void)sig;
    if (since++ >= AT_A_TIME)
        return; /* and does not count */
    struct link *l = goe_new(struct link);
    struct link *next = chain;

    l->next = next;
    l->sum = next ? next->sum + 1 : 1;
    chain = ++handled % 1000 ? l : NULL;
}

static int chain_is_whole(const struct link *l)
{
    for (; l; l = l->next)
        if (l->sum != (l->next ? l->next->sum + 1 : 1))
            return 0;
    return 1;
}

static volatile int done;
static void *pesters(void *thread)
{
    while (!done) {
        pthread_kill(*(pthread_t *)thread, SIGUSR1);
        for (unsigned seen = handled, i = 0; handled == seen && i < 1000000 && !done; i++)
            __asm__ volatile("");
    }
    return NULL;
}

/* A list built while a handler interrupts at any instruction and allocates, too: no cell is given twice. */
static void interrupted(unsigned wanted)
{
    if (probe_stress())
        wanted /= 100;

    pthread_t me = pthread_self(), t;
    struct sigaction action = {.sa_handler = on_signal_allocates};
    struct link *mine = NULL;

    done = 0;
    handled = 0;
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&t, NULL, pesters, &me);
    for (uint64_t n = 0; handled < wanted; n++) {
        struct link *l = goe_new(struct link);
        since = 0;
        ck_assert_uint_eq(l->sum, 0);
        l->next = n % 2000 ? mine : NULL;
        l->sum = l->next ? l->next->sum + 1 : 1;
        mine = l;
        if (n % 5000 == 0)
            ck_assert(chain_is_whole(mine));
    }
    done = 1;
    pthread_join(t, NULL);
    ck_assert(chain_is_whole(mine));
    ck_assert(chain_is_whole(chain));
}

START_TEST(handler_allocates_anywhere)
{
    interrupted(20000);
}
END_TEST

/* The thread that is interrupted collects most of the time. */
START_TEST(handler_allocates_in_a_collection)
{
    pthread_t me = pthread_self(), t;
    struct sigaction action = {.sa_handler = on_signal_allocates};

    done = 0;
    handled = 0;
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&t, NULL, pesters, &me);
    while (handled < 150) {
        goe_alloc(20000); /* what handlers take is made up for in between */
        since = 0;
        goe_gc();
        ck_assert(chain_is_whole(chain));
    }
    done = 1;
    pthread_join(t, NULL);
}
END_TEST

static void *collects(void *unused)
{
    while (!done)
        goe_gc();
    return unused;
}

START_TEST(handler_allocates_while_another_thread_collects)
{
    pthread_t t;

    done = 0;
    pthread_create(&t, NULL, collects, NULL);
    interrupted(2000);
    pthread_join(t, NULL);
}
END_TEST

/* In a thread that has been stopped no handler runs: there the collector's signal is blocked, and nowhere else. */
static volatile int alarms, in_a_stop;
static void on_alarm(int sig, siginfo_t *info, void *context)
{
    enum { STOP_SIGNAL = 33 };
    uint64_t blocked;

    (void)sig, (void)info;
    memcpy(&blocked, &((ucontext_t *)context)->uc_sigmask, sizeof blocked);
    alarms++;
    in_a_stop += blocked >> (STOP_SIGNAL - 1) & 1;
}

START_TEST(no_handler_in_a_stop)
{
    struct sigaction action = {.sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct itimerval often = {{0, 200}, {0, 200}}, never = {0};
    pthread_t t;

    done = 0;
    sigaction(SIGALRM, &action, NULL);
    pthread_create(&t, NULL, collects, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (alarms < 500)
        goe_alloc(100);
    setitimer(ITIMER_REAL, &never, NULL);
    done = 1;
    pthread_join(t, NULL);
    ck_assert_int_eq(in_a_stop, 0);
}
END_TEST

/* ---- stacks ---- */

static void on_signal_collects(int sig)
{
    (void)sig;
    void *volatile mine[8];

    for (int i = 0; i < 8; i++)
        mine[i] = probe_new(PROBES - 8 + i);
    probe_collect();
    goe_keep_alive((void *)mine);
    ck_assert_int_eq(probe_alive(), PROBES);
}

static __attribute__((noinline)) void raise_with_probes(void)
{
    void *volatile mine[PROBES];

    for (int i = 0; i < PROBES - 8; i++)
        mine[i] = probe_new(i);
    raise(SIGUSR2);
    goe_keep_alive((void *)mine);
}

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31) /* the kernel forgets the stack while a handler is on it */
#endif

static int alternate_flags; /* SS_AUTODISARM or none */
static void on_alternate_stack(void *memory, size_t size)
{
    stack_t alternate = {.ss_sp = memory, .ss_size = size, .ss_flags = alternate_flags};
    struct sigaction action = {.sa_handler = on_signal_collects, .sa_flags = SA_ONSTACK};

    ck_assert_int_eq(sigaltstack(&alternate, NULL), 0);
    sigaction(SIGUSR2, &action, NULL);
    raise_with_probes();
    alternate.ss_flags = SS_DISABLE;
    sigaltstack(&alternate, NULL);
}

START_TEST(handler_on_this_stack)
{
    struct sigaction action = {.sa_handler = on_signal_collects};

    sigaction(SIGUSR2, &action, NULL);
    raise_with_probes();
}
END_TEST

START_TEST(alternate_stack_in_malloc)
{
    void *memory = malloc(1 << 17);

    on_alternate_stack(memory, 1 << 17);
    free(memory);
}
END_TEST

START_TEST(alternate_stack_in_bss)
{
    static char memory[1 << 17];

    on_alternate_stack(memory, sizeof memory);
}
END_TEST

START_TEST(alternate_stack_in_a_frame)
{
    char memory[1 << 17];

    on_alternate_stack(memory, sizeof memory);
}
END_TEST

START_TEST(alternate_stack_disarmed)
{
    char memory[1 << 17];

    alternate_flags = (int)SS_AUTODISARM;
    on_alternate_stack(memory, sizeof memory);
}
END_TEST

/* Another thread collects while this one sits in a handler on its alternate stack. */
static volatile int in_handler, leave;
static void on_signal_waits(int sig)
{
    (void)sig;
    in_handler = 1;
    while (!leave)
        ;
}

static __attribute__((noinline)) void wait_with_probes(void)
{
    void *volatile mine[PROBES];

    for (int i = 0; i < PROBES; i++)
        mine[i] = probe_new(i);
    pthread_kill(pthread_self(), SIGUSR2);
    goe_keep_alive((void *)mine);
}

/* A collection, and a thread that is made for it, take little of a handler's stack: 8 KB, which was SIGSTKSZ for long, are
 * enough, where the kernel does not take more than 3.5 KB of it for registers. */
static void on_signal_allocates_much(int sig)
{
    (void)sig;
    for (int i = 0; i < 3; i++)
        goe_alloc(30 << 20);
    for (int i = 0; i < probe_steps(20000); i++)
        goe_alloc(1000);
    goe_gc();
}

START_TEST(alternate_stack_of_8_kb)
{
    enum { SIZE = 8192, AT_LEAST = 51 }; /* AT_MINSIGSTKSZ */
    char *memory = mmap(NULL, SIZE * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t alternate = {.ss_sp = memory + SIZE, .ss_size = SIZE};
    struct sigaction action = {.sa_handler = on_signal_allocates_much, .sa_flags = SA_ONSTACK};

    if (getauxval(AT_LEAST) > 3600)
        return;
    on_signal_allocates_much(0); /* libc's functions have been found once: that takes more than their use */
    mprotect(memory, SIZE, PROT_NONE);
    sigaltstack(&alternate, NULL);
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    alternate.ss_flags = SS_DISABLE;
    sigaltstack(&alternate, NULL);
    munmap(memory, SIZE * 2);
}
END_TEST

static sem_t go;
static void *waits(void *unused)
{
    while (sem_wait(&go))
        ;
    return unused;
}

/* The probes are in a frame below the alternate stack. */
static void *waits_in_handler(void *unused)
{
    char memory[1 << 16];
    stack_t alternate = {.ss_sp = memory, .ss_size = sizeof memory, .ss_flags = alternate_flags};

    sigaltstack(&alternate, NULL);
    wait_with_probes();
    alternate.ss_flags = SS_DISABLE;
    sigaltstack(&alternate, NULL);
    return unused;
}

START_TEST(other_thread_on_its_alternate_stack)
{
    struct sigaction action = {.sa_handler = on_signal_waits, .sa_flags = SA_ONSTACK};
    pthread_t t;

    pthread_t above; /* so that its stack is known as one: there is another's guard page above it */
    sem_init(&go, 0, 0);
    pthread_create(&above, NULL, waits, NULL);
    sigaction(SIGUSR2, &action, NULL);
    for (int disarmed = 0; disarmed < 2; disarmed++) {
        alternate_flags = disarmed ? (int)SS_AUTODISARM : 0;
        in_handler = leave = 0;
        pthread_create(&t, NULL, waits_in_handler, NULL);
        while (!in_handler)
            ;
        PROBES_HELD();
        leave = 1;
        pthread_join(t, NULL);
    }
    sem_post(&go);
    pthread_join(above, NULL);
}
END_TEST

/* ---- coroutines ---- */

static ucontext_t home, routine;

static void coroutine(void)
{
    void *volatile mine[PROBES / 2];

    for (int i = 0; i < PROBES / 2; i++)
        mine[i] = probe_new(i);
    swapcontext(&routine, &home); /* suspended: only its stack holds them */
    probe_collect();              /* and now it runs, with the caller suspended */
    goe_keep_alive((void *)mine);
}

/* Its own frame holds the other half while the coroutine runs. */
static __attribute__((noinline)) void resume_with_probes(void)
{
    void *volatile mine[PROBES / 2];

    for (int i = 0; i < PROBES / 2; i++)
        mine[i] = probe_new(PROBES / 2 + i);
    probe_collect();
    ck_assert_int_eq(probe_alive(), PROBES);
    swapcontext(&home, &routine);
    ck_assert_int_eq(probe_alive(), PROBES);
    goe_keep_alive((void *)mine);
}

static void with_coroutine(void *stack, size_t size)
{
    getcontext(&routine);
    routine.uc_stack.ss_sp = stack;
    routine.uc_stack.ss_size = size;
    routine.uc_link = &home;
    makecontext(&routine, coroutine, 0);
    swapcontext(&home, &routine);
    resume_with_probes();
}

START_TEST(coroutine_in_malloc)
{
    void *stack = malloc(1 << 17);

    with_coroutine(stack, 1 << 17);
    memset(stack, 0, 1 << 17);
    memset(&routine, 0, sizeof routine);
    PROBES_GONE();
    free(stack);
}
END_TEST

START_TEST(coroutine_in_mmap)
{
    void *stack = mmap(NULL, 1 << 17, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    with_coroutine(stack, 1 << 17);
    munmap(stack, 1 << 17);
}
END_TEST

START_TEST(coroutine_in_a_frame)
{
    char stack[1 << 17];

    with_coroutine(stack, sizeof stack);
}
END_TEST

START_TEST(coroutine_in_the_heap)
{
    with_coroutine(goe_alloc(1 << 17), 1 << 17);
}
END_TEST

/* A coroutine that one thread has begun and another goes on with: while neither runs it, only its stack holds the probes,
 * and while the other does, that one's own stack holds more, with its stack pointer elsewhere. */
static sem_t begun, over;
static void *suspended_stack;
static void *begins_a_coroutine(void *in_a_frame)
{
    char mine[1 << 17];

    getcontext(&routine);
    routine.uc_stack.ss_sp = in_a_frame ? mine : suspended_stack;
    routine.uc_stack.ss_size = sizeof mine;
    routine.uc_link = &home;
    makecontext(&routine, coroutine, 0);
    swapcontext(&home, &routine);
    sem_post(&begun);
    while (sem_wait(&over))
        ;
    return NULL;
}

static void *goes_on_with_it(void *unused)
{
    resume_with_probes();
    return unused;
}

START_TEST(coroutine_goes_on_in_another_thread)
{
    pthread_t first, second;

    sem_init(&begun, 0, 0);
    sem_init(&over, 0, 0);
    suspended_stack = malloc(1 << 17);
    pthread_create(&first, NULL, begins_a_coroutine, _i ? &begun : NULL);
    while (sem_wait(&begun))
        ;
    if (!_i) { /* it need not be there any more */
        sem_post(&over);
        pthread_join(first, NULL);
    }
    pthread_create(&second, NULL, goes_on_with_it, NULL);
    pthread_join(second, NULL);
    if (_i) {
        sem_post(&over);
        pthread_join(first, NULL);
    }
    memset(suspended_stack, 0, 1 << 17);
    memset(&routine, 0, sizeof routine);
    memset(&home, 0, sizeof home);
    free(suspended_stack);
    if (!_i) /* the stacks of threads that have ended stay mapped */
        PROBES_GONE();
}
END_TEST

START_TEST(errno_and_mask_survive_a_collection)
{
    sigset_t before, after;

    sigemptyset(&before);
    sigaddset(&before, SIGHUP);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    goe_gc();
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int sig = 1; sig < 32; sig++)
        ck_assert_int_eq(sigismember(&before, sig), sigismember(&after, sig));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runtime_signals");
    TCase *c = tcase_create("handlers"), *k = tcase_create("stacks");

    tcase_set_timeout(c, 100);
    tcase_add_test(c, handler_allocates_anywhere);
    tcase_add_test(c, handler_allocates_in_a_collection);
    tcase_add_test(c, handler_allocates_while_another_thread_collects);
    tcase_add_test(c, no_handler_in_a_stop);
    tcase_add_test(c, errno_and_mask_survive_a_collection);
    suite_add_tcase(s, c);
    tcase_set_timeout(k, 60);
    tcase_add_test(k, handler_on_this_stack);
    tcase_add_test(k, alternate_stack_in_malloc);
    tcase_add_test(k, alternate_stack_in_bss);
    tcase_add_test(k, alternate_stack_in_a_frame);
    tcase_add_test(k, alternate_stack_disarmed);
    tcase_add_test(k, alternate_stack_of_8_kb);
    tcase_add_test(k, other_thread_on_its_alternate_stack);
    tcase_add_test(k, coroutine_in_malloc);
    tcase_add_test(k, coroutine_in_mmap);
    tcase_add_test(k, coroutine_in_a_frame);
    tcase_add_test(k, coroutine_in_the_heap);
    tcase_add_loop_test(k, coroutine_goes_on_in_another_thread, 0, 2);
    suite_add_tcase(s, k);
    return probe_main(s);
}
