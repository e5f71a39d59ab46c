/* Turns core/data into the tables, enums and headers of the library:
 *
 *   mktables DATA OUT
 *
 * writes OUT/smtpcodes/reasons.h, OUT/smtpcodes/codes.h and OUT/tables.c. It stops at the first doubtful line with
 * file:line: what is wrong. The same data give the same bytes: no clock, path, user or locale goes in. A file whose
 * content would not change is left alone, so that nothing is built anew. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes/enums.h>

#include "bytes.h"
#include "compile.h"
#include "names.h"
#include "ruletext.h"
#include "tables.h"
#include "tsv.h"

enum { CODES_MAX = 255, ENHANCED_MAX = 255, REASONS_MAX = 255, MARKS_MAX = 4000, CUES_MAX = 255, WORDS_MAX = 4000 };

static const char *data_folder;
static struct smtpcodes__compiler *compiler;
static struct smtpcodes__compiler_sizes sizes;

static void stop(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

/* ---- files ---- */

static char *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    size_t count = 0, room = 0;
    if (!f) {
        return NULL;
    }
    do {
        if (room - count < 4096) {
            room = room ? 2 * room : 65536;
            text = realloc(text, room);
            if (!text) {
                stop("mktables: out of memory");
            }
        }
        count += fread(text + count, 1, room - count - 1, f);
    } while (!feof(f) && !ferror(f));
    if (ferror(f)) {
        stop("mktables: %s: %s", path, strerror(errno));
    }
    fclose(f);
    text[count] = 0;
    *size = count;
    return text;
}

static struct smtpcodes__tsv table;
static uint32_t version = SMTPCODES__FNV; /* of all that is known: the bytes of the files, in the order of main() */

/* Names of rows point into the files, so these stay until the end. */
static void *kept[32];
static size_t kept_count;

static void *keep(void *block)
{
    if (kept_count == sizeof kept / sizeof *kept) {
        stop("mktables: too many files");
    }
    return kept[kept_count++] = block;
}

static void open_table(const char *name, size_t columns)
{
    char *path = keep(malloc(strlen(data_folder) + strlen(name) + 2));
    size_t size;
    if (!path) {
        stop("mktables: out of memory");
    }
    sprintf(path, "%s/%s", data_folder, name);
    char *text = keep(read_file(path, &size));
    if (!text) {
        stop("mktables: %s: %s", path, strerror(errno));
        return;
    }
    if (strlen(text) != size) {
        stop("%s: a NUL byte in the file", path);
    }
    if (size > 0 && text[size - 1] != '\n') {
        stop("%s: the last line has no end", path);
    }
    version = smtpcodes__fnv(version, text, size);
    smtpcodes__tsv_start(&table, path, text, columns);
}

static int next_row(void)
{
    int got = smtpcodes__tsv_next(&table);
    if (got < 0) {
        stop("%s", table.message);
    }
    return got;
}

static void doubt(const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    stop("%s:%zu: %s", table.file, table.line, message);
}

static uint32_t text(const char *column)
{
    uint32_t offset;
    if (smtpcodes__compiler_string(compiler, strcmp(column, "-") == 0 ? "" : column, &offset)) {
        doubt("%s", smtpcodes__compiler_error(compiler));
    }
    return offset;
}

static void phrases(const char *column, enum smtpcodes__out_kind kind, uint32_t id)
{
    size_t count;
    if (smtpcodes__compiler_phrases(compiler, column, kind, id, &count)) {
        doubt("%s", smtpcodes__compiler_error(compiler));
    }
}

/* Every file has one column of unique names; names are never ids of two things. */
static void unique(const char *name)
{
    static uint32_t seen[MARKS_MAX]; /* places in the pool of strings, where equal names are one */
    static size_t count;
    static const char *file;
    const uint32_t place = text(name);
    if (file != table.file) {
        file = table.file;
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (seen[i] == place) {
            doubt("\"%s\" stands in this file already", name);
        }
    }
    if (count == MARKS_MAX) {
        doubt("too many rows");
    }
    seen[count++] = place;
}

/* A number of at most `most` digits and nothing else; UINT_MAX if it is none. */
static unsigned digits(const char *column, size_t most)
{
    size_t n = strspn(column, "0123456789");
    return n > 0 && n <= most && column[n] == 0 ? (unsigned)strtoul(column, NULL, 10) : UINT_MAX;
}

static void kebab(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && !(*p == '-' && p > name && p[1])) {
            doubt("\"%s\" is no name in a-z, 0-9 and hyphens", name);
        }
    }
}

static void upper_snake(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (!(*p >= 'A' && *p <= 'Z') && !(p > name && ((*p >= '0' && *p <= '9') || *p == '_'))) {
            doubt("\"%s\" is no name in A-Z, 0-9 and underscores", name);
        }
    }
}

/* ---- the tables ---- */

static struct smtpcodes__reason reasons[REASONS_MAX + 1];
static char *reason_names[REASONS_MAX + 1];
static uint32_t reason_count;
static struct smtpcodes_code codes[CODES_MAX];
static uint32_t code_count;
static uint8_t code_index[1000];
static struct smtpcodes_enhanced enhanced[ENHANCED_MAX];
static uint32_t enhanced_count;
static uint8_t enhanced_index[3][SMTPCODES__SUBJECTS][1001], enhanced_class[3];
static struct smtpcodes__mark providers[MARKS_MAX], blocklists[MARKS_MAX];
static uint32_t provider_lines[MARKS_MAX], blocklist_lines[MARKS_MAX];
static char *provider_names[MARKS_MAX];
static uint32_t provider_count, blocklist_count;
static uint8_t cues[CUES_MAX];
static uint32_t cue_count;
static struct smtpcodes__word_row word_rows[WORDS_MAX];
static uint32_t word_row_count;
static struct smtpcodes__rule_list rules;

