/* Pages for people, the same in every language. */
#include <smtpcodes.h>

#include <string.h>

#include "bytes.h"
#include "out.h"
#include "rules.h"

enum { WIDTH = 78, LABEL = 12 };

struct page {
    struct smtpcodes__out out;
    enum smtpcodes_style style;
};

/* ---- writing ---- */

static void put(struct page *page, const char *text)
{
    smtpcodes__out_text(&page->out, text);
}

/* ECMA-48 8.3.117, on terminals only. */
static void attribute(struct page *page, const char *sgr)
{
    if (page->style == SMTPCODES_STYLE_TERMINAL) {
        put(page, "\033[");
        put(page, sgr);
        put(page, "m");
    }
}

static void put_in(struct page *page, const char *sgr, const char *text)
{
    attribute(page, sgr);
    put(page, text);
    attribute(page, "0");
}

/* Text in lines of WIDTH, from the given column on. */
static void put_wrapped(struct page *page, size_t column, const char *text)
{
    size_t at = column;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > column && at + 1 + word > WIDTH) {
            put(page, "\n");
            for (size_t i = 0; i < column; i++) {
                put(page, " ");
            }
            at = column;
        } else if (at > column) {
            put(page, " ");
            at++;
        }
        smtpcodes__out_bytes(&page->out, text, word);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    put(page, "\n");
}

static void label(struct page *page, const char *name)
{
    attribute(page, "1");
    put(page, name);
    attribute(page, "0");
    for (size_t n = strlen(name); n < LABEL; n++) {
        put(page, " ");
    }
}

static void field(struct page *page, const char *name, const char *text)
{
    if (*text) {
        label(page, name);
        put_wrapped(page, LABEL, text);
    }
}

/* ---- codes ---- */

static const char *severity_text(enum smtpcodes_severity severity)
{
    switch (severity) {
    case SMTPCODES_SEVERITY_SUCCESS: return "success: done";
    case SMTPCODES_SEVERITY_INTERMEDIATE: return "intermediate: the server waits for more";
    case SMTPCODES_SEVERITY_TEMPORARY: return "temporary failure: the same may work later";
    case SMTPCODES_SEVERITY_PERMANENT: return "permanent failure: the same will not work again";
    default: return "none: no SMTP server may send this first digit";
    }
}

static const char *what_to_do(int reason, enum smtpcodes_severity severity)
{
    if (reason && reason != SMTPCODES_REASON_UNKNOWN) {
        return smtpcodes_reason_advice(reason);
    }
    switch (severity) {
    case SMTPCODES_SEVERITY_SUCCESS: return "Nothing.";
    case SMTPCODES_SEVERITY_INTERMEDIATE: return "Send the next part.";
    case SMTPCODES_SEVERITY_TEMPORARY: return "Keep the message and try again; read the text for the cause.";
    case SMTPCODES_SEVERITY_PERMANENT:
        return "Do not repeat it unchanged. The text and the enhanced code tell the cause: explain the whole reply.";
    default: return "Treat it as a failed connection.";
    }
}

static void heading(struct page *page, const char *code, const char *title)
{
    put_in(page, "1", code);
    put(page, "  ");
    put_in(page, "1", title);
    put(page, "\n");
}

static void put_commands(struct page *page, uint32_t commands)
{
    char text[256];
    struct smtpcodes__out list;
    uint32_t all = 0;
    smtpcodes__out_start(&list, text, sizeof text);
#define ADD(symbol, value, name)                             \
    all |= value;                                            \
    if (commands & value) {                                  \
        smtpcodes__out_text(&list, list.length ? ", " : ""); \
        smtpcodes__out_text(&list, name);                    \
    }
    SMTPCODES_COMMAND_MAP(ADD)
#undef ADD
    smtpcodes__out_end(&list);
    field(page, "Answers", commands == all ? "any command" : commands ? text : "nothing: no server sends it");
}

