/* OPTIONS: m warn=none */
/*
 * Addresses in disguise: as numbers, in pieces, inside odd types, behind member pointers, in chains of
 * handlers. Every x outlives its function.
 */
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
struct s {
    int *p;
    struct s *next;
    int n;
};
int *g;
void *gv;
int num;

/* Results. */
struct r1 {
    int *a;
};
struct r2 {
    char c[16];
};
union ru {
    int *p;
    char c[16];
};
struct r3 {
    long double d;
};
struct r1 in_struct(int *p) /* LEAKS p TO RESULT 0 */
{
    return (struct r1){p};
}

int *from_struct(void)
{
    int x; /* MOVED x */
    return in_struct(&x).a;
}

struct r2 in_bytes(int *p) /* STAYS p */
{
    struct r2 r; /* STAYS r */
    memcpy(r.c + 3, &p, 8);
    return r;
}

int *from_bytes(void)
{
    int x; /* MOVED x */
    struct r2 r = in_bytes(&x); /* STAYS r */
    int *q; /* STAYS q */
    memcpy(&q, r.c + 3, 8);
    return q;
}

union ru in_union(int *p) /* LEAKS p TO RESULT 0 */
{
    return (union ru){.p = p};
}

int *from_union(void)
{
    int x; /* MOVED x */
    return in_union(&x).p;
}

int *from_union_by_bytes(void)
{
    int x; /* MOVED x */
    union ru u = in_union(&x); /* STAYS u */
    union ru v; /* STAYS v */
    for (int i = 0; i < 16; i++)
        v.c[i] = u.c[i];
    return v.p;
}

long as_long(void)
{
    int x; /* MOVED x */
    return (long)&x;
}

unsigned __int128 as_wide(void)
{
    int x; /* MOVED x */
    return (uintptr_t)&x;
}

typedef long two __attribute__((vector_size(16)));
two as_vector(void)
{
    int x; /* MOVED x */
    return (two){(long)&x, 0};
}

_Complex long as_complex(void)
{
    int x; /* MOVED x */
    return (long)&x + 1i;
}

_Complex long as_imaginary(void)
{
    int x; /* MOVED x */
    _Complex long z;
    __imag__ z = (long)&x;
    return z;
}

double as_double(void)
{
    int x; /* MOVED x */
    union {
        double d;
        int *p;
    } u;
    u.p = &x;
    return u.d;
}

/* Arguments. */
void keep_long(long a)
{
    gv = (void *)a;
}

void keep_wide(unsigned __int128 a)
{
    gv = (void *)(uintptr_t)a;
}

void keep_bytes(struct r2 r)
{
    memcpy(&gv, r.c + 3, 8);
}

void keep_double(double d)
{
    union {
        double d;
        void *p;
    } u = {d};
    gv = u.p;
}

void keep_halves(int lo, int hi)
{
    gv = (void *)((uintptr_t)(unsigned)hi << 32 | (unsigned)lo);
}

void keep_shorts(short a, short b, short d, short e)
{
    gv = (void *)((uintptr_t)(unsigned short)a | (uintptr_t)(unsigned short)b << 16 |
                  (uintptr_t)(unsigned short)d << 32);
}

void keep_imaginary(_Complex long z)
{
    gv = (void *)__imag__ z;
}

void kept_long(void)
{
    int x; /* MOVED x */
    keep_long((long)&x);
}

void kept_wide(void)
{
    int x; /* MOVED x */
    keep_wide((uintptr_t)&x);
}

void kept_bytes(void)
{
    int x; /* MOVED x */
    keep_bytes(in_bytes(&x));
}

void kept_double(void)
{
    int x; /* MOVED x */
    keep_double((union {
                    int *p;
                    double d;
                }){&x}
                    .d);
}

void kept_halves(void)
{
    int x; /* MOVED x */
    uintptr_t a = (uintptr_t)&x;
    keep_halves((int)a, (int)(a >> 32));
}

void kept_shorts(void)
{
    int x; /* MOVED x */
    uintptr_t a = (uintptr_t)&x;
    keep_shorts((short)a, (short)(a >> 16), (short)(a >> 32), 0);
}

void kept_imaginary(void)
{
    int x; /* MOVED x */
    _Complex long z = 0;
    __imag__ z = (long)&x;
    keep_imaginary(z);
}

