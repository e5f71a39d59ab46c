#include "command.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct job {
    const struct smtpcodes_rules *rules;
    struct smtpcodes_context context;
    enum format format;
    const char *field;
    const char *file; /* for messages */
    int vocabulary;   /* whose term is wanted too; 0: none */
    int term_width;   /* of its longest term */
};

/* The keys of a verdict in JSON and CSV, in order, with their values. X(key, kind, value) */
#define VERDICT_MAP(X)                                             \
    X("code", NUMBER, v->code)                                     \
    X("enhanced", TEXT, or_null(enhanced))                         \
    X("severity", TEXT, smtpcodes_severity_name((int)v->severity)) \
    X("category", TEXT, smtpcodes_category_name((int)v->category)) \
    X("reason", TEXT, smtpcodes_reason_name(v->reason))            \
    X("side", TEXT, smtpcodes_side_name((int)v->side))             \
    X("action", TEXT, smtpcodes_action_name((int)v->action))       \
    X("bounce", TEXT, smtpcodes_bounce_name((int)v->bounce))       \
    X("basis", TEXT, smtpcodes_basis_name((int)v->basis))          \
    X("confidence", NUMBER, v->confidence)                         \
    X("rule", TEXT, v->rule)                                       \
    X("evidence", BYTES, bytes + v->evidence)                      \
    X("provider", TEXT, v->provider)                               \
    X("blocklist", TEXT, v->blocklist)                             \
    X("retry_after", NUMBER, v->retry_after)                       \
    X("rules_version", TEXT, smtpcodes_rules_version(job->rules))

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static const char *term_of(const struct job *job, const struct smtpcodes_verdict *v)
{
    return smtpcodes_reason_as(v->reason, v->bounce, job->vocabulary);
}

/* ---- one verdict out ---- */

static void set_verdict(const struct job *job, json_t *object, const char *bytes, const struct smtpcodes_verdict *v)
{
    char enhanced[24];
    smtpcodes_enhanced_write(v->enhanced, enhanced, sizeof enhanced);
#define SET_NUMBER(value) ((value) >= 0 ? json_integer(value) : json_null())
#define SET_TEXT(value) json_of(value)
#define SET_BYTES(value) (v->evidence_length ? json_bytes(value, v->evidence_length) : json_null())
#define SET(key, kind, value) json_object_set_new(object, key, SET_##kind(value));
#define json_of(text) ((text) ? json_string(text) : json_null())
    VERDICT_MAP(SET)
#undef SET
    if (job->vocabulary) {
        json_object_set_new(object, "term", json_of(term_of(job, v)));
    }
}

static void put_json(const json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
}

static void put_csv_header(const struct job *job)
{
    const char *before = "";
#define PUT(key, kind, value) \
    printf("%s" key, before); \
    before = ",";
    VERDICT_MAP(PUT)
#undef PUT
    puts(job->vocabulary ? ",term" : "");
}

static void put_csv_row(const struct job *job, const char *bytes, const struct smtpcodes_verdict *v)
{
    char enhanced[24];
    const char *text;
    size_t n;
    int first = 1;
    smtpcodes_enhanced_write(v->enhanced, enhanced, sizeof enhanced);
#define PUT_NUMBER(value)             \
    if ((value) >= 0) {               \
        printf("%ld", (long)(value)); \
    }
#define PUT_TEXT(value)                      \
    if ((text = (value)) != NULL) {          \
        put_csv(stdout, text, strlen(text)); \
    }
#define PUT_BYTES(value)                              \
    text = utf8_bytes(value, v->evidence_length, &n); \
    put_csv(stdout, text, n);
#define PUT(key, kind, value) \
    if (!first) {             \
        putchar(',');         \
    }                         \
    first = 0;                \
    PUT_##kind(value)
    VERDICT_MAP(PUT)
#undef PUT
    if (job->vocabulary) {
        putchar(',');
        PUT_TEXT(term_of(job, v))
    }
    putchar('\n');
}

