/* OPTIONS: mode=check */
/*
 * Undone in ways that are hard to see: nothing here is left behind. Each stands beside what goes
 * wrong if a step is forgotten.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pending(void);
void consume(const void *);

struct node {
    struct node *next;
    int value, on;
};
static struct node *queue;

static void push(struct node *n)
{
    n->next = queue;
    queue = n;
    n->on = 1;
}

/* The classic way to take something out of a list. */
static void take_out(struct node *n)
{
    for (struct node **p = &queue; *p; p = &(*p)->next)
        if (*p == n) {
            *p = n->next;
            break;
        }
}

int good_taken_out(void)
{
    struct node n = {.value = 1};
    push(&n);
    n.value++;
    take_out(&n);
    return n.value;
}

int good_taken_out_here(void)
{
    struct node n = {.value = 1};
    push(&n);
    struct node **p = &queue;
    while (*p != &n)
        p = &(*p)->next;
    *p = n.next;
    return n.value;
}

int bad_taken_out_if(int c)
{
    struct node n = {.value = 1};
    push(&n); /* WARN "'n' is stored in 'queue'" */
    if (c)
        return 1;
    take_out(&n);
    return n.value;
}

static void pop(void)
{
    if (queue)
        queue = queue->next;
}

int good_popped(void)
{
    struct node n = {.value = 1};
    push(&n);
    n.value++;
    pop();
    return n.value;
}

static void take_out_if_on(struct node *n)
{
    if (n->on) {
        queue = n->next;
        n->on = 0;
    }
}

int good_taken_out_if_on(void)
{
    struct node n = {.value = 1};
    push(&n);
    take_out_if_on(&n);
    return n.value;
}

int good_on_flag_here(int c)
{
    struct node n = {.value = 1};
    bool pushed = false;
    if (c) {
        push(&n);
        pushed = true;
    }
    n.value++;
    if (pushed)
        queue = n.next;
    return n.value;
}

int bad_on_flag_here(int c)
{
    struct node n = {.value = 1};
    bool pushed = false;
    if (c) {
        push(&n); /* WARN "'n' is stored in 'queue'" */
        pushed = c > 1;
    }
    n.value++;
    if (pushed)
        queue = n.next;
    return n.value;
}

/* The whole is overwritten. */
struct ctx {
    char *buf;
    struct node *first;
    size_t len;
    union {
        char *p;
        long n;
    } u;
};

void good_reset_whole(struct ctx *c)
{
    char buf[8] = "x";
    c->buf = buf;
    consume(c->buf);
    *c = (struct ctx){0};
}

void good_reset_memset(struct ctx *c)
{
    char buf[8] = "x";
    c->buf = buf;
    c->len = strlen(c->buf);
    memset(c, 0, sizeof *c);
}

static void reset(struct ctx *c)
{
    memset(c, 0, sizeof *c);
}

void good_reset_helper(struct ctx *c)
{
    char buf[8] = "x";
    c->buf = buf;
    c->len = strlen(c->buf);
    reset(c);
}

void bad_reset_other(struct ctx *c, struct ctx *d)
{
    char buf[8] = "x";
    c->buf = buf; /* WARN "'buf' is stored in '.c'" */
    c->len = strlen(c->buf);
    reset(d);
}

void good_saved_whole(struct ctx *c)
{
    char buf[8] = "x";
    struct ctx old = *c;
    c->buf = buf;
    c->len = strlen(c->buf);
    *c = old;
}

void good_union(struct ctx *c)
{
    char buf[8] = "x";
    c->u.p = buf;
    c->len = strlen(c->u.p);
    c->u.n = 0;
}

static void set_number(struct ctx *c, long n)
{
    c->u.n = n;
}

void good_union_helper(struct ctx *c)
{
    char buf[8] = "x";
    c->u.p = buf;
    c->len = strlen(c->u.p);
    set_number(c, 1);
}

/* Undone by a cleanup. */
static struct ctx *active;

static void leave(struct ctx **c)
{
    (*c)->buf = NULL;
}

void good_cleanup(struct ctx *c)
{
    char buf[8] = "x";
    struct ctx *guard __attribute__((cleanup(leave))) = c;
    c->buf = buf;
    c->len = strlen(buf);
}

