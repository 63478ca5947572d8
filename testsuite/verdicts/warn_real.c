/* OPTIONS: mode=check */
/*
 * Shapes of bugs that real programs had, each reduced to what matters: objects on the stack left in
 * a list, contexts that keep pointing to a scratch buffer, getters that return their path[], error
 * paths that forget to undo. warn_real_good.c holds the same shapes done right.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
struct conn {
    int fd;
    struct msghdr msg;
    struct sockaddr *addr;
    struct iovec *iov;
    int niov;
};
struct handler {
    jmp_buf env;
    struct handler *up;
};
struct vm {
    struct handler *top;
    const char *error;
    int depth;
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
struct words {
    char *save;
    const char *sep;
};
struct config {
    const char *name;
    const char *const *search;
    int port;
};
struct arena {
    struct arena *up;
    char *at;
};

int cond(void);
int pending(void) __attribute__((pure));
int look(const void *) __attribute__((pure));
void *worker(void *);

static struct list waiters = {&waiters, &waiters};
struct handler *handlers;
struct config config;
struct arena *current_arena;
const int *sort_keys;
const char *log_prefix;
char **saved_argv;
struct tree *buckets[64];
const char *progname;
volatile unsigned *device;
struct request *queue[16];
unsigned queued;

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

/* A waiter gives up on a signal and stays in the queue. */
int bad_wait_interrupted(void)
{
    struct waiter w = {.pid = getpid()};
    list_add(&w.link, &waiters); /* WARN "'w' is stored in '.*', which outlives it" */
    while (!pending())
        if (w.pid < 0)
            return -EINTR;
    list_del(&w.link);
    return 0;
}

/* Linked, never unlinked. */
void bad_wait_forgotten(void)
{
    struct waiter w = {.pid = getpid()};
    list_add(&w.link, &waiters); /* WARN "'w' is stored in '.*', which outlives it" */
    while (!pending())
        ;
}

/* The parser keeps its scratch buffer. */
int bad_parse(struct parser *p, const char *s)
{
    char scratch[256];
    p->at = s;
    p->end = s + strlen(s);
    p->scratch = scratch; /* WARN "'scratch' is stored in '.*p.*', which outlives it" */
    p->line = 1;
    while (p->at < p->end)
        if (*p->at++ == '\n')
            p->line++;
    return p->line;
}

/* The error path returns before the reset. */
int bad_parse_error_path(struct parser *p, const char *s)
{
    char scratch[256];
    size_t n = 0;
    p->scratch = scratch; /* WARN "'scratch' is stored in '.*p.*', which outlives it" */
    for (; *s; s++) {
        if (n == sizeof scratch)
            return -1;
        p->scratch[n++] = *s;
    }
    p->scratch = NULL;
    return 0;
}

/* A token's text lies in the lexer's frame. */
struct token bad_lex_word(const char *s)
{
    char word[64];
    struct token t = {.kind = 'w'};
    while (t.len < sizeof word - 1 && s[t.len] > ' ') {
        word[t.len] = (char)(s[t.len] | 32);
        t.len++;
    }
    word[t.len] = 0;
    t.text = word;
    return t; /* WARN "address of local variable 'word' is returned" */
}

void bad_lex_into(struct token *t, const char *s)
{
    char word[64];
    strncpy(word, s, sizeof word - 1);
    word[63] = 0;
    t->kind = 'w';
    t->text = word; /* WARN "'word' is stored in '.*t.*', which outlives it" */
    t->len = strlen(t->text);
}

/* A message whose text was formatted into the frame. */
int bad_error_text(struct vm *vm, int code)
{
    char msg[80];
    snprintf(msg, sizeof msg, "error %d at depth %d", code, vm->depth);
    vm->error = msg; /* WARN "'msg' is stored in '.*vm.*', which outlives it" */
    return -1;
}

