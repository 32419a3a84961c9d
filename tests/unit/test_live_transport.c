/* What is decided without a connection: what a request looks like, what is tried again and when, how fast, how far. */
#include <stdio.h>

#include "arena_test.h"
#include "base/limits.h"
#include "live/pages.h"
#include "live/rate.h"
#include "live/retry.h"
#include "live/wire.h"

#define SAME(v, literal) assert_string_equal((v).p ? w403_arena_copy(arena, (v)).p : "", literal)

static w403_wire_input call(const char *service, const char *operation, const w403_live_argument *arguments, size_t n)
{
    unsigned row = w403_call_find(w403_view_of(service), w403_view_of(operation));
    assert_int_not_equal(row, W403_CALL_COUNT);
    return (w403_wire_input){.row = row, .arguments = arguments, .n_arguments = n};
}

#define ARGUMENTS(...) (const w403_live_argument[]){__VA_ARGS__}, sizeof((w403_live_argument[]){__VA_ARGS__}) / sizeof(w403_live_argument)
#define A(name, value) {W403_LIT(name), W403_LIT(value)}

static w403_wire build(const w403_wire_input *in)
{
    w403_wire  out;
    w403_error err;
    if (w403_wire_check(in, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(w403_wire_build(arena, in, &out, &err), W403_OK);
    return out;
}

static void test_rest(void **state)
{
    (void)state;
    w403_wire_input in = call("s3", "GetBucketPolicy", ARGUMENTS(A("Bucket", "my.bucket")));
    w403_wire       r = build(&in);
    SAME(r.method, "GET");
    SAME(r.path, "/my.bucket");
    SAME(r.query, "policy");
    in.bucket_elsewhere = true; /* virtual-hosted */
    SAME(build(&in).path, "/");
    in.prefix = W403_LIT("/my.bucket");
    SAME(build(&in).path, "/my.bucket");

    in = call("s3", "ListObjectVersions", ARGUMENTS(A("Bucket", "b"), A("Prefix", "a b/+&=")));
    in.tokens[0] = W403_LIT("k/1"), in.tokens[1] = W403_LIT("v");
    SAME(build(&in).query,
         "versions&encoding-type=url&prefix=a%20b%2F%2B%26%3D&max-keys=100&key-marker=k%2F1&version-id-marker=v");
    in = call("s3", "ListBuckets", ARGUMENTS(A("MaxBuckets", "1")));
    SAME(build(&in).query, "max-buckets=1");
    SAME(build(&in).path, "/");
    assert_true(w403_wire_sized(&in));
    in = call("s3", "HeadObject", ARGUMENTS(A("Bucket", "b"), A("Key", "a//../b c\xc3\xa9"), A("VersionId", "v")));
    r = build(&in);
    SAME(r.path, "/b/a//../b%20c%C3%A9");
    SAME(r.query, "versionId=v");
    SAME(r.method, "HEAD");

    in = call("s3control", "GetAccessPoint", ARGUMENTS(A("Name", "a/b"), A("AccountId", "111122223333")));
    r = build(&in);
    SAME(r.path, "/v20180820/accesspoint/a%2Fb");
    assert_int_equal(r.n_headers, 1);
    SAME(r.headers[0].name, "x-amz-account-id");
    in = call("s3control", "GetPublicAccessBlock", NULL, 0);
    in.account = W403_LIT("111122223333");
    SAME(build(&in).headers[0].value, "111122223333");
}

static void test_bodies(void **state)
{
    (void)state;
    w403_wire_input in = call("iam", "GetAccountAuthorizationDetails", ARGUMENTS(A("Filter", "Role"), A("Filter", "User")));
    in.tokens[0] = W403_LIT("m=");
    SAME(build(&in).body, "Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=Role&Filter.member.2=User"
                          "&MaxItems=1000&Marker=m%3D");
    in = call("ec2", "DescribeVpcEndpoints",
              ARGUMENTS(A("VpcEndpointIds", "vpce-1"), A("VpcEndpointIds", "vpce-2"), A("Filters.1.Name", "service-name"),
                        A("Filters.1.Values.1", "com.*")));
    SAME(build(&in).body, "Action=DescribeVpcEndpoints&Version=2016-11-15&VpcEndpointId.1=vpce-1&VpcEndpointId.2=vpce-2"
                          "&Filter.1.Name=service-name&Filter.1.Value.1=com.%2A&MaxResults=1000");
    in = call("kms", "ListGrants", ARGUMENTS(A("KeyId", "a\"\n")));
    in.tokens[0] = W403_LIT("t");
    SAME(build(&in).body, "{\"KeyId\":\"a\\\"\\n\",\"Limit\":100,\"Marker\":\"t\"}");
    SAME(build(&in).headers[1].value, "TrentService.ListGrants");
    in = call("organizations", "ListRoots", NULL, 0);
    SAME(build(&in).body, "{\"MaxResults\":20}");
    in = call("organizations", "DescribeOrganization", NULL, 0);
    SAME(build(&in).body, "{}");
    in = call("cloudtrail", "LookupEvents",
              ARGUMENTS(A("LookupAttributes.1.AttributeKey", "EventName"), A("LookupAttributes.1.AttributeValue", "x"),
                        A("StartTime", "2026-11-30T00:00:00Z"), A("MaxResults", "5")));
    SAME(build(&in).body, "{\"LookupAttributes\":[{\"AttributeKey\":\"EventName\",\"AttributeValue\":\"x\"}],"
                          "\"StartTime\":1795996800,\"MaxResults\":5}");
}

/* What would make another request of it. */
static void test_refused(void **state)
{
    (void)state;
    const w403_wire_input all[] = {
        call("s3", "GetBucketPolicy", NULL, 0),
        call("s3", "GetBucketPolicy", ARGUMENTS(A("Bucket", ""))),
        call("s3", "GetBucketPolicy", ARGUMENTS(A("Bucket", ".."))),
        call("s3", "GetBucketPolicy", ARGUMENTS(A("Bucket", "a\0b"))),
        call("s3", "GetBucketPolicy", ARGUMENTS(A("Bucket", "b"), A("Policy", "x"))),
        call("s3", "GetBucketPolicy", ARGUMENTS(A("Bucket", "b"), A("ExpectedBucketOwner", "1\r\nHost: evil"))),
        call("s3", "ListBuckets", ARGUMENTS(A("MaxBuckets", "1&x"))),
        call("s3", "ListBuckets", ARGUMENTS(A("ContinuationToken", "x"))),
        call("s3control", "GetPublicAccessBlock", NULL, 0),
        call("s3control", "GetPublicAccessBlock", ARGUMENTS(A("AccountId", "evil.example"))),
        call("kms", "ListKeys", ARGUMENTS(A("Limit.1", "5"))),
        call("cloudtrail", "LookupEvents", ARGUMENTS(A("LookupAttributes", "x"))),
        call("cloudtrail", "LookupEvents", ARGUMENTS(A("StartTime", "yesterday"))),
        {.row = W403_CALL_COUNT},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        w403_error err;
        if (w403_wire_check(&all[i], &err) == W403_OK) {
            fail_msg("case %zu is sent", i);
        }
    }
}

static w403_retry_kind kind(const char *code, int status)
{
    return w403_retry_of(w403_view_of(code), status);
}

static void test_retry_kinds(void **state)
{
    (void)state;
    assert_int_equal(kind("SlowDown", 503), W403_RETRY_THROTTLED); /* the code first */
    assert_int_equal(kind("ThrottlingException", 400), W403_RETRY_THROTTLED);
    assert_int_equal(kind("InternalError", 500), W403_RETRY_TRANSIENT);
    assert_int_equal(kind("Odd", 502), W403_RETRY_TRANSIENT);
    assert_int_equal(kind("", 429), W403_RETRY_THROTTLED);
    assert_int_equal(kind("AccessDenied", 403), W403_RETRY_NEVER);
    assert_int_equal(kind("why403.InvalidResponse", 200), W403_RETRY_NEVER);
    assert_int_equal(kind("ExpiredToken", 400), W403_RETRY_EXPIRED);
}

static void test_retry_delay(void **state)
{
    (void)state;
    const w403_view none = {NULL, 0};
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 1, none), 50);
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 3, 0.5, none), 200);
    assert_int_equal(w403_retry_delay(W403_RETRY_THROTTLED, 0, 1, none), 1000);
    assert_int_equal(w403_retry_delay(W403_RETRY_THROTTLED, 3, 1, none), 8000);
    assert_int_equal(w403_retry_delay(W403_RETRY_THROTTLED, 30, 1, none), 20000);
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 0, none), 0);
    /* what the service asks for, within bounds */
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 1, W403_LIT("1500")), 1500);
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 1, W403_LIT("10")), 50);
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 1, W403_LIT("1000000000")), 5050);
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 1, W403_LIT("99999999999999999999999")), 50);
    assert_int_equal(w403_retry_delay(W403_RETRY_TRANSIENT, 0, 1, W403_LIT("-5")), 50);
}

