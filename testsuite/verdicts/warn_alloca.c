/* OPTIONS: mode=check */
/*
 * Category "alloca and VLA": memory of the frame that has no variable of fixed size. alloca lives
 * until the function returns, whatever block called it; a VLA lives until its block ends.
 */
#include <alloca.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    int v;
    char text[];
};
struct ctx {
    char *buf;
    size_t n;
};

int cond(void);
extern char *g;
extern void *gv[4];
extern struct ctx gctx;
extern struct node *head;

/* alloca, returned. */

void *bad_alloca(size_t n)
{
    return alloca(n); /* WARN "address of alloca memory is returned" */
}

void *bad_builtin_alloca(size_t n)
{
    return __builtin_alloca(n); /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_with_align(size_t n)
{
    return __builtin_alloca_with_align(n, 128); /* WARN "address of alloca memory is returned" */
}

char *bad_alloca_constant(void)
{
    char *p = alloca(16);
    return p; /* WARN "address of alloca memory is returned" */
}

char *bad_alloca_strcpy(const char *s)
{
    char *p = alloca(strlen(s) + 1);
    strcpy(p, s);
    return p; /* WARN "address of alloca memory is returned" */
}

char *bad_alloca_strcpy_result(const char *s)
{
    return strcpy(alloca(strlen(s) + 1), s); /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_memset(size_t n)
{
    return memset(alloca(n), 0, n); /* WARN "address of alloca memory is returned" */
}

char *bad_alloca_offset(size_t n)
{
    char *p = alloca(n + 8);
    return p + 8; /* WARN "address of alloca memory is returned" */
}

char *bad_alloca_element(size_t n, size_t i)
{
    char *p = alloca(n);
    return &p[i]; /* WARN "address of alloca memory is returned" */
}

int *bad_alloca_member(void)
{
    struct node *n = alloca(sizeof *n);
    return &n->v; /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_aligned_by_hand(size_t n)
{
    uintptr_t u = (uintptr_t)alloca(n + 64);
    return (void *)((u + 63) & -64); /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_one_path(size_t n)
{
    void *p = NULL;
    if (n < 1024)
        p = alloca(n);
    return p; /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_or_malloc(size_t n)
{
    return n < 1024 ? alloca(n) : malloc(n); /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_in_block(size_t n)
{
    void *p;
    {
        size_t m = n * 2;
        p = alloca(m);
    }
    return p; /* WARN "address of alloca memory is returned" */
}

struct node *bad_alloca_list(int n)
{
    struct node *l = NULL;
    for (int i = 0; i < n; i++) {
        struct node *e = alloca(sizeof *e);
        e->v = i;
        e->next = l;
        l = e;
    }
    return l; /* WARN "address of alloca memory is returned" */
}

void *bad_alloca_two(size_t n)
{
    char *p = alloca(n), *q = alloca(n);
    *p = 1;
    return q; /* WARN "address of alloca memory is returned" */
}

struct ctx bad_alloca_in_struct(size_t n)
{
    struct ctx c = {alloca(n), n};
    return c; /* WARN "address of alloca memory is returned" */
}

struct node *bad_alloca_next(struct node *rest)
{
    struct node *n = malloc(sizeof *n);
    struct node *m = alloca(sizeof *m);
    if (!n)
        return NULL;
    m->next = rest;
    n->next = m; /* WARN "address of alloca memory is stored in .*, which outlives it" */
    return n;
}

/* alloca, stored. */

void bad_alloca_global(size_t n)
{
    g = alloca(n); /* WARN "address of alloca memory is stored in 'g', which outlives it" */
}

void bad_alloca_global_via_copy(const char *s)
{
    char *p = alloca(strlen(s) + 1);
    strcpy(p, s);
    g = p; /* WARN "address of alloca memory is stored in 'g', which outlives it" */
}

void bad_alloca_global_slot(size_t n, int i)
{
    gv[i] = alloca(n); /* WARN "alloca memory is stored in '.*gv.*'" */
}

void bad_alloca_global_field(size_t n)
{
    gctx.buf = alloca(n); /* WARN "alloca memory is stored in '.*gctx.*', which outlives it" */
}

void bad_alloca_static(size_t n)
{
    static char *cache;
    if (!cache)
        cache = alloca(n); /* WARN "alloca memory is stored in 'cache', which outlives it" */
    cache[0] = 0;
}

void bad_alloca_out(char **out, size_t n)
{
    *out = alloca(n); /* WARN "alloca memory is stored in '.*out.*', which outlives it" */
}

void bad_alloca_field(struct ctx *c, size_t n)
{
    c->n = n;
    c->buf = alloca(n); /* WARN "alloca memory is stored in '.*c.*', which outlives it" */
    memset(c->buf, 0, n);
}

void bad_alloca_pushed(int v)
{
    struct node *n = alloca(sizeof *n);
    n->v = v;
    n->next = head;
    head = n; /* WARN "address of alloca memory is stored in 'head', which outlives it" */
}

/* VLA. */

char *bad_vla(size_t n)
{
    char v[n];
    memset(v, 0, n);
    return v; /* WARN "address of variable-length array 'v' is returned" */
}

int *bad_vla_element(int n)
{
    int v[n];
    v[n - 1] = 0;
    return &v[n - 1]; /* WARN "address of variable-length array 'v' is returned" */
}

int *bad_vla_copy(int n)
{
    int v[n];
    int *p = v + 1;
    *p = 0;
    return p; /* WARN "address of variable-length array 'v' is returned" */
}

void *bad_vla_whole(int n)
{
    int v[n];
    return &v; /* WARN "address of variable-length array 'v' is returned" */
}

int *bad_vla_row(int n, int m)
{
    int v[n][m];
    v[1][0] = 0;
    return v[1]; /* WARN "address of variable-length array 'v' is returned" */
}

void *bad_vla_of_struct(int n)
{
    struct ctx v[n];
    v[0].n = 0;
    return &v[0].n; /* WARN "address of variable-length array 'v' is returned" */
}

char *bad_vla_sprintf(const char *s)
{
    char buf[strlen(s) + 8];
    sprintf(buf, "<%s>", s);
    return buf; /* WARN "address of variable-length array 'buf' is returned" */
}

char *bad_vla_one_path(size_t n, char *dflt)
{
    char v[n];
    char *p = n > 8 ? v : dflt;
    *p = 0;
    return p; /* WARN "address of variable-length array 'v' is returned" */
}

char *bad_vla_strchr(size_t n, const char *s)
{
    char v[n];
    strncpy(v, s, n);
    return strchr(v, '='); /* WARN "address of variable-length array 'v' is returned" */
}

struct ctx bad_vla_in_struct(size_t n)
{
    char v[n];
    v[0] = 0;
    return (struct ctx){v, n}; /* WARN "address of variable-length array 'v' is returned" */
}

void bad_vla_global(size_t n)
{
    char v[n];
    v[0] = 0;
    g = v; /* WARN "variable-length array 'v' is stored in 'g', which outlives it" */
}

void bad_vla_field(struct ctx *c, size_t n)
{
    char v[n];
    v[0] = 0;
    c->buf = v; /* WARN "variable-length array 'v' is stored in '.*c.*', which outlives it" */
    c->n = n;
}

void bad_vla_out(char **out, size_t n)
{
    char v[n];
    *out = v; /* WARN "variable-length array 'v' is stored in '.*out.*', which outlives it" */
}

int bad_vla_block(int n)
{
    int *p;
    {
        int v[n];
        v[0] = n;
        p = v;
    }
    return *p; /* WARN "variable-length array 'v' is used after its block ended" */
}

int bad_vla_block_conditional(int n)
{
    int one = 1;
    int *p = &one;
    if (n > 1) {
        int v[n];
        memset(v, 0, sizeof v);
        p = v;
    }
    return *p; /* WARN "variable-length array 'v' is used after its block ended" */
}

int bad_vla_previous_turn(int n)
{
    int *prev = NULL;
    int sum = 0;
    for (int i = 1; i < n; i++) {
        int v[i];
        v[0] = i;
        if (prev)
            sum += *prev; /* WARN "'v' is used after its block ended" */
        prev = v;
    }
    return sum;
}

/* Look-alikes. */

size_t good_alloca_used(const char *s)
{
    char *p = alloca(strlen(s) + 1);
    strcpy(p, s);
    return strcspn(p, "=");
}

char *good_alloca_strdup(const char *s)
{
    char *p = alloca(strlen(s) + 3);
    sprintf(p, "<%s>", s);
    return strdup(p);
}

/* alloca memory outlives the block, unlike a VLA. */
int good_alloca_after_block(int n)
{
    int *p = NULL;
    if (n > 0) {
        int m = n * (int)sizeof *p;
        p = alloca((size_t)m);
        p[0] = n;
    }
    return p ? p[0] : 0;
}

int good_alloca_list(int n)
{
    struct node *l = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct node *e = alloca(sizeof *e);
        e->v = i;
        e->next = l;
        l = e;
    }
    for (; l; l = l->next)
        sum += l->v;
    return sum;
}

struct node *good_alloca_next(struct node *rest)
{
    struct node *m = alloca(sizeof *m);
    m->next = rest;
    return m->next;
}

char *good_alloca_or_malloc(size_t n, char *to)
{
    char *p = n < 1024 ? alloca(n) : malloc(n);
    if (!p)
        return NULL;
    memset(p, 'x', n);
    memcpy(to, p, n);
    if (n >= 1024)
        free(p);
    return to;
}

void good_alloca_global_reset(size_t n)
{
    g = alloca(n);
    memset(g, 0, n);
    g = NULL;
}

void good_alloca_popped(int v)
{
    struct node *n = alloca(sizeof *n);
    n->v = v;
    n->next = head;
    head = n;
    printf("%d\n", head->v);
    head = n->next;
}

int good_vla_value(int n)
{
    int v[n];
    v[0] = 3;
    return v[0];
}

char *good_vla_copied(size_t n, char *to)
{
    char v[n];
    memset(v, 'v', n);
    return memcpy(to, v, n);
}

int good_vla_pointer_to_param(int n, int (*m)[n])
{
    int *p = m[1];
    return *p;
}

int (*good_vla_param(int n, int m[n][8]))[8]
{
    return m + 1;
}

int good_vla_inside_block(int n)
{
    int r = 0;
    for (int i = 1; i < n; i++) {
        int v[i];
        int *p = v;
        *p = i;
        r += *p;
    }
    return r;
}

void good_vla_field_reset(struct ctx *c, size_t n)
{
    char v[n];
    c->buf = v;
    memset(c->buf, 0, n);
    c->buf = NULL;
    c->n = 0;
}

size_t good_vla_size(int n)
{
    int v[n];
    return sizeof v;
}

void good_vla_endless(size_t n)
{
    char v[n];
    g = v;
    for (;;)
        if (cond())
            _Exit(v[0]);
}

char *good_alloca_never_returned(size_t n, int c, char *p)
{
    char *q = c ? alloca(n) : p;
    q[0] = 0;
    if (c)
        return p;
    return q;
}
