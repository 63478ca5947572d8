/* Prints a program as C or as Go: the same statements in the same order.
 *
 *     S_DECL v3 = &v1->f0, guarded      C:  int *v3 = 0;             Go:  var v3 *int = nil
 *                                           if (v1 != 0) {                _ = v3
 *                                               v3 = &v1->f0;             if v1 != nil {
 *                                           }                                 v3 = &v1.f0
 *                                                                         }
 * Several programs fit one file: a tag precedes each name.  Function i of a program prints its
 * fuel test first and the zero value of its result last, so that no path is left without one. */
#include "prog.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct printer {
    FILE *out;
    enum lang lang;
    const char *tag;
    struct prog *p;
    int indent;
    const struct stmt *loop; /* the innermost loop around, when it is printed with gotos */
};

static bool c(const struct printer *pr)
{
    return pr->lang == LANG_C;
}

__attribute__((format(printf, 2, 3))) static void line(struct printer *pr, const char *fmt, ...)
{
    va_list ap;
    fprintf(pr->out, "%*s", pr->indent * 4, "");
    va_start(ap, fmt);
    vfprintf(pr->out, fmt, ap);
    va_end(ap);
    putc('\n', pr->out);
}

static void open_block(struct printer *pr)
{
    pr->indent++;
}

static void close_block(struct printer *pr)
{
    pr->indent--;
    line(pr, "}");
}

/* Texts of expressions are built in buffers of this size, made by a ring. */
enum { TEXT = 4096 };

__attribute__((format(printf, 1, 2))) static char *text(const char *fmt, ...)
{
    static char ring[256][TEXT];
    static unsigned at;
    char *s = ring[at++ % 256];
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(s, TEXT, fmt, ap) >= TEXT)
        abort();
    va_end(ap);
    return s;
}

static const char *var_name(struct printer *pr, const struct var *v)
{
    return text("%s%c%d", pr->tag, v->fn ? 'v' : 'g', v->id);
}

static const char *fn_name(struct printer *pr, const struct fn *f)
{
    return text("%sf%d", pr->tag, f->id);
}

/* The name of a type that is not an array. */
static const char *type_name(struct printer *pr, const struct type *t)
{
    switch (t->kind) {
    case T_INT:
        return "int";
    case T_VOID:
        return c(pr) ? "void" : "";
    case T_PTR:
        if (!c(pr))
            return text("*%s", type_name(pr, t->to));
        return text("%s%s*", type_name(pr, t->to), t->to->kind == T_PTR ? "" : " ");
    case T_STRUCT:
        return text(c(pr) ? "struct %ss%d" : "%ss%d", pr->tag, t->id);
    case T_FUNC:
        return text("%st%d", pr->tag, t->id);
    case T_ARRAY:
        return text("[%d]%s", t->n, type_name(pr, t->to));
    }
    return "";
}

static const char *declare(struct printer *pr, const struct type *t, const char *name)
{
    if (!c(pr))
        return text("%s %s", name, type_name(pr, t));
    if (t->kind == T_ARRAY)
        return text("%s[%d]", declare(pr, t->to, name), t->n);
    return text("%s%s%s", type_name(pr, t), t->kind == T_PTR ? "" : " ", name);
}

static const char *nil(struct printer *pr)
{
    return c(pr) ? "0" : "nil";
}

static const char *zero(struct printer *pr, const struct type *t, bool initializer)
{
    switch (t->kind) {
    case T_PTR:
    case T_FUNC:
        return nil(pr);
    case T_STRUCT:
    case T_ARRAY:
        if (!c(pr))
            return text("%s{}", type_name(pr, t));
        return initializer ? "{0}" : text("(%s){0}", type_name(pr, t));
    case T_INT:
    case T_VOID:
        break;
    }
    return "0";
}

/* ---- expressions ---- */

