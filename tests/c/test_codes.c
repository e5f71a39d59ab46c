/* The tables of codes, and the names of every list. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "vectors.h"

/* ---- tests/vectors ------------------------------------------------------------------------------------------------*/

static void run_code(void **state)
{
    const struct vector_row *row = *state;
    int number = (int)strtol(row->cell[0], NULL, 10);
    const struct smtpcodes_code *code = smtpcodes_code_find(number);
    assert_string_equal(smtpcodes_severity_name((int)smtpcodes_code_severity(number)), row->cell[2]);
    assert_string_equal(smtpcodes_category_name((int)smtpcodes_code_category(number)), row->cell[3]);
    if (strcmp(row->cell[1], "-") == 0) {
        assert_null(code);
        return;
    }
    assert_non_null(code);
    assert_int_equal(smtpcodes_code_number(code), number);
    assert_string_equal(smtpcodes_standing_name((int)smtpcodes_code_standing(code)), row->cell[1]);
    for (const char *p = strcmp(row->cell[4], "-") == 0 ? NULL : row->cell[4]; p;) {
        char name[32];
        const char *comma = strchr(p, ',');
        snprintf(name, sizeof name, "%.*s", comma ? (int)(comma - p) : (int)strlen(p), p);
        /* "any" leaves the greeting out: a server that does not know the client's command has already greeted */
        uint32_t wanted = strcmp(name, "any") == 0 ? 0x1FFFFEu : smtpcodes_command_from_name(name);
        assert_int_not_equal(wanted, 0);
        if ((smtpcodes_code_commands(code) & wanted) != wanted) {
            fail_msg("%d is not given for %s", number, name);
        }
        p = comma ? comma + 1 : NULL;
    }
}

/* Does a word of text equal the alternative, or begin with it where a star follows? */
static int has_word(const char *text, const char *word, size_t length)
{
    int prefix = word[length - 1] == '*';
    length -= (size_t)prefix;
    for (const char *p = text; *p; p++) {
        if (p > text && isalnum((unsigned char)p[-1])) {
            continue;
        }
        size_t n = 0;
        while (n < length && tolower((unsigned char)p[n]) == word[n]) {
            n++;
        }
        if (n == length && (prefix || !isalnum((unsigned char)p[n]))) {
            return 1;
        }
    }
    return 0;
}

static void assert_words(const char *title, const char *explanation, const char *words)
{
    for (const char *p = words; *p;) {
        int found = 0;
        const char *word = p;
        for (;;) {
            size_t n = strcspn(p, "| ");
            found |= has_word(title, p, n) || has_word(explanation, p, n);
            p += n;
            if (*p != '|') {
                break;
            }
            p++;
        }
        if (!found) {
            fail_msg("no \"%.*s\" in \"%s\": %s", (int)(p - word), word, title, explanation);
        }
        p += *p == ' ';
    }
}

static void run_seed(void **state)
{
    const struct vector_row *row = *state;
    int number = (int)strtol(row->cell[0], NULL, 10);
    const struct smtpcodes_code *code = smtpcodes_code_find(number);
    assert_non_null(code);
    assert_string_equal(smtpcodes_severity_name((int)smtpcodes_code_severity(number)), row->cell[1]);
    assert_words(smtpcodes_code_title(code), smtpcodes_code_explanation(code), row->cell[2]);
}

static int contains(const char *text, const char *part, size_t length)
{
    for (; strlen(text) >= length; text++) {
        size_t n = 0;
        while (n < length && tolower((unsigned char)text[n]) == part[n]) {
            n++;
        }
        if (n == length) {
            return 1;
        }
    }
    return 0;
}

