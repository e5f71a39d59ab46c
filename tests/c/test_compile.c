/* The language of phrases, compiled and matched; rules as people write them; and what is said of wrong ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "match.h"
#include "ruletext.h"
#include "token.h"
#include "tsv.h"
#include "vectors.h"

enum { ID = 7 };

static struct smtpcodes__compiler *new_compiler(void)
{
    static const char *const noise[] = {"the", "is", "a", "to", "does"};
    struct smtpcodes__compiler *c = smtpcodes__compiler_new();
    assert_non_null(c);
    assert_int_equal(smtpcodes__compiler_alias(c, "not", "not", 1), 0);
    assert_int_equal(smtpcodes__compiler_alias(c, "no", "no", 1), 0);
    assert_int_equal(smtpcodes__compiler_alias(c, "cannot", "not", 0), 0);
    assert_int_equal(smtpcodes__compiler_alias(c, "doesnt", "not", 0), 0);
    assert_int_equal(smtpcodes__compiler_alias(c, "mail", "mail", 0), 0);
    assert_int_equal(smtpcodes__compiler_alias(c, "emails", "mail", 0), 0);
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
        assert_int_equal(smtpcodes__compiler_noise(c, noise[i]), 0);
    }
    return c;
}

struct hits {
    const char *text;
    size_t count[32], start, end; /* by id; the span of the last */
};

static void hit(void *context, uint32_t out, const unsigned char *start, const unsigned char *end)
{
    struct hits *hits = context;
    assert_int_equal(SMTPCODES__OUT_KIND(out), SMTPCODES__OUT_RULE);
    assert_true(SMTPCODES__OUT_ID(out) < 32);
    hits->count[SMTPCODES__OUT_ID(out)]++;
    hits->start = (size_t)(start - (const unsigned char *)hits->text);
    hits->end = (size_t)(end - (const unsigned char *)hits->text);
}

static struct hits match(const struct smtpcodes__ruleset *rules, const char *text)
{
    struct hits hits = {0};
    size_t length = strlen(text);
    char *bytes = exact_copy(text, length);
    struct smtpcodes__matcher m = {rules, hit, &hits, NULL, 0, NULL, 0, 0};
    hits.text = bytes;
    smtpcodes__match_text(&m, bytes, length);
    free(bytes);
    return hits;
}

/* ---- phrases ------------------------------------------------------------------------------------------------------*/

