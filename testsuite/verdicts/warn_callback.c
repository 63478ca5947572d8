/* OPTIONS: mode=check */
/*
 * Category "captured": something outside the unit keeps the address: a callback with its data, a
 * thread, the C library's own state. What the library does is known from the function models, what
 * the program's own functions do from goe_escapes and goe_noescape on the parameter. An unknown
 * function that takes a callback and its data may well call it at once, as most do; that is no
 * definite bug.
 */
#define _GNU_SOURCE
#include <aio.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#ifdef __GOESCAPE__
#define goe_escapes  __attribute__((goe_escapes))
#define goe_noescape __attribute__((goe_noescape))
#else
#define goe_escapes
#define goe_noescape
#endif

struct job {
    int n;
    char name[16];
};

struct word {
    int n;
    char s[16];
};

int cond(void);
void work(void);
int look(const void *) __attribute__((pure));
void *run(void *);
int run_c11(void *);
void done(int, void *);
void on_event(void *);
int by_value(const void *, const void *);
int by_word(const void *, const void *);
struct word *copy_word(const struct word *);
int by_value_with(const void *, const void *, void *);
void each_item(void (*)(void *), void *);
void register_callback(void (*)(void *), void *data goe_escapes);
void register_first(void *data goe_escapes, int);
void call_now(void (*)(void *), void *data goe_noescape);
extern pthread_t threads[8];
extern void *root;
extern char **environ;

/* Callbacks with data. */

void bad_on_exit(void)
{
    struct job j = {1, "a"};
    on_exit(done, &j); /* WARN "'j' is captured by a callback registered with 'on_exit'" */
}

void bad_registered(void)
{
    struct job j = {1, "a"};
    register_callback(on_event, &j); /* WARN "'j' is captured .*'register_callback'" */
}

void bad_registered_param(struct job j)
{
    register_callback(on_event, &j); /* WARN "parameter 'j' is captured .*'register_callback'" */
}

void bad_registered_copy(void)
{
    struct job j = {1, "a"};
    void *p = j.name;
    register_callback(on_event, p); /* WARN "'j' is captured .*'register_callback'" */
}

void bad_registered_array(void)
{
    char buf[8] = "text";
    register_callback(on_event, buf); /* WARN "'buf' is captured .*'register_callback'" */
}

void bad_registered_one_path(int c)
{
    struct job j = {c, "a"};
    if (c)
        register_callback(on_event, &j); /* WARN "'j' is captured .*'register_callback'" */
}

void bad_registered_loop(int n)
{
    for (int i = 0; i < n; i++)
        register_callback(on_event, &i); /* WARN "'i' is captured .*'register_callback'" */
}

void bad_registered_first(void)
{
    struct job j = {1, "a"};
    register_first(&j, 3); /* WARN "'j' is (stored|captured) .*register_first'" */
}

static void register_for(struct job *j)
{
    register_callback(on_event, j);
}
void bad_registered_by_helper(void)
{
    struct job j = {1, "a"};
    register_for(&j); /* WARN "'j' is stored in 'memory kept by register_callback'" */
}

void bad_nested_atexit(void)
{
    int x = 1;
    void at_end(void)
    {
        printf("%d\n", x);
    }
    atexit(at_end); /* WARN "is captured by a callback registered with 'atexit'" */
}

void bad_nested_signal(void)
{
    volatile int seen = 0;
    void on_signal(int n)
    {
        seen += n;
    }
    signal(SIGUSR1, on_signal); /* WARN "is captured by a callback registered with 'signal'" */
}

/* Threads. */

void bad_thread(void)
{
    struct job j = {1, "a"};
    pthread_t t;
    pthread_create(&t, NULL, run, &j); /* WARN "'j' is captured .*'pthread_create'" */
}

void bad_thread_detached(void)
{
    struct job j = {1, "a"};
    pthread_t t;
    if (pthread_create(&t, NULL, run, &j) == 0) /* WARN "'j' is captured .*'pthread_create'" */
        pthread_detach(t);
}

void bad_thread_kept(int i)
{
    struct job j = {i, "a"};
    pthread_create(&threads[i], NULL, run, &j); /* WARN "'j' is captured .*'pthread_create'" */
}

void bad_thread_handle_out(pthread_t *t)
{
    struct job j = {1, "a"};
    pthread_create(t, NULL, run, &j); /* WARN "'j' is captured .*'pthread_create'" */
}

