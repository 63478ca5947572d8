/* OPTIONS: mode=check */
/*
 * Containers: lists, trees, tables, arrays that grow, caches, heaps and queues that keep what stood on the
 * stack of whoever filled them; and each done right beside it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int cond(void);
int compare(const void *, const void *);
void look(const void *);

/* ---- circular lists with a head ---- */

struct link {
    struct link *next, *prev;
};
struct job {
    struct link link;
    int id;
};
extern struct link jobs;

static void link_init(struct link *l)
{
    l->next = l->prev = l;
}
static void link_between(struct link *l, struct link *prev, struct link *next)
{
    next->prev = l;
    l->next = next;
    l->prev = prev;
    prev->next = l;
}
static void link_add(struct link *l, struct link *head)
{
    link_between(l, head, head->next);
}
static void link_add_tail(struct link *l, struct link *head)
{
    link_between(l, head->prev, head);
}
static void link_del(struct link *l)
{
    l->next->prev = l->prev;
    l->prev->next = l->next;
    link_init(l);
}

void bad_job_on_stack(void)
{
    struct job j = {.id = 1};
    look(&j);
    link_add(&j.link, &jobs); /* WARN "'j' is stored in 'jobs'" */
}

void good_job_on_stack(void)
{
    struct job j = {.id = 1};
    link_add(&j.link, &jobs);
    look(&jobs);
    link_del(&j.link);
}

void good_job_on_local_list(void)
{
    struct link mine;
    struct job a = {.id = 1}, b = {.id = 2};
    link_init(&mine);
    link_add(&a.link, &mine);
    link_add_tail(&b.link, &mine);
    look(&mine);
}

int bad_job_error_path(int n)
{
    struct job j = {.id = n};
    link_add(&j.link, &jobs); /* WARN "'j' is stored in 'jobs'" */
    if (n < 0)
        return -1;
    look(&jobs);
    link_del(&j.link);
    return 0;
}

int good_job_error_path(int n)
{
    struct job j = {.id = n};
    int err = -1;
    link_add(&j.link, &jobs);
    if (n < 0)
        goto out;
    look(&jobs);
    err = 0;
out:
    link_del(&j.link);
    return err;
}

/* Whether a list is empty is asked of a function. */

static bool link_empty(const struct link *head)
{
    return head->next == head;
}
static void link_move(struct link *l, struct link *head)
{
    link_del(l);
    link_add(l, head);
}

void good_move_all(struct link *to)
{
    struct link mine;
    link_init(&mine);
    while (!link_empty(&mine))
        link_move(mine.next, to);
}

int good_move_all_counted(struct link *to)
{
    int n = 0;
    struct link mine;
    link_init(&mine);
    while (!link_empty(&mine)) {
        link_move(mine.next, to);
        n++;
    }
    return n;
}

void bad_move_head(struct link *to)
{
    struct link mine;
    link_init(&mine);
    if (link_empty(&mine))
        link_add(mine.next, to); /* WARN "'mine' is stored in '\*to'" */
}

void good_collected(struct link *to, struct link *from, int n)
{
    struct link mine, *l;
    link_init(&mine);
    for (int i = 0; i < n; i++)
        link_move(from->next, &mine);
    while (!link_empty(&mine)) {
        l = mine.next;
        look(l);
        link_move(l, to);
    }
}

/* The same with pointers that are kept as numbers, for the sake of flags in their low bits. */

struct tagged {
    uintptr_t next, prev;
};

static void tagged_init(struct tagged *t)
{
    t->next = (uintptr_t)t;
    t->prev = (uintptr_t)t;
}
static int tagged_empty(const struct tagged *t)
{
    return t->next == (uintptr_t)t;
}
static void tagged_move(struct tagged *t, struct tagged *head)
{
    struct tagged *prev = (struct tagged *)(t->prev & ~(uintptr_t)3);
    struct tagged *next = (struct tagged *)t->next;
    prev->next = (uintptr_t)next;
    next->prev = (next->prev & 3) | (uintptr_t)prev;
    prev = (struct tagged *)head->prev;
    t->prev = (uintptr_t)prev;
    prev->next = (uintptr_t)t;
    head->prev = (uintptr_t)t;
    t->next = (uintptr_t)head;
}