static const struct row {
    const char *phrase, *text;
    int found;
} rows[] = {
    /* words in order, whatever separates them */
    {"user unknown", "User unknown", 1},
    {"user unknown", "550 5.1.1 <kim@example.org>: USER UNKNOWN.", 1},
    {"user unknown", "user, unknown", 1},
    {"user unknown", "user_unknown", 1},
    {"user unknown", "unknown user", 0},
    {"user unknown", "user totally unknown", 0},
    {"user unknown", "users unknown", 0},
    {"user unknown", "user", 0},
    {"user unknown", "unknown", 0},
    {"user unknown", "user user unknown", 1},
    {"user unknown here", "user unknown user unknown here", 1},
    {"e-mail full", "e-mail full", 1},
    {"e-mail full", "E mail full", 1},
    /* words without weight */
    {"mailbox full", "the mailbox is full", 1},
    {"the mailbox is full", "mailbox full", 1},
    /* words that stand for others */
    {"mail full", "emails full", 1},
    {"emails full", "mail full", 1},
    {"mail full", "email full", 0},
    /* names, numbers and ids are transparent */
    {"user unknown", "user <kim@example.org> unknown", 1},
    {"user unknown", "user mx.example.org unknown", 1},
    {"user unknown", "user 192.0.2.1 unknown", 1},
    {"user unknown", "user https://example.org/x unknown", 1},
    {"user unknown", "user 17 unknown", 1},
    {"user unknown", "user 4F2B71C0A9 unknown", 1},
    /* and give no words */
    {"mailbox full", "mailbox@full.example", 0},
    {"full mailbox", "full@mailbox.example", 0},
    {"relay denied", "relay-denied.example.org", 0},
    {"mailbox full", "https://example.org/mailbox/full", 0},
    /* alternatives */
    {"(user|mailbox owner) unknown", "user unknown", 1},
    {"(user|mailbox owner) unknown", "mailbox owner unknown", 1},
    {"(user|mailbox owner) unknown", "mailbox unknown", 0},
    {"(user|mailbox owner) unknown", "owner unknown", 0},
    {"(a user|the (old|new) mailbox) unknown", "new mailbox unknown", 1},
    /* what may be absent */
    {"mailbox [size] limit", "mailbox limit", 1},
    {"mailbox [size] limit", "mailbox size limit", 1},
    {"mailbox [size] limit", "mailbox size size limit", 0},
    {"mailbox [size|byte count] limit", "mailbox byte count limit", 1},
    {"mailbox [size|byte count] limit", "mailbox byte limit", 0},
    /* beginnings of words */
    {"exceed* quota", "exceed quota", 1},
    {"exceed* quota", "Exceeding quota", 1},
    {"exceed* quota", "excess quota", 0},
    {"exceed* quota", "quota exceeded", 0},
    {"(exceed* quota|exceeded limit)", "exceeded quota", 1}, /* another phrase spells the word out */
    {"(exceed* quota|exceeded limit)", "exceeded limit", 1},
    {"(exceed* quota|exceeded limit)", "exceeding limit", 0},
    {"(exceed* quota|exceede* limit)", "exceeded quota", 1}, /* the longer beginning is one of the shorter */
    {"(exceed* quota|exceede* limit)", "exceeded limit", 1},
    {"(exceed* quota|exceede* limit)", "exceeding limit", 0},
    {"quota exceed*", "quota exceeds", 1},
    /* gaps */
    {"mailbox ~2 full", "mailbox full", 1},
    {"mailbox ~2 full", "mailbox quite full", 1},
    {"mailbox ~2 full", "mailbox really quite full", 1},
    {"mailbox ~2 full", "mailbox now really quite full", 0},
    {"mailbox ~2 full", "mailbox the really is quite the full", 1}, /* words without weight do not count */
    {"mailbox ~1 full", "mailbox kim@example.org 17 quite 192.0.2.1 full", 1},
    {"mailbox ~2 full", "full mailbox", 0},
    {"mailbox ~6 full", "mailbox 1 2 3 b c d e f g full", 1},
    {"mailbox ~6 full", "mailbox b c d e f g h full", 0},
    {"mailbox ~1 over ~1 quota", "mailbox far over its quota", 1},
    {"mailbox ~1 over ~1 quota", "mailbox over quota", 1},
    {"mailbox ~1 over ~1 quota", "mailbox over all its quota", 0},
    {"mailbox size ~1 over limit", "mailbox size far over limit", 1},
    {"mailbox size ~1 over limit", "mailbox size over far limit", 0},
    {"mailbox ~2 full", "mailbox mailbox mailbox full", 1},
    {"mailbox ~1 (full|over quota)", "mailbox way over quota", 1},
    {"mailbox ~2 exceed* quota", "mailbox has long exceeded quota", 1},
    /* kinds */
    {"{ip} blocked", "192.0.2.1 blocked", 1},
    {"{ip} blocked", "2001:db8::25 is blocked", 1},
    {"{ip} blocked", "mx.example.org blocked", 0},
    {"{ip} blocked", "blocked", 0},
    {"{address} unknown", "<kim@example.org>: unknown", 1},
    {"{address} unknown", "example.org unknown", 0},
    {"{host} unknown", "mx.example.org unknown", 1},
    {"{host} unknown", "kim@example.org unknown", 0},
    {"see {url}", "see https://example.org/", 1},
    {"see {url}", "see example.org", 0},
    {"wait {number} minutes", "wait 5 minutes", 1},
    {"wait {number} minutes", "wait minutes", 0},
    {"queued as {id}", "queued as 4F2B71C0A9", 1},
    {"host {ip} blocked", "host [192.0.2.1] blocked", 1},
    {"user unknown", "192.0.2.1 user 192.0.2.1 unknown", 1},
    /* a number or id that a phrase spells out is a word */
    {"error 17 raised", "error 17 raised", 1},
    {"error 17 raised", "error 18 raised", 0},
    {"block list s3140", "block list (S3140)", 1},
    /* links: labels in order, anywhere inside a name */
    {"zen.spamhaus.org", "see zen.spamhaus.org", 1},
    {"zen.spamhaus.org", "1.2.0.192.ZEN.spamhaus.org", 1},
    {"zen.spamhaus.org", "https://zen.spamhaus.org/query", 1},
    {"zen.spamhaus.org", "zen spamhaus org", 0},
    {"zen.spamhaus.org", "spamhaus.zen.org", 0},
    {"zen.spamhaus.org", "zen.spamhaus.example", 0},
    {"zen.spamhaus.org", "zen.not.spamhaus.org", 0},
    {"zen.spamhaus.org", "kim@zen.spamhaus.org", 0},
    {"zen.spamhaus.org", "xzen.spamhaus.org", 0},
    {"spamhaus.org/returnc", "https://www.spamhaus.org/returnc/pub/", 1},
    {"spamhaus.org/returnc", "https://www.spamhaus.org/query/", 0},
    {"p=nosuchuser", "https://support.example.org/mail/?p=NoSuchUser", 1},
    {"p=nosuchuser", "NoSuchUser", 0},
    /* addresses */
    {"delist@example.org", "write to delist@example.org", 1},
    {"delist@example.org", "write to kim@example.org", 0},
    {"delist@example.org", "see delist.example.org", 0},
    /* a word is no part of another */
    {"spam message", "spam message", 1},
    {"spam message", "spamhaus message", 0},
    {"spam message", "antispam message", 0},
    {"list full", "blacklist full", 0},
    /* negations turn a phrase behind them off */
    {"blocked using", "blocked using", 1},
    {"blocked using", "not blocked using", 0},
    {"blocked using", "is not the blocked using", 0},
    {"blocked using", "cannot blocked using", 0},
    {"blocked using", "not yet blocked using", 1}, /* right behind only */
    {"blocked using", "not blocked using, but blocked using", 1},
    {"user ~2 blocked", "no user is blocked", 0},
    {"user ~2 blocked", "the user is blocked", 1},
    {"not found", "not found", 1}, /* unless they begin with one */
    {"not found", "cannot found", 1},
    {"not found", "Doesn't found", 1},
    {"not found", "no found", 0},
    {"no such user", "no such user", 1},
    {"user not found", "user not found", 1},
    {"user not found", "user found", 0},
    {"user not found", "no user not found", 0},
    {"zen.spamhaus.org", "not zen.spamhaus.org", 1}, /* a name stands for itself */
    /* letters of the world */
    {"boite pleine", "Bo\xC3\xAEte pleine", 1},
    {"bo\xC3\xAEte pleine", "BOITE PLEINE", 1},
    {"boite pleine", "bo\xEEte pleine", 1}, /* Latin-1 */
    {"\xD1\x8F\xD1\x89\xD0\xB8\xD0\xBA \xD0\xBF\xD0\xBE\xD0\xBB\xD0\xBE\xD0\xBD",
     "\xD0\xAF\xD0\xA9\xD0\x98\xD0\x9A \xD0\x9F\xD0\x9E\xD0\x9B\xD0\x9E\xD0\x9D", 1}, /* Cyrillic */
    {"\xE9\x82\xAE\xE7\xAE\xB1\xE4\xB8\x8D\xE5\xAD\x98\xE5\x9C\xA8",
     "\xE6\x82\xA8\xE7\x9A\x84\xE9\x82\xAE\xE7\xAE\xB1\xE4\xB8\x8D\xE5\xAD\x98\xE5\x9C\xA8\xE3\x80\x82", 1}, /* Han */
    {"\xE9\x82\xAE\xE7\xAE\xB1\xE4\xB8\x8D\xE5\xAD\x98\xE5\x9C\xA8", "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xAD\x98\xE5\x9C\xA8",
     0}, /* its negation is a character of it */
};

