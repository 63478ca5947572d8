/* A counter: the nested function is all that is left of its parent.
 *
 * `n` is captured by `next`, which is returned: both outlive `counter`. Each call of `counter` has
 * an `n` of its own.
 */
#include <stdio.h>

typedef int generator(void);

static generator *counter(int from)
{
    int n = from;
    int next(void) { return n++; }

    return next;
}

int main(void)
{
    generator *a = counter(0), *b = counter(100);

    printf("%d ", a());
    printf("%d ", a());
    printf("%d ", b());
    printf("%d\n", a());
    return 0;
}
