#include "match.h"

#include <string.h>

#include "token.h"

enum {
    RECENT = 32,        /* words whose place is remembered: the longest phrase fits */
    PARTIALS = 16,      /* phrases with gaps that may be open at a time; the oldest is given up first */
    GAP_MAX = 6,        /* as in compile.c */
    TRANSPARENT_MAX = 6 /* names, numbers and ids in a row that a phrase may reach over */
};

struct partial {
    uint32_t last; /* position of its last word */
    uint16_t id;
    uint8_t negated;
    const unsigned char *start;
};

/* A walk through the automaton. */
struct walk {
    uint32_t state, position, transparent, partial_count;
    const unsigned char *starts[RECENT];
    unsigned char negates[RECENT];
    struct partial partials[PARTIALS];
};

static void walk_start(struct walk *walk)
{
    walk->state = walk->transparent = walk->partial_count = 0;
    walk->position = 1; /* position 0 is the place before the first word */
    walk->negates[0] = 0;
}

static uint32_t edge(const struct smtpcodes__ruleset *r, uint32_t state, uint16_t symbol)
{
    if (state == 0) {
        return r->root[symbol];
    }
    uint32_t low = r->states[state].children, high = r->states[state + 1].children;
    while (high - low > 8) {
        const uint32_t middle = low + (high - low) / 2;
        if (r->symbols[middle] <= symbol) {
            low = middle;
        } else {
            high = middle;
        }
    }
    for (; low < high; low++) {
        if (r->symbols[low] == symbol) {
            return low;
        }
    }
    return 0;
}

