/* A word read in one go: nearly all words are ASCII letters and digits, and few are longer than sixteen. No branch
 * depends on the length, for on replies that differ, branches that go the other way are what time goes into. */
#ifndef SMTPCODES_RUN_H
#define SMTPCODES_RUN_H

#include <stdint.h>

#include "bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SMTPCODES__RUN = 16 };

struct smtpcodes__run {
    uint64_t low, high;       /* the folded bytes of the word, the first one lowest, and zeros */
    unsigned length;          /* letters and digits at the beginning; SMTPCODES__RUN may mean more */
    unsigned letters, digits; /* whether there are any */
};

/* Of eight bytes the first so many. */
static inline uint64_t smtpcodes__first_bytes(unsigned count)
{
    static const uint64_t masks[9] = {
        0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF};
    return masks[count];
}

static inline void smtpcodes__run_fold(const unsigned char *p, unsigned in_low, unsigned in_high,
                                       struct smtpcodes__run *out)
{
    const uint64_t lower = 0x2020202020202020u; /* digits have this bit as it is */
    out->low = (smtpcodes__load64(p) | lower) & smtpcodes__first_bytes(in_low);
    out->high = (smtpcodes__load64(p + 8) | lower) & smtpcodes__first_bytes(in_high);
    out->length = in_low + in_high;
}

/* Which of eight bytes are letters, and which are digits: 0x80 in their places. Every sum stays inside its byte. */
static inline void smtpcodes__tell_eight(uint64_t bytes, uint64_t *letters, uint64_t *digits)
{
    const uint64_t each = 0x0101010101010101u;
    const uint64_t ascii = ~bytes & each * 0x80, low = bytes & each * 0x7F, folded = low | each * 0x20;
    *letters = (folded + each * (0x80 - 'a')) & ~(folded + each * (0x7F - 'z')) & ascii;
    *digits = (low + each * (0x80 - '0')) & ~(low + each * (0x7F - '9')) & ascii;
}

/* Reads the SMTPCODES__RUN bytes at p, in C alone. */
static inline void smtpcodes__run_in_c(const unsigned char *p, struct smtpcodes__run *out)
{
    const uint64_t every = 0x8080808080808080u;
    uint64_t letters[2], digits[2];
    smtpcodes__tell_eight(smtpcodes__load64(p), &letters[0], &digits[0]);
    smtpcodes__tell_eight(smtpcodes__load64(p + 8), &letters[1], &digits[1]);
    const uint64_t other_low = ~(letters[0] | digits[0]) & every, other_high = ~(letters[1] | digits[1]) & every;
    const unsigned in_low = other_low ? smtpcodes__lowest(other_low) / 8 : 8;
    const unsigned in_high = other_low ? 0 : other_high ? smtpcodes__lowest(other_high) / 8 : 8;
    smtpcodes__run_fold(p, in_low, in_high, out);
    out->letters =
        ((letters[0] & smtpcodes__first_bytes(in_low)) | (letters[1] & smtpcodes__first_bytes(in_high))) != 0;
    out->digits = ((digits[0] & smtpcodes__first_bytes(in_low)) | (digits[1] & smtpcodes__first_bytes(in_high))) != 0;
}

#ifdef __SSE2__
static inline unsigned smtpcodes__between(__m128i bytes, char first, char last)
{
    /* comparisons are signed: bytes beyond ASCII are negative, and between nothing */
    return (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(first - 1))),
                                                     _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(last + 1)))));
}
#endif

static inline void smtpcodes__run(const unsigned char *p, struct smtpcodes__run *out)
{
#ifdef __SSE2__
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    const unsigned letters = smtpcodes__between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const unsigned digits = smtpcodes__between(bytes, '0', '9');
    const unsigned length = smtpcodes__lowest(~(uint64_t)(letters | digits)), in_word = (1u << length) - 1;
    const unsigned in_low = length < 8 ? length : 8;
    smtpcodes__run_fold(p, in_low, length - in_low, out);
    out->letters = (letters & in_word) != 0;
    out->digits = (digits & in_word) != 0;
#else
    smtpcodes__run_in_c(p, out);
#endif
}

#endif
