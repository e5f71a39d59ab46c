#include "compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "out.h"
#include "token.h"

enum {
    PHRASE_WORDS = 24,       /* longest phrase, gaps counted as one */
    PHRASE_EXPANSIONS = 512, /* what alternatives may multiply to */
    PHRASE_GAPS = 2,
    GAP_MAX = 6,
    PREFIX_COVERS = 256, /* words that a prefix may stand for */
    PREFIX_MIN = 4,      /* letters before a star: fewer would hit too many words */
    BRACKETS_MAX = 16    /* one inside the other: the stack is finite */
};

/* Of all phrases together, so that no file takes more than 100 MB and a few seconds: docs/design.md, "Bounds". */
enum {
    READINGS_MAX = 1 << 18,
    PREFIXES_MAX = 2048,
    SPREAD_MAX = 1 << 20, /* readings, when prefixes have been spread over the words they cover */
    NODES_MAX = 1 << 20
};

/* ---- growing arrays ---- */

struct array {
    void *data;
    size_t count, room, size;
};

static void *push(struct array *a, const void *item)
{
    if (a->count == a->room) {
        size_t room = a->room ? 2 * a->room : 64;
        void *data = realloc(a->data, room * a->size);
        if (!data) {
            return NULL;
        }
        a->data = data;
        a->room = room;
    }
    void *slot = (char *)a->data + a->count++ * a->size;
    if (item) {
        memcpy(slot, item, a->size);
    } else {
        memset(slot, 0, a->size);
    }
    return slot;
}

static void sort(struct array *a, int (*compare)(const void *, const void *))
{
    if (a->count > 1) { /* qsort must not be given the NULL of an empty array */
        qsort(a->data, a->count, a->size, compare);
    }
}

#define AT(array_, type, i) (((type *)(array_).data)[i])

/* An index over an array of things that hash and compare: linear probing, 0 is free, else position + 1. */
struct index {
    uint32_t *slots;
    size_t room; /* a power of two, or 0 */
};

static int index_grow(struct index *x, size_t count, uint32_t (*hash)(const void *, uint32_t), const void *owner)
{
    if (2 * (count + 1) <= x->room) {
        return 0;
    }
    size_t room = x->room ? 2 * x->room : 256;
    uint32_t *slots = calloc(room, sizeof *slots);
    if (!slots) {
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t at = hash(owner, i) & (room - 1);
        while (slots[at]) {
            at = (at + 1) & (room - 1);
        }
        slots[at] = i + 1;
    }
    free(x->slots);
    x->slots = slots;
    x->room = room;
    return 0;
}

/* ---- what the compiler keeps ---- */

struct word {
    uint32_t text; /* folded, in strings */
    uint32_t hash;
    uint16_t symbol;
    uint8_t length, space;
};

struct edge {
    uint32_t state, next;
    uint16_t symbol;
};

/* A phrase before its prefixes are spread: elements, see below. */
struct sequence {
    uint32_t first;
    uint32_t out; /* without the number of words */
    uint32_t hash;
    uint8_t count;
};

struct output {
    uint32_t state, out;
};

/* A link while links are made: behind partial match `from`, the stretch `part` at most `gap` words later. */
struct way {
    uint16_t from, part, gap;
    uint16_t to;  /* the partial match that has begun then, or 0 */
    uint32_t out; /* what is found then, if to is 0 */
};

struct smtpcodes__compiler {
    char message[256];
    struct array strings; /* char */
    struct index string_index;
    struct array string_starts; /* uint32_t */
    struct array words;         /* struct word */
    struct index word_index;
    struct array prefixes;    /* struct smtpcodes__prefix, in the order of their symbols */
    struct array covers;      /* uint16_t: the symbols that each prefix stands for */
    struct array cover_start; /* uint32_t: by prefix, its first; and one more */
    struct array elements;    /* uint32_t */
    struct array sequences;
    struct index sequence_index;
    uint32_t failed_out; /* what the phrase that could not be built stands for */
    size_t spread_count;
    int brackets;
    uint16_t next_symbol, negation_end;
    int has_link_phrases, has_address_phrases, started; /* started: a phrase has been seen */
    /* the trie, while it is built */
    struct array edges; /* struct edge */
    struct index edge_index;
    struct array outputs;    /* struct output */
    struct array state_part; /* uint16_t: the part that is whole in a state, or 0 */
    uint32_t state_count;
    struct array parts;   /* struct smtpcodes__part */
    struct array links;   /* struct way */
    struct array middles; /* struct way: those of them with another gap behind */
    struct index middle_index;
    uint16_t partial_count;
    /* the result */
    struct array vocabulary, displacements, sorted_prefixes, roots, nodes, outs, partials, pair_filter, trie_links;
    struct index row_index; /* of rows of outputs */
    struct array rows;      /* uint32_t: where each begins in outs */
    uint32_t prefix_filter[32];
};

/* Elements of a sequence: a symbol, a prefix (by number) or a gap. */
enum { ELEMENT_SYMBOL, ELEMENT_PREFIX, ELEMENT_GAP };
#define ELEMENT(type, value) ((uint32_t)(type) << 24 | (uint32_t)(value))
#define ELEMENT_TYPE(e) ((e) >> 24)
#define ELEMENT_VALUE(e) ((e)&0xFFFFu)
/* Of a symbol: the name space of its word. */
#define ELEMENT_IN(space) ((uint32_t)(space) << 16)
#define ELEMENT_SPACE(e) ((e) >> 16 & 0xFFu)

static int fail(struct smtpcodes__compiler *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->message, sizeof c->message, format, arguments);
    va_end(arguments);
    return -1;
}

static int no_memory(struct smtpcodes__compiler *c)
{
    return fail(c, "out of memory");
}

struct smtpcodes__compiler *smtpcodes__compiler_new(void)
{
    struct smtpcodes__compiler *c = calloc(1, sizeof *c);
    if (!c) {
        return NULL;
    }
    c->strings.size = 1;
    c->string_starts.size = c->elements.size = sizeof(uint32_t);
    c->words.size = sizeof(struct word);
    c->prefixes.size = c->sorted_prefixes.size = sizeof(struct smtpcodes__prefix);
    c->covers.size = sizeof(uint16_t);
    c->cover_start.size = sizeof(uint32_t);
    c->sequences.size = sizeof(struct sequence);
    c->edges.size = sizeof(struct edge);
    c->outputs.size = sizeof(struct output);
    c->state_part.size = sizeof(uint16_t);
    c->parts.size = sizeof(struct smtpcodes__part);
    c->links.size = c->middles.size = sizeof(struct way);
    c->partials.size = c->pair_filter.size = sizeof(uint32_t);
    c->trie_links.size = sizeof(struct smtpcodes__link);
    c->vocabulary.size = sizeof(struct smtpcodes__word);
    c->displacements.size = sizeof(uint16_t);
    c->roots.size = c->nodes.size = sizeof(struct smtpcodes__node);
    c->outs.size = c->rows.size = sizeof(uint32_t);
    c->next_symbol = c->negation_end = SMTPCODES__SYMBOL_FIRST;
    uint32_t empty;
    if (smtpcodes__compiler_string(c, "", &empty) || !push(&c->state_part, NULL) || !push(&c->parts, NULL)) {
        smtpcodes__compiler_free(c);
        return NULL;
    }
    c->state_count = 1;
    c->partial_count = 1; /* 0 is none */
    return c;
}

void smtpcodes__compiler_free(struct smtpcodes__compiler *c)
{
    if (!c) {
        return;
    }
    struct array *const all[] = {
        &c->strings,    &c->string_starts, &c->words,       &c->prefixes, &c->elements,        &c->sequences,
        &c->edges,      &c->outputs,       &c->state_part,  &c->parts,    &c->links,           &c->vocabulary,
        &c->roots,      &c->nodes,         &c->outs,        &c->rows,     &c->partials,        &c->pair_filter,
        &c->trie_links, &c->covers,        &c->cover_start, &c->middles,  &c->sorted_prefixes, &c->displacements};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        free(all[i]->data);
    }
    free(c->string_index.slots);
    free(c->word_index.slots);
    free(c->edge_index.slots);
    free(c->sequence_index.slots);
    free(c->middle_index.slots);
    free(c->row_index.slots);
    free(c);
}

