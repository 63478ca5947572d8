/* Compare what the compiler said about a test program with what its comments expect.
 *
 *     matcher SOURCE OUTPUT       report differences; exit 1 if there are any
 *     matcher --options SOURCE    print the compiler options its first line asks for, one a line
 *
 * The expectation stands in a comment on the line it is about:
 *
 *     int *f(void) {
 *         int x = 1;     MOVED x                        <- (inside a comment)
 *         return &x;     WARN "variable 'x' is returned"
 *     }
 *
 * Invariant: every diagnostic is consumed by exactly one expectation of its line and the other way
 * round; what is left over on either side is a failure.  Exempt are the numbered events of a path
 * ("note: (1) ..."), indented continuation notes ("note:   flow: ...") and the advice under a
 * warning in check mode ("... or compile with 'mode=heapify'"), which may be expected with NOTE but
 * need not be.  Lines that are no diagnostic at all (noise from a plugin, a crash)
 * are failures, too, except GCC's own context lines ("In function ...").
 *
 * Expectations, where NAME is an identifier and N a number:
 *     MOVED NAME, STAYS NAME, EXTENDED NAME, LEAKS NAME, LEAKS CONTENT NAME,
 *     LEAKS NAME TO RESULT N, LEAKS NAME TO NAME N, NOTE "text", WARN "regex", ERROR "regex"
 *     BAD any of these: reason      asserts what is printed now, though a better answer exists
 *     BAD NOWARN: reason            asserts that a warning which should be there is missing
 *     GO: text                      what Go's compiler says; not compared
 *     OPTIONS: words                first comment; word -> -fplugin-arg-goescape-word, -word as is
 */
#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    KIND_NOTE,  /* exact text */
    KIND_WARN,  /* regular expression */
    KIND_ERROR, /* regular expression */
    KIND_OTHER, /* output that is no diagnostic; never expected */
};

static const char *const kind_name[] = {"note", "warning", "error", "other output"};

struct item {
    enum kind kind;
    int line;      /* 1-based; 0: not at a line of SOURCE */
    char *text;    /* message, or what is expected of it */
    bool bad;      /* expectation marked BAD */
    bool optional; /* diagnostic that need not be expected */
    bool matched;  /* has found its partner */
};

struct items {
    struct item *at;
    int n;   /* items in use */
    int cap; /* items allocated */
};

static struct items expected, printed;
static const char *source_name;
static int n_bad, n_go, n_wrong;

static void fail(int line, const char *what, ...) __attribute__((format(printf, 2, 3)));

static void fail(int line, const char *what, ...)
{
    va_list ap;

    printf("%s:%d: ", source_name, line);
    va_start(ap, what);
    vprintf(what, ap);
    va_end(ap);
    putchar('\n');
    n_wrong++;
}

static struct item *add(struct items *list, enum kind kind, int line, const char *text)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 64;
        list->at = realloc(list->at, list->cap * sizeof *list->at);
        if (!list->at)
            abort();
    }
    list->at[list->n] = (struct item){.kind = kind, .line = line, .text = strdup(text)};
    return &list->at[list->n++];
}

static char *read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    size_t n = 0, cap = 1 << 16;
    char *buf = malloc(cap);

    if (!f || !buf) {
        fprintf(stderr, "matcher: cannot read %s\n", name);
        exit(2);
    }
    for (size_t got; (got = fread(buf + n, 1, cap - n - 1, f)) > 0;) {
        n += got;
        if (n + 1 == cap && !(buf = realloc(buf, cap *= 2)))
            abort();
    }
    fclose(f);
    buf[n] = 0;
    return buf;
}

/* --- expectations ------------------------------------------------------------------------- */

/* Take WORD off the front of *P, with the blanks behind it. */
static bool take(const char **p, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*p, word, n) || isalnum((unsigned char)(*p)[n]) || (*p)[n] == '_')
        return false;
    for (*p += n; **p == ' '; ++*p)
        ;
    return true;
}

/* Take an identifier (or number) off *P into BUF. */
static bool take_name(const char **p, char buf[static 128])
{
    size_t n = 0;

    while (isalnum((unsigned char)(*p)[n]) || strchr("_.<>", (*p)[n] ? (*p)[n] : ' '))
        n++;
    if (n == 0 || n >= 128)
        return false;
    memcpy(buf, *p, n);
    buf[n] = 0;
    for (*p += n; **p == ' '; ++*p)
        ;
    return true;
}

