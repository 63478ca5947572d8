/* Closures against what one writes by hand: a function pointer with a pointer to its frame, and goe_new
 * of that frame. Compiled with the plugin. usage: closures call|call-by-hand|make|make-by-hand;
 * prints ns of CPU for each. */
#include "bench.h"

enum { CALLS = 300000000, MADE = 30000000 };

typedef long fn(long);
struct frame {
    long total, by;
};

static __attribute__((noinline)) fn *adder(long by)
{
    long total = 0;
    long add(long x) { return total += x + by; }

    return add;
}
static long add_by_hand(void *context, long x)
{
    struct frame *f = context;

    return f->total += x + f->by;
}
static __attribute__((noinline)) struct frame *frame_by_hand(long by)
{
    struct frame *f = goe_new(struct frame);

    f->total = 0;
    f->by = by;
    return f;
}

static fn *volatile made;
static struct frame *volatile made_by_hand;
static long (*volatile called_by_hand)(void *, long) = add_by_hand;

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "call";
    double start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    long n = strncmp(what, "call", 4) == 0 ? CALLS : MADE;

    if (strcmp(what, "call") == 0) {
        made = adder(3);
        for (long i = 0; i < n; i++)
            made(i);
    } else if (strcmp(what, "call-by-hand") == 0) {
        made_by_hand = frame_by_hand(3);
        for (long i = 0; i < n; i++)
            called_by_hand(made_by_hand, i);
    } else if (strcmp(what, "make") == 0) {
        for (long i = 0; i < n; i++)
            made = adder(i);
    } else {
        for (long i = 0; i < n; i++)
            made_by_hand = frame_by_hand(i);
    }
    printf("%.2f\n", (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)n * 1e9);
    return 0;
}
