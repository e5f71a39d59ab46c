/* Words and the other kinds that a reply is made of. */
#include <stdlib.h>
#include <string.h>

#include "token.h"
#include "vectors.h"

/* W word, N number, I id, E enhanced code, A address, H host name, P IP address, U link */
static const char letters[SMTPCODES__TOKEN_KINDS + 1] = ".WNIEAHPU";

static const struct row {
    const char *text, *kinds;
} rows[] = {
    {"User unknown", "WW"},
    {"", ""},
    {"  ,.;:!?-- \r\n\t", ""},
    {"550", "N"},
    {"10:15:30", "N"},
    {"1.2", "N"},
    {"4F2B71C0A9", "I"},
    {"S3140", "I"},
    {"5.1.1", "E"},
    {"5.7.26 x", "EW"},
    {"(5.1.1)", "E"},
    {"3.1.1", "N"}, /* no class of RFC 3463 */
    {"5.1.1000", "N"},
    {"192.0.2.1", "P"},
    {"[192.0.2.1]", "P"},
    {"192.0.2.1.", "P"},
    {"192.0.2.1:25", "PN"},
    {"1.2.3.4.5", "N"},
    {"2001:db8::25", "P"},
    {"[2001:DB8::25]", "P"},
    {"2001:db8:0:0:0:0:0:25", "P"},
    {"::1", "P"},
    {"kim@example.org", "A"},
    {"<kim@example.org>", "A"},
    {"kim.o'hara+news@mail.example.org", "A"},
    {"kim@[192.0.2.1]", "A"},
    {"k\xC3\xADm@example.org", "A"},
    /* Chinese and Japanese right behind an address; a name in Chinese */
    {"kim@example.org\xE4\xB8\x8D\xE5\xAD\x98\xE5\x9C\xA8", "AWWW"},
    {"kim@example.org\xE3\x81\xAF", "AW"},
    {"kim@example.org\xEF\xBC\x8C\xE4\xB8\x8D", "AW"},
    {"kim@\xE4\xBE\x8B\xE5\xAD\x90.example", "A"},
    {"kim@b\xC3\xBC"
     "cher.example",
     "A"},
    {"kim@localhost", "A"},
    {"kim@example.org.", "A"},
    {"kim@", "W"},
    {"@example.org", "H"},
    {"mx1.example.org", "H"},
    {"mx1.example.org:", "H"},
    {"mx-1.mail.example.co.uk", "H"},
    {"relay-denied.example.org says user unknown", "HWWW"},
    {"xn--bcher-kva.example", "H"},
    {"1.2.0.192.zen.spamhaus.org", "H"},
    {"http://example.org/a?b=c&d=e", "U"},
    {"HTTPS://example.org", "U"},
    {"(https://example.org/why).", "U"},
    {"www.example.org", "U"},
    {"example.org/help", "U"},
    {"See http://example.org/x, please", "WUW"},
    {"http:// example", "WW"},
    {"/var/mail/kim", "I"},
    {"and/or", "WW"},
    {"e-mail", "WW"},
    {"non-existent", "WW"},
    {"user_unknown", "WW"},
    {"doesn't", "W"},
    {"doesn\xE2\x80\x99t", "W"},
    {"user's", "W"},
    {"l'adresse", "WW"},
    {"'quoted'", "W"},
    {"QUEUE.Expired", "WW"},
    {"RESOLVER.ADR.RecipNotFound", "WWW"},
    {"unknown.please", "WW"}, /* prose that lacks a space */
    {"e.g. this", "WWW"},
    {"o3si8455341oem.103", "I"},
    {"MAIL FROM:<ann@example.com>", "WA"}, /* the command is one word */
    {"MAIL FROM command", "WW"},
    {"mail from this host", "WWWW"},
    {"RLY:B1", "WI"},
    {"\xE9\x82\xAE\xE7\xAE\xB1\xE4\xB8\x8D\xE5\xAD\x98\xE5\x9C\xA8", "WWWWW"}, /* Han: a word each */
    {"\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB", "WWW"},
    {"\xEC\x82\xAC\xEC\x9A\xA9\xEC\x9E\x90", "WWW"},
    {"\xD0\xBF\xD0\xBE\xD0\xBB\xD1\x8C\xD0\xB7\xD0\xBE\xD0\xB2\xD0\xB0\xD1\x82\xD0\xB5\xD0\xBB\xD1\x8C", "W"},
    {"\xC2\xA1no\xC2\xA0"
     "existe!",
     "WW"},
};

