/* OPTIONS: m warn=none */
/* Addresses as numbers, and arithmetic on them. */
#include <stddef.h>
#include <stdint.h>

int *kept;
uintptr_t kept_number;
long kept_long;
int number;

void kept_as_number(void)
{
    int x; /* MOVED x */
    kept_number = (uintptr_t)&x;
}
void kept_as_signed(void)
{
    int x; /* MOVED x */
    kept_long = (long)&x;
}
void kept_scrambled(void)
{
    int x; /* MOVED x */
    kept_number = (uintptr_t)&x ^ 0x5555;
}
void kept_negated(void)
{
    int x; /* MOVED x */
    kept_number = -(uintptr_t)&x;
}
void kept_complement(void)
{
    int x; /* MOVED x */
    kept_number = ~(uintptr_t)&x;
}
void kept_rotated(void)
{
    int x; /* MOVED x */
    uintptr_t n = (uintptr_t)&x;
    kept_number = n << 16 | n >> 48;
}
void kept_sum_of_two(void)
{
    int x; /* MOVED x */
    int y; /* MOVED y */
    kept_number = (uintptr_t)&x + (uintptr_t)&y;
}
void kept_in_halves(void)
{
    static uint32_t low, high;
    int x; /* MOVED x */
    uintptr_t n = (uintptr_t)&x;
    low = (uint32_t)n;
    high = (uint32_t)(n >> 32);
    kept = (int *)((uintptr_t)high << 32 | low);
}
void kept_in_double(void)
{
    static double d;
    int x; /* MOVED x */
    union {
        int *p;
        double d;
    } u = {&x};
    d = u.d;
    number = d > 0;
}
int *xor_list_step(uintptr_t link, int *prev) { return (int *)(link ^ (uintptr_t)prev); } /* LEAKS prev TO RESULT 0 */
uintptr_t plus(uintptr_t a, uintptr_t b) { return a + b; }
int *through_function(void)
{
    int x; /* MOVED x */
    return (int *)plus((uintptr_t)&x, 4);
}
int truth_of_address(int *p) /* STAYS p */
{
    int x; /* STAYS x */
    return &x == p || !p;
}
long difference(int *p) /* STAYS p */
{
    int x[4]; /* STAYS x */
    return &x[3] - x + (p ? 1 : 0);
}
int alignment(int *p) { return (uintptr_t)p % 8 == 0; } /* STAYS p */
/* Arithmetic that goes beyond and comes back. */
int *out_and_back(int n)
{
    int a[4]; /* MOVED a */
    int *p = a + n;
    p -= n;
    return &p[-1] + 1;
}
/* From an inner part to the whole. By its type `part' leads to a number only, so no note is made. */
struct whole {
    int *other;
    int part;
};
#define WHOLE(p) ((struct whole *)((char *)(p) - offsetof(struct whole, part)))
int *container(int *part) { return WHOLE(part)->other; } /* STAYS part */
int *container_user(void)
{
    int x = 1; /* MOVED x */
    struct whole w = {&x, 2}; /* STAYS w */
    return container(&w.part);
}
void part_kept_holds_the_whole(void)
{
    int x = 1; /* MOVED x */
    struct whole w = {&x, 2}; /* MOVED w */
    kept = &w.part;
}
/* A pointer to another type of the same size, read as an array of words. */
int *as_words(struct whole *w) { return ((int **)w)[0]; } /* LEAKS w TO RESULT 1 */
int *as_words_user(void)
{
    int x = 1; /* MOVED x */
    struct whole w = {&x, 2}; /* STAYS w */
    return as_words(&w);
}
/* Function pointers as numbers. */
static void keeper(int *p) { kept = p; } /* LEAKS p */
void called_through_number(void)
{
    int x = 1; /* MOVED x */
    uintptr_t f = (uintptr_t)keeper;
    ((void (*)(int *))f)(&x);
}
/* Bool has lost the address. */
_Bool as_bool(int *p) { return (_Bool)p; } /* STAYS p */
int narrowed(int *p) { return (char)(uintptr_t)p; } /* STAYS p */
