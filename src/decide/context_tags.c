/* Keys about the tags of the resource (N-6). Tags of buckets count only where attribute-based access control is on, which
 * it is not by default; those of access points, KMS keys and roles always do. */
#include "decide/context.h"

static bool find(const w403_key_question *q, const w403_tag *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (w403_view_ieq(at[i].key, q->param)) {
            return w403_key_one(q, at[i].value);
        }
    }
    return w403_key_absent(q);
}

static bool of_tags(const w403_key_question *q, const w403_tags *tags)
{
    if (tags->fact.state == W403_FACT_ABSENT || tags->fact.state == W403_FACT_UNKNOWN) {
        w403_settle_tags(q->work->call, &tags->fact);
        return w403_key_unknown(q);
    }
    return find(q, tags->at, tags->n);
}

static bool of_bucket(const w403_key_question *q, const w403_bucket *b)
{
    w403_call *c = q->work->call;
    if (!b) {
        return w403_key_unknown(q);
    }
    if (b->abac_fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(c, &b->abac_fact);
        return w403_key_unknown(q);
    }
    if (b->abac_fact.state == W403_FACT_ABSENT) {
        w403_assume(c, "tags of bucket {bucket} play no part: attribute-based access control is off by default, and {file} is not in the snapshot", W403_P("bucket", b->name), W403_P("file", b->abac_fact.path));
    }
    return b->abac ? of_tags(q, &b->tags) : w403_key_absent(q);
}

static bool of_access_point(const w403_key_question *q)
{
    const w403_access_point *ap = q->work->target->access_point;
    return ap ? of_tags(q, &ap->tags) : w403_key_unknown(q);
}

static bool resource_tag(const w403_key_question *q)
{
    const w403_target *t = q->work->target;
    switch (t->kind) {
    case W403_TARGET_NONE:
        return w403_key_absent(q); /* an action without a resource */
    case W403_TARGET_BUCKET:
    case W403_TARGET_OBJECT:
        if (w403_call_is(q->work->call, W403_OPERATION_CREATEBUCKET)) {
            return w403_key_absent(q); /* of the bucket to come: aws:RequestTag */
        }
        return of_bucket(q, t->bucket);
    case W403_TARGET_ACCESS_POINT:
    case W403_TARGET_ACCESS_POINT_OBJECT:
        return of_access_point(q);
    case W403_TARGET_KEY:
        return t->kms ? of_tags(q, &t->kms->tags) : w403_key_unknown(q);
    case W403_TARGET_ROLE:
        return t->role ? find(q, t->role->tags, t->role->n_tags) : w403_key_unknown(q);
    case W403_TARGET_OTHER:
    case W403_TARGET_UNSUPPORTED:
        return w403_key_unknown(q);
    }
    return w403_key_unknown(q);
}

bool w403_keys_tags(const w403_key_question *q)
{
    const w403_check_work *w = q->work;
    const w403_target *t = w->target;
    bool s3 = w403_view_starts(w->action, W403_LIT("s3:"));
    bool through = t->access_point || t->kind == W403_TARGET_ACCESS_POINT || t->kind == W403_TARGET_ACCESS_POINT_OBJECT;
    switch (q->id) {
    case W403_KEY_AWS_RESOURCETAG:
        return resource_tag(q);
    case W403_KEY_IAM_RESOURCETAG:
        return t->kind == W403_TARGET_ROLE ? resource_tag(q) : false;
    case W403_KEY_S3_BUCKETTAG:
        return s3 && t->bucket_name.p ? of_bucket(q, t->bucket) : w403_key_absent(q);
    case W403_KEY_S3_ACCESSPOINTTAG:
        return s3 && through ? of_access_point(q) : w403_key_absent(q);
    default:
        return false;
    }
}
