/* OPTIONS: mode=check */
/* Conditions: what certainly is held depends on which paths exist. Each good_ function holds an address
 * only on paths that no execution takes; each bad_ one differs in the condition alone. */
struct ctx {
    int *p; /* where addresses are kept */
    int n;
};
struct two {
    int a, b; /* in one word */
};
struct bits {
    unsigned char a : 4, b : 4; /* in one byte */
};

int number(void);
void look(int *);

/* ---- an address against nothing ---- */

int *good_address_is_not_null(void)
{
    int x = 0, *p = &x;
    if (p != 0)
        return 0;
    return p;
}

int *bad_address_is_not_null(void)
{
    int x = 0, *p = &x;
    if (p == 0)
        return 0;
    return p; /* WARN "address of local variable 'x' is returned" */
}

int shared;
extern int absent __attribute__((weak));

int *good_address_of_shared_is_not_null(void)
{
    int x = 0, *p = &shared;
    if (p)
        return 0;
    return &x;
}

int *bad_address_of_weak_may_be_null(void)
{
    int x = 0, *p = &absent;
    if (p)
        return 0;
    return &x; /* WARN "address of local variable 'x' is returned" */
}

void good_cleared_unless_null(struct ctx *c)
{
    int x = 0, *p = &x;
    c->p = p;
    look(p);
    if (p)
        c->p = 0;
}

void bad_cleared_if_null(struct ctx *c)
{
    int x = 0, *p = &x;
    c->p = p; /* WARN "address of local variable 'x' is stored in '\*c'" */
    if (!p)
        c->p = 0;
}

/* ---- one address against another ---- */

int *good_nobody_has_the_address(int **all)
{
    int x = 0, y = 0, *p = all[number()];
    if (p != &x)
        return 0;
    return &y;
}

int *bad_somebody_has_the_address(int **all)
{
    int x = 0, y = 0, *p;
    look(&x);
    p = all[number()];
    if (p != &x)
        return 0;
    return &y; /* WARN "address of local variable 'y' is returned" */
}

int *good_not_its_own_second(void)
{
    int x[2] = {0, 0}, y = 0, *p = x, *second = p + 1;
    if (second != x)
        return 0;
    return &y;
}

int *bad_its_own_first(void)
{
    int x[2] = {0, 0}, y = 0, *p = x, *first = p + 0;
    if (first != x)
        return 0;
    return &y; /* WARN "address of local variable 'y' is returned" */
}

int *good_nothing_lies_at_one(void)
{
    int x = 0, *p = &shared;
    if ((unsigned long)p == 1)
        return &x;
    return 0;
}

void good_no_second_turn(void)
{
    int x = 0, *at = &x, *p = &x, *none = 0;
    while (p == &x) {
        int y = 0;
        p = none;
        *at = 1;
        at = &y;
    }
}

void bad_second_turn(void)
{
    int x = 0, *at = &x, *p = &x, *none = 0;
    while (p != none) {
        int y = 0;
        p = number() ? &x : none;
        *at = 1; /* WARN "address of local variable 'y' is used after its block ended" */
        at = &y;
    }
}

int *good_other_variable(void)
{
    int x = 0, y = 0, *p = &x;
    if (p == &y)
        return p;
    return 0;
}

/* The loop is never entered: what p would be within does not count. */
void good_loop_of_another(struct ctx *c)
{
    int x = 0, y = 0, *p = &x;
    while (p == &y) {
        int z = 0;
        p = &z;
    }
    look(p);
    c->n = *p;
}

int *bad_other_variable(int i)
{
    int x = 0, y = 0, *p = i ? &x : &y;
    if (p == &y)
        return p; /* WARN "address of local variable 'y' is returned" */
    return 0;
}

/* ---- numbers ---- */

int *good_constant(void)
{
    int x = 0, debug = 0;
    if (debug)
        return &x;
    return 0;
}

int *bad_constant_in_a_loop(void)
{
    int x = 0, debug = 0;
    for (int i = number(); i > 0; i--) {
        if (debug)
            return &x; /* WARN "address of local variable 'x' is returned" */
        debug = 1;
    }
    return 0;
}

