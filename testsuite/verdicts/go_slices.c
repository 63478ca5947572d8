/* OPTIONS: m warn=none */
/*
 * Slices as C has them: pointer, length, room. Elements stored into a private array stay private.
 */
#include <goescape.h>
#include <stddef.h>
#include <string.h>

int *kept;
int **kept2;
int number;

struct vec {
    int **at;
    int n, room;
};
void vec_push(struct vec *v, int *p) { v->at[v->n++] = p; } /* STAYS v */ /* LEAKS p TO v 0 */ /* GO: LEAKS p */
int *vec_first(struct vec *v) { return v->at[0]; } /* LEAKS v TO RESULT 2 */

void push_private(void)
{
    int *room[4]; /* STAYS room */
    struct vec v = {room, 0, 4}; /* STAYS v */
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    vec_push(&v, &i);
    *v.at[0] = 1;
}
int *push_and_give(void)
{
    int *room[4]; /* STAYS room */
    struct vec v = {room, 0, 4}; /* STAYS v */
    int i = 0; /* MOVED i */
    vec_push(&v, &i);
    return v.at[0];
}
int *push_and_give_by_call(void)
{
    int *room[4]; /* STAYS room */
    struct vec v = {room, 0, 4}; /* STAYS v */
    int i = 0; /* MOVED i */
    vec_push(&v, &i);
    return vec_first(&v);
}
struct vec push_and_give_all(void)
{
    struct vec v = {goe_make(int *, 4), 0, 4}; /* STAYS v */ /* NOTE "goe_make(int *, 4) escapes to heap" */
    int i = 0; /* MOVED i */
    vec_push(&v, &i);
    return v;
}
int *push_and_search(void)
{
    int *room[4]; /* STAYS room */
    struct vec v = {room, 0, 4}; /* STAYS v */
    int i = 0; /* MOVED i */
    vec_push(&v, &i);
    for (int k = 0; k < v.n; k++)
        if (v.at[k])
            return v.at[k];
    return NULL;
}

void element_of_parameter(int **s) /* STAYS s */
{
    int i = 0; /* MOVED i */
    s[0] = &i;
}
void element_of_parameter_or_new(int **s) /* STAYS s */
{
    if (s)
        s = goe_make(int *, 10); /* NOTE "goe_make(int *, 10) does not escape" */
    int i = 0; /* MOVED i */
    s[0] = &i;
}
void element_of_new(void)
{
    int **s = goe_make(int *, 10); /* NOTE "goe_make(int *, 10) does not escape" */
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    s[0] = &i;
    *s[0] = 1;
}
int *element_of_new_given(void)
{
    int **s = goe_make(int *, 10); /* NOTE "goe_make(int *, 10) does not escape" */
    int i = 0; /* MOVED i */
    s[0] = &i;
    return s[0];
}
int **new_given(void)
{
    int **s = goe_make(int *, 10); /* NOTE "goe_make(int *, 10) escapes to heap" */
    int i = 0; /* MOVED i */
    s[0] = &i;
    return s;
}
void literal_private(void)
{
    int i = 0; /* STAYS i */
    int **s = (int *[]){&i}; /* NOTE "compound literal does not escape" */
    *s[0] = 1;
}
int *literal_element_given(void)
{
    int i = 0; /* MOVED i */
    int **s = (int *[]){&i}; /* NOTE "compound literal does not escape" */
    return s[0];
}
int **literal_given(void)
{
    int i = 0; /* MOVED i */
    int **s = (int *[]){&i}; /* NOTE "moved to heap: compound literal" */
    return s;
}
/* One after another. */
void new_after_new(int n)
{
    int *s = goe_make(int, 3); /* NOTE "goe_make(int, 3) does not escape" */
    s[0] = n;
    s = goe_make(int, 2); /* NOTE "goe_make(int, 2) does not escape" */
    s[0] = n;
}
int (*as_array(int *x))[1] { return (int (*)[1])x; } /* LEAKS x TO RESULT 0 */

/* Merging a list of strings into another. */
struct strings {
    const char **at;
    int n;
};
void merge(struct strings *out, const struct strings *in) /* STAYS out */ /* LEAKS in TO out 2 */ /* GO: LEAKS CONTENT in */
{
    for (int i = 0; i < in->n; i++)
        for (int k = 0; k < out->n; k++)
            if (!strncmp(out->at[k], in->at[i], 4))
                out->at[k] = in->at[i];
}
int merge_user(const char *dir) /* STAYS dir */
{
    char buf[16] = "PWD="; /* STAYS buf */
    const char *env[] = {buf, "HOME="}; /* STAYS env */
    const char *add[] = {dir}; /* STAYS add */
    struct strings e = {env, 2}; /* STAYS e */
    struct strings a = {add, 1}; /* STAYS a */
    merge(&e, &a);
    return env[0][0];
}

/* A constructor of byte arrays. */
static const unsigned char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
unsigned char *ip4(unsigned a, unsigned b)
{
    unsigned char *p = goe_make(unsigned char, 16); /* NOTE "goe_make(unsigned char, 16) escapes to heap" */
    memcpy(p, prefix, sizeof prefix);
    p[12] = (unsigned char)a;
    p[13] = (unsigned char)b;
    return p;
}
struct addr {
    unsigned char *ip;
    const char *zone;
};
struct test {
    const char *name;
    struct addr *addr;
};
struct test tests[2];
void set_up_tests(void)
{
    struct test made[] = {
        {"ip", &(struct addr){ip4(127, 0), 0}}, /* NOTE "moved to heap: compound literal" */
        {"ip4", &(struct addr){ip4(127, 1), 0}}, /* NOTE "moved to heap: compound literal" */
    };
    tests[0] = made[0];
    tests[1] = made[1];
}

/* A part of a slice handed down. */
void keep_part(int *s, int n) { kept = s + n; } /* LEAKS s */
void part_kept(void)
{
    int *s = goe_make(int, 8); /* NOTE "goe_make(int, 8) escapes to heap" */
    keep_part(s, 3);
}
int *slide(int *s, int n) { return s + n; } /* LEAKS s TO RESULT 0 */
int part_read(void)
{
    int s[8] = {0}; /* STAYS s */
    return *slide(s, 3);
}
/* An append that grows: the element goes to whatever array the vector has afterwards. */
void vec_grow_push(struct vec *v, int *p) /* LEAKS CONTENT v */ /* LEAKS p */
{
    if (v->n == v->room) {
        int **bigger = goe_make(int *, 100); /* NOTE "goe_make(int *, 100) escapes to heap" */
        memcpy(bigger, v->at, (size_t)v->n * sizeof *bigger);
        v->at = bigger;
        v->room = 100;
    }
    v->at[v->n++] = p;
}

struct vec push_parameter_and_give(int *x) /* LEAKS x */
{
    struct vec v = {goe_make(int *, 4), 0, 4}; /* STAYS v */ /* NOTE "goe_make(int *, 4) escapes to heap" */
    vec_push(&v, x);
    return v;
}

struct vec global_vec;

void push_global(int *x) { vec_push(&global_vec, x); } /* LEAKS x */
void push_all_global(int **x, int n) /* LEAKS CONTENT x */
{
    for (int i = 0; i < n; i++)
        vec_push(&global_vec, x[i]);
}
