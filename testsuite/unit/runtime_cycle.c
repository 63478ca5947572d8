/* Invariant of collections beside the program: however pointers move while the marker runs, what can be reached
 * stays.
 *
 * The programs here move the only pointer to an object from where the marker has not been to where it has,
 * all the time, in every way there is, while GOESCAPE=concurrent=2 keeps collecting beside them with random
 * delays in between. verify=1 poisons what is freed and checks the marks against the roots a second time. */
#include "runtime_probe.h"
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOLDERS = 4096, TREASURES = 512, STEPS = 400000, THREADS = 3 };

/* Holds treasures, or none; on many pages. */
struct holder {
    struct treasure *treasure; /* the only pointer to it */
    struct holder *next;       /* a list of all holders, so that they live */
    char rest[112];            /* so that they are many pages */
};

struct treasure {
    uint64_t number; /* its index, mixed */
    uint64_t check;  /* the complement */
};

struct world {
    struct holder *holder[HOLDERS]; /* in malloc'ed memory */
    uint64_t random;                /* state */
    unsigned wrong;                 /* treasures that were lost */
    size_t churn;                   /* bytes of garbage between two moves */
};

static uint32_t rnd(struct world *w, uint32_t n)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)(w->random >> 33) % n;
}

static volatile int finished;

static __attribute__((noinline)) struct world *world_new(uint64_t seed)
{
    struct world *w = malloc(sizeof *w);

    w->random = seed * 2654435761u + 88172645463325252u;
    w->wrong = 0;
    w->churn = 64; /* little, so that a lot moves during one cycle */
    for (int i = 0; i < HOLDERS; i++) {
        w->holder[i] = goe_new(struct holder);
        w->holder[i]->next = i ? w->holder[i - 1] : NULL;
    }
    for (uint64_t i = 0; i < TREASURES; i++) {
        struct treasure *t = goe_new(struct treasure);
        t->number = i;
        t->check = ~i;
        w->holder[i * (HOLDERS / TREASURES)]->treasure = t;
    }
    return w;
}

static void garbage(struct world *w)
{
    for (size_t n = 0; n < w->churn; n += 64)
        memset(goe_alloc(63), 0xa5, 63);
    if (rnd(w, 4096) == 0)
        memset(goe_alloc(100000), 0xa5, 100000);
}

/* What a move does between taking the treasure and giving it away. */
typedef struct treasure *carry(struct world *w, struct treasure *t);

static void moves(struct world *w, carry *how, int steps)
{
    for (int i = 0; i < steps; i++) {
        struct holder *from = w->holder[rnd(w, HOLDERS)], *to = w->holder[rnd(w, HOLDERS)];
        struct treasure *t = from->treasure, *u = to->treasure;
        from->treasure = NULL;
        if (t)
            t = how(w, t);
        w->wrong += t && t->check != ~t->number;
        if (from == to)
            u = NULL;
        to->treasure = t;
        from->treasure = from == to ? t : u;
        garbage(w);
    }
}

static void all_there(struct world *w)
{
    unsigned seen = 0;
    uint64_t sum = 0;

    for (int i = 0; i < HOLDERS; i++) {
        struct treasure *t = w->holder[i]->treasure;
        if (t && t->check == ~t->number) {
            seen++;
            sum += t->number;
        }
    }
    ck_assert_uint_eq(w->wrong, 0);
    ck_assert_uint_eq(seen, TREASURES);
    ck_assert_uint_eq(sum, TREASURES * (TREASURES - 1) / 2);
}

static struct treasure *by_hand(struct world *w, struct treasure *t)
{
    (void)w;
    return t;
}

/* Only this frame has it for a while, in which cycles begin and end. */
static struct treasure *on_the_stack(struct world *w, struct treasure *t)
{
    struct treasure *volatile kept = t;

    t = NULL;
    for (int i = 0; i < 40; i++)
        garbage(w);
    return kept;
}

/* It gets a new shell, which only the stack holds. */
static struct treasure *copied(struct world *w, struct treasure *t)
{
    struct treasure *n = goe_new(struct treasure);

    garbage(w);
    *n = *t;
    return n;
}

/* By way of a new object that is only reachable from another new one. */
static struct treasure *in_new_objects(struct world *w, struct treasure *t)
{
    struct treasure ***outer = goe_alloc(sizeof *outer);

