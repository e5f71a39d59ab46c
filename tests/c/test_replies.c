/* Replies: parser, lines and reader, whole and in every pair of pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "vectors.h"

static const char *status_word(enum smtpcodes_status status)
{
    return status == SMTPCODES_STATUS_OK ? "ok" : status == SMTPCODES_STATUS_MORE ? "more" : "not-a-reply";
}

static void assert_one_of(const char *what, const char *got, const char *expected)
{
    if (strcmp(expected, "*") != 0 && !one_of(got, expected, '/')) {
        fail_msg("%s: \"%s\", not \"%s\"", what, got, expected);
    }
}

static uint32_t flags_of(const char *names, size_t length)
{
    uint32_t flags = 0;
    while (length) {
        char name[32];
        size_t n = 0;
        while (n < length && names[n] != ',') {
            n++;
        }
        snprintf(name, sizeof name, "%.*s", (int)n, names);
        uint32_t flag = smtpcodes_flag_from_name(name);
        if (!flag && strcmp(name, "-") != 0) {
            fail_msg("\"%s\" is no flag", name);
        }
        flags |= flag;
        n += n < length;
        names += n;
        length -= n;
    }
    return flags;
}

static void assert_flags(uint32_t got, const char *expected)
{
    if (strcmp(expected, "*") == 0) {
        return;
    }
    for (const char *p = expected;;) {
        size_t n = strcspn(p, "/");
        if (flags_of(p, n) == got) {
            return;
        }
        if (!p[n]) {
            break;
        }
        p += n + 1;
    }
    char names[1024] = "";
    for (uint32_t bit = 1; bit; bit <<= 1) {
        if (got & bit) {
            strcat(strcat(names, " "), smtpcodes_flag_name(bit));
        }
    }
    fail_msg("flags:%s; not %s", names, expected);
}

/* The lines as the iterator gives them, joined by "|". */
static void assert_lines(const struct smtpcodes_reply *reply, const char *expected)
{
    size_t cursor = 0, count = 0;
    struct smtpcodes_span line;
    const char *p = strcmp(expected, "-") == 0 ? "" : expected;
    int more = 1;
    while (smtpcodes_reply_line(reply, &cursor, &line)) {
        char cell[1024], escaped[1024];
        size_t n = strcspn(p, "|"), length;
        if (!more) {
            fail_msg("line %zu is one too many: \"%.*s\"", count + 1, (int)line.length, line.bytes);
        }
        snprintf(cell, sizeof cell, "%.*s", (int)n, p);
        char *bytes = n ? vector_bytes(cell, &length) : exact_copy("", length = 0);
        vector_escape(line.bytes, line.length, escaped, sizeof escaped);
        if (line.length != length || (length && memcmp(line.bytes, bytes, length) != 0)) {
            fail_msg("line %zu: \"%s\", not \"%s\"", count + 1, escaped, cell);
        }
        free(bytes);
        more = p[n] == '|';
        p += n + (size_t)more;
        count++;
    }
    assert_false(more);
    assert_int_equal(reply->line_count, count);
}

/* What holds for any bytes. */
static void assert_in_bounds(const struct smtpcodes_reply *reply, enum smtpcodes_status status, size_t length)
{
    assert_true(reply->start <= reply->end && reply->end <= reply->used && reply->used <= length);
    assert_true(reply->enhanced_start + reply->enhanced_length <= length);
    assert_int_equal(reply->enhanced_length != 0, reply->enhanced.klass != 0);
    assert_int_equal(reply->code < 0, status == SMTPCODES_STATUS_NOT_A_REPLY);
    assert_int_equal((reply->flags & SMTPCODES_FLAG_MORE_BYTES) != 0, reply->used < length);
    assert_int_equal((reply->flags & SMTPCODES_FLAG_INCOMPLETE) != 0, status == SMTPCODES_STATUS_MORE);
    size_t cursor = 0, count = 0;
    struct smtpcodes_span line;
    const char *last = reply->bytes;
    while (smtpcodes_reply_line(reply, &cursor, &line)) {
        assert_true(line.bytes >= last && line.bytes + line.length <= reply->bytes + reply->end);
        last = line.bytes + line.length;
        count++;
    }
    if (status != SMTPCODES_STATUS_NOT_A_REPLY) {
        assert_int_equal(count, reply->line_count);
    }
}

