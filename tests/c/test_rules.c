/* Every built-in rule decides its own example, and users' rules come before them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
            print_error("rules.tsv:%u: the example of the rule \"%s\" is decided by %s (%s): %s\n",
                        (unsigned)rules.rules[i].line, name, v.rule ? v.rule : smtpcodes_basis_name((int)v.basis),
                        smtpcodes_reason_name(v.reason), example);
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
        "my/quagga\tpolicy\tframe\t-\tquagga crossing\t550 Quagga crossing\tme\n"
        "my/full\tserver-full\tframe\t-\tmailbox full\t550 Mailbox full\tme\n"
        "my/rcpt\tspam\ttag\tstage=rcpt\tquagga crossing\t550 Quagga crossing\tme\n"
        "my/571\tvirus\ttag\tcode=571,47x\tquagga crossing\t571 Quagga crossing\tme\n"
        "my/enhanced\texpired\ttag\tenhanced=x.9.100-200\tquagga crossing\t550 5.9.150 Quagga crossing\tme\n"
        "my/client\tip-blocked\ttag\tquotes=client\tquagga crossing\t550 192.0.2.7 Quagga crossing\tme\n"
        "my/listed\tgeo-blocked\ttag\tlist=geo\tquagga crossing\t550 Quagga crossing\tme\n"
        "my/google\tdns-failure\ttag\tprovider=google\tquagga crossing\t550 Quagga crossing gsmtp\tme\n"
        "my/long\tgreylisted\tframe\t-\tquagga crossing far ahead\t550 Quagga crossing far ahead\tme\n";
    static const struct {
        const char *reply, *stage, *rule; /* rule NULL: a built-in one, or none */
    } rows[] = {{"550 Quagga crossing", NULL, "my/quagga"},
                {"550 Quagga crossing", "rcpt", "my/rcpt"},
                {"550 Quagga crossing", "data", "my/quagga"},
                {"550 5.1.1 The mailbox is full", NULL, "my/full"}, /* though a built-in rule is stronger */
                {"571 Quagga crossing", NULL, "my/571"},
                {"474 Quagga crossing", NULL, "my/571"},
                {"550 5.9.150 Quagga crossing", NULL, "my/enhanced"},
                {"450 4.9.200 Quagga crossing", NULL, "my/enhanced"},
                {"550 5.9.201 Quagga crossing", NULL, "my/quagga"},
                {"550 192.0.2.7 Quagga crossing", NULL, "my/client"},
                {"550 192.0.2.8 Quagga crossing", NULL, "my/quagga"},
                {"550 Quagga crossing, see zz.countries.nerd.dk", NULL, "my/listed"},
                {"550 Quagga crossing, see zen.spamhaus.org", NULL, "my/quagga"},
                {"550 Quagga crossing. gsmtp", NULL, "my/google"},
                {"550 Quagga crossing far ahead", NULL, "my/long"},
                {"550 not quagga crossing", NULL, NULL},
                {"550 5.1.1 User unknown", NULL, NULL},
                {"250 Quagga crossing", NULL, NULL}}; /* 2yz decides alone */
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
        {"# one\nmy/a\0", 11, "my.tsv:2: a NUL byte"},
        {"my/a\tpolicy\ttag\tcode=550,551,550\tgo away\t550 x\tme\n", 0,
         "my.tsv:1: the value \"550\" of code stands twice"},
        {"my/a\tpolicy\ttag\t-\tgo [far] away ; go away ; go\t550 x\tme\n", 0,
         "my.tsv:1: the phrase \"go away\" says what phrases before it say"},
        {"\nmy\tpolicy\ttag\t-\tgo away\t550 x\tme\n", 0,
         "my.tsv:2: \"my\" is neither a rule name (group/idea) nor \"layer\" nor \"policy\""},
        {"layer\tmiddle\n", 0, "my.tsv:1: unknown layer \"middle\" (first, last)"},
        {"layer\n", 0, "my.tsv:1: 1 columns, there must be 2"},
        {"layer\tlast\nlayer\tlast\n", 0, "my.tsv:2: the layer has been told already"},
        {"policy\tspam\tpermanent\thard\n", 0, "my.tsv:1: 4 columns, there must be 5"},
        {"policy\tspa\tpermanent\thard\treview\n", 0, "my.tsv:1: unknown reason \"spa\""},
        {"policy\tspam\tsometimes\thard\treview\n", 0,
         "my.tsv:1: unknown severity \"sometimes\" (permanent, temporary)"},
        {"policy\tspam\tpermanent\tloud\treview\n", 0, "my.tsv:1: unknown bounce \"loud\""},
        {"policy\tspam\tpermanent\thard\tshout\n", 0, "my.tsv:1: unknown action \"shout\""},
        {"policy\taccepted\tpermanent\thard\treview\n", 0,
         "my.tsv:1: a reply of the reason \"accepted\" refuses nothing: it takes no policy"},
        {"policy\tspam\tpermanent\thard\treview\npolicy\tspam\ttemporary\thard\treview\n"
         "policy\tspam\tpermanent\tsoft\tretry\n",
         0, "my.tsv:3: a permanent \"spam\" has a policy already"},
        /* what is found when all has been read has its line too */
        {"my/a\tpolicy\ttag\t-\tgo away\t550 x\tme\nmy/b\tspam\ttag\t-\tconn* conn* conn* conn* conn* conn*\t550 "
         "x\tme\n"
         "my/c\tspam\ttag\t-\tconna ; connb ; connc ; connd ; conne ; connf\t550 x\tme\n",
         0, "my.tsv:2: the prefixes of a phrase multiply to more than 4096 phrases"}};
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

