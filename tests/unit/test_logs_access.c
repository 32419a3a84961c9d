/* Server access log lines: the article's line field by field, the quirks of spec formats 3.2, damage. */
#include <stdio.h>

#include "arena_test.h"

#include "logs/access_log.h"
#include "logs/access_log_json.h"

#define OWNER "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
#define HOST  "9vKBE6vMhrNiWHZmb2L0mXOcqPGzQOI5XLnCtZNPxev+Hf+7tpT6sxDwDty4LHBUOZJG96N1234="
#define HEAD  OWNER " b1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 891CE47D2EXAMPLE "
#define TAIL  " - " HOST " SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader b1.s3.us-west-1.amazonaws.com TLSv1.2 - -"

static void expect(w403_view v, const char *want)
{
    if (!want) {
        assert_null(v.p);
        return;
    }
    if (v.n != strlen(want) || memcmp(v.p ? v.p : "", want, v.n) != 0) {
        fail_msg("`%.*s` is not `%s`", (int)v.n, v.p ? v.p : "", want);
    }
}

static w403_record read_line(const char *line)
{
    w403_record r;
    w403_error err;

    memset(&err, 0, sizeof err);
    if (w403_access_log_parse(w403_view_of(line), &r, &err) != W403_OK) {
        fail_msg("%s: %s at %zu", line, err.message, (size_t)err.offset);
    }
    assert_int_equal(w403_access_log_complete(arena, &r, &err), W403_OK);
    return r;
}

static void expect_damaged(const char *line)
{
    w403_record r;
    w403_error err;

    memset(&err, 0, sizeof err);
    if (w403_access_log_parse(w403_view_of(line), &r, &err) == W403_OK) {
        fail_msg("accepted: %s", line);
    }
    assert_int_equal(err.code, W403_SYNTAX);
    assert_true(err.offset <= strlen(line));
}

/* seed 001: operation and URI contradict each other, SigV2, TLS 1.1 */
static void test_article_line(void **state)
{
    const char *line =
        OWNER " awsexamplebucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 " OWNER
              " 891CE47D2EXAMPLE REST.PUT.BUCKETPOLICY - \"GET /awsexamplebucket1?logging HTTP/1.1\""
              " 200 - 242 - 11 - \"-\" \"S3Console/0.4\" - " HOST " SigV2 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader"
              " awsexamplebucket1.s3.us-west-1.amazonaws.com TLSV1.1";
    w403_record r = read_line(line);
    w403_instant t;

    (void)state;
    expect(r.bucket_owner, OWNER);
    expect(r.bucket, "awsexamplebucket1");
    expect(r.time_text, "06/Feb/2019:00:00:38 +0000");
    assert_true(w403_instant_parse(W403_LIT("2019-02-06T00:00:38Z"), &t));
    assert_true(r.time == t);
    expect(r.source_ip, "192.0.2.3");
    expect(r.requester, OWNER);
    assert_int_equal(r.who, W403_WHO_CANONICAL);
    expect(r.request_id, "891CE47D2EXAMPLE");
    expect(r.operation, "REST.PUT.BUCKETPOLICY");
    expect(r.key_raw, NULL);
    expect(r.request_uri, "GET /awsexamplebucket1?logging HTTP/1.1");
    expect(r.method, "GET");
    expect(r.path, "/awsexamplebucket1");
    expect(r.query, "logging");
    assert_int_equal(r.status, 200);
    expect(r.error_code, NULL);
    assert_true(r.bytes_sent == 242 && r.object_size == -1 && r.total_ms == 11 && r.turnaround_ms == -1);
    expect(r.referer, NULL);
    expect(r.user_agent, "S3Console/0.4");
    expect(r.version_id, NULL);
    expect(r.host_id, HOST);
    expect(r.signature, "SigV2");
    expect(r.cipher, "ECDHE-RSA-AES128-GCM-SHA256");
    expect(r.auth_type, "AuthHeader");
    expect(r.host_header, "awsexamplebucket1.s3.us-west-1.amazonaws.com");
    expect(r.tls, "TLSV1.1");
    expect(r.access_point_arn, NULL);
    expect(r.source_region, NULL);
    assert_int_equal(r.acl_required, W403_UNKNOWN);
    assert_int_equal(r.n_fields, 24);
    assert_int_equal(r.marks, W403_MARK_VERB_MISMATCH | W403_MARK_SIGV2 | W403_MARK_OLD_TLS);
    assert_false(w403_record_denied(&r));
    assert_string_equal(w403_record_operation(&r, 0)->name, "PutBucketPolicy");
    assert_null(w403_record_operation(&r, 1));
}

