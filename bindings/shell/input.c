#include "command.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
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

static size_t count_bytes(const char *bytes, size_t length, char wanted)
{
    enum { STEP = 240 }; /* whose sum fits into a byte, and sixteen of which a compiler adds up at a time */
    size_t count = 0;
    while (length > 0) {
        const size_t n = length < STEP ? length : STEP;
        uint8_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            sum = (uint8_t)(sum + (bytes[i] == wanted));
        }
        count += sum;
        bytes += n;
        length -= n;
    }
    return count;
}

/* Length of what stands before the last record's end and with it; 0 if no record ends. */
static size_t whole_records(const char *bytes, size_t length, char end)
{
    while (length > 0 && bytes[length - 1] != end) {
        length--;
    }
    return length;
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
        const size_t added =
            input->end < 0 ? 0 : whole_records(bytes->bytes + scanned, bytes->used - scanned, (char)input->end);
        if (added) {
            whole = scanned + added;
            records->count = count_bytes(bytes->bytes + scanned, added, (char)input->end);
        } else if (bytes->used > INPUT_LIMIT) { /* pass over what comes, but remember that it did */
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
