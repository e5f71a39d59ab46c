#include "command.h"

#include <getopt.h>

/* Every table is rows of named texts; numbers are marked, so that JSON writes them as numbers. */
enum { COLUMNS_MAX = 11 };

struct row {
    const char *text[COLUMNS_MAX]; /* NULL: no value */
    long number;                   /* of the first column, where the table says that it is one */
};

struct listing {
    const char *name;
    const char *columns[COLUMNS_MAX];
    int numbered;        /* the first column is a number */
    int text_columns[4]; /* what the text format shows, -1 ends */
    size_t (*count)(void);
    void (*row)(size_t i, struct row *out);
    int (*standing)(size_t i); /* NULL: rows have none */
};

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static char number_text[24];

static void code_row(size_t i, struct row *out)
{
    const struct smtpcodes_code *c = smtpcodes_code_at(i);
    static char commands[256];
    commands[0] = 0;
#define ADD(symbol, value, name)                                                                                       \
    if (smtpcodes_code_commands(c) & value) {                                                                          \
        snprintf(commands + strlen(commands), sizeof commands - strlen(commands), "%s%s", *commands ? " " : "", name); \
    }
    SMTPCODES_COMMAND_MAP(ADD)
#undef ADD
    out->number = smtpcodes_code_number(c);
    snprintf(number_text, sizeof number_text, "%03ld", out->number);
    const char *const texts[] = {number_text,
                                 smtpcodes_code_name(c),
                                 smtpcodes_code_title(c),
                                 smtpcodes_code_explanation(c),
                                 smtpcodes_severity_name((int)smtpcodes_code_severity((int)out->number)),
                                 smtpcodes_category_name((int)smtpcodes_code_category((int)out->number)),
                                 smtpcodes_standing_name((int)smtpcodes_code_standing(c)),
                                 or_null(commands),
                                 smtpcodes_code_reference(c),
                                 smtpcodes_reason_name(smtpcodes_code_reason(c))};
    memcpy(out->text, texts, sizeof texts);
}

static int code_standing(size_t i)
{
    return (int)smtpcodes_code_standing(smtpcodes_code_at(i));
}

static void enhanced_row(size_t i, struct row *out)
{
    const struct smtpcodes_enhanced *e = smtpcodes_enhanced_at(i);
    const char *const texts[] = {smtpcodes_enhanced_pattern(e),
                                 smtpcodes_enhanced_name(e),
                                 smtpcodes_enhanced_title(e),
                                 smtpcodes_enhanced_explanation(e),
                                 smtpcodes_standing_name((int)smtpcodes_enhanced_standing(e)),
                                 or_null(smtpcodes_enhanced_codes(e)),
                                 smtpcodes_enhanced_reference(e),
                                 smtpcodes_reason_name(smtpcodes_enhanced_reason(e))};
    memcpy(out->text, texts, sizeof texts);
}

static int enhanced_standing(size_t i)
{
    return (int)smtpcodes_enhanced_standing(smtpcodes_enhanced_at(i));
}

static void reason_row(size_t i, struct row *out)
{
    int r = (int)i + 1;
    const char *const texts[] = {smtpcodes_reason_name(r),
                                 smtpcodes_side_name((int)smtpcodes_reason_side(r)),
                                 smtpcodes_reason_title(r),
                                 smtpcodes_reason_explanation(r),
                                 smtpcodes_reason_advice(r),
                                 smtpcodes_bounce_name((int)smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_PERMANENT)),
                                 smtpcodes_action_name((int)smtpcodes_reason_action(r, SMTPCODES_SEVERITY_PERMANENT)),
                                 smtpcodes_bounce_name((int)smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_TEMPORARY)),
                                 smtpcodes_action_name((int)smtpcodes_reason_action(r, SMTPCODES_SEVERITY_TEMPORARY))};
    memcpy(out->text, texts, sizeof texts);
}

static int vocabulary; /* what --as names */

/* A reason's row, and the terms for what usually follows from it under each severity. */
static void reason_as_row(size_t i, struct row *out)
{
    const int r = (int)i + 1;
    reason_row(i, out);
    out->text[9] = smtpcodes_reason_as(r, smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_PERMANENT), vocabulary);
    out->text[10] = smtpcodes_reason_as(r, smtpcodes_reason_bounce(r, SMTPCODES_SEVERITY_TEMPORARY), vocabulary);
}

