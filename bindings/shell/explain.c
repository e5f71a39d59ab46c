#include "command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints one page; returns whether the query was understood. */
static int print_page(const char *query, size_t length, enum smtpcodes_style style)
{
    int understood;
    size_t needed = smtpcodes_explain(query, length, style, NULL, 0, &understood);
    char *page = malloc(needed + 1);
    if (!page) {
        exit(complain(NOT_UNDERSTOOD, "out of memory"));
    }
    smtpcodes_explain(query, length, style, page, needed + 1, NULL);
    fwrite(page, 1, needed, stdout);
    free(page);
    return understood;
}

int explain_main(int argc, char **argv)
{
    static const struct option options[] = {{"color", required_argument, NULL, 'c'}, {NULL, 0, NULL, 0}};
    enum smtpcodes_style style = SMTPCODES_STYLE_PLAIN;
    const char *term = getenv("TERM");
    int all = 1, option;
    if (isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0) {
        style = SMTPCODES_STYLE_TERMINAL;
    }
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option != 'c') {
            return bad_option(argv);
        }
        if (strcmp(optarg, "always") == 0) {
            style = SMTPCODES_STYLE_TERMINAL;
        } else if (strcmp(optarg, "never") == 0) {
            style = SMTPCODES_STYLE_PLAIN;
        } else if (strcmp(optarg, "auto") != 0) {
            return complain(WRONG_USE, "--color is auto, always or never, not \"%s\"", optarg);
        }
    }
    if (optind == argc) { /* the whole of standard input is one reply */
        struct input input;
        const char *bytes = "";
        size_t length = 0;
        if (isatty(STDIN_FILENO)) {
            return complain(WRONG_USE, "explain what? A code (550), an enhanced code (5.1.1) or a reply");
        }
        input_start(&input, STDIN_FILENO, -1);
        input_next(&input, &bytes, &length);
        if (input.failed) {
            input_free(&input);
            return complain(NOT_UNDERSTOOD, "standard input: %s", strerror(input.failed));
        }
        all = print_page(bytes, length, style);
        input_free(&input);
    }
    for (int i = optind; i < argc; i++) {
        if (i > optind) {
            putchar('\n');
        }
        all &= print_page(argv[i], strlen(argv[i]), style);
    }
    return finish_output(all ? DONE : NOT_UNDERSTOOD);
}