pthread_t bad_thread_handle_returned(void)
{
    struct job j = {1, "a"};
    pthread_t t;
    pthread_create(&t, NULL, run, &j); /* WARN "'j' is captured .*'pthread_create'" */
    return t;
}

void bad_thread_joined_one_path(int c)
{
    struct job j = {1, "a"};
    pthread_t t;
    pthread_create(&t, NULL, run, &j); /* WARN "'j' is captured .*'pthread_create'" */
    if (c)
        pthread_join(t, NULL);
}

void bad_threads_in_loop(int n)
{
    for (int i = 0; i < n; i++)
        pthread_create(&threads[i], NULL, run, &i); /* WARN "'i' is captured .*'pthread_create'" */
}

void bad_thread_c11(void)
{
    struct job j = {1, "a"};
    thrd_t t;
    thrd_create(&t, run_c11, &j); /* WARN "'j' is captured .*'thrd_create'" */
}

void bad_thread_specific(pthread_key_t key)
{
    struct job j = {1, "a"};
    pthread_setspecific(key, &j); /* WARN "'j' is (stored|captured) .*" */
}

/* The library's and the kernel's own memory. */

void bad_putenv(const char *v)
{
    char buf[64];
    snprintf(buf, sizeof buf, "KEY=%s", v);
    putenv(buf); /* WARN "address of local variable 'buf' is (stored|captured) .*" */
}

void bad_setvbuf(void)
{
    char buf[BUFSIZ];
    setvbuf(stdout, buf, _IOFBF, sizeof buf); /* WARN "'buf' is (stored|captured) .*" */
    printf("text\n");
}

void bad_setbuf(FILE *f)
{
    char buf[BUFSIZ];
    setbuf(f, buf); /* WARN "address of local variable 'buf' is (stored|captured) .*" */
    fputs("text\n", f);
}

void bad_openlog(int n)
{
    char ident[32];
    snprintf(ident, sizeof ident, "server-%d", n);
    openlog(ident, LOG_PID, LOG_USER); /* WARN "'ident' is (stored|captured) .*" */
}

void bad_initstate(unsigned seed)
{
    char state[64];
    initstate(seed, state, sizeof state); /* WARN "'state' is (stored|captured) .*" */
}

void bad_environ(void)
{
    char *env[] = {"PATH=/bin", NULL};
    environ = env; /* WARN "'env' is stored in 'environ'" */
}

int bad_sigaltstack(void)
{
    char stack[16384];
    stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
    return sigaltstack(&ss, NULL); /* WARN "'stack' is (stored|captured) .*" */
}

void bad_tsearch(int v)
{
    int key = v;
    tsearch(&key, &root, by_value); /* WARN "'key' is stored in 'root', which outlives it" */
}

void bad_hsearch(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    ENTRY e = {.key = key, .data = NULL};
    hsearch(e, ENTER); /* WARN "'key' is stored in 'memory kept by hsearch', which outlives it" */
}

int bad_hsearch_action(int n, ACTION a)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    ENTRY e = {.key = key, .data = NULL};
    return hsearch(e, a) ? 0 : -1; /* WARN "'key' is stored in 'memory kept by hsearch'" */
}

int bad_epoll(int ep, int fd)
{
    struct job j = {fd, "a"};
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &j};
    return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev); /* WARN "'j' is (stored|captured) .*" */
}

int bad_timer(timer_t *t)
{
    struct job j = {1, "a"};
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    ev.sigev_value.sival_ptr = &j;
    return timer_create(CLOCK_MONOTONIC, &ev, t); /* WARN "'j' is (stored|captured) .*" */
}

int bad_aio(int fd)
{
    char buf[64];
    static struct aiocb cb;
    cb.aio_fildes = fd;
    cb.aio_buf = buf;
    cb.aio_nbytes = sizeof buf;
    return aio_read(&cb); /* WARN "'buf' is stored in .*aio_read'" */
}

FILE *bad_fmemopen(void)
{
    char buf[64] = "";
    return fmemopen(buf, sizeof buf, "w"); /* WARN "'buf' is (returned|stored|captured)" */
}

FILE *bad_open_memstream(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n); /* WARN "'text' is .*" */ /* WARN "'n' is .*" */
    return f;
}

/* Look-alikes. */

void good_called_now(void)
{
    struct job j = {1, "a"};
    call_now(on_event, &j);
}

