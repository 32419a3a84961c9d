/* Keys that look missing (004-38): the same name in another spelling, or a near miss. */
#include "base/encode.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "evidence/build.h"
#include "evidence/letters.h"

enum { FOLD_MAX = 4 * W403_LIMIT_KEY_BYTES, EDITS_MAX = 2 };

typedef struct fold {
    char   p[FOLD_MAX];
    size_t n;
} fold;

static void put(fold *f, char c)
{
    if (f->n < FOLD_MAX) {
        f->p[f->n++] = c;
    }
}

/* Undoes percent coding as often as it was applied, twice at most; what is no escape stays. */
static void unescape(fold *f)
{
    for (int round = 0; round < 2; round++) {
        size_t n = 0;
        for (size_t i = 0; i < f->n; i++) {
            bool escape = f->p[i] == '%' && i + 2 < f->n && w403_view_is_hex((w403_view){f->p + i + 1, 2});
            if (escape) {
                f->p[n++] = (char)(w403_hex_digit(f->p[i + 1]) * 16 + w403_hex_digit(f->p[i + 2]));
                i += 2;
            } else {
                f->p[n++] = f->p[i];
            }
        }
        f->n = n;
    }
}

static void lower(fold *f)
{
    for (size_t i = 0; i < f->n; i++) {
        f->p[i] = w403_lower(f->p[i]);
    }
}

static void plus(fold *f)
{
    for (size_t i = 0; i < f->n; i++) {
        f->p[i] = f->p[i] == '+' ? ' ' : f->p[i];
    }
}

static void blanks(fold *f)
{
    size_t from = 0;
    while (f->n && (f->p[f->n - 1] == ' ' || f->p[f->n - 1] == '\t')) {
        f->n--;
    }
    while (from < f->n && (f->p[from] == ' ' || f->p[from] == '\t')) {
        from++;
    }
    memmove(f->p, f->p + from, f->n - from);
    f->n -= from;
}

static void slashes(fold *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        bool again = f->p[i] == '/' && (n == 0 || f->p[n - 1] == '/');
        if (!again) {
            f->p[n++] = f->p[i];
        }
    }
    f->n = n;
}

/* Composed letters become letter and mark, so that both forms are the same bytes. */
static void decompose(fold *f)
{
    fold   out = {.n = 0};
    size_t i = 0;
    while (i < f->n) {
        size_t   start = i;
        uint32_t base, mark;
        uint32_t cp = w403_utf8_next((w403_view){f->p, f->n}, &i);
        char     bytes[4];
        if (cp < 0x80 || !w403_letter_decompose(cp, &base, &mark)) {
            for (size_t k = start; k < i; k++) {
                put(&out, f->p[k]);
            }
            continue;
        }
        size_t n = w403_utf8_put(bytes, base);
        for (size_t k = 0; k < n; k++) {
            put(&out, bytes[k]);
        }
        n = w403_utf8_put(bytes, mark);
        for (size_t k = 0; k < n; k++) {
            put(&out, bytes[k]);
        }
    }
    memcpy(f->p, out.p, out.n);
    f->n = out.n;
}

typedef void step_fn(fold *f);

static const struct {
    unsigned    reason;
    step_fn    *step;
    const char *words;
} steps[] = {
    {W403_KEY_PERCENT, unescape, "percent-encoding (%20 for a blank)"},
    {W403_KEY_PLUS, plus, "`+` for a blank"},
    {W403_KEY_UNICODE, decompose, "composed and decomposed letters (NFC, NFD)"},
    {W403_KEY_SLASH, slashes, "a leading or doubled slash"},
    {W403_KEY_BLANKS, blanks, "a leading or trailing blank"},
    {W403_KEY_CASE, lower, "upper and lower case"},
};
enum { STEPS = sizeof steps / sizeof *steps, ALL_REASONS = 63 };

static void fold_key(w403_view key, unsigned reasons, fold *f)
{
    f->n = key.n < FOLD_MAX ? key.n : FOLD_MAX;
    if (f->n) {
        memcpy(f->p, key.p, f->n);
    }
    for (size_t i = 0; i < STEPS; i++) {
        if (reasons & steps[i].reason) {
            steps[i].step(f);
        }
    }
}

