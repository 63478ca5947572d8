/* OPTIONS: mode=check */
/*
 * The shapes of warn_real.c done right, and others that working programs use every day. Nothing
 * here may warn.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct list {
    struct list *next, *prev;
};
struct waiter {
    struct list link;
    int pid;
};
struct parser {
    const char *at, *end;
    char *scratch;
    int line;
};
struct token {
    int kind;
    const char *text;
    size_t len;
};
struct handler {
    jmp_buf env;
    struct handler *up;
    volatile int status;
};
struct vm {
    struct handler *top;
    const char *error;
    int depth;
    unsigned char *next_in, *next_out;
};
struct text {
    char *at;
    size_t len;
    char small[16];
};
struct json {
    char *string;
    struct json *child, *next;
};
struct tree {
    struct tree *parent, *left, *right;
    int key;
};
struct request {
    int *done;
    void *buf;
    int err;
};
struct arena {
    struct arena *up;
    char *at;
};
struct vec {
    int *at;
    size_t n, cap;
};

int cond(void);
int pending(void) __attribute__((pure));
int look(const void *) __attribute__((pure));
void *worker(void *);
int inflate_some(struct vm *);
void visit(struct tree *);
int run_code(struct vm *);

static struct list waiters = {&waiters, &waiters};
extern struct list sleepers;
struct arena *current_arena;
const int *sort_keys;
const char *log_prefix;
struct tree *buckets[64];
uintptr_t stack_limit;

static void list_add(struct list *n, struct list *at)
{
    n->next = at->next;
    n->prev = at;
    at->next->prev = n;
    at->next = n;
}

static void list_del(struct list *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
}

int good_wait(void)
{
    struct waiter w = {.pid = getpid()};
    int r = 0;
    list_add(&w.link, &waiters);
    while (!pending())
        if (w.pid < 0) {
            r = -EINTR;
            break;
        }
    list_del(&w.link);
    return r;
}

/* The function can't know that somebody else took the waiter out, but it looks. */
void good_wait_self_linked(void)
{
    struct waiter w = {.pid = getpid()};
    list_add(&w.link, &sleepers);
    do
        visit(NULL);
    while (!pending());
    if (w.link.next)
        list_del(&w.link);
}

int good_parse(struct parser *p, const char *s)
{
    char scratch[256];
    size_t n = 0;
    int r = -1;
    p->scratch = scratch;
    for (; *s; s++) {
        if (n == sizeof scratch)
            goto out;
        p->scratch[n++] = *s;
    }
    r = 0;
out:
    p->scratch = NULL;
    return r;
}

/* Loops that do not end before the buffer is taken back. */
int good_until_done(struct parser *p, int m)
{
    char buf[8];
    int done = 0;
    p->scratch = buf;
    while (!done)
        if (m-- == 0) {
            p->scratch = NULL;
            done = 1;
        }
    return 0;
}

static int lend(struct parser *p, char *b, int m)
{
    int done = 0;
    p->scratch = b;
    while (!done)
        if (m-- == 0) {
            p->scratch = NULL;
            done = 1;
        }
    return 0;
}

int good_lent(struct parser *p, int m)
{
    char buf[8];
    return lend(p, buf, m);
}
/* The turn after the last one takes it back. */
int good_counted(struct parser *p, const char *s)
{
    char buf[4];
    size_t n = 0;
    p->scratch = buf;
    for (;;) {
        if (n == sizeof buf) {
            p->scratch = NULL;
            return -1;
        }
        if (!s[n])
            break;
        p->scratch[n] = s[n];
        n++;
    }
    p->scratch = NULL;
    return 0;
}

int good_one_more_turn(struct parser *p, int m)
{
    char buf[4];
    int again = 1, held = 0;
    while (again) {
        again = m-- > 0;
        if (again) {
            p->scratch = buf;
            held = 1;
        } else if (held)
            p->scratch = NULL;
    }
    return 0;
}

int good_local_parser(const char *s)
{
    char scratch[256];
    struct parser p = {s, s + strlen(s), scratch, 1}, *pp = &p;
    while (pp->at < pp->end)
        if ((*pp->scratch = *pp->at++) == '\n')
            pp->line++;
    return p.line;
}

struct token good_lex(const char *s)
{
    char word[64];
    struct token t = {.kind = 'w', .text = s};
    while (t.len < sizeof word - 1 && s[t.len] > ' ') {
        word[t.len] = (char)(s[t.len] | 32);
        t.len++;
    }
    word[t.len] = 0;
    if (strcmp(word, "if") == 0)
        t.kind = 'i';
    return t;
}

