/* The shape of the arrays that core/gen/mktables.c prints. Texts are offsets into one pool of strings, so that no table
 * needs relocations and all programs share one copy. */
#ifndef SMTPCODES_TABLES_H
#define SMTPCODES_TABLES_H

#include <stdint.h>

struct smtpcodes_code {
    uint32_t name, title, explanation, reference; /* offsets into smtpcodes__strings */
    uint32_t commands;
    uint16_t code;
    uint8_t standing, reason;
    uint8_t broad; /* the reason holds where the reply has no text; any text may mean something else */
    uint8_t reserved[3];
};

struct smtpcodes_enhanced {
    uint32_t pattern, name, title, explanation, reference, codes;
    uint8_t standing, reason;
    uint16_t reserved;
};

struct smtpcodes__reason {
    uint32_t name, title, explanation, advice;
    uint32_t learned; /* "learned/NAME" */
    uint8_t side;
    uint8_t permanent_bounce, permanent_action, temporary_bounce, temporary_action;
    uint8_t reserved[3];
};

/* core/data/words.tsv, for phrases that are compiled at run time. */
enum smtpcodes__word_kind { SMTPCODES__WORD_PLAIN, SMTPCODES__WORD_NOISE, SMTPCODES__WORD_NEGATION };

struct smtpcodes__word_row {
    uint32_t word, canonical;
    uint32_t kind;
};

struct smtpcodes__vocabulary {
    uint32_t title, field, source;
};

struct smtpcodes__term {
    uint32_t name, meaning;
    uint8_t vocabulary, reason; /* 0: it stands for several reasons, or for none */
    uint16_t reserved;
};

enum { SMTPCODES__SUBJECTS = 8, SMTPCODES__BOUNCES = 5 };

extern const char smtpcodes__strings[];
extern const char smtpcodes__knowledge_version[9]; /* changes with any byte of core/data */
extern const struct smtpcodes_code smtpcodes__codes[];
extern const uint32_t smtpcodes__code_count;
extern const uint8_t smtpcodes__code_index[1000]; /* row + 1, or 0 */
extern const struct smtpcodes_enhanced smtpcodes__enhanced[];
extern const uint32_t smtpcodes__enhanced_count;
/* Row + 1, or 0, by class (2, 4, 5), subject and detail; behind the details 0 to 999 the row of the subject itself. */
extern const uint8_t smtpcodes__enhanced_index[3][SMTPCODES__SUBJECTS][1001];
extern const uint8_t smtpcodes__enhanced_class[3];          /* row + 1 of 2.x.x, 4.x.x, 5.x.x */
extern const struct smtpcodes__reason smtpcodes__reasons[]; /* from 1 */
extern const uint32_t smtpcodes__reason_count;
extern const struct smtpcodes__vocabulary smtpcodes__vocabularies[]; /* from 1 */
extern const uint32_t smtpcodes__vocabulary_count;
extern const struct smtpcodes__term smtpcodes__terms[];
extern const uint32_t smtpcodes__term_count;
/* Term + 1, or 0, by vocabulary (from 1), reason (from 1) and bounce, in that order. */
extern const uint16_t smtpcodes__term_index[];
extern const struct smtpcodes__word_row smtpcodes__word_rows[];
extern const uint32_t smtpcodes__word_row_count;

#endif
