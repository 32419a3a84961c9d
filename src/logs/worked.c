#include "logs/worked.h"

#include "base/hash.h"
#include "logs/id_table.h"
#include "evidence/evidence.h"
#include "logs/shapes.h"

struct w403_worked {
    w403_id_table    table;
    w403_arena      *arena;
    w403_worked_one *last; /* logs come in runs of one kind */
};

w403_worked *w403_worked_new(void)
{
    w403_worked *w = w403_malloc(sizeof *w);
    w403_arena  *a = w403_arena_new(0);
    if (!w || !a) {
        w403_free(w);
        w403_arena_free(a);
        return NULL;
    }
    *w = (w403_worked){.arena = a};
    return w;
}

void w403_worked_free(w403_worked *w)
{
    if (w) {
        w403_arena_free(w->arena);
        w403_id_free(&w->table);
        w403_free(w);
    }
}

uint64_t w403_worked_key(w403_view requester, w403_view operation, w403_view bucket)
{
    w403_view service = w403_requester_service(requester);
    if (service.n) {
        requester = service;
    } else if (w403_view_eq(requester, W403_LIT("-"))) {
        requester.n = 0;
    }
    requester = w403_role_of(requester);
    uint64_t h = requester.n ? w403_hash(requester.p, requester.n) : 1;
    h = h * 0x9E3779B97F4A7C15u ^ (operation.n ? w403_hash(operation.p, operation.n) : 2);
    h = h * 0xC4CEB9FE1A85EC53u ^ (bucket.n ? w403_hash(bucket.p, bucket.n) : 3);
    h ^= h >> 31;
    return h ? h : 1;
}

/* NULL: there is no room. */
static w403_worked_one *one_of(w403_worked *w, uint64_t key)
{
    if (w->last && w->last->key == key) {
        return w->last;
    }
    if (!w403_id_room(&w->table)) {
        return NULL;
    }
    void           **slot = w403_id_slot(&w->table, key);
    w403_worked_one *one = *slot;
    if (!one && w->table.n < W403_WORKED_LIMIT) {
        one = *slot = W403_NEW(w->arena, w403_worked_one);
        if (one) {
            one->key = key;
            w->table.n++;
        }
    }
    w->last = one;
    return one;
}

void w403_worked_add(w403_worked *w, uint64_t key, w403_instant at)
{
    w403_worked_one *one = one_of(w, key);
    if (one) {
        w403_bins_add(&one->bins, at);
        one->last = at > one->last ? at : one->last;
    }
}

void w403_worked_merge(w403_worked *into, const w403_worked *from)
{
    for (size_t i = 0; i < from->table.cap; i++) {
        const w403_worked_one *more = from->table.slots[i];
        w403_worked_one       *one = more ? one_of(into, more->key) : NULL;
        if (one) {
            w403_bins_merge(&one->bins, &more->bins);
            one->last = more->last > one->last ? more->last : one->last;
        }
    }
}

const w403_worked_one *w403_worked_find(const w403_worked *w, uint64_t key)
{
    return w403_id_get(&w->table, key);
}
