/* URLs and curl commands. */
#include "evidence_test.h"

#define SIGNED(h) \
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261121%2Fus-east-1%2Fs3%2Faws4_request" \
    "&X-Amz-Date=20261121T100000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=" h "&X-Amz-Signature=00"

typedef struct url_case {
    const char *text, *operation, *resource, *via;
} url_case;

static const url_case urls[] = {
    {"https://b.s3.us-east-1.amazonaws.com/a%20b%2Bc+d.txt", "GetObject", "arn:aws:s3:::b/a b+c+d.txt", NULL},
    {"https://b.s3.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k", NULL},
    {"https://my.dotted.bucket.s3.amazonaws.com/k", "GetObject", "arn:aws:s3:::my.dotted.bucket/k", NULL},
    {"https://b.s3-us-west-2.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k", NULL},
    {"https://s3.eu-west-1.amazonaws.com/b/dir/k", "GetObject", "arn:aws:s3:::b/dir/k", NULL},
    {"https://s3.amazonaws.com/b", "ListObjects", "arn:aws:s3:::b", NULL},
    {"https://s3.amazonaws.com/", "ListBuckets", "*", NULL},
    {"https://b.s3.dualstack.eu-west-1.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k", NULL},
    {"https://b.s3-fips.dualstack.us-east-1.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k", NULL},
    {"https://b.s3-accelerate.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k", NULL},
    {"https://B.S3.AMAZONAWS.COM:443/K", "GetObject", "arn:aws:s3:::b/K", NULL},
    {"http://b.s3-website-us-east-1.amazonaws.com/", "GetObject", "arn:aws:s3:::b/index.html", NULL},
    {"http://b.s3-website.eu-central-1.amazonaws.com/d/x.html", "GetObject", "arn:aws:s3:::b/d/x.html", NULL},
    {"https://b.s3.cn-north-1.amazonaws.com.cn/k", "GetObject", "arn:aws-cn:s3:::b/k", NULL},
    {"https://b.s3.us-gov-west-1.amazonaws.com/k", "GetObject", "arn:aws-us-gov:s3:::b/k", NULL},
    {"https://b.s3.us-iso-east-1.c2s.ic.gov/k", "GetObject", "arn:aws-iso:s3:::b/k", NULL},
    {"https://b.s3.us-isob-east-1.sc2s.sgov.gov/k", "GetObject", "arn:aws-iso-b:s3:::b/k", NULL},
    {"https://b.s3.eusc-de-east-1.amazonaws.eu/k", "GetObject", "arn:aws-eusc:s3:::b/k", NULL},
    {"https://ap1-111122223333.s3-accesspoint.us-west-2.amazonaws.com/x/y", "GetObject",
     "arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/x/y", NULL},
    {"https://my-ap-hash-s3alias.s3.us-west-2.amazonaws.com/x", "GetObject", "arn:aws:s3:::my-ap-hash-s3alias/x", NULL},
    {"https://ol-111122223333.s3-object-lambda.us-west-2.amazonaws.com/x", "GetObject",
     "arn:aws:s3-object-lambda:us-west-2:111122223333:accesspoint/ol", NULL},
    {"https://b.bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k",
     "vpce-1a2b3c4d"},
    {"https://bucket.vpce-0123456789abcdef0-abcdefgh-us-east-1a.s3.us-east-1.vpce.amazonaws.com/b/k", "GetObject",
     "arn:aws:s3:::b/k", "vpce-0123456789abcdef0"},
    {"https://ap1-111122223333.accesspoint.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com/k", "GetObject",
     "arn:aws:s3:us-east-1:111122223333:accesspoint/ap1/object/k", "vpce-1a2b3c4d"},
    {"https://b.s3.amazonaws.com/?list-type=2&prefix=a", "ListObjectsV2", "arn:aws:s3:::b", NULL},
    {"https://b.s3.amazonaws.com/?versions", "ListObjectVersions", "arn:aws:s3:::b", NULL},
    {"https://b.s3.amazonaws.com/?inventory&id=x", "GetBucketInventoryConfiguration", "arn:aws:s3:::b", NULL},
    {"https://b.s3.amazonaws.com/?inventory", "ListBucketInventoryConfigurations", "arn:aws:s3:::b", NULL},
    {"https://b.s3.amazonaws.com/?lifecycle", "GetBucketLifecycleConfiguration", "arn:aws:s3:::b", NULL},
    {"https://b.s3.amazonaws.com/k?acl", "GetObjectAcl", "arn:aws:s3:::b/k", NULL},
    {"https://b.s3.amazonaws.com/k?uploadId=1", "ListParts", "arn:aws:s3:::b/k", NULL},
    {"https://b.s3.amazonaws.com/k?x-id=PutObject", "PutObject", "arn:aws:s3:::b/k", NULL},
    {"curl -I https://b.s3.amazonaws.com/k", "HeadObject", "arn:aws:s3:::b/k", NULL},
    {"curl -sSL -o out 'https://b.s3.amazonaws.com/k'", "GetObject", "arn:aws:s3:::b/k", NULL},
    {"curl -T file https://b.s3.amazonaws.com/k", "PutObject", "arn:aws:s3:::b/k", NULL},
    {"curl -XPUT --data-binary @f https://b.s3.amazonaws.com/k", "PutObject", "arn:aws:s3:::b/k", NULL},
    {"curl -X PUT -H 'x-amz-copy-source: a/k' https://b.s3.amazonaws.com/k", "CopyObject", "arn:aws:s3:::b/k", NULL},
    {"curl -X PUT 'https://b.s3.amazonaws.com/k?partNumber=1&uploadId=2'", "UploadPart", "arn:aws:s3:::b/k", NULL},
    {"curl -X POST 'https://b.s3.amazonaws.com/k?uploads'", "CreateMultipartUpload", "arn:aws:s3:::b/k", NULL},
    {"curl -X DELETE https://b.s3.amazonaws.com/k", "DeleteObject", "arn:aws:s3:::b/k", NULL},
    {"curl --request DELETE --url https://b.s3.amazonaws.com/", "DeleteBucket", "arn:aws:s3:::b", NULL},
    {"curl -d x 'https://b.s3.amazonaws.com/?delete'", "DeleteObjects", "arn:aws:s3:::b", NULL},
    {"$ curl \\\n  -H 'Range: bytes=0-0' \\\n  https://b.s3.amazonaws.com/k", "GetObject", "arn:aws:s3:::b/k", NULL},
};

