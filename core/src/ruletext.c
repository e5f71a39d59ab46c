#include "ruletext.h"

#include <stdlib.h>
#include <string.h>

#include <smtpcodes/enums.h>

#include "bytes.h"
#include "names.h"

/* A condition is found by a number of 16 bits; and a file of more rules was not written by people. docs/design.md,
 * "Bounds", has these. */
enum { CONDITIONS_MAX = UINT16_MAX, RULE_CONDITIONS_MAX = 255, RULES_MAX = 32768 };

static int grow(void *array, size_t count, size_t *room, size_t size)
{
    void **data = array;
    if (count < *room) {
        return 0;
    }
    size_t wanted = *room ? 2 * *room : 64;
    void *grown = realloc(*data, wanted * size);
    if (!grown) {
        return -1;
    }
    *data = grown;
    *room = wanted;
    return 0;
}

void smtpcodes__rules_free(struct smtpcodes__rule_list *list)
{
    free(list->rules);
    free(list->conditions);
    free(list->silent);
    memset(list, 0, sizeof *list);
}

int smtpcodes__is_rule_name(const char *name)
{
    size_t slashes = 0;
    for (const char *p = name; *p; p++) {
        if (*p == '/') {
            slashes++;
            if (p == name || p[1] == 0) {
                return 0;
            }
        } else if (*p != '-' && !(*p >= 'a' && *p <= 'z') && !smtpcodes__is_digit((unsigned char)*p)) {
            return 0;
        }
    }
    return slashes == 1;
}

static const char *level_name(int level)
{
    switch (level) {
    case SMTPCODES__LEVEL_HINT: return "hint";
    case SMTPCODES__LEVEL_FRAME: return "frame";
    case SMTPCODES__LEVEL_PLAIN: return "plain";
    case SMTPCODES__LEVEL_CAUSE: return "cause";
    default: return "tag";
    }
}

static int level_of(const char *name)
{
    for (int i = 0; i < SMTPCODES__LEVELS; i++) {
        if (strcmp(name, level_name(i)) == 0) {
            return i;
        }
    }
    return -1;
}

/* Up to three digits, x for any in the places behind the first: 550, 55x, 5xx. "none" is a reply without a code. */
static int read_code(const char *text, struct smtpcodes__condition *c)
{
    c->kind = SMTPCODES__IF_CODE;
    if (strcmp(text, "none") == 0) {
        c->low = c->high = UINT16_MAX;
        return 0;
    }
    if (strlen(text) != 3 || !smtpcodes__is_digit((unsigned char)text[0])) {
        return -1;
    }
    for (int i = 0; i < 3; i++) {
        int any = text[i] == 'x';
        if (!any && (!smtpcodes__is_digit((unsigned char)text[i]) || (i > 0 && text[i - 1] == 'x'))) {
            return -1;
        }
        c->low = (uint16_t)(c->low * 10 + (any ? 0 : text[i] - '0'));
        c->high = (uint16_t)(c->high * 10 + (any ? 9 : text[i] - '0'));
    }
    return 0;
}

static int read_number(const char **p, uint16_t *out)
{
    unsigned value = 0;
    int digits = 0;
    for (; smtpcodes__is_digit((unsigned char)**p) && digits < 3; digits++) {
        value = value * 10 + (unsigned)(*(*p)++ - '0');
    }
    *out = (uint16_t)value;
    return digits ? 0 : -1;
}

int smtpcodes__read_enhanced_pattern(const char *p, struct smtpcodes__condition *c)
{
    uint16_t number;
    c->kind = SMTPCODES__IF_ENHANCED;
    if (*p == 'x') {
        c->x = 0;
        p++;
    } else if (*p == '2' || *p == '4' || *p == '5') {
        c->x = (uint8_t)(*p++ - '0');
    } else {
        return -1;
    }
    if (*p++ != '.') {
        return -1;
    }
    if (*p == 'x') {
        c->y = 255;
        p++;
    } else if (read_number(&p, &number) || number > 254) {
        return -1;
    } else {
        c->y = (uint8_t)number;
    }
    if (*p++ != '.') {
        return -1;
    }
    if (*p == 'x') {
        c->low = 0;
        c->high = 999;
        p++;
    } else if (c->y == 255 || read_number(&p, &c->low)) {
        return -1;
    } else {
        c->high = c->low;
        if (*p == '-') {
            p++;
            if (read_number(&p, &c->high) || c->high < c->low) {
                return -1;
            }
        }
    }
    return *p ? -1 : 0;
}

