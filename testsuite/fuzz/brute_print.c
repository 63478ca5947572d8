/* Programs as text, close to C:
 *
 *     f0(p0) {                       // LOCAL; addressed: x1[24]
 *         r2 = &x1;
 *         if (?) *(r2 + 8) = p0;
 *         g0 = r2;
 *     }
 */
#include "brute.h"

#include <stdio.h>

struct printer {
    const struct prog *p;
    const struct bfn *f;
    unsigned indent;
};

static const char *name_of(const struct printer *w, uint32_t var)
{
    if (var & ESC_SYM)
        return w->p->sym[var & ~ESC_SYM].name;
    return var < w->f->nvars ? w->f->names[var] : "?";
}

static void offset(int32_t off)
{
    if (off == ESC_ANY)
        printf(" + ?");
    else if (off)
        printf(" %c %d", off < 0 ? '-' : '+', off < 0 ? -off : off);
}

static void flags(uint16_t f)
{
    static const struct {
        uint16_t flag;
        const char *text;
    } all[] = {{ESC_REF_VOIDP, "voidp"}, {ESC_REF_FNPTR, "fnptr"},   {ESC_REF_LIKE, "like"},
               {ESC_REF_KEEP, "keep"},   {ESC_REF_BORROW, "borrow"}, {ESC_REF_READS, "reads"},
               {ESC_REF_FITS, "fits"}};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (f & all[i].flag)
            printf("<%s>", all[i].text);
}

static void ref(const struct printer *w, const struct esc_ref *r)
{
    switch (r->kind) {
    case ESC_NONE:
        printf("none");
        break;
    case ESC_VAR:
        printf("%s", name_of(w, r->var));
        if (r->off || r->size != 8)
            printf("[%s%d : %u]", r->off == ESC_ANY ? "? " : "", r->off == ESC_ANY ? 0 : r->off,
                   r->size);
        offset(r->add);
        break;
    case ESC_ADDR:
        printf("&%s", name_of(w, r->var));
        offset(r->off);
        break;
    case ESC_MEM:
        printf("*(%s", name_of(w, r->var));
        offset(r->off);
        printf(")");
        if (r->size != 8)
            printf("[: %u]", r->size);
        offset(r->add);
        break;
    case ESC_CONST:
        printf("%d", r->off);
        break;
    default:
        printf("unknown");
        break;
    }
    flags(r->flags);
}

static void refs(const struct printer *w, const struct bstmt *s, uint32_t from, uint32_t to,
                 const char *between)
{
    for (uint32_t i = from; i < to; i++) {
        if (i > from)
            printf("%s", between);
        ref(w, &s->refs[i]);
    }
}

static void list(struct printer *w, const struct bstmt *s);

static void braces(struct printer *w, const struct bstmt *first)
{
    printf(" {\n");
    w->indent++;
    list(w, first);
    w->indent--;
    printf("%*s}", w->indent * 4, "");
}

static void condition(const struct printer *w, const struct bstmt *s)
{
    static const char *const relation[] = {"==", "!=", "<", "<=", ">", ">="};
    printf(" (");
    if (s->cond) {
        ref(w, &s->refs[0]);
        printf(" %s ", relation[s->relation]);
        ref(w, &s->refs[1]);
    } else {
        printf("?");
    }
    printf(")");
}

static void construct(struct printer *w, const struct bstmt *s)
{
    if (s->kind == B_SCOPE) {
        printf("scope");
        for (uint32_t v = 0; v < w->f->nvars; v++)
            if (w->f->vars[v].scope == s->scope)
                printf(" %s[%u]", w->f->names[v], w->f->vars[v].size);
    } else {
        printf("%s", s->kind == B_LOOP ? "while" : s->kind == B_IF ? "if" : "switch");
        condition(w, s);
    }
    braces(w, s->first);
    if (s->other) {
        printf(s->kind == B_SWITCH ? " or" : " else");
        braces(w, s->other);
    }
    printf("\n");
}

