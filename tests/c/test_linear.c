/* Time grows with the length of the input and no faster, whatever the bytes. Sixteen times the bytes may take forty
 * times as long before this fails: a quadratic pass would take 256 times as long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <smtpcodes.h>

#include "vectors.h"

enum { SMALL = 64 * 1024, FACTOR = 16, LARGE = SMALL * FACTOR, PASSES = 3, LIMIT = 40 };

static void by_classify(const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify(bytes, length, &v);
}

static void by_parse(const char *bytes, size_t length)
{
    struct smtpcodes_reply reply;
    struct smtpcodes_span line;
    size_t cursor = 0;
    smtpcodes_reply_parse(bytes, length, &reply);
    while (smtpcodes_reply_line(&reply, &cursor, &line)) {
    }
}

static void by_reader(const char *bytes, size_t length)
{
    struct smtpcodes_reader reader;
    size_t used;
    smtpcodes_reader_start(&reader);
    smtpcodes_reader_feed(&reader, bytes, length, &used);
}

static void by_template(const char *bytes, size_t length)
{
    smtpcodes_template(bytes, length, NULL, 0);
}

static const struct {
    const char *name;
    void (*run)(const char *, size_t);
} ways[] = {{"classify", by_classify}, {"parse", by_parse}, {"reader", by_reader}, {"template", by_template}};

/* What is repeated, and what stands before it. */
static const struct row {
    const char *name, *head, *body;
} rows[] = {
    {"letters", "550 ", "a"},
    {"digits", "550 ", "5"},
    {"digits without a code", "", "5"},
    {"brackets", "550 ", "("},
    {"square brackets", "550 ", "[["},
    {"bracketed codes", "550 ", "(#5.1.1"},
    {"labels", "550 ", "a.a.a."},
    {"number labels", "550 ", "1.2."},
    {"codes with hyphens", "", "550-550-550-"},
    {"codes with blanks", "", "550 "},
    {"folded lines", "550-a ", "550-a "},
    {"folded lines with enhanced codes", "550-5.1.1 a ", "550-5.1.1 a "},
    {"folded lines that differ", "550-5.1.1 a ", "550-5.1.2 a "},
    {"nested codes", "550 ", "550 5.1.1 "},
    {"lines", "", "550-a\r\n"},
    {"lines of one code", "", "550-\n"},
    {"lines without a code", "550-a\r\n", "b\r\n"},
    {"empty lines", "550-a\r\n", "\n"},
    {"carriage returns", "550 a", "\r"},
    {"blanks", "550 ", " "},
    {"blanks before the code", "", " "},
    {"tabs", "550\t", "\t"},
    {"at signs", "550 ", "@"},
    {"addresses without end", "550 ", "a@"},
    {"address literals without end", "550 ", "a@["},
    {"local parts", "550 ", "a+"},
    {"hashes", "550 ", "#"},
    {"colons", "550 ", ":"},
    {"hex groups", "550 ", "ab:"},
    {"double colons", "550 ", "a::"},
    {"slashes", "550 ", "/a"},
    {"schemes", "550 ", "http://"},
    {"link ends", "550 http://a", "..."},
    {"hyphens", "550 ", "a-"},
    {"apostrophes", "550 ", "a'"},
    {"quotes", "", "'"},
    {"wrapped without end", "", "host said: "},
    /* twelve bytes, so that all lengths end in the same of them: one that ended in "said: 550" would hold a reply */
    {"wrapped codes without end", "", "said: 550xy "},
    {"after RCPT TO", "", "after RCPT TO:<"},
    {"reply marks", "550 ", "(in reply to "},
    {"mail from", "550 ", "mail from "},
    {"words of phrases", "550 ", "user unknown mailbox full "},
    {"beginnings of phrases", "550 ", "mailbox "},
    {"negations", "550 ", "not user unknown "},
    {"waits", "451 ", "try again in "},
    {"waits for digits", "451 ", "retry after 1"},
    {"names of lists", "550 ", "zen.spamhaus.org "},
    {"NUL", "550 ", ""}, /* a zero byte; see fill */
    {"bytes beyond ASCII", "550 ", "\xFF"},
    {"combining marks", "550 a", "\xCC\x81"},
    {"Han", "550 ", "\xE9\x82\xAE"},
    {"beginnings of characters", "550 ", "\xF0\x90"},
};

static void fill(char *bytes, size_t length, const struct row *row)
{
    size_t head = strlen(row->head), body = strlen(row->body);
    memcpy(bytes, row->head, head);
    for (size_t i = head; i < length; i++) {
        bytes[i] = '\0';
        if (body) {
            bytes[i] = row->body[(i - head) % body];
        }
    }
}

/* Seconds of processor time that one pass takes: the best of several, each long enough for the clock. */
static double measure(void (*run)(const char *, size_t), const char *bytes, size_t length)
{
    double best = 1e9;
    for (int pass = 0; pass < PASSES; pass++) {
        clock_t start = clock(), now;
        int runs = 0;
        do {
            run(bytes, length);
            runs++;
            now = clock();
        } while (now - start < CLOCKS_PER_SEC / 500);
        double seconds = (double)(now - start) / CLOCKS_PER_SEC / runs;
        best = seconds < best ? seconds : best;
    }
    return best;
}

static void run_row(void **state)
{
    const struct row *row = *state;
    char *bytes = malloc(LARGE);
    assert_non_null(bytes);
    fill(bytes, LARGE, row);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *small = exact_copy(bytes, SMALL);
        double short_time = measure(ways[i].run, small, SMALL);
        free(small);
        /* A pass that is not linear may take minutes: look at four times the length first. */
        double middle = measure(ways[i].run, bytes, (size_t)4 * SMALL);
        double ratio = middle / short_time;
        if (ratio < 12) {
            ratio = measure(ways[i].run, bytes, LARGE) / short_time;
        } else {
            ratio *= 4;
        }
        if (ratio > LIMIT) {
            fail_msg("%s takes %.0f times as long for %d times the bytes (%.1f ms for %d)", ways[i].name, ratio, FACTOR,
                     1000 * short_time, SMALL);
        }
    }
    free(bytes);
}

/* The measure itself: a quadratic pass must be seen. */
static volatile size_t sink;
static void quadratic(const char *bytes, size_t length)
{
    size_t sum = 0;
    for (size_t i = 0; i < length; i += 64) {
        sum += (size_t)(memchr(bytes + i, 1, length - i) != NULL);
    }
    sink = sum;
}

static void a_quadratic_pass_is_seen(void **state)
{
    char *bytes = calloc(1, LARGE);
    (void)state;
    assert_non_null(bytes);
    double ratio = measure(quadratic, bytes, LARGE / 4) / measure(quadratic, bytes, SMALL / 4);
    free(bytes);
    assert_true(ratio > LIMIT);
}

int main(void)
{
    enum { COUNT = sizeof rows / sizeof *rows };
    struct CMUnitTest tests[COUNT + 1];
    for (size_t i = 0; i < COUNT; i++) {
        tests[i] = (struct CMUnitTest){rows[i].name, run_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(a_quadratic_pass_is_seen);
    return cmocka_run_group_tests_name("linear", tests, NULL, NULL) != 0;
}
