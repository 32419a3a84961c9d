/* Classes of objects: the patterns a key matches and the state of its object decide together; equal classes have
 * equal decisions, so each is decided once. */
#include "decide/residual.h"

#include "base/limits.h"
#include "decide/residual_patterns.h"

enum { STATE_WORDS = 4, MAX_CLASSES = W403_LIMIT_RESIDUAL_CLASSES, FIRST_SLOTS = 16, CACHE_PER_SLOT = 8 };

typedef struct entry {
    uint64_t hash;
    uint64_t *signature; /* pattern bits, then the object's state */
    w403_residual_class cls;
} entry;

struct w403_residual {
    const w403_snapshot *snap;
    const w403_policies *extra;
    w403_request request;
    w403_arena *arena;
    w403_view base; /* arn:aws:s3:::bucket/ */
    w403_tails tails;
    size_t words;        /* of pattern bits */
    uint64_t *signature; /* of the object at hand */
    W403_ARRAY(entry *) entries;
    entry **table;
    uint32_t mask;   /* slots of the table less one; a power of two less one */
    entry *last;
    bool plain_keys; /* w403_residual_key may look at the patterns alone */
    entry **cache;   /* of plain keys, by their pattern bits: CACHE_PER_SLOT for each slot */
    w403_instant now;
    w403_residual_cause_fn *cause;
};

/* Tables for twice as many classes; the cache begins empty. */
static bool grow(w403_residual *r)
{
    uint32_t slots = r->table ? (r->mask + 1) * 2 : FIRST_SLOTS, mask = slots - 1;
    entry **table = W403_NEW_N(r->arena, entry *, slots);
    entry **cache = W403_NEW_N(r->arena, entry *, (size_t)slots * CACHE_PER_SLOT);
    if (!table || !cache) {
        return false;
    }
    for (size_t i = 0; i < r->entries.n; i++) {
        uint32_t at = (uint32_t)r->entries.at[i]->hash & mask;
        while (table[at]) {
            at = (at + 1) & mask;
        }
        table[at] = r->entries.at[i];
    }
    r->table = table;
    r->cache = cache;
    r->mask = mask;
    return true;
}

static w403_status prepare(w403_residual *r, w403_error *err)
{
    w403_decision d;
    w403_arn arn = w403_arn_split(r->request.resource);
    if (arn.n != 6 || !w403_view_eq(arn.part[2], W403_LIT("s3")) || arn.part[3].n || !arn.part[5].n ||
        w403_view_find_char(arn.part[5], '/') != SIZE_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no bucket", W403_ARG(r->request.resource));
    }
    r->base = w403_arena_printf(r->arena, "%.*s/", W403_ARG(r->request.resource));
    W403_NEED(r->base.p, err);
    /* One decision about some object resolves caller, bucket and context. */
    r->request.resource = w403_arena_printf(r->arena, "%.*sx", W403_ARG(r->base));
    W403_NEED(r->request.resource.p, err);
    W403_TRY(w403_decide_object(r->snap, r->extra, &r->request, NULL, W403_DETAIL_VERDICT, r->arena, &d, err));
    const w403_call *call = d.detail;
    r->now = call->now;
    for (size_t i = 0; i < call->checks.n; i++) {
        const w403_check_work *w = call->checks.at[i].detail;
        W403_NEED(w403_tails_collect(r->arena, w, r->base, &r->tails), err);
    }
    r->words = r->tails.list.n ? (r->tails.list.n + 63) / 64 : 1;
    r->plain_keys = r->words == 1 && !r->tails.per_key && !r->tails.per_version;
    r->signature = W403_NEW_N(r->arena, uint64_t, r->words + STATE_WORDS);
    W403_NEED(r->signature && grow(r), err);
    return W403_OK;
}

w403_status w403_residual_new(const w403_snapshot *snapshot, const w403_policies *policies,
                              const w403_request *request, w403_residual **out, w403_error *err)
{
    w403_arena *a = w403_arena_new(0);
    w403_residual *r = a ? W403_NEW(a, w403_residual) : NULL;
    *out = NULL;
    if (r) {
        *r = (w403_residual){.snap = snapshot, .extra = policies, .arena = a};
    }
    w403_status st = r && w403_request_copy(a, request, &r->request) ? prepare(r, err) : w403_error_nomem(err);
    if (st != W403_OK) {
        w403_arena_free(a);
        return st;
    }
    *out = r;
    return W403_OK;
}

void w403_residual_free(w403_residual *r)
{
    if (r) {
        w403_arena_free(r->arena);
    }
}

void w403_residual_set_cause_fn(w403_residual *r, w403_residual_cause_fn *fn)
{
    r->cause = fn;
}

/* What of the object's state a decision can look at. */
static void state_words(const w403_residual *r, const w403_object *o, uint64_t acl_class, uint64_t *out)
{
    bool held = o->lock_mode != W403_LOCK_NONE && (!o->has_retain_until || o->retain_until > r->now);
    out[0] = o->owner.p ? w403_hash(o->owner.p, o->owner.n) | 1 : 0;
    out[1] = acl_class;
    out[2] = (uint64_t)o->is_delete_marker | (uint64_t)o->sse_given << 1 | (uint64_t)o->sse << 2 |
             (uint64_t)o->bucket_key << 8 | (uint64_t)(held ? o->lock_mode : 0) << 12 |
             (uint64_t)o->legal_hold << 16 | (uint64_t)(o->version_id.p != NULL) << 17 | (uint64_t)o->checksum << 18 |
             (uint64_t)o->tags_known << 20 | (uint64_t)o->acl.fact.state << 21;
    out[3] = w403_hash(o->storage_class.p, o->storage_class.n);
    if (r->tails.per_version) {
        out[3] ^= w403_hash(o->version_id.p, o->version_id.n) * 31;
    }
    if (r->tails.per_key) {
        out[3] ^= w403_hash(o->key.p, o->key.n) * 37;
    }
}