/* Bytes. */
char gb[8];
void bytes_to_global(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    for (int i = 0; i < 8; i++)
        gb[i] = ((char *)&p)[i];
}

void shifted_to_global(void)
{
    int x; /* MOVED x */
    uintptr_t a = (uintptr_t)&x;
    for (int i = 0; i < 8; i++)
        gb[i] = (char)(a >> 8 * i);
}

int *taken_apart(void)
{
    int x; /* MOVED x */
    uintptr_t a = (uintptr_t)&x, r = 0;
    for (int i = 0; i < 8; i++)
        r |= (uintptr_t)(unsigned char)(a >> 8 * i) << 8 * i;
    return (int *)r;
}

void put_byte(char ch, int i)
{
    gb[i] = ch;
}

void byte_by_call(void)
{
    int x; /* MOVED x */
    uintptr_t a = (uintptr_t)&x;
    for (int i = 0; i < 8; i++)
        put_byte((char)(a >> 8 * i), i);
}

char get_byte(int **p, int i) /* STAYS p */
{
    return ((char *)p)[i];
}

void byte_from_call(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    for (int i = 0; i < 8; i++)
        gb[i] = get_byte(&p, i);
}

/* Memory of a size known at run time. */
int *in_vla_struct(int n)
{
    int x; /* MOVED x */
    struct {
        int *a[n];
    } v; /* STAYS v */
    v.a[n - 1] = &x;
    return v.a[0];
}

void in_alloca_matrix(int n)
{
    int x; /* MOVED x */
    int *(*m)[n] = alloca(n * n * 8); /* NOTE "alloca memory does not escape" */
    m[1][n - 1] = &x;
    g = m[0][0];
}

/* Offsets added by a function. */
static inline void *add_offset(void *p, long o) /* LEAKS p TO RESULT 0 */
{
    return (char *)p + o;
}

int *at_offset_zero(void)
{
    struct s s = {0}; /* STAYS s */
    int x; /* MOVED x */
    *(int **)add_offset(&s, 0) = &x;
    return s.p;
}

struct s *at_offset_eight(void)
{
    struct s s = {0}; /* STAYS s */
    struct s x; /* MOVED x */
    *(struct s **)add_offset(&s, 8) = &x;
    return s.next;
}

struct s *at_unknown_offset(long o)
{
    struct s s = {0}; /* STAYS s */
    struct s x; /* MOVED x */
    *(struct s **)add_offset(&s, o) = &x;
    return s.next;
}

/* From a member to the whole. */
#define CONTAINER(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
void set_beside(int *np, int *q) /* STAYS np */ /* LEAKS q TO np 0 */
{
    CONTAINER(np, struct s, n)->p = q;
}

int *set_beside_number(void)
{
    struct s s = {0}; /* STAYS s */
    int x; /* MOVED x */
    set_beside(&s.n, &x);
    return s.p;
}

int *get_beside(int *np) /* STAYS np */
{
    return CONTAINER(np, struct s, n)->p;
}

int *got_beside_number(void)
{
    struct s s = {0}; /* STAYS s */
    int x; /* MOVED x */
    s.p = &x;
    return get_beside(&s.n);
}

void keep_beside(int *np) /* STAYS np */
{
    g = CONTAINER(np, struct s, n)->p;
}

void kept_beside_number(void)
{
    struct s s = {0}; /* STAYS s */
    int x; /* MOVED x */
    s.p = &x;
    keep_beside(&s.n);
}

struct list {
    struct list *n, *p;
};
struct item {
    int *v;
    struct list l;
};
void list_add(struct list *h, struct list *i) /* LEAKS h TO i 0 */ /* LEAKS i TO h 0 */
{
    i->n = h->n;
    i->p = h;
    h->n->p = i;
    h->n = i;
}

int *in_intrusive_list(void)
{
    struct list hd = {&hd, &hd}; /* STAYS hd */
    int x; /* MOVED x */
    struct item it = {&x}; /* STAYS it */
    list_add(&hd, &it.l);
    return CONTAINER(hd.n, struct item, l)->v;
}

struct list *link_given(void)
{
    struct list hd = {&hd, &hd}; /* MOVED hd */
    struct item x = {0}; /* MOVED x */
    list_add(&hd, &x.l);
    return hd.n;
}

