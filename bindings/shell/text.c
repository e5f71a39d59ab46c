/* Bytes of strangers as JSON, CSV and lines for people. */
#include "command.h"

#include <stdint.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* Output is made room for in pieces, so that a long text takes no more of it than it needs. */
enum { PIECE = 1024 };

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

/* Whether one of eight bytes is no printable ASCII, or one of two others: each step sets the top bit of such a byte
 * and, by a borrow, perhaps of one behind it, which costs a slower look and no more. */
static inline int is_special8(const char *p, char a, char b)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t v;
    memcpy(&v, p, sizeof v);
    const uint64_t x = v ^ (ones * (unsigned char)a), y = v ^ (ones * (unsigned char)b);
    const uint64_t controls = (v - ones * ' ') | (v + ones) | v; /* below the space, DEL, from 0x80 on */
    return (((x - ones) | (y - ones) | controls) & (ones * 0x80)) != 0;
}

static inline int is_special(char c, char a, char b)
{
    return c < ' ' || c >= 0x7F || c == a || c == b;
}

/* Copies the bytes up to the first special one, of at most PIECE; returns how many these were. */
static inline size_t put_ordinary(struct output *out, const char *bytes, size_t length, char a, char b)
{
    char *p = output_end(out, PIECE);
    size_t n = 0;
    length = length < PIECE ? length : PIECE;
    for (; length - n >= 8 && !is_special8(bytes + n, a, b); n += 8) {
        memcpy(p + n, bytes + n, 8);
    }
    if (length >= 8 && length - n < 8 && !is_special8(bytes + length - 8, a, b)) { /* some of them again */
        memcpy(p + length - 8, bytes + length - 8, 8);
        n = length;
    }
    for (; n < length && !is_special(bytes[n], a, b); n++) {
        p[n] = bytes[n];
    }
    out->used += n;
    return n;
}

/* The character at the front, or U+FFFD for what is none; returns how many bytes that took. */
static size_t put_character(struct output *out, const char *bytes, size_t length)
{
    const size_t n = character((const unsigned char *)bytes, length);
    put_bytes(out, n ? bytes : replacement, n ? n : 3);
    return n ? n : 1;
}

/* The escapes of RFC 8259 7 that JSON cannot do without. */
static void put_escape(struct output *out, unsigned char c)
{
    static const char names[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};
    if (names[c]) {
        put_char(out, '\\');
        put_char(out, names[c]);
    } else {
        put_text(out, "\\u00");
        put_char(out, "01"[c >> 4]);
        put_char(out, "0123456789ABCDEF"[c & 15]);
    }
}

void put_json_bytes(struct output *out, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t n = put_ordinary(out, bytes, length, '"', '\\');
        if (n == 0) {
            const unsigned char c = (unsigned char)*bytes;
            if (c < ' ' || c == '"' || c == '\\') {
                put_escape(out, c);
                n = 1;
            } else {
                n = put_character(out, bytes, length);
            }
        }
        bytes += n;
        length -= n;
    }
}

json_t *json_bytes(const char *bytes, size_t length)
{
    struct output text = {0};
    output_grow(&text, 1); /* jansson takes no NULL */
    while (length > 0) {
        const size_t n = put_character(&text, bytes, length);
        bytes += n;
        length -= n;
    }
    json_t *string = json_stringn_nocheck(text.bytes, text.used);
    output_free(&text);
    if (!string) {
        out_of_memory();
    }
    return string;
}

static int put_dumped(const char *bytes, size_t length, void *out)
{
    put_bytes(out, bytes, length);
    return 0;
}

void put_json(struct output *out, const json_t *object)
{
    json_dump_callback(object, put_dumped, out, JSON_COMPACT);
    put_char(out, '\n');
}

static int needs_quotes(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"' || bytes[i] == ',' || bytes[i] == '\n' || bytes[i] == '\r') {
            return 1;
        }
    }
    return 0;
}

void put_csv(struct output *out, const char *bytes, size_t length)
{
    size_t n = put_ordinary(out, bytes, length, '"', ',');
    if (n == length) { /* as most */
        return;
    }
    const int quoted = needs_quotes(bytes + n, length - n);
    out->used -= n;
    if (quoted) {
        put_char(out, '"');
    }
    while (length > 0) {
        n = put_ordinary(out, bytes, length, '"', '"');
        if (n == 0) {
            if (*bytes == '"') {
                put_char(out, '"');
            }
            n = put_character(out, bytes, length);
        }
        bytes += n;
        length -= n;
    }
    if (quoted) {
        put_char(out, '"');
    }
}

void put_plain(struct output *out, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t n = put_ordinary(out, bytes, length, '\0', '\0');
        if (n == 0) {
            const unsigned char c = (unsigned char)*bytes;
            if (c < ' ' || c == 0x7F) {
                put_char(out, c == '\n' || c == '\r' || c == '\t' ? ' ' : '?');
                n = 1;
            } else if (c == 0xC2 && length > 1 && (unsigned char)bytes[1] >= 0x80 && (unsigned char)bytes[1] < 0xA0) {
                put_char(out, '?'); /* U+0080 to U+009F are controls too */
                n = 2;
            } else {
                n = put_character(out, bytes, length);
            }
        }
        bytes += n;
        length -= n;
    }
}
