/* Which matcher? Three designs find the same phrases in the same replies, in one run:
 *
 *   byte automaton   Aho and Corasick over bytes, a full table of next states per byte class
 *   word trie        words hashed, a trie of word hashes walked anew from every word
 *   word automaton   words hashed, Aho and Corasick over words: core/src/match.c
 *
 *   matchers RULES [REPLIES]
 *
 * RULES is core/data/rules.tsv or any file with a phrase a line; alternatives are multiplied out, and phrases with
 * gaps, prefixes, kinds and links, which only the third design knows, are left out. REPLIES has a reply a line; without
 * it the examples of the rules are taken. The figures that decided are in docs/design.md. */
#define _POSIX_C_SOURCE 200809L
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compile.h"
#include "match.h"
#include "token.h"

struct lines {
    char **text;
    size_t *length, count, bytes;
};

static struct lines read_lines(const char *path)
{
    struct lines l = {0};
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    if (!f) {
        perror(path);
        exit(2);
    }
    while ((n = getline(&line, &room, f)) > 0) {
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) {
            line[--n] = 0;
        }
        if (n == 0) {
            continue;
        }
        l.text = realloc(l.text, (l.count + 1) * sizeof *l.text);
        l.length = realloc(l.length, (l.count + 1) * sizeof *l.length);
        l.text[l.count] = strdup(line);
        l.length[l.count++] = (size_t)n;
        l.bytes += (size_t)n;
    }
    free(line);
    fclose(f);
    return l;
}

static void add_line(struct lines *l, const char *text, size_t length)
{
    l->text = realloc(l->text, (l->count + 1) * sizeof *l->text);
    l->length = realloc(l->length, (l->count + 1) * sizeof *l->length);
    l->text[l->count] = strndup(text, length);
    l->length[l->count++] = length;
    l->bytes += length;
}

enum { PHRASES_MAX = 4000 };

/* Multiplies out the first group of a phrase, and so on, until none is left. */
static void expand(const char *phrase, struct lines *out)
{
    const char *open = strpbrk(phrase, "([");
    if (!open) {
        if (!strpbrk(phrase, "~*{}./=@") && phrase[strspn(phrase, " ")]) {
            add_line(out, phrase, strlen(phrase));
        }
        return;
    }
    const char close = *open == '(' ? ')' : ']';
    const char *part = open + 1;
    int depth = 1;
    for (const char *p = part;; p++) {
        depth += (*p == '(' || *p == '[') - (*p == ')' || *p == ']');
        if (*p == 0 || (depth == 1 && *p == '|') || (depth == 0 && *p == close)) {
            const char *end = p;
            const char *behind = p;
            for (int d = depth; *behind && d > 0; behind++) { /* what stands behind the group */
                d += (behind[1] == '(' || behind[1] == '[') - (behind[1] == ')' || behind[1] == ']');
            }
            behind += *behind != 0;
            char *chosen = malloc(strlen(phrase) + 1);
            sprintf(chosen, "%.*s%.*s%s", (int)(open - phrase), phrase, (int)(end - part), part, behind);
            expand(chosen, out);
            if (depth == 0 && close == ']') {
                sprintf(chosen, "%.*s%s", (int)(open - phrase), phrase, behind);
                expand(chosen, out);
            }
            free(chosen);
            part = p + 1;
        }
        if (*p == 0 || depth == 0) {
            return;
        }
    }
}