void good_unknown_iteration(void)
{
    struct job j = {1, "a"};
    each_item(on_event, &j);
}

void good_static_data(void)
{
    static struct job j;
    register_callback(on_event, &j);
}

void good_heap_data(void)
{
    struct job local = {1, "a"};
    struct job *j = malloc(sizeof *j);
    if (!j)
        abort();
    *j = local;
    register_callback(on_event, j);
}

void good_param_data(struct job *j)
{
    register_callback(on_event, j);
}

void good_number_as_data(int n)
{
    register_callback(on_event, (void *)(long)n);
}

void good_registered_then_endless(void)
{
    struct job j = {1, "a"};
    register_callback(on_event, &j);
    for (;;)
        work();
}

void good_registered_then_exit(void)
{
    struct job j = {1, "a"};
    on_exit(done, &j);
    exit(0);
}

void good_qsort(int *v, size_t n)
{
    int pivot[4] = {1, 2, 3, 4};
    qsort_r(v, n, sizeof *v, by_value_with, pivot);
    qsort(pivot, 4, sizeof *pivot, by_value);
}

int good_bsearch(int key)
{
    int v[4] = {1, 2, 3, 4};
    return bsearch(&key, v, 4, sizeof *v, by_value) != NULL;
}

void good_thread_joined(void)
{
    struct job j = {1, "a"};
    pthread_t t;
    if (pthread_create(&t, NULL, run, &j))
        return;
    work();
    pthread_join(t, NULL);
}

int good_thread_failure_checked(void)
{
    struct job j = {1, "a"};
    pthread_t t;
    int err = pthread_create(&t, NULL, run, &j);
    if (err == 0)
        pthread_join(t, NULL);
    return err;
}

void good_threads_joined(int n)
{
    struct job j[8];
    pthread_t t[8];
    int started = 0;
    for (int i = 0; i < n && i < 8; i++, started++) {
        j[i].n = i;
        if (pthread_create(&t[i], NULL, run, &j[i]))
            break;
    }
    for (int i = 0; i < started; i++)
        pthread_join(t[i], NULL);
}

int good_thread_c11_joined(void)
{
    struct job j = {1, "a"};
    thrd_t t;
    int r = 0;
    if (thrd_create(&t, run_c11, &j) != thrd_success)
        return -1;
    thrd_join(t, &r);
    return r;
}

void good_thread_static_argument(void)
{
    static struct job j;
    pthread_t t;
    pthread_create(&t, NULL, run, &j);
    pthread_detach(t);
}

void good_thread_specific_reset(pthread_key_t key)
{
    struct job j = {1, "a"};
    void *old = pthread_getspecific(key);
    pthread_setspecific(key, &j);
    work();
    pthread_setspecific(key, old);
}

void good_cleanup_push(pthread_mutex_t *m)
{
    struct job j = {1, "a"};
    pthread_mutex_lock(m);
    pthread_cleanup_push(on_event, &j);
    work();
    pthread_cleanup_pop(1);
    pthread_mutex_unlock(m);
}

void good_setenv(const char *v)
{
    char buf[64];
    snprintf(buf, sizeof buf, "<%s>", v);
    setenv("KEY", buf, 1);
}

void good_putenv_static(void)
{
    static char buf[] = "KEY=1";
    putenv(buf);
}

void good_putenv_copy(const char *v)
{
    char buf[64];
    snprintf(buf, sizeof buf, "KEY=%s", v);
    putenv(strdup(buf));
}

int good_setvbuf_closed(const char *path)
{
    char buf[BUFSIZ];
    FILE *f = fopen(path, "w");
    if (!f)
        return -1;
    setvbuf(f, buf, _IOFBF, sizeof buf);
    fputs("text\n", f);
    return fclose(f);
}

void good_setvbuf_null(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
}

void good_setvbuf_reset(void)
{
    char buf[BUFSIZ];
    setvbuf(stdout, buf, _IOFBF, sizeof buf);
    printf("text\n");
    fflush(stdout);
    setvbuf(stdout, NULL, _IONBF, 0);
}

int good_sigaltstack_restored(void)
{
    char stack[16384];
    stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack}, old;
    if (sigaltstack(&ss, &old))
        return -1;
    work();
    return sigaltstack(&old, NULL);
}

int good_hsearch_find(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    ENTRY e = {.key = key, .data = NULL};
    return hsearch(e, FIND) != NULL;
}