static void run_enhanced(void **state)
{
    const struct vector_row *row = *state;
    for (const char *p = row->cell[0]; p;) {
        int klass, subject, detail;
        assert_int_equal(sscanf(p, "%d.%d.%d", &klass, &subject, &detail), 3);
        const struct smtpcodes_enhanced *found = smtpcodes_enhanced_find(klass, subject, detail);
        const struct smtpcodes_enhanced *nearest = smtpcodes_enhanced_nearest(klass, subject, detail);
        if (strcmp(found ? smtpcodes_enhanced_pattern(found) : "-", row->cell[1]) != 0) {
            fail_msg("%d.%d.%d finds %s", klass, subject, detail, found ? smtpcodes_enhanced_pattern(found) : "-");
        }
        if (strcmp(nearest ? smtpcodes_enhanced_pattern(nearest) : "-", row->cell[2]) != 0) {
            fail_msg("%d.%d.%d is read as %s", klass, subject, detail,
                     nearest ? smtpcodes_enhanced_pattern(nearest) : "-");
        }
        if (strcmp(row->cell[3], "-") != 0) {
            assert_string_equal(smtpcodes_standing_name((int)smtpcodes_enhanced_standing(nearest)), row->cell[3]);
        }
        for (const char *code = strcmp(row->cell[4], "-") == 0 ? NULL : row->cell[4]; code;) {
            char name[8];
            const char *comma = strchr(code, ',');
            snprintf(name, sizeof name, "%.*s", comma ? (int)(comma - code) : (int)strlen(code), code);
            if (!one_of(name, smtpcodes_enhanced_codes(found), ',')) {
                fail_msg("%s is not beside %s, only \"%s\"", name, row->cell[1], smtpcodes_enhanced_codes(found));
            }
            code = comma ? comma + 1 : NULL;
        }
        int said = strcmp(row->cell[5], "-") == 0;
        for (const char *word = row->cell[5]; *word;) {
            size_t n = strcspn(word, "|");
            said |= contains(smtpcodes_enhanced_title(nearest), word, n) ||
                    contains(smtpcodes_enhanced_explanation(nearest), word, n);
            word += n + (word[n] == '|');
        }
        if (!said) {
            fail_msg("no \"%s\" in \"%s\": %s", row->cell[5], smtpcodes_enhanced_title(nearest),
                     smtpcodes_enhanced_explanation(nearest));
        }
        p = strchr(p, ',');
        p = p ? p + 1 : NULL;
    }
}

/* ---- whole tables -------------------------------------------------------------------------------------------------*/

