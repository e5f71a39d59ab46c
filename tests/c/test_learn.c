/* The model's arithmetic, on weights of this test: sums against a plain loop, the choice of the best, and what words
 * are quoted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <smtpcodes.h>

#include "learn.h"

static struct smtpcodes__model model;

/* As core/src/learn.h describes a row. */
static void put(uint16_t row, int column, unsigned weight)
{
    uint16_t *const lanes = model.weights[row];
    if (column < 32) {
        lanes[column % 16] |= (uint16_t)(weight << (column < 16 ? 0 : 6));
    } else {
        lanes[column - 32] |= (uint16_t)(weight % 16 << 12);
        lanes[column - 24] |= (uint16_t)(weight / 16 << 12);
    }
}

static unsigned next(unsigned *random)
{
    *random = *random * 1103515245u + 12345u;
    return *random >> 16;
}

/* Whatever is added at once: each sum is that of the weights, up to as many of the largest as there can be. */
static void sums(void **state)
{
    static unsigned kept[64][SMTPCODES__MODEL_COLUMNS];
    unsigned random = 7;
    (void)state;
    memset(&model, 0, sizeof model);
    for (uint16_t row = 0; row < 64; row++) {
        for (int c = 0; c < SMTPCODES__MODEL_COLUMNS; c++) {
            kept[row][c] = row == 63 ? 63 : next(&random) % 64;
            put(row, c, kept[row][c]);
            assert_int_equal(smtpcodes__weight(&model, row, c), kept[row][c]);
        }
    }
    for (uint32_t count = 0; count <= SMTPCODES__FEATURES_MAX; count++) {
        struct smtpcodes__features features = {.count = count};
        struct smtpcodes__scores scores;
        unsigned sum[SMTPCODES__MODEL_COLUMNS] = {0};
        for (uint32_t i = 0; i < count; i++) {
            features.row[i] = (uint16_t)(count == SMTPCODES__FEATURES_MAX ? 63 : next(&random) % 64);
            for (int c = 0; c < SMTPCODES__MODEL_COLUMNS; c++) {
                sum[c] += kept[features.row[i]][c];
            }
        }
        smtpcodes__score(&model, &features, &scores);
        assert_int_equal(scores.features, count);
        for (int c = 0; c < SMTPCODES__MODEL_COLUMNS; c++) {
            assert_int_equal(scores.of[c], sum[c]);
        }
    }
}

/* Column c stands for reason c + 1; both grounds of the test are overruled from a margin of 4. */
static void name_reasons(void)
{
    memset(&model, 0, sizeof model);
    for (int c = 0; c < SMTPCODES__MODEL_COLUMNS; c++) {
        model.reason[c] = (uint8_t)(c + 1);
    }
    memset(model.overrules_from, 4, sizeof model.overrules_from);
}

static void opinions(void **state)
{
    const int given = model.reason[0];
    (void)state;
    name_reasons();
    for (int best = 0; best < SMTPCODES__MODEL_COLUMNS; best++) {
        for (int second = 0; second < SMTPCODES__MODEL_COLUMNS; second++) {
            struct smtpcodes__scores scores = {.features = 16};
            struct smtpcodes__opinion opinion;
            if (best == second) {
                continue;
            }
            scores.of[best] = 100;
            scores.of[second] = 91; /* 8 * 9 / 16 is 4 */
            smtpcodes__weigh_opinion(&model, SMTPCODES__GROUND_CODE, model.reason[best], &scores, &opinion);
            assert_int_equal(opinion.answer, SMTPCODES__AGREES);
            assert_int_equal(opinion.column, best);
            assert_int_equal(opinion.margin, 4);
            smtpcodes__weigh_opinion(&model, SMTPCODES__GROUND_CODE, model.reason[second], &scores, &opinion);
            const int is_known = model.reason[best] != SMTPCODES_REASON_UNKNOWN;
            assert_int_equal(opinion.answer, is_known ? SMTPCODES__OVERRULES : SMTPCODES__DIFFERS);
            assert_int_equal(opinion.reason, model.reason[is_known ? best : second]);
            scores.of[second] = 93; /* 8 * 7 / 16 is 3 */
            smtpcodes__weigh_opinion(&model, SMTPCODES__GROUND_CODE, model.reason[second], &scores, &opinion);
            assert_int_equal(opinion.answer, SMTPCODES__DIFFERS);
            assert_int_equal(opinion.reason, model.reason[second]);
            scores.of[second] = 100; /* the earlier one, for nothing */
            smtpcodes__weigh_opinion(&model, SMTPCODES__GROUND_CODE, given, &scores, &opinion);
            assert_int_equal(opinion.column, best < second ? best : second);
            assert_int_equal(opinion.margin, 0);
        }
    }
}

