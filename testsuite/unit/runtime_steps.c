/* Invariant: a thread may be interrupted at each instruction of the allocator, by a handler that allocates or by a
 * collection, and nothing is lost or given twice.
 *
 * Not by chance: the processor's trap flag is set while an allocation runs, so that a handler for SIGTRAP comes after
 * each of its instructions. The handler says when it is done with, by the flags that it returns to. */
#include "runtime_probe.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>

#ifdef __x86_64__
enum { TRAP_FLAG = 0x100 };
#endif

struct link {
    struct link *next;
    uint64_t word;
};

/* ---- a walk through some code, instruction by instruction ---- */

static volatile bool walking;
static volatile unsigned step;   /* instructions so far */
static unsigned first, stride;   /* the handler does something at these, `first` and each `stride` later; 0: only once */
static void (*act)(void);        /* that */

#ifdef __x86_64__
static void on_trap(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    (void)sig;
    (void)info;
    if (!walking) {
        uc->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
        return;
    }
    uc->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
    unsigned at = step++;
    if (stride ? at % stride == first : at == first)
        act();
}

/* Returns what `work` does; how many instructions that took is in `step`. */
static __attribute__((noinline)) void *walk(void *(*work)(void))
{
    step = 0;
    walking = true;
    raise(SIGTRAP);
    void *p = work();
    walking = false;
    return p;
}

/* Collections by the allocator itself have no place in a walk: they block signals, and a trap that is blocked ends the
 * process. */
static void prepare(void)
{
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

    goe_set_gc_percent(-1);
    sigaction(SIGTRAP, &action, NULL);
}

/* ---- what is walked through ---- */

static __attribute__((noinline)) void *inlined(void)
{
    return goe_new(struct link);
}

static __attribute__((noinline)) void *by_size(void)
{
    return goe_alloc(sizeof(struct link));
}

static __attribute__((noinline)) void *by_type(void)
{
    static const uint64_t map = 1;
    static const struct __goe_type type = {sizeof(struct link), 8, 1, &map};

    return __goe_new_typed(&type);
}

static __attribute__((noinline)) void *without_pointers(void)
{
    static const struct __goe_type type = {sizeof(struct link), 8, 0, NULL};

    return __goe_make_typed(&type, 1);
}

static __attribute__((noinline)) void *oddly_aligned(void)
{
    return __goe_new_zero(sizeof(struct link), 64, "T");
}

static __attribute__((noinline)) void *large(void)
{
    return goe_alloc(20000);
}

static void *(*const ways[])(void) = {inlined, by_size, by_type, without_pointers};
enum { WAYS = sizeof ways / sizeof *ways };

/* ---- a handler that allocates ---- */

enum { AT_A_TIME = 60 }; /* what handlers may take before the allocation ends has an end */
static struct {
    struct link *at;
    uint64_t word;
} made[AT_A_TIME * WAYS];
static unsigned nmade;
static uint64_t next_word;

static void remember(struct link *l)
{
    l->next = NULL;
    l->word = ++next_word;
    made[nmade].at = l;
    made[nmade++].word = next_word;
}

static void allocate_all_ways(void)
{
    if (nmade + WAYS > AT_A_TIME * WAYS / 2)
        return;
    for (int i = 0; i < WAYS; i++)
        remember(ways[i]());
}

static void check_made(void)
{
    for (unsigned i = 0; i < nmade; i++) {
        ck_assert_uint_eq(made[i].at->word, made[i].word);
        ck_assert_ptr_null(made[i].at->next);
    }
}

/* An allocation during which a handler allocates as well: all are different objects. */
static unsigned allocate_beside(void *(*work)(void))
{
    nmade = 0;
    struct link *l = walk(work);
    unsigned steps = step;

    ck_assert_ptr_null(l->next);
    ck_assert_uint_eq(l->word, 0);
    remember(l);
    check_made();
    goe_gc();
    check_made();
    memset(made, 0, sizeof made);
    goe_gc(); /* no cell is taken, so that the next are in a row */
    return steps;
}

/* Alone, at each instruction in turn; and at many of them in one allocation. */
static void with_handlers(void *(*work)(void), bool fresh, unsigned most)
{
    prepare();
    act = allocate_all_ways;
    unsigned steps = 1, tried = 0; /* an allocation takes so many, at most */
    for (unsigned at = 0; at < steps; at += 1 + steps / most) {
        for (int many = 0; many < 2; many++) {
            goe_alloc(40000); /* what handlers took is made up for */
            for (int i = 0; i < WAYS && !fresh; i++)
                ways[i](); /* and cells are at hand */
            first = many ? at % 3 : at;
            stride = many ? 3 : 0;
            unsigned took = allocate_beside(work);
            if (took > steps)
                steps = took;
        }
        tried++;
    }
    ck_assert_uint_ge(tried, most / 2 < 20 ? most / 2 : 20);
}

START_TEST(handler_allocates_at_each_instruction)
{
    with_handlers(ways[_i], false, 100);
}
END_TEST

