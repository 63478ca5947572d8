/* Links the runtime, announces itself as compiled code does, and never allocates: no thread, no handler, no
 * table may result. With an argument: how many pages of memory it has that no file has. NO_RUNTIME: the same without the runtime, to
 * compare with. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef NO_RUNTIME
#include "goescape.h"
#endif

static long number_in(const char *path, const char *format)
{
    char line[256];
    long n = 0;
    FILE *f = fopen(path, "r");

    while (f && fgets(line, sizeof line, f))
        sscanf(line, format, &n);
    return n;
}

int main(int argc, char **argv)
{
    struct {
        void *handler;
        unsigned long rest[3];
    } action = {0};

    (void)argv;
#ifndef NO_RUNTIME
    __goe_init(GOE_ABI_VERSION, "idle.c");
    if (argc > 5) /* never: links the allocator */
        goe_alloc(1);
#endif
    if (argc > 1) {
        printf("%ld\n", number_in("/proc/self/smaps_rollup", "Anonymous: %ld") / 4);
        return 0;
    }
    syscall(SYS_rt_sigaction, 33, NULL, &action, 8);
    /* A parent may have left the signal ignored. */
    int idle = number_in("/proc/self/status", "Threads: %ld") == 1 &&
               (!action.handler || action.handler == (void *)SIG_IGN);
    puts(idle ? "ok" : "not idle");
    return 0;
}
