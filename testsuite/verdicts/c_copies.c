/* OPTIONS: m warn=none */
/* Copies of bytes, words, structs and arrays: addresses travel with them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int *kept;
int number;

struct s {
    int a;
    int *p;
    int *q;
};
struct s kept_s;
char kept_bytes[sizeof(struct s)];

/* Struct assignment in all its forms. */
void by_pointers(struct s *d, const struct s *f) { *d = *f; } /* STAYS d */ /* LEAKS f TO d 1 */
void by_memcpy(struct s *d, const struct s *f) { memcpy(d, f, sizeof *d); } /* STAYS d */ /* LEAKS f TO d 1 */
void by_memmove(struct s *d, const struct s *f) { memmove(d, f, sizeof *d); } /* STAYS d */ /* LEAKS f TO d 1 */
void by_builtin(struct s *d, const struct s *f) { __builtin_memcpy(d, f, sizeof *d); } /* STAYS d */ /* LEAKS f TO d 1 */
void *by_mempcpy(struct s *d, const struct s *f) { return __builtin_mempcpy(d, f, sizeof *d); } /* LEAKS d TO RESULT 0 */ /* LEAKS f TO d 1 */
void by_bcopy(struct s *d, const struct s *f) { bcopy(f, d, sizeof *d); } /* STAYS d */ /* LEAKS f TO d 1 */
/* By their types these copy numbers: no note, but the addresses travel all the same (below). */
void by_words(long *d, const long *f, int n) { while (n--) *d++ = *f++; } /* STAYS d */ /* STAYS f */
void by_bytes(char *d, const char *f, size_t n) /* STAYS d */ /* STAYS f */
{
    while (n--)
        *d++ = *f++;
}

int *pointers_user(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d; /* STAYS d */
    by_pointers(&d, &f);
    return d.p;
}
int *memcpy_user(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d; /* STAYS d */
    by_memcpy(&d, &f);
    return d.p;
}
int *memcpy_user_other(void)
{
    int x = 1; /* STAYS x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d; /* STAYS d */
    by_memcpy(&d, &f);
    return d.q;
}
int *memmove_user(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d; /* STAYS d */
    by_memmove(&d, &f);
    return d.p;
}
int *words_user(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d; /* STAYS d */
    by_words((long *)&d, (long *)&f, 3);
    return d.p;
}
int *bytes_user(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d; /* STAYS d */
    by_bytes((char *)&d, (char *)&f, sizeof d);
    return d.p;
}
void bytes_kept(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    memcpy(kept_bytes, &f, sizeof f);
}
void bytes_kept_by_loop(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    for (size_t i = 0; i < sizeof f; i++)
        kept_bytes[i] = ((char *)&f)[i];
}
/* Part of a struct: only the words that are copied. */
int *part_with(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d = {0}; /* STAYS d */
    memcpy(&d.p, &f.p, sizeof f.p);
    return d.p;
}
int *part_without(void)
{
    int x = 1; /* STAYS x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d = {0}; /* STAYS d */
    memcpy(&d.q, &f.q, sizeof f.q);
    return d.q;
}
int *shifted(void)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d = {0}; /* STAYS d */
    memcpy(&d.q, &f.p, sizeof f.p);
    return d.q;
}
/* A copy of unknown length. */
int *unknown_length(size_t n)
{
    int x = 1; /* MOVED x */
    struct s f = {1, &x, 0}; /* STAYS f */
    struct s d = {0}; /* STAYS d */
    memcpy(&d, &f, n);
    return d.p;
}
/* Overwritten by zeroes before it leaves. */
int *cleared(void)
{
    int x = 1; /* STAYS x */
    struct s f = {1, &x, 0};
    f.p = NULL;
    return f.p;
}
/* Arrays. */
void copy_array(int **d, int **f, int n) /* STAYS d */ /* LEAKS f TO d 1 */
{
    for (int i = 0; i < n; i++)
        d[i] = f[i];
}
int *copy_array_user(void)
{
    int x = 1; /* MOVED x */
    int *f[3] = {&x, &x, &x}; /* STAYS f */
    int *d[3]; /* STAYS d */
    copy_array(d, f, 3);
    return d[1];
}
int copy_array_private(void)
{
    int x = 1; /* STAYS x */
    int *f[3] = {&x, &x, &x}; /* STAYS f */
    int *d[3]; /* STAYS d */
    copy_array(d, f, 3);
    return *d[1];
}
/* realloc hands on what stood in the old block. */
int *through_realloc(void)
{
    int x = 1; /* MOVED x */
    int **a = malloc(sizeof *a); /* NOTE "malloc(8) does not escape" */
    *a = &x;
    a = realloc(a, 2 * sizeof *a); /* NOTE "realloc(a, 16) does not escape" */
    int *r = *a;
    free(a);
    return r;
}
/* Sorting moves elements about within their array. */
int compare(const void *a, const void *b) /* STAYS a */ /* STAYS b */
{
    int *const *x = a;
    int *const *y = b;
    return **x - **y;
}
int *sorted(void)
{
    int x = 1; /* MOVED x */
    int y = 2; /* MOVED y */
    int *a[2] = {&x, &y}; /* STAYS a */
    qsort(a, 2, sizeof *a, compare);
    return a[0];
}
int sorted_private(void)
{
    int x = 1; /* STAYS x */
    int y = 2; /* STAYS y */
    int *a[2] = {&x, &y}; /* STAYS a */
    qsort(a, 2, sizeof *a, compare);
    return *a[0];
}
/* Chains of copies through three variables. */
int *three_copies(void)
{
    int x = 1; /* MOVED x */
    struct s a = {0, &x, 0};
    struct s b = a;
    struct s c;
    c = b;
    return c.p;
}
/* An array inside a struct, copied whole. */
struct row {
    int *at[3];
};
int *row_copied(int n)
{
    int x = 1; /* MOVED x */
    struct row a = {{&x, 0, 0}};
    struct row b = a; /* STAYS b */
    return b.at[n];
}
struct row row_exchanged(struct row *r, struct row n) /* LEAKS r TO RESULT 1 */ /* LEAKS n TO r 0 */ /* BAD LEAKS n TO RESULT 0: memory behind a pointer has no order of loads and stores */
{
    struct row old = *r;
    *r = n;
    return old;
}
