/* OPTIONS: m warn=none */
/*
 * GNU C's nested functions, the nearest thing to Go's function literals. They capture by reference, so
 * a captured variable goes to the heap with the closure even where Go would have copied its value.
 */
#include <stddef.h>

void *anything;
int *kept;
int number;
typedef int (*getter)(void);
typedef void (*action)(void);
getter kept_getter;

int read_int(int *p) { return *p; } /* STAYS p */

getter returned(void)
{
    int x = 42; /* MOVED x */
    int get(void) { return x; } /* NOTE "func literal escapes to heap" */
    return get;
}
getter returned_counter(void)
{
    int x = 42; /* MOVED x */
    int count(void) { return ++x; } /* NOTE "func literal escapes to heap" */
    return count;
}
getter returned_parameter(int x) /* MOVED x */
{
    int get(void) { return x; } /* NOTE "func literal escapes to heap" */
    return get;
}
getter returned_through_variable(int x) /* MOVED x */
{
    int get(void) { return x; } /* NOTE "func literal escapes to heap" */
    getter f = get;
    return f;
}
getter *returned_variable(int x) /* MOVED x */
{
    int get(void) { return x; } /* NOTE "func literal escapes to heap" */
    getter f = get; /* MOVED f */
    return &f;
}
int called_at_once(void)
{
    int x = 42;
    int get(void) { return x; } /* NOTE "func literal does not escape" */
    return get();
}
int called_through_variable(void)
{
    int x = 42;
    int get(void) { return x; } /* NOTE "func literal does not escape" */
    getter f = get;
    return f();
}
void stored(void)
{
    int x = 42; /* MOVED x */
    int get(void) { return x; } /* NOTE "func literal escapes to heap" */
    kept_getter = get;
}
/* Nothing captured: an ordinary function. */
getter captures_nothing(void)
{
    int get(void) { return 1; }
    return get;
}

void argument_written(void)
{
    int x = 0; /* STAYS x */
    void set(int *p) { *p = 1; } /* STAYS p */
    set(&x);
}
void argument_kept(void)
{
    int x = 0; /* MOVED x */
    void keep(int *p) { anything = p; } /* LEAKS p */
    keep(&x);
}
void argument_into_captured(int n)
{
    int *pp = NULL;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        void put(int *p) /* NOTE "func literal does not escape" */ /* LEAKS p */
        {
            if (pp)
                number += *pp;
            pp = p;
        }
        put(&x);
    }
}
void into_parameter(int **x) /* STAYS x */
{
    int i = 0; /* MOVED i */
    int *p = &i;
    void put(void) { *x = p; } /* NOTE "func literal does not escape" */
    put();
}
void address_kept_within(void)
{
    int i = 0; /* MOVED i */
    void put(void) { kept = &i; } /* NOTE "func literal does not escape" */
    put();
}
void address_kept_within_two(void)
{
    int i = 0; /* MOVED i */
    int *p = &i;
    void one(void) /* NOTE "func literal does not escape" */
    {
        int *q = p;
        void two(void) /* NOTE "func literal does not escape" */
        {
            int *r = q;
            kept = r;
        }
        two();
    }
    one();
}
void address_read_within_two(void)
{
    int i = 0; /* STAYS i */
    int *p = &i;
    void one(void) /* NOTE "func literal does not escape" */
    {
        int *q = p;
        void two(void) /* NOTE "func literal does not escape" */
        {
            int *r = q;
            number = *r;
        }
        two();
    }
    one();
}
static int call(getter f) { return f(); } /* STAYS f */
int passed_down(void)
{
    int x = 1;
    int get(void) { return x; } /* NOTE "func literal does not escape" */
    return call(get);
}

void address_kept_within_loop(void)
{
    for (;;) {
        int i = 0; /* MOVED i */
        void put(void) { kept = &i; } /* NOTE "func literal does not escape" */
        put();
        number += i;
    }
}