int good_cleanup_early(struct ctx *c)
{
    char buf[8] = "x";
    struct ctx *guard __attribute__((cleanup(leave))) = c;
    c->buf = buf;
    if (c->len > 8)
        return -1;
    c->len = strlen(buf);
    return 0;
}

static void restore(struct ctx **old)
{
    active = *old;
}

int good_scoped(int n)
{
    struct ctx c = {.len = (size_t)n};
    struct ctx *old __attribute__((cleanup(restore))) = active;
    active = &c;
    if (n < 0)
        return -1;
    return (int)active->len;
}

/* The holder goes away. */
int good_holder_freed(void)
{
    char buf[8] = "x";
    struct ctx *c = calloc(1, sizeof *c);
    if (!c)
        return -1;
    c->buf = buf;
    int n = (int)strlen(c->buf);
    free(c);
    return n;
}

static void ctx_free(struct ctx *c)
{
    free(c->first);
    free(c);
}

int good_holder_freed_by_helper(void)
{
    char buf[8] = "x";
    struct ctx *c = calloc(1, sizeof *c);
    if (!c)
        return -1;
    c->buf = buf;
    int n = (int)strlen(c->buf);
    ctx_free(c);
    return n;
}

/* A buffer on the stack that is only used while it is big enough. */
char *good_small_buffer(const char *s)
{
    char small[16], *buf = small;
    size_t n = strlen(s) + 1;
    if (n > sizeof small)
        buf = malloc(n);
    if (!buf)
        return NULL;
    memcpy(buf, s, n);
    if (buf != small)
        return buf;
    return strdup(buf);
}

char *bad_small_buffer(const char *s)
{
    char small[16], *buf = small;
    size_t n = strlen(s) + 1;
    if (n > sizeof small)
        buf = malloc(n);
    if (!buf)
        return NULL;
    memcpy(buf, s, n);
    return buf; /* WARN "'small' is returned" */
}

void good_small_stored(struct ctx *c, size_t n)
{
    char small[16], *buf = small;
    if (n > sizeof small)
        buf = malloc(n);
    consume(buf);
    if (buf == small) {
        c->buf = NULL;
    } else {
        c->buf = buf;
    }
}

int good_owned_flag(struct ctx *c, size_t n)
{
    char small[16];
    bool owned = n > sizeof small;
    char *buf = owned ? malloc(n) : small;
    consume(buf);
    if (owned)
        c->buf = buf;
    return 0;
}

/* Waits until nobody needs it any more. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

int good_request(void)
{
    struct node n = {.value = 1};
    pthread_mutex_lock(&lock);
    push(&n);
    while (n.on)
        pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    return n.value;
}

/* A tree of parsers: each level's context hangs on its caller's. */
struct level {
    struct level *up;
    int depth;
    const char *name;
};

static int descend(struct level *up, int n)
{
    struct level l = {.up = up, .depth = up->depth + 1};
    return n ? descend(&l, n - 1) : l.depth;
}

int good_descend(int n)
{
    struct level l = {0};
    return descend(&l, n);
}

static int descend_linked(struct level **at, int n)
{
    struct level l = {.up = *at, .depth = n};
    *at = &l;
    int r = n ? descend_linked(at, n - 1) : l.depth;
    *at = l.up;
    return r;
}

int good_descend_linked(int n)
{
    struct level *at = NULL;
    return descend_linked(&at, n);
}

/* Swapped in, swapped out. */
static void swap(char **a, char **b)
{
    char *t = *a;
    *a = *b;
    *b = t;
}

void good_swapped(struct ctx *c)
{
    char buf[8] = "x", *p = buf;
    swap(&c->buf, &p);
    c->len = strlen(c->buf);
    swap(&c->buf, &p);
}

void bad_swapped(struct ctx *c)
{
    char buf[8] = "x", *p = buf;
    swap(&c->buf, &p); /* WARN "'buf' is stored in '.c'" */
    c->len = strlen(c->buf);
}

/* A slot is taken and given back. */
static char *slots[4];

static int take_slot(char *p)
{
    for (int i = 0; i < 4; i++)
        if (!slots[i]) {
            slots[i] = p;
            return i;
        }
    return -1;
}

