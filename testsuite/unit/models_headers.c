/* models_headers.c - the built-in models against the declarations in libc's own headers.
 *
 * The compiler lists the prototypes (-aux-info) of all headers the models are about, as many as this
 * system has. For every function that has a model the two must agree:
 *
 *     char *strchr (const char *, int);        strchr(s, c): return = s
 *
 * - as many parameters, variadic or not (GCC's and libc's checked spellings may have more);
 * - a result that is a pointer has a `return =`, one that is a number has none;
 * - only a parameter that can carry a pointer is kept, returned, loaded from or stored through, and
 *   not more often than its type has levels (void and structures hide any number);
 * - what is called can be a function;
 * - a checked spelling has the same type wherever the model looks.
 */
#include "engine/models.h"

#include <check.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARAMS = 16, MAX_TEXT = 4096 };

struct prototype {
    char *name;               /* of the function */
    char *result;             /* its type */
    char *params[MAX_PARAMS]; /* their types */
    unsigned nparams;         /* how many */
    bool variadic;            /* `...` follows */
};

static struct prototype *prototypes; /* all of them, in the order of the headers */
static size_t nprototypes;           /* how many */
static struct esc_models *set;       /* the built-in models */

static const char *const headers =
    "string strings memory argz envz stdlib malloc stdio stdio_ext printf pthread threads semaphore "
    "wchar wctype uchar ctype time sys/time sys/timeb sys/timex sys/times sys/timerfd utime signal "
    "sys/signalfd setjmp ucontext search unistd fcntl sys/stat sys/statfs sys/statvfs sys/uio "
    "sys/ioctl sys/select poll sys/epoll sys/eventfd sys/inotify sys/fanotify sys/sendfile aio "
    "sys/wait sys/resource sys/utsname sys/sysinfo sys/prctl sys/random sys/xattr sys/file "
    "sys/mount sys/swap sys/quota sys/klog sys/auxv getopt termios pty crypt sys/mman sys/shm "
    "sys/msg sys/sem sys/ipc mqueue sched spawn sys/socket netinet/in netinet/ether arpa/inet netdb "
    "net/if ifaddrs resolv locale langinfo iconv nl_types libintl monetary dirent ftw fts glob "
    "wordexp fnmatch libgen pwd grp shadow gshadow utmp utmpx mntent fstab ttyent aliases dlfcn "
    "link syslog err error argp regex execinfo mcheck assert errno fmtmsg inttypes math complex fenv "
    "obstack";

/* A pipe's output in memory. */
static char *output_of(const char *command)
{
    size_t size = 0, room = 1 << 20;
    char *text = malloc(room);
    FILE *in = popen(command, "r");
    if (!in)
        abort();
    for (size_t n; (n = fread(text + size, 1, room - size - 1, in)) > 0;) {
        size += n;
        if (room - size < 2)
            text = realloc(text, room *= 2);
    }
    pclose(in);
    text[size] = '\0';
    return text;
}

static char *trimmed(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (from < to && isspace((unsigned char)to[-1]))
        to--;
    return strndup(from, (size_t)(to - from));
}

/* Splits "TYPE NAME (TYPES); ..." or gives false (a function that returns a function, say). */
static bool parse_prototype(struct prototype *p, const char *line)
{
    const char *open = strchr(line, '('), *end = open;
    if (!open || open == line || open[1] == '*')
        return false;
    while (end > line && end[-1] == ' ')
        end--;
    const char *name = end;
    while (name > line && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
        name--;
    if (name == end)
        return false;
    *p = (struct prototype){.name = trimmed(name, end), .result = trimmed(line, name)};
    int depth = 0;
    for (const char *from = open + 1, *at = from;; at++) {
        if (!*at)
            return false;
        depth += *at == '(';
        if (depth == 0 && (*at == ',' || *at == ')')) {
            char *param = trimmed(from, at);
            if (strcmp(param, "...") == 0)
                p->variadic = true;
            else if (strcmp(param, "void") != 0 && *param && p->nparams < MAX_PARAMS)
                p->params[p->nparams++] = param;
            from = at + 1;
            if (*at == ')')
                return true;
        }
        depth -= *at == ')';
    }
}

static void load_prototypes(const char *options)
{
    const char *gcc = getenv("GCC") ? getenv("GCC") : "gcc";
    char command[1024];
    snprintf(
        command, sizeof command,
        "d=$(mktemp -d) && cd \"$d\" && for h in %s; do"
        " echo \"#if __has_include(<$h.h>)\"; echo \"#include <$h.h>\"; echo '#endif'; done >t.c;"
        " %s -D_GNU_SOURCE %s -aux-info out -c t.c 2>&1; cat out; cd /; rm -rf \"$d\"",
        "$MODELS_HEADERS", gcc, options);
    setenv("MODELS_HEADERS", headers, 1);
    char *text = output_of(command);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *p = strstr(line, "*/ extern ");
        if (!p)
            continue;
        if ((nprototypes & (nprototypes - 1)) == 0)
            prototypes =
                realloc(prototypes, (nprototypes ? 2 * nprototypes : 1) * sizeof *prototypes);
        nprototypes += parse_prototype(&prototypes[nprototypes], p + 10);
    }
    free(text);
}