void good_tagged(struct tagged *to, struct tagged *from, int n)
{
    struct tagged mine, *t;
    tagged_init(&mine);
    for (int i = 0; i < n; i++)
        tagged_move((struct tagged *)from->next, &mine);
    while (!tagged_empty(&mine)) {
        t = (struct tagged *)mine.next;
        look(t);
        if (mine.next == (uintptr_t)t)
            tagged_move(t, to);
    }
}

/* All that stands on the list is taken over by a head on the stack: the entries still point to it. */
struct link *bad_take_all(struct link *from)
{
    struct link head;
    head.next = from->next;
    head.prev = from->prev;
    head.next->prev = &head; /* WARN "'head' is stored in '\*\*from'" */
    head.prev->next = &head; /* WARN "'head' is stored in '\*\*from'" */
    link_init(from);
    return head.next;
}

void good_take_all(struct link *from, struct link *to)
{
    to->next = from->next;
    to->prev = from->prev;
    to->next->prev = to;
    to->prev->next = to;
    link_init(from);
}

/* What is taken over is gone through until the head on the stack is alone again. It is not alone at once: what
 * was read before its address was anywhere is not that address. */
void good_take_over(struct link *list)
{
    struct link mine;
    if (list->next == list) {
        link_init(&mine);
    } else {
        struct link *first = list->next;
        mine.prev = list->prev;
        mine.prev->next = &mine;
        mine.next = first;
        list->prev = first->prev;
        list->prev->next = list;
        first->prev = &mine;
    }
    while (mine.next != &mine) {
        struct link *l = mine.next;
        link_move(l, list);
        look(l);
    }
}

int good_not_the_first(struct link *list)
{
    struct link mine;
    struct link *first = list->next;
    mine.next = first;
    first->prev = &mine;
    if (mine.next == &mine)
        return 0;
    first->prev = list;
    return 1;
}

int bad_the_first(struct link *list)
{
    struct link mine;
    list->next = &mine; /* WARN "'mine' is stored in '\*list'" */
    struct link *first = list->next;
    if (first == &mine)
        return 0;
    list->next = list;
    return 1;
}

/* In the second turn it may be what the first one left. */
int bad_the_first_again(struct link *list, int n)
{
    struct link mine;
    for (;;) {
        struct link *first = list->next;
        if (first == &mine)
            return 0;
        list->next = &mine; /* WARN "'mine' is stored in '\*list'" */
        if (n-- == 0) {
            list->next = list;
            return 1;
        }
    }
}

/* ---- merging with an entry in front that is none ---- */

struct item {
    struct item *next, *prev;
    int key;
};

struct item *bad_merge(struct item *a, struct item *b)
{
    struct item front = {NULL, NULL, 0}, *tail = &front;
    while (a && b) {
        struct item **least = a->key <= b->key ? &a : &b;
        tail->next = *least;
        (*least)->prev = tail;
        tail = *least;
        *least = tail->next;
    }
    tail->next = a ? a : b;
    return &front; /* WARN "'front' is returned" */
}

struct item *good_merge(struct item *a, struct item *b)
{
    struct item front = {NULL, NULL, 0}, *tail = &front;
    while (a && b) {
        struct item **least = a->key <= b->key ? &a : &b;
        tail->next = *least;
        tail = *least;
        *least = tail->next;
    }
    tail->next = a ? a : b;
    return front.next;
}

struct item *bad_first_points_back(struct item *a)
{
    struct item front = {NULL, NULL, 0}, *tail = &front;
    a->prev = tail; /* WARN "'front' is stored in '\*a'" */
    tail->next = a;
    return front.next;
}

struct item *good_first_points_back(struct item *a)
{
    struct item front = {NULL, NULL, 0}, *tail = &front;
    a->prev = tail;
    tail->next = a;
    front.next->prev = NULL;
    return front.next;
}

/* ---- queues with a pointer to their end ---- */

struct entry {
    struct entry *next;
    const char *text;
};
struct queue {
    struct entry *first, **end;
    int n;
};
extern struct queue work_queue;

