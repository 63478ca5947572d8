/* models_language.c - what each construct of the model language means in memory.
 *
 * Each test reads one line and looks at the effects; `as_written` checks that printing gives the
 * line back. Errors are the business of models_errors.c, the built-in table of models_table.c.
 */
#include "engine/models.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct esc_models *set;

static void fresh(void)
{
    set = esc_models_new(NULL);
}

static void done(void)
{
    esc_models_free(set);
}

static void fail_on_error(void *data, const char *file, unsigned line, unsigned column,
                          const char *message)
{
    ck_abort_msg("%s:%u:%u: %s (%s)", file, line, column, message, (const char *)data);
}

static void read_text(const char *text)
{
    unsigned errors =
        esc_models_parse(set, "test", text, strlen(text), fail_on_error, (void *)text);
    ck_assert_uint_eq(errors, 0);
}

/* The model of the function on the line, which must print as it was written. */
static const struct esc_model *as_written(const char *line)
{
    char name[64], text[512];
    size_t n = strcspn(line, "(");
    memcpy(name, line, n);
    name[n] = '\0';
    read_text(line);
    const struct esc_model *m = esc_models_find(set, name);
    ck_assert_ptr_nonnull(m);
    ck_assert_str_eq(m->name, name);
    ck_assert_uint_eq(esc_model_text(m, text, sizeof text), strlen(line));
    ck_assert_str_eq(text, line);
    return m;
}

static void check_path(struct esc_path path, int base, int derefs)
{
    ck_assert_int_eq(path.base, base);
    ck_assert_int_eq(path.derefs, derefs);
}

static void check_flow(const struct esc_effect *e, int dst, int dst_derefs, int src, int src_derefs)
{
    ck_assert_int_eq(e->kind, ESC_EFFECT_FLOW);
    check_path(e->dst, dst, dst_derefs);
    check_path(e->src, src, src_derefs);
}

START_TEST(flows)
{
    const struct esc_model *m = as_written("strchr(s, c): return = s");
    ck_assert_uint_eq(m->nparams, 2);
    ck_assert_str_eq(m->params[0], "s");
    ck_assert_str_eq(m->params[1], "c");
    ck_assert(!m->variadic && !m->noreturn);
    ck_assert_uint_eq(m->neffects, 1);
    check_flow(&m->effects[0], ESC_BASE_RETURN, 0, 0, 0);

    m = as_written("memcpy(dst, src, n): *dst = *src; return = dst");
    ck_assert_uint_eq(m->neffects, 2);
    check_flow(&m->effects[0], 0, 1, 1, 1);
    check_flow(&m->effects[1], ESC_BASE_RETURN, 0, 0, 0);

    m = as_written("strtok_r(s, delim, save): *save = s; return = s; return = *save");
    check_flow(&m->effects[0], 2, 1, 0, 0);
    check_flow(&m->effects[2], ESC_BASE_RETURN, 0, 2, 1);

    m = as_written("f(a, b): **a = ***b; *return = b; **return = static");
    check_flow(&m->effects[0], 0, 2, 1, 3);
    check_flow(&m->effects[1], ESC_BASE_RETURN, 1, 1, 0);
    check_flow(&m->effects[2], ESC_BASE_RETURN, 2, ESC_BASE_STATIC, 0);
}
END_TEST

START_TEST(nothing)
{
    const struct esc_model *m = as_written("strlen(s): nothing");
    ck_assert_uint_eq(m->neffects, 0);
    ck_assert(!m->noreturn);
    m = as_written("getpid(): nothing");
    ck_assert_uint_eq(m->nparams, 0);
    m = as_written("printf(format, ...): nothing");
    ck_assert_uint_eq(m->nparams, 1);
    ck_assert(m->variadic);
    m = as_written("anything(...): nothing");
    ck_assert_uint_eq(m->nparams, 0);
    ck_assert(m->variadic);
}
END_TEST

