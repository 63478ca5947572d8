/* The store: a folder of summary files, and which of them are believed.
 *
 * Every file is read once and cut into records; a record is looked into only when the unit has a
 * function of that name and no body for it. Then its sources are compared with what they were when it
 * was written, each once however many files list it.
 *
 *     a.c calls set(&c, &x)          records called set: one, of ctx.sum
 *                                    ../src/ctx.c and ../src/ctx.h have their old hashes: believed
 *                                    set gets a body that is nothing but a summary (esc_fn.elsewhere)
 *
 * Why a hash of the sources and not their time: a file written by a build elsewhere, or restored by
 * version control, is as good as its text. What the hashes do not see (options like -D, headers of
 * the system, a function replaced when linking) is for the front end to bind: it gets the hash of each
 * record it believed, and whoever writes a record gets it, too (esc_import.hash, esc_export.hash).
 *
 * Linear in the size of the folder and of the sources looked at.
 */
#define _XOPEN_SOURCE 700

#include "summary_io.h"

#include "models.h"
#include "summary_text.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A source as a file lists it. */
struct source {
    const char *path; /* as seen from the folder */
    uint64_t hash;    /* of its text, when the file was written */
    uint64_t size;    /* in bytes, likewise */
};

struct file {
    const char *name;           /* as messages call it */
    const char *unit;           /* its first source */
    VEC(struct source) sources; /* all of them */
    const char *why;            /* the source that has changed */
    enum { UNKNOWN, FRESH, STALE } state;
};

struct record {
    uint32_t file;      /* where it stands */
    const char *name;   /* of the function */
    uint32_t signature; /* likewise */
    const char *text;   /* the record, from "function" to the line end after "end" */
    size_t size;        /* bytes of it */
    size_t summary;     /* bytes before its exit state */
    unsigned line;      /* its first line */
    uint32_t next;      /* the next record of a name with this hash; UINT32_MAX: none */
};

/* A source as it is now. */
struct looked_at {
    const char *path;
    bool there;    /* it can be read */
    uint64_t hash; /* of its text */
    uint64_t size; /* in bytes */
};

struct esc_store {
    const char *dir;                /* the folder */
    const char *abi;                /* what records must have been written for */
    esc_store_report *report;       /* receives mistakes */
    void *data;                     /* for report */
    struct arena arena;             /* texts and names */
    VEC(struct file) files;         /* well-formed ones, in the order of their names */
    VEC(struct record) records;     /* of all files */
    struct map of_name;             /* hash of a name -> its newest record */
    VEC(struct looked_at) sources;  /* looked at so far */
    struct map of_source;           /* hash of a path -> index in sources */
    VEC(struct esc_import) imports; /* what attaching came to */
    struct esc_unit *unit;          /* the unit being attached to */
    struct map symbols;             /* hash of linkage, kind and name -> symbol of the unit */
    uint32_t reading;               /* the file whose record is being read */
    unsigned round;                 /* how often the build has been repeated */
};

/* DIR/NAME. */
static char *path_in(struct arena *a, const char *dir, const char *name)
{
    size_t n = strlen(dir), size = strlen(name) + 1;
    char *path = arena_alloc(a, n + 1 + size);
    memcpy(path, dir, n);
    path[n] = '/';
    memcpy(path + n + 1, name, size);
    return path;
}

/* ---- reading files ---- */

/* A file being cut into records. */
struct cutter {
    struct esc_store *s;
    const char *name, *p, *end; /* of the file; what is left of it */
    unsigned line;              /* lines seen so far */
};

static bool wrong(struct cutter *c, const char *message)
{
    c->s->report(c->s->data, c->name, c->line, message);
    return false;
}

/* The next line, without its end. */
static const char *cut_line(struct cutter *c, size_t *size)
{
    const char *line = c->p, *end = memchr(c->p, '\n', (size_t)(c->end - c->p));
    if (c->p == c->end)
        return NULL;
    c->line++;
    c->p = end ? end + 1 : c->end;
    *size = (size_t)((end ? end : c->end) - line);
    return line;
}

