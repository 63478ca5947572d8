/* OPTIONS: m warn=none */
/*
 * Fields of aggregates are kept apart: what stands in one does not leave with another.
 */
#include <goescape.h>

struct x {
    int *p1;
    int *p2;
    int *a[2];
};
struct y {
    struct x x;
};
int *kept;
struct x kept_x;
struct y kept_y;
void *anything;

void same_field_kept(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0};
    x.p1 = &i;
    kept = x.p1;
}

void other_field_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x x = {0};
    x.p1 = &i;
    kept = x.p2;
}

void whole_kept(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0};
    x.p1 = &i;
    kept_x = x;
}

void nested_copied_out_and_kept(void)
{
    int i = 0; /* MOVED i */
    struct y y = {0};
    y.x.p1 = &i;
    struct x x = y.x;
    kept_x = x;
}

void other_element_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x x = {0};
    x.a[0] = &i;
    kept = x.a[1];
}

void same_element_kept(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0};
    x.a[1] = &i;
    kept = x.a[1];
}

void unknown_element_kept(int n)
{
    int i = 0; /* MOVED i */
    struct x x = {0}; /* STAYS x */
    x.a[1] = &i;
    kept = x.a[n];
}

void keep_second_field(struct x *x) { kept = x->p2; } /* LEAKS CONTENT x */

void first_field_set(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x x = {0}; /* STAYS x */
    x.p1 = &i;
    keep_second_field(&x);
}

void second_field_set(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0}; /* STAYS x */
    x.p2 = &i;
    keep_second_field(&x);
}

void copied_around(void)
{
    int i = 0; /* STAYS i */
    struct y y = {0};
    y.x.p1 = &i;
    struct x x = y.x;
    struct y y1;
    y1.x = x;
    *y1.x.p1 = 1;
}

void copied_around_field_kept(void)
{
    int i = 0; /* MOVED i */
    struct y y = {0};
    y.x.p1 = &i;
    struct x x = y.x;
    struct y y1;
    y1.x = x;
    kept = y1.x.p1;
}

void copied_around_part_kept(void)
{
    int i = 0; /* MOVED i */
    struct y y = {0};
    y.x.p1 = &i;
    struct x x = y.x;
    struct y y1;
    y1.x = x;
    kept_x = y1.x;
}

void copied_around_other_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct y y = {0};
    y.x.p1 = &i;
    struct x x = y.x;
    struct y y1;
    y1.x = x;
    kept = y1.x.p2;
}

void initialised_same_kept(void)
{
    int i = 0; /* MOVED i */
    struct x x = {.p1 = &i};
    kept = x.p1;
}

void initialised_other_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x x = {.p1 = &i};
    kept = x.p2;
}

void literal_same_kept(void)
{
    int i = 0; /* MOVED i */
    struct x *x = &(struct x){.p1 = &i}; /* NOTE "compound literal does not escape" */
    kept = x->p1;
}

void literal_other_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x *x = &(struct x){.p1 = &i}; /* NOTE "compound literal does not escape" */
    kept = x->p2;
}

void literal_kept(void)
{
    int i = 0; /* MOVED i */
    struct x *x = &(struct x){.p1 = &i}; /* NOTE "moved to heap: compound literal" */
    anything = x;
}

void fresh_same_kept(void)
{
    int i = 0; /* MOVED i */
    struct x *x = goe_new(struct x); /* NOTE "goe_new(struct x) does not escape" */
    x->p1 = &i;
    kept = x->p1;
}

void fresh_other_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x *x = goe_new(struct x); /* NOTE "goe_new(struct x) does not escape" */
    x->p1 = &i;
    kept = x->p2;
}

/* Through a generic pointer and back. */
void through_void_other_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x x = {0}; /* STAYS x */
    x.p1 = &i;
    void *any = &x;
    struct x x1 = *(struct x *)any;
    kept = x1.p2;
}

void through_void_same_kept(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0}; /* STAYS x */
    x.p1 = &i;
    void *any = &x;
    struct x x1 = *(struct x *)any;
    kept = x1.p1;
}

void through_void_other_type(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0}; /* STAYS x */
    x.p1 = &i;
    void *any = &x;
    kept_y = *(struct y *)any;
}

/* A pointer beside a string: keeping the string is not keeping the pointer. */
struct named {
    int *p;
    const char *name;
};
const char *kept_name;
void named_only_name_kept(void)
{
    struct named n = {0};
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    n.p = &i;
    kept_name = n.name;
}

/* Addresses of fields. */
void address_of_field_kept(void)
{
    struct x x = {0}; /* MOVED x */
    anything = &x.p2;
}
void address_of_inner_kept(void)
{
    struct y y = {0}; /* MOVED y */
    anything = &y.x;
}
int **field_address(struct x *x) { return &x->p2; } /* LEAKS x TO RESULT 0 */
void field_address_written(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct x x = {0}; /* STAYS x */
    *field_address(&x) = &i;
    kept = x.p1;
}
void field_address_written_kept(void)
{
    int i = 0; /* MOVED i */
    struct x x = {0}; /* STAYS x */
    *field_address(&x) = &i;
    kept = x.p2;
}

/* Fields set by a callee, one kept. */
void set_fields(struct x *x, int *p, int *q) { x->p1 = p; x->p2 = q; } /* STAYS x */ /* LEAKS p TO x 0 */ /* LEAKS q TO x 0 */
void set_fields_first_kept(void)
{
    int i = 0; /* MOVED i */
    int j = 0; /* STAYS j */ /* GO: MOVED j */
    struct x x; /* STAYS x */
    set_fields(&x, &i, &j);
    kept = x.p1;
}
void set_fields_none_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int j = 0; /* STAYS j */ /* GO: MOVED j */
    struct x x; /* STAYS x */
    set_fields(&x, &i, &j);
    *x.p1 = *x.p2;
}

/* A byte of a fresh object, its inner array and its inner struct. */
struct bytes {
    char x[1];
};
struct deep {
    struct {
        char y;
    } x;
};
char *inside_array(void)
{
    struct bytes *t = goe_new(struct bytes); /* NOTE "goe_new(struct bytes) escapes to heap" */
    return &t->x[0];
}
char *inside_struct(void)
{
    struct deep *t = goe_new(struct deep); /* NOTE "goe_new(struct deep) escapes to heap" */
    return &t->x.y;
}
char *inside_local_array(void)
{
    struct bytes t = {{0}}; /* MOVED t */
    return &t.x[0];
}
char *inside_local_struct(void)
{
    struct deep t = {{0}}; /* MOVED t */
    return &t.x.y;
}

/* A struct with a pointer to its own kind. */
struct tagged {
    const char *text;
    struct tagged *up;
};
struct tagged value_with_link(void)
{
    struct tagged *t = goe_new(struct tagged); /* NOTE "goe_new(struct tagged) escapes to heap" */
    return (struct tagged){t->text, t};
}
