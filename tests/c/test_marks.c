/* Marks: both ways to make them against the definitions, and the bytes that they are made from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marks.h"
#include "vectors.h"

static void assert_marks(const unsigned char *p, size_t length, const struct smtpcodes__marks *got, const char *what)
{
    struct smtpcodes__marks expected = {0, 0, 0, 0};
    for (size_t i = 0; i < length; i++) {
        const uint64_t bit = UINT64_C(1) << i;
        expected.digits |= p[i] >= '0' && p[i] <= '9' ? bit : 0;
        expected.openers |= p[i] == '#' || p[i] == '(' || p[i] == '[' ? bit : 0;
        expected.feeds |= p[i] == '\n' ? bit : 0;
        expected.odd |= p[i] < ' ' || p[i] > '~' ? bit : 0;
    }
    if (expected.digits != got->digits || expected.openers != got->openers || expected.feeds != got->feeds ||
        expected.odd != got->odd) {
        fail_msg("%s: %zu bytes from 0x%02x on", what, length, p[0]);
    }
}

/* Every byte at every place, among neighbours of every kind: no comparison may leak into the next byte. */
static void every_byte_everywhere(void **state)
{
    static const unsigned char neighbours[] = {0x00, '\n', 0x1F, ' ', '/', '0', '9', ':', '~', 0x7F, 0x80, 0xFF};
    unsigned char window[SMTPCODES__WINDOW];
    struct smtpcodes__marks marks;
    (void)state;
    for (size_t k = 0; k < sizeof neighbours; k++) {
        for (size_t place = 0; place < sizeof window; place++) {
            for (int c = 0; c < 256; c++) {
                memset(window, neighbours[k], sizeof window);
                window[place] = (unsigned char)c;
                smtpcodes__marks(window, &marks);
                assert_marks(window, sizeof window, &marks, "as built");
                smtpcodes__marks_in_c(window, &marks);
                assert_marks(window, sizeof window, &marks, "in C");
            }
        }
    }
}

/* Any stretch of a text, from none to more than a window; sanitizers see what is read outside. */
static void any_stretch(void **state)
{
    enum { LONGEST = 3 * SMTPCODES__WINDOW };
    char text[LONGEST];
    (void)state;
    for (size_t i = 0; i < LONGEST; i++) {
        text[i] = "550 a#\n[\xC3\x7F(9~\r\t"[(i * 7 + i / 16) % 16];
    }
    for (size_t length = 0; length <= LONGEST; length++) {
        char *copy = exact_copy(text, length);
        const unsigned char *first = (const unsigned char *)copy;
        for (size_t at = 0; at < length; at++) {
            const size_t left = length - at;
            struct smtpcodes__marks marks;
            smtpcodes__marks_at(first, first + at, first + length, &marks);
            assert_marks(first + at, left < SMTPCODES__WINDOW ? left : SMTPCODES__WINDOW, &marks, "stretch");
        }
        free(copy);
    }
}

static void lowest(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(smtpcodes__lowest(UINT64_C(1) << i), i);
        assert_int_equal(smtpcodes__lowest(~UINT64_C(0) << i), i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_everywhere),
        cmocka_unit_test(any_stretch),
        cmocka_unit_test(lowest),
    };
    return cmocka_run_group_tests_name("marks", tests, NULL, NULL) != 0;
}
