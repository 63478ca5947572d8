/* When closures of one scope share what they hold and when each needs its own: several in one block, in
 * loops within loops, with arrays of variable length that change in between, from gotos back. */
#include "run.h"

typedef int get(void);

static get *first, *second;

static void two_of_one_scope(int k)
{
    int n = k, m = k * 2;
    int f(void) { return n++ + m; }
    int g(void) { return n + m--; }

    first = f;
    m += 100;
    second = g;
}
static void one_site_twice(get **made, int k)
{
    int n = k;
    int f(void) { return n++; }

    for (int i = 0; i < 2; i++)
        made[i] = f;
}
static void loop_in_loop(get **made)
{
    int all = 0;

    for (int i = 0; i < 2; i++) {
        int row = i * 10;
        for (int j = 0; j < 2; j++) {
            int cell = j;
            int f(void) { return all++ * 1000 + row++ * 10 + cell++; }
            *made++ = f;
        }
    }
}
static void between_two(get **made, int n)
{
    int k = 0;

    for (int i = 1; i <= n; i++) {
        int v[i], last = i - 1;
        int f(void) { return v[last]++ + (int)(sizeof v / sizeof *v) * 100 + k++ * 1000; }

        v[i - 1] = i;
        made[i - 1] = f;
    }
}
static void later_variable(get **made)
{
    int a = 1;
    int f(void) { return a++; }

    made[0] = f;
    {
        int b = 10;
        int g(void) { return a++ * 100 + b++; }

        made[1] = g;
        made[2] = f;
    }
}
static void goto_back(get **made)
{
    int i = 0;
again: {
    int x = i * 10;
    int f(void) { return x++; }

    made[i++] = f;
    if (i < 3)
        goto again;
}
}
static get *only_on_one_path(int k)
{
    int n = k;
    int f(void) { return n++; }

    if (k > 3)
        return f;
    return NULL;
}
static get *of_two_levels(int k)
{
    int outer = k;
    get *middle(int j)
    {
        int inner = j;
        int f(void) { return outer++ * 10 + inner++; }
        get *one = f, *two = f;

        one();
        return two;
    }
    return middle(k + 1);
}
static get *large_beside_small(int k)
{
    char large[200] = {[7] = k};
    int small = k;
    int f(void) { return large[7]++ * 100 + small++; }

    return f;
}
static void show(get **made, int n)
{
    clobber();
    for (int i = 0; i < n; i++) {
        printf("%d", made[i]());
        printf(" %d%s", made[i](), i + 1 < n ? " " : "\n");
    }
}

int main(void)
{
    get *made[8];

    two_of_one_scope(1);
    show((get *[]){first, second}, 2);
    one_site_twice(made, 5);
    show(made, 2);
    loop_in_loop(made);
    show(made, 4);
    between_two(made, 3);
    show(made, 3);
    later_variable(made);
    show(made, 3);
    goto_back(made);
    show(made, 3);
    made[0] = only_on_one_path(4);
    made[1] = of_two_levels(2);
    made[2] = large_beside_small(6);
    show(made, 3);
    return 0;
}
