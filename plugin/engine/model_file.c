/* model_file.c - reading models of functions without a body.
 *
 * A model file holds one function a line:
 *
 *     line     = [model | alias] ["#" comment]
 *     model    = name "(" [param {"," param}] ["," "..."] ")" ":" effects
 *     alias    = name "=" name                      the first is another name of the second
 *     effects  = "nothing" | effect {";" effect}
 *     effect   = target "=" source                  flow
 *              | "keep" path [until] [if]
 *              | "call" path "(" [arg {"," arg}] ")"
 *              | "register" path "(" [arg {"," arg}] ")" [until] [if]
 *              | "free" path
 *              | "noreturn" | "yield" | "fails" ("zero" | "nonzero")
 *     target   = "return" | "*" {"*"} ("return" | param | "...")
 *     source   = path | "static" | "new" [until] | ("new" | "zero") "(" size ["align" param] ")"
 *     size     = param ["*" param]
 *     arg      = path | "static" | "new" | "_"
 *     path     = {"*"} (param | "...")
 *     until    = "until" (name | "...") {"," (name | "...")}
 *     if       = "if" param "=" number
 *
 * What must hold: a model that was read without an error says exactly what its line says (printing
 * it gives the line back, spaces aside); an error drops its line and no other; the order in which
 * errors come out is that of the lines, then of the names that stand twice, then of the aliases.
 * Every path in an effect names an existing parameter, has the shape models.h promises and
 * at most MAX_DEREFS loads, so that consumers need no checks.
 */
#include "models_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PARAMS = 60,   /* fixed parameters; fits the int8_t of struct esc_model_alloc */
    MAX_DEREFS = 7,    /* `*` before a parameter; more is surely a slip */
    MAX_ARGS = 60,     /* arguments of a callback */
    MAX_EFFECTS = 64,  /* effects of a function */
    MAX_UNTIL = 16,    /* functions named in one `until` */
    MAX_DIGITS = 9,    /* of a number behind `if`: it fits in 32 bits */
    FIRST_READ = 8192, /* bytes asked of a file at first */
};

/* A vector that doubles is full when its length is 0 or a power of two. */
static bool is_full(size_t length)
{
    return (length & (length - 1)) == 0;
}

static size_t doubled(size_t length)
{
    return length ? 2 * length : 1;
}

/* --- words of a line ------------------------------------------------------------------------- */

enum token {
    T_END,    /* end of the line, or a comment */
    T_NAME,   /* identifier, keywords among them */
    T_NUMBER, /* decimal digits */
    T_DOTS,   /* ... */
    T_CHAR,   /* one of ( ) , : ; = * */
    T_STRANGE /* any other byte */
};

struct draft {
    struct esc_model model; /* being read, or read */
    unsigned column;        /* where its name stands */
    unsigned first;         /* the earlier line that has the same name; 0: none */
};

struct alias {
    const char *name, *target;      /* name = target */
    unsigned line, column, tcolumn; /* where name and target stand */
};

struct parser {
    struct esc_models *models;              /* owns what is read */
    const char *file;                       /* for messages, owned by models */
    unsigned line;                          /* current line, from 1 */
    const char *start;                      /* its first byte */
    const char *end;                        /* past its last byte */
    const char *next;                       /* first byte not yet read */
    enum token token;                       /* the current token */
    const char *text;                       /* where it starts */
    size_t length;                          /* its bytes */
    esc_model_report *report;               /* receives errors */
    void *data;                             /* its argument */
    unsigned errors;                        /* number of errors so far */
    struct draft *drafts;                   /* models read so far */
    size_t ndrafts;                         /* number of drafts */
    struct alias *aliases;                  /* aliases read so far */
    size_t naliases;                        /* number of aliases */
    struct draft cur;                       /* the model this line is about */
    struct esc_effect effects[MAX_EFFECTS]; /* its effects so far */
    const char *params[MAX_PARAMS];         /* its parameters so far */
};

