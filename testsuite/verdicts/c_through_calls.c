/* OPTIONS: m warn=none */
/*
 * Addresses carried by calls: deep structures, callbacks, aggregates by value, argument lists, nested
 * functions and fresh objects. Every x outlives its function.
 */
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>
#include <setjmp.h>
#include <pthread.h>

struct s {
    int *p;
    struct s *next;
    int n;
};
int *g;
int num;
struct s *gsp;
int c(void);

/* Deep stores and loads. */
void store_six_down(struct s *a) /* LEAKS a TO a 1 */
{
    a->next->next->next->next->next->p = a->p;
}

int *six_down(void)
{
    int x; /* MOVED x */
    struct s e6 = {0}, e5 = {0, &e6}, e4 = {0, &e5}, e3 = {0, &e4}, e2 = {0, &e3}, e1 = {&x, &e2}; /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */ /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    store_six_down(&e1);
    return e6.p;
}

void store_at_tail(struct s *a, int *q) /* STAYS a */ /* LEAKS q TO a 0 */
{
    while (a->next)
        a = a->next;
    a->p = q;
}

int *at_tail(void)
{
    int x; /* MOVED x */
    struct s e6 = {0}, e5 = {0, &e6}, e4 = {0, &e5}, e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */ /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    store_at_tail(&e1, &x);
    return e6.p;
}

void store_at_tail_recursive(struct s *a, int *q) /* STAYS a */ /* LEAKS q TO a 0 */
{
    if (a->next)
        store_at_tail_recursive(a->next, q);
    else
        a->p = q;
}

int *at_tail_recursive(void)
{
    int x; /* MOVED x */
    struct s e6 = {0}, e5 = {0, &e6}, e4 = {0, &e5}, e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */ /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    store_at_tail_recursive(&e1, &x);
    return e6.p;
}

int *load_six_down(struct s *a) /* BAD LEAKS a TO RESULT 5: levels are counted as far as 5 */
{
    return a->next->next->next->next->next->p;
}

int *loaded_six_down(void)
{
    int x; /* MOVED x */
    struct s e6 = {&x}, e5 = {0, &e6}, e4 = {0, &e5}, e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */ /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    return load_six_down(&e1);
}

int *load_at_tail_recursive(struct s *a) /* LEAKS a TO RESULT 1 */
{
    return a->next ? load_at_tail_recursive(a->next) : a->p;
}

int *loaded_at_tail(void)
{
    int x; /* MOVED x */
    struct s e6 = {&x}, e5 = {0, &e6}, e4 = {0, &e5}, e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */ /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    return load_at_tail_recursive(&e1);
}

void push_along(struct s *a) /* LEAKS a TO a 1 */
{
    while (a->next) {
        a->next->p = a->p;
        a = a->next;
    }
}

int *pushed_along(void)
{
    int x; /* MOVED x */
    struct s e6 = {0}, e5 = {0, &e6}, e4 = {0, &e5}, e3 = {0, &e4}, e2 = {0, &e3}, e1 = {&x, &e2}; /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */ /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    push_along(&e1);
    return e6.p;
}

struct s *reverse(struct s *a) /* LEAKS a TO RESULT 0 */ /* LEAKS a TO a 0 */
{
    struct s *r = 0;
    while (a) {
        struct s *n = a->next;
        a->next = r;
        r = a;
        a = n;
    }
    return r;
}

struct s *reversed(void)
{
    struct s x = {0}, e2 = {0, &x}; /* MOVED x */ /* MOVED e2 */
    return reverse(&e2);
}

int *reversed_content(void)
{
    int x; /* MOVED x */
    struct s e3 = {&x}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    return reverse(&e1)->p;
}

/* Parameters into one another. */
void exchange(struct s *a, struct s *b) /* LEAKS a TO b 1 */ /* LEAKS b TO a 1 */
{
    struct s t = *a;
    *a = *b;
    *b = t;
}

int *exchanged(void)
{
    int x; /* MOVED x */
    struct s a = {&x}, b = {0}; /* STAYS a */ /* STAYS b */
    exchange(&a, &b);
    return b.p;
}

