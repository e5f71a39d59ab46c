/* What a reply means. The order of evidence: a rule whose words say the reason, the enhanced code, words that only
 * frame a refusal or repeat the stock text, the basic code, the first digit. What is learned from examples is weighed
 * against all but the strongest of these. */
#include "classify.h"

#include <string.h>

#include "duration.h"
#include "learn.h"
#include "match.h"
#include "rules.h"
#include "ruleset.h"
#include "tables.h"
#include "weigh.h"

/* A provider or block list that the reply names. */
struct named {
    const struct smtpcodes__mark *mark; /* NULL: none */
    uint32_t words;
    const unsigned char *start, *end;
};

enum {
    LATE_MAX = 8,
    STATED_MAX = 16, /* rules that the model hears of, by reason and level */
    CODE_ALONE = 80, /* confidence in what a code without text means: an estimate */
    HARD_FROM = 80   /* confidence below which what is learned gives no address up */
};

struct findings {
    struct smtpcodes__ruleset rules;
    const struct smtpcodes_reply *reply;
    enum smtpcodes_stage stage;
    const unsigned char *end;
    struct candidate best;           /* of the rules whose conditions are known to hold */
    struct candidate late[LATE_MAX]; /* of those that wait for the end, best first */
    size_t late_count;
    struct candidate stock; /* words: those of the code's stock text; rule is not set */
    struct named provider, blocklist;
    uint32_t listings;                     /* kinds of the block lists named, as bits */
    const struct smtpcodes__rule *decider; /* whose reason stands before the model is asked */
    int later, never;
    long retry_after;
    int quotes_client;
    int outside; /* the matcher reads the receiver's name, not the reply */
    uint32_t stated_count;
    uint8_t stated[STATED_MAX]; /* reasons and levels of the rules found, each once */
};

/* ---- conditions ---- */

static int condition_holds(const struct findings *f, const struct smtpcodes__condition *c, int at_end)
{
    const struct smtpcodes_enhanced_code *e = &f->reply->enhanced;
    switch ((enum smtpcodes__condition_kind)c->kind) {
    case SMTPCODES__IF_CODE: {
        uint16_t code = f->reply->code < 0 ? UINT16_MAX : (uint16_t)f->reply->code;
        return code >= c->low && code <= c->high;
    }
    case SMTPCODES__IF_ENHANCED:
        return e->klass != 0 && (c->x == 0 || c->x == e->klass) && (c->y == 255 || c->y == e->subject) &&
               e->detail >= c->low && e->detail <= c->high;
    case SMTPCODES__IF_STAGE: return f->stage == (enum smtpcodes_stage)c->low;
    case SMTPCODES__IF_PROVIDER:
        return !at_end || (f->provider.mark && f->provider.mark - f->rules.providers + 1 == c->low);
    case SMTPCODES__IF_LIST: return !at_end || (f->listings >> c->low & 1u);
    case SMTPCODES__IF_CLIENT: return !at_end || f->quotes_client;
    }
    return 0;
}

/* Values of one condition stand in a row and are alternatives; conditions must all hold. */
static int conditions_hold(const struct findings *f, const struct smtpcodes__rule *rule, int at_end)
{
    if (rule->conditions == 0) {
        return 1;
    }
    const struct smtpcodes__condition *c = f->rules.conditions + rule->first_condition;
    const struct smtpcodes__condition *const end = c + rule->conditions;
    while (c < end) {
        uint8_t kind = c->kind;
        int holds = 0;
        for (; c < end && c->kind == kind; c++) {
            holds |= condition_holds(f, c, at_end);
        }
        if (!holds) {
            return 0;
        }
    }
    return 1;
}

/* ---- what the matcher finds ---- */

static void state(struct findings *f, uint8_t reason_and_level)
{
    for (uint32_t i = 0; i < f->stated_count; i++) {
        if (f->stated[i] == reason_and_level) {
            return;
        }
    }
    if (f->stated_count < STATED_MAX) {
        f->stated[f->stated_count++] = reason_and_level;
    }
}

