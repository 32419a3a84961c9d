/* Which key encrypts an object, and whether S3 Bucket Keys are in play (semantics 4.8). */
#include "decide/call.h"

static w403_view bucket_region(const w403_target *t)
{
    if (t->bucket && t->bucket->region.p) {
        return t->bucket->region;
    }
    return t->access_point ? t->access_point->region : (w403_view){NULL, 0};
}

/* Of the bucket, also where the way in is an access point of another account. */
static w403_view bucket_owner(const w403_target *t)
{
    return t->bucket && t->bucket->account ? t->bucket->account->id : t->owner;
}

/* A key as a request or a setting names it: id, ARN, alias name or alias ARN. An alias and a bare id are looked up
 * in the requester's account. */
static void name_key(w403_call *c, w403_encryption *e, w403_view id)
{
    bool by_arn = w403_view_starts(id, W403_LIT("arn:"));
    w403_view account = c->caller.account;
    if (w403_view_starts(by_arn ? w403_arn_split(id).part[5] : id, W403_LIT("alias/"))) {
        e->alias = id;
    } else if (by_arn) {
        e->key_arn = id;
    }
    if (!c->snap) {
        return;
    }
    e->key = w403_snapshot_key(c->snap, id, e->region, account);
    if (!e->key && !e->key_arn.p && e->region.p && account.p && !e->alias.p) {
        e->key_arn = w403_arena_printf(c->arena, "arn:%.*s:kms:%.*s:%.*s:key/%.*s", W403_ARG(c->snap->partition),
                                       W403_ARG(e->region), W403_ARG(account), W403_ARG(id));
    }
    if (!e->key && e->alias.p && !by_arn && e->region.p && account.p) {
        w403_want(c, w403_arena_printf(c->arena, "accounts/%.*s/kms/%.*s/%.*s.json", W403_ARG(account), W403_ARG(e->region),
                                       W403_ARG(id)));
    }
    if (e->key) {
        e->alias = (w403_view){NULL, 0};
        e->key_arn = e->key->arn;
        e->aws_managed = e->key->aws_managed;
        if (!e->region.p) { /* the key must be in the bucket's Region anyway */
            e->region = e->key->region;
            if (c->snap->narrow) { /* AWS did not tell it: the key may be of another */
                w403_unknown(c, W403_LIT("the Region of the bucket, which its KMS key must be of"));
            }
            w403_assume(c, "the bucket is in Region {region}, as its key is: location.json is not in the snapshot", W403_P("region", e->region));
        }
    }
}

static bool is_managed_alias(w403_view id)
{
    return w403_view_eq(id, W403_LIT("alias/aws/s3")) || w403_view_ends(id, W403_LIT(":alias/aws/s3"));
}

/* No key is named: aws/s3 of the account `owner`. */
static void managed_key(w403_call *c, w403_encryption *e, w403_view owner)
{
    e->aws_managed = true;
    if (c->snap && e->region.p && owner.p) {
        e->key = w403_snapshot_key(c->snap, W403_LIT("alias/aws/s3"), e->region, owner);
        e->key_arn = e->key ? e->key->arn : (w403_view){NULL, 0};
    }
}

static void use_key(w403_call *c, w403_encryption *e, w403_view id, w403_view owner)
{
    if (id.p && id.n && !is_managed_alias(id)) {
        name_key(c, e, id);
    } else {
        managed_key(c, e, owner);
    }
}

static bool is_kms(w403_sse s)
{
    return s == W403_SSE_KMS || s == W403_SSE_DSSE;
}

static w403_encryption by_default(w403_call *c, const w403_target *t)
{
    w403_encryption e = {.kms = W403_NO, .region = bucket_region(t), .bucket_key = W403_NO};
    const w403_bucket *b = t->bucket;
    if (!b) {
        return e;
    }
    if (b->encryption_fact.state == W403_FACT_UNKNOWN) {
        e.kms = W403_UNKNOWN;
        w403_settle_fact(c, &b->encryption_fact);
        return e;
    }
    if (is_kms(b->sse)) {
        e.kms = W403_YES;
        e.says = W403_ENCRYPTION_DEFAULT;
        e.bucket_key = w403_bool(b->bucket_key && b->sse == W403_SSE_KMS); /* no bucket keys with DSSE */
        /* aws/s3 as a default key is the one of the account that owns the bucket (seed 002-03, 4.8). */
        use_key(c, &e, b->kms_key, bucket_owner(t));
    }
    return e;
}

w403_view w403_source_words(const w403_call *c, const w403_encryption *e)
{
    static const char *const words[] = {[W403_ENCRYPTION_UNSAID] = N_("the key"),
                                        [W403_ENCRYPTION_DEFAULT] = N_("the bucket's default encryption"),
                                        [W403_ENCRYPTION_REQUEST] = N_("the request's headers"),
                                        [W403_ENCRYPTION_UPLOAD] = N_("the multipart upload"),
                                        [W403_ENCRYPTION_OBJECT] = N_("the object's encryption")};
    return w403_view_of(w403_word(c->arena, words[e->says]));
}

