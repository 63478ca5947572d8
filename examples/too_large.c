/* A local that is too large for the stack.
 *
 * 64 MB do not fit into the usual 8 MB: without the plugin this program crashes on entry to `sieve`.
 * As in Go, a variable above a limit (128 KB; -fplugin-arg-goescape-large=BYTES) lies on the heap
 * even though its address goes nowhere.
 */
#include <stdio.h>
#include <string.h>

enum { LIMIT = 64 << 20 };

static int sieve(int upto)
{
    unsigned char composite[LIMIT];
    int primes = 0;

    memset(composite, 0, upto + 1);
    for (int i = 2; i <= upto; i++) {
        if (composite[i])
            continue;
        primes++;
        for (long k = (long)i * i; k <= upto; k += i)
            composite[k] = 1;
    }
    return primes;
}

int main(void)
{
    printf("%d primes up to a million\n", sieve(1000000));
    return 0;
}
