#include "command.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

enum { CHUNK = 128 << 10 };

void input_start(struct input *input, int descriptor, int end)
{
    *input = (struct input){.descriptor = descriptor, .end = end};
}

void input_free(struct input *input)
{
    output_free(&input->rest);
}

/* Reads more behind what is there; 0 at the end of the input. */
static int fill(struct input *input, struct output *bytes)
{
    char *room = output_end(bytes, CHUNK);
    ssize_t n;
    int state;
    do {
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
        n = read(input->descriptor, room, CHUNK);
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        input->failed = errno;
    }
    if (n <= 0) {
        input->at_end = 1;
        return 0;
    }
    bytes->used += (size_t)n;
    return 1;
}

int input_read(struct input *input, struct records *records)
{
    struct output *bytes = &records->bytes;
    size_t whole = 0, scanned = 0;
    bytes->used = 0;
    records->first = input->record + 1;
    records->count = 0;
    records->cut = 0;
    put_bytes(bytes, input->rest.bytes ? input->rest.bytes : "", input->rest.used);
    input->rest.used = 0;
    while (records->count == 0 && !input->at_end && fill(input, bytes)) {
        const char *end;
        while (input->end >= 0 && (end = memchr(bytes->bytes + scanned, input->end, bytes->used - scanned))) {
            scanned = whole = (size_t)(end - bytes->bytes) + 1;
            records->count++;
        }
        if (records->count == 0 && bytes->used > INPUT_LIMIT) { /* pass over what comes, but remember that it did */
            records->cut = 1;
            bytes->used = INPUT_LIMIT;
        }
        scanned = bytes->used;
    }
    if (records->count == 0 && bytes->used > 0) { /* the last has no end */
        records->count = 1;
    } else if (records->count > 0) {
        put_bytes(&input->rest, bytes->bytes + whole, bytes->used - whole);
        bytes->used = whole;
    }
    input->record += records->count;
    return records->count > 0;
}
