/* AWS's error texts, in the surroundings that people paste them with. */
#include "evidence_test.h"

#include "catalog/catalog.h"
#include "evidence/error_text.h"

#define DAVE "arn:aws:iam::111122223333:user/Dave"
#define SESSION "arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession"
#define OBJECT "arn:aws:s3:::example-bucket/a.txt"
#define KEY "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define SCP "arn:aws:organizations::999999999999:policy/o-exampleorgid/service_control_policy/p-abcd1234"

typedef struct error_case {
    const char *text;
    w403_form   form;
    const char *cause; /* the first claim; NULL: none */
    const char *principal, *action, *resource, *policy, *operation, *code;
    int         status;
} error_case;

#define E W403_FORM_ENHANCED
#define B W403_FORM_BARE

static const error_case sentences[] = {
    /* identity, with and without the resource */
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" because no identity-based policy allows the s3:GetObject action",
     E, "no-allow.identity", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:GetObject because no identity-based policy allows the "
     "s3:GetObject action",
     E, "no-allow.identity", DAVE, "s3:GetObject", NULL, NULL, NULL, NULL, 403},
    {"An error occurred (AccessDenied) when calling the ListObjectsV2 operation: User: " SESSION
     " is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::example-bucket\" because no "
     "identity-based policy allows the s3:ListBucket action",
     E, "no-allow.identity", SESSION, "s3:ListBucket", "arn:aws:s3:::example-bucket", NULL, "ListObjectsV2",
     "AccessDenied", 403},
    /* explicit denials, both styles of the policy's ARN, and none */
    {"User: " SESSION " is not authorized to perform: s3:PutObject on resource: \"" OBJECT
     "\" with an explicit deny in an identity-based policy",
     E, "deny.identity", SESSION, "s3:PutObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:PutObject on resource: \"" OBJECT
     "\" with an explicit deny in an identity-based policy, with policy ARN: "
     "arn:aws:iam::111122223333:policy/DenyPut.",
     E, "deny.identity", SESSION, "s3:PutObject", OBJECT, "arn:aws:iam::111122223333:policy/DenyPut", NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:PutObject on resource: \"" OBJECT
     "\" with an explicit deny in a service control policy: " SCP,
     E, "deny.scp", SESSION, "s3:PutObject", OBJECT, SCP, NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:ListAllMyBuckets because no service control policy allows the "
     "s3:ListAllMyBuckets action",
     E, "no-allow.scp", SESSION, "s3:ListAllMyBuckets", NULL, NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" with an explicit deny in a resource control policy, with policy ARN: "
     "arn:aws:organizations::999999999999:policy/o-exampleorgid/resource_control_policy/p-x",
     E, "deny.rcp", DAVE, "s3:GetObject", OBJECT,
     "arn:aws:organizations::999999999999:policy/o-exampleorgid/resource_control_policy/p-x", NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" with an explicit deny in a resource-based policy",
     E, "deny.bucket-policy", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" because no resource-based policy allows the s3:GetObject action",
     E, "no-allow.bucket-policy", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" because no permissions boundary allows the s3:GetObject action",
     E, "no-allow.boundary", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" with an explicit deny in a permissions boundary: arn:aws:iam::111122223333:policy/bound",
     E, "deny.boundary", DAVE, "s3:GetObject", OBJECT, "arn:aws:iam::111122223333:policy/bound", NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:GetObject because no session policy allows the s3:GetObject "
     "action",
     E, "no-allow.session", SESSION, "s3:GetObject", NULL, NULL, NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:GetObject with an explicit deny in a session policy",
     E, "deny.session", SESSION, "s3:GetObject", NULL, NULL, NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" because no VPC endpoint policy allows the s3:GetObject action",
     E, "no-allow.vpc-endpoint", SESSION, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" with an explicit deny in a VPC endpoint policy",
     E, "deny.vpc-endpoint", SESSION, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    /* Block Public Access, SSE-C */
    {"User: " DAVE " is not authorized to perform: s3:CopyObject on resource: \"" OBJECT
     "\" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
     E, "bpa.block-public-acls", DAVE, "s3:CopyObject", OBJECT, NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::example-bucket\" because "
     "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
     E, "bpa.block-public-policy", DAVE, "s3:PutBucketPolicy", "arn:aws:s3:::example-bucket", NULL, NULL, NULL, 403},
    {"User: " DAVE " is not authorized to perform: s3:PutObject on resource:\"" OBJECT
     "\" because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys "
     "(SSE-C). Please specify a different server-side encryption type",
     E, "sse-c-blocked", DAVE, "s3:PutObject", OBJECT, NULL, NULL, NULL, 403},
    /* KMS: no quotes round the ARN */
    {"An error occurred (AccessDenied) when calling the PutObject operation: User: " SESSION
     " is not authorized to perform: kms:GenerateDataKey on resource: " KEY
     " because no identity-based policy allows the kms:GenerateDataKey action",
     E, "no-allow.identity", SESSION, "kms:GenerateDataKey", KEY, NULL, "PutObject", "AccessDenied", 403},
    {"User: " SESSION " is not authorized to perform: kms:Decrypt on resource: " KEY
     " because no resource-based policy allows the kms:Decrypt action",
     E, "no-allow.key-policy", SESSION, "kms:Decrypt", KEY, NULL, NULL, NULL, 403},
    {"User: " SESSION " is not authorized to perform: kms:Decrypt on resource: " KEY
     " with an explicit deny in a resource-based policy",
     E, "deny.key-policy", SESSION, "kms:Decrypt", KEY, NULL, NULL, NULL, 403},
    {"An error occurred (AccessDenied) when calling the PutObject operation: User: " SESSION
     " is not authorized to perform: kms:GenerateDataKey on this resource because the resource does not exist in this "
     "Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
     E, "no-allow.key-policy", SESSION, "kms:GenerateDataKey", NULL, NULL, "PutObject", "AccessDenied", 403},
    {"An error occurred (AccessDenied) when calling the GetObject operation: The ciphertext refers to a customer master "
     "key that does not exist, does not exist in this region, or you are not allowed to access.",
     E, "no-allow.key-policy", NULL, "kms:Decrypt", NULL, NULL, "GetObject", "AccessDenied", 403},
    /* 2026: Access Troubleshooter */
    {"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" with an explicit deny in an identity policy. Go to https://console.aws.amazon.com/iam/home#/access-troubleshooter "
     "for complete details, or call the iam:GetAuthorizationDetails API with the following authorization id: "
     "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
     E, "deny.identity", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    /* STS */
    {"An error occurred (AccessDenied) when calling the AssumeRole operation: User: " DAVE
     " is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123412341234:role/S3AdminAccess",
     E, NULL, DAVE, "sts:AssumeRole", "arn:aws:iam::123412341234:role/S3AdminAccess", NULL, "AssumeRole", "AccessDenied",
     403},
};

static const error_case shapes[] = {
    {"An error occurred (AccessDenied) when calling the GetObject operation: Access Denied", B, NULL, NULL, NULL, NULL,
     NULL, "GetObject", "AccessDenied", 403},
    {"fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden", B, NULL, NULL, NULL, NULL,
     NULL, "HeadObject", "403", 403},
    {"A client error (AccessDenied) occurred when calling the ListObjects operation: Access Denied", B, NULL, NULL, NULL,
     NULL, NULL, "ListObjects", "AccessDenied", 403},
    {"An error occurred (AccessDenied) when calling the CopyObject operation (reached max retries: 4): Access Denied", B,
     NULL, NULL, NULL, NULL, NULL, "CopyObject", "AccessDenied", 403},
    {"botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the PutObject operation: The provided "
     "token has expired.",
     E, "credentials.expired", NULL, NULL, NULL, NULL, "PutObject", "ExpiredToken", 403},
    {"com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: "
     "AccessDenied; Request ID: 2F3JXG2XK5YQJ8Q1; S3 Extended Request ID: abc+d/e=; Proxy: null)",
     B, NULL, NULL, NULL, NULL, NULL, NULL, "AccessDenied", 403},
    {"software.amazon.awssdk.services.s3.model.S3Exception: User: " SESSION
     " is not authorized to perform: s3:GetObject on resource: \"" OBJECT
     "\" because no identity-based policy allows the s3:GetObject action (Service: S3, Status Code: 403, Request ID: "
     "2F3JXG2XK5YQJ8Q1, Extended Request ID: abc+d/e=)",
     E, "no-allow.identity", SESSION, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"AccessDenied: Access Denied\n\tstatus code: 403, request id: 2F3JXG2XK5YQJ8Q1, host id: abc+d/e=", B, NULL, NULL,
     NULL, NULL, NULL, NULL, "AccessDenied", 403},
    {"operation error S3: GetObject, https response error StatusCode: 403, RequestID: 2F3JXG2XK5YQJ8Q1, HostID: abc+d/e=, "
     "api error AccessDenied: Access Denied",
     B, NULL, NULL, NULL, NULL, NULL, "GetObject", "AccessDenied", 403},
    {"Aws::S3::Errors::AccessDenied: Access Denied", B, NULL, NULL, NULL, NULL, NULL, NULL, "AccessDenied", 403},
    {"AccessDenied: Access Denied\n  '$fault': 'client',\n  '$metadata': { httpStatusCode: 403, requestId: "
     "'2F3JXG2XK5YQJ8Q1', extendedRequestId: 'abc+d/e=', cfId: undefined },\n  Code: 'AccessDenied'",
     B, NULL, NULL, NULL, NULL, NULL, NULL, "AccessDenied", 403},
    {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"
     "<RequestId>2F3JXG2XK5YQJ8Q1</RequestId><HostId>abc+d/e=</HostId></Error>",
     B, NULL, NULL, NULL, NULL, NULL, NULL, "AccessDenied", 403},
    {"<Error><Code>AccessDenied</Code><Message>User: " DAVE
     " is not authorized to perform: s3:GetObject on resource: &quot;" OBJECT
     "&quot; with an explicit deny in a resource-based policy</Message><RequestId>2F3JXG2XK5YQJ8Q1</RequestId></Error>",
     E, "deny.bucket-policy", DAVE, "s3:GetObject", OBJECT, NULL, NULL, "AccessDenied", 403},
    {"<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>300</X-Amz-Expires><Expires>"
     "2026-11-21T10:05:00Z</Expires><ServerTime>2026-11-21T11:00:00Z</ServerTime></Error>",
     E, "presigned-expired", NULL, NULL, NULL, NULL, NULL, "AccessDenied", 403},
    {"<Error><Code>AccessDenied</Code><Message>There were headers present in the request which were not signed</Message>"
     "<HeadersNotSigned>x-amz-acl</HeadersNotSigned></Error>",
     E, "signature.unsigned-header", NULL, NULL, NULL, NULL, NULL, "AccessDenied", 403},
    /* aws --debug */
    {"2026-11-21 10:00:00,123 - MainThread - botocore.hooks - DEBUG - Making request for OperationModel(name=GetObject) "
     "with params: {...}\nurllib3 - DEBUG - https://b.s3.amazonaws.com:443 \"GET /k HTTP/1.1\" 403 None\nbotocore.parsers - "
     "DEBUG - Response headers: {'x-amz-request-id': '2F3JXG2XK5YQJ8Q1', 'x-amz-id-2': 'abc+d/e='}\nDEBUG - Response "
     "body:\nb'<?xml version=\"1.0\"?>\\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'",
     B, NULL, NULL, NULL, NULL, NULL, "GetObject", "AccessDenied", 403},
    /* JSON, as CloudTrail and structured logs escape it; wrapped by a terminal */
    {"{\"errorMessage\": \"User: " DAVE " is not authorized to perform: s3:GetObject on resource: \\\"" OBJECT
     "\\\" because no identity-based policy allows the s3:GetObject action\", \"errorCode\": \"AccessDenied\"}",
     E, "no-allow.identity", DAVE, "s3:GetObject", OBJECT, NULL, NULL, "AccessDenied", 403},
    {"User: " DAVE " is not authorized\n    to perform: s3:GetObject on\n    resource: \"" OBJECT
     "\" because no\n    identity-based policy allows the s3:GetObject action",
     E, "no-allow.identity", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    /* other languages around it */
    {"객체를 읽을 때 다음 오류가 발생합니다: An error occurred (AccessDenied) when calling the GetObject operation: Access "
     "Denied 어떻게 해결합니까?",
     B, NULL, NULL, NULL, NULL, NULL, "GetObject", "AccessDenied", 403},
    {"Je reçois « User: " DAVE " is not authorized to perform: s3:GetObject on resource: “" OBJECT
     "” because no identity-based policy allows the s3:GetObject action » depuis hier.",
     E, "no-allow.identity", DAVE, "s3:GetObject", OBJECT, NULL, NULL, NULL, 403},
    {"An error occurred (AccessControlListNotSupported) when calling the PutObject operation: The bucket does not allow "
     "ACLs",
     E, "acl-disabled", NULL, NULL, NULL, NULL, "PutObject", "AccessControlListNotSupported", 403},
    {"An error occurred (KMS.DisabledException) when calling the PutObject operation: " KEY " is disabled.", B,
     "kms.key-disabled", NULL, NULL, NULL, NULL, "PutObject", "KMS.DisabledException", 400},
    {"An error occurred (SignatureDoesNotMatch) when calling the ListBuckets operation: The request signature we "
     "calculated does not match the signature you provided.",
     E, "signature.mismatch", NULL, NULL, NULL, NULL, "ListBuckets", "SignatureDoesNotMatch", 403},
};

static void check_case(const error_case *c)
{
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    w403_error    err = {0};
    print_message("# %.100s\n", c->text);
    if (w403_evidence_error(a, VIEW(c->text), &e, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(e.reported.form, c->form);
    expect_view("cause", e.reported.n_causes ? VIEW(e.reported.causes[0]) : VIEW(NULL), c->cause);
    expect_view("principal", e.reported.principal, c->principal);
    expect_view("action", e.reported.action, c->action);
    expect_view("resource", e.reported.resource, c->resource);
    expect_view("policy", e.reported.policy_arn, c->policy);
    expect_view("operation", e.reported.operation, c->operation);
    expect_view("code", e.reported.error_code, c->code);
    assert_int_equal(e.reported.status, c->status);
    w403_arena_free(a);
}

static void all_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        check_case(&sentences[i]);
    }
}

static void all_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_case(&shapes[i]);
    }
}

