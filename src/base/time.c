#include "base/time.h"

#include <stdio.h>
#include <time.h>

enum { MICRO = 1000000, DAY_S = 86400 };

/* 0000-01-01T00:00:00Z and the last microsecond of 9999. */
#define EARLIEST (INT64_C(-62167219200) * MICRO)
#define LATEST   (INT64_C(253402300800) * MICRO - 1)

int64_t w403_days_from_civil(int64_t y, unsigned m, unsigned d)
{
    /* Years begin in March, so that the leap day is the last; eras are 400 years of 146097 days. */
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void w403_civil_from_days(int64_t days, int64_t *y, unsigned *m, unsigned *d)
{
    days += 719468;
    int64_t  era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t  day = days - era * 146097;
    int64_t  year_of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    unsigned day_of_year = (unsigned)(day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
    unsigned month = (5 * day_of_year + 2) / 153; /* 0 = March */
    *d = day_of_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = year_of_era + era * 400 + (*m <= 2);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes exactly `width` digits off the front. */
static bool take_number(w403_view *v, size_t width, unsigned *out)
{
    if (v->n < width) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < width; i++) {
        if (!is_digit(v->p[i])) {
            return false;
        }
        *out = *out * 10 + (unsigned)(v->p[i] - '0');
    }
    *v = w403_view_sub(*v, width, v->n);
    return true;
}

static bool take_char(w403_view *v, char c)
{
    if (v->n == 0 || v->p[0] != c) {
        return false;
    }
    *v = w403_view_sub(*v, 1, v->n);
    return true;
}

/* Digits after a point, in microseconds; finer ones are cut off. */
static bool take_fraction(w403_view *v, int64_t *micro)
{
    int64_t unit = MICRO;
    *micro = 0;
    if (v->n == 0 || !is_digit(v->p[0])) {
        return false;
    }
    while (v->n && is_digit(v->p[0])) {
        unit /= 10;
        *micro += unit * (v->p[0] - '0');
        *v = w403_view_sub(*v, 1, v->n);
    }
    return true;
}

/* Z or +hh:mm or -hh:mm, in seconds to subtract. */
static bool take_zone(w403_view *v, int64_t *offset_s)
{
    unsigned hours, minutes;
    *offset_s = 0;
    if (take_char(v, 'Z')) {
        return true;
    }
    bool west = take_char(v, '-');
    if ((!west && !take_char(v, '+')) || !take_number(v, 2, &hours) || !take_char(v, ':') ||
        !take_number(v, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *offset_s = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

static bool in_range(int64_t seconds)
{
    return seconds >= EARLIEST / MICRO && seconds <= LATEST / MICRO;
}

static bool parse_epoch(w403_view v, w403_instant *out)
{
    bool      negative = take_char(&v, '-');
    size_t    point = w403_view_find_char(v, '.');
    w403_view whole = v, fraction = {NULL, 0};
    uint64_t  seconds;
    int64_t   micro = 0;
    if (point != SIZE_MAX) {
        whole = w403_view_sub(v, 0, point);
        fraction = w403_view_sub(v, point + 1, v.n);
        if (!take_fraction(&fraction, &micro) || fraction.n) {
            return false;
        }
    }
    if (!w403_view_u64(whole, &seconds) || seconds > INT64_MAX / MICRO - 1) {
        return false;
    }
    w403_instant t = (int64_t)seconds * MICRO + micro;
    t = negative ? -t : t;
    if (t < EARLIEST || t > LATEST) {
        return false;
    }
    *out = t;
    return true;
}

static unsigned days_in_month(unsigned y, unsigned m)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : days[m - 1];
}

/* Thh:mm[:ss[.s]]TZD after the date. */
static bool take_clock(w403_view *v, int64_t *seconds, int64_t *micro)
{
    unsigned hour, minute, second = 0;
    int64_t  offset_s;
    if (!take_char(v, 'T') || !take_number(v, 2, &hour) || !take_char(v, ':') || !take_number(v, 2, &minute)) {
        return false;
    }
    if (take_char(v, ':')) {
        if (!take_number(v, 2, &second) || (take_char(v, '.') && !take_fraction(v, micro))) {
            return false;
        }
    }
    if (hour > 23 || minute > 59 || second > 59 || !take_zone(v, &offset_s)) {
        return false;
    }
    *seconds = (int64_t)(hour * 3600 + minute * 60 + second) - offset_s;
    return true;
}

bool w403_instant_parse(w403_view v, w403_instant *out)
{
    w403_view rest = v;
    unsigned  year, month = 1, day = 1;
    int64_t   seconds = 0, micro = 0;
    /* Dt1: four digits alone are a year, any other number is an epoch time */
    if (!take_number(&rest, 4, &year) || (rest.n && rest.p[0] != '-')) {
        return parse_epoch(v, out);
    }
    if (take_char(&rest, '-')) {
        if (!take_number(&rest, 2, &month) || month < 1 || month > 12) {
            return false;
        }
        if (take_char(&rest, '-')) {
            if (!take_number(&rest, 2, &day) || day < 1 || day > days_in_month(year, month) ||
                (rest.n && !take_clock(&rest, &seconds, &micro))) {
                return false;
            }
        }
    }
    seconds += w403_days_from_civil(year, month, day) * DAY_S;
    if (rest.n || !in_range(seconds)) {
        return false;
    }
    *out = seconds * MICRO + micro;
    return true;
}

/* ---- as logs write it ---- */

/* Z, UTC, +hh:mm, +hhmm, +hh, after a blank or not; nothing is UTC. */
static bool read_zone(w403_view v, int64_t *offset_s)
{
    unsigned hours, minutes = 0;
    v = w403_view_trim(v);
    *offset_s = 0;
    if (v.n >= 2 && v.p[0] == '(' && v.p[v.n - 1] == ')') {
        v = w403_view_sub(v, 1, v.n - 1);
    }
    if (w403_view_starts(v, W403_LIT("UTC")) || w403_view_starts(v, W403_LIT("GMT"))) {
        v = w403_view_sub(v, 3, v.n);
    }
    if (v.n == 0 || w403_view_eq(v, W403_LIT("Z"))) {
        return true;
    }
    bool west = take_char(&v, '-');
    if ((!west && !take_char(&v, '+')) || !take_number(&v, 2, &hours)) {
        return false;
    }
    (void)take_char(&v, ':');
    if ((v.n && !take_number(&v, 2, &minutes)) || v.n || hours > 14 || minutes > 59) {
        return false;
    }
    *offset_s = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

/* hh:mm:ss[.f][ AM|PM][zone] on that day. */
static bool read_clock(w403_view v, int64_t day_s, w403_instant *out)
{
    unsigned hour, minute, second;
    int64_t  micro = 0, offset_s;
    if (!take_number(&v, 2, &hour) || !take_char(&v, ':') || !take_number(&v, 2, &minute) || !take_char(&v, ':') ||
        !take_number(&v, 2, &second) || hour > 23 || minute > 59 || second > 60 ||
        ((take_char(&v, '.') || take_char(&v, ',')) && !take_fraction(&v, &micro))) {
        return false;
    }
    bool pm = w403_view_starts(v, W403_LIT(" PM")), am = w403_view_starts(v, W403_LIT(" AM"));
    if (am || pm) {
        if (hour < 1 || hour > 12) {
            return false;
        }
        hour = hour % 12 + (pm ? 12 : 0);
        v = w403_view_sub(v, 3, v.n);
    }
    if (!read_zone(v, &offset_s)) {
        return false;
    }
    *out = (day_s + (int64_t)(hour * 3600 + minute * 60 + second) - offset_s) * MICRO + micro;
    return true;
}

/* Nov 20, 2026 @ 10:01:00.000; November 20, 2026, 10:01:00 (UTC+01:00) */
static bool read_words(w403_view v, w403_instant *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    w403_view rest = v, month = w403_view_cut(&rest, ' '), day_text = w403_view_cut(&rest, ',');
    uint64_t  day;
    unsigned  year;
    size_t    at = month.n >= 3 ? w403_view_find(W403_LIT(months), w403_view_sub(month, 0, 3)) : SIZE_MAX;
    rest = w403_view_trim(rest);
    if (at == SIZE_MAX || at % 3 || !w403_view_u64(day_text, &day) || day < 1 || day > 31 || !take_number(&rest, 4, &year) ||
        day > days_in_month(year, (unsigned)at / 3 + 1)) {
        return false;
    }
    while (rest.n && (rest.p[0] == ',' || rest.p[0] == ' ' || rest.p[0] == '@')) {
        rest = w403_view_sub(rest, 1, rest.n);
    }
    char      padded[64];
    bool      one_digit = rest.n > 1 && rest.p[1] == ':' && rest.n < sizeof padded;
    if (one_digit) {
        padded[0] = '0';
        memcpy(padded + 1, rest.p, rest.n);
        rest = (w403_view){padded, rest.n + 1};
    }
    return read_clock(rest, w403_days_from_civil(year, (unsigned)at / 3 + 1, (unsigned)day) * DAY_S, out);
}

bool w403_instant_read(w403_view v, w403_instant *out)
{
    static const struct { size_t digits; int64_t times, per; } EPOCHS[] = {{13, 1000, 1}, {16, 1, 1}, {19, 1, 1000}};
    uint64_t number;
    unsigned year, month, day;
    v = w403_view_trim(v);
    for (size_t i = 0; i < sizeof EPOCHS / sizeof *EPOCHS; i++) {
        if (v.n == EPOCHS[i].digits && w403_view_u64(v, &number) && number <= (uint64_t)(INT64_MAX / EPOCHS[i].times)) {
            *out = (w403_instant)number * EPOCHS[i].times / EPOCHS[i].per;
            return in_range(*out / MICRO);
        }
    }
    if (w403_instant_parse(v, out)) {
        return true;
    }
    w403_view rest = v;
    if (!take_number(&rest, 4, &year)) {
        return read_words(v, out);
    }
    bool date = (take_char(&rest, '-') || take_char(&rest, '/')) && take_number(&rest, 2, &month) &&
                (take_char(&rest, '-') || take_char(&rest, '/')) && take_number(&rest, 2, &day);
    if (!date || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        (!take_char(&rest, 'T') && !take_char(&rest, ' '))) {
        return false;
    }
    return read_clock(w403_view_trim(rest), w403_days_from_civil(year, month, day) * DAY_S, out);
}

w403_view w403_instant_format(w403_arena *a, w403_instant t)
{
    int64_t  seconds = t / MICRO, micro = t % MICRO, y;
    unsigned m, d;
    if (micro < 0) {
        micro += MICRO;
        seconds--;
    }
    int64_t days = seconds / DAY_S, clock = seconds % DAY_S;
    if (clock < 0) {
        clock += DAY_S;
        days--;
    }
    w403_civil_from_days(days, &y, &m, &d);
    char fraction[16] = "";
    if (micro) {
        int n = snprintf(fraction, sizeof fraction, ".%06d", (int)micro);
        while (n > 0 && fraction[n - 1] == '0') {
            fraction[--n] = '\0';
        }
    }
    return w403_arena_printf(a, "%04lld-%02u-%02uT%02d:%02d:%02d%sZ", (long long)y, m, d, (int)(clock / 3600),
                             (int)(clock / 60 % 60), (int)(clock % 60), fraction);
}

w403_instant w403_instant_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MICRO + now.tv_nsec / 1000;
}
