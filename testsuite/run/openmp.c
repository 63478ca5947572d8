/* OPTIONS: -fopenmp -fplugin-arg-goescape-warn=none */
/* Variables of threads and tasks that others see when those are gone. */
#include "run.h"

int main(void)
{
    int *last = 0, *all[64], *tasks[4];
    int sum = 0;

#pragma omp parallel num_threads(2)
    {
        int own = 7;
#pragma omp single
        last = &own;
    }
    clobber();
    printf("%d\n", *last);

#pragma omp parallel for num_threads(4) schedule(dynamic)
    for (int i = 0; i < 64; i++) {
        int own = i;
        all[i] = &own;
    }
    clobber();
    for (int i = 0; i < 64; i++)
        sum += *all[i];
    printf("%d\n", sum);

    sum = 0;
#pragma omp parallel num_threads(4)
#pragma omp single
    for (int i = 0; i < 4; i++) {
        int count = i;
        tasks[i] = &count;
#pragma omp task shared(count) /* it may run when the loop has gone on */
        count += 100;
    }
    clobber();
    for (int i = 0; i < 4; i++)
        sum += *tasks[i];
    printf("%d\n", sum);
    return 0;
}