/* Every sentence is found in every surrounding, cut short at no place does it crash, and its causes are in the list. */
static void sentences_anywhere(void **state)
{
    (void)state;
    static const char *const around[][2] = {
        {"upload failed: ./a.txt to s3://example-bucket/a.txt ", "\n"},
        {"권한이 없습니다: ", " (요청 ID: 1)"},
        {"<Error><Message>", "</Message></Error>"},
        {"{\"message\":\"", "\"}"},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        for (size_t k = 0; k < sizeof around / sizeof *around; k++) {
            char          text[2400];
            w403_arena   *a = w403_arena_new(0);
            w403_evidence e;
            int n = snprintf(text, sizeof text, "%s%s%s", around[k][0], sentences[i].text, around[k][1]);
            assert_true(n > 0 && (size_t)n < sizeof text);
            assert_int_equal(w403_evidence_error(a, VIEW(text), &e, NULL), W403_OK);
            expect_view("action", e.reported.action, sentences[i].action);
            expect_view("policy", e.reported.policy_arn, sentences[i].policy);
            for (unsigned c = 0; c < e.reported.n_causes; c++) {
                assert_non_null(w403_cause_info_find(VIEW(e.reported.causes[c])));
            }
            for (int cut = 0; cut < n; cut += 7) {
                w403_evidence partial;
                (void)!w403_evidence_error(a, (w403_view){text, (size_t)cut}, &partial, NULL);
            }
            w403_arena_free(a);
        }
    }
}

