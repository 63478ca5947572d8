/* SPDX-License-Identifier: BSL-1.0
 *
 * options.c: GOESCAPE=name=value:name=value and what is printed on demand. The names are in options.def.
 *
 * Worked example: GOESCAPE=gcpercent=50:limit=64m:trace sets 50, 67108864 and 1. A name or value that is
 * wrong stops the program with one line that says what is right, for a misspelt limit is no limit.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_kind { NUMBER, BYTES };

static const struct option {
    const char *name;      /* as written in the environment */
    enum option_kind kind; /* how its value is written */
    int64_t def;           /* what holds without it */
    int64_t least;         /* bounds */
    int64_t most;
    const char *help; /* one line */
    size_t offset;    /* in struct options */
} table[] = {
#define OPTION(name, kind, def, least, most, help)                                                 \
    {#name, kind, def, least, most, help, offsetof(struct options, name)},
#include "options.def"
#undef OPTION
};

enum { OPTIONS = sizeof table / sizeof *table };

static void print_help(void)
{
    goe__say("GOESCAPE=name=value:name=value:...");
    for (size_t i = 0; i < OPTIONS; i++)
        goe__say("  %-10s %s (%lld)", table[i].name, table[i].help, (long long)table[i].def);
}

static const struct option *find(const char *name, size_t n)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strlen(table[i].name) == n && memcmp(table[i].name, name, n) == 0)
            return &table[i];
    return NULL;
}

/* The n characters at s as a value for o; false: they are none. */
static bool read_value(const struct option *o, const char *s, size_t n, int64_t *value)
{
    const char *end = s + n;
    bool minus = n && *s == '-';
    int64_t v = 0;
    s += minus;
    if (s == end || *s < '0' || *s > '9')
        return false;
    for (; s < end && *s >= '0' && *s <= '9'; s++)
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, minus ? '0' - *s : *s - '0', &v))
            return false;
    if (o->kind == BYTES && end - s == 1) {
        unsigned shift = *s == 'k' ? 10 : *s == 'm' ? 20 : *s == 'g' ? 30 : 0;
        s += shift > 0;
        if (__builtin_mul_overflow(v, 1LL << shift, &v))
            return false;
    }
    *value = v;
    return s == end && v >= o->least && v <= o->most;
}

/* Sets one name=value of length n. */
static void set(const char *s, size_t n)
{
    const char *equals = memchr(s, '=', n);
    size_t name_len = equals ? (size_t)(equals - s) : n;
    const struct option *o = find(s, name_len);
    if (!o) {
        print_help();
        goe__die("GOESCAPE: there is no option '%.*s'", (int)name_len, s);
    }
    int64_t v = 1;
    if (equals ? !read_value(o, equals + 1, n - name_len - 1, &v) : o->kind == BYTES)
        goe__die("GOESCAPE: %.*s is no number from %lld to %lld: %s", (int)n, s,
                 (long long)o->least, (long long)o->most, o->help);
    memcpy((char *)&H.opt + o->offset, &v, sizeof v);
}

void goe__options_read(void)
{
    if (H.options_read)
        return;
    H.options_read = true;
    for (size_t i = 0; i < OPTIONS; i++)
        memcpy((char *)&H.opt + table[i].offset, &table[i].def, sizeof(int64_t));
    const char *s = secure_getenv("GOESCAPE");
    while (s && *s) {
        size_t n = strcspn(s, ":");
        if (n)
            set(s, n);
        s += n + (s[n] == ':');
    }
    if (H.opt.help)
        print_help();
}

void goe__stats_print(void)
{
    struct goe_stats s;
    goe_stats(&s);
    goe__say("allocated %llu bytes in %llu objects, freed %llu in %llu, live %llu in %llu",
             (unsigned long long)s.allocated_bytes, (unsigned long long)s.allocated_objects,
             (unsigned long long)s.freed_bytes, (unsigned long long)s.freed_objects,
             (unsigned long long)s.live_bytes, (unsigned long long)s.live_objects);
    goe__say(
        "%llu collections, paused %llu us, longest %llu us, heap %llu KB, tables %llu KB, roots %llu KB,"
        " %llu finalizers",
        (unsigned long long)s.collections, (unsigned long long)(s.pause_total_ns / 1000),
        (unsigned long long)(s.pause_max_ns / 1000), (unsigned long long)(s.heap_bytes >> 10),
        (unsigned long long)(s.meta_bytes >> 10), (unsigned long long)(s.root_bytes >> 10),
        (unsigned long long)s.finalizers_run);
}