void turn_three(int **a, int **b, int **d) /* LEAKS a TO b 1 */ /* LEAKS a TO d 1 */ /* LEAKS b TO a 1 */ /* LEAKS b TO d 1 */ /* LEAKS d TO a 1 */ /* LEAKS d TO b 1 */
{
    int *t = *a;
    *a = *b;
    *b = *d;
    *d = t;
}

int *turned_twice(void)
{
    int x; /* MOVED x */
    int *a = &x, *b = 0, *d = 0; /* STAYS a */ /* STAYS b */ /* STAYS d */
    turn_three(&a, &b, &d);
    turn_three(&a, &b, &d);
    return b;
}

void link_both(struct s *a, struct s *b) /* LEAKS a TO b 0 */ /* LEAKS b TO a 0 */
{
    a->next = b;
    b->next = a;
}

struct s *linked_both(void)
{
    struct s x = {0}, a = {0}; /* MOVED x */ /* MOVED a */
    link_both(&a, &x);
    return a.next;
}

int *linked_content(void)
{
    int x; /* MOVED x */
    struct s a = {&x}, b = {0}; /* STAYS a */ /* STAYS b */
    link_both(&a, &b);
    return b.next->p;
}

/* Out parameters of out parameters. */
void set_pointer(int ***out, int **in) /* STAYS out */ /* LEAKS in TO out 0 */
{
    *out = in;
}

int *pointer_set(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    int **pp; /* STAYS pp */
    set_pointer(&pp, &p);
    return *pp;
}

void set_through(int ***h, int *q) /* STAYS h */ /* LEAKS q TO h 0 */
{
    **h = q;
}

int *set_two_down(void)
{
    int x; /* MOVED x */
    int *p = 0; /* STAYS p */
    int **pp = &p; /* STAYS pp */
    set_through(&pp, &x);
    return p;
}

/* Function pointers in data. */
typedef void (*fn)(int *);
static void keeps(int *p) /* LEAKS p */
{
    g = p;
}

static void reads(int *p) /* STAYS p */
{
    num = *p;
}

struct ops {
    fn a, b;
};
void call_b(struct ops *o, int *p) /* STAYS o */ /* STAYS p */
{
    o->b(p);
}

void called_b(void)
{
    int x; /* MOVED x */
    struct ops o = {reads, keeps}; /* STAYS o */
    call_b(&o, &x);
}

void called_b_of_either(void)
{
    int x; /* MOVED x */
    struct ops o[2] = {{reads, reads}, {reads, keeps}}; /* STAYS o */
    call_b(&o[c()], &x);
}

void call_deep(fn f, int *p, int n) /* STAYS f */ /* STAYS p */
{
    if (n)
        call_deep(f, p, n - 1);
    else
        f(p);
}

void called_deep(void)
{
    int x; /* MOVED x */
    call_deep(keeps, &x, 3);
}

fn select_fn(fn a, fn b, int k) /* LEAKS a TO RESULT 0 */ /* LEAKS b TO RESULT 0 */
{
    return k ? a : b;
}

void selected(void)
{
    int x; /* MOVED x */
    select_fn(reads, keeps, c())(&x);
}

typedef fn (*fnfn)(void);
static fn get_keeper(void)
{
    return keeps;
}

void got_keeper(void)
{
    int x; /* MOVED x */
    fnfn f = get_keeper;
    f()(&x);
}

void apply_with(void (*ap)(fn, int *), fn f, int *p) /* STAYS ap */ /* STAYS f */ /* STAYS p */
{
    ap(f, p);
}

static void apply_one(fn f, int *p) /* STAYS f */ /* STAYS p */
{
    f(p);
}

void applied_with(void)
{
    int x; /* MOVED x */
    apply_with(apply_one, keeps, &x);
}

static int *give(int *p) /* LEAKS p TO RESULT 0 */
{
    return p;
}

typedef int *(*rf)(int *);
int *apply_giver(rf f, int *p) /* STAYS f */ /* STAYS p */
{
    return f(p);
}

int *given_by_pointer(void)
{
    int x; /* MOVED x */
    return apply_giver(give, &x);
}

int *given_by_two_pointers(void)
{
    int x; /* MOVED x */
    int *(*a)(rf, int *) = apply_giver;
    return a(give, &x);
}

