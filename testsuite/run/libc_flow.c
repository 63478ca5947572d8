/* Addresses that libc hands back or keeps. */
#include "run.h"
#include <search.h>
#include <ctype.h>

static char *found(void) { char b[] = "a=b"; return strchr(b, '='); }
static char *copied(const char *s) { char b[32]; return strcpy(b, s); }
static char *joined(void) { char b[32] = "one"; return strcat(b, "two"); }
static char *set(void) { char b[8]; memset(b, 0, sizeof b); return memset(b, 'x', 3); }
static char *token(void) { char b[] = "first,second"; strtok(b, ","); return strtok(NULL, ","); }
static char *number_end(long *n) { char b[] = "123rest", *end; *n = strtol(b, &end, 10); return end; }
static char *printed(int n) { char b[16]; sprintf(b, "<%d>", n); return b; }
static int *searched(int key)
{
    int a[] = {1, 3, 5, 7, 9};
    int compare(const void *x, const void *y) { return *(const int *)x - *(const int *)y; }

    return bsearch(&key, a, 5, sizeof *a, compare);
}
static int sorted(void)
{
    int a[] = {3, 1, 2};
    int compare(const void *x, const void *y) { return *(const int *)x - *(const int *)y; }

    qsort(a, 3, sizeof *a, compare);
    return a[0] * 100 + a[1] * 10 + a[2];
}

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void *root;
static void insert(int v) { int x = v; tsearch(&x, &root, by_value); }
static int count, total;
static void visit(const void *node, VISIT v, int depth)
{
    (void)depth;
    if (v == postorder || v == leaf) {
        count++;
        total += **(int *const *)node;
    }
}

static void at_exit(int status, void *arg) { printf("on exit: %d, status %d\n", *(int *)arg, status); }
static void register_exit(void) { int x = 99; on_exit(at_exit, &x); }

static char *environment(void)
{
    char entry[] = "GOE_TEST=kept";

    putenv(entry);
    return NULL;
}

int main(void)
{
    long n;
    char *f = found(), *c = copied("copied"), *j = joined(), *s = set(), *t = token(), *e = number_end(&n);
    char *p = printed(5), *q = printed(66);
    int *se = searched(7);

    for (int i = 0; i < 20; i++)
        insert(i * 7 % 20);
    register_exit();
    environment();
    clobber();
    printf("%s %s %s %.3s %s %s %ld\n", f, c, j, s, t, e, n);
    printf("%s %s %d %d\n", p, q, *se, sorted());
    twalk(root, visit);
    printf("%d %d %s\n", count, total, getenv("GOE_TEST"));
    return 0;
}
