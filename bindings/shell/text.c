/* Bytes of strangers as JSON, CSV and lines for people. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 character at p, or 0 (RFC 3629). */
static size_t character(const unsigned char *p, size_t left)
{
    size_t n = p[0] < 0x80                    ? 1
               : p[0] >= 0xC2 && p[0] <= 0xDF ? 2
               : (p[0] & 0xF0) == 0xE0        ? 3
               : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                              : 0;
    if (n == 0 || n > left) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) ||
        (p[0] == 0xF4 && p[1] > 0x8F)) {
        return 0;
    }
    return n;
}

const char *utf8_bytes(const char *bytes, size_t length, size_t *out_length)
{
    static char *buffer;
    static size_t room;
    static const char replacement[] = "\xEF\xBF\xBD";
    if (!buffer || room < 3 * length + 1) {
        free(buffer);
        room = 3 * length + 1024;
        buffer = malloc(room);
        if (!buffer) {
            exit(complain(NOT_UNDERSTOOD, "out of memory"));
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < length;) {
        size_t size = character((const unsigned char *)bytes + i, length - i);
        if (size) {
            memcpy(buffer + n, bytes + i, size);
            n += size;
            i += size;
        } else {
            memcpy(buffer + n, replacement, 3);
            n += 3;
            i++;
        }
    }
    buffer[n] = 0;
    *out_length = n;
    return buffer;
}

json_t *json_bytes(const char *bytes, size_t length)
{
    size_t n;
    const char *text = utf8_bytes(bytes, length, &n);
    json_t *string = json_stringn_nocheck(text, n);
    if (!string) {
        exit(complain(NOT_UNDERSTOOD, "out of memory"));
    }
    return string;
}

void put_csv(FILE *out, const char *text, size_t length)
{
    int quoted = 0;
    for (size_t i = 0; i < length && !quoted; i++) {
        quoted = text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r';
    }
    if (!quoted) {
        fwrite(text, 1, length, out);
        return;
    }
    putc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') {
            putc('"', out);
        }
        putc(text[i], out);
    }
    putc('"', out);
}

void put_plain(FILE *out, const char *bytes, size_t length)
{
    size_t n;
    const char *text = utf8_bytes(bytes, length, &n);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == 0xC2 && (unsigned char)text[i + 1] < 0xA0) { /* U+0080 to U+009F are controls too */
            putc('?', out);
            i++;
        } else {
            putc(c == '\n' || c == '\r' || c == '\t' ? ' ' : c < ' ' || c == 0x7F ? '?' : c, out);
        }
    }
}
