/* OPTIONS: m warn=none */
/*
 * Interfaces as C has them: a table of functions and an object.
 */
#include <goescape.h>
#include <stddef.h>

void *anything;
int *kept;
int number;

struct iface {
    const struct methods *methods;
    void *object;
};
struct methods {
    int tag;
    void (*m)(void *object);
};
struct iface kept_iface;

void keeps_iface(struct iface m) { kept_iface = m; } /* LEAKS m */
void ignores_iface(struct iface m) { (void)m; } /* STAYS m */

/* An unknown method may use its object, not keep it. */
void calls_method(struct iface m) { m.methods->m(m.object); } /* STAYS m */ /* GO: LEAKS m */
void calls_method_twice(struct iface m) /* STAYS m */ /* GO: LEAKS m */
{
    calls_method(m);
    m.methods->m(m.object);
}
void method_of_either(void *mv, struct iface m) /* STAYS mv */ /* STAYS m */ /* GO: LEAKS mv, LEAKS m */
{
    m.object = mv;
    calls_method(m);
}

struct m0 {
    int *p;
    int x;
};
void m0_touch(void *o) { ((struct m0 *)o)->x++; } /* STAYS o */
void m0_keep(void *o) { anything = o; } /* LEAKS o */
static const struct methods m0_methods = {1, m0_touch};
static const struct methods m0_keeping = {2, m0_keep};
struct m0 kept_m0;

/* By value: the object is copied before it is wrapped. */
void value_wrapped(void)
{
    int i = 0; /* STAYS i */
    struct m0 v = {&i, 0}; /* STAYS v */
    struct iface x = {&m0_methods, &v};
    (void)x;
}
void value_wrapped_and_kept(void)
{
    int i = 0; /* MOVED i */
    struct m0 v = {&i, 0}; /* MOVED v */
    struct iface x = {&m0_methods, &v};
    kept_iface = x;
}
void value_unwrapped(void)
{
    int i = 0; /* STAYS i */
    struct m0 v = {&i, 0}; /* STAYS v */
    struct iface x = {&m0_methods, &v};
    struct m0 v1 = *(struct m0 *)x.object;
    *v1.p = 1;
}
void value_unwrapped_and_kept(void)
{
    int i = 0; /* MOVED i */
    struct m0 v = {&i, 0}; /* STAYS v */ /* GO: escapes to heap */
    struct iface x = {&m0_methods, &v};
    struct m0 v1 = *(struct m0 *)x.object;
    kept_m0 = v1;
}
void value_method_called(void)
{
    int i = 0; /* STAYS i */
    struct m0 v = {&i, 0}; /* STAYS v */
    struct iface x = {&m0_methods, &v};
    x.methods->m(x.object);
}
void value_keeping_method_called(void)
{
    int i = 0; /* MOVED i */
    struct m0 v = {&i, 0}; /* MOVED v */
    struct iface x = {&m0_keeping, &v};
    x.methods->m(x.object);
}
void value_handed_to_keeper(void)
{
    int i = 0; /* MOVED i */
    struct m0 v = {&i, 0}; /* MOVED v */
    struct iface x = {&m0_methods, &v};
    keeps_iface(x);
}
void value_handed_to_ignorer(void)
{
    int i = 0; /* STAYS i */
    struct m0 v = {&i, 0}; /* STAYS v */
    struct iface x = {&m0_methods, &v};
    ignores_iface(x);
}

