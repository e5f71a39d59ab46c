/* Does one thing on one fixed input so many times: tests/bench/guard counts its instructions.
 *
 *   bench_count                 names of the inputs
 *   bench_count INPUT REPEATS
 *   bench_count --compiler      name and major version of the compiler, and the processor's architecture
 *
 * The inputs stand here and not in the tables, so that a new rule or example moves no budget by its text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

#include "inputs.h"

static volatile unsigned long sink;

/* ---- what is done ---- */

static void look_up(const char *bytes, size_t length)
{
    (void)bytes, (void)length;
    for (int code = 200; code < 600; code++) {
        sink += smtpcodes_code_find(code) != NULL;
        sink += smtpcodes_enhanced_find(code / 100, code / 10 % 10, code % 40) != NULL;
    }
}

static void parse(const char *bytes, size_t length)
{
    struct smtpcodes_reply reply;
    smtpcodes_reply_parse(bytes, length, &reply);
    sink += (unsigned long)reply.code;
}

static void classify(const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify(bytes, length, &v);
    sink += (unsigned long)v.reason;
}

static void make_template(const char *bytes, size_t length)
{
    char out[1024];
    sink += smtpcodes_template(bytes, length, out, sizeof out);
}

static void read_pieces(const char *bytes, size_t length)
{
    enum { PIECE = 16 };
    struct smtpcodes_reader reader;
    size_t used;
    smtpcodes_reader_start(&reader);
    for (size_t at = 0; at < length; at += PIECE) {
        sink +=
            (unsigned long)smtpcodes_reader_feed(&reader, bytes + at, length - at < PIECE ? length - at : PIECE, &used);
    }
}

/* ---- on what ---- */

#define SHORT "550 User unknown\r\n"
#define RULED "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in local recipient table\r\n"
#define LISTED "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org; see the page\r\n"
#define LEARNED "550 We are sorry, the person whom you wish to reach has left and nobody looks into the letters now\r\n"
#define DEFERRED "451 4.7.1 <ann@example.org>: Greylisted, please try again in 300 seconds, id 4bTq5x0Zj2z9sW\r\n"
#define LINES                                                                          \
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\r\n" \
    "550-5.7.26 Requires all senders to authenticate with either SPF or DKIM.\r\n"     \
    "550-5.7.26\r\n"                                                                   \
    "550-5.7.26  Authentication results:\r\n"                                          \
    "550-5.7.26  DKIM = did not pass\r\n"                                              \
    "550-5.7.26  SPF [example.org] with ip: [192.0.2.25] = did not pass\r\n"           \
    "550-5.7.26\r\n"                                                                   \
    "550-5.7.26  For instructions on setting up authentication, go to\r\n"             \
    "550 5.7.26  https://support.example.org/mail/answer/81126 a12-20020a05b0si4411 - mx\r\n"
#define WRAPPED \
    "<ann@example.org>: host mx.example.org[192.0.2.7] said: 552 5.2.2 Mailbox full (in reply to RCPT TO command)"

static const struct input {
    const char *name;
    void (*run)(const char *, size_t);
    const char *text;
    const char *head; /* of a hostile one, whose text is repeated to 64 KB behind it; or NULL */
} inputs[] = {
    {"look-up", look_up, "", NULL},
    {"parse", parse, RULED, NULL},
    {"parse-lines", parse, LINES, NULL},
    {"parse-wrapped", parse, WRAPPED, NULL},
    {"reader", read_pieces, LINES, NULL},
    {"template", make_template, DEFERRED, NULL},
    {"classify-accepted", classify, "250 2.0.0 Ok: queued as 4bTq5x0Zj2z9sW\r\n", NULL},
    {"classify-short", classify, SHORT, NULL},
    {"classify-code", classify, "550 5.1.1\r\n", NULL},
    {"classify-ruled", classify, RULED, NULL},
    {"classify-listed", classify, LISTED, NULL},
    {"classify-learned", classify, LEARNED, NULL},
    {"classify-deferred", classify, DEFERRED, NULL},
    {"classify-wrapped", classify, WRAPPED, NULL},
    {"classify-lines", classify, LINES, NULL},
    {"hostile-word", classify, "mailbox ", "550 "},
    {"hostile-letters", classify, "a", "550 "},
    {"hostile-short-words", classify, "a b c d e f g h ", "550 "},
    {"hostile-addresses", classify, "ann@example.org ", "550 "},
    {"hostile-hosts", classify, "mx.example.org ", "550 "},
    {"hostile-dots", classify, ".", "550 "},
    {"hostile-negations", classify, "not user unknown ", "550 "},
    {"hostile-beginnings", classify,
     "recipient address mail server requested action message size sender address too many connections client host ",
     "550 "},
    {"hostile-phrases", classify, "user unknown mailbox full ", "550 "},
    {"hostile-lines", classify, "550-a\r\n", ""},
    {"hostile-Han", classify, "\xE9\x82\xAE\xE7\xAE\xB1", "550 "},
};

static int compiler(void)
{
#if defined __x86_64__
    const char *architecture = "x86_64";
#elif defined __aarch64__
    const char *architecture = "aarch64";
#else
    const char *architecture = "other";
#endif
#if defined __clang__
    printf("clang %d %s\n", __clang_major__, architecture);
#elif defined __GNUC__
    printf("gcc %d %s\n", __GNUC__, architecture);
#else
    printf("unknown 0 %s\n", architecture);
#endif
    return 0;
}

int main(int argc, char **argv)
{
    enum { HOSTILE = 1 << 16 };
    const size_t count = sizeof inputs / sizeof *inputs;
    if (argc == 2 && strcmp(argv[1], "--compiler") == 0) {
        return compiler();
    }
    for (size_t i = 0; argc == 1 && i < count; i++) {
        puts(inputs[i].name);
    }
    for (size_t i = 0; argc == 3 && i < count; i++) {
        if (strcmp(argv[1], inputs[i].name) != 0) {
            continue;
        }
        struct texts one = {0};
        texts_add(&one, inputs[i].text, strlen(inputs[i].text), 0);
        struct text t = one.at[0];
        if (inputs[i].head) {
            t = repeated(inputs[i].head, t.bytes, t.length, HOSTILE);
        }
        for (unsigned long repeats = strtoul(argv[2], NULL, 10); repeats > 0; repeats--) {
            inputs[i].run(t.bytes, t.length);
        }
        return 0;
    }
    if (argc != 1) {
        fputs("usage: bench_count [--compiler | INPUT REPEATS]\n", stderr);
        return 2;
    }
    return 0;
}