const char *smtpcodes__compiler_error(const struct smtpcodes__compiler *c)
{
    return c->message;
}

/* ---- strings ---- */

static uint32_t text_hash(const char *text)
{
    return smtpcodes__fnv(SMTPCODES__FNV, text, strlen(text));
}

static uint32_t string_hash_of(const void *owner, uint32_t i)
{
    const struct smtpcodes__compiler *c = owner;
    return text_hash((const char *)c->strings.data + AT(c->string_starts, uint32_t, i));
}

int smtpcodes__compiler_string(struct smtpcodes__compiler *c, const char *text, uint32_t *offset)
{
    if (index_grow(&c->string_index, c->string_starts.count, string_hash_of, c)) {
        return no_memory(c);
    }
    size_t at = text_hash(text) & (c->string_index.room - 1);
    for (; c->string_index.slots[at]; at = (at + 1) & (c->string_index.room - 1)) {
        uint32_t start = AT(c->string_starts, uint32_t, c->string_index.slots[at] - 1);
        if (strcmp((const char *)c->strings.data + start, text) == 0) {
            *offset = start;
            return 0;
        }
    }
    *offset = (uint32_t)c->strings.count;
    for (const char *p = text;; p++) {
        if (!push(&c->strings, p)) {
            return no_memory(c);
        }
        if (!*p) {
            break;
        }
    }
    if (!push(&c->string_starts, offset)) {
        return no_memory(c);
    }
    c->string_index.slots[at] = (uint32_t)c->string_starts.count;
    return 0;
}

/* ---- words ---- */

static uint32_t word_hash_of(const void *owner, uint32_t i)
{
    const struct smtpcodes__compiler *c = owner;
    return AT(c->words, struct word, i).hash;
}

/* Finds a folded word, or adds it with the given symbol (0: a new one). Returns its position, or -1. */
static long intern(struct smtpcodes__compiler *c, const unsigned char *folded, size_t length,
                   enum smtpcodes__space space, uint16_t symbol)
{
    uint32_t hash = smtpcodes__word_hash(folded, length, space);
    if (index_grow(&c->word_index, c->words.count, word_hash_of, c)) {
        return no_memory(c);
    }
    size_t at = hash & (c->word_index.room - 1);
    for (; c->word_index.slots[at]; at = (at + 1) & (c->word_index.room - 1)) {
        uint32_t position = c->word_index.slots[at] - 1;
        const struct word *w = &AT(c->words, struct word, position);
        if (w->hash == hash) {
            if (w->space == space && w->length == length &&
                memcmp((const char *)c->strings.data + w->text, folded, length) == 0) {
                return (long)position;
            }
            return fail(c, "two words share one hash: \"%s\" and \"%.*s\"", (const char *)c->strings.data + w->text,
                        (int)length, (const char *)folded);
        }
    }
    if (symbol == SMTPCODES__SYMBOL_NONE) {
        if (c->next_symbol == UINT16_MAX) {
            return fail(c, "more than %d different words", UINT16_MAX - SMTPCODES__SYMBOL_FIRST);
        }
        symbol = c->next_symbol++;
    }
    char text[SMTPCODES__WORD_MAX + 1];
    memcpy(text, folded, length);
    text[length] = 0;
    struct word w = {0, hash, symbol, (uint8_t)length, (uint8_t)space};
    if (smtpcodes__compiler_string(c, text, &w.text) || !push(&c->words, &w)) {
        return no_memory(c);
    }
    c->word_index.slots[at] = (uint32_t)c->words.count;
    return (long)c->words.count - 1;
}

/* text must be one word; its folded form is left in the lexer. */
static int one_word(struct smtpcodes__compiler *c, const char *text, struct smtpcodes__lexer *lexer)
{
    struct smtpcodes__token token;
    smtpcodes__lexer_start(lexer, text, strlen(text));
    if (!smtpcodes__lexer_part(lexer, SMTPCODES__SPACE_TEXT, &token) ||
        token.end != (const unsigned char *)text + strlen(text) || token.start != (const unsigned char *)text) {
        return fail(c, "\"%s\" is not one word", text);
    }
    return 0;
}

static int add_word(struct smtpcodes__compiler *c, const char *text, uint16_t symbol, long *position)
{
    struct smtpcodes__lexer lexer;
    if (c->started) {
        return fail(c, "the word \"%s\" comes after the first phrase", text);
    }
    if (one_word(c, text, &lexer)) {
        return -1;
    }
    size_t before = c->words.count;
    *position = intern(c, lexer.folded, lexer.folded_length, SMTPCODES__SPACE_TEXT, symbol);
    if (*position < 0) {
        return -1;
    }
    return c->words.count > before;
}

int smtpcodes__compiler_noise(struct smtpcodes__compiler *c, const char *word)
{
    long position;
    int added = add_word(c, word, SMTPCODES__SYMBOL_NOISE, &position);
    return added < 0 ? -1 : (added ? 0 : fail(c, "the word \"%s\" is listed twice", word));
}

int smtpcodes__compiler_alias(struct smtpcodes__compiler *c, const char *word, const char *canonical, int negation)
{
    long position = 0;
    if (strcmp(word, canonical) == 0) {
        int added = add_word(c, word, SMTPCODES__SYMBOL_NONE, &position);
        if (added <= 0) {
            return added < 0 ? -1 : fail(c, "the word \"%s\" is listed twice", word);
        }
        uint16_t symbol = AT(c->words, struct word, position).symbol;
        if (negation) {
            if (symbol != c->negation_end) {
                return fail(c, "the negation \"%s\" comes after other words", word);
            }
            c->negation_end = (uint16_t)(symbol + 1);
        }
        return 0;
    }
    size_t before = c->words.count;
    if (add_word(c, canonical, SMTPCODES__SYMBOL_NONE, &position) < 0) {
        return -1;
    }
    if (c->words.count != before) {
        return fail(c, "\"%s\" stands for \"%s\", which is not listed", word, canonical);
    }
    int added = add_word(c, word, AT(c->words, struct word, position).symbol, &position);
    return added < 0 ? -1 : (added ? 0 : fail(c, "the word \"%s\" is listed twice", word));
}

/* ---- the phrase language ---- */

/* The readings of a part of a phrase: what its alternatives multiply to. */
struct readings {
    uint32_t (*items)[PHRASE_WORDS];
    uint8_t *lengths;
    size_t count;
};

static void readings_free(struct readings *r)
{
    free(r->items);
    free(r->lengths);
    memset(r, 0, sizeof *r);
}

static int readings_add(struct smtpcodes__compiler *c, struct readings *r, const uint32_t *items, size_t length)
{
    if (r->count == PHRASE_EXPANSIONS) {
        return fail(c, "the alternatives multiply to more than %d phrases", PHRASE_EXPANSIONS);
    }
    if ((r->count & (r->count - 1)) == 0) { /* grow at powers of two */
        size_t room = r->count ? 2 * r->count : 1;
        void *grown = realloc(r->items, room * sizeof *r->items);
        if (!grown) {
            return no_memory(c);
        }
        r->items = grown;
        grown = realloc(r->lengths, room);
        if (!grown) {
            return no_memory(c);
        }
        r->lengths = grown;
    }
    if (length) {
        memcpy(r->items[r->count], items, length * sizeof *items);
    }
    r->lengths[r->count++] = (uint8_t)length;
    return 0;
}

/* head becomes head x tail. */
static int readings_multiply(struct smtpcodes__compiler *c, struct readings *head, const struct readings *tail)
{
    struct readings product = {0};
    uint32_t joined[2 * PHRASE_WORDS];
    for (size_t i = 0; i < head->count; i++) {
        for (size_t k = 0; k < tail->count; k++) {
            size_t a = head->lengths[i], b = tail->lengths[k];
            if (a + b > PHRASE_WORDS) {
                readings_free(&product);
                return fail(c, "a phrase has more than %d words", PHRASE_WORDS);
            }
            memcpy(joined, head->items[i], a * sizeof *joined);
            memcpy(joined + a, tail->items[k], b * sizeof *joined);
            if (readings_add(c, &product, joined, a + b)) {
                readings_free(&product);
                return -1;
            }
        }
    }
    readings_free(head);
    *head = product;
    return 0;
}

