/* A variable that escapes on some paths only. */
#include "run.h"

static int *kept;
static int *maybe(int c) { int x = c; if (c) { kept = &x; return &x; } return NULL; }
static int *either(int c) { int x = 1, y = 2; int *p = c ? &x : &y; x += 10; y += 10; return p; }
static int *late(int n)
{
    int x = 0;

    for (int i = 0; i < n; i++)
        x += i;
    if (n > 3)
        return &x;
    return NULL;
}
static int *swapped(int n)
{
    int a = 1, b = 2, *p = &a, *q = &b;

    while (n--) {
        int *t = p;

        p = q;
        q = t;
    }
    return p;
}
static int *by_logic(int *p) { int x = 5; return (p && *p > 3) || !p ? &x : p; }
static int *taken_back(void) { int x = 6; kept = &x; kept = NULL; return NULL; }

int main(void)
{
    int two = 2, four = 4;
    int *a = maybe(1), *b = maybe(0), *c = either(1), *d = either(0), *e = late(5), *f = late(2);
    int *g = swapped(4), *h = swapped(5), *i = by_logic(&two), *j = by_logic(&four), *k = by_logic(0);

    clobber();
    printf("%d %d %d %d %d %d %d\n", *a, *kept, b == NULL, *c, *d, *e, f == NULL);
    printf("%d %d %d %d %d\n", *g, *h, *i, *j, *k);
    printf("%d\n", taken_back() == kept);
    return 0;
}