static w403_arena *read_one(const char *text, w403_evidence *e)
{
    w403_arena *a = w403_arena_new(0);
    w403_error  err = {0};
    if (w403_evidence_curl(a, VIEW(text), e, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return a;
}

static void all_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        w403_evidence e;
        print_message("# %s\n", urls[i].text);
        w403_arena *a = read_one(urls[i].text, &e);
        assert_int_equal(e.n_readings, 1);
        expect_view("operation", e.readings[0].request.operation, urls[i].operation);
        expect_view("resource", e.readings[0].request.resource, urls[i].resource);
        expect_view("via", e.readings[0].request.via, urls[i].via);
        expect_view("principal", e.readings[0].request.principal, "anonymous");
        w403_arena_free(a);
    }
}

static void presigned(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("https://b.s3.us-east-1.amazonaws.com/k?versionId=v1&x-amz-request-payer=requester&" SIGNED(
                                 "host"),
                               &e);
    const w403_request *r = &e.readings[0].request;
    assert_true(r->presigned);
    expect_view("signed at", r->signed_at, "2026-11-21T10:00:00Z");
    assert_int_equal(r->expires_in_s, 300);
    expect_view("version", r->version_id, "v1");
    expect_view("principal", r->principal, NULL);
    assert_true(missing(&e, "principal"));
    assert_string_equal(header_of(r, "x-amz-request-payer"), "requester");
    expect_context(r, "s3:authType", "REST-QUERY-STRING");
    assert_int_equal(r->n_query, 0);
    assert_int_equal(e.refused.n, 0);
    w403_arena_free(a);
    /* semantics 4.12: a header that is sent and not signed */
    a = read_one("curl -X PUT -T f -H 'x-amz-acl: public-read' 'https://b.s3.us-east-1.amazonaws.com/k?" SIGNED("host") "'", &e);
    assert_true(w403_view_find(e.refused, VIEW("x-amz-acl")) != SIZE_MAX);
    assert_string_equal(header_of(&e.readings[0].request, "x-amz-acl"), "public-read");
    w403_arena_free(a);
    a = read_one("curl -X PUT -T f -H 'x-amz-acl: public-read' 'https://b.s3.us-east-1.amazonaws.com/k?" SIGNED(
                     "host%3Bx-amz-acl") "'",
                 &e);
    assert_int_equal(e.refused.n, 0);
    w403_arena_free(a);
    a = read_one("https://b.s3.eu-west-1.amazonaws.com/k?" SIGNED("host"), &e);
    assert_true(noted(&e, "the signature is for Region"));
    w403_arena_free(a);
    a = read_one("https://b.s3.amazonaws.com/k?X-Amz-Credential=ASIAX%2F20261121%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date="
                 "20261121T100000Z&X-Amz-Expires=999999&X-Amz-SignedHeaders=host&X-Amz-Signature=0",
                 &e);
    assert_true(noted(&e, "at most 7 days") && noted(&e, "temporary credentials") && noted(&e, "X-Amz-Security-Token"));
    w403_arena_free(a);
    /* Signature Version 2 */
    a = read_one("https://s3.amazonaws.com/b/k?AWSAccessKeyId=AKIAX&Expires=1763719200&Signature=abc%3D", &e);
    assert_true(e.readings[0].request.presigned);
    expect_view("signed at", e.readings[0].request.signed_at, "1763719200");
    assert_int_equal(e.readings[0].request.expires_in_s, 0);
    expect_context(&e.readings[0].request, "s3:signatureversion", "AWS");
    w403_arena_free(a);
}