static void parse_row(const struct vector_row *row, const char *bytes, size_t length)
{
    struct smtpcodes_reply reply;
    char text[64];
    enum smtpcodes_status status = smtpcodes_reply_parse(bytes, length, &reply);
    assert_one_of("status", status_word(status), row->cell[2]);
    assert_int_equal(reply.code, strtol(row->cell[3], NULL, 10));
    assert_int_equal(reply.first_code, strtol(row->cell[4], NULL, 10));
    smtpcodes_enhanced_write(reply.enhanced, text, sizeof text);
    assert_one_of("enhanced", *text ? text : "-", row->cell[5]);
    if (strcmp(row->cell[6], "*") != 0) {
        assert_lines(&reply, row->cell[6]);
    }
    assert_flags(reply.flags, row->cell[7]);
    snprintf(text, sizeof text, "-");
    if (reply.inner_code >= 0) {
        int n = snprintf(text, sizeof text, "%d", reply.inner_code);
        if (reply.inner_enhanced.klass) {
            text[n++] = ' ';
            smtpcodes_enhanced_write(reply.inner_enhanced, text + n, sizeof text - (size_t)n);
        }
    }
    assert_one_of("inner", text, row->cell[8]);
    assert_one_of("stage", smtpcodes_stage_name((int)reply.stage), row->cell[9]);
    assert_int_equal(reply.used, strtol(row->cell[10], NULL, 10));
    assert_in_bounds(&reply, status, length);
    if (status == SMTPCODES_STATUS_NOT_A_REPLY && strcmp(row->cell[11], "not-a-reply") == 0) {
        assert_int_equal(reply.error, strtol(row->cell[12], NULL, 10));
    }
}

struct outcome {
    enum smtpcodes_status status;
    size_t offset, used;
    int code, first_code;
};

/* The reader fed in two pieces, cut at `cut`. */
static struct outcome feed(const char *bytes, size_t length, size_t cut)
{
    struct smtpcodes_reader reader;
    size_t used;
    struct outcome out;
    char *piece = exact_copy(bytes, cut);
    smtpcodes_reader_start(&reader);
    out.status = smtpcodes_reader_feed(&reader, piece, cut, &used);
    free(piece);
    assert_true(used <= cut);
    out.used = used;
    if (out.status == SMTPCODES_STATUS_MORE) {
        assert_int_equal(used, cut); /* all bytes are read as long as more are wanted */
        piece = exact_copy(bytes + cut, length - cut);
        out.status = smtpcodes_reader_feed(&reader, piece, length - cut, &used);
        free(piece);
        assert_true(used <= length - cut);
        out.used += used;
    }
    out.offset = reader.offset;
    out.code = reader.code;
    out.first_code = reader.first_code;
    return out;
}

static void assert_same(struct outcome a, struct outcome b, size_t cut)
{
    if (a.status != b.status || a.offset != b.offset || a.used != b.used || a.code != b.code ||
        a.first_code != b.first_code) {
        fail_msg("cut at %zu: %s at %zu, used %zu, code %d; whole: %s at %zu, used %zu, code %d", cut,
                 status_word(a.status), a.offset, a.used, a.code, status_word(b.status), b.offset, b.used, b.code);
    }
}

static struct outcome feed_bytes(const char *bytes, size_t length)
{
    struct smtpcodes_reader reader;
    struct outcome out = {SMTPCODES_STATUS_MORE, 0, 0, 0, 0};
    smtpcodes_reader_start(&reader);
    for (size_t i = 0; i < length && out.status == SMTPCODES_STATUS_MORE; i++) {
        size_t used;
        out.status = smtpcodes_reader_feed(&reader, bytes + i, 1, &used);
        out.used += used;
    }
    out.offset = reader.offset;
    out.code = reader.code;
    out.first_code = reader.first_code;
    return out;
}

