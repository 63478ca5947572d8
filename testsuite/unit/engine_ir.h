/* A few words in which the engine's tests write functions:
 *
 *     uint32_t f = function("f", 1);           // f(p)
 *     uint32_t p = 0, x = memory("x", 8);      // int *x, its address taken
 *     set(through(p, 0), address(x));          // *p = &x;
 *     end_function();
 *     solve();
 *     ck_assert_moved(x, ESC_WHY_STORED);
 *
 * Statements go to the newest block; their site is their index. One unit at a time, made afresh for
 * each test; everything goes through escape.h.
 */
#ifndef ENGINE_IR_H
#define ENGINE_IR_H

#include "engine/escape.h"
#include "engine/models.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEST_FNS = 4096 };

static struct esc_unit *unit;
static struct esc_fn *fn;                /* the function being built, or looked at */
static struct esc_fn *fns[MAX_TEST_FNS]; /* by symbol */
static uint32_t last_block;              /* of fn */

static inline struct esc_options usual_options(void)
{
    return (struct esc_options){.explain = true, .held = true};
}

static inline void new_unit(struct esc_options options)
{
    esc_unit_free(unit);
    memset(fns, 0, sizeof fns);
    unit = esc_unit_new(&options);
}

static inline void start_unit(void)
{
    unit = NULL;
    new_unit(usual_options());
}

static inline void end_unit(void)
{
    esc_unit_free(unit);
    unit = NULL;
}

/* ---- symbols and variables ---- */

static inline uint32_t declare(const char *name, uint32_t flags)
{
    return esc_symbol(unit, ESC_SYM_FUNC, name, flags, 0);
}

static inline uint32_t data(const char *name, uint32_t size, uint32_t flags)
{
    return esc_symbol(unit, ESC_SYM_DATA, name, flags, size);
}

static inline uint32_t block(void)
{
    return last_block = esc_block(fn);
}

static inline uint32_t local(const char *name, uint32_t size, uint32_t flags)
{
    return esc_local(fn, &(struct esc_var){.name = name, .size = size, .flags = flags});
}

static inline uint32_t scoped(const char *name, uint32_t size, uint32_t flags, uint32_t scope)
{
    return esc_local(fn,
                     &(struct esc_var){.name = name, .size = size, .flags = flags, .scope = scope});
}

/* A body for symbol SYM, with N parameters of one word: variables 0 .. N-1. */
static inline void define(uint32_t sym, uint32_t n)
{
    static const char *const names[] = {"p0", "p1", "p2", "p3", "p4", "p5"};
    fn = fns[sym & ~ESC_SYM] = esc_define(unit, sym);
    for (uint32_t i = 0; i < n; i++)
        local(names[i], 8, ESC_PARAM | ESC_POINTERS);
    block();
}

static inline uint32_t function(const char *name, uint32_t n)
{
    uint32_t sym = declare(name, 0);
    define(sym, n);
    return sym;
}

static inline uint32_t memory(const char *name, uint32_t size)
{
    return local(name, size, ESC_ADDRESSED);
}

static inline uint32_t reg(const char *name)
{
    return local(name, 8, ESC_POINTERS);
}

/* The function leaves at the end of its newest block. */
static inline void end_function(void)
{
    esc_edge(fn, last_block, ESC_EXIT);
}

/* ---- operands and statements ---- */

static inline struct esc_ref value(uint32_t var)
{
    return esc_value(var, 0, 8);
}

static inline struct esc_ref field(uint32_t var, int32_t off)
{
    return esc_value(var, off, 8);
}

static inline struct esc_ref address(uint32_t var)
{
    return esc_addr(var, 0);
}

static inline struct esc_ref through(uint32_t pointer, int32_t off)
{
    return esc_mem(pointer, off, 8);
}

static inline struct esc_ref unknown_address(void)
{
    struct esc_ref r = esc_none();
    r.kind = ESC_UNKNOWN;
    return r;
}

static inline struct esc_ref flagged(struct esc_ref r, uint16_t flags)
{
    r.flags |= flags;
    return r;
}

static inline struct esc_ref plus(struct esc_ref r, int32_t add)
{
    r.add = add;
    return r;
}

static uint32_t sites;

static inline uint32_t set(struct esc_ref dst, struct esc_ref src)
{
    return esc_assign(fn, dst, &src, 1, sites++);
}

static inline uint32_t give_back(struct esc_ref r)
{
    return esc_return(fn, r, sites++);
}

static inline uint32_t call_args(struct esc_ref dst, struct esc_ref callee,
                                 const struct esc_ref *args, uint32_t n)
{
    return esc_call(fn, dst, callee, 0, args, n, sites++);
}

#define call(dst, callee, ...)                                                                     \
    call_args(dst, callee, (struct esc_ref[]){__VA_ARGS__},                                        \
              sizeof((struct esc_ref[]){__VA_ARGS__}) / sizeof(struct esc_ref))

/* ---- answers ---- */

static inline void solve(void)
{
    esc_solve(unit);
}

static inline void look_at(uint32_t sym)
{
    fn = fns[sym & ~ESC_SYM];
}

static inline int verdict(uint32_t var)
{
    return esc_fn_var(fn, var)->verdict;
}

static inline int reason(uint32_t var)
{
    return esc_fn_var(fn, var)->reason;
}

#define ck_assert_stays(var)    ck_assert_int_eq(verdict(var), ESC_STAYS)
#define ck_assert_extended(var) ck_assert_int_eq(verdict(var), ESC_EXTENDED)
#define ck_assert_moved(var, why)                                                                  \
    do {                                                                                           \
        ck_assert_int_eq(verdict(var), ESC_MOVED);                                                 \
        ck_assert_int_eq(reason(var), why);                                                        \
    } while (0)

/* The leaks of parameter PARAM as text: "heap", "content", "result 0", "p1 2", in their order. */
static inline const char *leaks(uint32_t param)
{
    static char text[256];
    struct esc_leak all[8];
    uint32_t n = esc_fn_leaks(fn, param, all, 8);
    text[0] = '\0';
    for (uint32_t i = 0; i < n; i++) {
        char one[40];
        if (all[i].kind == ESC_LEAK_HEAP)
            snprintf(one, sizeof one, "heap");
        else if (all[i].kind == ESC_LEAK_CONTENT)
            snprintf(one, sizeof one, "content");
        else if (all[i].kind == ESC_LEAK_RESULT)
            snprintf(one, sizeof one, "result %u", all[i].level);
        else
            snprintf(one, sizeof one, "%s %u", esc_fn_var(fn, all[i].to)->name, all[i].level);
        if (i)
            strcat(text, ", ");
        strcat(text, one);
    }
    return text;
}

static inline int run_suite(const char *name, const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start_unit, end_unit);
    for (; *tests; tests++)
        tcase_add_test(tcase, *tests);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
