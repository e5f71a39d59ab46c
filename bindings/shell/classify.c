#include "command.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct job {
    const struct smtpcodes_rules *rules;
    struct smtpcodes_context context;
    enum format format;
    int vocabulary;         /* whose term is wanted too; 0: none */
    int term_width;         /* of its longest term */
    struct groups *unknown; /* or NULL: every verdict is written */
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

/* ---- what no rule understood ---- */

/* At most so many groups are kept, and so many bytes of a template and of a sample: some 20 MB in all. */
enum { GROUPS_MAX = 10000, GROUP_BYTES = 1000 };

struct groups {
    json_t *by_template; /* template -> the place of its group */
    struct group {
        json_t *template, *sample;
        int reason;
        size_t count, place;
    } * list;
    size_t count, left_out;
};

static void groups_start(struct groups *groups)
{
    groups->by_template = json_object();
    groups->list = malloc(GROUPS_MAX * sizeof *groups->list);
    groups->count = groups->left_out = 0;
    if (!groups->list || !groups->by_template) {
        exit(complain(NOT_UNDERSTOOD, "out of memory"));
    }
}

static void groups_free(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        json_decref(groups->list[i].template);
        json_decref(groups->list[i].sample);
    }
    free(groups->list);
    json_decref(groups->by_template);
}

static void add_unknown(struct job *job, const char *bytes, size_t length)
{
    struct groups *groups = job->unknown;
    char template[GROUP_BYTES + 1];
    if (!smtpcodes_text_is_unknown(job->rules, &job->context, bytes, length)) {
        return;
    }
    size_t n = smtpcodes_template(bytes, length, template, sizeof template);
    json_t *key = json_bytes(template, n < sizeof template ? n : sizeof template - 1);
    const json_t *place = json_object_get(groups->by_template, json_string_value(key));
    if (place) {
        groups->list[json_integer_value(place)].count++;
        json_decref(key);
    } else if (groups->count == GROUPS_MAX) {
        groups->left_out++;
        json_decref(key);
    } else {
        struct smtpcodes_verdict v;
        smtpcodes_classify_with(job->rules, &job->context, bytes, length, &v);
        if (json_object_set_new_nocheck(groups->by_template, json_string_value(key),
                                        json_integer((json_int_t)groups->count))) {
            exit(complain(NOT_UNDERSTOOD, "out of memory"));
        }
        groups->list[groups->count] = (struct group){
            key, json_bytes(bytes, length < GROUP_BYTES ? length : GROUP_BYTES), v.reason, 1, groups->count};
        groups->count++;
    }
}

/* Most frequent first, and of those that are as frequent the one that came first. */
static int by_count(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return x->place < y->place ? -1 : x->place > y->place;
}

static void put_group(const struct group *group, enum format format)
{
    const char *reason = smtpcodes_reason_name(group->reason);
    const char *template = json_string_value(group->template), *sample = json_string_value(group->sample);
    const size_t template_length = json_string_length(group->template),
                 sample_length = json_string_length(group->sample);
    if (format == FORMAT_JSONL) {
        json_t *object = json_pack("{sIsssOsO}", "count", (json_int_t)group->count, "reason", reason, "template",
                                   group->template, "sample", group->sample);
        put_json(object);
        json_decref(object);
    } else if (format == FORMAT_CSV) {
        printf("%zu,%s,", group->count, reason);
        put_csv(stdout, template, template_length);
        putchar(',');
        put_csv(stdout, sample, sample_length);
        putchar('\n');
    } else {
        printf("%7zu  %-20s  ", group->count, reason);
        put_plain(stdout, template, template_length);
        printf("\n%31s", "");
        put_plain(stdout, sample, sample_length);
        putchar('\n');
    }
}

static void put_groups(struct groups *groups, enum format format)
{
    if (groups->count) {
        qsort(groups->list, groups->count, sizeof *groups->list, by_count);
    }
    for (size_t i = 0; i < groups->count; i++) {
        put_group(&groups->list[i], format);
    }
    if (groups->left_out) {
        complain(0, "%zu more replies are in no group: %d groups are kept", groups->left_out, GROUPS_MAX);
    }
}

/* ---- many verdicts ---- */

static void use_reply(void *context, const struct reply *reply)
{
    struct job *job = context;
    if (job->unknown) {
        if (reply->bytes) {
            add_unknown(job, reply->bytes, reply->length);
        }
    } else if (!reply->object || job->format != FORMAT_JSONL) {
        if (reply->bytes) {
            put_verdict(job, reply->bytes, reply->length);
        }
    } else { /* the verdict joins the other keys; without a text nothing is lost: it goes through as it is */
        if (reply->bytes) {
            struct smtpcodes_verdict v;
            smtpcodes_classify_with(job->rules, &job->context, reply->bytes, reply->length, &v);
            set_verdict(job, reply->object, reply->bytes, &v);
        }
        put_json(reply->object);
    }
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
                                            {"unknown", no_argument, NULL, 'u'},
                                            {NULL, 0, NULL, 0}};
    static const char *const formats[] = {"text", "json", "jsonl", "csv", NULL};
    struct job job = {.format = FORMAT_TEXT};
    struct replies replies = {.field = "text", .file = "standard input", .use = use_reply, .context = &job};
    struct groups unknown = {0};
    struct smtpcodes_rules *rules;
    const char *path = NULL;
    int status = DONE, option, value;
    replies.line_buffered = isatty(STDOUT_FILENO);
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'i':
            if (!form_from_name(optarg, &replies.form)) {
                return WRONG_USE;
            }
            break;
        case 'k': replies.field = optarg; break;
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
        case 'l': replies.line_buffered = 1; break;
        case 'a':
            job.vocabulary = vocabulary_option(optarg);
            if (job.vocabulary < 0) {
                return WRONG_USE;
            }
            job.term_width = term_width(job.vocabulary);
            break;
        case 'u': job.unknown = &unknown; break;
        default: return bad_option(argv);
        }
    }
    if (!load_rules(path, &rules)) {
        return WRONG_USE;
    }
    job.rules = rules;
    signal(SIGPIPE, SIG_IGN); /* a reader that has enough is no error; writes fail instead */
    if (job.unknown) {
        groups_start(&unknown);
    }
    if (job.format == FORMAT_CSV && job.unknown) {
        puts("count,reason,template,sample");
    } else if (job.format == FORMAT_CSV) {
        put_csv_header(&job);
    }
    for (int i = optind; i < argc; i++) {
        if (job.unknown) {
            add_unknown(&job, argv[i], strlen(argv[i]));
        } else if (!put_verdict(&job, argv[i], strlen(argv[i]))) {
            status = NOT_UNDERSTOOD;
        }
    }
    if (optind == argc) {
        status = read_replies(&replies, STDIN_FILENO);
    }
    if (job.unknown) {
        put_groups(&unknown, job.format);
        groups_free(&unknown);
    }
    smtpcodes_rules_free(rules);
    return finish_output(status);
}
