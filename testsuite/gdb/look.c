/* A program to look at with gdb: objects held by all kinds of roots, and a place to stop. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goescape.h"

struct node {
    long value;
    struct node *next;
};

static const uint64_t map = 2;
static const struct __goe_type node_type = {sizeof(struct node), 8, 2, &map};

struct node *by_variable, *by_malloc, *by_stack, *by_nobody, *by_closure;
char *text, *large;
static struct node *chain;
static struct node ***outside;
static void *closure;
static int stopped;

static __attribute__((noinline)) struct node *make(long value, struct node *next)
{
    struct node *n = __goe_new(&node_type);

    n->value = value;
    n->next = next;
    return n;
}

/* What is remembered of objects that this variable must not keep alive. */
#define HIDE(p) ((struct node *)~(uintptr_t)(p))

static __attribute__((noinline)) void stop_here(void)
{
    stopped++;
    __asm__ volatile("" : : : "memory");
}

static __attribute__((noinline)) void prepare(void)
{
    for (int i = 0; i < 500; i++) /* past the trial, so that the layout counts */
        make(i, NULL);
    struct node *last = make(3, NULL);
    by_variable = HIDE(last);
    chain = make(1, make(2, last));
    outside = malloc(sizeof *outside);
    *outside = malloc(sizeof **outside);
    struct node *in_malloc = make(4, NULL);
    by_malloc = HIDE(in_malloc);
    **outside = in_malloc;
    by_nobody = HIDE(make(5, NULL));
    __goe_closure(abort, NULL); /* so that it is the second one that is looked at */
    struct node *captured = make(7, NULL);
    by_closure = HIDE(captured);
    closure = __goe_closure(abort, captured);
    text = strcpy(goe_alloc(40), "a string");
    large = goe_make(char, 100000);
}

static __attribute__((noinline)) void wipe(void)
{
    volatile char space[1 << 14];

    for (unsigned i = 0; i < sizeof space; i++)
        space[i] = 0;
}

static __attribute__((noinline)) void holder(void)
{
    struct node *volatile mine = make(6, NULL);

    by_stack = HIDE(mine);
    wipe();
    goe_gc();
    wipe();
    stop_here();
    goe_keep_alive(mine);
}

/* ---- to step through ---- */

static volatile int done;
static void *busy(void *unused)
{
    while (!done) {
        struct node *n = NULL;
        for (int i = 0; i < 1000; i++)
            n = make(i, n);
    }
    return unused;
}

static __attribute__((noinline)) long steps(void)
{
    long sum = 0;
    struct node *n = NULL;
    for (int i = 0; i < 10; i++) {
        n = make(i, n);
        goe_gc();
        sum += n->value;
    }
    return sum;
}

int main(void)
{
    pthread_t t[2];

    prepare();
    wipe();
    holder();
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, busy, NULL);
    long sum = steps();
    done = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    puts(sum == 45 ? "\nok" : "\nwrong"); /* gdb may be in the middle of a line */
    return 0;
}
