/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of `goescape-report --html`: each source file with the decisions beneath their lines.
 *
 * One file without anything from elsewhere: a style sheet (light or dark as the reader's system is),
 * a few lines of script that show and hide verdicts, what matters most as a list of links, and the
 * sources. A note is a block of class `note` with its verdict as data; a line with its notes is a
 * `told` block, which vanishes with the last of its notes if only such lines are wanted. Without
 * script all is shown. A source that is not there leaves its notes, each with its line number.
 *
 * A project has many more lines than decisions. So that the page opens at once, lines that no note and
 * no step of a flow is about stand together as one block, and the files of a larger report are closed
 * until somebody opens one.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { MAX_OPEN = 8 }; /* with more files all are closed */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>goescape report</title>\n<style>\n"
    ":root { color-scheme: light dark; --bg: #fff; --fg: #1f2328; --dim: #6e7781; --line: #d8dee4;\n"
    "  --box: #f6f8fa; --red: #cf222e; --orange: #bc4c00; --blue: #0969da; --green: #1a7f37; --c: var(--dim); }\n"
    "@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --fg: #e6edf3; --dim: #8b949e;\n"
    "  --line: #30363d; --box: #161b22; --red: #ff7b72; --orange: #ffa657; --blue: #79c0ff;\n"
    "  --green: #7ee787; } }\n"
    "body { margin: 0 auto; max-width: 75rem; padding: 0 1rem 3rem; background: var(--bg);\n"
    "  color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }\n"
    "h1 { font-size: 1.4rem; margin: 1rem 0 .5rem; }\n"
    "#filter { position: sticky; top: 0; background: var(--bg); padding: .5rem 0; display: flex;\n"
    "  flex-wrap: wrap; gap: .2rem 1.2rem; border-bottom: 1px solid var(--line); }\n"
    "#filter label { white-space: nowrap; }\n"
    "details { margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; }\n"
    "summary { padding: .5rem .8rem; background: var(--box); border-radius: 6px; cursor: pointer;\n"
    "  font-weight: 600; }\n"
    ".source { overflow-x: auto; padding: .4rem 0; font: 13px/1.5 ui-monospace, monospace; }\n"
    ".row, .gap { display: flex; }\n"
    "pre { margin: 0; font: inherit; tab-size: 8; }\n"
    ".row > a, .gap > pre:first-child { flex: none; width: 4rem; padding-right: 1rem; text-align: right;\n"
    "  color: var(--dim); text-decoration: none; user-select: none; }\n"
    ".row:target { background: var(--box); outline: 1px solid var(--blue); }\n"
    "code { white-space: pre; font: inherit; tab-size: 8; }\n"
    ".note { margin: .15rem 1rem .25rem 5rem; padding: .1rem .7rem; border-left: 3px solid var(--c);\n"
    "  background: var(--box); font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; }\n"
    "[data-v=warning] { --c: var(--red); } [data-v=moved], [data-v=escapes] { --c: var(--orange); }\n"
    "[data-v=leaks], [data-v=extended] { --c: var(--blue); }\n"
    "[data-v=stays], [data-v=promoted] { --c: var(--green); }\n"
    ".v { color: var(--c); font-weight: 600; }\n"
    ".why { color: var(--dim); }\n"
    ".note ol { margin: 0; padding-left: 1.4rem; } .note ol a { color: var(--blue); }\n"
    ".n { color: var(--c); font-weight: 400; margin-left: .8rem; white-space: nowrap; }\n"
    "#most ul { margin: .4rem 0; padding: 0 1rem 0 2.2rem; max-height: 24rem; overflow-y: auto; }\n"
    "#most a { color: var(--blue); }\n"
    ".missing { margin: .3rem 1rem; color: var(--dim); font-family: system-ui, sans-serif; }\n"
    ".hidden, body.brief .source > .row:not(:target), body.brief .gap { display: none; }\n"
    "</style>\n</head>\n<body>\n<h1>goescape report</h1>\n";

static const char tail[] =
    "<script>\n"
    "'use strict';\n"
    "const boxes = [...document.querySelectorAll('#filter input')], told = [...document.querySelectorAll('.told')];\n"
    "function show() {\n"
    "  const on = new Set(), brief = boxes.some(b => !b.value && b.checked);\n"
    "  for (const b of boxes)\n"
    "    if (b.checked)\n"
    "      on.add(b.value);\n"
    "  document.body.classList.toggle('brief', brief);\n"
    "  for (const t of told) {\n"
    "    let any = false;\n"
    "    for (const n of t.querySelectorAll('.note')) {\n"
    "      any = on.has(n.dataset.v) || any;\n"
    "      n.classList.toggle('hidden', !on.has(n.dataset.v));\n"
    "    }\n"
    "    t.classList.toggle('hidden', brief && !any);\n"
    "  }\n"
    "  for (const n of document.querySelectorAll('details .n'))\n"
    "    n.classList.toggle('hidden', !on.has(n.dataset.v));\n"
    "}\n"
    "for (const b of boxes)\n"
    "  b.addEventListener('change', show);\n"
    "show();\n"
    "function open() { // a link into a file that is closed\n"
    "  const t = document.getElementById(decodeURIComponent(location.hash.slice(1)));\n"
    "  const d = t && t.closest('details');\n"
    "  if (d && !d.open) {\n"
    "    d.open = true;\n"
    "    t.scrollIntoView({block: 'center'});\n"
    "  }\n"
    "}\n"
    "addEventListener('hashchange', open);\n"
    "open();\n"
    "</script>\n</body>\n</html>\n";

/* N characters of TEXT as HTML text or as an attribute's value. */
static void escape(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        switch (text[i]) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\f':
        case '\r':
            break;
        default:
            putc(text[i], out);
        }
}

