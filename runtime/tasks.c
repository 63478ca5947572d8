/* SPDX-License-Identifier: BSL-1.0
 *
 * tasks.c: what /proc says of this process's threads.
 *
 * Idea: /proc/self/task is the list of them; stat, status and comm of an entry tell whether a silent thread has ended, or
 * is one that runs nothing of the program.
 *
 * The program runs while the list is read for the first time in a stop, and may close all files that it does not know, as
 * daemons do, and open one of its own, which then has the same number. So the list stays open until the world stands
 * still, and is closed only if it is still that directory: what the path leads to then, by device and inode. A read that
 * has gone wrong because of it fails, and the world is stopped another time.
 *
 * The kernel ends the list early if a thread ends while it is being listed. It counts the threads, too, as links of the
 * directory; whoever needs all compares the numbers.
 *
 * Worked example: 3 threads. The directory has 5 links, for "." and ".." are two; its entries ".", "..", "812", "813",
 * "814" come in one call of getdents64.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TASKS "/proc/self/task"

/* An entry as getdents64 has it. */
struct kernel_dirent {
    uint64_t ino;    /* inode */
    int64_t off;     /* of the next */
    uint16_t reclen; /* of this */
    uint8_t type;    /* DT_... */
    char name[];     /* the thread's number */
};

/* Whether the number still belongs to the directory. Where the kernel does not tell, nobody else is believed to have it. */
static bool is_ours(int fd)
{
    struct stat here, there;
    if (syscall(SYS_fstat, fd, &here))
        return errno != EBADF;
    return syscall(SYS_newfstatat, AT_FDCWD, TASKS, &there, 0) ||
           (here.st_dev == there.st_dev && here.st_ino == there.st_ino);
}

void goe__tasks_close(struct tasks *l)
{
    if (l->fd >= 0 && is_ours(l->fd))
        goe__close(l->fd);
    l->fd = -1;
}

bool goe__tasks_begin(struct tasks *l)
{
    if (l->fd >= 0 && (!is_ours(l->fd) || syscall(SYS_lseek, l->fd, 0, SEEK_SET) != 0))
        goe__tasks_close(l); /* a sandbox may forbid to go back */
    if (l->fd < 0)
        l->fd = goe__open(TASKS);
    l->have = l->at = 0;
    struct stat st;
    l->count = l->fd < 0 || syscall(SYS_fstat, l->fd, &st) || st.st_nlink <= 2
                   ? 0
                   : (size_t)st.st_nlink - 2;
    return l->fd >= 0;
}

pid_t goe__tasks_next(struct tasks *l)
{
    for (;;) {
        if (l->at >= l->have) {
            l->at = 0;
            l->have = syscall(SYS_getdents64, l->fd, l->text, sizeof l->text);
            if (l->have <= 0)
                return l->have < 0 ? -1 : 0;
        }
        const struct kernel_dirent *d = (const void *)(l->text + l->at);
        l->at += d->reclen;
        pid_t tid = (pid_t)atoi(d->name);
        if (tid > 0)
            return tid;
    }
}

/* Reads up to n - 1 bytes of a thread's file, and ends them with a null: how many, or -1 and errno. */
static long read_of(pid_t tid, const char *what, char *text, size_t n)
{
    char path[64];
    struct file f;
    snprintf(path, sizeof path, TASKS "/%d/%s", (int)tid, what);
    text[0] = 0;
    if (!goe__file_open(&f, path))
        return -1;
    long got = goe__read(f.fd, text, n - 1);
    int saved = errno;
    goe__file_close(&f);
    errno = saved;
    text[got > 0 ? got : 0] = 0;
    return got;
}

bool goe__task_gone(pid_t tid)
{
    char text[512];
    long n = read_of(tid, "stat", text, sizeof text);
    if (n < 0)
        return errno == ENOENT || errno == ESRCH; /* a read that fails otherwise says nothing */
    char *p = strrchr(text, ')');                 /* the name may hold anything */
    char state;
    unsigned flags;
    if (!p || sscanf(p + 1, " %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
        return false;
    return state == 'Z' || state == 'X' || flags & 0x4010; /* PF_USER_WORKER, PF_IO_WORKER */
}

/* Whether the process is run by an emulator (qemu-aarch64), which makes it believe otherwise, but forgets one name. */
static bool emulated(void)
{
    static signed char known; /* 1: it is; -1: not */
    if (!known) {
        char self[256], thread[256];
        long n = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", self, sizeof self);
        long m = syscall(SYS_readlinkat, AT_FDCWD, "/proc/thread-self/exe", thread, sizeof thread);
        known = n > 0 && m > 0 && (n != m || memcmp(self, thread, (size_t)n) != 0) ? 1 : -1;
    }
    return known > 0;
}

bool goe__task_of_emulator(pid_t tid)
{
    const uint64_t always = (uint64_t)3 << 31 | 1 << (SIGKILL - 1) | 1 << (SIGSTOP - 1) |
                            1 << (SIGILL - 1) | 1 << (SIGFPE - 1) | 1 << (SIGSEGV - 1) |
                            1 << (SIGBUS - 1) | 1 << (SIGTRAP - 1);
    char text[2048];
    if (!emulated() || read_of(tid, "status", text, sizeof text) <= 0)
        return false;
    const char *blocked = strstr(text, "SigBlk:");
    return blocked && (strtoull(blocked + 7, NULL, 16) | always) == ~(uint64_t)0;
}

void goe__task_name(pid_t tid, char *name, size_t n)
{
    long got = read_of(tid, "comm", name, n);
    if (got > 1)
        name[got - 1] = 0; /* without the end of the line */
    else
        strcpy(name, "?");
}

bool goe__tasks_ended(void)
{
    struct tasks l = {.fd = -1};
    if (!goe__task_gone(getpid()) || !goe__tasks_begin(&l))
        return false;
    bool ended = true;
    for (pid_t tid; ended && (tid = goe__tasks_next(&l)) > 0;)
        ended = tid == H.collector || tid == H.final_tid || goe__task_gone(tid);
    goe__tasks_close(&l);
    return ended;
}
