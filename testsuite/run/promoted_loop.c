/* Blocks that go on the stack, reached by induction variables: ivopts makes their addresses anew. */
#include <stdio.h>
#include <stdlib.h>

enum { N = 32 };

__attribute__((noinline)) static void multiply(float **a, float **b, float *c, int n, int m, int l)
{
    for (int i = 0; i < l; i++)
        for (int j = 0; j < n; j++)
            for (int k = 0; k < m; k++)
                c[i] += a[i][k] * b[k][j];
}

int main(void)
{
    float **a = malloc(N * sizeof *a), **b = malloc(N * sizeof *b), *c = malloc(N * sizeof *c);
    for (int i = 0; i < N; i++) {
        a[i] = malloc(N * sizeof **a);
        b[i] = malloc(N * sizeof **b);
    }
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = 2;
            b[i][j] = 1.5;
        }
        c[i] = 0;
    }
    multiply(a, b, c, N, N, N);
    int wrong = 0;
    for (int i = 0; i < N; i++)
        wrong += c[i] != 3 * N * N;
    printf("%d wrong\n", wrong);
    return 0;
}
