/* Replies: the grammar of RFC 5321 4.2 and RFC 2034, and what the field makes of it. */
#include <smtpcodes.h>

#include <string.h>

#include "bytes.h"
#include "marks.h"
#include "token.h"

typedef const unsigned char byte;

enum { LINE_LIMIT = 512 /* octets with code and line end, RFC 5321 4.5.3.1.5 */ };

static byte *skip_blanks(byte *p, byte *end)
{
    while (p < end && smtpcodes__is_blank(*p)) {
        p++;
    }
    return p;
}

/* Three digits at p, and no fourth: the code, or -1. A fourth digit is let pass where a whole enhanced code begins with
 * it ("5505.1.1 User unknown"). */
static inline int code_at(byte *p, byte *end)
{
    if (end - p < 3) {
        return -1;
    }
    const unsigned a = (unsigned)p[0] - '0', b = (unsigned)p[1] - '0', c = (unsigned)p[2] - '0';
    if (a > 9 || b > 9 || c > 9) {
        return -1;
    }
    if (end - p > 3 && smtpcodes__is_digit(p[3])) {
        int parts[3], zeros;
        if (!smtpcodes__enhanced_at(p + 3, end, parts, &zeros)) {
            return -1;
        }
    }
    return (int)(a * 100 + b * 10 + c);
}

/* Bounces of qmail begin with the address of the server, 203.0.113.80: a dot with a letter or digit behind it is no end
 * of a code. */
static int begins_name(byte *p, byte *end)
{
    return end - p > 4 && p[3] == '.' && smtpcodes__is_word(p[4]);
}

/* A code that a server may send: for places where any three digits would be too little. */
static int proper_code_at(byte *p, byte *end)
{
    int code = code_at(p, end);
    if (code < 200 || code > 599 || p[1] > '5') {
        return -1;
    }
    return end - p == 3 || p[3] == ' ' || p[3] == '-' || p[3] == '\r' || p[3] == '\n' ? code : -1;
}

/* ---- enhanced codes in the text ---- */

struct found_enhanced {
    struct smtpcodes_enhanced_code code;
    uint32_t flags;
    byte *start;
    size_t length;
    byte *behind; /* where the text goes on */
};

/* Takes an enhanced code that the text begins with, in the forms of the field: "5.1.1 ", "#5.1.1 ", "[5.7.1] ",
 * "5.7.1: ", "5.2.1 : ". Returns whether there is one. */
static int take_enhanced(byte *p, byte *end, struct found_enhanced *out)
{
    int parts[3], zeros;
    char close = 0;
    out->flags = 0;
    p = skip_blanks(p, end);
    if (p < end && (*p == '[' || *p == '(')) {
        close = *p++ == '[' ? ']' : ')';
        out->flags |= SMTPCODES_FLAG_ENHANCED_BRACKETED;
    }
    if (p < end && *p == '#') {
        p++;
        out->flags |= SMTPCODES_FLAG_ENHANCED_HASH;
    }
    size_t length = smtpcodes__enhanced_at(p, end, parts, &zeros);
    if (length == 0) {
        return 0;
    }
    out->start = p;
    out->length = length;
    p += length;
    if (close) {
        if (p == end || *p != (unsigned char)close) {
            return 0;
        }
        p++;
    }
    if (zeros) {
        out->flags |= SMTPCODES_FLAG_ENHANCED_ZERO;
    }
    byte *behind = skip_blanks(p, end);
    if (behind < end && (*behind == ':' || *behind == ',' || *behind == ';')) {
        out->flags |= SMTPCODES_FLAG_ENHANCED_PUNCTUATED;
        behind = skip_blanks(behind + 1, end);
    }
    out->code.klass = (uint16_t)parts[0];
    out->code.subject = (uint16_t)parts[1];
    out->code.detail = (uint16_t)parts[2];
    out->behind = behind;
    return 1;
}

/* An enhanced code in brackets or behind # anywhere in the text, as qmail and its family write it. */
static int seek_enhanced(byte *p, byte *end, struct found_enhanced *out)
{
    for (; p < end; p++) {
        if ((*p == '#' || *p == '(' || *p == '[') && take_enhanced(p, end, out)) {
            /* it stays in the text with what is behind it */
            out->flags &= ~(uint32_t)SMTPCODES_FLAG_ENHANCED_PUNCTUATED;
            return 1;
        }
    }
    return 0;
}