/* All 27 fields, and what comes after them some day. */
static void test_all_fields(void **state)
{
    const char *line =
        OWNER " b1 [20/Nov/2026:10:05:00 +0100] 2001:db8::1 arn:aws:sts::111122223333:assumed-role/r/s"
              " REQ REST.GET.OBJECT a/b.txt \"GET /a/b.txt?versionId=v1 HTTP/1.1\" 403 AccessDenied 243"
              " 17 8 7 \"https://example.com/x y\" \"aws-cli/2.15 (x; y)\" v1 " HOST
              " SigV4 TLS_AES_128_GCM_SHA256 QueryString b1.s3.amazonaws.com TLSv1.3"
              " arn:aws:s3:us-east-1:111122223333:accesspoint/ap Yes us-east-1 new1 new2";
    w403_record r = read_line(line);
    w403_instant t;

    (void)state;
    assert_true(w403_instant_parse(W403_LIT("2026-11-20T09:05:00Z"), &t));
    assert_true(r.time == t);
    assert_int_equal(r.who, W403_WHO_ARN);
    expect(r.key, "a/b.txt");
    assert_int_equal(r.status, 403);
    assert_true(w403_record_denied(&r));
    expect(r.error_code, "AccessDenied");
    expect(r.referer, "https://example.com/x y");
    expect(r.user_agent, "aws-cli/2.15 (x; y)");
    expect(r.version_id, "v1");
    expect(r.access_point_arn, "arn:aws:s3:us-east-1:111122223333:accesspoint/ap");
    assert_int_equal(r.acl_required, W403_YES);
    expect(r.source_region, "us-east-1");
    assert_int_equal(r.n_fields, 29);
    assert_int_equal(r.marks, W403_MARK_EXTRA_FIELDS | W403_MARK_PRESIGNED);
}

static void test_field_counts(void **state)
{
    const char *fields[] = {"v1", "hostid=", "SigV4", "AES", "AuthHeader", "host", "TLSv1.2", "-", "-", "us-east-1"};
    char line[1024];
    int n = snprintf(line, sizeof line, "%s", HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"-\" \"-\"");

    (void)state;
    assert_int_equal(read_line(line).n_fields, 17); /* some end behind the user agent */
    assert_int_equal(read_line(line).secure, W403_UNKNOWN);
    for (unsigned i = 0; i < 10; i++) {
        n += snprintf(line + n, sizeof line - (size_t)n, " %s", fields[i]);
        w403_record r = read_line(line);
        assert_int_equal(r.n_fields, 18 + i);
        assert_int_equal(r.acl_required, i < 8 ? W403_UNKNOWN : W403_NO);
        assert_int_equal(r.secure, i < 3 ? W403_UNKNOWN : W403_YES);
    }
    assert_int_equal(read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"-\" \"-\" - h - - - host -").secure,
                     W403_NO);
}

