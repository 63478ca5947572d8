/* Compound literals: unnamed variables of the enclosing block. */
#include "run.h"

struct point { int x, y; };
struct shape { const char *name; struct point *corner; int n; };
struct list { int head; struct list *tail; };

static int *scalar(int v) { return &(int){v}; }
static struct point *point(int x, int y) { return &(struct point){x, y}; }
static int *array(int n) { return (int[]){n, n + 1, n + 2}; }
static struct shape *nested(void)
{
    return &(struct shape){"triangle", (struct point[]){{0, 0}, {4, 0}, {0, 3}}, 3};
}
static struct list *cons(int h, struct list *t) { return &(struct list){h, t}; }
static struct point *as_argument_kept;
static void keep(struct point *p) { as_argument_kept = p; }
static void as_argument(void) { keep(&(struct point){8, 9}); }
static struct point *chosen(int c) { return c ? &(struct point){1, 1} : &(struct point){2, 2}; }
static const char *text(void) { return (char[]){"text"}; }
static int *element(void) { return &(int[]){5, 6, 7}[1]; }
static int *member(void) { return &(struct point){10, 11}.y; }

int main(void)
{
    int *a = scalar(1), *b = scalar(2);
    struct point *p = point(3, 4), *q = point(5, 6), *each[4];
    int *arr = array(7);
    struct shape *s = nested();
    struct list *l = cons(1, cons(2, cons(3, NULL)));
    struct point *c1 = chosen(1), *c0 = chosen(0);
    const char *t = text();
    int *el = element(), *me = member();

    as_argument();
    for (int i = 0; i < 4; i++)
        each[i] = &(struct point){i, i * i};
    clobber();
    printf("%d %d %d,%d %d,%d\n", *a, *b, p->x, p->y, q->x, q->y);
    printf("%d %d %d\n", arr[0], arr[1], arr[2]);
    printf("%s %d: %d,%d %d,%d\n", s->name, s->n, s->corner[1].x, s->corner[1].y, s->corner[2].x,
           s->corner[2].y);
    for (; l; l = l->tail)
        printf("%d%c", l->head, l->tail ? ' ' : '\n');
    printf("%d,%d %d %d %s %d %d\n", as_argument_kept->x, as_argument_kept->y, c1->x, c0->x, t, *el,
           *me);
    for (int i = 0; i < 4; i++)
        printf("%d,%d%c", each[i]->x, each[i]->y, i < 3 ? ' ' : '\n');
    return 0;
}
