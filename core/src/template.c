/* The shape of a reply: what differs from one recipient, host or day to the next is replaced by its kind. */
#include <smtpcodes.h>

#include "out.h"
#include "token.h"

size_t smtpcodes_template(const char *bytes, size_t length, char *text, size_t room)
{
    struct smtpcodes_reply reply;
    struct smtpcodes__out out;
    smtpcodes_reply_parse(bytes, length, &reply);
    smtpcodes__out_start(&out, text, room);
    if (reply.code >= 0) {
        smtpcodes__out_bytes(&out, bytes + reply.start, 3);
    }
    if (reply.enhanced_length && reply.code >= 0) {
        smtpcodes__out_text(&out, " ");
        smtpcodes__out_bytes(&out, bytes + reply.enhanced_start, reply.enhanced_length);
    }
    size_t cursor = 0;
    struct smtpcodes_span line;
    while (smtpcodes_reply_line(&reply, &cursor, &line)) {
        struct smtpcodes__lexer lexer;
        struct smtpcodes__token token;
        const unsigned char *p = (const unsigned char *)line.bytes, *const end = p + line.length;
        int blank = 1; /* one space for any run of blanks and line ends */
        smtpcodes__lexer_start(&lexer, line.bytes, line.length);
        for (;;) {
            smtpcodes__lexer_next(&lexer, &token);
            for (; p < token.start && p < end; p++) { /* what stands between tokens stays */
                if (*p <= ' ' || *p == 0x7F) {
                    blank = 1;
                } else {
                    if (blank && out.length) {
                        smtpcodes__out_text(&out, " ");
                    }
                    blank = 0;
                    smtpcodes__out_bytes(&out, (const char *)p, 1);
                }
            }
            if (token.kind == SMTPCODES__TOKEN_END) {
                break;
            }
            if (blank && out.length) {
                smtpcodes__out_text(&out, " ");
            }
            blank = 0;
            switch (token.kind) {
            case SMTPCODES__TOKEN_ADDRESS: smtpcodes__out_text(&out, "{address}"); break;
            case SMTPCODES__TOKEN_HOST: smtpcodes__out_text(&out, "{host}"); break;
            case SMTPCODES__TOKEN_IP: smtpcodes__out_text(&out, "{ip}"); break;
            case SMTPCODES__TOKEN_URL: smtpcodes__out_text(&out, "{url}"); break;
            case SMTPCODES__TOKEN_NUMBER: smtpcodes__out_text(&out, "{number}"); break;
            case SMTPCODES__TOKEN_ID: smtpcodes__out_text(&out, "{id}"); break;
            default: smtpcodes__out_bytes(&out, (const char *)token.start, (size_t)(token.end - token.start)); break;
            }
            p = token.end;
        }
    }
    return smtpcodes__out_end(&out);
}