static const char *path_text(struct printer *pr, const struct path *path, int nsteps)
{
    const char *s = var_name(pr, path->var);
    for (int i = 0; i < nsteps; i++) {
        const struct step *st = &path->step[i];
        if (st->kind == P_INDEX) {
            s = text("%s[%d]", s, st->i);
        } else if (st->kind == P_FIELD) {
            s = text("%s.f%d", s, st->i);
        } else if (i + 1 < nsteps && path->step[i + 1].kind == P_FIELD) {
            i++;
            s = text(c(pr) ? "%s->f%d" : "%s.f%d", s, path->step[i].i);
        } else {
            s = i + 1 < nsteps ? text("(*%s)", s) : text("*%s", s);
        }
    }
    return s;
}

static const char *address_text(struct printer *pr, const struct path *path)
{
    if (path->nsteps && path->step[path->nsteps - 1].kind == P_DEREF)
        return path_text(pr, path, path->nsteps - 1);
    return text("&%s", path_text(pr, path, path->nsteps));
}

static const char *expr_text(struct printer *pr, const struct expr *e, bool initializer)
{
    const char *s;
    bool disguise = c(pr) && pr->p->cprofile;
    if (e->zero)
        return zero(pr, e->type, initializer);
    switch (e->kind) {
    case E_INT:
        return text("%d", e->i);
    case E_ZERO:
        return zero(pr, e->type, initializer);
    case E_FN:
        return fn_name(pr, e->fn);
    case E_LOAD:
        s = path_text(pr, &e->path, e->path.nsteps);
        if (disguise && e->type->kind != T_INT)
            return disguise_load(e->style, type_name(pr, e->type), s, e->type->kind == T_PTR);
        return s;
    case E_ADDR:
        s = address_text(pr, &e->path);
        return disguise ? disguise_pointer(e->style, type_name(pr, e->type), s) : s;
    case E_BIN:
        if (e->i == '-')
            return text("%s - %s", expr_text(pr, e->a, false), expr_text(pr, e->b, false));
        s = text("(%s %c %s)", expr_text(pr, e->a, false), e->i, expr_text(pr, e->b, false));
        return e->i == '+' ? text("(%s & %d)", s, INT_MASK) : s;
    case E_AGG:
        s = "";
        for (int i = 0; i < MAX_FIELDS && e->elem[i]; i++)
            if (!e->type->drop[i])
                s = text("%s%s%s", s, *s ? ", " : "", expr_text(pr, e->elem[i], true));
        if (!*s)
            return zero(pr, e->type, initializer);
        if (!c(pr))
            return text("%s{%s}", type_name(pr, e->type), s);
        return initializer ? text("{%s}", s) : text("(%s){%s}", type_name(pr, e->type), s);
    }
    return "";
}

static const char *call_text(struct printer *pr, const struct stmt *st)
{
    const struct call *call = st->call;
    const char *s = call->fn ? fn_name(pr, call->fn) : path_text(pr, &call->via, call->via.nsteps);
    if (call->fn && c(pr) && pr->p->cprofile)
        s = disguise_callee(st->style / 16, s);
    const char *args = call->fuel ? expr_text(pr, call->fuel, false) : "";
    for (int i = 0; i < call->sig->nparams; i++)
        if (!call->sig->drop[i])
            args = text("%s%s%s", args, *args ? ", " : "", expr_text(pr, call->arg[i], false));
    return text(*s == '*' ? "(%s)(%s)" : "%s(%s)", s, args);
}

/* ---- guards ---- */

struct guard_text {
    struct printer *pr;
    const char *s;
};

static void add_test(struct guard_text *g, const char *lvalue)
{
    const char *test = text("%s != %s", lvalue, nil(g->pr));
    if (!strstr(g->s, test))
        g->s = *g->s ? text("%s && %s", g->s, test) : test;
}

static void guard_path(void *ctx, const struct path *path, bool address)
{
    (void)address;
    struct guard_text *g = ctx;
    for (int i = 0; i < path->nsteps; i++)
        if (path->step[i].kind == P_DEREF)
            add_test(g, path_text(g->pr, path, i));
}

static const char *guard(struct printer *pr, const struct stmt *s)
{
    struct guard_text g = {pr, ""};
    if (!s->f.guard)
        return "";
    stmt_paths(s, guard_path, &g);
    if (s->call && !s->call->fn && !s->f.zero)
        add_test(&g, path_text(pr, &s->call->via, s->call->via.nsteps));
    return g.s;
}

