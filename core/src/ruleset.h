/* A compiled set of rules: flat arrays, no pointers between them, so that the built-in set can be printed as const C
 * arrays and a user's set built on the heap, both read by the same code (match.c).
 *
 * Phrases are matched word by word. The vocabulary maps a word's hash to a symbol; a trie of the phrases, last word
 * first, is walked back from each word. docs/design.md has the measurements that chose this. */
#ifndef SMTPCODES_RULESET_H
#define SMTPCODES_RULESET_H

#include <stddef.h>
#include <stdint.h>

/* Symbols below the words. Kinds of tokens are symbols too, in the order of enum smtpcodes__token_kind. */
enum {
    SMTPCODES__SYMBOL_NONE = 0,  /* a word that no phrase knows */
    SMTPCODES__SYMBOL_NOISE = 1, /* a word without weight: "the", "is" */
    SMTPCODES__SYMBOL_KIND = 2,  /* + token kind */
    SMTPCODES__SYMBOL_FIRST = 16 /* first word; negations come first of all */
};

/* How strong a rule's words are; core/data/rules.tsv explains the levels. Higher wins. */
enum smtpcodes__level {
    SMTPCODES__LEVEL_HINT,
    SMTPCODES__LEVEL_FRAME,
    SMTPCODES__LEVEL_PLAIN,
    SMTPCODES__LEVEL_CAUSE,
    SMTPCODES__LEVEL_TAG,
    SMTPCODES__LEVELS
};

/* What stands behind a phrase. */
enum smtpcodes__out_kind {
    SMTPCODES__OUT_RULE,
    SMTPCODES__OUT_STOCK, /* the stock text of a basic code; the id is the code */
    SMTPCODES__OUT_PROVIDER,
    SMTPCODES__OUT_BLOCKLIST,
    SMTPCODES__OUT_CUE,
    SMTPCODES__OUT_PART /* a stretch of a phrase with gaps */
};

/* Words that state no reason but change what a verdict advises. */
enum smtpcodes__cue {
    SMTPCODES__CUE_LATER, /* asks to come back: a 5yz reply with it is not final */
    SMTPCODES__CUE_NEVER, /* says that it will not get better */
    SMTPCODES__CUE_WAIT,  /* a time to wait stands behind */
    SMTPCODES__CUE_KINDS
};

enum smtpcodes__condition_kind {
    SMTPCODES__IF_CODE,     /* low..high */
    SMTPCODES__IF_ENHANCED, /* x: class or 0, y: subject or 255, low..high: details */
    SMTPCODES__IF_STAGE,    /* low: the stage */
    SMTPCODES__IF_PROVIDER, /* low: provider's number + 1 */
    SMTPCODES__IF_LIST,     /* low: block list kind */
    SMTPCODES__IF_CLIENT    /* the reply quotes the sending address that the caller gave */
};

struct smtpcodes__condition {
    uint8_t kind, x, y, reserved;
    uint16_t low, high;
};

struct smtpcodes__rule {
    uint32_t name, source, example; /* offsets into strings */
    uint32_t line;                  /* where it stands in its file */
    uint16_t first_condition;
    uint8_t conditions;
    uint8_t reason, level;
    uint8_t late;  /* has conditions that are known only when the whole reply has been read */
    uint16_t hash; /* of the name: what the model knows the rule by, wherever strings and rules stand */
};

struct smtpcodes__mark { /* a provider or a block list */
    uint32_t name, title, operator_, delisting, source;
    uint8_t kind; /* block list: enum smtpcodes_blocklist_kind; provider: 1 if it is software, 0 if a receiver */
    uint8_t reserved[3];
};

/* A slot of the vocabulary: hash 0 is free. */
struct smtpcodes__word {
    uint32_t hash;
    uint16_t symbol, reserved;
};

/* A node of the trie: the ends of some phrases. The node of the same with the word `s` before is in place base ^ s, if
 * what is there says so: no two nodes have the same base, so that the symbol tells whose child it is. Base 0, which no
 * node with children has, fits nothing. */
