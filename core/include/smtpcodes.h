/* smtpcodes: what a mail server means.
 *
 * Codes and their meanings, a reader of SMTP replies, and a classifier that says why a server answered so, whose side
 * it is to mend, what to do next, and which words decided it.
 *
 * Everything here but smtpcodes_rules_* reads const tables: no allocation, no locale, no state that changes. Call it
 * from any thread, in a signal handler too. Bytes are given by pointer and length, may hold any value and need no NUL.
 * Strings that are returned are UTF-8, NUL-terminated and live as long as the program; the name of a rule of a user's
 * own, as long as these rules. */
#ifndef SMTPCODES_H
#define SMTPCODES_H

#include <stddef.h>
#include <stdint.h>

#include <smtpcodes/codes.h>
#include <smtpcodes/enums.h>
#include <smtpcodes/reasons.h>
#include <smtpcodes/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The library's version, "major.minor.patch"; compare with SMTPCODES_VERSION of the header. */
SMTPCODES_API const char *smtpcodes_version(void);

/* ---- names ----
 * Name of a value, as JSON and rules write it ("mailbox-full"); NULL for what is no value of the list. The reverses
 * give the value, or -1 for an unknown name. (Flags and commands: one bit at a time; the reverse gives 0 for unknown.)
 */
SMTPCODES_API const char *smtpcodes_severity_name(int severity);
SMTPCODES_API const char *smtpcodes_category_name(int category);
SMTPCODES_API const char *smtpcodes_standing_name(int standing);
SMTPCODES_API const char *smtpcodes_side_name(int side);
SMTPCODES_API const char *smtpcodes_action_name(int action);
SMTPCODES_API const char *smtpcodes_bounce_name(int bounce);
SMTPCODES_API const char *smtpcodes_basis_name(int basis);
SMTPCODES_API const char *smtpcodes_stage_name(int stage);
SMTPCODES_API const char *smtpcodes_listing_name(int listing);
SMTPCODES_API const char *smtpcodes_vocabulary_name(int vocabulary);
SMTPCODES_API const char *smtpcodes_reason_name(int reason);
SMTPCODES_API const char *smtpcodes_command_name(uint32_t command);
SMTPCODES_API const char *smtpcodes_flag_name(uint32_t flag);
SMTPCODES_API int smtpcodes_severity_from_name(const char *name);
SMTPCODES_API int smtpcodes_category_from_name(const char *name);
SMTPCODES_API int smtpcodes_standing_from_name(const char *name);
SMTPCODES_API int smtpcodes_side_from_name(const char *name);
SMTPCODES_API int smtpcodes_action_from_name(const char *name);
SMTPCODES_API int smtpcodes_bounce_from_name(const char *name);
SMTPCODES_API int smtpcodes_basis_from_name(const char *name);
SMTPCODES_API int smtpcodes_stage_from_name(const char *name);
SMTPCODES_API int smtpcodes_listing_from_name(const char *name);
SMTPCODES_API int smtpcodes_vocabulary_from_name(const char *name);
SMTPCODES_API int smtpcodes_reason_from_name(const char *name);
SMTPCODES_API uint32_t smtpcodes_command_from_name(const char *name);
SMTPCODES_API uint32_t smtpcodes_flag_from_name(const char *name);
/** What a status means, for people. */
SMTPCODES_API const char *smtpcodes_strstatus(int status);

/* ---- basic codes ---- */

/** A row of the table of basic codes: read it through the functions below, which accept NULL and then say "nothing"
 * (0, an empty string, a nonstandard standing). Opaque, so that rows may grow without breaking programs. */
struct smtpcodes_code;

/** The row of a code, or NULL: any int is a fair question. Constant time. */
SMTPCODES_API const struct smtpcodes_code *smtpcodes_code_find(int code);
/** Rows in ascending order of code; NULL beyond the last. */
SMTPCODES_API const struct smtpcodes_code *smtpcodes_code_at(size_t i);
SMTPCODES_API size_t smtpcodes_code_count(void);

