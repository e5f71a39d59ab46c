#include "token.h"

#include <string.h>

#include "bytes.h"
#include "run.h"

/* ---- folding ----
 * Words are compared in a folded form: lower case, Latin letters without their marks (servers write "boîte" and
 * "boite"), full-width letters as ASCII. It is computed, not looked up in a locale. */

/* Base letters of U+00C0..U+00FF; ' ' marks the two that are no letters (multiplication and division sign). */
static const char latin1_base[64 + 1] = "aaaaaaaceeeeiiiidnooooo ouuuuypsaaaaaaaceeeeiiiidnooooo ouuuuypy";
/* Base letters of U+0100..U+017F. */
static const char latin_a_base[128 + 1] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnn"
                                          "oooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Base letters of U+1EA0..U+1EF9, Vietnamese. */
static const char vietnamese_base[90 + 1] =
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy";

/* The base letter of a marked Latin letter beyond U+017F that words are written with, or 0. */
static char further_base(uint32_t c)
{
    switch (c) {
    case 0x01A0:
    case 0x01A1: return 'o'; /* o with a horn */
    case 0x01AF:
    case 0x01B0: return 'u'; /* u with a horn */
    case 0x0218:
    case 0x0219: return 's'; /* Romanian: s and t with a comma below */
    case 0x021A:
    case 0x021B: return 't';
    default: break;
    }
    if (c >= 0x1EA0 && c <= 0x1EF9) {
        return vietnamese_base[c - 0x1EA0];
    }
    return 0;
}

