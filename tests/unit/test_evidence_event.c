/* CloudTrail events and access log lines to requests. */
#include "evidence_test.h"

#include "catalog/catalog.h"

#define IDENTITY(x) "\"userIdentity\":{" x "},"
#define ROLE_SESSION \
    "\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLEID:s3rolesession\",\"arn\":" \
    "\"arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession\",\"accountId\":\"111122223333\"," \
    "\"accessKeyId\":\"ASIAEXAMPLE\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"arn\":" \
    "\"arn:aws:iam::111122223333:role/team/S3AdminAccess\"},\"sourceIdentity\":\"JohnDoe\",\"attributes\":{\"creationDate\":" \
    "\"2026-11-20T10:00:00Z\",\"mfaAuthenticated\":\"false\"}}"
#define COMMON \
    "\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"awsRegion\":\"us-west-2\"," \
    "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\","
#define OBJECT "\"requestParameters\":{\"bucketName\":\"example-bucket\",\"Host\":[\"h\"],\"key\":\"a b.txt\"}"

static w403_status read_status(w403_arena *a, const char *text, w403_evidence *e, w403_error *err)
{
    return w403_evidence_event(a, VIEW("event.json"), VIEW(text), e, err);
}

static w403_arena *read_event(const char *text, w403_evidence *e)
{
    w403_arena *a = w403_arena_new(0);
    w403_error  err = {0};
    if (read_status(a, text, e, &err) != W403_OK) {
        fail_msg("%u:%u %s", err.line, err.column, err.message);
    }
    return a;
}

/* formats 4.3, the first sample */
static void session_of_a_role(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_event(
        "{\"eventVersion\":\"1.11\"," IDENTITY(ROLE_SESSION)
        "\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"awsRegion\":"
        "\"us-west-2\",\"sourceIPAddress\":\"10.0.0.5\",\"userAgent\":\"[aws-cli/2.15]\",\"errorCode\":\"AccessDenied\","
        "\"errorMessage\":\"User: arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession is not authorized to "
        "perform: s3:GetObject on resource: \\\"arn:aws:s3:::example-bucket/a.txt\\\" because no session policy allows the "
        "s3:GetObject action\",\"requestParameters\":{\"bucketName\":\"example-bucket\",\"Host\":\"x\",\"key\":\"a.txt\","
        "\"x-amz-request-payer\":\"requester\"},\"responseElements\":null,\"additionalEventData\":{\"SignatureVersion\":\"SigV4\","
        "\"AuthenticationMethod\":\"AuthHeader\",\"x-amz-id-2\":\"host+id=\"},\"requestID\":\"N4N7GDK58NMEJ12R\",\"resources\":"
        "[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::example-bucket/a.txt\"},{\"accountId\":\"111122223333\",\"type\":"
        "\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::example-bucket\"}],\"vpcEndpointId\":\"vpce-0123456789abcdef0\","
        "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\"}}",
        &e);
    assert_int_equal(e.n_readings, 1);
    const w403_request *r = &e.readings[0].request;
    expect_view("operation", r->operation, "GetObject");
    expect_view("resource", r->resource, "arn:aws:s3:::example-bucket/a.txt");
    expect_view("account", r->resource_account, "111122223333");
    expect_view("principal", r->principal, "arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession");
    expect_view("via", r->via, "vpce-0123456789abcdef0");
    expect_view("from", r->from, NULL);
    expect_view("at", r->at, "2026-11-20T10:05:00Z");
    assert_int_equal(r->mfa, W403_NO);
    expect_context(r, "aws:MultiFactorAuthPresent", "false");
    expect_context(r, "aws:TokenIssueTime", "2026-11-20T10:00:00Z");
    expect_context(r, "aws:SourceIdentity", "JohnDoe");
    expect_context(r, "aws:userid", "AROAEXAMPLEID:s3rolesession");
    expect_context(r, "aws:VpcSourceIp", "10.0.0.5");
    expect_context(r, "aws:UserAgent", "aws-cli/2.15");
    expect_context(r, "aws:RequestedRegion", "us-west-2");
    expect_context(r, "s3:TlsVersion", "1.3");
    expect_context(r, "s3:authType", "REST-HEADER");
    assert_string_equal(header_of(r, "x-amz-request-payer"), "requester");
    expect_view("cause", VIEW(e.reported.causes[0]), "no-allow.session");
    assert_int_equal(e.reported.form, W403_FORM_ENHANCED);
    expect_view("request id", e.reported.request_id, "N4N7GDK58NMEJ12R");
    expect_view("host id", e.reported.host_id, "host+id=");
    expect_view("event time", e.reported.event_time, "2026-11-20T10:05:00Z");
    assert_int_equal(e.n_missing, 0);
    w403_arena_free(a);
}

