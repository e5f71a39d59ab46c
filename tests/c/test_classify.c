/* Verdicts: what replies mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "vectors.h"

static void assert_is(const char *what, const char *got, const char *expected, const struct smtpcodes_verdict *v)
{
    if (strcmp(expected, "*") != 0 && strcmp(got ? got : "-", expected) != 0) {
        fail_msg("%s: %s, not %s (reason %s by %s)", what, got ? got : "-", expected, smtpcodes_reason_name(v->reason),
                 v->rule ? v->rule : smtpcodes_basis_name((int)v->basis));
    }
}

/* What holds for the verdict on any bytes. */
static void assert_consistent(const struct smtpcodes_verdict *v, size_t length)
{
    assert_true(v->evidence <= length && v->evidence_length <= length - v->evidence);
    assert_true(v->reason >= 1 && (size_t)v->reason <= smtpcodes_reason_count());
    assert_int_equal(v->side, smtpcodes_reason_side(v->reason));
    assert_int_equal(v->category, smtpcodes_code_category(v->code));
    assert_true(v->code >= -1 && v->code <= 999);
    assert_int_equal(v->severity, v->code >= 0 ? (int)smtpcodes_code_severity(v->code) : (int)v->enhanced.klass);
    assert_non_null(smtpcodes_severity_name((int)v->severity));
    assert_non_null(smtpcodes_action_name((int)v->action));
    assert_non_null(smtpcodes_bounce_name((int)v->bounce));
    assert_non_null(smtpcodes_stage_name((int)v->stage));
    assert_true(v->confidence >= 0 && v->confidence <= 100);
    assert_true(v->retry_after >= -1);
    assert_true(!v->provider || smtpcodes_provider_find(v->provider) >= 0);
    assert_true(!v->blocklist || smtpcodes_blocklist_find(v->blocklist) >= 0);

    /* Delivered, or not over: no bounce. Only an address that is bad by its reason is called hard. */
    int good = v->severity == SMTPCODES_SEVERITY_SUCCESS || v->severity == SMTPCODES_SEVERITY_INTERMEDIATE;
    assert_int_equal(v->bounce == SMTPCODES_BOUNCE_NONE, good);
    assert_int_equal(v->reason == SMTPCODES_REASON_ACCEPTED, v->severity == SMTPCODES_SEVERITY_SUCCESS);
    assert_int_equal(v->reason == SMTPCODES_REASON_CONTINUE, v->severity == SMTPCODES_SEVERITY_INTERMEDIATE);
    assert_int_equal(v->action == SMTPCODES_ACTION_SUPPRESS, v->bounce == SMTPCODES_BOUNCE_HARD);
    if (v->bounce == SMTPCODES_BOUNCE_HARD) {
        assert_int_equal(v->side, SMTPCODES_SIDE_RECIPIENT);
        assert_int_not_equal(v->severity, SMTPCODES_SEVERITY_TEMPORARY);
    }

    /* Each basis has what it speaks of. */
    switch (v->basis) {
    case SMTPCODES_BASIS_NONE:
        assert_int_equal(v->code, -1);
        assert_int_equal(v->reason, SMTPCODES_REASON_UNKNOWN);
        assert_null(v->rule);
        assert_int_equal(v->evidence_length, 0);
        break;
    case SMTPCODES_BASIS_SEVERITY: assert_null(v->rule); break;
    case SMTPCODES_BASIS_CODE: assert_non_null(smtpcodes_code_find(v->code)); break;
    case SMTPCODES_BASIS_ENHANCED: assert_true(v->enhanced.klass && v->rule && v->evidence_length >= 5); break;
    case SMTPCODES_BASIS_TEXT:
    case SMTPCODES_BASIS_PROVIDER:
        assert_non_null(v->rule);
        assert_int_equal(smtpcodes_rule_reason((size_t)smtpcodes_rule_find(v->rule)), v->reason);
        assert_true(v->evidence_length > 0);
        break;
    case SMTPCODES_BASIS_LEARNED:
        assert_int_equal(strncmp(v->rule, "learned/", 8), 0);
        assert_int_equal(smtpcodes_reason_from_name(v->rule + 8), v->reason);
        assert_true(v->evidence_length > 0);
        /* no good address is given up on a guess */
        assert_true(v->confidence >= 80 || v->bounce != SMTPCODES_BOUNCE_HARD);
        break;
    }
}

