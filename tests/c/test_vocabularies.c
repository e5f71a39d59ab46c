/* Reasons in the words of others, and back. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "vectors.h"

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

/* vocabulary, reply, reason, bounce, term, back */
static void run_row(void **state)
{
    const struct vector_row *row = *state;
    const char *term = row->cell[4], *back = row->cell[5];
    const int vocabulary = smtpcodes_vocabulary_from_name(row->cell[0]);
    assert_true(vocabulary > 0);
    if (strcmp(row->cell[1], "*") != 0) {
        struct smtpcodes_verdict v;
        size_t length;
        char *reply = vector_bytes(row->cell[1], &length);
        smtpcodes_classify(reply, length, &v);
        free(reply);
        assert_string_equal(smtpcodes_reason_name(v.reason), row->cell[2]);
        assert_string_equal(smtpcodes_bounce_name((int)v.bounce), row->cell[3]);
        assert_string_equal(or_dash(smtpcodes_reason_as(v.reason, v.bounce, vocabulary)), term);
    }
    if (strcmp(row->cell[2], "*") != 0) {
        const int reason = smtpcodes_reason_from_name(row->cell[2]), bounce = smtpcodes_bounce_from_name(row->cell[3]);
        assert_true(reason > 0 && bounce >= 0);
        assert_string_equal(or_dash(smtpcodes_reason_as(reason, (enum smtpcodes_bounce)bounce, vocabulary)), term);
    }
    if (strcmp(back, "*") != 0) {
        const int reason = smtpcodes_reason_of(vocabulary, term);
        assert_string_equal(reason < 0 ? "!" : or_dash(smtpcodes_reason_name(reason)), back);
    }
}

/* Terms by which their users take an address off their lists. */
static const struct {
    const char *vocabulary, *term;
} bad_address[] = {{"sparkpost", "10"},
                   {"sparkpost", "30"},
                   {"sparkpost", "90"},
                   {"powermta", "bad-mailbox"},
                   {"powermta", "bad-domain"},
                   {"powermta", "inactive-mailbox"},
                   {"kumomta", "InvalidRecipient"},
                   {"kumomta", "BadDomain"},
                   {"kumomta", "InactiveMailbox"},
                   {"ses", "Permanent/General"},
                   {"ses", "Permanent/NoEmail"},
                   {"postmark", "HardBounce"},
                   {"postmark", "BadEmailAddress"},
                   {"mailgun", "permanent/bounce"},
                   {"sendgrid", "Invalid Address"},
                   {"anymail", "invalid"}};

static int says_bad_address(int vocabulary, const char *term)
{
    for (size_t i = 0; i < sizeof bad_address / sizeof *bad_address; i++) {
        if (vocabulary == smtpcodes_vocabulary_from_name(bad_address[i].vocabulary) &&
            strcmp(term, bad_address[i].term) == 0) {
            return 1;
        }
    }
    return 0;
}

/* No address goes off a list for what smtpcodes does not call hard. */
static void only_hard_bounces_say_bad_address(void **state)
{
    size_t said = 0;
    (void)state;
    for (size_t i = 0; i < sizeof bad_address / sizeof *bad_address; i++) {
        assert_true(
            smtpcodes_reason_of(smtpcodes_vocabulary_from_name(bad_address[i].vocabulary), bad_address[i].term) >= 0);
    }
    for (int v = 1; v <= (int)smtpcodes_vocabulary_count(); v++) {
        for (int r = 1; r <= (int)smtpcodes_reason_count(); r++) {
            for (int b = 0; smtpcodes_bounce_name(b); b++) {
                const char *term = smtpcodes_reason_as(r, (enum smtpcodes_bounce)b, v);
                if (term && says_bad_address(v, term)) {
                    said++;
                    if (b != SMTPCODES_BOUNCE_HARD) {
                        fail_msg("%s, %s is \"%s\" of %s", smtpcodes_reason_name(r), smtpcodes_bounce_name(b), term,
                                 smtpcodes_vocabulary_name(v));
                    }
                }
            }
        }
    }
    assert_true(said >= 30);
}

/* What a program writes it can read: the term is known, and means this reason or several. */
static void terms_come_back(void **state)
{
    (void)state;
    for (int v = 1; v <= (int)smtpcodes_vocabulary_count(); v++) {
        for (int r = 1; r <= (int)smtpcodes_reason_count(); r++) {
            for (int b = 0; smtpcodes_bounce_name(b); b++) {
                const char *term = smtpcodes_reason_as(r, (enum smtpcodes_bounce)b, v);
                if (term) {
                    int back = smtpcodes_reason_of(v, term);
                    assert_true(back == r || back == 0);
                } else {
                    assert_true(r == SMTPCODES_REASON_ACCEPTED || r == SMTPCODES_REASON_CONTINUE);
                }
            }
        }
    }
}

