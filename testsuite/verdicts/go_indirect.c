/* OPTIONS: m warn=none */
/*
 * A parameter's own address stored behind a receiver, and a pointer stored two levels behind one: Go counts
 * both as leaks, whatever the receiver is.
 */
#include <goescape.h>

void *anything;
int number;

struct indir {
    int ***p;
};
struct indir kept_indir;

/* The parameter outlives the call, whoever holds the receiver: it moves. */
void hold_address(struct indir *r, int **i) { r->p = &i; } /* STAYS r */ /* MOVED i */ /* LEAKS i */

void address_held(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p = &i; /* STAYS p */ /* GO: MOVED p */
    struct indir r; /* STAYS r */
    hold_address(&r, &p);
    number = ***r.p;
}
void address_held_by_fresh(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p = &i; /* STAYS p */ /* GO: MOVED p */
    struct indir *r = goe_new(struct indir); /* NOTE "goe_new(struct indir) does not escape" */
    hold_address(r, &p);
    number = ***r->p;
}
void address_held_and_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    struct indir r = {0}; /* STAYS r */
    hold_address(&r, &p);
    kept_indir = r;
}
void address_held_content_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    struct indir r = {0}; /* STAYS r */
    hold_address(&r, &p);
    anything = *r.p;
}
void address_held_deep_content_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* STAYS p */ /* GO: MOVED p */
    struct indir r = {0}; /* STAYS r */
    hold_address(&r, &p);
    anything = **r.p;
}

/* By value: what the copy points to is the caller's. */
struct val {
    int **p;
};
struct val kept_val;

void store_behind(struct val v, int *i) { *v.p = i; } /* STAYS v */ /* LEAKS i TO v 0 */ /* GO: LEAKS i */

void stored_behind_variable(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p; /* STAYS p */
    struct val v;
    v.p = &p;
    store_behind(v, &i);
    number = *p;
}
void stored_behind_initialised(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p; /* STAYS p */
    struct val v = {&p};
    store_behind(v, &i);
    number = *p;
}
void stored_behind_literal(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p; /* STAYS p */
    struct val *v = &(struct val){&p}; /* NOTE "compound literal does not escape" */
    store_behind(*v, &i);
    number = *p;
}
void stored_behind_kept_variable(void)
{
    int i = 0; /* MOVED i */
    int *p; /* MOVED p */
    struct val v;
    v.p = &p;
    store_behind(v, &i);
    kept_val = v;
}
void stored_behind_kept_literal(void)
{
    int i = 0; /* MOVED i */
    int *p; /* MOVED p */
    struct val *v = &(struct val){&p}; /* NOTE "moved to heap: compound literal" */
    store_behind(*v, &i);
    anything = v;
}
void stored_behind_content_kept(void)
{
    int i = 0; /* MOVED i */
    int *p; /* STAYS p */
    struct val v = {&p};
    store_behind(v, &i);
    anything = *v.p;
}
void stored_behind_number_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p; /* STAYS p */
    struct val *v = &(struct val){&p}; /* NOTE "compound literal does not escape" */
    store_behind(*v, &i);
    number = **v->p;
}
