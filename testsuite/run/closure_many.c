/* Millions of closures made and dropped: after each tenth of them those still held are all that lives, but for what old
 * words on the stack may hold; the heap stays small; and those still held keep working. (valgrind's translations of
 * closures' code are memory of the process that holds their addresses, so that none dies there.) */
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
    int many = 0; /* times that more lived */
    int n = getenv("GOESCAPE") && *getenv("GOESCAPE") ? 1000 : 3000000;

    for (int i = 0; i < n; i++) {
        fn *f = adder(i);

        sum += f(1) - i;
        if (i % (n / 10) == 0) {
            kept[i / (n / 10)] = f;
            goe_gc();
            goe_stats(&s);
            many += s.live_objects > 200 && !getenv("UNDER_VALGRIND");
        }
    }
    for (int i = 0; i < 10; i++)
        sum += kept[i](1) - 2 - i * (n / 10);
    goe_stats(&s);
    printf("%d %d\n", sum == n, s.heap_bytes < 64 << 20);
    printf("%d\n", many);
    return 0;
}
