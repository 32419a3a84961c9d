/* Every reader with too little memory: it says so, or it is right; it never crashes. */
#include "evidence_test.h"

#include "evidence/automation.h"
#include "evidence/look.h"
#include "evidence/runbook.h"

#define SENTENCE \
    "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/Dave is not " \
    "authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::b\" because no identity-based policy allows the " \
    "s3:ListBucket action https://b.s3.amazonaws.com/k"

typedef w403_status reader_fn(w403_arena *a, w403_evidence *e);

static w403_status read_error(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_error(a, VIEW(SENTENCE), e, NULL);
}

static w403_status read_event(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_event(a, VIEW("e"),
                               VIEW("{\"Records\":[{\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"s3.amazonaws.com\"},"
                                    "\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"PutObject\",\"errorMessage\":"
                                    "\"Access Denied\",\"errorCode\":\"AccessDenied\",\"requestParameters\":{\"bucketName\":\"b\","
                                    "\"key\":\"k\",\"x-amz-acl\":\"private\"}}]}"),
                               e, NULL);
}

static w403_status read_command(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_command(a, VIEW("aws s3 sync s3://a/p s3://b/q --delete --sse aws:kms --region cn-north-1"), UINT64_MAX,
                                 e, NULL);
}

static w403_status read_curl(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_curl(a, VIEW("curl -H 'x-amz-acl: private' -T f 'https://b.s3.us-east-1.amazonaws.com/a%20b?x=%20'"),
                              e, NULL);
}

static w403_status read_session(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_session(a, VIEW("t"),
                                 VIEW("\"requestParameters\":{\"roleArn\":\"arn:aws:iam::1:role/r\",\"roleSessionName\":\"s\","
                                      "\"policy\":\"{\\\"Statement\\\":[{}  } ]}\"}"),
                                 VIEW(NULL), VIEW(NULL), e, NULL);
}

static w403_status read_credentials(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_credentials(a, VIEW("{\"Arn\":\"arn:aws:sts::1:assumed-role/r/i-1\",\"Account\":\"1\"}"),
                                     VIEW("arn:aws:iam::1:user/u"), e, NULL);
}

static w403_status read_line(w403_arena *a, w403_evidence *e)
{
    const w403_log_fields f = {.bucket = VIEW("b"), .operation = VIEW("REST.GET.OBJECT"), .key = VIEW("a%2520b"),
                               .request_uri = VIEW("GET /a%20b HTTP/1.1"), .host_header = VIEW("b.s3.amazonaws.com"),
                               .time = VIEW("06/Feb/2019:00:00:38 +0000"), .remote_ip = VIEW("192.0.2.3")};
    return w403_evidence_log_line(a, &f, e, NULL);
}

static w403_status read_keys(w403_arena *a, w403_evidence *e)
{
    const w403_near_key *near;
    size_t               n;
    const w403_view      keys[] = {VIEW("a+b"), VIEW("A b")};
    (void)e;
    w403_status st = w403_nearest_keys(a, VIEW("a b"), keys, 2, 5, &near, &n, NULL);
    return st == W403_OK ? w403_key_variants(a, VIEW("a b"), &near, &n, NULL) : st;
}

static w403_status read_execution(w403_arena *a, w403_evidence *e)
{
    return w403_evidence_automation(
        a, VIEW("e"),
        VIEW("{\"AutomationExecution\":{\"DocumentName\":\"AWSSupport-TroubleshootS3AccessSameAccount\",\"Parameters\":{"
             "\"S3ResourceArn\":[\"arn:aws:s3:::b/k (1)\"],\"S3Action\":[\"PutObject\"],\"RequesterArn\":[\"arn:aws:iam::"
             "111122223333:role/r\"],\"KmsKeyArn\":[\"arn:aws:kms:us-east-1:111122223333:key/k\"]},\"Outputs\":{"
             "\"EvaluatePolicy.final_decision\":[\"explicitDeny\"]}}}"),
        e, NULL);
}

static w403_status read_parameters(w403_arena *a, w403_evidence *e)
{
    w403_runbook_input in;
    (void)e;
    return w403_runbook_read(a, W403_RUNBOOK_SAME_ACCOUNT, VIEW("p"),
                             VIEW("S3ResourceArn=arn:aws:s3:::b/a,b,S3Action=GetObject,RequesterArn=arn:aws:iam::1:user/u,"
                                  "ContextKeyList={\"ContextKeyName\":\"aws:SourceIp\",\"ContextKeyValues':[\"1.2.3.4']}"),
                             &in, NULL);
}

static w403_status read_looks(w403_arena *a, w403_evidence *e)
{
    w403_request r;
    const w403_look *looks;
    size_t n;
    (void)e;
    w403_request_init(&r);
    r.resource = VIEW("arn:aws:s3:::b/it's");
    return w403_evidence_looks(a, &r, NULL, 0, &looks, &n, NULL);
}

static reader_fn *const readers[] = {read_execution, read_parameters, read_looks, read_error,   read_event,       read_command, read_curl,
                                     read_session, read_credentials, read_line,    read_keys};

static void short_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        bool refused = false, done = false;
        for (size_t limit = 1; limit < (1 << 18) && !done; limit += limit < 4096 ? 61 : 1024) {
            w403_evidence e;
            w403_arena   *a = w403_arena_new(limit);
            if (!a) {
                continue;
            }
            w403_status st = readers[i](a, &e);
            refused |= st == W403_NOMEM;
            done = st == W403_OK;
            w403_arena_free(a);
        }
        assert_true(done);
        assert_true(refused);
    }
}

static void nth_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        bool done = false;
        for (uint64_t n = 1; n < 200 && !done; n++) {
            w403_evidence e;
            w403_malloc_fail_after(n);
            w403_arena *a = w403_arena_new(0);
            done = a && readers[i](a, &e) == W403_OK;
            w403_malloc_fail_after(0);
            w403_arena_free(a);
        }
        assert_true(done);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(short_of_memory), cmocka_unit_test(nth_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