static void put_line(const struct job *job, const char *bytes, size_t length, const struct smtpcodes_verdict *v)
{
    printf("%-20s  %-7s  %-12s  ", smtpcodes_reason_name(v->reason), smtpcodes_bounce_name((int)v->bounce),
           smtpcodes_action_name((int)v->action));
    if (job->vocabulary) {
        const char *term = term_of(job, v);
        printf("%-*s  ", job->term_width, term ? term : "-");
    }
    put_plain(stdout, bytes, length);
    putchar('\n');
}

static int put_verdict(const struct job *job, const char *bytes, size_t length)
{
    struct smtpcodes_verdict v;
    smtpcodes_classify_with(job->rules, &job->context, bytes, length, &v);
    switch (job->format) {
    case FORMAT_CSV: put_csv_row(job, bytes, &v); break;
    case FORMAT_JSONL: {
        json_t *object = json_object();
        set_verdict(job, object, bytes, &v);
        put_json(object);
        json_decref(object);
        break;
    }
    default: put_line(job, bytes, length, &v); break;
    }
    return v.reason != SMTPCODES_REASON_UNKNOWN;
}

/* ---- many verdicts ---- */

/* A JSON object: its text is classified, the verdict's keys join the others. Returns whether it could be read. */
static int put_object(const struct job *job, size_t line, const char *bytes, size_t length)
{
    json_error_t error;
    json_t *object = json_loadb(bytes, length, JSON_ALLOW_NUL, &error);
    if (!json_is_object(object)) {
        if (object) {
            complain(0, "%s:%zu: a JSON object is expected on each line", job->file, line);
        } else {
            complain(0, "%s:%zu: no JSON: %s at column %d", job->file, line, error.text, error.column);
        }
        json_decref(object);
        return 0;
    }
    const json_t *text = json_object_get(object, job->field);
    if (!json_is_string(text)) {
        complain(0, "%s:%zu: the object has no string under the key \"%s\"", job->file, line, job->field);
        if (job->format == FORMAT_JSONL) { /* nothing is lost: it goes through without a verdict */
            put_json(object);
        }
        json_decref(object);
        return 0;
    }
    if (job->format == FORMAT_JSONL) {
        struct smtpcodes_verdict v;
        /* the text may be replaced by a verdict's value of the same name: keep it until then */
        json_t *held = json_incref(json_object_get(object, job->field));
        smtpcodes_classify_with(NULL, &job->context, json_string_value(held), json_string_length(held), &v);
        set_verdict(job, object, json_string_value(held), &v);
        put_json(object);
        json_decref(held);
    } else {
        put_verdict(job, json_string_value(text), json_string_length(text));
    }
    json_decref(object);
    return 1;
}

/* Once a second, on a terminal. */
static void show_progress(size_t done)
{
    static time_t shown;
    time_t now = time(NULL);
    if (now != shown) {
        fprintf(stderr, "\r%zu replies", done);
        shown = now;
    }
}

static int classify_stream(const struct job *job, int end, int jsonl, int line_buffered)
{
    struct input input;
    const char *bytes;
    size_t length;
    int status = DONE;
    int progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO), shown = 0;
    input_start(&input, STDIN_FILENO, end);
    while (input_next(&input, &bytes, &length)) {
        if (input.cut) {
            complain(0, "%s:%zu: longer than %d MiB, its rest is passed over", job->file, input.record,
                     INPUT_LIMIT >> 20);
            status = NOT_UNDERSTOOD;
        }
        if (end == '\n' && length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        if (!jsonl) {
            put_verdict(job, bytes, length);
        } else if (length > 0 && !put_object(job, input.record, bytes, length)) {
            status = NOT_UNDERSTOOD;
        }
        if (line_buffered) {
            fflush(stdout);
        }
        if (ferror(stdout)) {
            break;
        }
        if (progress && input.record % 4096 == 0) {
            show_progress(input.record);
            shown = 1;
        }
    }
    if (shown) {
        fprintf(stderr, "\r%zu replies\n", input.record);
    }
    if (input.failed) {
        status = complain(NOT_UNDERSTOOD, "%s: %s", job->file, strerror(input.failed));
    }
    input_free(&input);
    return status;
}