int bad_error_out(const char *path, char **err)
{
    char why[128];
    struct stat st;
    if (stat(path, &st) == 0)
        return 0;
    snprintf(why, sizeof why, "%s: %s", path, strerror(errno));
    if (err)
        *err = why; /* WARN "'why' is stored in '.*err.*', which outlives it" */
    return -1;
}

/* Only the unknown code goes wrong. */
const char *bad_strerror(int code)
{
    char text[32];
    switch (code) {
    case 0:
        return "success";
    case ENOENT:
        return "no such file";
    default:
        snprintf(text, sizeof text, "error %d", code);
        return text; /* WARN "address of local variable 'text' is returned" */
    }
}

/* Getters. */
const char *bad_config_path(void)
{
    char path[4096];
    const char *home = getenv("HOME");
    if (!home)
        return "/etc/app.conf";
    snprintf(path, sizeof path, "%s/.app.conf", home);
    return path; /* WARN "address of local variable 'path' is returned" */
}

char *bad_directory_of(const char *path)
{
    char copy[4096];
    strncpy(copy, path, sizeof copy - 1);
    copy[4095] = 0;
    return dirname(copy); /* WARN "address of local variable 'copy' is returned" */
}

char *bad_address_text(const struct sockaddr_in *a)
{
    char text[32];
    const unsigned char *b = (const unsigned char *)&a->sin_addr;
    snprintf(text, sizeof text, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
    return text; /* WARN "address of local variable 'text' is returned" */
}

const char *bad_program_name(char **argv)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", argv[0]);
    char *slash = strrchr(copy, '/');
    progname = slash ? slash + 1 : copy; /* WARN "'copy' is stored in 'progname'" */
    return argv[0];
}

const char *bad_cached(int id)
{
    static const char *last_text;
    static int last_id;
    char text[32];
    if (last_text && last_id == id)
        return "same";
    snprintf(text, sizeof text, "id-%d", id);
    last_id = id;
    last_text = text; /* WARN "'text' is stored in 'last_text', which outlives it" */
    return "new";
}

/* A message header in the connection, its vector in the frame. */
long bad_send(struct conn *c, char *body, size_t n)
{
    char head[32];
    struct iovec v[2] = {{head, sizeof head}, {body, n}};
    snprintf(head, sizeof head, "%zu\n", n);
    c->msg.msg_iov = v; /* WARN "'v' is stored in '.*c.*', which outlives it" */
    c->msg.msg_iovlen = 2;
    return sendmsg(c->fd, &c->msg, 0);
}

void bad_queue_header(struct conn *c, int code)
{
    char head[32];
    int n = snprintf(head, sizeof head, "%d\r\n", code);
    c->iov[c->niov].iov_base = head; /* WARN "'head' is stored in '.*', which outlives it" */
    c->iov[c->niov].iov_len = (size_t)n;
    c->niov++;
}

void bad_socket_address(struct conn *c, int port)
{
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = (in_port_t)port};
    c->addr = (struct sockaddr *)&sin; /* WARN "'sin' is stored in '.*c.*', which outlives it" */
    bind(c->fd, c->addr, sizeof sin);
}

/* strtok_r's state points into the copy. */
char *bad_first_word(struct words *w, const char *line)
{
    char copy[128];
    strncpy(copy, line, sizeof copy - 1);
    copy[127] = 0;
    char *first = strtok_r(copy, w->sep, &w->save); /* WARN "'copy' is stored in '.*w.*', which" */
    return first ? strdup(first) : NULL;
}

/* Exception handlers: the throwing path does not pop. */
int bad_protected_call(struct vm *vm, int (*f)(int))
{
    struct handler h = {.up = vm->top};
    int r = -1;
    vm->top = &h; /* WARN "'h' is stored in '.*vm.*', which outlives it" */
    if (setjmp(h.env) == 0) {
        r = f == NULL;
        vm->top = h.up;
    }
    return r;
}

