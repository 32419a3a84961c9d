/* Small texts: addresses, times, decimals, globs, percent and base64, UTF-8. The first byte says which; where there
 * is a second way to the same answer, both must agree. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/encode.h"
#include "base/glob.h"
#include "base/ip.h"
#include "base/time.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void check_ip(w403_arena *a, w403_view v)
{
    w403_ip   ip;
    w403_cidr net, host;
    (void)a;
    if (w403_ip_parse(v, &ip)) {
        must(w403_cidr_parse(v, &host) && host.prefix == ip.bits && w403_cidr_contains(&host, &ip));
    }
    if (w403_cidr_parse(v, &net)) {
        must(w403_cidr_contains(&net, &net.base) && w403_cidr_covers(&net, &net));
        for (unsigned bit = 0; bit < net.base.bits; bit++) { /* a flipped bit matters just when the prefix has it */
            w403_ip other = net.base;
            other.bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            must(w403_cidr_contains(&net, &other) == (bit >= net.prefix));
        }
    }
}

static void check_instant(w403_arena *a, w403_view v)
{
    w403_instant t, again;
    if (w403_instant_parse(v, &t)) {
        w403_view text = w403_instant_format(a, t);
        must(w403_instant_parse(text, &again) && again == t);
    }
}

/* Digits of a short decimal at fixed places: 10^99 first, 10^-100 last. */
static bool spread(w403_view v, bool *negative, char out[200])
{
    size_t  i = 0;
    int64_t point = -1, seen = 0, exponent = 0;
    char    digits[64];
    *negative = v.p[0] == '-';
    i += v.p[0] == '-' || v.p[0] == '+';
    for (; i < v.n && v.p[i] != 'e' && v.p[i] != 'E'; i++) {
        if (v.p[i] == '.') {
            point = seen;
        } else if (seen < 40) {
            digits[seen++] = v.p[i];
        } else {
            return false;
        }
    }
    point = point < 0 ? seen : point;
    bool minus = i + 1 < v.n && v.p[i + 1] == '-';
    for (i++; i < v.n; i++) {
        if (v.p[i] >= '0' && v.p[i] <= '9') {
            exponent = exponent * 10 + (v.p[i] - '0');
        }
        if (exponent > 50) {
            return false;
        }
    }
    memset(out, '0', 200);
    for (int64_t d = 0; d < seen; d++) {
        out[100 - point - (minus ? -exponent : exponent) + d] = digits[d];
    }
    return true;
}

static void check_decimal(w403_arena *a, w403_view v)
{
    w403_view x, y = v;
    (void)a;
    x = w403_view_cut(&y, ' ');
    if (!w403_decimal_valid(x) || !w403_decimal_valid(y)) {
        return;
    }
    int  c = w403_decimal_cmp(x, y), back = w403_decimal_cmp(y, x);
    bool minus_x, minus_y;
    char at_x[200], at_y[200], zero[200];
    must((c > 0) == (back < 0) && (c < 0) == (back > 0) && w403_decimal_cmp(x, x) == 0);
    if (spread(x, &minus_x, at_x) && spread(y, &minus_y, at_y)) {
        memset(zero, '0', sizeof zero);
        minus_x = minus_x && memcmp(at_x, zero, sizeof zero) != 0;
        minus_y = minus_y && memcmp(at_y, zero, sizeof zero) != 0;
        int want = memcmp(at_x, at_y, sizeof at_x);
        want = minus_x != minus_y ? (minus_x ? -1 : 1) : minus_x ? -want : want;
        must((c > 0) == (want > 0) && (c < 0) == (want < 0));
    }
}

enum { SHORT = 32 };

/* Every pair of ends, from the back: m[i][j] says that pattern[i..] matches text[j..]. */
static bool oracle(w403_view p, const uint8_t *literal, w403_view t, bool fold)
{
    bool m[SHORT + 1][SHORT + 1];
    for (size_t i = p.n + 1; i-- > 0;) {
        for (size_t j = t.n + 1; j-- > 0;) {
            bool   wild = i < p.n && !(literal && literal[i]);
            size_t next = j;
            if (j < t.n) {
                (void)w403_utf8_next(t, &next);
            }
            if (i == p.n) {
                m[i][j] = j == t.n;
            } else if (wild && p.p[i] == '*') {
                m[i][j] = m[i + 1][j] || (j < t.n && m[i][next]);
            } else if (wild && p.p[i] == '?') {
                m[i][j] = j < t.n && m[i + 1][next];
            } else {
                m[i][j] = j < t.n && m[i + 1][j + 1] &&
                          (fold ? w403_lower(p.p[i]) == w403_lower(t.p[j]) : p.p[i] == t.p[j]);
            }
        }
    }
    return m[0][0];
}