static void rule_found(struct findings *f, const struct candidate *c)
{
    if (!conditions_hold(f, c->rule, 0)) {
        return;
    }
    if (!c->rule->late) {
        state(f, (uint8_t)(c->rule->reason * SMTPCODES__LEVELS + c->rule->level));
        if (beats(c, &f->best)) {
            f->best = *c;
        }
        return;
    }
    /* Kept in order, each rule once; what falls off the end is the weakest. */
    size_t at = f->late_count;
    for (size_t i = 0; i < f->late_count; i++) {
        if (f->late[i].rule == c->rule) {
            if (!beats(c, &f->late[i])) {
                return;
            }
            memmove(&f->late[i], &f->late[i + 1], (f->late_count - i - 1) * sizeof *f->late);
            at = --f->late_count;
            break;
        }
    }
    while (at > 0 && beats(c, &f->late[at - 1])) {
        at--;
    }
    if (at == LATE_MAX) {
        return;
    }
    size_t kept = f->late_count < LATE_MAX ? f->late_count : LATE_MAX - 1;
    memmove(&f->late[at + 1], &f->late[at], (kept - at) * sizeof *f->late);
    f->late[at] = *c;
    f->late_count = kept + 1;
}

static void provider_found(struct findings *f, const struct named *n)
{
    const struct named *b = &f->provider;
    /* who runs the mailbox says more than what software it runs */
    if (!b->mark || n->mark->kind < b->mark->kind || (n->mark->kind == b->mark->kind && n->words > b->words)) {
        f->provider = *n;
    }
}

static void blocklist_found(struct findings *f, const struct named *n)
{
    const struct named *b = &f->blocklist;
    f->listings |= 1u << n->mark->kind;
    /* of equally long names the one that means no listing is the safe one */
    if (!b->mark || n->words > b->words ||
        (n->words == b->words && n->mark->kind == SMTPCODES_LISTING_NONE && b->mark->kind != SMTPCODES_LISTING_NONE)) {
        f->blocklist = *n;
    }
}

static void found(void *context, uint32_t out, const unsigned char *start, const unsigned char *end)
{
    struct findings *f = context;
    uint32_t id = SMTPCODES__OUT_ID(out), words = SMTPCODES__OUT_WORDS(out);
    if (f->outside && SMTPCODES__OUT_KIND(out) != SMTPCODES__OUT_PROVIDER) {
        return; /* the receiver's name tells who it is, and nothing about the reply */
    }
    switch (SMTPCODES__OUT_KIND(out)) {
    case SMTPCODES__OUT_RULE: rule_found(f, &(struct candidate){&f->rules.rules[id], words, start, end}); break;
    case SMTPCODES__OUT_STOCK:
        if (f->reply->code == (int)id && words > f->stock.words) {
            f->stock = (struct candidate){NULL, words, start, end};
        }
        break;
    case SMTPCODES__OUT_PROVIDER: provider_found(f, &(struct named){&f->rules.providers[id], words, start, end}); break;
    case SMTPCODES__OUT_BLOCKLIST:
        blocklist_found(f, &(struct named){&f->rules.blocklists[id], words, start, end});
        break;
    case SMTPCODES__OUT_CUE:
        switch ((enum smtpcodes__cue)f->rules.cues[id]) {
        case SMTPCODES__CUE_LATER: f->later = 1; break;
        case SMTPCODES__CUE_NEVER: f->never = 1; break;
        case SMTPCODES__CUE_WAIT:
            if (f->retry_after < 0) {
                f->retry_after = smtpcodes__duration(end, f->end);
            }
            break;
        case SMTPCODES__CUE_KINDS: break;
        }
        break;
    case SMTPCODES__OUT_PART: break;
    }
}

/* ---- the decision ---- */

static void set_evidence(struct smtpcodes_verdict *v, const struct smtpcodes_reply *reply, const unsigned char *start,
                         const unsigned char *end)
{
    v->evidence = (size_t)(start - (const unsigned char *)reply->bytes);
    v->evidence_length = (size_t)(end - start);
}

