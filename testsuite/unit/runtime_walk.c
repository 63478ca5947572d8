/* What walk.c finds out: which of two ways of marking is the faster one, from how long samples take. The clock is the
 * test's own. */
#include "internal.h"

#include <check.h>
#include <stdlib.h>

enum { SAMPLES = 10000 };

static struct walk w;
static uint64_t now;
static unsigned of[2]; /* samples in turn, and alone */

/* So many samples, which take so long in turn and alone. */
static void mark(unsigned samples, uint64_t in_turn, uint64_t alone)
{
    of[0] = of[1] = 0;
    while (samples-- > 0) {
        bool how = w.alone;
        of[how]++;
        now += how ? alone : in_turn;
        goe__walk_turn(&w, now);
    }
}

static void begin(void)
{
    now = 1000;
    goe__walk_init(&w);
    goe__walk_resume(&w, now);
}

START_TEST(takes_the_faster_way)
{
    begin();
    mark(SAMPLES, 5000, 18000);
    ck_assert_uint_lt(of[1], SAMPLES / 100);
    ck_assert_uint_gt(of[1], 10); /* it goes on to look */
    begin();
    mark(SAMPLES, 9000, 6000);
    ck_assert_uint_lt(of[0], SAMPLES / 100);
    ck_assert_uint_gt(of[0], 10);
}
END_TEST

START_TEST(notices_that_it_has_changed)
{
    begin();
    mark(SAMPLES, 5000, 18000);
    mark(300, 12000, 6000);
    mark(100, 12000, 6000);
    ck_assert_uint_gt(of[1], 90);
    mark(300, 5000, 18000);
    mark(100, 5000, 18000);
    ck_assert_uint_gt(of[0], 90);
}
END_TEST

START_TEST(one_interruption_does_little)
{
    begin();
    mark(SAMPLES, 5000, 18000);
    mark(1, 5000000, 5000000);
    mark(1000, 5000, 18000);
    ck_assert_uint_lt(of[1], 30);
}
END_TEST

START_TEST(pauses_do_not_count)
{
    begin();
    for (int i = 0; i < SAMPLES; i++) {
        now += w.alone ? 9000 : 2500;
        goe__walk_pause(&w, now);
        now += 1000000000;
        goe__walk_resume(&w, now);
        now += w.alone ? 9000 : 2500;
        of[w.alone] += 1;
        goe__walk_turn(&w, now);
    }
    ck_assert_uint_lt(of[1], SAMPLES / 50);
    ck_assert_uint_lt(w.cost, 6000);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("walk");
    tcase_add_test(t, takes_the_faster_way);
    tcase_add_test(t, notices_that_it_has_changed);
    tcase_add_test(t, one_interruption_does_little);
    tcase_add_test(t, pauses_do_not_count);
    Suite *s = suite_create("walk");
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