/* One value of one condition. */
static int read_condition(struct smtpcodes__tsv *tsv, const struct smtpcodes__names *names, const char *key,
                          const char *value, struct smtpcodes__condition *c, int *late)
{
    memset(c, 0, sizeof *c);
    int number;
    if (strcmp(key, "code") == 0) {
        return read_code(value, c) ? smtpcodes__tsv_error(tsv, "\"%s\" is no code (550, 55x, 5xx, none)", value) : 0;
    }
    if (strcmp(key, "enhanced") == 0) {
        return smtpcodes__read_enhanced_pattern(value, c)
                   ? smtpcodes__tsv_error(tsv, "\"%s\" is no pattern of enhanced codes (5.1.1, x.7.23, 5.7.606-649)",
                                          value)
                   : 0;
    }
    if (strcmp(key, "stage") == 0) {
        c->kind = SMTPCODES__IF_STAGE;
        number = smtpcodes_stage_from_name(value);
        if (number <= 0) {
            return smtpcodes__tsv_error(tsv, "unknown stage \"%s\"", value);
        }
        c->low = (uint16_t)number;
        return 0;
    }
    *late = 1;
    if (strcmp(key, "provider") == 0) {
        c->kind = SMTPCODES__IF_PROVIDER;
        number = names->provider(names->context, value);
        if (number < 0) {
            return smtpcodes__tsv_error(tsv, "unknown provider \"%s\"", value);
        }
        c->low = (uint16_t)(number + 1);
        return 0;
    }
    if (strcmp(key, "list") == 0) {
        c->kind = SMTPCODES__IF_LIST;
        number = smtpcodes_listing_from_name(value);
        if (number <= 0) {
            return smtpcodes__tsv_error(tsv, "unknown kind of list \"%s\" (ip, domain, url, geo)", value);
        }
        c->low = (uint16_t)number;
        return 0;
    }
    if (strcmp(key, "quotes") == 0 && strcmp(value, "client") == 0) {
        c->kind = SMTPCODES__IF_CLIENT;
        return 0;
    }
    return smtpcodes__tsv_error(tsv,
                                "unknown condition \"%s=%s\" (there are code, enhanced, stage, provider, list, "
                                "quotes=client)",
                                key, value);
}

static int read_conditions(struct smtpcodes__tsv *tsv, const struct smtpcodes__names *names, char *when,
                           struct smtpcodes__rule_list *list, struct smtpcodes__rule *rule)
{
    rule->first_condition = (uint16_t)list->condition_count;
    if (strcmp(when, "-") == 0) {
        return 0;
    }
    for (char *item = when; item;) {
        char *space = strchr(item, ' ');
        if (space) {
            *space++ = 0;
        }
        char *equals = strchr(item, '=');
        if (!equals) {
            return smtpcodes__tsv_error(tsv, "\"%s\" is no condition (name=value)", item);
        }
        *equals = 0;
        for (char *value = equals + 1; value;) {
            char *comma = strchr(value, ',');
            if (comma) {
                *comma++ = 0;
            }
            int late = 0;
            if (rule->conditions == RULE_CONDITIONS_MAX || list->condition_count == CONDITIONS_MAX) {
                return smtpcodes__tsv_error(tsv, "more than %d values of conditions in %s",
                                            rule->conditions == RULE_CONDITIONS_MAX ? RULE_CONDITIONS_MAX
                                                                                    : CONDITIONS_MAX,
                                            rule->conditions == RULE_CONDITIONS_MAX ? "a rule" : "all rules together");
            }
            if (grow(&list->conditions, list->condition_count, &list->condition_room, sizeof *list->conditions)) {
                return smtpcodes__tsv_error(tsv, "out of memory");
            }
            if (read_condition(tsv, names, item, value, &list->conditions[list->condition_count], &late)) {
                return -1;
            }
            /* Values of one condition are alternatives, and are checked as a run. */
            const struct smtpcodes__condition *const added = &list->conditions[list->condition_count];
            for (const struct smtpcodes__condition *run = &list->conditions[rule->first_condition]; run < added;
                 run++) {
                if (run->kind == added->kind && value == equals + 1) {
                    return smtpcodes__tsv_error(tsv, "the condition \"%s\" stands twice: write %s=A,B", item, item);
                }
                if (memcmp(run, added, sizeof *run) == 0) {
                    return smtpcodes__tsv_error(tsv, "the value \"%s\" of %s stands twice", value, item);
                }
            }
            rule->late = (uint8_t)(rule->late | late);
            list->condition_count++;
            rule->conditions++;
            value = comma;
        }
        item = space;
    }
    return 0;
}