static void decide_by_rule(struct smtpcodes_verdict *v, const struct findings *f, const struct candidate *c)
{
    const struct smtpcodes__rule *rule = c->rule;
    int of_provider = 0;
    for (uint32_t i = 0; i < rule->conditions; i++) {
        of_provider |= f->rules.conditions[rule->first_condition + i].kind == SMTPCODES__IF_PROVIDER;
    }
    v->reason = rule->reason;
    v->basis = of_provider ? SMTPCODES_BASIS_PROVIDER : SMTPCODES_BASIS_TEXT;
    v->confidence = 100; /* of a user's rule, which nothing is set against */
    v->rule = f->rules.strings + rule->name;
    if (c->start) {
        set_evidence(v, f->reply, c->start, c->end);
    } else if (f->listings && f->blocklist.mark) {
        set_evidence(v, f->reply, f->blocklist.start, f->blocklist.end);
    } else {
        v->evidence = f->reply->enhanced_start;
        v->evidence_length = f->reply->enhanced_length;
    }
}

static void decide_by_code(struct smtpcodes_verdict *v, const struct smtpcodes_reply *reply, int reason,
                           enum smtpcodes_basis basis)
{
    const struct smtpcodes_code *row = smtpcodes_code_find(reply->code);
    v->reason = reason;
    v->basis = basis;
    v->confidence = CODE_ALONE;
    v->rule = basis == SMTPCODES_BASIS_CODE ? smtpcodes_code_name(row) : NULL;
    v->evidence = reply->start;
    v->evidence_length = 3;
}

static struct candidate best_candidate(struct findings *f)
{
    struct candidate best = f->best;
    if (f->blocklist.mark && f->blocklist.mark->kind == SMTPCODES_LISTING_NONE) {
        f->listings = 0;
    }
    for (size_t i = 0; i < f->late_count; i++) {
        if (beats(&f->late[i], &best) && conditions_hold(f, f->late[i].rule, 1)) {
            best = f->late[i];
        }
    }
    if (f->listings || f->provider.mark || f->quotes_client) {
        for (uint32_t i = 0; i < f->rules.silent_count; i++) {
            struct candidate c = {&f->rules.rules[f->rules.silent[i]], 0, NULL, NULL};
            if (beats(&c, &best) && conditions_hold(f, c.rule, 1)) {
                best = c;
            }
        }
    }
    return best;
}

/* The reason before the model is asked, and what it stands on. */
static enum smtpcodes__ground decide(struct smtpcodes_verdict *v, struct findings *f, int has_words)
{
    const struct smtpcodes_reply *reply = f->reply;
    const struct smtpcodes_enhanced *row =
        smtpcodes_enhanced_find(reply->enhanced.klass, reply->enhanced.subject, reply->enhanced.detail);
    const struct smtpcodes_code *code = smtpcodes_code_find(reply->code);
    int code_reason = smtpcodes_code_reason(code);
    const int enhanced_reason = smtpcodes_enhanced_reason(row);
    const struct candidate best = best_candidate(f);
    const int is_stock = f->stock.words && (!best.rule || f->stock.words >= best.words);
    if (best.rule && (best.rule->level > SMTPCODES__LEVEL_FRAME || (!enhanced_reason && !is_stock))) {
        decide_by_rule(v, f, &best);
        f->decider = best.rule;
        return best.rule->level > SMTPCODES__LEVEL_PLAIN || v->basis == SMTPCODES_BASIS_PROVIDER
                   ? SMTPCODES__GROUND_STRONG
               : best.rule->level < SMTPCODES__LEVEL_PLAIN ? SMTPCODES__GROUND_WEAK
               : best.rule->reason == enhanced_reason      ? SMTPCODES__GROUND_CONFIRMED
                                                           : SMTPCODES__GROUND_PLAIN;
    }
    if (enhanced_reason) {
        v->reason = enhanced_reason;
        v->basis = SMTPCODES_BASIS_ENHANCED;
        v->rule = smtpcodes_enhanced_name(row);
        v->evidence = reply->enhanced_start;
        v->evidence_length = reply->enhanced_length;
        return SMTPCODES__GROUND_ENHANCED;
    }
    if (is_stock) {
        decide_by_code(v, reply, code_reason, SMTPCODES_BASIS_CODE);
        set_evidence(v, reply, f->stock.start, f->stock.end);
        return SMTPCODES__GROUND_STOCK;
    }
    if (code_reason && (!has_words || !smtpcodes_code_is_broad(code))) {
        decide_by_code(v, reply, code_reason, SMTPCODES_BASIS_CODE);
        return SMTPCODES__GROUND_CODE;
    }
    if (v->severity != SMTPCODES_SEVERITY_UNKNOWN && reply->code >= 0) {
        decide_by_code(v, reply, SMTPCODES_REASON_UNKNOWN, SMTPCODES_BASIS_SEVERITY);
    }
    return SMTPCODES__GROUND_NOTHING;
}

