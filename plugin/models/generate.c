/* generate.c - turns model files into one constant C table, at build time.
 *
 *     generate string.model stdio.model ... >builtin.c
 *
 * reads each file with the parser that the plugin uses for the user's files and writes
 * esc_models_builtin, sorted by name, so that the plugin needs no file at run time. A name that
 * two files define is an error, as is any the parser finds. The output depends on nothing but the
 * files and their base names.
 *
 *     strchr(s, c): return = s
 *
 * becomes
 *
 *     static const struct esc_effect effects_strchr[] = {{0, {-1, 0}, {0, 0}, NULL, 0, 0, NULL}};
 *     static const char *const params_strchr[] = {"s", "c"};
 *     ... {"strchr", "string.model", 12, params_strchr, 2, 0, 0, 0, 0, {...}, effects_strchr, 1}, ...
 */
#include "engine/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(void *data, const char *file, unsigned line, unsigned column,
                     const char *message)
{
    (void)data;
    fprintf(stderr, "%s:%u:%u: error: %s\n", file, line, column, message);
}

static int compare(const void *a, const void *b)
{
    const struct esc_model *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* All models of all files, sorted; *count of them. Exits when a name is there twice. */
static struct esc_model *merge(const struct esc_models *models, size_t *count)
{
    size_t n = 0;
    for (size_t i = 0; i < esc_models_table_count(models); i++)
        n += esc_models_table(models, i).count;
    struct esc_model *all = malloc((n + 1) * sizeof *all);
    if (!all)
        abort();
    *count = 0;
    for (size_t i = 0; i < esc_models_table_count(models); i++) {
        struct esc_model_table t = esc_models_table(models, i);
        for (size_t j = 0; j < t.count; j++)
            all[(*count)++] = t.models[j];
    }
    qsort(all, n, sizeof *all, compare);
    for (size_t i = 1; i < n; i++)
        if (strcmp(all[i - 1].name, all[i].name) == 0) {
            fprintf(stderr, "%s:%u:1: error: %s stands in %s:%u too; remove one of the two\n",
                    all[i].file, all[i].line, all[i].name, all[i - 1].file, all[i - 1].line);
            exit(1);
        }
    return all;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void write_path(const struct esc_path *path)
{
    printf("{%d, %d}", path->base, path->derefs);
}

/* The lists that effect number i of the model points to. */
static void write_lists(const struct esc_model *m, size_t i)
{
    const struct esc_effect *e = &m->effects[i];
    if (e->nargs) {
        printf("static const struct esc_path args_%s_%zu[] = {", m->name, i);
        for (unsigned j = 0; j < e->nargs; j++) {
            write_path(&e->args[j]);
            printf("%s", j + 1 < e->nargs ? ", " : "};\n");
        }
    }
    if (e->until) {
        printf("static const char *const until_%s_%zu[] = {", m->name, i);
        for (const char *const *name = e->until; *name; name++)
            printf("\"%s\", ", *name);
        printf("NULL};\n");
    }
}

static void write_effect(const struct esc_model *m, size_t i)
{
    const struct esc_effect *e = &m->effects[i];
    printf("    {%d, ", (int)e->kind);
    write_path(&e->dst);
    printf(", ");
    write_path(&e->src);
    if (e->nargs)
        printf(", args_%s_%zu", m->name, i);
    else
        printf(", NULL");
    printf(", %d, %d, ", e->nargs, e->open_end);
    if (e->until)
        printf("until_%s_%zu", m->name, i);
    else
        printf("NULL");
    printf(", %d, %d, %d},\n", e->given, e->given_param, (int)e->given_value);
}

static void write_model(const struct esc_model *m)
{
    for (size_t i = 0; i < m->neffects; i++)
        write_lists(m, i);
    if (m->neffects) {
        printf("static const struct esc_effect effects_%s[] = {\n", m->name);
        for (size_t i = 0; i < m->neffects; i++)
            write_effect(m, i);
        printf("};\n");
    }
    if (m->nparams) {
        printf("static const char *const params_%s[] = {", m->name);
        for (unsigned i = 0; i < m->nparams; i++)
            printf("\"%s\"%s", m->params[i], i + 1 < m->nparams ? ", " : "};\n");
    }
}

static void write_row(const struct esc_model *m)
{
    const struct esc_model_alloc *a = &m->alloc;
    printf("    {\"%s\", \"%s\", %u, %s%s, %d, %d, %d, %d, %d, {%d, %d, %d, %d, %d}, %s%s, %zu},\n",
           m->name, base_name(m->file), m->line, m->nparams ? "params_" : "NULL",
           m->nparams ? m->name : "", m->nparams, m->variadic, m->noreturn, m->yields,
           (int)m->fails, a->size, a->count, a->align, a->zeroed, a->promotable,
           m->neffects ? "effects_" : "NULL", m->neffects ? m->name : "", m->neffects);
}

int main(int argc, char **argv)
{
    struct esc_models *models = esc_models_new(NULL);
    unsigned errors = 0;
    size_t count;
    for (int i = 1; i < argc; i++)
        errors += esc_models_load(models, argv[i], complain, NULL);
    if (errors)
        return 1;
    struct esc_model *all = merge(models, &count);
    printf("/* Made by plugin/models/generate.c from the .model files. */\n"
           "#include \"engine/models.h\"\n\n");
    for (size_t i = 0; i < count; i++)
        write_model(&all[i]);
    printf("static const struct esc_model models[] = {\n");
    for (size_t i = 0; i < count; i++)
        write_row(&all[i]);
    printf("};\n\nconst struct esc_model_table esc_models_builtin = {models, %zu};\n", count);
    free(all);
    esc_models_free(models);
    return fflush(stdout) || ferror(stdout);
}
