/* KMS keys that nobody can use: enable one, keep one, take another (4.8, KM8). */
#include "fix/change.h"

static w403_encryption encryption_of(const w403_fixer *f, const w403_target **target)
{
    w403_call *c = (w403_call *)(uintptr_t)w403_fix_call(f); /* asks only; notes go to the decision's own lists */
    bool source = c->has_source;
    w403_encryption e =
        c->target.being_written ? w403_encryption_written(c, &c->target) : w403_encryption_stored(c, &c->target);
    *target = &c->target;
    w403_view of_object = w403_source_words(c, &(w403_encryption){.says = W403_ENCRYPTION_OBJECT});
    if (source && strcmp(f->cause->id, "kms.anonymous") != 0 && f->cause->gate &&
        w403_view_starts(f->cause->gate->detail, of_object)) { /* not of the copy, of what is copied */
        *target = &c->source;
        e = w403_encryption_stored(c, &c->source);
    }
    return e;
}

static w403_view key_id(const w403_kms_key *k)
{
    return k->id.p ? k->id : k->arn;
}

static void set_state(w403_fixer *f, w403_kms_key *k, w403_key_state from, const char *id, w403_view title,
                      w403_view command, w403_view rollback, const char *effect)
{
    w403_key_state enabled = W403_KEY_ENABLED;
    w403_view text = W403_LIT("Enabled");
    if (k->state != from) {
        return;
    }
    w403_change *c = w403_candidate(f, W403_FIX_SETTING, id, W403_RANK_CORRECT, title, k->account_id);
    w403_change_write(f, c, &k->state, &enabled, sizeof enabled);
    w403_change_write(f, c, &k->state_text, &text, sizeof text);
    w403_text_add(&c->commands, command);
    if (rollback.p) {
        w403_text_add(&c->rollback, rollback);
    }
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, effect));
}

static w403_view keep_key(w403_fixer *f, w403_view id, w403_view region)
{
    w403_command c = {.arena = f->arena};
    w403_command_run(&c, "aws", "kms cancel-key-deletion --key-id <key> --region <region>", W403_VALUES(id, region));
    w403_command_then(&c);
    w403_command_run(&c, "aws", "kms enable-key --key-id <key> --region <region>", W403_VALUES(id, region));
    return w403_fix_said(f, w403_command_end(&c));
}

static void revive(w403_fixer *f, w403_kms_key *k)
{
    w403_view id = key_id(k);
    set_state(f, k, W403_KEY_DISABLED, "enable-key", W403_FIX_SAY(f, "enable the KMS key {key}", W403_P("key", id)),
              W403_FIX_AWS(f, "kms enable-key --key-id <key> --region <region>", id, k->region),
              W403_FIX_AWS(f, "kms disable-key --key-id <key> --region <region>", id, k->region),
              N_("everybody whom the key's policy admits can use it again"));
    set_state(
        f, k, W403_KEY_PENDING_DELETION, "keep-key",
        W403_FIX_SAY(f, "cancel the deletion of the KMS key {key}, and enable it", W403_P("key", id)),
        keep_key(f, id, k->region),
        W403_FIX_AWS(f, "kms schedule-key-deletion --key-id <key> --region <region>", id, k->region),
        N_("once the waiting time is over the key is gone, and what it encrypted with it"));
}

/* ---- another key ---- */

static bool usable(const w403_kms_key *k, const w403_kms_key *than, w403_view region)
{
    return k && k != than && !k->aws_managed && k->symmetric && k->state == W403_KEY_ENABLED &&
           (!region.p || w403_view_eq(k->region, region));
}

/* A customer managed key of the snapshot in the right Region; the bucket's account first. */
static w403_kms_key *other_key(const w403_fixer *f, const w403_target *t, const w403_kms_key *than, w403_view region)
{
    const w403_snapshot *s = f->world->snapshot;
    w403_kms_key *best = NULL;
    for (size_t i = 0; s && i < s->keys.cap; i++) {
        w403_kms_key *k = s->keys.slots[i].value;
        if (usable(k, than, region) &&
            (!best || (w403_view_eq(k->account_id, t->owner) && !w403_view_eq(best->account_id, t->owner)))) {
            best = k;
        }
    }
    return best;
}

