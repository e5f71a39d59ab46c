/* Reads the tables of tests/vectors and runs a named test for each of their rows. */
#ifndef VECTORS_H
#define VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { VECTOR_COLUMNS = 13 };

struct vector_row {
    const char *cell[VECTOR_COLUMNS]; /* as written, with escapes */
    char name[200];                   /* file:line first cell */
    size_t line;
};

struct vectors {
    const char *file;
    struct vector_row *rows;
    size_t count;
    char *text;
};

/* Reads VECTORS/file, where each row has so many columns. Ends the program with a message where it cannot. */
void vectors_load(struct vectors *v, const char *file, size_t columns);
void vectors_free(struct vectors *v);
/* A test for each row; *state is the row. Returns the number of failures. */
int vectors_run(const struct vectors *v, void (*run)(void **state));

/* The bytes of a cell, in a heap block with not a byte to spare, so that a sanitizer sees any read beyond. "-" is
 * empty. */
char *vector_bytes(const char *cell, size_t *length);
/* A copy of some bytes, as exact. */
char *exact_copy(const char *bytes, size_t length);
/* Is text one of the parts of list, which are separated by `separator`? */
int one_of(const char *text, const char *list, char separator);
/* Writes the bytes as a cell has them. */
void vector_escape(const char *bytes, size_t length, char *out, size_t room);

#endif