/* By pointer to a fresh object. */
void fresh_wrapped(void)
{
    int i = 0; /* STAYS i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) does not escape" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    (void)x;
}
void fresh_wrapped_and_kept(void)
{
    int i = 0; /* MOVED i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) escapes to heap" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    kept_iface = x;
}
void fresh_unwrapped(void)
{
    int i = 0; /* STAYS i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) does not escape" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    struct m0 *v1 = x.object;
    *v1->p = 1;
}
void fresh_unwrapped_pointer_kept(void)
{
    int i = 0; /* MOVED i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) escapes to heap" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    struct m0 *v1 = x.object;
    anything = v1;
}
void fresh_unwrapped_content_kept(void)
{
    int i = 0; /* MOVED i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) does not escape" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    struct m0 *v1 = x.object;
    kept_m0 = *v1;
}
void fresh_checked_content_kept(void)
{
    int i = 0; /* MOVED i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) does not escape" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    struct m0 *v1 = x.methods->tag == 1 ? x.object : NULL;
    if (v1)
        kept_m0 = *v1;
}
void fresh_method_called(void)
{
    int i = 0; /* STAYS i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) does not escape" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    x.methods->m(x.object);
}
void fresh_handed_to_keeper(void)
{
    int i = 0; /* MOVED i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) escapes to heap" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    keeps_iface(x);
}
void fresh_handed_to_ignorer(void)
{
    int i = 0; /* STAYS i */
    struct m0 *v = goe_new(struct m0); /* NOTE "goe_new(struct m0) does not escape" */
    v->p = &i;
    struct iface x = {&m0_methods, v};
    ignores_iface(x);
}
void local_handed_to_caller_of_unknown(void)
{
    int mv = 0; /* STAYS mv */ /* GO: MOVED mv */
    calls_method((struct iface){&m0_methods, &mv});
}

/* A value boxed, unboxed and put into a fresh object. */
struct t1 {
    int *p;
};
struct t2 {
    struct t1 t1;
};
struct t2 *box_unbox(void)
{
    struct t1 *boxed = goe_new(struct t1); /* NOTE "goe_new(struct t1) does not escape" */
    void *x = boxed;
    boxed->p = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    struct t2 *r = goe_new(struct t2); /* NOTE "goe_new(struct t2) escapes to heap" */
    r->t1 = *(struct t1 *)x;
    return r;
}
void numbers_unboxed(void)
{
    int i = 0; /* STAYS i */
    int j = 0; /* STAYS j */
    int v; /* STAYS v */
    int ok; /* STAYS ok */
    void *x = &i;
    void *y = &j;
    *&v = *(int *)x;
    *(int *)&v = *(int *)y;
    *(char *)&ok = 1;
    number = v + *(int *)x;
}
void pointers_unboxed_and_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int j = 0; /* MOVED j */
    int *pi = &i; /* STAYS pi */
    int *pj = &j; /* STAYS pj */
    void *x = &pi;
    void *y = &pj;
    kept = *(int **)x;
    kept = *(int **)y;
}

/* What comes back from a switch over types. */
struct tagged {
    int tag;
    union {
        int *pi;
        signed char *pc;
    };
};
int *by_tag(struct tagged t) /* LEAKS t TO RESULT 0 */
{
    switch (t.tag) {
    case 1:
        return t.pi;
    case 2: {
        int v = *t.pc; /* MOVED v */
        return &v;
    }
    }
    return NULL;
}
int *number_by_tag(int tag, int n)
{
    switch (tag) {
    case 1: {
        int x = n; /* MOVED x */
        return &x;
    }
    }
    __builtin_abort();
}

/* One interface in another. */
struct wrapping {
    struct iface inner;
};
void wrapping_touch(void *o) /* STAYS o */
{
    struct wrapping *w = o;
    w->inner.methods->m(w->inner.object);
}
static const struct methods wrapping_methods = {3, wrapping_touch};
void wrapped_in_wrapped(void)
{
    struct m0 v = {0}; /* STAYS v */
    struct wrapping w = {{&m0_methods, &v}}; /* STAYS w */
    struct iface x = {&wrapping_methods, &w};
    x.methods->m(x.object);
}

/* A reader with a limit around a reader. */
struct limited {
    struct iface r;
    long n;
};
struct iface limit(struct iface r, long n) /* LEAKS r */
{
    struct limited *l = goe_new(struct limited); /* NOTE "goe_new(struct limited) escapes to heap" */
    l->r = r;
    l->n = n;
    return (struct iface){&wrapping_methods, l};
}
