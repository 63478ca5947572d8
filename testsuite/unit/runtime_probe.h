/* SPDX-License-Identifier: BSL-1.0
 *
 * Probes: objects whose life can be watched without keeping them alive.
 *
 * A test puts the only pointers to PROBES objects in the place under test, hides what it remembers of
 * them (complemented addresses), collects with verify=1, which poisons what is freed, and looks whether
 * their contents survived. Then it clears the place, collects again, and most must be gone: else the first
 * half would have proved nothing. A few may linger, held by old words on the stack.
 */
#ifndef RUNTIME_PROBE_H
#define RUNTIME_PROBE_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "goescape.h"

enum { PROBES = 64, PROBE_BYTES = 40, PROBE_LINGER = 24 };

static uint64_t probe_hidden[PROBES]; /* complements of their addresses */

static inline uint64_t probe_word(int i)
{
    return 0x600dc0de00000000u + (uint64_t)i;
}

/* A new probe, remembered only in hiding. */
static __attribute__((noinline, unused)) void *probe_new(int i)
{
    uint64_t *p = goe_alloc(PROBE_BYTES);

    for (int w = 0; w < PROBE_BYTES / 8; w++)
        p[w] = probe_word(i);
    probe_hidden[i] = ~(uint64_t)(uintptr_t)p;
    return p;
}

/* Overwrites the stack that calls have left behind. */
static __attribute__((noinline, unused)) void probe_wipe_stack(void)
{
    volatile char space[1 << 14];

    for (unsigned i = 0; i < sizeof space; i++)
        space[i] = 0;
}

/* How many probes are intact. */
static __attribute__((noinline, unused)) int probe_alive(void)
{
    int n = 0;

    for (int i = 0; i < PROBES; i++) {
        const uint64_t *p = (const uint64_t *)(uintptr_t)~probe_hidden[i];
        int intact = 1;

        for (int w = 0; w < PROBE_BYTES / 8; w++)
            intact &= p[w] == probe_word(i);
        n += intact;
    }
    return n;
}

static __attribute__((noinline, unused)) void probe_collect(void)
{
    probe_wipe_stack();
    goe_gc();
    probe_wipe_stack();
}

/* The two halves of every such test: n is how many the place holds now. */
#define PROBES_HELD()                                                                              \
    do {                                                                                           \
        probe_collect();                                                                           \
        ck_assert_int_eq(probe_alive(), PROBES);                                                   \
    } while (0)

#define PROBES_GONE()                                                                              \
    do {                                                                                           \
        probe_collect();                                                                           \
        ck_assert_int_le(probe_alive(), PROBE_LINGER);                                             \
    } while (0)

/* Whether each allocation, or each few, is a collection. */
static inline bool probe_stress(void)
{
    const char *options = getenv("GOESCAPE");

    return options && strstr(options, "stress=");
}

/* So many steps of N as can be done in the time. */
static inline int probe_steps(int n)
{
    return probe_stress() ? n / 300 + 1 : n;
}

/* ONLY=name in the environment: of all tests this one. */
static inline bool probe_wanted(const char *test)
{
    const char *only = getenv("ONLY");

    return !only || !*only || strcmp(only, test) == 0;
}

#undef tcase_add_test
#undef tcase_add_loop_test
#define tcase_add_loop_test(c, test, from, to)                                                     \
    (probe_wanted(#test) ? _tcase_add_test((c), (test), 0, 0, (from), (to)) : (void)0)
#define tcase_add_test(c, test) tcase_add_loop_test(c, test, 0, 1)

/* Runs a suite as every such program does. verify=1 must be in the environment before the first
 * allocation; what the caller has set is added. */
static int probe_main(Suite *s)
{
    const char *given = getenv("GOESCAPE");
    char options[256];

    snprintf(options, sizeof options, "verify=1%s%s", given ? ":" : "", given ? given : "");
    setenv("GOESCAPE", options, 1);

    SRunner *r = srunner_create(s);

    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Resident kilobytes of this process; 0: not to be known. */
static inline long resident_kb(void)
{
    long total = 0, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f) {
        if (fscanf(f, "%ld %ld", &total, &pages) != 2)
            pages = 0;
        fclose(f);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

#endif
