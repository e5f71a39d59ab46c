/* A sender with a retry queue: which recipients to drop, which to try again and when.
 *
 *     retry_queue [--no-wait] HOST:PORT SENDER RECIPIENT... < message
 *
 * --no-wait only says how long it would wait. libcurl speaks SMTP; what to do after a refusal is the verdict's action:
 * nothing here looks at codes or words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <smtpcodes.h>

enum { FIRST_DELAY = 900, LONGEST_DELAY = 4 * 3600, GIVE_UP_AFTER = 5 * 86400 }; /* seconds (RFC 5321 4.5.4.1) */

/* Bytes that grow. */
struct bytes {
    char *at;
    size_t length, room;
};

struct entry {
    const char *recipient;
    long due;
    int tries, done;
    struct bytes reply; /* to RCPT, in the last attempt */
};

/* One attempt: what libcurl's callbacks need. */
struct attempt {
    const struct bytes *message;
    size_t sent;
    struct entry *entries;
    size_t count;
    struct entry *asked; /* whose reply comes next; NULL: the reply is not one recipient's */
    enum smtpcodes_stage stage;
    struct smtpcodes_reader reader;
    struct bytes reply; /* to anything but RCPT, the last one */
    int begins;         /* the next bytes are a new reply */
    int over;           /* QUIT was said: its reply is of no interest */
};

static void add(struct bytes *bytes, const char *more, size_t length)
{
    if (bytes->length + length > bytes->room) {
        bytes->room = 2 * (bytes->length + length);
        bytes->at = realloc(bytes->at, bytes->room);
        if (!bytes->at) {
            fputs("retry_queue: out of memory\n", stderr);
            exit(EXIT_FAILURE);
        }
    }
    memcpy(bytes->at + bytes->length, more, length);
    bytes->length += length;
}

static int is_refusal(const struct bytes *reply)
{
    struct smtpcodes_reply parsed;
    enum smtpcodes_severity severity = SMTPCODES_SEVERITY_UNKNOWN;
    if (smtpcodes_reply_parse(reply->at, reply->length, &parsed) == SMTPCODES_STATUS_OK) {
        severity = smtpcodes_code_severity(parsed.code);
    }
    return severity == SMTPCODES_SEVERITY_TEMPORARY || severity == SMTPCODES_SEVERITY_PERMANENT;
}

/* ---- libcurl's callbacks ---- */

static size_t give_message(char *out, size_t size, size_t count, void *data)
{
    struct attempt *attempt = data;
    size_t left = attempt->message->length - attempt->sent, n = size * count < left ? size * count : left;
    memcpy(out, attempt->message->at + attempt->sent, n);
    attempt->sent += n;
    return n;
}

/* The command tells whose reply comes next, and at which stage. libcurl waits for each reply. */
static void note_command(struct attempt *attempt, const char *line, size_t length)
{
    static const struct {
        const char *verb;
        enum smtpcodes_stage stage;
    } verbs[] = {{"EHLO", SMTPCODES_STAGE_HELO},         {"HELO", SMTPCODES_STAGE_HELO}, {"MAIL", SMTPCODES_STAGE_MAIL},
                 {"STARTTLS", SMTPCODES_STAGE_STARTTLS}, {"AUTH", SMTPCODES_STAGE_AUTH}, {"RCPT", SMTPCODES_STAGE_RCPT},
                 {"DATA", SMTPCODES_STAGE_DATA}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        size_t n = strlen(verbs[i].verb);
        if (length > n && memcmp(line, verbs[i].verb, n) == 0) {
            attempt->stage = verbs[i].stage;
        }
    }
    attempt->over |= length >= 4 && memcmp(line, "QUIT", 4) == 0;
    attempt->asked = NULL;
    if (attempt->stage == SMTPCODES_STAGE_RCPT) {
        for (size_t i = 0; i < attempt->count; i++) {
            char command[600];
            int n = snprintf(command, sizeof command, "RCPT TO:<%s>", attempt->entries[i].recipient);
            if ((size_t)n <= length && memcmp(line, command, (size_t)n) == 0) {
                attempt->asked = &attempt->entries[i];
            }
        }
    }
}

static void note_reply(struct attempt *attempt, const char *bytes, size_t length)
{
    while (length > 0 && !attempt->over) {
        struct bytes *reply = attempt->asked ? &attempt->asked->reply : &attempt->reply;
        size_t used;
        if (attempt->begins) {
            reply->length = 0;
            smtpcodes_reader_start(&attempt->reader);
        }
        attempt->begins = smtpcodes_reader_feed(&attempt->reader, bytes, length, &used) != SMTPCODES_STATUS_MORE;
        add(reply, bytes, used);
        if (used == 0) {
            return; /* no reply begins so: libcurl ends the attempt */
        }
        bytes += used;
        length -= used;
    }
}

static int listen_in(CURL *curl, curl_infotype type, char *bytes, size_t length, void *data)
{
    struct attempt *attempt = data;
    (void)curl;
    switch (type) {
    case CURLINFO_HEADER_OUT: note_command(attempt, bytes, length); break;
    case CURLINFO_DATA_OUT: attempt->stage = SMTPCODES_STAGE_END_OF_DATA; break;
    case CURLINFO_HEADER_IN: note_reply(attempt, bytes, length); break;
    default: break;
    }
    return 0;
}

/* ---- an attempt ---- */

