/* OPTIONS: mode=check */
/*
 * Category "between functions": the store, the copy or the reset is done by another function of the
 * unit. The warning stands in the function that owns the variable, at the call that lets the
 * address out or at the return.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    int *a, *b;
};
struct ctx {
    char *buf;
    int *val;
    struct ctx *up;
};
struct link {
    struct link *next, *prev;
};

int cond(void);
int look(const void *) __attribute__((pure));
extern int shared;
extern int *g, *g2;
extern struct ctx gctx, *gcur;
extern struct link ring;

/* Helpers. Each says in its name what it does. */

static int *same(int *p)
{
    return p;
}
static int *same_twice(int *p)
{
    return same(same(p));
}
static int *second(int *p, int *q)
{
    shared = *p;
    return q;
}
static int *either(int *p, int *q)
{
    return cond() ? p : q;
}
static char *after_blanks(char *s)
{
    while (*s == ' ')
        s++;
    return s;
}
static int *field(struct pair *s)
{
    return s->b;
}
static struct pair make_pair(int *a, int *b)
{
    return (struct pair){a, b};
}
static int *deeper(int *p, int n)
{
    return n ? deeper(p, n - 1) : p;
}
static int *odd(int *p, int n);
static int *even(int *p, int n)
{
    return n ? odd(p, n - 1) : p;
}
static int *odd(int *p, int n)
{
    return n ? even(p, n - 1) : &shared;
}
static void set(int **to, int *v)
{
    *to = v;
}
static void set_through(int **to, int *v)
{
    set(to, v);
}
static void set_global(int *v)
{
    g = v;
}
static void set_global_if(int *v)
{
    if (cond())
        g = v;
}
static void clear_global(void)
{
    g = NULL;
}
static void set_and_clear_global(int *v)
{
    g = v;
    shared += *g;
    g = NULL;
}
static int *swap_global(int *v)
{
    int *old = g;
    g = v;
    return old;
}
static void set_buf(struct ctx *c, char *buf)
{
    c->buf = buf;
}
static void clear_buf(struct ctx *c)
{
    c->buf = NULL;
}
static void init_ctx(struct ctx *c, char *buf, int *val)
{
    memset(c, 0, sizeof *c);
    c->buf = buf;
    c->val = val;
}
static void enter(struct ctx *c)
{
    c->up = gcur;
    gcur = c;
}
static void leave(struct ctx *c)
{
    gcur = c->up;
}
static void link_after(struct link *at, struct link *n)
{
    n->next = at->next;
    n->prev = at;
    at->next->prev = n;
    at->next = n;
}
static void unlink_node(struct link *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
}
static void keep_pair(struct pair s)
{
    g = s.a;
}
static void read_only(const int *v)
{
    shared = *v;
}
static void keep_vararg(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    g = va_arg(ap, int *);
    va_end(ap);
}
static void keep_second(const char *f, ...)
{
    va_list ap;
    va_start(ap, f);
    shared += *va_arg(ap, int *);
    g = va_arg(ap, int *);
    va_end(ap);
}
static void keep_list(va_list ap)
{
    g = va_arg(ap, int *);
}
static void keep_by_list(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    keep_list(ap);
    va_end(ap);
}
static int *first_of(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    int *p = va_arg(ap, int *);
    va_end(ap);
    return p;
}
static void read_all(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    while (n--)
        shared += *va_arg(ap, int *);
    va_end(ap);
}
static void keep_last(int n, ...)
{
    va_list ap;
    va_start(ap, n);
    while (n--)
        g = va_arg(ap, int *);
    va_end(ap);
}
static void apply(void (*f)(int *), int *v)
{
    f(v);
}
static void apply_twice(void (*f)(int *), int *v)
{
    apply(f, v);
    apply(f, v);
}
static void apply_if(void (*f)(int *), int *v)
{
    if (f)
        f(v);
}
static struct ctx *new_ctx(char *buf)
{
    struct ctx *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->buf = buf;
    return c;
}
static _Noreturn void keep_and_exit(int *v)
{
    g = v;
    exit(1);
}
static void only_inner(const int *v)
{
    const int *local;
    const int **pp = &local;
    *pp = v;
    shared = *local;
}
static void set_other(int *v)
{
    g2 = v;
}
static void clear(int *v)
{
    shared = *v;
    g = NULL;
}
static int *elsewhere(int *v)
{
    shared = *v;
    return &shared;
}
static void (*const setters[])(int *) = {set_global, set_global_if};
static void (*const readers[])(int *) = {(void (*)(int *))read_only, (void (*)(int *))only_inner};