static void report_at(struct parser *p, unsigned line, unsigned column, const char *format,
                      va_list ap)
{
    char message[512];
    vsnprintf(message, sizeof message, format, ap);
    p->errors++;
    if (p->report)
        p->report(p->data, p->file, line, column, message);
}

__attribute__((format(printf, 4, 5))) static void error_at(struct parser *p, unsigned line,
                                                           unsigned column, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    report_at(p, line, column, format, ap);
    va_end(ap);
}

/* Reports at the current token; returns false so that `return error(...)` gives up the line. */
__attribute__((format(printf, 2, 3))) static bool error(struct parser *p, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    report_at(p, p->line, (unsigned)(p->text - p->start) + 1, format, ap);
    va_end(ap);
    return false;
}

static bool is_name_byte(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

static void advance(struct parser *p)
{
    while (p->next < p->end && (*p->next == ' ' || *p->next == '\t' || *p->next == '\r'))
        p->next++;
    p->text = p->next;
    p->length = 1;
    if (p->next == p->end || *p->next == '#') {
        p->token = T_END;
        p->length = 0;
    } else if (is_name_byte(*p->next, true)) {
        p->token = T_NAME;
        while (p->text + p->length < p->end && is_name_byte(p->text[p->length], false))
            p->length++;
    } else if (*p->next >= '0' && *p->next <= '9') {
        p->token = T_NUMBER;
        while (p->text + p->length < p->end && p->text[p->length] >= '0' &&
               p->text[p->length] <= '9')
            p->length++;
    } else if (p->end - p->next >= 3 && memcmp(p->next, "...", 3) == 0) {
        p->token = T_DOTS;
        p->length = 3;
    } else if (*p->next && strchr("(),:;=*", *p->next)) {
        p->token = T_CHAR;
    } else {
        p->token = T_STRANGE;
    }
    p->next += p->length;
}

/* The current token in words, for messages. */
static const char *shown(const struct parser *p, char *buf, size_t size)
{
    unsigned char c = p->length ? (unsigned char)*p->text : 0;
    if (p->token == T_END)
        snprintf(buf, size, "the end of the line");
    else if (p->token == T_STRANGE && (c < 0x20 || c > 0x7e))
        snprintf(buf, size, "byte 0x%02x", c);
    else
        snprintf(buf, size, "'%.*s'", (int)(p->length < 60 ? p->length : 60), p->text);
    return buf;
}
#define SHOWN(p) shown((p), (char[80]){0}, 80)

static bool is_word(const struct parser *p, const char *word)
{
    return p->token == T_NAME && strlen(word) == p->length && memcmp(p->text, word, p->length) == 0;
}

static bool is_char(const struct parser *p, char c)
{
    return p->token == T_CHAR && *p->text == c;
}

static bool accept_char(struct parser *p, char c)
{
    if (!is_char(p, c))
        return false;
    advance(p);
    return true;
}

static bool accept_word(struct parser *p, const char *word)
{
    if (!is_word(p, word))
        return false;
    advance(p);
    return true;
}

/* Words that no parameter can be named after; `align` has its meaning only behind a size. */
static const char *const reserved[] = {"return",  "new",      "zero",  "static", "keep",
                                       "call",    "until",    "free",  "_",      "register",
                                       "nothing", "noreturn", "yield", "fails",  "if"};

static bool is_reserved(const struct parser *p)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (is_word(p, reserved[i]))
            return true;
    return false;
}

/* --- paths ----------------------------------------------------------------------------------- */

/* Index of the parameter the current token names, or -1. */
static int param_index(const struct parser *p)
{
    for (unsigned i = 0; i < p->cur.model.nparams; i++)
        if (is_word(p, p->params[i]))
            return (int)i;
    return -1;
}

/* "(dst, src, n)" for messages. */
static const char *param_list(const struct parser *p, char *buf, size_t size)
{
    size_t n = 0;
    buf[0] = '\0';
    for (unsigned i = 0; i < p->cur.model.nparams && n < size; i++)
        n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? ", " : "", p->params[i]);
    if (p->cur.model.variadic && n < size)
        snprintf(buf + n, size - n, "%s...", n ? ", " : "");
    return buf;
}

