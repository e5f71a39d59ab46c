/* Rules of one's own: are they sound, and what would they change? */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- check ---- */

/* Prints what is wrong with the rules; returns whether something is. */
static int print_findings(const struct smtpcodes_rules *rules)
{
    size_t needed = smtpcodes_rules_check(rules, NULL, 0);
    char *text = malloc(needed + 1);
    if (!text) {
        out_of_memory();
    }
    if (needed) { /* a check takes its time */
        smtpcodes_rules_check(rules, text, needed + 1);
        fwrite(text, 1, needed, stdout);
    }
    free(text);
    return needed > 0;
}

static int run_check(int argc, char **argv)
{
    static const struct option options[] = {{NULL, 0, NULL, 0}};
    int status = DONE;
    if (getopt_long(argc, argv, ":", options, NULL) != -1) {
        return bad_option(argv);
    }
    if (optind == argc) {
        return complain(WRONG_USE, "rules check FILE ...: files of rules are checked");
    }
    for (int i = optind; i < argc; i++) {
        struct smtpcodes_rules *rules;
        if (!load_rules(argv[i], &rules) || print_findings(rules)) {
            status = NOT_UNDERSTOOD;
        }
        smtpcodes_rules_free(rules);
    }
    return finish_output(status);
}

/* ---- diff ---- */

struct comparison {
    struct smtpcodes_rules *old, *new;
    enum format format;
    const char *field;
    size_t count, changed;
};

static int differ(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

static json_t *json_of(const struct smtpcodes_verdict *v)
{
    return json_pack("{ss ss ss ss?}", "reason", smtpcodes_reason_name(v->reason), "bounce",
                     smtpcodes_bounce_name((int)v->bounce), "action", smtpcodes_action_name((int)v->action), "rule",
                     v->rule);
}

static void put_side(struct output *out, const struct smtpcodes_verdict *v)
{
    const char *const words[] = {smtpcodes_reason_name(v->reason), smtpcodes_bounce_name((int)v->bounce),
                                 smtpcodes_action_name((int)v->action), v->rule ? v->rule : "-"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        put_text(out, words[i]);
        put_text(out, i + 1 < sizeof words / sizeof *words ? " " : "");
    }
}

static void compare_reply(void *context, const struct reply *reply, struct output *out)
{
    struct comparison *c = context;
    struct smtpcodes_verdict old, new;
    if (!reply->bytes) {
        return;
    }
    smtpcodes_classify_with(c->old, NULL, reply->bytes, reply->length, &old);
    smtpcodes_classify_with(c->new, NULL, reply->bytes, reply->length, &new);
    c->count++;
    if (old.reason == new.reason && old.bounce == new.bounce &&old.action == new.action &&
        !differ(old.rule, new.rule)) {
        return;
    }
    c->changed++;
    if (c->format == FORMAT_JSONL) {
        json_t *object = reply->object ? json_incref(reply->object) : json_object();
        if (!reply->object) {
            json_object_set_new(object, c->field, json_bytes(reply->bytes, reply->length));
        }
        json_object_set_new(object, "old", json_of(&old));
        json_object_set_new(object, "new", json_of(&new));
        put_json(out, object);
        json_decref(object);
    } else {
        put_side(out, &old);
        put_text(out, " -> ");
        put_side(out, &new);
        put_text(out, "  ");
        put_plain(out, reply->bytes, reply->length);
        put_char(out, '\n');
    }
}

/* "-" and "builtin" stand for none. */
static int load_side(const char *path, struct smtpcodes_rules **rules)
{
    return load_rules(strcmp(path, "-") == 0 || strcmp(path, "builtin") == 0 ? NULL : path, rules);
}

static int compare_file(struct replies *replies, const char *path)
{
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0) {
        return complain(NOT_UNDERSTOOD, "%s: %s", path, strerror(errno));
    }
    replies->file = path;
    int status = read_replies(replies, descriptor);
    close(descriptor);
    return status;
}

static int run_diff(int argc, char **argv)
{
    static const struct option options[] = {{"input", required_argument, NULL, 'i'},
                                            {"field", required_argument, NULL, 'k'},
                                            {"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    static const char *const formats[] = {"text", "jsonl", NULL};
    struct comparison c = {.format = FORMAT_TEXT, .field = "text"};
    struct replies replies = {.field = "text", .file = "standard input", .use = compare_reply, .context = &c};
    int option, status = DONE;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'i':
            if (!form_from_name(optarg, &replies.form)) {
                return WRONG_USE;
            }
            break;
        case 'k': c.field = replies.field = optarg; break;
        case 'f': {
            int value = choice(formats, optarg);
            if (value < 0) {
                return complain(WRONG_USE, "--format is text or jsonl, not \"%s\"", optarg);
            }
            c.format = value == 0 ? FORMAT_TEXT : FORMAT_JSONL;
            break;
        }
        default: return bad_option(argv);
        }
    }
    if (argc - optind < 2) {
        return complain(WRONG_USE, "rules diff OLD NEW [REPLIES ...]: two files of rules are compared");
    }
    if (!load_side(argv[optind], &c.old)) {
        return WRONG_USE;
    }
    if (!load_side(argv[optind + 1], &c.new)) {
        smtpcodes_rules_free(c.old);
        return WRONG_USE;
    }
    signal(SIGPIPE, SIG_IGN); /* a reader that has enough is no error; writes fail instead */
    if (optind + 2 == argc) {
        status = read_replies(&replies, STDIN_FILENO);
    }
    for (int i = optind + 2; i < argc; i++) {
        if (compare_file(&replies, argv[i]) != DONE) {
            status = NOT_UNDERSTOOD;
        }
    }
    smtpcodes_rules_free(c.old);
    smtpcodes_rules_free(c.new);
    status = finish_output(c.changed ? NOT_UNDERSTOOD : status);
    fprintf(stderr, "%zu of %zu replies change\n", c.changed, c.count);
    return status;
}

int rules_main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "check") == 0) {
        return run_check(argc - 1, argv + 1);
    }
    if (argc > 1 && strcmp(argv[1], "diff") == 0) {
        return run_diff(argc - 1, argv + 1);
    }
    if (argc > 1) {
        return complain(WRONG_USE, "rules has check and diff, not \"%s\"", argv[1]);
    }
    return complain(WRONG_USE, "rules check or rules diff? (see smtpcodes --help)");
}
