/* OPTIONS: m warn=none */
/*
 * Arrays of pointers: elements at known indices are kept apart, an unknown index means any of them.
 */
#include <goescape.h>
#include <stddef.h>
#include <string.h>

struct pair {
    int *at[2];
};
int *kept;
void *anything;

/* An element stands for its array when it is not known which one is meant. */
int *one_of_twelve(int n, int *i) /* LEAKS i TO RESULT 0 */
{
    int *a[12] = {0}; /* STAYS a */
    a[n] = i;
    return a[1];
}
int *another_of_twelve(int *i) /* STAYS i */ /* GO: LEAKS i TO RESULT 0 */
{
    int *a[12] = {0};
    a[0] = i;
    return a[1];
}
int *same_of_twelve(int *i) /* LEAKS i TO RESULT 0 */
{
    int *a[12] = {0};
    a[1] = i;
    return a[1];
}
int *array_dropped(int *i) /* STAYS i */
{
    int *a[12] = {0}; /* STAYS a */
    a[0] = i;
    (void)a;
    return NULL;
}
int *field_dropped(int *i) /* STAYS i */
{
    struct { int *a, *b; } s = {0};
    s.a = i;
    return NULL;
}
int *other_field_given(int *i) /* STAYS i */ /* GO: LEAKS i TO RESULT 0 */
{
    struct { int *a, *b; } s = {0};
    s.a = i;
    return s.b;
}
int *other_field_of_fresh(int *i) /* STAYS i */ /* GO: LEAKS i */
{
    struct pair *s = goe_new(struct pair); /* NOTE "goe_new(struct pair) does not escape" */
    s->at[0] = i;
    return NULL;
}

/* Pairs by value through several functions. */
struct pair make_pair(int *a, int *b) { return (struct pair){{a, b}}; } /* LEAKS a TO RESULT 0 */ /* LEAKS b TO RESULT 0 */
struct pair turn_pair(struct pair p) { return (struct pair){{p.at[1], p.at[0]}}; } /* LEAKS p TO RESULT 0 */
struct pair turned_twice(int *a, int *b) { return turn_pair(turn_pair(make_pair(a, b))); } /* LEAKS a TO RESULT 0 */ /* LEAKS b TO RESULT 0 */

int *turned_other_given(void)
{
    int x = 1; /* STAYS x */
    int y = 2; /* MOVED y */
    struct pair p = turned_twice(&x, &y);
    *p.at[0] = 3;
    return &y;
}

int *turned_second_given(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int y = 2; /* MOVED y */
    struct pair p = turned_twice(&x, &y);
    *p.at[0] = 3;
    return p.at[1];
}

int *first_of(struct pair p) { return p.at[0]; } /* LEAKS p TO RESULT 0 */

/* The first is replaced, the second comes back. */
int *replace_in_copy(struct pair p, int *q) /* LEAKS p TO RESULT 0 */ /* STAYS q */ /* GO: LEAKS q TO RESULT 0 */
{
    p.at[0] = q;
    return p.at[1];
}
int *replace_in_place(struct pair *p, int *q) /* LEAKS p TO RESULT 1 */ /* LEAKS q TO p 0 */ /* GO: LEAKS q */
{
    p->at[0] = q;
    return p->at[1];
}
int *replace_by_content(struct pair *p, int **q) /* LEAKS p TO RESULT 1 */ /* LEAKS q TO p 1 */ /* GO: LEAKS CONTENT q */
{
    p->at[0] = *q;
    return p->at[1];
}
int *replace_by_other(struct pair *p, struct pair *q) /* LEAKS p TO RESULT 1 */ /* LEAKS q TO p 1 */ /* GO: LEAKS CONTENT q */
{
    p->at[0] = q->at[0];
    return p->at[1];
}

void replace_user(void)
{
    int x = 0; /* STAYS x */ /* GO: MOVED x */
    int y = 0; /* STAYS y */
    struct pair p = {{&y, &y}}; /* STAYS p */
    *replace_in_place(&p, &x) = 1;
}
void replace_user_other_kept(void)
{
    int x = 0; /* STAYS x */ /* GO: MOVED x */
    int y = 0; /* MOVED y */
    struct pair p = {{&y, &y}}; /* STAYS p */
    kept = replace_in_place(&p, &x);
}

