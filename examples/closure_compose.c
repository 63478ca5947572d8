/* Functions that make functions: what a closure captures may itself be a closure. */
#include <stdio.h>

typedef int function(int);

static function *compose(function *f, function *g)
{
    int both(int x) { return f(g(x)); }

    return both;
}

static function *times(int k)
{
    int f(int x) { return k * x; }

    return f;
}

static int increment(int x)
{
    return x + 1;
}

int main(void)
{
    function *f = compose(times(3), compose(increment, times(10)));

    printf("%d %d\n", f(0), f(4));
    return 0;
}
