/* Invariant: memory of the program's that is not read again because it has not changed (foreign.c) has not: whatever
 * writes a pointer to it, the object stays.
 *
 * Each test has 48 MB of memory that collections have come to know, and then puts the only pointers to the probes
 * there in some way. That it is not read again is looked at, too, where the kernel can watch it. */
#include "runtime_probe.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 48 << 20, STEP = BYTES / 8 / PROBES };

static void **memory;

static uint64_t read_last_time(void)
{
    struct goe_stats s;

    goe_stats(&s);
    return s.root_bytes;
}

static bool can_watch; /* as was seen */

static __attribute__((noinline)) void make_known(void)
{
    for (int i = 0; i < 4; i++)
        goe_gc();
    can_watch = read_last_time() < BYTES / 2;
    if (!can_watch) /* Linux before 6.7, or a sandbox */
        puts("runtime_foreign: no memory is watched on this system");
}

static void **map_known(void)
{
    memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    memset(memory, 1, BYTES);
    make_known();
    return memory;
}

static void **place(int i)
{
    return memory + i * STEP + i % 512;
}

static __attribute__((noinline)) void store_some(int from, int to)
{
    for (int i = from; i < to; i++)
        *place(i) = probe_new(i);
}

static void clear(void)
{
    for (int i = 0; i < PROBES; i++)
        *place(i) = NULL;
}

/* Held for as long as it is there, on pages that are not written any more. */
static void held_and_gone(void)
{
    for (int i = 0; i < 4; i++)
        PROBES_HELD();
    if (can_watch)
        ck_assert_uint_lt(read_last_time(), BYTES / 2);
    clear();
    PROBES_GONE();
}

START_TEST(stored)
{
    map_known();
    store_some(0, PROBES);
    held_and_gone();
}
END_TEST

START_TEST(stored_before)
{
    memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, BYTES);
    store_some(0, PROBES);
    make_known();
    held_and_gone();
}
END_TEST

START_TEST(stored_one_after_another_collection)
{
    map_known();
    for (int i = 0; i < PROBES; i++) {
        store_some(i, i + 1);
        if (i % 8 == 0)
            goe_gc();
    }
    held_and_gone();
}
END_TEST

START_TEST(in_malloced_memory)
{
    memory = malloc(BYTES);
    memset(memory, 1, BYTES);
    make_known();
    store_some(0, PROBES);
    held_and_gone();
    free(memory);
}
END_TEST

/* The memory moves, and what is known of it does not. */
START_TEST(realloc_moves)
{
    memory = malloc(BYTES);
    memset(memory, 1, BYTES);
    make_known();
    store_some(0, PROBES / 2);
    goe_gc();
    void *in_the_way = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memory = realloc(memory, BYTES + (64 << 20));
    goe_gc();
    store_some(PROBES / 2, PROBES);
    held_and_gone();
    free(memory);
    munmap(in_the_way, 1 << 20);
}
END_TEST

START_TEST(moved_within)
{
    map_known();
    store_some(0, PROBES);
    goe_gc();
    goe_gc();
    void **from = place(0);
    memmove(from + 5000, from, BYTES - 8 * 5000 - (size_t)((char *)from - (char *)memory));
    memset(from, 0, 8 * 5000);
    memory += 5000;
    for (int i = 0; i < 4; i++)
        PROBES_HELD();
}
END_TEST

START_TEST(written_by_the_kernel)
{
    int fd[2];

    map_known();
    ck_assert_int_eq(pipe(fd), 0);
    for (int i = 0; i < PROBES; i++) {
        void *p = probe_new(i);
        ck_assert_int_eq(write(fd[1], &p, sizeof p), sizeof p);
        p = NULL;
        ck_assert_int_eq(read(fd[0], place(i), sizeof p), sizeof p);
    }
    held_and_gone();
}
END_TEST

static void *stores(void *unused)
{
    store_some(0, PROBES);
    return unused;
}

START_TEST(stored_by_another_thread)
{
    pthread_t t;

    map_known();
    pthread_create(&t, NULL, stores, NULL);
    pthread_join(t, NULL);
    held_and_gone();
}
END_TEST

/* Pages that are given up and come again. */
START_TEST(let_go_of)
{
    map_known();
    ck_assert_int_eq(madvise(memory, BYTES, MADV_DONTNEED), 0);
    goe_gc();
    store_some(0, PROBES / 2);
    goe_gc();
    ck_assert_int_eq(madvise((char *)memory + BYTES / 2, BYTES / 2, MADV_DONTNEED), 0);
    store_some(PROBES / 2, PROBES);
    held_and_gone();
}
END_TEST