const char *good_strerror(int code)
{
    static char text[32];
    switch (code) {
    case 0:
        return "success";
    default:
        snprintf(text, sizeof text, "error %d", code);
        return text;
    }
}

char *good_path(char *buf, size_t n)
{
    char home[256];
    const char *h = getenv("HOME");
    snprintf(home, sizeof home, "%s", h ? h : "/");
    snprintf(buf, n, "%s/.app.conf", home);
    return buf;
}

char *good_directory_of(const char *path)
{
    char copy[4096];
    strncpy(copy, path, sizeof copy - 1);
    copy[4095] = 0;
    return strdup(dirname(copy));
}

long good_send(int fd, char *body, size_t n)
{
    char head[32];
    struct iovec v[2] = {{head, sizeof head}, {body, n}};
    struct msghdr msg = {.msg_iov = v, .msg_iovlen = 2};
    snprintf(head, sizeof head, "%zu\n", n);
    return sendmsg(fd, &msg, 0);
}

int good_words(const char *line)
{
    char copy[128], *save;
    int n = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
        n++;
    return n;
}

/* Lua's shape: popped on both ways out. */
int good_protected_call(struct vm *vm)
{
    struct handler h;
    h.status = 0;
    h.up = vm->top;
    vm->top = &h;
    if (setjmp(h.env) == 0)
        h.status = run_code(vm);
    vm->top = h.up;
    return h.status;
}

_Noreturn void good_throw(struct vm *vm, int status)
{
    struct handler *h = vm->top;
    h->status = status;
    longjmp(h->env, 1);
}

void good_small_text(const char *s)
{
    struct text t;
    t.len = strlen(s);
    t.at = t.len < sizeof t.small ? t.small : malloc(t.len + 1);
    if (!t.at)
        abort();
    memcpy(t.at, s, t.len + 1);
    puts(t.at);
    if (t.at != t.small)
        free(t.at);
}

void good_small_text_init(struct text *t, const char *s)
{
    t->len = strlen(s);
    t->at = t->len < sizeof t->small ? t->small : malloc(t->len + 1);
    if (t->at)
        memcpy(t->at, s, t->len + 1);
}

char *good_grown_buffer(size_t need)
{
    char stack[64];
    char *buf = stack;
    size_t cap = sizeof stack;
    while (cap < need) {
        char *bigger = malloc(cap *= 2);
        if (!bigger)
            abort();
        if (buf != stack)
            free(buf);
        buf = bigger;
    }
    memset(buf, 'x', cap);
    if (buf == stack) {
        buf = malloc(cap);
        if (buf)
            memcpy(buf, stack, cap);
    }
    return buf;
}

struct json *good_json_number(double v)
{
    char text[32];
    struct json *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    snprintf(text, sizeof text, "%g", v);
    j->string = strdup(text);
    return j;
}

static int by_key(const void *a, const void *b)
{
    return sort_keys[*(const int *)a] - sort_keys[*(const int *)b];
}
void good_sort(int *v, int n)
{
    int keys[64];
    for (int i = 0; i < n && i < 64; i++)
        keys[i] = v[i] & 7;
    sort_keys = keys;
    qsort(v, (size_t)n, sizeof *v, by_key);
    sort_keys = NULL;
}

static int start(pthread_t *t, void *arg)
{
    return pthread_create(t, NULL, worker, arg);
}
int good_start_worker(int n)
{
    struct request r = {.err = n};
    pthread_t t;
    if (start(&t, &r))
        return -1;
    pthread_join(t, NULL);
    return r.err;
}

int good_request(struct request *r, int turns)
{
    int done = 0, err = -ETIMEDOUT;
    r->done = &done;
    while (turns-- > 0)
        if (__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
            err = 0;
            break;
        }
    r->done = NULL;
    return err;
}

struct list *good_merge(struct list *a, struct list *b)
{
    struct list dummy = {a, NULL}, *last = &dummy;
    if (a)
        a->prev = &dummy;
    while (last->next)
        last = last->next;
    last->next = b;
    if (b)
        b->prev = last == &dummy ? NULL : last;
    if (a)
        a->prev = NULL;
    return dummy.next;
}

struct json *good_reverse(struct json *l)
{
    struct json *done = NULL;
    while (l) {
        struct json *next = l->next;
        l->next = done;
        done = l;
        l = next;
    }
    return done;
}

struct json *good_sorted_insert(struct json *l, struct json *n)
{
    struct json **at = &l;
    while (*at && strcmp((*at)->string, n->string) < 0)
        at = &(*at)->next;
    n->next = *at;
    *at = n;
    return l;
}

