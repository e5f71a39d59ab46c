#include "verdict.h"

#include <stdlib.h>

/* The keys of a verdict in JSON and CSV, in order, with their values. X(key, kind, value): a NUMBER from 0 on, the NAME
 * of a value in a closed list, an ENHANCED code, a WORD or NULL, the bytes of the EVIDENCE. A word is the name of a
 * rule or a row, or a version: letters, digits, "-", "_", "/" and "+", so that it needs no escapes. */
#define VERDICT_MAP(X)                                \
    X("code", NUMBER, v->code)                        \
    X("enhanced", ENHANCED, v->enhanced)              \
    X("severity", NAME, (LIST_SEVERITY, v->severity)) \
    X("category", NAME, (LIST_CATEGORY, v->category)) \
    X("reason", NAME, (LIST_REASON, v->reason))       \
    X("side", NAME, (LIST_SIDE, v->side))             \
    X("action", NAME, (LIST_ACTION, v->action))       \
    X("bounce", NAME, (LIST_BOUNCE, v->bounce))       \
    X("basis", NAME, (LIST_BASIS, v->basis))          \
    X("confidence", NUMBER, v->confidence)            \
    X("rule", WORD, v->rule)                          \
    X("evidence", EVIDENCE, bytes + v->evidence)      \
    X("provider", WORD, v->provider)                  \
    X("blocklist", WORD, v->blocklist)                \
    X("retry_after", NUMBER, v->retry_after)          \
    X("rules_version", WORD, form->rules_version)

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

static const char *name_of(enum list list, int value)
{
    switch (list) {
#define NAME_OF(list, function) \
    case LIST_##list: return function(value);
        LIST_MAP(NAME_OF)
#undef NAME_OF
    default: return NULL;
    }
}

/* ---- made once, copied for every verdict ----
 * Pieces are copied whole, whatever their length, which takes a few moves and no call. */

enum { NAMES_MAX = 64, PIECE_ROOM = 56, NUMBERS = 1000 };

/* A name as it goes out: with its key and quotes in JSON, with a comma behind it in CSV. */
static struct piece {
    char text[PIECE_ROOM];
    size_t length;
} names[LISTS][NAMES_MAX];

/* The usual numbers: their digits, and behind these how many there are. */
static char numbers[NUMBERS][4];

static void set_names(enum format format, const char *key, enum list list)
{
    for (int value = 0; value < NAMES_MAX; value++) {
        struct piece *piece = &names[list][value];
        const char *name = name_of(list, value);
        const int length = format == FORMAT_JSONL
                               ? snprintf(piece->text, PIECE_ROOM, ",\"%s\":\"%s\"", key, name ? name : "")
                               : snprintf(piece->text, PIECE_ROOM, "%s,", name ? name : "");
        if (length >= PIECE_ROOM) {
            exit(complain(NOT_UNDERSTOOD, "the name \"%s\" is too long", name));
        }
        piece->length = (size_t)length;
    }
}

void verdict_start(const struct form_of_verdict *form)
{
    if (smtpcodes_reason_count() >= NAMES_MAX) {
        exit(complain(NOT_UNDERSTOOD, "there are %d reasons or more", NAMES_MAX));
    }
#define SET_NUMBER(key, value)
#define SET_ENHANCED(key, value)
#define SET_WORD(key, value)
#define SET_EVIDENCE(key, value)
#define LIST_OF(list, value) list
#define SET_NAME(key, value) set_names(form->format, key, LIST_OF value);
#define SET(key, kind, value) SET_##kind(key, value)
    VERDICT_MAP(SET)
    for (unsigned long i = 0; i < NUMBERS; i++) {
        numbers[i][3] = (char)(write_number(numbers[i], i) - numbers[i]);
    }
}

/* Wherever one of these writes, there is room for a whole verdict but for its words and evidence. */
enum { VERDICT_ROOM = 2048, ENHANCED_ROOM = 24 };

static inline char *write_name(char *p, enum list list, unsigned value)
{
    memcpy(p, names[list][value].text, PIECE_ROOM);
    return p + names[list][value].length;
}

static inline char *write_usual_number(char *p, unsigned long number)
{
    if (number >= NUMBERS) {
        return write_number(p, number);
    }
    memcpy(p, numbers[number], sizeof *numbers);
    return p + numbers[number][3];
}

static inline char *write_bytes(char *p, const char *bytes, size_t length)
{
    memcpy(p, bytes, length);
    return p + length;
}

/* All up to p is written: makes room for so much more, and what VERDICT_ROOM promises. */
static inline char *written(struct output *out, const char *p, size_t length)
{
    out->used = (size_t)(p - out->bytes);
    return output_end(out, length + VERDICT_ROOM);
}

static const char *term_of(const struct form_of_verdict *form, const struct smtpcodes_verdict *v)
{
    return smtpcodes_reason_as(v->reason, v->bounce, form->vocabulary);
}

#define PUT(key, kind, value) PUT_##kind(key, value)
#define PUT_NAME_OF(list, value) p = write_name(p, list, (unsigned)(value));
#define PUT_NAME(key, value) PUT_NAME_OF value

/* ---- JSON ---- */

static inline char *write_null_pair(char *p, const char *key, size_t key_length)
{
    return write_bytes(write_bytes(p, key, key_length), "null", 4);
}

