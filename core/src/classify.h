/* The classifier as the maker of the model sees it (core/gen/mkmodel.c). */
#ifndef SMTPCODES_CLASSIFY_H
#define SMTPCODES_CLASSIFY_H

#include <smtpcodes.h>

#include "learn.h"

struct smtpcodes__examined {
    struct smtpcodes__features features;
    struct smtpcodes__word_bits words;
    enum smtpcodes__ground ground; /* FIRM: the model would not be asked, and nothing else is set */
    int reason;                    /* before the model is asked */
};

void smtpcodes__examine(const char *bytes, size_t length, struct smtpcodes__examined *out);

#endif
