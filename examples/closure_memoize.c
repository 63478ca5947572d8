/* Memoizing: the cache is an array of the parent that the closure takes along. */
#include <stdio.h>

typedef long function(int);

static function *memoize(function *f, int *computed)
{
    long cache[64] = {0};
    long lookup(int n)
    {
        if (!cache[n]) {
            cache[n] = f(n);
            ++*computed;
        }
        return cache[n];
    }

    return lookup;
}

int main(void)
{
    int computed = 0;
    function *fib;
    long slow(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

    fib = memoize(slow, &computed);
    printf("%ld", fib(60));
    printf(" after %d computations\n", computed);
    return 0;
}