static inline char *write_number_pair(char *p, const char *key, size_t key_length, long value)
{
    return value < 0 ? write_null_pair(p, key, key_length)
                     : write_usual_number(write_bytes(p, key, key_length), (unsigned long)value);
}

static inline char *write_enhanced_pair(char *p, const char *key, size_t key_length,
                                        struct smtpcodes_enhanced_code enhanced)
{
    if (enhanced.klass == 0) {
        return write_null_pair(p, key, key_length);
    }
    p = write_bytes(write_bytes(p, key, key_length), "\"", 1);
    p += smtpcodes_enhanced_write(enhanced, p, ENHANCED_ROOM);
    return write_bytes(p, "\"", 1);
}

static inline char *write_word_pair(struct output *out, char *p, const char *key, size_t key_length, const char *word)
{
    if (!word) {
        return write_null_pair(p, key, key_length);
    }
    const size_t length = strlen(word);
    p = written(out, p, length);
    p = write_bytes(write_bytes(p, key, key_length), "\"", 1);
    return write_bytes(write_bytes(p, word, length), "\"", 1);
}

static inline char *write_text_pair(struct output *out, char *p, const char *key, size_t key_length, const char *text,
                                    size_t length)
{
    if (!text) {
        return write_null_pair(p, key, key_length);
    }
    p = write_bytes(write_bytes(p, key, key_length), "\"", 1);
    out->used = (size_t)(p - out->bytes);
    put_json_bytes(out, text, length);
    return write_bytes(output_end(out, VERDICT_ROOM), "\"", 1);
}

/* The pairs of the verdict, a comma before each. */
static void put_pairs(struct output *out, const struct form_of_verdict *form, const char *bytes,
                      const struct smtpcodes_verdict *v)
{
    char *p = output_end(out, VERDICT_ROOM);
#define KEY_TEXT(key) ",\"" key "\":"
#define KEY(key) KEY_TEXT(key), sizeof(KEY_TEXT(key)) - 1
#define PUT_NUMBER(key, value) p = write_number_pair(p, KEY(key), value);
#define PUT_ENHANCED(key, value) p = write_enhanced_pair(p, KEY(key), value);
#define PUT_WORD(key, value) p = write_word_pair(out, p, KEY(key), value);
#define PUT_EVIDENCE(key, value) \
    p = write_text_pair(out, p, KEY(key), v->evidence_length ? (value) : NULL, v->evidence_length);
    VERDICT_MAP(PUT)
    if (form->vocabulary) {
        const char *term = term_of(form, v);
        p = write_text_pair(out, p, KEY("term"), term, term ? strlen(term) : 0);
    }
    out->used = (size_t)(p - out->bytes);
#undef PUT_NUMBER
#undef PUT_ENHANCED
#undef PUT_WORD
#undef PUT_EVIDENCE
}

static void put_object(struct output *out, const struct form_of_verdict *form, const char *bytes,
                       const struct smtpcodes_verdict *v)
{
    const size_t start = out->used;
    put_pairs(out, form, bytes, v);
    out->bytes[start] = '{'; /* in the place of the first comma */
    put_text(out, "}\n");
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
#define PUT_KEY(key, kind, value) put_text(out, "," key);
    VERDICT_MAP(PUT_KEY)
#undef PUT_KEY
    memmove(out->bytes + start, out->bytes + start + 1, out->used - start - 1); /* no comma before the first */
    out->used--;
    put_text(out, form->vocabulary ? ",term\n" : "\n");
}

static inline char *write_number_cell(char *p, long value)
{
    return write_bytes(value < 0 ? p : write_usual_number(p, (unsigned long)value), ",", 1);
}

static inline char *write_enhanced_cell(char *p, struct smtpcodes_enhanced_code enhanced)
{
    return write_bytes(p + smtpcodes_enhanced_write(enhanced, p, ENHANCED_ROOM), ",", 1);
}

static inline char *write_word_cell(struct output *out, char *p, const char *word)
{
    if (word) {
        const size_t length = strlen(word);
        p = write_bytes(written(out, p, length), word, length);
    }
    return write_bytes(p, ",", 1);
}

static inline char *write_text_cell(struct output *out, char *p, const char *text, size_t length)
{
    if (length) {
        out->used = (size_t)(p - out->bytes);
        put_csv(out, text, length);
        p = output_end(out, VERDICT_ROOM);
    }
    return write_bytes(p, ",", 1);
}

static void put_row(struct output *out, const struct form_of_verdict *form, const char *bytes,
                    const struct smtpcodes_verdict *v)
{
    char *p = output_end(out, VERDICT_ROOM);
#define PUT_NUMBER(key, value) p = write_number_cell(p, value);
#define PUT_ENHANCED(key, value) p = write_enhanced_cell(p, value);
#define PUT_WORD(key, value) p = write_word_cell(out, p, value);
#define PUT_EVIDENCE(key, value) p = write_text_cell(out, p, value, v->evidence_length);
    VERDICT_MAP(PUT)
    if (form->vocabulary) {
        const char *term = term_of(form, v);
        p = write_text_cell(out, p, term, term ? strlen(term) : 0);
    }
    p[-1] = '\n'; /* in the place of the last comma */
    out->used = (size_t)(p - out->bytes);
#undef PUT_NUMBER
#undef PUT_ENHANCED
#undef PUT_WORD
#undef PUT_EVIDENCE
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
