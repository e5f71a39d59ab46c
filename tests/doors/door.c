/* Answers the requests of cases.py through the C library: one line in, one line out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

enum { ARGUMENTS = 6 };

struct bytes {
    char *at;
    size_t length;
};

static const struct bytes *argument;

static void *some(size_t room)
{
    void *p = malloc(room + 1);
    if (!p) {
        fputs("out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return p;
}

/* ---- answers ---- */

static void put_bytes(const char *key, const char *bytes, size_t length)
{
    printf("\t%s=%s", key, length ? "" : "-");
    if (length == 1 && *bytes == '-') {
        fputs("\\x2d", stdout);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < ' ' || c >= 0x7F || c == '\\') {
            printf("\\x%02x", c);
        } else {
            putchar(c);
        }
    }
}

static void put_text(const char *key, const char *text)
{
    if (text && *text) {
        put_bytes(key, text, strlen(text));
    } else {
        printf("\t%s=-", key);
    }
}

/* Below 0 stands for none. */
static void put_number(const char *key, long number)
{
    if (number >= 0) {
        printf("\t%s=%ld", key, number);
    } else {
        printf("\t%s=-", key);
    }
}

static void put_enhanced(const char *key, struct smtpcodes_enhanced_code enhanced)
{
    char text[24];
    smtpcodes_enhanced_write(enhanced, text, sizeof text);
    put_text(key, text);
}

static void put_bits(const char *key, uint32_t set, const char *(*name)(uint32_t))
{
    char text[1024] = "";
    for (; set; set &= set - 1) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? "," : "", name(set & (~set + 1)));
    }
    put_text(key, text);
}

static void put_stage(enum smtpcodes_stage stage)
{
    put_text("stage", stage == SMTPCODES_STAGE_UNKNOWN ? NULL : smtpcodes_stage_name((int)stage));
}

/* ---- what is asked ---- */

static int number_at(int i)
{
    return (int)strtol(argument[i].at, NULL, 10);
}

static void answer_code(void)
{
    const struct smtpcodes_code *row = smtpcodes_code_find(number_at(0));
    if (!row) {
        fputs("\tnone", stdout);
        return;
    }
    int code = smtpcodes_code_number(row);
    put_number("code", code);
    put_text("name", smtpcodes_code_name(row));
    put_text("title", smtpcodes_code_title(row));
    put_text("explanation", smtpcodes_code_explanation(row));
    put_text("reference", smtpcodes_code_reference(row));
    put_text("severity", smtpcodes_severity_name((int)smtpcodes_code_severity(code)));
    put_text("category", smtpcodes_category_name((int)smtpcodes_code_category(code)));
    put_text("standing", smtpcodes_standing_name((int)smtpcodes_code_standing(row)));
    put_bits("commands", smtpcodes_code_commands(row), smtpcodes_command_name);
    put_text("reason", smtpcodes_reason_name(smtpcodes_code_reason(row)));
    put_text("action", smtpcodes_action_name((int)smtpcodes_code_action(row)));
}

static void answer_digits(void)
{
    put_text("severity", smtpcodes_severity_name((int)smtpcodes_code_severity(number_at(0))));
    put_text("category", smtpcodes_category_name((int)smtpcodes_code_category(number_at(0))));
}

static void put_enhanced_row(const struct smtpcodes_enhanced *row)
{
    if (!row) {
        fputs("\tnone", stdout);
        return;
    }
    put_text("pattern", smtpcodes_enhanced_pattern(row));
    put_text("name", smtpcodes_enhanced_name(row));
    put_text("title", smtpcodes_enhanced_title(row));
    put_text("explanation", smtpcodes_enhanced_explanation(row));
    put_text("reference", smtpcodes_enhanced_reference(row));
    put_text("standing", smtpcodes_standing_name((int)smtpcodes_enhanced_standing(row)));
    put_text("reason", smtpcodes_reason_name(smtpcodes_enhanced_reason(row)));
    put_text("codes", smtpcodes_enhanced_codes(row));
}

static void answer_enhanced(void)
{
    struct smtpcodes_enhanced_code code = {0};
    int read = smtpcodes_enhanced_parse(argument[0].at, argument[0].length, &code);
    put_enhanced_row(read ? smtpcodes_enhanced_find(code.klass, code.subject, code.detail) : NULL);
}

static void answer_nearest(void)
{
    put_enhanced_row(smtpcodes_enhanced_nearest(number_at(0), number_at(1), number_at(2)));
}

