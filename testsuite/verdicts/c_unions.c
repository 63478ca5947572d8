/* OPTIONS: m warn=none */
/* Unions: members share their bytes, whatever their types. */
#include <stdint.h>

int *kept;
int number;

union word {
    int *p;
    int **pp;
    uintptr_t n;
    int i;
    char bytes[sizeof(int *)];
    float f[2];
};
union word kept_word;

int *out_through_other_member(int *p) /* LEAKS p TO RESULT 0 */
{
    union word w;
    w.p = p;
    return (int *)w.pp;
}
int *in_as_pointer_out_as_number(void)
{
    int x = 1; /* MOVED x */
    union word w;
    w.p = &x;
    return (int *)w.n;
}
int *in_as_number_out_as_pointer(void)
{
    int x = 1; /* MOVED x */
    union word w;
    w.n = (uintptr_t)&x;
    return w.p;
}
void whole_kept(void)
{
    int x = 1; /* MOVED x */
    union word w;
    w.p = &x;
    kept_word = w;
}
int read_only(void)
{
    int x = 1; /* STAYS x */
    union word w;
    w.p = &x;
    return *w.p;
}
/* The bytes of the pointer are copied out one by one. */
void bytes_kept(void)
{
    int x = 1; /* MOVED x */
    union word w; /* STAYS w */
    w.p = &x;
    for (unsigned i = 0; i < sizeof w; i++)
        kept_word.bytes[i] = w.bytes[i];
}
/* A union of structs: the first members lie on each other. */
union shapes {
    struct { int tag; int *p; } a;
    struct { int tag; int *q; int *r; } b;
    struct { int tag; int *unused[3]; } c;
};
int *common_position(void)
{
    int x = 1; /* MOVED x */
    union shapes s;
    s.a.p = &x;
    return s.b.q;
}
int *other_position(void)
{
    int x = 1; /* STAYS x */
    union shapes s = {0};
    s.a.p = &x;
    return s.b.r;
}
int *array_position(void)
{
    int x = 1; /* MOVED x */
    union shapes s = {0};
    s.b.r = &x;
    return s.c.unused[1];
}
/* By pointer. */
void set_member(union word *w, int *p) { w->p = p; } /* STAYS w */ /* LEAKS p TO w 0 */
uintptr_t get_number(union word *w) { return w->n; } /* STAYS w */
int *set_and_get(void)
{
    int x = 1; /* MOVED x */
    union word w; /* STAYS w */
    set_member(&w, &x);
    return (int *)get_number(&w);
}
/* By value. */
int *by_value(union word w) { return w.p; } /* LEAKS w TO RESULT 0 */
int *by_value_user(void)
{
    int x = 1; /* MOVED x */
    return by_value((union word){.n = (uintptr_t)&x});
}
/* A transparent union parameter is handed over as its first member. */
typedef union {
    int *p;
    char *c;
} either __attribute__((transparent_union));
void keep_either(either e) { kept = e.p; } /* LEAKS e */
void read_either(either e) { number = *e.c; } /* STAYS e */
void transparent(void)
{
    int x = 1; /* MOVED x */
    int y = 1; /* STAYS y */
    keep_either(&x);
    read_either(&y);
}