static void (*const mixed[])(int *) = {set_global, (void (*)(int *))read_only};
static void (*const apart[])(int *) = {set_global, set_other};
static void (*const clearers[])(int *) = {clear, (void (*)(int *))read_only};
static int *(*const getters[])(int *) = {same, elsewhere};
static const struct op {
    const char *name;
    void (*f)(int *);
} ops[] = {{"set", set_global}, {"maybe", set_global_if}};

/* A function that returns its argument. */

int *bad_same(void)
{
    int x = 1;
    return same(&x); /* WARN "address of local variable 'x' is returned" */
}

int *bad_same_copy(void)
{
    int x = 1;
    int *p = same(&x);
    *p = 2;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_same_twice(void)
{
    int x = 1;
    return same_twice(&x); /* WARN "address of local variable 'x' is returned" */
}

int *bad_second(int *p)
{
    int x = 1;
    return second(p, &x); /* WARN "address of local variable 'x' is returned" */
}

int *bad_either(int *p)
{
    int x = 1;
    return either(p, &x); /* WARN "address of local variable 'x' is returned" */
}

char *bad_interior(const char *s)
{
    char buf[32];
    snprintf(buf, sizeof buf, "  %s", s);
    return after_blanks(buf); /* WARN "address of local variable 'buf' is returned" */
}

int *bad_field_of_argument(void)
{
    int x = 1;
    struct pair s = {&shared, &x};
    return field(&s); /* WARN "address of local variable 'x' is returned" */
}

struct pair bad_made_struct(void)
{
    int x = 1;
    return make_pair(&shared, &x); /* WARN "address of local variable 'x' is returned" */
}

int *bad_field_of_made_struct(void)
{
    int x = 1;
    return make_pair(&x, &shared).a; /* WARN "address of local variable 'x' is returned" */
}

int *bad_recursive(void)
{
    int x = 1;
    return deeper(&x, 3); /* WARN "address of local variable 'x' is returned" */
}

int *bad_mutually_recursive(int n)
{
    int x = 1;
    return even(&x, n); /* WARN "address of local variable 'x' is returned" */
}

/* A function that stores its argument. */

int *bad_set_local(void)
{
    int x = 1;
    int *p = NULL;
    set(&p, &x);
    return p; /* WARN "address of local variable 'x' is returned" */
}

void bad_set_out(int **out)
{
    int x = 1;
    set(out, &x); /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
}

void bad_set_through_global(void)
{
    int x = 1;
    set_through(&g, &x); /* WARN "'x' is stored in '.*g.*', which outlives it" */
}

void bad_set_global(void)
{
    int x = 1;
    set_global(&x); /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_set_global_param(int v)
{
    set_global(&v); /* WARN "address of parameter 'v' is stored in 'g', which outlives it" */
}

void bad_set_global_if(void)
{
    int x = 1;
    set_global_if(&x); /* WARN "'x' is stored in 'g'" */
}

void bad_set_field(struct ctx *c)
{
    char buf[16] = "text";
    set_buf(c, buf); /* WARN "'buf' is stored in '.*'" */
}

void bad_set_global_field(void)
{
    char buf[16] = "text";
    set_buf(&gctx, buf); /* WARN "'buf' is stored in '.*gctx.*', which outlives it" */
}

void bad_init(struct ctx *c)
{
    int x = 1;
    init_ctx(c, NULL, &x); /* WARN "'x' is stored in '.*', which outlives it" */
}

struct ctx bad_init_local(void)
{
    int x = 1;
    struct ctx c;
    init_ctx(&c, NULL, &x);
    return c; /* WARN "address of local variable 'x' is returned" */
}

struct ctx *bad_new_ctx(void)
{
    char buf[16] = "text";
    struct ctx *c = new_ctx(buf); /* WARN "'buf' is stored in 'heap memory'" */
    return c;
}

struct ctx *bad_new_then_set(void)
{
    char buf[16] = "text";
    struct ctx *c = new_ctx(NULL);
    set_buf(c, buf); /* WARN "'buf' is stored in 'heap memory'" */
    return c;
}

void bad_entered(void)
{
    struct ctx c = {0};
    enter(&c); /* WARN "address of local variable 'c' is stored in 'gcur', which outlives it" */
    shared = c.val != NULL;
}

void bad_linked(void)
{
    struct link n;
    link_after(&ring, &n); /* WARN "'n' is stored in '.*', which outlives it" */
}

void bad_struct_argument(void)
{
    int x = 1;
    struct pair s = {&x, NULL};
    keep_pair(s); /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_vararg(void)
{
    int x = 1;
    keep_vararg(1, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_second_vararg(void)
{
    int x = 1;
    keep_second("", &shared, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_vararg_by_list(void)
{
    int x = 1;
    keep_by_list(1, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

int *bad_vararg_returned(void)
{
    int x = 1;
    return first_of(2, &x, &shared); /* WARN "address of local variable 'x' is returned" */
}

int *bad_swapped_in(void)
{
    int x = 1;
    return swap_global(&x); /* WARN "'x' is stored in 'g', which outlives it" */
}

/* Through a function pointer whose targets are known. */

void bad_function_pointer(void)
{
    int x = 1;
    void (*f)(int *) = set_global;
    f(&x); /* WARN "'x' is stored in 'g'" */
}

void bad_applied(void)
{
    int x = 1;
    apply(set_global, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_applied_twice(void)
{
    int x = 1;
    apply_twice(set_global, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_applied_if(void)
{
    int x = 1;
    apply_if(set_global, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_table(int i)
{
    int x = 1;
    setters[i & 1](&x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_table_of_structs(int i)
{
    int x = 1;
    ops[i & 1].f(&x); /* WARN "'x' is stored in 'g', which outlives it" */
}

/* A nested function. */

void bad_nested_function(void)
{
    int x = 1;
    void put(void)
    {
        g = &x;
    }
    put(); /* WARN "'x' is stored in 'g', which outlives it" */
}

int *bad_nested_returns(void)
{
    int x = 1;
    int *get(void)
    {
        return &x;
    }
    return get(); /* WARN "address of local variable 'x' is returned" */
}

/* Resets that miss. */

void bad_cleared_too_early(void)
{
    int x = 1;
    clear_global();
    set_global(&x); /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_cleared_one_path(int c)
{
    int x = 1;
    set_global(&x); /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    if (c)
        clear_global();
}

void bad_cleared_other(struct ctx *c, struct ctx *d)
{
    char buf[16] = "text";
    set_buf(c, buf); /* WARN "'buf' is stored in '.*'" */
    d = c->up;
    read_only((int *)d);
}

void bad_left_one_path(int c)
{
    struct ctx k = {0};
    enter(&k); /* WARN "address of local variable 'k' is stored in 'gcur', which outlives it" */
    if (c)
        return;
    leave(&k);
}

/* Across a block. */

int bad_block_via_setter(void)
{
    struct ctx c = {0};
    {
        char buf[16] = "text";
        set_buf(&c, buf);
    }
    return c.buf[0]; /* WARN "address of local variable 'buf' is used after its block ended" */
}

int bad_block_via_result(void)
{
    int *p;
    {
        int x = 1;
        p = same(&x);
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

void bad_block_handed_on(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
    }
    read_only(p); /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_block_read_by_callee(void)
{
    int x = 1;
    struct pair s = {&x, &x};
    {
        int y = 2;
        s.b = &y;
    }
    return *field(&s); /* WARN "address of local variable 'y' is used after its block ended" */
}

/* Look-alikes. */

int *good_same_of_param(int *p)
{
    return same(p);
}

int good_same_loaded(void)
{
    int x = 1;
    return *same(&x);
}

int *good_second(int *q)
{
    int x = 1;
    return second(&x, q);
}

int *good_other_field(void)
{
    int x = 1;
    struct pair s = {&x, &shared};
    return field(&s);
}

int *good_other_field_of_made_struct(void)
{
    int x = 1;
    return make_pair(&x, &shared).b;
}

int good_set_local(void)
{
    int x = 1;
    int *p;
    set(&p, &x);
    return *p;
}

int *good_set_then_set(int *q)
{
    int x = 1;
    int *p;
    set(&p, &x);
    *p = 2;
    set(&p, q);
    return p;
}

void good_init_local(void)
{
    struct ctx c;
    char buf[16] = "text";
    int x = 1;
    init_ctx(&c, buf, &x);
    read_only(c.val);
}

void good_set_and_clear(void)
{
    int x = 1;
    set_and_clear_global(&x);
}

void good_set_clear(void)
{
    int x = 1;
    set_global(&x);
    read_only(g);
    clear_global();
}

void good_set_clear_all_paths(int c)
{
    int x = 1;
    set_global(&x);
    if (c) {
        clear_global();
        return;
    }
    read_only(g);
    clear_global();
}

void good_maybe_set_clear(void)
{
    int x = 1;
    set_global_if(&x);
    clear_global();
}

void good_buf_cleared(struct ctx *c)
{
    char buf[16] = "text";
    set_buf(c, buf);
    shared = c->buf[1];
    clear_buf(c);
}

void good_reinitialized(struct ctx *c)
{
    char buf[16] = "text";
    init_ctx(c, buf, NULL);
    shared = c->buf[1];
    init_ctx(c, NULL, NULL);
}

void good_swapped_back(void)
{
    int x = 1;
    int *old = swap_global(&x);
    read_only(g);
    swap_global(old);
}

void good_entered_left(void)
{
    struct ctx c = {0};
    enter(&c);
    shared = gcur == &c;
    leave(&c);
}

void good_entered_left_nested(void)
{
    struct ctx c = {0}, d = {0};
    enter(&c);
    enter(&d);
    leave(&d);
    leave(&c);
}

void good_linked_unlinked(void)
{
    struct link n;
    link_after(&ring, &n);
    shared = ring.next == &n;
    unlink_node(&n);
}

/* Each activation links itself in front of its caller's: nothing is stored above. */
int good_chain_down(struct ctx *up, int n)
{
    struct ctx c = {.up = up};
    if (n == 0)
        return look(&c);
    return good_chain_down(&c, n - 1);
}

void good_applied_reader(void)
{
    int x = 1;
    apply((void (*)(int *))read_only, &x);
}

void good_table_of_readers(int i)
{
    int x = 1;
    readers[i & 1](&x);
}

void good_applied_then_cleared(void)
{
    int x = 1;
    apply(set_global, &x);
    apply(clear, &x);
}

void good_applied_no_function(void)
{
    int x = 1;
    apply_if(NULL, &x);
}

void good_applied_unknown(void (*f)(int *))
{
    int x = 1;
    apply(f, &x);
}

/* One of them keeps it, the other does not. */
void good_table_mixed(int i)
{
    int x = 1;
    mixed[i & 1](&x);
}

void good_table_cleared(int i)
{
    int x = 1;
    setters[i & 1](&x);
    g = NULL;
}

/* What one of the first table sets, the one beside it in the second clears. */
void good_tables_of_pairs(int i)
{
    int x = 1;
    apart[i & 1](&x);
    clearers[i & 1](&x);
}

void good_maybe_cleared_by_table(int i)
{
    int x = 1;
    g = &x;
    clearers[i & 1](&x);
}

int *good_table_result(int i)
{
    int x = 1;
    return getters[i & 1](&x);
}

void good_vararg_read(void)
{
    int x = 1, y = 2;
    read_all(2, &x, &y);
}

/* Another argument is kept. */
void good_vararg_first(void)
{
    int x = 1;
    keep_second("", &x, &shared);
}

void good_vararg_last(void)
{
    int x = 1;
    keep_last(2, &x, &shared);
}

int *good_vararg_returned(void)
{
    int x = 1;
    return first_of(2, &shared, &x);
}

void good_vararg_cleared(void)
{
    int x = 1;
    keep_vararg(1, &x);
    g = NULL;
}

int good_nested_reset(void)
{
    int x = 1;
    void put(void)
    {
        g = &x;
    }
    void unput(void)
    {
        g = NULL;
    }
    put();
    unput();
    return x;
}

void good_never_returns(void)
{
    int x = 1;
    keep_and_exit(&x);
}

int good_new_ctx_freed(void)
{
    char buf[16] = "text";
    struct ctx *c = new_ctx(buf);
    int r = c->buf[0];
    free(c);
    return r;
}

struct ctx *good_new_ctx_cleared(void)
{
    char buf[16] = "text";
    struct ctx *c = new_ctx(buf);
    shared = c->buf[0];
    clear_buf(c);
    return c;
}

static void reset_guard(const int *unused)
{
    (void)unused;
    g2 = NULL;
}

int good_cleanup_attribute(void)
{
    __attribute__((cleanup(reset_guard))) int guard = 0;
    int x = 1;
    g2 = &x;
    if (cond())
        return guard;
    return *g2;
}

void good_nested_function(void)
{
    int x = 1;
    void put(void)
    {
        g = &x;
    }
    put();
    read_only(g);
    g = NULL;
}

int good_block_in_callee(void)
{
    int *p = &shared;
    {
        int x = 1;
        set(&p, &x);
        read_only(p);
        set(&p, &shared);
    }
    return *p;
}

void good_struct_argument_other(void)
{
    int x = 1;
    struct pair s = {&shared, &x};
    keep_pair(s);
}

int good_pair_value(void)
{
    int x = 1, y = 2;
    struct pair s = make_pair(&x, &y);
    return *s.a + *s.b;
}