static void put(FILE *out, const char *text)
{
    escape(out, text, strlen(text));
}

/* The place of line LINE in FILE as the target of a link. */
static void put_anchor(FILE *out, const char *file, int line)
{
    for (; *file; file++)
        if (strchr(" %#\"<>&", *file))
            fprintf(out, "_%02x", (unsigned char)*file);
        else
            putc(*file, out);
    fprintf(out, ":%d", line);
}

static void put_note(FILE *out, const struct record *r)
{
    fputs("<div class=\"note\" data-v=\"", out);
    put(out, r->verdict);
    fputs("\"><span class=\"v\">", out);
    put(out, *r->text ? r->text : r->verdict);
    fputs("</span>", out);
    if (*r->reason && strcmp(r->verdict, "warning") != 0) {
        fputs(" <span class=\"why\">", out);
        put(out, r->reason);
        fputs("</span>", out);
    }
    if (r->nflow)
        fputs("<ol>", out);
    for (size_t i = 0; i < r->nflow; i++) {
        const struct step *s = &r->flow[i];
        fputs("<li><a href=\"#", out);
        put_anchor(out, s->file ? s->file : r->file, s->line);
        fputs("\">", out);
        if (s->file) {
            put(out, s->file);
            putc(':', out);
        }
        fprintf(out, "%d:%d</a> ", s->line, s->column);
        put(out, s->text);
        fputs("</li>", out);
    }
    fputs(r->nflow ? "</ol></div>\n" : "</div>\n", out);
}

/* One line of the source. */
static void put_line(FILE *out, const char *file, int line, const char *text, size_t n)
{
    fputs("<div class=\"row\" id=\"", out);
    put_anchor(out, file, line);
    fputs("\"><a href=\"#", out);
    put_anchor(out, file, line);
    fprintf(out, "\">%d</a><code>", line);
    escape(out, text, n);
    fputs("</code></div>\n", out);
}

