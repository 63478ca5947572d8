/* models_table.c - facts about the built-in models: the table as a whole, and functions whose
 * treatment of their arguments is easily got wrong.
 */
#include "engine/models.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct esc_models *set;

static void fresh(void)
{
    set = esc_models_new(&esc_models_builtin);
}

static void done(void)
{
    esc_models_free(set);
}

static void complain(void *data, const char *file, unsigned line, unsigned column,
                     const char *message)
{
    ck_abort_msg("%s:%u:%u: %s (%s)", file, line, column, message, (const char *)data);
}

/* Lookups rely on it, and it means that no two files define one function. */
START_TEST(sorted)
{
    for (size_t i = 1; i < esc_models_builtin.count; i++)
        ck_assert_str_lt(esc_models_builtin.models[i - 1].name, esc_models_builtin.models[i].name);
}
END_TEST

START_TEST(size)
{
    ck_assert_uint_ge(esc_models_builtin.count, 2000);
}
END_TEST

static void check_path(const struct esc_model *m, struct esc_path path)
{
    ck_assert_int_ge(path.base, ESC_BASE_NONE);
    ck_assert_int_lt(path.base, m->nparams);
    ck_assert_uint_le(path.derefs, 7);
    if (path.base == ESC_BASE_VARARGS)
        ck_assert_msg(m->variadic, "%s", m->name);
    if (path.base == ESC_BASE_NEW || path.base == ESC_BASE_STATIC || path.base == ESC_BASE_NONE)
        ck_assert_uint_eq(path.derefs, 0);
}

/* What models.h promises of every effect, for the engine to rely on. */
START_TEST(well_formed)
{
    for (size_t i = 0; i < esc_models_builtin.count; i++) {
        const struct esc_model *m = &esc_models_builtin.models[i];
        for (size_t j = 0; j < m->neffects; j++) {
            const struct esc_effect *e = &m->effects[j];
            check_path(m, e->src);
            check_path(m, e->dst);
            ck_assert(e->src.base != ESC_BASE_RETURN && e->src.base != ESC_BASE_NONE);
            if (e->kind == ESC_EFFECT_FLOW)
                ck_assert(
                    e->dst.base == ESC_BASE_RETURN ||
                    ((e->dst.base >= 0 || e->dst.base == ESC_BASE_VARARGS) && e->dst.derefs > 0));
            else
                ck_assert(e->dst.base == ESC_BASE_NONE &&
                          (e->src.base >= 0 || e->src.base == ESC_BASE_VARARGS));
            ck_assert(e->nargs == 0 || e->kind == ESC_EFFECT_CALL ||
                      e->kind == ESC_EFFECT_REGISTER);
            for (unsigned k = 0; k < e->nargs; k++)
                check_path(m, e->args[k]);
        }
    }
}
END_TEST

/* The table says what the files say: printed, read and printed again, each model is the same. */
START_TEST(round_trip)
{
    struct esc_models *again = esc_models_new(NULL);
    char line[1024], second[1024];
    for (size_t i = 0; i < esc_models_builtin.count; i++) {
        const struct esc_model *m = &esc_models_builtin.models[i];
        size_t n = esc_model_text(m, line, sizeof line);
        ck_assert_uint_lt(n, sizeof line);
        esc_models_parse(again, "again", line, n, complain, line);
        const struct esc_model *copy = esc_models_find(again, m->name);
        ck_assert_ptr_nonnull(copy);
        esc_model_text(copy, second, sizeof second);
        ck_assert_str_eq(line, second);
        ck_assert_mem_eq(&copy->alloc, &m->alloc, sizeof m->alloc);
    }
    esc_models_free(again);
}
END_TEST