/* ---- statements ---- */

static void print_body(struct printer *pr, const struct stmt *s, const struct fn *f);

static const char *value_text(struct printer *pr, const struct stmt *s, const struct type *t,
                              bool init)
{
    if (s->f.zero)
        return zero(pr, t, init);
    return s->call ? call_text(pr, s) : expr_text(pr, s->e, init);
}

/* Opens `if (guard) {` when there is a guard; the caller closes it. */
static bool open_guard(struct printer *pr, const char *g)
{
    if (!*g)
        return false;
    line(pr, c(pr) ? "if (%s) {" : "if %s {", g);
    open_block(pr);
    return true;
}

static void print_store(struct printer *pr, const struct stmt *s, const char *to,
                        const struct type *t)
{
    const char *value = value_text(pr, s, t, false);
    if (c(pr) && pr->p->cprofile && !s->call && t->kind != T_INT && t->kind != T_FUNC) {
        fprintf(pr->out, "%*s", pr->indent * 4, "");
        disguise_store(pr->out, s->style, type_name(pr, t), to, value, t->kind == T_STRUCT);
        return;
    }
    line(pr, c(pr) ? "%s = %s;" : "%s = %s", to, value);
}

static void print_fn(struct printer *pr, const struct fn *f);

static void print_decl(struct printer *pr, const struct stmt *s)
{
    if (nested_fn(s)) {
        const struct stmt *around = pr->loop;
        pr->loop = NULL;
        print_fn(pr, nested_fn(s));
        pr->loop = around;
    }
    const struct type *t = s->var->type;
    const char *name = var_name(pr, s->var), *g = guard(pr, s);
    const char *init = *g ? zero(pr, t, true) : value_text(pr, s, t, true);
    if (c(pr)) {
        line(pr, "%s = %s;", declare(pr, t, name), init);
    } else {
        line(pr, "var %s = %s", declare(pr, t, name), init);
        line(pr, "_ = %s", name);
    }
    if (!open_guard(pr, g))
        return;
    if (t->kind == T_ARRAY && s->e->kind == E_AGG) /* C does not assign arrays */
        for (int i = 0; i < t->n; i++)
            line(pr, c(pr) ? "%s[%d] = %s;" : "%s[%d] = %s", name, i,
                 expr_text(pr, s->e->elem[i], false));
    else
        line(pr, c(pr) ? "%s = %s;" : "%s = %s", name, value_text(pr, s, t, false));
    close_block(pr);
}

static const char *cond_text(struct printer *pr, const struct cond *cd)
{
    switch (cd->kind) {
    case C_RND:
        return text("rnd() %% %d == 0", cd->n);
    case C_LESS:
        return text("%s < %d", expr_text(pr, cd->a, false), cd->n);
    case C_NOTNIL:
        return text("%s != %s", expr_text(pr, cd->a, false), nil(pr));
    }
    return "";
}

static bool all_dead(const struct stmt *s)
{
    while (s && s->f.dead)
        s = s->next;
    return !s;
}

static void print_if(struct printer *pr, const struct stmt *s, const struct fn *f)
{
    const char *g = guard(pr, s), *cd = cond_text(pr, &s->cond);
    if (all_dead(s->body) && (s->f.noelse || all_dead(s->els)) && s->cond.kind == C_RND) {
        line(pr, c(pr) ? "rnd();" : "rnd()");
        return;
    }
    /* What a condition reads is read whatever follows: an if of which nothing else is left stays, too. */
    line(pr, c(pr) ? "if (%s%s%s) {" : "if %s%s%s {", g, *g ? " && " : "", cd);
    open_block(pr);
    print_body(pr, s->body, f);
    pr->indent--;
    if (!s->f.noelse && !all_dead(s->els)) {
        line(pr, "} else {");
        open_block(pr);
        print_body(pr, s->els, f);
        pr->indent--;
    }
    line(pr, "}");
}

