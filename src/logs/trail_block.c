#include "logs/trail_block.h"

#include <endian.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { BLOCK = 64 };

/* Where these bytes are, inside strings or not. */
typedef struct masks {
    uint64_t quote, backslash, newline;
    uint64_t open, close; /* [ is { and ] is } but for the bit 0x20 */
    uint64_t e;
} masks;

#define INLINE static inline __attribute__((always_inline))

/* Bytes that a backslash before them takes away from JSON. *carry: whether the first byte is one (in), whether the
 * first byte of the next block is one (out). */
INLINE uint64_t escaped(uint64_t backslash, uint64_t *carry)
{
    uint64_t bits = *carry;

    backslash &= ~bits;
    *carry = 0;
    while (backslash) {
        unsigned i = (unsigned)__builtin_ctzll(backslash);
        *carry = i == BLOCK - 1;
        bits |= i == BLOCK - 1 ? 0 : (uint64_t)2 << i;
        backslash &= ~((uint64_t)3 << i);
    }
    return bits;
}

/* `odd` of a mask: bit i says whether the number of bits at 0..i is odd. */
INLINE void read_block(w403_block_state *s, const masks *m, uint64_t quote, uint64_t odd, w403_block *out)
{
    uint64_t inside = odd ^ s->in_string; /* opening quotes are, closing ones are not */
    uint64_t closing = quote & ~inside;
    uint64_t behind = closing << 1 | s->closed;

    out->open = m->open & ~inside;
    out->close = m->close & ~inside;
    out->names = quote & inside & (m->e >> 1 | (uint64_t)1 << (BLOCK - 1));
    out->broken = (m->newline & inside) | (behind & m->e);
    out->n_open = (uint8_t)__builtin_popcountll(out->open);
    out->n_close = (uint8_t)__builtin_popcountll(out->close);
    out->backslash = m->backslash != 0;
    s->in_string = (uint64_t)0 - (inside >> (BLOCK - 1));
    s->closed = closing >> (BLOCK - 1);
}

#define READ_BLOCKS(MASKS, ODD)                                                                                      \
    w403_block_state local = *s; /* so that it stays in registers */                                                 \
    for (size_t i = 0; i < n; i++) {                                                                                 \
        masks    m = MASKS(p + BLOCK * i);                                                                           \
        uint64_t quote = m.quote & ~escaped(m.backslash, &local.escape);                                             \
        read_block(&local, &m, quote, ODD(quote), &out[i]);                                                          \
    }                                                                                                                \
    *s = local

/* ---- eight bytes at once ---- */

/* One bit for each of eight bytes that is `c`. */
INLINE uint64_t equal_eight(uint64_t word, char c)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t       x = word ^ (0x0101010101010101u * (uint8_t)c);
    uint64_t       zero = ~(((x & low) + low) | x | low); /* the top bit of every byte that is 0 */

    return (zero >> 7) * 0x0102040810204080u >> 56;
}

INLINE masks masks_plain(const char *p)
{
    masks m = {0, 0, 0, 0, 0, 0};

    for (unsigned i = 0; i < BLOCK; i += 8) {
        uint64_t v;
        memcpy(&v, p + i, sizeof v);
        v = le64toh(v);
        uint64_t folded = v | 0x2020202020202020u;
        m.quote |= equal_eight(v, '"') << i;
        m.backslash |= equal_eight(v, '\\') << i;
        m.newline |= equal_eight(v, '\n') << i;
        m.open |= equal_eight(folded, '{') << i;
        m.close |= equal_eight(folded, '}') << i;
        m.e |= equal_eight(v, 'e') << i;
    }
    return m;
}

INLINE uint64_t odd_plain(uint64_t bits)
{
    for (unsigned shift = 1; shift < BLOCK; shift *= 2) {
        bits ^= bits << shift;
    }
    return bits;
}

static void read_plain(w403_block_state *s, const char *p, size_t n, w403_block *out)
{
    READ_BLOCKS(masks_plain, odd_plain);
}

/* ---- what newer processors have ---- */

#if defined(__x86_64__)

#define AVX2   __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx2,bmi,bmi2,popcnt,pclmul")))

/* Multiplying without carries by all ones. */
AVX2 INLINE uint64_t odd_clmul(uint64_t bits)
{
    __m128i r = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(r);
}

AVX2 INLINE uint64_t equal_avx2(__m256i low, __m256i high, char c)
{
    __m256i  want = _mm256_set1_epi8(c);
    uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, want));
    uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, want));

    return a | (uint64_t)b << 32;
}

AVX2 INLINE masks masks_avx2(const char *p)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    __m256i fold = _mm256_set1_epi8(0x20);
    __m256i low_folded = _mm256_or_si256(low, fold), high_folded = _mm256_or_si256(high, fold);

    return (masks){equal_avx2(low, high, '"'), equal_avx2(low, high, '\\'), equal_avx2(low, high, '\n'),
                   equal_avx2(low_folded, high_folded, '{'), equal_avx2(low_folded, high_folded, '}'),
                   equal_avx2(low, high, 'e')};
}

AVX512 INLINE uint64_t equal_avx512(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

AVX512 INLINE masks masks_avx512(const char *p)
{
    __m512i v = _mm512_loadu_si512(p);
    __m512i folded = _mm512_or_si512(v, _mm512_set1_epi8(0x20));

    return (masks){equal_avx512(v, '"'), equal_avx512(v, '\\'), equal_avx512(v, '\n'),
                   equal_avx512(folded, '{'), equal_avx512(folded, '}'), equal_avx512(v, 'e')};
}

AVX2 static void read_avx2(w403_block_state *s, const char *p, size_t n, w403_block *out)
{
    READ_BLOCKS(masks_avx2, odd_clmul);
}

AVX512 static void read_avx512(w403_block_state *s, const char *p, size_t n, w403_block *out)
{
    READ_BLOCKS(masks_avx512, odd_clmul);
}

#endif

void w403_blocks_read(w403_block_state *s, const char *p, size_t n, w403_block *out)
{
#if defined(__x86_64__)
    bool both = __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
    if (s->kernel >= W403_BLOCK_AVX512 && both && __builtin_cpu_supports("avx512bw")) {
        read_avx512(s, p, n, out);
        return;
    }
    if (s->kernel >= W403_BLOCK_AVX2 && both && __builtin_cpu_supports("avx2")) {
        read_avx2(s, p, n, out);
        return;
    }
#endif
    read_plain(s, p, n, out);
}
