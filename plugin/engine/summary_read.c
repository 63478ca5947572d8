/* Reading summaries: a record as summary_io.h shows it becomes a summary and an exit state.
 *
 * A record comes from a file that anybody may have touched, and what it says is replayed without
 * further looks. So everything is checked here: indices are below what has been read, parents come
 * before children, words of arguments exist, numbers fit. What passes is a summary that some function
 * could have, though not that this is the function: that is for summary_store.c.
 *
 * Linear in the size of the text.
 */
#include "summary_text.h"

#include "targets.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PARAMS = TEXT_MAX_PARAMS, /* of a function, arguments of a call */
    MAX_RESULT = 10000,           /* words of a result */
    MAX_OFFSET = 1 << 28,         /* bytes, or words: leaves room to add and multiply */
    MAX_NUMBER = 1 << 24,         /* objects, places, numbers of fresh objects */
    MAX_WORD = TEXT_MAX_NAME + 1, /* bytes of a word of a line, with its end */
};

struct reader {
    const char *p, *end;                /* what is left of the line; its end */
    const char *next, *last;            /* the next line; the end of the text */
    unsigned line;                      /* number of the line at hand */
    const struct text_symbols *symbols; /* where names become symbols */
    struct text_function *f;            /* what has been read */
    struct text_error *error;           /* where the first mistake goes */
    bool failed;                        /* there was one */
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reader *r, const char *format, ...)
{
    va_list ap;
    if (r->failed)
        return false;
    r->failed = true;
    r->error->line = r->line;
    va_start(ap, format);
    vsnprintf(r->error->message, sizeof r->error->message, format, ap);
    va_end(ap);
    return false;
}

/* ---- words ---- */

static bool next_line(struct reader *r)
{
    if (r->next >= r->last)
        return false;
    r->p = r->next;
    r->end = memchr(r->p, '\n', (size_t)(r->last - r->p));
    if (!r->end)
        return fail(r, "the last line has no end");
    r->next = r->end + 1;
    r->line++;
    return true;
}

/* The next word of the line, "" at its end. */
static void word(struct reader *r, char out[MAX_WORD])
{
    size_t n = 0;
    while (r->p < r->end && *r->p != ' ' && n < MAX_WORD - 1)
        out[n++] = *r->p++;
    out[n] = 0;
    if (r->p < r->end && *r->p != ' ')
        fail(r, "a word is longer than %d bytes", TEXT_MAX_NAME);
    else if (r->p < r->end)
        r->p++;
}

static bool at_end(struct reader *r)
{
    return r->p == r->end || fail(r, "there is more on the line than belongs there");
}

/* Is the next word WHAT? If so it is consumed. */
static bool is_word(struct reader *r, const char *what)
{
    size_t n = strlen(what);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, what, n) != 0 ||
        (r->p + n < r->end && r->p[n] != ' '))
        return false;
    r->p += n;
    if (r->p < r->end)
        r->p++;
    return true;
}

static int64_t number(struct reader *r, const char *what, int64_t min, int64_t max)
{
    char text[MAX_WORD], *end;
    word(r, text);
    long long n = strtoll(text, &end, 10);
    bool digits = text[text[0] == '-'] >= '0' && text[text[0] == '-'] <= '9';
    if (!digits || *end || n < min || n > max) {
        fail(r, "'%.40s' is no %s (%" PRId64 " to %" PRId64 ")", text, what, min, max);
        return min;
    }
    return n;
}

static uint32_t hex(struct reader *r, const char *what)
{
    char text[MAX_WORD], *end;
    word(r, text);
    unsigned long long n = strtoull(text, &end, 16);
    if (!*text || strspn(text, "0123456789abcdef") != strlen(text) || *end || n > UINT32_MAX) {
        fail(r, "'%.40s' is no %s", text, what);
        return 0;
    }
    return (uint32_t)n;
}

/* Below N: there are N of what it counts. */
static uint32_t below(struct reader *r, const char *what, uint32_t n)
{
    if (n == 0) {
        fail(r, "there is no %s to refer to", what);
        return 0;
    }
    return (uint32_t)number(r, what, 0, (int64_t)n - 1);
}

