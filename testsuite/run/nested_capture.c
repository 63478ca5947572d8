/* Variables that nested functions share with their parent, and that outlive both. */
#include "run.h"

static int *captured(int n)
{
    int total = n;

    void twice(void) { total *= 2; }
    twice();
    twice();
    return &total;
}
static int **slots;
static void through_two(void)
{
    int x = 5;
    int *here[1];

    void outer(void)
    {
        void inner(void) { slots[0] = &x; x++; }
        inner();
    }
    outer();
    slots[1] = &x;
    here[0] = &x;
    ++*here[0];
}

static int *parameter(int p)
{
    void add(int n) { p += n; }

    add(3);
    return &p;
}

static int *of_the_nested(int n)
{
    int *made(int v) { int mine = v + n; return &mine; }

    return made(40);
}

int main(void)
{
    int *c = captured(3), *d = captured(5), *s[2], *p, *q;

    slots = s;
    through_two();
    p = parameter(4);
    q = of_the_nested(2);
    clobber();
    printf("%d %d\n", *c, *d);
    printf("%d %d %d\n", *s[0], s[0] == s[1], *p);
    printf("%d\n", *q);
    return 0;
}