static int append(struct smtpcodes__compiler *c, struct readings *r, uint32_t item)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->lengths[i] == PHRASE_WORDS) {
            return fail(c, "a phrase has more than %d words", PHRASE_WORDS);
        }
        r->items[i][r->lengths[i]++] = item;
    }
    return 0;
}

static int is_syntax(char b)
{
    return b == 0 || strchr("()|[]{}*~; \t", b) != NULL;
}

/* A prefix pattern, by number. */
static int add_prefix(struct smtpcodes__compiler *c, const char *text, size_t length, uint32_t *number)
{
    struct smtpcodes__lexer lexer;
    char copy[SMTPCODES__WORD_MAX + 1];
    if (length > SMTPCODES__WORD_MAX) {
        return fail(c, "the word before a star is longer than %d letters", SMTPCODES__WORD_MAX);
    }
    memcpy(copy, text, length);
    copy[length] = 0;
    if (one_word(c, copy, &lexer)) {
        return -1;
    }
    if (lexer.folded_length < PREFIX_MIN) {
        return fail(c, "\"%s*\" has fewer than %d letters before the star", copy, PREFIX_MIN);
    }
    memcpy(copy, lexer.folded, lexer.folded_length);
    copy[lexer.folded_length] = 0;
    for (uint32_t i = 0; i < c->prefixes.count; i++) {
        if (strcmp((const char *)c->strings.data + AT(c->prefixes, struct smtpcodes__prefix, i).text, copy) == 0) {
            *number = i;
            return 0;
        }
    }
    if (c->next_symbol == UINT16_MAX) {
        return fail(c, "more than %d different words", UINT16_MAX - SMTPCODES__SYMBOL_FIRST);
    }
    if (c->prefixes.count == PREFIXES_MAX) {
        return fail(c, "more than %d different words with a star", PREFIXES_MAX);
    }
    struct smtpcodes__prefix p = {0, c->next_symbol++, (uint8_t)lexer.folded_length, 0};
    if (smtpcodes__compiler_string(c, copy, &p.text)) {
        return -1;
    }
    *number = (uint32_t)c->prefixes.count;
    return push(&c->prefixes, &p) ? 0 : no_memory(c);
}

/* A stretch without syntax characters: a word, several (e-mail), or the pattern of a link or a mail address. */
static int parse_plain(struct smtpcodes__compiler *c, const char *text, size_t length, struct readings *r)
{
    enum smtpcodes__space space = SMTPCODES__SPACE_TEXT;
    for (size_t i = 1; i + 1 < length; i++) {
        if (text[i] == '@') {
            space = SMTPCODES__SPACE_ADDRESS;
            c->has_address_phrases = 1;
            break;
        }
        if (strchr("./=", text[i])) {
            space = SMTPCODES__SPACE_LINK;
            c->has_link_phrases = 1;
        }
    }
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    size_t words = 0;
    smtpcodes__lexer_start(&lexer, text, length);
    while (smtpcodes__lexer_part(&lexer, space, &token)) {
        long position = intern(c, lexer.folded, lexer.folded_length, space, SMTPCODES__SYMBOL_NONE);
        if (position < 0) {
            return -1;
        }
        uint16_t symbol = AT(c->words, struct word, position).symbol;
        if (symbol != SMTPCODES__SYMBOL_NOISE && append(c, r, ELEMENT(ELEMENT_SYMBOL, symbol) | ELEMENT_IN(space))) {
            return -1;
        }
        words++;
    }
    return words ? 0 : fail(c, "\"%.*s\" has no word in it", (int)length, text);
}

static int parse_kind(struct smtpcodes__compiler *c, const char **p, struct readings *r)
{
    static const struct {
        const char *name;
        enum smtpcodes__token_kind kind;
    } kinds[] = {{"{address}", SMTPCODES__TOKEN_ADDRESS}, {"{host}", SMTPCODES__TOKEN_HOST},
                 {"{ip}", SMTPCODES__TOKEN_IP},           {"{url}", SMTPCODES__TOKEN_URL},
                 {"{number}", SMTPCODES__TOKEN_NUMBER},   {"{id}", SMTPCODES__TOKEN_ID}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].name);
        if (strncmp(*p, kinds[i].name, n) == 0) {
            *p += n;
            return append(c, r, ELEMENT(ELEMENT_SYMBOL, SMTPCODES__SYMBOL_KIND + (int)kinds[i].kind));
        }
    }
    return fail(c, "unknown kind \"%.12s\" (there are {address} {host} {ip} {url} {number} {id})", *p);
}

static int parse_alternatives(struct smtpcodes__compiler *c, const char **p, char close, struct readings *out);

/* Items in a row, up to "|", a closing bracket or the end. */
static int parse_row(struct smtpcodes__compiler *c, const char **p, struct readings *out)
{
    memset(out, 0, sizeof *out);
    if (readings_add(c, out, NULL, 0)) {
        return -1;
    }
    for (;;) {
        char b = **p;
        if (b == ' ' || b == '\t') {
            (*p)++;
        } else if (b == 0 || b == '|' || b == ')' || b == ']' || b == ';') {
            return 0;
        } else if (b == '(' || b == '[') {
            struct readings group;
            (*p)++;
            if (c->brackets == BRACKETS_MAX) {
                return fail(c, "more than %d brackets inside each other", BRACKETS_MAX);
            }
            c->brackets++;
            if (parse_alternatives(c, p, b == '(' ? ')' : ']', &group)) {
                return -1;
            }
            c->brackets--;
            if ((b == '[' && readings_add(c, &group, NULL, 0)) || readings_multiply(c, out, &group)) {
                readings_free(&group);
                return -1;
            }
            readings_free(&group);
        } else if (b == '{') {
            if (parse_kind(c, p, out)) {
                return -1;
            }
        } else if (b == '~') {
            char digit = (*p)[1];
            if (digit < '1' || digit > '0' + GAP_MAX || !is_syntax((*p)[2])) {
                return fail(c, "a gap is ~1 to ~%d", GAP_MAX);
            }
            *p += 2;
            if (append(c, out, ELEMENT(ELEMENT_GAP, digit - '0'))) {
                return -1;
            }
        } else if (is_syntax(b)) {
            return fail(c, "unexpected \"%c\"", b);
        } else {
            const char *start = *p;
            while (!is_syntax(**p)) {
                (*p)++;
            }
            if (**p == '*') {
                uint32_t number = 0;
                if (add_prefix(c, start, (size_t)(*p - start), &number) ||
                    append(c, out, ELEMENT(ELEMENT_PREFIX, number))) {
                    return -1;
                }
                (*p)++;
                if (!is_syntax(**p)) {
                    return fail(c, "a star stands at the end of a word");
                }
            } else if (parse_plain(c, start, (size_t)(*p - start), out)) {
                return -1;
            }
        }
    }
}

static int parse_alternatives(struct smtpcodes__compiler *c, const char **p, char close, struct readings *out)
{
    memset(out, 0, sizeof *out);
    for (;;) {
        struct readings row;
        if (parse_row(c, p, &row)) {
            readings_free(&row);
            readings_free(out);
            return -1;
        }
        for (size_t i = 0; i < row.count; i++) {
            if (readings_add(c, out, row.items[i], row.lengths[i])) {
                readings_free(&row);
                readings_free(out);
                return -1;
            }
        }
        readings_free(&row);
        if (**p == '|' && close) {
            (*p)++;
        } else if (**p == close) {
            *p += close != 0;
            return 0;
        } else {
            readings_free(out);
            return **p ? fail(c, "unexpected \"%c\"", **p) : fail(c, "a \"%c\" is missing", close);
        }
    }
}

static int check_reading(struct smtpcodes__compiler *c, const uint32_t *items, size_t length)
{
    size_t gaps = 0, words = 0;
    uint32_t space = 0;
    for (size_t i = 0; i < length; i++) {
        if (ELEMENT_TYPE(items[i]) == ELEMENT_GAP) {
            gaps++;
            if (i == 0 || i + 1 == length || ELEMENT_TYPE(items[i - 1]) == ELEMENT_GAP) {
                return fail(c, "a gap stands between words");
            }
        } else {
            if (words && ELEMENT_SPACE(items[i]) != space) {
                return fail(c, "a link or address stands in a phrase with other words (they are looked for apart)");
            }
            space = ELEMENT_SPACE(items[i]);
            words++;
        }
    }
    if (words == 0) {
        return fail(c, "a phrase is empty (words without weight do not count)");
    }
    return gaps > PHRASE_GAPS ? fail(c, "a phrase has more than %d gaps", PHRASE_GAPS) : 0;
}