static int32_t offset(struct reader *r)
{
    if (is_word(r, "*"))
        return ESC_ANY;
    return (int32_t)number(r, "offset", -MAX_OFFSET, MAX_OFFSET);
}

static uint32_t symbol(struct reader *r, enum esc_symbol_kind kind, bool local)
{
    char name[MAX_WORD];
    word(r, name);
    if (r->failed || !text_is_name(name)) {
        fail(r, "a name is missing");
        return 0;
    }
    return r->symbols->find(r->symbols->data, kind, name, local);
}

/* ---- summaries ---- */

static void read_call(struct reader *r)
{
    struct sum_call c = {.signature = hex(r, "signature"), .targets = TARGETS_ALL};
    c.nresult = (uint32_t)number(r, "number of words", 0, MAX_RESULT);
    c.nargs = (uint32_t)number(r, "number of arguments", 0, MAX_PARAMS);
    if (r->f->summary->calls.len == MAX_CALLS)
        fail(r, "more than %d calls are left to the caller", MAX_CALLS);
    if (r->failed)
        return;
    c.arg_words = calloc(c.nargs + 1, sizeof *c.arg_words);
    c.arg_flags = calloc(c.nargs + 1, sizeof *c.arg_flags);
    if (!c.arg_words || !c.arg_flags)
        abort();
    vec_push(&r->f->summary->calls, c);
    for (uint32_t i = 0; i < c.nargs && !r->failed; i++) {
        char text[MAX_WORD];
        unsigned words, flags;
        int used = 0;
        word(r, text);
        if (sscanf(text, "%3u:%4x%n", &words, &flags, &used) != 2 || text[used] ||
            words > MAX_ARG_WORDS)
            fail(r, "'%.40s' is no argument (words:flags)", text);
        c.arg_words[i] = (uint8_t)words;
        c.arg_flags[i] = (uint16_t)flags;
    }
}

static void read_object(struct reader *r)
{
    struct esc_summary *s = r->f->summary;
    struct sum_obj o = {.parent = s->objs.len};
    if (is_word(r, "world")) {
        o.kind = OBJ_WORLD;
    } else if (is_word(r, "fresh")) {
        o.kind = OBJ_FRESH;
    } else if (is_word(r, "answer")) {
        o.kind = OBJ_ANSWER;
        o.id = below(r, "call", s->calls.len);
    } else if (is_word(r, "beyond")) {
        o.kind = OBJ_BEYOND;
        o.id = below(r, "call", s->calls.len);
    } else if (is_word(r, "function")) {
        o.kind = OBJ_FUNC;
        o.id = symbol(r, ESC_SYM_FUNC, false);
    } else if (is_word(r, "param")) {
        o.kind = OBJ_POINTEE;
        o.id = below(r, "parameter", r->f->nparams);
        o.off = offset(r);
    } else if (is_word(r, "behind")) {
        o.kind = OBJ_POINTEE;
        o.parent = below(r, "object", s->objs.len);
        o.depth = (uint8_t)number(r, "depth", 1, UINT8_MAX);
        o.off = offset(r);
        if (!r->failed && s->objs.at[o.parent].kind != OBJ_POINTEE)
            fail(r, "object %" PRIu32 " is nothing that a parameter leads to", o.parent);
        o.id = r->failed ? 0 : s->objs.at[o.parent].id;
    } else {
        fail(r, "there is no such object");
    }
    if (s->objs.len >= MAX_NUMBER)
        fail(r, "there are too many objects");
    vec_push(&s->objs, o);
}