static void stmt(struct printer *w, const struct bstmt *s)
{
    printf("%*s", w->indent * 4, "");
    switch (s->kind) {
    case B_SCOPE:
    case B_IF:
    case B_LOOP:
    case B_SWITCH:
        construct(w, s);
        return;
    case B_ASSIGN:
        ref(w, &s->dst);
        printf(" = ");
        refs(w, s, 0, s->n, " or ");
        break;
    case B_CALL:
        if (s->dst.kind) {
            ref(w, &s->dst);
            printf(" = ");
        }
        if (s->callee.kind == ESC_ADDR)
            printf("%s", name_of(w, s->callee.var));
        else
            ref(w, &s->callee);
        printf("(");
        refs(w, s, 0, s->n, ", ");
        printf(")");
        if (s->callee.kind != ESC_ADDR)
            printf(" signature %u", s->signature);
        break;
    case B_RETURN:
        printf("return ");
        refs(w, s, 0, 1, "");
        break;
    case B_ASM:
        printf("asm(");
        refs(w, s, 0, s->outs, ", ");
        printf(" : ");
        refs(w, s, s->outs, s->n, ", ");
        printf("%s)", s->memory ? " : memory" : "");
        break;
    case B_VA_START:
    case B_VA_ARG:
        if (s->kind == B_VA_ARG) {
            ref(w, &s->dst);
            printf(" = ");
        }
        printf(s->kind == B_VA_START ? "va_start(" : "va_arg(");
        refs(w, s, 0, 1, "");
        printf(")");
        break;
    case B_LABEL:
    case B_GOTO:
        printf("%s L%u", s->kind == B_GOTO ? "goto" : "label", s->scope);
        break;
    default:
        printf(s->kind == B_BREAK ? "break" : "continue");
        break;
    }
    printf(";\n");
}

static void list(struct printer *w, const struct bstmt *s)
{
    for (; s; s = s->next) {
        if (s->gone)
            continue;
        if (s->hollow) {
            list(w, s->first);
            list(w, s->other);
        } else {
            stmt(w, s);
        }
    }
}

static void symbol_flags(const struct bsym *s)
{
    static const char *const name[] = {"LOCAL",    "TAKEN",         "READONLY", "REPLACE",
                                       "NORETURN", "KEEPS_NOTHING", "THREAD",   "CHOSEN"};
    for (unsigned i = 0; i < 8; i++)
        if (s->flags & 1u << i)
            printf(" %s", name[i]);
    if (s->signature)
        printf(" signature %u", s->signature);
}

static void var_flags(const struct esc_var *v)
{
    if (v->flags & ESC_ADDRESSED)
        printf(" addressed");
    if (v->flags & ESC_PIN_HEAP)
        printf(" pin-heap");
    if (v->flags & ESC_PIN_STACK)
        printf(" pin-stack");
    if (v->flags & ESC_FIXED)
        printf(" fixed");
    if (v->flags & ESC_ALLOCA)
        printf(" alloca");
}

static bool has_body(const struct prog *p, uint32_t fn)
{
    for (const struct bstmt *s = p->fn[fn].body; s; s = s->next)
        if (!s->gone)
            return true;
    return false;
}

void prog_print(const struct prog *p)
{
    struct printer w = {.p = p};
    printf("extern_keeps %d, large %u\n", p->extern_keeps, p->large);
    for (uint32_t i = p->nfns; i < p->nsyms; i++) {
        const struct bsym *s = &p->sym[i];
        if (s->kind != ESC_SYM_DATA && s->also < 0)
            continue;
        printf("%s[%u]", s->name, s->size);
        symbol_flags(s);
        if (s->also >= 0)
            printf(" may be %s", p->sym[s->also].name);
        for (int k = 0; k < 3 && (s->flags & ESC_SYM_READONLY); k++)
            if (s->init[k] >= 0)
                printf(" [%d]=&%s", k * 8, p->sym[s->init[k]].name);
        printf("\n");
    }
    for (uint32_t i = 0; i < p->nfns; i++) {
        w.f = &p->fn[i];
        w.indent = 1;
        printf("%s(", p->sym[i].name);
        for (uint32_t v = 0; v < w.f->nparams; v++)
            printf("%s%s", v ? ", " : "", w.f->names[v]);
        printf(") //");
        symbol_flags(&p->sym[i]);
        printf("%s;", w.f->ends ? "" : " no ends");
        for (uint32_t v = 0; v < w.f->nvars && has_body(p, i); v++) {
            if (w.f->vars[v].flags & ~(uint32_t)ESC_PARAM || w.f->vars[v].size > 8) {
                printf(" %s[%u]", w.f->names[v], w.f->vars[v].size);
                var_flags(&w.f->vars[v]);
            }
        }
        printf("\n");
        list(&w, w.f->body);
    }
}