static void assert_name(const char *name)
{
    assert_true(*name >= 'A' && *name <= 'Z');
    for (; *name; name++) {
        assert_true((*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') || *name == '_');
    }
}

static void code_rows_hold_together(void **state)
{
    (void)state;
    size_t count = smtpcodes_code_count();
    int last = -1;
    assert_true(count >= 90);
    for (size_t i = 0; i < count; i++) {
        const struct smtpcodes_code *row = smtpcodes_code_at(i);
        int number = smtpcodes_code_number(row), reason = smtpcodes_code_reason(row);
        assert_true(number > last);
        last = number;
        assert_ptr_equal(smtpcodes_code_find(number), row);
        assert_name(smtpcodes_code_name(row));
        assert_true(strlen(smtpcodes_code_title(row)) > 3 && strlen(smtpcodes_code_title(row)) < 80);
        assert_true(strlen(smtpcodes_code_explanation(row)) > strlen(smtpcodes_code_title(row)));
        assert_true(strlen(smtpcodes_code_reference(row)) > 0);
        assert_non_null(smtpcodes_standing_name((int)smtpcodes_code_standing(row)));
        assert_int_equal(smtpcodes_code_commands(row) & ~0x1FFFFFu, 0);
        assert_true(reason >= 0 && (size_t)reason <= smtpcodes_reason_count());
        assert_non_null(smtpcodes_action_name((int)smtpcodes_code_action(row)));
        if (reason) {
            assert_int_equal(smtpcodes_code_action(row),
                             smtpcodes_reason_action(reason, smtpcodes_code_severity(number)));
        }
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(smtpcodes_code_name(row), smtpcodes_code_name(smtpcodes_code_at(k)));
        }
    }
    assert_null(smtpcodes_code_at(count));
    assert_null(smtpcodes_code_at(SIZE_MAX));
}

/* The defaults of a reply with no text, and the codes whose text may mean anything. */
static void default_reasons(void **state)
{
    static const struct {
        int code;
        const char *reason;
        int broad;
    } rows[] = {{421, "server-unavailable", 0},
                {450, "mailbox-busy", 1},
                {451, "server-error", 1},
                {452, "server-full", 0},
                {453, "too-many-connections", 0},
                {500, "command-syntax", 0},
                {501, "command-syntax", 0},
                {502, "command-unsupported", 0},
                {503, "command-sequence", 0},
                {504, "command-unsupported", 0},
                {521, "domain-unknown", 0},
                {530, "login-required", 0},
                {550, "user-unknown", 1},
                {551, "mailbox-moved", 0},
                {552, "mailbox-full", 0},
                {553, "address-invalid", 0},
                {554, "policy", 1},
                {556, "domain-unknown", 0},
                {557, "rate-limited", 0},
                {250, "accepted", 0},
                {354, "continue", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct smtpcodes_code *row = smtpcodes_code_find(rows[i].code);
        assert_string_equal(smtpcodes_reason_name(smtpcodes_code_reason(row)), rows[i].reason);
        if (smtpcodes_code_is_broad(row) != rows[i].broad) {
            fail_msg("%d is%s broad", rows[i].code, rows[i].broad ? " not" : "");
        }
    }
}

static void no_row_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(smtpcodes_code_number(NULL), 0);
    assert_string_equal(smtpcodes_code_name(NULL), "");
    assert_string_equal(smtpcodes_code_title(NULL), "");
    assert_string_equal(smtpcodes_code_explanation(NULL), "");
    assert_string_equal(smtpcodes_code_reference(NULL), "");
    assert_int_equal(smtpcodes_code_standing(NULL), SMTPCODES_STANDING_NONSTANDARD);
    assert_int_equal(smtpcodes_code_commands(NULL), 0);
    assert_int_equal(smtpcodes_code_reason(NULL), 0);
    assert_int_equal(smtpcodes_code_is_broad(NULL), 0);
    assert_int_equal(smtpcodes_code_action(NULL), 0);
    assert_string_equal(smtpcodes_enhanced_pattern(NULL), "");
    assert_string_equal(smtpcodes_enhanced_name(NULL), "");
    assert_string_equal(smtpcodes_enhanced_title(NULL), "");
    assert_string_equal(smtpcodes_enhanced_explanation(NULL), "");
    assert_string_equal(smtpcodes_enhanced_reference(NULL), "");
    assert_string_equal(smtpcodes_enhanced_codes(NULL), "");
    assert_int_equal(smtpcodes_enhanced_standing(NULL), SMTPCODES_STANDING_NONSTANDARD);
    assert_int_equal(smtpcodes_enhanced_reason(NULL), 0);
    for (int way = 0; way < 2; way++) {
        int reason = way ? 0 : (int)smtpcodes_reason_count() + 1;
        assert_null(smtpcodes_reason_name(reason));
        assert_string_equal(smtpcodes_reason_title(reason), "");
        assert_string_equal(smtpcodes_reason_explanation(reason), "");
        assert_string_equal(smtpcodes_reason_advice(reason), "");
    }
    assert_string_equal(smtpcodes_provider_title(SIZE_MAX), "");
    assert_string_equal(smtpcodes_blocklist_title(SIZE_MAX), "");
    assert_string_equal(smtpcodes_blocklist_delisting(SIZE_MAX), "");
    assert_int_equal(smtpcodes_provider_find("nobody"), -1);
    assert_int_equal(smtpcodes_blocklist_find("nobody"), -1);
    assert_int_equal(smtpcodes_rule_find("nobody/nothing"), -1);
}

static void any_code_is_a_fair_question(void **state)
{
    static const int far[] = {INT_MIN, INT_MIN + 1, -1000000, 100000, 1000000, INT_MAX - 1, INT_MAX};
    (void)state;
    for (int code = -5; code <= 70000; code++) {
        const struct smtpcodes_code *row = smtpcodes_code_find(code);
        int severity = (int)smtpcodes_code_severity(code), category = (int)smtpcodes_code_category(code);
        int proper = code >= 200 && code <= 599;
        assert_int_equal(severity, proper ? code / 100 : 0); /* the value is the digit */
        assert_int_equal(category == 0, !proper || code / 10 % 10 > 5);
        assert_non_null(smtpcodes_category_name(category));
        if (row) {
            assert_int_equal(smtpcodes_code_number(row), code);
        }
    }
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        assert_null(smtpcodes_code_find(far[i]));
        assert_int_equal(smtpcodes_code_severity(far[i]), SMTPCODES_SEVERITY_UNKNOWN);
        assert_int_equal(smtpcodes_code_category(far[i]), SMTPCODES_CATEGORY_UNKNOWN);
    }
}