static void run_row(void **state)
{
    const struct row *row = *state;
    struct smtpcodes__compiler *c = new_compiler();
    struct smtpcodes__ruleset rules;
    if (smtpcodes__compiler_phrase(c, row->phrase, SMTPCODES__OUT_RULE, ID) || smtpcodes__compiler_finish(c, &rules)) {
        fail_msg("%s", smtpcodes__compiler_error(c));
    }
    /* At any place in a long text: the matcher looks at so many words at a time. */
    enum { LONGEST = 300 };
    char text[4 * LONGEST + 512] = "";
    for (size_t before = 0; before < LONGEST; before++) {
        snprintf(text + 4 * before, sizeof text - 4 * before, "%s", row->text);
        struct hits hits = match(&rules, text);
        for (size_t i = 0; i < 32; i++) {
            assert_true(i == ID || hits.count[i] == 0);
        }
        if ((hits.count[ID] > 0) != row->found) {
            fail_msg("with %zu words before: found %zu times", before, hits.count[ID]);
        }
        memcpy(text + 4 * before, "kqx ", 4);
    }
    smtpcodes__compiler_free(c);
}

/* Many phrases in one automaton: each found where it stands, those inside others too. */
static void phrases_side_by_side(void **state)
{
    static const char *const phrases[] = {"user unknown",     "unknown here",     "user unknown here today",
                                          "mailbox ~3 full",  "mailbox ~3 over",  "mailbox ~3 over ~2 quota",
                                          "full of mail",     "{ip} listed",      "listed ~2 {host}",
                                          "list.example.org", "not listed",       "exceed* quota",
                                          "exceeded storage", "exceedingly full", "user unknown",
                                          "mailbox ~1 over"};
    enum { COUNT = sizeof phrases / sizeof *phrases };
    static const struct {
        const char *text, *ids;
    } texts[] = {{"user unknown here", "0,1,14"},
                 {"user unknown here today", "0,1,2,14"},
                 {"user unknown user unknown here today", "0,1,2,14"},
                 {"mailbox is full of mail", "3,6"},
                 {"mailbox of kim over all quota", "4,5"},
                 {"mailbox over quota", "4,5,15"},
                 {"mailbox really quite over quota exceedingly full", "4,5,13"},
                 {"192.0.2.1 is listed in list.example.org", "7,8,9"},
                 {"192.0.2.1 is not listed in list.example.org", "9,10"},
                 {"exceeded quota", "11"},
                 {"exceeded storage quota", "12"},
                 {"exceedingly full quota", "13"},
                 {"exceedingly quota", "11"},
                 {"nothing of all this", ""}};
    struct smtpcodes__compiler *c = new_compiler();
    struct smtpcodes__ruleset rules;
    (void)state;
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(smtpcodes__compiler_phrase(c, phrases[i], SMTPCODES__OUT_RULE, i), 0);
    }
    assert_int_equal(smtpcodes__compiler_finish(c, &rules), 0);
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        struct hits hits = match(&rules, texts[t].text);
        char ids[128] = "";
        for (size_t i = 0; i < COUNT; i++) {
            if (hits.count[i]) {
                snprintf(ids + strlen(ids), sizeof ids - strlen(ids), *ids ? ",%zu" : "%zu", i);
            }
        }
        if (strcmp(ids, texts[t].ids) != 0) {
            fail_msg("\"%s\": %s, not %s", texts[t].text, ids, texts[t].ids);
        }
    }
    smtpcodes__compiler_free(c);
}

