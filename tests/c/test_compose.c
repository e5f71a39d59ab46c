/* Composing replies, and what is wrong with those of others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "vectors.h"

static const struct row {
    const char *name;
    int code;
    const char *enhanced; /* "" none */
    const char *command;  /* "" not known */
    const char *text, *reply;
} rows[] = {
    {"one line", 550, "5.1.1", "rcpt", "User unknown", "550 5.1.1 User unknown\r\n"},
    {"no enhanced code", 550, "", "rcpt", "User unknown", "550 User unknown\r\n"},
    {"two lines", 551, "5.7.1", "rcpt", "Forwarding disabled\nSelect another host",
     "551-5.7.1 Forwarding disabled\r\n551 5.7.1 Select another host\r\n"},
    {"lines that end in CRLF", 250, "2.0.0", "", "one\r\ntwo\r\n", "250-2.0.0 one\r\n250 2.0.0 two\r\n"},
    {"greeting", 220, "2.0.0", "connect", "mx.example.org ESMTP", "220 mx.example.org ESMTP\r\n"}, /* RFC 2034 4 */
    {"EHLO", 250, "2.0.0", "ehlo", "mx.example.org\nSIZE 1000\nHELP",
     "250-mx.example.org\r\n250-SIZE 1000\r\n250 HELP\r\n"},
    {"HELO", 250, "2.0.0", "helo", "mx.example.org", "250 mx.example.org\r\n"},
    {"failed EHLO", 550, "5.7.1", "ehlo", "No", "550 No\r\n"},
    {"LHLO", 250, "2.0.0", "lhlo", "mx.example.org", "250 mx.example.org\r\n"},
    {"3yz", 354, "2.0.0", "data", "Go", "354 Go\r\n"},
    {"challenge", 334, "", "auth", "", "334 \r\n"}, /* RFC 4954 4: code and space */
    {"no text", 250, "2.0.0", "noop", "", "250 2.0.0\r\n"},
    {"empty line inside", 250, "", "help", "one\n\ntwo", "250-one\r\n250-\r\n250 two\r\n"},
    {"UTF-8", 550, "5.1.1", "rcpt", "Benutzer m\xC3\xBCller", "550 5.1.1 Benutzer m\xC3\xBCller\r\n"},
    {"tab", 550, "", "", "a\tb", "550 a\tb\r\n"},
};

static struct smtpcodes_draft draft_of(int code, const char *enhanced, uint32_t command, const char *text,
                                       size_t length)
{
    struct smtpcodes_draft draft = {0};
    draft.code = code;
    draft.command = command;
    draft.text = text;
    draft.length = length;
    if (*enhanced) {
        assert_true(smtpcodes_enhanced_parse(enhanced, strlen(enhanced), &draft.enhanced));
    }
    return draft;
}

static void run_row(void **state)
{
    const struct row *row = *state;
    uint32_t command = *row->command ? smtpcodes_command_from_name(row->command) : 0;
    char *text = exact_copy(row->text, strlen(row->text));
    struct smtpcodes_draft draft = draft_of(row->code, row->enhanced, command, text, strlen(row->text));
    size_t length = strlen(row->reply), needed = 99;
    for (size_t room = 0; room <= length + 1; room++) { /* a small room gets the beginning */
        char *out = malloc(room + 1);
        assert_non_null(out);
        out[room] = '!';
        assert_int_equal(smtpcodes_reply_write(&draft, out, room, &needed), SMTPCODES_STATUS_OK);
        assert_int_equal(needed, length);
        assert_memory_equal(out, row->reply, room < length ? room : length);
        assert_int_equal(out[room], '!');
        free(out);
    }
    free(text);
}