/* RFC 3463 2: an unknown detail is read as its subject, an unknown subject as its class. */
static void any_enhanced_code_is_a_fair_question(void **state)
{
    (void)state;
    for (int klass = 0; klass <= 7; klass++) {
        int proper = klass == 2 || klass == 4 || klass == 5;
        for (int subject = 0; subject <= 9; subject++) {
            for (int detail = 0; detail <= 1001; detail++) {
                const struct smtpcodes_enhanced *found = smtpcodes_enhanced_find(klass, subject, detail);
                const struct smtpcodes_enhanced *nearest = smtpcodes_enhanced_nearest(klass, subject, detail);
                assert_int_equal(nearest != NULL, proper);
                if (found) {
                    assert_ptr_equal(found, nearest);
                } else if (nearest) {
                    char expected[16];
                    snprintf(expected, sizeof expected, subject < 8 ? "x.%d.x" : "%d.x.x",
                             subject < 8 ? subject : klass);
                    assert_string_equal(smtpcodes_enhanced_pattern(nearest), expected);
                }
            }
        }
    }
}

static void enhanced_rows_hold_together(void **state)
{
    (void)state;
    size_t count = smtpcodes_enhanced_count();
    assert_true(count >= 90);
    for (size_t i = 0; i < count; i++) {
        const struct smtpcodes_enhanced *row = smtpcodes_enhanced_at(i);
        assert_name(smtpcodes_enhanced_name(row));
        assert_true(strlen(smtpcodes_enhanced_title(row)) > 3 && strlen(smtpcodes_enhanced_title(row)) < 90);
        assert_true(strlen(smtpcodes_enhanced_explanation(row)) > strlen(smtpcodes_enhanced_title(row)));
        assert_true(strlen(smtpcodes_enhanced_reference(row)) > 0);
        assert_true((size_t)smtpcodes_enhanced_reason(row) <= smtpcodes_reason_count());
        for (size_t k = 0; k < i; k++) {
            const struct smtpcodes_enhanced *other = smtpcodes_enhanced_at(k);
            assert_string_not_equal(smtpcodes_enhanced_pattern(row), smtpcodes_enhanced_pattern(other));
            assert_string_not_equal(smtpcodes_enhanced_name(row), smtpcodes_enhanced_name(other));
        }
    }
    assert_null(smtpcodes_enhanced_at(count));
    assert_null(smtpcodes_enhanced_at(SIZE_MAX));
}