START_TEST(handler_allocates_while_a_run_is_found)
{
    with_handlers(ways[_i], true, 60);
}
END_TEST

START_TEST(handler_allocates_while_a_block_is_found)
{
    with_handlers(oddly_aligned, true, 60);
    with_handlers(large, true, 4);
}
END_TEST

/* A hundred objects at one instruction, each time: what is left from one time to the next does not become less. */
static void allocate_much(void)
{
    for (int i = 0; i < 100; i++)
        remember(inlined());
}

START_TEST(handler_allocates_much)
{
    enum { ALONE = 32768 }; /* such objects lie at multiples of this */
    unsigned alone = 0;

    prepare();
    act = allocate_much;
    stride = 0;
    for (first = 100; first < 300; first += 5) {
        nmade = 0;
        goe_alloc(40000); /* what handlers took is made up for */
        remember(walk(oddly_aligned));
        check_made();
        for (unsigned i = 0; i < nmade; i++)
            alone += (uintptr_t)made[i].at % ALONE == 0;
        goe_gc();
    }
    ck_assert_uint_gt(alone, 1000);
}
END_TEST

/* ---- a collection at each instruction ---- */

static volatile int wanted, collected, late;
static void *collects(void *unused)
{
    while (wanted >= 0) {
        if (collected == wanted) {
            sched_yield();
            continue;
        }
        goe_gc();
        collected = wanted;
    }
    return unused;
}

/* By another thread, while this one stands in its handler. It cannot where this one has the allocator's lock, and is not
 * waited for for ever. */
static void let_collect(void)
{
    wanted = wanted + 1;
    for (int i = 0; collected != wanted; i++) {
        if (i == 1000) {
            late++;
            return;
        }
        nanosleep(&(struct timespec){0, 100000}, NULL);
    }
}

static struct link *list; /* all that has been allocated */
static unsigned length;

static void check_list(void)
{
    unsigned n = 0;

    for (struct link *l = list; l; l = l->next)
        ck_assert_uint_eq(l->word, length - n++);
    ck_assert_uint_eq(n, length);
}

static void allocate_into_list(void *(*work)(void))
{
    struct link *l = walk(work);

    ck_assert_ptr_null(l->next);
    ck_assert_uint_eq(l->word, 0);
    l->next = list;
    l->word = ++length;
    list = l;
}

/* Cells are at hand, so that hardly a lock is needed. */
START_TEST(collected_at_each_instruction)
{
    void *(*work)(void) = ways[_i];
    pthread_t t;

    if (work == without_pointers)
        return; /* nothing would hold the list */
    prepare();
    act = let_collect;
    stride = 0;
    wanted = collected = late = 0;
    pthread_create(&t, NULL, collects, NULL);
    unsigned steps = ~0u;
    for (first = 0; first < steps; first++) {
        length = 0;
        list = NULL;
        goe_gc();
        for (int i = 0; i < 40; i++)
            work();
        for (int i = 0; i < 2; i++)
            allocate_into_list(work);
        steps = step;
        while (collected != wanted)
            sched_yield();
        for (int i = 0; i < 40; i++) { /* may be given one of their cells */
            struct link *l = work();
            ck_assert_uint_eq(l->word, 0);
            l->word = 1;
        }
        check_list();
    }
    ck_assert_int_gt(wanted, 20);
    ck_assert_int_lt(late, wanted / 4);
    wanted = -1;
    pthread_join(t, NULL);
}
END_TEST

/* By a handler, where the thread is not in the allocator; else it does nothing. */
START_TEST(handler_collects_at_each_instruction)
{
    void *(*work)(void) = ways[_i];
    struct goe_stats before, after;

    if (work == without_pointers)
        return;
    prepare();
    act = goe_gc;
    stride = 0;
    goe_stats(&before);
    for (int fresh = 0; fresh < 2; fresh++) {
        unsigned steps = ~0u;
        for (first = 0; first < steps; first += 1 + steps / 100) {
            work();
            if (fresh)
                goe_gc();
            allocate_into_list(work);
            steps = step;
            goe_gc();
            check_list();
        }
    }
    goe_stats(&after);
    ck_assert_uint_gt(after.collections, before.collections + 20);
}
END_TEST
#endif

int main(void)
{
    Suite *s = suite_create("runtime_steps");
    TCase *c = tcase_create("steps");

    if (probe_stress())
        unsetenv("GOESCAPE"); /* see prepare() */
    tcase_set_timeout(c, 100);
#ifdef __x86_64__
    tcase_add_loop_test(c, handler_allocates_at_each_instruction, 0, WAYS);
    tcase_add_loop_test(c, handler_allocates_while_a_run_is_found, 0, WAYS);
    tcase_add_test(c, handler_allocates_while_a_block_is_found);
    tcase_add_test(c, handler_allocates_much);
    tcase_add_loop_test(c, collected_at_each_instruction, 0, WAYS);
    tcase_add_loop_test(c, handler_collects_at_each_instruction, 0, WAYS);
#endif
    suite_add_tcase(s, c);
    return probe_main(s);
}
