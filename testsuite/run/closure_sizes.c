/* Captured parameters that the types of other parameters depend on: the type is that of the moment of the
 * call, whatever becomes of the parameter. */
#include "run.h"

typedef int get(void);

static get *captured_later_changed(int n, int m, int a[n][m])
{
    int f(void)
    {
        n++;
        return a[1][1]++ + (int)sizeof *a * 100 + n * 10000;
    }
    n += 5;
    return f;
}
static get *constant(const int n, int a[n][n])
{
    const int *q = &n;
    int f(void) { return a[1][1]++ + (int)sizeof *a * 100 + *q * 10000; }

    return f;
}
static get *side_effect(int n, int a[n++][n])
{
    int f(void) { return ++n + (a == NULL); }

    return f;
}
static void *in_type_of_inner(int n)
{
    int f(int m, int a[][n])
    {
        n++;
        m++;
        return a[0][0] + (int)sizeof *a * 10 + n * 1000 + m * 100000;
    }
    n++;
    return f;
}
static void *two_levels(int n)
{
    void *middle(int k)
    {
        int f(int m, int a[m][n][k]) { return sizeof *a * 10 + sizeof a[0][0]; }

        n++;
        k++;
        return f;
    }
    return middle(4);
}
static get *through_typeof(int n, int *(*a)[n])
{
    typeof(*a) *b = a;
    int f(void)
    {
        n = 0;
        return *(*b)[1] + sizeof *b;
    }
    return f;
}
static void *in_type_of_result(int n)
{
    int(*f(int(*p)[n]))[n]
    {
        n++;
        return p + 1;
    }
    return f;
}

int main(void)
{
    int a[2][2] = {{1, 2}, {3, 4}}, b[2][3] = {{1, 2, 3}, {4, 5, 6}}, *rows[2] = {a[0], a[1]};
    get *g[] = {captured_later_changed(2, 3, b), constant(2, a), side_effect(1, a),
                through_typeof(2, &rows)};
    int (*inner)(int, int(*)[3]) = in_type_of_inner(3);
    int (*deep)(int, void *) = two_levels(3);
    int(*(*result)(int(*)[3]))[3] = in_type_of_result(3);

    clobber();
    for (int i = 0; i < 4; i++) {
        printf("%d", g[i]());
        printf(" %d\n", g[i]());
    }
    printf("%d", inner(1, b));
    printf(" %d\n", inner(1, b));
    printf("%d %d\n", deep(1, NULL), (int)((char *)result(b) - (char *)b));
    return 0;
}