static bool no_such_param(struct parser *p)
{
    char list[160];
    param_list(p, list, sizeof list);
    if (!*list)
        return error(p, "%s has no parameters, so %s cannot be one; name it in the parentheses",
                     p->cur.model.name, SHOWN(p));
    return error(p, "%s is not a parameter of %s; write one of %s", SHOWN(p), p->cur.model.name,
                 list);
}

/* Stars, counted in `derefs`. */
static bool parse_stars(struct parser *p, struct esc_path *path)
{
    unsigned n = 0;
    while (is_char(p, '*')) {
        if (++n > MAX_DEREFS)
            return error(p, "more than %d '*'; name what the function really reaches", MAX_DEREFS);
        advance(p);
    }
    path->derefs = (uint8_t)n;
    return true;
}

/* A parameter or `...` after the stars. */
static bool parse_base(struct parser *p, struct esc_path *path)
{
    if (p->token == T_DOTS) {
        if (!p->cur.model.variadic)
            return error(p, "%s has no variadic arguments; add '...' to its parameters",
                         p->cur.model.name);
        path->base = ESC_BASE_VARARGS;
    } else if (p->token == T_NAME) {
        int i = param_index(p);
        if (i < 0)
            return no_such_param(p);
        path->base = (int16_t)i;
    } else {
        return error(p, "expected a parameter instead of %s", SHOWN(p));
    }
    advance(p);
    return true;
}

/* A path that must start at a parameter: what keep, free, call and register are about. */
static bool parse_param_path(struct parser *p, struct esc_path *path)
{
    return parse_stars(p, path) && parse_base(p, path);
}

/* until fclose, ... */
static bool parse_until(struct parser *p, struct esc_effect *e)
{
    const char *names[MAX_UNTIL + 1];
    size_t n = 0;
    if (!accept_word(p, "until"))
        return true;
    do {
        if (p->token == T_DOTS) {
            e->open_end = true;
        } else if (p->token == T_NAME) {
            if (n == MAX_UNTIL)
                return error(p, "more than %d functions after 'until'; write '...' for the rest",
                             MAX_UNTIL);
            names[n++] = esc_models_keep_name(p->models, p->text, p->length);
        } else {
            return error(p, "expected the name of a function or '...' after 'until' instead of %s",
                         SHOWN(p));
        }
        advance(p);
    } while (accept_char(p, ','));
    names[n] = NULL;
    if (n)
        e->until = esc_models_keep(p->models, names, (n + 1) * sizeof *names);
    return true;
}

/* if action = 1 */
static bool parse_if(struct parser *p, struct esc_effect *e)
{
    if (!accept_word(p, "if"))
        return true;
    int i = p->token == T_NAME ? param_index(p) : -1;
    if (i < 0)
        return no_such_param(p);
    advance(p);
    if (!accept_char(p, '='))
        return error(p, "expected '=' and a number after the parameter instead of %s", SHOWN(p));
    if (p->token != T_NUMBER || p->length > MAX_DIGITS)
        return error(p, "expected a number of at most %d digits instead of %s", MAX_DIGITS,
                     SHOWN(p));
    e->given = true;
    e->given_param = (uint8_t)i;
    for (size_t k = 0; k < p->length; k++)
        e->given_value = 10 * e->given_value + (p->text[k] - '0');
    advance(p);
    return true;
}

/* --- effects --------------------------------------------------------------------------------- */

static bool parse_size_param(struct parser *p, int8_t *which)
{
    int i = p->token == T_NAME ? param_index(p) : -1;
    if (i < 0)
        return no_such_param(p);
    *which = (int8_t)i;
    advance(p);
    return true;
}