/* A third of the disguised loops are labels and gotos. */
static void print_goto_loop(struct printer *pr, const struct stmt *s, const struct fn *f,
                            const char *n)
{
    const struct stmt *around = pr->loop;
    pr->loop = s;
    line(pr, "{");
    open_block(pr);
    line(pr, "int %s = 0, %sn = %s;", var_name(pr, s->var), var_name(pr, s->var), n);
    line(pr, "goto %stest;", var_name(pr, s->var));
    line(pr, "%sbody: {", var_name(pr, s->var));
    open_block(pr);
    print_body(pr, s->body, f);
    close_block(pr);
    line(pr, "%snext:", var_name(pr, s->var));
    line(pr, "%s++;", var_name(pr, s->var));
    line(pr, "%stest:", var_name(pr, s->var));
    line(pr, "if (%s < %sn)", var_name(pr, s->var), var_name(pr, s->var));
    line(pr, "    goto %sbody;", var_name(pr, s->var));
    line(pr, "%send:;", var_name(pr, s->var));
    close_block(pr);
    pr->loop = around;
}

static void print_loop(struct printer *pr, const struct stmt *s, const struct fn *f)
{
    const char *v = var_name(pr, s->var);
    const char *n = s->n < 0 ? text("rnd() %% %d", -s->n) : text("%d", s->n);
    const struct stmt *around = pr->loop;
    if (c(pr) && pr->p->cprofile && s->style % 3 == 0) {
        print_goto_loop(pr, s, f, n);
        return;
    }
    /* the bound is evaluated once */
    if (c(pr))
        line(pr, "for (int %s = 0, %sn = %s; %s < %sn; %s++) {", v, v, n, v, v, v);
    else
        line(pr, "for %s, %sn := 0, %s; %s < %sn; %s++ {", v, v, n, v, v, v);
    pr->loop = NULL;
    open_block(pr);
    print_body(pr, s->body, f);
    close_block(pr);
    pr->loop = around;
}

static void print_jump(struct printer *pr, bool leave)
{
    if (pr->loop)
        line(pr, "goto %s%s;", var_name(pr, pr->loop->var), leave ? "end" : "next");
    else
        line(pr, "%s%s", leave ? "break" : "continue", c(pr) ? ";" : "");
}

static void print_block(struct printer *pr, const struct stmt *body, const struct fn *f)
{
    line(pr, "{");
    open_block(pr);
    print_body(pr, body, f);
    close_block(pr);
}

static void print_stmt(struct printer *pr, const struct stmt *s, const struct fn *f)
{
    const char *semi = c(pr) ? ";" : "";
    const struct type *result = f->sig->result;
    if (s->f.unwrap) {
        print_block(pr, s->body, f);
        return;
    }
    switch (s->kind) {
    case S_DECL:
        print_decl(pr, s);
        return;
    case S_IF:
        print_if(pr, s, f);
        return;
    case S_LOOP:
        print_loop(pr, s, f);
        return;
    case S_BLOCK:
        print_block(pr, s->body, f);
        return;
    default:
        break;
    }
    bool guarded = open_guard(pr, guard(pr, s));
    switch (s->kind) {
    case S_ASSIGN:
        print_store(pr, s, path_text(pr, &s->lhs, s->lhs.nsteps), s->lhs.type);
        break;
    case S_CALL:
        line(pr, "%s%s", call_text(pr, s), semi);
        break;
    case S_RETURN:
        if (result->kind == T_VOID)
            line(pr, "return%s", semi);
        else
            line(pr, "return %s%s", value_text(pr, s, result, false), semi);
        break;
    case S_BREAK:
        print_jump(pr, true);
        break;
    case S_CONTINUE:
        print_jump(pr, false);
        break;
    case S_MIX:
        if (s->e->type->kind == T_PTR)
            line(pr, "mix(%sw%d(%s, %d))%s", pr->tag, s->e->type->to->id,
                 expr_text(pr, s->e, false), WALK_DEPTH, semi);
        else
            line(pr, c(pr) ? "mix((unsigned)%s);" : "mix(uint32(%s))", expr_text(pr, s->e, false));
        break;
    default:
        break;
    }
    if (guarded)
        close_block(pr);
}

