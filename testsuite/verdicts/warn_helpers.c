/* OPTIONS: mode=check */
/*
 * Addresses that helpers store, clear, register and hand back: patterns of real bugs, and each done
 * right beside it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int pending(void);
void consume(const void *);
void report(int);

struct node {
    struct node *next, **back;
    int value;
};
static struct node *queue;

static void push(struct node *n)
{
    n->next = queue;
    n->back = &queue;
    if (queue)
        queue->back = &n->next;
    queue = n;
}

static void unlink_node(struct node *n)
{
    *n->back = n->next;
    if (n->next)
        n->next->back = n->back;
}

void bad_queued(void)
{
    struct node n = {.value = 1};
    push(&n); /* WARN "'n' is stored in '.*queue'" */
}

void good_queued(void)
{
    struct node n = {.value = 1};
    push(&n);
    consume(&n);
    unlink_node(&n);
}

int bad_queued_error(void)
{
    struct node n = {.value = pending()};
    push(&n); /* WARN "'n' is stored in '.*queue'" */
    if (n.value < 0)
        return -1;
    unlink_node(&n);
    return 0;
}

int good_queued_error(void)
{
    struct node n = {.value = pending()};
    int ret = -1;
    push(&n);
    if (n.value < 0)
        goto out;
    ret = 0;
out:
    unlink_node(&n);
    return ret;
}

/* A table of limited size: adding may fail. */
struct table {
    const char *name[8];
    int n;
    const char *last;
};

static int add_last(struct table *t, const char *s)
{
    if (t->n == 8)
        return -ENOSPC;
    t->last = s;
    t->n++;
    return 0;
}

static void clear_last(struct table *t)
{
    t->last = NULL;
}

int bad_add_last(struct table *t)
{
    char name[16] = "x";
    if (add_last(t, name)) /* WARN "'name' is stored in '.t'" */
        return -1;
    return 0;
}

int good_add_last(struct table *t)
{
    char name[16] = "x";
    if (add_last(t, name))
        return -1;
    report(t->n);
    clear_last(t);
    return 0;
}

int good_add_last_negative(struct table *t)
{
    char name[16] = "x";
    int err = add_last(t, name);
    if (err < 0)
        return err;
    consume(t->last);
    t->last = NULL;
    return 0;
}

int bad_add_last_early(struct table *t)
{
    char name[16] = "x";
    int err = add_last(t, name); /* WARN "'name' is stored in '.t'" */
    if (err < 0)
        return err;
    if (pending())
        return 1;
    clear_last(t);
    return 0;
}

/* Clearing that only happens if the entry is ours. */
static void clear_if_mine(struct table *t, const char *s)
{
    if (t->last == s)
        t->last = NULL;
}

int good_clear_if_mine(struct table *t)
{
    char name[16] = "x";
    t->last = name;
    report(t->n);
    clear_if_mine(t, name);
    return 0;
}

static bool active;
static void *current;

static void begin(void *p)
{
    current = p;
    active = true;
}

static void end(void)
{
    if (active)
        current = NULL;
    active = false;
}

void good_begin_end(void)
{
    int state = 0;
    begin(&state);
    report(state);
    end();
}

void bad_begin(void)
{
    int state = 0;
    begin(&state); /* WARN "'state' is stored in 'current'" */
}

/* A stack of handlers: saved and restored. */
struct frame {
    struct frame *up;
    jmp_buf env;
};
static struct frame *top;

static void enter(struct frame *f)
{
    f->up = top;
    top = f;
}

static void leave(struct frame *f)
{
    top = f->up;
}

int good_frame(void)
{
    struct frame f;
    enter(&f);
    if (setjmp(f.env)) {
        leave(&f);
        return -1;
    }
    report(1);
    leave(&f);
    return 0;
}

int bad_frame(void)
{
    struct frame f;
    enter(&f); /* WARN "'f' is stored in 'top'" */
    if (setjmp(f.env))
        return -1;
    report(1);
    leave(&f);
    return 0;
}

/* Saved in a local, restored on every path. */
int good_saved(void *mine)
{
    void *old = current;
    int local = mine != NULL;
    current = &local;
    report(local);
    current = old;
    return local;
}

