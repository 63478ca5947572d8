/* OPTIONS: m warn=none */
/*
 * Far away: chains and trees deeper than the analysis tells apart. What stands in one word of far objects
 * is still kept apart from what stands in another. Every x outlives its function.
 */
struct s {
    int *p;
    struct s *next;
    int n;
};
int *g;
void store_eight_down(struct s *a, int *q) /* STAYS a */ /* LEAKS q TO a 0 */
{
    a->next->next->next->next->next->next->next->next->p = q;
}

int *eight_down(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    store_eight_down(&e1, &x);
    return e9.p;
}

void store_at_tail(struct s *a, int *q) /* STAYS a */ /* LEAKS q TO a 0 */
{
    while (a->next)
        a = a->next;
    a->p = q;
}

int *at_tail(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    store_at_tail(&e1, &x);
    return e9.p;
}

void store_at_tail_recursive(struct s *a, int *q) /* STAYS a */ /* LEAKS q TO a 0 */
{
    if (a->next)
        store_at_tail_recursive(a->next, q);
    else
        a->p = q;
}

int *at_tail_recursive(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    store_at_tail_recursive(&e1, &x);
    return e9.p;
}

int *load_eight_down(struct s *a) /* BAD LEAKS a TO RESULT 5: levels are counted as far as 5, this is 8 */
{
    return a->next->next->next->next->next->next->next->next->p;
}

int *loaded_eight_down(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    e9.p = &x;
    return load_eight_down(&e1);
}

int *load_at_tail(struct s *a) /* LEAKS a TO RESULT 1 */
{
    while (a->next)
        a = a->next;
    return a->p;
}

int *loaded_at_tail(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    e9.p = &x;
    return load_at_tail(&e1);
}

void keep_at_tail(struct s *a) /* LEAKS CONTENT a */
{
    while (a->next)
        a = a->next;
    g = a->p;
}

void kept_at_tail(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    e9.p = &x;
    keep_at_tail(&e1);
}

void copy_far_down(struct s *a) /* BAD STAYS a: a flow beyond the depth that is told apart */
{
    a->next->next->next->next->next->next->next->next->p =
        a->next->next->next->next->next->next->next->p;
}

int *copied_far_down(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    e8.p = &x;
    copy_far_down(&e1);
    return e9.p;
}

void copy_far_down_by_call(struct s *a) /* BAD STAYS a: a flow beyond the depth that is told apart */
{
    copy_far_down(a);
}

int *copied_by_call(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    e8.p = &x;
    copy_far_down_by_call(&e1);
    return e9.p;
}

void copy_one_further(struct s *a) /* BAD STAYS a: a flow beyond the depth that is told apart */
{
    copy_far_down_by_call(a->next);
}

int *copied_one_further(void)
{
    int x; /* MOVED x */
    struct s e9 = {0}, e8 = {0, &e9}, e7 = {0, &e8}, e6 = {0, &e7}, e5 = {0, &e6}, e4 = {0, &e5}, /* STAYS e9 */ /* STAYS e8 */ /* STAYS e7 */ /* STAYS e6 */ /* STAYS e5 */ /* STAYS e4 */
             e3 = {0, &e4}, e2 = {0, &e3}, e1 = {0, &e2}; /* STAYS e3 */ /* STAYS e2 */ /* STAYS e1 */
    struct s e0 = {0, &e1}; /* STAYS e0 */
    e8.p = &x;
    copy_one_further(&e0);
    return e9.p;
}

struct t {
    struct t *l, *r;
    int *v;
};
int *load_at_leaf(struct t *t) /* LEAKS t TO RESULT 1 */
{
    while (t->l || t->r)
        t = t->l ? t->l : t->r;
    return t->v;
}

int *loaded_at_leaf(void)
{
    int x; /* MOVED x */
    struct t a = {0, 0, &x}, b = {0, &a}, c = {&b}, d = {0, &c}, e = {&d}, f = {0, &e}, h = {&f}, /* STAYS a */ /* STAYS b */ /* STAYS c */ /* STAYS d */ /* STAYS e */ /* STAYS f */ /* STAYS h */
             i = {0, &h}; /* STAYS i */
    return load_at_leaf(&i);
}

