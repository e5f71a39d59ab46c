/* Reads rules as people write them (docs/rules.md) and gives their phrases to the compiler. */
#ifndef SMTPCODES_RULETEXT_H
#define SMTPCODES_RULETEXT_H

#include "compile.h"
#include "tsv.h"

enum { SMTPCODES__RULE_COLUMNS = 7 };

/* What rules are compiled against; each returns -1 for an unknown name. */
struct smtpcodes__names {
    int (*reason)(const void *context, const char *name);
    int (*provider)(const void *context, const char *name);
    const void *context;
    /* Reads a row of tsv whose first cell has no slash: it is no rule but says how the rules are used. 0, or -1 with
     * tsv->message. NULL: this table has no such rows. */
    int (*directive)(void *wishes, struct smtpcodes__tsv *tsv);
    void *wishes;
};

struct smtpcodes__rule_list {
    struct smtpcodes__rule *rules;
    size_t count, room;
    struct smtpcodes__condition *conditions;
    size_t condition_count, condition_room;
    uint32_t *silent;
    size_t silent_count, silent_room;
};

/* Reads all rows of tsv; 0, or -1 with tsv->message. */
int smtpcodes__rules_read(struct smtpcodes__tsv *tsv, struct smtpcodes__compiler *compiler,
                          const struct smtpcodes__names *names, struct smtpcodes__rule_list *list);
void smtpcodes__rules_free(struct smtpcodes__rule_list *list);

/* "5.1.1", "x.7.23", "5.7.606-649", "x.1.x", "4.x.x"; 0, or -1. */
int smtpcodes__read_enhanced_pattern(const char *text, struct smtpcodes__condition *out);
/* "group/idea": lower-case letters, digits and hyphens, one slash. */
int smtpcodes__is_rule_name(const char *name);

#endif
