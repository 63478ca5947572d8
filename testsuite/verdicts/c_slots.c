/* OPTIONS: m warn=none */
/* Function pointers told apart by where they are kept: fields, static variables, parameters. Every
 * function below fits every call: it is the place that decides. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int *kept;
int number;

static void reads(int *p) { number = *p; } /* STAYS p */
static void keeps(int *p) { kept = p; } /* LEAKS p */

/* Two fields of one type; objects from who knows where. */
struct ops {
    void (*read)(int *);
    void (*keep)(int *);
};
struct ops *some_ops(void);
static const struct ops disk = {reads, keeps};
const struct ops *the_disk(void) { return &disk; }
void by_field(void)
{
    int x = 1; /* STAYS x */
    int y = 2; /* MOVED y */
    some_ops()->read(&x);
    some_ops()->keep(&y);
}

/* Filled by assignment, from another field of another type. */
struct copy {
    void (*first)(int *);
    void (*second)(int *);
};
struct copy *some_copy(void);
void fill(void)
{
    struct copy *c = some_copy();
    c->first = some_ops()->read;
    c->second = some_ops()->keep;
}
void by_assigned_field(void)
{
    int x = 1; /* STAYS x */
    int y = 2; /* MOVED y */
    some_copy()->first(&x);
    some_copy()->second(&y);
}

/* Through a function that stores what it is given. */
struct handler {
    void (*run)(int *);
    void *data;
};
struct handler *some_handler(void);
static void set_handler(struct handler *h, void (*run)(int *)) { h->run = run; } /* STAYS h */ /* LEAKS run TO h 0 */
void install(void) { set_handler(some_handler(), keeps); }
void by_stored_parameter(void)
{
    int x = 1; /* MOVED x */
    some_handler()->run(&x);
}

/* A static variable holds what is stored there; nobody else can. */
static void (*hook)(int *);
void set_hook(void) { hook = reads; }
void by_static(void)
{
    int x = 1; /* STAYS x */
    hook(&x);
}
static void (*table[4])(int *) = {reads, reads};
void by_table(int i)
{
    int x = 1; /* STAYS x */
    table[i & 3](&x);
}

/* One struct type taken for another. */
struct base {
    int tag;
    void (*run)(int *);
};
struct derived {
    int tag;
    void (*run)(int *);
    int more;
};
struct base *some_base(void);
static void keeps_too(int *p) { kept = p; } /* LEAKS p */
void make_derived(struct derived *d) { d->run = keeps_too; } /* STAYS d */
struct base *upcast(struct derived *d) { return (struct base *)d; } /* LEAKS d TO RESULT 0 */
void by_cast_type(void)
{
    int x = 1; /* MOVED x */
    some_base()->run(&x);
}
struct embedded {
    struct ops ops;
    int more;
};
struct embedded *some_embedded(void);
struct embedded *downcast(struct ops *o) { return (struct embedded *)o; } /* LEAKS o TO RESULT 0 */
void by_first_member(void)
{
    int x = 1; /* STAYS x */
    some_embedded()->ops.read(&x);
}

/* Parameters and results of functions that only this file calls. */
static void with(void (*f)(int *)) /* STAYS f */
{
    int own = 1; /* STAYS own */
    f(&own);
}
void with_reader(void) { with(reads); }
static void with_either(void (*f)(int *)) /* STAYS f */
{
    int own = 1; /* MOVED own */
    f(&own);
}
void with_two(void) { with_either(reads); with_either(keeps); }
static void (*found(void))(int *) { return hook; }
static void (*remembered)(int *);
void remember(void) { remembered = found(); }
void by_result(void)
{
    int x = 1; /* STAYS x */
    remembered(&x);
}