static int reason_number(const void *context, const char *name)
{
    (void)context;
    for (uint32_t i = 1; i <= reason_count; i++) {
        if (strcmp(reason_names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static int provider_number(const void *context, const char *name)
{
    (void)context;
    for (uint32_t i = 0; i < provider_count; i++) {
        if (strcmp(provider_names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static uint8_t reason_or_none(const char *name)
{
    if (strcmp(name, "-") == 0) {
        return 0;
    }
    int number = reason_number(NULL, name);
    if (number < 0) {
        doubt("unknown reason \"%s\"", name);
    }
    return (uint8_t)number;
}

static uint8_t listed(const char *what, int value, const char *name)
{
    if (value < 0) {
        doubt("unknown %s \"%s\"", what, name);
    }
    return (uint8_t)value;
}

static void read_words(void)
{
    open_table("words.tsv", 3);
    while (next_row()) {
        char **const c = table.column;
        const char *canonical = strcmp(c[1], "alias") == 0 ? c[2] : c[0];
        enum smtpcodes__word_kind kind = SMTPCODES__WORD_PLAIN;
        if (strcmp(c[1], "noise") == 0) {
            kind = SMTPCODES__WORD_NOISE;
        } else if (strcmp(c[1], "negation") == 0) {
            kind = SMTPCODES__WORD_NEGATION;
        } else if (strcmp(c[1], "word") != 0 && strcmp(c[1], "alias") != 0) {
            doubt("unknown kind \"%s\" (noise, negation, word, alias)", c[1]);
        }
        if (strcmp(c[1], "alias") != 0 && strcmp(c[2], "-") != 0) {
            doubt("\"%s\" of the kind \"%s\" stands for no other word: the third column is \"-\"", c[0], c[1]);
        }
        if (word_row_count == WORDS_MAX) {
            doubt("too many words");
        }
        word_rows[word_row_count++] = (struct smtpcodes__word_row){text(c[0]), text(canonical), (uint32_t)kind};
        int status = kind == SMTPCODES__WORD_NOISE
                         ? smtpcodes__compiler_noise(compiler, c[0])
                         : smtpcodes__compiler_alias(compiler, c[0], canonical, kind == SMTPCODES__WORD_NEGATION);
        if (status) {
            doubt("%s", smtpcodes__compiler_error(compiler));
        }
    }
}

static void read_reasons(void)
{
    open_table("reasons.tsv", 10);
    while (next_row()) {
        char **const c = table.column;
        if (reason_count == REASONS_MAX || digits(c[0], 3) != reason_count + 1) {
            doubt("number %s, it must be %u: append, never renumber", c[0], (unsigned)reason_count + 1);
        }
        kebab(c[1]);
        unique(c[1]);
        struct smtpcodes__reason *r = &reasons[++reason_count];
        reason_names[reason_count] = c[1];
        r->name = text(c[1]);
        r->side = listed("side", smtpcodes_side_from_name(c[2]), c[2]);
        r->permanent_bounce = listed("bounce", smtpcodes_bounce_from_name(c[3]), c[3]);
        r->permanent_action = listed("action", smtpcodes_action_from_name(c[4]), c[4]);
        r->temporary_bounce = listed("bounce", smtpcodes_bounce_from_name(c[5]), c[5]);
        r->temporary_action = listed("action", smtpcodes_action_from_name(c[6]), c[6]);
        r->title = text(c[7]);
        r->explanation = text(c[8]);
        r->advice = text(c[9]);
        char learned[64];
        if (snprintf(learned, sizeof learned, "learned/%s", c[1]) >= (int)sizeof learned) {
            doubt("the name is too long");
        }
        r->learned = text(learned);
    }
}

static uint32_t command_set(char *column)
{
    uint32_t set = 0;
    if (strcmp(column, "-") == 0) {
        return 0;
    }
    if (strcmp(column, "any") == 0) {
#define ADD(symbol, value, name) set |= value;
        SMTPCODES_COMMAND_MAP(ADD)
#undef ADD
        return set;
    }
    for (char *p = column; p;) {
        char *comma = strchr(p, ',');
        if (comma) {
            *comma++ = 0;
        }
        uint32_t bit = smtpcodes_command_from_name(p);
        if (bit == 0 || set & bit) {
            doubt(bit ? "the command \"%s\" stands twice" : "unknown command \"%s\"", p);
        }
        set |= bit;
        p = comma;
    }
    return set;
}

static void read_codes(void)
{
    open_table("codes.tsv", 9);
    while (next_row()) {
        char **const c = table.column;
        const unsigned number = digits(c[0], 3);
        if (number > 999 || strlen(c[0]) != 3) {
            doubt("\"%s\" is no code of three digits", c[0]);
        }
        if (code_count == CODES_MAX || (code_count && codes[code_count - 1].code >= number)) {
            doubt("%s is out of order", c[0]);
        }
        upper_snake(c[1]);
        unique(c[1]);
        struct smtpcodes_code *row = &codes[code_count++];
        code_index[number] = (uint8_t)code_count;
        row->code = (uint16_t)number;
        row->name = text(c[1]);
        row->standing = listed("standing", smtpcodes_standing_from_name(c[2]), c[2]);
        size_t last = strlen(c[3]) - 1;
        row->broad = c[3][last] == '?';
        if (row->broad) {
            c[3][last] = 0;
        }
        row->reason = reason_or_none(c[3]);
        row->commands = command_set(c[4]);
        row->title = text(c[5]);
        row->explanation = text(c[6]);
        row->reference = text(c[7]);
        if (strcmp(c[8], "-") != 0 && row->reason == 0) {
            doubt("a stock text decides by the code's reason, and %s has none", c[0]);
        }
        phrases(c[8], SMTPCODES__OUT_STOCK, number);
    }
}

/* "451,550", "any" or "-" */
static void check_codes(const char *column)
{
    if (strcmp(column, "any") == 0 || strcmp(column, "-") == 0) {
        return;
    }
    for (const char *p = column;; p += 4) {
        if (strspn(p, "0123456789") != 3 || (p[3] != ',' && p[3] != 0)) {
            doubt("\"%s\" is no list of codes", column);
        }
        if (p[3] == 0) {
            return;
        }
    }
}

static void read_enhanced(void)
{
    open_table("enhanced.tsv", 8);
    while (next_row()) {
        char **const c = table.column;
        struct smtpcodes__condition pattern = {0};
        if (smtpcodes__read_enhanced_pattern(c[0], &pattern)) {
            doubt("\"%s\" is no pattern (x.1.1, 5.7.606-649, x.1.x, 4.x.x)", c[0]);
        }
        if (enhanced_count == ENHANCED_MAX || (pattern.y != 255 && pattern.y >= SMTPCODES__SUBJECTS)) {
            doubt("no room for \"%s\"", c[0]);
        }
        upper_snake(c[1]);
        unique(c[1]);
        struct smtpcodes_enhanced *row = &enhanced[enhanced_count++];
        row->pattern = text(c[0]);
        row->name = text(c[1]);
        row->standing = listed("standing", smtpcodes_standing_from_name(c[2]), c[2]);
        row->reason = reason_or_none(c[3]);
        check_codes(c[4]);
        row->codes = text(c[4]);
        row->title = text(c[5]);
        row->explanation = text(c[6]);
        row->reference = text(c[7]);
        static const int classes[3] = {2, 4, 5};
        for (int k = 0; k < 3; k++) {
            if (pattern.x != 0 && pattern.x != classes[k]) {
                continue;
            }
            if (pattern.y == 255) {
                if (enhanced_class[k]) {
                    doubt("%d.x.x has a row already", classes[k]);
                }
                enhanced_class[k] = (uint8_t)enhanced_count;
                continue;
            }
            int whole = pattern.low == 0 && pattern.high == 999;
            for (unsigned d = whole ? 1000 : pattern.low; d <= (whole ? 1000u : pattern.high); d++) {
                uint8_t *slot = &enhanced_index[k][pattern.y][d];
                if (*slot) {
                    doubt("%d.%d.%u has a row already", classes[k], pattern.y, d);
                }
                *slot = (uint8_t)enhanced_count;
            }
        }
    }
}

static void read_providers(void)
{
    open_table("providers.tsv", 5);
    while (next_row()) {
        char **const c = table.column;
        if (provider_count == MARKS_MAX) {
            doubt("too many providers");
        }
        kebab(c[0]);
        unique(c[0]);
        struct smtpcodes__mark *m = &providers[provider_count];
        provider_names[provider_count] = c[0];
        provider_lines[provider_count] = (uint32_t)table.line;
        m->name = text(c[0]);
        m->title = text(c[1]);
        m->kind = strcmp(c[2], "-") == 0; /* software has no MX of its own */
        phrases(c[2], SMTPCODES__OUT_PROVIDER, provider_count);
        phrases(c[3], SMTPCODES__OUT_PROVIDER, provider_count);
        m->source = text(c[4]);
        provider_count++;
    }
}

static void read_blocklists(void)
{
    open_table("blocklists.tsv", 7);
    while (next_row()) {
        char **const c = table.column;
        if (blocklist_count == MARKS_MAX) {
            doubt("too many block lists");
        }
        kebab(c[0]);
        unique(c[0]);
        struct smtpcodes__mark *m = &blocklists[blocklist_count];
        blocklist_lines[blocklist_count] = (uint32_t)table.line;
        m->name = text(c[0]);
        m->title = text(c[1]);
        m->operator_ = text(c[2]);
        m->kind = listed("kind", smtpcodes_listing_from_name(c[3]), c[3]);
        if (strcmp(c[4], "-") == 0) {
            doubt("a block list without marks can never be found");
        }
        phrases(c[4], SMTPCODES__OUT_BLOCKLIST, blocklist_count);
        m->delisting = text(c[5]);
        m->source = text(c[6]);
        blocklist_count++;
    }
}

static void read_cues(void)
{
    static const char *const kinds[SMTPCODES__CUE_KINDS] = {"later", "never", "wait"};
    open_table("cues.tsv", 4);
    while (next_row()) {
        char **const c = table.column;
        int kind = 0;
        while (kind < SMTPCODES__CUE_KINDS && strcmp(kinds[kind], c[1]) != 0) {
            kind++;
        }
        if (kind == SMTPCODES__CUE_KINDS || cue_count == CUES_MAX) {
            doubt("unknown kind \"%s\" (later, never, wait)", c[1]);
        }
        if (!smtpcodes__is_rule_name(c[0])) {
            doubt("\"%s\" is no name (group/idea, in a-z 0-9 -)", c[0]);
        }
        unique(c[0]);
        phrases(c[2], SMTPCODES__OUT_CUE, cue_count);
        cues[cue_count++] = (uint8_t)kind;
    }
}

static void read_rules(void)
{
    const struct smtpcodes__names names = {reason_number, provider_number, NULL, NULL, NULL};
    open_table("rules.tsv", SMTPCODES__RULE_COLUMNS);
    if (smtpcodes__rules_read(&table, compiler, &names, &rules)) {
        stop("%s", table.message);
    }
}

/* ---- the words of others ---- */

#define ONE(symbol, value, name) +1
enum { VOCABULARIES = 0 SMTPCODES_VOCABULARY_MAP(ONE), TERMS_MAX = 1000, NO_TERM = TERMS_MAX + 1 };
#undef ONE

static struct smtpcodes__vocabulary vocabularies[VOCABULARIES + 1]; /* from 1 */
static uint32_t vocabulary_lines[VOCABULARIES + 1];                 /* of its last term */
static struct smtpcodes__term terms[TERMS_MAX];
static char *term_names[TERMS_MAX];
static uint32_t term_count;
/* Term + 1, or NO_TERM, or 0 for what is not said; behind the bounces that of all others. */
static uint16_t term_of[VOCABULARIES + 1][REASONS_MAX + 1][SMTPCODES__BOUNCES + 1];

static void read_vocabularies(void)
{
    int count = 0;
    open_table("vocabularies.tsv", 4);
    while (next_row()) {
        char **const c = table.column;
        const char *expected = smtpcodes_vocabulary_name(count + 1);
        if (!expected || strcmp(c[0], expected) != 0) {
            doubt("\"%s\" is not the next of SMTPCODES_VOCABULARY_MAP: %s", c[0],
                  expected ? expected : "there is none");
        }
        vocabularies[++count] = (struct smtpcodes__vocabulary){text(c[1]), text(c[2]), text(c[3])};
    }
    if (count != VOCABULARIES) {
        doubt("no row for the vocabulary \"%s\"", smtpcodes_vocabulary_name(count + 1));
    }
}

/* The term is written for this reason with this bounce; SMTPCODES__BOUNCES: with any that is not said otherwise. */
static void set_term(int vocabulary, int reason, int bounce, uint16_t term)
{
    uint16_t *slot = &term_of[vocabulary][reason][bounce];
    if (*slot && (*slot == NO_TERM) != (term == NO_TERM)) {
        doubt("\"%s\" has a term, and has none", reason_names[reason]);
    } else if (*slot) {
        doubt("\"%s\" is \"%s\" already", reason_names[reason], term == NO_TERM ? "-" : term_names[*slot - 1]);
    }
    *slot = term;
}

/* "reason", "reason:hard,unknown" or "(reason)"; returns the reason. */
static int read_term_reason(int vocabulary, char *word, uint16_t term)
{
    const size_t n = strlen(word);
    const int only_read = word[0] == '(' && word[n - 1] == ')' && term != NO_TERM;
    char *bounces = only_read ? NULL : strchr(word, ':');
    if (only_read) {
        word[n - 1] = 0;
        word++;
    } else if (bounces) {
        *bounces++ = 0;
    }
    const int reason = reason_number(NULL, word);
    if (reason < 0) {
        doubt("unknown reason \"%s\"", word);
    }
    if (!bounces && !only_read) {
        set_term(vocabulary, reason, SMTPCODES__BOUNCES, term);
    }
    for (char *next; bounces; bounces = next) {
        next = strchr(bounces, ',');
        if (next) {
            *next++ = 0;
        }
        set_term(vocabulary, reason, listed("bounce", smtpcodes_bounce_from_name(bounces), bounces), term);
    }
    return reason;
}

static void read_terms(void)
{
    open_table("terms.tsv", 4);
    while (next_row()) {
        char **const c = table.column;
        const int vocabulary = listed("vocabulary", smtpcodes_vocabulary_from_name(c[0]), c[0]);
        const int nothing = strcmp(c[1], "-") == 0;
        uint8_t seen[REASONS_MAX + 1] = {0};
        int reason = 0, count = 0;
        if (term_count > 0 && terms[term_count - 1].vocabulary > vocabulary) {
            doubt("the terms of \"%s\" stand together, in the order of vocabularies.tsv", c[0]);
        }
        for (uint32_t i = 0; i < term_count; i++) {
            if (terms[i].vocabulary == vocabulary && strcmp(term_names[i], c[1]) == 0) {
                doubt("\"%s\" is a term of \"%s\" already", c[1], c[0]);
            }
        }
        if (term_count == TERMS_MAX) {
            doubt("too many terms");
        }
        for (char *word = strcmp(c[2], "-") == 0 ? NULL : c[2], *next; word; word = next) {
            next = strchr(word, ' ');
            if (next) {
                *next++ = 0;
            }
            reason = read_term_reason(vocabulary, word, (uint16_t)(nothing ? NO_TERM : term_count + 1));
            if (seen[reason]++) {
                doubt("\"%s\" stands twice: write reason:bounce,bounce", reason_names[reason]);
            }
            count++;
        }
        if (nothing && count == 0) {
            doubt("the term \"-\" is for reasons");
        }
        vocabulary_lines[vocabulary] = (uint32_t)table.line;
        if (!nothing) {
            term_names[term_count] = c[1];
            terms[term_count++] = (struct smtpcodes__term){text(c[1]), text(c[3]), (uint8_t)vocabulary,
                                                           (uint8_t)(count == 1 ? reason : 0), 0};
        }
    }
    for (int v = 1; v <= VOCABULARIES; v++) {
        for (uint32_t r = 1; r <= reason_count; r++) {
            if (!term_of[v][r][SMTPCODES__BOUNCES]) {
                stop("%s:%u: \"%s\" has no term for \"%s\" with every bounce: write it under \"-\" if there is none",
                     table.file, (unsigned)vocabulary_lines[v], smtpcodes_vocabulary_name(v), reason_names[r]);
            }
        }
    }
}

static unsigned term_at(size_t i)
{
    const size_t bounce = i % SMTPCODES__BOUNCES, reason = i / SMTPCODES__BOUNCES % reason_count + 1;
    const uint16_t *of = term_of[i / SMTPCODES__BOUNCES / reason_count + 1][reason];
    const unsigned term = of[of[bounce] ? bounce : SMTPCODES__BOUNCES];
    return term == NO_TERM ? 0 : term;
}

/* Two rules of different reasons that hold under the same conditions must not hang on the same words. */
static int same_conditions(const struct smtpcodes__rule *a, const struct smtpcodes__rule *b)
{
    if (a->conditions != b->conditions) {
        return 0;
    }
    return a->conditions == 0 || memcmp(&rules.conditions[a->first_condition], &rules.conditions[b->first_condition],
                                        a->conditions * sizeof *rules.conditions) == 0;
}

/* The words of a node of the trie, for messages. */
static void spell(const struct smtpcodes__ruleset *set, const struct smtpcodes__node *node, char *words, size_t room)
{
    *words = 0;
    while (node) {
        const size_t used = strlen(words);
        const uint32_t base = (uint32_t)(node - set->nodes) ^ node->symbol;
        const struct smtpcodes__node *parent = NULL;
        snprintf(words + used, room - used, "%s%s", used ? " " : "",
                 smtpcodes__compiler_symbol_text(compiler, node->symbol));
        if (node < set->nodes || node >= set->nodes + set->node_count) {
            return; /* a root: the last word */
        }
        for (uint32_t i = 0; i < sizes.nodes && !parent; i++) {
            parent = set->nodes[i].base == base ? &set->nodes[i] : NULL;
        }
        for (uint32_t i = 0; i < sizes.roots && !parent; i++) {
            parent = set->roots[i].base == base ? &set->roots[i] : NULL;
        }
        node = parent;
    }
}

/* What hangs on the same words twice. */
static void check_pair(const struct smtpcodes__ruleset *set, const struct smtpcodes__node *node, uint32_t x, uint32_t y)
{
    const enum smtpcodes__out_kind kind = SMTPCODES__OUT_KIND(x);
    const uint32_t low = SMTPCODES__OUT_ID(x < y ? x : y), high = SMTPCODES__OUT_ID(x < y ? y : x);
    char words[256];
    if (kind != SMTPCODES__OUT_KIND(y) || SMTPCODES__OUT_WORDS(x) != SMTPCODES__OUT_WORDS(y) || low == high) {
        return;
    }
    if (kind == SMTPCODES__OUT_RULE) {
        const struct smtpcodes__rule *late = &rules.rules[high], *early = &rules.rules[low];
        if (late->reason != early->reason && late->level == early->level && same_conditions(late, early)) {
            spell(set, node, words, sizeof words);
            stop("%s/rules.tsv:%u: the rule \"%s\" has a phrase that \"%s\" in line %u has for another reason: \"%s\"",
                 data_folder, (unsigned)late->line, set->strings + late->name, set->strings + early->name,
                 (unsigned)early->line, words);
        }
    } else if (kind == SMTPCODES__OUT_PROVIDER || kind == SMTPCODES__OUT_BLOCKLIST) {
        const int is_provider = kind == SMTPCODES__OUT_PROVIDER;
        const struct smtpcodes__mark *marks = is_provider ? providers : blocklists;
        spell(set, node, words, sizeof words);
        stop("%s/%s.tsv:%u: \"%s\" has the mark \"%s\" that \"%s\" has too", data_folder,
             is_provider ? "providers" : "blocklists", (unsigned)(is_provider ? provider_lines : blocklist_lines)[high],
             set->strings + marks[high].name, words, set->strings + marks[low].name);
    }
}

static void check_node(const struct smtpcodes__ruleset *set, const struct smtpcodes__node *node)
{
    const uint32_t *const first = &set->outs[node->outs];
    for (const uint32_t *out = first; node->outs; out++) {
        for (const uint32_t *earlier = first; earlier < out; earlier++) {
            check_pair(set, node, *out & ~SMTPCODES__OUT_LAST, *earlier);
        }
        if (*out & SMTPCODES__OUT_LAST) {
            return;
        }
    }
}

static void check_doubles(const struct smtpcodes__ruleset *set)
{
    for (uint32_t i = 0; i < sizes.roots; i++) {
        check_node(set, &set->roots[i]);
    }
    for (uint32_t i = 0; i < sizes.nodes; i++) {
        check_node(set, &set->nodes[i]);
    }
}

/* ---- output ---- */

static char *out_text;
static size_t out_count, out_room;

static void out(const char *format, ...)
{
    va_list arguments;
    for (;;) {
        va_start(arguments, format);
        int n =
            out_room > out_count ? vsnprintf(out_text + out_count, out_room - out_count, format, arguments) : 1 << 16;
        va_end(arguments);
        if (n >= 0 && (size_t)n < out_room - out_count) {
            out_count += (size_t)n;
            return;
        }
        out_room = out_room ? 2 * out_room : 1 << 20;
        out_text = realloc(out_text, out_room);
        if (!out_text) {
            stop("mktables: out of memory");
        }
    }
}

static void write_out(const char *folder, const char *name)
{
    char *path = malloc(strlen(folder) + strlen(name) + 2);
    size_t size = 0;
    if (!path) {
        stop("mktables: out of memory");
    }
    sprintf(path, "%s/%s", folder, name);
    char *old = read_file(path, &size);
    if (!old || size != out_count || memcmp(old, out_text, size) != 0) {
        FILE *f = fopen(path, "wb");
        if (!f || fwrite(out_text, 1, out_count, f) != out_count || fclose(f)) {
            stop("mktables: %s: %s", path, strerror(errno));
        }
    }
    free(old);
    free(path);
    out_count = 0;
}

static const char *const banner = "/* Made by core/gen/mktables.c from core/data: change those. */\n";

static void print_symbol(const char *name)
{
    for (; *name; name++) {
        out("%c", *name == '-' ? '_' : toupper((unsigned char)*name));
    }
}

static void print_reasons(const char *folder)
{
    out("%s#ifndef SMTPCODES_REASONS_H\n#define SMTPCODES_REASONS_H\n\n"
        "/* Why a server answered so. Values are ABI: appended to, never renumbered. */\n"
        "#define SMTPCODES_REASON_MAP(X)",
        banner);
    for (uint32_t i = 1; i <= reason_count; i++) {
        out(" \\\n    X(REASON_");
        print_symbol(reason_names[i]);
        out(", %u, \"%s\")", (unsigned)i, reason_names[i]);
    }
    out("\n\n#define SMTPCODES_ENUMERATOR(symbol, value, name) SMTPCODES_##symbol = value,\n"
        "enum smtpcodes_reason { SMTPCODES_REASON_MAP(SMTPCODES_ENUMERATOR) };\n"
        "#undef SMTPCODES_ENUMERATOR\n\n#endif\n");
    write_out(folder, "smtpcodes/reasons.h");
}

static const char *pool(const struct smtpcodes__ruleset *set, uint32_t offset)
{
    return set->strings + offset;
}

static void print_codes(const char *folder, const struct smtpcodes__ruleset *set)
{
    out("%s#ifndef SMTPCODES_CODES_H\n#define SMTPCODES_CODES_H\n\n"
        "/* The basic codes by name. Names are promises. */\n#define SMTPCODES_CODE_MAP(X)",
        banner);
    for (uint32_t i = 0; i < code_count; i++) {
        out(" \\\n    X(CODE_%s, %u, \"%s\")", pool(set, codes[i].name), codes[i].code, pool(set, codes[i].title));
    }
    out("\n\n#define SMTPCODES_ENUMERATOR(symbol, value, title) SMTPCODES_##symbol = value,\n"
        "enum smtpcodes_code_number { SMTPCODES_CODE_MAP(SMTPCODES_ENUMERATOR) };\n"
        "#undef SMTPCODES_ENUMERATOR\n\n#endif\n");
    write_out(folder, "smtpcodes/codes.h");
}

/* An array of n rows; the caller prints each. C has no empty arrays, so none becomes one row of zeros. */
#define PRINT_ARRAY(type, name, n, ...)            \
    do {                                           \
        out("\n%s %s = {", type, name);            \
        for (size_t i = 0; i < (size_t)(n); i++) { \
            out(i % 8 == 0 ? "\n    " : " ");      \
            out(__VA_ARGS__);                      \
        }                                          \
        out((n) ? "\n};\n" : "0};\n");             \
    } while (0)

static void print_bytes(const char *type, const uint8_t *bytes, size_t count)
{
    out("\n%s = {", type);
    for (size_t i = 0; i < count; i++) {
        out("%s%u,", i % 32 == 0 ? "\n    " : "", bytes[i]);
    }
    out("\n};\n");
}

/* The pool of strings. A number beyond 127 does not fit into a char everywhere; a character constant does. */
static void print_text(const char *type, const char *text, size_t count)
{
    out("\n%s = {", type);
    for (size_t i = 0; i < count; i++) {
        const unsigned byte = (unsigned char)text[i];
        out(byte < 128 ? "%s%u," : "%s'\\x%x',", i % 32 == 0 ? "\n    " : "", byte);
    }
    out("\n};\n");
}

/* The library's pool: of the compiler's strings those that rows refer to, in the same order. The rest are words of
 * phrases, which nobody asks for once they are symbols. Rows are printed twice, first to see what they refer to. */
static struct {
    uint32_t *places; /* by place in the compiler's pool; while there is no text: 1 if a row refers to it */
    char *text;
    size_t count;
} pooled;

static unsigned place(uint32_t offset)
{
    if (!pooled.text) {
        pooled.places[offset] = 1;
    }
    return (unsigned)pooled.places[offset];
}

static void fill_pool(const struct smtpcodes__ruleset *set)
{
    pooled.text = malloc(sizes.strings);
    if (!pooled.text) {
        stop("mktables: out of memory");
    }
    for (size_t size, i = 0; i < sizes.strings; i += size) {
        size = strlen(set->strings + i) + 1;
        if (i == 0 || pooled.places[i]) { /* the empty string is at 0 in every pool */
            memcpy(pooled.text + pooled.count, set->strings + i, size);
            pooled.places[i] = (uint32_t)pooled.count;
            pooled.count += size;
        }
    }
}

static void print_marks(const char *name, const struct smtpcodes__mark *m, uint32_t count)
{
    PRINT_ARRAY("static const struct smtpcodes__mark", name, count, "{%u, %u, %u, %u, %u, %u, {0}},", place(m[i].name),
                place(m[i].title), place(m[i].operator_), place(m[i].delisting), place(m[i].source), m[i].kind);
}

static void print_nodes(const char *name, const struct smtpcodes__node *node, size_t count)
{
    PRINT_ARRAY("static const struct smtpcodes__node", name, count, "{%u, %u, %u},", (unsigned)node[i].base,
                node[i].symbol, node[i].outs);
}

static void print_rows(const struct smtpcodes__ruleset *set)
{
    const struct smtpcodes__compiler_sizes *const n = &sizes;
    out("%s#include \"tables.h\"\n#include \"ruleset.h\"\n", banner);
    out("\nconst char smtpcodes__knowledge_version[9] = \"%08x\";\n", (unsigned)version);
    out("\nconst uint32_t smtpcodes__code_count = %u;", (unsigned)code_count);
    PRINT_ARRAY("const struct smtpcodes_code", "smtpcodes__codes[]", code_count,
                "{%u, %u, %u, %u, 0x%x, %u, %u, %u, %u, {0}},", place(codes[i].name), place(codes[i].title),
                place(codes[i].explanation), place(codes[i].reference), (unsigned)codes[i].commands, codes[i].code,
                codes[i].standing, codes[i].reason, codes[i].broad);
    print_bytes("const uint8_t smtpcodes__code_index[1000]", code_index, sizeof code_index);
    out("\nconst uint32_t smtpcodes__enhanced_count = %u;", (unsigned)enhanced_count);
    PRINT_ARRAY("const struct smtpcodes_enhanced", "smtpcodes__enhanced[]", enhanced_count,
                "{%u, %u, %u, %u, %u, %u, %u, %u, 0},", place(enhanced[i].pattern), place(enhanced[i].name),
                place(enhanced[i].title), place(enhanced[i].explanation), place(enhanced[i].reference),
                place(enhanced[i].codes), enhanced[i].standing, enhanced[i].reason);
    out("\nconst uint8_t smtpcodes__enhanced_index[3][SMTPCODES__SUBJECTS][1001] = {");
    for (int k = 0; k < 3; k++) {
        out("{");
        for (int s = 0; s < SMTPCODES__SUBJECTS; s++) {
            out("{");
            for (int d = 0; d <= 1000; d++) {
                out("%s%u,", d % 32 == 0 ? "\n" : "", enhanced_index[k][s][d]);
            }
            out("},");
        }
        out("},");
    }
    out("};\n");
    print_bytes("const uint8_t smtpcodes__enhanced_class[3]", enhanced_class, sizeof enhanced_class);
    out("\nconst uint32_t smtpcodes__reason_count = %u;", (unsigned)reason_count);
    PRINT_ARRAY("const struct smtpcodes__reason", "smtpcodes__reasons[]", reason_count + 1,
                "{%u, %u, %u, %u, %u, %u, %u, %u, %u, %u, {0}},", place(reasons[i].name), place(reasons[i].title),
                place(reasons[i].explanation), place(reasons[i].advice), place(reasons[i].learned), reasons[i].side,
                reasons[i].permanent_bounce, reasons[i].permanent_action, reasons[i].temporary_bounce,
                reasons[i].temporary_action);
    const size_t term_index_count = (size_t)VOCABULARIES * reason_count * SMTPCODES__BOUNCES;
    out("\nconst uint32_t smtpcodes__vocabulary_count = %d;", VOCABULARIES);
    PRINT_ARRAY("const struct smtpcodes__vocabulary", "smtpcodes__vocabularies[]", VOCABULARIES + 1, "{%u, %u, %u},",
                place(vocabularies[i].title), place(vocabularies[i].field), place(vocabularies[i].source));
    out("\nconst uint32_t smtpcodes__term_count = %u;", (unsigned)term_count);
    PRINT_ARRAY("const struct smtpcodes__term", "smtpcodes__terms[]", term_count, "{%u, %u, %u, %u, 0},",
                place(terms[i].name), place(terms[i].meaning), terms[i].vocabulary, terms[i].reason);
    PRINT_ARRAY("const uint16_t", "smtpcodes__term_index[]", term_index_count, "%u,", term_at(i));
    out("\nconst uint32_t smtpcodes__word_row_count = %u;", (unsigned)word_row_count);
    PRINT_ARRAY("const struct smtpcodes__word_row", "smtpcodes__word_rows[]", word_row_count, "{%u, %u, %u},",
                place(word_rows[i].word), place(word_rows[i].canonical), (unsigned)word_rows[i].kind);

    PRINT_ARRAY("static const struct smtpcodes__word", "vocabulary[]", n->vocabulary, "{0x%x, %u, 0},",
                (unsigned)set->vocabulary[i].hash, set->vocabulary[i].symbol);
    PRINT_ARRAY("static const uint32_t", "prefix_filter[]", n->prefix_filter, "0x%x,", (unsigned)set->prefix_filter[i]);
    PRINT_ARRAY("static const struct smtpcodes__prefix", "prefixes[]", n->prefixes, "{%u, %u, %u, 0},",
                place(set->prefixes[i].text), set->prefixes[i].symbol, set->prefixes[i].length);
    PRINT_ARRAY("static const uint16_t", "displacements[]", n->displacements, "%u,", set->displacements[i]);
    print_nodes("roots[]", set->roots, n->roots);
    print_nodes("nodes[]", set->nodes, n->nodes);
    PRINT_ARRAY("static const uint32_t", "outs[]", n->outs, "0x%x,", (unsigned)set->outs[i]);
    PRINT_ARRAY("static const struct smtpcodes__part", "parts[]", n->parts, "{%u, %u},", set->parts[i].opens,
                set->parts[i].gap);
    PRINT_ARRAY("static const uint32_t", "partials[]", n->partials, "%u,", (unsigned)set->partials[i]);
    PRINT_ARRAY("static const uint32_t", "pair_filter[]", n->pair_filter, "0x%x,", (unsigned)set->pair_filter[i]);
    PRINT_ARRAY("static const struct smtpcodes__link", "links[]", n->links, "{0x%x, %u, %u, 0},",
                (unsigned)set->links[i].out, set->links[i].part, set->links[i].gap);
    PRINT_ARRAY("static const struct smtpcodes__rule", "rules[]", rules.count,
                "{%u, %u, %u, %u, %u, %u, %u, %u, %u, %u},", place(rules.rules[i].name), place(rules.rules[i].source),
                place(rules.rules[i].example), (unsigned)rules.rules[i].line, rules.rules[i].first_condition,
                rules.rules[i].conditions, rules.rules[i].reason, rules.rules[i].level, rules.rules[i].late,
                rules.rules[i].hash);
    PRINT_ARRAY("static const struct smtpcodes__condition", "conditions[]", rules.condition_count,
                "{%u, %u, %u, 0, %u, %u},", rules.conditions[i].kind, rules.conditions[i].x, rules.conditions[i].y,
                rules.conditions[i].low, rules.conditions[i].high);
    PRINT_ARRAY("static const uint32_t", "silent[]", rules.silent_count, "%u,", (unsigned)rules.silent[i]);
    print_marks("providers[]", providers, provider_count);
    print_marks("blocklists[]", blocklists, blocklist_count);
    PRINT_ARRAY("static const uint8_t", "cues[]", cue_count, "%u,", cues[i]);

    out("\nvoid smtpcodes__builtin(struct smtpcodes__ruleset *out)\n{\n"
        "    out->prefix_count = %uu;\n    out->node_count = %uu;\n"
        "    out->rule_count = %uu;\n    out->silent_count = %uu;\n    out->provider_count = %uu;\n"
        "    out->blocklist_count = %uu;\n    out->pair_mask = %uu;\n    out->negation_end = %u;\n"
        "    out->has_link_phrases = %u;\n    out->has_address_phrases = %u;\n"
        "    out->vocabulary_shift = %u;\n    out->displacement_shift = %u;\n",
        (unsigned)set->prefix_count, (unsigned)set->node_count, (unsigned)rules.count, (unsigned)rules.silent_count,
        (unsigned)provider_count, (unsigned)blocklist_count, (unsigned)set->pair_mask, set->negation_end,
        set->has_link_phrases, set->has_address_phrases, set->vocabulary_shift, set->displacement_shift);
    static const char *const arrays[] = {"vocabulary",    "prefix_filter", "prefixes",   "roots",    "nodes",
                                         "displacements", "outs",          "parts",      "partials", "pair_filter",
                                         "links",         "rules",         "conditions", "silent",   "providers",
                                         "blocklists",    "cues"};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        out("    out->%s = %s;\n", arrays[i], arrays[i]);
    }
    out("    out->strings = smtpcodes__strings;\n}\n");
}

static void print_tables(const char *folder, const struct smtpcodes__ruleset *set)
{
    pooled.places = calloc(sizes.strings, sizeof *pooled.places);
    if (!pooled.places) {
        stop("mktables: out of memory");
    }
    print_rows(set);
    fill_pool(set);
    out_count = 0;
    print_rows(set);
    print_text("const char smtpcodes__strings[]", pooled.text, pooled.count);
    write_out(folder, "tables.c");
    free(pooled.places);
    free(pooled.text);
}

int main(int argc, char **argv)
{
    struct smtpcodes__ruleset set;
    if (argc != 3) {
        fputs("usage: mktables DATA OUT\n", stderr);
        return 2;
    }
    data_folder = argv[1];
    compiler = smtpcodes__compiler_new();
    if (!compiler) {
        stop("mktables: out of memory");
    }
    read_words();
    read_reasons();
    read_codes();
    read_enhanced();
    read_providers();
    read_blocklists();
    read_cues();
    read_rules();
    open_table("examples.tsv", 3); /* what the rows mean is for mkmodel to read; their bytes count for the version */
    while (next_row()) {
    }
    read_vocabularies();
    read_terms();
    if (smtpcodes__compiler_finish(compiler, &set)) {
        stop("mktables: %s", smtpcodes__compiler_error(compiler));
    }
    smtpcodes__compiler_sizes(compiler, &sizes);
    check_doubles(&set);
    print_reasons(argv[2]);
    print_codes(argv[2], &set);
    print_tables(argv[2], &set);
    smtpcodes__rules_free(&rules);
    smtpcodes__compiler_free(compiler);
    free(out_text);
    while (kept_count > 0) {
        free(kept[--kept_count]);
    }
    return 0;
}
