/* OPTIONS: m warn=none */
/*
 * Where a store may go and what an address may come from: memory nobody here knows, library functions,
 * odd lvalues. Every x outlives its function.
 */
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <stdio.h>
#include <search.h>
struct s {
    int *p;
    struct s *next;
    int n;
};
int *g;
void *gv;
struct s gs;
int num;
int c(void);

/* Unknown function writes into what it is lent its own pointers; reading them back is world. */
void fill(struct s *s);
void into_what_unknown_linked(void)
{
    int x; /* MOVED x */
    struct s s = {0}; /* STAYS s */
    fill(&s);
    if (s.next)
        s.next->p = &x;
}

void into_lent_parameter(struct s *s) /* STAYS s */
{
    int x; /* MOVED x */
    fill(s);
    s->p = &x;
}

/* World objects returned. */
struct s *find(void);
void into_found(void)
{
    int x; /* MOVED x */
    find()->p = &x;
}

void into_far_beyond_found(void)
{
    int x; /* MOVED x */
    find()->next->next->p = &x;
}

void into_environment(void)
{
    int x; /* MOVED x */
    *(int **)getenv("x") = &x;
}

void into_global_text(void)
{
    int x; /* MOVED x */
    int **q = (int **)strchr((char *)gv, 'a');
    *q = &x;
}

/* Pointers from ints. */
void into_number(uintptr_t a)
{
    int x; /* MOVED x */
    *(int **)a = &x;
}

void into_constant(void)
{
    int x; /* MOVED x */
    *(int **)0x1000 = &x;
}

void into_indexed_global(long a)
{
    int x; /* MOVED x */
    ((int **)gv)[a] = &x;
}

/* Param by value struct with pointer content. */
void behind_value_parameter(struct s s) /* STAYS s */
{
    int x; /* MOVED x */
    s.next->p = &x;
}

void in_kept_copy(struct s s) /* LEAKS s */
{
    int x; /* MOVED x */
    s.p = &x;
    gs = s;
}

struct s in_returned_copy(struct s s) /* LEAKS s TO RESULT 0 */
{
    int x; /* MOVED x */
    s.p = &x;
    return s;
}

/* Argv. */
int main(int argc, char **argv) /* STAYS argv */
{
    char x[4]; /* MOVED x */
    argv[argc - 1] = x;
    return 0;
}

/* Conditional expressions. */
int *either_returned(int k)
{
    int x, y2; /* MOVED x */ /* MOVED y2 */
    int *p = k ? &x : &y2;
    return p;
}

void either_parameter(int k, int **a, int **b) /* STAYS a */ /* STAYS b */
{
    int x; /* MOVED x */
    *(k ? a : b) = &x;
}

void local_or_global(int k)
{
    int x; /* MOVED x */
    int *l; /* STAYS l */
    *(k ? &l : &g) = &x;
}

/* Comma, assignment value, compound assign. */
int *value_of_assignment(void)
{
    int x; /* MOVED x */
    int *p;
    return p = (c(), &x);
}

int *moved_along(void)
{
    int x[4]; /* MOVED x */
    int *p = x;
    p += c();
    return p--;
}

int *moved_first(void)
{
    int x[4]; /* MOVED x */
    int *p = x;
    return ++p;
}

/* Static local in loop. */
void static_list(void)
{
    static struct s *head;
    struct s x; /* MOVED x */
    x.next = head;
    head = &x;
}

/* Address of member of nested. */
struct n {
    struct {
        struct {
            int v;
        } b;
    } a[3];
};
int *deep_inside(int i)
{
    struct n x; /* MOVED x */
    return &x.a[i].b.v;
}

/* Array param, 2d. */
int (*rows(void))[3]
{
    int x[2][3]; /* MOVED x */
    return x;
}

int *row(int i)
{
    int x[2][3]; /* MOVED x */
    return x[i];
}

/* String builtins. */
char *by_strcpy(void)
{
    char x[8]; /* MOVED x */
    return strcpy(x, "a");
}

char *by_strchr(void)
{
    char x[8]; /* MOVED x */
    return strchr(x, 'a');
}

char *by_stpcpy(void)
{
    char x[8]; /* MOVED x */
    return __builtin_stpcpy(x, "a");
}

char *by_strtol(void)
{
    char x[8]; /* MOVED x */
    char *e; /* STAYS e */
    strtol(x, &e, 10);
    return e;
}

char *by_strtok_r(void)
{
    char x[8]; /* MOVED x */
    char *sv; /* STAYS sv */
    return strtok_r(x, ",", &sv);
}

char *by_strtok(void)
{
    char x[8]; /* MOVED x */
    return strtok(x, ",");
}

void remembered_by_strtok(void)
{
    char x[8]; /* MOVED x */
    strtok(x, ",");
}

char *by_fgets(void)
{
    char x[8]; /* MOVED x */
    return fgets(x, 8, stdin);
}

void *by_memchr(void)
{
    char x[8]; /* MOVED x */
    return memchr(x, 1, 8);
}

