/* A verdict as JSON, CSV and a line for people. */
#ifndef SMTPCODES_VERDICT_H
#define SMTPCODES_VERDICT_H

#include "command.h"

/* What is the same for every verdict of a run. */
struct form_of_verdict {
    enum format format;
    int vocabulary; /* whose term is wanted too; 0: none */
    int term_width; /* of its longest term */
    const char *rules_version;
};

/* Call it once before the others, with the form of all verdicts; any number of threads may call these then. */
void verdict_start(const struct form_of_verdict *form);
/* The first line of CSV. */
void put_verdict_header(struct output *out, const struct form_of_verdict *form);
/* A line in the format that is wanted. */
void put_verdict(struct output *out, const struct form_of_verdict *form, const char *bytes, size_t length,
                 const struct smtpcodes_verdict *v);
/* A line of JSON: the object with the verdict's keys behind its own, or over those of the same name. */
void put_verdict_with(struct output *out, const struct form_of_verdict *form, json_t *object, const char *bytes,
                      const struct smtpcodes_verdict *v);

#endif