/* ---- text around a reply ---- */

/* The command that a text around a reply names: "(in reply to RCPT TO command)", "after MAIL FROM:<…>". The longer name
 * comes before the one inside it. */
static enum smtpcodes_stage stage_in(byte *p, byte *end)
{
    static const struct {
        const char text[20];
        enum smtpcodes_stage stage;
    } names[] = {{"end of data", SMTPCODES_STAGE_END_OF_DATA},
                 {"end-of-data", SMTPCODES_STAGE_END_OF_DATA},
                 {"rcpt to", SMTPCODES_STAGE_RCPT},
                 {"rcpt_to", SMTPCODES_STAGE_RCPT},
                 {"mail from", SMTPCODES_STAGE_MAIL},
                 {"mail_from", SMTPCODES_STAGE_MAIL},
                 {"starttls", SMTPCODES_STAGE_STARTTLS},
                 {"initial connection", SMTPCODES_STAGE_CONNECT},
                 {"ehlo", SMTPCODES_STAGE_HELO},
                 {"helo", SMTPCODES_STAGE_HELO},
                 {"auth ", SMTPCODES_STAGE_AUTH},
                 {"data command", SMTPCODES_STAGE_DATA},
                 {"after data", SMTPCODES_STAGE_DATA},
                 {"talk to me", SMTPCODES_STAGE_CONNECT}};
    enum { NAMES = sizeof names / sizeof *names, LETTERS = 4 /* that each name begins with, at least */ };
    /* Which names have this letter first, second, third and fourth: 16 bits each, by the letter's low five bits. */
    uint64_t where[32] = {0};
    for (unsigned i = 0; i < NAMES; i++) {
        for (unsigned k = 0; k < LETTERS; k++) {
            where[names[i].text[k] & 31] |= UINT64_C(1) << (16 * k + i);
        }
    }
    unsigned best = NAMES;
    uint64_t begun = 0; /* which names may stand here, as far as this letter */
    for (; p < end; p++) {
        begun = (begun << 16 | 0xFFFF) & where[*p & 31];
        for (uint64_t all = begun >> 16 * (LETTERS - 1); all; all &= all - 1) {
            const unsigned i = smtpcodes__lowest(all);
            byte *start = p - (LETTERS - 1);
            size_t n = strlen(names[i].text);
            if (i < best && (size_t)(end - start) >= n && smtpcodes__same_folded(start, names[i].text, n)) {
                best = i;
            }
        }
    }
    return best < NAMES ? names[best].stage : SMTPCODES_STAGE_UNKNOWN;
}

/* Do the letters that end at p (exclusive) spell a word that leads to a quoted reply? */
static int leads(byte *first, byte *p)
{
    static const char words[][12] = {"said",    "me",       "returned", "response",   "reply",  "replied", "error",
                                     "was",     "status",   "code",     "connection", "data",   "command", "deferred",
                                     "failed",  "server",   "host",     "reason",     "remote", "message", "diagnostic",
                                     "problem", "rejected", "refused",  "with",       "smtp"};
    unsigned char word[sizeof *words] = {0};
    byte *start = p;
    while (start > first && smtpcodes__is_word(start[-1])) {
        if ((size_t)(p - --start) == sizeof word) {
            return 0;
        }
    }
    for (size_t i = 0; start + i < p; i++) {
        word[i] = smtpcodes__fold[start[i]];
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (memcmp(word, words[i], sizeof word) == 0) {
            return 1;
        }
    }
    return 0;
}

/* May a quoted reply begin at p, judging by what stands before it? */
static int led_in(byte *first, byte *p)
{
    byte *q = p;
    int quoted = 0;
    while (q > first && (smtpcodes__is_blank(q[-1]) || q[-1] == '\'' || q[-1] == '"')) {
        quoted |= !smtpcodes__is_blank(q[-1]);
        q--;
    }
    if (q == first) {
        return q < p; /* a quote or a blank at the very beginning */
    }
    switch (q[-1]) {
    case ';': /* smtp; 550 … */
    case '#': return 1;
    case '<': return q - first >= 3 && q[-2] == '<' && q[-3] == '<';
    case ':':
        q--;
        while (q > first && smtpcodes__is_blank(q[-1])) {
            q--;
        }
        /* "after RCPT TO:<…>:", "SIZE=2022:", "mx.example.org[192.0.2.1]:" end in no word */
        return q > first &&
               (q[-1] == '>' || q[-1] == ']' || q[-1] == ')' || smtpcodes__is_digit(q[-1]) || leads(first, q));
    default: return quoted && leads(first, q); /* returned '550 …' */
    }
}

