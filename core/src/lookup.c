/* Rows of the tables, by number and by name. */
#include <smtpcodes.h>

#include <string.h>

#include "out.h"
#include "rules.h"
#include "ruleset.h"
#include "tables.h"
#include "token.h"

const char *smtpcodes_version(void)
{
    return SMTPCODES_VERSION;
}

static const char *text(uint32_t offset)
{
    return smtpcodes__strings + offset;
}

/* ---- basic codes ---- */

const struct smtpcodes_code *smtpcodes_code_find(int code)
{
    if (code < 0 || code > 999 || smtpcodes__code_index[code] == 0) {
        return NULL;
    }
    return &smtpcodes__codes[smtpcodes__code_index[code] - 1];
}

const struct smtpcodes_code *smtpcodes_code_at(size_t i)
{
    return i < smtpcodes__code_count ? &smtpcodes__codes[i] : NULL;
}

size_t smtpcodes_code_count(void)
{
    return smtpcodes__code_count;
}

int smtpcodes_code_number(const struct smtpcodes_code *row)
{
    return row ? row->code : 0;
}

const char *smtpcodes_code_name(const struct smtpcodes_code *row)
{
    return row ? text(row->name) : "";
}

const char *smtpcodes_code_title(const struct smtpcodes_code *row)
{
    return row ? text(row->title) : "";
}

const char *smtpcodes_code_explanation(const struct smtpcodes_code *row)
{
    return row ? text(row->explanation) : "";
}

const char *smtpcodes_code_reference(const struct smtpcodes_code *row)
{
    return row ? text(row->reference) : "";
}

enum smtpcodes_standing smtpcodes_code_standing(const struct smtpcodes_code *row)
{
    return row ? (enum smtpcodes_standing)row->standing : SMTPCODES_STANDING_NONSTANDARD;
}

uint32_t smtpcodes_code_commands(const struct smtpcodes_code *row)
{
    return row ? row->commands : 0;
}

int smtpcodes_code_reason(const struct smtpcodes_code *row)
{
    return row ? row->reason : 0;
}

int smtpcodes_code_is_broad(const struct smtpcodes_code *row)
{
    return row ? row->broad : 0;
}

enum smtpcodes_action smtpcodes_code_action(const struct smtpcodes_code *row)
{
    if (!row) {
        return SMTPCODES_ACTION_NONE;
    }
    return smtpcodes_reason_action(row->reason ? row->reason : SMTPCODES_REASON_UNKNOWN,
                                   smtpcodes_code_severity(row->code));
}

enum smtpcodes_severity smtpcodes_code_severity(int code)
{
    if (code < 200 || code > 599) {
        return SMTPCODES_SEVERITY_UNKNOWN;
    }
    return (enum smtpcodes_severity)(code / 100);
}

enum smtpcodes_category smtpcodes_code_category(int code)
{
    static const unsigned char by_digit[10] = {SMTPCODES_CATEGORY_SYNTAX,      SMTPCODES_CATEGORY_INFORMATION,
                                               SMTPCODES_CATEGORY_CONNECTION,  SMTPCODES_CATEGORY_UNSPECIFIED,
                                               SMTPCODES_CATEGORY_UNSPECIFIED, SMTPCODES_CATEGORY_MAIL_SYSTEM};
    if (code < 200 || code > 599) {
        return SMTPCODES_CATEGORY_UNKNOWN;
    }
    return (enum smtpcodes_category)by_digit[code / 10 % 10];
}

/* ---- enhanced codes ---- */

static int class_number(int klass)
{
    return klass == 2 ? 0 : klass == 4 ? 1 : klass == 5 ? 2 : -1;
}

static const struct smtpcodes_enhanced *enhanced_row(uint8_t index)
{
    return index ? &smtpcodes__enhanced[index - 1] : NULL;
}

const struct smtpcodes_enhanced *smtpcodes_enhanced_find(int klass, int subject, int detail)
{
    int k = class_number(klass);
    if (k < 0 || subject < 0 || subject >= SMTPCODES__SUBJECTS || detail < 0 || detail > 999) {
        return NULL;
    }
    return enhanced_row(smtpcodes__enhanced_index[k][subject][detail]);
}

const struct smtpcodes_enhanced *smtpcodes_enhanced_nearest(int klass, int subject, int detail)
{
    const struct smtpcodes_enhanced *row = smtpcodes_enhanced_find(klass, subject, detail);
    int k = class_number(klass);
    if (!row && k >= 0 && subject >= 0 && subject < SMTPCODES__SUBJECTS) {
        row = enhanced_row(smtpcodes__enhanced_index[k][subject][1000]);
    }
    return row || k < 0 ? row : enhanced_row(smtpcodes__enhanced_class[k]);
}

const struct smtpcodes_enhanced *smtpcodes_enhanced_at(size_t i)
{
    return i < smtpcodes__enhanced_count ? &smtpcodes__enhanced[i] : NULL;
}

