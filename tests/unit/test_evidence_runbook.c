/* Parameters and executions of AWS's runbooks, and where to look for a cause. */
#include "evidence_test.h"

#include "evidence/automation.h"
#include "evidence/look.h"
#include "evidence/runbook.h"

#define ALICE "RequesterArn=arn:aws:iam::111122223333:user/alice"
#define OBJECT "S3ResourceArn=arn:aws:s3:::b/k"

static w403_status read_text(w403_arena *a, w403_runbook_id id, const char *text, w403_runbook_input *in, w403_error *err)
{
    return w403_runbook_read(a, id, VIEW("--parameters"), VIEW(text), in, err);
}

static bool says(const w403_runbook_input *in, const char *part)
{
    for (size_t i = 0; i < in->n_notes; i++) {
        if (w403_view_find(in->notes[i], VIEW(part)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static void shorthand(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_runbook_input in;
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT, OBJECT ",S3Action=GetObject," ALICE, &in, NULL), W403_OK);
    expect_view("operation", in.request.operation, "GetObject");
    expect_view("resource", in.request.resource, "arn:aws:s3:::b/k");
    expect_view("principal", in.request.principal, "arn:aws:iam::111122223333:user/alice");
    assert_int_equal(in.n_notes, 0);
    /* commas and equal signs of a key, a quoted value, an old endpoint id */
    static const char odd[] = "S3ResourceArn=\"arn:aws:s3:::b/a, b=c (1).txt\",S3Action=HeadObject," ALICE
                              ",VpcEndpointId=vpce-1a2b3c4d,S3ObjectVersionId=v1";
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT, odd, &in, NULL), W403_OK);
    expect_view("resource", in.request.resource, "arn:aws:s3:::b/a, b=c (1).txt");
    expect_view("version", in.request.version_id, "v1");
    expect_view("endpoint", in.request.via, "vpce-1a2b3c4d");
    assert_true(says(&in, "refuses `,` in S3ResourceArn") && says(&in, "8 digits"));
    static const char bare[] = "S3ResourceArn=arn:aws:s3:::b/a, b=c.txt,S3Action=GetObject," ALICE;
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT, bare, &in, NULL), W403_OK);
    expect_view("resource", in.request.resource, "arn:aws:s3:::b/a, b=c.txt");
    /* names that the API keeps for old programs, actions, lists of buckets */
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT,
                               "S3ResourceArn=arn:aws:s3:::b,S3Action=GetBucketLifecycle," ALICE, &in, NULL), W403_OK);
    expect_view("operation", in.request.operation, "GetBucketLifecycle");
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT, OBJECT ",S3Action=s3:GetObject," ALICE, &in, NULL), W403_OK);
    expect_view("action", in.request.action, "s3:GetObject");
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT,
                               "S3ResourceArn=arn:aws:s3:::b,S3Action=ListBuckets," ALICE, &in, NULL), W403_OK);
    expect_view("resource", in.request.resource, "*");
    w403_arena_free(a);
}

static void context(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_runbook_input in;
    /* 003-20: the article's own sample */
    static const char seed[] =
        OBJECT ",S3Action=PutObject," ALICE ",ContextKeyList={\"ContextKeyName\":\"s3:x-amz-server-side-encryption-aws-kms-"
        "key-id\",\"ContextKeyValues':[\"arn:aws:kms:us-east-1:123456789012:key/abc12345-b1e9-45a3-aa90-39ec93dd9b82'],"
        "\"ContextKeyType\":\"string'}";
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT, seed, &in, NULL), W403_OK);
    assert_int_equal(in.request.n_context, 1);
    expect_view("key", in.request.context[0].key, "s3:x-amz-server-side-encryption-aws-kms-key-id");
    expect_view("value", in.request.context[0].values[0],
                "arn:aws:kms:us-east-1:123456789012:key/abc12345-b1e9-45a3-aa90-39ec93dd9b82");
    assert_int_equal(in.n_notes, 3);
    assert_true(says(&in, "character 85 is ' where a \" belongs"));
    static const char curly[] = OBJECT ",S3Action=GetObject," ALICE ",ContextKeyList=[{\u201cContextKeyName\u201d:"
                                       "\u201caws:SourceIp\u201d,\u201cContextKeyValues\u201d:[\u201c203.0.113.9\u201d]}]";
    assert_int_equal(read_text(a, W403_RUNBOOK_SAME_ACCOUNT, curly, &in, NULL), W403_OK);
    expect_view("value", in.request.context[0].values[0], "203.0.113.9");
    assert_true(says(&in, "is \u201c where") && says(&in, "without ContextKeyType"));
    w403_arena_free(a);
}

