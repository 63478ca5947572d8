/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.cc: reads `-fplugin-arg-goescape-KEY[=VALUE]`.

   One table, options.def, makes the fields, their defaults, the parser, the help and the lists of
   valid keys and values in the error messages. Example: `-fplugin-arg-goescape-mode=chek` ends in

     error: goescape: mode=chek: the value must be one of heapify|check|off */
#include "compat.h"
#include "options.h"

goe_options options = {
#define GOE_CHOICE(key, values, bare, help) 0,
#define GOE_TEXT(key, metavar, help)        NULL,
#define GOE_NUMBER(key, value, help)        value,
#include "options.def"
};

const char options_help[] =
#define GOE_CHOICE(key, values, bare, help) "  " #key "=" values "\n        " help "\n"
#define GOE_TEXT(key, metavar, help)        "  " #key "=" metavar "\n        " help "\n"
#define GOE_NUMBER(key, value, help)        "  " #key "=BYTES (" #value ")\n        " help "\n"
#include "options.def"
    ;

static const char option_keys[] =
#define GOE_CHOICE(key, values, bare, help) " " #key
#define GOE_TEXT(key, metavar, help)        " " #key
#define GOE_NUMBER(key, value, help)        " " #key
#include "options.def"
    ;

/* The index of VALUE among VALUES ("a|b|c"), or -1. */
static int choice_index(const char *values, const char *value)
{
    size_t len = strlen(value);
    int index = 0;
    for (const char *v = values;; index++) {
        size_t n = strcspn(v, "|");
        if (n == len && memcmp(v, value, n) == 0)
            return index;
        if (!v[n])
            return -1;
        v += n + 1;
    }
}

static bool parse_choice(int *field, const char *key, const char *values, const char *bare,
                         const char *value)
{
    int index = choice_index(values, value ? value : bare);
    if (index < 0) {
        if (value)
            error("goescape: %s=%s: the value must be one of %s", key, value, values);
        else
            error("goescape: %s needs a value, one of %s", key, values);
        return false;
    }
    *field = index;
    return true;
}

static bool parse_text(const char **field, const char *key, const char *metavar, const char *value)
{
    if (!value || !*value) {
        error("goescape: %s needs a value: %s=%s", key, key, metavar);
        return false;
    }
    *field = value;
    return true;
}

static bool parse_number(unsigned long *field, const char *key, const char *value)
{
    char *end = NULL;
    errno = 0;
    unsigned long number = value ? strtoul(value, &end, 10) : 0;
    if (!value || !ISDIGIT(*value) || *end || errno) {
        error("goescape: %s=%s: the value must be a number of bytes", key, value ? value : "");
        return false;
    }
    *field = number;
    return true;
}

bool parse_options(const char *, int argc, const struct plugin_argument *argv)
{
    bool ok = true;
    for (int i = 0; i < argc; i++) {
        const char *key = argv[i].key, *value = argv[i].value;
#define GOE_CHOICE(name, values, bare, help)                                                       \
    if (strcmp(key, #name) == 0) {                                                                 \
        ok &= parse_choice(&options.name##_, key, values, bare, value);                            \
        continue;                                                                                  \
    }
#define GOE_TEXT(name, metavar, help)                                                              \
    if (strcmp(key, #name) == 0) {                                                                 \
        ok &= parse_text(&options.name##_, key, metavar, value);                                   \
        continue;                                                                                  \
    }
#define GOE_NUMBER(name, dflt, help)                                                               \
    if (strcmp(key, #name) == 0) {                                                                 \
        ok &= parse_number(&options.name##_, key, value);                                          \
        continue;                                                                                  \
    }
#include "options.def"
        error("goescape: unknown option %qs; the options are%s", key, option_keys);
        ok = false;
    }
    return ok;
}
