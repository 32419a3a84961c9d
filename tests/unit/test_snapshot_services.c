/* KMS keys, VPC endpoints, access points and the account's Block Public Access. */
#include "snapshot_test.h"

#define KEY_FILE(name) "'" ACCOUNT "kms/us-east-1/" name ".json':"
#define KEY_ARN "arn:aws:kms:us-east-1:" A ":key/k-1"
#define NO_VIEW ((w403_view){NULL, 0})

static w403_kms_key *key(const char *id)
{
    return w403_snapshot_key(snapshot, w403_view_of(id), W403_LIT("us-east-1"), W403_LIT(A));
}

static void a_whole_key(void **state)
{
    (void)state;
    load("{" KEY_FILE("k-1") "{'KeyMetadata':{'AWSAccountId':'" A "','KeyId':'k-1','Arn':'" KEY_ARN "','Enabled':true,"
         "'KeyState':'Enabled','KeyManager':'CUSTOMER','KeySpec':'SYMMETRIC_DEFAULT'},'Policy':'{\\'Statement\\':[]}',"
         "'Grants':[{'GrantId':'g','GranteePrincipal':'arn:aws:iam::" A ":role/r','RetiringPrincipal':'arn:r',"
         "'Operations':['Decrypt','GenerateDataKey'],'Constraints':{'EncryptionContextSubset':{'aws:s3:arn':'arn:aws:s3:::b'}}},"
         "{'GrantId':'h','Operations':[],'Constraints':{'EncryptionContextEquals':{}}}],"
         "'Aliases':[{'AliasName':'alias/mine','TargetKeyId':'k-1'},{'AliasName':'alias/other','TargetKeyId':'k-2'},"
         "{'AliasName':'alias/short'}]}}");
    const w403_kms_key *k = key("k-1");
    assert_non_null(k);
    assert_text(k->arn, KEY_ARN);
    assert_text(k->region, "us-east-1");
    assert_text(k->account_id, A);
    assert_ptr_equal(k->account, the_account());
    assert_true(k->symmetric);
    assert_false(k->aws_managed);
    assert_int_equal(k->state, W403_KEY_ENABLED);
    assert_text(k->state_text, "Enabled");
    assert_int_equal(k->fact.state, W403_FACT_KNOWN);
    assert_int_equal(k->policy_fact.state, W403_FACT_KNOWN);
    assert_int_equal(k->policy->kind, W403_POLICY_KEY);
    assert_int_equal(k->policy_set.n, 1);
    assert_int_equal(k->grants_fact.state, W403_FACT_KNOWN);
    assert_int_equal(k->n_grants, 2);
    assert_int_equal(k->grants[0].n_operations, 2);
    assert_true(k->grants[0].has_subset && !k->grants[0].has_equals);
    assert_text(k->grants[0].subset[0].key, "aws:s3:arn");
    assert_text(k->grants[0].subset[0].value, "arn:aws:s3:::b");
    assert_true(k->grants[1].has_equals);
    assert_int_equal(k->grants[1].n_equals, 0);
    assert_ptr_equal(key(KEY_ARN), k);
    assert_ptr_equal(key("alias/mine"), k);
    assert_ptr_equal(key("alias/short"), k);
    assert_ptr_equal(key("arn:aws:kms:us-east-1:" A ":alias/mine"), k);
    assert_null(key("alias/other"));
    assert_null(key("k-2"));
    assert_null(w403_snapshot_key(snapshot, W403_LIT("k-1"), W403_LIT("eu-west-1"), W403_LIT(A)));
    assert_null(w403_snapshot_key(snapshot, NO_VIEW, NO_VIEW, NO_VIEW));
    assert_null(w403_snapshot_key(NULL, W403_LIT("k-1"), NO_VIEW, NO_VIEW));
}

