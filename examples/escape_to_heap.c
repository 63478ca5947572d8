/* The smallest escape: an int whose address is returned.
 *
 *     Go:  func escape() *int { x := 42; return &x }       moved to heap: x
 *
 * `value` hands out a copy, so its x stays; `escape` hands out the address, so its x moves.
 */
#include <stdio.h>

static int value(void)
{
    int x = 42;
    int *p = &x;

    return *p;
}

static int *escape(void)
{
    int x = 42;

    return &x;
}

int main(void)
{
    int *p = escape();

    printf("a copy: %d\n", value());
    printf("a pointer: %d\n", *p);
    ++*p;
    printf("still ours to change: %d\n", *p);
    return 0;
}
