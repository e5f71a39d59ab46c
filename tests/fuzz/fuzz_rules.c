/* Any text as rules; what is loaded is checked, and classifies the text itself and a fixed reply. */
#include <string.h>

#include <smtpcodes.h>

#include "fuzz.h"

static void classify(const struct smtpcodes_rules *rules, const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify_with(rules, NULL, bytes, length, &v);
    PROMISE(v.evidence <= length && v.evidence_length <= length - v.evidence);
    PROMISE(v.reason >= 1 && (size_t)v.reason <= smtpcodes_reason_count());
}

static void load(const char *bytes, size_t length, const char *reply, size_t reply_length)
{
    char message[256] = "";
    struct smtpcodes_rules *rules = smtpcodes_rules_load("r", bytes, length, message, sizeof message);
    PROMISE((rules == NULL) == (strncmp(message, "r:", 2) == 0));
    if (rules) {
        char findings[64];
        size_t needed = smtpcodes_rules_check(rules, findings, sizeof findings);
        PROMISE(needed == 0 || strncmp(findings, "r:", 2) == 0);
        PROMISE(strlen(findings) == (needed < sizeof findings ? needed : sizeof findings - 1));
        classify(rules, reply, reply_length);
        classify(rules, "550 5.1.1 The mailbox of kim@example.org is full", 48);
        smtpcodes_rules_free(rules);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "a/b\tspam\tplain\t-\t", tail[] = "\t550 x\tme\n";
    const char *bytes = (const char *)data;
    if (size > 4096) { /* many phrases multiply; a rule of that length is none that people write */
        return 0;
    }
    load(bytes, size, bytes, size);
    /* Most texts are no table: as the phrases of a rule they get further. */
    char *row = malloc(sizeof head + sizeof tail + size);
    if (row) {
        memcpy(row, head, sizeof head - 1);
        if (size) {
            memcpy(row + sizeof head - 1, bytes, size);
        }
        memcpy(row + sizeof head - 1 + size, tail, sizeof tail - 1);
        load(row, sizeof head + sizeof tail + size - 2, bytes, size);
        free(row);
    }
    return 0;
}
