/* Values and names of the closed lists, from their maps. */
#include <smtpcodes/enums.h>

#include <stdint.h>
#include <string.h>

#include "names.h"

/* Each list gives two functions. A switch, not a table of pointers: that would need relocations. */
#define NAME_CASE(symbol, value, name) \
    case value:                        \
        return name;
#define FROM_NAME(symbol, value, name) \
    if (strcmp(text, name) == 0) {     \
        return value;                  \
    }
#define LIST(list, MAP)                                               \
    SMTPCODES_API const char *smtpcodes_##list##_name(int value);     \
    const char *smtpcodes_##list##_name(int value)                    \
    {                                                                 \
        switch (value) {                                              \
            MAP(NAME_CASE)                                            \
        default: return NULL;                                         \
        }                                                             \
    }                                                                 \
    SMTPCODES_API int smtpcodes_##list##_from_name(const char *text); \
    int smtpcodes_##list##_from_name(const char *text)                \
    {                                                                 \
        MAP(FROM_NAME)                                                \
        return -1;                                                    \
    }
#define BIT_LIST(list, MAP)                                                \
    SMTPCODES_API const char *smtpcodes_##list##_name(uint32_t value);     \
    const char *smtpcodes_##list##_name(uint32_t value)                    \
    {                                                                      \
        switch (value) {                                                   \
            MAP(NAME_CASE)                                                 \
        default: return NULL;                                              \
        }                                                                  \
    }                                                                      \
    SMTPCODES_API uint32_t smtpcodes_##list##_from_name(const char *text); \
    uint32_t smtpcodes_##list##_from_name(const char *text)                \
    {                                                                      \
        MAP(FROM_NAME)                                                     \
        return 0;                                                          \
    }

LIST(severity, SMTPCODES_SEVERITY_MAP)
LIST(category, SMTPCODES_CATEGORY_MAP)
LIST(standing, SMTPCODES_STANDING_MAP)
LIST(side, SMTPCODES_SIDE_MAP)
LIST(action, SMTPCODES_ACTION_MAP)
LIST(bounce, SMTPCODES_BOUNCE_MAP)
LIST(basis, SMTPCODES_BASIS_MAP)
LIST(stage, SMTPCODES_STAGE_MAP)
LIST(listing, SMTPCODES_LISTING_MAP)
LIST(vocabulary, SMTPCODES_VOCABULARY_MAP)
BIT_LIST(command, SMTPCODES_COMMAND_MAP)
BIT_LIST(flag, SMTPCODES_FLAG_MAP)

SMTPCODES_API const char *smtpcodes_strstatus(int value);
const char *smtpcodes_strstatus(int value)
{
    switch (value) {
        SMTPCODES_STATUS_MAP(NAME_CASE)
    default: return "no status of smtpcodes";
    }
}
