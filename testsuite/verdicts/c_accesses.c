/* OPTIONS: m warn=none */
/*
 * Elements, misaligned copies, accesses as other types, atomics in their general forms. Every x outlives
 * its function.
 */
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <setjmp.h>
struct s {
    int *p;
    struct s *next;
};
int *g;
void *gv;
struct s gs;
int num;
intptr_t goff;
void use(void *);

/* Elements of one array and links of one list. */
void copy_element(struct s *p, int i, int j) /* LEAKS p TO p 1 */
{
    p[i].p = p[j].p;
}

int *element_copied(void)
{
    int x; /* MOVED x */
    struct s a[2] = {{0}}; /* STAYS a */
    a[0].p = &x;
    copy_element(a, 1, 0);
    return a[1].p;
}

void copy_from_first(struct s *p, int i) /* LEAKS p TO p 1 */
{
    p[i].p = p[0].p;
}

int *from_first(void)
{
    int x; /* MOVED x */
    struct s a[3] = {{0}}; /* STAYS a */
    a[0].p = &x;
    copy_from_first(a, 1);
    return a[2].p;
}

void copy_to_second(struct s *p) /* LEAKS p TO p 1 */
{
    p[1].p = p[0].p;
}

int *to_second(void)
{
    int x; /* MOVED x */
    struct s a[3] = {{0}}; /* STAYS a */
    a[0].p = &x;
    copy_to_second(a);
    return a[1].p;
}

void copy_field(struct s *p, struct s *q) /* STAYS p */ /* LEAKS q TO p 1 */
{
    p->p = q->p;
}

int *field_copied(int i)
{
    int x; /* MOVED x */
    struct s a[3] = {{0}}; /* STAYS a */
    a[0].p = &x;
    copy_field(&a[i], &a[0]);
    return a[1].p;
}

void copy_next(struct s *p, int i) /* LEAKS p TO p 1 */
{
    p[i] = p[i + 1];
}

int *next_copied(int i)
{
    int x; /* MOVED x */
    struct s a[3] = {{0}}; /* STAYS a */
    a[1].p = &x;
    copy_next(a, i);
    return a[0].p;
}

void shift_list(struct s *p) /* LEAKS p TO p 2 */
{
    while (p->next) {
        p->p = p->next->p;
        p = p->next;
    }
}

int *list_shifted(void)
{
    int x; /* MOVED x */
    struct s c = {&x, 0}, b = {0, &c}, a = {0, &b}; /* STAYS c */ /* STAYS b */ /* STAYS a */
    shift_list(&a);
    return b.p;
}

void copy_to_next(struct s *p) /* LEAKS p TO p 1 */
{
    p->next->p = p->p;
}

int *copied_to_next(void)
{
    int x; /* MOVED x */
    struct s a = {&x, 0}; /* STAYS a */
    struct s b = {0, 0}; /* STAYS b */
    a.next = &b;
    copy_to_next(&a);
    return b.p;
}

void rotate(struct s *p) /* LEAKS p TO p 0 */
{
    struct s *n = p->next;
    p->next = n->next;
    n->next = p;
}

int *rotated_content(void)
{
    int x; /* MOVED x */
    struct s c = {0, 0}, b = {&x, &c}, a = {0, &b}; /* STAYS c */ /* STAYS b */ /* STAYS a */
    rotate(&a);
    return b.p;
}

struct s *rotated(void)
{
    struct s x = {0, 0}, b = {0, &x}, a = {0, &b}; /* MOVED x */ /* BAD MOVED b: what a callee overwrites is not taken away */ /* BAD MOVED a: what a callee overwrites is not taken away */
    rotate(&a);
    return a.next;
}

/* Pointers at odd offsets. */
struct __attribute__((packed)) packed {
    char c;
    int *p;
};
int *misaligned(void)
{
    int x; /* MOVED x */
    struct packed s = {0}; /* STAYS s */
    s.p = &x;
    char buf[32] __attribute__((aligned(8))); /* STAYS buf */
    memcpy(buf + 7, &s, 9);
    return *(int **)(buf + 8);
}

