/* Learns from examples what words mean (core/src/learn.h) and prints the weights:
 *
 *   mkmodel DATA OUT            reads DATA/examples.tsv, writes OUT/model.c
 *   mkmodel --report DATA       prints how often verdicts are right on examples kept apart, and by which confidence
 *
 * An averaged perceptron: for each example whose reason does not win by a margin, the weights of the features that it
 * has go up by one for its reason and down by one for the strongest other; the mean over all steps is kept. Integers
 * and a fixed order only, so that every machine and compiler prints the same bytes.
 *
 * It is linked with the core, so features come out of the code that will ask for them. The examples of the rules are
 * learned too. How sure to be is measured on examples kept apart: those of one idea always together, for replies of one
 * idea resemble each other more than those of the world do. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "classify.h"
#include "tables.h"
#include "tsv.h"

/* The library's model while it is made: the classifier that runs here is asked for features only. */
const struct smtpcodes__model smtpcodes__model = {{{0}}, {0}, {0}, {0}, {{{0}}}};

enum {
    ROWS = SMTPCODES__MODEL_ROWS,
    COLUMNS = SMTPCODES__MODEL_COLUMNS,
    MARGINS = SMTPCODES__MARGINS,
    LARGEST = SMTPCODES__WEIGHT_LARGEST,
    FOLDS = 5,
    EPOCHS = 20,
    MARGIN = 6, /* by which the right reason must win, for each feature, in steps */
    /* The largest mean weight becomes a third more than can be stored, and is cut off there: few are that large,
     * and the others are told apart better. */
    CUT_NUMERATOR = 3,
    CUT_DENOMINATOR = 4
};

struct example {
    struct smtpcodes__examined seen;
    int reason, column, fold;
    /* by the model that did not see it */
    struct smtpcodes__scores scores;
    int is_strange;
};

static struct example *examples;
static size_t example_count;
static uint8_t column_reason[COLUMNS];

static _Noreturn void stop(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static void *room_for(size_t count, size_t size)
{
    void *block = calloc(count, size);
    if (!block) {
        stop("mkmodel: out of memory");
    }
    return block;
}

/* ---- examples ---- */

/* Mixed once more: the lower bits of the hash alone would be no lot. */
static uint32_t lot(uint32_t hash, const char *text)
{
    hash = smtpcodes__fnv(hash, text, strlen(text));
    hash = (hash ^ hash >> 16) * 0x7FEB352Du;
    return hash ^ hash >> 15;
}

static int column_of(int reason)
{
    for (int c = 0; c < COLUMNS; c++) {
        if (column_reason[c] == reason) {
            return c;
        }
    }
    return -1;
}

static void number_columns(void)
{
    int c = 0;
    for (int reason = 1; reason <= (int)smtpcodes_reason_count(); reason++) {
        if (reason == SMTPCODES_REASON_ACCEPTED || reason == SMTPCODES_REASON_CONTINUE) {
            continue;
        }
        if (c == COLUMNS) {
            stop("mkmodel: more reasons than SMTPCODES__MODEL_COLUMNS of core/src/learn.h");
        }
        column_reason[c++] = (uint8_t)reason;
    }
    if (c != COLUMNS) {
        stop("mkmodel: fewer reasons than SMTPCODES__MODEL_COLUMNS of core/src/learn.h");
    }
}

static void learn_from(const char *reason_name, const char *idea, const char *reply, size_t length)
{
    static size_t room;
    if (example_count == room) {
        room = room ? 2 * room : 1024;
        examples = realloc(examples, room * sizeof *examples);
        if (!examples) {
            stop("mkmodel: out of memory");
        }
    }
    struct example *e = &examples[example_count];
    memset(e, 0, sizeof *e);
    e->reason = smtpcodes_reason_from_name(reason_name);
    e->column = column_of(e->reason);
    e->fold = (int)(lot(lot(SMTPCODES__FNV, reason_name), idea) % FOLDS);
    smtpcodes__examine(reply, length, &e->seen);
    example_count += e->seen.ground != SMTPCODES__GROUND_FIRM;
}

/* \r \n \t \\ in place; returns the length, or -1 for any other escape. */
static long unescape(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++) {
        if (*p != '\\') {
            *out++ = *p;
            continue;
        }
        switch (*++p) {
        case 'r': *out++ = '\r'; break;
        case 'n': *out++ = '\n'; break;
        case 't': *out++ = '\t'; break;
        case '\\': *out++ = '\\'; break;
        default: return -1;
        }
    }
    *out = 0;
    return out - text;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = -1;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        text = room_for((size_t)size + 1, 1);
        if (fread(text, 1, (size_t)size, file) != (size_t)size) {
            size = -1;
        }
    }
    if (!text || size < 0) {
        stop("mkmodel: %s: cannot be read", path);
    }
    fclose(file);
    if (strlen(text) != (size_t)size) {
        stop("mkmodel: %s: holds a NUL byte", path);
    }
    return text;
}

