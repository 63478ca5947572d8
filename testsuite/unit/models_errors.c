/* models_errors.c - errors in model files: where they are reported, and in which words.
 *
 * Each case is a text and what must be reported for it, "line:column: message" a line. The caret of
 * a case's comment is the column. A line with an error adds no model, every other line does.
 */
#include "engine/models.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char reports[4096];

static void note(void *data, const char *file, unsigned line, unsigned column, const char *message)
{
    (void)data;
    ck_assert_str_eq(file, "user.model");
    ck_assert_ptr_null(strchr(message, '\n'));
    size_t used = strlen(reports);
    snprintf(reports + used, sizeof reports - used, "%u:%u: %s\n", line, column, message);
}

static const struct {
    const char *text;   /* the file */
    const char *report; /* what is said about it */
} cases[] = {
    /* the line as a whole */
    {"42(p): nothing",
     "1:1: expected the name of a function instead of '42'; a line reads 'strchr(s, c): return = s'\n"},
    {"f",
     "1:2: expected '(' after f instead of the end of the line; write 'f(PARAMETERS): EFFECTS', "
     "or 'f = NAME' for a second name of NAME\n"},
    {"ok(): nothing\n  f: keep p",
     "2:4: expected '(' after f instead of ':'; write 'f(PARAMETERS): EFFECTS', or 'f = NAME' for a "
     "second name of NAME\n"},
    {"f(a)", "1:5: expected ':' and the effects instead of the end of the line; ': nothing' if "
             "arguments are only borrowed\n"},
    {"f(a) keep a",
     "1:6: expected ':' and the effects instead of 'keep'; ': nothing' if arguments are only borrowed\n"},
    {"f(a):", "1:6: f has no effects; write 'nothing' if it only borrows its arguments\n"},
    {"f(a): # keep a", "1:7: f has no effects; write 'nothing' if it only borrows its arguments\n"},
    /* parameters */
    {"f(a, a): keep a", "1:6: two parameters are named 'a'; rename one\n"},
    {"f(new): keep new",
     "1:3: 'new' is a word of the model language; give the parameter another name\n"},
    {"f(a b): keep a", "1:5: expected ',' or ')' instead of 'b'\n"},
    {"f(a,): keep a", "1:5: expected the name of a parameter instead of ')'\n"},
    {"f(char *a): keep a", "1:8: expected ',' or ')' instead of '*'\n"},
    {"f(..., a): keep a", "1:8: '...' must be the last parameter\n"},
    /* names in effects */
    {"memcpy(dst, src, n): *dts = *src",
     "1:23: 'dts' is not a parameter of memcpy; write one of dst, src, n\n"},
    {"memcpy(dst, src, n): *dst = *scr",
     "1:30: 'scr' is not a parameter of memcpy; write one of dst, src, n\n"},
    {"f(a, ...): keep b", "1:17: 'b' is not a parameter of f; write one of a, ...\n"},
    {"f(): keep b",
     "1:11: f has no parameters, so 'b' cannot be one; name it in the parentheses\n"},
    {"f(a): keep ...", "1:12: f has no variadic arguments; add '...' to its parameters\n"},
    {"f(a): keep 1", "1:12: expected a parameter instead of '1'\n"},
    {"f(a): keep", "1:11: expected a parameter instead of the end of the line\n"},
    /* effects */
    {"f(a): borrow a",
     "1:7: 'borrow' is no effect; effects are 'return = ...', '*PARAMETER = ...', 'keep', 'call', "
     "'register', 'free', 'noreturn', 'yield', 'fails' and 'nothing'\n"},
    {"f(a, b): a = b",
     "1:10: no function can change its caller's argument; write '*' before it for "
     "what it points to\n"},
    {"f(a): new = a", "1:7: 'new' can only stand after '='\n"},
    {"f(a): return a", "1:14: expected '=' instead of 'a'\n"},
    {"f(a): *a = return",
     "1:12: 'return' can only stand before '='; name what the function returns\n"},
    {"f(a): *a = *new", "1:13: 'new' points to nothing the model knows; leave out the '*'\n"},
    {"f(a): *a = *static", "1:13: 'static' points to nothing the model knows; leave out the '*'\n"},
    {"f(a): keep return", "1:12: 'return' is not a parameter of f; write one of a\n"},
    {"f(a): keep a;", "1:14: expected an effect after ';'; remove the ';'\n"},
    {"f(a): keep a keep a", "1:14: expected ';' or the end of the line instead of 'keep'\n"},
    {"f(a): keep a; nothing", "1:15: 'nothing' must stand alone; remove it\n"},
    {"f(a): nothing; keep a",
     "1:14: expected the end of the line after 'nothing' instead of ';'\n"},
    {"f(a): noreturn a", "1:16: expected ';' or the end of the line instead of 'a'\n"},
    {"f(a): keep ********a", "1:19: more than 7 '*'; name what the function really reaches\n"},
    {"f(a): keep a; fails",
     "1:20: expected 'zero' or 'nonzero' after 'fails' instead of the end of "
     "the line\n"},
    {"f(a): keep a; fails null",
     "1:21: expected 'zero' or 'nonzero' after 'fails' instead of 'null'\n"},
    /* if */
    {"f(a): keep a if", "1:16: the end of the line is not a parameter of f; write one of a\n"},
    {"f(a): keep a if b = 1", "1:17: 'b' is not a parameter of f; write one of a\n"},
    {"f(a): keep a if a 1", "1:19: expected '=' and a number after the parameter instead of '1'\n"},
    {"f(a): keep a if a = a", "1:21: expected a number of at most 9 digits instead of 'a'\n"},
    {"f(a): keep a if a = 1234567890",
     "1:21: expected a number of at most 9 digits instead of '1234567890'\n"},
    {"f(a): return = a if a = 1", "1:18: expected ';' or the end of the line instead of 'if'\n"},
    /* until */
    {"f(a): keep a until",
     "1:19: expected the name of a function or '...' after 'until' instead of the end of the line\n"},
    {"f(a): keep a until g,;",
     "1:22: expected the name of a function or '...' after 'until' instead of ';'\n"},
    {"f(a): free a until g", "1:14: expected ';' or the end of the line instead of 'until'\n"},
    /* callbacks */
    {"f(g): call g",
     "1:13: expected '(' and the callback's arguments instead of the end of the line; "
     "'_' is one that does not matter\n"},
    {"f(g): call g(a)", "1:14: 'a' is not a parameter of f; write one of g\n"},
    {"f(g): call g(g", "1:15: expected ',' or ')' instead of the end of the line\n"},
    {"f(g): call g(*_)", "1:15: '_' points to nothing the model knows; leave out the '*'\n"},
    {"f(g, ...): call g(..., g)", "1:24: '...' must be the callback's last argument\n"},
    {"f(g): call g() until h", "1:16: expected ';' or the end of the line instead of 'until'\n"},
    /* blocks */
    {"f(n): return = zero", "1:20: expected '(' and the size after 'zero'; or write 'new'\n"},
    {"f(n): return = new(m)", "1:20: 'm' is not a parameter of f; write one of n\n"},
    {"f(n): return = new(n", "1:21: expected ')' after the size instead of the end of the line\n"},
    {"f(n, m): return = new(n * m * n)", "1:29: expected ')' after the size instead of '*'\n"},
    {"f(p, n): *p = new(n)",
     "1:18: only a block that is returned can have a size; write 'new' alone\n"},
    {"f(n): return = new(n); return = new(n)",
     "1:36: f already returns a block with a size; remove one\n"},
    /* aliases */
    {"f = g", "1:5: there is no model of g; give it one on a line of its own\n"},
    {"f = f", "1:5: there is no model of f; give it one on a line of its own\n"},
    {"f =", "1:4: expected the name of a function instead of the end of the line\n"},
    {"f = g(a)", "1:6: expected the end of the line instead of '('; 'f = g' gives g a second name, "
                 "effects follow 'NAME(PARAMETERS):'\n"},
    {"g(): nothing\nf = g\nh = f",
     "3:5: there is no model of f; give it one on a line of its own\n"},
    /* the same name twice */
    {"f(): nothing\n\n f(a): keep a\nf(): nothing",
     "3:2: f already stands on line 1; remove one of the two\n"
     "4:1: f already stands on line 1; remove one of the two\n"},
    {"f(): nothing\ng(): nothing\ng = f",
     "3:1: g already stands on line 2; remove one of the two\n"},
    /* strange bytes, and more than one error */
    {"f(a): keep a\x01", "1:13: expected ';' or the end of the line instead of byte 0x01\n"},
    {"f(\xc3\xa4): nothing", "1:3: expected the name of a parameter instead of byte 0xc3\n"},
    {"f(a): keep b\nok(): nothing\ng(a): keep c\n",
     "1:12: 'b' is not a parameter of f; write one of a\n"
     "3:12: 'c' is not a parameter of g; write one of a\n"},
};

