#define _POSIX_C_SOURCE 200809L
#include "inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules.h"

void *must(void *memory)
{
    if (!memory) {
        fputs("bench: no memory\n", stderr);
        exit(2);
    }
    return memory;
}

void texts_add(struct texts *texts, const char *bytes, size_t length, int reason)
{
    if (texts->count == texts->room) {
        texts->room = texts->room ? 2 * texts->room : 1024;
        texts->at = must(realloc(texts->at, texts->room * sizeof *texts->at));
    }
    char *copy = must(malloc(length + 1));
    memcpy(copy, bytes, length);
    copy[length] = 0;
    texts->at[texts->count++] = (struct text){copy, length, reason};
    texts->bytes += length;
}

/* In place; the new length. */
static size_t unescaped(char *cell)
{
    char *out = cell;
    for (const char *p = cell; *p; p++) {
        static const char letters[] = "rnt\\", bytes[] = "\r\n\t\\";
        const char *letter = *p == '\\' && p[1] ? strchr(letters, p[1]) : NULL;
        if (letter) {
            *out++ = bytes[letter - letters];
            p++;
        } else {
            *out++ = *p;
        }
    }
    *out = 0;
    return (size_t)(out - cell);
}

void texts_read(struct texts *texts, const char *folder, const char *table, unsigned column, unsigned nth)
{
    char path[4096], *line = NULL;
    size_t room = 0, rows = 0;
    snprintf(path, sizeof path, "%s/%s", folder, table);
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(2);
    }
    while (getline(&line, &room, f) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        if (!*line || *line == '#' || rows++ % nth != 0) {
            continue;
        }
        char *cell = line;
        for (unsigned i = 0; cell && i < column; i++) {
            cell = strchr(cell, '\t');
            cell += cell != NULL;
        }
        if (!cell) {
            fprintf(stderr, "%s: row %zu has no column %u\n", path, rows, column + 1);
            exit(2);
        }
        cell[strcspn(cell, "\t")] = 0;
        size_t length = unescaped(cell);
        if (length && strcmp(cell, "-") != 0) {
            texts_add(texts, cell, length, 0);
        }
    }
    free(line);
    fclose(f);
}

struct texts texts_between(const struct texts *texts, size_t least, size_t most, int lines)
{
    struct texts chosen = {0};
    for (size_t i = 0; i < texts->count; i++) {
        const struct text *t = &texts->at[i];
        int has = memchr(t->bytes, '\n', t->length) ? 2 : 1;
        if (t->length >= least && t->length <= most && (lines == 0 || lines == has)) {
            texts_add(&chosen, t->bytes, t->length, t->reason);
        }
    }
    if (chosen.count == 0) {
        fprintf(stderr, "bench: no reply of %zu to %zu bytes\n", least, most);
        exit(2);
    }
    return chosen;
}

static int by_bytes(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    int order = memcmp(x->bytes, y->bytes, x->length < y->length ? x->length : y->length);
    if (order == 0) {
        order = (x->length > y->length) - (x->length < y->length);
    }
    return order ? order : (x->reason > y->reason) - (x->reason < y->reason);
}

void texts_unique(struct texts *texts)
{
    size_t kept = 0;
    if (texts->count == 0) {
        return;
    }
    qsort(texts->at, texts->count, sizeof *texts->at, by_bytes);
    texts->bytes = 0;
    for (size_t i = 0; i < texts->count; i++) {
        struct text *t = &texts->at[i];
        if (kept && texts->at[kept - 1].length == t->length &&
            memcmp(texts->at[kept - 1].bytes, t->bytes, t->length) == 0) {
            free(t->bytes);
            continue;
        }
        texts->bytes += t->length;
        texts->at[kept++] = *t;
    }
    texts->count = kept;
}

