/* goe_new, goe_make and goe_alloc: zeroed, aligned, alive as long as anything points there. */
#include "run.h"
#include "goescape.h"
#include <stdint.h>

struct node { struct node *next; int v; double d; };
struct line { _Alignas(64) char c[64]; };

static struct node *push(struct node *l, int v)
{
    struct node *n = goe_new(struct node);

    if (n->next || n->v || n->d != 0)
        printf("not zeroed\n");
    n->next = l;
    n->v = v;
    n->d = v / 2.0;
    return n;
}
static int on_stack(void)
{
    int *p = goe_new(int);
    int *a = goe_make(int, 4);

    *p = 3;
    a[3] = 4;
    return *p + a[3] + a[0];
}
static int zeroed_each_time(void)
{
    int sum = 0;

    for (int i = 0; i < 10; i++) {
        int *p = goe_new(int);

        sum += *p;
        *p = 100;
    }
    return sum;
}
static char ***make(int n)
{
    char ***t = goe_make(char **, n);

    for (int i = 0; i < n; i++) {
        t[i] = goe_make(char *, i + 1);
        for (int j = 0; j <= i; j++) {
            t[i][j] = goe_make(char, 8);
            snprintf(t[i][j], 8, "%d.%d", i, j);
        }
    }
    return t;
}

int main(void)
{
    struct node *l = NULL;
    long sum = 0;
    char ***t;
    struct line *lines = goe_make(struct line, 3);
    unsigned char *raw = goe_alloc(1000);
    int *none = goe_make(int, 0);

    for (int i = 0; i < 2000; i++) {
        l = push(l, i);
        push(NULL, i);
    }
    t = make(20);
    goe_gc();
    for (struct node *n = l; n; n = n->next)
        sum += n->v;
    printf("%ld %d %d\n", sum, on_stack(), zeroed_each_time());
    printf("%s %s %s\n", t[0][0], t[7][3], t[19][19]);
    printf("%d %d\n", (int)((uintptr_t)lines % 64), (int)((uintptr_t)raw % 16));
    sum = 0;
    for (int i = 0; i < 1000; i++)
        sum += raw[i];
    printf("%ld %d\n", sum, none != NULL);
    return 0;
}