/* ---- the command ---- */

static int term_width(int vocabulary)
{
    size_t width = 1;
    for (size_t i = 0; i < smtpcodes_term_count(); i++) {
        size_t n = strlen(smtpcodes_term_name(i));
        width = smtpcodes_term_vocabulary(i) == vocabulary && n > width ? n : width;
    }
    return (int)width;
}

enum { INPUT_LINES, INPUT_NUL, INPUT_JSONL };

/* The place of a word in a list that NULL ends, or -1. */
static int choice(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

int classify_main(int argc, char **argv)
{
    static const struct option options[] = {{"input", required_argument, NULL, 'i'},
                                            {"field", required_argument, NULL, 'k'},
                                            {"format", required_argument, NULL, 'f'},
                                            {"stage", required_argument, NULL, 's'},
                                            {"receiver", required_argument, NULL, 'r'},
                                            {"client", required_argument, NULL, 'c'},
                                            {"rules", required_argument, NULL, 'R'},
                                            {"line-buffered", no_argument, NULL, 'l'},
                                            {"as", required_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    static const char *const inputs[] = {"lines", "nul", "jsonl", NULL};
    static const char *const formats[] = {"text", "json", "jsonl", "csv", NULL};
    struct job job = {.format = FORMAT_TEXT, .field = "text", .file = "standard input"};
    struct smtpcodes_rules *rules;
    const char *path = NULL;
    int input = INPUT_LINES, line_buffered = isatty(STDOUT_FILENO), status = DONE, option, value;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'i':
            input = choice(inputs, optarg);
            if (input < 0) {
                return complain(WRONG_USE, "--input is lines, nul or jsonl, not \"%s\"", optarg);
            }
            break;
        case 'k': job.field = optarg; break;
        case 'f':
            value = choice(formats, optarg);
            if (value < 0 || value == FORMAT_JSON) {
                return complain(WRONG_USE, "--format is text, jsonl or csv, not \"%s\"", optarg);
            }
            job.format = (enum format)value;
            break;
        case 's':
            value = smtpcodes_stage_from_name(optarg);
            if (value <= SMTPCODES_STAGE_UNKNOWN) {
                return complain(WRONG_USE,
                                "--stage is connect, helo, starttls, auth, mail, rcpt, data or end-of-data, "
                                "not \"%s\"",
                                optarg);
            }
            job.context.stage = (enum smtpcodes_stage)value;
            break;
        case 'r':
            job.context.receiver = optarg;
            job.context.receiver_length = strlen(optarg);
            break;
        case 'c':
            job.context.client = optarg;
            job.context.client_length = strlen(optarg);
            break;
        case 'R': path = optarg; break;
        case 'l': line_buffered = 1; break;
        case 'a':
            job.vocabulary = vocabulary_option(optarg);
            if (job.vocabulary < 0) {
                return WRONG_USE;
            }
            job.term_width = term_width(job.vocabulary);
            break;
        default: return bad_option(argv);
        }
    }
    if (!load_rules(path, &rules)) {
        return WRONG_USE;
    }
    job.rules = rules;
    signal(SIGPIPE, SIG_IGN); /* a reader that has enough is no error; writes fail instead */
    if (job.format == FORMAT_CSV) {
        put_csv_header(&job);
    }
    if (optind < argc) {
        for (int i = optind; i < argc; i++) {
            if (!put_verdict(&job, argv[i], strlen(argv[i]))) {
                status = NOT_UNDERSTOOD;
            }
        }
    } else {
        status = classify_stream(&job, input == INPUT_NUL ? '\0' : '\n', input == INPUT_JSONL, line_buffered);
    }
    smtpcodes_rules_free(rules);
    return finish_output(status);
}