void bad_handler_pushed(void)
{
    struct handler h;
    h.up = handlers;
    handlers = &h; /* WARN "'h' is stored in 'handlers'" */
    if (setjmp(h.env))
        puts("caught");
}

/* The small buffer moves with the struct, the pointer to it does not. */
struct text bad_small_text(const char *s)
{
    struct text t;
    t.len = strlen(s);
    t.at = t.len < sizeof t.small ? t.small : malloc(t.len + 1);
    if (!t.at)
        abort();
    memcpy(t.at, s, t.len + 1);
    return t; /* WARN "'t' is returned" */
}

char *bad_finish(const char *s, int n)
{
    struct text t = {.at = t.small};
    t.len = (size_t)snprintf(t.small, sizeof t.small, "%s%d", s, n);
    if (t.len >= sizeof t.small) {
        t.at = malloc(t.len + 1);
        if (t.at)
            sprintf(t.at, "%s%d", s, n);
    }
    return t.at; /* WARN "'t' is returned" */
}

/* A value in a document tree. */
struct json *bad_json_number(double v)
{
    char text[32];
    struct json *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    snprintf(text, sizeof text, "%g", v);
    j->string = text; /* WARN "'text' is stored in .*" */
    return j;
}

void bad_json_append(struct json *to, char *s)
{
    struct json item = {.string = s, .next = to->child};
    to->child = &item; /* WARN "'item' is stored in '.*to.*', which outlives it" */
}

/* Sorting by keys that lie in the frame. */
static int by_key(const void *a, const void *b)
{
    return sort_keys[*(const int *)a] - sort_keys[*(const int *)b];
}
void bad_sort(int *v, int n)
{
    int keys[64];
    for (int i = 0; i < n && i < 64; i++)
        keys[i] = v[i] & 7;
    sort_keys = keys; /* WARN "'keys' is stored in 'sort_keys'" */
    qsort(v, (size_t)n, sizeof *v, by_key);
}

/* Work given to a thread by way of a wrapper. */
static int start(pthread_t *t, void *arg)
{
    return pthread_create(t, NULL, worker, arg);
}
int bad_start_worker(int n)
{
    struct request r = {.err = n};
    pthread_t t;
    if (start(&t, &r)) /* WARN "'r' is captured by a callback registered with 'pthread_create'" */
        return -1;
    return pthread_detach(t);
}

/* A timed-out request still points to the flag of the caller who gave up. */
int bad_request_timeout(struct request *r, int turns)
{
    int done = 0;
    r->done = &done; /* WARN "'done' is stored in '.*r.*', which outlives it" */
    while (turns-- > 0)
        if (__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
            r->done = NULL;
            return 0;
        }
    return -ETIMEDOUT;
}

int bad_submitted(void *buf)
{
    struct request r = {.buf = buf};
    queue[queued++ % 16] = &r; /* WARN "'r' is stored in '.*queue.*', which outlives it" */
    return r.err;
}

/* Lists merged behind a dummy: the first element still points back to it. */
struct list *bad_merge(struct list *a, struct list *b)
{
    struct list dummy = {NULL, NULL};
    dummy.next = a;
    if (a)
        a->prev = &dummy; /* WARN "'dummy' is stored in '.*a.*', which outlives it" */
    while (a && a->next)
        a = a->next;
    if (a) {
        a->next = b;
        if (b)
            b->prev = a;
    }
    return dummy.next;
}

/* A tree walked under a temporary root. */
int bad_temporary_root(struct tree *t)
{
    struct tree root = {.left = t};
    int depth = 0;
    t->parent = &root; /* WARN "'root' is stored in '.*t.*', which outlives it" */
    for (struct tree *p = t; p != &root; p = p->parent)
        depth++;
    return depth;
}

void bad_intrusive_bucket(int key)
{
    struct tree e = {.key = key};
    e.left = buckets[key & 63];
    buckets[key & 63] = &e; /* WARN "'e' is stored in '.*buckets.*', which outlives it" */
}