static uint32_t sequence_hash(const uint32_t *items, size_t length, uint32_t out)
{
    return smtpcodes__fnv(SMTPCODES__FNV ^ out, (const char *)items, length * sizeof *items);
}

static uint32_t sequence_hash_of(const void *owner, uint32_t i)
{
    const struct smtpcodes__compiler *c = owner;
    return AT(c->sequences, struct sequence, i).hash;
}

/* Keeps a reading once for all that it stands for. 1 if it is new, 0, or -1. */
static int add_sequence(struct smtpcodes__compiler *c, const uint32_t *items, size_t length, uint32_t out)
{
    const struct sequence s = {(uint32_t)c->elements.count, out, sequence_hash(items, length, out), (uint8_t)length};
    if (index_grow(&c->sequence_index, c->sequences.count, sequence_hash_of, c)) {
        return no_memory(c);
    }
    size_t at = s.hash & (c->sequence_index.room - 1);
    for (; c->sequence_index.slots[at]; at = (at + 1) & (c->sequence_index.room - 1)) {
        const struct sequence *known = &AT(c->sequences, struct sequence, c->sequence_index.slots[at] - 1);
        if (known->hash == s.hash && known->out == out && known->count == length &&
            memcmp(&AT(c->elements, uint32_t, known->first), items, length * sizeof *items) == 0) {
            return 0;
        }
    }
    if (c->sequences.count == READINGS_MAX) {
        return fail(c, "more than %d readings of all phrases together", READINGS_MAX);
    }
    for (size_t i = 0; i < length; i++) {
        if (!push(&c->elements, &items[i])) {
            return no_memory(c);
        }
    }
    if (!push(&c->sequences, &s)) {
        return no_memory(c);
    }
    c->sequence_index.slots[at] = (uint32_t)c->sequences.count;
    return 1;
}

int smtpcodes__compiler_phrase(struct smtpcodes__compiler *c, const char *phrase, enum smtpcodes__out_kind kind,
                               uint32_t id)
{
    struct readings readings;
    const char *p = phrase;
    int is_new = 0;
    c->started = 1;
    c->brackets = 0;
    if (parse_alternatives(c, &p, 0, &readings)) {
        return -1;
    }
    for (size_t i = 0; i < readings.count; i++) {
        int added = check_reading(c, readings.items[i], readings.lengths[i]);
        if (!added) {
            added = add_sequence(c, readings.items[i], readings.lengths[i], SMTPCODES__OUT(kind, 0, id));
        }
        if (added < 0) {
            readings_free(&readings);
            return -1;
        }
        is_new |= added;
    }
    readings_free(&readings);
    if (!is_new) {
        while (*phrase == ' ') {
            phrase++;
        }
        int length = (int)strlen(phrase);
        while (length > 0 && phrase[length - 1] == ' ') {
            length--;
        }
        return fail(c, "the phrase \"%.*s\" says what phrases before it say", length, phrase);
    }
    return 0;
}

int smtpcodes__compiler_phrases(struct smtpcodes__compiler *c, const char *phrases, enum smtpcodes__out_kind kind,
                                uint32_t id, size_t *count)
{
    *count = 0;
    if (strcmp(phrases, "-") == 0) {
        return 0;
    }
    const size_t size = strlen(phrases) + 1;
    char *copy = malloc(size);
    if (!copy) {
        return no_memory(c);
    }
    memcpy(copy, phrases, size);
    for (char *p = copy; p;) {
        char *semicolon = strchr(p, ';');
        if (semicolon) {
            *semicolon++ = 0;
        }
        if (smtpcodes__compiler_phrase(c, p, kind, id)) {
            free(copy);
            return -1;
        }
        ++*count;
        p = semicolon;
    }
    free(copy);
    return 0;
}

/* ---- the trie ---- */

static uint32_t edge_hash(uint32_t state, uint16_t symbol)
{
    return (state * 0x9E3779B1u) ^ ((uint32_t)symbol * 0x85EBCA77u);
}

static uint32_t edge_hash_of(const void *owner, uint32_t i)
{
    const struct smtpcodes__compiler *c = owner;
    const struct edge *e = &AT(c->edges, struct edge, i);
    return edge_hash(e->state, e->symbol);
}

static long edge_find(const struct smtpcodes__compiler *c, uint32_t state, uint16_t symbol, size_t *slot)
{
    size_t at = edge_hash(state, symbol) & (c->edge_index.room - 1);
    for (; c->edge_index.slots[at]; at = (at + 1) & (c->edge_index.room - 1)) {
        const struct edge *e = &AT(c->edges, struct edge, c->edge_index.slots[at] - 1);
        if (e->state == state && e->symbol == symbol) {
            return (long)e->next;
        }
    }
    *slot = at;
    return -1;
}

/* The state of these words, from the last to the first. */
static int walk(struct smtpcodes__compiler *c, const uint16_t *symbols, size_t length, uint32_t *state)
{
    *state = 0;
    for (size_t i = length; i-- > 0;) {
        size_t slot;
        if (index_grow(&c->edge_index, c->edges.count, edge_hash_of, c)) {
            return no_memory(c);
        }
        long next = edge_find(c, *state, symbols[i], &slot);
        if (next < 0) {
            struct edge e = {*state, c->state_count, symbols[i]};
            if (c->state_count == NODES_MAX) {
                return fail(c, "more than %d ends of all phrases together", NODES_MAX);
            }
            if (!push(&c->edges, &e) || !push(&c->state_part, NULL)) {
                return no_memory(c);
            }
            c->edge_index.slots[slot] = (uint32_t)c->edges.count;
            next = (long)c->state_count++;
        }
        *state = (uint32_t)next;
    }
    return 0;
}

static int output(struct smtpcodes__compiler *c, uint32_t state, uint32_t out)
{
    for (size_t i = c->outputs.count; i > 0 && i + 64 > c->outputs.count; i--) { /* the same, just written */
        const struct output *o = &AT(c->outputs, struct output, i - 1);
        if (o->state == state && o->out == out) {
            return 0;
        }
    }
    struct output o = {state, out};
    return push(&c->outputs, &o) ? 0 : no_memory(c);
}

/* The part that is this stretch of words. */
static int part_of(struct smtpcodes__compiler *c, const uint16_t *symbols, size_t length, uint16_t *part)
{
    uint32_t state;
    if (walk(c, symbols, length, &state)) {
        return -1;
    }
    *part = AT(c->state_part, uint16_t, state);
    if (*part == 0) {
        if (c->parts.count == UINT16_MAX || !push(&c->parts, NULL)) {
            return fail(c, "too many phrases with gaps");
        }
        *part = (uint16_t)(c->parts.count - 1);
        AT(c->state_part, uint16_t, state) = *part;
        return output(c, state, SMTPCODES__OUT(SMTPCODES__OUT_PART, length, *part));
    }
    return 0;
}

static int new_partial(struct smtpcodes__compiler *c, uint16_t *partial)
{
    if (c->partial_count == UINT16_MAX) {
        return fail(c, "too many phrases with gaps");
    }
    *partial = c->partial_count++;
    return 0;
}

static uint32_t middle_hash(const struct way *w)
{
    uint32_t h = ((uint32_t)w->from << 16 | w->part) * 0x9E3779B1u;
    h ^= h >> 15;
    return (h ^ w->gap) * 0x85EBCA77u >> 7;
}

static uint32_t middle_hash_of(const void *owner, uint32_t i)
{
    const struct smtpcodes__compiler *c = owner;
    return middle_hash(&AT(c->middles, struct way, i));
}