/* Which rules decide, with the layer first (or none told) and last. */
static void a_layer_may_be_the_last(void **state)
{
    static const char rules[] = "my/full\tserver-full\thint\t-\tmailbox full\t550 Mailbox full\tme\n"
                                "my/later\tgreylisted\thint\t-\ttry again later\t450 Try again later\tme\n"
                                "my/rejected\tspam\thint\t-\tmessage rejected\t550 Message rejected\tme\n"
                                "my/quagga\tpolicy\thint\t-\tquagga crossing\t550 Quagga crossing\tme\n";
    static const struct {
        const char *reply;
        int first, last; /* whether my rules decide */
    } rows[] = {
        {"550 Mailbox full", 1, 0},          /* words that say their reason: a built-in rule of level plain */
        {"550 5.1.1 Quagga crossing", 1, 1}, /* before the enhanced code */
        {"550 Quagga crossing", 1, 1},       /* and before the basic code */
        {"450 Try again later", 1, 1},       /* only a hint among the built-in rules */
        {"550 Message rejected, user unknown", 1, 0},
        {"250 Quagga crossing", 0, 0},
    };
    static const char *const layers[] = {"", "layer\tfirst\n", "layer\tlast\n"};
    (void)state;
    for (size_t layer = 0; layer < 3; layer++) {
        char text[600];
        snprintf(text, sizeof text, "%s%s", layers[layer], rules);
        struct smtpcodes_rules *set = load(text);
        assert_int_equal(smtpcodes_rules_count(set), 4); /* a directive is no rule */
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct smtpcodes_verdict v;
            smtpcodes_classify_with(set, NULL, rows[i].reply, strlen(rows[i].reply), &v);
            int mine = v.rule && strncmp(v.rule, "my/", 3) == 0;
            if (mine != (layer == 2 ? rows[i].last : rows[i].first)) {
                fail_msg("layer %zu: \"%s\" is decided by %s", layer, rows[i].reply, v.rule ? v.rule : "no rule");
            }
        }
        smtpcodes_rules_free(set);
    }
}