static void open_partial(struct walk *walk, uint16_t id, uint32_t last, int negated, const unsigned char *start)
{
    struct partial *p = &walk->partials[walk->partial_count++ % PARTIALS];
    p->id = id;
    p->last = last;
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

/* "mailbox not full" is no mailbox that is full. */
static int negation_between(const struct walk *walk, uint32_t from, uint32_t to)
{
    int found = 0;
    for (; from < to; from++) {
        // All places before `to` have been written. NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign)
        found |= walk->negates[from % RECENT];
    }
    return found;
}

/* A stretch of a phrase with gaps ends here: does it go on what is open, does it open something? */
static void part_found(struct smtpcodes__matcher *m, struct walk *walk, uint16_t part, uint32_t words, int negated,
                       const unsigned char *start, const unsigned char *end)
{
    const struct smtpcodes__ruleset *const r = m->rules;
    const uint32_t first = walk->position - words + 1; /* position of the stretch's first word */
    const uint32_t newest = walk->partial_count, oldest = newest > PARTIALS ? newest - PARTIALS : 0;
    for (uint32_t i = newest; i > oldest; i--) { /* newest first, until they lie too far back */
        const struct partial *p = &walk->partials[(i - 1) % PARTIALS];
        if (p->last + GAP_MAX + 1 < first) {
            break;
        }
        uint32_t bit = smtpcodes__pair_hash(p->id, part) & r->pair_mask;
        if (!(r->pair_filter[bit / 32] >> (bit % 32) & 1u) || p->last >= first) {
            continue;
        }
        const struct smtpcodes__link *const links_end = r->links + r->partials[p->id + 1];
        const struct partial from = *p; /* opening another may overwrite it */
        for (const struct smtpcodes__link *l = first_link(r->links + r->partials[p->id], links_end, part);
             l < links_end && l->part == part; l++) {
            if (first - from.last - 1 > l->gap || negation_between(walk, from.last + 1, first)) {
                continue;
            }
            if (SMTPCODES__OUT_KIND(l->out) == SMTPCODES__OUT_PART) {
                open_partial(walk, (uint16_t)SMTPCODES__OUT_ID(l->out), walk->position, from.negated, from.start);
            } else if (!from.negated) {
                m->found(m->context, l->out, from.start, end);
            }
        }
    }
    if (r->part_start[part]) {
        open_partial(walk, r->part_start[part], walk->position, negated, start);
    }
}

/* One symbol; returns 0 if nothing goes on with it. `required` says that the walk falls back to the root then. */
static int step(struct smtpcodes__matcher *m, struct walk *walk, uint16_t symbol, int required,
                const unsigned char *start, const unsigned char *end)
{
    const struct smtpcodes__ruleset *const r = m->rules;
    uint32_t state = walk->state, next;
    if (symbol == SMTPCODES__SYMBOL_NONE) { /* no phrase goes on with it */
        walk->state = 0;
        walk->negates[walk->position++ % RECENT] = 0;
        return 1;
    }
    while ((next = edge(r, state, symbol)) == 0 && state != 0) {
        state = r->states[state].fail;
    }
    /* A name must not end a phrase that has begun, only because another phrase begins with a name. */
    if (!required && (next == 0 || (state == 0 && walk->state != 0))) {
        return 0;
    }
    walk->state = next;
    walk->starts[walk->position % RECENT] = start;
    walk->negates[walk->position % RECENT] = symbol >= SMTPCODES__SYMBOL_FIRST && symbol < r->negation_end;
    const struct smtpcodes__state *const reached = &r->states[next];
    for (uint32_t o = reached[0].outs; o < reached[1].outs; o++) {
        uint32_t out = r->outs[o], words = SMTPCODES__OUT_WORDS(out);
        uint32_t before = (walk->position - words) % RECENT, first = (walk->position - words + 1) % RECENT;
        int negated = walk->negates[before] && !walk->negates[first];
        if (SMTPCODES__OUT_KIND(out) == SMTPCODES__OUT_PART) {
            part_found(m, walk, (uint16_t)SMTPCODES__OUT_ID(out), words, negated, walk->starts[first], end);
        } else if (!negated) {
            m->found(m->context, out, walk->starts[first], end);
        }
    }
    walk->position++;
    return 1;
}

static uint16_t symbol_of(const struct smtpcodes__ruleset *r, uint32_t hash, const struct smtpcodes__lexer *lexer)
{
    uint32_t at = hash & r->vocabulary_mask;
    for (;; at = (at + 1) & r->vocabulary_mask) {
        if (r->vocabulary[at].hash == hash) {
            return r->vocabulary[at].symbol;
        }
        if (r->vocabulary[at].hash == 0) {
            break;
        }
    }
    if (lexer->folded_length >= 4) {
        uint32_t bit = smtpcodes__prefix_bit(lexer->folded);
        if (r->prefix_filter[bit / 32] >> (bit % 32) & 1u) {
            for (uint32_t i = 0; i < r->prefix_count; i++) {
                const struct smtpcodes__prefix *p = &r->prefixes[i];
                if (p->length <= lexer->folded_length && memcmp(lexer->folded, r->strings + p->text, p->length) == 0) {
                    return p->symbol;
                }
            }
        }
    }
    return SMTPCODES__SYMBOL_NONE;
}

/* The parts of a host name, link or address, in their own name space. */
static void match_parts(struct smtpcodes__matcher *m, enum smtpcodes__space space, const unsigned char *start,
                        const unsigned char *end)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    struct walk walk;
    walk_start(&walk);
    smtpcodes__lexer_start(&lexer, (const char *)start, (size_t)(end - start));
    while (smtpcodes__lexer_part(&lexer, space, &token)) {
        lexer.folded_length = 0; /* no prefixes here */
        step(m, &walk, symbol_of(m->rules, token.hash, &lexer), 1, token.start, token.end);
    }
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

static void hear_word(struct smtpcodes__words *words, const struct smtpcodes__token *token,
                      const struct smtpcodes__lexer *lexer)
{
    enum { STEM_FROM = 5 }; /* letters of a word that has a stem */
    smtpcodes__hear(words, token->hash, lexer->folded_length >= STEM_FROM ? lexer->folded : NULL, token->start,
                    token->end);
}

void smtpcodes__match_text(struct smtpcodes__matcher *m, const char *bytes, size_t length)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    struct walk walk;
    walk_start(&walk);
    smtpcodes__lexer_start(&lexer, bytes, length);
    for (;;) {
        smtpcodes__lexer_next(&lexer, &token);
        if (token.kind == SMTPCODES__TOKEN_END) {
            return;
        }
        if (token.hash) {
            uint16_t symbol = symbol_of(m->rules, token.hash, &lexer);
            if (symbol == SMTPCODES__SYMBOL_NOISE) {
                continue;
            }
            if (symbol != SMTPCODES__SYMBOL_NONE || token.kind == SMTPCODES__TOKEN_WORD) {
                m->has_words++;
                walk.transparent = 0;
                if (m->words) {
                    hear_word(m->words, &token, &lexer);
                    m->words->negates = symbol >= SMTPCODES__SYMBOL_FIRST && symbol < m->rules->negation_end;
                }
                step(m, &walk, symbol, 1, token.start, token.end);
                continue;
            }
        } else {
            match_name(m, &token);
        }
        if (m->words && token.kind != SMTPCODES__TOKEN_ENHANCED) { /* the codes are told apart from the words */
            smtpcodes__hear(m->words, (uint32_t)token.kind, NULL, token.start, token.end);
        }
        /* Names, numbers and ids: a phrase may ask for one; otherwise it reaches over them. */
        if (!step(m, &walk, (uint16_t)(SMTPCODES__SYMBOL_KIND + (int)token.kind), 0, token.start, token.end) &&
            ++walk.transparent > TRANSPARENT_MAX) {
            walk.state = 0;
        }
    }
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