/* Sends to those that are due. judge() says what came of it. */
static CURLcode attempt_to_send(struct attempt *attempt, const char *server, const char *sender, long now)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = NULL;
    char url[300];
    CURLcode result = CURLE_OUT_OF_MEMORY;
    snprintf(url, sizeof url, "smtp://%s", server);
    attempt->begins = 1;
    attempt->stage = SMTPCODES_STAGE_CONNECT;
    for (size_t i = 0; i < attempt->count; i++) {
        struct entry *entry = &attempt->entries[i];
        if (!entry->done && entry->due <= now) {
            entry->reply.length = 0;
            recipients = curl_slist_append(recipients, entry->recipient);
        }
    }
    if (curl && recipients) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); /* one refusal does not end it for the others */
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_message);
        curl_easy_setopt(curl, CURLOPT_READDATA, attempt);
        curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* for the next two */
        curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
        curl_easy_setopt(curl, CURLOPT_DEBUGDATA, attempt);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 60L);
        result = curl_easy_perform(curl);
    }
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return result;
}

/* Returns 0 if the message was taken for this recipient. */
static int judge(const struct attempt *attempt, const struct entry *entry, CURLcode result,
                 struct smtpcodes_verdict *verdict)
{
    struct smtpcodes_context context = {.stage = SMTPCODES_STAGE_RCPT};
    if (is_refusal(&entry->reply)) {
        smtpcodes_classify_with(NULL, &context, entry->reply.at, entry->reply.length, verdict);
        return 1;
    }
    if (result == CURLE_OK) {
        return 0;
    }
    if (is_refusal(&attempt->reply)) {
        context.stage = attempt->stage;
        smtpcodes_classify_with(NULL, &context, attempt->reply.at, attempt->reply.length, verdict);
    } else {
        char text[300];
        snprintf(text, sizeof text, "connection lost: %s", curl_easy_strerror(result));
        smtpcodes_classify(text, strlen(text), verdict);
    }
    return 1;
}

/* Seconds until the next attempt: what the reply asks for, or twice as long each time. */
static long delay(const struct smtpcodes_verdict *verdict, int tries)
{
    long seconds = FIRST_DELAY;
    if (verdict->retry_after > 0) {
        return verdict->retry_after;
    }
    while (tries-- > 0 && seconds < LONGEST_DELAY) {
        seconds *= 2;
    }
    return seconds < LONGEST_DELAY ? seconds : LONGEST_DELAY;
}

/* Returns 1 if the recipient is given up. */
static int decide(struct entry *entry, const struct smtpcodes_verdict *verdict, long now)
{
    const char *reason = smtpcodes_reason_name(verdict->reason);
    long wait = delay(verdict, entry->tries);
    if ((verdict->action == SMTPCODES_ACTION_RETRY || verdict->action == SMTPCODES_ACTION_SLOW_DOWN) &&
        now + wait <= GIVE_UP_AFTER) {
        entry->due = now + wait;
        entry->tries++;
        printf("  %s: %s, again in %ld seconds\n", entry->recipient, reason, wait);
        return 0;
    }
    entry->done = 1;
    if (verdict->action == SMTPCODES_ACTION_SUPPRESS) {
        printf("  %s: %s, address dropped\n", entry->recipient, reason);
    } else {
        printf("  %s: %s, held: %s\n", entry->recipient, reason, smtpcodes_action_name((int)verdict->action));
    }
    return 1;
}

/* Returns how many recipients were given up. */
static int run(const char *server, const char *sender, struct entry *entries, size_t count, const struct bytes *message,
               int wait)
{
    int given_up = 0;
    for (long now = 0;;) {
        long due = -1;
        for (size_t i = 0; i < count; i++) {
            if (!entries[i].done && (due < 0 || entries[i].due < due)) {
                due = entries[i].due;
            }
        }
        if (due < 0) {
            return given_up;
        }
        if (wait) {
            sleep((unsigned)(due - now));
        }
        now = due;
        struct attempt attempt = {.message = message, .entries = entries, .count = count};
        CURLcode result = attempt_to_send(&attempt, server, sender, now);
        printf("after %ld seconds\n", now);
        for (size_t i = 0; i < count; i++) {
            struct smtpcodes_verdict verdict;
            if (entries[i].done || entries[i].due > now) {
                continue;
            }
            if (judge(&attempt, &entries[i], result, &verdict)) {
                given_up += decide(&entries[i], &verdict, now);
            } else {
                entries[i].done = 1;
                printf("  %s: sent\n", entries[i].recipient);
            }
        }
        free(attempt.reply.at);
    }
}

/* The message with line ends as SMTP wants them. */
static struct bytes read_message(void)
{
    struct bytes message = {0};
    for (int c, before = 0; (c = getchar()) != EOF; before = c) {
        if (c == '\n' && before != '\r') {
            add(&message, "\r", 1);
        }
        add(&message, &(char){(char)c}, 1);
    }
    return message;
}

int main(int argc, char **argv)
{
    int wait = argc < 2 || strcmp(argv[1], "--no-wait") != 0;
    char **given = argv + (wait ? 1 : 2);
    int recipients = (int)(argv + argc - given) - 2;
    if (recipients < 1) {
        fputs("usage: retry_queue [--no-wait] HOST:PORT SENDER RECIPIENT... < message\n", stderr);
        return 2;
    }
    struct entry *entries = calloc((size_t)recipients, sizeof *entries);
    if (!entries || curl_global_init(CURL_GLOBAL_DEFAULT)) {
        free(entries);
        fputs("retry_queue: cannot start\n", stderr);
        return 2;
    }
    for (int i = 0; i < recipients; i++) {
        entries[i].recipient = given[2 + i];
    }
    struct bytes message = read_message();
    int given_up = run(given[0], given[1], entries, (size_t)recipients, &message, wait);
    for (int i = 0; i < recipients; i++) {
        free(entries[i].reply.at);
    }
    free(entries);
    free(message.at);
    curl_global_cleanup();
    return given_up > 0;
}