static void a_policy_says_what_a_reason_means(void **state)
{
    static const char text[] = "policy\tmailbox-full\tpermanent\thard\tsuppress\n"
                               "my/quagga\tmailbox-full\ttag\t-\tquagga crossing\t550 Quagga crossing\tme\n"
                               "policy\tuser-unknown\ttemporary\thard\tsuppress\n"
                               "policy\trate-limited\tpermanent\tsoft\tslow-down\n"
                               "policy\tconnection-failed\ttemporary\tunknown\treview\n"
                               "policy\tunknown\tpermanent\tsoft\tretry\n";
    static const struct {
        const char *reply, *reason, *bounce, *action;
    } rows[] = {
        {"550 5.2.2 Mailbox full", "mailbox-full", "hard", "suppress"}, /* a built-in rule decided */
        {"550 5.2.2", "mailbox-full", "hard", "suppress"},              /* the enhanced code */
        {"552", "mailbox-full", "hard", "suppress"},                    /* the basic code */
        {"550 Quagga crossing", "mailbox-full", "hard", "suppress"},    /* a rule of my own */
        {"452 4.2.2 Mailbox full", "mailbox-full", "soft", "retry"},    /* of the other severity nothing is said */
        {"550 Mailbox full, try again later", "mailbox-full", "soft", "retry"}, /* a cue makes it temporary */
        {"450 User unknown", "user-unknown", "hard", "suppress"},
        {"550 User unknown", "user-unknown", "hard", "suppress"},                         /* as always */
        {"550 User unknown, please try again later", "user-unknown", "hard", "suppress"}, /* meant as temporary */
        {"connect to mx.example.org[192.0.2.1]:25: Connection refused", "connection-failed", "unknown", "review"},
        {"550 brekekekex koax koax", "unknown", "soft", "retry"},
        {"250 OK", "accepted", "none", "none"},
    };
    /* "never" keeps a permanent refusal from being soft, unless the user says that it is */
    static const char never[] = "550 5.7.1 Message rate limit exceeded, will be permanently deferred";
    struct smtpcodes_rules *rules = load(text),
                           *none = load("my/quagga\tspam\ttag\t-\tquagga zoo\t550 Quagga zoo\tme\n");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtpcodes_verdict v;
        smtpcodes_classify_with(rules, NULL, rows[i].reply, strlen(rows[i].reply), &v);
        const char *bounce = smtpcodes_bounce_name((int)v.bounce), *action = smtpcodes_action_name((int)v.action);
        if (strcmp(smtpcodes_reason_name(v.reason), rows[i].reason) != 0 || strcmp(bounce, rows[i].bounce) != 0 ||
            strcmp(action, rows[i].action) != 0) {
            fail_msg("\"%s\": %s %s %s, not %s %s %s", rows[i].reply, smtpcodes_reason_name(v.reason), bounce, action,
                     rows[i].reason, rows[i].bounce, rows[i].action);
        }
    }
    struct smtpcodes_verdict v;
    smtpcodes_classify_with(none, NULL, never, sizeof never - 1, &v);
    assert_string_equal(smtpcodes_reason_name(v.reason), "rate-limited");
    assert_int_equal(v.bounce, SMTPCODES_BOUNCE_BLOCK);
    assert_int_equal(v.action, SMTPCODES_ACTION_REVIEW);
    smtpcodes_classify_with(rules, NULL, never, sizeof never - 1, &v);
    assert_int_equal(v.bounce, SMTPCODES_BOUNCE_SOFT);
    assert_int_equal(v.action, SMTPCODES_ACTION_SLOW_DOWN);
    smtpcodes_rules_free(rules);
    smtpcodes_rules_free(none);
}

/* What is learned gives no address up where it is unsure, unless the user says that it does. These replies are in words
 * that no rule has: how sure the verdict is changes with the examples, so some must be unsure, not which. */
