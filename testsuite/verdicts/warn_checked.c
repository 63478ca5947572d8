/* OPTIONS: mode=check */
/*
 * Category "only if": a helper keeps what it is given only if one of its arguments says so: a pointer
 * that is checked, a flag. Callers know their arguments, so what they leave behind is certain; what
 * puts it back may depend on the same flag.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct ctx {
    char *buf;
    int n, on;
};
extern struct ctx gctx;
extern int *g;
void work(void);
int cond(void);

static void set_buf(struct ctx *c, char *b)
{
    if (c)
        c->buf = b;
}
static void set_buf2(struct ctx *c, char *b)
{
    if (!c)
        return;
    c->buf = b;
    c->n = 1;
}
static void set_when(int on, int *p)
{
    if (on)
        g = p;
}
static void set_unless(int *p, int off)
{
    if (off == 2)
        return;
    g = p;
}
static void begin(int on, int *p)
{
    if (on)
        g = p;
}
static void end(int on)
{
    if (on)
        g = NULL;
}
static void begin_unless(int off, int *p)
{
    if (off)
        return;
    g = p;
}
static void set_on(struct ctx *c, char *b)
{
    if (c->on)
        c->buf = b;
}
static void clear_on(struct ctx *c)
{
    if (c->on)
        c->buf = NULL;
}
static void clear_buf(struct ctx *c)
{
    if (c)
        c->buf = NULL;
}
static void two(int a, int b, int *p)
{
    if (a) {
        if (b)
            g = p;
    }
}
static void end_two(int a, int b)
{
    if (a) {
        if (b)
            g = NULL;
    }
}
static void level(int n, int *p)
{
    if (n >= 2)
        g = p;
}
static void unlevel(int n)
{
    if (n > 1)
        g = NULL;
}
static void sw(int n, int *p)
{
    switch (n) {
    case 1:
        g = p;
        break;
    case 2:
        g = NULL;
        break;
    default:
        break;
    }
}
static void last(int n, int *p)
{
    for (int i = 0; i < n; i++) {
        if (i == 3)
            g = p;
        else if (i == 4)
            g = NULL;
    }
}
static void outer(int on, int *p)
{
    begin(on, p);
}
static void outer_end(int on)
{
    end(on);
}

void bad_checked(void)
{
    char x[8];
    set_buf(&gctx, x); /* WARN "'x' is stored in 'gctx', which outlives it" */
}

void bad_checked2(struct ctx *c)
{
    char x[8];
    set_buf2(c, x); /* WARN "'x' is stored in '.c', which outlives it" */
}

void bad_when(void)
{
    int x;
    set_when(1, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_unless(void)
{
    int x;
    set_unless(&x, 3); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_outer(void)
{
    int x;
    outer(1, &x); /* WARN "'x' is stored in 'g', which outlives it" */
}

void bad_end_other(int on, int off)
{
    int x;
    begin(on, &x); /* WARN "'x' is stored in 'g', which outlives it" */
    end(0);
}

void good_when(void)
{
    int x;
    set_when(0, &x);
}

void good_unless(void)
{
    int x;
    set_unless(&x, 2);
}

void good_when_name(int on)
{
    int x;
    set_when(on, &x);
    if (on)
        g = NULL;
}

void good_begin_end(int on)
{
    int x;
    begin(on, &x);
    work();
    end(on);
}

void good_begin_end_ne(int on)
{
    int x;
    begin(on != 0, &x);
    end(on);
}

void good_begin_if(int n)
{
    int x;
    begin(n > 0, &x);
    if (n > 0)
        g = NULL;
}

void good_unless_again(int on)
{
    int x;
    begin_unless(!on, &x);
    end(on);
}

void good_memory(struct ctx *c)
{
    int x;
    begin(c->on, &x);
    end(c->on);
}

void good_set_clear(struct ctx *c)
{
    char x[4];
    set_buf(c, x);
    clear_buf(c);
}

void good_set_clear_on(struct ctx *c)
{
    char x[4];
    set_on(c, x);
    clear_on(c);
}

void good_null(void)
{
    char x[4];
    set_buf(NULL, x);
}

void good_two(int a, int b)
{
    int x;
    two(a, b, &x);
    end_two(a, b);
}

void good_two_swapped(int a, int b)
{
    int x;
    two(a, b, &x);
    end_two(b, a);
}

void good_level(int n)
{
    int x;
    level(n, &x);
    unlevel(n);
}

void good_level_const(void)
{
    int x;
    level(1, &x);
}

void good_loop(int n)
{
    int x;
    for (int i = 0; i < n; i++) {
        begin(i == 0, &x);
        end(i == 0);
    }
}

void good_switch(int n)
{
    int x;
    sw(1, &x);
    sw(2, &x);
}

void good_switch3(void)
{
    int x;
    sw(3, &x);
}

void good_last(int n)
{
    int x;
    last(n, &x);
    g = NULL;
}

void good_maybe_end(int on)
{
    int x;
    begin(1, &x);
    end(1);
}

void good_rand(void)
{
    int x, on = cond();
    begin(on, &x);
    if (on)
        end(1);
}

void good_alloc(void)
{
    struct ctx *c = malloc(sizeof *c);
    char x[4];
    set_buf(c, x);
    free(c);
}

void good_outer(int on)
{
    int x;
    outer(on, &x);
    outer_end(on);
}

void good_outer0(void)
{
    int x;
    outer(0, &x);
}

void good_length(const char *s)
{
    int x;
    begin(strlen(s) != 0, &x);
    if (strlen(s))
        g = NULL;
}

void good_call(void)
{
    int x;
    begin(cond(), &x);
    if (cond())
        g = NULL;
}

/* ---- several checks in one ---- */

static void set_if_both(struct ctx *c, char *b)
{
    if (!c || !b)
        return;
    c->buf = b;
    c->n = 1;
}

void bad_both_checked(struct ctx *c)
{
    char x[8];
    set_if_both(c, x); /* WARN "'x' is stored in '\*c'" */
}

void good_one_is_null(struct ctx *c)
{
    char x[8];
    c->buf = x;
    c->buf = NULL;
    set_if_both(NULL, x);
    set_if_both(c, NULL);
}

static int set_if_all(struct ctx *c, char *b, int n)
{
    if (!c || !b || n <= 0)
        return -1;
    c->buf = b;
    c->n = n;
    return 0;
}

void bad_all_checked(struct ctx *c)
{
    char x[8];
    if (set_if_all(c, x, sizeof x) < 0) /* WARN "'x' is stored in '\*c'" */
        return;
    work();
    set_if_all(&gctx, x, sizeof x); /* WARN "'x' is stored in 'gctx'" */
}

void good_one_check_fails(struct ctx *c)
{
    char x[8];
    set_if_all(c, x, 0);
}

void good_all_checked_undone(struct ctx *c)
{
    char x[8];
    if (set_if_all(c, x, sizeof x) < 0)
        return;
    c->buf[0] = 'a';
    c->buf = NULL;
}

static void set_unless_either(struct ctx *c, char *b, int skip, int dry)
{
    if (skip || dry)
        return;
    c->buf = b;
}

void bad_not_skipped(struct ctx *c)
{
    char x[8];
    set_unless_either(c, x, 0, 0); /* WARN "'x' is stored in '\*c'" */
}

void good_skipped(struct ctx *c)
{
    char x[8];
    set_unless_either(c, x, 0, 1);
    set_unless_either(c, x, 1, 0);
}