int smtpcodes__rules_read(struct smtpcodes__tsv *tsv, struct smtpcodes__compiler *compiler,
                          const struct smtpcodes__names *names, struct smtpcodes__rule_list *list)
{
    int got;
    while ((got = smtpcodes__tsv_next(tsv)) == 1) {
        char **const column = tsv->column;
        struct smtpcodes__rule rule = {0};
        size_t phrases;
        if (names->directive && !strchr(column[0], '/')) {
            if (names->directive(names->wishes, tsv)) {
                return -1;
            }
            continue;
        }
        if (smtpcodes__tsv_want(tsv, SMTPCODES__RULE_COLUMNS)) {
            return -1;
        }
        if (!smtpcodes__is_rule_name(column[0])) {
            return smtpcodes__tsv_error(tsv, "\"%s\" is no rule name (group/idea, in a-z 0-9 -)", column[0]);
        }
        int reason = names->reason(names->context, column[1]), level = level_of(column[2]);
        if (reason < 0) {
            return smtpcodes__tsv_error(tsv, "unknown reason \"%s\"", column[1]);
        }
        if (level < 0) {
            return smtpcodes__tsv_error(tsv, "unknown level \"%s\" (hint, frame, plain, cause, tag)", column[2]);
        }
        if (strcmp(column[5], "-") == 0) {
            return smtpcodes__tsv_error(tsv, "a rule needs an example: a reply that it decides");
        }
        if (strcmp(column[6], "-") == 0) {
            return smtpcodes__tsv_error(tsv, "a rule needs a source: who writes these words (\"field\" is one)");
        }
        rule.reason = (uint8_t)reason;
        rule.level = (uint8_t)level;
        if (read_conditions(tsv, names, column[3], list, &rule)) {
            return -1;
        }
        if (smtpcodes__compiler_string(compiler, column[0], &rule.name) ||
            smtpcodes__compiler_string(compiler, column[5], &rule.example) ||
            smtpcodes__compiler_string(compiler, column[6], &rule.source) ||
            smtpcodes__compiler_phrases(compiler, column[4], SMTPCODES__OUT_RULE, (uint32_t)list->count, &phrases)) {
            return smtpcodes__tsv_error(tsv, "%s", smtpcodes__compiler_error(compiler));
        }
        for (size_t i = 0; i < list->count; i++) {
            if (list->rules[i].name == rule.name) { /* equal strings share one place */
                return smtpcodes__tsv_error(tsv, "the rule \"%s\" stands in line %u already", column[0],
                                            (unsigned)list->rules[i].line);
            }
        }
        if (list->count == RULES_MAX) {
            return smtpcodes__tsv_error(tsv, "more than %d rules", RULES_MAX);
        }
        if (grow(&list->rules, list->count, &list->room, sizeof *list->rules) ||
            grow(&list->silent, list->silent_count, &list->silent_room, sizeof *list->silent)) {
            return smtpcodes__tsv_error(tsv, "out of memory");
        }
        if (phrases == 0) {
            if (!rule.late) {
                return smtpcodes__tsv_error(tsv,
                                            "a rule without phrases needs the condition provider=, list= or quotes=");
            }
            list->silent[list->silent_count++] = (uint32_t)list->count;
        }
        const uint32_t hash = smtpcodes__fnv(SMTPCODES__FNV, column[0], strlen(column[0]));
        rule.hash = (uint16_t)(hash >> 16 ^ hash);
        rule.line = (uint32_t)tsv->line;
        list->rules[list->count++] = rule;
    }
    return got;
}
