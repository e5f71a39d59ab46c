/* What is learned from examples: a linear model over what stands in a reply.
 *
 * A feature is a word, two neighbours, how a word begins, a code, or what the rules found; it is hashed to a row of
 * weights, one for each reason, and the rows are added up. core/gen/mkmodel.c makes the weights from
 * core/data/examples.tsv when the library is built. docs/design.md has the measurements that chose the features. */
#ifndef SMTPCODES_LEARN_H
#define SMTPCODES_LEARN_H

#include <stddef.h>
#include <stdint.h>

enum {
    SMTPCODES__MODEL_BITS = 13,
    SMTPCODES__MODEL_ROWS = 1 << SMTPCODES__MODEL_BITS,
    SMTPCODES__MODEL_COLUMNS = 40, /* the reasons but accepted and continue, which only codes state */
    /* A row is sixteen numbers of 16 bits, half a cache line. From its lowest bit up, number i holds six bits for
     * column i, six for column 16 + i, and half a weight: the lower four bits for column 32 + i, or the upper for
     * column 24 + i. So three masks and two shifts give sums, eight at a time, that need no sorting out. */
    SMTPCODES__MODEL_LANES = 16,
    SMTPCODES__WEIGHT_ZERO = 32, /* what is added to a weight to store it, so that none is negative */
    SMTPCODES__WEIGHT_LARGEST = 31,
    SMTPCODES__MARGINS = 32,    /* steps of how sure the model is */
    SMTPCODES__WORDS_MAX = 120, /* words of a reply that count: the first */
    SMTPCODES__FACTS_MAX = 40,
    SMTPCODES__FAMILIAR_BITS = 17,
    SMTPCODES__KIND_LAST =
        15, /* hashes up to here are kinds of tokens; those of words are not that small but by chance */
    SMTPCODES__FEATURES_MAX = SMTPCODES__FACTS_MAX + 3 * SMTPCODES__WORDS_MAX
};

/* What a reason stands on before the model is asked. */
enum smtpcodes__ground {
    SMTPCODES__GROUND_FIRM,      /* nothing else is asked: a 2yz code, a user's rule, a code without words */
    SMTPCODES__GROUND_STRONG,    /* a rule of level tag or cause, or of one provider */
    SMTPCODES__GROUND_CONFIRMED, /* a rule of level plain, and the enhanced code names the same reason */
    SMTPCODES__GROUND_STOCK,     /* the stock text of its code */
    SMTPCODES__GROUND_PLAIN,
    SMTPCODES__GROUND_WEAK, /* a rule of level frame or hint */
    SMTPCODES__GROUND_ENHANCED,
    SMTPCODES__GROUND_CODE,
    SMTPCODES__GROUND_NOTHING,
    SMTPCODES__GROUNDS
};

/* What stands on firm ground up to here is seldom mended by the model, and costs less without it. */
static inline int smtpcodes__is_asked(enum smtpcodes__ground ground)
{
    return ground > SMTPCODES__GROUND_CONFIRMED;
}

/* What the model has to say of that reason. */
enum smtpcodes__answer { SMTPCODES__AGREES, SMTPCODES__DIFFERS, SMTPCODES__OVERRULES, SMTPCODES__ANSWERS };

/* A word, or a name, number or id by its kind. */
struct smtpcodes__word_heard {
    uint32_t hash, stem; /* stem: of its first letters; 0 for a short word */
    const unsigned char *start, *end;
};

struct smtpcodes__words {
    uint32_t count;
    int negates; /* the last one denies the next, which then is another word */
    struct smtpcodes__word_heard word[SMTPCODES__WORDS_MAX];
};

struct smtpcodes__features {
    uint32_t count;
    uint32_t facts; /* the rows before those of the words */
    uint16_t row[SMTPCODES__FEATURES_MAX];
};

/* Words but names, numbers and ids: the bit of each in the set of familiar words. */
struct smtpcodes__word_bits {
    uint32_t count;
    uint32_t bit[SMTPCODES__WORDS_MAX];
};

struct smtpcodes__model {
    _Alignas(64) uint16_t weights[SMTPCODES__MODEL_ROWS][SMTPCODES__MODEL_LANES];
    uint32_t familiar[(1 << SMTPCODES__FAMILIAR_BITS) / 32]; /* words that examples have, as bits of hashes: of how they
                                                                begin, or of all of a short one */
    uint8_t reason[SMTPCODES__MODEL_COLUMNS];                /* of a column */
    /* From this margin on the model overrules a reason that it differs from. */
    uint8_t overrules_from[SMTPCODES__GROUNDS];
    /* Percent, measured on examples kept apart. */
    uint8_t confidence[SMTPCODES__GROUNDS][SMTPCODES__ANSWERS][SMTPCODES__MARGINS];
};

struct smtpcodes__opinion {
    int reason; /* the one to take */
    enum smtpcodes__answer answer;
    int margin; /* below SMTPCODES__MARGINS */
    int column; /* of the model's reason */
};

extern const struct smtpcodes__model smtpcodes__model;

/* Adds something that is no word; the kinds only keep values apart. */
enum smtpcodes__fact {
    SMTPCODES__FACT_ALWAYS,
    SMTPCODES__FACT_CODE,
    SMTPCODES__FACT_CLASS,
    SMTPCODES__FACT_ENHANCED,
    SMTPCODES__FACT_DETAIL, /* subject and detail, whatever the class */
    SMTPCODES__FACT_SUBJECT,
    SMTPCODES__FACT_LISTING,
    SMTPCODES__FACT_FOUND, /* reason and level of a rule whose words stand in the reply */
    SMTPCODES__FACT_GROUND,
    SMTPCODES__FACT_RULE
};
void smtpcodes__add_fact(struct smtpcodes__features *features, enum smtpcodes__fact kind, uint32_t value);
void smtpcodes__add_words(struct smtpcodes__features *features, const struct smtpcodes__words *words);

/* Remembers a word while there is room. `stem`: its first four folded bytes, or 0. Set `negates` behind
 * a negation. */
void smtpcodes__hear(struct smtpcodes__words *words, uint32_t hash, uint32_t stem, const unsigned char *start,
                     const unsigned char *end);

struct smtpcodes__scores {
    int16_t of[SMTPCODES__MODEL_COLUMNS]; /* what speaks for each reason; only differences mean something */
    uint32_t features;
};
void smtpcodes__score(const struct smtpcodes__model *model, const struct smtpcodes__features *features,
                      struct smtpcodes__scores *out);
/* Weighs the model's best reason against the given one. */
void smtpcodes__weigh_opinion(const struct smtpcodes__model *model, enum smtpcodes__ground ground, int reason,
                              const struct smtpcodes__scores *scores, struct smtpcodes__opinion *out);
/* Most words are in no example, so what the model makes of them is chance. It is asked only where it would overrule. */
void smtpcodes__look_up_words(const struct smtpcodes__words *words, struct smtpcodes__word_bits *out);
int smtpcodes__is_strange(const struct smtpcodes__model *model, const struct smtpcodes__word_bits *words);
void smtpcodes__withhold(struct smtpcodes__opinion *opinion, int reason);
/* The words that spoke most for the opinion rather than for the reason that it overrules; returns 0 if there is no
 * word. */
int smtpcodes__weightiest(const struct smtpcodes__model *model, const struct smtpcodes__words *words,
                          const struct smtpcodes__features *features, const struct smtpcodes__opinion *opinion,
                          int reason, const unsigned char **start, const unsigned char **end);
/* The weight of a row for a column, as it is stored. */
int smtpcodes__weight(const struct smtpcodes__model *model, uint16_t row, int column);

#endif