static void run_row(void **state)
{
    const struct vector_row *row = *state;
    size_t length;
    char *bytes = vector_bytes(row->cell[1], &length);
    parse_row(row, bytes, length);

    struct outcome whole = feed(bytes, length, length);
    assert_one_of("reader", status_word(whole.status), row->cell[11]);
    assert_int_equal(whole.offset, strtol(row->cell[12], NULL, 10));
    assert_int_equal(whole.used, whole.offset); /* nothing was read before this call */
    if (whole.status == SMTPCODES_STATUS_OK) {
        assert_int_equal(whole.code, strtol(row->cell[3], NULL, 10));
        assert_int_equal(whole.first_code, strtol(row->cell[4], NULL, 10));
    }
    for (size_t cut = 0; cut < length; cut++) {
        assert_same(feed(bytes, length, cut), whole, cut);
    }
    assert_same(feed_bytes(bytes, length), whole, 1);

    /* A beginning of the reply is never more certain than the whole, and is never refused where the whole is not. */
    for (size_t cut = 0; cut < length; cut++) {
        struct smtpcodes_reply reply;
        char *beginning = exact_copy(bytes, cut);
        struct outcome part = feed(beginning, cut, cut);
        if (part.status != SMTPCODES_STATUS_MORE) {
            assert_int_equal(part.status, whole.status);
            assert_true(part.offset <= cut && part.offset == whole.offset);
        }
        enum smtpcodes_status status = smtpcodes_reply_parse(beginning, cut, &reply);
        assert_in_bounds(&reply, status, cut);
        free(beginning);
    }
    free(bytes);
}

/* ---- long ones ----------------------------------------------------------------------------------------------------*/

static void a_line_of_600_octets(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) { /* 512 octets with the line end are allowed, 513 are not */
        char text[600];
        size_t length = extra ? sizeof text : 512;
        struct smtpcodes_reply reply;
        struct smtpcodes_span line;
        size_t cursor = 0;
        memset(text, 'x', sizeof text);
        memcpy(text, "550 ", 4);
        memcpy(text + length - 2, "\r\n", 2);
        char *bytes = exact_copy(text, length);
        assert_int_equal(smtpcodes_reply_parse(bytes, length, &reply), SMTPCODES_STATUS_OK);
        assert_int_equal(reply.flags, extra ? SMTPCODES_FLAG_LONG_LINE : 0);
        assert_true(smtpcodes_reply_line(&reply, &cursor, &line));
        assert_int_equal(line.length, length - 6); /* all of it */
        assert_false(smtpcodes_reply_line(&reply, &cursor, &line));
        free(bytes);
    }
    char text[513];
    struct smtpcodes_reply reply;
    memset(text, 'x', sizeof text);
    memcpy(text, "550 ", 4);
    memcpy(text + 511, "\r\n", 2);
    assert_int_equal(smtpcodes_reply_parse(text, 513, &reply), SMTPCODES_STATUS_OK);
    assert_int_equal(reply.flags, SMTPCODES_FLAG_LONG_LINE);
}

/* RFC 4954 4: lines of the AUTH exchange may have 12288 octets. */
static void a_long_challenge(void **state)
{
    enum { LENGTH = 12288 };
    char *text = malloc(LENGTH);
    struct smtpcodes_reply reply;
    struct smtpcodes_span line;
    size_t cursor = 0;
    (void)state;
    assert_non_null(text);
    memset(text, 'Q', LENGTH);
    memcpy(text, "334 ", 4);
    memcpy(text + LENGTH - 2, "\r\n", 2);
    assert_int_equal(smtpcodes_reply_parse(text, LENGTH, &reply), SMTPCODES_STATUS_OK);
    assert_int_equal(reply.code, 334);
    assert_true(smtpcodes_reply_line(&reply, &cursor, &line));
    assert_int_equal(line.length, LENGTH - 6);
    assert_ptr_equal(line.bytes, text + 4);
    struct outcome whole = feed(text, LENGTH, LENGTH);
    assert_int_equal(whole.status, SMTPCODES_STATUS_OK);
    assert_int_equal(whole.used, LENGTH);
    free(text);
}