static void a_policy_holds_for_unsure_verdicts_too(void **state)
{
    static const char *const replies[] = {
        "550 Who is bob? Nobody knows him here", "550 The person you write to is a stranger to us",
        "550 bob does not live here anymore", "550 We cannot place this recipient, check the spelling of the name",
        "550 That person is not one of ours"};
    struct smtpcodes_rules *rules = load("policy\tuser-unknown\tpermanent\thard\tsuppress\n");
    size_t unsure = 0;
    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct smtpcodes_verdict plain, v;
        smtpcodes_classify(replies[i], strlen(replies[i]), &plain);
        smtpcodes_classify_with(rules, NULL, replies[i], strlen(replies[i]), &v);
        assert_int_equal(v.reason, plain.reason);
        if (plain.reason == SMTPCODES_REASON_USER_UNKNOWN) {
            unsure += plain.basis == SMTPCODES_BASIS_LEARNED && plain.bounce == SMTPCODES_BOUNCE_UNKNOWN;
            assert_int_equal(v.bounce, SMTPCODES_BOUNCE_HARD);
            assert_int_equal(v.action, SMTPCODES_ACTION_SUPPRESS);
        }
    }
    assert_true(unsure > 0);
    smtpcodes_rules_free(rules);
}

static void versions_follow_the_bytes(void **state)
{
    static const char text[] = "my/a\tspam\ttag\t-\tquagga zoo\t550 Quagga zoo\tme\n";
    struct smtpcodes_rules *empty = load(""), *rules = load(text), *same = load(text), *other = load("# x\n");
    const char *builtin = smtpcodes_rules_version(NULL);
    char expected[30];
    (void)state;
    assert_int_equal(strlen(builtin), 8);
    assert_int_equal(strspn(builtin, "0123456789abcdef"), 8);
    snprintf(expected, sizeof expected, "%s+811c9dc5", builtin); /* FNV-1a of nothing */
    assert_string_equal(smtpcodes_rules_version(empty), expected);
    assert_int_equal(strlen(smtpcodes_rules_version(rules)), 17);
    assert_int_equal(strncmp(smtpcodes_rules_version(rules), expected, 9), 0);
    assert_string_equal(smtpcodes_rules_version(rules), smtpcodes_rules_version(same));
    assert_string_not_equal(smtpcodes_rules_version(rules), smtpcodes_rules_version(other));
    assert_string_not_equal(smtpcodes_rules_version(rules), smtpcodes_rules_version(empty));
    smtpcodes_rules_free(empty);
    smtpcodes_rules_free(rules);
    smtpcodes_rules_free(same);
    smtpcodes_rules_free(other);
}

/* What a check finds in rules: a text, allocated. */
static char *findings_in(const struct smtpcodes_rules *rules)
{
    size_t length = smtpcodes_rules_check(rules, NULL, 0);
    char *text = test_malloc(length + 1), *cut = test_malloc(length / 2 + 1);
    assert_int_equal(smtpcodes_rules_check(rules, text, length + 1), length);
    assert_int_equal(strlen(text), length);
    assert_int_equal(smtpcodes_rules_check(rules, cut, length / 2 + 1), length); /* says what room it needs */
    assert_int_equal(strlen(cut), length / 2);
    assert_memory_equal(cut, text, length / 2);
    test_free(cut);
    return text;
}

