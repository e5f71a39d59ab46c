#include "verdict.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct job {
    const struct smtpcodes_rules *rules;
    struct smtpcodes_context context;
    struct form_of_verdict form;
    struct groups *unknown; /* or NULL: every verdict is written */
};

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
        out_of_memory();
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

/* A reply that no rule understood, on its way to the groups: this, the reply, its template. */
struct unknown {
    size_t length, template_length;
};

static void put_unknown(const struct job *job, const char *bytes, size_t length, struct output *out)
{
    char template[GROUP_BYTES + 1];
    if (!smtpcodes_text_is_unknown(job->rules, &job->context, bytes, length)) {
        return;
    }
    const size_t n = smtpcodes_template(bytes, length, template, sizeof template);
    const struct unknown unknown = {length, n < sizeof template ? n : sizeof template - 1};
    put_bytes(out, (const char *)&unknown, sizeof unknown);
    put_bytes(out, bytes, length);
    put_bytes(out, template, unknown.template_length);
}

static void add_unknown(const struct job *job, const char *bytes, const struct unknown *unknown)
{
    struct groups *groups = job->unknown;
    json_t *key = json_bytes(bytes + unknown->length, unknown->template_length);
    const json_t *place = json_object_get(groups->by_template, json_string_value(key));
    if (place) {
        groups->list[json_integer_value(place)].count++;
        json_decref(key);
    } else if (groups->count == GROUPS_MAX) {
        groups->left_out++;
        json_decref(key);
    } else {
        struct smtpcodes_verdict v;
        const size_t sample = unknown->length < GROUP_BYTES ? unknown->length : GROUP_BYTES;
        smtpcodes_classify_with(job->rules, &job->context, bytes, unknown->length, &v);
        if (json_object_set_new_nocheck(groups->by_template, json_string_value(key),
                                        json_integer((json_int_t)groups->count))) {
            out_of_memory();
        }
        groups->list[groups->count] = (struct group){key, json_bytes(bytes, sample), v.reason, 1, groups->count};
        groups->count++;
    }
}