static void identities(void **state)
{
    (void)state;
    static const struct {
        const char *identity, *principal, *issuer, *note;
    } kinds[] = {
        {"\"type\":\"IAMUser\",\"principalId\":\"AIDAX\",\"arn\":\"arn:aws:iam::111122223333:user/Alice\",\"accessKeyId\":"
         "\"AKIAX\",\"userName\":\"Alice\"",
         "arn:aws:iam::111122223333:user/Alice", NULL, NULL},
        {"\"type\":\"Root\",\"principalId\":\"111122223333\",\"arn\":\"arn:aws:iam::111122223333:root\"",
         "arn:aws:iam::111122223333:root", NULL, NULL},
        {ROLE_SESSION, "arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession", NULL, NULL},
        {"\"type\":\"FederatedUser\",\"principalId\":\"111122223333:Bob\",\"arn\":\"arn:aws:sts::111122223333:federated-user/"
         "Bob\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/Alice\"}}",
         "arn:aws:sts::111122223333:federated-user/Bob", "arn:aws:iam::111122223333:user/Alice", NULL},
        {"\"type\":\"AWSAccount\",\"principalId\":\"\",\"accountId\":\"anonymous\"", "anonymous", NULL, NULL},
        {"\"type\":\"AWSAccount\",\"principalId\":\"AROAX:s\",\"accountId\":\"222233334444\"", NULL, NULL, "222233334444"},
        {"\"type\":\"AWSService\",\"invokedBy\":\"s3.amazonaws.com\"", "service:s3.amazonaws.com", NULL, NULL},
        {"\"type\":\"Role\",\"arn\":\"arn:aws:iam::111122223333:role/r\"", "arn:aws:iam::111122223333:role/r", NULL, NULL},
        {"\"type\":\"WebIdentityUser\",\"principalId\":\"x\",\"userName\":\"u\"", NULL, NULL, "no IAM identity yet"},
        {"\"type\":\"SAMLUser\",\"principalId\":\"x\"", NULL, NULL, "no IAM identity yet"},
        {"\"type\":\"IdentityCenterUser\",\"onBehalfOf\":{\"userId\":\"u\"}", NULL, NULL, "no IAM identity yet"},
        {"\"type\":\"SomethingNew\",\"arn\":\"arn:aws:iam::111122223333:role/r\"", "arn:aws:iam::111122223333:role/r", NULL,
         NULL},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char          text[3000];
        w403_evidence e;
        snprintf(text, sizeof text, "{" IDENTITY("%s") COMMON "\"eventName\":\"GetObject\",\"sourceIPAddress\":"
                                    "\"203.0.113.9\"," OBJECT "}", kinds[i].identity);
        w403_arena *a = read_event(text, &e);
        assert_int_equal(e.n_readings, 1);
        expect_view("principal", e.readings[0].request.principal, kinds[i].principal);
        expect_view("issuer", e.readings[0].request.issuer, kinds[i].issuer);
        expect_view("resource", e.readings[0].request.resource, "arn:aws:s3:::example-bucket/a b.txt");
        expect_view("from", e.readings[0].request.from, "203.0.113.9");
        assert_int_equal(missing(&e, "principal"), kinds[i].principal == NULL);
        assert_int_equal(e.reported.form, W403_FORM_BARE);
        if (kinds[i].note) {
            assert_true(noted(&e, kinds[i].note));
        }
        w403_arena_free(a);
    }
}