static void rules_are_checked(void **state)
{
    static const struct {
        const char *rules, *findings;
    } rows[] = {
        {"", ""},
        {"my/a\tspam\tplain\t-\tquagga zoo\t550 Quagga zoo\tme\n", ""},
        /* examples */
        {"my/a\tspam\tplain\t-\tquagga zoo\t550 quagga house\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by its code, not by its words\n"},
        {"my/a\tspam\tplain\t-\tquagga zoo\t550 5.1.1 quagga house\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by its enhanced code, not by its words\n"},
        {"my/a\tspam\tplain\t-\tquagga zoo\tquagga house\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by nothing\n"},
        {"my/a\tspam\tplain\t-\tquagga zoo\t550 User unknown\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by the built-in rule \"user-unknown/unknown\"\n"},
        {"\nmy/a\tspam\tplain\t-\tquagga zoo\t550 lion zoo\tme\n# lions\nmy/b\tspam\tplain\t-\tlion zoo\t550 lion "
         "zoo\tme\n",
         "my.tsv:2: the example of the rule \"my/a\" is decided by \"my/b\" in line 4\n"},
        /* the caller's part is given as the rule asks for it */
        {"my/a\tspam\tplain\tstage=data,rcpt\tquagga zoo\t550 quagga zoo\tme\n"
         "my/b\tspam\tcause\tstage=mail\tquagga zoo\t550 quagga zoo\tme\n"
         "my/c\tspam\ttag\tquotes=client\tquagga zoo\t550 198.51.100.1 quagga zoo\tme\n",
         ""},
        /* dead by its conditions */
        {"my/a\tspam\tplain\tcode=2xx,354\tquagga zoo\t250 quagga zoo\tme\n",
         "my.tsv:1: the rule \"my/a\" never decides: replies with such codes are decided by their code alone\n"},
        {"my/a\tspam\tplain\tenhanced=2.x.x\tquagga zoo\t2.1.5 quagga zoo\tme\n",
         "my.tsv:1: the rule \"my/a\" never decides: replies with such codes are decided by their code alone\n"},
        {"my/a\tspam\tplain\tcode=550,55x enhanced=4.x.x\tquagga zoo\t550 quagga zoo\tme\n",
         "my.tsv:1: the rule \"my/a\" decides no correct reply: its code and its enhanced code contradict each other "
         "(RFC "
         "2034 4)\n"},
        {"my/a\tspam\tplain\tcode=2xx,550 enhanced=4.x.x,5.7.1\tquagga zoo\t550 5.7.1 quagga zoo\tme\n"
         "my/b\tspam\tplain\tcode=none enhanced=4.x.x\tlion zoo\t4.7.1 lion zoo\tme\n"
         "my/c\tspam\tplain\tcode=4xx enhanced=x.7.1\tbear zoo\t450 4.7.1 bear zoo\tme\n",
         ""},
        /* shadowed: a stronger level, a longer phrase, an earlier place, more conditions that are implied */
        {"my/a\tspam\tplain\t-\tbig quagga zoo ; [old] quagga house\t550 lion house\tme\n"
         "my/b\tspam\tcause\t-\tquagga ; lion house\t550 quagga\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"
         "my.tsv:1: the rule \"my/a\" never decides: \"my/b\" in line 2 comes before it\n"},
        {"my/a\tspam\tplain\t-\tbig quagga zoo ; quagga house ; lion\t550 lion\tme\n" /* one phrase is its own */
         "my/b\tspam\tcause\t-\tquagga\t550 quagga\tme\n",
         ""},
        {"my/a\tspam\tplain\tcode=550,451\tquagga zoo\t550 quagga zoo\tme\n" /* not for every code */
         "my/b\tspam\tcause\tcode=5xx\tquagga zoo\t550 quagga zoo\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"},
        {"my/a\tspam\tplain\tcode=550,554 stage=rcpt\tquagga zoo\t550 quagga zoo\tme\n"
         "my/b\tspam\tcause\tcode=5xx\tquagga zoo\t550 quagga zoo\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"
         "my.tsv:1: the rule \"my/a\" never decides: \"my/b\" in line 2 comes before it\n"},
        {"my/a\tspam\tplain\tenhanced=5.7.100-200\tquagga zoo\t550 5.7.150 quagga zoo\tme\n"
         "my/b\tspam\tcause\tenhanced=x.7.150\tquagga zoo\t550 5.7.150 quagga zoo\tme\n"
         "my/c\tspam\tplain\tprovider=google\tlion zoo\t550 lion zoo gsmtp\tme\n"
         "my/d\tspam\tcause\tprovider=yahoo\tlion zoo\t550 lion zoo https://postmaster.yahooinc.com/\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"},
        /* a star covers words that another rule spells out, but not the other way round */
        {"my/a\tspam\tplain\t-\tquagga stripe*\t550 quagga striped\tme\n"
         "my/b\tspam\tcause\t-\tquagga stripes\t550 quagga stripes\tme\n",
         ""},
        {"my/a\tspam\tplain\t-\tquagga striped\t550 quagga striped\tme\n"
         "my/b\tspam\tcause\t-\tquagga stri*\t550 quagga strings\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"
         "my.tsv:1: the rule \"my/a\" never decides: \"my/b\" in line 2 comes before it\n"},
        /* so does a gap */
        {"my/a\tspam\tplain\t-\tquagga ~2 zoo\t550 quagga big old zoo\tme\n"
         "my/b\tspam\tcause\t-\tquagga ~1 zoo\t550 quagga zoo\tme\n",
         ""},
        {"my/a\tspam\tplain\t-\tquagga ~2 zoo\t550 quagga zoo\tme\n"
         "my/b\tspam\tcause\t-\tquagga ~3 zoo\t550 quagga zoo\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"
         "my.tsv:1: the rule \"my/a\" never decides: \"my/b\" in line 2 comes before it\n"},
        /* every kind of phrase is found in its own words */
        {"my/a\tspam\tplain\t-\tquagga.example\t550 http://quagga.example/ says no\tme\n"
         "my/b\tspam\tplain\t-\tquagga@example\t550 ask quagga@example.org\tme\n"
         "my/c\tspam\tplain\t-\tquagga {number}\t550 quagga 7\tme\n"
         "my/d\tspam\tplain\t-\tquagga {address}\t550 quagga <ann@example.org>\tme\n"
         "my/e\tspam\tplain\t-\tquagga {host}\t550 quagga mx.example.org\tme\n"
         "my/f\tspam\tplain\t-\tquagga {ip}\t550 quagga 192.0.2.1\tme\n"
         "my/g\tspam\tplain\t-\tquagga {url}\t550 quagga https://example.org/\tme\n"
         "my/h\tspam\tplain\t-\tquagga {id}\t550 quagga 4XyZ7QwP9\tme\n"
         "my/i\tspam\tplain\t-\t斑马 满\t550 斑马满\tme\n"
         "my/j\tspam\tplain\t-\tlion (e-mail|zoo)\t550 lion e-mail\tme\n",
         ""},
        /* a rule without phrases is the weakest of its level */
        {"my/a\tspam\ttag\tprovider=google list=ip\t-\t550 gsmtp zen.spamhaus.org\tme\n"
         "my/b\tspam\ttag\tprovider=google\t-\t550 gsmtp\tme\n",
         ""},
        {"my/a\tspam\tplain\tprovider=google\t-\t550 gsmtp\tme\n"
         "my/b\tspam\ttag\tprovider=google\t-\t550 gsmtp\tme\n",
         "my.tsv:1: the example of the rule \"my/a\" is decided by \"my/b\" in line 2\n"
         "my.tsv:1: the rule \"my/a\" never decides: \"my/b\" in line 2 comes before it\n"},
        /* doubled */
        {"my/a\tspam\tplain\tcode=550\tlion (king|queen) ~2 roars\t550 lion king roars\tme\n"
         "my/b\tvirus\tplain\tcode=550\tlion king ~2 roars ; lion cub\t550 lion cub\tme\n"
         "my/c\tvirus\tplain\tcode=551\tlion king ~2 roars\t551 lion king roars\tme\n"
         "my/d\tspam\tplain\tcode=550\tlion (king|queen) ~2 roars ; lion den\t550 lion den\tme\n",
         "my.tsv:2: the rule \"my/b\" has a phrase that \"my/a\" in line 1 has too: \"lion king ~2 roars\"\n"
         "my.tsv:4: the rule \"my/d\" has a phrase that \"my/a\" in line 1 has too: \"lion king ~2 roars\", and 1 "
         "more "
         "such\n"},
        /* the last layer */
        {"layer\tlast\nmy/a\tspam\ttag\t-\tmailbox full\t550 mailbox full\tme\n"
         "my/b\tspam\ttag\t-\tmessage rejected\t550 message rejected\tme\n",
         "my.tsv:2: the example of the rule \"my/a\" is decided by the built-in rule \"mailbox-full/full\"\n"
         "my.tsv:2: the rule \"my/a\" never decides: the built-in rule \"mailbox-full/full\" comes before it\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtpcodes_rules *rules = load(rows[i].rules);
        char *findings = findings_in(rules);
        if (strcmp(findings, rows[i].findings) != 0) {
            fail_msg("\n%s--- has\n%s--- not\n%s", rows[i].rules, findings, rows[i].findings);
        }
        test_free(findings);
        smtpcodes_rules_free(rules);
    }
    char *findings = findings_in(NULL); /* it has no rules */
    assert_string_equal(findings, "");
    assert_int_equal(smtpcodes_rules_count(NULL), 0);
    test_free(findings);
}

static void what_no_rule_understands_is_told(void **state)
{
    static const struct {
        const char *reply;
        int unknown;
    } rows[] = {
        {"550 quagga crossing", 1},
        {"quagga crossing", 1},
        {"550 5.1.1 quagga crossing", 1},   /* the enhanced code decides, the words are not understood */
        {"421 quagga crossing", 1},         /* the basic code */
        {"550 5.1.1", 0},                   /* no words */
        {"550 5.1.1 <ann@example.org>", 0}, /* names are no words */
        {"550", 0},
        {"", 0},
        {"550 5.1.1 User unknown", 0}, /* a rule */
        {"250 quagga crossing", 0},    /* refuses nothing */
        {"354 quagga crossing", 0},
        {"550 Requested action not taken: mailbox unavailable", 0}, /* the stock text (RFC 5321 4.2.3) */
        {"550 Requested action not taken: mailbox unavailable, quagga crossing", 1},
    };
    struct smtpcodes_rules *rules = load("my/quagga\tspam\thint\t-\tquagga crossing\t550 quagga crossing\tme\n");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].reply);
        char *bytes = exact_copy(rows[i].reply, length);
        if (smtpcodes_text_is_unknown(NULL, NULL, bytes, length) != rows[i].unknown) {
            fail_msg("\"%s\" is %sunknown", rows[i].reply, rows[i].unknown ? "not " : "");
        }
        if (strstr(rows[i].reply, "quagga")) {
            assert_int_equal(smtpcodes_text_is_unknown(rules, NULL, bytes, length), 0);
        }
        free(bytes);
    }
    smtpcodes_rules_free(rules);
}

