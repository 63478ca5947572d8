/* Closures that only the kernel or libc holds: signal handlers, exit functions (more than fit in libc's own
 * data), fork handlers, destructors of thread-specific data, a FILE. Many others are made and dropped meanwhile. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "goescape.h"
#include "run.h"

typedef int fn(int);

static pthread_key_t key;

static fn *adder(int by)
{
    int total = 0;
    int add(int x) { return total += x + by; }

    return add;
}
static void at_exit(int k)
{
    void f(void) { printf("%d%s", k++, k % 20 ? " " : "\n"); }

    atexit(f);
}
static void on_the_exit(int k)
{
    int z = k * 2;
    void f(int status, void *arg) { printf("on_exit %d %d %d\n", k++, status, *(int *)arg); }

    on_exit(f, &z);
}
static void at_the_quick_exit(int k)
{
    void f(void)
    {
        printf("at_quick_exit %d\n", k);
        fflush(stdout);
    }
    at_quick_exit(f);
}
static void by_signal(int k)
{
    void f(int n) { printf("signal %d %d\n", k++, n == SIGUSR1); }

    signal(SIGUSR1, f);
}
static void by_sigaction(int k)
{
    void f(int n, siginfo_t *info, void *context)
    {
        printf("sigaction %d %d %d\n", k++, n == info->si_signo, context != NULL);
    }
    struct sigaction a = {.sa_sigaction = f, .sa_flags = SA_SIGINFO};

    sigaction(SIGUSR2, &a, NULL);
}
static void at_fork(int k)
{
    void before(void) { printf("fork %d\n", k++); }
    void after(void) { k += 10; }

    pthread_atfork(before, after, after);
}
static void for_each_thread(int k)
{
    void destroy(void *p) { printf("thread %s %d\n", (char *)p, k++); }

    pthread_key_create(&key, destroy);
}
static void *thread(void *p)
{
    pthread_setspecific(key, "value");
    return p;
}
static FILE *by_cookie(int k)
{
    ssize_t get(void *cookie, char *at, size_t n)
    {
        return snprintf(at, n, "cookie %d %d\n", k++, cookie == NULL);
    }
    cookie_io_functions_t io = {.read = get};

    return fopencookie(NULL, "r", io);
}
static void make_and_drop(void)
{
    int n = getenv("GOESCAPE") && *getenv("GOESCAPE") ? 300 : 200000;

    for (int i = 0; i < n; i++)
        adder(i)(1);
    goe_gc();
    for (int i = 0; i < n; i++)
        adder(i)(1);
}

int main(void)
{
    pthread_t t;

    for (int i = 0; i < 60; i++)
        at_exit(i);
    on_the_exit(7);
    at_the_quick_exit(8);
    by_signal(5);
    by_sigaction(6);
    at_fork(3);
    for_each_thread(9);
    FILE *f = by_cookie(2);
    char line[32];
    make_and_drop();
    fputs(fgets(line, sizeof line, f), stdout);
    raise(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR2);
    for (int i = 0; i < 2; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            make_and_drop();
            quick_exit(0);
        }
        waitpid(child, NULL, 0);
    }
    pthread_create(&t, NULL, thread, NULL);
    pthread_join(t, NULL);
    return 0;
}