/* Take a string in double quotes off *P; \" stands for a quote, other backslashes stay. */
static char *take_string(const char **p)
{
    char *buf, *out;

    if (**p != '"')
        return NULL;
    out = buf = malloc(strlen(*p) + 1);
    for (++*p; **p && **p != '"'; ++*p) {
        if (**p == '\\' && (*p)[1] == '"')
            ++*p;
        *out++ = **p;
    }
    *out = 0;
    if (**p != '"')
        return NULL;
    for (++*p; **p == ' '; ++*p)
        ;
    return buf;
}

/* Parse what follows LEAKS into TEXT. */
static bool parse_leak(const char **p, char *text, size_t size)
{
    char name[128], to[128], level[128];

    if (take(p, "CONTENT")) {
        if (!take_name(p, name))
            return false;
        snprintf(text, size, "leaking param content: %s", name);
        return true;
    }
    if (!take_name(p, name))
        return false;
    if (!take(p, "TO")) {
        snprintf(text, size, "leaking param: %s", name);
        return true;
    }
    if (take(p, "RESULT")) {
        if (!take_name(p, level))
            return false;
        snprintf(text, size, "leaking param: %s to result level=%s", name, level);
        return true;
    }
    if (!take_name(p, to) || !take_name(p, level))
        return false;
    snprintf(text, size, "leaking param: %s to param %s level=%s", name, to, level);
    return true;
}

/* COMMENT, without its delimiters and outer blanks, begins on LINE. */
static void parse_comment(const char *comment, int line)
{
    static const struct {
        const char *word, *format;
    } simple[] = {
        {"MOVED", "moved to heap: %s"},
        {"STAYS", "%s does not escape"},
        {"EXTENDED", "lifetime extended to function: %s"},
    };
    const char *p = comment;
    char name[128], text[512] = "";
    char *quoted;
    bool bad, ok = false;
    struct item *it = NULL;
    enum kind kind;

    if (!strncmp(p, "GO:", 3)) {
        n_go++;
        return;
    }
    bad = take(&p, "BAD");
    if (bad && take(&p, "NOWARN")) {
        ok = true;
    } else if (take(&p, "LEAKS")) {
        ok = parse_leak(&p, text, sizeof text);
    } else if ((kind = take(&p, "NOTE")    ? KIND_NOTE
                       : take(&p, "WARN")  ? KIND_WARN
                       : take(&p, "ERROR") ? KIND_ERROR
                                           : KIND_OTHER) != KIND_OTHER) {
        if (*p != '"' && !bad)
            return; /* prose: "NOTE: ..." */
        if ((quoted = take_string(&p))) {
            it = add(&expected, kind, line, quoted);
            free(quoted);
            ok = true;
        }
    } else {
        size_t i = 0, n = sizeof simple / sizeof *simple;

        while (i < n && !take(&p, simple[i].word))
            i++;
        if (i == n && !bad)
            return; /* prose */
        if (i < n && (ok = take_name(&p, name)))
            snprintf(text, sizeof text, simple[i].format, name);
    }
    if (ok && *text)
        it = add(&expected, KIND_NOTE, line, text);
    if (!ok || (bad ? *p != ':' || strlen(p) < 4 : *p != 0))
        fail(line, "this expectation is not understood: %s", comment);
    n_bad += bad;
    if (it)
        it->bad = bad;
}

/* Hand each comment of TEXT to parse_comment, knowing strings and character constants. */
static void parse_source(const char *text)
{
    int line = 1;

    for (const char *p = text; *p; p++) {
        if (*p == '\n') {
            line++;
        } else if (*p == '"' || *p == '\'') {
            char quote = *p;

            for (p++; *p && *p != quote && *p != '\n'; p++)
                if (*p == '\\' && p[1])
                    p++;
            if (*p == '\n')
                line++;
            if (!*p)
                return;
        } else if (p[0] == '/' && (p[1] == '*' || p[1] == '/')) {
            bool block = p[1] == '*';
            const char *end = strstr(p + 2, block ? "*/" : "\n");
            const char *from = p + 2, *to;
            char *comment;

            if (!end)
                end = p + strlen(p);
            while (from < end && isspace((unsigned char)*from))
                from++;
            for (to = end; to > from && isspace((unsigned char)to[-1]);)
                to--;
            comment = strndup(from, to > from ? (size_t)(to - from) : 0);
            parse_comment(comment, line);
            free(comment);
            for (; p < end; p++)
                line += *p == '\n';
            p = !*end ? end - 1 : block ? end + 1 : end - 1;
        }
    }
}

/* --- what the compiler printed ------------------------------------------------------------ */

