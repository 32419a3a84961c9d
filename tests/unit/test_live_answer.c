/* What AWS's five protocols answer, as the CLI prints it; and what is no answer, as an error. */
#include "base/limits.h"
#include "live/answer.h"
#include "arena_test.h"

typedef struct answer_case {
    const char *service, *operation;
    int         status;
    const char *header; /* name, blank, value; NULL: none */
    const char *body;
    const char *expected; /* the JSON, or the code */
    const char *next;     /* token of the next page */
    unsigned    newer;
} answer_case;

#define OK(service, operation, body, json) {service, operation, 200, NULL, body, json, NULL, 0}
#define NO(service, operation, status, body, code) {service, operation, status, NULL, body, code, NULL, 0}
#define INVALID "why403.InvalidResponse"

static const answer_case cases[] = {
    /* S3: roots, payloads, flat and wrapped lists, attributes, and settings that are not set */
    OK("s3", "GetBucketVersioning", "<VersioningConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'/>", "{}"),
    OK("s3", "GetBucketVersioning",
       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<VersioningConfiguration><Status>Enabled</Status>"
       "<MfaDelete>Disabled</MfaDelete></VersioningConfiguration>",
       "{\"Status\":\"Enabled\",\"MFADelete\":\"Disabled\"}"),
    OK("s3", "GetPublicAccessBlock",
       "<PublicAccessBlockConfiguration><RestrictPublicBuckets>false</RestrictPublicBuckets>"
       "<BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
       "{\"PublicAccessBlockConfiguration\":{\"BlockPublicAcls\":true,\"RestrictPublicBuckets\":false}}"),
    OK("s3", "GetBucketOwnershipControls",
       "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
       "{\"OwnershipControls\":{\"Rules\":[{\"ObjectOwnership\":\"BucketOwnerEnforced\"}]}}"),
    OK("s3", "GetBucketAcl",
       "<AccessControlPolicy><Owner><ID>75aa</ID></Owner><AccessControlList><Grant><Grantee "
       "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='CanonicalUser'><ID>75aa</ID></Grantee>"
       "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
       "{\"Owner\":{\"ID\":\"75aa\"},\"Grants\":[{\"Grantee\":{\"ID\":\"75aa\",\"Type\":\"CanonicalUser\"},"
       "\"Permission\":\"FULL_CONTROL\"}]}"),
    OK("s3", "GetBucketAcl", "<AccessControlPolicy><Owner/><AccessControlList/></AccessControlPolicy>",
       "{\"Owner\":{},\"Grants\":[]}"),
    NO("s3", "GetBucketAcl", 200, "<AccessControlPolicy/>", INVALID), /* what is never left out is */
    NO("s3", "GetBucketEncryption", 200, "<ServerSideEncryptionConfiguration/>", INVALID),
    NO("s3", "GetPublicAccessBlock", 200, "<PublicAccessBlockConfiguration/>", INVALID),
    NO("s3", "ListBuckets", 200, "<ListAllMyBucketsResult/>", INVALID),
    NO("iam", "ListRolePolicies", 200, "<ListRolePoliciesResponse><ListRolePoliciesResult/></ListRolePoliciesResponse>", INVALID),
    NO("iam", "GetUser", 200, "<GetUserResponse><GetUserResult/></GetUserResponse>", INVALID),
    OK("s3", "GetBucketLogging", "<BucketLoggingStatus/>", "{}"),
    OK("s3", "GetBucketPolicy", "{ \"Version\": \"2012-10-17\",\t\"Statement\": [] }\n",
       "{\"Policy\":\"{ \\\"Version\\\": \\\"2012-10-17\\\",\\t\\\"Statement\\\": [] }\\n\"}"),
    OK("s3", "ListBuckets",
       "<ListAllMyBucketsResult><Owner><ID>75aa</ID></Owner><Buckets><Bucket><Name>b</Name>"
       "<CreationDate>2024-01-02T03:04:05.000Z</CreationDate><BucketRegion>eu-west-1</BucketRegion></Bucket></Buckets>"
       "</ListAllMyBucketsResult>",
       "{\"Buckets\":[{\"Name\":\"b\",\"CreationDate\":\"2024-01-02T03:04:05+00:00\",\"BucketRegion\":\"eu-west-1\"}],"
       "\"Owner\":{\"ID\":\"75aa\"}}"),
    {"s3", "ListBuckets", 200, NULL,
     "<ListAllMyBucketsResult><Buckets></Buckets><ContinuationToken>t+1</ContinuationToken></ListAllMyBucketsResult>",
     "{\"Buckets\":[]}", "t+1", 0},
    OK("s3", "ListObjectVersions",
       "<ListVersionsResult><Name>b</Name><Prefix>a%2Fb+c</Prefix><MaxKeys>100</MaxKeys><EncodingType>url</EncodingType>"
       "<IsTruncated>false</IsTruncated><Version><Key>a%2Fb+c%2B%0A</Key><IsLatest>true</IsLatest><Size>5</Size></Version>"
       "<DeleteMarker><Key>x</Key></DeleteMarker></ListVersionsResult>",
       "{\"Versions\":[{\"Size\":5,\"Key\":\"a/b c+\\n\",\"IsLatest\":true}],\"DeleteMarkers\":[{\"Key\":\"x\"}],\"Name\":\"b\","
       "\"Prefix\":\"a/b c\",\"MaxKeys\":100,\"EncodingType\":\"url\"}"),
    OK("s3", "ListObjectVersions", "<ListVersionsResult><Prefix>a%2Fb+c</Prefix></ListVersionsResult>",
       "{\"Prefix\":\"a%2Fb+c\"}"),
    OK("s3", "ListBucketInventoryConfigurations",
       "<ListInventoryConfigurationsResult><InventoryConfiguration><Id>1</Id><OptionalFields><Field>Size</Field></OptionalFields>"
       "<Destination><S3BucketDestination><Encryption><SSE-S3/></Encryption></S3BucketDestination></Destination>"
       "</InventoryConfiguration></ListInventoryConfigurationsResult>",
       "{\"InventoryConfigurationList\":[{\"Destination\":{\"S3BucketDestination\":{\"Encryption\":{\"SSES3\":{}}}},\"Id\":\"1\","
       "\"OptionalFields\":[\"Size\"]}]}"),
    /* members that are newer than the tables */
    {"s3", "GetBucketEncryption", 200, NULL,
     "<ServerSideEncryptionConfiguration><Rule><New><A>1</A><B/></New><Many>1</Many><Many>2</Many><Wrapped><member>x</member>"
     "</Wrapped></Rule></ServerSideEncryptionConfiguration>",
     "{\"ServerSideEncryptionConfiguration\":{\"Rules\":[{\"New\":{\"A\":\"1\",\"B\":\"\"},\"Many\":[\"1\",\"2\"],"
     "\"Wrapped\":[\"x\"]}]}}",
     NULL, 4},
    /* the control plane: AWS's root, and moto's */
    OK("s3control", "GetAccessPoint",
       "<GetAccessPointResult><Name>ap</Name><Endpoints><entry><key>ipv4</key><value>h</value></entry></Endpoints>"
       "</GetAccessPointResult>",
       "{\"Name\":\"ap\",\"Endpoints\":{\"ipv4\":\"h\"}}"),
    OK("s3control", "GetAccessPointPolicy", "<GetAccessPointPolicyResponse><Policy>{\"a\" : 1}</Policy></GetAccessPointPolicyResponse>",
       "{\"Policy\":\"{\\\"a\\\" : 1}\"}"),
    /* IAM: documents */
    OK("iam", "GetRolePolicy",
       "<GetRolePolicyResponse><GetRolePolicyResult><PolicyName>p</PolicyName><RoleName>r</RoleName>"
       "<PolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</PolicyDocument></GetRolePolicyResult>"
       "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetRolePolicyResponse>",
       "{\"RoleName\":\"r\",\"PolicyName\":\"p\",\"PolicyDocument\":{\"Version\":\"2012-10-17\"}}"),
    OK("iam", "GetRolePolicy",
       "<GetRolePolicyResponse><GetRolePolicyResult><RoleName>r</RoleName><PolicyDocument>%7Bno json</PolicyDocument></GetRolePolicyResult>"
       "</GetRolePolicyResponse>",
       "{\"RoleName\":\"r\",\"PolicyDocument\":\"{no json\"}"),
    {"iam", "ListRolePolicies", 200, NULL,
     "<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames><member>a</member></PolicyNames>"
     "<IsTruncated>true</IsTruncated><Marker>m</Marker></ListRolePoliciesResult></ListRolePoliciesResponse>",
     "{\"PolicyNames\":[\"a\"]}", "m", 0},
    OK("ec2", "DescribeRegions",
       "<DescribeRegionsResponse><requestId>1</requestId><regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo>"
       "</DescribeRegionsResponse>",
       "{\"Regions\":[{\"RegionName\":\"eu-west-1\"}]}"),
    /* JSON: order, times, null */
    OK("kms", "DescribeKey",
       "{\"KeyMetadata\":{\"Enabled\":true,\"CreationDate\":1709294400.5,\"KeyId\":\"k\",\"DeletionDate\":null}}",
       "{\"KeyMetadata\":{\"KeyId\":\"k\",\"CreationDate\":\"2024-03-01T12:00:00.500000+00:00\",\"Enabled\":true}}"),
    {"kms", "ListKeys", 200, NULL, "{\"Truncated\":true,\"NextMarker\":\"n\",\"Keys\":[{\"KeyId\":\"\\u00e9\"}]}",
     "{\"Keys\":[{\"KeyId\":\"\xc3\xa9\"}]}", "n", 0},
    {"organizations", "ListRoots", 200, NULL, "{\"Roots\":[{\"Id\":\"r-1\",\"Color\":\"red\"}],\"Extra\":{\"a\":[1]}}",
     "{\"Roots\":[{\"Id\":\"r-1\",\"Color\":\"red\"}],\"Extra\":{\"a\":[1]}}", NULL, 2},
    /* HEAD */
    {"s3", "HeadBucket", 200, "X-Amz-Bucket-Region eu-west-1", "", "{\"BucketRegion\":\"eu-west-1\"}", NULL, 0},
    {"s3", "HeadObject", 200, "x-amz-meta-Owner me", "", "{\"Metadata\":{\"owner\":\"me\"}}", NULL, 0},
    {"s3", "HeadObject", 200, "Last-Modified Mon, 30 Nov 2026 21:00:00 GMT", "",
     "{\"LastModified\":\"2026-11-30T21:00:00+00:00\"}", NULL, 0},
    NO("s3", "HeadBucket", 404, "", "NoSuchBucket"),
    NO("s3", "HeadBucket", 403, "", "AccessDenied"),
    NO("s3", "HeadObject", 404, "", "NotFound"),
    /* what is no answer of the call that was made */
    NO("s3", "GetBucketEncryption", 200, "<ListBucketResult><Name>b</Name></ListBucketResult>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<ListBucketResult/>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<html><body>hello</body></html>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<!DOCTYPE html><html></html>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<!DOCTYPE a [<!ENTITY b 'c'>]><VersioningConfiguration>&b;</VersioningConfiguration>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<VersioningConfiguration><Status>Enab", "why403.Truncated"),
    NO("s3", "GetBucketVersioning", 200, "", "why403.Truncated"),
    NO("s3", "GetBucketVersioning", 200, "{}", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<VersioningConfiguration>Enabled</VersioningConfiguration>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<VersioningConfiguration><Status><x/></Status></VersioningConfiguration>", INVALID),
    NO("s3", "GetBucketVersioning", 200, "<VersioningConfiguration><Status>Enabled</Status><Status>Suspended</Status></VersioningConfiguration>", INVALID),
    NO("s3", "GetPublicAccessBlock", 200, "<PublicAccessBlockConfiguration><BlockPublicAcls>yes</BlockPublicAcls></PublicAccessBlockConfiguration>", INVALID),
    NO("s3", "GetBucketAcl", 200, "<AccessControlPolicy><AccessControlList><Thing/></AccessControlList></AccessControlPolicy>", INVALID),
    NO("s3", "GetBucketPolicy", 200, "<GetBucketPolicyOutput/>", INVALID),
    NO("s3", "GetBucketPolicy", 200, "[]", INVALID),
    NO("s3", "GetBucketPolicy", 200, "{\"Version\":", "why403.Truncated"),
    NO("iam", "GetUser", 200, "<GetUserResponse><GetRoleResult/></GetUserResponse>", INVALID),
    NO("iam", "GetUser", 200, "<GetRoleResponse><GetUserResult/></GetRoleResponse>", INVALID),
    NO("kms", "ListKeys", 200, "{}", INVALID),
    NO("kms", "ListKeys", 200, "[]", INVALID),
    NO("kms", "ListKeys", 200, "{\"Keys\":{}}", INVALID),
    NO("kms", "ListKeys", 200, "{\"Keys\":[\"k\"]}", INVALID),
    NO("kms", "ListKeys", 200, "<html/>", INVALID),
    NO("kms", "ListKeys", 200, "{\"Keys\":[", "why403.Truncated"),
    NO("kms", "DescribeKey", 200, "{}", INVALID),
    /* the errors of the protocols */
    NO("s3", "GetBucketPolicy", 404, "<Error><Code>NoSuchBucketPolicy</Code><Message>m</Message></Error>", "NoSuchBucketPolicy"),
    NO("s3control", "GetAccessPoint", 404, "<ErrorResponse><Error><Code>NoSuchAccessPoint</Code></Error></ErrorResponse>", "NoSuchAccessPoint"),
    NO("s3control", "GetAccessPoint", 404, "<Error><Code>NoSuchAccessPoint</Code></Error>", "NoSuchAccessPoint"),
    NO("iam", "GetUser", 403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>", "AccessDenied"),
    NO("ec2", "DescribeRegions", 403, "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>", "UnauthorizedOperation"),
    NO("kms", "ListKeys", 400, "{\"__type\":\"AccessDeniedException\"}", "AccessDeniedException"),
    NO("kms", "ListKeys", 400, "{\"__type\":\"com.amazon#AccessDeniedException:http://x\"}", "AccessDeniedException"),
    {"kms", "ListKeys", 400, "x-amzn-ErrorType NotFoundException:http://x", "", "NotFoundException", NULL, 0},
    NO("s3", "GetBucketPolicy", 500, "<html>oops</html>", INVALID),
    NO("s3", "GetBucketPolicy", 500, "<Error><Code>no code &lt;at all&gt;</Code></Error>", INVALID),
    NO("s3", "GetBucketPolicy", 403, "", INVALID),
    NO("s3", "GetBucketPolicy", 307, "", "why403.Redirect"),
    NO("kms", "ListKeys", 502, "Bad Gateway", INVALID),
};

typedef struct outcome {
    w403_buf     json;
    w403_reading reading;
} outcome;

static void read_case(w403_arena *a, const answer_case *c, outcome *out)
{
    unsigned    row = w403_call_find(w403_view_of(c->service), w403_view_of(c->operation));
    w403_view   value = w403_view_of(c->header), name = w403_view_cut(&value, ' ');
    w403_header header = {name, value};
    w403_wire_reply  reply = {.row = row, .status = c->status, .headers = &header, .n_headers = c->header ? 1 : 0};
    assert_int_not_equal(row, W403_CALL_COUNT);
    reply.body = w403_view_of(c->body);
    w403_xml *xml = w403_xml_new(a);
    assert_non_null(xml);
    for (size_t i = 0; i < reply.body.n && w403_xml_feed(xml, (w403_view){reply.body.p + i, 1}); i++) {
    }
    reply.xml = w403_xml_end(xml, &reply.root);
    assert_int_equal(w403_answer_read(a, &reply, &out->json, &out->reading, NULL), W403_OK);
    w403_xml_free(xml);
}

static void test_every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const answer_case *c = &cases[i];
        w403_arena        *a = w403_arena_new(0);
        outcome            got = {0};
        read_case(a, c, &got);
        w403_view seen = got.reading.code.n > 0 ? got.reading.code : w403_buf_view(&got.json);
        if (!w403_view_eq(seen, w403_view_of(c->expected)) || (got.reading.code.n == 0 && got.reading.newer != c->newer) ||
            !w403_view_eq(got.reading.next[0], w403_view_of(c->next))) {
            fail_msg("%s %s\n%s\nis %.*s (newer %u, next `%.*s`)\nnot %s", c->service, c->operation, c->body, W403_ARG(seen),
                     got.reading.newer, W403_ARG(got.reading.next[0]), c->expected);
        }
        w403_buf_free(&got.json);
        w403_arena_free(a);
    }
}

