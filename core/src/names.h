/* The part of names.c that needs no generated table: the generator uses it too. */
#ifndef SMTPCODES_NAMES_H
#define SMTPCODES_NAMES_H

#include <stdint.h>

int smtpcodes_side_from_name(const char *name);
int smtpcodes_action_from_name(const char *name);
int smtpcodes_bounce_from_name(const char *name);
int smtpcodes_standing_from_name(const char *name);
int smtpcodes_stage_from_name(const char *name);
int smtpcodes_listing_from_name(const char *name);
int smtpcodes_vocabulary_from_name(const char *name);
const char *smtpcodes_vocabulary_name(int vocabulary);
uint32_t smtpcodes_command_from_name(const char *name);

#endif
