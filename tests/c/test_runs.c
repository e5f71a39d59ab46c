/* Runs: both ways to read a word in one go against the definition. */
#include <string.h>

#include "run.h"
#include "vectors.h"

static void assert_run(const unsigned char *p, const struct smtpcodes__run *got, const char *what)
{
    unsigned char folded[SMTPCODES__RUN] = {0};
    unsigned length = 0, letters = 0, digits = 0;
    for (; length < SMTPCODES__RUN; length++) {
        const unsigned char c = p[length];
        const int is_digit = c >= '0' && c <= '9', is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_digit && !is_letter) {
            break;
        }
        digits |= (unsigned)is_digit;
        letters |= (unsigned)is_letter;
        folded[length] = (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (got->length != length || got->letters != letters || got->digits != digits ||
        got->low != smtpcodes__load64(folded) || got->high != smtpcodes__load64(folded + 8)) {
        fail_msg("%s: \"%.16s\" is read with length %u", what, (const char *)p, got->length);
    }
}

/* Every byte at every place, among words of every kind: no comparison may leak into the next byte. */
static void every_byte_everywhere(void **state)
{
    static const unsigned char neighbours[] = {'a', 'Z', '0', '9', 'm', ' ', 0x00, 0x7F, 0x80, 0xFF};
    unsigned char bytes[SMTPCODES__RUN];
    struct smtpcodes__run run;
    (void)state;
    for (size_t before = 0; before < sizeof neighbours; before++) {
        for (size_t behind = 0; behind < sizeof neighbours; behind++) {
            for (size_t place = 0; place < sizeof bytes; place++) {
                for (int c = 0; c < 256; c++) {
                    memset(bytes, neighbours[before], place);
                    memset(bytes + place, neighbours[behind], sizeof bytes - place);
                    bytes[place] = (unsigned char)c;
                    smtpcodes__run(bytes, &run);
                    assert_run(bytes, &run, "as built");
                    smtpcodes__run_in_c(bytes, &run);
                    assert_run(bytes, &run, "in C");
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_byte_everywhere)};
    return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
