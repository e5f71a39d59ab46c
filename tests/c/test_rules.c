/* Every built-in rule decides its own example, and users' rules come before them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "ruleset.h"
#include "token.h"
#include "vectors.h"

/* The first IP address in an example: for rules that want the reply to quote the client. */
static struct smtpcodes_span first_ip(const char *text)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    smtpcodes__lexer_start(&lexer, text, strlen(text));
    do {
        smtpcodes__lexer_next(&lexer, &token);
    } while (token.kind != SMTPCODES__TOKEN_IP && token.kind != SMTPCODES__TOKEN_END);
    return (struct smtpcodes_span){(const char *)token.start, (size_t)(token.end - token.start)};
}

/* What the rule's conditions ask of the caller. */
static struct smtpcodes_context context_for(const struct smtpcodes__ruleset *rules, size_t i)
{
    struct smtpcodes_context context = {0};
    const struct smtpcodes__rule *rule = &rules->rules[i];
    for (size_t k = 0; k < rule->conditions; k++) {
        const struct smtpcodes__condition *c = &rules->conditions[rule->first_condition + k];
        if (c->kind == SMTPCODES__IF_STAGE && context.stage == SMTPCODES_STAGE_UNKNOWN) {
            context.stage = (enum smtpcodes_stage)c->low;
        } else if (c->kind == SMTPCODES__IF_CLIENT) {
            struct smtpcodes_span ip = first_ip(smtpcodes_rule_example(i));
            context.client = ip.bytes;
            context.client_length = ip.length;
        }
    }
    return context;
}

static void every_rule_decides_its_example(void **state)
{
    (void)state;
    struct smtpcodes__ruleset rules;
    smtpcodes__builtin(&rules);
    size_t count = smtpcodes_rule_count(), wrong = 0;
    assert_int_equal(count, rules.rule_count);
    for (size_t i = 0; i < count; i++) {
        const char *name = smtpcodes_rule_name(i), *example = smtpcodes_rule_example(i);
        struct smtpcodes_context context = context_for(&rules, i);
        struct smtpcodes_verdict v;
        smtpcodes_classify_with(NULL, &context, example, strlen(example), &v);
        if (!v.rule || strcmp(v.rule, name) != 0) {
            print_error("%s: its example is decided by %s (%s): %s\n", name,
                        v.rule ? v.rule : smtpcodes_basis_name((int)v.basis), smtpcodes_reason_name(v.reason), example);
            wrong++;
        } else if (v.reason != smtpcodes_rule_reason(i) || v.evidence_length == 0) {
            print_error("%s: reason or evidence is missing: %s\n", name, example);
            wrong++;
        }
    }
    if (wrong) {
        fail_msg("%zu of %zu rules do not decide their own example", wrong, count);
    }
}

static void rules_are_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < smtpcodes_rule_count(); i++) {
        const char *name = smtpcodes_rule_name(i), *slash = strchr(name, '/');
        assert_true(slash && slash > name && slash[1] && !strchr(slash + 1, '/'));
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-/"), strlen(name));
        assert_true(strlen(smtpcodes_rule_source(i)) > 1);
        assert_true(strlen(smtpcodes_rule_example(i)) > 5);
        assert_non_null(smtpcodes_reason_name(smtpcodes_rule_reason(i)));
    }
    assert_int_equal(smtpcodes_rule_reason(SIZE_MAX), 0);
}

/* Real addresses of other people do not belong into examples (RFC 2606, RFC 5737, RFC 3849). */
static void examples_use_reserved_addresses(void **state)
{
    static const char *const ranges[] = {"192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "2001:DB8:"};
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < smtpcodes_rule_count(); i++) {
        const char *p = smtpcodes_rule_example(i);
        for (struct smtpcodes_span ip = first_ip(p); ip.length; ip = first_ip(p)) {
            int reserved = 0;
            for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++) {
                size_t n = strlen(ranges[k]);
                reserved |= ip.length > n && memcmp(ip.bytes, ranges[k], n) == 0;
            }
            if (!reserved) {
                print_error("%s: %.*s\n", smtpcodes_rule_name(i), (int)ip.length, ip.bytes);
                wrong++;
            }
            p = ip.bytes + ip.length;
        }
    }
    if (wrong) {
        fail_msg("%zu addresses that are not reserved for documentation", wrong);
    }
}