static void lex(const char *bytes, size_t length, char *kinds, size_t room)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    const unsigned char *last = (const unsigned char *)bytes, *const end = last + length;
    size_t n = 0;
    smtpcodes__lexer_start(&lexer, bytes, length);
    for (;;) {
        smtpcodes__lexer_next(&lexer, &token);
        if (token.kind == SMTPCODES__TOKEN_END) {
            break;
        }
        assert_true(token.start >= last && token.end > token.start && token.end <= end);
        assert_true(token.kind < SMTPCODES__TOKEN_KINDS);
        assert_true(token.hash != 0 || token.kind != SMTPCODES__TOKEN_WORD);
        last = token.end;
        if (n + 1 < room) {
            kinds[n++] = letters[token.kind];
        }
    }
    kinds[n] = 0;
    smtpcodes__lexer_next(&lexer, &token);
    assert_int_equal(token.kind, SMTPCODES__TOKEN_END); /* again and again */
}

static void run_row(void **state)
{
    const struct row *row = *state;
    char kinds[64];
    size_t length = strlen(row->text);
    for (size_t cut = 0; cut <= length; cut++) { /* the whole text comes last */
        char *bytes = exact_copy(row->text, cut);
        lex(bytes, cut, kinds, sizeof kinds);
        free(bytes);
    }
    assert_string_equal(kinds, row->kinds);
}

/* The first word of a text; its hash says whether two are read alike. */
static uint32_t hash_of(const char *text)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    char *bytes = exact_copy(text, strlen(text));
    smtpcodes__lexer_start(&lexer, bytes, strlen(text));
    smtpcodes__lexer_next(&lexer, &token);
    assert_ptr_equal(token.end, bytes + strlen(text)); /* one word */
    free(bytes);
    return token.hash;
}

