/* Invariant of minor collections: however an old object was written, what it then points to stays. */
#include "runtime_probe.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* Old objects, each of which gets the only pointer to a probe. */
static void **holder[PROBES];

static void *volatile ballast; /* in a heap of some size minor collections pay */

static __attribute__((noinline)) void make_holders(size_t bytes)
{
    static const struct __goe_type byte = {1, 1, 0, NULL};

    ballast = __goe_make_typed(&byte, 16 << 20);
    for (int i = 0; i < PROBES; i++)
        holder[i] = goe_alloc(bytes);
    goe_gc(); /* now they are old, and their pages watched */
    goe_gc();
}

/* Allocates until a collection has run, or several. Those beside the program may take their time, but must
 * come before the heap has doubled. */
static void churn(void)
{
    struct goe_stats before, now;

    goe_stats(&before);
    now = before;
    for (int round = 0; round < 1600 && now.collections == before.collections; round++) {
        for (int i = 0; i < probe_steps(2000); i++) {
            void **p = goe_alloc(40);
            p[0] = p;
        }
        goe_stats(&now);
    }
    ck_assert_uint_gt(now.collections, before.collections);
}

static void finish_with(void *place, size_t bytes)
{
    churn();
    ck_assert_int_eq(probe_alive(), PROBES);
    churn();
    ck_assert_int_eq(probe_alive(), PROBES);
    goe_gc();
    ck_assert_int_eq(probe_alive(), PROBES);
    memset(place, 0, bytes);
    PROBES_GONE();
}

static void finish(void)
{
    finish_with(holder, sizeof holder);
}

static __attribute__((noinline)) void store(int from, int to, size_t word)
{
    for (int i = from; i < to; i++)
        holder[i][word] = probe_new(i);
}

START_TEST(stored)
{
    make_holders(64);
    store(0, PROBES, 3);
    finish();
}
END_TEST

enum { BLOCKS = 4 * PROBES, BLOCK_BYTES = 32 << 10 };

static void **in_block[BLOCKS]; /* an object in each of so many blocks, or null */
static void *volatile chain;    /* all objects of those blocks */

static __attribute__((noinline)) void fill_blocks(void)
{
    uintptr_t last = 0;

    for (int n = 0, i = 0; n < BLOCKS && i < probe_steps(BLOCKS * BLOCK_BYTES / 64); i++) {
        void **p = goe_alloc(64);
        p[0] = chain;
        chain = p;
        if ((uintptr_t)p / BLOCK_BYTES != last)
            in_block[n++] = p;
        last = (uintptr_t)p / BLOCK_BYTES;
    }
}

START_TEST(stored_in_each_block)
{
    fill_blocks();
    make_holders(64);
    for (int i = 0; i < BLOCKS && in_block[i]; i += PROBES) {
        for (int k = 0; k < PROBES; k++)
            holder[k] = in_block[i + k] ? in_block[i + k] : holder[k];
        store(0, PROBES, 3);
        churn();
        ck_assert_int_eq(probe_alive(), PROBES);
        for (int k = 0; k < PROBES; k++)
            holder[k][3] = NULL;
    }
}
END_TEST

START_TEST(stored_into_large_objects)
{
    make_holders(100000);
    store(0, PROBES, 9000);
    finish();
}
END_TEST

START_TEST(stored_one_after_another_collection)
{
    make_holders(64);
    for (int i = 0; i < PROBES; i++) {
        store(i, i + 1, 2);
        if (i % 8 == 0)
            churn();
    }
    finish();
}
END_TEST

static __attribute__((noinline)) void copy_in(int by_pipe)
{
    int fd[2];

    ck_assert_int_eq(pipe(fd), 0);
    for (int i = 0; i < PROBES; i++) {
        void *p = probe_new(i);
        if (by_pipe) {
            ck_assert_int_eq(write(fd[1], &p, sizeof p), sizeof p);
            p = NULL;
            ck_assert_int_eq(read(fd[0], &holder[i][1], sizeof p), sizeof p);
        } else {
            memcpy(&holder[i][1], &p, sizeof p);
        }
    }
    close(fd[0]);
    close(fd[1]);
}

START_TEST(copied_by_libc)
{
    make_holders(64);
    copy_in(0);
    finish();
}
END_TEST

START_TEST(written_by_the_kernel)
{
    make_holders(64);
    copy_in(1);
    finish();
}
END_TEST

static void *stores(void *unused)
{
    store(0, PROBES, 4);
    return unused;
}

START_TEST(stored_by_another_thread)
{
    pthread_t t;

    make_holders(64);
    pthread_create(&t, NULL, stores, NULL);
    pthread_join(t, NULL);
    finish();
}
END_TEST

START_TEST(stored_in_a_forked_child)
{
    make_holders(64);
    store(0, PROBES / 2, 1);
    pid_t child = fork();
    if (child == 0) {
        store(PROBES / 2, PROBES, 1);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < probe_steps(200000); j++)
                goe_alloc(40);
            if (probe_alive() != PROBES)
                _exit(1);
        }
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    store(PROBES / 2, PROBES, 1);
    finish();
}
END_TEST

