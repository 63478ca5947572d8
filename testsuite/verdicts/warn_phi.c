/* OPTIONS: mode=check */
/*
 * Category "through phi": at a join the pointer holds the address on some path that can be taken.
 * One feasible path is enough for a warning; the look-alikes differ in that the flag that guards
 * the return also guards the assignment, so no feasible path holds it.
 */
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    int v;
};

int cond(void);
void work(void);
extern int shared;
extern struct node *head;

int *bad_if(int c)
{
    int x = 1;
    int *p = NULL;
    if (c)
        p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_else(int c, int *q)
{
    int x = 1;
    int *p;
    if (c)
        p = q;
    else
        p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_both(int c)
{
    int x = 1, y = 2;
    int *p;
    if (c)
        p = &x;
    else
        p = &y;
    return p; /* WARN "'x' is returned" */ /* WARN "'y' is returned" */
}

int *bad_ternary(int c)
{
    int x = 1;
    int *p = c ? &x : &shared;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_nested_ternary(int c)
{
    int x = 1;
    int *p = c > 0 ? &shared : c < 0 ? &x : NULL;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_logical_and(int c, int d)
{
    int x = 1;
    int *p = &shared;
    if (c && d)
        p = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_default_argument(int *p)
{
    int fallback = 1;
    if (!p)
        p = &fallback;
    return p; /* WARN "address of local variable 'fallback' is returned" */
}

int *bad_switch(int c)
{
    int x = 1;
    int *p = NULL;
    switch (c) {
    case 1:
        p = &shared;
        break;
    case 2:
        p = &x;
        break;
    }
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_fallthrough(int c)
{
    int x = 1;
    int *p = NULL;
    switch (c) {
    case 1:
        p = &x; /* fall through */
    case 2:
        work();
        break;
    case 3:
        p = &shared;
    }
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_loop_carried(int n)
{
    int x = 1;
    int *p = &shared, *q = &x;
    for (int i = 0; i < n; i++) {
        int *t = p;
        p = q;
        q = t;
    }
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_last_iteration(const int *v, int n)
{
    int x = 1;
    int *p = NULL;
    for (int i = 0; i < n; i++)
        p = v[i] ? &x : NULL;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_best_so_far(const int *v, int n)
{
    int none = -1;
    const int *best = &none;
    for (int i = 0; i < n; i++)
        if (v[i] > *best)
            best = &v[i];
    return (int *)best; /* WARN "address of local variable 'none' is returned" */
}

int *bad_while(int n)
{
    int x = n;
    int *p = NULL;
    while (x > 0) {
        p = &x;
        x--;
    }
    return p; /* WARN "'x' is returned" */
}

int *bad_do_while(void)
{
    int x = 0;
    int *p;
    do {
        p = &x;
        x++;
    } while (cond());
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_break(int n)
{
    int x = 1;
    int *p = &x;
    for (int i = 0; i < n; i++) {
        if (cond())
            break;
        p = &shared;
    }
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_continue(int n)
{
    int x = 1;
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        p = &x;
        if (cond())
            continue;
        p = &shared;
    }
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_goto_out(int c)
{
    int x = 1;
    int *p = &x;
    if (c)
        goto out;
    p = &shared;
out:
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_goto_loop(void)
{
    int x = 1;
    int *p = NULL;
again:
    if (cond()) {
        p = &x;
        goto again;
    }
    return p; /* WARN "'x' is returned" */
}

int *bad_computed_goto(int c)
{
    static void *const to[] = {&&one, &&two};
    int x = 1;
    int *p = NULL;
    goto *to[c & 1];
one:
    p = &shared;
    goto end;
two:
    p = &x;
end:
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_early_return(int c)
{
    int x = 1;
    int *p = &x;
    if (c)
        return p; /* WARN "address of local variable 'x' is returned" */
    p = &shared;
    return p;
}

int *bad_wrong_flag(int c, int d)
{
    int x = 1;
    int *p = NULL;
    if (c)
        p = &x;
    if (d)
        p = NULL;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_flag_changed(int c)
{
    int x = 1;
    int *p = NULL;
    if (c)
        p = &x;
    c = cond();
    if (c)
        p = NULL;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_inverted_flag(int c)
{
    int x = 1;
    int *p = NULL;
    if (c)
        p = &x;
    if (!c)
        p = NULL;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int *bad_guard_is_pointer(int c)
{
    int x = 1;
    int *p = NULL;
    if (c)
        p = &x;
    if (p)
        return p; /* WARN "address of local variable 'x' is returned" */
    return &shared;
}

int *bad_conditional_pointer_to_pointer(int c)
{
    int x = 1;
    int *p = NULL, *q = NULL;
    int **pp = c ? &p : &q;
    *pp = &x;
    return p; /* WARN "address of local variable 'x' is returned" */
}

struct node *bad_list_end(struct node *n)
{
    struct node sentinel = {NULL, 0};
    struct node *last = &sentinel;
    while (n) {
        last = n;
        n = n->next;
    }
    return last; /* WARN "address of local variable 'sentinel' is returned" */
}

/* The empty list returns the dummy itself. */
struct node *bad_dummy_head_tail(struct node *n)
{
    struct node dummy = {NULL, 0}, *tail = &dummy;
    for (; n; n = n->next) {
        tail->next = n;
        tail = n;
    }
    return tail; /* WARN "address of local variable 'dummy' is returned" */
}

/* Look-alikes. */

int *good_same_flag(int c)
{
    int x = 1;
    int *p = &shared;
    if (c)
        p = &x;
    *p = 2;
    if (c)
        p = NULL;
    return p;
}

int *good_opposite_returns(int c)
{
    int x = 1;
    int *p = &shared;
    if (c)
        p = &x;
    *p = 2;
    if (!c)
        return p;
    return NULL;
}

int *good_flag_variable(const int *v)
{
    int x = 1, is_local = 0;
    const int *p = v;
    if (!p) {
        p = &x;
        is_local = 1;
    }
    shared = *p;
    return is_local ? NULL : (int *)p;
}

int *good_compared_before_return(int c)
{
    int x = 1;
    int *p = c ? &x : &shared;
    *p = 3;
    if (p == &x)
        return NULL;
    return p;
}

char *good_small_buffer(size_t n)
{
    char small[64];
    char *buf = n <= sizeof small ? small : malloc(n);
    if (!buf)
        return NULL;
    memset(buf, 'x', n);
    if (buf == small)
        return strndup(buf, n);
    return buf;
}

int *good_reassigned_each_turn(int n)
{
    int x = 1;
    int *p = &shared;
    for (int i = 0; i < n; i++) {
        p = &x;
        *p += i;
        p = &shared;
    }
    return p;
}

int *good_all_cases(int c)
{
    int x = 1;
    int *p = &x;
    *p = c;
    switch (c) {
    case 1:
        p = &shared;
        break;
    default:
        p = NULL;
    }
    return p;
}

int *good_constant_condition(void)
{
    int x = 1;
    int *p = &shared;
    if (sizeof(int) == 3)
        p = &x;
    return p;
}

int *good_constant_local(void)
{
    const int enabled = 0;
    int x = 1;
    int *p = &shared;
    if (enabled)
        p = &x;
    return p;
}

int *good_exits_instead(int c)
{
    int x = 1;
    int *p = &shared;
    if (c) {
        p = &x;
        exit(*p);
    }
    return p;
}

int *good_noreturn_path(int c)
{
    int x = 1;
    int *p = c ? &x : &shared;
    if (c)
        abort();
    return p;
}

/* The next pointer of the dummy is returned, not the dummy. */
struct node *good_dummy_head(struct node *n)
{
    struct node dummy = {NULL, 0}, *tail = &dummy;
    for (; n; n = n->next) {
        tail->next = n;
        tail = n;
    }
    return dummy.next;
}

struct node *good_sentinel_skipped(struct node *n)
{
    struct node sentinel = {n, 0};
    struct node *p = &sentinel;
    while (p->next && p->next->v < 3)
        p = p->next;
    return p->next;
}

struct node *good_indirect_remove(int v)
{
    struct node **at = &head;
    while (*at && (*at)->v != v)
        at = &(*at)->next;
    struct node *found = *at;
    if (found)
        *at = found->next;
    return found;
}

/* `best` starts at the local, but the first turn, which is always made, replaces it. */
const int *good_first_turn_replaces(const int *v)
{
    int none = 0;
    const int *best = &none;
    int i = 0;
    do {
        best = &v[i];
    } while (v[i++] < 3);
    return best;
}
