/* engine_summaries.c - summaries across units: written, read back, believed or not, and refused when
 * they say what no summary can. */
#include "engine_ir.h"

#include "engine/summary_io.h"
#include "engine/summary_text.h"

#include <sys/stat.h>
#include <unistd.h>

#define ABI "64 test"

static struct esc_store *store;
static char complaint[400]; /* the last one, as FILE:LINE: MESSAGE */
static unsigned complaints;

static void complain(void *user, const char *file, unsigned line, const char *message)
{
    ck_assert_ptr_eq(user, &complaints);
    snprintf(complaint, sizeof complaint, "%s:%u: %s", file, line, message);
    complaints++;
}

static void new_store(const char *dir)
{
    esc_store_free(store);
    complaints = 0;
    store = esc_store_open(dir, ABI, complain, &complaints);
}

/* The records of the unit at hand, which is solved and left behind. */
static char *written(void)
{
    struct esc_export *exports;
    char *text;
    size_t size;
    solve();
    esc_summaries_text(unit, NULL, 0, NULL, &text, &size, &exports);
    ck_assert_uint_eq(strlen(text), size);
    free(exports);
    return text;
}

/* RECORDS as a file of the store; its one source is always as it was: /dev/null. */
static bool add_file(const char *name, const char *records)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "goescape summaries %d\nabi %s\nsource %016llx 0 /dev/null\n%s", TEXT_FORMAT, ABI,
            (unsigned long long)text_hash("", 0), records);
    fclose(out);
    bool good = esc_store_add(store, name, text, size);
    free(text);
    return good;
}

/* A new unit in which what the last one wrote is known. */
static void next_unit(void)
{
    char *text = written();
    new_unit(usual_options());
    new_store("/");
    ck_assert(add_file("first.sum", text));
    ck_assert_uint_eq(complaints, 0);
    free(text);
}

static uint32_t attach(void)
{
    const struct esc_import *imports;
    esc_store_attach(store, unit, NULL, NULL);
    return esc_store_imports(store, &imports);
}

static int trust(uint32_t import)
{
    const struct esc_import *imports;
    ck_assert_uint_lt(import, esc_store_imports(store, &imports));
    return imports[import].trust;
}

static uint32_t outside(const char *name)
{
    return declare(name, ESC_SYM_REPLACE);
}

/* f() { x; name(&x); }; x's verdict. */
static int passed_to(const char *name)
{
    uint32_t callee = outside(name);
    function("f", 0);
    uint32_t x = memory("x", 8);
    call(esc_none(), address(callee), address(x));
    end_function();
    attach();
    solve();
    return verdict(x);
}

/* NAME(p) { static *NAME = p; } */
static uint32_t keeper(const char *name)
{
    uint32_t sym = function(name, 1);
    set(value(data(name, 8, ESC_SYM_LOCAL)), value(0));
    end_function();
    return sym;
}

/* ---- what other units do ---- */

START_TEST(a_function_elsewhere_that_keeps)
{
    keeper("keep");
    next_unit();
    ck_assert_int_eq(passed_to("keep"), ESC_MOVED);
    ck_assert_int_eq(trust(0), ESC_TRUSTED);
    const struct esc_warning *w;
    ck_assert_uint_eq(esc_fn_warnings(fn, &w), 2);
    for (int i = 0; i < 2; i++)
        if (w[i].definite) {
            ck_assert_int_eq(w[i].kind, ESC_WARN_STORED);
            ck_assert_str_eq(w[i].name, "keep");
            return;
        }
    ck_abort_msg("no definite warning");
}
END_TEST

/* set(c, p) { c->slot = p; }: local to local moves nothing, local to the caller's moves */
START_TEST(a_function_elsewhere_that_stores)
{
    function("set", 2);
    set(through(0, 8), value(1));
    end_function();
    next_unit();
    uint32_t callee = outside("set");
    function("f", 1);
    uint32_t box = memory("box", 16), x = memory("x", 8), y = memory("y", 8);
    call(esc_none(), address(callee), address(box), address(x));
    call(esc_none(), address(callee), value(0), address(y));
    end_function();
    ck_assert_uint_eq(attach(), 1);
    solve();
    ck_assert_stays(x);
    ck_assert_moved(y, ESC_WHY_STORED);
}
END_TEST