static void rows_hold_together(void **state)
{
    static const struct {
        const char *name;
        size_t terms; /* as documented, the older names of Sisimai and PowerMTA's "success" among them */
    } vocabularies[] = {{"sparkpost", 21}, {"powermta", 18}, {"sisimai", 38}, {"kumomta", 29}, {"ses", 13},
                        {"postmark", 22},  {"mailgun", 14},  {"sendgrid", 7}, {"anymail", 7}};
    const size_t count = sizeof vocabularies / sizeof *vocabularies;
    size_t terms[sizeof vocabularies / sizeof *vocabularies + 1] = {0};
    int last = 1;
    (void)state;
    assert_int_equal(smtpcodes_vocabulary_count(), count);
    for (size_t i = 0; i < smtpcodes_term_count(); i++) {
        int v = smtpcodes_term_vocabulary(i);
        assert_true(v >= last && v <= (int)count);
        last = v;
        terms[v]++;
        assert_true(smtpcodes_reason_of(v, smtpcodes_term_name(i)) >= 0);
        assert_true(strlen(smtpcodes_term_name(i)) > 0 && strlen(smtpcodes_term_meaning(i)) > 3);
    }
    for (size_t i = 0; i < count; i++) {
        int v = (int)i + 1;
        assert_string_equal(smtpcodes_vocabulary_name(v), vocabularies[i].name);
        assert_int_equal(smtpcodes_vocabulary_from_name(vocabularies[i].name), v);
        assert_int_equal(terms[v], vocabularies[i].terms);
        assert_true(strlen(smtpcodes_vocabulary_title(v)) > 3);
        assert_true(strlen(smtpcodes_vocabulary_field(v)) > 3);
        assert_true(strlen(smtpcodes_vocabulary_source(v)) > 3);
    }
}

static void anything_is_a_fair_question(void **state)
{
    static const int odd[] = {INT_MIN, -1, 0, 10, 255, 256, INT_MAX};
    const int full = SMTPCODES_REASON_MAILBOX_FULL;
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_null(smtpcodes_reason_as(full, SMTPCODES_BOUNCE_SOFT, odd[i]));
        assert_int_equal(smtpcodes_reason_of(odd[i], "22"), -1);
        assert_null(smtpcodes_vocabulary_name(odd[i]));
        assert_string_equal(smtpcodes_vocabulary_title(odd[i]), "");
        assert_string_equal(smtpcodes_vocabulary_field(odd[i]), "");
        assert_string_equal(smtpcodes_vocabulary_source(odd[i]), "");
        if (odd[i] != 10) { /* a reason */
            assert_null(smtpcodes_reason_as(odd[i], SMTPCODES_BOUNCE_SOFT, SMTPCODES_VOCABULARY_SES));
        }
    }
    assert_null(
        smtpcodes_reason_as((int)smtpcodes_reason_count() + 1, SMTPCODES_BOUNCE_SOFT, SMTPCODES_VOCABULARY_ANYMAIL));
    assert_int_equal(smtpcodes_reason_of(SMTPCODES_VOCABULARY_SPARKPOST, ""), -1);
    assert_int_equal(smtpcodes_reason_of(SMTPCODES_VOCABULARY_SPARKPOST, "-"), -1);
    assert_int_equal(smtpcodes_reason_of(SMTPCODES_VOCABULARY_POWERMTA, "22"), -1);
    assert_int_equal(smtpcodes_vocabulary_from_name("SES"), -1);
    assert_int_equal(smtpcodes_term_vocabulary(SIZE_MAX), 0);
    assert_string_equal(smtpcodes_term_name(smtpcodes_term_count()), "");
    assert_string_equal(smtpcodes_term_meaning(SIZE_MAX), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_hard_bounces_say_bad_address),
        cmocka_unit_test(terms_come_back),
        cmocka_unit_test(rows_hold_together),
        cmocka_unit_test(anything_is_a_fair_question),
    };
    int failures = cmocka_run_group_tests_name("vocabularies", tests, NULL, NULL);
    struct vectors v;
    vectors_load(&v, "vocabularies.tsv", 6);
    failures += vectors_run(&v, run_row);
    vectors_free(&v);
    return failures != 0;
}