SMTPCODES_API int smtpcodes_code_number(const struct smtpcodes_code *row);
SMTPCODES_API const char *smtpcodes_code_name(const struct smtpcodes_code *row);  /**< MAILBOX_UNAVAILABLE */
SMTPCODES_API const char *smtpcodes_code_title(const struct smtpcodes_code *row); /**< a short line */
SMTPCODES_API const char *smtpcodes_code_explanation(const struct smtpcodes_code *row);
/** RFC and section, or who uses the code. */
SMTPCODES_API const char *smtpcodes_code_reference(const struct smtpcodes_code *row);
SMTPCODES_API enum smtpcodes_standing smtpcodes_code_standing(const struct smtpcodes_code *row);
/** The commands it may answer: an or of SMTPCODES_COMMAND_*; 0 for a code that no server sends. */
SMTPCODES_API uint32_t smtpcodes_code_commands(const struct smtpcodes_code *row);
/** The reason that a reply with this code and no text has; 0 where the code alone names none. */
SMTPCODES_API int smtpcodes_code_reason(const struct smtpcodes_code *row);
/** 1 if the reason holds for a reply without text only, since the code is used for everything (550, 554). */
SMTPCODES_API int smtpcodes_code_is_broad(const struct smtpcodes_code *row);
/** What a sender does after a reply with this code and no text. */
SMTPCODES_API enum smtpcodes_action smtpcodes_code_action(const struct smtpcodes_code *row);
/** From the digits alone (RFC 5321 4.2.1), so for any int. */
SMTPCODES_API enum smtpcodes_severity smtpcodes_code_severity(int code);
SMTPCODES_API enum smtpcodes_category smtpcodes_code_category(int code);

/* ---- enhanced codes ---- */

/** An enhanced code (RFC 3463); klass 0 means that there is none. ("class" is a word of C++.) */
struct smtpcodes_enhanced_code {
    uint16_t klass, subject, detail;
};

/** A row of the table of enhanced codes, opaque like smtpcodes_code. A row may serve several codes: x.1.1 serves 4.1.1
 * and 5.1.1, and there are rows for classes, subjects and ranges of details. */
struct smtpcodes_enhanced;

/** The row of exactly this code, or NULL: any numbers are fair questions. Constant time. */
SMTPCODES_API const struct smtpcodes_enhanced *smtpcodes_enhanced_find(int klass, int subject, int detail);
/** The same, and for an unknown detail the row of its subject, for an unknown subject that of its class, as RFC 3463 2
 * wants unknown codes to be read. NULL for a class other than 2, 4 and 5. */
SMTPCODES_API const struct smtpcodes_enhanced *smtpcodes_enhanced_nearest(int klass, int subject, int detail);
SMTPCODES_API const struct smtpcodes_enhanced *smtpcodes_enhanced_at(size_t i);
SMTPCODES_API size_t smtpcodes_enhanced_count(void);

/** "x.1.1", "5.7.606-649", "x.1.x", "4.x.x" */
SMTPCODES_API const char *smtpcodes_enhanced_pattern(const struct smtpcodes_enhanced *row);
SMTPCODES_API const char *smtpcodes_enhanced_name(const struct smtpcodes_enhanced *row);
SMTPCODES_API const char *smtpcodes_enhanced_title(const struct smtpcodes_enhanced *row);
SMTPCODES_API const char *smtpcodes_enhanced_explanation(const struct smtpcodes_enhanced *row);
SMTPCODES_API const char *smtpcodes_enhanced_reference(const struct smtpcodes_enhanced *row);
SMTPCODES_API enum smtpcodes_standing smtpcodes_enhanced_standing(const struct smtpcodes_enhanced *row);
/** The reason that the code states by itself; 0 where it names none (x.7.1, for example). */
SMTPCODES_API int smtpcodes_enhanced_reason(const struct smtpcodes_enhanced *row);
/** Basic codes registered beside it: "450,550", "any" or "". */
SMTPCODES_API const char *smtpcodes_enhanced_codes(const struct smtpcodes_enhanced *row);
/** Reads "5.1.1" and nothing else; returns 1, or 0 and leaves *out alone. Leading zeros are accepted. */
SMTPCODES_API int smtpcodes_enhanced_parse(const char *text, size_t length, struct smtpcodes_enhanced_code *out);

/* ---- reasons, providers, block lists, rules ---- */

SMTPCODES_API size_t smtpcodes_reason_count(void); /**< reasons are numbered from 1 to this */
SMTPCODES_API const char *smtpcodes_reason_title(int reason);
SMTPCODES_API const char *smtpcodes_reason_explanation(int reason);
SMTPCODES_API const char *smtpcodes_reason_advice(int reason);
SMTPCODES_API enum smtpcodes_side smtpcodes_reason_side(int reason);
SMTPCODES_API enum smtpcodes_bounce smtpcodes_reason_bounce(int reason, enum smtpcodes_severity severity);
SMTPCODES_API enum smtpcodes_action smtpcodes_reason_action(int reason, enum smtpcodes_severity severity);