static int is_idea(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && name[length] == 0 && name[0] != '-' && name[length - 1] != '-';
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void refuse(struct smtpcodes__tsv *tsv, const char *what)
{
    smtpcodes__tsv_error(tsv, "%s", what);
    stop("%s", tsv->message);
}

static void read_examples(const char *folder)
{
    char path[4096];
    struct smtpcodes__tsv tsv;
    if (snprintf(path, sizeof path, "%s/examples.tsv", folder) >= (int)sizeof path) {
        stop("mkmodel: %s: the name is too long", folder);
    }
    char *const text = read_file(path);
    size_t lines = 0, count = 0;
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
        lines++;
    }
    char **const replies = room_for(lines + 1, sizeof *replies);
    smtpcodes__tsv_start(&tsv, path, text, 3);
    int more;
    while ((more = smtpcodes__tsv_next(&tsv)) > 0) {
        const int reason = smtpcodes_reason_from_name(tsv.column[0]);
        if (reason < 0 || column_of(reason) < 0) {
            refuse(&tsv, reason < 0 ? "unknown reason" : "only codes state this reason");
        }
        if (!is_idea(tsv.column[1])) {
            refuse(&tsv, "the name of an idea is a-z, 0-9 and hyphens");
        }
        replies[count++] = tsv.column[2];
        const size_t room = strlen(tsv.column[2]) + 1;
        char *const reply = room_for(room, 1);
        memcpy(reply, tsv.column[2], room);
        long length = unescape(reply);
        if (length < 0) {
            refuse(&tsv, "a backslash stands before r, n, t or a backslash");
        }
        struct smtpcodes_verdict verdict;
        smtpcodes_classify(reply, (size_t)length, &verdict);
        if (verdict.severity == SMTPCODES_SEVERITY_SUCCESS || verdict.severity == SMTPCODES_SEVERITY_INTERMEDIATE) {
            refuse(&tsv, "2yz and 3yz replies are decided by their code");
        }
        learn_from(tsv.column[0], tsv.column[1], reply, (size_t)length);
        free(reply);
    }
    if (more < 0) {
        stop("%s", tsv.message);
    }
    qsort(replies, count, sizeof *replies, compare_texts);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(replies[i - 1], replies[i]) == 0) {
            stop("%s: stands twice: %s", path, replies[i]);
        }
    }
    free(replies);
    free(text);
}

static void read_rules(void)
{
    for (size_t i = 0; i < smtpcodes_rule_count(); i++) {
        const char *reply = smtpcodes_rule_example(i);
        learn_from(smtpcodes_reason_name(smtpcodes_rule_reason(i)), smtpcodes_rule_name(i), reply, strlen(reply));
    }
}

/* ---- learning ---- */

static int32_t (*weights)[COLUMNS]; /* as they are now */
static int64_t (*moved)[COLUMNS];   /* each step's change times the step's number: what the mean has to take back */

static void move_weights(const struct smtpcodes__features *features, int up, int down, int64_t step)
{
    for (uint32_t k = 0; k < features->count; k++) {
        const uint16_t row = features->row[k];
        weights[row][up]++;
        weights[row][down]--;
        moved[row][up] += step;
        moved[row][down] -= step;
    }
}

/* Into a row of zeros; core/src/learn.h has the places. */
static void store_weight(uint16_t *row, int column, unsigned weight)
{
    enum { LANES = SMTPCODES__MODEL_LANES, LAST = COLUMNS - 2 * LANES };
    uint16_t *const lane = &row[column % LANES];
    if (column < 2 * LANES) {
        *lane |= (uint16_t)(weight << (column < LANES ? 0 : 6));
    } else {
        *lane |= (uint16_t)((weight & 15) << 12);
        lane[LAST] |= (uint16_t)(weight >> 4 << 12);
    }
}