/* Which enhanced codes name a cause: x.0.0, x.2.0, x.3.0, x.7.0 and x.7.1 do not, so that the text decides. */
static void enhanced_reasons(void **state)
{
    static const struct {
        int subject, detail;
        const char *reason; /* NULL: none */
    } rows[] = {{0, 0, NULL},
                {2, 0, NULL},
                {3, 0, NULL},
                {7, 0, NULL},
                {7, 1, NULL},
                {1, 1, "user-unknown"},
                {1, 2, "domain-unknown"},
                {1, 3, "address-invalid"},
                {1, 6, "mailbox-moved"},
                {1, 8, "sender-refused"},
                {2, 1, "mailbox-disabled"},
                {2, 2, "mailbox-full"},
                {2, 3, "message-too-large"},
                {3, 1, "server-full"},
                {3, 4, "message-too-large"},
                {4, 6, "routing-failure"},
                {4, 7, "expired"},
                {5, 3, "too-many-recipients"},
                {7, 8, "login-failed"},
                {7, 10, "encryption-required"},
                {7, 17, "mailbox-moved"},
                {7, 18, "mailbox-moved"},
                {7, 20, "auth-failed"},
                {7, 23, "auth-failed"},
                {7, 25, "host-identity"},
                {7, 26, "auth-failed"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct smtpcodes_enhanced *row = smtpcodes_enhanced_find(5, rows[i].subject, rows[i].detail);
        const char *reason = smtpcodes_reason_name(smtpcodes_enhanced_reason(row));
        if (strcmp(reason ? reason : "-", rows[i].reason ? rows[i].reason : "-") != 0) {
            fail_msg("5.%d.%d: %s", rows[i].subject, rows[i].detail, reason ? reason : "-");
        }
    }
}

static void enhanced_codes_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        int klass, subject, detail; /* class 0: it is none */
    } rows[] = {{"5.1.1", 5, 1, 1},    {"2.0.0", 2, 0, 0},    {"4.999.999", 4, 999, 999},
                {"5.07.001", 5, 7, 1}, {"5.1.1 ", 0, 0, 0},   {" 5.1.1", 0, 0, 0},
                {"5.1", 0, 0, 0},      {"5.1.", 0, 0, 0},     {"5.1.1.1", 0, 0, 0},
                {"3.1.1", 0, 0, 0},    {"5.1.1000", 0, 0, 0}, {"5.1000.1", 0, 0, 0},
                {"55.1.1", 0, 0, 0},   {"5..1", 0, 0, 0},     {"5.1.1x", 0, 0, 0},
                {"x.1.1", 0, 0, 0},    {"5.1.-1", 0, 0, 0},   {"", 0, 0, 0},
                {"5", 0, 0, 0},        {"5,1,1", 0, 0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtpcodes_enhanced_code code = {7, 8, 9};
        size_t n = strlen(rows[i].text);
        char *exact = exact_copy(rows[i].text, n);
        int read = smtpcodes_enhanced_parse(exact, n, &code);
        free(exact);
        if (read != (rows[i].klass != 0)) {
            fail_msg("\"%s\" is%s read", rows[i].text, read ? "" : " not");
        }
        assert_int_equal(code.klass, read ? rows[i].klass : 7); /* left alone where it is none */
        assert_int_equal(code.subject, read ? rows[i].subject : 8);
        assert_int_equal(code.detail, read ? rows[i].detail : 9);
    }
    char out[16];
    struct smtpcodes_enhanced_code code = {5, 7, 26}, none = {0, 0, 0}, widest = {5, 999, 999};
    assert_int_equal(smtpcodes_enhanced_write(code, out, sizeof out), 6);
    assert_string_equal(out, "5.7.26");
    assert_int_equal(smtpcodes_enhanced_write(none, out, sizeof out), 0);
    assert_string_equal(out, "");
    assert_int_equal(smtpcodes_enhanced_write(widest, out, 5), 9);
    assert_string_equal(out, "5.99");
    assert_int_equal(smtpcodes_enhanced_write(widest, NULL, 0), 9);
}

/* ---- names --------------------------------------------------------------------------------------------------------*/