static int explain_code(struct page *page, const char *digits, int code)
{
    const struct smtpcodes_code *row = smtpcodes_code_find(code);
    enum smtpcodes_severity severity = smtpcodes_code_severity(code);
    heading(page, digits, row ? smtpcodes_code_title(row) : "not a known code");
    field(page, "Class", severity_text(severity));
    field(page, "Category", smtpcodes_category_name((int)smtpcodes_code_category(code)));
    if (row) {
        field(page, "Name", smtpcodes_code_name(row));
        field(page, "Standing", smtpcodes_standing_name((int)smtpcodes_code_standing(row)));
        put(page, "\n");
        put_wrapped(page, 0, smtpcodes_code_explanation(row));
        put(page, "\n");
        put_commands(page, smtpcodes_code_commands(row));
    }
    field(page, "What to do", what_to_do(smtpcodes_code_is_broad(row) ? 0 : smtpcodes_code_reason(row), severity));
    field(page, "Source",
          row ? smtpcodes_code_reference(row) : "RFC 5321 4.2: an unknown code is read by its first digit");
    return row != NULL;
}

static int explain_enhanced(struct page *page, struct smtpcodes_enhanced_code e)
{
    const struct smtpcodes_enhanced *row = smtpcodes_enhanced_find(e.klass, e.subject, e.detail);
    const struct smtpcodes_enhanced *nearest = smtpcodes_enhanced_nearest(e.klass, e.subject, e.detail);
    enum smtpcodes_severity severity = (enum smtpcodes_severity)e.klass;
    char text[24];
    smtpcodes_enhanced_write(e, text, sizeof text);
    heading(page, text, row ? smtpcodes_enhanced_title(row) : "not a known code");
    field(page, "Class", severity_text(severity));
    if (!row) {
        label(page, "Read as");
        put(page, smtpcodes_enhanced_pattern(nearest));
        put(page, "  ");
        put(page, smtpcodes_enhanced_title(nearest));
        put(page, "\n");
    }
    field(page, "Name", smtpcodes_enhanced_name(row));
    field(page, "Standing", row ? smtpcodes_standing_name((int)smtpcodes_enhanced_standing(row)) : "");
    put(page, "\n");
    put_wrapped(page, 0, smtpcodes_enhanced_explanation(nearest));
    put(page, "\n");
    field(page, "With codes", smtpcodes_enhanced_codes(row));
    field(page, "What to do", what_to_do(smtpcodes_enhanced_reason(row), severity));
    field(page, "Source", smtpcodes_enhanced_reference(nearest));
    return row != NULL;
}

/* ---- replies ---- */

static int is_control(unsigned char c)
{
    return c < ' ' || c == 0x7F;
}

/* The reply as it came, with the evidence underlined. Control characters must not reach a terminal. */
static void put_reply(struct page *page, const char *bytes, size_t length, size_t evidence, size_t evidence_length)
{
    const unsigned char *const start = (const unsigned char *)bytes, *const end = start + length;
    const unsigned char *const from = start + evidence, *const to = from + evidence_length;
    const unsigned char *line = start;
    while (line < end) {
        const unsigned char *lf = memchr(line, '\n', (size_t)(end - line));
        const unsigned char *stop = lf ? lf : end;
        if (stop > line && stop[-1] == '\r') {
            stop--;
        }
        int inside = 0;
        for (const unsigned char *p = line; p < stop;) {
            if (!inside && p >= from && p < to) {
                attribute(page, "1;4");
                inside = 1;
            } else if (inside && p >= to) {
                attribute(page, "0");
                inside = 0;
            }
            size_t n = smtpcodes__utf8_length(p, stop);
            /* U+0080 to U+009F are controls too */
            if (n == 0 || is_control(*p) || (n == 2 && p[0] == 0xC2 && p[1] < 0xA0)) {
                put(page, *p == '\t' ? " " : "?");
                p += n ? n : 1;
            } else {
                smtpcodes__out_bytes(&page->out, (const char *)p, n);
                p += n;
            }
        }
        if (inside) {
            attribute(page, "0");
        }
        put(page, "\n");
        if (page->style == SMTPCODES_STYLE_PLAIN && from < stop && to > line && evidence_length) {
            for (const unsigned char *p = line; p < stop && p < to;) {
                size_t n = smtpcodes__utf8_length(p, stop);
                put(page, p >= from ? "^" : " ");
                p += n ? n : 1;
            }
            put(page, "\n");
        }
        line = lf ? lf + 1 : end;
    }
}

