#include "logs/seen.h"

#include <pthread.h>

#include "base/hash.h"

enum { FIRST_SLOTS = 1 << 10, COPIES = 1 << 15 };

typedef struct copy { /* the first by name and offset of those that came later */
    uint64_t  key;
    w403_view file;
    uint64_t  offset;
} copy;

/* Open addressing, at most half full; 0 is a free slot. */
struct w403_seen {
    pthread_mutex_t lock;
    uint64_t       *slots;
    size_t          cap, n, limit;
    uint64_t        forgotten;
    w403_arena     *arena;
    w403_map        copies; /* key, as 8 bytes -> copy * */
};

w403_seen *w403_seen_new(size_t limit)
{
    w403_seen *s = w403_malloc(sizeof *s);

    w403_arena *a = w403_arena_new(0);

    if (!s || !a || pthread_mutex_init(&s->lock, NULL) != 0) {
        w403_free(s);
        w403_arena_free(a);
        return NULL;
    }
    *s = (w403_seen){.lock = s->lock, .limit = limit, .arena = a};
    return s;
}

void w403_seen_free(w403_seen *s)
{
    if (s) {
        (void)pthread_mutex_destroy(&s->lock);
        w403_free(s->slots);
        w403_arena_free(s->arena);
        w403_free(s);
    }
}

/* The slot of `hash`, or the free one where it belongs. */
static uint64_t *find_slot(uint64_t *slots, size_t cap, uint64_t hash)
{
    size_t i = (size_t)(hash >> 1) & (cap - 1);

    while (slots[i] != 0 && slots[i] != hash) {
        i = (i + 1) & (cap - 1);
    }
    return &slots[i];
}

static bool grow(w403_seen *s)
{
    size_t    cap = s->cap ? s->cap * 2 : FIRST_SLOTS;
    uint64_t *slots = w403_malloc(cap * sizeof *slots);

    if (!slots) {
        return false;
    }
    memset(slots, 0, cap * sizeof *slots);
    for (size_t i = 0; i < s->cap; i++) {
        if (s->slots[i] != 0) {
            *find_slot(slots, cap, s->slots[i]) = s->slots[i];
        }
    }
    w403_free(s->slots);
    s->slots = slots;
    s->cap = cap;
    return true;
}

static uint64_t mix(uint64_t h, w403_view v)
{
    return (h << 23 | h >> 41) ^ (v.n ? w403_hash(v.p, v.n) : 0);
}

uint64_t w403_seen_key(const w403_record *r)
{
    const w403_view when = {(const char *)&r->time, sizeof r->time};
    const bool      shared = r->shared_event_id.n > 0; /* of two accounts: each has its own view of the rest */
    const w403_view event[] = {shared ? r->shared_event_id : r->event_id, when, r->operation};
    const w403_view more[] = {r->bucket, r->key_raw, r->request_id, r->requester};
    const w403_view line[] = {r->request_id, r->operation, r->key_raw, r->version_id};
    uint64_t        h = 0;

    if (r->form == W403_LOG_TRAIL) {
        for (size_t i = 0; i < sizeof event / sizeof *event; i++) {
            h = mix(h, event[i]);
        }
        for (size_t i = 0; !shared && i < sizeof more / sizeof *more; i++) {
            h = mix(h, more[i]);
        }
        return event[0].n ? h | 1 : 0;
    }
    if (r->request_id.n == 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        h = mix(h, line[i]);
    }
    return h | 1;
}

static w403_view key_view(const uint64_t *key)
{
    return (w403_view){(const char *)key, sizeof *key};
}

static bool stands_before(w403_view a, uint64_t at, w403_view b, uint64_t other)
{
    int order = w403_view_cmp(a, b);
    return order < 0 || (order == 0 && at < other);
}

/* Short memory is no matter: another copy is named then. */
static void note_copy(w403_seen *s, uint64_t key, const w403_record *r)
{
    copy *c = w403_map_get(&s->copies, key_view(&key));
    bool  fresh = !c && s->copies.n < COPIES;
    if (fresh) {
        c = W403_NEW(s->arena, copy);
    }
    if (!c || (!fresh && !stands_before(r->file, r->offset, c->file, c->offset))) {
        return;
    }
    w403_view file = w403_view_eq(c->file, r->file) ? c->file : w403_arena_copy(s->arena, r->file);
    if (file.p) {
        *c = (copy){key, file, r->offset};
    }
    if (file.p && fresh) {
        (void)w403_map_put(s->arena, &s->copies, key_view(&c->key), c);
    }
}

bool w403_seen_place(const w403_seen *s, uint64_t key, w403_view *file, uint64_t *offset)
{
    const copy *c = s && key ? w403_map_get(&s->copies, key_view(&key)) : NULL;
    if (!c || !stands_before(c->file, c->offset, *file, *offset)) {
        return false;
    }
    *file = c->file;
    *offset = c->offset;
    return true;
}

/* `r` is what the hash is of; NULL: something else. */
static bool look(w403_seen *s, uint64_t hash, const w403_record *r, bool remember)
{
    bool before = false;

    if (hash == 0) {
        return false;
    }
    (void)pthread_mutex_lock(&s->lock);
    if (s->cap > 0) {
        before = *find_slot(s->slots, s->cap, hash) == hash;
    }
    if (before && r) {
        note_copy(s, hash, r);
    }
    if (remember && !before && (s->n >= s->limit || ((s->n + 1) * 2 > s->cap && !grow(s)))) {
        s->forgotten++;
    } else if (remember && !before) {
        *find_slot(s->slots, s->cap, hash) = hash;
        s->n++;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return before;
}

bool w403_seen_before(w403_seen *s, const w403_record *r)
{
    return look(s, w403_seen_key(r), r, true);
}

bool w403_seen_text(w403_seen *s, w403_view text)
{
    return look(s, text.n ? w403_hash(text.p, text.n) | 1 : 0, NULL, true);
}

bool w403_seen_knows(w403_seen *s, w403_view text)
{
    return look(s, text.n ? w403_hash(text.p, text.n) | 1 : 0, NULL, false);
}

uint64_t w403_seen_forgotten(w403_seen *s)
{
    (void)pthread_mutex_lock(&s->lock);
    uint64_t n = s->forgotten;
    (void)pthread_mutex_unlock(&s->lock);
    return n;
}
