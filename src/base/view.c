#include "base/view.h"

bool w403_view_ieq(w403_view a, w403_view b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] != b.p[i] && w403_lower(a.p[i]) != w403_lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

int w403_view_cmp(w403_view a, w403_view b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int    c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

size_t w403_view_find(w403_view hay, w403_view needle)
{
    if (needle.n == 0) {
        return 0;
    }
    if (needle.n > hay.n) {
        return SIZE_MAX;
    }
    const char *hit = memmem(hay.p, hay.n, needle.p, needle.n);
    return hit ? (size_t)(hit - hay.p) : SIZE_MAX;
}

size_t w403_view_find_char(w403_view hay, char c)
{
    const char *hit = hay.n ? memchr(hay.p, (unsigned char)c, hay.n) : NULL;
    return hit ? (size_t)(hit - hay.p) : SIZE_MAX;
}

w403_view w403_view_cut(w403_view *rest, char c)
{
    w403_view whole = *rest;
    size_t    at = w403_view_find_char(whole, c);
    if (at == SIZE_MAX) {
        *rest = (w403_view){NULL, 0};
        return whole;
    }
    *rest = w403_view_sub(whole, at + 1, whole.n);
    return w403_view_sub(whole, 0, at);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

w403_view w403_view_trim(w403_view v)
{
    while (v.n && is_blank(v.p[0])) {
        v.p++;
        v.n--;
    }
    while (v.n && is_blank(v.p[v.n - 1])) {
        v.n--;
    }
    return v;
}

bool w403_view_u64(w403_view v, uint64_t *out)
{
    uint64_t value = 0;
    if (v.n == 0) {
        return false;
    }
    for (size_t i = 0; i < v.n; i++) {
        unsigned digit = (unsigned char)v.p[i] - '0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}