int good_temporary_root(struct tree *t)
{
    struct tree root = {.left = t}, *old = t->parent;
    int depth = 0;
    t->parent = &root;
    for (struct tree *p = t; p != &root; p = p->parent)
        depth++;
    t->parent = old;
    return depth;
}

struct tree *good_find(int key)
{
    struct tree probe = {.key = key};
    struct tree *t = buckets[key & 63];
    while (t && t->key != probe.key)
        t = t->key < probe.key ? t->right : t->left;
    return t;
}

/* Breadth-first walk with the queue in the frame. */
int good_walk(struct tree *t)
{
    struct tree *todo[64];
    int head = 0, tail = 0, n = 0;
    todo[tail++] = t;
    while (head < tail && tail < 62) {
        struct tree *cur = todo[head++];
        n += cur->key;
        if (cur->left)
            todo[tail++] = cur->left;
        if (cur->right)
            todo[tail++] = cur->right;
    }
    return n;
}

int good_scoped_arena(int n)
{
    char room[256];
    struct arena a = {current_arena, room};
    int r = -1;
    current_arena = &a;
    if (n <= 256) {
        current_arena->at += n;
        r = 0;
    }
    current_arena = a.up;
    return r;
}

void good_log_prefix(int id)
{
    char prefix[32];
    const char *old = log_prefix;
    snprintf(prefix, sizeof prefix, "[%d] ", id);
    log_prefix = prefix;
    printf("%sstarted\n", log_prefix);
    log_prefix = old;
}

int good_exec_arguments(char *host, int port)
{
    char *argv[4] = {"connect", host, NULL, NULL};
    char num[16];
    if (port) {
        snprintf(num, sizeof num, "%d", port);
        argv[2] = num;
    }
    return execvp(argv[0], argv);
}

/* zlib's shape: the state keeps the buffer of the last call, which the callee may have replaced. */
int good_stream(struct vm *z)
{
    unsigned char out[512];
    z->next_out = out;
    return inflate_some(z);
}

void good_stack_limit(void)
{
    char here;
    stack_limit = (uintptr_t)&here - (1 << 20);
}

struct vec good_copy(const struct vec *v)
{
    struct vec copy = *v;
    struct vec *c = &copy;
    c->at = malloc(c->n * sizeof *c->at);
    if (c->at)
        memcpy(c->at, v->at, c->n * sizeof *c->at);
    return copy;
}

void good_vec_borrow(struct vec *v)
{
    int room[16];
    struct vec saved = *v;
    *v = (struct vec){room, 0, 16};
    v->at[v->n++] = 1;
    saved.at[0] = v->at[0];
    *v = saved;
}

int good_format(char *to, size_t n, const char *fmt, ...)
{
    va_list ap, copy;
    va_start(ap, fmt);
    va_copy(copy, ap);
    int len = vsnprintf(NULL, 0, fmt, copy);
    va_end(copy);
    if (len >= 0)
        len = vsnprintf(to, n, fmt, ap);
    va_end(ap);
    return len;
}

int good_state_machine(const char *s)
{
    int words = 0, lines = 0, *counter = &words;
    for (; *s; s++) {
        counter = *s == '\n' ? &lines : &words;
        ++*counter;
    }
    return words * 100 + lines;
}

void good_swap(void **a, void **b)
{
    void *t = *a;
    *a = *b;
    *b = t;
}

void good_swap_locals(int *v)
{
    int x = v[0], y = v[1];
    void *p = &x, *q = &y;
    good_swap(&p, &q);
    v[0] = *(int *)p;
    v[1] = *(int *)q;
}

/* A path of frames, each linked to the caller's: only downwards. */
struct path {
    const struct path *up;
    int key;
};
int good_cycle_check(const struct path *up, const struct tree *t)
{
    struct path here = {up, t->key};
    for (const struct path *p = up; p; p = p->up)
        if (p->key == here.key)
            return 1;
    if (t->left && good_cycle_check(&here, t->left))
        return 1;
    return t->right && good_cycle_check(&here, t->right);
}

/* Memoised only where the argument is the program's own. */
const char *good_intern(const char *s)
{
    static char *table[32];
    char low[64];
    unsigned h = 0;
    size_t i;
    for (i = 0; s[i] && i < sizeof low - 1; i++)
        h = h * 31 + (unsigned char)(low[i] = (char)(s[i] | 32));
    low[i] = 0;
    if (!table[h % 32])
        table[h % 32] = strdup(low);
    return table[h % 32];
}
