/* accounts/<id>/s3/<bucket>/: one row a file, one small function for what the file says when it is there. */
#include <stdlib.h>

#include "catalog/catalog.h"
#include "snapshot/loader.h"

typedef w403_status bucket_fn(w403_source *src, w403_bucket *b, w403_error *err);

/* null is us-east-1 and EU is eu-west-1 (formats 6); the bare string of `--query LocationConstraint` is taken too. */
static w403_status read_location(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    const w403_json *v = src->root;
    if (v->type == W403_JSON_OBJECT) {
        v = w403_json_get(v, "LocationConstraint");
    }
    if (!v || v->type == W403_JSON_NULL || (v->type == W403_JSON_STRING && v->text.n == 0)) {
        b->region = W403_LIT("us-east-1");
    } else if (w403_expect(src, v, W403_JSON_STRING, "LocationConstraint")) {
        b->region = w403_view_eq(v->text, W403_LIT("EU")) ? W403_LIT("eu-west-1") : w403_keep(src, v->text);
    }
    return W403_OK;
}

static w403_status read_policy(w403_source *src, w403_bucket *b, w403_error *err)
{
    if (src->root->type == W403_JSON_NULL) {
        (void)w403_expect(src, src->root, W403_JSON_OBJECT, "policy.json");
        return W403_OK;
    }
    return w403_read_resource_policy(src, W403_POLICY_RESOURCE, src->root, &b->policy_fact, &b->policy, &b->policy_set,
                                     err);
}

static w403_status read_acl(w403_source *src, w403_bucket *b, w403_error *err)
{
    return w403_read_acl(src, src->root, &b->acl, err);
}

static w403_status read_bpa(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    w403_read_bpa(src, src->root, &b->bpa);
    return W403_OK;
}

/* The first rule's member; S3 keeps exactly one rule in each of these configurations. */
static const w403_json *first_rule(const w403_source *src, const char *outer)
{
    const w403_json *config = w403_json_get(src->root, outer);
    const w403_json *rules =
        w403_read_needed(src, config ? config : src->root, "Rules", W403_JSON_ARRAY);
    const w403_json *rule = rules ? rules->first : NULL;
    return rule && w403_expect(src, rule, W403_JSON_OBJECT, "Rules") ? rule : NULL;
}

static const w403_value_word ownerships[] = {{"BucketOwnerEnforced", W403_OWNER_ENFORCED},
                                       {"BucketOwnerPreferred", W403_OWNER_PREFERRED},
                                       {"ObjectWriter", W403_OBJECT_WRITER}};

static w403_status read_ownership(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    const w403_json *rule = first_rule(src, "OwnershipControls");
    if (rule && w403_read_needed(src, rule, "ObjectOwnership", W403_JSON_STRING)) {
        b->ownership = (w403_ownership)w403_read_word(src, rule, "ObjectOwnership", W403_WORDS(ownerships),
                                                      W403_OWNER_ENFORCED);
    }
    return W403_OK;
}

static const w403_value_word algorithms[] = {
    {"AES256", W403_SSE_S3}, {"aws:kms", W403_SSE_KMS}, {"aws:kms:dsse", W403_SSE_DSSE}, {"aws:fsx", W403_SSE_S3}};

static w403_status read_encryption(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    const w403_json *rule = first_rule(src, "ServerSideEncryptionConfiguration");
    const w403_json *by = w403_read(src, rule, "ApplyServerSideEncryptionByDefault", W403_JSON_OBJECT);
    const w403_json *blocked = w403_read(src, rule, "BlockedEncryptionTypes", W403_JSON_OBJECT);
    const w403_json *types = w403_read(src, blocked, "EncryptionType", W403_JSON_ARRAY);
    b->bucket_key = w403_read_bool(src, rule, "BucketKeyEnabled", false);
    if (by) {
        b->sse = (w403_sse)w403_read_word(src, by, "SSEAlgorithm", W403_WORDS(algorithms), W403_SSE_S3);
        b->kms_key = w403_read_str(src, by, "KMSMasterKeyID");
    }
    b->sse_c_blocked = types ? W403_NO : W403_UNKNOWN; /* NONE, or another type: not SSE-C */
    for (const w403_json *t = types ? types->first : NULL; t; t = t->next) {
        if (t->type == W403_JSON_STRING && w403_view_eq(t->text, W403_LIT("SSE-C"))) {
            b->sse_c_blocked = W403_YES;
        }
    }
    return W403_OK;
}

