/* OPTIONS: m warn=none */
/*
 * Closures as C writes them by hand: a function and a pointer to its environment.
 */
#include <goescape.h>
#include <stddef.h>

void *anything;
int *kept;
int **kept2;
int number;

struct fn0 {
    int (*call)(void *env);
    void *env;
};
struct fn0 kept_fn;

int env_read(void *env) { return *(int *)env; } /* STAYS env */
int env_count(void *env) { return ++*(int *)env; } /* STAYS env */

/* The environment goes where the closure goes. */
struct fn0 make_reader(void)
{
    int x = 42; /* MOVED x */
    return (struct fn0){env_read, &x};
}
struct fn0 make_counter(int x) /* MOVED x */
{
    return (struct fn0){env_count, &x};
}
struct fn0 make_through_variable(int x) /* MOVED x */
{
    struct fn0 f = {env_read, &x};
    return f;
}
struct fn0 *make_pointer_to(int x) /* MOVED x */
{
    struct fn0 f = {env_read, &x}; /* MOVED f */
    return &f;
}
int call_at_once(void)
{
    int x = 42; /* STAYS x */
    struct fn0 f = {env_read, &x};
    return f.call(f.env);
}
int call_parameter_at_once(int x)
{
    struct fn0 f = {env_count, &x};
    return f.call(f.env);
}
void store_closure(void)
{
    int x = 42; /* MOVED x */
    kept_fn = (struct fn0){env_read, &x};
}

/* Closures that take a pointer. */
void arg_write(int *p) { *p = 1; } /* STAYS p */
void arg_keep(int *p) { anything = p; } /* LEAKS p */
int *arg_give(int *p) { return p; } /* LEAKS p TO RESULT 0 */
void arg_keep_address(int *p) { anything = &p; } /* MOVED p */ /* LEAKS p */
int *arg_load(int **p) { return *p; } /* LEAKS p TO RESULT 1 */

void written_by_closure(void)
{
    int x = 0; /* STAYS x */
    void (*f)(int *) = arg_write;
    f(&x);
}
void written_in_a_loop(void)
{
    int x = 0; /* STAYS x */
    void (*f)(int *) = arg_write;
    for (;;)
        f(&x);
}
void new_one_written_in_a_loop(void)
{
    void (*f)(int *) = arg_write;
    for (;;) {
        int x = 0; /* STAYS x */
        f(&x);
    }
}
void kept_by_closure(void)
{
    int x = 0; /* MOVED x */
    void (*f)(int *) = arg_keep;
    f(&x);
}
void given_back_by_closure(void)
{
    int x = 0; /* STAYS x */
    int *(*f)(int *) = arg_give;
    *f(&x) = 1;
}
void given_back_and_kept(void)
{
    int x = 0; /* MOVED x */
    int *(*f)(int *) = arg_give;
    anything = f(&x);
}
void address_kept_by_closure(void)
{
    int x = 0; /* MOVED x */
    void (*f)(int *) = arg_keep_address;
    f(&x);
}
void loaded_by_closure(void)
{
    int x = 0; /* STAYS x */
    int *p = &x; /* STAYS p */
    int *(*f)(int **) = arg_load;
    *f(&p) = 1;
}
void loaded_by_closure_and_kept(void)
{
    int x = 0; /* MOVED x */
    int *p = &x; /* STAYS p */
    int *(*f)(int **) = arg_load;
    anything = f(&p);
}

/* A closure that stores into a variable of the function around it, by reference. */
struct slot_env {
    int **slot;
    int *value;
};
void env_store(void *env) /* LEAKS env TO env 1 */
{
    struct slot_env *e = env;
    *e->slot = e->value;
}
void store_through_environment(int **x) /* STAYS x */
{
    int i = 0; /* MOVED i */
    struct slot_env e = {x, &i}; /* STAYS e */
    env_store(&e);
}
void store_into_own_variable(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *px = NULL; /* STAYS px */
    struct slot_env e = {&px, &i}; /* STAYS e */
    env_store(&e);
    *px = 1;
}
void store_in_a_loop(int n)
{
    int *px = NULL; /* STAYS px */
    for (int k = 0; k < n; k++) {
        int i = k; /* MOVED i */
        struct slot_env e = {&px, &i}; /* STAYS e */
        if (px)
            number += *px;
        env_store(&e);
    }
}

/* Environments within environments. */
struct outer_env {
    int *p;
};
struct inner_env {
    int *q;
};
void inner_reads(struct inner_env *e) { int *r = e->q; number = *r; } /* STAYS e */
void inner_keeps(struct inner_env *e) { int *r = e->q; kept = r; } /* LEAKS CONTENT e */
void outer_reads(struct outer_env *o) /* STAYS o */
{
    struct inner_env e = {o->p}; /* STAYS e */
    inner_reads(&e);
}
void outer_keeps(struct outer_env *o) /* LEAKS CONTENT o */
{
    struct inner_env e = {o->p}; /* STAYS e */
    inner_keeps(&e);
}
void nested_reads(void)
{
    int i = 0; /* STAYS i */
    struct outer_env o = {&i}; /* STAYS o */
    outer_reads(&o);
}
void nested_keeps(void)
{
    int i = 0; /* MOVED i */
    struct outer_env o = {&i}; /* STAYS o */
    outer_keeps(&o);
}

