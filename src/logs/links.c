#include "logs/links.h"

#include <pthread.h>

#include "base/hash.h"
#include "logs/shapes.h"

enum { FIRST_SLOTS = 1 << 10, SECOND = 1000000 };

typedef struct link {
    uint64_t key; /* 0: free; the lowest bit is the kind */
    uint32_t n[2];
    uint64_t shape[2]; /* the smallest id: not the one that came first */
    w403_instant time[2];
} link;

struct w403_links {
    pthread_mutex_t lock;
    link           *slots;
    size_t          cap, n, limit;
    uint64_t        forgotten;
};

w403_links *w403_links_new(size_t limit)
{
    w403_links *l = w403_malloc(sizeof *l);
    if (l) {
        *l = (w403_links){.limit = limit};
        if (pthread_mutex_init(&l->lock, NULL) != 0) {
            w403_free(l);
            l = NULL;
        }
    }
    return l;
}

void w403_links_free(w403_links *l)
{
    if (l) {
        (void)pthread_mutex_destroy(&l->lock);
        w403_free(l->slots);
        w403_free(l);
    }
}

static link *find(link *slots, size_t cap, uint64_t key)
{
    size_t i = (size_t)(key >> 1) & (cap - 1);
    while (slots[i].key && slots[i].key != key) {
        i = (i + 1) & (cap - 1);
    }
    return &slots[i];
}

static bool grow(w403_links *l)
{
    size_t cap = l->cap ? l->cap * 2 : FIRST_SLOTS;
    link  *slots = w403_malloc(cap * sizeof *slots);
    if (!slots) {
        return false;
    }
    memset(slots, 0, cap * sizeof *slots);
    for (size_t i = 0; i < l->cap; i++) {
        if (l->slots[i].key) {
            *find(slots, cap, l->slots[i].key) = l->slots[i];
        }
    }
    w403_free(l->slots);
    l->slots = slots;
    l->cap = cap;
    return true;
}

static uint64_t hash(w403_view v)
{
    return v.n ? w403_hash(v.p, v.n) : 0;
}

/* The bucket behind arn:aws:s3:::bucket[/key]. */
static w403_view bucket_of(w403_view arn)
{
    for (int i = 0; i < 5; i++) {
        w403_view_cut(&arn, ':');
    }
    return w403_view_cut(&arn, '/');
}

/* An S3 denial that names a right of S3's own is none of a key's. */
static bool may_be_kms(const w403_record *r)
{
    return w403_view_find(r->error_message, W403_LIT("not authorized to perform:")) == SIZE_MAX ||
           w403_view_find(r->error_message, W403_LIT(" kms:")) != SIZE_MAX;
}

/* 0: it belongs to nothing by this kind. */
static uint64_t key_of(const w403_record *r, w403_link_kind kind, unsigned *side)
{
    bool trail = r->form == W403_LOG_TRAIL;
    bool kms = w403_view_eq(r->event_source, W403_LIT("kms.amazonaws.com"));
    if (kind == W403_LINK_REQUEST) {
        *side = trail;
        return r->request_id.n && !kms ? (hash(r->request_id) & ~(uint64_t)1) | 2 : 0;
    }
    w403_view bucket = kms ? bucket_of(r->kms_context_arn) : r->key.n ? r->bucket : (w403_view){NULL, 0};
    *side = kms;
    if (!bucket.n || !r->requester.n || (!kms && !may_be_kms(r))) {
        return 0;
    }
    uint64_t second = (uint64_t)(r->time / SECOND);
    return ((hash(bucket) * 31 + hash(w403_role_of(r->requester)) * 17 + second * 0x9E3779B97F4A7C15u)) | 1;
}

static void count(w403_links *l, uint64_t key, unsigned side, uint64_t shape, w403_instant time)
{
    if (l->n >= l->limit || ((l->n + 1) * 2 > l->cap && !grow(l))) {
        link *known = l->cap ? find(l->slots, l->cap, key) : NULL;
        if (!known || !known->key) {
            l->forgotten++;
            return;
        }
    }
    link *at = find(l->slots, l->cap, key);
    if (!at->key) {
        *at = (link){.key = key};
        l->n++;
    }
    if (at->n[side] == 0 || shape < at->shape[side] || (shape == at->shape[side] && time < at->time[side])) {
        at->shape[side] = shape;
        at->time[side] = time;
    }
    at->n[side]++;
}

void w403_links_add(w403_links *l, const w403_record *r, uint64_t shape)
{
    (void)pthread_mutex_lock(&l->lock);
    for (unsigned kind = 0; kind < 2; kind++) {
        unsigned side = 0;
        uint64_t key = key_of(r, (w403_link_kind)kind, &side);
        if (key) {
            count(l, key, side, shape, r->time);
        }
    }
    (void)pthread_mutex_unlock(&l->lock);
}

void w403_links_each(const w403_links *l, w403_link_fn *fn, void *user)
{
    for (size_t i = 0; i < l->cap; i++) {
        const link    *at = &l->slots[i];
        w403_link_pair pair = {.kind = at->key & 1 ? W403_LINK_KMS : W403_LINK_REQUEST,
                               .shape = {at->shape[0], at->shape[1]},
                               .time = {at->time[0], at->time[1]},
                               .twice = at->n[0] < at->n[1] ? at->n[0] : at->n[1]};
        if (at->key && pair.twice) {
            fn(user, &pair);
        }
    }
}

uint64_t w403_links_forgotten(const w403_links *l)
{
    return l->forgotten;
}
