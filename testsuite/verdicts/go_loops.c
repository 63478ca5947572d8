/* OPTIONS: m warn=none */
/*
 * Loops: each iteration declares a new object. It moves only if the one of an earlier iteration can
 * still be reached when the next is born; if merely its block has ended, its lifetime is extended.
 */
#include <goescape.h>
#include <stddef.h>

int *kept;
int number;
int go_on(void);

void read_only(int *p) { number = *p; } /* STAYS p */
void use_pointers(int **p, int n) { for (int i = 0; i < n; i++) number += *p[i]; } /* STAYS p */

/* Every element points to another iteration's variable. */
void collected(void)
{
    int *y[10]; /* STAYS y */
    for (int i = 0; i < 10; i++) {
        int x = i; /* MOVED x */
        y[i] = &x;
    }
    number = *y[3];
}

struct ten {
    int *at[10];
};
struct ten collected_and_returned(void)
{
    struct ten y; /* STAYS y */
    for (int i = 0; i < 10; i++) {
        int x = i; /* MOVED x */
        y.at[i] = &x;
    }
    return y;
}

/* Handed down and forgotten each time. */
void handed_down(void)
{
    for (;;) {
        int x = 0; /* STAYS x */
        read_only(&x);
    }
}
void outer_handed_down(void)
{
    int x = 0; /* STAYS x */
    for (;;)
        read_only(&x);
}

/* Only the last iteration's variable is looked at, after the loop. */
void last_one_used(int n)
{
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        int x = i; /* EXTENDED x */ /* GO: MOVED x */
        p = &x;
    }
    if (p)
        number = *p;
}

/* The previous iteration's variable is looked at beside the new one. */
void previous_one_used(int n)
{
    int *last = NULL;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        if (last)
            number += *last + x;
        last = &x;
    }
}

/* Assigned but never read again. */
void never_read_again(int n)
{
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        int x = i; /* STAYS x */ /* GO: MOVED x */
        p = &x;
        *p = 2;
    }
}

void endless_never_read_again(void)
{
    int *p;
    for (;;) {
        int x = 0; /* STAYS x */ /* GO: MOVED x */
        p = &x;
        *p = 1;
    }
}

/* Fresh objects, kept for one iteration at most. */
void fresh_each_time(void)
{
    for (;;) {
        int *z = goe_new(int); /* NOTE "goe_new(int) does not escape" */
        *z = 1;
    }
}
void fresh_into_outer_variable(void)
{
    int *z;
    for (;;) {
        z = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
        *z = 1;
    }
}
int fresh_previous_used(int n)
{
    int *last = NULL;
    for (int i = 0; i < n; i++) {
        int *z = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
        *z = last ? *last + 1 : 1;
        last = z;
    }
    return last ? *last : 0;
}
void fresh_collected(void)
{
    int *all[10]; /* STAYS all */
    for (int i = 0; i < 10; i++)
        all[i] = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    use_pointers(all, 10);
}

/* The initial value of a loop variable is no part of the loop. */
struct list {
    struct list *next;
    int v;
};
int length_in_head(struct list l) /* STAYS l */
{
    int n = 0;
    struct list *p;
    for (p = &l; p->next; p = p->next)
        n++;
    return n;
}
int length_before(struct list l) /* STAYS l */
{
    int n = 0;
    struct list *p;
    p = &l;
    for (; p->next; p = p->next)
        n++;
    return n;
}
int length_while(struct list l) /* STAYS l */
{
    int n = 0;
    struct list *p;
    p = &l;
    while (p->next) {
        p = p->next;
        n++;
    }
    return n;
}
int length_declared(struct list l) /* STAYS l */
{
    int n = 0;
    for (struct list *p = &l; p->next; p = p->next)
        n++;
    return n;
}
void length_for_ever(struct list l) /* STAYS l */
{
    struct list *p;
    for (;;)
        for (p = &l; p->next; p = p->next)
            number++;
}
int length_of_local(void)
{
    struct list b = {NULL, 2}; /* STAYS b */
    struct list a = {&b, 1}; /* STAYS a */
    int n = 0;
    for (struct list *p = &a; p; p = p->next)
        n += p->v;
    return n;
}

