#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/error.h"
#include "base/redact.h"
#include "base/glob.h"
#include "base/nearest.h"
#include "base/utf8.h"

#define EQ(v, literal) assert_true(w403_view_eq((v), W403_LIT(literal)))

static void test_view_compare(void **state)
{
    (void)state;
    w403_view none = {NULL, 0};
    assert_true(w403_view_eq(none, W403_LIT("")));
    assert_true(w403_view_ieq(W403_LIT("S3:GetObject"), W403_LIT("s3:getobject")));
    assert_false(w403_view_ieq(W403_LIT("a"), W403_LIT("ab")));
    assert_false(w403_view_ieq(W403_LIT("["), W403_LIT("{"))); /* differ in bit 5, are no letters */
    assert_false(w403_view_ieq(W403_LIT("@"), W403_LIT("`")));
    assert_true(w403_view_cmp(W403_LIT("a"), W403_LIT("ab")) < 0);
    assert_true(w403_view_cmp(W403_LIT("b"), W403_LIT("ab")) > 0);
    assert_true(w403_view_cmp(W403_LIT("\xFF"), W403_LIT("a")) > 0);
    assert_int_equal(w403_view_cmp(none, W403_LIT("")), 0);
    assert_true(w403_view_starts(W403_LIT("abc"), W403_LIT("ab")) && w403_view_starts(none, none));
    assert_true(w403_view_ends(W403_LIT("abc"), W403_LIT("bc")) && !w403_view_ends(W403_LIT("c"), W403_LIT("bc")));
}

/* Against the first place where the bytes are equal, on texts of two letters around the sizes of a block. */
static void test_view_find_any(void **state)
{
    (void)state;
    char     text[640], needle[24];
    uint32_t seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = round % 8 ? (seed >> 8) % 60 : 480 + (seed >> 8) % 100, m = 1 + (seed >> 16) % 20;
        for (size_t i = 0; i < n + m; i++) {
            seed = seed * 1664525u + 1013904223u;
            char c = (seed >> 24) % 4 ? 'a' : 'b';
            *(i < n ? &text[i] : &needle[i - n]) = c;
        }
        size_t at = 0;
        while (at + m <= n && memcmp(text + at, needle, m) != 0) {
            at++;
        }
        assert_true(w403_view_find((w403_view){text, n}, (w403_view){needle, m}) == (at + m <= n ? at : SIZE_MAX));
    }
}

static void test_view_find(void **state)
{
    (void)state;
    w403_view none = {NULL, 0};
    assert_int_equal(w403_view_find(W403_LIT("abcabd"), W403_LIT("abd")), 3);
    assert_int_equal(w403_view_find(W403_LIT("abc"), none), 0);
    assert_int_equal(w403_view_find(none, none), 0);
    assert_true(w403_view_find(none, W403_LIT("a")) == SIZE_MAX);
    assert_true(w403_view_find(W403_LIT("ab"), W403_LIT("abc")) == SIZE_MAX);
    assert_int_equal(w403_view_find_char(W403_LIT("a\0b"), '\0'), 1);
    assert_true(w403_view_find_char(none, 'a') == SIZE_MAX);
    w403_view rest = W403_LIT("a::b");
    EQ(w403_view_cut(&rest, ':'), "a");
    EQ(w403_view_cut(&rest, ':'), "");
    assert_non_null(rest.p);
    EQ(w403_view_cut(&rest, ':'), "b");
    assert_null(rest.p);
    rest = W403_LIT("a:");
    EQ(w403_view_cut(&rest, ':'), "a");
    assert_true(rest.p && rest.n == 0);
    EQ(w403_view_trim(W403_LIT(" \t\r\n a b \n")), "a b");
    EQ(w403_view_trim(W403_LIT(" \n ")), "");
    EQ(w403_view_trim(none), "");
}

