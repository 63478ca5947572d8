/* A whole program in this style: a recursive-descent parser whose syntax tree is made of locals. */
#include "run.h"
#include "goescape.h"

struct expr {
    char op;                   /* '+', '-', '*', '/', or 'n' for a number, 'v' for a variable */
    double value;              /* of a number */
    char name;                 /* of a variable */
    const struct expr *l, *r;  /* operands */
};

struct parser { const char *at; };

static const struct expr *sum(struct parser *p);

static void blanks(struct parser *p)
{
    while (*p->at == ' ')
        p->at++;
}

static const struct expr *atom(struct parser *p)
{
    struct expr e = {.op = 'n'};

    blanks(p);
    if (*p->at == '(') {
        const struct expr *inner;

        p->at++;
        inner = sum(p);
        p->at++;
        blanks(p);
        return inner;
    }
    if (*p->at >= 'a' && *p->at <= 'z') {
        e.op = 'v';
        e.name = *p->at++;
    } else {
        char *end;

        e.value = strtod(p->at, &end);
        p->at = end;
    }
    blanks(p);
    return &e;
}

static const struct expr *product(struct parser *p)
{
    const struct expr *left = atom(p);

    while (*p->at == '*' || *p->at == '/') {
        struct expr e = {.op = *p->at++, .l = left};

        e.r = atom(p);
        left = &e;
    }
    return left;
}

static const struct expr *sum(struct parser *p)
{
    const struct expr *left = product(p);

    while (*p->at == '+' || *p->at == '-') {
        char op = *p->at++;

        left = &(struct expr){.op = op, .l = left, .r = product(p)};
    }
    return left;
}

static double eval(const struct expr *e, const double vars[26])
{
    switch (e->op) {
    case 'n': return e->value;
    case 'v': return vars[e->name - 'a'];
    case '+': return eval(e->l, vars) + eval(e->r, vars);
    case '-': return eval(e->l, vars) - eval(e->r, vars);
    case '*': return eval(e->l, vars) * eval(e->r, vars);
    default: return eval(e->l, vars) / eval(e->r, vars);
    }
}

static const struct expr *derive(const struct expr *e, char v)
{
#define NUM(n) (&(struct expr){.op = 'n', .value = (n)})
#define OP(o, a, b) (&(struct expr){.op = (o), .l = (a), .r = (b)})
    switch (e->op) {
    case 'n': return NUM(0);
    case 'v': return NUM(e->name == v);
    case '+':
    case '-': return OP(e->op, derive(e->l, v), derive(e->r, v));
    case '*': return OP('+', OP('*', derive(e->l, v), e->r), OP('*', e->l, derive(e->r, v)));
    default:
        return OP('/', OP('-', OP('*', derive(e->l, v), e->r), OP('*', e->l, derive(e->r, v))),
                  OP('*', e->r, e->r));
    }
}

static char *print(const struct expr *e)
{
    char buf[256];

    if (e->op == 'n')
        snprintf(buf, sizeof buf, "%g", e->value);
    else if (e->op == 'v')
        snprintf(buf, sizeof buf, "%c", e->name);
    else
        snprintf(buf, sizeof buf, "(%s %c %s)", print(e->l), e->op, print(e->r));
    return buf;
}

static const struct expr *parse(const char *s)
{
    struct parser p = {s};

    return sum(&p);
}

int main(void)
{
    double vars[26] = {['x' - 'a'] = 2, ['y' - 'a'] = 5};
    const struct expr *a = parse("1 + 2 * 3"), *b = parse("(x + 1) * (x - y) / 2"), *c, *d;
    double total = 0;

    c = parse("x*x*x + 3*x");
    d = derive(c, 'x');
    clobber();
    goe_gc();
    printf("%s = %g\n", print(a), eval(a, vars));
    printf("%s = %g\n", print(b), eval(b, vars));
    printf("%s\n", print(d));
    printf("%g\n", eval(d, vars));
    for (int i = 0; i < 2000; i++) {
        vars['x' - 'a'] = i % 10;
        total += eval(derive(parse("x*x*x + 3*x"), 'x'), vars);
    }
    printf("%g\n", total);
    return 0;
}