static void wrong_drafts(void **state)
{
    static const struct {
        int code;
        uint16_t klass, subject, detail;
        const char *text;
        size_t length;
        enum smtpcodes_status status;
    } drafts[] = {{199, 0, 0, 0, "x", 1, SMTPCODES_STATUS_BAD_CODE},
                  {600, 0, 0, 0, "x", 1, SMTPCODES_STATUS_BAD_CODE},
                  {560, 0, 0, 0, "x", 1, SMTPCODES_STATUS_BAD_CODE}, /* second digit above 5 */
                  {0, 0, 0, 0, "x", 1, SMTPCODES_STATUS_BAD_CODE},
                  {-550, 0, 0, 0, "x", 1, SMTPCODES_STATUS_BAD_CODE},
                  {5500, 0, 0, 0, "x", 1, SMTPCODES_STATUS_BAD_CODE},
                  {550, 4, 1, 1, "x", 1, SMTPCODES_STATUS_BAD_ENHANCED}, /* RFC 2034 4 */
                  {550, 3, 1, 1, "x", 1, SMTPCODES_STATUS_BAD_ENHANCED},
                  {550, 5, 1000, 1, "x", 1, SMTPCODES_STATUS_BAD_ENHANCED},
                  {550, 5, 1, 1000, "x", 1, SMTPCODES_STATUS_BAD_ENHANCED},
                  {550, 0, 0, 0, "a\0b", 3, SMTPCODES_STATUS_BAD_TEXT},
                  {550, 0, 0, 0, "a\x1b[31m", 6, SMTPCODES_STATUS_BAD_TEXT},
                  {550, 0, 0, 0, "a\rb", 3, SMTPCODES_STATUS_BAD_TEXT},
                  {550, 0, 0, 0, "a\r", 2, SMTPCODES_STATUS_BAD_TEXT},
                  {550, 0, 0, 0, "m\xFCller", 6, SMTPCODES_STATUS_BAD_TEXT},
                  {550, 0, 0, 0, "a\x7F", 2, SMTPCODES_STATUS_BAD_TEXT},
                  {550, 0, 0, 0, "a\xC2\x85", 3, SMTPCODES_STATUS_BAD_TEXT}}; /* a control character of Unicode */
    (void)state;
    for (size_t i = 0; i < sizeof drafts / sizeof *drafts; i++) {
        struct smtpcodes_draft draft = {
            drafts[i].code, {drafts[i].klass, drafts[i].subject, drafts[i].detail}, 0, NULL, drafts[i].length};
        char *text = exact_copy(drafts[i].text, drafts[i].length), out[64] = "untouched";
        size_t needed = 99;
        draft.text = text;
        assert_int_equal(smtpcodes_reply_write(&draft, out, sizeof out, &needed), drafts[i].status);
        assert_int_equal(needed, 0);
        assert_string_equal(out, "untouched");
        free(text);
    }
}

/* Whatever the text, the reply is correct: it is read back with nothing odd, no line exceeds 512 octets (RFC 5321
 * 4.5.3.1.5), and no letter is lost. */
static void written_replies_are_correct(void **state)
{
    static const char *const bodies[] = {
        "x",        "word ",        "a  b\t",        "line\n", "\n",
        "\xC3\xBC", "\xE9\x82\xAE", "\xE9\x82\xAE ", "x\r\n",  "longer words and more "};
    enum { LONGEST = 1700, ROOM = 16 * 1024 };
    char *text = malloc(LONGEST), *out = malloc(ROOM), *got = malloc(ROOM), *wanted = malloc(ROOM);
    (void)state;
    assert_true(text && out && got && wanted);
    for (size_t b = 0; b < sizeof bodies / sizeof *bodies; b++) {
        size_t unit = strlen(bodies[b]);
        for (size_t units = 1; units * unit <= LONGEST; units += units > 600 / unit || units < 40 ? 7 : 1) {
            size_t length = units * unit, needed, n = 0, w = 0, cursor = 0;
            for (size_t i = 0; i < length; i++) {
                text[i] = bodies[b][i % unit];
                if (!strchr(" \t\r\n", text[i])) {
                    wanted[w++] = text[i];
                }
            }
            struct smtpcodes_draft draft = draft_of(550, "5.7.1", SMTPCODES_COMMAND_RCPT, text, length);
            assert_int_equal(smtpcodes_reply_write(&draft, out, ROOM, &needed), SMTPCODES_STATUS_OK);
            assert_true(needed <= ROOM);
            struct smtpcodes_reply reply;
            struct smtpcodes_span line;
            assert_int_equal(smtpcodes_reply_parse(out, needed, &reply), SMTPCODES_STATUS_OK);
            assert_int_equal(reply.used, needed);
            assert_int_equal(reply.code, 550);
            assert_int_equal(reply.flags & ~(uint32_t)SMTPCODES_FLAG_UTF8, 0);
            assert_true(reply.enhanced.klass == 5 && reply.enhanced.subject == 7 && reply.enhanced.detail == 1);
            while (smtpcodes_reply_line(&reply, &cursor, &line)) {
                for (size_t i = 0; i < line.length; i++) {
                    if (!strchr(" \t", line.bytes[i])) {
                        got[n++] = line.bytes[i];
                    }
                }
            }
            assert_int_equal(n, w);
            assert_memory_equal(got, wanted, n);
        }
    }
    free(text);
    free(out);
    free(got);
    free(wanted);
}