int *good_constant_in_a_loop(void)
{
    int x = 0, debug = 0;
    for (int i = number(); i > 0; i--) {
        if (debug)
            return &x;
        debug = 0;
    }
    return 0;
}

/* Volatile numbers are whatever they are. */
int *bad_volatile(void)
{
    int x = 0;
    volatile int debug = 0;
    if (debug)
        return &x; /* WARN "address of local variable 'x' is returned" */
    return 0;
}

static int take_or_clear(struct ctx *c, int *p, int i)
{
    if (i) {
        c->p = 0;
        return -1;
    }
    c->p = p;
    return 0;
}

void good_through_unsigned(struct ctx *c, int i)
{
    int x = 0;
    unsigned r = (unsigned)take_or_clear(c, &x, i);
    if (r > 5)
        return;
    c->p = 0;
}

void bad_through_unsigned(struct ctx *c, int i)
{
    int x = 0;
    unsigned r = (unsigned)take_or_clear(c, &x, i); /* WARN "is stored in '\*c'" */
    if (r > 5)
        c->p = 0;
}

/* ---- paths: conditions that go together ---- */

void good_cleared_where_it_returns(struct ctx *c, int own)
{
    int x = 0;
    c->p = &x;
    if (own == 0)
        c->p = 0;
    look(&x);
    if (own == 0)
        return;
    c->p = 0;
}

void bad_cleared_elsewhere(struct ctx *c, int own)
{
    int x = 0;
    c->p = &x; /* WARN "is stored in '\*c'" */
    if (own == 0)
        c->p = 0;
    look(&x);
    if (own == 1)
        return;
    c->p = 0;
}

int *good_one_of_three(int a, int b, int *q)
{
    int x = 0, *p = &x;
    look(p);
    if (a == 0)
        p = q;
    if (b == 1)
        p = q;
    if (a != 0 && b != 1)
        p = q;
    return p;
}

int *bad_two_of_three(int a, int b, int *q)
{
    int x = 0, *p = &x;
    look(p);
    if (a == 0)
        p = q;
    if (b == 1)
        p = q;
    if (a != 0 && b != 2)
        p = q;
    return p; /* WARN "'x' is returned" */
}

/* Two numbers in one word are two numbers. */
void good_two_fields(struct ctx *c, struct two s)
{
    int x = 0;
    c->p = &x;
    if (s.b == 1)
        c->p = 0;
    if (s.a == 0) {
        if (s.b == 1)
            return;
        c->p = 0;
    } else {
        c->p = 0;
    }
}

void bad_two_fields(struct ctx *c, struct two s)
{
    int x = 0;
    c->p = &x; /* WARN "is stored in '\*c'" */
    if (s.b == 1)
        c->p = 0;
    if (s.a == 1)
        return;
    c->p = 0;
}

void bad_two_bits(struct ctx *c, struct bits s)
{
    int x = 0;
    c->p = &x; /* WARN "is stored in '\*c'" */
    if (s.b == 1)
        c->p = 0;
    if (s.a == 1)
        return;
    c->p = 0;
}

enum { OWN = 1, MORE = 2 };

void good_same_flag(struct ctx *c, int flags)
{
    int x = 0;
    if (flags & OWN)
        c->p = &x;
    look(&x);
    if (flags & OWN)
        c->p = 0;
}

void bad_other_flag(struct ctx *c, int flags)
{
    int x = 0;
    if (flags & OWN)
        c->p = &x; /* WARN "is stored in '\*c'" */
    look(&x);
    if (flags & MORE)
        c->p = 0;
}

void good_same_flag_in_memory(struct ctx *c)
{
    int x = 0;
    if (c->n & OWN)
        c->p = &x;
    look(&x);
    if (c->n & OWN)
        c->p = 0;
}

void bad_flag_in_memory_changed(struct ctx *c)
{
    int x = 0;
    if (c->n & OWN)
        c->p = &x; /* WARN "is stored in '\*c'" */
    c->n = number();
    if (c->n & OWN)
        c->p = 0;
}