static w403_status decide_in(w403_residual *r, w403_arena *work, const w403_object *o, entry *e, w403_error *err)
{
    w403_decision d;
    w403_request request = r->request;
    request.resource = w403_arena_printf(work, "%.*s%.*s", W403_ARG(r->base), W403_ARG(o->key));
    W403_NEED(request.resource.p, err);
    if (request.version_id.p) {
        request.version_id = o->version_id;
    }
    W403_TRY(w403_decide_object(r->snap, r->extra, &request, o, r->cause ? W403_DETAIL_CAUSES : W403_DETAIL_VERDICT,
                                work, &d, err));
    e->cls.verdict = d.verdict;
    e->cls.status = d.status;
    e->cls.example = w403_arena_copy(r->arena, o->key);
    W403_NEED(e->cls.example.p, err);
    if (r->cause) {
        W403_TRY(r->cause(&request, &d, work, &e->cls.cause, &e->cls.action, err));
        e->cls.action = w403_arena_copy(r->arena, e->cls.action);
    }
    return W403_OK;
}

/* Classes are few and residuals may be many: none keeps what one decision needs. */
static w403_status decide_class(w403_residual *r, const w403_object *o, entry *e, w403_error *err)
{
    w403_arena *work = w403_arena_new(0);
    W403_NEED(work, err);
    w403_status st = decide_in(r, work, o, e, err);
    w403_arena_free(work);
    return st;
}

static w403_status new_class(w403_residual *r, const w403_object *o, uint64_t hash, uint32_t slot, entry **out,
                             w403_error *err)
{
    size_t n = r->words + STATE_WORDS;
    entry *e = W403_NEW(r->arena, entry);
    W403_NEED(e, err);
    if (r->entries.n >= MAX_CLASSES) {
        return w403_error_set(err, W403_LIMIT, "more than %d classes of objects", MAX_CLASSES);
    }
    e->hash = hash;
    e->signature = W403_NEW_N(r->arena, uint64_t, n);
    W403_NEED(e->signature, err);
    memcpy(e->signature, r->signature, n * sizeof(uint64_t));
    W403_TRY(decide_class(r, o, e, err));
    e->cls.id = (uint32_t)r->entries.n;
    entry **place = W403_PUSH(r->arena, &r->entries);
    W403_NEED(place, err);
    *place = e;
    r->table[slot] = e;
    W403_NEED(r->entries.n * 2 < r->mask || grow(r), err);
    *out = e;
    return W403_OK;
}

w403_status w403_residual_object(w403_residual *r, const w403_object *object, uint64_t acl_class,
                                 const w403_residual_class **out, w403_error *err)
{
    size_t n = r->words + STATE_WORDS;
    uint64_t *s = r->signature;
    memset(s, 0, r->words * sizeof *s);
    w403_tails_match(&r->tails, object->key, s);
    state_words(r, object, acl_class, s + r->words);
    entry *e = r->last;
    if (!e || memcmp(e->signature, s, n * sizeof *s) != 0) {
        uint64_t hash = w403_hash(s, n * sizeof *s);
        uint32_t at = (uint32_t)hash & r->mask;
        while (r->table[at] &&
               (r->table[at]->hash != hash || memcmp(r->table[at]->signature, s, n * sizeof *s) != 0)) {
            at = (at + 1) & r->mask;
        }
        e = r->table[at];
        if (!e) {
            W403_TRY(new_class(r, object, hash, at, &e, err));
        }
        r->last = e;
    }
    e->cls.objects++;
    *out = &e->cls;
    return W403_OK;
}

static inline size_t cache_slot(const w403_residual *r, uint64_t bits)
{
    return (size_t)((bits * 0x9E3779B97F4A7C15u) >> 32) & ((size_t)(r->mask + 1) * CACHE_PER_SLOT - 1);
}

w403_status w403_residual_key(w403_residual *r, w403_view key, const w403_residual_class **out, w403_error *err)
{
    uint64_t bits = 0;
    if (r->plain_keys) { /* nothing but the patterns tells plain keys apart */
        w403_tails_match(&r->tails, key, &bits);
        entry *e = r->cache[cache_slot(r, bits)];
        if (e && e->signature[0] == bits) {
            e->cls.objects++;
            *out = &e->cls;
            return W403_OK;
        }
    }
    w403_object o = {
        .key = key, .bucket_key = W403_UNKNOWN, .checksum = W403_UNKNOWN, .size = UINT64_MAX, .tags_known = true};
    W403_TRY(w403_residual_object(r, &o, 0, out, err));
    if (r->plain_keys) {
        r->cache[cache_slot(r, bits)] = r->last; /* a new class may have moved the cache */
    }
    return W403_OK;
}

uint32_t w403_residual_classes(const w403_residual *r)
{
    return (uint32_t)r->entries.n;
}

const w403_residual_class *w403_residual_class_at(const w403_residual *r, uint32_t id)
{
    return id < r->entries.n ? &r->entries.at[id]->cls : NULL;
}
