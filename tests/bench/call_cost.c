/* Nanoseconds that one smtpcodes_classify takes on the reply given as the argument: what the cost of a binding's call
 * is set beside. The least of many passes, for what disturbs a pass only adds. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <smtpcodes.h>

enum { PASSES = 40, CALLS = 20000 };

int main(int argc, char **argv)
{
    double least = 0;
    if (argc != 2) {
        fputs("usage: call_cost REPLY\n", stderr);
        return 2;
    }
    size_t length = strlen(argv[1]);
    for (int pass = 0; pass < PASSES; pass++) {
        struct smtpcodes_verdict verdict;
        struct timespec start, end;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        for (int i = 0; i < CALLS; i++) {
            smtpcodes_classify(argv[1], length, &verdict);
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        double ns = ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / CALLS;
        least = pass == 0 || ns < least ? ns : least;
    }
    printf("%.0f\n", least);
    return 0;
}
