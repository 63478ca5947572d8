/* A struct that is returned in registers stays whole though the limit is lower than its size: what GCC keeps it in
   until the function returns is no variable of a block. */
/* OPTIONS: -fplugin-arg-goescape-large=1 */
#include "run.h"

struct three {
    unsigned a, b, c;
};
struct two {
    long a, b;
};

static __attribute__((noipa)) struct three literal(void)
{
    return (struct three){176, 52, 31};
}

static __attribute__((noipa)) struct two copied(const struct two *from)
{
    return *from;
}

static __attribute__((noipa)) struct two chosen(int n)
{
    struct two small = {n, n + 1};
    for (int i = 0; i < n; i++) {
        struct two inner = {i, -i};
        if (i == 3)
            return inner;
    }
    return small;
}

int main(void)
{
    struct three t = literal();
    struct two from = {5, 6}, u = copied(&from), v = chosen(2), w = chosen(9);
    printf("%u %u %u\n", t.a, t.b, t.c);
    printf("%ld %ld, %ld %ld, %ld %ld\n", u.a, u.b, v.a, v.b, w.a, w.b);
    return 0;
}