static void long_term_keys(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_event("{" IDENTITY("\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/Alice\","
                                              "\"accessKeyId\":\"AKIAX\"") COMMON "\"eventName\":\"ListObjects\"," OBJECT "}",
                                 &e);
    /* ListObjectsV2 is logged as ListObjects */
    assert_non_null(reading_of(&e, "ListObjects"));
    assert_non_null(reading_of(&e, "ListObjectsV2"));
    const w403_request *r = reading_of(&e, "ListObjectsV2");
    expect_view("resource", r->resource, "arn:aws:s3:::example-bucket");
    assert_int_equal(context_of(r, "aws:MultiFactorAuthPresent")->present, W403_NO);
    w403_arena_free(a);
}

/* formats 2.3: the real sample of a denied inventory delivery */
static void inventory_delivery(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_event(
        "{\"Records\":[{" IDENTITY("\"type\":\"AWSService\",\"invokedBy\":\"s3.amazonaws.com\"") COMMON
        "\"eventName\":\"PutObject\",\"sourceIPAddress\":\"s3.amazonaws.com\",\"userAgent\":\"s3.amazonaws.com\","
        "\"requestParameters\":{\"bucketName\":\"dest\",\"x-amz-acl\":\"bucket-owner-full-control\",\"key\":"
        "\"p/src/id/data/\"}}]}",
        &e);
    const w403_request *r = reading_of(&e, "PutObject");
    expect_view("resource", r->resource, "arn:aws:s3:::dest/p/src/id/data/");
    expect_view("principal", r->principal, "service:s3.amazonaws.com");
    assert_string_equal(header_of(r, "x-amz-acl"), "bucket-owner-full-control");
    assert_true(missing(&e, "source"));
    assert_false(missing(&e, "network"));
    w403_arena_free(a);
}

static void kms(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_event(
        "{" IDENTITY(ROLE_SESSION ",\"invokedBy\":\"AWS Internal\"")
        "\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"GenerateDataKey\","
        "\"awsRegion\":\"us-west-2\",\"sourceIPAddress\":\"AWS Internal\",\"errorCode\":\"AccessDenied\",\"errorMessage\":"
        "\"User: arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession is not authorized to perform: "
        "kms:GenerateDataKey on resource: arn:aws:kms:us-west-2:111122223333:key/k1 because no identity-based policy allows "
        "the kms:GenerateDataKey action\",\"requestParameters\":{\"keyId\":\"arn:aws:kms:us-west-2:111122223333:key/k1\","
        "\"keySpec\":\"AES_256\",\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::bucket/key\"}}}",
        &e);
    assert_int_equal(e.n_readings, 2);
    expect_view("resource", reading_of(&e, "PutObject")->resource, "arn:aws:s3:::bucket/key");
    const w403_request *r = reading_of(&e, "kms:GenerateDataKey");
    expect_view("resource", r->resource, "arn:aws:kms:us-west-2:111122223333:key/k1");
    expect_context(r, "kms:ViaService", "s3.us-west-2.amazonaws.com");
    expect_context(r, "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::bucket/key");
    expect_context(r, "aws:ViaAWSService", "true");
    assert_true(missing(&e, "network"));
    w403_arena_free(a);
    /* Bucket Key: the context is the bucket; keyId alone */
    a = read_event("{" IDENTITY(ROLE_SESSION)
                   "\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"Decrypt\",\"awsRegion\":\"us-west-2\",\"errorCode\":"
                   "\"AccessDenied\",\"recipientAccountId\":\"111122223333\",\"requestParameters\":{\"keyId\":\"k1\","
                   "\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::bucket\"}}}",
                   &e);
    expect_view("resource", reading_of(&e, "GetObject")->resource, NULL);
    assert_true(missing(&e, "resource"));
    expect_view("resource", reading_of(&e, "kms:Decrypt")->resource, "arn:aws:kms:us-west-2:111122223333:key/k1");
    w403_arena_free(a);
}