/* Functions and exactly what is said of them. */
static const char *const facts[] = {
    "strchr(s, c): return = s",
    "strtol(s, endptr, base): *endptr = s",
    "memcpy(dst, src, n): *dst = *src; return = dst",
    "memset(s, c, n): return = s",
    "malloc(size): return = new(size)",
    "calloc(n, size): return = zero(n * size)",
    "realloc(p, size): return = new(size); *return = *p; free p",
    "free(p): free p",
    "posix_memalign(memptr, alignment, size): *memptr = new",
    "asprintf(strp, format, ...): *strp = new",
    "getline(lineptr, n, stream): free *lineptr; *lineptr = new",
    "qsort(base, n, size, cmp): *base = *base; call cmp(base, base)",
    "bsearch(key, base, n, size, cmp): call cmp(key, base); return = base",
    "lsearch(key, base, np, size, cmp): *base = *key; call cmp(key, base); return = base",
    "setenv(name, value, overwrite): nothing",
    "putenv(s): keep s until putenv, setenv, unsetenv, clearenv; fails nonzero",
    "setvbuf(stream, buf, mode, size): keep buf until setvbuf, setbuf, setbuffer, fclose; fails nonzero",
    "sigaltstack(stack, old): keep *stack until sigaltstack; *old = static; fails nonzero",
    "sigaction(sig, act, old): register *act(_, _, _) until sigaction, signal; *old = static; fails nonzero",
    "epoll_ctl(epfd, op, fd, event): keep *event until epoll_ctl, close; fails nonzero",
    "thrd_create(thread, start, arg): register start(arg) until thrd_join; fails nonzero",
    "pthread_join(thread, retval): *retval = static; yield",
    "pthread_key_create(key, destructor): register destructor(static); fails nonzero",
    "pthread_mutex_lock(mutex): yield",
    "atexit(f): register f(); fails nonzero",
    "on_exit(f, arg): register f(_, arg); fails nonzero",
    "strtok_r(s, delim, save): *save = s; *save = *save; return = s; return = *save",
    "tdestroy(root, free_node): call free_node(*root)",
    "hsearch(item, action): keep item until hdestroy if action = 1; return = static; fails zero",
    "timer_create(clock, sevp, timer): register *sevp(*sevp) until timer_delete; fails nonzero",
    "readv(fd, iov, n): **iov = static",
    "sendmsg(fd, msg, flags): keep ***msg until ...",
    "getaddrinfo(node, service, hints, res): *res = new until freeaddrinfo; **res = *res",
    "getpwnam_r(name, pw, buf, n, result): *pw = buf; *result = pw",
    "gettext(msgid): return = msgid; return = static",
    "snprintf(s, n, format, ...): nothing",
    "sscanf(s, format, ...): *... = new",
    "exit(status): noreturn",
    "pthread_exit(retval): keep retval; noreturn",
    "pthread_once(once, init): call init()",
    "dl_iterate_phdr(f, data): call f(_, _, data)",
    "iconv(cd, inbuf, inleft, outbuf, outleft): *inbuf = *inbuf; *outbuf = *outbuf",
    "__errno_location(): return = static",
    "__atomic_exchange_8(p, value, order): return = *p; *p = value",
};

START_TEST(fact)
{
    char name[64], text[512];
    size_t n = strcspn(facts[_i], "(");
    memcpy(name, facts[_i], n);
    name[n] = '\0';
    const struct esc_model *m = esc_models_find(set, name);
    ck_assert_msg(m, "no model of %s", name);
    esc_model_text(m, text, sizeof text);
    ck_assert_str_eq(text, facts[_i]);
}
END_TEST

/* Only blocks for which stack memory can stand are promotable. */
START_TEST(promotable)
{
    static const char *const yes[] = {"malloc",        "calloc",    "__libc_malloc",
                                      "__libc_calloc", "goe_alloc", "__goe_new_zero",
                                      "__goe_make"};
    size_t found = 0;
    for (size_t i = 0; i < esc_models_builtin.count; i++) {
        const struct esc_model *m = &esc_models_builtin.models[i];
        bool expected = false;
        for (size_t j = 0; j < sizeof yes / sizeof *yes; j++)
            expected |= strcmp(m->name, yes[j]) == 0;
        ck_assert_msg(m->alloc.promotable == expected, "%s", m->name);
        found += m->alloc.promotable;
    }
    ck_assert_uint_eq(found, sizeof yes / sizeof *yes);
    ck_assert(esc_models_find(set, "calloc")->alloc.zeroed);
    ck_assert(!esc_models_find(set, "malloc")->alloc.zeroed);
}
END_TEST

