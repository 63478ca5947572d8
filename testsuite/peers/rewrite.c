/* Every kind of local and every way into and out of its scope, with everything moved to the heap:
   each function returns the address of something of its own. Prints "good". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <complex.h>
#include <stdatomic.h>
#include <stdint.h>
#define CHECK(c)                                                                                   \
    do {                                                                                           \
        if (!(c)) {                                                                                \
            printf("line %d: %s\n", __LINE__, #c);                                                 \
            bad++;                                                                                 \
        }                                                                                          \
    } while (0)
static int bad;
typedef int v4 __attribute__((vector_size(16)));
struct bits {
    unsigned a : 3, b : 9;
    int c : 7;
    unsigned long d : 40;
};
struct big {
    int a[100];
};
int *vparam(volatile int v)
{
    v += 1;
    return (int *)&v;
}
struct big *bigparam(struct big b)
{
    b.a[3]++;
    return &b;
}
_Complex double *cplx(double r)
{
    _Complex double z = r;
    __imag__ z = 2 * r;
    double *im = &__imag__ z;
    *im += 1;
    return &z;
}
int *vla(int n)
{
    int a[n];
    for (int i = 0; i < n; i++)
        a[i] = i * i;
    return a;
}
char *al(int n)
{
    char *p = alloca(n);
    memset(p, 'x', n - 1);
    p[n - 1] = 0;
    return p;
}
int *gotoin(int c)
{
    int *r = 0;
    if (c)
        goto in;
    {
        int x;
        x = 1;
        r = &x;
        *r += 1;
        return r;
    in:
        x = 40;
        r = &x;
        *r += 2;
    }
    return r;
}
int *swin(int c)
{
    int *r;
    switch (c) {
        int x;
    case 0:
        x = 10;
        r = &x;
        break;
    case 1:
        x = 20;
    default:
        x++;
        r = &x;
    }
    return r;
}
struct node {
    int v;
    struct node *next;
};
struct node *list(int n)
{
    struct node *h = 0;
    for (int i = 0; i < n; i++) {
        struct node e = {i, h};
        h = &e;
    }
    return h;
}
struct node *list2(int n)
{
    struct node *h = 0;
    int i = 0;
again:
    if (i < n) {
        struct node e;
        e.v = i;
        e.next = h;
        h = &e;
        i++;
        goto again;
    }
    return h;
}
static jmp_buf jb;
int *sj(int v)
{
    int x = v;
    int *p = &x;
    volatile int n = 0;
    if (setjmp(jb) == 0) {
        x = v + 1;
        longjmp(jb, 1);
    }
    n++;
    (*p)++;
    return &x;
}
int *sj2(int v)
{
    jmp_buf b;
    int *r = 0;
    int k = setjmp(b);
    {
        int y = v;
        r = &y;
        if (k < 3)
            longjmp(b, k + 1);
        y += k;
    }
    return r;
}
static int cleaned;
static void clean(int **p)
{
    cleaned += **p;
}
static void clean2(int *p)
{
    cleaned += *p;
}
int *cl(int v)
{
    __attribute__((cleanup(clean2))) int x = v;
    int *p __attribute__((cleanup(clean))) = &x;
    return p;
}
struct bits *bf(int v)
{
    struct bits b = {.a = v, .b = v * 3, .c = -v, .d = 1ul << 39 | v};
    b.c--;
    b.d++;
    return &b;
}
int *as(int v)
{
    int x;
    __asm__ volatile("movl %1, %0" : "=m"(x) : "r"(v));
    __asm__("addl $1, %0" : "+m"(x));
    __asm__("addl $1, %0" : "+r"(x));
    int y;
    __asm__("movl %1,%0" : "=r"(y) : "m"(x));
    __asm__("" : "+g"(x));
    x += y;
    return &x;
}
v4 *vec(int k)
{
    v4 v = {k, k + 1, k + 2, k + 3};
    v[2] = 77;
    v += v;
    return &v;
}
_Atomic int *at(int k)
{
    _Atomic int a = k;
    a++;
    atomic_fetch_add(&a, 5);
    a *= 2;
    return &a;
}
int *se(int v)
{
    return ({
        int x = v;
        int *p = &x;
        *p += 1;
        p;
    });
}
int sum(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    int s = 0;
    va_list aq;
    va_copy(aq, ap);
    for (int i = 0; i < n; i++)
        s += va_arg(ap, int);
    for (int i = 0; i < n; i++)
        s += va_arg(aq, int);
    va_end(ap);
    va_end(aq);
    return s;
}
int vsum(int n, va_list ap)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += va_arg(ap, int);
    return s;
}
int wrap(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    int s = vsum(n, ap);
    va_end(ap);
    return s;
}
int *al64(int v)
{
    _Alignas(128) int x = v;
    return &x;
}
__int128 *i128(int v)
{
    __int128 x = v;
    x <<= 70;
    return &x;
}
long double *ld(int v)
{
    long double x = v;
    return &x;
}
struct flex {
    int n;
    int a[];
};
struct empty {
};
struct empty *em(void)
{
    struct empty e;
    return &e;
}
int **pp(int v)
{
    int x = v;
    int *p = &x;
    return &p;
}
int *cg(int c)
{
    void *t[] = {&&a, &&b};
    int *r = 0;
    goto *t[c];
    {
        int x;
    a:
        x = 5;
        r = &x;
        goto done;
    b:
        x = 6;
        r = &x;
    }
done:
    return r;
}
int *cond(int c)
{
    int x = 3, y = 4;
    int *p = c ? &x : &y;
    if (p == &x)
        x = 30;
    else if (&y == p)
        y = 40;
    return p;
}
int *rec(int n, int *up)
{
    int x = n + (up ? *up : 0);
    if (n == 0) {
        int *r = &x;
        return r;
    }
    return rec(n - 1, &x);
}
const char **strs(void)
{
    const char *a[3] = {"a", "b", "c"};
    return &a[1];
}
struct big ret(int v)
{
    struct big b;
    memset(&b, 0, sizeof b);
    b.a[5] = v;
    return b;
}
struct big *retuse(int v)
{
    struct big b = ret(v), c;
    c = b;
    c.a[6] = c.a[5];
    struct big *p = &c;
    *p = *p;
    return p;
}
int *forlit(int n, int ***o)
{
    for (int i = 0; i < n; i++)
        *o[i] = (int[]){i, i + 1};
    return 0;
}
union u {
    int i;
    float f;
    void *p;
};
union u *un(float f)
{
    union u u;
    u.f = f;
    return &u;
}
int vsz(int n)
{
    struct {
        int k;
        int a[n];
        int z;
    } s;
    s.z = 9;
    for (int i = 0; i < n; i++)
        s.a[i] = i;
    int *p = &s.a[n - 1];
    int t = *p + s.z;
    return t;
}
int *contin(int n)
{
    int *last = 0;
    for (int i = 0; i < n; i++) {
        int x = i;
        if (i % 2)
            continue;
        if (i == 6)
            break;
        last = &x;
    }
    return last;
}
_Thread_local int tl;
int *vla2(int n, int m)
{
    int a[n][m];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            a[i][j] = i * m + j;
    return a[n - 1];
}
int *vlaloop(int **o, int n)
{
    for (int i = 1; i <= n; i++) {
        int a[i];
        for (int j = 0; j < i; j++)
            a[j] = i;
        o[i - 1] = a;
        if (i == 3)
            continue;
    }
    return o[0];
}
int *early(int n)
{
    int x = n;
    if (n > 5)
        return &x;
    {
        int y = n * 2;
        if (n > 3)
            return &y;
        {
            int z = n * 3;
            return &z;
        }
    }
}
int main(void)
{
    CHECK(*vparam(4) == 5 && *vparam(5) == 6);
    struct big b = {.a = {[3] = 8}};
    struct big *b1 = bigparam(b), *b2 = bigparam(b);
    CHECK(b1 != b2 && b1->a[3] == 9 && b.a[3] == 8);
    CHECK(creal(*cplx(3)) == 3 && cimag(*cplx(3)) == 7);
    int *v = vla(10), *w = vla(20);
    CHECK(v[9] == 81 && w[19] == 361);
    CHECK(strlen(al(50)) == 49);
    CHECK(*gotoin(0) == 2 && *gotoin(1) == 42);
    CHECK(*swin(0) == 10 && *swin(1) == 21);
    struct node *l = list(5);
    int s = 0;
    for (; l; l = l->next)
        s = s * 10 + l->v;
    CHECK(s == 43210);
    l = list2(5);
    s = 0;
    for (; l; l = l->next)
        s = s * 10 + l->v;
    CHECK(s == 43210);
    CHECK(*sj(5) == 7);
    CHECK(*sj2(5) == 8);
    CHECK(*cl(5) == 5 && cleaned == 10);
    struct bits *q = bf(5);
    CHECK(q->a == 5 && q->b == 15 && q->c == -6 && q->d == (1ul << 39) + 6);
    CHECK(*as(5) == 14);
    v4 *x = vec(1);
    CHECK((*x)[0] == 2 && (*x)[2] == 154 && (*x)[3] == 8);
    CHECK(*at(5) == 22);
    CHECK(*se(8) == 9);
    CHECK(sum(3, 1, 2, 3) == 12 && wrap(3, 1, 2, 3) == 6);
    CHECK(((uintptr_t)al64(3) & 127) == 0 && *al64(3) == 3);
    CHECK(*i128(3) == (__int128)3 << 70 && *ld(4) == 4.0L);
    CHECK(em() != 0);
    CHECK(**pp(6) == 6);
    CHECK(*cg(0) == 5 && *cg(1) == 6);
    CHECK(*cond(1) == 30 && *cond(0) == 40);
    CHECK(*rec(4, 0) == 10);
    CHECK(strs()[1][0] == 'c');
    CHECK(retuse(7)->a[6] == 7);
    int *o1, *o2, *o3;
    int **oo[3] = {&o1, &o2, &o3};
    forlit(3, oo);
    CHECK(o1[0] == 0 && o2[0] == 1 && o3[1] == 3);
    CHECK(un(2.5f)->f == 2.5f);
    CHECK(vsz(4) == 12);
    CHECK(*contin(20) == 4);
    CHECK(vla2(3, 4)[3] == 11);
    int *vo[5];
    vlaloop(vo, 5);
    for (int i = 0; i < 5; i++)
        CHECK(vo[i][i] == i + 1);
    CHECK(*early(6) == 6 && *early(4) == 8 && *early(1) == 3);
    puts(bad ? "BAD" : "good");
    return bad;
}
