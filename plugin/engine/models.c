/* models.c - the set of function models: finding one, and printing it.
 *
 * A set is a list of tables, each sorted by name: the built-in one, then one for each file read.
 * Finding walks from the newest file back to the built-in table, each time by binary search: first
 * for the name itself, then for the plain name that a reserved spelling stands for. Only reserved
 * names (two underscores) are respelled, so that a program's own `read64` is never taken for `read`.
 *
 *     find "__memcpy_chk": no such model; "__" "memcpy" "_chk" gives memcpy, which there is
 *
 * What must hold: what find returns lives as long as the set, and printing a model gives back the
 * line it was read from, spaces and comment aside.
 */
#include "models_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory that lives as long as the set: a list of chunks, filled from the front. */
struct chunk {
    struct chunk *next;  /* the chunk filled before */
    size_t used, size;   /* bytes handed out, bytes there are */
    max_align_t bytes[]; /* the memory */
};

enum { CHUNK = 8192 }; /* bytes of one chunk of the pool */

struct esc_models {
    struct chunk *pool;                    /* owns what the tables point to */
    const struct esc_model_table *builtin; /* searched last; may be NULL */
    struct esc_model_table *tables;        /* one for each file, oldest first */
    size_t ntables;                        /* number of tables */
};

void *esc_models_grow(void *old, size_t bytes)
{
    void *p = realloc(old, bytes);
    if (!p) {
        fputs("goescape: out of memory for function models\n", stderr);
        abort();
    }
    return p;
}

static void *take(struct esc_models *models, size_t size)
{
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct chunk *c = models->pool;
    if (!c || c->size - c->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        c = esc_models_grow(NULL, sizeof *c + room);
        c->next = models->pool;
        c->used = 0;
        c->size = room;
        models->pool = c;
    }
    void *p = (char *)c->bytes + c->used;
    c->used += size;
    return p;
}

void *esc_models_keep(struct esc_models *models, const void *bytes, size_t size)
{
    void *p = take(models, size ? size : 1);
    if (size)
        memcpy(p, bytes, size);
    return p;
}

const char *esc_models_keep_name(struct esc_models *models, const char *name, size_t length)
{
    char *p = take(models, length + 1);
    memcpy(p, name, length);
    p[length] = '\0';
    return p;
}

/* --- the set --------------------------------------------------------------------------------- */

struct esc_models *esc_models_new(const struct esc_model_table *builtin)
{
    struct esc_models *models = esc_models_grow(NULL, sizeof *models);
    *models = (struct esc_models){.builtin = builtin};
    return models;
}