/* ---- users' rules -------------------------------------------------------------------------------------------------*/

static struct smtpcodes_rules *load(const char *text)
{
    char message[300] = "", *bytes = exact_copy(text, strlen(text));
    struct smtpcodes_rules *rules = smtpcodes_rules_load("my.tsv", bytes, strlen(text), message, sizeof message);
    free(bytes); /* nothing of it is kept */
    if (!rules) {
        fail_msg("%s", message);
    }
    return rules;
}

static void users_rules_come_first(void **state)
{
    static const char text[] =
        "# mine\n"
        "my/zebra\tpolicy\tframe\t-\tzebra crossing\t550 Zebra crossing\tme\n"
        "my/full\tserver-full\tframe\t-\tmailbox full\t550 Mailbox full\tme\n"
        "my/rcpt\tspam\ttag\tstage=rcpt\tzebra crossing\t550 Zebra crossing\tme\n"
        "my/571\tvirus\ttag\tcode=571,47x\tzebra crossing\t571 Zebra crossing\tme\n"
        "my/enhanced\texpired\ttag\tenhanced=x.9.100-200\tzebra crossing\t550 5.9.150 Zebra crossing\tme\n"
        "my/client\tip-blocked\ttag\tquotes=client\tzebra crossing\t550 192.0.2.7 Zebra crossing\tme\n"
        "my/listed\tgeo-blocked\ttag\tlist=geo\tzebra crossing\t550 Zebra crossing\tme\n"
        "my/google\tdns-failure\ttag\tprovider=google\tzebra crossing\t550 Zebra crossing gsmtp\tme\n"
        "my/long\tgreylisted\tframe\t-\tzebra crossing far ahead\t550 Zebra crossing far ahead\tme\n";
    static const struct {
        const char *reply, *stage, *rule; /* rule NULL: a built-in one, or none */
    } rows[] = {{"550 Zebra crossing", NULL, "my/zebra"},
                {"550 Zebra crossing", "rcpt", "my/rcpt"},
                {"550 Zebra crossing", "data", "my/zebra"},
                {"550 5.1.1 The mailbox is full", NULL, "my/full"}, /* though a built-in rule is stronger */
                {"571 Zebra crossing", NULL, "my/571"},
                {"474 Zebra crossing", NULL, "my/571"},
                {"550 5.9.150 Zebra crossing", NULL, "my/enhanced"},
                {"450 4.9.200 Zebra crossing", NULL, "my/enhanced"},
                {"550 5.9.201 Zebra crossing", NULL, "my/zebra"},
                {"550 192.0.2.7 Zebra crossing", NULL, "my/client"},
                {"550 192.0.2.8 Zebra crossing", NULL, "my/zebra"},
                {"550 Zebra crossing, see zz.countries.nerd.dk", NULL, "my/listed"},
                {"550 Zebra crossing, see zen.spamhaus.org", NULL, "my/zebra"},
                {"550 Zebra crossing. gsmtp", NULL, "my/google"},
                {"550 Zebra crossing far ahead", NULL, "my/long"},
                {"550 not zebra crossing", NULL, NULL},
                {"550 5.1.1 User unknown", NULL, NULL},
                {"250 Zebra crossing", NULL, NULL}}; /* 2yz decides alone */
    struct smtpcodes_rules *rules = load(text);
    (void)state;
    assert_int_equal(smtpcodes_rules_count(rules), 9);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtpcodes_context context = {SMTPCODES_STAGE_UNKNOWN, NULL, 0, "192.0.2.7", 9};
        struct smtpcodes_verdict with, without;
        size_t length = strlen(rows[i].reply);
        char *bytes = exact_copy(rows[i].reply, length);
        if (rows[i].stage) {
            context.stage = (enum smtpcodes_stage)smtpcodes_stage_from_name(rows[i].stage);
        }
        smtpcodes_classify_with(rules, &context, bytes, length, &with);
        smtpcodes_classify_with(NULL, &context, bytes, length, &without);
        if (!rows[i].rule) {
            assert_memory_equal(&with, &without, sizeof with);
        } else if (!with.rule || strcmp(with.rule, rows[i].rule) != 0) {
            fail_msg("\"%s\": %s, not %s", rows[i].reply, with.rule ? with.rule : "no rule", rows[i].rule);
        } else {
            assert_true(with.evidence_length > 0 && with.evidence + with.evidence_length <= length);
            assert_int_equal(with.side, smtpcodes_reason_side(with.reason));
            assert_int_equal(with.basis,
                             strcmp(with.rule, "my/google") == 0 ? SMTPCODES_BASIS_PROVIDER : SMTPCODES_BASIS_TEXT);
        }
        free(bytes);
    }
    smtpcodes_rules_free(rules);
}

