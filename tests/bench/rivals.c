#include "rivals.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hs/hs.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static void refuse(const char *who, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", who, why);
    exit(1);
}

/* ---- Hyperscan ---- */

struct hyperscan {
    hs_database_t *database;
    hs_scratch_t *scratch;
};

struct hyperscan *hyperscan_new(const struct texts *phrases)
{
    struct hyperscan *h = must(malloc(sizeof *h));
    const char **literals = must(malloc(phrases->count * sizeof *literals));
    unsigned *flags = must(malloc(phrases->count * sizeof *flags));
    unsigned *ids = must(malloc(phrases->count * sizeof *ids));
    size_t *lengths = must(malloc(phrases->count * sizeof *lengths));
    hs_compile_error_t *error = NULL;
    for (size_t i = 0; i < phrases->count; i++) {
        literals[i] = phrases->at[i].bytes;
        lengths[i] = phrases->at[i].length;
        flags[i] = HS_FLAG_CASELESS;
        ids[i] = (unsigned)i;
    }
    h->scratch = NULL;
    if (hs_compile_lit_multi(literals, flags, ids, lengths, (unsigned)phrases->count, HS_MODE_BLOCK, NULL, &h->database,
                             &error) != HS_SUCCESS) {
        refuse("Hyperscan", error->message);
    }
    if (hs_alloc_scratch(h->database, &h->scratch) != HS_SUCCESS) {
        refuse("Hyperscan", "no scratch space");
    }
    free(literals);
    free(flags);
    free(ids);
    free(lengths);
    return h;
}

static int count(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *hits)
{
    (void)id, (void)from, (void)to, (void)flags;
    ++*(unsigned long *)hits;
    return 0;
}

unsigned long hyperscan_run(const void *hyperscan, const char *bytes, size_t length)
{
    const struct hyperscan *h = hyperscan;
    unsigned long hits = 0;
    hs_scan(h->database, bytes, (unsigned)length, 0, h->scratch, count, &hits);
    return hits;
}

size_t hyperscan_bytes(const struct hyperscan *hyperscan)
{
    size_t bytes = 0;
    hs_database_size(hyperscan->database, &bytes);
    return bytes;
}

/* ---- PCRE2 ---- */

enum { REASONS = 256, PATTERNS_MAX = 1024 };

struct pcre2_set {
    size_t count;
    struct {
        int reason;
        char *text;
        pcre2_code *code;
    } patterns[PATTERNS_MAX];
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* Writes what stands behind the first `depth` bytes, which the texts have in common; they are sorted. What two share is
 * written once: user (?:not found|unknown). */
static char *factored(char *out, const struct text *texts, size_t count, size_t depth)
{
    const size_t ends = texts[0].length == depth;
    size_t first = ends, branches = 0;
    if (ends == count) {
        return out;
    }
    const int is_group = ends || texts[first].bytes[depth] != texts[count - 1].bytes[depth];
    out += is_group ? sprintf(out, "(?:") : 0;
    while (first < count) {
        const unsigned char c = (unsigned char)texts[first].bytes[depth];
        size_t behind = first;
        while (behind < count && (unsigned char)texts[behind].bytes[depth] == c) {
            behind++;
        }
        out += sprintf(out, "%s%s%c", branches++ ? "|" : "", c < 0x80 && !isalnum(c) && c != ' ' ? "\\" : "", c);
        out = factored(out, texts + first, behind - first, depth + 1);
        first = behind;
    }
    out += is_group ? sprintf(out, ends ? ")?" : ")") : 0;
    return out;
}

/* One pattern for these; 0 if that is more than PCRE2 takes, which is 64 KB when compiled. */
static int add_pattern(struct pcre2_set *set, const struct texts *phrases)
{
    enum { BYTE_MOST = 8 };                      /* what one byte may become, with a group of its own */
    static const char begin[] = "(?<![a-z0-9])"; /* where a word begins: halves the time that it takes */
    size_t offset;
    int error;
    char *pattern = must(malloc(sizeof begin + BYTE_MOST * (phrases->bytes + 1)));
    unsigned char message[256];
    memcpy(pattern, begin, sizeof begin - 1);
    *factored(pattern + sizeof begin - 1, phrases->at, phrases->count, 0) = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_CASELESS, &error, &offset, NULL);
    if (!code) {
        if (error == PCRE2_ERROR_PATTERN_TOO_LARGE && phrases->count > 1) {
            free(pattern);
            return 0;
        }
        pcre2_get_error_message(error, message, sizeof message);
        refuse("PCRE2", (const char *)message);
    }
    error = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    if (error) {
        pcre2_get_error_message(error, message, sizeof message);
        refuse("PCRE2's JIT", (const char *)message);
    }
    if (set->count == PATTERNS_MAX) {
        refuse("PCRE2", "too many patterns");
    }
    set->patterns[set->count].reason = phrases->at[0].reason;
    set->patterns[set->count].text = pattern;
    set->patterns[set->count++].code = code;
    return 1;
}

