/* OPTIONS: m warn=none */
/*
 * Calls: through function pointers whose targets are visible, whose targets are not, and through
 * tables.
 */
#include <goescape.h>
#include <stddef.h>

int *kept;
int number;

/* A pointer to any function of its type: keeps() below may be the one. */
void call_unknown(void (*f)(int *)) /* STAYS f */
{
    int x = 1; /* MOVED x */
    f(&x);
}
int *call_unknown_result(int *(*f)(int *)) /* STAYS f */
{
    int x = 1; /* MOVED x */
    return f(&x);
}

/* A variable that first holds one function and then another. */
void ignores(int *v) { (void)v; } /* STAYS v */
void keeps(int *v) { kept = v; } /* LEAKS v */
int *gives(int *v) { return v; } /* LEAKS v TO RESULT 0 */

void first_ignores_then_keeps(void)
{
    int x = 1; /* MOVED x */
    void (*f)(int *) = ignores;
    f = keeps;
    f(&x);
}
void only_ignores_by_then(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    void (*f)(int *) = keeps;
    f = ignores;
    f(&x);
}
void one_or_the_other(int c)
{
    int x = 1; /* MOVED x */
    void (*f)(int *) = c ? ignores : keeps;
    f(&x);
}
void either_harmless(int c)
{
    int x = 1; /* STAYS x */
    void (*f)(int *) = c ? ignores : NULL;
    if (f)
        f(&x);
}
void pointer_to_giver(void)
{
    int x = 1; /* STAYS x */
    int *(*f)(int *) = gives;
    *f(&x) = 2;
}
int *pointer_to_giver_returned(void)
{
    int x = 1; /* MOVED x */
    int *(*f)(int *) = gives;
    return f(&x);
}

/* New objects handed to functions reached in three ways. */
void new_for_each(void)
{
    void (*f)(int *) = ignores;
    f(goe_new(int)); /* NOTE "goe_new(int) does not escape" */
    void (*g)(int *) = f;
    g(goe_new(int)); /* NOTE "goe_new(int) does not escape" */
    ignores(goe_new(int)); /* NOTE "goe_new(int) does not escape" */
    keeps(goe_new(int)); /* NOTE "goe_new(int) escapes to heap" */
}

/* A callback passed down to a function of this file: what it does with p is the caller's to know. */
static void apply(void (*f)(int *), int *p) { f(p); } /* STAYS f */ /* STAYS p */
static void apply_keeping(void (*f)(int *), int *p) { f(p); } /* STAYS f */ /* STAYS p */
void callback_down(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    apply(ignores, &x);
}
void callback_down_keeps(void)
{
    int x = 1; /* MOVED x */
    apply_keeping(keeps, &x);
}

/* A static table. */
static void (*const harmless_table[])(int *) = {ignores, ignores};
static void (*const mixed_table[])(int *) = {ignores, keeps};
void through_harmless_table(int i)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    harmless_table[i & 1](&x);
}
void through_mixed_table(int i)
{
    int x = 1; /* MOVED x */
    mixed_table[i & 1](&x);
}
void through_mixed_table_at(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    mixed_table[0](&x);
}

/* A struct of handlers. */
struct handlers {
    void (*on_read)(int *);
    void (*on_write)(int *);
};
static const struct handlers handlers = {ignores, keeps};
void through_reader(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    handlers.on_read(&x);
}
void through_writer(void)
{
    int x = 1; /* MOVED x */
    handlers.on_write(&x);
}
void through_local_handlers(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    struct handlers h = {.on_read = ignores, .on_write = keeps};
    h.on_read(&x);
}

/* Results of calls as arguments of calls. */
struct pair {
    int *a;
    int *b;
};
struct pair tee(int *p) { return (struct pair){p, p}; } /* LEAKS p TO RESULT 0 */
void nothing(int *a, int *b) { (void)a; (void)b; } /* STAYS a */ /* STAYS b */
void tee_to_nothing(void)
{
    int x = 0; /* STAYS x */
    struct pair t = tee(&x);
    nothing(t.a, t.b);
}