static void test_retry_quota(void **state)
{
    (void)state;
    w403_retry_quota q = {0};
    unsigned         n = 0;
    while (w403_retry_spend(&q, W403_RETRY_TRANSIENT) == 14) {
        n++;
    }
    assert_int_equal(n, 35); /* 490 of 500 */
    assert_int_equal(w403_retry_spend(&q, W403_RETRY_THROTTLED), 5);
    assert_int_equal(w403_retry_spend(&q, W403_RETRY_THROTTLED), 5);
    assert_int_equal(w403_retry_spend(&q, W403_RETRY_THROTTLED), 0);
    w403_retry_refund(&q, 14); /* a retry that succeeded */
    w403_retry_refund(&q, 0);  /* and one that was good at once */
    assert_int_equal(q.spent, 485);
    for (int i = 0; i < 1000; i++) {
        w403_retry_refund(&q, 0);
    }
    assert_int_equal(q.spent, 0);
}

enum { S = 1000000 };

static void test_rate(void **state)
{
    (void)state;
    w403_rate r = w403_rate_of(4, 6.4);
    int64_t   now = S;
    int       sent = 0;
    while (w403_rate_wait(&r, now) == 0) {
        w403_rate_take(&r);
        sent++;
    }
    assert_int_equal(sent, 6);
    for (int i = 0; i < 40; i++) { /* and then four a second */
        int64_t wait = w403_rate_wait(&r, now);
        now += wait;
        assert_int_equal(w403_rate_wait(&r, now), 0);
        w403_rate_take(&r);
    }
    assert_in_range(now - S, 9 * S, 10 * S);
    w403_rate none = {0};
    assert_int_equal(w403_rate_wait(&none, now), 0);
}

