/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a report file: JSON Lines, one decision each, as the plugin's record.cc describes them.
 *
 * A record keeps the JSON object it came from and points into its strings. A record is only taken
 * if it says where it stands and what was decided; unknown keys are passed over, so that an older
 * goescape-report reads the files of a newer plugin.
 */
#include "report.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* P, unless there was no memory for it. */
static void *need(void *p)
{
    if (!p) {
        fputs("goescape-report: out of memory\n", stderr);
        exit(2);
    }
    return p;
}

void *grow(void *p, size_t size)
{
    return need(realloc(p, size));
}

/* The value of KEY in OBJECT, or OTHER if that is no string. */
static const char *text_of(json_object *object, const char *key, const char *other)
{
    json_object *value;
    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return other;
    return json_object_get_string(value);
}

static int number_of(json_object *object, const char *key)
{
    json_object *value;
    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_int))
        return 0;
    return json_object_get_int(value);
}

static void read_flow(struct record *r, json_object *object)
{
    json_object *flow;
    if (!json_object_object_get_ex(object, "flow", &flow) ||
        !json_object_is_type(flow, json_type_array))
        return;
    size_t n = json_object_array_length(flow);
    r->flow = grow(NULL, (n + 1) * sizeof *r->flow);
    for (size_t i = 0; i < n; i++) {
        json_object *step = json_object_array_get_idx(flow, i);
        if (!json_object_is_type(step, json_type_object))
            continue;
        r->flow[r->nflow++] = (struct step){text_of(step, "file", NULL), number_of(step, "line"),
                                            number_of(step, "column"), text_of(step, "text", "")};
    }
}

/* Reads the LENGTH characters of LINE into R. Returns NULL, or what is wrong with them. */
static const char *read_record(struct record *r, struct json_tokener *t, const char *line,
                               size_t length)
{
    json_tokener_reset(t);
    json_object *object = json_tokener_parse_ex(t, line, (int)length);
    enum json_tokener_error e = json_tokener_get_error(t);
    size_t end = json_tokener_get_parse_end(t);
    const char *wrong = NULL;
    if (e == json_tokener_continue)
        wrong = "the JSON object has no end";
    else if (e != json_tokener_success)
        wrong = json_tokener_error_desc(e);
    else if (strspn(line + end, " \t\r\n") != length - end)
        wrong = "something follows the JSON object";
    else if (!json_object_is_type(object, json_type_object))
        wrong = "not a JSON object";
    else if (!*text_of(object, "file", "") || !*text_of(object, "verdict", ""))
        wrong = "the record has no \"file\" or no \"verdict\"";
    if (wrong) {
        json_object_put(object);
        return wrong;
    }
    *r = (struct record){.file = text_of(object, "file", ""),
                         .line = number_of(object, "line"),
                         .column = number_of(object, "column"),
                         .function = text_of(object, "function", ""),
                         .kind = text_of(object, "kind", ""),
                         .name = text_of(object, "name", ""),
                         .verdict = text_of(object, "verdict", ""),
                         .reason = text_of(object, "reason", ""),
                         .text = text_of(object, "text", ""),
                         .json = object};
    read_flow(r, object);
    return NULL;
}

size_t read_records(struct records *all, FILE *in, const char *name)
{
    struct json_tokener *t = need(json_tokener_new());
    char *line = NULL;
    size_t room = 0, number = 0, bad = 0;
    ssize_t length;
    while ((length = getline(&line, &room, in)) >= 0) {
        number++;
        if (strspn(line, " \t\r\n") == (size_t)length)
            continue;
        if (all->n == all->room) {
            all->room = all->room ? 2 * all->room : 256;
            all->at = grow(all->at, all->room * sizeof *all->at);
        }
        const char *wrong = read_record(&all->at[all->n], t, line, (size_t)length);
        if (wrong) {
            fprintf(stderr, "%s:%zu: error: %s\n", name, number, wrong);
            bad++;
        } else {
            all->at[all->n].order = all->n;
            all->n++;
        }
    }
    free(line);
    json_tokener_free(t);
    return bad;
}

/* Order by place, then by all that is told, so that equal records stand together. */
static int compare_places(const struct record *a, const struct record *b)
{
    int files = strcmp(a->file, b->file);
    if (files)
        return files;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static int compare(const void *x, const void *y)
{
    const struct record *a = x, *b = y;
    int places = compare_places(a, b);
    return places ? places : a->order < b->order ? -1 : a->order > b->order;
}

/* Whether A and B say the same of the same place. */
static int same(const struct record *a, const struct record *b)
{
    return strcmp(a->text, b->text) == 0 && strcmp(a->verdict, b->verdict) == 0 &&
           strcmp(a->name, b->name) == 0 && strcmp(a->function, b->function) == 0 &&
           strcmp(a->kind, b->kind) == 0 && strcmp(a->reason, b->reason) == 0;
}

static void free_record(struct record *r)
{
    free(r->flow);
    json_object_put(r->json);
}

/* O(n log n) and, for n records of one place, O(n^2): a place has a handful. */
void sort_records(struct records *all)
{
    if (all->n == 0)
        return;
    qsort(all->at, all->n, sizeof *all->at, compare);
    size_t kept = 0, place = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (kept == 0 || compare_places(&all->at[place], &all->at[i]) != 0)
            place = kept;
        size_t k = place;
        while (k < kept && !same(&all->at[k], &all->at[i]))
            k++;
        if (k < kept)
            free_record(&all->at[i]);
        else
            all->at[kept++] = all->at[i];
    }
    all->n = kept;
}

void free_records(struct records *all)
{
    for (size_t i = 0; i < all->n; i++)
        free_record(&all->at[i]);
    free(all->at);
}