/* ---- the words of others ----
 * Mail services and programs have vocabularies of their own for why mail was not delivered: SparkPost's numbers,
 * PowerMTA's categories, and so on. Where one has several terms for a reason, they differ by what it means for the
 * address, so the bounce chooses. */

SMTPCODES_API size_t smtpcodes_vocabulary_count(void); /**< vocabularies are numbered from 1 to this */
SMTPCODES_API const char *smtpcodes_vocabulary_title(int vocabulary);
SMTPCODES_API const char *smtpcodes_vocabulary_field(int vocabulary);  /**< where its reports have the term */
SMTPCODES_API const char *smtpcodes_vocabulary_source(int vocabulary); /**< where its terms are documented */
/** The term of a vocabulary for a reason with this bounce (for a verdict: its reason and its bounce), or NULL where the
 * vocabulary has none, as for what was delivered. */
SMTPCODES_API const char *smtpcodes_reason_as(int reason, enum smtpcodes_bounce bounce, int vocabulary);
/** The reason that a term stands for; 0 where it stands for several or for none, -1 where the vocabulary has no such
 * term. */
SMTPCODES_API int smtpcodes_reason_of(int vocabulary, const char *term);
/** Every term of every vocabulary, by position; "" or 0 beyond the last. */
SMTPCODES_API size_t smtpcodes_term_count(void);
SMTPCODES_API int smtpcodes_term_vocabulary(size_t i);
SMTPCODES_API const char *smtpcodes_term_name(size_t i);
SMTPCODES_API const char *smtpcodes_term_meaning(size_t i);

/** Rows by position; "" or NULL beyond the last. A find by name gives the position, or -1. */
SMTPCODES_API size_t smtpcodes_provider_count(void);
SMTPCODES_API int smtpcodes_provider_find(const char *name);
SMTPCODES_API const char *smtpcodes_provider_name(size_t i);
SMTPCODES_API const char *smtpcodes_provider_title(size_t i);
SMTPCODES_API size_t smtpcodes_blocklist_count(void);
SMTPCODES_API int smtpcodes_blocklist_find(const char *name);
SMTPCODES_API const char *smtpcodes_blocklist_name(size_t i);
SMTPCODES_API const char *smtpcodes_blocklist_title(size_t i);
SMTPCODES_API const char *smtpcodes_blocklist_operator(size_t i);
SMTPCODES_API const char *smtpcodes_blocklist_delisting(size_t i); /**< page or address for removal, or "" */
SMTPCODES_API enum smtpcodes_listing smtpcodes_blocklist_listing(size_t i);
SMTPCODES_API size_t smtpcodes_rule_count(void);
SMTPCODES_API int smtpcodes_rule_find(const char *name);
SMTPCODES_API const char *smtpcodes_rule_name(size_t i);
SMTPCODES_API const char *smtpcodes_rule_source(size_t i);  /**< where the wording is documented */
SMTPCODES_API const char *smtpcodes_rule_example(size_t i); /**< a reply that this rule decides */
SMTPCODES_API int smtpcodes_rule_reason(size_t i);

/* ---- replies ---- */

/** Bytes that somebody else owns: any value, no NUL behind them. */
struct smtpcodes_span {
    const char *bytes;
    size_t length;
};

/** A reply as read. Callers allocate it; a new field means a new SOVERSION. */
struct smtpcodes_reply {
    int code;       /**< of the last line; -1: there is none */
    int first_code; /**< of the first line */
    struct smtpcodes_enhanced_code enhanced;
    size_t enhanced_start, enhanced_length; /**< where it stands; length 0: there is none */
    int inner_code; /**< of a reply inside the reply, where it says something else; -1: there is none */
    struct smtpcodes_enhanced_code inner_enhanced;
    enum smtpcodes_stage stage; /**< where the text around the reply tells it */
    uint32_t flags;             /**< an or of SMTPCODES_FLAG_* */
    size_t line_count;
    size_t start;      /**< offset of the code (of the text, where there is no code) */
    size_t end;        /**< offset behind the last byte of the text */
    size_t used;       /**< offset behind the reply with its line end: where the next one begins */
    size_t error;      /**< with NOT_A_REPLY: offset of the first byte that no reply can have */
    const char *bytes; /**< the caller's: they must outlive this struct */
    size_t length;
};

/**
 * Read one reply from the front of a buffer that holds all there is.
 *
 * Accepts what RFC 5321 4.2 and RFC 2034 allow and what servers, logs and reports make of it, and says in `flags` what
 * was odd. Text around the reply ("smtp; ", "host mx.example.org said: ", "(in reply to RCPT TO command)") is set
 * apart.
 *
 * @return SMTPCODES_STATUS_OK; SMTPCODES_STATUS_MORE when the last line is missing (all that is there has been read);
 *         SMTPCODES_STATUS_NOT_A_REPLY when there is no code. *out is filled in every case.
 */
