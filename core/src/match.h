/* Finds the phrases of a ruleset in a reply: one pass over its words, no allocation, linear in its length. */
#ifndef SMTPCODES_MATCH_H
#define SMTPCODES_MATCH_H

#include "learn.h"
#include "ruleset.h"

/* Called for each phrase found, with the bytes that it spans. Phrases behind a negation are not reported. */
typedef void smtpcodes__found(void *context, uint32_t out, const unsigned char *start, const unsigned char *end);

struct smtpcodes__matcher {
    const struct smtpcodes__ruleset *rules;
    smtpcodes__found *found;
    void *context;
    const char *client; /* address literal to look for among the IPs of the text, or NULL */
    size_t client_length;
    struct smtpcodes__words *words; /* or NULL: what the model is to hear of */
    /* Set by the calls below: */
    int quotes_client; /* the text names the client's address */
    int has_words;     /* how many words with weight, known or not, the text has */
};

void smtpcodes__match_text(struct smtpcodes__matcher *matcher, const char *bytes, size_t length);
/* Looks at host names, links and addresses only: for what others wrote around a reply. */
void smtpcodes__match_names(struct smtpcodes__matcher *matcher, const char *bytes, size_t length);
/* Looks at one host name. */
void smtpcodes__match_host(struct smtpcodes__matcher *matcher, const char *bytes, size_t length);

#endif
