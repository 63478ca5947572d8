/* summary_fuzz.c - damages summary files, and checks that the engine stands what it is then told.
 *
 *     summary_fuzz [-n INPUTS] [-s SEED] FILE...
 *     summary_fuzz -o DIR FILE...
 *
 * takes the records of each file, behind a head that any compilation believes, then INPUTS times one of them with
 * a few changes: numbers replaced, words and lines swapped, doubled or left out, bytes flipped, the end cut off.
 * With -o it writes them to DIR as they are, for libFuzzer to begin with (parsers.sh, -DLIBFUZZER).
 *
 * Beyond not crashing: a mistake is one line that stands inside the file; a unit that calls every
 * function the file tells of can be solved; and a record that was read, written and read again is
 * written the same.
 */
#include "bytes.h"

#include "engine/escape.h"
#include "engine/summary_io.h"
#include "engine/summary_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct totals {
    unsigned long inputs, refused, records, broken; /* of these, files and records not understood */
} totals;

static unsigned lines; /* of the input at hand */

static void note(void *data, const char *file, unsigned line, const char *message)
{
    REQUIRE(data == &totals && strcmp(file, "fuzz") == 0);
    REQUIRE(line >= 1 && line <= lines + 1);
    REQUIRE(*message && !strchr(message, '\n'));
}

/* ---- one input ---- */

enum { MAX_CALLED = 12 }; /* functions of an input that are called */

/* A unit with f(p, q) { x; y; r = each(&x, p, g, &y); ...; *p = r; }: whatever a file says may come
 * from everywhere. The file's functions are declared as it does. */
static struct esc_unit *make_unit(const char *text, size_t size)
{
    struct esc_unit *u = esc_unit_new(&(struct esc_options){.held = true, .explain = true});
    uint32_t callee[MAX_CALLED], n = 0;
    for (const char *p = text, *end = text + size; n < MAX_CALLED && p;) {
        char name[64], line[200];
        unsigned signature;
        size_t left = (size_t)(end - p), len = left < sizeof line - 1 ? left : sizeof line - 1;
        memcpy(line, p, len);
        line[len] = 0;
        if (sscanf(line, "function %63s %x", name, &signature) == 2) {
            callee[n] = esc_symbol(u, ESC_SYM_FUNC, name, ESC_SYM_REPLACE | ESC_SYM_TAKEN, 0);
            esc_symbol_signature(u, callee[n++], signature);
        }
        p = memchr(p, '\n', left);
        p = p ? p + 1 : NULL;
    }
    uint32_t g = esc_symbol(u, ESC_SYM_FUNC, "callback", ESC_SYM_TAKEN, 0);
    struct esc_fn *f = esc_define(u, g);
    uint32_t p = esc_local(f, &(struct esc_var){.name = "p", .size = 8, .flags = ESC_PARAM});
    uint32_t block = esc_block(f);
    esc_assign(f, esc_value(esc_symbol(u, ESC_SYM_DATA, "global", 0, 8), 0, 8),
               &(struct esc_ref){.kind = ESC_VAR, .var = p, .size = 8}, 1, 0);
    esc_edge(f, block, ESC_EXIT);
    f = esc_define(u, esc_symbol(u, ESC_SYM_FUNC, "f", 0, 0));
    p = esc_local(f, &(struct esc_var){.name = "p", .size = 8, .flags = ESC_PARAM});
    uint32_t q = esc_local(f, &(struct esc_var){.name = "q", .size = 8, .flags = ESC_PARAM});
    uint32_t x = esc_local(f, &(struct esc_var){.name = "x", .size = 32, .flags = ESC_ADDRESSED});
    uint32_t y = esc_local(f, &(struct esc_var){.name = "y", .size = 8, .flags = ESC_ADDRESSED});
    uint32_t r = esc_local(f, &(struct esc_var){.name = "r", .size = 16});
    block = esc_block(f);
    for (uint32_t i = 0; i < n; i++) {
        struct esc_ref args[] = {esc_addr(x, 0), esc_value(i % 2 ? p : q, 0, 8), esc_addr(g, 0),
                                 esc_addr(y, 0), esc_value(r, 0, 16)};
        esc_call(f, esc_value(r, 0, 16), esc_addr(callee[i], 0), i % 3, args, i % 6, i);
        args[0] = esc_addr(callee[i], 0); /* and through a pointer */
        esc_call(f, esc_none(), esc_value(r, 8, 8), 0, args, 3, i);
    }
    esc_assign(f, esc_mem(p, 0, 8), &(struct esc_ref){.kind = ESC_VAR, .var = r, .size = 8}, 1, 99);
    esc_edge(f, block, ESC_EXIT);
    return u;
}

static uint32_t any_symbol(void *data, enum esc_symbol_kind kind, const char *name, bool local)
{
    (void)local;
    return esc_symbol(data, kind, name, 0, 0) & ~ESC_SYM;
}

