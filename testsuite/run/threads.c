/* Variables handed between threads: a creator that returns first, results in a thread's locals. */
#include "run.h"
#include "goescape.h"
#include <pthread.h>

struct job { int from, to; long sum; pthread_t thread; };

static void *add(void *arg)
{
    struct job *j = arg;
    int *mine[16];

    for (int i = j->from; i < j->to; i++) {
        int x = i;

        mine[i % 16] = &x;
        j->sum += *mine[i % 16];
    }
    return NULL;
}

/* The job is a local of a function that has returned while the thread runs. */
static struct job *start(int from, int to)
{
    struct job j = {from, to, 0, 0};

    pthread_create(&j.thread, NULL, add, &j);
    return &j;
}

/* The result is a local of the thread. */
static void *square(void *arg)
{
    int n = *(int *)arg;
    int result = n * n;

    return &result;
}

static pthread_t launch(int n)
{
    pthread_t t;
    int argument = n;

    pthread_create(&t, NULL, square, &argument);
    return t;
}

static _Thread_local int *own;

static void *thread_local_keeps(void *arg)
{
    for (int i = 0; i < 3; i++) {
        int x = *(int *)arg + i;

        own = &x;
        goe_gc();
    }
    *(int *)arg = *own;
    return NULL;
}

static pthread_key_t key;

static void set_specific(int v) { int x = v; pthread_setspecific(key, &x); }

static void *specific_keeps(void *arg)
{
    set_specific(*(int *)arg);
    clobber();
    goe_gc();
    *(int *)arg = *(int *)pthread_getspecific(key) + 1;
    return NULL;
}

int main(void)
{
    struct job *jobs[8];
    pthread_t squares[4], t;
    long sum = 0;
    int v = 40;

    for (int i = 0; i < 8; i++)
        jobs[i] = start(i * 100, (i + 1) * 100);
    clobber();
    for (int i = 0; i < 8; i++) {
        pthread_join(jobs[i]->thread, NULL);
        sum += jobs[i]->sum;
    }
    printf("%ld\n", sum);

    for (int i = 0; i < 4; i++)
        squares[i] = launch(i + 1);
    for (int i = 0; i < 4; i++) {
        void *result;

        pthread_join(squares[i], &result);
        printf("%d%c", *(int *)result, i < 3 ? ' ' : '\n');
    }

    pthread_create(&t, NULL, thread_local_keeps, &v);
    pthread_join(t, NULL);
    printf("%d\n", v);
    pthread_key_create(&key, NULL);
    pthread_create(&t, NULL, specific_keeps, &v);
    pthread_join(t, NULL);
    printf("%d\n", v);
    return 0;
}