/* All that the model looks at but the words. */
static void gather_facts(struct smtpcodes__features *features, const struct findings *f,
                         const struct smtpcodes_verdict *v, enum smtpcodes__ground ground)
{
    const struct smtpcodes_enhanced_code *e = &f->reply->enhanced;
    const uint32_t code = f->reply->code < 0 ? 0 : (uint32_t)f->reply->code;
    features->count = 0;
    smtpcodes__add_fact(features, SMTPCODES__FACT_ALWAYS, 0);
    smtpcodes__add_fact(features, SMTPCODES__FACT_CODE, code);
    smtpcodes__add_fact(features, SMTPCODES__FACT_CLASS, code / 100);
    smtpcodes__add_fact(features, SMTPCODES__FACT_SUBJECT, e->klass ? e->subject + 1u : 0);
    if (e->klass) {
        uint32_t detail = e->subject * 1000u + e->detail;
        smtpcodes__add_fact(features, SMTPCODES__FACT_ENHANCED, e->klass * 1000000u + detail);
        smtpcodes__add_fact(features, SMTPCODES__FACT_DETAIL, detail);
    }
    smtpcodes__add_fact(features, SMTPCODES__FACT_GROUND, (uint32_t)v->reason * SMTPCODES__GROUNDS + (uint32_t)ground);
    if (f->decider) {
        smtpcodes__add_fact(features, SMTPCODES__FACT_RULE, f->decider->hash);
    }
    for (uint32_t kinds = f->listings; kinds; kinds &= kinds - 1) {
        smtpcodes__add_fact(features, SMTPCODES__FACT_LISTING, kinds & (~kinds + 1));
    }
    for (uint32_t i = 0; i < f->stated_count; i++) {
        smtpcodes__add_fact(features, SMTPCODES__FACT_FOUND, f->stated[i]);
    }
}

/* Puts the model's opinion beside the reason that was found without it. */
static void ask_model(struct smtpcodes_verdict *v, const struct findings *f, enum smtpcodes__ground ground,
                      const struct smtpcodes__words *words, struct smtpcodes__examined *examined)
{
    struct smtpcodes__features features;
    struct smtpcodes__opinion opinion;
    struct smtpcodes__scores scores;
    struct smtpcodes__word_bits bits;
    const unsigned char *start, *end;
    if (!examined && !smtpcodes__is_asked(ground)) {
        v->confidence = smtpcodes__model.confidence[ground][SMTPCODES__AGREES][0];
        return;
    }
    gather_facts(&features, f, v, ground);
    smtpcodes__add_words(&features, words);
    if (examined) {
        examined->features = features;
        smtpcodes__look_up_words(words, &examined->words);
        examined->ground = ground;
        examined->reason = v->reason;
        return;
    }
    smtpcodes__score(&smtpcodes__model, &features, &scores);
    smtpcodes__weigh_opinion(&smtpcodes__model, ground, v->reason, &scores, &opinion);
    if (opinion.answer == SMTPCODES__OVERRULES) {
        smtpcodes__look_up_words(words, &bits);
        if (smtpcodes__is_strange(&smtpcodes__model, &bits)) {
            smtpcodes__withhold(&opinion, v->reason);
        }
    }
    v->confidence = smtpcodes__model.confidence[ground][opinion.answer][opinion.margin];
    if (opinion.answer == SMTPCODES__OVERRULES) {
        if (smtpcodes__weightiest(&smtpcodes__model, words, &features, &opinion, v->reason, &start, &end)) {
            set_evidence(v, f->reply, start, end);
        }
        v->reason = opinion.reason;
        v->basis = SMTPCODES_BASIS_LEARNED;
        v->rule = smtpcodes__strings + smtpcodes__reasons[v->reason].learned;
    }
}

