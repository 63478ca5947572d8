/* OPTIONS: mode=check */
/*
 * Protocols between functions: registries, callbacks, tables of functions, threads, clean-up, flags, error paths.
 * Somebody is given an address of the stack for a while; each bad_ function forgets to take it back on
 * some path.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

int parse(const char *);
void look(const void *);

/* ---- registries ---- */

struct listener {
    void (*notify)(void *);
    void *data;
    struct listener *next;
};
static struct listener *listeners;

static void subscribe(struct listener *l)
{
    l->next = listeners;
    listeners = l;
}
static void unsubscribe(struct listener *l)
{
    for (struct listener **p = &listeners; *p; p = &(*p)->next)
        if (*p == l) {
            *p = l->next;
            return;
        }
}
static void notify_all(void)
{
    for (struct listener *l = listeners; l; l = l->next)
        l->notify(l->data);
}
static void count(void *data)
{
    ++*(int *)data;
}

int bad_listener(void)
{
    int n = 0;
    struct listener l = {count, &n, NULL};
    subscribe(&l); /* WARN "'l' is stored in 'listeners'" */
    return n;
}

int good_listener(void)
{
    int n = 0;
    struct listener l = {count, &n, NULL};
    subscribe(&l);
    notify_all();
    unsubscribe(&l);
    return n;
}

int good_listener_top(void)
{
    int n = 0;
    struct listener l = {count, &n, listeners}, *saved = listeners;
    listeners = &l;
    notify_all();
    listeners = saved;
    return n;
}

int bad_listener_top(int fast)
{
    int n = 0;
    struct listener l = {count, &n, listeners}, *saved = listeners;
    listeners = &l; /* WARN "'l' is stored in 'listeners'" */
    if (fast)
        return 0;
    listeners = saved;
    return n;
}

struct slot {
    const char *name;
    void *object;
    unsigned flags;
};
enum { USED = 1, OWNED = 2 };
static struct slot slots[8];

static struct slot *slot_claim(unsigned i, const char *name, void *object)
{
    struct slot *s = &slots[i % 8];
    s->name = name;
    s->object = object;
    s->flags |= USED;
    return s;
}
static void slot_release(struct slot *s)
{
    if (s->flags & OWNED)
        parse(s->name);
    s->name = NULL;
    s->object = NULL;
    s->flags = 0;
}

void bad_slot(void)
{
    int object = 1;
    slots[3].name = "a";
    slots[3].object = &object; /* WARN "'object' is stored in 'slots'" */
    slots[3].flags |= USED;
}

void good_slot(void)
{
    int object = 1;
    struct slot *s = slot_claim(3, "a", &object);
    slot_release(s);
}

struct slot *good_slot_of_heap(void)
{
    return slot_claim(4, "a", malloc(8));
}

/* ---- contexts with a table of functions ---- */

struct stream;
struct stream_ops {
    int (*open)(struct stream *, void *);
    int (*close)(struct stream *);
};
struct stream {
    const struct stream_ops *ops;
    char *buf;
    void *state;
    unsigned flags;
};

static int memory_open(struct stream *s, void *state)
{
    s->state = state;
    return 0;
}
static int memory_close(struct stream *s)
{
    s->state = NULL;
    s->buf = NULL;
    return 0;
}
static const struct stream_ops memory_ops = {memory_open, memory_close};

void bad_ops(struct stream *s)
{
    int state = 1;
    s->ops = &memory_ops;
    s->ops->open(s, &state); /* WARN "'state' is stored in '\*s'" */
}

void good_ops(struct stream *s)
{
    int state = 1;
    s->ops = &memory_ops;
    s->ops->open(s, &state);
    s->ops->close(s);
}

struct stream bad_stream(void)
{
    char buf[32] = "a";
    struct stream s = {.ops = &memory_ops, .buf = buf};
    return s; /* WARN "'buf' is returned" */
}

