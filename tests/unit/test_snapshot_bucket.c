/* The files of a bucket's folder, its ACL, objects and inventory configurations. */
#include "snapshot_test.h"

#define FILE_OF(name, value) "{'" BUCKET name "':" value "}"

static void what_is_not_there(void **state)
{
    (void)state;
    load(FILE_OF("location.json", "{'LocationConstraint':null}"));
    const w403_bucket *b = the_bucket();
    assert_no_problem();
    assert_text(b->name, "b");
    assert_text(b->dir, ACCOUNT "s3/b");
    assert_ptr_equal(b->account, the_account());
    assert_false(b->missing);
    assert_text(b->region, "us-east-1");
    assert_int_equal(b->location_fact.state, W403_FACT_KNOWN);
    const w403_fact *absent[] = {&b->policy_fact, &b->acl.fact, &b->bpa.fact, &b->ownership_fact, &b->encryption_fact,
                                 &b->payer_fact, &b->versioning_fact, &b->lock_fact, &b->logging_fact,
                                 &b->objects_fact};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        assert_int_equal(absent[i]->state, W403_FACT_ABSENT);
        assert_true(w403_view_starts(absent[i]->path, b->dir));
    }
    assert_text(b->ownership_fact.path, BUCKET "ownership-controls.json");
    assert_int_equal(b->ownership, W403_OWNER_ENFORCED);
    assert_int_equal(b->sse, W403_SSE_S3);
    assert_null(b->policy);
    assert_int_equal(b->policy_set.n, 0);
}

static void regions(void **state)
{
    (void)state;
    static const struct {
        const char *value, *region;
    } rows[] = {{"{'LocationConstraint':null}", "us-east-1"}, {"{'LocationConstraint':''}", "us-east-1"},
                {"{'LocationConstraint':'EU'}", "eu-west-1"}, {"{'LocationConstraint':'ap-south-1'}", "ap-south-1"},
                {"'us-west-2'", "us-west-2"},                 {"null", "us-east-1"},
                {"{}", "us-east-1"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "{'" BUCKET "location.json':%s}", rows[i].value);
        load(text);
        assert_no_problem();
        assert_text(the_bucket()->region, rows[i].region);
    }
    load(FILE_OF("location.json", ERROR("NoSuchBucket")));
    assert_true(the_bucket()->missing);
    load(FILE_OF("location.json", ERROR("AccessDenied")));
    assert_false(the_bucket()->missing);
    assert_int_equal(the_bucket()->location_fact.state, W403_FACT_UNKNOWN);
    assert_null(the_bucket()->region.p);
}

static void policies(void **state)
{
    (void)state;
#define STATEMENT(q) "{" q "Version" q ":" q "2012-10-17" q "," q "Statement" q ":{" q "Effect" q ":" q "Allow" q "," q "Principal" q ":" q "*" q \
    "," q "Action" q ":" q "s3:*" q "," q "Resource" q ":" q "*" q "}}"
    static const char *const same[] = {STATEMENT("'"), "'" STATEMENT("\\'") "'", "{'Policy':'" STATEMENT("\\'") "'}",
                                       "{'Policy':" STATEMENT("'") "}"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "{'" BUCKET "policy.json':%s}", same[i]);
        load(text);
        const w403_bucket *b = the_bucket();
        assert_int_equal(b->policy_fact.state, W403_FACT_KNOWN);
        assert_non_null(b->policy);
        assert_int_equal(b->policy->kind, W403_POLICY_RESOURCE);
        assert_int_equal(b->policy->n_statements, 1);
        assert_text(b->policy->file, BUCKET "policy.json");
        assert_int_equal(b->policy_set.n, 1);
        assert_ptr_equal(b->policy_set.at[0], b->policy);
    }
    load(FILE_OF("policy.json", ERROR("NoSuchBucketPolicy")));
    assert_int_equal(the_bucket()->policy_fact.state, W403_FACT_NONE);
    load(FILE_OF("policy.json", ERROR("AccessDenied")));
    assert_int_equal(the_bucket()->policy_fact.state, W403_FACT_UNKNOWN);
    assert_text(the_bucket()->policy_fact.code, "AccessDenied");
    assert_int_equal(try_load(FILE_OF("policy.json", "null")), W403_SEMANTIC);
    assert_int_equal(try_load(FILE_OF("policy.json", "[1]")), W403_SEMANTIC);
}

