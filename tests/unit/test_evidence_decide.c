/* Evidence to decision: what the readers give is what the engine takes. */
#include "evidence_test.h"

#include "catalog/catalog.h"

static w403_policies *policies(w403_policy_kind kind, const char *text)
{
    w403_policies *ps = w403_policies_new();
    w403_error     err = {0};
    assert_non_null(ps);
    if (w403_policies_add(ps, kind, 0, VIEW("p.json"), VIEW(text), &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return ps;
}

static w403_verdict decide(w403_arena *a, const w403_policies *ps, w403_request r)
{
    w403_decision d;
    w403_error    err = {0};
    if (!r.principal.p) {
        r.principal = VIEW("arn:aws:iam::111122223333:user/Dave");
    }
    if (!r.resource_account.p) {
        r.resource_account = VIEW("111122223333");
    }
    if (w403_decide(NULL, ps, &r, W403_DETAIL_FULL, a, &d, &err) != W403_OK) {
        fail_msg("%.*s %.*s: %s", (int)r.operation.n, r.operation.p, (int)r.resource.n, r.resource.p, err.message);
    }
    return d.verdict;
}

static w403_verdict decide_command(const char *identity, const char *command, const char *operation)
{
    w403_arena    *a = w403_arena_new(0);
    w403_policies *ps = policies(W403_POLICY_IDENTITY, identity);
    w403_evidence  e;
    assert_int_equal(w403_evidence_command(a, VIEW(command), 1, &e, NULL), W403_OK);
    const w403_request *r = reading_of(&e, operation);
    assert_non_null(r);
    w403_verdict v = decide(a, ps, *r);
    w403_policies_free(ps);
    w403_arena_free(a);
    return v;
}

#define ALLOW(action, resource) \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" action ",\"Resource\":" resource "}]}"

/* research case 1: sending an ACL needs s3:PutObjectAcl; 5 and 6: ListBucket is the bucket's */
static void commands(void **state)
{
    (void)state;
    const char *put = ALLOW("\"s3:PutObject\"", "\"arn:aws:s3:::b/*\"");
    const char *all = ALLOW("\"s3:*\"", "\"arn:aws:s3:::b/*\"");
    assert_int_equal(decide_command(put, "aws s3 cp a.txt s3://b/k", "PutObject"), W403_ALLOWED);
    assert_int_equal(decide_command(put, "aws s3 cp a.txt s3://b/k --acl public-read", "PutObject"), W403_DENIED);
    assert_int_equal(decide_command(put, "aws s3 cp a.txt s3://c/k", "PutObject"), W403_DENIED);
    assert_int_equal(decide_command(all, "aws s3 sync d s3://b/p", "ListObjectsV2"), W403_DENIED);
    assert_int_equal(decide_command(all, "aws s3 sync d s3://b/p", "PutObject"), W403_ALLOWED);
    assert_int_equal(decide_command(all, "aws s3 rm s3://b/k", "DeleteObject"), W403_ALLOWED);
    assert_int_equal(decide_command(all, "aws s3 ls", "ListBuckets"), W403_DENIED);
    const char *prefix = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":"
                         "\"arn:aws:s3:::b\",\"Condition\":{\"StringLike\":{\"s3:prefix\":\"home/*\"}}}]}";
    assert_int_equal(decide_command(prefix, "aws s3 ls s3://b/home/", "ListObjectsV2"), W403_ALLOWED);
    assert_int_equal(decide_command(prefix, "aws s3 ls s3://b/", "ListObjectsV2"), W403_DENIED);
    const char *version = ALLOW("\"s3:GetObjectVersion\"", "\"arn:aws:s3:::b/*\"");
    assert_int_equal(decide_command(version, "aws s3api get-object --bucket b --key k --version-id 1 o", "GetObject"),
                     W403_ALLOWED);
    assert_int_equal(decide_command(version, "aws s3api get-object --bucket b --key k o", "GetObject"), W403_DENIED);
}

/* Seed 004-20: the Deny unless the request comes through the endpoint. */
static void endpoint(void **state)
{
    (void)state;
    static const char policy[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":"
        "\"arn:aws:s3:::b/*\"},{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::b/*\","
        "\"Condition\":{\"StringNotEquals\":{\"aws:sourceVpce\":\"vpce-1a2b3c4d\"}}}]}";
    w403_arena    *a = w403_arena_new(0);
    w403_policies *ps = policies(W403_POLICY_RESOURCE, policy);
    w403_evidence  e;
    static const char *const urls[] = {"https://b.bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com/k",
                                       "https://b.s3.us-east-1.amazonaws.com/k"};
    assert_int_equal(w403_evidence_curl(a, VIEW(urls[0]), &e, NULL), W403_OK);
    assert_int_equal(decide(a, ps, e.readings[0].request), W403_ALLOWED);
    assert_int_equal(w403_evidence_curl(a, VIEW(urls[1]), &e, NULL), W403_OK);
    w403_request r = e.readings[0].request;
    r.from = VIEW("203.0.113.9");
    assert_int_equal(decide(a, ps, r), W403_DENIED);
    w403_policies_free(ps);
    w403_arena_free(a);
}

/* A presigned URL is dead after its time, and counts as a query-string signature before. */
static void presigned(void **state)
{
    (void)state;
    w403_arena    *a = w403_arena_new(0);
    w403_policies *ps = policies(W403_POLICY_IDENTITY, ALLOW("\"s3:GetObject\"", "\"*\""));
    w403_evidence  e;
    assert_int_equal(w403_evidence_curl(a,
                                        VIEW("https://b.s3.us-east-1.amazonaws.com/k?X-Amz-Credential=AKIAX%2F20261121%2F"
                                             "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T100000Z&X-Amz-Expires=300&"
                                             "X-Amz-SignedHeaders=host&X-Amz-Signature=0"),
                                        &e, NULL),
                     W403_OK);
    w403_request r = e.readings[0].request;
    r.at = VIEW("2026-11-21T10:04:00Z");
    assert_int_equal(decide(a, ps, r), W403_ALLOWED);
    r.at = VIEW("2026-11-21T10:06:00Z");
    assert_int_equal(decide(a, ps, r), W403_DENIED);
    assert_int_equal(w403_evidence_curl(
                         a, VIEW("https://s3.amazonaws.com/b/k?AWSAccessKeyId=AKIAX&Expires=1763719200&Signature=a"), &e, NULL),
                     W403_OK);
    r = e.readings[0].request;
    r.at = VIEW("1763719100");
    assert_int_equal(decide(a, ps, r), W403_ALLOWED);
    r.at = VIEW("1763719300");
    assert_int_equal(decide(a, ps, r), W403_DENIED);
    w403_policies_free(ps);
    w403_arena_free(a);
}

/* Every context key that a reader sets is one the catalog knows. */
static void event_keys(void **state)
{
    (void)state;
    static const char text[] =
        "{\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:s\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/R/s\","
        "\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAX\",\"invokedBy\":\"athena.amazonaws.com\",\"sessionContext\":{"
        "\"sourceIdentity\":\"J\",\"attributes\":{\"creationDate\":\"2026-11-20T10:00:00Z\",\"mfaAuthenticated\":\"true\"}}},"
        "\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":\"%s\",\"eventName\":\"%s\",\"awsRegion\":\"us-west-2\","
        "\"sourceIPAddress\":\"10.0.0.5\",\"vpcEndpointId\":\"vpce-1a2b3c4d\",\"userAgent\":\"[x]\",\"errorCode\":\"AccessDenied\","
        "\"additionalEventData\":{\"AuthenticationMethod\":\"QueryString\"},\"tlsDetails\":{\"tlsVersion\":\"TLSv1.2\"},"
        "\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"k\",\"keyId\":\"arn:aws:kms:us-west-2:111122223333:key/k1\","
        "\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::b/k\"}}}";
    static const char *const events[][2] = {{"s3.amazonaws.com", "GetObject"}, {"kms.amazonaws.com", "Decrypt"}};
    w403_arena    *a = w403_arena_new(0);
    w403_policies *ps = policies(W403_POLICY_IDENTITY, ALLOW("[\"s3:GetObject\",\"kms:Decrypt\"]", "\"*\""));
    for (size_t i = 0; i < 2; i++) {
        char          event[3000];
        w403_evidence e;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(event, sizeof event, text, events[i][0], events[i][1]);
#pragma GCC diagnostic pop
        assert_int_equal(w403_evidence_event(a, VIEW("e"), VIEW(event), &e, NULL), W403_OK);
        for (size_t k = 0; k < e.n_readings; k++) {
            const w403_request *r = &e.readings[k].request;
            for (size_t c = 0; c < r->n_context; c++) {
                w403_view param;
                if (w403_key_find(r->context[c].key, &param) == 0) {
                    fail_msg("`%.*s` is no condition key", (int)r->context[c].key.n, r->context[c].key.p);
                }
            }
            (void)decide(a, ps, *r);
        }
        assert_int_equal(decide(a, ps, *reading_of(&e, "GetObject")), W403_ALLOWED);
    }
    w403_policies_free(ps);
    w403_arena_free(a);
}

/* AWS's own message, read back, names the cause that the engine finds. */
static void messages(void **state)
{
    (void)state;
    static const struct {
        w403_policy_kind kind;
        const char      *policy;
    } worlds[] = {
        {W403_POLICY_IDENTITY, ALLOW("\"ec2:*\"", "\"*\"")},
        {W403_POLICY_IDENTITY, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"},
        {W403_POLICY_RESOURCE,
         "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":"
         "\"arn:aws:s3:::b/*\"}]}"},
        {W403_POLICY_SCP, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"},
    };
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        w403_arena      *a = w403_arena_new(0);
        w403_policies   *ps = policies(worlds[i].kind, worlds[i].policy);
        w403_decision    d;
        w403_explanation x;
        w403_evidence    e;
        w403_request     r;
        w403_request_init(&r);
        r.operation = VIEW("GetObject");
        r.resource = VIEW("arn:aws:s3:::b/k");
        r.resource_account = VIEW("111122223333");
        r.principal = VIEW("arn:aws:iam::111122223333:user/Dave");
        assert_int_equal(w403_decide(NULL, ps, &r, W403_DETAIL_FULL, a, &d, NULL), W403_OK);
        assert_int_equal(w403_explain(&r, &d, a, &x, NULL), W403_OK);
        assert_true(x.n_causes > 0 && x.message.n > 0);
        assert_int_equal(w403_evidence_error(a, x.message, &e, NULL), W403_OK);
        assert_true(claimed(&e, x.causes[0].id));
        expect_view("action", e.reported.action, "s3:GetObject");
        expect_view("principal", e.reported.principal, "arn:aws:iam::111122223333:user/Dave");
        const char *ids[] = {x.causes[0].id};
        assert_int_equal(w403_evidence_agrees(&e.reported, d.verdict, ids, 1, x.causes[0].action), W403_AGREES);
        w403_policies_free(ps);
        w403_arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),   cmocka_unit_test(endpoint), cmocka_unit_test(presigned),
        cmocka_unit_test(event_keys), cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
