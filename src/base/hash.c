#include "base/hash.h"

/* Folded 64 x 64 -> 128 bit multiplications over eight bytes at a time. */
static uint64_t mix(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    wide r = (wide)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
#else /* 32 bits: the same number, out of its four parts */
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, left = ah * bl + (low >> 32), right = al * bh + (uint32_t)left;
    return (right << 32 | (uint32_t)low) ^ (ah * bh + (left >> 32) + (right >> 32));
#endif
}

static uint64_t load8(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load4(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t w403_hash(const void *p, size_t n)
{
    const uint64_t       k1 = 0x9E3779B97F4A7C15u, k2 = 0xC2B2AE3D27D4EB4Fu;
    const unsigned char *at = p;
    uint64_t             h = k1 ^ (n * k2), a = 0, b = 0;
    for (; n > 16; at += 16, n -= 16) {
        h = mix(load8(at) ^ k1, load8(at + 8) ^ h);
    }
    if (n >= 8) { /* the last 1 to 16 bytes, read from both ends: the two halves may overlap */
        a = load8(at);
        b = load8(at + n - 8);
    } else if (n >= 4) {
        a = load4(at);
        b = load4(at + n - 4);
    } else if (n) {
        a = (uint64_t)at[0] << 16 | (uint64_t)at[n / 2] << 8 | at[n - 1];
    }
    return mix(mix(a ^ k2, b ^ h) ^ k2, k1);
}

static struct w403_map_slot *find(const w403_map *m, w403_view key, uint64_t hash)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct w403_map_slot *slot = &m->slots[i];
        if (!slot->value || (slot->hash == hash && w403_view_eq(slot->key, key))) {
            return slot;
        }
    }
}

void *w403_map_get(const w403_map *m, w403_view key)
{
    return m->n ? find(m, key, w403_hash(key.p, key.n))->value : NULL;
}

static bool grow(w403_arena *a, w403_map *m)
{
    w403_map larger = {.cap = m->cap ? m->cap * 2 : 8, .n = m->n};
    larger.slots = w403_arena_zalloc_n(a, larger.cap, sizeof *larger.slots);
    if (!larger.slots) {
        return false;
    }
    for (size_t i = 0; i < m->cap; i++) {
        if (m->slots[i].value) {
            *find(&larger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
        }
    }
    *m = larger;
    return true;
}

bool w403_map_put(w403_arena *a, w403_map *m, w403_view key, void *value)
{
    /* INVARIANT: at least a quarter of the slots is free, so that every probe ends. */
    if (m->n >= m->cap - m->cap / 4 && !grow(a, m)) {
        return false;
    }
    uint64_t              hash = w403_hash(key.p, key.n);
    struct w403_map_slot *slot = find(m, key, hash);
    m->n += slot->value == NULL;
    *slot = (struct w403_map_slot){slot->value ? slot->key : key, value, hash};
    return true;
}
