#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/ip.h"
#include "base/time.h"

static void test_ip(void **state)
{
    (void)state;
    w403_ip ip;
    assert_true(w403_ip_parse(W403_LIT("203.0.113.9"), &ip));
    assert_int_equal(ip.bits, 32);
    assert_memory_equal(ip.bytes, "\xCB\x00\x71\x09\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_true(w403_ip_parse(W403_LIT("2001:db8::1"), &ip));
    assert_int_equal(ip.bits, 128);
    assert_memory_equal(ip.bytes, "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    assert_true(w403_ip_parse(W403_LIT("2001:0DB8:0:0:0:0:0:1"), &ip));
    assert_true(w403_ip_parse(W403_LIT("::ffff:1.2.3.4"), &ip) && ip.bits == 128);
    assert_true(w403_ip_parse(W403_LIT("0000:0000:0000:0000:0000:ffff:255.255.255.255"), &ip));
    static const char *const bad[] = {
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "a.b.c.d", "1.2.3.4/24",
        ":", ":::", "1::2::3", "12345::", "fe80::1%eth0", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "0x7f.0.0.1",
        "0000:0000:0000:0000:0000:ffff:255.255.255.2550",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(w403_ip_parse(w403_view_of(bad[i]), &ip));
    }
    assert_false(w403_ip_parse((w403_view){"1.2.3.4\0", 8}, &ip));
}

static bool contains(const char *net, const char *ip)
{
    w403_cidr n;
    w403_ip   i;
    assert_true(w403_cidr_parse(w403_view_of(net), &n));
    assert_true(w403_ip_parse(w403_view_of(ip), &i));
    return w403_cidr_contains(&n, &i);
}

static bool covers(const char *outer, const char *inner)
{
    w403_cidr o, i;
    assert_true(w403_cidr_parse(w403_view_of(outer), &o));
    assert_true(w403_cidr_parse(w403_view_of(inner), &i));
    return w403_cidr_covers(&o, &i);
}

static void test_private(void **state)
{
    static const struct {
        const char *ip;
        bool        private;
    } rows[] = {{"10.0.0.1", true},    {"11.0.0.1", false},    {"172.15.255.255", false}, {"172.16.0.0", true},
                {"172.31.9.9", true},  {"172.32.0.0", false},  {"192.168.1.1", true},     {"192.169.1.1", false},
                {"203.0.113.9", false}, {"10::1", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_ip ip;
        assert_true(w403_ip_parse(w403_view_of(rows[i].ip), &ip));
        assert_int_equal(w403_ip_private(&ip), rows[i].private);
    }
}

static void test_cidr(void **state)
{
    (void)state;
    assert_true(contains("192.0.2.0/24", "192.0.2.255"));
    assert_false(contains("192.0.2.0/24", "192.0.3.0"));
    assert_true(contains("192.0.2.77/24", "192.0.2.1")); /* Ip2: host bits do not count */
    assert_true(contains("0.0.0.0/0", "255.1.2.3"));
    assert_true(contains("10.0.0.1", "10.0.0.1"));
    assert_false(contains("10.0.0.1", "10.0.0.2"));
    assert_true(contains("10.0.0.0/31", "10.0.0.1"));
    assert_false(contains("10.0.0.0/31", "10.0.0.2"));
    assert_true(contains("10.128.0.0/9", "10.255.0.1"));
    assert_false(contains("10.128.0.0/9", "10.127.0.1"));
    assert_true(contains("2001:DB8::/32", "2001:db8:ffff::"));
    assert_false(contains("2001:DB8::/33", "2001:db8:8000::"));
    assert_false(contains("0.0.0.0/0", "::1")); /* Ip1 */
    assert_false(contains("::/0", "1.2.3.4"));
    assert_true(contains("::1/128", "::1"));
    assert_true(covers("10.0.0.0/8", "10.1.0.0/16") && !covers("10.1.0.0/16", "10.0.0.0/8"));
    assert_true(covers("10.0.0.0/8", "10.0.0.0/8") && !covers("10.0.0.0/8", "11.0.0.0/16"));
    assert_false(covers("0.0.0.0/0", "::/0"));
    w403_cidr net;
    static const char *const bad[] = {"1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/a", "1.2.3.4/24/1", "/24", "",
                                      "::/129", "1.2.3/24", "1.2.3.4/024", "1.2.3.4/ 24",
                                      "1.2.3.4/18446744073709551617"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(w403_cidr_parse(w403_view_of(bad[i]), &net));
    }
    assert_true(w403_cidr_parse(W403_LIT("255.255.255.255/0"), &net));
    assert_memory_equal(net.base.bytes, "\0\0\0\0", 4);
}

static void check_instant(w403_arena *a, const char *text, const char *want)
{
    w403_instant t = 0;
    if (!w403_instant_parse(w403_view_of(text), &t)) {
        fail_msg("`%s` is refused", text);
    }
    assert_string_equal(w403_instant_format(a, t).p, want);
}

static void test_instant(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    static const char *const good[][2] = {
        {"2026", "2026-01-01T00:00:00Z"},
        {"2026-11", "2026-11-01T00:00:00Z"},
        {"2026-11-21", "2026-11-21T00:00:00Z"},
        {"2026-11-21T10:00Z", "2026-11-21T10:00:00Z"},
        {"2026-11-21T10:00:07Z", "2026-11-21T10:00:07Z"},
        {"2026-11-21T10:00:07.5Z", "2026-11-21T10:00:07.5Z"},
        {"2026-11-21T10:00:07.000001Z", "2026-11-21T10:00:07.000001Z"},
        {"2026-11-21T10:00:07.12345678Z", "2026-11-21T10:00:07.123456Z"},
        {"2026-11-21T10:00:07.000Z", "2026-11-21T10:00:07Z"},
        {"2026-11-21T10:00:00+05:30", "2026-11-21T04:30:00Z"},
        {"2026-11-21T23:59:59-08:00", "2026-11-22T07:59:59Z"},
        {"2024-02-29", "2024-02-29T00:00:00Z"},
        {"2000-02-29", "2000-02-29T00:00:00Z"},
        {"0000", "0000-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
        {"0", "1970-01-01T00:00:00Z"},
        {"1700000000", "2023-11-14T22:13:20Z"},
        {"1700000000.25", "2023-11-14T22:13:20.25Z"},
        {"-1", "1969-12-31T23:59:59Z"},
        {"-1.5", "1969-12-31T23:59:58.5Z"},
        {"12345", "1970-01-01T03:25:45Z"},
        {"1234.0", "1970-01-01T00:20:34Z"},
        {"-1234", "1969-12-31T23:39:26Z"},
        {"-62167219200", "0000-01-01T00:00:00Z"},
        {"253402300799", "9999-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        check_instant(a, good[i][0], good[i][1]);
    }
    w403_arena_free(a);
}

/* As logs, query engines and consoles write it. */
static void test_instant_read(void **state)
{
    static const char *const good[][2] = {
        {"2026-11-20T10:01:00Z", "2026-11-20T10:01:00Z"},
        {"2026-11-20 10:01:00", "2026-11-20T10:01:00Z"},
        {"2026-11-20 10:01:00.000000000", "2026-11-20T10:01:00Z"},
        {"2026-11-20 10:01:00.5 UTC", "2026-11-20T10:01:00.5Z"},
        {"2026-11-20T10:01:00", "2026-11-20T10:01:00Z"},
        {"2026-11-20T10:01:00+0200", "2026-11-20T08:01:00Z"},
        {"2026-11-20 10:01:00 +02:00", "2026-11-20T08:01:00Z"},
        {"2026/11/20 10:01:00", "2026-11-20T10:01:00Z"},
        {"1795168860", "2026-11-20T10:01:00Z"},
        {"1795168860000", "2026-11-20T10:01:00Z"},
        {"1795168860000000", "2026-11-20T10:01:00Z"},
        {"1795168860000000000", "2026-11-20T10:01:00Z"},
        {"Nov 20, 2026 @ 10:01:00.000", "2026-11-20T10:01:00Z"},
        {"November 20, 2026, 10:01:00 (UTC+01:00)", "2026-11-20T09:01:00Z"},
        {"Nov 20, 2026 1:01:00 PM", "2026-11-20T13:01:00Z"},
    };
    static const char *const bad[] = {"", "yesterday", "2026-11-20 25:01:00", "2026-02-30 10:01:00", "2026-11-20 10:01", "20-11-2026 10:01:00",
                                      "Foo 20, 2026 10:01:00", "2026-11-20 10:01:00 CEST", "Nov 20, 2026 13:01:00 PM"};
    w403_arena  *a = w403_arena_new(0);
    w403_instant t;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!w403_instant_read(w403_view_of(good[i][0]), &t)) {
            print_message("refused: %s\n", good[i][0]);
            fail();
        }
        assert_string_equal(w403_instant_format(a, t).p, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (w403_instant_read(w403_view_of(bad[i]), &t)) {
            print_message("taken: %s\n", bad[i]);
            fail();
        }
    }
    w403_arena_free(a);
}

static void test_instant_refused(void **state)
{
    (void)state;
    w403_instant t = 42;
    static const char *const bad[] = {
        "", "-", "abc", "2026-13", "2026-00", "2026-1", "2026-11-00", "2026-11-31", "2023-02-29", "1900-02-29",
        "2026-11-21T", "2026-11-21T10Z", "2026-11-21T10:00", "2026-11-21T10:00:00", "2026-11-21T24:00Z",
        "2026-11-21T10:60Z", "2026-11-21T10:00:60Z", "2026-11-21T10:00:00.Z", "2026-11-21T10:00:00+5:30",
        "2026-11-21T10:00:00+0530", "2026-11-21T10:00:00+24:00", "2026-11-21T10:00:00+05:60", "2026-11-21 10:00Z",
        "2026-11-21t10:00z", "2026-11-21Z", "2026-11Z", "2026Z", "2026-11-21T10:00:00Zx", " 2026", "2026 ", "+1",
        "1e9", "1.", ".5", "--1", "1.5.5", "253402300800", "-62167219201", "99999999999999999999", "9223372036854775807",
        "0000-01-01T00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01", "2026-", "2026-11-",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (w403_instant_parse(w403_view_of(bad[i]), &t)) {
            fail_msg("`%s` is accepted", bad[i]);
        }
        assert_int_equal(t, 42);
    }
}

static void test_civil(void **state)
{
    (void)state;
    int64_t expected = w403_days_from_civil(0, 1, 1);
    assert_int_equal(w403_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(expected, -719528);
    for (int64_t days = expected; days <= w403_days_from_civil(9999, 12, 31); days++) {
        int64_t  y;
        unsigned m, d;
        w403_civil_from_days(days, &y, &m, &d);
        if (w403_days_from_civil(y, m, d) != days || m < 1 || m > 12 || d < 1 || d > 31) {
            fail_msg("day %lld", (long long)days);
        }
    }
    time_t    now = time(NULL);
    struct tm tm;
    assert_non_null(gmtime_r(&now, &tm));
    assert_int_equal(w403_days_from_civil(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday),
                     now / 86400);
    assert_true(llabs(w403_instant_now() / 1000000 - (long long)now) <= 2);
}

static void check_order(const char *a, const char *b, int want)
{
    assert_true(w403_decimal_valid(w403_view_of(a)) && w403_decimal_valid(w403_view_of(b)));
    int ab = w403_decimal_cmp(w403_view_of(a), w403_view_of(b)), ba = w403_decimal_cmp(w403_view_of(b), w403_view_of(a));
    if ((ab > 0) - (ab < 0) != want || (ba > 0) - (ba < 0) != -want) {
        fail_msg("%s against %s", a, b);
    }
}

static void test_decimal(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "+", "-", ".", "1.", ".5", "1e", "1e+", "e1", "1.e1", "0x1", " 1", "1 ",
                                      "1,000", "1.2.3", "--1", "NaN", "1e1.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(w403_decimal_valid(w403_view_of(bad[i])));
    }
    check_order("1", "1.0", 0);
    check_order("1.2", "1.10", 1);
    check_order("1.2", "1.3", -1);
    check_order("10", "9", 1);
    check_order("-10", "9", -1);
    check_order("-10", "-9", -1);
    check_order("0", "-0", 0);
    check_order("0.000", "-0e99", 0);
    check_order("0", "0.001", -1);
    check_order("0", "-0.001", 1);
    check_order("007", "7", 0);
    check_order("+7", "7", 0);
    check_order("1e3", "1000", 0);
    check_order("1E3", "1000", 0);
    check_order("12.5e-1", "1.25", 0);
    check_order("0.00125e3", "1.25", 0);
    check_order("100e-2", "1", 0);
    check_order("1e400", "9e399", 1);
    check_order("-1e400", "-9e399", -1);
    check_order("1e-400", "0", 1);
    check_order("9007199254740993", "9007199254740992", 1);
    check_order("123456789012345678901234567890.1", "123456789012345678901234567890.10", 0);
    check_order("123456789012345678901234567890.1", "123456789012345678901234567890.2", -1);
    check_order("1e99999999999999999999", "1e9", 1);
    check_order("1e-99999999999999999999", "1e-9", -1);
    check_order("1", "12", -1);
    check_order("0.1", "0.12", -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ip),      cmocka_unit_test(test_cidr), cmocka_unit_test(test_private),  cmocka_unit_test(test_instant),
        cmocka_unit_test(test_instant_refused), cmocka_unit_test(test_instant_read), cmocka_unit_test(test_civil), cmocka_unit_test(test_decimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