struct stream good_stream(void)
{
    char buf[32] = "a";
    struct stream s = {.ops = &memory_ops, .buf = buf};
    look(s.buf);
    memory_close(&s);
    return s;
}

const struct stream_ops *bad_ops_of_block(void)
{
    struct stream_ops ops = memory_ops;
    ops.close = NULL;
    return &ops; /* WARN "'ops' is returned" */
}

const struct stream_ops *good_ops_static(void)
{
    static struct stream_ops ops;
    ops = memory_ops;
    ops.close = NULL;
    return &ops;
}

/* ---- scratch memory in a context ---- */

struct parser {
    const char *at, *end;
    char *scratch;
    jmp_buf *on_error;
    int depth, error;
};

int bad_scratch(struct parser *p, const char *text)
{
    char scratch[64];
    p->scratch = scratch; /* WARN "'scratch' is stored in '\*p'" */
    p->at = text;
    if (p->depth > 10)
        return -1;
    p->scratch = NULL;
    return 0;
}

int good_scratch(struct parser *p, const char *text)
{
    char scratch[64];
    int r = -1;
    p->scratch = scratch;
    p->at = text;
    if (p->depth > 10)
        goto out;
    p->depth++;
    r = parse(text);
    p->depth--;
out:
    p->scratch = NULL;
    return r;
}

int bad_jump_target(struct parser *p)
{
    jmp_buf here;
    p->on_error = &here; /* WARN "'here' is stored in '\*p'" */
    if (setjmp(here))
        return -1;
    p->on_error = NULL;
    return 0;
}

int good_jump_target(struct parser *p)
{
    jmp_buf here, *outer = p->on_error;
    int failed = 0;
    p->on_error = &here;
    if (setjmp(here))
        failed = -1;
    p->on_error = outer;
    return failed;
}

int bad_text_of_argument(struct parser *p, int n)
{
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    p->at = text;                 /* WARN "'text' is stored in '\*p'" */
    p->end = text + strlen(text); /* WARN "'text' is stored in '\*p'" */
    return 0;
}

int good_text_of_argument(struct parser *p, int n)
{
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    p->at = text;
    p->end = text + strlen(text);
    int r = parse(p->at);
    p->at = p->end = NULL;
    return r;
}

/* ---- messages ---- */

struct message {
    struct iovec *iov;
    size_t niov;
    struct message *reply;
};

void bad_message(struct message *m, char *data, size_t n)
{
    struct iovec iov = {data, n};
    m->iov = &iov; /* WARN "'iov' is stored in '\*m'" */
    m->niov = 1;
}

