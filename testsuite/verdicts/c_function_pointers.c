/* OPTIONS: m warn=none */
/* Function pointers: resolved to what they may hold, wherever that can be seen. */
#include <stddef.h>
#include <stdlib.h>
#include <search.h>

int *kept;
int number;

static void reads(int *p) { number = *p; } /* STAYS p */
static void keeps(int *p) { kept = p; } /* LEAKS p */
static int *gives(int *p) { return p; } /* LEAKS p TO RESULT 0 */
static void none(int *p) { (void)p; } /* STAYS p */

/* Returned by a function. */
static void (*pick_reader(void))(int *) { return reads; }
static void (*pick(int c))(int *) { return c ? reads : keeps; }
void picked(void)
{
    int x = 1; /* STAYS x */
    pick_reader()(&x);
}
void picked_either(int c)
{
    int x = 1; /* MOVED x */
    pick(c)(&x);
}
/* In a variable whose address is taken. */
static void set_fn(void (**slot)(int *), void (*f)(int *)) { *slot = f; } /* STAYS slot */ /* LEAKS f TO slot 0 */
void through_slot(void)
{
    int x = 1; /* STAYS x */
    void (*f)(int *); /* STAYS f */
    set_fn(&f, reads);
    f(&x);
}
void through_slot_keeps(void)
{
    int x = 1; /* MOVED x */
    void (*f)(int *); /* STAYS f */
    set_fn(&f, keeps);
    f(&x);
}
/* In a writable static variable: whoever writes to it is in this file. */
static void (*hook)(int *) = none;
void set_hook(void) { hook = reads; }
void call_hook(void)
{
    int x = 1; /* STAYS x */
    hook(&x);
}
static void (*other_hook)(int *) = none;
void set_other_hook(void) { other_hook = keeps; }
void call_other_hook(void)
{
    int x = 1; /* MOVED x */
    other_hook(&x);
}
/* In a global that anyone may set, also to what this file shows of its own functions. */
void (*open_hook)(int *) = none;
void call_open_hook(void)
{
    int x = 1; /* MOVED x */
    open_hook(&x);
}
void (*open_keeping_hook)(int *) = keeps;
void call_open_keeping_hook(void)
{
    int x = 1; /* MOVED x */
    open_keeping_hook(&x);
}
/* Handed down two levels, called there with a pointer of the top. */
static void level2(void (*f)(int *), int *p) { f(p); } /* STAYS f */ /* STAYS p */
static void level1(void (*f)(int *), int *p) { level2(f, p); } /* STAYS f */ /* STAYS p */
void handed_down(void)
{
    int x = 1; /* STAYS x */
    level1(reads, &x);
}
void handed_down_keeps(void)
{
    int x = 1; /* MOVED x */
    level1(keeps, &x);
}
/* Called with something of the callee's own. */
static void with_own(void (*f)(int *)) /* STAYS f */
{
    int own = 1; /* MOVED own */
    f(&own);
}
void with_own_user(void) { with_own(keeps); }
static void with_own_safe(void (*f)(int *)) /* STAYS f */
{
    int own = 1; /* STAYS own */
    f(&own);
}
void with_own_safe_user(void) { with_own_safe(reads); }
/* A result through a pointer. */
int *result_given(void)
{
    int x = 1; /* MOVED x */
    int *(*f)(int *) = gives;
    return f(&x);
}
/* A table in a struct, chosen by index, some of them null. */
struct ops {
    const char *name;
    void (*run)(int *);
    struct ops *next;
};
static struct ops table[] = {{"a", reads, NULL}, {"b", none, NULL}, {"c", NULL, NULL}};
static struct ops mixed[] = {{"a", reads, NULL}, {"b", keeps, &table[0]}};
void run_table(int i)
{
    int x = 1; /* BAD MOVED x: a field of static data that is not const may hold what it holds elsewhere */
    if (table[i].run)
        table[i].run(&x);
}
void run_mixed(int i)
{
    int x = 1; /* MOVED x */
    mixed[i].run(&x);
}
void run_all(void)
{
    int x = 1; /* BAD MOVED x: a field of static data that is not const may hold what it holds elsewhere */
    for (struct ops *o = table; o < table + 3; o++)
        if (o->run)
            o->run(&x);
}
/* Objects with their table of operations. */
struct shape;
struct shape_ops {
    void (*draw)(struct shape *);
    void (*register_it)(struct shape *);
};
struct shape {
    const struct shape_ops *ops;
    int x;
};
static struct shape *registered;
static void draw_circle(struct shape *s) { number = s->x; } /* STAYS s */
static void register_circle(struct shape *s) { registered = s; number = registered->x; } /* LEAKS s */
static const struct shape_ops circle = {draw_circle, register_circle};
static void draw(struct shape *s) { s->ops->draw(s); } /* STAYS s */
void drawn(void)
{
    struct shape s = {&circle, 1}; /* STAYS s */
    draw(&s);
}
void drawn_directly(void)
{
    struct shape s = {&circle, 1}; /* STAYS s */
    s.ops->draw(&s);
}
void registered_directly(void)
{
    struct shape s = {&circle, 1}; /* MOVED s */
    s.ops->register_it(&s);
}
/* Library functions that call back. */
static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; } /* STAYS a */ /* STAYS b */
int sorted(void)
{
    int v[3] = {3, 1, 2}; /* STAYS v */
    qsort(v, 3, sizeof *v, by_value);
    int key = 2; /* STAYS key */
    int *found = bsearch(&key, v, 3, sizeof *v, by_value);
    return found ? *found : 0;
}
int *found_given(void)
{
    int v[3] = {3, 1, 2}; /* MOVED v */
    int key = 2; /* STAYS key */
    return bsearch(&key, v, 3, sizeof *v, by_value);
}
static int keeping_order(const void *a, const void *b) /* LEAKS a */ /* STAYS b */
{
    kept = (int *)a;
    return *(const int *)a - *(const int *)b;
}
void sorted_keeping(void)
{
    int v[3] = {3, 1, 2}; /* MOVED v */
    qsort(v, 3, sizeof *v, keeping_order);
}
static void *root;
void in_tree(void)
{
    int x = 1; /* MOVED x */
    tsearch(&x, &root, by_value);
}
void in_own_tree(void)
{
    void *own = NULL; /* STAYS own */
    int x = 1; /* STAYS x */
    tsearch(&x, &own, by_value);
    tdelete(&x, &own, by_value);
}