static int take_unknown(void *context, const char *bytes, size_t length)
{
    const char *const behind = bytes + length;
    while (bytes < behind) {
        struct unknown unknown;
        memcpy(&unknown, bytes, sizeof unknown);
        add_unknown(context, bytes + sizeof unknown, &unknown);
        bytes += sizeof unknown + unknown.length + unknown.template_length;
    }
    return 1;
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

static void put_group(struct output *out, const struct group *group, enum format format)
{
    const char *reason = smtpcodes_reason_name(group->reason);
    const char *template = json_string_value(group->template), *sample = json_string_value(group->sample);
    const size_t template_length = json_string_length(group->template),
                 sample_length = json_string_length(group->sample);
    if (format == FORMAT_JSONL) {
        json_t *object = json_pack("{sIsssOsO}", "count", (json_int_t)group->count, "reason", reason, "template",
                                   group->template, "sample", group->sample);
        put_json(out, object);
        json_decref(object);
    } else if (format == FORMAT_CSV) {
        put_number(out, group->count, 0);
        put_char(out, ',');
        put_text(out, reason);
        put_char(out, ',');
        put_csv(out, template, template_length);
        put_char(out, ',');
        put_csv(out, sample, sample_length);
        put_char(out, '\n');
    } else {
        put_number(out, group->count, 7);
        put_text(out, "  ");
        put_padded(out, reason, 20);
        put_plain(out, template, template_length);
        put_char(out, '\n');
        put_padded(out, "", 29);
        put_plain(out, sample, sample_length);
        put_char(out, '\n');
    }
}

static void put_groups(struct output *out, struct groups *groups, enum format format)
{
    if (groups->count) {
        qsort(groups->list, groups->count, sizeof *groups->list, by_count);
    }
    for (size_t i = 0; i < groups->count; i++) {
        put_group(out, &groups->list[i], format);
    }
    flush_output(out);
    if (groups->left_out) {
        complain(0, "%zu more replies are in no group: %d groups are kept", groups->left_out, GROUPS_MAX);
    }
}

/* ---- verdicts ---- */

/* Returns whether the reply was understood. */
static int put_reply(const struct job *job, const struct reply *reply, struct output *out)
{
    struct smtpcodes_verdict v;
    if (!reply->bytes) { /* nothing of an object is lost: it goes through as it is */
        if (reply->object && job->form.format == FORMAT_JSONL && !job->unknown) {
            put_json(out, reply->object);
        }
        return 0;
    }
    if (job->unknown) {
        put_unknown(job, reply->bytes, reply->length, out);
        return 1;
    }
    smtpcodes_classify_with(job->rules, &job->context, reply->bytes, reply->length, &v);
    if (reply->object && job->form.format == FORMAT_JSONL) {
        put_verdict_with(out, &job->form, reply->object, reply->bytes, &v);
    } else {
        put_verdict(out, &job->form, reply->bytes, reply->length, &v);
    }
    return v.reason != SMTPCODES_REASON_UNKNOWN;
}

static void use_reply(void *context, const struct reply *reply, struct output *out)
{
    put_reply(context, reply, out);
}

/* The texts of the arguments. */
static int use_arguments(const struct job *job, char **texts, int count, struct output *out)
{
    struct output unknown = {0};
    int status = DONE;
    for (int i = 0; i < count; i++) {
        if (!put_reply(job, &(struct reply){texts[i], strlen(texts[i]), NULL}, job->unknown ? &unknown : out)) {
            status = NOT_UNDERSTOOD;
        }
    }
    if (unknown.used) {
        take_unknown((void *)job, unknown.bytes, unknown.used);
    }
    output_free(&unknown);
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

/* The value of --jobs into *jobs; 0 after a complaint. */
static int jobs_option(const char *value, int *jobs)
{
    char *end;
    const long number = strtol(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || number > JOBS_MAX) {
        complain(0, "--jobs is 1 to %d, or 0 for the number of processors, not \"%s\"", JOBS_MAX, value);
        return 0;
    }
    const long processors = number ? number : sysconf(_SC_NPROCESSORS_ONLN);
    *jobs = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (int)processors;
    return 1;
}

int classify_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"input", required_argument, NULL, 'i'},    {"field", required_argument, NULL, 'k'},
        {"format", required_argument, NULL, 'f'},   {"stage", required_argument, NULL, 's'},
        {"receiver", required_argument, NULL, 'r'}, {"client", required_argument, NULL, 'c'},
        {"rules", required_argument, NULL, 'R'},    {"line-buffered", no_argument, NULL, 'l'},
        {"as", required_argument, NULL, 'a'},       {"unknown", no_argument, NULL, 'u'},
        {"jobs", required_argument, NULL, 'j'},     {NULL, 0, NULL, 0}};
    static const char *const formats[] = {"text", "json", "jsonl", "csv", NULL};
    struct job job = {.form = {.format = FORMAT_TEXT}};
    struct output out = {0};
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
            job.form.format = (enum format)value;
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
            job.form.vocabulary = vocabulary_option(optarg);
            if (job.form.vocabulary < 0) {
                return WRONG_USE;
            }
            job.form.term_width = term_width(job.form.vocabulary);
            break;
        case 'u': job.unknown = &unknown; break;
        case 'j':
            if (!jobs_option(optarg, &replies.jobs)) {
                return WRONG_USE;
            }
            break;
        default: return bad_option(argv);
        }
    }
    if (!load_rules(path, &rules)) {
        return WRONG_USE;
    }
    job.rules = rules;
    job.form.rules_version = smtpcodes_rules_version(rules);
    verdict_start(&job.form);
    signal(SIGPIPE, SIG_IGN); /* a reader that has enough is no error; writes fail instead */
    if (job.unknown) {
        groups_start(&unknown);
        replies.take = take_unknown;
    }
    if (job.form.format == FORMAT_CSV && job.unknown) {
        put_text(&out, "count,reason,template,sample\n");
    } else if (job.form.format == FORMAT_CSV) {
        put_verdict_header(&out, &job.form);
    }
    if (optind < argc) {
        status = use_arguments(&job, argv + optind, argc - optind, &out);
    } else if (flush_output(&out)) {
        status = read_replies(&replies, STDIN_FILENO);
    }
    if (job.unknown) {
        put_groups(&out, &unknown, job.form.format);
        groups_free(&unknown);
    }
    flush_output(&out);
    output_free(&out);
    smtpcodes_rules_free(rules);
    return finish_output(status);
}