/* There is none: a new one, with the default policy, which lets the account's IAM policies decide (K1). */
static w403_kms_key *new_key(w403_fixer *f, const w403_target *t, w403_view region)
{
    w403_world *w = f->world;
    w403_kms_key *k = W403_NEW(w->arena, w403_kms_key);
    if (!k || !t->owner.p || !w->snapshot) {
        return NULL;
    }
    w403_view at = region.p ? region : W403_LIT("us-east-1");
    w403_view partition = w->snapshot->partition;
    w403_view text =
        w403_sayf(f,
                  "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"Enable IAM policies\", \"Effect\": "
                  "\"Allow\", \"Principal\": {\"AWS\": \"arn:%.*s:iam::%.*s:root\"}, \"Action\": \"kms:*\", "
                  "\"Resource\": \"*\"}]}",
                  W403_ARG(partition), W403_ARG(t->owner));
    *k = (w403_kms_key){.id = W403_LIT("NEW_KEY_ID"),
                        .region = at,
                        .account_id = t->owner,
                        .account = w403_snapshot_account(w->snapshot, t->owner),
                        .symmetric = true,
                        .fact = {.state = W403_FACT_KNOWN},
                        .policy_fact = {.state = W403_FACT_KNOWN},
                        .grants_fact = {.state = W403_FACT_NONE}};
    k->arn =
        w403_sayf(f, "arn:%.*s:kms:%.*s:%.*s:key/NEW_KEY_ID", W403_ARG(partition), W403_ARG(at), W403_ARG(t->owner));
    k->policy = w403_world_policy(w, W403_POLICY_KEY, W403_LIT("the new key's policy"), text);
    if (!k->policy) {
        return NULL;
    }
    k->policy_set = w403_world_set_with(w, &(w403_policy_set){0}, k->policy);
    k->fact.path = k->policy_fact.path = k->grants_fact.path = W403_LIT("the new key");
    return k;
}

/* The keys of the snapshot with the new one among them. */
static bool with_key(w403_fixer *f, w403_kms_key *k, w403_change *c)
{
    w403_map *keys = W403_NEW(f->world->arena, w403_map);
    const w403_map *old = &f->world->snapshot->keys;
    if (!keys) {
        return false;
    }
    for (size_t i = 0; i < old->cap; i++) {
        if (old->slots[i].value && !w403_map_put(f->world->arena, keys, old->slots[i].key, old->slots[i].value)) {
            return false;
        }
    }
    if (!w403_map_put(f->world->arena, keys, k->arn, k)) {
        return false;
    }
    w403_change_write(f, c, &f->world->snapshot->keys, keys, sizeof *keys);
    return true;
}

static void say_default(w403_fixer *f, w403_change *c, const w403_target *t, const w403_kms_key *k, bool made)
{
    if (made) {
        w403_text_add(&c->commands,
                      W403_FIX_AWS(f, "kms create-key --region <region> --query KeyMetadata.Arn --output text",
                                   k->region));
    }
    w403_text_add(
        &c->commands,
        W403_FIX_AWS(f,
                     "s3api put-bucket-encryption --bucket <bucket> --server-side-encryption-configuration "
                     "{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"aws:kms\","
                     "\"KMSMasterKeyID\":<\"key>},\"BucketKeyEnabled\":true}]}",
                     t->bucket_name, k->arn));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "objects that are there stay under the old key until they are copied onto themselves"));
}

/* The bucket's default key, for what is written from now on. */
static void default_key(w403_fixer *f, const w403_target *t, w403_kms_key *k, bool made)
{
    w403_sse kms = W403_SSE_KMS;
    w403_fact fact = t->bucket->encryption_fact;
    w403_change *c = w403_candidate(f, W403_FIX_SETTING, "default-key", W403_RANK_SETTING,
                                    W403_FIX_SAY(f, "encrypt {bucket} by default with the customer managed key {key}", W403_P("bucket", t->bucket_name), W403_P("key", k->id)),
                                    t->owner);
    fact.state = W403_FACT_KNOWN;
    w403_change_write(f, c, &t->bucket->kms_key, &k->arn, sizeof k->arn);
    w403_change_write(f, c, &t->bucket->sse, &kms, sizeof kms);
    w403_change_write(f, c, &t->bucket->encryption_fact, &fact, sizeof fact);
    if (made && !with_key(f, k, c)) {
        f->nomem = true;
    }
    say_default(f, c, t, k, made);
}

/* An object that is there: copied onto itself under another key, by somebody who may read it. */
static void recrypt(w403_fixer *f, const w403_target *t, w403_kms_key *k, bool made)
{
    w403_object *o = t->object && t->object->sse_given ? w403_world_object(f->world, t->bucket, t->object) : NULL;
    if (!o) {
        default_key(f, t, k, made);
        return;
    }
    w403_change *c = w403_candidate(
        f, W403_FIX_SETTING, "copy-under-key", W403_RANK_SETTING,
        W403_FIX_SAY(f, "copy the object onto itself under the customer managed key {key}", W403_P("key", k->id)), t->owner);
    w403_tri bucket_key = W403_NO;
    w403_change_write(f, c, &o->kms_key, &k->arn, sizeof k->arn);
    w403_change_write(f, c, &o->bucket_key, &bucket_key, sizeof bucket_key);
    if (made && !with_key(f, k, c)) {
        f->nomem = true;
    }
    w403_text_add(&c->commands,
                  W403_FIX_AWS(f,
                               "s3 cp s3://<bucket>/<key> s3://<bucket>/<key> --sse aws:kms --sse-kms-key-id <kms-key>",
                               t->bucket_name, t->key, t->bucket_name, t->key, k->arn));
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, "the copy must be made by an identity that can use the old key"));
}

