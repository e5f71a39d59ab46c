#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 256 << 10 };

void input_start(struct input *input, int descriptor, int end)
{
    memset(input, 0, sizeof *input);
    input->descriptor = descriptor;
    input->end = end;
}

void input_free(struct input *input)
{
    free(input->buffer);
    input->buffer = NULL;
}

/* Reads more behind what is there; 0 at the end of the input. */
static int fill(struct input *input)
{
    if (input->buffer && input->start > 0) {
        memmove(input->buffer, input->buffer + input->start, input->filled - input->start);
        input->filled -= input->start;
        input->start = 0;
    }
    if (input->room - input->filled < CHUNK) {
        size_t room = input->room ? 2 * input->room : (size_t)2 * CHUNK;
        char *buffer = realloc(input->buffer, room);
        if (!buffer) {
            exit(complain(NOT_UNDERSTOOD, "out of memory"));
        }
        input->buffer = buffer;
        input->room = room;
    }
    ssize_t n;
    do {
        n = read(input->descriptor, input->buffer + input->filled, CHUNK);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        input->failed = errno;
    }
    if (n <= 0) {
        input->at_end = 1;
        return 0;
    }
    input->filled += (size_t)n;
    return 1;
}

/* Hands out what is there up to `length`; a record that is too long is cut. */
static int hand_out(struct input *input, size_t length, size_t taken, const char **bytes, size_t *out)
{
    *bytes = input->buffer + input->start;
    input->cut |= length > INPUT_LIMIT;
    *out = length > INPUT_LIMIT ? INPUT_LIMIT : length;
    input->start += taken;
    input->record++;
    return 1;
}

int input_next(struct input *input, const char **bytes, size_t *length)
{
    size_t scanned = 0;
    input->cut = 0;
    for (;;) {
        char *from = input->buffer ? input->buffer + input->start : NULL;
        size_t have = input->filled - input->start;
        char *end =
            from && input->end >= 0 && have > scanned ? memchr(from + scanned, input->end, have - scanned) : NULL;
        if (end) {
            size_t n = (size_t)(end - from);
            return hand_out(input, n, n + 1, bytes, length);
        }
        if (input->at_end) {
            return have == 0 ? 0 : hand_out(input, have, have, bytes, length);
        }
        if (have > INPUT_LIMIT) { /* pass over what comes, but remember that there was more */
            input->cut = 1;
            input->filled = input->start + INPUT_LIMIT;
            have = INPUT_LIMIT;
        }
        scanned = have;
        fill(input);
    }
}

/* ---- replies ---- */

int choice(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

int form_from_name(const char *name, enum form *form)
{
    static const char *const names[] = {"lines", "nul", "jsonl", NULL};
    int value = choice(names, name);
    if (value < 0) {
        complain(0, "--input is lines, nul or jsonl, not \"%s\"", name);
        return 0;
    }
    *form = (enum form)value;
    return 1;
}

void put_json(const json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

/* Uses the text of a JSON object. Returns whether it could be read. */
static int use_object(const struct replies *replies, size_t line, const char *bytes, size_t length)
{
    json_error_t error;
    json_t *object = json_loadb(bytes, length, JSON_ALLOW_NUL, &error);
    if (!json_is_object(object)) {
        if (object) {
            complain(0, "%s:%zu: a JSON object is expected on each line", replies->file, line);
        } else {
            complain(0, "%s:%zu: no JSON: %s at column %d", replies->file, line, error.text, error.column);
        }
        json_decref(object);
        return 0;
    }
    /* the text may be replaced in the object while it is in use */
    json_t *text = json_incref(json_object_get(object, replies->field));
    const int is_text = json_is_string(text);
    if (!is_text) {
        complain(0, "%s:%zu: the object has no string under the key \"%s\"", replies->file, line, replies->field);
    }
    replies->use(replies->context, &(struct reply){json_string_value(text), json_string_length(text), object});
    json_decref(text);
    json_decref(object);
    return is_text;
}

/* Once a second, on a terminal. */
static void show_progress(size_t done)
{
    static time_t shown;
    time_t now = time(NULL);
    if (now != shown) {
        fprintf(stderr, "\r%zu replies", done);
        shown = now;
    }
}

int read_replies(const struct replies *replies, int descriptor)
{
    struct input input;
    const char *bytes;
    size_t length;
    int status = DONE;
    int progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO), shown = 0;
    const int end = replies->form == FORM_NUL ? '\0' : '\n';
    input_start(&input, descriptor, end);
    while (input_next(&input, &bytes, &length)) {
        if (input.cut) {
            complain(0, "%s:%zu: longer than %d MiB, its rest is passed over", replies->file, input.record,
                     INPUT_LIMIT >> 20);
            status = NOT_UNDERSTOOD;
        }
        if (end == '\n' && length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        if (replies->form != FORM_JSONL) {
            replies->use(replies->context, &(struct reply){bytes, length, NULL});
        } else if (length > 0 && !use_object(replies, input.record, bytes, length)) {
            status = NOT_UNDERSTOOD;
        }
        if (replies->line_buffered) {
            fflush(stdout);
        }
        if (ferror(stdout)) {
            break;
        }
        if (progress && input.record % 4096 == 0) {
            show_progress(input.record);
            shown = 1;
        }
    }
    if (shown) {
        fprintf(stderr, "\r%zu replies\n", input.record);
    }
    if (input.failed) {
        status = complain(NOT_UNDERSTOOD, "%s: %s", replies->file, strerror(input.failed));
    }
    input_free(&input);
    return status;
}
