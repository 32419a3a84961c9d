/* Buckets, what is set on them, and keys. */
#include "sources/terraform.h"

/* The bucket that a resource is about; told where it cannot be known. */
static bool bucket_of(w403_tf *t, const w403_tf_resource *r, w403_view *out)
{
    *out = w403_tf_text(t, r, "bucket");
    if (!out->p) {
        w403_made_tell(&t->made, "`%.*s` is of a bucket whose name is known only after apply: it is left out", W403_CUT(r->address));
    }
    return out->p != NULL;
}

static void put_text(w403_tf *t, w403_view bucket, const char *file, w403_view json)
{
    w403_view path = w403_arena_printf(t->made.a, "accounts/%.*s/s3/%.*s/%s", W403_ARG(t->account), W403_ARG(bucket), file);
    w403_made_file_text(&t->made, path, json);
}

static const char *truth(const w403_json *values, const char *name)
{
    const w403_json *v = w403_json_get(values, name);
    return v && v->type == W403_JSON_TRUE ? "true" : "false";
}

/* An attribute that is left out is false (the provider's default); one that is known after apply leaves all unknown. */
static w403_view bpa_text(w403_tf *t, const w403_tf_resource *r)
{
    return w403_arena_printf(t->made.a,
                             "{\"PublicAccessBlockConfiguration\": {\"BlockPublicAcls\": %s, \"IgnorePublicAcls\": %s, "
                             "\"BlockPublicPolicy\": %s, \"RestrictPublicBuckets\": %s}}",
                             truth(r->values, "block_public_acls"), truth(r->values, "ignore_public_acls"),
                             truth(r->values, "block_public_policy"), truth(r->values, "restrict_public_buckets"));
}

static void put_encryption(w403_tf *t, const w403_tf_resource *r, w403_view bucket)
{
    const w403_json *rule = w403_made_block(r->values, "rule");
    const w403_json *by = w403_made_block(rule, "apply_server_side_encryption_by_default");
    w403_view algorithm = w403_made_str(by, "sse_algorithm"), key = w403_made_str(by, "kms_master_key_id");
    bool kms = w403_view_starts(algorithm, W403_LIT("aws:kms"));
    if (!algorithm.p || (kms && !key.p && by && w403_json_get(by, "kms_master_key_id") == NULL)) {
        w403_made_bucket_file(&t->made, t->account, bucket, "encryption.json", NULL, NULL);
        return;
    }
    w403_buf out = {0};
    w403_json_writer w;
    w403_jw_init(&w, &out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "ServerSideEncryptionConfiguration");
    w403_jw_object(&w);
    w403_jw_key(&w, "Rules");
    w403_jw_array(&w);
    w403_jw_object(&w);
    w403_jw_key(&w, "ApplyServerSideEncryptionByDefault");
    w403_jw_object(&w);
    w403_jw_text(&w, "SSEAlgorithm", algorithm);
    w403_jw_text_unless_empty(&w, "KMSMasterKeyID", key);
    w403_jw_end_object(&w);
    w403_jw_flag(&w, "BucketKeyEnabled", w403_json_bool(rule, "bucket_key_enabled", false));
    w403_jw_end_object(&w);
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    put_text(t, bucket, "encryption.json", w403_buf_ok(&out) ? w403_arena_copy(t->made.a, w403_buf_view(&out)) : (w403_view){NULL, 0});
    w403_buf_free(&out);
}

/* One word of a closed list, inside its document. */
static void put_word(w403_tf *t, w403_view bucket, const char *file, const char *before, w403_view word, const char *after)
{
    if (!word.p) {
        w403_made_bucket_file(&t->made, t->account, bucket, file, NULL, NULL);
        return;
    }
    w403_buf out = {0};
    w403_buf_puts(&out, before);
    w403_buf_json_string(&out, word);
    w403_buf_puts(&out, after);
    put_text(t, bucket, file, w403_buf_ok(&out) ? w403_arena_copy(t->made.a, w403_buf_view(&out)) : (w403_view){NULL, 0});
    w403_buf_free(&out);
}

