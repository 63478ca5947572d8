/* OPTIONS: m warn=none */
/*
 * What comes back to the caller: the parameter itself (level 0), what it points to (level 1), and so
 * on. A caller keeps its variables on the stack unless the result travels further.
 */
#include <goescape.h>

int *kept;
int number;

struct two {
    int *a;
    int *b;
};

int just_read(int *p) { return *p; } /* STAYS p */
int *same(int *p) { return p; } /* LEAKS p TO RESULT 0 */
struct two both_same(int *p) { return (struct two){p, p}; } /* LEAKS p TO RESULT 0 */
struct two pair_of(int *p, int *q) { return (struct two){p, q}; } /* LEAKS p TO RESULT 0 */ /* LEAKS q TO RESULT 0 */
struct two pair_swapped(int *p, int *q) { return pair_of(q, p); } /* LEAKS p TO RESULT 0 */ /* LEAKS q TO RESULT 0 */

struct two pair_through_locals(int *p, int *q) /* LEAKS p TO RESULT 0 */ /* LEAKS q TO RESULT 0 */
{
    struct two t = pair_of(q, p);
    int *r = t.a;
    int *s = t.b;
    return (struct two){r, s};
}

struct two pair_through_struct(int *p, int *q) /* LEAKS p TO RESULT 0 */ /* LEAKS q TO RESULT 0 */
{
    struct two t;
    t = pair_of(q, p);
    return t;
}

/* Only one half of the pair leaves: the other parameter is free. */
int *first_of_pair(int *p, int *q) { return pair_of(p, q).a; } /* LEAKS p TO RESULT 0 */ /* STAYS q */ /* GO: LEAKS q TO RESULT 0 */
int *second_of_swapped(int *p, int *q) { return pair_swapped(p, q).b; } /* LEAKS p TO RESULT 0 */ /* STAYS q */

int *keep_and_give(int *p) { kept = p; return p; } /* LEAKS p */

void reads(void)
{
    int x = 0; /* STAYS x */
    number = just_read(&x);
}

void gets_it_back(void)
{
    int x = 0; /* STAYS x */
    int *p = same(&x);
    *p = 1;
}

void gets_it_back_and_keeps(void)
{
    int x = 0; /* MOVED x */
    int *p = same(&x);
    kept = p;
}

void both_kept(void)
{
    int x = 0; /* MOVED x */
    struct two t = both_same(&x);
    kept = t.a;
    kept = t.b;
}

void chained_and_dropped(void)
{
    int x = 0; /* STAYS x */
    struct two t = both_same(&x);
    (void)pair_of(t.a, t.b);
}

void chained_and_kept(void)
{
    int x = 0; /* MOVED x */
    struct two t = both_same(&x);
    struct two u = pair_of(t.a, t.b);
    kept = u.a;
    (void)u.b;
}

void one_of_two_kept(void)
{
    int x = 0; /* MOVED x */
    int y = 0; /* STAYS y */
    kept = pair_of(&x, &y).a;
}

void other_of_two_kept(void)
{
    int x = 0; /* STAYS x */
    int y = 0; /* MOVED y */
    struct two t = pair_of(&x, &y);
    kept = t.b;
}

/* A method that returns its receiver, on a fresh object. */
struct counter {
    int n;
};
struct counter *counter_add(struct counter *c, int by, int *ok) /* LEAKS c TO RESULT 0 */ /* STAYS ok */
{
    c->n += by;
    *ok = 1;
    return c;
}
struct counter *fresh_counter(void)
{
    int ok; /* STAYS ok */
    return counter_add(goe_new(struct counter), 42, &ok); /* NOTE "goe_new(struct counter) escapes to heap" */
}
int fresh_counter_read(void)
{
    int ok; /* STAYS ok */
    return counter_add(goe_new(struct counter), 42, &ok)->n; /* NOTE "goe_new(struct counter) does not escape" */
}

/* Mutual recursion hands its parameters back crosswise, and nothing else. */
struct two cross_one(int *p, int *q);
struct two cross_two(int *p, int *q) /* LEAKS p TO RESULT 0 */ /* LEAKS q TO RESULT 0 */ /* GO: LEAKS p */
{
    if (*p > *q)
        return cross_one(q, p);
    return (struct two){p, q};
}
struct two cross_one(int *p, int *q) { return cross_two(q, p); } /* LEAKS p TO RESULT 0 */ /* LEAKS q TO RESULT 0 */ /* GO: LEAKS p */

int cross_user(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int y = 2; /* STAYS y */ /* GO: MOVED y */
    struct two t = cross_one(&x, &y);
    return *t.a + *t.b;
}

/* Kept in one branch only, given back in the other. */
struct box {
    int *x;
};
struct wrapped {
    struct box *y;
};
struct box *global_box;
struct wrapped wrap_or_not(struct box *p) /* LEAKS p */
{
    if (!p)
        return (struct wrapped){0};
    global_box = p;
    return (struct wrapped){p};
}
void wrap_user(void)
{
    struct box j = {0}; /* MOVED j */
    wrap_or_not(&j);
}

/* Levels. */
int ***zero_levels(int ***p) { return p; } /* LEAKS p TO RESULT 0 */
int **one_level(int ***p) { return *p; } /* LEAKS p TO RESULT 1 */
int *two_levels(int ***p) { return **p; } /* LEAKS p TO RESULT 2 */
int three_levels(int ***p) { return ***p; } /* STAYS p */

int **one_level_used(void)
{
    static int **none;
    int x = 0; /* STAYS x */
    int *p = &x; /* STAYS p */
    int **pp = &p; /* STAYS pp */
    number = **one_level(&pp);
    return none;
}

/* Either level may come back: both notes would be true, the lower one covers the other. */
void *either_level(int c, void **p) /* LEAKS p TO RESULT 0 */
{
    return c ? (void *)p : *p;
}

int *after_test(int *p) /* LEAKS p TO RESULT 0 */
{
    switch (*p + 110) {
    case 12:
        return p;
    case 42:
        return 0;
    }
    return 0;
}

/* The address of the parameter, dereferenced again. */
int *round_trip(int *p) /* LEAKS p TO RESULT 0 */
{
    int **pp = &p;
    return *pp;
}
int *round_trip_long(int n) /* MOVED n */
{
    int *y = &n; /* STAYS y */
    int **x = &y;
    return *x;
}
void *round_trip_cast(int *p) /* LEAKS p TO RESULT 0 */
{
    return *(void **)(void *)&p;
}
int *address_of_parameter(int n) { return &n; } /* MOVED n */
int *address_in_branches(int c)
{
    if (c) {
        int x = 1; /* MOVED x */
        return &x;
    } else {
        int y = 1; /* MOVED y */
        return &y;
    }
}

/* A result variable that takes part in the result. */
struct self {
    int x;
    int *y;
};
struct self result_points_into_local(void)
{
    int x = 0; /* MOVED x */
    struct self r;
    r.x = 0;
    r.y = &x;
    return r;
}
void *points_to_itself(void)
{
    void *x; /* MOVED x */
    x = &x;
    return x;
}

/* What the callee is told to fill in is the caller's business. */
void fill_out(int **out, int *p) { *out = p; } /* STAYS out */ /* LEAKS p TO out 0 */ /* GO: LEAKS p */
int fill_out_user(void)
{
    int x = 3; /* STAYS x */ /* GO: MOVED x */
    int *p; /* STAYS p */
    fill_out(&p, &x);
    return *p;
}
int *fill_out_returned(void)
{
    int x = 3; /* MOVED x */
    int *p; /* STAYS p */
    fill_out(&p, &x);
    return p;
}