START_TEST(error_case)
{
    const char *text = cases[_i].text, *report = cases[_i].report;
    struct esc_models *set = esc_models_new(NULL);
    unsigned lines = 0;
    reports[0] = '\0';
    for (const char *p = report; *p; p++)
        lines += *p == '\n';
    unsigned errors = esc_models_parse(set, "user.model", text, strlen(text), note, NULL);
    ck_assert_str_eq(reports, report);
    ck_assert_uint_eq(errors, lines);
    if (strstr(text, "ok()"))
        ck_assert_ptr_nonnull(esc_models_find(set, "ok"));
    esc_models_free(set);
}
END_TEST

/* A NUL byte is a byte like another. */
START_TEST(nul_byte)
{
    struct esc_models *set = esc_models_new(NULL);
    reports[0] = '\0';
    esc_models_parse(set, "user.model", "f(a): keep a\0\nok(): nothing", 27, note, NULL);
    ck_assert_str_eq(reports, "1:13: expected ';' or the end of the line instead of byte 0x00\n");
    ck_assert_ptr_nonnull(esc_models_find(set, "ok"));
    esc_models_free(set);
}
END_TEST

/* Limits: at them all is well, past them one error. */
static unsigned errors_of(const char *text)
{
    struct esc_models *set = esc_models_new(NULL);
    reports[0] = '\0';
    unsigned errors = esc_models_parse(set, "user.model", text, strlen(text), note, NULL);
    esc_models_free(set);
    return errors;
}

