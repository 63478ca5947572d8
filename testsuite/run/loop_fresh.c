/* A variable declared in a loop body is a new one in each iteration; one declared outside is shared. */
#include "run.h"

static int *p[8];

static void show(const char *what, int n)
{
    clobber();
    printf("%s:", what);
    for (int i = 0; i < n; i++)
        printf(" %d", *p[i]);
    printf("\n");
}

static void in_for(void)
{
    for (int i = 0; i < 5; i++) {
        int x = i;

        p[i] = &x;
    }
    show("for", 5);
}

static void in_while(void)
{
    int i = 0;

    while (i < 5) {
        int x = 10 * i;

        p[i++] = &x;
    }
    show("while", 5);
}

static void in_do(void)
{
    int i = 0;

    do {
        int x = 100 + i;

        p[i] = &x;
    } while (++i < 5);
    show("do", 5);
}

static void by_goto(void)
{
    int i = 0;

again:;
    {
        int x = 7 * i;

        p[i] = &x;
    }
    if (++i < 5)
        goto again;
    show("goto", 5);
}

static void outside(void)
{
    int x = 0;

    for (int i = 0; i < 3; i++) {
        x = i;
        p[i] = &x;
    }
    show("shared", 3);
}

static void header(void)
{
    int n = 0;

    for (int i = 0; i < 3; i++)
        p[n++] = &i;
    show("loop variable", 3);
}

static void nested(void)
{
    int n = 0;

    for (int i = 0; i < 2; i++) {
        int outer = 10 * i;

        for (int j = 0; j < 3; j++) {
            int inner = outer + j;

            p[n++] = j == 2 ? &outer : &inner;
        }
        outer += 5;
    }
    show("nested", 6);
}

static void with_continue(void)
{
    int n = 0;

    for (int i = 0; i < 8; i++) {
        int x = i;

        if (i % 2)
            continue;
        p[n++] = &x;
        x += 100;
        if (n == 3)
            break;
    }
    show("continue", 3);
}

static void previous(void)
{
    int *last = NULL;

    for (int i = 1; i <= 4; i++) {
        int x = i;

        if (last)
            x += *last;
        last = &x;
        p[i - 1] = last;
    }
    show("previous", 4);
}

static void without_initialiser(void)
{
    for (int i = 0; i < 4; i++) {
        int x;

        x = i;
        p[i] = &x;
        x++;
    }
    show("assigned later", 4);
}

struct link { struct link *prev; int v; };

static struct link *chain(int n)
{
    struct link *last = NULL;

    for (int i = 0; i < n; i++) {
        struct link l = {last, i};

        last = &l;
    }
    return last;
}

int main(void)
{
    in_for();
    in_while();
    in_do();
    by_goto();
    outside();
    header();
    nested();
    with_continue();
    previous();
    without_initialiser();
    for (struct link *l = chain(6); l; l = l->prev)
        printf("%d%c", l->v, l->prev ? ' ' : '\n');
    return 0;
}
