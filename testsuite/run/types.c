/* Types whose storage needs care: alignment, bit-fields, packing, vectors, atomics, flexible ends. */
#include "run.h"
#include <stdint.h>
#include <stdatomic.h>

typedef int v4 __attribute__((vector_size(16)));
struct packed { char c; int i; } __attribute__((packed));
struct bits { unsigned a : 1, b : 7, : 0, c : 12; signed d : 5; };
struct aligned { char c; } __attribute__((aligned(64)));

static struct aligned *aligned_type(char c) { struct aligned a = {c}; return &a; }
static int *aligned_variable(int v) { int x __attribute__((aligned(256))) = v; return &x; }
static _Alignas(32) char *dummy;
static char *aligned_array(void) { _Alignas(128) char a[200] = "aligned"; return a; }
static struct packed *packed(void) { struct packed p = {'p', 123456}; return &p; }
static struct bits *bits(void) { struct bits b = {1, 100, 4000, -9}; b.b++; b.d--; return &b; }
static v4 *vector(void) { v4 v = {1, 2, 3, 4}; v += v; return &v; }
static _Atomic int *atomic(void) { _Atomic int x = 5; x++; atomic_fetch_add(&x, 10); return &x; }
static volatile int *volatile_(void) { volatile int x = 1; x++; x += x; return &x; }
static __int128 *wide(void) { __int128 x = 1; x <<= 100; return &x; }
static int *lanes(void) { v4 v = {9, 8, 7, 6}; return (int *)&v + 2; }

int main(void)
{
    struct aligned *a = aligned_type('a'), *b = aligned_type('b');
    int *x = aligned_variable(1), *y = aligned_variable(2);
    char *arr = aligned_array();
    struct packed *p = packed();
    struct bits *bi = bits();
    v4 *v = vector();
    _Atomic int *at = atomic();
    volatile int *vo = volatile_();
    __int128 *w = wide();
    int *l = lanes();

    (void)dummy;
    clobber();
    printf("%c%c %d %d\n", a->c, b->c, (int)((uintptr_t)a % 64), (int)((uintptr_t)b % 64));
    printf("%d %d %d %d\n", *x, *y, (int)((uintptr_t)x % 256), (int)((uintptr_t)y % 256));
    printf("%s %d\n", arr, (int)((uintptr_t)arr % 128));
    printf("%c %d %u %u %u %d\n", p->c, p->i, bi->a, bi->b, bi->c, bi->d);
    printf("%d %d %d\n", (*v)[0], (*v)[3], (int)((uintptr_t)v % 16));
    printf("%d %d %d %d\n", *at, *vo, (int)(*w >> 98), *l);
    return 0;
}
