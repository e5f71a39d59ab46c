#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "bytes.h"
#include "tables.h"

enum { TEXT_LIMIT = 16 << 20 }; /* bytes; a mistaken file must not eat the machine */

static int reason_number(const void *context, const char *name)
{
    (void)context;
    return smtpcodes_reason_from_name(name);
}

static int provider_number(const void *context, const char *name)
{
    (void)context;
    return smtpcodes_provider_find(name);
}

/* ---- directives ---- */

static int read_layer(struct smtpcodes_rules *rules, struct smtpcodes__tsv *tsv)
{
    const char *layer = tsv->column[1];
    if (smtpcodes__tsv_want(tsv, 2)) {
        return -1;
    }
    if (rules->has_layer) {
        return smtpcodes__tsv_error(tsv, "the layer has been told already");
    }
    rules->has_layer = 1;
    rules->last = strcmp(layer, "last") == 0;
    return rules->last || strcmp(layer, "first") == 0
               ? 0
               : smtpcodes__tsv_error(tsv, "unknown layer \"%s\" (first, last)", layer);
}

static int read_policy(struct smtpcodes_rules *rules, struct smtpcodes__tsv *tsv)
{
    char **const column = tsv->column;
    if (smtpcodes__tsv_want(tsv, 5)) {
        return -1;
    }
    const int reason = smtpcodes_reason_from_name(column[1]);
    const int temporary = strcmp(column[2], "temporary") == 0;
    const int bounce = smtpcodes_bounce_from_name(column[3]), action = smtpcodes_action_from_name(column[4]);
    if (reason < 0) {
        return smtpcodes__tsv_error(tsv, "unknown reason \"%s\"", column[1]);
    }
    if (reason == SMTPCODES_REASON_ACCEPTED || reason == SMTPCODES_REASON_CONTINUE) {
        return smtpcodes__tsv_error(tsv, "a reply of the reason \"%s\" refuses nothing: it takes no policy", column[1]);
    }
    if (!temporary && strcmp(column[2], "permanent") != 0) {
        return smtpcodes__tsv_error(tsv, "unknown severity \"%s\" (permanent, temporary)", column[2]);
    }
    if (bounce < 0) {
        return smtpcodes__tsv_error(tsv, "unknown bounce \"%s\"", column[3]);
    }
    if (action < 0) {
        return smtpcodes__tsv_error(tsv, "unknown action \"%s\"", column[4]);
    }
    struct smtpcodes__policy *policy = &rules->policy[reason][temporary];
    if (policy->given) {
        return smtpcodes__tsv_error(tsv, "a %s \"%s\" has a policy already", column[2], column[1]);
    }
    *policy = (struct smtpcodes__policy){(uint8_t)bounce, (uint8_t)action, 1};
    rules->has_policy = 1;
    return 0;
}

/* Rows that are no rules but say how the rules are used. */
static int read_directive(void *wishes, struct smtpcodes__tsv *tsv)
{
    if (strcmp(tsv->column[0], "layer") == 0) {
        return read_layer(wishes, tsv);
    }
    if (strcmp(tsv->column[0], "policy") == 0) {
        return read_policy(wishes, tsv);
    }
    return smtpcodes__tsv_error(tsv, "\"%s\" is neither a rule name (group/idea) nor \"layer\" nor \"policy\"",
                                tsv->column[0]);
}

/* ---- rules ---- */

/* The words that all phrases are read with: core/data/words.tsv. */
static int add_words(struct smtpcodes__compiler *compiler)
{
    for (uint32_t i = 0; i < smtpcodes__word_row_count; i++) {
        const struct smtpcodes__word_row *row = &smtpcodes__word_rows[i];
        const char *word = smtpcodes__strings + row->word;
        int failed = row->kind == SMTPCODES__WORD_NOISE
                         ? smtpcodes__compiler_noise(compiler, word)
                         : smtpcodes__compiler_alias(compiler, word, smtpcodes__strings + row->canonical,
                                                     row->kind == SMTPCODES__WORD_NEGATION);
        if (failed) {
            return -1;
        }
    }
    return 0;
}

