/* Whatever the kernel refuses, a program ends with the right result or with one line that says what is
 * missing. One small program, run again and again: each time the next call of some kind that the runtime makes
 * fails, once or from then on, until there are no more.
 *
 *     faults SHIM        prints ok or what went wrong, kind and number included; see fault_shim.c
 *     faults SHIM KIND   only that kind
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "../child.h"
#include "goescape.h"
#include "list.h"

/* ---- the program ---- */

static const uint64_t map = 1;
static const struct __goe_type node_type = {sizeof(struct node), 8, 1, &map};

static struct node *new_node(void)
{
    return __goe_new(&node_type);
}

static void *work(void *unused)
{
    struct node **outside = malloc(sizeof *outside);

    *outside = list(3000);
    for (int i = 0; i < 12; i++)
        if (!is_list(list(1500), 1500))
            return NULL;
    void *right = is_list(*outside, 3000) ? unused : NULL;
    free(outside);
    return right;
}

static void finalize(void *p, void *arg)
{
    (void)arg;
    ((struct node *)p)->value++;
}

static long closure(void)
{
    return 7;
}

static int program(void)
{
    pthread_t t;
    void *result;
    struct node **shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long (*seven)(void) = (long (*)(void))__goe_closure((void *)closure, NULL);

    alarm(60);
    *shared = list(100);
    for (int i = 0; i < 20; i++)
        goe_set_finalizer(list(1), finalize, NULL);
    pthread_create(&t, NULL, work, shared);
    int right = work(shared) != NULL;
    goe_make(char, 5000000)[4999999] = 1;
    goe_gc();
    pthread_join(t, &result);
    pid_t child = fork();
    if (child == 0) {
        goe_gc();
        _exit(work(shared) && is_list(*shared, 100) ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    goe_gc();
    if (WIFSIGNALED(status))
        abort(); /* it has said why */
    puts(right && result && status == 0 && is_list(*shared, 100) && seven() == 7 ? "ok" : "wrong");
    return 0;
}

/* ---- the driver ---- */

static const struct {
    const char *kind; /* of call */
    int error;        /* what it fails with */
} kinds[] = {
    {"mmap", ENOMEM},   {"mprotect", ENOMEM}, {"madvise", ENOMEM},
    {"thread", EAGAIN}, {"uffd", EPERM},    {"open", EMFILE},     {"read", EIO},
    {"pread", EIO},     {"list", EIO},      {"ioctl", ENOMEM},    {"queue", EAGAIN},
    {"mincore", EAGAIN}, {"vmread", EPERM}, {"fstat", EIO},       {"readlink", EACCES},
};

enum { ALL_UP_TO = 40 }; /* of the calls of a kind; then every tenth or so */

/* One run. */
struct run {
    const char *shim, *fault, *options;
    int error;
    int mark[2]; /* a pipe: it gets a byte when a call fails */
};

static void begin(const void *arg)
{
    const struct run *r = arg;
    char code[16];

    dup2(r->mark[1], 190);
    close(r->mark[0]), close(r->mark[1]);
    snprintf(code, sizeof code, "%d", r->error);
    setenv("LD_PRELOAD", r->shim, 1);
    setenv("FAULT", r->fault, 1);
    setenv("FAULT_ERROR", code, 1);
    setenv("GOESCAPE", r->options, 1);
    execl("/proc/self/exe", "faults", (char *)NULL);
}

/* Whether a call failed in it. */
static int run(struct run r, int *status)
{
    char byte;

    if (pipe(r.mark))
        abort();
    *status = run_child(begin, &r);
    close(r.mark[1]);
    int failed = read(r.mark[0], &byte, 1) == 1;
    close(r.mark[0]);
    return failed;
}

/* Takes out the lines that say for whom a collection waits where /proc does not tell the name: whether that thread
 * has ended is not to be known then either, and on a busy machine one may be late. */
static void forget_waiting(void)
{
    static const char begin[] = "goescape: a collection waits for thread ";

    for (char *line = said, *end; (end = strchr(line, '\n'));) {
        int thread, matched = 0;
        if (strncmp(line, begin, sizeof begin - 1) == 0)
            sscanf(line + sizeof begin - 1, "%d (?), which does not answer%n", &thread, &matched);
        if (matched)
            memmove(line, end + 1, strlen(end + 1) + 1);
        else
            line = end + 1;
    }
}

static int is_right(int status, const char *kind)
{
    if (strcmp(kind, "open") == 0)
        forget_waiting();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return strcmp(said, "ok\n") == 0;
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT || strncmp(said, "goescape: ", 10))
        return 0;
    const char *end = strchr(said, '\n'); /* one line, but for the child's and the parent's own */
    return end && end[1] == 0 && !strstr(said, "verify");
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"verify=1:minheap=64k:concurrent=2", "verify=1:minheap=64k"};
    int wrong = 0, faults = 0;

    if (argc < 2)
        return program();
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int before = faults;
        if (argc > 2 && strcmp(argv[2], kinds[k].kind))
            continue;
        for (unsigned mode = 0; mode < 4; mode++)
            for (int n = 1, idle = 0; idle < 3; n += n < ALL_UP_TO ? 1 : n / 10) {
                char fault[64];
                int status;
                snprintf(fault, sizeof fault, "%s:%d%s", kinds[k].kind, n, mode % 2 ? "+" : "");
                struct run r = {argv[1], fault, options[mode / 2], kinds[k].error, {-1, -1}};
                int failed = run(r, &status);
                faults += failed;
                idle = failed ? 0 : idle + 1;
                if (is_right(status, kinds[k].kind))
                    continue;
                wrong++;
                printf("%s with %s: status 0x%x, said: %s\n", fault, options[mode / 2],
                       (unsigned)status, said);
            }
        if (argc > 2)
            printf("%s: %d\n", kinds[k].kind, faults - before);
    }
    if (!wrong && faults > 100)
        puts("ok");
    return wrong != 0;
}
