/* Millions of closures made and dropped: the heap stays small and so does what is resident, which hardly grows any
 * more once half of them were made (the other half kept would be 48 MB at least; a busy machine may let the heap
 * have another 12); and those still held keep working. */
#include "goescape.h"
#include "run.h"

typedef int fn(int);

static fn *adder(int by)
{
    int total = by;
    int add(int x) { return total += x; }

    return add;
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f && fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * 4;
}

int main(void)
{
    static fn *kept[10];
    struct goe_stats s;
    long sum = 0, early = 0;
    int n = getenv("GOESCAPE") && *getenv("GOESCAPE") ? 1000 : 3000000;

    for (int i = 0; i < n; i++) {
        fn *f = adder(i);

        sum += f(1) - i;
        if (i % (n / 10) == 0)
            kept[i / (n / 10)] = f;
        if (i == n / 10 * 5)
            early = resident_kb();
    }
    for (int i = 0; i < 10; i++)
        sum += kept[i](1) - 2 - i * (n / 10);
    goe_stats(&s);
    printf("%d %d\n", sum == n, s.heap_bytes < 64 << 20);
    printf("%d %d\n", early > 0, resident_kb() < early + 24576);
    return 0;
}