static void masked_404(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    assert_int_equal(
        w403_evidence_error(a,
                            VIEW("download failed: s3://example-bucket/my file.txt to ./my file.txt An error occurred "
                                 "(AccessDenied) when calling the GetObject operation: User: " DAVE
                                 " is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::example-bucket\" "
                                 "because no identity-based policy allows the s3:ListBucket action"),
                            &e, NULL),
        W403_OK);
    assert_true(claimed(&e, "masked-404"));
    assert_true(claimed(&e, "no-allow.identity"));
    const w403_request *r = reading_of(&e, "GetObject");
    assert_non_null(r);
    expect_view("resource", r->resource, "arn:aws:s3:::example-bucket/my file.txt");
    expect_view("principal", r->principal, DAVE);
    assert_non_null(reading_of(&e, "s3:ListBucket"));
    assert_false(missing(&e, "principal"));
    assert_true(missing(&e, "network"));
    w403_arena_free(a);
}

static void paths_around(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    assert_int_equal(w403_evidence_error(a,
                                         VIEW("copy failed: s3://src/a/1.txt to s3://dst/b/1.txt An error occurred "
                                              "(AccessDenied) when calling the CopyObject operation: Access Denied"),
                                         &e, NULL),
                     W403_OK);
    const w403_request *r = reading_of(&e, "CopyObject");
    assert_non_null(r);
    expect_view("resource", r->resource, "arn:aws:s3:::dst/b/1.txt");
    assert_string_equal(header_of(r, "x-amz-copy-source"), "src/a/1.txt");
    assert_true(missing(&e, "principal"));

    assert_int_equal(w403_evidence_error(a,
                                         VIEW("Error executing \"GetObject\" on "
                                              "\"https://docs.s3.eu-west-1.amazonaws.com/q/1%20a.csv\"; AWS HTTP error: "
                                              "Client error: `GET` resulted in a `403 Forbidden` response"),
                                         &e, NULL),
                     W403_OK);
    r = reading_of(&e, "GetObject");
    assert_non_null(r);
    expect_view("resource", r->resource, "arn:aws:s3:::docs/q/1 a.csv");
    assert_true(noted(&e, "bare Access Denied"));
    /* a bare text and a URL: a read is all that can be inferred */
    assert_int_equal(w403_evidence_error(a, VIEW("https://docs.s3.amazonaws.com/x.png gives Access Denied"), &e, NULL),
                     W403_OK);
    assert_non_null(reading_of(&e, "GetObject"));
    assert_int_equal(w403_evidence_error(a, VIEW("Access Denied"), &e, NULL), W403_OK);
    assert_int_equal(e.n_readings, 0);
    assert_true(missing(&e, "operation") && missing(&e, "resource") && missing(&e, "principal"));
    w403_arena_free(a);
}

