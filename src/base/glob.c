#include "base/glob.h"

#include "base/arena.h"
#include "base/utf8.h"

/* Up to so many steps a pattern is tried at place after place; above it is cut at its stars, and what stands between
 * them is searched for. */
enum { FEW_STEPS = 1 << 16 };

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

static inline bool match_short(w403_view pattern, const uint8_t *literal, w403_view text, bool fold)
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

/* ---- long ones: at most pattern x text / 64 steps ---- */

/* What stands between two stars. */
typedef struct segment {
    w403_view text;
    const uint8_t *literal; /* of text, or NULL */
    bool fold, marks;       /* marks: it holds a `?` */
} segment;

static segment segment_of(w403_view pattern, const uint8_t *literal, size_t from, bool fold)
{
    segment s = {.literal = literal ? literal + from : NULL, .fold = fold};
    size_t to = from;
    for (; to < pattern.n && !(pattern.p[to] == '*' && is_wild(pattern, literal, to)); to++) {
        s.marks |= is_wild(pattern, literal, to);
    }
    s.text = w403_view_sub(pattern, from, to);
    return s;
}

/* Where the segment ends when it begins at `at`; SIZE_MAX: it does not. *steps grows by what it took. */
static size_t segment_at(const segment *s, w403_view text, size_t at, size_t *steps)
{
    if (!s->marks && !s->fold) {
        bool here = w403_view_starts(w403_view_sub(text, at, text.n), s->text);
        return here ? at + s->text.n : SIZE_MAX;
    }
    for (size_t p = 0; p < s->text.n; p++) {
        ++*steps;
        if (at == text.n) {
            return SIZE_MAX;
        }
        if (is_wild(s->text, s->literal, p)) {
            at += character_length(text, at);
        } else if (!same(s->text.p[p], text.p[at++], s->fold)) {
            return SIZE_MAX;
        }
    }
    return at;
}

/* A text as characters; a byte that is none is one of its own. */
static uint32_t character(w403_view text, size_t *at)
{
    size_t was = *at;
    uint32_t cp = w403_utf8_next(text, at);
    bool broken = *at == was + 1 && (unsigned char)text.p[was] >= 0x80;
    return broken ? 0x110000u + (unsigned char)text.p[was] : cp;
}

static uint32_t folded(uint32_t cp)
{
    return cp < 0x80 ? (unsigned char)w403_lower((char)cp) : cp;
}

enum { LANES = 64 };
#define ANY UINT32_MAX /* no character: stands for every one */

/* 64 places at once: the first of them from which all of `want` follows; LANES: none. `have` goes on for n_want + LANES
 * characters. */
static size_t first_lane(const uint32_t *want, size_t n_want, const uint32_t *have)
{
    uint8_t out[LANES] = {0};
    for (size_t i = 0; i < n_want; i++) {
        if (want[i] == ANY) {
            continue;
        }
        for (size_t k = 0; k < LANES; k++) {
            out[k] |= have[i + k] != want[i];
        }
        if (i % 8 == 7 && !memchr(out, 0, LANES)) {
            return LANES;
        }
    }
    const uint8_t *lane = memchr(out, 0, LANES);
    return lane ? (size_t)(lane - out) : LANES;
}

/* Characters of both, in `wide`: the segment's first, then the text's, then LANES that are none. */
static size_t widen(const segment *s, w403_view text, uint32_t *wide, size_t *n_want)
{
    size_t n = 0;
    for (size_t i = 0; i < s->text.n;) {
        bool any = is_wild(s->text, s->literal, i);
        uint32_t cp = character(s->text, &i);
        wide[n++] = any ? ANY : s->fold ? folded(cp) : cp;
    }
    *n_want = n;
    for (size_t i = 0; i < text.n;) {
        uint32_t cp = character(text, &i);
        wide[n++] = s->fold ? folded(cp) : cp;
    }
    for (size_t k = 0; k < LANES; k++) {
        wide[n + k] = ANY - 1;
    }
    return n - *n_want;
}

