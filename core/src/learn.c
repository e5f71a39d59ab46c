#include "learn.h"

#include <string.h>

#include <smtpcodes.h>

/* ---- features ---- */

/* The upper bits of a product depend on all bits of the factor. */
static uint16_t row_of(uint32_t mixed)
{
    mixed ^= mixed >> 15;
    return (uint16_t)((mixed * 0x2C1B3C6Du) >> (32 - SMTPCODES__MODEL_BITS));
}

static void add(struct smtpcodes__features *features, uint16_t row)
{
    features->row[features->count++] = row;
}

void smtpcodes__add_fact(struct smtpcodes__features *features, enum smtpcodes__fact kind, uint32_t value)
{
    if (features->count < SMTPCODES__FACTS_MAX) {
        add(features, row_of((((uint32_t)kind + 1) << 24 ^ value) * 0x7FEB352Du));
    }
}

void smtpcodes__hear(struct smtpcodes__words *words, uint32_t hash, uint32_t stem, const unsigned char *start,
                     const unsigned char *end)
{
    struct smtpcodes__word_heard *word = &words->word[words->count];
    if (words->count == SMTPCODES__WORDS_MAX || (words->count && word[-1].hash == hash)) {
        return;
    }
    word->hash = hash;
    word->stem = stem;
    if (words->negates && hash > SMTPCODES__KIND_LAST) {
        word->hash ^= 0xA5A5A5A5u;
        word->stem = 0;
    }
    words->negates = 0;
    word->start = start;
    word->end = end;
    words->count++;
}

/* Without branches: whether a word is long enough for a stem is hard to foretell. */
void smtpcodes__add_words(struct smtpcodes__features *features, const struct smtpcodes__words *words)
{
    uint16_t *row = features->row + features->count;
    uint32_t before = 77; /* the first word has none */
    features->facts = features->count;
    for (uint32_t i = 0; i < words->count; i++) {
        const struct smtpcodes__word_heard *const word = &words->word[i];
        *row++ = row_of(word->hash);
        *row++ = row_of(word->hash * 3u + before * 0x9E3779B1u);
        *row = row_of(word->stem * 0x27D4EB2Fu + 11);
        row += word->stem != 0;
        before = word->hash;
    }
    features->count = (uint32_t)(row - features->row);
}

/* ---- weights ---- */

/* Numbers of 16 bits that are added at once: eight where the compiler knows vectors, else four. */
#if defined __GNUC__ && !defined SMTPCODES_NO_VECTORS
typedef uint64_t pack __attribute__((vector_size(16)));
#else
typedef uint64_t pack;
#endif
enum { PACKS = sizeof(uint16_t[SMTPCODES__MODEL_LANES]) / sizeof(pack) };

_Static_assert(SMTPCODES__FEATURES_MAX * 63 <= INT16_MAX, "sums of weights do not fit");

void smtpcodes__score(const struct smtpcodes__model *model, const struct smtpcodes__features *features,
                      struct smtpcodes__scores *out)
{
    enum { LANES = SMTPCODES__MODEL_LANES, LAST = SMTPCODES__MODEL_COLUMNS - 2 * LANES };
    const uint64_t six = 0x003F003F003F003Fu, four = 0x000F000F000F000Fu; /* bits of each number */
    pack first[PACKS], second[PACKS], halves[PACKS];
    uint16_t half[LANES];
    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    memset(halves, 0, sizeof halves);
    for (uint32_t i = 0; i < features->count; i++) {
        const uint16_t *const row = model->weights[features->row[i]];
        for (size_t p = 0; p < PACKS; p++) {
            pack lanes;
            memcpy(&lanes, row + p * (sizeof lanes / sizeof *row), sizeof lanes);
            first[p] += lanes & six;
            second[p] += lanes >> 6 & six;
            halves[p] += lanes >> 12 & four;
        }
    }
    memcpy(out->of, first, sizeof first);
    memcpy(out->of + LANES, second, sizeof second);
    memcpy(half, halves, sizeof halves);
    for (int c = 0; c < LAST; c++) {
        out->of[2 * LANES + c] = (int16_t)(half[c] + 16 * half[c + LAST]);
    }
    out->features = features->count;
}