static const struct prototype *find_prototype(const char *name)
{
    for (size_t i = 0; i < nprototypes; i++)
        if (strcmp(prototypes[i].name, name) == 0)
            return &prototypes[i];
    return NULL;
}

static bool contains_word(const char *type, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        for (const char *p = strstr(type, *words); p; p = strstr(p + 1, *words))
            if ((p == type || !(isalnum((unsigned char)p[-1]) || p[-1] == '_')) &&
                !(isalnum((unsigned char)p[n]) || p[n] == '_'))
                return true;
    }
    return false;
}

/* Types behind whose name hides a pointer, a function, or a structure with pointers in it. */
static const char *const hiding[] = {"locale_t",
                                     "iconv_t",
                                     "nl_catd",
                                     "timer_t",
                                     "res_state",
                                     "va_list",
                                     "__va_list_tag",
                                     "ENTRY",
                                     "sigval",
                                     "sigval_t",
                                     "__sigval_t",
                                     "cookie_io_functions_t",
                                     "wctype_t",
                                     "wctrans_t",
                                     "__caddr_t",
                                     "caddr_t",
                                     "__SOCKADDR_ARG",
                                     "__CONST_SOCKADDR_ARG",
                                     NULL};
static const char *const functions[] = {"__compar_fn_t",
                                        "__compar_d_fn_t",
                                        "comparison_fn_t",
                                        "__action_fn_t",
                                        "__free_fn_t",
                                        "__ftw_func_t",
                                        "__ftw64_func_t",
                                        "__nftw_func_t",
                                        "__nftw64_func_t",
                                        "__sighandler_t",
                                        "sighandler_t",
                                        "thrd_start_t",
                                        "tss_dtor_t",
                                        "__gconv_fct",
                                        "cookie_io_functions_t",
                                        "printf_va_arg_function",
                                        "printf_function",
                                        "printf_arginfo_function",
                                        "printf_arginfo_size_function",
                                        NULL};
static const char *const numbers[] = {
    "int",      "long",     "short",     "char",      "double",  "float",   "unsigned",
    "void",     "size_t",   "ssize_t",   "__ssize_t", "wint_t",  "time_t",  "clock_t",
    "pid_t",    "__pid_t",  "error_t",   "uint32_t",  "key_t",   "__off_t", "__off64_t",
    "regoff_t", "intmax_t", "uintmax_t", "wchar_t",   "speed_t", "mqd_t",   NULL};
/* Structures and unions without a pointer anywhere in them, as far as a model may be about them. */
static const char *const any_depth[] = {
    "void",           "struct",  "union",     "FILE",      "__FILE",  "DIR",        "FTS",
    "FTS64",          "glob_t",  "glob64_t",  "wordexp_t", "regex_t", "ucontext_t", "stack_t",
    "pthread_attr_t", "Dl_info", "siginfo_t", "ns_msg",    "ns_rr",   NULL};

static unsigned wrong; /* disagreements found by the current test */

/* All disagreements are listed, not only the first. */
__attribute__((format(printf, 2, 3))) static bool agree(bool ok, const char *format, ...)
{
    if (!ok) {
        va_list ap;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        putchar('\n');
        fflush(stdout);
        wrong++;
    }
    return ok;
}

static unsigned levels(const char *type)
{
    unsigned n = 0;
    for (; *type; type++)
        n += *type == '*' || *type == '[';
    return n;
}

static bool is_function(const char *type)
{
    return strstr(type, "(*") || contains_word(type, functions);
}

/* The value `derefs` loads behind a parameter of that type can be there, and be a pointer. */
static bool reaches(const char *type, unsigned derefs)
{
    if (contains_word(type, hiding) || is_function(type))
        return true;
    return levels(type) > derefs || (levels(type) >= 1 && contains_word(type, any_depth));
}

static void check_use(const struct prototype *p, struct esc_path path, unsigned derefs)
{
    if (path.base < 0)
        return;
    if (!agree((unsigned)path.base < p->nparams, "%s: parameter %d", p->name, path.base))
        return;
    agree(reaches(p->params[path.base], derefs), "%s: parameter %d, %s, after %u loads", p->name,
          path.base, p->params[path.base], derefs);
}

