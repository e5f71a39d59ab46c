/* What is wrong with rules that can be loaded: examples that another rule decides, and rules that never decide.
 *
 * Every reading of every phrase is written out as a text and matched. What is found there besides the rule itself is
 * found wherever the reading stands, since a phrase reaches over the same words in both; so a rule all of whose
 * readings are taken by rules that are stronger, and hold whenever it holds, is never heard. */
#include <smtpcodes.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "match.h"
#include "out.h"
#include "rules.h"
#include "tables.h"
#include "token.h"
#include "weigh.h"

#define NO_RULE UINT32_MAX

/* What is known of a rule when all readings have been looked at. */
struct rule_state {
    uint32_t readings; /* how many it has */
    uint32_t alive;    /* how many of them are found, and are not always taken by another */
    uint32_t found;    /* how many are found in a text made of their words */
    uint32_t taker;    /* who takes the first that is taken: a rule's number, or NO_RULE */
    int taker_is_builtin;
    uint32_t twin, twin_reading,
        twins; /* an earlier rule with the same reading, level and conditions; which; how many */
};

struct check {
    const struct smtpcodes_rules *rules;
    struct smtpcodes__ruleset builtin;
    const struct smtpcodes__ruleset *matched; /* the set whose candidates come in */
    uint32_t *spellings;                      /* by symbol, see compile.h */
    struct rule_state *states;
    struct candidate *candidates;
    size_t candidate_count, candidate_room;
    int failed; /* out of memory */
    struct smtpcodes__out out;
};

static const char *name_of(const struct smtpcodes__ruleset *set, uint32_t rule)
{
    return set->strings + set->rules[rule].name;
}