w403_encryption w403_encryption_written(w403_call *c, const w403_target *t)
{
    w403_view sse = w403_call_header(c, W403_LIT("x-amz-server-side-encryption"));
    w403_view key = w403_call_header(c, W403_LIT("x-amz-server-side-encryption-aws-kms-key-id"));
    if (w403_call_header(c, W403_LIT("x-amz-server-side-encryption-customer-algorithm")).p) {
        return (w403_encryption){.kms = W403_NO, .region = bucket_region(t)}; /* SSE-C: no KMS */
    }
    if (!sse.p && !key.p) {
        return by_default(c, t);
    }
    w403_encryption e = {.kms = W403_NO, .region = bucket_region(t)};
    if (sse.p && !w403_view_starts(sse, W403_LIT("aws:kms"))) {
        return e;
    }
    e.kms = W403_YES;
    e.says = W403_ENCRYPTION_REQUEST;
    w403_view bucket_key = w403_call_header(c, W403_LIT("x-amz-server-side-encryption-bucket-key-enabled"));
    bool by_bucket = t->bucket && is_kms(t->bucket->sse) && t->bucket->bucket_key;
    e.bucket_key = bucket_key.p ? w403_bool(w403_view_ieq(bucket_key, W403_LIT("true"))) : w403_bool(by_bucket);
    if (w403_view_eq(sse, W403_LIT("aws:kms:dsse"))) {
        e.bucket_key = W403_NO; /* no bucket keys with DSSE */
    }
    if (!key.p && t->bucket && is_kms(t->bucket->sse) && t->bucket->kms_key.p) {
        /* 4.8: header key, else the bucket's default key, else aws/s3. The API page says aws/s3 at once. */
        w403_assume(c, "without a key id in the header S3 uses the bucket's default key {key}", W403_P("key", t->bucket->kms_key));
        key = t->bucket->kms_key;
    }
    use_key(c, &e, key, c->caller.account);
    return e;
}

w403_encryption w403_encryption_upload(w403_call *c, const w403_target *t)
{
    w403_view key = c->req->upload_kms_key;
    if (!key.p) {
        w403_encryption e = by_default(c, t);
        if (e.kms == W403_YES) {
            w403_assume(c, "the multipart upload was created with {source}", W403_P("source", w403_source_words(c, &e)));
        }
        return e;
    }
    w403_encryption e = {
        .kms = w403_bool(key.n > 0), .region = bucket_region(t), .says = W403_ENCRYPTION_UPLOAD};
    e.bucket_key = w403_bool(t->bucket && t->bucket->bucket_key);
    if (key.n) {
        use_key(c, &e, key, c->caller.account);
    }
    return e;
}

w403_encryption w403_encryption_stored(w403_call *c, const w403_target *t)
{
    if (t->exists == W403_NO || (t->object && t->object->is_delete_marker)) {
        return (w403_encryption){.kms = W403_NO};
    }
    if (!t->object && t->bucket && t->bucket->objects_fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(c, &t->bucket->objects_fact);
        return (w403_encryption){.kms = W403_UNKNOWN, .region = bucket_region(t)};
    }
    if (t->object && !t->object->sse_given && !t->object->headed && c->snap && c->snap->narrow) { /* a listing does not say */
        w403_want_of(c, t->bucket ? t->bucket->objects_fact.path : W403_LIT(""), "head");
        return (w403_encryption){.kms = W403_UNKNOWN, .region = bucket_region(t)};
    }
    if (t->object && t->object->headed && !t->object->sse_given && c->snap && c->snap->narrow) {
        return (w403_encryption){.kms = W403_NO, .region = bucket_region(t)}; /* of before January 2023 */
    }
    if (!t->object || !t->object->sse_given) {
        w403_encryption e = by_default(c, t);
        if (e.kms == W403_YES) {
            w403_assume(c, t->object ? N_("object {key} is encrypted as the bucket encrypts now: objects.json does not say")
                                 : N_("object {key} is encrypted as the bucket encrypts now: it is not listed in objects.json"),
                    W403_P("key", t->key));
            e.says = W403_ENCRYPTION_DEFAULT;
        }
        return e;
    }
    const w403_object *o = t->object;
    w403_encryption e = {.kms = w403_bool(is_kms(o->sse)),
                         .region = bucket_region(t),
                         .bucket_key = o->sse == W403_SSE_DSSE ? W403_NO : o->bucket_key,
                         .says = W403_ENCRYPTION_OBJECT};
    if (e.kms == W403_YES) {
        /* An object without a key id is under aws/s3 of its owner's account. */
        use_key(c, &e, o->kms_key, bucket_owner(t));
    }
    return e;
}