static int compile(struct smtpcodes_rules *rules, struct smtpcodes__tsv *tsv)
{
    const struct smtpcodes__names names = {reason_number, provider_number, NULL, read_directive, rules};
    struct smtpcodes__ruleset builtin;
    if (smtpcodes__compiler_string(rules->compiler, tsv->file, &rules->name) || add_words(rules->compiler)) {
        return smtpcodes__tsv_error(tsv, "%s", smtpcodes__compiler_error(rules->compiler));
    }
    if (smtpcodes__rules_read(tsv, rules->compiler, &names, &rules->list)) {
        return -1;
    }
    if (smtpcodes__compiler_finish(rules->compiler, &rules->set)) {
        const uint32_t out = smtpcodes__compiler_failed_out(rules->compiler);
        if (SMTPCODES__OUT_KIND(out) == SMTPCODES__OUT_RULE) {
            tsv->line = rules->list.rules[SMTPCODES__OUT_ID(out)].line;
        }
        return smtpcodes__tsv_error(tsv, "%s", smtpcodes__compiler_error(rules->compiler));
    }
    smtpcodes__builtin(&builtin);
    rules->set.providers = builtin.providers;
    rules->set.provider_count = builtin.provider_count;
    rules->set.blocklists = builtin.blocklists;
    rules->set.blocklist_count = builtin.blocklist_count;
    rules->set.rules = rules->list.rules;
    rules->set.rule_count = (uint32_t)rules->list.count;
    rules->set.conditions = rules->list.conditions;
    rules->set.silent = rules->list.silent;
    rules->set.silent_count = (uint32_t)rules->list.silent_count;
    return 0;
}

static struct smtpcodes_rules *refuse(char *message, size_t room, const char *text)
{
    if (room) {
        snprintf(message, room, "%s", text);
    }
    return NULL;
}

struct smtpcodes_rules *smtpcodes_rules_load(const char *name, const char *bytes, size_t length, char *message,
                                             size_t room)
{
    struct smtpcodes__tsv tsv;
    smtpcodes__tsv_start(&tsv, name, NULL, 0);
    if (length > TEXT_LIMIT) {
        smtpcodes__tsv_error(&tsv, "more than %d MiB of rules", TEXT_LIMIT >> 20);
        return refuse(message, room, tsv.message);
    }
    char *text = malloc(length + 1);
    struct smtpcodes_rules *rules = calloc(1, sizeof *rules);
    int failed = -1;
    smtpcodes__tsv_error(&tsv, "out of memory");
    if (text && rules && (rules->compiler = smtpcodes__compiler_new()) != NULL) {
        if (length) {
            memcpy(text, bytes, length);
        }
        text[length] = 0;
        snprintf(rules->version, sizeof rules->version, "%s+%08x", smtpcodes__knowledge_version,
                 (unsigned)smtpcodes__fnv(SMTPCODES__FNV, text, length));
        smtpcodes__tsv_start(&tsv, name, text, 0);
        if (strlen(text) != length) {
            for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
                tsv.line++;
            }
            tsv.line++;
            smtpcodes__tsv_error(&tsv, "a NUL byte");
        } else {
            failed = compile(rules, &tsv);
        }
    }
    free(text);
    if (failed) {
        smtpcodes_rules_free(rules);
        return refuse(message, room, tsv.message);
    }
    return rules;
}

struct smtpcodes_rules *smtpcodes_rules_load_file(const char *path, char *message, size_t room)
{
    char *text = malloc(TEXT_LIMIT + 1);
    FILE *file = text ? fopen(path, "rb") : NULL;
    struct smtpcodes_rules *rules = NULL;
    int error = errno;
    if (file) {
        size_t length = fread(text, 1, TEXT_LIMIT + 1, file);
        error = ferror(file) ? errno : 0;
        fclose(file);
        if (!error) {
            rules = smtpcodes_rules_load(path, text, length, message, room);
        }
    }
    free(text);
    if (error && room) {
        snprintf(message, room, "%s: %s", path, strerror(error));
    }
    return rules;
}

void smtpcodes_rules_free(struct smtpcodes_rules *rules)
{
    if (rules) {
        smtpcodes__compiler_free(rules->compiler);
        smtpcodes__rules_free(&rules->list);
        free(rules);
    }
}

size_t smtpcodes_rules_count(const struct smtpcodes_rules *rules)
{
    return rules ? rules->list.count : 0;
}