/* Fresh arrays. */
void into_fresh_array(int *x, int *y) /* STAYS x */ /* GO: LEAKS x */ /* STAYS y */ /* GO: LEAKS y */
{
    int **a = goe_make(int *, 10); /* NOTE "goe_make(int *, 10) does not escape" */
    int **b = goe_make(int *, 20); /* NOTE "goe_make(int *, 20) does not escape" */
    a[0] = x;
    b[0] = y;
    *a[0] = *b[0];
}
struct text_and_more {
    int *s;
    int i[10];
};
void into_fresh_struct(int *x) /* STAYS x */ /* GO: LEAKS x */
{
    struct text_and_more *a = goe_new(struct text_and_more); /* NOTE "goe_new(struct text_and_more) does not escape" */
    a->s = x;
}

/* An array in a loop. */
void array_never_leaves(void)
{
    int x = 0; /* STAYS x */
    int *y[1];
    y[0] = &x;
    *y[0] = 1;
}
struct ten {
    int *at[10];
};
struct ten array_returned(void)
{
    int x = 0; /* MOVED x */
    struct ten y = {{0}};
    y.at[0] = &x;
    return y;
}

/* By value, element by element. */
struct one {
    int *at[1];
};
struct two_lit {
    int *at[2];
};
struct two_lit literal_array(int *x) { return (struct two_lit){{x, NULL}}; } /* LEAKS x TO RESULT 0 */
int *element_by_value(struct one m) { return m.at[0]; } /* LEAKS m TO RESULT 0 */
int *element_behind(int *m[]) { return m[0]; } /* LEAKS m TO RESULT 1 */
int **array_itself(int *m[]) { return m; } /* LEAKS m TO RESULT 0 */
int **array_of(struct one *m) { return m->at; } /* LEAKS m TO RESULT 0 */
int *loop_over_pointer(int *m[], int n) /* LEAKS m TO RESULT 1 */
{
    for (int i = 0; i < n; i++)
        return m[i];
    return NULL;
}
int *loop_over_value(struct one m) /* LEAKS m TO RESULT 0 */
{
    for (int i = 0; i < 1; i++)
        return m.at[i];
    return NULL;
}
int *address_of_index(struct one m) /* STAYS m */
{
    for (int i = 0; i < 1; i++) /* MOVED i */
        return &i;
    return m.at[0] ? NULL : NULL;
}
void into_array(int *m[], int *x) { m[0] = x; } /* STAYS m */ /* LEAKS x TO m 0 */ /* GO: LEAKS x */
void into_copy(struct one m, int *x) { m.at[0] = x; } /* STAYS m */ /* STAYS x */

int *global_pointers[4];
void copy_to_global(int *x[], size_t n) { memcpy(global_pointers, x, n * sizeof *x); } /* LEAKS CONTENT x */
void move_to_global(int *x[], size_t n) { memmove(global_pointers, x, n * sizeof *x); } /* LEAKS CONTENT x */

int *through_literal_array(int *x) /* LEAKS x TO RESULT 0 */
{
    int **m = (int *[]){x}; /* NOTE "compound literal does not escape" */
    return m[0];
}
int *through_array_variable(int *x) /* LEAKS x TO RESULT 0 */
{
    int *m[1] = {x};
    return m[0];
}
struct bar {
    int i;
    int *ii;
};
int *through_struct_variable(int *x) /* LEAKS x TO RESULT 0 */
{
    struct bar m = {.ii = x};
    return m.ii;
}
int *through_struct_literal(int *x) /* LEAKS x TO RESULT 0 */
{
    struct bar *m = &(struct bar){.ii = x}; /* NOTE "compound literal does not escape" */
    return m->ii;
}

