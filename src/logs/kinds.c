#include "logs/kinds.h"

#include <stdatomic.h>

#include "logs/shape_class.h"

enum { FIRST_SLOTS = 1 << 8 };

struct w403_kinds {
    pthread_mutex_t lock;
    w403_arena     *arena;
    w403_kind     **slots; /* open addressing by hash, at most half full */
    size_t          cap, n, limit;
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
        for (size_t i = 0; i < k->cap; i++) {
            if (k->slots[i]) {
                w403_kind_clear(k->slots[i]);
                (void)pthread_mutex_destroy(&k->slots[i]->lock);
            }
        }
        (void)pthread_mutex_destroy(&k->lock);
        w403_free(k->slots);
        w403_arena_free(k->arena);
        w403_free(k);
    }
}

static w403_kind **slot_of(w403_kind **slots, size_t cap, uint64_t hash)
{
    size_t i = (size_t)hash & (cap - 1);
    while (slots[i] && slots[i]->hash != hash) {
        i = (i + 1) & (cap - 1);
    }
    return &slots[i];
}

static bool grow(w403_kinds *k)
{
    size_t      cap = k->cap ? k->cap * 2 : FIRST_SLOTS;
    w403_kind **slots = w403_malloc(cap * sizeof(w403_kind *));
    if (!slots) {
        return false;
    }
    memset(slots, 0, cap * sizeof(w403_kind *));
    for (size_t i = 0; i < k->cap; i++) {
        if (k->slots[i]) {
            *slot_of(slots, cap, k->slots[i]->hash) = k->slots[i];
        }
    }
    w403_free(k->slots);
    k->slots = slots;
    k->cap = cap;
    return true;
}

static w403_kind *find(w403_kinds *k, uint64_t hash)
{
    if ((k->n + 1) * 2 > k->cap && !grow(k)) {
        return NULL;
    }
    w403_kind **slot = slot_of(k->slots, k->cap, hash);
    if (!*slot) {
        w403_kind *fresh = W403_NEW(k->arena, w403_kind);
        if (!fresh) {
            return NULL;
        }
        fresh->hash = hash;
        (void)pthread_mutex_init(&fresh->lock, NULL);
        *slot = fresh;
        k->n++;
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