static void check_effect(const struct prototype *p, const struct esc_effect *e)
{
    bool bytes = e->kind == ESC_EFFECT_FLOW && e->dst.derefs && e->src.derefs;
    if (e->kind == ESC_EFFECT_FLOW) {
        /* what is stored through must be a pointer; bytes are copied between any */
        check_use(p, e->dst, e->dst.derefs ? e->dst.derefs - 1 : 0);
        check_use(p, e->src, bytes ? e->src.derefs - 1 : e->src.derefs);
    } else if (e->kind == ESC_EFFECT_KEEP) {
        check_use(p, e->src, e->src.derefs ? e->src.derefs - 1 : 0);
    } else {
        check_use(p, e->src, e->src.derefs);
    }
    if (e->kind == ESC_EFFECT_CALL || e->kind == ESC_EFFECT_REGISTER) {
        const char *type = p->params[e->src.base];
        agree(is_function(type) || (e->src.derefs && levels(type)), "%s: %s is no function",
              p->name, type);
        for (unsigned i = 0; i < e->nargs; i++)
            if (e->args[i].base >= 0)
                check_use(p, e->args[i], e->args[i].derefs);
    }
}

static bool says_return(const struct esc_model *m)
{
    for (size_t i = 0; i < m->neffects; i++)
        if (m->effects[i].kind == ESC_EFFECT_FLOW && m->effects[i].dst.base == ESC_BASE_RETURN &&
            m->effects[i].dst.derefs == 0)
            return true;
    return false;
}

static void check_result(const struct prototype *p, const struct esc_model *m)
{
    bool pointer = levels(p->result) || contains_word(p->result, hiding) ||
                   contains_word(p->result, functions);
    if (pointer)
        agree(says_return(m), "%s returns %s, which the model does not say", p->name, p->result);
    else if (contains_word(p->result, numbers) && strcmp(p->name, "syscall") != 0 &&
             strcmp(p->name, "getauxval") != 0)
        agree(!says_return(m), "%s returns %s, no pointer", p->name, p->result);
}

START_TEST(plain_functions)
{
    size_t compared = 0;
    wrong = 0;
    for (size_t i = 0; i < nprototypes; i++) {
        const struct prototype *p = &prototypes[i];
        const struct esc_model *m = esc_models_find(set, p->name);
        if (!m || strcmp(m->name, p->name) != 0 || strncmp(p->name, "__builtin_", 10) == 0)
            continue;
        compared++;
        agree(esc_model_fits(m, p->name, p->nparams) && p->variadic == m->variadic,
              "%s has %u parameters%s, the model (%s:%u) %u%s", p->name, p->nparams,
              p->variadic ? " and more" : "", m->file, m->line, m->nparams,
              m->variadic ? " and more" : "");
        check_result(p, m);
        for (size_t j = 0; j < m->neffects; j++)
            check_effect(p, &m->effects[j]);
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_msg(compared > 1000, "only %zu functions of %zu", compared, nprototypes);
}
END_TEST

static void same_type(const struct prototype *a, const struct prototype *b, struct esc_path path)
{
    if (path.base < 0)
        return;
    if (!agree((unsigned)path.base < a->nparams && (unsigned)path.base < b->nparams, "%s", a->name))
        return;
    agree(levels(a->params[path.base]) == levels(b->params[path.base]),
          "%s: parameter %d is %s, but %s in %s", a->name, path.base, a->params[path.base],
          b->params[path.base], b->name);
}

START_TEST(checked_spellings)
{
    size_t compared = 0;
    wrong = 0;
    for (size_t i = 0; i < nprototypes; i++) {
        const struct prototype *p = &prototypes[i], *plain;
        const struct esc_model *m = esc_models_find(set, p->name);
        if (!m || strcmp(m->name, p->name) == 0 || !(plain = find_prototype(m->name)))
            continue;
        compared++;
        agree(esc_model_fits(m, p->name, p->nparams), "%s has too few parameters", p->name);
        for (size_t j = 0; j < m->neffects; j++) {
            same_type(p, plain, m->effects[j].src);
            same_type(p, plain, m->effects[j].dst);
        }
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_msg(compared > 30, "only %zu spellings", compared);
}
END_TEST

int main(void)
{
    set = esc_models_new(&esc_models_builtin);
    load_prototypes("-O0 -U_FORTIFY_SOURCE");
    load_prototypes("-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2");
    Suite *suite = suite_create("models_headers");
    TCase *tcase = tcase_create("headers");
    tcase_add_test(tcase, plain_functions);
    tcase_add_test(tcase, checked_spellings);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    esc_models_free(set);
    return failed != 0;
}
