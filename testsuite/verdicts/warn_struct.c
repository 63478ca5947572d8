/* OPTIONS: mode=check */
/*
 * Category "inside a struct or heap object": what leaves the function is an object that holds the
 * address in a field. A struct returned by value warns at the return, since that is where the copy
 * is made that outlives; memory reached through the result warns at the store into it.
 */
#include <stdlib.h>
#include <string.h>

struct span {
    const char *at;
    size_t len;
};
struct pair {
    int *a, *b;
};
struct deep {
    int n;
    struct pair in;
    int *v[3];
};
struct node {
    struct node *next;
    int *val;
};
union either {
    int *p;
    long n;
};

int cond(void);
extern int shared;
extern struct node *list;

/* By value. */

struct span bad_span(void)
{
    char buf[16] = "text";
    struct span s;
    s.at = buf;
    s.len = 4;
    return s; /* WARN "address of local variable 'buf' is returned" */
}

struct span bad_initializer(void)
{
    char buf[16] = "text";
    struct span s = {buf, 4};
    return s; /* WARN "address of local variable 'buf' is returned" */
}

struct span bad_literal(void)
{
    char buf[16] = "text";
    return (struct span){.at = buf, .len = 4}; /* WARN "local variable 'buf' is returned" */
}

struct pair bad_second_field(void)
{
    int x = 1;
    struct pair s = {&shared, NULL};
    s.b = &x;
    return s; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_two_fields(void)
{
    int x = 1, y = 2;
    struct pair s = {&x, &y};
    return s; /* WARN "'x' is returned" */ /* WARN "'y' is returned" */
}

struct deep bad_nested(void)
{
    int x = 1;
    struct deep d = {0};
    d.in.b = &x;
    return d; /* WARN "address of local variable 'x' is returned" */
}

struct deep bad_array_in_struct(void)
{
    int x = 1;
    struct deep d = {0};
    d.v[2] = &x;
    return d; /* WARN "address of local variable 'x' is returned" */
}

struct deep bad_variable_slot(int i)
{
    int x = 1;
    struct deep d = {0};
    d.v[i] = &x;
    return d; /* WARN "'x' is returned" */
}

struct deep bad_filled(void)
{
    int x = 1;
    struct deep d = {0};
    for (int i = 0; i < 3; i++)
        d.v[i] = &x;
    return d; /* WARN "'x' is returned" */
}

struct pair bad_struct_copy(void)
{
    int x = 1;
    struct pair s = {&x, NULL};
    struct pair t = s;
    return t; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_inner_struct_copy(void)
{
    int x = 1;
    struct deep d = {0};
    d.in.a = &x;
    return d.in; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_struct_memcpy(void)
{
    int x = 1;
    struct pair s = {&x, NULL}, t;
    memcpy(&t, &s, sizeof t);
    return t; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_deref(void)
{
    int x = 1;
    struct pair s = {&x, NULL};
    struct pair *p = &s;
    return *p; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_via_pointer(void)
{
    int x = 1;
    struct pair s = {NULL, NULL};
    struct pair *p = &s;
    p->b = &x;
    return s; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_conditional_field(int c)
{
    int x = 1;
    struct pair s = {NULL, NULL};
    if (c)
        s.a = &x;
    return s; /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_param_struct(struct pair s, int v)
{
    s.a = &v;
    return s; /* WARN "address of parameter 'v' is returned" */
}

struct node bad_self(void)
{
    struct node n = {NULL, NULL};
    n.next = &n;
    return n; /* WARN "address of local variable 'n' is returned" */
}

union either bad_union(void)
{
    int x = 1;
    union either u;
    u.p = &x;
    return u; /* WARN "address of local variable 'x' is returned" */
}

union either bad_union_as_integer(void)
{
    int x = 1;
    union either u;
    u.n = (long)&x;
    return u; /* WARN "address of local variable 'x' is returned" */
}

/* The field is what is returned. */

int *bad_field(void)
{
    int x = 1;
    struct pair s = {&shared, &x};
    return s.b; /* WARN "address of local variable 'x' is returned" */
}

int *bad_field_via_pointer(void)
{
    int x = 1;
    struct pair s = {&x, &shared};
    struct pair *p = &s;
    return p->a; /* WARN "address of local variable 'x' is returned" */
}

int *bad_chain(void)
{
    int x = 1;
    struct node a = {NULL, &x}, b = {&a, NULL};
    return b.next->val; /* WARN "address of local variable 'x' is returned" */
}

struct node *bad_chain_node(void)
{
    struct node a = {NULL, NULL}, b = {&a, NULL}, c = {&b, NULL};
    return c.next->next; /* WARN "address of local variable 'a' is returned" */
}

int *bad_slot(int i)
{
    int x = 1, y = 2;
    int *v[2] = {&x, &y};
    return v[i]; /* WARN "'x' is returned" */ /* WARN "'y' is returned" */
}

int *bad_constant_slot(void)
{
    int x = 1;
    int *v[2] = {&shared, &x};
    return v[1]; /* WARN "address of local variable 'x' is returned" */
}

/* Memory reached through the result. */

struct node *bad_heap(void)
{
    int x = 1;
    struct node *n = malloc(sizeof *n);
    if (!n)
        return NULL;
    n->next = NULL;
    n->val = &x; /* WARN "address of local variable 'x' is stored in .*, which outlives it" */
    return n;
}

struct node *bad_heap_assignment(void)
{
    int x = 1;
    struct node *n = malloc(sizeof *n);
    if (n)
        *n = (struct node){NULL, &x}; /* WARN "'x' is stored in .*, which outlives it" */
    return n;
}

struct node *bad_calloc(void)
{
    int x = 1;
    struct node *n = calloc(1, sizeof *n);
    if (n)
        n->val = &x; /* WARN "address of local variable 'x' is stored in .*, which outlives it" */
    return n;
}

int **bad_heap_array(int i)
{
    int x = 1;
    int **v = calloc(8, sizeof *v);
    if (v)
        v[i] = &x; /* WARN "address of local variable 'x' is stored in .*, which outlives it" */
    return v;
}

struct node *bad_heap_struct_copy(void)
{
    int x = 1;
    struct node local = {NULL, &x};
    struct node *n = malloc(sizeof *n);
    if (!n)
        abort();
    *n = local; /* WARN "address of local variable 'x' is stored in .*, which outlives it" */
    return n;
}

struct node *bad_heap_memcpy(void)
{
    int x = 1;
    struct node local = {NULL, &x};
    struct node *n = malloc(sizeof *n);
    if (!n)
        abort();
    memcpy(n, &local, sizeof local); /* WARN "'x' is stored in .*, which outlives it" */
    return n;
}

struct node *bad_heap_second_node(void)
{
    int x = 1;
    struct node *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    if (!a || !b)
        abort();
    a->next = b;
    b->val = &x; /* WARN "address of local variable 'x' is stored in .*, which outlives it" */
    return a;
}

void bad_heap_then_linked(void)
{
    int x = 1;
    struct node *n = calloc(1, sizeof *n);
    if (!n)
        return;
    n->val = &x; /* WARN "address of local variable 'x' is stored in .*, which outlives it" */
    n->next = list;
    list = n;
}

struct span bad_heap_in_struct(int **keep)
{
    char buf[16] = "text";
    struct span s = {buf, 4};
    struct node *n = malloc(sizeof *n);
    *keep = (int *)n;
    return s; /* WARN "address of local variable 'buf' is returned" */
}

/* Look-alikes. */

struct pair good_field_killed(void)
{
    int x = 1;
    struct pair s = {&x, NULL};
    *s.a = 2;
    s.a = NULL;
    return s;
}

struct pair good_struct_overwritten(void)
{
    int x = 1;
    struct pair s = {&x, &x};
    *s.a = 2;
    s = (struct pair){&shared, NULL};
    return s;
}

struct pair good_struct_cleared(void)
{
    int x = 1;
    struct pair s = {&x, &x};
    *s.a = 2;
    memset(&s, 0, sizeof s);
    return s;
}

struct pair good_killed_via_pointer(void)
{
    int x = 1;
    struct pair s = {&x, NULL};
    struct pair *p = &s;
    *p->a = 2;
    p->a = NULL;
    return s;
}

int *good_other_field(void)
{
    int x = 1;
    struct pair s = {&shared, &x};
    *s.b = 2;
    return s.a;
}

int *good_other_slot(void)
{
    int x = 1;
    int *v[2] = {&shared, &x};
    *v[1] = 2;
    return v[0];
}

struct pair good_inner_other(void)
{
    int x = 1;
    struct deep d = {0};
    d.v[0] = &x;
    *d.v[0] = 2;
    return d.in;
}

size_t good_number_field(void)
{
    char buf[16] = "text";
    struct span s = {buf, strlen(buf)};
    return s.len;
}

int good_chain_value(void)
{
    int x = 1;
    struct node a = {NULL, &x}, b = {&a, NULL};
    return *b.next->val;
}

struct pair good_restored_field(struct pair s)
{
    int x = 1;
    int *old = s.a;
    s.a = &x;
    *s.a = 2;
    s.a = old;
    return s;
}

struct pair good_slots_all_cleared(void)
{
    int x = 1;
    struct deep d = {0};
    for (int i = 0; i < 3; i++)
        d.v[i] = &x;
    *d.v[1] = 2;
    for (int i = 0; i < 3; i++)
        d.v[i] = NULL;
    return (struct pair){d.v[0], d.v[2]};
}

void good_heap_freed(void)
{
    int x = 1;
    struct node *n = calloc(1, sizeof *n);
    if (!n)
        return;
    n->val = &x;
    *n->val = 2;
    free(n);
}

struct node *good_heap_reset(void)
{
    int x = 1;
    struct node *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->val = &x;
    *n->val = 2;
    n->val = NULL;
    return n;
}

struct node *good_heap_holds_heap(void)
{
    int x = 1;
    struct node *n = calloc(1, sizeof *n);
    if (!n || !(n->val = malloc(sizeof x))) {
        free(n);
        return NULL;
    }
    *n->val = x;
    return n;
}

struct node *good_freed_on_error(int c)
{
    int x = 1;
    struct node *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->val = &x;
    if (c) {
        free(n);
        return NULL;
    }
    n->val = &shared;
    return n;
}

int *good_heap_array_freed(int n)
{
    int x = 1;
    int **v = calloc((size_t)n, sizeof *v);
    int *r = NULL;
    if (v) {
        v[0] = &x;
        *v[0] = n;
        free(v);
    }
    return r;
}

union either good_union_overwritten(void)
{
    int x = 1;
    union either u;
    u.p = &x;
    u.n = *u.p;
    return u;
}
