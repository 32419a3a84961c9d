/* SHA-256 by the examples of FIPS 180-4 and of RFC 6234, whole and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/sha256.h"

static void check(w403_view text, unsigned times, size_t piece, const char *wanted)
{
    w403_sha256 s;
    uint8_t     hash[W403_SHA256_BYTES];
    char        hex[2 * W403_SHA256_BYTES + 1];
    w403_sha256_begin(&s);
    for (unsigned i = 0; i < times; i++) {
        for (size_t at = 0; at < text.n; at += piece) {
            w403_sha256_add(&s, w403_view_sub(text, at, at + piece < text.n ? at + piece : text.n));
        }
    }
    w403_sha256_end(&s, hash);
    for (unsigned i = 0; i < W403_SHA256_BYTES; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    }
    assert_string_equal(hex, wanted);
}

static void examples(void **state)
{
    static const struct {
        w403_view   text;
        unsigned    times;
        const char *hash;
    } rows[] = {
        {{"", 0}, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{"abc", 3}, 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56}, 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {{"aaaaaaaaaa", 10}, 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
        {{"0123456701234567012345670123456701234567012345670123456701234567", 64}, 10,
         "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(rows[i].text, rows[i].times, 1000, rows[i].hash);
        check(rows[i].text, rows[i].times, 7, rows[i].hash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples)};
    return cmocka_run_group_tests_name("base sha256", tests, NULL, NULL);
}
