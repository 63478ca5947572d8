/* Invariant, all at once: a random object graph, changed by several threads, always equals a plain copy of
 * itself that the collector does not know.
 *
 * Each thread has SLOTS roots in malloc'ed memory and a model that mirrors every object: the objects carry
 * an id, the model says for each id which ids its fields hold. A step allocates, links, unlinks or walks;
 * a walk compares heap and model. Freed memory is poisoned (verify=1), so an object lost shows. */
#include "runtime_probe.h"

#include <pthread.h>

enum { SLOTS = 64, FIELDS = 4, MODEL = 1 << 16, THREADS = 3, STEPS = 150000 };

struct obj {
    uint32_t id;               /* in the model */
    uint32_t size;             /* of this object in bytes */
    struct obj *field[FIELDS]; /* others; each anywhere inside of them */
};

struct model {
    uint32_t field[MODEL][FIELDS]; /* ids; 0: null */
    uint32_t next;                 /* the next id */
    struct obj **root;             /* SLOTS of them, in malloc'ed memory */
    uint32_t root_id[SLOTS];       /* what they hold */
    uint64_t random;               /* state */
    unsigned wrong;                /* differences found */
};

static uint32_t rnd(struct model *m, uint32_t n)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return (uint32_t)(m->random >> 33) % n;
}

static const uint64_t map = 0x1e;
static const struct __goe_type typed = {40, 8, 5, &map};

static struct obj *obj_new(struct model *m)
{
    static const uint32_t sizes[] = {40, 40, 40, 48, 100, 500, 5000, 40000, 300000};
    uint32_t size = sizes[rnd(m, 1 + rnd(m, 9))];
    struct obj *o = size == 40 ? __goe_new(&typed) : goe_alloc(size);

    o->id = m->next++;
    o->size = size;
    memset(m->field[o->id], 0, sizeof m->field[o->id]);
    return o;
}

/* Walks a path of random fields from a root, comparing. */
static struct obj *walk(struct model *m, unsigned steps)
{
    uint32_t r = rnd(m, SLOTS);
    struct obj *o = m->root[r];
    uint32_t id = m->root_id[r];

    if (!o != !id)
        m->wrong++;
    while (o) {
        if (o->id != id || id == 0 || id >= m->next) {
            m->wrong++;
            return NULL;
        }
        uint32_t f = rnd(m, FIELDS);
        if (steps-- == 0 || !m->field[id][f]) {
            for (f = 0; f < FIELDS; f++)
                m->wrong += !o->field[f] != !m->field[id][f];
            return o;
        }
        o = o->field[f];
        id = m->field[id][f];
    }
    return o;
}

static void step(struct model *m)
{
    uint32_t r = rnd(m, SLOTS);

    switch (rnd(m, 8)) {
    case 0: /* a new object becomes a root */
        m->root[r] = obj_new(m);
        m->root_id[r] = m->root[r]->id;
        break;
    case 1:
        m->root[r] = NULL;
        m->root_id[r] = 0;
        break;
    case 2:
    case 3: /* a new object in a field of an old one */ {
        struct obj *o = walk(m, rnd(m, 10));
        if (o) {
            uint32_t f = rnd(m, FIELDS);
            struct obj *n = obj_new(m);
            n->field[0] = o->field[f];
            m->field[n->id][0] = m->field[o->id][f];
            o->field[f] = n;
            m->field[o->id][f] = n->id;
        }
        break;
    }
    case 4:
    case 5: /* an edge between two */ {
        struct obj *a = walk(m, rnd(m, 10)), *b = walk(m, rnd(m, 10));
        if (a) {
            uint32_t f = rnd(m, FIELDS);
            a->field[f] = b;
            m->field[a->id][f] = b ? b->id : 0;
        }
        break;
    }
    default:
        walk(m, 20);
    }
}

static void *run(void *arg)
{
    struct model *m = arg;

    for (unsigned i = 0; i < STEPS && !m->wrong; i++) {
        step(m);
        if (m->next == MODEL) { /* the model is full: begin a new one */
            memset(m->root, 0, SLOTS * sizeof *m->root);
            memset(m->root_id, 0, sizeof m->root_id);
            m->next = 1;
        }
    }
    return NULL;
}

static void compare(unsigned threads, uint64_t seed)
{
    struct model *m[THREADS];
    pthread_t t[THREADS];

    for (unsigned i = 0; i < threads; i++) {
        m[i] = calloc(1, sizeof *m[i]);
        m[i]->root = calloc(SLOTS, sizeof *m[i]->root);
        m[i]->next = 1;
        m[i]->random = seed * 77 + i + 1;
        pthread_create(&t[i], NULL, run, m[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(t[i], NULL);
        ck_assert_uint_eq(m[i]->wrong, 0);
        free(m[i]->root);
        free(m[i]);
    }
}

START_TEST(one_thread)
{
    compare(1, (uint64_t)_i + 1);
}
END_TEST

START_TEST(many_threads)
{
    compare(THREADS, (uint64_t)_i + 100);
}
END_TEST

int main(void)
{
    if (!getenv("GOESCAPE")) /* many collections */
        setenv("GOESCAPE", "minheap=512k", 1);
    Suite *s = suite_create("runtime_model");
    TCase *c = tcase_create("model");

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, one_thread, 0, 4);
    tcase_add_loop_test(c, many_threads, 0, 3);
    suite_add_tcase(s, c);
    return probe_main(s);
}
