#include "base/glob.h"

#include "base/utf8.h"

static bool is_wild(w403_view pattern, const uint8_t *literal, size_t i)
{
    char c = pattern.p[i];
    return (c == '*' || c == '?') && !(literal && literal[i]);
}

static inline bool same(char a, char b, bool fold)
{
    return a == b || (fold && w403_lower(a) == w403_lower(b));
}

static inline size_t character_length(w403_view text, size_t at)
{
    size_t end = at + 1;
    if ((unsigned char)text.p[at] >= 0xC0) {
        end = at;
        (void)w403_utf8_next(text, &end);
    }
    return end - at;
}

/* The next place from `from` on where what follows a star can begin, or text.n. */
static size_t next_start(w403_view pattern, const uint8_t *literal, w403_view text, size_t p, size_t from, bool fold)
{
    unsigned char c = (unsigned char)pattern.p[p];
    /* A continuation byte alone may stand inside a character: never jump to it. */
    if (fold || (c & 0xC0) == 0x80 || is_wild(pattern, literal, p)) {
        return from;
    }
    const char *hit = memchr(text.p + from, c, text.n - from);
    return hit ? (size_t)(hit - text.p) : text.n;
}

/* Bytes that both begin with, in eights, before the first wildcard: most patterns are a long literal and a star. */
static size_t common_prefix(w403_view pattern, w403_view text)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    size_t         n = pattern.n < text.n ? pattern.n : text.n, i = 0;
    for (uint64_t a, b; n - i >= sizeof a; i += sizeof a) {
        memcpy(&a, pattern.p + i, sizeof a);
        memcpy(&b, text.p + i, sizeof b);
        uint64_t star = a ^ (ones * '*'), mark = a ^ (ones * '?');
        if (a != b || ((((star - ones) & ~star) | ((mark - ones) & ~mark)) & highs)) {
            break;
        }
    }
    return i;
}

static inline bool match(w403_view pattern, const uint8_t *literal, w403_view text, bool fold)
{
    size_t p = literal || fold ? 0 : common_prefix(pattern, text), t = p;
    size_t after_star = SIZE_MAX, star_end = 0; /* the last star: what follows it, where its run ends */
    while (t < text.n) {
        if (p < pattern.n && is_wild(pattern, literal, p)) {
            if (pattern.p[p++] == '?') {
                t += character_length(text, t);
                continue;
            }
            if (p == pattern.n) {
                return true;
            }
            after_star = p;
            t = star_end = next_start(pattern, literal, text, p, t, fold);
            continue;
        }
        if (p < pattern.n && same(pattern.p[p], text.p[t], fold)) {
            p++;
            t++;
            continue;
        }
        if (after_star == SIZE_MAX) {
            return false;
        }
        p = after_star;
        star_end += character_length(text, star_end);
        t = star_end = next_start(pattern, literal, text, p, star_end, fold);
    }
    while (p < pattern.n && pattern.p[p] == '*' && is_wild(pattern, literal, p)) {
        p++;
    }
    return p == pattern.n;
}

bool w403_glob(w403_view pattern, w403_view text)
{
    return match(pattern, NULL, text, false);
}

bool w403_iglob(w403_view pattern, w403_view text)
{
    return match(pattern, NULL, text, true);
}

bool w403_glob_masked(w403_view pattern, const uint8_t *literal, w403_view text, bool ignore_case)
{
    return ignore_case ? match(pattern, literal, text, true) : match(pattern, literal, text, false);
}

bool w403_has_wildcard(w403_view pattern)
{
    return pattern.n && (memchr(pattern.p, '*', pattern.n) || memchr(pattern.p, '?', pattern.n));
}