/* (size), (count * size), (size align alignment) after `new` or `zero`. */
static bool parse_size(struct parser *p, const struct esc_effect *e, bool zeroed)
{
    struct esc_model_alloc *a = &p->cur.model.alloc;
    if (e->dst.base != ESC_BASE_RETURN || e->dst.derefs)
        return error(p, "only a block that is returned can have a size; write 'new' alone");
    if (a->size >= 0)
        return error(p, "%s already returns a block with a size; remove one", p->cur.model.name);
    advance(p);
    if (!parse_size_param(p, &a->size))
        return false;
    if (accept_char(p, '*')) {
        a->count = a->size;
        if (!parse_size_param(p, &a->size))
            return false;
    }
    if (accept_word(p, "align") && !parse_size_param(p, &a->align))
        return false;
    a->zeroed = zeroed;
    if (!accept_char(p, ')'))
        return error(p, "expected ')' after the size instead of %s", SHOWN(p));
    return true;
}

static bool parse_source(struct parser *p, struct esc_effect *e)
{
    if (!parse_stars(p, &e->src))
        return false;
    bool zero = is_word(p, "zero");
    if (zero || is_word(p, "new") || is_word(p, "static")) {
        bool new = !is_word(p, "static");
        if (e->src.derefs)
            return error(p, "%s points to nothing the model knows; leave out the '*'", SHOWN(p));
        e->src.base = new ? ESC_BASE_NEW : ESC_BASE_STATIC;
        advance(p);
        if (zero && !is_char(p, '('))
            return error(p, "expected '(' and the size after 'zero'; or write 'new'");
        if (new &&is_char(p, '(') && !parse_size(p, e, zero))
            return false;
        return !new || parse_until(p, e);
    }
    if (is_word(p, "return"))
        return error(p, "'return' can only stand before '='; name what the function returns");
    return parse_base(p, &e->src);
}

static bool parse_flow(struct parser *p, struct esc_effect *e)
{
    const char *start = p->text;
    e->kind = ESC_EFFECT_FLOW;
    if (!parse_stars(p, &e->dst))
        return false;
    if (is_word(p, "new") || is_word(p, "static") || is_word(p, "zero"))
        return error(p, "%s can only stand after '='", SHOWN(p));
    if (is_word(p, "return")) {
        e->dst.base = ESC_BASE_RETURN;
        advance(p);
    } else {
        if (e->dst.derefs == 0 && p->token == T_NAME && param_index(p) < 0 && !is_reserved(p))
            return error(p,
                         "%s is no effect; effects are 'return = ...', '*PARAMETER = ...', 'keep', "
                         "'call', 'register', 'free', 'noreturn', 'yield', 'fails' and 'nothing'",
                         SHOWN(p));
        if (!parse_base(p, &e->dst))
            return false;
    }
    if (e->dst.base != ESC_BASE_RETURN && e->dst.derefs == 0) {
        p->text = start;
        return error(p, "no function can change its caller's argument; write '*' before it for "
                        "what it points to");
    }
    if (!accept_char(p, '='))
        return error(p, "expected '=' instead of %s", SHOWN(p));
    return parse_source(p, e);
}

static bool parse_arg(struct parser *p, struct esc_path *arg)
{
    if (!parse_stars(p, arg))
        return false;
    int16_t base = is_word(p, "_")        ? ESC_BASE_NONE
                   : is_word(p, "static") ? ESC_BASE_STATIC
                   : is_word(p, "new")    ? ESC_BASE_NEW
                                          : ESC_BASE_RETURN;
    if (base == ESC_BASE_RETURN)
        return parse_base(p, arg);
    if (arg->derefs)
        return error(p, "%s points to nothing the model knows; leave out the '*'", SHOWN(p));
    arg->base = base;
    advance(p);
    return true;
}

/* f(a, b) after `call` or `register`. */
static bool parse_callback(struct parser *p, struct esc_effect *e)
{
    struct esc_path args[MAX_ARGS];
    size_t n = 0;
    if (!parse_param_path(p, &e->src))
        return false;
    if (!accept_char(p, '('))
        return error(p,
                     "expected '(' and the callback's arguments instead of %s; '_' is one that "
                     "does not matter",
                     SHOWN(p));
    if (!is_char(p, ')')) {
        do {
            if (n && args[n - 1].base == ESC_BASE_VARARGS && args[n - 1].derefs == 0)
                return error(p, "'...' must be the callback's last argument");
            if (n == MAX_ARGS)
                return error(p, "more than %d arguments; leave out the last", MAX_ARGS);
            args[n] = (struct esc_path){ESC_BASE_NONE, 0};
            if (!parse_arg(p, &args[n++]))
                return false;
        } while (accept_char(p, ','));
    }
    if (!accept_char(p, ')'))
        return error(p, "expected ',' or ')' instead of %s", SHOWN(p));
    e->args = esc_models_keep(p->models, args, n * sizeof *args);
    e->nargs = (uint8_t)n;
    return true;
}

