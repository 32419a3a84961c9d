/* Lookup by name in the generated tables. */
#include "catalog/tables.h"

#include <endian.h>

/* Up to eight bytes as a little-endian number. Bit 5 is set in each: letters of both cases become equal, and so do a
 * few other characters, which then merely share a slot. */
static uint64_t caseless_word(const char *p, size_t n)
{
    uint64_t word = 0;
    if (n) {
        memcpy(&word, p, n);
    }
    return le64toh(word) | 0x2020202020202020u;
}

static uint64_t stir(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 32);
}

/* Eight bytes at a time, of the last eight some for the second time; tools/catalog_tables.py has the same hash,
 * by which the generators fill the slots. */
uint32_t w403_index_hash(w403_view name)
{
    if (name.n < 8) {
        return (uint32_t)stir(name.n, caseless_word(name.p, name.n));
    }
    uint64_t h = name.n;
    for (size_t i = 0; i + 8 < name.n; i += 8)
        h = stir(h, caseless_word(name.p + i, 8));
    return (uint32_t)stir(h, caseless_word(name.p + name.n - 8, 8));
}

w403_view w403_index_name(const w403_index *ix, uint32_t row)
{
    const char *at = (const char *)ix->rows + row * ix->stride;
    const char *name;
    memcpy(&name, at, sizeof name);
    return w403_view_of(name);
}

uint32_t w403_index_next(const w403_index *ix, w403_view name, uint32_t *probe)
{
    uint32_t h = w403_index_hash(name);
    /* Ends: the table is at most half full, so there is an empty slot. */
    for (;;) {
        uint16_t slot = ix->slots[(h + *probe) & ix->mask];
        if (slot == 0)
            return W403_INDEX_NONE;
        (*probe)++;
        w403_view there = w403_index_name(ix, slot - 1u);
        if (w403_view_eq(there, name) || w403_view_ieq(there, name)) /* most names are spelled as AWS does */
            return slot - 1u;
    }
}

uint32_t w403_index_find(const w403_index *ix, w403_view name)
{
    uint32_t probe = 0;
    return w403_index_next(ix, name, &probe);
}
