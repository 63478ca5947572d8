/* OPTIONS: mode=check */
/*
 * Category "out- or struct-parameter": memory the caller handed over still holds the address when
 * the function returns. As with globals, the warning stands at the store still in force then, and a
 * call that gets hold of the same memory and whose body is not here may have undone the store.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    int *a, *b;
};
struct ctx {
    int n;
    char *buf;
    struct pair in;
    int *v[4];
    struct ctx *up;
};
struct vec {
    void **at;
    size_t n;
};
union either {
    int *p;
    long n;
};

int cond(void);
void work(void);
int look(const void *) __attribute__((pure));
void visit(struct ctx *);
extern int anchor;

/* Out-parameters. */

void bad_out(int **out)
{
    int x = 1;
    *out = &x; /* WARN "address of local variable 'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_param(int **out, int v)
{
    *out = &v; /* WARN "address of parameter 'v' is stored in '.*out.*', which outlives it" */
}

void bad_out_itself(void **out)
{
    *out = &out; /* WARN "address of parameter 'out' is stored in '.*out.*', which outlives it" */
}

int bad_out_and_status(int **out)
{
    int x = 1;
    *out = &x; /* WARN "address of local variable 'x' is stored in '.*out.*', which outlives it" */
    return 0;
}

void bad_out_if_wanted(int **out)
{
    int x = 1;
    if (out)
        *out = &x; /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_array(char **out)
{
    char buf[16] = "text";
    *out = buf; /* WARN "'buf' is stored in '.*out.*'" */
}

void bad_out_const(const char **err, int code)
{
    char text[32];
    snprintf(text, sizeof text, "error %d", code);
    *err = text; /* WARN "address of local variable 'text' is stored in '.*err.*', which" */
}

void bad_out_void(void **out)
{
    struct pair s = {NULL, NULL};
    *out = &s; /* WARN "address of local variable 's' is stored in '.*out.*', which outlives it" */
}

void bad_out_offset(char **end)
{
    char buf[] = "12abc";
    char *p = buf;
    while (*p >= '0' && *p <= '9')
        p++;
    *end = p; /* WARN "address of local variable 'buf' is stored in '.*end.*', which outlives it" */
}

void bad_out_strtol(char **end, const char *s)
{
    char copy[32];
    strncpy(copy, s, sizeof copy - 1);
    copy[31] = 0;
    strtol(copy, end, 10); /* WARN "'copy' is stored in '.*end.*', which outlives it" */
}

void bad_out_slot(int **out, int i)
{
    int x = 1;
    out[i] = &x; /* WARN "'x' is stored in '.*out.*'" */
}

void bad_out_array_notation(int *out[4])
{
    int x = 1;
    out[3] = &x; /* WARN "'x' is stored in '.*out.*'" */
}

void bad_out_advanced(int **out)
{
    int x = 1;
    *out++ = &anchor;
    *out++ = &x; /* WARN "'x' is stored in '.*out.*'" */
}

void bad_out_loop(int **out, int n)
{
    int x = 1;
    for (int i = 0; i < n; i++)
        out[i] = &x; /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_second_level(int ***out)
{
    int x = 1;
    **out = &x; /* WARN "address of local variable 'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_second_level_pointer(int ***out)
{
    int *p = &anchor;
    *out = &p; /* WARN "address of local variable 'p' is stored in '.*out.*', which outlives it" */
}

void bad_out_copy(int **out)
{
    int x = 1;
    int **o = out;
    int *p = &x;
    *o = p; /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
}

void bad_out_memcpy(void *out)
{
    int x = 1;
    int *p = &x;
    memcpy(out, &p, sizeof p); /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_cast(void *out)
{
    int x = 1;
    *(int **)out = &x; /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_atomic(int *_Atomic *out)
{
    int x = 1;
    atomic_store(out, &x); /* WARN "'x' is stored in '.out'" */
}

void bad_out_volatile(int *volatile *out)
{
    int x = 1;
    *out = &x; /* WARN "address of local variable 'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_phi(int **out, int c)
{
    int x = 1;
    *out = c ? &x : &anchor; /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_out_choice(int **a, int **b, int c)
{
    int x = 1;
    int **o = c ? a : b;
    *o = &x; /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
}

/* Structs. */

void bad_field(struct ctx *c)
{
    char buf[16] = "text";
    c->buf = buf; /* WARN "'buf' is stored in '.*c.*'" */
}

void bad_param_field(struct ctx *c, int v)
{
    c->in.a = &v; /* WARN "address of parameter 'v' is stored in '.*c.*', which outlives it" */
}

void bad_nested_field(struct ctx *c)
{
    int x = 1;
    c->in.b = &x; /* WARN "address of local variable 'x' is stored in '.*c.*', which outlives it" */
}

void bad_array_field(struct ctx *c)
{
    int x = 1;
    c->v[2] = &x; /* WARN "address of local variable 'x' is stored in '.*c.*', which outlives it" */
}

void bad_array_field_variable(struct ctx *c, int i)
{
    int x = 1;
    c->v[i] = &x; /* WARN "address of local variable 'x' is stored in '.*c.*', which outlives it" */
}

void bad_linked_field(struct ctx *c)
{
    int x = 1;
    c->up->in.a = &x; /* WARN "'x' is stored in '.*', which outlives it" */
}

void bad_linked_struct(struct ctx *c)
{
    struct ctx inner = {.up = c};
    c->up = &inner; /* WARN "'inner' is stored in '.*c.*', which outlives it" */
}

void bad_struct_assignment(struct pair *out)
{
    int x = 1;
    *out = (struct pair){&x, NULL}; /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_struct_copy(struct pair *out)
{
    int x = 1;
    struct pair s = {NULL, &x};
    *out = s; /* WARN "address of local variable 'x' is stored in '.*out.*', which outlives it" */
}

void bad_struct_memcpy(struct pair *out)
{
    int x = 1;
    struct pair s = {NULL, &x};
    memcpy(out, &s, sizeof s); /* WARN "'x' is stored in '.*out.*', which outlives it" */
}

void bad_struct_slot(struct ctx *list, int i)
{
    char buf[4] = "abc";
    list[i].buf = buf; /* WARN "'buf' is stored in '.*list.*', which outlives it" */
}

void bad_field_walked(struct ctx *c)
{
    int x = 1;
    while (c->up)
        c = c->up;
    c->in.a = &x; /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
}

void bad_union_field(union either *u)
{
    int x = 1;
    u->p = &x; /* WARN "address of local variable 'x' is stored in '.*u.*', which outlives it" */
}

void bad_vec_push(struct vec *v)
{
    int x = 1;
    v->at[v->n++] = &x; /* WARN "'x' is stored in '.*'" */
}

void bad_by_value_holds_pointer(struct vec v)
{
    int x = 1;
    v.at[0] = &x; /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
}

/* What happens after the store does not help. */

void bad_reset_one_path(struct ctx *c, int d)
{
    char buf[16] = "text";
    c->buf = buf; /* WARN "'buf' is stored in '.*c.*'" */
    if (d)
        return;
    c->buf = NULL;
}

void bad_reset_other_field(struct ctx *c)
{
    int x = 1;
    c->in.a = &x; /* WARN "address of local variable 'x' is stored in '.*c.*', which outlives it" */
    *c->in.a = 2;
    c->in.b = NULL;
}

void bad_reset_other_object(struct ctx *c, struct ctx *d)
{
    char buf[16] = "text";
    c->buf = buf; /* WARN "'buf' is stored in '.*c.*'" */
    c = d->up;
    c->n = 0;
}

void bad_local_copy_reset(struct ctx *c)
{
    char buf[16] = "text";
    c->buf = buf; /* WARN "'buf' is stored in '.*c.*'" */
    struct ctx copy = *c;
    copy.buf = NULL;
    c->n = look(&copy);
}

void bad_library_call_between(struct ctx *c)
{
    char buf[16];
    c->buf = buf; /* WARN "'buf' is stored in '.*c.*'" */
    strcpy(c->buf, "text");
    c->n = (int)strlen(c->buf);
}

void bad_last_of_two(int **out)
{
    int x = 1, y = 2;
    *out = &x;
    **out = 3;
    *out = &y; /* WARN "address of local variable 'y' is stored in '.*out.*', which outlives it" */
}

void bad_before_endless_branch(int **out, int c)
{
    int x = 1;
    *out = &x; /* WARN "address of local variable 'x' is stored in '.*out.*', which outlives it" */
    if (c)
        for (;;)
            work();
}

/* Look-alikes. */

void good_out_reset(int **out)
{
    int x = 1;
    *out = &x;
    **out = 2;
    *out = NULL;
}

void good_field_reset(struct ctx *c)
{
    char buf[16] = "text";
    c->buf = buf;
    visit(c);
    c->buf = NULL;
}

void good_field_restored(struct ctx *c)
{
    char buf[16] = "text";
    char *old = c->buf;
    c->buf = buf;
    visit(c);
    c->buf = old;
}

void good_struct_restored(struct ctx *c)
{
    int x = 1;
    struct ctx old = *c;
    c->in.a = &x;
    c->v[3] = &x;
    visit(c);
    *c = old;
}

void good_struct_restored_memcpy(struct ctx *c)
{
    int x = 1;
    struct ctx old;
    memcpy(&old, c, sizeof old);
    c->in.a = &x;
    visit(c);
    memcpy(c, &old, sizeof old);
}

void good_cleared(struct ctx *c)
{
    int x = 1;
    c->in.a = &x;
    c->v[3] = &x;
    visit(c);
    memset(c, 0, sizeof *c);
}

void good_visitor_may_reset(struct ctx *c)
{
    char buf[16] = "text";
    c->buf = buf;
    visit(c);
}

void good_reset_all_paths(struct ctx *c)
{
    char buf[16] = "text";
    c->buf = buf;
    if (cond()) {
        c->buf = NULL;
        return;
    }
    c->n = c->buf[0];
    c->buf = NULL;
}

int good_goto_out(struct ctx *c)
{
    char buf[16] = "text";
    int r = -1;
    c->buf = buf;
    if (c->n < 0)
        goto out;
    if (c->n > 15)
        goto out;
    r = c->buf[c->n];
out:
    c->buf = NULL;
    return r;
}

void good_same_flag(struct ctx *c)
{
    char buf[16] = "text";
    int borrowed = c->buf == NULL;
    if (borrowed)
        c->buf = buf;
    c->n = c->buf[0];
    if (borrowed)
        c->buf = NULL;
}

void good_identity_checked(struct ctx *c)
{
    char buf[16] = "text";
    if (!c->buf)
        c->buf = buf;
    visit(c);
    if (c->buf == buf)
        c->buf = NULL;
}

void good_pushed_popped(struct ctx **stack)
{
    struct ctx c = {.up = *stack};
    *stack = &c;
    visit(*stack);
    *stack = c.up;
}

void good_local_ctx(void)
{
    struct ctx c = {0};
    char buf[16] = "text";
    c.buf = buf;
    visit(&c);
}

void good_param_by_value(struct ctx c)
{
    char buf[16] = "text";
    c.buf = buf;
    visit(&c);
}

void good_param_reassigned(struct ctx *c)
{
    struct ctx local = {0};
    char buf[16] = "text";
    if (!c->buf)
        c = &local;
    local.buf = buf;
    visit(c);
}

void good_pointer_param_reassigned(char *p)
{
    char buf[16] = "text";
    if (!p)
        p = buf;
    puts(p);
}

void good_out_from_param(int **out, int *in)
{
    int *p = in;
    int **pp = &p;
    *out = *pp;
}

void good_out_caller_memory(struct ctx *c, char **out)
{
    *out = (char *)&c->n;
}

void good_out_interior(char *s, char **end)
{
    char *p = s;
    while (*p)
        p++;
    *end = p;
}

void good_out_strtol(const char *s, char **end)
{
    long v = strtol(s, end, 10);
    printf("%ld\n", v);
}

void good_out_heap(int **out)
{
    int x = 1;
    *out = malloc(sizeof x);
    if (*out)
        **out = x;
}

void good_out_static(int **out)
{
    static int x;
    *out = &x;
}

void good_out_string(const char **err, int code)
{
    static const char *const texts[] = {"none", "some"};
    *err = texts[code & 1];
}

void good_out_value(int *out)
{
    int x = 1;
    int *p = &x;
    *out = *p;
}

void good_out_struct_value(struct pair *out, int *a)
{
    struct pair s = {a, NULL};
    struct pair *p = &s;
    *out = *p;
}

void good_never_returns(struct ctx *c)
{
    char buf[16] = "text";
    c->buf = buf;
    for (;;)
        visit(c);
}

void good_slot_reset(int **out, int i)
{
    int x = 1;
    out[i] = &x;
    *out[i] = 2;
    out[i] = NULL;
}