static void queue_init(struct queue *q)
{
    q->first = NULL;
    q->end = &q->first;
    q->n = 0;
}
static void queue_put(struct queue *q, struct entry *e)
{
    e->next = NULL;
    *q->end = e;
    q->end = &e->next;
    q->n++;
}

void bad_queue_of_stack(void)
{
    struct entry e = {NULL, "a"};
    queue_init(&work_queue);
    queue_put(&work_queue, &e); /* WARN "'e' is stored in 'work_queue'" */
}

void good_queue_reset(void)
{
    struct entry e = {NULL, "a"};
    queue_init(&work_queue);
    queue_put(&work_queue, &e);
    look(work_queue.first);
    queue_init(&work_queue);
}

struct queue bad_queue_by_value(void)
{
    struct queue q;
    queue_init(&q);
    return q; /* WARN "'q' is returned" */
}

struct queue good_queue_by_value(void)
{
    struct queue q;
    queue_init(&q);
    q.end = NULL;
    return q;
}

void bad_queue_copied(struct queue *to)
{
    struct queue q;
    queue_init(&q);
    *to = q; /* WARN "'q' is stored in '\*to'" */
}

void good_queue_copied(struct queue *to)
{
    struct queue q;
    queue_init(&q);
    *to = q;
    to->end = &to->first;
}

/* ---- trees ---- */

struct tree {
    struct tree *left, *right, *parent;
    const char *key;
};
extern struct tree *root;

static void tree_set_left(struct tree *t, struct tree *child)
{
    t->left = child;
    if (child)
        child->parent = t;
}

void bad_tree_parent(struct tree *t)
{
    struct tree pivot = {.key = "p"};
    look(&pivot);
    tree_set_left(&pivot, t); /* WARN "'pivot' is stored in '\*t'" */
}

void good_tree_parent(struct tree *t)
{
    struct tree pivot = {.key = "p"};
    tree_set_left(&pivot, t);
    look(&pivot);
    tree_set_left(&pivot, NULL);
    t->parent = NULL;
}

struct tree *bad_tree_insert(const char *word)
{
    char key[16];
    struct tree *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    strncpy(key, word, sizeof key - 1);
    t->key = key; /* WARN "'key' is stored in heap memory|'key' is stored in 'heap memory'" */
    return t;
}

struct tree *good_tree_insert(const char *word)
{
    char key[16];
    struct tree *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    strncpy(key, word, sizeof key - 1);
    t->key = strdup(key);
    return t;
}

const struct tree *good_tree_find(const char *word)
{
    struct tree probe = {.key = word};
    const struct tree *t = root;
    while (t && compare(&probe, t))
        t = compare(&probe, t) < 0 ? t->left : t->right;
    return t;
}

const struct tree *bad_tree_find(const char *word)
{
    struct tree probe = {.key = word};
    const struct tree *t = root;
    while (t && compare(&probe, t))
        t = compare(&probe, t) < 0 ? t->left : t->right;
    return t ? t : &probe; /* WARN "'probe' is returned" */
}

/* ---- arrays that grow ---- */

struct vec {
    const char **at;
    size_t n, room;
};

static int vec_push(struct vec *v, const char *s)
{
    if (v->n == v->room) {
        size_t room = v->room ? 2 * v->room : 8;
        const char **at = realloc(v->at, room * sizeof *at);
        if (!at)
            return -1;
        v->at = at;
        v->room = room;
    }
    v->at[v->n++] = s;
    return 0;
}

void good_vec_of_copies(struct vec *v, int n)
{
    char text[16] = "a";
    text[0] = (char)n;
    vec_push(v, strdup(text));
}

void good_vec_local(int n)
{
    char text[16] = "a";
    struct vec v = {NULL, 0, 0};
    text[0] = (char)n;
    if (vec_push(&v, text) == 0)
        look(v.at);
    free(v.at);
}

const char **bad_small_array(size_t n)
{
    const char *few[4], **at = few;
    if (n > 4)
        at = malloc(n * sizeof *at);
    if (at)
        at[0] = "a";
    return at; /* WARN "'few' is returned" */
}