/* A result of the argument's type may be the argument, unless the summary knows better. */
START_TEST(a_result_elsewhere)
{
    function("other", 1);
    give_back(unknown_address());
    end_function();
    function("same", 1);
    give_back(plus(value(0), 8));
    end_function();
    next_unit();
    uint32_t other = outside("other"), same = outside("same");
    function("f", 0);
    uint32_t x = memory("x", 16), r = reg("r");
    call(value(r), address(other), flagged(address(x), ESC_REF_LIKE));
    give_back(value(r));
    end_function();
    function("g", 0);
    uint32_t y = memory("y", 16), s = reg("s");
    call(value(s), address(same), address(y));
    give_back(value(s));
    end_function();
    ck_assert_uint_eq(attach(), 2);
    solve();
    ck_assert_moved(y, ESC_WHY_RESULT);
    fn = NULL;
    for (uint32_t i = 0; i < MAX_TEST_FNS && !fn; i++)
        fn = fns[i];
    ck_assert_stays(x);
}
END_TEST

/* NAME(p) { for (; ; p = p->next) callee(p); } */
static void for_each(const char *name, struct esc_ref callee)
{
    function(name, 1);
    uint32_t q = reg("q"), entry = last_block;
    set(value(q), value(0));
    uint32_t loop = block();
    esc_edge(fn, entry, loop);
    call(esc_none(), callee, value(q));
    set(value(q), through(q, 8));
    esc_edge(fn, loop, loop);
    end_function();
}

static unsigned times(const char *text, const char *word)
{
    unsigned n = 0;
    for (; (text = strstr(text, word)); text++)
        n++;
    return n;
}

/* However deep the solver looks into a list, its nodes are one object for callers; and all of them. */
START_TEST(nodes_that_are_alike)
{
    for_each("use", address(outside("unknown")));
    char *text = written();
    ck_assert_uint_eq(times(text, "object behind"), 1);
    ck_assert_uint_eq(times(text, "lend "), 2);
    ck_assert_uint_eq(times(text, "child "), 1);
    free(text);

    new_unit(usual_options());
    for_each("keep_all", address(keeper("keep")));
    next_unit();
    uint32_t callee = outside("keep_all");
    function("f", 0);
    uint32_t node[8];
    for (unsigned i = 0; i < 8; i++)
        node[i] = memory("node", 16);
    for (unsigned i = 0; i + 1 < 8; i++)
        set(field(node[i], 8), address(node[i + 1]));
    call(esc_none(), address(callee), address(node[0]));
    end_function();
    attach();
    solve();
    for (unsigned i = 0; i < 8; i++)
        ck_assert_moved(node[i], ESC_WHY_KEPT);
}
END_TEST

/* each(f, x) { f(x) } elsewhere, with functions of this unit */
START_TEST(callbacks_passed_across_units)
{
    function("each", 2);
    call(esc_none(), value(0), flagged(value(1), ESC_REF_VOIDP));
    end_function();
    next_unit();
    uint32_t each = outside("each"), keep = declare("keep", ESC_SYM_LOCAL | ESC_SYM_TAKEN),
             use = declare("use", ESC_SYM_LOCAL | ESC_SYM_TAKEN);
    define(keep, 1);
    set(value(data("global", 8, 0)), value(0));
    end_function();
    define(use, 1);
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    call(esc_none(), address(each), flagged(address(use), ESC_REF_FNPTR),
         flagged(address(x), ESC_REF_VOIDP));
    call(esc_none(), address(each), flagged(address(keep), ESC_REF_FNPTR),
         flagged(address(y), ESC_REF_VOIDP));
    end_function();
    attach();
    solve();
    ck_assert_stays(x);
    ck_assert_moved(y, ESC_WHY_KEPT);
}
END_TEST

/* get() { return keep; }: what it returns is known by its name, and by its own summary */
START_TEST(a_function_that_another_names)
{
    uint32_t keep = declare("keep", ESC_SYM_TAKEN);
    define(keep, 1);
    set(value(data("kept", 8, 0)), value(0));
    end_function();
    function("get", 0);
    give_back(address(keep));
    end_function();
    next_unit();
    uint32_t get = outside("get");
    function("f", 0);
    uint32_t x = memory("x", 8), p = reg("p");
    call_args(value(p), address(get), NULL, 0);
    call(esc_none(), value(p), address(x));
    end_function();
    ck_assert_uint_eq(attach(), 2);
    solve();
    ck_assert_moved(x, ESC_WHY_KEPT);
}
END_TEST