/* Fields are told by their form: a host id of several words, blanks that are there twice. */
static void test_shifted(void **state)
{
    (void)state;
    w403_record r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 403 AccessDenied 1 1 1 1 \"-\" \"a\" - AIDA x/y= SigV4 "
                                   "AES AuthHeader b.s3.amazonaws.com TLSv1.2 - Yes us-east-1");
    expect(r.host_id, "AIDA x/y=");
    expect(r.signature, "SigV4");
    expect(r.host_header, "b.s3.amazonaws.com");
    expect(r.tls, "TLSv1.2");
    expect(r.source_region, "us-east-1");
    assert_int_equal(r.acl_required, W403_YES);
    assert_int_equal(r.n_fields, 27);
    assert_int_equal(r.marks, 0);
    r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 403 AccessDenied 1 1 1 1 \"-\" \"a\" - x y= - ECDHE-RSA - "
                       "b.s3.amazonaws.com TLSv1.2 arn:aws:s3:us-east-1:111122223333:accesspoint/a");
    expect(r.host_id, "x y=");
    assert_null(r.signature.p);
    expect(r.access_point_arn, "arn:aws:s3:us-east-1:111122223333:accesspoint/a");
    r = read_line(HEAD "REST.GET.OBJECT  k  \"GET /k HTTP/1.1\"  403 AccessDenied  1 1 1 1  \"-\"  \"a\"  - h  SigV4 AES AuthHeader "
                       "host TLSv1.2");
    expect(r.user_agent, "a");
    expect(r.key, "k");
    expect(r.tls, "TLSv1.2");
    assert_int_equal(r.marks, 0);
    /* what fits nowhere is nobody's value */
    r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 403 AccessDenied 1 1 1 1 \"-\" \"a\" - h what ever fits here not at all");
    assert_null(r.signature.p);
    assert_null(r.tls.p);
    assert_true(r.marks & W403_MARK_AMBIGUOUS);
    assert_int_equal(r.secure, W403_UNKNOWN);
}

/* cocoonlife/s3-log-parse#1 and aws-samples/siem-on-amazon-opensearch-service#34 */
static void test_quotes(void **state)
{
    w403_record r = read_line(HEAD "REST.GET.OBJECT %2522 \"GET /\" HTTP/1.1\" 403 AccessDenied 243 - 8 -"
                                   " \"referer test\" \"curl/7.38.0\"" TAIL);
    (void)state;
    expect(r.request_uri, "GET /\" HTTP/1.1");
    expect(r.path, "/\"");
    expect(r.key, "\"");
    expect(r.referer, "referer test");
    expect(r.user_agent, "curl/7.38.0");
    assert_int_equal(r.who, W403_WHO_ANONYMOUS);
    assert_int_equal(r.marks, W403_MARK_QUOTES);

    r = read_line(HEAD
                  "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 8 2 \"-\" \"Mozilla/5.0 Safari/604.1\"\"" TAIL);
    expect(r.user_agent, "Mozilla/5.0 Safari/604.1\"");
    expect(r.referer, NULL);
    assert_int_equal(r.marks, W403_MARK_QUOTES);
}

/* A client writes a whole line's rest into a header: the true fields stand, and the line is marked. */
static void test_injection(void **state)
{
    w403_record r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 403 AccessDenied 243 - 8 - \"-\""
                                   " \"x\" 200 - 1 1 1 1 \"-\" \"y\"" TAIL);
    (void)state;
    assert_int_equal(r.status, 403);
    expect(r.request_uri, "GET /k HTTP/1.1");
    expect(r.version_id, NULL);
    expect(r.tls, "TLSv1.2");
    assert_true(r.marks & W403_MARK_AMBIGUOUS);

    r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 403 AccessDenied 243 - 8 - \"a\" \"b\" \"c\"" TAIL);
    expect(r.referer, "a");
    expect(r.user_agent, "b\" \"c");
    assert_int_equal(r.marks, W403_MARK_QUOTES | W403_MARK_AMBIGUOUS);

    /* in the URI: the reading that is a request line wins */
    r = read_line(
        HEAD "REST.GET.OBJECT k \"GET /k\" 200 - 1 1 1 1 \"x HTTP/1.1\" 403 AccessDenied 243 - 8 - \"-\" \"b\"" TAIL);
    assert_int_equal(r.status, 403);
    assert_true(r.marks & W403_MARK_AMBIGUOUS);
}