/* Words stay whole as long as they fit on a line. */
static void lines_are_broken_at_blanks(void **state)
{
    char text[600], out[1400];
    size_t needed, cursor = 0;
    struct smtpcodes_reply reply;
    struct smtpcodes_span line;
    (void)state;
    memset(text, 'x', sizeof text);
    text[300] = ' ';
    struct smtpcodes_draft draft = draft_of(550, "5.7.1", 0, text, sizeof text);
    assert_int_equal(smtpcodes_reply_write(&draft, out, sizeof out, &needed), SMTPCODES_STATUS_OK);
    assert_int_equal(smtpcodes_reply_parse(out, needed, &reply), SMTPCODES_STATUS_OK);
    assert_int_equal(reply.line_count, 2);
    assert_true(smtpcodes_reply_line(&reply, &cursor, &line));
    assert_int_equal(line.length, 300);
    assert_true(smtpcodes_reply_line(&reply, &cursor, &line));
    assert_int_equal(line.length, 299);
}

static void replies_of_others_are_checked(void **state)
{
    static const struct {
        const char *reply, *command;
        uint32_t flags;
    } replies[] = {{"220 mx.example.org ESMTP\r\n", "connect", 0},
                   {"220 2.0.0 mx.example.org\r\n", "connect", SMTPCODES_FLAG_ENHANCED_UNWANTED},
                   {"250 2.0.0 mx.example.org\r\n", "ehlo", SMTPCODES_FLAG_ENHANCED_UNWANTED},
                   {"250 2.1.0 Ok\r\n", "mail", 0},
                   {"250 2.1.0 Ok\r\n", "", 0},
                   {"354 Go\r\n", "data", 0},
                   {"354 Go\r\n", "rcpt", SMTPCODES_FLAG_UNEXPECTED_CODE},
                   {"250 Ok\r\n", "data", SMTPCODES_FLAG_UNEXPECTED_CODE}, /* RFC 5321 4.3.2: 354 */
                   {"421 4.3.2 Closing\r\n", "noop", 0},                   /* may answer any command */
                   {"221 Bye\r\n", "mail", SMTPCODES_FLAG_UNEXPECTED_CODE},
                   {"250 Ok\n", "mail", SMTPCODES_FLAG_BARE_LF},
                   {"559 No\r\n", "mail", 0}}; /* no row of the table: nothing is known of its commands */
    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct smtpcodes_reply reply;
        uint32_t command = *replies[i].command ? smtpcodes_command_from_name(replies[i].command) : 0;
        smtpcodes_reply_parse(replies[i].reply, strlen(replies[i].reply), &reply);
        if (smtpcodes_reply_check(&reply, command) != replies[i].flags) {
            fail_msg("%s as an answer to %s: %x", replies[i].reply, replies[i].command,
                     (unsigned)smtpcodes_reply_check(&reply, command));
        }
    }
}

int main(void)
{
    enum { COUNT = sizeof rows / sizeof *rows };
    struct CMUnitTest row_tests[COUNT];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_drafts),
        cmocka_unit_test(written_replies_are_correct),
        cmocka_unit_test(lines_are_broken_at_blanks),
        cmocka_unit_test(replies_of_others_are_checked),
    };
    for (size_t i = 0; i < COUNT; i++) {
        row_tests[i] = (struct CMUnitTest){rows[i].name, run_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    int failures = cmocka_run_group_tests_name("drafts", row_tests, NULL, NULL);
    failures += cmocka_run_group_tests_name("compose", tests, NULL, NULL);
    return failures != 0;
}
