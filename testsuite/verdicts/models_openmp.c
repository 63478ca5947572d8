/* OPTIONS: m warn=none -fopenmp */
/* What threads share: a parallel region is over when its directive is, a task may still be waiting. */
void use(int);

int summed(int n)
{
    int sum = 0, part[64]; /* STAYS part */
#pragma omp parallel for reduction(+ : sum)
    for (int i = 0; i < 64; i++) {
        part[i] = n;
        sum += i;
    }
    return sum + part[n];
}
int scheduled(int n)
{
    int part[64]; /* STAYS part */
#pragma omp parallel for schedule(dynamic, 4)
    for (int i = 0; i < 64; i++)
        part[i] = n;
#pragma omp parallel for schedule(runtime)
    for (int i = 0; i < 64; i++)
        part[i]++;
    return part[n];
}
int in_sections(void)
{
    int one[4], two[4]; /* STAYS one */ /* STAYS two */
#pragma omp parallel sections
    {
#pragma omp section
        one[1] = 5;
#pragma omp section
        two[1] = 6;
    }
    return one[1] + two[1];
}

/* Each thread has its own, and it is gone with the thread's part of the region. */
int private_one(void)
{
    int *last = 0;
#pragma omp parallel
    {
        int own = 1; /* MOVED own */
#pragma omp single
        last = &own;
    }
    return *last;
}
static int *global;
void kept(void)
{
    int part[64]; /* MOVED part */
#pragma omp parallel
    global = part;
}
/* A region in a region. */
int nested(int n)
{
    int part[64]; /* STAYS part */
#pragma omp parallel
    {
#pragma omp parallel for
        for (int i = 0; i < 64; i++)
            part[i] = n;
    }
    return part[n];
}

void spawned(int n)
{
    int count = n; /* MOVED count */
#pragma omp task shared(count)
    use(count++);
}
void spawned_within(int n)
{
#pragma omp parallel
    for (int i = 0; i < n; i++) {
        int count = i; /* MOVED count */
#pragma omp task shared(count)
        use(count++);
    }
}
