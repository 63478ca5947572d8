/* Invariant, all at once: a random object graph, changed by several threads, always equals a plain copy of
 * itself that the collector does not know.
 *
 * Each thread has SLOTS roots, some in malloc'ed memory and some in its frame, and a model that mirrors every
 * object: the objects carry an id, the model says for each id which ids its fields hold, and how far inside of
 * these objects the fields point. A step allocates, links, unlinks or walks; a walk compares heap and model.
 * Objects are of many sizes and layouts, also ones that may hold no pointers, and are written at both ends. Now
 * and then a thread ends and another goes on with its graph, or a child is forked that compares its own copy.
 * Trees are made by one thread and read by others, which know their sums. Freed memory is poisoned (verify=1), so
 * an object lost shows.
 *
 *     runtime_model SECONDS [THREADS]    goes on for so long with ever new graphs, and says how much memory that
 *                                        took; see `make soak` */
#include "runtime_probe.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SLOTS = 64,
    IN_FRAME = 16, /* of these */
    FIELDS = 4,
    MODEL = 1 << 16,
    THREADS = 3,
    LIVES = 5, /* threads that have a graph, one after the other */
    STEPS = 40000,
    SHELVES = 16, /* places for trees */
};

struct obj {
    uint32_t id;               /* in the model */
    uint32_t size;             /* of this object in bytes */
    struct obj *field[FIELDS]; /* others; each anywhere inside of them */
};

struct model {
    uint32_t field[MODEL][FIELDS]; /* ids; 0: null */
    uint32_t delta[MODEL][FIELDS]; /* the field points so far behind the object's start */
    bool leaf[MODEL];              /* the object has no fields */
    uint32_t next;                 /* the next id */
    struct obj **root;             /* the first roots, in malloc'ed memory */
    struct obj *volatile *frame;   /* the others */
    uint32_t root_id[SLOTS];       /* what they hold */
    uint64_t random;               /* state */
    uint64_t steps;                /* done */
    unsigned wrong;                /* differences found */
    unsigned life;                 /* how many threads have had it */
};

static uint32_t rnd(struct model *m, uint32_t n)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return (uint32_t)(m->random >> 33) % n;
}

static struct obj *root_get(struct model *m, uint32_t r)
{
    return r < SLOTS - IN_FRAME ? m->root[r] : m->frame[r - (SLOTS - IN_FRAME)];
}

static void root_set(struct model *m, uint32_t r, struct obj *o)
{
    if (r < SLOTS - IN_FRAME)
        m->root[r] = o;
    else
        m->frame[r - (SLOTS - IN_FRAME)] = o;
    m->root_id[r] = o ? o->id : 0;
}

static const uint64_t map = 0x1e;
static const struct __goe_type typed = {40, 8, 5, &map}, aligned = {64, 64, 5, &map},
                               bare = {40, 8, 0, NULL};

static uint32_t tail(const struct obj *o)
{
    uint32_t t;

    memcpy(&t, (const char *)o + o->size - 4, 4);
    return t;
}

static struct obj *obj_new(struct model *m)
{
    static const uint32_t sizes[] = {40, 40, 40, 48, 100, 500, 5000, 40000, 300000};
    uint32_t size = sizes[rnd(m, 1 + rnd(m, 9))], how = rnd(m, 16);
    struct obj *o;

    m->leaf[m->next] = how == 0;
    if (how == 0)
        o = size == 40 ? __goe_new(&bare) : __goe_make_typed(&bare, size / 40);
    else if (how == 1)
        o = __goe_new_typed(&aligned);
    else if (how == 2) /* an array, of which only the first element is used */
        o = __goe_make_typed(&typed, size / 40);
    else
        o = size == 40 ? __goe_new(&typed) : goe_alloc(size);
    o->id = m->next++;
    o->size = how == 1 ? 64 : how <= 2 ? size / 40 * 40 : size;
    if (o->size > sizeof *o)
        memcpy((char *)o + o->size - 4, &o->id, 4);
    memset(m->field[o->id], 0, sizeof m->field[o->id]);
    return o;
}

/* Field f of an object that is no leaf, or null. */
static struct obj *field_get(struct model *m, const struct obj *o, uint32_t f)
{
    return o->field[f] ? (struct obj *)(void *)((char *)o->field[f] - m->delta[o->id][f]) : NULL;
}

