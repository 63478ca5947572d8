/* Two copies of the runtime in one process: built as a program and, with -DLIBRARY, as a library, each with a copy
 * of its own. They hand objects to each other, allocate and collect in turn, from threads, and there must be one heap.
 *
 *     copies LIBRARY program|library two|one|apart
 *
 * Who needs the runtime first; whether the library's calls go to a copy of its own; apart: opened by dlmopen.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "goescape.h"

struct node {
    struct node *next;
    long value;
};

/* What a copy offers the other. */
struct side {
    struct node *(*prepend)(struct node *list, long value); /* in each way there is */
    void (*collect)(void);
    uint64_t (*collections)(void);
    void (*finalize)(void *p, void (*fn)(void *, void *), void *arg);
    long (*(*closure)(void))(void);
};

static const uint64_t map = 1;
static const struct __goe_type node_type = {sizeof(struct node), 8, 1, &map};
static const struct __goe_type byte_type = {1, 1, 0, NULL};

static struct node *prepend(struct node *list, long value)
{
    struct node *n;

    switch (value % 8) {
    case 0: n = __goe_new(&node_type); break;
    case 1: n = __goe_new_inline(&node_type); break;
    case 2: n = goe_new(struct node); break;
    case 3: n = goe_make(struct node, 3); break;
    case 4: n = goe_alloc(value % 1000 ? sizeof *n : 50000); break;
    case 5: n = __goe_make_typed(&node_type, 2); break;
    case 6: n = __goe_new_array(&node_type, 5 * sizeof *n); break;
    default: n = __goe_new_zero(sizeof *n, 64, "node"); break;
    }
    memset(__goe_make_typed(&byte_type, 100 + value % 7 * 10000), 0x55, 100);
    n->next = list;
    n->value = value;
    return n;
}

static uint64_t collections(void)
{
    struct goe_stats s;

    goe_stats(&s);
    return s.collections;
}

static long seven(void)
{
    return 7;
}

static long (*closure(void))(void)
{
    return (long (*)(void))__goe_closure((void *)seven, goe_alloc(8));
}

__attribute__((visibility("default"))) const struct side library_side = {
    prepend, goe_gc, collections, goe_set_finalizer, closure,
};

#ifndef LIBRARY
static struct side sides[2]; /* this one and the other */
static volatile int finalized, done;

static void need(int right, const char *what)
{
    if (right)
        return;
    printf("%s\n", what);
    fflush(stdout);
    _Exit(1);
}

static void on_final(void *p, void *arg)
{
    need(((struct node *)p)->value == (long)(intptr_t)arg, "a finalizer");
    finalized = 1;
}

/* A list by both. */
static void *work(void *unused)
{
    struct node *list = NULL;
    long n = 0;

    for (; n < 1200; n++)
        list = sides[n / 3 % 2].prepend(list, n);
    while (n-- > 0) {
        need(list && list->value == n, "a list of both");
        list = list->next;
    }
    return unused;
}

static void *collect(void *unused)
{
    for (int i = 0; !done; i++)
        sides[i % 2].collect();
    return unused;
}

static __attribute__((noinline)) void finalizable(void)
{
    for (int i = 0; i < 50; i++)
        sides[i % 2].finalize(sides[1 - i % 2].prepend(NULL, 2), on_final, (void *)(intptr_t)2);
}

int main(int argc, char **argv)
{
    const struct side here = {prepend, goe_gc, collections, goe_set_finalizer, closure};
    pthread_t t[3], gc;
    int status = 1;

    need(argc > 3, "how?");
    alarm(100);
    if (argv[2][0] == 'p')
        prepend(NULL, 1);
    void *handle = argv[3][0] == 'a' ? dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW) : dlopen(argv[1], RTLD_NOW);
    need(handle != NULL, "dlopen");
    const struct side *there = dlsym(handle, "library_side");
    need(there && (there->collect == goe_gc) == (argv[3][0] == 'o'), "a copy of its own or not");
    sides[0] = here;
    sides[1] = *there;
    sides[1].prepend(NULL, 2);
    sides[1].collect();
    sides[0].collect();
    uint64_t n = sides[0].collections();
    sides[1].collect();
    need(sides[1].collections() == n + 1 && sides[0].collections() == n + 1, "one heap");
    need(sides[0].closure()() == 7 && sides[1].closure()() == 7, "closures");
    pthread_create(&gc, NULL, collect, NULL);
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, work, NULL);
    work(NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    pid_t child = fork();
    if (child == 0) {
        work(NULL);
        sides[0].collect();
        sides[1].collect();
        _exit(0);
    }
    need(waitpid(child, &status, 0) == child && status == 0, "a forked child");
    finalizable();
    while (!finalized)
        sides[1].collect();
    done = 1;
    pthread_join(gc, NULL);
    struct node *list = NULL;
    for (long n = 0; n < 100; n++)
        list = sides[n % 2].prepend(list, n);
    dlclose(handle);
    sides[1] = here;
    work(NULL);
    goe_gc();
    for (long n = 100; n-- > 0; list = list->next)
        need(list->value == n, "a list of both, the other of which is gone");
    puts("ok");
    return 0;
}
#endif