/* Whether a user's rules come before what the built-in ones found. */
static int asks_user(const struct smtpcodes_rules *rules, struct findings *builtin)
{
    if (!rules || !rules->last) {
        return rules != NULL;
    }
    const struct candidate best = best_candidate(builtin);
    return !best.rule || best.rule->level < SMTPCODES__LEVEL_PLAIN;
}

/* A user's rules see what the built-in ones found out about provider and block lists. 1 if one of them decides. */
static int decide_by_user(struct smtpcodes_verdict *v, const struct findings *builtin,
                          const struct smtpcodes__ruleset *set, const char *text, size_t length)
{
    struct findings f = *builtin;
    struct smtpcodes__matcher m = {set, found, &f, NULL, 0, NULL, 0, 0};
    f.rules = *set;
    f.best.rule = NULL;
    f.late_count = 0;
    f.outside = 0;
    smtpcodes__match_text(&m, text, length);
    struct candidate best = best_candidate(&f);
    if (best.rule) {
        decide_by_rule(v, &f, &best);
    }
    return best.rule != NULL;
}

/* The first digit of the code, or of the enhanced code where there is no other. */
static enum smtpcodes_severity severity_of(const struct smtpcodes_reply *reply)
{
    return reply->code >= 0 ? smtpcodes_code_severity(reply->code) : (enum smtpcodes_severity)reply->enhanced.klass;
}

/* What the user says that this reason means. 0 if nothing is said of it. */
static int advise_by_policy(struct smtpcodes_verdict *v, enum smtpcodes_severity meant,
                            const struct smtpcodes_rules *rules)
{
    if (!rules || !rules->has_policy) {
        return 0;
    }
    const struct smtpcodes__policy *p = &rules->policy[v->reason][smtpcodes__counts_as_temporary(v->reason, meant)];
    if (p->given) {
        v->bounce = (enum smtpcodes_bounce)p->bounce;
        v->action = (enum smtpcodes_action)p->action;
    }
    return p->given;
}

/* Bounce and action follow reason and severity, save where the words say that the severity is not meant. */
static void advise(struct smtpcodes_verdict *v, const struct findings *f, const struct smtpcodes_rules *rules)
{
    enum smtpcodes_severity meant = v->severity;
    if (f->later && !f->never && meant == SMTPCODES_SEVERITY_PERMANENT) {
        meant = SMTPCODES_SEVERITY_TEMPORARY;
    }
    v->side = smtpcodes_reason_side(v->reason);
    if (advise_by_policy(v, meant, rules)) {
        return;
    }
    v->bounce = smtpcodes_reason_bounce(v->reason, meant);
    v->action = smtpcodes_reason_action(v->reason, meant);
    if (v->bounce == SMTPCODES_BOUNCE_HARD && v->basis == SMTPCODES_BASIS_LEARNED && v->confidence < HARD_FROM) {
        v->bounce = SMTPCODES_BOUNCE_UNKNOWN;
        v->action = SMTPCODES_ACTION_REVIEW;
    }
    if (f->never && v->severity == SMTPCODES_SEVERITY_PERMANENT && v->bounce == SMTPCODES_BOUNCE_SOFT) {
        v->bounce = SMTPCODES_BOUNCE_BLOCK;
        v->action = SMTPCODES_ACTION_REVIEW;
    }
}