/* Evidence: from the first byte of a phrase to its last, whatever lies between. */
static void spans(void **state)
{
    static const struct {
        const char *phrase, *text, *span;
    } spans_of[] = {
        {"mailbox full", "Your mailbox is full!", "mailbox is full"},
        {"mailbox ~2 full", "the mailbox of kim@example.org: quite full.", "mailbox of kim@example.org: quite full"},
        {"zen.spamhaus.org", "see 1.2.zen.spamhaus.org.", "zen.spamhaus.org"},
        {"{ip} blocked", "host [192.0.2.1] blocked", "192.0.2.1] blocked"},
        {"not found", "user Cannot the found", "Cannot the found"}};
    (void)state;
    for (size_t i = 0; i < sizeof spans_of / sizeof *spans_of; i++) {
        struct smtpcodes__compiler *c = new_compiler();
        struct smtpcodes__ruleset rules;
        assert_int_equal(smtpcodes__compiler_phrase(c, spans_of[i].phrase, SMTPCODES__OUT_RULE, ID), 0);
        assert_int_equal(smtpcodes__compiler_finish(c, &rules), 0);
        struct hits hits = match(&rules, spans_of[i].text);
        assert_int_equal(hits.count[ID], 1);
        char span[128];
        snprintf(span, sizeof span, "%.*s", (int)(hits.end - hits.start), spans_of[i].text + hits.start);
        assert_string_equal(span, spans_of[i].span);
        smtpcodes__compiler_free(c);
    }
}

