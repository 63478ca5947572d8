/* The containers of plugin/util: arena, vector, pool, map, bits, heap. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "util/bits.h"
#include "util/heap.h"
#include "util/map.h"
#include "util/pool.h"
#include "util/vec.h"

/* How many of the loops' comparisons fail; an assertion each would be slow. */
static unsigned wrong;

START_TEST(arena_hands_out_zeroed_aligned_memory)
{
    struct arena a = {0};

    for (size_t size = 0; size < 5000; size += 7) {
        unsigned char *p = arena_alloc(&a, size);

        ck_assert_uint_eq((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++)
            wrong += p[i] != 0;
        memset(p, 0xff, size);
    }
    arena_free(&a);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(arena_zeroes_memory_that_was_used_before)
{
    for (int round = 0; round < 20; round++) {
        struct arena a = {0};
        for (int i = 0; i < 100; i++) {
            const unsigned char *p = arena_alloc(&a, 200);
            for (int k = 0; k < 200; k++)
                wrong += p[k] != 0;
            memset(arena_raw(&a, 200), 255, 200);
        }
        arena_free(&a);
    }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(arena_blocks_are_apart)
{
    struct arena a = {0};
    enum { N = 3000 };
    unsigned *p[N];

    for (unsigned i = 0; i < N; i++) {
        p[i] = ARENA_ARRAY(&a, unsigned, i % 50 + 1);
        for (unsigned j = 0; j <= i % 50; j++)
            p[i][j] = i;
    }
    for (unsigned i = 0; i < N; i++)
        for (unsigned j = 0; j <= i % 50; j++)
            wrong += p[i][j] != i;
    arena_free(&a);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(arena_takes_blocks_larger_than_a_chunk)
{
    struct arena a = {0};
    char *small = arena_strdup(&a, "small");
    char *large = arena_alloc(&a, 10u << 20);
    char *after = arena_copy(&a, "after", 6);

    memset(large, 'x', 10u << 20);
    ck_assert_str_eq(small, "small");
    ck_assert_str_eq(after, "after");
    ck_assert_uint_ge(a.total, 10u << 20);
    arena_free(&a);
}
END_TEST

START_TEST(arena_is_usable_again_after_free)
{
    struct arena a = {0};

    for (int round = 0; round < 3; round++) {
        int *p = ARENA_NEW(&a, int);

        ck_assert_int_eq(*p, 0);
        *p = 1;
        arena_free(&a);
        ck_assert_ptr_null(a.head);
        ck_assert_uint_eq(a.total, 0);
        arena_free(&a);
    }
}
END_TEST

START_TEST(arena_is_clear_after_reset)
{
    struct arena a = {0};
    size_t total = 0;

    for (int round = 0; round < 4; round++) {
        for (size_t size = 1; size < 4000; size += 31) {
            unsigned char *p = arena_alloc(&a, size);

            for (size_t i = 0; i < size; i++)
                wrong += p[i] != 0;
            memset(p, 0xff, size);
        }
        arena_reset(&a);
        ck_assert(round == 0 || a.total <= total); /* what it kept is used again */
        total = a.total;
        ck_assert_uint_gt(total, 0);
    }
    arena_free(&a);
    arena_reset(&a);
    ck_assert_uint_eq(a.total, 0);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(vector_keeps_what_is_pushed)
{
    VEC(long) v = {0};

    for (long i = 0; i < 10000; i++) {
        vec_push(&v, i * i);
        wrong += vec_last(&v) != i * i || v.len > v.cap;
    }
    for (long i = 0; i < 10000; i++)
        wrong += v.at[i] != i * i;
    vec_free(&v);
    ck_assert_ptr_null(v.at);
    ck_assert_uint_eq(v.len + v.cap, 0);
    vec_push(&v, 5);
    ck_assert_int_eq(v.at[0], 5);
    vec_free(&v);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(vector_holds_structs)
{
    struct pair {
        char c;   /* something to pad */
        double d; /* something aligned */
    };
    VEC(struct pair) v = {0};

    for (int i = 0; i < 100; i++)
        vec_push(&v, ((struct pair){(char)i, i / 2.0}));
    ck_assert_int_eq(v.at[99].c, 99);
    ck_assert_double_eq(v.at[99].d, 49.5);
    vec_free(&v);
}
END_TEST

START_TEST(pool_hands_out_each_block_once)
{
    enum { N = 3000 };
    static unsigned char *p[N];
    static size_t size[N];

    ck_assert_uint_ge(pool_size(1), 1);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < N; i++) {
            size[i] = 1 + i * 7919 % (i % 50 ? 300 : 9000);
            wrong += pool_size(size[i]) < size[i];
            wrong += pool_size(pool_size(size[i])) != pool_size(size[i]);
            p[i] = pool_take(size[i]);
            wrong += (uintptr_t)p[i] % 16 != 0;
            memset(p[i], (int)i, pool_size(size[i]));
        }
        for (size_t i = 0; i < N; i += 3) { /* some move, and some are replaced */
            size_t more = pool_size(size[i]) + 1 + i;
            p[i] = pool_move(p[i], pool_size(size[i]), more);
            for (size_t k = 0; k < pool_size(size[i]); k++)
                wrong += p[i][k] != (unsigned char)i;
            size[i] = more;
            memset(p[i], (int)i, pool_size(more));
            pool_give(p[i + 1], size[i + 1]);
            p[i + 1] = pool_take(size[i + 1]);
            memset(p[i + 1], (int)i + 1, pool_size(size[i + 1]));
        }
        for (size_t i = 0; i < N; i++) {
            for (size_t k = 0; k < pool_size(size[i]); k++)
                wrong += p[i][k] != (unsigned char)i;
            pool_give(p[i], size[i]);
        }
    }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(map_empty)
{
    struct map m = {0};

    ck_assert_uint_eq(map_get(&m, 0), MAP_NONE);
    ck_assert_uint_eq(map_get(&m, UINT64_MAX), MAP_NONE);
    map_free(&m);
}
END_TEST

/* Keys that collide in any table that looks at few bits. */
START_TEST(map_against_plain_arithmetic)
{
    struct map m = {0};
    enum { N = 20000 };

    for (uint64_t i = 0; i < N; i++)
        map_set(&m, i << 40, (uint32_t)(3 * i));
    ck_assert_uint_eq(m.len, N);
    for (uint64_t i = 0; i < N; i++) {
        wrong += map_get(&m, i << 40) != 3 * i;
        wrong += map_get(&m, i << 40 | 1) != MAP_NONE;
    }
    for (uint64_t i = 0; i < N; i += 2)
        map_set(&m, i << 40, 1);
    ck_assert_uint_eq(m.len, N);
    for (uint64_t i = 0; i < N; i++)
        wrong += map_get(&m, i << 40) != (i % 2 ? 3 * i : 1);
    map_free(&m);
    ck_assert_uint_eq(map_get(&m, 0), MAP_NONE);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(map_is_empty_after_clear)
{
    struct map m = {0};

    for (uint32_t keys = 1000; keys; keys /= 10) {
        for (uint32_t i = 0; i < keys; i++)
            wrong += !map_add(&m, i);
        ck_assert_uint_eq(m.len, keys);
        map_clear(&m);
        ck_assert_uint_eq(m.len, 0);
        for (uint32_t i = 0; i < keys; i++)
            wrong += map_get(&m, i) != MAP_NONE;
    }
    ck_assert_uint_lt(m.cap, 1024); /* a table that few keys leave nearly empty is not kept */
    map_clear(&m);
    map_free(&m);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(map_add_tells_what_is_new)
{
    struct map m = {0};

    ck_assert(map_add(&m, 7));
    ck_assert(!map_add(&m, 7));
    ck_assert_uint_eq(map_get(&m, 7), 0);
    map_set(&m, 7, 70);
    ck_assert(!map_add(&m, 7));
    ck_assert_uint_eq(map_get(&m, 7), 70);
    ck_assert(map_add(&m, 0));
    ck_assert_uint_eq(m.len, 2);
    map_free(&m);
}
END_TEST

START_TEST(string_hashes_differ)
{
    struct map m = {0};
    char word[16];

    for (int i = 0; i < 50000; i++) {
        snprintf(word, sizeof word, "f%d", i);
        wrong += !map_add(&m, map_hash_string(word));
    }
    ck_assert_uint_eq(map_hash_string("f1"), map_hash_string("f1"));
    map_free(&m);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* Put in any order, and taken out in between, keys come in order. */
/* The same numbers, added in whatever order, are equal and hash alike; others are and do not. */
/* Random operations on a few sets, and the same on arrays. Numbers come from near places and far ones, so
 * that sets take one word, several, and words below those they have. */
START_TEST(bits_against_plain_arrays)
{
    enum { SETS = 6, N = 700 };
    static bool has[SETS][N];
    struct arena a = {0};
    struct bits set[SETS] = {0};
    uint32_t r = 1;

    for (int step = 0; step < 60000; step++) {
        r = r * 1664525u + 1013904223u;
        uint32_t x = r >> 8, i = x % SETS, j = (i + 1 + x / 8 % (SETS - 1)) % SETS,
                 k = (j + 1 + (i == (j + 1) % SETS)) % SETS, n = x / 64 % (x % 3 ? 64 : N);
        bool some = false, same = true;
        switch (x / 4096 % 16) {
        case 0: /* i = j without k */
            bits_minus(&set[i], &set[j], &set[k], &a);
            for (int w = 0; w < N; w++)
                has[i][w] = has[j][w] && !has[k][w];
            break;
        case 1:
            bits_clear(&set[i]);
            memset(has[i], 0, sizeof has[i]);
            break;
        case 2:
            bits_remove(&set[i], &set[j]);
            for (int w = 0; w < N; w++)
                has[i][w] &= !has[j][w];
            break;
        case 3:
        case 4:
        case 5: /* k takes what is new in i */
            for (int w = 0; w < N; w++) {
                bool new = has[j][w] && !has[i][w];
                some |= new;
                has[i][w] |= new;
                has[k][w] |= new;
            }
            wrong += bits_union(&set[i], &set[k], &set[j], &a) != some;
            break;
        case 6:
            for (int w = 0; w < N; w++) {
                some |= has[i][w] && has[j][w];
                same &= has[i][w] == has[j][w];
            }
            wrong += bits_meet(&set[i], &set[j]) != some || bits_equal(&set[i], &set[j]) != same;
            break;
        case 7: {
            uint32_t w = n;
            while (w < N && !has[i][w])
                w++;
            wrong += bits_next(&set[i], n) != (w < N ? w : (uint32_t)BITS_END);
            break;
        }
        default:
            wrong += bits_add(&set[i], &a, n) == has[i][n] || !bits_has(&set[i], n);
            has[i][n] = true;
        }
        for (int w = 0; step % 50 == 0 && w < N; w++)
            wrong += bits_has(&set[i], (uint32_t)w) != has[i][w];
    }
    ck_assert_uint_eq(wrong, 0);
    arena_free(&a);
}
END_TEST

START_TEST(bits_compare_by_what_they_hold)
{
    struct arena a = {0};
    struct bits up = {0}, down = {0}, news = {0};
    for (uint32_t i = 0; i < 40; i++) {
        bits_add(&up, &a, 1000 + 37 * i);
        bits_add(&down, &a, 1000 + 37 * (39 - i));
    }
    ck_assert(bits_equal(&up, &down));
    ck_assert(bits_hash(&up) == bits_hash(&down));
    ck_assert(!bits_add(&up, &a, 1037));
    ck_assert(bits_add(&up, &a, 5));
    ck_assert(!bits_equal(&up, &down) && !bits_equal(&down, &up));
    ck_assert(bits_hash(&up) != bits_hash(&down));
    ck_assert(bits_union(&down, &news, &up, &a));
    ck_assert(bits_has(&news, 5) && bits_next(&news, 6) == BITS_END);
    ck_assert(bits_hash(&up) == bits_hash(&down));
    /* a range wider than the set */
    struct bits wide = {0}, less = {0};
    bits_add(&less, &a, 5);
    bits_minus(&wide, &up, &less, &a);
    bits_minus(&news, &wide, &(struct bits){0}, &a);
    ck_assert(!bits_has(&wide, 5) && bits_has(&wide, 1000));
    ck_assert(bits_hash(&wide) == bits_hash(&news));
    arena_free(&a);
}
END_TEST

START_TEST(heap_gives_the_lowest_first)
{
    struct heap h = {0};
    uint32_t random = 1, last = 0, left[100] = {0};

    for (int i = 0; i < 2000; i++) {
        random = random * 1103515245 + 12345;
        uint32_t key = random / 65536 % 100;
        heap_put(&h, key, 1000 + key);
        left[key]++;
    }
    ck_assert_uint_eq(h.items.len, 2000);
    for (int i = 0; i < 2000; i++) {
        uint32_t id = heap_take(&h);
        wrong += id < 1000 + last || left[id - 1000]-- == 0;
        last = id - 1000;
        if (i == 1000) { /* below all that is left */
            heap_put(&h, 0, 1000);
            left[0]++;
            wrong += heap_take(&h) != 1000;
            left[0]--;
        }
    }
    ck_assert_uint_eq(h.items.len, 0);
    ck_assert_uint_eq(wrong, 0);
    vec_free(&h.items);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("containers");
    TCase *t = tcase_create("all");
    SRunner *r;
    int failed;

    suite_add_tcase(s, t);
    tcase_add_test(t, arena_hands_out_zeroed_aligned_memory);
    tcase_add_test(t, arena_zeroes_memory_that_was_used_before);
    tcase_add_test(t, arena_blocks_are_apart);
    tcase_add_test(t, arena_takes_blocks_larger_than_a_chunk);
    tcase_add_test(t, arena_is_usable_again_after_free);
    tcase_add_test(t, arena_is_clear_after_reset);
    tcase_add_test(t, vector_keeps_what_is_pushed);
    tcase_add_test(t, vector_holds_structs);
    tcase_add_test(t, pool_hands_out_each_block_once);
    tcase_add_test(t, map_empty);
    tcase_add_test(t, map_against_plain_arithmetic);
    tcase_add_test(t, map_is_empty_after_clear);
    tcase_add_test(t, map_add_tells_what_is_new);
    tcase_add_test(t, string_hashes_differ);
    tcase_add_test(t, bits_against_plain_arrays);
    tcase_add_test(t, bits_compare_by_what_they_hold);
    tcase_add_test(t, heap_gives_the_lowest_first);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
