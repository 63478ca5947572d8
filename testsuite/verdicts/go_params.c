/* OPTIONS: m warn=none */
/*
 * Pointer parameters that are kept, copied, stored and only looked at.
 *
 * `kept` and friends are visible to other units, so whatever is stored there outlives every frame.
 */
#include <stdint.h>
#include <stddef.h>

int *kept;
int **kept2;
void *anything;
int number;

void keep_own_copy(int n) { kept = &n; } /* MOVED n */
void keep_pointer(int *p) { kept = p; } /* LEAKS p */
int *give_own_copy(int n) { return &n; } /* MOVED n */
void point_to_itself(void **t) { *t = t; } /* STAYS t */ /* GO: LEAKS t */

/* Overwriting a parameter harms nobody. */
void overwrite(int *a, int *b) { a = b; (void)a; } /* STAYS a */ /* STAYS b */
void overwrite_with_address(int **a, int *b) { a = &b; (void)a; } /* STAYS a */ /* STAYS b */
void store_one_level(int **a, int *b) { *a = b; } /* STAYS a */ /* LEAKS b TO a 0 */ /* GO: LEAKS b */
void store_number(int **a, int *b) { **a = *b; } /* STAYS a */ /* STAYS b */
int read_after_overwrite(int *a, int *b) { a = b; return *a; } /* STAYS a */ /* STAYS b */

/* Only b can come back: the SSA value of a that reaches the return is b's. */
int *give_overwritten(int *a, int *b) /* STAYS a */ /* LEAKS b TO RESULT 0 */ /* GO: LEAKS a TO RESULT 0 */
{
    a = b;
    return a;
}

void copy_number(int *a, int *b) { *a = *b; } /* STAYS a */ /* STAYS b */

int copy_between_locals(void)
{
    int x = 0; /* STAYS x */
    int y = 42; /* STAYS y */
    int *to = &x;
    int *from = &y;
    *to = *from;
    return x;
}

void keep_pointer2(int **pp) { kept2 = pp; } /* LEAKS pp */
void keep_content(int **pp) { *kept2 = *pp; } /* LEAKS CONTENT pp */
void keep_content_number(int **pp) { **kept2 = **pp; } /* STAYS pp */
void keep_parameters_address(int *p) { kept2 = &p; } /* MOVED p */ /* LEAKS p */
void store_beyond_global(int *p) { *kept2 = p; } /* LEAKS p */
void number_beyond_global(int *p) { **kept2 = *p; } /* STAYS p */
void address_beyond_global(int n) { *kept2 = &n; } /* MOVED n */
void value_beyond_global(int n) { **kept2 = n; }

/* Taking the address of what a pointer points to gives the pointer back. */
void keep_same_place(int *p) { kept = &*p; } /* LEAKS p */
void keep_same_place_local(void)
{
    int n = 0; /* MOVED n */
    int *p = &n;
    kept = &*p;
}

/* Leaking calls and harmless calls. */
int keep_and_read(int *p) { kept = p; return *kept; } /* LEAKS p */
int only_read(int *p) { return *p + (kept ? *kept : 0); } /* STAYS p */
int call_keeper(int n) { return keep_and_read(&n); } /* MOVED n */
int call_reader(int n) { return only_read(&n); }

/* Records: the receiver of a method is just the first parameter. */
struct record {
    int *ptr;
    int num;
};
struct record global_record;
struct record *global_record_ptr;

void record_keep(struct record *r) { global_record_ptr = r; } /* LEAKS r */
void record_copy_number(struct record *r) { global_record.num = r->num; } /* STAYS r */
void record_keep_through(struct record *r) { record_keep(r); } /* LEAKS r */
void record_number_through(struct record *r) { record_copy_number(r); } /* STAYS r */
void into_global_record(int n) { global_record.ptr = &n; } /* MOVED n */
void into_record(struct record *r, int n) { r->ptr = &n; } /* STAYS r */ /* MOVED n */
void pointer_into_global_record(int *p) { global_record.ptr = p; } /* LEAKS p */
void record_content(struct record *r) { global_record.ptr = r->ptr; } /* LEAKS CONTENT r */
void record_points_to_itself(struct record *r) { r->ptr = &r->num; } /* STAYS r */ /* GO: LEAKS r */

int *table[8];
void into_table(int *p) { table[0] = p; } /* LEAKS p */
void into_table_at(int i, int *p) { table[i] = p; } /* LEAKS p */

/* One parameter into another, and both into the world. */
void swap_targets(int **a, int **b) /* LEAKS a TO b 1 */ /* LEAKS b TO a 1 */ /* GO: LEAKS CONTENT a */
{
    int *t = *a;
    *a = *b;
    *b = t;
}

void swap_user(void)
{
    int x = 0; /* STAYS x */ /* GO: MOVED x */
    int y = 0; /* STAYS y */ /* GO: MOVED y */
    int *p = &x; /* STAYS p */
    int *q = &y; /* STAYS q */
    swap_targets(&p, &q);
    number = *p + *q;
}

void swap_then_keep(void)
{
    int x = 0; /* MOVED x */
    int y = 0; /* MOVED y */
    int *p = &x; /* STAYS p */
    int *q = &y; /* STAYS q */
    swap_targets(&p, &q);
    kept = p;
}

/* A global flag keeps neither branch from being possible. */
int flag;
void forward_and_keep(int dummy, void *what);
void recursion_user(void)
{
    int n = 1; /* MOVED n */
    forward_and_keep(2, &n);
}
void forward_and_keep(int dummy, void *what) /* LEAKS what */
{
    anything = what;
    if (flag)
        recursion_user();
}

/* An integer is not a pointer in Go; in C it may well become one again. */
uintptr_t number_that_was_a_pointer;
int keep_as_number(int n) /* MOVED n */
{
    if (n == 0) {
        number_that_was_a_pointer = (uintptr_t)&n;
        return n;
    }
    return 1 + keep_as_number(n - 1);
}

/* The variable that holds the result moves, so its content is in the heap too. */
int *result_variable_kept(int *p) /* LEAKS p */
{
    int *r = p; /* MOVED r */
    anything = &r;
    return p;
}

/* Nothing happens to parameters nobody names. */
void ignore(int **p) { (void)p; } /* STAYS p */
void ignore_user(void)
{
    int *x = NULL; /* STAYS x */
    ignore(&x);
}

/* Two parameters, one kept. */
void keep_second(int *a, int *b) { kept = b; (void)a; } /* STAYS a */ /* LEAKS b */
void keep_second_user(void)
{
    int x = 0; /* STAYS x */
    int y = 0; /* MOVED y */
    keep_second(&x, &y);
}

/* A parameter assigned in only one branch. */
void keep_either(int c, int *a, int *b) { kept = c ? a : b; } /* LEAKS a */ /* LEAKS b */
void keep_maybe(int c, int *a) { if (c) kept = a; } /* LEAKS a */

/* Content and the pointer itself together: the shorter flow says it all. */
void keep_both_levels(int **pp) { kept2 = pp; kept = *pp; } /* LEAKS pp */
