/* Invariants of allocation: objects are zeroed and aligned as asked, do not overlap, and what is wrong with a
 * request, an option or the memory left is said in one line before the program stops. */
#include "../child.h"
#include "runtime_probe.h"

#include <signal.h>
#include <sys/resource.h>

static unsigned wrong;

static int is_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return 0;
    return 1;
}

START_TEST(zeroed_and_apart)
{
    enum { N = 400 };
    static unsigned char *at[N];
    static size_t size[N];

    wrong = 0;
    for (unsigned round = 0, rounds = probe_stress() ? 4 : 60; round < rounds; round++) {
        for (unsigned i = 0; i < N; i++) {
            size[i] = (i * 37 + round * 101) % (i % 50 == 0 ? 90000 : 3000);
            at[i] = goe_alloc(size[i]);
            wrong += (uintptr_t)at[i] % 16 != 0 || !is_zero(at[i], size[i]);
            memset(at[i], (int)(i % 255 + 1), size[i]);
        }
        for (unsigned i = 0; i < N; i++)
            for (size_t j = 0; j < size[i]; j++)
                wrong += at[i][j] != i % 255 + 1;
    }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(alignments)
{
    for (size_t align = 1; align <= 1 << 20; align *= 2)
        for (int round = 0; round < 3; round++, goe_gc()) /* memory comes again */
            for (size_t size = 1; size < 200000; size = size * 3 + 1) {
                unsigned char *p = __goe_new_zero(size, align, "T");
                ck_assert_uint_eq((uintptr_t)p % align, 0);
                ck_assert(is_zero(p, size));
                memset(p, 0xff, size);
            }
}
END_TEST

/* Cells go downwards, and so do blocks, also when some of them are in use: what is younger lies further down, but
 * for a new slab now and then. */
START_TEST(handed_out_downwards)
{
    enum { OBJECTS = 100000, EACH = 7 };
    struct node {
        struct node *next;
        long value[2];
    };
    static struct node *kept;
    static const struct __goe_type type = {sizeof(struct node), 8, 1, NULL};
    unsigned upwards = 0;

    if (getenv("GOESCAPE") && strstr(getenv("GOESCAPE"), "stress"))
        return; /* there runs are a cell long, and end at each collection */
    for (int round = 0; round < 2; round++, goe_gc()) {
        uintptr_t last = UINTPTR_MAX;
        for (int i = 0; i < OBJECTS; i++) {
            struct node *n = __goe_new(&type);
            upwards += (uintptr_t)n > last;
            last = (uintptr_t)n;
            n->next = kept;
            kept = i % EACH ? kept : n;
        }
    }
    kept = NULL;
    ck_assert_uint_lt(upwards, OBJECTS / 100);
}
END_TEST

/* More layouts than a thread has cursors for, in turn: none gets cells of another, whatever way it is asked for. */
START_TEST(layouts_in_turn)
{
    enum { SIZES = 200, KEPT = 40 };
    static struct __goe_type types[SIZES];
    static unsigned char *kept[SIZES][KEPT];

    wrong = 0;
    for (unsigned i = 0; i < SIZES; i++)
        types[i] = (struct __goe_type){i + 1, i % 3 ? 8 : 16, (i + 1) / 8 * (i % 5 > 0), NULL};
    for (unsigned round = 0, rounds = (unsigned)probe_steps(30 * KEPT); round < rounds; round++) {
        for (unsigned i = 0; i < SIZES; i++) {
            const struct __goe_type *t = &types[i];
            uint64_t key = __goe_key(t->size, t->align, ((uint64_t)1 << t->nwords) - 1);
            unsigned way = (i + round) % 4;
            unsigned char *p = way == 0   ? __goe_new(t)
                               : way == 1 ? __goe_new_typed(t)
                               : way == 2 ? __goe_new_small(key, t->size)
                                          : __goe_new_zeroed(key, t->size);
            unsigned char *old = kept[i][round % KEPT];
            wrong += !is_zero(p, way % 2 ? t->size : t->nwords * 8) || (uintptr_t)p % t->align;
            for (unsigned j = 0; old && j < t->size; j++)
                wrong += old[j] != (unsigned char)(i + 1);
            memset(p, (int)(i + 1), t->size);
            kept[i][round % KEPT] = p;
        }
    }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* What is inlined keeps objects as the calls do; with a type whose pointers lie far behind, too. */
START_TEST(inlined)
{
    struct pair {
        struct pair *next;
        long number;
    };
    static const uint64_t second = 1;
    static const struct __goe_type pair_type = {sizeof(struct pair), 8, 1, &second};
    static const struct __goe_type far_type = {800, 8, 90, NULL};
    struct pair *a = NULL, *b = NULL;
    struct pair ***far = NULL;

    for (long i = 0, steps = probe_steps(300000); i < steps; i++) {
        struct pair *x = __goe_new_inline(&pair_type), *y = goe_new(struct pair);
        ck_assert_ptr_null(x->next);
        ck_assert(!y->next && !y->number);
        x->next = i % 1000 ? a : NULL;
        y->next = i % 1000 ? b : NULL;
        x->number = y->number = i;
        a = x;
        b = y;
        if (i % 1000 == 0) {
            far = __goe_new(&far_type);
            far[89] = __goe_new_inline(&pair_type);
            *far[89] = a;
        }
        if (i % 1000 == 999) {
            long n = i;
            for (; a && b && a->number == n && b->number == n; n--)
                a = a->next, b = b->next;
            ck_assert_int_eq(n, i - 1000);
            ck_assert_int_eq((*far[89])->number, i - 999);
        }
    }
}
END_TEST

START_TEST(typed_zeroing)
{
    static const uint64_t low = 5;
    static const struct __goe_type types[] = {
        {16, 8, 2, NULL},  {24, 8, 3, &low},    {200, 8, 3, &low},   {4, 4, 0, NULL},
        {256, 8, 0, NULL}, {1024, 8, 70, NULL}, {20000, 8, 3, &low}, {64, 64, 3, &low},
    };

    wrong = 0;
    for (unsigned t = 0; t < sizeof types / sizeof *types; t++)
        for (unsigned i = 0; i < (unsigned)probe_steps(5000) && i * types[t].size < 20000000; i++) {
            unsigned char *p = __goe_new_typed(&types[t]);
            wrong += !is_zero(p, types[t].size) || (uintptr_t)p % types[t].align != 0;
            memset(p, 0xff, types[t].size);
            p = __goe_new(&types[t]);
            for (unsigned w = 0; w < types[t].nwords; w++)
                if (!types[t].ptrmap || types[t].ptrmap[0] >> w & 1)
                    wrong += !is_zero(p + 8 * w, 8);
            memset(p, 0xff, types[t].size);
            p = __goe_make_typed(&types[t], 3);
            wrong += !is_zero(p, 3 * types[t].size);
            memset(p, 0xff, 3 * types[t].size);
            p = __goe_new_array(&types[t], 5 * types[t].size);
            memset(p, 0xff, 5 * types[t].size);
        }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(nothing_is_something)
{
    char *a = goe_alloc(0), *b = goe_make(char, 0);

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_ne(a, b);
}
END_TEST

START_TEST(statistics_add_up)
{
    struct goe_stats a, b;

    goe_gc();
    goe_stats(&a);
    for (int i = 0; i < 1000; i++)
        goe_alloc(40);
    goe_stats(&b);
    ck_assert_uint_eq(b.allocated_objects - a.allocated_objects, 1000);
    ck_assert_uint_eq(b.allocated_bytes - a.allocated_bytes, 48000);
    goe_gc();
    goe_stats(&b);
    if (!probe_stress())
        ck_assert_uint_eq(b.collections, a.collections + 1);
    ck_assert_uint_ge(b.freed_objects - a.freed_objects, 990);
}
END_TEST

START_TEST(heap_stays_small)
{
    struct goe_stats s;

    for (int i = 0; i < probe_steps(300000); i++)
        memset(goe_alloc(1000), 1, 1000);
    for (int i = 0; i < probe_steps(300); i++)
        memset(goe_alloc(1000000), 1, 1000000);
    for (int i = 0; i < probe_steps(300); i++)
        goe_alloc(5000000); /* more than a slab */
    goe_stats(&s);
    ck_assert_uint_lt(s.heap_bytes, 64 << 20);
}
END_TEST

static __attribute__((noinline)) void fill_memory(int objects)
{
    void **list = NULL;

    for (int i = 0; i < objects; i++) {
        void **p = goe_alloc(1000);
        memset(p, 1, 1000);
        *p = list;
        list = p;
    }
    goe_keep_alive(list);
}

START_TEST(memory_goes_back)
{
    long before = resident_kb();

    fill_memory(100000);
    long full = resident_kb();
    for (int i = 0; i < 3; i++)
        probe_collect();
    ck_assert_int_gt(full - before, 90000);
    ck_assert_int_lt(resident_kb() - before, 40000);
}
END_TEST

/* Memory that went back to the system is as good as new. */
START_TEST(zero_after_it_went_back)
{
    fill_memory(100000);
    for (int i = 0; i < 3; i++)
        probe_collect();
    goe_set_gc_percent(-1);
    for (int i = 0; i < 90; i++)
        ck_assert(is_zero(goe_alloc(1000000), 1000000));
}
END_TEST

/* Room between objects that stay is used again, without a collection in between. */
START_TEST(room_between_objects)
{
    enum { N = 400000 };
    static void *kept[N / 10];
    struct goe_stats before, after;

    goe_set_gc_percent(-1);
    for (int i = 0; i < N; i++)
        kept[i / 10] = goe_alloc(40);
    goe_gc();
    goe_stats(&before);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < N / 10 * 8; i++)
            goe_alloc(40);
        goe_gc();
    }
    goe_stats(&after);
    ck_assert_ptr_nonnull(kept[N / 10 - 1]);
    ck_assert_uint_eq(after.heap_bytes, before.heap_bytes);
}
END_TEST

/* Empty blocks serve for objects of other sizes. */
START_TEST(sizes_in_turn)
{
    struct goe_stats s;

    goe_set_gc_percent(-1);
    for (size_t size = 16; size < 3000; size += size / 4) {
        for (size_t n = 0; n < 4 << 20; n += size)
            goe_alloc(size);
        goe_gc();
    }
    goe_stats(&s);
    ck_assert_uint_lt(s.heap_bytes, 24 << 20);
}
END_TEST

/* The same again and again takes no more and no more. */
START_TEST(soak)
{
    long early = 0;

    for (int i = 0; i < 40; i++) {
        fill_memory(15000);
        goe_alloc(5000000);
        if (i == 10)
            early = resident_kb();
    }
    ck_assert_int_lt(resident_kb(), early + 30000);
}
END_TEST

/* ---- ends: run in a child, whose message is read back ---- */

struct end {
    void (*fn)(void);
    const char *options; /* for a fresh process, as they are read once; null: none is needed */
};

static void come_to(const void *arg)
{
    const struct end *end = arg;

    if (end->options) {
        setenv("GOESCAPE", end->options, 1);
        setenv("RUNTIME_ALLOC_CHILD", "1", 1);
        execl("/proc/self/exe", "runtime_alloc", (char *)NULL);
        _exit(99);
    }
    signal(SIGABRT, SIG_DFL);
    end->fn();
    _exit(0);
}

static int end_of(void (*fn)(void), const char *options)
{
    struct end end = {fn, options};
    int status = run_child(come_to, &end);

    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void overflows(void)
{
    goe_make(long, SIZE_MAX / 4);
}

static void grows(void)
{
    void **list = NULL;

    goe_set_memory_limit(16 << 20);
    for (;;) {
        void **p = goe_alloc(probe_stress() ? 50000 : 1000);
        *p = list;
        list = p;
    }
}

static void stays(void)
{
    goe_set_memory_limit(16 << 20);
    for (int i = 0; i < probe_steps(1000000); i++)
        goe_alloc(1000);
}

static void one_huge(void)
{
    goe_alloc((size_t)1 << 46);
}

static void address_space(void)
{
    struct rlimit r = {256 << 20, 256 << 20};
    void **list = NULL;

    setrlimit(RLIMIT_AS, &r);
    for (;;) {
        void **p = goe_alloc(probe_stress() ? 100000 : 100);
        *p = list;
        list = p;
    }
}

static void wrong_version(void)
{
    __goe_init(99, "old.c");
}

START_TEST(clear_ends)
{
    ck_assert_int_eq(end_of(overflows, NULL), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "goe_make(long, "));
    ck_assert_int_eq(end_of(grows, NULL), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "out of memory"));
    ck_assert_ptr_nonnull(strstr(said, "the limit is 16777216"));
    ck_assert_int_eq(end_of(stays, NULL), 0);
    ck_assert_int_eq(end_of(one_huge, NULL), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "out of memory"));
    ck_assert_int_eq(end_of(address_space, NULL), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "the system has no more"));
    ck_assert_int_eq(end_of(wrong_version, NULL), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "old.c was compiled for version 99"));
}
END_TEST

