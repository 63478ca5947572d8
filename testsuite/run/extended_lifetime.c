/* Block-locals used after their block has ended, in the same function: they live on, each apart. */
#include "run.h"

struct config { char host[16]; int port; };

static void branches(int which)
{
    const struct config *c;

    if (which) {
        struct config a = {"alpha", 1};

        c = &a;
    } else {
        struct config b = {"beta", 2};

        c = &b;
    }
    {
        struct config other = {"overwritten", 99};

        printf("%s ", other.host);
    }
    printf("%s %d\n", c->host, c->port);
}

static void siblings(void)
{
    int *p, *q, *r;

    { int x = 1; p = &x; }
    { int x = 2; q = &x; }
    { int x = 3; r = &x; }
    clobber();
    printf("%d %d %d\n", *p, *q, *r);
}

static int through_switch(int n)
{
    int *p;

    switch (n) {
    case 1: { int one = 10; p = &one; break; }
    case 2: { int two = 20; p = &two; break; }
    default: { int other = 30; p = &other; }
    }
    { volatile int z[16]; for (int i = 0; i < 16; i++) z[i] = 7; }
    return *p;
}

static void nested(void)
{
    int *p[3];

    {
        int a = 1;

        p[0] = &a;
        {
            int b = 2;

            p[1] = &b;
            {
                int c = 3;

                p[2] = &c;
            }
        }
        { int d = 50; p[0] = p[0]; d++; }
    }
    clobber();
    printf("%d %d %d\n", *p[0], *p[1], *p[2]);
}

static int literal(int c)
{
    struct config *p = NULL;

    if (c)
        p = &(struct config){"literal", 5};
    { char z[32]; memset(z, 'z', sizeof z); *(volatile char *)z; }
    return p ? p->port + (int)strlen(p->host) : -1;
}

static void in_loop(void)
{
    int sum = 0;

    for (int i = 0; i < 4; i++) {
        int *p;

        { int x = i; p = &x; }
        { int y = 100; y += i; sum += y - y; }
        sum += *p;
    }
    printf("%d\n", sum);
}

int main(void)
{
    branches(1);
    branches(0);
    siblings();
    printf("%d %d %d\n", through_switch(1), through_switch(2), through_switch(3));
    nested();
    printf("%d %d\n", literal(1), literal(0));
    in_loop();
    return 0;
}