/* Dynamic scoping, left by an early return. */
int bad_scoped_arena(int n)
{
    char room[256];
    struct arena a = {current_arena, room};
    current_arena = &a; /* WARN "'a' is stored in 'current_arena', which outlives it" */
    if (n > 256)
        return -1;
    a.at += n;
    current_arena = a.up;
    return 0;
}

void bad_log_prefix(int id)
{
    char prefix[32];
    snprintf(prefix, sizeof prefix, "[%d] ", id);
    log_prefix = prefix; /* WARN "'prefix' is stored in 'log_prefix', which outlives it" */
    printf("%sstarted\n", log_prefix);
    if (id < 0) {
        printf("%sbad id\n", log_prefix);
        return;
    }
    log_prefix = "";
}

/* Defaults and argument vectors. */
void bad_defaults(void)
{
    const char *search[] = {"/etc", "/usr/etc", NULL};
    config.port = 80;
    config.search = search; /* WARN "'search' is stored in '.*config.*', which outlives it" */
}

void bad_default_name(struct config *c)
{
    char host[64] = "localhost";
    if (!c->name)
        c->name = host; /* WARN "'host' is stored in '.*c.*', which outlives it" */
}

void bad_rewritten_argv(int argc, char **argv)
{
    char *copy[32];
    int n = 0;
    for (int i = 0; i < argc && n < 31; i++)
        if (argv[i][0] != '-')
            copy[n++] = argv[i];
    copy[n] = NULL;
    saved_argv = copy; /* WARN "'copy' is stored in 'saved_argv', which outlives it" */
}

int bad_exec_arguments(char *host, int port)
{
    char *argv[4] = {"connect", host, NULL, NULL};
    if (port) {
        char num[16];
        snprintf(num, sizeof num, "%d", port);
        argv[2] = num;
    }
    return execvp(argv[0], argv); /* WARN "'num' is used after its block ended" */
}

unsigned long bad_bound_parameters(const int *v, int n)
{
    const char *param[8] = {NULL};
    unsigned long len = 0;
    for (int i = 0; i < n && i < 8; i++) {
        char num[16];
        snprintf(num, sizeof num, "%d", v[i]);
        param[i] = num;
    }
    for (int i = 0; i < n && i < 8; i++)
        len += strlen(param[i]); /* WARN "address of local variable 'num' is used after its block ended" */
    return len;
}

/* The match is in a lower-case copy. */
const char *bad_find_case(const char *s, const char *word)
{
    char low[256];
    size_t i;
    for (i = 0; s[i] && i < sizeof low - 1; i++)
        low[i] = (char)(s[i] | 32);
    low[i] = 0;
    return strstr(low, word); /* WARN "address of local variable 'low' is returned" */
}

char *bad_strdupa(const char *s)
{
    char *copy = strdupa(s);
    for (char *p = copy; *p; p++)
        *p |= 32;
    return copy; /* WARN "address of alloca memory is returned" */
}

/* The newest entry, compared in a loop that reuses one buffer. */
struct stat *bad_newest(const char *const *paths, int n)
{
    struct stat st, best, *newest = NULL;
    for (int i = 0; i < n; i++)
        if (stat(paths[i], &st) == 0 && (!newest || st.st_mtime > newest->st_mtime)) {
            best = st;
            newest = &best;
        }
    return newest; /* WARN "address of local variable 'best' is returned" */
}

va_list *bad_kept_arguments(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    return &ap; /* WARN "address of local variable 'ap' is returned" */
}

int bad_iterate_directory(DIR *d, const char **last)
{
    struct dirent copy, *e;
    int n = 0;
    while ((e = readdir(d))) {
        copy = *e;
        *last = copy.d_name; /* WARN "'copy' is stored in '.last'" */
        n++;
    }
    return n;
}
