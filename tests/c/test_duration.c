/* Times that replies ask to wait. */
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "vectors.h"

static const struct {
    const char *text;
    long seconds;
} rows[] = {
    {"5 minutes", 300},
    {" in 5 minutes", 300},
    {" for 300s", 300},
    {" for 300 s.", 300},
    {" after 1 minute", 60},
    {" 90 seconds", 90},
    {" 30 secs", 30},
    {" 2 mins", 120},
    {" 15m", 900},
    {" 2h", 7200},
    {" 2 hours", 7200},
    {" es in 10 Minuten erneut", 600},
    {" dans 2 heures", 7200},
    {" en 5 minutos", 300},
    {" tra 2 ore", 7200},
    {" over 1 uur", 3600},
    {" sie mal", -1},
    {" 1 hr", 3600},
    {" an hour", 3600},
    {" one day", 86400},
    {" a minute", 60},
    {" 2 DAYS", 172800},
    {" 31 days", 2678400},
    {" in (5) minutes", 300},
    {" within the next 10 minutes", 600},
    {" at least 10 minutes", 600},
    {" 00:05:00 [minutes]", 300}, /* hh:mm:ss */
    {" 01:30:00", 5400},
    {" 04:59", 299}, /* mm:ss */
    {": 300", 300},  /* retry-after: 300 */
    {"=60", 60},
    {" 10-15 minutes", 900}, /* the longer one is safe */
    {" 1 to 2 hours", 7200},
    {" 0 seconds", 0},
    {"", -1},
    {" ", -1},
    {" 5", -1}, /* of what? */
    {" 5 apples", -1},
    {" later", -1},
    {" soon, 5 minutes are too short", -1},
    {" a second", -1}, /* a manner of speaking */
    {" an apple", -1},
    {" 32 days", -1}, /* no time to wait */
    {" 99999999999999999999 seconds", -1},
    {" 999:59:59:59", -1},
    {" 5\nminutes", -1}, /* a line ends it */
    {" \xC3\xA9 5 minutes", -1},
};

static void run_row(void **state)
{
    size_t i = (size_t)(uintptr_t)*state, length = strlen(rows[i].text);
    for (int way = 0; way < 2; way++) {
        char *bytes = exact_copy(rows[i].text, length);
        const unsigned char *p = (const unsigned char *)bytes;
        if (way == 0) {
            assert_int_equal(smtpcodes__duration(p, p + length), rows[i].seconds);
        } else {
            for (size_t cut = 0; cut <= length; cut++) {
                char *part = exact_copy(rows[i].text, cut);
                p = (const unsigned char *)part;
                long seconds = smtpcodes__duration(p, p + cut);
                assert_true(seconds >= -1 && seconds <= 31L * 24 * 3600);
                free(part);
            }
        }
        free(bytes);
    }
}

int main(void)
{
    enum { COUNT = sizeof rows / sizeof *rows };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        tests[i] =
            (struct CMUnitTest){*rows[i].text ? rows[i].text : "empty", run_row, NULL, NULL, (void *)(uintptr_t)i};
    }
    return cmocka_run_group_tests_name("durations", tests, NULL, NULL) != 0;
}
