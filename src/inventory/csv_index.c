/* One bit a byte: quotes, commas, newlines and carriage returns of a block become four 64-bit words, and the rules
 * of RFC 4180 become shifts and masks over them. Only the three words of `carry` go from block to block. */
#include "inventory/csv_index.h"

#include "base/arena.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* SLACK: what the padding of the last block and the eight stores at once may overshoot */
enum { BLOCK = 64, SLACK = BLOCK + 8 };

typedef struct masks {
    uint64_t quote, comma, newline, cr;
} masks;

/* What the byte before the block means for its first byte. */
typedef struct carry {
    uint64_t inside; /* all ones: inside quotes */
    uint64_t close, sep, cr;
} carry;

bool w403_csv_index_init(w403_csv_index *ix, size_t cap)
{
    memset(ix, 0, sizeof *ix);
    ix->cap = cap;
    ix->seps = w403_malloc((cap + SLACK) * sizeof *ix->seps);
    ix->ends = w403_malloc((cap + SLACK) * sizeof *ix->ends);
    if (!ix->seps || !ix->ends) {
        w403_csv_index_clear(ix);
        return false;
    }
    return true;
}

void w403_csv_index_clear(w403_csv_index *ix)
{
    w403_free(ix->seps);
    w403_free(ix->ends);
    memset(ix, 0, sizeof *ix);
}

#define INLINE static inline __attribute__((always_inline))

/* Bit i: an odd number of ones in bits 0..i. */
INLINE uint64_t prefix_xor(uint64_t m)
{
    m ^= m << 1;
    m ^= m << 2;
    m ^= m << 4;
    m ^= m << 8;
    m ^= m << 16;
    m ^= m << 32;
    return m;
}

/* Appends the offsets of the set bits. Eight stores at once cost less than a branch that cannot be foretold. */
INLINE void put_seps(w403_csv_index *ix, uint64_t bits, uint32_t base)
{
    uint32_t *to = ix->seps + ix->n_seps;
    size_t    n = (size_t)__builtin_popcountll(bits);
    for (size_t i = 0; i < 8; i++) {
        to[i] = base + (uint32_t)__builtin_ctzll(bits | ((uint64_t)1 << 63));
        bits &= bits - 1;
    }
    for (size_t i = 8; i < n; i++) {
        to[i] = base + (uint32_t)__builtin_ctzll(bits);
        bits &= bits - 1;
    }
    ix->n_seps += n;
}

INLINE void put_ends(w403_csv_index *ix, uint64_t newlines, uint64_t seps)
{
    size_t before = ix->n_seps;
    while (newlines) {
        uint64_t below = (newlines & -newlines) - 1;
        ix->ends[ix->n_ends++] = (uint32_t)(before + (size_t)__builtin_popcountll(seps & below));
        newlines &= newlines - 1;
    }
}

/* One block; false at a fault. `base` is the block's offset. */
INLINE bool index_block(w403_csv_index *ix, carry *c, masks m, size_t base)
{
    uint64_t inside = prefix_xor(m.quote) ^ c->inside; /* from an opening quote to before its closing one */
    uint64_t open = m.quote & inside, close = m.quote & ~inside;
    uint64_t newline = m.newline & ~inside;
    uint64_t sep = newline | (m.comma & ~inside);
    uint64_t after_close = (close << 1) | c->close;
    uint64_t after_sep = (sep << 1) | c->sep;
    uint64_t close_cr = after_close & m.cr;
    uint64_t after_cr = (close_cr << 1) | c->cr;

    /* a doubled quote is a closing one with an opening one right behind it */
    uint64_t bad_after = (after_close & ~(sep | m.cr | m.quote)) | (after_cr & ~m.newline);
    uint64_t bad_open = open & ~(after_sep | after_close);
    uint64_t bad = bad_after | bad_open;
    ix->escaped |= (after_close & m.quote) != 0;
    if (__builtin_expect(bad != 0, 0)) {
        uint64_t below = (bad & -bad) - 1;
        put_ends(ix, newline & below, sep & below);
        put_seps(ix, sep & below, (uint32_t)base);
        ix->fault = (bad & -bad) & bad_open ? W403_CSV_STRAY_QUOTE : W403_CSV_AFTER_QUOTE;
        ix->done = base + (size_t)__builtin_ctzll(bad);
        return false;
    }
    put_ends(ix, newline, sep);
    put_seps(ix, sep, (uint32_t)base);
    c->inside = (uint64_t)((int64_t)inside >> 63);
    c->close = close >> 63;
    c->sep = sep >> 63;
    c->cr = close_cr >> 63;
    return true;
}