/* A method value: function and receiver in one struct. */
struct method {
    void (*fn)(void *);
    void *self;
};
struct tm {
    int x;
};
void *anything;
struct method kept_method;
void tm_ignores(void *t) { ((struct tm *)t)->x++; } /* STAYS t */
void tm_keeps(void *t) { anything = t; } /* LEAKS t */
void *tm_gives(void *t) { return t; } /* LEAKS t TO RESULT 0 */

void method_ignores(void)
{
    struct tm t = {0}; /* STAYS t */
    struct method f = {tm_ignores, &t};
    f.fn(f.self);
}
void method_keeps(void)
{
    struct tm t = {0}; /* MOVED t */
    struct method f = {tm_keeps, &t};
    f.fn(f.self);
}
void method_gives(void)
{
    struct tm t = {0}; /* MOVED t */
    void *(*f)(void *) = tm_gives;
    anything = f(&t);
}
void method_recursive(void *t) /* LEAKS t */
{
    struct tm t2 = {0}; /* MOVED t2 */
    void (*f)(void *) = method_recursive;
    anything = t;
    if (((struct tm *)t)->x)
        f(&t2);
}
void method_dropped(void)
{
    struct tm *t = goe_new(struct tm); /* NOTE "goe_new(struct tm) does not escape" */
    struct method f = {tm_ignores, t};
    (void)f;
}
void method_stored(void)
{
    struct tm *t = goe_new(struct tm); /* NOTE "goe_new(struct tm) escapes to heap" */
    kept_method = (struct method){tm_ignores, t};
}

/* Method values in a list made anew in each iteration. */
int rounds;
struct empty {
    int unused;
};
void empty_touch(void *s) { (void)s; } /* STAYS s */
void list_of_methods(void)
{
    struct empty s = {0}; /* STAYS s */
    for (int i = 0; i < rounds; i++) {
        struct method fs[] = {{empty_touch, &s}}; /* STAYS fs */
        for (size_t k = 0; k < sizeof fs / sizeof *fs; k++)
            fs[k].fn(fs[k].self);
    }
}
void literal_list_of_methods(void)
{
    struct empty s = {0}; /* STAYS s */
    for (int i = 0; i < rounds; i++)
        for (struct method *f = (struct method[]){{empty_touch, &s}, {0}}; f->fn; f++) /* NOTE "compound literal does not escape" */
            f->fn(f->self);
}

/* A result that a call made, through three functions. */
int *leaf(int *p) { return p; } /* LEAKS p TO RESULT 0 */
int *middle(int *p) { return leaf(p); } /* LEAKS p TO RESULT 0 */
int *root(int *p) { return middle(p); } /* LEAKS p TO RESULT 0 */
int three_calls(void)
{
    int x = 7; /* STAYS x */
    return *root(&x);
}
int *three_calls_returned(void)
{
    int x = 7; /* MOVED x */
    return root(&x);
}

/* One caller keeps, another does not: callers do not disturb each other. */
void caller_that_keeps(void)
{
    int x = 7; /* MOVED x */
    kept = leaf(&x);
}
int caller_that_does_not(void)
{
    int x = 7; /* STAYS x */
    return *leaf(&x);
}
/* Nor do two calls in one function. */
void two_calls(void)
{
    int x = 7; /* MOVED x */
    int y = 8; /* STAYS y */
    kept = leaf(&x);
    number = *leaf(&y);
}

/* `alloc' as the analysis sees it before anything is inlined. */
int *kept_alloc;
int *alloc_int(int x) { return &x; } /* MOVED x */
void alloc_user(void) { kept_alloc = alloc_int(2); }

static int *alloc_zeroed(void)
{
    int *p = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    return p;
}
int alloc_zeroed_user(void) { return *alloc_zeroed(); }

/* Dead branches. */
void dead_branches(int x, int y) /* MOVED y */
{
    if (0)
        kept = &x;
    else
        kept = &y;
    if (1)
        kept = &y;
    else
        kept = &x;
}