static void wrong_rules_are_refused_whole(void **state)
{
    static const struct {
        const char *text;
        size_t length; /* 0: up to the NUL */
        const char *message;
    } rows[] = {
        {"my/a\tpolicy\ttag\t-\tgo away\t550 go away\tme\nmy/b\tnothing\ttag\t-\tgo\t550 go\tme\n", 0,
         "my.tsv:2: unknown reason \"nothing\""},
        {"my/a\tpolicy\ttag\tprovider=nobody\tgo away\t550 x\tme\n", 0, "my.tsv:1: unknown provider \"nobody\""},
        {"my/a\tpolicy\ttag\t-\tgo (away\t550 x\tme\n", 0, "my.tsv:1: a \")\" is missing"},
        {"\n# two\nmy/a\tpolicy\n", 0, "my.tsv:3: 2 columns, there must be 7"},
        {"# one\nmy/a\0", 11, "my.tsv:2: a NUL byte"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char message[300] = "", small[8];
        size_t length = rows[i].length ? rows[i].length : strlen(rows[i].text);
        assert_null(smtpcodes_rules_load("my.tsv", rows[i].text, length, message, sizeof message));
        assert_string_equal(message, rows[i].message);
        assert_null(smtpcodes_rules_load("my.tsv", rows[i].text, length, small, sizeof small));
        assert_string_equal(small, "my.tsv:");
        assert_null(smtpcodes_rules_load("my.tsv", rows[i].text, length, NULL, 0));
    }
    char message[300] = "";
    assert_null(smtpcodes_rules_load_file("no/such/file.tsv", message, sizeof message));
    assert_int_equal(strncmp(message, "no/such/file.tsv: ", 18), 0);
}

static void no_rules_are_rules_too(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# nothing\n", "# nothing"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct smtpcodes_rules *rules = load(texts[i]);
        struct smtpcodes_verdict with, without;
        assert_int_equal(smtpcodes_rules_count(rules), 0);
        smtpcodes_classify_with(rules, NULL, "550 User unknown", 16, &with);
        smtpcodes_classify("550 User unknown", 16, &without);
        assert_memory_equal(&with, &without, sizeof with);
        smtpcodes_rules_free(rules);
    }
    smtpcodes_rules_free(NULL);
    assert_int_equal(smtpcodes_rules_count(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_decides_its_example),  cmocka_unit_test(rules_are_described),
        cmocka_unit_test(examples_use_reserved_addresses), cmocka_unit_test(users_rules_come_first),
        cmocka_unit_test(wrong_rules_are_refused_whole),   cmocka_unit_test(no_rules_are_rules_too),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL) != 0;
}
