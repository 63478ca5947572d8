/* Arrays turn into pointers, which then go anywhere. */
#include "run.h"

struct named { char name[16]; int id; };

static char *name(const char *s) { char buf[16]; strcpy(buf, s); return buf; }
static char *middle(void) { char buf[] = "hello world"; return buf + 6; }
static int *last(void) { int a[5] = {1, 2, 3, 4, 5}; return &a[4]; }
static int *end(void) { int a[3] = {6, 7, 8}; return a + 3; }
static int *row(int i) { int m[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}; return m[i]; }
static char *member(void) { struct named n = {"inside", 4}; return n.name; }
static const char **list(void) { const char *words[] = {"a", "b", "c", NULL}; return words; }
static char *find(char c) { char buf[] = "key=value"; return strchr(buf, c); }
static char *through(char *p) { return p; }
static char *chained(void) { char buf[] = "chained"; return through(through(buf)); }
static char (*whole(void))[6] { char buf[6] = "whole"; return &buf; }
static int *one_based(void) { int a[3] = {10, 20, 30}; return a - 1 + 1; }

int main(void)
{
    char *a = name("first"), *b = name("second"), *m = middle(), *me = member();
    int *l = last(), *e = end(), *r = row(1);
    const char **w = list();
    char *f = find('='), *c = chained(), (*wh)[6] = whole();
    int *ob = one_based();

    clobber();
    printf("%s %s %s %s\n", a, b, m, me);
    printf("%d %d %d %d\n", *l, e[-1], e[-3], r[2]);
    for (; *w; w++)
        printf("%s", *w);
    printf(" %s %s %s %d\n", f, c, *wh, ob[2]);
    return 0;
}
