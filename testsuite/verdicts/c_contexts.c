/* OPTIONS: m warn=none */
/*
 * Shapes of real C programs: contexts handed down, out parameters, iterators, intrusive lists, builders
 * and parsers, all on the stack.
 */
#include <stddef.h>
#include <string.h>

int number;
void *anything;

/* A context that points to the caller's variables. */
struct ctx {
    int *count;
    const char *text;
    struct ctx *parent;
    char *out;
};
static void ctx_init(struct ctx *c, struct ctx *parent, int *count) /* STAYS c */ /* LEAKS parent TO c 0 */ /* LEAKS count TO c 0 */
{
    c->parent = parent;
    c->count = count;
    c->text = "";
    c->out = NULL;
}
static int ctx_depth(const struct ctx *c) /* STAYS c */
{
    int n = 0;
    for (; c; c = c->parent)
        n++;
    return n;
}
static void ctx_bump(struct ctx *c) { ++*c->count; } /* STAYS c */
int nested_contexts(int n)
{
    int count = 0; /* STAYS count */
    struct ctx outer; /* STAYS outer */
    struct ctx inner; /* STAYS inner */
    ctx_init(&outer, NULL, &count);
    ctx_init(&inner, &outer, &count);
    while (n--)
        ctx_bump(&inner);
    return count + ctx_depth(&inner);
}
int recursive_contexts(struct ctx *parent, int n) /* STAYS parent */
{
    int count = n; /* STAYS count */
    struct ctx c; /* STAYS c */
    ctx_init(&c, parent, &count);
    if (n > 0)
        return recursive_contexts(&c, n - 1);
    return ctx_depth(&c);
}
/* Out parameters with an error code. */
static int parse(const char *s, const char **end, int *value) /* LEAKS s TO end 0 */ /* STAYS end */ /* STAYS value */
{
    *value = 0;
    while (*s >= '0' && *s <= '9')
        *value = *value * 10 + *s++ - '0';
    *end = s;
    return 0;
}
int parsed(void)
{
    char text[] = "12+30"; /* STAYS text */
    const char *p; /* STAYS p */
    int a; /* STAYS a */
    int b; /* STAYS b */
    parse(text, &p, &a);
    parse(p + 1, &p, &b);
    return a + b;
}
const char *rest_returned(void)
{
    char text[] = "12+30"; /* MOVED text */
    const char *p; /* STAYS p */
    int a; /* STAYS a */
    parse(text, &p, &a);
    return p;
}
/* An intrusive doubly linked list with its head on the stack. */
struct dl {
    struct dl *next, *prev;
};
static void dl_init(struct dl *h) { h->next = h; h->prev = h; } /* STAYS h */
static void dl_add(struct dl *h, struct dl *n) /* LEAKS h TO n 0 */ /* LEAKS n TO h 0 */
{
    n->next = h->next;
    n->prev = h;
    h->next->prev = n;
    h->next = n;
}
static void dl_del(struct dl *n) /* LEAKS n TO n 1 */
{
    n->next->prev = n->prev;
    n->prev->next = n->next;
}
int list_on_stack(void)
{
    struct dl head; /* STAYS head */
    struct dl a; /* STAYS a */
    struct dl b; /* STAYS b */
    int n = 0;
    dl_init(&head);
    dl_add(&head, &a);
    dl_add(&head, &b);
    for (struct dl *l = head.next; l != &head; l = l->next)
        n++;
    dl_del(&a);
    return n;
}
static struct dl all = {&all, &all};
void on_global_list(void)
{
    struct dl a; /* MOVED a */
    dl_add(&all, &a);
}
/* Iterators. */
struct iter {
    const int *at, *end;
};
static struct iter iter_over(const int *v, int n) { return (struct iter){v, v + n}; } /* LEAKS v TO RESULT 0 */
static int iter_next(struct iter *it, int *out) /* LEAKS it TO it 1 */ /* STAYS out */
{
    if (it->at == it->end)
        return 0;
    *out = *it->at++;
    return 1;
}
int iterated(void)
{
    int v[3] = {1, 2, 3}; /* STAYS v */
    struct iter it = iter_over(v, 3); /* STAYS it */
    int x; /* STAYS x */
    int s = 0;
    while (iter_next(&it, &x))
        s += x;
    return s;
}
struct iter iterator_given(void)
{
    int v[3] = {1, 2, 3}; /* MOVED v */
    return iter_over(v, 3);
}
/* A string builder on a caller's buffer. */
struct sb {
    char *at, *end;
};
static struct sb *sb_put(struct sb *b, const char *s) /* LEAKS b TO RESULT 0 */ /* STAYS s */ /* LEAKS b TO b 1 */
{
    while (*s && b->at < b->end)
        *b->at++ = *s++;
    return b;
}
size_t built(void)
{
    char room[32]; /* STAYS room */
    struct sb b = {room, room + sizeof room}; /* STAYS b */
    sb_put(sb_put(&b, "one"), "two");
    return (size_t)(b.at - room);
}
/* An arena on the stack: blocks come from a local array. */
struct arena {
    char *at, *end;
};
static void *arena_take(struct arena *a, size_t n) /* LEAKS a TO RESULT 1 */ /* LEAKS a TO a 1 */
{
    if ((size_t)(a->end - a->at) < n)
        return NULL;
    void *p = a->at;
    a->at += n;
    return p;
}
int arena_on_stack(void)
{
    char room[256]; /* STAYS room */
    struct arena a = {room, room + sizeof room}; /* STAYS a */
    int x = 1; /* STAYS x */
    int **p = arena_take(&a, sizeof *p);
    *p = &x;
    return **p;
}
int **arena_block_given(void)
{
    char room[256]; /* MOVED room */
    struct arena a = {room, room + sizeof room}; /* STAYS a */
    int x = 1; /* MOVED x */
    int **p = arena_take(&a, sizeof *p);
    *p = &x;
    return p;
}
/* A visitor with its data. */
struct tree {
    struct tree *l, *r;
    int v;
};
static void visit(const struct tree *t, void (*f)(const struct tree *, void *), void *data) /* STAYS t */ /* STAYS f */ /* STAYS data */
{
    if (!t)
        return;
    visit(t->l, f, data);
    f(t, data);
    visit(t->r, f, data);
}
static void add(const struct tree *t, void *data) { *(int *)data += t->v; } /* STAYS t */ /* STAYS data */
static void remember(const struct tree *t, void *data) { *(const struct tree **)data = t; } /* LEAKS t TO data 0 */ /* STAYS data */
int sum_tree(void)
{
    struct tree leaf = {NULL, NULL, 1}; /* STAYS leaf */
    struct tree root = {&leaf, NULL, 2}; /* STAYS root */
    int sum = 0; /* STAYS sum */
    visit(&root, add, &sum);
    return sum;
}
int last_of_tree(void)
{
    struct tree leaf = {NULL, NULL, 1}; /* STAYS leaf */
    struct tree root = {&leaf, NULL, 2}; /* STAYS root */
    const struct tree *last = NULL; /* STAYS last */
    visit(&root, remember, &last);
    return last ? last->v : 0;
}
const struct tree *last_of_tree_given(void)
{
    struct tree leaf = {NULL, NULL, 1}; /* MOVED leaf */
    struct tree root = {&leaf, NULL, 2}; /* MOVED root */
    const struct tree *last = NULL; /* STAYS last */
    visit(&root, remember, &last);
    return last;
}
/* A stack of values in an array, pushed and popped. */
struct stack {
    void *at[16];
    int n;
};
static void stack_push(struct stack *s, void *p) { s->at[s->n++] = p; } /* STAYS s */ /* LEAKS p TO s 0 */
static void *stack_pop(struct stack *s) { return s->at[--s->n]; } /* LEAKS s TO RESULT 1 */
int stack_private(void)
{
    struct stack s = {.n = 0}; /* STAYS s */
    int x = 1; /* STAYS x */
    stack_push(&s, &x);
    return *(int *)stack_pop(&s);
}
void *stack_popped_given(void)
{
    struct stack s = {.n = 0}; /* STAYS s */
    int x = 1; /* MOVED x */
    stack_push(&s, &x);
    return stack_pop(&s);
}
/* An error path that keeps, and one that does not. */
static int maybe_keep(int c, void *p) /* LEAKS p */
{
    if (c)
        anything = p;
    return c;
}
int error_path(int c)
{
    int x = 1; /* MOVED x */
    return maybe_keep(c, &x);
}
