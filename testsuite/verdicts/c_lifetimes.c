/* OPTIONS: m warn=none */
/*
 * Who holds an address, and for how long: past the end of its block, or into the next iteration.
 */
#include <stdlib.h>
#include <string.h>
#include <stdint.h>

struct s {
    int *p;
    struct s *next;
    int n;
};
int num;
void use(void *);
int c(void);
int stored_at_unknown_index(void)
{
    int *p[2]; /* STAYS p */
    {
        int x = 1; /* EXTENDED x */
        p[c()] = &x;
    }
    return *p[0];
}

int stored_through_pointer(void)
{
    struct s s; /* STAYS s */
    struct s *q = &s;
    {
        int x = 1; /* EXTENDED x */
        q->p = &x;
    }
    return *s.p;
}

int copied_on_after_block(void)
{
    struct s s;
    {
        int x = 1; /* EXTENDED x */
        s.p = &x;
    }
    struct s t = s;
    return *t.p;
}

int held_by_heap_block(void)
{
    int **h = malloc(8); /* NOTE "malloc(8) moved to stack" */
    {
        int x = 1; /* EXTENDED x */
        *h = &x;
    }
    return **h;
}

int held_for_some_iterations(void)
{
    int *p = 0;
    for (int i = 0; i < 3; i++) {
        int x = i; /* MOVED x */
        if (p)
            num += *p;
        if (i == 1)
            p = &x;
    }
    return num;
}

int held_by_copy(void)
{
    int *p = 0;
    for (int i = 0; i < 3; i++) {
        int x = i; /* MOVED x */
        int *q = p;
        p = &x;
        if (q)
            num += *q;
    }
    return num;
}

int held_in_do_loop(void)
{
    int *p = 0;
    int i = 0;
    do {
        int x = i; /* MOVED x */
        if (p && *p)
            num++;
        p = &x;
    } while (++i < 5);
    return num;
}

int array_read_after_loop(int n)
{
    int *ps[8]; /* STAYS ps */
    int k = 0;
    while (n--) {
        int x = n; /* MOVED x */
        ps[k++] = &x;
        if (k == 8)
            break;
    }
    int s = 0;
    while (k--)
        s += *ps[k];
    return s;
}

static void put(int **pp, int *q) /* STAYS pp */ /* LEAKS q TO pp 0 */
{
    *pp = q;
}

int stored_by_callee(void)
{
    int *p; /* STAYS p */
    {
        int x = 1; /* EXTENDED x */
        put(&p, &x);
    }
    return *p;
}

int stored_by_callee_in_loop(void)
{
    int *p = 0; /* STAYS p */
    for (int i = 0; i < 4; i++) {
        int x = i; /* MOVED x */
        if (p)
            num += *p;
        put(&p, &x);
    }
    return 0;
}

static struct s *cons(struct s *cell, struct s *next) /* LEAKS cell TO RESULT 0 */ /* LEAKS next TO cell 0 */
{
    cell->next = next;
    return cell;
}

int chain_made_by_callee(int n)
{
    struct s *h = 0;
    while (n--) {
        struct s x; /* MOVED x */
        x.n = n;
        h = cons(&x, h);
    }
    int t = 0;
    for (; h; h = h->next)
        t += h->n;
    return t;
}

int chain_behind_head(int n)
{
    struct s h = {0};
    while (n--) {
        struct s x; /* MOVED x */
        x.n = n;
        x.next = h.next;
        h.next = &x;
    }
    int t = 0;
    for (struct s *q = h.next; q; q = q->next)
        t += q->n;
    return t;
}

int queue_with_tail(int n)
{
    struct s *h = 0, *t = 0;
    for (int i = 0; i < n; i++) {
        struct s x = {0}; /* MOVED x */
        if (!h)
            h = &x;
        else
            t->next = &x;
        t = &x;
    }
    int k = 0;
    for (; h; h = h->next)
        k++;
    return k;
}

int two_variables_in_turn(int n)
{
    int *a, *b = 0;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        a = b;
        b = &x;
        if (a)
            num += *a;
    }
    return 0;
}

int read_by_another_iteration(int n)
{
    int *b = 0;
    for (int i = 0; i < n; i++) {
        int x; /* MOVED x */
        if (i & 1) {
            x = i;
            b = &x;
        } else if (b)
            num += *b;
    }
    return 0;
}

int loop_made_of_goto(int n)
{
    int *p = 0;
again:;
    int x2 = n;
    {
        int x = n; /* MOVED x */
        if (p)
            num += *p;
        p = &x;
        if (n-- > 0)
            goto again;
    }
    return x2;
}

int block_in_switch(int n)
{
    int *p = 0;
    switch (n) {
        {
            int x; /* EXTENDED x */
        case 1:
            x = 1;
            p = &x;
        }
    case 2:
        return p ? *p : 0;
    }
    return 0;
}

int jump_out_of_branch(int n)
{
    int *p;
    if (n) {
        int x = n; /* EXTENDED x */
        p = &x;
        goto l;
    } else {
        p = &num;
    }
l:
    return *p;
}

