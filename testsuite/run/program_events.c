/* A whole program in this style: a scheduler of callbacks with their data, all of it locals. */
#include "run.h"
#include "goescape.h"

typedef void action(void *data, int now);
struct event { struct event *next; int when; action *act; void *data; };

static struct event *queue;

static void at(int when, action *act, void *data)
{
    struct event e = {NULL, when, act, data}, **p = &queue;

    while (*p && (*p)->when <= when)
        p = &(*p)->next;
    e.next = *p;
    *p = &e;
}

static int run(void)
{
    int n = 0;

    while (queue) {
        struct event *e = queue;

        queue = e->next;
        e->act(e->data, e->when);
        if (++n % 16 == 0)
            goe_gc();
    }
    return n;
}

struct counter { const char *name; int left, sum; };

static void tick(void *data, int now)
{
    struct counter *c = data;

    c->sum += now;
    if (--c->left > 0)
        at(now + 10, tick, c);
    else
        printf("%s: %d at %d\n", c->name, c->sum, now);
}

static void start(const char *name, int first, int times)
{
    struct counter c = {name, times, 0};

    at(first, tick, &c);
}

struct chain { int depth; struct chain *from; };

static void deeper(void *data, int now)
{
    struct chain *up = data;
    struct chain here = {up ? up->depth + 1 : 0, up};

    if (here.depth < 20) {
        at(now + 3, deeper, &here);
    } else {
        int sum = 0;

        for (struct chain *c = &here; c; c = c->from)
            sum += c->depth;
        printf("chain: %d at %d\n", sum, now);
    }
}

int main(void)
{
    start("a", 1, 3);
    start("b", 5, 10);
    start("c", 2, 1);
    at(0, deeper, NULL);
    clobber();
    printf("%d events\n", run());
    return 0;
}