static void test_unquoted(void **state)
{
    w403_record r = read_line(HEAD "S3.EXPIRE.OBJECT k - - - - 12 - - - - - hostid= - - - - -");
    (void)state;
    expect(r.request_uri, NULL);
    expect(r.user_agent, NULL);
    expect(r.host_id, "hostid=");
    assert_int_equal(r.status, 0);
    assert_int_equal(r.object_size, 12);
    assert_int_equal(r.marks, 0);

    r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"ref\" - v1 hostid=");
    expect(r.referer, "ref");
    expect(r.user_agent, NULL);
    expect(r.version_id, "v1");
    r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 - \"ua\" v1 hostid=");
    expect(r.referer, NULL);
    expect(r.user_agent, "ua");
    r = read_line(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"\" \"\" v1 hostid=");
    expect(r.referer, "");
    expect(r.user_agent, "");
}

/* Twice encoded, once, with `+`, not at all: the URI decides. */
static void test_keys(void **state)
{
    static const struct {
        const char *op, *raw, *uri, *key;
        unsigned marks;
    } cases[] = {
        {"REST.GET.OBJECT", "a%2520b", "GET /a%20b HTTP/1.1", "a b", 0},
        {"REST.GET.OBJECT", "a%20b", "GET /a%20b HTTP/1.1", "a b", 0},
        {"REST.GET.OBJECT", "a+b", "GET /a%20b HTTP/1.1", "a b", 0},
        {"REST.GET.OBJECT", "a+b", "GET /a+b HTTP/1.1", "a+b", 0},
        {"REST.GET.OBJECT", "100%2525", "GET /100%25 HTTP/1.1", "100%", 0},
        {"REST.GET.OBJECT", "100%25", "GET /100%25 HTTP/1.1", "100%", 0},
        {"REST.GET.OBJECT", "caf%25C3%25A9", "GET /b1/caf%C3%A9?x HTTP/1.1", "caf\xC3\xA9", 0},
        {"REST.GET.OBJECT", "k", "GET /alias-s3alias/k HTTP/1.1", "k", 0},
        {"REST.GET.OBJECT", "k", "GET http://b1.s3.amazonaws.com/k HTTP/1.1", "k", 0},
        {"REST.GET.OBJECT", "k", "GET /other HTTP/1.1", "k", W403_MARK_KEY_MISMATCH},
        {"REST.GET.OBJECT", "x%2520y", "GET /other HTTP/1.1", "x y", W403_MARK_KEY_MISMATCH},
        {"REST.GET.OBJECT", "50%", "GET /50% HTTP/1.1", "50%", W403_MARK_KEY_UNDECODED},
        {"REST.COPY.OBJECT_GET", "src", "PUT /dst HTTP/1.1", "src", 0},
        {"BATCH.DELETE.OBJECT", "k", "POST /?delete HTTP/1.1", "k", 0},
        {"WEBSITE.GET.OBJECT", "index.html", "GET / HTTP/1.1", "index.html", 0},
        {"REST.PUT.PART", "k", "PUT /k?partNumber=1&uploadId=x HTTP/1.1", "k", 0},
    };
    char line[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(line, sizeof line, HEAD "%s %s \"%s\" 200 - 1 1 1 1 \"-\" \"-\"" TAIL, cases[i].op, cases[i].raw,
                 cases[i].uri);
        w403_record r = read_line(line);
        expect(r.key, cases[i].key);
        if (r.marks != cases[i].marks) {
            fail_msg("%s %s: marks %x, not %x", cases[i].raw, cases[i].uri, r.marks, cases[i].marks);
        }
    }
}