static void endpoint_denial(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_event(
        "{" IDENTITY(ROLE_SESSION)
        "\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"PutObject\",\"awsRegion\":"
        "\"us-west-2\",\"sourceIPAddress\":\"10.0.0.5\",\"errorCode\":\"VpceAccessDenied\",\"errorMessage\":\"The request was "
        "denied due to a VPC endpoint policy\",\"eventType\":\"AwsVpceEvent\",\"eventCategory\":\"NetworkActivity\","
        "\"vpcEndpointId\":\"vpce-1a2b3c4d\",\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"k\"}}",
        &e);
    assert_true(claimed(&e, "deny.vpc-endpoint") && claimed(&e, "no-allow.vpc-endpoint"));
    expect_view("via", e.readings[0].request.via, "vpce-1a2b3c4d");
    assert_int_equal(e.reported.status, 403);
    w403_arena_free(a);
}

static void shapes(void **state)
{
    (void)state;
    w403_evidence e;
    /* an item of lookup-events, an access point, a policy in the body, an event that succeeded */
    w403_arena *a = read_event("{\"Events\":[{\"EventName\":\"PutBucketPolicy\",\"CloudTrailEvent\":\"{\\\"eventName\\\":"
                               "\\\"PutBucketPolicy\\\",\\\"eventSource\\\":\\\"s3.amazonaws.com\\\",\\\"errorCode\\\":"
                               "\\\"AccessDenied\\\",\\\"requestParameters\\\":{\\\"bucketName\\\":\\\"b\\\",\\\"policy\\\":"
                               "\\\"\\\",\\\"bucketPolicy\\\":{\\\"Version\\\":\\\"2012-10-17\\\"}}}\"}]}",
                               &e);
    const w403_request *r = reading_of(&e, "PutBucketPolicy");
    expect_view("resource", r->resource, "arn:aws:s3:::b");
    expect_view("policy", r->body_policy, "{\"Version\":\"2012-10-17\"}");
    w403_arena_free(a);
    a = read_event("{" IDENTITY(ROLE_SESSION) COMMON "\"eventName\":\"GetObject\",\"requestParameters\":{\"bucketName\":"
                   "\"example-bucket\",\"key\":\"k\",\"versionId\":\"v1\"},\"resources\":[{\"type\":\"AWS::S3::AccessPoint\","
                   "\"ARN\":\"arn:aws:s3:us-west-2:111122223333:accesspoint/ap1\"}]}",
                   &e);
    expect_view("resource", e.readings[0].request.resource,
                "arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/k");
    expect_view("version", e.readings[0].request.version_id, "v1");
    w403_arena_free(a);
    a = read_event("{\"eventName\":\"ListBuckets\",\"eventSource\":\"s3.amazonaws.com\"}", &e);
    expect_view("resource", e.readings[0].request.resource, "*");
    assert_true(noted(&e, "did not deny it"));
    w403_arena_free(a);
    a = read_event("[{\"eventName\":\"AssumeRole\",\"eventSource\":\"sts.amazonaws.com\",\"errorCode\":\"AccessDenied\","
                   "\"resources\":[{\"ARN\":\"arn:aws:iam::111122223333:role/r\"}]}]",
                   &e);
    expect_view("action", e.readings[0].request.action, "sts:AssumeRole");
    expect_view("resource", e.readings[0].request.resource, "arn:aws:iam::111122223333:role/r");
    w403_arena_free(a);
    /* CloudTrail Lake keeps what IAM evaluated */
    a = read_event("{" IDENTITY(ROLE_SESSION) COMMON "\"eventName\":\"GetObject\"," OBJECT
                   ",\"eventContext\":{\"requestContext\":{\"aws:PrincipalOrgID\":\"o-1\",\"aws:userid\":\"AROAX:t\"}}}",
                   &e);
    expect_context(&e.readings[0].request, "aws:PrincipalOrgID", "o-1");
    expect_context(&e.readings[0].request, "aws:userid", "AROAX:t");
    w403_arena_free(a);
    /* a masked 404 is told apart */
    a = read_event("{" IDENTITY(ROLE_SESSION)
                   "\"eventSource\":\"s3.amazonaws.com\",\"awsRegion\":\"us-west-2\",\"errorCode\":\"AccessDenied\","
                   "\"errorMessage\":\"User: arn:aws:iam::111122223333:user/x is not authorized to perform: s3:ListBucket on "
                   "resource: \\\"arn:aws:s3:::example-bucket\\\" because no identity-based policy allows the s3:ListBucket "
                   "action\",\"eventName\":\"GetObject\"," OBJECT "}",
                   &e);
    assert_true(claimed(&e, "masked-404"));
    assert_true(noted(&e, "errorMessage names"));
    w403_arena_free(a);
}