static void a_reply_of_10000_lines(void **state)
{
    enum { LINES = 10000 };
    char *text = malloc((size_t)LINES * 32);
    size_t length = 0, cursor = 0;
    struct smtpcodes_reply reply;
    struct smtpcodes_span line;
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < LINES; i++) {
        length += (size_t)sprintf(text + length, "550%cline %d\r\n", i + 1 < LINES ? '-' : ' ', i);
    }
    assert_int_equal(smtpcodes_reply_parse(text, length, &reply), SMTPCODES_STATUS_OK);
    assert_int_equal(reply.code, 550);
    assert_int_equal(reply.line_count, LINES);
    assert_int_equal(reply.used, length);
    assert_int_equal(reply.flags, 0);
    for (int i = 0; i < LINES; i++) {
        char expected[32];
        assert_true(smtpcodes_reply_line(&reply, &cursor, &line));
        assert_int_equal(line.length, sprintf(expected, "line %d", i));
        assert_memory_equal(line.bytes, expected, line.length);
    }
    assert_false(smtpcodes_reply_line(&reply, &cursor, &line));
    struct outcome whole = feed(text, length, length);
    assert_int_equal(whole.status, SMTPCODES_STATUS_OK);
    assert_int_equal(whole.used, length);
    /* without the last line, more must come */
    length -= (size_t)(text + length - strstr(text, "550 "));
    assert_int_equal(smtpcodes_reply_parse(text, length, &reply), SMTPCODES_STATUS_MORE);
    assert_int_equal(reply.line_count, LINES - 1);
    free(text);
}

/* Replies behind each other in one buffer, as with pipelining: `used` leads from one to the next. */
static void replies_in_a_row(void **state)
{
    static const char text[] = "250 2.1.0 Ok\r\n550-5.1.1 No\r\n550 5.1.1 such user\r\n354 Go\r\n2";
    static const int codes[] = {250, 550, 354};
    const size_t length = sizeof text - 1;
    size_t at = 0, by_reader = 0, used;
    struct smtpcodes_reply reply;
    struct smtpcodes_reader reader;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(smtpcodes_reply_parse(text + at, length - at, &reply), SMTPCODES_STATUS_OK);
        assert_int_equal(reply.code, codes[i]);
        assert_true(reply.flags & SMTPCODES_FLAG_MORE_BYTES);
        at += reply.used;
        smtpcodes_reader_start(&reader);
        assert_int_equal(smtpcodes_reader_feed(&reader, text + by_reader, length - by_reader, &used),
                         SMTPCODES_STATUS_OK);
        assert_int_equal(reader.code, codes[i]);
        by_reader += used;
        assert_int_equal(by_reader, at);
    }
    smtpcodes_reader_start(&reader);
    assert_int_equal(smtpcodes_reader_feed(&reader, text + at, length - at, &used), SMTPCODES_STATUS_MORE);
    assert_int_equal(at + used, length);
}

/* Nothing that comes behind the end changes the answer. */
static void the_reader_stays_at_the_end(void **state)
{
    static const char *const texts[] = {"250 Ok\r\n", "HTTP/1.1 400 Bad Request\r\n"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct smtpcodes_reader reader;
        size_t used;
        smtpcodes_reader_start(&reader);
        enum smtpcodes_status first = smtpcodes_reader_feed(&reader, texts[i], strlen(texts[i]), &used);
        size_t offset = reader.offset;
        assert_int_equal(first, i ? SMTPCODES_STATUS_NOT_A_REPLY : SMTPCODES_STATUS_OK);
        assert_int_equal(smtpcodes_reader_feed(&reader, "550 No\r\n", 8, &used), first);
        assert_int_equal(used, 0);
        assert_int_equal(reader.offset, offset);
    }
}

