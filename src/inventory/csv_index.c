/* One bit a byte: quotes, commas and newlines of a block become three 64-bit words, and the rules of RFC 4180 become
 * shifts and masks over them. Only a few bits in the cursor go from block to block. */
#include "inventory/csv_index.h"

#include "base/arena.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* SLACK: what the padding of the last block and the stores of many at once may overshoot */
enum { BLOCK = 64, SLACK = BLOCK + 16 };

typedef struct masks {
    uint64_t quote, comma, newline;
} masks;

/* Where the next separators go, and what the byte before the block means for its first byte. */
typedef struct cursor {
    uint32_t *seps, *sep, *end;
    uint64_t inside;         /* all ones: inside quotes */
    uint64_t close, sep_bit; /* 1: a closing quote, a separator */
    uint64_t cr;             /* 1: a carriage return behind a closing quote */
    uint64_t escaped;
    uint64_t bad; /* of the block that stopped it: the first bit is the fault */
    bool stray;
} cursor;

bool w403_csv_index_init(w403_csv_index *ix, size_t cap)
{
    memset(ix, 0, sizeof *ix);
    ix->kernel = W403_CSV_AVX512;
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

/* Notes which of the separators to come are newlines. A block rarely has two. */
INLINE void put_ends(cursor *c, uint64_t seps, uint64_t newlines)
{
    uint32_t before = (uint32_t)(c->sep - c->seps);
    *c->end = before + (uint32_t)__builtin_popcountll(seps & ((newlines & -newlines) - 1));
    c->end += newlines != 0;
    for (uint64_t more = newlines & (newlines - 1); __builtin_expect(more != 0, 0); more &= more - 1) {
        *c->end++ = before + (uint32_t)__builtin_popcountll(seps & ((more & -more) - 1));
    }
}

/* Appends the offsets of the set bits. Eight stores at once cost less than a branch that cannot be foretold. */
INLINE void put_seps(cursor *c, uint64_t bits, uint32_t base)
{
    const uint64_t top = (uint64_t)1 << 63;
    size_t n = (size_t)__builtin_popcountll(bits);
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++) {
        c->sep[i] = base + (uint32_t)__builtin_ctzll(bits | top);
        bits &= bits - 1;
    }
    for (size_t i = 8; __builtin_expect(i < n, 0); i++) {
        c->sep[i] = base + (uint32_t)__builtin_ctzll(bits);
        bits &= bits - 1;
    }
    c->sep += n;
}

/* A block with something odd in it: the bits that are really wrong, and what carries over. */
typedef struct oddity {
    uint64_t bad, cr;
} oddity;

/* A carriage return behind a closing quote is fine if a newline follows; S3 writes none, so they are only looked for
 * here. By value throughout: a cursor whose address is known must live in memory, at twice the cost of the loop. */
static __attribute__((noinline)) oddity look_twice(const char *block, masks m, uint64_t after_close, uint64_t sep,
                                                   uint64_t cr_before)
{
    uint64_t cr = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        cr |= (uint64_t)(block[i] == '\r') << i;
    }
    uint64_t close_cr = after_close & cr;
    uint64_t after_cr = (close_cr << 1) | cr_before;
    return (oddity){(after_close & ~(sep | cr | m.quote)) | (after_cr & ~m.newline), close_cr >> 63};
}

/* One block of the text: gives its separators, up to a fault in c->bad. `odd`: prefix_xor of the quotes. */
INLINE uint64_t index_block(cursor *c, const char *block, masks m, uint64_t odd)
{
    uint64_t inside = odd ^ c->inside; /* from an opening quote to before its closing one */
    uint64_t open = m.quote & inside, close = m.quote & ~inside;
    uint64_t newline = m.newline & ~inside;
    uint64_t sep = newline | (m.comma & ~inside);
    uint64_t after_close = (close << 1) | c->close;
    uint64_t after_sep = (sep << 1) | c->sep_bit;

    /* a doubled quote is a closing one with an opening one right behind it */
    uint64_t bad_open = open & ~(after_sep | after_close);
    uint64_t bad = bad_open | (after_close & ~(sep | m.quote)) | c->cr;
    c->escaped |= after_close & m.quote;
    if (__builtin_expect(bad != 0, 0)) {
        oddity odd_one = look_twice(block, m, after_close, sep, c->cr);
        c->cr = odd_one.cr;
        c->bad = odd_one.bad | bad_open;
        if (c->bad) {
            uint64_t first = c->bad & -c->bad;
            c->stray = (first & bad_open) != 0;
            put_ends(c, sep & (first - 1), newline & (first - 1));
            return sep & (first - 1);
        }
    }
    put_ends(c, sep, newline);
    c->inside = (uint64_t)((int64_t)inside >> 63);
    c->close = close >> 63;
    c->sep_bit = sep >> 63;
    return sep;
}

/* Indexes whole blocks; gives the offset of the first that was not, or that has a fault. MASKS makes the masks of a
 * block, ODD is prefix_xor, PUT is put_seps, or what the processor has for them. The cursor is a local variable so
 * that it stays in registers. */
