#include "base/view.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* For short texts, where the library's search would pay for its tables. The second byte of the needle and the last but
 * one are compared at 16 places at once (the outermost are separators too often); only where both fit the rest is looked
 * at. The needle is no longer than the text. */
static size_t find_short(w403_view hay, w403_view needle)
{
    const size_t places = hay.n - needle.n + 1;
    size_t       at = 0;
#ifdef __SSE2__
    const size_t  second = needle.n > 2 ? 1 : 0, last = needle.n - 1 - second;
    const __m128i left = _mm_set1_epi8(needle.p[second]), right = _mm_set1_epi8(needle.p[last]);
    for (size_t i = 0; places >= 16 && i < places; i += 16) {
        const char *p = hay.p + (i + 16 <= places ? i : places - 16); /* the last block overlaps the one before */
        __m128i     a = _mm_loadu_si128((const __m128i *)(const void *)(p + second));
        __m128i     b = _mm_loadu_si128((const __m128i *)(const void *)(p + last));
        unsigned    fit = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, left), _mm_cmpeq_epi8(b, right)));
        for (; fit; fit &= fit - 1) {
            const char *hit = p + (unsigned)__builtin_ctz(fit);
            if (memcmp(hit, needle.p, needle.n) == 0) {
                return (size_t)(hit - hay.p);
            }
        }
        at = places;
    }
#endif
    for (; at < places; at++) {
        if (hay.p[at] == needle.p[0] && memcmp(hay.p + at, needle.p, needle.n) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

size_t w403_view_find(w403_view hay, w403_view needle)
{
    if (needle.n == 0) {
        return 0;
    }
    if (needle.n > hay.n) {
        return SIZE_MAX;
    }
    if (hay.n <= 512) {
        return find_short(hay, needle);
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

bool w403_view_is_hex(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (w403_hex_digit(v.p[i]) < 0) {
            return false;
        }
    }
    return v.n > 0;
}