static int verbose;

void good_same_setting(struct ctx *c)
{
    int x = 0;
    if (verbose)
        c->p = &x;
    look(&x);
    if (verbose)
        c->p = 0;
}

char *good_large_ones_are_copied(struct ctx *c, long n, long max, char *big)
{
    char small[16] = "", *p = n > max ? big : small;
    look((int *)p);
    if (n <= max)
        return 0;
    c->n = (int)n;
    return p;
}

char *bad_small_ones_are_not(struct ctx *c, long n, long max, char *big)
{
    char small[16] = "", *p = n > max ? big : small;
    look((int *)p);
    if (max < n)
        return 0;
    c->n = (int)n;
    return p; /* WARN "'small' is returned" */
}

int *good_first_time_only(int *q, int n)
{
    int x = 0, *p = &x, first = 1;
    for (int i = 0; i < n; i++) {
        if (first)
            p = q;
        first = 0;
    }
    if (n > 0)
        return p;
    return q;
}

char *digits(char **);
int use(const char *);
static char *convert(char **argp, char *buf)
{
    *buf = (char)digits(argp)[0];
    return buf;
}
/* What was saved was there: the check asks whether anything was saved. */
int good_saved_and_put_back(char **argp, int digit)
{
    char buf[80];
    char *arg = *argp, *save = 0;
    int n;
    arg++;
    if (digit) {
        char *t = convert(&arg, buf);
        save = arg;
        arg = t;
    }
    n = use(arg);
    if (save != 0)
        arg = save;
    *argp = arg;
    return n;
}

int bad_saved_not_put_back(char **argp, int digit)
{
    char buf[80];
    char *arg = *argp, *save = 0;
    int n;
    if (digit) {
        char *t = convert(&arg, buf);
        save = arg;
        arg = t;
    }
    n = use(arg);
    if (save == 0)
        return 0;
    *argp = arg; /* WARN "'buf' is stored in '.*', which outlives it" */
    return n;
}

/* ---- setjmp ---- */

#include <setjmp.h>

struct context {
    jmp_buf *env; /* where to go when something is thrown */
    int caught;
};

/* A block that may be entered again by its setjmp has not ended. */
void good_try(struct context *t)
{
    {
        jmp_buf *outer = t->env, env;
        t->env = &env;
        if (setjmp(env) == 0)
            look(&t->caught);
        else
            t->caught = 1;
        t->env = outer;
    }
    look(&t->caught);
}

/* ---- pointers found in memory ---- */

struct test {
    struct ctx *c;
};
void reset(struct ctx *);
void run(struct test *);

/* What reset is given may be *c. */
void good_reset_by_another_name(struct ctx *c)
{
    int x = 0;
    struct test t = {c};
    run(&t);
    c->p = &x;
    reset(t.c);
}

struct ring {
    struct ring *next;
    int *p;
};

/* The next in a ring may be the one before. */
void good_undone_by_another_name(struct ring *r)
{
    int x = 0;
    r->p = &x;
    look(&x);
    r->next->p = 0;
}

static void forget(struct ring *r)
{
    r->p = 0;
}

void good_undone_by_a_call(struct ring *r)
{
    int x = 0;
    r->p = &x;
    look(&x);
    forget(r->next);
}

/* ---- numbers kept in memory ---- */

/* The handler is skipped exactly if nothing was caught. */
void good_caught(struct ctx *c, struct context *t)
{
    int x = 0;
    if (number()) {
        c->p = &x;
        look(&x);
        t->caught = 1;
    } else {
        t->caught = 0;
    }
    if (t->caught)
        c->p = 0;
}

void bad_not_caught(struct ctx *c, struct context *t)
{
    int x = 0;
    if (number()) {
        c->p = &x; /* WARN "is stored in '\*c'" */
        look(&x);
        t->caught = 1;
    } else {
        t->caught = 0;
    }
    if (!t->caught)
        c->p = 0;
}
