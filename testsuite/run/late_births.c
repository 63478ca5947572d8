/* A variable that some ways through its block never mention gets its object where it is first mentioned: once in each
 * life, and not at all on those ways. */
#include "run.h"

#include <goescape.h>
#include <setjmp.h>

struct record {
    struct record *next;
    int value[6];
};

static struct record *kept;
static __attribute__((noipa)) void keep(struct record *r)
{
    r->next = kept;
    kept = r;
}

static __attribute__((noipa)) int on_a_rare_way(int c)
{
    struct record r;

    if (c) {
        r.value[0] = c;
        keep(&r);
    }
    return c + 1;
}

/* One object, whichever way makes it first. */
static __attribute__((noipa)) void first_here_or_there(int a, int b)
{
    struct record r;

    if (a) {
        r.value[0] = a;
        keep(&r);
    }
    if (b) {
        if (!a)
            r.value[0] = 0;
        r.value[1] = b;
        if (!a)
            keep(&r);
    }
}

/* The loop is inside of the variable's life: all rounds have the same object. */
static __attribute__((noipa)) void by_calls_in_a_loop(int n)
{
    struct record r;
    int rounds = 0;

    for (int i = 0; i < n; i++)
        if (i % 3 == 2) {
            if (!rounds++)
                keep(&r);
            memcpy(&r.value[rounds], &i, sizeof i);
        }
}

static __attribute__((noipa)) void by_stores_in_a_loop(int n)
{
    struct record r;

    if (n > 2) {
        for (int i = 0; i < n; i++)
            r.value[i] = i * n;
        keep(&r);
    }
}

/* The life is inside of the loop: each round that wants one has its own. */
static __attribute__((noipa)) void one_a_round(int n)
{
    for (int i = 0; i < n; i++) {
        struct record r;
        if (i & 1) {
            r.value[0] = 100 + i;
            keep(&r);
        }
    }
}

static __attribute__((noipa)) void left_by_goto(int n)
{
    int round = 0;
again: {
    struct record r, unused;
    if (++round < n)
        goto again; /* ends a life that had no object */
    if (n > 90)
        keep(&unused);
    r.value[0] = round;
    if (n > 1)
        keep(&r);
}
}

static __attribute__((noipa)) void by_switch(int way)
{
    struct record r;

    switch (way) {
    case 0:
        return;
    case 1:
        r.value[0] = 11;
        keep(&r);
        /* fall through */
    case 2:
        r.value[1] = 12;
        break;
    case 3:
        break;
    }
    if (way == 1)
        r.value[2] = 13;
}

/* Control comes back by longjmp: what was made in between is not forgotten. */
static jmp_buf back;
static __attribute__((noipa)) void comes_back(int c)
{
    struct record r;
    volatile int times = 0;

    if (setjmp(back) == 0 && !c)
        return;
    times++;
    r.value[times] = times;
    if (times == 1)
        keep(&r);
    if (times < 3)
        longjmp(back, 1);
}

static uint64_t objects(void)
{
    struct goe_stats s;

    goe_stats(&s);
    return s.allocated_objects;
}

static int sum_of(const struct record *r, int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++)
        sum = sum * 7 + r->value[i];
    return sum;
}

int main(void)
{
    int count = 0, sum = 0;
    uint64_t before = objects();

    for (int i = 0; i < 1000; i++)
        sum += on_a_rare_way(i == 500);
    uint64_t made = objects() - before;
#ifdef __OPTIMIZE__
    printf("%d %s\n", sum, made == 1 ? "one object" : "too many");
#else
    printf("%d %s\n", sum, made == 1000 ? "one object" : "not one a call");
#endif
    clobber();
    printf("rare %d\n", kept->value[0]);
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            first_here_or_there(a, b * 5);
            if (a | b)
                printf("%d", kept->value[0] * 10 + (b ? kept->value[1] : 0));
        }
    printf("\n");
    by_calls_in_a_loop(1);
    by_calls_in_a_loop(15);
    clobber();
    printf("calls %d\n", sum_of(kept, 6) - kept->value[0] * 7 * 7 * 7 * 7 * 7);
    by_stores_in_a_loop(2);
    by_stores_in_a_loop(6);
    clobber();
    printf("stores %d\n", sum_of(kept, 6));
    one_a_round(6);
    clobber();
    printf("rounds %d %d %d\n", kept->value[0], kept->next->value[0], kept->next->next->value[0]);
    left_by_goto(1);
    left_by_goto(5);
    printf("goto %d\n", kept->value[0]);
    for (int way = 0; way < 4; way++)
        by_switch(way);
    printf("switch %d %d %d\n", kept->value[0], kept->value[1], kept->value[2]);
    comes_back(0);
    comes_back(1);
    clobber();
    printf("setjmp %d %d %d\n", kept->value[1], kept->value[2], kept->value[3]);
    for (; kept; kept = kept->next)
        count++;
    printf("%d kept\n", count);
    return 0;
}
