/* Writes smtpcodes-codes(7), the reference of codes and reasons, from the tables of the library:
 *
 *   mkreference DATE FILE
 *
 * DATE is that of the page, so that the same tables give the same bytes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <smtpcodes.h>

static FILE *page;

/* mdoc(7) gives a meaning to a backslash and, in an argument, to a quote. */
static void put_escaped(const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '\\': fputs("\\e", page); break;
        case '"': fputs("\\(dq", page); break;
        case '\n': fputc(' ', page); break;
        default: fputc(*text, page); break;
        }
    }
}

/* Quotes keep an argument whole; \& before it keeps it from being taken for a macro or punctuation. */
static void put_argument(const char *text)
{
    fputs(" \"\\&", page);
    put_escaped(text);
    fputc('"', page);
}

static void put_macro(const char *macro, const char *text)
{
    fputs(macro, page);
    put_argument(text);
    fputc('\n', page);
}

/* Running text, a sentence a line, as mdoc wants it. A dot or an apostrophe at the start of a line is no macro here. */
static void put_text(const char *text)
{
    while (*text) {
        const char *stop = strstr(text, ". ");
        size_t n = stop ? (size_t)(stop - text) + 1 : strlen(text);
        char sentence[2048];
        if (n >= sizeof sentence) {
            n = sizeof sentence - 1;
        }
        memcpy(sentence, text, n);
        sentence[n] = 0;
        if (*text == '.' || *text == '\'') {
            fputs("\\&", page);
        }
        put_escaped(sentence);
        fputc('\n', page);
        text += n;
        text += strspn(text, " ");
    }
}

/* "Label: text." as a paragraph's line; nothing for no text. */
static void put_fact(const char *label, const char *text)
{
    if (text && *text) {
        fprintf(page, ".br\n%s: ", label);
        put_escaped(text);
        fputc('\n', page);
    }
}

static void put_commands(uint32_t commands)
{
    char text[256] = "";
    uint32_t all = 0;
#define ADD(symbol, value, name)                                                   \
    all |= value;                                                                  \
    if (commands & value) {                                                        \
        size_t used = strlen(text);                                                \
        snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "", name); \
    }
    SMTPCODES_COMMAND_MAP(ADD)
#undef ADD
    put_fact("Answers", commands == all ? "any command" : commands ? text : "nothing: no server sends it");
}

static void put_codes(void)
{
    fputs(".Sh BASIC CODES\n.Bl -tag -width Ds\n", page);
    for (size_t i = 0; i < smtpcodes_code_count(); i++) {
        const struct smtpcodes_code *c = smtpcodes_code_at(i);
        int number = smtpcodes_code_number(c), reason = smtpcodes_code_reason(c);
        char title[256];
        snprintf(title, sizeof title, "%03d  %s", number, smtpcodes_code_title(c));
        put_macro(".It Sy", title);
        fprintf(page, ".Dv SMTPCODES_CODE_%s\n.Pp\n", smtpcodes_code_name(c));
        put_text(smtpcodes_code_explanation(c));
        put_fact("Severity", smtpcodes_severity_name((int)smtpcodes_code_severity(number)));
        put_fact("Standing", smtpcodes_standing_name((int)smtpcodes_code_standing(c)));
        put_commands(smtpcodes_code_commands(c));
        if (reason) {
            put_fact(smtpcodes_code_is_broad(c) ? "Reason of a reply without text" : "Reason",
                     smtpcodes_reason_name(reason));
        }
        put_fact("Source", smtpcodes_code_reference(c));
    }
    fputs(".El\n", page);
}

static void put_enhanced(void)
{
    fputs(".Sh ENHANCED CODES\nAn x stands for any class, subject or detail.\n.Bl -tag -width Ds\n", page);
    for (size_t i = 0; i < smtpcodes_enhanced_count(); i++) {
        const struct smtpcodes_enhanced *e = smtpcodes_enhanced_at(i);
        char title[256];
        snprintf(title, sizeof title, "%s  %s", smtpcodes_enhanced_pattern(e), smtpcodes_enhanced_title(e));
        put_macro(".It Sy", title);
        fprintf(page, "%s\n.Pp\n", smtpcodes_enhanced_name(e));
        put_text(smtpcodes_enhanced_explanation(e));
        put_fact("Standing", smtpcodes_standing_name((int)smtpcodes_enhanced_standing(e)));
        put_fact("With codes", smtpcodes_enhanced_codes(e));
        put_fact("Reason", smtpcodes_reason_name(smtpcodes_enhanced_reason(e)));
        put_fact("Source", smtpcodes_enhanced_reference(e));
    }
    fputs(".El\n", page);
}

