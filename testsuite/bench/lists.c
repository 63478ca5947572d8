/* Two threads that build, read and drop lists in a shared table. usage: lists SLOTS
 * Each step replaces the list in one slot of the table by a new one of 64 nodes, under a lock for each
 * slot; the old one dies. SLOTS 64: a small live set; 50000: 138 MB with malloc. */
#include "bench.h"

#include <pthread.h>

enum { THREADS = 2, STEPS = 250000, LENGTH = 64 };

struct node {
    struct node *next;
    long value[2];
};

DESCRIBE(node_type, struct node, 1);

static struct slot {
    pthread_mutex_t lock;
    struct node *list;
} * table;
static int slots;

static void drop(struct node *n)
{
    while (!COLLECTED && n) {
        struct node *next = n->next;
        FREE(n);
        n = next;
    }
}

static struct node *build(long seed)
{
    struct node *list = NULL;

    for (int i = 0; i < LENGTH; i++) {
        struct node *n = NEW(node_type, struct node);
        n->next = list;
        n->value[0] = seed + i;
        n->value[1] = i;
        list = n;
    }
    return list;
}

static void *run(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg * 77777 + 1, sum = 0;

    for (long step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        struct slot *s = &table[(random >> 33) % (uint64_t)slots];
        struct node *fresh = build(step);
        pthread_mutex_lock(&s->lock);
        struct node *old = s->list;
        s->list = fresh;
        pthread_mutex_unlock(&s->lock);
        for (struct node *n = old; n; n = n->next)
            sum += (uint64_t)n->value[1];
        drop(old);
    }
    return (void *)(uintptr_t)sum;
}

int main(int argc, char **argv)
{
    pthread_t t[THREADS];

    slots = argc > 1 ? atoi(argv[1]) : 64;
    table = calloc((size_t)slots, sizeof *table);
    for (int i = 0; i < slots; i++) {
        pthread_mutex_init(&table[i].lock, NULL);
        table[i].list = build(i);
    }
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, run, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    return 0;
}
