/* In a sandbox: from some time on a filter in the kernel forbids system calls, those libc makes for the collector
 * included, to all threads. No object is lost over it; where only speed depends on a call, dead ones still go; and
 * where nothing can be had, one line says so.
 *
 *     sandbox            prints ok, or what went wrong
 *     sandbox CALL       only that call
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../child.h"
#include "goescape.h"
#include "list.h"

enum need {
    COLLECTS, /* without it collections happen, and free */
    KEEPS,    /* without it the heap may grow, but keeps what lives */
    SAYS,     /* without it the process may also end, with a message */
};

static const struct {
    const char *name;
    int calls[3]; /* forbidden; -1: fewer */
    enum need need;
} kinds[] = {
    {"nothing", {-1, -1, -1}, COLLECTS},
    {"userfaultfd", {SYS_userfaultfd, -1, -1}, COLLECTS},
    {"process_vm_readv", {SYS_process_vm_readv, -1, -1}, COLLECTS},
    {"clone", {SYS_clone, 435 /* clone3 */, -1}, COLLECTS},
    {"madvise", {SYS_madvise, -1, -1}, COLLECTS},
    {"mincore", {SYS_mincore, -1, -1}, COLLECTS},
    {"readlink", {SYS_readlinkat, SYS_readlink, -1}, COLLECTS},
    {"ioctl", {SYS_ioctl, -1, -1}, COLLECTS},
    {"sched_yield", {SYS_sched_yield, SYS_nanosleep, SYS_clock_nanosleep}, COLLECTS},
    {"sigaltstack", {SYS_sigaltstack, -1, -1}, COLLECTS},
    {"mprotect", {SYS_mprotect, -1, -1}, COLLECTS},
    {"munmap", {SYS_munmap, -1, -1}, COLLECTS},
    {"lseek", {SYS_lseek, -1, -1}, COLLECTS},
    {"stat", {SYS_fstat, SYS_newfstatat, -1}, KEEPS},
    {"close", {SYS_close, -1, -1}, KEEPS},
    {"open", {SYS_openat, SYS_open, -1}, KEEPS},
    {"read", {SYS_read, -1, -1}, KEEPS},
    {"pread", {SYS_pread64, -1, -1}, KEEPS},
    {"getdents", {SYS_getdents64, -1, -1}, KEEPS},
    {"queue", {SYS_rt_tgsigqueueinfo, -1, -1}, KEEPS},
    {"sigaction", {SYS_rt_sigaction, -1, -1}, KEEPS},
    {"sigprocmask", {SYS_rt_sigprocmask, -1, -1}, KEEPS},
    {"mmap", {SYS_mmap, -1, -1}, SAYS},
};

static int forbid(const int *calls, int error)
{
    struct sock_filter code[6];
    unsigned n = 0, most = calls[0] < 0 ? 0 : calls[1] < 0 ? 1 : calls[2] < 0 ? 2 : 3;

    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < most; i++)
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i],
                                                 (unsigned char)(most - i), 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error);
    struct sock_fprog filter = {(unsigned short)n, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
}

/* ---- the program ---- */

static struct node *new_node(void)
{
    return goe_new(struct node);
}

enum { LITTLE = 500 }; /* objects, which are no reason yet to collect */

static sem_t ready, go;
static volatile int done;

static int makes_lists(int n)
{
    int right = 1;

    while (n-- > 0 && !done)
        right &= is_list(list(5000), 5000);
    return right;
}

/* Has the only pointer to a list on its stack; waits, and then allocates while others collect. */
static void *holds(void *result)
{
    struct node *volatile mine = list(LITTLE);

    sem_post(&ready);
    while (sem_wait(&go))
        ;
    return makes_lists(100000) && is_list(mine, LITTLE) ? result : NULL;
}

/* A thread that comes later. It must not get what belongs to one that could not be stopped. */
static void *comes_later(void *result)
{
    return makes_lists(100000) ? result : NULL;
}

/* early: the filter is there before the first collection, but not before the thread. */
static int program(unsigned kind, int error, int early)
{
    struct node **outside = malloc(sizeof *outside);
    struct goe_stats before, after;
    pthread_t t, later;
    void *result, *other = &ready;
    int right = 1, more = 0;

    alarm(60);
    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    pthread_create(&t, NULL, holds, &ready);
    while (sem_wait(&ready))
        ;
    if (!early)
        goe_gc();
    *outside = list(LITTLE);
    if (forbid(kinds[kind].calls, error)) {
        puts("no filters");
        return 0;
    }
    goe_stats(&before);
    sem_post(&go);
    for (int i = 0; i < 60; i++) {
        right &= makes_lists(1);
        if (i % 20 == 0)
            goe_gc();
        if (i == 0)
            more = !pthread_create(&later, NULL, comes_later, other);
    }
    goe_gc();
    goe_stats(&after);
    if (early && before.collections)
        puts("not early");
    right &= is_list(*outside, LITTLE);
    done = 1;
    pthread_join(t, &result);
    if (more)
        pthread_join(later, &other);
    if (kinds[kind].need == COLLECTS && after.freed_objects - before.freed_objects < 200000)
        puts("nothing was freed");
    puts(right && result && other ? "ok" : "lost");
    return 0;
}

/* ---- the driver ---- */

static int is_right(unsigned kind, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return !strcmp(said, "ok\n") || !strcmp(said, "no filters\n");
    return kinds[kind].need == SAYS && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
           !strncmp(said, "goescape: out of memory", 23) && strchr(said, '\n')[1] == 0;
}

struct run {
    unsigned kind;
    const char *error, *early, *options;
};

static void begin(const void *arg)
{
    const struct run *r = arg;
    char number[16];

    snprintf(number, sizeof number, "%u", r->kind);
    setenv("GOESCAPE", r->options, 1);
    execl("/proc/self/exe", "sandbox", number, r->error, r->early, (char *)NULL);
}

static int run(struct run r)
{
    int status = run_child(begin, &r);

    if (is_right(r.kind, status))
        return 1;
    printf("without %s (error %s, early %s, %s): status 0x%x, said: %s\n", kinds[r.kind].name, r.error,
           r.early, r.options, (unsigned)status, said);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"verify=1:minheap=64k",
                                          "verify=1:minheap=64k:concurrent=2"};
    int right = 1;

    if (argc == 4)
        return program((unsigned)atoi(argv[1]), atoi(argv[2]), atoi(argv[3]));
    for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (int way = 0; way < 8; way++)
            if (argc < 2 || !strcmp(argv[1], kinds[kind].name))
                right &= run((struct run){kind, way & 1 ? "1" : "38", way & 2 ? "1" : "0", options[way / 4]});
    if (right)
        puts("ok");
    return !right;
}
