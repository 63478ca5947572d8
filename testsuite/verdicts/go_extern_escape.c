/* OPTIONS: m warn=none extern=escape */
/*
 * extern=escape, Go's rule: a function without a body keeps what it is handed, unless it promises not
 * to (goe_noescape).
 */
#include <goescape.h>

void unknown(char *);
void promises(char *p goe_noescape);
char *unknown_result(char *);
void known(char *p) { *p = 1; } /* STAYS p */
void known_keeps(char *p) { static char *k; k = p; *k = 1; } /* LEAKS p */

void each_of_them(void)
{
    char buf1[10]; /* STAYS buf1 */
    promises(buf1);
    char buf2[10]; /* MOVED buf2 */
    unknown(buf2);
    char buf3[10]; /* STAYS buf3 */
    known(buf3);
    char buf4[10]; /* MOVED buf4 */
    known_keeps(buf4);
}
void parameter_to_unknown(char *x) { unknown(x); } /* LEAKS x */
void parameter_to_promising(char *x) { promises(x); } /* STAYS x */
void inside_to_unknown(int e)
{
    char x[32]; /* MOVED x */
    unknown_result(&x[e]);
}
void through_pointer(void (*f)(int *)) /* STAYS f */
{
    int x = 1; /* MOVED x */
    f(&x);
}
void through_pointer_untyped(void (*f)(void *)) /* STAYS f */
{
    int x = 1; /* MOVED x */
    f(&x);
}
/* Declared before or after its use. */
void promises_first(int *p goe_noescape);
void promises_both(void)
{
    void promises_late(int *p goe_noescape);
    int x = 0; /* STAYS x */
    promises_first(&x);
    int y = 0; /* STAYS y */
    promises_late(&y);
}
void content_to_unknown(char **p) { unknown(*p); } /* LEAKS CONTENT p */
void content_reached(void)
{
    char c = 0; /* MOVED c */
    char *p = &c; /* STAYS p */
    content_to_unknown(&p);
}
/* What the object holds is handed over with it. */
struct holder {
    int *p;
};
void unknown_holder(struct holder *);
void holder_handed_over(void)
{
    int x = 1; /* MOVED x */
    struct holder h = {&x}; /* MOVED h */
    unknown_holder(&h);
}
/* A number says nothing about an address. */
void unknown_number(int);
void number_handed_over(void)
{
    int x = 1; /* STAYS x */
    int *p = &x;
    unknown_number(*p);
}
