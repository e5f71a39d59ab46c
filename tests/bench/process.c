/* Runs a program several times and says what that took.
 *
 *   bench_process RUNS INPUT OUTPUT PROGRAM [ARGUMENT...]
 *
 * Prints, with tabs between: milliseconds by the clock on the wall (the median, the least), milliseconds of processor
 * time (the median), and the peak of its memory in KB. Small and without threads, since a process that is made by a
 * large one has had the large one's peak. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inputs.h"

static double milliseconds(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void start(char **argv, int out)
{
    int in = open(argv[2], O_RDONLY);
    if (in < 0 || out < 0) {
        perror(in < 0 ? argv[2] : argv[3]);
        _exit(127);
    }
    dup2(in, 0);
    dup2(out, 1);
    execv(argv[4], argv + 4);
    perror(argv[4]);
    _exit(127);
}

int main(int argc, char **argv)
{
    enum { RUNS_MAX = 1000 };
    static double wall[RUNS_MAX], processor[RUNS_MAX];
    const size_t runs = argc > 4 ? strtoul(argv[1], NULL, 10) : 0;
    long peak = 0;
    if (runs == 0 || runs > RUNS_MAX) {
        fputs("usage: bench_process RUNS INPUT OUTPUT PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < runs; i++) {
        int status;
        struct rusage used;
        /* emptying what the last run wrote takes its time, too, and is none of the program's */
        int out = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0666);
        double begin = wall_clock();
        pid_t child = fork();
        if (child == 0) {
            start(argv, out);
        }
        if (child < 0 || wait4(child, &status, 0, &used) != child) {
            perror("bench_process");
            return 1;
        }
        wall[i] = (wall_clock() - begin) * 1e3;
        close(out);
        if (status != 0) {
            fprintf(stderr, "bench_process: %s failed\n", argv[4]);
            return 1;
        }
        processor[i] = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
        peak = used.ru_maxrss > peak ? used.ru_maxrss : peak;
    }
    const double middle = median(wall, runs); /* sorts them */
    printf("%.3f\t%.3f\t%.3f\t%ld\n", middle, wall[0], median(processor, runs), peak);
    return 0;
}