/* Does a reply begin at p inside the text from first to end? */
static int is_quoted(byte *first, byte *p, byte *end)
{
    return (p == first || !smtpcodes__is_word(p[-1])) && proper_code_at(p, end) >= 0 && led_in(first, p);
}

/* Takes "(in reply to … command)" and closing marks off the end. */
static byte *trim_end(byte *start, byte *end, int wrapped, struct smtpcodes_reply *out)
{
    byte *q = end;
    while (q > start && (smtpcodes__is_blank(q[-1]) || q[-1] == '\r' || q[-1] == '\n')) {
        q--;
    }
    if (q > start && q[-1] == ')') {
        byte *open = q - 1;
        while (open > start && q - open < 80 && *open != '(' && *open != '\n') {
            open--;
        }
        static const char in_reply[] = "(in reply to ";
        size_t n = sizeof in_reply - 1;
        if ((size_t)(q - open) > n && smtpcodes__same_folded(open, in_reply, n)) {
            out->stage = stage_in(open, q);
            out->flags |= SMTPCODES_FLAG_WRAPPED;
            while (open > start && smtpcodes__is_blank(open[-1])) {
                open--;
            }
            return open;
        }
    }
    if (wrapped) {
        byte *r = q;
        while (r > start && (smtpcodes__is_blank(r[-1]) || r[-1] == '#' || r[-1] == '\'' || r[-1] == '"')) {
            r--;
        }
        return r;
    }
    return end;
}

/* ---- one pass over the text ---- */

/* Where a log may have joined another line of the same reply to this one: at a blank before the next "550-" or "550 ".
 * The code must be that of the line; behind a space the enhanced code must be the same too, since prose may name
 * numbers. */
struct seam {
    byte *code;  /* of the line; NULL: it has none, and no other can have been joined to it */
    byte *first; /* where the first blank may stand */
    int hyphen;  /* behind the code */
    const struct smtpcodes_enhanced_code *enhanced;
};

static int joins(const struct seam *seam, byte *p, byte *end)
{
    struct found_enhanced f;
    if (!seam->code || p == seam->first || !smtpcodes__is_blank(p[-1]) || end - p < 4 ||
        memcmp(p, seam->code, 3) != 0 || (p[3] != '-' && p[3] != ' ')) {
        return 0;
    }
    return seam->enhanced->klass ? take_enhanced(p + 4, end, &f) && memcmp(&f.code, seam->enhanced, sizeof f.code) == 0
                                 : seam->hyphen;
}

/* What stands in a text, as far as the pass went. */
struct sight {
    byte *end;    /* at a line feed, at a fold, or where the text ends */
    byte *fold;   /* the blank before a line that was joined to this one, or NULL */
    byte *quoted; /* where a reply begins inside, or NULL */
    byte *opener; /* the first # ( or [, or NULL */
    int odd;      /* there is more than printable ASCII and a CRLF at the end */
};

/* Looks at the text from p to the end of its line. Nothing behind a fold is looked at, so that a line of many pieces is
 * read in one pass. Without a seam it looks across lines for a reply inside. The bytes from first on may be read. */
