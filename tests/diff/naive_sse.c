/* Which key, and what KMS says about it: semantics 4.8 and 5. */
#include "naive_impl.h"

static n_sse bucket_default(const n_target *t)
{
    const w403_bucket *b = t->bucket;
    if (b->encryption_fact.state == W403_FACT_UNKNOWN) {
        return (n_sse){.kms = W403_UNKNOWN, .bucket_key = W403_UNKNOWN};
    }
    return (n_sse){.kms = n_bool(b->sse == W403_SSE_KMS || b->sse == W403_SSE_DSSE), .dsse = b->sse == W403_SSE_DSSE,
                   .key = b->kms_key, .bucket_key = n_bool(b->bucket_key), /* seed 002-03: aws/s3 of its owner */
                   .owner = b->account ? b->account->id : (w403_view){NULL, 0}};
}

n_sse n_object_sse(n_run *run, const n_target *t)
{
    const w403_object *o = t->object;
    if (!t->bucket || t->exists == W403_NO) {
        return (n_sse){.kms = W403_NO};
    }
    if (t->unread) {
        return (n_sse){.kms = W403_UNKNOWN};
    }
    if (!o || !o->sse_given) {
        return bucket_default(t);
    }
    n_sse s = {.kms = n_bool(o->sse == W403_SSE_KMS || o->sse == W403_SSE_DSSE), .dsse = o->sse == W403_SSE_DSSE,
               .key = o->kms_key, .bucket_key = o->bucket_key, .owner = bucket_default(t).owner};
    if (s.kms == W403_YES && o->bucket_key == W403_UNKNOWN) {
        n_open(run, "nobody says whether the object has a bucket key");
    }
    return s;
}

n_sse n_written_sse(n_run *run, const n_target *t)
{
    const w403_request *r = run->r;
    w403_view           how = n_header(r, "x-amz-server-side-encryption");
    w403_view           own = n_header(r, "x-amz-server-side-encryption-bucket-key-enabled");
    n_sse               s = bucket_default(t);
    if (n_header(r, "x-amz-server-side-encryption-customer-algorithm").p) {
        return (n_sse){.kms = W403_NO};
    }
    if (how.p || n_header(r, "x-amz-server-side-encryption-aws-kms-key-id").p) {
        s.kms = n_bool(!how.p || n_starts(how, "aws:kms"));
        s.dsse = n_eq(how, "aws:kms:dsse");
        w403_view id = n_header(r, "x-amz-server-side-encryption-aws-kms-key-id");
        s.owner = run->who.account;
        if (id.p || s.kms != W403_YES || !bucket_default(t).key.p) {
            s.key = id;
        }
        if (!id.p && s.kms == W403_YES && (bucket_default(t).key.p || bucket_default(t).kms == W403_UNKNOWN)) {
            n_open(run, "aws:kms without a key id where the bucket has a default key");
        }
    }
    if (s.kms == W403_YES && !own.p && bucket_default(t).kms == W403_NO && s.bucket_key == W403_YES) {
        n_open(run, "BucketKeyEnabled beside a default that is not KMS");
    }
    if (own.p) {
        s.bucket_key = n_bool(n_ieq(own, "true"));
    }
    return s;
}

static const w403_kms_key *key_of(n_run *run, w403_view id)
{
    for (size_t i = 0; i < run->s->keys.cap; i++) {
        const w403_kms_key *k = run->s->keys.slots[i].value;
        if (k && n_same(k->arn, id)) {
            return k;
        }
    }
    return NULL;
}

static const w403_kms_key *managed(n_run *run, w403_view owner)
{
    w403_kms_key *k = W403_NEW(run->a, w403_kms_key);
    k->aws_managed = k->symmetric = true;
    k->account_id = owner;
    k->account = NULL;
    k->region = W403_LIT("us-east-1");
    k->arn = w403_arena_printf(run->a, "arn:aws:kms:us-east-1:%.*s:" N_UNKNOWN_KEY, (int)owner.n,
                               owner.p ? owner.p : "");
    return k;
}

