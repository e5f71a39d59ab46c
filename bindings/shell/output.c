/* Output that is collected and written in large blocks. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int write_error; /* errno of the write that failed, or 0 */

void output_grow(struct output *out, size_t length)
{
    size_t room = out->room ? 2 * out->room : 4096;
    while (room - out->used <= length) {
        room *= 2;
    }
    char *bytes = realloc(out->bytes, room);
    if (!bytes) {
        out_of_memory();
    }
    out->bytes = bytes;
    out->room = room;
}

void output_free(struct output *out)
{
    free(out->bytes);
    *out = (struct output){0};
}

static void put_spaces(struct output *out, size_t count)
{
    memset(output_end(out, count), ' ', count);
    out->used += count;
}

void put_padded(struct output *out, const char *text, size_t width)
{
    const size_t length = strlen(text);
    put_bytes(out, text, length);
    put_spaces(out, (length < width ? width - length : 0) + 2);
}

char *write_number(char *p, unsigned long number)
{
    char digits[NUMBER_MAX];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    memcpy(p, digits + n, sizeof digits - n);
    return p + sizeof digits - n;
}

void put_number(struct output *out, unsigned long number, size_t width)
{
    char digits[NUMBER_MAX];
    const size_t length = (size_t)(write_number(digits, number) - digits);
    put_spaces(out, length < width ? width - length : 0);
    put_bytes(out, digits, length);
}

int write_output(const char *bytes, size_t length)
{
    while (length > 0 && !write_error) {
        const ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n >= 0) {
            bytes += n;
            length -= (size_t)n;
        } else if (errno != EINTR) {
            write_error = errno;
        }
    }
    return !write_error;
}

int flush_output(struct output *out)
{
    const int written = write_output(out->bytes, out->used);
    out->used = 0;
    return written;
}

int finish_output(int status)
{
    if (!write_error && (fflush(stdout) || ferror(stdout))) {
        write_error = errno;
    }
    if (write_error && write_error != EPIPE) {
        return complain(NOT_UNDERSTOOD, "standard output: %s", strerror(write_error));
    }
    return status;
}
