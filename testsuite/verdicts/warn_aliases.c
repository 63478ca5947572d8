/* OPTIONS: mode=check */
/*
 * Two names for one thing: a helper is told the same object twice, or finds it again behind what it was
 * told. Which store comes last decides; each bad_ function hands over different objects.
 */
struct node {
    int *p;
    struct node *next;
};
extern struct node first;
extern int *other;
void look(const int *);

static void set_then_clear(struct node *a, struct node *b, int *v)
{
    b->p = v;
    a->p = other;
}

void good_same_argument(struct node *n)
{
    int x = 1;
    set_then_clear(n, n, &x);
}

void bad_other_argument(struct node *n, struct node *m)
{
    int x = 1;
    set_then_clear(n, m, &x); /* WARN "'x' is stored in '\*m'" */
}

static void set_global_then_clear(struct node *a, int *v)
{
    first.p = v;
    a->p = other;
}

void good_global_as_argument(void)
{
    int x = 1;
    set_global_then_clear(&first, &x);
}

void bad_global_and_argument(struct node *n)
{
    int x = 1;
    set_global_then_clear(n, &x); /* WARN "'x' is stored in 'first'" */
}

static void set_next_then_clear(struct node *a, int *v)
{
    a->next->p = v;
    a->p = other;
}

void good_circle(void)
{
    int x = 1;
    first.next = &first;
    set_next_then_clear(&first, &x);
}

void bad_line(struct node *n)
{
    int x = 1;
    first.next = n;
    set_next_then_clear(&first, &x); /* WARN "'x' is stored in '\*n'" */
}

static void clear_then_copy(struct node *a, struct node *b, struct node *to)
{
    a->p = other;
    to->p = b->p;
}

void good_read_after_clearing(struct node *n, struct node *to)
{
    int x = 1;
    n->p = &x;
    look(n->p);
    clear_then_copy(n, n, to);
}

void bad_read_beside(struct node *n, struct node *m, struct node *to)
{
    int x = 1;
    m->p = &x;
    look(m->p);
    clear_then_copy(n, m, to); /* WARN "'x' is stored in '\*to'" */
    m->p = other;
}

static void swap(struct node *a, struct node *b)
{
    int *p = a->p;
    a->p = b->p;
    b->p = p;
}

void good_swapped_with_itself(struct node *n)
{
    int x = 1;
    struct node mine = {&x, 0};
    swap(&mine, &mine);
    n->p = other;
}

void bad_swapped(struct node *n)
{
    int x = 1;
    struct node mine = {&x, 0};
    swap(&mine, n); /* WARN "'x' is stored in '\*n'" */
}