/* Phrases (column 5 of a rule, or the line) and examples (column 6), out of a file of rules or phrases. */
static void read_rules(const char *path, struct lines *phrases, struct lines *examples)
{
    static struct lines file, all; /* kept to the end */
    file = read_lines(path);
    for (size_t i = 0; i < file.count; i++) {
        char *column[7] = {file.text[i]};
        int columns = 1;
        if (file.text[i][0] == '#') {
            continue;
        }
        for (char *p = file.text[i]; (p = strchr(p, '\t')) != NULL && columns < 7;) {
            *p++ = 0;
            column[columns++] = p;
        }
        if (columns == 7) {
            add_line(examples, column[5], strlen(column[5]));
        }
        for (char *p = strtok(column[columns == 7 ? 4 : 0], ";"); p; p = strtok(NULL, ";")) {
            expand(p, &all);
        }
    }
    for (size_t i = 0; i < all.count; i += 1 + all.count / PHRASES_MAX) { /* spread over all rules */
        add_line(phrases, all.text[i], all.length[i]);
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- byte automaton ---- */

static struct {
    unsigned char class_of[256];
    unsigned classes, states;
    unsigned *next;       /* [state * classes + class] */
    unsigned *fail, *hit; /* hit: phrases that end in a state, counted along its suffixes */
} ac;

static unsigned fold_byte(unsigned char c)
{
    return (unsigned)tolower(c);
}

static void byte_build(const struct lines *phrases)
{
    size_t room = 1;
    for (size_t i = 0; i < phrases->count; i++) {
        for (size_t k = 0; k < phrases->length[i]; k++) {
            unsigned c = fold_byte((unsigned char)phrases->text[i][k]);
            if (!ac.class_of[c]) {
                ac.class_of[c] = (unsigned char)++ac.classes;
            }
            room++;
        }
    }
    for (int c = 'A'; c <= 'Z'; c++) {
        ac.class_of[c] = ac.class_of[tolower(c)];
    }
    ac.classes++;
    ac.next = calloc(room * ac.classes, sizeof *ac.next);
    ac.fail = calloc(room, sizeof *ac.fail);
    ac.hit = calloc(room, sizeof *ac.hit);
    ac.states = 1;
    for (size_t i = 0; i < phrases->count; i++) {
        unsigned s = 0;
        for (size_t k = 0; k < phrases->length[i]; k++) {
            unsigned *n = &ac.next[s * ac.classes + ac.class_of[(unsigned char)phrases->text[i][k]]];
            if (!*n) {
                *n = ac.states++;
            }
            s = *n;
        }
        ac.hit[s]++;
    }
    unsigned *queue = malloc(ac.states * sizeof *queue), head = 0, tail = 0;
    for (unsigned c = 0; c < ac.classes; c++) {
        if (ac.next[c]) {
            queue[tail++] = ac.next[c];
        }
    }
    while (head < tail) {
        unsigned s = queue[head++];
        ac.hit[s] += ac.hit[ac.fail[s]];
        for (unsigned c = 0; c < ac.classes; c++) {
            unsigned n = ac.next[s * ac.classes + c], f = ac.next[ac.fail[s] * ac.classes + c];
            if (n) {
                ac.fail[n] = f;
                queue[tail++] = n;
            } else {
                ac.next[s * ac.classes + c] = f;
            }
        }
    }
    free(queue);
}

static unsigned long byte_run(const char *text, size_t length)
{
    unsigned long hits = 0;
    unsigned s = 0;
    for (size_t i = 0; i < length; i++) {
        s = ac.next[s * ac.classes + ac.class_of[(unsigned char)text[i]]];
        hits += ac.hit[s];
    }
    return hits;
}

/* ---- word trie ---- */

static struct {
    unsigned mask, nodes;
    struct {
        unsigned node, word, next;
    } * slots;
    unsigned char *ends;
} trie;

static unsigned trie_slot(unsigned node, unsigned word)
{
    unsigned at = (node * 0x9E3779B1u ^ word) & trie.mask;
    while (trie.slots[at].next && (trie.slots[at].node != node || trie.slots[at].word != word)) {
        at = (at + 1) & trie.mask;
    }
    return at;
}

static void trie_build(const struct lines *phrases)
{
    trie.mask = 0x3FFFF;
    trie.slots = calloc(trie.mask + 1u, sizeof *trie.slots);
    trie.ends = calloc(trie.mask + 1u, 1);
    trie.nodes = 1;
    for (size_t i = 0; i < phrases->count; i++) {
        struct smtpcodes__lexer lexer;
        struct smtpcodes__token t;
        unsigned node = 0;
        smtpcodes__lexer_start(&lexer, phrases->text[i], phrases->length[i]);
        while (smtpcodes__lexer_part(&lexer, SMTPCODES__SPACE_TEXT, &t)) {
            unsigned at = trie_slot(node, t.hash);
            if (!trie.slots[at].next) {
                trie.slots[at].node = node;
                trie.slots[at].word = t.hash;
                trie.slots[at].next = trie.nodes++;
            }
            node = trie.slots[at].next;
        }
        trie.ends[node] = 1;
    }
}

static unsigned long trie_run(const char *text, size_t length)
{
    unsigned long hits = 0;
    unsigned words[512], count = 0;
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token t;
    smtpcodes__lexer_start(&lexer, text, length);
    for (;;) {
        smtpcodes__lexer_next(&lexer, &t);
        if (t.kind == SMTPCODES__TOKEN_END || count == sizeof words / sizeof *words) {
            break;
        }
        words[count++] = t.hash;
    }
    for (unsigned i = 0; i < count; i++) {
        unsigned node = 0;
        for (unsigned k = i; k < count; k++) {
            node = trie.slots[trie_slot(node, words[k])].next;
            if (!node) {
                break;
            }
            hits += trie.ends[node];
        }
    }
    return hits;
}

/* ---- word automaton ---- */

static struct smtpcodes__ruleset words;

static void words_build(const struct lines *phrases)
{
    struct smtpcodes__compiler *c = smtpcodes__compiler_new();
    unsigned skipped = 0;
    for (size_t i = 0; i < phrases->count; i++) {
        char *plain = strdup(phrases->text[i]);
        for (char *p = plain; *p;
             p++) { /* the phrase language's own characters separate here as all punctuation does */
            if (!isalnum((unsigned char)*p) && (unsigned char)*p < 0x80 && *p != '\'') {
                *p = ' ';
            }
        }
        skipped += smtpcodes__compiler_phrase(c, plain, SMTPCODES__OUT_RULE, (uint32_t)i) != 0;
        free(plain);
    }
    if (smtpcodes__compiler_finish(c, &words)) {
        fprintf(stderr, "matchers: %s\n", smtpcodes__compiler_error(c));
        exit(1);
    }
    struct smtpcodes__compiler_sizes s;
    smtpcodes__compiler_sizes(c, &s);
    printf("word automaton: %zu phrases (%u left out), %zu words, %zu states, %.0f KB\n", phrases->count, skipped,
           s.words, s.states, (double)(s.vocabulary * 8 + s.root * 4 + s.states * 14 + s.outs * 4) / 1024);
}

static void count(void *context, uint32_t out, const unsigned char *start, const unsigned char *end)
{
    (void)out, (void)start, (void)end;
    ++*(unsigned long *)context;
}

static unsigned long words_run(const char *text, size_t length)
{
    unsigned long hits = 0;
    struct smtpcodes__matcher m = {&words, count, &hits, NULL, 0, NULL, 0, 0};
    smtpcodes__match_text(&m, text, length);
    return hits;
}

static unsigned long hash_run(const char *text, size_t length)
{
    unsigned long h = 0;
    for (size_t i = 0; i < length; i++) {
        h = (h ^ (unsigned char)text[i]) * 0x9E3779B97F4A7C15u;
    }
    return h & 1;
}

static unsigned long lexer_run(const char *text, size_t length)
{
    unsigned long n = 0;
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token t;
    smtpcodes__lexer_start(&lexer, text, length);
    do {
        smtpcodes__lexer_next(&lexer, &t);
        n++;
    } while (t.kind != SMTPCODES__TOKEN_END);
    return n;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double measure(const char *name, unsigned long (*run)(const char *, size_t), const struct lines *replies,
                      double base)
{
    enum { PASSES = 9, ROUNDS = 60 };
    double times[PASSES];
    unsigned long hits = 0;
    for (int p = 0; p < PASSES; p++) {
        double start = now();
        hits = 0;
        for (int r = 0; r < ROUNDS; r++) {
            for (size_t i = 0; i < replies->count; i++) {
                hits += run(replies->text[i], replies->length[i]);
            }
        }
        times[p] = (now() - start) / ROUNDS / (double)replies->count * 1e9;
    }
    qsort(times, PASSES, sizeof *times, ascending);
    double ns = times[PASSES / 2];
    printf("%-28s %8.1f ns a reply  x%.2f   (%lu hits)\n", name, ns, base > 0 ? ns / base : 1.0, hits / ROUNDS);
    return ns;
}

int main(int argc, char **argv)
{
    static struct lines phrases, replies;
    if (argc != 2 && argc != 3) {
        fputs("usage: matchers RULES [REPLIES]\n", stderr);
        return 2;
    }
    read_rules(argv[1], &phrases, &replies);
    if (argc == 3) {
        replies = read_lines(argv[2]);
    }
    if (phrases.count == 0 || replies.count == 0) {
        fputs("matchers: no phrases or no replies\n", stderr);
        return 1;
    }
    byte_build(&phrases);
    trie_build(&phrases);
    words_build(&phrases);
    printf("byte automaton: %u states, %u classes, %.1f MB\n", ac.states, ac.classes,
           (double)ac.states * ac.classes * sizeof *ac.next / 1e6);
    printf("%zu replies, %.0f bytes each\n", replies.count, (double)replies.bytes / (double)replies.count);
    double base = measure("hash of the bytes alone", hash_run, &replies, 0);
    measure("lexer alone", lexer_run, &replies, base);
    measure("byte automaton", byte_run, &replies, base);
    measure("word trie", trie_run, &replies, base);
    measure("word automaton", words_run, &replies, base);
    return 0;
}
