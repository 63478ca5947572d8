/* OPTIONS: m warn=none */
/*
 * Variable arguments: what is read from the list and forgotten stays, what is kept moves.
 */
#include <goescape.h>
#include <stdarg.h>
#include <stddef.h>

int *kept;
void *anything;
int number;
int **kept_list;

int sum(int n, ...)
{
    va_list ap; /* STAYS ap */
    int s = 0;
    va_start(ap, n);
    while (n--)
        s += *va_arg(ap, int *);
    va_end(ap);
    return s;
}
int sum_and_keep(int *x, int n, ...) /* LEAKS x */
{
    va_list ap; /* STAYS ap */
    int s = 0;
    va_start(ap, n);
    while (n--)
        s += *(kept = va_arg(ap, int *));
    va_end(ap);
    kept = x;
    return s;
}
int *last_of(int n, ...)
{
    va_list ap; /* STAYS ap */
    int *p = NULL;
    va_start(ap, n);
    while (n--)
        p = va_arg(ap, int *);
    va_end(ap);
    return p;
}
/* The named parameter comes back, the others are left alone. */
int *give_named(int *y, ...) { return y; } /* LEAKS y TO RESULT 0 */

void two_summed(void)
{
    for (int k = 0; k < 1000; k++) {
        int i = 1; /* STAYS i */
        int j = 2; /* STAYS j */
        sum(2, &i, &j);
    }
}
void three_kept(void)
{
    for (int n = 0; n < 1000; n++) {
        int i = 1; /* STAYS i */ /* GO: MOVED i */
        int j = 2; /* STAYS j */ /* GO: MOVED j */
        int k = 3; /* MOVED k */
        sum_and_keep(&k, 2, &i, &j);
    }
}
void last_dropped(void)
{
    int i = 1; /* STAYS i */
    int j = 2; /* STAYS j */
    *last_of(2, &i, &j) = 3;
}
void last_kept(void)
{
    int i = 1; /* MOVED i */
    int j = 2; /* MOVED j */
    kept = last_of(2, &i, &j);
}
void named_dropped(int *z) { give_named(z, 1, 2, 3); } /* STAYS z */
void named_kept(int *z) { kept = give_named(z, 1, 2, 3); } /* LEAKS z */
void unnamed_dropped(int *z) { give_named(NULL, z); } /* STAYS z */
void unnamed_kept_other(int *z) { kept = give_named(NULL, z); } /* STAYS z */
void addresses_dropped(void)
{
    int i = 0; /* STAYS i */
    give_named(NULL, &i);
    int j = 0; /* STAYS j */
    last_of(1, &j);
}

/* Tagged arguments: any of them may be the one that is kept. */
enum tag { INT, POINTER, STRING };
void keep_pointers(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    while (n--)
        switch (va_arg(ap, int)) {
        case INT:
            number = va_arg(ap, int);
            break;
        case POINTER:
            kept = va_arg(ap, int *);
            break;
        case STRING:
            number = *va_arg(ap, char *);
            break;
        }
    va_end(ap);
}
void keep_pointers_user(void)
{
    int a = 1; /* MOVED a */
    int *c = &a;
    keep_pointers(3, INT, a, STRING, "cat", POINTER, c);
}

/* The list passed on as a va_list. */
int vsum(int n, va_list ap) /* STAYS ap */
{
    int s = 0;
    while (n--)
        s += *va_arg(ap, int *);
    return s;
}
int sum_through_list(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    int s = vsum(n, ap);
    va_end(ap);
    return s;
}
void sum_through_list_user(void)
{
    int i = 1; /* STAYS i */
    sum_through_list(1, &i);
}

/* The same in C's other way: a count and an array. */
int sum_array(int **v, int n) /* STAYS v */
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += *v[i];
    return s;
}
int keep_array(int **v, int n) { kept_list = v; return sum_array(v, n); } /* LEAKS v */
int *first_of_array(int **v) { return v[0]; } /* LEAKS v TO RESULT 1 */
int **first_slot_of_array(int **v) { return &v[0]; } /* LEAKS v TO RESULT 0 */
void sum_array_user(void)
{
    int i = 1; /* STAYS i */
    int j = 2; /* STAYS j */
    sum_array((int *[]){&i, &j}, 2); /* NOTE "compound literal does not escape" */
}
void keep_array_user(void)
{
    int i = 1; /* MOVED i */
    int j = 2; /* MOVED j */
    keep_array((int *[]){&i, &j}, 2); /* NOTE "moved to heap: compound literal" */
}
void first_of_array_user(void)
{
    int i = 1; /* MOVED i */
    int j = 2; /* STAYS j */ /* GO: MOVED j */
    kept = first_of_array((int *[]){&i, &j}); /* NOTE "compound literal does not escape" */
}
void first_slot_of_array_user(void)
{
    int i = 1; /* MOVED i */
    kept_list = first_slot_of_array((int *[]){&i}); /* NOTE "moved to heap: compound literal" */
}
void first_slot_dropped(void)
{
    int i = 1; /* STAYS i */
    **first_slot_of_array((int *[]){&i}) = 2; /* NOTE "compound literal does not escape" */
}

/* An array in a struct with its length. */
struct slice {
    int len;
    int **at;
};
int *first_in_slice(struct slice s) /* LEAKS s TO RESULT 1 */
{
    for (int i = 0; i < s.len; i++)
        if (s.at[i])
            return s.at[i];
    return NULL;
}
void slice_user(void)
{
    int a = 1; /* MOVED a */
    int *room[3] = {NULL, &a, NULL}; /* STAYS room */
    struct slice s = {3, room};
    kept = first_in_slice(s);
}

/* Nothing is done with any of them. */
void debug(const char *format, ...) { (void)format; } /* STAYS format */
void debug_user(void)
{
    int value = 10; /* STAYS value */
    debug("value at %p", &value);
}

/* New objects as unnamed arguments. */
void new_summed(void)
{
    sum(1, goe_new(int)); /* NOTE "goe_new(int) does not escape" */
    for (int i = 0; i < 10; i++)
        sum(2, goe_new(int), goe_new(int)); /* NOTE "goe_new(int) does not escape" */ /* NOTE "goe_new(int) does not escape" */
}

int sum_array_on(int **v, int n) { return sum_array(v, n); } /* STAYS v */