/* Learns from all examples but those of one fold (or all, for FOLDS). */
static void learn(int kept_apart, struct smtpcodes__model *model)
{
    struct example **const order = room_for(example_count, sizeof(struct example *));
    size_t count = 0;
    uint64_t random = 88172645463325252u;
    int64_t step = 1, largest = 1;
    memset(weights, 0, ROWS * sizeof *weights);
    memset(moved, 0, ROWS * sizeof *moved);
    for (size_t i = 0; i < example_count; i++) {
        if (examples[i].fold != kept_apart) {
            order[count++] = &examples[i];
        }
    }
    memset(model->familiar, 0, sizeof model->familiar);
    for (size_t i = 0; i < count; i++) {
        const struct smtpcodes__word_bits *const words = &order[i]->seen.words;
        for (uint32_t k = 0; k < words->count; k++) {
            model->familiar[words->bit[k] / 32] |= 1u << words->bit[k] % 32;
        }
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        for (size_t i = count; i-- > 1;) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            size_t j = (size_t)((random >> 33) % (i + 1));
            struct example *swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        for (size_t i = 0; i < count; i++, step++) {
            const struct smtpcodes__features *const features = &order[i]->seen.features;
            const int right = order[i]->column;
            int32_t scores[COLUMNS] = {0};
            for (uint32_t k = 0; k < features->count; k++) {
                for (int c = 0; c < COLUMNS; c++) {
                    scores[c] += weights[features->row[k]][c];
                }
            }
            int other = right == 0;
            for (int c = 0; c < COLUMNS; c++) {
                if (c != right && scores[c] > scores[other]) {
                    other = c;
                }
            }
            if (scores[right] <= scores[other] + MARGIN * (int32_t)features->count) {
                move_weights(features, right, other, step);
            }
        }
    }
    for (int row = 0; row < ROWS; row++) {
        for (int c = 0; c < COLUMNS; c++) {
            moved[row][c] = weights[row][c] * step - moved[row][c];
            int64_t size = moved[row][c] < 0 ? -moved[row][c] : moved[row][c];
            if (size > largest) {
                largest = size;
            }
        }
    }
    const int64_t top = largest * CUT_NUMERATOR / CUT_DENOMINATOR + 1;
    memset(model->weights, 0, sizeof model->weights);
    for (int row = 0; row < ROWS; row++) {
        for (int c = 0; c < COLUMNS; c++) {
            int64_t mean = (moved[row][c] * LARGEST + (moved[row][c] < 0 ? -top : top) / 2) / top;
            mean = mean > LARGEST ? LARGEST : mean < -LARGEST ? -LARGEST : mean;
            store_weight(model->weights[row], c, (unsigned)(mean + SMTPCODES__WEIGHT_ZERO));
        }
    }
    free(order);
}

/* ---- how sure to be ---- */

/* What the model that did not see the example thinks of it. */
static struct smtpcodes__opinion opinion_of(const struct smtpcodes__model *model, const struct example *e)
{
    struct smtpcodes__opinion opinion;
    smtpcodes__weigh_opinion(model, e->seen.ground, e->seen.reason, &e->scores, &opinion);
    if (opinion.answer == SMTPCODES__OVERRULES && e->is_strange) {
        smtpcodes__withhold(&opinion, e->seen.reason);
    }
    return opinion;
}

/* Grounds that are measured together, for there are too few examples of each. */
static int pool_of(int ground)
{
    switch ((enum smtpcodes__ground)ground) {
    case SMTPCODES__GROUND_STRONG: return 0;
    case SMTPCODES__GROUND_CONFIRMED: return 1;
    case SMTPCODES__GROUND_PLAIN:
    case SMTPCODES__GROUND_ENHANCED: return 2;
    case SMTPCODES__GROUND_WEAK:
    case SMTPCODES__GROUND_STOCK:
    case SMTPCODES__GROUND_CODE: return 3;
    default: return 4;
    }
}

enum { POOLS = 5 };

/* From which margin on the model is right more often than what it differs from. A wrong reason is worse than "unknown":
 * it takes away half of what a right one gives. */