static void signed_headers(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("curl --aws-sigv4 aws:amz:us-east-1:s3 --user AKIAX:secret https://b.s3.amazonaws.com/k", &e);
    expect_view("principal", e.readings[0].request.principal, NULL);
    expect_context(&e.readings[0].request, "s3:authType", "REST-HEADER");
    w403_arena_free(a);
    a = read_one("curl -H 'Authorization: AWS4-HMAC-SHA256 Credential=AKIAX/20261121/us-east-1/s3/aws4_request, "
                 "SignedHeaders=host, Signature=0' -H 'X-Amz-Server-Side-Encryption: aws:kms' -X PUT "
                 "http://b.s3.us-east-1.amazonaws.com/k",
                 &e);
    assert_true(missing(&e, "principal"));
    assert_int_equal(e.readings[0].request.secure, W403_NO);
    assert_string_equal(header_of(&e.readings[0].request, "x-amz-server-side-encryption"), "aws:kms");
    w403_arena_free(a);
}

static void garbage(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "curl", "https://example.com/k", "https://b.amazonaws.com/", "ftp://b.s3.amazonaws.com/",
                                        "https://", "curl 'https://b.s3.amazonaws.com/k", "b/k",
                                        "https://b.s3.us-east-1.example.com/k"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        assert_int_equal(w403_evidence_curl(a, VIEW(texts[i]), &e, &err), W403_SYNTAX);
        assert_true(err.message[0] && err.hint[0]);
        w403_arena_free(a);
    }
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    assert_int_equal(w403_evidence_curl(a, VIEW("curl -X BREW https://b.s3.amazonaws.com/k"), &e, NULL), W403_SEMANTIC);
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_urls),
        cmocka_unit_test(presigned),
        cmocka_unit_test(signed_headers),
        cmocka_unit_test(garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