START_TEST(mapped_anew)
{
    map_known();
    for (int i = 0; i < PROBES; i++) {
        if (i % 16 == 0) {
            void *at = (char *)memory + BYTES / PROBES * i;
            size_t n = BYTES / 4;
            munmap(at, n);
            ck_assert_ptr_eq(
                mmap(at, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), at);
            if (i % 32)
                memset(at, 1, n);
        }
        store_some(i, i + 1);
        if (i % 4 == 0)
            goe_gc();
    }
    held_and_gone();
}
END_TEST

START_TEST(made_read_only)
{
    map_known();
    store_some(0, PROBES);
    ck_assert_int_eq(mprotect(memory, BYTES, PROT_READ), 0);
    for (int i = 0; i < 3; i++)
        PROBES_HELD();
    ck_assert_int_eq(mprotect(memory, BYTES, PROT_READ | PROT_WRITE), 0);
    held_and_gone();
}
END_TEST

START_TEST(in_a_forked_child)
{
    map_known();
    store_some(0, PROBES / 2);
    goe_gc();
    pid_t child = fork();
    if (child == 0) {
        store_some(PROBES / 2, PROBES);
        for (int i = 0; i < 5; i++) {
            probe_collect();
            if (probe_alive() != PROBES)
                _exit(1);
        }
        clear();
        probe_collect();
        _exit(probe_alive() <= PROBE_LINGER ? 0 : 2);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    store_some(PROBES / 2, PROBES);
    held_and_gone();
}
END_TEST

START_TEST(all_descriptors_closed)
{
    pid_t child = fork();

    if (child == 0) {
        map_known();
        store_some(0, PROBES / 2);
        goe_gc();
        for (int fd = 0; fd < 1024; fd++)
            close(fd);
        for (int i = 0; i < 10; i++) /* what was the collector's is theirs now */
            if (pipe((int[2]){0, 0}))
                _exit(2);
        store_some(PROBES / 2, PROBES);
        for (int i = 0; i < 3; i++)
            probe_collect();
        _exit(probe_alive() == PROBES ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* Most of it written each time: it is left alone, and is none the worse for it. */
START_TEST(written_all_the_time)
{
    struct rusage before, after;

    map_known();
    for (int round = 0; round < 6; round++) {
        getrusage(RUSAGE_SELF, &before);
        for (size_t i = 0; i < BYTES / 8; i += 512)
            memory[i] = (void *)(uintptr_t)round;
        getrusage(RUSAGE_SELF, &after);
        store_some(0, PROBES);
        PROBES_HELD();
    }
    ck_assert_int_lt(after.ru_minflt - before.ru_minflt, BYTES / 4096 / 2);
    clear();
    PROBES_GONE();
    for (int i = 0; i < 80; i++)
        goe_gc();
    if (can_watch)
        ck_assert_uint_lt(read_last_time(), BYTES / 2);
}
END_TEST

/* Objects that survive minor collections because of it. */
START_TEST(minor_collections)
{
    static void *volatile ballast;

    ballast = __goe_make_typed(&(struct __goe_type){1, 1, 0, NULL}, 16 << 20);
    map_known();
    for (int round = 0; round < 8; round++) {
        store_some(0, PROBES);
        for (int i = 0; i < probe_steps(400000); i++)
            goe_alloc(40);
        ck_assert_int_eq(probe_alive(), PROBES);
    }
    held_and_gone();
    ck_assert_ptr_nonnull(ballast);
}
END_TEST

int main(void)
{
    if (!getenv("GOESCAPE"))
        setenv("GOESCAPE", "minheap=256k", 1);
    Suite *s = suite_create("runtime_foreign");
    TCase *c = tcase_create("memory");

    tcase_set_timeout(c, 120);
    tcase_add_test(c, stored);
    tcase_add_test(c, stored_before);
    tcase_add_test(c, stored_one_after_another_collection);
    tcase_add_test(c, in_malloced_memory);
    tcase_add_test(c, realloc_moves);
    tcase_add_test(c, moved_within);
    tcase_add_test(c, written_by_the_kernel);
    tcase_add_test(c, stored_by_another_thread);
    tcase_add_test(c, let_go_of);
    tcase_add_test(c, mapped_anew);
    tcase_add_test(c, made_read_only);
    tcase_add_test(c, in_a_forked_child);
    tcase_add_test(c, all_descriptors_closed);
    tcase_add_test(c, written_all_the_time);
    tcase_add_test(c, minor_collections);
    suite_add_tcase(s, c);
    return probe_main(s);
}