/* Symbols with gaps (written as 0x8000 | n would collide with symbols, so gaps come apart) into the trie. */
static int insert(struct smtpcodes__compiler *c, const uint16_t *symbols, const uint8_t *gap_before, size_t length,
                  uint32_t out)
{
    size_t starts[PHRASE_GAPS + 2] = {0}, parts = 0;
    for (size_t i = 0; i < length; i++) {
        if (i == 0 || gap_before[i]) {
            starts[parts++] = i;
        }
    }
    starts[parts] = length;
    out |= (uint32_t)(length > 31 ? 31 : length) << 3;
    if (parts == 1) {
        uint32_t state;
        return walk(c, symbols, length, &state) ? -1 : output(c, state, out);
    }
    uint16_t part = 0, partial = 0;
    if (part_of(c, symbols, starts[1], &part)) {
        return -1;
    }
    if (AT(c->parts, struct smtpcodes__part, part).opens == 0) {
        if (new_partial(c, &partial)) {
            return -1;
        }
        AT(c->parts, struct smtpcodes__part, part).opens = partial;
    }
    partial = AT(c->parts, struct smtpcodes__part, part).opens;
    for (size_t i = 1; i < parts; i++) {
        if (part_of(c, symbols + starts[i], starts[i + 1] - starts[i], &part)) {
            return -1;
        }
        struct way link = {partial, part, gap_before[starts[i]], 0, i + 1 == parts ? out : 0};
        if (i + 1 < parts) {
            if (index_grow(&c->middle_index, c->middles.count, middle_hash_of, c)) {
                return no_memory(c);
            }
            size_t at = middle_hash(&link) & (c->middle_index.room - 1);
            partial = 0;
            for (; c->middle_index.slots[at]; at = (at + 1) & (c->middle_index.room - 1)) {
                const struct way *l = &AT(c->middles, struct way, c->middle_index.slots[at] - 1);
                if (l->from == link.from && l->part == part && l->gap == link.gap) {
                    partial = l->to; /* share the way of like beginnings */
                    break;
                }
            }
            if (partial) {
                continue;
            }
            if (new_partial(c, &link.to)) {
                return -1;
            }
            partial = link.to;
            if (!push(&c->middles, &link)) {
                return no_memory(c);
            }
            c->middle_index.slots[at] = (uint32_t)c->middles.count;
        }
        if (!push(&c->links, &link)) {
            return no_memory(c);
        }
    }
    return 0;
}

/* The symbols that a prefix stands for, each once. A word has one symbol only, so a prefix means: its own symbol (words
 * that no phrase spells out), the words that begin so, and longer prefixes. */
static int build_cover(struct smtpcodes__compiler *c, size_t number)
{
    const struct smtpcodes__prefix prefix = AT(c->prefixes, struct smtpcodes__prefix, number);
    const char *const strings = c->strings.data;
    const uint32_t first = (uint32_t)c->covers.count;
    if (!push(&c->cover_start, &first)) {
        return no_memory(c);
    }
    for (size_t k = 0; k < c->words.count + c->prefixes.count; k++) {
        uint16_t symbol;
        if (k < c->words.count) {
            const struct word *w = &AT(c->words, struct word, k);
            if (w->space != SMTPCODES__SPACE_TEXT || w->length < prefix.length ||
                w->symbol == SMTPCODES__SYMBOL_NOISE ||
                memcmp(strings + w->text, strings + prefix.text, prefix.length) != 0) {
                continue;
            }
            symbol = w->symbol;
        } else {
            const struct smtpcodes__prefix *q = &AT(c->prefixes, struct smtpcodes__prefix, k - c->words.count);
            if (q->length < prefix.length || memcmp(strings + q->text, strings + prefix.text, prefix.length) != 0) {
                continue;
            }
            symbol = q->symbol;
        }
        size_t known = first;
        while (known < c->covers.count && AT(c->covers, uint16_t, known) != symbol) {
            known++;
        }
        if (known < c->covers.count) {
            continue;
        }
        if (c->covers.count - first == PREFIX_COVERS) {
            return fail(c, "\"%s*\" stands for too many words", strings + prefix.text);
        }
        if (!push(&c->covers, &symbol)) {
            return no_memory(c);
        }
    }
    return 0;
}

static int build_covers(struct smtpcodes__compiler *c)
{
    for (size_t i = 0; i < c->prefixes.count; i++) {
        if (build_cover(c, i)) {
            return -1;
        }
    }
    const uint32_t end = (uint32_t)c->covers.count;
    return push(&c->cover_start, &end) ? 0 : no_memory(c);
}

/* Spreads the prefixes of a sequence from element i on, over every word that they cover, and inserts what results. */
static int spread(struct smtpcodes__compiler *c, const struct sequence *s, size_t i, uint16_t *symbols, uint8_t *gaps,
                  size_t length, uint8_t gap, size_t *budget)
{
    if (i == s->count) {
        if ((*budget)-- == 0) {
            return fail(c, "the prefixes of a phrase multiply to more than %d phrases", 8 * PHRASE_EXPANSIONS);
        }
        if (c->spread_count++ == SPREAD_MAX) {
            return fail(c, "the prefixes of all phrases multiply to more than %d phrases", SPREAD_MAX);
        }
        return insert(c, symbols, gaps, length, s->out);
    }
    uint32_t e = AT(c->elements, uint32_t, s->first + i);
    if (ELEMENT_TYPE(e) == ELEMENT_GAP) {
        /* A kind is skipped where a phrase has begun that does not ask for it, so it cannot begin a stretch there:
         * spell out the way without a gap. */
        const uint32_t behind = AT(c->elements, uint32_t, s->first + i + 1);
        if (ELEMENT_TYPE(behind) == ELEMENT_SYMBOL && ELEMENT_VALUE(behind) < SMTPCODES__SYMBOL_FIRST &&
            spread(c, s, i + 1, symbols, gaps, length, 0, budget)) {
            return -1;
        }
        return spread(c, s, i + 1, symbols, gaps, length, (uint8_t)ELEMENT_VALUE(e), budget);
    }
    gaps[length] = gap;
    if (ELEMENT_TYPE(e) == ELEMENT_SYMBOL) {
        symbols[length] = (uint16_t)ELEMENT_VALUE(e);
        return spread(c, s, i + 1, symbols, gaps, length + 1, 0, budget);
    }
    const uint32_t *const cover = &AT(c->cover_start, uint32_t, ELEMENT_VALUE(e));
    for (uint32_t k = cover[0]; k < cover[1]; k++) {
        symbols[length] = AT(c->covers, uint16_t, k);
        gaps[length] = gap;
        if (spread(c, s, i + 1, symbols, gaps, length + 1, 0, budget)) {
            return -1;
        }
    }
    return 0;
}

static int by_state_and_symbol(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->state != y->state) {
        return x->state < y->state ? -1 : 1;
    }
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

static int by_state_then_out(const void *a, const void *b)
{
    const struct output *x = a, *y = b;
    if (x->state != y->state) {
        return x->state < y->state ? -1 : 1;
    }
    return x->out < y->out ? -1 : x->out > y->out;
}

static int by_from_then_part(const void *a, const void *b)
{
    const struct way *x = a, *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->part != y->part) {
        return x->part < y->part ? -1 : 1;
    }
    if (x->out != y->out) {
        return x->out < y->out ? -1 : 1;
    }
    if (x->to != y->to) {
        return x->to < y->to ? -1 : 1;
    }
    return x->gap < y->gap ? -1 : x->gap > y->gap;
}

