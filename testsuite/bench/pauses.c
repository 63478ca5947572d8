/* Pauses: MB of lists of 64 nodes live, one replaced every 20 us of CPU; how long does a step take?
 * usage: pauses [MB]; prints p99.99 and worst in ms, on the mutator's CPU clock, and the peak RSS as a
 * multiple of the live data. */
#include "bench.h"

#include <sys/resource.h>

enum { LENGTH = 64, STEPS = 400000 };

struct node {
    struct node *next;
    long value[2];
};

DESCRIBE(node_type, struct node, 1);

static struct node *build(void)
{
    struct node *list = NULL;

    for (int i = 0; i < LENGTH; i++) {
        struct node *n = NEW(node_type, struct node);
        n->next = list;
        n->value[0] = n->value[1] = i;
        list = n;
    }
    return list;
}

static void drop(struct node *n)
{
    while (!COLLECTED && n) {
        struct node *next = n->next;
        FREE(n);
        n = next;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    size_t mb = argc > 1 ? (size_t)atoi(argv[1]) : 256;
    size_t lists = (mb << 20) / (LENGTH * sizeof(struct node));
    struct node **table = malloc(lists * sizeof *table);
    double *took = malloc(STEPS * sizeof *took);
    uint64_t random = 1;

    for (size_t i = 0; i < lists; i++)
        table[i] = build();
    for (int i = 0; i < STEPS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t at = (random >> 33) % lists;
        double start = cpu_seconds(CLOCK_THREAD_CPUTIME_ID), now;
        struct node *old = table[at];
        table[at] = build();
        drop(old);
        now = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
        took[i] = now - start;
        while (now - start < 20e-6)
            now = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    }
    qsort(took, STEPS, sizeof *took, by_value);
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    printf("%.3f %.3f %.2f\n", took[STEPS - STEPS / 10000] * 1e3, took[STEPS - 1] * 1e3,
           (double)r.ru_maxrss / 1024 / (double)mb);
    return 0;
}