int bad_saved(void *mine)
{
    void *old = current;
    int local = mine != NULL;
    current = &local; /* WARN "'local' is stored in 'current'" */
    if (!mine)
        return -1;
    current = old;
    return local;
}

/* Out-parameters. */
static void get_name(char **out, char *buf)
{
    *out = buf;
}

char *bad_get_name(void)
{
    char buf[8] = "a", *p;
    get_name(&p, buf);
    return p; /* WARN "'buf' is returned" */
}

char *good_get_name(void)
{
    char buf[8] = "a", *p;
    get_name(&p, buf);
    return strdup(p);
}

void bad_out_twice(char **out)
{
    char buf[8] = "a";
    get_name(out, buf); /* WARN "'buf' is stored in '.out'" */
}

void good_out_twice(char **out)
{
    char buf[8] = "a";
    get_name(out, buf);
    *out = strdup(*out);
}

static int parse(const char *s, const char **rest)
{
    while (*s == ' ')
        s++;
    *rest = s;
    return *s != 0;
}

int bad_parse(const char **rest)
{
    char line[80];
    if (!fgets(line, sizeof line, stdin))
        return -1;
    return parse(line, rest); /* WARN "'line' is stored in '.rest'" */
}

int good_parse(const char *s)
{
    char line[80];
    const char *rest;
    snprintf(line, sizeof line, "%s", s);
    int n = parse(line, &rest);
    return n + *rest;
}

/* A constructor that may fail. */
struct conn {
    char *buf;
    size_t len;
};

static struct conn *open_conn(char *buf, size_t len)
{
    struct conn *c = malloc(sizeof *c);
    if (!c)
        return NULL;
    c->buf = buf;
    c->len = len;
    return c;
}

struct conn *bad_open(void)
{
    char buf[64];
    return open_conn(buf, sizeof buf); /* WARN "'buf' is stored in 'heap memory'" */
}

int good_open(void)
{
    char buf[64];
    struct conn *c = open_conn(buf, sizeof buf);
    if (!c)
        return -1;
    int n = (int)c->len;
    free(c);
    return n;
}

struct conn *good_open_copied(void)
{
    char buf[64] = "";
    struct conn *c = open_conn(buf, sizeof buf);
    if (c)
        c->buf = strdup(buf);
    return c;
}

/* Threads. */
static void *worker(void *arg)
{
    consume(arg);
    return NULL;
}

static int spawn(pthread_t *t, void *arg)
{
    int err = pthread_create(t, NULL, worker, arg);
    if (err)
        return -1;
    return 0;
}

int bad_spawn(void)
{
    int arg = 1;
    pthread_t t;
    if (spawn(&t, &arg)) /* WARN "'arg' is captured by a callback registered with 'pthread_create'" */
        return -1;
    return 0;
}

int good_spawn(void)
{
    int arg = 1;
    pthread_t t;
    if (spawn(&t, &arg))
        return -1;
    pthread_join(t, NULL);
    return 0;
}

int bad_spawn_join_if(int wait)
{
    int arg = 1;
    pthread_t t;
    if (spawn(&t, &arg)) /* WARN "'arg' is captured by a callback registered with 'pthread_create'" */
        return -1;
    if (wait)
        pthread_join(t, NULL);
    return 0;
}

static void join(pthread_t t)
{
    pthread_join(t, NULL);
}

int good_spawn_join_by_helper(void)
{
    int arg = 1;
    pthread_t t;
    if (spawn(&t, &arg) < 0)
        return -1;
    join(t);
    return 0;
}

/* libc that keeps what it is given. */
void bad_setvbuf(void)
{
    char buf[BUFSIZ];
    setvbuf(stdout, buf, _IOFBF, sizeof buf); /* WARN "'buf' is stored in 'memory kept by setvbuf'" */
}

int good_setvbuf(const char *name)
{
    char buf[BUFSIZ];
    FILE *f = fopen(name, "w");
    if (!f)
        return -1;
    setvbuf(f, buf, _IOFBF, sizeof buf);
    fputs("x", f);
    return fclose(f);
}

void bad_putenv(int n)
{
    char var[32];
    snprintf(var, sizeof var, "N=%d", n);
    putenv(var); /* WARN "'var' is stored in 'memory kept by putenv'" */
}