static bool is_context(const char *s)
{
    static const char *const known[] = {
        "In function ",
        "At top level",
        "In file included from ",
        "from ",
        "inlined from ",
        "In nested function", "in expansion of macro ", "in definition of macro ",
        "compilation terminated",
        "cc1: all warnings being treated",
        "cc1: some warnings being treated",
    };
    const char *colon = strstr(s, ": ");

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i]);

        if (!strncmp(s + strspn(s, " "), known[i], n) ||
            (colon && !strncmp(colon + 2, known[i], n)))
            return true;
    }
    return !*s;
}

/* Same file, as far as the last components tell. */
static bool same_file(const char *name, size_t n)
{
    const char *base = strrchr(source_name, '/');
    size_t bn;

    base = base ? base + 1 : source_name;
    bn = strlen(base);
    return n >= bn && !strncmp(name + n - bn, base, bn);
}

static void parse_output(char *text)
{
    static const struct {
        const char *mark;
        enum kind kind;
    } marks[] = {
        {": note: ", KIND_NOTE},
        {": warning: ", KIND_WARN},
        {": error: ", KIND_ERROR},
        {": fatal error: ", KIND_ERROR},
    };

    for (char *s = strtok(text, "\n"); s; s = strtok(NULL, "\n")) {
        const char *first = NULL;
        size_t mark = 0;
        int line = 0;
        struct item *it;

        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            const char *at = strstr(s, marks[i].mark);

            if (at && (!first || at < first))
                first = at, mark = i;
        }
        if (!first) {
            if (!is_context(s))
                add(&printed, KIND_OTHER, 0, s);
            continue;
        }
        for (const char *c = s; c < first && !line; c++)
            if (*c == ':' && isdigit((unsigned char)c[1]) && same_file(s, c - s))
                line = atoi(c + 1);
        if (is_context(first + strlen(marks[mark].mark)) || (!line && is_context(s)))
            continue;
        it = add(&printed, marks[mark].kind, line, line ? first + strlen(marks[mark].mark) : s);
        it->optional = it->kind == KIND_NOTE && (it->text[0] == ' ' || it->text[0] == '(' ||
                                                 strstr(it->text, "mode=heapify"));
    }
}

/* --- the comparison ----------------------------------------------------------------------- */

static bool matches(const struct item *want, const struct item *got)
{
    regex_t re;
    bool yes;

    if (want->kind != got->kind || want->line != got->line)
        return false;
    if (want->kind == KIND_NOTE)
        return !strcmp(want->text, got->text + strspn(got->text, " "));
    if (regcomp(&re, want->text, REG_EXTENDED | REG_NOSUB)) {
        fail(want->line, "this regular expression is wrong: %s", want->text);
        return false;
    }
    yes = !regexec(&re, got->text, 0, NULL, 0);
    regfree(&re);
    return yes;
}

static void compare(void)
{
    for (int i = 0; i < expected.n; i++)
        for (int j = 0; j < printed.n && !expected.at[i].matched; j++)
            if (!printed.at[j].matched && matches(&expected.at[i], &printed.at[j]))
                expected.at[i].matched = printed.at[j].matched = true;
    for (int i = 0; i < expected.n; i++) {
        const struct item *it = &expected.at[i];

        if (!it->matched)
            fail(it->line, "missing %s: %s%s", kind_name[it->kind], it->text,
                 it->bad ? " (was BAD: has it improved?)" : "");
    }
    for (int j = 0; j < printed.n; j++) {
        const struct item *it = &printed.at[j];

        if (!it->matched && !it->optional)
            fail(it->line, "unexpected %s: %s", kind_name[it->kind], it->text);
    }
}

static void print_options(const char *text)
{
    const char *p = text, *end;

    if (strncmp(p, "/* OPTIONS:", 11) || !(end = strstr(p, "*/"))) {
        puts("-fplugin-arg-goescape-m");
        return;
    }
    for (p += 11; (p += strspn(p, " \t\n")) < end;) {
        size_t n = strcspn(p, " \t\n");

        printf("%s%.*s\n", *p == '-' ? "" : "-fplugin-arg-goescape-", (int)n, p);
        p += n;
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "--options")) {
        print_options(read_file(argv[2]));
        return 0;
    }
    if (argc != 3) {
        fprintf(stderr, "usage: matcher SOURCE OUTPUT | matcher --options SOURCE\n");
        return 2;
    }
    source_name = argv[1];
    parse_source(read_file(argv[1]));
    parse_output(read_file(argv[2]));
    compare();
    printf("expectations %d bad %d go %d wrong %d\n", expected.n, n_bad, n_go, n_wrong);
    return n_wrong != 0;
}