/* The words that users rely on, in the order of their values. */
static void names_are_as_promised(void **state)
{
    static const char severities[] = "unknown - success intermediate temporary permanent";
    static const char categories[] = "unknown syntax information connection unspecified mail-system";
    static const char standings[] = "standard extension obsolete nonstandard";
    static const char sides[] = "none recipient sender message receiver network";
    static const char actions[] = "none continue retry slow-down change-route fix-sender fix-message suppress review";
    static const char bounces[] = "none soft hard block unknown";
    static const char bases[] = "none severity code enhanced learned text provider";
    static const char stages[] = "unknown connect helo starttls auth mail rcpt data end-of-data";
    static const char listings[] = "none ip domain url geo";
    static const char vocabularies[] = "- sparkpost powermta sisimai kumomta ses postmark mailgun sendgrid anymail";
    static const char reasons[] =
        "- user-unknown mailbox-full mailbox-disabled mailbox-busy mailbox-moved recipient-refused address-invalid "
        "domain-unknown sender-refused auth-failed host-identity ip-blocked domain-blocked poor-reputation geo-blocked "
        "spam virus message-too-large content-refused policy relay-denied login-required login-failed "
        "encryption-required greylisted rate-limited too-many-connections too-many-recipients dns-failure "
        "connection-failed tls-failed routing-failure expired server-unavailable server-full server-error "
        "command-syntax command-sequence command-unsupported accepted continue unknown";
    static const struct {
        const char *names;
        const char *(*name)(int);
        int (*from_name)(const char *);
    } lists[] = {{severities, smtpcodes_severity_name, smtpcodes_severity_from_name},
                 {categories, smtpcodes_category_name, smtpcodes_category_from_name},
                 {standings, smtpcodes_standing_name, smtpcodes_standing_from_name},
                 {sides, smtpcodes_side_name, smtpcodes_side_from_name},
                 {actions, smtpcodes_action_name, smtpcodes_action_from_name},
                 {bounces, smtpcodes_bounce_name, smtpcodes_bounce_from_name},
                 {bases, smtpcodes_basis_name, smtpcodes_basis_from_name},
                 {stages, smtpcodes_stage_name, smtpcodes_stage_from_name},
                 {listings, smtpcodes_listing_name, smtpcodes_listing_from_name},
                 {vocabularies, smtpcodes_vocabulary_name, smtpcodes_vocabulary_from_name},
                 {reasons, smtpcodes_reason_name, smtpcodes_reason_from_name}};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        int value = 0;
        for (const char *p = lists[i].names; *p; value++) {
            char name[32];
            size_t n = strcspn(p, " ");
            snprintf(name, sizeof name, "%.*s", (int)n, p);
            if (n == 1) { /* "-": no such value */
                assert_null(lists[i].name(value));
            } else {
                assert_string_equal(lists[i].name(value), name);
                assert_int_equal(lists[i].from_name(name), value);
            }
            p += n + (p[n] == ' ');
        }
        assert_null(lists[i].name(value));
        assert_null(lists[i].name(-1));
        assert_null(lists[i].name(INT_MAX));
        assert_null(lists[i].name(INT_MIN));
        assert_int_equal(lists[i].from_name("no-such-name"), -1);
        assert_int_equal(lists[i].from_name(""), -1);
        assert_int_equal(lists[i].from_name("None"), -1); /* names are in lower case */
    }
    assert_int_equal(smtpcodes_reason_count(), 42);
}

static void names_of_bits(void **state)
{
    static const char commands[] =
        "connect helo ehlo lhlo starttls auth mail rcpt data end-of-data bdat burl rset vrfy "
        "expn help noop quit etrn atrn turn";
    static const char flags[] =
        "bare-lf no-line-end stray-cr no-separator tab-separator leading-blank mixed-codes line-without-code long-line "
        "code-range code-grammar enhanced-hash enhanced-bracketed enhanced-punctuated enhanced-class enhanced-in-3yz "
        "enhanced-differs enhanced-partial enhanced-zero nested utf8 binary control more-bytes incomplete folded "
        "wrapped "
        "enhanced-unwanted unexpected-code";
    static const struct {
        const char *names;
        const char *(*name)(uint32_t);
        uint32_t (*from_name)(const char *);
    } lists[] = {{commands, smtpcodes_command_name, smtpcodes_command_from_name},
                 {flags, smtpcodes_flag_name, smtpcodes_flag_from_name}};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        uint32_t bit = 1;
        for (const char *p = lists[i].names; *p; bit <<= 1) {
            char name[32];
            size_t n = strcspn(p, " ");
            snprintf(name, sizeof name, "%.*s", (int)n, p);
            assert_string_equal(lists[i].name(bit), name);
            assert_int_equal(lists[i].from_name(name), bit);
            p += n + (p[n] == ' ');
        }
        assert_null(lists[i].name(bit));
        assert_null(lists[i].name(0));
        assert_null(lists[i].name(3)); /* one bit at a time */
        assert_int_equal(lists[i].from_name("no-such-name"), 0);
    }
}