static const w403_value_word payers[] = {{"Requester", true}, {"BucketOwner", false}};

static w403_status read_payer(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    if (w403_read_needed(src, src->root, "Payer", W403_JSON_STRING)) {
        b->requester_pays = w403_read_word(src, src->root, "Payer", W403_WORDS(payers), false);
    }
    return W403_OK;
}

static const w403_value_word versionings[] = {{"Enabled", W403_VERSIONING_ENABLED},
                                        {"Suspended", W403_VERSIONING_SUSPENDED}};

static w403_status read_versioning(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    b->versioning = (w403_versioning)w403_read_word(src, src->root, "Status", W403_WORDS(versionings),
                                                    W403_UNVERSIONED);
    if (b->versioning == W403_UNVERSIONED) {
        b->versioning_fact.state = W403_FACT_NONE;
    }
    return W403_OK;
}

static w403_status read_logging(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    const w403_json *on = w403_read(src, src->root, "LoggingEnabled", W403_JSON_OBJECT);
    if (!on) {
        b->logging_fact.state = W403_FACT_NONE;
        return W403_OK;
    }
    b->logging_target = w403_read_str(src, on, "TargetBucket");
    b->logging_prefix = w403_read_str(src, on, "TargetPrefix");
    return W403_OK;
}

static const w403_value_word lock_modes[] = {{"GOVERNANCE", W403_LOCK_GOVERNANCE}, {"COMPLIANCE", W403_LOCK_COMPLIANCE}};
static const w403_value_word enabled[] = {{"Enabled", true}};

static w403_status read_lock(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    const w403_json *config = w403_read_needed(src, src->root, "ObjectLockConfiguration", W403_JSON_OBJECT);
    const w403_json *rule = w403_read(src, config, "Rule", W403_JSON_OBJECT);
    const w403_json *retention = w403_read(src, rule, "DefaultRetention", W403_JSON_OBJECT);
    b->lock_enabled = w403_read_word(src, config, "ObjectLockEnabled", W403_WORDS(enabled), false);
    b->default_lock_mode =
        (w403_lock_mode)w403_read_word(src, retention, "Mode", W403_WORDS(lock_modes), W403_LOCK_NONE);
    return W403_OK;
}

static const w403_value_word abac_states[] = {{"Enabled", true}, {"Disabled", false}};

/* {"AbacStatus": {"Status": "Enabled"}} */
static w403_status read_abac(w403_source *src, w403_bucket *b, w403_error *err)
{
    (void)err;
    const w403_json *status = w403_read(src, src->root, "AbacStatus", W403_JSON_OBJECT);
    b->abac = w403_read_word(src, status, "Status", W403_WORDS(abac_states), false);
    return W403_OK;
}

static w403_status read_tagging(w403_source *src, w403_bucket *b, w403_error *err)
{
    return w403_read_tag_member(src, src->root, &b->tags, err);
}

static w403_status read_objects(w403_source *src, w403_bucket *b, w403_error *err)
{
    return w403_read_objects(src, b, err);
}

