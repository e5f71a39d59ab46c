/* What the library's calls cost, and beside them what others take to match the same phrases in the same replies.
 *
 *   bench_speed DATA FOLDER [LITERALS]
 *
 * DATA is core/data. LITERALS, a file in FOLDER, has a phrase a line, as a second list for Hyperscan. Prints figures, a
 * line each: key, value, and, where the call is set beside smtpcodes_classify, how many times as long as that it takes.
 * Leaves replies.txt and phrases.tsv in FOLDER for the measurements in other languages.
 *
 * All that is compared takes turns, and the median of the turns counts; ratios are taken within a turn. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "inputs.h"
#include "rivals.h"

enum { TURNS = 11, CONTENDERS_MAX = 16 };

static volatile unsigned long sink; /* what is computed is used */

/* ---- what is measured ---- */

typedef unsigned long run_one(const void *self, const char *bytes, size_t length);

struct contender {
    const char *key;
    run_one *run;
    const void *self;
};

/* The least that reading the bytes costs. */
static unsigned long hash_run(const void *self, const char *bytes, size_t length)
{
    (void)self;
    uint64_t h = 0;
    for (size_t i = 0; i < length; i++) {
        h = (h ^ (unsigned char)bytes[i]) * 0x9E3779B97F4A7C15u;
    }
    return (unsigned long)(h & 1);
}

static unsigned long classify_run(const void *self, const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    (void)self;
    smtpcodes_classify(bytes, length, &v);
    return (unsigned long)v.reason;
}

static unsigned long classify_with_run(const void *self, const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify_with(NULL, self, bytes, length, &v);
    return (unsigned long)v.reason;
}

static unsigned long parse_run(const void *self, const char *bytes, size_t length)
{
    struct smtpcodes_reply reply;
    (void)self;
    smtpcodes_reply_parse(bytes, length, &reply);
    return (unsigned long)reply.code;
}

static unsigned long template_run(const void *self, const char *bytes, size_t length)
{
    char out[1024];
    (void)self;
    return (unsigned long)smtpcodes_template(bytes, length, out, sizeof out);
}

/* As a socket might give them: sixteen bytes at a time. */
static unsigned long reader_run(const void *self, const char *bytes, size_t length)
{
    enum { PIECE = 16 };
    struct smtpcodes_reader reader;
    size_t used, at = 0;
    (void)self;
    smtpcodes_reader_start(&reader);
    while (at < length && smtpcodes_reader_feed(&reader, bytes + at, length - at < PIECE ? length - at : PIECE,
                                                &used) == SMTPCODES_STATUS_MORE) {
        at += used;
    }
    return (unsigned long)reader.offset;
}

/* ---- turns ---- */

static unsigned long over_all(const struct contender *c, const struct texts *texts)
{
    unsigned long sum = 0;
    for (size_t i = 0; i < texts->count; i++) {
        sum += c->run(c->self, texts->at[i].bytes, texts->at[i].length);
    }
    return sum;
}

/* Each contender goes over all texts for at least 4 ms a turn. The first is what the others are compared with. */
static void compare(const char *set, const struct contender *contenders, size_t count, const struct texts *texts)
{
    double times[CONTENDERS_MAX][TURNS], ratios[CONTENDERS_MAX][TURNS];
    unsigned rounds[CONTENDERS_MAX];
    for (size_t i = 0; i < count; i++) {
        double start = now(), spent;
        rounds[i] = 0;
        do {
            sink += over_all(&contenders[i], texts);
            rounds[i]++;
            spent = now() - start;
        } while (spent < 0.004);
    }
    for (size_t turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < count; i++) {
            double start = now();
            for (unsigned r = 0; r < rounds[i]; r++) {
                sink += over_all(&contenders[i], texts);
            }
            times[i][turn] = (now() - start) / rounds[i] / (double)texts->count * 1e9;
            ratios[i][turn] = times[i][turn] / times[0][turn];
        }
    }
    printf("%s.replies\t%zu\n%s.bytes\t%.1f\n", set, texts->count, set, (double)texts->bytes / (double)texts->count);
    for (size_t i = 0; i < count; i++) {
        double value = median(times[i], TURNS);
        printf("%s.%s\t%.1f\t%.3f\n", set, contenders[i].key, value, median(ratios[i], TURNS));
    }
    fflush(stdout);
}

