/* Times that replies ask to wait. */
#ifndef SMTPCODES_DURATION_H
#define SMTPCODES_DURATION_H

/* Seconds that stand at p ("in 5 minutes", "for 300s", "00:05:00 [minutes]", "an hour"), or -1. */
long smtpcodes__duration(const unsigned char *p, const unsigned char *end);

#endif