static void read_flow(struct reader *r, uint8_t target)
{
    struct esc_summary *s = r->f->summary;
    struct sum_flow f = {.target = target};
    if (target == TO_CELL || target == TO_CHILD)
        f.to = below(r, "object", s->objs.len);
    if (target == TO_FP || target == TO_ARG)
        f.to = below(r, "call", s->calls.len);
    if (target == TO_RESULT || target == TO_CELL || target == TO_CHILD)
        f.to_off = offset(r);
    if (target == TO_ARG) {
        f.to_off = (int32_t)number(r, "word of an argument", 0, MAX_PARAMS * MAX_ARG_WORDS);
        const struct sum_call *c = r->failed ? NULL : &s->calls.at[f.to];
        if (c && ((uint32_t)f.to_off / MAX_ARG_WORDS >= c->nargs ||
                  f.to_off % MAX_ARG_WORDS >= c->arg_words[f.to_off / MAX_ARG_WORDS]))
            fail(r, "call %" PRIu32 " has no such word of an argument", f.to);
    }
    f.from = below(r, "object", s->objs.len);
    f.from_off = offset(r);
    if (!r->failed && target == TO_CHILD &&
        (s->objs.at[f.to].kind != OBJ_POINTEE || s->objs.at[f.from].kind != OBJ_POINTEE))
        fail(r, "both objects must be what a parameter leads to");
    if (!r->failed && target == TO_CELL && s->objs.at[f.to].kind == OBJ_WORLD)
        fail(r, "nothing can be stored in the world but by leaking");
    vec_push(&s->flows, f);
}

/* ---- exit states ---- */

static bool read_symbol_place(struct reader *r, struct exit_place *p)
{
    static const struct {
        const char *word;
        enum esc_symbol_kind kind;
        bool local; /* of internal linkage */
    } kinds[] = {{"data", ESC_SYM_DATA, false},
                 {"static-data", ESC_SYM_DATA, true},
                 {"function", ESC_SYM_FUNC, false},
                 {"static-function", ESC_SYM_FUNC, true}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_word(r, kinds[i].word)) {
            p->id = symbol(r, kinds[i].kind, kinds[i].local);
            return true;
        }
    return false;
}

static void read_place(struct reader *r)
{
    struct esc_exit_state *x = r->f->exit;
    struct exit_place p = {0};
    if (is_word(r, "result")) {
        p.kind = EXIT_RESULT;
    } else if (is_word(r, "kept")) {
        p.kind = EXIT_REGISTERED;
    } else if (is_word(r, "fresh")) {
        p.kind = EXIT_FRESH;
        p.id = (uint32_t)number(r, "number", 0, MAX_NUMBER);
    } else if (read_symbol_place(r, &p)) {
        p.kind = EXIT_SYMBOL;
    } else if (is_word(r, "param")) {
        p.kind = EXIT_POINTEE;
        p.id = below(r, "parameter", r->f->nparams);
        p.off = offset(r);
    } else if (is_word(r, "behind")) {
        p.kind = EXIT_POINTEE;
        p.parent = below(r, "place", x->places.len);
        p.depth = (uint8_t)number(r, "depth", 1, UINT8_MAX);
        p.off = offset(r);
    } else {
        fail(r, "there is no such place");
    }
    if (x->places.len >= MAX_NUMBER)
        fail(r, "there are too many places");
    vec_push(&x->places, p);
}

static uint8_t read_relation(struct reader *r)
{
    for (uint8_t i = 0; i < sizeof text_relations / sizeof *text_relations; i++)
        if (is_word(r, text_relations[i]))
            return i;
    fail(r, "a relation is missing: always, or eq, ne, lt, le, gt, ge, in, notin and a number");
    return 0;
}

static void read_fact(struct reader *r)
{
    struct esc_exit_state *x = r->f->exit;
    struct exit_fact f = {.place = below(r, "place", x->places.len)};
    if (!r->failed && x->places.at[f.place].kind == EXIT_REGISTERED)
        f.off = (int32_t)symbol(r, ESC_SYM_FUNC, false);
    else
        f.off = offset(r);
    if (is_word(r, "before"))
        f.target = HELD_BEFORE;
    else if (is_word(r, "nothing"))
        f.target = HELD_NOTHING;
    else
        f.target = below(r, "place", x->places.len);
    f.target_off = offset(r);
    f.open = is_word(r, "open");
    f.hidden = !f.open && is_word(r, "hidden");
    if (!f.open && !f.hidden && !is_word(r, "-"))
        fail(r, "the fact must be 'open', 'hidden' or '-'");
    if (!is_word(r, "always")) {
        f.when = true;
        f.relation = read_relation(r);
        f.value = (int32_t)number(r, "value", INT32_MIN, INT32_MAX);
    }
    while (!r->failed && f.nifs < EXIT_MAX_IFS && is_word(r, "if")) {
        struct exit_if *w = &f.ifs[f.nifs++];
        w->param = below(r, "parameter", r->f->nparams);
        w->word = (uint32_t)number(r, "word", 0, MAX_RESULT);
        w->relation = read_relation(r);
        w->value = (int32_t)number(r, "value", INT32_MIN, INT32_MAX);
    }
    vec_push(&x->facts, f);
}