static void run_row(void **state)
{
    const struct vector_row *row = *state;
    size_t length;
    char *bytes = vector_bytes(row->cell[0], &length), number[24];
    struct smtpcodes_verdict v;
    struct smtpcodes_context context = {0};
    if (strcmp(row->cell[1], "-") != 0) {
        context.stage = (enum smtpcodes_stage)smtpcodes_stage_from_name(row->cell[1]);
        smtpcodes_classify_with(NULL, &context, bytes, length, &v);
        assert_int_equal(v.stage, context.stage);
    } else {
        smtpcodes_classify(bytes, length, &v);
    }
    assert_is("reason", smtpcodes_reason_name(v.reason), row->cell[2], &v);
    assert_is("bounce", smtpcodes_bounce_name((int)v.bounce), row->cell[3], &v);
    assert_is("action", smtpcodes_action_name((int)v.action), row->cell[4], &v);
    assert_is("basis", smtpcodes_basis_name((int)v.basis), row->cell[5], &v);
    assert_is("provider", v.provider, row->cell[6], &v);
    assert_is("blocklist", v.blocklist, row->cell[7], &v);
    snprintf(number, sizeof number, "%ld", v.retry_after);
    assert_is("retry_after", v.retry_after < 0 ? "-" : number, row->cell[8], &v);
    assert_consistent(&v, length);
    if (strcmp(row->cell[9], "*") != 0) {
        char evidence[512];
        vector_escape(bytes + v.evidence, v.evidence_length, evidence, sizeof evidence);
        if (!strstr(evidence, row->cell[9])) {
            fail_msg("evidence: \"%s\", without \"%s\"", evidence, row->cell[9]);
        }
    }
    for (size_t cut = 0; cut < length; cut++) {
        char *part = exact_copy(bytes, cut);
        smtpcodes_classify(part, cut, &v);
        assert_consistent(&v, cut);
        free(part);
    }
    free(bytes);
}

/* Every byte, alone and behind a code, gets a verdict that holds together. */
static void any_bytes_get_a_verdict(void **state)
{
    struct smtpcodes_verdict v;
    (void)state;
    smtpcodes_classify(NULL, 0, &v);
    assert_consistent(&v, 0);
    assert_int_equal(v.code, -1);
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char text[] = {'5', '5', '0', ' ', (char)a, (char)b};
            char *bytes = exact_copy(text, sizeof text);
            smtpcodes_classify(bytes, sizeof text, &v);
            assert_consistent(&v, sizeof text);
            smtpcodes_classify(bytes + 4, 2, &v);
            assert_consistent(&v, 2);
            free(bytes);
        }
    }
}

static void classify_in(const struct smtpcodes_context *context, const char *text, struct smtpcodes_verdict *v)
{
    char *bytes = exact_copy(text, strlen(text));
    smtpcodes_classify_with(NULL, context, bytes, strlen(text), v);
    assert_consistent(v, strlen(text));
    free(bytes);
}

/* The stage that the caller gives goes before the one that the text around the reply tells. */
static void stages(void **state)
{
    static const char wrapped[] = "host mx.example.org[192.0.2.1] said: 550 No (in reply to RCPT TO command)";
    struct smtpcodes_context context = {SMTPCODES_STAGE_DATA, NULL, 0, NULL, 0}, nothing = {0};
    struct smtpcodes_verdict v;
    (void)state;
    classify_in(NULL, wrapped, &v);
    assert_int_equal(v.stage, SMTPCODES_STAGE_RCPT);
    classify_in(&nothing, wrapped, &v);
    assert_int_equal(v.stage, SMTPCODES_STAGE_RCPT);
    classify_in(&context, wrapped, &v);
    assert_int_equal(v.stage, SMTPCODES_STAGE_DATA);
    classify_in(NULL, "550 No", &v);
    assert_int_equal(v.stage, SMTPCODES_STAGE_UNKNOWN);
}

