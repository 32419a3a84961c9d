#include "base/array.h"

bool w403_array_grow(w403_arena *a, void **at, size_t *cap, size_t n, size_t elem)
{
    if (n == *cap) {
        size_t larger = *cap ? *cap * 2 : 4;
        char  *fresh = larger > *cap ? w403_arena_zalloc_n(a, larger, elem) : NULL;
        if (!fresh) {
            return false;
        }
        if (n) {
            memcpy(fresh, *at, n * elem);
        }
        *at = fresh;
        *cap = larger;
    }
    memset((char *)*at + n * elem, 0, elem);
    return true;
}