/* ---- the four masks of a block ---- */

#if defined(__x86_64__)

INLINE uint64_t equal_sse2(const __m128i v[4], char ch)
{
    __m128i  want = _mm_set1_epi8(ch);
    uint64_t m = 0;
    for (int i = 0; i < 4; i++) {
        m |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], want)) << (16 * i);
    }
    return m;
}

INLINE masks masks_base(const char *p)
{
    __m128i v[4];
    for (int i = 0; i < 4; i++) {
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
    }
    return (masks){equal_sse2(v, '"'), equal_sse2(v, ','), equal_sse2(v, '\n'), equal_sse2(v, '\r')};
}

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

AVX2 INLINE uint64_t equal_avx2(__m256i a, __m256i b, char ch)
{
    __m256i  want = _mm256_set1_epi8(ch);
    uint32_t lo = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, want));
    uint32_t hi = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, want));
    return lo | ((uint64_t)hi << 32);
}

AVX2 static bool run_avx2(w403_csv_index *ix, carry *c, const char *p, size_t n)
{
    for (; ix->done + BLOCK <= n; ix->done += BLOCK) {
        const char *at = p + ix->done;
        __m256i     a = _mm256_loadu_si256((const __m256i *)(const void *)at);
        __m256i     b = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
        masks       m = {equal_avx2(a, b, '"'), equal_avx2(a, b, ','), equal_avx2(a, b, '\n'),
                         equal_avx2(a, b, '\r')};
        if (!index_block(ix, c, m, ix->done)) {
            return false;
        }
    }
    return true;
}

#else

INLINE masks masks_base(const char *p)
{
    masks m = {0, 0, 0, 0};
    for (unsigned i = 0; i < BLOCK; i++) {
        m.quote |= (uint64_t)(p[i] == '"') << i;
        m.comma |= (uint64_t)(p[i] == ',') << i;
        m.newline |= (uint64_t)(p[i] == '\n') << i;
        m.cr |= (uint64_t)(p[i] == '\r') << i;
    }
    return m;
}

#endif

static bool run_base(w403_csv_index *ix, carry *c, const char *p, size_t n)
{
    for (; ix->done + BLOCK <= n; ix->done += BLOCK) {
        if (!index_block(ix, c, masks_base(p + ix->done), ix->done)) {
            return false;
        }
    }
    return true;
}

static bool run(w403_csv_index *ix, carry *c, const char *p, size_t n)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
        return run_avx2(ix, c, p, n);
    }
#endif
    return run_base(ix, c, p, n);
}

/* The last block, filled up with newlines: the first of them ends a row that has no newline of its own. */
static void run_tail(w403_csv_index *ix, carry *c, w403_view text)
{
    char   block[BLOCK];
    size_t base = ix->done, left = text.n - base;
    memset(block, '\n', sizeof block);
    if (left) {
        memcpy(block, text.p + base, left);
    }
    if (!index_block(ix, c, masks_base(block), base)) {
        return;
    }
    ix->done = text.n;
    while (ix->n_seps > 0 && ix->seps[ix->n_seps - 1] > text.n) { /* padding: newlines all */
        ix->n_seps--;
        ix->n_ends--;
    }
    bool virtual_end = ix->n_seps > 0 && ix->seps[ix->n_seps - 1] == text.n;
    bool row_begun = text.n > 0 && !(ix->n_ends > 1 && ix->seps[ix->ends[ix->n_ends - 2]] + 1 == text.n);
    if (virtual_end && !row_begun) {
        ix->n_seps--;
        ix->n_ends--;
    }
}

void w403_csv_index_run(w403_csv_index *ix, w403_view text, bool last)
{
    carry c = {0, 0, 1, 0};
    ix->n_seps = ix->n_ends = ix->done = 0;
    ix->escaped = ix->open = false;
    ix->fault = W403_CSV_FINE;
    if (run(ix, &c, text.p, text.n) && last) {
        run_tail(ix, &c, text);
    }
    ix->open = c.inside != 0;
}