static void look(byte *first, byte *text, byte *end, const struct seam *seam, struct sight *out)
{
    enum { STEP = SMTPCODES__WINDOW - 4 }; /* three digits and what is behind them are seen in one window */
    struct sight s = {.end = end};
    if (seam && text < end && *text == '\n') { /* no window for empty lines: there may be megabytes of them */
        s.end = text;
        s.odd = 1;
        *out = s;
        return;
    }
    for (byte *p = text; p < end && s.end == end && (seam || !s.quoted); p += STEP) {
        struct smtpcodes__marks m;
        smtpcodes__marks_at(first, p, end, &m);
        uint64_t seen = end - p > SMTPCODES__WINDOW ? (UINT64_C(1) << STEP) - 1 : ~UINT64_C(0);
        if (seam && m.feeds) {
            s.end = p + smtpcodes__lowest(m.feeds);
            seen = (m.feeds & (0 - m.feeds)) - 1;
            if (s.end > text && s.end[-1] == '\r') {
                m.odd &= seen >> 1;
            } else {
                s.odd = 1;
            }
        }
        uint64_t numbers = m.digits & m.digits >> 1 & m.digits >> 2 & ~(m.digits << 1) & ~(m.digits >> 3) & seen;
        for (; numbers; numbers &= numbers - 1) {
            byte *q = p + smtpcodes__lowest(numbers);
            if (seam && joins(seam, q, end)) {
                s.fold = s.end = q - 1;
                seen = (numbers & (0 - numbers)) - 1;
                break;
            }
            if (!s.quoted && is_quoted(text, q, end)) {
                s.quoted = q;
            }
        }
        if (!s.opener && m.openers & seen) {
            s.opener = p + smtpcodes__lowest(m.openers);
        }
        s.odd |= (m.odd & seen) != 0;
    }
    *out = s;
}

/* ---- lines ---- */

/* A piece of a reply: one line, or what was one before a log joined it to others. */
struct piece {
    byte *text, *end; /* behind code and enhanced code; before the line end */
    byte *next;       /* where the next piece begins */
    int code;         /* -1: none */
    int more;         /* a hyphen says that another line follows, or it has no code and stands between lines */
    int folded;       /* the next piece is in the same line */
    uint32_t flags;
    int has_enhanced;
    struct smtpcodes_enhanced_code enhanced;
    byte *enhanced_start;
    size_t enhanced_length;
    int inner_code; /* of a reply inside that says something else, or -1 */
    struct smtpcodes_enhanced_code inner_enhanced;
    struct sight sight;
};

static void keep_enhanced(struct piece *piece, const struct found_enhanced *f)
{
    piece->has_enhanced = 1;
    piece->enhanced = f->code;
    piece->enhanced_start = f->start;
    piece->enhanced_length = f->length;
    piece->flags |= f->flags;
}

/* Replies inside the reply: "550 550 5.1.1 …" says one thing twice, "554 Remote host said: 421 …" has a second one. */
static void take_nested(byte *first, struct piece *piece)
{
    struct found_enhanced f;
    byte *const text = piece->text;
    int inner;
    while ((inner = proper_code_at(piece->text, piece->end)) == piece->code) {
        byte *behind = piece->text + 3;
        piece->flags |= SMTPCODES_FLAG_NESTED;
        behind = skip_blanks(behind < piece->end && *behind == '-' ? behind + 1 : behind, piece->end);
        if (take_enhanced(behind, piece->end, &f) &&
            (!piece->has_enhanced || memcmp(&f.code, &piece->enhanced, sizeof f.code) == 0)) {
            keep_enhanced(piece, &f);
            behind = f.behind;
        }
        piece->text = behind;
    }
    byte *q = inner >= 0 ? piece->text : piece->sight.quoted;
    if (inner < 0 && (piece->text > text || piece->folded)) { /* another text than the one that was looked at */
        struct sight rest;
        look(first, piece->text, piece->end, NULL, &rest);
        q = rest.quoted;
    }
    if (q) {
        piece->flags |= SMTPCODES_FLAG_NESTED;
        piece->inner_code = code_at(q, piece->end);
        if (piece->end - q > 4 && take_enhanced(q + 4, piece->end, &f)) {
            piece->inner_enhanced = f.code;
        }
    }
}

enum place { FIRST, FURTHER, NO_REPLY /* no line has a code */ };

