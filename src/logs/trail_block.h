/* What the JSON scanner wants to know of 64 bytes, one bit a byte. */
#ifndef W403_LOGS_TRAIL_BLOCK_H
#define W403_LOGS_TRAIL_BLOCK_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct w403_block {
    uint64_t quote, backslash, newline;
    uint64_t brace; /* { } [ ] */
    uint64_t e;     /* the letter every name that we look for begins with */
} w403_block;

/* Byte by byte: what tests hold the others against. */
static inline void w403_block_load_bytes(const char *p, w403_block *b)
{
    *b = (w403_block){0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i++) {
        uint64_t bit = (uint64_t)1 << i;
        /* 0x20 is what tells [ from { and ] from }. */
        b->quote |= p[i] == '"' ? bit : 0;
        b->backslash |= p[i] == '\\' ? bit : 0;
        b->newline |= p[i] == '\n' ? bit : 0;
        b->brace |= (p[i] | 0x20) == '{' || (p[i] | 0x20) == '}' ? bit : 0;
        b->e |= p[i] == 'e' ? bit : 0;
    }
}

/* One bit for each of eight bytes that is `c`. */
static inline uint64_t w403_block_eight(uint64_t word, char c)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t       x = word ^ (0x0101010101010101u * (uint8_t)c);
    uint64_t       zero = ~(((x & low) + low) | x | low); /* the top bit of every byte that is 0 */

    return (zero >> 7) * 0x0102040810204080u >> 56;
}

/* Eight bytes at once: where there is no SSE2. */
static inline void w403_block_load_words(const char *p, w403_block *b)
{
    *b = (w403_block){0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t v;
        memcpy(&v, p + i, sizeof v);
        v = le64toh(v);
        uint64_t f = v | 0x2020202020202020u;
        b->quote |= w403_block_eight(v, '"') << i;
        b->backslash |= w403_block_eight(v, '\\') << i;
        b->newline |= w403_block_eight(v, '\n') << i;
        b->brace |= (w403_block_eight(f, '{') | w403_block_eight(f, '}')) << i;
        b->e |= w403_block_eight(v, 'e') << i;
    }
}

#ifdef __SSE2__
static inline uint64_t w403_block_bits(__m128i hit)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(hit);
}

static inline void w403_block_load(const char *p, w403_block *b)
{
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), newline = _mm_set1_epi8('\n');
    const __m128i open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}'), e = _mm_set1_epi8('e');
    const __m128i fold = _mm_set1_epi8(0x20);

    *b = (w403_block){0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i f = _mm_or_si128(v, fold);
        __m128i brace = _mm_or_si128(_mm_cmpeq_epi8(f, open), _mm_cmpeq_epi8(f, close));
        b->quote |= w403_block_bits(_mm_cmpeq_epi8(v, quote)) << i;
        b->backslash |= w403_block_bits(_mm_cmpeq_epi8(v, backslash)) << i;
        b->newline |= w403_block_bits(_mm_cmpeq_epi8(v, newline)) << i;
        b->brace |= w403_block_bits(brace) << i;
        b->e |= w403_block_bits(_mm_cmpeq_epi8(v, e)) << i;
    }
}
#else
static inline void w403_block_load(const char *p, w403_block *b)
{
    w403_block_load_words(p, b);
}
#endif

/* Bit i of the result: is the number of bits set at 0..i odd? */
static inline uint64_t w403_block_parity(uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        bits ^= bits << shift;
    }
    return bits;
}

/* Bytes that a backslash before them takes away from JSON. *carry: whether the first byte is one (in), whether the
 * first byte of the next block is one (out). */
static inline uint64_t w403_block_escaped(uint64_t backslash, uint64_t *carry)
{
    uint64_t escaped = *carry;

    backslash &= ~escaped;
    *carry = 0;
    while (backslash) {
        unsigned i = (unsigned)__builtin_ctzll(backslash);
        *carry = i == 63;
        escaped |= i == 63 ? 0 : (uint64_t)2 << i;
        backslash &= ~((uint64_t)3 << i);
    }
    return escaped;
}

#endif
