/* smtpcodes(1): what a mail server means, for the shell. It decides nothing: bytes in, verdicts out. */
#include "command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>

static const char usage[] =
    "usage: smtpcodes explain [--rules FILE] CODE | ENHANCED-CODE | REPLY ...\n"
    "       smtpcodes classify [--input lines|nul|jsonl] [--field KEY] [--format text|jsonl|csv]\n"
    "                          [--stage STAGE] [--receiver HOST] [--client IP] [--rules FILE]\n"
    "                          [--as VOCABULARY] [--jobs N] [--line-buffered] [TEXT ...]\n"
    "       smtpcodes list [--standing STANDING] [--as VOCABULARY] [--format text|json|csv]\n"
    "                      [codes|enhanced|reasons|providers|blocklists|rules|vocabularies|terms]\n"
    "       smtpcodes classify --unknown [--format text|jsonl|csv] [...]\n"
    "       smtpcodes rules check FILE ...\n"
    "       smtpcodes rules diff [--input lines|nul|jsonl] [--field KEY] [--format text|jsonl] OLD NEW [REPLIES ...]\n"
    "       smtpcodes --version | --help\n"
    "Without TEXT, classify reads replies from standard input. See smtpcodes(1).\n";

int complain(int status, const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fputs("smtpcodes: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

_Noreturn void out_of_memory(void)
{
    exit(complain(NOT_UNDERSTOOD, "out of memory"));
}

int bad_option(char **argv)
{
    if (optopt && strncmp(argv[optind - 1], "--", 2) != 0) {
        return complain(WRONG_USE, "unknown option -%c (see smtpcodes --help)", optopt);
    }
    return complain(WRONG_USE,
                    optopt ? "option %s needs a value" : "unknown or ambiguous option %s (see smtpcodes --help)",
                    argv[optind - 1]);
}

int load_rules(const char *path, struct smtpcodes_rules **rules)
{
    char message[1024];
    *rules = path ? smtpcodes_rules_load_file(path, message, sizeof message) : NULL;
    if (path && !*rules) {
        complain(0, "%s", message);
    }
    return !path || *rules;
}

int vocabulary_option(const char *name)
{
    const int vocabulary = smtpcodes_vocabulary_from_name(name);
    if (vocabulary < 0) {
        char names[256] = "";
        for (int i = 1; i <= (int)smtpcodes_vocabulary_count(); i++) {
            const char *before = i == 1 ? "" : i < (int)smtpcodes_vocabulary_count() ? ", " : " or ";
            const size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, "%s%s", before, smtpcodes_vocabulary_name(i));
        }
        complain(WRONG_USE, "--as is %s, not \"%s\"", names, name);
    }
    return vocabulary;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int, char **);
    } commands[] = {{"explain", explain_main}, {"list", list_main}, {"classify", classify_main}, {"rules", rules_main}};
    if (argc < 2) {
        fputs(usage, stderr);
        return WRONG_USE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("smtpcodes %s (rules %s)\n", smtpcodes_version(), smtpcodes_rules_version(NULL));
        return finish_output(DONE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        fputs(usage, stdout);
        return finish_output(DONE);
    }
    if (argc > 2 && strcmp(argv[2], "--help") == 0) {
        fputs(usage, stdout);
        return finish_output(DONE);
    }
    opterr = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return complain(WRONG_USE, "unknown command \"%s\" (explain, list, classify, rules; see smtpcodes --help)",
                    argv[1]);
}