    *outer = goe_alloc(sizeof **outer);
    **outer = t;
    t = NULL;
    for (int i = 0; i < 20; i++)
        garbage(w);
    return **outer;
}

static struct treasure *in_a_large_object(struct world *w, struct treasure *t)
{
    struct treasure **large = goe_alloc(200000);
    uint32_t at = rnd(w, 200000 / 8);

    large[at] = t;
    t = NULL;
    garbage(w);
    return large[at];
}

static int ends[2]; /* of a pipe */

/* The kernel writes it to where it goes. */
static struct treasure *through_the_kernel(struct world *w, struct treasure *t)
{
    struct holder *h = w->holder[rnd(w, HOLDERS)];
    struct treasure *other = h->treasure;

    if (write(ends[1], &t, sizeof t) != sizeof t ||
        read(ends[0], &h->treasure, sizeof t) != sizeof t)
        w->wrong++;
    t = NULL;
    garbage(w);
    t = h->treasure;
    h->treasure = other;
    return t;
}

static struct treasure *in_malloced_memory(struct world *w, struct treasure *t)
{
    struct treasure **p = malloc(sizeof *p + rnd(w, 5000));

    *p = t;
    t = NULL;
    for (int i = 0; i < 10; i++)
        garbage(w);
    t = *p;
    free(p);
    return t;
}

/* One that was not there when the cycle began, nor is where the marker still has to go. */
static struct treasure *renewed(struct world *w, struct treasure *t)
{
    struct treasure *copy = goe_new(struct treasure);

    (void)w;
    *copy = *t;
    return copy;
}

/* So much that it is watched rather than read (foreign.c). */
static struct treasure *in_much_memory(struct world *w, struct treasure *t)
{
    enum { BYTES = 40 << 20 };
    static struct treasure **much; /* of this process, or this thread's alone */
    static pthread_mutex_t mine = PTHREAD_MUTEX_INITIALIZER;

    if (pthread_mutex_trylock(&mine))
        return t;
    if (!much) {
        much = malloc(BYTES);
        memset(much, 1, BYTES);
    }
    struct treasure **p = much + rnd(w, BYTES / 8);
    *p = t;
    t = NULL;
    for (int i = 0; i < 10; i++)
        garbage(w);
    t = *p;
    *p = NULL;
    pthread_mutex_unlock(&mine);
    return t;
}

static struct treasure *collected_by_hand(struct world *w, struct treasure *t)
{
    if (H.phase == PHASE_MARK && rnd(w, 16) == 0)
        goe_gc(); /* cancels the cycle under way */
    return t;
}

static carry *const ways[] = {by_hand,
                              on_the_stack,
                              copied,
                              in_new_objects,
                              in_a_large_object,
                              through_the_kernel,
                              in_malloced_memory,
                              in_much_memory,
                              renewed,
                              collected_by_hand};

START_TEST(pointers_move)
{
    struct world *w = world_new((uint64_t)_i + 1);

    ck_assert_int_eq(pipe(ends), 0);
    moves(w, ways[_i], _i ? STEPS / 4 : STEPS);
    all_there(w);
}
END_TEST

static void *roam(void *arg)
{
    struct world *w = arg;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i] != through_the_kernel)
            moves(w, ways[i], STEPS / 32);
    return NULL;
}

START_TEST(pointers_move_in_threads)
{
    pthread_t thread[THREADS];
    struct world *w[THREADS];

    for (int i = 0; i < THREADS; i++) {
        w[i] = world_new((uint64_t)i + 7);
        pthread_create(&thread[i], NULL, roam, w[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS; i++)
        all_there(w[i]);
}
END_TEST

static void *fills_cells(void *unused)
{
    while (!finished) {
        *goe_new(struct treasure) = (struct treasure){1, 1};
        for (volatile int i = 0; i < 100; i++)
            ; /* it is not this thread that makes a cycle late */
    }
    return unused;
}

/* While a cycle marks, cells are handed out among those that live, which it may not have reached yet. */
START_TEST(allocates_among_the_living)
{
    enum { LIVING = 20000, APART = 32, CYCLES = 50 }; /* so far apart that there is room between for a whole cycle */
    static struct treasure *kept[LIVING];
    pthread_t thread[THREADS];

    for (uint64_t i = 0; i < LIVING; i++) {
        for (int k = 0; k < APART; k++)
            kept[i] = goe_new(struct treasure);
        *kept[i] = (struct treasure){i, ~i};
    }
    goe_gc();
    finished = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, fills_cells, NULL);
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        uint64_t before = H.stats.collections;
        while (H.stats.collections == before)
            *goe_new(struct treasure) = (struct treasure){1, 1};
        for (uint64_t i = 0; i < LIVING; i++)
            ck_assert(kept[i]->number == i && kept[i]->check == ~i);
    }
    finished = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}
