/* Closures that others keep: tables, structs, `void *`, threads that run after the parent has
 * returned, and atexit. */
#define _GNU_SOURCE
#include <pthread.h>
#include "run.h"

struct handler {
    void (*call)(void *self, int n);
    void *data;
    struct handler *next;
};
static struct handler *handlers;

static void handle(const char *name)
{
    int seen = 0;
    void call(void *self, int n)
    {
        seen += n;
        printf("%s %d %d\n", name, seen, self != NULL);
    }
    struct handler h = {call, &h, handlers};

    handlers = &h;
}
static void *as_pointer(int k)
{
    int f(int x) { return x * k; }

    return (void *)f;
}
static pthread_t thread(int *result, int k)
{
    pthread_t t;
    void *body(void *arg)
    {
        for (int i = 0; i < 1000; i++)
            *result += k;
        return arg;
    }
    pthread_create(&t, NULL, body, &k);
    return t;
}
static int by_remainder(int *a, int n, int m)
{
    int order(const void *x, const void *y, void *scale)
    {
        return *(int *)scale * (*(const int *)x % m - *(const int *)y % m);
    }
    int sign = -1;

    qsort_r(a, n, sizeof *a, order, &sign);
    return a[0];
}
static void at_exit(int status)
{
    void say(void) { printf("goodbye %d\n", status); }

    atexit(say);
}

int main(void)
{
    int (*times)(int) = (int (*)(int))as_pointer(6);
    int results[2] = {0, 0}, a[4] = {8, 5, 13, 9};
    void *got;
    pthread_t t[2];

    handle("first");
    handle("second");
    clobber();
    for (int i = 1; i <= 2; i++)
        for (struct handler *h = handlers; h; h = h->next)
            h->call(h->data, i);
    printf("%d\n", times(7));
    t[0] = thread(&results[0], 1);
    t[1] = thread(&results[1], 2);
    clobber();
    for (int i = 0; i < 2; i++) {
        pthread_join(t[i], &got);
        printf("%d %d\n", *(int *)got, results[i]);
    }
    printf("%d\n", by_remainder(a, 4, 7));
    at_exit(3);
    clobber();
    return 0;
}
