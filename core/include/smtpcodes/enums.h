/* The closed lists of smtpcodes: every enumeration but the reasons, whose list is data (smtpcodes/reasons.h).
 *
 * Each list is one X(SYMBOL, value, "name") map. Values and names are promises: append, never renumber, never reuse. */
#ifndef SMTPCODES_ENUMS_H
#define SMTPCODES_ENUMS_H

/* Marks what the shared library exports. */
#ifndef SMTPCODES_API
#if defined __GNUC__ && !defined SWIG
#define SMTPCODES_API __attribute__((visibility("default")))
#else
#define SMTPCODES_API
#endif
#endif

/* What the first digit says (RFC 5321 4.2.1). The value is the digit. */
#define SMTPCODES_SEVERITY_MAP(X)               \
    X(SEVERITY_UNKNOWN, 0, "unknown")           \
    X(SEVERITY_SUCCESS, 2, "success")           \
    X(SEVERITY_INTERMEDIATE, 3, "intermediate") \
    X(SEVERITY_TEMPORARY, 4, "temporary")       \
    X(SEVERITY_PERMANENT, 5, "permanent")

/* What the second digit says (RFC 5321 4.2.1). */
#define SMTPCODES_CATEGORY_MAP(X)             \
    X(CATEGORY_UNKNOWN, 0, "unknown")         \
    X(CATEGORY_SYNTAX, 1, "syntax")           \
    X(CATEGORY_INFORMATION, 2, "information") \
    X(CATEGORY_CONNECTION, 3, "connection")   \
    X(CATEGORY_UNSPECIFIED, 4, "unspecified") \
    X(CATEGORY_MAIL_SYSTEM, 5, "mail-system")

/* How a code is defined. */
#define SMTPCODES_STANDING_MAP(X)                                                            \
    X(STANDING_STANDARD, 0, "standard")   /* base protocol; of enhanced codes: registered */ \
    X(STANDING_EXTENSION, 1, "extension") /* an RFC beside the base protocol */              \
    X(STANDING_OBSOLETE, 2, "obsolete")                                                      \
    X(STANDING_NONSTANDARD, 3, "nonstandard") /* met, but in no RFC */

/* Whose it is to mend. */
#define SMTPCODES_SIDE_MAP(X)         \
    X(SIDE_NONE, 0, "none")           \
    X(SIDE_RECIPIENT, 1, "recipient") \
    X(SIDE_SENDER, 2, "sender")       \
    X(SIDE_MESSAGE, 3, "message")     \
    X(SIDE_RECEIVER, 4, "receiver")   \
    X(SIDE_NETWORK, 5, "network")

/* What a sender does next. */
#define SMTPCODES_ACTION_MAP(X)               \
    X(ACTION_NONE, 0, "none")                 \
    X(ACTION_CONTINUE, 1, "continue")         \
    X(ACTION_RETRY, 2, "retry")               \
    X(ACTION_SLOW_DOWN, 3, "slow-down")       \
    X(ACTION_CHANGE_ROUTE, 4, "change-route") \
    X(ACTION_FIX_SENDER, 5, "fix-sender")     \
    X(ACTION_FIX_MESSAGE, 6, "fix-message")   \
    X(ACTION_SUPPRESS, 7, "suppress")         \
    X(ACTION_REVIEW, 8, "review")

#define SMTPCODES_BOUNCE_MAP(X)                                                                  \
    X(BOUNCE_NONE, 0, "none")   /* delivered, or not over */                                     \
    X(BOUNCE_SOFT, 1, "soft")   /* try again */                                                  \
    X(BOUNCE_HARD, 2, "hard")   /* the address is bad */                                         \
    X(BOUNCE_BLOCK, 3, "block") /* this sender or message is refused; the address may be good */ \
    X(BOUNCE_UNKNOWN, 4, "unknown")

/* What decided the reason. */
#define SMTPCODES_BASIS_MAP(X)                                        \
    X(BASIS_NONE, 0, "none")                                          \
    X(BASIS_SEVERITY, 1, "severity") /* the first digit */            \
    X(BASIS_CODE, 2, "code")         /* the basic code */             \
    X(BASIS_ENHANCED, 3, "enhanced") /* the enhanced code */          \
    X(BASIS_LEARNED, 4, "learned")   /* a model made from examples */ \
    X(BASIS_TEXT, 5, "text")         /* a rule on the text */         \
    X(BASIS_PROVIDER, 6, "provider") /* a rule for one provider */

