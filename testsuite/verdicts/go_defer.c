/* OPTIONS: m warn=none */
/*
 * Go's defer is C's cleanup, its go statement a thread: the first runs before the frame goes, the
 * second may run after.
 */
#include <goescape.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

int *kept;
void *anything;
int number;

void read_at_end(int *p) { number += *p; } /* STAYS p */
void keep_at_end(int *p) { kept = p; } /* LEAKS p */
void keep_content_at_end(int **p) { kept = *p; } /* LEAKS CONTENT p */
void ignore_at_end(int **p) { (void)p; } /* STAYS p */
int *give(int *p) { return p; } /* LEAKS p TO RESULT 0 */

void deferred_read(void)
{
    __attribute__((cleanup(read_at_end))) int x = 0; /* STAYS x */
    x++;
}
void deferred_keep(void)
{
    __attribute__((cleanup(keep_at_end))) int x = 0; /* MOVED x */
    x++;
}
void deferred_read_of_another(void)
{
    int x = 0; /* STAYS x */
    __attribute__((cleanup(ignore_at_end))) int *p = &x; /* STAYS p */
    *p = 1;
}
void deferred_keep_of_another(void)
{
    int x = 0; /* MOVED x */
    __attribute__((cleanup(keep_content_at_end))) int *p = &x; /* STAYS p */
    *p = 1;
}
void deferred_in_a_loop(int n)
{
    for (int i = 0; i < n; i++) {
        __attribute__((cleanup(read_at_end))) int x = i; /* STAYS x */
        x++;
    }
}
void deferred_of_outer_in_a_loop(int n)
{
    int x = 0; /* STAYS x */ /* GO: MOVED x */
    for (int i = 0; i < n; i++) {
        __attribute__((cleanup(ignore_at_end))) int *p = &x; /* STAYS p */
        *p = i;
    }
}

/* A list of things to do at the end of the function, as defer keeps it. */
struct deferred {
    struct deferred *next;
    void (*fn)(int *);
    int *arg;
};
void run_deferred(struct deferred **list) /* STAYS list */
{
    for (struct deferred *d = *list; d; d = d->next)
        d->fn(d->arg);
}
void deferred_calls(int n)
{
    __attribute__((cleanup(run_deferred))) struct deferred *list = NULL; /* STAYS list */
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        struct deferred d = {list, read_at_end, &x}; /* MOVED d */
        list = &d;
    }
}
void deferred_call_once(void)
{
    __attribute__((cleanup(run_deferred))) struct deferred *list = NULL; /* STAYS list */
    int x = 1; /* STAYS x */
    struct deferred d = {NULL, read_at_end, &x}; /* STAYS d */
    list = &d;
}

/* Threads. */
void *thread_reads(void *p) { number += *(int *)p; return NULL; } /* STAYS p */
void *thread_gives(void *p) { return p; } /* LEAKS p TO RESULT 0 */
struct job {
    int *in;
    int *out;
};
void *thread_job(void *p) /* STAYS p */
{
    struct job *j = p;
    *j->out = *j->in;
    return NULL;
}
void started(void)
{
    pthread_t t; /* STAYS t */
    int x = 1; /* MOVED x */
    pthread_create(&t, NULL, thread_reads, &x);
}
void started_in_a_loop(void)
{
    for (int i = 0; i < 10; i++) {
        pthread_t t; /* STAYS t */
        int x = i; /* MOVED x */
        pthread_create(&t, NULL, thread_reads, &x);
    }
}
void started_with_job(void)
{
    pthread_t t; /* STAYS t */
    int in = 1; /* MOVED in */
    int out; /* MOVED out */
    struct job j = {&in, &out}; /* MOVED j */
    pthread_create(&t, NULL, thread_job, &j);
}
void started_with_new(void)
{
    pthread_t t; /* STAYS t */
    int *x = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    pthread_create(&t, NULL, thread_reads, x);
}
void started_with_returned(void)
{
    pthread_t t; /* STAYS t */
    int x = 1; /* MOVED x */
    pthread_create(&t, NULL, thread_gives, give(&x));
}
void started_with_number(void)
{
    pthread_t t; /* STAYS t */
    int i = 3; /* STAYS i */
    int *p = &i;
    pthread_create(&t, NULL, thread_gives, (void *)(long)*p);
}

/* At the end of the program. */
int *at_exit_pointer;
void at_exit_read(void) { number += *at_exit_pointer; }
void registered(void)
{
    int x = 1; /* MOVED x */
    at_exit_pointer = &x;
    atexit(at_exit_read);
}

/* More threads: with a parameter, one that keeps, one that is started by another function. */
void started_with_parameter(int *p) /* LEAKS p */
{
    pthread_t t; /* STAYS t */
    pthread_create(&t, NULL, thread_reads, p);
}

void *thread_keeps(void *p) { anything = p; return NULL; } /* LEAKS p */

void started_keeper(void)
{
    pthread_t t; /* STAYS t */
    int x = 1; /* MOVED x */
    pthread_create(&t, NULL, thread_keeps, &x);
}

void *thread_keeps_content(void *p) /* LEAKS CONTENT p */
{
    struct job *j = p;
    kept = j->in;
    return NULL;
}

void started_keeper_of_content(void)
{
    pthread_t t; /* STAYS t */
    int in = 1; /* MOVED in */
    struct job j = {&in, NULL}; /* MOVED j */
    pthread_create(&t, NULL, thread_keeps_content, &j);
}

void started_by_another(void)
{
    int x = 1; /* MOVED x */
    int *q = &x;
    started_with_parameter(q);
}

/* Deferred: the address of the deferred function's own parameter, and a method. */
void keep_own_address_at_end(int *p) { anything = &p; } /* MOVED p */ /* LEAKS p */

void deferred_keep_of_parameter(void)
{
    __attribute__((cleanup(keep_own_address_at_end))) int x = 0; /* MOVED x */
    x++;
}

void give_at_end(int *p) { (void)give(p); } /* STAYS p */

void deferred_give(void)
{
    __attribute__((cleanup(give_at_end))) int x = 0; /* STAYS x */
    x++;
}

struct method {
    void (*fn)(void *);
    void *object;
};

void call_at_end(struct method *m) { m->fn(m->object); } /* STAYS m */

void deferred_method(struct method m) /* STAYS m */ /* GO: LEAKS m */
{
    __attribute__((cleanup(call_at_end))) struct method d = m; /* STAYS d */
    number++;
}
