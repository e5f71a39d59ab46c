#include "match.h"

#include <string.h>

#include "token.h"

enum {
    BATCH = 128,         /* tokens that are cut before any is matched */
    HISTORY = 64,        /* tokens that a phrase may reach back over: the longest fits */
    PARTIALS = 16,       /* phrases with gaps that may be open at a time; the oldest is given up first */
    TRANSPARENT_MAX = 6, /* names, numbers and ids in a row that a phrase may reach over */
    CHOICES_MAX = 4      /* names that a phrase could take or reach over, both of which are tried */
};

/* A word with weight, or a name, number or id. */
struct place {
    const unsigned char *start, *end;
    uint32_t words_before, negations_before; /* in the text */
};

struct partial {
    size_t last;               /* its last token, counted in the text */
    uint32_t words, negations; /* up to there */
    uint16_t id;
    uint8_t negated;
    const unsigned char *start;
};

/* The tokens that are being matched. First all of a batch are cut and looked up, then phrases are looked for: what one
 * step waits for does not hold up the other. */
struct window {
    size_t count;  /* tokens; the first HISTORY are of earlier batches */
    size_t before; /* what to add to a place here for its place in the text */
    uint32_t words, negations;
    size_t partial_count;
    uint16_t symbols[HISTORY + BATCH];
    struct place places[HISTORY + BATCH + 1];
    struct partial partials[PARTIALS];
};

struct batch {
    size_t count;
    struct smtpcodes__token tokens[BATCH];
    uint16_t symbols[BATCH]; /* as the vocabulary has them */
};

static int is_name(uint16_t symbol)
{
    return symbol >= SMTPCODES__SYMBOL_KIND && symbol < SMTPCODES__SYMBOL_FIRST;
}

static int negates(const struct smtpcodes__ruleset *r, uint16_t symbol)
{
    return symbol >= SMTPCODES__SYMBOL_FIRST && symbol < r->negation_end;
}

static void window_start(struct window *w)
{
    w->count = HISTORY;
    w->before = w->partial_count = 0;
    w->words = w->negations = 0;
    memset(w->symbols, 0, HISTORY * sizeof *w->symbols); /* no phrase goes back over SMTPCODES__SYMBOL_NONE */
}

/* Keeps what phrases that end in the next batch may reach back to. */
static void window_move(struct window *w)
{
    const size_t gone = w->count - HISTORY;
    memmove(w->symbols, w->symbols + gone, HISTORY * sizeof *w->symbols);
    memmove(w->places, w->places + gone, HISTORY * sizeof *w->places);
    w->symbols[0] = SMTPCODES__SYMBOL_NONE;
    w->before += gone;
    w->count = HISTORY;
}

/* ---- gaps ---- */

static void open_partial(struct window *w, uint16_t id, size_t last, int negated, const unsigned char *start)
{
    const int is_word = !is_name(w->symbols[last]);
    struct partial *p = &w->partials[w->partial_count++ % PARTIALS];
    p->last = w->before + last;
    p->words = w->places[last].words_before + (uint32_t)is_word;
    p->negations = w->places[last + 1].negations_before;
    p->id = id;
    p->negated = (uint8_t)negated;
    p->start = start;
}

