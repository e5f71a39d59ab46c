/* What the subcommands share. */
#ifndef SMTPCODES_COMMAND_H
#define SMTPCODES_COMMAND_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <smtpcodes.h>

/* Exit statuses, as smtpcodes(1) promises them. */
enum { DONE = 0, NOT_UNDERSTOOD = 1, WRONG_USE = 2 };

int explain_main(int argc, char **argv);
int list_main(int argc, char **argv);
int classify_main(int argc, char **argv);
int rules_main(int argc, char **argv);

/* One line on standard error: "smtpcodes: what is wrong". Returns `status`. */
int complain(int status, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* After getopt_long has returned '?' or ':': says what was wrong with the option. */
int bad_option(char **argv);
/* The vocabulary that --as names, or -1 after a complaint. */
int vocabulary_option(const char *name);
/* Ends the program: memory has run out. */
_Noreturn void out_of_memory(void);
/* Output that could not be written is not done: call it last. */
int finish_output(int status);

/* Rules from a file into *rules, and none for NULL; 0 after a complaint. */
int load_rules(const char *path, struct smtpcodes_rules **rules);

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

/* ---- output ---- */

/* Text that is collected in memory and written in large blocks. Zero-initialise it; memory that runs out ends the
 * program. */
struct output {
    char *bytes;
    size_t used, room;
};

/* Above so many bytes, what is collected is written. */
enum { OUTPUT_BLOCK = 256 << 10 };

void output_grow(struct output *out, size_t length);
void output_free(struct output *out);

/* Where the next bytes go: so many fit there. The caller adds to `used` what it has written. */
static inline char *output_end(struct output *out, size_t length)
{
    if (out->room - out->used <= length) { /* one byte more, so that it is never NULL */
        output_grow(out, length);
    }
    return out->bytes + out->used;
}

static inline void put_bytes(struct output *out, const char *bytes, size_t length)
{
    memcpy(output_end(out, length), bytes, length);
    out->used += length;
}

static inline void put_text(struct output *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

static inline void put_char(struct output *out, char c)
{
    *output_end(out, 1) = c;
    out->used++;
}

/* A column of text: spaces up to its width, and two before the next. */
void put_padded(struct output *out, const char *text, size_t width);
/* Digits of a number that is not negative, to p; returns the place behind them. At most NUMBER_MAX bytes. */
enum { NUMBER_MAX = 20 };
char *write_number(char *p, unsigned long number);
/* The same, with spaces before it up to a width. */
void put_number(struct output *out, unsigned long number, size_t width);

/* Writes to standard output; 0 if that has failed, now or before. finish_output() says so. */
int write_output(const char *bytes, size_t length);
/* Writes what is collected and empties it. */
int flush_output(struct output *out);

/* ---- bytes of strangers: what is no UTF-8 becomes U+FFFD ---- */

/* As they stand between the quotes of a JSON string. */
void put_json_bytes(struct output *out, const char *bytes, size_t length);
/* A JSON string, never NULL. */
json_t *json_bytes(const char *bytes, size_t length);
/* A line of JSON. */
void put_json(struct output *out, const json_t *object);
/* One field of a CSV row (RFC 4180), with the comma or line end before and behind left to the caller. */
void put_csv(struct output *out, const char *bytes, size_t length);
/* One line of text for a terminal or a pipe: control characters become spaces or "?". */
void put_plain(struct output *out, const char *bytes, size_t length);

/* ---- input ---- */

/* Reads records that end in a given byte (as unsigned char), in blocks of whole records and in constant memory. */
struct input {
    int descriptor;
    int end;       /* the byte, or -1: all there is is one record */
    size_t record; /* number of the record read last, from 1 */
    int at_end;
    int failed;         /* errno of a read that failed, or 0 */
    struct output rest; /* the beginning of the next record */
};

/* Some whole records, each with its end, which the last of the input may lack. Zero-initialise it. */
struct records {
    struct output bytes;
    size_t first; /* number of the first */
    size_t count;
    int cut; /* there is one only, longer than INPUT_LIMIT: its rest was passed over */
};

enum { INPUT_LIMIT = 16 << 20 };

void input_start(struct input *input, int descriptor, int end);
/* 1 and the next records, as many as come in one go, or 0. The thread can be cancelled only while it waits for input.
 */
int input_read(struct input *input, struct records *records);
void input_free(struct input *input);

/* Replies from a file, as the options --input and --field say it. */
enum form { FORM_LINES, FORM_NUL, FORM_JSONL };

enum { JOBS_MAX = 64 };

struct reply {
    const char *bytes; /* NULL: the object has none */
    size_t length;
    json_t *object; /* that it stands in, to be changed at will; or NULL */
};

struct replies {
    enum form form;
    const char *field;
    const char *file; /* for messages */
    int line_buffered;
    int jobs; /* how many threads use replies at a time; 0 and 1: none beside the caller's */
    /* Says something of a reply. Several threads call it at a time, each with an output of its own. */
    void (*use)(void *context, const struct reply *reply, struct output *out);
    /* Takes what use() has put out, a whole number of replies, in the order of the input and in the caller's thread.
     * Returns 0 if no more is wanted. NULL: standard output takes it. */
    int (*take)(void *context, const char *bytes, size_t length);
    void *context;
};

/* The value of --input into *form; 0 after a complaint. */
int form_from_name(const char *name, enum form *form);
/* Gives every reply to use(). Complains about what is none; returns DONE, or NOT_UNDERSTOOD if there was such a thing.
 */
int read_replies(const struct replies *replies, int descriptor);

/* The place of a word in a list that NULL ends, or -1. */
int choice(const char *const *words, const char *word);

#endif