static void large_policies_are_indexed(void **state)
{
    (void)state;
    w403_buf text = {0};
    w403_buf_puts(&text, "{'" BUCKET "policy.json':{'Statement':[");
    for (int i = 0; i < 100; i++) {
        w403_buf_printf(&text, "%s{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/dir-%d/*'}",
                        i ? "," : "", i);
    }
    w403_buf_puts(&text, "]}}");
    w403_buf_putc(&text, '\0');
    load(text.p);
    w403_buf_free(&text);
    assert_int_equal(the_bucket()->policy->n_statements, 100);
    assert_non_null(the_bucket()->policy_set.index);
}

static void settings(void **state)
{
    (void)state;
    load("{'" BUCKET "public-access-block.json':{'PublicAccessBlockConfiguration':{'BlockPublicAcls':true,"
         "'IgnorePublicAcls':false,'RestrictPublicBuckets':true}},"
         "'" BUCKET "ownership-controls.json':{'OwnershipControls':{'Rules':[{'ObjectOwnership':'BucketOwnerPreferred'}]}},"
         "'" BUCKET "encryption.json':{'ServerSideEncryptionConfiguration':{'Rules':[{"
         "'ApplyServerSideEncryptionByDefault':{'SSEAlgorithm':'aws:kms','KMSMasterKeyID':'alias/k'},"
         "'BucketKeyEnabled':true,'BlockedEncryptionTypes':{'EncryptionType':['SSE-C']}}]}},"
         "'" BUCKET "request-payment.json':{'Payer':'Requester'},"
         "'" BUCKET "versioning.json':{'Status':'Suspended','MFADelete':'Disabled'},"
         "'" BUCKET "object-lock-configuration.json':{'ObjectLockConfiguration':{'ObjectLockEnabled':'Enabled',"
         "'Rule':{'DefaultRetention':{'Mode':'COMPLIANCE','Days':1}}}},"
         "'" BUCKET "logging.json':{'LoggingEnabled':{'TargetBucket':'logs','TargetPrefix':'p/'}}}");
    const w403_bucket *b = the_bucket();
    assert_no_problem();
    assert_true(b->bpa.block_public_acls && b->bpa.restrict_public_buckets);
    assert_false(b->bpa.ignore_public_acls || b->bpa.block_public_policy);
    assert_int_equal(b->ownership, W403_OWNER_PREFERRED);
    assert_int_equal(b->sse, W403_SSE_KMS);
    assert_text(b->kms_key, "alias/k");
    assert_true(b->bucket_key && b->sse_c_blocked == W403_YES && b->requester_pays && b->lock_enabled);
    assert_int_equal(b->versioning, W403_VERSIONING_SUSPENDED);
    assert_int_equal(b->default_lock_mode, W403_LOCK_COMPLIANCE);
    assert_text(b->logging_target, "logs");
    assert_text(b->logging_prefix, "p/");
}

static void settings_that_are_not_configured(void **state)
{
    (void)state;
    load("{'" BUCKET "ownership-controls.json':" ERROR("OwnershipControlsNotFoundError") ","
         "'" BUCKET "encryption.json':" ERROR("ServerSideEncryptionConfigurationNotFoundError") ","
         "'" BUCKET "public-access-block.json':" ERROR("NoSuchPublicAccessBlockConfiguration") ","
         "'" BUCKET "object-lock-configuration.json':" ERROR("ObjectLockConfigurationNotFoundError") ","
         "'" BUCKET "versioning.json':{},'" BUCKET "logging.json':{}}");
    const w403_bucket *b = the_bucket();
    assert_no_problem();
    assert_int_equal(b->ownership, W403_OBJECT_WRITER); /* S3 4.2 */
    assert_int_equal(b->sse, W403_SSE_S3);
    const w403_fact *none[] = {&b->ownership_fact, &b->encryption_fact, &b->bpa.fact, &b->lock_fact, &b->versioning_fact,
                               &b->logging_fact};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(none[i]->state, W403_FACT_NONE);
    }
}