/* In halves where one is too large. */
static void add_patterns(struct pcre2_set *set, const struct texts *phrases)
{
    if (add_pattern(set, phrases)) {
        return;
    }
    const size_t middle = phrases->count / 2;
    struct texts half = *phrases;
    half.count = middle;
    add_patterns(set, &half);
    half.at = phrases->at + middle;
    half.count = phrases->count - middle;
    add_patterns(set, &half);
}

struct pcre2_set *pcre2_set_new(const struct texts *phrases)
{
    struct pcre2_set *set = must(calloc(1, sizeof *set));
    for (int reason = 0; reason < REASONS; reason++) {
        struct texts of_reason = {0};
        for (size_t i = 0; i < phrases->count; i++) {
            if (phrases->at[i].reason == reason) {
                texts_add(&of_reason, phrases->at[i].bytes, phrases->at[i].length, reason);
            }
        }
        if (of_reason.count) {
            add_patterns(set, &of_reason);
        }
    }
    set->data = must(pcre2_match_data_create(1, NULL));
    set->context = must(pcre2_match_context_create(NULL));
    return set;
}

unsigned long pcre2_set_run(const void *set, const char *bytes, size_t length)
{
    const struct pcre2_set *s = set;
    unsigned long hits = 0;
    for (size_t i = 0; i < s->count; i++) {
        hits += pcre2_jit_match(s->patterns[i].code, (PCRE2_SPTR)bytes, length, 0, 0, s->data, s->context) >= 0;
    }
    return hits;
}

size_t pcre2_set_count(const struct pcre2_set *set)
{
    return set->count;
}

const char *pcre2_set_pattern(const struct pcre2_set *set, size_t i, int *reason)
{
    *reason = set->patterns[i].reason;
    return set->patterns[i].text;
}

/* ---- byte automaton ---- */

struct byte_automaton {
    unsigned char class_of[256];
    unsigned classes, states;
    unsigned *next; /* [state * classes + class] */
    unsigned *hit;  /* phrases that end in a state, counted along its suffixes */
};

static void insert(struct byte_automaton *ac, const struct text *phrase)
{
    unsigned s = 0;
    for (size_t k = 0; k < phrase->length; k++) {
        unsigned *n = &ac->next[(size_t)s * ac->classes + ac->class_of[(unsigned char)phrase->bytes[k]]];
        if (!*n) {
            *n = ac->states++;
        }
        s = *n;
    }
    ac->hit[s]++;
}

/* Every missing step becomes that of the longest suffix that has it. */
static void close_steps(struct byte_automaton *ac)
{
    unsigned *queue = must(malloc(ac->states * sizeof *queue)), head = 0, tail = 0;
    unsigned *fail = must(calloc(ac->states, sizeof *fail));
    for (unsigned c = 0; c < ac->classes; c++) {
        if (ac->next[c]) {
            queue[tail++] = ac->next[c];
        }
    }
    while (head < tail) {
        const unsigned s = queue[head++];
        ac->hit[s] += ac->hit[fail[s]];
        for (unsigned c = 0; c < ac->classes; c++) {
            unsigned *n = &ac->next[(size_t)s * ac->classes + c];
            const unsigned f = ac->next[(size_t)fail[s] * ac->classes + c];
            if (*n) {
                fail[*n] = f;
                queue[tail++] = *n;
            } else {
                *n = f;
            }
        }
    }
    free(queue);
    free(fail);
}

struct byte_automaton *byte_automaton_new(const struct texts *phrases)
{
    struct byte_automaton *ac = must(calloc(1, sizeof *ac));
    for (size_t i = 0; i < phrases->count; i++) {
        for (size_t k = 0; k < phrases->at[i].length; k++) {
            unsigned char *class = &ac->class_of[tolower((unsigned char)phrases->at[i].bytes[k])];
            if (!*class) {
                *class = (unsigned char)++ac->classes;
            }
        }
    }
    for (int c = 'A'; c <= 'Z'; c++) {
        ac->class_of[c] = ac->class_of[tolower(c)];
    }
    ac->classes++;
    ac->states = 1;
    ac->next = must(calloc((phrases->bytes + 1) * ac->classes, sizeof *ac->next));
    ac->hit = must(calloc(phrases->bytes + 1, sizeof *ac->hit));
    for (size_t i = 0; i < phrases->count; i++) {
        insert(ac, &phrases->at[i]);
    }
    close_steps(ac);
    return ac;
}

unsigned long byte_automaton_run(const void *automaton, const char *bytes, size_t length)
{
    const struct byte_automaton *ac = automaton;
    unsigned long hits = 0;
    unsigned s = 0;
    for (size_t i = 0; i < length; i++) {
        s = ac->next[(size_t)s * ac->classes + ac->class_of[(unsigned char)bytes[i]]];
        hits += ac->hit[s];
    }
    return hits;
}

size_t byte_automaton_bytes(const struct byte_automaton *automaton)
{
    return (size_t)automaton->states * automaton->classes * sizeof *automaton->next;
}