struct smtpcodes__node {
    uint32_t base;
    uint16_t symbol;
    uint16_t outs; /* what phrases that are whole here stand for: the first in outs, or 0 */
};

struct smtpcodes__prefix {
    uint32_t text; /* offset into strings */
    uint16_t symbol;
    uint8_t length, reserved;
};

/* A stretch of a phrase with gaps. */
struct smtpcodes__part {
    uint16_t opens; /* the partial match that begins with it, or 0 */
    uint16_t gap;   /* the most words that may lie between it and what it goes on; 0 if it goes on nothing */
};

/* How a phrase with gaps that has begun (a partial match) goes on: with the stretch `part` at most `gap` words later.
 * Then `out` is found; of kind PART it is the number of the partial match that has begun. */
struct smtpcodes__link {
    uint32_t out;
    uint16_t part;
    uint8_t gap, reserved;
};

/* One output: kind, number of words, id. In the array of outputs the last of a row is marked. */
#define SMTPCODES__OUT(kind, words, id) ((uint32_t)(kind) | (uint32_t)(words) << 3 | (uint32_t)(id) << 8)
#define SMTPCODES__OUT_KIND(out) ((enum smtpcodes__out_kind)((out)&7u))
#define SMTPCODES__OUT_WORDS(out) (((out) >> 3) & 31u)
#define SMTPCODES__OUT_ID(out) ((out) >> 8 & 0x7FFFFFu)
#define SMTPCODES__OUT_LAST 0x80000000u

struct smtpcodes__ruleset {
    uint32_t prefix_count, node_count, rule_count, silent_count, provider_count, blocklist_count;
    uint32_t pair_mask;                           /* bits in the filter - 1 */
    uint8_t vocabulary_shift, displacement_shift; /* 32 - binary logarithm of the size of each */
    uint16_t negation_end;                        /* symbols from SYMBOL_FIRST up to here negate */
    uint8_t has_link_phrases, has_address_phrases;
    const struct smtpcodes__word *vocabulary;
    const uint16_t *displacements;            /* see smtpcodes__word_slot */
    const uint32_t *prefix_filter;            /* 1024 bits, by the first four folded bytes */
    const struct smtpcodes__prefix *prefixes; /* longest first */
    const struct smtpcodes__node *roots;      /* by symbol: phrases that end with it */
    const struct smtpcodes__node *nodes;
    const uint32_t *outs;
    const struct smtpcodes__part *parts; /* from 1 */
    const uint32_t *partials;            /* by partial match: its first link; and one more */
    const uint32_t *pair_filter; /* bits of the pairs of partial match and part that have a link: few pairs do */
    const struct smtpcodes__link *links; /* by ascending part in each partial match */
    const struct smtpcodes__rule *rules;
    const struct smtpcodes__condition *conditions;
    const uint32_t *silent; /* rules without phrases */
    const struct smtpcodes__mark *providers;
    const struct smtpcodes__mark *blocklists;
    const uint8_t *cues; /* by cue: enum smtpcodes__cue */
    const char *strings;
};

static inline uint32_t smtpcodes__pair_hash(uint32_t partial, uint32_t part)
{
    uint32_t h = (partial << 16 | part) * 0x9E3779B1u;
    return h ^ h >> 15;
}

/* The one place in the vocabulary where a word can be. The compiler has chosen displacements by which no two of its
 * words share one, so that nothing has to be searched. */
static inline uint32_t smtpcodes__word_slot(const struct smtpcodes__ruleset *r, uint32_t hash)
{
    const uint32_t displacement = r->displacements[hash >> r->displacement_shift];
    return ((hash ^ displacement * 0x9E3779B1u) * 0x85EBCA77u) >> r->vocabulary_shift;
}

/* Bit of a word's first four bytes (the first one lowest) in the prefix filter. */
static inline uint32_t smtpcodes__prefix_bit(uint32_t four)
{
    return (four * 0x9E3779B1u) >> 22;
}

/* The built-in set; fills the struct, which costs a few instructions and needs no relocations. */
void smtpcodes__builtin(struct smtpcodes__ruleset *out);

#endif