static bool same(const fold *a, const fold *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static bool equal_under(w403_view a, w403_view b, unsigned reasons)
{
    fold x, y;
    fold_key(a, reasons, &x);
    fold_key(b, reasons, &y);
    return same(&x, &y);
}

/* The fewest reasons that make the two equal: each is dropped that is not needed. */
static unsigned reasons_of(w403_view a, w403_view b)
{
    unsigned r = ALL_REASONS;
    for (size_t i = STEPS; i-- > 0;) {
        unsigned without = r & ~steps[i].reason;
        if (equal_under(a, b, without)) {
            r = without;
        }
    }
    return r;
}

/* Edits between two folded keys, EDITS_MAX + 1 when there are more: a band of the Levenshtein table. */
static unsigned distance(const fold *a, const fold *b)
{
    enum { BAND = 2 * EDITS_MAX + 1 };
    unsigned row[BAND], next[BAND];
    size_t   gap = a->n > b->n ? a->n - b->n : b->n - a->n;
    if (gap > EDITS_MAX) {
        return EDITS_MAX + 1;
    }
    for (size_t k = 0; k < BAND; k++) { /* row 0: column j = k - EDITS_MAX */
        row[k] = k >= EDITS_MAX && k - EDITS_MAX <= b->n ? (unsigned)(k - EDITS_MAX) : EDITS_MAX + 1;
    }
    for (size_t i = 1; i <= a->n; i++) {
        unsigned least = EDITS_MAX + 1;
        for (size_t k = 0; k < BAND; k++) {
            next[k] = EDITS_MAX + 1;
            if (i + k < EDITS_MAX || i + k - EDITS_MAX > b->n) {
                continue;
            }
            size_t   j = i + k - EDITS_MAX;
            unsigned best = EDITS_MAX + 1;
            if (j == 0) {
                best = (unsigned)i;
            } else {
                best = row[k] + (a->p[i - 1] == b->p[j - 1] ? 0 : 1);
            }
            if (k + 1 < BAND && row[k + 1] + 1 < best) {
                best = row[k + 1] + 1;
            }
            if (k > 0 && next[k - 1] + 1 < best) {
                best = next[k - 1] + 1;
            }
            next[k] = best > EDITS_MAX ? EDITS_MAX + 1 : best;
            least = next[k] < least ? next[k] : least;
        }
        if (least > EDITS_MAX) {
            return EDITS_MAX + 1;
        }
        memcpy(row, next, sizeof row);
    }
    return row[b->n + EDITS_MAX - a->n];
}

static unsigned rank(const w403_near_key *k)
{
    unsigned bits = 0;
    for (unsigned r = k->reasons; r; r &= r - 1) {
        bits++;
    }
    return (k->reasons & W403_KEY_TYPO ? 100 + 10 * k->distance : 0) + 10 * bits +
           (k->reasons & W403_KEY_CASE ? 1 : 0);
}

static w403_view phrase(w403_build *b, unsigned reasons, unsigned edits)
{
    w403_view text = {NULL, 0};
    for (size_t i = 0; i < STEPS; i++) {
        if (reasons & steps[i].reason) {
            text = text.n ? w403_build_printf(b, "%.*s and %s", W403_FMT(text), steps[i].words)
                          : w403_build_printf(b, "differs by %s", steps[i].words);
        }
    }
    if (reasons & W403_KEY_TYPO) {
        text = w403_build_printf(b, "differs in %u character%s", edits, edits == 1 ? "" : "s");
    }
    return text;
}

/* Insertion in rank order; the worst falls off the end. */
static void insert(w403_near_key *list, size_t *n, size_t max, w403_near_key k)
{
    size_t at = *n;
    while (at > 0 && rank(&list[at - 1]) > rank(&k)) {
        at--;
    }
    if (at >= max) {
        return;
    }
    size_t last = *n < max ? *n : max - 1;
    memmove(&list[at + 1], &list[at], (last - at) * sizeof *list);
    list[at] = k;
    *n = *n < max ? *n + 1 : max;
}

static w403_status check_key(w403_view key, w403_error *err)
{
    if (key.n > FOLD_MAX / 2) {
        w403_error_set(err, W403_LIMIT, "an object key has at most %d bytes, not %zu", W403_LIMIT_KEY_BYTES, key.n);
        return W403_LIMIT;
    }
    return W403_OK;
}

w403_status w403_nearest_keys(w403_arena *arena, w403_view key, const w403_view *keys, size_t n, size_t max,
                              const w403_near_key **out, size_t *n_out, w403_error *err)
{
    W403_TRY(check_key(key, err));
    w403_near_key *list = W403_NEW_N(arena, w403_near_key, max ? max : 1);
    W403_NEED(list, err);
    fold   wanted, have;
    size_t count = 0;
    fold_key(key, ALL_REASONS, &wanted);
    for (size_t i = 0; i < n && max; i++) {
        if (w403_view_eq(keys[i], key) || keys[i].n > 3 * key.n + 16 || keys[i].n > FOLD_MAX / 2) {
            continue;
        }
        fold_key(keys[i], ALL_REASONS, &have);
        w403_near_key k = {.key = keys[i], .index = i};
        if (same(&wanted, &have)) {
            k.reasons = reasons_of(key, keys[i]);
        } else {
            /* a short name has too many neighbours */
            unsigned allowed = wanted.n < 4 ? 0 : wanted.n < 8 ? 1 : EDITS_MAX;
            k.distance = allowed ? distance(&wanted, &have) : EDITS_MAX + 1;
            if (k.distance > allowed) {
                continue;
            }
            k.reasons = W403_KEY_TYPO;
        }
        insert(list, &count, max, k);
    }
    w403_evidence unused;
    w403_build    b;
    w403_build_init(&b, arena, &unused, W403_EVIDENCE_COMMAND);
    for (size_t i = 0; i < count; i++) {
        list[i].why = phrase(&b, list[i].reasons, list[i].distance);
    }
    W403_NEED(!b.failed, err);
    *out = list;
    *n_out = count;
    return W403_OK;
}

/* ---- spellings to try ---- */

static w403_view map_char(w403_build *b, w403_view key, char from, char to)
{
    char *p = w403_arena_alloc(b->arena, key.n + 1);
    if (!p) {
        b->failed = true;
        return (w403_view){NULL, 0};
    }
    for (size_t i = 0; i < key.n; i++) {
        p[i] = key.p[i] == from ? to : key.p[i];
    }
    return (w403_view){p, key.n};
}

static w403_view composed(w403_build *b, w403_view key)
{
    char  *p = w403_arena_alloc(b->arena, key.n + 1);
    size_t n = 0, i = 0;
    if (!p) {
        b->failed = true;
        return (w403_view){NULL, 0};
    }
    while (i < key.n) {
        size_t   start = i;
        uint32_t base = w403_utf8_next(key, &i), whole;
        size_t   after = i;
        uint32_t mark = i < key.n ? w403_utf8_next(key, &after) : 0;
        if (mark >= 0x300 && mark < 0x370 && w403_letter_compose(base, mark, &whole)) {
            n += w403_utf8_put(p + n, whole); /* never longer than the two were */
            i = after;
            continue;
        }
        memcpy(p + n, key.p + start, i - start);
        n += i - start;
    }
    return (w403_view){p, n};
}

typedef struct variants {
    w403_build b;
    w403_view  key;
    W403_ARRAY(w403_near_key) list;
} variants;

static void add(variants *v, w403_view key, unsigned reason)
{
    if (!key.p || key.n == 0 || w403_view_eq(key, v->key)) {
        return;
    }
    for (size_t i = 0; i < v->list.n; i++) {
        if (w403_view_eq(v->list.at[i].key, key)) {
            return;
        }
    }
    w403_near_key *k = W403_PUSH(v->b.arena, &v->list);
    if (!k) {
        v->b.failed = true;
        return;
    }
    *k = (w403_near_key){.key = key, .index = SIZE_MAX, .reasons = reason, .why = phrase(&v->b, reason, 0)};
}

w403_status w403_key_variants(w403_arena *arena, w403_view key, const w403_near_key **out, size_t *n_out,
                              w403_error *err)
{
    w403_evidence unused;
    variants      v = {.key = key};
    W403_TRY(check_key(key, err));
    w403_build_init(&v.b, arena, &unused, W403_EVIDENCE_COMMAND);
    fold f;
    add(&v, w403_percent_decode(arena, key, false), W403_KEY_PERCENT);
    add(&v, map_char(&v.b, key, '+', ' '), W403_KEY_PLUS);
    add(&v, map_char(&v.b, key, ' ', '+'), W403_KEY_PLUS);
    add(&v, w403_percent_encode(arena, key, "/"), W403_KEY_PERCENT);
    fold_key(key, W403_KEY_SLASH, &f);
    add(&v, w403_arena_copy(arena, (w403_view){f.p, f.n}), W403_KEY_SLASH);
    add(&v, w403_build_printf(&v.b, "/%.*s", W403_ALL(key)), W403_KEY_SLASH);
    fold_key(key, W403_KEY_BLANKS, &f);
    add(&v, w403_arena_copy(arena, (w403_view){f.p, f.n}), W403_KEY_BLANKS);
    add(&v, composed(&v.b, key), W403_KEY_UNICODE);
    fold_key(key, W403_KEY_UNICODE, &f);
    add(&v, w403_arena_copy(arena, (w403_view){f.p, f.n}), W403_KEY_UNICODE);
    fold_key(key, W403_KEY_CASE, &f);
    add(&v, w403_arena_copy(arena, (w403_view){f.p, f.n}), W403_KEY_CASE);
    W403_NEED(!v.b.failed, err);
    *out = v.list.at;
    *n_out = v.list.n;
    return W403_OK;
}