static void put_pair(struct page *page, const char *name, const char *first, const char *second)
{
    char text[1024];
    struct smtpcodes__out out;
    smtpcodes__out_start(&out, text, sizeof text);
    smtpcodes__out_text(&out, first);
    if (*second) {
        smtpcodes__out_text(&out, ": ");
        smtpcodes__out_text(&out, second);
    }
    smtpcodes__out_end(&out);
    field(page, name, text);
}

static const char *color_of(enum smtpcodes_bounce bounce)
{
    switch (bounce) {
    case SMTPCODES_BOUNCE_NONE: return "1;32";
    case SMTPCODES_BOUNCE_HARD: return "1;31";
    default: return "1;33";
    }
}

/* Where the words of the rule that decided are documented, or NULL. */
static const char *source_of(const struct smtpcodes_rules *rules, const char *name)
{
    for (uint32_t i = 0; rules && i < rules->set.rule_count; i++) {
        const struct smtpcodes__rule *rule = &rules->set.rules[i];
        if (rules->set.strings + rule->name == name) { /* this very name, not a built-in rule's that is equal */
            return rules->set.strings + rule->source;
        }
    }
    const int builtin = name ? smtpcodes_rule_find(name) : -1;
    return builtin >= 0 ? smtpcodes_rule_source((size_t)builtin) : NULL;
}

static void put_why(struct page *page, const struct smtpcodes_rules *rules, const struct smtpcodes_verdict *v)
{
    char text[512];
    struct smtpcodes__out out;
    const char *source = source_of(rules, v->rule);
    smtpcodes__out_start(&out, text, sizeof text);
    switch (v->basis) {
    case SMTPCODES_BASIS_NONE: smtpcodes__out_text(&out, "no rule knows this text, and it has no code"); break;
    case SMTPCODES_BASIS_SEVERITY: smtpcodes__out_text(&out, "no rule knows this text; the first digit is all"); break;
    case SMTPCODES_BASIS_CODE: smtpcodes__out_text(&out, "the basic code says so"); break;
    case SMTPCODES_BASIS_ENHANCED: smtpcodes__out_text(&out, "the enhanced code says so"); break;
    case SMTPCODES_BASIS_LEARNED: smtpcodes__out_text(&out, "learned from replies that resemble it"); break;
    default:
        smtpcodes__out_text(&out, "rule ");
        smtpcodes__out_text(&out, v->rule ? v->rule : "");
        if (source) {
            smtpcodes__out_text(&out, " (");
            smtpcodes__out_text(&out, source);
            smtpcodes__out_text(&out, ")");
        }
        break;
    }
    if (v->confidence && v->reason != SMTPCODES_REASON_UNKNOWN) {
        smtpcodes__out_text(&out, "; right in ");
        smtpcodes__out_number(&out, (unsigned long)v->confidence);
        smtpcodes__out_text(&out, " of 100 such verdicts");
    }
    smtpcodes__out_end(&out);
    field(page, "Why", text);
}

static void put_flags(struct page *page, uint32_t flags)
{
    char text[512];
    struct smtpcodes__out out;
    /* what logs and arguments do to every reply is nothing to report */
    flags &= ~(uint32_t)(SMTPCODES_FLAG_NO_LINE_END | SMTPCODES_FLAG_WRAPPED | SMTPCODES_FLAG_FOLDED |
                         SMTPCODES_FLAG_UTF8 | SMTPCODES_FLAG_BARE_LF);
    smtpcodes__out_start(&out, text, sizeof text);
    for (uint32_t bit = 1; bit; bit <<= 1) {
        if (flags & bit && smtpcodes_flag_name(bit)) {
            smtpcodes__out_text(&out, out.length ? ", " : "");
            smtpcodes__out_text(&out, smtpcodes_flag_name(bit));
        }
    }
    smtpcodes__out_end(&out);
    field(page, "Odd", text);
}