static bool parse_effect(struct parser *p, struct esc_effect *e)
{
    const struct esc_path none = {ESC_BASE_NONE, 0};
    *e = (struct esc_effect){.dst = none, .src = none};
    if (accept_word(p, "keep")) {
        e->kind = ESC_EFFECT_KEEP;
        return parse_param_path(p, &e->src) && parse_until(p, e) && parse_if(p, e);
    }
    if (accept_word(p, "call")) {
        e->kind = ESC_EFFECT_CALL;
        return parse_callback(p, e);
    }
    if (accept_word(p, "register")) {
        e->kind = ESC_EFFECT_REGISTER;
        return parse_callback(p, e) && parse_until(p, e) && parse_if(p, e);
    }
    if (accept_word(p, "free")) {
        e->kind = ESC_EFFECT_FREE;
        return parse_param_path(p, &e->src);
    }
    return parse_flow(p, e);
}

static bool parse_effects(struct parser *p)
{
    struct esc_model *m = &p->cur.model;
    if (p->token == T_END)
        return error(p, "%s has no effects; write 'nothing' if it only borrows its arguments",
                     m->name);
    if (accept_word(p, "nothing")) {
        if (p->token != T_END)
            return error(p, "expected the end of the line after 'nothing' instead of %s", SHOWN(p));
        return true;
    }
    do {
        if (p->token == T_END)
            return error(p, "expected an effect after ';'; remove the ';'");
        if (is_word(p, "nothing"))
            return error(p, "'nothing' must stand alone; remove it");
        if (accept_word(p, "noreturn")) {
            m->noreturn = true;
            continue;
        }
        if (accept_word(p, "yield")) {
            m->yields = true;
            continue;
        }
        if (accept_word(p, "fails")) {
            if (!is_word(p, "zero") && !is_word(p, "nonzero"))
                return error(p, "expected 'zero' or 'nonzero' after 'fails' instead of %s",
                             SHOWN(p));
            m->fails = is_word(p, "zero") ? ESC_FAILS_ZERO : ESC_FAILS_NONZERO;
            advance(p);
            continue;
        }
        if (m->neffects == MAX_EFFECTS)
            return error(p, "more than %d effects; use 'keep' for arguments with so many",
                         MAX_EFFECTS);
        if (!parse_effect(p, &p->effects[m->neffects]))
            return false;
        m->neffects++;
    } while (accept_char(p, ';'));
    if (p->token != T_END)
        return error(p, "expected ';' or the end of the line instead of %s", SHOWN(p));
    return true;
}

/* --- lines ----------------------------------------------------------------------------------- */

static bool parse_params(struct parser *p)
{
    struct esc_model *m = &p->cur.model;
    if (accept_char(p, ')'))
        return true;
    do {
        if (m->variadic)
            return error(p, "'...' must be the last parameter");
        if (p->token == T_DOTS) {
            m->variadic = true;
        } else if (p->token != T_NAME) {
            return error(p, "expected the name of a parameter instead of %s", SHOWN(p));
        } else if (is_reserved(p)) {
            return error(p, "%s is a word of the model language; give the parameter another name",
                         SHOWN(p));
        } else if (param_index(p) >= 0) {
            return error(p, "two parameters are named %s; rename one", SHOWN(p));
        } else if (m->nparams == MAX_PARAMS) {
            return error(p, "more than %d parameters", MAX_PARAMS);
        } else {
            p->params[m->nparams++] = esc_models_keep_name(p->models, p->text, p->length);
        }
        advance(p);
    } while (accept_char(p, ','));
    if (!accept_char(p, ')'))
        return error(p, "expected ',' or ')' instead of %s", SHOWN(p));
    return true;
}

