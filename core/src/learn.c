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

static uint16_t word_row(const struct smtpcodes__word_heard *word)
{
    return row_of(word->hash);
}

static uint16_t stem_row(const struct smtpcodes__word_heard *word)
{
    return row_of(word->stem * 0x27D4EB2Fu + 11);
}

/* Of a word and the one before it; the first has none. */
static uint16_t pair_row(const struct smtpcodes__words *words, uint32_t i)
{
    uint32_t before = i ? words->word[i - 1].hash : 77;
    return row_of(words->word[i].hash * 3u + before * 0x9E3779B1u);
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

void smtpcodes__add_words(struct smtpcodes__features *features, const struct smtpcodes__words *words)
{
    features->words = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        const struct smtpcodes__word_heard *const word = &words->word[i];
        if (word->hash > SMTPCODES__KIND_LAST) {
            const uint32_t key = word->stem ? word->stem : word->hash; /* another form of a known word is no stranger */
            features->word[features->words++] = (uint16_t)((key * 0x9E3779B1u) >> (32 - SMTPCODES__FAMILIAR_BITS));
        }
        add(features, word_row(word));
        add(features, pair_row(words, i));
        if (word->stem) {
            add(features, stem_row(word));
        }
    }
}

/* ---- weights ---- */

static int is_strange(const struct smtpcodes__model *model, const struct smtpcodes__features *features)
{
    uint32_t familiar = 0;
    for (uint32_t i = 0; i < features->words; i++) {
        familiar += model->familiar[features->word[i] / 32] >> (features->word[i] % 32) & 1u;
    }
    return 2 * familiar <= features->words;
}

void smtpcodes__score(const struct smtpcodes__model *model, const struct smtpcodes__features *features,
                      struct smtpcodes__scores *out)
{
    enum { BLOCK = 257 }; /* as many weights as fit into 16 bits */
    const uint64_t every_other = 0x00FF00FF00FF00FFu;
    memset(out, 0, sizeof *out);
    out->features = features->count;
    out->is_strange = is_strange(model, features);
    for (uint32_t from = 0; from < features->count; from += BLOCK) {
        const uint32_t to = features->count - from > BLOCK ? from + BLOCK : features->count;
        /* four sums of 16 bits in each number: one addition adds four weights */
        uint64_t even[SMTPCODES__MODEL_PACKS] = {0}, odd[SMTPCODES__MODEL_PACKS] = {0};
        for (uint32_t i = from; i < to; i++) {
            const uint64_t *const row = model->weights[features->row[i]];
            for (int p = 0; p < SMTPCODES__MODEL_PACKS; p++) {
                even[p] += row[p] & every_other;
                odd[p] += row[p] >> 8 & every_other;
            }
        }
        for (int p = 0; p < SMTPCODES__MODEL_PACKS; p++) {
            for (int k = 0; k < 4; k++) {
                out->of[8 * p + 2 * k] += (int32_t)(even[p] >> 16 * k & 0xFFFF);
                out->of[8 * p + 2 * k + 1] += (int32_t)(odd[p] >> 16 * k & 0xFFFF);
            }
        }
    }
}

enum { COLUMN_ROOM = 64 }; /* more than there are columns; sums of 400 weights of a byte times this fit */

void smtpcodes__weigh_opinion(const struct smtpcodes__model *model, enum smtpcodes__ground ground, int reason,
                              const struct smtpcodes__scores *scores, struct smtpcodes__opinion *out)
{
    const int32_t *const of = scores->of;
    int given = 0;
    /* A score with its column in one number, so that the loops have no branch: earlier columns win a tie. */
    int32_t first_key = -1, second_key = -1;
    for (int c = 0; c < SMTPCODES__MODEL_COLUMNS; c++) {
        const int32_t key = of[c] * COLUMN_ROOM + (COLUMN_ROOM - 1 - c);
        first_key = key > first_key ? key : first_key;
        given = model->reason[c] == reason ? c : given;
    }
    for (int c = 0; c < SMTPCODES__MODEL_COLUMNS; c++) {
        int32_t key = of[c] * COLUMN_ROOM + (COLUMN_ROOM - 1 - c);
        key = key == first_key ? -1 : key;
        second_key = key > second_key ? key : second_key;
    }
    const int best = COLUMN_ROOM - 1 - first_key % COLUMN_ROOM;
    const int second = COLUMN_ROOM - 1 - second_key % COLUMN_ROOM;
    /* of long replies and short ones alike: what a feature says on average, in halves of a weight */
    const int32_t margin = 2 * (of[best] - of[second]) / (int32_t)(scores->features ? scores->features : 1);
    out->margin = margin < SMTPCODES__MARGINS ? (int)margin : SMTPCODES__MARGINS - 1;
    out->column = best;
    out->against = second;
    out->reason = reason;
    if (model->reason[best] == reason) {
        out->answer = SMTPCODES__AGREES;
    } else if (out->margin >= model->overrules_from[ground] && !scores->is_strange &&
               model->reason[best] != SMTPCODES_REASON_UNKNOWN) { /* not to understand is no evidence */
        out->answer = SMTPCODES__OVERRULES;
        out->reason = model->reason[best];
        out->against = given;
    } else {
        out->answer = SMTPCODES__DIFFERS;
    }
}

static int weight(const struct smtpcodes__model *model, uint16_t row, int column)
{
    return (int)(model->weights[row][column / 8] >> 8 * (column % 8) & 255);
}

/* How much a feature speaks for the opinion rather than for the next best. */
static int speaks(const struct smtpcodes__model *model, uint16_t row, const struct smtpcodes__opinion *opinion)
{
    return weight(model, row, opinion->column) - weight(model, row, opinion->against);
}

int smtpcodes__weightiest(const struct smtpcodes__model *model, const struct smtpcodes__words *words,
                          const struct smtpcodes__opinion *opinion, const unsigned char **start,
                          const unsigned char **end)
{
    int said[SMTPCODES__WORDS_MAX];
    uint32_t most = 0, first, last;
    if (words->count == 0) {
        return 0;
    }
    for (uint32_t i = 0; i < words->count; i++) {
        said[i] = speaks(model, word_row(&words->word[i]), opinion) + speaks(model, pair_row(words, i), opinion);
        if (words->word[i].stem) {
            said[i] += speaks(model, stem_row(&words->word[i]), opinion);
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