static void choose_thresholds(struct smtpcodes__model *model, int kept_apart)
{
    for (int ground = 0; ground < SMTPCODES__GROUNDS; ground++) {
        long gain[MARGINS + 1] = {0}; /* of overruling at this margin */
        for (size_t i = 0; i < example_count; i++) {
            const struct example *e = &examples[i];
            if ((int)e->seen.ground != ground || e->fold == kept_apart) {
                continue;
            }
            const struct smtpcodes__opinion opinion = opinion_of(model, e);
            if (opinion.answer == SMTPCODES__AGREES) {
                continue;
            }
            int model_right = opinion.column == e->column, was_right = e->seen.reason == e->reason;
            gain[opinion.margin] += 4 * (model_right - was_right) -
                                    2 * (!model_right && !was_right && e->seen.reason == SMTPCODES_REASON_UNKNOWN);
        }
        long sum = 0, best = 0;
        model->overrules_from[ground] = MARGINS; /* never */
        for (int margin = MARGINS - 1; margin >= 0; margin--) {
            sum += gain[margin];
            if (sum > best) {
                best = sum;
                model->overrules_from[ground] = (uint8_t)margin;
            }
        }
    }
    for (int ground = 0; ground < SMTPCODES__GROUNDS; ground++) {
        if (!smtpcodes__is_asked((enum smtpcodes__ground)ground)) {
            model->overrules_from[ground] = MARGINS;
        }
    }
    /* a text that repeats its code says no more than the code, whatever else it resembles */
    model->overrules_from[SMTPCODES__GROUND_STOCK] = MARGINS;
}

struct count {
    long right, all;
};

/* Shares that must not fall (or, downwards, rise) with the margin: neighbours that do so are put together, and so are
 * those that are too few to tell. */
static void smooth(const struct count counts[MARGINS], int upwards, uint8_t out[MARGINS])
{
    enum { FEW = 20 };
    struct count pools[MARGINS];
    int last[MARGINS], n = 0;
    for (int i = 0; i < MARGINS; i++) {
        pools[n] = counts[upwards ? i : MARGINS - 1 - i];
        last[n++] = i;
        while (n > 1 && (pools[n - 2].all < FEW || pools[n - 1].all < (i < MARGINS - 1 ? 0 : FEW) ||
                         pools[n - 2].right * pools[n - 1].all > pools[n - 1].right * pools[n - 2].all)) {
            pools[n - 2].right += pools[n - 1].right;
            pools[n - 2].all += pools[n - 1].all;
            last[n - 2] = last[n - 1];
            n--;
        }
    }
    for (int i = 0, pool = 0; i < MARGINS; i++) {
        while (last[pool] < i) {
            pool++;
        }
        /* one more of each kind, so that nothing is certain because it was met a few times (Laplace) */
        long percent = (100 * pools[pool].right + 100) / (pools[pool].all + 2);
        out[upwards ? i : MARGINS - 1 - i] = (uint8_t)percent;
    }
}

static void measure_confidence(struct smtpcodes__model *model, int kept_apart)
{
    static struct count counts[POOLS][SMTPCODES__ANSWERS][MARGINS];
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < example_count; i++) {
        const struct example *e = &examples[i];
        if (e->fold == kept_apart) {
            continue;
        }
        const struct smtpcodes__opinion opinion = opinion_of(model, e);
        const int pool = pool_of((int)e->seen.ground);
        struct count *count = smtpcodes__is_asked(e->seen.ground) ? &counts[pool][opinion.answer][opinion.margin]
                                                                  : &counts[pool][SMTPCODES__AGREES][0];
        count->all++;
        count->right += opinion.reason == e->reason;
    }
    for (int ground = 0; ground < SMTPCODES__GROUNDS; ground++) {
        for (int answer = 0; answer < SMTPCODES__ANSWERS; answer++) {
            smooth(counts[pool_of(ground)][answer], answer != SMTPCODES__DIFFERS, model->confidence[ground][answer]);
        }
    }
}

static void cross_validate(struct smtpcodes__model *model)
{
    for (int fold = 0; fold < FOLDS; fold++) {
        learn(fold, model);
        for (size_t i = 0; i < example_count; i++) {
            if (examples[i].fold == fold) {
                smtpcodes__score(model, &examples[i].seen.features, &examples[i].scores);
                examples[i].is_strange = smtpcodes__is_strange(model, &examples[i].seen.words);
            }
        }
    }
}

/* ---- output ---- */

/* Margins and confidence are measured anew for each fold, on the others: what is claimed of an example was found out
 * without it. */
