/* OPTIONS: m warn=none */
/*
 * Stores that are undone: an address put into memory that outlives the call, and always taken out again
 * before the return, does not make its variable move; unless somebody makes more of it meanwhile.
 */
#include <goescape.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

struct ctx {
    int *current;
    struct ctx *up;
    int depth;
};

int *cur;
int *last;
int **twice;
volatile int *volatile watched;
static int *hidden;
struct ctx global_ctx;
int number;
int condition(void);
void unknown(void);

/* What works meanwhile. */
static void reads_current(void) { number += *cur; }
static void keeps_current(void) { last = cur; }
static int *gives_current(void) { return cur; }
static void reads_context(struct ctx *c) { number += *c->current; } /* STAYS c */
static void sets_through_current(int *p) { *twice = p; } /* LEAKS p */
static void clears(void) { cur = 0; }
static void clears_maybe(void) { if (condition()) cur = 0; }
static void replaces(int *p) { cur = p; } /* LEAKS p */
static void clears_context(struct ctx *c) { c->current = 0; } /* STAYS c */
static void saves_and_restores(void)
{
    int *saved = cur;
    cur = 0;
    number++;
    cur = saved;
}

void set_and_cleared(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    cur = &x;
    reads_current();
    cur = 0;
}

void set_and_restored(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int *saved = cur;
    cur = &x;
    reads_current();
    cur = saved;
}

void read_here(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    cur = &x;
    int *p = cur;
    *p += 1;
    cur = 0;
}

int *read_here_and_returned(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    int *p = cur;
    cur = 0;
    return p;
}

void kept_by_a_callee(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    keeps_current();
    cur = 0;
}

int given_by_a_callee(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    cur = &x;
    int *p = gives_current();
    cur = 0;
    return *p;
}

int *given_by_a_callee_and_returned(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    int *p = gives_current();
    cur = 0;
    return p;
}

void saved_by_a_callee(void)
{
    int x = 1; /* BAD MOVED x: what a callee puts back counts as kept */
    cur = &x;
    saves_and_restores();
    cur = 0;
}

/* What is stored through the address meanwhile. */
int *stored_behind_the_back(void)
{
    int x = 1; /* MOVED x */
    int *p = 0; /* BAD MOVED p: what is stored through an address that was stored for a while is not followed */
    twice = &p;
    sets_through_current(&x);
    twice = 0;
    return p;
}

/* A chain of objects hangs on the place. */
void chain_hung_up(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    struct ctx inner = {&x, 0, 0}; /* STAYS inner */ /* GO: MOVED inner */
    struct ctx outer = {0, &inner, 1}; /* STAYS outer */ /* GO: MOVED outer */
    struct ctx *saved = global_ctx.up;
    global_ctx.up = &outer;
    reads_context(global_ctx.up->up);
    global_ctx.up = saved;
}

/* Code that is not seen may do anything with what it can reach. */
void unknown_called(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    unknown();
    cur = 0;
}

void unknown_called_before_and_after(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    unknown();
    cur = &x;
    reads_current();
    cur = 0;
    unknown();
}

void library_called(const char *text) /* STAYS text */
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    cur = &x;
    number += (int)strlen(text);
    cur = 0;
}

void read_from_a_pipe(char *to) /* STAYS to */
{
    int x = 1; /* MOVED x */
    cur = &x;
    if (read(0, to, 1) < 0)
        number++;
    cur = 0;
}

/* Bytes may be those of a pointer. */
void copied_meanwhile(char *to, const char *src) /* STAYS to */ /* STAYS src */
{
    int x = 1; /* MOVED x */
    cur = &x;
    memcpy(to, src, strlen(src));
    cur = 0;
}

void asm_meanwhile(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    __asm__ volatile("" ::: "memory");
    cur = 0;
}

void volatile_place(void)
{
    volatile int x = 1; /* MOVED x */
    watched = &x;
    number++;
    watched = 0;
}

_Atomic int flag;
void waits_for_a_thread(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    while (!flag)
        ;
    cur = 0;
}

jmp_buf env;
void comes_back_twice(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    if (setjmp(env))
        return;
    cur = 0;
}

/* On every way. */
void one_way_forgets(int c)
{
    int x = 1; /* MOVED x */
    cur = &x;
    if (c)
        return;
    cur = 0;
}

void every_way_clears(int c)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    cur = &x;
    if (c) {
        cur = 0;
        return;
    }
    reads_current();
    cur = 0;
}

void cleared_before_only(void)
{
    int x = 1; /* MOVED x */
    cur = 0;
    cur = &x;
}

void cleared_in_a_loop(int n)
{
    int x = 1; /* MOVED x */
    cur = &x;
    while (n--)
        cur = 0;
}

void another_word_cleared(void)
{
    struct ctx up = {0, 0, 0}; /* MOVED up */
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    global_ctx = (struct ctx){&x, &up, 0};
    number++;
    global_ctx.current = 0;
}

void whole_cleared(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    global_ctx.current = &x;
    number++;
    global_ctx = (struct ctx){0};
}

/* Cleared by callees. */
void cleared_by_a_callee(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    cur = &x;
    clears();
}

void cleared_by_a_callee_perhaps(void)
{
    int x = 1; /* MOVED x */
    cur = &x;
    clears_maybe();
}

void replaced_by_a_callee(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int y = 2; /* MOVED y */
    cur = &x;
    replaces(&y);
}

void twice_kept_by_a_callee(void)
{
    int x = 1; /* BAD MOVED x: only the function's own stores are looked at */
    replaces(&x);
    cur = 0;
}

