/* Replies written as RFC 5321 4.2 and RFC 2034 want them, and what is wrong with those of others. */
#include <smtpcodes.h>

#include "bytes.h"
#include "out.h"

enum { LINE_LIMIT = 512 /* octets with code and line end, RFC 5321 4.5.3.1.5 */ };

static const uint32_t without_enhanced =
    SMTPCODES_COMMAND_CONNECT | SMTPCODES_COMMAND_HELO | SMTPCODES_COMMAND_EHLO | SMTPCODES_COMMAND_LHLO;

static int text_is_clean(const unsigned char *p, const unsigned char *end)
{
    while (p < end) {
        size_t n = smtpcodes__utf8_length(p, end);
        if (n == 0 || *p == 0x7F || (n == 2 && p[0] == 0xC2 && p[1] < 0xA0) ||
            (*p < ' ' && *p != '\t' && *p != '\n' && !(*p == '\r' && p + 1 < end && p[1] == '\n'))) {
            return 0;
        }
        p += n;
    }
    return 1;
}

/* The end of the longest piece from p that fits into `room`: a line of the text, or as much of it as goes before a
 * blank. *next is where the text goes on. */
static const unsigned char *piece_end(const unsigned char *p, const unsigned char *end, size_t room,
                                      const unsigned char **next)
{
    const unsigned char *stop = p, *blank = NULL;
    while (stop < end && *stop != '\n' && (size_t)(stop - p) < room) {
        if (smtpcodes__is_blank(*stop)) {
            blank = stop;
        }
        stop++;
    }
    if (stop == end || *stop == '\n') {
        *next = stop == end ? end : stop + 1;
        return stop > p && stop[-1] == '\r' ? stop - 1 : stop;
    }
    if (blank && blank > p && !smtpcodes__is_blank(*stop)) {
        stop = blank;
    }
    while (stop > p + 1 && (*stop & 0xC0) == 0x80) { /* not inside a character */
        stop--;
    }
    *next = stop;
    while (*next < end && smtpcodes__is_blank(**next)) {
        ++*next;
    }
    return stop;
}

enum smtpcodes_status smtpcodes_reply_write(const struct smtpcodes_draft *draft, char *bytes, size_t room,
                                            size_t *needed)
{
    const unsigned char *p = (const unsigned char *)draft->text, *end = p;
    struct smtpcodes__out out;
    char enhanced[24];
    size_t enhanced_length = 0;
    *needed = 0;
    if (draft->code < 200 || draft->code > 599 || draft->code / 10 % 10 > 5) {
        return SMTPCODES_STATUS_BAD_CODE;
    }
    if (draft->enhanced.klass && draft->code / 100 != 3) {
        if (draft->enhanced.klass != draft->code / 100 || draft->enhanced.subject > 999 ||
            draft->enhanced.detail > 999) {
            return SMTPCODES_STATUS_BAD_ENHANCED;
        }
        if (!(draft->command & without_enhanced)) {
            enhanced_length = smtpcodes_enhanced_write(draft->enhanced, enhanced, sizeof enhanced);
        }
    }
    if (draft->length) {
        end += draft->length;
        if (!text_is_clean(p, end)) {
            return SMTPCODES_STATUS_BAD_TEXT;
        }
    }
    while (end > p && (end[-1] == '\n' || end[-1] == '\r' || smtpcodes__is_blank(end[-1]))) {
        end--;
    }
    const size_t prefix = 4 + (enhanced_length ? enhanced_length + 1 : 0);
    smtpcodes__out_start(&out, bytes, room);
    do {
        const unsigned char *next, *stop = piece_end(p, end, LINE_LIMIT - 2 - prefix, &next);
        while (stop > p && smtpcodes__is_blank(stop[-1])) {
            stop--;
        }
        smtpcodes__out_number(&out, (unsigned long)draft->code);
        smtpcodes__out_text(&out, next < end ? "-" : " ");
        smtpcodes__out_bytes(&out, enhanced, enhanced_length);
        if (enhanced_length && stop > p) {
            smtpcodes__out_text(&out, " ");
        }
        smtpcodes__out_bytes(&out, (const char *)p, (size_t)(stop - p));
        smtpcodes__out_text(&out, "\r\n");
        p = next;
    } while (p < end);
    *needed = out.length;
    return SMTPCODES_STATUS_OK;
}

uint32_t smtpcodes_reply_check(const struct smtpcodes_reply *reply, uint32_t command)
{
    const struct smtpcodes_code *row = smtpcodes_code_find(reply->code);
    uint32_t flags = reply->flags;
    if (reply->enhanced.klass && command & without_enhanced) {
        flags |= SMTPCODES_FLAG_ENHANCED_UNWANTED;
    }
    if (command && row && !(smtpcodes_code_commands(row) & command)) {
        flags |= SMTPCODES_FLAG_UNEXPECTED_CODE;
    }
    return flags;
}
