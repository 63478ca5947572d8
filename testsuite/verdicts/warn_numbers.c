/* OPTIONS: mode=check */
/*
 * Numbers that say whether an address is still held: flags in a word, counters, tests kept in variables, the
 * answer of a function that changes nothing. Each bad_ function asks something else than its twin.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct ctx {
    int *p;
    unsigned flags;
};
extern int *g;
static int *mine;
static int level;
unsigned get(void);
bool chosen(int);
void look(const int *);

/* ---- flags ---- */

void good_another_flag_set(void)
{
    int x = 1;
    unsigned flags = get();
    if (flags & 1)
        g = &x;
    flags |= 4;
    if (flags & 1)
        g = NULL;
}

void good_another_flag_cleared(struct ctx *c)
{
    int x = 1;
    if (c->flags & 1)
        c->p = &x;
    c->flags &= ~4u;
    if (c->flags & 1)
        c->p = NULL;
}

void bad_flag_cleared(struct ctx *c)
{
    int x = 1;
    if (c->flags & 1)
        c->p = &x; /* WARN "'x' is stored in '\*c'" */
    c->flags &= ~5u;
    if (c->flags & 1)
        c->p = NULL;
}

void bad_other_flag(void)
{
    int x = 1;
    unsigned flags = get();
    if (flags & 1)
        g = &x; /* WARN "'x' is stored in 'g'" */
    flags |= 4;
    if (flags & 2)
        g = NULL;
}

/* ---- counters ---- */

void good_counted(int n)
{
    int x = 1, set = 0;
    for (int i = 0; i < n; i++) {
        if (chosen(i))
            continue;
        mine = &x;
        set++;
    }
    if (set > 0)
        mine = NULL;
}

void bad_counted(int n)
{
    int x = 1, set = 0;
    for (int i = 0; i < n; i++) {
        if (chosen(i))
            continue;
        mine = &x; /* WARN "'x' is stored in 'mine'" */
        set++;
    }
    if (set > 1)
        mine = NULL;
}

void good_index_counts(int n)
{
    int x = 1, i;
    for (i = 0; i < n; i++)
        mine = &x;
    if (i)
        mine = NULL;
}

void bad_index_counts(int n)
{
    int x = 1, i;
    for (i = 0; i < 10; i++)
        mine = &x; /* WARN "'x' is stored in 'mine'" */
    if (i > n + 10)
        mine = NULL;
}

int good_nested_calls(void)
{
    int x = 1;
    if (level++ == 0)
        mine = &x;
    look(&x);
    if (--level == 0)
        mine = NULL;
    return x;
}

int bad_nested_calls(void)
{
    int x = 1;
    if (level++ == 0)
        mine = &x; /* WARN "'x' is stored in 'mine'" */
    if (--level == 1)
        mine = NULL;
    return x;
}

/* ---- tests ---- */

void good_test_kept(int n)
{
    int x = 1;
    bool big = n > 5;
    if (big)
        g = &x;
    if (n >= 6)
        g = NULL;
}

void bad_test_kept(int n)
{
    int x = 1;
    bool big = n > 5;
    if (big)
        g = &x; /* WARN "'x' is stored in 'g'" */
    if (n >= 7)
        g = NULL;
}

void good_test_of_two(int n, int m)
{
    int x = 1;
    int less = n < m;
    if (less)
        g = &x;
    if (n < m)
        g = NULL;
}

void good_text_compared(int n)
{
    int x = 1;
    char text[10];
    snprintf(text, sizeof text, "%d", n);
    if (strcmp(text, "a") == 0)
        g = &x;
    if (!strcmp(text, "a"))
        g = NULL;
}

void bad_text_compared(int n)
{
    int x = 1;
    char text[10];
    snprintf(text, sizeof text, "%d", n);
    if (strcmp(text, "a") == 0)
        g = &x; /* WARN "'x' is stored in 'g'" */
    if (!strcmp(text, "b"))
        g = NULL;
}

/* ---- compare and swap ---- */

void good_swapped_out(struct ctx *c)
{
    int x = 1, *expected = &x;
    c->p = &x;
    __atomic_compare_exchange_n(&c->p, &expected, NULL, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

void bad_swapped_in(struct ctx *c)
{
    int x = 1, *expected = NULL;
    c->p = NULL;
    __atomic_compare_exchange_n(&c->p, &expected, /* WARN "'x' is stored in '\*c'" */
                                &x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