/* Two that look for the same must find the same, or a figure means nothing. */
static void check_rivals(const struct texts *texts, const struct byte_automaton *automaton,
                         const struct hyperscan *hyperscan, const struct pcre2_set *pcre2)
{
    unsigned long found = 0, by_pcre2 = 0;
    for (size_t i = 0; i < texts->count; i++) {
        const struct text *t = &texts->at[i];
        const unsigned long by_automaton = byte_automaton_run(automaton, t->bytes, t->length);
        const unsigned long by_hyperscan = hyperscan_run(hyperscan, t->bytes, t->length);
        const unsigned long reasons = pcre2_set_run(pcre2, t->bytes, t->length);
        if (by_automaton != by_hyperscan || (reasons && !by_automaton)) {
            fprintf(stderr, "bench: the byte automaton finds %lu, Hyperscan %lu, PCRE2 %lu in \"%s\"\n", by_automaton,
                    by_hyperscan, reasons, t->bytes);
            exit(1);
        }
        found += by_automaton;
        by_pcre2 += reasons;
    }
    if (found == 0 || by_pcre2 == 0) {
        fputs("bench: no phrase stands in any reply\n", stderr);
        exit(1);
    }
    printf("found.phrases\t%.2f\nfound.patterns\t%.2f\n", (double)found / (double)texts->count,
           (double)by_pcre2 / (double)texts->count);
}

/* ---- with cold caches ---- */

enum { COLD_BYTES = 32 << 20, COLD_CALLS = 151 };

static unsigned char cold_bytes[COLD_BYTES];

static void chill(void)
{
    for (size_t i = 0; i < COLD_BYTES; i += 64) {
        cold_bytes[i]++;
    }
}

/* One call after 32 MB of other work, for the program that classifies now and then. The reply itself is warm: it has
 * just come off a socket. What asking the clock takes is taken off. */
static void compare_cold(const struct contender *contenders, size_t count, const struct texts *texts)
{
    double times[CONTENDERS_MAX][COLD_CALLS], clock_times[COLD_CALLS];
    for (size_t call = 0; call < COLD_CALLS; call++) {
        for (size_t i = 0; i < count; i++) {
            const struct text *t = &texts->at[call * 7919 % texts->count];
            chill();
            sink += hash_run(NULL, t->bytes, t->length);
            clock_times[call] = wall_clock();
            clock_times[call] = wall_clock() - clock_times[call];
            double start = wall_clock();
            sink += contenders[i].run(contenders[i].self, t->bytes, t->length);
            times[i][call] = wall_clock() - start;
        }
    }
    const double clock = median(clock_times, COLD_CALLS);
    double first = 0;
    for (size_t i = 0; i < count; i++) {
        double value = (median(times[i], COLD_CALLS) - clock) * 1e9;
        first = i == 0 ? value : first;
        printf("cold.%s\t%.0f\t%.3f\n", contenders[i].key, value, value / first);
    }
    fflush(stdout);
}

/* ---- look-ups and loading ---- */