struct obj {
    void (*m)(struct obj *, int *);
    int *slot;
};
static void set_slot(struct obj *o, int *p) /* STAYS o */ /* LEAKS p TO o 0 */
{
    o->slot = p;
}

int *slot_set(void)
{
    int x; /* MOVED x */
    struct obj o = {set_slot, 0}; /* STAYS o */
    o.m(&o, &x);
    return o.slot;
}

static void via_object(struct obj *o, int *p) /* STAYS o */ /* STAYS p */
{
    o->m(o, p);
}

int *slot_set_via_object(void)
{
    int x; /* MOVED x */
    struct obj o = {set_slot, 0}; /* STAYS o */
    via_object(&o, &x);
    return o.slot;
}

static void set_method(struct obj *o) /* STAYS o */
{
    o->m = set_slot;
}

int *method_set_later(void)
{
    int x; /* MOVED x */
    struct obj o = {0, 0}; /* STAYS o */
    set_method(&o);
    via_object(&o, &x);
    return o.slot;
}

/* Called by another type. */
void through_other_type(void)
{
    int x; /* MOVED x */
    void (*f)(void *) = (void (*)(void *))keeps;
    f(&x);
}

void through_integers(void)
{
    int x; /* MOVED x */
    long (*f)(long, long) = (long (*)(long, long))keeps;
    f((long)&x, 0);
}

void *tab[] = {(void *)keeps};
void through_void_table(void)
{
    int x; /* MOVED x */
    ((fn)tab[0])(&x);
}

static void *stab[2];
void init_static_table(void)
{
    stab[1] = (void *)keeps;
}

void through_static_table(void)
{
    int x; /* MOVED x */
    ((fn)stab[c()])(&x);
}

/* Aggregates by value. */
struct big {
    int *p[20];
};
struct big make_big(int *p) /* LEAKS p TO RESULT 0 */
{
    struct big b = {{0}};
    b.p[17] = p;
    return b;
}

int *big_by_value(void)
{
    int x; /* MOVED x */
    struct big b = make_big(&x); /* STAYS b */
    return b.p[17];
}

int *big_at_unknown(void)
{
    int x; /* MOVED x */
    return make_big(&x).p[c()];
}

struct huge {
    int *p[200];
};
struct huge make_huge(int *p, int i) /* LEAKS p TO RESULT 0 */
{
    struct huge b = {{0}}; /* STAYS b */
    b.p[i] = p;
    return b;
}

int *huge_by_value(void)
{
    int x; /* MOVED x */
    struct huge b = make_huge(&x, 3); /* STAYS b */
    return b.p[150];
}

int *take_huge(struct huge h) /* LEAKS h TO RESULT 0 */
{
    return h.p[199];
}

int *huge_taken(void)
{
    int x; /* MOVED x */
    struct huge h = {{0}};
    h.p[199] = &x;
    return take_huge(h);
}

struct wrap {
    struct {
        struct s s[3];
    } in[2];
};
int *nested_aggregate(void)
{
    int x; /* MOVED x */
    struct wrap w = {0};
    w.in[1].s[2].p = &x;
    struct wrap v = w;
    return v.in[1].s[2].p;
}

int *nested_aggregate_unknown(int i)
{
    int x; /* MOVED x */
    struct wrap w = {0}; /* STAYS w */
    w.in[i].s[2].p = &x;
    struct wrap v; /* STAYS v */
    memcpy(&v, &w, sizeof v);
    return v.in[1].s[i].p;
}

/* Argument lists. */
int *nth_argument(int n, ...)
{
    va_list a; /* STAYS a */
    va_start(a, n);
    for (int i = 0; i < n; i++)
        va_arg(a, int *);
    int *r = va_arg(a, int *);
    va_end(a);
    return r;
}

int *nth(void)
{
    int x; /* MOVED x */
    return nth_argument(1, (int *)0, &x);
}

struct s struct_argument(int n, ...)
{
    va_list a; /* STAYS a */
    va_start(a, n);
    struct s s = va_arg(a, struct s);
    va_end(a);
    return s;
}

int *struct_given(void)
{
    int x; /* MOVED x */
    struct s s = {&x};
    return struct_argument(1, s).p;
}

