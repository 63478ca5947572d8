/* OPTIONS: m warn=none */
/* Variable arguments, read, kept, copied, forwarded and printed. */
#include <stdarg.h>
#include <stdio.h>

int *kept;
int number;

void keep_first(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    kept = va_arg(ap, int *);
    va_end(ap);
}
void read_first(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    number = *va_arg(ap, int *);
    va_end(ap);
}
void ignore_all(int n, ...) { number = n; }
int *give_first(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    int *p = va_arg(ap, int *);
    va_end(ap);
    return p;
}
void users(void)
{
    int a = 1; /* MOVED a */
    int b = 1; /* STAYS b */
    int c = 1; /* STAYS c */
    int d = 1; /* STAYS d */
    keep_first(1, &a);
    read_first(1, &b);
    ignore_all(1, &c);
    *give_first(1, &d) = 2;
}
int *given(void)
{
    int x = 1; /* MOVED x */
    return give_first(1, &x);
}
/* Forwarded as a list. */
static void vkeep(int n, va_list ap) { number = n; kept = va_arg(ap, int *); } /* LEAKS CONTENT ap */
void forward_keep(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    vkeep(n, ap);
    va_end(ap);
}
void forward_user(void)
{
    int x = 1; /* MOVED x */
    forward_keep(1, &x);
}
/* Copied with va_copy. */
void copy_keep(int n, ...)
{
    va_list ap, aq; /* STAYS ap */ /* STAYS aq */
    va_start(ap, n);
    va_copy(aq, ap);
    kept = va_arg(aq, int *);
    va_end(aq);
    va_end(ap);
}
void copy_user(void)
{
    int x = 1; /* MOVED x */
    copy_keep(1, &x);
}
/* Handed to a printer, which keeps nothing. */
void log_it(const char *fmt, ...) /* STAYS fmt */
{
    va_list ap; /* STAYS ap */
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
}
void log_user(void)
{
    char s[] = "text"; /* STAYS s */
    int x = 1; /* STAYS x */
    log_it("%s %p", s, (void *)&x);
    printf("%s %p", s, (void *)&x);
}
/* A scanner writes through what it is given. */
int scan_user(const char *text) /* STAYS text */
{
    int x = 0; /* STAYS x */
    sscanf(text, "%d", &x);
    return x;
}
/* Structs among the arguments. */
struct two {
    int *p, *q;
};
void keep_struct(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    kept = va_arg(ap, struct two).q;
    va_end(ap);
}
void struct_user(void)
{
    int x = 1; /* MOVED x */
    struct two t = {0, &x};
    keep_struct(1, t);
}
/* Written through: an out parameter among the unnamed. */
void set_first(int n, ...)
{
    va_list ap; /* STAYS ap */
    va_start(ap, n);
    int **out = va_arg(ap, int **);
    *out = va_arg(ap, int *);
    va_end(ap);
}
int *set_user(void)
{
    int x = 1; /* MOVED x */
    int *p; /* BAD MOVED p: unnamed arguments are not kept apart */
    set_first(2, &p, &x);
    return p;
}
/* A variadic function reached through a pointer. */
void through_pointer(void)
{
    int x = 1; /* MOVED x */
    void (*f)(int, ...) = keep_first;
    f(1, &x);
}
