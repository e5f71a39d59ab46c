/* What a byte of a hostile reply costs at the worst, beside a byte of a typical one.
 *
 *   bench_hostile DATA FILE...
 *
 * DATA is core/data; the FILEs are what fuzzers collected, each repeated to 256 KB. Prints figures, a line each: key,
 * nanoseconds a byte, and how many times a typical reply's byte that is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "inputs.h"

enum { PASSES = 7, LARGE = 1 << 20, REPEATED = 1 << 18, HUGE_LENGTH = 100 * 1000 * 1000 };

static volatile int sink;

static double pass(const struct texts *texts)
{
    double start = now(), spent;
    unsigned rounds = 0;
    do {
        for (size_t i = 0; i < texts->count; i++) {
            struct smtpcodes_verdict v;
            smtpcodes_classify(texts->at[i].bytes, texts->at[i].length, &v);
            sink += v.reason;
        }
        rounds++;
        spent = now() - start;
    } while (spent < 0.002);
    return spent / rounds / (double)texts->bytes * 1e9;
}

struct cost {
    double byte, ratio;
};

/* A typical pass before each hostile one, so that both meet the same machine. */
static struct cost measure(const struct texts *typical, const struct text *hostile, size_t passes)
{
    struct texts one = {0};
    double bytes[PASSES], ratios[PASSES];
    one.at = (struct text *)(const void *)hostile; /* only read */
    one.count = 1;
    one.bytes = hostile->length;
    for (size_t i = 0; i < passes; i++) {
        double base = pass(typical);
        bytes[i] = pass(&one);
        ratios[i] = bytes[i] / base;
    }
    return (struct cost){median(bytes, passes), median(ratios, passes)};
}

/* What the rules' phrases begin with: all words but the last; or their words alone, in an order without sense. */
static struct text of_phrases(const struct texts *phrases, int beginnings)
{
    struct texts pieces = {0};
    char *bytes = must(malloc(phrases->bytes + phrases->count));
    size_t used = 0;
    for (size_t i = 0; i < phrases->count; i++) {
        const struct text *t = &phrases->at[i * 7919 % phrases->count];
        const char *last = strrchr(t->bytes, ' ');
        size_t first = strcspn(t->bytes, " ");
        if (last) {
            texts_add(&pieces, t->bytes, beginnings ? (size_t)(last - t->bytes) : first, 0);
        }
    }
    for (size_t i = 0; i < pieces.count; i++) {
        memcpy(bytes + used, pieces.at[i].bytes, pieces.at[i].length);
        used += pieces.at[i].length;
        bytes[used++] = ' ';
    }
    struct text all = repeated("550 ", bytes, used, LARGE);
    free(bytes);
    return all;
}

static void report(const char *name, struct cost cost)
{
    printf("hostile.%s\t%.2f\t%.3f\n", name, cost.byte, cost.ratio);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: bench_hostile DATA FILE...\n", stderr);
        return 2;
    }
    char rules[4096];
    struct texts all = {0};
    size_t left_out;
    texts_read(&all, argv[1], "rules.tsv", 5, 1);
    texts_read(&all, argv[1], "examples.tsv", 2, 1);
    const struct texts typical = texts_between(&all, 75, 100, 1);
    snprintf(rules, sizeof rules, "%s/rules.tsv", argv[1]);
    const struct texts phrases = phrases_of(rules, &left_out);

    for (size_t i = 0; i < hostile_count; i++) {
        struct text t = repeated(hostile_bodies[i].head, hostile_bodies[i].body, strlen(hostile_bodies[i].body), LARGE);
        report(hostile_bodies[i].name, measure(&typical, &t, PASSES));
        free(t.bytes);
    }
    struct text beginnings = of_phrases(&phrases, 1), words = of_phrases(&phrases, 0);
    report("beginnings of phrases", measure(&typical, &beginnings, PASSES));
    report("first words of phrases", measure(&typical, &words, PASSES));

    /* The worst of what fuzzers found: a short look at each, a long one at the worst. */
    struct text worst = {NULL, 0, 0};
    double worst_ratio = 0;
    const char *worst_name = "";
    for (int i = 2; i < argc; i++) {
        static char bytes[1 << 16];
        FILE *f = fopen(argv[i], "rb");
        if (!f) {
            perror(argv[i]);
            return 2;
        }
        size_t length = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        if (length == 0) {
            continue;
        }
        struct text t = repeated("", bytes, length, REPEATED);
        double ratio = measure(&typical, &t, 1).ratio;
        if (ratio > worst_ratio) {
            const char *name = strrchr(argv[i], '/');
            free(worst.bytes);
            worst = t;
            worst_ratio = ratio;
            worst_name = name ? name + 1 : argv[i];
        } else {
            free(t.bytes);
        }
    }
    char name[256];
    snprintf(name, sizeof name, "fuzzers' worst of %d (%s)", argc - 2, worst_name);
    report(name, measure(&typical, &worst, PASSES));

    /* Linear: a byte of 100 MB beside a byte of one. */
    struct text huge = {must(malloc(HUGE_LENGTH)), HUGE_LENGTH, 0};
    for (size_t i = 0; i < HUGE_LENGTH; i++) {
        huge.bytes[i] = beginnings.bytes[i % LARGE];
    }
    struct texts one = {&beginnings, 1, LARGE, 1}, hundred = {&huge, 1, HUGE_LENGTH, 1};
    double large = pass(&one), ratio = pass(&hundred) / large;
    printf("linear.100MB\t%.3f\n", ratio);
    return 0;
}
