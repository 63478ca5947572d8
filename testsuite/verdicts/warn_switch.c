/* OPTIONS: mode=check */
/*
 * Category "switch": which case control has taken decides what is held; of `default:` it is known that it
 * was none of the others. Each good_ function takes another case than the bad_ one beside it.
 */
#include <stddef.h>

enum kind { NONE, ARRAY, LIST, TABLE, CUSTOM };
struct ctx {
    char *buf;
    int n;
    enum kind kind;
};
extern struct ctx gctx;
extern char *gbuf;

/* ---- within a function ---- */

char *bad_default(char *q, int k)
{
    char x[8] = "a";
    switch (k) {
    case 0:
        return q;
    default:
        return x; /* WARN "address of local variable 'x' is returned" */
    }
}

char *good_same_case(char *q, int k)
{
    char x[8] = "a", *p = q;
    switch (k) {
    case 0:
        p = x;
        break;
    default:
        break;
    }
    return k == 0 ? q : p;
}

char *bad_other_case(char *q, int k)
{
    char x[8] = "a", *p = q;
    switch (k) {
    case 0:
        p = x;
        break;
    default:
        break;
    }
    return k == 1 ? q : p; /* WARN "address of local variable 'x' is returned" */
}

char *good_two_switches(char *q, enum kind k)
{
    char x[8] = "a", *p = q;
    switch (k) {
    case ARRAY:
    case LIST:
        p = x;
        break;
    case TABLE:
        p = q + 1;
        break;
    default:
        break;
    }
    switch (k) {
    case ARRAY:
    case LIST:
        return q;
    default:
        return p;
    }
}

char *bad_two_switches(char *q, enum kind k)
{
    char x[8] = "a", *p = q;
    switch (k) {
    case ARRAY:
    case LIST:
        p = x;
        break;
    case TABLE:
        p = q + 1;
        break;
    default:
        break;
    }
    switch (k) {
    case ARRAY:
    case TABLE:
        return q;
    default:
        return p; /* WARN "address of local variable 'x' is returned" */
    }
}

void good_default_takes_back(enum kind k)
{
    char x[8] = "a";
    switch (k) {
    case NONE:
        break;
    case ARRAY:
    case LIST:
    case CUSTOM:
        break;
    default:
        gbuf = x;
    }
    if (k != NONE && k != ARRAY && k != LIST && k != CUSTOM)
        gbuf = NULL;
}

void good_range(int k)
{
    char x[8] = "a";
    switch (k) {
    case 2 ... 6:
        gbuf = x;
        break;
    case 20:
        break;
    }
    switch (k) {
    case 2 ... 6:
        gbuf = NULL;
    }
}

void bad_range(int k)
{
    char x[8] = "a";
    switch (k) {
    case 2 ... 6:
        gbuf = x; /* WARN "'x' is stored in 'gbuf'" */
        break;
    case 20:
        break;
    }
    switch (k) {
    case 2 ... 5:
        gbuf = NULL;
    }
}

/* ---- by what the caller hands over ---- */

static void attach(struct ctx *c, char *mem, enum kind k)
{
    switch (k) {
    case NONE:
        c->n = 1;
        break;
    case ARRAY:
        c->n = 2;
        break;
    default:
        c->buf = mem;
    }
}

void bad_attached(struct ctx *c)
{
    char x[8] = "a";
    attach(c, x, TABLE); /* WARN "'x' is stored in '\*c'" */
}

void good_attached(struct ctx *c)
{
    char x[8] = "a";
    attach(c, x, ARRAY);
}

static void attach_some(struct ctx *c, char *mem, enum kind k)
{
    switch (k) {
    case ARRAY:
    case TABLE:
        c->buf = mem;
        break;
    case LIST:
        c->n = 2;
        break;
    default:
        break;
    }
}

void bad_one_of_two(void)
{
    char x[8] = "a";
    attach_some(&gctx, x, TABLE); /* WARN "'x' is stored in 'gctx'" */
}

void good_none_of_two(void)
{
    char x[8] = "a";
    attach_some(&gctx, x, LIST);
    attach_some(&gctx, x, CUSTOM);
}

static char *choose(char *a, char *b, int k)
{
    switch (k) {
    case 0:
        return NULL;
    case 1:
        return b;
    default:
        return a;
    }
}

char *bad_chosen(char *q)
{
    char x[8] = "a";
    return choose(x, q, 5); /* WARN "address of local variable 'x' is returned" */
}

char *good_chosen(char *q)
{
    char x[8] = "a";
    return choose(x, q, 1);
}

char *good_null_chosen(char *q)
{
    char x[8] = "a";
    return choose(x, q, 0);
}

static int set_option(struct ctx *c, int option, void *value)
{
    switch (option) {
    case 1:
        c->n = *(int *)value;
        return 0;
    case 2:
        c->buf = value;
        return 0;
    default:
        return -1;
    }
}

void bad_option(struct ctx *c)
{
    char x[8] = "a";
    set_option(c, 2, x); /* WARN "'x' is stored in '\*c'" */
}

void good_option(struct ctx *c)
{
    int n = 3;
    char x[8] = "a";
    set_option(c, 1, &n);
    set_option(c, 7, x);
}