static FILE *open_source(const char *source, const char *file)
{
    if (*file == '/' || strcmp(source, ".") == 0)
        return fopen(file, "r");
    size_t n = strlen(source) + strlen(file) + 2;
    char *path = grow(NULL, n);
    snprintf(path, n, "%s/%s", source, file);
    FILE *in = fopen(path, "r");
    free(path);
    return in;
}

/* A line that some link leads to. */
struct place {
    const char *file;
    int line;
};

/* Such lines, in order. */
struct places {
    struct place *at;
    size_t n;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = strcmp(x->file, y->file);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* The lines that steps of flows are about. */
static struct places find_places(const struct records *all)
{
    struct places p = {NULL, 0};
    for (size_t i = 0; i < all->n; i++)
        p.n += all->at[i].nflow;
    p.at = grow(NULL, (p.n + 1) * sizeof *p.at);
    p.n = 0;
    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < all->at[i].nflow; k++) {
            const struct step *s = &all->at[i].flow[k];
            p.at[p.n++] = (struct place){s->file ? s->file : all->at[i].file, s->line};
        }
    qsort(p.at, p.n, sizeof *p.at, compare_places);
    return p;
}

static int is_place(const struct places *p, const char *file, int line)
{
    const struct place key = {file, line};
    return p->n && bsearch(&key, p->at, p->n, sizeof key, compare_places) != NULL;
}

/* Lines FIRST to END, which nothing is said about. */
static void put_gap(FILE *out, int first, int end, char *text, size_t n)
{
    if (first == end)
        return;
    fputs("<div class=\"gap\"><pre>", out);
    for (int line = first; line < end; line++)
        fprintf(out, "%d\n", line);
    fputs("</pre><pre>", out);
    /* A page takes a line break right behind <pre> for none. */
    if (n && *text == '\n')
        putc('\n', out);
    escape(out, text, n);
    fputs("</pre></div>\n", out);
}

/* The source IN, with the first of the N records R; returns how many were put. */
static size_t put_source(FILE *out, FILE *in, const struct record *r, size_t n,
                         const struct places *places)
{
    char *text = NULL, *gap = NULL;
    size_t room = 0, gap_room = 0, gap_n = 0, i = 0;
    ssize_t length;
    int line = 1, first = 1;
    for (; (length = getline(&text, &room, in)) >= 0; line++) {
        int told = i < n && r[i].line <= line; /* line 0: nobody knows where */
        if (!told && !is_place(places, r->file, line)) {
            if (gap_n + (size_t)length > gap_room)
                gap = grow(gap, gap_room = 2 * (gap_n + (size_t)length));
            memcpy(gap + gap_n, text, (size_t)length);
            gap_n += (size_t)length;
            continue;
        }
        put_gap(out, first, line, gap, gap_n);
        gap_n = 0;
        first = line + 1;
        if (length > 0 && text[length - 1] == '\n')
            length--;
        fputs(told ? "<div class=\"told\">" : "", out);
        put_line(out, r->file, line, text, (size_t)length);
        while (i < n && r[i].line <= line)
            put_note(out, &r[i++]);
        fputs(told ? "</div>\n" : "", out);
    }
    put_gap(out, first, line, gap, gap_n);
    free(gap);
    free(text);
    return i;
}

/* How many of the N records R have each verdict, in the order they first appear. */
static void put_counts(FILE *out, const struct record *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t count = 0, k = 0;
        while (k < i && strcmp(r[k].verdict, r[i].verdict) != 0)
            k++;
        if (k < i)
            continue;
        for (; k < n; k++)
            count += strcmp(r[k].verdict, r[i].verdict) == 0;
        fputs("<span class=\"n\" data-v=\"", out);
        put(out, r[i].verdict);
        fprintf(out, "\">%zu ", count);
        put(out, r[i].verdict);
        fputs("</span>", out);
    }
}