static void say(struct smtpcodes__words *words, const char *text, const char *word, uint32_t hash)
{
    const unsigned char *const start = (const unsigned char *)strstr(text, word);
    const uint32_t four = (uint32_t)start[0] | (uint32_t)start[1] << 8 | (uint32_t)start[2] << 16;
    smtpcodes__hear(words, hash, strlen(word) > 4 ? four | (uint32_t)start[3] << 24 : 0, start, start + strlen(word));
}

/* The word that says most is quoted, with a neighbour that says more than a quarter of it. */
static void quoted(void **state)
{
    static const char text[] = "the quota seems to be over now";
    struct smtpcodes__words words = {0};
    struct smtpcodes__features features = {0};
    const struct smtpcodes__opinion opinion = {.column = 35};
    const unsigned char *start, *end;
    (void)state;
    name_reasons();
    assert_int_equal(smtpcodes__weightiest(&model, &words, &features, &opinion, model.reason[3], &start, &end), 0);
    say(&words, text, "the", 1001);
    say(&words, text, "quota", 1002);
    say(&words, text, "seems", 1003);
    say(&words, text, "to", 1004);
    smtpcodes__add_fact(&features, SMTPCODES__FACT_CODE, 550);
    smtpcodes__add_words(&features, &words);
    /* a fact; four words, each with the one before it; two stems */
    assert_int_equal(features.count, 11);
    assert_int_equal(features.facts, 1);
    put(features.row[3], 35, 20); /* quota, its pair */
    put(features.row[4], 35, 20);
    put(features.row[8], 35, 11); /* the stem of seems */
    put(features.row[9], 35, 50); /* to */
    put(features.row[9], 3, 45);
    assert_int_equal(smtpcodes__weightiest(&model, &words, &features, &opinion, model.reason[3], &start, &end), 1);
    assert_int_equal(end - start, strlen("quota seems"));
    assert_memory_equal(start, "quota seems", strlen("quota seems"));
}

/* A denied word is another one, and the same word twice is heard once. */
static void denied(void **state)
{
    static const char text[] = "blocked not";
    struct smtpcodes__words words = {0};
    (void)state;
    say(&words, text, "blocked", 1001);
    say(&words, text, "blocked", 1001);
    assert_int_equal(words.count, 1);
    say(&words, text, "not", 1002);
    words.negates = 1;
    say(&words, text, "blocked", 1001);
    assert_int_equal(words.count, 3);
    assert_int_not_equal(words.word[0].hash, words.word[2].hash);
    assert_int_not_equal(words.word[0].stem, words.word[2].stem);
    assert_int_equal(words.negates, 0);
}

/* Half of the words have to be known, by how they begin; names do not count. */
static void strange(void **state)
{
    static const char text[] = "zebra crossing";
    struct smtpcodes__words words = {0};
    struct smtpcodes__word_bits bits;
    (void)state;
    memset(&model, 0, sizeof model);
    smtpcodes__hear(&words, SMTPCODES__KIND_LAST, 0, NULL, NULL);
    say(&words, text, "zebra", 1001);
    say(&words, text, "crossing", 1002);
    smtpcodes__look_up_words(&words, &bits);
    assert_int_equal(bits.count, 2);
    assert_true(smtpcodes__is_strange(&model, &bits));
    model.familiar[bits.bit[0] / 32] |= 1u << bits.bit[0] % 32;
    assert_true(smtpcodes__is_strange(&model, &bits));
    model.familiar[bits.bit[1] / 32] |= 1u << bits.bit[1] % 32;
    assert_false(smtpcodes__is_strange(&model, &bits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),   cmocka_unit_test(opinions), cmocka_unit_test(quoted),
        cmocka_unit_test(denied), cmocka_unit_test(strange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