static void vocabulary_row(size_t i, struct row *out)
{
    const int v = (int)i + 1;
    const char *const texts[] = {smtpcodes_vocabulary_name(v), smtpcodes_vocabulary_title(v),
                                 smtpcodes_vocabulary_field(v), smtpcodes_vocabulary_source(v)};
    memcpy(out->text, texts, sizeof texts);
}

static void term_row(size_t i, struct row *out)
{
    const int v = smtpcodes_term_vocabulary(i);
    const char *const texts[] = {smtpcodes_vocabulary_name(v), smtpcodes_term_name(i),
                                 smtpcodes_reason_name(smtpcodes_reason_of(v, smtpcodes_term_name(i))),
                                 smtpcodes_term_meaning(i)};
    memcpy(out->text, texts, sizeof texts);
}

static void provider_row(size_t i, struct row *out)
{
    out->text[0] = smtpcodes_provider_name(i);
    out->text[1] = smtpcodes_provider_title(i);
}

static void blocklist_row(size_t i, struct row *out)
{
    const char *const texts[] = {smtpcodes_blocklist_name(i), smtpcodes_blocklist_title(i),
                                 smtpcodes_listing_name((int)smtpcodes_blocklist_listing(i)),
                                 or_null(smtpcodes_blocklist_operator(i)), or_null(smtpcodes_blocklist_delisting(i))};
    memcpy(out->text, texts, sizeof texts);
}

static void rule_row(size_t i, struct row *out)
{
    const char *const texts[] = {smtpcodes_rule_name(i), smtpcodes_reason_name(smtpcodes_rule_reason(i)),
                                 smtpcodes_rule_example(i), smtpcodes_rule_source(i)};
    memcpy(out->text, texts, sizeof texts);
}

static const struct listing listings[] = {
    {"codes",
     {"code", "name", "title", "explanation", "severity", "category", "standing", "commands", "reference", "reason"},
     1,
     {0, 6, 2, -1},
     smtpcodes_code_count,
     code_row,
     code_standing},
    {"enhanced",
     {"enhanced", "name", "title", "explanation", "standing", "codes", "reference", "reason"},
     0,
     {0, 4, 2, -1},
     smtpcodes_enhanced_count,
     enhanced_row,
     enhanced_standing},
    {"reasons",
     {"reason", "side", "title", "explanation", "advice", "permanent_bounce", "permanent_action", "temporary_bounce",
      "temporary_action"},
     0,
     {0, 1, 2, -1},
     smtpcodes_reason_count,
     reason_row,
     NULL},
    {"providers", {"provider", "title"}, 0, {0, 1, -1, -1}, smtpcodes_provider_count, provider_row, NULL},
    {"blocklists",
     {"blocklist", "title", "listing", "operator", "delisting"},
     0,
     {0, 2, 1, -1},
     smtpcodes_blocklist_count,
     blocklist_row,
     NULL},
    {"rules", {"rule", "reason", "example", "source"}, 0, {0, 2, -1, -1}, smtpcodes_rule_count, rule_row, NULL},
    {"vocabularies",
     {"vocabulary", "title", "field", "source"},
     0,
     {0, 2, 1, -1},
     smtpcodes_vocabulary_count,
     vocabulary_row,
     NULL},
    {"terms", {"vocabulary", "term", "reason", "meaning"}, 0, {0, 1, 3, -1}, smtpcodes_term_count, term_row, NULL}};

/* reasons with --as */
static const struct listing reasons_as = {"reasons",
                                          {"reason", "side", "title", "explanation", "advice", "permanent_bounce",
                                           "permanent_action", "temporary_bounce", "temporary_action", "permanent_term",
                                           "temporary_term"},
                                          0,
                                          {0, 9, 10, -1},
                                          smtpcodes_reason_count,
                                          reason_as_row,
                                          NULL};

/* What the text format shows where there is no value. */
static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

/* Whether a row has the standing that is asked for, if one is. */
static int is_wanted(const struct listing *l, size_t i, int standing)
{
    return standing < 0 || !l->standing || l->standing(i) == standing;
}

static void print_json(const struct listing *l, int standing)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < l->count(); i++) {
        struct row row = {{NULL}, 0};
        if (!is_wanted(l, i, standing)) {
            continue;
        }
        l->row(i, &row);
        json_t *object = json_object();
        for (int c = 0; c < COLUMNS_MAX && l->columns[c]; c++) {
            json_object_set_new(object, l->columns[c],
                                c == 0 && l->numbered ? json_integer(row.number)
                                : row.text[c]         ? json_string(row.text[c])
                                                      : json_null());
        }
        json_array_append_new(rows, object);
    }
    json_dumpf(rows, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(rows);
}