/* Addresses of parts, taken anew in each iteration. */
struct sixty_four {
    char x[64];
};
void part_each_time(struct sixty_four *t) /* STAYS t */
{
    char *y = t->x;
    for (int i = 0; i < 64; i++) {
        y = t->x;
        y[i] = 1;
    }
    char *z;
    for (int i = 0; i < 64; i++) {
        z = &t->x[i];
        *z = 2;
    }
}

/* Nested loops, the inner one in a function of its own. */
struct thing {
    int x;
};
void thing_touch(struct thing *t) { t->x++; } /* STAYS t */
void thing_in_two_loops(void)
{
    for (int i = 0; i < 1000; i++)
        for (int j = 0; j < 1; j++) {
            struct thing t = {0}; /* STAYS t */
            thing_touch(&t);
        }
}

/* A variable of the outer loop, stored into an array of the outer loop: both are born together. */
void array_of_same_iteration(int n)
{
    for (int i = 0; i < n; i++) {
        int *a[2]; /* STAYS a */
        int x = i; /* STAYS x */
        a[0] = &x;
        for (int j = 0; j < 2; j++)
            a[j] = &x;
        use_pointers(a, 2);
    }
}

/* The inner loop's variable, stored into an array of the outer loop. */
void array_of_outer_iteration(int n)
{
    for (int i = 0; i < n; i++) {
        int *a[2]; /* STAYS a */
        for (int j = 0; j < 2; j++) {
            int x = j; /* MOVED x */
            a[j] = &x;
        }
        use_pointers(a, 2);
    }
}

/* Inner loop's last variable, used in the outer loop only. */
void inner_last_used(int n)
{
    for (int i = 0; i < n; i++) {
        int *p = NULL;
        for (int j = 0; j < 2; j++) {
            int x = j; /* EXTENDED x */ /* GO: MOVED x */
            p = &x;
        }
        if (p)
            number += *p;
    }
}

/* A loop that builds a chain of its own variables. */
int chain_of_iterations(int n)
{
    struct list *head = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct list l; /* MOVED l */
        l.next = head;
        l.v = i;
        head = &l;
    }
    for (; head; head = head->next)
        sum += head->v;
    return sum;
}

/* One variable for the whole loop: its address may be collected as often as one likes. */
void one_for_all(void)
{
    int *all[10]; /* STAYS all */
    int x; /* STAYS x */
    for (int i = 0; i < 10; i++) {
        x = i;
        all[i] = &x;
    }
    use_pointers(all, 10);
}
struct two {
    int *a;
    int *b;
};
struct two loop_variable_shared(int x, int y)
{
    int *p[2] = {NULL, NULL}; /* STAYS p */
    int n = 0;
    for (int i = x; n < 2; i = y) { /* MOVED i */
        p[n] = &i;
        n++;
    }
    return (struct two){p[0], p[1]};
}
void loop_variable_shared_here(int x, int y)
{
    int *p[2] = {NULL, NULL}; /* STAYS p */
    int n = 0;
    for (int i = x; n < 2; i = y) { /* EXTENDED i */
        p[n] = &i;
        n++;
    }
    use_pointers(p, 2);
}

/* Returned out of the loop. */
int *first_of_loop(int x)
{
    int a[1] = {x}; /* STAYS a */
    for (int k = 0; k < 1; k++) {
        int v = a[k]; /* MOVED v */
        return &v;
    }
    return NULL;
}

/* Blocks that are no loops. */
int block_outlived(int c)
{
    int *p;
    {
        int x = c; /* EXTENDED x */
        p = &x;
    }
    return *p;
}
int block_not_outlived(int c)
{
    int *p;
    int r;
    {
        int x = c; /* STAYS x */
        p = &x;
        r = *p;
    }
    return r;
}
int branches_outlived(int c)
{
    int *p;
    if (c) {
        int x = 1; /* EXTENDED x */
        p = &x;
    } else {
        int y = 2; /* EXTENDED y */
        p = &y;
    }
    return *p;
}