static void print_body(struct printer *pr, const struct stmt *s, const struct fn *f)
{
    for (; s; s = s->next)
        if (!s->f.dead)
            print_stmt(pr, s, f);
}

/* ---- functions ---- */

/* Some functions are extern, so that both kinds are seen. */
static bool is_static(const struct printer *pr, const struct fn *f)
{
    return (pr->p->seed + (uint64_t)f->id) % 4 != 0;
}

static void print_head(struct printer *pr, const struct fn *f, const char *end)
{
    const char *args = "";
    if (f->fuel)
        args = declare(pr, f->fuel->type, var_name(pr, f->fuel));
    for (int i = 0; i < f->sig->nparams; i++)
        if (!f->sig->drop[i])
            args = text("%s%s%s", args, *args ? ", " : "",
                        declare(pr, f->param[i]->type, var_name(pr, f->param[i])));
    if (c(pr))
        line(pr, "%s%s(%s)%s", is_static(pr, f) && !f->parent ? "static " : "",
             declare(pr, f->sig->result, fn_name(pr, f)), *args ? args : "void", end);
    else
        line(pr, f->parent ? "%s := func(%s) %s%s" : "func %s(%s) %s%s", fn_name(pr, f), args,
             type_name(pr, f->sig->result), end);
}

static void print_return_zero(struct printer *pr, const struct type *result)
{
    bool nothing = result->kind == T_VOID;
    line(pr, "return%s%s%s", nothing ? "" : " ", nothing ? "" : zero(pr, result, false),
         c(pr) ? ";" : "");
}

static void print_fn(struct printer *pr, const struct fn *f)
{
    print_head(pr, f, " {");
    open_block(pr);
    if (f->fuel) {
        line(pr, c(pr) ? "if (%s <= 0) {" : "if %s <= 0 {", var_name(pr, f->fuel));
        open_block(pr);
        print_return_zero(pr, f->sig->result);
        close_block(pr);
    }
    print_body(pr, f->body, f);
    if (f->sig->result->kind != T_VOID)
        print_return_zero(pr, f->sig->result);
    close_block(pr);
    line(pr, "%s", "");
}

/* ---- walkers ---- */

static void print_hash(struct printer *pr, const struct type *t, const char *lvalue)
{
    const char *semi = c(pr) ? ";" : "";
    bool st = t->kind == T_STRUCT;
    switch (t->kind) {
    case T_INT:
        line(pr, c(pr) ? "h = h * 31 + (unsigned)%s;" : "h = h*31 + uint32(%s)", lvalue);
        break;
    case T_PTR:
        line(pr, "h = h*31 + %sw%d(%s, d - 1)%s", pr->tag, t->to->id, lvalue, semi);
        break;
    case T_FUNC:
        line(pr, c(pr) ? "h = h * 31 + (%s != 0);" : "h = h*31 + known(%s != nil)", lvalue);
        break;
    case T_STRUCT:
    case T_ARRAY:
        for (int i = 0; i < (st ? t->nfields : t->n); i++)
            if (!t->drop[i])
                print_hash(pr, st ? t->field[i] : t->to, text(st ? "%s.f%d" : "%s[%d]", lvalue, i));
        break;
    case T_VOID:
        break;
    }
}

static void print_walkers(struct printer *pr)
{
    for (int pass = c(pr) ? 0 : 1; pass < 2; pass++)
        for (int i = 0; i < pr->p->ntypes; i++) {
            const struct type *t = pr->p->type[i];
            if (!t->walk)
                continue;
            const char *name = text("%sw%d", pr->tag, t->id);
            if (c(pr))
                line(pr, "static unsigned %s(%s%s*p, int d)%s", name, type_name(pr, t),
                     t->kind == T_PTR ? "" : " ", pass ? " {" : ";");
            else
                line(pr, "func %s(p *%s, d int) uint32 {", name, type_name(pr, t));
            if (!pass)
                continue;
            open_block(pr);
            line(pr, c(pr) ? "unsigned h = 5;" : "var h uint32 = 5");
            line(pr, c(pr) ? "if (!p)" : "if p == nil {");
            line(pr, c(pr) ? "    return 7;" : "    return 7 }");
            line(pr, c(pr) ? "if (!d)" : "if d == 0 {");
            line(pr, c(pr) ? "    return 9;" : "    return 9 }");
            print_hash(pr, t, "(*p)");
            line(pr, c(pr) ? "return h;" : "return h");
            close_block(pr);
            line(pr, "%s", "");
        }
}