static void classify(const struct smtpcodes_rules *rules, const struct smtpcodes_context *context, const char *bytes,
                     size_t length, struct smtpcodes_verdict *out, struct smtpcodes__examined *examined)
{
    struct smtpcodes_reply reply;
    struct findings f;
    struct smtpcodes__words words;
    smtpcodes_reply_parse(bytes, length, &reply);
    memset(out, 0, sizeof *out);
    out->code = reply.code;
    out->enhanced = reply.enhanced;
    out->severity = severity_of(&reply);
    out->category = smtpcodes_code_category(reply.code);
    out->reason = SMTPCODES_REASON_UNKNOWN;
    out->retry_after = -1;
    out->stage = reply.stage;
    if (context && context->stage != SMTPCODES_STAGE_UNKNOWN) {
        out->stage = context->stage;
    }

    memset(&f, 0, sizeof f);
    smtpcodes__builtin(&f.rules);
    f.reply = &reply;
    f.stage = out->stage;
    f.retry_after = -1;
    struct smtpcodes__matcher m = {&f.rules, found, &f, NULL, 0, NULL, 0, 0};
    if (context && context->client) {
        m.client = context->client;
        m.client_length = context->client_length;
    }
    size_t text = reply.start + (reply.code >= 0 ? 3 : 0);
    f.end = (const unsigned char *)reply.bytes + reply.end;
    if (reply.flags & SMTPCODES_FLAG_WRAPPED) {
        smtpcodes__match_names(&m, reply.bytes, reply.start);
    }
    words.count = 0;
    words.negates = 0;
    m.words = &words;
    smtpcodes__match_text(&m, reply.bytes + text, reply.end - text);
    if (f.provider.mark) {
        out->provider = f.rules.strings + f.provider.mark->name;
    }
    if (context && context->receiver && !(f.provider.mark && f.provider.mark->kind == 0)) {
        f.outside = 1;
        smtpcodes__match_host(&m, context->receiver, context->receiver_length);
    }
    f.quotes_client = m.quotes_client;

    if (out->severity == SMTPCODES_SEVERITY_SUCCESS || out->severity == SMTPCODES_SEVERITY_INTERMEDIATE) {
        decide_by_code(out, &reply,
                       out->severity == SMTPCODES_SEVERITY_SUCCESS ? SMTPCODES_REASON_ACCEPTED
                                                                   : SMTPCODES_REASON_CONTINUE,
                       smtpcodes_code_find(reply.code) ? SMTPCODES_BASIS_CODE : SMTPCODES_BASIS_SEVERITY);
        if (reply.code < 0) {
            out->basis = SMTPCODES_BASIS_SEVERITY;
            out->evidence = reply.enhanced_start;
            out->evidence_length = reply.enhanced_length;
        }
        f.later = f.never = 0;
    } else {
        if (!asks_user(rules, &f) || !decide_by_user(out, &f, &rules->set, reply.bytes + text, reply.end - text)) {
            enum smtpcodes__ground ground = decide(out, &f, m.has_words);
            if (m.has_words) {
                ask_model(out, &f, ground, &words, examined);
            }
        }
        out->retry_after = f.retry_after;
    }
    if (f.blocklist.mark && f.blocklist.mark->kind != SMTPCODES_LISTING_NONE) {
        out->blocklist = f.rules.strings + f.blocklist.mark->name;
    }
    advise(out, &f, rules);
}

void smtpcodes_classify_with(const struct smtpcodes_rules *rules, const struct smtpcodes_context *context,
                             const char *bytes, size_t length, struct smtpcodes_verdict *out)
{
    classify(rules, context, bytes, length, out, NULL);
}

void smtpcodes__examine(const char *bytes, size_t length, struct smtpcodes__examined *out)
{
    struct smtpcodes_verdict verdict;
    out->ground = SMTPCODES__GROUND_FIRM;
    classify(NULL, NULL, bytes, length, &verdict, out);
}

void smtpcodes_classify(const char *bytes, size_t length, struct smtpcodes_verdict *out)
{
    smtpcodes_classify_with(NULL, NULL, bytes, length, out);
}
