#include "base/array.h"

bool w403_array_grow(w403_arena *a, void **at, size_t *cap, size_t n, size_t elem)
{
    size_t larger = *cap ? *cap * 2 : 4, bytes;
    char  *fresh = larger > *cap && !__builtin_mul_overflow(larger, elem, &bytes) ? w403_arena_alloc(a, bytes) : NULL;
    if (!fresh) {
        return false;
    }
    if (n) {
        memcpy(fresh, *at, n * elem);
    }
    *at = fresh;
    *cap = larger;
    return true;
}