static void field_set(struct model *m, struct obj *o, uint32_t f, struct obj *to)
{
    uint32_t delta = to && rnd(m, 2) ? rnd(m, to->size + 1) : 0;

    o->field[f] = to ? (struct obj *)(void *)((char *)to + delta) : NULL;
    m->field[o->id][f] = to ? to->id : 0;
    m->delta[o->id][f] = delta;
}

static bool is_right(struct model *m, const struct obj *o, uint32_t id)
{
    return o->id == id && id && id < m->next && (o->size <= sizeof *o || tail(o) == id);
}

/* Walks a path of random fields from a root, comparing. Null if it ends in a leaf. */
static struct obj *walk(struct model *m, unsigned steps)
{
    uint32_t r = rnd(m, SLOTS);
    struct obj *o = root_get(m, r);
    uint32_t id = m->root_id[r];

    if (!o != !id)
        m->wrong++;
    while (o) {
        if (!is_right(m, o, id)) {
            m->wrong++;
            return NULL;
        }
        if (m->leaf[id])
            return NULL;
        uint32_t f = rnd(m, FIELDS);
        if (steps-- == 0 || !m->field[id][f]) {
            for (f = 0; f < FIELDS; f++)
                m->wrong += !o->field[f] != !m->field[id][f];
            return o;
        }
        o = field_get(m, o, f);
        id = m->field[id][f];
    }
    return o;
}

/* ---- trees that go from thread to thread ---- */

struct tree {
    struct tree *child[3];
    uint64_t number; /* random */
};

static struct shelf {
    struct tree *tree; /* in malloc'ed memory */
    uint64_t sum;      /* of its numbers */
} *shelves;
static pthread_mutex_t at_shelves = PTHREAD_MUTEX_INITIALIZER;

static struct tree *tree_new(struct model *m, uint32_t depth, uint64_t *sum)
{
    struct tree *t = goe_new(struct tree);

    t->number = rnd(m, 1u << 31);
    *sum += t->number;
    for (uint32_t i = 0; i < 3 && depth; i++)
        if (rnd(m, 4))
            t->child[i] = tree_new(m, depth - 1, sum);
    return t;
}

static uint64_t tree_sum(const struct tree *t)
{
    return t ? t->number + tree_sum(t->child[0]) + tree_sum(t->child[1]) + tree_sum(t->child[2]) : 0;
}

static void trade(struct model *m)
{
    struct shelf mine = {NULL, 0};

    mine.tree = tree_new(m, rnd(m, 7), &mine.sum);
    pthread_mutex_lock(&at_shelves);
    struct shelf *at = &shelves[rnd(m, SHELVES)], old = *at;
    *at = mine;
    pthread_mutex_unlock(&at_shelves);
    m->wrong += tree_sum(old.tree) != old.sum;
}

/* ---- steps ---- */

static void step(struct model *m)
{
    uint32_t r = rnd(m, SLOTS), f = rnd(m, FIELDS);
    struct obj *a, *b;

    m->steps++;
    switch (rnd(m, 8)) {
    case 0: /* a new object becomes a root */
        root_set(m, r, obj_new(m));
        break;
    case 1:
        root_set(m, r, NULL);
        break;
    case 2:
    case 3: /* a new object in a field of an old one */
        if ((a = walk(m, rnd(m, 10)))) {
            b = obj_new(m);
            if (!m->leaf[b->id])
                field_set(m, b, 0, field_get(m, a, f));
            field_set(m, a, f, b);
        }
        break;
    case 4:
    case 5: /* an edge between two */
        a = walk(m, rnd(m, 10));
        b = walk(m, rnd(m, 10));
        if (a)
            field_set(m, a, f, b);
        break;
    case 6:
        if (rnd(m, 64) == 0)
            trade(m);
        if (rnd(m, 16384) == 0)
            goe_gc();
        break;
    default:
        walk(m, 20);
    }
}

/* A child has the heap as it was, and goes on with it. */
static void fork_here(struct model *m)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        for (int i = 0; i < 3000 && !m->wrong && m->next < MODEL - 2; i++)
            if (rnd(m, 8) != 6) /* the mutex may be another thread's */
                step(m);
        goe_gc();
        for (int i = 0; i < 1000; i++)
            walk(m, 20);
        _exit(m->wrong ? 1 : 0);
    }
    waitpid(child, &status, 0);
    m->wrong += status != 0;
}

