/* OPTIONS: m warn=none */
/* Bit-fields, volatile, restrict, complex, vectors and packed structs. */
#include <stdint.h>

int *kept;
int number;

/* Bit-fields. */
struct bits {
    unsigned a : 3;
    unsigned b : 5;
    int *p;
};
int bits_beside_pointer(void)
{
    int x = 1; /* STAYS x */
    struct bits s = {1, 2, &x};
    s.a = 3;
    return s.b + *s.p;
}
int *bits_pointer_kept(void)
{
    int x = 1; /* MOVED x */
    struct bits s = {1, 2, &x};
    s.b++;
    return s.p;
}
struct packed_bits {
    uint64_t address : 48;
    uint64_t tag : 16;
};
struct packed_bits kept_bits;
void address_in_bit_field(void)
{
    int x = 1; /* MOVED x */
    kept_bits.address = (uintptr_t)&x;
}
int *address_through_bit_field(void)
{
    int x = 1; /* MOVED x */
    struct packed_bits b = {.tag = 1};
    b.address = (uintptr_t)&x;
    return (int *)(uintptr_t)b.address;
}
/* Volatile. */
int *volatile kept_volatile;
void into_volatile(void)
{
    int x = 1; /* MOVED x */
    kept_volatile = &x;
}
int volatile_local(void)
{
    volatile int x = 1; /* STAYS x */
    volatile int *p = &x;
    return *p;
}
volatile int *volatile_local_given(void)
{
    volatile int x = 1; /* MOVED x */
    return &x;
}
int *restricted(int *restrict p) { return p; } /* LEAKS p TO RESULT 0 */
/* Complex and floating variables. */
_Complex double *complex_given(void)
{
    _Complex double c = 1; /* MOVED c */
    return &c;
}
double *imaginary_part(void)
{
    _Complex double c = 1; /* MOVED c */
    return &__imag__ c;
}
double real_part_read(void)
{
    _Complex double c = 1; /* STAYS c */
    double *p = &__real__ c;
    return *p;
}
/* Vectors. */
typedef int four __attribute__((vector_size(16)));
typedef uintptr_t two_words __attribute__((vector_size(16)));
int *vector_element(void)
{
    four v = {1, 2, 3, 4}; /* MOVED v */
    return &((int *)&v)[2];
}
int *address_in_vector(void)
{
    int x = 1; /* MOVED x */
    two_words v = {(uintptr_t)&x, 0}; /* STAYS v */
    return (int *)v[0];
}
int *address_in_shuffled_vector(void)
{
    int x = 1; /* MOVED x */
    two_words v = {(uintptr_t)&x, 0};
    two_words w = __builtin_shuffle(v, (two_words){1, 0}); /* STAYS w */
    return (int *)w[1];
}
/* Packed: pointers at odd offsets. */
struct __attribute__((packed)) packed {
    char c;
    int *p;
    int *q;
};
struct packed kept_packed;
int *packed_same(void)
{
    int x = 1; /* MOVED x */
    struct packed s = {0};
    s.p = &x;
    return s.p;
}
void packed_kept(void)
{
    int x = 1; /* MOVED x */
    struct packed s = {0};
    s.p = &x;
    kept_packed = s;
}
int *packed_by_pointer(struct packed *s) { return s->p; } /* LEAKS s TO RESULT 1 */
int *packed_by_pointer_user(void)
{
    int x = 1; /* MOVED x */
    struct packed s = {0}; /* STAYS s */
    s.p = &x;
    return packed_by_pointer(&s);
}
/* Wide integers. */
unsigned __int128 kept_wide;
void address_in_wide(void)
{
    int x = 1; /* MOVED x */
    kept_wide = (unsigned __int128)(uintptr_t)&x << 64;
}
int *address_through_wide(void)
{
    int x = 1; /* MOVED x */
    unsigned __int128 w = (unsigned __int128)(uintptr_t)&x << 64;
    return (int *)(uintptr_t)(w >> 64);
}
/* Flexible array members and zero-length arrays. */
struct flexible {
    int n;
    int *at[];
};
int *flexible_element(struct flexible *f, int i) { return f->at[i]; } /* LEAKS f TO RESULT 1 */
void flexible_store(struct flexible *f, int i, int *p) { f->at[i] = p; } /* STAYS f */ /* LEAKS p TO f 0 */
/* Arrays of arrays. */
int *matrix_row(int i)
{
    int m[3][3] = {{0}}; /* MOVED m */
    return m[i];
}
int matrix_sum(void)
{
    int m[3][3] = {{0}}; /* STAYS m */
    int *p = m[1];
    return p[0] + p[1];
}
/* Function pointers in records, called and kept. */
typedef void (*setter)(int **, int *);
static void set(int **slot, int *p) { *slot = p; } /* STAYS slot */ /* LEAKS p TO slot 0 */
int *through_setter(void)
{
    int x = 1; /* MOVED x */
    int *p; /* STAYS p */
    struct { setter fn; } r = {set};
    r.fn(&p, &x);
    return p;
}
int through_setter_private(void)
{
    int x = 1; /* STAYS x */
    int *p; /* STAYS p */
    struct { setter fn; } r = {set};
    r.fn(&p, &x);
    return *p;
}
