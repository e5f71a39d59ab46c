/* What a byte is, without a locale. */
#ifndef SMTPCODES_BYTES_H
#define SMTPCODES_BYTES_H

#include <stddef.h>
#include <stdint.h>

enum {
    SMTPCODES__DIGIT = 1,
    SMTPCODES__LETTER = 2, /* ASCII letters */
    SMTPCODES__HEX = 4,
    SMTPCODES__ATEXT = 8, /* RFC 5321 4.1.2 atext, and bytes of UTF-8 (RFC 6531 3.3) */
    SMTPCODES__JOIN = 16, /* may join a word to what follows: an address, a host name, a link */
    SMTPCODES__BLANK = 32 /* space and tab */
};

extern const unsigned char smtpcodes__class[256];
extern const unsigned char smtpcodes__fold[256]; /* ASCII letters to lower case, all else as it is */

static inline int smtpcodes__is_digit(unsigned char c)
{
    return smtpcodes__class[c] & SMTPCODES__DIGIT;
}
static inline int smtpcodes__is_word(unsigned char c)
{
    return (smtpcodes__class[c] & (SMTPCODES__DIGIT | SMTPCODES__LETTER)) != 0;
}
static inline int smtpcodes__is_hex(unsigned char c)
{
    return (smtpcodes__class[c] & SMTPCODES__HEX) != 0;
}
static inline int smtpcodes__is_atext(unsigned char c)
{
    return (smtpcodes__class[c] & SMTPCODES__ATEXT) != 0;
}
static inline int smtpcodes__joins(unsigned char c)
{
    return (smtpcodes__class[c] & SMTPCODES__JOIN) != 0;
}
static inline int smtpcodes__is_blank(unsigned char c)
{
    return (smtpcodes__class[c] & SMTPCODES__BLANK) != 0;
}

/* Eight bytes as a number. Little-endian on every machine: tables are built on one and read on another. */
static inline uint64_t smtpcodes__load64(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* Place of the lowest bit of bits, which are not 0. */
static inline unsigned smtpcodes__lowest(uint64_t bits)
{
#ifdef __GNUC__
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned n = 0;
    for (; !(bits & 1); bits >>= 1) {
        n++;
    }
    return n;
#endif
}

/* Hash of bytes that go on from others: FNV-1a, begun with SMTPCODES__FNV. */
#define SMTPCODES__FNV 2166136261u
static inline uint32_t smtpcodes__fnv(uint32_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    }
    return hash;
}

/* Are the length bytes at p, in lower case, those of text? */
int smtpcodes__same_folded(const unsigned char *p, const char *text, size_t length);
/* Length of the UTF-8 character at p (1 to 4), or 0: no well-formed one starts there (RFC 3629). */
size_t smtpcodes__utf8_length(const unsigned char *p, const unsigned char *end);

#endif
