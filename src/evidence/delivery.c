/* For which bucket a service delivers: S3 says so to policies as aws:SourceArn and aws:SourceAccount, and to no log. Its
 * configuration stands in the snapshot (formats 2.1), and the key of a report names it (formats 2.2). */
#include "evidence/evidence.h"

#include "base/view.h"
#include "snapshot/inventory_config.h"

typedef struct search {
    const w403_snapshot *s;
    w403_view bucket, key;
} search;

static bool has_part(w403_view key, w403_view part)
{
    while (key.p) {
        if (w403_view_eq(w403_view_cut(&key, '/'), part)) {
            return true;
        }
    }
    return false;
}

static bool logs_to(const search *q, const w403_bucket *source)
{
    return source->logging_target.n > 0 && w403_view_eq(source->logging_target, q->bucket) &&
           w403_view_starts(q->key, source->logging_prefix);
}

static bool reports_to(const search *q, const w403_bucket *source)
{
    for (uint32_t i = 0; i < source->n_inventory; i++) {
        const w403_inventory_config *c = &source->inventory[i];
        if (w403_view_eq(c->destination_name, q->bucket) && w403_view_starts(q->key, c->destination_prefix)) {
            return true;
        }
    }
    return false;
}

/* The one bucket that delivers there; of several the one that the key names. */
static const w403_bucket *configured(const search *q, bool (*delivers)(const search *, const w403_bucket *))
{
    const w403_bucket *named = NULL, *any = NULL;
    unsigned n = 0, n_named = 0;
    for (size_t i = 0; i < q->s->buckets.cap; i++) {
        const w403_bucket *b = q->s->buckets.slots[i].value;
        if (!b || !b->account || !delivers(q, b)) {
            continue;
        }
        any = b;
        n++;
        if (has_part(q->key, b->name)) {
            named = b;
            n_named++;
        }
    }
    return n_named == 1 ? named : n == 1 ? any : NULL;
}

/* prefix/SOURCE/configuration/...: a bucket whose configurations were not read may be the source as well. */
static const w403_bucket *by_key(const search *q)
{
    w403_view key = q->key;
    while (key.n) {
        w403_view part = w403_view_cut(&key, '/');
        const w403_bucket *b = part.n ? w403_snapshot_bucket(q->s, part) : NULL;
        if (b && b->account && b->n_inventory == 0) {
            return b;
        }
    }
    return NULL;
}

const w403_bucket *w403_delivery_source(const w403_snapshot *s, w403_view service, w403_view bucket, w403_view key)
{
    const search q = {s, bucket, key};
    if (!s || key.n == 0) {
        return NULL;
    }
    if (w403_view_starts(service, W403_LIT("logging.s3."))) {
        return configured(&q, logs_to);
    }
    const w403_bucket *source = configured(&q, reports_to);
    return source ? source : by_key(&q);
}

static w403_status add(w403_arena *a, w403_request *r, const char *key, w403_view value, w403_error *err)
{
    w403_context_entry *at = W403_NEW_N(a, w403_context_entry, r->n_context + 1);
    w403_view *v = W403_NEW(a, w403_view);
    W403_NEED(at && v && value.p, err);
    for (size_t i = 0; i < r->n_context; i++) {
        at[i] = r->context[i];
        if (w403_view_ieq(r->context[i].key, w403_view_of(key))) {
            return W403_OK; /* somebody does say */
        }
    }
    *v = value;
    at[r->n_context++] = (w403_context_entry){w403_view_of(key), W403_YES, v, 1};
    r->context = at;
    return W403_OK;
}

w403_status w403_delivery_context(w403_arena *a, const w403_snapshot *s, w403_request *r, w403_error *err)
{
    w403_view mark = W403_LIT("service:"), path = r->resource;
    if (!s || !w403_view_starts(r->principal, mark)) {
        return W403_OK;
    }
    for (unsigned i = 0; i < 5 && path.p; i++) { /* arn:aws:s3:::bucket/key */
        (void)w403_view_cut(&path, ':');
    }
    w403_view bucket = path.p ? w403_view_cut(&path, '/') : path;
    w403_view service = w403_view_sub(r->principal, mark.n, r->principal.n);
    const w403_bucket *source = path.p ? w403_delivery_source(s, service, bucket, path) : NULL;
    if (!source) {
        return W403_OK;
    }
    W403_TRY(add(a, r, "aws:SourceArn",
                 w403_arena_printf(a, "arn:%.*s:s3:::%.*s", W403_CUT(s->partition), W403_CUT(source->name)), err));
    return add(a, r, "aws:SourceAccount", source->account->id, err);
}
