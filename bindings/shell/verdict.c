#include "verdict.h"

#include <stdlib.h>

/* The keys of a verdict in JSON and CSV, in order, with their values. X(key, kind, value): a NUMBER from 0 on, the NAME
 * of a value in a closed list, a TEXT or NULL, the bytes of the EVIDENCE. */
#define VERDICT_MAP(X)                                \
    X("code", NUMBER, v->code)                        \
    X("enhanced", TEXT, *enhanced ? enhanced : NULL)  \
    X("severity", NAME, (LIST_SEVERITY, v->severity)) \
    X("category", NAME, (LIST_CATEGORY, v->category)) \
    X("reason", NAME, (LIST_REASON, v->reason))       \
    X("side", NAME, (LIST_SIDE, v->side))             \
    X("action", NAME, (LIST_ACTION, v->action))       \
    X("bounce", NAME, (LIST_BOUNCE, v->bounce))       \
    X("basis", NAME, (LIST_BASIS, v->basis))          \
    X("confidence", NUMBER, v->confidence)            \
    X("rule", TEXT, v->rule)                          \
    X("evidence", EVIDENCE, bytes + v->evidence)      \
    X("provider", TEXT, v->provider)                  \
    X("blocklist", TEXT, v->blocklist)                \
    X("retry_after", NUMBER, v->retry_after)          \
    X("rules_version", TEXT, form->rules_version)

/* X(list, function that has its names) */
#define LIST_MAP(X)                      \
    X(SEVERITY, smtpcodes_severity_name) \
    X(CATEGORY, smtpcodes_category_name) \
    X(REASON, smtpcodes_reason_name)     \
    X(SIDE, smtpcodes_side_name)         \
    X(ACTION, smtpcodes_action_name)     \
    X(BOUNCE, smtpcodes_bounce_name)     \
    X(BASIS, smtpcodes_basis_name)

enum list {
#define LIST(list, function) LIST_##list,
    LIST_MAP(LIST)
#undef LIST
        LISTS
};

/* Names are copied whole, whatever their length, which takes two moves; so they lie here, with their lengths. */
enum { NAMES_MAX = 128, NAME_ROOM = 32 };

static struct name {
    char text[NAME_ROOM];
    size_t length;
} names[LISTS][NAMES_MAX];

static void set_name(enum list list, int value, const char *text)
{
    struct name *name = &names[list][value];
    name->length = text ? strlen(text) : 0;
    if (name->length > NAME_ROOM) {
        exit(complain(NOT_UNDERSTOOD, "the name \"%s\" is longer than %d bytes", text, NAME_ROOM));
    }
    memcpy(name->text, text ? text : "", name->length);
}

void verdict_start(void)
{
    if (smtpcodes_reason_count() >= NAMES_MAX) {
        exit(complain(NOT_UNDERSTOOD, "there are more than %d reasons", NAMES_MAX));
    }
    for (int value = 0; value < NAMES_MAX; value++) {
#define SET(list, function) set_name(LIST_##list, value, function(value));
        LIST_MAP(SET)
#undef SET
    }
}

/* Puts a name of at most NAME_ROOM bytes to p, where there is room for as many. */
static inline char *write_name(char *p, enum list list, unsigned value)
{
    const struct name *name = &names[list][value];
    memcpy(p, name->text, NAME_ROOM);
    return p + name->length;
}

static const char *term_of(const struct form_of_verdict *form, const struct smtpcodes_verdict *v)
{
    return smtpcodes_reason_as(v->reason, v->bounce, form->vocabulary);
}

/* Room for a key with its punctuation and a value that is a number or a name. */
enum { PAIR_ROOM = 32 + NAME_ROOM };
_Static_assert((int)NAME_ROOM >= (int)NUMBER_MAX, "a number needs no more room than a name");

/* ---- JSON ---- */

static inline void put_name_pair(struct output *out, const char *key, size_t key_length, enum list list, unsigned value)
{
    char *p = output_end(out, PAIR_ROOM);
    memcpy(p, key, key_length);
    p = write_name(p + key_length, list, value);
    *p++ = '"';
    out->used = (size_t)(p - out->bytes);
}

static inline void put_number_pair(struct output *out, const char *key, size_t key_length, long value)
{
    char *p = output_end(out, PAIR_ROOM);
    memcpy(p, key, key_length);
    out->used += key_length;
    if (value < 0) {
        put_text(out, "null");
    } else {
        out->used = (size_t)(write_number(p + key_length, (unsigned long)value) - out->bytes);
    }
}

static inline void put_text_pair(struct output *out, const char *key, size_t key_length, const char *text,
                                 size_t length)
{
    put_bytes(out, key, key_length);
    if (text) {
        put_char(out, '"');
        put_json_bytes(out, text, length);
        put_char(out, '"');
    } else {
        put_text(out, "null");
    }
}