/* The file that the N records R are about. */
static void put_file(FILE *out, const struct record *r, size_t n, const char *source,
                     const struct places *places, int open)
{
    fprintf(out, "<details%s><summary>", open ? " open" : "");
    put(out, r->file);
    put_counts(out, r, n);
    fputs("</summary>\n<div class=\"source\">\n", out);
    FILE *in = open_source(source, r->file);
    if (!in)
        fputs("<p class=\"missing\">The source is not there; --source names its folder.</p>\n",
              out);
    size_t i = in ? put_source(out, in, r, n, places) : 0;
    for (size_t end; i < n; i = end) {
        fputs("<div class=\"told\">", out);
        put_line(out, r->file, r[i].line, r[i].function, strlen(r[i].function));
        for (end = i; end < n && r[end].line == r[i].line; end++)
            put_note(out, &r[end]);
        fputs("</div>\n", out);
    }
    if (in)
        fclose(in);
    fputs("</div>\n</details>\n", out);
}

/* Warnings, then what moves: where a reader starts. */
static void put_most(FILE *out, const struct records *all)
{
    static const struct {
        const char *verdict, *title;
    } lists[] = {{"warning", "Warnings"}, {"moved", "Moved to the heap"}};
    fputs("<div id=\"most\">\n", out);
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        size_t n = 0;
        for (size_t i = 0; i < all->n; i++)
            n += strcmp(all->at[i].verdict, lists[l].verdict) == 0;
        if (n == 0)
            continue;
        fprintf(out, "<details open><summary>%s: %zu</summary><ul>\n", lists[l].title, n);
        for (size_t i = 0; i < all->n; i++) {
            const struct record *r = &all->at[i];
            if (strcmp(r->verdict, lists[l].verdict) != 0)
                continue;
            fputs("<li><a href=\"#", out);
            put_anchor(out, r->file, r->line);
            fputs("\">", out);
            put(out, r->file);
            fprintf(out, ":%d</a> ", r->line);
            put(out, r->function);
            fputs(*r->function ? ": " : "", out);
            put(out, *r->text ? r->text : r->name);
            fputs("</li>\n", out);
        }
        fputs("</ul></details>\n", out);
    }
    fputs("</div>\n", out);
}

/* A box to tick for each verdict there is. */
static void put_filter(FILE *out, const struct records *all)
{
    fputs("<div id=\"filter\">\n", out);
    for (size_t i = 0; i < all->n; i++) {
        const char *verdict = all->at[i].verdict;
        size_t n = 0, before = 0;
        for (size_t k = 0; k < i && !before; k++)
            before = strcmp(all->at[k].verdict, verdict) == 0;
        if (before)
            continue;
        for (size_t k = i; k < all->n; k++)
            n += strcmp(all->at[k].verdict, verdict) == 0;
        fputs("<label><input type=\"checkbox\" checked value=\"", out);
        put(out, verdict);
        fputs("\"> <span class=\"v\" data-v=\"", out);
        put(out, verdict);
        fputs("\">", out);
        put(out, verdict);
        fprintf(out, "</span> %zu</label>\n", n);
    }
    fputs("<label><input type=\"checkbox\" value=\"\"> only lines with notes</label>\n</div>\n",
          out);
}

void write_html(const struct records *all, FILE *out, const char *source)
{
    fputs(head, out);
    put_filter(out, all);
    put_most(out, all);
    struct places places = find_places(all);
    size_t files = 0;
    for (size_t i = 0; i < all->n; i++)
        files += i == 0 || strcmp(all->at[i].file, all->at[i - 1].file) != 0;
    for (size_t i = 0, end; i < all->n; i = end) {
        for (end = i; end < all->n && strcmp(all->at[i].file, all->at[end].file) == 0; end++)
            ;
        put_file(out, &all->at[i], end - i, source, &places, files <= MAX_OPEN);
    }
    free(places.at);
    if (!all->n)
        fputs("<p>There is nothing in the report.</p>\n", out);
    fputs(tail, out);
}
