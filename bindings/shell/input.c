#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
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