static void statuses_have_texts(void **state)
{
    (void)state;
    assert_string_not_equal(smtpcodes_strstatus(SMTPCODES_STATUS_OK), smtpcodes_strstatus(SMTPCODES_STATUS_MORE));
    assert_string_not_equal(smtpcodes_strstatus(SMTPCODES_STATUS_OK),
                            smtpcodes_strstatus(SMTPCODES_STATUS_NOT_A_REPLY));
    assert_non_null(smtpcodes_strstatus(77));
    assert_string_equal(smtpcodes_version(), SMTPCODES_VERSION);
}

/* ---- reasons, providers, block lists ------------------------------------------------------------------------------*/

/* Side of each reason, and what follows from it for 5yz and 4yz. */
static void reasons_advise_as_promised(void **state)
{
    static const struct {
        const char *reason, *side, *bounce, *action, *temporary_bounce, *temporary_action;
    } rows[] = {{"user-unknown", "recipient", "hard", "suppress", "soft", "retry"},
                {"mailbox-full", "recipient", "soft", "retry", "soft", "retry"},
                {"mailbox-disabled", "recipient", "hard", "suppress", "soft", "retry"},
                {"mailbox-busy", "recipient", "soft", "retry", "soft", "retry"},
                {"mailbox-moved", "recipient", "hard", "suppress", "soft", "retry"},
                {"recipient-refused", "recipient", "block", "review", "soft", "retry"},
                {"address-invalid", "recipient", "hard", "suppress", "soft", "retry"},
                {"domain-unknown", "recipient", "hard", "suppress", "soft", "retry"},
                {"sender-refused", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"auth-failed", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"host-identity", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"ip-blocked", "sender", "block", "change-route", "soft", "change-route"},
                {"domain-blocked", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"poor-reputation", "sender", "block", "fix-sender", "soft", "slow-down"},
                {"geo-blocked", "sender", "block", "change-route", "soft", "change-route"},
                {"spam", "message", "block", "fix-message", "soft", "fix-message"},
                {"virus", "message", "block", "fix-message", "soft", "fix-message"},
                {"message-too-large", "message", "block", "fix-message", "soft", "fix-message"},
                {"content-refused", "message", "block", "fix-message", "soft", "fix-message"},
                {"policy", "sender", "block", "review", "soft", "retry"},
                {"relay-denied", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"login-required", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"login-failed", "sender", "block", "fix-sender", "soft", "retry"},
                {"encryption-required", "sender", "block", "fix-sender", "soft", "fix-sender"},
                {"greylisted", "receiver", "soft", "retry", "soft", "retry"},
                {"rate-limited", "sender", "soft", "slow-down", "soft", "slow-down"},
                {"too-many-connections", "sender", "soft", "slow-down", "soft", "slow-down"},
                {"too-many-recipients", "sender", "soft", "retry", "soft", "retry"},
                {"dns-failure", "network", "soft", "retry", "soft", "retry"},
                {"connection-failed", "network", "soft", "retry", "soft", "retry"},
                {"tls-failed", "network", "block", "fix-sender", "soft", "retry"},
                {"routing-failure", "network", "block", "review", "soft", "retry"},
                {"expired", "network", "soft", "retry", "soft", "retry"},
                {"server-unavailable", "receiver", "soft", "retry", "soft", "retry"},
                {"server-full", "receiver", "soft", "retry", "soft", "retry"},
                {"server-error", "receiver", "soft", "retry", "soft", "retry"},
                {"command-syntax", "sender", "block", "review", "soft", "retry"},
                {"command-sequence", "sender", "block", "review", "soft", "retry"},
                {"command-unsupported", "sender", "block", "review", "soft", "retry"},
                {"accepted", "none", "none", "none", "none", "none"},
                {"continue", "none", "none", "continue", "none", "continue"},
                {"unknown", "none", "unknown", "review", "soft", "retry"}};
    (void)state;
    assert_int_equal(smtpcodes_reason_count(), sizeof rows / sizeof *rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int r = smtpcodes_reason_from_name(rows[i].reason);
        assert_int_equal(r, i + 1);
        assert_string_equal(smtpcodes_side_name((int)smtpcodes_reason_side(r)), rows[i].side);
        enum smtpcodes_bounce bounce = smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_PERMANENT);
        enum smtpcodes_action action = smtpcodes_reason_action(r, SMTPCODES_SEVERITY_PERMANENT);
        assert_string_equal(smtpcodes_bounce_name((int)bounce), rows[i].bounce);
        assert_string_equal(smtpcodes_action_name((int)action), rows[i].action);
        bounce = smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_TEMPORARY);
        action = smtpcodes_reason_action(r, SMTPCODES_SEVERITY_TEMPORARY);
        assert_string_equal(smtpcodes_bounce_name((int)bounce), rows[i].temporary_bounce);
        assert_string_equal(smtpcodes_action_name((int)action), rows[i].temporary_action);
        /* with no code: as temporary where the network is at fault, else as permanent */
        int network = strcmp(rows[i].side, "network") == 0;
        bounce = smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_UNKNOWN);
        action = smtpcodes_reason_action(r, SMTPCODES_SEVERITY_UNKNOWN);
        assert_string_equal(smtpcodes_bounce_name((int)bounce), network ? rows[i].temporary_bounce : rows[i].bounce);
        assert_string_equal(smtpcodes_action_name((int)action), network ? rows[i].temporary_action : rows[i].action);
        assert_true(strlen(smtpcodes_reason_title(r)) > 3);
        assert_true(strlen(smtpcodes_reason_explanation(r)) > 10);
        assert_true(strlen(smtpcodes_reason_advice(r)) > 10);
    }
}

