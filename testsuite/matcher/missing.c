int *f(void)
{
    int x = 1; /* MOVED x */
    int y = 2; /* STAYS y */

    g(&y);
    return &x; /* WARN "'x' is returned" */
}