static void test_operations(void **state)
{
    static const struct {
        const char *op, *uri;
        unsigned marks;
    } cases[] = {
        {"REST.GET.LOGGING_STATUS", "GET /b1?logging HTTP/1.1", 0},
        {"REST.GET.BUCKET", "GET /b1?list-type=2&prefix=a HTTP/1.1", 0},
        {"REST.GET.BUCKET", "GET /b1?prefix=a HTTP/1.1", 0},
        {"REST.PUT.ACL", "PUT /b1?acl HTTP/1.1", 0},
        {"REST.PUT.ACL", "PUT /b1 HTTP/1.1", W403_MARK_VERB_MISMATCH},
        {"REST.HEAD.BUCKET", "HEAD / HTTP/1.1", 0},
        {"REST.HEAD.BUCKET", "GET / HTTP/1.1", W403_MARK_VERB_MISMATCH},
        {"REST.POST.MULTI_OBJECT_DELETE", "POST /?delete HTTP/1.1", 0},
        {"REST.OPTIONS.PREFLIGHT", "OPTIONS / HTTP/1.1", 0},
        {"REST.GET.SOMETHING_NEW", "GET /?new HTTP/1.1", W403_MARK_UNKNOWN_OPERATION},
        {"REST.GET.SOMETHING_NEW", "PUT /?new HTTP/1.1", W403_MARK_UNKNOWN_OPERATION | W403_MARK_VERB_MISMATCH},
        {"SOAP.ListBucket", "POST /soap HTTP/1.1", W403_MARK_UNKNOWN_OPERATION},
    };
    char line[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(line, sizeof line, HEAD "%s - \"%s\" 200 - 1 1 1 1 \"-\" \"-\"" TAIL, cases[i].op, cases[i].uri);
        w403_record r = read_line(line);
        if (r.marks != cases[i].marks) {
            fail_msg("%s %s: marks %x, not %x", cases[i].op, cases[i].uri, r.marks, cases[i].marks);
        }
    }
}

static void test_requesters(void **state)
{
    static const struct {
        const char *field, *who;
        w403_who kind;
    } cases[] = {
        {"-", NULL, W403_WHO_ANONYMOUS},
        {OWNER, OWNER, W403_WHO_CANONICAL},
        {"arn:aws:iam::111122223333:user/x", "arn:aws:iam::111122223333:user/x", W403_WHO_ARN},
        {"svc:s3.amazonaws.com", "s3.amazonaws.com", W403_WHO_SERVICE},
        {"AmazonS3", "AmazonS3", W403_WHO_UNKNOWN},
    };
    char line[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(line, sizeof line,
                 OWNER " b1 [06/Feb/2019:00:00:38 +0000] - %s R REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1"
                       " \"-\" \"-\" - h - - - b1.s3.amazonaws.com - - -",
                 cases[i].field);
        w403_record r = read_line(line);
        expect(r.requester, cases[i].who);
        assert_int_equal(r.who, cases[i].kind);
        expect(r.source_ip, NULL);
        assert_int_equal(r.marks, W403_MARK_NO_TLS);
    }
}

static void test_time(void **state)
{
    w403_instant t, want;

    (void)state;
    assert_true(w403_instant_parse(W403_LIT("2019-02-05T22:30:38Z"), &want));
    assert_true(w403_access_log_time(W403_LIT("06/Feb/2019:00:00:38 +0130"), &t) && t == want);
    assert_true(w403_access_log_time(W403_LIT("06/February/2019:00:00:38 +0130"), &t) && t == want);
    assert_false(w403_access_log_time(W403_LIT("06/Fev/2019:00:00:38 +0130"), &t));
    assert_false(w403_access_log_time(W403_LIT("32/Feb/2019:00:00:38 +0000"), &t));
    assert_false(w403_access_log_time(W403_LIT("06/Feb/2019:24:00:38 +0000"), &t));
    assert_false(w403_access_log_time(W403_LIT("06/Feb/2019:00:00:38 Z0000"), &t));
    assert_false(w403_access_log_time(W403_LIT("06/Feb/2019:00:00:38"), &t));
}