static void refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "x", "=", "{", "[]", "{\"S3Action\":null}", "{\"S3Action\":[[]]}", "{\"Nope\":\"x\"}",
        OBJECT ",S3Action=GetObject", OBJECT ",S3Action=GetObject,RequesterArn=alice",
        OBJECT ",S3Action=Nope," ALICE, OBJECT ",S3Action=GetBucketAcl," ALICE,
        "S3ResourceArn=b/k,S3Action=GetObject," ALICE, OBJECT "," OBJECT ",S3Action=GetObject," ALICE,
        OBJECT ",S3Action=GetObject," ALICE ",KmsKeyArn=x", OBJECT ",S3Action=GetObject," ALICE ",VpcEndpointId=vpce-xyz",
        OBJECT ",S3Action=GetObject," ALICE ",RequesterRoleSessionName=s",
        OBJECT ",S3Action=GetObject," ALICE ",ContextKeyList={\"ContextKeyNames\":\"x\"}",
        OBJECT ",S3Action=GetObject," ALICE ",ContextKeyList={\"ContextKeyName\":\"x\",\"ContextKeyValues\":[{}]}",
    };
    w403_arena *a = w403_arena_new(0);
    w403_runbook_input in;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        w403_error err = {0};
        if (read_text(a, W403_RUNBOOK_SAME_ACCOUNT, bad[i], &in, &err) == W403_OK || !err.message[0]) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    w403_runbook_id id;
    w403_error err = {0};
    assert_int_equal(w403_runbook_find(VIEW("arn:aws:ssm:us-east-1::document/AWSSupport-TroubleshootS3PublicRead"), &id, &err),
                     W403_OK);
    assert_int_equal(id, W403_RUNBOOK_PUBLIC_READ);
    assert_int_equal(w403_runbook_find(VIEW("AWSSupport-TroubleshootS3PublicRaed:1"), &id, &err), W403_SEMANTIC);
    assert_non_null(strstr(err.hint, "AWSSupport-TroubleshootS3PublicRead"));
    assert_int_equal(w403_runbook_find(VIEW("AWSSupport-ContainS3Resource"), &id, &err), W403_SEMANTIC);
    assert_non_null(strstr(err.hint, "locks a bucket down"));
    w403_arena_free(a);
}

static void public_read(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_runbook_input in;
    assert_int_equal(read_text(a, W403_RUNBOOK_PUBLIC_READ, "S3BucketName=b", &in, NULL), W403_OK);
    assert_int_equal(in.max_objects, 5);
    assert_true(in.http_get && !in.verbose && !in.ignore_bpa);
    expect_view("principal", in.request.principal, "anonymous");
    assert_int_equal(read_text(a, W403_RUNBOOK_PUBLIC_READ,
                               "S3BucketName=b,MaxObjects=100,S3PrefixName=p q/,ResourcePartition=aws-cn", &in, NULL), W403_OK);
    expect_view("resource", in.request.resource, "arn:aws-cn:s3:::b");
    assert_true(says(&in, "25 objects at most") && says(&in, "refuses ` ` in S3PrefixName"));
    assert_int_equal(read_text(a, W403_RUNBOOK_PUBLIC_READ, "S3BucketName=arn:aws:s3:::b", &in, NULL), W403_SEMANTIC);
    assert_int_equal(read_text(a, W403_RUNBOOK_PUBLIC_READ, "S3BucketName=b,Verbose=1", &in, NULL), W403_SEMANTIC);
    w403_arena_free(a);
}

