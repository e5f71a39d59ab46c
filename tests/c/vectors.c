#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *file, size_t line, const char *what)
{
    fprintf(stderr, "%s:%zu: %s\n", file, line, what);
    exit(EXIT_FAILURE);
}

static char *read_file(const char *file)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", VECTORS, file);
    FILE *f = fopen(path, "rb");
    if (!f) {
        stop(path, 0, "cannot be opened");
    }
    size_t length = 0, room = 1 << 16;
    char *text = malloc(room);
    while (text) {
        length += fread(text + length, 1, room - length, f);
        if (length < room) {
            break;
        }
        room *= 2;
        text = realloc(text, room);
    }
    if (!text || ferror(f)) {
        stop(path, 0, "cannot be read");
    }
    fclose(f);
    text[length] = 0;
    return text;
}

void vectors_load(struct vectors *v, const char *file, size_t columns)
{
    size_t line_number = 0, room = 0;
    memset(v, 0, sizeof *v);
    v->file = file;
    v->text = read_file(file);
    for (char *line = v->text, *next; *line; line = next) {
        line_number++;
        next = strchr(line, '\n');
        if (!next) {
            stop(file, line_number, "the last line has no end");
        }
        *next++ = 0;
        if (*line == '#' || *line == 0) {
            continue;
        }
        if (v->count == room) {
            room = room ? 2 * room : 256;
            v->rows = realloc(v->rows, room * sizeof *v->rows);
            if (!v->rows) {
                stop(file, line_number, "out of memory");
            }
        }
        struct vector_row *row = &v->rows[v->count++];
        memset(row, 0, sizeof *row);
        row->line = line_number;
        size_t count = 0;
        for (char *p = line; p; count++) {
            char *tab = strchr(p, '\t');
            if (tab) {
                *tab++ = 0;
            }
            if (*p == 0) {
                stop(file, line_number, "an empty cell");
            }
            if (count < VECTOR_COLUMNS) {
                row->cell[count] = p;
            }
            p = tab;
        }
        if (count != columns) {
            stop(file, line_number, "wrong number of columns");
        }
        snprintf(row->name, sizeof row->name, "%s:%zu %s", file, line_number, row->cell[0]);
    }
    if (v->count == 0) {
        stop(file, line_number, "no rows");
    }
}

void vectors_free(struct vectors *v)
{
    free(v->rows);
    free(v->text);
    memset(v, 0, sizeof *v);
}

int vectors_run(const struct vectors *v, void (*run)(void **state))
{
    struct CMUnitTest *tests = calloc(v->count, sizeof *tests);
    if (!tests) {
        stop(v->file, 0, "out of memory");
    }
    for (size_t i = 0; i < v->count; i++) {
        tests[i] = (struct CMUnitTest){v->rows[i].name, run, NULL, NULL, &v->rows[i]};
    }
    int failures = _cmocka_run_group_tests(v->file, tests, v->count, NULL, NULL);
    free(tests);
    return failures;
}

char *exact_copy(const char *bytes, size_t length)
{
    char *copy = malloc(length);
    if (length) {
        assert_non_null(copy);
        memcpy(copy, bytes, length);
    }
    return copy;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *vector_bytes(const char *cell, size_t *length)
{
    static const char letters[] = "rnt0\\", bytes[] = "\r\n\t\0\\";
    char *whole = malloc(strlen(cell) + 1);
    size_t n = 0;
    assert_non_null(whole);
    for (const char *p = strcmp(cell, "-") == 0 ? "" : cell; *p; p++) {
        if (*p != '\\') {
            whole[n++] = *p;
            continue;
        }
        const char *known = *++p ? strchr(letters, *p) : NULL;
        if (known) {
            whole[n++] = bytes[known - letters];
        } else if (*p == 'x' && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
            whole[n++] = (char)(hex(p[1]) << 4 | hex(p[2]));
            p += 2;
        } else {
            fail_msg("unknown escape in \"%s\"", cell);
        }
    }
    char *out = exact_copy(whole, n);
    free(whole);
    *length = n;
    return out;
}

void vector_escape(const char *bytes, size_t length, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < length && n + 5 < room; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < ' ' || c >= 0x7F) {
            n += (size_t)snprintf(out + n, room - n, "\\x%02x", c);
        } else {
            out[n++] = (char)c;
        }
    }
    out[n] = 0;
}

int one_of(const char *text, const char *list, char separator)
{
    size_t n = strlen(text);
    for (const char *p = list;;) {
        const char *end = strchr(p, separator);
        size_t length = end ? (size_t)(end - p) : strlen(p);
        if (length == n && memcmp(p, text, n) == 0) {
            return 1;
        }
        if (!end) {
            return 0;
        }
        p = end + 1;
    }
}
