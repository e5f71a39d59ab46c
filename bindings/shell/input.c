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

int input_next(struct input *input, const char **bytes, size_t *length)
{
    size_t scanned = 0;
    input->cut = 0;
    for (;;) {
        char *from = input->buffer ? input->buffer + input->start : NULL;
        size_t have = input->filled - input->start;
        char *end =
            from && input->end >= 0 && have > scanned ? memchr(from + scanned, input->end, have - scanned) : NULL;
        if (from && input->cut && (end || input->at_end || have > INPUT_LIMIT)) {
            /* pass over the rest, but keep the front */
            size_t drop_from = input->start + INPUT_LIMIT;
            size_t drop_to = end ? (size_t)(end - input->buffer) : input->filled;
            memmove(input->buffer + drop_from, input->buffer + drop_to, input->filled - drop_to);
            input->filled -= drop_to - drop_from;
            have = input->filled - input->start;
            end = end ? input->buffer + drop_from : NULL;
        }
        if (end) {
            *bytes = input->buffer + input->start;
            *length = (size_t)(end - *bytes);
            input->start += *length + 1;
            input->record++;
            return 1;
        }
        if (input->at_end) {
            if (have == 0) {
                return 0;
            }
            *bytes = input->buffer + input->start;
            *length = have;
            input->start = input->filled;
            input->record++;
            return 1;
        }
        scanned = have;
        if (have >= INPUT_LIMIT) {
            input->cut = 1;
        }
        fill(input);
    }
}
