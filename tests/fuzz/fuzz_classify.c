/* Verdict, template and page on any bytes, with any context. */
#include <string.h>

#include <smtpcodes.h>

#include "fuzz.h"

static void look_at(const struct smtpcodes_verdict *v, size_t length)
{
    PROMISE(v->evidence <= length && v->evidence_length <= length - v->evidence);
    PROMISE(v->reason >= 1 && (size_t)v->reason <= smtpcodes_reason_count());
    PROMISE(v->side == smtpcodes_reason_side(v->reason));
    PROMISE(smtpcodes_severity_name((int)v->severity) && smtpcodes_category_name((int)v->category));
    PROMISE(smtpcodes_action_name((int)v->action) && smtpcodes_bounce_name((int)v->bounce));
    PROMISE(smtpcodes_basis_name((int)v->basis) && smtpcodes_stage_name((int)v->stage));
    PROMISE(v->confidence >= 0 && v->confidence <= 100 && v->retry_after >= -1 && v->retry_after <= 31L * 86400);
    PROMISE(!v->provider || smtpcodes_provider_find(v->provider) >= 0);
    PROMISE(!v->blocklist || smtpcodes_blocklist_find(v->blocklist) >= 0);
    PROMISE((v->basis != SMTPCODES_BASIS_TEXT && v->basis != SMTPCODES_BASIS_PROVIDER) || v->rule);
    PROMISE((v->bounce == SMTPCODES_BOUNCE_HARD) == (v->action == SMTPCODES_ACTION_SUPPRESS));
}

/* A text written into a room of every kind: none, too small, enough. */
static void write_twice(size_t (*write)(const char *, size_t, char *, size_t), const char *bytes, size_t length)
{
    size_t needed = write(bytes, length, NULL, 0), half = needed / 2 + 1;
    char *whole = malloc(needed + 1), *part = malloc(half);
    if (whole && part) {
        PROMISE(write(bytes, length, whole, needed + 1) == needed && whole[needed] == 0);
        PROMISE(write(bytes, length, part, half) == needed && part[half - 1] == 0);
        PROMISE(memcmp(whole, part, half - 1) == 0);
    }
    free(whole);
    free(part);
}

static size_t explain_plain(const char *bytes, size_t length, char *out, size_t room)
{
    int understood = 7;
    size_t n = smtpcodes_explain(bytes, length, SMTPCODES_STYLE_PLAIN, out, room, &understood);
    PROMISE(understood == 0 || understood == 1);
    return n;
}

static size_t explain_terminal(const char *bytes, size_t length, char *out, size_t room)
{
    return smtpcodes_explain(bytes, length, SMTPCODES_STYLE_TERMINAL, out, room, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct smtpcodes_verdict v, again;
    smtpcodes_classify(bytes, size, &v);
    look_at(&v, size);
    smtpcodes_classify_with(NULL, NULL, bytes, size, &again);
    PROMISE(memcmp(&v, &again, sizeof v) == 0);

    /* The last bytes serve as what the caller knows. */
    struct smtpcodes_context context = {0};
    size_t tail = size < 12 ? size : 12;
    context.stage = (enum smtpcodes_stage)(size ? data[size - 1] % 9 : 0);
    context.receiver = context.client = bytes + size - tail;
    context.receiver_length = context.client_length = tail;
    smtpcodes_classify_with(NULL, &context, bytes, size, &v);
    look_at(&v, size);

    write_twice(smtpcodes_template, bytes, size);
    write_twice(explain_plain, bytes, size);
    write_twice(explain_terminal, bytes, size);
    return 0;
}