static void ids(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        w403_evidence e;
        w403_view     text = VIEW(shapes[i].text);
        assert_int_equal(w403_evidence_error(a, text, &e, NULL), W403_OK);
        bool has = w403_view_find(text, VIEW("2F3JXG2XK5YQJ8Q1")) != SIZE_MAX;
        expect_view("request id", e.reported.request_id, has ? "2F3JXG2XK5YQJ8Q1" : NULL);
        has = w403_view_find(text, VIEW("abc+d/e=")) != SIZE_MAX;
        expect_view("host id", e.reported.host_id, has ? "abc+d/e=" : NULL);
    }
    w403_evidence e;
    assert_int_equal(w403_evidence_error(a, VIEW(sentences[24].text), &e, NULL), W403_OK);
    expect_view("authorization id", e.reported.authorization_id, "3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    assert_int_equal(w403_evidence_error(a, VIEW(shapes[14].text), &e, NULL), W403_OK);
    assert_true(e.refused.n > 0);
    w403_arena_free(a);
}

static void inventory(void **state)
{
    (void)state;
    static const struct {
        const char *text, *date;
    } texts[] = {
        {"Access denied Inventory export for 2021-02-19 failed because S3 doesn't have access to the destination bucket or "
         "KMS key. Ask the owner of the destination bucket or KMS key to grant the necessary access and then try again.",
         "2021-02-19"},
        {"Access denied Inventory export for 2024-05-10 failed because S3 doesn’t have access to the destination bucket or "
         "KMS key.",
         "2024-05-10"},
        {"Accès refusé L'exportation de l'inventaire du 19/02/2021 a échoué car S3 n'a pas accès au compartiment de "
         "destination ou à la clé KMS.",
         "2021-02-19"},
        {"액세스 거부됨 S3에 대상 버킷 또는 KMS 키에 대한 액세스 권한이 없어 2021-02-19의 인벤토리 내보내기에 실패했습니다.",
         "2021-02-19"},
        {"2021年2月19日のインベントリのエクスポートに失敗しました。S3 に送信先バケットまたは KMS キーへのアクセス権がありません",
         "2021-02-19"},
        {"Zugriff verweigert. Der Export vom 19.02.2021 ist fehlgeschlagen, weil S3 keinen Zugriff auf den KMS-Schlüssel hat",
         "2021-02-19"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        assert_int_equal(w403_evidence_error(a, VIEW(texts[i].text), &e, NULL), W403_OK);
        expect_view("date", e.reported.inventory_date, texts[i].date);
        expect_view("principal", e.reported.principal, "service:s3.amazonaws.com");
        assert_true(claimed(&e, "no-allow.bucket-policy"));
        assert_int_equal(e.n_readings, 0);
        assert_true(missing(&e, "inventory"));
        w403_arena_free(a);
    }
}

/* An article about KMS with a date in it is no export failure. */
static void not_inventory(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    char          text[1500];
    int n = snprintf(text, sizeof text, "Amazon S3 bucket with default KMS encryption gives Access Denied. %900s Updated 2022-05-12",
                     "");
    assert_true(n > 0);
    assert_int_equal(w403_evidence_error(a, VIEW(text), &e, NULL), W403_OK);
    expect_view("date", e.reported.inventory_date, NULL);
    assert_int_equal(e.reported.form, W403_FORM_BARE);
    w403_arena_free(a);
}

static void garbage(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " ", "hello", "it is not authorized to perform: nothing", "{}",
                                        "<Error></Error>", "2021-02-19", "404"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        assert_int_equal(w403_evidence_error(a, VIEW(texts[i]), &e, &err), W403_SYNTAX);
        assert_true(strstr(err.message, "no AWS error text in") != NULL);
        assert_true(strstr(err.hint, "expected") != NULL);
        w403_arena_free(a);
    }
}

