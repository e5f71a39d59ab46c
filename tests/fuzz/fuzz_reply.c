/* Parser, lines and reader on any bytes, and that they agree. */
#include <string.h>

#include <smtpcodes.h>

#include "fuzz.h"

static enum smtpcodes_status read_in_pieces(struct smtpcodes_reader *reader, const char *bytes, size_t length,
                                            size_t piece, size_t *used)
{
    enum smtpcodes_status status = SMTPCODES_STATUS_MORE;
    *used = 0;
    smtpcodes_reader_start(reader);
    for (size_t i = 0; i < length && status == SMTPCODES_STATUS_MORE; i += piece) {
        size_t n = length - i < piece ? length - i : piece, taken;
        status = smtpcodes_reader_feed(reader, bytes + i, n, &taken);
        PROMISE(taken <= n && (taken == n || status != SMTPCODES_STATUS_MORE));
        *used += taken;
    }
    return status;
}

static void look_at(const struct smtpcodes_reply *reply, enum smtpcodes_status status, size_t length)
{
    PROMISE(reply->start <= reply->end && reply->end <= reply->used && reply->used <= length);
    PROMISE(reply->enhanced_start + reply->enhanced_length <= length);
    PROMISE((reply->enhanced_length != 0) == (reply->enhanced.klass != 0));
    PROMISE((status == SMTPCODES_STATUS_NOT_A_REPLY) == (reply->code < 0));
    PROMISE(reply->code <= 999 && reply->inner_code <= 999 && reply->error <= length);
    PROMISE(smtpcodes_stage_name((int)reply->stage));
    if (reply->enhanced_length) { /* it stands where it is said to stand */
        struct smtpcodes_enhanced_code code;
        PROMISE(smtpcodes_enhanced_parse(reply->bytes + reply->enhanced_start, reply->enhanced_length, &code));
        PROMISE(memcmp(&code, &reply->enhanced, sizeof code) == 0);
    }
    size_t cursor = 0, count = 0;
    struct smtpcodes_span line;
    const char *last = reply->bytes;
    while (smtpcodes_reply_line(reply, &cursor, &line)) {
        PROMISE(line.bytes >= last && line.bytes + line.length <= reply->bytes + reply->end);
        PROMISE(!line.length || !memchr(line.bytes, '\n', line.length));
        last = line.bytes + line.length;
        count++;
        PROMISE(count <= length + 1);
    }
    PROMISE(status == SMTPCODES_STATUS_NOT_A_REPLY || count == reply->line_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct smtpcodes_reply reply, first;
    struct smtpcodes_reader reader, other;
    size_t used, other_used;
    enum smtpcodes_status status = smtpcodes_reply_parse(bytes, size, &reply);
    look_at(&reply, status, size);
    smtpcodes_reply_check(&reply, SMTPCODES_COMMAND_RCPT);

    enum smtpcodes_status by_reader = read_in_pieces(&reader, bytes, size, size ? size : 1, &used);
    PROMISE(used == reader.offset);
    PROMISE(read_in_pieces(&other, bytes, size, 1, &other_used) == by_reader);
    PROMISE(memcmp(&reader, &other, sizeof reader) == 0 && used == other_used);
    PROMISE(read_in_pieces(&other, bytes, size, 7, &other_used) == by_reader);
    PROMISE(memcmp(&reader, &other, sizeof reader) == 0 && used == other_used);

    if (by_reader == SMTPCODES_STATUS_OK) { /* what the reader calls complete, the parser reads to its last byte */
        PROMISE(used > 0 && bytes[used - 1] == '\n');
        char *copy = malloc(used);
        if (copy) {
            memcpy(copy, bytes, used);
            PROMISE(smtpcodes_reply_parse(copy, used, &first) == SMTPCODES_STATUS_OK);
            PROMISE(first.used == used);
            PROMISE(first.code == reader.code && first.first_code == reader.first_code);
            look_at(&first, SMTPCODES_STATUS_OK, used);
            free(copy);
        }
    } else if (by_reader == SMTPCODES_STATUS_NOT_A_REPLY) {
        PROMISE(reader.offset < size);
    }
    return 0;
}
