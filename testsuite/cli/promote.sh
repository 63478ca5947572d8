# promote=all, for testing: blocks of any size go on the stack as long as there is room, and the program
# does what it did.
. testsuite/cli/lib
cat >"$TMP/p.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct node { struct node *next; long v; };
static int *kept;
__attribute__((noinline)) static long sum(size_t n)
{
    long *a = malloc(n * sizeof *a), s = 0;
    if (!a)
        return -1;
    for (size_t i = 0; i < n; i++)
        a[i] = i;
    for (size_t i = 0; i < n; i++)
        s += a[i];
    free(a);
    return s;
}
/* More in all than any stack has. */
__attribute__((noinline)) static long loop(int n)
{
    long s = 0;
    for (int i = 0; i < n; i++) {
        char *p = malloc(1000 + i % 100);
        strcpy(p, "hello");
        s += p[i % 5];
        free(p);
    }
    return s;
}
__attribute__((noinline)) static long deep(int n)
{
    char *p = malloc(n);
    memset(p, 1, n);
    long s = p[n - 1] + (n > 1 ? deep(n - 1) : 0);
    free(p);
    return s;
}
__attribute__((noinline)) static void keep(int n)
{
    int *p = malloc(n * sizeof *p);
    *p = n;
    kept = p;
}
__attribute__((noinline)) static struct node *list(int n)
{
    struct node *all = NULL;
    while (n--) {
        struct node *one = malloc(sizeof *one + n % 2);
        *one = (struct node){all, n};
        all = one;
    }
    return all;
}
int main(void)
{
    struct node *all = list(100);
    long s = 0;
    keep(7);
    for (; all; all = all->next)
        s += all->v;
    printf("%ld %ld %ld %ld %ld %d %ld\n", sum(0), sum(10), sum(3000000), loop(100000), deep(1000), *kept, s);
    return 0;
}
END
says 'what does not escape is on the stack' 0 'p.c:8:15: note: malloc\(.*\) moved to stack' \
    "$GCC" "$plug" $arg-promote=all $arg-m -fdiagnostics-plain-output -S "$TMP/p.c" -o "$TMP/p.s"
says 'what escapes is not' 0 'p.c:40:14: note: malloc\(.*\) escapes to heap' \
    "$GCC" "$plug" $arg-promote=all $arg-m -fdiagnostics-plain-output -S "$TMP/p.c" -o "$TMP/p.s"
says 'without it the size must be known' 0 'p.c:8:15: note: malloc\(.*\) does not escape' \
    "$GCC" "$plug" $arg-m -fdiagnostics-plain-output -S "$TMP/p.c" -o "$TMP/p.s"
for level in -O0 -O1 -O2 -O3 '-O2 -flto' '-O1 -g'; do
    # shellcheck disable=SC2086
    check "builds at $level" "$GCC" $level -w "$plug" $arg-promote=all "$TMP/p.c" -o "$TMP/p" \
        "$BUILD/libgoescape.a" -pthread
    says "runs at $level" 0 '^0 45 4499998500000 10640000 1000 7 4950$' "$TMP/p"
done