void esc_models_free(struct esc_models *models)
{
    if (!models)
        return;
    for (struct chunk *c = models->pool, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(models->tables);
    free(models);
}

size_t esc_models_table_count(const struct esc_models *models)
{
    return models->ntables;
}

struct esc_model_table esc_models_table(const struct esc_models *models, size_t index)
{
    return models->tables[index];
}

struct esc_model *esc_models_add(struct esc_models *models, size_t count)
{
    struct esc_model *list = take(models, (count + 1) * sizeof *list);
    models->tables =
        esc_models_grow(models->tables, (models->ntables + 1) * sizeof *models->tables);
    models->tables[models->ntables++] = (struct esc_model_table){list, count};
    return list;
}

static int compare_name(const void *name, const void *model)
{
    return strcmp(name, ((const struct esc_model *)model)->name);
}

const struct esc_model *esc_models_find_exact(const struct esc_models *models, const char *name)
{
    for (size_t i = models->ntables + 1; i-- > 0;) {
        const struct esc_model_table *t = i ? &models->tables[i - 1] : models->builtin;
        const struct esc_model *m = NULL;
        if (t && t->count)
            m = bsearch(name, t->models, t->count, sizeof *t->models, compare_name);
        if (m)
            return m;
    }
    return NULL;
}

static bool ended_by(const struct esc_model *m, const char *name)
{
    for (size_t i = 0; i < m->neffects; i++)
        for (const char *const *u = m->effects[i].until; u && *u; u++)
            if (!strcmp(*u, name))
                return true;
    return false;
}

bool esc_models_ends(const struct esc_models *models, const char *name)
{
    for (size_t i = models->ntables + 1; i-- > 0;) {
        const struct esc_model_table *t = i ? &models->tables[i - 1] : models->builtin;
        for (size_t k = 0; t && k < t->count; k++)
            if (ended_by(&t->models[k], name))
                return true;
    }
    return false;
}

/* Reserved spellings of a plain name: PREFIXnameSUFFIX, tried in this order. */
static const struct spelling {
    const char *prefix, *suffix; /* what stands around the plain name */
} spellings[] = {
    {"__builtin___", "_chk"}, /* GCC: a checked function as a builtin */
    {"__builtin_", ""},       /* GCC: a library function as a builtin */
    {"__isoc99_", ""},        /* glibc: scanf and family by C99's rules */
    {"__isoc23_", ""},        /* glibc: scanf, strtol and families by C23's rules */
    {"__", "_chk"},           /* glibc: _FORTIFY_SOURCE */
};

const struct esc_model *esc_models_find(const struct esc_models *models, const char *name)
{
    char plain[ESC_MODEL_MAX_NAME + 1];
    if (*name == '*')
        name++;
    const struct esc_model *m = esc_models_find_exact(models, name);
    size_t length = strlen(name);
    for (size_t i = 0; !m && i < sizeof spellings / sizeof *spellings; i++) {
        size_t before = strlen(spellings[i].prefix), after = strlen(spellings[i].suffix);
        if (length <= before + after || length - before - after > ESC_MODEL_MAX_NAME ||
            memcmp(name, spellings[i].prefix, before) != 0 ||
            memcmp(name + length - after, spellings[i].suffix, after) != 0)
            continue;
        memcpy(plain, name + before, length - before - after);
        plain[length - before - after] = '\0';
        m = esc_models_find_exact(models, plain);
    }
    return m;
}

bool esc_model_fits(const struct esc_model *model, const char *name, unsigned nargs)
{
    name += *name == '*';
    bool more = model->variadic || strcmp(name, model->name) != 0; /* a reserved spelling may */
    return more ? nargs >= model->nparams : nargs == model->nparams;
}

/* --- back to text ---------------------------------------------------------------------------- */

/* Text that grows as far as the buffer reaches, counted beyond it. */
struct out {
    char *buf;   /* where it goes */
    size_t size; /* bytes there */
    size_t used; /* bytes the whole text takes so far */
};

__attribute__((format(printf, 2, 3))) static void put(struct out *o, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    size_t room = o->used < o->size ? o->size - o->used : 0;
    int n = vsnprintf(room ? o->buf + o->used : NULL, room, format, ap);
    va_end(ap);
    o->used += n > 0 ? (size_t)n : 0;
}

static void put_path(struct out *o, const struct esc_model *m, const struct esc_path *path)
{
    put(o, "%.*s", (int)path->derefs, "*******");
    switch (path->base) {
    case ESC_BASE_RETURN:
        put(o, "return");
        break;
    case ESC_BASE_NEW:
        put(o, "new");
        break;
    case ESC_BASE_STATIC:
        put(o, "static");
        break;
    case ESC_BASE_VARARGS:
        put(o, "...");
        break;
    case ESC_BASE_NONE:
        put(o, "_");
        break;
    default:
        put(o, "%s", m->params[path->base]);
    }
}

static void put_effect(struct out *o, const struct esc_model *m, const struct esc_effect *e)
{
    static const char *const words[] = {"", "keep ", "call ", "register ", "free "};
    const struct esc_model_alloc *a = &m->alloc;
    if (e->kind == ESC_EFFECT_FLOW) {
        put_path(o, m, &e->dst);
        put(o, " = ");
    }
    bool sized = e->src.base == ESC_BASE_NEW && e->dst.base == ESC_BASE_RETURN &&
                 e->dst.derefs == 0 && a->size >= 0;
    put(o, "%s", words[e->kind]);
    if (sized && a->zeroed)
        put(o, "zero");
    else
        put_path(o, m, &e->src);
    if (sized) {
        put(o, "(");
        if (a->count >= 0)
            put(o, "%s * ", m->params[a->count]);
        put(o, "%s", m->params[a->size]);
        if (a->align >= 0)
            put(o, " align %s", m->params[a->align]);
        put(o, ")");
    }
    if (e->kind == ESC_EFFECT_CALL || e->kind == ESC_EFFECT_REGISTER) {
        put(o, "(");
        for (unsigned i = 0; i < e->nargs; i++) {
            put(o, i ? ", " : "");
            put_path(o, m, &e->args[i]);
        }
        put(o, ")");
    }
    const char *separator = " until ";
    for (const char *const *name = e->until; name && *name; name++) {
        put(o, "%s%s", separator, *name);
        separator = ", ";
    }
    if (e->open_end)
        put(o, "%s...", separator);
    if (e->given)
        put(o, " if %s = %d", m->params[e->given_param], (int)e->given_value);
}

size_t esc_effect_text(const struct esc_model *model, const struct esc_effect *effect, char *buf,
                       size_t size)
{
    struct out o = {buf, size, 0};
    put(&o, "%s", "");
    put_effect(&o, model, effect);
    return o.used;
}

size_t esc_model_text(const struct esc_model *model, char *buf, size_t size)
{
    struct out o = {buf, size, 0};
    put(&o, "%s(", model->name);
    for (unsigned i = 0; i < model->nparams; i++)
        put(&o, "%s%s", i ? ", " : "", model->params[i]);
    if (model->variadic)
        put(&o, "%s...", model->nparams ? ", " : "");
    put(&o, "): ");
    const char *separator = "";
    for (size_t i = 0; i < model->neffects; i++) {
        put(&o, "%s", separator);
        put_effect(&o, model, &model->effects[i]);
        separator = "; ";
    }
    if (model->fails) {
        put(&o, "%sfails %s", separator, model->fails == ESC_FAILS_ZERO ? "zero" : "nonzero");
        separator = "; ";
    }
    if (model->yields) {
        put(&o, "%syield", separator);
        separator = "; ";
    }
    if (model->noreturn)
        put(&o, "%snoreturn", separator);
    else if (!*separator)
        put(&o, "nothing");
    return o.used;
}

bool esc_model_waits(const struct esc_model *model)
{
    static const char *const files[] = {"bsd",    "dirent", "misc",  "mman",   "pthread",
                                        "signal", "socket", "stdio", "unistd", "users"};
    if (model->yields || model->noreturn)
        return true;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t n = strlen(files[i]);
        if (strncmp(model->file, files[i], n) == 0 && strcmp(model->file + n, ".model") == 0)
            return true;
    }
    return false;
}
