/* SPDX-License-Identifier: BSL-1.0
 *
 * One program that does what the runtime has to live with, built and run by check.sh in many ways: a
 * constructor and a destructor that allocate, an atexit handler, threads, malloc and the heap pointing
 * into each other, finalizers, a library opened and closed. It prints one line, "ok".
 */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goescape.h"

struct node {
    struct node *left, *right;
    long value;
};

static const uint64_t map = 3;
static const struct __goe_type node_type = {sizeof(struct node), 8, 2, &map};

static struct node *make(int depth, long value)
{
    struct node *n = __goe_new(&node_type);

    n->value = value;
    if (depth > 0) {
        n->left = make(depth - 1, value);
        n->right = make(depth - 1, value);
    }
    return n;
}

static long sum(const struct node *n)
{
    return n ? n->value + sum(n->left) + sum(n->right) : 0;
}

static void need(int right, const char *what)
{
    if (right)
        return;
    printf("%s\n", what);
    fflush(stdout);
    _Exit(1);
}

static struct node *before_main;

__attribute__((constructor)) static void first(void)
{
    before_main = make(8, 2);
    goe_gc();
}

__attribute__((destructor)) static void last(void)
{
    struct node *n = make(8, 3);

    goe_gc();
    need(sum(n) == 3 * 511 && sum(before_main) == 2 * 511, "a destructor");
}

static void at_exit(void)
{
    struct node *n = make(8, 1);

    goe_gc();
    need(sum(n) == 511, "an exit handler");
}

static void *work(void *arg)
{
    struct node **outside = malloc(sizeof *outside); /* the heap's only pointer is in here, */
    long value = *(long *)arg;

    need(outside != NULL, "no memory for malloc");
    struct node *holder = __goe_new(&node_type); /* whose only pointer is in the heap */
    holder->left = (struct node *)(void *)outside;
    *outside = make(9, value);
    for (int i = 0; i < 200; i++)
        need(sum(make(7, i)) == 255L * i, "a short-lived tree");
    need(sum(*(struct node **)(void *)holder->left) == 1023 * value, "a tree held by malloc");
    free(outside);
    return arg;
}

/* Puts the only pointer to a tree into a place: none is left on the stack. */
static __attribute__((noinline)) void keep(struct node **at, long value)
{
    *at = make(8, value);
}

static __attribute__((noinline)) void wipe_stack(void)
{
    volatile char space[1 << 14];

    for (unsigned i = 0; i < sizeof space; i++)
        space[i] = 0;
}

static struct node **(*library_tls)(void);
static sem_t kept, looked;

/* Another thread's instance of a library's thread-local storage. */
static void *keeps_in_library(void *unused)
{
    keep(library_tls(), 9);
    wipe_stack();
    sem_post(&kept);
    while (sem_wait(&looked))
        ;
    need(sum(*library_tls()) == 9 * 511, "another thread's thread-local data of a library");
    return unused;
}

/* Opens a library that keeps objects in its data, and closes it. */
static void library(const char *path)
{
    pthread_t t;
    void *handle = dlopen(path, RTLD_NOW);

    need(handle != NULL, "dlopen");
    struct node **data = dlsym(handle, "library_data"), **zero = dlsym(handle, "library_zero");
    void *symbol = dlsym(handle, "library_tls");
    memcpy(&library_tls, &symbol, sizeof library_tls);
    need(pthread_create(&t, NULL, keeps_in_library, NULL) == 0, "no memory for a thread");
    keep(data, 7);
    keep(zero, 6);
    keep(library_tls(), 5);
    wipe_stack();
    while (sem_wait(&kept))
        ;
    for (int i = 0; i < 100; i++)
        make(8, 1);
    goe_gc();
    for (int i = 0; i < 100; i++)
        make(8, 1);
    need(sum(*data) == 7 * 511, "the data of a library");
    need(sum(*zero) == 6 * 511, "the data of a library that is zero at first");
    need(sum(*library_tls()) == 5 * 511, "the thread-local data of a library");
    sem_post(&looked);
    pthread_join(t, NULL);
    dlclose(handle);
    goe_gc();
}

/* What a library has kept goes when it is closed. */
static void libraries(const char *path)
{
    struct goe_stats before, after;

    sem_init(&kept, 0, 0);
    sem_init(&looked, 0, 0);
    library(path);
    goe_stats(&before);
    for (int i = 0; i < 8; i++)
        library(path);
    goe_stats(&after);
    need(after.live_objects < before.live_objects + 8 * 511, "a library that has been closed");
}

int main(int argc, char **argv)
{
    pthread_t t[3];
    long value[3] = {11, 22, 33};

    atexit(at_exit);
    for (int i = 0; i < 3; i++)
        need(pthread_create(&t[i], NULL, work, &value[i]) == 0, "no memory for a thread");
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    if (argc > 1)
        libraries(argv[1]);
    goe_gc();
    need(sum(before_main) == 2 * 511, "a constructor");
    puts("ok");
    return 0;
}
