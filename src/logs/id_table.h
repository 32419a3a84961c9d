/* Structs found by a 64-bit id that is well mixed, and is their first member: open addressing, at most half full. */
#ifndef W403_LOGS_ID_TABLE_H
#define W403_LOGS_ID_TABLE_H

#include "base/arena.h"

/* All zero: empty. The structs are borrowed; what is in `slots` may be walked, NULL is a free slot. */
typedef struct w403_id_table {
    void **slots;
    size_t cap, n;
} w403_id_table;

/* The slot of the struct with this id, or the free one where it belongs; there must be room. */
static inline void **w403_id_slot(const w403_id_table *t, uint64_t id)
{
    size_t i = (size_t)id & (t->cap - 1);
    while (t->slots[i] && *(const uint64_t *)t->slots[i] != id) {
        i = (i + 1) & (t->cap - 1);
    }
    return &t->slots[i];
}

/* NULL: there is none. */
static inline void *w403_id_get(const w403_id_table *t, uint64_t id)
{
    return t->cap ? *w403_id_slot(t, id) : NULL;
}

/* Room for one more, and so for w403_id_slot. False when memory is short. */
bool w403_id_room(w403_id_table *t);
void w403_id_free(w403_id_table *t); /* the table, not the structs */

#endif
