/* OPTIONS: m warn=none */
/*
 * Stores through pointers. Go counts each as a store to the heap; here it goes to what the pointer
 * may point to.
 */
#include <goescape.h>

struct inner {
    int *p;
    int i;
};
struct node {
    int *p;
    struct inner c;
    struct node **x;
};
void *kept;
int *kept_int;
struct node kept_node;
char *kept_byte;

void into_private_object(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct node *x = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    x->p = &i;
}

struct node *into_returned_object(void)
{
    int i = 0; /* MOVED i */
    struct node *x = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    x->p = &i;
    return x;
}

struct node into_object_returned_by_value(void)
{
    int i = 0; /* MOVED i */
    struct node *x = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    x->p = &i;
    return *x;
}

struct node **into_object_behind_returned_variable(void)
{
    int i = 0; /* MOVED i */
    struct node *x = goe_new(struct node); /* MOVED x */ /* NOTE "goe_new(struct node) escapes to heap" */
    x->p = &i;
    return &x;
}

void into_kept_object(void)
{
    int i = 0; /* MOVED i */
    struct node *x = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    x->p = &i;
    kept = x;
}

void into_object_kept_by_value(void)
{
    int i = 0; /* MOVED i */
    struct node *x = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    x->p = &i;
    kept_node = *x;
}

/* Another field of the same object is kept. */
void other_field_of_private_object(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct node *x = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    x->p = &i;
    kept_int = x->c.p;
}

struct node *copied_from_scratch(void)
{
    struct node *p = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    struct node *scratch = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    *p = *scratch;
    return p;
}

struct node *copied_from_literal(void)
{
    struct node *p = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    *p = *&(struct node){0}; /* NOTE "compound literal does not escape" */
    return p;
}

void copied_into_scratch(struct node *p) /* STAYS p */ /* GO: LEAKS CONTENT p */
{
    struct node *scratch = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    *scratch = *p;
}

struct node **part_copied(void)
{
    struct node *p = goe_new(struct node); /* MOVED p */ /* NOTE "goe_new(struct node) escapes to heap" */
    struct inner tmp = {0, 0}; /* STAYS tmp */
    struct inner *t = &tmp;
    p->c = *t;
    return &p;
}

struct node part_with_address(void)
{
    struct node *p = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    struct inner part = {0, 0};
    int i = 0; /* MOVED i */
    part.p = &i;
    p->c = part;
    return *p;
}

struct node through_pointer_to_pointer(void)
{
    struct node *x = goe_new(struct node); /* MOVED x */ /* NOTE "goe_new(struct node) escapes to heap" */
    int i = 0; /* MOVED i */
    struct node *p = goe_new(struct node); /* STAYS p */ /* NOTE "goe_new(struct node) does not escape" */
    p->p = &i;
    p->x = &x;
    struct node **pp = &p;
    return **pp;
}

struct node *copied_with_address(void)
{
    int i = 0; /* MOVED i */
    struct node *p = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    struct node *scratch = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    scratch->p = &i;
    *p = *scratch;
    return p;
}

/* Through a parameter: the caller sees it. */
void through_parameter(int **p) /* STAYS p */
{
    int i = 0; /* MOVED i */
    int **y = p;
    *y = &i;
}

/* Through a pointer to the parameter: only the parameter changes. */
void through_address_of_parameter(int *p) /* STAYS p */
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int **y = &p;
    *y = &i;
    **y = 1;
}

void through_field_of_pointer(void)
{
    struct holder {
        int **f;
    } z;
    int *x = goe_new(int); /* MOVED x */ /* NOTE "goe_new(int) escapes to heap" */
    kept = &x;
    z.f = &x;
    int **p = z.f;
    int i = 0; /* MOVED i */
    *p = &i;
}

void same_byte(void)
{
    char x = 0; /* MOVED x */
    kept_byte = &*&x;
}

/* A chain of two stores: x is reached through the object that p points to. */
void two_stores_private(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    struct inner in = {0, 0}; /* STAYS in */ /* GO: MOVED in */
    struct inner *p = &in; /* STAYS p */
    struct inner **pp = &p;
    (*pp)->p = &x;
    in.i = *in.p;
}

void two_stores_kept(void)
{
    int x = 1; /* MOVED x */
    struct inner in = {0, 0}; /* MOVED in */
    struct inner *p = &in; /* STAYS p */
    struct inner **pp = &p;
    (*pp)->p = &x;
    kept = p;
}

/* The pointer may name either of two variables; only one of them is kept afterwards. */
void either_target(int c)
{
    int x = 1; /* MOVED x */
    int *a = 0; /* STAYS a */
    int *b = 0; /* STAYS b */
    int **t = c ? &a : &b;
    *t = &x;
    kept_int = a;
}

void neither_kept(int c)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int *a = 0; /* STAYS a */
    int *b = 0; /* STAYS b */
    int **t = c ? &a : &b;
    *t = &x;
    if (a)
        *a = 2;
    if (b)
        *b = 3;
}

/* Two pointers, two targets: the stores do not mix. */
void separate_targets(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int y = 2; /* MOVED y */
    int *a; /* STAYS a */
    int *b; /* STAYS b */
    int **pa = &a;
    int **pb = &b;
    *pa = &x;
    *pb = &y;
    *a = 1;
    kept_int = b;
}

/* One pointer, used for one target after another. */
void target_after_target(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int y = 2; /* MOVED y */
    int *a; /* STAYS a */
    int *b; /* STAYS b */
    int **t = &a;
    *t = &x;
    t = &b;
    *t = &y;
    *a = 1;
    kept_int = b;
}

/* A list built on the stack, its links stored through a tail pointer. */
struct link {
    struct link *next;
    int value;
};
int sum_of_list(void)
{
    struct link a = {0, 1}; /* STAYS a */ /* GO: MOVED a */
    struct link b = {0, 2}; /* STAYS b */ /* GO: MOVED b */
    struct link c = {0, 3}; /* STAYS c */ /* GO: MOVED c */
    struct link *head; /* STAYS head */
    struct link **tail = &head;
    int sum = 0;
    *tail = &a;
    tail = &a.next;
    *tail = &b;
    tail = &b.next;
    *tail = &c;
    tail = &c.next;
    *tail = 0;
    for (struct link *l = head; l; l = l->next)
        sum += l->value;
    return sum;
}

struct link *list_returned(void)
{
    struct link a = {0, 1}; /* MOVED a */
    struct link b = {0, 2}; /* MOVED b */
    struct link *head; /* STAYS head */
    struct link **tail = &head;
    *tail = &a;
    tail = &a.next;
    *tail = &b;
    tail = &b.next;
    *tail = 0;
    return head;
}