size_t smtpcodes_enhanced_count(void)
{
    return smtpcodes__enhanced_count;
}

const char *smtpcodes_enhanced_pattern(const struct smtpcodes_enhanced *row)
{
    return row ? text(row->pattern) : "";
}

const char *smtpcodes_enhanced_name(const struct smtpcodes_enhanced *row)
{
    return row ? text(row->name) : "";
}

const char *smtpcodes_enhanced_title(const struct smtpcodes_enhanced *row)
{
    return row ? text(row->title) : "";
}

const char *smtpcodes_enhanced_explanation(const struct smtpcodes_enhanced *row)
{
    return row ? text(row->explanation) : "";
}

const char *smtpcodes_enhanced_reference(const struct smtpcodes_enhanced *row)
{
    return row ? text(row->reference) : "";
}

const char *smtpcodes_enhanced_codes(const struct smtpcodes_enhanced *row)
{
    return row ? text(row->codes) : "";
}

enum smtpcodes_standing smtpcodes_enhanced_standing(const struct smtpcodes_enhanced *row)
{
    return row ? (enum smtpcodes_standing)row->standing : SMTPCODES_STANDING_NONSTANDARD;
}

int smtpcodes_enhanced_reason(const struct smtpcodes_enhanced *row)
{
    return row ? row->reason : 0;
}

int smtpcodes_enhanced_parse(const char *bytes, size_t length, struct smtpcodes_enhanced_code *out)
{
    const unsigned char *p = (const unsigned char *)bytes;
    int parts[3], zeros;
    if (length == 0 || smtpcodes__enhanced_at(p, p + length, parts, &zeros) != length) {
        return 0;
    }
    out->klass = (uint16_t)parts[0];
    out->subject = (uint16_t)parts[1];
    out->detail = (uint16_t)parts[2];
    return 1;
}

size_t smtpcodes_enhanced_write(struct smtpcodes_enhanced_code enhanced, char *bytes, size_t room)
{
    struct smtpcodes__out out;
    smtpcodes__out_start(&out, bytes, room);
    if (enhanced.klass) {
        smtpcodes__out_number(&out, enhanced.klass);
        smtpcodes__out_text(&out, ".");
        smtpcodes__out_number(&out, enhanced.subject);
        smtpcodes__out_text(&out, ".");
        smtpcodes__out_number(&out, enhanced.detail);
    }
    return smtpcodes__out_end(&out);
}

/* ---- reasons ---- */

static const struct smtpcodes__reason *reason_row(int reason)
{
    return &smtpcodes__reasons[reason > 0 && (uint32_t)reason <= smtpcodes__reason_count ? reason : 0];
}

size_t smtpcodes_reason_count(void)
{
    return smtpcodes__reason_count;
}

const char *smtpcodes_reason_name(int reason)
{
    return reason_row(reason)->name ? text(reason_row(reason)->name) : NULL;
}

int smtpcodes_reason_from_name(const char *name)
{
    for (int i = 1; (uint32_t)i <= smtpcodes__reason_count; i++) {
        if (strcmp(text(smtpcodes__reasons[i].name), name) == 0) {
            return i;
        }
    }
    return -1;
}

const char *smtpcodes_reason_title(int reason)
{
    return text(reason_row(reason)->title);
}

const char *smtpcodes_reason_explanation(int reason)
{
    return text(reason_row(reason)->explanation);
}

const char *smtpcodes_reason_advice(int reason)
{
    return text(reason_row(reason)->advice);
}

enum smtpcodes_side smtpcodes_reason_side(int reason)
{
    return (enum smtpcodes_side)reason_row(reason)->side;
}

/* A local diagnostic has no severity. It counts as temporary where the way there failed, as permanent elsewhere. */
int smtpcodes__counts_as_temporary(int reason, enum smtpcodes_severity severity)
{
    return severity == SMTPCODES_SEVERITY_TEMPORARY ||
           (severity == SMTPCODES_SEVERITY_UNKNOWN && smtpcodes_reason_side(reason) == SMTPCODES_SIDE_NETWORK);
}

enum smtpcodes_bounce smtpcodes_reason_bounce(int reason, enum smtpcodes_severity severity)
{
    const struct smtpcodes__reason *row = reason_row(reason);
    return (enum smtpcodes_bounce)(smtpcodes__counts_as_temporary(reason, severity) ? row->temporary_bounce
                                                                                    : row->permanent_bounce);
}

enum smtpcodes_action smtpcodes_reason_action(int reason, enum smtpcodes_severity severity)
{
    const struct smtpcodes__reason *row = reason_row(reason);
    return (enum smtpcodes_action)(smtpcodes__counts_as_temporary(reason, severity) ? row->temporary_action
                                                                                    : row->permanent_action);
}

const char *smtpcodes_rules_version(const struct smtpcodes_rules *rules)
{
    return rules ? rules->version : smtpcodes__knowledge_version;
}