void store_at_leaf(struct t *t, int *q) /* STAYS t */ /* LEAKS q TO t 0 */
{
    if (t->l)
        store_at_leaf(t->l, q);
    else if (t->r)
        store_at_leaf(t->r, q);
    else
        t->v = q;
}

int *stored_at_leaf(void)
{
    int x; /* MOVED x */
    struct t a = {0}, b = {0, &a}, c = {&b}, d = {0, &c}, e = {&d}, f = {0, &e}, h = {&f}, /* STAYS a */ /* STAYS b */ /* STAYS c */ /* STAYS d */ /* STAYS e */ /* STAYS f */ /* STAYS h */
             i = {0, &h}; /* STAYS i */
    store_at_leaf(&i, &x);
    return a.v;
}

void hang_on_leftmost(struct t *t, struct t *n) /* STAYS t */ /* LEAKS n TO t 0 */ /* BAD LEAKS n TO n 0: memory behind a pointer has no order of loads and stores */
{
    while (t->l)
        t = t->l;
    t->l = n;
}

struct t *hung_on_leftmost(void)
{
    struct t x = {0}, a = {0}, b = {&a}, c = {&b}, d = {&c}, e = {&d}, f = {&e}, h = {&f}, i = {&h}; /* MOVED x */ /* STAYS a */ /* STAYS b */ /* STAYS c */ /* STAYS d */ /* STAYS e */ /* STAYS f */ /* STAYS h */ /* STAYS i */
    hang_on_leftmost(&i, &x);
    return a.l;
}

void link_ends(struct t *t) /* LEAKS t TO t 0 */
{
    struct t *m = t->l->l->l->l->l->l->l;
    m->r = t;
    m->v = t->r->v;
}

int *ends_linked(void)
{
    int x; /* MOVED x */
    struct t r = {0, 0, &x}, a = {0}, b = {&a}, c = {&b}, d = {&c}, e = {&d}, f = {&e}, h = {&f}, /* STAYS r */ /* STAYS a */ /* STAYS b */ /* STAYS c */ /* STAYS d */ /* STAYS e */ /* STAYS f */ /* STAYS h */
             i = {&h, &r}; /* STAYS i */
    link_ends(&i);
    return a.v;
}

struct t *end_given(void)
{
    struct t r = {0}, a = {0}, b = {&a}, c = {&b}, d = {&c}, e = {&d}, f = {&e}, h = {&f}, /* MOVED r */ /* MOVED a */ /* MOVED b */ /* MOVED c */ /* MOVED d */ /* MOVED e */ /* MOVED f */ /* MOVED h */
             x = {&h, &r}; /* MOVED x */
    link_ends(&x);
    return a.r;
}

int *load_seven_stars(int ********p) /* BAD LEAKS p TO RESULT 5: levels are counted as far as 5, this is 7 */
{
    return *******p;
}

int *seven_stars_loaded(void)
{
    int x; /* MOVED x */
    int *a = &x, **b = &a, ***c = &b, ****d = &c, *****e = &d, ******f = &e, *******h = &f; /* BAD MOVED a: the same word as x beyond the depth that is told apart */ /* STAYS b */ /* STAYS c */ /* STAYS d */ /* STAYS e */ /* STAYS f */ /* STAYS h */
    return load_seven_stars(&h);
}

void store_seven_stars(int ********p, int *q) /* STAYS p */ /* LEAKS q TO p 0 */
{
    *******p = q;
}

int *seven_stars_stored(void)
{
    int x; /* MOVED x */
    int *a = 0, **b = &a, ***c = &b, ****d = &c, *****e = &d, ******f = &e, *******h = &f; /* STAYS a */ /* STAYS b */ /* STAYS c */ /* STAYS d */ /* STAYS e */ /* STAYS f */ /* STAYS h */
    store_seven_stars(&h, &x);
    return a;
}
