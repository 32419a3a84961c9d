#include "logs/kinds.h"

#include <stdatomic.h>

#include "logs/id_table.h"
#include "logs/shape_class.h"

struct w403_kinds {
    pthread_mutex_t lock;
    w403_arena     *arena;
    w403_id_table   table;
    size_t          limit;
    atomic_size_t   taken;
};

w403_kinds *w403_kinds_new(size_t limit)
{
    w403_kinds *k = w403_malloc(sizeof *k);
    w403_arena *a = w403_arena_new(0);
    if (!k || !a) {
        w403_free(k);
        w403_arena_free(a);
        return NULL;
    }
    *k = (w403_kinds){.arena = a, .limit = limit ? limit : W403_KINDS_LIMIT};
    (void)pthread_mutex_init(&k->lock, NULL);
    return k;
}

void w403_kinds_free(w403_kinds *k)
{
    if (k) {
        for (size_t i = 0; i < k->table.cap; i++) {
            w403_kind *one = k->table.slots[i];
            if (one) {
                w403_kind_clear(one);
                (void)pthread_mutex_destroy(&one->lock);
            }
        }
        (void)pthread_mutex_destroy(&k->lock);
        w403_id_free(&k->table);
        w403_arena_free(k->arena);
        w403_free(k);
    }
}

static w403_kind *find(w403_kinds *k, uint64_t hash)
{
    if (!w403_id_room(&k->table)) {
        return NULL;
    }
    void **slot = w403_id_slot(&k->table, hash);
    if (!*slot) {
        w403_kind *fresh = W403_NEW(k->arena, w403_kind);
        if (!fresh) {
            return NULL;
        }
        fresh->hash = hash;
        (void)pthread_mutex_init(&fresh->lock, NULL);
        *slot = fresh;
        k->table.n++;
    }
    return *slot;
}

w403_kind *w403_kinds_find(w403_kinds *k, uint64_t hash)
{
    (void)pthread_mutex_lock(&k->lock);
    w403_kind *one = find(k, hash);
    (void)pthread_mutex_unlock(&k->lock);
    return one;
}

bool w403_kinds_take(w403_kinds *k)
{
    return atomic_fetch_add(&k->taken, 1) < k->limit;
}
