#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"

static char root[] = "/tmp/w403-file-XXXXXX";

static const char *in_root(w403_arena *a, const char *name)
{
    return w403_arena_printf(a, "%s/%s", root, name).p;
}

static void write_file(w403_arena *a, const char *name, const char *text, size_t n)
{
    FILE *f = fopen(in_root(a, name), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    *state = w403_arena_new(0);
    return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
    char command[128];
    (void)snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -r '%s'", root, root);
    w403_arena_free(*state);
    return system(command);
}

static void test_read(void **state)
{
    w403_arena *a = *state;
    w403_view   v;
    w403_error  err;
    write_file(a, "plain", "a\0b", 3);
    assert_int_equal(w403_file_read(a, in_root(a, "plain"), &v, &err), W403_OK);
    assert_int_equal(v.n, 3);
    assert_memory_equal(v.p, "a\0b", 4);
    write_file(a, "empty", "", 0);
    assert_int_equal(w403_file_read(a, in_root(a, "empty"), &v, &err), W403_OK);
    assert_true(v.p && v.n == 0);
    char *large = malloc(300000);
    assert_non_null(large);
    memset(large, 'x', 300000);
    write_file(a, "large", large, 300000);
    assert_int_equal(w403_file_read(a, in_root(a, "large"), &v, &err), W403_OK);
    assert_int_equal(v.n, 300000);
    assert_memory_equal(v.p, large, v.n);
    free(large);
    /* files that say they are empty and are not */
    assert_int_equal(w403_file_read(a, "/proc/self/status", &v, &err), W403_OK);
    assert_true(v.n > 100);
}

static void test_read_pipe(void **state)
{
    w403_arena *a = *state;
    w403_view   v;
    w403_error  err;
    char        command[200];
    assert_int_equal(mkfifo(in_root(a, "fifo"), 0600), 0);
    (void)snprintf(command, sizeof command, "head -c 200000 /dev/zero >'%s/fifo' &", root);
    assert_int_equal(system(command), 0);
    assert_int_equal(w403_file_read(a, in_root(a, "fifo"), &v, &err), W403_OK);
    assert_int_equal(v.n, 200000);
    assert_int_equal(unlink(in_root(a, "fifo")), 0);
    int saved = dup(STDIN_FILENO), ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    assert_int_equal(close(ends[1]), 0);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    assert_int_equal(w403_file_read(a, "-", &v, &err), W403_OK);
    assert_true(w403_view_eq(v, W403_LIT("hello")));
    (void)close(ends[0]);
    assert_true(dup2(saved, STDIN_FILENO) >= 0 && close(saved) == 0);
}

static void test_read_errors(void **state)
{
    w403_arena *a = *state;
    w403_view   v;
    w403_error  err;
    assert_int_equal(w403_file_read(a, "/nowhere/x.json", &v, &err), W403_IO);
    assert_string_equal(err.message, "cannot open `/nowhere/x.json`: no such file or directory");
    assert_int_equal(w403_file_read(a, "/", &v, &err), W403_IO);
    assert_string_equal(err.message, "`/` is a directory, not a file");
    write_file(a, "secret", "x", 1);
    assert_int_equal(chmod(in_root(a, "secret"), 0), 0);
    if (geteuid() != 0) {
        assert_int_equal(w403_file_read(a, in_root(a, "secret"), &v, &err), W403_IO);
        assert_non_null(strstr(err.message, "permission denied"));
        assert_string_not_equal(err.hint, "");
    }
    assert_int_equal(unlink(in_root(a, "secret")), 0);
    write_file(a, "huge", "x", 1);
    assert_int_equal(truncate(in_root(a, "huge"), (off_t)W403_LIMIT_FILE_BYTES + 1), 0);
    assert_int_equal(w403_file_read(a, in_root(a, "huge"), &v, &err), W403_LIMIT);
    assert_non_null(strstr(err.message, "larger than 1024 MiB"));
    assert_int_equal(unlink(in_root(a, "huge")), 0);
    w403_arena *small = w403_arena_new(16);
    assert_int_equal(w403_file_read(small, in_root(a, "plain"), &v, NULL), W403_OK);
    assert_int_equal(w403_file_read(small, in_root(a, "large"), &v, &err), W403_NOMEM);
    w403_arena_free(small);
}

static void test_list(void **state)
{
    w403_arena *a = *state;
    w403_error  err;
    w403_paths  paths;
    assert_int_equal(mkdir(in_root(a, "tree"), 0700), 0);
    assert_int_equal(mkdir(in_root(a, "tree/b"), 0700), 0);
    assert_int_equal(mkdir(in_root(a, "tree/b/c"), 0700), 0);
    assert_int_equal(mkdir(in_root(a, "tree/.git"), 0700), 0);
    assert_int_equal(mkdir(in_root(a, "tree/void"), 0700), 0);
    static const char *const files[] = {"tree/z", "tree/a", "tree/b.json", "tree/b/1", "tree/b/c/2", "tree/.hidden",
                                        "tree/.git/x"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        write_file(a, files[i], "", 0);
    }
    assert_int_equal(symlink("a", in_root(a, "tree/link")), 0);
    assert_int_equal(symlink("b", in_root(a, "tree/dirlink")), 0);
    assert_int_equal(symlink("nowhere", in_root(a, "tree/dangling")), 0);
    assert_int_equal(mkfifo(in_root(a, "tree/pipe"), 0600), 0);
    assert_int_equal(symlink("loop", in_root(a, "tree/loop")), 0);
    assert_int_equal(symlink("..", in_root(a, "tree/b/back")), 0);
    assert_int_equal(symlink("a/x", in_root(a, "tree/through")), 0);
    w403_listing all;
    assert_int_equal(w403_file_list(a, in_root(a, "tree"), &all, &err), W403_OK);
    static const char *const want[] = {"a", "b.json", "b/1", "b/c/2", "dirlink/1", "dirlink/c/2", "link", "z"};
    assert_int_equal(all.files.n, sizeof want / sizeof *want);
    for (size_t i = 0; i < all.files.n; i++) {
        assert_string_equal(all.files.at[i].p, want[i]);
    }
    static const struct { const char *path, *why; } odd[] = {
        {"dangling", "a link to nothing"},           {"pipe", "a FIFO"},
        {"loop", "a link that leads to itself"},     {"through", "a link to nothing"},
    };
    size_t found = 0;
    for (size_t i = 0; i < all.odd.n; i++) {
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            found += w403_view_eq(all.odd.at[i].path, w403_view_of(odd[k].path)) &&
                     w403_view_eq(all.odd.at[i].why, w403_view_of(odd[k].why));
        }
        if (w403_view_ends(all.odd.at[i].path, W403_LIT("back"))) { /* by b, and by the link to b */
            assert_true(w403_view_eq(all.odd.at[i].why, W403_LIT("a link back to a folder above it")));
        }
    }
    assert_int_equal(found, 4);
    assert_int_equal(w403_file_list_plain(a, in_root(a, "tree"), &paths, &err), W403_IO);
    assert_non_null(strstr(err.message, "tree/"));
    assert_int_equal(w403_file_list_plain(a, in_root(a, "tree/void"), &paths, &err), W403_OK);
    assert_int_equal(paths.n, 0);
    assert_int_equal(w403_file_list_plain(a, in_root(a, "tree/a"), &paths, &err), W403_IO);
    assert_non_null(strstr(err.message, "not a directory"));
    assert_int_equal(w403_file_list_plain(a, in_root(a, "none"), &paths, &err), W403_IO);
    assert_true(w403_is_directory(root));
    assert_false(w403_is_directory(in_root(a, "plain")) || w403_is_directory("/nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_pipe),
        cmocka_unit_test(test_read_errors),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
