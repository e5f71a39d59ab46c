#include "duration.h"

#include <stddef.h>
#include <string.h>

#include "bytes.h"

enum { LONGEST = 31 * 24 * 3600 }; /* more is no time to wait but a number of another kind */

typedef const unsigned char byte;

static byte *skip_to_word(byte *p, byte *end)
{
    while (p < end && !smtpcodes__is_word(*p) && *p != '\n' && *p < 0x80) {
        p++;
    }
    return p;
}

static byte *word_end(byte *p, byte *end)
{
    while (p < end && smtpcodes__is_word(*p) && !smtpcodes__is_digit(*p)) {
        p++;
    }
    return p;
}

static int is(byte *p, byte *stop, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(stop - p) == n && smtpcodes__same_folded(p, word, n);
}

/* Seconds of a unit, or 0. */
static long unit(byte *p, byte *stop)
{
    static const struct {
        const char name[10];
        int seconds;
    } units[] = {{"s", 1},
                 {"sec", 1},
                 {"secs", 1},
                 {"second", 1},
                 {"seconds", 1},
                 {"m", 60},
                 {"min", 60},
                 {"mins", 60},
                 {"minute", 60},
                 {"minutes", 60},
                 {"h", 3600},
                 {"hr", 3600},
                 {"hrs", 3600},
                 {"hour", 3600},
                 {"hours", 3600},
                 {"d", 86400},
                 {"day", 86400},
                 {"days", 86400},
                 /* German, French, Spanish and Portuguese, Italian, Dutch */
                 {"sekunden", 1},
                 {"minuten", 60},
                 {"stunde", 3600},
                 {"stunden", 3600},
                 {"tag", 86400},
                 {"tage", 86400},
                 {"tagen", 86400},
                 {"seconde", 1},
                 {"secondes", 1},
                 {"heure", 3600},
                 {"heures", 3600},
                 {"jour", 86400},
                 {"jours", 86400},
                 {"segundos", 1},
                 {"minuto", 60},
                 {"minutos", 60},
                 {"hora", 3600},
                 {"horas", 3600},
                 {"dias", 86400},
                 {"secondi", 1},
                 {"minuti", 60},
                 {"ora", 3600},
                 {"ore", 3600},
                 {"giorni", 86400},
                 {"seconden", 1},
                 {"minuut", 60},
                 {"uur", 3600},
                 {"uren", 3600},
                 {"dagen", 86400}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (is(p, stop, units[i].name)) {
            return units[i].seconds;
        }
    }
    return 0;
}

/* Digits at p, at most nine of them count. */
static byte *number(byte *p, byte *end, long *out)
{
    long value = 0;
    while (p < end && smtpcodes__is_digit(*p)) {
        value = value < 100000000 ? value * 10 + (*p - '0') : 999999999;
        p++;
    }
    *out = value;
    return p;
}

long smtpcodes__duration(const unsigned char *p, const unsigned char *end)
{
    /* "retry-after: 300" gives seconds without saying so */
    int bare = p < end && (*p == ':' || *p == '=');
    long value = -1, more;
    for (int skipped = 0;; skipped++) {
        p = skip_to_word(p, end);
        if (p == end || skipped > 5) {
            return -1;
        }
        if (smtpcodes__is_digit(*p)) {
            break;
        }
        byte *stop = word_end(p, end);
        if (is(p, stop, "a") || is(p, stop, "an") || is(p, stop, "one")) {
            value = 1;
        } else if (value == 1) {
            return unit(p, stop) > 1 ? unit(p, stop) : -1; /* "an hour"; "a second" is a manner of speaking */
        } else if (!is(p, stop, "in") && !is(p, stop, "for") && !is(p, stop, "after") && !is(p, stop, "within") &&
                   !is(p, stop, "at") && !is(p, stop, "least") && !is(p, stop, "about") && !is(p, stop, "another") &&
                   !is(p, stop, "the") && !is(p, stop, "next") && !is(p, stop, "later") && !is(p, stop, "with") &&
                   !is(p, stop, "back") && !is(p, stop, "again") && !is(p, stop, "dans") && !is(p, stop, "en") &&
                   !is(p, stop, "em") && !is(p, stop, "dentro") && !is(p, stop, "de") && !is(p, stop, "tra") &&
                   !is(p, stop, "fra") && !is(p, stop, "over") && !is(p, stop, "bitte") && !is(p, stop, "es") &&
                   !is(p, stop, "het") && !is(p, stop, "opnieuw")) {
            return -1;
        }
        p = stop;
    }
    p = number(p, end, &value);
    if (p + 1 < end && *p == ':' && smtpcodes__is_digit(p[1])) { /* [hh:]mm:ss */
        for (int i = 0; i < 2 && p + 1 < end && *p == ':' && smtpcodes__is_digit(p[1]); i++) {
            p = number(p + 1, end, &more);
            value = value * 60 + (more < 60 ? more : 60);
            if (value > LONGEST) {
                return -1;
            }
        }
        return value;
    }
    byte *stop = word_end(p = skip_to_word(p, end), end);
    if (is(p, stop, "to") || is(p, stop, "or")) { /* "1 to 2 hours": the longer one is safe */
        p = skip_to_word(stop, end);
        if (p == end || !smtpcodes__is_digit(*p)) {
            return -1;
        }
        p = number(p, end, &value);
        p = skip_to_word(p, end);
        stop = word_end(p, end);
    } else if (p < end && smtpcodes__is_digit(*p) && p[-1] == '-') { /* "10-15 minutes" */
        p = number(p, end, &value);
        p = skip_to_word(p, end);
        stop = word_end(p, end);
    }
    long seconds = unit(p, stop);
    if (seconds == 0) {
        seconds = bare ? 1 : 0;
    }
    return seconds == 0 || value > LONGEST / seconds ? -1 : value * seconds;
}
