/* Structs passed and returned by value that carry addresses. */
#include "run.h"

struct ref { int *p; };
struct two { struct ref a, b; };
struct many { int n; int *p[3]; };
union either { int *p; long l; };

static struct ref make(int v) { int x = v; struct ref r = {&x}; return r; }
static struct two both(void) { int x = 1, y = 2; return (struct two){{&x}, {&y}}; }
static struct many several(void)
{
    struct many m = {3};

    for (int i = 0; i < 3; i++) {
        int x = 30 + i;

        m.p[i] = &x;
    }
    return m;
}
static union either one(void) { int x = 4; union either e = {&x}; return e; }
static struct ref pass(struct ref r) { return r; }
static struct ref passed(void) { int x = 5; return pass((struct ref){&x}); }
static struct ref kept;
static void keep(struct two t) { kept = t.b; }
static void keeps(void) { int x = 6, y = 7; keep((struct two){{&x}, {&y}}); }
static struct two swapped(struct two t) { return (struct two){t.b, t.a}; }
static struct ref assigned(void)
{
    int x = 8;
    struct ref r = {&x}, s, array[2];

    s = r;
    array[1] = s;
    return array[1];
}
static int local_only(void) { int x = 9; struct ref r = pass((struct ref){&x}); return *r.p; }

int main(void)
{
    struct ref r = make(10), s = make(11), p = passed(), as = assigned();
    struct two t = both(), u = swapped(t);
    struct many m = several();
    union either e = one();

    keeps();
    clobber();
    printf("%d %d\n", *r.p, *s.p);
    printf("%d %d %d %d\n", *t.a.p, *t.b.p, *u.a.p, *u.b.p);
    printf("%d %d %d\n", *m.p[0], *m.p[1], *m.p[2]);
    printf("%d %d %d %d %d\n", *e.p, *p.p, *kept.p, *as.p, local_only());
    return 0;
}
