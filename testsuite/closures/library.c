/* A library with closures, for host.c: made in here, called from there, and the other way round. */
#include <stdlib.h>

typedef int fn(int);

fn *library_adder(int by)
{
    int total = 0;
    int add(int x) { return total += x + by; }

    return add;
}

/* A closure over a closure of the caller's. */
fn *library_after(fn *first, int by)
{
    int after(int x) { return first(x) * by; }

    return after;
}

/* Kept in malloc'ed memory of the library until library_run. */
static fn **kept;
void library_keep(fn *f)
{
    kept = malloc(sizeof *kept);
    *kept = f;
}
int library_run(int x)
{
    return (*kept)(x);
}