/* Reads the piece at p; `limit` is where the text of the reply ends. The bytes from first on may be read. */
static void read_piece(byte *first, byte *p, byte *limit, enum place place, struct piece *out)
{
    struct found_enhanced f;
    out->code = code_at(p, limit);
    out->more = out->folded = out->has_enhanced = 0;
    out->flags = 0;
    out->inner_code = -1;
    out->enhanced = out->inner_enhanced = (struct smtpcodes_enhanced_code){0, 0, 0};
    if (place != FIRST && limit - p > 3 && smtpcodes__is_digit(p[3])) {
        out->code = -1; /* let pass in the first line only, as the reader does */
    }
    if (out->code < 0) {
        out->more = 1;
        out->text = skip_blanks(p, limit);
        look(first, out->text, limit, &(const struct seam){NULL, NULL, 0, NULL}, &out->sight);
        if (place != NO_REPLY) {
            out->flags |= SMTPCODES_FLAG_LINE_WITHOUT_CODE;
        }
    } else {
        byte *q = p + 3;
        if (q < limit && *q != '\r' && *q != '\n') {
            out->more = *q == '-';
            out->flags |= *q == '\t'               ? SMTPCODES_FLAG_TAB_SEPARATOR
                          : *q == '-' || *q == ' ' ? 0u
                                                   : SMTPCODES_FLAG_NO_SEPARATOR;
            q += *q == '-' || *q == ' ' || *q == ':';
        }
        const int has_enhanced = take_enhanced(q, limit, &f);
        out->text = skip_blanks(q, limit);
        if (has_enhanced && out->code / 100 == 3) {
            out->flags |= SMTPCODES_FLAG_ENHANCED_IN_3YZ;
        } else if (has_enhanced) {
            keep_enhanced(out, &f);
            out->text = f.behind;
        }
        look(first, out->text, limit, &(const struct seam){p, q, out->more, &out->enhanced}, &out->sight);
    }
    out->end = out->sight.end;
    if (out->sight.fold) {
        out->folded = 1;
        out->next = out->end + 1;
        if (out->end < out->text) { /* "550 5.1.1 550 5.1.1 …": one reply inside the other, not two lines */
            out->flags |= SMTPCODES_FLAG_NESTED;
            out->text = out->end;
        } else {
            out->flags |= SMTPCODES_FLAG_FOLDED;
        }
    } else {
        out->next = out->end < limit ? out->end + 1 : limit;
        while (out->end > p && out->end[-1] == '\r') {
            out->end--;
        }
    }
    if (out->text > out->end) { /* blanks, and nothing else */
        out->text = out->end;
    }
    if (out->code >= 400 && out->code <= 599 && !(out->flags & SMTPCODES_FLAG_NESTED)) {
        take_nested(first, out);
    }
    while (out->end > out->text && smtpcodes__is_blank(out->end[-1])) {
        out->end--;
    }
}

/* An empty piece that only repeats the code is no line. */
static int is_line(const struct piece *piece)
{
    return !(piece->flags & SMTPCODES_FLAG_NESTED && piece->text == piece->end && piece->folded);
}

/* What the bytes themselves show. Where none of them is odd they are lines of printable ASCII that end in CRLF, the
 * last one perhaps in nothing. */
static uint32_t look_at_bytes(byte *p, byte *end, int odd)
{
    if (!odd && end - p <= LINE_LIMIT) {
        return p < end && end[-1] != '\n' ? SMTPCODES_FLAG_NO_LINE_END : 0;
    }
    uint32_t flags = 0;
    byte *line = p, *const first = p;
    while (p < end) {
        struct smtpcodes__marks m;
        smtpcodes__marks_at(first, p, end, &m);
        byte *const window = p;
        p += end - p < SMTPCODES__WINDOW ? end - p : SMTPCODES__WINDOW;
        while (m.odd) {
            byte *q = window + smtpcodes__lowest(m.odd);
            m.odd &= m.odd - 1;
            if (*q == '\n') {
                if (q == line || q[-1] != '\r') {
                    flags |= SMTPCODES_FLAG_BARE_LF;
                }
                if (q + 1 - line > LINE_LIMIT) {
                    flags |= SMTPCODES_FLAG_LONG_LINE;
                }
                line = q + 1;
            } else if (*q == '\r') {
                if (q + 1 == end || q[1] != '\n') {
                    flags |= SMTPCODES_FLAG_STRAY_CR;
                }
            } else if (*q >= 0x80) {
                size_t n = smtpcodes__utf8_length(q, end);
                flags |= n ? SMTPCODES_FLAG_UTF8 : SMTPCODES_FLAG_BINARY;
                p = n > (size_t)(p - q) ? q + n : p; /* the character may go on behind the window */
                for (; n > 1; n--) {
                    m.odd &= m.odd - 1;
                }
            } else if (*q != '\t') {
                flags |= SMTPCODES_FLAG_CONTROL;
            }
        }
    }
    if (end != line) {
        flags |= SMTPCODES_FLAG_NO_LINE_END;
        if (end - line > LINE_LIMIT) {
            flags |= SMTPCODES_FLAG_LONG_LINE;
        }
    }
    return flags;
}