static void positions_and_names_agree(void **state)
{
    static const struct {
        size_t (*count)(void);
        const char *(*name)(size_t);
        int (*find)(const char *);
        size_t least;
    } lists[] = {{smtpcodes_provider_count, smtpcodes_provider_name, smtpcodes_provider_find, 50},
                 {smtpcodes_blocklist_count, smtpcodes_blocklist_name, smtpcodes_blocklist_find, 50},
                 {smtpcodes_rule_count, smtpcodes_rule_name, smtpcodes_rule_find, 200}};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t count = lists[i].count();
        assert_true(count >= lists[i].least);
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(lists[i].find(lists[i].name(k)), k);
        }
        const char *beyond = lists[i].name(count);
        assert_true(!beyond || *beyond == 0);
    }
    int zen = smtpcodes_blocklist_find("spamhaus-zen"), dbl = smtpcodes_blocklist_find("spamhaus-dbl");
    assert_int_equal(smtpcodes_blocklist_listing((size_t)zen), SMTPCODES_LISTING_IP);
    assert_int_equal(smtpcodes_blocklist_listing((size_t)dbl), SMTPCODES_LISTING_DOMAIN);
    assert_non_null(strstr(smtpcodes_blocklist_delisting((size_t)zen), "spamhaus.org"));
    assert_string_equal(smtpcodes_blocklist_operator((size_t)zen), "Spamhaus");
}

int main(void)
{
    static const struct {
        const char *file;
        size_t columns;
        void (*run)(void **);
    } files[] = {{"codes.tsv", 5, run_code}, {"seed.tsv", 3, run_seed}, {"enhanced.tsv", 6, run_enhanced}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_rows_hold_together),
        cmocka_unit_test(default_reasons),
        cmocka_unit_test(no_row_says_nothing),
        cmocka_unit_test(any_code_is_a_fair_question),
        cmocka_unit_test(any_enhanced_code_is_a_fair_question),
        cmocka_unit_test(enhanced_rows_hold_together),
        cmocka_unit_test(enhanced_reasons),
        cmocka_unit_test(enhanced_codes_are_read_and_written),
        cmocka_unit_test(names_are_as_promised),
        cmocka_unit_test(names_of_bits),
        cmocka_unit_test(statuses_have_texts),
        cmocka_unit_test(reasons_advise_as_promised),
        cmocka_unit_test(positions_and_names_agree),
    };
    int failures = cmocka_run_group_tests_name("codes", tests, NULL, NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct vectors v;
        vectors_load(&v, files[i].file, files[i].columns);
        failures += vectors_run(&v, files[i].run);
        vectors_free(&v);
    }
    return failures != 0;
}