/* HEAD, then COUNT times ITEM, %u in which is its number, with commas between, then TAIL. */
static const char *list_of(const char *head, unsigned count, const char *item, const char *tail)
{
    static char text[8192];
    size_t n = (size_t)sprintf(text, "%s", head);
    for (unsigned i = 0; i < count; i++) {
        n += (size_t)sprintf(text + n, "%s", i ? ", " : "");
        n += (size_t)sprintf(text + n, item, i);
    }
    sprintf(text + n, "%s", tail);
    return text;
}

START_TEST(limits)
{
    ck_assert_uint_eq(errors_of(list_of("f(", 60, "p%u", "): keep p59")), 0);
    ck_assert_uint_eq(errors_of(list_of("f(", 61, "p%u", "): keep p59")), 1);
    ck_assert_ptr_nonnull(strstr(reports, "more than 60 parameters"));
    ck_assert_uint_eq(errors_of(list_of("f(p): call p(", 60, "p", ")")), 0);
    ck_assert_uint_eq(errors_of(list_of("f(p): call p(", 61, "p", ")")), 1);
    ck_assert_ptr_nonnull(strstr(reports, "more than 60 arguments"));
    ck_assert_uint_eq(errors_of(list_of("f(p): keep p until ", 16, "g%u", "")), 0);
    ck_assert_uint_eq(errors_of(list_of("f(p): keep p until ", 17, "g%u", "")), 1);
    ck_assert_ptr_nonnull(strstr(reports, "more than 16 functions after 'until'"));
    char name[300];
    memset(name, 'f', sizeof name);
    strcpy(name + 255, "(): nothing");
    ck_assert_uint_eq(errors_of(name), 0);
    memset(name, 'f', sizeof name);
    strcpy(name + 256, "(): nothing");
    ck_assert_uint_eq(errors_of(name), 1);
    ck_assert_ptr_nonnull(strstr(reports, "longer than 255 bytes"));
}
END_TEST

static void note_file(void *data, const char *file, unsigned line, unsigned column,
                      const char *message)
{
    ck_assert_str_eq(file, "no/such.model");
    ck_assert_uint_eq(line, 0);
    ck_assert_uint_eq(column, 0);
    ck_assert_str_eq(message, "cannot read the function models: No such file or directory");
    ++*(unsigned *)data;
}

START_TEST(unreadable_file)
{
    struct esc_models *set = esc_models_new(NULL);
    unsigned times = 0;
    ck_assert_uint_eq(esc_models_load(set, "no/such.model", note_file, &times), 1);
    ck_assert_uint_eq(times, 1);
    ck_assert_uint_eq(esc_models_load(set, ".", NULL, NULL), 1); /* a folder; nobody listens */
    ck_assert_uint_eq(esc_models_table_count(set), 0);
    esc_models_free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("models_errors");
    TCase *tcase = tcase_create("errors");
    tcase_add_loop_test(tcase, error_case, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tcase, nul_byte);
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, unreadable_file);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