/* A call through a pointer whose target is of another unit. */
START_TEST(a_pointer_to_a_function_elsewhere)
{
    keeper("keep");
    next_unit();
    uint32_t keep = declare("keep", ESC_SYM_REPLACE | ESC_SYM_TAKEN);
    function("f", 1);
    uint32_t x = memory("x", 8);
    call(esc_none(), through(0, 0), address(x));
    end_function();
    (void)keep;
    attach();
    solve();
    ck_assert_moved(x, ESC_WHY_KEPT);
}
END_TEST

/* ... and of so many that they count as one. */
START_TEST(many_functions_elsewhere_behind_one_pointer)
{
    char name[16];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "use%d", i);
        function(name, 1);
        end_function();
    }
    keeper("keep");
    next_unit();
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "use%d", i);
        declare(name, ESC_SYM_REPLACE | ESC_SYM_TAKEN);
    }
    declare("keep", ESC_SYM_REPLACE | ESC_SYM_TAKEN);
    function("f", 1);
    uint32_t x = memory("x", 8);
    call(esc_none(), through(0, 0), address(x));
    end_function();
    ck_assert_uint_eq(attach(), 21);
    solve();
    ck_assert_moved(x, ESC_WHY_KEPT);
}
END_TEST

START_TEST(unnamed_arguments_elsewhere)
{
    uint32_t sym = function("log", 1);
    (void)sym;
    local("...", 0, ESC_PARAM | ESC_VARARGS);
    uint32_t ap = memory("ap", 24), p = reg("p");
    esc_va_start(fn, address(ap), sites++);
    esc_va_arg(fn, value(p), address(ap), sites++);
    set(value(data("global", 8, 0)), value(p));
    end_function();
    next_unit();
    uint32_t callee = outside("log");
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    call(esc_none(), address(callee), address(x), address(y));
    end_function();
    attach();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

/* ---- what is not written, and what is not believed ---- */

START_TEST(only_what_certainly_runs_is_written)
{
    uint32_t local_fn = declare("hidden", ESC_SYM_LOCAL), weak = declare("weak", ESC_SYM_REPLACE);
    define(local_fn, 1);
    end_function();
    define(weak, 1);
    end_function();
    function("main", 2);
    end_function();
    function("with space", 1);
    end_function();
    function("f", 1);
    end_function();
    char *text = written();
    ck_assert_ptr_nonnull(strstr(text, "function f 0 1\n"));
    ck_assert_ptr_null(strstr(strstr(text, "function ") + 1, "function "));
    free(text);
}
END_TEST

/* What is static elsewhere is the world here. */
START_TEST(static_functions_have_no_name_elsewhere)
{
    uint32_t hidden = declare("hidden", ESC_SYM_LOCAL | ESC_SYM_TAKEN);
    define(hidden, 1);
    set(value(data("global", 8, 0)), value(0));
    end_function();
    function("get", 0);
    give_back(address(hidden));
    end_function();
    char *text = written();
    ck_assert_ptr_null(strstr(text, "hidden 0 1"));
    ck_assert_ptr_nonnull(strstr(text, "object world"));
    free(text);
}
END_TEST

START_TEST(another_signature_is_not_believed)
{
    uint32_t keep = keeper("keep");
    esc_symbol_signature(unit, keep, 77);
    next_unit();
    ck_assert_int_eq(passed_to("keep"), ESC_STAYS);
    ck_assert_int_eq(trust(0), ESC_OTHER);
}
END_TEST

START_TEST(a_body_goes_before_a_summary)
{
    keeper("keep");
    next_unit();
    uint32_t keep = function("keep", 1);
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8);
    call(esc_none(), address(keep), address(x));
    end_function();
    ck_assert_uint_eq(attach(), 0);
    solve();
    ck_assert_stays(x);
}
END_TEST