START_TEST(variadic_arguments)
{
    const struct esc_model *m =
        as_written("f(n, ...): *... = new; keep ...; keep *...; return = ...");
    check_flow(&m->effects[0], ESC_BASE_VARARGS, 1, ESC_BASE_NEW, 0);
    ck_assert_int_eq(m->effects[1].kind, ESC_EFFECT_KEEP);
    check_path(m->effects[1].src, ESC_BASE_VARARGS, 0);
    check_path(m->effects[2].src, ESC_BASE_VARARGS, 1);
    check_flow(&m->effects[3], ESC_BASE_RETURN, 0, ESC_BASE_VARARGS, 0);
}
END_TEST

START_TEST(keeping)
{
    const struct esc_model *m =
        as_written("f(a, b, c): keep a; keep *b until g; keep **c until g, h, ...");
    ck_assert_int_eq(m->effects[0].kind, ESC_EFFECT_KEEP);
    check_path(m->effects[0].src, 0, 0);
    check_path(m->effects[0].dst, ESC_BASE_NONE, 0);
    ck_assert_ptr_null(m->effects[0].until);
    ck_assert(!m->effects[0].open_end);

    check_path(m->effects[1].src, 1, 1);
    ck_assert_str_eq(m->effects[1].until[0], "g");
    ck_assert_ptr_null(m->effects[1].until[1]);
    ck_assert(!m->effects[1].open_end);

    check_path(m->effects[2].src, 2, 2);
    ck_assert_str_eq(m->effects[2].until[0], "g");
    ck_assert_str_eq(m->effects[2].until[1], "h");
    ck_assert_ptr_null(m->effects[2].until[2]);
    ck_assert(m->effects[2].open_end);

    m = as_written("g(a): keep a until ...");
    ck_assert_ptr_null(m->effects[0].until);
    ck_assert(m->effects[0].open_end);
}
END_TEST

START_TEST(only_if)
{
    const struct esc_model *m = as_written(
        "f(a, op, fn): keep a if op = 1; keep *a until g, ... if op = 20; register fn() if op = 0");
    ck_assert(m->effects[0].given);
    ck_assert_uint_eq(m->effects[0].given_param, 1);
    ck_assert_int_eq(m->effects[0].given_value, 1);
    ck_assert_int_eq(m->effects[1].given_value, 20);
    ck_assert(m->effects[1].open_end);
    ck_assert(m->effects[2].given);
    ck_assert(!as_written("f(a): keep a")->effects[0].given);
}
END_TEST

START_TEST(callbacks)
{
    const struct esc_model *m =
        as_written("qsort_r(base, n, size, cmp, arg): call cmp(base, *base, arg)");
    const struct esc_effect *e = &m->effects[0];
    ck_assert_int_eq(e->kind, ESC_EFFECT_CALL);
    check_path(e->src, 3, 0);
    ck_assert_uint_eq(e->nargs, 3);
    check_path(e->args[0], 0, 0);
    check_path(e->args[1], 0, 1);
    check_path(e->args[2], 4, 0);

    e = as_written("atexit(f): register f()")->effects;
    ck_assert_int_eq(e->kind, ESC_EFFECT_REGISTER);
    check_path(e->src, 0, 0);
    ck_assert_uint_eq(e->nargs, 0);

    e = as_written("on(f, p, ...): register *f(_, static, new, p, ...) until off")->effects;
    check_path(e->src, 0, 1);
    ck_assert_uint_eq(e->nargs, 5);
    check_path(e->args[0], ESC_BASE_NONE, 0);
    check_path(e->args[1], ESC_BASE_STATIC, 0);
    check_path(e->args[2], ESC_BASE_NEW, 0);
    check_path(e->args[3], 1, 0);
    check_path(e->args[4], ESC_BASE_VARARGS, 0);
    ck_assert_str_eq(e->until[0], "off");
}
END_TEST