SMTPCODES_API enum smtpcodes_status smtpcodes_reply_parse(const char *bytes, size_t length,
                                                          struct smtpcodes_reply *out);

/**
 * The text of the reply line by line, without codes: start with *cursor = 0.
 * @return 1 and the line, which points into the caller's bytes; 0 when there is no more.
 */
SMTPCODES_API int smtpcodes_reply_line(const struct smtpcodes_reply *reply, size_t *cursor,
                                       struct smtpcodes_span *line);

/** Follows a reply as its bytes come off a socket. Callers allocate it; the fields are the library's. */
struct smtpcodes_reader {
    int code, first_code; /**< code: of the line that was read last */
    size_t offset;        /**< bytes read so far; with NOT_A_REPLY: of the first byte that no reply can have */
    uint32_t state, seen;
};

SMTPCODES_API void smtpcodes_reader_start(struct smtpcodes_reader *reader);
/**
 * Give it the next bytes. It keeps none of them: collect them yourself, and parse the whole when it is complete.
 *
 * @param used  how many of these bytes belong to the reply; fewer than length when another reply follows
 * @return SMTPCODES_STATUS_MORE, SMTPCODES_STATUS_OK when the reply is complete, SMTPCODES_STATUS_NOT_A_REPLY when no
 *         further byte can make it one. Start anew after the last two.
 */
SMTPCODES_API enum smtpcodes_status smtpcodes_reader_feed(struct smtpcodes_reader *reader, const char *bytes,
                                                          size_t length, size_t *used);

/** What a server wants to say. Zero-initialise it. */
struct smtpcodes_draft {
    int code;
    struct smtpcodes_enhanced_code enhanced; /**< klass 0: none */
    uint32_t command; /**< the command it answers: one SMTPCODES_COMMAND_*; 0 if it is not known */
    const char *text; /**< a line feed begins a new line of the reply */
    size_t length;
};

/**
 * Compose a reply: the code on every line, the enhanced code on every line too (RFC 2034 4) but never with 3yz, in a
 * greeting or in an answer to HELO or EHLO, long lines broken at a blank so that none exceeds 512 octets, CRLF at the
 * ends. UTF-8 is let through (RFC 6531 3.7.4), control characters are not.
 *
 * @param out     receives at most room bytes, without a NUL
 * @param needed  receives the length of the whole reply; if that is above room, `out` holds its beginning
 * @return SMTPCODES_STATUS_OK, or SMTPCODES_STATUS_BAD_CODE, BAD_ENHANCED, BAD_TEXT, with *needed 0 and nothing written
 */
SMTPCODES_API enum smtpcodes_status smtpcodes_reply_write(const struct smtpcodes_draft *draft, char *out, size_t room,
                                                          size_t *needed);
/** What is wrong with a reply that was read, as an answer to this command (0: not known): its flags, and the two that
 * need the command. 0 if nothing is. */
SMTPCODES_API uint32_t smtpcodes_reply_check(const struct smtpcodes_reply *reply, uint32_t command);

/* ---- verdicts ---- */

/** What a reply means. Callers allocate it; a new field means a new SOVERSION. */
struct smtpcodes_verdict {
    int code; /**< -1: the text has none */
    struct smtpcodes_enhanced_code enhanced;
    enum smtpcodes_severity severity; /**< what the code says */
    enum smtpcodes_category category;
    int reason; /**< SMTPCODES_REASON_*, always one of them */
    enum smtpcodes_side side;
    enum smtpcodes_action action;
    enum smtpcodes_bounce bounce; /**< what the reply means */
    enum smtpcodes_basis basis;
    int confidence;   /**< 0 to 100 */
    const char *rule; /**< name of the rule or table row that decided, or NULL */
    size_t evidence;  /**< offset of the bytes that decided */
    size_t evidence_length;
    const char *provider;  /**< or NULL */
    const char *blocklist; /**< or NULL */
    long retry_after;      /**< seconds that the reply asks to wait; -1: it does not */
    enum smtpcodes_stage stage;
};

/** What the caller knows beside the reply. Zero-initialise it; every part is optional. */
struct smtpcodes_context {
    enum smtpcodes_stage stage;
    const char *receiver; /**< the receiving host's name */
    size_t receiver_length;
    const char *client; /**< the sending IP address as text: a reply that quotes it speaks of the sender */
    size_t client_length;
};