static void print_csv(const struct listing *l, int standing)
{
    struct output out = {0};
    for (int c = 0; c < COLUMNS_MAX && l->columns[c]; c++) {
        put_text(&out, c ? "," : "");
        put_text(&out, l->columns[c]);
    }
    put_char(&out, '\n');
    for (size_t i = 0; i < l->count(); i++) {
        struct row row = {{NULL}, 0};
        if (!is_wanted(l, i, standing)) {
            continue;
        }
        l->row(i, &row);
        for (int c = 0; c < COLUMNS_MAX && l->columns[c]; c++) {
            put_text(&out, c ? "," : "");
            if (row.text[c]) {
                put_csv(&out, row.text[c], strlen(row.text[c]));
            }
        }
        put_char(&out, '\n');
    }
    flush_output(&out);
    output_free(&out);
}

static void print_text(const struct listing *l, int standing)
{
    int width[3] = {0};
    for (size_t i = 0; i < l->count(); i++) {
        struct row row = {{NULL}, 0};
        l->row(i, &row);
        for (int c = 0; c < 3 && l->text_columns[c] >= 0; c++) {
            int n = (int)strlen(or_dash(row.text[l->text_columns[c]]));
            width[c] = n > width[c] ? n : width[c];
        }
    }
    for (size_t i = 0; i < l->count(); i++) {
        struct row row = {{NULL}, 0};
        if (!is_wanted(l, i, standing)) {
            continue;
        }
        l->row(i, &row);
        for (int c = 0; l->text_columns[c] >= 0; c++) {
            int last = l->text_columns[c + 1] < 0;
            printf("%-*s%s", last ? 0 : width[c], or_dash(row.text[l->text_columns[c]]), last ? "\n" : "  ");
        }
    }
}

int list_main(int argc, char **argv)
{
    static const struct option options[] = {{"standing", required_argument, NULL, 's'},
                                            {"format", required_argument, NULL, 'f'},
                                            {"as", required_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    const struct listing *l = listings;
    enum format format = FORMAT_TEXT;
    int standing = -1, option;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 's':
            standing = smtpcodes_standing_from_name(optarg);
            if (standing < 0) {
                return complain(WRONG_USE, "--standing is standard, extension, obsolete or nonstandard, not \"%s\"",
                                optarg);
            }
            break;
        case 'f':
            if (strcmp(optarg, "text") == 0) {
                format = FORMAT_TEXT;
            } else if (strcmp(optarg, "json") == 0) {
                format = FORMAT_JSON;
            } else if (strcmp(optarg, "csv") == 0) {
                format = FORMAT_CSV;
            } else {
                return complain(WRONG_USE, "--format is text, json or csv, not \"%s\"", optarg);
            }
            break;
        case 'a':
            vocabulary = vocabulary_option(optarg);
            if (vocabulary < 0) {
                return WRONG_USE;
            }
            break;
        default: return bad_option(argv);
        }
    }
    if (optind + 1 < argc) {
        return complain(WRONG_USE, "list takes one table, not \"%s\" too", argv[optind + 1]);
    }
    if (optind < argc) {
        for (l = listings; l < listings + sizeof listings / sizeof *listings; l++) {
            if (strcmp(l->name, argv[optind]) == 0) {
                break;
            }
        }
        if (l == listings + sizeof listings / sizeof *listings) {
            return complain(WRONG_USE,
                            "no table \"%s\" (codes, enhanced, reasons, providers, blocklists, rules, "
                            "vocabularies, terms)",
                            argv[optind]);
        }
    }
    if (standing >= 0 && !l->standing) {
        return complain(WRONG_USE, "rows of the table %s have no standing", l->name);
    }
    if (vocabulary && strcmp(l->name, "reasons") != 0) {
        return complain(WRONG_USE, "--as is for the table reasons, not %s", l->name);
    }
    if (vocabulary) {
        l = &reasons_as;
    }
    switch (format) {
    case FORMAT_JSON: print_json(l, standing); break;
    case FORMAT_CSV: print_csv(l, standing); break;
    default: print_text(l, standing); break;
    }
    return finish_output(DONE);
}
