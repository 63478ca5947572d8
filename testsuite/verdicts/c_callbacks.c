/* OPTIONS: m warn=none -fno-inline */
/* The callback idiom: a function and a `void *` for it. The data moves if something may keep it for a later call:
 * a function that is visible, known by model, or marked. What only calls back leaves it where it is. */
#include <pthread.h>
#include <stdlib.h>

#include "goescape.h"

typedef void handler(void *user);

static void count(void *user) { ++*(int *)user; } /* STAYS user */
static void *spied;
static void spy(void *user) { spied = user; } /* LEAKS user */

/* A visible function that keeps both. */
static struct {
    handler *call;
    void *user;
} table[10];
static int used;
static void on_event(handler *h, void *user) /* LEAKS h */ /* LEAKS user */
{
    table[used].call = h;
    table[used++].user = user;
}
void kept(void)
{
    int n = 0; /* MOVED n */
    on_event(count, &n);
}

/* One that calls back now: what the callback does decides. */
static void with(handler *h, void *user) { h(user); } /* STAYS h */ /* STAYS user */
int called_now(void)
{
    int n = 0; /* STAYS n */
    with(count, &n);
    return n;
}
int called_by_spy(void)
{
    int n = 0; /* MOVED n */
    with(spy, &n);
    return n;
}

/* Unknown functions: with a callback the data counts as captured, unless they say otherwise. */
void unknown(handler *, void *);
void unknown_keeps(handler *, void *user goe_escapes);
void unknown_calls(handler *, void *user goe_noescape);
void unknown_typed(void (*visit)(int), int *sum);
static void visit(int n) { (void)n; }
void captured(void)
{
    int n = 0; /* MOVED n */
    unknown(count, &n);
}
void marked_as_kept(void)
{
    int n = 0; /* MOVED n */
    unknown_keeps(count, &n);
}
int marked_as_not_kept(void)
{
    int n = 0; /* STAYS n */
    unknown_calls(count, &n);
    return n;
}
int not_the_data_of_the_callback(void)
{
    int n = 0; /* STAYS n */
    unknown_typed(visit, &n);
    return n;
}

/* Together in a struct. */
struct listener {
    handler *call;
    void *user;
    struct listener *next;
};
static struct listener *all;
static void add(struct listener *l) /* LEAKS l */
{
    l->next = all;
    all = l;
}
static void notify(const struct listener *l) { l->call(l->user); } /* STAYS l */
void listens(void)
{
    int n = 0;                              /* MOVED n */
    struct listener l = {count, &n, NULL}; /* MOVED l */
    add(&l);
}
int listens_now(void)
{
    int n = 0;                              /* STAYS n */
    struct listener l = {count, &n, NULL}; /* STAYS l */
    notify(&l);
    return n;
}

/* Models. */
static void *run(void *p) { return ++*(int *)p ? NULL : p; } /* LEAKS p TO RESULT 0 */
pthread_t started(void)
{
    int n = 0;   /* MOVED n */
    pthread_t t; /* STAYS t */
    pthread_create(&t, NULL, run, &n);
    return t;
}
static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; } /* STAYS a */ /* STAYS b */
int sorted(void)
{
    int a[] = {3, 1, 2}; /* STAYS a */
    qsort(a, 3, sizeof *a, by_value);
    return a[0];
}
