/* Writes text into a caller's buffer and counts what would have been written, in the manner of snprintf. */
#ifndef SMTPCODES_OUT_H
#define SMTPCODES_OUT_H

#include <stddef.h>
#include <string.h>

struct smtpcodes__out {
    char *bytes;
    size_t room, length;
};

static inline void smtpcodes__out_start(struct smtpcodes__out *out, char *bytes, size_t room)
{
    out->bytes = bytes;
    out->room = bytes ? room : 0;
    out->length = 0;
}

static inline void smtpcodes__out_bytes(struct smtpcodes__out *out, const char *bytes, size_t length)
{
    if (out->bytes && out->length < out->room) {
        size_t left = out->room - out->length;
        memcpy(out->bytes + out->length, bytes, length < left ? length : left);
    }
    out->length += length;
}

static inline void smtpcodes__out_text(struct smtpcodes__out *out, const char *text)
{
    smtpcodes__out_bytes(out, text, strlen(text));
}

static inline void smtpcodes__out_number(struct smtpcodes__out *out, unsigned long number)
{
    char digits[24];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    smtpcodes__out_bytes(out, digits + n, sizeof digits - n);
}

/* Puts the NUL; returns the length of the whole text. */
static inline size_t smtpcodes__out_end(struct smtpcodes__out *out)
{
    if (out->room) {
        out->bytes[out->length < out->room ? out->length : out->room - 1] = 0;
    }
    return out->length;
}

#endif