static void key_in_header(w403_fixer *f, const w403_kms_key *k)
{
    w403_view name = W403_LIT("x-amz-server-side-encryption-aws-kms-key-id");
    w403_fix_header(f, name, k->arn, "send-key", W403_RANK_HEADER,
                    W403_FIX_SAY(f, "upload under the customer managed key {key}", W403_P("key", k->id)));
}

static void another_key(w403_fixer *f)
{
    const w403_target *t = NULL;
    w403_encryption e = encryption_of(f, &t);
    bool made = false;
    if (!t->bucket || !f->world->snapshot) {
        return;
    }
    w403_view region = t->bucket->region.p ? t->bucket->region : e.region;
    w403_kms_key *k = other_key(f, t, e.key, region);
    if (!k) {
        k = new_key(f, t, region);
        made = true;
    }
    if (!k) {
        return;
    }
    bool header = w403_request_header(&f->world->request, W403_LIT("x-amz-server-side-encryption")).p ||
                  w403_request_header(&f->world->request, W403_LIT("x-amz-server-side-encryption-aws-kms-key-id")).p;
    if (t->being_written && header && !made) {
        key_in_header(f, k);
    } else if (t->being_written) {
        default_key(f, t, k, made);
    } else {
        recrypt(f, t, k, made);
    }
    if (t->being_written) {
        w403_fix_header(f, W403_LIT("x-amz-server-side-encryption"), W403_LIT("AES256"), "use-sse-s3",
                        W403_RANK_OTHER_SIDE, W403_FIX_WORD(f, "upload under S3's own keys (SSE-S3): no KMS"));
    }
}

/* The key that the request names is not there: without it S3 takes the bucket's default. */
static void drop_key(w403_fixer *f)
{
    w403_view name = W403_LIT("x-amz-server-side-encryption-aws-kms-key-id");
    if (w403_request_header(&f->world->request, name).p) {
        w403_fix_header(f, name, (w403_view){NULL, 0}, "drop-key", W403_RANK_HEADER + 1,
                        W403_FIX_WORD(f, "upload without naming a key: the bucket's default key is taken"));
    }
}

void w403_fix_key(w403_fixer *f)
{
    const w403_target *t = NULL;
    w403_encryption e = encryption_of(f, &t);
    if (strcmp(f->cause->id, "kms.anonymous") == 0) {
        w403_fix_credentials(f);
        return;
    }
    if (e.key && strcmp(f->cause->id, "kms.aws-managed-key") != 0) {
        revive(f, e.key);
    }
    drop_key(f);
    another_key(f);
}

/* KM4: a grant beside the key policy, for one operation. */
void w403_fix_key_grant(w403_fixer *f)
{
    const w403_check_work *w = f->w;
    w403_kms_key *k = w->target->kms;
    const w403_caller *who = &w->call->caller;
    if (!k || !w403_caller_has_account(who) || !who->principal_arn.p) {
        return;
    }
    w403_kms_grant *grants = W403_NEW_N(f->world->arena, w403_kms_grant, (size_t)k->n_grants + 1);
    w403_view *operation = W403_NEW(f->world->arena, w403_view);
    if (!grants || !operation) {
        f->nomem = true;
        return;
    }
    *operation = w403_view_sub(w->action, 4, w->action.n);
    if (k->n_grants) {
        memcpy(grants, k->grants, k->n_grants * sizeof *grants);
    }
    grants[k->n_grants] = (w403_kms_grant){
        .id = W403_LIT("NEW_GRANT_ID"), .grantee = who->principal_arn, .operations = operation, .n_operations = 1};
    uint32_t n = k->n_grants + 1;
    const w403_kms_grant *list = grants;
    w403_change *c = w403_candidate(
        f, W403_FIX_SETTING, "create-grant", W403_RANK_OTHER_SIDE + 1,
        W403_FIX_SAY(f, "grant {action} to {principal} by a KMS grant", W403_P("action", w->action), W403_P("principal", who->principal_arn)),
        k->account_id);
    w403_change_write(f, c, &k->grants, &list, sizeof list);
    w403_change_write(f, c, &k->n_grants, &n, sizeof n);
    w403_text_add(&c->commands,
                  W403_FIX_AWS(f,
                               "kms create-grant --key-id <key> --region <region> --grantee-principal <principal> "
                               "--operations <operation>",
                               k->id, k->region, who->principal_arn, *operation));
    w403_text_add(&c->rollback,
                  W403_FIX_AWS(f, "kms revoke-grant --key-id <key> --region <region> --grant-id GRANT_ID", k->id,
                               k->region));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "a grant is not seen in the key policy; it may take minutes to count everywhere"));
}
