/* A whole program in this style: a hash table that grows, made of locals; counts words. */
#include "run.h"
#include "goescape.h"

struct entry { struct entry *next; const char *key; int count; };
struct table { struct entry **bucket; unsigned n, used; };

static struct table *new_table(unsigned n)
{
    struct table t = {goe_make(struct entry *, n), n, 0};

    return &t;
}

static unsigned hash(const char *s)
{
    unsigned h = 5381;

    while (*s)
        h = h * 33 + (unsigned char)*s++;
    return h;
}

static void grow(struct table *t)
{
    struct entry **bigger = goe_make(struct entry *, 2 * t->n);

    for (unsigned i = 0; i < t->n; i++)
        for (struct entry *e = t->bucket[i], *next; e; e = next) {
            struct entry **b = &bigger[hash(e->key) % (2 * t->n)];

            next = e->next;
            e->next = *b;
            *b = e;
        }
    t->bucket = bigger;
    t->n *= 2;
}

static int *count(struct table *t, const char *key)
{
    struct entry **b = &t->bucket[hash(key) % t->n];

    for (struct entry *e = *b; e; e = e->next)
        if (!strcmp(e->key, key))
            return &e->count;
    if (++t->used > t->n) {
        grow(t);
        b = &t->bucket[hash(key) % t->n];
    }
    {
        struct entry e = {*b, key, 0};

        *b = &e;
        return &e.count;
    }
}

static const char *word(int i)
{
    char buf[16];

    snprintf(buf, sizeof buf, "w%d", i);
    return buf;
}

int main(void)
{
    struct table *t = new_table(4);
    int total = 0;

    for (int i = 0; i < 5000; i++)
        ++*count(t, word(i * i % 997));
    clobber();
    goe_gc();
    for (unsigned i = 0; i < t->n; i++)
        for (struct entry *e = t->bucket[i]; e; e = e->next)
            total += e->count;
    printf("%u words, %d in all\n", t->used, total);
    printf("%d %d %d\n", *count(t, "w0"), *count(t, "w1"), *count(t, "w4"));
    return 0;
}