/* The first place of the text with the segment, in characters; SIZE_MAX: none. False: memory is short. */
static bool find_wide(const segment *s, w403_view text, size_t *found)
{
    size_t n_want, room = s->text.n + text.n + LANES;
    uint32_t *wide = room < SIZE_MAX / sizeof *wide ? w403_malloc(room * sizeof *wide) : NULL;
    *found = SIZE_MAX;
    if (!wide) {
        return false;
    }
    size_t n_have = widen(s, text, wide, &n_want);
    for (size_t at = 0; at + n_want <= n_have && *found == SIZE_MAX; at += LANES) {
        size_t lane = first_lane(wide, n_want, wide + n_want + at);
        *found = lane < LANES && at + lane + n_want <= n_have ? at + lane : SIZE_MAX;
    }
    w403_free(wide);
    return true;
}

/* The end of the first place from `from` on where the segment stands; SIZE_MAX: there is none. */
static size_t find_segment(const segment *s, w403_view text, size_t from, size_t few)
{
    w403_view rest = w403_view_sub(text, from, text.n);
    size_t steps = 0, found;
    if (!s->marks && !s->fold) {
        const char *hit = memmem(rest.p, rest.n, s->text.p, s->text.n);
        return hit ? (size_t)(hit - text.p) + s->text.n : SIZE_MAX;
    }
    for (; from < text.n; from += character_length(text, from), steps++) {
        if (steps >= few && find_wide(s, w403_view_sub(text, from, text.n), &found)) {
            for (size_t i = 0; found != SIZE_MAX && i < found; i++) {
                from += character_length(text, from);
            }
            return found == SIZE_MAX ? SIZE_MAX : segment_at(s, text, from, &steps);
        }
        size_t end = segment_at(s, text, from, &steps);
        if (end != SIZE_MAX) {
            return end;
        }
    }
    return SIZE_MAX;
}

/* Does the text from `from` on end with the segment? */
static bool ends_with(const segment *s, w403_view text, size_t from)
{
    size_t ahead = from, steps = 0;
    for (size_t p = 0; p < s->text.n;) { /* as many characters as it has */
        if (ahead == text.n) {
            return false;
        }
        bool any = is_wild(s->text, s->literal, p);
        p += any ? 1 : character_length(s->text, p);
        ahead += character_length(text, ahead);
    }
    while (ahead < text.n) {
        from += character_length(text, from);
        ahead += character_length(text, ahead);
    }
    return segment_at(s, text, from, &steps) == text.n;
}

bool w403_glob_long(w403_view pattern, const uint8_t *literal, w403_view text, bool fold, size_t few)
{
    segment s = segment_of(pattern, literal, 0, fold);
    size_t steps = 0, p = s.text.n, t = segment_at(&s, text, 0, &steps);
    if (t == SIZE_MAX || p == pattern.n) {
        return t == text.n;
    }
    for (;;) {
        s = segment_of(pattern, literal, ++p, fold); /* behind the star */
        p += s.text.n;
        if (p == pattern.n) {
            return ends_with(&s, text, t);
        }
        if (s.text.n > 0) {
            t = find_segment(&s, text, t, few);
        }
        if (t == SIZE_MAX) {
            return false;
        }
    }
}

static inline bool match(w403_view pattern, const uint8_t *literal, w403_view text, bool fold)
{
    return pattern.n == 0 || text.n <= FEW_STEPS / pattern.n ? match_short(pattern, literal, text, fold)
                                                            : w403_glob_long(pattern, literal, text, fold, FEW_STEPS);
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

/* Bytes before the first wildcard. */
static size_t plain_prefix(w403_view pattern)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    size_t         i = 0;
    for (uint64_t a; pattern.n - i >= sizeof a; i += sizeof a) {
        memcpy(&a, pattern.p + i, sizeof a);
        uint64_t star = a ^ (ones * '*'), mark = a ^ (ones * '?');
        if ((((star - ones) & ~star) | ((mark - ones) & ~mark)) & highs) {
            break;
        }
    }
    while (i < pattern.n && pattern.p[i] != '*' && pattern.p[i] != '?') {
        i++;
    }
    return i;
}

bool w403_has_wildcard(w403_view pattern)
{
    return plain_prefix(pattern) < pattern.n;
}