void smtpcodes__weigh_opinion(const struct smtpcodes__model *model, enum smtpcodes__ground ground, int reason,
                              const struct smtpcodes__scores *scores, struct smtpcodes__opinion *out)
{
    enum { COLUMNS = SMTPCODES__MODEL_COLUMNS };
    const int16_t *const of = scores->of;
    int16_t others[COLUMNS], best = 0, second = 0;
    int column = 0;
    for (int c = 0; c < COLUMNS; c++) { /* so plain that compilers make vectors of it */
        if (of[c] > best) {
            best = of[c];
        }
    }
    while (of[column] != best) { /* of equal scores the earlier column wins */
        column++;
    }
    memcpy(others, of, sizeof others);
    others[column] = 0;
    for (int c = 0; c < COLUMNS; c++) {
        if (others[c] > second) {
            second = others[c];
        }
    }
    /* of long replies and short ones alike: what a feature says on average, in eighths of a weight */
    const int32_t margin = 8 * (best - second) / (int32_t)(scores->features ? scores->features : 1);
    out->margin = margin < SMTPCODES__MARGINS ? (int)margin : SMTPCODES__MARGINS - 1;
    out->column = column;
    const int opinion = model->reason[column];
    if (opinion == reason) {
        out->answer = SMTPCODES__AGREES;
    } else if (out->margin >= model->overrules_from[ground] &&
               opinion != SMTPCODES_REASON_UNKNOWN) { /* not to understand is no evidence */
        out->answer = SMTPCODES__OVERRULES;
    } else {
        out->answer = SMTPCODES__DIFFERS;
    }
    out->reason = out->answer == SMTPCODES__OVERRULES ? opinion : reason;
}

/* ---- words of an opinion ---- */

void smtpcodes__look_up_words(const struct smtpcodes__words *words, struct smtpcodes__word_bits *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        const struct smtpcodes__word_heard *const word = &words->word[i];
        if (word->hash > SMTPCODES__KIND_LAST) {
            const uint32_t key = word->stem ? word->stem : word->hash; /* another form of a known word is no stranger */
            out->bit[out->count++] = (key * 0x9E3779B1u) >> (32 - SMTPCODES__FAMILIAR_BITS);
        }
    }
}

int smtpcodes__is_strange(const struct smtpcodes__model *model, const struct smtpcodes__word_bits *words)
{
    uint32_t familiar = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        familiar += model->familiar[words->bit[i] / 32] >> (words->bit[i] % 32) & 1u;
    }
    return 2 * familiar <= words->count;
}

void smtpcodes__withhold(struct smtpcodes__opinion *opinion, int reason)
{
    opinion->answer = SMTPCODES__DIFFERS;
    opinion->reason = reason;
}

int smtpcodes__weight(const struct smtpcodes__model *model, uint16_t row, int column)
{
    enum { LANES = SMTPCODES__MODEL_LANES, LAST = SMTPCODES__MODEL_COLUMNS - 2 * LANES };
    const uint16_t *const lane = model->weights[row] + column % LANES;
    return column < LANES ? *lane & 63 : column < 2 * LANES ? *lane >> 6 & 63 : (*lane >> 12) + 16 * (lane[LAST] >> 12);
}

int smtpcodes__weightiest(const struct smtpcodes__model *model, const struct smtpcodes__words *words,
                          const struct smtpcodes__features *features, const struct smtpcodes__opinion *opinion,
                          int reason, const unsigned char **start, const unsigned char **end)
{
    int said[SMTPCODES__WORDS_MAX];
    uint32_t most = 0, first, last;
    const uint16_t *row = features->row + features->facts;
    if (words->count == 0) {
        return 0;
    }
    const uint8_t *const found = memchr(model->reason, reason, sizeof model->reason);
    const int against = found ? (int)(found - model->reason) : 0;
    for (uint32_t i = 0; i < words->count; i++) {
        said[i] = 0;
        for (int rows = words->word[i].stem ? 3 : 2; rows; rows--, row++) {
            said[i] += smtpcodes__weight(model, *row, opinion->column) - smtpcodes__weight(model, *row, against);
        }
        if (said[i] > said[most]) {
            most = i;
        }
    }
    /* with its neighbours, as long as they say much too */
    for (first = most; first > 0 && said[first - 1] > said[most] / 4; first--) {
    }
    for (last = most; last + 1 < words->count && said[last + 1] > said[most] / 4; last++) {
    }
    *start = words->word[first].start;
    *end = words->word[last].end;
    return 1;
}
