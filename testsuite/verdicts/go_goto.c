/* OPTIONS: m warn=none */
/*
 * Loops made of goto: a label makes a loop only for what can come back to it.
 */
#include <goescape.h>
#include <stddef.h>

int condition(void);
int number;

/* The jump back is behind us when the object is made. */
void after_the_loop(void)
{
    int *p;
loop:
    if (condition())
        goto loop;
    p = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
    *p = 1;
}

void in_the_other_branch(void)
{
    int *p;
    if (condition()) {
    loop:
        goto loop;
    } else {
        p = goe_new(int); /* NOTE "goe_new(int) does not escape" */
    }
    *p = 1;
}

void after_an_endless_branch(void)
{
    int *p;
    if (condition()) {
    loop:
        goto loop;
    }
    p = goe_new(int); /* NOTE "goe_new(int) does not escape" */
    *p = 1;
}

void harmless_forward_jump(void)
{
    int *i;
    goto next;
next:
    i = goe_new(int); /* NOTE "goe_new(int) does not escape" */
    *i = 1;
}

/* Backward, but the old object is forgotten when the new one is made. */
void backward_jump(void)
{
    int *i;
again:
    i = goe_new(int); /* NOTE "goe_new(int) does not escape" */ /* GO: escapes to heap */
    *i = 1;
    goto again;
}

/* Backward, and the old object is compared with the new one. */
int backward_jump_chain(void)
{
    int *old = NULL;
    int *new;
again:
    new = goe_new(int); /* NOTE "goe_new(int) escapes to heap" */
    *new = old ? *old + 1 : 0;
    old = new;
    if (condition())
        goto again;
    return *old;
}

/* A variable in a block that is entered again by goto is a new one each time. */
int block_entered_again(void)
{
    int *old = NULL;
    int sum = 0;
again: {
    int x = sum; /* MOVED x */
    if (old)
        sum += *old;
    old = &x;
    x++;
    if (condition())
        goto again;
}
    return sum;
}

/* Declared before the label: the same one each time. */
int declared_before_label(void)
{
    int *old = NULL;
    int sum = 0;
    int x; /* STAYS x */
again:
    x = sum;
    if (old)
        sum += *old;
    old = &x;
    if (condition())
        goto again;
    return sum;
}

/* Two loops through one label. */
int two_ways_back(void)
{
    int *p = NULL;
    int n = 0;
again:
    if (p)
        n += *p;
    if (n > 100)
        return n;
    {
        int a = n + 1; /* EXTENDED a */
        p = &a;
        if (condition())
            goto again;
        int b = n + 2; /* EXTENDED b */
        p = &b;
        goto again;
    }
}

/* Many labels, each with a jump back: a hundred loops in one function must not take for ever. */
#define L10(n) L1(n##0) L1(n##1) L1(n##2) L1(n##3) L1(n##4) L1(n##5) L1(n##6) L1(n##7) L1(n##8) L1(n##9)
#define G10(n) G1(n##0) G1(n##1) G1(n##2) G1(n##3) G1(n##4) G1(n##5) G1(n##6) G1(n##7) G1(n##8) G1(n##9)
#define L1(n) label_##n:
#define G1(n) if (condition()) goto label_##n;
int hundred_loops(void)
{
    int x = 0; /* STAYS x */
    int *p = &x;
    L10(0) L10(1) L10(2) L10(3) L10(4) L10(5) L10(6) L10(7) L10(8) L10(9)
    *p += 1;
    G10(0) G10(1) G10(2) G10(3) G10(4) G10(5) G10(6) G10(7) G10(8) G10(9)
    return x;
}
int hundred_loops_with_object(void)
{
    int *p = NULL;
    L10(0) L10(1) L10(2) L10(3) L10(4) L10(5) L10(6) L10(7) L10(8) L10(9)
    {
        int x = p ? *p : 0; /* MOVED x */
        p = &x;
        G10(0) G10(1) G10(2) G10(3) G10(4) G10(5) G10(6) G10(7) G10(8) G10(9)
    }
    return 0;
}
