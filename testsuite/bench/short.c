/* Objects that die at once. usage: short BYTES; prints ns of CPU for each object. */
#include "bench.h"

enum { N = 50000000 };

static char *volatile sink;

#ifdef MALLOC
#define LOOP(bytes)                                                                                \
    for (int i = 0; i < N; i++) {                                                                  \
        sink = malloc(bytes);                                                                      \
        *(volatile char *)sink = 1;                                                                \
        free(sink);                                                                                \
    }
#else
#define LOOP(bytes)                                                                                \
    static const struct __goe_type type##bytes = {bytes, 8, (bytes) > 64 ? 0 : 2, NULL};           \
    for (int i = 0; i < N; i++) {                                                                  \
        sink = NEW(type##bytes, char);                                                           \
        *(volatile char *)sink = 1;                                                                \
    }
#endif

int main(int argc, char **argv)
{
    int bytes = argc > 1 ? atoi(argv[1]) : 16;
    double start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);

    if (bytes == 16) {
        LOOP(16)
    } else if (bytes == 64) {
        LOOP(64)
    } else {
        LOOP(256)
    }
    printf("%.2f\n", (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / N * 1e9);
    return 0;
}
