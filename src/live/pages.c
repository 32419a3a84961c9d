#include "live/pages.h"

#include "base/hash.h"
#include "base/limits.h"

static bool put(uint64_t *at, unsigned cap, uint64_t hash)
{
    unsigned slot = (unsigned)hash & (cap - 1);
    while (at[slot] != 0) {
        if (at[slot] == hash) {
            return false;
        }
        slot = (slot + 1) & (cap - 1);
    }
    at[slot] = hash;
    return true;
}

static bool grow(w403_pages *p)
{
    unsigned  cap = p->cap ? 2 * p->cap : 8;
    uint64_t *at = w403_malloc(cap * sizeof *at);
    if (!at) {
        return false;
    }
    memset(at, 0, cap * sizeof *at);
    for (unsigned i = 0; i < p->cap; i++) {
        (void)(p->seen[i] && put(at, cap, p->seen[i]));
    }
    w403_free(p->seen);
    p->seen = at;
    p->cap = cap;
    return true;
}

w403_pages_state w403_pages_next(w403_pages *p, w403_view first, w403_view second)
{
    if (p->n + 1 >= W403_LIMIT_LIVE_PAGES || first.n > W403_LIMIT_LIVE_TOKEN || second.n > W403_LIMIT_LIVE_TOKEN) {
        return W403_PAGES_LOOP;
    }
    if (2 * (p->n + 1) > p->cap && !grow(p)) {
        return W403_PAGES_NOMEM;
    }
    uint64_t hash = (w403_hash(first.p, first.n) ^ (w403_hash(second.p, second.n) * 0x9E3779B97F4A7C15U)) | 1;
    if (!put(p->seen, p->cap, hash)) {
        return W403_PAGES_LOOP;
    }
    p->n++;
    return W403_PAGES_GO_ON;
}

void w403_pages_free(w403_pages *p)
{
    w403_free(p->seen);
    *p = (w403_pages){0};
}
