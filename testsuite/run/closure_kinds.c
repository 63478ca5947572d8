/* What a closure can capture, by kind of variable: arrays of variable length of every level around it,
 * cleanups, alignment, atomics, volatile and register variables, thread-local ones, complex, vector and
 * wide numbers, bit-fields, unions, literals, and other closures. */
#include <complex.h>
#include <stdatomic.h>
#include <stdint.h>
#include "run.h"

typedef int get(void);

static get *of_outer_levels(int n)
{
    int v[n];
    get *middle(int k)
    {
        int w[k];
        int inner(void)
        {
            v[k]++;
            w[0]++;
            return v[k] * 1000 + w[0] + (int)(sizeof v / sizeof *v) * 100000 + (int)sizeof w * 10000000;
        }

        for (int i = 0; i < k; i++)
            w[i] = i + 100;
        return inner;
    }
    for (int i = 0; i < n; i++)
        v[i] = i * i;
    return middle(3);
}
static get *two_dimensions(int n, int m)
{
    int v[n][m];
    int f(void) { return v[n - 1][m - 1]++ + (int)sizeof v[0]; }

    v[n - 1][m - 1] = 23;
    return f;
}
static get *struct_of_variable_length(int n)
{
    struct {
        int a[n];
        int b;
    } s;
    int f(void) { return s.a[n - 1]++ + s.b; }

    s.a[n - 1] = 5;
    s.b = 7;
    return f;
}
static void say(int *p)
{
    printf("cleanup %d\n", *p);
}
static get *cleaned_up(int k)
{
    __attribute__((cleanup(say))) int x = k;
    int f(void) { return x++; }

    f();
    return f;
}
static get *aligned_to_a_line(int k)
{
    _Alignas(64) struct {
        char c;
        int x;
    } s = {1, k};
    int f(void) { return (uintptr_t)&s % 64 * 1000 + s.x++; }

    return f;
}
static get *aligned_to_a_page(int k)
{
    _Alignas(4096) int s = k;
    int f(void) { return (uintptr_t)&s % 4096 * 1000 + s++; }

    return f;
}
static get *atomic(int k)
{
    _Atomic int a = k;
    int f(void) { return atomic_fetch_add(&a, 2); }

    return f;
}
static get *volatile_and_register(int k)
{
    volatile int a = k;
    register int b = k;
    int f(void) { return a++ * 100 + b--; }

    return f;
}
static get *of_thread(int k)
{
    static _Thread_local int a;
    int f(void) { return a++ + k; }

    a = k;
    return f;
}
static get *complex_number(int k)
{
    _Complex double z = k + 2.0 * I;
    int f(void)
    {
        z *= I;
        return (int)(creal(z) * 10 + cimag(z));
    }
    return f;
}
static get *vector(int k)
{
    typedef int four __attribute__((vector_size(16)));
    four v = {k, k + 1, k + 2, k + 3};
    int f(void)
    {
        v += 1;
        return v[0] + v[3];
    }
    return f;
}
static get *wide(int k)
{
    __int128 z = (__int128)k << 70;
    long double d = k;
    int f(void)
    {
        z += (__int128)1 << 70;
        d += 0.5L;
        return (int)(z >> 70) * 1000 + (int)(d * 10);
    }
    return f;
}
static get *bits(int k)
{
    struct {
        unsigned a : 3, b : 5;
        int c : 9;
    } s = {k, k, k};
    int f(void)
    {
        s.a++;
        s.b--;
        s.c -= 3;
        return s.a * 10000 + s.b * 100 + s.c;
    }
    return f;
}
static get *boolean(_Bool b)
{
    int f(void)
    {
        b = !b;
        return b;
    }
    return f;
}
static get *behind_pointers(int k)
{
    int x = k, *p = &x, **pp = &p;
    int f(void)
    {
        (**pp)++;
        return x;
    }
    return f;
}
static get *in_union(int k)
{
    union {
        int i;
        float f;
        void *p;
    } u = {.i = k};
    int f(void) { return u.i++; }

    return f;
}
static get *statement_expression(int k)
{
    return ({
        int y = k * 2;
        int f(void) { return y++; }
        f;
    });
}
static get *literals(int k)
{
    struct both {
        int x;
        get *g;
    };
    int (*a)[3] = &(int[3]){k, k + 1, k + 2};
    int f(void) { return k++; }
    struct both *p = &(struct both){k, f};
    int g(void) { return p->x++ * 100 + p->g() * 10 + (*a)[1]++; }

    return g;
}
static get *other_closure(get *g)
{
    int f(void) { return g() * 2; }

    return f;
}
static get *array_parameter(int a[static 3])
{
    int f(void) { return a[1]++; }

    return f;
}
static get *string(const char *s)
{
    char b[100];
    int f(void)
    {
        b[0]++;
        return b[0] + strlen(b);
    }
    snprintf(b, sizeof b, "%s!", s);
    return f;
}
static get *constant(void)
{
    const int c = 42;
    const int *p = &c;
    int f(void) { return c + *p; }

    return f;
}
static get *itself(int k)
{
    int f(void) { return k-- > 0 ? f() + 1 : 100; }

    return f;
}

int main(void)
{
    int array[3] = {1, 2, 3};
    get *all[] = {
        of_outer_levels(5),       two_dimensions(3, 4),
        struct_of_variable_length(6), cleaned_up(9),
        aligned_to_a_line(4),     aligned_to_a_page(6),
        atomic(3),                volatile_and_register(4),
        of_thread(6),          complex_number(1),
        vector(7),                wide(8),
        bits(3),                  boolean(1),
        behind_pointers(7),       in_union(3),
        statement_expression(9),  literals(4),
        other_closure(atomic(10)), array_parameter(array),
        string("abc"),            constant(),
        itself(5),
    };

    clobber();
    for (int round = 0; round < 3; round++)
        for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
            printf("%d%s", all[i](), i + 1 < sizeof all / sizeof *all ? " " : "\n");
    return 0;
}