/* Wherever in a line something stands, it is found: the parser looks at 64 bytes at a time. */
static void any_place(void **state)
{
    enum { PADS = 200, END = SMTPCODES_FLAG_NO_LINE_END };
    static const struct {
        const char *head, *tail;
        uint32_t flags;
        size_t line_count;
        int inner_code;
        size_t enhanced; /* where the enhanced code stands, from the end of the pad on; 0: none */
        size_t start;    /* where the reply begins, from there on; 0: at the head */
    } rows[] = {
        {"550 ", "", END, 1, -1, 0, 0},
        {"550 ", "\r\n", 0, 1, -1, 0, 0},
        {"550 ", "\n", SMTPCODES_FLAG_BARE_LF, 1, -1, 0, 0},
        {"550 ", "\r", END | SMTPCODES_FLAG_STRAY_CR, 1, -1, 0, 0},
        {"550 ", "\rb\r\n", SMTPCODES_FLAG_STRAY_CR, 1, -1, 0, 0},
        {"550 ", "\x7F\r\n", SMTPCODES_FLAG_CONTROL, 1, -1, 0, 0},
        {"550 ", "\xE9\x82\xAE\r\n", SMTPCODES_FLAG_UTF8, 1, -1, 0, 0},
        {"550 ", "\xE9\x82\r\n", SMTPCODES_FLAG_BINARY, 1, -1, 0, 0},
        {"550-", "\r\n550 b\r\n", 0, 2, -1, 0, 0},
        {"550-", "\r\n\r\n550 b\r\n", SMTPCODES_FLAG_LINE_WITHOUT_CODE, 3, -1, 0, 0},
        {"550-", " 550 b", END | SMTPCODES_FLAG_FOLDED, 2, -1, 0, 0},
        {"550 ", " 550 b", END, 1, -1, 0, 0},
        {"550 ", " (#5.1.1)", END | SMTPCODES_FLAG_ENHANCED_HASH | SMTPCODES_FLAG_ENHANCED_BRACKETED, 1, -1, 3, 0},
        {"550 ", " said: 421 4.7.0 busy", END | SMTPCODES_FLAG_NESTED, 1, 421, 0, 0},
        {"550 ", " said: 421", END | SMTPCODES_FLAG_NESTED, 1, 421, 0, 0},
        {"550 ", " said: 4211", END, 1, -1, 0, 0},
        {"", " said: 550 5.1.1 b", END | SMTPCODES_FLAG_WRAPPED, 1, -1, 11, 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t pad = 1; pad <= PADS; pad++) {
            char text[PADS + 64];
            const size_t head = strlen(rows[i].head), tail = strlen(rows[i].tail), length = head + pad + tail;
            memcpy(text, rows[i].head, head);
            memset(text + head, 'a', pad);
            memcpy(text + head + pad, rows[i].tail, tail);
            char *bytes = exact_copy(text, length);
            struct smtpcodes_reply reply;
            assert_int_equal(smtpcodes_reply_parse(bytes, length, &reply), SMTPCODES_STATUS_OK);
            if (reply.flags != rows[i].flags || reply.line_count != rows[i].line_count ||
                reply.inner_code != rows[i].inner_code || reply.used != length ||
                reply.enhanced_start != (rows[i].enhanced ? head + pad + rows[i].enhanced : 0) ||
                reply.start != (rows[i].start ? pad + rows[i].start : 0)) {
                fail_msg("row %zu, %zu bytes before it: flags %x, %zu lines", i, pad, (unsigned)reply.flags,
                         reply.line_count);
            }
            free(bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_600_octets),        cmocka_unit_test(a_long_challenge),
        cmocka_unit_test(a_reply_of_10000_lines),      cmocka_unit_test(replies_in_a_row),
        cmocka_unit_test(the_reader_stays_at_the_end), cmocka_unit_test(any_place),
    };
    struct vectors v;
    int failures = cmocka_run_group_tests_name("long replies", tests, NULL, NULL);
    vectors_load(&v, "replies.tsv", 13);
    failures += vectors_run(&v, run_row);
    vectors_free(&v);
    return failures != 0;
}
