/* Invariants of closures and finalizers. */
#include "runtime_probe.h"
#include "internal.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

/* Takes its static chain as nested functions do, and adds what it points to. */
#if defined(__x86_64__)
__asm__(".globl add_chain\nadd_chain:\n\tmov (%r10), %eax\n\tadd %edi, %eax\n\tret\n");
#elif defined(__aarch64__)
__asm__(".globl add_chain\nadd_chain:\n\tldr w1, [x18]\n\tadd w0, w0, w1\n\tret\n");
#endif
int add_chain(int);

typedef int (*closure)(int);

static __attribute__((noinline)) closure adder(int n)
{
    int *cell = goe_new(int);

    *cell = n;
    return (closure)__goe_closure((void *)add_chain, cell);
}

START_TEST(each_has_its_chain)
{
    enum { N = 5000 };
    static closure at[N];

    for (int i = 0; i < probe_steps(N); i++)
        at[i] = adder(i);
    for (int i = 0; i < probe_steps(200000); i++)
        ck_assert_int_eq(adder(i)(1), i + 1);
    goe_gc();
    for (int i = 0; i < probe_steps(N); i++)
        ck_assert_int_eq(at[i](7), i + 7);
}
END_TEST

static closure kept[PROBES];
static __attribute__((noinline)) void keep_probes(void)
{
    for (int i = 0; i < PROBES; i++)
        kept[i] = (closure)__goe_closure((void *)add_chain, probe_new(i));
}

START_TEST(keeps_its_chain_alive)
{
    keep_probes();
    PROBES_HELD();
    memset(kept, 0, sizeof kept);
    PROBES_GONE();
}
END_TEST

START_TEST(memory_of_closures_is_reused)
{
    struct goe_stats s;

    for (int i = 0; i < probe_steps(1000000); i++)
        adder(i);
    goe_stats(&s);
    ck_assert_uint_lt(s.heap_bytes, 48 << 20);
}
END_TEST

START_TEST(no_page_is_writable_and_executable)
{
    char line[512];
    closure f = adder(1);
    FILE *maps = fopen("/proc/self/maps", "r");
    int seen = 0;

    while (fgets(line, sizeof line, maps)) {
        unsigned long lo, hi;
        char perms[8];
        ck_assert_int_eq(sscanf(line, "%lx-%lx %7s", &lo, &hi, perms), 3);
        ck_assert(!(perms[1] == 'w' && perms[2] == 'x'));
        if ((unsigned long)f >= lo && (unsigned long)f < hi) {
            seen++;
            ck_assert_int_eq(strncmp(perms, "r-xp", 4), 0);
        }
    }
    fclose(maps);
    ck_assert_int_eq(seen, 1);
}
END_TEST

/* What an assembler makes of the code, for words 512 KB away. */
START_TEST(code_of_thunks)
{
    static const unsigned char x86_64[] = {
        0xf3, 0x0f, 0x1e, 0xfa,                   /* endbr64 */
        0x4c, 0x8b, 0x1d, 0xf5, 0xff, 0x07, 0x00, /* mov 0x80000 from the start, %r11 */
        0x4c, 0x8b, 0x15, 0xf6, 0xff, 0x07, 0x00, /* mov 0x80008 from the start, %r10 */
        0x41, 0xff, 0xe3,                         /* jmp *%r11 */
    };
    static const unsigned char aarch64[] = {
        0x5f, 0x24, 0x03, 0xd5, /* bti c */
        0xf1, 0xff, 0x3f, 0x58, /* ldr x17, 0x80000 from the start */
        0x12, 0x00, 0x40, 0x58, /* ldr x18, 0x80008 from the start */
        0x20, 0x02, 0x1f, 0xd6, /* br x17 */
    };
    unsigned char code[CLOSURE_CELL];

    goe__thunk_x86_64(code, 512 << 10);
    ck_assert_mem_eq(code, x86_64, sizeof x86_64);
    goe__thunk_aarch64(code, 512 << 10);
    ck_assert_mem_eq(code, aarch64, sizeof aarch64);
    /* The farthest that aarch64 can reach: the offset's sign bit stays clear. */
    goe__thunk_aarch64(code, (1 << 20) - 16);
    ck_assert_int_eq(code[7] << 8 | code[6], 0x587f);
    ck_assert_int_eq(code[11] << 8 | code[10], 0x587f);
}
END_TEST

/* A row of thunks is a mapping or two, however many there are. */
START_TEST(few_mappings)
{
    enum { N = 100000 };
    static closure at[N];
    char line[512];
    int executable = 0;
    FILE *maps;

    for (int i = 0; i < probe_steps(N); i++)
        at[i] = adder(i);
    maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps))
        executable += strstr(line, "r-xp 00000000 00:00 0") != NULL;
    fclose(maps);
    ck_assert_int_lt(executable, 20);
    for (int i = 0; i < probe_steps(N); i += 1000)
        ck_assert_int_eq(at[i](7), i + 7);
}
END_TEST

/* ---- finalizers ---- */

static int calls, order[8], last_thread_was_mine;
static pthread_t maker;

static void count(void *p, void *arg)
{
    ck_assert_uint_eq(*(uint64_t *)p, 42);
    last_thread_was_mine = pthread_equal(pthread_self(), maker);
    int n = __atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST);
    if (n < 8)
        order[n] = (int)(intptr_t)arg;
}

static __attribute__((noinline)) void make_finalizable(int n)
{
    for (int i = 0; i < n; i++) {
        uint64_t *p = goe_alloc(32);
        *p = 42;
        goe_set_finalizer(p, count, NULL);
    }
}