/* True if the block the model returns may be stack memory: nothing but `return = new(size)`. */
static bool is_promotable(const struct esc_model *m, const struct esc_effect *effects)
{
    return m->alloc.size >= 0 && m->alloc.align < 0 && m->neffects == 1 && !m->noreturn &&
           !m->yields && !effects[0].until && !effects[0].open_end;
}

static bool parse_alias(struct parser *p, const char *name, unsigned column)
{
    struct alias a = {.name = name, .line = p->line, .column = column};
    advance(p);
    if (p->token != T_NAME)
        return error(p, "expected the name of a function instead of %s", SHOWN(p));
    a.target = esc_models_keep_name(p->models, p->text, p->length);
    a.tcolumn = (unsigned)(p->text - p->start) + 1;
    advance(p);
    if (p->token != T_END)
        return error(p,
                     "expected the end of the line instead of %s; '%s = %s' gives %s a second "
                     "name, effects follow 'NAME(PARAMETERS):'",
                     SHOWN(p), name, a.target, a.target);
    if (is_full(p->naliases))
        p->aliases = esc_models_grow(p->aliases, doubled(p->naliases) * sizeof a);
    p->aliases[p->naliases++] = a;
    return true;
}

static void add_draft(struct parser *p, const struct draft *draft)
{
    if (is_full(p->ndrafts))
        p->drafts = esc_models_grow(p->drafts, doubled(p->ndrafts) * sizeof *draft);
    p->drafts[p->ndrafts++] = *draft;
}

static bool parse_line(struct parser *p)
{
    struct esc_model *m = &p->cur.model;
    advance(p);
    if (p->token == T_END)
        return true;
    if (p->token != T_NAME)
        return error(p,
                     "expected the name of a function instead of %s; a line reads "
                     "'strchr(s, c): return = s'",
                     SHOWN(p));
    if (p->length > ESC_MODEL_MAX_NAME)
        return error(p, "the name is longer than %d bytes", ESC_MODEL_MAX_NAME);
    p->cur = (struct draft){.column = (unsigned)(p->text - p->start) + 1};
    m->name = esc_models_keep_name(p->models, p->text, p->length);
    m->file = p->file;
    m->line = p->line;
    m->alloc = (struct esc_model_alloc){-1, -1, -1, false, false};
    advance(p);
    if (is_char(p, '='))
        return parse_alias(p, m->name, p->cur.column);
    if (!accept_char(p, '('))
        return error(p,
                     "expected '(' after %s instead of %s; write '%s(PARAMETERS): EFFECTS', or "
                     "'%s = NAME' for a second name of NAME",
                     m->name, SHOWN(p), m->name, m->name);
    if (!parse_params(p))
        return false;
    if (!accept_char(p, ':'))
        return error(p,
                     "expected ':' and the effects instead of %s; ': nothing' if arguments are "
                     "only borrowed",
                     SHOWN(p));
    if (!parse_effects(p))
        return false;
    m->params = esc_models_keep(p->models, p->params, m->nparams * sizeof *p->params);
    m->alloc.promotable = is_promotable(m, p->effects);
    m->effects = esc_models_keep(p->models, p->effects, m->neffects * sizeof *p->effects);
    add_draft(p, &p->cur);
    return true;
}

/* --- whole files ----------------------------------------------------------------------------- */

static int compare_drafts(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    int order = strcmp(x->model.name, y->model.name);
    return order ? order : (x->model.line > y->model.line) - (x->model.line < y->model.line);
}

static int compare_draft_lines(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    return (x->model.line > y->model.line) - (x->model.line < y->model.line);
}