START_TEST(allocation)
{
    const struct esc_model *m = as_written("malloc(size): return = new(size)");
    check_flow(&m->effects[0], ESC_BASE_RETURN, 0, ESC_BASE_NEW, 0);
    ck_assert_int_eq(m->alloc.size, 0);
    ck_assert_int_eq(m->alloc.count, -1);
    ck_assert_int_eq(m->alloc.align, -1);
    ck_assert(!m->alloc.zeroed && m->alloc.promotable);

    m = as_written("calloc(n, size): return = zero(n * size)");
    ck_assert_int_eq(m->alloc.size, 1);
    ck_assert_int_eq(m->alloc.count, 0);
    ck_assert(m->alloc.zeroed && m->alloc.promotable);

    m = as_written("aligned_alloc(alignment, size): return = new(size align alignment)");
    ck_assert_int_eq(m->alloc.size, 1);
    ck_assert_int_eq(m->alloc.align, 0);
    ck_assert(!m->alloc.promotable);

    m = as_written("f(align): return = new(align align align)"); /* not reserved there */
    ck_assert_int_eq(m->alloc.align, 0);

    m = as_written("realloc(p, size): return = new(size); *return = *p; free p");
    ck_assert_int_eq(m->alloc.size, 1);
    ck_assert(!m->alloc.promotable);
    ck_assert_int_eq(m->effects[2].kind, ESC_EFFECT_FREE);
    check_path(m->effects[2].src, 0, 0);

    m = as_written("strdup(s): return = new");
    ck_assert_int_eq(m->alloc.size, -1);
    ck_assert(!m->alloc.promotable);

    m = as_written("pool_new(size): return = new(size) until pool_free");
    ck_assert_int_eq(m->alloc.size, 0);
    ck_assert(!m->alloc.promotable);
    ck_assert_str_eq(m->effects[0].until[0], "pool_free");

    m = as_written("getline(p, n, stream): free *p; *p = new");
    check_path(m->effects[0].src, 0, 1);
    check_flow(&m->effects[1], 0, 1, ESC_BASE_NEW, 0);
}
END_TEST

START_TEST(no_return)
{
    const struct esc_model *m = as_written("exit(status): noreturn");
    ck_assert(m->noreturn);
    ck_assert_uint_eq(m->neffects, 0);
    m = as_written("leave(p): keep p; noreturn");
    ck_assert(m->noreturn);
    ck_assert_uint_eq(m->neffects, 1);
}
END_TEST

START_TEST(yielding)
{
    const struct esc_model *m = as_written("sched_yield(): yield");
    ck_assert(m->yields && !m->noreturn);
    ck_assert_uint_eq(m->neffects, 0);
    m = as_written("leave(p): keep p; yield; noreturn");
    ck_assert(m->yields && m->noreturn);
    m = as_written("start(p): keep p; fails nonzero; yield");
    ck_assert_int_eq(m->fails, ESC_FAILS_NONZERO);
    m = as_written("open(p): keep p; return = new; fails zero");
    ck_assert_int_eq(m->fails, ESC_FAILS_ZERO);
    m = as_written("take(n): return = new(n); yield");
    ck_assert(!m->alloc.promotable);
}
END_TEST

/* Spaces, comments, empty lines, DOS line ends and a missing last newline do not matter. */
START_TEST(layout)
{
    read_text(
        "\n  # only a comment\n\t f ( a,b , ... ) :return=a;keep*b until g,... # why\r\n\r\nh():nothing");
    const struct esc_model *m = esc_models_find(set, "f");
    char text[128];
    esc_model_text(m, text, sizeof text);
    ck_assert_str_eq(text, "f(a, b, ...): return = a; keep *b until g, ...");
    ck_assert_str_eq(m->file, "test");
    ck_assert_uint_eq(m->line, 3);
    ck_assert_uint_eq(esc_models_find(set, "h")->line, 5);
    read_text("");
    read_text("\n\n");
}
END_TEST