/* Longest first, so that the first that fits is the most specific. */
static int by_length(const void *a, const void *b)
{
    const struct smtpcodes__prefix *x = a, *y = b;
    if (x->length != y->length) {
        return x->length > y->length ? -1 : 1;
    }
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* ---- vocabulary ----
 * Words are put into buckets by their hash; each bucket, the largest first, gets the first displacement with which all
 * its words fall into free slots. */

struct bucket {
    uint32_t first, count; /* in the words sorted by hash */
    uint32_t number;
};

static int by_hash(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static int by_count(const void *a, const void *b)
{
    const struct bucket *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Puts the words of a bucket into the vocabulary, if they fit with this displacement. */
static int place_bucket(struct smtpcodes__compiler *c, struct smtpcodes__ruleset *r, const struct word *words,
                        const struct bucket *bucket, uint16_t displacement)
{
    struct smtpcodes__word *const vocabulary = c->vocabulary.data;
    AT(c->displacements, uint16_t, bucket->number) = displacement;
    for (uint32_t i = 0; i < bucket->count; i++) {
        struct smtpcodes__word *slot = &vocabulary[smtpcodes__word_slot(r, words[bucket->first + i].hash)];
        if (slot->hash) {
            while (i-- > 0) {
                vocabulary[smtpcodes__word_slot(r, words[bucket->first + i].hash)] = (struct smtpcodes__word){0, 0, 0};
            }
            return 0;
        }
        *slot = (struct smtpcodes__word){words[bucket->first + i].hash, words[bucket->first + i].symbol, 0};
    }
    return 1;
}

static int resize(struct array *a, size_t count)
{
    a->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!push(a, NULL)) {
            return -1;
        }
    }
    return 0;
}

/* 1 if every word has found its slot, 0 if there are too few, or -1. */
static int place_words(struct smtpcodes__compiler *c, struct smtpcodes__ruleset *r, const struct word *words,
                       struct bucket *buckets)
{
    const uint32_t bucket_count = 1u << (32 - r->displacement_shift);
    if (resize(&c->vocabulary, (size_t)1 << (32 - r->vocabulary_shift)) || resize(&c->displacements, bucket_count)) {
        return no_memory(c);
    }
    r->displacements = c->displacements.data;
    for (uint32_t i = 0, at = 0; i < bucket_count; i++) {
        buckets[i] = (struct bucket){at, 0, i};
        for (; at < c->words.count && words[at].hash >> r->displacement_shift == i; at++) {
            buckets[i].count++;
        }
    }
    qsort(buckets, bucket_count, sizeof *buckets, by_count);
    for (uint32_t i = 0; i < bucket_count; i++) {
        uint32_t displacement = 0;
        while (!place_bucket(c, r, words, &buckets[i], (uint16_t)displacement)) {
            if (++displacement > UINT16_MAX) {
                return 0;
            }
        }
    }
    return 1;
}

static int build_vocabulary(struct smtpcodes__compiler *c, struct smtpcodes__ruleset *r)
{
    enum { LARGER_MAX = 4 }; /* times that the vocabulary is doubled; words that need more were made for that */
    uint32_t bits = 4;
    while (4 * c->words.count > 3 * ((size_t)1 << bits)) {
        bits++;
    }
    const uint32_t most = bits + LARGER_MAX;
    struct word *words = calloc(c->words.count + 1, sizeof *words);
    struct bucket *buckets = malloc(((size_t)1 << (most - 2)) * sizeof *buckets);
    int placed = 0;
    if (!words || !buckets) {
        free(words);
        free(buckets);
        return no_memory(c);
    }
    if (c->words.count) {
        memcpy(words, c->words.data, c->words.count * sizeof *words);
        qsort(words, c->words.count, sizeof *words, by_hash);
    }
    for (; !placed && bits <= most; bits++) {
        r->vocabulary_shift = (uint8_t)(32 - bits);
        r->displacement_shift = (uint8_t)(32 - (bits - 2));
        placed = place_words(c, r, words, buckets);
    }
    free(words);
    free(buckets);
    return placed > 0 ? 0 : placed < 0 ? -1 : fail(c, "too many words have hashes that begin alike");
}

static int build_prefixes(struct smtpcodes__compiler *c)
{
    for (size_t i = 0; i < c->prefixes.count; i++) {
        if (!push(&c->sorted_prefixes, &AT(c->prefixes, struct smtpcodes__prefix, i))) {
            return no_memory(c);
        }
    }
    sort(&c->sorted_prefixes, by_length);
    for (size_t i = 0; i < c->prefixes.count; i++) {
        const unsigned char *text =
            (const unsigned char *)c->strings.data + AT(c->prefixes, struct smtpcodes__prefix, i).text;
        uint32_t bit = smtpcodes__prefix_bit((uint32_t)text[0] | (uint32_t)text[1] << 8 | (uint32_t)text[2] << 16 |
                                             (uint32_t)text[3] << 24);
        c->prefix_filter[bit / 32] |= 1u << (bit % 32);
    }
    return 0;
}

static uint32_t links_hash(const struct way *first, size_t count)
{
    uint32_t h = SMTPCODES__FNV;
    for (size_t i = 0; i < count; i++) {
        const uint32_t fields[] = {first[i].part, first[i].gap, first[i].to, first[i].out};
        h = smtpcodes__fnv(h, (const char *)fields, sizeof fields);
    }
    return h;
}

static int same_links(const struct way *a, const struct way *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a[i].part != b[i].part || a[i].gap != b[i].gap || a[i].to != b[i].to || a[i].out != b[i].out) {
            return 0;
        }
    }
    return 1;
}

/* Partial matches that go on alike become one; `same` receives for each the one to take. The links are sorted by where
 * they come from; those of others go. */
static void merge_partials(struct smtpcodes__compiler *c, uint16_t *same, uint32_t *slots, uint32_t room)
{
    struct way *const links = c->links.data;
    size_t kept = 0;
    memset(slots, 0, room * sizeof *slots);
    for (size_t i = 0, next; i < c->links.count; i = next) {
        for (next = i + 1; next < c->links.count && links[next].from == links[i].from; next++) {
        }
        const size_t count = next - i;
        uint32_t at = links_hash(&links[i], count) & (room - 1);
        for (; slots[at]; at = (at + 1) & (room - 1)) {
            const struct way *const known = &links[slots[at] - 1];
            const size_t left = kept - (slots[at] - 1);
            if (left >= count && known[count - 1].from == known->from &&
                (left == count || known[count].from != known->from) && same_links(known, &links[i], count)) {
                same[links[i].from] = known->from;
                break;
            }
        }
        if (!slots[at]) {
            slots[at] = (uint32_t)kept + 1;
            memmove(&links[kept], &links[i], count * sizeof *links);
            kept += count;
        }
    }
    c->links.count = kept;
    for (size_t i = 0; i < kept; i++) {
        links[i].to = same[links[i].to];
    }
    for (size_t i = 0; i < c->parts.count; i++) {
        AT(c->parts, struct smtpcodes__part, i).opens = same[AT(c->parts, struct smtpcodes__part, i).opens];
    }
}

/* Gives those that are left numbers without holes. */
static void renumber_partials(struct smtpcodes__compiler *c, uint16_t *number)
{
    struct way *const links = c->links.data;
    uint16_t count = 1;
    memset(number, 0, c->partial_count * sizeof *number);
    for (size_t i = 0; i < c->links.count; i++) {
        if (!number[links[i].from]) {
            number[links[i].from] = count++;
        }
    }
    for (size_t i = 0; i < c->links.count; i++) {
        links[i].from = number[links[i].from];
        links[i].to = number[links[i].to];
    }
    for (size_t i = 0; i < c->parts.count; i++) {
        AT(c->parts, struct smtpcodes__part, i).opens = number[AT(c->parts, struct smtpcodes__part, i).opens];
    }
    c->partial_count = count;
}

static int reduce_links(struct smtpcodes__compiler *c)
{
    uint32_t room = 16;
    while (room < 2u * c->partial_count) {
        room *= 2;
    }
    uint16_t *same = malloc(c->partial_count * sizeof *same);
    uint32_t *slots = malloc(room * sizeof *slots);
    if (same && slots) {
        for (int gaps = 0; gaps < PHRASE_GAPS; gaps++) { /* the last stretches first, then those that lead to them */
            for (uint16_t i = 0; i < c->partial_count; i++) {
                same[i] = i;
            }
            sort(&c->links, by_from_then_part);
            merge_partials(c, same, slots, room);
        }
        renumber_partials(c, same);
    }
    const int status = same && slots ? 0 : no_memory(c);
    free(same);
    free(slots);
    return status;
}