int *misaligned_member(void)
{
    int x; /* MOVED x */
    struct packed s = {0}; /* STAYS s */
    s.p = &x;
    int *r; /* STAYS r */
    memcpy(&r, (char *)&s + 1, 8);
    return r;
}

int *misaligned_twice(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    char buf[32] __attribute__((aligned(8))); /* STAYS buf */
    memcpy(buf + 5, &p, 8);
    char b2[32] __attribute__((aligned(8))); /* STAYS b2 */
    memcpy(b2 + 3, buf, 16);
    int *r; /* STAYS r */
    memcpy(&r, b2 + 8, 8);
    return r;
}

int *misaligned_bytes(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    char b[32]; /* STAYS b */
    char *q = (char *)&p;
    for (int i = 0; i < 8; i++)
        b[i + 3] = q[i];
    int *r; /* STAYS r */
    char *z = (char *)&r;
    for (int i = 0; i < 8; i++)
        z[i] = b[i + 3];
    return r;
}

int *two_halves(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    int *r; /* STAYS r */
    memcpy(&r, &p, 4);
    memcpy((char *)&r + 4, (char *)&p + 4, 4);
    return r;
}

int *two_half_words(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    int *r; /* STAYS r */
    ((uint32_t *)&r)[0] = ((uint32_t *)&p)[0];
    ((uint32_t *)&r)[1] = ((uint32_t *)&p)[1];
    return r;
}

/* A global register variable. */
register int *register_pointer __asm__("r15");
void in_global_register(void)
{
    int x; /* MOVED x */
    register_pointer = &x;
}

/* Pairs of pointers copied as something else. */
typedef long v2 __attribute__((vector_size(16)));
void as_long_vector(void)
{
    int x; /* MOVED x */
    int *pp[2] = {&x, 0}; /* STAYS pp */
    v2 v = *(v2 *)pp;
    *(v2 *)&gs = v;
}

typedef double d2 __attribute__((vector_size(16)));
void as_double_vector(void)
{
    int x; /* MOVED x */
    int *pp[2] = {&x, 0}; /* STAYS pp */
    d2 v = *(d2 *)pp;
    *(d2 *)&gs = v;
}

void as_wide_integer(void)
{
    int x; /* MOVED x */
    int *pp[2] = {&x, 0}; /* STAYS pp */
    __int128 v = *(__int128 *)pp;
    *(__int128 *)&gs = v;
}

void as_double(void)
{
    int x; /* MOVED x */
    int *pp[2] = {&x, 0}; /* STAYS pp */
    double v = *(double *)pp;
    *(double *)&gs = v;
}

void as_complex(void)
{
    int x; /* MOVED x */
    int *pp[2] = {&x, 0}; /* STAYS pp */
    _Complex double v = *(_Complex double *)pp;
    *(_Complex double *)&gs = v;
}

/* The distance to something global. */
void distance_to_global(void)
{
    int x; /* MOVED x */
    goff = (intptr_t)&x - (intptr_t)&g;
}

/* Functions that do not return normally. */
jmp_buf buf;
void before_longjmp(void)
{
    int x; /* MOVED x */
    g = &x;
    longjmp(buf, 1);
}

_Noreturn void never_returns(void);
void before_noreturn(void)
{
    int x; /* MOVED x */
    g = &x;
    never_returns();
}

void before_endless_loop(void)
{
    int x; /* MOVED x */
    g = &x;
    for (;;)
        use(0);
}

/* A pointer filled in by the library. */
int **behind_posix_memalign(void)
{
    int x; /* MOVED x */
    int **p; /* STAYS p */
    posix_memalign((void **)&p, 8, 8);
    *p = &x;
    return p;
}