static void *run(void *arg)
{
    struct model *m = arg;
    struct obj *volatile frame[IN_FRAME] = {0};

    m->frame = frame;
    for (uint32_t r = SLOTS - IN_FRAME; r < SLOTS; r++)
        m->root_id[r] = 0;
    for (unsigned i = 0; i < STEPS && !m->wrong; i++) {
        step(m);
        if (m->next == MODEL) { /* the model is full: begin a new one */
            for (uint32_t r = 0; r < SLOTS; r++)
                root_set(m, r, NULL);
            m->next = 1;
        }
    }
    if (m->life++ % LIVES == 1)
        fork_here(m);
    goe_keep_alive((void *)frame);
    return NULL;
}

/* `lives` threads after another for each of `threads` graphs; how many steps that were, or 0 if
 * heap and model ever differed. */
static uint64_t compare(unsigned threads, unsigned lives, uint64_t seed)
{
    struct model *m[16];
    pthread_t t[16];
    uint64_t steps = 0;
    unsigned wrong = 0;

    shelves = calloc(SHELVES, sizeof *shelves);
    for (unsigned i = 0; i < threads; i++) {
        m[i] = calloc(1, sizeof *m[i]);
        m[i]->root = calloc(SLOTS, sizeof *m[i]->root);
        m[i]->next = 1;
        m[i]->random = seed * 77 + i + 1;
    }
    for (unsigned life = 0; life < lives; life++) {
        for (unsigned i = 0; i < threads; i++)
            if (pthread_create(&t[i], NULL, run, m[i]))
                abort();
        for (unsigned i = 0; i < threads; i++) {
            pthread_join(t[i], NULL);
            wrong += m[i]->wrong;
        }
    }
    for (unsigned i = 0; i < threads; i++) {
        steps += m[i]->steps;
        free(m[i]->root);
        free(m[i]);
    }
    free(shelves);
    return wrong ? 0 : steps;
}

START_TEST(one_thread)
{
    ck_assert_uint_gt(compare(1, LIVES, (uint64_t)_i + 1), 0);
}
END_TEST

START_TEST(many_threads)
{
    ck_assert_uint_gt(compare(THREADS, LIVES, (uint64_t)_i + 100), 0);
}
END_TEST

/* ---- for long ---- */

/* The largest size of the last two thirds of the time must not be far from that of the first. */
static int soak(time_t seconds, unsigned threads)
{
    time_t begin = time(NULL), now = begin;
    uint64_t seed = (uint64_t)begin, steps = 0;
    long early = 0, later = 0;
    struct goe_stats s;

    setenv("GOESCAPE", "verify=1:minheap=512k", 0);
    printf("seed %llu, %u threads\n", (unsigned long long)seed, threads);
    for (unsigned graphs = 1; now - begin < seconds; graphs++, now = time(NULL)) {
        uint64_t done = compare(threads, LIVES, seed + graphs);
        if (!done) {
            puts("not ok: the heap differs from the model");
            return EXIT_FAILURE;
        }
        steps += done;
        long size = resident_kb(), *most = now - begin < seconds / 3 ? &early : &later;
        *most = size > *most ? size : *most;
    }
    goe_stats(&s);
    printf("%llu steps, %llu collections, %llu of them of the young; at most %ld MB, early on %ld MB\n",
           (unsigned long long)steps, (unsigned long long)s.collections, (unsigned long long)s.minor,
           (later > early ? later : early) >> 10, early >> 10);
    if (early && later > early + early / 2 + (32 << 10)) {
        puts("not ok: it takes ever more memory");
        return EXIT_FAILURE;
    }
    puts("ok");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return soak(atol(argv[1]), argc > 2 ? (unsigned)atoi(argv[2]) % 16 : THREADS);
    if (!getenv("GOESCAPE")) /* many collections */
        setenv("GOESCAPE", "minheap=512k", 1);
    Suite *s = suite_create("runtime_model");
    TCase *c = tcase_create("model");

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, one_thread, 0, 3);
    tcase_add_loop_test(c, many_threads, 0, 3);
    suite_add_tcase(s, c);
    return probe_main(s);
}