/* "quota ~2 exceed*" -> "quota exceed"; 0 if it is no literal. */
static int literal(char *phrase)
{
    char *out = phrase;
    if (strchr(phrase, '{')) {
        return 0;
    }
    for (const char *p = phrase; *p; p++) {
        if (p[0] == ' ' && p[1] == '~') {
            p += 2; /* a gap has one digit */
        } else if (*p == '*') {
            if (p[1]) {
                return 0;
            }
        } else {
            *out++ = *p;
        }
    }
    *out = 0;
    return 1;
}

struct texts phrases_of(const char *rules_file, size_t *left_out)
{
    char message[512];
    struct texts phrases = {0};
    struct smtpcodes_rules *rules = smtpcodes_rules_load_file(rules_file, message, sizeof message);
    if (!rules) {
        fprintf(stderr, "bench: %s\n", message);
        exit(2);
    }
    uint32_t *spellings = must(smtpcodes__compiler_spellings(rules->compiler));
    *left_out = 0;
    for (size_t i = 0; i < smtpcodes__compiler_reading_count(rules->compiler); i++) {
        char text[4096];
        const uint32_t out = smtpcodes__compiler_reading_out(rules->compiler, i);
        if (SMTPCODES__OUT_KIND(out) != SMTPCODES__OUT_RULE) {
            continue;
        }
        smtpcodes__compiler_reading_text(rules->compiler, i, spellings, NULL, text, sizeof text);
        if (!literal(text)) {
            ++*left_out;
            continue;
        }
        texts_add(&phrases, text, strlen(text), rules->set.rules[SMTPCODES__OUT_ID(out)].reason);
    }
    free(spellings);
    smtpcodes_rules_free(rules);
    texts_unique(&phrases);
    return phrases;
}

struct text repeated(const char *head, const char *body, size_t body_length, size_t length)
{
    const size_t head_length = strlen(head);
    char *bytes = must(malloc(length));
    memcpy(bytes, head, head_length);
    for (size_t i = head_length; i < length; i++) {
        bytes[i] = body[(i - head_length) % body_length];
    }
    return (struct text){bytes, length, 0};
}

const struct hostile hostile_bodies[] = {
    {"one word", "550 ", "mailbox "},
    {"letters without end", "550 ", "a"},
    {"words of one letter", "550 ", "a b c d e f g h "},
    {"addresses", "550 ", "ann@example.org "},
    {"short addresses", "550 ", "a@b.c "},
    {"addresses without end", "550 ", "a@"},
    {"angle brackets", "550 ", "<"},
    {"dots", "550 ", "."},
    {"labels", "550 ", "a.a.a."},
    {"host names", "550 ", "mx.example.org "},
    {"numbers with dots", "550 ", "1.2."},
    {"IPs", "550 ", "192.0.2.1 "},
    {"digits", "550 ", "5"},
    {"enhanced codes", "550 ", "5.1.1 "},
    {"links", "550 ", "http://a/b "},
    {"schemes", "550 ", "http://"},
    {"colons", "550 ", "a::"},
    {"blanks", "550 ", " "},
    {"negations", "550 ", "not no never without "},
    {"negated phrases", "550 ", "not user unknown "},
    {"words of phrases", "550 ", "user unknown mailbox full "},
    {"gaps that stay open", "550 ", "mailbox user account message over connection "},
    {"waits", "451 ", "try again in "},
    {"codes inside", "550 ", "550 5.1.1 "},
    {"lines", "", "550-a\r\n"},
    {"lines with enhanced codes", "", "550-5.1.1 a\r\n"},
    {"folded lines", "", "550-a "},
    {"quotes", "550 ", "'"},
    {"bytes beyond ASCII", "550 ", "\xFF"},
    {"accents", "550 ", "\xC3\xA9\xC3\xA8 "},
    {"combining marks", "550 ", "\xCC\x81"},
    {"Han", "550 ", "\xE9\x82\xAE\xE7\xAE\xB1"},
    {"full-width letters", "550 ", "\xEF\xBD\x81\xEF\xBD\x82 "},
};
const size_t hostile_count = sizeof hostile_bodies / sizeof *hostile_bodies;

static double read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double now(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double wall_clock(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return values[count / 2];
}
