/* OPTIONS: m warn=none */
/*
 * Casts, numbers made of addresses, and words read as something else.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int *kept;
uintptr_t kept_number;

uint32_t bits_of_float(float f) { return *(uint32_t *)(void *)&f; }
float float_of_bits(uint32_t b) { return *(float *)(void *)&b; }
uint64_t bits_of_double(double f) { return *(uint64_t *)(void *)&f; }
double double_of_bits(uint64_t b) { return *(double *)(void *)&b; }
uint64_t *address_of_bits(double f) { return (uint64_t *)(void *)&f; } /* MOVED f */
uint64_t *same_address(double *f) { return (uint64_t *)(void *)f; } /* LEAKS f TO RESULT 0 */

void *added(void)
{
    char x[2]; /* MOVED x */
    return (void *)((uintptr_t)&x[0] + 1);
}
void *subtracted(void)
{
    char x[2]; /* MOVED x */
    return (void *)((uintptr_t)&x[1] - 1);
}
void *masked(void)
{
    char x[2]; /* MOVED x */
    return (void *)((uintptr_t)&x[1] & ~(uintptr_t)1);
}
void *tagged(void)
{
    int x; /* MOVED x */
    return (void *)((uintptr_t)&x | 1);
}
int *parameter_added(int *x) { return (int *)((uintptr_t)x + 4); } /* LEAKS x TO RESULT 0 */
uintptr_t parameter_as_number(int *x) { return (uintptr_t)x; } /* LEAKS x TO RESULT 0 */
int *number_as_parameter(uintptr_t x) { return (int *)x; }
int through_number(void)
{
    int x = 1; /* STAYS x */
    return *number_as_parameter((uintptr_t)&x);
}
int *through_number_given(void)
{
    int x = 1; /* MOVED x */
    return number_as_parameter(parameter_as_number(&x));
}
void number_kept(void)
{
    int x = 1; /* MOVED x */ /* GO: STAYS x */
    kept_number = (uintptr_t)&x;
}
int number_compared(int *y) /* STAYS y */
{
    int x = 1; /* STAYS x */
    return (uintptr_t)&x < (uintptr_t)y;
}
ptrdiff_t number_subtracted(void)
{
    char x[8]; /* STAYS x */
    return &x[5] - &x[1];
}

/* A header read and written behind the back of its type. */
struct slice {
    int *data;
    long len;
};
struct header {
    uintptr_t data;
    long len;
};
void *data_of(struct slice s) { return (void *)((struct header *)(void *)&s)->data; } /* LEAKS s TO RESULT 0 */
void set_data(struct slice *s, void *p) { ((struct header *)(void *)s)->data = (uintptr_t)p; } /* STAYS s */ /* LEAKS p TO s 0 */ /* GO: LEAKS p */
struct slice slice_of_bytes(struct slice b) /* LEAKS b TO RESULT 0 */ /* GO: LEAKS b */
{
    struct slice s = {0}; /* STAYS s */
    if (!b.len)
        return s;
    ((struct header *)(void *)&s)->data = ((struct header *)(void *)&b)->data;
    s.len = b.len;
    return s;
}
void set_data_user(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    struct slice s = {0}; /* STAYS s */
    set_data(&s, &x);
    *s.data = 2;
}
void set_data_kept(void)
{
    int x = 1; /* MOVED x */
    struct slice s = {0}; /* STAYS s */
    set_data(&s, &x);
    kept = s.data;
}

/* Byte copies of pointers. */
int *copied(int *p) /* LEAKS p TO RESULT 0 */
{
    int *q; /* STAYS q */
    memcpy(&q, &p, sizeof q);
    return q;
}
int *copied_local(void)
{
    int x = 1; /* MOVED x */
    int *p = &x; /* STAYS p */
    int *q; /* STAYS q */
    memcpy(&q, &p, sizeof q);
    return q;
}
int copied_read(void)
{
    int x = 1; /* STAYS x */
    int *p = &x; /* STAYS p */
    int *q; /* STAYS q */
    memcpy(&q, &p, sizeof q);
    return *q;
}
int *through_union(int *p) /* LEAKS p TO RESULT 0 */
{
    union {
        int *p;
        uintptr_t n;
    } u = {p};
    return (int *)u.n;
}

/* The address of a parameter as a number: it is the parameter that escapes. */
uintptr_t address_of_parameter(int n) { return (uintptr_t)&n; } /* MOVED n */
