#include "base/encode.h"

static const w403_view none = {NULL, 0};

w403_view w403_percent_decode(w403_arena *a, w403_view v, bool plus_is_space)
{
    char  *out = w403_arena_alloc(a, v.n + 1);
    size_t n = 0;
    if (!out) {
        return none;
    }
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (c == '%') {
            int high = v.n - i > 2 ? w403_hex_digit(v.p[i + 1]) : -1;
            int low = v.n - i > 2 ? w403_hex_digit(v.p[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return none;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return (w403_view){out, n};
}

/* RFC 3986 2.3 */
static bool is_unreserved(char c)
{
    char l = w403_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

w403_view w403_percent_encode(w403_arena *a, w403_view v, const char *keep)
{
    static const char digits[] = "0123456789ABCDEF";
    char             *out = v.n < SIZE_MAX / 4 ? w403_arena_alloc(a, v.n * 3 + 1) : NULL;
    size_t            n = 0;
    if (!out) {
        return none;
    }
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (is_unreserved(c) || (c && keep && strchr(keep, c))) {
            out[n++] = c;
        } else {
            out[n++] = '%';
            out[n++] = digits[(unsigned char)c >> 4];
            out[n++] = digits[(unsigned char)c & 15];
        }
    }
    out[n] = '\0';
    return (w403_view){out, n};
}

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

w403_view w403_base64_head(w403_view v, char out[8])
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++) {
        int six = i < v.n ? sextet(v.p[i]) : -1;
        if (six < 0) {
            return none;
        }
        bits = bits << 6 | (unsigned)six;
    }
    for (size_t i = 0; i < 6; i++) {
        out[i] = (char)(bits >> (40 - 8 * i) & 0xFF);
    }
    return (w403_view){out, 6};
}

w403_view w403_base64_decode(w403_arena *a, w403_view v)
{
    size_t pad = 0, n = 0;
    char  *out = w403_arena_alloc(a, v.n / 4 * 3 + 1);
    if (!out || v.n % 4 != 0) {
        return none;
    }
    while (pad < 2 && pad < v.n && v.p[v.n - 1 - pad] == '=') {
        pad++;
    }
    uint32_t bits = 0;
    for (size_t i = 0; i < v.n - pad; i++) {
        int six = sextet(v.p[i]);
        if (six < 0) {
            return none;
        }
        bits = bits << 6 | (uint32_t)six;
        if (i % 4 == 3) {
            out[n++] = (char)(bits >> 16 & 0xFF);
            out[n++] = (char)(bits >> 8 & 0xFF);
            out[n++] = (char)(bits & 0xFF);
        }
    }
    /* The last group: bits beyond whole bytes must be zero, or two texts would stand for the same bytes. */
    if (pad == 1) {
        out[n++] = (char)(bits >> 10 & 0xFF);
        out[n++] = (char)(bits >> 2 & 0xFF);
    } else if (pad == 2) {
        out[n++] = (char)(bits >> 4 & 0xFF);
    }
    if ((pad == 1 && bits & 3) || (pad == 2 && bits & 15)) {
        return none;
    }
    out[n] = '\0';
    return (w403_view){out, n};
}