#define EXECUTION(document, parameters, outputs) \
    "{\"AutomationExecution\":{\"DocumentName\":\"AWSSupport-" document "\",\"Parameters\":{" parameters \
    "},\"Outputs\":{" outputs "}}}"

static void executions(void **state)
{
    (void)state;
    static const char same[] = EXECUTION(
        "TroubleshootS3AccessSameAccount",
        "\"S3ResourceArn\":[\"arn:aws:s3:::b/k\"],\"S3Action\":[\"GetObject\"],\"RequesterArn\":[\"arn:aws:iam::111122223333:"
        "role/r\"],\"VpcEndpointId\":[\"vpce-0123456789abcdef0\"]",
        "\"EvaluatePolicy.final_decision\":[\"implicitDeny\"]");
    static const char open[] =
        EXECUTION("TroubleshootS3PublicRead", "\"S3BucketName\":[\"b\"]",
                  "\"AnalyzeObjects.objects\":[\"a.txt\\n[INFO ] [I09] fine\\nb.txt\\n[ERROR] [E09] encrypted\\n\"]");
    w403_arena *a = w403_arena_new(0);
    w403_evidence e;
    w403_error err = {0};
    assert_true(w403_is_automation(VIEW(same)) && !w403_is_automation(VIEW("{\"Records\":[]}")));
    assert_int_equal(w403_evidence_automation(a, VIEW("x"), VIEW(same), &e, NULL), W403_OK);
    assert_int_equal(e.kind, W403_EVIDENCE_AUTOMATION);
    expect_view("resource", e.readings[0].request.resource, "arn:aws:s3:::b/k");
    expect_view("endpoint", e.readings[0].request.via, "vpce-0123456789abcdef0");
    assert_string_equal(e.reported.causes[0], "no-allow.identity");
    assert_false(e.reported.explicit_deny);
    assert_int_equal(w403_evidence_automation(a, VIEW("x"), VIEW(open), &e, NULL), W403_OK);
    expect_view("resource", e.readings[0].request.resource, "arn:aws:s3:::b/b.txt");
    assert_string_equal(e.reported.causes[0], "kms.anonymous");
    static const char *const bad[] = {"{\"AutomationExecution\":1}", "{\"AutomationExecution\":{}}",
                                      EXECUTION("Nope", "", ""), EXECUTION("TroubleshootS3PublicRead", "", ""),
                                      "{\"AutomationExecution\":"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_not_equal(w403_evidence_automation(a, VIEW("x"), VIEW(bad[i]), &e, &err), W403_OK);
    }
    w403_arena_free(a);
}

static void looks(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_request r;
    const w403_look *at;
    size_t n;
    w403_request_init(&r);
    r.resource = VIEW("arn:aws:s3:::b/it's here");
    r.principal = VIEW("arn:aws:iam::111122223333:user/alice");
    static const char *const causes[] = {"deny.bucket-policy", "no-allow.object-acl", "deny.access-point", "deny.bucket-policy"};
    assert_int_equal(w403_evidence_looks(a, &r, causes, 4, &at, &n, NULL), W403_OK);
    assert_int_equal(n, 2); /* each once, and no access point where there is none */
    expect_view("command", at[0].command, "aws s3api get-bucket-policy --bucket b");
    expect_view("command", at[1].command, "aws s3api get-object-acl --bucket b --key 'it'\\''s here'");
    assert_string_equal(at[0].changes, "PutBucketPolicy DeleteBucketPolicy");
    assert_int_equal(w403_evidence_looks(a, &r, NULL, 0, &at, &n, NULL), W403_OK);
    assert_true(n >= 4);
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shorthand),   cmocka_unit_test(context),    cmocka_unit_test(refused),
        cmocka_unit_test(public_read), cmocka_unit_test(executions), cmocka_unit_test(looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
