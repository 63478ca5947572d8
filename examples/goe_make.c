/* make([]T, n) of Go is goe_make(T, n): n zeroed objects in a row, without malloc's pitfalls: no cast,
 * no forgotten free, and a size that overflows stops the program with a clear message.
 *
 *     Go:  s := make([]int, 10)
 */
#include <goescape.h>
#include <stdio.h>

static int *tens(int n)
{
    int *s = goe_make(int, n);

    for (int i = 0; i < n; i++)
        s[i] = i * 10;
    return s;
}

int main(void)
{
    int *s = tens(10);

    for (int i = 0; i < 10; i++)
        printf("%d%c", s[i], i < 9 ? ' ' : '\n');
    return 0;
}