/* The pairs of the verdict, a comma before each. */
static void put_pairs(struct output *out, const struct form_of_verdict *form, const char *bytes,
                      const struct smtpcodes_verdict *v)
{
    char enhanced[24];
    const char *text;
    smtpcodes_enhanced_write(v->enhanced, enhanced, sizeof enhanced);
#define KEY_TEXT(key, behind) ",\"" key "\":" behind
#define KEY(key, behind) KEY_TEXT(key, behind), sizeof(KEY_TEXT(key, behind)) - 1
#define CHECK(key, kind, value) \
    _Static_assert(sizeof(KEY_TEXT(key, "\"")) - 1 + NAME_ROOM < PAIR_ROOM, key " is too long");
    VERDICT_MAP(CHECK)
#undef CHECK
#define PUT_NUMBER(key, value) put_number_pair(out, KEY(key, ""), value);
#define NAME_ARGUMENTS(list, value) list, (unsigned)(value)
#define PUT_NAME(key, value) put_name_pair(out, KEY(key, "\""), NAME_ARGUMENTS value);
#define PUT_TEXT(key, value) \
    text = (value);          \
    put_text_pair(out, KEY(key, ""), text, text ? strlen(text) : 0);
#define PUT_EVIDENCE(key, value) \
    put_text_pair(out, KEY(key, ""), v->evidence_length ? (value) : NULL, v->evidence_length);
#define PUT(key, kind, value) PUT_##kind(key, value)
    VERDICT_MAP(PUT)
    if (form->vocabulary) {
        PUT_TEXT("term", term_of(form, v))
    }
#undef PUT
#undef PUT_NUMBER
#undef PUT_NAME
#undef PUT_TEXT
#undef PUT_EVIDENCE
}

static void put_object(struct output *out, const struct form_of_verdict *form, const char *bytes,
                       const struct smtpcodes_verdict *v)
{
    const size_t start = out->used;
    put_pairs(out, form, bytes, v);
    out->bytes[start] = '{'; /* in the place of the first comma */
    put_char(out, '}');
    put_char(out, '\n');
}

static int is_key_of_verdict(const struct form_of_verdict *form, const char *key)
{
#define COMPARE(name, kind, value) \
    if (strcmp(key, name) == 0) {  \
        return 1;                  \
    }
    VERDICT_MAP(COMPARE)
#undef COMPARE
    return form->vocabulary && strcmp(key, "term") == 0;
}

void put_verdict_with(struct output *out, const struct form_of_verdict *form, json_t *object, const char *bytes,
                      const struct smtpcodes_verdict *v)
{
    const char *key;
    json_t *value;
    int shared = 0;
    json_object_foreach(object, key, value)
    {
        shared |= is_key_of_verdict(form, key);
    }
    if (!shared) {
        put_json(out, object);
        out->used -= 2; /* "}\n"; it has a key, or there would be no verdict */
        put_pairs(out, form, bytes, v);
        put_char(out, '}');
        put_char(out, '\n');
        return;
    }
    struct output verdict = {0}; /* a value that is replaced keeps its place: jansson knows how */
    put_object(&verdict, form, bytes, v);
    json_t *pairs = json_loadb(verdict.bytes, verdict.used, JSON_ALLOW_NUL, NULL);
    if (!pairs || json_object_update(object, pairs)) {
        out_of_memory();
    }
    put_json(out, object);
    json_decref(pairs);
    output_free(&verdict);
}

/* ---- CSV ---- */

void put_verdict_header(struct output *out, const struct form_of_verdict *form)
{
    const size_t start = out->used;
#define PUT(key, kind, value) put_text(out, "," key);
    VERDICT_MAP(PUT)
#undef PUT
    memmove(out->bytes + start, out->bytes + start + 1, out->used - start - 1); /* no comma before the first */
    out->used--;
    put_text(out, form->vocabulary ? ",term\n" : "\n");
}

static inline void put_name_cell(struct output *out, enum list list, unsigned value)
{
    char *p = write_name(output_end(out, PAIR_ROOM), list, value);
    *p++ = ',';
    out->used = (size_t)(p - out->bytes);
}

static inline void put_number_cell(struct output *out, long value)
{
    char *p = output_end(out, PAIR_ROOM);
    if (value >= 0) {
        p = write_number(p, (unsigned long)value);
    }
    *p++ = ',';
    out->used = (size_t)(p - out->bytes);
}

static inline void put_text_cell(struct output *out, const char *text, size_t length)
{
    if (length) {
        put_csv(out, text, length);
    }
    put_char(out, ',');
}

static void put_row(struct output *out, const struct form_of_verdict *form, const char *bytes,
                    const struct smtpcodes_verdict *v)
{
    char enhanced[24];
    const char *text;
    smtpcodes_enhanced_write(v->enhanced, enhanced, sizeof enhanced);
#define PUT_NUMBER(value) put_number_cell(out, value);
#define PUT_NAME(value) put_name_cell(out, NAME_ARGUMENTS value);
#define PUT_TEXT(value) \
    text = (value);     \
    put_text_cell(out, text, text ? strlen(text) : 0);
#define PUT_EVIDENCE(value) put_text_cell(out, value, v->evidence_length);
#define PUT(key, kind, value) PUT_##kind(value)
    VERDICT_MAP(PUT)
    if (form->vocabulary) {
        PUT_TEXT(term_of(form, v))
    }
#undef PUT
    out->bytes[out->used - 1] = '\n'; /* in the place of the last comma */
}

/* ---- the three of them ---- */

static void put_line(struct output *out, const struct form_of_verdict *form, const char *bytes, size_t length,
                     const struct smtpcodes_verdict *v)
{
    put_padded(out, smtpcodes_reason_name(v->reason), 20);
    put_padded(out, smtpcodes_bounce_name((int)v->bounce), 7);
    put_padded(out, smtpcodes_action_name((int)v->action), 12);
    if (form->vocabulary) {
        const char *term = term_of(form, v);
        put_padded(out, term ? term : "-", (size_t)form->term_width);
    }
    put_plain(out, bytes, length);
    put_char(out, '\n');
}

void put_verdict(struct output *out, const struct form_of_verdict *form, const char *bytes, size_t length,
                 const struct smtpcodes_verdict *v)
{
    switch (form->format) {
    case FORMAT_CSV: put_row(out, form, bytes, v); break;
    case FORMAT_JSONL: put_object(out, form, bytes, v); break;
    default: put_line(out, form, bytes, length, v); break;
    }
}
