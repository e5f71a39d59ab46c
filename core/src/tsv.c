#include "tsv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"

void smtpcodes__tsv_start(struct smtpcodes__tsv *tsv, const char *file, char *text, size_t columns)
{
    memset(tsv, 0, sizeof *tsv);
    tsv->file = file;
    tsv->text = tsv->next = text;
    tsv->columns = columns;
}

int smtpcodes__tsv_error(struct smtpcodes__tsv *tsv, const char *format, ...)
{
    va_list arguments;
    int n = snprintf(tsv->message, sizeof tsv->message, "%s:%zu: ", tsv->file, tsv->line);
    va_start(arguments, format);
    if (n >= 0 && (size_t)n < sizeof tsv->message) {
        vsnprintf(tsv->message + n, sizeof tsv->message - (size_t)n, format, arguments);
    }
    va_end(arguments);
    return -1;
}

static int check_bytes(struct smtpcodes__tsv *tsv, const char *line)
{
    const unsigned char *p = (const unsigned char *)line, *end = p + strlen(line);
    while (p < end) {
        size_t n = smtpcodes__utf8_length(p, end);
        if (n == 0) {
            return smtpcodes__tsv_error(tsv, "byte %zu is no UTF-8", (size_t)(p - (const unsigned char *)line) + 1);
        }
        if ((*p < ' ' && *p != '\t') || *p == 0x7F) {
            return smtpcodes__tsv_error(tsv, "control character at byte %zu",
                                        (size_t)(p - (const unsigned char *)line) + 1);
        }
        p += n;
    }
    return 0;
}

int smtpcodes__tsv_want(struct smtpcodes__tsv *tsv, size_t columns)
{
    return tsv->count == columns ? 0 : smtpcodes__tsv_error(tsv, "%zu columns, there must be %zu", tsv->count, columns);
}

int smtpcodes__tsv_next(struct smtpcodes__tsv *tsv)
{
    while (*tsv->next) {
        char *line = tsv->next, *end = strchr(line, '\n');
        tsv->line++;
        if (end) {
            *end = 0;
            tsv->next = end + 1;
        } else {
            tsv->next = line + strlen(line);
        }
        if (*line == '#' || *line == 0) {
            continue;
        }
        if (check_bytes(tsv, line)) {
            return -1;
        }
        size_t count = 0;
        for (char *p = line; p; count++) {
            char *tab = strchr(p, '\t');
            if (tab) {
                *tab++ = 0;
            }
            if (*p == 0 || *p == ' ' || p[strlen(p) - 1] == ' ') {
                return smtpcodes__tsv_error(tsv, "column %zu is empty or has spaces around it (\"-\" is none)",
                                            count + 1);
            }
            if (count < SMTPCODES__TSV_COLUMNS) {
                tsv->column[count] = p;
            }
            p = tab;
        }
        tsv->count = count;
        return tsv->columns && smtpcodes__tsv_want(tsv, tsv->columns) ? -1 : 1;
    }
    return 0;
}