/* Where in the dialogue a reply was given. */
#define SMTPCODES_STAGE_MAP(X)                        \
    X(STAGE_UNKNOWN, 0, "unknown")                    \
    X(STAGE_CONNECT, 1, "connect")                    \
    X(STAGE_HELO, 2, "helo") /* HELO, EHLO or LHLO */ \
    X(STAGE_STARTTLS, 3, "starttls")                  \
    X(STAGE_AUTH, 4, "auth")                          \
    X(STAGE_MAIL, 5, "mail")                          \
    X(STAGE_RCPT, 6, "rcpt")                          \
    X(STAGE_DATA, 7, "data")                          \
    X(STAGE_END_OF_DATA, 8, "end-of-data")

/* Commands that a code may answer; a set is an or of these. */
#define SMTPCODES_COMMAND_MAP(X)                 \
    X(COMMAND_CONNECT, 0x1, "connect")           \
    X(COMMAND_HELO, 0x2, "helo")                 \
    X(COMMAND_EHLO, 0x4, "ehlo")                 \
    X(COMMAND_LHLO, 0x8, "lhlo")                 \
    X(COMMAND_STARTTLS, 0x10, "starttls")        \
    X(COMMAND_AUTH, 0x20, "auth")                \
    X(COMMAND_MAIL, 0x40, "mail")                \
    X(COMMAND_RCPT, 0x80, "rcpt")                \
    X(COMMAND_DATA, 0x100, "data")               \
    X(COMMAND_END_OF_DATA, 0x200, "end-of-data") \
    X(COMMAND_BDAT, 0x400, "bdat")               \
    X(COMMAND_BURL, 0x800, "burl")               \
    X(COMMAND_RSET, 0x1000, "rset")              \
    X(COMMAND_VRFY, 0x2000, "vrfy")              \
    X(COMMAND_EXPN, 0x4000, "expn")              \
    X(COMMAND_HELP, 0x8000, "help")              \
    X(COMMAND_NOOP, 0x10000, "noop")             \
    X(COMMAND_QUIT, 0x20000, "quit")             \
    X(COMMAND_ETRN, 0x40000, "etrn")             \
    X(COMMAND_ATRN, 0x80000, "atrn")             \
    X(COMMAND_TURN, 0x100000, "turn")

/* What a block list lists. */
#define SMTPCODES_LISTING_MAP(X)                                                                    \
    X(LISTING_NONE, 0, "none") /* an allow list, or the error text of a list: no listing follows */ \
    X(LISTING_IP, 1, "ip")                                                                          \
    X(LISTING_DOMAIN, 2, "domain")                                                                  \
    X(LISTING_URL, 3, "url")                                                                        \
    X(LISTING_GEO, 4, "geo")

/* Others' vocabularies of reasons, for which there are maps (core/data/vocabularies.tsv). 0 is none. */
#define SMTPCODES_VOCABULARY_MAP(X)         \
    X(VOCABULARY_SPARKPOST, 1, "sparkpost") \
    X(VOCABULARY_POWERMTA, 2, "powermta")   \
    X(VOCABULARY_SISIMAI, 3, "sisimai")     \
    X(VOCABULARY_KUMOMTA, 4, "kumomta")     \
    X(VOCABULARY_SES, 5, "ses")             \
    X(VOCABULARY_POSTMARK, 6, "postmark")   \
    X(VOCABULARY_MAILGUN, 7, "mailgun")     \
    X(VOCABULARY_SENDGRID, 8, "sendgrid")   \
    X(VOCABULARY_ANYMAIL, 9, "anymail")

