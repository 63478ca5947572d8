/* OPTIONS: mode=check */
/* What is known of a registration when its function ends: failed, ended, waited for, or still there. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct request {
    atomic_int done;
    sem_t ready;
    int n;
};
void *serve(void *);
int cond(void);

void never_waited(void)
{
    struct request r = {.n = 1};
    pthread_t t;
    if (pthread_create(&t, NULL, serve, &r)) /* WARN "'r' is captured by a callback registered with 'pthread_create'" */
        return;
    r.n = 2;
}
void failed_and_left(void)
{
    struct request r = {.n = 1};
    pthread_t t;
    if (pthread_create(&t, NULL, serve, &r) != 0)
        return;
    pthread_join(t, NULL);
}
void failure_in_a_variable(void)
{
    struct request r = {.n = 1};
    pthread_t t;
    int failed = pthread_create(&t, NULL, serve, &r);
    r.n = 2;
    if (!failed)
        pthread_join(t, NULL);
}
void tested_the_wrong_way_round(void)
{
    struct request r = {.n = 1};
    pthread_t t;
    if (pthread_create(&t, NULL, serve, &r)) /* WARN "'r' is captured" */
        pthread_join(t, NULL);
}
void waited_by_semaphore(void)
{
    struct request r = {.n = 1};
    pthread_t t;
    sem_init(&r.ready, 0, 0);
    pthread_create(&t, NULL, serve, &r);
    sem_wait(&r.ready);
}
void waited_by_spinning(void)
{
    struct request r = {.n = 1};
    pthread_t t;
    if (pthread_create(&t, NULL, serve, &r) == 0)
        while (!atomic_load(&r.done))
            ;
}
void joined_in_a_loop(int n)
{
    struct request r[4];
    pthread_t t[4];
    int started = 0;
    while (started < 4 && started < n && pthread_create(&t[started], NULL, serve, &r[started]) == 0)
        started++;
    while (started-- > 0)
        pthread_join(t[started], NULL);
}
void environment_refused(void)
{
    char s[] = "A=B";
    if (putenv(s) == 0)
        unsetenv("A");
}
void buffer_of_a_closed_stream(const char *path)
{
    char buf[BUFSIZ];
    FILE *f = fopen(path, "r");
    if (!f)
        return;
    setvbuf(f, buf, _IOFBF, sizeof buf);
    fclose(f);
}
FILE *buffer_of_an_open_stream(const char *path)
{
    char buf[BUFSIZ];
    FILE *f = fopen(path, "r");
    if (f)
        setvbuf(f, buf, _IOFBF, sizeof buf); /* WARN "'buf' is stored in .*setvbuf" */
    return f;
}
static int *waiting_for;
void on_signal(int n) { waiting_for = n ? NULL : waiting_for; }
void cleared_by_a_handler(void)
{
    int x = 1;
    waiting_for = &x;
    pause();
}
void not_cleared(void)
{
    int x = 1;
    waiting_for = &x; /* WARN "'x' is stored in 'waiting_for'" */
    printf("%d\n", x);
}