/* Two programs of a package: each file is right for one of them. */
START_TEST(files_that_differ_are_both_right)
{
    keeper("f1");
    keeper("f2");
    char *keeps = written();
    new_unit(usual_options());
    function("f1", 1);
    end_function();
    keeper("f2");
    char *one_uses = written();
    for (int order = 0; order < 2; order++) {
        new_store("/");
        ck_assert(add_file("a.sum", order ? keeps : one_uses));
        ck_assert(add_file("b.sum", order ? one_uses : keeps));
        new_unit(usual_options());
        ck_assert_int_eq(passed_to("f1"), ESC_MOVED);
        ck_assert_int_eq(trust(0), ESC_DOUBTED);
        new_store("/");
        ck_assert(add_file("a.sum", order ? keeps : one_uses));
        ck_assert(add_file("b.sum", order ? one_uses : keeps));
        new_unit(usual_options());
        ck_assert_int_eq(passed_to("f2"), ESC_MOVED);
        ck_assert_int_eq(trust(0), ESC_TRUSTED);
    }
    free(keeps);
    free(one_uses);
}
END_TEST

/* When files differ, the function may also be one nobody knows. */
START_TEST(files_that_differ_and_unknown_functions)
{
    function("f1", 2);
    end_function();
    char *one = written();
    new_unit(usual_options());
    function("f1", 2);
    set(through(0, 0), esc_none());
    set(through(1, 0), value(1));
    end_function();
    char *other = written();
    new_store("/");
    ck_assert(add_file("a.sum", one));
    ck_assert(add_file("b.sum", other));
    new_unit(usual_options());
    uint32_t callee = outside("f1");
    function("f", 0);
    uint32_t x = memory("x", 8), g = reg("g");
    call(esc_none(), address(callee), flagged(unknown_address(), ESC_REF_FNPTR),
         flagged(address(x), ESC_REF_VOIDP));
    (void)g;
    end_function();
    attach();
    solve();
    ck_assert_moved(x, ESC_WHY_KEPT); /* captured by a callback, as far as anybody can tell */
    free(one);
    free(other);
}
END_TEST

START_TEST(other_formats_and_abis_are_left_alone)
{
    static const char other_abi[] = "goescape summaries 2\nabi 32 test\nsource 0 0 /dev/null\n"
                                    "function keep 0 1\nparam -\nend\n";
    static const char other_format[] = "goescape summaries 999\nwhatever\n";
    new_store("/");
    ck_assert(!esc_store_add(store, "x.sum", other_abi, sizeof other_abi - 1));
    ck_assert(!esc_store_add(store, "y.sum", other_format, sizeof other_format - 1));
    ck_assert_uint_eq(complaints, 0);
    passed_to("keep");
    const struct esc_import *imports;
    ck_assert_uint_eq(esc_store_imports(store, &imports), 0);
}
END_TEST

/* ---- there and back ---- */

/* A unit in which much of what a summary can say is said. */
static void rich_unit(void)
{
    uint32_t global = data("global", 8, 0), own = data("own", 8, ESC_SYM_LOCAL);
    uint32_t hidden = declare("hidden", ESC_SYM_LOCAL | ESC_SYM_TAKEN);
    define(hidden, 1);
    set(value(own), value(0));
    end_function();
    uint32_t link = function("link", 2);
    set(through(0, 8), value(1));
    set(through(0, ESC_ANY), value(1));
    end_function();
    function("walk", 2);
    uint32_t p = reg("p");
    set(value(p), through(0, 16));
    set(value(p), through(p, 16));
    call(value(p), address(link), value(p), value(1));
    give_back(through(p, 0));
    end_function();
    function("apply", 3);
    uint32_t q = reg("q"), r = reg("r");
    call(value(q), value(0), flagged(value(1), ESC_REF_VOIDP), value(2));
    call(value(r), through(0, 8), value(q));
    set(value(global), value(r));
    end_function();
    function("choose", 1);
    esc_assign(fn, value(reg("c")), (struct esc_ref[]){address(hidden), address(link), value(0)}, 3,
               sites++);
    give_back(value(1));
    end_function();
    function("stow", 1);
    set(value(own), plus(value(0), 24));
    give_back(value(own));
    end_function();
    uint32_t fresh = outside("fresh");
    function("make", 1);
    uint32_t m = reg("m");
    call_args(value(m), address(fresh), NULL, 0);
    set(through(m, 0), value(0));
    give_back(value(m));
    end_function();
}

/* TEXT with every "static-" left out: another unit does not know who owns a name. */
static void forget_linkage(char *text)
{
    for (char *at; (at = strstr(text, "static-"));)
        memmove(at, at + 7, strlen(at + 7) + 1);
    for (char *at = text; (at = strstr(at, "place function"));)
        memmove(at + 6, "data", 4), memmove(at + 10, at + 14, strlen(at + 14) + 1);
}