static void garbage(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        w403_status status;
    } texts[] = {
        {"", W403_SYNTAX},
        {"{", W403_SYNTAX},
        {"{}", W403_SYNTAX},
        {"null", W403_SYNTAX},
        {"[]", W403_SEMANTIC},
        {"{\"Records\":[]}", W403_SEMANTIC},
        {"{\"Records\":[{\"eventName\":\"a\",\"eventSource\":\"b\"},{}]}", W403_SEMANTIC},
        {"{\"eventName\":\"GetObject\"}", W403_SYNTAX},
        {"{\"CloudTrailEvent\":\"{\"}", W403_SYNTAX},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        assert_int_equal(read_status(a, texts[i].text, &e, &err), texts[i].status);
        assert_true(err.message[0] != '\0');
        w403_arena_free(a);
    }
}

/* ---- access log lines, as the room that reads logs hands them over ---- */

static w403_log_fields seed_line(void)
{
    return (w403_log_fields){
        .bucket_owner = VIEW("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
        .bucket = VIEW("DOC-EXAMPLE-BUCKET"),
        .time = VIEW("06/Feb/2019:00:00:38 +0000"),
        .remote_ip = VIEW("192.0.2.3"),
        .requester = VIEW("arn:aws:iam::111122223333:user/Dave"),
        .request_id = VIEW("3E57427F3EXAMPLE"),
        .operation = VIEW("REST.GET.OBJECT"),
        .key = VIEW("my%2520file.txt"),
        .request_uri = VIEW("GET /DOC-EXAMPLE-BUCKET/my%20file.txt HTTP/1.1"),
        .status = VIEW("403"),
        .error_code = VIEW("AccessDenied"),
        .signature_version = VIEW("SigV4"),
        .cipher_suite = VIEW("ECDHE-RSA-AES128-GCM-SHA256"),
        .auth_type = VIEW("AuthHeader"),
        .host_header = VIEW("s3.us-west-1.amazonaws.com"),
        .tls_version = VIEW("TLSV1.2"),
    };
}

static void log_lines(void **state)
{
    (void)state;
    w403_arena     *a = w403_arena_new(0);
    w403_evidence   e;
    w403_log_fields f = seed_line();
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    assert_int_equal(e.n_readings, 1);
    const w403_request *r = &e.readings[0].request;
    expect_view("operation", r->operation, "GetObject");
    expect_view("resource", r->resource, "arn:aws:s3:::DOC-EXAMPLE-BUCKET/my file.txt");
    expect_view("principal", r->principal, "arn:aws:iam::111122223333:user/Dave");
    expect_view("at", r->at, "2019-02-06T00:00:38+00:00");
    expect_view("from", r->from, "192.0.2.3");
    assert_int_equal(r->secure, W403_YES);
    expect_context(r, "s3:TlsVersion", "1.2");
    assert_int_equal(e.reported.status, 403);

    f.requester = f.cipher_suite = f.tls_version = VIEW("-");
    f.operation = VIEW("REST.GET.ACL");
    f.key = VIEW("-");
    f.request_uri = VIEW("GET /?acl HTTP/1.1");
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    assert_int_equal(e.n_readings, 1);
    expect_view("operation", e.readings[0].request.operation, "GetBucketAcl");
    expect_view("principal", e.readings[0].request.principal, "anonymous");
    assert_int_equal(e.readings[0].request.secure, W403_NO);

    f = seed_line();
    f.operation = VIEW("REST.GET.BUCKET");
    f.key = (w403_view){NULL, 0};
    f.request_uri = VIEW("GET /?list-type=2&prefix=home%2F HTTP/1.1");
    f.host_header = VIEW("DOC-EXAMPLE-BUCKET.s3.amazonaws.com");
    f.remote_ip = VIEW("10.1.2.3");
    f.requester = f.bucket_owner;
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    r = reading_of(&e, "ListObjectsV2");
    assert_non_null(r);
    expect_view("resource", r->resource, "arn:aws:s3:::DOC-EXAMPLE-BUCKET");
    assert_string_equal(query_of(r, "prefix"), "home/");
    assert_true(missing(&e, "endpoint") && missing(&e, "principal"));

    f = seed_line();
    f.operation = VIEW("REST.COPY.OBJECT_GET");
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    expect_view("operation", e.readings[0].request.operation, "GetObject");
    f.operation = VIEW("BATCH.DELETE.OBJECT");
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    expect_view("operation", e.readings[0].request.operation, "DeleteObject");
    f.operation = VIEW("REST.GET.SOMETHING_NEW");
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    expect_view("operation", e.readings[0].request.operation, "GetObject");
    f.access_point_arn = VIEW("arn:aws:s3:us-west-1:111122223333:accesspoint/ap");
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    expect_view("resource", e.readings[0].request.resource,
                "arn:aws:s3:us-west-1:111122223333:accesspoint/ap/object/my file.txt");
    f.bucket = (w403_view){NULL, 0};
    w403_error err = {0};
    assert_int_equal(w403_evidence_log_line(a, &f, &e, &err), W403_SYNTAX);
    w403_arena_free(a);
}

/* Without a host header the partition is that of the caller. */
static void log_line_partition(void **state)
{
    (void)state;
    w403_arena     *a = w403_arena_new(0);
    w403_evidence   e;
    w403_log_fields f = seed_line();
    f.requester = VIEW("arn:aws-cn:iam::111122223333:user/Dave");
    f.host_header = VIEW("-");
    assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
    expect_view("resource", e.readings[0].request.resource, "arn:aws-cn:s3:::DOC-EXAMPLE-BUCKET/my file.txt");
    w403_arena_free(a);
}

/* A service is logged as `svc:NAME`, or by its bare name: neither is a canonical id. */
static void log_line_services(void **state)
{
    static const struct {
        const char *requester, *principal; /* NULL: not known */
    } rows[] = {
        {"svc:s3.amazonaws.com", "service:s3.amazonaws.com"},
        {"delivery.logs.amazonaws.com", "service:delivery.logs.amazonaws.com"},
        {"ec2.amazonaws.com.cn", "service:ec2.amazonaws.com.cn"},
        {"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", NULL},
        {"amazonaws.com", NULL},
        {"svc:", NULL},
        {"-", "anonymous"},
    };
    (void)state;
    w403_arena *a = w403_arena_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_evidence   e;
        w403_log_fields f = seed_line();
        f.requester = w403_view_of(rows[i].requester);
        assert_int_equal(w403_evidence_log_line(a, &f, &e, NULL), W403_OK);
        assert_int_equal(missing(&e, "principal"), !rows[i].principal);
        expect_view("principal", e.readings[0].request.principal, rows[i].principal ? rows[i].principal : "");
    }
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_line_services), cmocka_unit_test(log_line_partition), cmocka_unit_test(session_of_a_role), cmocka_unit_test(identities), cmocka_unit_test(long_term_keys),
        cmocka_unit_test(inventory_delivery), cmocka_unit_test(kms), cmocka_unit_test(endpoint_denial),
        cmocka_unit_test(shapes), cmocka_unit_test(garbage), cmocka_unit_test(log_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
