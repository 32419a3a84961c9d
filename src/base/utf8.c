#include "base/utf8.h"

#include <endian.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Length of the sequence at p, 0 when it is none: overlong forms, surrogates and > U+10FFFF are none. */
static size_t sequence(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80) {
        return 1;
    }
    size_t        len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    unsigned char low = 0x80, high = 0xBF;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n < len) {
        return 0;
    }
    switch (p[0]) {
    case 0xE0: low = 0xA0; break;
    case 0xED: high = 0x9F; break;
    case 0xF0: low = 0x90; break;
    case 0xF4: high = 0x8F; break;
    default: break;
    }
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

size_t w403_utf8_valid(w403_view v)
{
    const unsigned char *p = (const unsigned char *)v.p;
    size_t               i = 0;
    while (i < v.n) {
        uint64_t eight;
        if (v.n - i >= sizeof eight) { /* plain ASCII, eight at a time */
            memcpy(&eight, p + i, sizeof eight);
            if (!(eight & 0x8080808080808080u)) {
                i += sizeof eight;
                continue;
            }
        }
        size_t len = sequence(p + i, v.n - i);
        if (len == 0) {
            return i;
        }
        i += len;
    }
    return v.n;
}

/* A mark in each of eight bytes that is not plain; the lowest one is true, those above it may be false. */
static inline uint64_t not_plain(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t       x;
    memcpy(&x, p, sizeof x);
    x = le64toh(x);
    uint64_t quote = x ^ (ones * '"'), backslash = x ^ (ones * '\\');
    return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((x - ones * 0x20) & ~x) | x) & highs;
}

size_t w403_utf8_plain(w403_view v)
{
    const char *p = v.p;
    size_t      i = 0;
#ifdef __SSE2__
    const __m128i quotes = _mm_set1_epi8('"'), backslashes = _mm_set1_epi8('\\'), blanks = _mm_set1_epi8(' ');
    for (; v.n - i >= 16; i += 16) {
        __m128i  x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i  special = _mm_or_si128(_mm_cmpeq_epi8(x, quotes), _mm_cmpeq_epi8(x, backslashes));
        __m128i  below = _mm_cmplt_epi8(x, blanks); /* as signed bytes: those from 0x80 on too */
        unsigned marks = (unsigned)_mm_movemask_epi8(_mm_or_si128(special, below));
        if (marks) {
            return i + (unsigned)__builtin_ctz(marks);
        }
    }
#endif
    for (; v.n - i >= 8; i += 8) {
        uint64_t marks = not_plain(p + i);
        if (marks) {
            return i + (size_t)__builtin_ctzll(marks) / 8;
        }
    }
    if (i > 0 && i < v.n && !not_plain(p + v.n - 8)) { /* the last eight, some for the second time */
        return v.n;
    }
    while (i < v.n && (unsigned char)(p[i] - 0x20) < 0x60 && p[i] != '"' && p[i] != '\\') {
        i++;
    }
    return i;
}

uint32_t w403_utf8_next(w403_view v, size_t *i)
{
    const unsigned char *p = (const unsigned char *)v.p + *i;
    size_t               len = sequence(p, v.n - *i);
    *i += len ? len : 1;
    switch (len) {
    case 1: return p[0];
    case 2: return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    case 3: return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    case 4: return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
    default: return 0xFFFD;
    }
}

size_t w403_utf8_put(char *out, uint32_t cp)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
        cp = 0xFFFD;
    }
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

typedef struct range {
    uint32_t from, to;
} range;

/* Blocks rather than single characters: enough to keep the underline beneath what it blames. */
static const range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};
static const range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

static bool in_ranges(const range *at, size_t n, uint32_t cp)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cp < at[mid].from) {
            high = mid;
        } else if (cp > at[mid].to) {
            low = mid + 1;
        } else {
            return true;
        }
    }
    return false;
}

int w403_utf8_width(uint32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || in_ranges(zero_width, sizeof zero_width / sizeof *zero_width, cp)) {
        return 0;
    }
    return in_ranges(wide, sizeof wide / sizeof *wide, cp) ? 2 : 1;
}

const char *w403_utf8_blank_name(uint32_t cp)
{
    static const struct {
        uint32_t    cp;
        const char *name;
    } blanks[] = {
        {0x000B, "vertical tab (U+000B)"},
        {0x000C, "form feed (U+000C)"},
        {0x0085, "next line (U+0085)"},
        {0x00A0, "no-break space (U+00A0)"},
        {0x00AD, "soft hyphen (U+00AD)"},
        {0x1680, "ogham space mark (U+1680)"},
        {0x180E, "mongolian vowel separator (U+180E)"},
        {0x2000, "en quad (U+2000)"},
        {0x2001, "em quad (U+2001)"},
        {0x2002, "en space (U+2002)"},
        {0x2003, "em space (U+2003)"},
        {0x2004, "three-per-em space (U+2004)"},
        {0x2005, "four-per-em space (U+2005)"},
        {0x2006, "six-per-em space (U+2006)"},
        {0x2007, "figure space (U+2007)"},
        {0x2008, "punctuation space (U+2008)"},
        {0x2009, "thin space (U+2009)"},
        {0x200A, "hair space (U+200A)"},
        {0x200B, "zero width space (U+200B)"},
        {0x200C, "zero width non-joiner (U+200C)"},
        {0x200D, "zero width joiner (U+200D)"},
        {0x200E, "left-to-right mark (U+200E)"},
        {0x200F, "right-to-left mark (U+200F)"},
        {0x2028, "line separator (U+2028)"},
        {0x2029, "paragraph separator (U+2029)"},
        {0x202F, "narrow no-break space (U+202F)"},
        {0x205F, "medium mathematical space (U+205F)"},
        {0x2060, "word joiner (U+2060)"},
        {0x3000, "ideographic space (U+3000)"},
        {0xFEFF, "byte order mark (U+FEFF)"},
    };
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        if (blanks[i].cp == cp) {
            return blanks[i].name;
        }
    }
    return NULL;
}

bool w403_utf8_steers(uint32_t cp)
{
    bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029;
    bool direction = cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
                     (cp >= 0x2066 && cp <= 0x2069);
    return control || direction;
}