static void several(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    char          text[2000];
    snprintf(text, sizeof text, "%s\n%s", sentences[0].text, sentences[3].text);
    assert_int_equal(w403_evidence_error(a, VIEW(text), &e, NULL), W403_OK);
    expect_view("action", e.reported.action, "s3:GetObject");
    expect_view("cause", VIEW(e.reported.causes[0]), "no-allow.identity");
    assert_int_equal(e.reported.n_causes, 1);
    assert_true(noted(&e, "2 denials"));
    w403_arena_free(a);
}

static void judged(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    assert_int_equal(w403_evidence_error(a, VIEW(sentences[8].text), &e, NULL), W403_OK);
    const char *policy[] = {"deny.bucket-policy"}, *public[] = {"bpa.restrict-public-buckets"}, *scp[] = {"deny.scp"};
    w403_view   get = VIEW("s3:GetObject");
    assert_int_equal(w403_evidence_agrees(&e.reported, W403_DENIED, policy, 1, get), W403_AGREES);
    assert_int_equal(w403_evidence_agrees(&e.reported, W403_DENIED, public, 1, get), W403_AGREES);
    assert_int_equal(w403_evidence_agrees(&e.reported, W403_DENIED, scp, 1, get), W403_SAME_REQUEST);
    assert_int_equal(w403_evidence_agrees(&e.reported, W403_DENIED, policy, 1, VIEW("s3:ListBucket")), W403_SAME_REQUEST);
    assert_int_equal(w403_evidence_agrees(&e.reported, W403_ALLOWED, NULL, 0, get), W403_NOT_DENIED);
    assert_int_equal(w403_evidence_agrees(&e.reported, W403_UNDETERMINED, NULL, 0, get), W403_UNSURE);
    assert_null(w403_agreement_text(W403_AGREES));
    assert_non_null(w403_agreement_text(W403_NOT_DENIED));
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sentences), cmocka_unit_test(all_shapes), cmocka_unit_test(sentences_anywhere),
        cmocka_unit_test(masked_404),    cmocka_unit_test(paths_around), cmocka_unit_test(ids),
        cmocka_unit_test(inventory),     cmocka_unit_test(not_inventory), cmocka_unit_test(garbage),    cmocka_unit_test(several),
        cmocka_unit_test(judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