static void check_glob(w403_arena *a, w403_view v)
{
    w403_view text = v, pattern = w403_view_cut(&text, '\n');
    text.p = text.p ? text.p : "";
    /* A pattern comes from JSON, so it is UTF-8; only half characters could make the two differ. */
    if (pattern.n > SHORT || text.n > SHORT || w403_utf8_valid(pattern) < pattern.n) {
        (void)w403_glob(pattern, text);
        return;
    }
    uint8_t literal[SHORT] = {0};
    for (size_t i = 0; i < pattern.n; i++) {
        literal[i] = (uint8_t)((text.n + i) % 3 == 0);
    }
    (void)a;
    must(w403_glob(pattern, text) == oracle(pattern, NULL, text, false));
    must(w403_iglob(pattern, text) == oracle(pattern, NULL, text, true));
    must(w403_glob_masked(pattern, literal, text, false) == oracle(pattern, literal, text, false));
    must(w403_glob_masked(pattern, literal, text, true) == oracle(pattern, literal, text, true));
    for (size_t few = 0; few <= 4; few += 4) { /* the way of long ones */
        must(w403_glob_long(pattern, NULL, text, false, few) == oracle(pattern, NULL, text, false));
        must(w403_glob_long(pattern, NULL, text, true, few) == oracle(pattern, NULL, text, true));
        must(w403_glob_long(pattern, literal, text, false, few) == oracle(pattern, literal, text, false));
        must(w403_glob_long(pattern, literal, text, true, few) == oracle(pattern, literal, text, true));
    }
    if (!w403_has_wildcard(pattern)) {
        must(w403_glob(pattern, text) == w403_view_eq(pattern, text));
    }
}

static void check_percent(w403_arena *a, w403_view v)
{
    must(w403_view_eq(w403_percent_decode(a, w403_percent_encode(a, v, "/"), false), v));
    w403_view plain = w403_percent_decode(a, v, true);
    must(plain.n <= v.n && (plain.p || memchr(v.p, '%', v.n)));
}

static void check_base64(w403_arena *a, w403_view v)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    w403_view         bytes = w403_base64_decode(a, v);
    if (!bytes.p) {
        return;
    }
    for (size_t i = 0, o = 0; i < bytes.n; i += 3, o += 4) { /* there is just one text for these bytes: v */
        uint32_t group = 0;
        char     want[4];
        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (i + k < bytes.n ? (unsigned char)bytes.p[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            want[k] = i + k <= bytes.n ? alphabet[group >> (18 - 6 * k) & 63] : '=';
        }
        must(o + 4 <= v.n && memcmp(want, v.p + o, 4) == 0);
    }
    must(v.n == (bytes.n + 2) / 3 * 4);
}

static void check_utf8(w403_arena *a, w403_view v)
{
    size_t   i = 0, valid = w403_utf8_valid(v);
    w403_buf b = {0};
    (void)a;
    while (i < v.n) {
        char     text[4];
        size_t   start = i;
        uint32_t cp = w403_utf8_next(v, &i);
        must(i > start && i <= v.n);
        must(start != valid || (cp == 0xFFFD && i == start + 1));
        if (start < valid) {
            must(w403_utf8_put(text, cp) == i - start && memcmp(text, v.p + start, i - start) == 0);
        }
        (void)w403_utf8_width(cp);
        (void)w403_utf8_blank_name(cp);
    }
    w403_buf_json_string(&b, v);
    must(w403_buf_ok(&b) && w403_utf8_valid(w403_buf_view(&b)) == b.n);
    w403_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const checks[])(w403_arena *, w403_view) = {check_ip,      check_instant, check_decimal, check_glob,
                                                              check_percent, check_base64,  check_utf8};
    w403_arena *a = w403_arena_new(0);
    if (a && n > 0) {
        checks[data[0] % (sizeof checks / sizeof *checks)](a, (w403_view){(const char *)data + 1, n - 1});
    }
    w403_arena_free(a);
    return 0;
}