char *by_strsep(void)
{
    char x[8]; /* MOVED x */
    return strsep(&(char *){x}, ","); /* NOTE "compound literal does not escape" */
}

void by_setvbuf(void)
{
    char x[BUFSIZ]; /* MOVED x */
    setvbuf(stdout, x, _IOFBF, BUFSIZ);
}

void by_putenv(void)
{
    char x[8] = "A=1"; /* MOVED x */
    putenv(x);
}

void by_hsearch(void)
{
    int x; /* MOVED x */
    hsearch((ENTRY){"k", &x}, ENTER);
}

void by_tsearch(void)
{
    int x; /* MOVED x */
    void *root = gv;
    tsearch(&x, &gv, (void *)c);
}

char *by_memcpy(void)
{
    char x[8]; /* MOVED x */
    return memcpy(x, "abc", 4);
}

char *by_checked_memcpy(void)
{
    char x[8]; /* MOVED x */
    return __builtin___memcpy_chk(x, "abc", 4, 8);
}

void *by_bsearch(void)
{
    int x[2]; /* MOVED x */
    return bsearch(&num, x, 2, 4, (void *)c);
}

/* Goto around. */
int *around_by_goto(int k)
{
    int x; /* MOVED x */
    int *p;
    if (k)
        goto a;
    p = &num;
    goto b;
a:
    p = &x;
b:
    return p;
}

/* Weird lvalues. */
int *second_element(void)
{
    int x; /* MOVED x */
    struct s t[2]; /* STAYS t */
    t[1].p = &x;
    struct s *q = t + 1;
    return q->p;
}

int *second_element_reversed(void)
{
    int x; /* MOVED x */
    struct s t[2]; /* STAYS t */
    (t + 1)->p = &x;
    return 1 [t].p;
}

int *unknown_element(int i)
{
    int x; /* MOVED x */
    struct s t[4]; /* STAYS t */
    t[i].p = &x;
    return t[3 - i].p;
}

int *unknown_then_known(int i)
{
    int x; /* MOVED x */
    int *t[4]; /* STAYS t */
    *(t + i) = &x;
    return *(t + 2);
}

int *matrix_element(int i)
{
    int x; /* MOVED x */
    int *t[2][2]; /* STAYS t */
    t[i][1] = &x;
    return t[1][i];
}

int *from_the_end(void)
{
    int x; /* MOVED x */
    int *t[4]; /* STAYS t */
    int **e = t + 4;
    *--e = &x;
    return t[3];
}

int *next_member(void)
{
    int x; /* MOVED x */
    struct {
        int *a, *b;
    } t; /* STAYS t */
    *(&t.a + 1) = &x;
    return t.b;
}

int *by_byte_offset(void)
{
    int x; /* MOVED x */
    struct {
        char c;
        int *a;
        char d;
        int *b;
    } t; /* STAYS t */
    char *q = (char *)&t;
    q += 24;
    *(int **)q = &x;
    return t.b;
}

int *by_unknown_offset(int n)
{
    int x; /* MOVED x */
    struct {
        int *a, *b;
    } t; /* STAYS t */
    int **q = &t.a;
    q += n;
    *q = &x;
    return t.b;
}

int *three_levels(void)
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    int **q = &p; /* STAYS q */
    int ***r = &q;
    int *y2 = 0; /* STAYS y2 */
    *r = &y2;
    **r = p;
    return y2;
}

/* Return in the middle of statement expr. */
int *in_statement_expression(void)
{
    return ({
        int x; /* MOVED x */
        return &x;
        (int *)0;
    });
}

int *variable_length(int n)
{
    int x[n]; /* MOVED x */
    return ({ x; });
}

/* Ternary GNU. */
int *or_else(int *p) /* LEAKS p TO RESULT 0 */
{
    int x; /* MOVED x */
    return p ?: &x;
}

/* Bool-ish && loops. */
int *in_condition(int n)
{
    int x; /* MOVED x */
    int *p = 0;
    while (n-- && (p = &x))
        ;
    return p;
}

/* Param modified. */
int **parameter_itself(int *x) /* LEAKS x */ /* MOVED x */
{
    return &x;
}

int **parameter_replaced(int a, int *x) /* LEAKS x */ /* MOVED x */
{
    x = &num;
    return a ? &x : 0;
}

/* Struct containing array returned through pointer param. */
void whole_out(struct s *o) /* STAYS o */
{
    int x; /* MOVED x */
    *o = (struct s){&x, 0, 0};
}

void element_out(struct s *o, int i) /* STAYS o */
{
    int x; /* MOVED x */
    o[i] = (struct s){.p = &x};
}

void bytes_out(void *o) /* STAYS o */
{
    int x; /* MOVED x */
    int *p = &x; /* STAYS p */
    memcpy(o, &p, sizeof p);
}

void bytes_out_at(void *o, size_t k) /* STAYS o */
{
    int x; /* MOVED x */
    *(int **)((char *)o + k) = &x;
}
