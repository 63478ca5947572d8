/* Exit functions that are closures, more than fit in libc's own data, where a filter forbids to read memory through
 * the kernel by the call meant for it. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "goescape.h"
#include "run.h"

typedef int fn(int);

static fn *adder(int by)
{
    int total = 0;
    int add(int x) { return total += x + by; }

    return add;
}
static void at_exit(int k)
{
    void f(void) { printf("%d%s", k++, k % 20 ? " " : "\n"); }

    atexit(f);
}
static void make_and_drop(void)
{
    int n = getenv("GOESCAPE") && *getenv("GOESCAPE") ? 300 : 200000;

    for (int i = 0; i < n; i++)
        adder(i)(1);
    goe_gc();
}
static int forbid(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof code / sizeof *code, code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

int main(void)
{
    forbid(); /* without filters in the kernel nothing is forbidden, and the rest holds as well */
    for (int i = 0; i < 60; i++)
        at_exit(i);
    make_and_drop();
    make_and_drop();
    return 0;
}
