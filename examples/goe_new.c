/* new(T) of Go is goe_new(T): a zeroed object that need not be freed.
 *
 *     Go:  p := new(int); *p = 100
 *
 * As in Go, asking for it does not decide where it lies.  The one of `local` never leaves its
 * function, so the compiler may put it on the stack; the one of `shared` is returned and does lie on
 * the heap.
 */
#include <goescape.h>
#include <stdio.h>

static int local(void)
{
    int *p = goe_new(int);

    *p += 7;
    return *p;
}

static int *shared(void)
{
    int *p = goe_new(int);

    *p = 100;
    return p;
}

int main(void)
{
    printf("local %d\n", local());
    printf("shared %d\n", *shared());
    return 0;
}