int good_slot(void)
{
    char buf[8] = "x";
    int i = take_slot(buf);
    if (i < 0)
        return -1;
    buf[0]++;
    slots[i] = NULL;
    return buf[0];
}

int good_slot_here(int i)
{
    char buf[8] = "x";
    slots[i] = buf;
    buf[0]++;
    slots[i] = NULL;
    return buf[0];
}

/* The last one in the loop is removed behind it. */
int good_loop_removed(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct node x = {.value = i};
        push(&x);
        sum += queue->value;
        queue = x.next;
    }
    return sum;
}

int good_do_once(struct ctx *c)
{
    char buf[8] = "x";
    do {
        c->buf = buf;
        if (pending())
            break;
        c->len = strlen(c->buf);
    } while (0);
    c->buf = NULL;
    return 0;
}

int good_switch(struct ctx *c, int k)
{
    char buf[8] = "x";
    c->buf = NULL;
    switch (k) {
    case 0:
        c->buf = buf;
        c->len = strlen(c->buf);
        break;
    case 1:
        return 1;
    default:
        break;
    }
    c->buf = NULL;
    return 0;
}

int good_switch_kind(struct ctx *c, int k)
{
    char buf[8] = "x";
    switch (k) {
    case 0:
        c->buf = buf;
        break;
    case 1:
        return 1;
    }
    c->len++;
    if (k == 0)
        c->buf = NULL;
    return 0;
}

jmp_buf *good_jump(void)
{
    static jmp_buf env;
    struct ctx c = {0};
    active = &c;
    if (setjmp(env)) {
        active = NULL;
        return NULL;
    }
    c.len = 1;
    active = NULL;
    return &env;
}

int good_returned_by_value(void)
{
    struct ctx c = {0};
    char buf[8] = "x";
    c.buf = buf;
    struct ctx d = c;
    return (int)strlen(d.buf);
}

struct ctx good_cleared_copy(void)
{
    char buf[8] = "x";
    struct ctx c = {.buf = buf};
    c.len = strlen(c.buf);
    struct ctx d = c;
    d.buf = NULL;
    return d;
}

/* ---- in loops that certainly run, or whose end is known ---- */

static struct node *pop_any(void)
{
    struct node *n = queue;
    if (n)
        queue = n->next;
    return n;
}

void good_popped_until_empty(void)
{
    struct node n = {0};
    push(&n);
    while (queue)
        pop_any();
}

void bad_popped_at_most_once(int often)
{
    struct node n = {0};
    push(&n); /* WARN "'n' is stored in 'queue'" */
    if (often)
        pop_any();
}

void good_found_in_list(struct node *list)
{
    struct node n = {list->next, 1, 0};
    list->next = &n;
    for (struct node *p = list; p; p = p->next)
        if (p->next == &n) {
            p->next = n.next;
            break;
        }
}

void bad_looked_for_elsewhere(struct node *list, struct node *other)
{
    struct node n = {list->next, 1, 0};
    list->next = &n; /* WARN "'n' is stored in '\*list'" */
    for (struct node *p = other; p; p = p->next)
        if (p->next == list) {
            p->next = n.next;
            break;
        }
}

void good_until_it_is_null(int n)
{
    struct node x = {0};
    queue = &x;
    while (queue)
        if (n-- < 0)
            queue = NULL;
}

void good_elements_cleared(struct node *v)
{
    struct node x = {0};
    v[0].next = v[1].next = v[2].next = &x;
    for (int i = 0; i < 3; i++)
        v[i].next = NULL;
}

void good_elements_cleared_by_pointer(struct node *v)
{
    struct node x = {0};
    for (struct node *p = v; p < v + 3; p++)
        p->next = &x;
    for (struct node *p = v; p < v + 3; p++)
        p->next = NULL;
}

void bad_elements_of_another(struct node *v, struct node *w)
{
    struct node x = {0};
    for (struct node *p = v; p < v + 3; p++)
        p->next = &x; /* WARN "'x' is stored in '\*v'" */
    for (struct node *p = w; p < w + 3; p++)
        p->next = NULL;
}