/* Calls after which the program does not go on. setcontext and execve may fail and do. */
START_TEST(no_return)
{
    static const char *const yes[] = {"abort",        "exit", "_exit", "_Exit",     "quick_exit",
                                      "longjmp",      "err",  "errx",  "thrd_exit", "__assert_fail",
                                      "pthread_exit", "verr", "verrx", "siglongjmp"};
    static const char *const no[] = {"setcontext", "execve", "error", "warn", "raise", "kill"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        ck_assert_msg(esc_models_find(set, yes[i])->noreturn, "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        ck_assert_msg(!esc_models_find(set, no[i])->noreturn, "%s", no[i]);
}
END_TEST

/* A name that ends what others began must itself be known, or it is misspelt. */
START_TEST(until_names_known)
{
    for (size_t i = 0; i < esc_models_builtin.count; i++) {
        const struct esc_model *m = &esc_models_builtin.models[i];
        for (size_t j = 0; j < m->neffects; j++)
            for (const char *const *name = m->effects[j].until; name && *name; name++)
                ck_assert_msg(esc_models_find(set, *name) || strcmp(*name, "__cxa_finalize") == 0,
                              "%s: until %s", m->name, *name);
    }
}
END_TEST

static const struct {
    const char *spelling; /* a name in compiled code */
    const char *plain;    /* the model it must find; NULL: none */
} spellings[] = {
    {"memcpy", "memcpy"},
    {"*memcpy", "memcpy"},
    {"__builtin_memcpy", "memcpy"},
    {"__memcpy_chk", "memcpy"},
    {"__builtin___memcpy_chk", "memcpy"},
    {"__builtin___snprintf_chk", "snprintf"},
    {"__vsnprintf_chk", "vsnprintf"},
    {"__builtin_malloc", "malloc"},
    {"__isoc99_sscanf", "sscanf"},
    {"__isoc23_strtol", "strtol"},
    {"__isoc23_strtoumax", "strtoumax"},
    {"__read_chk", "read"},
    {"__longjmp_chk", "longjmp"},
    {"__builtin_expect", "__builtin_expect"},
    {"fopen64", "fopen64"},
    {"mmap64", "mmap64"},
    {"fread_unlocked", "fread_unlocked"},
    {"my_function", NULL},
    {"read64", NULL}, /* a program's own */
    {"memcpy_chk", NULL},
    {"__memcpy", NULL},
    {"__builtin_", NULL},
    {"__builtin_alloca", NULL},
    {"__builtin_va_start", NULL},
    {"alloca", NULL},
    {"___chk", NULL},
    {"__chk", NULL},
    {"", NULL},
    {"*", NULL},
};

START_TEST(spelling)
{
    const struct esc_model *m = esc_models_find(set, spellings[_i].spelling);
    if (spellings[_i].plain) {
        ck_assert_ptr_nonnull(m);
        ck_assert_str_eq(m->name, spellings[_i].plain);
    } else {
        ck_assert_ptr_null(m);
    }
}
END_TEST

/* A function of the program's own with a libc function's name is told apart by its parameters. */
START_TEST(fits)
{
    const struct esc_model *m = esc_models_find(set, "index");
    ck_assert(esc_model_fits(m, "index", 2));
    ck_assert(!esc_model_fits(m, "index", 1));
    ck_assert(!esc_model_fits(m, "index", 3));
    m = esc_models_find(set, "printf");
    ck_assert(esc_model_fits(m, "printf", 1));
    ck_assert(esc_model_fits(m, "printf", 5));
    ck_assert(!esc_model_fits(m, "printf", 0));
    m = esc_models_find(set, "__memcpy_chk");
    ck_assert(esc_model_fits(m, "__memcpy_chk", 4));
    ck_assert(!esc_model_fits(m, "__memcpy_chk", 2));
    ck_assert(esc_model_fits(esc_models_find(set, "*exit"), "*exit", 1));
}
END_TEST

/* The user's word counts more than ours. */
START_TEST(overriding)
{
    const char *text = "strtok(s, delim): return = s\nmy_strchr = strchr\n";
    ck_assert_uint_eq(esc_models_find(set, "strtok")->neffects, 3);
    esc_models_parse(set, "user", text, strlen(text), complain, "user");
    ck_assert_uint_eq(esc_models_find(set, "strtok")->neffects, 1);
    ck_assert_uint_eq(esc_models_find(set, "__builtin_strtok")->neffects, 1);
    ck_assert_uint_eq(esc_models_find(set, "my_strchr")->neffects, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("models_table");
    TCase *tcase = tcase_create("table");
    tcase_add_checked_fixture(tcase, fresh, done);
    tcase_add_test(tcase, sorted);
    tcase_add_test(tcase, size);
    tcase_add_test(tcase, well_formed);
    tcase_add_test(tcase, round_trip);
    tcase_add_loop_test(tcase, fact, 0, sizeof facts / sizeof *facts);
    tcase_add_test(tcase, promotable);
    tcase_add_test(tcase, no_return);
    tcase_add_test(tcase, until_names_known);
    tcase_add_loop_test(tcase, spelling, 0, sizeof spellings / sizeof *spellings);
    tcase_add_test(tcase, fits);
    tcase_add_test(tcase, overriding);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