/* ---- programs ---- */

static void print_struct(struct printer *pr, const struct type *t)
{
    line(pr, c(pr) ? "%s {" : "type %s struct {", type_name(pr, t));
    open_block(pr);
    for (int i = 0; i < t->nfields; i++)
        if (!t->drop[i])
            line(pr, c(pr) ? "%s;" : "%s", declare(pr, t->field[i], text("f%d", i)));
    pr->indent--;
    line(pr, c(pr) ? "};" : "}");
}

static void print_fn_type(struct printer *pr, const struct type *t)
{
    const char *args = t->sig->fuel ? "int" : "";
    for (int i = 0; i < t->sig->nparams; i++)
        if (!t->sig->drop[i])
            args = text("%s%s%s", args, *args ? ", " : "", type_name(pr, t->sig->param[i]));
    if (c(pr))
        line(pr, "typedef %s (*%s)(%s);", type_name(pr, t->sig->result), type_name(pr, t),
             *args ? args : "void");
    else
        line(pr, "type %s func(%s) %s", type_name(pr, t), args, type_name(pr, t->sig->result));
}

void print_program(FILE *out, struct prog *p, enum lang lang, const char *tag)
{
    struct printer printer = {.out = out, .lang = lang, .tag = tag, .p = p}, *pr = &printer;
    prog_mark_used(p);
    if (lang == LANG_C)
        for (int i = 0; i < p->ntypes; i++)
            if (p->type[i]->kind == T_STRUCT && p->type[i]->used)
                line(pr, "%s;", type_name(pr, p->type[i]));
    for (int i = 0; i < p->ntypes; i++)
        if (p->type[i]->kind == T_FUNC && p->type[i]->used)
            print_fn_type(pr, p->type[i]);
    for (int i = 0; i < p->ntypes; i++)
        if (p->type[i]->kind == T_STRUCT && p->type[i]->used)
            print_struct(pr, p->type[i]);
    for (int i = 0; i < p->nglobals; i++) {
        struct var *v = p->global[i];
        if (v->executed)
            line(pr, c(pr) ? "static %s;" : "var %s", declare(pr, v->type, var_name(pr, v)));
    }
    print_walkers(pr);
    if (lang == LANG_C)
        for (int i = 0; i < p->nfns; i++)
            if (p->fn[i]->needed && !p->fn[i]->parent)
                print_head(pr, p->fn[i], ";");
    line(pr, "%s", "");
    for (int i = 0; i < p->nfns; i++)
        if (p->fn[i]->needed && !p->fn[i]->parent)
            print_fn(pr, p->fn[i]);
}

void print_main(FILE *out, enum lang lang, struct prog **p, int n, char (*tag)[16])
{
    bool is_c = lang == LANG_C;
    fputs(is_c ? "int main(void) {\n" : "func main() {\n", out);
    for (int i = 0; i < n; i++) {
        if (is_c)
            fprintf(out,
                    "    state = %uu, sum = %d;\n"
                    "    for (unsigned r = 0; r < %d; r++) {\n"
                    "        %sf0();\n"
                    "        mix(r);\n"
                    "    }\n"
                    "    printf(\"%d %%u\\n\", sum), fflush(stdout);\n",
                    (unsigned)p[i]->seed, FIRST_SUM, p[i]->rounds, tag[i], i);
        else
            fprintf(out,
                    "    state, sum = %u, %d\n"
                    "    for r := uint32(0); r < %d; r++ {\n"
                    "        %sf0()\n"
                    "        mix(r)\n"
                    "    }\n"
                    "    println(%d, sum)\n",
                    (unsigned)p[i]->seed, FIRST_SUM, p[i]->rounds, tag[i], i);
    }
    fputs(is_c ? "    return 0;\n}\n" : "}\n", out);
}
