/* OPTIONS: mode=check -fopenmp */
/* What the threads of a region share: another thread takes back what this one left there. */
void use(int);

/* One of the two `single` is another thread's. */
void taken_back_by_another(void)
{
    int *p = 0;
#pragma omp parallel shared(p)
    {
        int x = 3;
#pragma omp single
        p = &x;
        use(*p);
#pragma omp barrier
#pragma omp single
        p = 0;
    }
}
static void meet(void)
{
#pragma omp barrier
}
void taken_back_behind_a_helper(void)
{
    int *p = 0;
#pragma omp parallel shared(p)
    {
        int x = 3;
#pragma omp single nowait
        p = &x;
        meet();
#pragma omp single nowait
        if (p)
            p = 0;
    }
}
void in_a_function_elsewhere(void);
void taken_back_behind_an_unknown_one(void)
{
    int *p = 0;
#pragma omp parallel shared(p)
    {
        int x = 3;
#pragma omp single nowait
        p = &x;
        in_a_function_elsewhere();
#pragma omp single nowait
        if (p)
            p = 0;
    }
}
void in_turn(void)
{
    int *p = 0;
#pragma omp parallel shared(p)
    {
        int x = 3;
#pragma omp critical
        p = &x;
#pragma omp critical
        if (p)
            p = 0;
    }
}
void left(void)
{
    int *p = 0;
#pragma omp parallel shared(p)
    {
        int x = 3;
#pragma omp masked
        p = &x; /* WARN "address of local variable 'x' is stored in 'memory that threads share', which outlives it" */
    }
    use(*p);
}
int *returned(int n)
{
    int sum = n;
#pragma omp parallel for reduction(+ : sum)
    for (int i = 0; i < n; i++)
        sum += i;
    return &sum; /* WARN "address of local variable 'sum' is returned" */
}
