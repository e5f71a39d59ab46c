/* A user's rules, compiled. */
#ifndef SMTPCODES_RULES_H
#define SMTPCODES_RULES_H

#include "compile.h"
#include "ruletext.h"

struct smtpcodes_rules {
    struct smtpcodes__ruleset
        set; /* its arrays belong to the two below; providers and block lists are the built-in ones */
    struct smtpcodes__compiler *compiler;
    struct smtpcodes__rule_list list;
};

#endif