void keep_from_list(va_list *a) /* LEAKS CONTENT a */
{
    g = va_arg(*a, int *);
}

void hand_list_on(int n, ...)
{
    va_list a; /* STAYS a */
    va_start(a, n);
    keep_from_list(&a);
    va_end(a);
}

void list_handed_on(void)
{
    int x; /* MOVED x */
    hand_list_on(1, &x);
}

struct vh {
    va_list a;
};
void keep_from_held_list(struct vh *h) /* LEAKS CONTENT h */
{
    g = va_arg(h->a, int *);
}

void hold_list(int n, ...)
{
    struct vh h; /* STAYS h */
    va_start(h.a, n);
    keep_from_held_list(&h);
    va_end(h.a);
}

void list_held(void)
{
    int x; /* MOVED x */
    hold_list(1, &x);
}

void keep_behind_argument(int n, ...)
{
    va_list a; /* STAYS a */
    va_start(a, n);
    int **pp = va_arg(a, int **);
    g = *pp;
    va_end(a);
}

void behind_argument(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    keep_behind_argument(1, &p);
}

/* Nested functions. */
int *nested_stores(void)
{
    int x; /* MOVED x */
    int *p = 0;
    void in(void) /* NOTE "func literal does not escape" */
    {
        p = &x;
    }
    in();
    return p;
}

int *nested_stores_and_jumps(void)
{
    __label__ out;
    int x; /* MOVED x */
    int *p = 0;
    void in(void) /* NOTE "func literal does not escape" */
    {
        p = &x;
        goto out;
    }
    in();
out:
    return p;
}

int *nested_loads(void)
{
    int x; /* MOVED x */
    int *f(int **q) /* LEAKS q TO RESULT 1 */
    {
        return *q;
    }
    int *p = &x; /* STAYS p */
    return f(&p);
}

void call_it(void (*f)(void)) /* STAYS f */
{
    f();
}

int *nested_called_by_other(void)
{
    int x; /* MOVED x */
    int *p = 0;
    void in(void) /* NOTE "func literal does not escape" */
    {
        p = &x;
    }
    call_it(in);
    return p;
}

int *nested_twice(void)
{
    int x; /* MOVED x */
    int *p = &x;
    int *in(void) /* NOTE "func literal does not escape" */
    {
        int *in2(void) /* NOTE "func literal does not escape" */
        {
            return p;
        }
        return in2();
    }
    return in();
}

void nested_comparison(void)
{
    int x; /* MOVED x */
    int a[2]; /* STAYS a */
    int *p = &x;
    int cmp(const void *u, const void *v) /* STAYS u */ /* STAYS v */ /* NOTE "func literal does not escape" */
    {
        g = p;
        return 0;
    }
    qsort(a, 2, 4, cmp);
}

/* Back by longjmp. */
jmp_buf jb;
int *after_longjmp(void)
{
    int x; /* MOVED x */
    int *volatile p = 0;
    if (!setjmp(jb)) {
        p = &x;
        longjmp(jb, 1);
    }
    return p;
}

/* Threads and cleanups. */
void *thread_keeps(void *a) /* LEAKS CONTENT a */
{
    g = *(int **)a;
    return 0;
}

void behind_thread_argument(void)
{
    int x; /* MOVED x */
    int *p = &x; /* MOVED p */
    pthread_t t; /* STAYS t */
    pthread_create(&t, 0, thread_keeps, &p);
    pthread_join(t, 0);
}

static void keep_at_end(int **p) /* LEAKS CONTENT p */
{
    g = *p;
}

void kept_by_cleanup(void)
{
    int x; /* MOVED x */
    __attribute__((cleanup(keep_at_end))) int *p = &x; /* STAYS p */
    if (c())
        return;
    num = *p;
}

/* Mutual recursion. */
void hop_store_two(struct s *a, int *q, int n);
void hop_store_one(struct s *a, int *q, int n) /* STAYS a */ /* LEAKS q TO a 0 */
{
    if (n)
        hop_store_two(a->next, q, n - 1);
}

void hop_store_two(struct s *a, int *q, int n) /* STAYS a */ /* LEAKS q TO a 0 */
{
    if (n)
        hop_store_one(a, q, n - 1);
    else
        a->p = q;
}