/* The offset of the first byte that no reply can have there. */
static size_t first_wrong_byte(const char *bytes, size_t length)
{
    struct smtpcodes_reader reader;
    size_t used;
    smtpcodes_reader_start(&reader);
    smtpcodes_reader_feed(&reader, bytes, length, &used);
    return reader.offset;
}

static void set_enhanced(struct smtpcodes_reply *out, const struct found_enhanced *f)
{
    out->enhanced = f->code;
    out->enhanced_start = (size_t)(f->start - (byte *)out->bytes);
    out->enhanced_length = f->length;
    out->flags |= f->flags;
}

static enum smtpcodes_status not_a_reply(byte *bytes, byte *end, const struct sight *sight, struct smtpcodes_reply *out)
{
    struct found_enhanced f;
    byte *start = skip_blanks(bytes, end);
    byte *limit = trim_end(start, end, 0, out);
    out->start = (size_t)(start - bytes);
    out->end = (size_t)(limit - bytes);
    out->used = out->length;
    out->error = start < end && smtpcodes__is_digit(*start) ? first_wrong_byte(out->bytes, out->length)
                                                            : (size_t)(start - bytes);
    if (sight->odd) {
        for (byte *p = start; p && p < limit; p = memchr(p, '\n', (size_t)(limit - p)), p = p ? p + 1 : p) {
            out->line_count++;
        }
    } else {
        out->line_count = start < limit;
    }
    /* a report's "5.1.1 User unknown" has no code, but says what it is about */
    if (take_enhanced(start, limit, &f) || (sight->opener && seek_enhanced(sight->opener, limit, &f))) {
        set_enhanced(out, &f);
    }
    out->flags |= look_at_bytes(bytes, end, sight->odd);
    return SMTPCODES_STATUS_NOT_A_REPLY;
}

enum smtpcodes_status smtpcodes_reply_parse(const char *text, size_t length, struct smtpcodes_reply *out)
{
    if (!text) { /* no bytes, wherever they are */
        text = "";
        length = 0;
    }
    byte *const bytes = (byte *)text, *const end = bytes + length;
    /* one by one: compilers clear a struct of this size with an instruction that takes as long as half of what follows
     */
    out->code = out->first_code = out->inner_code = -1;
    out->enhanced = out->inner_enhanced = (struct smtpcodes_enhanced_code){0, 0, 0};
    out->enhanced_start = out->enhanced_length = 0;
    out->stage = SMTPCODES_STAGE_UNKNOWN;
    out->flags = 0;
    out->line_count = out->start = out->end = out->used = out->error = 0;
    out->bytes = text;
    out->length = length;

    byte *start = skip_blanks(bytes, end);
    if (code_at(start, end) >= 0 && !begins_name(start, end)) {
        if (start > bytes) {
            out->flags |= SMTPCODES_FLAG_LEADING_BLANK;
        }
    } else {
        struct sight sight;
        look(bytes, bytes, end, NULL, &sight);
        start = sight.quoted;
        if (!start) {
            return not_a_reply(bytes, end, &sight, out);
        }
        out->flags |= SMTPCODES_FLAG_WRAPPED;
        out->stage = stage_in(bytes, start);
    }
    byte *limit = trim_end(start, end, (out->flags & SMTPCODES_FLAG_WRAPPED) != 0, out);

