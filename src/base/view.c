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

#ifdef __SSE2__
/* First and last byte of the needle are compared at 16 places at once; only where both fit the rest is looked at.
 * SIZE_MAX: not within the places that whole blocks cover; *from says where to go on. */
static size_t find_blocks(w403_view hay, w403_view needle, size_t *from)
{
    const __m128i first = _mm_set1_epi8(needle.p[0]), last = _mm_set1_epi8(needle.p[needle.n - 1]);
    size_t        i = 0;
    for (; i + needle.n - 1 + 16 <= hay.n; i += 16) {
        __m128i  a = _mm_loadu_si128((const __m128i *)(const void *)(hay.p + i));
        __m128i  b = _mm_loadu_si128((const __m128i *)(const void *)(hay.p + i + needle.n - 1));
        unsigned fit = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));
        for (; fit; fit &= fit - 1) {
            size_t at = i + (unsigned)__builtin_ctz(fit);
            if (memcmp(hay.p + at, needle.p, needle.n) == 0) {
                return at;
            }
        }
    }
    *from = i;
    return SIZE_MAX;
}
#else
static size_t find_blocks(w403_view hay, w403_view needle, size_t *from)
{
    (void)hay;
    (void)needle;
    *from = 0;
    return SIZE_MAX;
}
#endif

size_t w403_view_find(w403_view hay, w403_view needle)
{
    size_t from = 0;
    if (needle.n == 0) {
        return 0;
    }
    if (needle.n > hay.n) {
        return SIZE_MAX;
    }
    /* Short texts: the library's search pays for its tables only on long ones. */
    size_t at = hay.n <= 512 ? find_blocks(hay, needle, &from) : SIZE_MAX;
    if (at != SIZE_MAX) {
        return at;
    }
    const char *hit = memmem(hay.p + from, hay.n - from, needle.p, needle.n);
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