static void answer_parse(void)
{
    struct smtpcodes_reply reply;
    struct smtpcodes_span line;
    size_t cursor = 0, room = 0, length = 0;
    enum smtpcodes_status status = smtpcodes_reply_parse(argument[0].at, argument[0].length, &reply);
    put_text("status", smtpcodes_strstatus((int)status));
    if (status == SMTPCODES_STATUS_NOT_A_REPLY) {
        put_number("error", (long)reply.error);
        return;
    }
    put_number("code", reply.code);
    put_number("first", reply.first_code);
    put_enhanced("enhanced", reply.enhanced);
    put_number("count", (long)reply.line_count);
    while (smtpcodes_reply_line(&reply, &cursor, &line)) {
        room += line.length + 1;
    }
    char *lines = some(room);
    for (cursor = 0; smtpcodes_reply_line(&reply, &cursor, &line); lines[length++] = '\n') {
        memcpy(lines + length, line.bytes, line.length);
        length += line.length;
    }
    put_bytes("lines", lines, length);
    free(lines);
    put_bits("flags", reply.flags, smtpcodes_flag_name);
    put_stage(reply.stage);
    put_number("inner", reply.inner_code);
    put_enhanced("inner_enhanced", reply.inner_enhanced);
    put_number("used", (long)reply.used);
}

static void answer_reader(void)
{
    struct smtpcodes_reader reader;
    size_t used = 0;
    smtpcodes_reader_start(&reader);
    put_text("status",
             smtpcodes_strstatus((int)smtpcodes_reader_feed(&reader, argument[0].at, argument[0].length, &used)));
    put_number("used", (long)used);
}

static void answer_verdict(const struct smtpcodes_rules *rules, const struct smtpcodes_context *context,
                           struct bytes reply)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify_with(rules, context, reply.at, reply.length, &v);
    put_number("code", v.code);
    put_enhanced("enhanced", v.enhanced);
    put_text("severity", smtpcodes_severity_name((int)v.severity));
    put_text("category", smtpcodes_category_name((int)v.category));
    put_text("reason", smtpcodes_reason_name(v.reason));
    put_text("side", smtpcodes_side_name((int)v.side));
    put_text("action", smtpcodes_action_name((int)v.action));
    put_text("bounce", smtpcodes_bounce_name((int)v.bounce));
    put_text("basis", smtpcodes_basis_name((int)v.basis));
    put_number("confidence", v.confidence);
    put_text("rule", v.rule);
    if (v.evidence_length) {
        put_bytes("evidence", reply.at + v.evidence, v.evidence_length);
    } else {
        put_text("evidence", NULL);
    }
    put_text("provider", v.provider);
    put_text("blocklist", v.blocklist);
    put_number("retry_after", v.retry_after);
    put_stage(v.stage);
    put_number("evidence_start", v.evidence_length ? (long)v.evidence : -1);
}

static void answer_classify(void)
{
    struct smtpcodes_context context = {.receiver = argument[2].at,
                                        .receiver_length = argument[2].length,
                                        .client = argument[3].at,
                                        .client_length = argument[3].length};
    if (argument[1].length) {
        context.stage = (enum smtpcodes_stage)smtpcodes_stage_from_name(argument[1].at);
    }
    answer_verdict(NULL, &context, argument[0]);
}

/* Vocabulary, reply */
static void answer_as(void)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify(argument[1].at, argument[1].length, &v);
    put_text("term", smtpcodes_reason_as(v.reason, v.bounce, smtpcodes_vocabulary_from_name(argument[0].at)));
}

static void answer_reason_as(void)
{
    put_text("term", smtpcodes_reason_as(smtpcodes_reason_from_name(argument[0].at),
                                         (enum smtpcodes_bounce)smtpcodes_bounce_from_name(argument[1].at),
                                         smtpcodes_vocabulary_from_name(argument[2].at)));
}

static void answer_reason_of(void)
{
    const int reason = smtpcodes_reason_of(smtpcodes_vocabulary_from_name(argument[0].at), argument[1].at);
    if (reason < 0) {
        fputs("\tnone", stdout);
        return;
    }
    put_text("reason", smtpcodes_reason_name(reason));
}

static void answer_rules(void)
{
    char message[512] = "";
    struct smtpcodes_rules *rules =
        smtpcodes_rules_load("rules.tsv", argument[0].at, argument[0].length, message, sizeof message);
    put_text("message", message);
    if (rules) {
        const size_t length = smtpcodes_rules_check(rules, NULL, 0);
        char *findings = malloc(length + 1);
        if (!findings) {
            exit(1);
        }
        smtpcodes_rules_check(rules, findings, length + 1);
        put_text("findings", findings);
        free(findings);
        put_text("version", smtpcodes_rules_version(rules));
        put_number("unknown", smtpcodes_text_is_unknown(rules, NULL, argument[1].at, argument[1].length));
        put_number("count", (long)smtpcodes_rules_count(rules));
        answer_verdict(rules, NULL, argument[1]);
        smtpcodes_rules_free(rules);
    }
}