#define RUN_BLOCKS(MASKS, ODD, PUT)                                                                                  \
    cursor local = *c;                                                                                               \
    size_t at = 0;                                                                                                   \
    for (; at + BLOCK <= text.n; at += BLOCK) {                                                                      \
        masks m = MASKS(text.p + at);                                                                                \
        uint64_t sep = index_block(&local, text.p + at, m, ODD(m.quote));                                            \
        PUT(&local, sep, (uint32_t)at);                                                                              \
        if (__builtin_expect(local.bad != 0, 0)) {                                                                   \
            break;                                                                                                   \
        }                                                                                                            \
    }                                                                                                                \
    *c = local;                                                                                                      \
    return at

INLINE masks masks_plain(const char *p)
{
    masks m = {0, 0, 0};
    for (unsigned i = 0; i < BLOCK; i++) {
        m.quote |= (uint64_t)(p[i] == '"') << i;
        m.comma |= (uint64_t)(p[i] == ',') << i;
        m.newline |= (uint64_t)(p[i] == '\n') << i;
    }
    return m;
}

static size_t run_plain(cursor *c, w403_view text)
{
    RUN_BLOCKS(masks_plain, prefix_xor, put_seps);
}

#if defined(__x86_64__)

#define AVX2   __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi2,avx2,bmi,bmi2,popcnt,lzcnt,pclmul")))

/* Multiplying without carries by all ones is prefix_xor in one instruction. */
AVX2 INLINE uint64_t prefix_xor_clmul(uint64_t m)
{
    __m128i r = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)m), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(r);
}

AVX2 INLINE uint64_t equal_avx2(__m256i a, __m256i b, char ch)
{
    __m256i want = _mm256_set1_epi8(ch);
    uint32_t lo = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, want));
    uint32_t hi = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, want));
    return lo | ((uint64_t)hi << 32);
}

AVX2 INLINE masks masks_avx2(const char *p)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    return (masks){equal_avx2(a, b, '"'), equal_avx2(a, b, ','), equal_avx2(a, b, '\n')};
}

AVX512 INLINE masks masks_avx512(const char *p)
{
    __m512i v = _mm512_loadu_si512(p);
    return (masks){_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')), _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(',')),
                   _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n'))};
}

/* The numbers 0..63 squeezed to those whose bit is set, sixteen at a time widened to offsets. */
AVX512 INLINE void put_seps_avx512(cursor *c, uint64_t bits, uint32_t base)
{
    static const uint8_t numbers[BLOCK] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    };
    size_t n = (size_t)__builtin_popcountll(bits);
    __m512i at = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(numbers));
    __m512i add = _mm512_set1_epi32((int)base);
    _mm512_storeu_si512(c->sep, _mm512_add_epi32(add, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
    if (__builtin_expect(n > 16, 0)) {
        uint8_t all[BLOCK];
        _mm512_storeu_si512(all, at);
        for (size_t i = 16; i < n; i++) {
            c->sep[i] = base + all[i];
        }
    }
    c->sep += n;
}

AVX2 static size_t run_avx2(cursor *c, w403_view text)
{
    RUN_BLOCKS(masks_avx2, prefix_xor_clmul, put_seps);
}

AVX512 static size_t run_avx512(cursor *c, w403_view text)
{
    RUN_BLOCKS(masks_avx512, prefix_xor_clmul, put_seps_avx512);
}

#endif

static size_t run(w403_csv_kernel most, cursor *c, w403_view text)
{
#if defined(__x86_64__)
    bool both = __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
    if (most >= W403_CSV_AVX512 && both && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vbmi2")) {
        return run_avx512(c, text);
    }
    if (most >= W403_CSV_AVX2 && both && __builtin_cpu_supports("avx2")) {
        return run_avx2(c, text);
    }
#endif
    (void)most;
    return run_plain(c, text);
}

/* The last block, filled up with newlines: the first of them ends a row that has no newline of its own. */
static size_t run_tail(cursor *c, const uint32_t *ends, w403_view text, size_t base)
{
    char block[BLOCK];
    size_t left = text.n - base;
    memset(block, '\n', sizeof block);
    if (left) {
        memcpy(block, text.p + base, left);
    }
    masks m = masks_plain(block);
    put_seps(c, index_block(c, block, m, prefix_xor(m.quote)), (uint32_t)base);
    if (c->bad) {
        return base;
    }
    while (c->sep > c->seps && c->sep[-1] > text.n) { /* the padding behind that */
        c->sep--;
        c->end--;
    }
    bool virtual_end = c->sep > c->seps && c->sep[-1] == text.n;
    bool row_begun = text.n > 0 && !(c->end - ends > 1 && c->seps[c->end[-2]] + 1 == text.n);
    if (virtual_end && !row_begun) {
        c->sep--;
        c->end--;
    }
    return text.n;
}

void w403_csv_index_run(w403_csv_index *ix, w403_view text, bool last)
{
    cursor c = {.seps = ix->seps, .sep = ix->seps, .end = ix->ends, .sep_bit = 1};
    size_t at = run(ix->kernel, &c, text);
    if (last && !c.bad) {
        at = run_tail(&c, ix->ends, text, at);
    }
    ix->n_seps = (size_t)(c.sep - ix->seps);
    ix->n_ends = (size_t)(c.end - ix->ends);
    ix->escaped = c.escaped != 0;
    ix->done = c.bad ? at + (size_t)__builtin_ctzll(c.bad) : at;
    ix->fault = !c.bad ? W403_CSV_FINE : c.stray ? W403_CSV_STRAY_QUOTE : W403_CSV_AFTER_QUOTE;
}