/* ---- the words of others ---- */

static const struct smtpcodes__vocabulary *vocabulary_row(int vocabulary)
{
    const int known = vocabulary > 0 && (uint32_t)vocabulary <= smtpcodes__vocabulary_count;
    return &smtpcodes__vocabularies[known ? vocabulary : 0];
}

size_t smtpcodes_vocabulary_count(void)
{
    return smtpcodes__vocabulary_count;
}

const char *smtpcodes_vocabulary_title(int vocabulary)
{
    return text(vocabulary_row(vocabulary)->title);
}

const char *smtpcodes_vocabulary_field(int vocabulary)
{
    return text(vocabulary_row(vocabulary)->field);
}

const char *smtpcodes_vocabulary_source(int vocabulary)
{
    return text(vocabulary_row(vocabulary)->source);
}

const char *smtpcodes_reason_as(int reason, enum smtpcodes_bounce bounce, int vocabulary)
{
    const uint32_t column = (uint32_t)bounce; /* a caller's enum may hold anything */
    if (reason < 1 || (uint32_t)reason > smtpcodes__reason_count || vocabulary < 1 ||
        (uint32_t)vocabulary > smtpcodes__vocabulary_count || column >= SMTPCODES__BOUNCES) {
        return NULL;
    }
    const size_t row = (size_t)(vocabulary - 1) * smtpcodes__reason_count + (size_t)(reason - 1);
    const uint16_t term = smtpcodes__term_index[row * SMTPCODES__BOUNCES + column];
    return term ? text(smtpcodes__terms[term - 1].name) : NULL;
}

int smtpcodes_reason_of(int vocabulary, const char *term)
{
    for (uint32_t i = 0; i < smtpcodes__term_count; i++) {
        const struct smtpcodes__term *row = &smtpcodes__terms[i];
        if (row->vocabulary == vocabulary && strcmp(text(row->name), term) == 0) {
            return row->reason;
        }
    }
    return -1;
}

size_t smtpcodes_term_count(void)
{
    return smtpcodes__term_count;
}

int smtpcodes_term_vocabulary(size_t i)
{
    return i < smtpcodes__term_count ? smtpcodes__terms[i].vocabulary : 0;
}

const char *smtpcodes_term_name(size_t i)
{
    return i < smtpcodes__term_count ? text(smtpcodes__terms[i].name) : "";
}

const char *smtpcodes_term_meaning(size_t i)
{
    return i < smtpcodes__term_count ? text(smtpcodes__terms[i].meaning) : "";
}

/* ---- providers, block lists, rules ---- */

static const struct smtpcodes__mark *provider(size_t i)
{
    struct smtpcodes__ruleset set;
    smtpcodes__builtin(&set);
    return i < set.provider_count ? &set.providers[i] : NULL;
}

static const struct smtpcodes__mark *blocklist(size_t i)
{
    struct smtpcodes__ruleset set;
    smtpcodes__builtin(&set);
    return i < set.blocklist_count ? &set.blocklists[i] : NULL;
}

static const struct smtpcodes__rule *rule(size_t i)
{
    struct smtpcodes__ruleset set;
    smtpcodes__builtin(&set);
    return i < set.rule_count ? &set.rules[i] : NULL;
}

/* Functions over rows by position: the count, a find by name, and a text. */
#define ROWS(kind, counter)                               \
    size_t smtpcodes_##kind##_count(void)                 \
    {                                                     \
        struct smtpcodes__ruleset set;                    \
        smtpcodes__builtin(&set);                         \
        return set.counter;                               \
    }                                                     \
    int smtpcodes_##kind##_find(const char *name)         \
    {                                                     \
        for (size_t i = 0; kind(i); i++) {                \
            if (strcmp(text(kind(i)->name), name) == 0) { \
                return (int)i;                            \
            }                                             \
        }                                                 \
        return -1;                                        \
    }
#define ROW_TEXT(kind, function, member)                \
    const char *smtpcodes_##kind##_##function(size_t i) \
    {                                                   \
        return kind(i) ? text(kind(i)->member) : "";    \
    }

ROWS(provider, provider_count)
ROW_TEXT(provider, name, name)
ROW_TEXT(provider, title, title)

ROWS(blocklist, blocklist_count)
ROW_TEXT(blocklist, name, name)
ROW_TEXT(blocklist, title, title)
ROW_TEXT(blocklist, operator, operator_)
ROW_TEXT(blocklist, delisting, delisting)

enum smtpcodes_listing smtpcodes_blocklist_listing(size_t i)
{
    return blocklist(i) ? (enum smtpcodes_listing)blocklist(i)->kind : SMTPCODES_LISTING_NONE;
}

ROWS(rule, rule_count)
ROW_TEXT(rule, name, name)
ROW_TEXT(rule, source, source)
ROW_TEXT(rule, example, example)

int smtpcodes_rule_reason(size_t i)
{
    return rule(i) ? rule(i)->reason : 0;
}
