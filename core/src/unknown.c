/* Which replies no rule understood: what a rule may be written for. */
#include <smtpcodes.h>

#include "match.h"
#include "ruleset.h"

struct stock {
    int code;
    uint32_t words; /* of the longest stock text of the code that stands there */
};

static void found(void *context, uint32_t out, const unsigned char *start, const unsigned char *end)
{
    struct stock *stock = context;
    (void)start;
    (void)end;
    if (SMTPCODES__OUT_KIND(out) == SMTPCODES__OUT_STOCK && stock->code == (int)SMTPCODES__OUT_ID(out) &&
        SMTPCODES__OUT_WORDS(out) > stock->words) {
        stock->words = SMTPCODES__OUT_WORDS(out);
    }
}

int smtpcodes_text_is_unknown(const struct smtpcodes_rules *rules, const struct smtpcodes_context *context,
                              const char *bytes, size_t length)
{
    struct smtpcodes_reply reply;
    struct smtpcodes_verdict v;
    smtpcodes_classify_with(rules, context, bytes, length, &v);
    if (v.basis == SMTPCODES_BASIS_TEXT || v.basis == SMTPCODES_BASIS_PROVIDER ||
        v.severity == SMTPCODES_SEVERITY_SUCCESS || v.severity == SMTPCODES_SEVERITY_INTERMEDIATE) {
        return 0;
    }
    struct smtpcodes__ruleset builtin;
    smtpcodes__builtin(&builtin);
    smtpcodes_reply_parse(bytes, length, &reply);
    struct stock stock = {reply.code, 0};
    struct smtpcodes__matcher m = {&builtin, found, &stock, NULL, 0, NULL, 0, 0};
    const size_t text = reply.start + (reply.code >= 0 ? 3 : 0);
    smtpcodes__match_text(&m, bytes + text, reply.end - text);
    return (uint32_t)m.has_words > stock.words;
}
