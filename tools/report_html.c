/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of `goescape-report --html`: each source file with the decisions beneath their lines.
 *
 * One file without anything from elsewhere: a style sheet (light or dark as the reader's system is),
 * a few lines of script that show and hide verdicts, and the sources as an ordered list of lines.
 * A note is a block of class `note` with its verdict as data, so a box unticked above hides it by
 * one attribute of the body. Without script all is shown. A source that is not there leaves its
 * notes, each with its line number.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

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
    ".row { display: flex; }\n"
    ".row > a { flex: none; width: 4rem; padding-right: 1rem; text-align: right;\n"
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
    ".missing { margin: .3rem 1rem; color: var(--dim); font-family: system-ui, sans-serif; }\n"
    ".hidden, body.brief .row:not(.told) { display: none; }\n"
    "</style>\n</head>\n<body>\n<h1>goescape report</h1>\n";

static const char tail[] =
    "<script>\n"
    "'use strict';\n"
    "function show(box) {\n"
    "  for (const n of document.querySelectorAll('.note[data-v=\"' + box.value + '\"]'))\n"
    "    n.classList.toggle('hidden', !box.checked);\n"
    "}\n"
    "for (const box of document.querySelectorAll('#filter input')) {\n"
    "  const set = box.value ? () => show(box)\n"
    "    : () => document.body.classList.toggle('brief', box.checked);\n"
    "  box.addEventListener('change', set);\n"
    "  set();\n"
    "}\n"
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

/* One line of the source; TOLD: notes follow. */
static void put_line(FILE *out, const char *file, int line, const char *text, size_t n, int told)
{
    fprintf(out, "<div class=\"row%s\" id=\"", told ? " told" : "");
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

/* The file that the N records R are about. */
static void put_file(FILE *out, const struct record *r, size_t n, const char *source)
{
    fputs("<details open><summary>", out);
    put(out, r->file);
    fputs("</summary>\n<div class=\"source\">\n", out);
    FILE *in = open_source(source, r->file);
    if (!in)
        fputs("<p class=\"missing\">The source is not there; --source names its folder.</p>\n",
              out);
    char *text = NULL;
    size_t room = 0, i = 0;
    ssize_t length;
    for (int line = 1; in && (length = getline(&text, &room, in)) >= 0; line++) {
        if (length > 0 && text[length - 1] == '\n')
            length--;
        while (i < n && r[i].line < line) /* line 0: nobody knows where */
            put_note(out, &r[i++]);
        put_line(out, r->file, line, text, (size_t)length, i < n && r[i].line == line);
        while (i < n && r[i].line == line)
            put_note(out, &r[i++]);
    }
    for (size_t first = i; i < n; i++) {
        if (i == first || r[i].line != r[i - 1].line)
            put_line(out, r->file, r[i].line, r[i].function, strlen(r[i].function), 1);
        put_note(out, &r[i]);
    }
    free(text);
    if (in)
        fclose(in);
    fputs("</div>\n</details>\n", out);
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
    for (size_t i = 0, end; i < all->n; i = end) {
        for (end = i; end < all->n && strcmp(all->at[i].file, all->at[end].file) == 0; end++)
            ;
        put_file(out, &all->at[i], end - i, source);
    }
    if (!all->n)
        fputs("<p>There is nothing in the report.</p>\n", out);
    fputs(tail, out);
}