/* The child has its parent's descriptor, and must not protect its parent's pages by it. */
START_TEST(stored_before_a_child_collects)
{
    make_holders(64);
    store(0, PROBES, 5);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            churn();
            goe_gc();
        }
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    finish();
}
END_TEST

START_TEST(all_descriptors_closed)
{
    pid_t child = fork();

    if (child == 0) {
        make_holders(64);
        for (int fd = 0; fd < 1024; fd++)
            close(fd);
        for (int i = 0; i < 10; i++) /* what was the collector's is theirs now */
            if (pipe((int[2]){0, 0}))
                _exit(2);
        int status = -1;
        pid_t grandchild = fork(); /* which knows that it has no such file */
        if (grandchild == 0) {
            goe_gc();
            for (int fd = 0; fd < 20; fd++)
                if (fcntl(fd, F_GETFD) < 0)
                    _exit(1);
            _exit(0);
        }
        if (waitpid(grandchild, &status, 0) != grandchild || status)
            _exit(3);
        store(0, PROBES, 1);
        for (int j = 0; j < probe_steps(600000); j++)
            goe_alloc(40);
        _exit(probe_alive() == PROBES ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* What survives one minor collection in a block that was empty is young in the next; among old objects it is old, and
 * may hold the only pointer to what is not, stored before that. */
START_TEST(stored_before_it_was_old)
{
    enum { FULL = 4096 }; /* more than fit into a block that is in use already */
    static void **parent[PROBES];

    make_holders(64);
    for (int i = 0; i < PROBES; i++)
        parent[i] = goe_alloc(64); /* beside the holders */
    for (int i = 0; i < FULL; i++)
        goe_alloc(PROBE_BYTES);
    for (int i = 0; i < PROBES; i++)
        parent[i][3] = probe_new(i);
    churn();
    finish_with(parent, sizeof parent);
}
END_TEST

/* A closure is old as soon as it has survived, what its chain leads to later. */
START_TEST(stored_in_a_closure)
{
    enum { FULL = 4096 };
    static void *closure[PROBES];

    make_holders(64);
    for (int i = 0; i < FULL; i++)
        goe_alloc(PROBE_BYTES);
    for (int i = 0; i < PROBES; i++)
        closure[i] = __goe_closure((void *)churn, probe_new(i));
    churn();
    finish_with(closure, sizeof closure);
}
END_TEST

/* What the program was at work on when a minor collection came does not stay until a full one. */
START_TEST(dropped_after_one_collection)
{
    enum { MANY = 20000 };
    static void **volatile list;
    struct goe_stats before, first, second;

    if (strstr(getenv("GOESCAPE"), "concurrent=2"))
        return; /* beside the program, survivors are old at once */
    make_holders(64);
    churn();
    goe_stats(&before);
    for (int i = 0; i < MANY; i++) {
        void **p = goe_alloc(40);
        p[0] = list;
        list = p;
    }
    churn();
    goe_stats(&first);
    list = NULL;
    probe_wipe_stack();
    churn();
    goe_stats(&second);
    if (first.collections - before.collections > 1)
        return; /* under stress= it has survived thousands, and is old by right */
    if (first.minor == 0 || second.minor - first.minor < second.collections - first.collections)
        return; /* no minor collections on this system, or a full one in between */
    ck_assert_uint_gt(first.live_objects, MANY);
    ck_assert_uint_lt(second.live_objects, MANY / 2);
}
END_TEST

START_TEST(minor_collections_happen)
{
    struct goe_stats s;

    make_holders(64);
    for (int i = 0; i < 8; i++)
        churn();
    goe_stats(&s);
    if (s.minor == 0) /* Linux before 6.7, or a sandbox */
        puts("runtime_gen: no minor collections on this system");
    else
        ck_assert_uint_gt(s.minor, 2);
}
END_TEST

int main(void)
{
    if (!getenv("GOESCAPE")) /* many collections */
        setenv("GOESCAPE", "minheap=256k", 1);
    Suite *s = suite_create("runtime_gen");
    TCase *c = tcase_create("minor");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, stored);
    tcase_add_test(c, stored_in_each_block);
    tcase_add_test(c, stored_into_large_objects);
    tcase_add_test(c, stored_one_after_another_collection);
    tcase_add_test(c, copied_by_libc);
    tcase_add_test(c, written_by_the_kernel);
    tcase_add_test(c, stored_by_another_thread);
    tcase_add_test(c, stored_in_a_forked_child);
    tcase_add_test(c, stored_before_a_child_collects);
    tcase_add_test(c, all_descriptors_closed);
    tcase_add_test(c, stored_before_it_was_old);
    tcase_add_test(c, stored_in_a_closure);
    tcase_add_test(c, dropped_after_one_collection);
    tcase_add_test(c, minor_collections_happen);
    suite_add_tcase(s, c);
    return probe_main(s);
}
