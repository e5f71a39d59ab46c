/* Other matchers, for the same phrases: each says how many it found. */
#ifndef BENCH_RIVALS_H
#define BENCH_RIVALS_H

#include "inputs.h"

/* Hyperscan's literal API (or Vectorscan's, which is the same), caseless, a block at a time. */
struct hyperscan *hyperscan_new(const struct texts *phrases);
unsigned long hyperscan_run(const void *hyperscan, const char *bytes, size_t length);
size_t hyperscan_bytes(const struct hyperscan *hyperscan);

/* PCRE2 with its JIT: for each reason one alternation of all its phrases, what two begin with written once, or as many
 * as it takes for their size; run in turn. Phrases are sorted. */
struct pcre2_set *pcre2_set_new(const struct texts *phrases);
unsigned long pcre2_set_run(const void *set, const char *bytes, size_t length);
size_t pcre2_set_count(const struct pcre2_set *set);
const char *pcre2_set_pattern(const struct pcre2_set *set, size_t i, int *reason);

/* Aho and Corasick over bytes, with a full table of next states for each class of bytes. */
struct byte_automaton *byte_automaton_new(const struct texts *phrases);
unsigned long byte_automaton_run(const void *automaton, const char *bytes, size_t length);
size_t byte_automaton_bytes(const struct byte_automaton *automaton);

#endif