END_TEST

/* The child is made in whatever phase a cycle is in, and has no thread that could end it. */
START_TEST(forked_in_every_phase)
{
    struct world *w = world_new(99);

    for (int i = 0; i < 40; i++) {
        moves(w, by_hand, 200 + 10 * i);
        pid_t child = fork();
        if (child == 0) {
            moves(w, copied, 2000);
            for (int n = 0; n < 12000; n++) /* and collections of its own */
                goe_alloc(1000);
            all_there(w);
            _exit(0);
        }
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
    all_there(w);
}
END_TEST

/* Lists grow that hang on the stack alone while they are built. */
START_TEST(built_from_the_stack)
{
    enum { ROUNDS = 60 };
    struct world *w = world_new(3);
    static struct holder *kept[ROUNDS]; /* the heap grows meanwhile */

    for (int round = 0; round < ROUNDS; round++) {
        struct holder *list = NULL;
        for (int i = 0; i < 3000; i++) {
            struct holder *h = goe_new(struct holder);
            h->next = list;
            memset(h->rest, i, sizeof h->rest);
            list = h;
            if (i % 8 == 0)
                garbage(w);
        }
        kept[round] = list;
        for (int i = 3000; i-- > 0; list = list->next)
            for (size_t j = 0; j < sizeof list->rest; j++)
                w->wrong += list->rest[j] != (char)i;
        ck_assert_ptr_null(list);
    }
    for (int round = 0; round < ROUNDS; round++) {
        int n = 3000;
        for (struct holder *h = kept[round]; h; h = h->next)
            w->wrong += h->rest[111] != (char)--n;
        ck_assert_int_eq(n, 0);
    }
    all_there(w);
}
END_TEST

static void *last(void *arg)
{
    struct world *w = arg;

    moves(w, by_hand, STEPS / 4);
    all_there(w);
    return NULL;
}

/* A process whose main thread has ended ends with the last thread of the program: the collector's is none. */
START_TEST(ends_with_its_last_thread)
{
    pid_t child = fork();

    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, last, world_new(8));
        pthread_detach(thread);
        pthread_exit(NULL);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* The program closes what it does not know, as daemons do, and opens files of its own under the numbers that were
 * the collector's: they stay open, and are not read. */
static void *closes(void *world)
{
    struct world *w = world;

    for (int round = 0; !finished; round++) {
        int mine[30], n = round % 2 ? 30 : 2; /* a few, so that the collector gets the next number; then many */
        for (int fd = 3; fd < 40; fd++)
            close(fd);
        for (int i = 0; i < n; i++) {
            mine[i] = open("/proc/self/exe", O_RDONLY);
            lseek(mine[i], i, SEEK_SET);
        }
        for (int k = 0; k < 50; k++)
            sched_yield();
        for (int i = 0; i < n; i++)
            w->wrong += mine[i] < 0 || lseek(mine[i], 0, SEEK_CUR) != i;
    }
    return NULL;
}

static int closed_by_another(void)
{
    struct world *w = world_new(9), *other = world_new(10);
    pthread_t t;

    finished = 0;
    pthread_create(&t, NULL, closes, other);
    moves(w, by_hand, STEPS / 4);
    finished = 1;
    pthread_join(t, NULL);
    all_there(w);
    return other->wrong == 0;
}

START_TEST(descriptors_closed_and_reused)
{
    for (int i = 0; i < 6; i++) {
        pid_t child = fork(); /* Check's own are among those closed */
        if (child == 0)
            _exit(closed_by_another() ? 0 : 1);
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

/* Whether some allocation changes errno when one of them finds that the descriptor for the pages is gone. */
static int errno_changes(void)
{
    struct world *w = world_new(11);
    int changes = 0;

    moves(w, by_hand, STEPS / 4);
    goe_gc(); /* no cycle is under way now */
    for (int fd = 3; fd < 40; fd++)
        close(fd);
    for (int i = 0; i < 100000; i++) {
        errno = 12345;
        goe_alloc(1000);
        changes += errno != 12345;
    }
    all_there(w);
    return changes;
}

START_TEST(errno_survives_closed_descriptors)
{
    pid_t child = fork();

    if (child == 0)
        _exit(errno_changes() ? 1 : 0);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* The number of the file by which memory is watched; negative: there is none. */
static int watching_file(void)
{
    for (int fd = 3; fd < 64; fd++) {
        char path[64], target[64] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (readlink(path, target, sizeof target - 1) > 0 && strstr(target, "userfaultfd"))
            return fd;
    }
    return -1;
}

/* Closes it while a cycle depends on it. */
static volatile int file_closed;
static void *closes_watch(void *unused)
{
    int fd;

    while ((fd = watching_file()) < 0 && !finished)
        ;
    while (H.phase != PHASE_MARK && !finished)
        ;
    if (fd >= 0)
        close(fd);
    file_closed = 1;
    return unused;
}

static int watch_closed(void)
{
    struct world *w = world_new(11);
    pthread_t t;

    finished = file_closed = 0;
    pthread_create(&t, NULL, closes_watch, NULL);
    for (int i = 0; i < 400 && !file_closed; i++)
        moves(w, renewed, STEPS / 400);
    moves(w, renewed, STEPS / 20);
    finished = 1;
    pthread_join(t, NULL);
    all_there(w);
    return 1;
}

START_TEST(watch_closed_while_marking)
{
    for (int i = 0; i < 120; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(watch_closed() ? 0 : 1);
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

static int threads_now(void)
{
    int threads = 0;
    DIR *d = opendir("/proc/self/task");

    for (struct dirent *e; (e = readdir(d));)
        threads += e->d_name[0] != '.';
    closedir(d);
    return threads;
}

/* All this proves nothing if no cycle runs: its thread must be there, where the kernel can. */
START_TEST(there_is_a_collector)
{
    struct world *w = world_new(5);
    struct goe_stats s;

    moves(w, by_hand, STEPS);
    goe_stats(&s);
    int threads = threads_now();
    if (s.minor == 0 && threads == 1) /* Linux before 6.7, or a sandbox */
        puts("runtime_cycle: no collections beside the program on this system");
    else
        ck_assert_int_eq(threads, 2);
    ck_assert_uint_gt(s.collections, 5);
}
END_TEST

static void nothing(int sig)
{
    (void)sig;
}

/* Also in a program that has all signals blocked, in order to wait for them, or to leave them to other threads. */
START_TEST(there_is_a_collector_without_signals)
{
    struct world *w = world_new(6);
    sigset_t all, old;

    signal(SIGUSR1, nothing);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    moves(w, by_hand, STEPS);
    int threads = threads_now();
    sigprocmask(SIG_SETMASK, &old, NULL);
    moves(w, by_hand, STEPS);
    ck_assert_int_eq(threads, threads_now());
}
END_TEST

int main(void)
{
    if (probe_stress()) {
        puts("runtime_cycle: with stress=n each collection is a stop, so there is nothing to test");
        return EXIT_SUCCESS;
    }
    if (!getenv("GOESCAPE"))
        setenv("GOESCAPE", "concurrent=2:minheap=2m", 1);
    Suite *s = suite_create("runtime_cycle");
    TCase *c = tcase_create("cycle");

    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, pointers_move, 0, sizeof ways / sizeof *ways);
    tcase_add_test(c, pointers_move_in_threads);
    tcase_add_test(c, allocates_among_the_living);
    tcase_add_test(c, forked_in_every_phase);
    tcase_add_test(c, built_from_the_stack);
    tcase_add_test(c, ends_with_its_last_thread);
    tcase_add_test(c, descriptors_closed_and_reused);
    tcase_add_test(c, errno_survives_closed_descriptors);
    tcase_add_test(c, watch_closed_while_marking);
    tcase_add_test(c, there_is_a_collector);
    tcase_add_test(c, there_is_a_collector_without_signals);
    suite_add_tcase(s, c);
    return probe_main(s);
}
