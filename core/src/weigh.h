/* Which of two rules that stand in a reply is the stronger evidence; docs/rules.md, "How the winner is found". */
#ifndef SMTPCODES_WEIGH_H
#define SMTPCODES_WEIGH_H

#include "ruleset.h"

/* A rule whose words stand in the reply. */
struct candidate {
    const struct smtpcodes__rule *rule; /* NULL: none */
    uint32_t words;
    const unsigned char *start, *end;
};

/* The stronger words win, then the longer phrase, then the rule with conditions, then the earlier one. */
static inline int beats(const struct candidate *a, const struct candidate *b)
{
    if (!b->rule) {
        return a->rule != NULL;
    }
    if (a->rule->level != b->rule->level) {
        return a->rule->level > b->rule->level;
    }
    if (a->words != b->words) {
        return a->words > b->words;
    }
    if (a->rule->conditions != b->rule->conditions) {
        return a->rule->conditions > b->rule->conditions;
    }
    return a->start < b->start;
}

#endif