static void finding(struct check *c, unsigned long line, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

static void finding(struct check *c, unsigned long line, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    smtpcodes__out_text(&c->out, c->rules->set.strings + c->rules->name);
    smtpcodes__out_text(&c->out, ":");
    smtpcodes__out_number(&c->out, line);
    smtpcodes__out_text(&c->out, ": ");
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    smtpcodes__out_text(&c->out, text);
    smtpcodes__out_text(&c->out, "\n");
}

/* ---- conditions ---- */

/* NULL if it has none: then the set may have none at all. */
static const struct smtpcodes__condition *conditions_of(const struct smtpcodes__ruleset *set,
                                                        const struct smtpcodes__rule *rule)
{
    return rule->conditions ? set->conditions + rule->first_condition : NULL;
}

static int is_inside(const struct smtpcodes__condition *a, const struct smtpcodes__condition *b)
{
    switch ((enum smtpcodes__condition_kind)a->kind) {
    case SMTPCODES__IF_ENHANCED:
        if ((b->x != 0 && a->x != b->x) || (b->y != 255 && a->y != b->y)) {
            return 0;
        }
        return a->low >= b->low && a->high <= b->high;
    case SMTPCODES__IF_CODE: return a->low >= b->low && a->high <= b->high;
    default: return a->low == b->low;
    }
}

/* Whether a rule's conditions hold whenever those of another do. The two may be of different sets: providers and lists
 * have the same numbers in all. */
static int holds_whenever(const struct smtpcodes__ruleset *set, const struct smtpcodes__rule *rule,
                          const struct smtpcodes__ruleset *other_set, const struct smtpcodes__rule *other)
{
    const struct smtpcodes__condition *const mine = conditions_of(set, rule);
    const struct smtpcodes__condition *const theirs = conditions_of(other_set, other);
    for (uint32_t i = 0; i < rule->conditions; i++) {
        int asked = 0;
        for (uint32_t k = 0; k < other->conditions; k++) {
            if (theirs[k].kind != mine[i].kind) {
                continue;
            }
            int inside = 0;
            for (uint32_t n = 0; n < rule->conditions; n++) {
                inside |= mine[n].kind == theirs[k].kind && is_inside(&theirs[k], &mine[n]);
            }
            if (!inside) {
                return 0;
            }
            asked = 1;
        }
        if (!asked) {
            return 0;
        }
    }
    return 1;
}

/* Rules are asked of replies with these codes; those of success are decided by their code alone. */
static int asks_rules(unsigned low, unsigned high)
{
    return low / 100 < 2 || high / 100 > 3;
}

/* Whether a code of this range and an enhanced code of this class may stand in one reply (RFC 2034 4). Without a code
 * the class gives the severity, and one of success decides alone. */
static int agree(unsigned low, unsigned high, unsigned klass)
{
    if (low == UINT16_MAX) {
        return klass != 2;
    }
    return klass == 0 || (low / 100 <= klass && high / 100 >= klass);
}

/* What is wrong with the rule's conditions among themselves, or NULL. */
static const char *contradiction(const struct smtpcodes__ruleset *set, const struct smtpcodes__rule *rule)
{
    static const struct smtpcodes__condition any_class = {SMTPCODES__IF_ENHANCED, 0, 255, 0, 0, 999};
    static const struct smtpcodes__condition any_code[2] = {{SMTPCODES__IF_CODE, 0, 0, 0, 0, 999},
                                                            {SMTPCODES__IF_CODE, 0, 0, 0, UINT16_MAX, UINT16_MAX}};
    const struct smtpcodes__condition *const conditions = conditions_of(set, rule);
    const struct smtpcodes__condition *codes = any_code, *classes = &any_class;
    uint32_t code_count = 0, class_count = 0; /* the values of one condition stand in a row */
    for (uint32_t i = 0; i < rule->conditions; i++) {
        if (conditions[i].kind == SMTPCODES__IF_CODE && code_count++ == 0) {
            codes = &conditions[i];
        } else if (conditions[i].kind == SMTPCODES__IF_ENHANCED && class_count++ == 0) {
            classes = &conditions[i];
        }
    }
    int asked = 0;
    code_count = codes == any_code ? 2 : code_count;
    class_count = classes == &any_class ? 1 : class_count;
    for (uint32_t i = 0; i < code_count; i++) {
        if (!asks_rules(codes[i].low, codes[i].high)) {
            continue;
        }
        asked = 1;
        for (uint32_t k = 0; k < class_count; k++) {
            if (agree(codes[i].low, codes[i].high, classes[k].x) && (codes != any_code || classes[k].x != 2)) {
                return NULL;
            }
        }
    }
    return asked && codes != any_code
               ? "decides no correct reply: its code and its enhanced code contradict each other (RFC 2034 4)"
               : "never decides: replies with such codes are decided by their code alone";
}

/* ---- readings ---- */

static void found(void *context, uint32_t out, const unsigned char *start, const unsigned char *end)
{
    struct check *c = context;
    if (SMTPCODES__OUT_KIND(out) != SMTPCODES__OUT_RULE || c->failed) {
        return;
    }
    if (c->candidate_count == c->candidate_room) {
        size_t room = c->candidate_room ? 2 * c->candidate_room : 64;
        struct candidate *grown = realloc(c->candidates, room * sizeof *grown);
        if (!grown) {
            c->failed = 1;
            return;
        }
        c->candidates = grown;
        c->candidate_room = room;
    }
    c->candidates[c->candidate_count++] =
        (struct candidate){&c->matched->rules[SMTPCODES__OUT_ID(out)], SMTPCODES__OUT_WORDS(out), start, end};
}

static void match(struct check *c, const struct smtpcodes__ruleset *set, const char *text, size_t length)
{
    struct smtpcodes__matcher m = {set, found, c, NULL, 0, NULL, 0, 0};
    c->matched = set;
    c->candidate_count = 0;
    smtpcodes__match_text(&m, text, length);
}

/* Of equal ones, the one that is known to hold earlier is kept: what waits for the end comes later. */
static int is_earlier(const struct smtpcodes__rule *a, const struct smtpcodes__rule *b)
{
    return a->late == b->late ? a < b : a->late < b->late;
}

/* Who takes the rule's reading in this text: NO_RULE if nobody does. *own says whether the rule stands there at all. */
static uint32_t taker_in(struct check *c, uint32_t id, const char *text, size_t length, int *own, int *is_builtin)
{
    const struct smtpcodes__ruleset *const set = &c->rules->set;
    const struct smtpcodes__rule *const rule = &set->rules[id];
    struct candidate best = {NULL, 0, NULL, NULL};
    *is_builtin = 0;
    match(c, set, text, length);
    for (size_t i = 0; i < c->candidate_count; i++) {
        if (c->candidates[i].rule == rule && beats(&c->candidates[i], &best)) {
            best = c->candidates[i];
        }
    }
    *own = best.rule != NULL;
    for (size_t i = 0; best.rule && i < c->candidate_count; i++) {
        const struct candidate *other = &c->candidates[i];
        if (other->rule != rule && holds_whenever(set, other->rule, set, rule) &&
            (beats(other, &best) || (!beats(&best, other) && is_earlier(other->rule, rule)))) {
            return (uint32_t)(other->rule - set->rules);
        }
    }
    if (best.rule && c->rules->last) {
        match(c, &c->builtin, text, length);
        for (size_t i = 0; i < c->candidate_count; i++) {
            const struct smtpcodes__rule *other = c->candidates[i].rule;
            if (other->level >= SMTPCODES__LEVEL_PLAIN && holds_whenever(&c->builtin, other, set, rule)) {
                *is_builtin = 1;
                return (uint32_t)(other - c->builtin.rules);
            }
        }
    }
    return NO_RULE;
}

/* One reading, with every number of words in its gaps. */
static void look_at(struct check *c, size_t reading)
{
    enum { TEXT_MAX = 4096 }; /* 24 words and 12 in gaps, of at most 56 bytes, and what makes names of them */
    const uint32_t out = smtpcodes__compiler_reading_out(c->rules->compiler, reading);
    if (SMTPCODES__OUT_KIND(out) != SMTPCODES__OUT_RULE) {
        return;
    }
    struct rule_state *state = &c->states[SMTPCODES__OUT_ID(out)];
    unsigned most[2] = {0, 0}, gaps[2];
    uint32_t first = NO_RULE;
    int always_taken = 1, always_found = 1, first_is_builtin = 0;
    smtpcodes__compiler_reading_gaps(c->rules->compiler, reading, most);
    for (gaps[0] = 0; gaps[0] <= most[0]; gaps[0]++) {
        for (gaps[1] = 0; gaps[1] <= most[1] && always_found && always_taken; gaps[1]++) {
            char text[TEXT_MAX];
            int own, is_builtin;
            size_t length =
                smtpcodes__compiler_reading_text(c->rules->compiler, reading, c->spellings, gaps, text, sizeof text);
            uint32_t taker = taker_in(c, SMTPCODES__OUT_ID(out), text, length < sizeof text ? length : sizeof text - 1,
                                      &own, &is_builtin);
            always_found &= own;
            always_taken &= taker != NO_RULE;
            if (first == NO_RULE) {
                first = taker;
                first_is_builtin = is_builtin;
            }
        }
    }
    state->readings++;
    state->found += (uint32_t)always_found;
    state->alive += always_found && !always_taken;
    if (always_found && always_taken && state->taker == NO_RULE) {
        state->taker = first;
        state->taker_is_builtin = first_is_builtin;
    }
}

/* ---- readings that two rules have ---- */

struct entry {
    const struct check *check;
    uint32_t reading;
};

static const struct smtpcodes__rule *rule_of(const struct entry *e)
{
    const uint32_t out = smtpcodes__compiler_reading_out(e->check->rules->compiler, e->reading);
    return &e->check->rules->set.rules[SMTPCODES__OUT_ID(out)];
}

/* By words, level and conditions: what is equal here stands or falls together. */
static int compare_uses(const struct entry *a, const struct entry *b)
{
    const struct smtpcodes__rule *x = rule_of(a), *y = rule_of(b);
    const struct smtpcodes__ruleset *const set = &a->check->rules->set;
    int order = smtpcodes__compiler_reading_compare(a->check->rules->compiler, a->reading, b->reading);
    if (order == 0) {
        order = x->level != y->level ? x->level - y->level : x->conditions - y->conditions;
    }
    if (order == 0 && x->conditions) {
        order = memcmp(conditions_of(set, x), conditions_of(set, y), x->conditions * sizeof *set->conditions);
    }
    return order;
}

static int by_use_then_rule(const void *a, const void *b)
{
    int order = compare_uses(a, b);
    return order ? order : rule_of(a) < rule_of(b) ? -1 : rule_of(a) > rule_of(b);
}

static void find_twins(struct check *c)
{
    const struct smtpcodes__compiler *const compiler = c->rules->compiler;
    const size_t count = smtpcodes__compiler_reading_count(compiler);
    struct entry *entries = malloc((count + 1) * sizeof *entries);
    size_t n = 0;
    if (!entries) {
        c->failed = 1;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (SMTPCODES__OUT_KIND(smtpcodes__compiler_reading_out(compiler, i)) == SMTPCODES__OUT_RULE) {
            entries[n++] = (struct entry){c, (uint32_t)i};
        }
    }
    qsort(entries, n, sizeof *entries, by_use_then_rule);
    size_t head = 0; /* of those that are equal: the rule that comes first decides */
    for (size_t i = 1; i < n; i++) {
        if (compare_uses(&entries[head], &entries[i]) != 0) {
            head = i;
            continue;
        }
        struct rule_state *state = &c->states[rule_of(&entries[i]) - c->rules->set.rules];
        if (state->twins++ == 0 || entries[i].reading < state->twin_reading) { /* tell the first in the row */
            state->twin = (uint32_t)(rule_of(&entries[head]) - c->rules->set.rules);
            state->twin_reading = entries[i].reading;
        }
    }
    free(entries);
}

/* A rule without phrases is the weakest of its level. */
static void look_at_silent(struct check *c, uint32_t id)
{
    const struct smtpcodes__ruleset *const set = &c->rules->set;
    const struct candidate own = {&set->rules[id], 0, NULL, NULL};
    struct rule_state *state = &c->states[id];
    state->readings = state->found = state->alive = 1;
    for (uint32_t i = 0; i < set->silent_count && state->alive; i++) {
        const struct candidate other = {&set->rules[set->silent[i]], 0, NULL, NULL};
        if (other.rule != own.rule && holds_whenever(set, other.rule, set, own.rule) &&
            (beats(&other, &own) || (!beats(&own, &other) && other.rule < own.rule))) {
            state->alive = 0;
            state->taker = set->silent[i];
        }
    }
}

/* ---- examples ---- */

/* The first IP address of a text. */
static struct smtpcodes_span first_ip(const char *text)
{
    struct smtpcodes__lexer lexer;
    struct smtpcodes__token token;
    smtpcodes__lexer_start(&lexer, text, strlen(text));
    do {
        smtpcodes__lexer_next(&lexer, &token);
    } while (token.kind != SMTPCODES__TOKEN_IP && token.kind != SMTPCODES__TOKEN_END);
    return (struct smtpcodes_span){(const char *)token.start, (size_t)(token.end - token.start)};
}

/* The example is given at the stage, and to the client, that the rule asks for. */
static void check_example(struct check *c, uint32_t id)
{
    const struct smtpcodes__ruleset *const set = &c->rules->set;
    const struct smtpcodes__rule *const rule = &set->rules[id];
    const char *const example = set->strings + rule->example;
    struct smtpcodes_context context = {0};
    struct smtpcodes_verdict v;
    for (uint32_t i = 0; i < rule->conditions; i++) {
        const struct smtpcodes__condition *condition = &set->conditions[rule->first_condition + i];
        if (condition->kind == SMTPCODES__IF_STAGE && context.stage == SMTPCODES_STAGE_UNKNOWN) {
            context.stage = (enum smtpcodes_stage)condition->low;
        } else if (condition->kind == SMTPCODES__IF_CLIENT) {
            struct smtpcodes_span ip = first_ip(example);
            context.client = ip.length ? ip.bytes : NULL;
            context.client_length = ip.length;
        }
    }
    smtpcodes_classify_with(c->rules, &context, example, strlen(example), &v);
    const char *const decider = v.rule ? v.rule : smtpcodes_basis_name((int)v.basis);
    if (v.rule == name_of(set, id)) {
        return;
    }
    for (uint32_t i = 0; v.rule && i < set->rule_count; i++) {
        if (v.rule == name_of(set, i)) {
            finding(c, rule->line, "the example of the rule \"%s\" is decided by \"%s\" in line %u", name_of(set, id),
                    decider, (unsigned)set->rules[i].line);
            return;
        }
    }
    switch (v.basis) {
    case SMTPCODES_BASIS_TEXT:
    case SMTPCODES_BASIS_PROVIDER:
        finding(c, rule->line, "the example of the rule \"%s\" is decided by the built-in rule \"%s\"",
                name_of(set, id), decider);
        break;
    case SMTPCODES_BASIS_LEARNED:
        finding(c, rule->line, "the example of the rule \"%s\" is decided by what is learned, not by its words",
                name_of(set, id));
        break;
    case SMTPCODES_BASIS_NONE:
        finding(c, rule->line, "the example of the rule \"%s\" is decided by nothing", name_of(set, id));
        break;
    default:
        finding(c, rule->line, "the example of the rule \"%s\" is decided by its %s, not by its words",
                name_of(set, id), v.basis == SMTPCODES_BASIS_ENHANCED ? "enhanced code" : "code");
        break;
    }
}

/* ---- the findings ---- */

static void report(struct check *c, uint32_t id)
{
    const struct smtpcodes__ruleset *const set = &c->rules->set;
    const struct smtpcodes__rule *const rule = &set->rules[id];
    const struct rule_state *const state = &c->states[id];
    const char *const contradicts = contradiction(set, rule);
    if (contradicts) {
        finding(c, rule->line, "the rule \"%s\" %s", name_of(set, id), contradicts);
        return;
    }
    check_example(c, id);
    if (state->found == 0) {
        finding(c, rule->line, "the rule \"%s\" never decides: no phrase of it is found even in a reply of its words",
                name_of(set, id));
    } else if (state->alive == 0 && state->taker_is_builtin) {
        finding(c, rule->line, "the rule \"%s\" never decides: the built-in rule \"%s\" comes before it",
                name_of(set, id), name_of(&c->builtin, state->taker));
    } else if (state->alive == 0) {
        finding(c, rule->line, "the rule \"%s\" never decides: \"%s\" in line %u comes before it", name_of(set, id),
                name_of(set, state->taker), (unsigned)set->rules[state->taker].line);
    } else if (state->twins) {
        char words[256], more[48] = "";
        smtpcodes__compiler_reading_text(c->rules->compiler, state->twin_reading, c->spellings, NULL, words,
                                         sizeof words);
        if (state->twins > 1) {
            snprintf(more, sizeof more, ", and %u more such", (unsigned)state->twins - 1);
        }
        finding(c, rule->line, "the rule \"%s\" has a phrase that \"%s\" in line %u has too: \"%s\"%s",
                name_of(set, id), name_of(set, state->twin), (unsigned)set->rules[state->twin].line, words, more);
    }
}

static void check(struct check *c)
{
    const struct smtpcodes__ruleset *const set = &c->rules->set;
    c->states = calloc((size_t)set->rule_count + 1, sizeof *c->states);
    c->spellings = smtpcodes__compiler_spellings(c->rules->compiler);
    if (!c->states || !c->spellings) {
        c->failed = 1;
        return;
    }
    for (uint32_t i = 0; i < set->rule_count; i++) {
        c->states[i].taker = NO_RULE;
    }
    for (size_t i = 0; i < smtpcodes__compiler_reading_count(c->rules->compiler); i++) {
        look_at(c, i);
    }
    for (uint32_t i = 0; i < set->silent_count; i++) {
        look_at_silent(c, set->silent[i]);
    }
    find_twins(c);
    for (uint32_t i = 0; i < set->rule_count && !c->failed; i++) {
        report(c, i);
    }
}

size_t smtpcodes_rules_check(const struct smtpcodes_rules *rules, char *out, size_t room)
{
    struct check c = {0};
    smtpcodes__out_start(&c.out, out, room);
    if (rules) {
        smtpcodes__builtin(&c.builtin);
        c.rules = rules;
        check(&c);
    }
    if (c.failed) {
        finding(&c, 0, "out of memory");
    }
    free(c.states);
    free(c.spellings);
    free(c.candidates);
    return smtpcodes__out_end(&c.out);
}