int good_hsearch_action(int n, ACTION a)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    ENTRY e = {.key = key, .data = NULL};
    if (a == ENTER)
        e.key = strdup(key);
    return hsearch(e, a) != 0;
}

int good_hsearch_find_first(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    ENTRY e = {.key = key, .data = NULL};
    if (hsearch(e, FIND))
        return 1;
    e.key = strdup(key);
    return hsearch(e, ENTER) != NULL;
}

int good_hsearch_own_key(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    ENTRY e = {.key = key, .data = NULL}, *at = hsearch(e, ENTER);
    if (at)
        at->key = strdup(key);
    return at != NULL;
}

int good_hsearch_destroyed(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    hcreate(10);
    ENTRY e = {.key = key, .data = NULL};
    hsearch(e, ENTER);
    hdestroy();
    return 1;
}

int good_tfind(int v)
{
    int key = v;
    return tfind(&key, &root, by_value) != NULL;
}

int good_local_tree(int v)
{
    void *tree = NULL;
    int a = v, b = v + 1, n = 0;
    tsearch(&a, &tree, by_value);
    tsearch(&b, &tree, by_value);
    n = tfind(&a, &tree, by_value) != NULL;
    tdelete(&a, &tree, by_value);
    tdelete(&b, &tree, by_value);
    return n;
}

void good_tsearch_replaced(const char *s)
{
    struct word w = {0};
    strncpy(w.s, s, 15);
    struct word **p = tsearch(&w, &root, by_word);
    if (p && *p == &w)
        *p = copy_word(&w);
}

int good_tsearch_known_word(const char *s)
{
    struct word w = {0};
    strncpy(w.s, s, 15);
    struct word **p = tsearch(&w, &root, by_word);
    if (!p)
        return -1;
    if (*p != &w) {
        (*p)->n++;
        return 1;
    }
    *p = copy_word(&w);
    return 0;
}

void good_tsearch_copied_always(const char *s)
{
    struct word w = {0};
    strncpy(w.s, s, 15);
    *(struct word **)tsearch(&w, &root, by_word) = copy_word(&w);
}

void good_tdelete(int v)
{
    int key = v;
    tsearch(&key, &root, by_value);
    tdelete(&key, &root, by_value);
}

int good_epoll_removed(int ep, int fd)
{
    struct job j = {fd, "a"};
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &j};
    if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev))
        return -1;
    epoll_wait(ep, &ev, 1, -1);
    return epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL);
}

int good_epoll_number(int ep, int fd)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

int good_fmemopen_closed(void)
{
    char buf[64] = "";
    FILE *f = fmemopen(buf, sizeof buf, "w");
    if (!f)
        return -1;
    fputs("text", f);
    fclose(f);
    return buf[0];
}

char *good_open_memstream_closed(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f)
        return NULL;
    fputs("text", f);
    fclose(f);
    return text;
}

void good_signal_plain(void (*handler)(int))
{
    struct sigaction sa = {.sa_handler = handler}, old;
    sigaction(SIGUSR1, &sa, &old);
    work();
    sigaction(SIGUSR1, &old, NULL);
}

int good_strtok(const char *s)
{
    char copy[64];
    int n = 0;
    strncpy(copy, s, sizeof copy - 1);
    copy[63] = 0;
    for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
        n++;
    return n;
}

int good_nested_now(int *v, size_t n)
{
    int calls = 0;
    int cmp(const void *a, const void *b)
    {
        calls++;
        return by_value(a, b);
    }
    qsort(v, n, sizeof *v, cmp);
    return calls;
}

/* ---- a helper that ends it ---- */

static void close_file(FILE *f)
{
    if (f)
        fclose(f);
}

void good_buffer_until_helper_closes(const char *name)
{
    char buf[64];
    FILE *f = fopen(name, "w");
    if (!f)
        return;
    setvbuf(f, buf, _IOFBF, sizeof buf);
    fputs("a", f);
    close_file(f);
}

static void flush_file(FILE *f)
{
    if (f)
        fflush(f);
}

void bad_buffer_after_helper_flushes(FILE *f)
{
    char buf[64];
    setvbuf(f, buf, _IOFBF, sizeof buf); /* WARN "'buf' is stored in 'memory kept by setvbuf'" */
    fputs("a", f);
    flush_file(f);
}