static void test_view_u64(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(w403_view_u64(W403_LIT("18446744073709551615"), &n) && n == UINT64_MAX);
    assert_true(w403_view_u64(W403_LIT("000"), &n) && n == 0);
    static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "18446744073709551616", "99999999999999999999",
                                      "1a", "0x1"};
    n = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(w403_view_u64(w403_view_of(bad[i]), &n));
        assert_int_equal(n, 7);
    }
}

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t      valid;
    } cases[] = {
        {"", 0}, {"plain ascii text", 16}, {"\xC3\xA9", 2}, {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x98\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4}, {"\xEE\x80\x80", 3},
        {"a\x80", 1}, {"\xC0\x80", 0}, {"\xC1\xBF", 0}, {"\xE0\x9F\xBF", 0}, {"\xED\xA0\x80", 0},
        {"\xF0\x8F\xBF\xBF", 0}, {"\xF4\x90\x80\x80", 0}, {"\xF5\x80\x80\x80", 0}, {"ab\xC3", 2}, {"\xE2\x82", 0},
        {"\xF0\x9F\x98", 0}, {"\xE2\x28\xA1", 0}, {"12345678\xFF", 8}, {"1234567\xFF", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(w403_utf8_valid(w403_view_of(cases[i].text)), cases[i].valid);
    }
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 61) {
        char   text[4];
        size_t n = w403_utf8_put(text, cp), i = 0;
        bool   surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        assert_int_equal(w403_utf8_valid((w403_view){text, n}), n);
        assert_int_equal(w403_utf8_next((w403_view){text, n}, &i), surrogate ? 0xFFFD : cp);
        assert_int_equal(i, n);
    }
    size_t i = 1;
    assert_int_equal(w403_utf8_next(W403_LIT("a\xE2\x82"), &i), 0xFFFD);
    assert_int_equal(i, 2);
    char text[4];
    assert_int_equal(w403_utf8_put(text, 0x110000), 3);
}

/* Every special byte at every place of every length: blocks of 16 and 8, the overlapping last eight, the rest. */
static void test_utf8_plain(void **state)
{
    static const unsigned char special[] = {'"', '\\', 0x00, 0x1F, 0x80, 0xC3, 0xFF}, plain[] = {' ', '!', '#', '[', ']', 0x7F};
    char text[40];
    (void)state;
    assert_int_equal(w403_utf8_plain((w403_view){NULL, 0}), 0);
    for (size_t n = 0; n <= sizeof text; n++) {
        memset(text, 'a', sizeof text);
        assert_int_equal(w403_utf8_plain((w403_view){text, n}), n);
        for (size_t at = 0; at < n; at++) {
            for (size_t k = 0; k < sizeof special; k++) {
                text[at] = (char)special[k];
                assert_int_equal(w403_utf8_plain((w403_view){text, n}), at);
            }
            for (size_t k = 0; k < sizeof plain; k++) {
                text[at] = (char)plain[k];
                assert_int_equal(w403_utf8_plain((w403_view){text, n}), n);
            }
        }
    }
}

static void test_utf8_width(void **state)
{
    (void)state;
    assert_int_equal(w403_utf8_width('a'), 1);
    assert_int_equal(w403_utf8_width('\n'), 0);
    assert_int_equal(w403_utf8_width(0x7F), 0);
    assert_int_equal(w403_utf8_width(0xE9), 1);
    assert_int_equal(w403_utf8_width(0x0301), 0);
    assert_int_equal(w403_utf8_width(0x200B), 0);
    assert_int_equal(w403_utf8_width(0x4E2D), 2);
    assert_int_equal(w403_utf8_width(0x1F600), 2);
    assert_int_equal(w403_utf8_width(0x20AC), 1);
    assert_string_equal(w403_utf8_blank_name(0xA0), "no-break space (U+00A0)");
    assert_string_equal(w403_utf8_blank_name(0x200B), "zero width space (U+200B)");
    assert_string_equal(w403_utf8_blank_name(0xFEFF), "byte order mark (U+FEFF)");
    assert_null(w403_utf8_blank_name(' '));
    assert_null(w403_utf8_blank_name('a'));
}

