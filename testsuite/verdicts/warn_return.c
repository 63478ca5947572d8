/* OPTIONS: mode=check -std=gnu17 */
/*
 * Category "return direct": the operand of the return statement names the object whose lifetime
 * the return ends. Every kind of object, every way to spell its address, every place for a return.
 *
 * In all warn_*.c files a function bad_* holds a bug and carries the warning on the line it belongs
 * to; a function good_* is a correct look-alike, so any output for it is a false alarm.
 * warn_score.sh counts both per file.
 */
#include <complex.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct pair {
    int a, b;
};
struct box {
    struct pair in;
    int arr[4];
    union {
        long l;
        char c[8];
    } u;
};
enum colour { RED, GREEN };
typedef int v4si __attribute__((vector_size(16)));

int cond(void);
int pick(int);
void work(void);
extern int shared;
extern int table[8];

/* Every kind of object. */

int *bad_int(void)
{
    int x = 1;
    return &x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_param(int p)
{
    return &p; /* WARN "address of parameter 'p' is returned" */
}

char *bad_char(void)
{
    char c = 'c';
    return &c; /* WARN "address of local variable 'c' is returned" */
}

double *bad_double(void)
{
    double d = 0.5;
    return &d; /* WARN "address of local variable 'd' is returned" */
}

double _Complex *bad_complex(void)
{
    double _Complex z = 1.0;
    return &z; /* WARN "address of local variable 'z' is returned" */
}

double *bad_complex_part(void)
{
    double _Complex z = 1.0;
    return &__imag__ z; /* WARN "address of local variable 'z' is returned" */
}

v4si *bad_vector(void)
{
    v4si v = {1, 2, 3, 4};
    return &v; /* WARN "address of local variable 'v' is returned" */
}

enum colour *bad_enum(void)
{
    enum colour e = GREEN;
    return &e; /* WARN "address of local variable 'e' is returned" */
}

int **bad_pointer(int *p)
{
    return &p; /* WARN "address of parameter 'p' is returned" */
}

int (**bad_function_pointer(void))(int)
{
    int (*f)(int) = pick;
    return &f; /* WARN "address of local variable 'f' is returned" */
}

struct pair *bad_struct(void)
{
    struct pair s = {1, 2};
    return &s; /* WARN "address of local variable 's' is returned" */
}

struct pair *bad_struct_param(struct pair s)
{
    return &s; /* WARN "address of parameter 's' is returned" */
}

const volatile int *bad_qualified(void)
{
    const volatile int x = 3;
    return &x; /* WARN "address of local variable 'x' is returned" */
}

/* Every way to spell the address. */

int *bad_member(void)
{
    struct pair s = {1, 2};
    return &s.b; /* WARN "address of local variable 's' is returned" */
}

int *bad_nested_member(void)
{
    struct box b = {{1, 2}, {0}, {0}};
    return &b.in.b; /* WARN "address of local variable 'b' is returned" */
}

char *bad_union_member(void)
{
    struct box b = {{1, 2}, {0}, {0}};
    return &b.u.c[3]; /* WARN "address of local variable 'b' is returned" */
}

int *bad_element(int i)
{
    int a[4] = {1, 2, 3, 4};
    return &a[i]; /* WARN "address of local variable 'a' is returned" */
}

int *bad_param_member(struct box b)
{
    return &b.arr[2]; /* WARN "address of parameter 'b' is returned" */
}

void *bad_cast(void)
{
    long x = 1;
    return (void *)(char *)&x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_round_trip(void)
{
    int x = 1;
    return &*&*&x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_arrow(void)
{
    struct pair s = {1, 2};
    return &(&s)->b; /* WARN "address of local variable 's' is returned" */
}

int *bad_comma(void)
{
    int x = 1;
    return (work(), &x); /* WARN "address of local variable 'x' is returned" */
}

int *bad_ternary(int c)
{
    int x = 1;
    return c ? &x : NULL; /* WARN "address of local variable 'x' is returned" */
}

int *bad_elvis(int *p)
{
    int x = 1;
    return p ?: &x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_statement_expression(void)
{
    int x = 1;
    return ({ /* WARN "address of local variable 'x' is returned" */
              work();
              &x;
    });
}

int *bad_integer_cast(void)
{
    int x = 1;
    return (int *)(uintptr_t)&x; /* WARN "address of local variable 'x' is returned" */
}

void *bad_va_list(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    int x = va_arg(ap, int);
    va_end(ap);
    return &x; /* WARN "address of local variable 'x' is returned" */
}

/* Every place where a return may stand. */

int *bad_in_block(void)
{
    if (cond()) {
        int y = 2;
        return &y; /* WARN "address of local variable 'y' is returned" */
    }
    return NULL;
}

int *bad_either(int c)
{
    int x = 1, y = 2;
    if (c)
        return &x; /* WARN "address of local variable 'x' is returned" */
    else
        return &y; /* WARN "address of local variable 'y' is returned" */
}

int *bad_in_switch(int c)
{
    int x = 1;
    switch (c) {
    case 1:
        return &shared;
    case 2:
        return &x; /* WARN "address of local variable 'x' is returned" */
    default:
        return NULL;
    }
}

int *bad_in_loop(int n)
{
    for (int i = 0; i < n; i++)
        if (table[i])
            return &i; /* WARN "address of local variable 'i' is returned" */
    return NULL;
}

int *bad_after_goto(int c)
{
    int x = 1;
    if (c)
        goto fail;
    return &shared;
fail:
    return &x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_recursive(int n)
{
    int x = n;
    if (n > 0)
        return bad_recursive(n - 1);
    return &x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_old_style(n)
int n;
{
    return &n; /* WARN "address of parameter 'n' is returned" */
}

static int *bad_only_referenced(void)
{
    int x = 1;
    return &x; /* WARN "address of local variable 'x' is returned" */
}
int *(*const exported)(void) = bad_only_referenced;

/* Look-alikes. */

int *good_static(void)
{
    static int x = 1;
    return &x;
}

int *good_thread_local(void)
{
    static _Thread_local int x = 1;
    return &x;
}

int *good_extern_in_block(void)
{
    extern int shared;
    return &shared;
}

int *good_global_element(int i)
{
    return &table[i];
}

int *good_pass_through(int *p)
{
    return &p[1];
}

int *good_member_of_pointee(struct box *b)
{
    return &b->in.b;
}

int *good_deref_cancels(int **p)
{
    return &**p;
}

const char *good_string(void)
{
    return "text";
}

const char *good_string_tail(void)
{
    return &"text"[2];
}

int (*good_function(void))(int)
{
    return &pick;
}

struct pair good_by_value(void)
{
    struct pair s = {1, 2};
    struct pair *p = &s;
    return *p;
}

int good_loaded(void)
{
    int x = 1;
    return *&x;
}

int good_compared(const int *p)
{
    int x = 1;
    return &x == p;
}

/* The usual probe of the stack's direction: a number, which nobody can dereference. */
uintptr_t good_stack_probe(void)
{
    char c = 0;
    return (uintptr_t)&c;
}

ptrdiff_t good_difference(void)
{
    int a[4];
    return &a[3] - &a[0];
}

size_t good_offset(void)
{
    struct box b = {{1, 2}, {0}, {0}};
    return (size_t)((char *)&b.arr - (char *)&b);
}

int *good_dead_branch(void)
{
    int x = 1;
    if (0)
        return &x;
    return NULL;
}

int *good_after_abort(void)
{
    int x = 1;
    abort();
    return &x;
}

int *good_endless(void)
{
    int x = 1;
    for (;;) {
        x += pick(x);
        if (x == 7)
            exit(x);
    }
    return &x;
}

int *good_unreachable(int c)
{
    int x = 1;
    switch (c & 1) {
    case 0:
    case 1:
        return &shared;
    }
    __builtin_unreachable();
    return &x;
}

struct pair *good_malloc(void)
{
    struct pair *s = malloc(sizeof *s);
    return s;
}