/* The receiver's name tells whose private codes a reply holds; `provider` is still only what the reply itself shows. */
static void receivers(void **state)
{
    /* 5.1.10 is a null MX by RFC 7505, and an unknown recipient where Exchange Online says it. */
    static const struct {
        const char *receiver, *reason;
    } rows[] = {{"example-org.mail.protection.outlook.com", "user-unknown"},
                {"EXAMPLE-ORG.MAIL.PROTECTION.OUTLOOK.COM", "user-unknown"},
                {"mx.example.org", "domain-unknown"},
                {"outlook.com.example.org", "domain-unknown"},
                {"", "domain-unknown"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtpcodes_verdict v;
        size_t length = strlen(rows[i].receiver);
        char *receiver = exact_copy(rows[i].receiver, length);
        struct smtpcodes_context context = {SMTPCODES_STAGE_UNKNOWN, receiver, length, NULL, 0};
        classify_in(&context, "550 5.1.10 Zebra crossing ahead", &v);
        free(receiver);
        assert_string_equal(smtpcodes_reason_name(v.reason), rows[i].reason);
        assert_null(v.provider);
    }
    /* a receiver's name is no words of the reply */
    struct smtpcodes_context context = {SMTPCODES_STAGE_UNKNOWN, "mailbox-full.zen.spamhaus.org", 29, NULL, 0};
    struct smtpcodes_verdict v;
    classify_in(&context, "550 Zebra crossing ahead", &v);
    assert_int_equal(v.reason, SMTPCODES_REASON_UNKNOWN);
    assert_null(v.blocklist);
}

/* A refusal that quotes the address that the caller sends from speaks of it, unless its words speak of something else.
 */
static void clients(void **state)
{
    static const struct {
        const char *reply, *reason;
    } rows[] = {{"554 Blocked for now. Your address: 192.0.2.7", "ip-blocked"},
                {"550 Rejected, peer 192.0.2.7", "ip-blocked"},
                {"554 192.0.2.7 is not blocked here, but zebras cross", "unknown"},
                {"550 User unknown, peer 192.0.2.7", "user-unknown"},
                {"550 Recipient refused, peer 192.0.2.7", "recipient-refused"},
                {"550 Account blocked, peer 192.0.2.7", "mailbox-disabled"},
                {"554 This attachment was blocked, peer 192.0.2.7", "content-refused"},
                {"250 Blocked senders list sent, peer 192.0.2.7", "accepted"}};
    const struct smtpcodes_context context = {SMTPCODES_STAGE_UNKNOWN, NULL, 0, "192.0.2.7", 9};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtpcodes_verdict v;
        classify_in(&context, rows[i].reply, &v);
        assert_string_equal(smtpcodes_reason_name(v.reason), rows[i].reason);
    }
    /* another address is not the caller's: no such rule decides */
    struct smtpcodes_verdict ours, other;
    classify_in(&context, "550 Rejected, peer 192.0.2.7", &ours);
    classify_in(&context, "550 Rejected, peer 192.0.2.8", &other);
    assert_string_equal(ours.rule, "ip-blocked/client-quoted-refused");
    assert_string_not_equal(other.rule, ours.rule);
}

/* No locale, no state: the same bytes get the same verdict, whatever came between. */
static void verdicts_do_not_depend_on_what_came_before(void **state)
{
    static const char first[] = "550 5.1.1 User unknown\r\n",
                      other[] = "451 4.7.1 Greylisted, try again in 5 minutes\r\n";
    struct smtpcodes_verdict a, b, between;
    (void)state;
    smtpcodes_classify(first, sizeof first - 1, &a);
    smtpcodes_classify(other, sizeof other - 1, &between);
    smtpcodes_classify_with(NULL, NULL, first, sizeof first - 1, &b);
    assert_memory_equal(&a, &b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_get_a_verdict),
        cmocka_unit_test(stages),
        cmocka_unit_test(receivers),
        cmocka_unit_test(clients),
        cmocka_unit_test(verdicts_do_not_depend_on_what_came_before),
    };
    struct vectors v;
    int failures = cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
    vectors_load(&v, "classify.tsv", 10);
    failures += vectors_run(&v, run_row);
    vectors_free(&v);
    return failures != 0;
}