/* Copies of an address, kept in the end. */
void copies_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i;
    int *q = p;
    kept = q;
}
void copies_not_kept(void)
{
    int i = 0; /* STAYS i */
    int *p = &i;
    int *q = p;
    number = *q;
}

/* A captured array: part of it comes back, or is kept. */
struct words {
    const char **at;
};
const char *env_first(void *env) { return ((struct words *)env)->at[0]; } /* LEAKS env TO RESULT 2 */
const char *first_of_words(const char **a) /* LEAKS a TO RESULT 1 */
{
    struct words w = {a}; /* STAYS w */
    return env_first(&w);
}
const char *first_by_call(const char **a) /* LEAKS a TO RESULT 1 */
{
    struct words w = {a}; /* STAYS w */
    const char *(*f)(void *) = env_first;
    return f(&w);
}

/* Closures in arrays. */
void array_of_closures(void)
{
    struct fn0 array[3]; /* STAYS array */
    int s[] = {3, 2, 1}; /* STAYS s */
    for (int i = 0; i < 3; i++) {
        int vv = s[i]; /* MOVED vv */
        array[i] = (struct fn0){env_read, &vv};
    }
    for (int i = 0; i < 3; i++)
        number += array[i].call(array[i].env);
}
struct fn0 closure_through_copies(int x) /* MOVED x */
{
    struct fn0 one[1] = {{env_read, &x}}; /* STAYS one */
    struct fn0 two[1]; /* STAYS two */
    __builtin_memcpy(two, one, sizeof two);
    return two[0];
}

/* Recursion through a closure variable: the variable holds a closure over itself. */
struct rec_env {
    struct fn0 *self;
    int *count;
};
int rec_call(void *env) /* STAYS env */
{
    struct rec_env *e = env;
    if (*e->count < 25) {
        ++*e->count;
        return e->self->call(e->self->env);
    }
    return 0;
}
void recursive_closure_outside(int n)
{
    struct fn0 fn = {0}; /* STAYS fn */ /* GO: MOVED fn */
    for (int i = 0; i < n; i++) {
        int j = 0; /* MOVED j */
        struct rec_env e = {&fn, &j}; /* MOVED e */
        fn = (struct fn0){rec_call, &e};
        fn.call(fn.env);
    }
}
void recursive_closure_inside(int n)
{
    for (int i = 0; i < n; i++) {
        struct fn0 fn; /* STAYS fn */
        int j = 0; /* STAYS j */
        struct rec_env e = {&fn, &j}; /* STAYS e */
        fn = (struct fn0){rec_call, &e};
        fn.call(fn.env);
    }
}
struct str {
    int *m;
};
void recur_count(int j, struct str *s) /* STAYS s */
{
    if (j < 100) {
        j++;
        recur_count(j, s);
    } else {
        ++*s->m;
    }
}
void recursive_data_outside(int n)
{
    int x = 0; /* STAYS x */ /* GO: MOVED x */
    int *m = &x;
    struct str *fn;
    for (int i = 0; i < n; i++) {
        fn = goe_new(struct str); /* NOTE "goe_new(struct str) does not escape" */ /* GO: escapes to heap */
        fn->m = m;
        recur_count(0, fn);
    }
    number = *m;
}
void recursive_data_inside(int n)
{
    int x = 0; /* STAYS x */
    int *m = &x;
    for (int i = 0; i < n; i++) {
        struct str *fn;
        fn = goe_new(struct str); /* NOTE "goe_new(struct str) does not escape" */
        fn->m = m;
        recur_count(0, fn);
    }
    number = *m;
}

/* A closure that closes over a closure parameter and a number. */
typedef int (*binary)(int, int);
struct bound {
    binary op;
    int j;
};
int apply_bound(struct bound *b, int i) { return b->op(i, b->j); } /* STAYS b */
int bind_and_apply(binary op, int j) /* STAYS op */
{
    struct bound b = {op, j}; /* STAYS b */
    return apply_bound(&b, 4);
}
int add(int i, int j) { return i + j; }
int bind_user(void) { return bind_and_apply(add, 3); }

/* A closure over a pointer it is given: called at once, and one for each iteration. */
struct fn0 closure_over(int *x) { return (struct fn0){env_read, x}; } /* LEAKS x TO RESULT 0 */ /* GO: LEAKS x */

int closure_over_new(void)
{
    int *x = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
    struct fn0 f = closure_over(x);
    return f.call(f.env);
}

void closure_over_new_in_a_loop(int n)
{
    struct fn0 f = {env_read, &number};
    for (int i = 0; i < n; i++) {
        int *x = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
        f = closure_over(x);
        number += f.call(f.env);
    }
}

/* One closure an iteration, all called in the end: each has a variable of its own. */
void closures_over_new(void)
{
    struct fn0 array[2]; /* STAYS array */
    for (int i = 0; i < 2; i++) {
        int *p = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
        *p = i;
        array[i] = closure_over(p);
    }
    number = array[0].call(array[0].env) + array[1].call(array[1].env);
}