static void several_phrases_of_a_row(void **state)
{
    struct smtpcodes__compiler *c = new_compiler();
    struct smtpcodes__ruleset rules;
    size_t count = 99;
    (void)state;
    assert_int_equal(smtpcodes__compiler_phrases(c, "-", SMTPCODES__OUT_RULE, 1, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(smtpcodes__compiler_phrases(c, "user unknown ; no such (user|box) ; over quota",
                                                 SMTPCODES__OUT_RULE, 2, &count),
                     0);
    assert_int_equal(count, 3);
    assert_int_equal(smtpcodes__compiler_finish(c, &rules), 0);
    assert_int_equal(match(&rules, "no such box").count[2], 1);
    assert_int_equal(match(&rules, "over quota, user unknown").count[2], 2);
    assert_int_equal(match(&rules, "unknown no such").count[2], 0);
    smtpcodes__compiler_free(c);
}

/* A set with no phrase finds nothing and reads nothing that is not there. */
static void no_phrases(void **state)
{
    struct smtpcodes__compiler *c = new_compiler();
    struct smtpcodes__ruleset rules;
    (void)state;
    assert_int_equal(smtpcodes__compiler_finish(c, &rules), 0);
    struct hits hits = match(&rules, "550 user 192.0.2.1 unknown zen.spamhaus.org kim@example.org");
    for (size_t i = 0; i < 32; i++) {
        assert_int_equal(hits.count[i], 0);
    }
    smtpcodes__compiler_free(c);
}

static void client_and_words_are_seen(void **state)
{
    struct smtpcodes__compiler *c = new_compiler();
    struct smtpcodes__ruleset rules;
    struct hits hits = {0};
    (void)state;
    assert_int_equal(smtpcodes__compiler_phrase(c, "user unknown", SMTPCODES__OUT_RULE, ID), 0);
    assert_int_equal(smtpcodes__compiler_finish(c, &rules), 0);
    static const struct {
        const char *text;
        int quotes, words;
    } texts[] = {{"host [192.0.2.1] refused", 1, 2},
                 {"host [192.0.2.11] refused", 0, 2},
                 {"192.0.2.1", 1, 0},
                 {"", 0, 0},
                 {"the is 17 kim@example.org", 0, 0},
                 {"zebra", 0, 1}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct smtpcodes__matcher m = {&rules, hit, &hits, "192.0.2.1", 9, NULL, 0, 0};
        smtpcodes__match_text(&m, texts[i].text, strlen(texts[i].text));
        assert_int_equal(m.quotes_client, texts[i].quotes);
        assert_int_equal(m.has_words, texts[i].words);
    }
    smtpcodes__compiler_free(c);
}

/* ---- wrong phrases ------------------------------------------------------------------------------------------------*/

static const struct {
    const char *phrase, *message; /* a part of the message */
} wrong[] = {
    {"abc* full", "\"abc*\" has fewer than 4 letters before the star"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa* full", "longer than 56 letters"},
    {"e-mail* full", "\"e-mail\" is not one word"},
    {"user*x", "a star stands at the end of a word"},
    {"user -- unknown", "\"--\" has no word in it"},
    {"{name} unknown", "unknown kind \"{name} unkno\""},
    {"user ~0 unknown", "a gap is ~1 to ~6"},
    {"user ~7 unknown", "a gap is ~1 to ~6"},
    {"user ~12 unknown", "a gap is ~1 to ~6"},
    {"user ~ unknown", "a gap is ~1 to ~6"},
    {"*user", "unexpected \"*\""},
    {"user } unknown", "unexpected \"}\""},
    {"user) unknown", "unexpected \")\""},
    {"user | unknown", "unexpected \"|\""},
    {"(user|mailbox unknown", "a \")\" is missing"},
    {"[user|mailbox unknown", "a \"]\" is missing"},
    {"(user] unknown", "unexpected \"]\""},
    {"~2 user", "a gap stands between words"},
    {"user ~2", "a gap stands between words"},
    {"user ~1 ~2 unknown", "a gap stands between words"},
    {"user ~1 [of] ~2 unknown", "a gap stands between words"},
    {"", "a phrase is empty"},
    {"the", "a phrase is empty"},
    {"[user]", "a phrase is empty"},
    {"x ~1 y ~1 z ~1 w", "more than 2 gaps"},
    {"(a1|b1|c1|d1|e1|f1|g1|h1) (a2|b2|c2|d2|e2|f2|g2|h2) (a3|b3|c3|d3|e3|f3|g3|h3) x [y]",
     "the alternatives multiply to more than 512 phrases"},
    {"b c d e f g h i j k l m n o p q r s t u v w x y z", "a phrase has more than 24 words"},
    {"(b c d e f g h i j k l m n) (b c d e f g h i j k l m n)", "a phrase has more than 24 words"},
};

static void wrong_phrases_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct smtpcodes__compiler *c = new_compiler();
        if (smtpcodes__compiler_phrase(c, wrong[i].phrase, SMTPCODES__OUT_RULE, ID) != -1) {
            fail_msg("\"%s\" is accepted", wrong[i].phrase);
        }
        if (!strstr(smtpcodes__compiler_error(c), wrong[i].message)) {
            fail_msg("\"%s\": %s; not: %s", wrong[i].phrase, smtpcodes__compiler_error(c), wrong[i].message);
        }
        smtpcodes__compiler_free(c);
    }
}

static void wrong_words_are_told(void **state)
{
    struct smtpcodes__compiler *c = new_compiler();
    const char *const message = smtpcodes__compiler_error(c);
    (void)state;
    assert_int_equal(smtpcodes__compiler_noise(c, "two words"), -1);
    assert_string_equal(message, "\"two words\" is not one word");
    assert_int_equal(smtpcodes__compiler_noise(c, ""), -1);
    assert_string_equal(message, "\"\" is not one word");
    assert_int_equal(smtpcodes__compiler_noise(c, "the"), -1);
    assert_string_equal(message, "the word \"the\" is listed twice");
    assert_int_equal(smtpcodes__compiler_alias(c, "mail", "mail", 0), -1);
    assert_string_equal(message, "the word \"mail\" is listed twice");
    assert_int_equal(smtpcodes__compiler_alias(c, "emails", "mail", 0), -1);
    assert_string_equal(message, "the word \"emails\" is listed twice");
    assert_int_equal(smtpcodes__compiler_alias(c, "never", "never", 1), -1);
    assert_string_equal(message, "the negation \"never\" comes after other words");
    assert_int_equal(smtpcodes__compiler_alias(c, "boxes", "box", 0), -1);
    assert_string_equal(message, "\"boxes\" stands for \"box\", which is not listed");
    assert_int_equal(smtpcodes__compiler_phrase(c, "user unknown", SMTPCODES__OUT_RULE, ID), 0);
    assert_int_equal(smtpcodes__compiler_noise(c, "late"), -1);
    assert_string_equal(message, "the word \"late\" comes after the first phrase");
    smtpcodes__compiler_free(c);
}

/* Adds count phrases "HEADn". */
static int add_many(struct smtpcodes__compiler *c, const char *head, int count)
{
    for (int i = 0; i < count; i++) {
        char phrase[64];
        snprintf(phrase, sizeof phrase, "%s%d", head, i);
        if (smtpcodes__compiler_phrase(c, phrase, SMTPCODES__OUT_RULE, ID)) {
            return -1;
        }
    }
    return 0;
}

static void limits_are_told(void **state)
{
    struct smtpcodes__ruleset rules;
    (void)state;
    struct smtpcodes__compiler *c = new_compiler();
    assert_int_equal(add_many(c, "many", 300), 0);
    assert_int_equal(smtpcodes__compiler_phrase(c, "many* full", SMTPCODES__OUT_RULE, ID), 0);
    assert_int_equal(smtpcodes__compiler_finish(c, &rules), -1);
    assert_string_equal(smtpcodes__compiler_error(c), "\"many*\" stands for too many words");
    smtpcodes__compiler_free(c);

    c = new_compiler();
    assert_int_equal(add_many(c, "some", 20), 0);
    assert_int_equal(smtpcodes__compiler_phrase(c, "some* some* some*", SMTPCODES__OUT_RULE, ID), 0);
    assert_int_equal(smtpcodes__compiler_finish(c, &rules), -1);
    assert_string_equal(smtpcodes__compiler_error(c), "the prefixes of a phrase multiply to more than 4096 phrases");
    smtpcodes__compiler_free(c);

    c = new_compiler();
    assert_int_equal(add_many(c, "word", 70000), -1);
    assert_string_equal(smtpcodes__compiler_error(c), "more than 65519 different words");
    smtpcodes__compiler_free(c);
}

/* ---- rules --------------------------------------------------------------------------------------------------------*/

static int reason_of(const void *context, const char *name)
{
    (void)context;
    return strcmp(name, "spam") == 0 ? 3 : strcmp(name, "policy") == 0 ? 4 : -1;
}

static int provider_of(const void *context, const char *name)
{
    (void)context;
    return strcmp(name, "google") == 0 ? 0 : strcmp(name, "yahoo") == 0 ? 1 : -1;
}

struct reading {
    struct smtpcodes__rule_list list;
    struct smtpcodes__compiler *compiler;
    struct smtpcodes__tsv tsv;
    char *text;
    int status;
};

static void read_rules(struct reading *r, const char *text)
{
    static const struct smtpcodes__names names = {reason_of, provider_of, NULL, NULL, NULL};
    memset(r, 0, sizeof *r);
    r->compiler = new_compiler();
    r->text = exact_copy(text, strlen(text) + 1);
    smtpcodes__tsv_start(&r->tsv, "my.tsv", r->text, SMTPCODES__RULE_COLUMNS);
    r->status = smtpcodes__rules_read(&r->tsv, r->compiler, &names, &r->list);
}

static void free_rules(struct reading *r)
{
    smtpcodes__rules_free(&r->list);
    smtpcodes__compiler_free(r->compiler);
    free(r->text);
}

static void rules_are_read(void **state)
{
    struct reading r;
    (void)state;
    read_rules(
        &r,
        "# a comment\n"
        "\n"
        "a/one\tspam\ttag\tcode=55x,450 stage=rcpt,data\tspam message ; too spammy\t550 spam message\tmine\n"
        "a/two\tpolicy\tframe\t-\tgo away\t550 go away\tmine\n"
        "#a/no\tpolicy\tframe\t-\tgo away\t550 go away\tmine\n"
        "b/three-3\tspam\tplain\tprovider=yahoo list=ip\t-\t550 x\tmine\n"
        "b/4\tspam\tcause\tenhanced=x.7.1,5.7.600-649 quotes=client code=none\tgo away now\t5.7.1 go away now\tmine");
    if (r.status != 0) {
        fail_msg("%s", r.tsv.message);
    }
    assert_int_equal(r.list.count, 4);
    const struct smtpcodes__rule *rules = r.list.rules;
    static const uint32_t lines[] = {3, 4, 6, 7};
    static const uint8_t reasons[] = {3, 4, 3, 3}, conditions[] = {4, 0, 2, 4}, late[] = {0, 0, 1, 1};
    static const uint8_t levels[] = {SMTPCODES__LEVEL_TAG, SMTPCODES__LEVEL_FRAME, SMTPCODES__LEVEL_PLAIN,
                                     SMTPCODES__LEVEL_CAUSE};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(rules[i].line, lines[i]);
        assert_int_equal(rules[i].reason, reasons[i]);
        assert_int_equal(rules[i].level, levels[i]);
        assert_int_equal(rules[i].conditions, conditions[i]);
        assert_int_equal(rules[i].late, late[i]);
    }
    static const struct smtpcodes__condition expected[] = {
        {SMTPCODES__IF_CODE, 0, 0, 0, 550, 559}, {SMTPCODES__IF_CODE, 0, 0, 0, 450, 450},
        {SMTPCODES__IF_STAGE, 0, 0, 0, 6, 0},    {SMTPCODES__IF_STAGE, 0, 0, 0, 7, 0},
        {SMTPCODES__IF_PROVIDER, 0, 0, 0, 2, 0}, {SMTPCODES__IF_LIST, 0, 0, 0, 1, 0},
        {SMTPCODES__IF_ENHANCED, 0, 7, 0, 1, 1}, {SMTPCODES__IF_ENHANCED, 5, 7, 0, 600, 649},
        {SMTPCODES__IF_CLIENT, 0, 0, 0, 0, 0},   {SMTPCODES__IF_CODE, 0, 0, 0, UINT16_MAX, UINT16_MAX}};
    assert_int_equal(r.list.condition_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_memory_equal(&r.list.conditions[i], &expected[i], sizeof *expected);
    }
    assert_int_equal(r.list.silent_count, 1);
    assert_int_equal(r.list.silent[0], 2);

    struct smtpcodes__ruleset rules_set;
    assert_int_equal(smtpcodes__compiler_finish(r.compiler, &rules_set), 0);
    assert_string_equal(rules_set.strings + rules[2].name, "b/three-3");
    assert_string_equal(rules_set.strings + rules[0].example, "550 spam message");
    assert_string_equal(rules_set.strings + rules[1].source, "mine");
    struct hits hits = match(&rules_set, "too spammy: go away now");
    assert_int_equal(hits.count[0], 1);
    assert_int_equal(hits.count[1], 1);
    assert_int_equal(hits.count[3], 1);
    free_rules(&r);
}

