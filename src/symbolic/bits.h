/* Sets of small numbers, one bit each. */
#ifndef W403_SYMBOLIC_BITS_H
#define W403_SYMBOLIC_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool w403_bit(const uint64_t *bits, size_t i)
{
    return (bits[i >> 6] >> (i & 63)) & 1;
}
static inline void w403_bit_set(uint64_t *bits, size_t i)
{
    bits[i >> 6] |= UINT64_C(1) << (i & 63);
}
static inline void w403_bit_clear(uint64_t *bits, size_t i)
{
    bits[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}

#endif
