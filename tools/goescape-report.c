/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goescape-report: shows what the plugin wrote with report=FILE.
 *
 *     $ make CC=goescape-cc GOESCAPE_FLAGS=report=$PWD/escape.jsonl
 *     $ goescape-report escape.jsonl
 *     4 decisions in 1 file
 *         2  moved     1 its address reaches what the function returns
 *         ...
 *
 * First counts by verdict and reason, then every warning and every variable moved to the heap, in
 * the order of the source, each with its reason and the flow that led to it. `--html OUT` writes a
 * page with the sources instead (report_html.c).
 */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: goescape-report [--html OUT] [--source DIR] FILE ...\n"
    "\n"
    "Shows the decisions that the goescape plugin wrote with report=FILE; - reads standard input.\n"
    "  --html OUT     write a page with the sources to OUT instead of a summary (- is standard\n"
    "                 output)\n"
    "  --source DIR   where file names in the report start from (default: the current folder)\n"
    "Ends with 1 if a line could not be read, with 2 if a file could not.\n";

/* The verdicts in the order they are listed; others follow. */
static const char *const verdicts[] = {"warning", "moved", "escapes", "extended",
                                       "leaks",   "stays", "promoted"};
enum { NVERDICTS = sizeof verdicts / sizeof *verdicts };

/* How often a reason was given for a verdict. */
struct count {
    const char *verdict, *reason;
    size_t n;
};

static size_t rank(const char *verdict)
{
    size_t i = 0;
    while (i < NVERDICTS && strcmp(verdicts[i], verdict) != 0)
        i++;
    return i;
}

/* By verdict, the most frequent reason first. */
static int compare_counts(const void *x, const void *y)
{
    const struct count *a = x, *b = y;
    size_t i = rank(a->verdict), j = rank(b->verdict);
    if (i != j)
        return i < j ? -1 : 1;
    int names = strcmp(a->verdict, b->verdict);
    if (names)
        return names;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return strcmp(a->reason, b->reason);
}

static void count(struct count **counts, size_t *n, const struct record *r)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*counts)[i].verdict, r->verdict) == 0 &&
            strcmp((*counts)[i].reason, r->reason) == 0) {
            (*counts)[i].n++;
            return;
        }
    *counts = grow(*counts, (*n + 1) * sizeof **counts);
    (*counts)[(*n)++] = (struct count){r->verdict, r->reason, 1};
}

static void print_counts(const struct records *all)
{
    struct count *counts = NULL;
    size_t n = 0, files = 0;
    for (size_t i = 0; i < all->n; i++) {
        count(&counts, &n, &all->at[i]);
        files += i == 0 || strcmp(all->at[i - 1].file, all->at[i].file) != 0;
    }
    if (n)
        qsort(counts, n, sizeof *counts, compare_counts);
    printf("%zu decision%s in %zu file%s\n", all->n, all->n == 1 ? "" : "s", files,
           files == 1 ? "" : "s");
    for (size_t i = 0, end; i < n; i = end) {
        size_t sum = 0;
        for (end = i; end < n && strcmp(counts[i].verdict, counts[end].verdict) == 0; end++)
            sum += counts[end].n;
        printf("%6zu  %s\n", sum, counts[i].verdict);
        for (size_t k = i; k < end; k++)
            if (*counts[k].reason)
                printf("        %6zu  %s\n", counts[k].n, counts[k].reason);
    }
    free(counts);
}

/* Everything of one VERDICT under HEAD. */
static void print_list(const struct records *all, const char *verdict, const char *head)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct record *r = &all->at[i];
        if (strcmp(r->verdict, verdict) != 0)
            continue;
        if (head)
            printf("\n%s:\n", head);
        head = NULL;
        printf("%s:%d:%d: %s: ", r->file, r->line, r->column, r->function);
        if (strcmp(verdict, "warning") == 0)
            puts(r->text);
        else
            printf("%s%s%s\n", r->name, *r->reason ? ": " : "", r->reason);
        for (size_t k = 0; k < r->nflow; k++)
            printf("    %s:%d:%d: %s\n", r->flow[k].file ? r->flow[k].file : r->file,
                   r->flow[k].line, r->flow[k].column, r->flow[k].text);
    }
}

static int cannot(const char *what, const char *name)
{
    fprintf(stderr, "goescape-report: cannot %s %s: %s\n", what, name, strerror(errno));
    return 2;
}

static int html(const struct records *all, const char *name, const char *source)
{
    FILE *out = strcmp(name, "-") == 0 ? stdout : fopen(name, "w");
    if (!out)
        return cannot("write", name);
    write_html(all, out, source);
    return (fflush(out) || ferror(out) || (out != stdout && fclose(out))) ? cannot("write", name)
                                                                          : 0;
}

static int read_file(struct records *all, const char *name)
{
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    if (!in)
        return cannot("read", name);
    int status = read_records(all, in, name) ? 1 : 0;
    if (ferror(in))
        status = cannot("read", name);
    if (in != stdin)
        fclose(in);
    return status;
}

int main(int argc, char **argv)
{
    struct records all = {0};
    const char *page = NULL, *source = ".";
    int status = 0, files = 0;
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--html") == 0     ? &page
                             : strcmp(argv[i], "--source") == 0 ? &source
                                                                : NULL;
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else if (value && i + 1 < argc) {
            *value = argv[++i];
        } else if (argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr,
                    value ? "goescape-report: %s needs a value\n%s"
                          : "goescape-report: unknown option %s\n%s",
                    argv[i], usage);
            return 2;
        } else {
            int s = read_file(&all, argv[i]);
            status = s > status ? s : status;
            files++;
        }
    }
    if (!files) {
        fputs(usage, stderr);
        return 2;
    }
    sort_records(&all);
    if (page) {
        int s = html(&all, page, source);
        status = s > status ? s : status;
    } else {
        print_counts(&all);
        print_list(&all, "warning", "warnings");
        print_list(&all, "moved", "moved to the heap");
        if (fflush(stdout) || ferror(stdout))
            status = cannot("write", "standard output");
    }
    free_records(&all);
    return status;
}
