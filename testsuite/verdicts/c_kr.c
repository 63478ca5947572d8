/* OPTIONS: m warn=none -std=gnu17 */
/* Functions without prototype, old and new, and calls that do not fit their definition. */
int *kept;
int number;

int old_reads(p, n) /* the declarations follow */
    int *p; /* STAYS p */
    int n;
{
    return *p + n;
}
int *old_gives(n, p)
    int n;
    int *p; /* LEAKS p TO RESULT 0 */
{
    return p + n;
}
int old_keeps(p)
    int *p; /* LEAKS p */
{
    kept = p;
    return 0;
}
void users(void)
{
    int a = 1; /* STAYS a */
    int b = 1; /* STAYS b */
    int c = 1; /* MOVED c */
    old_reads(&a, 1);
    *old_gives(0, &b) = 1;
    old_keeps(&c);
}
/* Declared without parameters, defined elsewhere. */
int unknown();
void *unknown_gives();
void unknown_user(void)
{
    int x = 1; /* STAYS x */
    unknown(&x);
}
int *unknown_given(void)
{
    int x = 1; /* MOVED x */
    return unknown_gives(&x);
}
/* Declared without parameters, defined below with some. */
int later_keeps();
void later_user(void)
{
    int x = 1; /* MOVED x */
    later_keeps(1, &x);
}
int later_keeps(int n, int *p) /* LEAKS p */
{
    kept = p;
    return n;
}
/* Called through a pointer of another type. */
void called_through_other_type(void)
{
    int x = 1; /* MOVED x */
    int (*f)() = old_keeps;
    f(&x);
}
/* Too many arguments: the last one is never seen. */
int takes_one();
void too_many(void)
{
    int x = 1; /* STAYS x */
    int y = 1; /* STAYS y */
    takes_one(&x, &y);
}
int takes_one(int *p) /* STAYS p */
{
    return *p;
}
