/* Runs something in a child process and reads what it prints: for tests of how a process ends. */
#ifndef CHILD_H
#define CHILD_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the last child printed, standard output and error in order. */
static char said[65536];

/* Runs begin(arg), which ends the process or runs another program in its place. Returns the status that waitpid tells. */
static int run_child(void (*begin)(const void *arg), const void *arg)
{
    int out[2], status;

    if (pipe(out))
        abort();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], 1);
        dup2(out[1], 2);
        close(out[0]), close(out[1]);
        begin(arg);
        _exit(99);
    }
    close(out[1]);
    size_t n = 0;
    for (ssize_t got; (got = read(out[0], said + n, sizeof said - 1 - n)) > 0;)
        n += (size_t)got;
    said[n] = 0;
    close(out[0]);
    if (waitpid(child, &status, 0) != child)
        abort();
    return status;
}

#endif
