/* Closures made in a loop: a variable declared in the body is captured an iteration at a time, one
 * declared outside is shared by all.
 */
#include <stdio.h>

typedef int adder(int);

int main(void)
{
    adder *add[3];
    int calls = 0;

    for (int i = 0; i < 3; i++) {
        int by = 10 * i;
        int f(int x)
        {
            calls++;
            return x + by;
        }

        add[i] = f;
    }
    for (int i = 0; i < 3; i++)
        printf("%d ", add[i](1));
    printf("in %d calls\n", calls);
    return 0;
}
