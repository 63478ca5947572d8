/* Much memory of malloc beside a small heap: MB in blocks of 64 KB, a few of which hold pointers, and 21 MB of lists
 * live, one of which is replaced again and again; after each, WRITES bytes are written anywhere in the blocks.
 * usage: foreign [MB [WRITES]]; prints CPU seconds, collections, the longest stop in ms, MB of heap, and KB
 * read outside of it by the last collection. */
#include "bench.h"

enum { LENGTH = 700, LISTS = 1000, STEPS = 200000, BLOCK = 1 << 16, HOLDER = 500 };

struct node {
    struct node *next;
    long value[2];
};

DESCRIBE(node_type, struct node, 1);

static struct node *build(int length)
{
    struct node *list = NULL;

    for (int i = 0; i < length; i++) {
        struct node *n = NEW(node_type, struct node);
        n->next = list;
        n->value[0] = i;
        list = n;
    }
    return list;
}

static uint64_t random_number(void)
{
    static uint64_t r = 1;

    return (r = r * 6364136223846793005u + 1442695040888963407u) >> 20;
}

int main(int argc, char **argv)
{
    size_t blocks = (size_t)(argc > 1 ? atoi(argv[1]) : 500) << 20 >> 16;
    int writes = argc > 2 ? atoi(argv[2]) : 0, lost = 0;
    char **block = malloc((blocks + 1) * sizeof *block);
    struct node **live = malloc(LISTS * sizeof *live);
    struct goe_stats s;

    for (size_t i = 0; i < blocks; i++)
        block[i] = memset(malloc(BLOCK), 1, BLOCK);
    for (int i = 0; i < LISTS; i++)
        live[i] = build(LENGTH);
    for (size_t i = 0; i < blocks; i += HOLDER)
        *(struct node **)(void *)(block[i] + 64) = build(3);
    double start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < STEPS; i++) {
        live[random_number() % LISTS] = build(LENGTH);
        for (int w = 0; w < writes && blocks; w++)
            block[random_number() % blocks][100 + random_number() % 60000] = 2;
    }
    double took = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    for (size_t i = 0; i < blocks; i += HOLDER)
        lost += (*(struct node **)(void *)(block[i] + 64))->next->next->value[0] != 0;
    goe_stats(&s);
    printf("%.2f %lu %.1f %lu %lu%s\n", took, (unsigned long)s.collections, (double)s.pause_max_ns / 1e6,
           (unsigned long)(s.heap_bytes >> 20), (unsigned long)(s.root_bytes >> 10), lost ? " LOST" : "");
    return lost != 0;
}
