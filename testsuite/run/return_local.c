/* Locals of every kind of type whose address is returned. */
#include "run.h"

struct point { int x, y; };
union word { int i; unsigned char byte[4]; };
enum colour { RED, GREEN, BLUE };

static int *an_int(int v) { int x = v; return &x; }
static char *a_char(void) { char c = 'c'; return &c; }
static double *a_double(void) { double d = 1.5; return &d; }
static long double *a_long_double(void) { long double d = 2.25L; return &d; }
static _Bool *a_bool(void) { _Bool b = 1; return &b; }
static enum colour *an_enum(void) { enum colour c = BLUE; return &c; }
static struct point *a_struct(int x, int y) { struct point p = {x, y}; return &p; }
static union word *a_union(void) { union word w = {.i = 0x01020304}; return &w; }
static _Complex double *a_complex(void) { _Complex double z = 3.0 + 4.0i; return &z; }
static int *an_array(void) { int a[4] = {1, 2, 3, 4}; return a; }
static int (*a_matrix(void))[3] { int m[2][3] = {{1, 2, 3}, {4, 5, 6}}; return m; }
static char *a_buffer(int n) { char buf[32]; snprintf(buf, sizeof buf, "number %d", n); return buf; }
static int **a_pointer(void) { static int s = 9; int *p = &s; return &p; }
static int **two_levels(void) { int x = 11; int *p = &x; return &p; }
static int (**a_function(void))(const char *) { int (*f)(const char *) = puts; return &f; }
static const volatile short *qualified(void) { const volatile short s = -3; return &s; }
static int *uninitialised(void) { int x; x = 77; return &x; }
static int *changed_after(void) { int x = 1; int *p = &x; x = 2; x += 5; return p; }

int main(void)
{
    int *a = an_int(1), *b = an_int(2), *c = an_int(3);
    char *ch = a_char();
    double *d = a_double();
    long double *ld = a_long_double();
    _Bool *bo = a_bool();
    enum colour *e = an_enum();
    struct point *p = a_struct(5, 6), *q = a_struct(7, 8);
    union word *w = a_union();
    _Complex double *z = a_complex();
    int *arr = an_array();
    int(*m)[3] = a_matrix();
    char *s1 = a_buffer(1), *s2 = a_buffer(22);
    int **pp = a_pointer(), **pp2 = two_levels();
    int (**f)(const char *) = a_function();
    const volatile short *v = qualified();
    int *u = uninitialised(), *ca = changed_after();

    clobber();
    printf("%d %d %d\n", *a, *b, *c);
    printf("%c %.2f %.2Lf %d %d\n", *ch, *d, *ld, *bo, *e);
    printf("%d,%d %d,%d\n", p->x, p->y, q->x, q->y);
    printf("%d %d\n", w->i, w->byte[0] + w->byte[1] + w->byte[2] + w->byte[3]);
    printf("%.0f %.0f\n", __real__ *z, __imag__ *z);
    printf("%d %d %d %d\n", arr[0], arr[1], arr[2], arr[3]);
    printf("%d %d %d %d\n", m[0][0], m[0][2], m[1][0], m[1][2]);
    printf("%s, %s\n", s1, s2);
    printf("%d %d\n", **pp, **pp2);
    (*f)("called");
    printf("%d %d %d\n", *v, *u, *ca);
    *a += 10;
    q->x = 70;
    printf("%d %d %d %d\n", *a, *b, p->x, q->x);
    return 0;
}