/* Rows that `make` writes, i = 0, 1, ..., until the text is full. */
static char *generated(size_t size, int (*make)(char *row, size_t i), size_t *length)
{
    char *text = test_malloc(size), row[4096];
    *length = 0;
    for (size_t i = 0;; i++) {
        const size_t n = (size_t)make(row, i);
        if (*length + n > size) {
            return text;
        }
        memcpy(text + *length, row, n);
        *length += n;
    }
}

/* A word of three letters and more (676 is 26 times 26) for a number: rules of different words. */
static const char *word_of(char *word, size_t number)
{
    char *p = word + 15;
    *p = 0;
    for (number += 676; number; number /= 26) {
        *--p = (char)('a' + number % 26);
    }
    *--p = 'z';
    return p;
}

static int row_of_two_words(char *row, size_t i)
{
    char a[16], b[16];
    return sprintf(row, "a/r%zu\tpolicy\tplain\t-\t%s %s\t550 x\tme\n", i, word_of(a, i % 50000),
                   word_of(b, i * 7 % 50000));
}

/* 2 to the 9th readings: as many as a phrase may have. */
static int row_of_all_expansions(char *row, size_t i)
{
    char a[16], b[16];
    int n = sprintf(row, "a/r%zu\tpolicy\tplain\t-\t", i);
    for (size_t k = 0; k < 9; k++) {
        n += sprintf(row + n, "(%s|%s) ", word_of(a, (18 * i + 2 * k) % 50000),
                     word_of(b, (18 * i + 2 * k + 1) % 50000));
    }
    return n + sprintf(row + n - 1, "\t550 x\tme\n") - 1;
}

