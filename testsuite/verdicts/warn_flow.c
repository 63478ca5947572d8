/* OPTIONS: mode=check */
/*
 * Category "through copy": the address takes a way through scalar variables before it is returned:
 * plain copies, pointers to pointers, casts, byte copies, library functions that return their
 * argument. Joins are in warn_phi.c, arithmetic in warn_offset.c.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    int a, b;
};
struct pointers {
    int *a, *b;
};

int cond(void);
void work(void);
int look(const int *) __attribute__((pure));
extern int shared;

int *bad_copy(void)
{
    int x = 1;
    int *p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_copy_twice(void)
{
    int x = 1;
    int *p = &x;
    int *q = p;
    int *r = q;
    return r; /* WARN "address of local variable 'x' is returned" */
}

int *bad_chained_assignment(void)
{
    int x = 1;
    int *p, *q;
    p = q = &x;
    work();
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_assigned_in_condition(void)
{
    int x = 1;
    int *p;
    if ((p = &x))
        return p; /* WARN "address of local variable 'x' is returned" */
    return NULL;
}

int *bad_assigned_in_return(void)
{
    int x = 1;
    int *p;
    return p = &x; /* WARN "address of local variable 'x' is returned" */
}

int *bad_param_copy(int v)
{
    int *p = &v;
    *p += 1;
    return p; /* WARN "address of parameter 'v' is returned" */
}

int *bad_overwrites_param(int *p)
{
    int x = *p;
    p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_swapped(void)
{
    int x = 1;
    int *p = &shared, *q = &x, *t;
    t = p;
    p = q;
    q = t;
    *q = 2;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_via_pointer(void)
{
    int x = 1;
    int *p = NULL;
    int **pp = &p;
    *pp = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_via_load(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    return *pp; /* WARN "address of local variable 'x' is returned" */
}

int *bad_via_three_levels(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    int ***ppp = &pp;
    return **ppp; /* WARN "address of local variable 'x' is returned" */
}

int **bad_middle_level(void)
{
    int *p = &shared;
    int **pp = &p;
    int ***ppp = &pp;
    return *ppp; /* WARN "address of local variable 'p' is returned" */
}

int *bad_via_two_targets(int c)
{
    int x = 1;
    int *p = &shared, *q = &shared;
    int **pp = c ? &p : &q;
    *pp = &x;
    return *pp; /* WARN "'x' is returned" */
}

void *bad_void(void)
{
    long x = 1;
    void *p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

char *bad_cast(void)
{
    int x = 1;
    char *c = (char *)&x;
    return c; /* WARN "address of local variable 'x' is returned" */
}

const int *bad_const(void)
{
    const int x = 1;
    const int *const p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_integer(void)
{
    int x = 1;
    uintptr_t u = (uintptr_t)&x;
    return (int *)u; /* WARN "address of local variable 'x' is returned" */
}

int *bad_integer_masked(void)
{
    int x = 1;
    uintptr_t u = (uintptr_t)&x | 1;
    work();
    return (int *)(u & ~(uintptr_t)1); /* WARN "address of local variable 'x' is returned" */
}

int *bad_volatile_pointer(void)
{
    int x = 1;
    int *volatile p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_register(void)
{
    int x = 1;
    register int *p = &x;
    work();
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_memcpy(void)
{
    int x = 1;
    int *p = &x, *q;
    memcpy(&q, &p, sizeof q);
    return q; /* WARN "address of local variable 'x' is returned" */
}

int *bad_memmove(void)
{
    int x = 1;
    int *p[2] = {NULL, &x};
    memmove(&p[0], &p[1], sizeof p[0]);
    return p[0]; /* WARN "address of local variable 'x' is returned" */
}

int *bad_union_pun(void)
{
    union {
        int *p;
        uintptr_t u;
    } pun;
    int x = 1;
    pun.u = (uintptr_t)&x;
    return pun.p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_byte_copy(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (size_t i = 0; i < sizeof p; i++)
        to[i] = from[i];
    return q; /* WARN "address of local variable 'x' is returned" */
}

struct pointers bad_struct_by_bytes(void)
{
    int x = 1;
    struct pointers s = {NULL, &x}, t = {NULL, NULL};
    const char *from = (const char *)&s;
    char *to = (char *)&t;
    for (unsigned i = 0; i != sizeof s; i++)
        to[i] = from[i];
    return t; /* WARN "address of local variable 'x' is returned" */
}

int *bad_atomic(void)
{
    int x = 1;
    int *_Atomic p = NULL;
    atomic_store(&p, &x);
    return atomic_load(&p); /* WARN "'x' is returned" */
}

int *bad_exchange(void)
{
    int x = 1;
    int *p = &x;
    int *old = __atomic_exchange_n(&p, NULL, __ATOMIC_SEQ_CST);
    return old; /* WARN "'x' is returned" */
}

int *bad_expect(int c)
{
    int x = 1;
    int *p = &x;
    if (__builtin_expect(c, 0))
        return p; /* WARN "address of local variable 'x' is returned" */
    return NULL;
}

int *bad_launder(void)
{
    int x = 1;
    return __builtin_assume_aligned(&x, 4); /* WARN "address of local variable 'x' is returned" */
}

/* Library functions that return (a pointer into) their argument. */

char *bad_strcpy(const char *s)
{
    char buf[16];
    return strcpy(buf, s); /* WARN "address of local variable 'buf' is returned" */
}

char *bad_strcat(const char *s)
{
    char buf[16] = "";
    return strcat(buf, s); /* WARN "address of local variable 'buf' is returned" */
}

char *bad_strncpy(const char *s)
{
    char buf[16];
    char *r = strncpy(buf, s, sizeof buf);
    return r; /* WARN "address of local variable 'buf' is returned" */
}

void *bad_memset(void)
{
    struct pair s;
    return memset(&s, 0, sizeof s); /* WARN "address of local variable 's' is returned" */
}

void *bad_memcpy_result(const struct pair *from)
{
    struct pair s;
    return memcpy(&s, from, sizeof s); /* WARN "address of local variable 's' is returned" */
}

char *bad_stpcpy(const char *s)
{
    char buf[16];
    char *end = stpcpy(buf, s);
    return end; /* WARN "address of local variable 'buf' is returned" */
}

char *bad_strchr(void)
{
    char buf[] = "key=value";
    return strchr(buf, '='); /* WARN "address of local variable 'buf' is returned" */
}

char *bad_strstr(void)
{
    char buf[] = "key=value";
    char *at = strstr(buf, "val");
    if (!at)
        return NULL;
    return at + 3; /* WARN "address of local variable 'buf' is returned" */
}

char *bad_fgets(FILE *f)
{
    char line[64];
    return fgets(line, sizeof line, f); /* WARN "address of local variable 'line' is returned" */
}

char *bad_strtok(void)
{
    char buf[] = "a b c";
    return strtok(buf, " "); /* WARN "address of local variable 'buf' is returned" */
}

char *bad_strtol_end(void)
{
    char buf[] = "12abc";
    char *end;
    if (strtol(buf, &end, 10) != 12)
        return NULL;
    return end; /* WARN "address of local variable 'buf' is returned" */
}

void *bad_bsearch(int (*cmp)(const void *, const void *))
{
    int sorted[4] = {1, 2, 3, 4};
    int key = 3;
    return bsearch(&key, sorted, 4, sizeof key, cmp); /* WARN "'sorted' is returned" */
}

char *bad_realpath(const char *path)
{
    char buf[4096];
    return realpath(path, buf); /* WARN "address of local variable 'buf' is returned" */
}

/* Look-alikes. */

int *good_overwritten(void)
{
    int x = 1;
    int *p = &x;
    *p = 2;
    p = &shared;
    return p;
}

int *good_overwritten_both_ways(int c, int *q)
{
    int x = 1;
    int *p = &x;
    if (look(p) == c)
        p = &shared;
    else
        p = q;
    return p;
}

int *good_overwritten_via_pointer(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    *pp = &shared;
    return p;
}

int *good_only_other_pointer(void)
{
    int x = 1;
    int *p = &x, *q = &shared;
    *p = *q;
    return q;
}

int *good_swapped_back(void)
{
    int x = 1;
    int *p = &shared, *q = &x, *t;
    t = p, p = q, q = t;
    *p = *q;
    t = p, p = q, q = t;
    return p;
}

int *good_loaded_pointee(void)
{
    int *p = &shared;
    int **pp = &p;
    return *pp;
}

int good_memcpy_of_value(void)
{
    int x = 1, y;
    memcpy(&y, &x, sizeof y);
    return y;
}

int *good_memcpy_into_heap(void)
{
    int x = 1;
    int *p = malloc(sizeof *p);
    if (p)
        return memcpy(p, &x, sizeof x);
    return p;
}

char *good_strdup(void)
{
    char buf[] = "text";
    return strdup(buf);
}

char *good_strchr_of_param(char *s, char c)
{
    char set[2] = {c, 0};
    return s + strcspn(s, set);
}

char *good_strstr_needle(char *s, char c)
{
    char needle[3] = {c, c, 0};
    return strstr(s, needle);
}

char *good_strcpy_into_param(char *to)
{
    char buf[] = "text";
    return strcpy(to, buf);
}

void *good_bsearch_key(int *sorted, size_t n, int (*cmp)(const void *, const void *))
{
    int key = 3;
    return bsearch(&key, sorted, n, sizeof key, cmp);
}

long good_strtol(void)
{
    char buf[] = "12abc";
    char *end;
    long v = strtol(buf, &end, 10);
    return *end ? v : -1;
}

size_t good_length_between(void)
{
    char buf[] = "key=value";
    char *eq = strchr(buf, '=');
    return eq ? (size_t)(eq - buf) : 0;
}

char *good_asprintf(int n)
{
    char buf[16];
    char *out = NULL;
    snprintf(buf, sizeof buf, "%d", n);
    if (asprintf(&out, "<%s>", buf) < 0)
        return NULL;
    return out;
}

char *good_realpath_null(const char *path)
{
    char buf[64];
    snprintf(buf, sizeof buf, "/etc/%s", path);
    return realpath(buf, NULL);
}

int *good_reset_by_memset(void)
{
    int x = 1;
    int *p = &x;
    *p = 2;
    memset(&p, 0, sizeof p);
    return p;
}

int *good_hash_of_address(uintptr_t key)
{
    static int buckets[64];
    int x = 1;
    return &buckets[((uintptr_t)&x ^ key) % 64];
}

int *good_after_longjmp(jmp_buf env)
{
    int x = 1;
    int *p = &x;
    if (cond())
        longjmp(env, look(p));
    p = NULL;
    return p;
}

/* Loops over bytes that copy something else. */

int *good_bytes_reversed(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (size_t i = 0; i < sizeof p; i++)
        to[sizeof p - 1 - i] = from[i];
    return q;
}

int *bad_byte_copy_by_int(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (int i = 0; i <= 7; ++i)
        to[i] = from[i];
    return q; /* WARN "address of local variable 'x' is returned" */
}

int *good_every_other_byte(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (int i = 0; i < 8; i += 2)
        to[i] = from[i];
    return q;
}

int *good_some_bytes(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (size_t i = 0; i < sizeof p; i++)
        if (i >= 4)
            to[i] = from[i];
    return q;
}

int *good_odd_bytes(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (size_t i = 0; i < sizeof p; i++)
        if (i & 1)
            to[i] = from[i];
    return q;
}

int *good_first_half(int *r)
{
    int x = 1;
    struct pointers s = {r, &x}, t = {NULL, NULL};
    char *to = (char *)&t, *from = (char *)&s;
    for (size_t i = 0; i < sizeof s.a; i++)
        to[i] = from[i];
    return t.b ? t.b : t.a;
}

int *good_bytes_masked(void)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (size_t i = 0; i < sizeof p; i++)
        to[i] = (char)(from[i] ^ 1);
    return q;
}

int *good_bytes_overwritten(int *r)
{
    int x = 1;
    int *p = &x, *q = NULL;
    const char *from = (const char *)&p;
    char *to = (char *)&q;
    for (size_t i = 0; i < sizeof p; i++)
        to[i] = from[i];
    from = (const char *)&r;
    for (size_t i = 0; i < sizeof p; i++)
        to[i] = from[i];
    return q;
}