static struct list global_head = {&global_head, &global_head};
void in_global_list(void)
{
    int x; /* MOVED x */
    struct item it = {&x}; /* MOVED it */
    list_add(&global_head, &it.l);
}

int *last_in_list(struct list *h) /* LEAKS h TO RESULT 2 */
{
    int *r = 0;
    for (struct list *l = h->n; l != h; l = l->n)
        r = CONTAINER(l, struct item, l)->v;
    return r;
}

int *walked_to(void)
{
    struct list hd = {&hd, &hd}; /* STAYS hd */
    int x; /* MOVED x */
    struct item it = {&x}; /* STAYS it */
    list_add(&hd, &it.l);
    return last_in_list(&hd);
}

/* A struct whose content is turned about. */
struct s exchange_behind(struct s *s) /* LEAKS s TO RESULT 1 */ /* LEAKS s TO s 2 */
{
    struct s t = *s;
    s->p = t.next->p;
    return t;
}

int *exchanged_behind(void)
{
    int x; /* MOVED x */
    struct s b = {&x}, a = {0, &b}; /* STAYS b */ /* STAYS a */
    exchange_behind(&a);
    return a.p;
}

int *exchanged_result(void)
{
    int x; /* MOVED x */
    struct s b = {&x}, a = {0, &b}; /* STAYS b */ /* STAYS a */
    return exchange_behind(&a).next->p;
}

/* Chains of handlers. */
typedef void (*fn)(int *);
static void keeps(int *p) /* LEAKS p */
{
    g = p;
}

static void nop(int *p) {} /* STAYS p */
void run_all(fn *t, int *p) /* STAYS t */ /* STAYS p */
{
    while (*t)
        (*t++)(p);
}

void run_from_array(void)
{
    int x; /* MOVED x */
    fn t[] = {nop, nop, keeps, 0}; /* STAYS t */
    run_all(t, &x);
}

void run_behind(fn **t, int *p) /* STAYS t */ /* STAYS p */
{
    (**t)(p);
}

void run_behind_pointer(void)
{
    int x; /* MOVED x */
    fn f = keeps; /* STAYS f */
    fn *pf = &f; /* STAYS pf */
    run_behind(&pf, &x);
}

struct table {
    fn f;
    struct table *parent;
};
void call_topmost(struct table *v, int *p) /* STAYS v */ /* STAYS p */
{
    while (v->parent)
        v = v->parent;
    v->f(p);
}

void called_topmost(void)
{
    int x; /* MOVED x */
    struct table a = {keeps, 0}, b = {nop, &a}, d = {nop, &b}; /* STAYS a */ /* STAYS b */ /* STAYS d */
    call_topmost(&d, &x);
}

void call_topmost_recursive(struct table *v, int *p) /* STAYS v */ /* STAYS p */
{
    if (v->parent)
        call_topmost_recursive(v->parent, p);
    else
        v->f(p);
}

void called_topmost_recursive(void)
{
    int x; /* MOVED x */
    struct table a = {keeps, 0}, b = {nop, &a}, d = {nop, &b}; /* STAYS a */ /* STAYS b */ /* STAYS d */
    call_topmost_recursive(&d, &x);
}

/* Continuations. */
void pass_along(int n, void (*k)(void *, int *), void *env, int *p) /* STAYS k */ /* STAYS env */ /* STAYS p */
{
    if (n)
        pass_along(n - 1, k, env, p);
    else
        k(env, p);
}

void store_in_env(void *env, int *p) /* STAYS env */ /* LEAKS p TO env 0 */
{
    *(int **)env = p;
}

int *stored_at_the_end(void)
{
    int x; /* MOVED x */
    int *r; /* STAYS r */
    pass_along(3, store_in_env, &r, &x);
    return r;
}

struct closure {
    void (*k)(struct closure *, int *);
    struct closure *next;
    int *out;
};
void pass_on(struct closure *s, int *p) /* STAYS s */ /* LEAKS p TO s 0 */
{
    if (s->next)
        s->next->k(s->next, p);
    else
        s->out = p;
}

int *passed_on(void)
{
    int x; /* MOVED x */
    struct closure a = {pass_on, 0, 0}, b = {pass_on, &a, 0}; /* STAYS a */ /* STAYS b */
    b.k(&b, &x);
    return a.out;
}
