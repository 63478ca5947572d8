/* A goto out of a nested function: it needs its parent on the stack, and works as long as that is there.
 * The other closures of the same parent outlive it all the same. */
#include "run.h"

typedef int get(void);
typedef int fn(int);

static int *captured_goes_with_it(void)
{
    __label__ out;
    int x = 5, *p = NULL;
    void in(void)
    {
        p = &x;
        goto out;
    }
    in();
out:
    return p;
}
static get *a_sibling_jumps(int k)
{
    __label__ out;
    int n = 0;
    int count(void) { return ++n + k; }
    void stop(int i)
    {
        n = i * 10;
        if (i == 3)
            goto out;
    }
    for (int i = 0; i < 10; i++)
        stop(i);
out:
    return count;
}
static fn *its_child_jumps_into_it(int k)
{
    int total = k;
    int f(int x)
    {
        __label__ done;
        void each(int i)
        {
            total += i;
            if (i == x)
                goto done;
        }
        for (int i = 0; i < 100; i++)
            each(i);
    done:
        return total;
    }
    return f;
}
static fn *its_child_is_called_back(int k)
{
    int total = k;
    int f(int x)
    {
        __label__ done;
        int sorted = 0;
        int order(const void *a, const void *b)
        {
            if (++total == x)
                goto done;
            return *(int *)a - *(int *)b;
        }
        int v[3] = {3, 2, 1};
        qsort(v, 3, sizeof *v, order);
        sorted = v[0];
    done:
        return total * 10 + sorted;
    }
    return f;
}

static void (*keep)(int);

static int kept_while_the_parent_runs(int k)
{
    __label__ out;
    int v = 0;
    char *p = NULL;
    void f(int i)
    {
        v = i;
        if (i >= k)
            goto out;
    }
    keep = f;
    for (int i = 0;; i++) {
        p = __builtin_alloca(100 + i);
        memset(p, i, 100);
        keep(i);
    }
out:
    keep = NULL;
    return v * 10 + p[0];
}
static int out_of_a_callee(int k)
{
    __label__ out;
    int v = 0;
    void f(int i)
    {
        v += i;
        if (i == k)
            goto out;
        f(i + 1);
    }
    void g(void) { f(0); }

    g();
    v = -1;
out:
    return v;
}
static void in_each_iteration(get **made)
{
    for (int i = 0; i < 3; i++) {
        __label__ next;
        int x = i * 10;
        int g(void) { return x++; }
        void skip(void)
        {
            x++;
            goto next;
        }
        made[i] = g;
        if (i != 1)
            skip();
        x += 5;
    next:;
    }
}

int main(void)
{
    get *made[3], *sibling = a_sibling_jumps(100);
    fn *child = its_child_jumps_into_it(1), *called_back = its_child_is_called_back(0);
    int *captured = captured_goes_with_it();

    in_each_iteration(made);
    clobber();
    printf("%d\n", *captured);
    printf("%d", sibling());
    printf(" %d\n", sibling());
    printf("%d", child(4));
    printf(" %d\n", child(2));
    printf("%d", called_back(2));
    printf(" %d\n", called_back(100) % 10);
    printf("%d %d\n", kept_while_the_parent_runs(4), out_of_a_callee(4));
    for (int i = 0; i < 3; i++) {
        printf("%d", made[i]());
        printf(" %d\n", made[i]());
    }
    return 0;
}