static const struct bucket_file {
    const char *name;
    size_t      fact;         /* offset in w403_bucket */
    bucket_fn  *read;         /* when the fact is KNOWN */
    bool        may_be_empty; /* the CLI prints nothing when it is not configured (formats 6) */
    bool        any_type;     /* else the file must hold an object */
} bucket_files[] = {
    {"location.json", offsetof(w403_bucket, location_fact), read_location, false, true},
    {"policy.json", offsetof(w403_bucket, policy_fact), read_policy, false, true},
    {"acl.json", offsetof(w403_bucket, acl.fact), read_acl, false, false},
    {"public-access-block.json", offsetof(w403_bucket, bpa.fact), read_bpa, false, false},
    {"ownership-controls.json", offsetof(w403_bucket, ownership_fact), read_ownership, false, false},
    {"encryption.json", offsetof(w403_bucket, encryption_fact), read_encryption, false, false},
    {"request-payment.json", offsetof(w403_bucket, payer_fact), read_payer, false, false},
    {"versioning.json", offsetof(w403_bucket, versioning_fact), read_versioning, true, false},
    {"object-lock-configuration.json", offsetof(w403_bucket, lock_fact), read_lock, false, false},
    {"logging.json", offsetof(w403_bucket, logging_fact), read_logging, true, false},
    {"abac.json", offsetof(w403_bucket, abac_fact), read_abac, true, false},
    {"tagging.json", offsetof(w403_bucket, tags.fact), read_tagging, false, false},
    {"objects.json", offsetof(w403_bucket, objects_fact), read_objects, false, true},
};
enum { BUCKET_FILES = sizeof bucket_files / sizeof *bucket_files };

static w403_fact *fact_of(w403_bucket *b, const struct bucket_file *file)
{
    return (w403_fact *)(void *)((char *)b + file->fact);
}

static const struct bucket_file *find(w403_view name)
{
    for (size_t i = 0; i < BUCKET_FILES; i++) {
        if (w403_view_eq(name, w403_view_of(bucket_files[i].name))) {
            return &bucket_files[i];
        }
    }
    return NULL;
}

bool w403_bucket_file_known(w403_view name, bool *may_be_empty)
{
    const struct bucket_file *file = find(name);
    *may_be_empty = file && file->may_be_empty;
    return file != NULL;
}

w403_view w403_bucket_file_name(size_t i)
{
    return w403_view_of(i < BUCKET_FILES ? bucket_files[i].name : NULL);
}

w403_status w403_bucket_new(w403_loader *ld, w403_view dir, w403_view name, w403_account *account, w403_bucket **out,
                            w403_error *err)
{
    w403_bucket *b = W403_NEW(ld->a, w403_bucket);
    W403_NEED(b, err);
    b->name = name;
    b->account = account;
    b->dir = dir;
    b->ownership = W403_OWNER_ENFORCED; /* design 4: S3's default since April 2023 */
    b->sse = W403_SSE_S3;
    b->sse_c_blocked = W403_UNKNOWN;
    for (size_t i = 0; i < BUCKET_FILES; i++) {
        w403_fact *fact = fact_of(b, &bucket_files[i]);
        fact->path = w403_arena_join(ld->a, dir, "/", w403_view_of(bucket_files[i].name));
        W403_NEED(fact->path.p, err);
    }
    W403_NEED(w403_map_put(ld->a, &ld->bucket_dirs, dir, b), err);
    *out = b;
    return W403_OK;
}

w403_status w403_bucket_of(w403_source *src, w403_bucket **out, w403_error *err)
{
    w403_loader *ld = src->ld;
    w403_view    path = src->doc->source;
    w403_view    dir = {path.p, (size_t)(src->part[1].p - path.p) + src->part[1].n};
    *out = w403_map_get(&ld->bucket_dirs, dir);
    if (*out) {
        return W403_OK;
    }
    src->account->n_buckets++;
    return w403_bucket_new(ld, dir, src->part[1], src->account, out, err);
}