/* Where no space stands between words, each character is a word: Thai, kana, Han, Hangul. */
static int stands_alone(uint32_t c)
{
    return (c >= 0x0E00 && c <= 0x0E7F) || (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/* Letters beyond ASCII; what is neither listed here nor below is a separator. */
static int is_separator(uint32_t c)
{
    return c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) ||
           (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) ||
           (c >= 0xFF5B && c <= 0xFF65) || (c >= 0xE000 && c <= 0xF8FF) || c >= 0xFFF0;
}

/* Greek letters with a tonos or dialytika without them, for capitals are written so; a final sigma as any other.
 * 0: c is none of these. */
static uint32_t plain_greek(uint32_t c)
{
    switch (c) {
    case 0x0386:
    case 0x03AC: return 0x03B1;
    case 0x0388:
    case 0x03AD: return 0x03B5;
    case 0x0389:
    case 0x03AE: return 0x03B7;
    case 0x038A:
    case 0x0390:
    case 0x03AA:
    case 0x03AF:
    case 0x03CA: return 0x03B9;
    case 0x038C:
    case 0x03CC: return 0x03BF;
    case 0x038E:
    case 0x03AB:
    case 0x03B0:
    case 0x03CB:
    case 0x03CD: return 0x03C5;
    case 0x038F:
    case 0x03CE: return 0x03C9;
    case 0x03C2: return 0x03C3;
    default: return 0;
    }
}

static uint32_t lower(uint32_t c)
{
    const uint32_t greek = plain_greek(c);
    if (greek) {
        return greek;
    }
    if (c >= 0x0391 && c <= 0x03A9) {
        return c + 32; /* Greek */
    }
    if (c >= 0x0410 && c <= 0x042F) {
        return c + 32; /* Cyrillic */
    }
    if (c >= 0x0400 && c <= 0x040F) {
        return c + 80;
    }
    if ((c >= 0x0460 && c <= 0x0481) || (c >= 0x048A && c <= 0x04BF) || (c >= 0x04D0 && c <= 0x052F) ||
        (c >= 0x1E00 && c <= 0x1EFF)) {
        return c | 1;
    }
    return c;
}

/* One character beyond ASCII at p. Bytes that are no UTF-8 are read as Latin-1: old servers send that. */
static uint32_t decode(const unsigned char *p, const unsigned char *end, size_t *length)
{
    *length = smtpcodes__utf8_length(p, end);
    switch (*length) {
    case 2: return ((uint32_t)(p[0] & 0x1F) << 6) | (p[1] & 0x3F);
    case 3: return ((uint32_t)(p[0] & 0x0F) << 12) | ((uint32_t)(p[1] & 0x3F) << 6) | (p[2] & 0x3F);
    case 4:
        return ((uint32_t)(p[0] & 0x07) << 18) | ((uint32_t)(p[1] & 0x3F) << 12) | ((uint32_t)(p[2] & 0x3F) << 6) |
               (p[3] & 0x3F);
    default: *length = 1; return p[0];
    }
}

/* The folded form of c, as bytes; returns how many (0: c is dropped, as a combining mark is). */
static size_t fold(uint32_t c, unsigned char out[4])
{
    if (c >= 0xC0 && c <= 0xFF) {
        out[0] = (unsigned char)latin1_base[c - 0xC0];
        if (c == 0xDF) { /* sharp s */
            out[1] = 's';
            return 2;
        }
        return 1;
    }
    if (c >= 0x100 && c <= 0x17F) {
        out[0] = (unsigned char)latin_a_base[c - 0x100];
        return 1;
    }
    const char base = further_base(c);
    if (base) {
        out[0] = (unsigned char)base;
        return 1;
    }
    if ((c >= 0x300 && c <= 0x36F) || c == 0xFEFF) {
        return 0;
    }
    if (c >= 0xFF10 && c <= 0xFF5A) {
        out[0] = smtpcodes__fold[c - 0xFF10 + '0'];
        return 1;
    }
    c = lower(c);
    if (c < 0x800) {
        out[0] = (unsigned char)(0xC0 | (c >> 6));
        out[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (unsigned char)(0xE0 | (c >> 12));
        out[1] = (unsigned char)(0x80 | ((c >> 6) & 0x3F));
        out[2] = (unsigned char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (unsigned char)(0xF0 | (c >> 18));
    out[1] = (unsigned char)(0x80 | ((c >> 12) & 0x3F));
    out[2] = (unsigned char)(0x80 | ((c >> 6) & 0x3F));
    out[3] = (unsigned char)(0x80 | (c & 0x3F));
    return 4;
}

/* ---- hashing ---- */

/* Eight folded bytes a step: most words take one multiplication. */
static uint64_t hash_step(uint64_t h, uint64_t bytes)
{
    h = (h ^ bytes) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 32;
}

static uint32_t hash_end(uint64_t h)
{
    return (uint32_t)h | (uint32_t)((uint32_t)h == 0);
}

/* folded must be readable, and zero, up to the next multiple of 8 behind length. */
static uint32_t hash_padded(const unsigned char *folded, size_t length, enum smtpcodes__space space)
{
    uint64_t h = (uint64_t)space * 0xD6E8FEB86659FD93u;
    for (size_t i = 0; i < length; i += 8) {
        h = hash_step(h, smtpcodes__load64(folded + i));
    }
    return hash_end(h);
}

uint32_t smtpcodes__word_hash(const unsigned char *folded, size_t length, enum smtpcodes__space space)
{
    unsigned char padded[SMTPCODES__WORD_MAX + 8] = {0};
    if (length > SMTPCODES__WORD_MAX) {
        length = SMTPCODES__WORD_MAX;
    }
    memcpy(padded, folded, length);
    return hash_padded(padded, length, space);
}

/* What hash_padded makes of the word. */
static uint32_t hash_run(const struct smtpcodes__run *run)
{
    const uint64_t one = hash_step(0, run->low), two = hash_step(one, run->high);
    const uint64_t is_long = 0 - (uint64_t)(run->length > 8); /* computed either way: no branch */
    return hash_end(one ^ ((one ^ two) & is_long));
}

/* ---- kinds ---- */

size_t smtpcodes__enhanced_at(const unsigned char *p, const unsigned char *end, int parts[3], int *zeros)
{
    const unsigned char *start = p;
    *zeros = 0;
    if (end - p < 5 || (*p != '2' && *p != '4' && *p != '5')) {
        return 0;
    }
    parts[0] = *p++ - '0';
    for (int i = 1; i < 3; i++) {
        if (p == end || *p++ != '.') {
            return 0;
        }
        const unsigned char *first = p;
        int value = 0;
        while (p < end && p - first < 3 && smtpcodes__is_digit(*p)) {
            value = value * 10 + (*p++ - '0');
        }
        if (p == first) {
            return 0;
        }
        *zeros |= p - first > 1 && *first == '0';
        parts[i] = value;
    }
    /* A letter, digit or dot behind it: an IP address, a version, a name. */
    if (p < end && (smtpcodes__is_word(*p) || *p == '.' || *p == '_' || *p == '@')) {
        return 0;
    }
    return (size_t)(p - start);
}

static int is_scheme(const unsigned char *p, const unsigned char *end, size_t *length)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://", "www."};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = strlen(schemes[i]);
        if ((size_t)(end - p) > n && smtpcodes__same_folded(p, schemes[i], n) && smtpcodes__is_word(p[n])) {
            *length = n;
            return 1;
        }
    }
    return 0;
}

static const unsigned char *url_end(const unsigned char *p, const unsigned char *end)
{
    while (p<end && * p> ' ' && *p != 0x7F && !strchr("<>\"'(){}|\\^`[]", *p)) {
        p++;
    }
    while (strchr(".,;:!?-", p[-1])) { /* p[-1] is a letter at the latest behind the scheme */
        p--;
    }
    return p;
}

/* The end of a mail address that starts at p, or NULL; *seen says how far no address can start. */
static const unsigned char *address_end(const unsigned char *p, const unsigned char *end, const unsigned char **seen)
{
    const unsigned char *q = p;
    while (q < end && (smtpcodes__is_atext(*q) || *q == '.')) {
        q++;
    }
    *seen = q;
    if (q == end || *q != '@' || end - q < 2) {
        return NULL;
    }
    q++;
    if (*q == '[') {
        while (q < end && *q != ']' && *q > ' ') {
            q++;
        }
        if (q < end && *q == ']') {
            return q + 1;
        }
        *seen = q;
        return NULL;
    }
    const unsigned char *domain = q;
    while (q < end && (smtpcodes__is_word(*q) || *q >= 0x80 || *q == '-' || *q == '_' || *q == '.')) {
        size_t length = 1;
        if (*q >= 0x80) { /* where prose needs no space, it may go on right behind an ASCII name */
            uint32_t c = decode(q, end, &length);
            if (is_separator(c) || (stands_alone(c) && smtpcodes__is_word(q[-1]))) {
                break;
            }
        }
        q += length;
    }
    while (q > domain && (q[-1] == '.' || q[-1] == '-')) {
        q--;
    }
    return q > domain ? q : NULL;
}

/* 1tF3xQ-0004Kd-2B, 550e8400-e29b-41d4-a716-446655440000: parts that mix letters and digits, joined by hyphens. */
static int hyphened_id(const unsigned char *p, const unsigned char *end)
{
    unsigned classes = 0;
    int mixed = 0;
    for (; p <= end; p++) {
        if (p < end && smtpcodes__is_word(*p)) {
            classes |= smtpcodes__class[*p];
        } else {
            mixed += (classes & SMTPCODES__DIGIT) && (classes & SMTPCODES__LETTER);
            classes = 0;
        }
    }
    return mixed >= 3; /* two may be a code that a rule knows: VS98-IP0 */
}

/* What a run of labels with dots between is: sets the end and returns the kind, or WORD where it is prose. */
static enum smtpcodes__token_kind dotted(const unsigned char *p, const unsigned char *end,
                                         const unsigned char **run_end)
{
    size_t labels = 1, digits_only = 0, longest_number = 0;
    int letters_only = 1;
    const unsigned char *q = p, *label = p;
    int has_letter = 0;
    for (;; q++) {
        int inside = q < end && (smtpcodes__is_word(*q) || *q == '-' || *q == '_');
        if (inside) {
            has_letter |= !smtpcodes__is_digit(*q);
            letters_only &= smtpcodes__is_word(*q) && !smtpcodes__is_digit(*q);
            continue;
        }
        digits_only += !has_letter;
        if (!has_letter && (size_t)(q - label) > longest_number) {
            longest_number = (size_t)(q - label);
        }
        if (q + 1 < end && *q == '.' && (smtpcodes__is_word(q[1]) || (q[1] == '_' && labels > 1))) {
            labels++;
            label = q + 1;
            has_letter = 0;
            continue;
        }
        break;
    }
    while (q > p && (q[-1] == '-' || q[-1] == '_')) { /* q == p: the word begins beyond ASCII */
        q--;
    }
    *run_end = q;
    if (labels < 2) {
        return hyphened_id(p, q) ? SMTPCODES__TOKEN_ID : SMTPCODES__TOKEN_WORD;
    }
    if (digits_only == labels) {
        int parts[3], zeros;
        if (labels == 4 && longest_number <= 3) {
            return SMTPCODES__TOKEN_IP;
        }
        return labels == 3 && smtpcodes__enhanced_at(p, end, parts, &zeros) == (size_t)(q - p)
                   ? SMTPCODES__TOKEN_ENHANCED
                   : SMTPCODES__TOKEN_NUMBER;
    }
    size_t last = (size_t)(q - label);
    int last_alphabetic = 1, last_upper = 0, last_lower = 0;
    for (const unsigned char *c = label; c < q; c++) {
        last_alphabetic &= smtpcodes__is_word(*c) && !smtpcodes__is_digit(*c);
        last_upper |= *c >= 'A' && *c <= 'Z';
        last_lower |= *c >= 'a' && *c <= 'z';
    }
    int punycode = last > 4 && smtpcodes__same_folded(label, "xn--", 4);
    if ((!last_alphabetic && !punycode) || last < 2) {
        /* MCSpamSignature.x.2: a word, and then parts that number it */
        size_t letters = 0;
        while (smtpcodes__is_word(p[letters]) && !smtpcodes__is_digit(p[letters])) {
            letters++;
        }
        if (letters >= 5 && p[letters] == '.') {
            return SMTPCODES__TOKEN_WORD;
        }
        /* o3si8455341oem.103, a.b.c.d: three parts or digits make it an id; "e.g" is prose */
        return labels > 2 || !letters_only ? SMTPCODES__TOKEN_ID : SMTPCODES__TOKEN_WORD;
    }
    /* Exchange writes its own diagnostics as QUEUE.Expired, RESOLVER.ADR.RecipNotFound: the last part in mixed case. */
    if (last >= 5 && last_upper && last_lower) {
        return SMTPCODES__TOKEN_WORD;
    }
    /* "mailbox unknown.please check": prose that lacks a space. Top-level domains of five letters and more are rare in
     * two-part names without digit or hyphen; those that mail people meet are listed. */
    if (labels == 2 && letters_only && last >= 5) {
        static const char *const known[] = {"example", "invalid", "local",  "localhost", "localdomain", "internal",
                                            "email",   "cloud",   "online", "network",   "systems",     "solutions",
                                            "agency",  "digital", "museum", "travel",    "world",       "group"};
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (strlen(known[i]) == last && smtpcodes__same_folded(label, known[i], last)) {
                return SMTPCODES__TOKEN_HOST;
            }
        }
        return SMTPCODES__TOKEN_WORD;
    }
    return SMTPCODES__TOKEN_HOST;
}

/* IPv6 addresses, times and hex strings: groups joined by colons. */
static enum smtpcodes__token_kind colons(const unsigned char *p, const unsigned char *end,
                                         const unsigned char **run_end)
{
    const unsigned char *q = p;
    size_t count = 0;
    int twice = 0, decimal = 1, group = 0, fits = 1;
    for (; q < end; q++) {
        if (*q == ':') {
            twice |= q > p && q[-1] == ':';
            count++;
            group = 0;
        } else if (smtpcodes__is_hex(*q)) {
            decimal &= smtpcodes__is_digit(*q);
            fits &= ++group <= 4;
        } else {
            break;
        }
    }
    const unsigned char *stop = q;
    while (q > p && q[-1] == ':' && !(q - p > 1 && q[-2] == ':')) {
        q--;
        count--;
    }
    *run_end = q;
    if (stop < end && stop == q && smtpcodes__is_word(*stop)) {
        *run_end = stop;
        return SMTPCODES__TOKEN_WORD; /* "dead:line" */
    }
    if (fits && count >= 2 && (twice || count == 7)) {
        return SMTPCODES__TOKEN_IP;
    }
    return decimal && count > 0 ? SMTPCODES__TOKEN_NUMBER : SMTPCODES__TOKEN_WORD;
}

/* A file path: it starts with a slash behind a space or quote and has another. */
static const unsigned char *path_end(const struct smtpcodes__lexer *lexer, const unsigned char *first,
                                     const unsigned char *p)
{
    if (p - first < 1 || p[-1] != '/' || (p - first > 1 && p[-2] > ' ' && !strchr("\"'(<[:=", p[-2]))) {
        return NULL;
    }
    const unsigned char *q = p;
    int slashes = 0;
    while (q < lexer->end && (smtpcodes__is_atext(*q) || *q == '.' || *q == '/')) {
        slashes += *q++ == '/';
    }
    while (q > p && !smtpcodes__is_word(q[-1])) {
        q--;
    }
    return slashes ? q : NULL;
}

/* ---- the lexer ---- */

void smtpcodes__lexer_start(struct smtpcodes__lexer *lexer, const char *bytes, size_t length)
{
    lexer->at = (const unsigned char *)bytes;
    lexer->end = lexer->at + length;
    lexer->no_address_before = lexer->no_dotted_before = lexer->no_colons_before = lexer->at;
    lexer->folded_length = 0;
    memset(lexer->tail, 0, sizeof lexer->tail);
    if (length >= SMTPCODES__RUN) {
        memcpy(lexer->tail, lexer->end - SMTPCODES__RUN, SMTPCODES__RUN);
    } else if (length) {
        memcpy(lexer->tail + SMTPCODES__RUN - length, bytes, length);
    }
}

/* Does the apostrophe at p belong to an English word (doesn't, user's)? Elsewhere (l'adresse) it separates. */
static int inner_apostrophe(const unsigned char *p, const unsigned char *end)
{
    size_t n = 1;
    while (n < 4 && p + n < end && smtpcodes__is_word(p[n])) {
        n++;
    }
    return (n == 2 && (p[1] | 0x20) != 'a') ||
           (n == 3 && (smtpcodes__same_folded(p + 1, "re", 2) || smtpcodes__same_folded(p + 1, "ve", 2) ||
                       smtpcodes__same_folded(p + 1, "ll", 2)));
}

/* Reads a word that starts at p into lexer->folded; returns its end. *seen gets the classes of its characters. */
static const unsigned char *read_word(struct smtpcodes__lexer *lexer, const unsigned char *p, unsigned *seen)
{
    const unsigned char *const end = lexer->end;
    unsigned char *const folded = lexer->folded;
    size_t n = 0;
    unsigned classes = 0;
    for (;;) {
        while (p < end && smtpcodes__is_word(*p)) { /* nearly all bytes of nearly all replies pass here */
            classes |= smtpcodes__class[*p];
            if (n < SMTPCODES__WORD_MAX) {
                folded[n] = smtpcodes__fold[*p];
            }
            n++;
            p++;
        }
        if (p < end && *p >= 0x80) {
            size_t length, bytes;
            unsigned char out[4];
            uint32_t c = decode(p, end, &length);
            if (is_separator(c)) {
                if (!(c == 0x2019 && n > 0 && inner_apostrophe(p + length - 1, end))) {
                    break;
                }
                p += length;
                continue;
            }
            if (stands_alone(c) && n > 0) {
                break;
            }
            bytes = fold(c, out);
            for (size_t i = 0; i < bytes; i++, n++) {
                if (n < SMTPCODES__WORD_MAX) {
                    folded[n] = out[i];
                }
            }
            classes |= SMTPCODES__LETTER;
            p += length;
            if (stands_alone(c)) {
                break;
            }
            continue;
        }
        if (p < end && *p == '\'' && n > 0 && inner_apostrophe(p, end)) {
            p++;
            continue;
        }
        break;
    }
    lexer->folded_length = n;
    if (n <= SMTPCODES__WORD_MAX) {
        memset(folded + n, 0, 8);
    }
    *seen = classes;
    return p;
}

/* The short way for a word of ASCII that ends within a run. 0 if it is none. */
static int read_short(const struct smtpcodes__lexer *lexer, const unsigned char *p, struct smtpcodes__run *run)
{
    const size_t left = (size_t)(lexer->end - p);
    smtpcodes__run(left >= SMTPCODES__RUN ? p : lexer->tail + SMTPCODES__RUN - left, run);
    if (run->length == SMTPCODES__RUN) {
        return 0;
    }
    /* letters beyond ASCII, and perhaps an apostrophe, go on with the word; in the tail a zero ends it */
    return run->length > 0 && (run->length == left || (p[run->length] < 0x80 && p[run->length] != '\''));
}

void smtpcodes__lexer_fold(struct smtpcodes__lexer *lexer, const unsigned char *p)
{
    unsigned seen;
    read_word(lexer, p, &seen);
}

static const unsigned char *skip_separators(const unsigned char *p, const unsigned char *end)
{
    while (p < end && !smtpcodes__is_word(*p)) {
        if (*p >= 0x80) {
            size_t length;
            if (!is_separator(decode(p, end, &length))) {
                break;
            }
            p += length;
        } else {
            p++;
        }
    }
    return p;
}

static void set(struct smtpcodes__lexer *lexer, struct smtpcodes__token *token, enum smtpcodes__token_kind kind,
                const unsigned char *start, const unsigned char *stop)
{
    token->kind = kind;
    token->hash = token->four = token->length = 0;
    token->start = start;
    token->end = lexer->at = stop;
}

/* A word that goes on with punctuation may be the head of an address, a host name, a URL … Returns 1 and sets the
 * token. */
static int compound(struct smtpcodes__lexer *lexer, const unsigned char *first, const unsigned char *start,
                    const unsigned char *stop, struct smtpcodes__token *token)
{
    const unsigned char *const end = lexer->end;
    const unsigned char *q;
    size_t length;
    if (*stop == '.' && smtpcodes__is_digit(*start)) { /* what most replies have: told in one look */
        int parts[3], zeros;
        q = start + smtpcodes__enhanced_at(start, end, parts, &zeros);
        if (q > start && (q == end || !smtpcodes__is_atext(*q))) {
            set(lexer, token, SMTPCODES__TOKEN_ENHANCED, start, q);
            return 1;
        }
    }
    if ((*stop == ':' || *stop == '.') && is_scheme(start, end, &length)) {
        set(lexer, token, SMTPCODES__TOKEN_URL, start, url_end(start + length + 1, end));
        return 1;
    }
    if (start >= lexer->no_address_before) {
        q = address_end(start, end, &lexer->no_address_before);
        if (q) {
            set(lexer, token, SMTPCODES__TOKEN_ADDRESS, start, q);
            return 1;
        }
    }
    q = path_end(lexer, first, start);
    if (q) {
        set(lexer, token, SMTPCODES__TOKEN_ID, start, q);
        return 1;
    }
    if (start >= lexer->no_dotted_before && stop < end && (*stop == '.' || *stop == '-' || *stop == '_')) {
        enum smtpcodes__token_kind kind = dotted(start, end, &q);
        if (kind == SMTPCODES__TOKEN_HOST && q < end && *q == '/' && q + 1 < end && smtpcodes__is_word(q[1])) {
            set(lexer, token, SMTPCODES__TOKEN_URL, start, url_end(q, end)); /* a link without its scheme */
            return 1;
        }
        if (kind != SMTPCODES__TOKEN_WORD) {
            set(lexer, token, kind, start, q);
            return 1;
        }
        lexer->no_dotted_before = q;
    }
    if (start >= lexer->no_colons_before && stop < end && *stop == ':' && stop - start <= 4) {
        enum smtpcodes__token_kind kind = colons(start, end, &q);
        if (kind != SMTPCODES__TOKEN_WORD) {
            set(lexer, token, kind, start, q);
            return 1;
        }
        lexer->no_colons_before = q;
    }
    return 0;
}

/* "::1": an IPv6 address that begins with colons. */
static int leading_colons(struct smtpcodes__lexer *lexer, const unsigned char *start, struct smtpcodes__token *token)
{
    const unsigned char *stop;
    if (start < lexer->no_colons_before) {
        return 0;
    }
    if (colons(start, lexer->end, &stop) != SMTPCODES__TOKEN_IP) {
        lexer->no_colons_before = stop;
        return 0;
    }
    set(lexer, token, SMTPCODES__TOKEN_IP, start, stop);
    return 1;
}

/* "MAIL FROM" is a command, and speaks of the sender; as two words it would be "mail" and noise. `stop` is behind
 * "mail". In running text ("mail from this host") it is no command: capitals or a colon tell. */
static const unsigned char *mail_from(const unsigned char *start, const unsigned char *stop, const unsigned char *end)
{
    if (end - stop < 5 || *stop != ' ' || !smtpcodes__same_folded(stop + 1, "from", 4)) {
        return NULL;
    }
    const unsigned char *behind = stop + 5;
    if (behind < end && smtpcodes__is_word(*behind)) {
        return NULL;
    }
    int capitals = *start == 'M' && start[1] == 'A' && stop[1] == 'F' && stop[2] == 'R';
    return capitals || (behind < end && (*behind == ':' || *behind == '<')) ? behind : NULL;
}

static void set_word(struct smtpcodes__lexer *lexer, struct smtpcodes__token *token, const struct smtpcodes__run *run,
                     uint32_t hash, const unsigned char *start, const unsigned char *stop)
{
    /* A word with a digit in it is an id unless the vocabulary knows it; who looks it up decides that. */
    token->kind = !run->letters ? SMTPCODES__TOKEN_NUMBER : run->digits ? SMTPCODES__TOKEN_ID : SMTPCODES__TOKEN_WORD;
    token->hash = hash;
    token->four = (uint32_t)run->low;
    token->length = run->length;
    token->start = start;
    token->end = lexer->at = stop;
}

/* A word with letters beyond ASCII, or a long one. */
static void set_long_word(struct smtpcodes__lexer *lexer, struct smtpcodes__token *token, unsigned seen,
                          const unsigned char *start, const unsigned char *stop)
{
    const size_t length = lexer->folded_length;
    if (length == 0 || length > SMTPCODES__WORD_MAX) { /* 0: a lone combining mark */
        set(lexer, token, SMTPCODES__TOKEN_ID, start, stop);
        return;
    }
    const struct smtpcodes__run run = {smtpcodes__load64(lexer->folded), 0, (unsigned)length, seen & SMTPCODES__LETTER,
                                       seen & SMTPCODES__DIGIT};
    set_word(lexer, token, &run, hash_padded(lexer->folded, length, SMTPCODES__SPACE_TEXT), start, stop);
}

/* A token that is perhaps more than a word; `run` is the word that it begins with, if that is a short one. */
static void long_way(struct smtpcodes__lexer *lexer, const unsigned char *first, const unsigned char *start,
                     struct smtpcodes__run *run, struct smtpcodes__token *token)
{
    static const uint64_t mail = 0x6C69616D, mailfrom = 0x6D6F72666C69616D; /* the first letter is the lowest byte */
    const unsigned char *const end = lexer->end, *stop, *behind;
    unsigned seen = 0;
    if (start - first >= 2 && start[-1] == ':' && start[-2] == ':' && smtpcodes__is_hex(*start) &&
        leading_colons(lexer, start - 2, token)) {
        return;
    }
    stop = run ? start + run->length : read_word(lexer, start, &seen);
    if (stop + 1 < end && smtpcodes__joins(*stop) && stop[1] > ' ' && compound(lexer, first, start, stop, token)) {
        return;
    }
    if (!run) {
        set_long_word(lexer, token, seen, start, stop);
        return;
    }
    if (run->low == mail && run->length == 4 && (behind = mail_from(start, stop, end)) != NULL) {
        run->low = mailfrom;
        run->length = 8;
        stop = behind;
    }
    set_word(lexer, token, run, hash_run(run), start, stop);
}

static inline void next(struct smtpcodes__lexer *lexer, struct smtpcodes__token *token)
{
    const unsigned char *const end = lexer->end, *const first = lexer->at;
    const unsigned char *const start = skip_separators(first, end);
    struct smtpcodes__run run;
    if (start == end) {
        set(lexer, token, SMTPCODES__TOKEN_END, start, start);
        return;
    }
    if (!read_short(lexer, start, &run)) {
        long_way(lexer, first, start, NULL, token);
        return;
    }
    const unsigned char *const stop = start + run.length;
    if ((stop + 1 < end && smtpcodes__joins(*stop) && stop[1] > ' ') || (start > first && start[-1] == ':') ||
        ((*start | 0x20) == 'm' && run.length == 4)) { /* an address, a link, "::1", "MAIL FROM" … */
        long_way(lexer, first, start, &run, token);
        return;
    }
    set_word(lexer, token, &run, hash_run(&run), start, stop);
}

void smtpcodes__lexer_next(struct smtpcodes__lexer *lexer, struct smtpcodes__token *token)
{
    next(lexer, token);
}

size_t smtpcodes__lexer_tokens(struct smtpcodes__lexer *lexer, struct smtpcodes__token *tokens, size_t room)
{
    size_t n = 0;
    while (n < room) {
        next(lexer, &tokens[n]);
        if (tokens[n].kind == SMTPCODES__TOKEN_END) {
            break;
        }
        n++;
    }
    return n;
}

int smtpcodes__lexer_part(struct smtpcodes__lexer *lexer, enum smtpcodes__space space, struct smtpcodes__token *token)
{
    unsigned seen;
    do {
        const unsigned char *start = skip_separators(lexer->at, lexer->end);
        if (start == lexer->end) {
            lexer->at = start;
            return 0;
        }
        set(lexer, token, SMTPCODES__TOKEN_WORD, start, read_word(lexer, start, &seen));
    } while (lexer->folded_length == 0 || lexer->folded_length > SMTPCODES__WORD_MAX);
    token->hash = hash_padded(lexer->folded, lexer->folded_length, space);
    return 1;
}
