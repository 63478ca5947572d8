/* models_fuzz.c - feeds bytes to the parser of model files and checks what models.h promises.
 *
 * Beyond not crashing: each error stands inside the text and is one line; every path of every effect
 * is within bounds; and a model, printed and read again, prints the same.
 */
#include "bytes.h"

#include "engine/models.h"

struct text {
    const char *bytes; /* what is being read */
    size_t size;       /* how many there are */
    unsigned errors;   /* reported so far */
};

static void note(void *data, const char *file, unsigned line, unsigned column, const char *message)
{
    struct text *text = data;
    const char *p = text->bytes, *end = p + text->size;
    text->errors++;
    REQUIRE(strcmp(file, "fuzz") == 0);
    REQUIRE(*message && !strchr(message, '\n'));
    for (unsigned i = 1; i < line; i++) {
        p = memchr(p, '\n', (size_t)(end - p));
        REQUIRE(p++);
    }
    const char *newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    REQUIRE(column >= 1 && column <= (unsigned)((newline ? newline : end) - p) + 1);
}

static void unexpected(void *data, const char *file, unsigned line, unsigned column,
                       const char *message)
{
    fprintf(stderr, "%s:%u:%u: %s\n%s\n", file, line, column, message, (const char *)data);
    abort();
}

static void check_path(const struct esc_model *m, struct esc_path path)
{
    REQUIRE(path.base >= ESC_BASE_NONE && path.base < m->nparams && path.derefs <= 7);
    REQUIRE(path.base != ESC_BASE_VARARGS || m->variadic);
    REQUIRE(path.base >= 0 || path.base == ESC_BASE_VARARGS || path.base == ESC_BASE_RETURN ||
            path.derefs == 0);
}

static void check_model(const struct esc_model *m)
{
    for (size_t i = 0; i < m->neffects; i++) {
        const struct esc_effect *e = &m->effects[i];
        check_path(m, e->src);
        check_path(m, e->dst);
        REQUIRE(e->src.base != ESC_BASE_NONE && e->src.base != ESC_BASE_RETURN);
        REQUIRE((e->kind == ESC_EFFECT_FLOW) == (e->dst.base != ESC_BASE_NONE));
        REQUIRE(e->dst.base == ESC_BASE_RETURN || e->dst.base == ESC_BASE_NONE ||
                e->dst.derefs > 0);
        for (unsigned j = 0; j < e->nargs; j++)
            check_path(m, e->args[j]);
    }
    REQUIRE(m->alloc.size < (int)m->nparams && m->alloc.count < (int)m->nparams &&
            m->alloc.align < (int)m->nparams);
    REQUIRE(!m->alloc.promotable || (m->alloc.size >= 0 && m->neffects == 1));
}

static char *printed(const struct esc_model *m)
{
    size_t size = esc_model_text(m, NULL, 0) + 1;
    char *line = malloc(size);
    REQUIRE(line);
    REQUIRE(esc_model_text(m, line, size) == size - 1 && strlen(line) == size - 1);
    return line;
}

static void check_round_trip(const struct esc_model *m)
{
    struct esc_models *set = esc_models_new(NULL);
    char *line = printed(m);
    esc_models_parse(set, "again", line, strlen(line), unexpected, line);
    const struct esc_model *copy = esc_models_find(set, m->name);
    REQUIRE(copy);
    char *again = printed(copy);
    REQUIRE(strcmp(line, again) == 0);
    free(again);
    free(line);
    esc_models_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct esc_models *set = esc_models_new(NULL);
    struct text text = {(const char *)data, size, 0};
    unsigned errors = esc_models_parse(set, "fuzz", text.bytes, size, note, &text);
    REQUIRE(errors == text.errors);
    struct esc_model_table table = esc_models_table(set, 0);
    for (size_t i = 0; i < table.count; i++) {
        const struct esc_model *m = &table.models[i];
        REQUIRE(i == 0 || strcmp(table.models[i - 1].name, m->name) < 0);
        REQUIRE(esc_models_find(set, m->name) == m);
        check_model(m);
        check_round_trip(m);
    }
    esc_models_free(set);
    return 0;
}
