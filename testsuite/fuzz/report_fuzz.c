/* report_fuzz.c - feeds bytes to the reader of report files, and what it took to the writer of pages.
 *
 * Beyond not crashing: each line is taken, is blank or is one error; what was taken says where it stands and
 * what was decided, and no text is missing; sorted records stand in order, no two that stand together are
 * the same; and the page closes every element that it opens, whatever the names in it look like.
 */
#include "bytes.h"

#include "report.h"

#include <stdbool.h>

/* Lines that are not blank, as getline sees them. */
static size_t lines_of(const uint8_t *data, size_t size)
{
    size_t lines = 0;
    bool said = false;
    for (size_t i = 0; i < size; i++) {
        said |= !data[i] || !strchr(" \t\r\n", data[i]);
        if (data[i] == '\n' || i + 1 == size) {
            lines += said;
            said = false;
        }
    }
    return lines;
}

static void check_record(const struct record *r)
{
    REQUIRE(r->file && *r->file && r->verdict && *r->verdict);
    REQUIRE(r->function && r->kind && r->name && r->reason && r->text);
    for (size_t i = 0; i < r->nflow; i++)
        REQUIRE(r->flow[i].text);
}

static void check_order(const struct record *a, const struct record *b)
{
    int files = strcmp(a->file, b->file);
    REQUIRE(files <= 0);
    if (files < 0)
        return;
    REQUIRE(a->line < b->line || (a->line == b->line && a->column <= b->column));
    REQUIRE(a->line < b->line || a->column < b->column || strcmp(a->text, b->text) ||
            strcmp(a->verdict, b->verdict) || strcmp(a->name, b->name) ||
            strcmp(a->function, b->function) || strcmp(a->kind, b->kind) ||
            strcmp(a->reason, b->reason));
}

static size_t count(const char *page, const char *what)
{
    size_t n = 0;
    while ((page = strstr(page, what))) {
        n++;
        page += strlen(what);
    }
    return n;
}

/* A name that came through as it was would open or close one more. */
static void check_page(const char *page)
{
    static const char *const elements[] = {"html", "body",    "style", "script",  "div", "span",
                                           "code", "summary", "ol",    "details", "li",  "label"};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        char plain[16], with[16], close[16];
        snprintf(plain, sizeof plain, "<%s>", elements[i]);
        snprintf(with, sizeof with, "<%s ", elements[i]);
        snprintf(close, sizeof close, "</%s>", elements[i]);
        REQUIRE(count(page, plain) + count(page, with) == count(page, close));
    }
    REQUIRE(count(page, "<html") == 1 && count(page, "<script") == 1);
}

static FILE *quiet; /* takes the errors of read_records */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct records all = {0};
    char *page = NULL;
    size_t room = 0;
    FILE *in = fmemopen((void *)(uintptr_t)data, size, "r"), *out = open_memstream(&page, &room);
    REQUIRE(out && (in || size == 0));
    if (in) {
        FILE *usual = stderr;
        if (!quiet)
            quiet = fopen("/dev/null", "w");
        stderr = quiet;
        size_t bad = read_records(&all, in, "fuzz");
        stderr = usual;
        REQUIRE(bad + all.n == lines_of(data, size));
        fclose(in);
    }
    for (size_t i = 0; i < all.n; i++)
        check_record(&all.at[i]);
    sort_records(&all);
    for (size_t i = 1; i < all.n; i++)
        check_order(&all.at[i - 1], &all.at[i]);
    write_html(&all, out, "/dev/null");
    fclose(out);
    check_page(page);
    free(page);
    free_records(&all);
    return 0;
}