/* KM8, 4.8: what keeps S3 from this key whatever its policy says. True: another key is needed, this one's policies
 * do not matter. */
static bool broken(n_run *run, n_sum *sum, const w403_kms_key *k, w403_tri need)
{
    const char *cause = NULL;
    bool        managed_elsewhere = k->aws_managed && !n_same(k->account_id, run->who.account);
    if (k->fact.state == W403_FACT_UNKNOWN) {
        n_close(run, sum, "kms.key-not-found", W403_UNKNOWN);
    }
    if (k->state == W403_KEY_GONE) {
        cause = "kms.key-not-found";
    } else if (run->target.bucket && !n_eq(k->region, "us-east-1")) {
        cause = "kms.wrong-region";
    } else if (run->target.bucket && managed_elsewhere) {
        cause = "kms.aws-managed-key";
    }
    if (cause) {
        n_close(run, sum, cause, need);
        run->out->first_sure = false;
        return true;
    }
    switch (k->state) {
    case W403_KEY_DISABLED: cause = "kms.key-disabled"; break;
    case W403_KEY_PENDING_DELETION: cause = "kms.key-pending-deletion"; break;
    case W403_KEY_UNAVAILABLE: n_open(run, "a key in another state"); return true;
    default: return false;
    }
    n_close(run, sum, cause, need);
    run->out->first_sure = false;
    return false;
}

void n_kms_check(n_run *run, n_sum *sum, const char *action, const n_target *t, const n_sse *sse, w403_tri need)
{
    if (need == W403_NO) {
        return;
    }
    if (run->r->secure == W403_NO) {
        n_open(run, "SSE-KMS over HTTP");
    }
    if (run->who.kind == N_ANONYMOUS) {
        n_close(run, sum, "kms.anonymous", need);
        run->out->first_sure = false;
        return;
    }
    if (run->who.kind == N_ORIGIN && (sse->kms == W403_YES || sse->key.p)) {
        n_close(run, sum, "kms.origin-access-identity", need);
        run->out->first_sure = false;
        return;
    }
    if (sse->kms == W403_UNKNOWN) { /* which key, nobody knows */
        sum->allow = n_and(sum->allow, W403_UNKNOWN);
        sum->certain = false;
        return;
    }
    const w403_kms_key *k = sse->key.p ? key_of(run, sse->key) : managed(run, sse->owner);
    if (run->who.kind == N_SERVICE && !sse->key.p) {
        n_open(run, "aws/s3 and a service");
    }
    if (!k) {
        n_open(run, "a key that is not in the snapshot");
        return;
    }
    bool object = sse->dsse || sse->bucket_key == W403_NO;
    if (sse->bucket_key == W403_UNKNOWN && !sse->dsse) {
        n_open(run, "a bucket key, or none");
    }
    n_check c = {.run = run, .action = w403_view_of(action), .resource = k->arn, .owner = k->account_id,
                 .owner_home = n_same(k->account_id, run->who.account) ? run->who.home : k->account, .key = k};
    c.context_arn = w403_arena_printf(run->a, "arn:aws:s3:::%.*s%s%.*s", (int)t->bucket_name.n, t->bucket_name.p,
                                      object ? "/" : "", object ? (int)t->key.n : 0, t->key.p);
    if (!broken(run, sum, k, need)) {
        n_require(run, sum, &c, need);
    }
}

void n_kms_action(n_run *run, n_sum *sum)
{
    const w403_kms_key *k = key_of(run, run->r->resource);
    if (!k) {
        n_open(run, "a key that is not in the snapshot");
        return;
    }
    if (k->aws_managed) {
        n_open(run, "a direct call with aws/s3");
    }
    if (k->state != W403_KEY_ENABLED) {
        n_open(run, "a direct call with a key that is not enabled");
    }
    n_check c = {.run = run, .action = run->r->action, .resource = k->arn, .owner = k->account_id,
                 .owner_home = k->account, .key = k};
    if (!broken(run, sum, k, W403_YES)) {
        n_require(run, sum, &c, W403_YES);
    }
}
