/* SPDX-License-Identifier: BSL-1.0
 *
 * pair: runs two commands in turn and prints the ratio of what they cost.
 *
 *     pair [-n RUNS] [-o | -m] LABEL TARGET "COMMAND A" "COMMAND B"
 *
 * The cost is process CPU time, or with -o the first number that the command prints, or with -m the most
 * memory that one of its processes had, in MB; the medians of all runs are compared, A / B. TARGET is
 * printed beside it; nothing fails here.
 *
 * Before each run as much memory is touched (see warm.h) as the larger program takes.
 */
#include "warm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_RUNS = 99, WARM_FIRST = 256 /* MB */ };

static long most_memory; /* KB that a process of a run had so far */

/* What one run of a command costs, in seconds or by HOW ('o', 'm') in another unit; negative if it
 * failed. */
static double cost(const char *command, int how)
{
    int out[2], status;
    char text[256];
    size_t n = 0;
    struct rusage used;

    warm_up(most_memory ? most_memory / 1024 * 5 / 4 + 1 : WARM_FIRST);
    if (pipe(out))
        return -1;
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], 1);
        close(out[0]);
        close(out[1]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    for (ssize_t got; (got = read(out[0], text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    text[n] = 0;
    while (read(out[0], (char[256]){0}, 256) > 0)
        ;
    close(out[0]);
    if (wait4(child, &status, 0, &used) != child || status)
        return -1;
    if (used.ru_maxrss > most_memory)
        most_memory = used.ru_maxrss;
    if (how == 'o')
        return atof(text);
    if (how == 'm')
        return (double)used.ru_maxrss / 1024;
    return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int runs = 5, how = 0, option;
    double a[MOST_RUNS], b[MOST_RUNS];

    while ((option = getopt(argc, argv, "n:om")) != -1) {
        if (option == 'n')
            runs = atoi(optarg);
        else if (option == 'o' || option == 'm')
            how = option;
        else
            return 2;
    }
    if (argc - optind != 4 || runs < 1 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: pair [-n RUNS] [-o | -m] LABEL TARGET COMMAND-A COMMAND-B\n");
        return 2;
    }
    argv += optind;
    for (int i = 0; i < runs; i++) {
        a[i] = cost(argv[2], how);
        b[i] = cost(argv[3], how);
        if (a[i] < 0 || b[i] < 0) {
            printf("%-44s failed\n", argv[0]);
            return 1;
        }
    }
    qsort(a, (size_t)runs, sizeof *a, by_value);
    qsort(b, (size_t)runs, sizeof *b, by_value);
    printf("%-44s %6.2f   (%.4g / %.4g%s; target %s)\n", argv[0], a[runs / 2] / b[runs / 2],
           a[runs / 2], b[runs / 2], how == 0 ? " s" : how == 'm' ? " MB" : "", argv[1]);
    return 0;
}