static void test_pace(void **state)
{
    (void)state;
    w403_pace p = {0};
    int64_t   now = S;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(w403_pace_wait(&p, now), 0);
        w403_pace_take(&p, now);
    }
    w403_pace_complain(&p, now, now + 1000);
    w403_pace_complain(&p, now, now + 2 * S);       /* sent before that complaint */
    w403_pace_complain(&p, now + 2000, now + 3000); /* in the same second */
    assert_true(p.rate.per_second >= 50 && p.rate.per_second <= 51);
    now += w403_pace_wait(&p, now);
    assert_in_range(now - S, 1, S / 10);
    for (int second = 0; second < 10; second++) {
        now += S;
        (void)w403_pace_wait(&p, now);
    }
    assert_true(p.rate.per_second >= 58 && p.rate.per_second <= 62);
    for (int i = 1; i < 20; i++) {
        w403_pace_complain(&p, now + i * S - 1, now + i * S);
    }
    assert_true(p.rate.per_second == 2);
    w403_pace few = {0}; /* one of the first requests is no measure */
    w403_pace_take(&few, now);
    w403_pace_complain(&few, now, now + 1);
    assert_true(few.rate.per_second == 16);
}

static void test_pages(void **state)
{
    (void)state;
    w403_pages p = {0};
    char       text[32];
    const w403_view none = {NULL, 0};
    assert_int_equal(w403_pages_next(&p, W403_LIT("a"), none), W403_PAGES_GO_ON);
    assert_int_equal(w403_pages_next(&p, W403_LIT("a"), W403_LIT("v")), W403_PAGES_GO_ON);
    assert_int_equal(w403_pages_next(&p, W403_LIT("b"), none), W403_PAGES_GO_ON);
    assert_int_equal(w403_pages_next(&p, W403_LIT("a"), none), W403_PAGES_LOOP);
    w403_pages_free(&p);
    unsigned n = 0;
    do {
        snprintf(text, sizeof text, "token-%u", n);
    } while (w403_pages_next(&p, w403_view_of(text), none) == W403_PAGES_GO_ON && ++n <= W403_LIMIT_LIVE_PAGES);
    assert_int_equal(n, W403_LIMIT_LIVE_PAGES - 1);
    w403_pages_free(&p);
    char *large = calloc(1, W403_LIMIT_LIVE_TOKEN + 1);
    assert_int_equal(w403_pages_next(&p, (w403_view){large, W403_LIMIT_LIVE_TOKEN + 1}, none), W403_PAGES_LOOP);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rest),        cmocka_unit_test(test_bodies),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_retry_kinds), cmocka_unit_test(test_retry_delay), cmocka_unit_test(test_retry_quota),
        cmocka_unit_test(test_rate),        cmocka_unit_test(test_pace),        cmocka_unit_test(test_pages),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