START_TEST(aliases)
{
    read_text("b = a # defined below\na(p): keep p\nc = a\n");
    const struct esc_model *a = esc_models_find(set, "a"), *b = esc_models_find(set, "b");
    ck_assert_str_eq(b->name, "b");
    ck_assert_uint_eq(b->line, 1);
    ck_assert_ptr_eq(b->effects, a->effects);
    ck_assert_ptr_nonnull(esc_models_find(set, "c"));
    read_text("d = a\n"); /* of an earlier file */
    ck_assert_ptr_eq(esc_models_find(set, "d")->effects, a->effects);
}
END_TEST

/* The newest file's model of a function is the one that counts. */
START_TEST(later_files_win)
{
    read_text("f(p): keep p\ng(p): keep p\n");
    read_text("f(p): nothing\n");
    ck_assert_uint_eq(esc_models_find(set, "f")->neffects, 0);
    ck_assert_uint_eq(esc_models_find(set, "g")->neffects, 1);
    ck_assert_uint_eq(esc_models_table_count(set), 2);
    ck_assert_uint_eq(esc_models_table(set, 0).count, 2);
    ck_assert_ptr_null(esc_models_find(set, "h"));
}
END_TEST

/* Tables are sorted however long and disordered the file is. */
START_TEST(many)
{
    enum { COUNT = 5000 };
    char *text = malloc(COUNT * 32), name[16], *p = text;
    for (unsigned i = 0; i < COUNT; i++)
        p += sprintf(p, "f%u(p): keep p\n", i * 7919 % COUNT);
    read_text(text);
    ck_assert_uint_eq(esc_models_table(set, 0).count, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        sprintf(name, "f%u", i);
        ck_assert_ptr_nonnull(esc_models_find(set, name));
    }
    free(text);
}
END_TEST

/* Printing counts what does not fit and always ends the string. */
START_TEST(short_buffers)
{
    const struct esc_model *m = as_written("memcpy(dst, src, n): *dst = *src; return = dst");
    char whole[64], part[64];
    size_t length = esc_model_text(m, whole, sizeof whole);
    for (size_t size = 1; size <= length + 1; size++) {
        memset(part, 'x', sizeof part);
        ck_assert_uint_eq(esc_model_text(m, part, size), length);
        ck_assert_uint_eq(strlen(part), size - 1);
        ck_assert(strncmp(part, whole, size - 1) == 0);
    }
    ck_assert_uint_eq(esc_model_text(m, NULL, 0), length);
    ck_assert_uint_eq(esc_effect_text(m, &m->effects[0], part, sizeof part), 11);
    ck_assert_str_eq(part, "*dst = *src");
}
END_TEST

START_TEST(reads_files)
{
    char path[] = "/tmp/goescape-models-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *out = fdopen(fd, "w");
    for (unsigned i = 0; i < 2000; i++)
        fprintf(out, "f%u(p): keep p\n", i);
    fclose(out);
    ck_assert_uint_eq(esc_models_load(set, path, fail_on_error, "file"), 0);
    remove(path);
    ck_assert_ptr_nonnull(esc_models_find(set, "f1999"));
    ck_assert_str_eq(esc_models_find(set, "f0")->file, path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("models_language");
    TCase *tcase = tcase_create("language");
    tcase_add_checked_fixture(tcase, fresh, done);
    tcase_add_test(tcase, flows);
    tcase_add_test(tcase, nothing);
    tcase_add_test(tcase, variadic_arguments);
    tcase_add_test(tcase, keeping);
    tcase_add_test(tcase, only_if);
    tcase_add_test(tcase, callbacks);
    tcase_add_test(tcase, allocation);
    tcase_add_test(tcase, no_return);
    tcase_add_test(tcase, yielding);
    tcase_add_test(tcase, layout);
    tcase_add_test(tcase, aliases);
    tcase_add_test(tcase, later_files_win);
    tcase_add_test(tcase, many);
    tcase_add_test(tcase, short_buffers);
    tcase_add_test(tcase, reads_files);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
