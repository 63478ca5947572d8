/* A million closures made and dropped: the heap stays small, and those still held keep working. */
#include "goescape.h"
#include "run.h"

typedef int fn(int);

static fn *adder(int by)
{
    int total = by;
    int add(int x) { return total += x; }

    return add;
}

int main(void)
{
    static fn *kept[10];
    struct goe_stats s;
    long sum = 0;
    int n = getenv("GOESCAPE") && strstr(getenv("GOESCAPE"), "stress") ? 1000 : 1000000;

    for (int i = 0; i < n; i++) {
        fn *f = adder(i);

        sum += f(1) - i;
        if (i % (n / 10) == 0)
            kept[i / (n / 10)] = f;
    }
    for (int i = 0; i < 10; i++)
        sum += kept[i](1) - 2 - i * (n / 10);
    goe_stats(&s);
    printf("%d %d\n", sum == n, s.heap_bytes < 64 << 20);
    return 0;
}