static void test_damage(void **state)
{
    (void)state;
    expect_damaged("");
    expect_damaged("   ");
    expect_damaged("hello world");
    expect_damaged(OWNER " b1 [06/Feb/2019:00:00:38 +0000]");
    expect_damaged(OWNER " b1 06/Feb/2019:00:00:38 +0000 192.0.2.3 - R REST.GET.OBJECT k");
    expect_damaged(HEAD "REST.GET.OBJECT k GET /k HTTP/1.1 200 - 1 1 1 1 \"-\" \"-\"" TAIL);
    expect_damaged(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" OK - 1 1 1 1 \"-\" \"-\"" TAIL);
    expect_damaged(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"-\" \"");
    expect_damaged(HEAD "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"-\"");
}

static void test_cloudwatch(void **state)
{
    const char *text =
        "{\"schema_version_id\":\"V_1_0\",\"bucket_arn\":\"arn:aws:s3:::b1\",\"bucket_name\":\"b1\","
        "\"request_time\":\"2026-11-20T10:05:00.123Z\",\"bucket_owner_id\":\"" OWNER "\",\"remote_ip\":\"192.0.2.3\","
        "\"requester\":null,\"request_id\":\"R\",\"operation\":\"REST.GET.OBJECT\",\"key_name\":\"a%2520b\","
        "\"request_uri\":\"GET /a%20b HTTP/1.1\",\"http_status\":403,\"error_code\":\"AccessDenied\","
        "\"bytes_sent_size\":243,\"object_size\":null,\"total_duration\":8,\"turn_around_duration\":null,"
        "\"referer\":null,\"user_agent\":\"u \\\"q\\\"\",\"version_id\":\"-\",\"host_id\":\"h\","
        "\"signature_version\":null,\"cipher_suite\":\"AES\",\"authentication_type\":null,"
        "\"host_header\":\"b1.s3.amazonaws.com\",\"tls_version\":\"TLSv1.3\",\"access_point_arn\":null,"
        "\"acl_required\":true,\"source_region\":\"us-east-1\"}";
    w403_json_doc doc;
    w403_record r;
    w403_error err;
    w403_log_fields f;

    (void)state;
    assert_int_equal(w403_json_parse(arena, W403_LIT("t"), w403_view_of(text), NULL, &doc, NULL, &err), W403_OK);
    assert_int_equal(w403_access_log_json_parse(&doc, doc.root, &r, &err), W403_OK);
    assert_int_equal(w403_access_log_complete(arena, &r, &err), W403_OK);
    assert_int_equal(r.form, W403_LOG_ACCESS_JSON);
    assert_int_equal(r.who, W403_WHO_ANONYMOUS);
    assert_int_equal(r.status, 403);
    assert_true(r.bytes_sent == 243 && r.object_size == -1 && r.total_ms == 8);
    assert_true(r.time % 1000000 == 123000);
    expect(r.key, "a b");
    expect(r.user_agent, "u \"q\"");
    expect(r.version_id, NULL);
    assert_int_equal(r.acl_required, W403_YES);
    assert_int_equal(r.marks, 0);
    w403_access_log_fields(&r, &f);
    expect(f.status, "403");
    expect(f.acl_required, "Yes");
    expect(f.requester, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_article_line), cmocka_unit_test(test_all_fields), cmocka_unit_test(test_field_counts),
        cmocka_unit_test(test_shifted),
        cmocka_unit_test(test_quotes),       cmocka_unit_test(test_injection),  cmocka_unit_test(test_unquoted),
        cmocka_unit_test(test_keys),         cmocka_unit_test(test_operations), cmocka_unit_test(test_requesters),
        cmocka_unit_test(test_time),         cmocka_unit_test(test_damage),     cmocka_unit_test(test_cloudwatch),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