    size_t with_enhanced = 0, pending = 0;
    int line_begins = 1, line_more = 0, odd = 0;
    struct piece piece;
    byte *p = start, *opener = NULL;
    do {
        read_piece(bytes, p, limit, p == start ? FIRST : FURTHER, &piece);
        out->flags |= piece.flags;
        if (line_begins) { /* whether another line follows, the line says, not what was joined to it */
            line_more = piece.more;
        }
        line_begins = !piece.folded;
        odd |= piece.sight.odd | piece.folded;
        if (!opener) {
            opener = piece.folded ? start + 3 : piece.sight.opener;
        }
        if (piece.code >= 0) {
            if (out->first_code < 0) {
                out->first_code = piece.code;
            } else if (piece.code != out->code) {
                out->flags |= SMTPCODES_FLAG_MIXED_CODES;
            }
            out->code = piece.code;
            if (piece.inner_code >= 0 && out->inner_code < 0) {
                out->inner_code = piece.inner_code;
                out->inner_enhanced = piece.inner_enhanced;
            }
        }
        if (piece.has_enhanced && is_line(&piece)) {
            if (with_enhanced++ == 0) {
                out->enhanced = piece.enhanced;
                out->enhanced_start = (size_t)(piece.enhanced_start - bytes);
                out->enhanced_length = piece.enhanced_length;
            } else if (memcmp(&piece.enhanced, &out->enhanced, sizeof out->enhanced) != 0) {
                out->flags |= SMTPCODES_FLAG_ENHANCED_DIFFERS;
            }
        }
        pending += (size_t)is_line(&piece);
        if (piece.code >= 0 || piece.text < piece.end) { /* blank lines at the end of what there is are no lines yet */
            out->line_count += pending;
            pending = 0;
            out->end = (size_t)(piece.end - bytes);
        }
        p = piece.next;
    } while (piece.folded || (line_more && p < limit));

    out->start = (size_t)(start - bytes);
    out->used = (size_t)((limit < end && p == limit ? end : p) - bytes);
    out->flags |= look_at_bytes(start, bytes + out->used, odd || bytes + out->used > p);
    if (out->used < length) {
        out->flags |= SMTPCODES_FLAG_MORE_BYTES;
    }
    if (out->code < 200 || out->code > 599) {
        out->flags |= SMTPCODES_FLAG_CODE_RANGE;
    } else if (out->code / 10 % 10 > 5) {
        out->flags |= SMTPCODES_FLAG_CODE_GRAMMAR;
    }
    if (with_enhanced == 0 && out->code / 100 != 3) {
        struct found_enhanced f;
        if (opener && seek_enhanced(opener, bytes + out->end, &f)) {
            set_enhanced(out, &f);
        }
    } else if (with_enhanced && with_enhanced < out->line_count) {
        out->flags |= SMTPCODES_FLAG_ENHANCED_PARTIAL;
    }
    if (out->enhanced.klass && out->enhanced.klass != out->code / 100) {
        out->flags |= SMTPCODES_FLAG_ENHANCED_CLASS;
    }
    if (line_more && piece.more) { /* of joined lines the last one's word counts too */
        out->flags |= SMTPCODES_FLAG_INCOMPLETE;
        return SMTPCODES_STATUS_MORE;
    }
    return SMTPCODES_STATUS_OK;
}

int smtpcodes_reply_line(const struct smtpcodes_reply *reply, size_t *cursor, struct smtpcodes_span *line)
{
    byte *const bytes = (byte *)reply->bytes, *const limit = bytes + reply->end;
    struct piece piece;
    byte *p = *cursor == 0 ? bytes + reply->start : bytes + (*cursor - 1);
    do {
        if (p >= limit && (*cursor != 0 || reply->code < 0)) {
            return 0;
        }
        read_piece(bytes, p, limit, reply->code < 0 ? NO_REPLY : p == bytes + reply->start ? FIRST : FURTHER, &piece);
        p = piece.next;
        *cursor = (size_t)(p - bytes) + 1;
    } while (!is_line(&piece));
    line->bytes = (const char *)piece.text;
    line->length = (size_t)(piece.end - piece.text);
    return 1;
}

/* ---- the reader ----
 * A machine over single bytes that accepts what smtpcodes_reply_parse accepts, but no text around a reply: a server
 * does not send that. */

enum reader_state {
    BEFORE,    /* blanks before the first code */
    DIGIT,     /* in the code of the first line; seen: digits so far */
    AFTER,     /* behind the code of the first line */
    AFTER_DOT, /* behind a dot behind it */
    ENHANCED,  /* digits of an enhanced code right behind it; seen: digits | dots << 8 */
    LAST_TEXT, /* in the text of a line that ends the reply */
    MORE_TEXT, /* in the text of a line that another follows */
    LINE,      /* at the beginning of a further line; seen: digits so far */
    COMPLETE,
    FAILED
};