/* What is odd about a reply; a set is an or of these. None of them keeps a reply from being read. */
#define SMTPCODES_FLAG_MAP(X)                                                                                          \
    X(FLAG_BARE_LF, 0x1, "bare-lf")              /* a line ends without CR (RFC 5321 2.3.8) */                         \
    X(FLAG_NO_LINE_END, 0x2, "no-line-end")      /* the last line has no end */                                        \
    X(FLAG_STRAY_CR, 0x4, "stray-cr")            /* CR without LF behind it */                                         \
    X(FLAG_NO_SEPARATOR, 0x8, "no-separator")    /* neither space nor hyphen behind the code */                        \
    X(FLAG_TAB_SEPARATOR, 0x10, "tab-separator") /* a tab there */                                                     \
    X(FLAG_LEADING_BLANK, 0x20, "leading-blank") /* white space before the code */                                     \
    X(FLAG_MIXED_CODES, 0x40, "mixed-codes")     /* lines of one reply differ in code (RFC 5321 4.2.1) */              \
    X(FLAG_LINE_WITHOUT_CODE, 0x80, "line-without-code")                                                               \
    X(FLAG_LONG_LINE, 0x100, "long-line")                      /* over 512 octets (RFC 5321 4.5.3.1.5) */              \
    X(FLAG_CODE_RANGE, 0x200, "code-range")                    /* first digit not 2 to 5: fatal for the transaction */ \
    X(FLAG_CODE_GRAMMAR, 0x400, "code-grammar")                /* second digit above 5 (RFC 5321 4.2) */               \
    X(FLAG_ENHANCED_HASH, 0x800, "enhanced-hash")              /* # before the enhanced code */                        \
    X(FLAG_ENHANCED_BRACKETED, 0x1000, "enhanced-bracketed")   /* the enhanced code stands in brackets */              \
    X(FLAG_ENHANCED_PUNCTUATED, 0x2000, "enhanced-punctuated") /* punctuation behind the enhanced code */              \
    X(FLAG_ENHANCED_CLASS, 0x4000, "enhanced-class")           /* its class contradicts the code (RFC 2034 4) */       \
    X(FLAG_ENHANCED_IN_3YZ, 0x8000, "enhanced-in-3yz")         /* enhanced code where none may be; not taken */        \
    X(FLAG_ENHANCED_DIFFERS, 0x10000, "enhanced-differs")      /* lines of one reply differ; the first is taken */     \
    X(FLAG_ENHANCED_PARTIAL, 0x20000, "enhanced-partial")      /* on some lines only */                                \
    X(FLAG_ENHANCED_ZERO, 0x40000, "enhanced-zero")            /* leading zero (RFC 3463 2) */                         \
    X(FLAG_NESTED, 0x80000, "nested")                          /* a reply stands inside the reply */                   \
    X(FLAG_UTF8, 0x100000, "utf8")                             /* well-formed UTF-8 beyond ASCII */                    \
    X(FLAG_BINARY, 0x200000, "binary")                         /* bytes beyond ASCII that are no UTF-8 */              \
    X(FLAG_CONTROL, 0x400000, "control")                       /* control characters, NUL too */                       \
    X(FLAG_MORE_BYTES, 0x800000, "more-bytes")                 /* bytes are left over behind the reply */              \
    X(FLAG_INCOMPLETE, 0x1000000, "incomplete")                /* the last line is still to come */                    \
    X(FLAG_FOLDED, 0x2000000, "folded")   /* lines of a reply joined into one, as logs write them */                   \
    X(FLAG_WRAPPED, 0x4000000, "wrapped") /* other text around the reply: "host mx said: 550 …" */                   \
    X(FLAG_ENHANCED_UNWANTED, 0x8000000,                                                                               \
      "enhanced-unwanted") /* enhanced code in a greeting or an answer to HELO or EHLO */                              \
    X(FLAG_UNEXPECTED_CODE, 0x10000000, "unexpected-code") /* a code that does not answer the command */

/* What a function says about its input. */
#define SMTPCODES_STATUS_MAP(X)                                           \
    X(STATUS_OK, 0, "success")                                            \
    X(STATUS_MORE, -1, "the reply is not complete yet")                   \
    X(STATUS_NOT_A_REPLY, -2, "this can never be an SMTP reply")          \
    X(STATUS_BAD_CODE, -3, "no SMTP server may send this code")           \
    X(STATUS_BAD_ENHANCED, -4, "the enhanced code does not fit the code") \
    X(STATUS_BAD_TEXT, -5, "the text holds a byte that no reply may have")

#define SMTPCODES_ENUMERATOR(symbol, value, name) SMTPCODES_##symbol = value,
enum smtpcodes_severity { SMTPCODES_SEVERITY_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_category { SMTPCODES_CATEGORY_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_standing { SMTPCODES_STANDING_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_side { SMTPCODES_SIDE_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_action { SMTPCODES_ACTION_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_bounce { SMTPCODES_BOUNCE_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_basis { SMTPCODES_BASIS_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_stage { SMTPCODES_STAGE_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_command { SMTPCODES_COMMAND_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_listing { SMTPCODES_LISTING_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_vocabulary { SMTPCODES_VOCABULARY_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_flag { SMTPCODES_FLAG_MAP(SMTPCODES_ENUMERATOR) };
enum smtpcodes_status { SMTPCODES_STATUS_MAP(SMTPCODES_ENUMERATOR) };
#undef SMTPCODES_ENUMERATOR

#endif