static int explain_reply(struct page *page, const struct smtpcodes_rules *rules, const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    struct smtpcodes_reply reply;
    char text[24];
    smtpcodes_reply_parse(bytes, length, &reply);
    smtpcodes_classify_with(rules, NULL, bytes, length, &v);
    put_reply(page, bytes, length, v.evidence, v.evidence_length);
    put(page, "\n");
    attribute(page, color_of(v.bounce));
    put(page, smtpcodes_reason_name(v.reason));
    attribute(page, "0");
    put(page, "  ");
    put_in(page, "1", smtpcodes_reason_title(v.reason));
    put(page, "\n");
    put_wrapped(page, 0, smtpcodes_reason_explanation(v.reason));
    put(page, "\n");
    put_pair(page, "What to do", smtpcodes_action_name((int)v.action), what_to_do(v.reason, v.severity));
    static const char *const bounces[] = {"delivered, or not over", "try again", "the address is bad",
                                          "this sender or message is refused; the address may be good",
                                          "a person has to decide"};
    put_pair(page, "Bounce", smtpcodes_bounce_name((int)v.bounce), bounces[v.bounce]);
    field(page, "Side", smtpcodes_side_name((int)v.side));
    put_why(page, rules, &v);
    if (v.code >= 0) {
        const struct smtpcodes_code *row = smtpcodes_code_find(v.code);
        struct smtpcodes__out out;
        smtpcodes__out_start(&out, text, sizeof text);
        smtpcodes__out_bytes(&out, bytes + reply.start, 3);
        smtpcodes__out_end(&out);
        put_pair(page, "Code", text, row ? smtpcodes_code_title(row) : severity_text(v.severity));
    }
    if (v.enhanced.klass) {
        smtpcodes_enhanced_write(v.enhanced, text, sizeof text);
        put_pair(page, "Enhanced", text,
                 smtpcodes_enhanced_title(
                     smtpcodes_enhanced_nearest(v.enhanced.klass, v.enhanced.subject, v.enhanced.detail)));
    }
    if (v.provider) {
        field(page, "Provider", smtpcodes_provider_title((size_t)smtpcodes_provider_find(v.provider)));
    }
    if (v.blocklist) {
        size_t i = (size_t)smtpcodes_blocklist_find(v.blocklist);
        field(page, "Block list", smtpcodes_blocklist_title(i));
        field(page, "Removal", smtpcodes_blocklist_delisting(i));
    }
    if (v.retry_after >= 0) {
        struct smtpcodes__out out;
        smtpcodes__out_start(&out, text, sizeof text);
        smtpcodes__out_number(&out, (unsigned long)v.retry_after);
        smtpcodes__out_text(&out, " seconds");
        smtpcodes__out_end(&out);
        field(page, "Wait", text);
    }
    put_flags(page, reply.flags);
    return v.reason != SMTPCODES_REASON_UNKNOWN;
}

size_t smtpcodes_explain_with(const struct smtpcodes_rules *rules, const char *query, size_t length,
                              enum smtpcodes_style style, char *out, size_t room, int *understood)
{
    struct page page;
    struct smtpcodes_enhanced_code enhanced;
    int known;
    page.style = style;
    smtpcodes__out_start(&page.out, out, room);
    const unsigned char *p = (const unsigned char *)query, *end = p + length;
    while (p < end && (smtpcodes__is_blank(*p) || *p == '\n' || *p == '\r')) {
        p++;
    }
    while (end > p && (smtpcodes__is_blank(end[-1]) || end[-1] == '\n' || end[-1] == '\r')) {
        end--;
    }
    if (end - p == 3 && smtpcodes__is_digit(p[0]) && smtpcodes__is_digit(p[1]) && smtpcodes__is_digit(p[2])) {
        char digits[4] = {(char)p[0], (char)p[1], (char)p[2], 0};
        known = explain_code(&page, digits, (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
    } else if (smtpcodes_enhanced_parse((const char *)p, (size_t)(end - p), &enhanced)) {
        known = explain_enhanced(&page, enhanced);
    } else {
        known = explain_reply(&page, rules, query, length);
    }
    if (understood) {
        *understood = known;
    }
    return smtpcodes__out_end(&page.out);
}

size_t smtpcodes_explain(const char *query, size_t length, enum smtpcodes_style style, char *out, size_t room,
                         int *understood)
{
    return smtpcodes_explain_with(NULL, query, length, style, out, room, understood);
}
