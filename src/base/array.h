/* A growing array in an arena: struct { T *at; size_t n, cap; }. Old storage stays in the arena. */
#ifndef W403_BASE_ARRAY_H
#define W403_BASE_ARRAY_H

#include "base/arena.h"

#define W403_ARRAY(T) \
    struct {          \
        T     *at;    \
        size_t n;     \
        size_t cap;   \
    }

/* Doubles the room for elements; false when memory is short. */
bool w403_array_grow(w403_arena *a, void **at, size_t *cap, size_t n, size_t elem);

/* Appends a cleared element and gives its address, NULL when memory is short. */
#define W403_PUSH(arena, arr)                                                                                        \
    ((arr)->n < (arr)->cap ||                                                                                        \
             w403_array_grow((arena), (void **)&(arr)->at, &(arr)->cap, (arr)->n, sizeof *(arr)->at)                 \
         ? (__typeof__((arr)->at))memset(&(arr)->at[(arr)->n++], 0, sizeof *(arr)->at)                               \
         : NULL)

#endif
