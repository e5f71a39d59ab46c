/* Runs a target over files and over the files of folders: the corpus and old crashes, without a fuzzer. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "fuzz.h"

static size_t files;

static void stop(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(EXIT_FAILURE);
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        stop(path);
    }
    long length = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc((size_t)length); /* exact: the sanitizer sees a read beyond */
    if ((length && !bytes) || fread(bytes, 1, (size_t)length, file) != (size_t)length) {
        stop(path);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, (size_t)length);
    free(bytes);
    files++;
}

int main(int count, char **paths)
{
    for (int i = 1; i < count; i++) {
        DIR *folder = opendir(paths[i]);
        if (!folder && errno != ENOTDIR) {
            stop(paths[i]);
        }
        if (!folder) {
            replay_file(paths[i]);
            continue;
        }
        for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            char path[4096];
            if (entry->d_name[0] != '.') {
                snprintf(path, sizeof path, "%s/%s", paths[i], entry->d_name);
                replay_file(path);
            }
        }
        closedir(folder);
    }
    printf("%zu files\n", files);
    return files ? EXIT_SUCCESS : EXIT_FAILURE; /* nothing replayed is nothing tested */
}