static int row_of_conditions(char *row, size_t i)
{
    char a[16];
    int n = sprintf(row, "a/r%zu\tpolicy\tplain\tcode=400", i);
    for (int code = 401; code < 600; code++) {
        n += sprintf(row + n, ",%d", code);
    }
    return n + sprintf(row + n, "\t%s\t550 x\tme\n", word_of(a, i));
}

static int row_of_gaps(char *row, size_t i)
{
    char a[16], b[16];
    return sprintf(row, "a/r%zu\tpolicy\tplain\t-\tone ~6 %s ~6 %s\t550 x\tme\n", i, word_of(a, i % 50000),
                   word_of(b, i * 7 % 50000));
}

static int row_of_stars(char *row, size_t i)
{
    char a[16];
    return sprintf(row, "a/r%zu\tpolicy\tplain\t-\tstar%s* one\t550 x\tme\n", i, word_of(a, i));
}

static void huge_files_are_refused_soon(void **state)
{
    enum { LIMIT = 16 << 20 };
    static const struct {
        int (*make)(char *, size_t);
        size_t size;
        const char *message; /* NULL: it is loaded */
    } rows[] = {
        {row_of_two_words, LIMIT, "big:32769: more than 32768 rules"},
        {row_of_two_words, LIMIT + 4096, "big:0: more than 16 MiB of rules"},
        {row_of_two_words, 1 << 20, NULL},
        {row_of_all_expansions, LIMIT, "big:513: more than 262144 readings of all phrases together"},
        {row_of_conditions, LIMIT, "big:328: more than 65535 values of conditions in all rules together"},
        {row_of_gaps, 1 << 20, NULL},
        {row_of_stars, LIMIT, "big:2049: more than 2048 different words with a star"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char message[300] = "";
        size_t length;
        char *text = generated(rows[i].size, rows[i].make, &length);
        const clock_t start = clock();
        struct smtpcodes_rules *rules = smtpcodes_rules_load("big", text, length, message, sizeof message);
        const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        test_free(text);
        assert_string_equal(message, rows[i].message ? rows[i].message : "");
        assert_int_equal(rules != NULL, rows[i].message == NULL);
        smtpcodes_rules_free(rules);
        /* a bound that a loop over pairs of rows would break by far, even under a sanitizer */
        if (seconds > 20) {
            fail_msg("%zu: %.1f seconds", i, seconds);
        }
    }
    /* one cell may be as large as the file */
    char *brackets = test_malloc(LIMIT), message[300] = "";
    memset(brackets, '(', LIMIT);
    memcpy(brackets, "a/b\tpolicy\tplain\t-\t", 19);
    memcpy(brackets + LIMIT - 10, "\t550 x\tme\n", 10);
    assert_null(smtpcodes_rules_load("big", brackets, LIMIT, message, sizeof message));
    assert_string_equal(message, "big:1: more than 16 brackets inside each other");
    test_free(brackets);
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
        cmocka_unit_test(every_rule_decides_its_example),
        cmocka_unit_test(rules_are_described),
        cmocka_unit_test(examples_use_reserved_addresses),
        cmocka_unit_test(users_rules_come_first),
        cmocka_unit_test(wrong_rules_are_refused_whole),
        cmocka_unit_test(no_rules_are_rules_too),
        cmocka_unit_test(a_layer_may_be_the_last),
        cmocka_unit_test(a_policy_says_what_a_reason_means),
        cmocka_unit_test(a_policy_holds_for_unsure_verdicts_too),
        cmocka_unit_test(rules_are_checked),
        cmocka_unit_test(what_no_rule_understands_is_told),
        cmocka_unit_test(huge_files_are_refused_soon),
        cmocka_unit_test(versions_follow_the_bytes),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL) != 0;
}
