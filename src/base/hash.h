/* Hash of bytes, and a map from views to pointers. */
#ifndef W403_BASE_HASH_H
#define W403_BASE_HASH_H

#include "base/arena.h"

/* Not keyed: input is the user's own. A few ns for an ARN. */
uint64_t w403_hash(const void *p, size_t n);

/* Open addressing, in an arena; keys are borrowed views. Built once, then read by any thread. */
typedef struct w403_map {
    struct w403_map_slot {
        w403_view key;
        void     *value; /* NULL = free slot */
        uint64_t  hash;
    } *slots;
    size_t cap, n;
} w403_map;

/* NULL when absent. */
void *w403_map_get(const w403_map *m, w403_view key);
/* Adds or replaces; `value` must not be NULL. False when memory is short. */
bool w403_map_put(w403_arena *a, w403_map *m, w403_view key, void *value);

#endif