/* Atomic accesses in their general forms. */
void generic_store(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    __atomic_store(&g, &p, 5);
}

int *generic_exchange_in(void)
{
    int x; /* MOVED x */
    int *p = &x, *o; /* STAYS p */ /* STAYS o */
    int *slot = 0; /* STAYS slot */
    __atomic_exchange(&slot, &p, &o, 5);
    return slot;
}

int *generic_exchange_out(void)
{
    int x; /* MOVED x */
    int *slot = &x, *n = 0, *o; /* STAYS slot */ /* STAYS n */ /* STAYS o */
    __atomic_exchange(&slot, &n, &o, 5);
    return o;
}

int *generic_compare_expected(void)
{
    int x; /* MOVED x */
    int *slot = &x, *n = 0, *e = 0; /* STAYS slot */ /* STAYS n */ /* STAYS e */
    __atomic_compare_exchange(&slot, &e, &n, 0, 5, 5);
    return e;
}

int *generic_compare_desired(void)
{
    int x; /* MOVED x */
    int *n = &x, *e = 0; /* STAYS n */ /* STAYS e */
    __atomic_compare_exchange(&g, &e, &n, 0, 5, 5);
    return e;
}

int *generic_load(void)
{
    int x; /* MOVED x */
    int *slot = &x, *r; /* STAYS slot */ /* STAYS r */
    __atomic_load(&slot, &r, 5);
    return r;
}

void *test_and_set(void)
{
    int x; /* MOVED x */
    return __sync_lock_test_and_set(&gv, (void *)&x);
}

void *value_compared_and_swapped(void)
{
    int x; /* MOVED x */
    void *slot = &x; /* STAYS slot */
    return __sync_val_compare_and_swap(&slot, (void *)0, (void *)0);
}

uintptr_t fetched_or(void)
{
    int x; /* MOVED x */
    uintptr_t s = (uintptr_t)&x; /* STAYS s */
    return __atomic_fetch_or(&s, 1, 5);
}

uintptr_t or_fetched(void)
{
    int x; /* MOVED x */
    uintptr_t s = 0; /* STAYS s */
    return __atomic_or_fetch(&s, (uintptr_t)&x, 5);
}

_Atomic uintptr_t atomic_word;
void or_into_atomic(void)
{
    int x; /* MOVED x */
    atomic_word |= (uintptr_t)&x;
}

_Atomic(struct s) atomic_struct;
void struct_into_atomic(void)
{
    int x; /* MOVED x */
    struct s s = {&x, 0};
    atomic_struct = s;
}

/* Bytes of one word are none of the next. */
struct bytes {
    unsigned char b[8], *at;
};
static uintptr_t second_byte(struct bytes *s) { return (uintptr_t)s->b[1] << 8; } /* STAYS s */
static uintptr_t last_half(struct bytes *s) /* STAYS s */
{
    return *(uint32_t *)&s->b[4];
}
uintptr_t byte_beside(void)
{
    struct bytes s; /* STAYS s */
    s.at = s.b;
    return second_byte(&s) | last_half(&s);
}

static uintptr_t second_byte_of_address(struct bytes *s) /* STAYS s */
{
    return (uintptr_t)((unsigned char *)&s->at)[1] << 8;
}
uintptr_t byte_of_address(void)
{
    struct bytes s; /* MOVED s */
    s.at = s.b;
    return second_byte_of_address(&s);
}

/* Where the object begins says in which word a byte is: the seventh from the middle of a word on is in the next. */
static uintptr_t late_bytes(char *s) /* STAYS s */
{
    return (uintptr_t)((unsigned char *)s)[3] << 8 | (uintptr_t)((unsigned char *)s)[6];
}
uintptr_t byte_across(void)
{
    int x; /* MOVED x */
    void *s[2] = {0}; /* STAYS s */
    s[1] = &x;
    return late_bytes((char *)s + 4);
}