static int build_links(struct smtpcodes__compiler *c, struct smtpcodes__ruleset *r)
{
    uint32_t pair_bits = 1024;
    if (reduce_links(c)) {
        return -1;
    }
    while (pair_bits < 16 * c->links.count) {
        pair_bits *= 2;
    }
    r->pair_mask = pair_bits - 1;
    if (resize(&c->pair_filter, pair_bits / 32)) {
        return no_memory(c);
    }
    size_t at = 0;
    sort(&c->links, by_from_then_part);
    for (uint32_t from = 0; from <= c->partial_count; from++) {
        const uint32_t first = (uint32_t)c->trie_links.count;
        for (; at < c->links.count && AT(c->links, struct way, at).from == from; at++) {
            const struct way *w = &AT(c->links, struct way, at);
            struct smtpcodes__link link = {w->to ? SMTPCODES__OUT(SMTPCODES__OUT_PART, 0, w->to) : w->out, w->part,
                                           (uint8_t)w->gap, 0};
            struct smtpcodes__part *const part = &AT(c->parts, struct smtpcodes__part, w->part);
            uint32_t bit = smtpcodes__pair_hash(from, w->part) & (pair_bits - 1);
            part->gap = w->gap > part->gap ? w->gap : part->gap;
            AT(c->pair_filter, uint32_t, bit / 32) |= 1u << (bit % 32);
            if (!push(&c->trie_links, &link)) {
                return no_memory(c);
            }
        }
        if (!push(&c->partials, &first)) {
            return no_memory(c);
        }
    }
    return 0;
}

/* Rows of outputs: equal ones are kept once, and many are, for all the readings of a rule of one length stand for the
 * same. */
static uint32_t row_hash(const uint32_t *outs)
{
    size_t n = 1;
    while (!(outs[n - 1] & SMTPCODES__OUT_LAST)) {
        n++;
    }
    return smtpcodes__fnv(SMTPCODES__FNV, (const char *)outs, n * sizeof *outs);
}

static uint32_t row_hash_of(const void *owner, uint32_t i)
{
    const struct smtpcodes__compiler *c = owner;
    return row_hash(&AT(c->outs, uint32_t, AT(c->rows, uint32_t, i)));
}

static int same_row(const uint32_t *a, const uint32_t *b)
{
    while (*a == *b && !(*a & SMTPCODES__OUT_LAST)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* The row of outputs that begins at `first` and ends with the array: its place, or that of an equal one. */
static int keep_row(struct smtpcodes__compiler *c, uint32_t first, uint16_t *place)
{
    AT(c->outs, uint32_t, c->outs.count - 1) |= SMTPCODES__OUT_LAST;
    if (index_grow(&c->row_index, c->rows.count, row_hash_of, c)) {
        return no_memory(c);
    }
    size_t at = row_hash(&AT(c->outs, uint32_t, first)) & (c->row_index.room - 1);
    for (; c->row_index.slots[at]; at = (at + 1) & (c->row_index.room - 1)) {
        const uint32_t known = AT(c->rows, uint32_t, c->row_index.slots[at] - 1);
        if (same_row(&AT(c->outs, uint32_t, known), &AT(c->outs, uint32_t, first))) {
            c->outs.count = first;
            *place = (uint16_t)known;
            return 0;
        }
    }
    if (first > UINT16_MAX) {
        return fail(c, "the phrases stand for more than %d different things", UINT16_MAX);
    }
    if (!push(&c->rows, &first)) {
        return no_memory(c);
    }
    c->row_index.slots[at] = (uint32_t)c->rows.count;
    *place = (uint16_t)first;
    return 0;
}

/* Where the children of a state may go: struct smtpcodes__node has the rule. */
struct places {
    uint32_t block;        /* a power of two above all symbols: base ^ symbol stays in the block of the base */
    uint32_t next;         /* the place that was taken last */
    struct array has_base; /* uint8_t: by base, whether a node has it */
};

enum { FREE = UINT16_MAX /* the symbol of a free place; no word has it */ };

static int add_block(struct smtpcodes__compiler *c, struct places *p)
{
    const struct smtpcodes__node empty = {0, FREE, 0};
    for (uint32_t i = 0; i < p->block; i++) {
        const uint8_t taken = c->nodes.count == 0; /* base 0 is that of nodes without children */
        if (!push(&c->nodes, &empty) || !push(&p->has_base, &taken)) {
            return no_memory(c);
        }
    }
    return 0;
}

static int fits(const struct smtpcodes__compiler *c, const struct places *p, const struct edge *children, size_t count,
                uint32_t base)
{
    // There is a block, and it has places. NOLINTNEXTLINE(clang-analyzer-core.NullDereference)
    if (AT(p->has_base, uint8_t, base)) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (AT(c->nodes, struct smtpcodes__node, base ^ children[i].symbol).symbol != FREE) {
            return 0;
        }
    }
    return 1;
}

/* Finds a base for a node with these children, and puts them there. */
static int place_children(struct smtpcodes__compiler *c, struct places *p, const struct edge *children, size_t count,
                          uint32_t *base)
{
    enum { PLACES = 1 << 14 }; /* that are looked at, on from the last one taken, before there have to be more */
    for (;;) {
        const uint32_t places = c->nodes.count < PLACES ? (uint32_t)c->nodes.count : PLACES;
        for (uint32_t i = 0; i < places; i++) {
            p->next = p->next + 1 < c->nodes.count ? p->next + 1 : 0;
            *base = p->next ^ children[0].symbol;
            if (AT(c->nodes, struct smtpcodes__node, p->next).symbol == FREE && fits(c, p, children, count, *base)) {
                AT(p->has_base, uint8_t, *base) = 1;
                for (size_t k = 0; k < count; k++) {
                    AT(c->nodes, struct smtpcodes__node, *base ^ children[k].symbol).symbol = children[k].symbol;
                }
                return 0;
            }
        }
        p->next = (uint32_t)c->nodes.count - 1; /* on with the new ones */
        if (add_block(c, p)) {
            return -1;
        }
    }
}

struct parent {
    uint32_t state, first, count; /* its edges */
};

/* Those with many children first, as long as there is room for them. */
static int by_children(const void *a, const void *b)
{
    const struct parent *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return x->state < y->state ? -1 : x->state > y->state;
}

/* What stands in the nodes once all places are known: `places` by state, `bases` by state. */
static int fill_nodes(struct smtpcodes__compiler *c, const uint32_t *bases)
{
    const uint32_t none = 0;
    size_t o = 0;
    if (!push(&c->outs, &none)) { /* place 0 is no row */
        return no_memory(c);
    }
    sort(&c->outputs, by_state_then_out);
    for (size_t e = 0; e < c->edges.count; e++) { /* by the state that they lead to: each has one edge */
        const struct edge *edge = &AT(c->edges, struct edge, e);
        struct smtpcodes__node *node = edge->state
                                           ? &AT(c->nodes, struct smtpcodes__node, bases[edge->state] ^ edge->symbol)
                                           : &AT(c->roots, struct smtpcodes__node, edge->symbol);
        const uint32_t first = (uint32_t)c->outs.count;
        node->base = bases[edge->next];
        node->symbol = edge->symbol;
        for (; o < c->outputs.count && AT(c->outputs, struct output, o).state == edge->next; o++) {
            if (!push(&c->outs, &AT(c->outputs, struct output, o).out)) {
                return no_memory(c);
            }
        }
        if (c->outs.count > first && keep_row(c, first, &node->outs)) {
            return -1;
        }
    }
    return 0;
}

static int by_next(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return x->next < y->next ? -1 : x->next > y->next;
}

static int build_trie(struct smtpcodes__compiler *c)
{
    struct places places = {16, 0, {NULL, 0, 0, sizeof(uint8_t)}};
    struct parent *parents = malloc(c->state_count * sizeof *parents);
    uint32_t *bases = calloc(c->state_count, sizeof *bases);
    size_t parent_count = 0;
    int status = -1;
    while (places.block < c->next_symbol) {
        places.block *= 2;
    }
    if (!parents || !bases || resize(&c->roots, c->next_symbol)) {
        no_memory(c);
        goto done;
    }
    sort(&c->edges, by_state_and_symbol);
    for (uint32_t e = 0; e < c->edges.count; e++) {
        const uint32_t state = AT(c->edges, struct edge, e).state;
        if (state && (e == 0 || AT(c->edges, struct edge, e - 1).state != state)) {
            parents[parent_count++] = (struct parent){state, e, 0};
        }
        if (state) {
            parents[parent_count - 1].count++;
        }
    }
    qsort(parents, parent_count, sizeof *parents, by_children);
    if (add_block(c, &places)) {
        goto done;
    }
    for (size_t i = 0; i < parent_count; i++) {
        if (place_children(c, &places, &AT(c->edges, struct edge, parents[i].first), parents[i].count,
                           &bases[parents[i].state])) {
            goto done;
        }
    }
    sort(&c->edges, by_next);
    status = fill_nodes(c, bases);
done:
    free(parents);
    free(bases);
    free(places.has_base.data);
    return status;
}

int smtpcodes__compiler_finish(struct smtpcodes__compiler *c, struct smtpcodes__ruleset *out)
{
    uint16_t symbols[PHRASE_WORDS] = {0};
    uint8_t gaps[PHRASE_WORDS] = {0};
    if (build_covers(c)) {
        return -1;
    }
    for (size_t i = 0; i < c->sequences.count; i++) {
        size_t budget = (size_t)8 * PHRASE_EXPANSIONS;
        struct sequence s = AT(c->sequences, struct sequence, i);
        c->failed_out = s.out;
        if (spread(c, &s, 0, symbols, gaps, 0, 0, &budget)) {
            return -1;
        }
    }
    c->failed_out = SMTPCODES__OUT(SMTPCODES__OUT_PART, 0, 0); /* what follows is the fault of no one phrase */
    memset(out, 0, sizeof *out);
    if (build_vocabulary(c, out) || build_prefixes(c) || build_links(c, out) || build_trie(c)) {
        return -1;
    }
    out->vocabulary = c->vocabulary.data;
    out->prefix_count = (uint32_t)c->prefixes.count;
    out->prefixes = c->sorted_prefixes.data;
    out->prefix_filter = c->prefix_filter;
    out->negation_end = c->negation_end;
    out->has_link_phrases = (uint8_t)c->has_link_phrases;
    out->has_address_phrases = (uint8_t)c->has_address_phrases;
    out->roots = c->roots.data;
    out->node_count = (uint32_t)c->nodes.count;
    out->nodes = c->nodes.data;
    out->outs = c->outs.data;
    out->parts = c->parts.data;
    out->partials = c->partials.data;
    out->pair_filter = c->pair_filter.data;
    out->links = c->trie_links.data;
    out->strings = c->strings.data;
    return 0;
}

/* ---- readings, for who looks at them afterwards ---- */

size_t smtpcodes__compiler_reading_count(const struct smtpcodes__compiler *c)
{
    return c->sequences.count;
}

uint32_t smtpcodes__compiler_reading_out(const struct smtpcodes__compiler *c, size_t reading)
{
    return AT(c->sequences, struct sequence, reading).out;
}

int smtpcodes__compiler_reading_compare(const struct smtpcodes__compiler *c, size_t a, size_t b)
{
    const struct sequence *x = &AT(c->sequences, struct sequence, a), *y = &AT(c->sequences, struct sequence, b);
    return x->count != y->count ? x->count - y->count
                                : memcmp(&AT(c->elements, uint32_t, x->first), &AT(c->elements, uint32_t, y->first),
                                         x->count * sizeof(uint32_t));
}

void smtpcodes__compiler_reading_gaps(const struct smtpcodes__compiler *c, size_t reading, unsigned most[PHRASE_GAPS])
{
    const struct sequence *s = &AT(c->sequences, struct sequence, reading);
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const uint32_t e = AT(c->elements, uint32_t, s->first + i);
        if (ELEMENT_TYPE(e) == ELEMENT_GAP) {
            most[n++] = ELEMENT_VALUE(e);
        }
    }
}

