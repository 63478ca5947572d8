/* A block-local is a new variable in each iteration.
 *
 *     Go:  for i := 0; i < 5; i++ { n := i * i; s = append(s, &n) }
 *
 * `square` is declared in the loop body and its address lives on into the next iteration, so every
 * iteration gets an object of its own.  In plain C all five pointers would be the same.
 */
#include <stdio.h>

int main(void)
{
    int *squares[5];

    for (int i = 0; i < 5; i++) {
        int square = i * i;

        squares[i] = &square;
    }
    for (int i = 0; i < 5; i++)
        printf("%d%c", *squares[i], i < 4 ? ' ' : '\n');
    return 0;
}
