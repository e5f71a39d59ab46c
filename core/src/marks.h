/* Where among 64 bytes something stands: a bit a byte, the first byte lowest. A pass that asks these words branches
 * once in 64 bytes, where one that asks the bytes branches at each, and on replies that differ a branch costs more than
 * all that it decides. */
#ifndef SMTPCODES_MARKS_H
#define SMTPCODES_MARKS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SMTPCODES__WINDOW = 64 };

struct smtpcodes__marks {
    uint64_t digits, openers /* # ( [ */, feeds, odd /* no printable ASCII */;
};

/* The marks of the 64 bytes at p in C alone, eight bytes a step: every sum stays inside its byte. */
static inline void smtpcodes__marks_in_c(const unsigned char *p, struct smtpcodes__marks *out)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t digits = 0, openers = 0, feeds = 0, odd = 0;
    for (unsigned i = 0; i < SMTPCODES__WINDOW; i += 8, p += 8) {
        /* compilers make one load of this where the machine has the lowest byte first */
        const uint64_t w = smtpcodes__load64(p);
        const uint64_t low = w & ~high, ascii = ~w & high;
/* the top bits of all bytes, as eight neighbours */
#define GATHER(tops) ((((tops)&ascii) >> 7) * UINT64_C(0x0102040810204080) >> 56 << i)
#define FROM(c) (low + ones * (0x80 - (c))) /* c and above */
#define IS(c) (~((low ^ ones * (c)) + ones * 0x7F))
        digits |= GATHER(FROM('0') & ~FROM('9' + 1));
        openers |= GATHER(IS('#') | IS('(') | IS('['));
        feeds |= GATHER(IS('\n'));
        odd |= GATHER(FROM(' ') & ~FROM(0x7F));
#undef GATHER
#undef FROM
#undef IS
    }
    out->digits = digits;
    out->openers = openers;
    out->feeds = feeds;
    out->odd = ~odd;
}

/* The marks of the 64 bytes at p. */
static inline void smtpcodes__marks(const unsigned char *p, struct smtpcodes__marks *out)
{
#ifdef __SSE2__
    uint64_t digits = 0, openers = 0, feeds = 0, plain = 0;
    for (unsigned i = 0; i < SMTPCODES__WINDOW; i += 16) {
        const __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
/* comparisons are of signed bytes: those beyond ASCII are below all others */
#define IS(c) _mm_cmpeq_epi8(b, _mm_set1_epi8(c))
#define GATHER(bytes) ((uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i)
        const __m128i from_zero = _mm_add_epi8(b, _mm_set1_epi8((char)(0x80 - '0')));
        digits |= GATHER(_mm_cmplt_epi8(from_zero, _mm_set1_epi8(-0x80 + 10)));
        openers |= GATHER(_mm_or_si128(_mm_or_si128(IS('#'), IS('(')), IS('[')));
        feeds |= GATHER(IS('\n'));
        plain |= GATHER(_mm_andnot_si128(IS(0x7F), _mm_cmpgt_epi8(b, _mm_set1_epi8(0x1F))));
#undef IS
#undef GATHER
    }
    out->digits = digits;
    out->openers = openers;
    out->feeds = feeds;
    out->odd = ~plain;
#else
    smtpcodes__marks_in_c(p, out);
#endif
}

/* The marks of the bytes at p and up to end, at least one and at most 64; where there are fewer, the bits of the rest
 * are not set. The bytes from first on may be read, and are: the last 64 for fewer. Only a text that has not so many is
 * copied. */
static inline void smtpcodes__marks_at(const unsigned char *first, const unsigned char *p, const unsigned char *end,
                                       struct smtpcodes__marks *out)
{
    const size_t left = (size_t)(end - p);
    unsigned char copy[SMTPCODES__WINDOW];
    unsigned before = 0;
    if (left < SMTPCODES__WINDOW && end - first >= SMTPCODES__WINDOW) {
        p = end - SMTPCODES__WINDOW;
        before = SMTPCODES__WINDOW - (unsigned)left;
    } else if (left < SMTPCODES__WINDOW) {
        memset(copy, ' ', sizeof copy);
        memcpy(copy, p, left);
        p = copy;
    }
    smtpcodes__marks(p, out);
    out->digits >>= before;
    out->openers >>= before;
    out->feeds >>= before;
    out->odd >>= before;
}

#endif
