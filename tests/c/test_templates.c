/* Templates: like replies get the same one. */
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "vectors.h"

static void run_row(void **state)
{
    const struct vector_row *row = *state;
    size_t length, expected_length;
    char *bytes = vector_bytes(row->cell[0], &length), *expected = vector_bytes(row->cell[1], &expected_length);
    char whole[1024];
    assert_true(expected_length < sizeof whole);
    size_t written = smtpcodes_template(bytes, length, whole, sizeof whole);
    assert_true(written < sizeof whole);
    assert_int_equal(whole[written], 0);
    if (written != expected_length || (written && memcmp(whole, expected, written) != 0)) {
        fail_msg("\"%s\", not \"%s\"", whole, row->cell[1]);
    }
    /* A room too small gets the beginning, and hears how much there is. */
    assert_int_equal(smtpcodes_template(bytes, length, NULL, 0), written);
    for (size_t room = 1; room <= written + 1; room++) {
        char *out = malloc(room);
        assert_non_null(out);
        assert_int_equal(smtpcodes_template(bytes, length, out, room), written);
        assert_memory_equal(out, whole, room - 1);
        assert_int_equal(out[room - 1], 0);
        free(out);
    }
    free(bytes);
    free(expected);
}

int main(void)
{
    struct vectors v;
    vectors_load(&v, "templates.tsv", 2);
    int failures = vectors_run(&v, run_row);
    vectors_free(&v);
    return failures != 0;
}