/* The first link of a partial match with this part, or behind its links. */
static const struct smtpcodes__link *first_link(const struct smtpcodes__link *low, const struct smtpcodes__link *high,
                                                uint16_t part)
{
    while (low < high) {
        const struct smtpcodes__link *middle = low + (high - low) / 2;
        if (middle->part < part) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Goes on with what is open and waits for the part that stands from `first` to `last`. */
static void go_on(struct smtpcodes__matcher *m, struct window *w, uint16_t part, size_t first, size_t last)
{
    const struct smtpcodes__ruleset *const r = m->rules;
    const struct place *const place = &w->places[first];
    const uint32_t gap = r->parts[part].gap;
    const size_t newest = w->partial_count, oldest = newest > PARTIALS ? newest - PARTIALS : 0;
    for (size_t i = newest; i > oldest; i--) { /* newest first, until they lie too far back */
        const struct partial *p = &w->partials[(i - 1) % PARTIALS];
        if (p->words + gap < place->words_before) {
            break;
        }
        const uint32_t bit = smtpcodes__pair_hash(p->id, part) & r->pair_mask;
        if (!(r->pair_filter[bit / 32] >> (bit % 32) & 1u) || p->last >= w->before + first) {
            continue;
        }
        const struct smtpcodes__link *const links_end = r->links + r->partials[p->id + 1];
        const struct partial from = *p; /* opening another may overwrite it */
        for (const struct smtpcodes__link *l = first_link(r->links + r->partials[p->id], links_end, part);
             l < links_end && l->part == part; l++) {
            /* "mailbox not full" is no mailbox that is full */
            if (place->words_before - from.words > l->gap || place->negations_before != from.negations) {
                continue;
            }
            if (SMTPCODES__OUT_KIND(l->out) == SMTPCODES__OUT_PART) {
                open_partial(w, (uint16_t)SMTPCODES__OUT_ID(l->out), last, from.negated, from.start);
            } else if (!from.negated) {
                m->found(m->context, l->out, from.start, w->places[last].end);
            }
        }
    }
}

/* A stretch of a phrase with gaps: does it go on what is open, does it open something? */
static void part_found(struct smtpcodes__matcher *m, struct window *w, uint16_t part, size_t first, size_t last,
                       int negated)
{
    const uint16_t opens = m->rules->parts[part].opens;
    if (m->rules->parts[part].gap) {
        go_on(m, w, part, first, last);
    }
    if (opens) {
        open_partial(w, opens, last, negated, w->places[first].start);
    }
}

/* ---- phrases ---- */

/* The phrases from `first` to `last` that stand for the outputs from `out` on. */
static void phrases_found(struct smtpcodes__matcher *m, struct window *w, const uint32_t *out, size_t first,
                          size_t last)
{
    size_t before = first - 1;
    while (is_name(w->symbols[before])) {
        before--;
    }
    const int negated = negates(m->rules, w->symbols[before]) && !negates(m->rules, w->symbols[first]);
    do {
        if (SMTPCODES__OUT_KIND(*out) == SMTPCODES__OUT_PART) {
            part_found(m, w, (uint16_t)SMTPCODES__OUT_ID(*out), first, last, negated);
        } else if (!negated) {
            m->found(m->context, *out, w->places[first].start, w->places[last].end);
        }
    } while (!(*out++ & SMTPCODES__OUT_LAST));
}

/* A name that a phrase took, but could have reached over. */
struct choice {
    const struct smtpcodes__node *node;
    size_t name;
    unsigned names;
};

/* All phrases that end with the token `last` and have the token `at` in them; `node` is that of what stands between. */
static void walk_back(struct smtpcodes__matcher *m, struct window *w, const struct smtpcodes__node *node, size_t at,
                      size_t last)
{
    const struct smtpcodes__ruleset *const r = m->rules;
    struct choice choices[CHOICES_MAX];
    unsigned names = 0, choice_count = 0, choices_open = 0;
    for (;; at--) {
        const uint16_t symbol = w->symbols[at];
        const struct smtpcodes__node *next = &r->nodes[node->base ^ symbol];
        if (next->symbol == symbol) {
            if (is_name(symbol) && choice_count < CHOICES_MAX) {
                choice_count++;
                choices[choices_open++] = (struct choice){node, at, names};
            }
            node = next;
            names = 0;
            if (node->outs) {
                phrases_found(m, w, r->outs + node->outs, at, last);
            }
        } else if (!is_name(symbol) || !node->base || ++names > TRANSPARENT_MAX) {
            if (choices_open == 0) {
                return;
            }
            const struct choice *c = &choices[--choices_open];
            node = c->node;
            at = c->name;
            names = c->names + 1;
            if (names > TRANSPARENT_MAX) {
                return;
            }
        }
    }
}

/* First asks of all tokens whether any phrase has the two words in front of each other, so that no answer has to be
 * waited for; most have not. */
static void find_phrases(struct smtpcodes__matcher *m, struct window *w)
{
    const struct smtpcodes__ruleset *const r = m->rules;
    const size_t count = w->count;
    unsigned char goes_back[HISTORY + BATCH];
    w->places[count].negations_before = w->negations;
    for (size_t i = HISTORY; i < count; i++) {
        const uint16_t before = w->symbols[i - 1];
        const uint32_t base = r->roots[w->symbols[i]].base;
        goes_back[i] = (r->nodes[base ^ before].symbol == before) | ((base != 0) & is_name(before));
    }
    for (size_t i = HISTORY; i < count; i++) {
        const struct smtpcodes__node *const root = &r->roots[w->symbols[i]];
        if (root->outs) {
            phrases_found(m, w, r->outs + root->outs, i, i);
        }
        if (goes_back[i]) {
            walk_back(m, w, root, i - 1, i);
        }
    }
}

/* ---- words ---- */

static uint16_t symbol_of(const struct smtpcodes__ruleset *r, uint32_t hash)
{
    const struct smtpcodes__word *word = &r->vocabulary[smtpcodes__word_slot(r, hash)];
    return (uint16_t)(word->symbol & -(word->hash == hash)); /* or NONE; no branch, which would wait for the table */
}

/* The symbol of a word that the vocabulary does not have: that of a prefix, or NONE. */
static uint16_t prefix_of(const struct smtpcodes__ruleset *r, const struct smtpcodes__token *token)
{
    const uint32_t bit = smtpcodes__prefix_bit(token->four);
    if (token->length < 4 || !(r->prefix_filter[bit / 32] >> (bit % 32) & 1u)) {
        return SMTPCODES__SYMBOL_NONE;
    }
    struct smtpcodes__lexer lexer;
    smtpcodes__lexer_start(&lexer, (const char *)token->start, (size_t)(token->end - token->start));
    smtpcodes__lexer_fold(&lexer, token->start);
    for (uint32_t i = 0; i < r->prefix_count; i++) {
        const struct smtpcodes__prefix *p = &r->prefixes[i];
        if (p->length <= lexer.folded_length && memcmp(lexer.folded, r->strings + p->text, p->length) == 0) {
            return p->symbol;
        }
    }
    return SMTPCODES__SYMBOL_NONE;
}

static void hear(struct smtpcodes__matcher *m, const struct smtpcodes__token *token, uint16_t symbol)
{
    enum { STEM_FROM = 5 }; /* letters of a word that has a stem */
    struct smtpcodes__words *const words = m->words;
    if (!is_name(symbol)) {
        smtpcodes__hear(words, token->hash, token->length >= STEM_FROM ? token->four : 0, token->start, token->end);
        words->negates = negates(m->rules, symbol);
    } else if (token->kind != SMTPCODES__TOKEN_ENHANCED) { /* the codes are told apart from the words */
        smtpcodes__hear(words, (uint32_t)token->kind, 0, token->start, token->end);
    }
}

static void add_token(struct window *w, const struct smtpcodes__ruleset *r, uint16_t symbol,
                      const struct smtpcodes__token *token)
{
    w->symbols[w->count] = symbol;
    w->places[w->count++] = (struct place){token->start, token->end, w->words, w->negations};
    w->words += !is_name(symbol);
    w->negations += (uint32_t)negates(r, symbol);
}

/* The parts of a host name, link or address, in their own name space. */
static void match_parts(struct smtpcodes__matcher *m, enum smtpcodes__space space, const unsigned char *start,
                        const unsigned char *end)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    struct window window;
    window_start(&window);
    smtpcodes__lexer_start(&lexer, (const char *)start, (size_t)(end - start));
    while (smtpcodes__lexer_part(&lexer, space, &token)) {
        if (window.count == HISTORY + BATCH) {
            find_phrases(m, &window);
            window_move(&window);
        }
        add_token(&window, m->rules, symbol_of(m->rules, token.hash), &token);
    }
    find_phrases(m, &window);
}

static void match_name(struct smtpcodes__matcher *m, const struct smtpcodes__token *token)
{
    switch (token->kind) {
    case SMTPCODES__TOKEN_HOST:
    case SMTPCODES__TOKEN_URL:
        if (m->rules->has_link_phrases) {
            match_parts(m, SMTPCODES__SPACE_LINK, token->start, token->end);
        }
        break;
    case SMTPCODES__TOKEN_ADDRESS:
        if (m->rules->has_address_phrases) {
            match_parts(m, SMTPCODES__SPACE_ADDRESS, token->start, token->end);
        }
        break;
    case SMTPCODES__TOKEN_IP:
        if (m->client && (size_t)(token->end - token->start) == m->client_length &&
            memcmp(token->start, m->client, m->client_length) == 0) {
            m->quotes_client = 1;
        }
        break;
    default: break;
    }
}

/* Looks the words of a batch up; those without weight go. */
static void look_up(struct smtpcodes__matcher *m, struct window *w, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct smtpcodes__token *const token = &batch->tokens[i];
        uint16_t symbol = batch->symbols[i];
        if (symbol == SMTPCODES__SYMBOL_NOISE) {
            continue;
        }
        if (symbol == SMTPCODES__SYMBOL_NONE && token->length) {
            symbol = prefix_of(m->rules, token);
        } else if (symbol == SMTPCODES__SYMBOL_NONE) {
            match_name(m, token);
        }
        if (symbol == SMTPCODES__SYMBOL_NONE && token->kind != SMTPCODES__TOKEN_WORD) {
            symbol = (uint16_t)(SMTPCODES__SYMBOL_KIND + (int)token->kind);
        }
        if (m->words) {
            hear(m, token, symbol);
        }
        add_token(w, m->rules, symbol, token);
    }
}

