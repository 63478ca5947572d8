/* Variable-length arrays and alloca: memory of the frame, sized at run time. */
#include "run.h"
#include <alloca.h>

static int *vla(int n) { int a[n]; for (int i = 0; i < n; i++) a[i] = i; return a; }
static char *text(const char *s) { char a[strlen(s) + 1]; strcpy(a, s); return a; }
static int **pointers(int n)
{
    int *a[n];

    for (int i = 0; i < n; i++) {
        int x = 10 * i;

        a[i] = &x;
    }
    return a;
}
static int *from_alloca(int n)
{
    int *a = alloca(n * sizeof *a);

    for (int i = 0; i < n; i++)
        a[i] = n - i;
    return a;
}
static int *builtin(void) { int *p = __builtin_alloca(sizeof *p); *p = 77; return p; }
static int *matrix(int r, int c)
{
    int m[r][c];

    for (int i = 0; i < r; i++)
        for (int j = 0; j < c; j++)
            m[i][j] = 10 * i + j;
    return m[r - 1];
}
static int size(int n) { char a[n]; char *p = a; *p = 0; return sizeof a; }
static int used_here(int n)
{
    int a[n], sum = 0;

    for (int i = 0; i < n; i++)
        a[i] = i;
    for (int i = 0; i < n; i++)
        sum += a[i];
    return sum;
}
static int *typedefd(int n) { typedef int row[n]; row a; a[n - 1] = 5; return &a[n - 1]; }

int main(void)
{
    int *a = vla(5), *b = vla(3), **p = pointers(4), *al = from_alloca(4), *bu = builtin();
    char *s = text("some text"), *rows[3];
    int *m = matrix(3, 4), *td = typedefd(9);

    for (int i = 0; i < 3; i++) {
        char row[i + 2];

        memset(row, 'a' + i, i + 1);
        row[i + 1] = 0;
        rows[i] = row;
    }
    clobber();
    printf("%d %d %d %d\n", a[0], a[4], b[2], **p + *p[3]);
    printf("%d %d %d %s\n", al[0], al[3], *bu, s);
    printf("%d %d %d %d %d\n", m[0], m[3], size(33), used_here(100), *td);
    printf("%s %s %s\n", rows[0], rows[1], rows[2]);
    return 0;
}
