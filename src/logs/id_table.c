#include "logs/id_table.h"

enum { FIRST_SLOTS = 1 << 8 };

bool w403_id_room(w403_id_table *t)
{
    if ((t->n + 1) * 2 <= t->cap) {
        return true;
    }
    w403_id_table more = {.cap = t->cap ? t->cap * 2 : FIRST_SLOTS, .n = t->n};
    more.slots = w403_malloc(more.cap * sizeof *more.slots);
    if (!more.slots) {
        return false;
    }
    memset(more.slots, 0, more.cap * sizeof *more.slots);
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slots[i]) {
            *w403_id_slot(&more, *(const uint64_t *)t->slots[i]) = t->slots[i];
        }
    }
    w403_free(t->slots);
    *t = more;
    return true;
}

void w403_id_free(w403_id_table *t)
{
    w403_free(t->slots);
    *t = (w403_id_table){0};
}