void good_setenv(int n)
{
    char var[32];
    snprintf(var, sizeof var, "%d", n);
    setenv("N", var, 1);
}

static int export_number(char *var, size_t len, int n)
{
    snprintf(var, len, "N=%d", n);
    return putenv(var);
}

void bad_export(int n)
{
    char var[32];
    export_number(var, sizeof var, n); /* WARN "'var' is stored in 'memory kept by putenv'" */
}

int bad_sigaltstack(void)
{
    char mem[16384];
    stack_t s = {.ss_sp = mem, .ss_size = sizeof mem};
    return sigaltstack(&s, NULL); /* WARN "'mem' is stored in 'memory kept by sigaltstack'" */
}

/* A cache that remembers the last answer. */
static const char *cached_key;
static int cached_value;

static int lookup(const char *key)
{
    if (cached_key && strcmp(cached_key, key) == 0)
        return cached_value;
    cached_key = key;
    return cached_value = (int)strlen(key);
}

int bad_cached(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    return lookup(key); /* WARN "'key' is stored in 'cached_key'" */
}

int good_cached(int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    int v = lookup(key);
    cached_key = NULL;
    return v;
}

/* An iterator over the caller's container, with a position in it. */
struct iter {
    const int *at, *end;
};

static struct iter iterate(const int *v, int n)
{
    return (struct iter){v, v + n};
}

struct iter bad_iterate(void)
{
    int v[4] = {1, 2, 3, 4};
    return iterate(v, 4); /* WARN "'v' is returned" */
}

int good_iterate(void)
{
    int v[4] = {1, 2, 3, 4}, sum = 0;
    for (struct iter i = iterate(v, 4); i.at < i.end; i.at++)
        sum += *i.at;
    return sum;
}

/* Observers. */
struct subject {
    void (*notify)(void *);
    void *arg;
};

static void observe(struct subject *s, void (*notify)(void *), void *arg)
{
    s->notify = notify;
    s->arg = arg;
}

static void on_change(void *arg)
{
    ++*(int *)arg;
}

void bad_observe(struct subject *s)
{
    int changes = 0;
    observe(s, on_change, &changes); /* WARN "'changes' is stored in '.s'" */
}

int good_observe(struct subject *s)
{
    int changes = 0;
    observe(s, on_change, &changes);
    report(0);
    observe(s, NULL, NULL);
    return changes;
}

/* Each pass through the loop has its own variable. */
int bad_longest(const char *const *v, int n)
{
    const char *best = NULL;
    for (int i = 0; i < n; i++) {
        char line[32];
        snprintf(line, sizeof line, "%s", v[i]);
        if (!best || strlen(line) > strlen(best)) /* WARN "'line' is used after its block ended" */
            best = line;
    }
    return best != NULL;
}

int good_longest(const char *const *v, int n)
{
    char best[32] = "";
    for (int i = 0; i < n; i++) {
        char line[32];
        snprintf(line, sizeof line, "%s", v[i]);
        if (strlen(line) > strlen(best))
            strcpy(best, line);
    }
    return (int)strlen(best);
}

int good_loop_own(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i, *p = &x;
        while (*p < 10)
            ++*p;
        sum += *p;
    }
    return sum;
}

int good_loop_reset(int n)
{
    int *p = NULL, sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i;
        if (p)
            sum++;
        p = &x;
        sum += *p;
        p = NULL;
    }
    return sum;
}

/* A helper that is given the list's head on the stack. */
static void append(struct node **head, struct node *n)
{
    while (*head)
        head = &(*head)->next;
    *head = n;
}

int good_local_list(void)
{
    struct node a = {.value = 1}, b = {.value = 2}, *head = NULL;
    append(&head, &a);
    append(&head, &b);
    int sum = 0;
    for (struct node *n = head; n; n = n->next)
        sum += n->value;
    return sum;
}

struct node *bad_local_list(void)
{
    struct node a = {.value = 1}, b = {.value = 2};
    a.next = &b;
    b.next = NULL;
    return &a; /* WARN "'a' is returned" */
}

/* Reference handed on only if somebody asks for it. */
static int finish(struct table *t, const char *s, const char **out)
{
    if (out)
        *out = s;
    return t->n;
}

int good_finish(struct table *t)
{
    char name[8] = "x";
    return finish(t, name, NULL);
}