static void wrong_rules_are_told(void **state)
{
    static const struct {
        const char *text, *message; /* with file and line */
    } texts[] = {
        {"a/b\tspam\ttag\t-\tspam message\t550 x\n", "my.tsv:1: 6 columns, there must be 7"},
        {"a/b\tspam\ttag\t-\tspam message\t550 x\tmine\tmore\n", "my.tsv:1: 8 columns, there must be 7"},
        {"# one\n\na/b\tspam\ttag\t-\tx \t550 x\tmine\n", "my.tsv:3: column 5 is empty or has spaces around it"},
        {"a/b\tspam\ttag\t-\t\t550 x\tmine\n", "my.tsv:1: column 5 is empty"},
        {"a/b\tspam\ttag\t-\t x\t550 x\tmine\n", "my.tsv:1: column 5 is empty or has spaces around it"},
        {"a/b\tspam\ttag\t-\tx\xFFy\t550 x\tmine\n", "my.tsv:1: byte 17 is no UTF-8"},
        {"a/b\tspam\ttag\t-\tx\x01y\t550 x\tmine\n", "my.tsv:1: control character at byte 17"},
        {"a/b\tspam\ttag\t-\txy\t550 x\tmine\r\n", "my.tsv:1: control character at byte 29"},
        {"a\tspam\ttag\t-\txy\t550 x\tmine\n", "my.tsv:1: \"a\" is no rule name"},
        {"A/b\tspam\ttag\t-\txy\t550 x\tmine\n", "my.tsv:1: \"A/b\" is no rule name"},
        {"a/b/c\tspam\ttag\t-\txy\t550 x\tmine\n", "my.tsv:1: \"a/b/c\" is no rule name"},
        {"/b\tspam\ttag\t-\txy\t550 x\tmine\n", "my.tsv:1: \"/b\" is no rule name"},
        {"a/\tspam\ttag\t-\txy\t550 x\tmine\n", "my.tsv:1: \"a/\" is no rule name"},
        {"a/b\tspan\ttag\t-\txy\t550 x\tmine\n", "my.tsv:1: unknown reason \"span\""},
        {"a/b\tspam\tTag\t-\txy\t550 x\tmine\n", "my.tsv:1: unknown level \"Tag\" ("},
        {"a/b\tspam\ttag\trcpt\txy\t550 x\tmine\n", "my.tsv:1: \"rcpt\" is no condition (name=value)"},
        {"a/b\tspam\ttag\thost=x\txy\t550 x\tmine\n", "my.tsv:1: unknown condition \"host=x\""},
        {"a/b\tspam\ttag\tquotes=server\txy\t550 x\tmine\n", "my.tsv:1: unknown condition \"quotes=server\""},
        {"a/b\tspam\ttag\tcode=55\txy\t550 x\tmine\n", "my.tsv:1: \"55\" is no code"},
        {"a/b\tspam\ttag\tcode=x50\txy\t550 x\tmine\n", "my.tsv:1: \"x50\" is no code"},
        {"a/b\tspam\ttag\tcode=5x0\txy\t550 x\tmine\n", "my.tsv:1: \"5x0\" is no code"},
        {"a/b\tspam\ttag\tcode=550,\txy\t550 x\tmine\n", "my.tsv:1: \"\" is no code"},
        {"a/b\tspam\ttag\tenhanced=5.1\txy\t550 x\tmine\n", "my.tsv:1: \"5.1\" is no pattern of enhanced codes"},
        {"a/b\tspam\ttag\tenhanced=3.1.1\txy\t550 x\tmine\n", "my.tsv:1: \"3.1.1\" is no pattern"},
        {"a/b\tspam\ttag\tenhanced=5.7.9-1\txy\t550 x\tmine\n", "my.tsv:1: \"5.7.9-1\" is no pattern"},
        {"a/b\tspam\ttag\tstage=rcp\txy\t550 x\tmine\n", "my.tsv:1: unknown stage \"rcp\""},
        {"a/b\tspam\ttag\tstage=unknown\txy\t550 x\tmine\n", "my.tsv:1: unknown stage \"unknown\""},
        {"a/b\tspam\ttag\tprovider=me\txy\t550 x\tmine\n", "my.tsv:1: unknown provider \"me\""},
        {"a/b\tspam\ttag\tlist=me\txy\t550 x\tmine\n", "my.tsv:1: unknown kind of list \"me\""},
        {"a/b\tspam\ttag\tlist=none\txy\t550 x\tmine\n", "my.tsv:1: unknown kind of list \"none\""},
        {"a/b\tspam\ttag\tcode=550 stage=rcpt code=551\txy\t550 x\tmine\n",
         "my.tsv:1: the condition \"code\" stands twice: write code=A,B"},
        {"a/b\tspam\ttag\t-\txy (z\t550 x\tmine\n", "my.tsv:1: a \")\" is missing"},
        {"a/b\tspam\ttag\t-\txy ;\t550 x\tmine\n", "my.tsv:1: a phrase is empty"},
        {"a/b\tspam\ttag\t-\txy\t550 x\tmine\n\na/b\tpolicy\ttag\t-\tz\t550 x\tmine\n",
         "my.tsv:3: the rule \"a/b\" stands in line 1 already"},
        {"a/b\tspam\ttag\t-\txy\t-\tmine\n", "my.tsv:1: a rule needs an example"},
        {"a/b\tspam\ttag\t-\txy\t550 x\t-\n", "my.tsv:1: a rule needs a source"},
        {"a/b\tspam\ttag\tcode=550\t-\t550 x\tmine\n", "my.tsv:1: a rule without phrases needs the condition"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading r;
        read_rules(&r, texts[i].text);
        if (r.status != -1) {
            fail_msg("accepted: %s", texts[i].text);
        }
        if (strncmp(r.tsv.message, texts[i].message, strlen(texts[i].message)) != 0) {
            fail_msg("%s; not: %s", r.tsv.message, texts[i].message);
        }
        free_rules(&r);
    }
}

static void patterns_of_enhanced_codes(void **state)
{
    static const struct {
        const char *text;
        int status, x, y, low, high;
    } patterns[] = {{"5.1.1", 0, 5, 1, 1, 1},     {"x.7.23", 0, 0, 7, 23, 23},  {"5.7.606-649", 0, 5, 7, 606, 649},
                    {"x.1.x", 0, 0, 1, 0, 999},   {"4.x.x", 0, 4, 255, 0, 999}, {"2.0.0", 0, 2, 0, 0, 0},
                    {"x.x.x", 0, 0, 255, 0, 999}, {"3.1.1", -1, 0, 0, 0, 0},    {"5.1", -1, 0, 0, 0, 0},
                    {"5.1.", -1, 0, 0, 0, 0},     {"5.x.1", -1, 0, 0, 0, 0},    {"5.1.1-", -1, 0, 0, 0, 0},
                    {"5.1.1000", -1, 0, 0, 0, 0}, {"5.255.1", -1, 0, 0, 0, 0},  {"", -1, 0, 0, 0, 0},
                    {"5.1.1 ", -1, 0, 0, 0, 0},   {"5.7.x-9", -1, 0, 0, 0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct smtpcodes__condition c = {0};
        int status = smtpcodes__read_enhanced_pattern(patterns[i].text, &c);
        if (status != patterns[i].status) {
            fail_msg("\"%s\" is %s", patterns[i].text, status ? "refused" : "accepted");
        }
        if (status == 0) {
            assert_int_equal(c.kind, SMTPCODES__IF_ENHANCED);
            assert_int_equal(c.x, patterns[i].x);
            assert_int_equal(c.y, patterns[i].y);
            assert_int_equal(c.low, patterns[i].low);
            assert_int_equal(c.high, patterns[i].high);
        }
    }
}

int main(void)
{
    enum { COUNT = sizeof rows / sizeof *rows };
    static char names[COUNT][200];
    struct CMUnitTest row_tests[COUNT];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases_side_by_side),
        cmocka_unit_test(spans),
        cmocka_unit_test(several_phrases_of_a_row),
        cmocka_unit_test(no_phrases),
        cmocka_unit_test(client_and_words_are_seen),
        cmocka_unit_test(wrong_phrases_are_told),
        cmocka_unit_test(wrong_words_are_told),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(rules_are_read),
        cmocka_unit_test(wrong_rules_are_told),
        cmocka_unit_test(patterns_of_enhanced_codes),
    };
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "%s %s: %s", rows[i].phrase, rows[i].found ? "in" : "not in", rows[i].text);
        row_tests[i] = (struct CMUnitTest){names[i], run_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    int failures = cmocka_run_group_tests_name("phrases", row_tests, NULL, NULL);
    failures += cmocka_run_group_tests_name("rules", tests, NULL, NULL);
    return failures != 0;
}