/* Array inside a parameter's object: part of it comes back or is kept in itself. */
struct buffer {
    int i[12];
    int *ii;
};
struct buffer *fresh_buffer(void)
{
    struct buffer *b = goe_new(struct buffer); /* NOTE "goe_new(struct buffer) escapes to heap" */
    b->i[0] = 42;
    return b;
}
int buffer_read(struct buffer *b) { return b->i[0]; } /* STAYS b */
int *buffer_inner(struct buffer *b) { return b->i; } /* LEAKS b TO RESULT 0 */
int *buffer_outer(struct buffer *b) { return b->ii + 1; } /* LEAKS b TO RESULT 1 */
void buffer_itself(struct buffer *b) { b->ii = b->i + 4; } /* STAYS b */ /* GO: LEAKS b */
void buffer_itself2(struct buffer *b) /* STAYS b */ /* GO: LEAKS b */
{
    int *buf;
    buf = b->i;
    b->ii = buf;
}
void buffer_itself_user(void)
{
    struct buffer b = {{0}}; /* STAYS b */ /* GO: MOVED b */
    buffer_itself(&b);
    *b.ii = 1;
}
struct nums {
    int i[12];
};
struct with_nums {
    struct nums n;
    int *ii;
};
struct nums only_numbers(struct with_nums b) { return b.n; } /* STAYS b */

/* Part of an array handed to something that keeps it. */
int *saved;
void save(int *x) { saved = x; } /* LEAKS x */
void save_element(void)
{
    int a[64]; /* MOVED a */
    a[4] = 101;
    save(&a[4]);
}
void save_element_of_part(void)
{
    int a[64]; /* MOVED a */
    int *b = a;
    save(&(b + 4)[2]);
}
void save_element_at(int n)
{
    int a[64]; /* MOVED a */
    save(a + n);
}
int *give_array(int *buf) { return buf; } /* LEAKS buf TO RESULT 0 */
void save_through_call(void)
{
    int x[32]; /* MOVED x */
    save(&give_array(x)[0]);
}

/* A loop over the address of an inner array. */
struct a3 {
    unsigned b[3];
};
struct b3 {
    unsigned *b[3];
};
unsigned *kept3;
int first_bit(struct a3 a)
{
    unsigned (*all)[3] = &a.b;
    for (int i = 0; i < 3; i++)
        if ((*all)[i])
            return 64 * i + (int)(*all)[i];
    return 0;
}
int first_bit_behind(struct a3 *a) /* STAYS a */
{
    for (int i = 0; i < 3; i++)
        if (a->b[i])
            return 64 * i + (int)a->b[i];
    return 0;
}
unsigned *first_pointer_behind(struct b3 *a) /* LEAKS a TO RESULT 1 */
{
    for (int i = 0; i < 3; i++)
        if (i == 0)
            return a->b[i];
    return NULL;
}
unsigned *first_pointer_behind2(struct b3 *a) /* LEAKS a TO RESULT 1 */
{
    unsigned *(*p)[3] = &a->b;
    for (int i = 0; i < 3; i++)
        if (i == 0)
            return (*p)[i];
    return NULL;
}
unsigned *first_pointer(struct b3 a) /* LEAKS a TO RESULT 0 */
{
    unsigned *(*p)[3] = &a.b;
    for (int i = 0; i < 3; i++)
        if (i == 0)
            return (*p)[i];
    return NULL;
}
void arrays_of_all_kinds(void)
{
    struct a3 a1 = {{0}};
    struct a3 a2 = {{0}}; /* STAYS a2 */
    struct b3 b1 = {{0}}; /* STAYS b1 */
    struct b3 b2 = {{0}}; /* STAYS b2 */
    struct b3 b3 = {{0}};
    struct b3 b4 = {{0}}; /* STAYS b4 */
    unsigned x1 = 0; /* STAYS x1 */ /* GO: MOVED x1 */
    unsigned x2 = 0; /* STAYS x2 */
    unsigned x3 = 0; /* MOVED x3 */
    unsigned x4 = 0; /* STAYS x4 */
    b1.b[0] = &x1;
    b2.b[0] = &x2;
    b3.b[0] = &x3;
    b4.b[0] = &x4;
    first_bit(a1);
    first_bit_behind(&a2);
    kept3 = first_pointer_behind(&b1);
    first_pointer_behind(&b2);
    kept3 = first_pointer_behind2(&b1);
    first_pointer_behind2(&b4);
    kept3 = first_pointer(b3);
}

/* Bytes and numbers have no addresses in them, unless somebody put them there. */
char global_bytes[16];
int global_ints[4];

void bytes_to_global(const char *x) { memcpy(global_bytes, x, sizeof global_bytes); } /* STAYS x */
void ints_to_global(const int *x) { memcpy(global_ints, x, sizeof global_ints); } /* STAYS x */