static void acls(void **state)
{
    (void)state;
    load(FILE_OF("acl.json", "{'Owner':{'ID':'me','DisplayName':'x'},'Grants':["
                             "{'Grantee':{'Type':'CanonicalUser','ID':'me'},'Permission':'FULL_CONTROL'},"
                             "{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/global/AllUsers'},'Permission':'READ'},"
                             "{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/global/AuthenticatedUsers'},'Permission':'WRITE'},"
                             "{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/s3/LogDelivery'},'Permission':'READ_ACP'},"
                             "{'Grantee':{'Type':'AmazonCustomerByEmail','EmailAddress':'a@example.com'},'Permission':'WRITE_ACP'}]}"));
    const w403_acl *acl = &the_bucket()->acl;
    assert_no_problem();
    assert_text(acl->owner, "me");
    assert_text(the_account()->canonical_id, "me"); /* account.json is not there */
    assert_ptr_equal(w403_map_get(&snapshot->by_canonical, W403_LIT("me")), the_account());
    assert_int_equal(acl->n_grants, 5);
    const w403_grantee_kind kinds[] = {W403_GRANTEE_CANONICAL, W403_GRANTEE_ALL_USERS, W403_GRANTEE_AUTHENTICATED_USERS,
                                       W403_GRANTEE_LOG_DELIVERY, W403_GRANTEE_OTHER};
    const int permissions[] = {W403_ACL_FULL, W403_ACL_READ, W403_ACL_WRITE, W403_ACL_READ_ACP, W403_ACL_WRITE_ACP};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(acl->grants[i].kind, kinds[i]);
        assert_int_equal(acl->grants[i].permissions, permissions[i]);
    }
    assert_int_equal(try_load(FILE_OF("acl.json", "{'Grants':[{'Grantee':{},'Permission':'ALL'},{},3]}")), W403_SEMANTIC);
    assert_problem("`Permission` is `ALL`, expected `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`");
    assert_problem("`Grantee` is missing");
    assert_problem("`grant` must be an object, found a number");
}

static void objects(void **state)
{
    (void)state;
    load(FILE_OF("objects.json",
                 "[{'Key':'a','Owner':{'ID':'o'},'Grants':[{'Grantee':{'ID':'o'},'Permission':'READ'}],'TagSet':["
                 "{'Key':'t','Value':'v'}],'ServerSideEncryption':'aws:kms','SSEKMSKeyId':'arn:k','BucketKeyEnabled':false,"
                 "'StorageClass':'GLACIER','Restore':'ongoing-request=\\'true\\'','Size':7,'ObjectLockMode':'GOVERNANCE',"
                 "'ObjectLockRetainUntilDate':'2027-01-01T00:00:00+00:00','ObjectLockLegalHoldStatus':'ON',"
                 "'LastModified':'x','ChecksumCRC32':'AA=='},"
                 "{'Key':'plain','ContentLength':3,'TagCount':2,'ChecksumAlgorithm':[],'BucketKeyEnabled':true},"
                 "{'Key':'untagged','TagCount':0,'SSECustomerAlgorithm':'AES256'},{'Key':'caf\\u00e9'}]"));
    assert_no_problem();
    const w403_bucket *b = the_bucket();
    assert_int_equal(b->n_objects, 4);
    assert_false(b->objects_complete);
    const w403_object *o = w403_bucket_object(b, W403_LIT("a"), (w403_view){NULL, 0});
    assert_ptr_equal(o, b->object_list[0]);
    assert_true(o->is_latest && o->tags_known && o->sse_given && o->has_retain_until && o->legal_hold);
    assert_text(o->owner, "o");
    assert_int_equal(o->acl.fact.state, W403_FACT_KNOWN);
    assert_int_equal(o->acl.n_grants, 1);
    assert_int_equal(o->n_tags, 1);
    assert_int_equal(o->sse, W403_SSE_KMS);
    assert_int_equal(o->bucket_key, W403_NO);
    assert_int_equal(o->lock_mode, W403_LOCK_GOVERNANCE);
    assert_int_equal(o->retain_until, INT64_C(1798761600000000));
    assert_int_equal(o->checksum, W403_YES);
    assert_int_equal(o->size, 7);
    assert_text(o->restore, "ongoing-request=\"true\"");
    o = b->object_list[1];
    assert_false(o->tags_known || o->sse_given);
    assert_int_equal(o->tagged, W403_YES);
    assert_int_equal(o->size, 3);
    assert_int_equal(o->checksum, W403_NO);
    assert_int_equal(o->bucket_key, W403_YES);
    assert_int_equal(o->acl.fact.state, W403_FACT_ABSENT);
    assert_null(o->owner.p);
    o = b->object_list[2];
    assert_true(o->tags_known);
    assert_int_equal(o->tagged, W403_NO);
    assert_int_equal(o->sse, W403_SSE_C);
    assert_int_equal(o->bucket_key, W403_UNKNOWN);
    o = b->object_list[3];
    assert_int_equal(o->tagged, W403_UNKNOWN);
    assert_int_equal(o->size, UINT64_MAX);
    assert_non_null(w403_map_get(&b->objects, W403_LIT("caf\xc3\xa9"))); /* outlives the JSON nodes */
    assert_null(w403_bucket_object(b, W403_LIT("z"), (w403_view){NULL, 0}));
}