static void test_glob(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool        match;
    } cases[] = {
        {"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "anything/at:all", true}, {"**", "x", true},
        {"?", "", false}, {"?", "a", true}, {"?", "ab", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
        {"?", "\xC3\xA9", true}, {"??", "\xC3\xA9", false}, {"*?", "\xC3\xA9", true}, {"*??", "\xC3\xA9", false},
        {"?", "\xF0\x9F\x98\x80", true}, {"a*?b", "a\xF0\x9F\x98\x80" "b", true}, {"?", "\xFF", true},
        {"s3:Get*", "s3:GetObject", true}, {"s3:Get*", "s3:PutObject", false}, {"*Object", "s3:GetObject", true},
        {"s3:*Object*", "s3:GetObjectAcl", true}, {"s3:*Object*", "s3:ListBucket", false},
        {"arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b/c", true},
        {"arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", false},
        {"arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/", true},
        {"arn:aws:s3:::bucket", "arn:aws:s3:::bucket/", false},
        {"a*b*c", "aXbYbZc", true}, {"a*b*c", "aXbYbZcd", false}, {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false},
        {"*ab", "aab", true}, {"*abc*abd", "abcabcabd", true}, {"a*", "b", false}, {"abc*", "ab", false},
        {"abc?", "abc", false}, {"abc*?", "abc", false}, {"abc?*", "abcd", true}, {"A", "a", false},
        {"12345678", "12345678", true}, {"12345678*", "12345678", true}, {"1234567?", "12345678", true},
        {"12345678", "123456789", false}, {"123456789", "12345678", false}, {"[a]", "a", false}, {"\\*", "\\x", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool got = w403_glob(w403_view_of(cases[i].pattern), w403_view_of(cases[i].text));
        if (got != cases[i].match) {
            print_message("`%s` against `%s`\n", cases[i].pattern, cases[i].text);
        }
        assert_int_equal(got, cases[i].match);
    }
    assert_true(w403_glob((w403_view){NULL, 0}, (w403_view){NULL, 0}));
    assert_true(w403_iglob(W403_LIT("S3:get*"), W403_LIT("s3:GetObject")));
    assert_true(w403_iglob(W403_LIT("*OBJECT"), W403_LIT("s3:GetObject")));
    assert_false(w403_iglob(W403_LIT("s3:Put*"), W403_LIT("s3:GetObject")));
    assert_true(w403_has_wildcard(W403_LIT("a*")) && w403_has_wildcard(W403_LIT("?")));
    assert_false(w403_has_wildcard(W403_LIT("a.b")) || w403_has_wildcard((w403_view){NULL, 0}));
}

static void test_glob_masked(void **state)
{
    (void)state;
    const uint8_t second[3] = {0, 1, 0}, all[3] = {1, 1, 1};
    assert_true(w403_glob_masked(W403_LIT("a**"), second, W403_LIT("a*bc"), false));
    assert_false(w403_glob_masked(W403_LIT("a**"), second, W403_LIT("abc"), false));
    assert_true(w403_glob_masked(W403_LIT("a*?"), all, W403_LIT("a*?"), false));
    assert_false(w403_glob_masked(W403_LIT("a*?"), all, W403_LIT("a*x"), false));
    assert_false(w403_glob_masked(W403_LIT("a**"), all, W403_LIT("a*"), false)); /* a literal star at the end */
    assert_true(w403_glob_masked(W403_LIT("A*?"), NULL, W403_LIT("abc"), true));
    assert_true(w403_glob_masked(W403_LIT("**x"), second, W403_LIT("zz*zz*x"), false));
}

/* A pattern letter by letter, without a thought of time. */
static bool naive(w403_view p, const uint8_t *literal, w403_view t, bool fold)
{
    while (p.n > 0) {
        size_t one = 0;
        bool   wild = (*p.p == '*' || *p.p == '?') && !(literal && *literal);
        if (wild && *p.p == '*') {
            w403_view rest = w403_view_sub(p, 1, p.n);
            for (;;) {
                if (naive(rest, literal ? literal + 1 : NULL, t, fold)) {
                    return true;
                }
                if (t.n == 0) {
                    return false;
                }
                one = 0;
                (void)w403_utf8_next(t, &one);
                t = w403_view_sub(t, one, t.n);
            }
        }
        if (t.n == 0 || (!wild && (fold ? w403_lower(*p.p) != w403_lower(*t.p) : *p.p != *t.p))) {
            return false;
        }
        if (wild) {
            (void)w403_utf8_next(t, &one);
        }
        t = w403_view_sub(t, wild ? one : 1, t.n);
        p = w403_view_sub(p, 1, p.n);
        literal = literal ? literal + 1 : NULL;
    }
    return t.n == 0;
}

static uint32_t seed = 403;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static size_t random_text(char *out, size_t most, const char *const *letters, uint32_t n_letters)
{
    size_t n = 0;
    for (uint32_t i = below((uint32_t)most / 2); i > 0 && n + 4 < most; i--) {
        const char *c = letters[below(n_letters)];
        memcpy(out + n, c, strlen(c));
        n += strlen(c);
    }
    return n;
}

/* All ways of matching say what the naive one says. */
static void test_glob_property(void **state)
{
    (void)state;
    static const char *const in_pattern[] = {"*", "*", "?", "a", "b", "A", "\xC3\xA9", "a"};
    static const char *const in_text[] = {"a", "a", "b", "A", "\xC3\xA9", "\xC3", "*", "?"};
    for (int round = 0; round < 20000; round++) {
        char    p[24], t[40];
        uint8_t mask[24];
        for (size_t i = 0; i < sizeof mask; i++) {
            mask[i] = below(3) == 0;
        }
        w403_view pattern = {p, random_text(p, sizeof p, in_pattern, 8)};
        w403_view text = {t, random_text(t, sizeof t, in_text, round % 2 ? 4 : 8)};
        for (int how = 0; how < 4; how++) {
            const uint8_t *literal = how & 1 ? mask : NULL;
            bool           fold = how & 2, want = naive(pattern, literal, text, fold);
            assert_int_equal(w403_glob_masked(pattern, literal, text, fold), want);
            assert_int_equal(w403_glob_long(pattern, literal, text, fold, 0), want);
            assert_int_equal(w403_glob_long(pattern, literal, text, fold, 5), want);
        }
    }
}

/* Patterns that a search place by place would take hours for. */
static void test_glob_is_bounded(void **state)
{
    (void)state;
    enum { TEXT = 60000, HALF = 1000 };
    static char text[TEXT], pattern[2 * HALF + 4];
    memset(text, 'a', sizeof text);
    const w403_view t = {text, sizeof text};
    assert_false(w403_glob(W403_LIT("*a*a*a*a*a*a*a*a*a*a*a*a*b"), t));
    assert_true(w403_glob(W403_LIT("*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), t));
    memset(pattern, 'a', sizeof pattern);
    pattern[0] = '*';
    pattern[2 * HALF] = 'b';
    assert_false(w403_glob((w403_view){pattern, 2 * HALF + 1}, t));
    pattern[2 * HALF + 1] = '*';
    assert_false(w403_glob((w403_view){pattern, 2 * HALF + 2}, t));
    assert_false(w403_iglob((w403_view){pattern, 2 * HALF + 2}, t));
    for (size_t i = 2; i < 2 * HALF; i += 2) {
        pattern[i] = '?';
    }
    assert_false(w403_glob((w403_view){pattern, 2 * HALF + 2}, t));
    memcpy(text + TEXT / 2, "\xC3\xA9", 2); /* characters of several bytes */
    assert_false(w403_glob((w403_view){pattern, 2 * HALF + 2}, t));
    text[TEXT - 1] = 'b';
    assert_true(w403_glob((w403_view){pattern, 2 * HALF + 2}, t));
    for (size_t i = 0; i < 2 * HALF; i++) { /* many segments, each found soon */
        pattern[i] = "*?a"[i % 3];
    }
    pattern[2 * HALF] = '*';
    pattern[2 * HALF + 1] = 'c';
    assert_false(w403_glob((w403_view){pattern, 2 * HALF + 2}, t));
}

static void test_percent(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    EQ(w403_percent_decode(a, W403_LIT("a%20b%2fc%2F+%00"), false), "a b/c/+\0");
    EQ(w403_percent_decode(a, W403_LIT("a+b%2B"), true), "a b+");
    w403_view empty = w403_percent_decode(a, (w403_view){NULL, 0}, false);
    assert_true(empty.p && empty.n == 0);
    static const char *const bad[] = {"%", "%2", "a%", "%zz", "%2g", "%-1", "%%20"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(w403_percent_decode(a, w403_view_of(bad[i]), false).p);
    }
    EQ(w403_percent_encode(a, W403_LIT("aZ09-._~ /\xC3\xA9%"), NULL), "aZ09-._~%20%2F%C3%A9%25");
    EQ(w403_percent_encode(a, W403_LIT("a/b c\0"), "/"), "a/b%20c%00");
    EQ(w403_percent_encode(a, (w403_view){NULL, 0}, "/"), "");
    w403_arena_free(a);
    a = w403_arena_new(16);
    assert_null(w403_percent_encode(a, W403_LIT("0123456789012345678901234"), NULL).p);
    assert_null(w403_percent_decode(a, W403_LIT("0123456789012345678901234"), false).p);
    w403_arena_free(a);
}

static void test_base64(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    static const char *const good[][2] = {
        {"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg==", "foob"}, {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"}, {"+/+/", "\xFB\xFF\xBF"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        w403_view got = w403_base64_decode(a, w403_view_of(good[i][0]));
        assert_non_null(got.p);
        assert_true(w403_view_eq(got, w403_view_of(good[i][1])));
    }
    static const char *const bad[] = {"Z", "Zg", "Zg=", "Zm9", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-_", "Zh==",
                                      "Zm9=", "=Zg=", "Z=g="};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(w403_base64_decode(a, w403_view_of(bad[i])).p);
    }
    w403_arena_free(a);
}

/* Secrets are covered, whatever carries them, and nothing else is. */
static void test_redact(void **state)
{
    static const char *const texts[][2] = {
        {"https://x/k?X-Amz-Signature=abc&b=c", "https://x/k?X-Amz-Signature=***&b=c"},
        {"?x-amz-security-token=a%2Fb+c=&y", "?x-amz-security-token=********&y"},
        {"AWSAccessKeyId=AKIA&Signature=a%3D&Expires=1", "AWSAccessKeyId=AKIA&Signature=****&Expires=1"},
        {"u=X-Amz-Signature%3Dabc%26b", "u=X-Amz-Signature%3D***%26b"},
        {"-H 'Authorization: AWS a:b, c' -v", "-H 'Authorization: **********' -v"},
        {"Authorization: AWS4 x, Signature=y\nnext", "Authorization: *******************\nnext"},
        {"{\"authorization\":\"AWS x\",\"b\":1}", "{\"authorization\":\"*****\",\"b\":1}"},
        {"{\"SecretAccessKey\": \"ab\", \"SessionToken\": \"cd\"}", "{\"SecretAccessKey\": \"**\", \"SessionToken\": \"**\"}"},
        {"AWS_SECRET_ACCESS_KEY=ab aws s3 ls", "AWS_SECRET_ACCESS_KEY=** aws s3 ls"},
        {"x-amz-server-side-encryption-customer-key: ab=", "x-amz-server-side-encryption-customer-key: ***"},
        {"https://me:pw@host/k", "https://*****@host/k"},
        /* no secrets */
        {"x-amz-server-side-encryption-customer-key-md5: ab", "x-amz-server-side-encryption-customer-key-md5: ab"},
        {"the signature: wrong", "the signature: wrong"},
        {"SignatureVersion=4", "SignatureVersion=4"},
        {"after authorization it failed", "after authorization it failed"},
        {"arn:aws:iam::1:user/me@host", "arn:aws:iam::1:user/me@host"},
        {"s3://bucket/a@b", "s3://bucket/a@b"},
        {"X-Amz-Signature", "X-Amz-Signature"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[200];
        snprintf(text, sizeof text, "%s", texts[i][0]);
        w403_redact(text, strlen(text));
        assert_string_equal(text, texts[i][1]);
    }
    w403_error err;
    (void)w403_error_set(&err, W403_SYNTAX, "`%s` is no URL", "https://x/?X-Amz-Signature=abc");
    assert_string_equal(err.message, "`https://x/?X-Amz-Signature=***` is no URL");
}

/* Texts of up to four letters of two: what a limit leaves out is farther away. */
static void test_edit_distance(void **state)
{
    char text[31][5];
    size_t n = 0;
    (void)state;
    for (unsigned length = 0; length <= 4; length++) {
        for (unsigned letters = 0; letters < 1u << length; letters++, n++) {
            for (unsigned i = 0; i < length; i++)
                text[n][i] = letters >> i & 1 ? 'b' : 'a';
            text[n][length] = '\0';
        }
    }
    for (size_t i = 0; i < n * n; i++) {
        w403_view a = w403_view_of(text[i / n]), b = w403_view_of(text[i % n]);
        unsigned whole = w403_edit_distance(a, b, 100);
        assert_int_equal(whole, w403_edit_distance(b, a, 100));
        for (unsigned limit = 0; limit < 5; limit++)
            assert_int_equal(w403_edit_distance(a, b, limit), whole > limit ? limit + 1 : whole);
    }
    assert_int_equal(w403_edit_distance(W403_LIT("GetObjetc"), W403_LIT("getobject"), 2), 1);
    assert_int_equal(w403_edit_distance(W403_LIT("kitten"), W403_LIT("sitting"), 9), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_compare), cmocka_unit_test(test_view_find), cmocka_unit_test(test_view_find_any),
        cmocka_unit_test(test_view_u64),     cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_utf8_plain),
        cmocka_unit_test(test_utf8_width),   cmocka_unit_test(test_glob),
        cmocka_unit_test(test_glob_masked),  cmocka_unit_test(test_glob_property), cmocka_unit_test(test_glob_is_bounded),
        cmocka_unit_test(test_percent),      cmocka_unit_test(test_base64),
        cmocka_unit_test(test_redact),       cmocka_unit_test(test_edit_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