/* Every number of three digits, so that most are in no table. */
static void look_up(void)
{
    enum { CODES = 1 << 16, ROUNDS = 20 };
    static int codes[CODES];
    double basic[TURNS], enhanced[TURNS], empty[TURNS];
    uint32_t random = 1;
    for (size_t i = 0; i < CODES; i++) {
        random = random * 1664525u + 1013904223u;
        codes[i] = (int)(200 + (random >> 8) % 400);
    }
    for (size_t turn = 0; turn < TURNS; turn++) {
        uintptr_t sum = 0;
        double start = now();
        for (int r = 0; r < ROUNDS; r++) {
            for (size_t i = 0; i < CODES; i++) {
                sum += (uintptr_t)smtpcodes_code_find(codes[i]);
            }
        }
        basic[turn] = (now() - start) / ROUNDS / CODES * 1e9;
        start = now();
        for (int r = 0; r < ROUNDS; r++) {
            for (size_t i = 0; i < CODES; i++) {
                sum += (uintptr_t)smtpcodes_enhanced_find(codes[i] / 100, codes[i] / 10 % 8, codes[i] % 40);
            }
        }
        enhanced[turn] = (now() - start) / ROUNDS / CODES * 1e9;
        start = now();
        for (int r = 0; r < ROUNDS; r++) {
            for (size_t i = 0; i < CODES; i++) {
                sum += (uintptr_t)smtpcodes_code_reason(NULL);
            }
        }
        empty[turn] = (now() - start) / ROUNDS / CODES * 1e9;
        sink += (unsigned long)sum;
    }
    printf("lookup.code\t%.2f\nlookup.enhanced\t%.2f\nlookup.call\t%.2f\n", median(basic, TURNS),
           median(enhanced, TURNS), median(empty, TURNS));
    fflush(stdout);
}

static void load_rules(const char *file, const char *key)
{
    enum { LOADS = 5 };
    double times[LOADS];
    size_t count = 0;
    for (size_t i = 0; i < LOADS; i++) {
        char message[512];
        double start = now();
        struct smtpcodes_rules *rules = smtpcodes_rules_load_file(file, message, sizeof message);
        times[i] = (now() - start) * 1e3;
        if (!rules) {
            fprintf(stderr, "bench: %s\n", message);
            exit(1);
        }
        count = smtpcodes_rules_count(rules);
        smtpcodes_rules_free(rules);
    }
    printf("%s.rules\t%zu\n%s.ms\t%.1f\n", key, count, key, median(times, LOADS));
    fflush(stdout);
}

/* ---- files ---- */

static FILE *made(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(2);
    }
    return f;
}

static void finish(FILE *f)
{
    if (ferror(f) | fclose(f)) {
        perror("bench_speed");
        exit(2);
    }
}

static void write_replies(const char *folder, const struct texts *replies)
{
    FILE *f = made(folder, "replies.txt");
    for (size_t i = 0; i < replies->count; i++) {
        fprintf(f, "%s\n", replies->at[i].bytes);
    }
    finish(f);
}

static void write_patterns(const char *folder, const struct pcre2_set *set)
{
    FILE *f = made(folder, "patterns.tsv");
    for (size_t i = 0; i < pcre2_set_count(set); i++) {
        int reason;
        const char *pattern = pcre2_set_pattern(set, i, &reason);
        fprintf(f, "%s\t%s\n", smtpcodes_reason_name(reason), pattern);
    }
    finish(f);
}

