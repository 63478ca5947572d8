/* OPTIONS: m warn=none */
/*
 * Found by the oracle: a block's local that a struct of the function holds past the block, where the
 * struct's own address also goes to a call.
 */
struct pair {
    int *first;
    int *second;
};
struct node {
    struct node *next;
};
struct row {
    int *cell[2];
};
int use(int **p);

/* The call comes after the last look at what the struct holds. */
int whole(int a)
{
    struct pair v = {0}; /* STAYS v */
    {
        int x = a; /* EXTENDED x */
        v = (struct pair){&x, 0};
    }
    int r = *v.first;
    use(&v.first);
    return r;
}

int member(int a)
{
    struct pair v = {0}; /* STAYS v */
    {
        int x = a; /* EXTENDED x */
        v.first = &x;
    }
    int r = *v.first;
    use(&v.first);
    return r;
}

/* The callee itself looks. */
static void clear(struct node *n) /* STAYS n */
{
    *n->next = (struct node){0};
}

void looked_at(void)
{
    struct node outer = {0}; /* STAYS outer */
    {
        struct node inner = {0}; /* EXTENDED inner */
        outer.next = &inner;
    }
    clear(&outer);
}

static int *second(struct row **r) /* LEAKS r TO RESULT 2 */
{
    return (*r)->cell[1];
}

int *two_steps(int a)
{
    struct {
        struct row *row;
    } outer = {0}; /* STAYS outer */
    {
        struct row inner = {{0, 0}}; /* EXTENDED inner */
        outer.row = &inner;
    }
    return second(&outer.row);
}