/* No byte of an answer can be missing, and still it is one: each is cut off at every place. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer_case c = cases[i];
        size_t      n = strlen(c.body);
        bool        good = c.status == 200 && c.expected[0] == '{' && n > 0;
        while (good && n > 0 && strchr(" \n\t", c.body[n - 1])) {
            n--;
        }
        for (size_t cut = 0; good && cut < n; cut++) {
            char       *body = strndup(cases[i].body, cut);
            w403_arena *a = w403_arena_new(0);
            outcome     got = {0};
            c.body = body;
            read_case(a, &c, &got);
            if (got.reading.code.n == 0) {
                fail_msg("%s is taken for an answer: %.*s", body, W403_ARG(w403_buf_view(&got.json)));
            }
            w403_buf_free(&got.json);
            w403_arena_free(a);
            free(body);
        }
    }
}

static void feed_repeated(w403_xml *x, const char *text, size_t times)
{
    for (size_t i = 0; i < times && w403_xml_feed(x, w403_view_of(text)); i++) {
    }
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char    *before, *text, *after;
        size_t         times;
        w403_xml_state state;
    } all[] = {
        {"", "<a>", "", 1000000, W403_XML_LIMIT},                 /* depth */
        {"<a ", "b='1' ", "/>", 10000000, W403_XML_BROKEN},        /* an attribute twice */
        {"<a b='", "1234567890123456", "'/>", 100000, W403_XML_LIMIT}, /* a tag without end */
        {"<a>", "<b/>", "</a>", W403_LIMIT_LIVE_XML_ELEMENTS, W403_XML_LIMIT},
        {"<a>", "<b>1</b>", "</a>", 1000, W403_XML_GOOD},
        {"<!--", "1234567890123456", "--><a/>", 100000, W403_XML_LIMIT},
        {"<a>", "some text ", "</a>", 100000, W403_XML_GOOD},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", "<a/>", "", 1, W403_XML_DOCTYPE},
        {"<a>", "&b;", "</a>", 1, W403_XML_BROKEN}, /* no entity but XML's own */
        {"<a>", "&lt;&#x41;&amp;", "</a>", 10, W403_XML_GOOD},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        w403_arena    *a = w403_arena_new(0);
        w403_xml      *x = w403_xml_new(a);
        w403_xml_node *root;
        feed_repeated(x, all[i].before, 1);
        feed_repeated(x, all[i].text, all[i].times);
        feed_repeated(x, all[i].after, 1);
        w403_xml_state got = w403_xml_end(x, &root);
        if (got != all[i].state && !(all[i].state == W403_XML_BROKEN && got == W403_XML_LIMIT)) {
            fail_msg("case %zu: %d, not %d", i, (int)got, (int)all[i].state);
        }
        w403_xml_free(x);
        w403_arena_free(a);
    }
}