/* A hundred rules, as a user has them. */
static void load_small_rules(const char *folder, const char *rules)
{
    enum { RULES = 100 };
    char path[4096], *line = NULL;
    size_t room = 0, count = 0;
    FILE *in = fopen(rules, "r"), *out = made(folder, "hundred.tsv");
    if (!in) {
        perror(rules);
        exit(2);
    }
    while (count < RULES && getline(&line, &room, in) > 0) {
        if (line[0] != '#' && line[0] != '\n') {
            fputs(line, out);
            count++;
        }
    }
    free(line);
    fclose(in);
    finish(out);
    snprintf(path, sizeof path, "%s/hundred.tsv", folder);
    load_rules(path, "load_hundred");
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4) {
        fputs("usage: bench_speed DATA FOLDER [LITERALS]\n", stderr);
        return 2;
    }
    const char *data = argv[1], *folder = argv[2];
    char rules[4096];
    snprintf(rules, sizeof rules, "%s/rules.tsv", data);

    /* The mix: the examples of the rules and every tenth of those that the model learns from. What is called typical
     * is the length that issues of speed are told in, from all of them, so that no processor learns them by heart. */
    struct texts mix = {0}, all = {0};
    texts_read(&mix, data, "rules.tsv", 5, 1);
    texts_read(&mix, data, "examples.tsv", 2, 10);
    texts_read(&all, data, "rules.tsv", 5, 1);
    texts_read(&all, data, "examples.tsv", 2, 1);
    const struct texts typical = texts_between(&all, 75, 100, 1), short_ones = texts_between(&all, 1, 40, 1),
                       long_ones = texts_between(&all, 180, SIZE_MAX, 0), lines = texts_between(&all, 1, SIZE_MAX, 2);
    struct texts hot = {0}; /* a few, over and over: branches and tables that the processor has learned */
    for (size_t i = 0; i < typical.count; i += typical.count / 64) {
        texts_add(&hot, typical.at[i].bytes, typical.at[i].length, 0);
    }

    size_t left_out;
    const struct texts phrases = phrases_of(rules, &left_out);
    const struct hyperscan *hyperscan = hyperscan_new(&phrases), *hyperscan_literals = NULL;
    const struct pcre2_set *pcre2 = pcre2_set_new(&phrases);
    const struct byte_automaton *automaton = byte_automaton_new(&phrases);
    printf("phrases.count\t%zu\nphrases.bytes\t%.1f\nphrases.left_out\t%zu\nphrases.patterns\t%zu\n", phrases.count,
           (double)phrases.bytes / (double)phrases.count, left_out, pcre2_set_count(pcre2));
    printf("size.hyperscan\t%zu\nsize.byte_automaton\t%zu\n", hyperscan_bytes(hyperscan),
           byte_automaton_bytes(automaton));
    if (argc == 4) {
        struct texts literals = {0};
        texts_read(&literals, folder, argv[3], 0, 1);
        texts_unique(&literals);
        hyperscan_literals = hyperscan_new(&literals);
        printf("literals.count\t%zu\nliterals.bytes\t%.1f\n", literals.count,
               (double)literals.bytes / (double)literals.count);
    }
    write_replies(folder, &typical);
    write_patterns(folder, pcre2);

    check_rivals(&mix, automaton, hyperscan, pcre2);
    look_up();
    static const struct smtpcodes_context context = {SMTPCODES_STAGE_RCPT, "mx.example.org", 14, "192.0.2.1", 9};
    struct contender all_ways[CONTENDERS_MAX] = {
        {"classify", classify_run, NULL},
        {"hash", hash_run, NULL},
        {"parse", parse_run, NULL},
        {"reader", reader_run, NULL},
        {"template", template_run, NULL},
        {"classify_with_context", classify_with_run, &context},
        {"byte_automaton", byte_automaton_run, automaton},
        {"hyperscan", hyperscan_run, hyperscan},
    };
    size_t ways = 8;
    if (hyperscan_literals) {
        all_ways[ways++] = (struct contender){"hyperscan_literals", hyperscan_run, hyperscan_literals};
    }
    compare("mix", all_ways, ways, &mix);
    compare("short", all_ways, ways, &short_ones);
    compare("long", all_ways, ways, &long_ones);
    compare("lines", all_ways, ways, &lines);
    all_ways[ways++] = (struct contender){"pcre2", pcre2_set_run, pcre2};
    compare("typical", all_ways, ways, &typical);
    compare("hot", all_ways, ways, &hot);

    const struct contender cold[] = {
        {"classify", classify_run, NULL},
        {"hyperscan", hyperscan_run, hyperscan},
        {"byte_automaton", byte_automaton_run, automaton},
        {"parse", parse_run, NULL},
    };
    compare_cold(cold, sizeof cold / sizeof *cold, &typical);
    load_rules(rules, "load_builtin");
    load_small_rules(folder, rules);
    return 0;
}
