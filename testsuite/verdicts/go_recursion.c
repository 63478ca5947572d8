/* OPTIONS: m warn=none */
/*
 * Recursion, alone and mutual: a cycle of functions is as precise as straight code.
 */
#include <stddef.h>

int *kept;
void *anything;
int number;

struct node {
    const char *s;
    struct node *left, *right;
};

/* A walk that reorders the children of each node: everything stays within what np points to. */
int walk(struct node **np) /* LEAKS np TO np 2 */ /* GO: LEAKS CONTENT np */
{
    struct node *n = *np;
    if (!n)
        return 0;
    int w = n->s ? n->s[0] : 0;
    int wl = walk(&n->left);
    int wr = walk(&n->right);
    if (wl < wr) {
        struct node *t = n->left;
        n->left = n->right;
        n->right = t;
        int v = wl;
        wl = wr;
        wr = v;
    }
    *np = n;
    return w + wl + wr;
}
int walk_user(void)
{
    struct node a = {"a", NULL, NULL}; /* STAYS a */ /* GO: MOVED a */
    struct node b = {"b", NULL, NULL}; /* STAYS b */ /* GO: MOVED b */
    struct node root = {"c", &a, &b}; /* STAYS root */ /* GO: MOVED root */
    struct node *p = &root; /* STAYS p */
    return walk(&p);
}

/* Depth-first sum: reads only. */
int depth(const struct node *n) /* STAYS n */
{
    if (!n)
        return 0;
    int l = depth(n->left);
    int r = depth(n->right);
    return 1 + (l > r ? l : r);
}
int depth_user(void)
{
    struct node leaf = {"leaf", NULL, NULL}; /* STAYS leaf */
    struct node root = {"root", &leaf, &leaf}; /* STAYS root */
    return depth(&root);
}

/* The chain of frames is linked: each frame's node points to the caller's. */
struct frame {
    struct frame *up;
    int value;
};
int climb(struct frame *up, int n) /* STAYS up */
{
    struct frame here = {up, n}; /* STAYS here */
    if (n > 0)
        return climb(&here, n - 1);
    int sum = 0;
    for (struct frame *f = &here; f; f = f->up)
        sum += f->value;
    return sum;
}
int climb_user(void) { return climb(NULL, 10); }

/* The same chain, kept at the bottom. */
struct frame *kept_frame;
void climb_and_keep(struct frame *up, int n) /* LEAKS up */
{
    struct frame here = {up, n}; /* MOVED here */
    if (n > 0)
        climb_and_keep(&here, n - 1);
    else
        kept_frame = &here;
}

/* The same chain, given back. */
struct frame *climb_and_give(struct frame *up, int n) /* LEAKS up */
{
    struct frame here = {up, n}; /* MOVED here */
    if (n > 0)
        return climb_and_give(&here, n - 1);
    return &here;
}

/* Back through any number of levels. */
int *give_back(int *p, int n) { return n ? give_back(p, n - 1) : p; } /* LEAKS p TO RESULT 0 */
int give_back_user(void)
{
    int x = 1; /* STAYS x */
    return *give_back(&x, 3);
}
int *give_back_kept(void)
{
    int x = 1; /* MOVED x */
    return give_back(&x, 3);
}

/* Two functions that call each other and read. */
int odd(int *p);
int even(int *p) /* STAYS p */
{
    if (*p == 0)
        return 1;
    --*p;
    return odd(p);
}
int odd(int *p) /* STAYS p */
{
    if (*p == 0)
        return 0;
    --*p;
    return even(p);
}
int parity(int n)
{
    int x = n; /* STAYS x */
    return even(&x);
}

/* Three functions; the third keeps. */
void ring_b(int *p, int n);
void ring_c(int *p, int n);
void ring_a(int *p, int n) { if (n) ring_b(p, n - 1); } /* LEAKS p */
void ring_b(int *p, int n) { if (n) ring_c(p, n - 1); } /* LEAKS p */
void ring_c(int *p, int n) /* LEAKS p */
{
    if (n)
        ring_a(p, n - 1);
    else
        kept = p;
}
void ring_user(void)
{
    int x = 0; /* MOVED x */
    ring_a(&x, 5);
}

/* Parameters turn round in a cycle: each of them can come out. */
int *turn(int *a, int *b, int *c, int n) /* LEAKS a TO RESULT 0 */ /* LEAKS b TO RESULT 0 */ /* LEAKS c TO RESULT 0 */
{
    return n ? turn(b, c, a, n - 1) : a;
}

/* A parameter that is passed on but never first. */
int *not_turned(int *a, int *b, int n) /* LEAKS a TO RESULT 0 */ /* STAYS b */
{
    return n ? not_turned(a, b, n - 1) : a;
}

/* Loads pile up: any level may come out. */
void *peel(void **p, int n) { return n ? peel((void **)*p, n - 1) : p; } /* LEAKS p TO RESULT 0 */

/* Out-parameter through recursion. */
void set_deep(int **out, int *p, int n) /* STAYS out */ /* LEAKS p TO out 0 */ /* GO: LEAKS p */
{
    if (n)
        set_deep(out, p, n - 1);
    else
        *out = p;
}
int set_deep_user(void)
{
    int x = 5; /* STAYS x */ /* GO: MOVED x */
    int *p = NULL; /* STAYS p */
    set_deep(&p, &x, 3);
    return *p;
}
int *set_deep_returned(void)
{
    int x = 5; /* MOVED x */
    int *p = NULL; /* STAYS p */
    set_deep(&p, &x, 3);
    return p;
}

/* Each activation sets the variable of its caller to its own: the caller sees a dead one. */
void set_up(int **out, int n) /* STAYS out */
{
    int x = n; /* MOVED x */
    int *mine = NULL; /* STAYS mine */
    if (n)
        set_up(&mine, n - 1);
    *out = &x;
    if (mine)
        number += *mine;
}

/* A function that works on a scratch variable of its own and on the caller's. */
void scratch(int **p, int n) /* STAYS p */
{
    int x = 0; /* STAYS x */
    int *q = &x; /* STAYS q */
    if (n)
        scratch(&q, n - 1);
    **p = *q;
}
