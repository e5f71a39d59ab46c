/* A user's rules, compiled. */
#ifndef SMTPCODES_RULES_H
#define SMTPCODES_RULES_H

#include <smtpcodes.h>

#include "compile.h"
#include "ruletext.h"

enum { SMTPCODES__REASONS_MAX = 255 }; /* a reason is a byte in the tables */

/* What a reason means for this user. */
struct smtpcodes__policy {
    uint8_t bounce, action;
    uint8_t given; /* 0: as core/data/reasons.tsv says */
};

struct smtpcodes_rules {
    struct smtpcodes__ruleset
        set; /* its arrays belong to the two below; providers and block lists are the built-in ones */
    struct smtpcodes__compiler *compiler;
    struct smtpcodes__rule_list list;
    uint32_t name;    /* of the text that they come from, in the strings of the set */
    char version[18]; /* "BUILTIN+OWN" */
    struct smtpcodes__policy policy[SMTPCODES__REASONS_MAX + 1][2]; /* by reason; permanent, temporary */
    uint8_t has_policy, has_layer;
    uint8_t last; /* the rules are asked where no built-in rule of level plain or above decides */
};

/* Which of its two meanings a reason has at a severity; lookup.c. */
int smtpcodes__counts_as_temporary(int reason, enum smtpcodes_severity severity);

#endif
