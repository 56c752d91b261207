// Runs a target over files, and over all files of folders: what compilers without
// libFuzzer have instead of its main, so that every build replays the corpora.
//
//     fuzz_number [-OPTION...] FILE|FOLDER...
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    // Exactly its size: a byte read behind it is seen by the sanitizers.
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    bool good = data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size;
    (void)fclose(file);
    if (good) {
        // Said before it runs: the last line before a crash names the input.
        (void)fprintf(stderr, "%s\n", path);
        (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    }
    free(data);
    return good;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

// All files of a folder by name, or the file that path is. How many ran is added to
// *count.
static bool run_path(const char *path, size_t *count)
{
    struct dirent **entries = NULL;
    int found = scandir(path, &entries, is_shown, alphasort);
    if (found < 0) {
        ++*count;
        return run_file(path);
    }
    bool good = true;
    for (int i = 0; i < found; i++) {
        char full[4096];
        int len = snprintf(full, sizeof full, "%s/%s", path, entries[i]->d_name);
        good = len > 0 && (size_t)len < sizeof full && run_file(full) && good;
        ++*count;
        free(entries[i]);
    }
    free(entries);
    return good;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    bool good = true;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') { // options are libFuzzer's
            good = run_path(argv[i], &count) && good;
        }
    }
    printf("%zu inputs\n", count);
    return good && count > 0 ? 0 : 1;
}
