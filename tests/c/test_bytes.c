/* What a byte is: the tables against their definitions. */
#include <string.h>

#include "bytes.h"
#include "vectors.h"

static int in(const char *set, int c)
{
    return c != 0 && strchr(set, c) != NULL;
}

static void classes(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        int upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        int hex = digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
        int atext = upper || lower || digit || in("!#$%&'*+-/=?^_`{|}~", c) || c >= 0x80;
        unsigned char byte = (unsigned char)c;
        assert_int_equal(smtpcodes__is_digit(byte) != 0, digit);
        assert_int_equal(smtpcodes__is_word(byte) != 0, upper || lower || digit);
        assert_int_equal(smtpcodes__is_hex(byte) != 0, hex);
        assert_int_equal(smtpcodes__is_atext(byte) != 0, atext);
        assert_int_equal(smtpcodes__joins(byte) != 0, in(".@:-_+=/%~&#!'$*?^{|}`", c));
        assert_int_equal(smtpcodes__is_blank(byte) != 0, c == ' ' || c == '\t');
        assert_int_equal((smtpcodes__class[c] & SMTPCODES__LETTER) != 0, upper || lower);
        assert_int_equal(smtpcodes__class[c] & ~63, 0);
        assert_int_equal(smtpcodes__fold[c], upper ? c + 32 : c);
    }
}

static void same_folded(void **state)
{
    (void)state;
    const unsigned char text[] = "MaIl FROM:<>";
    assert_true(smtpcodes__same_folded(text, "mail from:<>", 12));
    assert_true(smtpcodes__same_folded(text, "mail from", 9));
    assert_false(smtpcodes__same_folded(text, "mail fron", 9));
    assert_true(smtpcodes__same_folded(text, "", 0));
    assert_false(smtpcodes__same_folded((const unsigned char *)"[", "{", 1)); /* 0x20 apart, but no letters */
    assert_false(smtpcodes__same_folded((const unsigned char *)"@", "`", 1));
}

/* RFC 3629 4: which bytes are well-formed. */
static size_t by_rfc_3629(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char low, high, second_low, second_high;
        size_t length;
    } rows[] = {{0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
                {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
                {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (p[0] < rows[i].low || p[0] > rows[i].high) {
            continue;
        }
        if (n < rows[i].length || (rows[i].length > 1 && (p[1] < rows[i].second_low || p[1] > rows[i].second_high))) {
            return 0;
        }
        for (size_t k = 2; k < rows[i].length; k++) {
            if (p[k] < 0x80 || p[k] > 0xBF) {
                return 0;
            }
        }
        return rows[i].length;
    }
    return 0;
}

static void utf8(void **state)
{
    static const unsigned char tails[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    enum { TAILS = sizeof tails };
    (void)state;
    for (int first = 0; first < 256; first++) {
        for (int second = 0; second < 256; second++) {
            for (int k = 0; k < TAILS * TAILS; k++) {
                unsigned char p[4] = {(unsigned char)first, (unsigned char)second, tails[k / TAILS], tails[k % TAILS]};
                for (size_t n = 1; n <= 4; n++) {
                    if (smtpcodes__utf8_length(p, p + n) != by_rfc_3629(p, n)) {
                        fail_msg("%02x %02x %02x %02x, %zu of them", p[0], p[1], p[2], p[3], n);
                    }
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),
        cmocka_unit_test(same_folded),
        cmocka_unit_test(utf8),
    };
    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL) != 0;
}