/* What a function that the caller chose returns is memory like any other, and so is what is found there. */
struct pair {
    int *left, *right;
};
typedef struct pair *maker(void);
static struct pair *from_heap(void)
{
    return malloc(sizeof(struct pair)); /* NOTE "malloc(16) escapes to heap" */
}
static struct pair pool;
static struct pair *from_pool(void) { return &pool; }
static int filled(maker *make, int *left, int *right) /* STAYS make */ /* LEAKS left */ /* LEAKS right */
{
    struct pair *p = make();
    p->left = left;
    p->right = right;
    return *p->left;
}
int filled_from_heap(void)
{
    int left = 1;  /* STAYS left */
    int right = 2; /* STAYS right */
    return filled(from_heap, &left, &right);
}
int filled_from_pool(void)
{
    int left = 1;  /* MOVED left */
    int right = 2; /* MOVED right */
    return filled(from_pool, &left, &right);
}
static struct pair *boxed(maker *make, int *p) /* STAYS make */ /* LEAKS p */
{
    struct pair *box = make();
    box->left = p;
    return box;
}
struct pair *boxed_and_returned(void)
{
    int x = 1; /* MOVED x */
    return boxed(from_heap, &x);
}
int boxed_and_read(void)
{
    int x = 1; /* STAYS x */
    return *boxed(from_heap, &x)->left;
}
static void beyond(maker *make, int *p) /* STAYS make */ /* LEAKS p */
{
    int **far = (int **)make()->left;
    far = (int **)*far;
    *far = p;
}
static int *cell;
static int *chain = (int *)&cell;
static struct pair start = {(int *)&chain, 0};
static struct pair *from_chain(void) { return &start; }
int stored_beyond(void)
{
    int x = 1; /* MOVED x */
    beyond(from_chain, &x);
    return *cell;
}

/* Functions at addresses that only the programmer knows, as in a boot loader: nobody sees what they do. */
typedef void *firmware(void);
typedef void installer(void (*)(void *), void *);
static void seen(void *p) { number = p != NULL; } /* STAYS p */
void *called_at_an_address(void) { return ((firmware *)0x1000)(); }
void registered_at_an_address(void)
{
    int x = 1; /* MOVED x */
    ((installer *)0x2000)(seen, &x);
}
