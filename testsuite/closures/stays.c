/* Nested functions that stay on the stack, as values: GCC gives them trampolines there, and the program an
 * executable stack; with closures=noexec the runtime's thunks do. Prints ok, and what the stack may do. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int fn(int);

static int sorted(int *v, int n, int down)
{
    int calls = 0;
    int compare(const void *a, const void *b)
    {
        int r = *(const int *)a - *(const int *)b;

        calls++;
        return down ? -r : r;
    }

    qsort(v, (size_t)n, sizeof *v, compare);
    return calls > 0;
}

static int each(int n, fn *f)
{
    int sum = 0;

    for (int i = 0; i < n; i++)
        sum += f(i);
    return sum;
}

/* Leaves the callback and its caller by a goto. */
static int first_square_above(int n)
{
    __label__ out;
    int got = -1;
    int visit(int i)
    {
        if (i * i > n) {
            got = i;
            goto out;
        }
        return 0;
    }

    each(100, visit);
out:
    return got;
}

/* A nested function makes a value of another one, two levels up, and of itself. */
static int levels(int n)
{
    int depth = 0;
    int leaf(int x) { return x + depth; }
    int middle(int x)
    {
        int inner(int y) { return y ? each(2, leaf) : x; }

        return depth++ < n ? each(2, middle) + each(2, inner) : each(3, inner);
    }

    return each(2, middle);
}

/* One that escapes beside one that does not. */
static fn *beside(int by)
{
    int total = 0;
    int add(int x) { return total += by + x; }
    int local(int x) { return total += x; }

    each(3, local);
    return add;
}

int main(void)
{
    int v[] = {3, 1, 2}, bad = !sorted(v, 3, 1) || v[0] != 3 || v[2] != 1;
    char line[512], stack[8] = "none";
    FILE *maps = fopen("/proc/self/maps", "r");

    bad += !sorted(v, 3, 0) || v[0] != 1 || v[2] != 3;
    bad += first_square_above(50) != 8;
    bad += levels(2) != 103;
    bad += beside(3)(4) != 10;
    for (int i = 0; i < 3000; i++)
        bad += each(3, beside(i)) != 13 + 6 * i;
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "[stack]"))
            sscanf(line, "%*s %4s", stack);
    printf("%s %s\n", bad ? "bad" : "ok", stack);
    return bad;
}