static void report(struct smtpcodes__model *model)
{
    static const char *const grounds[] = {"firm", "strong",   "confirmed", "stock",  "plain",
                                          "weak", "enhanced", "code",      "nothing"};
    static const char *const answers[] = {"agrees", "differs", "overrules"};
    static struct count counts[SMTPCODES__GROUNDS][SMTPCODES__ANSWERS], bands[11], all;
    long claimed[11] = {0};
    for (size_t i = 0; i < FOLDS * example_count; i++) {
        const struct example *e = &examples[i % example_count];
        const int fold = (int)(i / example_count);
        if (i % example_count == 0) {
            choose_thresholds(model, fold);
            measure_confidence(model, fold);
        }
        if (e->fold != fold) {
            continue;
        }
        const struct smtpcodes__opinion opinion = opinion_of(model, e);
        int right = opinion.reason == e->reason;
        int percent = smtpcodes__is_asked(e->seen.ground)
                          ? model->confidence[e->seen.ground][opinion.answer][opinion.margin]
                          : model->confidence[e->seen.ground][SMTPCODES__AGREES][0];
        counts[e->seen.ground][opinion.answer].all++;
        counts[e->seen.ground][opinion.answer].right += right;
        bands[percent / 10].all++;
        bands[percent / 10].right += right;
        claimed[percent / 10] += percent;
        all.all++;
        all.right += right;
    }
    printf("examples %ld, right %.1f %%\n\nground     model         count  right %%\n", all.all,
           100.0 * (double)all.right / (double)all.all);
    for (int g = 1; g < SMTPCODES__GROUNDS; g++) {
        for (int a = 0; a < SMTPCODES__ANSWERS; a++) {
            if (counts[g][a].all) {
                printf("%-10s %-10s %8ld %8.1f\n", grounds[g], answers[a], counts[g][a].all,
                       100.0 * (double)counts[g][a].right / (double)counts[g][a].all);
            }
        }
    }
    printf("\nconfidence   count  claimed %%  right %%\n");
    for (int band = 0; band < 11; band++) {
        if (bands[band].all) {
            printf("%3d to %3d %8ld %10.1f %8.1f\n", 10 * band, 10 * band + 9, bands[band].all,
                   (double)claimed[band] / (double)bands[band].all,
                   100.0 * (double)bands[band].right / (double)bands[band].all);
        }
    }
}

static void print(const struct smtpcodes__model *model, const char *folder)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/model.c", folder) >= (int)sizeof path) {
        stop("mkmodel: %s: the name is too long", folder);
    }
    FILE *out = fopen(path, "wb");
    if (!out) {
        stop("mkmodel: %s: cannot be written", path);
    }
    fputs("/* Made by core/gen/mkmodel.c from core/data/examples.tsv. */\n#include \"learn.h\"\n\n"
          "const struct smtpcodes__model smtpcodes__model = {\n{",
          out);
    for (int row = 0; row < ROWS; row++) {
        fputc('{', out);
        for (int i = 0; i < SMTPCODES__MODEL_LANES; i++) {
            fprintf(out, "0x%x,", (unsigned)model->weights[row][i]);
        }
        fputs("},\n", out);
    }
    fputs("},\n{", out);
    for (size_t i = 0; i < sizeof model->familiar / sizeof *model->familiar; i++) {
        fprintf(out, "0x%xu,", (unsigned)model->familiar[i]);
    }
    fputs("},\n{", out);
    for (int c = 0; c < COLUMNS; c++) {
        fprintf(out, "%d,", model->reason[c]);
    }
    fputs("},\n{", out);
    for (int ground = 0; ground < SMTPCODES__GROUNDS; ground++) {
        fprintf(out, "%d,", model->overrules_from[ground]);
    }
    fputs("},\n{", out);
    for (int ground = 0; ground < SMTPCODES__GROUNDS; ground++) {
        fputc('{', out);
        for (int answer = 0; answer < SMTPCODES__ANSWERS; answer++) {
            fputc('{', out);
            for (int margin = 0; margin < MARGINS; margin++) {
                fprintf(out, "%d,", model->confidence[ground][answer][margin]);
            }
            fputs("},\n", out);
        }
        fputs("},\n", out);
    }
    fputs("}};\n", out);
    int failed = ferror(out);
    if (fclose(out) || failed) {
        stop("mkmodel: %s: cannot be written", path);
    }
}

int main(int argc, char **argv)
{
    const int reports = argc == 3 && strcmp(argv[1], "--report") == 0;
    if (argc != 3) {
        fputs("usage: mkmodel DATA OUT\n       mkmodel --report DATA\n", stderr);
        return 2;
    }
    static struct smtpcodes__model made;
    struct smtpcodes__model *const model = &made;
    weights = room_for(ROWS, sizeof *weights);
    moved = room_for(ROWS, sizeof *moved);
    number_columns();
    memcpy(model->reason, column_reason, sizeof column_reason);
    read_examples(argv[reports ? 2 : 1]);
    read_rules();
    cross_validate(model);
    if (reports) {
        report(model);
    } else {
        choose_thresholds(model, FOLDS);
        measure_confidence(model, FOLDS);
        learn(FOLDS, model);
        print(model, argv[2]);
    }
    free(examples);
    free(weights);
    free(moved);
    return 0;
}
