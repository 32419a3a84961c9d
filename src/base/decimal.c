#include "base/decimal.h"

/* An exponent beyond this counts as this: no text is long enough for its digits to make up for it. */
#define EXPONENT_LIMIT INT64_C(1000000000000000000)

typedef struct decimal {
    bool      negative;
    w403_view whole, fraction; /* digits; together without leading and trailing zeros */
    int64_t   magnitude;       /* power of ten just above the first digit */
} decimal;

static size_t digits(w403_view v, size_t i)
{
    while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9') {
        i++;
    }
    return i;
}

static size_t sign(w403_view v, size_t i)
{
    return i < v.n && (v.p[i] == '+' || v.p[i] == '-') ? i + 1 : i;
}

bool w403_decimal_valid(w403_view v)
{
    size_t start = sign(v, 0), i = digits(v, start);
    if (i == start) {
        return false;
    }
    if (i < v.n && v.p[i] == '.') {
        start = i + 1;
        i = digits(v, start);
        if (i == start) {
            return false;
        }
    }
    if (i < v.n && (v.p[i] == 'e' || v.p[i] == 'E')) {
        start = sign(v, i + 1);
        i = digits(v, start);
        if (i == start) {
            return false;
        }
    }
    return i == v.n;
}

static int64_t exponent(w403_view v)
{
    size_t  i = sign(v, 0);
    int64_t value = 0;
    for (; i < v.n; i++) {
        value = value < EXPONENT_LIMIT / 10 ? value * 10 + (v.p[i] - '0') : EXPONENT_LIMIT;
    }
    return v.n && v.p[0] == '-' ? -value : value;
}

static decimal parse(w403_view v)
{
    size_t  start = sign(v, 0), i = digits(v, start);
    decimal d = {.negative = v.p[0] == '-', .whole = w403_view_sub(v, start, i), .fraction = {v.p + i, 0}};
    if (i < v.n && v.p[i] == '.') {
        start = i + 1;
        i = digits(v, start);
        d.fraction = w403_view_sub(v, start, i);
    }
    while (d.fraction.n && d.fraction.p[d.fraction.n - 1] == '0') {
        d.fraction.n--;
    }
    while (d.whole.n && d.whole.p[0] == '0') {
        d.whole = w403_view_sub(d.whole, 1, d.whole.n);
    }
    d.magnitude = (int64_t)d.whole.n;
    if (d.whole.n == 0) {
        while (d.fraction.n && d.fraction.p[0] == '0') {
            d.fraction = w403_view_sub(d.fraction, 1, d.fraction.n);
            d.magnitude--;
        }
    }
    if (i < v.n) {
        d.magnitude += exponent(w403_view_sub(v, i + 1, v.n));
    }
    return d;
}

static bool is_zero(const decimal *d)
{
    return d->whole.n + d->fraction.n == 0;
}

static char digit_at(const decimal *d, size_t i)
{
    if (i < d->whole.n) {
        return d->whole.p[i];
    }
    i -= d->whole.n;
    return i < d->fraction.n ? d->fraction.p[i] : '0';
}

static int compare_magnitude(const decimal *a, const decimal *b)
{
    if (a->magnitude != b->magnitude) {
        return a->magnitude < b->magnitude ? -1 : 1;
    }
    size_t na = a->whole.n + a->fraction.n, nb = b->whole.n + b->fraction.n;
    for (size_t i = 0; i < na || i < nb; i++) {
        char da = digit_at(a, i), db = digit_at(b, i);
        if (da != db) {
            return da < db ? -1 : 1;
        }
    }
    return 0;
}

int w403_decimal_cmp(w403_view a, w403_view b)
{
    decimal x = parse(a), y = parse(b);
    if (is_zero(&x) || is_zero(&y)) {
        int sx = is_zero(&x) ? 0 : x.negative ? -1 : 1;
        int sy = is_zero(&y) ? 0 : y.negative ? -1 : 1;
        return sx - sy;
    }
    if (x.negative != y.negative) {
        return x.negative ? -1 : 1;
    }
    int c = compare_magnitude(&x, &y);
    return x.negative ? -c : c;
}