void smtpcodes_reader_start(struct smtpcodes_reader *reader)
{
    memset(reader, 0, sizeof *reader);
    reader->code = reader->first_code = -1;
}

/* Where a line with a code goes on, by the byte behind the code. */
static enum reader_state behind_code(unsigned char c)
{
    return c == '-' ? MORE_TEXT : c == '\n' ? COMPLETE : LAST_TEXT;
}

static void digit(struct smtpcodes_reader *r, unsigned char c)
{
    r->code = (r->seen == 0 ? 0 : r->code * 10) + (c - '0');
    r->seen++;
}

static void reader_step(struct smtpcodes_reader *r, unsigned char c)
{
    switch ((enum reader_state)r->state) {
    case BEFORE:
        if (smtpcodes__is_blank(c)) {
            return;
        }
        r->state = DIGIT;
        r->seen = 0;
        /* fall through */
    case DIGIT:
        if (!smtpcodes__is_digit(c)) {
            r->state = FAILED;
            return;
        }
        digit(r, c);
        if (r->seen == 3) {
            r->first_code = r->code;
            r->state = AFTER;
        }
        return;
    case AFTER:
        if (smtpcodes__is_digit(c)) { /* "5505.1.1 …" is let pass, "5500" is no code */
            r->state = c == '2' || c == '4' || c == '5' ? ENHANCED : FAILED;
            r->seen = 1;
        } else {
            r->state = c == '.' ? AFTER_DOT : behind_code(c);
        }
        return;
    case AFTER_DOT: r->state = smtpcodes__is_word(c) ? FAILED : c == '\n' ? COMPLETE : LAST_TEXT; return;
    case ENHANCED: {
        uint32_t digits = r->seen & 0xFF, dots = r->seen >> 8;
        if (smtpcodes__is_digit(c) && dots > 0 && digits < 3) {
            r->seen++;
        } else if (c == '.' && dots < 2 && digits > 0) {
            r->seen = (dots + 1) << 8;
        } else if (dots == 2 && digits > 0 && !smtpcodes__is_word(c) && c != '.' && c != '_' && c != '@') {
            r->state = c == '\n' ? COMPLETE : LAST_TEXT;
        } else {
            r->state = FAILED;
        }
        return;
    }
    case LAST_TEXT:
        if (c == '\n') {
            r->state = COMPLETE;
        }
        return;
    case MORE_TEXT:
        if (c == '\n') {
            r->state = LINE;
            r->seen = 0;
        }
        return;
    case LINE:
        if (r->seen < 3 && smtpcodes__is_digit(c)) {
            if (r->seen == 0) {
                r->code = 0;
            }
            digit(r, c);
        } else if (r->seen == 3 && !smtpcodes__is_digit(c)) {
            r->state = behind_code(c);
        } else { /* a line without a code */
            r->state = MORE_TEXT;
            if (c == '\n') {
                r->state = LINE;
                r->seen = 0;
            }
        }
        return;
    case COMPLETE:
    case FAILED: return;
    }
}

enum smtpcodes_status smtpcodes_reader_feed(struct smtpcodes_reader *reader, const char *bytes, size_t length,
                                            size_t *used)
{
    size_t i = 0;
    while (i < length && reader->state != COMPLETE && reader->state != FAILED) {
        if (reader->state == LAST_TEXT || reader->state == MORE_TEXT) { /* nothing counts before the line end */
            const char *lf = memchr(bytes + i, '\n', length - i);
            if (!lf) {
                reader->offset += length - i;
                i = length;
                break;
            }
            reader->offset += (size_t)(lf - (bytes + i));
            i = (size_t)(lf - bytes);
        }
        reader_step(reader, (unsigned char)bytes[i]);
        if (reader->state == FAILED) {
            break; /* offset stays at this byte */
        }
        i++;
        reader->offset++;
    }
    *used = i;
    return reader->state == COMPLETE ? SMTPCODES_STATUS_OK
           : reader->state == FAILED ? SMTPCODES_STATUS_NOT_A_REPLY
                                     : SMTPCODES_STATUS_MORE;
}