int slot_in_same_iteration(int n)
{
    int r = 0;
    for (int i = 0; i < n; i++) {
        int **slot;
        int *last; /* STAYS last */
        slot = &last;
        if (i)
            r += **slot;
        {
            int x = i; /* MOVED x */
            *slot = &x;
        }
    }
    return r;
}

int other_block_in_between(void)
{
    int *p = 0;
    {
        int x = 5; /* EXTENDED x */
        p = &x;
    }
    {
        int y = 7; /* STAYS y */
        use(&y);
    }
    return *p;
}

int struct_array_read_after_loop(void)
{
    struct {
        int *p;
    } s[2]; /* STAYS s */
    for (int i = 0; i < 2; i++) {
        int x = i; /* MOVED x */
        s[i].p = &x;
    }
    return *s[0].p + *s[1].p;
}

int volatile_holder(void)
{
    int *volatile p = 0;
    for (int i = 0; i < 2; i++) {
        int x = i; /* MOVED x */
        if (p)
            num = *p;
        p = &x;
    }
    return 0;
}

int pointer_itself_is_local(void)
{
    int **pp;
    {
        int *x; /* EXTENDED x */
        pp = &x;
        *pp = &num;
    }
    return **pp;
}

int array_of_iteration(int n)
{
    int *keep = 0;
    for (int i = 0; i < n; i++) {
        int x[2] = {i, i}; /* MOVED x */
        if (keep)
            num += keep[1];
        keep = x;
    }
    return 0;
}

int read_before_stored(int n)
{
    int *p = &num;
    while (n--) {
        int x = *p + 1; /* MOVED x */
        p = &x;
    }
    return 0;
}

int read_before_stored_later(int n)
{
    int *p = &num;
    while (n--) {
        int x; /* MOVED x */
        x = *p + 1;
        p = &x;
    }
    return 0;
}

int left_in_the_middle(int n)
{
    int *p = 0;
    for (int i = 0;; i++) {
        int x = i; /* MOVED x */
        if (i == n)
            return *p;
        p = &x;
    }
}

int held_as_number(int n)
{
    uintptr_t p = 0;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        if (p)
            num += *(int *)p;
        p = (uintptr_t)&x;
    }
    return 0;
}

int part_of_struct_held(int n)
{
    int *p = 0;
    for (int i = 0; i < n; i++) {
        struct s x = {0}; /* MOVED x */
        x.n = i;
        if (p)
            num += *p;
        p = &x.n;
    }
    return 0;
}

int struct_replaced(int n)
{
    struct s h = {0};
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        if (h.p)
            num += *h.p;
        h = (struct s){&x, 0, 0};
    }
    return 0;
}

int heap_block_replaced(int n)
{
    struct s *h = calloc(1, sizeof *h); /* NOTE "calloc(1, 24) moved to stack" */
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        if (h->p)
            num += *h->p;
        h->p = &x;
    }
    free(h);
    return 0;
}

int heap_list(int n)
{
    struct s *l = 0;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
        h->p = &x;
        h->next = l;
        l = h;
    }
    int r = 0;
    for (; l; l = l->next)
        r += *l->p;
    return r;
}

static struct s *mk(int *p, struct s *n) /* LEAKS p */ /* LEAKS n */
{
    struct s *h = malloc(sizeof *h); /* NOTE "malloc(24) escapes to heap" */
    h->p = p;
    h->next = n;
    return h;
}

int heap_list_by_callee(int n)
{
    struct s *l = 0;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        l = mk(&x, l);
    }
    int r = 0;
    for (; l; l = l->next)
        r += *l->p;
    return r;
}

int read_by_nested_function(int n)
{
    int *p = 0;
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        int *f(void) /* NOTE "func literal does not escape" */
        {
            return p;
        }
        if (f())
            num += *f();
        p = &x;
    }
    return 0;
}

int statement_expression(int n)
{
    int *p = ({
        int x = n; /* EXTENDED x */
        &x;
    });
    return *p;
}

int last_of_two_loops(int n)
{
    int *p;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int x = j; /* EXTENDED x */
            p = &x;
        }
    return n ? *p : 0;
}

int inner_loop_in_turn(int n)
{
    int r = 0;
    for (int i = 0; i < n; i++) {
        int *p = 0;
        for (int j = 0; j < n; j++) {
            int x = j; /* MOVED x */
            if (p)
                r += *p;
            p = &x;
        }
    }
    return r;
}

int inner_last_in_next_outer(int n)
{
    int *p = 0;
    int r = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            int x = j; /* MOVED x */
            if (!j && p)
                r += *p;
            if (j == n - 1)
                p = &x;
        }
    }
    return r;
}

void *computed_goto_loop(int n)
{
    static void *t[] = {&&A, &&B};
    int *p = 0;
    goto *t[n & 1];
A : {
    int x = n; /* MOVED x */
    if (p)
        num += *p;
    p = &x;
    n++;
    goto *t[n & 1];
}
B:
    if (n > 10)
        return 0;
    n++;
    goto *t[n & 1];
}
