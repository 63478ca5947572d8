/* Addresses that travel as bytes, integers, and through puns. */
#include "run.h"
#include <stdint.h>

struct holder { long pad; int *p; };
union pun { int *p; uintptr_t i; unsigned char b[sizeof(int *)]; };

static uintptr_t as_integer(void) { int x = 1; return (uintptr_t)&x; }
static int *tagged(void) { int x = 2; uintptr_t t = (uintptr_t)&x | 1; t &= ~(uintptr_t)1; return (int *)t; }
static void by_memcpy(int **to) { int x = 3; int *p = &x; memcpy(to, &p, sizeof p); }
static void by_memmove(struct holder *to)
{
    int x = 4;
    struct holder h = {0, &x};

    memmove(to, &h, sizeof h);
}
static union pun punned(void) { int x = 5; union pun u; u.p = &x; u.i += 0; return u; }
static void byte_by_byte(int **to)
{
    int x = 6, *p = &x;
    unsigned char *s = (unsigned char *)&p, *d = (unsigned char *)to;

    for (unsigned i = 0; i < sizeof p; i++)
        d[i] = s[i];
}
static int *arithmetic(void)
{
    int x = 7;
    char *c = (char *)&x;

    c += 100;
    c -= 100;
    return (int *)c;
}
static int *through_char_buffer(void)
{
    int x = 8, *p = &x, *q;
    char buf[2 * sizeof p];

    memcpy(buf + sizeof p, &p, sizeof p);
    memcpy(&q, buf + sizeof p, sizeof q);
    return q;
}
static void volatile_store(int *volatile *to) { int x = 9; *to = &x; }
static void atomic_store(int **to) { int x = 10; __atomic_store_n(to, &x, __ATOMIC_SEQ_CST); }
static void exchange(int **to) { int x = 11, *old = __atomic_exchange_n(to, &x, __ATOMIC_ACQ_REL); (void)old; }
static void compare_swap(int **to) { int x = 12, *was = *to; __sync_bool_compare_and_swap(to, was, &x); }
static void by_asm(int **to) { int x = 13; __asm__("movq %1, %0" : "=m"(*to) : "r"(&x) : "memory"); }
static void *as_void(void) { int x = 14; void *v = &x; return v; }
static struct holder assigned(void)
{
    int x = 15;
    struct holder a = {1, &x}, b = a, *c = &b, d = *c;

    return d;
}

int main(void)
{
    uintptr_t i = as_integer();
    int *t = tagged(), *m, *bb, *ar = arithmetic(), *cb = through_char_buffer();
    struct holder h, as = assigned();
    union pun u = punned();
    int *volatile vs;
    int *at, *ex = NULL, *cs = NULL, *sm;
    int *v = as_void();

    by_memcpy(&m);
    by_memmove(&h);
    byte_by_byte(&bb);
    volatile_store(&vs);
    atomic_store(&at);
    exchange(&ex);
    compare_swap(&cs);
    by_asm(&sm);
    clobber();
    printf("%d %d %d %d %d %d\n", *(int *)i, *t, *m, *h.p, *u.p, *bb);
    printf("%d %d %d %d %d %d\n", *ar, *cb, *vs, *at, *ex, *cs);
    printf("%d %d %d\n", *sm, *v, *as.p);
    return 0;
}
