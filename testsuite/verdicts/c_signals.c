/* OPTIONS: m warn=none */
/* Signal handlers, atexit, threads and other code that runs later with what it was given. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

int number;
static int *watched;
static volatile sig_atomic_t hits;

static void handler(int sig) { hits += sig + (watched ? *watched : 0); }
void watched_by_handler(void)
{
    int x = 1; /* MOVED x */
    watched = &x;
    signal(SIGINT, handler);
}
void action_is_copied(void)
{
    struct sigaction sa; /* STAYS sa */
    struct sigaction old; /* STAYS old */
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = handler;
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, &old);
}
void alternate_stack(void)
{
    char room[65536]; /* MOVED room */
    stack_t s = {.ss_sp = room, .ss_size = sizeof room}; /* STAYS s */
    sigaltstack(&s, NULL);
}
static void *thread(void *p) { number = *(int *)p; return NULL; } /* STAYS p */
void thread_started(void)
{
    pthread_t t; /* STAYS t */
    int x = 1; /* MOVED x */
    pthread_create(&t, NULL, thread, &x);
}
int thread_joined(void)
{
    pthread_t t; /* STAYS t */
    void *r; /* STAYS r */
    int x = 1; /* MOVED x */
    pthread_create(&t, NULL, thread, &x);
    pthread_join(t, &r);
    return x;
}
static pthread_key_t key;
void thread_specific(void)
{
    int x = 1; /* MOVED x */
    pthread_setspecific(key, &x);
}
static void cleanup(void *p) { number = *(int *)p; } /* STAYS p */
void thread_cleanup(void)
{
    int x = 1; /* STAYS x */
    pthread_cleanup_push(cleanup, &x); /* STAYS __cancel_buf */
    number = 1;
    pthread_cleanup_pop(1);
}
void locked(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER; /* STAYS m */
    pthread_mutex_lock(&m);
    number++;
    pthread_mutex_unlock(&m);
}
void exported_environment(void)
{
    char s[] = "A=B"; /* MOVED s */
    putenv(s);
}
void copied_environment(void)
{
    char s[] = "A"; /* STAYS s */
    char v[] = "B"; /* STAYS v */
    setenv(s, v, 1);
}
static void on_exit_read(int status, void *p) { number = status + *(int *)p; } /* STAYS p */
int on_exit(void (*)(int, void *), void *);
void at_exit(void)
{
    int x = 1; /* MOVED x */
    on_exit(on_exit_read, &x);
}
