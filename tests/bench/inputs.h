/* What the programs of this folder measure on: replies out of the tables, phrases of the rules, hostile bytes. */
#ifndef BENCH_INPUTS_H
#define BENCH_INPUTS_H

#include <stddef.h>

struct text {
    char *bytes;
    size_t length;
    int reason; /* of a phrase: what its rule decides */
};

struct texts {
    struct text *at;
    size_t count, bytes, room;
};

void *must(void *memory); /* ends the program where there is none */
void texts_add(struct texts *texts, const char *bytes, size_t length, int reason);
/* Cells of a table: column 0 is the first, every nth line that is no comment; undoes the tables' \r \n \t \\. */
void texts_read(struct texts *texts, const char *folder, const char *table, unsigned column, unsigned nth);
/* Only those of so many bytes; lines: 1 one line, 2 several, 0 any. */
struct texts texts_between(const struct texts *texts, size_t least, size_t most, int lines);
/* Once each; of equal ones the first reason is kept. */
void texts_unique(struct texts *texts);

/* The phrases that the rules of this file hold, alternatives multiplied out, as literals: words with one blank between.
 * A gap is taken as empty. Those with a kind of name, or with a star before their last word, are no literals: left_out
 * receives how many. */
struct texts phrases_of(const char *rules, size_t *left_out);

/* A head, and a body until there are so many bytes. */
struct text repeated(const char *head, const char *body, size_t body_length, size_t length);

struct hostile {
    const char *name, *head, *body;
};
extern const struct hostile hostile_bodies[];
extern const size_t hostile_count;

double now(void);        /* seconds of processor time: what others do on the machine does not count */
double wall_clock(void); /* seconds; cheaper to ask */
double median(double *values, size_t count);

#endif
