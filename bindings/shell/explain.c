#include "command.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

/* Prints one page; returns whether the query was understood. */
static int print_page(const struct smtpcodes_rules *rules, const char *query, size_t length, enum smtpcodes_style style)
{
    int understood;
    size_t needed = smtpcodes_explain_with(rules, query, length, style, NULL, 0, &understood);
    char *page = malloc(needed + 1);
    if (!page) {
        out_of_memory();
    }
    smtpcodes_explain_with(rules, query, length, style, page, needed + 1, NULL);
    fwrite(page, 1, needed, stdout);
    free(page);
    return understood;
}

/* The pages of all arguments or, where there are none, of standard input, which is one reply. */
static int print_pages(const struct smtpcodes_rules *rules, int argc, char **argv, enum smtpcodes_style style)
{
    int all = 1;
    if (optind == argc) {
        struct input input;
        struct records records = {0};
        input_start(&input, STDIN_FILENO, -1);
        const int is_there = input_read(&input, &records);
        if (input.failed) {
            all = 0;
            complain(0, "standard input: %s", strerror(input.failed));
        } else {
            all = print_page(rules, is_there ? records.bytes.bytes : "", records.bytes.used, style);
        }
        output_free(&records.bytes);
        input_free(&input);
    }
    for (int i = optind; i < argc; i++) {
        if (i > optind) {
            putchar('\n');
        }
        all &= print_page(rules, argv[i], strlen(argv[i]), style);
    }
    return finish_output(all ? DONE : NOT_UNDERSTOOD);
}

int explain_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"color", required_argument, NULL, 'c'}, {"rules", required_argument, NULL, 'R'}, {NULL, 0, NULL, 0}};
    struct smtpcodes_rules *rules;
    enum smtpcodes_style style = SMTPCODES_STYLE_PLAIN;
    const char *term = getenv("TERM"), *path = NULL;
    int option;
    if (isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0) {
        style = SMTPCODES_STYLE_TERMINAL;
    }
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == 'R') {
            path = optarg;
        } else if (option != 'c') {
            return bad_option(argv);
        } else if (strcmp(optarg, "always") == 0) {
            style = SMTPCODES_STYLE_TERMINAL;
        } else if (strcmp(optarg, "never") == 0) {
            style = SMTPCODES_STYLE_PLAIN;
        } else if (strcmp(optarg, "auto") != 0) {
            return complain(WRONG_USE, "--color is auto, always or never, not \"%s\"", optarg);
        }
    }
    if (optind == argc && isatty(STDIN_FILENO)) {
        return complain(WRONG_USE, "explain what? A code (550), an enhanced code (5.1.1) or a reply");
    }
    if (!load_rules(path, &rules)) {
        return WRONG_USE;
    }
    int status = print_pages(rules, argc, argv, style);
    smtpcodes_rules_free(rules);
    return status;
}