static void answer_template(void)
{
    size_t length = smtpcodes_template(argument[0].at, argument[0].length, NULL, 0);
    char *text = some(length);
    smtpcodes_template(argument[0].at, argument[0].length, text, length + 1);
    put_bytes("template", text, length);
    free(text);
}

static void answer_explain(void)
{
    int understood = -1;
    size_t length = smtpcodes_explain(argument[0].at, argument[0].length, SMTPCODES_STYLE_PLAIN, NULL, 0, &understood);
    char *page = some(length);
    smtpcodes_explain(argument[0].at, argument[0].length, SMTPCODES_STYLE_PLAIN, page, length + 1, NULL);
    put_bytes("page", page, length);
    put_number("understood", understood);
    free(page);
}

static void answer_compose(void)
{
    struct smtpcodes_draft draft = {.code = number_at(0), .text = argument[3].at, .length = argument[3].length};
    size_t length = 0;
    smtpcodes_enhanced_parse(argument[1].at, argument[1].length, &draft.enhanced);
    draft.command = smtpcodes_command_from_name(argument[2].at);
    enum smtpcodes_status status = smtpcodes_reply_write(&draft, NULL, 0, &length);
    put_text("status", smtpcodes_strstatus((int)status));
    if (status == SMTPCODES_STATUS_OK) {
        char *reply = some(length);
        smtpcodes_reply_write(&draft, reply, length, &length);
        put_bytes("reply", reply, length);
        free(reply);
    }
}

static const struct kind {
    const char *name;
    void (*answer)(void);
} kinds[] = {
    {"code", answer_code},           {"digits", answer_digits},       {"enhanced", answer_enhanced},
    {"nearest", answer_nearest},     {"parse", answer_parse},         {"reader", answer_reader},
    {"classify", answer_classify},   {"rules", answer_rules},         {"template", answer_template},
    {"explain", answer_explain},     {"compose", answer_compose},     {"as", answer_as},
    {"reason_as", answer_reason_as}, {"reason_of", answer_reason_of},
};

/* ---- requests ---- */

/* Puts the bytes of a cell in its place, with a NUL behind them. */
static struct bytes unescape(char *cell)
{
    static const char letters[] = "rnt0\\", bytes[] = "\r\n\t\0\\";
    struct bytes out = {cell, 0};
    for (char *p = strcmp(cell, "-") == 0 ? cell + 1 : cell; *p; p++) {
        if (*p == '\\' && p[1] == 'x') {
            char digits[3] = {p[2], p[3], 0};
            cell[out.length++] = (char)strtol(digits, NULL, 16);
            p += 3;
        } else if (*p == '\\') {
            cell[out.length++] = bytes[strchr(letters, *++p) - letters];
        } else {
            cell[out.length++] = *p;
        }
    }
    cell[out.length] = 0;
    return out;
}

/* The next line without its end, or NULL. */
static char *next_line(char **buffer, size_t *room)
{
    size_t length = 0;
    while (fgets(*buffer + length, (int)(*room - length), stdin)) {
        length += strlen(*buffer + length);
        if (length > 0 && (*buffer)[length - 1] == '\n') {
            (*buffer)[length - 1] = 0;
            return *buffer;
        }
        char *larger = realloc(*buffer, *room *= 2);
        if (!larger) {
            return NULL;
        }
        *buffer = larger;
    }
    return NULL;
}

int main(void)
{
    size_t room = 1 << 16;
    char *buffer = some(room), *line;
    while ((line = next_line(&buffer, &room)) != NULL) {
        struct bytes arguments[ARGUMENTS] = {{0}};
        const struct kind *kind = kinds, *end = kinds + sizeof kinds / sizeof *kinds;
        const char *name = line;
        char *rest = strchr(line, '\t');
        for (int i = 0; rest && i < ARGUMENTS; i++) {
            *rest++ = 0;
            char *cell = rest;
            rest = strchr(cell, '\t');
            if (rest) {
                *rest = 0;
            }
            arguments[i] = unescape(cell);
        }
        while (kind < end && strcmp(kind->name, name) != 0) {
            kind++;
        }
        if (kind == end) {
            fprintf(stderr, "no such kind of request: %s\n", name);
            return EXIT_FAILURE;
        }
        argument = arguments;
        fputs(kind->name, stdout);
        kind->answer();
        putchar('\n');
    }
    free(buffer);
    return fflush(stdout) || ferror(stdin) ? EXIT_FAILURE : EXIT_SUCCESS;
}