/* Collects until `n` have run. */
static void run_until(int n)
{
    for (int i = 0; i < 10000 && __atomic_load_n(&calls, __ATOMIC_SEQ_CST) < n; i++) {
        if (i % 100 == 0)
            probe_collect();
        sched_yield();
    }
}

START_TEST(run_once_on_a_thread_of_their_own)
{
    maker = pthread_self();
    calls = 0;
    make_finalizable(1000);
    probe_collect();
    run_until(960);
    ck_assert_int_ge(calls, 960);
    for (int i = 0; i < 5; i++)
        probe_collect();
    ck_assert_int_le(calls, 1000);
    ck_assert_int_eq(last_thread_was_mine, 0);
}
END_TEST

static void **in_order[4];
static __attribute__((noinline)) void make_ordered(void)
{
    for (int i = 3; i >= 0; i--) { /* 0 -> 1 -> 2 -> 3 */
        in_order[i] = goe_alloc(32);
        *(uint64_t *)in_order[i] = 42;
        in_order[i][1] = i < 3 ? in_order[i + 1] : NULL;
        goe_set_finalizer(in_order[i], count, (void *)(intptr_t)i);
    }
    memset(in_order, 0, sizeof in_order);
}

START_TEST(the_referring_one_goes_first)
{
    calls = 0;
    make_ordered();
    for (int i = 0; i < 20; i++)
        run_until(i / 4 + 1);
    for (int i = 1; i < calls && i < 4; i++)
        ck_assert_int_eq(order[i], order[i - 1] + 1);
    ck_assert_int_ge(calls, 1);
}
END_TEST

static void *revived;
static void revive(void *p, void *arg)
{
    (void)arg;
    revived = p;
    __atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST);
}

static __attribute__((noinline)) void make_revivable(void)
{
    for (int i = 0; i < 8; i++)
        goe_set_finalizer(probe_new(i), revive, NULL);
}

START_TEST(a_finalizer_may_revive)
{
    calls = 0;
    make_revivable();
    run_until(1);
    ck_assert_int_ge(calls, 1);
    probe_collect();
    ck_assert_uint_eq(*(uint64_t *)revived >> 32, 0x600dc0de);
}
END_TEST

static __attribute__((noinline)) void make_and_take_back(void)
{
    for (int i = 0; i < 1000; i++) {
        uint64_t *p = goe_alloc(32);
        goe_set_finalizer(p, count, NULL);
        goe_set_finalizer(p, NULL, NULL);
    }
}

START_TEST(taken_back)
{
    calls = 0;
    make_and_take_back();
    probe_collect();
    probe_collect();
    ck_assert_int_eq(calls, 0);
}
END_TEST

/* Arguments are objects, too, to which nobody else points. */
static int damaged;
static sem_t begun, go;
static void check_argument(void *p, void *arg)
{
    if (__atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST) == 0) {
        sem_post(&begun);
        while (sem_wait(&go))
            ;
    }
    damaged += *(uint64_t *)p != 42 || *(uint64_t *)arg != 43;
}

static void *waiting[1000];
static __attribute__((noinline)) void make_with_arguments(void)
{
    for (int i = 0; i < 1000; i++) {
        uint64_t *p = goe_alloc(32), *arg = goe_alloc(32);
        *p = 42;
        *arg = 43;
        goe_set_finalizer(p, check_argument, arg);
        waiting[i] = p;
    }
}

static void check_arguments(void)
{
    sem_init(&begun, 0, 0);
    sem_init(&go, 0, 0);
    calls = damaged = 0;
    make_with_arguments();
}

START_TEST(arguments_stay)
{
    check_arguments();
    sem_post(&go);
    for (int i = 0; i < 3; i++)
        probe_collect();
    ck_assert_int_eq(calls, 0);
    memset(waiting, 0, sizeof waiting);
    probe_collect();
    run_until(960);
    ck_assert_int_eq(damaged, 0);
}
END_TEST

/* The first finalizer takes long, and collections come meanwhile. */
START_TEST(waits_for_its_turn)
{
    check_arguments();
    memset(waiting, 0, sizeof waiting);
    probe_collect();
    while (sem_wait(&begun))
        ;
    for (int i = 0; i < 3; i++)
        probe_collect();
    sem_post(&go);
    run_until(960);
    ck_assert_int_eq(damaged, 0);
}
END_TEST

/* The thread for finalizers is not in a forked child, which gets one of its own. */
START_TEST(finalizers_in_a_forked_child)
{
    calls = 0;
    make_finalizable(1000);
    run_until(960);
    pid_t child = fork();
    if (child == 0) {
        calls = 0;
        make_finalizable(1000);
        run_until(960);
        _exit(calls >= 960 ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runtime_closure");
    TCase *c = tcase_create("closures"), *f = tcase_create("finalizers");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, each_has_its_chain);
    tcase_add_test(c, keeps_its_chain_alive);
    tcase_add_test(c, memory_of_closures_is_reused);
    tcase_add_test(c, no_page_is_writable_and_executable);
    tcase_add_test(c, code_of_thunks);
    tcase_add_test(c, few_mappings);
    suite_add_tcase(s, c);
    tcase_set_timeout(f, 60);
    tcase_add_test(f, run_once_on_a_thread_of_their_own);
    tcase_add_test(f, the_referring_one_goes_first);
    tcase_add_test(f, a_finalizer_may_revive);
    tcase_add_test(f, taken_back);
    tcase_add_test(f, arguments_stay);
    tcase_add_test(f, waits_for_its_turn);
    tcase_add_test(f, finalizers_in_a_forked_child);
    suite_add_tcase(s, f);
    return probe_main(s);
}