static bool begins(const char *line, size_t size, const char *with)
{
    return size >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static bool add_source(struct cutter *c, struct file *f, const char *line, size_t size)
{
    struct source src;
    int at = 0;
    const char *text = arena_copy(&c->s->arena, line, size + 1);
    ((char *)text)[size] = 0;
    if (sscanf(text, "source %16" SCNx64 " %" SCNu64 " %n", &src.hash, &src.size, &at) != 2 ||
        !at || !text[at])
        return wrong(c, "a source is a hash, a size and a name");
    src.path = text + at;
    vec_push(&f->sources, src);
    return true;
}

static bool add_record(struct cutter *c, uint32_t file, const char *line, size_t size)
{
    struct record r = {.file = file, .text = line, .line = c->line, .next = UINT32_MAX};
    char name[TEXT_MAX_NAME + 1];
    char *text = arena_copy(&c->s->arena, line, size + 1);
    text[size] = 0;
    if (sscanf(text, "function %1000s %8" SCNx32, name, &r.signature) != 2)
        return wrong(c, "a function has a name and a signature");
    r.name = arena_strdup(&c->s->arena, name);
    while ((line = cut_line(c, &size))) {
        if (begins(line, size, "function "))
            return wrong(c, "the record before this one has no 'end'");
        bool ends = size == 3 && begins(line, size, "end");
        if (!r.summary && (ends || begins(line, size, "exit ")))
            r.summary = (size_t)(line - r.text);
        if (ends)
            break;
    }
    if (!line || c->p[-1] != '\n')
        return wrong(c, "the last record has no 'end'");
    r.size = (size_t)(c->p - r.text);
    vec_push(&c->s->records, r);
    return true;
}

static bool cut_file(struct cutter *c, struct file *f, uint32_t index)
{
    size_t size;
    const char *line = cut_line(c, &size);
    char head[40];
    int n = snprintf(head, sizeof head, "goescape summaries %d", TEXT_FORMAT);
    if (!line || !begins(line, size, "goescape summaries "))
        return c->line = 1, wrong(c, "this is no summary file: remove it");
    if (size != (size_t)n || !begins(line, size, head))
        return false; /* another version's */
    line = cut_line(c, &size);
    if (!line || !begins(line, size, "abi "))
        return wrong(c, "the ABI is missing");
    if (size - 4 != strlen(c->s->abi) || memcmp(line + 4, c->s->abi, size - 4) != 0)
        return false; /* of another kind of program */
    while ((line = cut_line(c, &size)) && begins(line, size, "source "))
        if (!add_source(c, f, line, size))
            return false;
    if (!f->sources.len)
        return wrong(c, "a source is missing");
    f->unit = f->sources.at[0].path;
    while (strncmp(f->unit, "../", 3) == 0)
        f->unit += 3;
    for (; line; line = cut_line(c, &size)) {
        if (!begins(line, size, "function "))
            return wrong(c, "a record begins with 'function'");
        if (!add_record(c, index, line, size))
            return false;
    }
    return true;
}

bool esc_store_add(struct esc_store *s, const char *name, const char *text, size_t size)
{
    struct cutter c = {.s = s, .name = arena_strdup(&s->arena, name)};
    struct file f = {.name = c.name, .state = UNKNOWN};
    uint32_t had = s->records.len;
    char *copy = arena_alloc(&s->arena, size + 1);
    memcpy(copy, text, size);
    c.p = copy;
    c.end = c.p + size;
    if (!cut_file(&c, &f, s->files.len)) {
        s->records.len = had;
        vec_free(&f.sources);
        return false;
    }
    vec_push(&s->files, f);
    for (uint32_t i = had; i < s->records.len; i++) {
        uint64_t key = map_hash_string(s->records.at[i].name);
        uint32_t other = map_get(&s->of_name, key);
        s->records.at[i].next = other == MAP_NONE ? UINT32_MAX : other;
        map_set(&s->of_name, key, i);
    }
    return true;
}

/* The number in the folder's file `round`; 0: nobody counts. */
static unsigned read_round(struct esc_store *s)
{
    size_t size;
    unsigned round = 0;
    char *text = text_of_file(path_in(&s->arena, s->dir, "round"), &size);
    for (size_t i = 0; text && i < size && text[i] >= '0' && text[i] <= '9' && round < 1000; i++)
        round = 10 * round + (unsigned)(text[i] - '0');
    free(text);
    return round;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct esc_store *esc_store_open(const char *dir, const char *abi, esc_store_report *report,
                                 void *data)
{
    struct esc_store *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->dir = arena_strdup(&s->arena, dir);
    s->abi = arena_strdup(&s->arena, abi);
    s->report = report;
    s->data = data;
    DIR *d = opendir(dir);
    if (!d && errno != ENOENT)
        report(data, dir, 0, strerror(errno));
    if (!d)
        return s;
    VEC(char *) names = {0};
    for (const struct dirent *e; (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        if (n > 4 && strcmp(e->d_name + n - 4, ".sum") == 0 && e->d_name[0] != '.')
            vec_push(&names, path_in(&s->arena, dir, e->d_name));
    }
    closedir(d);
    s->round = read_round(s);
    if (names.len)
        qsort(names.at, names.len, sizeof *names.at, compare_names);
    for (uint32_t i = 0; i < names.len; i++) {
        size_t size;
        char *text = text_of_file(names.at[i], &size);
        if (text)
            esc_store_add(s, names.at[i], text, size);
        else if (errno != ENOENT)
            report(data, names.at[i], 0, strerror(errno));
        free(text);
    }
    vec_free(&names);
    return s;
}

void esc_store_free(struct esc_store *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->files.len; i++)
        vec_free(&s->files.at[i].sources);
    vec_free(&s->files);
    vec_free(&s->records);
    vec_free(&s->sources);
    vec_free(&s->imports);
    map_free(&s->of_name);
    map_free(&s->of_source);
    map_free(&s->symbols);
    arena_free(&s->arena);
    free(s);
}

/* ---- believing ---- */

static const struct looked_at *look_at_source(struct esc_store *s, const char *path)
{
    uint64_t key = map_hash_string(path);
    uint32_t i = map_get(&s->of_source, key);
    if (i != MAP_NONE && strcmp(s->sources.at[i].path, path) == 0)
        return &s->sources.at[i];
    struct looked_at l = {.path = path};
    size_t size = 0;
    char *text = text_of_file(*path == '/' ? path : path_in(&s->arena, s->dir, path), &size);
    l.there = text != NULL;
    l.size = size;
    l.hash = text ? text_hash(text, size) : 0;
    free(text);
    map_set(&s->of_source, key, s->sources.len);
    vec_push(&s->sources, l);
    return &vec_last(&s->sources);
}

static bool is_fresh(struct esc_store *s, struct file *f)
{
    for (uint32_t i = 0; f->state == UNKNOWN && i < f->sources.len; i++) {
        const struct source *was = &f->sources.at[i];
        const struct looked_at *is = look_at_source(s, was->path);
        if (is->there && is->size == was->size && is->hash == was->hash)
            continue;
        f->state = STALE;
        f->why = was->path;
        while (strncmp(f->why, "../", 3) == 0)
            f->why += 3;
    }
    if (f->state == UNKNOWN)
        f->state = FRESH;
    return f->state == FRESH;
}

/* Symbols of one name are told apart by what they are: f and d are known to all, anything else
 * belongs to the file of that number. */
static uint64_t symbol_key(const char *name, enum esc_symbol_kind kind, uint32_t owner)
{
    uint64_t h = map_hash_string(name) ^ ((uint64_t)owner << 1 | (kind == ESC_SYM_FUNC));
    return h * 0x9e3779b97f4a7c15u;
}

/* What another unit calls static is no function that a call could be resolved to by its name, nor
 * data of which this unit sees every store. */
static uint32_t find_symbol(void *data, enum esc_symbol_kind kind, const char *name, bool local)
{
    struct esc_store *s = data;
    struct esc_unit *u = s->unit;
    kind = local ? ESC_SYM_DATA : kind;
    uint64_t key = symbol_key(name, kind, local ? s->reading + 1 : 0);
    uint32_t sym = map_get(&s->symbols, key);
    if (sym != MAP_NONE && strcmp(u->syms.at[sym].name, name) == 0)
        return sym;
    uint32_t flags = kind == ESC_SYM_FUNC ? ESC_SYM_TAKEN | ESC_SYM_REPLACE : 0;
    sym = esc_symbol(u, kind, name, flags, 0) & ~ESC_SYM;
    map_set(&s->symbols, key, sym);
    return sym;
}

/* The function SYM gets a body that is what record R says; about its exit only if EXIT is set. False:
 * the record is broken. */
static bool define_elsewhere(struct esc_store *s, uint32_t sym, const struct record *r, bool exit)
{
    struct text_symbols symbols = {find_symbol, s};
    struct text_function f;
    struct text_error error;
    struct esc_unit *u = s->unit;
    s->reading = r->file;
    if (!text_read_function(r->text, r->size, r->line, &symbols, &f, &error)) {
        s->report(s->data, s->files.at[r->file].name, error.line, error.message);
        return false;
    }
    struct esc_fn *fn = ARENA_NEW(&u->arena, struct esc_fn);
    fn->unit = u;
    fn->id = UINT32_MAX;
    fn->sym = sym;
    fn->elsewhere = true;
    fn->ambient = ESC_AMBIENT_RETURNS | ESC_AMBIENT_KEEPS | ESC_AMBIENT_OPAQUE; /* unknown */
    fn->summary = f.summary;
    fn->exit = f.exit;
    fn->exit->unknown |= !exit;
    fn->nparams = f.nparams;
    for (uint32_t i = 0; i < f.nparams; i++) {
        struct esc_var v = {.flags = ESC_PARAM | (f.params[i] == 'v'   ? ESC_VARARGS
                                                  : f.params[i] == 'c' ? ESC_CHAIN
                                                                       : 0)};
        vec_push(&fn->vars, v);
    }
    f.summary = NULL;
    f.exit = NULL;
    text_function_free(&f);
    vec_push(&u->elsewhere, fn);
    u->syms.at[sym].fn = fn;
    return true;
}

enum { MAX_RECORDS = 8 }; /* different ones of a name that are looked at */

/* The records of a function that may be believed, one for each thing that is said of it. */
struct believed {
    uint32_t record[MAX_RECORDS];
    uint32_t n;
    bool exit; /* they agree about its exit, too */
};

static void add_believed(struct believed *b, const struct esc_store *s, uint32_t i)
{
    const struct record *r = &s->records.at[i];
    for (uint32_t k = 0; k < b->n; k++) {
        const struct record *o = &s->records.at[b->record[k]];
        if (o->summary != r->summary || memcmp(o->text, r->text, r->summary) != 0)
            continue;
        b->exit &= o->size == r->size && memcmp(o->text, r->text, r->size) == 0;
        return;
    }
    if (b->n < MAX_RECORDS)
        b->record[b->n++] = i;
}

static void find_records(struct esc_store *s, uint32_t sym, bool declared, struct esc_import *im,
                         struct believed *b)
{
    const struct esc_symbol *f = &s->unit->syms.at[sym];
    uint32_t i = map_get(&s->of_name, map_hash_string(f->name));
    uint32_t signature = f->signature;
    for (*b = (struct believed){.exit = true}; i != MAP_NONE && i != UINT32_MAX;
         i = s->records.at[i].next) {
        const struct record *r = &s->records.at[i];
        struct file *file = &s->files.at[r->file];
        if (strcmp(r->name, f->name) != 0)
            continue;
        bool fresh = is_fresh(s, file), fits = !declared || r->signature == signature;
        if ((!fresh || !fits) && b->n)
            continue;
        im->unit = file->unit;
        im->why = file->why;
        im->trust = fresh ? ESC_OTHER : ESC_STALE;
        if (!fresh || !fits)
            continue;
        add_believed(b, s, i);
        declared = true;
        signature = r->signature;
    }
}

/* Several files differ: SYM may do what any of them says, and what unknown functions do. */
static void doubt(struct esc_store *s, uint32_t sym, const struct believed *b)
{
    struct esc_unit *u = s->unit;
    uint32_t last = sym;
    u->syms.at[sym].flags |= ESC_SYM_REPLACE;
    for (uint32_t k = 1; k < b->n; k++) {
        const struct record *r = &s->records.at[b->record[k]];
        uint32_t other =
            esc_symbol(u, ESC_SYM_FUNC, r->name, ESC_SYM_REPLACE | ESC_SYM_LOCAL, 0) & ~ESC_SYM;
        u->syms.at[other].signature = r->signature;
        if (!define_elsewhere(s, other, r, false))
            continue;
        u->syms.at[last].also = other;
        last = other;
    }
}

static void import(struct esc_store *s, uint32_t sym, bool declared)
{
    struct esc_unit *u = s->unit;
    struct esc_import im = {.sym = ESC_SYM | sym, .name = u->syms.at[sym].name};
    struct believed b;
    find_records(s, sym, declared, &im, &b);
    if (b.n > 1 && u->opt.models && esc_models_find(u->opt.models, im.name))
        return;
    if (b.n) {
        const struct record *r = &s->records.at[b.record[0]];
        im.trust = b.n > 1 ? ESC_DOUBTED : ESC_TRUSTED;
        im.hash = text_hash(r->text, r->summary);
        u->syms.at[sym].signature = r->signature;
        if (!define_elsewhere(s, sym, r, b.exit && b.n == 1))
            im.trust = ESC_BROKEN;
        else if (b.n > 1)
            doubt(s, sym, &b);
        else
            u->syms.at[sym].flags &= ~(uint32_t)ESC_SYM_REPLACE;
    }
    if (im.unit)
        vec_push(&s->imports, im);
}

void esc_store_attach(struct esc_store *s, struct esc_unit *u,
                      bool (*may)(void *data, uint32_t sym), void *data)
{
    uint32_t declared = u->syms.len;
    s->unit = u;
    for (uint32_t i = 0; i < declared; i++)
        if (!(u->syms.at[i].flags & ESC_SYM_LOCAL))
            map_set(&s->symbols, symbol_key(u->syms.at[i].name, u->syms.at[i].kind, 0), i);
    for (uint32_t i = 0; i < u->syms.len; i++) {
        const struct esc_symbol *f = &u->syms.at[i];
        if (f->kind == ESC_SYM_FUNC && !f->fn && !(f->flags & ESC_SYM_LOCAL) &&
            f->also == UINT32_MAX && (!may || may(data, ESC_SYM | i)))
            import(s, i, i < declared);
    }
    s->unit = NULL;
}

uint32_t esc_store_imports(const struct esc_store *s, const struct esc_import **out)
{
    *out = s->imports.at;
    return s->imports.len;
}

/* ---- what was said before ---- */

unsigned esc_store_round(const struct esc_store *s)
{
    return s->round;
}

void store_old(struct esc_store *s, const char *file, struct esc_unit *u, const struct esc_fn *f,
               struct text_old *old)
{
    const struct esc_symbol *sym = &u->syms.at[f->sym];
    struct text_symbols symbols = {find_symbol, s};
    struct text_error error;
    uint32_t i = map_get(&s->of_name, map_hash_string(sym->name));
    for (; i != MAP_NONE && i != UINT32_MAX; i = s->records.at[i].next) {
        const struct record *r = &s->records.at[i];
        struct file *in = &s->files.at[r->file];
        const char *base = strrchr(in->name, '/');
        if (strcmp(base ? base + 1 : in->name, file) != 0 || strcmp(r->name, sym->name) != 0 ||
            r->signature != sym->signature || !is_fresh(s, in))
            continue;
        s->unit = u;
        s->reading = r->file;
        if (text_read_function(r->text, r->size, r->line, &symbols, &old->f, &error) &&
            old->f.nparams == f->nparams) {
            old->exit = r->text + r->summary;
            old->exit_size = r->size - r->summary - strlen("end\n");
        } else {
            text_function_free(&old->f);
        }
        break;
    }
}