static void read_exit(struct reader *r)
{
    struct esc_exit_state *x = r->f->exit;
    if (!x->unknown)
        fail(r, "a second exit");
    x->unknown = false;
    bool both = is_word(r, "writes,calls");
    x->writes = both || is_word(r, "writes");
    x->calls_out = both || (!x->writes && is_word(r, "calls"));
    if (!x->writes && !x->calls_out && !is_word(r, "-"))
        fail(r, "the exit must be '-', 'writes', 'calls' or 'writes,calls'");
}

/* ---- records ---- */

static void read_head(struct reader *r)
{
    struct text_function *f = r->f;
    char name[MAX_WORD];
    if (!next_line(r) || !is_word(r, "function")) {
        fail(r, "a record begins with 'function'");
        return;
    }
    word(r, name);
    hex(r, "signature");
    uint32_t n = (uint32_t)number(r, "number of parameters", 0, MAX_PARAMS);
    if (r->failed || !at_end(r))
        return;
    f->params = calloc(n + 1, 1);
    if (!f->params)
        abort();
    while (f->nparams < n && next_line(r)) {
        char kind[MAX_WORD];
        if (!is_word(r, "param")) {
            fail(r, "the function has %" PRIu32 " parameters: 'param' is missing", n);
            return;
        }
        word(r, kind);
        if (!*kind || kind[1] || !strchr("-vc", *kind) || !at_end(r)) {
            fail(r, "'%.40s' is no kind of parameter (-, v or c)", kind);
            return;
        }
        f->params[f->nparams++] = (uint8_t)*kind;
    }
    if (f->nparams < n)
        fail(r, "the function has %" PRIu32 " parameters: 'param' is missing", n);
}

/* One line between the parameters and the end. */
static void read_line(struct reader *r)
{
    if (is_word(r, "exit")) {
        read_exit(r);
        return;
    }
    if (!r->f->exit->unknown) {
        if (is_word(r, "place"))
            read_place(r);
        else if (is_word(r, "fact"))
            read_fact(r);
        else
            fail(r, "after 'exit' come 'place', 'fact' and 'end'");
        return;
    }
    if (is_word(r, "call")) {
        read_call(r);
        return;
    }
    if (is_word(r, "object")) {
        read_object(r);
        return;
    }
    for (uint8_t i = 0; i < sizeof text_targets / sizeof *text_targets; i++)
        if (is_word(r, text_targets[i])) {
            read_flow(r, i);
            return;
        }
    fail(r, "the line begins with no word that a record knows");
}

bool text_read_function(const char *p, size_t size, unsigned line,
                        const struct text_symbols *symbols, struct text_function *out,
                        struct text_error *error)
{
    struct reader r = {.next = p,
                       .last = p + size,
                       .line = line - 1,
                       .symbols = symbols,
                       .f = out,
                       .error = error};
    *out = (struct text_function){.summary = calloc(1, sizeof *out->summary),
                                  .exit = calloc(1, sizeof *out->exit)};
    if (!out->summary || !out->exit)
        abort();
    out->exit->unknown = true;
    bool ended = false;
    read_head(&r);
    while (!r.failed && !ended && next_line(&r)) {
        ended = is_word(&r, "end");
        if (!ended)
            read_line(&r);
        if (!r.failed)
            at_end(&r);
    }
    if (!r.failed && !ended)
        fail(&r, "the record has no 'end'");
    if (!r.failed && r.next != r.last)
        fail(&r, "the record goes on after its 'end'");
    if (!r.failed)
        return true;
    text_function_free(out);
    return false;
}

void text_function_free(struct text_function *f)
{
    summary_free(f->summary);
    exit_state_free(f->exit);
    free(f->params);
    *f = (struct text_function){0};
}