/** Rules of a user's own, and what the user says that reasons mean: docs/rules.md has the format. They come before the
 * built-in rules, or, with the row "layer last", where no built-in rule of level plain or above decides. Immutable: any
 * number of threads may use one. */
struct smtpcodes_rules;

/**
 * Compile rules, given as text: at most 16 MiB and 32768 rules; whatever the text, this takes at most 100 MB and a few
 * seconds.
 *
 * @param name     of the text, for messages
 * @param message  receives "NAME:LINE: what is wrong" if there is something wrong; may be NULL if room is 0
 * @return the rules, to be freed by smtpcodes_rules_free, or NULL: nothing is loaded from text with an error in it
 */
SMTPCODES_API struct smtpcodes_rules *smtpcodes_rules_load(const char *name, const char *bytes, size_t length,
                                                           char *message, size_t room);
/** The same from a file. */
SMTPCODES_API struct smtpcodes_rules *smtpcodes_rules_load_file(const char *path, char *message, size_t room);
SMTPCODES_API void smtpcodes_rules_free(struct smtpcodes_rules *rules);
/** How many rules there are; NULL has none. */
SMTPCODES_API size_t smtpcodes_rules_count(const struct smtpcodes_rules *rules);

/**
 * Which knowledge verdicts come from: eight hexadecimal digits that change with any byte of the tables that the library
 * was built from; with rules of a user's own, a plus sign and eight more for those. Allocates nothing.
 */
SMTPCODES_API const char *smtpcodes_rules_version(const struct smtpcodes_rules *rules);

/**
 * What is wrong with rules that could be loaded, a line each: "NAME:LINE: what is wrong". Nothing, if each rule decides
 * its own example and may decide other replies: its conditions can hold, no stronger rule of the set that holds
 * whenever it holds takes all of its phrases, and no rule of the same level and conditions has one of its phrases too.
 * NULL has no rules, so nothing is wrong with it. A text as those below; this one needs memory and may take seconds.
 */
SMTPCODES_API size_t smtpcodes_rules_check(const struct smtpcodes_rules *rules, char *out, size_t room);

/** What a reply, or the line of a log or report that stands for one, means. Never fails: any bytes get a verdict. */
SMTPCODES_API void smtpcodes_classify(const char *bytes, size_t length, struct smtpcodes_verdict *out);
/** The same with the user's rules and what the caller knows; either may be NULL. */
SMTPCODES_API void smtpcodes_classify_with(const struct smtpcodes_rules *rules, const struct smtpcodes_context *context,
                                           const char *bytes, size_t length, struct smtpcodes_verdict *out);

/** 1 if the reply refuses, or has no code, and its text says something that no rule understood: more than the stock
 * text of its code, and the verdict's basis is neither text nor provider. For finding what to write rules for. */
SMTPCODES_API int smtpcodes_text_is_unknown(const struct smtpcodes_rules *rules,
                                            const struct smtpcodes_context *context, const char *bytes, size_t length);

/* ---- texts ----
 * These write at most `room` bytes to `out`, a NUL included where room is not 0, and return the length of the whole
 * text without the NUL: if that is not below room, the text was cut, and a larger buffer gets all of it. */

/** The reply with addresses, hosts, numbers and ids taken out, so that like replies group together. */
SMTPCODES_API size_t smtpcodes_template(const char *bytes, size_t length, char *out, size_t room);

/** An enhanced code as text: "5.1.1", or "" for none. */
SMTPCODES_API size_t smtpcodes_enhanced_write(struct smtpcodes_enhanced_code enhanced, char *out, size_t room);

/** How smtpcodes_explain writes. */
enum smtpcodes_style { SMTPCODES_STYLE_PLAIN = 0, SMTPCODES_STYLE_TERMINAL = 1 /**< colour and bold, by ECMA-48 */ };

/**
 * A page for people about a basic code ("550"), an enhanced code ("5.1.1") or a whole reply.
 * @param understood  set to 0 if the code is in no table, or the reply's reason is unknown; may be NULL
 */
SMTPCODES_API size_t smtpcodes_explain(const char *query, size_t length, enum smtpcodes_style style, char *out,
                                       size_t room, int *understood);
/** The same with rules of a user's own, or NULL. */
SMTPCODES_API size_t smtpcodes_explain_with(const struct smtpcodes_rules *rules, const char *query, size_t length,
                                            enum smtpcodes_style style, char *out, size_t room, int *understood);

#ifdef __cplusplus
}
#endif

#endif