static void put_bucket(w403_tf *t, const w403_tf_resource *r, w403_view bucket)
{
    const w403_json *policy = w403_tf_document(r, "policy"); /* of the provider before version 4 */
    bool elsewhere = false;
    for (size_t i = 0; i < t->resources.n; i++) {
        elsewhere |= w403_view_eq(t->resources.at[i]->type, W403_LIT("aws_s3_bucket_policy")) &&
                     w403_view_eq(w403_tf_text(t, t->resources.at[i], "bucket"), bucket);
    }
    if (policy && !elsewhere) {
        w403_made_bucket_file(&t->made, t->account, bucket, "policy.json", "Policy", policy);
    } else if (!elsewhere) {
        w403_made_bucket(&t->made, t->account, bucket);
    }
    w403_view region = w403_made_str(r->values, "region");
    if (region.p) {
        put_word(t, bucket, "location.json", "{\"LocationConstraint\": ", region, "}");
    }
}

static void put_key(w403_tf *t, const w403_tf_resource *r)
{
    w403_view arn = w403_made_str(r->values, "arn"), rest = arn, region = {NULL, 0}, id = w403_made_str(r->values, "key_id");
    for (int i = 0; i < 4 && rest.p; i++) {
        region = w403_view_cut(&rest, ':');
    }
    if (!arn.p || !id.p || !region.n) {
        w403_made_tell(&t->made, "`%.*s` has no ARN before apply: the key is left out", W403_CUT(r->address));
        return;
    }
    w403_buf out = {0};
    w403_json_writer w;
    const w403_json *policy = w403_tf_document(r, "policy");
    w403_jw_init(&w, &out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "KeyMetadata");
    w403_jw_object(&w);
    w403_jw_text(&w, "AWSAccountId", t->account);
    w403_jw_text(&w, "KeyId", id);
    w403_jw_text(&w, "Arn", arn);
    w403_jw_word(&w, "KeyState", w403_json_bool(r->values, "is_enabled", true) ? "Enabled" : "Disabled");
    w403_jw_word(&w, "KeyManager", "CUSTOMER");
    w403_jw_end_object(&w);
    if (policy) {
        w403_jw_text(&w, "Policy", policy->text);
    }
    w403_jw_end_object(&w);
    w403_made_file_text(&t->made,
                        w403_arena_printf(t->made.a, "accounts/%.*s/kms/%.*s/%.*s.json", W403_ARG(t->account), W403_ARG(region), W403_ARG(id)),
                        w403_buf_ok(&out) ? w403_arena_copy(t->made.a, w403_buf_view(&out)) : (w403_view){NULL, 0});
    w403_buf_free(&out);
}

bool w403_tf_s3(w403_tf *t, const w403_tf_resource *r)
{
    w403_view type = r->type, bucket;
    if (w403_view_eq(type, W403_LIT("aws_kms_key"))) {
        put_key(t, r);
        return true;
    }
    if (w403_view_eq(type, W403_LIT("aws_s3_account_public_access_block"))) {
        w403_made_file_text(&t->made, w403_arena_printf(t->made.a, "accounts/%.*s/s3control/public-access-block.json", W403_ARG(t->account)),
                            bpa_text(t, r));
        return true;
    }
    if (!w403_view_starts(type, W403_LIT("aws_s3_bucket")) || w403_view_starts(type, W403_LIT("aws_s3_bucket_object")) ||
        !bucket_of(t, r, &bucket)) {
        return false;
    }
    type = w403_view_sub(type, strlen("aws_s3_bucket"), type.n);
    if (type.n == 0) {
        put_bucket(t, r, bucket);
    } else if (w403_view_eq(type, W403_LIT("_policy"))) {
        w403_made_bucket_file(&t->made, t->account, bucket, "policy.json", "Policy", w403_tf_document(r, "policy"));
    } else if (w403_view_eq(type, W403_LIT("_public_access_block"))) {
        put_text(t, bucket, "public-access-block.json", bpa_text(t, r));
    } else if (w403_view_eq(type, W403_LIT("_ownership_controls"))) {
        put_word(t, bucket, "ownership-controls.json", "{\"OwnershipControls\": {\"Rules\": [{\"ObjectOwnership\": ",
                 w403_made_str(w403_made_block(r->values, "rule"), "object_ownership"), "}]}}");
    } else if (w403_view_eq(type, W403_LIT("_versioning"))) {
        put_word(t, bucket, "versioning.json", "{\"Status\": ",
                 w403_made_str(w403_made_block(r->values, "versioning_configuration"), "status"), "}");
    } else if (w403_view_eq(type, W403_LIT("_request_payment_configuration"))) {
        put_word(t, bucket, "request-payment.json", "{\"Payer\": ", w403_made_str(r->values, "payer"), "}");
    } else if (w403_view_eq(type, W403_LIT("_server_side_encryption_configuration"))) {
        put_encryption(t, r, bucket);
    } else {
        return false;
    }
    return true;
}