w403_status w403_load_bucket_file(w403_source *src, w403_error *err)
{
    const struct bucket_file *file = find(src->part[2]);
    w403_bucket              *b;
    W403_TRY(w403_bucket_of(src, &b, err));
    w403_fact *fact = fact_of(b, file);
    if (!src->root) {
        fact->state = W403_FACT_NONE;
        return W403_OK;
    }
    w403_read_fact(src, src->root, fact);
    if (fact->state == W403_FACT_ABSENT && src->root->type == W403_JSON_NULL) {
        fact->state = file->may_be_empty ? W403_FACT_NONE : W403_FACT_KNOWN;
    }
    if (fact->state == W403_FACT_KNOWN) {
        bool fits = file->any_type || w403_expect(src, src->root, W403_JSON_OBJECT, file->name);
        return fits ? file->read(src, b, err) : W403_OK;
    }
    if (fact == &b->location_fact && w403_error_code_meaning(fact->code) == W403_ERROR_NO_SUCH_BUCKET) {
        b->missing = true; /* design 4 */
    }
    if (fact == &b->ownership_fact && fact->state == W403_FACT_NONE) {
        b->ownership = W403_OBJECT_WRITER; /* S3 4.2: without controls the writer owns */
    }
    return W403_OK;
}

/* Where why403 collected, a file that is not there was not asked for, or not yet: that is no setting that is off. Objects
 * are asked for one by one. */
void w403_bucket_settle(const w403_snapshot *s, w403_bucket *b)
{
    for (size_t i = 0; i < BUCKET_FILES && (s->narrow || s->unfinished); i++) {
        w403_fact *fact = fact_of(b, &bucket_files[i]);
        if (fact->state == W403_FACT_ABSENT && (s->narrow || fact != &b->objects_fact)) {
            fact->state = W403_FACT_UNKNOWN;
            fact->code = W403_NOT_COLLECTED;
        }
    }
}

static int compare_names(const void *x, const void *y)
{
    return w403_view_cmp((*(w403_bucket *const *)x)->name, (*(w403_bucket *const *)y)->name);
}

/* Bucket names are global: of two folders with one name only the one that exists counts. */
static w403_status index_bucket(w403_loader *ld, w403_bucket *b, w403_error *err)
{
    w403_bucket *other = w403_map_get(&ld->s->buckets, b->name);
    if (other && !other->missing && !b->missing) {
        w403_error problem = {0};
        (void)w403_error_set(&problem, W403_SEMANTIC, "bucket `%.*s` is in two accounts, %.*s and %.*s",
                             W403_SHORT(b->name), W403_SHORT(other->account->id), W403_SHORT(b->account->id));
        w403_error_hint(&problem, "Remove the folder of the account that does not own it.");
        w403_problems_add(ld->problems, false, &problem);
    }
    if (!other || other->missing) {
        W403_NEED(w403_map_put(ld->a, &ld->s->buckets, b->name, b), err);
    }
    return W403_OK;
}

w403_status w403_finish_buckets(w403_loader *ld, w403_error *err)
{
    w403_snapshot *s = ld->s;
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        w403_account *account = s->account_list[i];
        account->buckets = W403_NEW_N(ld->a, w403_bucket *, account->n_buckets);
        W403_NEED(account->buckets, err);
        account->n_buckets = 0;
    }
    for (size_t i = 0; i < ld->bucket_dirs.cap; i++) {
        w403_bucket *b = ld->bucket_dirs.slots[i].value;
        if (b) {
            b->account->buckets[b->account->n_buckets++] = b;
        }
    }
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        w403_account *account = s->account_list[i];
        if (account->n_buckets) {
            qsort(account->buckets, account->n_buckets, sizeof *account->buckets, compare_names);
        }
        for (uint32_t j = 0; j < account->n_buckets; j++) {
            w403_bucket *b = account->buckets[j];
            w403_bucket_settle(s, b);
            W403_TRY(index_bucket(ld, b, err));
            if (!account->canonical_id.n && b->acl.owner.n) {
                account->canonical_id = b->acl.owner; /* a bucket's ACL names the bucket's owner */
            }
        }
    }
    return W403_OK;
}