static void words_are_folded(void **state)
{
    static const char *const same[][2] = {
        {"USER", "user"},
        {"doesn't", "doesnt"},
        {"DOESN\xE2\x80\x99T", "doesnt"},
        {"Bo\xC3\xAEte", "boite"},     /* UTF-8 */
        {"Bo\xEEte", "boite"},         /* Latin-1 */
        {"Bo\x69\xCC\x82te", "boite"}, /* a combining mark */
        /* Romanian s and t with a comma below; Vietnamese with two marks, small and capital */
        {"g\xC4\x83si\xC8\x9Bi", "gasiti"},
        {"PO\xC8\x98TAL\xC4\x82", "postala"},
        {"h\xE1\xBB\x99p", "hop"},
        {"NG\xC6\xAF\xE1\xBB\x9CI", "nguoi"},
        {"\xC4\x91\xE1\xBA\xA7y", "day"},
        /* Greek: capitals, tonos and final sigma */
        {"\xCE\xA7\xCF\x81\xCE\xAE\xCF\x83\xCF\x84\xCE\xB7\xCF\x82",
         "\xCF\x87\xCF\x81\xCE\xB7\xCF\x83\xCF\x84\xCE\xB7\xCF\x83"},
        {"\xCE\x86\xCE\x94\xCE\x95\xCE\x99\xCE\x91", "\xCE\xB1\xCE\xB4\xCE\xB5\xCE\xB9\xCE\xB1"},
        {"M\xC3\x9CLLER", "muller"}, /* U umlaut, capital */
        {"Stra\xC3\x9F"
         "e",
         "strasse"},               /* sharp s */
        {"\xC5\xA0koda", "skoda"}, /* S caron */
        {"\xC5\x82\xC3\xB3"
         "d\xC5\xBA",
         "lodz"},                                                     /* l stroke, o acute, z acute */
        {"\xEF\xBC\xB5\xEF\xBD\x93\xEF\xBD\x85\xEF\xBD\x92", "user"}, /* full width */
        {"\xD0\x9D\xD0\x95\xD0\xA2", "\xD0\xBD\xD0\xB5\xD1\x82"},     /* Cyrillic */
        {"\xCE\xA9\xCE\x9C\xCE\x95", "\xCF\x89\xCE\xBC\xCE\xB5"},     /* Greek */
        {"\xD0\x81", "\xD1\x91"},                                     /* Cyrillic io */
        {"\xC5\xBEivot", "zivot"},
        {"I\xC5\x9E\xC3\x87", "isc"},
    };
    static const char *const other[][2] = {
        {"user", "users"}, {"spam", "spamhaus"}, {"\xD0\xBD", "h"}, {"a", "b"}, {"user", "use"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (hash_of(same[i][0]) != hash_of(same[i][1])) {
            fail_msg("\"%s\" is not read as \"%s\"", same[i][0], same[i][1]);
        }
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        assert_int_not_equal(hash_of(other[i][0]), hash_of(other[i][1]));
    }
}

/* One word of three spaces: text, links and addresses do not mix. */
static void spaces_are_apart(void **state)
{
    const unsigned char word[] = "spamhaus";
    (void)state;
    uint32_t text = smtpcodes__word_hash(word, 8, SMTPCODES__SPACE_TEXT);
    uint32_t link = smtpcodes__word_hash(word, 8, SMTPCODES__SPACE_LINK);
    uint32_t address = smtpcodes__word_hash(word, 8, SMTPCODES__SPACE_ADDRESS);
    assert_int_equal(text, hash_of("Spamhaus"));
    assert_true(text != link && text != address && link != address);
}

static void long_words_are_ids(void **state)
{
    char text[200], kinds[8];
    (void)state;
    memset(text, 'a', sizeof text);
    lex(text, SMTPCODES__WORD_MAX, kinds, sizeof kinds);
    assert_string_equal(kinds, "W");
    lex(text, SMTPCODES__WORD_MAX + 1, kinds, sizeof kinds);
    assert_string_equal(kinds, "I");
    lex(text, sizeof text, kinds, sizeof kinds);
    assert_string_equal(kinds, "I");
}

static void enhanced_codes(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        int parts[3], zeros;
    } codes[] = {{"5.1.1", 5, {5, 1, 1}, 0},   {"4.7.999 x", 7, {4, 7, 999}, 0}, {"2.0.0", 5, {2, 0, 0}, 0},
                 {"5.07.1", 6, {5, 7, 1}, 1},  {"5.0.0)", 5, {5, 0, 0}, 0},      {"5.999.999:", 9, {5, 999, 999}, 0},
                 {"5.1.1.1", 0, {0, 0, 0}, 0}, {"5.1.1x", 0, {0, 0, 0}, 0},      {"5.1.1_", 0, {0, 0, 0}, 0},
                 {"5.1.1@", 0, {0, 0, 0}, 0},  {"3.1.1", 0, {0, 0, 0}, 0},       {"5.1", 0, {0, 0, 0}, 0},
                 {"5.1.", 0, {0, 0, 0}, 0},    {"5..1", 0, {0, 0, 0}, 0},        {"5.1.1000", 0, {0, 0, 0}, 0},
                 {"5.1000.1", 0, {0, 0, 0}, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        int parts[3] = {0, 0, 0}, zeros = 0;
        char *bytes = exact_copy(codes[i].text, strlen(codes[i].text));
        const unsigned char *p = (const unsigned char *)bytes;
        size_t length = smtpcodes__enhanced_at(p, p + strlen(codes[i].text), parts, &zeros);
        free(bytes);
        assert_int_equal(length, codes[i].length);
        if (length) {
            assert_memory_equal(parts, codes[i].parts, sizeof parts);
            assert_int_equal(zeros, codes[i].zeros);
        }
    }
}

int main(void)
{
    enum { COUNT = sizeof rows / sizeof *rows };
    struct CMUnitTest row_tests[COUNT];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded),
        cmocka_unit_test(spaces_are_apart),
        cmocka_unit_test(long_words_are_ids),
        cmocka_unit_test(enhanced_codes),
    };
    for (size_t i = 0; i < COUNT; i++) {
        const char *name = *rows[i].text ? rows[i].text : "empty";
        row_tests[i] = (struct CMUnitTest){name, run_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    int failures = cmocka_run_group_tests_name("kinds", row_tests, NULL, NULL);
    failures += cmocka_run_group_tests_name("tokens", tests, NULL, NULL);
    return failures != 0;
}