const char **good_small_array(size_t n)
{
    const char *few[4], **at = few;
    if (n > 4)
        at = malloc(n * sizeof *at);
    if (at)
        at[0] = "a";
    look(at);
    return at == few ? NULL : at;
}

/* A buffer that begins on the stack and moves to the heap when it is full. */
struct buffer {
    char *at;
    size_t n, room;
    char *stack;
};

static void buffer_release(struct buffer *b)
{
    if (b->at != b->stack)
        free(b->at);
    b->at = b->stack = NULL;
}

void bad_buffer(struct buffer *b)
{
    char room[64];
    b->at = room; /* WARN "'room' is stored in '\*b'" */
    b->stack = NULL;
    b->n = 0;
    b->room = sizeof room;
}

void good_buffer(struct buffer *b)
{
    char room[64];
    b->at = b->stack = room;
    b->n = 0;
    b->room = sizeof room;
    look(b);
    buffer_release(b);
}

/* ---- hash tables ---- */

struct bucket {
    struct bucket *next;
    const char *key;
    void *value;
};
static struct bucket *table[64];

static unsigned hash(const char *s)
{
    unsigned h = 5381;
    while (*s)
        h = h * 33 + (unsigned char)*s++;
    return h % 64;
}

static struct bucket *table_put(const char *key, void *value)
{
    struct bucket *b = malloc(sizeof *b);
    unsigned h = hash(key);
    if (!b)
        return NULL;
    b->key = key;
    b->value = value;
    b->next = table[h];
    table[h] = b;
    return b;
}

struct bucket *bad_table_put(const char *key)
{
    int value = 1;
    return table_put(key, &value); /* WARN "'value' is stored in|'value' is returned" */
}

struct bucket *good_table_put(const char *key)
{
    int *value = malloc(sizeof *value);
    return table_put(key, value);
}

/* ---- caches ---- */

static struct {
    const void *key;
    int result;
    bool valid;
} cache;
static const void *cache_last[4];
static unsigned cache_next;

int bad_cache(int n)
{
    int key[2] = {n, n + 1};
    cache.result = compare(key, &n);
    cache.key = key; /* WARN "'key' is stored in 'cache'" */
    cache.valid = true;
    return cache.result;
}

int good_cache(int n)
{
    int key[2] = {n, n + 1};
    cache.key = key;
    cache.result = compare(key, &n);
    cache.valid = false;
    cache.key = NULL;
    return cache.result;
}

void bad_cache_slot(void)
{
    int key = 1;
    look(cache_last);
    cache_last[2] = &key; /* WARN "'key' is stored in 'cache_last'" */
}

void good_cache_slot(void)
{
    int key = 1;
    cache_last[2] = &key;
    look(cache_last);
    cache_last[2] = NULL;
}

void good_cache_ring(void)
{
    int key = 1;
    unsigned at = cache_next++ % 4;
    cache_last[at] = &key;
    look(cache_last);
    cache_last[at] = NULL;
}

/* ---- iterators ---- */

struct walk {
    const struct tree *at, **stack;
    size_t n;
    const struct tree *small[8];
};

static void walk_start(struct walk *w, const struct tree *t)
{
    w->at = t;
    w->stack = w->small;
    w->n = 0;
}

struct walk bad_walk(const struct tree *t)
{
    struct walk w;
    walk_start(&w, t);
    return w; /* WARN "'w' is returned" */
}

void good_walk(const struct tree *t)
{
    struct walk w;
    walk_start(&w, t);
    look(&w);
}

struct walk *bad_walk_made(const struct tree *t)
{
    const struct tree *path[8];
    struct walk *w = malloc(sizeof *w);
    if (!w)
        return NULL;
    walk_start(w, t);
    w->stack = path; /* WARN "'path' is stored in 'heap memory'" */
    return w;
}

struct walk *good_walk_made(const struct tree *t)
{
    const struct tree *path[8];
    struct walk *w = malloc(sizeof *w);
    if (!w)
        return NULL;
    w->stack = path;
    look(w);
    walk_start(w, t);
    return w;
}