/* Cuts the next batch and looks up its words; nothing waits for what is found. */
static void cut(struct smtpcodes__matcher *m, struct smtpcodes__lexer *lexer, struct batch *batch)
{
    const struct smtpcodes__ruleset *const r = m->rules;
    batch->count = smtpcodes__lexer_tokens(lexer, batch->tokens, BATCH);
    for (size_t i = 0; i < batch->count; i++) {
        batch->symbols[i] = symbol_of(r, batch->tokens[i].hash); /* NONE for what has no hash: no word has 0 */
    }
}

void smtpcodes__match_text(struct smtpcodes__matcher *m, const char *bytes, size_t length)
{
    struct smtpcodes__lexer lexer;
    struct batch batch;
    struct window window;
    window_start(&window);
    smtpcodes__lexer_start(&lexer, bytes, length);
    for (;;) {
        cut(m, &lexer, &batch);
        look_up(m, &window, &batch);
        find_phrases(m, &window);
        if (batch.count < BATCH) {
            break;
        }
        window_move(&window);
    }
    m->has_words += (int)window.words;
}

void smtpcodes__match_names(struct smtpcodes__matcher *m, const char *bytes, size_t length)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    smtpcodes__lexer_start(&lexer, bytes, length);
    for (;;) {
        smtpcodes__lexer_next(&lexer, &token);
        if (token.kind == SMTPCODES__TOKEN_END) {
            return;
        }
        match_name(m, &token);
    }
}

void smtpcodes__match_host(struct smtpcodes__matcher *m, const char *bytes, size_t length)
{
    match_parts(m, SMTPCODES__SPACE_LINK, (const unsigned char *)bytes, (const unsigned char *)bytes + length);
}
