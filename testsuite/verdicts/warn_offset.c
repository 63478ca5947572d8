/* OPTIONS: mode=check */
/*
 * Category "through offset": arithmetic on the address does not change which object it belongs to.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct link {
    struct link *next;
};
struct item {
    int key;
    struct link link;
    char name[8];
};

#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))

int cond(void);
extern struct item pool[4];

int *bad_plus_one(void)
{
    int x = 1;
    return &x + 1; /* WARN "address of local variable 'x' is returned" */
}

int *bad_plus_minus(void)
{
    int x = 1;
    int *p = &x + 1;
    return p - 1; /* WARN "address of local variable 'x' is returned" */
}

int *bad_plus_variable(int i)
{
    int a[8] = {0};
    int *p = a;
    p += i;
    return p; /* WARN "address of local variable 'a' is returned" */
}

int *bad_minus_variable(int i)
{
    int a[8] = {0};
    return &a[7] - i; /* WARN "address of local variable 'a' is returned" */
}

int *bad_index_of_pointer(int i)
{
    int a[8] = {0};
    int *p = a;
    return &p[i]; /* WARN "address of local variable 'a' is returned" */
}

int *bad_reversed_index(int i)
{
    int a[8] = {0};
    return &i[a]; /* WARN "address of local variable 'a' is returned" */
}

int *bad_increment(void)
{
    int a[8] = {0};
    int *p = a;
    p++;
    return p; /* WARN "address of local variable 'a' is returned" */
}

int *bad_post_increment(void)
{
    int a[8] = {0};
    int *p = a;
    return p++; /* WARN "address of local variable 'a' is returned" */
}

char *bad_byte_offset(void)
{
    struct item it = {0};
    char *base = (char *)&it;
    return base + offsetof(struct item, name); /* WARN "'it' is returned" */
}

struct item *bad_container(void)
{
    struct item it = {0};
    struct link *l = &it.link;
    struct item *owner = container_of(l, struct item, link);
    return owner; /* WARN "address of local variable 'it' is returned" */
}

char *bad_member_array_end(void)
{
    struct item it = {0};
    char *end = it.name + sizeof it.name;
    return end; /* WARN "address of local variable 'it' is returned" */
}

char *bad_scan(void)
{
    char buf[] = "key=value";
    char *p = buf;
    while (*p && *p != '=')
        p++;
    return p; /* WARN "address of local variable 'buf' is returned" */
}

char *bad_digits(unsigned n)
{
    char buf[16];
    char *p = buf + sizeof buf;
    *--p = 0;
    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    return p; /* WARN "address of local variable 'buf' is returned" */
}

int *bad_align_up(void)
{
    char raw[64];
    uintptr_t u = ((uintptr_t)raw + 15) & ~(uintptr_t)15;
    return (int *)u; /* WARN "address of local variable 'raw' is returned" */
}

int *bad_half(const int *v, int n)
{
    int copy[16];
    memcpy(copy, v, sizeof copy);
    int *lo = copy, *hi = copy + n;
    while (hi - lo > 1) {
        int *mid = lo + (hi - lo) / 2;
        if (*mid < 0)
            lo = mid;
        else
            hi = mid;
    }
    return lo; /* WARN "address of local variable 'copy' is returned" */
}

int (*bad_row(int i))[4]
{
    int m[3][4] = {{0}};
    return &m[i]; /* WARN "address of local variable 'm' is returned" */
}

/* Look-alikes: the result belongs to another object, or is a number. */

ptrdiff_t good_index_found(int v)
{
    int a[8] = {0};
    int *p = a;
    while (p < a + 8 && *p != v)
        p++;
    return p - a;
}

struct item *good_relocated(const struct item *base, const struct item *from)
{
    struct item local[4];
    memcpy(local, from, sizeof local);
    struct item *at = &local[0];
    while (at < &local[3] && at->key)
        at++;
    return &pool[at - local] + (base == pool);
}

const char *good_offset_applied_elsewhere(const char *s)
{
    char lower[32];
    size_t n = strlen(s);
    for (size_t i = 0; i <= n && i < sizeof lower; i++)
        lower[i] = (char)(s[i] | 32);
    lower[31] = 0;
    const char *hit = strstr(lower, "key");
    return hit ? s + (hit - lower) : NULL;
}

struct item *good_container_of_param(struct link *l)
{
    return container_of(l, struct item, link);
}

int good_alignment_test(void)
{
    char raw[64];
    return ((uintptr_t)raw & 15) == 0;
}

int *good_walk_both(int *to)
{
    int a[4] = {1, 2, 3, 4};
    for (int *p = a; p < a + 4;)
        *to++ = *p++;
    return to;
}
