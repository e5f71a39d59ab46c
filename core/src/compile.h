/* Turns phrases into a ruleset. The generator uses it for the built-in rules, the library for a user's. */
#ifndef SMTPCODES_COMPILE_H
#define SMTPCODES_COMPILE_H

#include <stddef.h>
#include <stdint.h>

#include "ruleset.h"

struct smtpcodes__compiler;

struct smtpcodes__compiler *smtpcodes__compiler_new(void); /* NULL: no memory */
void smtpcodes__compiler_free(struct smtpcodes__compiler *compiler);

/* Each of these returns 0, or -1 with a message that says what is wrong; smtpcodes__compiler_error has it. The messages
 * know no file: who reads the file puts its name and line before. */
const char *smtpcodes__compiler_error(const struct smtpcodes__compiler *compiler);

/* Words come before phrases. */
int smtpcodes__compiler_noise(struct smtpcodes__compiler *compiler, const char *word);
/* word stands for canonical; a negation is its own canonical word. */
int smtpcodes__compiler_alias(struct smtpcodes__compiler *compiler, const char *word, const char *canonical,
                              int negation);

/* One phrase in the language of docs/rules.md. */
int smtpcodes__compiler_phrase(struct smtpcodes__compiler *compiler, const char *phrase, enum smtpcodes__out_kind kind,
                               uint32_t id);
/* Several, separated by " ; "; "-" is none. *count receives how many. */
int smtpcodes__compiler_phrases(struct smtpcodes__compiler *compiler, const char *phrases,
                                enum smtpcodes__out_kind kind, uint32_t id, size_t *count);

/* A string into the pool: equal strings share one place. 0 is the empty string. */
int smtpcodes__compiler_string(struct smtpcodes__compiler *compiler, const char *text, uint32_t *offset);

/* Builds the trie; the arrays of *out belong to the compiler. Rules, marks and cues are left to the caller. */
int smtpcodes__compiler_finish(struct smtpcodes__compiler *compiler, struct smtpcodes__ruleset *out);
/* After finish has failed: what the phrase stands for that could not be built (kind and id), or kind PART if it was not
 * one phrase's fault. */
uint32_t smtpcodes__compiler_failed_out(const struct smtpcodes__compiler *compiler);

/* The readings of all phrases, in the order in which they came, each once for what it stands for (kind and id). */
size_t smtpcodes__compiler_reading_count(const struct smtpcodes__compiler *compiler);
uint32_t smtpcodes__compiler_reading_out(const struct smtpcodes__compiler *compiler, size_t reading);
/* 0 if the two have the same words; otherwise the sign says how they are sorted. */
int smtpcodes__compiler_reading_compare(const struct smtpcodes__compiler *compiler, size_t a, size_t b);
/* How many words may stand in each of its gaps; what it has no gap for is left alone. */
void smtpcodes__compiler_reading_gaps(const struct smtpcodes__compiler *compiler, size_t reading, unsigned most[2]);
/* For each symbol the place of its word in the strings; the caller frees it. NULL: no memory. */
uint32_t *smtpcodes__compiler_spellings(const struct smtpcodes__compiler *compiler);
/* A text in which the reading stands, with so many unknown words in its gaps; or, if gaps is NULL, the reading as a
 * phrase, for messages. As smtpcodes_template returns. */
size_t smtpcodes__compiler_reading_text(const struct smtpcodes__compiler *compiler, size_t reading,
                                        const uint32_t *spellings, const unsigned gaps[2], char *text, size_t room);

/* The word of a symbol, for messages. */
const char *smtpcodes__compiler_symbol_text(const struct smtpcodes__compiler *compiler, uint16_t symbol);

/* Sizes, for printing and for docs/design.md. */
struct smtpcodes__compiler_sizes {
    size_t words, vocabulary, displacements, prefixes, prefix_filter, roots, states, nodes, outs, parts, partials,
        pair_filter, links, strings, sequences;
};
void smtpcodes__compiler_sizes(const struct smtpcodes__compiler *compiler, struct smtpcodes__compiler_sizes *out);

#endif