ssize_t good_message(int fd, char *data, size_t n)
{
    struct iovec iov = {data, n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    return sendmsg(fd, &m, 0);
}

struct message *bad_reply(struct message *m)
{
    struct message reply = {NULL, 0, NULL};
    m->reply = &reply; /* WARN "'reply' is stored in '\*m'" */
    return m->reply;   /* WARN "'reply' is returned" */
}

struct message *good_reply(struct message *m)
{
    struct message reply = {NULL, 0, NULL};
    m->reply = &reply;
    look(&reply);
    m->reply = NULL;
    return m->reply;
}

/* ---- flags ---- */

struct request {
    void *data;
    unsigned flags;
    int state;
};
enum { BORROWED = 1, COPIED = 2 };

static int request_set(struct request *r, void *data, size_t n, unsigned flags)
{
    if (flags & COPIED) {
        void *copy = malloc(n);
        if (!copy)
            return -1;
        memcpy(copy, data, n);
        r->data = copy;
    } else {
        r->data = data;
    }
    r->flags = flags;
    return 0;
}

void good_request_copied(struct request *r)
{
    int data = 1;
    request_set(r, &data, sizeof data, COPIED);
}

void good_request_reset(struct request *r)
{
    int data = 1;
    request_set(r, &data, sizeof data, BORROWED);
    r->data = NULL;
}

static void request_attach(struct request *r, void *data, bool keep)
{
    r->state = 1;
    if (keep)
        r->data = data;
}

void bad_request_kept(struct request *r)
{
    int data = 1;
    request_attach(r, &data, true); /* WARN "'data' is stored in '\*r'" */
}

void good_request_not_kept(struct request *r)
{
    int data = 1;
    request_attach(r, &data, false);
}

/* ---- threads ---- */

static void *work(void *data)
{
    look(data);
    return NULL;
}

int bad_thread(pthread_t *t)
{
    int data = 1;
    return pthread_create(t, NULL, work, &data); /* WARN "'data' is captured" */
}

int good_thread(void)
{
    int data = 1;
    pthread_t t;
    if (pthread_create(&t, NULL, work, &data))
        return -1;
    return pthread_join(t, NULL);
}

int bad_thread_detached(void)
{
    int data = 1;
    pthread_t t;
    if (pthread_create(&t, NULL, work, &data)) /* WARN "'data' is captured" */
        return -1;
    return pthread_detach(t);
}

int good_thread_gets_copy(pthread_t *t)
{
    int data = 1, *copy = malloc(sizeof *copy);
    if (!copy)
        return -1;
    *copy = data;
    return pthread_create(t, NULL, work, copy);
}

/* ---- clean-up ---- */

struct holder {
    void *held;
};
extern struct holder holder;

static void release(struct holder **h)
{
    (*h)->held = NULL;
}
static void ignore(struct holder **h)
{
    (void)h;
}

int good_released_at_the_end(int n)
{
    int x = n;
    __attribute__((cleanup(release))) struct holder *h = &holder;
    h->held = &x;
    if (n < 0)
        return -1;
    return x;
}

int bad_ignored_at_the_end(int n)
{
    int x = n;
    __attribute__((cleanup(ignore))) struct holder *h = &holder;
    h->held = &x; /* WARN "'x' is stored in 'holder'" */
    if (n < 0)
        return -1;
    return x;
}

/* ---- unnamed arguments ---- */

static void *kept[4];

static void keep_all(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    kept[0] = va_arg(ap, void *);
    if (n > 1)
        kept[1] = va_arg(ap, void *);
    va_end(ap);
}

void bad_unnamed(void)
{
    int x = 1;
    keep_all(1, &x); /* WARN "'x' is stored in 'kept'" */
}

void good_unnamed(void)
{
    int x = 1;
    static int y;
    keep_all(1, &y, &x);
}

/* ---- unions and copies ---- */

struct value {
    enum { NUMBER, TEXT, OBJECT } kind;
    union {
        long number;
        char *text;
        void *object;
    } as;
};
extern struct value last;

struct value bad_value(void)
{
    char text[8] = "a";
    struct value v = {.kind = TEXT, .as.text = text};
    return v; /* WARN "'text' is returned" */
}

struct value good_value(void)
{
    char text[8] = "a";
    struct value v = {.kind = TEXT, .as.text = text};
    if (v.as.text[0] == 'a') {
        v.kind = NUMBER;
        v.as.number = 1;
        return v;
    }
    v.as.object = NULL;
    return v;
}

void bad_value_copied(struct value *to)
{
    char text[8] = "a";
    struct value v = {.kind = TEXT, .as.text = text}, w = v;
    memcpy(to, &w, sizeof w); /* WARN "'text' is stored in '\*to'" */
}

void good_value_copied(struct value *to)
{
    char text[8] = "a";
    struct value v = {.kind = TEXT, .as.text = text}, w = v;
    w.as.text = strdup(v.as.text);
    memcpy(to, &w, sizeof w);
}

void good_value_swapped(struct value *to)
{
    char text[8] = "a";
    struct value v = {.kind = TEXT, .as.text = text}, w = *to;
    *to = v;
    *to = w;
}

void bad_value_swapped(struct value *to)
{
    char text[8] = "a";
    struct value v = {.kind = TEXT, .as.text = text}, w = *to;
    *to = w;
    *to = v; /* WARN "'text' is stored in '\*to'" */
}

/* ---- blocks ---- */

int bad_default_settings(const int *settings)
{
    if (!settings) {
        int defaults[2] = {1, 2};
        settings = defaults;
    }
    return settings[0]; /* WARN "'defaults' is used after its block ended" */
}

int good_default_settings(const int *settings)
{
    int defaults[2] = {1, 2};
    if (!settings)
        settings = defaults;
    return settings[0];
}

int bad_literal_in_branch(const struct value *v, int n)
{
    if (n > 0) {
        v = &(struct value){.kind = NUMBER, .as.number = n};
    }
    return v->kind; /* WARN "used after its block ended" */
}

int good_literal_in_branch(const struct value *v, int n)
{
    v = n > 0 ? &(struct value){.kind = NUMBER, .as.number = n} : v;
    return v->kind;
}

const char *bad_message_of_loop(const int *v, int n)
{
    const char *found = NULL;
    for (int i = 0; i < n; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", v[i]);
        if (v[i] < 0)
            found = text;
    }
    return found; /* WARN "'text' is returned" */
}

int good_message_of_loop(const int *v, int n)
{
    int r = 0;
    for (int i = 0; i < n; i++) {
        char text[16], *found = NULL;
        snprintf(text, sizeof text, "%d", v[i]);
        if (v[i] < 0)
            found = text;
        r += found ? parse(found) : 0;
    }
    return r;
}

/* ---- that do not return ---- */

static struct parser *current;

_Noreturn void good_server(void)
{
    struct parser p = {NULL, NULL, NULL, NULL, 0, 0};
    current = &p;
    for (;;)
        look(current);
}

void good_child(int n)
{
    struct parser p = {NULL, NULL, NULL, NULL, 0, 0};
    if (n) {
        current = &p;
        look(current);
        exit(1);
    }
}

void bad_server(int n)
{
    struct parser p = {NULL, NULL, NULL, NULL, 0, 0};
    current = &p; /* WARN "'p' is stored in 'current'" */
    for (int i = 0; i < n; i++)
        p.depth++;
}

/* ---- saved and restored ---- */

static struct parser *enter(struct parser *p)
{
    struct parser *outer = current;
    current = p;
    return outer;
}
static void leave(struct parser *outer)
{
    current = outer;
}

int good_entered(const char *text)
{
    struct parser p = {text, NULL, NULL, NULL, 0, 0}, *outer = enter(&p);
    p.depth++;
    leave(outer);
    return p.error;
}

int bad_entered(const char *text)
{
    struct parser p = {text, NULL, NULL, NULL, 0, 0},
                  *outer = enter(&p); /* WARN "'p' is stored in" */
    if (p.depth)
        leave(outer);
    return p.error;
}

int bad_entered_twice(const char *text)
{
    struct parser p = {text, NULL, NULL, NULL, 0, 0};
    enter(&p);
    leave(enter(&p)); /* WARN "'p' is stored in 'current'" */
    return p.error;
}

/* ---- out-parameters ---- */

int bad_split(char *line, char **key, char **value)
{
    char copy[64];
    strncpy(copy, line, sizeof copy - 1);
    copy[63] = 0;
    *key = copy;                /* WARN "'copy' is stored in '\*key'" */
    *value = strchr(copy, '='); /* WARN "'copy' is stored in '\*value'" */
    return 0;
}

int good_split(char *line, char **key, char **value)
{
    *key = line;
    *value = strchr(line, '=');
    if (*value)
        *(*value)++ = 0;
    return 0;
}

int bad_error_text(int n, const char **error)
{
    char text[32];
    if (n >= 0) {
        *error = NULL;
        return 0;
    }
    snprintf(text, sizeof text, "bad number %d", n);
    *error = text; /* WARN "'text' is stored in '\*error'" */
    return -1;
}

int good_error_text(int n, char *error, size_t size)
{
    char text[32];
    if (n >= 0)
        return 0;
    snprintf(text, sizeof text, "bad number %d", n);
    snprintf(error, size, "%s", text);
    return -1;
}
