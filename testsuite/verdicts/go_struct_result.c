/* OPTIONS: m warn=none */
/*
 * Structs as results: what stands in them is the caller's to keep or drop.
 */
#include <goescape.h>

int number;
int *kept;
int **kept2;

struct u {
    int *sp;
    int **spp;
};
struct u make_both(int *sp, int **spp) { return (struct u){sp, spp}; } /* LEAKS sp TO RESULT 0 */ /* LEAKS spp TO RESULT 0 */
struct u make_from_one(int **spp) { return (struct u){*spp, spp}; } /* LEAKS spp TO RESULT 0 */

void both_unused(void)
{
    int s = 1; /* STAYS s */
    int *sp = &s; /* STAYS sp */
    int **spp = &sp;
    struct u u = make_both(sp, spp);
    (void)u;
    number = s;
}
void both_first_read(void)
{
    int s = 1; /* STAYS s */
    int *sp = &s; /* STAYS sp */
    int **spp = &sp;
    struct u u = make_both(sp, spp);
    number = *u.sp;
}
void both_second_read(void)
{
    int s = 1; /* STAYS s */
    int *sp = &s; /* STAYS sp */
    int **spp = &sp;
    struct u u = make_both(sp, spp);
    number = **u.spp;
}
void one_unused(void)
{
    int s = 1; /* STAYS s */
    int *sp = &s; /* STAYS sp */
    int **spp = &sp;
    struct u u = make_from_one(spp);
    (void)u;
    number = s;
}
void one_first_read(void)
{
    int s = 1; /* STAYS s */
    int *sp = &s; /* STAYS sp */
    int **spp = &sp;
    struct u u = make_from_one(spp);
    number = *u.sp;
}
void one_second_read(void)
{
    int s = 1; /* STAYS s */
    int *sp = &s; /* STAYS sp */
    int **spp = &sp;
    struct u u = make_from_one(spp);
    number = **u.spp;
}
void both_first_kept(void)
{
    int s = 1; /* MOVED s */
    int *sp = &s; /* STAYS sp */ /* GO: MOVED sp */
    struct u u = make_both(sp, &sp);
    kept = u.sp;
}
void both_second_kept(void)
{
    int s = 1; /* MOVED s */
    int *sp = &s; /* MOVED sp */
    struct u u = make_both(sp, &sp);
    kept2 = u.spp;
}
struct u both_returned(void)
{
    int s = 1; /* MOVED s */
    int *sp = &s; /* MOVED sp */
    return make_both(sp, &sp);
}

/* Constructors. */
struct bar {
    int i;
    int *ii;
};
struct bar *new_bar(void)
{
    return &(struct bar){42, 0}; /* NOTE "moved to heap: compound literal" */
}
struct bar *new_bar_with(int *x) /* LEAKS x */
{
    return &(struct bar){42, x}; /* NOTE "moved to heap: compound literal" */
}
struct bar *new_bar_number(int *x) /* STAYS x */
{
    return &(struct bar){*x, 0}; /* NOTE "moved to heap: compound literal" */
}
struct bar *new_bar_goe(int *x) /* LEAKS x */
{
    struct bar *b = goe_new(struct bar); /* NOTE "goe_new(struct bar) escapes to heap" */
    b->ii = x;
    return b;
}
struct bar bar_by_value(int *x) { return (struct bar){42, x}; } /* LEAKS x TO RESULT 0 */
int bar_by_value_user(void)
{
    int x = 1; /* STAYS x */
    return *bar_by_value(&x).ii;
}

/* A struct that wraps what a method of another gives. */
struct inner {
    int *s;
};
struct outer {
    int *s;
};
int *inner_s(struct inner *u) { return u->s; } /* LEAKS u TO RESULT 1 */
struct outer *new_outer(struct inner u) /* LEAKS u */
{
    return &(struct outer){inner_s(&u)}; /* NOTE "moved to heap: compound literal" */
}
void outer_user(void)
{
    int a = 1; /* STAYS a */ /* GO: MOVED a */
    struct inner u = {&a};
    struct outer *v = new_outer(u);
    number = *v->s;
}

/* Fresh nodes that hold a parameter's content. */
struct node {
    struct node *p;
};
struct node *kept_node;
void keep_new_node(struct node *x) /* LEAKS CONTENT x */
{
    struct node *n = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    n->p = x->p;
    kept_node = n;
}
struct node *give_new_node(struct node *x) /* LEAKS CONTENT x */
{
    struct node *n = goe_new(struct node); /* NOTE "goe_new(struct node) escapes to heap" */
    n->p = x->p;
    return n;
}
void node_user(struct node *x) /* LEAKS x */
{
    struct node *y = goe_new(struct node); /* NOTE "goe_new(struct node) does not escape" */
    y->p = x;
    kept_node = give_new_node(y);
    keep_new_node(y);
}

/* An array by value has room for the pointer; boxing it in a fresh object takes it to the heap. */
struct four {
    int *at[4];
};
void *boxed_array(struct four x) /* LEAKS x */
{
    struct four *b = goe_new(struct four); /* NOTE "goe_new(struct four) escapes to heap" */
    *b = x;
    return b;
}
void *unboxed_pointer(int *x) { return x; } /* LEAKS x TO RESULT 0 */

/* A literal that is private, one whose content is kept, one that is kept. */
struct lit {
    int *p;
};
struct lit kept_lit;
void *anything;
void literal_private(void)
{
    int i = 0; /* STAYS i */
    struct lit *x = &(struct lit){&i}; /* NOTE "compound literal does not escape" */
    *x->p = 1;
}
void literal_content_kept(void)
{
    int i = 0; /* MOVED i */
    struct lit *x = &(struct lit){&i}; /* NOTE "compound literal does not escape" */
    kept_lit = *x;
}
void literal_kept(void)
{
    int i = 0; /* MOVED i */
    struct lit *x = &(struct lit){&i}; /* NOTE "moved to heap: compound literal" */
    anything = x;
}
