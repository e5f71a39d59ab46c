/* The words of a reply, one at a time: what rules, template and wait times look at instead of bytes.
 *
 * A token is a run of raw bytes with a kind and, for words, a hash of its folded form (see fold in token.c). Addresses,
 * host names, URLs, IPs, numbers and ids are kinds of their own, so that a mailbox called "full" or a host called
 * "relay-denied" never speaks for the server. */
#ifndef SMTPCODES_TOKEN_H
#define SMTPCODES_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "run.h"

enum smtpcodes__token_kind {
    SMTPCODES__TOKEN_END,
    SMTPCODES__TOKEN_WORD,
    SMTPCODES__TOKEN_NUMBER,   /* digits, perhaps with dots and colons: a count, version, time or date */
    SMTPCODES__TOKEN_ID,       /* queue ids, paths and other names that mean nothing to a reader */
    SMTPCODES__TOKEN_ENHANCED, /* looks like an enhanced code: 5.1.1 */
    SMTPCODES__TOKEN_ADDRESS,  /* mail address */
    SMTPCODES__TOKEN_HOST,     /* host or domain name */
    SMTPCODES__TOKEN_IP,       /* IPv4 or IPv6 address */
    SMTPCODES__TOKEN_URL,
    SMTPCODES__TOKEN_KINDS
};

/* Longest folded word that is hashed; a longer run of letters is an id. */
enum { SMTPCODES__WORD_MAX = 56 };

struct smtpcodes__token {
    enum smtpcodes__token_kind kind;
    uint32_t hash;   /* of words and numbers; never 0; 0 for the other kinds */
    uint32_t four;   /* their first four folded bytes, the first one lowest; shorter words end in zeros */
    uint32_t length; /* of the folded word */
    const unsigned char *start, *end;
};

struct smtpcodes__lexer {
    const unsigned char *at, *end;
    /* How far look-ahead has already found nothing; it keeps the whole pass linear. */
    const unsigned char *no_address_before, *no_dotted_before, *no_colons_before;
    unsigned char folded[SMTPCODES__WORD_MAX + 8]; /* a word that took the long way, folded, padded with zeros */
    size_t folded_length;
    unsigned char tail[2 * SMTPCODES__RUN]; /* the last bytes of the text, and zeros: may be read beyond its end */
};

/* Separate hash seeds make three name spaces of one vocabulary. */
enum smtpcodes__space { SMTPCODES__SPACE_TEXT, SMTPCODES__SPACE_LINK, SMTPCODES__SPACE_ADDRESS };

void smtpcodes__lexer_start(struct smtpcodes__lexer *lexer, const char *bytes, size_t length);
/* The next token; kind END, again and again, behind the last. */
void smtpcodes__lexer_next(struct smtpcodes__lexer *lexer, struct smtpcodes__token *token);
/* The next run of letters and digits, whatever surrounds it: the labels of a host name, the parts of a URL. Its folded
 * form is left in the lexer. */
int smtpcodes__lexer_part(struct smtpcodes__lexer *lexer, enum smtpcodes__space space, struct smtpcodes__token *token);
/* Folds the word that begins at p into lexer->folded. */
void smtpcodes__lexer_fold(struct smtpcodes__lexer *lexer, const unsigned char *p);
/* Hash of an already folded word of at most SMTPCODES__WORD_MAX bytes. */
uint32_t smtpcodes__word_hash(const unsigned char *folded, size_t length, enum smtpcodes__space space);

/* Does an enhanced code stand at p? Its length in bytes, or 0. Leading zeros are accepted and reported. */
size_t smtpcodes__enhanced_at(const unsigned char *p, const unsigned char *end, int parts[3], int *zeros);

#endif
