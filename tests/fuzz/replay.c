/* Runs LLVMFuzzerTestOneInput over every file of the directories, and every file, named on the command line:
 * the committed corpora stay tests under compilers and sanitizers without libFuzzer. No input at
 * all is a failure: the corpus was not found. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t run_file(w403_arena *a, const char *path)
{
    w403_error err;
    w403_view  text;
    if (w403_file_read(a, path, &text, &err) != W403_OK) {
        (void)fprintf(stderr, "replay: %s\n", err.message);
        exit(2);
    }
    /* A copy of the exact size, so that a sanitizer sees the first byte read beyond it. */
    uint8_t *exact = malloc(text.n ? text.n : 1);
    if (!exact) {
        exit(2);
    }
    memcpy(exact, text.p, text.n);
    (void)LLVMFuzzerTestOneInput(exact, text.n);
    free(exact);
    return 1;
}

static size_t run_directory(w403_arena *a, const char *root)
{
    w403_error err;
    w403_paths files = {0};
    if (w403_file_list_plain(a, root, &files, &err) != W403_OK) {
        (void)fprintf(stderr, "replay: %s\n", err.message);
        exit(2);
    }
    for (size_t i = 0; i < files.n; i++) {
        w403_view path = w403_arena_printf(a, "%s/%s", root, files.at[i].p);
        if (!path.p) {
            exit(2);
        }
        (void)run_file(a, path.p);
    }
    return files.n;
}

int main(int argc, char **argv)
{
    size_t n = 0;
    for (int i = 1; i < argc; i++) {
        w403_arena *a = w403_arena_new(0);
        if (!a) {
            return 2;
        }
        if (w403_is_directory(argv[i])) {
            n += run_directory(a, argv[i]);
        } else {
            n += run_file(a, argv[i]);
        }
        w403_arena_free(a);
    }
    printf("%zu inputs replayed\n", n);
    return n ? 0 : 1;
}