uint32_t *smtpcodes__compiler_spellings(const struct smtpcodes__compiler *c)
{
    uint32_t *spellings = calloc(c->next_symbol, sizeof *spellings);
    for (size_t i = c->words.count; spellings && i > 0; i--) { /* backwards: the first word of a symbol is its own */
        const struct word *w = &AT(c->words, struct word, i - 1);
        spellings[w->symbol] = w->text;
    }
    return spellings;
}

/* What kinds look like, by enum smtpcodes__token_kind: their names, and an example. */
static const char *const kind_names[SMTPCODES__TOKEN_KINDS] = {"",          "",       "{number}", "{id}", "{enhanced}",
                                                               "{address}", "{host}", "{ip}",     "{url}"};
static const char *const kind_examples[SMTPCODES__TOKEN_KINDS] = {
    "", "", "42", "4XyZ7QwP9", "9.9.9", "ann@example.org", "mx.example.org", "192.0.2.1", "https://example.org/"};

size_t smtpcodes__compiler_reading_text(const struct smtpcodes__compiler *c, size_t reading, const uint32_t *spellings,
                                        const unsigned gaps[PHRASE_GAPS], char *text, size_t room)
{
    const struct sequence *s = &AT(c->sequences, struct sequence, reading);
    const char *const strings = c->strings.data;
    struct smtpcodes__out out;
    size_t gap = 0, in_name = 0;
    smtpcodes__out_start(&out, text, room);
    for (size_t i = 0; i < s->count; i++) {
        const uint32_t e = AT(c->elements, uint32_t, s->first + i), value = ELEMENT_VALUE(e);
        if (ELEMENT_TYPE(e) == ELEMENT_GAP) {
            for (unsigned k = 0; gaps && k < gaps[gap]; k++) {
                smtpcodes__out_text(&out, ELEMENT_SPACE(AT(c->elements, uint32_t, s->first)) ? ".qxqx" : " qxqx");
            }
            if (!gaps) {
                smtpcodes__out_text(&out, " ~");
                smtpcodes__out_number(&out, value);
            }
            gap++;
            continue;
        }
        if (ELEMENT_TYPE(e) == ELEMENT_SYMBOL && ELEMENT_SPACE(e) != SMTPCODES__SPACE_TEXT) {
            const int is_address = ELEMENT_SPACE(e) == SMTPCODES__SPACE_ADDRESS;
            if (gaps && in_name == 0 && !is_address) {
                smtpcodes__out_text(&out, "https://");
            } else if (in_name > 0) {
                smtpcodes__out_text(&out, is_address && in_name == 1 ? "@" : ".");
            }
            in_name++;
            smtpcodes__out_text(&out, strings + spellings[value]);
            continue;
        }
        smtpcodes__out_text(&out, i ? " " : "");
        if (ELEMENT_TYPE(e) == ELEMENT_PREFIX) { /* a word that only this star knows */
            smtpcodes__out_text(&out, strings + AT(c->prefixes, struct smtpcodes__prefix, value).text);
            smtpcodes__out_text(&out, gaps ? "qxqx" : "*");
        } else if (value < SMTPCODES__SYMBOL_FIRST) {
            smtpcodes__out_text(&out, (gaps ? kind_examples : kind_names)[value - SMTPCODES__SYMBOL_KIND]);
        } else {
            smtpcodes__out_text(&out, strings + spellings[value]);
        }
    }
    if (gaps && in_name && ELEMENT_SPACE(AT(c->elements, uint32_t, s->first)) == SMTPCODES__SPACE_ADDRESS) {
        smtpcodes__out_text(&out, in_name == 1 ? "@example.org" : ".org");
    }
    return smtpcodes__out_end(&out);
}

uint32_t smtpcodes__compiler_failed_out(const struct smtpcodes__compiler *c)
{
    return c->failed_out;
}

const char *smtpcodes__compiler_symbol_text(const struct smtpcodes__compiler *c, uint16_t symbol)
{
    for (size_t i = 0; i < c->words.count; i++) {
        if (AT(c->words, struct word, i).symbol == symbol) {
            return (const char *)c->strings.data + AT(c->words, struct word, i).text;
        }
    }
    return "{}"; /* a kind, or a prefix */
}

void smtpcodes__compiler_sizes(const struct smtpcodes__compiler *c, struct smtpcodes__compiler_sizes *out)
{
    out->words = c->words.count;
    out->vocabulary = c->vocabulary.count;
    out->prefixes = c->prefixes.count;
    out->prefix_filter = sizeof c->prefix_filter / sizeof *c->prefix_filter;
    out->displacements = c->displacements.count;
    out->roots = c->roots.count;
    out->states = c->state_count;
    out->nodes = c->nodes.count;
    out->outs = c->outs.count;
    out->parts = c->parts.count;
    out->partials = c->partials.count;
    out->pair_filter = c->pair_filter.count;
    out->links = c->trie_links.count;
    out->strings = c->strings.count;
    out->sequences = c->sequences.count;
}