/* In what a parameter points to. */
void parameter_set_and_cleared(struct ctx *c) /* STAYS c */
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    c->current = &x;
    reads_context(c);
    c->current = 0;
}

void parameter_set_and_restored(struct ctx *c) /* STAYS c */
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    int *saved = c->current;
    c->current = &x;
    reads_context(c);
    c->current = saved;
}

void parameter_cleared_by_a_callee(struct ctx *c) /* STAYS c */
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    c->current = &x;
    clears_context(c);
}

void another_parameter_cleared(struct ctx *c, struct ctx *d) /* STAYS c */ /* STAYS d */
{
    int x = 1; /* MOVED x */
    c->current = &x;
    clears_context(d);
}

void another_node_cleared(struct ctx *c) /* STAYS c */
{
    int x = 1; /* MOVED x */
    while (c) {
        c->current = &x;
        c = c->up;
        if (c)
            c->current = 0;
    }
}

int *other_parameter_read(struct ctx *c, struct ctx *d) /* STAYS c */ /* LEAKS d TO RESULT 1 */
{
    int x = 1; /* MOVED x */
    c->current = &x;
    int *p = d->current;
    c->current = 0;
    return p;
}

/* What a function does for a while with its parameter is none of its caller's business. */
static void borrow(int *p) /* STAYS p */ /* GO: LEAKS p */
{
    cur = p;
    reads_current();
    cur = 0;
}
void borrowed(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    borrow(&x);
}
static void push(struct ctx *c, int *p) { c->current = p; } /* STAYS c */ /* LEAKS p TO c 0 */ /* GO: LEAKS p */
void pushed_and_popped(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    struct ctx c = {0}; /* STAYS c */
    push(&c, &x);
    reads_context(&c);
    clears_context(&c);
}

/* Births and deaths meanwhile. */
void block_ends_meanwhile(void)
{
    {
        int x = 1; /* MOVED x */
        cur = &x;
    }
    reads_current();
    cur = 0;
}

void block_ends_after(void)
{
    {
        int x = 1; /* STAYS x */ /* GO: MOVED x */
        cur = &x;
        reads_current();
        cur = 0;
    }
    number++;
}

void born_again_meanwhile(int n)
{
    for (int i = 0; i < n; i++) {
        int x = i; /* MOVED x */
        if (cur)
            number += *cur;
        cur = &x;
    }
    cur = 0;
}

void each_time_cleared(int n)
{
    for (int i = 0; i < n; i++) {
        int x = i; /* STAYS x */ /* GO: MOVED x */
        cur = &x;
        reads_current();
        cur = 0;
    }
}

/* Only this function knows the place. */
int *place_nobody_points_to(int **p) /* LEAKS p TO RESULT 1 */
{
    int x = 1; /* BAD MOVED x: a load through any pointer may be of it */
    hidden = &x;
    int *q = *p;
    hidden = 0;
    return q;
}

/* Recursion: each activation hangs itself up, and takes itself down. */
static struct ctx *top;
static int depth_of(void) /* nothing */
{
    int n = 0;
    for (struct ctx *c = top; c; c = c->up)
        n++;
    return n;
}
void recursive(int n)
{
    struct ctx here = {0}; /* BAD MOVED here: what is saved of a caller's, to be put back, is not told from what is kept */ /* GO: MOVED here */
    here.up = top;
    top = &here;
    if (n)
        recursive(n - 1);
    number += depth_of();
    top = here.up;
}

/* A nested function that leaves by a jump skips what would have undone the store. */
int jumped_over(int n)
{
    __label__ out;
    void leave(void) { if (n) goto out; } /* NOTE "func literal does not escape" */
    void hang_up(void) /* NOTE "func literal does not escape" */
    {
        int y = 1; /* MOVED y */
        cur = &y;
        leave();
        cur = 0;
    }
    hang_up();
out:
    return n;
}

/* Who keeps may be far down: what a callee of a callee stores where the address leads. */
struct knot {
    struct knot *self, *other;
};
static struct knot *knot;
static void tie(void)
{
    struct knot *k = knot;
    k->self = k;
}
static void tie_below(void) { tie(); }
static void tie_deep(int n)
{
    if (n)
        tie_deep(n - 1);
    else
        tie_below();
}
struct knot *tied(void)
{
    struct knot x = {0}; /* MOVED x */
    knot = &x;
    tie();
    knot = 0;
    return x.self;
}
struct knot *tied_below(void)
{
    struct knot x = {0}; /* MOVED x */
    knot = &x;
    tie_below();
    knot = 0;
    return x.self;
}
struct knot *tied_deep(int n)
{
    struct knot x = {0}; /* MOVED x */
    knot = &x;
    tie_deep(n);
    knot = 0;
    return x.self;
}

/* What others can reach is one of our own objects all the same: a store for a while through a pointer of theirs may be
 * into that, and is seen where it is read. */
struct ctx *shown;
void into_what_is_shown(void)
{
    struct ctx c = {0}; /* MOVED c */
    int x = 0; /* MOVED x */
    shown = &c;
    struct ctx *r = shown;
    r->current = &x;
    last = c.current;
    r->current = 0;
}
void into_what_is_shown_by_pointer(void)
{
    struct ctx c = {0}, *p = &c; /* MOVED c */
    int x = 0; /* MOVED x */
    shown = p;
    struct ctx *r = shown;
    r->current = &x;
    last = p->current;
    r->current = 0;
}
void into_a_copy_of_what_is_shown(void)
{
    struct ctx c = {0}; /* MOVED c */
    int x = 0; /* MOVED x */
    shown = &c;
    struct ctx *r = shown;
    r->current = &x;
    global_ctx = c;
    r->current = 0;
}