/* Sorts the drafts by name, reports and drops each that has the name of an earlier one. */
static void sort_drafts(struct parser *p)
{
    size_t kept = 0;
    if (p->ndrafts)
        qsort(p->drafts, p->ndrafts, sizeof *p->drafts, compare_drafts);
    for (size_t i = 1; i < p->ndrafts; i++) {
        const struct draft *before = &p->drafts[i - 1];
        if (strcmp(before->model.name, p->drafts[i].model.name) == 0)
            p->drafts[i].first = before->first ? before->first : before->model.line;
    }
    if (p->ndrafts)
        qsort(p->drafts, p->ndrafts, sizeof *p->drafts, compare_draft_lines);
    for (size_t i = 0; i < p->ndrafts; i++) {
        const struct draft *d = &p->drafts[i];
        if (d->first)
            error_at(p, d->model.line, d->column,
                     "%s already stands on line %u; remove one of the two", d->model.name,
                     d->first);
        else
            p->drafts[kept++] = *d;
    }
    p->ndrafts = kept;
    if (p->ndrafts)
        qsort(p->drafts, p->ndrafts, sizeof *p->drafts, compare_drafts);
}

static const struct esc_model *find_draft(const struct parser *p, const char *name)
{
    const struct draft key = {.model.name = name};
    size_t low = 0, high = p->ndrafts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(key.model.name, p->drafts[middle].model.name);
        if (order == 0)
            return &p->drafts[middle].model;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Turns aliases into models of their own; what they name stands in this file or an earlier one. */
static void resolve_aliases(struct parser *p)
{
    size_t nmodels = p->ndrafts;
    struct draft *aliases = esc_models_grow(NULL, (p->naliases + 1) * sizeof *aliases);
    size_t n = 0;
    for (size_t i = 0; i < p->naliases; i++) {
        const struct alias *a = &p->aliases[i];
        const struct esc_model *target = find_draft(p, a->target);
        if (!target)
            target = esc_models_find_exact(p->models, a->target);
        if (!target) {
            error_at(p, a->line, a->tcolumn,
                     "there is no model of %s; give it one on a line of its own", a->target);
            continue;
        }
        aliases[n] = (struct draft){.model = *target, .column = a->column};
        aliases[n].model.name = a->name;
        aliases[n].model.file = p->file;
        aliases[n++].model.line = a->line;
    }
    for (size_t i = 0; i < n; i++)
        add_draft(p, &aliases[i]);
    free(aliases);
    if (p->ndrafts > nmodels)
        sort_drafts(p);
}

unsigned esc_models_parse(struct esc_models *models, const char *file, const char *text,
                          size_t size, esc_model_report *report, void *data)
{
    struct parser p = {.models = models, .report = report, .data = data};
    const char *end = text + size;
    p.file = esc_models_keep_name(models, file, strlen(file));
    for (const char *line = text; line < end; line = p.end + 1) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        p.line++;
        p.start = p.next = line;
        p.end = newline ? newline : end;
        parse_line(&p);
        if (!newline)
            break;
    }
    sort_drafts(&p);
    resolve_aliases(&p);
    struct esc_model *list = esc_models_add(models, p.ndrafts);
    for (size_t i = 0; i < p.ndrafts; i++)
        list[i] = p.drafts[i].model;
    free(p.drafts);
    free(p.aliases);
    return p.errors;
}

unsigned esc_models_load(struct esc_models *models, const char *file, esc_model_report *report,
                         void *data)
{
    char message[256], *text = NULL;
    size_t size = 0, room = 0, got;
    FILE *in = fopen(file, "rb");
    errno = in ? 0 : errno;
    while (in) {
        if (size == room) {
            room = room ? 2 * room : FIRST_READ;
            text = esc_models_grow(text, room);
        }
        got = fread(text + size, 1, room - size, in);
        size += got;
        if (!got)
            break;
    }
    if (!in || ferror(in)) {
        snprintf(message, sizeof message, "cannot read the function models: %s", strerror(errno));
        if (in)
            fclose(in);
        free(text);
        if (report)
            report(data, file, 0, 0, message);
        return 1;
    }
    fclose(in);
    unsigned errors = esc_models_parse(models, file, text, size, report, data);
    free(text);
    return errors;
}
