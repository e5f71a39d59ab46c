/* Which phrases are found in which texts, by the library's own compiler and matcher:
 *
 *   phrases words.tsv < LINES
 *
 * A line is a phrase, a tab and a text; the answer is a line "1" or "0". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "match.h"
#include "tsv.h"

static void stop(const char *message)
{
    fprintf(stderr, "phrases: %s\n", message);
    exit(2);
}

static void found(void *context, uint32_t out, const unsigned char *start, const unsigned char *end)
{
    (void)out;
    (void)start;
    (void)end;
    *(int *)context = 1;
}

/* The reader writes into the text, so each compiler needs it afresh. */
static void add_words(struct smtpcodes__compiler *compiler, const char *path)
{
    static char text[1 << 16];
    struct smtpcodes__tsv tsv;
    FILE *f = fopen(path, "rb");
    if (!f) {
        stop(path);
    }
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    smtpcodes__tsv_start(&tsv, path, text, 3);
    while (smtpcodes__tsv_next(&tsv) == 1) {
        char **const c = tsv.column;
        int alias = strcmp(c[1], "alias") == 0;
        int failed = strcmp(c[1], "noise") == 0
                         ? smtpcodes__compiler_noise(compiler, c[0])
                         : smtpcodes__compiler_alias(compiler, c[0], c[alias ? 2 : 0], strcmp(c[1], "negation") == 0);
        if (failed) {
            stop(smtpcodes__compiler_error(compiler));
        }
    }
}

static int is_found(const char *words, const char *phrase, const char *text)
{
    struct smtpcodes__ruleset rules;
    struct smtpcodes__compiler *compiler = smtpcodes__compiler_new();
    int hit = 0;
    if (!compiler) {
        stop("out of memory");
    }
    add_words(compiler, words);
    if (smtpcodes__compiler_phrase(compiler, phrase, SMTPCODES__OUT_CUE, 0) ||
        smtpcodes__compiler_finish(compiler, &rules)) {
        stop(smtpcodes__compiler_error(compiler));
    }
    struct smtpcodes__matcher matcher = {&rules, found, &hit, NULL, 0, NULL, 0, 0};
    smtpcodes__match_text(&matcher, text, strlen(text));
    smtpcodes__compiler_free(compiler);
    return hit;
}

int main(int argc, char **argv)
{
    char line[1024];
    if (argc != 2) {
        stop("usage: phrases words.tsv < LINES");
    }
    while (fgets(line, sizeof line, stdin)) {
        char *tab = strchr(line, '\t');
        if (!tab) {
            stop("a line has no tab");
        }
        *tab = 0;
        tab[1 + strcspn(tab + 1, "\n")] = 0;
        printf("%d\n", is_found(argv[1], line, tab + 1));
    }
    return 0;
}