static void put_reason_effect(int reason, enum smtpcodes_severity severity, const char *label)
{
    char text[128];
    snprintf(text, sizeof text, "bounce %s, action %s",
             smtpcodes_bounce_name((int)smtpcodes_reason_bounce(reason, severity)),
             smtpcodes_action_name((int)smtpcodes_reason_action(reason, severity)));
    put_fact(label, text);
}

static void put_reasons(void)
{
    fputs(".Sh REASONS\n.Bl -tag -width Ds\n", page);
    for (int r = 1; r <= (int)smtpcodes_reason_count(); r++) {
        char title[256];
        snprintf(title, sizeof title, "%s  %s", smtpcodes_reason_name(r), smtpcodes_reason_title(r));
        put_macro(".It Sy", title);
        put_text(smtpcodes_reason_explanation(r));
        put_text(smtpcodes_reason_advice(r));
        put_fact("Side", smtpcodes_side_name((int)smtpcodes_reason_side(r)));
        put_reason_effect(r, SMTPCODES_SEVERITY_PERMANENT, "Permanent");
        put_reason_effect(r, SMTPCODES_SEVERITY_TEMPORARY, "Temporary");
    }
    fputs(".El\n", page);
}

static void put_blocklists(void)
{
    fputs(".Sh BLOCK LISTS\n.Bl -tag -width Ds\n", page);
    for (size_t i = 0; i < smtpcodes_blocklist_count(); i++) {
        put_macro(".It Sy", smtpcodes_blocklist_name(i));
        put_text(smtpcodes_blocklist_title(i));
        put_fact("Lists", smtpcodes_listing_name((int)smtpcodes_blocklist_listing(i)));
        put_fact("Operator", smtpcodes_blocklist_operator(i));
        put_fact("Removal", smtpcodes_blocklist_delisting(i));
    }
    fputs(".El\n", page);
}

static void put_vocabularies(void)
{
    fputs(".Sh WORDS OF OTHERS\nWhere a word stands for one reason alone, that is named behind it.\n", page);
    for (size_t i = 0; i < smtpcodes_term_count(); i++) {
        const int v = smtpcodes_term_vocabulary(i);
        const char *reason = smtpcodes_reason_name(smtpcodes_reason_of(v, smtpcodes_term_name(i)));
        char meaning[256];
        if (i == 0 || smtpcodes_term_vocabulary(i - 1) != v) {
            put_macro(".Ss", smtpcodes_vocabulary_title(v));
            fprintf(page, "Named\n.Cm %s\nhere.\n", smtpcodes_vocabulary_name(v));
            put_fact("Field", smtpcodes_vocabulary_field(v));
            put_fact("Source", smtpcodes_vocabulary_source(v));
            fputs(".Bl -tag -width Ds\n", page);
        }
        put_macro(".It Sy", smtpcodes_term_name(i));
        snprintf(meaning, sizeof meaning, "%s%s%s", smtpcodes_term_meaning(i), reason ? ": " : "",
                 reason ? reason : "");
        put_text(meaning);
        if (smtpcodes_term_vocabulary(i + 1) != v) {
            fputs(".El\n", page);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: mkreference DATE FILE\n", stderr);
        return 2;
    }
    page = fopen(argv[2], "w");
    if (!page) {
        fprintf(stderr, "mkreference: %s: %s\n", argv[2], strerror(errno));
        return 1;
    }
    fprintf(page,
            ".\\\" Made by docs/mkreference.c from the tables; change those.\n"
            ".Dd %s\n.Dt SMTPCODES-CODES 7\n.Os\n"
            ".Sh NAME\n.Nm smtpcodes-codes\n.Nd SMTP codes, enhanced codes, reasons, block lists and others' words for "
            "reasons\n"
            ".Sh DESCRIPTION\n"
            "The tables of\n.Xr smtpcodes 1\nand\n.Xr smtpcodes 3 .\n"
            "The standing of a code tells how it is defined: standard in the base protocol (an enhanced code: in the\n"
            "registry), extension in an RFC beside it, obsolete, or nonstandard: met, but in no RFC.\n",
            argv[1]);
    put_codes();
    put_enhanced();
    put_reasons();
    put_blocklists();
    put_vocabularies();
    fputs(".Sh SEE ALSO\n.Xr smtpcodes 1 ,\n.Xr smtpcodes 3\n", page);
    if (ferror(page) | fclose(page)) {
        fprintf(stderr, "mkreference: %s: %s\n", argv[2], strerror(errno));
        remove(argv[2]);
        return 1;
    }
    return 0;
}