int *hopped(void)
{
    int x; /* MOVED x */
    struct s e2 = {0}, e1 = {0, &e2}; /* STAYS e2 */ /* STAYS e1 */
    hop_store_one(&e1, &x, 1);
    return e2.p;
}

struct s *hop_two(struct s *a, int n);
struct s *hop_one(struct s *a, int n) /* LEAKS a TO RESULT 0 */
{
    return n ? hop_two(a->next, n - 1) : a;
}

struct s *hop_two(struct s *a, int n) /* LEAKS a TO RESULT 0 */
{
    return n ? hop_one(a->next, n - 1) : a;
}

struct s *hopped_result(void)
{
    struct s x = {0}, e1 = {0, &x}; /* MOVED x */ /* MOVED e1 */
    return hop_one(&e1, 1);
}

/* Fresh objects. */
struct s *make_fresh(int *p) /* LEAKS p */
{
    struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
    h->p = p;
    return h;
}

int *in_fresh(void)
{
    int x; /* MOVED x */
    return make_fresh(&x)->p;
}

struct s *fresh_two(int *p) /* LEAKS p */
{
    struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
    h->next = make_fresh(p);
    return h;
}

int *in_fresh_two(void)
{
    int x; /* MOVED x */
    struct s *h = fresh_two(&x);
    return h->next->p;
}

void in_kept_fresh(void)
{
    int x; /* MOVED x */
    gsp = fresh_two(&x);
}

void fresh_out(struct s **o, int *p) /* STAYS o */ /* LEAKS p */
{
    *o = make_fresh(p);
}

int *in_fresh_out(void)
{
    int x; /* MOVED x */
    struct s *o; /* STAYS o */
    fresh_out(&o, &x);
    return o->p;
}

static struct s *cache;
struct s *get_cache(void)
{
    if (!cache)
        cache = calloc(1, sizeof *cache); /* NOTE "calloc(1, 24) escapes to heap" */
    return cache;
}

void in_cache(void)
{
    int x; /* MOVED x */
    get_cache()->p = &x;
}

struct s *duplicate(struct s *a) /* LEAKS CONTENT a */
{
    struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
    *h = *a;
    return h;
}

int *in_duplicate(void)
{
    int x; /* MOVED x */
    struct s a = {&x}; /* STAYS a */
    return duplicate(&a)->p;
}

struct s *fresh_chain(int *p, int n) /* LEAKS p */
{
    if (!n)
        return 0;
    struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
    h->p = p;
    h->next = fresh_chain(p, n - 1);
    return h;
}

int *in_fresh_chain(void)
{
    int x; /* MOVED x */
    return fresh_chain(&x, 3)->next->next->p;
}

void add_fresh(struct s *l, int *p) /* LEAKS CONTENT l */ /* LEAKS p */
{
    struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
    h->p = p;
    h->next = l->next;
    l->next = h;
}

int *in_added(void)
{
    int x; /* MOVED x */
    struct s l = {0}; /* STAYS l */
    add_fresh(&l, &x);
    add_fresh(&l, &num);
    return l.next->next->p;
}

/* Two words of `a` are one for callers only if the same becomes of both: the first leaks, in what the
 * second points to something is stored. */
void *kept_first;
void keep_first(void **a) /* LEAKS CONTENT a */
{
    void *first = 0;
    while (c())
        first = *a;
    a[2] = a;
    kept_first = first;
    void **second = a[1];
    *second = 0;
}

void first_is_kept(void)
{
    int x;                    /* MOVED x */
    void *here = 0;           /* STAYS here */
    void *a[3] = {&x, &here}; /* STAYS a */
    keep_first(a);
}

/* `last`, of the same iteration, still holds what the one before left in p. */
int handed_on(void)
{
    int *p = 0, sum = 0;
    for (int i = 0; i < 3; i++) {
        int *last = p; /* STAYS last */
        {
            int **at = &last;
            int x = i; /* MOVED x */
            p = &x;
            sum += *at ? **at : 0;
        }
    }
    return sum;
}

int not_handed_on(void)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int *p = 0; /* STAYS p */
        {
            int **at = &p;
            int x = i; /* EXTENDED x */
            *at = &x;
            sum += *p;
        }
    }
    return sum;
}