START_TEST(options)
{
    ck_assert_int_eq(end_of(NULL, "stats=1"), 0);
    ck_assert_ptr_nonnull(strstr(said, "allocated"));
    ck_assert_int_eq(end_of(NULL, "trace"), 0);
    ck_assert_ptr_nonnull(strstr(said, "gc 1 (asked for)"));
    ck_assert_int_eq(end_of(NULL, "help=1"), 0);
    ck_assert_ptr_nonnull(strstr(said, "gcpercent"));
    ck_assert_int_eq(end_of(NULL, "gcpercnt=1"), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "there is no option 'gcpercnt'"));
    ck_assert_int_eq(end_of(NULL, "limit=12q"), 1000 + SIGABRT);
    ck_assert_ptr_nonnull(strstr(said, "limit=12q is no number"));
    /* A value that is none is never taken for another. */
    static const char *const refused[] = {"limit=k", "limit=00000000000000000000000000000064mm",
                                        "limit=99999999999999999999", "limit=9999999999g",
                                        "limit=-1", "limit= 1", "limit=", "minheap", "trace=1k"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        ck_assert_msg(end_of(NULL, refused[i]) == 1000 + SIGABRT, "%s is accepted", refused[i]);
        ck_assert_ptr_nonnull(strstr(said, "is no number"));
    }
    ck_assert_int_eq(end_of(NULL, "limit=00000000000000000000000000000064m"), 0);
    ck_assert_int_eq(end_of(NULL, "limit=64m:gcpercent=-1"), 0);
    ck_assert_str_eq(said, "");
}
END_TEST

int main(void)
{
    if (getenv("RUNTIME_ALLOC_CHILD")) {
        goe_alloc(1);
        goe_gc();
        return 0;
    }
    Suite *s = suite_create("runtime_alloc");
    TCase *c = tcase_create("alloc");

    tcase_set_timeout(c, probe_stress() ? 300 : 60);
    tcase_add_test(c, zeroed_and_apart);
    tcase_add_test(c, alignments);
    tcase_add_test(c, handed_out_downwards);
    tcase_add_test(c, layouts_in_turn);
    tcase_add_test(c, inlined);
    tcase_add_test(c, typed_zeroing);
    tcase_add_test(c, nothing_is_something);
    tcase_add_test(c, statistics_add_up);
    tcase_add_test(c, heap_stays_small);
    if (!probe_stress()) { /* these need memory to be filled */
        tcase_add_test(c, memory_goes_back);
        tcase_add_test(c, zero_after_it_went_back);
        tcase_add_test(c, room_between_objects);
        tcase_add_test(c, sizes_in_turn);
        tcase_add_test(c, soak);
    }
    tcase_add_test(c, clear_ends);
    tcase_add_test(c, options);
    suite_add_tcase(s, c);
    return probe_main(s);
}
