/* Taking an address is no reason to leave the stack.
 *
 *     Go:  func inc(p *int) { *p++ }        p does not escape
 *
 * The compiler asks where the address goes.  `inc` uses its pointer and forgets it, `swap` too, so
 * the variables of main stay where C has always put them, and nothing is allocated at all.
 */
#include <stdio.h>

static void inc(int *p)
{
    ++*p;
}

static void swap(int *a, int *b)
{
    int old = *a;

    *a = *b;
    *b = old;
}

int main(void)
{
    int x = 1;
    int y = 10;

    inc(&x);
    swap(&x, &y);
    printf("x = %d, y = %d\n", x, y);
    return 0;
}
