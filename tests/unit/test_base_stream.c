/* base/stream.h: files, pipes, standard input and gzip, whole and broken. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/stream.h"

enum { BIG = 1 << 20 };

static char dir[] = "/tmp/w403-stream-XXXXXX";
static char path[128];

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(dir)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/file", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static void put_file(const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Appends one gzip member of text to out[*n]. */
static void put_member(uint8_t *out, size_t *n, size_t room, const void *text, size_t length)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)length;
    z.next_out = out + *n;
    z.avail_out = (uInt)(room - *n);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *n = room - z.avail_out;
    deflateEnd(&z);
}

/* Everything the stream gives, in pieces of `piece` bytes; the status that ended it. */
static w403_status drain(const char *name, size_t piece, uint8_t *out, size_t room, size_t *n, w403_error *err)
{
    w403_stream *s;
    w403_status st = w403_stream_open(name, &s, err);
    *n = 0;
    for (size_t got = 1; st == W403_OK && got > 0; *n += got) {
        assert_true(*n < room);
        st = w403_stream_read(s, out + *n, piece < room - *n ? piece : room - *n, &got, err);
    }
    if (st != W403_OK) { /* it sticks */
        size_t got = 1;
        w403_error again = {0};
        assert_int_equal(w403_stream_read(s, out, 1, &got, &again), st);
        assert_int_equal(got, 0);
        assert_string_equal(again.message, err->message);
    } else {
        assert_true(w403_stream_size(s) == 0 || w403_stream_consumed(s) == w403_stream_size(s));
    }
    w403_stream_close(s);
    return st;
}

static uint8_t *noise(size_t n)
{
    uint8_t *p = malloc(n);
    assert_non_null(p);
    uint32_t x = 7;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        p[i] = (uint8_t)(i % 3 ? (x >> 24) : 'a' + i % 7);
    }
    return p;
}

static void test_plain(void **state)
{
    (void)state;
    uint8_t *text = noise(BIG), *out = malloc(BIG + 1);
    size_t n = 0;
    w403_error err = {0};
    const size_t sizes[] = {0, 1, 2, 3, 65535, 65536, 65537, BIG};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        put_file(text, sizes[i]);
        assert_int_equal(drain(path, 1000, out, BIG + 1, &n, &err), W403_OK);
        assert_int_equal(n, sizes[i]);
        assert_memory_equal(out, text, n);
    }
    free(text);
    free(out);
}

static void test_gzip(void **state)
{
    (void)state;
    uint8_t *text = noise(BIG), *gz = malloc(2 * BIG), *out = malloc(BIG + 1);
    size_t n = 0, gz_n = 0;
    w403_error err = {0};
    const size_t sizes[] = {0, 1, 65536, BIG}, pieces[] = {1, 7, 65536, 2 * BIG};
    for (size_t i = 0; i < 4; i++) {
        gz_n = 0;
        put_member(gz, &gz_n, 2 * BIG, text, sizes[i]);
        put_file(gz, gz_n);
        for (size_t j = 0; j < 4; j++) {
            assert_int_equal(drain(path, pieces[j], out, BIG + 1, &n, &err), W403_OK);
            assert_int_equal(n, sizes[i]);
            assert_memory_equal(out, text, n);
        }
    }
    free(text);
    free(gz);
    free(out);
}

/* Members one behind the other, an empty one among them, and zeros at the end. */
static void test_members(void **state)
{
    (void)state;
    uint8_t *text = noise(BIG), *gz = calloc(2, BIG), *out = malloc(BIG + 1);
    size_t n = 0, gz_n = 0;
    w403_error err = {0};
    const size_t cut[] = {0, 1, 1, 70000, 70001, 400000, BIG};
    for (size_t i = 1; i < sizeof cut / sizeof *cut; i++) {
        put_member(gz, &gz_n, 2 * BIG, text + cut[i - 1], cut[i] - cut[i - 1]);
    }
    put_file(gz, gz_n);
    assert_int_equal(drain(path, 100000, out, BIG + 1, &n, &err), W403_OK);
    assert_int_equal(n, BIG);
    assert_memory_equal(out, text, n);
    put_file(gz, gz_n + 70000); /* calloc: padding */
    assert_int_equal(drain(path, 100000, out, BIG + 1, &n, &err), W403_OK);
    assert_int_equal(n, BIG);
    memcpy(gz + gz_n, "garbage", 7);
    put_file(gz, gz_n + 7);
    assert_int_equal(drain(path, 100000, out, BIG + 1, &n, &err), W403_SYNTAX);
    assert_int_equal(n, BIG);
    assert_int_equal(err.offset, gz_n);
    free(text);
    free(gz);
    free(out);
}

