/* Nested functions as values: which become closures on the heap, which cannot, and who is told. */
#include <goescape.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

typedef int get(void);

get *kept;
void unknown(get *f);

int only_called(int k)
{
    int f(void) /* NOTE "func literal does not escape" */
    {
        return k;
    }
    return f();
}
get *returned(int k) /* MOVED k */
{
    int f(void) /* NOTE "func literal escapes to heap" */
    {
        return k++;
    }
    return f;
}
/* C's custom for unknown functions: they use what they are given during the call. */
void handed_to_unknown(int k)
{
    int f(void) /* NOTE "func literal does not escape" */
    {
        return k++;
    }
    unknown(f);
}
int sorted(int *a, int n, int sign) /* STAYS a */
{
    int order(const void *x, const void *y) /* NOTE "func literal does not escape" */ /* STAYS x */ /* STAYS y */
    {
        return sign * (*(const int *)x - *(const int *)y);
    }
    qsort(a, n, sizeof *a, order);
    return a[0];
}
void at_exit(int k) /* MOVED k */
{
    void f(void) /* NOTE "func literal escapes to heap" */
    {
        k++;
    }
    atexit(f);
}
void by_thread(int k) /* MOVED k */
{
    pthread_t t; /* STAYS t */
    void *f(void *arg) /* NOTE "func literal escapes to heap" */ /* LEAKS arg TO RESULT 0 */
    {
        k++;
        return arg;
    }
    pthread_create(&t, NULL, f, NULL);
}
void by_signal(int k) /* MOVED k */
{
    void f(int n) /* NOTE "func literal escapes to heap" */
    {
        k += n;
    }
    signal(SIGUSR1, f);
}

/* One that may jump into its parent needs the parent's frame. */
get *jumps_and_is_returned(int k) /* MOVED k */
{
    __label__ out;
    int f(void) /* NOTE "func literal escapes but stays on the stack: it may jump into its parent" */
    {
        if (k)
            goto out;
        return k;
    }
    return f; /* WARN "address of nested function 'f' is returned" */
out:
    return 0;
}
void jumps_and_is_kept(int k) /* MOVED k */
{
    __label__ out;
    int f(void) /* NOTE "func literal escapes but stays on the stack: it may jump into its parent" */
    {
        if (k)
            goto out;
        return k;
    }
    kept = f; /* WARN "address of nested function 'f' is stored in 'kept'" */
out:;
}
/* Taken back before the parent returns: no warning. */
void jumps_and_is_taken_back(int k) /* MOVED k */
{
    __label__ out;
    int f(void) /* NOTE "func literal escapes but stays on the stack: it may jump into its parent" */
    {
        if (k)
            goto out;
        return k;
    }
    kept = f;
    unknown(f);
out:
    kept = NULL;
}
get *calls_one_that_jumps(int k) /* MOVED k */
{
    __label__ out;
    void f(void) /* NOTE "func literal does not escape" */
    {
        if (k)
            goto out;
    }
    int g(void) /* NOTE "func literal escapes but stays on the stack: it may jump into its parent" */
    {
        f();
        return k;
    }
    return g; /* WARN "address of nested function 'g' is returned" */
out:
    return NULL;
}
get *beside_one_that_jumps(int k) /* MOVED k */
{
    __label__ out;
    int n = 0; /* MOVED n */
    void f(void) /* NOTE "func literal does not escape" */
    {
        if (n)
            goto out;
    }
    int g(void) /* NOTE "func literal escapes to heap" */
    {
        return k + n++;
    }
    f();
out:
    return g;
}
get *jumps_only_within(int k) /* MOVED k */
{
    int f(void) /* NOTE "func literal escapes to heap" */
    {
        __label__ out;
        void g(void) /* NOTE "func literal does not escape" */
        {
            if (k)
                goto out;
        }
        g();
    out:
        return k++;
    }
    return f;
}

/* A va_list is of use only while its function runs. */
void captures_arguments(int n, ...)
{
    va_list ap; /* NOTE "ap escapes but stays on the stack: it is a va_list" */
    int f(void) /* NOTE "func literal escapes to heap" */
    {
        return va_arg(ap, int);
    }
    kept = f;
    va_start(ap, n);
    unknown(f);
    va_end(ap);
    kept = NULL;
}
/* Without optimisation GCC gives every nested function a static chain. */
get *uses_nothing(int k)
{
    int f(void) /* NOTE "func literal does not escape" */
    {
        return k++;
    }
    int g(void)
    {
        return 1;
    }
    get *p = f;
    return p() ? g : NULL;
}
get *uses_what_is_around_its_parent(int k) /* MOVED k */
{
    get *middle(void) /* NOTE "func literal does not escape" */
    {
        int f(void) /* NOTE "func literal escapes to heap" */
        {
            return k++;
        }
        return f;
    }
    return middle();
}
static int *for_a_while;
static int has_a_nest(int k)
{
    int f(void) /* NOTE "func literal does not escape" */
    {
        return k;
    }
    return f();
}
int undone_around_a_nest(void)
{
    int x = 1; /* STAYS x */
    for_a_while = &x;
    int r = has_a_nest(1);
    for_a_while = NULL;
    return r;
}