static void states_of_keys(void **state)
{
    (void)state;
    static const struct {
        const char    *metadata;
        w403_key_state state;
    } rows[] = {
        {"'KeyState':'Enabled'", W403_KEY_ENABLED},
        {"'KeyState':'Disabled'", W403_KEY_DISABLED},
        {"'Enabled':false", W403_KEY_DISABLED},
        {"'KeyState':'PendingDeletion'", W403_KEY_PENDING_DELETION},
        {"'KeyState':'PendingReplicaDeletion'", W403_KEY_PENDING_DELETION},
        {"'KeyState':'PendingImport'", W403_KEY_UNAVAILABLE},
        {"'KeyState':'Unavailable'", W403_KEY_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "{" KEY_FILE("k-1") "{'KeyMetadata':{%s,'KeySpec':'RSA_2048'}}}", rows[i].metadata);
        load(text);
        assert_int_equal(key("k-1")->state, rows[i].state);
        assert_false(key("k-1")->symmetric);
        assert_int_equal(key("k-1")->policy_fact.state, W403_FACT_ABSENT);
    }
}

static void keys_that_cannot_be_read(void **state)
{
    (void)state;
    load("{" KEY_FILE("gone") ERROR("NotFoundException") "," KEY_FILE("secret") ERROR("AccessDeniedException") ","
         KEY_FILE("half") "{'KeyMetadata':" ERROR("AccessDeniedException") ",'Policy':{'Policy':'{\\'Statement\\':[]}'},"
         "'Grants':" ERROR("AccessDeniedException") ",'Aliases':" ERROR("AccessDeniedException") "}}");
    assert_int_equal(key("gone")->state, W403_KEY_GONE);
    assert_int_equal(key("gone")->fact.state, W403_FACT_KNOWN);
    assert_int_equal(key("secret")->fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(key("secret")->policy_fact.state, W403_FACT_UNKNOWN);
    assert_text(key("secret")->grants_fact.code, "AccessDeniedException");
    assert_int_equal(key("half")->fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(key("half")->policy_fact.state, W403_FACT_KNOWN);
    assert_int_equal(key("half")->grants_fact.state, W403_FACT_UNKNOWN);
}

static void the_key_of_s3_itself(void **state)
{
    (void)state;
    load("{" KEY_FILE("aws-s3") "{'Grants':{'Grants':[],'Truncated':false}},"
         KEY_FILE("k-9") "{'KeyMetadata':{'Arn':'arn:aws:kms:us-east-1:444455556666:key/k-9','KeyId':'k-9','AWSAccountId':"
         "'444455556666','KeyManager':'AWS'}}}");
    assert_true(key("alias/aws/s3")->aws_managed);
    assert_int_equal(key("alias/aws/s3")->grants_fact.state, W403_FACT_KNOWN);
    const w403_kms_key *k = key("arn:aws:kms:us-east-1:444455556666:key/k-9");
    assert_true(k->aws_managed);
    assert_null(k->account);
    assert_text(k->account_id, "444455556666");
}

static void an_alias_of_full_length(void **state)
{
    (void)state;
    char     name[257] = "alias/";
    w403_buf text = {0};
    memset(name + 6, 'x', sizeof name - 7);
    name[sizeof name - 1] = '\0';
    w403_buf_printf(&text, "{" KEY_FILE("k-1") "{'Aliases':[{'AliasName':'%s'}]}}", name);
    w403_buf_putc(&text, '\0');
    load(text.p);
    w403_buf_free(&text);
    assert_ptr_equal(key(name), key("k-1"));
    name[200] = '\0';
    assert_null(key(name));
}

static void malformed_keys(void **state)
{
    (void)state;
    assert_int_equal(try_load("{" KEY_FILE("k") "{'KeyMetadata':3,'Grants':[1,{'Operations':[2]}],'Aliases':[4]},"
                              KEY_FILE("l") "{'Grants':5,'Aliases':6,'Policy':7}}"),
                     W403_SEMANTIC);
    assert_problem("`KeyMetadata` must be an object, found a number");
    assert_problem("`grant` must be an object");
    assert_problem("`Operations` must be a string");
    assert_problem("`alias` must be an object");
    assert_problem("`Grants` must be an array");
    assert_problem("`Aliases` must be an array");
}

static void endpoints(void **state)
{
    (void)state;
    load("{'" ACCOUNT "ec2/eu-west-1/vpc-endpoints.json':{'VpcEndpoints':[{'VpcEndpointId':'vpce-1','VpcEndpointType':"
         "'Gateway','VpcId':'vpc-1','ServiceName':'com.amazonaws.eu-west-1.s3','PolicyDocument':'{\\'Statement\\':[]}'},"
         "{'VpcEndpointId':'vpce-2','VpcEndpointType':'Interface'}]},"
         "'" ACCOUNT "ec2/us-east-1/vpc-endpoints.json':" ERROR("UnauthorizedOperation") "}");
    assert_int_equal(snapshot->n_endpoints, 2);
    const w403_vpc_endpoint *e = w403_map_get(&snapshot->endpoints, W403_LIT("vpce-1"));
    assert_true(e->gateway);
    assert_text(e->vpc_id, "vpc-1");
    assert_text(e->region, "eu-west-1");
    assert_text(e->service, "com.amazonaws.eu-west-1.s3");
    assert_ptr_equal(e->account, the_account());
    assert_int_equal(e->policy_fact.state, W403_FACT_KNOWN);
    assert_int_equal(e->policy->kind, W403_POLICY_VPC_ENDPOINT);
    e = w403_map_get(&snapshot->endpoints, W403_LIT("vpce-2"));
    assert_false(e->gateway);
    assert_int_equal(e->policy_fact.state, W403_FACT_ABSENT);
    assert_int_equal(try_load("{'" ACCOUNT "ec2/r/vpc-endpoints.json':{'VpcEndpoints':[{},1]}}"), W403_SEMANTIC);
    assert_problem("`VpcEndpointId` is missing");
    assert_int_equal(try_load("{'" ACCOUNT "ec2/r/vpc-endpoints.json':{}}"), W403_SEMANTIC);
    assert_problem("`VpcEndpoints` is missing");
}

#define AP(name) "'" ACCOUNT "s3control/access-points/us-east-1/" name ".json':"

static void access_points(void **state)
{
    (void)state;
    load("{" AP("ap") "{'Name':'ap','Bucket':'b','NetworkOrigin':'VPC','VpcConfiguration':{'VpcId':'vpc-1'},"
         "'PublicAccessBlockConfiguration':{'BlockPublicPolicy':true},'Alias':'ap-x-s3alias','BucketAccountId':'444455556666',"
         "'Policy':{'Policy':'{\\'Statement\\':[]}'}}," AP("open") "{'Bucket':'b','NetworkOrigin':'Internet','Policy':"
         ERROR("NoSuchAccessPointPolicy") "}," AP("closed") ERROR("AccessDenied") ","
         "'" ACCOUNT "s3control/public-access-block.json':{'PublicAccessBlockConfiguration':{'IgnorePublicAcls':true}}}");
    const w403_access_point *ap = w403_map_get(&snapshot->access_points, W403_LIT("ap-x-s3alias"));
    assert_non_null(ap);
    assert_ptr_equal(w403_map_get(&snapshot->access_points, W403_LIT("arn:aws:s3:us-east-1:" A ":accesspoint/ap")), ap);
    assert_text(ap->bucket_name, "b");
    assert_text(ap->bucket_account, "444455556666");
    assert_true(ap->vpc_only && ap->bpa.block_public_policy);
    assert_text(ap->vpc_id, "vpc-1");
    assert_int_equal(ap->policy_fact.state, W403_FACT_KNOWN);
    assert_int_equal(ap->policy->kind, W403_POLICY_ACCESS_POINT);
    ap = w403_map_get(&snapshot->access_points, W403_LIT("arn:aws:s3:us-east-1:" A ":accesspoint/open"));
    assert_false(ap->vpc_only);
    assert_int_equal(ap->policy_fact.state, W403_FACT_NONE);
    assert_int_equal(ap->bpa.fact.state, W403_FACT_ABSENT);
    assert_text(ap->bucket_account, A);
    ap = w403_map_get(&snapshot->access_points, W403_LIT("arn:aws:s3:us-east-1:" A ":accesspoint/closed"));
    assert_int_equal(ap->fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(ap->policy_fact.state, W403_FACT_UNKNOWN);
    assert_true(the_account()->bpa.ignore_public_acls);
    load("{'" ACCOUNT "s3control/public-access-block.json':" ERROR("NoSuchPublicAccessBlockConfiguration") "}");
    assert_int_equal(the_account()->bpa.fact.state, W403_FACT_NONE);
}

static void tags(void **state)
{
    (void)state;
    load("{'accounts/" A "/kms/eu-west-1/k1.json':{'Tags':{'Tags':[{'TagKey':'team','TagValue':'blue'}],'Truncated':false}},"
         "'accounts/" A "/s3control/access-points/eu-west-1/ap.json':{'Tags':[{'Key':'team','Value':'red'},{'Key':'x'}]},"
         "'accounts/" A "/s3/b/abac.json':{'AbacStatus':{'Status':'Enabled'}},"
         "'accounts/" A "/s3/b/tagging.json':{'TagSet':[{'Key':'k','Value':'v'}]},"
         "'accounts/" A "/s3/c/tagging.json':{'error':{'code':'NoSuchTagSet'}}}");
    assert_no_problem();
    const w403_kms_key *k = w403_snapshot_key(snapshot, W403_LIT("k1"), W403_LIT("eu-west-1"), W403_LIT(A));
    const w403_access_point *ap =
        w403_map_get(&snapshot->access_points, W403_LIT("arn:aws:s3:eu-west-1:" A ":accesspoint/ap"));
    const w403_bucket *b = w403_snapshot_bucket(snapshot, W403_LIT("b")), *c = w403_snapshot_bucket(snapshot, W403_LIT("c"));
    assert_int_equal(k->tags.n, 1);
    assert_text(k->tags.at[0].value, "blue");
    assert_int_equal(ap->tags.n, 2);
    assert_text(ap->tags.at[1].value, "");
    assert_true(b->abac && b->tags.n == 1);
    assert_int_equal(c->abac_fact.state, W403_FACT_ABSENT);
    assert_int_equal(c->tags.fact.state, W403_FACT_NONE);
    assert_int_equal(try_load("{'accounts/" A "/s3/b/tagging.json':{'TagSet':{'Key':'k'}},'accounts/" A "/s3/b/abac.json':{'AbacStatus':{'Status':'On'}}}"), W403_SEMANTIC);
    assert_problem("`Tags` must be an array");
    assert_problem("`Status` is `On`");
}

static void nearest_names(void **state)
{
    (void)state;
    w403_view out[2];
    w403_map  m = {0};
    load("{}");
    const char *names[] = {"alice", "alize", "bob", "malice"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(w403_map_put(snapshot->arena, &m, w403_view_of(names[i]), &out));
    }
    assert_int_equal(w403_nearest_names(&m, W403_LIT("alicee"), out, 2), 2);
    assert_text(out[0], "alice");
    assert_text(out[1], "alize");
    assert_int_equal(w403_nearest_names(&m, W403_LIT("bbo"), out, 2), 1);
    assert_text(out[0], "bob");
    assert_int_equal(w403_nearest_names(&m, W403_LIT("zzzzzzzz"), out, 2), 0);
    assert_int_equal(w403_nearest_names(&m, W403_LIT("alice"), out, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_whole_key),
        T(states_of_keys),
        T(keys_that_cannot_be_read),
        T(the_key_of_s3_itself),
        T(an_alias_of_full_length),
        T(malformed_keys),
        T(endpoints),
        T(access_points),
        T(tags),
        T(nearest_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