/* Cut off anywhere: every byte that can be had comes first, then the error. */
static void test_truncated(void **state)
{
    (void)state;
    enum { N = 3000 };
    uint8_t *text = noise(N), gz[2 * N], out[N + 1];
    size_t n = 0, gz_n = 0;
    w403_error err = {0};
    put_member(gz, &gz_n, sizeof gz, text, N);
    for (size_t keep = 2; keep < gz_n; keep += keep < 40 || keep + 40 > gz_n ? 1 : 97) {
        put_file(gz, keep);
        assert_int_equal(drain(path, 64, out, N + 1, &n, &err), W403_SYNTAX);
        assert_true(n <= N);
        assert_memory_equal(out, text, n);
        assert_true(keep < gz_n - 8 || n == N); /* only the trailer is missing */
        assert_int_equal(err.offset, keep);
        assert_non_null(strstr(err.message, "cut off"));
    }
    free(text);
}

/* A flipped bit is found, at the latest by the checksum. */
static void test_damaged(void **state)
{
    (void)state;
    enum { N = 3000 };
    uint8_t *text = noise(N), gz[2 * N], out[8 * N];
    size_t n = 0, gz_n = 0;
    w403_error err = {0};
    put_member(gz, &gz_n, sizeof gz, text, N);
    for (size_t i = 10; i < gz_n; i += 11) {
        gz[i] ^= 0x10;
        put_file(gz, gz_n);
        assert_int_equal(drain(path, 500, out, sizeof out, &n, &err), W403_SYNTAX);
        assert_true(err.offset <= gz_n);
        gz[i] ^= 0x10;
    }
    free(text);
}

static void test_standard_input(void **state)
{
    (void)state;
    uint8_t *text = noise(BIG), *gz = malloc(2 * BIG), *out = malloc(BIG + 1);
    size_t n = 0, gz_n = 0;
    w403_error err = {0};
    put_member(gz, &gz_n, 2 * BIG, text, BIG);
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) { /* pieces, so that reads come short */
        for (size_t at = 0; at < gz_n;) {
            ssize_t w = write(ends[1], gz + at, gz_n - at < 999 ? gz_n - at : 999);
            at += w > 0 ? (size_t)w : 0;
        }
        _exit(0);
    }
    close(ends[1]);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    close(ends[0]);
    assert_int_equal(drain("-", 65536, out, BIG + 1, &n, &err), W403_OK);
    assert_int_equal(n, BIG);
    assert_memory_equal(out, text, n);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* not ours to close */
    dup2(saved, STDIN_FILENO);
    close(saved);
    free(text);
    free(gz);
    free(out);
}

static void test_unreadable(void **state)
{
    (void)state;
    w403_stream *s = (w403_stream *)(uintptr_t)1;
    w403_error err = {0};
    assert_int_equal(w403_stream_open("/nonexistent/file", &s, &err), W403_IO);
    assert_null(s);
    assert_non_null(strstr(err.message, "/nonexistent/file"));
    assert_int_equal(w403_stream_open(dir, &s, &err), W403_IO);
    assert_non_null(strstr(err.message, "directory"));
    w403_stream_close(NULL);
}

static void test_short_of_memory(void **state)
{
    (void)state;
    w403_stream *s;
    w403_error err = {0};
    put_file("abc", 3);
    for (uint64_t i = 1; i <= 2; i++) {
        w403_malloc_fail_after(i);
        assert_int_equal(w403_stream_open(path, &s, &err), W403_NOMEM);
    }
    w403_malloc_fail_after(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_members),    cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_damaged),    cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_unreadable), cmocka_unit_test(test_short_of_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