static void versions(void **state)
{
    (void)state;
    load(FILE_OF("objects.json", "{'complete':true,'Objects':["
                                 "{'Key':'k','VersionId':'v3'},{'Key':'other','VersionId':'null'},{'Key':'k','VersionId':'v2'},"
                                 "{'Key':'said','VersionId':'s1'},{'Key':'said','VersionId':'s2','IsLatest':true,'IsDeleteMarker':true},"
                                 "{'Key':'old','VersionId':'o1','IsLatest':false},{'Key':'k'}]}"));
    const w403_bucket *b = the_bucket();
    const w403_view    latest = {NULL, 0};
    assert_true(b->objects_complete);
    assert_text(w403_bucket_object(b, W403_LIT("k"), latest)->version_id, "v3"); /* the first one listed */
    assert_text(w403_bucket_object(b, W403_LIT("k"), W403_LIT("v2"))->version_id, "v2");
    assert_null(w403_bucket_object(b, W403_LIT("k"), W403_LIT("null"))->version_id.p);
    assert_null(w403_bucket_object(b, W403_LIT("k"), W403_LIT("v9")));
    assert_text(w403_bucket_object(b, W403_LIT("other"), W403_LIT("null"))->version_id, "null");
    const w403_object *o = w403_bucket_object(b, W403_LIT("said"), latest);
    assert_text(o->version_id, "s2");
    assert_true(o->is_delete_marker);
    assert_null(w403_bucket_object(b, W403_LIT("old"), latest));
    assert_ptr_equal(b->object_list[0]->next_version, b->object_list[2]);
}

static void odd_objects(void **state)
{
    (void)state;
    load(FILE_OF("objects.json", ERROR("AccessDenied")));
    assert_int_equal(the_bucket()->objects_fact.state, W403_FACT_UNKNOWN);
    w403_buf text = {0};
    w403_buf_puts(&text, "{'" BUCKET "objects.json':[{'Key':'");
    for (int i = 0; i < 1024; i++) {
        w403_buf_putc(&text, 'k');
    }
    w403_buf_puts(&text, "'}]}");
    w403_buf_putc(&text, '\0');
    load(text.p);
    assert_int_equal(the_bucket()->n_objects, 1);
    text.n -= 5;
    w403_buf_puts(&text, "k'},{'Size':1},5,{'Key':'d','ObjectLockRetainUntilDate':'soon','ServerSideEncryption':'rot13'}]}");
    w403_buf_putc(&text, '\0');
    assert_int_equal(try_load(text.p), W403_SEMANTIC);
    assert_problem("`Key` is longer than 1024 bytes");
    assert_problem("`Key` is missing");
    assert_problem("`object` must be an object, found a number");
    assert_problem("`ObjectLockRetainUntilDate` is no ISO 8601 time");
    assert_problem("`ServerSideEncryption` is `rot13`");
    w403_buf_free(&text);
    assert_int_equal(try_load(FILE_OF("objects.json", "'x'")), W403_SEMANTIC);
    assert_int_equal(try_load(FILE_OF("objects.json", "{'complete':true}")), W403_SEMANTIC);
}