/* Memory that runs out at any moment is an error of its own, never an answer and never a leak. */
static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool enough = false;
        for (uint64_t n = 1; !enough && n < 200; n++) {
            unsigned        row = w403_call_find(w403_view_of(cases[i].service), w403_view_of(cases[i].operation));
            w403_wire_reply reply = {.row = row, .status = cases[i].status, .body = w403_view_of(cases[i].body)};
            w403_buf        json = {0};
            w403_reading    reading;
            w403_arena     *a = w403_arena_new(0);
            w403_malloc_fail_after(n);
            w403_xml *xml = w403_xml_new(a);
            if (xml) {
                (void)w403_xml_feed(xml, reply.body);
                reply.xml = w403_xml_end(xml, &reply.root);
                enough = w403_answer_read(a, &reply, &json, &reading, NULL) == W403_OK;
            }
            w403_malloc_fail_after(0);
            w403_xml_free(xml);
            w403_buf_free(&json);
            w403_arena_free(a);
        }
        assert_true(enough);
    }
}

static void test_s3_says_where(void **state)
{
    (void)state;
    const answer_case c = NO("s3", "GetBucketPolicy", 400,
                             "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>", "");
    w403_arena *a = w403_arena_new(0);
    outcome     got = {0};
    read_case(a, &c, &got);
    assert_true(w403_view_eq(got.reading.region, W403_LIT("eu-west-1")));
    w403_buf_free(&got.json);
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_case),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_s3_says_where),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
