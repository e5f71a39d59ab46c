/* What the subcommands share. */
#ifndef SMTPCODES_COMMAND_H
#define SMTPCODES_COMMAND_H

#include <stddef.h>
#include <stdio.h>

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
/* Output that could not be written is not done: call it last. */
int finish_output(int status);

/* Rules from a file into *rules, and none for NULL; 0 after a complaint. */
int load_rules(const char *path, struct smtpcodes_rules **rules);

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

/* Values that fit in no table: a JSON string of bytes that may be no UTF-8 (what is none becomes U+FFFD), never NULL.
 */
json_t *json_bytes(const char *bytes, size_t length);
/* The same as text in a buffer that grows; the result is valid until the next call. */
const char *utf8_bytes(const char *bytes, size_t length, size_t *out_length);

/* One field of a CSV row (RFC 4180), with the comma or line end before and behind left to the caller. */
void put_csv(FILE *out, const char *text, size_t length);
/* One line of text for a terminal or a pipe: control characters become spaces or "?". */
void put_plain(FILE *out, const char *bytes, size_t length);

/* Reads records that end in a given byte (as unsigned char), in constant memory. */
struct input {
    int descriptor;
    int end; /* the byte, or -1: all there is is one record */
    char *buffer;
    size_t room, start, filled;
    size_t record;   /* number of the record read last, from 1 */
    int at_end, cut; /* cut: the record was longer than INPUT_LIMIT, its rest was passed over */
    int failed;      /* errno of a read that failed, or 0 */
};

enum { INPUT_LIMIT = 16 << 20 };

void input_start(struct input *input, int descriptor, int end);
/* 1 and the record without its end, or 0. The bytes are valid until the next call. */
int input_next(struct input *input, const char **bytes, size_t *length);
void input_free(struct input *input);

/* Replies from a file, as the options --input and --field say it. */
enum form { FORM_LINES, FORM_NUL, FORM_JSONL };

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
    void (*use)(void *context, const struct reply *reply);
    void *context;
};

/* The value of --input into *form; 0 after a complaint. */
int form_from_name(const char *name, enum form *form);
/* Gives every reply to use(). Complains about what is none; returns DONE, or NOT_UNDERSTOOD if there was such a thing.
 */
int read_replies(const struct replies *replies, int descriptor);

/* The place of a word in a list that NULL ends, or -1. */
int choice(const char *const *words, const char *word);

/* A line of JSON on standard output. */
void put_json(const json_t *object);

#endif
