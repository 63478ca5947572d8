/* GNU C: statement expressions, cleanup, typeof, nested functions that are only called, asm, labels. */
#include "run.h"

static int *statement(int v) { return ({ int x = v; &x; }); }
#define NEW(T, ...) ({ T new_ = __VA_ARGS__; &new_; })
struct point { int x, y; };

static void say(int **p) { printf("cleaning %d\n", **p); }
static int *cleaned(void)
{
    int x = 1;
    __attribute__((cleanup(say))) int *first = &x;
    int y = 2;
    __attribute__((cleanup(say))) int *second = &y;

    x += 10;
    return second;
}
static void out_of(int *p) { *p += 1000; }
static int *cleaned_itself(void)
{
    __attribute__((cleanup(out_of))) int x = 5;

    return &x;
}
static int *by_asm(void)
{
    int x = 3, y;

    __asm__("" : "+m"(x));
    __asm__("movl %1, %0" : "=r"(y) : "m"(x));
    y++;
    x += y;
    return &x;
}
static int sum_to(int n)
{
    int total = 0;

    void add(int i) { total += i; }
    for (int i = 1; i <= n; i++)
        add(i);
    return total;
}
static int by_address(const int *a, int n)
{
    int least = a[0];

    void look(int i) { if (a[i] < least) least = a[i]; }
    void each(void (*f)(int)) { for (int i = 0; i < n; i++) f(i); }
    each(look);
    return least;
}
static int *leaked;
static void leak_inside(void)
{
    int outer = 4;

    void inner(void) { int mine = outer + 1; leaked = &mine; }
    inner();
}
static int *auto_typed(void) { __auto_type x = 6; __typeof__(x) y = x + 1; return &y; }
static int *ranges(int n) { int x; switch (n) { case 0 ... 9: x = 1; break; default: x = 2; } return &x; }
static int *elvis(int *p) { int x = 8; return p ?: &x; }

int main(void)
{
    int *a = statement(1), *b = statement(2), three = 3;
    struct point *p = NEW(struct point, {3, 4}), *q = NEW(struct point, {5, 6});
    int *c = cleaned(), *ci, *d = by_asm(), *f = auto_typed();

    ci = cleaned_itself();
    leak_inside();
    clobber();
    printf("%d %d %d,%d %d,%d\n", *a, *b, p->x, p->y, q->x, q->y);
    printf("%d %d %d\n", *c, *ci, *d);
    printf("%d %d %d\n", sum_to(10), by_address((int[]){5, 3, 9}, 3), *leaked);
    printf("%d %d %d %d %d\n", *f, *ranges(5), *ranges(50), *elvis(NULL), *elvis(&three));
    return 0;
}
