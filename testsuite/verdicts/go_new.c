/* OPTIONS: m warn=none */
/*
 * goe_new, goe_make and literals: which of them escape.
 */
#include <goescape.h>
#include <stddef.h>

int *kept;
void *anything;
int number;

struct point {
    int x, y, z;
};
typedef struct point point;

int *new_given(void) { return goe_new(int); } /* NOTE "goe_new(int) escapes to heap" */
int new_read(void) { return *goe_new(int); } /* NOTE "goe_new(int) does not escape" */
void new_kept(void) { kept = goe_new(int); } /* NOTE "goe_new(int) escapes to heap" */
point *new_typedef(void) { return goe_new(point); } /* NOTE "goe_new(point) escapes to heap" */
void new_in_variable(void)
{
    point *p = goe_new(point); /* NOTE "goe_new(point) does not escape" */
    p->x = p->y = 1;
    number = p->x + p->y;
}
void *new_cast(void)
{
    point *p = goe_new(point); /* NOTE "goe_new(point) escapes to heap" */
    return p;
}
int *new_inside(void)
{
    point *p = goe_new(point); /* NOTE "goe_new(point) escapes to heap" */
    return &p->z;
}
int *new_or_parameter(int c, int *q) /* LEAKS q TO RESULT 0 */
{
    int *p = c ? goe_new(int) : q; /* NOTE "goe_new(int) escapes to heap" */
    return p;
}
int new_or_parameter_read(int c, int *q) /* STAYS q */
{
    int *p = c ? goe_new(int) : q; /* NOTE "goe_new(int) does not escape" */
    return *p;
}
void new_into_parameter(int **q) { *q = goe_new(int); } /* STAYS q */ /* NOTE "goe_new(int) escapes to heap" */
void new_into_local(void)
{
    int *p; /* STAYS p */
    int **q = &p;
    *q = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
    *p = 1;
}
void new_given_to_callee(void)
{
    int *p; /* STAYS p */
    new_into_parameter(&p);
    *p = 1;
}
point point_value(int pass)
{
    point v[] = {{.x = 1, .z = 1}};
    v[0].y = pass;
    return v[0];
}
point *array_of_points(void)
{
    point *v = goe_make(point, 3); /* NOTE "goe_make(point, 3) escapes to heap" */
    v[0].x = 1;
    return v + 1;
}
int sum_of_points(void)
{
    point *v = goe_make(point, 3); /* NOTE "goe_make(point, 3) does not escape" */
    int s = 0;
    for (int i = 0; i < 3; i++)
        s += v[i].x;
    return s;
}

/* Fresh objects that hold each other. */
struct node {
    struct node *next;
    int *value;
};
int list_of_new(void)
{
    struct node *a = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    struct node *b = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    a->next = b;
    b->value = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
    return *a->next->value;
}
struct node *list_of_new_given(void)
{
    struct node *a = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    struct node *b = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    a->next = b;
    b->value = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    return a;
}
int *last_of_new_given(void)
{
    struct node *a = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    struct node *b = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */ /* GO: escapes to heap */
    a->next = b;
    b->value = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    return a->next->value;
}

/* Literals. */
point *literal_given(void) { return &(point){1, 2, 3}; } /* NOTE "moved to heap: compound literal" */
int literal_read(void) { return (&(point){1, 2, 3})->y; } /* NOTE "compound literal does not escape" */
void literal_kept(void) { anything = &(point){1, 2, 3}; } /* NOTE "moved to heap: compound literal" */
int literal_handed(point *p) { return p->x; } /* STAYS p */
int literal_hander(void) { return literal_handed(&(point){1, 2, 3}); } /* NOTE "compound literal does not escape" */
int literal_outlives_block(int c)
{
    point *p;
    if (c)
        p = &(point){1, 2, 3}; /* NOTE "lifetime extended to function: compound literal" */
    else
        p = &(point){4, 5, 6}; /* NOTE "lifetime extended to function: compound literal" */
    return p->x;
}
int literal_in_loop(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++) {
        point *p = &(point){i, i, i}; /* NOTE "compound literal does not escape" */
        s += p->x;
    }
    return s;
}
struct node *literal_nested(void)
{
    return &(struct node){NULL, &(int){5}}; /* NOTE "moved to heap: compound literal" */ /* NOTE "moved to heap: compound literal" */
}
int *literal_nested_value(void)
{
    struct node *n = &(struct node){NULL, NULL}; /* NOTE "compound literal does not escape" */
    n->value = &(int){5}; /* NOTE "moved to heap: compound literal" */
    return n->value;
}

/* Every ordinary way to return the address of a local. */
int *assigned(int x)
{
    int i; /* MOVED i */
    i = x;
    return &i;
}
int *initialised(int x)
{
    int j = x; /* MOVED j */
    j = x;
    return &j;
}
int *parameter(int x) { return &x; } /* MOVED x */
int *out_parameter(int i, int **p) /* STAYS p */
{
    int x = i; /* MOVED x */
    *p = &x;
    return &x;
}
int *element(int x)
{
    int a[2] = {x, x}; /* MOVED a */
    return &a[1];
}
int *whole_array(int x)
{
    int a[2] = {x, x}; /* MOVED a */
    return a;
}
int (*pointer_to_array(int x))[2]
{
    int a[2] = {x, x}; /* MOVED a */
    return &a;
}

/* The size is not known here. */
int made_of_some_size(int n)
{
    int *s = goe_make(int, n); /* NOTE "goe_make(int, ...) does not escape" */ /* GO: escapes to heap */
    s[0] = n;
    return s[0] + n;
}
