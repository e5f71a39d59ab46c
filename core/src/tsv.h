/* Reads tables of text: a row a line, tabs between columns, # for comments. Strict, since a human wrote them. */
#ifndef SMTPCODES_TSV_H
#define SMTPCODES_TSV_H

#include <stddef.h>

enum { SMTPCODES__TSV_COLUMNS = 12 };

struct smtpcodes__tsv {
    const char *file; /* for messages */
    char *text;       /* the content, NUL-terminated; rows are cut out of it in place */
    char *next;
    size_t line;
    size_t columns; /* that each row must have; 0: the reader says, row by row */
    size_t count;   /* that this row has */
    char *column[SMTPCODES__TSV_COLUMNS];
    char message[512];
};

/* text is changed while rows are read, and must outlive them. */
void smtpcodes__tsv_start(struct smtpcodes__tsv *tsv, const char *file, char *text, size_t columns);
/* 1: a row is in column[]; 0: the end; -1: message says what is wrong, as file:line: what. */
int smtpcodes__tsv_next(struct smtpcodes__tsv *tsv);
/* 0 if this row has so many columns; else -1, with the message. */
int smtpcodes__tsv_want(struct smtpcodes__tsv *tsv, size_t columns);
/* Writes "file:line: what" into message; returns -1. */
int smtpcodes__tsv_error(struct smtpcodes__tsv *tsv, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

#endif