/* The record of F, read again, is written as it was. */
static void check_record(struct esc_unit *u, struct esc_fn *f)
{
    struct text once = {0}, twice = {0};
    struct text_function read;
    struct text_error error;
    struct text_symbols symbols = {any_symbol, u};
    struct map none = {0};
    text_put_function(&once, u, &none, f);
    if (!text_read_function(once.at, once.size, 1, &symbols, &read, &error)) {
        fprintf(stderr, "%s%u: %s\n", once.at, error.line, error.message);
        abort();
    }
    struct esc_fn again = *f;
    again.summary = read.summary;
    again.exit = read.exit;
    text_put_function(&twice, u, &none, &again);
    REQUIRE(once.size == twice.size && memcmp(once.at, twice.at, once.size) == 0);
    text_function_free(&read);
    free(once.at);
    free(twice.at);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    struct esc_store *store = esc_store_open("/no/such/folder", "fuzz", note, &totals);
    lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    totals.inputs++;
    if (!esc_store_add(store, "fuzz", text, size))
        totals.refused++;
    struct esc_unit *u = make_unit(text, size);
    const struct esc_import *imports;
    esc_store_attach(store, u, NULL, NULL);
    uint32_t n = esc_store_imports(store, &imports);
    totals.records += n;
    for (uint32_t i = 0; i < n; i++)
        totals.broken += imports[i].trust == ESC_BROKEN;
    esc_solve(u);
    for (uint32_t i = 0; i < u->elsewhere.len; i++)
        check_record(u, u->elsewhere.at[i]);
    esc_unit_free(u);
    esc_store_free(store);
    return 0;
}

#ifndef LIBFUZZER

/* ---- damage ---- */

static uint64_t seed = 1;

static uint32_t below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* A stretch of the text: [at, at + size). */
struct stretch {
    size_t at, size;
};

static bool ends_stretch(char c, bool line)
{
    return c == '\n' || (!line && c == ' ');
}

/* A word, or a line with its end. */
static struct stretch pick(const struct text *t, bool line)
{
    struct stretch s = {below((uint32_t)t->size), 0};
    while (s.at && !ends_stretch(t->at[s.at - 1], line))
        s.at--;
    while (s.at + s.size < t->size && !ends_stretch(t->at[s.at + s.size], line))
        s.size++;
    s.size += line && s.at + s.size < t->size;
    return s;
}

static void replace(struct text *t, struct stretch s, const char *with, size_t size)
{
    struct text out = {0};
    char *copy = malloc(size + 1);
    if (!copy)
        abort();
    memcpy(copy, with, size);
    copy[size] = 0;
    text_put(&out, "%.*s%s%.*s", (int)s.at, t->at, copy, (int)(t->size - s.at - s.size),
             t->at + s.at + s.size);
    free(copy);
    free(t->at);
    *t = out;
}

static void damage(struct text *t)
{
    static const char *const words[] = {"0",  "1",     "2",      "3",      "7",     "64",
                                        "-1", "*",     "400000", "-8",     "world", "fresh",
                                        "",   "param", "end",    "behind", "exit",  "4294967295"};
    char number[16];
    bool line = below(3) == 0;
    struct stretch s = pick(t, line), o;
    switch (below(7)) {
    case 0:
    case 1:
        snprintf(number, sizeof number, "%u", below(12));
        replace(t, pick(t, false), number, strlen(number));
        break;
    case 2: {
        const char *w = words[below(sizeof words / sizeof *words)];
        replace(t, pick(t, false), w, strlen(w));
        break;
    }
    case 3:
        replace(t, s, "", 0);
        break;
    case 4: /* another's words in its place */
        o = pick(t, line);
        replace(t, s, t->at + o.at, o.size);
        break;
    case 5: /* ... or before it */
        o = pick(t, line);
        s.size = 0;
        replace(t, s, t->at + o.at, o.size);
        break;
    default:
        if (below(4))
            t->at[below((uint32_t)t->size)] = (char)(below(95) + 32);
        else
            t->at[t->size = below((uint32_t)t->size)] = 0;
    }
}

/* The records of FILE as if they had been made from /dev/null, which never changes. */
static bool read_records(const char *file, struct text *t)
{
    size_t size;
    char *contents = text_of_file(file, &size), *p = contents;
    while (p && p < contents + size && strncmp(p, "function ", 9) != 0) {
        p = memchr(p, '\n', (size_t)(contents + size - p));
        p = p ? p + 1 : NULL;
    }
    bool there = p && p < contents + size;
    if (there)
        text_put(t, "goescape summaries %d\nabi fuzz\nsource %016llx 0 /dev/null\n%.*s",
                 TEXT_FORMAT, (unsigned long long)text_hash("", 0), (int)(contents + size - p), p);
    free(contents);
    return there;
}

/* T as file number I of DIR. */
static void write_seed(const char *dir, int i, const struct text *t)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%d", dir, i);
    FILE *f = fopen(name, "w");
    if (!f || fwrite(t->at, 1, t->size, f) != t->size || fclose(f) != 0) {
        perror(name);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    unsigned long n = 1000;
    const char *seeds = NULL;
    for (int opt; (opt = getopt(argc, argv, "n:s:o:")) != -1;)
        if (opt == 'n')
            n = strtoul(optarg, NULL, 10);
        else if (opt == 's')
            seed = strtoull(optarg, NULL, 10);
        else if (opt == 'o')
            seeds = optarg;
        else
            return 2;
    int files = argc - optind;
    if (!files)
        return 2;
    if (seeds)
        n = 0;
    for (unsigned long i = 0; i < n + (unsigned long)files; i++) {
        struct text t = {0};
        const char *file =
            argv[optind + (int)(i < (unsigned long)files ? i : below((uint32_t)files))];
        if (!read_records(file, &t)) {
            fprintf(stderr, "summary_fuzz: %s has no records\n", file);
            return 2;
        }
        for (uint32_t k = i < (unsigned long)files ? 0 : 1 + below(6); k && t.size; k--)
            damage(&t);
        if (t.at && seeds)
            write_seed(seeds, (int)i, &t);
        else if (t.at)
            LLVMFuzzerTestOneInput((const unsigned char *)t.at, t.size);
        free(t.at);
    }
    if (seeds)
        return 0;
    printf("%lu files, of which %lu refused; %lu records, of which %lu broken\n", totals.inputs,
           totals.refused, totals.records, totals.broken);
    return 0;
}

#endif