#define DESTINATION(more) "'Destination':{'S3BucketDestination':{'Bucket':'arn:aws:s3:::dest','Format':'Parquet'" more "}}"

static void inventories(void **state)
{
    (void)state;
    load("{'" BUCKET "inventory/one.json':{'InventoryConfiguration':{'Id':'one','IsEnabled':false,"
         "'IncludedObjectVersions':'All','Filter':{'Prefix':'data/'},'Schedule':{'Frequency':'Weekly'},"
         "'OptionalFields':['Size','ETag']," DESTINATION(",'AccountId':'" A "','Prefix':'inv','Encryption':{'SSEKMS':{'KeyId':'arn:k'}}") "}},"
         "'" BUCKET "inventory/all.json':{'InventoryConfigurationList':[{'Id':'two'," DESTINATION(",'Encryption':{'SSES3':{}}")
         "},{'Id':'three'," DESTINATION("") "}],'IsTruncated':false},"
         "'" BUCKET "inventory/gone.json':" ERROR("NoSuchConfiguration") ","
         "'" BUCKET "inventory/secret.json':" ERROR("AccessDenied") "}");
    assert_no_problem();
    const w403_bucket           *b = the_bucket();
    const w403_inventory_config *c = w403_bucket_inventory(b, W403_LIT("one"));
    assert_int_equal(b->n_inventory, 5);
    assert_int_equal(c->fact.state, W403_FACT_KNOWN);
    assert_text(c->fact.path, BUCKET "inventory/one.json");
    assert_false(c->is_enabled);
    assert_true(c->all_versions);
    assert_text(c->filter_prefix, "data/");
    assert_int_equal(c->frequency, W403_INVENTORY_WEEKLY);
    assert_int_equal(c->format, W403_INVENTORY_PARQUET);
    assert_int_equal(c->n_optional_fields, 2);
    assert_text(c->optional_fields[1], "ETag");
    assert_text(c->destination_account, A);
    assert_text(c->destination_bucket, "arn:aws:s3:::dest");
    assert_text(c->destination_name, "dest");
    assert_text(c->destination_prefix, "inv");
    assert_int_equal(c->encryption, W403_INVENTORY_ENCRYPTION_SSE_KMS);
    assert_text(c->kms_key, "arn:k");
    c = w403_bucket_inventory(b, W403_LIT("two"));
    assert_int_equal(c->encryption, W403_INVENTORY_ENCRYPTION_SSE_S3);
    assert_true(c->is_enabled);
    assert_int_equal(w403_bucket_inventory(b, W403_LIT("three"))->encryption, W403_INVENTORY_ENCRYPTION_NONE);
    assert_int_equal(w403_bucket_inventory(b, W403_LIT("gone"))->fact.state, W403_FACT_NONE);
    assert_int_equal(w403_bucket_inventory(b, W403_LIT("secret"))->fact.state, W403_FACT_UNKNOWN);
    assert_null(w403_bucket_inventory(b, W403_LIT("four")));
    assert_int_equal(try_load(FILE_OF("inventory/x.json", "{'Id':'x'}")), W403_SEMANTIC);
    assert_problem("`Destination` is missing");
}

static void one_name_in_two_accounts(void **state)
{
    (void)state;
    assert_int_equal(try_load("{'" BUCKET "location.json':null,'accounts/444455556666/s3/b/location.json':null}"),
                     W403_SEMANTIC);
    assert_problem("bucket `b` is in two accounts");
    load("{'" BUCKET "location.json':" ERROR("NoSuchBucket") ",'accounts/444455556666/s3/b/location.json':null}");
    assert_text(the_bucket()->account->id, "444455556666");
    load("{'" BUCKET "location.json':null,'accounts/444455556666/s3/b/location.json':" ERROR("NoSuchBucket") "}");
    assert_text(the_bucket()->account->id, A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_is_not_there),
        T(regions),
        T(policies),
        T(large_policies_are_indexed),
        T(settings),
        T(settings_that_are_not_configured),
        T(acls),
        T(objects),
        T(versions),
        T(odd_objects),
        T(inventories),
        T(one_name_in_two_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