START_TEST(a_record_read_and_written_is_the_same)
{
    rich_unit();
    char *text = written(), name[64];
    new_unit(usual_options());
    new_store("/");
    ck_assert(add_file("rich.sum", text));
    for (const char *at = text; (at = strstr(at, "function ")); at++)
        if (at == text || at[-1] == '\n') {
            ck_assert_int_eq(sscanf(at, "function %63s", name), 1);
            outside(name);
        }
    uint32_t n = attach();
    ck_assert_uint_ge(n, 6);
    ck_assert_uint_eq(complaints, 0);
    solve();
    struct text again = {0};
    struct map none = {0};
    for (uint32_t i = 0; i < n; i++)
        text_put_function(&again, unit, &none, unit->elsewhere.at[i]);
    forget_linkage(text);
    forget_linkage(again.at);
    ck_assert_str_eq(text, again.at);
    free(text);
    free(again.at);
}
END_TEST

/* ---- files ---- */

static char *slurp(const char *path)
{
    size_t size;
    char *text = text_of_file(path, &size);
    if (!text)
        return NULL;
    text = realloc(text, size + 1);
    text[size] = 0;
    return text;
}

static void put(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static bool save(const char *object, const char *records)
{
    static const char *const sources[] = {"src/b.c", "src/b.h", "src/gone.h"};
    char *error, *file = esc_store_file("sum", object);
    ck_assert_ptr_nonnull(file);
    bool changed = esc_store_write("sum", file, ABI, sources, 3, records, strlen(records), &error);
    ck_assert_ptr_null(error);
    free(file);
    return changed;
}

START_TEST(a_folder_of_files)
{
    char dir[] = "/tmp/goescape-summaries-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(chdir(dir), 0);
    ck_assert_int_eq(mkdir("src", 0777), 0);
    put("src/b.c", "void keep(int *);");
    put("src/b.h", "header");
    keeper("keep");
    char *records = written();
    ck_assert(save("src/b", records));
    ck_assert_int_eq(access("sum/changed", F_OK), 0);
    ck_assert_int_eq(unlink("sum/changed"), 0);
    ck_assert(!save("src/b", records)); /* the same again: nothing is touched */
    ck_assert_int_ne(access("sum/changed", F_OK), 0);
    char *file = slurp("sum/src+b.sum");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_null(strstr(file, dir)); /* no absolute path */
    ck_assert_ptr_nonnull(strstr(file, " 17 ../src/b.c\n"));
    ck_assert_ptr_nonnull(strstr(file, " 6 ../src/b.h\n"));
    ck_assert_ptr_null(strstr(file, "gone"));
    free(file);

    new_unit(usual_options());
    new_store("sum");
    ck_assert_int_eq(passed_to("keep"), ESC_MOVED);
    const struct esc_import *im;
    ck_assert_uint_eq(esc_store_imports(store, &im), 1);
    ck_assert_str_eq(im->unit, "src/b.c");

    put("src/b.h", "changed");
    new_unit(usual_options());
    new_store("sum");
    ck_assert_int_eq(passed_to("keep"), ESC_STAYS);
    ck_assert_int_eq(trust(0), ESC_STALE);
    esc_store_imports(store, &im);
    ck_assert_str_eq(im->why, "src/b.h");

    put("src/b.h", "header");
    ck_assert_int_eq(unlink("src/b.c"), 0);
    new_unit(usual_options());
    new_store("sum");
    ck_assert_int_eq(passed_to("keep"), ESC_STAYS);
    ck_assert_int_eq(trust(0), ESC_STALE);

    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(system(command), 0);
    free(records);
}
END_TEST

START_TEST(names_of_files)
{
    char dir[] = "/tmp/goescape-summaries-XXXXXX", *name, longest[400] = "src/";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(chdir(dir), 0);
    ck_assert_int_eq(mkdir("src", 0777), 0);
    static const char *const names[][3] = {
        {"sum", "b", "b.sum"},
        {"sum", "src/b", "src+b.sum"},
        {"sum", "./src/../src/b+c", "src+b++c.sum"},
        {"src/sum", "b", "b.sum"},
        {"src/sum", "src/b", "b.sum"},
        {"sum", "sum/b", "b.sum"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        name = esc_store_file(names[i][0], names[i][1]);
        ck_assert_str_eq(name, names[i][2]);
        free(name);
    }
    memset(longest + 4, 'x', 300);
    name = esc_store_file("sum", longest);
    ck_assert_uint_lt(strlen(name), 250);
    free(name);
    ck_assert_ptr_null(esc_store_file("sum", "no/such/folder/b"));
    ck_assert_ptr_null(esc_store_file("no/such/sum", "b"));
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* f says something else in every round: from some round on what it has said counts, too. */
START_TEST(repeated_builds_come_to_rest)
{
    char *text = NULL;
    size_t size;
    struct esc_export *exports;
    bool same[10];
    for (unsigned round = 1; round < 10; round++) {
        char *before = text;
        new_unit(usual_options());
        new_store("/");
        if (before)
            ck_assert(add_file("me.sum", before));
        function("f", 2);
        set(through(round % 2, 8), value(1 - round % 2));
        set(through(round % 2, 16), value(round % 2));
        end_function();
        attach();
        solve();
        esc_summaries_text(unit, store, round, "me.sum", &text, &size, &exports);
        same[round] = before && strcmp(before, text) == 0;
        free(exports);
        free(before);
        if (round == WIDEN_ROUND)
            ck_assert(strstr(text, "cell 0 8 1 0\n") && strstr(text, "cell 1 8 0 0\n"));
    }
    ck_assert(!same[2]);
    for (unsigned round = BLUR_ROUND + 1; round < 10; round++)
        ck_assert(same[round]);
    free(text);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_empty)
{
    new_store("/no/such/folder");
    ck_assert_uint_eq(complaints, 0);
    new_store("/dev/null");
    ck_assert_uint_eq(complaints, 1);
    ck_assert_ptr_nonnull(strstr(complaint, "/dev/null:0: "));
}
END_TEST

/* ---- mistakes ---- */

#define HEAD "function f 0 1\nparam -\n"

START_TEST(mistakes_have_a_line)
{
    static const struct {
        const char *records; /* what is wrong in the file */
        const char *want;    /* the complaint */
    } cases[] = {
        {"object world\n", ":4: a record begins with 'function'"},
        {"function f\nend\n", ":4: a function has a name and a signature"},
        {"function f 0 1\nparam -\n", ":5: the last record has no 'end'"},
        {HEAD "end", ":6: the last record has no 'end'"},
        {HEAD HEAD "end\n", ":6: the record before this one has no 'end'"},
        {"function f 0 2\nparam -\nend\n", ":6: the function has 2 parameters"},
        {"function f 0 -1\nend\n", ":4: '-1' is no number of parameters"},
        {"function f 0 1 x\nparam -\nend\n", ":4: there is more on the line"},
        {"function f 0 1\nparam x\nend\n", ":5: 'x' is no kind of parameter"},
        {HEAD "object cloud\nend\n", ":6: there is no such object"},
        {HEAD "object param 1 0\nend\n", ":6: '1' is no parameter (0 to 0)"},
        {HEAD "object param 0 99999999999999999999\nend\n", "is no offset"},
        {HEAD "object param 0\nend\n", ":6: '' is no offset"},
        {HEAD "object behind 0 1 0\nend\n", ":6: there is no object to refer to"},
        {HEAD "object world\nobject behind 0 1 0\nend\n", ":7: object 0 is nothing that"},
        {HEAD "object answer 0\nend\n", ":6: there is no call to refer to"},
        {HEAD "object function \nend\n", ":6: a name is missing"},
        {HEAD "leak 0 0\nend\n", ":6: there is no object to refer to"},
        {HEAD "object world\nleak 1 0\nend\n", ":7: '1' is no object (0 to 0)"},
        {HEAD "object world\ncell 0 0 0 0\nend\n", ":7: nothing can be stored in the world"},
        {HEAD "object world\nchild 0 0 0 0\nend\n", ":7: both objects must be"},
        {HEAD "call 0 0 1 1:0\nobject world\nargument 0 1 0 0\nend\n",
         ":8: call 0 has no such word"},
        {HEAD "call 0 0 1 1:0\nobject world\nargument 0 64 0 0\nend\n", ":8: call 0 has no such"},
        {HEAD "call 0 0 1 65:0\nend\n", ":6: '65:0' is no argument"},
        {HEAD "call 0 0 1\nend\n", ":6: '' is no argument"},
        {HEAD "call xyz 0 0\nend\n", ":6: 'xyz' is no signature"},
        {HEAD "call 0 0 0\ncall 0 0 0\ncall 0 0 0\ncall 0 0 0\ncall 0 0 0\ncall 0 0 0\ncall 0 0 0\n"
              "end\n",
         ":12: more than 6 calls"},
        {HEAD "exit maybe\nend\n", ":6: the exit must be"},
        {HEAD "exit -\nexit -\nend\n", ":7: a second exit"},
        {HEAD "exit -\nobject world\nend\n", ":7: after 'exit' come"},
        {HEAD "exit -\nplace moon\nend\n", ":7: there is no such place"},
        {HEAD "exit -\nplace behind 0 1 0\nend\n", ":7: there is no place to refer to"},
        {HEAD "exit -\nplace result\nfact 0 0 1 0 - always\nend\n", ":8: '1' is no place (0 to 0)"},
        {HEAD "exit -\nplace result\nfact 0 0 0 0 ? always\nend\n", ":8: the fact must be"},
        {HEAD "exit -\nplace result\nfact 0 0 0 0 - always if 1 0 eq 0\nend\n",
         ":8: '1' is no parameter (0 to 0)"},
        {HEAD "exit -\nplace result\nfact 0 0 0 0 - always if 0 0 eq 0 if 0 0 eq 0 if 0 0 eq 0 if 0 0 eq "
              "0\nend\n",
         ":8: there is more on the line"},
        {HEAD "exit -\nplace result\nfact 0 0 0 0 - often\nend\n", ":8: a relation is missing"},
        {HEAD "exit -\nplace result\nfact 0 0 0 0 - eq x\nend\n", ":8: 'x' is no value"},
        {HEAD "dance 0\nend\n", ":6: the line begins with no word"},
        {HEAD "\nend\n", ":6: the line begins with no word"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        new_store("/");
        new_unit(usual_options());
        add_file("bad.sum", cases[i].records);
        passed_to("f");
        ck_assert_msg(complaints == 1 && strncmp(complaint, "bad.sum:", 8) == 0 &&
                          strstr(complaint, cases[i].want),
                      "%s%u complaints, the last: %s, wanted: %s", cases[i].records, complaints,
                      complaints ? complaint : "", cases[i].want);
        ck_assert_int_eq(verdict(0), ESC_STAYS);
    }
}
END_TEST

START_TEST(mistakes_of_the_head)
{
    static const char *const texts[][2] = {
        {"", "bad.sum:1: this is no summary file"},
        {"ELF\n", "bad.sum:1: this is no summary file"},
        {"goescape summaries 2\n", "bad.sum:1: the ABI is missing"},
        {"goescape summaries 2\nabi " ABI "\n", "bad.sum:2: a source is missing"},
        {"goescape summaries 2\nabi " ABI "\nsource x\n", "bad.sum:3: a source is a hash"},
        {"goescape summaries 2\nabi " ABI "\nsource 12 3 \n", "bad.sum:3: a source is a hash"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        new_store("/");
        ck_assert(!esc_store_add(store, "bad.sum", texts[i][0], strlen(texts[i][0])));
        ck_assert_uint_eq(complaints, 1);
        ck_assert_msg(strstr(complaint, texts[i][1]) == complaint, "%s, wanted: %s", complaint,
                      texts[i][1]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_function_elsewhere_that_keeps,
        a_function_elsewhere_that_stores,
        a_result_elsewhere,
        callbacks_passed_across_units, nodes_that_are_alike,
        a_function_that_another_names,
        a_pointer_to_a_function_elsewhere,
        many_functions_elsewhere_behind_one_pointer,
        unnamed_arguments_elsewhere,
        only_what_certainly_runs_is_written,
        static_functions_have_no_name_elsewhere,
        another_signature_is_not_believed,
        a_body_goes_before_a_summary,
        files_that_differ_are_both_right,
        files_that_differ_and_unknown_functions,
        other_formats_and_abis_are_left_alone,
        a_record_read_and_written_is_the_same,
        a_folder_of_files,
        names_of_files,
        repeated_builds_come_to_rest,
        a_folder_that_is_not_there_is_empty,
        mistakes_have_a_line,
        mistakes_of_the_head,
        NULL,
    };
    int failed = run_suite("engine_summaries", tests);
    esc_store_free(store);
    return failed;
}
